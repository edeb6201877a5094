//! The writer's transaction over a window of messages.
//!
//! Invariant: what happens between [`Window::savepoint`] and [`Window::release`] happens as a whole or not at all, and
//! [`Window::commit`] is one durable commit.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    RawMessage, Result, Store, StoreError, Window, changes, columns,
    engine::{Transaction, postgres, query},
    failure::Context,
    ledger::read_raw,
};
use crate::desk::RawId;

impl Store {
    /// Begins a transaction that judges; waits for the one before.
    ///
    /// # Errors
    /// Temporary: another writer held the lock for too long, the disk is full.
    pub async fn window(&self) -> Result<Window> {
        let mut tx = self.write().await?;
        postgres::serialise(&mut tx).await?;
        Ok(self.window_on(tx))
    }

    pub(super) fn window_on(&self, tx: Transaction) -> Window {
        Window { tx, leases: Arc::clone(&self.leases), news: false }
    }
}

impl Window {
    /// Begins the part of one message.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn savepoint(&mut self) -> Result<()> {
        self.run("SAVEPOINT message").await
    }

    /// Ends the part of one message and keeps what it did.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn release(&mut self) -> Result<()> {
        self.run("RELEASE SAVEPOINT message").await
    }

    /// Back to the savepoint, which ends.
    ///
    /// # Errors
    /// Temporary trouble; the window is to be dropped then.
    pub async fn rollback(&mut self) -> Result<()> {
        self.run("ROLLBACK TO SAVEPOINT message").await?;
        self.run("RELEASE SAVEPOINT message").await
    }

    /// One durable commit.
    ///
    /// # Errors
    /// Temporary: nothing of the window happened.
    pub async fn commit(mut self) -> Result<()> {
        if self.news {
            changes::announce(&mut self.tx, &self.leases.holder).await?;
        }
        self.tx.commit().await.context("committing a window")
    }

    async fn run(&mut self, sql: &'static str) -> Result<()> {
        query(sql).execute(&mut *self.tx).await.context(sql).map(|_| ())
    }

    /// Moves a message aside, with the reason.
    ///
    /// # Errors
    /// Temporary trouble; refused when there is no such message.
    pub async fn quarantine(&mut self, raw: RawId, reason: &str, now: Timestamp) -> Result<()> {
        let done = query(
            "UPDATE ledger SET outcome = 'quarantined', reason = $2, ticket_id = NULL, decided_at = $3
             WHERE raw_id = $1",
        )
        .bind(raw.0)
        .bind(columns::clean(reason))
        .bind(columns::micros(now))
        .execute(&mut *self.tx)
        .await
        .context("quarantining a message")?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Refused(format!("there is no raw message {raw}")));
        }
        Ok(())
    }

    /// A held mail is taken up again (confirmed): its ledger row is undecided until the next [`Window::apply`]. `None`:
    /// it is not held (any more).
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn take_up(&mut self, raw: RawId) -> Result<Option<RawMessage>> {
        let done = query(
            "UPDATE ledger SET outcome = 'kept', reason = '', ticket_id = NULL, decided_at = NULL
             WHERE raw_id = $1 AND outcome = 'held'",
        )
        .bind(raw.0)
        .execute(&mut *self.tx)
        .await
        .context("taking up a held message")?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        read_raw(&mut self.tx, raw).await
    }
}
