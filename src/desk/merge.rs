//! `#merge N`: an agent says that two tickets are one matter (SPEC section 6).
//!
//! Invariants: all or nothing; mails stay where they are; answers to the merged ticket lead to the other one; nobody comes to
//! read what is written to somebody else unless the agent says so.

use super::{
    Change, MailFacts, Problem, State, TicketFacts, TicketId, Unsuitable,
    case::desk_event,
    commands::{Command, Order},
    joining,
    people::{self, OTHERS_MAX},
    state::{self, Input},
    threading,
};

/// Merged tickets that are followed one behind the other.
pub const MERGES_MAX: usize = 8;

impl MailFacts {
    /// The gathered ticket to which this number leads: where it was merged, the one that took it in.
    #[must_use]
    pub fn standing(&self, id: TicketId) -> Option<&TicketFacts> {
        let mut ticket = self.ticket(id)?;
        for _ in 0..MERGES_MAX {
            match ticket.merged_into.and_then(|into| self.ticket(into)) {
                Some(into) => ticket = into,
                None => break,
            }
        }
        Some(ticket)
    }
}

/// What of a `#merge` does not fit. `public`: the mail holds a reply as well.
pub(super) fn problems(
    facts: &MailFacts,
    ticket: &TicketFacts,
    orders: &[Command],
    public: bool,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for command in orders {
        let Order::Merge { into, people } = &command.order else { continue };
        let target = facts.ticket(*into);
        let reason = match target {
            _ if *into == ticket.id => Some(Unsuitable::Itself),
            None => Some(Unsuitable::NoTicket),
            Some(target) if matches!(target.state, State::Merged | State::Spam) => Some(Unsuitable::Gone),
            Some(target) if !people && !threading::is_on(target, &ticket.requester) => {
                Some(Unsuitable::OtherPeople)
            }
            Some(target) if *people && target.others.len() + joining(ticket, target).len() > OTHERS_MAX => {
                Some(Unsuitable::TooMany)
            }
            Some(_) => public.then_some(Unsuitable::ReplyBesides),
        };
        problems.extend(reason.map(|reason| Problem::Unsuitable {
            line: command.line,
            command: command.written.clone(),
            argument: match reason {
                Unsuitable::TooMany => OTHERS_MAX.to_string(),
                _ => format!("#{into}"),
            },
            reason,
        }));
    }
    problems
}

/// The changes of the other ticket. `event`: what it remembers of this.
pub(super) fn change(
    facts: &MailFacts,
    ticket: &TicketFacts,
    into: TicketId,
    with_people: bool,
    event: impl Fn(&str, String) -> Change,
) -> Option<Change> {
    let target = facts.ticket(into)?;
    let mut changes = vec![event("merged", format!("#{}", ticket.id))];
    // A client waits on the merged ticket: so they wait on this one now.
    if matches!(ticket.state, State::New | State::Open) {
        let after = state::step(target.state, Input::ClientWrote).after(target.state);
        if let Some(after) = after.filter(|after| *after != target.state) {
            changes.push(Change::State(after));
            changes.push(event("state", format!("{} -> {}", target.state.as_str(), after.as_str())));
        }
    }
    if let Some((matter, told)) = joining::joined(target, ticket) {
        changes.push(Change::Facts(matter));
        if !told.is_empty() {
            changes.push(desk_event("facts", told.join(", ")));
        }
    }
    let joining = if with_people { joining(ticket, target) } else { Vec::new() };
    if !joining.is_empty() {
        changes.push(event("cc", people::listed(&joining)));
        changes.extend(joining.into_iter().map(Change::Join));
    }
    Some(Change::Merge { into, version: target.version, changes })
}

/// The people of the merged ticket who are not on the other one.
fn joining(ticket: &TicketFacts, target: &TicketFacts) -> Vec<crate::mail::Address> {
    let all = std::iter::once(&ticket.requester).chain(&ticket.others);
    all.filter(|person| !threading::is_on(target, person)).map(super::notify::address_of).collect()
}
