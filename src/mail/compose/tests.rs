//! What is composed reads back as it was, and is safe on the wire.

use proptest::prelude::*;

use super::*;
use crate::mail::{ReadPolicy, attachment, deception::turns_text, read};

fn sample() -> Outgoing {
    Outgoing {
        from: Address {
            name: Some("示例公司支持团队".into()), address: "support@desk.example".into()
        },
        to: vec![Address { name: Some("Na, \"Li\"".into()), address: "lina@huaxia.example".into() }],
        subject: "Re: 甘特图无法加载 [#1042]".into(),
        message_id: "abc@desk.example".into(),
        in_reply_to: Some("m1@huaxia.example".into()),
        references: vec!["m1@huaxia.example".into()],
        date: "2026-03-02T10:00:00Z".parse().unwrap(),
        headers: vec![("Auto-Submitted".into(), "auto-replied".into())],
        text: "我们已收到您的来信。\n.\n\nFrom here\n".into(),
        html: Some("<p>我们已收到您的来信。</p>".into()),
        ..Outgoing::default()
    }
}

/// Every line ends in CRLF, is at most 998 octets and 7-bit.
fn is_safe(raw: &[u8]) -> bool {
    raw.ends_with(b"\r\n")
        && raw.is_ascii()
        && raw.split(|&b| b == b'\n').all(|l| {
            l.len() <= 999
                && (l.is_empty() || l.ends_with(b"\r"))
                && !l.strip_suffix(b"\r").unwrap_or(l).contains(&b'\r')
        })
        && !raw.contains(&0)
}

#[test]
fn a_mail_reads_back_and_is_deterministic() {
    let files = [OutgoingFile {
        name: "日志 1.log".into(),
        content_type: "text/plain".into(),
        bytes: b"a\nb\r\n.\r\n",
    }];
    let raw = compose(&sample(), &files);
    assert_eq!(raw, compose(&sample(), &files));
    assert!(is_safe(&raw), "{}", String::from_utf8_lossy(&raw));
    let r = read(&raw, &ReadPolicy::default());
    assert_eq!(r.warnings, Vec::<String>::new());
    assert_eq!(r.subject.as_deref(), Some("Re: 甘特图无法加载 [#1042]"));
    assert_eq!(r.from.unwrap().name.as_deref(), Some("示例公司支持团队"));
    assert_eq!(r.to[0].name.as_deref(), Some("Na, \"Li\""));
    assert_eq!(
        (r.message_id.as_deref(), r.in_reply_to, r.references),
        (
            Some("abc@desk.example"),
            vec!["m1@huaxia.example".to_owned()],
            vec!["m1@huaxia.example".to_owned()]
        )
    );
    assert_eq!(r.date, Some(sample().date));
    assert_eq!(r.attachments[0].original_name.as_deref(), Some("日志 1.log"));
    assert_eq!(attachment(&raw, 0).as_deref(), Some(&b"a\nb\r\n.\r\n"[..]));
    assert_eq!(r.text, sample().text);
}

/// Whoever wrote the text wrapped it: nothing is wrapped again on its way, and nothing may be joined by the reader.
#[test]
fn the_text_stands_as_it_was_wrapped() {
    let line = "Wenn Sie etwas ergänzen oder berichtigen möchten, antworten Sie einfach auf";
    let columns = format!("Client:      Ann Lee\n  {line}\n-- \nFrom here, {line}\n");
    let raw = compose(&Outgoing { text: columns.clone(), html: None, ..sample() }, &[]);
    assert!(!String::from_utf8_lossy(&raw).contains("flowed"));
    assert_eq!(read(&raw, &ReadPolicy::default()).text, columns);
}

#[test]
fn injection_is_impossible() {
    let evil = "x\r\nBcc: evil@x.org\r\n\r\nbody\0";
    let mut mail = sample();
    mail.subject = evil.into();
    mail.from.name = Some(evil.into());
    mail.to.push(Address { name: None, address: "a@b.org\r\nBcc: e@x.org".into() });
    mail.message_id = format!("{evil}@x");
    mail.references = vec![evil.into(); 50];
    mail.headers.push(("X-Evil\r\nBcc".into(), evil.into()));
    let raw = compose(&mail, &[OutgoingFile { name: evil.into(), content_type: evil.into(), bytes: b"x" }]);
    assert!(is_safe(&raw));
    assert!(!String::from_utf8_lossy(&raw).lines().any(|l| l.to_lowercase().starts_with("bcc")));
}

#[test]
fn references_are_bounded_to_first_and_last() {
    let ids: Vec<String> = (0..100).map(|i| format!("{i}@x")).collect();
    let kept = bounded(&ids);
    assert_eq!(
        (kept.len(), kept[0].as_str(), kept[1].as_str(), kept.last().unwrap().as_str()),
        (20, "0@x", "81@x", "99@x")
    );
    assert_eq!(bounded(&ids[..3]), &ids[..3]);
}

/// What cleaning and mail make of white space and of characters that turn the text, in a name or subject.
fn blanks(text: &str) -> String {
    text.chars()
        .filter(|&c| c.is_whitespace() || !turns_text(c))
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

proptest! {
    #[test]
    fn anything_round_trips(subject in ".{0,200}", name in "\\PC{0,60}", text in "(?s).{0,500}", file in proptest::collection::vec(any::<u8>(), 0..500), file_name in "\\PC{1,60}") {
        let mut mail = sample();
        mail.subject = subject.clone();
        mail.from.name = Some(name.clone());
        mail.text = text.clone();
        mail.html = None;
        let raw = compose(&mail, &[OutgoingFile { name: file_name.clone(), content_type: "application/octet-stream".into(), bytes: &file }]);
        prop_assert!(is_safe(&raw));
        let r = read(&raw, &ReadPolicy::default());
        prop_assert_eq!(blanks(r.subject.as_deref().unwrap_or_default()), blanks(&subject));
        let shown = r.from.and_then(|f| f.name).unwrap_or_default();
        let bare = |s: &str| blanks(s).trim_matches(|c: char| c == '\'' || c == '"' || c == ' ' || c == '(' || c == ')' || c == '\\').replace(['"', '\\'], "");
        prop_assert_eq!(bare(&shown), bare(&name));
        let spaced = |s: &str| blanks(&s.replace('\u{feff}', ""));
        prop_assert_eq!(spaced(&r.text), spaced(&text));
        prop_assert_eq!(attachment(&raw, 0), Some(file));
        let want = blanks(&file_name);
        prop_assert_eq!(blanks(r.attachments[0].original_name.as_deref().unwrap_or_default()), if want.is_empty() { String::new() } else { want });
    }
}
