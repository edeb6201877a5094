//! The mails of all sources by their dates, whatever file they stand in and in whatever order: so a question comes before its
//! answer, and the same sources give the same order. In memory is where they stand, and one mail.
//!
//! Invariant: trouble with one mail or file is told, and the next follows.

use std::{
    collections::VecDeque,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;

use super::{
    Trouble,
    mailbox_file::{Entry, Indexed, MailboxFile, StoredMail, header_end},
    survey::{MailFile, Survey, open_file},
};
use crate::mail::stored;

/// Of a mail that is too large, its header is taken up to this size.
const HEADER_BYTES_MAX: u64 = 256 << 10;

/// What comes next.
#[derive(Debug)]
pub(super) enum Found {
    Mail(Item),
    /// It cannot be read.
    Trouble(Trouble),
    /// Deleted, a draft, spam: not part of the correspondence.
    PassedOver(&'static str),
}

/// One mail of a source.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The file, and for a mailbox file `@` and the offset of the mail's `From ` line.
    pub place: String,
    pub bytes: Arc<Vec<u8>>,
    /// When it arrived, as far as anything tells.
    pub received_at: Timestamp,
    /// Its size, when it is larger than the desk takes and `bytes` are its header.
    pub oversized_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub message_bytes_max: usize,
    pub now: Timestamp,
}

/// All sources.
pub(super) struct Sources {
    limits: Limits,
    files: Vec<Option<MailboxFile>>,
    entries: std::iter::Peekable<std::vec::IntoIter<Entry>>,
    folders: Vec<PathBuf>,
    mails: std::iter::Peekable<std::vec::IntoIter<MailFile>>,
    /// Trouble that came with looking through the files.
    troubles: VecDeque<Trouble>,
    read_bytes: Arc<AtomicU64>,
}

impl Sources {
    /// Looks through all mailbox files. `read_bytes` grows with what is read afterwards.
    pub(super) fn new(survey: Survey, limits: Limits, read_bytes: Arc<AtomicU64>) -> Self {
        let mut indexed = Indexed::default();
        let mut files = Vec::with_capacity(survey.mailboxes.len());
        for (mailbox, file) in survey.mailboxes.iter().zip(0_u32..) {
            match MailboxFile::index(&mailbox.path, (file, mailbox.is_gzip), limits, &mut indexed) {
                Ok(mailbox) => files.push(Some(mailbox)),
                Err(why) => {
                    let (place, why) =
                        (mailbox.path.display().to_string(), format!("it cannot be read: {why}"));
                    indexed.troubles.push(Trouble { place, why });
                    files.push(None);
                }
            }
        }
        let Indexed { mut entries, troubles, .. } = indexed;
        entries.sort_unstable();
        Self {
            limits,
            files,
            entries: entries.into_iter().peekable(),
            folders: survey.folders,
            mails: survey.mails.into_iter().peekable(),
            troubles: troubles.into(),
            read_bytes,
        }
    }

    /// The next mail by date.
    pub(super) fn next(&mut self) -> Option<Found> {
        if let Some(trouble) = self.troubles.pop_front() {
            return Some(Found::Trouble(trouble));
        }
        let mailbox_first = match (self.entries.peek(), self.mails.peek()) {
            (Some(entry), Some(mail)) => entry.at <= mail.at,
            (entry, _) => entry.is_some(),
        };
        if mailbox_first { self.of_mailbox() } else { self.of_mail() }
    }

    fn of_mailbox(&mut self) -> Option<Found> {
        let entry = self.entries.next()?;
        let file = usize::try_from(entry.file).ok().and_then(|file| self.files.get(file))?.as_ref()?;
        let place = format!("{}@{}", file.path.display(), entry.offset);
        let read = file.read(&entry, self.limits.message_bytes_max);
        Some(self.found(place, read, entry.at, entry.length))
    }

    fn of_mail(&mut self) -> Option<Found> {
        let mail = self.mails.next()?;
        let folder = usize::try_from(mail.folder).ok().and_then(|at| self.folders.get(at))?;
        let path = folder.join(&*mail.name);
        let place = if mail.is_maildir {
            // Flags change, and a mail moves from `new` to `cur`: its unique name stays.
            let name = mail.name.to_string_lossy();
            let unique = name.split(":2,").next().unwrap_or(&name).to_owned();
            folder.parent().unwrap_or(folder).join(unique).display().to_string()
        } else {
            path.display().to_string()
        };
        let read = read_mail(&path, self.limits.message_bytes_max);
        let size = read.as_ref().map_or(0, |mail| u64::try_from(mail.bytes.len()).unwrap_or_default());
        Some(self.found(place, read, mail.at, size))
    }

    fn found(&self, place: String, read: io::Result<StoredMail>, at: Timestamp, size: u64) -> Found {
        self.read_bytes.fetch_add(size, Ordering::Relaxed);
        let mail = match read {
            Ok(mail) => mail,
            Err(why) => return Found::Trouble(Trouble { place, why: format!("it cannot be read: {why}") }),
        };
        if let Some(why) = stored::thrown_away(&mail.bytes) {
            return Found::PassedOver(why);
        }
        if !stored::is_mail(&mail.bytes) {
            return Found::Trouble(Trouble { place, why: "no header of a mail".to_owned() });
        }
        Found::Mail(Item {
            place,
            bytes: Arc::new(mail.bytes),
            received_at: at,
            oversized_bytes: mail.oversized_bytes,
        })
    }
}

fn read_mail(path: &Path, bytes_max: usize) -> io::Result<StoredMail> {
    let (file, metadata) = open_file(path)?;
    let (size, size_max) = (metadata.len(), u64::try_from(bytes_max).unwrap_or(u64::MAX));
    let mut bytes = Vec::new();
    // It may grow meanwhile.
    let most = if size > size_max { HEADER_BYTES_MAX } else { size_max.saturating_add(1) };
    let read = u64::try_from(file.take(most).read_to_end(&mut bytes)?).unwrap_or(u64::MAX);
    if size.max(read) <= size_max {
        return Ok(StoredMail { bytes, oversized_bytes: None });
    }
    bytes.truncate(usize::try_from(HEADER_BYTES_MAX).unwrap_or(usize::MAX));
    bytes.truncate(header_end(&bytes));
    Ok(StoredMail { bytes, oversized_bytes: Some(size.max(read)) })
}
