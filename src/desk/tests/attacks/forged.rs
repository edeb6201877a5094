//! Mails that claim to be an agent's: shapes of From, Authentication-Results, signatures, secrets, and what follows of them
//! by the table of FAULTS section 1.

use super::{
    super::world::*,
    outcome::{Fate, assert_harmless, fate},
    post::*,
};
use crate::desk::*;

/// Whom the reader sees behind a From field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// One plain address, an agent's.
    Agent,
    /// An agent's address, but in a shape that two programs may read differently: never an agent.
    Ambiguous,
    /// Somebody else.
    Other,
    /// Nobody who could be answered.
    Nobody,
}

/// What the mail carries as possession.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Nothing,
    /// The secret that only Alice received.
    Own,
    /// Another agent's.
    Colleagues,
    /// The client's.
    Clients,
}

/// Shapes of From, each a way in which a forger has tried to be one person to one program and another to the next.
pub const SHAPES: [(&str, &str, Seen); 54] = [
    ("plain", "From: alice@example.com", Seen::Agent),
    ("named", "From: Alice Chen <alice@example.com>", Seen::Agent),
    ("quoted name", "From: \"Chen, Alice\" <alice@example.com>", Seen::Agent),
    ("upper case", "FROM: ALICE@EXAMPLE.COM", Seen::Agent),
    ("own address as name", "From: \"alice@example.com\" <alice@example.com>", Seen::Agent),
    ("encoded name", "From: =?utf-8?B?6ZmI54ix?= <alice@example.com>", Seen::Agent),
    ("folded", "From:\r\n Alice Chen\r\n <alice@example.com>", Seen::Agent),
    ("two From", "From: alice@example.com\r\nFrom: eve@evil.example", Seen::Ambiguous),
    ("two From, the other first", "From: eve@evil.example\r\nFrom: alice@example.com", Seen::Other),
    ("two equal From", "From: alice@example.com\r\nFrom: alice@example.com", Seen::Ambiguous),
    ("two From, one with a gap", "From: alice@example.com\r\nFrom : eve@evil.example", Seen::Ambiguous),
    ("list", "From: alice@example.com, eve@evil.example", Seen::Ambiguous),
    ("list, the other first", "From: eve@evil.example, alice@example.com", Seen::Other),
    ("list by semicolon", "From: alice@example.com; eve@evil.example", Seen::Ambiguous),
    ("two brackets", "From: <alice@example.com> <eve@evil.example>", Seen::Ambiguous),
    ("two brackets, the other first", "From: <eve@evil.example> <alice@example.com>", Seen::Other),
    ("group", "From: Staff: alice@example.com;", Seen::Ambiguous),
    ("group of two", "From: Staff: alice@example.com, eve@evil.example;", Seen::Ambiguous),
    ("NUL in the domain", "From: alice@example.com\0.evil.example", Seen::Ambiguous),
    ("NUL behind the address", "From: alice@example.com\0", Seen::Ambiguous),
    ("NUL in brackets", "From: Alice <alice@example.com\0>", Seen::Ambiguous),
    ("route", "From: <@evil.example:alice@example.com>", Seen::Ambiguous),
    ("routes", "From: <@evil.example,@x.example:alice@example.com>", Seen::Ambiguous),
    ("comment behind", "From: alice@example.com (Alice Chen)", Seen::Ambiguous),
    ("comment before the address", "From: (Alice) <alice@example.com>", Seen::Ambiguous),
    ("comment inside", "From: alice(staff)@example.com", Seen::Nobody),
    ("comment that holds an address", "From: eve@evil.example (alice@example.com)", Seen::Other),
    ("encoded address", "From: =?utf-8?Q?alice=40example.com?=", Seen::Ambiguous),
    ("encoded brackets", "From: =?utf-8?Q?Alice_=3Calice=40example.com=3E?=", Seen::Ambiguous),
    (
        "encoded brackets in the name",
        "From: =?utf-8?Q?=3Calice=40example.com=3E?= <eve@evil.example>",
        Seen::Other,
    ),
    ("gap", "From : alice@example.com", Seen::Ambiguous),
    ("tab before the colon", "From\t: alice@example.com", Seen::Ambiguous),
    ("quoted local part", "From: \"alice\"@example.com", Seen::Ambiguous),
    ("blanks around the sign", "From: alice @ example.com", Seen::Ambiguous),
    ("trailing comma", "From: alice@example.com,", Seen::Ambiguous),
    ("trailing dot", "From: alice@example.com.", Seen::Other),
    ("bytes in no character set", "From: Al\u{ef}ce\u{a0} <alice@example.com>", Seen::Agent),
    ("address as name", "From: \"alice@example.com\" <eve@evil.example>", Seen::Other),
    ("address as bare name", "From: alice@example.com <eve@evil.example>", Seen::Other),
    ("agent as name", "From: Alice Chen <eve@evil.example>", Seen::Other),
    (
        "agent in brackets in the name",
        "From: \"Alice Chen <alice@example.com>\" <eve@evil.example>",
        Seen::Other,
    ),
    ("wide sign in the name", "From: \"alice\u{ff20}example.com\" <eve@evil.example>", Seen::Other),
    ("homograph", "From: Alice Chen <\u{430}lice@example.com>", Seen::Other),
    ("homograph domain", "From: Alice Chen <alice@ex\u{430}mple.com>", Seen::Other),
    ("punycode domain", "From: Alice Chen <alice@xn--exmple-4nf.com>", Seen::Other),
    ("typing error domain", "From: Alice Chen <alice@examp1e.com>", Seen::Other),
    ("domain behind ours", "From: Alice Chen <alice@example.com.evil.example>", Seen::Other),
    ("per cent", "From: alice%example.com@evil.example", Seen::Other),
    ("detail", "From: alice+x@example.com", Seen::Other),
    ("no address, Reply-To", "From: \"Alice Chen\" <>\r\nReply-To: alice@example.com", Seen::Ambiguous),
    ("no address, Sender", "From: Alice\r\nSender: alice@example.com", Seen::Ambiguous),
    (
        "others' fields",
        "From: eve@evil.example\r\nSender: alice@example.com\r\nReply-To: alice@example.com\r\nResent-From: alice@example.com",
        Seen::Other,
    ),
    ("no From", "Sender: alice@example.com\r\nReply-To: alice@example.com", Seen::Nobody),
    ("junk before", "no field at all\r\nFrom: alice@example.com", Seen::Ambiguous),
];

