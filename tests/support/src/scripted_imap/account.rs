//! The account in memory and the right answers about it. No network.

use std::collections::{BTreeMap, BTreeSet};

/// One stored message.
#[derive(Debug, Clone)]
pub(super) struct Mail {
    pub uid: u32,
    pub bytes: Vec<u8>,
    pub flags: BTreeSet<String>,
    /// INTERNALDATE, as it stands between the quotes.
    pub received: String,
}

/// When mails came that were not delivered at a certain time.
const RECEIVED: &str = " 2-Nov-2024 10:00:00 +0100";

/// One account.
#[derive(Debug)]
pub(super) struct Account {
    pub folders: BTreeMap<String, Vec<Mail>>,
    pub uid_validity: u32,
    pub tells_uid_next: bool,
    pub read_only: bool,
    /// The folder that LIST marks as `\\Sent`.
    pub sent: Option<String>,
    /// What UIDNEXT is at least; the mails there may have lower UIDs.
    pub uid_next: u32,
    /// Messages that ever came into a folder. Their number in it says nothing of news once some have left.
    arrived: BTreeMap<String, usize>,
    /// The highest UID that was expunged from a folder: it is not given again (RFC 3501 section 2.3.1.1). What a test takes
    /// out without a word is as if it had never been.
    expunged: BTreeMap<String, u32>,
}

/// How a FETCH answer is falsified.
#[derive(Debug, Clone, Copy)]
pub(super) enum FetchEdit {
    Omit(u32),
    Twice(u32),
    NilBody(u32),
    EmptyBody(u32),
    Disguise(u32, u32),
}

/// Untagged bytes and the tagged line without its tag.
pub(super) type Reply = (Vec<u8>, String);

fn done(untagged: Vec<u8>, what: &str) -> Reply {
    (untagged, format!("OK {what} done"))
}

impl Account {
    pub(super) fn new() -> Self {
        let folders = [("INBOX".to_owned(), Vec::new())].into();
        Self {
            folders,
            uid_validity: 1,
            tells_uid_next: true,
            read_only: false,
            sent: None,
            uid_next: 1,
            arrived: BTreeMap::new(),
            expunged: BTreeMap::new(),
        }
    }

    pub(super) fn deliver(&mut self, folder: &str, uid: u32, bytes: &[u8]) {
        self.deliver_at(folder, uid, bytes, RECEIVED);
    }

    pub(super) fn deliver_at(&mut self, folder: &str, uid: u32, bytes: &[u8], received: &str) {
        let mails = self.folders.entry(folder.to_owned()).or_default();
        mails.push(Mail {
            uid,
            bytes: bytes.to_vec(),
            flags: BTreeSet::new(),
            received: received.to_owned(),
        });
        mails.sort_by_key(|mail| mail.uid);
        *self.arrived.entry(folder.to_owned()).or_default() += 1;
    }

    pub(super) fn arrived(&self, folder: &str) -> usize {
        self.arrived.get(folder).copied().unwrap_or(0)
    }

    pub(super) fn exists(&self, folder: &str) -> usize {
        self.folders.get(folder).map_or(0, Vec::len)
    }

    pub(super) fn select(&self, folder: &str) -> Reply {
        let Some(mails) = self.folders.get(folder) else {
            return (Vec::new(), "NO [NONEXISTENT] no such folder".to_owned());
        };
        let mut out = format!(
            "* FLAGS (\\Seen \\Deleted)\r\n* {} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {}] ok\r\n",
            mails.len(),
            self.uid_validity
        );
        if self.tells_uid_next {
            let next = self.next(folder);
            out.push_str(&format!("* OK [UIDNEXT {next}] ok\r\n"));
        }
        let mode = if self.read_only { "READ-ONLY" } else { "READ-WRITE" };
        (out.into_bytes(), format!("OK [{mode}] SELECT done"))
    }

    fn next(&self, folder: &str) -> u32 {
        let last = self.folders.get(folder).and_then(|mails| mails.last()).map_or(0, |mail| mail.uid);
        let expunged = self.expunged.get(folder).copied().unwrap_or(0);
        self.uid_next.max(last.max(expunged) + 1)
    }

    pub(super) fn list(&self) -> Reply {
        let line = |name: &String| {
            let mark = match name.as_str() {
                _ if self.sent.as_ref() == Some(name) => "\\Sent",
                "Junk" => "\\Junk",
                "Trash" => "\\Trash",
                _ => "",
            };
            format!("* LIST ({mark}) \"/\" \"{name}\"\r\n")
        };
        done(self.folders.keys().map(line).collect::<String>().into_bytes(), "LIST")
    }

