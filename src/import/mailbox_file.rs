//! A mailbox file: looked through once to learn where each mail stands and when it arrived, then read mail by mail in any order.
//! Of a mail that was not read yet, a few dozen bytes are in memory.
//!
//! Invariants: what the second reading finds at a place is what the first found; what is unpacked leaves room for others.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;

use super::{Trouble, sources::Limits, survey::open_file};
use crate::{
    edge,
    mail::{
        mbox::{Behind, Next, SAMPLE_BYTES, Splitter},
        stored,
    },
};

/// Bytes that are read at once.
const READ_BYTES: usize = 256 << 10;
/// Of a mail that is too large, its header is taken up to this size.
const HEADER_BYTES_MAX: usize = 256 << 10;
/// Of all packed files together, unpacked, and never more than half of what is free at first: a small file can unpack to
/// terabytes, and `TMPDIR` is often memory, or where the store lies.
const UNPACKED_BYTES_MAX: u64 = 64 << 30;
/// Left in the buffer of such a mail: a boundary may have begun in it.
const TAIL_BYTES: usize = 16 << 10;

/// Where a mail stands in a mailbox file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub at: Timestamp,
    /// The place of the file among all.
    pub file: u32,
    /// Of its `From ` line.
    pub offset: u64,
    /// Up to the next mail.
    pub length: u64,
}

/// What was found in the files so far.
#[derive(Debug, Default)]
pub(super) struct Indexed {
    pub entries: Vec<Entry>,
    pub troubles: Vec<Trouble>,
    /// Bytes that may still be unpacked; `None`: nothing was yet.
    room: Option<u64>,
}

/// A mailbox file that was looked through.
#[derive(Debug)]
pub(super) struct MailboxFile {
    pub path: PathBuf,
    /// The file itself, or what it was unpacked to.
    input: File,
    splitter: Splitter,
}

/// A mail as it stands in the file.
#[derive(Debug)]
pub(super) struct StoredMail {
    pub bytes: Vec<u8>,
    /// Its size, when `bytes` are only its header.
    pub oversized_bytes: Option<u64>,
}

impl MailboxFile {
    /// Looks a file through. Its entries and troubles are added to those of the others.
    ///
    /// # Errors
    /// When it cannot be opened, or there is no room to unpack it: nothing of it is taken then.
    pub(super) fn index(
        path: &Path,
        (file, is_gzip): (u32, bool),
        limits: Limits,
        indexed: &mut Indexed,
    ) -> io::Result<Self> {
        let (packed, metadata) = open_file(path)?;
        let (mut input, broken) =
            if is_gzip { unpack(packed, indexed.room.get_or_insert_with(room))? } else { (packed, None) };
        let mut sample = Vec::new();
        (&input).take(SAMPLE_BYTES as u64).read_to_end(&mut sample)?;
        input.seek(SeekFrom::Start(0))?;
        let modified = metadata.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        let at = modified.filter(|at| stored::is_plausible(*at, limits.now)).unwrap_or(limits.now);
        let mut scan = Scan {
            path,
            file,
            limits,
            input: &input,
            splitter: Splitter::new(&sample),
            buffer: Vec::new(),
            begin: 0,
            offset: 0,
            is_at_end: false,
            broken,
            large: None,
            at,
            indexed,
        };
        scan.run();
        let splitter = scan.splitter.afresh();
        Ok(Self { path: path.to_owned(), input, splitter })
    }

