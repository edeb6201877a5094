//! Which part is the text, and how it is put together.

use super::*;

fn body(raw: &str) -> Body {
    read(&structure::parse(raw.as_bytes()))
}

/// A multipart with these parts, each with its own header.
fn multipart(kind: &str, boundary: &str, parts: &[&str]) -> String {
    let mut out = format!("Content-Type: multipart/{kind}; boundary={boundary}\n\n");
    for part in parts {
        out.push_str(&format!("--{boundary}\n{part}\n"));
    }
    out + &format!("--{boundary}--\n")
}

const PLAIN: &str = "Content-Type: text/plain\n\nplain words";
const HTML: &str = "Content-Type: text/html\n\n<p>html words</p>";
const PICTURE: &str = "Content-Type: image/png\n\npng";

#[test]
fn every_nesting_gives_one_form_of_each_text() {
    let alternative = multipart("alternative", "a", &[PLAIN, HTML]);
    let related = multipart("related", "r", &[HTML, PICTURE]);
    let mixed = multipart("mixed", "m", &[HTML, PICTURE, "Content-Type: text/html\n\n<p>more</p>"]);
    let frame = "Content-Type: text/html\nContent-ID: <f>\n\n<p>frame</p>";
    let empty = "Content-Type: text/plain\n\n \n";
    for (raw, text) in [
        (alternative.clone(), "plain words"),
        (multipart("alternative", "x", &[PLAIN, &related]), "plain words"),
        (multipart("alternative", "x", &[empty, &related]), "html words\n"),
        (multipart("related", "x", &[&alternative, PICTURE]), "plain words"),
        (multipart("related", "x", &[&alternative, frame]), "plain words"),
        (multipart("mixed", "x", &[&alternative, PICTURE, "\nsecond text"]), "plain words\nsecond text"),
        // Apple Mail: text, picture, text.
        (multipart("mixed", "x", &[PLAIN, PICTURE, "\nsecond text"]), "plain words\nsecond text"),
        (multipart("alternative", "x", &[PLAIN, &mixed]), "plain words"),
        (multipart("alternative", "x", &[empty, &mixed]), "html words\nmore\n"),
        (multipart("alternative", "x", &[&multipart("alternative", "y", &[empty, HTML])]), "html words\n"),
        (multipart("related; start=\"<f>\"", "x", &[PICTURE, frame]), "frame\n"),
        (
            multipart("alternative", "x", &["Content-Type: text/x-amp-html\n\n<html amp>", HTML]),
            "html words\n",
        ),
        (
            multipart("alternative", "x", &[PLAIN, "Content-Type: text/watch-html\n\n<b>w</b>", HTML]),
            "plain words",
        ),
        // No part at all, and a part that only has a name.
        ("Content-Type: multipart/mixed; boundary=zz\n\nno delimiter".into(), "no delimiter"),
        ("Content-Type: text/plain; name=\"body.txt\"\n\nnamed".into(), "named"),
        ("From: a@b.example\n\n<!DOCTYPE html><p>undeclared</p>".into(), "undeclared\n"),
    ] {
        let read = body(&raw);
        assert_eq!(read.text.trim_end(), text.trim_end(), "{raw}");
    }
}

#[test]
fn attached_text_is_no_body() {
    let attached = "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nattached";
    let named = "Content-Type: text/plain; name=a.log\n\nnamed";
    let read = body(&multipart("mixed", "x", &[PLAIN, attached, named]));
    assert_eq!((read.text.as_str(), read.parts.as_slice()), ("plain words", &[1][..]));
}

#[test]
fn html_is_taken_where_the_plain_part_is_worse() {
    let html = format!("Content-Type: text/html\n\n{}", "<p>A line of the letter.</p>".repeat(40));
    let one_line = format!("Content-Type: text/plain\n\n{}", "A line of the letter. ".repeat(40));
    let leftovers = "Content-Type: text/plain\n\nA&nbsp;line&nbsp;of&nbsp;the letter.";
    for plain in [
        "\n",
        "Content-Type: text/plain\n\n\u{a0}\n",
        "Content-Type: text/plain\n\nThis message is in HTML format.",
        "Content-Type: text/plain\n\n您的邮件客户端不支持 HTML",
        leftovers,
        &one_line,
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nbroken =ff=fe=fd=fc text that goes on and on",
    ] {
        assert!(
            body(&multipart("alternative", "x", &[plain, &html])).text.starts_with("A line of the letter.\n"),
            "{plain}"
        );
    }
    let person = "Content-Type: text/plain\n\nHow do I export HTML? My page ends with </p> and a &amp;.";
    let twin =
        "Content-Type: text/html\n\n<p>How do I export HTML? My page ends with &lt;/p> and a &amp;amp;.</p>";
    assert!(body(&multipart("alternative", "x", &[person, twin])).text.starts_with("How do I export HTML?"));
}

#[test]
fn character_sets_of_bodies() {
    let gbk = encoding_rs::GB18030.encode("无法登录，请尽快处理").0;
    let raw = |head: &str| [head.as_bytes(), b"\n\n", gbk.as_ref()].concat();
    for head in [
        "Content-Type: text/plain; charset=gb2312",
        "From: a@qq.com",
        "Content-Type: text/plain",
        "Content-Type: text/plain; charset=\"x-unknown\"",
    ] {
        assert_eq!(read(&structure::parse(&raw(head))).text, "无法登录，请尽快处理", "{head}");
    }
    let page = [
        b"Content-Type: text/html\n\n<html><meta http-equiv=x content='text/html; charset=gb2312'><p>"
            .as_slice(),
        gbk.as_ref(),
    ]
    .concat();
    assert_eq!(read(&structure::parse(&page)).text, "无法登录，请尽快处理\n");
}

#[test]
fn commands_are_never_read_from_html_with_hidden_text() {
    assert_eq!(body("Content-Type: text/html\n\n<p style='display:none'>x</p>#close").command_text, None);
    let both = multipart("alternative", "x", &["\n#take", "Content-Type: text/html\n\n<p hidden>#close</p>"]);
    assert_eq!(body(&both).command_text.as_deref(), Some("#take"));
    let shown = multipart("alternative", "x", &["\n\n", "Content-Type: text/html\n\n<b>hi</b>"]);
    let read = body(&shown);
    assert_eq!(
        (read.text.as_str(), read.command_text.as_deref(), read.parts.len()),
        ("hi\n", Some("hi\n"), 2)
    );
}

#[test]
fn wrapped_bodies_are_found_and_sealed_ones_named() {
    let invitation = multipart(
        "mixed",
        "x",
        &[
            "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:会议\nEND:VEVENT\nEND:VCALENDAR",
        ],
    );
    assert_eq!(body(&invitation).text, "METHOD: REQUEST\nSUMMARY: 会议\n");
    let encrypted = multipart(
        "encrypted; protocol=\"application/pgp-encrypted\"",
        "x",
        &[
            "Content-Type: application/pgp-encrypted\n\nVersion: 1",
            "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----",
        ],
    );
    assert_eq!(body(&encrypted).warnings, ["encrypted (PGP): its text cannot be read"]);
    let signed =
        multipart("signed", "x", &[PLAIN, "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx"]);
    assert_eq!((body(&signed).text.as_str(), body(&signed).warnings.len()), ("plain words", 1));
    assert_eq!(body("From: a@b\n\n-----BEGIN PGP MESSAGE-----\n\nhQ").warnings.len(), 1);
}
