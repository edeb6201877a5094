//! Orders at an agent's own address at the desk.

use super::world::*;
use crate::desk::{commands::at_desk, *};

/// Alice's mail to her own address at the desk, with the ticket gathered that it names.
fn console(text: &str) -> MailFacts {
    MailFacts {
        tokens: vec![token(Purpose::Desk, 0, 100)],
        tickets: vec![ticket(State::Open)],
        ..mail(&alice(), text, true)
    }
}

fn named(text: &str) -> Vec<(String, Option<i64>)> {
    at_desk(text).named.into_iter().map(|o| (o.written, o.ticket.map(|t| t.0))).collect()
}

#[test]
fn numbers_are_read_out_of_orders_and_what_is_left_reads_as_on_a_ticket() {
    for (text, tickets, left) in [
        ("#close 12", vec![("#close", Some(12))], "#close\n"),
        ("#close #12", vec![("#close", Some(12))], "#close\n"),
        ("\n＃关闭 ＃12\n", vec![("＃关闭", Some(12))], "\n＃关闭\n"),
        ("#assign 12 Bob Lee", vec![("#assign", Some(12))], "#assign Bob Lee\n"),
        ("#priority: 12 high", vec![("#priority", Some(12))], "#priority high\n"),
        ("#take 12 #urgent", vec![("#take", Some(12)), ("#urgent", None)], "#take #urgent\n"),
        ("#take 12\n\n#close 13", vec![("#take", Some(12)), ("#close", Some(13))], "#take\n\n#close\n"),
        ("#note 3 people called", vec![("#note", None)], "#note 3 people called\n"),
        (
            "#note #12 3 people called\nfrom Rome",
            vec![("#note", Some(12))],
            "#note 3 people called\nfrom Rome",
        ),
        ("#close 1234567890123", vec![("#close", None)], "#close 1234567890123\n"),
        ("#close -1", vec![("#close", None)], "#close -1\n"),
        ("Please #close 12", vec![], "Please #close 12"),
        ("", vec![], ""),
    ] {
        let tickets: Vec<(String, Option<i64>)> =
            tickets.into_iter().map(|(w, t)| (w.to_owned(), t)).collect();
        assert_eq!((named(text), at_desk(text).text.as_str()), (tickets, left), "{text}");
    }
}

#[test]
fn what_is_gathered_is_what_the_owner_of_the_address_names() {
    let of = |purpose, person, text: &str| {
        let facts = mail(&alice(), text, true);
        console::tickets(&[token(purpose, 0, person)], PersonId(100), &facts.reading)
    };
    assert_eq!(of(Purpose::Desk, 100, "#close 12\n#take 12\n#close 13"), [TicketId(12), TicketId(13)]);
    assert_eq!(of(Purpose::Desk, 100, "#a 1\n#b 2\n#c 3\n#d 4").len(), 3);
    for (purpose, person) in [(Purpose::Desk, 101), (Purpose::Agent, 100), (Purpose::Challenge, 100)] {
        assert_eq!(of(purpose, person, "#close 12"), []);
    }
}

#[test]
fn orders_that_name_their_ticket_are_carried_out_and_told() {
    let decision = decided(console("#close 1042"));
    assert_eq!((decision.outcome, state_after(&decision)), (Outcome::Control, Some(State::Closed)));
    assert_eq!(decision.ticket, Some(TicketRef::Existing(TicketId(1042), 3)));
    assert_eq!(letters(&decision), ["transcript>alice@example.com"]);
    let several = decided(console("#take 1042\n#urgent\n#note #1042 She is on the phone."));
    assert!(several.changes.contains(&Change::Assignee(Some(ALICE.into()))));
    assert!(several.changes.contains(&Change::Priority(Priority::Urgent)));
    assert_eq!(messages(&several), [(MessageKind::Note, "She is on the phone.".to_owned())]);
    assert_silent_to_clients(&several);
}

#[test]
fn help_and_lock_need_no_ticket() {
    let help = decided(MailFacts { tickets: vec![], ..console("#help") });
    assert_eq!((help.ticket, letters(&help)), (None, vec!["transcript>alice@example.com".to_owned()]));
    let lock = decided(MailFacts { tickets: vec![], ..console("#lock") });
    assert_eq!(lock.changes, [Change::EndPeriod(ALICE.into())]);
    assert_eq!(letters(&lock), ["transcript>alice@example.com"]);
}

