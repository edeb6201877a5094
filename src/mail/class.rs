//! What kind of sender wrote a mail, by its headers first (RFC 3834, 5230, 2369, 3464, 8098, 5965), and whether they
//! forbid an automatic answer (FAULTS section 2). Whoever merely writes *about* bounces stays a person.

use super::{
    Address, Class, ReadPolicy, Report, auto_reply, header::Header, own_list, structure::Structure, words,
};

/// What judging a class needs to see.
pub struct Evidence<'a> {
    pub tree: &'a Structure<'a>,
    pub header: &'a Header<'a>,
    pub from: Option<&'a Address>,
    pub return_path: Option<&'a str>,
    pub subject: &'a str,
    pub text: &'a str,
    /// What was found by [`super::report::read`].
    pub report: Option<&'a Report>,
}

/// The class with its reason.
#[must_use]
pub fn judge(e: &Evidence<'_>, policy: &ReadPolicy) -> (Class, String) {
    own(e, policy)
        .or_else(|| report_class(e))
        .or_else(|| auto_reply_class(e))
        .or_else(|| list_class(e, policy))
        .unwrap_or((Class::Human, "no sign of a machine".to_owned()))
}

pub(super) fn value(header: &Header<'_>, name: &str) -> Option<String> {
    header.first(name).map(|f| words::decode(f.value).to_lowercase())
}

/// First word of a field, without parameters or comments.
fn keyword(header: &Header<'_>, name: &str) -> Option<String> {
    value(header, name).map(|v| v.split([';', '(', ' ']).next().unwrap_or_default().to_owned())
}

fn own(e: &Evidence<'_>, policy: &ReadPolicy) -> Option<(Class, String)> {
    if let Some(from) = e.from.map(Address::key).filter(|f| policy.own_addresses.contains(f)) {
        return Some((Class::OwnAddress, format!("From is our own {from}")));
    }
    let marked = value(e.header, "X-Maildesk-Loop").filter(|v| names_desk(v, &policy.desk_id));
    marked.map(|_| (Class::OwnAddress, "our own loop header".to_owned()))
}

fn names_desk(value: &str, desk_id: &str) -> bool {
    !desk_id.is_empty()
        && value.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| w.eq_ignore_ascii_case(desk_id))
}

fn report_class(e: &Evidence<'_>) -> Option<(Class, String)> {
    let part = |kind: &str| e.tree.parts.iter().any(|p| p.content_type.value == kind);
    let root = e.tree.parts.first()?;
    let report_type = root.content_type.param("report-type").to_ascii_lowercase();
    if report_type == "feedback-report" || part("message/feedback-report") {
        return Some((Class::Complaint, "abuse feedback report (RFC 5965)".to_owned()));
    }
    if report_type == "disposition-notification" || part("message/disposition-notification") {
        return Some((Class::DeliveryReport, "disposition notification (RFC 8098)".to_owned()));
    }
    if e.header.first("X-Apple-Unsubscribe").is_some() {
        return Some((Class::Complaint, "unsubscribed by Apple Mail".to_owned()));
    }
    let report = e.report?;
    if super::report::is_complaint(e.text) {
        return Some((Class::Complaint, "complaint notice of Amazon SES".to_owned()));
    }
    let bad = |r: &super::ReportRecipient| {
        !matches!(r.action.as_deref(), Some("delivered" | "relayed" | "expanded"))
    };
    if !report.recipients.is_empty() && !report.recipients.iter().any(bad) {
        return Some((Class::DeliveryReport, "delivery report of success (RFC 3464)".to_owned()));
    }
    Some((Class::Bounce, "delivery report".to_owned()))
}

fn auto_reply_class(e: &Evidence<'_>) -> Option<(Class, String)> {
    if let Some(word) =
        keyword(e.header, "Auto-Submitted").filter(|w| !matches!(w.as_str(), "no" | "auto-forwarded" | ""))
    {
        return Some((Class::AutoReply, format!("Auto-Submitted: {word}")));
    }
    for name in [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Auto-Reply",
        "X-AutoReply-From",
        "X-Mail-Autoreply",
        "X-Vacation",
    ] {
        if let Some(word) = keyword(e.header, name).filter(|w| w != "no" && w != "false") {
            return Some((
                Class::AutoReply,
                format!("{name}: {word}").trim_end_matches([':', ' ']).to_owned(),
            ));
        }
    }
    if let Some(word) =
        keyword(e.header, "Precedence").filter(|w| w.starts_with("auto_reply") || w.starts_with("auto-reply"))
    {
        return Some((Class::AutoReply, format!("Precedence: {word}")));
    }
    let suppressed = e.header.first("X-Auto-Response-Suppress").is_some();
    auto_reply::by_words(e.subject, e.text, suppressed || e.return_path == Some(""))
        .map(|why| (Class::AutoReply, why))
}

fn list_class(e: &Evidence<'_>, policy: &ReadPolicy) -> Option<(Class, String)> {
    if let Some(name) = list_field(e.header, policy) {
        return Some((Class::List, format!("{name} header")));
    }
    match keyword(e.header, "Precedence").as_deref() {
        Some("list") if !own_list::is_through(e.header, policy) => {
            Some((Class::List, "Precedence: list".to_owned()))
        }
        // An own list writes `list`: these are the sender's words.
        Some(word @ ("bulk" | "junk")) => Some((Class::Bulk, format!("Precedence: {word}"))),
        _ => None,
    }
}

