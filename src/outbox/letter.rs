//! The bytes of a row: composed anew at every attempt, and the same at every attempt, because the row holds all that goes into
//! them and attachments are read again from the raw messages that brought them.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    thread,
};

use tokio::sync::oneshot;

use crate::{
    desk::{FileRef, RawId},
    mail::{
        self, ReadPolicy,
        compose::{OutgoingFile, compose},
    },
    store::{OutboxRow, Store, StoreError},
};

/// Stack for reading a mail (DESIGN section 1): nested mails recurse.
const READING_STACK_BYTES: usize = 16 * 1024 * 1024;

/// Why a mail has no bytes.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// A file is gone or cannot be read: the mail must not leave without it.
    #[error("{0}")]
    File(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The mail as CRLF bytes, the same at every call.
///
/// # Errors
/// When an attachment is not there any more, or the store cannot be read.
pub async fn bytes(store: &Store, row: &OutboxRow) -> Result<Vec<u8>, LetterError> {
    if row.files.is_empty() {
        return Ok(compose(&row.mail, &[]));
    }
    let mut raws = BTreeMap::new();
    for file in &row.files {
        if let Entry::Vacant(place) = raws.entry(file.raw.0) {
            let raw = store.raw(file.raw).await?.filter(|raw| raw.oversized_bytes.is_none());
            let raw = raw.ok_or_else(|| unreadable(*file, "its message is not stored in full"))?;
            place.insert(raw.bytes);
        }
    }
    let (outgoing, refs) = (row.mail.clone(), row.files.clone());
    let (answer, answered) = oneshot::channel();
    let reading = thread::Builder::new().name("outbox-files".to_owned()).stack_size(READING_STACK_BYTES);
    let spawned = reading.spawn(move || {
        let composed = files(&raws, &refs).map(|files| {
            let borrowed: Vec<OutgoingFile<'_>> = files
                .iter()
                .map(|file| OutgoingFile {
                    name: file.name.clone(),
                    content_type: file.content_type.clone(),
                    bytes: &file.bytes,
                })
                .collect();
            compose(&outgoing, &borrowed)
        });
        // The worker may have ended meanwhile, and then nobody wants the bytes.
        drop(answer.send(composed));
    });
    spawned.map_err(|why| StoreError::Temporary(format!("no thread to read attachments: {why}")))?;
    // A reader that panicked sends nothing.
    answered.await.unwrap_or_else(|_| Err(LetterError::File("the attachments cannot be read".to_owned())))
}

struct File {
    name: String,
    content_type: String,
    bytes: Vec<u8>,
}

fn files(raws: &BTreeMap<i64, Vec<u8>>, refs: &[FileRef]) -> Result<Vec<File>, LetterError> {
    let readings: BTreeMap<i64, mail::Reading> =
        raws.iter().map(|(raw, bytes)| (*raw, mail::read(bytes, &ReadPolicy::default()))).collect();
    refs.iter()
        .map(|file| {
            let RawId(raw) = file.raw;
            let index = usize::try_from(file.index).unwrap_or(usize::MAX);
            let described = readings.get(&raw).and_then(|reading| reading.attachments.get(index));
            let bytes = raws.get(&raw).and_then(|bytes| mail::attachment(bytes, index));
            match (described, bytes) {
                (Some(described), Some(bytes)) => Ok(File {
                    name: described.name.clone(),
                    content_type: described.content_type.clone(),
                    bytes,
                }),
                _ => Err(unreadable(*file, "its message has no such part")),
            }
        })
        .collect()
}

fn unreadable(file: FileRef, why: &str) -> LetterError {
    LetterError::File(format!(
        "attachment {} of raw message {} cannot be read: {why}",
        file.index, file.raw.0
    ))
}
