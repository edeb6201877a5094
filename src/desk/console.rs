//! Mail to an agent's own address at the desk (SPEC section 9): orders that name their ticket. Called only where that address is
//! this agent's.
//!
//! Invariants: an order whose ticket is not named, not known or not the same as the others' does nothing; free text goes to
//! nobody, since a slip of one digit would send it to a stranger.

use super::{
    AgentPolicy, Decision, LetterBody, MailFacts, PersonId, Problem, TicketId, TokenFinding, agent,
    case::Case,
    commands::{self, AtDesk, Opens, Order},
    loop_guard, notify, opening, period, threading,
};
use crate::mail::Reading;

/// Tickets that one mail may name; more than one is refused.
const TICKETS_MAX: usize = 3;

/// The tickets that orders of this mail name, where it came to its sender's own address at the desk: what they are is read
/// before anything is judged.
#[must_use]
pub fn tickets(tokens: &[TokenFinding], sender: PersonId, reading: &Reading) -> Vec<TicketId> {
    let mut tickets = Vec::new();
    if is_own(tokens, sender) {
        let orders = commands::at_desk(reading.command_text.as_deref().unwrap_or_default()).named;
        for ticket in orders.into_iter().filter_map(|order| order.ticket) {
            if tickets.len() < TICKETS_MAX && !tickets.contains(&ticket) {
                tickets.push(ticket);
            }
        }
    }
    tickets
}

/// Whether the mail came to this person's own address at the desk, and to no other's.
pub(super) fn is_own(tokens: &[TokenFinding], person: PersonId) -> bool {
    threading::desk_token(tokens).is_some_and(|token| token.person == person)
}

/// The mail as if it had come to its ticket's own address.
struct Understood {
    facts: MailFacts,
    /// `None`: orders that need none.
    ticket: Option<TicketId>,
    /// They open one.
    opens: Option<Opens>,
}

/// Whether the mail orders anything: else it is like any other mail of staff.
pub(super) fn orders_something(case: &Case<'_>) -> bool {
    let read = read(case);
    !read.named.is_empty() || read.opens.is_some() || case.facts.reading.command_text.is_none()
}

/// Carries out what is ordered where origin or a period stands beside the address, else asks.
pub(super) fn decide(case: &Case<'_>, agent: &AgentPolicy) -> Decision {
    let understood = match understand(case) {
        Ok(understood) => understood,
        Err(problems) => return agent::refuse(case, agent, None, problems),
    };
    let inner = Case { facts: &understood.facts, origin: case.origin.clone(), ..*case };
    if let Some(opens) = &understood.opens {
        return opening::decide(&inner, agent, opens);
    }
    let Some(ticket) = understood.ticket.and_then(|id| inner.facts.ticket(id)) else {
        return if period::locks(&inner, agent) {
            period::lock(&inner, agent, None)
        } else {
            help(&inner, agent)
        };
    };
    if is_for_nobody(&inner, agent) {
        agent::refuse(&inner, agent, Some(ticket), vec![Problem::TextForNobody])
    } else if case.facts.confirmed {
        agent::confirmed(&inner, agent, ticket)
    } else if case.origin.is_proven() || period::believes(case) {
        agent::act(&inner, agent, ticket)
    } else {
        agent::ask(&inner, agent, ticket, case.origin.words(), Vec::new())
    }
}

fn read(case: &Case<'_>) -> AtDesk {
    commands::at_desk(case.facts.reading.command_text.as_deref().unwrap_or_default())
}

/// The one ticket of all orders.
fn understand(case: &Case<'_>) -> Result<Understood, Vec<Problem>> {
    let reading = &case.facts.reading;
    if reading.command_text.is_none() {
        return Err(vec![Problem::HiddenText]);
    }
    let read = read(case);
    let (mut ticket, mut problems) = (None, Vec::new());
    for order in &read.named {
        let (line, command) = (order.line, order.written.clone());
        match (ticket, order.ticket) {
            (_, Some(_)) if read.opens.is_some() => {
                let other = read.opens.as_ref().map(|opens| opens.written.clone()).unwrap_or_default();
                problems.push(Problem::Contradiction { line, command, other });
            }
            (None, Some(named)) if case.facts.ticket(named).is_none() => {
                problems.push(Problem::UnknownTicket { line, command, ticket: named });
                ticket = Some(named);
            }
            (None, Some(named)) => ticket = Some(named),
            (Some(first), Some(named)) if first != named => {
                problems.push(Problem::SeveralTickets { line, command, first, ticket: named });
            }
            (None, None) if !order.needs_none && read.opens.is_none() => {
                problems.push(Problem::NameTicket { line, command })
            }
            _ => {}
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let text = Reading {
        reply: commands::at_desk(&reading.reply).text,
        command_text: Some(read.text.clone()),
        ..reading.clone()
    };
    let facts = MailFacts { reading: text, ..case.facts.clone() };
    Ok(Understood { facts, ticket, opens: read.opens })
}

/// Words that are no note: whom they are for is not said.
fn is_for_nobody(case: &Case<'_>, agent: &AgentPolicy) -> bool {
    let reading = &case.facts.reading;
    let found = commands::parse(reading.command_text.as_deref().unwrap_or_default(), case.policy, agent.role);
    let helps = found.commands.iter().any(|c| c.order == Order::Help);
    !found.has_note() && !helps && !agent::new_text(reading, agent).is_empty()
}

fn help(case: &Case<'_>, agent: &AgentPolicy) -> Decision {
    let reading = &case.facts.reading;
    let found = commands::parse(reading.command_text.as_deref().unwrap_or_default(), case.policy, agent.role);
    if !found.problems.is_empty() {
        return agent::refuse(case, agent, None, found.problems);
    }
    let body = LetterBody::Transcript {
        subject: case.subject(),
        done: Vec::new(),
        sent_to: None,
        also_to: Vec::new(),
        sent_words: 0,
        unreachable: Vec::new(),
        help: true,
        believed_until: period::believed_until(case),
    };
    let quiet = loop_guard::is_answered_enough(case);
    let letters = (!quiet).then(|| notify::answer_to_staff(case, agent, body)).into_iter().collect();
    Decision { letters, ..agent::control("an agent asked for help") }
}
