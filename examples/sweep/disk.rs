//! A disk as it is left by a power cut: what was synced is there, and of everything later each piece may be there or not, in
//! any order, torn at sectors. Pure: changes in, files out.
//!
//! The model is POSIX taken at its word: fsync of a file makes its content durable and nothing else, not even that it has a
//! name, which takes an fsync of its folder. SQLite's shared memory is no file that outlives a machine, and is left out.

use std::{collections::BTreeMap, path::Path};

use maildesk_lab::tracer::Change;

use crate::random::Random;

/// What becomes of changes that were not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// None of them is there.
    Lost,
    /// All are there: as if the process alone had died.
    Kept,
    /// The first few are there.
    Prefix,
    /// Each is there or not.
    Some,
    /// Each piece of this many bytes is there or not.
    Torn(u64),
}

pub const FATES: [Fate; 6] =
    [Fate::Lost, Fate::Kept, Fate::Prefix, Fate::Some, Fate::Torn(4096), Fate::Torn(512)];

/// A change of content that was not synced.
#[derive(Debug, Clone)]
enum Pending {
    Write { offset: u64, bytes: Vec<u8> },
    Truncate(u64),
}

#[derive(Debug, Clone, Default)]
struct File {
    synced: Vec<u8>,
    pending: Vec<Pending>,
    /// Its name is on the disk.
    named: bool,
    /// It was removed, and the removal is not on the disk.
    removed: bool,
}

/// The disk after some changes.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    /// More than one of a name: a file that was removed and made anew is another file.
    files: Vec<(String, File)>,
}

impl Disk {
    /// What happened next.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Create(path) => self.files.push((name(path), File::default())),
            Change::Write { path, offset, bytes } => {
                self.with(path, |f| f.pending.push(Pending::Write { offset: *offset, bytes: bytes.clone() }));
            }
            Change::Truncate { path, length } => {
                self.with(path, |f| f.pending.push(Pending::Truncate(*length)))
            }
            Change::Remove(path) => self.with(path, |f| f.removed = true),
            Change::Sync(path) => self.sync(&name(path)),
            // No store of maildesk renames files; one that began to would have to be modelled.
            Change::Rename { from, to } => {
                self.files
                    .push((format!("renamed {} to {}: not modelled", name(from), name(to)), File::default()));
            }
        }
    }

    fn with(&mut self, path: &Path, change: impl FnOnce(&mut File)) {
        let name = name(path);
        let living = self.files.iter_mut().rev().find(|(known, file)| *known == name && !file.removed);
        if let Some((_, file)) = living {
            change(file);
        }
    }

    fn sync(&mut self, name: &str) {
        let mut is_file = false;
        for (_, file) in self.files.iter_mut().filter(|(known, file)| known == name && !file.removed) {
            is_file = true;
            for pending in std::mem::take(&mut file.pending) {
                put(&mut file.synced, &pending, |_, _| true);
            }
        }
        if !is_file {
            // The folder.
            self.files.retain(|(_, file)| !file.removed);
            self.files.iter_mut().for_each(|(_, file)| file.named = true);
        }
    }

    /// The files after the power came back.
    pub fn cut(&self, fate: Fate, random: &mut Random) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        for (name, file) in self.files.iter().filter(|(name, _)| !name.ends_with("-shm")) {
            let there = match (file.named, file.removed) {
                (true, false) => true,
                (true, true) => fate == Fate::Lost || (fate != Fate::Kept && random.one_in(2)),
                (false, false) => fate == Fate::Kept || (fate != Fate::Lost && random.one_in(2)),
                (false, true) => false,
            };
            if there {
                found.insert(name.clone(), content(file, fate, random));
            }
        }
        found
    }

    /// Whether nothing waits to be synced.
    pub fn is_synced(&self) -> bool {
        self.files.iter().all(|(_, file)| file.pending.is_empty() && file.named && !file.removed)
    }
}

fn content(file: &File, fate: Fate, random: &mut Random) -> Vec<u8> {
    let mut content = file.synced.clone();
    let first = random.below(file.pending.len() as u64 + 1);
    for (at, pending) in (0..).zip(&file.pending) {
        match fate {
            Fate::Lost => {}
            Fate::Kept => put(&mut content, pending, |_, _| true),
            Fate::Prefix if at < first => put(&mut content, pending, |_, _| true),
            Fate::Prefix => {}
            Fate::Some if random.one_in(2) => put(&mut content, pending, |_, _| true),
            Fate::Some => {}
            Fate::Torn(sector) => torn(&mut content, pending, sector, random),
        }
    }
    content
}

fn torn(content: &mut Vec<u8>, pending: &Pending, sector: u64, random: &mut Random) {
    // A file system may have given the file its new length before it had its bytes.
    if let Pending::Write { offset, bytes } = pending
        && random.one_in(2)
    {
        let end = usize::try_from(offset + bytes.len() as u64).unwrap_or(usize::MAX);
        if content.len() < end {
            content.resize(end, 0);
        }
    }
    let mut kept: BTreeMap<u64, bool> = BTreeMap::new();
    put(content, pending, |from, _| *kept.entry(from / sector).or_insert_with(|| random.one_in(2)));
}

/// Writes the bytes that `is_there(position, byte)` says are there.
fn put(content: &mut Vec<u8>, pending: &Pending, mut is_there: impl FnMut(u64, u8) -> bool) {
    match pending {
        Pending::Truncate(length) => {
            if is_there(0, 0) {
                content.resize(usize::try_from(*length).unwrap_or(usize::MAX), 0);
            }
        }
        Pending::Write { offset, bytes } => {
            for (position, byte) in (*offset..).zip(bytes) {
                if !is_there(position, *byte) {
                    continue;
                }
                let at = usize::try_from(position).unwrap_or(usize::MAX);
                if content.len() <= at {
                    content.resize(at + 1, 0);
                }
                if let Some(place) = content.get_mut(at) {
                    *place = *byte;
                }
            }
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
