//! Lists for the command line.

use sqlx::{AssertSqlSafe, FromRow};

use super::{
    OutboxBrief, OutboxState, Result, Store, TicketFilter, TicketRow,
    columns::{
        clean, count_u32, instant, instant_or_none, parameters, parse_json, parse_outbox_kind,
        parse_outbox_state, parse_priority, parse_state, some_text,
    },
    engine::query_as,
    failure::Context,
};
use crate::{
    desk::{OutboxId, State, TicketId},
    mail::compose::Outgoing,
};

/// Rows of a list whose filter names no limit.
const ROWS_UNLESS_SAID: u32 = 1000;

/// Columns of [`StoredTicket`].
pub(super) const TICKET: &str =
    "SELECT t.id, t.state, t.priority, t.category, t.team, t.assignee, p.address AS requester, t.subject, t.language,
        t.mailbox, t.created_at, t.updated_at, (SELECT COUNT(*) FROM message m WHERE m.ticket_id = t.id) AS messages
    FROM ticket t JOIN person p ON p.id = t.requester_id";

#[derive(FromRow)]
pub(super) struct StoredTicket {
    id: i64,
    state: String,
    priority: String,
    category: String,
    team: String,
    assignee: String,
    requester: String,
    subject: String,
    language: String,
    mailbox: String,
    created_at: i64,
    updated_at: i64,
    messages: i64,
}

impl StoredTicket {
    pub(super) fn read(self) -> Result<TicketRow> {
        Ok(TicketRow {
            number: TicketId(self.id),
            state: parse_state(&self.state)?,
            priority: parse_priority(&self.priority)?.as_str().to_owned(),
            category: some_text(self.category),
            team: some_text(self.team),
            assignee: some_text(self.assignee),
            requester: self.requester,
            subject: self.subject,
            language: self.language,
            mailbox: self.mailbox,
            created_at: instant(self.created_at)?,
            updated_at: instant(self.updated_at)?,
            messages: count_u32(self.messages),
        })
    }
}

#[derive(FromRow)]
struct StoredBrief {
    id: i64,
    mailbox: String,
    kind: String,
    ticket_id: Option<i64>,
    recipient: String,
    mail: String,
    state: String,
    attempts: i64,
    next_at: Option<i64>,
    detail: String,
    created_at: i64,
}

impl Store {
    /// Tickets that pass the filter, the newest first. A limit of 0 stands for a thousand.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn tickets(&self, filter: &TicketFilter) -> Result<Vec<TicketRow>> {
        let mut conditions = Vec::new();
        let mut values: Vec<String> = Vec::new();
        if !filter.states.is_empty() {
            conditions.push(format!("t.state IN ({})", parameters(1, filter.states.len())));
            values.extend(filter.states.iter().copied().map(State::as_str).map(str::to_owned));
        }
        for (column, wanted) in [
            ("t.category", &filter.category),
            ("t.team", &filter.team),
            ("t.assignee", &filter.assignee),
            ("p.address", &filter.requester),
        ] {
            if let Some(wanted) = wanted {
                values.push(clean(wanted));
                conditions.push(format!("{column} = ${}", values.len()));
            }
        }
        let filters =
            if conditions.is_empty() { String::new() } else { format!("WHERE {}", conditions.join(" AND ")) };
        let sql = format!("{TICKET} {filters} ORDER BY t.id DESC LIMIT ${}", values.len() + 1);
        let mut query = query_as(AssertSqlSafe(sql));
        for value in values {
            query = query.bind(value);
        }
        let limit = if filter.limit == 0 { ROWS_UNLESS_SAID } else { filter.limit };
        let rows: Vec<StoredTicket> =
            query.bind(i64::from(limit)).fetch_all(&self.readers).await.context("listing tickets")?;
        rows.into_iter().map(StoredTicket::read).collect()
    }

    /// Outgoing mails in this state (or all), the newest first.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn outbox(&self, state: Option<OutboxState>, limit: u32) -> Result<Vec<OutboxBrief>> {
        let rows: Vec<StoredBrief> = query_as(
            "SELECT id, mailbox, kind, ticket_id, recipient, mail, state, attempts, next_at, detail, created_at
             FROM outbox WHERE $1 = '' OR state = $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(state.map(OutboxState::as_str).unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await
        .context("listing the outbox")?;
        rows.into_iter()
            .map(|row| {
                let mail: Result<Outgoing> = parse_json(&row.mail, "an outgoing mail");
                Ok(OutboxBrief {
                    id: OutboxId(row.id),
                    mailbox: row.mailbox,
                    kind: parse_outbox_kind(&row.kind)?,
                    ticket: row.ticket_id.map(TicketId),
                    recipient: row.recipient,
                    // One damaged row must not hide the others; its detail says what is wrong with it.
                    subject: mail.map_or_else(|_| "(unreadable)".to_owned(), |mail| mail.subject),
                    state: parse_outbox_state(&row.state)?,
                    attempts: count_u32(row.attempts),
                    next_at: instant_or_none(row.next_at)?,
                    detail: row.detail,
                    created_at: instant(row.created_at)?,
                })
            })
            .collect()
    }
}
