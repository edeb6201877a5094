//! Queries that run on either engine. The calls are those of sqlx (`query`, `query_as`, `query_scalar`, `bind`, `fetch_…`);
//! values are kept until it is known which engine they go to.
//!
//! Parameters are `$1`, which both engines take. Types are the four that both have: BIGINT, TEXT, bytes, and NULL of each.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use sqlx::{Decode, FromRow, Postgres, SqlSafeStr, SqlStr, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow};

use super::{Connection, Link, On, postgres::within};

/// A value of a statement.
#[derive(Debug, Clone)]
pub(in crate::store) enum Value<'q> {
    Integer(Option<i64>),
    Text(Option<Cow<'q, str>>),
    Bytes(Option<Cow<'q, [u8]>>),
    /// Bytes that are not copied on their way to SQLite: a raw message may have 35 MiB.
    Shared(Arc<Vec<u8>>),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(value: &'q str) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl<'q> From<&'q String> for Value<'q> {
    fn from(value: &'q String) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Some(Cow::Owned(value)))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(value: Option<String>) -> Self {
        Self::Text(value.map(Cow::Owned))
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(value: Option<&'q str>) -> Self {
        Self::Text(value.map(Cow::Borrowed))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(Cow::Owned(value)))
    }
}

impl From<Option<Vec<u8>>> for Value<'_> {
    fn from(value: Option<Vec<u8>>) -> Self {
        Self::Bytes(value.map(Cow::Owned))
    }
}

impl From<Arc<Vec<u8>>> for Value<'_> {
    fn from(value: Arc<Vec<u8>>) -> Self {
        Self::Shared(value)
    }
}

/// A row of either engine as a value: what `derive(FromRow)` gives, and tuples.
pub(in crate::store) trait Row:
    Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>
{
}

impl<T> Row for T where T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

/// A single column of either engine as a value.
pub(in crate::store) trait Column:
    Send + Unpin + for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Column for T where
    T: Send
        + Unpin
        + for<'r> Decode<'r, Sqlite>
        + Type<Sqlite>
        + for<'r> Decode<'r, Postgres>
        + Type<Postgres>
{
}

/// A statement with its values, whose rows are not wanted.
pub(in crate::store) struct Query<'q> {
    sql: SqlStr,
    values: Vec<Value<'q>>,
}

/// A statement with its values, whose rows are `T`.
pub(in crate::store) struct QueryAs<'q, T> {
    query: Query<'q>,
    row: PhantomData<fn() -> T>,
}

/// A statement with its values, whose rows have one column, `T`.
pub(in crate::store) struct QueryScalar<'q, T>(QueryAs<'q, (T,)>);

/// A statement; see [`Query`].
pub(in crate::store) fn query<'q>(sql: impl SqlSafeStr) -> Query<'q> {
    Query { sql: sql.into_sql_str(), values: Vec::new() }
}

/// A statement that gives rows; see [`QueryAs`].
pub(in crate::store) fn query_as<'q, T>(sql: impl SqlSafeStr) -> QueryAs<'q, T> {
    QueryAs { query: query(sql), row: PhantomData }
}

/// A statement that gives one column; see [`QueryScalar`].
pub(in crate::store) fn query_scalar<'q, T>(sql: impl SqlSafeStr) -> QueryScalar<'q, T> {
    QueryScalar(query_as(sql))
}

/// Rows that a statement changed.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Done {
    rows: u64,
}

impl Done {
    pub(in crate::store) const fn rows_affected(self) -> u64 {
        self.rows
    }
}

/// sqlx's query with the values bound: the same words for both engines, which have no type in common.
macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Integer(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value.map(Cow::into_owned)),
                Value::Shared(value) => query.bind(value),
            };
        }
        query
    }};
}

/// Runs `$fetch` on whatever connection there is.
macro_rules! run {
    ($on:expr, $query:expr, $sqlite:expr, $postgres:expr, $fetch:ident) => {{
        let mut own: Connection;
        let connection = match $on.into() {
            On::Connection(connection) => connection,
            On::Pool(pool) => {
                own = pool.acquire().await?;
                &mut own
            }
        };
        match connection.link() {
            Link::Sqlite(connection) => bound!($sqlite($query.sql), $query.values).$fetch(connection).await,
            Link::Postgres(connection) => {
                within(bound!($postgres($query.sql), $query.values).$fetch(connection)).await
            }
        }
    }};
}

impl<'q> Query<'q> {
    pub(in crate::store) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    pub(in crate::store) async fn execute(self, on: impl Into<On<'_>>) -> sqlx::Result<Done> {
        let mut own: Connection;
        let connection = match on.into() {
            On::Connection(connection) => connection,
            On::Pool(pool) => {
                own = pool.acquire().await?;
                &mut own
            }
        };
        let rows = match connection.link() {
            Link::Sqlite(connection) => bound!(sqlx::query::<Sqlite>(self.sql), self.values)
                .execute(connection)
                .await?
                .rows_affected(),
            Link::Postgres(connection) => {
                within(bound!(sqlx::query::<Postgres>(self.sql), self.values).execute(connection))
                    .await?
                    .rows_affected()
            }
        };
        Ok(Done { rows })
    }
}

impl<'q, T: Row> QueryAs<'q, T> {
    pub(in crate::store) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.query.values.push(value.into());
        self
    }

    pub(in crate::store) async fn fetch_all(self, on: impl Into<On<'_>>) -> sqlx::Result<Vec<T>> {
        run!(on, self.query, sqlx::query_as::<Sqlite, T>, sqlx::query_as::<Postgres, T>, fetch_all)
    }

    pub(in crate::store) async fn fetch_one(self, on: impl Into<On<'_>>) -> sqlx::Result<T> {
        run!(on, self.query, sqlx::query_as::<Sqlite, T>, sqlx::query_as::<Postgres, T>, fetch_one)
    }

    pub(in crate::store) async fn fetch_optional(self, on: impl Into<On<'_>>) -> sqlx::Result<Option<T>> {
        run!(on, self.query, sqlx::query_as::<Sqlite, T>, sqlx::query_as::<Postgres, T>, fetch_optional)
    }
}

impl<'q, T: Column> QueryScalar<'q, T> {
    pub(in crate::store) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.0.query.values.push(value.into());
        self
    }

    pub(in crate::store) async fn fetch_all(self, on: impl Into<On<'_>>) -> sqlx::Result<Vec<T>> {
        Ok(self.0.fetch_all(on).await?.into_iter().map(|(value,)| value).collect())
    }

    pub(in crate::store) async fn fetch_one(self, on: impl Into<On<'_>>) -> sqlx::Result<T> {
        Ok(self.0.fetch_one(on).await?.0)
    }

    pub(in crate::store) async fn fetch_optional(self, on: impl Into<On<'_>>) -> sqlx::Result<Option<T>> {
        Ok(self.0.fetch_optional(on).await?.map(|(value,)| value))
    }
}
