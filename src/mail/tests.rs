//! The reading as a whole. Mails that attack it are in `tests/reading`.

use super::*;

fn read_default(raw: &[u8]) -> Reading {
    read(raw, &ReadPolicy::default())
}

#[test]
fn nothing_and_noise_give_a_reading() {
    for raw in [
        &b""[..],
        b"\n",
        b"\0\0\0",
        b":",
        b"From:",
        b"\xff\xfe\r\n\r\n\x80",
        b"Content-Type: multipart/mixed; boundary=\"\"\n\n--\n",
    ] {
        let _ = read_default(raw);
    }
    assert!(read_default(b"").from.is_none());
}

#[test]
fn bare_cr_lines() {
    let r = read_default(b"From: a@b.org\rSubject: x\r\rbody\rtwo");
    assert_eq!((r.subject.as_deref(), r.text.as_str()), (Some("x"), "body\ntwo"));
}

#[test]
fn the_first_from_counts() {
    let r = read_default(b"From: a@b.org\nFrom: c@d.org\n\nx");
    assert_eq!(r.from.unwrap().address, "a@b.org");
    assert_eq!(r.trace.strict_from, None);
}

#[test]
fn attachment_bytes_agree_with_size_and_hash() {
    use sha2::{Digest, Sha256};
    let raw = b"From: a@b.org\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nhello\n--m\nContent-Type: message/rfc822\n\nSubject: in\n\nx\n--m\nContent-Type: text/plain; name=a.txt\nContent-Transfer-Encoding: base64\n\nuMo=\n--m--\n";
    let r = read_default(raw);
    assert_eq!(r.attachments.len(), 2);
    for (i, a) in r.attachments.iter().enumerate() {
        let data = attachment(raw, i).unwrap();
        assert_eq!(
            (a.size, &a.sha256),
            (data.len() as u64, &data_encoding::HEXLOWER.encode(&Sha256::digest(&data)))
        );
    }
    assert_eq!(r.attachments[0].original_name.as_deref(), Some("in.eml"));
    assert_eq!(attachment(raw, 2), None);
}

/// A TNEF stream with one file, as [MS-OXTNEF] writes it.
fn tnef(name: &str, data: &[u8]) -> Vec<u8> {
    let mut out = 0x223e_9f78_u32.to_le_bytes().to_vec();
    out.extend([1, 0]);
    for (id, value) in [(0x0006_9002_u32, &b""[..]), (0x0001_8010, name.as_bytes()), (0x0006_800f, data)] {
        out.push(2);
        out.extend(id.to_le_bytes());
        out.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        out.extend(value);
        out.extend([0, 0]);
    }
    out
}

#[test]
fn files_inside_texts_and_containers_are_listed_and_can_be_read() {
    use sha2::{Digest, Sha256};
    let wrapped = data_encoding::BASE64.encode(&tnef("a.png", b"\x89PNG\r\n\x1a\n rest"));
    let raw = format!(
        "From: a@b.org\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nSee:\n\nbegin 644 note.txt\n\
         ,:&5L;&\\L('=O<FQD\n`\nend\nBye\n--m\nContent-Type: application/ms-tnef; name=winmail.dat\n\
         Content-Transfer-Encoding: base64\n\n{wrapped}\n--m\nContent-Type: application/ms-tnef; name=winmail.dat\n\nno tnef\n--m--\n"
    );
    let r = read_default(raw.as_bytes());
    let shown: Vec<_> = r.attachments.iter().map(|a| (a.name.as_str(), a.size, a.kind)).collect();
    assert_eq!(
        shown,
        [
            ("note.txt", 12, AttachmentKind::Document),
            ("a.png", 13, AttachmentKind::Screenshot),
            ("winmail.dat", 7, AttachmentKind::Document),
        ]
    );
    assert_eq!(r.text, "See:\n\nBye");
    for (i, a) in r.attachments.iter().enumerate() {
        let data = attachment(raw.as_bytes(), i).unwrap();
        assert_eq!(
            (a.size, &a.sha256),
            (data.len() as u64, &data_encoding::HEXLOWER.encode(&Sha256::digest(&data)))
        );
    }
    assert_eq!(attachment(raw.as_bytes(), 3), None);
    // A mail without other text takes its body out of the container, under whatever type it comes.
    let mut body = 0x223e_9f78_u32.to_le_bytes().to_vec();
    body.extend([1, 0, 1]);
    body.extend(0x0002_800c_u32.to_le_bytes());
    body.extend(9_u32.to_le_bytes());
    body.extend(b"the words\0\0");
    let body = data_encoding::BASE64.encode(&body);
    let r = read_default(
        format!("Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n{body}")
            .as_bytes(),
    );
    assert_eq!((r.text.as_str(), r.attachments.len()), ("the words", 0));
    // A damaged container is listed beside what could be read of it.
    let damaged = tnef("a.txt", b"hello");
    let cut = data_encoding::BASE64.encode(&[&damaged[..], &[2, 0, 0]].concat());
    let r = read_default(
        format!("Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n{cut}").as_bytes(),
    );
    assert_eq!(r.attachments.len(), 2);
    assert!(r.warnings.iter().any(|w| w.contains("damaged")), "{:?}", r.warnings);
}

proptest::proptest! {
    #[test]
    fn any_bytes_give_a_reading(raw in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2_000)) {
        let r = read_default(&raw);
        proptest::prop_assert!(!r.warnings.iter().any(|w| w.starts_with("reader crashed")), "{:?}", r.warnings);
    }

    #[test]
    fn any_pieces_of_mail_give_a_reading(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..40)) {
        let r = read_default(pieces.concat().as_bytes());
        proptest::prop_assert!(!r.warnings.iter().any(|w| w.starts_with("reader crashed")), "{:?}", r.warnings);
    }
}

const PIECES: [&str; 36] = [
    "begin 644 a\n#86)C\n",
    "`\nend\n",
    "Content-Type: application/ms-tnef",
    "x\u{9f}>\"",
    "{\\rtf1\\fromhtml1 {\\*\\htmltag ",
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\n",
    "From: ",
    "To: ",
    "Subject: ",
    "Content-Type: multipart/mixed; boundary=b",
    "Content-Type: text/html",
    "Content-Type: message/delivery-status",
    "Content-Transfer-Encoding: base64",
    "\r\n",
    "\n",
    "\n\n",
    "--b\n",
    "--b--\n",
    "=?utf-8?B?",
    "5Y2X?=",
    "<a@b.org>",
    "\"",
    "(",
    ")",
    ",",
    "> ",
    "On Monday X <x@y.z> wrote:\n",
    "-----Original Message-----\n",
    "发件人：",
    "在 2026年1月1日，X 写道：\n",
    "-- \n",
    "<blockquote>",
    "<div style='display:none'>",
    "&#x0;",
    "é",
    "Status: 5.1.1\n",
];
