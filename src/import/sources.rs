//! The mails of all sources, one after the other by their dates, as a stream: however large the sources are, in memory is
//! one mail of each mailbox file that is open.
//!
//! Invariants: trouble with one mail or file is told and the next follows; the same sources give the same order.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;

use super::{
    Trouble,
    survey::{MailFile, MailboxFile, Survey},
};
use crate::mail::{
    mbox::{Behind, Next, SAMPLE_BYTES, Splitter},
    stored,
};

/// Bytes of a mailbox file that are read at once.
const READ_BYTES: usize = 128 << 10;
/// Of a mail that is too large, its header is taken up to this size.
const HEADER_BYTES_MAX: usize = 256 << 10;
/// Left in the buffer of such a mail: a boundary may have begun in it.
const TAIL_BYTES: usize = 16 << 10;
/// Files open at once; the system's limit is 1,024 by default.
const OPEN_MAX: usize = 400;

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

/// All sources.
pub(super) struct Sources {
    limits: Limits,
    unopened: VecDeque<MailboxFile>,
    open: BinaryHeap<Reverse<Turn>>,
    files: Vec<Option<Mailbox>>,
    folders: Vec<PathBuf>,
    mails: std::vec::IntoIter<MailFile>,
    next_mail: Option<MailFile>,
    /// Trouble that came with opening a file.
    troubles: VecDeque<Trouble>,
    read_bytes: Arc<AtomicU64>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub message_bytes_max: usize,
    pub now: Timestamp,
}

/// An open file's turn comes at the date of its next mail.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    at: Timestamp,
    file: usize,
}

impl Sources {
    /// `read_bytes` grows with what was read.
    pub(super) fn new(survey: Survey, limits: Limits, read_bytes: Arc<AtomicU64>) -> Self {
        let mut mails = survey.mails.into_iter();
        Self {
            limits,
            unopened: survey.mailboxes.into(),
            open: BinaryHeap::new(),
            files: Vec::new(),
            folders: survey.folders,
            next_mail: mails.next(),
            mails,
            troubles: VecDeque::new(),
            read_bytes,
        }
    }

    /// The next mail by date.
    pub(super) fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(trouble) = self.troubles.pop_front() {
                return Some(Found::Trouble(trouble));
            }
            let mail = self.next_mail.as_ref().map(|mail| mail.at);
            let open = self.open.peek().map(|Reverse(turn)| turn.at);
            let first = [mail, open].into_iter().flatten().min();
            let unopened = self.unopened.front().map(|file| file.at);
            if unopened.is_some_and(|at| first.is_none_or(|first| at <= first)) && self.open.len() < OPEN_MAX {
                self.open_next();
                continue;
            }
            return match (open, mail) {
                (Some(open), mail) if mail.is_none_or(|mail| open <= mail) => self.of_mailbox(),
                (_, Some(_)) => self.of_mail(),
                (_, None) => None,
            };
        }
    }

    fn open_next(&mut self) {
        let Some(file) = self.unopened.pop_front() else { return };
        let place = file.path.display().to_string();
        match Mailbox::open(file, self.limits, Arc::clone(&self.read_bytes)) {
            Ok(mut mailbox) => {
                mailbox.advance();
                self.files.push(Some(mailbox));
                self.queue(self.files.len() - 1);
            }
            Err(why) => {
                self.troubles.push_back(Trouble { place, why: format!("it cannot be read: {why}") });
            }
        }
    }

    /// Gives an open file its turn, or closes it at its end.
    fn queue(&mut self, file: usize) {
        let Some(slot) = self.files.get_mut(file) else { return };
        match slot.as_ref().filter(|mailbox| mailbox.head.is_some()) {
            Some(mailbox) => self.open.push(Reverse(Turn { at: mailbox.at, file })),
            None => *slot = None,
        }
    }

    fn of_mailbox(&mut self) -> Option<Found> {
        let Reverse(Turn { file, .. }) = self.open.pop()?;
        let mailbox = self.files.get_mut(file)?.as_mut()?;
        let found = mailbox.head.take();
        mailbox.advance();
        self.queue(file);
        found
    }

    fn of_mail(&mut self) -> Option<Found> {
        let mail = std::mem::replace(&mut self.next_mail, self.mails.next())?;
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
        let bytes = match read_mail(&path, self.limits.message_bytes_max) {
            Ok(bytes) => bytes,
            Err(why) => return Some(Found::Trouble(Trouble { place, why: format!("it cannot be read: {why}") })),
        };
        self.read_bytes.fetch_add(bytes.size, Ordering::Relaxed);
        if let Some(why) = stored::thrown_away(&bytes.bytes) {
            return Some(Found::PassedOver(why));
        }
        if !stored::is_mail(&bytes.bytes) {
            return Some(Found::Trouble(Trouble { place, why: "no header of a mail".to_owned() }));
        }
        let received_at = stored::arrival(&bytes.bytes, self.limits.now).unwrap_or(mail.at);
        let oversized_bytes = bytes.is_cut.then_some(bytes.size);
        Some(Found::Mail(Item { place, bytes: Arc::new(bytes.bytes), received_at, oversized_bytes }))
    }
}

