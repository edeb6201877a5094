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
#[derive(Default)]
pub struct Expected<'a> {
    /// Delivered, in the order of their UIDs from 1.
    pub letters: &'a [Letter],
    pub uid_validity: u32,
    /// Everything that must be sent.
    pub dues: Vec<Due>,
    /// Kinds of mail that are sent as things go wrong, or as time passes, and are no dues.
    pub besides: &'static [&'static str],
    /// Tickets of each requester, and their state where somebody worked on them.
    pub tickets: BTreeMap<String, (usize, Option<&'static str>)>,
    pub excuses: Excuses,
}

/// Where bytes were garbled on a line without TLS, some things cannot be noticed by anybody. Only these are excused.
#[derive(Debug, Default)]
pub struct Excuses {
    /// UIDs that were fetched while a byte from the IMAP server was garbled. A changed byte inside a literal is another mail:
    /// the desk takes that one. It must be kept with as many bytes, one of which differs; what it says is then anybody's
    /// guess. An INTERNALDATE of another century makes it too old to be answered.
    pub fetched_garbled: BTreeSet<i64>,
    /// A garbled UIDVALIDITY is another folder: everything is taken again, and recognised.
    pub other_validities: bool,
    /// Rows of the outbox (by id) that were tried while a byte to or from the SMTP server was garbled: a garbled command is
    /// refused, a garbled answer may be a refusal. The row then says that it failed.
    pub rows: BTreeSet<i64>,
    /// Mails of the sink (by place) that were taken while a byte towards it was garbled: to whom and what it says is what
    /// arrived.
    pub mails: BTreeSet<usize>,
}

/// What is wrong; empty: the oracle holds.
pub fn judge(expected: &Expected<'_>, record: &Record, taken: &[Received]) -> Vec<String> {
    let mut wrong: Vec<String> = record.damage.iter().map(|d| format!("the store is damaged: {d}")).collect();
    wrong.extend(record.broken_chains.iter().map(|t| format!("the history of ticket #{t} does not hold")));
    let altered = altered(expected, record);
    wrong.extend(ledger(expected, record));
    wrong.extend(tickets(expected, record, &altered));
    wrong.extend(left_over(expected, record));
    wrong.extend(sent(expected, record, &altered, taken));
    wrong.extend(dues(expected, record, &altered));
    wrong.extend(limits(record));
    let untouched = taken.iter().enumerate().filter(|(at, _)| !expected.excuses.mails.contains(at));
    if altered.is_empty() {
        wrong.extend(untouched.filter_map(|(_, mail)| crate::scenario::unauthorised(mail)));
    }
    wrong
}

/// Tickets of mails that reached the desk as other mails.
fn altered(expected: &Expected<'_>, record: &Record) -> BTreeSet<i64> {
    let is_altered = |row: &&LedgerRow| {
        let letter = usize::try_from(row.uid - 1).ok().and_then(|at| expected.letters.get(at));
        expected.excuses.fetched_garbled.contains(&row.uid)
            && letter.is_some_and(|letter| row.bytes.as_deref() != Some(letter.bytes.as_slice()))
    };
    record.ledger.iter().filter(is_altered).filter_map(|row| row.ticket_id).collect()
}

/// Each delivered mail has one row, with its own bytes and its own outcome, and nothing was invented.
fn ledger(expected: &Expected<'_>, record: &Record) -> Vec<String> {
    let mut wrong = Vec::new();
    for (uid, letter) in (1_i64..).zip(expected.letters) {
        let of_uid = || record.ledger.iter().filter(|row| row.uid == uid);
        let ours = |row: &&LedgerRow| row.uid_validity == i64::from(expected.uid_validity);
        let [own] = of_uid().filter(ours).collect::<Vec<_>>()[..] else {
            wrong.push(format!("{} (UID {uid}) has {} rows in the ledger", letter.key, of_uid().count()));
            continue;
        };
        if own.settled_at.is_none() {
            wrong.push(format!("{} (UID {uid}) is not settled", letter.key));
        }
        // Of a mail that was taken under two UIDVALIDITYs one row is the mail, the other knows that it is the same.
        let (again, taken): (Vec<&LedgerRow>, Vec<&LedgerRow>) =
            of_uid().partition(|row| row.outcome == "ignored" && row.reason.starts_with("the same mail"));
        let taken = if letter.outcome == "ignored" { again } else { taken };
        match taken.as_slice() {
            [row] => wrong.extend(row_of(expected, record, letter, row)),
            rows => {
                wrong.push(format!("{} (UID {uid}) was taken {} times: {rows:?}", letter.key, rows.len()))
            }
        }
    }
    let known = i64::try_from(expected.letters.len()).unwrap_or(i64::MAX);
    let invented = record.ledger.iter().filter(|row| {
        let foreign =
            row.uid_validity != i64::from(expected.uid_validity) && !expected.excuses.other_validities;
        row.uid > known || row.uid < 1 || foreign
    });
    wrong.extend(invented.map(|row| format!("UID {} was never delivered and is {}", row.uid, row.outcome)));
    wrong
}

