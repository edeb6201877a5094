//! SQLite: one file, one writer at a time, WAL.
//!
//! Invariant: no store is handed out whose writer does not sync each commit (`synchronous = NORMAL` lost every
//! acknowledged row at a power cut, DESIGN section 4).

use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::Path, str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Connection as _, Sqlite, SqliteConnection, SqlitePool,
    migrate::Migrator,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Pool, Schema, Transaction, migrate, schema_of};
use crate::store::{
    Result, StoreError,
    failure::{Context, sort},
};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long another process may hold the write lock.
const BUSY_SECONDS: u64 = 10;
/// How long a writer of this process waits for the one before it.
const QUEUE_SECONDS: u64 = 60;
/// The write-ahead log is cut back to this size after a checkpoint (64 MiB: the largest mail fits).
const JOURNAL_BYTES_MAX: &str = "67108864";
/// 16 MiB of log between checkpoints: a page that changes in every window is written back less often.
const CHECKPOINT_PAGES: &str = "4096";
/// Page cache of the writer and of each reader, in KiB, negative as SQLite wants it: the process has 40 MB in all.
const WRITER_CACHE: &str = "-2048";
const READER_CACHE: &str = "-512";
const READERS: u32 = 2;

/// Where the file of this URL is; `None`: the database is in memory.
///
/// # Errors
/// [`StoreError::Operator`] for a URL that is none.
pub(in crate::store) fn options(url: &str) -> Result<SqliteConnectOptions> {
    SqliteConnectOptions::from_str(url).map_err(|why| {
        StoreError::Operator(format!("[store] url is not usable: {why}; write sqlite:///path/to/maildesk.db"))
    })
}

/// Opens (and creates, and migrates) a database; asserts WAL, FULL and foreign keys. Gives the writer and the readers.
///
/// # Errors
/// [`StoreError::Operator`] for a URL that is none, a place that cannot be used, a newer schema; else temporary.
pub(in crate::store) async fn open(url: &str) -> Result<(Pool, Pool)> {
    let options = options(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(BUSY_SECONDS))
        .pragma("journal_size_limit", JOURNAL_BYTES_MAX)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        // Nothing reads it, and it costs time with each statement.
        .disable_statement_logging();
    if !url.contains(":memory:") {
        create_private(options.get_filename());
    }
    // Neither grows old nor is tested before use: the writer's statements stay prepared and its data_version
    // counts on.
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(QUEUE_SECONDS))
        // Waiting for one's turn is no news.
        .acquire_slow_threshold(Duration::from_secs(QUEUE_SECONDS))
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
        .connect_with(options.clone().pragma("cache_size", WRITER_CACHE))
        .await
        .map_err(|why| cannot_open(&why))?;
    let mut first = writer.acquire().await.context("opening the store")?;
    assert_durable(&mut first).await?;
    drop(first);
    migrate(&MIGRATIONS, begin(&writer).await?).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_with(options.pragma("cache_size", READER_CACHE).pragma("query_only", "ON"))
        .await
        .map_err(|why| cannot_open(&why))?;
    Ok((Pool::Sqlite(writer), Pool::Sqlite(readers)))
}

/// The schema of a file, which stays as it is.
///
/// # Errors
/// [`StoreError::Operator`] for a URL that is none or a file that cannot be opened; else temporary.
pub(in crate::store) async fn schema(url: &str) -> Result<Schema> {
    let options = options(url)?.read_only(true).disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .map_err(|why| cannot_open(&why))?;
    let found = schema_of(&MIGRATIONS, &Pool::Sqlite(pool.clone())).await;
    pool.close().await;
    found
}

/// A transaction that holds the write lock from its first moment: a lock taken later can fail half-way.
pub(in crate::store) async fn begin(writer: &SqlitePool) -> Result<Transaction> {
    let connection = writer_connection(writer).await?;
    sqlx::Transaction::begin(connection, Some(sqlx::SqlSafeStr::into_sql_str("BEGIN IMMEDIATE")))
        .await
        .map(Transaction::sqlite)
        .context("beginning to write")
}

/// The mails of clients are nobody else's to read, whatever the umask. SQLite gives its -wal and -shm files the mode of
/// the database (os_unix.c, findCreateFileMode). A file that is there keeps its mode; what fails here fails again when
/// SQLite opens it, and is reported then.
fn create_private(path: &Path) {
    drop(OpenOptions::new().write(true).create_new(true).mode(0o600).open(path));
}

/// The writer's connection. SQLite ends a transaction by itself when the disk is full or fails, and sqlx goes on counting
/// it as open: such a connection is of no use any more, and a new one takes its place.
async fn writer_connection(writer: &SqlitePool) -> Result<PoolConnection<Sqlite>> {
    let connection = writer.acquire().await.context("waiting for the writer")?;
    if !connection.is_in_transaction() {
        return Ok(connection);
    }
    connection.close().await.context("closing a failed connection")?;
    writer.acquire().await.context("waiting for the writer")
}

async fn assert_durable(connection: &mut SqliteConnection) -> Result<()> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *connection)
        .await
        .context("reading a setting")?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&mut *connection)
        .await
        .context("reading a setting")?;
    let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys")
        .fetch_one(&mut *connection)
        .await
        .context("reading a setting")?;
    if journal.eq_ignore_ascii_case("wal") && synchronous == 2 && foreign_keys == 1 {
        return Ok(());
    }
    Err(StoreError::Operator(format!(
        "the store cannot be made durable here (journal_mode {journal}, synchronous {synchronous}, foreign_keys \
         {foreign_keys}); [store] url must name a file on a local disk"
    )))
}

/// At the start a place that cannot be opened is a matter of the config; later it is the disk's.
fn cannot_open(error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<i32>().ok());
    if code.is_some_and(|code| code & 0xff == 14) {
        return StoreError::Operator(
            "the store cannot be opened: [store] url must name a file in a directory that exists and that maildesk may \
             write to"
                .into(),
        );
    }
    sort(error, "opening the store")
}
