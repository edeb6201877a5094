//! `#show`: an agent asks to see a ticket (SPEC section 9). The answer is a mail about that ticket, to whose address its answers go.
//!
//! Invariants: it changes nothing and nothing of it reaches a client; it stands alone in its mail, so that no word that is meant for
//! the client of one ticket goes to that of another.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AgentPolicy, Decision, LetterBody, MessageKind, Outcome, Problem, TicketFacts, TicketId, agent,
    case::Case,
    commands::{Command, Commands, Order},
    impersonation, notify,
};
use crate::mail::Address;

/// Messages of a ticket that are shown: the first, and the newest.
pub const SAID_MAX: u32 = 20;
/// Characters of one of them.
pub const SAID_CHARS_MAX: u32 = 4_000;

/// A message of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub by: Address,
    pub kind: MessageKind,
    pub at: Timestamp,
    pub text: String,
    /// The text goes on.
    pub cut: bool,
}

/// What was said on a ticket, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conversation {
    pub ticket: TicketId,
    pub said: Vec<Said>,
    /// Messages between the first and the others.
    pub left_out: u32,
}

/// The order among these that asks for a ticket, with the ticket that it names; `None` within: the mail's own.
pub(super) fn asked(orders: &[Command]) -> Option<(&Command, Option<TicketId>)> {
    orders.iter().find_map(|command| match command.order {
        Order::Show(ticket) => Some((command, ticket)),
        _ => None,
    })
}

/// Answers a proven agent's `#show`; `text`: what else the mail says.
pub(super) fn decide(
    case: &Case<'_>,
    agent: &AgentPolicy,
    own: &TicketFacts,
    found: &Commands,
    text: &str,
) -> Decision {
    let Some((command, named)) = asked(&found.commands) else { return agent::control("nothing was asked") };
    let (line, written) = (command.line, command.written.clone());
    if let Some(other) = found.commands.iter().find(|other| other.order != command.order) {
        let problem =
            Problem::Contradiction { line: other.line, command: other.written.clone(), other: written };
        return agent::refuse(case, agent, Some(own), vec![problem]);
    }
    if !text.is_empty() {
        return agent::refuse(case, agent, Some(own), vec![Problem::TextForNobody]);
    }
    let wanted = named.unwrap_or(own.id);
    let Some(ticket) = case.facts.ticket(wanted) else {
        let problem = Problem::UnknownTicket { line, command: written, ticket: wanted };
        return agent::refuse(case, agent, Some(own), vec![problem]);
    };
    let conversation = case.facts.shown.as_ref().filter(|shown| shown.ticket == wanted);
    let body = LetterBody::Shown {
        brief: notify::brief(ticket),
        conversation: conversation.map(for_staff).unwrap_or_default(),
    };
    Decision {
        outcome: Outcome::Control,
        reason: "an agent looked at a ticket".to_owned(),
        ticket: Some(ticket.reference()),
        letters: vec![notify::answer_to_staff(case, agent, body)],
        ..Decision::default()
    }
}

fn for_staff(conversation: &Conversation) -> Conversation {
    let said = conversation.said.iter();
    let said = said.map(|said| Said {
        by: impersonation::shown(said.by.clone()),
        text: notify::for_staff(&said.text),
        ..said.clone()
    });
    Conversation { said: said.collect(), ..conversation.clone() }
}
