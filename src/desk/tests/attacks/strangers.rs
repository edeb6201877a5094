//! Mails of those who are no staff and do not claim to be: references that were overheard, recipients that were added,
//! other services' mails to our addresses, forged masses, robots, and text that is made to turn what shows it.

use super::{
    super::world::*,
    outcome::{Fate, assert_harmless, assert_nothing_done, fate},
    post::*,
};
use crate::desk::*;

pub fn passed(address: &str) -> String {
    format!("mx.example.com; dmarc=pass header.from={}", address.rsplit_once('@').unwrap().1)
}

#[test]
fn whoever_overheard_a_reference_is_held_and_learns_nothing() {
    let linas = minted(Purpose::Client, 1042, 7);
    for from in [
        EVE,
        WANG,
        "lina@huaxia.example.evil.example",
        "lina@other.example",
        "LINA@huaxia.example.evil.example",
    ] {
        for proven in [false, true] {
            let mail = Mail::new(from, format!("From: Lina <{from}>"));
            let mail = if proven { mail.result(0, passed(&from.to_lowercase())) } else { mail };
            for id in [TO_ALICE, TO_BOB, TO_CLIENT, FROM_CLIENT] {
                assert_harmless(&mail.clone().answers(id), Fate::HeldAsStranger);
                assert_harmless(&mail.clone().answers(id).answers("unknown@x.example"), Fate::HeldAsStranger);
                assert_harmless(&mail.clone().answers(id).without_marks(), Fate::HeldAsStranger);
            }
            assert_harmless(&mail.clone().marked(&linas), Fate::HeldAsStranger);
            for number in ["[#1042]", "Re: [#1042] 甘特图无法加载", "#1042", "甘特图无法加载"] {
                let numbered = Mail { subject: number.into(), ..mail.clone() };
                assert_harmless(&numbered, Fate::Ticket);
            }
        }
    }
    let wang =
        Mail::new("a client with a secret of another's ticket", format!("From: {WANG}")).marked(&linas);
    assert_harmless(&wang.clone().answers(TO_CLIENT), Fate::HeldAsStranger);
    let own = Mail { cc: vec![format!("support+{}@example.com", minted(Purpose::Client, 5, 8))], ..wang };
    let decision = own.decided();
    assert_nothing_done(&own, &decision);
    assert!(
        matches!(decision.ticket, Some(TicketRef::Existing(TicketId(5), _))),
        "their own ticket, not the other's"
    );
    assert_eq!(judged(), 172);
}

#[test]
fn an_author_whom_a_list_of_ours_names_is_nobody_s_agent() {
    let own = minted(Purpose::Agent, 1042, 100);
    for author in [
        "X-Original-From: alice@example.com",
        "Reply-To: alice@example.com",
        "X-Original-Sender: alice@example.com",
    ] {
        let mut mail =
            Mail::new(author, "From: Alice via Support <support@example.com>").proven().field(author);
        mail = mail
            .field("List-Id: Support <support.example.com>")
            .field("List-Post: <mailto:support@example.com>");
        mail.policy.trust.own_lists = vec!["support.example.com".into()];
        assert_harmless(&mail, Fate::FlaggedTicket);
        assert_harmless(&mail.clone().answers(TO_ALICE), Fate::HeldAsStaff);
        assert_harmless(&mail.clone().marked(&own), Fate::HeldAsStaff);
        assert_eq!(mail.marked(NONCE).decided().release, None);
    }
    assert_eq!(judged(), 12);
}

#[test]
fn a_client_whose_domain_disowns_the_mail_is_held_unless_they_have_their_secret() {
    let lina =
        Mail::new("lina", format!("From: {CLIENT}")).says(plain("Please send it to another account.\r\n"));
    let own = minted(Purpose::Client, 1042, 7);
    for refusal in [
        "dmarc=fail (p=reject) header.from=huaxia.example",
        "dmarc=fail (p=QUARANTINE sp=NONE dis=QUARANTINE) header.from=huaxia.example",
        "dmarc=fail policy.dmarc=reject header.from=huaxia.example",
        "spf=pass smtp.mailfrom=evil.example; dmarc=fail action=oreject header.from=huaxia.example",
    ] {
        let mail = lina.clone().result(0, format!("mx.example.com; {refusal}"));
        let held = mail.clone().answers(TO_CLIENT);
        assert_harmless(&held, Fate::HeldAsStranger);
        assert_silent_to_clients(&held.decided());
        assert_harmless(&mail.clone().answers(FROM_CLIENT), Fate::HeldAsStranger);
        assert_harmless(&mail.marked(&own), Fate::Answer);
    }
    for unclear in [
        "none",
        "dmarc=fail (p=none) header.from=huaxia.example",
        "dmarc=temperror header.from=huaxia.example",
    ] {
        let mail = lina.clone().result(0, format!("mx.example.com; {unclear}"));
        assert_harmless(&mail.answers(TO_CLIENT), Fate::Answer);
    }
    assert_eq!(judged(), 19);
}

