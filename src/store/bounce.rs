//! What came back: which mail of ours a report is about, what is known of it, and to whom nothing automatic goes any more.
//!
//! Must not know: what a report says, or when it stops mail.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::FromRow;

use super::{
    Result, Store, Window,
    columns::{self, clean, count_u32, instant, instant_or_none, message_id_hash, micros, some_text},
    engine::{Connection, postgres, query, query_as, query_scalar},
    events::NewEvent,
    failure::Context,
    gather::before,
    outbox,
};
use crate::desk::{BounceEvidence, BounceFacts, OutboxId, PersonId, RawId, TicketId, bounce_mark::MailKey};

/// How a mail of ours is named.
#[derive(Debug, Clone, Copy)]
pub enum SentMail<'a> {
    /// The beginning of the hash of its Message-ID.
    Key(MailKey),
    MessageId(&'a str),
    /// The whole hash of its Message-ID.
    Hash(&'a [u8]),
}

/// A mail that did not arrive, as the newest report has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bounced {
    pub at: Timestamp,
    /// The address takes no mail.
    pub hard: bool,
    /// `5.1.1`; `None`: the report has none.
    pub status: Option<String>,
    /// The mail server's words.
    pub diagnostic: String,
}

/// A mail that never left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedMail {
    /// Of its Message-ID.
    pub hash: Vec<u8>,
    /// The server's words or ours, without addresses.
    pub detail: String,
}

/// Somebody to whom nothing automatic goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuppressedRow {
    pub address: String,
    pub name: Option<String>,
    /// `None`: not known.
    pub since: Option<Timestamp>,
    pub why: String,
    /// When mail was last let through to them.
    pub released_at: Option<Timestamp>,
}

/// A failure counts as long as its address was silent since, and where a server spoke of it. Other rows than the one that is asked for are counted once each.
const RETURNED: &str = "SELECT o.id, o.kind, o.ticket_id, o.to_agent, o.recipient,
        (SELECT MAX(b.hard) FROM bounce b WHERE b.outbox_id = o.id) AS known,
        (SELECT COUNT(DISTINCT b.outbox_id) FROM bounce b WHERE b.address = o.recipient AND b.outbox_id <> o.id
            AND (b.status <> '' OR b.evidence <> 'server') AND b.at > $3 AND b.at > COALESCE((SELECT MAX(m.created_at) FROM message m
                JOIN person p ON p.id = m.author_id WHERE p.address = o.recipient AND m.kind = 'client'), 0)) AS failures,
        (SELECT COUNT(*) FROM bounce b WHERE b.address = o.recipient AND b.told = 1 AND b.at > $4) AS told,
        r.text AS text, a.address AS author
    FROM outbox o
    LEFT JOIN message r ON o.kind = 'reply' AND r.id = (SELECT MAX(m.id) FROM message m
        WHERE m.ticket_id = o.ticket_id AND m.kind = 'reply' AND m.created_at <= o.created_at)
    LEFT JOIN person a ON a.id = r.author_id
    WHERE o.message_id_hash >= $1 AND o.message_id_hash <= $2 ORDER BY o.id LIMIT 1";

#[derive(FromRow)]
struct ReturnedRow {
    id: i64,
    kind: String,
    ticket_id: Option<i64>,
    to_agent: i64,
    recipient: String,
    known: Option<i64>,
    failures: i64,
    told: i64,
    text: Option<String>,
    author: Option<String>,
}

/// Address, name, since, why, let through last.
type SilencedRow = (String, String, Option<i64>, String, Option<i64>);

