//! When no automatic mail may be sent (FAULTS section 2). Every refusal is a reason in words, for the ticket's history.
//!
//! Invariants: no automatic mail to a robot; at most one answer to each mail that looks like a person's; whatever is refused
//! here still makes its ticket or joins one, and is not sent later.

use jiff::{SignedDuration, Timestamp};

use super::{
    Limits, MailFacts, PersonFacts, Policy, State, TicketFacts, case::Case, form, proof::Origin, threading,
    token,
};
use crate::mail::{Class, Reading, robot_local_part};

/// A text of so many characters is not written twice by chance.
const SAME_TEXT_CHARS_MIN: usize = 20;

/// Why no automatic mail leaves, in words without addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// For what this mail, its sender or its ticket is.
    Rule(String),
    /// For what all the others are: the breaker is open. `first`: the operators do not know yet.
    Breaker { why: String, first: bool },
}

/// Whether the mail may be answered automatically; `ticket` when it belongs to one already (a held stranger).
pub(super) fn may_answer(case: &Case<'_>, ticket: Option<&TicketFacts>) -> Result<(), Refused> {
    by_mail(case, ticket).map_err(Refused::Rule)?;
    by_breaker(case.facts, &case.policy.limits)
}

fn by_mail(case: &Case<'_>, ticket: Option<&TicketFacts>) -> Result<(), String> {
    let (facts, limits) = (case.facts, &case.policy.limits);
    by_headers(facts, &case.origin, case.policy)?;
    by_bounces(case)?;
    if facts.reading.verification {
        return Err("another service verifies an address or resets a password".to_owned());
    }
    by_age(facts.received_at, limits, case.now)?;
    by_text(case)?;
    by_counts(facts, limits)?;
    ticket.map_or(Ok(()), |t| {
        by_ticket(t, limits)?;
        by_strangers(t)
    })
}

/// A colleague who answers all is told once that their mail waits (SPEC section 6), not for ever under new addresses: the
/// ticket's own acknowledgement and one more.
fn by_strangers(ticket: &TicketFacts) -> Result<(), String> {
    if ticket.automatic_row > 1 {
        return Err("somebody who is not on the ticket was answered already".to_owned());
    }
    Ok(())
}

/// Counts what was asked for, not what left: so the breaker stays open as long as the flood lasts, lets nothing trickle
/// through as older mails leave the hour, and closes by itself. Its operators hear of it once a flood.
fn by_breaker(facts: &MailFacts, limits: &Limits) -> Result<(), Refused> {
    let refused = facts.flood.breaker_hour;
    let asked_for = facts.limits.acks_hour.saturating_add(refused.unwrap_or_default());
    if asked_for < limits.acks_per_hour_max {
        return Ok(());
    }
    let why = format!("limit of {} acknowledgements in an hour", limits.acks_per_hour_max);
    Err(Refused::Breaker { why, first: refused == Some(0) })
}

/// The ticket into which one more new ticket of this address folds; `None`: it gets its own. What is proven never folds into
/// what is not, nor the other way round: whoever forges an address hides no mail of its owner.
pub(super) fn fold_into<'a>(case: &Case<'a>) -> Option<&'a TicketFacts> {
    let flood = &case.facts.flood;
    if flood.tickets_address_hour < case.policy.limits.tickets_per_address_hour_max {
        return None;
    }
    let newest = flood.newest.as_ref()?;
    let open = match newest.state {
        State::New | State::Open | State::Waiting | State::OnHold | State::Spam => true,
        // Somebody decided that it is done: what comes after is news.
        State::Resolved | State::Closed | State::Merged => false,
    };
    let same = newest.requester.id == case.sender.id && newest.requester_proven == case.origin.is_proven();
    (open && same).then_some(newest)
}

/// Whether this agent heard enough today of what became of their mails on this ticket: an autoresponder of theirs that shows
/// no sign of one would be answered for ever.
pub(super) fn is_answered_enough(case: &Case<'_>) -> bool {
    case.facts.flood.answers_to_staff_day >= case.policy.limits.answers_to_staff_per_ticket_day_max
}

/// A mail that a timer sends to a client (SPEC sections 8 and 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduled {
    /// The answer will be late.
    Late,
    /// We wait for the client.
    Waiting,
    /// The ticket is closed for want of an answer.
    Closing,
}

