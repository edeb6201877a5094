//! Who else is on a ticket (SPEC section 6): people whom a mail names in To and Cc are suggestions, until an agent adds them by
//! `#cc` or the proven requester named them.
//!
//! Invariants: nobody is put on a ticket by a mail of which it is not proven that its requester wrote it; none of our addresses,
//! no staff and no robot ever becomes a participant; whoever is on a ticket gets mails of their own, with a token of their own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Change, PersonFacts, Policy, Problem, TicketFacts, Unsuitable,
    case::Case,
    commands::{Command, Order},
    form, impersonation, loop_guard, notify,
    token::without_tokens,
};
use crate::mail::{Address, Class, robot_local_part};

/// Somebody on a ticket whose address takes no mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silenced {
    pub address: String,
    pub since: Option<Timestamp>,
    /// The mail server's words.
    pub why: String,
}

impl Silenced {
    pub(super) fn of(person: &PersonFacts) -> Self {
        Self {
            address: person.address.clone(),
            since: person.suppressed_at,
            why: person.suppressed_why.clone(),
        }
    }
}

/// Participants besides the requester; more is a mailing.
pub(super) const OTHERS_MAX: usize = 10;

/// Why this address cannot stand for a client; `None`: it can.
pub(super) fn unsuitable(policy: &Policy, address: &str) -> Option<Unsuitable> {
    let key = address.to_lowercase();
    if !form::is_usable(&key) {
        Some(Unsuitable::NoAddress)
    } else if loop_guard::is_own(policy, &key) || policy.official_addresses.contains(&key) {
        Some(Unsuitable::Ours)
    } else if policy.agent(&key).is_some() {
        Some(Unsuitable::Staff)
    } else if robot_local_part(&key).is_some() || policy.forms.iter().any(|form| form.from == key) {
        Some(Unsuitable::Robot)
    } else {
        None
    }
}

/// The people whom the mail names besides its sender, each once, at most [`OTHERS_MAX`]. Of machines and web forms nobody:
/// their fields name whom they please.
pub(super) fn named(case: &Case<'_>) -> Vec<Address> {
    let reading = &case.facts.reading;
    if reading.class != Class::Human || reading.verification || case.facts.form_requester.is_some() {
        return Vec::new();
    }
    let inner = case.forwarded.iter().flat_map(|forwarded| forwarded.to.iter().chain(&forwarded.cc));
    let mut people: Vec<Address> = Vec::new();
    for person in reading.to.iter().chain(&reading.cc).chain(inner) {
        let key = person.key();
        let known = key == case.sender.address || people.iter().any(|p| p.address == key);
        // A secret of ours at another domain is still one, and goes to nobody.
        let secret = without_tokens(&key) != key;
        if known || secret || people.len() >= OTHERS_MAX || unsuitable(case.policy, &key).is_some() {
            continue;
        }
        let name = person.name.as_deref().filter(|name| !name.contains('@')).map(without_tokens);
        people.push(Address { name, address: key });
    }
    people
}

/// What a mail does to the people of its ticket.
#[derive(Debug, Default)]
pub(super) struct TakenIn {
    pub changes: Vec<Change>,
    /// Who is on the ticket from now on, the requester aside.
    pub others: Vec<Address>,
}

/// The people whom the mail names join the ticket where its proven requester wrote it; else they are recorded as suggestions.
/// `ticket`: `None` for a new one, whose requester is the sender.
pub(super) fn take_in(case: &Case<'_>, ticket: Option<&TicketFacts>) -> TakenIn {
    let mut taken = TakenIn { changes: Vec::new(), others: ticket.map(others).unwrap_or_default() };
    let on = |address: &str| {
        ticket.is_some_and(|t| t.requester.address == address || t.participants.iter().any(|p| p == address))
    };
    let news: Vec<Address> = named(case).into_iter().filter(|person| !on(&person.address)).collect();
    let by_requester = ticket.is_none_or(|t| t.requester.id == case.sender.id);
    let sure = by_requester && case.origin.is_proven() && !case.facts.reading.trace.stand_in;
    let places = if sure { OTHERS_MAX.saturating_sub(taken.others.len()) } else { 0 };
    let (joining, suggested) = news.split_at(places.min(news.len()));
    for (kind, people) in [("cc", joining), ("cc_suggested", suggested)] {
        if !people.is_empty() {
            taken.changes.push(case.event(kind, listed(people)));
        }
    }
    taken.changes.extend(joining.iter().cloned().map(Change::Join));
    taken.others.extend(joining.iter().cloned().map(impersonation::shown));
    taken
}

