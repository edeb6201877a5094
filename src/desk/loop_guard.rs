//! When no automatic mail may be sent (FAULTS section 2). Every refusal is a reason in words, for the ticket's history.
//!
//! Invariants: no automatic mail to a robot; whatever is refused here still makes its ticket.

use jiff::{SignedDuration, Timestamp};

use super::{
    LimitCounts, Limits, MailFacts, PersonFacts, Policy, TicketFacts, case::Case, form, proof::Origin, token,
};
use crate::mail::{Class, Reading, robot_local_part};

/// Whether a new mail may be acknowledged; `ticket` when it belongs to one already (a held stranger).
///
/// # Errors
/// Why not, in words without addresses.
pub fn may_acknowledge(
    facts: &MailFacts,
    origin: &Origin,
    policy: &Policy,
    ticket: Option<&TicketFacts>,
    now: Timestamp,
) -> Result<(), String> {
    by_headers(facts, origin, policy)?;
    by_age(facts.received_at, &policy.limits, now)?;
    by_counts(&facts.limits, &policy.limits)?;
    ticket.map_or(Ok(()), |t| by_ticket(t, &policy.limits))
}

/// The same for a case.
pub(super) fn may_answer(case: &Case<'_>, ticket: Option<&TicketFacts>) -> Result<(), String> {
    may_acknowledge(case.facts, &case.origin, case.policy, ticket, case.now)
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
    if sender.suppressed {
        return Err("mail to the sender bounced before".to_owned());
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
    if reading.trace.received > policy.limits.received_max {
        return Err(format!("more than {} Received fields", policy.limits.received_max));
    }
    if origin.dmarc_refused() {
        return Err("DMARC failed and the domain asks to refuse such mail".to_owned());
    }
    Ok(())
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

fn by_counts(counts: &LimitCounts, limits: &Limits) -> Result<(), String> {
    let table = [
        (counts.acks_address_10min, limits.acks_per_address_10min_max, "to this address in 10 minutes"),
        (counts.acks_address_day, limits.acks_per_address_day_max, "to this address in a day"),
        (counts.acks_domain_hour, limits.acks_per_domain_hour_max, "to this domain in an hour"),
        (counts.acks_hour, limits.acks_per_hour_max, "in an hour"),
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