/// What was sent already, as far as the caps of scheduled mail go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScheduledCounts {
    /// Of this kind on the ticket since a person last wrote.
    pub ticket_row: u32,
    /// Of all kinds to the requester in the last day.
    pub address_day: u32,
}

/// Whether a timer may mail the requester of this ticket. What is refused here is not sent later.
///
/// # Errors
/// Why not, in words without addresses.
pub fn may_schedule(
    which: Scheduled,
    ticket: &TicketFacts,
    counts: ScheduledCounts,
    policy: &Policy,
) -> Result<(), String> {
    let limits = &policy.limits;
    let waits = match which {
        Scheduled::Late => matches!(ticket.state, State::New | State::Open),
        Scheduled::Waiting | Scheduled::Closing => ticket.state == State::Waiting,
    };
    if !waits {
        return Err(format!("the ticket is {}", ticket.state.as_str()));
    }
    let requester = &ticket.requester;
    if ticket.proposed_by.is_some() {
        return Err("the requester is only proposed by a forward".to_owned());
    }
    if requester.suppressed {
        return Err("mail to the requester bounced before".to_owned());
    }
    if is_own(policy, &requester.address) {
        return Err("the requester is an address of our own".to_owned());
    }
    if let Some(word) = robot_local_part(&requester.address) {
        return Err(format!("local part {word}"));
    }
    if counts.ticket_row >= limits.scheduled_per_ticket_row_max {
        let max = limits.scheduled_per_ticket_row_max;
        return Err(format!("limit of {max} such mails on a ticket without a person between"));
    }
    if counts.address_day >= limits.scheduled_per_address_day_max {
        let max = limits.scheduled_per_address_day_max;
        return Err(format!("limit of {max} scheduled mails to an address in a day"));
    }
    by_ticket(ticket, limits)
}

fn by_headers(facts: &MailFacts, origin: &Origin, policy: &Policy) -> Result<(), String> {
    let reading = &facts.reading;
    // A form's mail is a robot's, and what it answers to is the person in it.
    if !form::is_form(facts) {
        by_robots(reading)?;
    }
    let sender: Option<&PersonFacts> = facts.form_requester.as_ref().or(facts.sender.as_ref());
    let Some(sender) = sender else { return Err("no usable sender".to_owned()) };
    if let Some(word) = robot_local_part(&sender.address).filter(|_| form::is_form(facts)) {
        return Err(format!("local part {word}"));
    }
    if !form::is_usable(&sender.address) {
        return Err("the sender's address is none that mail can be sent to".to_owned());
    }
    if is_own(policy, &sender.address) {
        return Err("sent from an address of our own".to_owned());
    }
    if reading.trace.stand_in && !form::is_form(facts) {
        return Err("From holds no address, and Reply-To is nobody's word for who they are".to_owned());
    }
    if !is_addressed_to_us(facts, policy) {
        return Err("our address is not among To, Cc and Delivered-To".to_owned());
    }
    if hands_back(reading, policy) {
        return Err("it hands a mail of our own back, without a word".to_owned());
    }
    if reading.trace.received > policy.limits.received_max {
        return Err(format!("more than {} Received fields", policy.limits.received_max));
    }
    if origin.dmarc_refused() {
        return Err("DMARC failed and the domain asks to refuse such mail".to_owned());
    }
    Ok(())
}

/// Where our mails came back nothing automatic goes, until the person there writes.
fn by_bounces(case: &Case<'_>) -> Result<(), String> {
    if case.sender.suppressed && !releases(case) {
        return Err("mail to the sender bounced before".to_owned());
    }
    Ok(())
}

/// Whether this mail shows that somebody is there after all. Once a day: an address that mail leaves and never reaches
/// (mistyped in a mail program) would be tried at each mail.
pub(super) fn releases(case: &Case<'_>) -> bool {
    let sender = case.sender;
    let day_ago = case.now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    sender.suppressed
        && !form::is_form(case.facts)
        // Mail servers note the arrival in whole seconds: within the second of the bounce nobody knows which was first.
        && sender.suppressed_at.is_none_or(|at| case.facts.received_at.as_second() >= at.as_second())
        && sender.released_at.is_none_or(|at| at <= day_ago)
        && by_headers(case.facts, &case.origin, case.policy).is_ok()
        && by_age(case.facts.received_at, &case.policy.limits, case.now).is_ok()
        && by_text(case).is_ok()
}

