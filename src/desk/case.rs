//! One mail with everything that judging it needs at hand. Borrowed, never stored.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{
    Change, MailFacts, MailboxPolicy, PersonFacts, Policy, TicketFacts, TicketRef,
    proof::{self, Origin},
    token::without_tokens,
};
use crate::{
    mail::{Forwarded, masked},
    triage::secrets,
};

/// The actor of events that nobody wrote.
pub(super) const DESK: &str = "maildesk";

/// The mail under judgement.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub facts: &'a MailFacts,
    pub policy: &'a Policy,
    pub mailbox: Option<&'a MailboxPolicy>,
    pub sender: &'a PersonFacts,
    pub origin: Origin,
    /// Why nothing proves this mail, though its words may be genuine: somebody may have put it together.
    pub spoiled: Option<&'static str>,
    /// The mail of the client, where this one only brings it.
    pub forwarded: Option<&'a Forwarded>,
    pub now: Timestamp,
}

impl<'a> Case<'a> {
    pub fn new(facts: &'a MailFacts, policy: &'a Policy, sender: &'a PersonFacts, now: Timestamp) -> Self {
        let mut origin = proof::origin(&facts.reading, &facts.findings, &policy.trust);
        // What is proven is the one plain From address; it says nothing of a person under another one.
        if facts.reading.trace.strict_from.as_ref().is_some_and(|from| *from != sender.address) {
            origin = Origin::Unproven { reason: "From is ambiguous", dmarc_refused: origin.dmarc_refused() };
        }
        // Only staff are held to this: forms of old scripts repeat fields in good faith.
        let repeated = facts.reading.trace.repeated && policy.agent(&sender.address).is_some();
        let spoiled = if facts.replayed {
            Some("a signed mail that came before, sent again")
        } else {
            repeated.then_some("a header field stands twice, and a signature covers one of them")
        };
        if let Some(reason) = spoiled {
            origin = Origin::Unproven { reason, dmarc_refused: origin.dmarc_refused() };
        }
        Self {
            facts,
            policy,
            mailbox: policy.mailbox(&facts.mailbox),
            sender,
            origin,
            spoiled,
            forwarded: None,
            now,
        }
    }

    /// A mail of staff that forwards one of this client, who is not proven by that.
    pub fn of_forward(
        facts: &'a MailFacts,
        policy: &'a Policy,
        client: &'a PersonFacts,
        now: Timestamp,
    ) -> Self {
        let forwarded = facts.reading.forwarded.as_ref();
        Self { forwarded, ..Self::named(facts, policy, client, "named in a mail that staff forwarded", now) }
    }

    /// A form's mail, for the client who stands in it. The form is proven, the client is not.
    pub fn of_form(
        facts: &'a MailFacts,
        policy: &'a Policy,
        client: &'a PersonFacts,
        now: Timestamp,
    ) -> Self {
        Self::named(facts, policy, client, "named in a web form", now)
    }

    /// A mail for a client whom somebody else names in it: nothing proves them.
    fn named(
        facts: &'a MailFacts,
        policy: &'a Policy,
        client: &'a PersonFacts,
        reason: &'static str,
        now: Timestamp,
    ) -> Self {
        Self {
            facts,
            policy,
            mailbox: policy.mailbox(&facts.mailbox),
            sender: client,
            origin: Origin::Unproven { reason, dmarc_refused: false },
            spoiled: None,
            forwarded: None,
            now,
        }
    }

    /// What the client newly wrote ([`Reading::new_text`](crate::mail::Reading::new_text)). What another service sent to prove an
    /// address is masked: whoever reads it could take an account over.
    pub fn text(&self) -> Cow<'a, str> {
        let reading = &self.facts.reading;
        let inner = self.forwarded.and_then(|forwarded| forwarded.body.as_deref());
        let text = inner.unwrap_or_else(|| reading.new_text());
        if reading.verification { Cow::Owned(masked(text)) } else { Cow::Borrowed(text) }
    }

    /// The client's own words for the subject, without prefixes. It goes on to other people, so no secret
    /// stays in it, of ours or of theirs.
    pub fn subject(&self) -> String {
        let reading = &self.facts.reading;
        let subject = without_tokens(match (reading.title.trim(), &reading.subject) {
            ("", Some(subject)) => subject.trim(),
            (title, _) => title,
        });
        let subject = secrets::mask(&subject);
        if reading.verification { masked(&subject) } else { subject }
    }

    /// What this mail is written in if that is sure, else what is known of the client, else what it looks like.
    pub fn language(&self) -> &'a str {
        let read = &self.facts.triage.language;
        let sure = read.code.as_deref().filter(|_| read.reliable);
        let known = sure.or(self.sender.language.as_deref());
        // Of somebody new a guess is worth more than what all others write.
        known.or(read.code.as_deref()).unwrap_or(&self.policy.default_language)
    }

    /// An event written by this mail's sender.
    pub fn event(&self, kind: &str, content: impl Into<String>) -> Change {
        Change::Event { kind: kind.to_owned(), actor: self.sender.address.clone(), content: content.into() }
    }
}

/// An event that the desk itself caused.
pub(super) fn desk_event(kind: &str, content: impl Into<String>) -> Change {
    Change::Event { kind: kind.to_owned(), actor: DESK.to_owned(), content: content.into() }
}

impl TicketFacts {
    /// The reference by which a decision names this ticket, with the version that was read.
    pub(super) fn reference(&self) -> TicketRef {
        TicketRef::Existing(self.id, self.version)
    }
}
