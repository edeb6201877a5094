//! Bounces that no standard describes: qmail, Exim, Exchange, QQ, NetEase and the rest, known by who sent them and by what
//! their first lines say. One sign never suffices: people forward bounces and write about them.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::{Reading, ReportRecipient, addresses, class::robot_local_part, structure::Structure};

use super::category;

/// Subjects of bounces, lower case: parts of them.
const SUBJECTS: &[&str] = &[
    "undeliver",
    "undelivered",
    "returned mail",
    "mail delivery",
    "delivery status",
    "delivery failure",
    "failure notice",
    "delivery fail",
    "failed delivery",
    "delivery notification",
    "delivery has failed",
    "not delivered",
    "could not be delivered",
    "returned to sender",
    "returning message",
    "non-delivery",
    "nondeliver",
    "non delivered",
    "message status",
    "delivery problem",
    "delivery error",
    "unable to deliver",
    "mail system error",
    "returned email",
    "warning: could not send",
    "warning: message",
    "mail could not",
    "delayed",
    "delivery report",
    "user unknown",
    "mail failed",
    "error sending",
    "message delivery",
    "mail error",
    "bounced",
    "returned message",
    "address change",
    "undelievered",
    "退信",
    "投递失败",
    "退回",
    "无法送达",
    "發送失敗",
    "发送失败",
    "無法傳遞",
    "无法投递",
    "未送达",
    "unzustellbar",
    "nicht zustellbar",
    "nicht zugestellt",
    "non remis",
    "échec",
    "no se puede entregar",
    "no entregado",
    "devuelto",
    "não entregue",
    "mancata consegna",
    "niet bezorgd",
    "配信",
    "送信できません",
    "送信エラー",
    "недоставлен",
    "не доставлено",
];

/// Names before the `@` or shown, of programs that send bounces.
const SENDERS: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "mail-daemon",
    "postmaster",
    "mail delivery",
    "maildelivery",
    "microsoftexchange",
    "administrator",
    "mdaemon",
    "mail administrator",
    "system administrator",
    "mail deliver",
    "no-reply",
    "noreply",
    "mail system",
    "delivery subsystem",
    "bounce",
];

/// What the servers' own text says, lower case.
const BODIES: &[&str] = &[
    "qmail-send program",
    "this message was created automatically by mail delivery software",
    "this is the mail system at host",
    "i'm sorry to have to inform you",
    "could not be delivered",
    "unable to deliver",
    "delivery to the following recipient",
    "the following address",
    "failed permanently",
    "undeliverable",
    "did not reach the following",
    "was not delivered",
    "delivery failed",
    "delivery has failed",
    "permanent fatal errors",
    "returned to sender",
    "user unknown",
    "cannot be delivered",
    "couldn't be delivered",
    "not be delivered",
    "your message to",
    "bounced",
    "recipient",
    "transcript of session",
    "message was not",
    "mail could not",
    "reason:",
    "rejected",
    "无法发送",
    "退回",
    "无法投递",
    "投递失败",
    "未能送达",
    "无法送达",
    "不存在",
    "配信",
    "エラー",
];

static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"#).ok()
});

/// Beginnings of lines from which on the returned mail stands.
const RETURNED: &[&str] = &[
    "--- below this line is a copy",
    "------ this is a copy",
    "----- original message",
    "-----original message",
    "--- original message",
    "------ original message",
    "----- unsent message",
    "--- enclosed are the original",
    "message headers follow",
    "----- message header",
    "original message headers",
    "received: ",
    "return-path: ",
    "------- original",
    "--- returned message",
    "----- returned",
    "the body of the message is",
    "--- undelivered message",
    "   ----- unsent message",
    "----- failed message",
    "--- header",
    "=== original",
];

