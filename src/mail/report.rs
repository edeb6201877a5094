//! Delivery reports: RFC 3464 parts first, then the words of servers that write none. Knows nothing of our outbox.

mod category;
mod words_of_servers;

use super::{
    Reading, Report, ReportRecipient, attachments, header, ids, params, structure::Structure, words,
};

/// Recipients kept of one report.
const RECIPIENTS_MAX: usize = 1_000;

/// Reads the report that a mail holds, if it is one.
#[must_use]
pub fn read(tree: &Structure<'_>, reading: &Reading, text: &str) -> Option<Report> {
    let standard = from_status_part(tree);
    let mut recipients = match standard {
        Some(found) => found,
        None if words_of_servers::is_bounce(tree, reading, text) => Vec::new(),
        None => return None,
    };
    if recipients.iter().all(|r| r.address.is_none()) {
        let found = words_of_servers::recipients(tree, text);
        if !found.is_empty() {
            let known = recipients.into_iter().next().unwrap_or_default();
            recipients = found.into_iter().map(|r| merge(r, &known)).collect();
        }
    }
    for recipient in &mut recipients {
        category::complete(recipient, text);
    }
    let category = category::of(&recipients, text);
    let failed = recipients.iter().any(|r| r.action.as_deref() == Some("failed"));
    let delivered = !recipients.is_empty()
        && recipients
            .iter()
            .all(|r| matches!(r.action.as_deref(), Some("delivered" | "relayed" | "expanded")));
    Some(Report {
        original_message_id: original_message_id(tree, text),
        hard_bounce: (!delivered).then_some(failed && category == "address"),
        category: (!delivered).then(|| category.to_owned()),
        recipients,
    })
}

fn merge(mut found: ReportRecipient, known: &ReportRecipient) -> ReportRecipient {
    found.action = found.action.or_else(|| known.action.clone());
    found.status = found.status.or_else(|| known.status.clone());
    found.smtp_code = found.smtp_code.or(known.smtp_code);
    found.diagnostic = found.diagnostic.or_else(|| known.diagnostic.clone());
    found
}

/// The recipients of a `message/delivery-status` part: blocks of fields between blank lines (RFC 3464 section 2.1).
fn from_status_part(tree: &Structure<'_>) -> Option<Vec<ReportRecipient>> {
    let part = tree.parts.iter().find(|p| {
        matches!(p.content_type.value.as_str(), "message/delivery-status" | "message/global-delivery-status")
    })?;
    let data = attachments::bytes(part);
    let mut recipients = Vec::new();
    let mut at = 0;
    while let Some(rest) = data.get(at..).filter(|r| !r.is_empty()) {
        let block = header::parse(rest);
        at += block.body_at.max(1);
        if recipients.len() < RECIPIENTS_MAX && !block.fields.is_empty() {
            recipients.extend(recipient(&block));
        }
    }
    Some(recipients)
}

fn recipient(block: &header::Header<'_>) -> Option<ReportRecipient> {
    let field = |name: &str| block.first(name).map(|f| words::decode(f.value)).filter(|v| !v.is_empty());
    let named = field("Final-Recipient").or_else(|| field("Original-Recipient"));
    if named.is_none() && field("Action").is_none() && field("Status").is_none() {
        return None;
    }
    // The original address is the one we wrote to; the final one may be an alias behind it.
    let address = field("Original-Recipient")
        .as_deref()
        .and_then(typed)
        .or_else(|| field("Final-Recipient").as_deref().and_then(typed));
    let address = field("Final-Recipient").as_deref().and_then(typed).filter(|a| a.contains('@')).or(address);
    let diagnostic =
        field("Diagnostic-Code").map(|d| d.split_once(';').map_or(d.as_str(), |(_, t)| t).trim().to_owned());
    let action = field("Action").map(|a| params::parse(a.to_ascii_lowercase().as_bytes()).value);
    let status = field("Status").and_then(|s| category::enhanced(&s));
    Some(ReportRecipient {
        address,
        action,
        status,
        smtp_code: diagnostic.as_deref().and_then(category::smtp_code),
        diagnostic,
    })
}

/// `rfc822; a@b` without its type, brackets and quotes.
fn typed(value: &str) -> Option<String> {
    let address = value.split_once(';').map_or(value, |(_, a)| a).trim();
    let address = address.trim_matches(|c: char| matches!(c, '<' | '>' | '"' | ' ' | ';'));
    let address = address.split_whitespace().next().unwrap_or_default().trim_matches(['<', '>']);
    (!address.is_empty()).then(|| address.to_owned())
}

