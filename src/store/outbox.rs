//! What leaves: queued in the window that decided it, claimed before it is tried, and its end written down.
//!
//! Invariant: an attempt is counted and durable before it is made; a row that a process left behind while sending is
//! `unknown`, never `queued`.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, FromRow};

use super::{
    NewOutbox, OutboxResult, OutboxRow, OutboxState, Result, Store, Window,
    apply::read_head,
    columns::{
        ROWS_AT_ONCE, clean, count, count_u32, instant, instant_or_none, json, message_id_hash, micros,
        parse_json, parse_outbox_kind, value_rows,
    },
    engine::{Connection, postgres, query, query_as, query_scalar},
    events::{self, NewEvent},
    failure::{Context, unreadable},
    trust::insert_confirmation,
};
use crate::desk::{OutboxId, TicketId};

/// What [`OutboxRow`] is made of.
pub(super) const ROW: &str =
    "id, kind, ticket_id, recipient, envelope_from, mail, files, attempts, first_attempt_at, created_at";

/// Up to the end of the inner SELECT, which PostgreSQL ends with `FOR UPDATE SKIP LOCKED`.
const CLAIM: &str = "UPDATE outbox SET state = 'sending', attempts = attempts + 1, updated_at = $2,
        first_attempt_at = COALESCE(first_attempt_at, $2)
    WHERE id IN (SELECT id FROM outbox WHERE mailbox = $1 AND state IN ('queued', 'unknown') AND next_at <= $2
        ORDER BY priority, id LIMIT $3";

#[derive(FromRow)]
pub(super) struct StoredRow {
    id: i64,
    kind: String,
    ticket_id: Option<i64>,
    recipient: String,
    envelope_from: Option<String>,
    mail: String,
    files: String,
    attempts: i64,
    first_attempt_at: Option<i64>,
    created_at: i64,
}

impl StoredRow {
    pub(super) fn read(self) -> Result<OutboxRow> {
        Ok(OutboxRow {
            id: OutboxId(self.id),
            kind: parse_outbox_kind(&self.kind)?,
            ticket: self.ticket_id.map(TicketId),
            recipient: self.recipient,
            envelope_from: self.envelope_from,
            mail: parse_json(&self.mail, "an outgoing mail")?,
            files: parse_json(&self.files, "the files of an outgoing mail")?,
            attempts: count_u32(self.attempts),
            first_attempt_at: instant(self.first_attempt_at.unwrap_or(self.created_at))?,
        })
    }
}

impl Window {
    /// Queues mails, due now (in shadow mode they only stand there), with the confirmations that they open. The ids stand
    /// in the order of `mails`.
    ///
    /// # Errors
    /// Temporary trouble; refused when a ticket or a held mail does not exist.
    pub async fn enqueue(&mut self, mails: &[NewOutbox], now: Timestamp) -> Result<Vec<OutboxId>> {
        let mut ids = Vec::with_capacity(mails.len());
        self.news |= !mails.is_empty();
        for piece in mails.chunks(ROWS_AT_ONCE) {
            ids.extend(insert(&mut self.tx, piece, now).await?);
        }
        for (mail, id) in mails.iter().zip(&ids) {
            if let Some(confirmation) = &mail.confirmation {
                insert_confirmation(&mut self.tx, confirmation, *id, now).await?;
            }
        }
        Ok(ids)
    }
}

impl Store {
    /// Claims due rows (`Queued`, `Unknown`) of a mailbox by priority, then age: `Sending`, attempt counted, one commit.
    /// A row that cannot be read becomes `Failed` instead: it must not hold up the others.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn claim_outbox(&self, mailbox: &str, limit: u32, now: Timestamp) -> Result<Vec<OutboxRow>> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        let skip_locked = tx.engine().pick("", " FOR UPDATE SKIP LOCKED");
        let rows: Vec<StoredRow> = query_as(AssertSqlSafe(format!("{CLAIM}{skip_locked}) RETURNING {ROW}")))
            .bind(clean(mailbox))
            .bind(micros(now))
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await
            .context("claiming outgoing mail")?;
        for piece in rows.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "INSERT INTO outbox_attempt (outbox_id, mailbox, at) VALUES {}",
                value_rows(piece.len(), 3)
            );
            let mut query = query(AssertSqlSafe(sql));
            for row in piece {
                query = query.bind(row.id).bind(clean(mailbox)).bind(micros(now));
            }
            query.execute(&mut *tx).await.context("counting attempts")?;
        }
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, ticket, kind) = (row.id, row.ticket_id, row.kind.clone());
            match row.read() {
                Ok(row) => claimed.push(row),
                Err(why) => give_up(&mut tx, id, ticket, &kind, &why.to_string(), now).await?,
            }
        }
        // RETURNING promises no order.
        claimed.sort_by_key(|row| (row.kind.priority(), row.id));
        tx.commit().await.context("claiming outgoing mail")?;
        Ok(claimed)
    }

    /// Writes down how attempts ended, one commit. A `Failed` row gets an event on its ticket. Rows that are not being
    /// sent (any more) are left as they are.
    ///
    /// # Errors
    /// Temporary trouble: the rows stay `Sending`, try again.
    pub async fn finish_outbox(&self, mailbox: &str, results: &[OutboxResult], now: Timestamp) -> Result<()> {
        if results.is_empty() {
            return Ok(());
        }
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        for piece in results.chunks(ROWS_AT_ONCE) {
            for (id, ticket, kind) in finish(&mut tx, piece, now).await? {
                let failed = piece.iter().find(|r| r.id.0 == id && r.state == OutboxState::Failed);
                if let (Some(ticket), Some(result)) = (ticket, failed) {
                    note_failure(&mut tx, TicketId(ticket), &kind, &result.detail, now).await?;
                }
            }
        }
        tx.commit().await.context("finishing outgoing mail")
    }

    /// Rows left `Sending` by whoever does not send them any more become `Unknown`, due now. Returns their number. To be
    /// called while this program sends nothing for the mailbox.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn recover_outbox(&self, mailbox: &str, now: Timestamp) -> Result<u64> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        let done = query(
            "UPDATE outbox SET state = 'unknown', next_at = $2, updated_at = $2
             WHERE mailbox = $1 AND state = 'sending'",
        )
        .bind(clean(mailbox))
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .context("recovering outgoing mail")?;
        tx.commit().await.context("recovering outgoing mail")?;
        Ok(done.rows_affected())
    }

    /// When the next row of this mailbox is due; in the past when one is due already.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn next_outbox_at(&self, mailbox: &str) -> Result<Option<Timestamp>> {
        let at: Option<i64> = query_scalar(
            "SELECT MIN(next_at) FROM outbox WHERE mailbox = $1 AND state IN ('queued', 'unknown')",
        )
        .bind(clean(mailbox))
        .fetch_one(&self.readers)
        .await
        .context("reading the outbox")?;
        instant_or_none(at)
    }

    /// Attempts of this mailbox since then (that instant included), for `per_minute` and `per_day`.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn attempts_since(&self, mailbox: &str, since: Timestamp) -> Result<u64> {
        query_scalar("SELECT COUNT(*) FROM outbox_attempt WHERE mailbox = $1 AND at >= $2")
            .bind(clean(mailbox))
            .bind(micros(since))
            .fetch_one(&self.readers)
            .await
            .map(count)
            .context("counting attempts")
    }

    /// One row with its mail, whatever its state; `first_attempt_at` of one never tried is when it was queued.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn outbox_mail(&self, id: OutboxId) -> Result<Option<OutboxRow>> {
        let row: Option<StoredRow> =
            query_as(AssertSqlSafe(format!("SELECT {ROW} FROM outbox WHERE id = $1")))
                .bind(id.0)
                .fetch_optional(&self.readers)
                .await
                .context("reading an outgoing mail")?;
        row.map(StoredRow::read).transpose()
    }

    /// `Failed`, `Held`, `Queued` and `Unknown` rows become due now; false when it is in no such state. The days after
    /// which a mail is given up begin anew for one that had failed.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn outbox_retry(&self, id: OutboxId, now: Timestamp) -> Result<bool> {
        self.change_outbox(
            "UPDATE outbox SET next_at = $2, updated_at = $2,
                 first_attempt_at = CASE WHEN state = 'failed' THEN NULL ELSE first_attempt_at END,
                 state = CASE WHEN state = 'unknown' THEN 'unknown' ELSE 'queued' END
             WHERE id = $1 AND state IN ('failed', 'held', 'queued', 'unknown')",
            id,
            now,
        )
        .await
    }

    /// `Held`, `Queued` and `Unknown` rows are never tried (again); false when it is in no such state.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn outbox_cancel(&self, id: OutboxId, now: Timestamp) -> Result<bool> {
        self.change_outbox(
            "UPDATE outbox SET state = 'cancelled', next_at = NULL, updated_at = $2
             WHERE id = $1 AND state IN ('held', 'queued', 'unknown')",
            id,
            now,
        )
        .await
    }

    async fn change_outbox(&self, sql: &'static str, id: OutboxId, now: Timestamp) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = query(sql)
            .bind(id.0)
            .bind(micros(now))
            .execute(&mut *tx)
            .await
            .context("changing an outgoing mail")?;
        self.announce(&mut tx).await?;
        tx.commit().await.context("changing an outgoing mail")?;
        Ok(done.rows_affected() > 0)
    }
}

