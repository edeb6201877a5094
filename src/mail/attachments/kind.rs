//! What a file is: its type by its own bytes, and what it is good for. The declared type and the name only decide where the
//! bytes do not: senders declare `application/octet-stream`, and any name.
//!
//! Invariant: at most [`HEAD_BYTES`] are looked at; nothing is unpacked.

use memchr::memmem;

use super::tnef;
use crate::mail::{AttachmentKind, header};

/// Bytes that decide.
const HEAD_BYTES: usize = 32 * 1024;
/// Lines of a text that are looked at for the marks of a log.
const LINES_MAX: usize = 200;
/// Lines with such marks that make it one.
const LOG_LINES: usize = 2;

/// The type by content; `None` for bytes that nobody knows.
#[must_use]
pub fn detect(data: &[u8]) -> Option<&'static str> {
    let head = data.get(..HEAD_BYTES).unwrap_or(data);
    if head.starts_with(&tnef::SIGNATURE) {
        return Some("application/ms-tnef");
    }
    let known = infer::get(head).map(|t| t.mime_type());
    // Text is looked at more closely than by its first bytes.
    let is_text =
        |t: &str| t.starts_with("text/") || t == "application/xml" || head.starts_with(b"-----BEGIN ");
    if known.is_some_and(|t| !is_text(t)) {
        return known;
    }
    textual(head).or(known)
}

/// The type of a text; `None` for what is no text.
fn textual(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Some("text/plain");
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let is_odd = |b: &&u8| b.is_ascii_control() && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    if text.is_empty() || text.contains(&0) || text.iter().filter(is_odd).count() * 100 > text.len() {
        return None;
    }
    let begin = text.trim_ascii_start();
    let lower: Vec<u8> = begin.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let has = |what: &[u8]| memmem::find(&lower, what).is_some();
    BEGINNINGS
        .iter()
        .find(|(mark, _)| lower.starts_with(mark))
        .map(|(_, found)| match *found {
            "text/xml" if has(b"<svg") => "image/svg+xml",
            "text/xml" if has(b"<html") => "text/html",
            found => found,
        })
        .or_else(|| json(begin))
        .or_else(|| is_mail(begin).then_some("message/rfc822"))
        .or_else(|| is_log(text).then_some("text/x-log"))
        .or_else(|| is_table(text).then_some("text/csv"))
        // Bytes above ASCII may be text of any character set, or none.
        .or_else(|| (is_mostly_text(text) || !text.iter().any(|b| is_odd(&b))).then_some("text/plain"))
}

/// How texts begin, lower case.
const BEGINNINGS: [(&[u8], &str); 23] = [
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<head", "text/html"),
    (b"<body", "text/html"),
    (b"<!doctype netscape-bookmark", "text/html"),
    (b"<svg", "image/svg+xml"),
    (b"<!doctype svg", "image/svg+xml"),
    (b"<?xml", "text/xml"),
    (b"<?php", "text/x-php"),
    (b"{\\rtf", "application/rtf"),
    (b"begin:vcalendar", "text/calendar"),
    (b"begin:vcard", "text/vcard"),
    (b"-----begin pgp message", "application/pgp-encrypted"),
    (b"-----begin pgp signature", "application/pgp-signature"),
    (b"-----begin pgp signed", "text/plain"),
    (b"-----begin pgp public key", "application/pgp-keys"),
    (b"-----begin ", "application/x-pem-file"),
    (b"diff --git", "text/x-diff"),
    (b"index: ", "text/x-diff"),
    (b"%!ps", "application/postscript"),
    (b"windows registry editor", "text/x-registry"),
    (b"#!/", "text/x-shellscript"),
    (b"fatal error in native", "text/x-log"),
];

fn json(begin: &[u8]) -> Option<&'static str> {
    let behind = begin.strip_prefix(b"{").or_else(|| begin.strip_prefix(b"["))?.trim_ascii_start();
    let is_json =
        matches!(behind.first(), None | Some(b'"' | b'{' | b'[' | b']' | b'}' | b'-' | b'0'..=b'9'))
            && !is_bracketed_time(begin);
    if !is_json {
        return None;
    }
    // HTTP Archive 1.2: {"log": {"version": …, "creator": …
    let start = behind.get(..400).unwrap_or(behind);
    let is_har = begin.starts_with(b"{")
        && start.starts_with(b"\"log\"")
        && [&b"\"creator\""[..], b"\"entries\"", b"\"version\""]
            .iter()
            .any(|key| memmem::find(start, key).is_some());
    if is_har {
        return Some("application/har+json");
    }
    // One object a line: what servers log.
    let lines = begin.split(|b| *b == b'\n').filter(|l| !l.trim_ascii().is_empty()).take(3);
    let is_lines = lines.clone().all(|l| l.starts_with(b"{") && l.trim_ascii_end().ends_with(b"}"))
        && lines.count() >= 2;
    Some(if is_lines { "application/x-ndjson" } else { "application/json" })
}

