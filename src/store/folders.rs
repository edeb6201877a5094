//! Folders whose UIDs mean other messages than they did.
//!
//! Invariant: a row of the ledger is never lost: what it decided stays, under a key of its own.

use jiff::Timestamp;

use super::{
    Beginning, FolderKey, FolderState, Keep, KnownUid, Result, Store,
    columns::{self, count, instant, micros},
    engine::{Connection, query, query_as, query_scalar},
    failure::Context,
    ledger::{insert_ledger, read_folder, read_raw, without_raw},
};
use crate::desk::RawId;

impl Store {
    /// The server gave UIDs of this folder anew under the same UIDVALIDITY: all rows are set aside under a key that no
    /// server can name, and the folder begins again, in one commit. Decisions stay as they are.
    ///
    /// # Errors
    /// Temporary trouble; refused when the folder was not begun.
    pub async fn renumber_folder(
        &self,
        key: &FolderKey,
        beginning: Beginning,
        now: Timestamp,
    ) -> Result<FolderState> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, &key.mailbox).await?;
        // UIDVALIDITY has 32 bits; above them stands how often this happened.
        let newest: i64 = query_scalar(
            "SELECT COALESCE(MAX(uid_validity), $3) FROM folder
             WHERE mailbox = $1 AND folder = $2 AND uid_validity % 4294967296 = $3",
        )
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .fetch_one(&mut *tx)
        .await
        .context("setting a folder aside")?;
        let aside = newest + (1 << 32);
        for sql in [
            "INSERT INTO folder (mailbox, folder, uid_validity, before_start_through, accounted_through, role, created_at)
             SELECT mailbox, folder, $4, before_start_through, accounted_through, role, created_at FROM folder
             WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3 AND $5 = $5",
            "UPDATE ledger SET uid_validity = $4, settled_at = COALESCE(settled_at, $5)
             WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3",
        ] {
            query(sql)
                .bind(columns::clean(&key.mailbox))
                .bind(columns::clean(&key.folder))
                .bind(i64::from(key.uid_validity))
                .bind(aside)
                .bind(micros(now))
                .execute(&mut *tx)
                .await
                .context("setting a folder aside")?;
        }
        query(
            "UPDATE folder SET before_start_through = $4, accounted_through = $4, unaccounted = NULL
             WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3",
        )
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .bind(i64::from(beginning.through))
        .execute(&mut *tx)
        .await
        .context("setting a folder aside")?;
        insert_ledger(&mut tx, key, "before_start", &without_raw(&beginning.old), now).await?;
        let state = read_folder(&mut tx, key).await?;
        tx.commit().await.context("setting a folder aside")?;
        Ok(state)
    }

    /// The messages with the highest UIDs of which a copy is kept, descending.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn newest_known(&self, key: &FolderKey, limit: u32) -> Result<Vec<KnownUid>> {
        let rows: Vec<(i64, i64, i64, i64)> = query_as(
            "SELECT l.uid, r.id, r.received_at, COALESCE(r.oversized_bytes, r.size_bytes)
             FROM ledger l JOIN raw_message r ON r.id = l.raw_id
             WHERE l.mailbox = $1 AND l.folder = $2 AND l.uid_validity = $3 AND r.size_bytes > 0
             ORDER BY l.uid DESC LIMIT $4",
        )
        .bind(columns::clean(&key.mailbox))
        .bind(columns::clean(&key.folder))
        .bind(i64::from(key.uid_validity))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await
        .context("reading the newest UIDs")?;
        rows.into_iter()
            .map(|(uid, raw, received_at, size)| {
                Ok(KnownUid {
                    uid: columns::uid(uid)?,
                    raw: RawId(raw),
                    received_at: instant(received_at)?,
                    size_bytes: count(size),
                })
            })
            .collect()
    }
}

/// Those of these messages whose very bytes are in quarantine. There are few, mostly none.
pub(super) async fn quarantined_twins(
    connection: &mut Connection,
    mailbox: &str,
    window: &[Keep],
) -> Result<Vec<u32>> {
    let quarantined: Vec<(i64, i64)> = query_as(
        "SELECT r.id, r.size_bytes FROM ledger l JOIN raw_message r ON r.id = l.raw_id
         WHERE l.outcome = 'quarantined' AND l.mailbox = $1 AND r.size_bytes > 0 ORDER BY r.id",
    )
    .bind(columns::clean(mailbox))
    .fetch_all(&mut *connection)
    .await
    .context("looking into the quarantine")?;
    let mut twins = Vec::new();
    for (raw, size) in quarantined {
        let is_alike =
            |keep: &&Keep| i64::try_from(keep.bytes.len()) == Ok(size) && !twins.contains(&keep.uid);
        let alike: Vec<&Keep> = window.iter().filter(is_alike).collect();
        if alike.is_empty() {
            continue;
        }
        let kept = read_raw(connection, RawId(raw)).await?.map(|raw| raw.bytes);
        twins.extend(alike.iter().filter(|keep| kept.as_ref() == Some(&*keep.bytes)).map(|keep| keep.uid));
    }
    Ok(twins)
}
