//! Old mail and old tickets that an operator brings along from another desk: judged as live mail is, except that nothing leaves,
//! no clock starts, no command is obeyed, and that our own old answers are answers.
//!
//! Invariants: no letters, no timers; a ticket on which anything but an import happened keeps its state; a conversation
//! stays one ticket however long its pauses were.

use super::{
    Change, Decision, ImportFacts, ListedTicket, MailFacts, MessageKind, Outcome, Policy, State, TicketFacts,
    TicketRef,
    case::{Case, desk_event},
    client, ignored, loop_guard, related, routing, similar,
    state::{self, Input},
    thanks,
    threading::{self, Place},
};
use crate::mail::{Class, Reading};

/// The reason in the ledger of a mail of ours whose conversation is not there.
pub const NO_CONVERSATION: &str = "a mail of our own that answers nothing known";
/// The reason in the ledger of a mail that names no sender.
pub const NO_SENDER: &str = "no usable sender";

/// Who wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Author {
    Client,
    /// An agent from their own address.
    Agent,
    /// From the desk's address: the Sent folder of the old desk.
    Desk,
}

/// Judges one old mail. The caller has ruled out duplicates.
pub(super) fn decide(facts: &MailFacts, import: &ImportFacts, policy: &Policy) -> Decision {
    if facts.own_mail {
        return ignored("this desk sent it itself");
    }
    let Some(sender) = &facts.sender else { return ignored(NO_SENDER) };
    if let Some(client) = &facts.form_requester {
        return new_ticket(&Case::of_form(facts, policy, client, facts.received_at), import);
    }
    let case = Case::new(facts, policy, sender, facts.received_at);
    let class = facts.reading.class;
    let author = if class == Class::OwnAddress || loop_guard::is_own(policy, &sender.address) {
        Author::Desk
    } else if policy.agent(&sender.address).is_some() {
        Author::Agent
    } else {
        Author::Client
    };
    let mut decision = match class {
        Class::Bounce | Class::DeliveryReport | Class::Complaint => client::report(&case),
        Class::Human | Class::AutoReply | Class::List | Class::Bulk | Class::OwnAddress => match author {
            Author::Client => of_client(&case, import),
            Author::Agent | Author::Desk => of_staff(&case, import, author),
        },
    };
    decision.letters.clear();
    decision.no_acknowledgement = None;
    decision
}

fn of_client(case: &Case<'_>, import: &ImportFacts) -> Decision {
    match threading::place(case.facts, case.sender) {
        // Of old correspondence all is known: a colleague on Cc who answered everybody belongs to it. They do not
        // become a participant by that.
        Place::Stranger(ticket) if ticket.imported => on_ticket(case, import, ticket, MessageKind::Client),
        Place::On(ticket) => on_ticket(case, import, ticket, MessageKind::Client),
        Place::Stranger(ticket) | Place::Leaked(ticket) => Decision {
            outcome: Outcome::Held,
            reason: "somebody who is not on the ticket".to_owned(),
            ticket: Some(ticket.reference()),
            changes: vec![case.event("held", "an imported mail of somebody who is not on the ticket")],
            ..Decision::default()
        },
        Place::New => new_ticket(case, import),
    }
}

fn of_staff(case: &Case<'_>, import: &ImportFacts, author: Author) -> Decision {
    let Some(ticket) = threading::named(case.facts) else {
        return match author {
            Author::Desk => ignored(NO_CONVERSATION),
            Author::Agent | Author::Client => new_ticket(case, import),
        };
    };
    let kind = if is_automatic(&case.facts.reading) {
        MessageKind::Report
    } else if is_to_people_on(ticket, &case.facts.reading) {
        MessageKind::Reply
    } else {
        MessageKind::Note
    };
    let mut decision = on_ticket(case, import, ticket, kind);
    let takes = author == Author::Agent && kind == MessageKind::Reply && ticket.assignee.is_none();
    if takes && ticket.imported {
        decision.changes.push(Change::Assignee(Some(case.sender.address.clone())));
    }
    decision
}

/// An acknowledgement or notification of a desk, which nobody wrote.
fn is_automatic(reading: &Reading) -> bool {
    let rule = reading.no_automatic_mail.as_deref().unwrap_or_default();
    reading.class == Class::AutoReply
        || reading.trace.loop_header.is_some()
        || rule.starts_with("Auto-Submitted")
        || rule.starts_with("X-Auto-Response-Suppress")
}

fn is_to_people_on(ticket: &TicketFacts, reading: &Reading) -> bool {
    reading.to.iter().chain(&reading.cc).any(|to| {
        let to = to.key();
        ticket.requester.address == to || ticket.participants.contains(&to)
    })
}

