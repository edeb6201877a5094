//! Folders, and what became of each UID in them.
//!
//! Invariant: a UID has one row, and what [`Store::keep`] returned is on the disk.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Beginning, FolderKey, FolderState, Keep, RawMessage, Result, Store, Undecided,
    columns::{
        self, IDS_AT_ONCE, ROWS_AT_ONCE, count, count_u32, instant, micros, parameters, signed, value_rows,
    },
    engine::{Connection, Engine, query, query_as, query_scalar},
    failure::Context,
    folders::quarantined_twins,
};
use crate::desk::RawId;

/// Bytes of raw mail that [`Store::undecided`] hands out at once: the process has 40 MB in all.
const UNDECIDED_BYTES_MAX: i64 = 8 << 20;

/// Why a mail is not kept of which a copy waits for an operator: a folder that was numbered anew brings it up again.
const QUARANTINED_TWIN: &str = "the same bytes are in quarantine";

const FOLDER: &str = "SELECT before_start_through, accounted_through FROM folder
    WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3";

#[derive(sqlx::FromRow)]
struct UndecidedRow {
    id: i64,
    received_at: i64,
    oversized_bytes: Option<i64>,
    attempts: i64,
    role: String,
    import_options: Option<String>,
    bytes: Vec<u8>,
}

impl Store {
    /// What is recorded of this folder; `None`: never seen with this UIDVALIDITY.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here unless they say more.
    pub async fn folder(&self, key: &FolderKey) -> Result<Option<FolderState>> {
        let row: Option<(i64, i64)> = query_as(FOLDER)
            .bind(columns::clean(&key.mailbox))
            .bind(columns::clean(&key.folder))
            .bind(i64::from(key.uid_validity))
            .fetch_optional(&self.readers)
            .await
            .context("reading a folder")?;
        row.map(folder_state).transpose()
    }

