//! The two engines behind one set of statements: SQLite in a file, PostgreSQL on a server. Connections and transactions of
//! either, and queries that run on either; what an engine does in a way of its own stands in `sqlite` and `postgres`.
//!
//! Must not know: tables, tickets, mail.

pub(super) mod postgres;
mod query;
pub(super) mod sqlite;

use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, pool::PoolConnection};

pub(super) use query::{Row, Value, query, query_as, query_scalar};

use super::{Result, StoreError, failure::Context};

/// Which engine a store is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The engine that a `[store] url` names.
    ///
    /// # Errors
    /// [`StoreError::Operator`] for a URL of neither.
    pub(super) fn of(url: &str) -> Result<Self> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            // The URL is not shown: it may hold a password.
            Some(_) | None => Err(StoreError::Operator(
                "[store] url is not usable: write sqlite:///path/to/maildesk.db or postgres://user@host/database".into(),
            )),
        }
    }

    /// The statement of this engine, where the two differ.
    pub(super) const fn pick<'a>(self, sqlite: &'a str, postgres: &'a str) -> &'a str {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }
}

/// Connections of one engine. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    /// One connection, given back when it is dropped.
    pub(super) async fn acquire(&self) -> sqlx::Result<Connection> {
        match self {
            Self::Sqlite(pool) => pool.acquire().await.map(Connection::Sqlite),
            Self::Postgres(pool) => pool.acquire().await.map(Connection::Postgres),
        }
    }

    /// A transaction that only reads, all of it as of one moment.
    pub(super) async fn begin_reading(&self) -> sqlx::Result<Transaction> {
        match self {
            Self::Sqlite(pool) => pool.begin().await.map(Transaction::sqlite),
            Self::Postgres(pool) => {
                postgres::within(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                    .await
                    .map(Transaction::postgres)
            }
        }
    }

    /// Waits for running work.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection of one engine, inside a transaction or not.
#[derive(Debug)]
pub(super) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    SqliteTransaction(sqlx::Transaction<'static, Sqlite>),
    PostgresTransaction(sqlx::Transaction<'static, Postgres>),
}

/// What statements run on.
enum Link<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Connection {
    /// The connection ends when it is dropped instead of being given back: it owes an answer.
    pub(super) fn end_on_drop(&mut self) {
        match self {
            Self::Sqlite(connection) => connection.close_on_drop(),
            Self::Postgres(connection) => connection.close_on_drop(),
            Self::SqliteTransaction(_) | Self::PostgresTransaction(_) => {}
        }
    }

    pub(super) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) | Self::SqliteTransaction(_) => Engine::Sqlite,
            Self::Postgres(_) | Self::PostgresTransaction(_) => Engine::Postgres,
        }
    }

    fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(connection) => Link::Sqlite(connection),
            Self::SqliteTransaction(tx) => Link::Sqlite(tx),
            Self::Postgres(connection) => Link::Postgres(connection),
            Self::PostgresTransaction(tx) => Link::Postgres(tx),
        }
    }
}

/// A transaction; dropped without [`Transaction::commit`] it is rolled back. Statements run on it as on a [`Connection`].
#[derive(Debug)]
pub(super) struct Transaction(Connection);

impl Transaction {
    pub(super) const fn sqlite(tx: sqlx::Transaction<'static, Sqlite>) -> Self {
        Self(Connection::SqliteTransaction(tx))
    }

    pub(super) const fn postgres(tx: sqlx::Transaction<'static, Postgres>) -> Self {
        Self(Connection::PostgresTransaction(tx))
    }

    /// One durable commit.
    pub(super) async fn commit(self) -> sqlx::Result<()> {
        match self.0 {
            Connection::SqliteTransaction(tx) => tx.commit().await,
            Connection::PostgresTransaction(tx) => postgres::within(tx.commit()).await,
            Connection::Sqlite(_) | Connection::Postgres(_) => {
                Err(sqlx::Error::Protocol("no transaction is open".to_owned()))
            }
        }
    }
}

impl std::ops::Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl std::ops::DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

/// Where a query runs: on a connection that the caller holds, or on any of a pool.
pub(super) enum On<'c> {
    Connection(&'c mut Connection),
    Pool(&'c Pool),
}

impl<'c> From<&'c mut Connection> for On<'c> {
    fn from(connection: &'c mut Connection) -> Self {
        Self::Connection(connection)
    }
}

impl<'c> From<&'c mut Transaction> for On<'c> {
    fn from(tx: &'c mut Transaction) -> Self {
        Self::Connection(tx)
    }
}

impl<'c> From<&'c Pool> for On<'c> {
    fn from(pool: &'c Pool) -> Self {
        Self::Pool(pool)
    }
}

/// How far a store has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// There are no tables yet.
    Missing,
    /// Migrations of this program are to come.
    Older,
    /// That of this program, or a newer one, which opening refuses.
    Reached,
}

/// What the migrations would find; nothing is changed.
async fn schema_of(migrations: &sqlx::migrate::Migrator, pool: &Pool) -> Result<Schema> {
    let mut connection = pool.acquire().await.context("reading the schema")?;
    let tables = connection.engine().pick(
        "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
        "SELECT COUNT(*) FROM pg_tables WHERE tablename = '_sqlx_migrations' AND schemaname = ANY (current_schemas(false))",
    );
    if query_scalar::<i64>(tables).fetch_one(&mut connection).await.context("reading the schema")? == 0 {
        return Ok(Schema::Missing);
    }
    let done: Vec<i64> = query_scalar("SELECT version FROM _sqlx_migrations")
        .fetch_all(&mut connection)
        .await
        .context("reading the schema")?;
    let is_reached = migrations.iter().all(|migration| done.contains(&migration.version));
    Ok(if is_reached { Schema::Reached } else { Schema::Older })
}

/// One transaction around all migrations: two programs that start at once do not meet half-way, and an interruption leaves
/// the old schema.
async fn migrate(migrations: &sqlx::migrate::Migrator, mut tx: Transaction) -> Result<()> {
    let ran = match tx.link() {
        Link::Sqlite(connection) => migrations.run_direct(None, connection, false).await,
        Link::Postgres(connection) => migrations.run_direct(None, connection, false).await,
    };
    ran.map_err(|why| super::failure::of_migration(why, migrations))?;
    tx.commit().await.context("migrating the store")
}
