//! Every rule of FAULTS section 2 keeps the ticket and stops the acknowledgement.

use super::world::*;
use crate::{
    desk::{
        loop_guard::{Scheduled, ScheduledCounts},
        *,
    },
    mail::{Class, Forwarded},
};

/// Each row: the mail makes its ticket, and no acknowledgement leaves, for this reason.
#[test]
fn every_rule_suppresses_the_acknowledgement_and_keeps_the_ticket() {
    type Spoil = fn(&mut MailFacts);
    let rows: Vec<(&str, Spoil)> = vec![
        ("Auto-Submitted: auto-generated", |f| {
            f.reading.no_automatic_mail = Some("Auto-Submitted: auto-generated".into());
        }),
        ("not written by a person", |f| f.reading.class = Class::Bulk),
        ("not written by a person", |f| f.reading.class = Class::List),
        ("not written by a person", |f| f.reading.class = Class::AutoReply),
        ("none that mail can be sent to", |f| {
            f.sender.as_mut().unwrap().address = "lina@huaxia.example\"".into()
        }),
        ("none that mail can be sent to", |f| f.sender.as_mut().unwrap().address = "lina@huaxia".into()),
        ("From holds no address", |f| f.reading.trace.stand_in = true),
        ("our address is not among", |f| f.reading.to = vec![address("someone@else.example")]),
        ("more than 50 Received", |f| f.reading.trace.received = 51),
        ("DMARC failed", |f| {
            f.reading.trace.authentication_results =
                vec![results(1, "mx.example.com; dmarc=fail (p=REJECT) header.from=huaxia.example")];
        }),
        ("bounced before", |f| {
            let sender = f.sender.as_mut().unwrap();
            (sender.suppressed, sender.released_at) = (true, Some(hours_ago(23)));
        }),
        ("older than 24 h", |f| f.received_at = hours_ago(25)),
        ("1 acknowledgements to this address in 10 minutes", |f| f.limits.acks_address_10min = 1),
        ("5 acknowledgements to this address in a day", |f| f.limits.acks_address_day = 5),
        ("60 acknowledgements to this domain", |f| f.limits.acks_domain_hour = 60),
        ("10 acknowledgements to this address without an answer", |f| f.flood.acks_address_row = 10),
        ("200 acknowledgements in an hour", |f| f.limits.acks_hour = 200),
        ("200 acknowledgements in an hour", |f| {
            f.limits.acks_hour = 150;
            f.flood.breaker_hour = Some(50);
        }),
        ("subject answers a mail of ours", |f| f.flood.subject_names_ticket = true),
        ("hands a mail of our own back", |f| {
            f.reading.forwarded = Some(Forwarded { from: Some(address(SUPPORT)), ..Forwarded::default() });
        }),
        ("the same text came more than 2 times", |f| {
            f.reading.reply = "Your message was received and will be read on Monday.".into();
            f.flood.same_text_week = 2;
        }),
    ];
    for (reason, spoil) in rows {
        let mut facts = mail(&client(), "x", true);
        spoil(&mut facts);
        let decision = decided(facts);
        assert_eq!((decision.outcome, decision.ticket), (Outcome::Ticket, Some(TicketRef::New)), "{reason}");
        assert_silent_to_clients(&decision);
        let why = decision.no_acknowledgement.clone().unwrap_or_default();
        assert!(why.contains(reason), "{why} / {reason}");
        assert!(event_kinds(&decision).contains(&"acknowledgement_suppressed"));
        assert_eq!(decision.letters.len(), 2, "the team is told all the same");
    }
}

#[test]
fn our_address_counts_wherever_it_stands() {
    let spoils: [fn(&mut MailFacts); 3] = [
        |f| f.reading.cc = vec![address("HELP@example.com")],
        |f| f.reading.cc = vec![address("support+abc@example.com")],
        |f| f.reading.trace.delivered_to = vec![SUPPORT.into()],
    ];
    for spoil in spoils {
        let mut facts = mail(&client(), "x", true);
        facts.reading.to.clear();
        spoil(&mut facts);
        assert_eq!(decided(facts).no_acknowledgement, None);
    }
}

#[test]
fn a_held_stranger_counts_against_the_ticket_s_limits() {
    let spoils: [fn(&mut TicketFacts); 2] = [|t| t.automatic_hour = 1, |t| t.automatic_row = 10];
    for spoil in spoils {
        let mut facts = MailFacts {
            threads: vec![reference(Some(CLIENT), false)],
            tickets: vec![ticket(State::Open)],
            ..mail(&person(8, "x@y.example"), "hi", false)
        };
        spoil(&mut facts.tickets[0]);
        let decision = decided(facts);
        assert_eq!(decision.outcome, Outcome::Held);
        assert_silent_to_clients(&decision);
        assert!(decision.no_acknowledgement.is_some());
    }
}