    /// The mail of an entry.
    ///
    /// # Errors
    /// When the file cannot be read, or has changed since it was looked through.
    pub(super) fn read(&self, entry: &Entry, bytes_max: usize) -> io::Result<StoredMail> {
        let length = usize::try_from(entry.length).unwrap_or(usize::MAX);
        let is_large = length > bytes_max;
        let mut buffer = vec![0; if is_large { HEADER_BYTES_MAX.min(length) } else { length }];
        self.input.read_exact_at(&mut buffer, entry.offset)?;
        if is_large {
            let first = memchr::memchr(b'\n', &buffer).map_or(0, |end| end + 1);
            buffer.drain(..first);
            buffer.truncate(header_end(&buffer));
            return Ok(StoredMail { bytes: buffer, oversized_bytes: Some(entry.length) });
        }
        match self.splitter.afresh().next(&buffer, Behind::Nothing) {
            Next::Mail { bytes, used, .. } if used == buffer.len() => {
                Ok(StoredMail { bytes: bytes.into_owned(), oversized_bytes: None })
            }
            Next::Mail { .. } | Next::Rest { .. } | Next::Junk { .. } | Next::More | Next::End => {
                Err(io::Error::other("the file has changed meanwhile"))
            }
        }
    }
}

/// Behind the blank line.
pub(super) fn header_end(bytes: &[u8]) -> usize {
    let bare = memchr::memmem::find(bytes, b"\n\n").map(|at| at + 2);
    let with_returns = memchr::memmem::find(bytes, b"\n\r\n").map(|at| at + 3);
    bare.into_iter().chain(with_returns).min().unwrap_or(bytes.len())
}

/// How much may be unpacked.
fn room() -> u64 {
    // Where the folder is missing, making a file in it says so.
    let free =
        rustix::fs::statvfs(std::env::temp_dir()).map(|found| found.f_bavail.saturating_mul(found.f_frsize));
    free.map_or(UNPACKED_BYTES_MAX, |free| UNPACKED_BYTES_MAX.min(free / 2))
}

/// Unpacks a file to one without a name, since mails are read in another order than they stand in. With the reason, if it
/// breaks off. What it takes is taken from the room.
fn unpack(packed: File, room: &mut u64) -> io::Result<(File, Option<String>)> {
    let mut packed = MultiGzDecoder::new(io::BufReader::with_capacity(READ_BYTES, packed));
    let unique = data_encoding::HEXLOWER.encode(&edge::random::<8>());
    let folder = std::env::temp_dir();
    let name = folder.join(format!("maildesk-import-{unique}"));
    let mut unpacked = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&name)?;
    fs::remove_file(&name)?;
    let mut buffer = vec![0; READ_BYTES];
    let mut left = *room;
    let broken = loop {
        match packed.read(&mut buffer) {
            Ok(0) => break None,
            Ok(read) => {
                left = left
                    .checked_sub(u64::try_from(read).unwrap_or(u64::MAX))
                    .ok_or_else(|| no_room(&folder))?;
                io::Write::write_all(&mut unpacked, buffer.get(..read).unwrap_or_default())?;
            }
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => break Some(why.to_string()),
        }
    };
    *room = left;
    unpacked.seek(SeekFrom::Start(0))?;
    Ok((unpacked, broken))
}

fn no_room(folder: &Path) -> io::Error {
    io::Error::other(format!(
        "unpacked, it takes more than half of what is free in {}, or all packed files together more than {} GiB: unpack it \
         yourself, or let TMPDIR name a folder with more room",
        folder.display(),
        UNPACKED_BYTES_MAX >> 30
    ))
}

/// The first reading.
struct Scan<'a> {
    path: &'a Path,
    file: u32,
    limits: Limits,
    input: &'a File,
    splitter: Splitter,
    buffer: Vec<u8>,
    /// What of the buffer is done with.
    begin: usize,
    /// Of the first byte that is not done with.
    offset: u64,
    is_at_end: bool,
    /// Why the file breaks off; so does its last mail.
    broken: Option<String>,
    /// Where a mail began that is larger than the buffer may be.
    large: Option<(u64, Timestamp)>,
    /// The date of the mail before, for one that has none.
    at: Timestamp,
    indexed: &'a mut Indexed,
}

