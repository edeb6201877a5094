//! Fetching: every UID asked for is answered, proven gone, or an error.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    ImapError, Session,
    answer::FetchItem,
    answer::Item,
    syntax::{parse_internal_date, uid_sets},
    wire::Expect,
};
use crate::edge;

/// UIDs of one command that asks for sizes only.
const SIZES_PER_COMMAND: usize = 500;

/// What a folder's list says of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// RFC822.SIZE: for planning only. Exchange's is an estimate (its POP and IMAP settings, "EnableExactRFC822Size").
    pub size_bytes: u64,
    /// When the mail server received it; now, where the server gives no readable date.
    pub internal_date: Timestamp,
}

/// A message, or the header of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub uid: u32,
    /// As in [`Listed`].
    pub internal_date: Timestamp,
    /// Exactly as the server holds it.
    pub bytes: Vec<u8>,
}

impl Session {
    /// Sizes and dates. A UID that is absent from the result is gone: a second look has shown it.
    ///
    /// # Errors
    /// [`ImapError::Doubt`] when a UID is neither answered nor gone.
    pub async fn sizes(&mut self, uids: &[u32]) -> Result<BTreeMap<u32, Listed>, ImapError> {
        self.selected()?;
        let mut listed = BTreeMap::new();
        for (set, asked) in uid_sets(uids, SIZES_PER_COMMAND) {
            let expect = Expect { responses: count(&asked), ..Expect::SHORT };
            let items = self.fetch_items(&format!("{set} (UID INTERNALDATE RFC822.SIZE)"), expect).await?;
            let mut missing: BTreeSet<u32> = asked.into_iter().collect();
            for item in items {
                let (Some(uid), Some(size_bytes)) = (item.uid, item.size_bytes) else { continue };
                // What was not asked for is somebody else's news; what came twice says the same twice.
                if missing.remove(&uid) {
                    listed.insert(uid, Listed { size_bytes, internal_date: received_at(&item) });
                }
            }
            self.confirm_gone(&missing).await?;
        }
        Ok(listed)
    }

    /// Whole messages, without marking them as read. A UID that is absent from the result is gone: a second look has shown
    /// it. The caller keeps to [`super::plan_windows`]; larger requests are cut into commands of a window each.
    ///
    /// # Errors
    /// [`ImapError::Doubt`] with [`ImapError::culprit`] when the server keeps a message back, sends it without content or
    /// twice, or sends another one; [`ImapError::TooLarge`] before more than `message_bytes_max` and a quarter is read.
    pub async fn fetch(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, ImapError> {
        // A quarter over, because RFC822.SIZE, by which the window was planned, is an estimate on some servers.
        let literal_bytes = self.limits.message_bytes_max.saturating_add(self.limits.message_bytes_max / 4);
        let window_bytes = self.limits.window_bytes_max.saturating_mul(2);
        let expect =
            Expect { literal_bytes, body_bytes: literal_bytes.saturating_add(window_bytes), ..Expect::SHORT };
        let mut messages = Vec::new();
        for (set, asked) in uid_sets(uids, self.limits.window_messages_max) {
            let expect = Expect { responses: count(&asked), ..expect };
            messages.extend(self.fetch_bodies(&set, "BODY.PEEK[]", asked, expect).await?);
        }
        Ok(messages)
    }

    /// The first `bytes_max` bytes of a message's header, without marking it as read.
    ///
    /// # Errors
    /// As [`Session::fetch`]; [`ImapError::Temporary`] when the message is gone: the next listing will not show it.
    pub async fn fetch_header(&mut self, uid: u32, bytes_max: u64) -> Result<Fetched, ImapError> {
        let bytes_max = bytes_max.clamp(1, self.limits.header_bytes_max.max(1));
        // Some servers ignore the <partial>, so a longer answer is let through and cut here.
        let literal_bytes = bytes_max.saturating_mul(4);
        let expect = Expect { literal_bytes, body_bytes: literal_bytes, responses: 1, ..Expect::SHORT };
        let section = format!("BODY.PEEK[HEADER]<0.{bytes_max}>");
        let found = self.fetch_bodies(&uid.to_string(), &section, vec![uid], expect).await?;
        let Some(mut message) = found.into_iter().next() else {
            return Err(ImapError::Temporary("the message is gone from the server".to_owned()));
        };
        message.bytes.truncate(usize::try_from(bytes_max).unwrap_or(usize::MAX));
        Ok(message)
    }

    async fn fetch_bodies(
        &mut self,
        set: &str,
        section: &str,
        asked: Vec<u32>,
        expect: Expect,
    ) -> Result<Vec<Fetched>, ImapError> {
        self.selected()?;
        let items = self.fetch_items(&format!("{set} (UID INTERNALDATE {section})"), expect).await?;
        let asked: BTreeSet<u32> = asked.into_iter().collect();
        let mut received: BTreeMap<u32, Fetched> = BTreeMap::new();
        for item in items {
            let internal_date = received_at(&item);
            let FetchItem { uid, body, .. } = item;
            // Without a body it is news of a flag, sent unasked (RFC 3501 section 7).
            let Some(body) = body else { continue };
            let Some(uid) = uid else { return Err(self.doubt("it sent a message without its UID")) };
            if !asked.contains(&uid) {
                return Err(self.doubt(&format!("it sent the message UID {uid}, which was not asked for")));
            }
            let Some(bytes) = body.filter(|bytes| !bytes.is_empty()) else {
                return Err(self.doubt_about(uid, &format!("it sent the message UID {uid} without content")));
            };
            if received.insert(uid, Fetched { uid, internal_date, bytes }).is_some() {
                return Err(self.doubt_about(uid, &format!("it sent the message UID {uid} twice")));
            }
        }
        let missing = asked.into_iter().filter(|uid| !received.contains_key(uid)).collect();
        self.confirm_gone(&missing).await?;
        Ok(received.into_values().collect())
    }

    pub(super) async fn fetch_items(
        &mut self,
        what: &str,
        expect: Expect,
    ) -> Result<Vec<FetchItem>, ImapError> {
        let answer = self.wire.command(&format!("UID FETCH {what}"), expect).await?;
        self.note_changes(&answer.items);
        let answer = self.expect_ok("UID FETCH", answer)?;
        let fetched = |item| match item {
            Item::Fetch(item) => Some(item),
            _ => None,
        };
        Ok(answer.items.into_iter().filter_map(fetched).collect())
    }

    /// The second look: an OK without a message is also what a server in trouble says, so only a SEARCH that does not find
    /// the UID proves that somebody expunged it.
    async fn confirm_gone(&mut self, missing: &BTreeSet<u32>) -> Result<(), ImapError> {
        let missing: Vec<u32> = missing.iter().copied().collect();
        for (set, asked) in uid_sets(&missing, SIZES_PER_COMMAND) {
            let found = self.search(&format!("UID {set}")).await?;
            if let Some(uid) = found.into_iter().find(|uid| asked.contains(uid)) {
                return Err(
                    self.doubt_about(uid, &format!("it keeps back the message UID {uid}, which it lists"))
                );
            }
        }
        Ok(())
    }
}

fn count(uids: &[u32]) -> u32 {
    u32::try_from(uids.len()).unwrap_or(u32::MAX)
}

fn received_at(item: &FetchItem) -> Timestamp {
    item.internal_date.as_deref().and_then(parse_internal_date).unwrap_or_else(edge::now)
}