fn list_field(header: &Header<'_>, policy: &ReadPolicy) -> Option<String> {
    if own_list::is_through(header, policy) {
        return None;
    }
    let field =
        header.fields.iter().find(|f| f.name.get(..5).is_some_and(|n| n.eq_ignore_ascii_case(b"list-")))?;
    Some(String::from_utf8_lossy(field.name).into_owned())
}

/// The first header rule that forbids an automatic answer, in words.
#[must_use]
pub fn forbids_automatic_mail(e: &Evidence<'_>, policy: &ReadPolicy) -> Option<String> {
    if e.return_path == Some("") {
        return Some("Return-Path: <>".to_owned());
    }
    if let Some(word) = keyword(e.header, "Auto-Submitted").filter(|w| w != "no") {
        return Some(format!("Auto-Submitted: {word}"));
    }
    if let Some(name) = list_field(e.header, policy) {
        return Some(name);
    }
    if let Some(word) = keyword(e.header, "Precedence")
        && matches!(word.as_str(), "bulk" | "junk" | "list" | "auto_reply" | "auto-reply")
        && !(word == "list" && own_list::is_through(e.header, policy))
    {
        return Some(format!("Precedence: {word}"));
    }
    for name in ["X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Maildesk-Loop"] {
        // `None` is Exchange's word for "suppress nothing" (MS-OXCMAIL 2.2.3.2.14).
        if let Some(v) = value(e.header, name).filter(|v| name != "X-Auto-Response-Suppress" || v != "none") {
            return Some(format!("{name}: {v}"));
        }
    }
    let root = e.tree.parts.first().map(|p| p.content_type.value.as_str());
    if root == Some("multipart/report") {
        return Some("multipart/report".to_owned());
    }
    // A list of ours sends under an envelope address of its own, `support-bounces@…`.
    let envelope = e.return_path.filter(|_| !own_list::is_through(e.header, policy)).map(str::to_lowercase);
    let senders = e.from.map(Address::key).into_iter().chain(envelope);
    for sender in senders {
        if policy.own_addresses.contains(&sender) {
            return Some("our own address".to_owned());
        }
        if let Some(word) = robot_local_part(&sender) {
            return Some(format!("local part {word}"));
        }
    }
    None
}

/// The local part of an address nobody reads, `None` for people's.
#[must_use]
pub fn robot_local_part(address: &str) -> Option<String> {
    let local = address.rsplit_once('@').map_or(address, |(l, _)| l).to_lowercase();
    let bare: String = local.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    let robot = matches!(
        bare.as_str(),
        "mailerdaemon"
            | "postmaster"
            | "listserv"
            | "majordomo"
            | "maildaemon"
            | "mdaemon"
            | "bounce"
            | "bounces"
    ) || [
        "noreply",
        "donotreply",
        "dontreply",
        "noresponse",
        "nepasrepondre",
        "nichtantworten",
        "noresponder",
        "naoresponda",
    ]
    .iter()
    .any(|w| bare.starts_with(w) || bare.ends_with(w))
        || local.starts_with("owner-")
        || local.ends_with("-request")
        || local.ends_with("-owner")
        || local.ends_with("-bounces");
    robot.then_some(local)
}

#[cfg(test)]
mod tests {
    use super::super::{Class, ReadPolicy, read};

    fn policy() -> ReadPolicy {
        ReadPolicy {
            own_addresses: vec!["support@desk.example".into()],
            own_lists: vec!["help.desk.example".into()],
            desk_id: "ab12".into(),
        }
    }

    fn class(headers: &str) -> (Class, Option<String>) {
        let r = read(
            format!("{headers}\r\nSubject: Question\r\n\r\nHello, my chart is empty.\r\n").as_bytes(),
            &policy(),
        );
        (r.class, r.no_automatic_mail)
    }

    #[test]
    fn header_rules_each() {
        for (header, want) in [
            ("Return-Path: <>", Class::Human),
            ("Auto-Submitted: auto-replied", Class::AutoReply),
            ("Auto-Submitted: auto-generated (x)", Class::AutoReply),
            ("List-Id: <x.y>", Class::List),
            ("List-Unsubscribe: <mailto:x@y>", Class::List),
            ("Precedence: bulk", Class::Bulk),
            ("Precedence: junk", Class::Bulk),
            ("Precedence: list", Class::List),
            ("Precedence: auto_reply", Class::AutoReply),
            ("X-Auto-Response-Suppress: All", Class::Human),
            ("X-Autoreply: yes", Class::AutoReply),
            ("X-Autorespond: x", Class::AutoReply),
            ("X-Maildesk-Loop: 9f00", Class::Human),
            ("X-Maildesk-Loop: v1 ab12 sig", Class::OwnAddress),
        ] {
            let (class, forbidden) = class(&format!("From: a@b.org\r\n{header}"));
            assert_eq!(class, want, "{header}");
            assert!(forbidden.is_some(), "{header}");
        }
        for local in [
            "MAILER-DAEMON",
            "postmaster",
            "no-reply",
            "noreply+1",
            "do_not_reply",
            "owner-x",
            "x-request",
            "listserv",
            "majordomo",
        ] {
            assert!(class(&format!("From: {local}@b.org")).1.is_some(), "{local}");
        }
        assert_eq!(class("From: support@desk.example").0, Class::OwnAddress);
    }

    #[test]
    fn people_may_be_answered() {
        for header in [
            "From: info@b.org",
            "From: a@b.org\r\nAuto-Submitted: no",
            "From: a@b.org\r\nList-Id: Help <help.desk.example>\r\nPrecedence: list",
            "From: requester@b.org\r\nPrecedence: normal",
        ] {
            assert_eq!(class(header), (Class::Human, None), "{header}");
        }
    }
}