/// Id, ticket and kind of the rows that were being sent.
async fn finish(
    connection: &mut Connection,
    results: &[OutboxResult],
    now: Timestamp,
) -> Result<Vec<(i64, Option<i64>, String)>> {
    // Both engines name the columns of VALUES so.
    let sql = format!(
        "UPDATE outbox SET state = v.column2, detail = v.column3, next_at = v.column4, updated_at = v.column5
         FROM (VALUES {}) AS v WHERE outbox.id = v.column1 AND outbox.state = 'sending'
         RETURNING outbox.id, outbox.ticket_id, outbox.kind",
        value_rows(results.len(), 5)
    );
    let mut query = query_as(AssertSqlSafe(sql));
    for result in results {
        let next_at = match result.state {
            OutboxState::Queued | OutboxState::Unknown => Some(micros(result.next_at.unwrap_or(now))),
            _ => None,
        };
        query = query
            .bind(result.id.0)
            .bind(result.state.as_str())
            .bind(clean(&result.detail))
            .bind(next_at)
            .bind(micros(now));
    }
    query.fetch_all(connection).await.context("finishing outgoing mail")
}

async fn insert(connection: &mut Connection, mails: &[NewOutbox], now: Timestamp) -> Result<Vec<OutboxId>> {
    let sql = format!(
        "INSERT INTO outbox (mailbox, kind, priority, ticket_id, to_agent, automatic, recipient, recipient_domain,
             envelope_from, mail, files, message_id_hash, state, next_at, created_at, updated_at)
         VALUES {} RETURNING id",
        value_rows(mails.len(), 16)
    );
    let mut query = query_scalar(AssertSqlSafe(sql));
    for mail in mails {
        let state = if mail.shadow { OutboxState::Shadow } else { OutboxState::Queued };
        let domain = mail.recipient.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
        query = query
            .bind(clean(&mail.mailbox))
            .bind(mail.kind.as_str())
            .bind(mail.kind.priority())
            .bind(mail.ticket.map(|ticket| ticket.0))
            .bind(i64::from(mail.to_agent))
            .bind(i64::from(mail.automatic))
            .bind(clean(&mail.recipient))
            .bind(clean(domain))
            .bind(mail.envelope_from.as_deref().map(clean))
            .bind(json(&mail.mail)?)
            .bind(json(&mail.files)?)
            .bind(message_id_hash(&mail.mail.message_id))
            .bind(state.as_str())
            .bind((!mail.shadow).then(|| micros(now)))
            .bind(micros(now))
            .bind(micros(now));
    }
    let mut ids: Vec<i64> = query.fetch_all(connection).await.context("queueing outgoing mail")?;
    if ids.len() != mails.len() {
        return Err(unreadable("queued mails were lost"));
    }
    // RETURNING promises no order, but rows get rising ids in the order of VALUES.
    ids.sort_unstable();
    Ok(ids.into_iter().map(OutboxId).collect())
}