struct MailBytes {
    bytes: Vec<u8>,
    size: u64,
    /// Only the header is there.
    is_cut: bool,
}

fn read_mail(path: &std::path::Path, bytes_max: usize) -> io::Result<MailBytes> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let is_cut = usize::try_from(size).is_ok_and(|size| size > bytes_max);
    let mut bytes = Vec::new();
    if is_cut {
        file.by_ref().take(HEADER_BYTES_MAX as u64).read_to_end(&mut bytes)?;
        bytes.truncate(header_end(&bytes));
    } else {
        bytes.reserve_exact(usize::try_from(size).unwrap_or_default());
        file.read_to_end(&mut bytes)?;
    }
    Ok(MailBytes { bytes, size, is_cut })
}

/// Behind the blank line.
fn header_end(bytes: &[u8]) -> usize {
    let bare = memchr::memmem::find(bytes, b"\n\n").map(|at| at + 2);
    let with_returns = memchr::memmem::find(bytes, b"\n\r\n").map(|at| at + 3);
    bare.into_iter().chain(with_returns).min().unwrap_or(bytes.len())
}

/// An open mailbox file.
struct Mailbox {
    path: PathBuf,
    input: Box<dyn Read + Send>,
    splitter: Splitter,
    buffer: Vec<u8>,
    /// What of the buffer is done with.
    begin: usize,
    is_at_end: bool,
    /// The file broke off: so does the mail that it ends with.
    is_broken: bool,
    /// Of the buffer's first byte that is not done with, in the (unpacked) file.
    offset: u64,
    head: Option<Found>,
    /// The date of `head`, or of what came before it.
    at: Timestamp,
    limits: Limits,
    /// Of a mail that is too large: its header, where it stood, its date, its bytes so far.
    large: Option<(Vec<u8>, u64, u64)>,
}

/// Counts what is read of a file.
struct Counted {
    file: File,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes.fetch_add(u64::try_from(read).unwrap_or_default(), Ordering::Relaxed);
        Ok(read)
    }
}

impl Mailbox {
    fn open(file: MailboxFile, limits: Limits, bytes: Arc<AtomicU64>) -> io::Result<Self> {
        let unpack = |input: Box<dyn Read + Send>| -> Box<dyn Read + Send> {
            if file.is_gzip { Box::new(MultiGzDecoder::new(input)) } else { input }
        };
        let mut sample = Vec::new();
        // A file that breaks off in its first bytes is told of when its mails are read.
        drop(unpack(Box::new(File::open(&file.path)?)).take(SAMPLE_BYTES as u64).read_to_end(&mut sample));
        let input = unpack(Box::new(Counted { file: File::open(&file.path)?, bytes }));
        Ok(Self {
            path: file.path,
            input,
            splitter: Splitter::new(&sample),
            buffer: Vec::new(),
            begin: 0,
            is_at_end: false,
            is_broken: false,
            offset: 0,
            head: None,
            at: if stored::is_plausible(file.at, limits.now) { file.at } else { file.modified },
            limits,
            large: None,
        })
    }

