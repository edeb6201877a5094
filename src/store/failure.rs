//! Who acts on an error of the database: nobody, the operator, or the one message that it refuses (DESIGN section 5).

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

/// Result codes of SQLite, <https://www.sqlite.org/rescode.html>; the extended codes carry the primary one in their low byte.
pub(super) fn sort(error: &sqlx::Error, doing: &str) -> StoreError {
    let words = format!("{doing}: {error}");
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
            match code & 0xff {
                // BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL, SCHEMA
                5..=10 | 13..=15 | 17 => StoreError::Temporary(words),
                // TOOBIG, CONSTRAINT, MISMATCH
                18..=20 => StoreError::Refused(words),
                // CORRUPT, NOTADB
                11 | 26 => StoreError::Operator(format!(
                    "the store is damaged ({words}); stop maildesk, keep a copy of the file and restore a backup"
                )),
                _ => StoreError::Operator(format!("the store does not understand the program ({words})")),
            }
        }
        sqlx::Error::Io(_)
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