impl Scan<'_> {
    fn run(&mut self) {
        loop {
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
                Next::End => break,
                Next::Junk { used } => {
                    let is_blank = rest.get(..used).unwrap_or_default().trim_ascii().is_empty();
                    if !is_blank {
                        self.trouble("bytes before the first mail");
                    }
                    used
                }
                Next::Rest { used } => {
                    if let Some((offset, at)) = self.large.take() {
                        self.entry(offset, at, used);
                    }
                    used
                }
                Next::Mail { used, .. } if self.broken.is_some() && self.is_at_end && used == rest.len() => {
                    self.trouble("the file breaks off in this mail");
                    used
                }
                Next::Mail { bytes, at, used } => {
                    let told = stored::arrival(&bytes, self.limits.now);
                    let at = told
                        .or(at.filter(|at| stored::is_plausible(*at, self.limits.now)))
                        .unwrap_or(self.at);
                    self.entry(self.offset, at, used);
                    used
                }
            };
            self.begin += used;
            self.offset += u64::try_from(used).unwrap_or_default();
        }
        if let Some(why) = self.broken.take() {
            self.trouble(&format!("the file cannot be read on from here: {why}"));
        }
    }

    /// A mail that begins at `offset` and ends `used` bytes behind where the scan is.
    fn entry(&mut self, offset: u64, at: Timestamp, used: usize) {
        self.at = at;
        let end = self.offset + u64::try_from(used).unwrap_or_default();
        self.indexed.entries.push(Entry { at, file: self.file, offset, length: end - offset });
    }

    fn read_more(&mut self) {
        self.buffer.drain(..self.begin);
        self.begin = 0;
        if self.buffer.capacity() > 8 * READ_BYTES && self.buffer.len() < READ_BYTES {
            self.buffer.shrink_to(2 * READ_BYTES);
        }
        // As much again as is there, so that a large mail is not looked through once for each portion.
        let more = u64::try_from(READ_BYTES.max(self.buffer.len())).unwrap_or(u64::MAX);
        match self.input.take(more).read_to_end(&mut self.buffer) {
            Ok(read) => self.is_at_end = read == 0,
            Err(why) => {
                self.is_at_end = true;
                self.broken.get_or_insert(why.to_string());
            }
        }
    }

    /// The mail at the buffer's start is larger than the desk takes.
    fn cut(&mut self) -> usize {
        let rest = self.buffer.get(self.begin..).unwrap_or_default();
        let dropped = rest.len().saturating_sub(TAIL_BYTES);
        if self.large.is_none() {
            let first = memchr::memchr(b'\n', rest).map_or(0, |end| end + 1);
            let told = stored::arrival(rest.get(first..).unwrap_or_default(), self.limits.now);
            self.large = Some((self.offset, told.unwrap_or(self.at)));
        }
        self.splitter.cut(dropped);
        dropped
    }

    fn trouble(&mut self, why: &str) {
        let place = format!("{}@{}", self.path.display(), self.offset);
        self.indexed.troubles.push(Trouble { place, why: why.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn a_packed_file_unpacks_into_the_room_that_there_is_and_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.gz");
        let mut packed = GzEncoder::new(File::create(&path).unwrap(), Compression::best());
        packed.write_all(&vec![b'x'; 2 << 20]).unwrap();
        packed.finish().unwrap();
        assert!(fs::metadata(&path).unwrap().len() < 10_000);
        let unpack_into = |room: &mut u64| unpack(open_file(&path).unwrap().0, room);
        let mut room = 5 << 20;
        let (unpacked, broken) = unpack_into(&mut room).unwrap();
        assert_eq!((unpacked.metadata().unwrap().len(), broken, room), (2 << 20, None, 3 << 20));
        // What could not be unpacked is gone again, and its room is for the next.
        let mut room = (2 << 20) - 1;
        let why = unpack_into(&mut room).unwrap_err().to_string();
        assert!(why.contains("half of what is free") && why.contains("TMPDIR"), "{why}");
        assert_eq!(room, (2 << 20) - 1);
        assert!((1..=UNPACKED_BYTES_MAX).contains(&super::room()));
    }
}
