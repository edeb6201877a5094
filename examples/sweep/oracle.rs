//! The oracle of FAULTS, one for all sweeps: lost messages 0, duplicate tickets 0, unauthorised actions 0, automatic mails
//! within their limits, nothing left over, the next good mail handled.
//!
//! It judges three records against each other that share no code: what was delivered to the mailbox, what the store says, and
//! what the SMTP sink took. Pure.

use std::collections::{BTreeMap, BTreeSet};

use maildesk_lab::{mailclient::Mail, scripted_smtp::Received};

use crate::{
    record::{LedgerRow, OutboxRow, Record},
    scenario::{Due, Letter},
};

/// FAULTS section 2: one acknowledgement in ten minutes, five a day.
const ACKS_IN_TEN_MINUTES: usize = 1;
const TEN_MINUTES_MICROS: i64 = 600_000_000;
const ACKS_A_DAY: usize = 5;
const DAY_MICROS: i64 = 86_400_000_000;

/// What must have come of a sweep's point.
pub struct Expected<'a> {
    /// Delivered, in the order of their UIDs from 1.
    pub letters: &'a [Letter],
    /// Everything that must be sent, sorted; `None`: not known exactly.
    pub dues: Vec<Due>,
    /// Tickets of each requester, and their state where somebody worked on them.
    pub tickets: BTreeMap<&'static str, (usize, Option<&'static str>)>,
}

/// What is wrong; empty: the oracle holds.
pub fn judge(expected: &Expected<'_>, record: &Record, taken: &[Received]) -> Vec<String> {
    let mut wrong: Vec<String> = record.damage.iter().map(|d| format!("the store is damaged: {d}")).collect();
    wrong.extend(record.broken_chains.iter().map(|t| format!("the history of ticket #{t} does not hold")));
    wrong.extend(ledger(expected, record));
    wrong.extend(tickets(expected, record));
    wrong.extend(left_over(record));
    wrong.extend(sent(record, taken));
    wrong.extend(dues(expected, record));
    wrong.extend(limits(record));
    wrong.extend(taken.iter().filter_map(crate::scenario::unauthorised));
    wrong
}

/// Each delivered mail has one row, with its own bytes and its own outcome, and nothing was invented.
fn ledger(expected: &Expected<'_>, record: &Record) -> Vec<String> {
    let mut wrong = Vec::new();
    let requesters: BTreeMap<i64, &str> =
        record.tickets.iter().map(|t| (t.id, t.requester.as_str())).collect();
    for (uid, letter) in (1_i64..).zip(expected.letters) {
        let rows: Vec<&LedgerRow> = record.ledger.iter().filter(|row| row.uid == uid).collect();
        let [row] = rows.as_slice() else {
            wrong.push(format!("{} (UID {uid}) has {} rows in the ledger", letter.key, rows.len()));
            continue;
        };
        if row.bytes.as_deref() != Some(letter.bytes.as_slice()) {
            wrong.push(format!("{} (UID {uid}) was kept with other bytes", letter.key));
        }
        let on = row.ticket_id.and_then(|ticket| requesters.get(&ticket).copied());
        if row.outcome != letter.outcome || (on != letter.ticket_of && row.outcome != "ignored") {
            wrong.push(format!(
                "{} (UID {uid}) ended as {} on the ticket of {on:?} ({}), not as {} on that of {:?}",
                letter.key, row.outcome, row.reason, letter.outcome, letter.ticket_of
            ));
        }
        if row.settled_at.is_none() {
            wrong.push(format!("{} (UID {uid}) is not settled", letter.key));
        }
    }
    let known = i64::try_from(expected.letters.len()).unwrap_or(i64::MAX);
    let invented = record.ledger.iter().filter(|row| row.uid > known || row.uid < 1);
    wrong.extend(invented.map(|row| format!("UID {} was never delivered and is {}", row.uid, row.outcome)));
    wrong
}

fn tickets(expected: &Expected<'_>, record: &Record) -> Vec<String> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ticket in &record.tickets {
        found.entry(&ticket.requester).or_default().push(&ticket.state);
    }
    let mut wrong = Vec::new();
    for (requester, (count, state)) in &expected.tickets {
        let states = found.remove(requester).unwrap_or_default();
        if states.len() != *count {
            wrong.push(format!("{requester} has {} tickets, not {count}", states.len()));
        }
        if let Some(state) = state
            && !states.iter().all(|s| s == state)
        {
            wrong.push(format!("the ticket of {requester} is {states:?}, not {state}"));
        }
    }
    wrong.extend(found.keys().map(|requester| format!("a ticket for {requester} that nobody asked for")));
    wrong
}

