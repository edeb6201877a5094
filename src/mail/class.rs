//! What kind of sender wrote a mail, by its headers first (RFC 3834, 5230, 2369, 3464, 8098, 5965), and whether they
//! forbid an automatic answer (FAULTS section 2). Whoever merely writes *about* bounces stays a person.

mod machines;

use super::{
    Address, Class, ReadPolicy, Report, addresses, auto_reply, header::Header, own_list, receipt, report,
    structure::Structure, words,
};
pub use machines::robot_local_part;

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
        .or_else(|| complaint(e))
        .or_else(|| report_class(e))
        .or_else(|| form(e))
        .or_else(|| auto_reply_class(e))
        .or_else(|| list_class(e, policy))
        .or_else(|| service(e, policy))
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

fn names_us(value: &str, policy: &ReadPolicy) -> bool {
    let mut words = value.split(|c: char| c.is_whitespace() || "<>,;".contains(c));
    names_desk(value, &policy.desk_id) || words.any(|word| policy.own_addresses.iter().any(|own| own == word))
}

/// Somebody called our mail unwanted: ARF, the forms that providers had before it, and Apple's button.
fn complaint(e: &Evidence<'_>) -> Option<(Class, String)> {
    let root = e.tree.parts.first()?;
    let is_arf = root.content_type.param("report-type").eq_ignore_ascii_case("feedback-report")
        || e.tree.parts.iter().any(|p| p.content_type.value == "message/feedback-report");
    if is_arf {
        return Some((Class::Complaint, "abuse feedback report (RFC 5965)".to_owned()));
    }
    if e.header.first("X-Apple-Unsubscribe").is_some() {
        return Some((Class::Complaint, "unsubscribed by Apple Mail".to_owned()));
    }
    if report::is_complaint(e.text) {
        return Some((Class::Complaint, "complaint notice of Amazon SES".to_owned()));
    }
    // Outlook.com (JMRP) returns the mail itself under a fixed subject.
    let from = e.from.map(Address::key).unwrap_or_default();
    let of_hotmail = from == "staff@hotmail.com" && e.subject.starts_with("complaint about message from");
    let start = e.text.trim_start().get(..60).unwrap_or_default().to_ascii_lowercase();
    let of_text = start.starts_with("this is an email abuse report for an email message");
    // The fields of ARF in the text itself, from an address that only such mail has.
    let local = from.split('@').next().unwrap_or_default();
    let of_fields = ["abuse", "complaint", "feedback", "fbl", "scomp"].iter().any(|w| local.contains(w))
        && e.text.lines().take(100).any(|l| l.to_ascii_lowercase().starts_with("feedback-type: "));
    (of_hotmail || of_text || of_fields).then(|| (Class::Complaint, "abuse report of a provider".to_owned()))
}

fn report_class(e: &Evidence<'_>) -> Option<(Class, String)> {
    let root = e.tree.parts.first()?;
    if root.content_type.param("report-type").eq_ignore_ascii_case("disposition-notification")
        || e.tree.parts.iter().any(|p| p.content_type.value == "message/disposition-notification")
    {
        return Some((Class::DeliveryReport, "disposition notification (RFC 8098)".to_owned()));
    }
    let Some(report) = e.report else {
        return receipt::by_words(e.subject, e.text).map(|why| (Class::DeliveryReport, why));
    };
    let delivered = |r: &super::ReportRecipient| {
        matches!(r.action.as_deref(), Some("delivered" | "relayed" | "expanded"))
    };
    if !report.recipients.is_empty() && report.recipients.iter().all(delivered) {
        return Some((Class::DeliveryReport, "delivery report of success (RFC 3464)".to_owned()));
    }
    Some((Class::Bounce, "delivery report".to_owned()))
}

/// A form on a web site sends under an address of its own and often marks that honestly; the words are a person's, who stands
/// in Reply-To and in the form.
fn form(e: &Evidence<'_>) -> Option<(Class, String)> {
    let answer_to = e.header.first("Reply-To").map(|f| addresses::parse(f.value)).unwrap_or_default();
    let person = machines::address_in_form(e.text).filter(|_| !answer_to.is_empty())?;
    let differs = e.from.is_none_or(|f| f.key() != person);
    (differs && answer_to.iter().any(|a| a.key() == person))
        .then(|| (Class::Human, "a form on a web site, filled in by the person of Reply-To".to_owned()))
}

