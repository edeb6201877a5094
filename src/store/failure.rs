//! Who acts on an error of the database: nobody, the operator, or the one message that it refuses (DESIGN section 5).

use sqlx::{
    migrate::{MigrateError, Migrator},
    postgres::PgDatabaseError,
};

use super::{Result, StoreError};

/// Says what was being done when a statement failed, and sorts the error by who acts.
pub(super) trait Context<T> {
    fn context(self, doing: &str) -> Result<T>;
}

impl<T> Context<T> for std::result::Result<T, sqlx::Error> {
    fn context(self, doing: &str) -> Result<T> {
        self.map_err(|error| sort(&error, doing))
    }
}

impl<T> Context<T> for serde_json::Result<T> {
    fn context(self, doing: &str) -> Result<T> {
        // Position and kind only: the text of the error may hold words of a mail.
        self.map_err(|error| unreadable(&format!("{doing}: JSON, {:?} error", error.classify())))
    }
}

/// The store holds something that this program cannot have written.
pub(super) fn unreadable(what: &str) -> StoreError {
    StoreError::Operator(format!(
        "the store holds something unreadable ({what}); restore a backup, or run the version that wrote it"
    ))
}

/// Sorts an error of either engine by who acts.
pub(super) fn sort(error: &sqlx::Error, doing: &str) -> StoreError {
    let words = format!("{doing}: {error}");
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            match database.try_downcast_ref::<PgDatabaseError>() {
                Some(_) => sort_postgres(&code, words),
                None => sort_sqlite(code.parse().unwrap_or_default(), words),
            }
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed
        | sqlx::Error::InvalidSavePointStatement => StoreError::Temporary(words),
        sqlx::Error::Encode(_) => StoreError::Refused(words),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => {
            unreadable(&words)
        }
        _ => StoreError::Operator(words),
    }
}

/// Result codes of SQLite, <https://www.sqlite.org/rescode.html>; the extended codes carry the primary one in their low byte.
fn sort_sqlite(code: i32, words: String) -> StoreError {
    match code & 0xff {
        // BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL, SCHEMA
        5..=10 | 13..=15 | 17 => StoreError::Temporary(words),
        // TOOBIG, CONSTRAINT, MISMATCH
        18..=20 => StoreError::Refused(words),
        // CORRUPT, NOTADB
        11 | 26 => damaged(&words),
        _ => not_understood(&words),
    }
}

/// SQLSTATE of PostgreSQL, <https://www.postgresql.org/docs/15/errcodes-appendix.html>; the first two characters are its class.
fn sort_postgres(code: &str, words: String) -> StoreError {
    match (code.get(..2).unwrap_or_default(), code) {
        // Connection, transaction state (a server that ended a session says 25P03), rollback (deadlock, serialization),
        // locks, resources (disk full, too many connections), intervention (shutdown, cancelled), system error.
        ("08" | "25" | "40" | "55" | "53" | "57" | "58", _) => StoreError::Temporary(words),
        // Data (U+0000, out of range), constraint, a limit of the program (an index row, a statement).
        ("22" | "23" | "54", _) => StoreError::Refused(words),
        // data_corrupted, index_corrupted
        (_, "XX001" | "XX002") => damaged(&words),
        // After a failover the address may lead to another server for a while.
        ("28" | "3D", _) => StoreError::Operator(format!(
            "the PostgreSQL server refuses the desk ({words}); check the user, the password and the database of [store]"
        )),
        _ => not_understood(&words),
    }
}

fn damaged(words: &str) -> StoreError {
    StoreError::Operator(format!(
        "the store is damaged ({words}); stop maildesk, keep a copy of the file and restore a backup"
    ))
}

fn not_understood(words: &str) -> StoreError {
    StoreError::Operator(format!("the store does not understand the program ({words})"))
}

/// What can go wrong with a schema, by who acts.
pub(super) fn of_migration(error: MigrateError, known: &Migrator) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::Operator(format!(
            "the store was made by a newer maildesk: its schema is version {version}, this program knows up to \
             version {}; install the newer program, or restore a backup",
            known.iter().map(|migration| migration.version).max().unwrap_or_default()
        )),
        MigrateError::VersionMismatch(version) => StoreError::Operator(format!(
            "the store's schema version {version} is not the one of this program: it was made by an unreleased or \
             changed maildesk; restore a backup, or begin a new store"
        )),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            sort(&error, "migrating the store")
        }
        other => StoreError::Operator(format!("the store cannot be migrated: {other}")),
    }
}
