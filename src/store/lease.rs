//! Who works a mailbox. Several daemons may share one PostgreSQL: each mailbox is worked by the one that holds its lease, and
//! whoever takes a lease over gets the next fencing token, without which the former holder can write nothing more for it.
//!
//! Invariants: time is the database's, so that the clocks of two machines need not agree; a transaction that was fenced holds
//! off a takeover until it has ended. On SQLite there is one daemon ([`super::Alone`]), and every lease is its own.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sqlx::AssertSqlSafe;

use super::{
    Result, Store, StoreError, Window,
    columns::clean,
    engine::{Connection, Engine, Pool, postgres, query, query_as, query_scalar},
    failure::Context,
};

/// The database's clock, and the session that asks.
const SESSION: &str = "WITH session AS (
    SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now, CAST(pid AS BIGINT) AS pid,
        CAST(EXTRACT(EPOCH FROM backend_start) * 1000000 AS BIGINT) AS start
    FROM pg_stat_activity WHERE pid = pg_backend_pid())";

/// Token unchanged, so that transactions that were fenced with it (`FOR KEY SHARE`) do not hold it up.
const RENEW: &str = "UPDATE mailbox_lease SET expires_at = session.now + $4, backend_pid = session.pid,
        backend_start = session.start
    FROM session WHERE mailbox = $1 AND holder = $2 AND token = $3";

/// Free, run out, or further in the future than any config allows ([`LEASE_MICROS_MAX`]), so that the database's clock must
/// have been set back since; or its holder's session is gone, which is how a daemon that was killed is followed at once; or
/// our own of before, whose workers have ended. Of another user's sessions PostgreSQL tells no `backend_start`: that one with
/// its process number is there counts as alive.
const TAKE: &str = "INSERT INTO mailbox_lease AS l (mailbox, token, holder, backend_pid, backend_start, expires_at)
    SELECT $1, 1, $2, session.pid, session.start, session.now + $3 FROM session
    ON CONFLICT (mailbox) DO UPDATE SET token = l.token + 1, holder = excluded.holder,
        backend_pid = excluded.backend_pid, backend_start = excluded.backend_start, expires_at = excluded.expires_at
    WHERE l.holder = excluded.holder
        OR l.expires_at <= excluded.expires_at - $3 OR l.expires_at > excluded.expires_at - $3 + $4
        OR NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.pid = l.backend_pid AND (a.backend_start IS NULL
            OR CAST(EXTRACT(EPOCH FROM a.backend_start) * 1000000 AS BIGINT) = l.backend_start))
    RETURNING token";

const FENCE: &str = "SELECT token FROM mailbox_lease WHERE mailbox = $1 AND token = $2 FOR KEY SHARE";

/// Longer than any `[store] lease`.
const LEASE_MICROS_MAX: i64 = 2 * 3600 * 1_000_000;
/// How long an answer about a lease is waited for: all mailboxes share the session that asks. A busy machine takes its time.
const ANSWER_MAX: Duration = Duration::from_secs(10);
const ANSWER_MIN: Duration = Duration::from_secs(2);

/// What this program holds.
#[derive(Debug, Default)]
pub(super) struct Leases {
    /// Different in every life of every daemon.
    pub(super) holder: String,
    held: Mutex<BTreeMap<String, Held>>,
    /// Our session, by which the others see that we live.
    session: tokio::sync::Mutex<Option<Connection>>,
}

/// What the database is asked about a mailbox.
#[derive(Debug, Clone, Copy)]
enum Question {
    Take,
    /// Only whoever still has this token.
    Renew(i64),
}

#[derive(Debug, Clone, Copy)]
struct Held {
    token: i64,
    /// By our clock, and sooner than by the database's.
    until: Instant,
}

impl Leases {
    pub(super) fn of(holder: String) -> Self {
        Self { holder, held: Mutex::default(), session: tokio::sync::Mutex::default() }
    }

    fn get(&self, mailbox: &str) -> Option<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).get(mailbox).copied()
    }

    fn set(&self, mailbox: &str, held: Held) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(mailbox.to_owned(), held);
    }

    /// Ends our session: whoever asks next may take everything.
    pub(super) async fn leave(&self) {
        drop(self.session.lock().await.take());
    }

    /// The token stays: it is what fences us off.
    fn end(&self, mailbox: &str) {
        if let Some(held) = self.held.lock().unwrap_or_else(PoisonError::into_inner).get_mut(mailbox) {
            held.until = Instant::now();
        }
    }
}

