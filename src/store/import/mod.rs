//! Batches of old mail and old tickets: begun, listed, ended, undone. The mails of a batch are a folder of their own in the
//! ledger, which no server has, with their running number as UID; so the record "one message, one outcome" holds for them too.
//!
//! Must not know: files, mailbox formats, how an old mail is judged.
//!
//! Invariants: what a window of an import did happens in one commit or not at all, and a place in a source is taken once; rows
//! of the ledger are decided and settled from the first moment, so that nothing else ever takes them up.

mod apply;
mod gather;
mod tickets;
mod undo;

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Serialize;

pub use apply::{ImportOutcome, ImportedMail, ImportedTicket};
pub use undo::{KeptTicket, UndoPlan};

use super::{
    FolderKey, Result, Store, StoreError,
    columns::{IDS_AT_ONCE, clean, count, instant, instant_or_none, json, micros, parameters, parse_json},
    engine::{Connection, Engine, query, query_as, query_scalar},
    failure::Context,
    rows::place_key,
};
use crate::desk::ImportFacts;

/// The folder of a batch in the ledger begins with this; no IMAP folder of a config does.
pub const FOLDER_PREFIX: &str = "import:";
/// A folder on no server has no UIDVALIDITY.
const UID_VALIDITY: u32 = 1;
/// Page cache of the writer while it imports, in KiB: the random order of Message-IDs and identities touches all pages of their
/// indexes again and again.
const CACHE: &str = "PRAGMA cache_size = -65536";
/// 64 MiB of log between checkpoints: each page of an index is written back once for many commits.
const CHECKPOINT: &str = "PRAGMA wal_autocheckpoint = 16384";

/// What a batch is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    Mail,
    Tickets,
}

impl ImportKind {
    /// The word used in SQL and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Tickets => "tickets",
        }
    }
}

/// A batch under way.
#[derive(Debug, Clone)]
pub struct ImportBatch {
    pub(super) id: i64,
    /// Its folder in the ledger.
    pub folder: FolderKey,
    pub facts: ImportFacts,
    /// It was begun before, and not undone.
    pub resumed: bool,
}

/// A batch as `import --list` shows it.
#[derive(Debug, Clone, Serialize)]
pub struct ImportRow {
    pub batch: String,
    pub mailbox: String,
    pub kind: String,
    pub begun_at: Timestamp,
    /// `None`: interrupted, or under way.
    pub ended_at: Option<Timestamp>,
    /// Mails or lines taken, duplicates among them.
    pub items: u64,
    pub tickets_made: u64,
    /// Tickets of others to which it added mail.
    pub tickets_touched: u64,
}

type ListedBatch = (String, String, String, i64, Option<i64>, i64, i64, i64);

#[derive(sqlx::FromRow)]
struct StoredBatch {
    id: i64,
    mailbox: String,
    kind: String,
    options: String,
}

impl Store {
    /// Sets the writer up for a long import; for a process that does nothing else.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here unless they say more.
    pub async fn prepare_import(&self) -> Result<()> {
        let mut writer = self.writer.acquire().await.context("preparing an import")?;
        if writer.engine() == Engine::Sqlite {
            query(CACHE).execute(&mut writer).await.context("preparing an import")?;
            query(CHECKPOINT).execute(&mut writer).await.context("preparing an import")?;
        }
        Ok(())
    }

    /// Begins a batch, or goes on with it.
    ///
    /// # Errors
    /// [`StoreError::Operator`] when a batch of this name is of another mailbox, kind or wish.
    pub async fn begin_import(
        &self,
        mailbox: &str,
        kind: ImportKind,
        facts: &ImportFacts,
        now: Timestamp,
    ) -> Result<ImportBatch> {
        let folder = FolderKey {
            mailbox: mailbox.to_owned(),
            folder: format!("{FOLDER_PREFIX}{}", facts.batch),
            uid_validity: UID_VALIDITY,
        };
        let mut tx = self.write().await?;
        let inserted = query(
            "INSERT INTO import_batch (batch, mailbox, kind, options, begun_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (batch) DO NOTHING",
        )
        .bind(clean(&facts.batch))
        .bind(clean(mailbox))
        .bind(kind.as_str())
        .bind(json(facts)?)
        .bind(micros(now))
        .execute(&mut tx)
        .await
        .context("beginning a batch")?;
        let stored = find(&mut tx, &facts.batch).await?.ok_or_else(|| no_batch(&facts.batch))?;
        stored.must_be(mailbox, kind, facts)?;
        query("UPDATE import_batch SET ended_at = NULL WHERE id = $1")
            .bind(stored.id)
            .execute(&mut tx)
            .await
            .context("beginning a batch")?;
        query(
            "INSERT INTO folder (mailbox, folder, uid_validity, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (mailbox, folder, uid_validity) DO NOTHING",
        )
        .bind(clean(mailbox))
        .bind(clean(&folder.folder))
        .bind(i64::from(folder.uid_validity))
        .bind(micros(now))
        .execute(&mut tx)
        .await
        .context("beginning a batch")?;
        tx.commit().await.context("beginning a batch")?;
        Ok(ImportBatch {
            id: stored.id,
            folder,
            facts: facts.clone(),
            resumed: inserted.rows_affected() == 0,
        })
    }

