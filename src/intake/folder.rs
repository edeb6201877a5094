//! Where a folder's account begins, and whether its UIDs still mean what they meant.
//!
//! A UIDVALIDITY that changed says that all UIDs are new. A server that was restored from a backup does not say so: it gives
//! UIDs a second time, and mails would hide behind rows of the ledger. It is found out by UIDNEXT, by mails that are there
//! without a new UID, and once a session by comparing the newest messages with the copies that are kept.
//!
//! Either way everything is taken again and recognised by its identity; what was there before the start, by its date.

use std::sync::Arc;

use tracing::{debug, info, warn};

use super::{
    alert::{self, Alert},
    mailbox::{RECONCILE_MESSAGES_MAX, Result, Service, Serving, WORK_MAX},
};
use crate::{
    config::Start,
    edge,
    imap::{Listed, Selected},
    store::{Beginning, FolderKey, FolderState, KnownUid},
};

/// UIDs listed by one command, as the session does it: a portion that fails is one command.
pub(super) const LISTED_AT_ONCE: usize = 500;
/// The newest messages that are compared with what is kept of them.
const COMPARED: u32 = 50;
/// Of those with another size or date (Exchange's sizes are estimates), so many headers are read.
const HEADERS_COMPARED: usize = 5;

impl Service<'_> {
    /// The first look at a folder: what is there already counts only when the operator said so. A folder that is known
    /// under another UIDVALIDITY is taken whole: what we had before is recognised by its identity, and what was there
    /// before the very first look by its date.
    pub(super) async fn begin_folder(
        &mut self,
        key: &FolderKey,
        uid_next: Option<u32>,
    ) -> Result<FolderState> {
        self.suspects.forget_folder(&key.folder);
        let beginning = self.beginning(key, uid_next).await?;
        info!(
            mailbox = key.mailbox,
            folder = key.folder,
            before_start_through = beginning.through,
            before_start = beginning.old.len(),
            "folder begun"
        );
        Ok(self.desk.store.begin_folder(key, beginning, edge::now()).await?)
    }

    async fn beginning(&mut self, key: &FolderKey, uid_next: Option<u32>) -> Result<Beginning> {
        let is_sent = self.is_sent(&key.folder);
        let mut beginning = Beginning { is_sent, ..Beginning::default() };
        // What was sent before the desk watched was answered without it.
        if self.config.start == Start::Now || is_sent {
            let begun_at = self.desk.store.folder_begun_at(&key.mailbox, &key.folder).await?;
            match (begun_at, uid_next) {
                (Some(begun_at), _) => beginning.old = self.older_than(begun_at).await?,
                (None, Some(next)) => beginning.through = next.saturating_sub(1),
                (None, None) => {
                    beginning.through = self.session.uids_from(1).await?.last().copied().unwrap_or(0);
                }
            }
        }
        Ok(beginning)
    }

    /// The folder's messages that the mail server received before the folder was begun. INTERNALDATE has whole seconds; what
    /// came in that very second after the beginning has been taken long since.
    async fn older_than(&mut self, begun_at: jiff::Timestamp) -> Result<Vec<u32>> {
        let mut old = Vec::new();
        for portion in self.session.uids_from(1).await?.chunks(LISTED_AT_ONCE) {
            self.pulse.expect_within(WORK_MAX);
            let listed = self.session.sizes(portion).await?;
            let received_before = |l: &Listed| l.internal_date.as_second() <= begun_at.as_second();
            old.extend(listed.iter().filter(|(_, l)| received_before(l)).map(|(uid, _)| *uid));
        }
        Ok(old)
    }

    /// Whether the server gave UIDs a second time. `there`: those behind what is accounted for.
    pub(super) async fn is_renumbered(
        &mut self,
        key: &FolderKey,
        state: &FolderState,
        selected: &Selected,
        there: &[u32],
    ) -> Result<bool> {
        if let Some(next) = selected.uid_next.filter(|next| *next <= state.accounted_through) {
            // A UIDNEXT at or below a UID that is there is a lie (RFC 3501 section 2.3.1.1), and proves nothing.
            if self.session.uids_from(next.max(1)).await?.is_empty() {
                return Ok(true);
            }
            debug!(mailbox = key.mailbox, folder = key.folder, "the server's UIDNEXT is wrong");
        }
        let last_count = self.counts.get(&key.folder).copied();
        let grown = last_count.is_some_and(|count| {
            selected.exists > count && there.is_empty() && selected.exists <= RECONCILE_MESSAGES_MAX
        });
        if (last_count.is_some() && !grown) || self.suspects.is_incomparable(&key.folder) {
            return Ok(false);
        }
        self.counts.insert(key.folder.clone(), selected.exists);
        // Before anything is taken or marked: a mark would hit another message. But new mail does not wait for a server that
        // cannot show an old one.
        match self.newest_mean_others(key).await {
            Err(Serving::Imap(why)) if !self.session.is_dead() => {
                debug!(mailbox = key.mailbox, folder = key.folder, %why, "the newest messages could not be compared");
                Ok(false)
            }
            Err(Serving::Imap(why)) => {
                self.suspects.comparison_cut(&key.folder);
                Err(why.into())
            }
            compared => {
                self.suspects.compared(&key.folder);
                compared
            }
        }
    }

    /// Compares the newest known messages that are still there with the copies that are kept.
    async fn newest_mean_others(&mut self, key: &FolderKey) -> Result<bool> {
        let known = self.desk.store.newest_known(key, COMPARED).await?;
        let uids: Vec<u32> = known.iter().map(|known| known.uid).collect();
        if uids.is_empty() {
            return Ok(false);
        }
        let listed = self.session.sizes(&uids).await?;
        let looks_other = |known: &KnownUid| {
            listed.get(&known.uid).is_some_and(|listed| {
                listed.internal_date.as_second() != known.received_at.as_second()
                    || listed.size_bytes != known.size_bytes
            })
        };
        let still_there = known.iter().filter(|known| listed.contains_key(&known.uid)).enumerate();
        // The newest in any case: dates have whole seconds.
        let doubtful = still_there.filter(|(place, known)| *place == 0 || looks_other(known));
        for (_, known) in doubtful.take(HEADERS_COMPARED) {
            if self.is_another(known).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn is_another(&mut self, known: &KnownUid) -> Result<bool> {
        let header_bytes_max = self.limits.header_bytes_max;
        let header = self.session.fetch_header(known.uid, header_bytes_max).await?.bytes;
        let Some(mut kept) = self.desk.store.raw(known.raw).await? else { return Ok(false) };
        kept.bytes.truncate(usize::try_from(header_bytes_max).unwrap_or(usize::MAX));
        let policy = self.desk.judgement.load().read_policy.clone();
        let read = self.desk.reader.read(vec![Arc::new(header), Arc::new(kept.bytes)], policy).await?;
        let [Some((there, _)), Some((here, _))] = read.as_slice() else { return Ok(false) };
        Ok((&there.message_id, there.date, &there.subject) != (&here.message_id, here.date, &here.subject))
    }

    /// Everything of the folder is taken again. The operators are told: mails may have been lost on the server.
    pub(super) async fn begin_anew(&mut self, key: &FolderKey, selected: &Selected) -> Result<FolderState> {
        self.suspects.forget_folder(&key.folder);
        // UIDNEXT was for the first look only: by now there is a beginning to compare dates with.
        let beginning = self.beginning(key, selected.uid_next).await?;
        warn!(
            mailbox = key.mailbox,
            folder = key.folder,
            messages = selected.exists,
            "the server gives UIDs a second time, as after a restore; everything is compared anew"
        );
        let state = self.desk.store.renumber_folder(key, beginning, edge::now()).await?;
        if selected.exists > 0 {
            alert::send(self.desk, &key.mailbox, &restored(&self.config.address, &key.folder)).await?;
        }
        Ok(state)
    }
}

fn restored(address: &str, folder: &str) -> Alert {
    Alert {
        title: format!("{address}: the mail server counts from an earlier point"),
        facts: vec![
            ("Folder".to_owned(), folder.to_owned()),
            ("Mails lost here".to_owned(), "0: everything is compared with what is kept".to_owned()),
        ],
        advice: "The server numbers new mails with numbers that it gave before, as after a restore from a backup. Ask its \
                 operator; mails that arrived between the backup and the restore may be missing there."
            .to_owned(),
    }
}
