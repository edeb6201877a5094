//! Who else is on a ticket: people named in To and Cc, `#cc`, and whom replies go to (SPEC section 6).

use super::world::*;
use crate::{desk::*, mail::Class};

const WEI: &str = "wei@huaxia.example";
const BOSS: &str = "boss@huaxia.example";

fn joined(decision: &Decision) -> Vec<&str> {
    let join = |change: &'_ Change| match change {
        Change::Join(person) => Some(person.address.clone()),
        _ => None,
    };
    let all: Vec<String> = decision.changes.iter().filter_map(join).collect();
    all.into_iter().map(|address| &*address.leak()).collect()
}

fn hints(decision: &Decision) -> Hints {
    let found = decision.letters.iter().find_map(|l| match &l.body {
        LetterBody::Notification { hints, .. } => Some(hints.clone()),
        _ => None,
    });
    found.unwrap_or_default()
}

fn suggested(decision: &Decision) -> Vec<String> {
    hints(decision).cc.into_iter().map(|person| person.address).collect()
}

fn with_cc(mut facts: MailFacts, cc: &[&str]) -> MailFacts {
    facts.reading.cc = cc.iter().map(|a| address(a)).collect();
    facts
}

/// A ticket on which Wei is as well.
fn with_wei(mut facts: MailFacts) -> MailFacts {
    let ticket = &mut facts.tickets[0];
    ticket.participants.push(WEI.into());
    ticket.others.push(PersonFacts { name: Some("王伟".into()), ..person(9, WEI) });
    facts
}

#[test]
fn a_proven_requester_brings_people_in_and_others_only_suggest() {
    let cc = [WEI, "Boss@Huaxia.example"];
    let proven = decided(with_cc(mail(&client(), "help", true), &cc));
    assert_eq!(joined(&proven), [WEI, BOSS]);
    assert_eq!(suggested(&proven), [""; 0]);
    assert!(event_kinds(&proven).contains(&"cc"));
    assert_eq!(
        letters(&proven)[0],
        format!("ack>{CLIENT}"),
        "the acknowledgement goes to the requester alone"
    );
    assert!(letters(&proven).iter().all(|l| !l.contains("wei") && !l.contains("boss")));

    let unproven = decided(with_cc(mail(&client(), "help", false), &cc));
    assert_eq!(joined(&unproven), [""; 0]);
    assert_eq!(suggested(&unproven), [WEI, BOSS]);
    assert!(event_kinds(&unproven).contains(&"cc_suggested"));

    let answered = decided(with_cc(answer(State::Open, "and now?"), &[WEI]));
    assert_eq!((joined(&answered), suggested(&answered)), (vec![WEI], vec![]));

    let mut by_participant = with_wei(with_cc(answer(State::Open, "me too"), &[BOSS]));
    by_participant.sender = Some(person(9, WEI));
    by_participant.reading.from = Some(address(WEI));
    by_participant.reading.trace.strict_from = Some(WEI.into());
    by_participant.tokens = vec![token(Purpose::Client, 1042, 9)];
    let decision = decided(by_participant);
    assert_eq!(
        (decision.outcome, joined(&decision), suggested(&decision)),
        (Outcome::Ticket, vec![], vec![BOSS.to_owned()])
    );
}

#[test]
fn whom_nobody_may_put_on_a_ticket() {
    for nobody in [
        SUPPORT,
        "help@example.com",
        "support+abc@example.com",
        ALICE,
        "noreply@huaxia.example",
        "mailer-daemon@huaxia.example",
        "list-bounces@huaxia.example",
        "no at",
        "a@b",
        CLIENT,
    ] {
        let decision = decided(with_cc(mail(&client(), "help", true), &[nobody]));
        assert_eq!((joined(&decision), suggested(&decision)), (vec![], vec![]), "{nobody}");
    }
}

