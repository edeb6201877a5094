//! Notifications that wait and can become one mail.
//!
//! Invariant: a mail is folded only before its first attempt, in the transaction that queues the one in its place.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Result, Store, StoreError, Window,
    columns::{clean, count, message_id_hash, micros, parameters, parse_json},
    engine::{query, query_as, query_scalar},
    failure::Context,
};
use crate::{desk::OutboxId, mail::compose::Outgoing};

/// Mails that one bundle holds at most.
const BUNDLE_MAX: i64 = 50;

/// Message-IDs that are looked up for one mail.
const IDS_MAX: usize = 100;

/// A mail that can be folded: to staff, on a ticket (a bundle is on none), with no file that would be lost, never tried.
const FOLDABLE: &str =
    "mailbox = $1 AND kind = 'notification' AND to_agent = 1 AND ticket_id IS NOT NULL AND files = '[]'
    AND state = 'queued' AND attempts = 0 AND next_at <= $2";

/// A notification that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub id: OutboxId,
    pub mail: Outgoing,
}

impl Store {
    /// Mails of this mailbox that are due.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn due_outbox(&self, mailbox: &str, now: Timestamp) -> Result<u64> {
        query_scalar(
            "SELECT COUNT(*) FROM outbox WHERE mailbox = $1 AND state IN ('queued', 'unknown') AND next_at <= $2",
        )
        .bind(clean(mailbox))
        .bind(micros(now))
        .fetch_one(&self.readers)
        .await
        .map(count)
        .context("counting outgoing mail")
    }

    /// To whom at least so many notifications wait that can become one mail.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn bundle_recipients(&self, mailbox: &str, least: u32, now: Timestamp) -> Result<Vec<String>> {
        let sql = format!(
            "SELECT recipient FROM outbox WHERE {FOLDABLE} GROUP BY recipient HAVING COUNT(*) >= $3 ORDER BY recipient"
        );
        let rows: Vec<(String,)> = query_as(AssertSqlSafe(sql))
            .bind(clean(mailbox))
            .bind(micros(now))
            .bind(i64::from(least))
            .fetch_all(&self.readers)
            .await
            .context("looking for notifications that wait")?;
        Ok(rows.into_iter().map(|(recipient,)| recipient).collect())
    }
}

impl Window {
    /// The notifications that wait for this recipient (lower case), the oldest first, at most fifty. Ones that cannot be read are
    /// left out.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn foldable(&mut self, mailbox: &str, recipient: &str, now: Timestamp) -> Result<Vec<Waiting>> {
        let sql = format!(
            "SELECT id, mail FROM outbox WHERE {FOLDABLE} AND recipient = $3 ORDER BY id LIMIT {BUNDLE_MAX}"
        );
        let rows: Vec<(i64, String)> = query_as(AssertSqlSafe(sql))
            .bind(clean(mailbox))
            .bind(micros(now))
            .bind(clean(recipient))
            .fetch_all(&mut *self.tx)
            .await
            .context("reading notifications that wait")?;
        let read = |(id, mail): (i64, String)| {
            parse_json(&mail, "an outgoing mail").ok().map(|mail| Waiting { id: OutboxId(id), mail })
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Whether one of these Message-IDs is that of a bundle to this recipient (lower case). At most the first hundred count.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn answers_bundle(&mut self, ids: &[String], recipient: &str) -> Result<bool> {
        let hashes: Vec<Vec<u8>> = ids.iter().take(IDS_MAX).map(|id| message_id_hash(id)).collect();
        if hashes.is_empty() {
            return Ok(false);
        }
        let sql = format!(
            "SELECT COUNT(*) FROM outbox WHERE kind = 'notification' AND to_agent = 1 AND ticket_id IS NULL
                AND recipient = $1 AND message_id_hash IN ({})",
            parameters(2, hashes.len())
        );
        let mut query = query_scalar::<i64>(AssertSqlSafe(sql)).bind(clean(recipient));
        for hash in hashes {
            query = query.bind(hash);
        }
        let found = query.fetch_one(&mut *self.tx).await.context("looking for a bundle")?;
        Ok(found > 0)
    }

    /// These mails never leave by themselves: `into` says the same.
    ///
    /// # Errors
    /// Refused when one of them was tried meanwhile; then go back to the savepoint. Else temporary trouble.
    pub async fn fold(&mut self, ids: &[OutboxId], into: OutboxId, now: Timestamp) -> Result<()> {
        let sql = format!(
            "UPDATE outbox SET state = 'cancelled', next_at = NULL, detail = $1, updated_at = $2
             WHERE state = 'queued' AND attempts = 0 AND id IN ({})",
            parameters(3, ids.len())
        );
        let mut query =
            query(AssertSqlSafe(sql)).bind(format!("in one mail with others: {into}")).bind(micros(now));
        for id in ids {
            query = query.bind(id.0);
        }
        let done = query.execute(&mut *self.tx).await.context("folding notifications")?;
        if usize::try_from(done.rows_affected()).ok() == Some(ids.len()) {
            Ok(())
        } else {
            Err(StoreError::Refused("a notification left while it was folded".into()))
        }
    }
}
