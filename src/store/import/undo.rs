//! A batch is taken back: the tickets that it made, the mails that it brought, the people whom nobody else knows.
//!
//! Invariants: a ticket on which anything else happened since stays as it is, whole; an event is never removed from a ticket that
//! stays; ticket numbers are not given again. Each step is a commit of its own, so that nothing waits for long, and an undo that
//! was interrupted goes on where it was.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::AssertSqlSafe;

use super::{FOLDER_PREFIX, ImportKind, StoredBatch, UID_VALIDITY, find, no_batch};
use crate::{
    desk::{Change, TicketId},
    store::{
        Result, Store, Window,
        columns::{IDS_AT_ONCE, clean, count, parameters},
        engine::{Connection, Row, Value, query, query_as, query_scalar},
        failure::Context,
    },
};

/// Tickets, mails or people of one step.
const STEP: i64 = 500;
/// Tickets that a plan names one by one.
const KEPT_MAX: i64 = 1000;

/// The tickets of batch `$1` as it left them.
const UNTOUCHED: &str =
    "import_ticket i JOIN ticket t ON t.id = i.ticket_id WHERE i.batch_id = $1 AND i.version = t.version";
/// Those that it made and that nothing refers to: of mailbox `$2` and folder `$3` alone there is mail on them, and no mail of
/// elsewhere was ignored because it is on them already.
const OWN: &str = "AND i.made = 1
    AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.ticket_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM timer m WHERE m.ticket_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM ticket c WHERE c.linked_to = t.id OR c.merged_into = t.id)
    AND NOT EXISTS (SELECT 1 FROM correction k WHERE k.ticket_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.ticket_id = t.id AND (l.mailbox <> $2 OR l.folder <> $3))";
/// Those of others, which are only given back without the batch's mails: no mail of elsewhere was ignored for the sake of one of
/// these. An ignored mail of a batch keeps no facts that tell which it was; it came later, at least.
const OTHERS: &str = "AND i.made = 0
    AND NOT EXISTS (SELECT 1 FROM ledger b JOIN ledger l ON l.ticket_id = b.ticket_id
        WHERE b.ticket_id = t.id AND b.mailbox = $2 AND b.folder = $3
            AND l.outcome = 'ignored' AND (l.mailbox <> $2 OR l.folder <> $3)
            AND ((l.raw_id IS NULL AND l.id > b.id) OR EXISTS (SELECT 1 FROM message m
                JOIN facts f ON f.identity = m.identity WHERE m.raw_id = b.raw_id AND f.raw_id = l.raw_id)))";

/// Nothing names this person, and no secret of theirs was revoked.
const UNNAMED: &str = "person.token_epoch = 0
    AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.requester_id = person.id)
    AND NOT EXISTS (SELECT 1 FROM participant a WHERE a.person_id = person.id)
    AND NOT EXISTS (SELECT 1 FROM message m WHERE m.author_id = person.id)
    AND NOT EXISTS (SELECT 1 FROM correction k WHERE k.person_id = person.id)
    AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.recipient = person.address)";

/// A ticket that an undo leaves alone.
#[derive(Debug, Clone, Serialize)]
pub struct KeptTicket {
    pub ticket: TicketId,
    pub subject: String,
    /// The batch made it; else it only added mail.
    pub made: bool,
}

/// What undoing a batch does.
#[derive(Debug, Clone, Serialize)]
pub struct UndoPlan {
    pub batch: String,
    /// Tickets that go.
    pub tickets: u64,
    /// Tickets of others from which the batch's mails go.
    pub tickets_relieved: u64,
    /// Mails and lines that go, wherever they are.
    pub items: u64,
    /// Tickets that stay as they are, since something else happened on them.
    pub kept: Vec<KeptTicket>,
}

/// The batch under a statement.
struct Batch {
    id: i64,
    mailbox: String,
    folder: String,
    /// Lines of a list instead of mails: an item then has the number of its ticket.
    is_list: bool,
}