    /// Makes the next mail, trouble or end the head.
    fn advance(&mut self) {
        self.head = None;
        while self.head.is_none() {
            let rest = self.buffer.get(self.begin..).unwrap_or_default();
            let is_full = rest.len() > self.limits.message_bytes_max;
            let behind = match (self.is_at_end, is_full) {
                (true, _) => Behind::Nothing,
                (false, true) => Behind::Full,
                (false, false) => Behind::More,
            };
            let used = match self.splitter.next(rest, behind) {
                Next::More if is_full => self.cut(),
                Next::More => {
                    self.read_more();
                    continue;
                }
                Next::End => return,
                Next::Junk { used } => {
                    let is_blank = rest.get(..used).unwrap_or_default().trim_ascii().is_empty();
                    if !is_blank {
                        self.head = Some(self.trouble("bytes before the first mail"));
                    }
                    used
                }
                Next::Rest { used } => {
                    self.end_large(used);
                    used
                }
                Next::Mail { used, .. } if self.is_broken && used == rest.len() => {
                    self.head = Some(self.trouble("the file breaks off in this mail"));
                    used
                }
                Next::Mail { bytes, at, used } => {
                    let bytes = bytes.into_owned();
                    self.head = Some(self.found(bytes, at, self.offset, None));
                    used
                }
            };
            self.begin += used;
            self.offset += u64::try_from(used).unwrap_or_default();
        }
    }

    fn read_more(&mut self) {
        self.buffer.drain(..self.begin);
        self.begin = 0;
        if self.buffer.capacity() > 8 * READ_BYTES && self.buffer.len() < READ_BYTES {
            self.buffer.shrink_to(2 * READ_BYTES);
        }
        let old = self.buffer.len();
        // As much again as is there, so that a large mail is not looked through once for each portion.
        let more = u64::try_from(READ_BYTES.max(old)).unwrap_or(u64::MAX);
        let read = self.input.by_ref().take(more).read_to_end(&mut self.buffer);
        match read {
            Ok(read) => self.is_at_end = read == 0,
            Err(why) => {
                (self.is_at_end, self.is_broken) = (true, true);
                let words = format!("the file cannot be read on from here: {why}");
                self.head = Some(self.trouble(&words));
            }
        }
    }

    /// The mail at the buffer's start is larger than the desk takes: its header stays.
    fn cut(&mut self) -> usize {
        let rest = self.buffer.get(self.begin..).unwrap_or_default();
        let dropped = rest.len().saturating_sub(TAIL_BYTES);
        let bytes = u64::try_from(dropped).unwrap_or_default();
        match &mut self.large {
            Some((_, _, size)) => *size += bytes,
            None => {
                let first = memchr::memchr(b'\n', rest).map_or(0, |end| end + 1);
                let header = rest.get(first..).unwrap_or_default();
                let header = header.get(..HEADER_BYTES_MAX.min(header.len())).unwrap_or_default();
                let header = header.get(..header_end(header)).unwrap_or_default().to_vec();
                self.large = Some((header, self.offset, bytes));
            }
        }
        self.splitter.cut(dropped);
        dropped
    }

    fn end_large(&mut self, used: usize) {
        if let Some((header, offset, size)) = self.large.take() {
            let size = size + u64::try_from(used).unwrap_or_default();
            self.head = Some(self.found(header, None, offset, Some(size)));
        }
    }

    fn found(
        &mut self,
        bytes: Vec<u8>,
        at: Option<Timestamp>,
        offset: u64,
        oversized_bytes: Option<u64>,
    ) -> Found {
        let place = format!("{}@{offset}", self.path.display());
        let now = self.limits.now;
        if let Some(why) = stored::thrown_away(&bytes) {
            return Found::PassedOver(why);
        }
        if !stored::is_mail(&bytes) {
            return Found::Trouble(Trouble { place, why: "no header of a mail".to_owned() });
        }
        let told = stored::arrival(&bytes, now).or(at.filter(|at| stored::is_plausible(*at, now)));
        self.at = told.unwrap_or(self.at);
        Found::Mail(Item { place, bytes: Arc::new(bytes), received_at: self.at, oversized_bytes })
    }

    fn trouble(&self, why: &str) -> Found {
        Found::Trouble(Trouble {
            place: format!("{}@{}", self.path.display(), self.offset),
            why: why.to_owned(),
        })
    }
}

