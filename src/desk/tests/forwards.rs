//! Clients' mails that staff forward to the desk (SPEC section 6, FAULTS section 1).

use super::world::*;
use crate::{
    desk::*,
    mail::{Address, Forwarded},
};

/// Alice forwards Lina's mail to the mailbox's plain address.
fn forward(comment: Option<&str>, proven: bool) -> MailFacts {
    let mut facts = mail(&alice(), comment.unwrap_or_default(), proven);
    facts.reading.subject = Some("Fwd: 甘特图无法加载".into());
    facts.reading.text =
        format!("{}\n---- forwarded ----\nFrom: {CLIENT}\n\n一直空白", comment.unwrap_or_default());
    facts.reading.forwarded = Some(Forwarded {
        from: Some(Address { name: Some("李娜".into()), address: CLIENT.into() }),
        comment: comment.map(str::to_owned),
        body: Some("一直空白".into()),
        cc: vec![address("wei@huaxia.example"), address(ALICE)],
        ..Forwarded::default()
    });
    facts.forwarded_author = Some(client());
    facts
}

#[test]
fn a_forward_opens_a_ticket_of_the_client_and_mails_nothing_to_them() {
    let decision = decided(forward(Some("She called as well."), true));
    assert_eq!((decision.outcome, decision.ticket), (Outcome::Ticket, Some(TicketRef::New)));
    let Change::Create { requester, requester_proven, subject, .. } = &decision.changes[0] else { panic!() };
    assert_eq!((*requester, *requester_proven, subject.as_str()), (PersonId(7), false, "甘特图无法加载"));
    assert!(decision.changes.contains(&Change::Forwarded { author: PersonId(7), text: "一直空白".into() }));
    assert!(decision.changes.contains(&Change::Proposed(Some(ALICE.into()))));
    let note = |c: &Change| matches!(c, Change::Event { kind, content, .. } if kind == "note" && content == "She called as well.");
    assert!(decision.changes.iter().any(note));
    assert_silent_to_clients(&decision);
    assert_eq!(decision.no_acknowledgement.as_deref(), Some("forwarded by staff"));
    // Alice has no secret address of the new ticket otherwise.
    assert_eq!(letters(&decision), [format!("news>{BOB}"), format!("news>{ALICE}")]);
    let LetterBody::Notification { cause, brief, author, note, text, hints, .. } = &decision.letters[0].body
    else {
        panic!()
    };
    assert_eq!(*cause, NotificationCause::Forwarded);
    assert_eq!((brief.requester.address.as_str(), brief.proposed_by.as_deref()), (CLIENT, Some(ALICE)));
    assert_eq!(author.as_ref().unwrap().address, ALICE);
    assert_eq!((note.as_deref(), text.as_str()), (Some("She called as well."), "一直空白"));
    assert_eq!(hints.cc, [address("wei@huaxia.example")], "suggested, not added");
}

#[test]
fn at_the_agents_own_address_the_requester_is_not_merely_proposed() {
    let mut facts = forward(None, true);
    facts.tokens = vec![token(Purpose::Desk, 0, 100)];
    let decision = decided(facts.clone());
    assert!(decision.changes.contains(&Change::Forwarded { author: PersonId(7), text: "一直空白".into() }));
    assert!(!decision.changes.iter().any(|c| matches!(c, Change::Proposed(_))));
    assert_silent_to_clients(&decision);
    // Somebody else's address shows nothing.
    facts.tokens = vec![token(Purpose::Desk, 0, 101)];
    assert!(decided(facts).changes.contains(&Change::Proposed(Some(ALICE.into()))));
}

#[test]
fn without_origin_it_is_an_ordinary_untrusted_mail() {
    let decision = decided(forward(None, false));
    assert_eq!(cause(&decision), Some(NotificationCause::ClaimsStaff));
    let Change::Create { requester, .. } = &decision.changes[0] else { panic!() };
    assert_eq!(*requester, alice().id);
    assert!(!decision.changes.iter().any(|c| matches!(c, Change::Forwarded { .. } | Change::Proposed(_))));
    assert_silent_to_clients(&decision);
}

#[test]
fn what_no_client_wrote_stays_a_ticket_of_staff() {
    let mut observer = forward(None, true);
    observer.sender = Some(person(103, "olga@example.com"));
    observer.reading.from = Some(address("olga@example.com"));
    observer.reading.trace.strict_from = Some("olga@example.com".into());
    let mut nobody = forward(None, true);
    nobody.forwarded_author = None;
    for facts in [observer, nobody] {
        let decision = decided(facts);
        assert!(!decision.changes.iter().any(|c| matches!(c, Change::Forwarded { .. })));
        assert_silent_to_clients(&decision);
    }
    for (from, found) in [
        (CLIENT, true),
        ("Lina@Huaxia.example", true),
        (BOB, false),
        (SUPPORT, false),
        ("support+token@example.com", false),
        ("noreply@huaxia.example", false),
        ("lina", false),
        ("a b@huaxia.example", false),
    ] {
        let mut facts = forward(None, true);
        facts.reading.forwarded.as_mut().unwrap().from = Some(address(from));
        assert_eq!(forward::author(&facts.reading, &policy()).is_some(), found, "{from}");
    }
    let mut clients = forward(None, true);
    clients.reading.from = Some(address("wang@huaxia.example"));
    assert_eq!(forward::author(&clients.reading, &policy()), None, "clients forward mails too");
}

/// A ticket that Alice's forward opened.
fn proposed(text: &str) -> MailFacts {
    let mut facts = agent_mail(State::New, text);
    facts.tickets[0].proposed_by = Some(ALICE.into());
    facts
}

#[test]
fn an_agent_acts_on_a_proposed_requester() {
    let reply = decided(proposed("Dear Lina, it works again."));
    assert_eq!(letters(&reply)[0], format!("reply>{CLIENT}"));
    assert!(reply.changes.contains(&Change::Proposed(None)));
    let named = decided(proposed(&format!("#requester {CLIENT}")));
    assert!(named.changes.contains(&Change::Proposed(None)));
    assert_silent_to_clients(&named);
    let other = decided(proposed("#requester wei@huaxia.example"));
    assert!(other.changes.contains(&Change::Requester(address("wei@huaxia.example"))));
    assert_silent_to_clients(&other);
    let taken = decided(proposed("#take"));
    assert!(!taken.changes.contains(&Change::Proposed(None)), "taking it says nothing of whose it is");
}

#[test]
fn the_client_who_writes_is_proposed_no_more() {
    let mut facts = answer(State::New, "any news?");
    facts.tickets[0].proposed_by = Some(ALICE.into());
    assert!(decided(facts).changes.contains(&Change::Proposed(None)));
}

#[test]
fn timers_mail_nothing_to_a_proposed_requester() {
    let mut ticket = ticket(State::Waiting);
    let may = |ticket: &TicketFacts| {
        loop_guard::may_schedule(
            loop_guard::Scheduled::Waiting,
            ticket,
            loop_guard::ScheduledCounts::default(),
            &policy(),
        )
    };
    assert_eq!(may(&ticket), Ok(()));
    ticket.proposed_by = Some(ALICE.into());
    assert!(may(&ticket).is_err());
}