/// A mailbox that forwards what it gets (also to us) does so under its own address and without our headers.
fn hands_back(reading: &Reading, policy: &Policy) -> bool {
    let ours = |from: &crate::mail::Address| is_own(policy, &from.address);
    let forwarded = reading.forwarded.as_ref().filter(|f| f.from.as_ref().is_some_and(ours));
    forwarded.is_some_and(|f| f.comment.as_deref().is_none_or(|c| c.trim().is_empty()))
}

fn by_robots(reading: &Reading) -> Result<(), String> {
    if let Some(rule) = &reading.no_automatic_mail {
        return Err(rule.clone());
    }
    if reading.class != Class::Human {
        return Err(format!("not written by a person: {}", reading.class_reason));
    }
    Ok(())
}

fn by_age(received_at: Timestamp, limits: &Limits, now: Timestamp) -> Result<(), String> {
    let oldest = SignedDuration::from_secs(limits.answer_age_max_seconds);
    if now.duration_since(received_at) > oldest {
        return Err(format!("older than {} h at arrival", limits.answer_age_max_seconds / 3600));
    }
    Ok(())
}

/// Robots that hide what they are, and change their address or lose the thread, still keep our subject, or say the same each
/// time. Short texts are people's ("it is down again").
fn by_text(case: &Case<'_>) -> Result<(), String> {
    // Where the thread is whole it says more than the subject.
    if case.facts.flood.subject_names_ticket && threading::named(case.facts).is_none() {
        return Err("its subject answers a mail of ours".to_owned());
    }
    let max = case.policy.limits.same_text_per_week_max;
    if case.facts.flood.same_text_week >= max && case.text().trim().chars().nth(SAME_TEXT_CHARS_MIN).is_some()
    {
        return Err(format!("the same text came more than {max} times in a week"));
    }
    Ok(())
}

fn by_counts(facts: &MailFacts, limits: &Limits) -> Result<(), String> {
    let (counts, row) = (&facts.limits, facts.flood.acks_address_row);
    let table = [
        (counts.acks_address_10min, limits.acks_per_address_10min_max, "to this address in 10 minutes"),
        (counts.acks_address_day, limits.acks_per_address_day_max, "to this address in a day"),
        // A robot slow enough for the other limits would go on for ever.
        (row, limits.acks_per_address_row_max, "to this address without an answer of staff between"),
        (counts.acks_domain_hour, limits.acks_per_domain_hour_max, "to this domain in an hour"),
    ];
    match table.iter().find(|(count, max, _)| count >= max) {
        Some((_, max, what)) => Err(format!("limit of {max} acknowledgements {what}")),
        None => Ok(()),
    }
}

fn by_ticket(ticket: &TicketFacts, limits: &Limits) -> Result<(), String> {
    if ticket.automatic_hour >= limits.automatic_per_ticket_hour_max {
        return Err(format!(
            "limit of {} automatic mails on a ticket in an hour",
            limits.automatic_per_ticket_hour_max
        ));
    }
    if ticket.automatic_row >= limits.automatic_per_ticket_row_max {
        return Err(format!(
            "limit of {} automatic mails on a ticket without a person between",
            limits.automatic_per_ticket_row_max
        ));
    }
    Ok(())
}

/// Whether this is an address or alias of one of our mailboxes, with or without something behind the mark.
pub(super) fn is_own(policy: &Policy, address: &str) -> bool {
    policy.mailboxes.iter().any(|mailbox| {
        mailbox.address.eq_ignore_ascii_case(address)
            || mailbox.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(address))
            || token::subaddress(mailbox, address).is_some()
    })
}

fn is_addressed_to_us(facts: &MailFacts, policy: &Policy) -> bool {
    let reading = &facts.reading;
    reading.to.iter().chain(&reading.cc).any(|a| is_own(policy, &a.address))
        || reading.trace.delivered_to.iter().any(|a| is_own(policy, a))
}
