//! What a decision needs to know, read on the writer's transaction, so that message 2 of a window sees what message 1 did.
//!
//! Invariant: the number of statements does not grow with the number of ids asked for.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sqlx::{AssertSqlSafe, FromRow};

use super::{
    Result, Window,
    columns::{
        self, count_u32, instant, instant_or_none, message_id_hash, micros, parameters, parse_json,
        parse_priority, parse_state, some_text,
    },
    engine::{query_as, query_scalar},
    events,
    failure::Context,
};
use crate::desk::{
    Fact, LimitCounts, Matter, PersonFacts, PersonId, RawId, TAKEN_BEFORE, ThreadMatch, TicketFacts, TicketId,
};

/// References that are looked up; the caller puts the most telling first.
const THREAD_IDS_MAX: usize = 100;
/// Tickets that are read at once.
const TICKETS_MAX: usize = 20;

/// What is older than this is no longer true of somebody's machine.
const KNOWN_DAYS: i64 = 180;

/// The language of a person is that of their newest ticket.
const PERSON: &str = "INSERT INTO person (address, name, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (address) DO UPDATE SET name = CASE WHEN person.name = '' THEN excluded.name ELSE person.name END
    RETURNING id, name, suppressed, suppressed_at, suppressed_why, released_at,
        COALESCE((SELECT t.language FROM ticket t WHERE t.requester_id = person.id ORDER BY t.id DESC LIMIT 1), '')";

/// What [`PERSON`] returns.
type PersonRow = (i64, String, i64, Option<i64>, String, Option<i64>, String);

const LIMITS: &str = "SELECT
    (SELECT COUNT(*) FROM outbox WHERE recipient = $1 AND kind = 'acknowledgement' AND to_agent = 0 AND automatic = 1
        AND created_at > $3),
    (SELECT COUNT(*) FROM outbox WHERE recipient = $1 AND kind = 'acknowledgement' AND to_agent = 0 AND automatic = 1
        AND created_at > $4),
    (SELECT COUNT(*) FROM outbox WHERE recipient_domain = $2 AND kind = 'acknowledgement' AND to_agent = 0
        AND automatic = 1 AND created_at > $5),
    (SELECT COUNT(*) FROM outbox WHERE kind = 'acknowledgement' AND to_agent = 0 AND automatic = 1
        AND created_at > $5),
    (SELECT COUNT(*) FROM outbox WHERE recipient = $1 AND kind = 'confirmation' AND created_at > $5)";

/// Mail to agents is left out of the two counts; what shadow mode holds back is in them.
const TICKET_FACTS: &str = "SELECT t.id, t.version, t.mailbox, t.state, t.subject, t.language, t.category, t.priority,
        t.team, t.assignee, t.tags, t.requester_proven, t.created_at, t.first_response_at, t.first_response_due_at,
        t.closed_at, t.facts, t.proposed_by, t.merged_into,
        p.id AS person_id, p.address, p.name, p.suppressed, p.suppressed_at, p.suppressed_why, p.released_at,
        COALESCE((SELECT n.language FROM ticket n WHERE n.requester_id = p.id ORDER BY n.id DESC LIMIT 1), '')
            AS person_language,
        COALESCE(c.message_id, '') AS client_message_id, COALESCE(c.mail_references, '[]') AS client_references,
        COALESCE(SUBSTR(c.text, 1, 20000), '') AS client_text,
        c.received_at AS client_received_at,
        (SELECT COUNT(*) FROM outbox o WHERE o.ticket_id = t.id AND o.to_agent = 0 AND o.automatic = 1
            AND o.created_at > $1) AS automatic_hour,
        (SELECT COUNT(*) FROM outbox o WHERE o.ticket_id = t.id AND o.to_agent = 0 AND o.automatic = 1
            AND o.created_at >= COALESCE((SELECT MAX(m.created_at) FROM message m WHERE m.ticket_id = t.id
                AND m.kind IN ('client', 'reply')), 0)) AS automatic_row
    FROM ticket t JOIN person p ON p.id = t.requester_id
    LEFT JOIN message c ON c.id = (SELECT MAX(m.id) FROM message m WHERE m.ticket_id = t.id AND m.kind = 'client')
    WHERE t.id IN ";

#[derive(FromRow)]
struct TicketFactsRow {
    id: i64,
    version: i64,
    mailbox: String,
    state: String,
    subject: String,
    language: String,
    category: String,
    priority: String,
    team: String,
    assignee: String,
    tags: String,
    requester_proven: i64,
    created_at: i64,
    first_response_at: Option<i64>,
    first_response_due_at: Option<i64>,
    closed_at: Option<i64>,
    facts: String,
    proposed_by: String,
    merged_into: Option<i64>,
    person_id: i64,
    address: String,
    name: String,
    suppressed: i64,
    suppressed_at: Option<i64>,
    suppressed_why: String,
    released_at: Option<i64>,
    person_language: String,
    client_message_id: String,
    client_references: String,
    client_text: String,
    client_received_at: Option<i64>,
    automatic_hour: i64,
    automatic_row: i64,
}