    /// When this folder was begun first, under whatever UIDVALIDITY; `None`: never.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn folder_begun_at(&self, mailbox: &str, folder: &str) -> Result<Option<Timestamp>> {
        let at: Option<i64> =
            query_scalar("SELECT MIN(created_at) FROM folder WHERE mailbox = $1 AND folder = $2")
                .bind(columns::clean(mailbox))
                .bind(columns::clean(folder))
                .fetch_one(&self.readers)
                .await
                .context("reading a folder")?;
        columns::instant_or_none(at)
    }

    /// Records a folder with what was there before the start, in one commit; one that is there already is left as it is.
    /// What was unaccounted for under an older UIDVALIDITY counts no more: those UIDs are gone.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn begin_folder(
        &self,
        key: &FolderKey,
        beginning: impl Into<Beginning>,
        now: Timestamp,
    ) -> Result<FolderState> {
        let beginning = beginning.into();
        let mut tx = self.write().await?;
        self.fence(&mut tx, &key.mailbox).await?;
        let done = query(
            "INSERT INTO folder (mailbox, folder, uid_validity, before_start_through, accounted_through, role, created_at)
             VALUES ($1, $2, $3, $4, $4, $5, $6) ON CONFLICT (mailbox, folder, uid_validity) DO NOTHING",
        )
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .bind(i64::from(beginning.through))
        .bind(if beginning.is_sent { "sent" } else { "" })
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .context("recording a folder")?;
        query(
            "UPDATE folder SET unaccounted = NULL WHERE mailbox = $1 AND folder = $2 AND uid_validity <> $3",
        )
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .execute(&mut *tx)
        .await
        .context("recording a folder")?;
        if done.rows_affected() > 0 {
            insert_ledger(&mut tx, key, "before_start", &without_raw(&beginning.old), now).await?;
        }
        let state = read_folder(&mut tx, key).await?;
        tx.commit().await.context("recording a folder")?;
        Ok(state)
    }

    /// Of these UIDs, the ones behind `before_start_through` without a ledger row, ascending.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn unaccounted(&self, key: &FolderKey, uids: &[u32]) -> Result<Vec<u32>> {
        let mut reader = self.readers.acquire().await.context("waiting for a reader")?;
        unaccounted(&mut reader, key, uids).await
    }

    /// One durable commit: raw bytes and ledger rows. Of a message whose very bytes are in quarantine no second copy is kept. A UID that is already there is left as it is (and gives no id).
    /// The ids stand in the order of the window.
    ///
    /// # Errors
    /// Temporary trouble; refused when the folder was not begun or a mail is larger than the engine takes.
    pub async fn keep(&self, key: &FolderKey, window: &[Keep], now: Timestamp) -> Result<Vec<(u32, RawId)>> {
        let uids: Vec<u32> = window.iter().map(|keep| keep.uid).collect();
        let mut tx = self.write().await?;
        self.fence(&mut tx, &key.mailbox).await?;
        lock_folder(&mut tx, key).await?;
        let mut known = known_uids(&mut tx, key, &uids).await?;
        let twins = quarantined_twins(&mut tx, &key.mailbox, window).await?;
        ended_rows(&mut tx, key, &twins, QUARANTINED_TWIN, now).await?;
        let mut kept = Vec::with_capacity(window.len());
        for keep in window {
            if !known.insert(keep.uid) || twins.contains(&keep.uid) {
                continue;
            }
            let oversized = keep.oversized_bytes.is_some();
            let uid = keep.uid;
            let raw = insert_raw(&mut tx, &key.mailbox, keep, now).await?;
            kept.push(LedgerRow { uid, raw: Some(raw), oversized });
        }
        insert_ledger(&mut tx, key, "kept", &kept, now).await?;
        tx.commit().await.context("keeping mail")?;
        Ok(kept.into_iter().filter_map(|row| row.raw.map(|raw| (row.uid, raw))).collect())
    }

    /// Records UIDs that were gone before they were read.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn record_gone(&self, key: &FolderKey, uids: &[u32], now: Timestamp) -> Result<()> {
        self.record(key, "gone", uids, now).await
    }

    /// Records UIDs as `before_start` one by one (`start` = a date).
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn record_before_start(&self, key: &FolderKey, uids: &[u32], now: Timestamp) -> Result<()> {
        self.record(key, "before_start", uids, now).await
    }

    async fn record(
        &self,
        key: &FolderKey,
        outcome: &'static str,
        uids: &[u32],
        now: Timestamp,
    ) -> Result<()> {
        if uids.is_empty() {
            return Ok(());
        }
        let mut tx = self.write().await?;
        self.fence(&mut tx, &key.mailbox).await?;
        insert_ledger(&mut tx, key, outcome, &without_raw(uids), now).await?;
        tx.commit().await.context("recording UIDs")
    }

    /// Raises `accounted_through` (never lowers it).
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn account_through(&self, key: &FolderKey, uid: u32) -> Result<()> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, &key.mailbox).await?;
        query(
            "UPDATE folder SET accounted_through = $4
             WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3 AND accounted_through < $4",
        )
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .bind(i64::from(uid))
        .execute(&mut *tx)
        .await
        .context("accounting for UIDs")?;
        tx.commit().await.context("accounting for UIDs")
    }

    /// Kept messages without outcome, oldest first; fewer than `limit` when their bytes together would be too many to
    /// hold in memory, but always one when there is one.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn undecided(&self, mailbox: &str, limit: u32) -> Result<Vec<Undecided>> {
        let sizes: Vec<(i64, i64)> = query_as(
            "SELECT r.id, r.size_bytes FROM ledger l JOIN raw_message r ON r.id = l.raw_id
             WHERE l.mailbox = $1 AND l.outcome = 'kept' ORDER BY l.raw_id LIMIT $2",
        )
        .bind(columns::clean(mailbox))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await
        .context("reading undecided mail")?;
        let mut bytes = 0;
        let ids: Vec<i64> = sizes
            .into_iter()
            .enumerate()
            .take_while(|(place, (_, size))| {
                bytes += size;
                *place == 0 || bytes <= UNDECIDED_BYTES_MAX
            })
            .map(|(_, (id, _))| id)
            .collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT r.id, r.received_at, r.oversized_bytes, l.attempts, f.role,
                (SELECT b.options FROM import_batch b
                    WHERE l.folder = 'import:' || b.batch AND b.mailbox = l.mailbox) AS import_options, r.bytes
             FROM ledger l JOIN raw_message r ON r.id = l.raw_id JOIN folder f
                ON f.mailbox = l.mailbox AND f.folder = l.folder AND f.uid_validity = l.uid_validity
             WHERE l.outcome = 'kept' AND l.raw_id IN ({}) ORDER BY l.raw_id",
            parameters(1, ids.len())
        );
        let mut query = query_as(AssertSqlSafe(sql));
        for id in ids {
            query = query.bind(id);
        }
        let rows: Vec<UndecidedRow> =
            query.fetch_all(&self.readers).await.context("reading undecided mail")?;
        rows.into_iter()
            .map(|row| {
                Ok(Undecided {
                    raw: RawId(row.id),
                    received_at: instant(row.received_at)?,
                    bytes: row.bytes,
                    oversized_bytes: row.oversized_bytes.map(count),
                    attempts: count_u32(row.attempts),
                    is_sent: row.role == "sent",
                    imported: row
                        .import_options
                        .map(|options| columns::parse_json(&options, "a batch's options"))
                        .transpose()?,
                })
            })
            .collect()
    }

    /// Counts a decision begun, in a commit of its own.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn count_attempt(&self, mailbox: &str, raws: &[RawId]) -> Result<()> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        for raws in raws.chunks(IDS_AT_ONCE) {
            let sql = format!(
                "UPDATE ledger SET attempts = attempts + 1 WHERE raw_id IN ({})",
                parameters(1, raws.len())
            );
            let mut query = query(AssertSqlSafe(sql));
            for raw in raws {
                query = query.bind(raw.0);
            }
            query.execute(&mut *tx).await.context("counting an attempt")?;
        }
        tx.commit().await.context("counting an attempt")
    }

    /// UIDs with an outcome that the server was not told of yet, ascending. Not among them: quarantined mail, which people
    /// should still find untouched on the server, and oversized mail, whose original stays there (SPEC section 4).
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn unsettled(&self, key: &FolderKey, limit: u32) -> Result<Vec<u32>> {
        let rows: Vec<i64> = query_scalar(
            "SELECT uid FROM ledger WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3 AND settled_at IS NULL
             AND oversized = 0 AND outcome IN ('ticket', 'held', 'control', 'ignored') ORDER BY uid LIMIT $4",
        )
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await
        .context("reading unsettled UIDs")?;
        rows.into_iter().map(columns::uid).collect()
    }

    /// The server was told of these.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn settled(&self, key: &FolderKey, uids: &[u32], now: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, &key.mailbox).await?;
        for uids in uids.chunks(IDS_AT_ONCE) {
            let sql = format!(
                "UPDATE ledger SET settled_at = $4 WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3
                 AND settled_at IS NULL AND uid IN ({})",
                parameters(5, uids.len())
            );
            let mut query = query(AssertSqlSafe(sql))
                .bind(columns::clean(&key.mailbox))
                .bind(columns::clean(&key.folder))
                .bind(i64::from(key.uid_validity))
                .bind(micros(now));
            for uid in uids {
                query = query.bind(i64::from(*uid));
            }
            query.execute(&mut *tx).await.context("settling UIDs")?;
        }
        tx.commit().await.context("settling UIDs")
    }

    /// Compares the folder's UIDs with the ledger, stores and returns how many are unaccounted for. The mark of what is accounted
    /// for goes back to before the first of them, so that the next look finds them.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn reconcile(&self, key: &FolderKey, uids: &[u32], now: Timestamp) -> Result<u64> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, &key.mailbox).await?;
        let missing = unaccounted(&mut tx, key, uids).await?;
        let through = missing.first().map_or(u32::MAX, |uid| uid.saturating_sub(1));
        let missing = u64::try_from(missing.len()).unwrap_or(u64::MAX);
        query(
            "UPDATE folder SET unaccounted = $4, reconciled_at = $5,
                 accounted_through = CASE WHEN accounted_through > $6 THEN $6 ELSE accounted_through END
             WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3",
        )
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .bind(signed(missing))
        .bind(micros(now))
        .bind(i64::from(through))
        .execute(&mut *tx)
        .await
        .context("reconciling a folder")?;
        tx.commit().await.context("reconciling a folder")?;
        Ok(missing)
    }

    /// A raw message, byte for byte as it was kept.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn raw(&self, raw: RawId) -> Result<Option<RawMessage>> {
        let mut reader = self.readers.acquire().await.context("waiting for a reader")?;
        read_raw(&mut reader, raw).await
    }
}