impl Store {
    /// Takes a mailbox to work on it, for so long from now; false: another daemon holds it. Nothing may work on it yet:
    /// whoever held it before, this program too, is fenced off.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn take_lease(&self, mailbox: &str, lease: Duration) -> Result<bool> {
        self.ask(mailbox, lease, Question::Take).await
    }

    /// Goes on holding a mailbox, for so long from now; false: it is lost, and whatever works on it must end.
    ///
    /// # Errors
    /// Temporary: what was held before is held until its time is over.
    pub async fn renew_lease(&self, mailbox: &str, lease: Duration) -> Result<bool> {
        match self.leases.get(mailbox) {
            Some(held) => self.ask(mailbox, lease, Question::Renew(held.token)).await,
            None => Ok(matches!(self.writer, Pool::Sqlite(_))),
        }
    }

    async fn ask(&self, mailbox: &str, lease: Duration, question: Question) -> Result<bool> {
        if matches!(self.writer, Pool::Sqlite(_)) {
            return Ok(true);
        }
        // Time that the statement takes is time less.
        let until = Instant::now() + lease.mul_f32(0.8);
        let micros = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
        let mut session = self.leases.session.lock().await;
        let mut connection = match session.take() {
            Some(connection) => connection,
            None => self.writer.acquire().await.context("asking for a mailbox")?,
        };
        // After an error it is not put back: the next question opens another session.
        let most = (lease / 3).clamp(ANSWER_MIN, ANSWER_MAX);
        let token =
            match tokio::time::timeout(most, self.answer(&mut connection, mailbox, micros, question)).await {
                Ok(token) => token?,
                Err(_) => {
                    connection.end_on_drop();
                    return Err(StoreError::Temporary("asking for a mailbox: no answer in time".into()));
                }
            };
        *session = Some(connection);
        match token {
            Some(token) => self.leases.set(mailbox, Held { token, until }),
            None => self.leases.end(mailbox),
        }
        Ok(token.is_some())
    }

    /// The token, if the mailbox is ours now.
    async fn answer(
        &self,
        session: &mut Connection,
        mailbox: &str,
        micros: i64,
        question: Question,
    ) -> Result<Option<i64>> {
        match question {
            Question::Renew(token) => query(AssertSqlSafe(format!("{SESSION} {RENEW}")))
                .bind(clean(mailbox))
                .bind(&self.leases.holder)
                .bind(token)
                .bind(micros)
                .execute(session)
                .await
                .context("keeping a mailbox")
                .map(|done| (done.rows_affected() == 1).then_some(token)),
            Question::Take => query_scalar(AssertSqlSafe(format!("{SESSION} {TAKE}")))
                .bind(clean(mailbox))
                .bind(&self.leases.holder)
                .bind(micros)
                .bind(LEASE_MICROS_MAX)
                .fetch_optional(session)
                .await
                .context("taking a mailbox"),
        }
    }

    /// Lets others have the mailbox at once. Everything that works on it must have ended.
    ///
    /// # Errors
    /// Temporary: they get it when the time is over.
    pub async fn give_lease_back(&self, mailbox: &str) -> Result<()> {
        let Some(held) = self.leases.get(mailbox) else { return Ok(()) };
        self.leases.end(mailbox);
        query("UPDATE mailbox_lease SET expires_at = 0 WHERE mailbox = $1 AND holder = $2 AND token = $3")
            .bind(clean(mailbox))
            .bind(&self.leases.holder)
            .bind(held.token)
            .execute(&self.writer)
            .await
            .context("giving a mailbox back")
            .map(|_| ())
    }

    /// Whether the mailbox may still be worked by this program, as far as it can know without asking: true on SQLite and
    /// for a program that never took a lease. To be asked before each effect that no transaction can take back.
    #[must_use]
    pub fn holds(&self, mailbox: &str) -> bool {
        self.leases.get(mailbox).is_none_or(|held| Instant::now() < held.until)
    }

    /// A window of decisions on a mailbox's mail: it happens only while this program holds the mailbox.
    ///
    /// # Errors
    /// Temporary: as [`Store::window`], or another daemon has taken the mailbox over.
    pub async fn window_of(&self, mailbox: &str) -> Result<Window> {
        let mut tx = self.write().await?;
        self.fence(&mut tx, mailbox).await?;
        postgres::serialise(&mut tx).await?;
        Ok(self.window_on(tx))
    }

    /// This transaction happens only if nobody took the mailbox over before it ends. Programs that hold no lease at all
    /// (the command line) act for the operator and are not fenced.
    pub(super) async fn fence(&self, tx: &mut Connection, mailbox: &str) -> Result<()> {
        let Some(held) = self.leases.get(mailbox).filter(|_| tx.engine() == Engine::Postgres) else {
            return Ok(());
        };
        let token: Option<i64> = query_scalar(FENCE)
            .bind(clean(mailbox))
            .bind(held.token)
            .fetch_optional(tx)
            .await
            .context("asking whether the mailbox is still ours")?;
        match token {
            Some(_) => Ok(()),
            None => Err(StoreError::Temporary("another daemon works this mailbox now".into())),
        }
    }
}

/// Who works which mailbox at this moment, without what is random in their names.
pub(super) async fn holders(reader: &mut Connection) -> Result<Vec<(String, String)>> {
    if reader.engine() == Engine::Sqlite {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, String)> = query_as(
        "SELECT mailbox, holder FROM mailbox_lease
         WHERE expires_at > CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) ORDER BY mailbox",
    )
    .fetch_all(reader)
    .await
    .context("reading who works the mailboxes")?;
    let known = |holder: &str| holder.rsplit_once(' ').map_or(holder, |(known, _)| known).to_owned();
    Ok(rows.into_iter().map(|(mailbox, holder)| (mailbox, known(&holder))).collect())
}