/// Fields by which a sender would bring other people in.
const OTHERS: [&str; 10] = [
    "Reply-To: eve@evil.example",
    "Reply-To: Lina <eve@evil.example>, lina@huaxia.example",
    "Cc: eve@evil.example",
    "Sender: eve@evil.example",
    "Mail-Followup-To: eve@evil.example",
    "Mail-Reply-To: eve@evil.example",
    "Resent-From: eve@evil.example",
    "Resent-To: eve@evil.example",
    "Disposition-Notification-To: eve@evil.example",
    "Return-Receipt-To: eve@evil.example\r\nErrors-To: eve@evil.example",
];

#[test]
fn nobody_is_brought_in_by_a_field() {
    let (linas, alices) = (minted(Purpose::Client, 1042, 7), minted(Purpose::Agent, 1042, 100));
    let gets = |mail: &Mail| {
        let decision = mail.decided();
        assert!(decision.letters.iter().all(|l| !l.to.address.contains("evil")), "{}", mail.name);
        // A proven requester brings others in by Cc, and by nothing else (SPEC section 6).
        let brings = |c: &Change| match c {
            Change::Join(_) => !(mail.name.starts_with("Cc: ") && mail.from.contains(CLIENT)),
            other => matches!(other, Change::Participant(_) | Change::Requester(_)),
        };
        assert!(!decision.changes.iter().any(brings), "{}", mail.name);
        fate(&decision)
    };
    for field in OTHERS {
        let lina = Mail::new(field, format!("From: {CLIENT}")).result(0, passed(CLIENT)).field(field);
        assert_eq!(gets(&lina), Fate::Ticket, "{field}");
        assert_eq!(gets(&lina.clone().marked(&linas)), Fate::Answer, "{field}");
        assert_eq!(gets(&lina.answers(TO_CLIENT)), Fate::Answer, "{field}");
        let alice =
            Mail::alice(field).field(field).says(plain("Please clear the cache.\r\n")).marked(&alices);
        assert_eq!(gets(&alice), Fate::Asked, "{field}");
        assert_eq!(gets(&alice.proven()), Fate::Done, "{field}");
    }
    // Nobody becomes the client by naming them.
    for field in ["Reply-To", "Sender", "Resent-From", "X-Original-From"] {
        let eve = Mail::new(field, format!("From: {EVE}")).field(&format!("{field}: {CLIENT}"));
        assert_harmless(&eve.clone().answers(TO_CLIENT), Fate::HeldAsStranger);
        assert_harmless(&eve.marked(&linas), Fate::HeldAsStranger);
    }
    let named = Mail::new("no address of its own", "From: \"Lina\" <>").field(&format!("Reply-To: {CLIENT}"));
    let decision = named.decided();
    assert_eq!(fate(&decision), Fate::Ticket);
    assert_silent_to_clients(&decision);
    assert_harmless(&named.clone().answers(TO_CLIENT), Fate::HeldAsStranger);
    assert_harmless(&named.marked(&linas), Fate::Answer);
    assert_eq!(judged(), 61);
}

/// Mails by which a service gives whoever reads them an account, in the words of several services and languages.
const CREDENTIALS: [(&str, &str, &str); 10] = [
    ("no-reply@chat.example", "Confirm your email address", "Your code is 914-022 (zanzibar)."),
    ("feedback@chat.example", "Join the workspace Example", "https://chat.example/join/zanzibar"),
    ("verify@social.example", "Please verify your email", "Open https://social.example/v?t=zanzibar"),
    ("security@code.example", "Reset your password", "https://code.example/reset/zanzibar"),
    ("login@design.example", "Your magic link", "https://design.example/magic/zanzibar"),
    ("account@shop.example", "Neues Passwort", "Ihr Code lautet zanzibar."),
    ("service@wangpan.example", "重置密码", "验证码：zanzibar，15 分钟内有效。"),
    ("hello@board.example", "You have been invited", "https://board.example/i/zanzibar"),
    ("notifications@crm.example", "Activate your account", "zanzibar"),
    ("admin@forum.example", "Votre inscription", "Activez votre compte : zanzibar"),
];