/// The four-way table of FAULTS section 1, for a mail that is not automatic. `named`: it names ticket 1042.
pub fn expected(seen: Seen, origin: bool, held: Held, named: bool) -> Fate {
    match (seen, held) {
        (Seen::Nobody, _) => Fate::Nobody,
        (Seen::Agent, Held::Own) if origin => Fate::Done,
        (Seen::Agent, Held::Own) => Fate::Asked,
        (_, Held::Colleagues) | (Seen::Other, Held::Own) => Fate::Leaked,
        (Seen::Agent, _) if origin && named => Fate::NotedAndAsked,
        (Seen::Agent, _) if origin => Fate::Ticket,
        (Seen::Agent | Seen::Ambiguous, _) if named => Fate::HeldAsStaff,
        (Seen::Agent | Seen::Ambiguous, _) => Fate::FlaggedTicket,
        (Seen::Other, _) if named => Fate::HeldAsStranger,
        (Seen::Other, _) => Fate::Ticket,
    }
}

/// A client's own mail program may show any name: what deceives is told to the team, and is a ticket like any other.
fn or_flagged(found: Fate, expected: Fate) -> bool {
    found == expected || (expected == Fate::Ticket && found == Fate::FlaggedTicket)
}

#[test]
fn every_shape_of_from_with_every_secret_and_origin() {
    let secrets: [(&str, Held, Option<String>); 4] = [
        ("no token", Held::Nothing, None),
        ("own token", Held::Own, Some(minted(Purpose::Agent, 1042, 100))),
        ("a colleague's token", Held::Colleagues, Some(minted(Purpose::Agent, 1042, 101))),
        ("a client's token", Held::Clients, Some(minted(Purpose::Client, 1042, 7))),
    ];
    let (mut forged, mut genuine) = (0, 0);
    for (shape, from, seen) in SHAPES {
        for (secret, held, mark) in &secrets {
            for (origin, answers) in [(false, false), (false, true), (true, false), (true, true)] {
                let mut mail =
                    Mail::new(format!("{shape}, {secret}, origin {origin}, answer {answers}"), from);
                mail = if origin { mail.proven() } else { mail };
                mail = if answers { mail.answers(TO_ALICE) } else { mail };
                mail = mark.as_ref().map_or(mail.clone(), |mark| mail.marked(mark));
                let named = answers || mark.is_some();
                let decision = mail.decided();
                let expected = expected(seen, origin, *held, named);
                assert!(
                    or_flagged(fate(&decision), expected),
                    "{}: {:?}, not {expected:?}: {} {:?}",
                    mail.name,
                    fate(&decision),
                    decision.reason,
                    letters(&decision)
                );
                if expected == Fate::Done {
                    genuine += 1;
                } else {
                    forged += 1;
                    super::outcome::assert_nothing_done(&mail, &decision);
                }
            }
        }
    }
    assert_eq!((forged, genuine), (54 * 16 - 8 * 2, 8 * 2));
    assert_eq!(judged(), 864);
}