fn on_ticket(case: &Case<'_>, import: &ImportFacts, ticket: &TicketFacts, kind: MessageKind) -> Decision {
    let reading = &case.facts.reading;
    let automatic = kind == MessageKind::Report || reading.class == Class::AutoReply;
    let (kind, event) = match kind {
        _ if automatic => (MessageKind::Report, "automatic_answer"),
        MessageKind::Reply => (kind, "reply"),
        MessageKind::Note => (kind, "note"),
        MessageKind::Client | MessageKind::Report => (kind, "client_message"),
    };
    let mut changes = vec![message(case, kind), case.event(event, imported(import))];
    if ticket.imported {
        // Of a ticket on which others work, what an older mail said may be long out of date.
        if kind == MessageKind::Client {
            let mut matter = ticket.matter.clone();
            if !matter.add(client::stated(case, &[]), client::may_correct(case, ticket)).is_empty() {
                changes.push(Change::Facts(matter));
            }
        }
        let after = state_after(case, import, ticket, kind);
        if after != ticket.state {
            changes.push(Change::State(after));
        }
        if kind == MessageKind::Reply && ticket.first_response_at.is_none() {
            changes.push(Change::FirstResponse(case.facts.received_at));
        }
    }
    Decision {
        outcome: Outcome::Ticket,
        reason: "imported into a ticket".to_owned(),
        ticket: Some(ticket.reference()),
        changes,
        ..Decision::default()
    }
}

/// What an imported ticket is after one more mail of its conversation, by the table of states; once the last word is old,
/// what the operator wants of old tickets. A mail that comes out of order changes nothing.
fn state_after(case: &Case<'_>, import: &ImportFacts, ticket: &TicketFacts, kind: MessageKind) -> State {
    let at = case.facts.received_at;
    if ticket.history.last().is_some_and(|newest| newest.at > at) {
        return ticket.state;
    }
    if import.open_since.is_none_or(|since| at < since) {
        return import.state;
    }
    let only_thanks = case.facts.reading.attachments.is_empty() && thanks::is_only_thanks(&case.text());
    let input = match kind {
        MessageKind::Client if only_thanks => Input::ClientThanked,
        MessageKind::Client => Input::ClientWrote,
        MessageKind::Reply => Input::AgentReplied,
        MessageKind::Note | MessageKind::Report => Input::RobotWrote,
    };
    state::step(ticket.state, input).after(ticket.state).unwrap_or(ticket.state)
}

fn new_ticket(case: &Case<'_>, import: &ImportFacts) -> Decision {
    let (facts, policy) = (case.facts, case.policy);
    let language = case.language();
    let route = routing::route(facts, policy, language);
    let filed = routing::filed(facts, policy, &route);
    let state = match import.open_since {
        Some(since) if facts.received_at >= since => State::New,
        Some(_) | None => import.state,
    };
    let mut changes = vec![
        Change::Create {
            subject: case.subject(),
            requester: case.sender.id,
            requester_proven: case.origin.is_proven(),
            language: language.to_owned(),
            category: route.category,
            priority: route.priority,
            team: route.team,
            assignee: None,
            tags: route.tags,
            created_at: facts.received_at,
            first_response_due_at: None,
            linked_to: None,
        },
        Change::State(state),
        message(case, MessageKind::Client),
        case.event("created", imported(import)),
    ];
    changes.extend(filed);
    // As of a live mail, but for what is known of its sender today: that was not so then.
    let matter = client::stated(case, &[]);
    if !matter.is_empty() {
        changes.push(Change::Facts(matter));
    }
    changes.extend(related::change(case));
    changes.extend(similar::change(case));
    if let Some(bytes) = facts.oversized_bytes {
        changes.push(desk_event(
            "oversized",
            format!("{bytes} bytes; the mail stays where it was imported from"),
        ));
    }
    Decision {
        outcome: Outcome::Ticket,
        reason: "imported as a new ticket".to_owned(),
        ticket: Some(TicketRef::New),
        changes,
        ..Decision::default()
    }
}

/// A line of an old list of tickets becomes a ticket without mail.
pub(super) fn listed(listed: &ListedTicket) -> Decision {
    let was = listed.reference.as_ref().map(|number| format!(", there number {number}")).unwrap_or_default();
    let mut changes = vec![
        Change::Create {
            subject: listed.subject.clone(),
            requester: listed.requester.id,
            requester_proven: false,
            language: listed.language.clone(),
            category: listed.category.clone(),
            priority: listed.priority,
            team: listed.team.clone(),
            assignee: listed.assignee.clone(),
            tags: listed.tags.clone(),
            created_at: listed.created_at,
            first_response_due_at: None,
            linked_to: None,
        },
        Change::State(listed.state),
        desk_event("created", format!("imported with batch {}{was}", listed.batch)),
    ];
    if !listed.description.is_empty() {
        changes.push(desk_event("description", listed.description.clone()));
    }
    Decision {
        outcome: Outcome::Ticket,
        reason: "imported from a list".to_owned(),
        ticket: Some(TicketRef::New),
        changes,
        ..Decision::default()
    }
}

fn imported(import: &ImportFacts) -> String {
    format!("imported with batch {}", import.batch)
}

fn message(case: &Case<'_>, kind: MessageKind) -> Change {
    Change::Message { kind, author: case.sender.id, text: case.text().into_owned() }
}
