//! A client's mail that a member of staff forwards to the desk: a ticket of that client (SPEC section 6).
//!
//! Who wrote the forwarded mail is what its text says, and anybody who writes as staff can say so: by origin alone the requester
//! is only proposed, and nothing leaves for them before an agent acts. What stands above the forward is a note.

use super::{
    AgentPolicy, Change, Decision, MailFacts, NotificationCause, PersonFacts, Policy, Role,
    case::{Case, desk_event},
    client, notify, people,
    token::without_tokens,
};
use crate::mail::{Address, Class, Reading};

/// Whom the forwarded mail in a mail of staff is from; `None`: nothing is forwarded, or what cannot be a client's.
#[must_use]
pub fn author<'a>(reading: &'a Reading, policy: &Policy) -> Option<&'a Address> {
    let from = reading.from.as_ref().map(Address::key).unwrap_or_default();
    let staff = policy.agent(&from).is_some() && reading.class == Class::Human;
    let author = reading.forwarded.as_ref().filter(|_| staff)?.from.as_ref()?;
    people::unsuitable(policy, &author.address).is_none().then_some(author)
}

/// The client whose mail this agent forwards, as gathered.
pub(super) fn client<'a>(facts: &'a MailFacts, agent: &AgentPolicy) -> Option<&'a PersonFacts> {
    facts.forwarded_author.as_ref().filter(|_| agent.role >= Role::Agent && facts.reading.forwarded.is_some())
}

/// A ticket of the client. `proposed`: nothing but the origin of the forward is proven.
pub(super) fn open(case: &Case<'_>, agent: &AgentPolicy, client: &PersonFacts, proposed: bool) -> Decision {
    let forward = Case::of_forward(case.facts, case.policy, client, case.now);
    let client::Opened { mut decision, mut brief, matter, .. } = client::opened(&forward, None);
    if !matter.is_empty() {
        decision.changes.push(Change::Facts(matter));
    }
    "a client's mail that staff forwarded".clone_into(&mut decision.reason);
    decision.changes.push(case.event("forwarded", "by staff"));
    if proposed {
        brief.proposed_by = Some(agent.address.clone());
        decision.changes.push(Change::Proposed(Some(agent.address.clone())));
    }
    let comment = case.facts.reading.forwarded.as_ref().and_then(|f| f.comment.as_deref());
    let note = comment.map(|text| without_tokens(text.trim())).filter(|text| !text.is_empty());
    if let Some(note) = &note {
        decision.changes.push(case.event("note", note.clone()));
    }
    let why = "forwarded by staff";
    decision.changes.push(desk_event("acknowledgement_suppressed", why));
    decision.no_acknowledgement = Some(why.to_owned());
    let mut staff = notify::responsible(case.policy, None, brief.team.as_deref(), Some(&agent.address));
    // Whoever forwards has no address of this ticket yet by which to work on it.
    staff.extend(case.policy.agent(&agent.address));
    let by = notify::By {
        author: Some(Address { name: Some(agent.name.clone()), address: agent.address.clone() }),
        note,
    };
    decision.letters = notify::notifications_by(&forward, &staff, NotificationCause::Forwarded, &brief, by);
    decision
}
