//! Resolved tickets that share words with a mail, by the marks of [`similar`], and the end of marks that are too old.
//!
//! Invariant: what is read does not grow with the number of tickets: of each word only the newest tickets that have it.
//! Must not know: what makes two tickets alike.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Result, Store, Window,
    columns::{count_u32, instant, micros, parameters, parse_state, some_text},
    engine::{query, query_as, query_scalar},
    failure::Context,
    gather::before,
};
use crate::desk::{
    SimilarTicket, State, TicketId, related,
    similar::{self, Candidate},
};

/// Tickets of one word that are looked at, the newest first. A word of more than these tells little.
const OF_WORD_MAX: u32 = 32;
/// Tickets that share most, of whatever state.
const CANDIDATES_MAX: u32 = 12;
/// Tickets whose marks go in one commit.
const PRUNED_AT_ONCE: u32 = 200;

/// The marks that no look-up can find any more: `$1` is where related tickets end, `$2` where similar ones do.
const TOO_OLD: &str = "((scope <> '' AND at <= $1) OR at <= $2)";

impl Window {
    /// Resolved and closed tickets with these marks, those that share most first, with what they are judged by.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn similar(&mut self, marks: &[i64], now: Timestamp) -> Result<Vec<Candidate>> {
        if marks.is_empty() {
            return Ok(Vec::new());
        }
        let of_word = |at: usize| {
            format!(
                "SELECT ticket_id, COUNT(*) OVER () AS tickets FROM (SELECT ticket_id FROM ticket_mark
                    WHERE scope = '{}' AND mark = ${at} AND at > $1 ORDER BY at DESC LIMIT {OF_WORD_MAX}) AS w{at}",
                similar::SCOPE
            )
        };
        let of_words: Vec<String> = (2..).take(marks.len()).map(of_word).collect();
        let sql = format!(
            "SELECT ticket_id, COUNT(*), SUM(CASE WHEN tickets >= {OF_WORD_MAX} THEN 1 WHEN tickets >= {} THEN 2
                WHEN tickets >= {} THEN 4 ELSE {} END) AS weight
             FROM ({}) AS hit GROUP BY ticket_id ORDER BY weight DESC, ticket_id DESC LIMIT {CANDIDATES_MAX}",
            OF_WORD_MAX / 4,
            OF_WORD_MAX / 16,
            similar::WEIGHT_MAX,
            of_words.join(" UNION ALL ")
        );
        let mut query = query_as::<(i64, i64, i64)>(AssertSqlSafe(sql)).bind(before(now, similar::SPAN));
        for mark in marks {
            query = query.bind(*mark);
        }
        let found = query.fetch_all(&mut *self.tx).await.context("looking for similar tickets")?;
        // One word in common is none.
        let found: Vec<(i64, i64, i64)> = found.into_iter().filter(|(_, shared, _)| *shared > 1).collect();
        self.candidates(&found).await
    }

    /// Neither state nor scope stands in a condition beside the id: a PostgreSQL that knows nothing yet of how the values spread
    /// takes the index of the state, or of all marks, in place of the ticket's own.
    async fn candidates(&mut self, found: &[(i64, i64, i64)]) -> Result<Vec<Candidate>> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT t.id, t.subject, COALESCE(p.address, ''), COALESCE(m.received_at, t.created_at),
                (SELECT COUNT(CASE WHEN k.scope = '{}' THEN 1 END) FROM ticket_mark k WHERE k.ticket_id = t.id), t.state
             FROM ticket t
             LEFT JOIN message m ON m.id = (SELECT MAX(r.id) FROM message r WHERE r.ticket_id = t.id AND r.kind = 'reply')
             LEFT JOIN person p ON p.id = m.author_id
             WHERE t.id IN ({})",
            similar::SCOPE,
            parameters(1, found.len())
        );
        let mut query = query_as::<(i64, String, String, i64, i64, String)>(AssertSqlSafe(sql));
        for (ticket, ..) in found {
            query = query.bind(*ticket);
        }
        let rows = query.fetch_all(&mut *self.tx).await.context("reading similar tickets")?;
        let mut candidates = Vec::with_capacity(rows.len());
        for (ticket, shared, weight) in found {
            let Some((id, subject, answered_by, at, words, state)) = rows.iter().find(|row| row.0 == *ticket)
            else {
                continue;
            };
            if !matches!(parse_state(state)?, State::Resolved | State::Closed) {
                continue;
            }
            let ticket = SimilarTicket {
                id: TicketId(*id),
                subject: subject.clone(),
                answered_by: some_text(answered_by.clone()),
                at: instant(*at)?,
            };
            let (shared, weight, words) = (count_u32(*shared), count_u32(*weight), count_u32(*words));
            candidates.push(Candidate { ticket, shared, weight, words });
        }
        Ok(candidates)
    }
}

impl Store {
    /// Takes out marks by which nothing is found any more, of some tickets in a commit of their own; `false`: there are no
    /// more.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn prune_marks(&self, now: Timestamp) -> Result<bool> {
        let (related, similar) = (before(now, related::SPAN), before(now, similar::SPAN));
        let tickets: Vec<i64> = query_scalar(AssertSqlSafe(format!(
            "SELECT DISTINCT ticket_id FROM ticket_mark WHERE {TOO_OLD} LIMIT {PRUNED_AT_ONCE}"
        )))
        .bind(related)
        .bind(similar)
        .fetch_all(&self.readers)
        .await
        .context("looking for old marks")?;
        if tickets.is_empty() {
            return Ok(false);
        }
        let mut window = self.window().await?;
        let list = parameters(3, tickets.len());
        let sql = format!("DELETE FROM ticket_mark WHERE {TOO_OLD} AND ticket_id IN ({list})");
        let mut statement = query(AssertSqlSafe(sql)).bind(related).bind(similar);
        for ticket in &tickets {
            statement = statement.bind(*ticket);
        }
        statement.execute(&mut *window.tx).await.context("taking out old marks")?;
        window.commit().await?;
        Ok(true)
    }
}

/// Whether a mark of this scope, made at `at`, can still be found: what an import brings is often too old.
pub(super) fn can_be_found(scope: &str, at: Timestamp, now: Timestamp) -> bool {
    let span = if scope == similar::SCOPE { similar::SPAN } else { related::SPAN };
    micros(at) > before(now, span)
}