#[test]
fn a_colleague_who_answers_all_is_told_once() {
    for (row, told) in [(0, true), (1, true), (2, false)] {
        let mut facts = MailFacts {
            threads: vec![reference(Some(CLIENT), false)],
            tickets: vec![TicketFacts { automatic_row: row, ..ticket(State::Open) }],
            ..mail(&person(8, "boss@huaxia.example"), "hi", false)
        };
        facts.flood.subject_names_ticket = true;
        assert_eq!(decided(facts).no_acknowledgement.is_none(), told, "{row}");
    }
}

#[test]
fn an_oversized_mail_makes_a_ticket_and_is_acknowledged() {
    let facts = MailFacts { oversized_bytes: Some(40 << 20), ..mail(&client(), "", true) };
    let decision = decided(facts);
    assert_eq!(letters(&decision)[0], format!("ack>{CLIENT}"));
    assert!(event_kinds(&decision).contains(&"oversized"));
}

#[test]
fn the_breaker_tells_the_operators_once_and_closes_by_itself() {
    let rows = [
        (199, Some(0), None, 0),
        (200, Some(0), Some("limit of 200"), 1),
        (200, Some(1), Some("limit of 200"), 0),
        // As the hour goes by fewer have left, but as many are asked for.
        (3, Some(9_000), Some("limit of 200"), 0),
        (3, Some(196), None, 0),
        // A store that does not count them: held back, and nobody is told for each.
        (200, None, Some("limit of 200"), 0),
    ];
    for (sent, refused, why, alerts) in rows {
        let mut facts = mail(&client(), "x", true);
        (facts.limits.acks_hour, facts.flood.breaker_hour) = (sent, refused);
        let decision = decided(facts);
        let told = letters(&decision).iter().filter(|l| l.starts_with("alert>ops@")).count();
        assert_eq!(told, alerts, "{sent} {refused:?}");
        assert_eq!(decision.no_acknowledgement.is_some(), why.is_some(), "{sent} {refused:?}");
        assert_eq!(event_kinds(&decision).contains(&"breaker"), why.is_some());
        assert_eq!(decision.ticket, Some(TicketRef::New), "the ticket is made all the same");
    }
}

#[test]
fn another_rule_that_refuses_does_not_count_for_the_breaker() {
    let mut facts = mail(&client(), "x", true);
    facts.limits.acks_hour = 200;
    facts.flood.breaker_hour = Some(0);
    facts.reading.class = Class::AutoReply;
    let decision = decided(facts);
    assert!(!event_kinds(&decision).contains(&"breaker"));
    assert_eq!(decision.letters.len(), 2);
}

#[test]
fn a_person_who_forwards_our_mail_with_a_word_is_answered() {
    let mut facts = mail(&client(), "x", true);
    let comment = Some("Is this really from you?".to_owned());
    facts.reading.forwarded =
        Some(Forwarded { from: Some(address(SUPPORT)), comment, ..Forwarded::default() });
    assert_eq!(decided(facts).no_acknowledgement, None);
}

#[test]
fn a_late_answer_on_a_closed_ticket_is_acknowledged_though_its_subject_has_our_mark() {
    let mut facts = answer(State::Closed, "It happens again.");
    facts.tickets[0].closed_at = Some(hours_ago(24 * 20));
    facts.flood.subject_names_ticket = true;
    let decision = decided(facts);
    assert_eq!((decision.ticket, decision.no_acknowledgement), (Some(TicketRef::New), None));
}

#[test]
fn an_agent_s_autoresponder_is_heard_once_and_not_answered_for_ever() {
    let text = "I am away until Monday, ask my colleagues.";
    let first = decided(agent_mail(State::Open, text));
    assert_eq!(letters(&first), [format!("reply>{CLIENT}"), format!("transcript>{ALICE}")]);
    let mut again = agent_mail(State::Open, text);
    again.flood.own_text_week = 1;
    assert_eq!(problems(&decided(again.clone())), [Problem::NothingNew], "nothing reaches the client twice");
    again.flood.answers_to_staff_day = 10;
    let silent = decided(again);
    assert!(silent.letters.is_empty());
    assert!(event_kinds(&silent).contains(&"answer_suppressed"));
    let mut order = agent_mail(State::Open, &format!("#take\n{text}"));
    order.flood.own_text_week = 1;
    assert!(problems(&decided(order)).is_empty(), "who gives an order is there");
    let mut busy = agent_mail(State::Open, "Please look at step 11.");
    busy.flood.answers_to_staff_day = 10;
    assert_eq!(letters(&decided(busy)), [format!("reply>{CLIENT}")], "the reply leaves all the same");
}

#[test]
fn marks_in_subjects() {
    for (subject, ticket) in [
        ("Re: The chart [#1042]", Some(1042)),
        ("[REQ-7] Re: [#7] The chart [#1042] (fwd)", Some(1042)),
        ("回复：甘特图打不开 [#7]", Some(7)),
        ("[#99999999999999999999]", None),
        ("[#] [#x1] #7 [7]", None),
        ("[#5] [#x]", Some(5)),
        ("[#12", None),
        ("", None),
    ] {
        assert_eq!(threading::mark(subject), ticket.map(TicketId), "{subject}");
    }
}