impl Window {
    /// The mail of ours that came back; `None`: there is none of this name.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn returned(
        &mut self,
        mail: SentMail<'_>,
        evidence: BounceEvidence,
        now: Timestamp,
    ) -> Result<Option<BounceFacts>> {
        let (least, most) = bounds(mail);
        let row: Option<ReturnedRow> = query_as(RETURNED)
            .bind(least)
            .bind(most)
            .bind(before(now, SignedDuration::from_hours(7 * 24)))
            .bind(before(now, SignedDuration::from_hours(24)))
            .fetch_optional(&mut *self.tx)
            .await
            .context("looking for a mail that came back")?;
        let Some(row) = row else { return Ok(None) };
        let recipient = self.person(&row.recipient, None, now).await?;
        Ok(Some(BounceFacts {
            outbox: OutboxId(row.id),
            evidence,
            ticket: row.ticket_id.map(TicketId),
            is_reply: row.kind == "reply",
            to_agent: row.to_agent != 0,
            recipient,
            author: row.author.and_then(some_text),
            text: row.text.unwrap_or_default(),
            known: row.known.map(|hard| hard != 0),
            failures_week: count_u32(row.failures),
            told_day: row.told > 0,
        }))
    }

    /// Mails of a mailbox that failed after `since` and that nobody judged yet, the oldest first.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn failed_mails(
        &mut self,
        mailbox: &str,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<FailedMail>> {
        let rows: Vec<(Vec<u8>, String)> = query_as(
            "SELECT o.message_id_hash, o.detail FROM outbox o
             WHERE o.mailbox = $1 AND o.state = 'failed' AND o.updated_at > $2
                AND NOT EXISTS (SELECT 1 FROM bounce b WHERE b.outbox_id = o.id AND b.evidence = 'server')
             ORDER BY o.id LIMIT $3",
        )
        .bind(clean(mailbox))
        .bind(micros(since))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await
        .context("looking for mails that failed")?;
        Ok(rows.into_iter().map(|(hash, detail)| FailedMail { hash, detail }).collect())
    }

    /// Writes a failure down. The change's other fields stand in `bounced`.
    pub(super) async fn add_bounce(
        &mut self,
        outbox: OutboxId,
        raw: Option<RawId>,
        evidence: BounceEvidence,
        bounced: &Bounced,
        told: bool,
    ) -> Result<()> {
        query(
            "INSERT INTO bounce (outbox_id, raw_id, address, evidence, hard, status, diagnostic, told, at)
             SELECT id, $2, recipient, $3, $4, $5, $6, $7, $8 FROM outbox WHERE id = $1",
        )
        .bind(outbox.0)
        .bind(raw.map(|raw| raw.0))
        .bind(evidence.as_str())
        .bind(i64::from(bounced.hard))
        .bind(bounced.status.as_deref().map(clean).unwrap_or_default())
        .bind(clean(&bounced.diagnostic))
        .bind(i64::from(told))
        .bind(micros(bounced.at))
        .execute(&mut *self.tx)
        .await
        .context("noting a bounce")
        .map(|_| ())
    }

    pub(super) async fn suppress(&mut self, person: PersonId, why: &str, now: Timestamp) -> Result<()> {
        query("UPDATE person SET suppressed = 1, suppressed_at = $2, suppressed_why = $3 WHERE id = $1 AND suppressed = 0")
            .bind(person.0)
            .bind(micros(now))
            .bind(clean(why))
            .execute(&mut *self.tx)
            .await
            .context("suppressing mail to a person")
            .map(|_| ())
    }

    pub(super) async fn let_through(&mut self, person: PersonId, now: Timestamp) -> Result<()> {
        query(LET_THROUGH)
            .bind(person.0)
            .bind(micros(now))
            .execute(&mut *self.tx)
            .await
            .context("letting mail to a person through")
            .map(|_| ())
    }
}

const LET_THROUGH: &str =
    "UPDATE person SET suppressed = 0, suppressed_at = NULL, suppressed_why = '', released_at = $2
    WHERE id = $1 AND suppressed = 1";

