//! Lists for the command line.

use sqlx::{AssertSqlSafe, FromRow};

use super::{
    OutboxBrief, OutboxState, Result, Store, TicketFilter, TicketRow, bounce,
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
    bounced_at: Option<i64>,
    hard: Option<i64>,
    status: Option<String>,
    diagnostic: Option<String>,
}

/// Which outgoing mails a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutboxFilter {
    #[default]
    All,
    State(OutboxState),
    /// Those that left and came back.
    Bounced,
    Only(OutboxId),
}

const OUTBOX: &str =
    "SELECT o.id, o.mailbox, o.kind, o.ticket_id, o.recipient, o.mail, o.state, o.attempts, o.next_at,
        o.detail, o.created_at, b.at AS bounced_at, b.hard, b.status, b.diagnostic
    FROM outbox o LEFT JOIN bounce b ON b.id = (SELECT MAX(n.id) FROM bounce n WHERE n.outbox_id = o.id
        AND n.evidence <> 'server')
    WHERE ($1 = '' OR o.state = $1) AND ($2 = 0 OR b.id IS NOT NULL) AND ($3 = 0 OR o.id = $3)
    ORDER BY o.id DESC LIMIT $4";

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
        self.outbox_of(state.map_or(OutboxFilter::All, OutboxFilter::State), limit).await
    }

    /// The same by other filters.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn outbox_of(&self, filter: OutboxFilter, limit: u32) -> Result<Vec<OutboxBrief>> {
        let (state, bounced, only) = match filter {
            OutboxFilter::All => ("", 0, 0),
            OutboxFilter::State(state) => (state.as_str(), 0, 0),
            OutboxFilter::Bounced => ("", 1, 0),
            OutboxFilter::Only(id) => ("", 0, id.0),
        };
        let rows: Vec<StoredBrief> = query_as(OUTBOX)
            .bind(state)
            .bind(bounced)
            .bind(only)
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
                    bounced: bounce::bounced(row.bounced_at, row.hard, row.status, row.diagnostic)?,
                    created_at: instant(row.created_at)?,
                })
            })
            .collect()
    }
}