/// See [`Store::raw`].
pub(super) async fn read_raw(connection: &mut Connection, raw: RawId) -> Result<Option<RawMessage>> {
    let row: Option<(String, i64, Option<i64>, Vec<u8>)> =
        query_as("SELECT mailbox, received_at, oversized_bytes, bytes FROM raw_message WHERE id = $1")
            .bind(raw.0)
            .fetch_optional(connection)
            .await
            .context("reading a raw message")?;
    row.map(|(mailbox, received_at, oversized, bytes)| {
        Ok(RawMessage {
            mailbox,
            received_at: instant(received_at)?,
            bytes,
            oversized_bytes: oversized.map(count),
        })
    })
    .transpose()
}

fn folder_state((before, accounted): (i64, i64)) -> Result<FolderState> {
    Ok(FolderState {
        before_start_through: columns::uid(before)?,
        accounted_through: columns::uid(accounted)?,
    })
}

pub(super) async fn read_folder(connection: &mut Connection, key: &FolderKey) -> Result<FolderState> {
    let row: (i64, i64) = query_as(FOLDER)
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .fetch_one(connection)
        .await
        .context("reading a folder")?;
    folder_state(row)
}

pub(super) fn without_raw(uids: &[u32]) -> Vec<LedgerRow> {
    uids.iter().map(|uid| LedgerRow { uid: *uid, raw: None, oversized: false }).collect()
}