    /// A run of the batch has come to its end.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn end_import(&self, batch: &ImportBatch, now: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        query("UPDATE import_batch SET ended_at = $2 WHERE id = $1")
            .bind(batch.id)
            .bind(micros(now))
            .execute(&mut tx)
            .await
            .context("ending a batch")?;
        tx.commit().await.context("ending a batch")
    }

    /// Which of `places` this batch has taken before, in their order.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn taken_places(&self, batch: &ImportBatch, places: &[&str]) -> Result<Vec<bool>> {
        let keys: Vec<String> = places.iter().map(|place| place_key(place)).collect();
        let mut taken = HashSet::new();
        let mut reader = self.readers.acquire().await.context("waiting for a reader")?;
        for piece in keys.chunks(IDS_AT_ONCE) {
            let sql = format!(
                "SELECT place FROM import_item WHERE batch_id = $1 AND place IN ({})",
                parameters(2, piece.len())
            );
            let mut query = query_scalar::<String>(sqlx::AssertSqlSafe(sql)).bind(batch.id);
            for key in piece {
                query = query.bind(key.as_str());
            }
            taken.extend(query.fetch_all(&mut reader).await.context("reading what was imported")?);
        }
        Ok(keys.iter().map(|key| taken.contains(key)).collect())
    }

    /// All batches, the newest first.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn imports(&self) -> Result<Vec<ImportRow>> {
        let rows: Vec<ListedBatch> = query_as(
            "SELECT b.batch, b.mailbox, b.kind, b.begun_at, b.ended_at,
                (SELECT COUNT(*) FROM import_item i WHERE i.batch_id = b.id),
                (SELECT COUNT(*) FROM import_ticket t WHERE t.batch_id = b.id AND t.made = 1),
                (SELECT COUNT(*) FROM import_ticket t WHERE t.batch_id = b.id AND t.made = 0)
             FROM import_batch b ORDER BY b.id DESC",
        )
        .fetch_all(&self.readers)
        .await
        .context("listing batches")?;
        rows.into_iter()
            .map(|(batch, mailbox, kind, begun_at, ended_at, items, made, touched)| {
                Ok(ImportRow {
                    batch,
                    mailbox,
                    kind,
                    begun_at: instant(begun_at)?,
                    ended_at: instant_or_none(ended_at)?,
                    items: count(items),
                    tickets_made: count(made),
                    tickets_touched: count(touched),
                })
            })
            .collect()
    }
}

impl StoredBatch {
    fn must_be(&self, mailbox: &str, kind: ImportKind, facts: &ImportFacts) -> Result<()> {
        let name = &facts.batch;
        if self.mailbox != mailbox {
            return Err(StoreError::Operator(format!(
                "batch `{name}` belongs to mailbox `{}`: give this one another name with --batch",
                self.mailbox
            )));
        }
        if self.kind != kind.as_str() {
            return Err(StoreError::Operator(format!(
                "batch `{name}` is one of {}: give this one another name with --batch",
                self.kind
            )));
        }
        let before: ImportFacts = parse_json(&self.options, "a batch's options")?;
        if before != *facts {
            let since = before.open_since.map(|at| format!(" --open-since {}", at.strftime("%Y-%m-%d")));
            return Err(StoreError::Operator(format!(
                "batch `{name}` was begun with --state {}{}: repeat it with the same options, undo it first (import --undo \
                 {name}), or give this one another name with --batch",
                before.state.as_str(),
                since.unwrap_or_default()
            )));
        }
        Ok(())
    }
}

async fn find(connection: &mut Connection, batch: &str) -> Result<Option<StoredBatch>> {
    query_as("SELECT id, mailbox, kind, options FROM import_batch WHERE batch = $1")
        .bind(clean(batch))
        .fetch_optional(connection)
        .await
        .context("reading a batch")
}

fn no_batch(batch: &str) -> StoreError {
    StoreError::Operator(format!("there is no batch `{batch}`: `maildesk import --list` shows them"))
}