/// The participants besides the requester, as staff see them.
pub(super) fn others(ticket: &TicketFacts) -> Vec<Address> {
    ticket.others.iter().map(notify::shown).collect()
}

/// Addresses as a line of history has them.
pub(super) fn listed(people: &[Address]) -> String {
    people.iter().map(|person| person.address.as_str()).collect::<Vec<_>>().join(", ")
}

/// Those who get a public reply, the requester first, after the mail's own orders. `silenced`: people named there whose addresses
/// take no mail.
pub(super) fn recipients(
    ticket: &TicketFacts,
    orders: &[Command],
    silenced: &[PersonFacts],
) -> Vec<PersonFacts> {
    let (requester, mut others) = all(ticket, orders, silenced);
    others.retain(|person| !person.suppressed);
    std::iter::once(requester).chain(others).collect()
}

/// Participants besides the requester to whom nothing goes, after the mail's own orders: their addresses take no mail.
pub(super) fn unreachable(
    ticket: &TicketFacts,
    orders: &[Command],
    silenced: &[PersonFacts],
) -> Vec<PersonFacts> {
    let (_, mut others) = all(ticket, orders, silenced);
    others.retain(|person| person.suppressed);
    others
}

fn all(
    ticket: &TicketFacts,
    orders: &[Command],
    silenced: &[PersonFacts],
) -> (PersonFacts, Vec<PersonFacts>) {
    let person = |address: &str| {
        silenced.iter().find(|known| known.address == address).cloned().unwrap_or_else(|| stranger(address))
    };
    let mut requester = ticket.requester.clone();
    let mut others = ticket.others.clone();
    for command in orders {
        match &command.order {
            Order::Requester(address) if *address != requester.address => requester = person(address),
            Order::Cc { add, remove } => {
                others.retain(|person| !remove.contains(&person.address));
                let known = |others: &[PersonFacts], a: &String| others.iter().any(|p| p.address == *a);
                let new: Vec<PersonFacts> =
                    add.iter().filter(|a| !known(&others, a)).map(|a| person(a)).collect();
                others.extend(new);
            }
            _ => {}
        }
    }
    others.retain(|person| person.address != requester.address);
    (requester, others)
}

/// A person of whom the store may know nothing: their row is found by the address.
fn stranger(address: &str) -> PersonFacts {
    PersonFacts { address: address.to_owned(), ..PersonFacts::default() }
}

/// What of the orders about people does not fit this ticket.
pub(super) fn problems(ticket: &TicketFacts, orders: &[Command]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for command in orders {
        let unfit = |argument: &str, reason| Problem::Unsuitable {
            line: command.line,
            command: command.written.clone(),
            argument: argument.to_owned(),
            reason,
        };
        let Order::Cc { remove, .. } = &command.order else { continue };
        for address in remove {
            if *address == ticket.requester.address {
                problems.push(unfit(address, Unsuitable::Requester));
            } else if !ticket.others.iter().any(|person| person.address == *address) {
                problems.push(unfit(address, Unsuitable::NotOn));
            }
        }
        if recipients(ticket, orders, &[]).len() > OTHERS_MAX + 1 {
            problems.push(unfit(&OTHERS_MAX.to_string(), Unsuitable::TooMany));
        }
    }
    problems
}
