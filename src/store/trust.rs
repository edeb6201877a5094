//! What staff's secrets rest on: confirmations with their seals, the periods that they open, revoked secrets, challenges.
//!
//! Must not know: keys, or what any of it allows. A seal is bytes here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    NewConfirmation, Result, Store, StoreError, Window,
    columns::{IDS_AT_ONCE, clean, instant, instant_or_none, message_id_hash, micros, parameters},
    engine::{Connection, query, query_as, query_scalar},
    failure::{Context, unreadable},
};
use crate::desk::{ChallengeFacts, ConfirmationFacts, OutboxId, PeriodFacts, PersonId, RawId, TicketId};

const CONFIRMATION: &str =
    "SELECT c.id, c.agent, c.held_raw_id, c.action, c.expires_at, c.used_at, c.hinted_at,
        c.nonce_hash, o.message_id_hash, c.seal
    FROM confirmation c JOIN outbox o ON o.id = c.outbox_id";

const CHALLENGE: &str = "SELECT c.id, c.agent, c.asked_at, c.answered_at, c.proof FROM challenge c";

type ConfirmationRow = (i64, String, i64, String, i64, Option<i64>, Option<i64>, Vec<u8>, Vec<u8>, Vec<u8>);

type ChallengeRow = (i64, String, i64, Option<i64>, String);

/// A confirmation as it stands in its row, and what its seal is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConfirmation {
    /// `sealed` is false: whoever has the keys says so.
    pub facts: ConfirmationFacts,
    /// SHA-256.
    pub nonce_hash: Vec<u8>,
    /// Of the confirmation mail ([`message_id_hash`]).
    pub message_id_hash: Vec<u8>,
    pub seal: Vec<u8>,
}

/// A mail that asks an agent to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub id: i64,
    /// Registered address.
    pub agent: String,
    pub asked_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    /// What the answer proved, as JSON; empty before.
    pub proof: String,
}

impl Window {
    /// The confirmation that this nonce (its SHA-256) opens.
    ///
    /// # Errors
    /// Temporary trouble, as in all functions here.
    pub async fn confirmation_by_nonce(
        &mut self,
        nonce_hash: &[u8; 32],
    ) -> Result<Option<StoredConfirmation>> {
        let row: Option<ConfirmationRow> =
            query_as(AssertSqlSafe(format!("{CONFIRMATION} WHERE c.nonce_hash = $1")))
                .bind(nonce_hash.to_vec())
                .fetch_optional(&mut *self.tx)
                .await
                .context("reading a confirmation")?;
        row.map(confirmation).transpose()
    }

