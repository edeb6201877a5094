use crate::mail::{Class, ReadPolicy, read};

fn policy() -> ReadPolicy {
    ReadPolicy {
        own_addresses: vec!["support@desk.example".into()],
        own_lists: vec!["help.desk.example".into()],
        desk_id: "ab12".into(),
    }
}

fn class(headers: &str) -> (Class, Option<String>) {
    let r = read(
        format!("{headers}\r\nSubject: Question\r\n\r\nHello, my chart is empty.\r\n").as_bytes(),
        &policy(),
    );
    (r.class, r.no_automatic_mail)
}

#[test]
fn header_rules_each() {
    for (header, want) in [
        ("Return-Path: <>", Class::Human),
        ("Auto-Submitted: auto-replied", Class::AutoReply),
        ("Auto-Submitted: auto-generated (x)", Class::AutoReply),
        ("List-Id: <x.y>", Class::List),
        ("List-Unsubscribe: <mailto:x@y>", Class::List),
        ("Precedence: bulk", Class::Bulk),
        ("Precedence: junk", Class::Bulk),
        ("Precedence: list", Class::List),
        ("Precedence: auto_reply", Class::AutoReply),
        ("X-Auto-Response-Suppress: All", Class::Human),
        ("X-Autoreply: yes", Class::AutoReply),
        ("X-Autorespond: x", Class::AutoReply),
        ("X-Maildesk-Loop: 9f00", Class::Human),
        ("X-Maildesk-Loop: v1 ab12 sig", Class::OwnAddress),
    ] {
        let (class, forbidden) = class(&format!("From: a@b.org\r\n{header}"));
        assert_eq!(class, want, "{header}");
        assert!(forbidden.is_some(), "{header}");
    }
    for local in [
        "MAILER-DAEMON",
        "postmaster",
        "no-reply",
        "noreply+1",
        "do_not_reply",
        "owner-x",
        "x-request",
        "listserv",
        "majordomo",
    ] {
        assert!(class(&format!("From: {local}@b.org")).1.is_some(), "{local}");
    }
    assert_eq!(class("From: support@desk.example").0, Class::OwnAddress);
}

#[test]
fn people_may_be_answered() {
    for header in [
        "From: info@b.org",
        "From: a@b.org\r\nAuto-Submitted: no",
        "From: a@b.org\r\nList-Id: Help <help.desk.example>\r\nPrecedence: list",
        "From: requester@b.org\r\nPrecedence: normal",
    ] {
        assert_eq!(class(header), (Class::Human, None), "{header}");
    }
}
