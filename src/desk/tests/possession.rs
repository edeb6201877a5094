//! What rests on possession: confirmations, the period that they open, locking, challenges, addresses at the desk.

use jiff::SignedDuration;

use super::world::*;
use crate::{desk::*, mail::Class};

fn unproven(mut facts: MailFacts) -> MailFacts {
    facts.reading.trace.authentication_results.clear();
    facts
}

/// Alice's mail with B alone.
fn b_alone(text: &str) -> MailFacts {
    unproven(agent_mail(State::Open, text))
}

fn waiting() -> ConfirmationFacts {
    ConfirmationFacts {
        id: 4,
        agent: ALICE.into(),
        held: RawId(9),
        action: "a".repeat(64),
        expires_at: now() + SignedDuration::from_mins(10),
        used: false,
        sealed: true,
        hinted: false,
    }
}

fn answered(text: &str, confirmation: ConfirmationFacts) -> Decision {
    decided(MailFacts { confirmation: Some(confirmation), ..mail(&alice(), text, false) })
}

fn in_period(facts: MailFacts) -> MailFacts {
    let (opened_at, until) = (hours_ago(1), now() + SignedDuration::from_hours(11));
    MailFacts { period: Some(PeriodFacts { opened_at, until }), ..facts }
}

fn believed(decision: &Decision) -> Option<jiff::Timestamp> {
    decision.letters.iter().find_map(|l| match &l.body {
        LetterBody::Transcript { believed_until, .. } => *believed_until,
        _ => None,
    })
}

#[test]
fn only_a_yes_confirms_and_whoever_said_something_else_is_told_once() {
    for text in ["ok", "OK\n\nAlice Chen", "确认", "Yes, please.", "是"] {
        assert!(answered(text, waiting()).release.is_some(), "{text}");
    }
    for text in ["", "I am away until Monday.", "No.", "ok?", "谢谢您的来信，我会尽快回复。"] {
        let decision = answered(text, waiting());
        assert_eq!((decision.outcome, &decision.release), (Outcome::Control, &None), "{text}");
        assert_eq!(letters(&decision), ["refusal>alice@example.com"], "{text}");
        assert_eq!(
            decision.letters[0].reply_purpose,
            Some(Purpose::Confirm),
            "the hint leads to the same question"
        );
        assert_eq!(problems(&decision), [Problem::NoConsent]);
        assert_eq!(decision.changes, [Change::HintConfirmation(4)]);
        let again = answered(text, ConfirmationFacts { hinted: true, ..waiting() });
        assert_eq!((again.outcome, again.letters.len(), again.changes.len()), (Outcome::Control, 0, 0));
    }
    let late = ConfirmationFacts { hinted: true, ..waiting() };
    assert!(answered("ok", late).release.is_some(), "after the hint as well");
}

#[test]
fn a_row_that_was_altered_confirms_nothing_and_the_operators_hear_of_it() {
    let decision = answered("ok", ConfirmationFacts { sealed: false, ..waiting() });
    assert_eq!((decision.outcome, &decision.release), (Outcome::Control, &None));
    assert_eq!((letters(&decision), decision.changes.len()), (vec!["alert>ops@example.com".to_owned()], 0));
    for silent in [
        ConfirmationFacts { sealed: false, used: true, ..waiting() },
        ConfirmationFacts { sealed: false, expires_at: hours_ago(1), ..waiting() },
        ConfirmationFacts { sealed: false, agent: BOB.into(), ..waiting() },
    ] {
        let decision = answered("ok", silent);
        assert_eq!((decision.letters.len(), &decision.release), (0, &None));
    }
}