impl Store {
    /// What [`Store::undo_import`] would do now.
    ///
    /// # Errors
    /// [`super::StoreError::Operator`] when there is no such batch; else temporary trouble.
    pub async fn plan_undo(&self, name: &str) -> Result<UndoPlan> {
        let mut reader = self.readers.begin_reading().await.context("reading a batch")?;
        let stored = find(&mut reader, name).await?.ok_or_else(|| no_batch(name))?;
        let batch = Batch::of(&stored, name);
        let kept: Vec<(i64, String, i64)> = batch
            .on_own(
                format!(
                    "SELECT k.ticket_id, s.subject, k.made FROM import_ticket k JOIN ticket s ON s.id = k.ticket_id
                     WHERE k.batch_id = $1 AND k.ticket_id NOT IN (SELECT i.ticket_id FROM {UNTOUCHED} {OWN})
                     AND k.ticket_id NOT IN (SELECT i.ticket_id FROM {UNTOUCHED} {OTHERS})
                     ORDER BY k.ticket_id LIMIT {KEPT_MAX}"
                ),
                &mut reader,
            )
            .await?;
        let kept: Vec<KeptTicket> = kept
            .into_iter()
            .map(|(ticket, subject, made)| KeptTicket { ticket: TicketId(ticket), subject, made: made != 0 })
            .collect();
        let items: i64 = query_scalar("SELECT COUNT(*) FROM import_item WHERE batch_id = $1")
            .bind(batch.id)
            .fetch_one(&mut reader)
            .await
            .context("reading a batch")?;
        Ok(UndoPlan {
            batch: name.to_owned(),
            tickets: batch.counted(OWN, &mut reader).await?,
            tickets_relieved: batch.counted(OTHERS, &mut reader).await?,
            items: count(items).saturating_sub(batch.items_on(&kept, &mut reader).await?),
            kept,
        })
    }

    /// One step of an undo; `false`: there is nothing left to do.
    ///
    /// # Errors
    /// [`super::StoreError::Operator`] when there is no such batch; else temporary trouble.
    pub async fn undo_import(&self, name: &str, now: Timestamp) -> Result<bool> {
        let mut window = self.window().await?;
        let Some(stored) = find(&mut window.tx, name).await? else { return Ok(false) };
        let batch = Batch::of(&stored, name);
        let went_on = window.undo_tickets(&batch).await?
            || window.undo_messages(&batch, now).await?
            || window.undo_ledger(&batch).await?
            || window.undo_people(&batch).await?;
        if !went_on {
            window.end_undo(&batch).await?;
        }
        window.commit().await?;
        Ok(went_on)
    }
}

impl Batch {
    fn of(stored: &StoredBatch, name: &str) -> Self {
        Self {
            id: stored.id,
            mailbox: stored.mailbox.clone(),
            folder: format!("{FOLDER_PREFIX}{name}"),
            is_list: stored.kind == ImportKind::Tickets.as_str(),
        }
    }

    /// Rows of a statement with [`OWN`] or [`OTHERS`] in it.
    async fn on_own<T: Row>(&self, sql: String, connection: &mut Connection) -> Result<Vec<T>> {
        query_as(AssertSqlSafe(sql))
            .bind(self.id)
            .bind(clean(&self.mailbox))
            .bind(clean(&self.folder))
            .fetch_all(connection)
            .await
            .context("reading a batch")
    }

    /// How many tickets [`OWN`] or [`OTHERS`] names.
    async fn counted(&self, which: &str, connection: &mut Connection) -> Result<u64> {
        let rows: Vec<(i64,)> =
            self.on_own(format!("SELECT COUNT(*) FROM {UNTOUCHED} {which}"), connection).await?;
        Ok(rows.first().map(|(rows,)| count(*rows)).unwrap_or_default())
    }

    /// How many mails and lines of the batch are on these tickets.
    async fn items_on(&self, kept: &[KeptTicket], connection: &mut Connection) -> Result<u64> {
        if self.is_list {
            return Ok(u64::try_from(kept.len()).unwrap_or(u64::MAX));
        }
        let mut items = 0;
        for piece in kept.chunks(IDS_AT_ONCE) {
            let sql = format!(
                "SELECT COUNT(*) FROM ledger WHERE mailbox = $1 AND folder = $2 AND outcome <> 'ignored'
                    AND ticket_id IN ({})",
                parameters(3, piece.len())
            );
            let mut query =
                query_scalar::<i64>(AssertSqlSafe(sql)).bind(clean(&self.mailbox)).bind(clean(&self.folder));
            for ticket in piece {
                query = query.bind(ticket.ticket.0);
            }
            items += count(query.fetch_one(&mut *connection).await.context("reading a batch")?);
        }
        Ok(items)
    }
}