impl Window {
    /// Finds or makes the person with this address (lower case); `name` fills an empty one.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn person(&mut self, address: &str, name: Option<&str>, now: Timestamp) -> Result<PersonFacts> {
        let address = columns::clean(address);
        let row: PersonRow = query_as(PERSON)
            .bind(address.clone())
            .bind(columns::clean(name.unwrap_or_default()))
            .bind(micros(now))
            .fetch_one(&mut *self.tx)
            .await
            .context("finding a person")?;
        let (id, name, suppressed, suppressed_at, suppressed_why, released_at, language) = row;
        Ok(PersonFacts {
            id: PersonId(id),
            address,
            name: some_text(name),
            language: some_text(language),
            suppressed: suppressed != 0,
            suppressed_at: instant_or_none(suppressed_at)?,
            suppressed_why,
            released_at: instant_or_none(released_at)?,
        })
    }

    /// The ticket of an earlier decided mail of the same identity; `Some(None)`: that mail is on no ticket. A mail that was itself
    /// ignored for another's sake says nothing: should the other one be gone, this identity was never taken.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn duplicate(&mut self, identity: &str, raw: RawId) -> Result<Option<Option<TicketId>>> {
        if identity.is_empty() {
            return Ok(None);
        }
        let ticket: Option<Option<i64>> = query_scalar(
            "SELECT l.ticket_id FROM facts f JOIN ledger l ON l.raw_id = f.raw_id
             WHERE f.identity = $1 AND f.identity <> '' AND f.raw_id <> $2
                AND l.outcome IN ('ticket', 'held', 'control', 'ignored')
                AND (l.outcome <> 'ignored' OR l.reason NOT LIKE $3)
             ORDER BY CASE WHEN l.ticket_id IS NULL THEN 1 ELSE 0 END, f.id LIMIT 1",
        )
        .bind(columns::clean(identity))
        .bind(raw.0)
        .bind(format!("{TAKEN_BEFORE}%"))
        .fetch_optional(&mut *self.tx)
        .await
        .context("looking for a duplicate")?;
        Ok(ticket.map(|ticket| ticket.map(TicketId)))
    }

    /// Stored messages, ours and received, with these Message-IDs, in the order of `ids`, at most the first hundred.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn threads(&mut self, ids: &[String]) -> Result<Vec<ThreadMatch>> {
        let hashes: Vec<Vec<u8>> = ids
            .iter()
            .filter(|id| !id.is_empty())
            .take(THREAD_IDS_MAX)
            .map(|id| message_id_hash(id))
            .collect();
        if hashes.is_empty() {
            return Ok(Vec::new());
        }
        let list = parameters(1, hashes.len());
        let sql = format!(
            "SELECT o.message_id_hash, o.ticket_id, o.recipient, o.to_agent, o.created_at,
                    (SELECT p.revoked_at FROM person p WHERE p.address = o.recipient)
                FROM outbox o
                WHERE o.ticket_id IS NOT NULL AND o.message_id_hash IN ({list})
             UNION ALL SELECT message_id_hash, ticket_id, NULL, 0, created_at, NULL
                FROM message WHERE message_id_hash IN ({list})"
        );
        let mut query = query_as(AssertSqlSafe(sql));
        for hash in &hashes {
            query = query.bind(hash.clone());
        }
        type Found = (Vec<u8>, i64, Option<String>, i64, i64, Option<i64>);
        let found: Vec<Found> = query.fetch_all(&mut *self.tx).await.context("looking for a thread")?;
        Ok(hashes
            .iter()
            .flat_map(|hash| found.iter().filter(move |(found, ..)| found == hash))
            .map(|(_, ticket, sent_to, to_agent, sent_at, revoked_at)| ThreadMatch {
                ticket: TicketId(*ticket),
                sent_to: sent_to.clone(),
                to_agent: *to_agent != 0,
                revoked: *to_agent != 0 && revoked_at.is_some_and(|revoked_at| *sent_at <= revoked_at),
            })
            .collect())
    }

    /// In the order of `ids`; unknown ones are left out. At most the first twenty are read.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn ticket_facts(&mut self, ids: &[TicketId], now: Timestamp) -> Result<Vec<TicketFacts>> {
        let ids: Vec<i64> = ids.iter().take(TICKETS_MAX).map(|id| id.0).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("{TICKET_FACTS} ({})", parameters(2, ids.len()));
        let mut query = query_as(AssertSqlSafe(sql)).bind(before(now, SignedDuration::from_hours(1)));
        for id in &ids {
            query = query.bind(*id);
        }
        let rows: Vec<TicketFactsRow> = query.fetch_all(&mut *self.tx).await.context("reading tickets")?;
        let mut tickets = rows.into_iter().map(ticket_facts).collect::<Result<Vec<_>>>()?;
        for (ticket, person) in self.participants(&ids).await? {
            if let Some(facts) = tickets.iter_mut().find(|facts| facts.id.0 == ticket) {
                facts.participants.push(person.address.clone());
                if person.id != facts.requester.id {
                    facts.others.push(person);
                }
            }
        }
        for (ticket, brief) in events::newest(&mut self.tx, &ids).await? {
            if let Some(facts) = tickets.iter_mut().find(|facts| facts.id == ticket) {
                facts.history.push(brief);
            }
        }
        Ok(ids.iter().filter_map(|id| tickets.iter().find(|facts| facts.id.0 == *id).cloned()).collect())
    }

    /// What the newest tickets of a person tell of them, of those whose sender was proven: anybody can write the words of the
    /// others.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn known(&mut self, person: PersonId, now: Timestamp) -> Result<BTreeMap<String, Fact>> {
        let rows: Vec<String> = query_scalar(
            "SELECT facts FROM ticket WHERE requester_id = $1 AND requester_proven = 1 AND created_at > $2
                AND facts <> '{}' AND state <> 'spam' ORDER BY id DESC LIMIT 5",
        )
        .bind(person.0)
        .bind(before(now, SignedDuration::from_hours(24 * KNOWN_DAYS)))
        .fetch_all(&mut *self.tx)
        .await
        .context("reading what is known of a person")?;
        let earlier =
            rows.iter().map(|row| parse_json(row, "facts of a ticket")).collect::<Result<Vec<Matter>>>()?;
        Ok(Matter::lasting(&earlier))
    }

    async fn participants(&mut self, ids: &[i64]) -> Result<Vec<(i64, PersonFacts)>> {
        let sql = format!(
            "SELECT a.ticket_id, p.id, p.address, p.name, p.suppressed, p.suppressed_at, p.suppressed_why
             FROM participant a JOIN person p ON p.id = a.person_id
             WHERE a.ticket_id IN ({}) ORDER BY a.ticket_id, a.position, a.person_id",
            parameters(1, ids.len())
        );
        let mut query = query_as::<(i64, i64, String, String, i64, Option<i64>, String)>(AssertSqlSafe(sql));
        for id in ids {
            query = query.bind(*id);
        }
        let rows = query.fetch_all(&mut *self.tx).await.context("reading participants")?;
        let person = |(ticket, id, address, name, suppressed, at, suppressed_why)| {
            let person = PersonFacts {
                id: PersonId(id),
                address,
                name: some_text(name),
                suppressed: suppressed != 0,
                suppressed_at: instant_or_none(at)?,
                suppressed_why,
                ..PersonFacts::default()
            };
            Ok((ticket, person))
        };
        rows.into_iter().map(person).collect()
    }

    /// Automatic mails to this address (lower case), its domain and all together, those of shadow mode among them.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn limits(&mut self, address: &str, domain: &str, now: Timestamp) -> Result<LimitCounts> {
        let counts: (i64, i64, i64, i64, i64) = query_as(LIMITS)
            .bind(columns::clean(address))
            .bind(columns::clean(domain))
            .bind(before(now, SignedDuration::from_mins(10)))
            .bind(before(now, SignedDuration::from_hours(24)))
            .bind(before(now, SignedDuration::from_hours(1)))
            .fetch_one(&mut *self.tx)
            .await
            .context("counting automatic mail")?;
        Ok(LimitCounts {
            acks_address_10min: count_u32(counts.0),
            acks_address_day: count_u32(counts.1),
            acks_domain_hour: count_u32(counts.2),
            acks_hour: count_u32(counts.3),
            confirmations_hour: count_u32(counts.4),
        })
    }
}