/// A row that can never leave.
async fn give_up(
    connection: &mut Connection,
    id: i64,
    ticket: Option<i64>,
    kind: &str,
    detail: &str,
    now: Timestamp,
) -> Result<()> {
    query("UPDATE outbox SET state = 'failed', detail = $2, next_at = NULL, updated_at = $3 WHERE id = $1")
        .bind(id)
        .bind(clean(detail))
        .bind(micros(now))
        .execute(&mut *connection)
        .await
        .context("giving up an outgoing mail")?;
    match ticket {
        Some(ticket) => note_failure(connection, TicketId(ticket), kind, detail, now).await,
        None => Ok(()),
    }
}

/// The ticket says that a mail did not arrive.
async fn note_failure(
    connection: &mut Connection,
    ticket: TicketId,
    kind: &str,
    detail: &str,
    now: Timestamp,
) -> Result<()> {
    postgres::serialise(connection).await?;
    let content = format!("{kind}: {detail}");
    let event = NewEvent { kind: "delivery_failed", actor: "maildesk", content: &content };
    note(connection, ticket, event, now).await
}

/// One line of history that no decision wrote, where there is such a ticket. On PostgreSQL whoever judges must be locked out.
pub(super) async fn note(
    connection: &mut Connection,
    ticket: TicketId,
    event: NewEvent<'_>,
    now: Timestamp,
) -> Result<()> {
    let Some((_, head)) = read_head(connection, ticket).await? else {
        return Ok(());
    };
    let chain = events::chain(ticket, head, &[event], now);
    query(
        "UPDATE ticket SET version = version + 1, updated_at = $2, event_seq = $3, event_hash = $4 WHERE id = $1",
    )
    .bind(ticket.0)
    .bind(micros(now))
    .bind(chain.head.seq)
    .bind(chain.head.hash.clone())
    .execute(&mut *connection)
    .await
    .context("noting what happened on a ticket")?;
    chain.insert(connection).await
}
