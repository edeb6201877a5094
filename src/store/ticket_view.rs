//! One ticket with everything on it.

use sqlx::{AssertSqlSafe, FromRow};

use super::{
    MessageRow, Result, Store, TicketDetail, Window,
    apply::read_head,
    columns::{
        count, instant, instant_or_none, parse_attachment_kind, parse_json, parse_message_kind,
        parse_outbox_state, some_text,
    },
    engine::{Connection, query_as, query_scalar},
    events,
    failure::Context,
    listing::{StoredTicket, TICKET},
};
use crate::{
    desk::{
        Conversation, RawId, Said, TicketId,
        show::{SAID_CHARS_MAX, SAID_MAX},
    },
    mail::{Address, Attachment, compose::Outgoing},
};

/// Messages of one ticket that are read, each way.
const MESSAGES_MAX: i64 = 10_000;

#[derive(FromRow)]
struct StoredMessage {
    id: i64,
    raw_id: i64,
    kind: String,
    address: String,
    name: String,
    subject: Option<String>,
    message_id: String,
    text: String,
    received_at: i64,
}

#[derive(FromRow)]
struct StoredAttachment {
    message_row: i64,
    name: String,
    original_name: Option<String>,
    content_type: String,
    detected_type: Option<String>,
    size_bytes: i64,
    sha256: String,
    inline: i64,
    kind: String,
}

impl Store {
    /// A ticket with its messages (what came in and what the outbox holds for it, by time) and its history, read as of one
    /// moment. The chain of its history is computed again.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn ticket(&self, id: TicketId) -> Result<Option<TicketDetail>> {
        let mut reader = self.readers.begin_reading().await.context("reading a ticket")?;
        let stored: Option<StoredTicket> = query_as(AssertSqlSafe(format!("{TICKET} WHERE t.id = $1")))
            .bind(id.0)
            .fetch_optional(&mut *reader)
            .await
            .context("reading a ticket")?;
        let (Some(stored), Some((_, head))) = (stored, read_head(&mut reader, id).await?) else {
            return Ok(None);
        };
        let (first_response_at, first_response_due_at, facts): (Option<i64>, Option<i64>, String) =
            query_as("SELECT first_response_at, first_response_due_at, facts FROM ticket WHERE id = $1")
                .bind(id.0)
                .fetch_one(&mut *reader)
                .await
                .context("reading a ticket")?;
        let participants: Vec<String> = query_scalar(
            "SELECT p.address FROM participant a JOIN person p ON p.id = a.person_id
             WHERE a.ticket_id = $1 ORDER BY a.position, a.person_id",
        )
        .bind(id.0)
        .fetch_all(&mut *reader)
        .await
        .context("reading a ticket's participants")?;
        let mut messages = received(&mut reader, id).await?;
        messages.extend(sent(&mut reader, id).await?);
        // Stable: of one instant, what came in stands before what it caused.
        messages.sort_by_key(|message| message.at);
        let (events, chain_intact) = events::all(&mut reader, id, &head).await?;
        Ok(Some(TicketDetail {
            ticket: stored.read()?,
            participants,
            first_response_at: instant_or_none(first_response_at)?,
            first_response_due_at: instant_or_none(first_response_due_at)?,
            matter: parse_json(&facts, "facts of a ticket")?,
            messages,
            events,
            chain_intact,
        }))
    }
}

impl Window {
    /// What was said on a ticket: its first message and its newest ones.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn conversation(&mut self, ticket: TicketId) -> Result<Conversation> {
        let sql = format!(
            "SELECT m.kind, p.address, p.name, m.received_at, SUBSTR(m.text, 1, {}),
                (SELECT COUNT(*) FROM message a WHERE a.ticket_id = $1)
             FROM message m JOIN person p ON p.id = m.author_id
             WHERE m.ticket_id = $1 AND (m.id = (SELECT MIN(f.id) FROM message f WHERE f.ticket_id = $1)
                OR m.id IN (SELECT l.id FROM message l WHERE l.ticket_id = $1 ORDER BY l.id DESC LIMIT {}))
             ORDER BY m.id",
            SAID_CHARS_MAX + 1,
            SAID_MAX - 1
        );
        let rows: Vec<(String, String, String, i64, String, i64)> = query_as(AssertSqlSafe(sql))
            .bind(ticket.0)
            .fetch_all(&mut *self.tx)
            .await
            .context("reading what was said on a ticket")?;
        let all = rows.first().map_or(0, |row| count(row.5));
        let mut conversation = Conversation { ticket, ..Conversation::default() };
        for (kind, address, name, at, text, _) in rows {
            let whole = usize::try_from(SAID_CHARS_MAX).unwrap_or(usize::MAX);
            let cut = text.chars().count() > whole;
            conversation.said.push(Said {
                by: Address { name: some_text(name), address },
                kind: parse_message_kind(&kind)?,
                at: instant(at)?,
                text: text.chars().take(whole).collect(),
                cut,
            });
        }
        let shown = u64::try_from(conversation.said.len()).unwrap_or(u64::MAX);
        conversation.left_out = u32::try_from(all.saturating_sub(shown)).unwrap_or(u32::MAX);
        Ok(conversation)
    }
}

