//! Which ticket a mail belongs to (SPEC section 6). Subjects and content never decide it.
//!
//! Invariant: only a secret of ours (token, or stored Message-ID together with a known sender) leads to a ticket.

use super::{MailFacts, PersonFacts, Purpose, ThreadMatch, TicketFacts, TicketId, Token, TokenFinding};

/// Tickets that are gathered for one mail.
const TICKETS_MAX: usize = 5;

/// The tickets that tokens, then references name: each once, in order, at most five.
#[must_use]
pub fn named_tickets(tokens: &[TokenFinding], threads: &[ThreadMatch]) -> Vec<TicketId> {
    let mut named = Vec::new();
    for id in valid(tokens).map(|t| t.ticket).chain(threads.iter().map(|t| t.ticket)) {
        if named.len() < TICKETS_MAX && !named.contains(&id) {
            named.push(id);
        }
    }
    named
}

/// The tokens that are ours and lead to a ticket.
pub(super) fn valid(tokens: &[TokenFinding]) -> impl Iterator<Item = &Token> {
    all_valid(tokens).filter(|token| match token.purpose {
        Purpose::Client | Purpose::Agent => true,
        Purpose::Confirm | Purpose::Desk | Purpose::Challenge => false,
    })
}

/// The token of somebody's own address at the desk.
pub(super) fn desk_token(tokens: &[TokenFinding]) -> Option<&Token> {
    all_valid(tokens).find(|token| token.purpose == Purpose::Desk)
}

/// The token of a challenge.
#[must_use]
pub fn challenge_token(tokens: &[TokenFinding]) -> Option<&Token> {
    all_valid(tokens).find(|token| token.purpose == Purpose::Challenge)
}

fn all_valid(tokens: &[TokenFinding]) -> impl Iterator<Item = &Token> {
    tokens.iter().filter_map(|finding| match finding {
        TokenFinding::Valid(token) => Some(token),
        TokenFinding::Invalid(_) => None,
    })
}

/// Where a mail that is not an agent's belongs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place<'a> {
    On(&'a TicketFacts),
    /// Somebody who is not on this ticket knows a secret of it.
    Stranger(&'a TicketFacts),
    /// Somebody uses a token that only one agent received.
    Leaked(&'a TicketFacts),
    New,
}

/// Chooses the ticket: a valid token, then a reference whose sender is on the ticket, else a new one. A leaked agent's
/// token outranks everything, a foreign secret only "new".
pub(super) fn place<'a>(facts: &'a MailFacts, sender: &PersonFacts) -> Place<'a> {
    let mut found = Place::New;
    for token in valid(&facts.tokens) {
        let Some(ticket) = facts.standing(token.ticket) else { continue };
        let own = token.person == sender.id;
        // An agent's token in the hand of that agent, who is not acting as one (retired, two From): not leaked, but no
        // client's either.
        let ours = match token.purpose {
            // Whoever was taken off the ticket, or stayed behind when it was merged, is a stranger with an old secret.
            Purpose::Client => is_on(ticket, sender),
            Purpose::Agent | Purpose::Confirm | Purpose::Desk | Purpose::Challenge if own => false,
            Purpose::Agent | Purpose::Confirm | Purpose::Desk | Purpose::Challenge => {
                return Place::Leaked(ticket);
            }
        };
        found = better(found, ticket, ours);
    }
    for thread in &facts.threads {
        let Some(ticket) = facts.standing(thread.ticket) else { continue };
        found = better(found, ticket, is_on(ticket, sender));
    }
    found
}

fn better<'a>(found: Place<'a>, ticket: &'a TicketFacts, on: bool) -> Place<'a> {
    match (found, on) {
        (Place::New, false) => Place::Stranger(ticket),
        (Place::New | Place::Stranger(_), true) => Place::On(ticket),
        (Place::Stranger(_), false) | (Place::On(_) | Place::Leaked(_), _) => found,
    }
}

/// Whether this person is the requester or a participant.
pub(super) fn is_on(ticket: &TicketFacts, person: &PersonFacts) -> bool {
    ticket.requester.id == person.id || ticket.participants.contains(&person.address)
}

/// The ticket whose mark (`[#1042]`) a subject carries, the last one when there are several. Anybody can write one: it
/// decides no place, it only tells that a mail answers one of ours.
#[must_use]
pub fn mark(subject: &str) -> Option<TicketId> {
    subject.rsplit("[#").find_map(|rest| {
        let (digits, _) = rest.split_once(']')?;
        let short = (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| short).map(TicketId)
    })
}

/// The first ticket that the mail names at all, whoever sent it.
pub(super) fn named(facts: &MailFacts) -> Option<&TicketFacts> {
    let ids = valid(&facts.tokens).map(|t| t.ticket).chain(facts.threads.iter().map(|t| t.ticket));
    ids.filter_map(|id| facts.ticket(id)).next()
}
