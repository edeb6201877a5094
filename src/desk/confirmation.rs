//! An answer to a confirmation mail (FAULTS section 1): releases the held mail once, in time, for the agent whom it was sent to.
//!
//! Invariants: nothing is released by an automatic mail, another sender, a row that was altered, or words that do not say yes;
//! whoever did not say yes is told once.

use jiff::SignedDuration;

use super::{
    AgentPolicy, Change, ConfirmationFacts, Decision, Letter, LetterBody, Problem, Purpose, Release, agent,
    case::Case, client, consent::is_consent, notify, token::without_tokens,
};
use crate::mail::Class;

/// Judges a mail that answers a confirmation.
pub(super) fn answer(case: &Case<'_>, confirmation: &ConfirmationFacts) -> Decision {
    let reading = &case.facts.reading;
    let registered = reading.trace.strict_from.as_deref() == Some(confirmation.agent.as_str());
    let known = case.policy.agent(&confirmation.agent).filter(|_| registered);
    let refusal = if reading.class != Class::Human {
        Some("an automatic mail confirms nothing")
    } else if known.is_none() {
        Some("a confirmation answered by another sender")
    } else if confirmation.used {
        Some("a confirmation that was used before")
    } else if case.now > confirmation.expires_at {
        Some("a confirmation that has expired")
    } else {
        None
    };
    match (refusal, known) {
        (Some(reason), _) => agent::control(reason),
        (None, _) if !confirmation.sealed => altered(case),
        (None, Some(agent)) if !is_consent(&reading.reply) => unclear(case, agent, confirmation),
        (None, _) => released(case, confirmation),
    }
}

fn released(case: &Case<'_>, confirmation: &ConfirmationFacts) -> Decision {
    let mut changes = vec![Change::UseConfirmation(confirmation.id)];
    let seconds = case.policy.trust.period_seconds;
    if seconds > 0
        && let Ok(until) = case.now.checked_add(SignedDuration::from_secs(seconds))
    {
        let agent = confirmation.agent.clone();
        changes.push(Change::OpenPeriod { agent, until, confirmation: confirmation.id });
    }
    Decision {
        changes,
        release: Some(Release { held: confirmation.held, action: confirmation.action.clone() }),
        ..agent::control("a confirmation")
    }
}

/// Somebody changed the row behind our back: that is for the operators.
fn altered(case: &Case<'_>) -> Decision {
    let letters = client::alert(
        case,
        "A confirmation was altered in the store",
        Vec::new(),
        "It was answered, and nothing was done or sent: its seal does not fit. Look for who else writes to the database.",
    );
    Decision { letters, ..agent::control("a confirmation whose row was altered") }
}

/// A robot that shows no sign of one, or a person who wrote something else: told once, under the same reply address.
fn unclear(case: &Case<'_>, agent: &AgentPolicy, confirmation: &ConfirmationFacts) -> Decision {
    let reason = "an answer to a confirmation that does not say yes";
    if confirmation.hinted {
        return agent::control(reason);
    }
    let reading = &case.facts.reading;
    let body = LetterBody::Refusal {
        subject: case.subject(),
        problems: vec![Problem::NoConsent],
        original: without_tokens(reading.new_text()),
    };
    let letter =
        Letter { reply_purpose: Some(Purpose::Confirm), ..notify::answer_to_staff(case, agent, body) };
    Decision {
        changes: vec![Change::HintConfirmation(confirmation.id)],
        letters: vec![letter],
        ..agent::control(reason)
    }
}