#[test]
fn mails_of_other_services_to_our_addresses_reach_staff_alone() {
    let linas = minted(Purpose::Client, 1042, 7);
    for (from, subject, text) in CREDENTIALS {
        for proven in [false, true] {
            let mut mail = Mail::new(format!("{from}, {proven}"), format!("From: Service <{from}>"));
            mail.subject = subject.into();
            mail.body = plain(text);
            let mail = if proven { mail.result(0, passed(from)) } else { mail };
            for (mail, expected) in [
                (mail.clone().marked(&linas), Fate::HeldAsStranger),
                (mail.clone().answers(TO_CLIENT), Fate::HeldAsStranger),
                (mail.clone(), Fate::Ticket),
            ] {
                let decision = mail.decided();
                assert_nothing_done(&mail, &decision);
                assert_eq!(fate(&decision), expected, "{}", mail.name);
                for letter in &decision.letters {
                    let secret = serde_json::to_string(&letter).unwrap().contains(CANARY);
                    assert!(!secret || letter.to.address.ends_with("@example.com"), "{}", mail.name);
                    assert_ne!(letter.to.address, CLIENT, "{}", mail.name);
                }
            }
        }
    }
    assert_eq!(judged(), 60);
}

#[test]
fn ten_thousand_forged_senders_get_no_more_than_the_limit_and_none_of_the_text() {
    let mail = Mail::new("bomb", format!("From: \"{CANARY} at evil.example\" <victim@victim.example>"));
    let mut facts = gather(&mail.bytes(), &Findings::default(), &mail.policy, false);
    let mut sent = LimitCounts::default();
    let mut total = 0;
    for n in 0..10_000 {
        let address = format!("victim{n}@d{}.example", n % 300);
        facts.sender =
            Some(PersonFacts { name: Some(format!("{CANARY} {n}")), ..person(10_000 + n, &address) });
        facts.reading.trace.strict_from = Some(address);
        facts.limits = sent;
        let decision = decided(facts.clone());
        assert_eq!(decision.ticket, Some(TicketRef::New), "each is kept");
        let letters = decision
            .letters
            .iter()
            .filter(|l| l.to.address.ends_with(".example") && l.to.address.contains("victim"));
        for letter in letters {
            total += 1;
            sent.acks_hour += 1;
            assert!(!serde_json::to_string(letter).unwrap().contains(CANARY));
        }
    }
    assert_eq!(total, policy().limits.acks_per_hour_max);
}

/// What marks a mail as one that no automatic mail may answer, by programs that write it.
const ROBOTS: [&str; 16] = [
    "Auto-Submitted: auto-replied",
    "Auto-Submitted: auto-generated",
    "Auto-Submitted: auto-notified; owner-email=x@y.example",
    "X-Auto-Response-Suppress: All",
    "X-Autoreply: yes",
    "X-Autorespond: away",
    "Precedence: bulk",
    "Precedence: junk",
    "Precedence: list",
    "Precedence: auto_reply",
    "List-Id: <x.other.example>",
    "List-Unsubscribe: <mailto:off@other.example>",
    "Return-Path: <>",
    "X-Maildesk-Loop: another-desk",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
    "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
];

#[test]
fn robots_get_no_automatic_mail_and_act_for_nobody() {
    let (linas, alices) = (minted(Purpose::Client, 1042, 7), minted(Purpose::Agent, 1042, 100));
    for field in ROBOTS {
        for from in [CLIENT, WANG, EVE, ALICE, BOB] {
            for proven in [false, true] {
                let mut mail = Mail::new(format!("{field} of {from}"), format!("From: {from}")).field(field);
                mail = if proven { mail.result(0, passed(from)) } else { mail };
                let own = if from == ALICE { alices.clone() } else { linas.clone() };
                for mail in [
                    mail.clone(),
                    mail.clone().answers(TO_CLIENT),
                    mail.clone().answers(TO_ALICE),
                    mail.marked(&own),
                ] {
                    // Headers that only forbid answers leave an agent's mail an agent's.
                    let decision = mail.decided();
                    let acts = from == ALICE && proven && fate(&decision) == Fate::Done;
                    assert!(
                        acts || !decision
                            .letters
                            .iter()
                            .any(|l| l.to.address == from && from != BOB && from != ALICE),
                        "{}",
                        mail.name
                    );
                    if !acts {
                        assert_nothing_done(&mail, &decision);
                    } else {
                        assert!(
                            ["X-Auto-Response-Suppress: All", "Return-Path: <>"].iter().any(|f| f == &field)
                                || field.starts_with("X-Maildesk"),
                            "{}",
                            mail.name
                        );
                    }
                }
            }
        }
    }
    for from in [
        "mailer-daemon@x.example",
        "no-reply@x.example",
        "postmaster@x.example",
        "owner-list@x.example",
        "list-request@x.example",
    ] {
        let mail = Mail::new(from, format!("From: {from}"));
        let decision = mail.decided();
        assert_nothing_done(&mail, &decision);
        assert!(decision.letters.iter().all(|l| l.to.address != from), "{from}");
    }
    assert_eq!(judged(), 645);
}

