//! Sent mail: which of our own mails lie in a mailbox's Sent folder, and who filed them there.
//!
//! Invariant: a copy that the desk makes is written down as tried before it is made, so that after a crash a copy that is
//! found is not taken for the provider's.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, FromRow};

use super::{
    Filer, FolderKey, OutboxRow, Result, Store, Unfiled, Window,
    columns::{IDS_AT_ONCE, clean, instant, message_id_hash, micros, parameters},
    engine::{Connection, query, query_as, query_scalar},
    failure::Context,
    ledger::ended_rows,
    outbox::{ROW, StoredRow},
};
use crate::desk::OutboxId;

/// Why a mail of ours in the Sent folder is no message of a ticket.
const OWN_MAIL: &str = "our own mail";

/// A reply that left, and when; read apart from its row, whose columns it does not have.
#[derive(FromRow)]
struct SentAt {
    id: i64,
    filed: String,
    updated_at: i64,
}

impl Window {
    /// Whether a mail with one of these Message-IDs is an outgoing mail of ours.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn is_own_mail(&mut self, message_ids: &[String]) -> Result<bool> {
        let hashes: HashSet<Vec<u8>> = message_ids.iter().map(|id| message_id_hash(id)).collect();
        Ok(!known_hashes(&mut self.tx, &hashes).await?.is_empty())
    }
}

impl Store {
    /// Of messages in the Sent folder with their Message-IDs, those that are outgoing mails of ours: each gets its row in
    /// the ledger without being fetched, and a reply among them counts as filed, in one commit. Returns their UIDs.
    ///
    /// # Errors
    /// Temporary trouble; refused when the folder was not begun.
    pub async fn account_own_mail(
        &self,
        key: &FolderKey,
        messages: &BTreeMap<u32, Vec<String>>,
        now: Timestamp,
    ) -> Result<Vec<u32>> {
        let hashes: HashSet<Vec<u8>> = messages.values().flatten().map(|id| message_id_hash(id)).collect();
        let mut tx = self.write().await?;
        self.fence(&mut tx, &key.mailbox).await?;
        let known = known_hashes(&mut tx, &hashes).await?;
        let is_ours = |ids: &Vec<String>| ids.iter().any(|id| known.contains(&message_id_hash(id)));
        let own: Vec<u32> = messages.iter().filter(|(_, ids)| is_ours(ids)).map(|(uid, _)| *uid).collect();
        if own.is_empty() {
            return Ok(own);
        }
        ended_rows(&mut tx, key, &own, OWN_MAIL, now).await?;
        let found: Vec<Vec<u8>> = known.into_iter().collect();
        let mut by_provider = false;
        for hashes in found.chunks(IDS_AT_ONCE) {
            by_provider |= found_filed(&mut tx, hashes).await?;
        }
        if by_provider {
            set_filer(&mut tx, &key.mailbox, Filer::Provider).await?;
        }
        tx.commit().await.context("recognising our own mail")?;
        Ok(own)
    }