#[test]
fn every_deceptive_name_and_domain_is_flagged_to_the_team() {
    for (shape, from, seen) in SHAPES.iter().filter(|(.., seen)| *seen == Seen::Other) {
        let plain = [
            "two From, the other first",
            "list, the other first",
            "two brackets, the other first",
            "others' fields",
        ];
        let decision = Mail::new(*shape, *from).decided();
        let flagged =
            matches!(cause(&decision), Some(NotificationCause::ClaimsStaff | NotificationCause::Imitates));
        assert_eq!(flagged, !plain.contains(shape), "{shape} {seen:?} {:?}", decision.reason);
    }
    assert_eq!(judged(), 19);
}

#[test]
fn forged_results_at_every_place_below_ours_are_ignored() {
    let forged = "mx.example.com; dmarc=pass header.from=example.com";
    let ours = [
        "mx.example.com; dmarc=fail (p=reject) header.from=example.com",
        "mx.example.com; dmarc=none header.from=example.com; spf=pass smtp.mailfrom=example.com",
        "mx.example.com; none",
        "mx.example.com",
    ];
    let own = minted(Purpose::Agent, 1042, 100);
    for position in 1..=20 {
        let mut alone = Mail::alice(format!("alone at {position}")).result(position + 1, forged);
        assert_harmless(&alone, Fate::FlaggedTicket);
        assert_harmless(&alone.clone().answers(TO_ALICE), Fate::HeldAsStaff);
        assert_harmless(&alone.clone().marked(&own), Fate::Asked);
        alone.results = vec![(position, forged.to_owned())];
        alone.policy.trust.own_received = 0;
        assert_harmless(&alone, Fate::FlaggedTicket);
        for value in ours {
            let below =
                Mail::alice(format!("below {value} at {position}")).result(0, value).result(position, forged);
            assert_harmless(&below, Fate::FlaggedTicket);
            assert_harmless(&below.marked(&own), Fate::Asked);
        }
        let foreign = Mail::alice(format!("below another's at {position}"))
            .result(0, "mx.other.example; dmarc=fail header.from=example.com")
            .result(position + 1, forged);
        assert_harmless(&foreign, Fate::FlaggedTicket);
    }
    assert_eq!(judged(), 260);
}

