//! What the store says, read by SQL of the harness's own: it must not share a mistake with what it judges. Only the chain of
//! events is left to the store's own check.

use anyhow::{Context, Result};
use maildesk::{
    desk::TicketId,
    store::{MailboxStatus, Store},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

/// A ledger row with the bytes that were kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LedgerRow {
    pub uid_validity: i64,
    pub uid: i64,
    pub outcome: String,
    pub reason: String,
    pub ticket_id: Option<i64>,
    pub settled_at: Option<i64>,
    pub bytes: Option<Vec<u8>>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TicketRow {
    pub id: i64,
    pub state: String,
    pub requester: String,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OutboxRow {
    pub id: i64,
    pub kind: String,
    pub recipient: String,
    pub envelope_from: Option<String>,
    pub state: String,
    pub attempts: i64,
    pub detail: String,
    pub ticket_id: Option<i64>,
    pub mail: String,
    pub to_agent: i64,
    pub created_at: i64,
}

impl OutboxRow {
    /// As in the mail's header, without brackets.
    pub fn message_id(&self) -> String {
        let mail: serde_json::Value = serde_json::from_str(&self.mail).unwrap_or_default();
        mail.get("message_id").and_then(|id| id.as_str()).unwrap_or_default().to_owned()
    }
}

/// Everything that the oracle looks at.
#[derive(Debug)]
pub struct Record {
    pub ledger: Vec<LedgerRow>,
    pub tickets: Vec<TicketRow>,
    pub outbox: Vec<OutboxRow>,
    pub status: Vec<MailboxStatus>,
    /// Tickets whose chain of events does not hold.
    pub broken_chains: Vec<i64>,
    /// What the engine's own check found.
    pub damage: Vec<String>,
}

const LEDGER: &str = "SELECT l.uid_validity, l.uid, l.outcome, l.reason, l.ticket_id, l.settled_at, r.bytes
    FROM ledger l LEFT JOIN raw_message r ON r.id = l.raw_id WHERE l.folder = 'INBOX' ORDER BY l.uid_validity, l.uid";
const TICKETS: &str = "SELECT t.id, t.state, p.address AS requester FROM ticket t JOIN person p ON p.id = t.requester_id ORDER BY t.id";
const OUTBOX: &str =
    "SELECT id, kind, recipient, envelope_from, state, attempts, detail, ticket_id, mail, to_agent,
        created_at FROM outbox ORDER BY id";
/// `{}`: the folder's UIDVALIDITY.
const UNDONE: &str =
    "SELECT (SELECT COUNT(*) FROM ledger WHERE folder = 'INBOX' AND uid_validity = {} AND outcome <> 'kept'),
    (SELECT COUNT(*) FROM ledger WHERE outcome = 'kept' OR (folder = 'INBOX' AND uid_validity = {} AND
        settled_at IS NULL AND oversized = 0 AND outcome IN ('ticket', 'held', 'control', 'ignored'))),
    (SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending', 'unknown')),
    (SELECT COUNT(*) FROM outbox),
    (SELECT COUNT(*) FROM outbox WHERE kind = 'reply' AND state = 'sent' AND filed IN ('', 'trying'))";

/// A connection for looking. While one is open SQLite's shared memory outlives the daemon, so none may be open when the
/// daemon is killed: else its next start would not have to recover.
pub enum Look {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// All rows of a statement that is the same on both engines.
macro_rules! all {
    ($look:expr, $statement:expr) => {
        match $look {
            Look::Sqlite(connection) => sqlx::query_as($statement).fetch_all(connection).await,
            Look::Postgres(connection) => sqlx::query_as($statement).fetch_all(connection).await,
        }
    };
}

/// How far a desk has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub decided: i64,
    /// Not decided, or not settled on the server.
    pub under_way: i64,
    /// Mail that has not left.
    pub unsent: i64,
    /// All mail that leaves or has left.
    pub outgoing: i64,
    /// Replies that left and of which no copy is known in the Sent folder.
    pub unfiled: i64,
}

impl Look {
    /// # Errors
    /// When the store cannot be opened.
    pub async fn at(url: &str) -> Result<Self> {
        let opened = if url.starts_with("postgres") {
            PgConnection::connect(url).await.map(Self::Postgres)
        } else {
            SqliteConnection::connect(url).await.map(Self::Sqlite)
        };
        opened.context("looking into the store")
    }

    /// # Errors
    /// When the store cannot be read.
    pub async fn progress(&mut self, uid_validity: u32) -> Result<Progress> {
        let statement = UNDONE.replace("{}", &uid_validity.to_string());
        let rows: Vec<(i64, i64, i64, i64, i64)> =
            all!(self, AssertSqlSafe(statement)).context("looking at the progress")?;
        let (decided, under_way, unsent, outgoing, unfiled) = rows.first().copied().unwrap_or_default();
        Ok(Progress { decided, under_way, unsent, outgoing, unfiled })
    }

    /// UIDs and raw messages that were set aside.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn quarantined(&mut self) -> Result<Vec<(i64, i64)>> {
        let statement = "SELECT uid, raw_id FROM ledger WHERE outcome = 'quarantined' AND raw_id IS NOT NULL";
        all!(self, statement).context("looking for what was set aside")
    }

    async fn record(&mut self) -> Result<Record> {
        Ok(Record {
            damage: self.damage().await?,
            ledger: all!(self, LEDGER)?,
            tickets: all!(self, TICKETS)?,
            outbox: all!(self, OUTBOX)?,
            status: Vec::new(),
            broken_chains: Vec::new(),
        })
    }

    /// PostgreSQL answers for its own pages; a SQLite file is ours.
    async fn damage(&mut self) -> Result<Vec<String>> {
        let Self::Sqlite(connection) = self else { return Ok(Vec::new()) };
        let integrity: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut *connection).await?;
        let orphans: Vec<(String, Option<i64>, String, i64)> =
            sqlx::query_as("PRAGMA foreign_key_check").fetch_all(&mut *connection).await?;
        let mut damage: Vec<String> = integrity.into_iter().filter(|line| line != "ok").collect();
        damage
            .extend(orphans.into_iter().map(|(table, row, of, _)| format!("{table} {row:?} lacks its {of}")));
        Ok(damage)
    }

    /// # Errors
    /// When the store cannot be closed.
    pub async fn end(self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}

/// Reads the store whose daemon has ended.
///
/// # Errors
/// When it cannot be read: the oracle's business as well.
pub async fn read(url: &str) -> Result<Record> {
    let mut look = Look::at(url).await?;
    let record = look.record().await;
    look.end().await?;
    let mut record = record.context("reading the store")?;
    let store = Store::open(url).await?;
    for ticket in &record.tickets {
        let detail = store.ticket(TicketId(ticket.id)).await?;
        if !detail.is_some_and(|detail| detail.chain_intact) {
            record.broken_chains.push(ticket.id);
        }
    }
    record.status = store.status().await?;
    store.close().await;
    Ok(record)
}

/// Reads a file as a power cut left it, recovering it by SQLite alone; `None`: it has no ledger yet.
///
/// # Errors
/// When SQLite cannot recover it.
pub async fn read_image(url: &str) -> Result<Option<Record>> {
    let mut look = Look::at(url).await?;
    let tables: Vec<(i64,)> = all!(&mut look, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'ledger'")?;
    let record = if tables == [(1,)] { Some(look.record().await?) } else { None };
    look.end().await?;
    Ok(record)
}