/// `[2024-…]`, `[12:30…]`: a log line, no list of numbers.
fn is_bracketed_time(line: &[u8]) -> bool {
    let digits = line.iter().skip(1).take_while(|b| b.is_ascii_digit()).count();
    line.starts_with(b"[")
        && matches!(digits, 1 | 2 | 4)
        && matches!(line.get(1 + digits), Some(b'-' | b':' | b'/'))
}

/// Two fields that only mails have.
fn is_mail(begin: &[u8]) -> bool {
    let fields = header::parse(begin.get(..4_096).unwrap_or(begin));
    let telling = ["From", "To", "Subject", "Date", "Message-ID", "Received", "Return-Path", "MIME-Version"];
    !fields.junk && telling.iter().filter(|name| fields.first(name).is_some()).count() >= 3
}

/// Marks of lines that programs write for themselves, lower case.
const LOG_MARKS: [&[u8]; 23] = [
    b" error",
    b"[error",
    b"error:",
    b" warn",
    b"[warn",
    b" info ",
    b"[info",
    b" debug",
    b"[debug",
    b"<error>",
    b" fatal",
    b"exception",
    b"traceback (most recent",
    b"stack trace",
    b"stacktrace",
    b"segmentation fault",
    b"panicked at",
    b"caused by:",
    b"level=",
    b"http/1.",
    b"http/2",
    b"uncaught ",
    b"failed to ",
];

fn is_log(text: &[u8]) -> bool {
    text.split(|b| *b == b'\n').take(LINES_MAX).filter(|line| is_log_line(line)).take(LOG_LINES).count()
        >= LOG_LINES
}

fn is_log_line(line: &[u8]) -> bool {
    let line = line.get(..400).unwrap_or(line);
    let bare = line.trim_ascii_start();
    // `    at app.js:10`, `\tat com.example.Main.run(Main.java:7)`, `  File "a.py", line 3`
    let frame = bare.len() < line.len()
        && (bare.starts_with(b"at ") || bare.starts_with(b"File \"") || bare.starts_with(b"in "))
        && bare.contains(&b':');
    frame || begins_with_time(bare) || {
        let lower = line.to_ascii_lowercase();
        LOG_MARKS.iter().any(|mark| memmem::find(&lower, mark).is_some())
    }
}

/// `2024-03-01 12:00`, `[01/Mar/2024`, `12:00:01.5`, `Mar  1 12:00:01 host`.
fn begins_with_time(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let shape: Vec<u8> = line
        .iter()
        .take(16)
        .map(|b| if b.is_ascii_digit() { b'0' } else { b.to_ascii_lowercase() })
        .collect();
    let shapes: [&[u8]; 5] = [b"0000-00-00", b"0000/00/00", b"00:00:00", b"00/", b"0000000000.000"];
    let syslog = || {
        let months: [&[u8]; 12] =
            [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
        months.iter().any(|m| shape.starts_with(m)) && shape.get(6..12) == Some(b" 00:00")
    };
    let is_date = shapes.iter().any(|s| shape.starts_with(s));
    // A table may begin with a date, too; a log goes on with the time.
    (is_date && (shape.contains(&b':') || shape.starts_with(b"0000000000"))) || syslog()
}

/// The same number of separators in each of the first lines.
fn is_table(text: &[u8]) -> bool {
    [b',', b';', b'\t'].iter().any(|separator| {
        let lines = text.split(|b| *b == b'\n').filter(|l| !l.trim_ascii().is_empty()).take(5);
        let mut counts = lines.map(|line| {
            let mut quoted = false;
            line.iter()
                .filter(|b| {
                    quoted ^= **b == b'"';
                    !quoted && *b == separator
                })
                .count()
        });
        let Some(first) = counts.next().filter(|n| *n > 0) else { return false };
        let others: Vec<usize> = counts.collect();
        !others.is_empty()
            && others.iter().all(|n| *n == first)
            && (first > 1 || *separator == b'\t' || others.len() > 1)
    })
}

/// UTF-8 or ASCII, but for a character that the end cuts.
fn is_mostly_text(text: &[u8]) -> bool {
    std::str::from_utf8(text).map_or_else(|e| e.valid_up_to() + 4 >= text.len(), |_| true)
}

/// The ending that a file of this type gets when the mail names none.
#[must_use]
pub fn ending(declared: &str, detected: Option<&str>) -> Option<&'static str> {
    const ENDINGS: [(&str, &str); 14] = [
        ("message/rfc822", "eml"),
        ("message/global", "eml"),
        ("text/html", "html"),
        ("text/calendar", "ics"),
        ("text/vcard", "vcf"),
        ("text/csv", "csv"),
        ("text/xml", "xml"),
        ("image/svg+xml", "svg"),
        ("text/x-log", "log"),
        ("text/x-diff", "patch"),
        ("application/json", "json"),
        ("application/x-ndjson", "json"),
        ("application/har+json", "har"),
        ("application/ms-tnef", "dat"),
    ];
    let listed = |t: &str| ENDINGS.iter().find(|(known, _)| *known == t).map(|(_, ending)| *ending);
    let is_text = |t: &str| t.starts_with("text/") || t.starts_with("message/");
    listed(declared)
        .or_else(|| detected.and_then(listed))
        .or_else(|| (is_text(declared) || detected.is_some_and(is_text)).then_some("txt"))
}

