//! Mailboxes: shadow or live, lasting trouble, and their figures.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::FromRow;

use super::{
    MailboxStatus, Result, Store,
    columns::{clean, count, instant_or_none, micros, some_text},
    engine::{Connection, query, query_as, query_scalar},
    failure::Context,
    lease,
};

#[derive(FromRow)]
struct MailboxRow {
    mailbox: String,
    mode: String,
    trouble: String,
    trouble_since: Option<i64>,
    outbox_trouble: String,
    outbox_trouble_since: Option<i64>,
}

impl Store {
    /// The mode of a mailbox; `initial_live` is recorded at the first call. Returns whether it is live.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn mode(&self, mailbox: &str, initial_live: bool, now: Timestamp) -> Result<bool> {
        let stored: Option<String> =
            query_scalar("SELECT mode FROM mailbox WHERE mailbox = $1 AND mode <> ''")
                .bind(clean(mailbox))
                .fetch_optional(&self.readers)
                .await
                .context("reading a mailbox's mode")?;
        if let Some(mode) = stored {
            return Ok(mode == "live");
        }
        let mut tx = self.write().await?;
        let mode: String = query_scalar(
            "INSERT INTO mailbox (mailbox, mode, mode_since) VALUES ($1, $2, $3)
             ON CONFLICT (mailbox) DO UPDATE
                 SET mode_since = CASE WHEN mailbox.mode = '' THEN excluded.mode_since ELSE mailbox.mode_since END,
                     mode = CASE WHEN mailbox.mode = '' THEN excluded.mode ELSE mailbox.mode END
             RETURNING mode",
        )
        .bind(clean(mailbox))
        .bind(if initial_live { "live" } else { "shadow" })
        .bind(micros(now))
        .fetch_one(&mut *tx)
        .await
        .context("recording a mailbox's mode")?;
        tx.commit().await.context("recording a mailbox's mode")?;
        Ok(mode == "live")
    }

    /// Ends shadow mode, and its daily digest.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn set_live(&self, mailbox: &str, now: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        query(
            "INSERT INTO mailbox (mailbox, mode, mode_since) VALUES ($1, 'live', $2)
             ON CONFLICT (mailbox) DO UPDATE SET mode = 'live', mode_since = excluded.mode_since
                 WHERE mailbox.mode <> 'live'",
        )
        .bind(clean(mailbox))
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .context("switching a mailbox to live")?;
        query("DELETE FROM digest WHERE mailbox = $1")
            .bind(clean(mailbox))
            .execute(&mut *tx)
            .await
            .context("ending a mailbox's digest")?;
        self.announce(&mut tx).await?;
        tx.commit().await.context("switching a mailbox to live")
    }

    /// Records lasting trouble of a mailbox, or its end; returns whether that is news: trouble where there was none, or
    /// none where there was some. Other words for trouble that is known are recorded and are no news, so that a server
    /// that fails in changing ways is told of once.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn set_trouble(&self, mailbox: &str, trouble: Option<&str>, now: Timestamp) -> Result<bool> {
        let words = trouble.map(clean).unwrap_or_default();
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        let before: Option<String> = query_scalar("SELECT trouble FROM mailbox WHERE mailbox = $1")
            .bind(clean(mailbox))
            .fetch_optional(&mut *tx)
            .await
            .context("reading a mailbox's trouble")?;
        let before = before.unwrap_or_default();
        if before == words {
            return Ok(false);
        }
        query(
            "INSERT INTO mailbox (mailbox, trouble, trouble_since) VALUES ($1, $2, $3)
             ON CONFLICT (mailbox) DO UPDATE SET trouble = excluded.trouble,
                 trouble_since = CASE WHEN excluded.trouble = '' THEN NULL
                     ELSE COALESCE(mailbox.trouble_since, excluded.trouble_since) END",
        )
        .bind(clean(mailbox))
        .bind(words.clone())
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .context("recording a mailbox's trouble")?;
        tx.commit().await.context("recording a mailbox's trouble")?;
        Ok(before.is_empty() != words.is_empty())
    }

    /// Records trouble with what leaves (since when), or its end.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn set_outbox_trouble(&self, mailbox: &str, trouble: Option<(&str, Timestamp)>) -> Result<()> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        query(
            "INSERT INTO mailbox (mailbox, outbox_trouble, outbox_trouble_since) VALUES ($1, $2, $3)
             ON CONFLICT (mailbox) DO UPDATE SET outbox_trouble = excluded.outbox_trouble,
                 outbox_trouble_since = excluded.outbox_trouble_since",
        )
        .bind(clean(mailbox))
        .bind(trouble.map(|(words, _)| clean(words)).unwrap_or_default())
        .bind(trouble.map(|(_, since)| micros(since)))
        .execute(&mut *tx)
        .await
        .context("recording the outbox's trouble")?;
        tx.commit().await.context("recording the outbox's trouble")
    }

    /// The figures of all mailboxes that the store knows, by name.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn status(&self) -> Result<Vec<MailboxStatus>> {
        let mut by_name: BTreeMap<String, MailboxStatus> = BTreeMap::new();
        let mut reader = self.readers.begin_reading().await.context("reading the status")?;
        let mailboxes: Vec<MailboxRow> = query_as(
            "SELECT mailbox, mode, trouble, trouble_since, outbox_trouble, outbox_trouble_since FROM mailbox",
        )
        .fetch_all(&mut *reader)
        .await
        .context("reading the status")?;
        for row in mailboxes {
            let status = named(&mut by_name, row.mailbox);
            status.mode = some_text(row.mode);
            status.trouble = some_text(row.trouble);
            status.trouble_since = instant_or_none(row.trouble_since)?;
            status.outbox_trouble = some_text(row.outbox_trouble);
            status.outbox_trouble_since = instant_or_none(row.outbox_trouble_since)?;
        }
        count_ledger(&mut reader, &mut by_name).await?;
        count_outbox(&mut reader, &mut by_name).await?;
        for (mailbox, holder) in lease::holders(&mut reader).await? {
            named(&mut by_name, mailbox).worked_by = Some(holder);
        }
        Ok(by_name.into_values().collect())
    }
}