#[test]
fn what_is_released_is_what_was_confirmed() {
    let held = || b_alone("#resolve\nPlease clear the cache.");
    let released = decided(confirmed(held()));
    assert_eq!(letters(&released), ["reply>lina@huaxia.example", "transcript>alice@example.com"]);
    type Alter = fn(&mut MailFacts);
    let changes: [(&str, Alter); 8] = [
        ("another requester", |f| f.tickets[0].requester = person(8, "wang@chongqing.example")),
        ("merged into another ticket", |f| {
            f.tickets[0].id = TicketId(5);
            f.tokens = vec![token(Purpose::Agent, 5, 100)];
        }),
        ("another mailbox", |f| f.tickets[0].mailbox = "sales".into()),
        ("other words", |f| f.reading.reply += " And pay."),
        ("another command", |f| {
            f.reading.reply = f.reading.reply.replace("#resolve", "#close");
            f.reading.command_text = Some(f.reading.reply.clone());
        }),
        ("a file", |f| {
            f.reading.attachments = vec![crate::mail::Attachment { size: 5, ..Default::default() }]
        }),
        ("no action at all", |f| f.confirmed_action = String::new()),
        ("another action", |f| f.confirmed_action = "0".repeat(64)),
    ];
    for (name, change) in changes {
        let mut facts = confirmed(held());
        change(&mut facts);
        let decision = decided(facts.clone());
        assert_eq!(
            (decision.outcome, letters(&decision)),
            (Outcome::Held, vec!["confirm>alice@example.com".into()]),
            "{name}"
        );
        assert_eq!((state_after(&decision), messages(&decision).len()), (None, 0), "{name}");
        facts.limits.confirmations_hour = 3;
        let decision = decided(facts);
        assert_eq!((decision.outcome, decision.letters.len()), (Outcome::Held, 0), "{name}: not without end");
    }
    for bit in 0..256 {
        let mut facts = confirmed(held());
        let mut bytes = data_encoding::HEXLOWER.decode(facts.confirmed_action.as_bytes()).unwrap();
        bytes[bit / 8] ^= 1 << (bit % 8);
        facts.confirmed_action = data_encoding::HEXLOWER.encode(&bytes);
        assert_eq!(decided(facts).outcome, Outcome::Held, "bit {bit}");
    }
}

#[test]
fn orders_that_a_new_config_understands_otherwise_are_asked_about_again() {
    let held = b_alone("#assign Lee");
    let facts = confirmed(held);
    assert!(decided(facts.clone()).changes.contains(&Change::Assignee(Some(BOB.into()))));
    let mut renamed = policy();
    renamed.agents[1].name = "Bob Miller".into();
    renamed.agents[2].name = "Carol Lee".into();
    let decision = decided_by(facts, &renamed);
    assert_eq!(letters(&decision), ["confirm>alice@example.com"]);
}

#[test]
fn in_the_period_possession_alone_suffices_and_is_shown() {
    let decision = decided(in_period(b_alone("#resolve\nDone.")));
    assert_eq!(letters(&decision), ["reply>lina@huaxia.example", "transcript>alice@example.com"]);
    assert_eq!(believed(&decision), Some(now() + SignedDuration::from_hours(11)));
    let commands = decided(in_period(b_alone("#close")));
    assert_eq!(state_after(&commands), Some(State::Closed));
    assert_eq!(letters(&commands), ["transcript>alice@example.com"], "nothing in Alice's name stays unseen");
    let proven = decided(in_period(agent_mail(State::Open, "#close")));
    assert_eq!((letters(&proven).len(), believed(&proven)), (0, None), "it did not need the period");
}

#[test]
fn the_period_helps_nobody_but_its_agent_with_their_secret_in_its_hours() {
    let during = |facts: MailFacts| in_period(facts);
    let opened = |from: i64, hours: i64| {
        let opened_at = hours_ago(from);
        PeriodFacts { opened_at, until: opened_at + SignedDuration::from_hours(hours) }
    };
    let mut disowned = b_alone("#close");
    disowned.reading.trace.authentication_results =
        vec![results(0, "mx.example.com; dmarc=fail header.from=example.com policy.dmarc=reject")];
    let mut repeated = b_alone("#close");
    repeated.reading.trace.repeated = true;
    let mut several = b_alone("#close");
    several.tokens.push(token(Purpose::Agent, 5, 100));
    several.tickets.push(TicketFacts { id: TicketId(5), ..ticket(State::Open) });
    let mut two_from = b_alone("#close");
    two_from.reading.trace.strict_from = None;
    let mut robot = b_alone("#close");
    robot.reading.class = Class::AutoReply;
    let rows = [
        ("none", b_alone("#close")),
        ("over", MailFacts { period: Some(opened(12, 12)), ..b_alone("#close") }),
        ("not begun: the clock went back", MailFacts { period: Some(opened(-1, 12)), ..b_alone("#close") }),
        ("longer than the config says", MailFacts { period: Some(opened(13, 24)), ..b_alone("#close") }),
        ("without the secret", during(MailFacts { tokens: vec![], ..b_alone("#close") })),
        (
            "a colleague's secret",
            during(MailFacts { tokens: vec![token(Purpose::Agent, 1042, 101)], ..b_alone("#close") }),
        ),
        (
            "a client's secret",
            during(MailFacts { tokens: vec![token(Purpose::Client, 1042, 7)], ..b_alone("#close") }),
        ),
        (
            "a secret that was revoked",
            during(MailFacts {
                tokens: vec![TokenFinding::Invalid("forged or altered".into())],
                ..b_alone("#close")
            }),
        ),
        ("disowned by the domain", during(disowned)),
        ("put together", during(repeated)),
        ("sent again", during(MailFacts { replayed: true, ..b_alone("#close") })),
        ("several tickets", during(several)),
        ("two From", during(two_from)),
        ("a robot", during(robot)),
        (
            "somebody else's mail",
            during(MailFacts {
                tokens: vec![token(Purpose::Agent, 1042, 100)],
                tickets: vec![ticket(State::Open)],
                ..mail(&person(66, "eve@evil.example"), "#close", false)
            }),
        ),
    ];
    for (name, facts) in rows {
        let decision = decided(facts);
        assert_eq!(state_after(&decision), None, "{name}");
        assert_silent_to_clients(&decision);
        assert_eq!(believed(&decision), None, "{name}");
    }
    let mut off = policy();
    off.trust.period_seconds = 0;
    assert_eq!(letters(&decided_by(in_period(b_alone("#close")), &off)), ["confirm>alice@example.com"]);
    off.trust.period_seconds = 1800;
    assert_eq!(letters(&decided_by(in_period(b_alone("#close")), &off)), ["confirm>alice@example.com"]);
}

