//! What the decisions on a whole window of old mail rest on, read at once instead of mail by mail.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::ImportBatch;
use crate::{
    desk::{PersonFacts, PersonId, TAKEN_BEFORE, ThreadMatch, TicketFacts, TicketId},
    store::{
        Result, Window,
        columns::{clean, message_id_hash, micros, parameters, some_text},
        engine::{Value, query_as},
        failure::Context,
        rows,
    },
};

/// Names of one statement: SQLite's work on numbered parameters grows with the square of their number.
const NAMES_AT_ONCE: usize = 100;
/// The tickets that [`Window::ticket_facts`] reads at once.
const TICKETS_AT_ONCE: usize = 20;

type PersonRow = (i64, String, String, i64, String);

impl Window {
    /// Identities of mail that was decided before, with its ticket; see [`Window::duplicate`].
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn duplicates(&mut self, identities: &[&str]) -> Result<HashMap<String, Option<TicketId>>> {
        let mut known: HashMap<String, Option<TicketId>> = HashMap::new();
        for piece in identities.chunks(NAMES_AT_ONCE) {
            let sql = format!(
                "SELECT f.identity, l.ticket_id FROM facts f JOIN ledger l ON l.raw_id = f.raw_id
                 WHERE f.identity <> '' AND f.identity IN ({})
                    AND l.outcome IN ('ticket', 'held', 'control', 'ignored')
                    AND (l.outcome <> 'ignored' OR l.reason NOT LIKE $1)
                 ORDER BY f.id DESC",
                parameters(2, piece.len())
            );
            let mut query = query_as::<(String, Option<i64>)>(AssertSqlSafe(sql));
            query = query.bind(format!("{TAKEN_BEFORE}%"));
            for identity in piece {
                query = query.bind(clean(identity));
            }
            // The first on a ticket stands last and wins.
            for (identity, ticket) in
                query.fetch_all(&mut *self.tx).await.context("looking for duplicates")?
            {
                let known = known.entry(identity).or_default();
                *known = ticket.map(TicketId).or(*known);
            }
        }
        Ok(known)
    }

    /// Finds or makes the people with these addresses (lower case), each with a name for one who has none.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn people(
        &mut self,
        batch: &ImportBatch,
        people: &[(String, Option<String>)],
        now: Timestamp,
    ) -> Result<HashMap<String, PersonFacts>> {
        let mut known = self.known_people(people).await?;
        let mut missing: Vec<&(String, Option<String>)> =
            people.iter().filter(|(address, _)| !known.contains_key(&clean(address))).collect();
        missing.sort();
        missing.dedup_by(|one, other| one.0 == other.0);
        let values = missing
            .iter()
            .flat_map(|(address, name)| {
                [
                    Value::from(clean(address)),
                    Value::from(clean(name.as_deref().unwrap_or_default())),
                    Value::from(micros(now)),
                ]
            })
            .collect();
        let made: Vec<(i64, String, String)> = rows::insert_returning(
            &mut self.tx,
            ("person (address, name, created_at)", 3),
            "ON CONFLICT (address) DO NOTHING RETURNING id, address, name",
            values,
            "adding people",
        )
        .await?;
        let marks =
            made.iter().flat_map(|(id, ..)| [Value::from(batch.id), Value::from(*id)]).collect::<Vec<_>>();
        let into = ("import_person (batch_id, person_id)", 2);
        rows::insert(&mut self.tx, into, "", marks, "adding people").await?;
        known.extend(made.into_iter().map(|(id, address, name)| {
            let facts = PersonFacts {
                id: PersonId(id),
                address: address.clone(),
                name: some_text(name),
                ..PersonFacts::default()
            };
            (address, facts)
        }));
        Ok(known)
    }

    async fn known_people(
        &mut self,
        people: &[(String, Option<String>)],
    ) -> Result<HashMap<String, PersonFacts>> {
        let mut known = HashMap::new();
        for piece in people.chunks(NAMES_AT_ONCE) {
            let sql = format!(
                "SELECT p.id, p.address, p.name, p.suppressed, COALESCE((SELECT t.language FROM ticket t
                    WHERE t.requester_id = p.id ORDER BY t.id DESC LIMIT 1), '')
                 FROM person p WHERE p.address IN ({})",
                parameters(1, piece.len())
            );
            let mut query = query_as::<PersonRow>(AssertSqlSafe(sql));
            for (address, _) in piece {
                query = query.bind(clean(address));
            }
            let found = query.fetch_all(&mut *self.tx).await.context("finding people")?;
            known.extend(found.into_iter().map(|(id, address, name, suppressed, language)| {
                let facts = PersonFacts {
                    id: PersonId(id),
                    address: address.clone(),
                    name: some_text(name),
                    language: some_text(language),
                    suppressed: suppressed != 0,
                    // Old mail is answered by nobody, so nobody asks since when.
                    ..PersonFacts::default()
                };
                (address, facts)
            }));
        }
        Ok(known)
    }

    /// The tickets of stored messages, ours and received, with these Message-IDs; see [`Window::threads`].
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn threads_of(&mut self, ids: &[String]) -> Result<HashMap<String, Vec<ThreadMatch>>> {
        let by_hash: HashMap<Vec<u8>, &String> = ids.iter().map(|id| (message_id_hash(id), id)).collect();
        let hashes: Vec<&Vec<u8>> = by_hash.keys().collect();
        let mut threads: HashMap<String, Vec<ThreadMatch>> = HashMap::new();
        for piece in hashes.chunks(NAMES_AT_ONCE) {
            let list = parameters(1, piece.len());
            let sql = format!(
                "SELECT message_id_hash, ticket_id, recipient, to_agent FROM outbox
                    WHERE ticket_id IS NOT NULL AND message_id_hash IN ({list})
                 UNION ALL SELECT message_id_hash, ticket_id, NULL, 0 FROM message WHERE message_id_hash IN ({list})"
            );
            let mut query = query_as::<(Vec<u8>, i64, Option<String>, i64)>(AssertSqlSafe(sql));
            for hash in piece {
                query = query.bind((*hash).clone());
            }
            for (hash, ticket, sent_to, to_agent) in
                query.fetch_all(&mut *self.tx).await.context("looking for threads")?
            {
                let Some(id) = by_hash.get(&hash) else { continue };
                let found = ThreadMatch {
                    ticket: TicketId(ticket),
                    sent_to,
                    to_agent: to_agent != 0,
                    revoked: false,
                };
                threads.entry((*id).clone()).or_default().push(found);
            }
        }
        Ok(threads)
    }

    /// Tickets as decisions on old mail see them: [`TicketFacts::imported`] is told too.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn imported_tickets(&mut self, ids: &[TicketId], now: Timestamp) -> Result<Vec<TicketFacts>> {
        let mut tickets = Vec::with_capacity(ids.len());
        for piece in ids.chunks(TICKETS_AT_ONCE) {
            tickets.extend(self.ticket_facts(piece, now).await?);
            let sql = format!(
                "SELECT ticket_id, version FROM import_ticket WHERE made = 1 AND ticket_id IN ({})",
                parameters(1, piece.len())
            );
            let mut query = query_as::<(i64, i64)>(AssertSqlSafe(sql));
            for id in piece {
                query = query.bind(id.0);
            }
            for (id, version) in query.fetch_all(&mut *self.tx).await.context("reading tickets")? {
                if let Some(ticket) = tickets.iter_mut().find(|ticket: &&mut TicketFacts| ticket.id.0 == id) {
                    ticket.imported = version == ticket.version;
                }
            }
        }
        Ok(tickets)
    }
}
