//! The daily digest of shadow mode: its schedule, which is a row, and what it tells.
//!
//! Invariant: a day is told once, in the transaction that moves the row on; what was told is never told again.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Result, Store, Window,
    columns::{clean, count, instant, micros, parse_json},
    engine::{postgres, query, query_as},
    failure::Context,
};
use crate::{
    desk::{Digest, DigestLine, TicketId},
    mail::compose::Outgoing,
};

/// Mails that a digest names one by one.
const LINES_MAX: i64 = 20;
/// Messages handed out at once by [`Store::ignored_since`].
const IGNORED_MAX: i64 = 50;

/// A digest's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestSchedule {
    pub mailbox: String,
    pub due_at: Timestamp,
    /// What happened after this was not told yet.
    pub told_until: Timestamp,
}

impl Store {
    /// All mailboxes that have a digest coming.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn digests(&self) -> Result<Vec<DigestSchedule>> {
        let rows: Vec<(String, i64, i64)> =
            query_as("SELECT mailbox, due_at, told_until FROM digest ORDER BY mailbox")
                .fetch_all(&self.readers)
                .await
                .context("reading the digests")?;
        rows.into_iter()
            .map(|(mailbox, due_at, told_until)| {
                Ok(DigestSchedule { mailbox, due_at: instant(due_at)?, told_until: instant(told_until)? })
            })
            .collect()
    }

    /// Raw messages of a mailbox that were ignored since then, the newest first, at most 50.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn ignored_since(&self, mailbox: &str, since: Timestamp) -> Result<Vec<Vec<u8>>> {
        let rows: Vec<(Vec<u8>,)> = query_as(
            "SELECT r.bytes FROM ledger l JOIN raw_message r ON r.id = l.raw_id
             WHERE l.mailbox = $1 AND l.outcome = 'ignored' AND l.decided_at >= $2
             ORDER BY l.id DESC LIMIT $3",
        )
        .bind(clean(mailbox))
        .bind(micros(since))
        .bind(IGNORED_MAX)
        .fetch_all(&self.readers)
        .await
        .context("reading ignored messages")?;
        Ok(rows.into_iter().map(|(bytes,)| bytes).collect())
    }
}

impl Window {
    /// Gives a mailbox its first digest; one that has a row keeps it. Returns whether it is new.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn begin_digest(&mut self, mailbox: &str, due_at: Timestamp, now: Timestamp) -> Result<bool> {
        let done = query(
            "INSERT INTO digest (mailbox, due_at, told_until) VALUES ($1, $2, $3) ON CONFLICT (mailbox) DO NOTHING",
        )
        .bind(clean(mailbox))
        .bind(micros(due_at))
        .bind(micros(now))
        .execute(&mut *self.tx)
        .await
        .context("scheduling a digest")?;
        Ok(done.rows_affected() == 1)
    }

    /// Moves a due digest on to its next day; false when somebody else did.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn take_digest(
        &mut self,
        digest: &DigestSchedule,
        next: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        let is_due = self.tx.engine().pick("", postgres::IS_DUE);
        let done = query(AssertSqlSafe(format!(
            "UPDATE digest SET due_at = $3, told_until = $4
             WHERE mailbox = $1 AND due_at = $2 AND due_at <= $4 {is_due}"
        )))
        .bind(clean(&digest.mailbox))
        .bind(micros(digest.due_at))
        .bind(micros(next))
        .bind(micros(now))
        .execute(&mut *self.tx)
        .await
        .context("taking a digest")?;
        Ok(done.rows_affected() == 1)
    }

    /// What happened in a mailbox after `since`, up to `now`.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn digest(&mut self, mailbox: &str, since: Timestamp, now: Timestamp) -> Result<Digest> {
        let (since_micros, now_micros) = (micros(since), micros(now));
        let held_back: Vec<(String, i64)> = query_as(
            "SELECT kind, COUNT(*) FROM outbox
             WHERE mailbox = $1 AND state = 'shadow' AND created_at > $2 AND created_at <= $3
             GROUP BY kind, priority ORDER BY priority",
        )
        .bind(clean(mailbox))
        .bind(since_micros)
        .bind(now_micros)
        .fetch_all(&mut *self.tx)
        .await
        .context("counting what was held back")?;
        let arrived: Vec<(String, i64)> = query_as(
            "SELECT outcome, COUNT(*) FROM ledger
             WHERE mailbox = $1 AND decided_at > $2 AND decided_at <= $3 AND outcome NOT IN ('kept', 'before_start')
             GROUP BY outcome ORDER BY outcome",
        )
        .bind(clean(mailbox))
        .bind(since_micros)
        .bind(now_micros)
        .fetch_all(&mut *self.tx)
        .await
        .context("counting what came in")?;
        Ok(Digest {
            mailbox: mailbox.to_owned(),
            since,
            held_back: counted(held_back),
            lines: self.digest_lines(mailbox, since_micros, now_micros).await?,
            arrived: counted(arrived),
            waiting: self.digest_waiting(mailbox).await?,
        })
    }

    async fn digest_lines(&mut self, mailbox: &str, since: i64, now: i64) -> Result<Vec<DigestLine>> {
        let rows: Vec<(String, Option<i64>, String, String)> = query_as(
            "SELECT kind, ticket_id, recipient, mail FROM outbox
             WHERE mailbox = $1 AND state = 'shadow' AND created_at > $2 AND created_at <= $3
             ORDER BY id DESC LIMIT $4",
        )
        .bind(clean(mailbox))
        .bind(since)
        .bind(now)
        .bind(LINES_MAX)
        .fetch_all(&mut *self.tx)
        .await
        .context("reading what was held back")?;
        rows.into_iter()
            .map(|(kind, ticket, to, mail)| {
                let mail: Outgoing = parse_json(&mail, "an outgoing mail")?;
                Ok(DigestLine { kind, ticket: ticket.map(TicketId), to, subject: mail.subject })
            })
            .collect()
    }

    async fn digest_waiting(&mut self, mailbox: &str) -> Result<Vec<(String, u64)>> {
        let tickets: Vec<(String, i64)> = query_as(
            "SELECT state, COUNT(*) FROM ticket WHERE mailbox = $1 AND state IN ('new', 'open')
             GROUP BY state ORDER BY state",
        )
        .bind(clean(mailbox))
        .fetch_all(&mut *self.tx)
        .await
        .context("counting what waits")?;
        let messages: Vec<(String, i64)> = query_as(
            "SELECT outcome, COUNT(*) FROM ledger WHERE mailbox = $1 AND outcome IN ('held', 'quarantined')
             GROUP BY outcome ORDER BY outcome",
        )
        .bind(clean(mailbox))
        .fetch_all(&mut *self.tx)
        .await
        .context("counting what waits")?;
        Ok(counted(tickets.into_iter().chain(messages).collect()))
    }
}

fn counted(rows: Vec<(String, i64)>) -> Vec<(String, u64)> {
    rows.into_iter().map(|(word, rows)| (word, count(rows))).collect()
}
