//! Messages that were moved aside, for the operator to judge.

use jiff::Timestamp;

use super::{
    QuarantineRow, Result, Store,
    columns::{self, count, instant, micros},
    engine::{query, query_as},
    failure::Context,
};
use crate::desk::RawId;

impl Store {
    /// Quarantined messages, oldest first.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn quarantined(&self, limit: u32) -> Result<Vec<QuarantineRow>> {
        let rows: Vec<(i64, String, String, i64, String, i64, i64)> = query_as(
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

    /// Back to undecided with no attempts counted; false when it is not quarantined. A message that the server never
    /// delivered (no byte of it is kept) is forgotten instead, so that it is fetched once more.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn quarantine_retry(&self, raw: RawId) -> Result<bool> {
        let mut tx = self.write().await?;
        let forgotten: Option<(String, String, i64, i64)> = query_as(
            "DELETE FROM ledger WHERE raw_id = $1 AND outcome = 'quarantined'
                AND raw_id IN (SELECT id FROM raw_message WHERE id = $1 AND size_bytes = 0)
             RETURNING mailbox, folder, uid_validity, uid",
        )
        .bind(raw.0)
        .fetch_optional(&mut *tx)
        .await
        .context("taking a message out of quarantine")?;
        let done = if let Some((mailbox, folder, uid_validity, uid)) = &forgotten {
            query(
                "UPDATE folder SET accounted_through = $4
                 WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3 AND accounted_through > $4",
            )
            .bind(mailbox)
            .bind(folder)
            .bind(*uid_validity)
            .bind(uid - 1)
            .execute(&mut *tx)
            .await
            .context("taking a message out of quarantine")?;
            true
        } else {
            let kept = query(
                "UPDATE ledger SET outcome = 'kept', reason = '', attempts = 0, decided_at = NULL
                 WHERE raw_id = $1 AND outcome = 'quarantined'",
            )
            .bind(raw.0)
            .execute(&mut *tx)
            .await
            .context("taking a message out of quarantine")?;
            kept.rows_affected() > 0
        };
        self.announce(&mut tx).await?;
        tx.commit().await.context("taking a message out of quarantine")?;
        Ok(done)
    }

    /// Becomes `ignored`, with the reason that an operator dropped it; false when it is not quarantined. Its raw bytes
    /// stay.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn quarantine_drop(&self, raw: RawId, now: Timestamp) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = query(
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
