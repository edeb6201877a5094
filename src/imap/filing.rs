//! Filing a copy of what was sent, and telling our own mails among those that lie in a folder.
//!
//! Invariant: what cannot be told is never "not there": only an answered search is.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ImapError, Session,
    answer::{Item, Status},
    open::passes,
    syntax::{folder_name, quoted, uid_sets},
    wire::Expect,
};

/// Bytes of the fields of one message.
const FIELDS_BYTES_MAX: u64 = 256 << 10;
const FIELDS_PER_COMMAND: usize = 100;

/// How filing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filed {
    /// UIDVALIDITY and UID of the copy, where the server tells (RFC 4315).
    Done(Option<(u32, u32)>),
    /// The server does not take it, now or ever; its words.
    Refused { words: String, passes: bool },
}

impl Session {
    /// Puts a message into a folder, as read.
    ///
    /// # Errors
    /// When the connection ends: the message may have been filed or not.
    pub async fn append(&mut self, folder: &str, bytes: &[u8]) -> Result<Filed, ImapError> {
        let command = format!("APPEND {} (\\Seen) {{{}}}", folder_name(folder)?, bytes.len());
        let answer = match self.wire.command_until_continue(&command).await? {
            Ok(pending) => {
                let message = [bytes, b"\r\n"].concat();
                self.wire.finish(pending, &message).await?
            }
            Err(declined) => declined,
        };
        self.note_changes(&answer.items);
        if answer.status != Status::Ok {
            return Ok(Filed::Refused { passes: passes(&answer.words), words: answer.words });
        }
        let place = answer.items.into_iter().find_map(|item| match item {
            Item::Appended { uid_validity, uid } => Some((uid_validity, uid)),
            _ => None,
        });
        Ok(Filed::Done(place))
    }

    /// Whether the open folder holds a message with this Message-ID (without angle brackets); `None`: the server does not
    /// search for it.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn holds_message_id(&mut self, message_id: &str) -> Result<Option<bool>, ImapError> {
        self.selected()?;
        let command = format!("UID SEARCH HEADER MESSAGE-ID {}", quoted("a Message-ID", message_id)?);
        let answer = self.wire.command(&command, Expect::SHORT).await?;
        self.note_changes(&answer.items);
        if answer.status != Status::Ok {
            return Ok(None);
        }
        Ok(answer.items.into_iter().find_map(|item| match item {
            Item::Search(uids) => Some(!uids.is_empty()),
            _ => None,
        }))
    }

    /// These header fields of each message (names with blanks between), as they stand there. UIDs that are gone are left
    /// out.
    ///
    /// # Errors
    /// When the connection ends, or the server declines.
    pub async fn header_fields(
        &mut self,
        uids: &[u32],
        fields: &str,
    ) -> Result<BTreeMap<u32, Vec<u8>>, ImapError> {
        self.selected()?;
        let mut found = BTreeMap::new();
        for (set, asked) in uid_sets(uids, FIELDS_PER_COMMAND) {
            let count = u32::try_from(asked.len()).unwrap_or(u32::MAX);
            let expect = Expect {
                literal_bytes: FIELDS_BYTES_MAX,
                body_bytes: FIELDS_BYTES_MAX.saturating_mul(u64::from(count)),
                responses: count,
                ..Expect::SHORT
            };
            let what = format!("{set} (UID BODY.PEEK[HEADER.FIELDS ({fields})])");
            let asked: BTreeSet<u32> = asked.into_iter().collect();
            for item in self.fetch_items(&what, expect).await? {
                if let (Some(uid), Some(Some(bytes))) = (item.uid, item.body)
                    && asked.contains(&uid)
                {
                    found.insert(uid, bytes);
                }
            }
        }
        Ok(found)
    }
}