    pub(super) fn status(&self, folder: &str) -> Reply {
        if !self.folders.contains_key(folder) {
            return (Vec::new(), "NO [NONEXISTENT] no such folder".to_owned());
        }
        let next =
            if self.tells_uid_next { format!(" UIDNEXT {}", self.next(folder)) } else { String::new() };
        let line = format!("* STATUS \"{folder}\" (UIDVALIDITY {}{next})\r\n", self.uid_validity);
        done(line.into_bytes(), "STATUS")
    }

    pub(super) fn append(&mut self, folder: &str, flags: &str, bytes: &[u8]) -> Reply {
        if !self.folders.contains_key(folder) {
            return (Vec::new(), "NO [TRYCREATE] no such folder".to_owned());
        }
        let uid = self.next(folder);
        self.deliver(folder, uid, bytes);
        self.store(folder, &uid.to_string(), flags);
        (Vec::new(), format!("OK [APPENDUID {} {uid}] APPEND done", self.uid_validity))
    }

    /// `UID <set> [NOT DELETED]`, or `HEADER <field> <text>`.
    pub(super) fn search(&self, folder: &str, keys: &[String]) -> Reply {
        let mails = self.folders.get(folder).map_or(&[][..], Vec::as_slice);
        if let [header, _, text] = keys
            && header == "HEADER"
        {
            let holds = |mail: &&Mail| String::from_utf8_lossy(&mail.bytes).contains(text.as_str());
            let found: String = mails.iter().filter(holds).map(|mail| format!(" {}", mail.uid)).collect();
            return done(format!("* SEARCH{found}\r\n").into_bytes(), "SEARCH");
        }
        let set = keys
            .iter()
            .position(|key| key == "UID")
            .and_then(|at| keys.get(at + 1))
            .cloned()
            .unwrap_or_default();
        let kept_only = keys.iter().any(|key| key == "NOT");
        let mut out = "* SEARCH".to_owned();
        for mail in mails {
            let wanted = in_set(&set, mail.uid, mails) && !(kept_only && mail.flags.contains("\\Deleted"));
            if wanted {
                out.push_str(&format!(" {}", mail.uid));
            }
        }
        out.push_str("\r\n");
        done(out.into_bytes(), "SEARCH")
    }

    pub(super) fn fetch(&self, folder: &str, set: &str, items: &str, edit: Option<FetchEdit>) -> Reply {
        let mails = self.folders.get(folder).map_or(&[][..], Vec::as_slice);
        let mut out = Vec::new();
        for (at, mail) in mails.iter().enumerate().filter(|(_, mail)| in_set(set, mail.uid, mails)) {
            let (mut times, mut uid, mut body) = (1, mail.uid, Some(mail.bytes.as_slice()));
            match edit {
                Some(FetchEdit::Omit(other)) if other == mail.uid => times = 0,
                Some(FetchEdit::Twice(other)) if other == mail.uid => times = 2,
                Some(FetchEdit::NilBody(other)) if other == mail.uid => body = None,
                Some(FetchEdit::EmptyBody(other)) if other == mail.uid => body = Some(&[]),
                Some(FetchEdit::Disguise(other, says)) if other == mail.uid => uid = says,
                _ => {}
            }
            for _ in 0..times {
                fetch_one(&mut out, (at + 1, uid), items, mail, body);
            }
        }
        done(out, "FETCH")
    }

    pub(super) fn store(&mut self, folder: &str, set: &str, flags: &str) -> Reply {
        for mail in self.matching(folder, set) {
            mail.flags.extend(flags.trim_matches(['(', ')']).split(' ').map(str::to_owned));
        }
        done(Vec::new(), "STORE")
    }

    /// COPY, or MOVE when `expunge`.
    pub(super) fn copy(&mut self, folder: &str, set: &str, target: &str, expunge: bool) -> Reply {
        if !self.folders.contains_key(target) {
            return (Vec::new(), "NO [TRYCREATE] no such folder".to_owned());
        }
        let copies: Vec<Vec<u8>> = self.matching(folder, set).map(|mail| mail.bytes.clone()).collect();
        for bytes in copies {
            let uid = self.folders.get(target).and_then(|mails| mails.last()).map_or(1, |mail| mail.uid + 1);
            self.deliver(target, uid, &bytes);
        }
        if !expunge {
            return done(Vec::new(), "COPY");
        }
        for mail in self.matching(folder, set) {
            mail.flags.insert("\\Deleted".to_owned());
        }
        (self.expunge(folder, set).0, "OK MOVE done".to_owned())
    }

