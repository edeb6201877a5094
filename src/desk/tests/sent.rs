//! The Sent folder: who answered a client from the shared mailbox, and what only lies there.

use super::world::*;
use crate::{desk::*, mail::*};

const FIRST: &str = "first@huaxia.example";

fn support() -> PersonFacts {
    PersonFacts { name: Some("Alice Chen".into()), ..person(50, SUPPORT) }
}

/// An answer to the client's first mail, from the shared mailbox.
fn sent(state: State) -> MailFacts {
    let mut facts = MailFacts {
        sent: true,
        received_at: hours_ago(1),
        threads: vec![reference(None, false)],
        tickets: vec![ticket(state)],
        ..mail(&support(), "请清除缓存后再试一次。", false)
    };
    facts.reading.to = vec![address(CLIENT)];
    facts.reading.in_reply_to = vec![FIRST.into()];
    facts
}

fn first_response(decision: &Decision) -> Option<jiff::Timestamp> {
    decision.changes.iter().find_map(|c| match c {
        Change::FirstResponse(at) => Some(*at),
        _ => None,
    })
}

#[test]
fn an_answer_from_the_shared_mailbox_answers_the_ticket_and_mails_nothing() {
    let decision = decided(sent(State::New));
    assert_eq!((decision.outcome, decision.letters.len()), (Outcome::Ticket, 0));
    assert_eq!(decision.ticket, Some(TicketRef::Existing(TicketId(1042), 3)));
    assert_eq!(messages(&decision), [(MessageKind::Reply, "请清除缓存后再试一次。".to_owned())]);
    assert_eq!(state_after(&decision), Some(State::Waiting));
    assert_eq!(first_response(&decision), Some(hours_ago(1)), "when it was sent, not when it was seen");
    assert!(decision.changes.contains(&Change::StopTimer(TimerKind::FirstResponse)));
    assert_eq!(event_kinds(&decision), ["reply", "state"]);
    assert_eq!(decision.no_acknowledgement, None);
}

#[test]
fn the_state_follows_as_after_an_agents_reply() {
    use State::{Closed, Merged, New, OnHold, Open, Resolved, Spam, Waiting};
    for (before, after) in [
        (New, Some(Waiting)),
        (Open, Some(Waiting)),
        (Waiting, None),
        (OnHold, Some(Waiting)),
        (Resolved, Some(Waiting)),
        (Closed, Some(Waiting)),
        (Spam, None),
        (Merged, None),
    ] {
        let decision = decided(sent(before));
        assert_eq!(state_after(&decision), after, "{before:?}");
        assert_eq!((messages(&decision).len(), decision.letters.len()), (1, 0), "recorded in any case");
    }
}

#[test]
fn an_answer_that_is_read_late_does_not_wait_for_a_client_who_has_written_since() {
    let mut facts = sent(State::Open);
    facts.tickets[0].last_client_at = Some(now());
    let decision = decided(facts);
    assert_eq!((state_after(&decision), messages(&decision).len()), (None, 1));
    assert_eq!(first_response(&decision), Some(hours_ago(1)));
}

#[test]
fn a_second_answer_leaves_the_first_response_alone() {
    let mut facts = sent(State::Open);
    facts.tickets[0].first_response_at = Some(hours_ago(3));
    assert_eq!(first_response(&decided(facts)), None);
}

#[test]
fn a_clock_of_the_server_that_runs_ahead_changes_nothing_in_the_future() {
    let facts = MailFacts { received_at: now() + jiff::SignedDuration::from_hours(5), ..sent(State::New) };
    assert_eq!(first_response(&decided(facts)), Some(now()));
}

#[test]
fn a_participant_and_an_agents_own_name_count_as_well() {
    let mut facts = sent(State::Open);
    facts.tickets[0].participants.push("boss@huaxia.example".into());
    facts.reading.to = vec![address("someone@else.example")];
    facts.reading.cc = vec![address("Boss@Huaxia.example")];
    facts.sender = Some(alice());
    assert_eq!(decided(facts).outcome, Outcome::Ticket);
}

#[test]
fn a_clients_token_leads_to_the_ticket_where_no_reference_does() {
    let mut facts = sent(State::Open);
    facts.threads.clear();
    facts.tokens = vec![token(Purpose::Client, 1042, 7)];
    assert_eq!(decided(facts).outcome, Outcome::Ticket);
    let mut facts = sent(State::Open);
    facts.threads.clear();
    facts.tokens = vec![token(Purpose::Agent, 1042, 100)];
    assert_eq!(decided(facts).outcome, Outcome::Ignored);
}

#[test]
fn what_else_lies_there_is_ignored_with_its_reason() {
    let changed = |change: &dyn Fn(&mut MailFacts)| {
        let mut facts = sent(State::New);
        change(&mut facts);
        facts
    };
    let cases: [(&str, MailFacts); 9] = [
        ("our own mail", changed(&|f| f.own_mail = true)),
        ("our own mail", changed(&|f| f.reading.class = Class::OwnAddress)),
        ("the same mail was taken before: #7", changed(&|f| f.duplicate_of = Some(TicketId(7)))),
        ("a sent mail without a usable sender", changed(&|f| f.sender = None)),
        ("in the Sent folder, but not from us", changed(&|f| f.sender = Some(client()))),
        ("an automatic mail in the Sent folder", changed(&|f| f.reading.class = Class::AutoReply)),
        ("a sent mail that belongs to no ticket", changed(&|f| f.threads.clear())),
        (
            "a sent mail that went to nobody on its ticket",
            changed(&|f| f.reading.to = vec![address("expert@example.com")]),
        ),
        (
            "a sent mail that went to nobody on its ticket",
            changed(&|f| f.reading.to = vec![address(SUPPORT)]),
        ),
    ];
    for (reason, facts) in cases {
        let decision = decided(facts);
        assert_eq!((decision.outcome, decision.reason.as_str()), (Outcome::Ignored, reason));
        assert!(decision.changes.is_empty() && decision.letters.is_empty() && decision.ticket.is_none());
    }
}

#[test]
fn a_copy_that_was_ignored_in_the_inbox_counts_here() {
    let facts = MailFacts { duplicate_of: Some(TicketId::default()), ..sent(State::New) };
    assert_eq!(decided(facts).outcome, Outcome::Ticket);
}

#[test]
fn the_same_mail_in_the_inbox_is_none_of_ours() {
    let facts = MailFacts { sent: false, ..sent(State::New) };
    let decision = decided(facts);
    assert_eq!((decision.outcome, decision.reason.as_str()), (Outcome::Ignored, "own_address"));
}

#[test]
fn tokens_that_were_quoted_are_not_kept() {
    let secret = format!("support+{}@example.com", "a".repeat(token::TOKEN_CHARS));
    let mut facts = sent(State::New);
    facts.reading.reply = format!("see {secret}");
    let kept = messages(&decided(facts))[0].1.clone();
    assert_eq!(kept, token::without_tokens(&format!("see {secret}")));
}
