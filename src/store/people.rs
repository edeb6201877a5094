//! Who is on a ticket and whose it is, tickets that were merged, and the marks by which related ones are found.
//!
//! Must not know: who may be put on a ticket, or which tickets belong together.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Result, StoreError, Window,
    columns::{clean, instant_or_none, micros, parameters, some_text},
    engine::{Value, query, query_as},
    failure::Context,
    gather::before,
    rows,
};
use crate::{
    desk::{Change, PersonFacts, PersonId, RelatedTicket, TicketId, related::SPAN},
    mail::Address,
};

/// Tickets with the same mark that are looked at, the newest first.
const MARKED_MAX: i64 = 200;

/// A mark of a ticket, as [`mark_values`] gives it.
pub(super) const MARK: (&str, usize) = ("ticket_mark (scope, mark, at, ticket_id)", 4);

pub(super) fn mark_values<'v>(ticket: TicketId, scope: &str, mark: i64, at: Timestamp) -> [Value<'v>; 4] {
    [Value::from(clean(scope)), Value::from(mark), Value::from(micros(at)), Value::from(ticket.0)]
}

impl Window {
    /// People stand in the order in which they came; the requester is the first.
    pub(super) async fn add_participant(
        &mut self,
        ticket: TicketId,
        person: PersonId,
        now: Timestamp,
    ) -> Result<()> {
        query(
            "INSERT INTO participant (ticket_id, person_id, position, added_at)
             VALUES ($1, $2, (SELECT COALESCE(MAX(position) + 1, 0) FROM participant WHERE ticket_id = $1), $3)
             ON CONFLICT (ticket_id, person_id) DO NOTHING",
        )
        .bind(ticket.0)
        .bind(person.0)
        .bind(micros(now))
        .execute(&mut *self.tx)
        .await
        .context("adding a participant")
        .map(|_| ())
    }

    /// The changes of people that name them by their address.
    pub(super) async fn change_people(
        &mut self,
        ticket: TicketId,
        change: &Change,
        now: Timestamp,
    ) -> Result<()> {
        match change {
            Change::Join(address) => {
                let person = self.person(&address.key(), address.name.as_deref(), now).await?;
                self.add_participant(ticket, person.id, now).await
            }
            Change::Leave(address) => query(
                "DELETE FROM participant WHERE ticket_id = $1
                    AND person_id IN (SELECT id FROM person WHERE address = $2)",
            )
            .bind(ticket.0)
            .bind(clean(address))
            .execute(&mut *self.tx)
            .await
            .context("taking somebody off a ticket")
            .map(|_| ()),
            Change::Requester(address) => self.set_requester(ticket, address, now).await,
            Change::Proposed(agent) => {
                query("UPDATE ticket SET proposed_by = $2 WHERE id = $1")
                    .bind(ticket.0)
                    .bind(agent.as_deref().map(clean).unwrap_or_default())
                    .execute(&mut *self.tx)
                    .await
                    .context("proposing a requester")?;
                Ok(())
            }
            _ => Err(StoreError::Refused("no change of people".into())),
        }
    }

    async fn set_requester(&mut self, ticket: TicketId, address: &Address, now: Timestamp) -> Result<()> {
        let person = self.person(&address.key(), address.name.as_deref(), now).await?;
        query("UPDATE ticket SET requester_id = $2, requester_proven = 0, proposed_by = '' WHERE id = $1")
            .bind(ticket.0)
            .bind(person.id.0)
            .execute(&mut *self.tx)
            .await
            .context("changing a requester")?;
        self.add_participant(ticket, person.id, now).await?;
        query(
            "UPDATE participant SET position = (SELECT MIN(position) - 1 FROM participant WHERE ticket_id = $1)
             WHERE ticket_id = $1 AND person_id = $2",
        )
        .bind(ticket.0)
        .bind(person.id.0)
        .execute(&mut *self.tx)
        .await
        .context("changing a requester")
        .map(|_| ())
    }

    pub(super) async fn set_merged(&mut self, ticket: TicketId, into: TicketId) -> Result<()> {
        query("UPDATE ticket SET merged_into = $2 WHERE id = $1")
            .bind(ticket.0)
            .bind(into.0)
            .execute(&mut *self.tx)
            .await
            .context("merging a ticket")
            .map(|_| ())
    }

    pub(super) async fn add_marks(
        &mut self,
        ticket: TicketId,
        scope: &str,
        marks: &[i64],
        now: Timestamp,
    ) -> Result<()> {
        let values = marks.iter().flat_map(|mark| mark_values(ticket, scope, *mark, now)).collect();
        rows::insert(&mut self.tx, MARK, "ON CONFLICT DO NOTHING", values, "marking a ticket").await
    }

    /// Tickets with one of these marks within the scope, of the last [`SPAN`]: mark and ticket, the newest first.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn marked(
        &mut self,
        scope: &str,
        marks: &[i64],
        now: Timestamp,
    ) -> Result<Vec<(i64, TicketId)>> {
        if marks.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT mark, ticket_id FROM ticket_mark WHERE scope = $1 AND at > $2 AND mark IN ({})
             ORDER BY at DESC, ticket_id DESC LIMIT {MARKED_MAX}",
            parameters(3, marks.len())
        );
        let mut query = query_as::<(i64, i64)>(AssertSqlSafe(sql)).bind(clean(scope)).bind(before(now, SPAN));
        for mark in marks {
            query = query.bind(*mark);
        }
        let found = query.fetch_all(&mut *self.tx).await.context("looking for related tickets")?;
        Ok(found.into_iter().map(|(mark, ticket)| (mark, TicketId(ticket))).collect())
    }

    /// Those of these addresses (lower case) that take no mail.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn silenced(&mut self, addresses: &[String]) -> Result<Vec<PersonFacts>> {
        if addresses.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT id, address, name, suppressed_at, suppressed_why FROM person
             WHERE suppressed = 1 AND address IN ({}) ORDER BY id",
            parameters(1, addresses.len())
        );
        let mut query = query_as::<(i64, String, String, Option<i64>, String)>(AssertSqlSafe(sql));
        for address in addresses {
            query = query.bind(clean(address));
        }
        let found = query.fetch_all(&mut *self.tx).await.context("looking for people")?;
        let person = |(id, address, name, at, why)| {
            Ok(PersonFacts {
                id: PersonId(id),
                address,
                name: some_text(name),
                suppressed: true,
                suppressed_at: instant_or_none(at)?,
                suppressed_why: why,
                ..PersonFacts::default()
            })
        };
        found.into_iter().map(person).collect()
    }

    /// These tickets with their subjects, in the order of `ids`; spam, merged and unknown ones are left out.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn subjects(&mut self, ids: &[TicketId]) -> Result<Vec<RelatedTicket>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT id, subject FROM ticket WHERE state NOT IN ('spam', 'merged') AND id IN ({})",
            parameters(1, ids.len())
        );
        let mut query = query_as::<(i64, String)>(AssertSqlSafe(sql));
        for id in ids {
            query = query.bind(id.0);
        }
        let found = query.fetch_all(&mut *self.tx).await.context("reading related tickets")?;
        let of = |id: &TicketId| found.iter().find(|(found, _)| *found == id.0);
        let ticket =
            |(id, subject): &(i64, String)| RelatedTicket { id: TicketId(*id), subject: subject.clone() };
        Ok(ids.iter().filter_map(of).map(ticket).collect())
    }
}
