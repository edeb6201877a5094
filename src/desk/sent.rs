//! Mails that lie in the Sent folder of a mailbox: a person who answers a client from the shared mailbox with their own mail
//! program has answered the ticket (SPEC section 4).
//!
//! Whoever can write there has the mailbox's login, so that the folder itself is the proof; what clients send never gets
//! there. Invariants: nothing is mailed because of such a mail; only one that went to somebody on the ticket answers it.

use jiff::Timestamp;

use super::{
    Change, Decision, MailFacts, MessageKind, Outcome, PersonFacts, Policy, Purpose, State, TicketFacts,
    TicketId, TimerKind,
    case::desk_event,
    ignored, loop_guard,
    orders::words,
    state::{self, Input},
    taken_before, threading,
    token::without_tokens,
};
use crate::mail::Class;

/// Why most mails of that folder end there.
pub const BELONGS_TO_NO_TICKET: &str = "a sent mail that belongs to no ticket";

/// Judges a mail of the Sent folder. Its reading was made without our own addresses, so that a person is told from a robot.
pub(super) fn decide(facts: &MailFacts, policy: &Policy, now: Timestamp) -> Decision {
    if facts.own_mail || facts.reading.class == Class::OwnAddress {
        return ignored("our own mail");
    }
    // A copy that came into the inbox (Cc to ourselves) was ignored there, and counts only here.
    if let Some(ticket) = facts.duplicate_of.filter(|ticket| *ticket != TicketId::default()) {
        return taken_before(ticket);
    }
    let Some(sender) = &facts.sender else { return ignored("a sent mail without a usable sender") };
    if !loop_guard::is_own(policy, &sender.address) && policy.agent(&sender.address).is_none() {
        return ignored("in the Sent folder, but not from us");
    }
    if facts.reading.class != Class::Human {
        return ignored("an automatic mail in the Sent folder");
    }
    let mut named = tickets(facts).peekable();
    if named.peek().is_none() {
        return ignored(BELONGS_TO_NO_TICKET);
    }
    match named.find(|ticket| went_to(facts, ticket)) {
        Some(ticket) => reply(facts, sender, ticket, now),
        None => ignored("a sent mail that went to nobody on its ticket"),
    }
}

/// The tickets that it answers: by what it replies to, then by a client's address of ours.
fn tickets(facts: &MailFacts) -> impl Iterator<Item = &TicketFacts> {
    let by_reference = facts.threads.iter().map(|thread| thread.ticket);
    let clients = threading::valid(&facts.tokens).filter(|token| token.purpose == Purpose::Client);
    by_reference.chain(clients.map(|token| token.ticket)).filter_map(|id| facts.standing(id))
}

fn went_to(facts: &MailFacts, ticket: &TicketFacts) -> bool {
    let is_on = |address: &str| {
        ticket.requester.address == address || ticket.participants.iter().any(|p| p == address)
    };
    facts.reading.to.iter().chain(&facts.reading.cc).any(|to| is_on(&to.key()))
}

fn reply(facts: &MailFacts, sender: &PersonFacts, ticket: &TicketFacts, now: Timestamp) -> Decision {
    let reading = &facts.reading;
    let text = without_tokens(if reading.reply.trim().is_empty() { &reading.text } else { &reading.reply });
    let answered_at = facts.received_at.min(now);
    let event = |kind: &str, content: String| Change::Event {
        kind: kind.to_owned(),
        actor: sender.address.clone(),
        content,
    };
    let mut changes = vec![
        event("reply", format!("{} words, from the shared mailbox", words(&text))),
        Change::Message { kind: MessageKind::Reply, author: sender.id, text },
    ];
    if let Some(after) = state_after(ticket, answered_at) {
        changes.push(Change::State(after));
        changes.push(desk_event("state", format!("{} -> {}", ticket.state.as_str(), after.as_str())));
    }
    if ticket.first_response_at.is_none() {
        changes.push(Change::FirstResponse(answered_at));
        changes.push(Change::StopTimer(TimerKind::FirstResponse));
    }
    Decision {
        outcome: Outcome::Ticket,
        reason: "a reply from the shared mailbox".to_owned(),
        ticket: Some(ticket.reference()),
        changes,
        ..Decision::default()
    }
}

/// The state that the answer brings; `None`: it stays, also where the client has written since (the desk was down, and
/// reads late what was sent before).
fn state_after(ticket: &TicketFacts, answered_at: Timestamp) -> Option<State> {
    if ticket.last_client_at.is_some_and(|at| at > answered_at) {
        return None;
    }
    state::step(ticket.state, Input::AgentReplied).after(ticket.state).filter(|after| *after != ticket.state)
}
