//! A logged-in session: choosing a folder, listing it, leaving.

use std::collections::BTreeSet;

use super::{
    ImapError, ImapLimits,
    answer::{Answer, Item, Status},
    open::{self, passes},
    syntax::{folder_name, uid_sets},
    windows::{SEARCH_SPAN_FIRST, SearchSpan, SearchWalk},
    wire::{Expect, Wire},
};
use crate::config::ServerConfig;

/// Up to 80,000 UIDs of at most ten digits, the widest span of a [`SearchWalk`].
const SEARCH_LINE_BYTES: usize = 1 << 20;

/// A logged-in connection; one task owns it.
#[derive(Debug)]
pub struct Session {
    pub(super) wire: Wire,
    pub(super) limits: ImapLimits,
    pub(super) capabilities: BTreeSet<String>,
    selected: Option<Selected>,
    /// The folder that is open.
    opened: String,
    /// The server spoke of new mail since SELECT, outside of IDLE, so IDLE will not speak of it again.
    pub(super) grown: bool,
}

/// A chosen folder, as the server described it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected {
    /// While it is the same, a UID means the same message (RFC 3501 section 2.3.1.1).
    pub uid_validity: u32,
    /// The next UID to be given; not every server tells.
    pub uid_next: Option<u32>,
    /// Messages in the folder.
    pub exists: u32,
    /// Nothing can be marked in it.
    pub read_only: bool,
}

impl Session {
    /// Connects and logs in.
    ///
    /// # Errors
    /// [`ImapError::Login`] when user and password are refused; [`ImapError::Operator`] for certificate, STARTTLS, PREAUTH;
    /// the others as they say. No secret was sent unless the connection is encrypted or stays on this machine.
    pub async fn open(server: &ServerConfig, limits: &ImapLimits) -> Result<Self, ImapError> {
        let (wire, capabilities) = open::open(server, limits).await?;
        Ok(Self { wire, limits: *limits, capabilities, selected: None, opened: String::new(), grown: false })
    }

    /// Whether the server says that it has IDLE. It may still refuse it.
    #[must_use]
    pub fn has_idle(&self) -> bool {
        self.capabilities.contains("IDLE")
    }

    /// Whether the server says that it has this, in upper case (`MOVE`).
    #[must_use]
    pub fn has(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// Whether a message can be removed without expunging what others flagged: MOVE or UIDPLUS.
    #[must_use]
    pub fn removes_exactly(&self) -> bool {
        self.capabilities.contains("MOVE") || self.capabilities.contains("UIDPLUS")
    }

    /// Whether the session is of no more use: after a cut, a stall, a doubt, or a call that was dropped half-way.
    #[must_use]
    pub const fn is_dead(&self) -> bool {
        self.wire.is_dead()
    }

    /// Whether this folder is the open one.
    #[must_use]
    pub fn is_open(&self, folder: &str) -> bool {
        self.selected.is_some() && self.opened == folder
    }

    /// Chooses a folder (its name as people read it).
    ///
    /// # Errors
    /// [`ImapError::Operator`] when the folder is missing or not for us; [`ImapError::Doubt`] without a UIDVALIDITY.
    pub async fn select(&mut self, folder: &str) -> Result<Selected, ImapError> {
        self.selected = None;
        self.grown = false;
        let answer = self.wire.command(&format!("SELECT {}", folder_name(folder)?), Expect::SHORT).await?;
        if answer.status != Status::Ok {
            return Err(if passes(&answer.words) || answer.status == Status::Bad {
                ImapError::Temporary(format!("the folder {folder:?} cannot be opened now: {}", answer.words))
            } else {
                ImapError::Operator(format!("the folder {folder:?} cannot be opened: {}", answer.words))
            });
        }
        let (mut uid_validity, mut uid_next, mut exists, mut read_only) = (None, None, None, false);
        for item in &answer.items {
            match item {
                Item::UidValidity(value) => uid_validity = Some(*value),
                Item::UidNext(value) => uid_next = Some(*value),
                Item::Exists(count) => exists = Some(*count),
                Item::ReadOnly => read_only = true,
                _ => {}
            }
        }
        let (Some(uid_validity), Some(exists)) = (uid_validity, exists) else {
            return Err(self.doubt("it opened a folder without telling UIDVALIDITY and EXISTS"));
        };
        let selected = Selected { uid_validity, uid_next, exists, read_only };
        self.selected = Some(selected);
        folder.clone_into(&mut self.opened);
        Ok(selected)
    }

    /// The UIDs from `first` on, ascending: all of them, in as many SEARCHes as keep each answer short.
    ///
    /// # Errors
    /// [`ImapError::Doubt`] when a SEARCH ends in OK without a result: an answer that does not come is never "none"; when a UID is
    /// listed that was not given yet.
    pub async fn uids_from(&mut self, first: u32) -> Result<Vec<u32>, ImapError> {
        let selected = self.selected()?;
        let highest = match selected.uid_next {
            _ if selected.exists <= SEARCH_SPAN_FIRST => 0,
            Some(next) => next.saturating_sub(1),
            None => self.search("UID *").await?.into_iter().max().unwrap_or(0),
        };
        let mut walk = SearchWalk::new(first, highest, selected.exists);
        let mut uids = Vec::new();
        while let Some(span) = walk.next_span() {
            let SearchSpan { first, last } = span;
            let last_text = last.map_or_else(|| "*".to_owned(), |last| last.to_string());
            let found = span.only_asked(self.search(&format!("UID {first}:{last_text}")).await?);
            walk.answered(span, found.len());
            uids.extend(found);
        }
        self.confirm_given(&uids).await?;
        Ok(uids)
    }

    /// A UID from UIDNEXT on came since SELECT, or one byte of the listing is wrong; believed, it would put the mark of what is
    /// accounted for behind mail that is still to come. A second look tells: some servers do not tell of news first.
    async fn confirm_given(&mut self, uids: &[u32]) -> Result<(), ImapError> {
        let Some(next) = self.selected()?.uid_next.filter(|next| *next > 0) else { return Ok(()) };
        let early: Vec<u32> = uids.iter().copied().filter(|uid| *uid >= next).collect();
        for (set, asked) in uid_sets(&early, SEARCH_SPAN_FIRST as usize) {
            let found = self.search(&format!("UID {set}")).await?;
            if let Some(uid) = asked.into_iter().find(|uid| !found.contains(uid)) {
                return Err(self.doubt(&format!("it lists the message UID {uid}, which is not there")));
            }
        }
        Ok(())
    }

    /// Keeps the connection alive and learns of changes.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn noop(&mut self) -> Result<(), ImapError> {
        let answer = self.wire.command("NOOP", Expect::SHORT).await?;
        self.note_changes(&answer.items);
        self.expect_ok("NOOP", answer).map(drop)
    }

