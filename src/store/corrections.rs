//! What staff said of tickets' categories, and the texts that it was said of.
//!
//! Invariant: rows are only added; the newest of a ticket counts.

use jiff::Timestamp;

use super::{
    Result, Store, Window,
    columns::{clean, micros},
    engine::{query, query_as, query_scalar},
    failure::Context,
};
use crate::{
    desk::{PersonId, TicketId},
    triage::category::Correction,
};

impl Store {
    /// The newest `limit` corrected tickets, the oldest correction first: subject and first text of the client. What was erased
    /// teaches no more, nor does what turned out to be spam.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn corrections(&self, limit: u32) -> Result<Vec<Correction>> {
        let rows: Vec<(String, String, String)> = query_as(
            "SELECT t.subject, m.text, c.category FROM correction c JOIN ticket t ON t.id = c.ticket_id
                JOIN message m ON m.id = (SELECT MIN(f.id) FROM message f WHERE f.ticket_id = t.id AND f.kind = 'client')
             WHERE c.id = (SELECT MAX(n.id) FROM correction n WHERE n.ticket_id = c.ticket_id)
                AND t.state <> 'spam' AND (m.text <> '' OR t.subject <> '')
             ORDER BY c.id DESC LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await
        .context("reading corrections")?;
        let correction =
            |(title, text, category): (String, String, String)| Correction { title, text, category };
        Ok(rows.into_iter().rev().map(correction).collect())
    }

    /// The number of the newest correction; 0: there is none.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn newest_correction(&self) -> Result<i64> {
        query_scalar("SELECT COALESCE(MAX(id), 0) FROM correction")
            .fetch_one(&self.readers)
            .await
            .context("reading corrections")
    }
}

impl Window {
    pub(super) async fn add_correction(
        &mut self,
        ticket: TicketId,
        before: Option<&str>,
        category: &str,
        person: PersonId,
        now: Timestamp,
    ) -> Result<()> {
        // Other daemons learn from it too.
        self.news = true;
        query("INSERT INTO correction (ticket_id, was, category, person_id, made_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(ticket.0)
            .bind(clean(before.unwrap_or_default()))
            .bind(clean(category))
            .bind(person.0)
            .bind(micros(now))
            .execute(&mut *self.tx)
            .await
            .context("adding a correction")?;
        Ok(())
    }
}
