//! Shapes of blocks and of the people in them.

use super::*;

fn block(text: &str) -> Option<Block> {
    let lines: Vec<&str> = text.lines().collect();
    read(&lines, 0)
}

fn fields(text: &str) -> (String, String, String, String, String, usize) {
    let b = block(text).unwrap_or_default();
    let f = b.fields;
    let s = Option::unwrap_or_default;
    (s(f.from), s(f.date), s(f.to), s(f.cc), s(f.subject), b.end)
}

#[test]
fn shapes_of_blocks() {
    let want = |end| ("A".into(), "1.1.".into(), "b@c.example".into(), String::new(), "x y".into(), end);
    for (text, end) in [
        ("From: A\nSent: 1.1.\nTo: b@c.example\nSubject: x y\n\nbody", 4),
        ("*From:* A\n*Date:* 1.1.\n*To:* b@c.example\n*Subject:* x y\nbody", 4),
        ("**Von**: A\n**Datum**: 1.1.\n**An**: b@c.example\n**Betreff**: x y", 4),
        ("> From: A\n> Date: 1.1.\n> To: b@c.example\n> Subject: x y\n>\n> body", 4),
        ("> From: A\n>\n> Date: 1.1.\n>\n> To: b@c.example\n>\n> Subject: x y\n>\n> body", 7),
        ("From:\nA\nSent:\n1.1.\nTo:\nb@c.example\nSubject:\nx y\n\nbody", 8),
        ("From:\n\nA\n\nSent:\n\n1.1.\n\nTo:\n\nb@c.example\n\nSubject:\n\nx y\n\nbody", 15),
        ("| 发件人 | A |\n| 发送日期 | 1.1. |\n| 收件人 | b@c.example |\n| 主题 | x y |\nbody", 4),
        ("发 件 人：A\n日　期：1.1.\n收件人：b@c.example\n主　题：x y\nbody", 4),
        ("Subject: x y\nDate: 1.1.\nFrom: A\nTo: b@c.example\n\n\nbody", 4),
        ("发件人/From: A\n日期(Date): 1.1.\n收件人/To: b@c.example\n主题/Subject: x y\n", 4),
        ("From: A\nDate: 1.1.\nSubject: x\ny\nTo: b@c.example\n\nbody", 5),
        ("发件人:&nbsp;A\n发送时间:&nbsp;1.1.\n收件人: b@c.example\n\n主题:&nbsp;x y\n\nbody", 5),
        ("From: A\nDate: 1.1.\nTo: b@c.example\nSubject: x y\nImportance: high\nTo: all who read this", 5),
    ] {
        assert_eq!(fields(text), want(end), "{text}");
    }
}

#[test]
fn folded_fields() {
    let (_, _, to, cc, subject, end) = fields(
        "From: A\nTo: b@c.example, d@e.example,\n f@g.example\nCc: Long Name\n <h@i.example>\nSubject: x\n\nTo: me",
    );
    assert_eq!(
        (to.as_str(), cc.as_str(), subject.as_str(), end),
        ("b@c.example, d@e.example, f@g.example", "Long Name <h@i.example>", "x", 6)
    );
    let long = "Subject: a subject that a program had to wrap since it is longer than\nits lines\n\nbody";
    assert!(fields(&format!("From: A\n{long}")).4.ends_with("than its lines"));
    assert_eq!(fields("Date: x\nFrom: Ann\n<a@b.example>\n\nbody").0, "Ann <a@b.example>");
    // New Outlook puts the body directly below the subject.
    assert_eq!(fields("From: A\nSubject: short\nThe body begins here\n\nmore").4, "short");
}

/// Servers that return a mail, and people who were asked for its source, paste all of its header.
#[test]
fn whole_headers() {
    let text = "Return-Path: <a@a.example>\nReceived: from a.example (a.example [192.0.2.1])\n\tby b.example with ESMTP;\n\tMon, 2 Mar 2026 10:00:00 +0000\nX-Mailer: Mutt\nMessage-ID: <1@a.example>\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nContent-Type: text/plain;\n charset=utf-8\nFrom: A <a@a.example>\nTo: B <b@b.example>\nSubject: x\n\nbody";
    let lines: Vec<&str> = text.lines().collect();
    let b = read_whole(&lines, 0).unwrap_or_default();
    assert_eq!(
        (b.fields.from.as_deref(), b.fields.date.as_deref(), b.fields.subject.as_deref(), b.end),
        (Some("A <a@a.example>"), Some("Mon, 2 Mar 2026 10:00:00 +0000"), Some("x"), 12)
    );
    assert_eq!((read(&lines, 0), read(&lines, 6), beginning(&lines, 6)), (None, Some(b), 0));
}

#[test]
fn no_blocks() {
    for text in [
        "From: the menu I chose Export",
        "Hello",
        "Error: a\nCode: b",
        "Note: x\nTo: y",
        "To do: a\nTo be done: b",
    ] {
        assert_eq!(block(text), None, "{text}");
    }
}

#[test]
fn tables_without_colons() {
    let lines =
        ["Subject Sync is slow", "Date 1.1.", "From Ann <a@b.example>", "Reply To x@y.example", "", "body"];
    let b = read_table(&lines, 0).unwrap_or_default();
    assert_eq!((b.fields.subject.as_deref(), b.end), (Some("Sync is slow"), 4));
    assert_eq!(read(&lines, 0), None);
}

