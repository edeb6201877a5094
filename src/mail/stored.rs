//! What a stored mail's header tells beside the mail itself: when it arrived, and whether its owner had thrown it away or never
//! sent it. Knows no files.

use jiff::{SignedDuration, Timestamp};
use memchr::memmem;

use super::{date, header, words};

/// A header that is looked through for these marks.
const HEADER_BYTES_MAX: usize = 64 << 10;
/// Mail is not older than this (1990-01-01): what says so is a broken clock.
const OLDEST_SECONDS: i64 = 631_152_000;
/// How far a sender's clock may be ahead.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);
/// `X-Mozilla-Status`: deleted, and not yet compacted away (Mozilla's nsMsgMessageFlags.idl, `Expunged`).
const MOZILLA_EXPUNGED: u32 = 0x0008;
/// Labels of Gmail Takeout that are not the owner's mail, as its English and Chinese exports write them.
const GMAIL_LABELS: [(&str, &str); 9] = [
    ("Spam", "spam"),
    ("Trash", "deleted"),
    ("Drafts", "a draft"),
    ("Draft", "a draft"),
    ("垃圾邮件", "spam"),
    ("已删除邮件", "deleted"),
    ("垃圾箱", "deleted"),
    ("草稿", "a draft"),
    ("草稿箱", "a draft"),
];

/// When a mail arrived, as its header says: the topmost `Received` field, which the owner's own server wrote, else `Date`.
/// `None`: neither can be true.
#[must_use]
pub fn arrival(bytes: &[u8], now: Timestamp) -> Option<Timestamp> {
    let fields = header::parse(head(bytes));
    let received = fields.first("Received").and_then(|field| {
        // RFC 5321 section 4.4: the date stands behind the last semicolon.
        let at = field.value.iter().rposition(|&b| b == b';')?;
        date(&String::from_utf8_lossy(field.value.get(at + 1..)?)).map(|(date, _)| date)
    });
    let written = || fields.first("Date").and_then(|field| Some(date(&words::decode(field.value))?.0));
    received.filter(|at| is_plausible(*at, now)).or_else(|| written().filter(|at| is_plausible(*at, now)))
}

/// Whether mail can be of this instant.
#[must_use]
pub fn is_plausible(at: Timestamp, now: Timestamp) -> bool {
    at.as_second() >= OLDEST_SECONDS && at.duration_since(now) <= AHEAD_MAX
}

/// Why this mail is not part of the correspondence: `deleted`, `a draft`, `spam`, as its mail program marked it in the header
/// (Thunderbird, the Status fields of mbox(5), Gmail Takeout).
#[must_use]
pub fn thrown_away(bytes: &[u8]) -> Option<&'static str> {
    let head = head(bytes);
    let is_marked = memmem::find(head, b"X-Mozilla-Status:").is_some()
        || memmem::find(head, b"X-Status:").is_some()
        || memmem::find(head, b"X-Gmail-Labels:").is_some()
        || memmem::find(head, b"X-Mozilla-Draft-Info:").is_some();
    if !is_marked {
        return None;
    }
    let fields = header::parse(head);
    let value = |name: &str| fields.first(name).map(|field| words::decode(field.value)).unwrap_or_default();
    let mozilla = u32::from_str_radix(value("X-Mozilla-Status").trim(), 16).unwrap_or_default();
    let status = value("X-Status");
    if mozilla & MOZILLA_EXPUNGED != 0 || status.contains('D') {
        return Some("deleted");
    }
    if status.contains('T') || !value("X-Mozilla-Draft-Info").is_empty() && fields.first("Received").is_none()
    {
        return Some("a draft");
    }
    let labels = value("X-Gmail-Labels");
    let label = |word: &str| GMAIL_LABELS.iter().find(|(name, _)| *name == word).map(|(_, why)| *why);
    labels.split(',').find_map(|word| label(word.trim().trim_matches('"')))
}

/// Whether bytes begin like a mail: a header field in the first lines.
#[must_use]
pub fn is_mail(bytes: &[u8]) -> bool {
    let fields = header::parse(head(bytes));
    ["From", "Date", "Subject", "Received", "Message-ID", "Return-Path", "To", "MIME-Version", "Delivered-To"]
        .iter()
        .any(|name| fields.first(name).is_some())
}

/// The header, as far as it is looked at.
fn head(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.get(..HEADER_BYTES_MAX).unwrap_or(bytes);
    let bare = memmem::find(bytes, b"\n\n").map_or(bytes.len(), |at| at + 1);
    let with_returns = memmem::find(bytes, b"\n\r\n").map_or(bytes.len(), |at| at + 1);
    bytes.get(..bare.min(with_returns)).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_owners_server_is_believed_before_the_sender() {
        let mail = b"Received: from a by mx;\r\n Tue, 3 Mar 2020 10:00:00 +0800\r\nDate: Mon, 2 Mar 2020 10:00:00 +0000\r\n\r\nx";
        assert_eq!(arrival(mail, now()), Some("2020-03-03T02:00:00Z".parse().unwrap()));
        let sent =
            b"Date: Mon, 2 Mar 2020 10:00:00 +0000\n\nReceived: from a; Tue, 3 Mar 2020 10:00:00 +0800\n";
        assert_eq!(arrival(sent, now()), Some("2020-03-02T10:00:00Z".parse().unwrap()));
        assert_eq!(arrival(b"Date: Mon, 2 Mar 2099 10:00:00 +0000\n\nx", now()), None);
        assert_eq!(arrival(b"Date: Thu, 1 Jan 1970 00:00:00 +0000\n\nx", now()), None);
    }

    #[test]
    fn what_its_owner_threw_away_is_known() {
        for (header, why) in [
            ("X-Mozilla-Status: 0009", Some("deleted")),
            ("X-Mozilla-Status: 0001", None),
            ("X-Status: AD", Some("deleted")),
            ("X-Status: AF", None),
            ("X-Gmail-Labels: Inbox,Important", None),
            ("X-Gmail-Labels: =?UTF-8?B?5Z6D5Zy+6YKu5Lu2?=,x", Some("spam")),
            ("X-Gmail-Labels: Trash", Some("deleted")),
            ("Subject: X-Status: D", None),
        ] {
            assert_eq!(thrown_away(format!("{header}\nTo: a@b.org\n\nbody").as_bytes()), why, "{header}");
        }
        assert_eq!(thrown_away(b"To: a@b.org\n\nX-Status: D\n"), None);
    }

    #[test]
    fn a_file_that_is_no_mail_is_told_apart() {
        assert!(is_mail(b"Subject: x\n\nbody"));
        assert!(!is_mail(b"{\"json\": 1}"));
        assert!(!is_mail(b"\x89PNG\r\n"));
        assert!(!is_mail(b""));
    }
}
