//! The period that a confirmation opens: for some hours possession alone suffices for the replies and ordinary commands of that
//! agent (FAULTS section 1). `#lock` ends it.
//!
//! Invariants: a mail that its domain disowns, or that was put together from pieces of others, never profits; what is
//! believed is shown to the agent at the registered address; locking needs only one of origin and possession.

use jiff::{SignedDuration, Timestamp};

use super::{
    AgentPolicy, Change, Decision, LetterBody, PeriodFacts, TicketFacts,
    agent::{self, new_text},
    case::Case,
    commands::{self, Order},
    loop_guard, notify,
};

impl PeriodFacts {
    /// Until when it lasts; `None`: it is over. `longest_seconds`: what the config says now, so that a shorter period counts at
    /// once.
    #[must_use]
    pub fn open_until(&self, longest_seconds: i64, now: Timestamp) -> Option<Timestamp> {
        let longest = self.opened_at.checked_add(SignedDuration::from_secs(longest_seconds)).ok()?;
        let until = self.until.min(longest);
        (self.opened_at <= now && now < until).then_some(until)
    }
}

/// Whether a mail with possession needs no proof of origin.
pub(super) fn believes(case: &Case<'_>) -> bool {
    believed_until(case).is_some()
}

/// When the period ends without which this mail would have had to be confirmed.
pub(super) fn believed_until(case: &Case<'_>) -> Option<Timestamp> {
    let needed = !case.origin.is_proven() && !case.facts.confirmed;
    let spoiled = case.origin.dmarc_refused() || case.spoiled.is_some();
    let until = case.facts.period?.open_until(case.policy.trust.period_seconds, case.now);
    until.filter(|_| needed && !spoiled)
}

/// Whether the mail says `#lock` and nothing else.
pub(super) fn locks(case: &Case<'_>, agent: &AgentPolicy) -> bool {
    let reading = &case.facts.reading;
    let found = commands::parse(reading.command_text.as_deref().unwrap_or_default(), case.policy, agent.role);
    let only_lock = !found.commands.is_empty() && found.commands.iter().all(|c| c.order == Order::Lock);
    only_lock && found.problems.is_empty() && new_text(reading, agent).is_empty()
}

/// Ends the period, whether or not there is one.
pub(super) fn lock(case: &Case<'_>, agent: &AgentPolicy, ticket: Option<&TicketFacts>) -> Decision {
    let body = LetterBody::Transcript {
        subject: ticket.map_or_else(|| case.subject(), |ticket| ticket.subject.clone()),
        done: vec!["period open -> ended".to_owned()],
        sent_to: None,
        also_to: Vec::new(),
        sent_words: 0,
        unreachable: Vec::new(),
        help: false,
        believed_until: None,
    };
    let quiet = loop_guard::is_answered_enough(case);
    let letters = (!quiet).then(|| notify::answer_to_staff(case, agent, body));
    let event = ticket.map(|_| case.event("period", "open -> ended"));
    Decision {
        ticket: ticket.map(TicketFacts::reference),
        changes: std::iter::once(Change::EndPeriod(agent.address.clone())).chain(event).collect(),
        letters: letters.into_iter().collect(),
        ..agent::control("an agent ended their period")
    }
}