/// UIDs by outcome, and what reconciliation found.
async fn count_ledger(reader: &mut Connection, by_name: &mut BTreeMap<String, MailboxStatus>) -> Result<()> {
    let outcomes: Vec<(String, String, i64)> =
        query_as("SELECT mailbox, outcome, COUNT(*) FROM ledger GROUP BY mailbox, outcome")
            .fetch_all(&mut *reader)
            .await
            .context("reading the status")?;
    for (mailbox, outcome, rows) in outcomes {
        named(by_name, mailbox).outcomes.insert(outcome, count(rows));
    }
    let unsettled: Vec<(String, i64)> = query_as(
        "SELECT mailbox, COUNT(*) FROM ledger WHERE settled_at IS NULL AND oversized = 0
         AND outcome IN ('ticket', 'held', 'control', 'ignored') GROUP BY mailbox",
    )
    .fetch_all(&mut *reader)
    .await
    .context("reading the status")?;
    for (mailbox, rows) in unsettled {
        named(by_name, mailbox).unsettled = count(rows);
    }
    let folders: Vec<(String, Option<i64>, Option<i64>)> = query_as(
        "SELECT mailbox, CAST(SUM(unaccounted) AS BIGINT), MIN(reconciled_at) FROM folder
         WHERE unaccounted IS NOT NULL GROUP BY mailbox",
    )
    .fetch_all(&mut *reader)
    .await
    .context("reading the status")?;
    for (mailbox, unaccounted, reconciled_at) in folders {
        let status = named(by_name, mailbox);
        status.unaccounted = unaccounted.map(count);
        status.reconciled_at = instant_or_none(reconciled_at)?;
    }
    Ok(())
}

/// Outgoing mail by state.
async fn count_outbox(reader: &mut Connection, by_name: &mut BTreeMap<String, MailboxStatus>) -> Result<()> {
    let outbox: Vec<(String, String, i64)> =
        query_as("SELECT mailbox, state, COUNT(*) FROM outbox GROUP BY mailbox, state")
            .fetch_all(&mut *reader)
            .await
            .context("reading the status")?;
    for (mailbox, state, rows) in outbox {
        named(by_name, mailbox).outbox.insert(state, count(rows));
    }
    Ok(())
}

fn named(by_name: &mut BTreeMap<String, MailboxStatus>, mailbox: String) -> &mut MailboxStatus {
    by_name.entry(mailbox).or_insert_with_key(|mailbox| MailboxStatus {
        mailbox: mailbox.clone(),
        mode: None,
        outcomes: BTreeMap::new(),
        unsettled: 0,
        unaccounted: None,
        reconciled_at: None,
        outbox: BTreeMap::new(),
        trouble: None,
        trouble_since: None,
        outbox_trouble: None,
        outbox_trouble_since: None,
        worked_by: None,
    })
}