fn row_of(expected: &Expected<'_>, record: &Record, letter: &Letter, row: &LedgerRow) -> Vec<String> {
    let mut wrong = Vec::new();
    let (key, uid) = (&letter.key, row.uid);
    let kept = row.bytes.as_deref().unwrap_or_default();
    if kept != letter.bytes {
        let differing = kept.iter().zip(&letter.bytes).filter(|(a, b)| a != b).count();
        let one_byte = kept.len() == letter.bytes.len() && differing == 1;
        if !one_byte || !expected.excuses.fetched_garbled.contains(&uid) {
            wrong.push(format!(
                "{key} (UID {uid}) was kept with other bytes: {}",
                String::from_utf8_lossy(kept)
            ));
        }
        if !["ticket", "held", "control", "ignored"].contains(&row.outcome.as_str()) {
            wrong.push(format!("{key} (UID {uid}) ended as {}: {}", row.outcome, row.reason));
        }
        return wrong;
    }
    let requester = |id| record.tickets.iter().find(|t| t.id == id).map(|t| t.requester.as_str());
    let on = row.ticket_id.and_then(requester);
    if row.outcome != letter.outcome || (on != letter.ticket_of.as_deref() && row.outcome != "ignored") {
        wrong.push(format!(
            "{key} (UID {uid}) ended as {} on the ticket of {on:?} ({}), not as {} on that of {:?}",
            row.outcome, row.reason, letter.outcome, letter.ticket_of
        ));
    }
    wrong
}

/// `altered`: tickets of mails that reached the desk as other mails; each has one of these, and the sum must be right.
fn tickets(expected: &Expected<'_>, record: &Record, altered: &BTreeSet<i64>) -> Vec<String> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ticket in record.tickets.iter().filter(|t| !altered.contains(&t.id)) {
        found.entry(&ticket.requester).or_default().push(&ticket.state);
    }
    let (mut wrong, mut missing) = (Vec::new(), 0);
    for (requester, (count, state)) in &expected.tickets {
        let states = found.remove(requester.as_str()).unwrap_or_default();
        if states.len() > *count {
            wrong.push(format!("{requester} has {} tickets, not {count}: duplicate", states.len()));
        }
        missing += count.saturating_sub(states.len());
        if let Some(state) = state
            && !states.iter().all(|s| s == state)
        {
            wrong.push(format!("the ticket of {requester} is {states:?}, not {state}"));
        }
    }
    if missing > altered.len() {
        wrong.push(format!("{missing} tickets are missing, {} mails were altered on the way", altered.len()));
    }
    wrong.extend(found.keys().map(|requester| format!("a ticket for {requester} that nobody asked for")));
    wrong
}