#[test]
fn short_texts_may_repeat() {
    let mut facts = mail(&client(), "又打不开了", true);
    facts.flood.same_text_week = 9;
    assert_eq!(decided(facts).no_acknowledgement, None);
}

fn flooded(state: State, tickets: u32, folded: u32) -> MailFacts {
    MailFacts {
        flood: FloodFacts {
            tickets_address_hour: tickets,
            folded_address_hour: folded,
            newest: Some(ticket(state)),
            ..FloodFacts::default()
        },
        ..mail(&client(), "again", false)
    }
}

#[test]
fn a_flood_of_new_tickets_folds_into_the_newest() {
    let first = decided(flooded(State::New, 20, 0));
    assert_eq!(first.ticket, Some(TicketRef::Existing(TicketId(1042), 3)));
    assert_eq!(first.outcome, Outcome::Ticket);
    assert_eq!(messages(&first), [(MessageKind::Client, "again".to_owned())], "kept whole");
    assert_eq!(letters(&first), [format!("alert>{ALICE}"), format!("alert>{BOB}")]);
    assert!(first.no_acknowledgement.is_some());
    assert_eq!(state_after(&first), None);
    let next = decided(flooded(State::New, 20, 1));
    assert_eq!((next.ticket, next.letters.len()), (first.ticket, 0), "nobody hears of each");
    let spam = decided(flooded(State::Spam, 20, 0));
    assert_eq!((spam.ticket, spam.letters.len()), (first.ticket, 0));
}

#[test]
fn what_is_no_flood_gets_its_own_ticket() {
    let mut others = flooded(State::New, 20, 0);
    others.flood.newest.as_mut().unwrap().requester = person(8, "x@y.example");
    let mut of_owner = flooded(State::New, 20, 0);
    of_owner.flood.newest.as_mut().unwrap().requester_proven = true;
    let rows = [
        ("fewer", flooded(State::New, 19, 0)),
        ("done", flooded(State::Closed, 20, 0)),
        ("another's", others),
        (
            "the owner of a forged address",
            MailFacts { flood: flooded(State::New, 20, 0).flood, ..mail(&client(), "x", true) },
        ),
        ("forged, on a ticket of the owner", of_owner),
        ("staff", MailFacts { sender: Some(alice()), ..agents_own() }),
    ];
    for (what, facts) in rows {
        assert_eq!(decided(facts).ticket, Some(TicketRef::New), "{what}");
    }
    let answer = MailFacts { flood: flooded(State::New, 20, 0).flood, ..answer(State::Waiting, "here") };
    assert_eq!(state_after(&decided(answer)), Some(State::Open), "an answer on a ticket is one");
}

/// An agent forwards many mails of clients in a row.
fn agents_own() -> MailFacts {
    let mut facts = MailFacts { flood: flooded(State::New, 50, 0).flood, ..mail(&alice(), "x", true) };
    facts.flood.newest.as_mut().unwrap().requester = alice();
    facts
}

#[test]
fn scheduled_mails_have_caps_of_their_own() {
    type Spoil = fn(&mut TicketFacts, &mut ScheduledCounts);
    let rows: Vec<(&str, Spoil)> = vec![
        ("1 such mails on a ticket", |_, c| c.ticket_row = 1),
        ("3 scheduled mails to an address", |_, c| c.address_day = 3),
        ("1 automatic mails on a ticket in an hour", |t, _| t.automatic_hour = 1),
        ("10 automatic mails on a ticket", |t, _| t.automatic_row = 10),
        ("bounced before", |t, _| t.requester.suppressed = true),
        ("address of our own", |t, _| t.requester.address = SUPPORT.into()),
        ("local part no-reply", |t, _| t.requester.address = "no-reply@shop.example".into()),
        ("the ticket is resolved", |t, _| t.state = State::Resolved),
        ("the ticket is spam", |t, _| t.state = State::Spam),
    ];
    for which in [Scheduled::Late, Scheduled::Waiting, Scheduled::Closing] {
        let state = if which == Scheduled::Late { State::Open } else { State::Waiting };
        let judged = |t: &TicketFacts, c: ScheduledCounts| loop_guard::may_schedule(which, t, c, &policy());
        assert_eq!(judged(&ticket(state), ScheduledCounts::default()), Ok(()));
        for (reason, spoil) in &rows {
            let (mut ticket, mut counts) = (ticket(state), ScheduledCounts::default());
            spoil(&mut ticket, &mut counts);
            let why = judged(&ticket, counts).unwrap_err();
            assert!(why.contains(reason), "{why} / {reason}");
        }
    }
    assert!(
        loop_guard::may_schedule(
            Scheduled::Closing,
            &ticket(State::Open),
            ScheduledCounts::default(),
            &policy()
        )
        .is_err()
    );
}