/// What the file is good for.
#[must_use]
pub fn kind(declared: &str, detected: Option<&str>, name: &str) -> AttachmentKind {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    let by_ending = by_ending(&ending);
    if by_ending == Some(AttachmentKind::Log) {
        return AttachmentKind::Log;
    }
    let is_named_log = is_named_log(name);
    let is_text = |t: &str| matches!(t, "text/plain" | "application/json" | "text/xml" | "application/xml");
    // A report inside a bounce is a message, though its fields look like any text.
    let is_message = declared.starts_with("message/") || declared == "text/rfc822-headers";
    if is_message && detected.is_none_or(|t| t.starts_with("text/") || t == "message/rfc822") {
        return AttachmentKind::Message;
    }
    let by_content =
        detected.and_then(by_type).filter(|k| *k != AttachmentKind::Archive || by_ending.is_none());
    by_content
        .or(by_ending)
        .or_else(|| by_type(declared))
        .or_else(|| {
            let text = is_text(detected.unwrap_or(declared));
            text.then_some(if is_named_log || detected != Some("text/plain") {
                AttachmentKind::Log
            } else {
                AttachmentKind::Document
            })
        })
        .unwrap_or_default()
}

/// Whether a word of the name says so: `console output.txt`, not `catalog.txt`.
fn is_named_log(name: &str) -> bool {
    const WORDS: [&str; 10] =
        ["log", "logs", "trace", "console", "debug", "dump", "error", "errors", "crash", "output"];
    let lower = name.to_ascii_lowercase();
    lower.split(|c: char| !c.is_ascii_alphabetic()).any(|word| WORDS.contains(&word))
        || ["日志", "日誌", "错误", "ログ", "로그"].iter().any(|word| name.contains(word))
}

fn by_type(kind: &str) -> Option<AttachmentKind> {
    match kind {
        "message/rfc822" | "message/global" | "application/vnd.ms-outlook" => Some(AttachmentKind::Message),
        "text/calendar" | "application/ics" => Some(AttachmentKind::Calendar),
        "text/x-log" | "application/har+json" | "application/x-ndjson" | "text/x-diff" => {
            Some(AttachmentKind::Log)
        }
        "application/zip"
        | "application/gzip"
        | "application/x-tar"
        | "application/x-7z-compressed"
        | "application/vnd.rar"
        | "application/x-rar-compressed"
        | "application/x-bzip2"
        | "application/x-xz"
        | "application/x-zip-compressed"
        | "application/x-compress"
        | "application/zstd" => Some(AttachmentKind::Archive),
        "application/pdf"
        | "application/rtf"
        | "application/msword"
        | "text/csv"
        | "text/html"
        | "application/postscript"
        | "application/epub+zip" => Some(AttachmentKind::Document),
        // A picture of the screen, still or moving.
        t if t.starts_with("image/") || t.starts_with("video/") => Some(AttachmentKind::Screenshot),
        t if t.starts_with("audio/") => Some(AttachmentKind::Audio),
        t if t.starts_with("application/vnd.openxmlformats")
            || t.starts_with("application/vnd.oasis")
            || t.starts_with("application/vnd.ms-") =>
        {
            Some(AttachmentKind::Document)
        }
        _ => None,
    }
}