#[test]
fn people_are_at_most_ten() {
    let many: Vec<String> = (0..40).map(|n| format!("p{n}@huaxia.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let decision = decided(with_cc(mail(&client(), "help", true), &many));
    assert_eq!(joined(&decision).len(), 10);
    let mut full = with_cc(answer(State::Open, "more"), &[BOSS]);
    for n in 0..10 {
        full.tickets[0].participants.push(format!("p{n}@huaxia.example"));
        full.tickets[0].others.push(person(20 + n, &format!("p{n}@huaxia.example")));
    }
    let decision = decided(full.clone());
    assert_eq!((joined(&decision), suggested(&decision)), (vec![], vec![BOSS.to_owned()]));
    let mut order = agent_mail(State::Open, &format!("#cc +{BOSS}"));
    order.tickets = full.tickets;
    assert!(matches!(
        problems(&decided(order))[..],
        [Problem::Unsuitable { reason: Unsuitable::TooMany, .. }]
    ));
}

#[test]
fn machines_and_forms_name_nobody() {
    let mut robot = with_cc(mail(&client(), "help", true), &[WEI]);
    robot.reading.class = Class::AutoReply;
    assert_eq!(joined(&decided(robot)), [""; 0]);
    let mut service = with_cc(mail(&client(), "code 482913", true), &[WEI]);
    service.reading.verification = true;
    let decision = decided(service);
    assert_eq!((joined(&decision), suggested(&decision)), (vec![], vec![]));
}

#[test]
fn a_reply_goes_to_each_by_a_mail_of_their_own() {
    let decision = decided(with_wei(agent_mail(State::Open, "It works again.")));
    assert_eq!(
        letters(&decision),
        [format!("reply>{CLIENT}"), format!("reply>{WEI}"), format!("transcript>{ALICE}")]
    );
    let people: Vec<i64> = decision.letters.iter().take(2).map(|l| l.person.0).collect();
    assert_eq!(people, [7, 9], "each their own token");
    assert!(decision.letters.iter().take(2).all(|l| l.reply_purpose == Some(Purpose::Client)));
    let LetterBody::Transcript { sent_to, also_to, .. } = &decision.letters[2].body else { panic!() };
    assert_eq!((sent_to.as_ref().unwrap().address.as_str(), also_to[0].address.as_str()), (CLIENT, WEI));

    let mut bounced = with_wei(agent_mail(State::Open, "It works again."));
    bounced.tickets[0].others[0].suppressed = true;
    assert_eq!(letters(&decided(bounced)).len(), 2);
}

#[test]
fn cc_adds_and_takes_away_before_the_reply_leaves() {
    let decision = decided(with_wei(agent_mail(State::Open, &format!("#cc +{BOSS} -{WEI}\n\nDone."))));
    assert_eq!(
        letters(&decision),
        [format!("reply>{CLIENT}"), format!("reply>{BOSS}"), format!("transcript>{ALICE}")]
    );
    assert_eq!(joined(&decision), [BOSS]);
    assert!(decision.changes.contains(&Change::Leave(WEI.into())));
    let alone = decided(agent_mail(State::Open, &format!("#抄送 {BOSS}")));
    assert_eq!((joined(&alone), letters(&alone).len(), alone.outcome), (vec![BOSS], 0, Outcome::Control));
    let again = decided(with_wei(agent_mail(State::Open, &format!("#cc +{WEI}"))));
    assert_eq!(joined(&again), [""; 0]);
}

#[test]
fn people_who_do_not_fit_are_refused_with_the_reason() {
    for (text, reason) in [
        ("#cc +alice@example.com", Unsuitable::Staff),
        ("#cc +support@example.com", Unsuitable::Ours),
        ("#cc +noreply@huaxia.example", Unsuitable::Robot),
        ("#cc +a@localhost", Unsuitable::NoAddress),
        ("#cc -wei@huaxia.example", Unsuitable::NotOn),
        ("#cc -lina@huaxia.example", Unsuitable::Requester),
        ("#requester bob@example.com", Unsuitable::Staff),
        ("#requester support+x@example.com", Unsuitable::Ours),
    ] {
        let decision = decided(agent_mail(State::Open, text));
        match problems(&decision).as_slice() {
            [Problem::Unsuitable { reason: found, .. }] => assert_eq!(*found, reason, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
        assert_eq!(decision.changes.len(), 1, "{text}: nothing but the refusal is remembered");
    }
    for text in ["#cc", "#cc wei", "#requester", "#requester Wei"] {
        assert!(
            matches!(problems(&decided(agent_mail(State::Open, text)))[..], [Problem::BadArgument { .. }]),
            "{text}"
        );
    }
}

#[test]
fn another_requester_gets_what_follows_and_the_earlier_one_nothing() {
    let decision = decided(agent_mail(State::Open, &format!("#requester {BOSS}\n\nHello")));
    assert_eq!(letters(&decision), [format!("reply>{BOSS}"), format!("transcript>{ALICE}")]);
    assert_eq!(decision.letters[0].person, PersonId(0), "their row is found by the address");
    assert!(decision.changes.contains(&Change::Requester(address(BOSS))));
    assert!(decision.changes.contains(&Change::Leave(CLIENT.into())));
    let same = decided(agent_mail(State::Open, &format!("#requester {CLIENT}")));
    assert!(!same.changes.iter().any(|c| matches!(c, Change::Requester(_) | Change::Leave(_))));
}

#[test]
fn whoever_was_taken_off_a_ticket_is_a_stranger_with_an_old_secret() {
    let mut facts = answer(State::Open, "what is new?");
    facts.tickets[0].requester = person(11, BOSS);
    facts.tickets[0].participants = vec![BOSS.into()];
    let decision = decided(facts);
    assert_eq!((decision.outcome, cause(&decision)), (Outcome::Held, Some(NotificationCause::Stranger)));
}

#[test]
fn who_is_put_on_a_ticket_and_takes_no_mail_is_told_to_the_agent() {
    let silenced = |address: &str| PersonFacts {
        suppressed: true,
        suppressed_at: Some(hours_ago(30)),
        suppressed_why: "550 User unknown".into(),
        ..person(60, address)
    };
    let told = |facts: MailFacts| {
        let decision = decided(facts);
        let unreachable = decision.letters.iter().find_map(|letter| match &letter.body {
            LetterBody::Transcript { unreachable, .. } => Some(unreachable.clone()),
            _ => None,
        });
        (letters(&decision), unreachable)
    };
    let wei = || Silenced {
        address: "wei@huaxia.example".into(),
        since: Some(hours_ago(30)),
        why: "550 User unknown".into(),
    };
    for text in ["#cc +wei@huaxia.example", "#cc +wei@huaxia.example\n\nPlease try again."] {
        let mut facts = agent_mail(State::Open, text);
        facts.silenced = vec![silenced("wei@huaxia.example")];
        let (letters, unreachable) = told(facts.clone());
        assert_eq!(unreachable, Some(vec![wei()]), "{text}");
        assert!(!letters.contains(&"reply>wei@huaxia.example".to_owned()));
        facts.silenced.clear();
        assert_eq!(told(facts).1.unwrap_or_default(), [], "{text}");
    }
    // Of those who are on it already, when an answer leaves.
    let mut facts = agent_mail(State::Open, "Please try again.");
    facts.tickets[0].others = vec![silenced("wei@huaxia.example")];
    facts.tickets[0].participants.push("wei@huaxia.example".into());
    assert_eq!(told(facts).1, Some(vec![wei()]));
    // Whose ticket it becomes must be reached.
    let mut facts = agent_mail(State::Open, "#requester wei@huaxia.example\n\nHello.");
    facts.silenced = vec![silenced("wei@huaxia.example")];
    assert!(matches!(problems(&decided(facts))[..], [Problem::NoRecipient { .. }]));
    let named = commands::people_named("#cc +a@x.test -b@x.test\n#客户 <C@x.test>\n#take\nd@x.test", 9);
    assert_eq!(named, ["a@x.test", "c@x.test"]);
}