/// A ledger row to be written.
pub(super) struct LedgerRow {
    uid: u32,
    raw: Option<RawId>,
    oversized: bool,
}

async fn insert_raw(
    connection: &mut Connection,
    mailbox: &str,
    keep: &Keep,
    now: Timestamp,
) -> Result<RawId> {
    query_scalar(
        "INSERT INTO raw_message (mailbox, received_at, size_bytes, oversized_bytes, kept_at, bytes)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(columns::clean(mailbox))
    .bind(micros(keep.received_at))
    .bind(i64::try_from(keep.bytes.len()).unwrap_or(i64::MAX))
    .bind(keep.oversized_bytes.map(signed))
    .bind(micros(now))
    .bind(Arc::clone(&keep.bytes))
    .fetch_one(connection)
    .await
    .map(RawId)
    .context("keeping a raw message")
}

/// One program at a time adds to a folder, so that a UID that two of them keep has one raw message. SQLite has one writer.
async fn lock_folder(connection: &mut Connection, key: &FolderKey) -> Result<()> {
    if connection.engine() == Engine::Postgres {
        query_scalar::<i64>(
            "SELECT uid_validity FROM folder WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3 FOR UPDATE",
        )
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .fetch_optional(connection)
        .await
        .context("locking a folder")?;
    }
    Ok(())
}

/// Rows that end here, `ignored`, without a copy of the message, and of which the server is told nothing.
pub(super) async fn ended_rows(
    connection: &mut Connection,
    key: &FolderKey,
    uids: &[u32],
    reason: &'static str,
    now: Timestamp,
) -> Result<()> {
    insert_ledger(connection, key, "ignored", &without_raw(uids), now).await?;
    for uids in uids.chunks(IDS_AT_ONCE) {
        let sql = format!(
            "UPDATE ledger SET reason = $4, decided_at = $5, settled_at = $5
             WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3 AND raw_id IS NULL AND outcome = 'ignored'
                AND uid IN ({})",
            parameters(6, uids.len())
        );
        let mut query = query(AssertSqlSafe(sql))
            .bind(columns::clean(&key.mailbox))
            .bind(columns::clean(&key.folder))
            .bind(i64::from(key.uid_validity))
            .bind(reason)
            .bind(micros(now));
        for uid in uids {
            query = query.bind(i64::from(*uid));
        }
        query.execute(&mut *connection).await.context("recording UIDs that end")?;
    }
    Ok(())
}

/// Rows that are there already are left as they are.
pub(super) async fn insert_ledger(
    connection: &mut Connection,
    key: &FolderKey,
    outcome: &'static str,
    rows: &[LedgerRow],
    now: Timestamp,
) -> Result<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO ledger (mailbox, folder, uid_validity, uid, raw_id, oversized, outcome, recorded_at)
             VALUES {} ON CONFLICT (mailbox, folder, uid_validity, uid) DO NOTHING",
            value_rows(rows.len(), 8)
        );
        let mut query = query(AssertSqlSafe(sql));
        for row in rows {
            query = query
                .bind(columns::clean(&key.mailbox))
                .bind(columns::clean(&key.folder))
                .bind(i64::from(key.uid_validity))
                .bind(i64::from(row.uid))
                .bind(row.raw.map(|raw| raw.0))
                .bind(i64::from(row.oversized))
                .bind(outcome)
                .bind(micros(now));
        }
        query.execute(&mut *connection).await.context("writing the ledger")?;
    }
    Ok(())
}

