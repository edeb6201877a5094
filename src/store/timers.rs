//! Schedules are rows (DESIGN section 3, invariant 8).
//!
//! Invariant: a timer fires once, in the transaction that carries out what it is for.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    DueTimer, Result, Store, Window,
    columns::{instant, instant_or_none, micros, parse_timer_kind},
    engine::{postgres, query, query_as, query_scalar},
    failure::Context,
};
use crate::desk::TicketId;

impl Store {
    /// When the next timer is due; in the past when one is due already.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn next_timer_at(&self) -> Result<Option<Timestamp>> {
        let at: Option<i64> = query_scalar("SELECT MIN(due_at) FROM timer WHERE state = 'waiting'")
            .fetch_one(&self.readers)
            .await
            .context("reading timers")?;
        instant_or_none(at)
    }

    /// Timers that are due, by `now` and by the database's own clock, the longest due first.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn due_timers(&self, limit: u32, now: Timestamp) -> Result<Vec<DueTimer>> {
        let mut reader = self.readers.acquire().await.context("reading timers")?;
        let is_due = reader.engine().pick("", postgres::IS_DUE);
        let rows: Vec<(i64, String, i64)> = query_as(AssertSqlSafe(format!(
            "SELECT ticket_id, kind, due_at FROM timer WHERE state = 'waiting' AND due_at <= $1 {is_due}
             ORDER BY due_at, ticket_id, kind LIMIT $2"
        )))
        .bind(micros(now))
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await
        .context("reading timers")?;
        rows.into_iter()
            .map(|(ticket, kind, due_at)| {
                Ok(DueTimer {
                    ticket: TicketId(ticket),
                    kind: parse_timer_kind(&kind)?,
                    due_at: instant(due_at)?,
                })
            })
            .collect()
    }
}

impl Window {
    /// The timer is marked as fired; false when it no longer is due (fired, stopped or set anew meanwhile).
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn fire_timer(&mut self, timer: &DueTimer, now: Timestamp) -> Result<bool> {
        let done = query(
            "UPDATE timer SET state = 'fired', ended_at = $4
             WHERE ticket_id = $1 AND kind = $2 AND due_at = $3 AND due_at <= $4 AND state = 'waiting'",
        )
        .bind(timer.ticket.0)
        .bind(timer.kind.as_str())
        .bind(micros(timer.due_at))
        .bind(micros(now))
        .execute(&mut *self.tx)
        .await
        .context("firing a timer")?;
        Ok(done.rows_affected() == 1)
    }
}
