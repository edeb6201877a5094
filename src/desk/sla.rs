//! The clock of the first answer. Wall-clock time for now: calendars are not known here yet.
//!
//! Invariant: every new ticket has a reminder; a promise to the client only where the operator gave a target.

use jiff::{SignedDuration, Timestamp};

use super::{
    Decision, Letter, LetterBody, Outcome, Policy, Priority, SlaTarget, State, TimerFacts, TimerKind,
    case::desk_event,
    notify::{self, Staff},
};

/// Without any `[[sla]]`, the team is reminded after this time.
const REMIND_AFTER_DEFAULT: SignedDuration = SignedDuration::from_hours(4);
const REMIND_AT_DEFAULT: f64 = 0.8;
/// The plan of clients without one.
const ANY_PLAN: &str = "*";

/// When a new ticket's first answer is due, and when the team is reminded of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstResponse {
    /// `None`: the operator gave no target, nothing is promised.
    pub due_at: Option<Timestamp>,
    pub remind_at: Timestamp,
}

/// Reads the target that fits this ticket best: a named category counts more than a named priority, both more than `"*"`.
#[must_use]
pub fn first_response(
    policy: &Policy,
    category: Option<&str>,
    priority: Priority,
    created_at: Timestamp,
) -> FirstResponse {
    let later = |by| created_at.checked_add(by).unwrap_or(created_at);
    let sla = policy.sla.iter().find(|s| s.plan == ANY_PLAN);
    let target = sla.and_then(|s| {
        let fitting =
            s.targets.iter().filter_map(|t| Some((fit(t, category, priority)?, t.first_response_seconds?)));
        // The first of equals wins, as everywhere in the config.
        fitting.rev().max_by_key(|(score, _)| *score).map(|(_, seconds)| seconds)
    });
    let Some(seconds) = target else {
        return FirstResponse { due_at: None, remind_at: later(REMIND_AFTER_DEFAULT) };
    };
    let fraction = sla.and_then(|s| s.remind_at.last().copied()).unwrap_or(REMIND_AT_DEFAULT);
    let whole = SignedDuration::from_secs(seconds);
    let part = SignedDuration::try_from_secs_f64(whole.as_secs_f64() * fraction).unwrap_or(whole);
    FirstResponse { due_at: Some(later(whole)), remind_at: later(part) }
}

fn fit(target: &SlaTarget, category: Option<&str>, priority: Priority) -> Option<u8> {
    let by_category = match (&target.category, category) {
        (None, _) => 0,
        (Some(wanted), Some(given)) if wanted == given => 2,
        (Some(_), _) => return None,
    };
    let by_priority = match target.priority {
        None => 0,
        Some(wanted) if wanted == priority => 1,
        Some(_) => return None,
    };
    Some(by_category + by_priority)
}

/// Judges a timer that is due: reminds whoever should answer, if nobody has.
pub(super) fn timer(facts: &TimerFacts, policy: &Policy) -> Decision {
    let TimerKind::FirstResponse = facts.kind;
    let ticket = &facts.ticket;
    let waits = match ticket.state {
        State::New | State::Open => ticket.first_response_at.is_none(),
        State::Waiting | State::OnHold | State::Resolved | State::Closed | State::Spam | State::Merged => {
            false
        }
    };
    if !waits {
        return Decision {
            outcome: Outcome::Control,
            reason: "nobody waits for a first answer any more".to_owned(),
            ticket: Some(ticket.reference()),
            ..Decision::default()
        };
    }
    let due_at = ticket.first_response_due_at.unwrap_or(facts.due_at);
    let body = LetterBody::Reminder { brief: notify::brief(ticket), due_at };
    let staff = notify::responsible(policy, ticket.assignee.as_deref(), ticket.team.as_deref(), None);
    let letters: Vec<Letter> =
        staff.into_iter().map(|agent: Staff<'_>| notify::to_staff(agent, policy, body.clone())).collect();
    Decision {
        outcome: Outcome::Control,
        reason: "reminder of the first answer".to_owned(),
        ticket: Some(ticket.reference()),
        changes: vec![desk_event("reminder", "first answer")],
        letters,
        ..Decision::default()
    }
}