impl Window {
    /// Whole tickets that the batch made.
    async fn undo_tickets(&mut self, batch: &Batch) -> Result<bool> {
        let untouched =
            format!("SELECT i.ticket_id FROM {UNTOUCHED} {OWN} ORDER BY i.ticket_id LIMIT {STEP}");
        let tickets: Vec<(i64,)> = batch.on_own(untouched, &mut self.tx).await?;
        let tickets: Vec<i64> = tickets.into_iter().map(|(ticket,)| ticket).collect();
        if tickets.is_empty() {
            return Ok(false);
        }
        self.drop_messages(batch, &tickets).await?;
        for table in ["event", "participant", "ticket_mark", "facts", "import_ticket"] {
            self.drop_where(table, "ticket_id", &tickets).await?;
        }
        if batch.is_list {
            self.drop_items(batch, &tickets).await?;
        }
        self.drop_where("ticket", "id", &tickets).await?;
        Ok(true)
    }

    /// Mails on tickets of others, whose history says so.
    async fn undo_messages(&mut self, batch: &Batch, now: Timestamp) -> Result<bool> {
        let relieved = format!(
            "SELECT i.ticket_id, t.version FROM {UNTOUCHED} {OTHERS} ORDER BY i.ticket_id LIMIT {STEP}"
        );
        let tickets: Vec<(i64, i64)> = batch.on_own(relieved, &mut self.tx).await?;
        let ids: Vec<i64> = tickets.iter().map(|(ticket, _)| *ticket).collect();
        if ids.is_empty() {
            return Ok(false);
        }
        self.drop_messages(batch, &ids).await?;
        let mut raised = Vec::with_capacity(2 * tickets.len());
        for (ticket, version) in tickets {
            let event = Change::Event {
                kind: "import_undone".to_owned(),
                actor: "maildesk".to_owned(),
                content: batch.folder.clone(),
            };
            self.change(TicketId(ticket), version, &[event], now).await?;
            raised.extend([Value::from(ticket), Value::from(version + 1)]);
        }
        self.raise_marks(raised).await?;
        let sql = format!(
            "DELETE FROM import_ticket WHERE batch_id = $1 AND ticket_id IN ({})",
            parameters(2, ids.len())
        );
        let mut statement = query(AssertSqlSafe(sql)).bind(batch.id);
        for id in &ids {
            statement = statement.bind(*id);
        }
        statement.execute(&mut *self.tx).await.context("undoing an import")?;
        Ok(true)
    }

    /// Mails that are on no ticket: duplicates, reports, quarantine.
    async fn undo_ledger(&mut self, batch: &Batch) -> Result<bool> {
        let uids: Vec<(i64, Option<i64>)> = query_as(AssertSqlSafe(format!(
            "SELECT uid, raw_id FROM ledger WHERE mailbox = $1 AND folder = $2 AND uid_validity = {UID_VALIDITY}
             AND (ticket_id IS NULL OR outcome = 'ignored') AND outcome <> 'kept' ORDER BY uid LIMIT {STEP}"
        )))
        .bind(clean(&batch.mailbox))
        .bind(clean(&batch.folder))
        .fetch_all(&mut *self.tx)
        .await
        .context("undoing an import")?;
        self.drop_mails(batch, &uids).await?;
        Ok(!uids.is_empty())
    }

    /// The batch's mails on these tickets.
    async fn drop_messages(&mut self, batch: &Batch, tickets: &[i64]) -> Result<()> {
        let sql = format!(
            "SELECT uid, raw_id FROM ledger WHERE mailbox = $1 AND folder = $2 AND uid_validity = {UID_VALIDITY}
             AND ticket_id IN ({})",
            parameters(3, tickets.len())
        );
        let mut mails = query_as::<(i64, Option<i64>)>(AssertSqlSafe(sql))
            .bind(clean(&batch.mailbox))
            .bind(clean(&batch.folder));
        for ticket in tickets {
            mails = mails.bind(*ticket);
        }
        let mails = mails.fetch_all(&mut *self.tx).await.context("undoing an import")?;
        self.drop_mails(batch, &mails).await
    }