#[test]
fn a_confirmation_says_how_long_it_opens_and_opens_nothing_where_it_is_off() {
    let mut off = policy();
    off.trust.period_seconds = 0;
    for (policy, seconds) in [(policy(), 12 * 3600), (off, 0)] {
        let asked = decided_by(b_alone("#close"), &policy);
        let LetterBody::Confirmation { period_seconds, .. } = asked.letters[0].body else { panic!() };
        assert_eq!(period_seconds, seconds);
        let facts = MailFacts { confirmation: Some(waiting()), ..mail(&alice(), "ok", false) };
        let opened =
            decided_by(facts, &policy).changes.iter().any(|c| matches!(c, Change::OpenPeriod { .. }));
        assert_eq!(opened, seconds > 0);
    }
}

#[test]
fn a_lock_ends_the_period_with_either_proof() {
    let end = Change::EndPeriod(ALICE.into());
    let at_desk =
        MailFacts { tickets: vec![], tokens: vec![], threads: vec![], ..agent_mail(State::Open, "#锁定") };
    for facts in [
        b_alone("#lock"),
        agent_mail(State::Open, "#lock"),
        in_period(b_alone("#锁定\n\nAlice Chen")),
        MailFacts { tokens: vec![], ..agent_mail(State::Open, "#lock") },
        at_desk,
    ] {
        let decision = decided(facts);
        assert_eq!(decision.outcome, Outcome::Control);
        assert!(decision.changes.contains(&end), "{:?}", decision.changes);
        assert_eq!(letters(&decision), ["transcript>alice@example.com"]);
    }
    for facts in [
        unproven(MailFacts { tokens: vec![], ..agent_mail(State::Open, "#lock") }),
        unproven(mail(&alice(), "#lock", false)),
        MailFacts { tokens: vec![token(Purpose::Agent, 1042, 101)], ..b_alone("#lock") },
        mail(&client(), "#lock", true),
    ] {
        assert!(!decided(facts).changes.contains(&end), "a forger locks nobody out");
    }
    let with_more = decided(b_alone("#lock\n#close"));
    assert_eq!(letters(&with_more), ["confirm>alice@example.com"], "all or nothing");
    let both = decided(in_period(b_alone("#lock\n#close")));
    assert!(both.changes.contains(&end) && state_after(&both) == Some(State::Closed));
    let mut often = b_alone("#lock");
    often.flood.answers_to_staff_day = 10;
    let quiet = decided(often);
    assert!(quiet.letters.is_empty() && quiet.changes.contains(&end));
}

#[test]
fn what_was_revoked_is_no_possession_where_message_ids_are() {
    let mut policy = policy();
    policy.mailboxes[0].subaddressing = String::new();
    let by = |revoked| {
        let threads = vec![ThreadMatch { revoked, ..reference(Some(ALICE), true) }];
        let facts = MailFacts { tokens: vec![], threads, ..agent_mail(State::Open, "hello") };
        decided_by(facts, &policy).outcome
    };
    assert_eq!((by(false), by(true)), (Outcome::Ticket, Outcome::Held));
}

fn challenged(from: &PersonFacts, proven: bool, possession: bool) -> MailFacts {
    let challenge = ChallengeFacts { id: 3, agent: ALICE.into(), answered: false, possession };
    MailFacts { challenge: Some(challenge), ..mail(from, "ok", proven) }
}