async fn unaccounted(connection: &mut Connection, key: &FolderKey, uids: &[u32]) -> Result<Vec<u32>> {
    let before: i64 = query_scalar(
        "SELECT before_start_through FROM folder WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3",
    )
    .bind(columns::clean(&key.mailbox))
    .bind(columns::clean(&key.folder))
    .bind(i64::from(key.uid_validity))
    .fetch_optional(&mut *connection)
    .await
    .context("reading a folder")?
    .unwrap_or_default();
    let mut wanted: Vec<u32> = uids.iter().copied().filter(|uid| i64::from(*uid) > before).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let known = known_uids(connection, key, &wanted).await?;
    wanted.retain(|uid| !known.contains(uid));
    Ok(wanted)
}

/// Those of `uids` that have a row. Asked in pieces, so that a folder of a million UIDs needs no giant statement.
async fn known_uids(connection: &mut Connection, key: &FolderKey, uids: &[u32]) -> Result<HashSet<u32>> {
    let mut known = HashSet::new();
    for uids in uids.chunks(IDS_AT_ONCE) {
        let sql = format!(
            "SELECT uid FROM ledger WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3 AND uid IN ({})",
            parameters(4, uids.len())
        );
        let mut query = query_scalar(AssertSqlSafe(sql))
            .bind(columns::clean(&key.mailbox))
            .bind(columns::clean(&key.folder))
            .bind(i64::from(key.uid_validity));
        for uid in uids {
            query = query.bind(i64::from(*uid));
        }
        let rows: Vec<i64> = query.fetch_all(&mut *connection).await.context("reading the ledger")?;
        for uid in rows {
            known.insert(columns::uid(uid)?);
        }
    }
    Ok(known)
}