fn left_over(expected: &Expected<'_>, record: &Record) -> Vec<String> {
    let mut wrong = Vec::new();
    for status in &record.status {
        if status.unaccounted.is_some_and(|n| n > 0) {
            wrong.push(format!("{:?} unaccounted for", status.unaccounted));
        }
        if status.unsettled > 0 && !expected.excuses.other_validities {
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
fn sent(
    expected: &Expected<'_>,
    record: &Record,
    altered: &BTreeSet<i64>,
    taken: &[Received],
) -> Vec<String> {
    let Excuses { rows: garbled, mails, .. } = &expected.excuses;
    let mut by_id: BTreeMap<String, Vec<&Received>> = BTreeMap::new();
    for (_, mail) in taken.iter().enumerate().filter(|(at, _)| !mails.contains(at)) {
        let id = Mail::new(mail.data.clone()).header("Message-ID");
        by_id.entry(id.trim_matches(['<', '>']).to_owned()).or_default().push(mail);
    }
    let mut wrong = Vec::new();
    for row in &record.outbox {
        let copies = by_id.remove(&row.message_id()).unwrap_or_default();
        // An altered sender may be no address at all.
        let is_garbled = garbled.contains(&row.id) || row.ticket_id.is_some_and(|id| altered.contains(&id));
        if row.state != "sent" && !(is_garbled && row.state == "failed" && !row.detail.is_empty()) {
            wrong.push(format!("outgoing mail {} ({}) is {}: {}", row.id, row.kind, row.state, row.detail));
        }
        if copies.is_empty() && !is_garbled {
            wrong.push(format!(
                "outgoing mail {} ({} to {}) never arrived: lost",
                row.id, row.kind, row.recipient
            ));
        }
        // An altered domain goes over the wire as IDNA writes it.
        if !is_garbled {
            wrong.extend(copies_of(row, &copies));
        }
    }
    wrong.extend(by_id.keys().map(|id| format!("the server took {id}, which the store does not know")));
    wrong
}

fn copies_of(row: &OutboxRow, copies: &[&Received]) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some((first, more)) = copies.split_first() else { return wrong };
    if more.iter().any(|copy| copy != first) {
        wrong.push(format!("outgoing mail {} went as two different mails under one Message-ID", row.id));
    }
    let envelope = row.envelope_from.clone().unwrap_or_default();
    if first.rcpt_to != [row.recipient.clone()] || first.mail_from != envelope {
        wrong.push(format!("outgoing mail {} went to {:?} from {}", row.id, first.rcpt_to, first.mail_from));
    }
    if copies.len() > usize::try_from(row.attempts).unwrap_or(0) {
        wrong.push(format!(
            "outgoing mail {} went {} times in {} attempts",
            row.id,
            copies.len(),
            row.attempts
        ));
    }
    wrong
}

fn dues(expected: &Expected<'_>, record: &Record, altered: &BTreeSet<i64>) -> Vec<String> {
    let requesters: BTreeMap<i64, &str> =
        record.tickets.iter().map(|t| (t.id, t.requester.as_str())).collect();
    let is_due = |row: &&OutboxRow| {
        !expected.besides.contains(&row.kind.as_str())
            && row.ticket_id.is_none_or(|id| !altered.contains(&id))
    };
    let mut found: Vec<Due> = record
        .outbox
        .iter()
        .filter(is_due)
        .map(|row| {
            let of = row.ticket_id.and_then(|ticket| requesters.get(&ticket).copied()).unwrap_or_default();
            Due::new(&row.kind, &row.recipient, of)
        })
        .collect();
    let mut wrong = Vec::new();
    let mut missing = Vec::new();
    for due in &expected.dues {
        match found.iter().position(|f| f == due) {
            Some(at) => drop(found.swap_remove(at)),
            None => missing.push(due),
        }
    }
    // A mail that arrived as another one has other letters; one whose date was garbled has no acknowledgement.
    let excused = |due: &Due| {
        let letter =
            (1_i64..).zip(expected.letters).find(|(_, l)| l.ticket_of.as_ref() == Some(&due.ticket_of));
        letter.is_some_and(|(uid, _)| expected.excuses.fetched_garbled.contains(&uid))
    };
    wrong.extend(missing.into_iter().filter(|due| !excused(due)).map(|due| format!("missing: {due:?}")));
    wrong.extend(found.into_iter().map(|extra| format!("one too many: {extra:?}")));
    wrong
}

/// Each reply lies in the Sent folder, once: a copy too many would be an answer that people see twice.
pub fn filed(record: &Record, there: &[String]) -> Vec<String> {
    let replies = record.outbox.iter().filter(|row| row.kind == "reply");
    let copies = |row: &OutboxRow| there.iter().filter(|id| **id == row.message_id()).count();
    let mut wrong: Vec<String> = replies
        .clone()
        .filter(|row| copies(row) != 1)
        .map(|row| format!("reply {} lies {} times in the Sent folder", row.id, copies(row)))
        .collect();
    if there.len() > replies.count() && wrong.is_empty() {
        wrong.push(format!("the Sent folder holds {there:?}"));
    }
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
                wrong.push(format!(
                    "{recipient} got more than {most} acknowledgements in {} s",
                    span / 1_000_000
                ));
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