fn left_over(record: &Record) -> Vec<String> {
    let mut wrong = Vec::new();
    for status in &record.status {
        if status.unaccounted.is_some_and(|n| n > 0) {
            wrong.push(format!("{:?} unaccounted for", status.unaccounted));
        }
        if status.unsettled > 0 {
            wrong.push(format!("{} not settled", status.unsettled));
        }
        if let Some(trouble) = status.trouble.as_ref().or(status.outbox_trouble.as_ref()) {
            wrong.push(format!("trouble stayed: {trouble}"));
        }
    }
    if record.status.is_empty() {
        wrong.push("the store knows no mailbox".to_owned());
    }
    wrong
}

/// Every row was sent and was taken by the server; what was taken more than once is the same mail, byte for byte; nothing was
/// taken that is no row.
fn sent(record: &Record, taken: &[Received]) -> Vec<String> {
    let mut by_id: BTreeMap<String, Vec<&Received>> = BTreeMap::new();
    for mail in taken {
        let id = Mail::new(mail.data.clone()).header("Message-ID");
        by_id.entry(id.trim_matches(['<', '>']).to_owned()).or_default().push(mail);
    }
    let mut wrong = Vec::new();
    for row in &record.outbox {
        if row.state != "sent" {
            wrong.push(format!("outgoing mail {} ({}) is {}: {}", row.id, row.kind, row.state, row.detail));
        }
        let copies = by_id.remove(&row.message_id()).unwrap_or_default();
        wrong.extend(copies_of(row, &copies));
    }
    wrong.extend(by_id.keys().map(|id| format!("the server took {id}, which the store does not know")));
    wrong
}

fn copies_of(row: &OutboxRow, copies: &[&Received]) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some((first, more)) = copies.split_first() else {
        return vec![format!("outgoing mail {} ({} to {}) never arrived: lost", row.id, row.kind, row.recipient)];
    };
    if more.iter().any(|copy| copy != first) {
        wrong.push(format!("outgoing mail {} went as two different mails under one Message-ID", row.id));
    }
    let envelope = row.envelope_from.clone().unwrap_or_default();
    if first.rcpt_to != [row.recipient.clone()] || first.mail_from != envelope {
        wrong.push(format!("outgoing mail {} went to {:?} from {}", row.id, first.rcpt_to, first.mail_from));
    }
    if copies.len() > usize::try_from(row.attempts).unwrap_or(0) {
        wrong.push(format!("outgoing mail {} went {} times in {} attempts", row.id, copies.len(), row.attempts));
    }
    wrong
}

fn dues(expected: &Expected<'_>, record: &Record) -> Vec<String> {
    let requesters: BTreeMap<i64, &str> =
        record.tickets.iter().map(|t| (t.id, t.requester.as_str())).collect();
    let mut found: Vec<Due> = record
        .outbox
        .iter()
        .map(|row| {
            let of = row.ticket_id.and_then(|ticket| requesters.get(&ticket).copied()).unwrap_or_default();
            Due::new(&row.kind, &row.recipient, of)
        })
        .collect();
    let mut wrong = Vec::new();
    for due in &expected.dues {
        match found.iter().position(|f| f == due) {
            Some(at) => drop(found.swap_remove(at)),
            None => wrong.push(format!("missing: {due:?}")),
        }
    }
    wrong.extend(found.into_iter().map(|extra| format!("one too many: {extra:?}")));
    wrong
}

/// FAULTS section 2, counted anew from the rows.
fn limits(record: &Record) -> Vec<String> {
    let mut wrong = Vec::new();
    let acks = record.outbox.iter().filter(|row| row.kind == "acknowledgement");
    let mut at: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for ack in acks {
        at.entry(&ack.recipient).or_default().push(ack.created_at);
    }
    for (recipient, mut times) in at {
        times.sort_unstable();
        for (span, most) in [(TEN_MINUTES_MICROS, ACKS_IN_TEN_MINUTES), (DAY_MICROS, ACKS_A_DAY)] {
            let in_span = |from: &i64| times.iter().filter(|t| **t >= *from && **t < from + span).count();
            if times.iter().any(|from| in_span(from) > most) {
                wrong.push(format!("{recipient} got more than {most} acknowledgements in {} s", span / 1_000_000));
            }
        }
    }
    let people: BTreeSet<i64> = record.tickets.iter().map(|t| t.id).collect();
    let to_clients = record.outbox.iter().filter(|row| row.to_agent == 0 && row.kind == "acknowledgement");
    if to_clients.count() > people.len() {
        wrong.push("more acknowledgements than tickets".to_owned());
    }
    wrong
}
