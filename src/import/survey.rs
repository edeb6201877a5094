//! What lies at the paths that an operator named: mailbox files, Maildirs, single mails, in whatever depth; told apart by what is
//! in them and never by their names. Nothing is taken yet.
//!
//! Invariants: a file is named once; what is passed over is named with the reason; of a file that holds one mail no more than a
//! few dozen bytes stay in memory; below a path that was named no link is followed, and only what is a file is opened: who may
//! write into a mailbox must not choose what else is read, or have a pipe waited for.

use std::{
    ffi::OsStr,
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use rustix::fs::OFlags;

use super::Trouble;
use crate::mail::{mbox, stored};

/// Enough of a file to know what it is, and when the first mail in it arrived.
const HEAD_BYTES: u64 = 16 << 10;
/// Folders in folders.
const DEPTH_MAX: u32 = 40;
/// Folders that hold no correspondence, as mail programs name them. One that the operator names itself is taken.
const NO_CORRESPONDENCE: [&str; 16] = [
    "trash",
    "deleted",
    "deleted items",
    "deleted messages",
    "drafts",
    "draft",
    "junk",
    "junk e-mail",
    "junk email",
    "spam",
    "templates",
    "unsent messages",
    "outbox",
    "已删除",
    "草稿箱",
    "垃圾邮件",
];
const NO_FILE: &str = "a link, a pipe or a device, which is not followed: name what it points to";
/// Formats that others must open first.
const FOREIGN: [(&str, &str); 4] = [
    ("pst", "an Outlook file: export its folders as mbox or .eml first (readpst does)"),
    ("ost", "an Outlook file: export its folders as mbox or .eml first (readpst does)"),
    ("msg", "an Outlook message: save it as .eml first"),
    ("zip", "an archive: unpack it first"),
];

/// Everything that there is to read.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// By their names.
    pub mailboxes: Vec<MailboxPath>,
    /// By date.
    pub mails: Vec<MailFile>,
    /// The folders of `mails`.
    pub folders: Vec<PathBuf>,
    /// Of all of them together.
    pub bytes: u64,
    pub passed_over: Vec<Trouble>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MailboxPath {
    pub path: PathBuf,
    pub is_gzip: bool,
}

/// A file that is one mail.
#[derive(Debug)]
pub(super) struct MailFile {
    /// Its place in [`Survey::folders`].
    pub folder: u32,
    pub name: Box<OsStr>,
    pub at: Timestamp,
    pub is_maildir: bool,
}

/// Looks through all paths.
///
/// # Errors
/// A path that is not there or cannot be read: the operator named it.
pub(super) fn survey(paths: &[PathBuf], now: Timestamp) -> io::Result<Survey> {
    let mut survey = Survey::default();
    for path in paths {
        let named = |why: io::Error| io::Error::new(why.kind(), format!("{}: {why}", path.display()));
        let path = path.canonicalize().map_err(named)?;
        let metadata = fs::metadata(&path).map_err(named)?;
        if metadata.is_dir() {
            survey.folder(&path, 0, now);
        } else {
            open_file(&path).map_err(named)?;
            survey.file(&path, &metadata, None, now);
        }
    }
    survey.order();
    Ok(survey)
}

impl Survey {
    /// Mails by date; each file once.
    fn order(&mut self) {
        self.mailboxes.sort();
        self.mailboxes.dedup();
        let folders = &self.folders;
        let folder = |mail: &MailFile| usize::try_from(mail.folder).ok().and_then(|at| folders.get(at));
        self.mails.sort_by(|a, b| (a.at, &a.name, folder(a)).cmp(&(b.at, &b.name, folder(b))));
        self.mails.dedup_by(|a, b| a.at == b.at && a.name == b.name && folder(a) == folder(b));
    }

    fn folder(&mut self, path: &Path, depth: u32, now: Timestamp) {
        let is_maildir = is_folder(&path.join("cur")) && is_folder(&path.join("new"));
        if is_maildir {
            for part in ["new", "cur"] {
                self.files_of(&path.join(part), now);
            }
        }
        let mut entries = match read_folder(path) {
            Ok(entries) => entries,
            Err(why) => return self.pass_over(path, &format!("it cannot be read: {why}")),
        };
        entries.sort();
        let mut place = None;
        for entry in entries {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Ok(metadata) = fs::symlink_metadata(&entry) else { continue };
            if metadata.is_dir() {
                self.folder_in(&entry, &name, is_maildir, depth, now);
            } else if metadata.is_file() && !is_maildir && !name.starts_with('.') {
                let place = *place.get_or_insert_with(|| self.named(path));
                if is_no_correspondence(&name) {
                    self.pass_over(&entry, "a folder without correspondence: name it itself to import it");
                } else {
                    self.file(&entry, &metadata, Some(place), now);
                }
            } else if !metadata.is_file() && (is_maildir || !name.starts_with('.')) {
                self.pass_over(&entry, NO_FILE);
            }
        }
    }

    fn folder_in(&mut self, path: &Path, name: &str, in_maildir: bool, depth: u32, now: Timestamp) {
        if in_maildir && ["cur", "new", "tmp"].contains(&name) {
            return;
        }
        // In Maildir++ a folder's name begins with a dot; elsewhere such a folder is a program's own business.
        let is_hidden = name.starts_with('.') && !is_folder(&path.join("cur"));
        if is_hidden || depth >= DEPTH_MAX {
            return;
        }
        if is_no_correspondence(name) {
            self.pass_over(path, "a folder without correspondence: name it itself to import it");
            return;
        }
        self.folder(path, depth + 1, now);
    }

    /// The mails of `cur` or `new`.
    fn files_of(&mut self, path: &Path, now: Timestamp) {
        let entries = match read_folder(path) {
            Ok(entries) => entries,
            Err(why) => return self.pass_over(path, &format!("it cannot be read: {why}")),
        };
        let place = self.named(path);
        for entry in entries {
            let Some(name) = entry.file_name() else { continue };
            let shown = name.to_string_lossy();
            if shown.starts_with('.') {
                continue;
            }
            if let Some(why) = maildir_flag(&shown) {
                self.pass_over(&entry, why);
                continue;
            }
            let Ok(metadata) = fs::symlink_metadata(&entry) else { continue };
            if !metadata.is_file() {
                self.pass_over(&entry, NO_FILE);
                continue;
            }
            self.bytes += metadata.len();
            // The name begins with the second of delivery (<https://cr.yp.to/proto/maildir.html>).
            let second = shown.split('.').next().and_then(|digits| digits.parse().ok());
            let delivered = second.and_then(|second| Timestamp::from_second(second).ok());
            let at = delivered
                .filter(|at| stored::is_plausible(*at, now))
                .or_else(|| stored::arrival(&head(&entry, false).unwrap_or_default(), now))
                .unwrap_or_else(|| modified(&metadata, now));
            self.mails.push(MailFile { folder: place, name: name.into(), at, is_maildir: true });
        }
    }

    /// One file: what is it?
    fn file(&mut self, path: &Path, metadata: &Metadata, folder: Option<u32>, now: Timestamp) {
        let plain = head(path, false);
        let is_gzip = plain.as_ref().is_ok_and(|head| head.starts_with(&[0x1f, 0x8b]));
        let head = match if is_gzip { head(path, true) } else { plain } {
            Ok(head) => head,
            Err(why) => return self.pass_over(path, &format!("it cannot be read: {why}")),
        };
        if metadata.len() == 0 {
            return;
        }
        if mbox::is_mbox(&head) {
            self.bytes += metadata.len();
            self.mailboxes.push(MailboxPath { path: path.to_owned(), is_gzip });
        } else if stored::is_mail(&head) && !is_gzip {
            let folder = folder.unwrap_or_else(|| self.named(path.parent().unwrap_or(Path::new("/"))));
            let name = path.file_name().unwrap_or_default().into();
            let at = stored::arrival(&head, now).unwrap_or_else(|| modified(metadata, now));
            self.bytes += metadata.len();
            self.mails.push(MailFile { folder, name, at, is_maildir: false });
        } else {
            let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            let foreign = FOREIGN.iter().find(|(known, _)| *known == extension).map(|(_, why)| *why);
            self.pass_over(path, foreign.unwrap_or("neither a mail nor a mailbox file"));
        }
    }

    /// The place of this folder in the list.
    fn named(&mut self, folder: &Path) -> u32 {
        if self.folders.last().is_none_or(|last| last != folder) {
            self.folders.push(folder.to_owned());
        }
        u32::try_from(self.folders.len() - 1).unwrap_or(u32::MAX)
    }

    fn pass_over(&mut self, path: &Path, why: &str) {
        self.passed_over.push(Trouble { place: path.display().to_string(), why: why.to_owned() });
    }
}

fn read_folder(path: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Opens what is a file now, whatever stood there when it was looked at: no link, and nothing that could be waited for.
///
/// # Errors
/// When it cannot be opened, or is no file.
pub(super) fn open_file(path: &Path) -> io::Result<(File, Metadata)> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() {
        Ok((file, metadata))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "neither a file nor a folder"))
    }
}