    /// Without subaddressing: by the Message-ID of the confirmation mail.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn confirmation_by_message_id(
        &mut self,
        message_id: &str,
    ) -> Result<Option<StoredConfirmation>> {
        let sql = format!("{CONFIRMATION} WHERE o.message_id_hash = $1 ORDER BY c.id LIMIT 1");
        let row: Option<ConfirmationRow> = query_as(AssertSqlSafe(sql))
            .bind(message_id_hash(message_id))
            .fetch_optional(&mut *self.tx)
            .await
            .context("reading a confirmation")?;
        row.map(confirmation).transpose()
    }

    /// The newest period of this agent, unless it was ended; it may be over.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn period(&mut self, agent: &str) -> Result<Option<PeriodFacts>> {
        let row: Option<(i64, i64)> =
            query_as("SELECT opened_at, until_at FROM trust_period WHERE agent = $1 AND ended_at IS NULL")
                .bind(clean(agent))
                .fetch_optional(&mut *self.tx)
                .await
                .context("reading a period")?;
        row.map(period).transpose()
    }

    /// The epochs of those of these people whose secrets were ever revoked; all others are at 0.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn token_epochs(&mut self, people: &[PersonId]) -> Result<BTreeMap<PersonId, u32>> {
        let mut epochs = BTreeMap::new();
        for piece in people.chunks(IDS_AT_ONCE) {
            let sql = format!(
                "SELECT id, token_epoch FROM person WHERE token_epoch <> 0 AND id IN ({})",
                parameters(1, piece.len())
            );
            let mut query = query_as(AssertSqlSafe(sql));
            for person in piece {
                query = query.bind(person.0);
            }
            let rows: Vec<(i64, i64)> = query.fetch_all(&mut *self.tx).await.context("reading epochs")?;
            for (id, epoch) in rows {
                let epoch = u32::try_from(epoch).map_err(|_| unreadable("an epoch out of range"))?;
                epochs.insert(PersonId(id), epoch);
            }
        }
        Ok(epochs)
    }

    /// Ends all that this person received: their tokens, Message-IDs that are possession, open confirmations, their period,
    /// challenges that wait. Returns the new epoch.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn revoke(&mut self, person: PersonId, address: &str, now: Timestamp) -> Result<u32> {
        let epoch: i64 = query_scalar(
            "UPDATE person SET token_epoch = token_epoch + 1, revoked_at = $2 WHERE id = $1 RETURNING token_epoch",
        )
        .bind(person.0)
        .bind(micros(now))
        .fetch_one(&mut *self.tx)
        .await
        .context("revoking secrets")?;
        for sql in [
            "UPDATE confirmation SET used_at = $2 WHERE agent = $1 AND used_at IS NULL",
            "UPDATE trust_period SET ended_at = $2 WHERE agent = $1 AND ended_at IS NULL",
            "UPDATE challenge SET answered_at = $2 WHERE agent = $1 AND answered_at IS NULL",
        ] {
            query(sql)
                .bind(clean(address))
                .bind(micros(now))
                .execute(&mut *self.tx)
                .await
                .context("revoking secrets")?;
        }
        u32::try_from(epoch).map_err(|_| unreadable("an epoch out of range"))
    }

    /// A new challenge; its mail follows in the same window.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn begin_challenge(&mut self, agent: &str, now: Timestamp) -> Result<i64> {
        query_scalar("INSERT INTO challenge (agent, asked_at) VALUES ($1, $2) RETURNING id")
            .bind(clean(agent))
            .bind(micros(now))
            .fetch_one(&mut *self.tx)
            .await
            .context("beginning a challenge")
    }

    /// Which mail asks.
    ///
    /// # Errors
    /// Temporary trouble; refused when there is no such challenge or mail.
    pub async fn challenge_asked_by(&mut self, challenge: i64, mail: OutboxId) -> Result<()> {
        let done = query("UPDATE challenge SET outbox_id = $2 WHERE id = $1")
            .bind(challenge)
            .bind(mail.0)
            .execute(&mut *self.tx)
            .await
            .context("beginning a challenge")?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Refused(format!("there is no challenge {challenge}")));
        }
        Ok(())
    }

    /// A challenge by its number, as a token names it.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn challenge(&mut self, id: i64) -> Result<Option<ChallengeFacts>> {
        let row: Option<ChallengeRow> = query_as(AssertSqlSafe(format!("{CHALLENGE} WHERE c.id = $1")))
            .bind(id)
            .fetch_optional(&mut *self.tx)
            .await
            .context("reading a challenge")?;
        row.map(challenge).transpose().map(|found| found.map(|found| found.facts(true)))
    }

    /// A challenge by the Message-ID of its mail, unless the agent's secrets were revoked since.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn challenge_by_message_id(&mut self, message_id: &str) -> Result<Option<ChallengeFacts>> {
        let sql = format!(
            "{CHALLENGE} JOIN outbox o ON o.id = c.outbox_id WHERE o.message_id_hash = $1 ORDER BY c.id LIMIT 1"
        );
        let row: Option<ChallengeRow> = query_as(AssertSqlSafe(sql))
            .bind(message_id_hash(message_id))
            .fetch_optional(&mut *self.tx)
            .await
            .context("reading a challenge")?;
        row.map(challenge).transpose().map(|found| found.map(|found| found.facts(false)))
    }

    pub(super) async fn use_confirmation(
        &mut self,
        id: i64,
        ticket: Option<TicketId>,
        now: Timestamp,
    ) -> Result<()> {
        let done = query("UPDATE confirmation SET used_at = $2 WHERE id = $1 AND used_at IS NULL")
            .bind(id)
            .bind(micros(now))
            .execute(&mut *self.tx)
            .await
            .context("using a confirmation")?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict(ticket.unwrap_or_default()));
        }
        Ok(())
    }

    pub(super) async fn hint_confirmation(&mut self, id: i64, now: Timestamp) -> Result<()> {
        query("UPDATE confirmation SET hinted_at = $2 WHERE id = $1")
            .bind(id)
            .bind(micros(now))
            .execute(&mut *self.tx)
            .await
            .context("noting an unclear answer")
            .map(|_| ())
    }

    pub(super) async fn open_period(
        &mut self,
        agent: &str,
        until: Timestamp,
        confirmation: i64,
        now: Timestamp,
    ) -> Result<()> {
        query(
            "INSERT INTO trust_period (agent, opened_at, until_at, confirmation_id) VALUES ($1, $2, $3, $4)
             ON CONFLICT (agent) DO UPDATE SET opened_at = excluded.opened_at, until_at = excluded.until_at,
                 confirmation_id = excluded.confirmation_id, ended_at = NULL",
        )
        .bind(clean(agent))
        .bind(micros(now))
        .bind(micros(until))
        .bind(confirmation)
        .execute(&mut *self.tx)
        .await
        .context("opening a period")
        .map(|_| ())
    }

    pub(super) async fn end_period(&mut self, agent: &str, now: Timestamp) -> Result<()> {
        query("UPDATE trust_period SET ended_at = $2 WHERE agent = $1 AND ended_at IS NULL")
            .bind(clean(agent))
            .bind(micros(now))
            .execute(&mut *self.tx)
            .await
            .context("ending a period")
            .map(|_| ())
    }

    /// Answered once: a second answer finds that out by gathering again.
    pub(super) async fn answer_challenge(&mut self, id: i64, proof: &str, now: Timestamp) -> Result<()> {
        let done =
            query("UPDATE challenge SET answered_at = $2, proof = $3 WHERE id = $1 AND answered_at IS NULL")
                .bind(id)
                .bind(micros(now))
                .bind(clean(proof))
                .execute(&mut *self.tx)
                .await
                .context("recording the answer to a challenge")?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict(TicketId::default()));
        }
        Ok(())
    }
}

