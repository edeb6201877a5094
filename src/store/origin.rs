//! What is remembered of where mail came from: signed mails that were decided, by which a replay is known, and what the last
//! probe showed of the provider's mark of internal mail.
//!
//! Must not know: how an origin is judged, or what a key is made of.

use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;

use super::{
    Result, Store, Window,
    columns::{ROWS_AT_ONCE, clean, instant, micros, parameters, value_rows},
    engine::{query, query_as, query_scalar},
    failure::Context,
    gather::before,
};

/// How long a signed mail is remembered. The secret addresses that a replay would need live 30 days.
const LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Of replies and notes, and of mails that a confirmation was asked for.
const NEWEST: &str =
    "SELECT f.decided_at, r.bytes, f.facts FROM raw_message r JOIN facts f ON f.raw_id = r.id
    WHERE r.id = (SELECT MAX(n.raw_id) FROM (
        SELECT MAX(m.raw_id) AS raw_id FROM message m JOIN person p ON p.id = m.author_id
            WHERE p.address = $1 AND m.kind IN ('reply', 'note')
        UNION ALL SELECT MAX(c.held_raw_id) FROM confirmation c WHERE c.agent = $1) n)
    ORDER BY f.id LIMIT 1";

const MARK: &str = "SELECT holds FROM internal_mark WHERE mailbox = $1 AND host = $2";

impl Window {
    /// Whether a mail of another identity was decided before under one of these keys.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn is_replayed(&mut self, keys: &[String], identity: &str) -> Result<bool> {
        let keys = keys.get(..ROWS_AT_ONCE).unwrap_or(keys);
        if keys.is_empty() {
            return Ok(false);
        }
        let sql = format!(
            "SELECT COUNT(*) FROM signed_mail WHERE identity <> $1 AND key IN ({})",
            parameters(2, keys.len())
        );
        let mut query = query_scalar::<i64>(AssertSqlSafe(sql)).bind(clean(identity));
        for key in keys {
            query = query.bind(clean(key));
        }
        let others = query.fetch_one(&mut *self.tx).await.context("looking for a replay")?;
        Ok(others > 0)
    }

    /// Remembers a signed mail under its keys; the first mail under a key stays. What is too old goes.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn remember_signed(&mut self, keys: &[String], identity: &str, now: Timestamp) -> Result<()> {
        let keys = keys.get(..ROWS_AT_ONCE).unwrap_or(keys);
        if keys.is_empty() {
            return Ok(());
        }
        query("DELETE FROM signed_mail WHERE decided_at < $1")
            .bind(before(now, LIFE))
            .execute(&mut *self.tx)
            .await
            .context("forgetting signed mails")?;
        let sql = format!(
            "INSERT INTO signed_mail (key, identity, decided_at) VALUES {} ON CONFLICT (key) DO NOTHING",
            value_rows(keys.len(), 3)
        );
        let mut query = query(AssertSqlSafe(sql));
        for key in keys {
            query = query.bind(clean(key)).bind(clean(identity)).bind(micros(now));
        }
        query.execute(&mut *self.tx).await.context("remembering a signed mail").map(|_| ())
    }

    /// Whether the last probe of this mailbox showed, on this host, that mail from outside cannot carry the provider's mark.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn internal_mark_holds(&mut self, mailbox: &str, host: &str) -> Result<bool> {
        let holds: Option<i64> = query_scalar(MARK)
            .bind(clean(mailbox))
            .bind(clean(host))
            .fetch_optional(&mut *self.tx)
            .await
            .context("reading what a probe showed")?;
        Ok(holds == Some(1))
    }
}

impl Store {
    /// The same, outside a window.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn internal_mark_holds(&self, mailbox: &str, host: &str) -> Result<bool> {
        let holds: Option<i64> = query_scalar(MARK)
            .bind(clean(mailbox))
            .bind(clean(host))
            .fetch_optional(&self.readers)
            .await
            .context("reading what a probe showed")?;
        Ok(holds == Some(1))
    }

    /// The newest mail of an agent: its bytes, when it was decided first, and the stored form of the facts of that decision.
    /// Mails that made neither a message nor a question are not found.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn newest_of_agent(&self, address: &str) -> Result<Option<(Timestamp, Vec<u8>, String)>> {
        let row: Option<(i64, Vec<u8>, String)> = query_as(NEWEST)
            .bind(clean(address))
            .fetch_optional(&self.readers)
            .await
            .context("looking for an agent's newest mail")?;
        row.map(|(at, bytes, facts)| Ok((instant(at)?, bytes, facts))).transpose()
    }

    /// Records what a probe of this mailbox showed.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn set_internal_mark(
        &self,
        mailbox: &str,
        host: &str,
        holds: bool,
        now: Timestamp,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        query(
            "INSERT INTO internal_mark (mailbox, host, holds, probed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (mailbox) DO UPDATE SET host = excluded.host, holds = excluded.holds,
                 probed_at = excluded.probed_at",
        )
        .bind(clean(mailbox))
        .bind(clean(host))
        .bind(i64::from(holds))
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .context("recording what a probe showed")?;
        tx.commit().await.context("recording what a probe showed")
    }
}
