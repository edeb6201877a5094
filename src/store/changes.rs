//! Word of what other programs wrote: the command line, and other daemons on the same PostgreSQL.
//!
//! Invariant: a word may come too often and may be lost with a connection; what it is about stands in rows, and whoever waits
//! for it looks at them now and then in any case.

use std::time::Duration;

use sqlx::postgres::PgListener;

use super::{
    Result, Store,
    engine::{Connection, Engine, Pool, query, query_scalar},
    failure::Context,
};

/// NOTIFY of PostgreSQL goes to everyone in the same database who listens on this name.
const CHANNEL: &str = "maildesk";
/// How often SQLite is asked, which tells nobody by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// A place to wait for word.
#[derive(Debug)]
pub struct Changes {
    store: Store,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// The last `PRAGMA data_version`, which grows when another connection commits.
    Sqlite(i64),
    Postgres(Box<PgListener>),
}

impl Store {
    /// Begins to listen: what others commit from now on is heard of.
    ///
    /// # Errors
    /// Temporary trouble.
    pub async fn changes(&self) -> Result<Changes> {
        let source = match &self.writer {
            Pool::Sqlite(_) => Source::Sqlite(self.data_version().await?),
            Pool::Postgres(pool) => {
                let mut listener = PgListener::connect_with(pool).await.context("listening for changes")?;
                listener.listen(CHANNEL).await.context("listening for changes")?;
                Source::Postgres(Box::new(listener))
            }
        };
        Ok(Changes { store: self.clone(), source })
    }

    async fn data_version(&self) -> Result<i64> {
        let mut writer = self.writer.acquire().await.context("waiting for the writer")?;
        query_scalar("PRAGMA data_version").fetch_one(&mut writer).await.context("asking for changes")
    }

    /// Tells the others when this transaction is committed; SQLite does so by itself.
    pub(super) async fn announce(&self, tx: &mut Connection) -> Result<()> {
        announce(tx, &self.leases.holder).await
    }
}

/// See [`Store::announce`]; `holder` is who speaks.
pub(super) async fn announce(tx: &mut Connection, holder: &str) -> Result<()> {
    if tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(holder)
        .execute(tx)
        .await
        .context("telling the others")?;
    Ok(())
}

impl Changes {
    /// Waits until another program wrote something that concerns a running desk. May be dropped and called again.
    ///
    /// # Errors
    /// Temporary trouble: ask for [`Store::changes`] anew.
    pub async fn next(&mut self) -> Result<()> {
        match &mut self.source {
            Source::Sqlite(seen) => loop {
                tokio::time::sleep(LOOK_AGAIN).await;
                let version = self.store.data_version().await?;
                if std::mem::replace(seen, version) != version {
                    return Ok(());
                }
            },
            Source::Postgres(listener) => loop {
                // `None`: the connection was lost and is there again, and something may have been missed.
                let heard = listener.try_recv().await.context("listening for changes")?;
                if heard.is_none_or(|word| word.payload() != self.store.leases.holder) {
                    return Ok(());
                }
            },
        }
    }
}
