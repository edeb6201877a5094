//! What a flood or a loop looks like in the store ([`FloodFacts`]), read on the writer's transaction.
//!
//! Must not know: limits, or what is refused. The number of statements does not grow with the number of mails.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::{
    Result, Window,
    columns::{clean, count_u32, parameters},
    engine::{query_as, query_scalar},
    failure::Context,
    gather::before,
};
use crate::desk::{FloodFacts, PersonFacts, TicketId, related};

/// Of the same text no more is counted than says enough. A reply that somebody sent from the mailbox itself is a message without an outbox row, and counts as an answer of staff.
const FLOOD: &str = "SELECT
    (SELECT COUNT(*) FROM event WHERE kind = 'breaker' AND at > $3),
    (SELECT COUNT(*) FROM outbox o WHERE o.recipient = $2 AND o.kind = 'acknowledgement' AND o.to_agent = 0
        AND o.automatic = 1 AND o.created_at > COALESCE((SELECT MAX(m.created_at) FROM message m
            JOIN ticket t ON t.id = m.ticket_id WHERE t.requester_id = $1 AND m.kind = 'reply'), 0)),
    (SELECT COUNT(*) FROM ticket WHERE requester_id = $1 AND created_at > $3),
    (SELECT COUNT(*) FROM ticket t JOIN event e ON e.ticket_id = t.id
        WHERE t.requester_id = $1 AND e.kind = 'folded' AND e.at > $3),
    (SELECT MAX(id) FROM ticket WHERE requester_id = $1 AND created_at > $3),
    (SELECT COUNT(*) FROM (SELECT 1 FROM message m JOIN person p ON p.id = m.author_id
        WHERE m.text_hash = $4 AND m.created_at > $5 AND p.address LIKE $6 LIMIT 100) AS same)";

/// A shorter text may be written twice by chance.
const TEXT_CHARS_MIN: usize = 20;

/// By this the same text is found again; `None`: it is too short to say anything.
pub(super) fn text_hash(text: &str) -> Option<i64> {
    text.trim().chars().nth(TEXT_CHARS_MIN)?;
    let mut hash = Sha256::new();
    for word in text.split_whitespace() {
        hash.update(word);
        hash.update([b' ']);
    }
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, of_hash)| *byte = of_hash);
    Some(i64::from_be_bytes(bytes))
}

impl Window {
    /// What mails of this person did lately, and how often their domain said `text`, without what only an agent's mail asks for;
    /// and their newest ticket of the last hour.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn flood(
        &mut self,
        person: &PersonFacts,
        text: &str,
        now: Timestamp,
    ) -> Result<(FloodFacts, Option<TicketId>)> {
        // At a free mail provider nobody answers for the others.
        let scope = related::scope(&person.address);
        let authors = if scope.contains('@') { scope } else { format!("%@{scope}") };
        let (breaker, row, tickets, folded, newest, same): (i64, i64, i64, i64, Option<i64>, i64) =
            query_as(FLOOD)
                .bind(person.id.0)
                .bind(clean(&person.address))
                .bind(before(now, SignedDuration::from_hours(1)))
                .bind(text_hash(text))
                .bind(before(now, SignedDuration::from_hours(7 * 24)))
                .bind(clean(&authors))
                .fetch_one(&mut *self.tx)
                .await
                .context("looking for floods")?;
        let flood = FloodFacts {
            breaker_hour: Some(count_u32(breaker)),
            acks_address_row: count_u32(row),
            tickets_address_hour: count_u32(tickets),
            folded_address_hour: count_u32(folded),
            same_text_week: count_u32(same),
            ..FloodFacts::default()
        };
        Ok((flood, newest.map(TicketId)))
    }

    /// The address of a ticket's requester; `None`: no such ticket.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn requester_address(&mut self, ticket: TicketId) -> Result<Option<String>> {
        query_scalar("SELECT p.address FROM ticket t JOIN person p ON p.id = t.requester_id WHERE t.id = $1")
            .bind(ticket.0)
            .fetch_optional(&mut *self.tx)
            .await
            .context("reading a requester")
    }

    /// Of an agent's mail: how often they said the same on these tickets within a week, and how often the desk answered them
    /// there within a day.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn agent_flood(
        &mut self,
        agent: &PersonFacts,
        tickets: &[TicketId],
        text: &str,
        now: Timestamp,
    ) -> Result<(u32, u32)> {
        if tickets.is_empty() {
            return Ok((0, 0));
        }
        let list = parameters(6, tickets.len());
        let sql = format!(
            "SELECT
                (SELECT COUNT(*) FROM message WHERE author_id = $1 AND kind IN ('reply', 'note') AND created_at > $3
                    AND text = $4 AND ticket_id IN ({list})),
                (SELECT COUNT(*) FROM outbox WHERE recipient = $2 AND kind = 'transcript' AND to_agent = 1
                    AND created_at > $5 AND ticket_id IN ({list}))"
        );
        let mut query = query_as::<(i64, i64)>(AssertSqlSafe(sql))
            .bind(agent.id.0)
            .bind(clean(&agent.address))
            .bind(before(now, SignedDuration::from_hours(7 * 24)))
            .bind(clean(text))
            .bind(before(now, SignedDuration::from_hours(24)));
        for ticket in tickets {
            query = query.bind(ticket.0);
        }
        let (same, answers) = query.fetch_one(&mut *self.tx).await.context("looking for loops of staff")?;
        Ok((count_u32(same), count_u32(answers)))
    }
}
