//! All judgement of the desk. **Pure**; may import `mail` and `triage`. Time, ids and tokens are arguments.
//!
//! Invariant: the same [`Facts`], [`Policy`] and instant give the same [`Decision`], byte for byte.

mod agent;
mod arguments;
mod articles;
mod asking;
pub mod authentication;
mod bounce;
pub mod bounce_mark;
pub mod bundle;
mod case;
mod challenge;
mod client;
pub mod commands;
mod confirmation;
pub mod consent;
pub mod console;
pub mod decision;
mod digest;
pub mod facts;
pub mod findings;
pub mod form;
pub mod forward;
mod impersonation;
pub mod imported;
mod joining;
pub mod loop_guard;
mod matter;
mod merge;
mod notify;
pub mod opening;
mod orders;
mod people;
mod period;
pub mod policy;
pub mod proof;
pub mod references;
pub mod related;
pub mod routing;
pub mod seal;
mod sent;
pub mod show;
pub mod sign_off;
pub mod similar;
pub mod sla;
pub mod state;
pub mod thanks;
pub mod threading;
pub mod token;
mod unsuitable;

#[cfg(test)]
mod tests;

pub use articles::{ArticleName, SentArticle};
pub use bundle::BundleItem;
pub use challenge::{AgentProof, Signature, Verdict};
pub use decision::*;
pub use digest::{Digest, DigestLine};
pub use facts::*;
pub use findings::*;
use jiff::Timestamp;
pub use matter::{Fact, Matter};
pub use merge::MERGES_MAX;
pub use people::Silenced;
pub use policy::*;
pub use related::RelatedTicket;
pub use sent::BELONGS_TO_NO_TICKET;
pub use show::{Conversation, Said};
pub use similar::SimilarTicket;
pub use state::State;
pub use unsuitable::Unsuitable;

use crate::mail::Class;

/// Judges one mail, in or out, or a timer.
#[must_use]
pub fn decide(facts: &Facts, policy: &Policy, now: Timestamp) -> Decision {
    match facts {
        Facts::Mail(mail) => decide_mail(mail, policy, now),
        Facts::Timer(timer) => sla::timer(timer, policy),
        Facts::Refused(refused) => bounce::refused(refused, policy),
        Facts::Listed(listed) => imported::listed(listed),
    }
}

fn decide_mail(facts: &MailFacts, policy: &Policy, now: Timestamp) -> Decision {
    if facts.sent {
        return sent::decide(facts, policy, now);
    }
    let own = facts.sender.as_ref().is_some_and(|s| loop_guard::is_own(policy, &s.address));
    if facts.imported.is_none() && (own || facts.reading.class == Class::OwnAddress) {
        return ignored("own_address");
    }
    if let Some(ticket) = facts.duplicate_of.filter(|_| !facts.confirmed) {
        return taken_before(ticket);
    }
    if let Some(import) = &facts.imported {
        return imported::decide(facts, import, policy);
    }
    if let Some(client) = &facts.form_requester {
        return client::by_form(&case::Case::of_form(facts, policy, client, now));
    }
    if let Some(decision) = bounce::decide(facts, policy) {
        return decision;
    }
    let Some(sender) = &facts.sender else { return nobody(facts, policy) };
    let case = case::Case::new(facts, policy, sender, now);
    match facts.reading.class {
        Class::Bounce | Class::DeliveryReport | Class::Complaint => return client::report(&case),
        Class::Human | Class::AutoReply | Class::List | Class::Bulk | Class::OwnAddress => {}
    }
    if let Some(confirmation) = &facts.confirmation {
        return confirmation::answer(&case, confirmation);
    }
    if let Some(decision) = facts.challenge.as_ref().and_then(|asked| challenge::answer(&case, asked)) {
        return decision;
    }
    let decision = match policy.agent(&sender.address) {
        Some(agent) => agent::decide(&case, agent),
        None => client::decide(&case),
    };
    client::with_leaked_desk_address(&case, decision)
}

/// How the reason in the ledger begins of a mail that is ignored for another's sake. Such a mail is nobody's first.
pub const TAKEN_BEFORE: &str = "the same mail was taken before";

/// The default number: the first mail is on no ticket.
fn taken_before(ticket: TicketId) -> Decision {
    let ticket = Some(ticket).filter(|ticket| *ticket != TicketId::default());
    let first = ticket.map_or_else(|| "without a ticket".to_owned(), |ticket| format!("#{ticket}"));
    Decision { duplicate_of: ticket, ..ignored(&format!("{TAKEN_BEFORE}: {first}")) }
}

fn ignored(reason: &str) -> Decision {
    Decision { outcome: Outcome::Ignored, reason: reason.to_owned(), ..Decision::default() }
}

/// No usable From: nobody to answer and nobody to file it under, so a person must look.
fn nobody(facts: &MailFacts, policy: &Policy) -> Decision {
    if matches!(facts.reading.class, Class::Bounce | Class::DeliveryReport | Class::Complaint) {
        return agent::control("report without a sender");
    }
    let body = LetterBody::Alert {
        title: "A mail without a usable sender is held".to_owned(),
        facts: vec![("mailbox".to_owned(), facts.mailbox.clone())],
        advice: "Look at it in the mailbox; nothing was answered.".to_owned(),
    };
    Decision {
        outcome: Outcome::Held,
        reason: "no usable sender".to_owned(),
        letters: notify::to_operators(policy, &body),
        no_acknowledgement: Some("no usable sender".to_owned()),
        ..Decision::default()
    }
}
