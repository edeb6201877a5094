//! What became of a mail, seen from outside, and what may never become of one.

use super::{
    super::world::*,
    post::{CANARY, HISTORY, Mail},
};
use crate::desk::*;

/// The ends that FAULTS section 1 gives a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its commands were obeyed, or its text went to the client.
    Done,
    /// Held, and the agent asked at the registered address.
    Asked,
    /// The same, and its text kept as a note.
    NotedAndAsked,
    /// Held, and the lead alerted: somebody uses an agent's secret.
    Leaked,
    /// Held, and the team told that it claims to be from staff.
    HeldAsStaff,
    /// Held for an agent's word: its sender is not on the ticket.
    HeldAsStranger,
    /// A new ticket, and the team told that it claims to be from staff.
    FlaggedTicket,
    /// A new ticket.
    Ticket,
    /// A message on its sender's ticket.
    Answer,
    /// Held without a sender, the operators told.
    Nobody,
    /// The agent got it back.
    Refused,
    /// Taken note of by the program alone.
    Control,
    Ignored,
}

pub fn fate(decision: &Decision) -> Fate {
    let kinds = letters(decision);
    let has = |kind: &str| kinds.iter().any(|l| l.starts_with(kind));
    let claims =
        matches!(cause(decision), Some(NotificationCause::ClaimsStaff | NotificationCause::Imitates));
    match decision.outcome {
        Outcome::Ignored => Fate::Ignored,
        Outcome::Control if has("refusal") => Fate::Refused,
        Outcome::Control if is_act(decision) => Fate::Done,
        Outcome::Control => Fate::Control,
        Outcome::Held if decision.ticket.is_none() => Fate::Nobody,
        Outcome::Held if has("confirm") && event_kinds(decision).contains(&"note") => Fate::NotedAndAsked,
        Outcome::Held if has("confirm") => Fate::Asked,
        Outcome::Held if decision.reason.contains("token was used by another") => Fate::Leaked,
        Outcome::Held if decision.reason.contains("on the ticket") => Fate::HeldAsStranger,
        Outcome::Held => Fate::HeldAsStaff,
        Outcome::Ticket if decision.ticket == Some(TicketRef::New) && claims => Fate::FlaggedTicket,
        Outcome::Ticket if decision.ticket == Some(TicketRef::New) => Fate::Ticket,
        Outcome::Ticket if is_act(decision) => Fate::Done,
        Outcome::Ticket => Fate::Answer,
    }
}

/// Whether anything happened that only a proven agent may do.
pub fn is_act(decision: &Decision) -> bool {
    let by_agent = |change: &Change| {
        matches!(
            change,
            Change::Category(_)
                | Change::Priority(_)
                | Change::Team(_)
                | Change::Assignee(_)
                | Change::Participant(_)
                | Change::Leave(_)
                | Change::Requester(_)
                | Change::Merge { .. }
                | Change::FirstResponse(_)
                | Change::StopTimer(_)
                | Change::State(State::Closed | State::Resolved | State::Waiting | State::OnHold)
                | Change::Message { kind: MessageKind::Reply | MessageKind::Note, .. }
        )
    };
    decision.changes.iter().any(by_agent)
        || decision.letters.iter().any(|l| matches!(l.body, LetterBody::Reply { .. }))
}

/// The oracle of FAULTS for every mail that is not a proven agent's.
pub fn assert_nothing_done(mail: &Mail, decision: &Decision) {
    let name = &mail.name;
    assert!(!is_act(decision), "{name}: {:?} {:?}", decision.changes, letters(decision));
    assert_eq!(decision.release, None, "{name}");
    let staff: Vec<String> =
        mail.policy.agents.iter().map(|a| a.address.clone()).chain(mail.policy.operators.clone()).collect();
    let mut to_others = 0;
    for letter in &decision.letters {
        let written = serde_json::to_string(letter).unwrap();
        if staff.contains(&letter.to.address) {
            assert_ne!(letter.reply_purpose, Some(Purpose::Client), "{name}");
            continue;
        }
        to_others += 1;
        assert!(matches!(letter.body, LetterBody::Acknowledgement { .. }), "{name}: {written}");
        let elsewhere = serde_json::to_string(&Letter { to: address(""), ..letter.clone() }).unwrap();
        assert!(!elsewhere.contains(HISTORY) && !elsewhere.contains("@example.com"), "{name}: {written}");
        assert!(letter.files.is_empty(), "{name}");
        let LetterBody::Acknowledgement { subject, .. } = &letter.body else { unreachable!() };
        if subject.is_none() {
            assert!(!written.contains(CANARY), "{name}: {written}");
            assert!(letter.to.name.is_none() || !mail.results.is_empty(), "{name}: {written}");
        }
        if decision.outcome == Outcome::Held {
            assert_eq!((letter.reply_purpose, subject), (None, &None), "{name}: no token to a stranger");
        }
    }
    assert!(to_others <= 1, "{name}: {:?}", letters(decision));
    for letter in decision.letters.iter().filter(|l| matches!(l.body, LetterBody::Confirmation { .. })) {
        let registered = mail.policy.agents.iter().any(|a| a.address == letter.to.address);
        let named = mail.from.to_lowercase().contains(&letter.to.address);
        assert!(registered && named, "{name}: {} is asked", letter.to.address);
    }
}

/// The mail ended as it should, and did nothing.
pub fn assert_harmless(mail: &Mail, expected: Fate) {
    let decision = mail.decided();
    assert_eq!(fate(&decision), expected, "{}: {} {:?}", mail.name, decision.reason, letters(&decision));
    assert_nothing_done(mail, &decision);
}
