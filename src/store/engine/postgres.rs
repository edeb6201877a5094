//! PostgreSQL 15 or newer: a server, several daemons.
//!
//! Invariants: no connection is handed out whose commits the server may forget (`synchronous_commit`, `fsync`); a
//! transaction whose program was stopped is ended by the server, so that a sleeping daemon holds up nobody for long; no
//! answer is waited for without end ([`within`]), and a connection that owes one is not used again; all judgement is
//! serialised by one row, as SQLite does by its one writer (see [`serialise`]).

use std::{
    future::Future,
    io,
    str::FromStr,
    sync::{Arc, LazyLock},
    time::Duration,
};

use secrecy::ExposeSecret as _;
use sqlx::{
    ConnectOptions, Connection as _, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{Connection, Engine, Pool, Schema, Transaction, migrate, query, query_scalar, schema_of};
use crate::store::{
    Result, StoreError, StoreOptions,
    failure::{Context, sort},
};

static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("migrations/postgres");
    migrations.set_locking(false);
    migrations
});

/// One program migrates at a time, to the end of its transaction.
const MIGRATING: &str = "SELECT pg_advisory_xact_lock(7163384644221100)";

/// Of one daemon: its session, an ear for changes, and a window, a keep and an outbox round for a handful of mailboxes at once.
const CONNECTIONS: u32 = 12;
/// How long work waits for a free connection.
const QUEUE_SECONDS: u64 = 60;
/// A connection that nobody used so long is closed: an idle desk keeps few.
const IDLE_SECONDS: u64 = 300;
/// The oldest version that the statements are tested with.
const VERSION_MIN: i64 = 150_000;

/// The longest time that a transaction may stand idle: the program was stopped, or its machine is gone. Nothing of ours
/// works that long outside the database.
const IDLE_IN_TRANSACTION_MAX: Duration = Duration::from_secs(10);

/// The longest wait for an answer: the server itself ends a statement after `statement_timeout`, so it is gone, or what lies
/// between has forgotten the connection. Our side has no keepalives.
const ANSWER_MAX: Duration = Duration::from_secs(90);
/// The same for a connection that is given back, of which nothing more is wanted than that it still works.
const SIGN_OF_LIFE_MAX: Duration = Duration::from_secs(5);

/// A condition that the database's clock has reached `due_at`: that of one host of several may be ahead. SQLite has no clock
/// but the program's.
pub(in crate::store) const IS_DUE: &str =
    "AND due_at <= CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";

/// For each session. By the keepalives the server finds out about a machine of ours that is gone.
const SESSION: &str = "SET lock_timeout = '30s'; SET statement_timeout = '60s'; SET default_transaction_isolation = 'read committed';
    SET default_transaction_read_only = off; SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;
    SET tcp_keepalives_count = 2; SET client_min_messages = 'warning'";

/// Opens (and migrates) a database; asserts what durability rests on.
///
/// # Errors
/// [`StoreError::Operator`] for a URL that is none, a refused login, a server that is too old or forgets commits, a newer
/// schema; else temporary.
pub(in crate::store) async fn open(store: &StoreOptions<'_>) -> Result<PgPool> {
    let pool = connections(store)?;
    assert_usable(&pool).await?;
    let mut tx = begin(&pool).await?;
    // Two daemons that start at once: the second waits here, and then sees what the first has committed. sqlx's own lock ends
    // before the commit. A large table may take its time.
    for sql in ["SET LOCAL statement_timeout = 0", "SET LOCAL lock_timeout = 0", MIGRATING] {
        query(sql).execute(&mut tx).await.context("migrating the store")?;
    }
    migrate(&MIGRATIONS, tx).await?;
    Ok(pool)
}

/// The schema of a database, which stays as it is.
///
/// # Errors
/// As [`open`].
pub(in crate::store) async fn schema(store: &StoreOptions<'_>) -> Result<Schema> {
    let pool = connections(store)?;
    assert_usable(&pool).await?;
    let found = schema_of(&MIGRATIONS, &Pool::Postgres(pool.clone())).await;
    pool.close().await;
    found
}