#[test]
fn what_is_not_clear_does_nothing() {
    for (text, expected) in [
        ("#close", "NameTicket"),
        ("#close soon", "NameTicket"),
        ("#note hello", "NameTicket"),
        ("#close 1042\n#take 5", "SeveralTickets"),
        ("#close 5", "UnknownTicket"),
        ("#clsoe 1042", "UnknownCommand"),
        ("#assign 1042", "BadArgument"),
        ("#close 1042\n\nIt is done, please check.", "TextForNobody"),
        ("#help 1042 #wait 1042\n#close 1042", "Contradiction"),
    ] {
        let decision = decided(console(text));
        assert_eq!(letters(&decision), ["refusal>alice@example.com"], "{text}");
        assert!(format!("{:?}", problems(&decision)).contains(expected), "{text}: {:?}", problems(&decision));
        assert_eq!((state_after(&decision), messages(&decision).len()), (None, 0), "{text}");
    }
    let mut hidden = console("#close 1042");
    hidden.reading.command_text = None;
    assert_eq!(problems(&decided(hidden)), [Problem::HiddenText]);
    let olga = MailFacts {
        tokens: vec![token(Purpose::Desk, 0, 103)],
        tickets: vec![ticket(State::Open)],
        ..mail(&person(103, "olga@example.com"), "#close 1042", true)
    };
    assert!(matches!(problems(&decided(olga))[..], [Problem::NotAllowed { .. }]));
}

#[test]
fn without_origin_the_order_waits_for_a_confirmation_or_the_period() {
    let mut facts = console("#close 1042");
    facts.reading.trace.authentication_results.clear();
    let asked = decided(facts.clone());
    assert_eq!(
        (asked.outcome, letters(&asked)),
        (Outcome::Held, vec!["confirm>alice@example.com".to_owned()])
    );
    let released = decided(confirmed(facts.clone()));
    assert_eq!(state_after(&released), Some(State::Closed));
    let mut other = confirmed(facts.clone());
    other.tickets[0].requester = person(8, "wang@chongqing.example");
    assert_eq!(decided(other).outcome, Outcome::Held, "it is another's ticket now");
    let mut elsewhere = confirmed(facts.clone());
    elsewhere.reading.command_text = Some("#close 5".into());
    elsewhere.tickets.push(TicketFacts { id: TicketId(5), ..ticket(State::Open) });
    assert_eq!(decided(elsewhere).outcome, Outcome::Held);
    let period = PeriodFacts { opened_at: hours_ago(1), until: hours_ago(-1) };
    let believed = decided(MailFacts { period: Some(period), ..facts });
    assert_eq!(state_after(&believed), Some(State::Closed));
}

#[test]
fn a_mail_without_orders_is_like_any_other_mail_of_staff() {
    let decision = decided(MailFacts { tickets: vec![], ..console("A client called.") });
    assert_eq!((decision.outcome, decision.ticket), (Outcome::Ticket, Some(TicketRef::New)));
}

/// Alice's mail by which she opens a ticket for the client.
fn opening_mail(text: &str) -> MailFacts {
    let mut facts = MailFacts { tickets: vec![], named_client: Some(client()), ..console(text) };
    facts.reading.title = "Your call of this morning".into();
    facts
}

fn created(decision: &Decision) -> Option<(&str, PersonId, bool)> {
    decision.changes.iter().find_map(|c| match c {
        Change::Create { subject, requester, requester_proven, .. } => {
            Some((subject.as_str(), *requester, *requester_proven))
        }
        _ => None,
    })
}

#[test]
fn only_the_first_order_of_the_owner_opens_a_ticket_for_somebody_who_can_be_a_client() {
    let of = |purpose, person, text: &str| {
        let facts = mail(&alice(), text, true);
        opening::client_address(&[token(purpose, 0, person)], PersonId(100), &facts.reading, &policy())
    };
    let own = |text| of(Purpose::Desk, 100, text);
    assert_eq!(own("#requester Lina@Huaxia.example\nHello").as_deref(), Some(CLIENT));
    assert_eq!(own("#客户 <lina@huaxia.example>\n您好").as_deref(), Some(CLIENT));
    for text in [
        "#requester 12 lina@huaxia.example",
        "#take 12\n#requester lina@huaxia.example",
        "Hello\n#requester lina@huaxia.example",
        "#requester alice@example.com",
        "#requester support@example.com",
        "#requester noreply@huaxia.example",
        "#requester nobody",
        "#requester",
    ] {
        assert_eq!(own(text), None, "{text}");
    }
    assert_eq!(of(Purpose::Desk, 101, "#requester lina@huaxia.example"), None);
    assert_eq!(of(Purpose::Agent, 100, "#requester lina@huaxia.example"), None);
}

