//! Old mail and old lists of tickets become tickets (SPEC section 3, `import`): sources are read as a stream, each mail goes
//! through the judgement of live mail, and a window of them is one commit.
//!
//! Must not know: how progress is shown, IMAP, SMTP.
//!
//! Invariants: nothing is sent; memory does not grow with the sources; killed at any moment and repeated, a batch ends as if it
//! had never been interrupted; broken input is told of and never stops it.

pub mod list;
mod list_values;
mod mailbox_file;
mod sources;
mod survey;
mod taking;
mod window;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;

pub use taking::{Importing, run};

/// Something that could not be read, or was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The file, with `@` and an offset in it where it holds more than one mail.
    pub place: String,
    pub why: String,
}

/// Troubles that are told one by one; of more, only the number.
pub const TROUBLES_MAX: usize = 1000;

/// What an import has done.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    pub batch: String,
    /// Mails that were read in this run.
    pub mails: u64,
    pub tickets: u64,
    /// Mails that joined a ticket.
    pub added: u64,
    /// Delivery reports that name no mail of ours, and mails that wait for a person's word.
    pub other: u64,
    pub duplicates: u64,
    /// Mails of our own that answer nothing known.
    pub without_conversation: u64,
    /// Deleted mails, drafts, spam, by that word.
    pub passed_over: std::collections::BTreeMap<String, u64>,
    /// Taken by an earlier run of this batch.
    pub taken_before: u64,
    /// Kept in quarantine: reading or judging them crashed.
    pub quarantined: u64,
    pub unreadable: u64,
    /// Where and why, the first of them.
    pub troubles: Vec<Trouble>,
    /// Files and folders that were not looked into.
    pub left_out: Vec<Trouble>,
    /// Stopped before its end: to be repeated.
    pub interrupted: bool,
    pub seconds: f64,
    pub mails_per_second: f64,
}

impl Summary {
    fn trouble(&mut self, trouble: Trouble) {
        self.unreadable += 1;
        if self.troubles.len() < TROUBLES_MAX {
            self.troubles.push(trouble);
        }
    }
}

/// How far an import is, for whoever shows it.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub bytes: Arc<AtomicU64>,
    pub bytes_total: Arc<AtomicU64>,
    pub mails: Arc<AtomicU64>,
    pub tickets: Arc<AtomicU64>,
}

impl Progress {
    fn add(counter: &AtomicU64, by: u64) {
        counter.fetch_add(by, Ordering::Relaxed);
    }
}

/// What to import, and how.
#[derive(Debug)]
pub struct Wish {
    pub paths: Vec<PathBuf>,
    pub mailbox: String,
    pub facts: crate::desk::ImportFacts,
}
