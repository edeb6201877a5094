//! Messages that were moved aside, for the operator to judge.

use jiff::Timestamp;

use super::{
    QuarantineRow, Result, Store,
    columns::{self, count, instant, micros},
    failure::Context,
};
use crate::desk::RawId;

impl Store {
    /// Quarantined messages, oldest first.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn quarantined(&self, limit: u32) -> Result<Vec<QuarantineRow>> {
        let rows: Vec<(i64, String, String, i64, String, i64, i64)> = sqlx::query_as(
            "SELECT r.id, l.mailbox, l.folder, l.uid, l.reason, r.size_bytes, r.received_at
             FROM ledger l JOIN raw_message r ON r.id = l.raw_id
             WHERE l.outcome = 'quarantined' ORDER BY l.raw_id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await
        .context("reading the quarantine")?;
        rows.into_iter()
            .map(|(raw, mailbox, folder, uid, reason, size, received_at)| {
                Ok(QuarantineRow {
                    raw: RawId(raw),
                    mailbox,
                    folder,
                    uid: columns::uid(uid)?,
                    reason,
                    size_bytes: count(size),
                    received_at: instant(received_at)?,
                })
            })
            .collect()
    }

    /// Back to undecided with no attempts counted; false when it is not quarantined.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn quarantine_retry(&self, raw: RawId) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "UPDATE ledger SET outcome = 'kept', reason = '', attempts = 0, decided_at = NULL
             WHERE raw_id = $1 AND outcome = 'quarantined'",
        )
        .bind(raw.0)
        .execute(&mut *tx)
        .await
        .context("taking a message out of quarantine")?;
        tx.commit().await.context("taking a message out of quarantine")?;
        Ok(done.rows_affected() > 0)
    }

    /// Becomes `ignored`, with the reason that an operator dropped it; false when it is not quarantined. Its raw bytes
    /// stay.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn quarantine_drop(&self, raw: RawId, now: Timestamp) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "UPDATE ledger SET outcome = 'ignored', reason = 'dropped from quarantine by an operator', decided_at = $2
             WHERE raw_id = $1 AND outcome = 'quarantined'",
        )
        .bind(raw.0)
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .context("dropping a quarantined message")?;
        tx.commit().await.context("dropping a quarantined message")?;
        Ok(done.rows_affected() > 0)
    }
}
