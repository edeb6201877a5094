//! Opening a store, and beginning to write to it.

use std::sync::Arc;

use super::{
    Result, Store, StoreOptions,
    engine::{Engine, Pool, Schema, Transaction, postgres, sqlite},
    lease::Leases,
};
use crate::edge;

impl Store {
    /// Opens (and creates, and migrates) the store; asserts that what it commits is durable.
    ///
    /// # Errors
    /// [`super::StoreError::Operator`] for a URL that is none, a place that cannot be used, a newer schema; else temporary.
    pub async fn open(url: &str) -> Result<Self> {
        Self::open_with(&StoreOptions::new(url)).await
    }

    /// As [`Store::open`].
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(options: &StoreOptions<'_>) -> Result<Self> {
        let (writer, readers) = match Engine::of(options.url)? {
            Engine::Sqlite => sqlite::open(options.url).await?,
            Engine::Postgres => {
                let pool = Pool::Postgres(postgres::open(options).await?);
                (pool.clone(), pool)
            }
        };
        Ok(Self { writer, readers, leases: Arc::new(Leases::of(edge::identity())) })
    }

    /// Looks at a store without opening it: it is neither made nor migrated.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn schema(options: &StoreOptions<'_>) -> Result<Schema> {
        match Engine::of(options.url)? {
            Engine::Sqlite => sqlite::schema(options.url).await,
            Engine::Postgres => postgres::schema(options).await,
        }
    }

    /// Waits for running work and closes.
    pub async fn close(&self) {
        self.leases.leave().await;
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A transaction that may write. On SQLite it is alone; on PostgreSQL it locks the rows that it touches.
    pub(super) async fn write(&self) -> Result<Transaction> {
        match &self.writer {
            Pool::Sqlite(writer) => sqlite::begin(writer).await,
            Pool::Postgres(pool) => postgres::begin(pool).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{StoreError, engine::query_scalar};

    #[tokio::test]
    async fn a_full_disk_is_temporary_and_the_store_goes_on_when_there_is_room() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", dir.path().join("desk.db").display())).await.unwrap();
        let mut connection = store.writer.acquire().await.unwrap();
        let pages: i64 = query_scalar("PRAGMA page_count").fetch_one(&mut connection).await.unwrap();
        // Only this connection is told that the disk ends here.
        query_scalar::<i64>(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages + 2)))
            .fetch_one(&mut connection)
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
        query_scalar::<i64>("PRAGMA max_page_count = 1000000").fetch_one(&mut connection).await.unwrap();
        drop(connection);
        store.keep(&key, &[keep(2)], now).await.unwrap();
        assert_eq!(store.unaccounted(&key, &[1, 2]).await.unwrap(), [1]);
        store.close().await;
    }
}