fn findings(decision: &Decision) -> Option<AgentProof> {
    decision.changes.iter().find_map(|c| match c {
        Change::AnswerChallenge { id: 3, proof } => Some(proof.as_ref().clone()),
        _ => None,
    })
}

#[test]
fn an_answer_to_a_challenge_says_what_it_proves_and_touches_nothing() {
    for (proven, possession, verdict) in [
        (true, true, Verdict::Done),
        (true, false, Verdict::NotedAndAsked),
        (false, true, Verdict::Asked),
        (false, false, Verdict::Untrusted),
    ] {
        let decision = decided(challenged(&alice(), proven, possession));
        assert_eq!((decision.outcome, decision.ticket, decision.letters.len()), (Outcome::Control, None, 0));
        let found = findings(&decision).unwrap();
        assert_eq!((found.origin, found.possession, found.verdict), (proven, possession, verdict));
        assert_eq!(found.from, ALICE);
        assert_eq!(found.by, if proven { "dmarc" } else { "no trusted result and no signature" });
    }
    let eve = decided(challenged(&person(66, "eve@evil.example"), true, true));
    assert_eq!(letters(&eve), ["alert>ops@example.com"]);
    let found = findings(&eve).unwrap();
    assert_eq!(
        (found.origin, found.verdict, found.from.as_str()),
        (false, Verdict::Alerted, "eve@evil.example")
    );
    let client_s = decided(challenged(&client(), true, false));
    assert_eq!((findings(&client_s), client_s.ticket), (None, Some(TicketRef::New)), "no answer at all");
}

#[test]
fn a_challenge_shows_the_signature_and_why_it_is_no_proof() {
    let signed = |bits, domain: &str| {
        let finding = DkimFinding {
            domain: domain.into(),
            selector: "s2026".into(),
            passed: true,
            algorithm: "rsa-sha256".into(),
            key_bits: Some(bits),
            signed_headers: ["from", "subject", "date"].map(str::to_owned).to_vec(),
            ..DkimFinding::default()
        };
        let facts = MailFacts { findings: vec![finding].into(), ..challenged(&alice(), false, true) };
        findings(&decided(facts)).unwrap()
    };
    let good = signed(2048, "example.com");
    assert_eq!((good.origin, good.by.as_str(), good.verdict), (true, "dkim", Verdict::Done));
    let signature = good.signature.unwrap();
    assert_eq!((signature.selector.as_str(), signature.key_bits), ("s2026", Some(2048)));
    let weak = signed(1024, "example.com");
    assert_eq!((weak.origin, weak.by.as_str()), (false, "the DKIM key or algorithm is too weak"));
    assert_eq!(weak.signature.unwrap().key_bits, Some(1024));
    assert_eq!(signed(2048, "provider.example").by, "the DKIM signature is another domain's");
}

#[test]
fn robots_and_late_answers_to_a_challenge_say_nothing() {
    let mut robot = challenged(&alice(), true, true);
    robot.reading.class = Class::AutoReply;
    let mut over = challenged(&alice(), true, true);
    over.challenge.as_mut().unwrap().answered = true;
    for facts in [robot, over] {
        let decision = decided(facts);
        assert_eq!(
            (decision.outcome, decision.changes.len(), decision.letters.len()),
            (Outcome::Control, 0, 0)
        );
    }
    let mut left = policy();
    left.agents.retain(|a| a.address != ALICE);
    let decision = decided_by(challenged(&alice(), true, true), &left);
    assert_eq!((decision.outcome, decision.changes.len()), (Outcome::Control, 0));
}

#[test]
fn an_agent_s_address_at_the_desk_in_other_hands_is_told_to_the_operators() {
    let desk = |from: &PersonFacts, proven| MailFacts {
        tokens: vec![token(Purpose::Desk, 0, 100)],
        ..mail(from, "#close 1042", proven)
    };
    for from in [person(66, "eve@evil.example"), client(), person(101, BOB)] {
        let decision = decided(desk(&from, true));
        assert_eq!(
            (decision.outcome, decision.ticket),
            (Outcome::Ticket, Some(TicketRef::New)),
            "{}",
            from.address
        );
        assert!(letters(&decision).contains(&"alert>ops@example.com".to_owned()));
        assert_eq!(state_after(&decision), None);
        assert!(event_kinds(&decision).contains(&"leaked"));
    }
    let mut robot = desk(&person(66, "eve@evil.example"), true);
    robot.reading.class = Class::AutoReply;
    assert!(!letters(&decided(robot)).contains(&"alert>ops@example.com".to_owned()));
}
