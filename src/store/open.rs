//! Opening: connections, their settings, migrations.
//!
//! Invariant: no store is handed out whose writer does not sync each commit (`synchronous = NORMAL` lost every
//! acknowledged row at a power cut, DESIGN section 4).

use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::Path, str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Connection, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::{MigrateError, Migrator},
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    Result, Store, StoreError,
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

impl Store {
    /// Opens (and creates, and migrates) the store; asserts WAL, FULL and foreign keys.
    ///
    /// # Errors
    /// [`StoreError::Operator`] for a URL that is none, a place that cannot be used, a newer schema; else temporary.
    pub async fn open(url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|why| bad_url(&why))?
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
        migrate(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .connect_with(options.pragma("cache_size", READER_CACHE).pragma("query_only", "ON"))
            .await
            .map_err(|why| cannot_open(&why))?;
        Ok(Self { writer, readers })
    }

    /// Waits for running work and closes.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Grows when another process wrote (`PRAGMA data_version`, which leaves out what its own connection writes).
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn data_version(&self) -> Result<i64> {
        let mut writer = self.writer.acquire().await.context("waiting for the writer")?;
        sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *writer).await.context("asking for changes")
    }

    /// A transaction that holds the write lock from its first moment: a lock taken later can fail half-way.
    pub(super) async fn write(&self) -> Result<Transaction<'static, Sqlite>> {
        begin(&self.writer).await
    }
}

pub(super) fn bad_url(why: &sqlx::Error) -> StoreError {
    StoreError::Operator(format!("[store] url is not usable: {why}; write sqlite:///path/to/maildesk.db"))
}

/// The mails of clients are nobody else's to read, whatever the umask. SQLite gives its -wal and -shm files the mode of
/// the database (os_unix.c, findCreateFileMode). A file that is there keeps its mode; what fails here fails again when
/// SQLite opens it, and is reported then.
fn create_private(path: &Path) {
    drop(OpenOptions::new().write(true).create_new(true).mode(0o600).open(path));
}

async fn begin(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
    let connection = writer_connection(writer).await?;
    Transaction::begin(connection, Some(sqlx::SqlSafeStr::into_sql_str("BEGIN IMMEDIATE")))
        .await
        .context("beginning to write")
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

/// One transaction around all migrations: two programs that start at once do not meet half-way, and an interruption
/// leaves the old schema.
async fn migrate(writer: &SqlitePool) -> Result<()> {
    let mut tx = begin(writer).await?;
    MIGRATIONS.run_direct(None, &mut *tx, false).await.map_err(|why| match why {
        MigrateError::VersionMissing(version) => StoreError::Operator(format!(
            "the store was made by a newer maildesk: its schema is version {version}, this program knows up to \
             version {}; install the newer program, or restore a backup",
            MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
        )),
        MigrateError::VersionMismatch(version) => StoreError::Operator(format!(
            "the store's schema version {version} is not the one of this program: it was made by an unreleased or \
             changed maildesk; restore a backup, or begin a new store"
        )),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            sort(&error, "migrating the store")
        }
        other => StoreError::Operator(format!("the store cannot be migrated: {other}")),
    })?;
    tx.commit().await.context("migrating the store")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_temporary_and_the_store_goes_on_when_there_is_room() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", dir.path().join("desk.db").display())).await.unwrap();
        let mut connection = store.writer.acquire().await.unwrap();
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut *connection).await.unwrap();
        // Only this connection is told that the disk ends here.
        sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages + 2)))
            .execute(&mut *connection)
            .await
            .unwrap();
        drop(connection);

        let now = jiff::Timestamp::UNIX_EPOCH;
        let key = crate::store::FolderKey { mailbox: "m".into(), folder: "f".into(), uid_validity: 1 };
        let keep = |uid| crate::store::Keep {
            uid,
            received_at: now,
            bytes: vec![b'x'; 100_000].into(),
            oversized_bytes: None,
        };
        store.begin_folder(&key, 0, now).await.unwrap();
        for _ in 0..3 {
            let full = store.keep(&key, &[keep(1)], now).await;
            assert!(matches!(full, Err(StoreError::Temporary(_))), "{full:?}");
        }
        let mut connection = store.writer.acquire().await.unwrap();
        sqlx::query("PRAGMA max_page_count = 1000000").execute(&mut *connection).await.unwrap();
        drop(connection);
        store.keep(&key, &[keep(2)], now).await.unwrap();
        assert_eq!(store.unaccounted(&key, &[1, 2]).await.unwrap(), [1]);
        store.close().await;
    }
}