/// The first bytes of a file, unpacked; of one that breaks off, what there is.
fn head(path: &Path, is_gzip: bool) -> io::Result<Vec<u8>> {
    let (file, _) = open_file(path)?;
    let mut head = Vec::new();
    if is_gzip {
        let read = MultiGzDecoder::new(file).take(HEAD_BYTES).read_to_end(&mut head);
        if head.is_empty() {
            read?;
        }
    } else {
        file.take(HEAD_BYTES).read_to_end(&mut head)?;
    }
    Ok(head)
}

fn modified(metadata: &Metadata, now: Timestamp) -> Timestamp {
    let since = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    since
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .filter(|at| *at <= now)
        .unwrap_or(now)
}

/// Letters behind `:2,` that take a mail out of the correspondence: thrown away, or never sent.
fn maildir_flag(name: &str) -> Option<&'static str> {
    let flags = name.rsplit_once(":2,").map(|(_, flags)| flags)?;
    if flags.contains('T') {
        Some("deleted")
    } else if flags.contains('D') {
        Some("a draft")
    } else {
        None
    }
}

fn is_no_correspondence(name: &str) -> bool {
    let name = name.trim_start_matches('.').to_lowercase();
    let bare = name.strip_suffix(".sbd").or_else(|| name.strip_suffix(".mbox")).unwrap_or(&name);
    let last = bare.rsplit(['.', '/']).next().unwrap_or(bare);
    NO_CORRESPONDENCE.contains(&last)
}