/// What the trusted server may write without proving Alice, and what a sender may try to make it write.
pub const NO_PROOF: [&str; 44] = [
    "",
    "none",
    "mx.example.com",
    "mx.example.com; none",
    "mx.example.com;",
    "mx.example.com 1; none",
    "mx.example.com; spf=pass smtp.mailfrom=alice@example.com",
    "mx.example.com; dkim=pass header.d=example.com header.i=@example.com",
    "mx.example.com; dmarc=pass",
    "mx.example.com; dmarc=pass header.from=evil.example",
    "mx.example.com; dmarc=pass header.from=example.com.evil.example",
    "mx.example.com; dmarc=pass header.from=evil.example.com",
    "mx.example.com; dmarc=pass header.from=example",
    "mx.example.com; dmarc=pass header.from=bob@example.com",
    "mx.example.com; dmarc=pass header.d=example.com",
    "mx.example.com; dmarc=pass header.from=example.com header.from=evil.example",
    "mx.example.com; dmarc=pass header.from=evil.example header.from=example.com",
    "mx.example.com; dmarc=fail header.from=example.com; dmarc=pass header.from=example.com",
    "mx.example.com; dmarc=pass header.from=example.com; dmarc=fail header.from=example.com",
    "mx.example.com; dmarc=pass header.from=example.com; dmarc=pass header.from=evil.example",
    "mx.example.com; dmarc=pass header.from=example.com; dmarc/1=none header.from=example.com",
    "mx.example.com; dmarc=bestguesspass header.from=example.com",
    "mx.example.com; dmarc=temperror header.from=example.com",
    "mx.example.com; dmarc=permerror header.from=example.com",
    "mx.example.com; dmarc=none header.from=example.com",
    "mx.example.com; dmarc=passed header.from=example.com",
    "mx.example.com; xdmarc=pass header.from=example.com",
    "mx.example.com; arc=pass (i=1 dmarc=pass header.from=example.com)",
    "mx.example.com; arc=pass; dmarc=fail header.from=example.com",
    "mx.example.com; (dmarc=pass header.from=example.com)",
    "mx.example.com; x=y (; dmarc=pass header.from=example.com)",
    "mx.example.com; x=y (\\); dmarc=pass header.from=example.com)",
    "mx.example.com; spf=none (domain of \"x); dmarc=pass header.from=example.com (\"@evil.example)",
    "mx.example.com; spf=none (x); dmarc=pass header.from=example.com (",
    "mx.example.com; spf=none smtp.mailfrom=\"x; dmarc=pass header.from=example.com\"@evil.example",
    "mx.example.com; spf=none smtp.mailfrom=\"x; dmarc=pass header.from=example.com",
    "mx.example.com; auth=pass smtp.auth=alice",
    "mx.example.com; auth=pass smtp.auth=bob@example.com",
    "mx.example.com; auth=pass smtp.auth=alice@example.com; auth=fail smtp.auth=alice@example.com",
    "mx.example.com; auth=pass smtp.auth=alice@example.com smtp.auth=eve@evil.example",
    "mx.example.com; auth=fail smtp.auth=alice@example.com",
    "mx.example.com.evil.example; dmarc=pass header.from=example.com",
    "evil.example; dmarc=pass header.from=example.com",
    "(mx.example.com); dmarc=pass header.from=example.com",
];

#[test]
fn what_the_server_says_without_proving_alice_proves_nothing() {
    let own = minted(Purpose::Agent, 1042, 100);
    let refused = minted(Purpose::Client, 1042, 7);
    for value in NO_PROOF {
        for folded in [value.to_owned(), value.replace("; ", ";\r\n\t"), value.replace(' ', "  ")] {
            let mail = Mail::alice(folded.clone()).result(0, folded);
            assert_harmless(&mail, Fate::FlaggedTicket);
            assert_harmless(&mail.clone().answers(TO_ALICE), Fate::HeldAsStaff);
            assert_harmless(&mail.clone().marked(&refused), Fate::HeldAsStaff);
            assert_harmless(&mail.marked(&own), Fate::Asked);
        }
    }
    assert_eq!(judged(), 528);
}

/// Signatures that prove nothing, by what is wrong with them.
fn weak_signatures() -> Vec<(&'static str, DkimFinding)> {
    let without = |name: &str| {
        let headers = signature().signed_headers.into_iter().filter(|h| h != name).collect();
        DkimFinding { signed_headers: headers, ..signature() }
    };
    let by = |domain: &str| DkimFinding { domain: domain.into(), ..signature() };
    vec![
        ("broken", DkimFinding { passed: false, ..signature() }),
        ("a part of the body", DkimFinding { body_length_limited: true, ..signature() }),
        ("Subject not signed", without("subject")),
        ("From not signed", without("from")),
        ("Date not signed", without("date")),
        ("nothing signed", DkimFinding { signed_headers: vec![], ..signature() }),
        ("expired", DkimFinding { expired: true, ..signature() }),
        ("512 bits", DkimFinding { key_bits: Some(512), ..signature() }),
        ("1024 bits", DkimFinding { key_bits: Some(1024), ..signature() }),
        ("2047 bits", DkimFinding { key_bits: Some(2047), ..signature() }),
        ("no key", DkimFinding { key_bits: None, ..signature() }),
        ("sha1", DkimFinding { algorithm: "rsa-sha1".into(), ..signature() }),
        ("no algorithm", DkimFinding { algorithm: String::new(), ..signature() }),
        ("another domain", by("evil.example")),
        ("a sub-domain", by("mail.example.com")),
        ("the end of the name", by("ample.com")),
        ("the top", by("com")),
        ("ours and more", by("example.com.evil.example")),
        ("no domain", by("")),
    ]
}

