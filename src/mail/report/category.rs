//! Codes and reasons in delivery reports: enhanced status (RFC 3463), reply code (RFC 5321), and the words beside them.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::ReportRecipient;

static ENHANCED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\s)").ok());
static REPLY_CODE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|[^\d.\-])([245][0-5]\d)(?:[ \-:#,]|$)").ok());

/// Reasons by their words, lower case, in the order in which they are tried.
const WORDS: &[(&str, &[&str])] = &[
    (
        "mailbox_full",
        &[
            "mailbox full",
            "mailbox is full",
            "over quota",
            "overquota",
            "quota exceeded",
            "exceeded quota",
            "exceeded storage",
            "quota full",
            "over the allowed quota",
            "over its quota",
            "mailbox size limit",
            "storage allocation",
            "mailbox has exceeded",
            "disk quota",
            "insufficient storage",
            "out of storage",
            "mailfolder is full",
            "inbox is full",
            "mailbox exceeds",
            "邮箱已满",
            "郵箱已滿",
            "空间已满",
            "空间不足",
            "容量不足",
            "boîte pleine",
            "postfach voll",
        ],
    ),
    (
        "too_big",
        &[
            "too large",
            "too big",
            "exceeds size",
            "size limit",
            "exceeds the maximum",
            "exceeded maximum",
            "message size exceeds",
            "max message size",
            "maximum message size",
            "exceeds maximum",
            "邮件太大",
            "超过大小",
            "过大",
        ],
    ),
    (
        "expired",
        &[
            "retry timeout",
            "retry time not reached",
            "delivery time expired",
            "message expired",
            "expired after",
            "has been in the queue",
            "been queued too long",
            "too long in the queue",
            "queue too long",
            "timed out while",
            "could not be delivered for",
            "not been delivered for",
            "undeliverable for",
            "delivery expired",
            "超时",
            "超過時間",
        ],
    ),
    (
        "address",
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "no such recipient",
            "user not found",
            "recipient not found",
            "unknown recipient",
            "invalid recipient",
            "invalid mailbox",
            "no mailbox here",
            "mailbox not found",
            "mailbox unavailable",
            "does not exist",
            "doesn't exist",
            "not exist",
            "unknown address",
            "address rejected",
            "address unknown",
            "no such address",
            "no such mailbox",
            "unrouteable address",
            "unroutable address",
            "host unknown",
            "host not found",
            "domain not found",
            "unknown host",
            "account disabled",
            "account is disabled",
            "account has been disabled",
            "user doesn't have",
            "bad destination",
            "not a valid",
            "undeliverable address",
            "not listed in",
            "invalid address",
            "couldn't find any host",
            "recipient unknown",
            "unknown local",
            "not our customer",
            "no account",
            "mailbox disabled",
            "inactive",
            "用户不存在",
            "地址不存在",
            "收件人不存在",
            "不存在",
            "無此使用者",
            "查无此人",
        ],
    ),
];

/// The first enhanced status code in a text.
#[must_use]
pub fn enhanced(text: &str) -> Option<String> {
    let found = ENHANCED.as_ref()?.captures(text)?.get(1)?;
    Some(found.as_str().to_owned())
}

/// The first SMTP reply code in a text.
#[must_use]
pub fn smtp_code(text: &str) -> Option<u16> {
    REPLY_CODE.as_ref()?.captures(text)?.get(1)?.as_str().parse().ok()
}

/// Fills what a recipient's own words or, failing these, the text tell: status, reply code, action.
pub fn complete(recipient: &mut ReportRecipient, text: &str) {
    let diagnostic = recipient.diagnostic.clone().unwrap_or_default();
    let vague = recipient.status.as_deref().is_none_or(|s| s.ends_with(".0.0"));
    if vague && recipient.action.as_deref() != Some("delayed") {
        recipient.status = enhanced(&diagnostic).or_else(|| recipient.status.take());
    }
    if recipient.status.is_none() {
        recipient.status = enhanced(head(text));
    }
    if recipient.smtp_code.is_none() {
        recipient.smtp_code = smtp_code(&diagnostic);
    }
    if recipient.action.is_none() {
        let temporary = recipient.status.as_deref().is_some_and(|s| s.starts_with('4')) || is_delay(text);
        recipient.action = Some(if temporary && !gave_up(text) { "delayed" } else { "failed" }.to_owned());
    }
}

/// Words of servers that will go on trying.
fn is_delay(text: &str) -> bool {
    let lower = head(text).to_lowercase();
    [
        "will be retried",
        "will continue to try",
        "warning message only",
        "delivery attempts will continue",
        "will keep trying",
        "has been delayed",
        "do not need to resend",
        "继续尝试",
    ]
    .iter()
    .any(|w| lower.contains(w))
}

fn gave_up(text: &str) -> bool {
    let lower = head(text).to_lowercase();
    [
        "giving up",
        "i've given up",
        "permanent",
        "has expired",
        "no further",
        "could not be delivered",
        "returned to sender",
        "returning message",
    ]
    .iter()
    .any(|w| lower.contains(w))
}

/// The part of a report's text in which the server speaks.
fn head(text: &str) -> &str {
    let end = (0..=text.len().min(6_000)).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// The category over all recipients.
#[must_use]
pub fn of(recipients: &[ReportRecipient], text: &str) -> &'static str {
    let diagnostics: String =
        recipients.iter().filter_map(|r| r.diagnostic.as_deref()).take(5).collect::<Vec<_>>().join("\n");
    let status = recipients.iter().find_map(|r| r.status.as_deref()).unwrap_or_default();
    let detail_of = status.split_once('.').map_or("", |(_, detail)| detail);
    let by_status = match detail_of {
        "2.2" => Some("mailbox_full"),
        "3.4" | "2.3" => Some("too_big"),
        "4.7" => Some("expired"),
        "1.1" | "1.2" | "1.3" | "1.6" | "1.10" | "2.1" | "4.4" if status.starts_with('5') => Some("address"),
        _ => None,
    };
    // X.7.Y are refusals by policy, whatever words a server puts beside them (RFC 3463 section 3.8).
    if detail_of.starts_with("7.") {
        return "other";
    }
    let stated = !matches!(detail_of, "" | "0.0");
    let by_text = || if stated || !diagnostics.is_empty() { None } else { by_words(head(text)) };
    by_status.or_else(|| by_words(&diagnostics)).or_else(by_text).unwrap_or("other")
}

fn by_words(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    WORDS.iter().find(|(_, words)| words.iter().any(|w| lower.contains(w))).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        assert_eq!(enhanced("550 5.1.1 <a@b>: x").as_deref(), Some("5.1.1"));
        assert_eq!(enhanced("host 10.5.1.1 said"), None);
        assert_eq!(enhanced("(#5.2.2)").as_deref(), Some("5.2.2"));
        assert_eq!(smtp_code("550-5.1.1 no"), Some(550));
        assert_eq!(smtp_code("port 2525"), None);
    }
}