#[test]
fn one_line() {
    let f = run_together(
        "De : Ann Lee <ann@a.example>À : \"Bob\" <bob@b.example>; c@c.exampleCc : D <d@d.example>Envoyé : lundi 2 mars 2026 à 10:00:00 UTC+1Objet : Re: À : x",
    )
    .unwrap_or_default();
    assert_eq!(
        (f.from.as_deref(), f.to.as_deref(), f.date.as_deref(), f.subject.as_deref()),
        (
            Some("Ann Lee <ann@a.example>"),
            Some("\"Bob\" <bob@b.example>; c@c.example"),
            Some("lundi 2 mars 2026 à 10:00:00 UTC+1"),
            Some("Re: À : x")
        )
    );
    let f =
        run_together("De: A <a@a.example>Para: B <b@b.example>Enviado: 2 de março 10:00 CETAssunto Fatura")
            .unwrap_or_default();
    assert_eq!((f.date.as_deref(), f.subject.as_deref()), (Some("2 de março 10:00 CET"), Some("Fatura")));
    for text in [
        "From: A <a@a.example> Sent: Monday To: B <b@b.example> Subject: x: y",
        "*From:* A <a@a.example> *Sent:* Monday *To:* B <b@b.example> *Subject:* x: y",
        "> **From**: A <a@a.example> **Sent**: Monday **To**: B <b@b.example> **Subject**: x: y",
        "差出人: A <a@a.example> 送信日時: Monday 宛先: B <b@b.example> 件名: x: y",
    ] {
        assert_eq!(
            fields(text),
            (
                "A <a@a.example>".into(),
                "Monday".into(),
                "B <b@b.example>".into(),
                String::new(),
                "x: y".into(),
                1
            ),
            "{text}"
        );
    }
    let text = ["From: here on it is text, To: be sure"];
    assert_eq!((read(&text, 0), run_together("From: here on it is text")), (None, None));
}

#[test]
fn people() {
    for (value, name, address) in [
        ("Ann Lee <ann@a.example>", "Ann Lee", "ann@a.example"),
        ("\"Ann Lee\"<ann@a.example>;", "Ann Lee", "ann@a.example"),
        ("Lee, Ann <ann@a.example>", "Lee, Ann", "ann@a.example"),
        ("Lee, Ann", "Lee, Ann", ""),
        ("Ann Lee [mailto:ann@a.example]", "Ann Lee", "ann@a.example"),
        ("'Ann Lee' [ann@a.example]", "Ann Lee", "ann@a.example"),
        (
            "Ann<mailto:ann@a.example> <ann@a.example<mailto:ann@a.example>> on behalf of x@y.example<mailto:x@y.example>",
            "Ann",
            "ann@a.example",
        ),
        ("ann@a.example<mailto:ann@a.example>", "", "ann@a.example"),
        ("ann@a.example <ann@a.example>", "", "ann@a.example"),
        ("Ann Lee <[ann@a.example](mailto:ann@a.example)>", "Ann Lee", "ann@a.example"),
        ("<ann@a.example>", "", "ann@a.example"),
        ("ann@a.example (Ann Lee)", "Ann Lee", "ann@a.example"),
        ("Ann Lee (ann@a.example)", "Ann Lee", "ann@a.example"),
        ("Ann Lee (<ann@a.example>)", "Ann Lee", "ann@a.example"),
        ("Ann Lee (Sales) <ann@a.example>", "Ann Lee (Sales)", "ann@a.example"),
        ("Ann Lee ann@a.example", "Ann Lee", "ann@a.example"),
        ("[EXT] Ann Lee <ann@a.example>", "[EXT] Ann Lee", "ann@a.example"),
        ("„Ann Lee” <ann@a.example>", "Ann Lee", "ann@a.example"),
        ("李安＜ann@a.example＞", "李安", "ann@a.example"),
        ("李安", "李安", ""),
        ("Ann Lee </O=ACME/CN=ANN>", "Ann Lee", ""),
    ] {
        let got = mailbox(value).unwrap_or_default();
        assert_eq!(
            (got.name.as_deref().unwrap_or_default(), got.address.as_str()),
            (name, address),
            "{value}"
        );
    }
    assert_eq!(mailbox(" ; "), None);
}

#[test]
fn lists_of_people() {
    for (value, want) in [
        (
            "a@a.example, <b@b.example>; C <c@c.example>",
            vec!["/a@a.example", "/b@b.example", "C/c@c.example"],
        ),
        (
            "Lee, Ann <a@a.example>, b@b.example <b@b.example>, C, D<d@d.example>",
            vec!["Lee, Ann/a@a.example", "/b@b.example", "C, D/d@d.example"],
        ),
        ("Lee, Ann; Poe, Bob", vec!["Lee, Ann/", "Poe, Bob/"]),
        ("李安、王二", vec!["李安/", "王二/"]),
        ("\"Lee, Ann\" <a@a.example>, B <b@b.example>", vec!["Lee, Ann/a@a.example", "B/b@b.example"]),
        (
            "Ann <a@a.example<mailto:a@a.example>>; Bob <b@b.example<mailto:b@b.example>>;",
            vec!["Ann/a@a.example", "Bob/b@b.example"],
        ),
    ] {
        let got: Vec<String> = mailboxes(value)
            .into_iter()
            .map(|a| format!("{}/{}", a.name.unwrap_or_default(), a.address))
            .collect();
        assert_eq!(got, want, "{value}");
    }
}