/// Texts that would end a header, turn what stands behind them, or be executed by something that reads them.
const TURNING: [&str; 16] = [
    "a\rBcc: eve@evil.example",
    "a\0b",
    "=?utf-8?Q?a=0D=0ABcc:_eve=40evil.example?=",
    "=?utf-8?B?YQ0KQmNjOiBldmVAZXZpbC5leGFtcGxl?=",
    "=?utf-8?Q?a=00b?=",
    "a\u{202e}txt.exe",
    "=?utf-8?Q?=E2=80=AEgnp.exe?=",
    "a\u{200b}\u{2066}\u{feff}b",
    "a\u{2028}b\u{2029}c",
    "a\u{85}b\u{b}c\u{c}d",
    "\u{1b}[31mred\u{7}",
    "{{ config }} {% include '/etc/passwd' %}",
    "$(reboot) `reboot` ${HOME} %s%n",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "((((((((((a+)+)+)+)+)+)+)+)+)+)$",
];

#[test]
fn no_text_of_a_mail_turns_or_ends_what_shows_it() {
    let cleaned = |what: &str, text: &str| {
        let bad = |c: char| {
            (c.is_control() && c != '\n' && c != '\t')
                || matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        assert!(!text.contains(bad), "{what}: {text:?}");
    };
    for text in TURNING {
        let mut mail = Mail::new(text, format!("From: {text} <{EVE}>")).result(0, passed(EVE));
        mail.subject = text.into();
        mail.body = mixed(&[
            &plain("hello"),
            &format!(
                "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{}\"\r\n\r\nx",
                text.replace(['"', '\r'], "")
            ),
        ]);
        mail = mail.answers(&text.replace([' ', '<', '>'], ""));
        let decision = mail.decided();
        assert_nothing_done(&mail, &decision);
        assert!(matches!(fate(&decision), Fate::Ticket | Fate::FlaggedTicket | Fate::Nobody), "{text}");
        for letter in &decision.letters {
            cleaned("name", letter.to.name.as_deref().unwrap_or_default());
            let ids = letter.references.iter().chain(&letter.in_reply_to);
            ids.for_each(|id| cleaned("id", &id.replace('\n', "\u{0}")));
            match &letter.body {
                LetterBody::Acknowledgement { subject, .. } => {
                    cleaned("subject", &subject.clone().unwrap_or_default().replace('\n', "\0"));
                }
                LetterBody::Notification { brief, files, .. } => {
                    cleaned("subject", &brief.subject.replace('\n', "\0"));
                    cleaned(
                        "requester",
                        &brief.requester.name.clone().unwrap_or_default().replace('\n', "\0"),
                    );
                    for file in files {
                        cleaned("file", &file.name.replace(['\n', '/', '\\'], "\0"));
                    }
                }
                _ => {}
            }
        }
    }
    assert_eq!(judged(), 16);
}

#[test]
fn a_header_without_end_makes_nobody_an_agent() {
    let own = minted(Purpose::Agent, 1042, 100);
    for (name, field, times) in [
        ("fields", "X: y", 1_500),
        ("recipients", "To: x@y.example", 1_200),
        ("results", "Authentication-Results: mx.example.com; none", 60),
    ] {
        let mut mail = Mail::alice(name).marked(&own);
        mail.from = format!("{}{}", format!("{field}\r\n").repeat(times), mail.from);
        let decision = mail.decided();
        assert_nothing_done(&mail, &decision);
        let mail = mail.result(21, "mx.example.com; dmarc=pass header.from=example.com");
        assert_nothing_done(&mail, &mail.decided());
    }
    assert_eq!(judged(), 6);
}