#[test]
fn weak_foreign_and_replayed_signatures_prove_nothing() {
    let own = minted(Purpose::Agent, 1042, 100);
    let mut mails: Vec<Mail> =
        weak_signatures().into_iter().map(|(name, finding)| Mail::alice(name).signed(finding)).collect();
    let all = weak_signatures().into_iter().fold(Mail::alice("all of them"), |m, (_, f)| m.signed(f));
    mails.push(all);
    let mut replayed = Mail::alice("replayed").signed(signature()).proven();
    replayed.replayed = true;
    mails.push(replayed);
    for field in [
        "Subject: another",
        "Date: Tue, 24 Nov 2026 08:58:00 +0000",
        "Content-Type: text/html",
        "content-transfer-encoding: base64\r\nContent-Transfer-Encoding: 7bit",
    ] {
        mails.push(Mail::alice(format!("twice: {field}")).signed(signature()).proven().field(field));
    }
    for mail in mails {
        assert_harmless(&mail, Fate::FlaggedTicket);
        assert_harmless(&mail.clone().answers(TO_ALICE), Fate::HeldAsStaff);
        assert_harmless(&mail.clone().marked(&own), Fate::Asked);
    }
    let suffix = "From: Alice <alice@example.co.uk>";
    let mut policy = policy();
    policy.agents[0].address = "alice@example.co.uk".into();
    for domain in ["co.uk", "uk", "evil.co.uk"] {
        let finding = DkimFinding { domain: domain.into(), ..signature() };
        let mail = Mail { policy: policy.clone(), ..Mail::new(domain, suffix).signed(finding) };
        assert_harmless(&mail, Fate::FlaggedTicket);
    }
    assert_eq!(judged(), 78);
}

/// Marks in our address that are no secret of Alice's for this ticket.
fn false_marks() -> Vec<(&'static str, String)> {
    let good = minted(Purpose::Agent, 1042, 100);
    let (first, rest) = good.split_at(1);
    let (short, _) = good.split_at(46);
    let (half, other_half) = good.split_at(20);
    let mut changed = good.clone().into_bytes();
    changed[20] = if changed[20] == b'a' { b'b' } else { b'a' };
    vec![
        ("expired yesterday", minted_until(Purpose::Agent, 1042, 100, today() - 1)),
        ("long expired", minted_until(Purpose::Agent, 1042, 100, 1)),
        ("of a key that is gone", revoked(100)),
        ("one letter changed", String::from_utf8(changed).unwrap()),
        ("upper case", good.to_ascii_uppercase()),
        ("first letter upper", format!("{}{rest}", first.to_ascii_uppercase())),
        ("too short", short.to_owned()),
        ("too long", format!("{good}a")),
        ("twice", format!("{good}{good}")),
        ("with a dot", format!("{half}.{other_half}")),
        ("of a ticket that is not", minted(Purpose::Agent, 99, 100)),
        ("nothing but letters", "a".repeat(47)),
        ("a number", "1042".to_owned()),
        ("a nonce that nobody made", format!("c{}", "2".repeat(26))),
    ]
}

#[test]
fn secrets_that_are_none_make_nobody_an_agent() {
    for (name, mark) in false_marks() {
        let mail = Mail::alice(name).marked(&mark);
        assert_harmless(&mail, Fate::FlaggedTicket);
        assert_harmless(&mail.clone().answers(TO_ALICE), Fate::HeldAsStaff);
        assert_harmless(&mail.clone().proven().answers(TO_ALICE), Fate::NotedAndAsked);
        assert_harmless(&mail.clone().proven(), Fate::Ticket);
        let stranger = Mail { from: format!("From: {EVE}"), ..mail };
        assert_harmless(&stranger, Fate::Ticket);
    }
    // A secret in the text, in the subject or in another field is nobody's possession.
    let good = minted(Purpose::Agent, 1042, 100);
    let address = format!("support+{good}@example.com");
    let mut subject = Mail::alice("in the subject").proven();
    subject.subject = format!("Re: {address}");
    let places = [
        subject,
        Mail::alice("in the text").proven().says(plain(&format!("#close\r\n{address}\r\n"))),
        Mail::alice("in Reply-To").proven().field(&format!("Reply-To: {address}")),
        Mail::alice("in another field").proven().field(&format!("X-To: {address}")),
        Mail { to: vec![format!("\"{address}\" <{SUPPORT}>")], ..Mail::alice("as a name").proven() },
        Mail { to: vec![format!("support+{good}@evil.example")], ..Mail::alice("elsewhere").proven() },
        Mail { to: vec![format!("sales+{good}@example.com")], ..Mail::alice("another box").proven() },
    ];
    for mail in places {
        assert_harmless(&mail, Fate::Ticket);
        let written = serde_json::to_string(&mail.decided().letters).unwrap();
        assert!(!written.contains(&good), "{}: a secret is not sent on", mail.name);
    }
    assert_eq!(judged(), 84);
}