async fn received(reader: &mut Connection, ticket: TicketId) -> Result<Vec<MessageRow>> {
    let rows: Vec<StoredMessage> = query_as(
        "SELECT m.id, m.raw_id, m.kind, p.address, p.name, m.subject, m.message_id, m.text, m.received_at
         FROM message m JOIN person p ON p.id = m.author_id WHERE m.ticket_id = $1 ORDER BY m.id LIMIT $2",
    )
    .bind(ticket.0)
    .bind(MESSAGES_MAX)
    .fetch_all(&mut *reader)
    .await
    .context("reading a ticket's messages")?;
    let attachments: Vec<StoredAttachment> = query_as(
        "SELECT a.message_row, a.name, a.original_name, a.content_type, a.detected_type, a.size_bytes, a.sha256,
             a.inline, a.kind
         FROM message m JOIN attachment a ON a.message_row = m.id WHERE m.ticket_id = $1
         ORDER BY a.message_row, a.position",
    )
    .bind(ticket.0)
    .fetch_all(&mut *reader)
    .await
    .context("reading a ticket's attachments")?;
    let mut attachments = attachments.into_iter().peekable();
    let mut messages = Vec::with_capacity(rows.len());
    for row in rows {
        let mut own = Vec::new();
        while let Some(attachment) = attachments.next_if(|attachment| attachment.message_row == row.id) {
            own.push(read_attachment(attachment)?);
        }
        messages.push(MessageRow {
            raw: Some(RawId(row.raw_id)),
            kind: row.kind,
            author: row.address,
            author_name: some_text(row.name),
            recipient: None,
            subject: row.subject,
            message_id: some_text(row.message_id),
            text: row.text,
            at: instant(row.received_at)?,
            delivery: None,
            attachments: own,
        });
    }
    Ok(messages)
}

async fn sent(reader: &mut Connection, ticket: TicketId) -> Result<Vec<MessageRow>> {
    let rows: Vec<(String, String, String, String, i64)> = query_as(
        "SELECT kind, recipient, mail, state, created_at FROM outbox WHERE ticket_id = $1 ORDER BY id LIMIT $2",
    )
    .bind(ticket.0)
    .bind(MESSAGES_MAX)
    .fetch_all(reader)
    .await
    .context("reading a ticket's outgoing mail")?;
    rows.into_iter()
        .map(|(kind, recipient, mail, state, created_at)| {
            let mail: Outgoing = parse_json(&mail, "an outgoing mail")
                .unwrap_or_else(|_| Outgoing { text: "(unreadable)".to_owned(), ..Outgoing::default() });
            Ok(MessageRow {
                raw: None,
                kind,
                author: mail.from.address,
                author_name: mail.from.name,
                recipient: Some(recipient),
                subject: Some(mail.subject),
                message_id: Some(mail.message_id),
                text: mail.text,
                at: instant(created_at)?,
                delivery: Some(parse_outbox_state(&state)?),
                attachments: Vec::new(),
            })
        })
        .collect()
}

fn read_attachment(row: StoredAttachment) -> Result<Attachment> {
    Ok(Attachment {
        name: row.name,
        original_name: row.original_name,
        content_type: row.content_type,
        detected_type: row.detected_type,
        size: count(row.size_bytes),
        sha256: row.sha256,
        inline: row.inline != 0,
        kind: parse_attachment_kind(&row.kind)?,
        of_desk: false,
    })
}