    /// Says goodbye and closes. Whatever the server answers, the connection is gone.
    pub async fn logout(mut self) {
        if !self.wire.is_dead() {
            let within = self.limits.logout_timeout;
            let _ = tokio::time::timeout(within, self.wire.command("LOGOUT", Expect::SHORT)).await;
        }
    }

    /// `UID SEARCH`, whose result must be there, empty or not.
    pub(super) async fn search(&mut self, what: &str) -> Result<Vec<u32>, ImapError> {
        let expect = Expect { line_bytes: SEARCH_LINE_BYTES, ..Expect::SHORT };
        let answer = self.wire.command(&format!("UID SEARCH {what}"), expect).await?;
        self.note_changes(&answer.items);
        let answer = self.expect_ok("UID SEARCH", answer)?;
        let mut found: Option<Vec<u32>> = None;
        for item in answer.items {
            if let Item::Search(uids) = item {
                found.get_or_insert_default().extend(uids);
            }
        }
        found.ok_or_else(|| self.doubt("a SEARCH ended in OK without a result"))
    }

    pub(super) fn selected(&self) -> Result<Selected, ImapError> {
        self.selected
            .ok_or_else(|| ImapError::Temporary("no folder is open on this IMAP connection".to_owned()))
    }

    /// Keeps the count of messages current, since it decides in how many SEARCHes a folder is listed.
    pub(super) fn note_changes(&mut self, items: &[Item]) {
        let Some(selected) = self.selected.as_mut() else { return };
        for item in items {
            match item {
                Item::Exists(count) => {
                    self.grown |= *count > selected.exists;
                    selected.exists = *count;
                    // Grown since SELECT: its UIDNEXT is of the past.
                    selected.uid_next = None;
                }
                // Each takes one away (RFC 3501 section 7.4.1); else a message that comes after those that we moved looks
                // like one of them.
                Item::Expunged => selected.exists = selected.exists.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// NO is the server's right and leaves the session whole; BAD means that one of us is wrong about where we are.
    pub(super) fn expect_ok(&mut self, command: &str, answer: Answer) -> Result<Answer, ImapError> {
        match answer.status {
            Status::Ok => Ok(answer),
            Status::No => {
                Err(ImapError::Temporary(format!("the IMAP server declines {command}: {}", answer.words)))
            }
            Status::Bad => Err(self.doubt(&format!("it does not understand {command}: {}", answer.words))),
        }
    }

    pub(super) fn doubt(&mut self, reason: &str) -> ImapError {
        self.wire.kill();
        ImapError::doubt(reason)
    }

    pub(super) fn doubt_about(&mut self, uid: u32, reason: &str) -> ImapError {
        self.wire.kill();
        ImapError::doubt_about(uid, reason)
    }
}