    pub(super) fn expunge(&mut self, folder: &str, set: &str) -> Reply {
        let all = self.folders.get(folder).cloned().unwrap_or_default();
        let leaves = |mail: &Mail| in_set(set, mail.uid, &all) && mail.flags.contains("\\Deleted");
        let mut out = String::new();
        // Each EXPUNGE moves the sequence numbers after it down by one (RFC 3501 section 7.4.1).
        for (gone, (at, _)) in all.iter().enumerate().filter(|(_, mail)| leaves(mail)).enumerate() {
            out.push_str(&format!("* {} EXPUNGE\r\n", at + 1 - gone));
        }
        let highest = all.iter().filter(|mail| leaves(mail)).map(|mail| mail.uid).max().unwrap_or(0);
        let expunged = self.expunged.entry(folder.to_owned()).or_default();
        *expunged = highest.max(*expunged);
        if let Some(mails) = self.folders.get_mut(folder) {
            mails.retain(|mail| !leaves(mail));
        }
        done(out.into_bytes(), "EXPUNGE")
    }

    fn matching(&mut self, folder: &str, set: &str) -> impl Iterator<Item = &mut Mail> {
        let all = self.folders.get(folder).cloned().unwrap_or_default();
        let set = set.to_owned();
        self.folders.get_mut(folder).into_iter().flatten().filter(move |mail| in_set(&set, mail.uid, &all))
    }
}

fn fetch_one(out: &mut Vec<u8>, (seq, uid): (usize, u32), items: &str, mail: &Mail, body: Option<&[u8]>) {
    let (received, size) = (&mail.received, mail.bytes.len());
    out.extend(format!("* {seq} FETCH (UID {uid} INTERNALDATE \"{received}\"").bytes());
    if items.contains("RFC822.SIZE") {
        out.extend(format!(" RFC822.SIZE {size}").bytes());
    }
    if items.contains("BODY.PEEK[") {
        if let Some((_, fields)) = items.split_once("[HEADER.FIELDS (") {
            let fields = fields.split(')').next().unwrap_or_default();
            let shown = fields_of(&mail.bytes, fields);
            out.extend(
                format!(" BODY[HEADER.FIELDS ({fields})] {{{}}}\r\n{shown})\r\n", shown.len()).bytes(),
            );
            return;
        }
        let name = if items.contains("[HEADER]") { "BODY[HEADER]<0>" } else { "BODY[]" };
        let shown =
            body.map(|bytes| if items.contains("[HEADER]") { header_of(bytes, items) } else { bytes });
        match shown {
            None => out.extend(format!(" {name} NIL").bytes()),
            Some(bytes) => {
                out.extend(format!(" {name} {{{}}}\r\n", bytes.len()).bytes());
                out.extend(bytes);
            }
        }
    }
    out.extend(b")\r\n");
}

/// These fields of the header, and the blank line.
fn fields_of(bytes: &[u8], names: &str) -> String {
    let text = String::from_utf8_lossy(bytes);
    let header = text.split("\r\n\r\n").next().unwrap_or_default();
    let wanted = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default();
        names.split(' ').any(|wanted| wanted.eq_ignore_ascii_case(name))
    };
    header.lines().filter(wanted).map(|line| format!("{line}\r\n")).chain(["\r\n".to_owned()]).collect()
}

/// The header with its blank line, cut to `<0.n>`.
fn header_of<'a>(bytes: &'a [u8], items: &str) -> &'a [u8] {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    let partial =
        items.rsplit_once("<0.").and_then(|(_, rest)| rest.split_once('>')).and_then(|(n, _)| n.parse().ok());
    &bytes[..end.min(partial.unwrap_or(end))]
}

/// Whether the set of a `tag UID COMMAND set …` line contains this UID.
pub(super) fn names(line: &str, uid: u32) -> bool {
    line.split(' ').nth(3).is_some_and(|set| in_set(set, uid, &[]))
}

/// RFC 3501 `sequence-set`: `*` is the last message, and ranges may be written backwards.
fn in_set(set: &str, uid: u32, mails: &[Mail]) -> bool {
    let last = mails.last().map_or(0, |mail| mail.uid);
    let number = |text: &str| if text == "*" { last } else { text.parse().unwrap_or(0) };
    set.split(',').any(|part| {
        let (a, b) = part.split_once(':').unwrap_or((part, part));
        let (a, b) = (number(a), number(b));
        (a.min(b)..=a.max(b)).contains(&uid)
    })
}