pub(super) fn before(now: Timestamp, span: SignedDuration) -> i64 {
    now.checked_sub(span).map_or(i64::MIN, micros)
}

fn ticket_facts(row: TicketFactsRow) -> Result<TicketFacts> {
    Ok(TicketFacts {
        id: TicketId(row.id),
        version: row.version,
        mailbox: row.mailbox,
        state: parse_state(&row.state)?,
        subject: row.subject,
        language: row.language,
        category: some_text(row.category),
        priority: parse_priority(&row.priority)?,
        team: some_text(row.team),
        assignee: some_text(row.assignee),
        tags: parse_json(&row.tags, "tags")?,
        requester: PersonFacts {
            id: PersonId(row.person_id),
            address: row.address,
            name: some_text(row.name),
            language: some_text(row.person_language),
            suppressed: row.suppressed != 0,
            suppressed_at: instant_or_none(row.suppressed_at)?,
            suppressed_why: row.suppressed_why,
            released_at: instant_or_none(row.released_at)?,
        },
        requester_proven: row.requester_proven != 0,
        participants: Vec::new(),
        others: Vec::new(),
        proposed_by: some_text(row.proposed_by),
        merged_into: row.merged_into.map(TicketId),
        created_at: instant(row.created_at)?,
        first_response_at: instant_or_none(row.first_response_at)?,
        first_response_due_at: instant_or_none(row.first_response_due_at)?,
        closed_at: instant_or_none(row.closed_at)?,
        last_client_message_id: some_text(row.client_message_id),
        last_client_references: parse_json(&row.client_references, "references")?,
        last_client_text: row.client_text,
        last_client_at: instant_or_none(row.client_received_at)?,
        automatic_hour: count_u32(row.automatic_hour),
        automatic_row: count_u32(row.automatic_row),
        history: Vec::new(),
        matter: parse_json(&row.facts, "facts of a ticket")?,
        imported: false,
    })
}