    /// Whether one of these Message-IDs is that of a message on a ticket, or of a mail of ours about one.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn knows_any(&self, message_ids: &[String]) -> Result<bool> {
        let hashes: Vec<Vec<u8>> =
            message_ids.iter().take(IDS_AT_ONCE).map(|id| message_id_hash(id)).collect();
        if hashes.is_empty() {
            return Ok(false);
        }
        let list = parameters(1, hashes.len());
        let sql = format!(
            "SELECT CAST(1 AS BIGINT) FROM outbox WHERE ticket_id IS NOT NULL AND message_id_hash IN ({list})
             UNION ALL SELECT CAST(1 AS BIGINT) FROM message WHERE message_id_hash IN ({list}) LIMIT 1"
        );
        let mut query = query_scalar(AssertSqlSafe(sql));
        for hash in hashes {
            query = query.bind(hash);
        }
        let found: Option<i64> = query.fetch_optional(&self.readers).await.context("looking for a thread")?;
        Ok(found.is_some())
    }

    /// Messages in the Sent folder that are none of the desk's business, with the reason.
    ///
    /// # Errors
    /// Temporary trouble; refused when the folder was not begun.
    pub async fn account_strangers(
        &self,
        key: &FolderKey,
        uids: &[u32],
        reason: &'static str,
        now: Timestamp,
    ) -> Result<()> {
        if uids.is_empty() {
            return Ok(());
        }
        let mut tx = self.write().await?;
        self.fence(&mut tx, &key.mailbox).await?;
        ended_rows(&mut tx, key, uids, reason, now).await?;
        tx.commit().await.context("recording sent mail")
    }

    /// Who files what leaves, as far as it was learned.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn filer(&self, mailbox: &str) -> Result<Filer> {
        let word: Option<String> = query_scalar("SELECT sent_filing FROM mailbox WHERE mailbox = $1")
            .bind(clean(mailbox))
            .fetch_optional(&self.readers)
            .await
            .context("reading who files sent mail")?;
        Ok(match word.as_deref() {
            Some("provider") => Filer::Provider,
            Some("desk") => Filer::Desk,
            _ => Filer::Unknown,
        })
    }

    /// Replies that left since then and of which no copy is known, the oldest first.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn unfiled(&self, mailbox: &str, since: Timestamp, limit: u32) -> Result<Vec<Unfiled>> {
        let rows: Vec<SentAt> = query_as(
            "SELECT id, filed, updated_at FROM outbox WHERE mailbox = $1 AND kind = 'reply' AND state = 'sent'
                AND filed IN ('', 'trying') AND updated_at >= $2 ORDER BY id LIMIT $3",
        )
        .bind(clean(mailbox))
        .bind(micros(since))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await
        .context("reading replies that are not filed")?;
        rows.into_iter()
            .map(|row| {
                Ok(Unfiled {
                    id: OutboxId(row.id),
                    sent_at: instant(row.updated_at)?,
                    tried: row.filed == "trying",
                })
            })
            .collect()
    }

    /// Writes down that a copy is about to be made, and gives the mail; `None`: somebody else's copy is known by now.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn begin_filing(&self, mailbox: &str, id: OutboxId) -> Result<Option<OutboxRow>> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        let row: Option<StoredRow> = query_as(AssertSqlSafe(format!(
            "UPDATE outbox SET filed = 'trying' WHERE id = $1 AND state = 'sent' AND filed IN ('', 'trying') RETURNING {ROW}"
        )))
        .bind(id.0)
        .fetch_optional(&mut *tx)
        .await
        .context("beginning to file a reply")?;
        let row = row.map(StoredRow::read).transpose()?;
        tx.commit().await.context("beginning to file a reply")?;
        Ok(row)
    }

    /// The desk's copy lies in the folder, at this UID where the server told: then it needs not be looked at.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn filed_by_desk(
        &self,
        id: OutboxId,
        mailbox: &str,
        place: Option<(&FolderKey, u32)>,
        now: Timestamp,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        mark(&mut tx, id, "desk").await?;
        set_filer(&mut tx, mailbox, Filer::Desk).await?;
        if let Some((key, uid)) = place {
            ended_rows(&mut tx, key, &[uid], OWN_MAIL, now).await?;
        }
        tx.commit().await.context("filing a reply")
    }

    /// The copy was found and is not the desk's.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn filed_by_provider(&self, id: OutboxId, mailbox: &str) -> Result<()> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        mark(&mut tx, id, "provider").await?;
        set_filer(&mut tx, mailbox, Filer::Provider).await?;
        tx.commit().await.context("finding a filed reply")
    }

    /// The server took no copy, and may take one later.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn filing_postponed(&self, id: OutboxId, mailbox: &str) -> Result<()> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        mark(&mut tx, id, "").await?;
        tx.commit().await.context("postponing filing a reply")
    }

    /// The server does not take this copy, ever.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn filing_refused(&self, id: OutboxId, mailbox: &str) -> Result<()> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        mark(&mut tx, id, "refused").await?;
        tx.commit().await.context("giving up filing a reply")
    }
}

async fn known_hashes(connection: &mut Connection, hashes: &HashSet<Vec<u8>>) -> Result<HashSet<Vec<u8>>> {
    let all: Vec<&Vec<u8>> = hashes.iter().collect();
    let mut known = HashSet::new();
    for piece in all.chunks(IDS_AT_ONCE) {
        let sql = format!(
            "SELECT message_id_hash FROM outbox WHERE message_id_hash IN ({})",
            parameters(1, piece.len())
        );
        let mut query = query_scalar(AssertSqlSafe(sql));
        for hash in piece {
            query = query.bind((*hash).clone());
        }
        let found: Vec<Vec<u8>> =
            query.fetch_all(&mut *connection).await.context("looking for mail of ours")?;
        known.extend(found);
    }
    Ok(known)
}

/// Replies whose copies were found count as filed; whether one of them was not the desk's copy.
async fn found_filed(connection: &mut Connection, hashes: &[Vec<u8>]) -> Result<bool> {
    let sql = format!(
        "UPDATE outbox SET filed = CASE WHEN filed = 'trying' THEN 'desk' ELSE 'provider' END
         WHERE kind = 'reply' AND filed IN ('', 'trying') AND message_id_hash IN ({}) RETURNING filed",
        parameters(1, hashes.len())
    );
    let mut query = query_scalar(AssertSqlSafe(sql));
    for hash in hashes {
        query = query.bind(hash.clone());
    }
    let filed: Vec<String> = query.fetch_all(connection).await.context("finding filed replies")?;
    Ok(filed.iter().any(|by| by == "provider"))
}

async fn mark(connection: &mut Connection, id: OutboxId, filed: &'static str) -> Result<()> {
    query("UPDATE outbox SET filed = $2 WHERE id = $1 AND filed IN ('', 'trying')")
        .bind(id.0)
        .bind(filed)
        .execute(connection)
        .await
        .context("filing a reply")
        .map(|_| ())
}

async fn set_filer(connection: &mut Connection, mailbox: &str, filer: Filer) -> Result<()> {
    let word = match filer {
        Filer::Unknown => "",
        Filer::Provider => "provider",
        Filer::Desk => "desk",
    };
    query(
        "INSERT INTO mailbox (mailbox, sent_filing) VALUES ($1, $2)
         ON CONFLICT (mailbox) DO UPDATE SET sent_filing = excluded.sent_filing",
    )
    .bind(clean(mailbox))
    .bind(word)
    .execute(connection)
    .await
    .context("noting who files sent mail")
    .map(|_| ())
}