fn auto_reply_class(e: &Evidence<'_>) -> Option<(Class, String)> {
    if let Some(word) =
        keyword(e.header, "Auto-Submitted").filter(|w| !matches!(w.as_str(), "no" | "auto-forwarded" | ""))
    {
        return Some((Class::AutoReply, format!("Auto-Submitted: {word}")));
    }
    for name in machines::AUTO_REPLY_FIELDS {
        if let Some(word) = keyword(e.header, name).filter(|w| !matches!(w.as_str(), "no" | "false" | "0")) {
            let why = format!("{name}: {word}");
            return Some((Class::AutoReply, why.trim_end_matches([':', ' ']).to_owned()));
        }
    }
    if keyword(e.header, "X-Apple-Action").as_deref() == Some("vacation") {
        return Some((Class::AutoReply, "X-Apple-Action: vacation".to_owned()));
    }
    for name in ["Precedence", "X-Precedence"] {
        let word = keyword(e.header, name).unwrap_or_default();
        if word.starts_with("auto_reply") || word.starts_with("auto-reply") {
            return Some((Class::AutoReply, format!("{name}: {word}")));
        }
    }
    auto_reply::by_words(e.subject, e.text, hints(e)).map(|why| (Class::AutoReply, why))
}

fn hints(e: &Evidence<'_>) -> auto_reply::Hints {
    // Exchange puts `OOF` alone on mail of people (MS-OXCMAIL 2.2.3.2.14); `All` is the mark of machines.
    let suppressed = value(e.header, "X-Auto-Response-Suppress").is_some_and(|v| v.contains("all"));
    let nobody = e.from.is_some_and(|f| machines::is_unread(&f.key())) && !answers_go_to_person(e);
    auto_reply::Hints {
        machine: suppressed || nobody || e.return_path == Some(""),
        answers: ["In-Reply-To", "References"].iter().any(|n| e.header.first(n).is_some()),
    }
}

fn list_class(e: &Evidence<'_>, policy: &ReadPolicy) -> Option<(Class, String)> {
    if let Some(name) = list_field(e.header, policy).filter(|_| !is_answer_of_sales_tool(e)) {
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

/// Tools of sales people (HubSpot, Outreach, Salesloft) put List-Unsubscribe into letters that one person writes to one. In
/// an answer it makes no list.
fn is_answer_of_sales_tool(e: &Evidence<'_>) -> bool {
    let mut names = e.header.fields.iter().map(|f| f.name.to_ascii_lowercase());
    e.header.first("In-Reply-To").is_some()
        && e.header.first("Precedence").is_none()
        && super::subject::base(e.subject).len() < e.subject.trim().len()
        && names.all(|n| !n.starts_with(b"list-") || n.starts_with(b"list-unsubscribe"))
}

/// Newsletters and notices of web services that mark themselves in ways of their own, or by an address nobody reads.
fn service(e: &Evidence<'_>, policy: &ReadPolicy) -> Option<(Class, String)> {
    if own_list::is_through(e.header, policy) {
        return None;
    }
    if let Some((name, program)) = machines::BULK_FIELDS.iter().find(|(n, _)| e.header.first(n).is_some()) {
        return Some((Class::Bulk, format!("{name} header of {program}")));
    }
    let mailer = value(e.header, "X-Mailer").unwrap_or_default();
    if let Some(program) = machines::BULK_PROGRAMS.iter().find(|p| mailer.contains(**p)) {
        return Some((Class::Bulk, format!("sent by {program}")));
    }
    let from = e.from.map(Address::key).filter(|f| machines::is_unread(f))?;
    let for_person = answers_go_to_person(e) || machines::address_in_form(e.text).is_some();
    (!for_person).then(|| (Class::Bulk, format!("From {from}, which nobody reads")))
}

/// A form on a web site writes from an address of its own for a person, who stands in Reply-To.
fn answers_go_to_person(e: &Evidence<'_>) -> bool {
    let answer_to = e.header.first("Reply-To").map(|f| addresses::parse(f.value)).unwrap_or_default();
    answer_to
        .iter()
        .map(Address::key)
        .any(|a| !machines::is_unread(&a) && e.from.is_none_or(|f| f.key() != a))
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
    // Filters write it with the address or the name of who let the mail pass; ours in it is a mail of ours come round.
    if let Some(v) = value(e.header, "X-Loop").filter(|v| names_us(v, policy)) {
        return Some(format!("X-Loop: {v}"));
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

#[cfg(test)]
mod tests;
