//! Tickets that an agent opens for a client, from their own address at the desk (SPEC section 9): `#requester ADDRESS` before all
//! other orders, and what follows is the first mail to the client, or, behind `#note`, a record. Called only by `console`.
//!
//! Invariants: nothing leaves but the agent's own words, so a mail that they forward becomes a note; the client is not proven by
//! being named.

use super::{
    AgentPolicy, Change, Decision, LetterBody, PersonFacts, PersonId, Policy, Problem, State, TicketFacts,
    TicketRef, TimerKind, TokenFinding, agent, arguments, articles,
    case::Case,
    commands::{self, Command, Commands, Opens, Order, wrong_state},
    console, orders, people, period, routing, sla,
};
use crate::mail::Reading;

/// For whom a mail at the desk opens a ticket, as its first order says; `None`: it opens none, or names nobody who can be a
/// client.
#[must_use]
pub fn client_address(
    tokens: &[TokenFinding],
    sender: PersonId,
    reading: &Reading,
    policy: &Policy,
) -> Option<String> {
    let text = reading.command_text.as_deref().filter(|_| console::is_own(tokens, sender))?;
    let address = arguments::address(&commands::at_desk(text).opens?.argument)?;
    people::unsuitable(policy, &address).is_none().then_some(address)
}

/// Opens the ticket where origin, a period or a confirmation stands beside the address, else asks. `case`: `opens` and numbers
/// of tickets are out of its text.
pub(super) fn decide(case: &Case<'_>, agent: &AgentPolicy, opens: &Opens) -> Decision {
    let Some(client) = &case.facts.named_client else {
        let problem = Problem::BadArgument {
            line: opens.line,
            command: opens.written.clone(),
            argument: opens.argument.clone(),
            allowed: Vec::new(),
        };
        return agent::refuse(case, agent, None, vec![problem]);
    };
    let mut facts = case.facts.clone();
    note_forwarded(&mut facts.reading);
    let case = &Case { facts: &facts, origin: case.origin.clone(), ..*case };
    let text = facts.reading.command_text.as_deref().unwrap_or_default();
    let found = commands::parse(text, case.policy, agent.role);
    if !found.problems.is_empty() {
        return agent::refuse(case, agent, None, found.problems);
    }
    let draft = draft(case, client);
    let known = case.origin.is_proven() || period::believes(case);
    if facts.confirmed && !agent::is_what_was_confirmed(case, agent, &draft) {
        return ask(case, agent, &draft, opens, agent::CHANGED);
    }
    if !known && !facts.confirmed {
        return ask(case, agent, &draft, opens, case.origin.words());
    }
    open(case, agent, &draft, &found)
}

/// What the agent forwards was not written for the client.
fn note_forwarded(reading: &mut Reading) {
    let Some(forwarded) = &reading.forwarded else { return };
    let body = forwarded.body.as_deref().unwrap_or_default();
    reading.reply = format!("{}\n\n{body}", commands::as_note(&reading.reply));
    reading.command_text = Some(reading.reply.clone());
}

fn ask(case: &Case<'_>, agent: &AgentPolicy, draft: &TicketFacts, opens: &Opens, reason: &str) -> Decision {
    let mut asked = agent::ask(case, agent, draft, reason, Vec::new());
    for letter in &mut asked.letters {
        if let LetterBody::Confirmation { actions, .. } = &mut letter.body {
            actions.insert(0, format!("{} {}", opens.written, draft.requester.address));
        }
    }
    Decision { ticket: None, changes: Vec::new(), ..asked }
}

/// The ticket as it will be, before the mail's orders.
fn draft(case: &Case<'_>, client: &PersonFacts) -> TicketFacts {
    let read = &case.facts.triage.language;
    let sure = read.code.clone().filter(|_| read.reliable);
    let language = client.language.clone().or(sure).unwrap_or_else(|| case.policy.default_language.clone());
    let route = routing::route(case.facts, case.policy, &language);
    let clock =
        sla::first_response(case.policy, route.category.as_deref(), route.priority, case.facts.received_at);
    TicketFacts {
        mailbox: case.facts.mailbox.clone(),
        state: State::New,
        subject: case.subject(),
        language,
        category: route.category,
        priority: route.priority,
        team: route.team,
        tags: route.tags,
        requester: client.clone(),
        participants: vec![client.address.clone()],
        created_at: case.facts.received_at,
        first_response_due_at: clock.due_at,
        last_client_text: agent::new_text(&case.facts.reading, &AgentPolicy::default()),
        ..TicketFacts::default()
    }
}

fn open(case: &Case<'_>, agent: &AgentPolicy, draft: &TicketFacts, found: &Commands) -> Decision {
    let reading = &case.facts.reading;
    let says = found.has_note() || articles::are_ordered(&found.commands);
    if !says && agent::new_text(reading, agent).is_empty() {
        return agent::refuse(case, agent, None, vec![Problem::NothingNew]);
    }
    let misplaced: Vec<Problem> = found.commands.iter().filter_map(misplaced).collect();
    if !misplaced.is_empty() {
        return agent::refuse(case, agent, None, misplaced);
    }
    let work = match agent::understand(case, agent, draft) {
        Ok(work) => work.taken_unless_assigned(),
        Err(problems) => return agent::refuse(case, agent, None, problems),
    };
    let clock = sla::first_response(case.policy, draft.category.as_deref(), draft.priority, case.now);
    let public = work.is_public();
    let done = orders::carry_out(case, agent, draft, work);
    let mut changes = vec![create(draft), case.event("created", "opened by staff for a client")];
    if !public {
        changes.push(Change::StartTimer { kind: TimerKind::FirstResponse, due_at: clock.remind_at });
    }
    changes.extend(done.changes);
    Decision {
        ticket: Some(TicketRef::New),
        changes,
        reason: "a ticket opened by staff for a client".to_owned(),
        no_acknowledgement: Some("opened by staff for a client".to_owned()),
        ..done
    }
}

/// Orders that mean nothing on a ticket that is about to be.
fn misplaced(command: &Command) -> Option<Problem> {
    let fits = matches!(
        command.order,
        Order::Take
            | Order::Assign(_)
            | Order::Category(_)
            | Order::Priority(_)
            | Order::State(_)
            | Order::Note
            | Order::Article(_)
    );
    (!fits).then(|| wrong_state(command.line, &command.written, State::New))
}

fn create(draft: &TicketFacts) -> Change {
    Change::Create {
        subject: draft.subject.clone(),
        requester: draft.requester.id,
        requester_proven: false,
        language: draft.language.clone(),
        category: draft.category.clone(),
        priority: draft.priority,
        team: draft.team.clone(),
        assignee: None,
        tags: draft.tags.clone(),
        created_at: draft.created_at,
        first_response_due_at: draft.first_response_due_at,
        linked_to: None,
    }
}
