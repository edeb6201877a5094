//! What two tickets of one matter know together, once `#merge` has put them into one.
//!
//! Invariants: what one person told earlier never fills in for another; a question that was put on either side is not put again; an
//! answer to the questions of a merged ticket answers those, by their own numbers.

use super::{MailFacts, Matter, TicketFacts, matter::with_steps, threading};

/// Percent by which an older word must be surer than a newer one of the same kind.
const SURER_MIN: u8 = 20;

/// What the ticket knows after it took in the merged one, and the names of what is new or different; `None`: nothing is.
pub(super) fn joined(into: &TicketFacts, merged: &TicketFacts) -> Option<(Matter, Vec<String>)> {
    // Of a mail that nobody proved, and of another person's, only gaps are filled.
    let same_word =
        into.requester.id == merged.requester.id && (merged.requester_proven || !into.requester_proven);
    let is_older = (merged.created_at, merged.id) < (into.created_at, into.id);
    let mut matter = into.matter.clone();
    let mut changed = Vec::new();
    for (name, fact) in &merged.matter.facts {
        if fact.is_from_history() && into.requester.id != merged.requester.id {
            continue;
        }
        let fact = match into.matter.facts.get(name) {
            None => Some(fact.clone()),
            Some(own) if name == "steps_tried" => with_steps(own, fact),
            Some(own) if own.value == fact.value || !same_word => None,
            Some(own) => {
                let surer = |older: &super::Fact, newer: &super::Fact| {
                    older.rank() > newer.rank()
                        || older.rank() == newer.rank()
                            && older.confidence > newer.confidence.saturating_add(SURER_MIN)
                };
                let wins = if is_older { surer(fact, own) } else { !surer(own, fact) };
                wins.then(|| fact.clone())
            }
        };
        if let Some(fact) = fact {
            matter.facts.insert(name.clone(), fact);
            changed.push(name.clone());
        }
    }
    for name in merged.matter.all_asked() {
        if !matter.all_asked().any(|known| known == name) {
            matter.asked_elsewhere.push(name.to_owned());
        }
    }
    (matter != into.matter).then_some((matter, changed))
}

/// The questions that a mail on this ticket may answer: where it answers a mail of a ticket that was merged into this one, those of
/// that ticket.
pub(super) fn asked<'a>(facts: &'a MailFacts, ticket: &'a TicketFacts) -> &'a [String] {
    let by_token = threading::valid(&facts.tokens).map(|token| token.ticket);
    let named = by_token.chain(facts.threads.iter().map(|found| found.ticket));
    let leads_here = |id: &super::TicketId| facts.standing(*id).is_some_and(|led| led.id == ticket.id);
    let answered = named.filter(leads_here).find_map(|id| facts.ticket(id));
    &answered.unwrap_or(ticket).matter.asked
}