fn by_ending(ending: &str) -> Option<AttachmentKind> {
    match ending {
        "log" | "out" | "err" | "trace" | "har" | "dmp" | "stacktrace" | "evtx" | "ips" | "crash"
        | "pcap" | "pcapng" | "etl" => Some(AttachmentKind::Log),
        "eml" | "msg" => Some(AttachmentKind::Message),
        "ics" | "vcs" => Some(AttachmentKind::Calendar),
        "zip" | "gz" | "tgz" | "rar" | "7z" | "tar" | "bz2" | "xz" | "zst" => Some(AttachmentKind::Archive),
        "pdf" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "pptx" | "odt" | "ods" | "odp" | "csv" | "rtf"
        | "md" | "html" | "htm" | "wps" | "et" | "dps" | "pages" | "numbers" | "key" | "hwp" | "ofd" => {
            Some(AttachmentKind::Document)
        }
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "bmp" | "heic" | "tif" | "tiff" | "mp4" | "mov"
        | "webm" | "mkv" | "avi" => Some(AttachmentKind::Screenshot),
        "mp3" | "wav" | "amr" | "m4a" | "ogg" | "opus" => Some(AttachmentKind::Audio),
        // Programs, whatever their content says.
        "exe" | "com" | "scr" | "bat" | "cmd" | "js" | "vbs" | "ps1" | "msi" | "dll" | "apk" | "jar"
        | "lnk" => Some(AttachmentKind::Other),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_by_their_content() {
        for (text, detected) in [
            ("\u{feff}<!DOCTYPE html><p>x", "text/html"),
            ("<?xml version='1.0'?><a/>", "text/xml"),
            ("<?xml version='1.0'?>\n<svg xmlns='x'/>", "image/svg+xml"),
            ("{\"a\": 1}", "application/json"),
            ("[1, 2]", "application/json"),
            ("{\n \"log\": {\n \"version\": \"1.2\", \"creator\": {}", "application/har+json"),
            ("{\"level\":\"info\"}\n{\"level\":\"warn\"}\n", "application/x-ndjson"),
            ("a,b,c\n1,2,3\n4,5,6\n", "text/csv"),
            ("name;seats\nann;1\nbob;2\n", "text/csv"),
            ("[2024-03-01 10:00] start\n[2024-03-01 10:01] stop\n", "text/x-log"),
            ("2024-03-01T10:00:00Z started\n2024-03-01T10:00:01Z stopped\n", "text/x-log"),
            ("TypeError: x is undefined\n    at run (app.js:10:3)\n    at main (app.js:1:1)\n", "text/x-log"),
            ("Mar  1 10:00:00 host app: x\nMar  1 10:00:01 host app: y\n", "text/x-log"),
            ("From: a@b.example\nTo: c@d.example\nSubject: x\n\nbody", "message/rfc822"),
            ("BEGIN:VCALENDAR\nVERSION:2.0\n", "text/calendar"),
            ("-----BEGIN PGP MESSAGE-----\n", "application/pgp-encrypted"),
            ("Dear team, please find below what we want.\nThank you.\n", "text/plain"),
            ("会议记录：明天继续讨论。\n", "text/plain"),
        ] {
            assert_eq!(detect(text.as_bytes()), Some(detected), "{text}");
        }
        assert_eq!(detect(b"\x78\x9f\x3e\x22\x01\x00"), Some("application/ms-tnef"));
        assert_eq!(detect(b"\x00\x01\x02\x03 nothing"), None);
        assert_eq!(detect(b""), None);
    }

    #[test]
    fn kinds_by_content_before_names() {
        for (declared, detected, name, wanted) in [
            ("application/octet-stream", Some("application/zip"), "a.docx", AttachmentKind::Document),
            ("application/octet-stream", Some("application/zip"), "a", AttachmentKind::Archive),
            ("image/png", None, "a", AttachmentKind::Screenshot),
            ("application/octet-stream", Some("image/png"), "a.dat", AttachmentKind::Screenshot),
            ("video/mp4", Some("video/mp4"), "screen.mp4", AttachmentKind::Screenshot),
            ("text/plain", Some("text/x-log"), "a.txt", AttachmentKind::Log),
            ("text/plain", Some("text/plain"), "console.txt", AttachmentKind::Log),
            ("text/plain", Some("text/plain"), "minutes.txt", AttachmentKind::Document),
            ("text/plain", Some("text/plain"), "catalog.txt", AttachmentKind::Document),
            ("text/plain", Some("text/plain"), "错误日志.txt", AttachmentKind::Log),
            ("application/json", Some("application/har+json"), "x.json", AttachmentKind::Log),
            ("application/octet-stream", Some("message/rfc822"), "x", AttachmentKind::Message),
            ("text/calendar", Some("text/calendar"), "invite.ics", AttachmentKind::Calendar),
            ("application/octet-stream", None, "x.bin", AttachmentKind::Other),
            ("message/delivery-status", Some("text/plain"), "part-1.txt", AttachmentKind::Message),
            ("application/octet-stream", Some("text/plain"), "invoice.exe", AttachmentKind::Other),
        ] {
            assert_eq!(kind(declared, detected, name), wanted, "{declared} {name}");
        }
    }
}