impl Store {
    /// The newest period of each agent, unless it was ended.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn periods(&self) -> Result<BTreeMap<String, PeriodFacts>> {
        let rows: Vec<(String, i64, i64)> = query_as(
            "SELECT agent, opened_at, until_at FROM trust_period WHERE ended_at IS NULL ORDER BY agent",
        )
        .fetch_all(&self.readers)
        .await
        .context("reading periods")?;
        rows.into_iter().map(|(agent, opened_at, until)| Ok((agent, period((opened_at, until))?))).collect()
    }

    /// Each agent's newest challenge with a known end, and newest of all.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn challenges(&self) -> Result<Vec<Challenge>> {
        let sql = format!(
            "{CHALLENGE} WHERE c.id IN (SELECT MAX(id) FROM challenge WHERE proof <> '' GROUP BY agent)
                OR c.id IN (SELECT MAX(id) FROM challenge GROUP BY agent) ORDER BY c.id"
        );
        let rows: Vec<ChallengeRow> =
            query_as(AssertSqlSafe(sql)).fetch_all(&self.readers).await.context("reading challenges")?;
        rows.into_iter().map(challenge).collect()
    }

    /// One challenge, while somebody waits for its answer.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn challenge(&self, id: i64) -> Result<Option<Challenge>> {
        let row: Option<ChallengeRow> = query_as(AssertSqlSafe(format!("{CHALLENGE} WHERE c.id = $1")))
            .bind(id)
            .fetch_optional(&self.readers)
            .await
            .context("reading a challenge")?;
        row.map(challenge).transpose()
    }
}

pub(super) async fn insert_confirmation(
    connection: &mut Connection,
    confirmation: &NewConfirmation,
    outbox: OutboxId,
    now: Timestamp,
) -> Result<()> {
    query(
        "INSERT INTO confirmation (nonce_hash, agent, held_raw_id, outbox_id, action, seal, expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(confirmation.nonce_hash.to_vec())
    .bind(clean(&confirmation.agent))
    .bind(confirmation.held.0)
    .bind(outbox.0)
    .bind(clean(&confirmation.action))
    .bind(confirmation.seal.clone())
    .bind(micros(confirmation.expires_at))
    .bind(micros(now))
    .execute(connection)
    .await
    .context("opening a confirmation")
    .map(|_| ())
}

fn period((opened_at, until): (i64, i64)) -> Result<PeriodFacts> {
    Ok(PeriodFacts { opened_at: instant(opened_at)?, until: instant(until)? })
}

fn challenge((id, agent, asked_at, answered_at, proof): ChallengeRow) -> Result<Challenge> {
    Ok(Challenge {
        id,
        agent,
        asked_at: instant(asked_at)?,
        answered_at: instant_or_none(answered_at)?,
        proof,
    })
}

impl Challenge {
    fn facts(self, possession: bool) -> ChallengeFacts {
        ChallengeFacts { id: self.id, agent: self.agent, answered: self.answered_at.is_some(), possession }
    }
}

fn confirmation(
    (id, agent, held, action, expires_at, used_at, hinted_at, nonce_hash, message_id_hash, seal): ConfirmationRow,
) -> Result<StoredConfirmation> {
    let facts = ConfirmationFacts {
        id,
        agent,
        held: RawId(held),
        action,
        expires_at: instant(expires_at)?,
        used: used_at.is_some(),
        sealed: false,
        hinted: hinted_at.is_some(),
    };
    Ok(StoredConfirmation { facts, nonce_hash, message_id_hash, seal })
}