/// Whether a mail without a standard report is a bounce.
#[must_use]
pub fn is_bounce(tree: &Structure<'_>, reading: &Reading, text: &str) -> bool {
    let Some(root) = tree.parts.first() else { return false };
    let failed_header = root.header.first("X-Failed-Recipients").is_some();
    let null_sender = reading.trace.return_path.as_deref() == Some("");
    let from = reading.from.as_ref();
    let shown = from
        .map(|f| format!("{} {}", f.name.as_deref().unwrap_or_default(), f.address).to_lowercase())
        .unwrap_or_else(|| {
            root.header
                .first("From")
                .map(|f| String::from_utf8_lossy(f.value).to_lowercase())
                .unwrap_or_default()
        });
    let robot = SENDERS.iter().any(|s| shown.contains(s))
        || from.is_some_and(|f| robot_local_part(&f.address).is_some());
    let auto = root
        .header
        .first("Auto-Submitted")
        .is_some_and(|f| f.value.to_ascii_lowercase().starts_with(b"auto-replied"));
    let report = root.content_type.value == "multipart/report";
    // Most mails end here, before any text is searched.
    if !(failed_header || null_sender || robot || auto || report) {
        return false;
    }
    let subject = reading.subject.as_deref().unwrap_or_default().to_lowercase();
    let replied = subject.starts_with("re:") || subject.starts_with("fwd:") || subject.starts_with("fw:");
    let subject_says = !replied && SUBJECTS.iter().any(|s| subject.contains(s));
    let start: String = text.chars().take(3_000).collect::<String>().to_lowercase();
    let body_says = BODIES.iter().any(|b| start.contains(b));
    let returned = tree
        .parts
        .iter()
        .any(|p| matches!(p.content_type.value.as_str(), "message/rfc822" | "text/rfc822-headers"));
    failed_header
        || report && (robot || null_sender || subject_says || returned)
        || robot && (subject_says || body_says && !auto_word(&subject))
        || null_sender && subject_says && (body_says || returned)
        || auto && subject_says && body_says
}

fn auto_word(subject: &str) -> bool {
    ["auto", "out of office", "vacation", "password", "verify", "welcome", "invoice", "自动回复"]
        .iter()
        .any(|w| subject.contains(w))
}

/// The recipients named in the header or in the server's own lines.
#[must_use]
pub fn recipients(tree: &Structure<'_>, text: &str) -> Vec<ReportRecipient> {
    let own_words = own_words(text);
    let header = tree.parts.first().and_then(|p| p.header.first("X-Failed-Recipients"));
    let mut out: Vec<ReportRecipient> = Vec::new();
    for address in header.map(|f| addresses::parse(f.value)).unwrap_or_default() {
        let diagnostic = diagnostic_behind(&own_words, &address.address);
        push(&mut out, address.address, diagnostic);
    }
    if out.is_empty() {
        for (at, line) in own_words.iter().enumerate().take(300) {
            if let Some(address) = leading_address(line) {
                push(&mut out, address, paragraph(&own_words, at));
            }
        }
    }
    if out.is_empty()
        && let Some(found) = own_words.iter().find_map(|l| any_address(l))
    {
        let diagnostic = diagnostic_behind(&own_words, &found);
        push(&mut out, found, diagnostic);
    }
    out
}

fn push(out: &mut Vec<ReportRecipient>, address: String, diagnostic: Option<String>) {
    if out.len() >= super::RECIPIENTS_MAX
        || out.iter().any(|r| r.address.as_deref().is_some_and(|a| a.eq_ignore_ascii_case(&address)))
    {
        return;
    }
    let status = diagnostic.as_deref().and_then(category::enhanced);
    let smtp_code = diagnostic.as_deref().and_then(category::smtp_code);
    out.push(ReportRecipient { address: Some(address), action: None, status, smtp_code, diagnostic });
}

/// The lines before the returned mail.
fn own_words(text: &str) -> Vec<&str> {
    text.lines()
        .take(500)
        .take_while(|l| {
            let l = l.trim_start_matches(['>', ' ', '\t']);
            let lower = l.chars().take(40).collect::<String>().to_lowercase();
            !RETURNED.iter().any(|r| lower.starts_with(r.trim_start()))
        })
        .collect()
}

/// An address with which a line begins, as servers list the failed ones.
fn leading_address(line: &str) -> Option<String> {
    let trimmed = line.trim_start_matches([' ', '\t', '<', '*', '"', '\'', '-', '(', '•', '·']);
    let trimmed = trimmed.strip_prefix("mailto:").unwrap_or(trimmed);
    let found = ADDRESS.as_ref()?.find(trimmed)?;
    (found.start() == 0).then(|| found.as_str().to_owned())
}

fn any_address(line: &str) -> Option<String> {
    let found =
        ADDRESS.as_ref()?.find_iter(line).map(|m| m.as_str()).find(|a| robot_local_part(a).is_none())?;
    Some(found.to_owned())
}

/// The lines from `at` to the next blank one.
fn paragraph(lines: &[&str], at: usize) -> Option<String> {
    let mut out = String::new();
    for (i, line) in lines.get(at..)?.iter().take(12).enumerate() {
        if i > 0 && (line.trim().is_empty() && out.len() > 60 || leading_address(line).is_some()) {
            break;
        }
        out.push_str(line.trim());
        out.push(' ');
    }
    let out = out.trim();
    (!out.is_empty()).then(|| out.to_owned())
}

fn diagnostic_behind(lines: &[&str], address: &str) -> Option<String> {
    let at = lines.iter().position(|l| l.contains(address))?;
    paragraph(lines, at)
}