/// Message-ID of the mail that the report is about: from the returned part, else from returned header lines in the text.
fn original_message_id(tree: &Structure<'_>, text: &str) -> Option<String> {
    let returned = tree.parts.iter().filter(|p| {
        matches!(
            p.content_type.value.as_str(),
            "message/rfc822"
                | "text/rfc822-headers"
                | "message/global"
                | "message/global-headers"
                | "text/rfc822"
                | "message/rfc822-headers"
        )
    });
    for part in returned {
        let data = attachments::bytes(part);
        if let Some(id) =
            header::parse(data.trim_ascii_start()).first("Message-ID").and_then(|f| ids::one(f.value))
        {
            return Some(id);
        }
    }
    let mut lines = text.lines().map(|l| l.trim_start_matches(['>', ' ', '\t']));
    while let Some(line) = lines.next() {
        if line.get(..11).is_some_and(|n| n.eq_ignore_ascii_case("Message-ID:")) {
            let value = line.get(11..).unwrap_or_default();
            let value = if value.trim().is_empty() { lines.next().unwrap_or_default() } else { value };
            if let Some(id) = ids::all(value.as_bytes()).into_iter().next() {
                return Some(id);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::mail::{Class, ReadPolicy, Reading, read};

    fn of(raw: &str) -> Reading {
        read(raw.as_bytes(), &ReadPolicy::default())
    }

    const DSN: &str = "From: MAILER-DAEMON@mx.org\nSubject: Undelivered Mail\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.org\n\nFinal-Recipient: rfc822; c@d.org\nAction: ACTION\nStatus: STATUS\nDiagnostic-Code: smtp; CODE\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <m1@desk.example>\n--b--\n";

    #[test]
    fn standard_report() {
        let r = of(&DSN
            .replace("ACTION", "failed")
            .replace("STATUS", "5.1.1")
            .replace("CODE", "550 5.1.1 no such user"));
        assert_eq!(r.class, Class::Bounce);
        let report = r.report.unwrap();
        assert_eq!(
            (report.hard_bounce, report.category.as_deref(), report.original_message_id.as_deref()),
            (Some(true), Some("address"), Some("m1@desk.example"))
        );
        let one = &report.recipients[0];
        assert_eq!(
            (one.address.as_deref(), one.status.as_deref(), one.smtp_code, one.diagnostic.as_deref()),
            (Some("c@d.org"), Some("5.1.1"), Some(550), Some("550 5.1.1 no such user"))
        );
    }

    #[test]
    fn delays_and_successes() {
        let r =
            of(&DSN.replace("ACTION", "delayed").replace("STATUS", "4.4.1").replace("CODE", "421 try later"));
        assert_eq!((r.class, r.report.unwrap().hard_bounce), (Class::Bounce, Some(false)));
        let r = of(&DSN.replace("ACTION", "relayed").replace("STATUS", "2.0.0").replace("CODE", "250 ok"));
        assert_eq!((r.class, r.report.unwrap().category), (Class::DeliveryReport, None));
    }

    #[test]
    fn servers_without_a_standard() {
        let qmail = of(
            "Return-Path: <>\nFrom: MAILER-DAEMON@q.org\nSubject: failure notice\n\nHi. This is the qmail-send program at q.org.\n\n<c@d.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <m2@desk.example>\n",
        );
        assert_eq!(qmail.class, Class::Bounce);
        let report = qmail.report.unwrap();
        assert_eq!(
            (
                report.recipients[0].address.as_deref(),
                report.recipients[0].status.as_deref(),
                report.original_message_id.as_deref()
            ),
            (Some("c@d.org"), Some("5.1.1"), Some("m2@desk.example"))
        );
        let exim = of(
            "From: Mail Delivery System <Mailer-Daemon@e.org>\nX-Failed-Recipients: c@d.org\nSubject: Mail delivery failed: returning message to sender\n\nA message could not be delivered.\n\n  c@d.org\n    mailbox is full: retry timeout exceeded\n",
        );
        assert_eq!(
            (exim.class, exim.report.unwrap().category.as_deref()),
            (Class::Bounce, Some("mailbox_full"))
        );
        let qq = of(
            "From: PostMaster@qq.com\nSubject: =?utf-8?B?57O757uf6YCA5L+h?=\n\n无法发送到 c@d.cn\n收件人邮件地址不存在，邮件无法送达。 550 User not found\n",
        );
        assert_eq!((qq.class, qq.report.unwrap().hard_bounce), (Class::Bounce, Some(true)));
    }

    #[test]
    fn people_who_write_about_bounces() {
        for subject in
            ["Re: Undelivered Mail Returned to Sender", "Undeliverable mail since the upgrade", "退信问题"]
        {
            let r = of(&format!(
                "Return-Path: <a@b.org>\nFrom: A <a@b.org>\nSubject: {subject}\n\nI get 550 5.1.1 user unknown for c@d.org. What to do?\n"
            ));
            assert_eq!((r.class, r.report), (Class::Human, None), "{subject}");
        }
    }
}
