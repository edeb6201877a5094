//! Genuine replies of an agent, as mail programs, providers and servers shape them: each is obeyed, after one confirmation at
//! most. The counterpart of the forged ones, without which refusing everything would look safe.

use super::{
    super::world::*,
    outcome::{Fate, fate},
    post::*,
};
use crate::desk::*;

/// How Alice's programs write her.
const NAMES: [&str; 12] = [
    "From: alice@example.com",
    "From: Alice Chen <alice@example.com>",
    "From: \"Chen, Alice (Support)\" <alice@example.com>",
    "From: <alice@example.com>",
    "From: Alice.Chen@EXAMPLE.com",
    "From: \"alice@example.com\" <alice@example.com>",
    "From: =?utf-8?B?6ZmI54ix5Li9?= <alice@example.com>",
    "From: =?gb2312?B?s8KwrsD2?= <alice@example.com>",
    "From: =?UTF-8?Q?Alice_Chen_=E2=9C=A8?=\r\n <alice@example.com>",
    "From: 陈爱丽 <alice@example.com>",
    "From: Alice Chen\r\n\t<alice@example.com>",
    "From: \"A. O'Chen\" <Alice@Example.Com>",
];

/// A way in which a mail is genuine, whether it is enough for its half of the proof, and how it is put on the mail.
type Way = (&'static str, bool, fn(Mail) -> Mail);

/// What proves her, by the server or provider that writes it; the last ones take a confirmation.
fn origins() -> Vec<Way> {
    vec![
        ("opendmarc", true, |m| {
            m.result(1, "mx.example.com; dmarc=pass (p=none dis=none) header.from=example.com")
        }),
        ("rspamd", true, |m| {
            m.result(0, "mx.example.com;\r\n\tdkim=pass header.d=example.com header.s=s1 header.b=QmFzZQ;\r\n\tspf=pass (mx.example.com: domain of alice@example.com designates 192.0.2.1 as permitted sender) smtp.mailfrom=alice@example.com;\r\n\tdmarc=pass (policy=reject) header.from=example.com")
        }),
        ("google", true, |m| {
            m.result(0, "mx.example.com;\r\n       dkim=pass header.i=@example.com header.s=20230601 header.b=abc;\r\n       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com;\r\n       dara=pass header.i=@example.com")
        }),
        ("exim", true, |m| {
            m.result(1, "mx.example.com 1;\r\n\tiprev=pass (h.example) smtp.remote-ip=192.0.2.1;\r\n\tspf=pass smtp.mailfrom=example.com; dmarc=pass header.from=example.com")
        }),
        ("microsoft", true, |mut m| {
            m.policy.trust.authserv_ids = vec![String::new()];
            m.result(1, "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=example.com; dkim=pass (signature was verified)\r\n header.d=example.com;dmarc=pass action=none\r\n header.from=example.com;compauth=pass reason=100")
        }),
        ("quoted values", true, |m| {
            m.result(0, "\"mx.example.com\"; dmarc = pass header.from=\"Example.com\"")
        }),
        ("versions", true, |m| m.result(0, "MX.EXAMPLE.COM 1; DMARC/1=Pass header.From=EXAMPLE.COM")),
        ("a foreign one below", true, |m| {
            m.result(0, "mx.example.com; dmarc=pass header.from=example.com")
                .result(4, "mx.other.example; dmarc=fail header.from=example.com")
        }),
        ("submission", true, |m| {
            m.result(1, "mx.example.com; auth=pass (login) smtp.auth=alice@example.com")
        }),
        ("own check", true, |m| m.signed(signature())),
        ("4096 bits", true, |m| m.signed(DkimFinding { key_bits: Some(4096), ..signature() })),
        ("ed25519", true, |m| {
            m.signed(DkimFinding { algorithm: "ed25519-sha256".into(), key_bits: None, ..signature() })
        }),
        ("a list's broken signature first", true, |m| {
            m.signed(DkimFinding { passed: false, ..signature() }).signed(signature())
        }),
        ("nothing", false, |m| m),
        ("spf alone", false, |m| m.result(0, "mx.example.com; spf=pass smtp.mailfrom=alice@example.com")),
        ("1024 bits", false, |m| m.signed(DkimFinding { key_bits: Some(1024), ..signature() })),
        ("broken on the way", false, |m| {
            m.result(0, "mx.example.com; dmarc=fail (p=none) header.from=example.com")
        }),
        ("DNS was away", false, |m| m.result(0, "mx.example.com; dmarc=temperror header.from=example.com")),
    ]
}

/// How the secret comes back; without it, what she answers is kept and asked for.
fn secrets() -> Vec<Way> {
    fn own() -> String {
        minted(Purpose::Agent, 1042, 100)
    }
    vec![
        ("To", true, |m| m.marked(&own())),
        ("To among others", true, |mut m| {
            m.to = vec![
                format!("Lina <{CLIENT}>"),
                format!("\"Example Support\" <support+{}@example.com>", own()),
            ];
            m
        }),
        ("Cc", true, |mut m| {
            m.cc = vec![format!("support+{}@example.com", own())];
            m
        }),
        ("alias in capitals", true, |mut m| {
            m.to = vec![format!("Help+{}@Example.COM", own())];
            m
        }),
        ("Delivered-To", true, |m| m.field(&format!("Delivered-To: support+{}@example.com", own()))),
        ("its last day", true, |m| m.marked(&minted_until(Purpose::Agent, 1042, 100, today()))),
        ("an answer without marks", true, |m| m.answers(TO_ALICE).without_marks()),
        ("an old thread without marks", true, |m| {
            m.answers(FROM_CLIENT).answers(TO_ALICE).answers("own@alice.example").without_marks()
        }),
        ("lost", false, |m| m.answers(TO_ALICE)),
        ("expired", false, |m| {
            m.answers(TO_ALICE).marked(&minted_until(Purpose::Agent, 1042, 100, today() - 1))
        }),
    ]
}

const WORDS: &str = "Please clear the cache.";

/// Bodies of mail programs that say the same.
fn bodies() -> Vec<String> {
    let quote = "Lina wrote:\r\n> It stays empty.\r\n";
    let soft =
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
    let page = format!("<html><body><div dir=\"ltr\">{WORDS}</div></body></html>");
    let alternative = format!(
        "Content-Type: multipart/alternative; boundary=alt\r\n\r\n--alt\r\n{}\r\n--alt\r\n{}\r\n--alt--\r\n",
        plain(WORDS),
        html(&page)
    );
    vec![
        plain(&format!("{WORDS}\r\n")),
        plain(&format!("{WORDS}\r\n\r\nOn Mon, 23 Nov 2026 at 08:00, {quote}")),
        plain(&format!("{WORDS}\r\n\r\nOn 2026-11-23 08:00, {quote}")),
        plain(&format!("Lina <{CLIENT}> wrote:\r\n\r\n> It stays empty.\r\n\r\n{WORDS}\r\n")),
        plain(&format!("{WORDS}\r\n\r\n-- \r\nAlice Chen\r\nSupport\r\n")),
        format!("{soft}Please clear=20the ca=\r\nche.\r\n"),
        "Content-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: base64\r\n\r\nUGxlYXNlIGNsZWFyIHRoZSBjYWNoZS4=\r\n".to_owned(),
        html(&page),
        alternative,
        mixed(&[&plain(WORDS)]),
    ]
}

/// The text that leaves for the client.
fn reaches_the_client(decision: &Decision) -> Option<&str> {
    decision.letters.iter().find_map(|l| match &l.body {
        LetterBody::Reply { text, .. } if l.to.address == CLIENT => Some(text.trim()),
        _ => None,
    })
}

#[test]
fn every_genuine_shape_is_obeyed_after_one_confirmation_at_most() {
    let bodies = bodies();
    let (mut at_once, mut after_one) = (0, 0);
    for (n, from) in NAMES.iter().enumerate() {
        let from = from.replace("Alice.Chen@EXAMPLE.com", "ALICE@example.com");
        for (o, (origin, a, prove)) in origins().into_iter().enumerate() {
            for (s, (secret, b, hold)) in secrets().into_iter().enumerate() {
                let mut mail = Mail::new(format!("{from}, {origin}, {secret}"), &*from);
                mail.body.clone_from(&bodies[(n + o + s) % bodies.len()]);
                let mail = hold(prove(mail));
                let first = mail.decided();
                // Neither A nor B: the one shape that only claims; whoever lost both writes again.
                if !a && !b {
                    assert_eq!(fate(&first), Fate::HeldAsStaff, "{}", mail.name);
                    continue;
                }
                let done = if a && b {
                    at_once += 1;
                    first
                } else {
                    after_one += 1;
                    let expected = if b { Fate::Asked } else { Fate::NotedAndAsked };
                    assert_eq!(fate(&first), expected, "{}: {}", mail.name, first.reason);
                    assert_eq!(letters(&first), ["confirm>alice@example.com"], "{}", mail.name);
                    mail.confirmed()
                };
                assert_eq!(fate(&done), Fate::Done, "{}: {} {:?}", mail.name, done.reason, problems(&done));
                assert_eq!(reaches_the_client(&done), Some(WORDS), "{}", mail.name);
                assert!(!letters(&done).iter().any(|l| l.starts_with("confirm")), "{}", mail.name);
            }
        }
    }
    assert_eq!((at_once, after_one), (12 * 13 * 8, 12 * (5 * 8 + 13 * 2)));
    assert_eq!(judged(), 2952);
}

#[test]
fn every_body_carries_commands_too() {
    let own = minted(Purpose::Agent, 1042, 100);
    for body in bodies() {
        let Some((head, text)) = body.split_once(WORDS) else { continue };
        if head.contains("wrote:") || body.contains("multipart/alternative") {
            continue;
        }
        let line = if body.contains("text/html") { "#resolve<br>" } else { "#resolve\r\n" };
        let mail = Mail::alice("commands").proven().marked(&own).says(format!("{head}{line}{WORDS}{text}"));
        let decision = mail.decided();
        assert_eq!(state_after(&decision), Some(State::Resolved), "{body}: {:?}", problems(&decision));
        assert_eq!(reaches_the_client(&decision), Some(WORDS), "{body}");
    }
    assert_eq!(judged(), 6);
}

#[test]
fn a_parent_domain_signs_for_those_below_it() {
    let mut mail =
        Mail::new("below", "From: Alice <alice@mail.example.com>").marked(&minted(Purpose::Agent, 1042, 900));
    mail.policy.agents[0].address = "alice@mail.example.com".into();
    mail.body = plain(WORDS);
    assert_eq!(fate(&mail.clone().signed(signature()).decided()), Fate::Done);
    let other = DkimFinding { domain: "example.org".into(), ..signature() };
    assert_eq!(fate(&mail.signed(other).decided()), Fate::Asked);
    assert_eq!(judged(), 2);
}