    /// Everything of these mails: UID and raw message.
    async fn drop_mails(&mut self, batch: &Batch, mails: &[(i64, Option<i64>)]) -> Result<()> {
        let uids: Vec<i64> = mails.iter().map(|(uid, _)| *uid).collect();
        let raws: Vec<i64> = mails.iter().filter_map(|(_, raw)| *raw).collect();
        for piece in raws.chunks(IDS_AT_ONCE) {
            let sql = format!(
                "DELETE FROM attachment WHERE message_row IN (SELECT id FROM message WHERE raw_id IN ({}))",
                parameters(1, piece.len())
            );
            let mut statement = query(AssertSqlSafe(sql));
            for raw in piece {
                statement = statement.bind(*raw);
            }
            statement.execute(&mut *self.tx).await.context("undoing an import")?;
        }
        self.drop_where("message", "raw_id", &raws).await?;
        self.drop_where("facts", "raw_id", &raws).await?;
        for piece in uids.chunks(IDS_AT_ONCE) {
            let list = parameters(3, piece.len());
            let ledger = format!(
                "DELETE FROM ledger WHERE mailbox = $1 AND folder = $2 AND uid_validity = {UID_VALIDITY} AND uid IN ({list})"
            );
            let mut statement =
                query(AssertSqlSafe(ledger)).bind(clean(&batch.mailbox)).bind(clean(&batch.folder));
            for uid in piece {
                statement = statement.bind(*uid);
            }
            statement.execute(&mut *self.tx).await.context("undoing an import")?;
        }
        self.drop_items(batch, &uids).await?;
        self.drop_where("raw_message", "id", &raws).await
    }

    /// The notes of where these UIDs, or the lines of these tickets, came from.
    async fn drop_items(&mut self, batch: &Batch, uids: &[i64]) -> Result<()> {
        for piece in uids.chunks(IDS_AT_ONCE) {
            let sql = format!(
                "DELETE FROM import_item WHERE batch_id = $1 AND uid IN ({})",
                parameters(2, piece.len())
            );
            let mut statement = query(AssertSqlSafe(sql)).bind(batch.id);
            for uid in piece {
                statement = statement.bind(*uid);
            }
            statement.execute(&mut *self.tx).await.context("undoing an import")?;
        }
        Ok(())
    }

    async fn drop_where(&mut self, table: &str, column: &str, ids: &[i64]) -> Result<()> {
        for piece in ids.chunks(IDS_AT_ONCE) {
            let sql = format!("DELETE FROM {table} WHERE {column} IN ({})", parameters(1, piece.len()));
            let mut statement = query(AssertSqlSafe(sql));
            for id in piece {
                statement = statement.bind(*id);
            }
            statement.execute(&mut *self.tx).await.context("undoing an import")?;
        }
        Ok(())
    }

    /// People of the batch whom nothing else names. While tickets of it stay, so do the marks of who is on them: once these go,
    /// so do they.
    async fn undo_people(&mut self, batch: &Batch) -> Result<bool> {
        let people: Vec<i64> = query_scalar(AssertSqlSafe(format!(
            "SELECT person_id FROM import_person WHERE batch_id = $1
                AND (NOT EXISTS (SELECT 1 FROM import_ticket i WHERE i.batch_id = $1)
                    OR EXISTS (SELECT 1 FROM person WHERE person.id = person_id AND {UNNAMED}))
             ORDER BY person_id LIMIT {STEP}"
        )))
        .bind(batch.id)
        .fetch_all(&mut *self.tx)
        .await
        .context("undoing an import")?;
        if people.is_empty() {
            return Ok(false);
        }
        let sql = format!(
            "DELETE FROM import_person WHERE batch_id = $1 AND person_id IN ({})",
            parameters(2, people.len())
        );
        let mut statement = query(AssertSqlSafe(sql)).bind(batch.id);
        for person in &people {
            statement = statement.bind(*person);
        }
        statement.execute(&mut *self.tx).await.context("undoing an import")?;
        let sql = format!("DELETE FROM person WHERE id IN ({}) AND {UNNAMED}", parameters(1, people.len()));
        let mut statement = query(AssertSqlSafe(sql));
        for person in &people {
            statement = statement.bind(*person);
        }
        statement.execute(&mut *self.tx).await.context("undoing an import")?;
        Ok(true)
    }

    /// The batch itself, when nothing of it is left.
    async fn end_undo(&mut self, batch: &Batch) -> Result<()> {
        let left: i64 = query_scalar(
            "SELECT (SELECT COUNT(*) FROM import_item WHERE batch_id = $1)
                + (SELECT COUNT(*) FROM import_ticket WHERE batch_id = $1)",
        )
        .bind(batch.id)
        .fetch_one(&mut *self.tx)
        .await
        .context("undoing an import")?;
        if left > 0 {
            return Ok(());
        }
        query("DELETE FROM import_batch WHERE id = $1")
            .bind(batch.id)
            .execute(&mut *self.tx)
            .await
            .context("undoing an import")?;
        query("DELETE FROM folder WHERE mailbox = $1 AND folder = $2")
            .bind(clean(&batch.mailbox))
            .bind(clean(&batch.folder))
            .execute(&mut *self.tx)
            .await
            .context("undoing an import")?;
        Ok(())
    }
}