#[test]
fn a_secret_of_somebody_else_is_a_leak_or_a_stranger_whoever_sends_it() {
    let (alices, bobs) = (minted(Purpose::Agent, 1042, 100), minted(Purpose::Agent, 1042, 101));
    let linas = minted(Purpose::Client, 1042, 7);
    for from in [EVE, CLIENT, WANG, "carol@example.com", "olga@example.com"] {
        for mark in [&alices, &bobs] {
            let mail =
                Mail::new(format!("{from} with an agent's token"), format!("From: {from}")).marked(mark);
            assert_harmless(&mail, Fate::Leaked);
            assert_harmless(
                &mail.result(0, format!("mx.example.com; dmarc=pass header.from={}", domain(from))),
                Fate::Leaked,
            );
        }
        let mut two = Mail::new(format!("{from} with two tokens"), format!("From: {from}")).marked(&linas);
        two.cc = vec![format!("support+{alices}@example.com")];
        assert_harmless(&two, Fate::Leaked);
    }
    for from in [EVE, WANG] {
        let mail =
            Mail::new(format!("{from} with the client's token"), format!("From: {from}")).marked(&linas);
        assert_harmless(&mail, Fate::HeldAsStranger);
    }
    for (name, mark) in
        [("one secret", alices.clone()), ("expired", minted_until(Purpose::Agent, 1042, 100, 9))]
    {
        let mut retired =
            Mail::alice(format!("left the staff, {name}")).proven().marked(&mark).answers(TO_ALICE);
        retired.policy.agents.retain(|a| a.address != ALICE);
        assert_harmless(&retired, Fate::HeldAsStranger);
        assert_eq!(fate(&retired.confirmed()), Fate::HeldAsStranger);
    }
    assert_eq!(judged(), 31);
}

fn domain(address: &str) -> &str {
    address.rsplit_once('@').unwrap().1
}

#[test]
fn a_known_message_id_is_possession_for_its_agent_alone_and_only_without_marks() {
    for (id, with_marks, without) in [
        (TO_ALICE, Fate::NotedAndAsked, Fate::Done),
        (TO_BOB, Fate::NotedAndAsked, Fate::NotedAndAsked),
        (TO_CLIENT, Fate::NotedAndAsked, Fate::NotedAndAsked),
        (FROM_CLIENT, Fate::NotedAndAsked, Fate::NotedAndAsked),
        ("unknown@desk.example", Fate::Ticket, Fate::Ticket),
    ] {
        let mail = Mail::alice(id).proven().answers(id);
        assert_harmless(&mail, with_marks);
        assert_eq!(fate(&mail.without_marks().decided()), without, "{id}");
        let unproven = Mail::alice(id).answers(id).without_marks();
        let expected = match without {
            Fate::Done => Fate::Asked,
            Fate::Ticket => Fate::FlaggedTicket,
            _ => Fate::HeldAsStaff,
        };
        assert_harmless(&unproven, expected);
        let stranger = Mail::new(id, format!("From: {EVE}")).answers(id).without_marks();
        let expected = if without == Fate::Ticket { Fate::Ticket } else { Fate::HeldAsStranger };
        assert_harmless(&stranger, expected);
    }
    assert_eq!(judged(), 20);
}

#[test]
fn automatic_mail_in_an_agent_s_name_does_nothing() {
    let own = minted(Purpose::Agent, 1042, 100);
    for (field, expected) in [
        ("Auto-Submitted: auto-replied", Fate::Control),
        ("Auto-Submitted: auto-generated", Fate::Control),
        ("X-Autoreply: yes", Fate::Control),
        ("List-Id: <all.example.com>", Fate::HeldAsStaff),
        ("Precedence: bulk", Fate::HeldAsStaff),
        ("Precedence: list", Fate::HeldAsStaff),
    ] {
        let mail = Mail::alice(field).proven().marked(&own).field(field);
        assert_harmless(&mail, expected);
    }
    assert_eq!(judged(), 6);
}
