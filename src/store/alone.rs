//! One daemon a store: two of them would work the same mailboxes, and each would send what the other has claimed.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{
    Result, StoreError,
    engine::{Engine, sqlite},
};

/// Proof of being the only daemon on a store, while it lives. The kernel ends it with the process, however that ends.
#[derive(Debug)]
pub struct Alone {
    _lock: Option<File>,
}

impl Alone {
    /// Claims a store for this process. The command line needs no claim: it only reads, and changes single rows.
    ///
    /// # Errors
    /// [`StoreError::Operator`] when another daemon has claimed it, or the file beside it cannot be made.
    pub fn claim(url: &str) -> Result<Self> {
        if Engine::of(url)? == Engine::Postgres || url.contains(":memory:") {
            return Ok(Self { _lock: None });
        }
        let options = sqlite::options(url)?;
        // Not the database file itself: SQLite's own locks on it end when any descriptor of it is closed
        // (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
        let path = beside(options.get_filename());
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(|why| StoreError::Operator(format!("{} cannot be opened: {why}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _lock: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Operator(format!(
                "another maildesk is running on this store ({} is locked); stop it first, or give this one another \
                 [store] url",
                path.display()
            ))),
            Err(TryLockError::Error(why)) => {
                Err(StoreError::Operator(format!("{} cannot be locked: {why}", path.display())))
            }
        }
    }

    /// Whether a daemon of this machine works on the store, so that a long job leaves it room. Never claims it.
    #[must_use]
    pub fn is_claimed(url: &str) -> bool {
        let Ok(Engine::Sqlite) = Engine::of(url) else { return false };
        let file =
            sqlite::options(url).ok().and_then(|options| File::open(beside(options.get_filename())).ok());
        // Shared, and given back at once.
        file.is_some_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

fn beside(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(".running");
    PathBuf::from(name)
}