#[test]
fn an_agent_writes_first_and_keeps_the_ticket() {
    let decision =
        decided(opening_mail("#requester lina@huaxia.example\n#urgent\n\nAs promised: it is fixed."));
    assert_eq!((decision.outcome, decision.ticket), (Outcome::Ticket, Some(TicketRef::New)));
    assert!(matches!(decision.changes[0], Change::Create { .. }));
    assert_eq!(created(&decision), Some(("Your call of this morning", PersonId(7), false)));
    assert_eq!(letters(&decision), ["reply>lina@huaxia.example", "transcript>alice@example.com"]);
    assert_eq!(messages(&decision), [(MessageKind::Reply, "As promised: it is fixed.".to_owned())]);
    assert_eq!(state_after(&decision), Some(State::Waiting));
    assert!(decision.changes.contains(&Change::Assignee(Some(ALICE.into()))));
    assert!(decision.changes.contains(&Change::Priority(Priority::Urgent)));
    assert!(!decision.changes.iter().any(|c| matches!(c, Change::StartTimer { .. })), "we answered first");
    let reply = &decision.letters[0];
    assert_eq!(
        (reply.person, reply.reply_purpose, reply.automatic),
        (PersonId(7), Some(Purpose::Client), None)
    );
}

#[test]
fn a_record_of_a_call_stays_inside() {
    let text = "#requester lina@huaxia.example\n#assign Bob\n#note She called: the chart is empty.";
    let decision = decided(opening_mail(text));
    assert_eq!(messages(&decision), [(MessageKind::Note, "She called: the chart is empty.".to_owned())]);
    assert_silent_to_clients(&decision);
    assert!(letters(&decision).contains(&"news>bob@example.com".to_owned()), "{:?}", letters(&decision));
    assert!(decision.changes.contains(&Change::Assignee(Some(BOB.into()))));
    assert!(decision.changes.iter().any(|c| matches!(c, Change::StartTimer { .. })));
}

#[test]
fn what_does_not_fit_opens_nothing() {
    for (text, expected) in [
        ("#requester lina@huaxia.example", "NothingNew"),
        ("#requester lina@huaxia.example\n\nAlice Chen", "NothingNew"),
        ("#requester lina@huaxia.example\n#close 1042\nHello", "Contradiction"),
        ("#requester lina@huaxia.example\n#requester wang@chongqing.example\nHello", "WrongState"),
        ("#requester lina@huaxia.example\n#lock\nHello", "WrongState"),
        ("#requester lina@huaxia.example\n#clsoe\nHello", "UnknownCommand"),
    ] {
        let decision = decided(opening_mail(text));
        assert_eq!(letters(&decision), ["refusal>alice@example.com"], "{text}");
        assert!(format!("{:?}", problems(&decision)).contains(expected), "{text}: {:?}", problems(&decision));
        assert_eq!((decision.ticket, decision.changes.len()), (None, 0), "{text}");
    }
    let nobody = MailFacts { named_client: None, ..opening_mail("#requester alice@example.com\nHello") };
    assert!(matches!(problems(&decided(nobody))[..], [Problem::BadArgument { .. }]));
    let mut gone = opening_mail("#requester lina@huaxia.example\nHello");
    gone.named_client.as_mut().unwrap().suppressed = true;
    assert!(matches!(problems(&decided(gone))[..], [Problem::NoRecipient { .. }]));
}

#[test]
fn opening_needs_origin_a_period_or_a_confirmation_of_just_this() {
    let mut facts = opening_mail("#requester lina@huaxia.example\nHello");
    facts.reading.trace.authentication_results.clear();
    let asked = decided(facts.clone());
    assert_eq!((asked.outcome, asked.ticket, asked.changes.len()), (Outcome::Held, None, 0));
    assert_eq!(letters(&asked), ["confirm>alice@example.com"]);
    let LetterBody::Confirmation { recipient, text, .. } = &asked.letters[0].body else { panic!() };
    assert_eq!(recipient.as_ref().map(|r| r.address.as_str()), Some(CLIENT));
    assert_eq!(text.as_deref(), Some("Hello"));
    let released = decided(confirmed(facts.clone()));
    assert_eq!(letters(&released), ["reply>lina@huaxia.example", "transcript>alice@example.com"]);
    let mut other = confirmed(facts.clone());
    other.reading.reply += ", and pay";
    assert_eq!(letters(&decided(other)), ["confirm>alice@example.com"]);
    let period = PeriodFacts { opened_at: hours_ago(1), until: hours_ago(-1) };
    let believed = decided(MailFacts { period: Some(period), ..facts });
    assert_eq!(created(&believed).map(|(_, requester, _)| requester), Some(PersonId(7)));
}

#[test]
fn what_is_forwarded_under_the_order_is_a_note_for_the_team() {
    let mut facts = opening_mail("#requester lina@huaxia.example\nShe asked by phone as well.");
    facts.reading.forwarded = Some(crate::mail::Forwarded {
        from: Some(address(CLIENT)),
        body: Some("The chart is empty.".into()),
        ..Default::default()
    });
    let decision = decided(facts);
    assert_eq!(created(&decision).map(|(_, requester, _)| requester), Some(PersonId(7)));
    let note = "She asked by phone as well.\n\nThe chart is empty.";
    assert_eq!(messages(&decision), [(MessageKind::Note, note.to_owned())]);
    assert_silent_to_clients(&decision);
}