impl Store {
    /// To whom nothing automatic goes, the newest first, at most a thousand.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn suppressed(&self) -> Result<Vec<SuppressedRow>> {
        let rows: Vec<SilencedRow> = query_as(
            "SELECT address, name, suppressed_at, suppressed_why, released_at FROM person WHERE suppressed = 1
             ORDER BY COALESCE(suppressed_at, 0) DESC, id DESC LIMIT 1000",
        )
        .fetch_all(&self.readers)
        .await
        .context("listing suppressed addresses")?;
        rows.into_iter()
            .map(|(address, name, since, why, released_at)| {
                Ok(SuppressedRow {
                    address,
                    name: some_text(name),
                    since: instant_or_none(since)?,
                    why,
                    released_at: instant_or_none(released_at)?,
                })
            })
            .collect()
    }

    /// Lets mail to this address (lower case) through again, by an operator's word; it does not count as the one release a
    /// day. Their newest ticket says so. `None`: nobody is known under it; `Some(false)`: mail went there all the time.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn release_person(&self, address: &str, now: Timestamp) -> Result<Option<bool>> {
        let mut tx = self.write().await?;
        postgres::serialise(&mut tx).await?;
        let found: Option<(i64, i64)> = query_as("SELECT id, suppressed FROM person WHERE address = $1")
            .bind(columns::clean(address))
            .fetch_optional(&mut *tx)
            .await
            .context("finding a person")?;
        let Some((person, suppressed)) = found else { return Ok(None) };
        if suppressed == 0 {
            return Ok(Some(false));
        }
        query(LET_THROUGH)
            .bind(person)
            .bind(None::<i64>)
            .execute(&mut *tx)
            .await
            .context("letting mail to a person through")?;
        note_release(&mut tx, person, address, now).await?;
        tx.commit().await.context("letting mail to a person through")?;
        Ok(Some(true))
    }

    /// Until when mail of this mailbox leaves under its plain address, whatever its envelope sender would be.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn plain_sender_until(&self, mailbox: &str) -> Result<Option<Timestamp>> {
        let until: Option<Option<i64>> =
            query_scalar("SELECT plain_sender_until FROM mailbox WHERE mailbox = $1")
                .bind(clean(mailbox))
                .fetch_optional(&self.readers)
                .await
                .context("reading a mailbox's envelope sender")?;
        instant_or_none(until.flatten())
    }

    /// Remembers it; a daemon that lost the mailbox writes nothing.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn set_plain_sender(&self, mailbox: &str, until: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        query(
            "INSERT INTO mailbox (mailbox, plain_sender_until) VALUES ($1, $2)
             ON CONFLICT (mailbox) DO UPDATE SET plain_sender_until = excluded.plain_sender_until",
        )
        .bind(clean(mailbox))
        .bind(micros(until))
        .execute(&mut *tx)
        .await
        .context("recording a mailbox's envelope sender")?;
        tx.commit().await.context("recording a mailbox's envelope sender")
    }
}

/// The newest ticket of the person says that mail goes there again.
async fn note_release(connection: &mut Connection, person: i64, address: &str, now: Timestamp) -> Result<()> {
    let newest: Option<i64> = query_scalar("SELECT MAX(id) FROM ticket WHERE requester_id = $1")
        .bind(person)
        .fetch_one(&mut *connection)
        .await
        .context("reading a person's tickets")?;
    let Some(ticket) = newest.map(TicketId) else { return Ok(()) };
    let content = format!("{address}, by the operator");
    let event = NewEvent { kind: "released", actor: "maildesk", content: &content };
    outbox::note(connection, ticket, event, now).await
}

/// What the newest report says of a row of the outbox; the columns may all be NULL.
pub(super) fn bounced(
    at: Option<i64>,
    hard: Option<i64>,
    status: Option<String>,
    diagnostic: Option<String>,
) -> Result<Option<Bounced>> {
    let Some(at) = at else { return Ok(None) };
    Ok(Some(Bounced {
        at: instant(at)?,
        hard: hard.unwrap_or_default() != 0,
        status: status.and_then(some_text),
        diagnostic: diagnostic.unwrap_or_default(),
    }))
}

/// The hashes between which the mail's own stands.
fn bounds(mail: SentMail<'_>) -> (Vec<u8>, Vec<u8>) {
    match mail {
        SentMail::MessageId(id) => (message_id_hash(id), message_id_hash(id)),
        SentMail::Hash(hash) => (hash.to_vec(), hash.to_vec()),
        SentMail::Key(key) => {
            let filled =
                |with: u8| key.into_iter().chain(std::iter::repeat_n(with, 32 - key.len())).collect();
            (filled(0), filled(0xff))
        }
    }
}
