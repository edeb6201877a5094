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
    assert_eq!(
        state_after(&decided(other)),
        Some(State::Closed),
        "no mail leaves: whose ticket it is changes nothing"
    );
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