/// Where connections come from; none is made yet.
fn connections(store: &StoreOptions<'_>) -> Result<PgPool> {
    let mut options = PgConnectOptions::from_str(store.url)
        .map_err(|_| {
            // The words of the error may quote the URL, which may hold a password.
            StoreError::Operator(
                "[store] url is not usable: write postgres://user@host/database or \
                 postgres://user@/database?host=/run/postgresql"
                    .into(),
            )
        })?
        .application_name("maildesk")
        .disable_statement_logging();
    if let Some(password) = store.password {
        options = options.password(password.expose_secret());
    }
    // Sooner than the lease runs out, so that a daemon that sleeps in a transaction does not hold up its successor.
    let idle = IDLE_IN_TRANSACTION_MAX.min(store.lease / 2).as_millis();
    let session: Arc<str> = format!("{SESSION}; SET idle_in_transaction_session_timeout = {idle}").into();
    Ok(PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(QUEUE_SECONDS))
        .acquire_slow_threshold(Duration::from_secs(QUEUE_SECONDS))
        .idle_timeout(Duration::from_secs(IDLE_SECONDS))
        .after_connect(move |connection, _| {
            let session = Arc::clone(&session);
            Box::pin(async move { prepare(connection, &session).await })
        })
        .after_release(|connection, _| {
            Box::pin(async move { within_time(SIGN_OF_LIFE_MAX, connection.ping()).await.map(|()| true) })
        })
        .connect_lazy_with(options))
}

/// What the database answers within [`ANSWER_MAX`].
///
/// # Errors
/// [`sqlx::Error::Io`] when there is no answer by then; the pool closes such a connection when it comes back.
pub(super) async fn within<T>(answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    within_time(ANSWER_MAX, answer).await
}

async fn within_time<T>(most: Duration, answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    match tokio::time::timeout(most, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("no answer from the PostgreSQL server within {} s", most.as_secs()),
        ))),
    }
}

/// A transaction. Each statement of it sees what was committed before it began (READ COMMITTED).
pub(in crate::store) async fn begin(pool: &PgPool) -> Result<Transaction> {
    // The pool has a limit of its own for waiting; this one is for the statement.
    within(pool.begin()).await.map(Transaction::postgres).context("beginning to write")
}

/// From here to its end, this transaction is the only one of all daemons that judges: it alone numbers tickets, counts what
/// was sent against the limits, and changes tickets. So what it gathers stays true until it commits, there is no order in
/// which two of them could lock tickets against each other, and ticket numbers have no gaps. The row is the counter that a
/// new ticket needs anyway. On SQLite the write lock is the same.
///
/// # Errors
/// Temporary: another one judged for longer than `lock_timeout`.
pub(in crate::store) async fn serialise(connection: &mut Connection) -> Result<()> {
    if connection.engine() == Engine::Postgres {
        query_scalar::<i64>("SELECT value FROM counter WHERE name = 'ticket' FOR UPDATE")
            .fetch_one(connection)
            .await
            .context("waiting for one's turn")?;
    }
    Ok(())
}

async fn prepare(connection: &mut PgConnection, session: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(session)).execute(&mut *connection).await?;
    // A stricter word of the operator's (remote_apply and the like) stays.
    let commit: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&mut *connection).await?;
    if commit == "off" {
        sqlx::raw_sql("SET synchronous_commit = on").execute(&mut *connection).await?;
    }
    Ok(())
}

async fn assert_usable(pool: &PgPool) -> Result<()> {
    let mut connection = Pool::Postgres(pool.clone()).acquire().await.map_err(|why| cannot_open(&why))?;
    let mut setting = async |name: &'static str| -> Result<String> {
        query_scalar::<String>("SELECT current_setting($1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .context("reading a setting")
    };
    let version = setting("server_version_num").await?;
    if version.parse().unwrap_or(0) < VERSION_MIN {
        return Err(StoreError::Operator(format!(
            "the PostgreSQL server is too old ({version}): version 15 or newer is needed"
        )));
    }
    let encoding = setting("server_encoding").await?;
    if encoding != "UTF8" {
        return Err(StoreError::Operator(format!(
            "the database's encoding is {encoding}, which cannot hold every mail: create it with ENCODING 'UTF8'"
        )));
    }
    for (name, wanted) in [("fsync", "on"), ("full_page_writes", "on")] {
        let found = setting(name).await?;
        if found != wanted {
            return Err(StoreError::Operator(format!(
                "the PostgreSQL server forgets commits at a power cut ({name} is {found}): set {name} = {wanted} in \
                 postgresql.conf"
            )));
        }
    }
    Ok(())
}

/// At the start a login that is refused and a database that is not there are matters of the config.
fn cannot_open(error: &sqlx::Error) -> StoreError {
    let advice = match error.as_database_error().and_then(|error| error.code()).as_deref() {
        Some("28000" | "28P01") => "check the user of [store] url, its password_file, and pg_hba.conf",
        Some("3D000") => "create the database: createdb --encoding=UTF8 --owner=USER NAME",
        _ => return sort(error, "opening the store"),
    };
    StoreError::Operator(format!("the PostgreSQL server refuses the desk ({error}); {advice}"))
}
