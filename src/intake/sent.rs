//! The Sent folder of a mailbox: answers that people sent from the shared mailbox are taken in, and replies that the provider
//! does not file are filed there (SPEC section 4).
//!
//! Invariants: an answer is judged only after everything that lay in the other folders before it came; our own mails are
//! recognised by Message-ID, and what belongs to no ticket by what it refers to: neither is fetched; nothing in this folder is ever marked, moved or deleted; a reply is filed
//! once, also across a crash.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::{
    gather::{marks, thread_ids},
    mailbox::{Result, Service, Serving, WORK_MAX},
};
use crate::{
    config::Sent,
    desk, edge,
    imap::{Filed, FolderGlance, ImapError, ImapLimits},
    mail::Reading,
    outbox,
    store::{Filer, FolderKey, Unfiled},
};

/// Fields by which our own mails are told, and those that may belong to a ticket.
const FIELDS: &str = "MESSAGE-ID X-MAILDESK-REF IN-REPLY-TO REFERENCES TO CC";
/// UIDs whose fields are asked for at once.
const FIELDS_AT_ONCE: usize = 500;
/// Replies that are filed in one pass.
const FILED_AT_ONCE: u32 = 20;
/// So many sessions in a row may end over this folder.
const ENDS_MAX: u32 = 4;
const PAUSE: Duration = Duration::from_secs(3600);
/// How long the provider is given to file a reply by itself: unknown whether it does, or known that it does.
const PROVIDER_UNKNOWN: SignedDuration = SignedDuration::from_secs(20);
const PROVIDER_KNOWN: SignedDuration = SignedDuration::from_mins(5);
/// An older reply is not filed any more (the folder was missing, or filing was switched on later).
const FILED_WITHIN: SignedDuration = SignedDuration::from_hours(72);

/// What is known of a mailbox's Sent folder. Lives across sessions.
#[derive(Debug, Default)]
pub struct SentFolder {
    name: Option<String>,
    /// Looked for in this session.
    looked: bool,
    /// That there is none was said.
    told: bool,
    /// How it was when everything in it had been taken.
    seen: Option<FolderGlance>,
    /// When a reply is to be filed.
    due_at: Option<Instant>,
    /// Sessions in a row that ended over this folder.
    ended: u32,
    /// Until then it is left alone.
    paused_until: Option<Instant>,
}

impl SentFolder {
    /// A new session: the server may be another one now.
    pub(super) fn begin_session(&mut self) {
        self.looked = false;
        self.seen = None;
        self.due_at = None;
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Clients' mail does not wait for this folder: a server that ends connection after connection over it (answers that
    /// cannot be read, however often they are asked for) is left alone for a while.
    pub(super) fn note_end(&mut self, mailbox: &str, ended: bool) {
        self.ended = if ended { self.ended.saturating_add(1) } else { 0 };
        if self.ended >= ENDS_MAX {
            warn!(mailbox, "the folder of sent mail ends every connection; it is left alone for an hour");
            self.paused_until = Some(Instant::now() + PAUSE);
            self.ended = 0;
        }
    }

    fn is_paused(&self) -> bool {
        self.paused_until.is_some_and(|until| Instant::now() < until)
    }

    pub(super) const fn due_at(&self) -> Option<Instant> {
        self.due_at
    }
}

impl Service<'_> {
    /// Whether this is the folder of sent mail.
    pub(super) fn is_sent(&self, folder: &str) -> bool {
        self.sent.name() == Some(folder)
    }

    /// Takes what is new in the Sent folder, and files replies.
    ///
    /// # Errors
    /// As [`Service::pass`].
    pub(super) async fn look_at_sent(&mut self, stop: &CancellationToken) -> Result<()> {
        let wish = self.config.sent;
        if wish == Sent::OFF || self.sent.is_paused() || stop.is_cancelled() {
            return Ok(());
        }
        self.pulse.expect_within(WORK_MAX);
        let Some(folder) = self.find_sent().await? else { return Ok(()) };
        if wish.watch {
            let watched = self.watch_sent(&folder, stop).await;
            if let Err(Serving::Imap(ImapError::Operator(_))) = &watched
                && self.config.sent_folder.is_none()
            {
                // It may have another name by now: the next pass takes that one.
                self.sent.looked = false;
                if self.find_sent().await?.as_ref() != Some(&folder) {
                    return Ok(());
                }
            }
            watched?;
        }
        if wish.fill && !stop.is_cancelled() {
            self.fill_sent(&folder).await?;
        }
        Ok(())
    }

    /// The folder's name: the operator's word, else what the server says, asked once a session.
    async fn find_sent(&mut self) -> Result<Option<String>> {
        if self.sent.looked {
            return Ok(self.sent.name.clone());
        }
        let before = self.sent.name.clone();
        if let Some(named) = &self.config.sent_folder {
            self.sent.name = Some(named.clone());
        } else {
            let found = self.session.sent_folder().await?;
            self.sent.name = found.filter(|name| !self.config.folders.contains(name));
        }
        if self.sent.name != before {
            self.sent.seen = None;
        }
        self.sent.looked = true;
        if self.sent.name.is_none() && !self.sent.told {
            self.sent.told = true;
            info!(
                mailbox = self.config.name,
                "no folder of sent mail was found: answers sent from the mailbox itself are not seen; name it in sent_folder"
            );
        }
        Ok(self.sent.name.clone())
    }

    async fn watch_sent(&mut self, folder: &str, stop: &CancellationToken) -> Result<()> {
        let glance = self.session.glance(folder).await?;
        let is_told = glance.is_some_and(|g| g.uid_next.is_some() && g.uid_validity.is_some());
        if is_told && glance == self.sent.seen {
            return Ok(());
        }
        let until = glance.and_then(|g| g.uid_next).map_or(u32::MAX, |next| next.saturating_sub(1));
        // What such a mail answers lay in its folder before, and may have come after that folder was looked at.
        for other in &self.config.folders {
            match self.take_folder(other, stop).await {
                Err(Serving::Imap(ImapError::Operator(_))) if !self.session.is_dead() => {}
                other => other?,
            }
        }
        if stop.is_cancelled() {
            return Ok(());
        }
        self.take_sent(folder, until, stop).await?;
        if !stop.is_cancelled() {
            self.sent.seen = glance;
        }
        Ok(())
    }

    async fn take_sent(&mut self, folder: &str, until: u32, stop: &CancellationToken) -> Result<()> {
        self.pulse.expect_within(WORK_MAX);
        let looked = self.look(folder).await?;
        let key = looked.key;
        let there: Vec<u32> = looked.there.into_iter().filter(|uid| *uid <= until).collect();
        let new = self.desk.store.unaccounted(&key, &there).await?;
        self.sift(&key, &new).await?;
        let others = self.desk.store.unaccounted(&key, &new).await?;
        if !others.is_empty() {
            self.take_new(&key, &others, stop).await?;
        }
        if stop.is_cancelled() {
            return Ok(());
        }
        self.account(&key, &there, looked.first, looked.exists).await
    }

    /// By their headers alone: our own mails get their rows, and so do those that can belong to no ticket. People's other
    /// letters are theirs, and are neither fetched nor kept.
    async fn sift(&mut self, key: &FolderKey, uids: &[u32]) -> Result<()> {
        for portion in uids.chunks(FIELDS_AT_ONCE) {
            self.pulse.expect_within(WORK_MAX);
            let fields = self.session.header_fields(portion, FIELDS).await?;
            let judgement = self.desk.judgement.load_full();
            let (uids, headers): (Vec<u32>, Vec<Arc<Vec<u8>>>) =
                fields.into_iter().map(|(uid, bytes)| (uid, Arc::new(bytes))).unzip();
            let read = self.desk.reader.read(headers, judgement.sent_read_policy()).await?;
            let readings: BTreeMap<u32, Reading> =
                uids.into_iter().zip(read).filter_map(|(uid, read)| Some((uid, read?.0))).collect();
            let own_ids = |reading: &Reading| {
                reading.message_id.iter().chain(&reading.trace.reference).cloned().collect()
            };
            let ids: BTreeMap<u32, Vec<String>> =
                readings.iter().map(|(uid, reading)| (*uid, own_ids(reading))).collect();
            let own = self.desk.store.account_own_mail(key, &ids, edge::now()).await?;
            let mut strangers = Vec::new();
            for (uid, reading) in readings.iter().filter(|(uid, _)| !own.contains(uid)) {
                let has_mark = judgement
                    .policy
                    .mailbox(&self.config.name)
                    .is_some_and(|mailbox| !marks(mailbox, reading).is_empty());
                if !has_mark && !self.desk.store.knows_any(&thread_ids(reading)).await? {
                    strangers.push(*uid);
                }
            }
            self.desk
                .store
                .account_strangers(key, &strangers, desk::BELONGS_TO_NO_TICKET, edge::now())
                .await?;
            debug!(
                mailbox = key.mailbox,
                own = own.len(),
                strangers = strangers.len(),
                "the Sent folder was sifted"
            );
        }
        Ok(())
    }

    /// Files replies that left and that nobody else has filed.
    async fn fill_sent(&mut self, folder: &str) -> Result<()> {
        self.sent.due_at = None;
        let store = &self.desk.store;
        let now = edge::now();
        let since = now.checked_sub(FILED_WITHIN).unwrap_or(now);
        let unfiled = store.unfiled(&self.config.name, since, FILED_AT_ONCE).await?;
        if unfiled.is_empty() {
            return Ok(());
        }
        let patience = match store.filer(&self.config.name).await? {
            Filer::Desk => SignedDuration::ZERO,
            Filer::Unknown => PROVIDER_UNKNOWN,
            Filer::Provider => PROVIDER_KNOWN,
        };
        let is_due = |u: &Unfiled| u.tried || now.duration_since(u.sent_at) >= patience;
        let (due, waiting): (Vec<Unfiled>, Vec<Unfiled>) = unfiled.into_iter().partition(is_due);
        if let Some(first) = waiting.iter().map(|u| u.sent_at).min() {
            let left = patience.saturating_sub(now.duration_since(first));
            let left = Duration::try_from(left).unwrap_or_default();
            self.sent.due_at = Some(Instant::now() + left + Duration::from_millis(100));
        }
        if due.is_empty() {
            return Ok(());
        }
        let selected = self.session.select(folder).await?;
        let key = self.key(folder, selected.uid_validity);
        for reply in due {
            self.pulse.expect_within(WORK_MAX);
            if !self.file(folder, &key, reply).await? {
                break;
            }
        }
        Ok(())
    }

    /// Files one reply; false when the server takes none now.
    async fn file(&mut self, folder: &str, key: &FolderKey, reply: Unfiled) -> Result<bool> {
        let (store, mailbox) = (&self.desk.store, &self.config.name);
        let Some(row) = store.outbox_mail(reply.id).await? else { return Ok(true) };
        let there = self.session.holds_message_id(&row.mail.message_id).await?;
        if there == Some(true) {
            if reply.tried {
                store.filed_by_desk(reply.id, mailbox, None, edge::now()).await?;
            } else {
                store.filed_by_provider(reply.id, mailbox).await?;
            }
            return Ok(true);
        }
        if there.is_none() && reply.tried {
            // A copy may be there, and the server does not tell: one too few is better than two.
            debug!(mailbox, outbox = %reply.id, "the server does not search by Message-ID: an attempt to file is not repeated");
            store.filing_refused(reply.id, mailbox).await?;
            return Ok(true);
        }
        let Some(row) = store.begin_filing(mailbox, reply.id).await? else { return Ok(true) };
        let bytes = match outbox::letter_bytes(store, &row).await {
            Ok(bytes) => bytes,
            Err(outbox::LetterError::File(why)) => {
                warn!(mailbox, outbox = %reply.id, "a reply cannot be filed: {why}");
                store.filing_refused(reply.id, mailbox).await?;
                return Ok(true);
            }
            Err(outbox::LetterError::Store(why)) => return Err(why.into()),
        };
        self.pulse.expect_within(WORK_MAX + transfer_time(&self.limits, bytes.len()));
        if !store.holds(mailbox) {
            // The row says 'trying': whoever works the mailbox now looks for the copy first.
            return Ok(false);
        }
        match self.session.append(folder, &bytes).await? {
            Filed::Done(place) => {
                let ours =
                    place.filter(|(validity, _)| *validity == key.uid_validity && self.config.sent.watch);
                let place = ours.map(|(_, uid)| (key, uid));
                store.filed_by_desk(reply.id, mailbox, place, edge::now()).await?;
                info!(mailbox, outbox = %reply.id, "reply filed");
                Ok(true)
            }
            Filed::Refused { words, passes: true } => {
                debug!(mailbox, %words, "the Sent folder takes nothing now");
                store.filing_postponed(reply.id, mailbox).await?;
                Ok(false)
            }
            Filed::Refused { words, passes: false } => {
                info!(mailbox, outbox = %reply.id, %words, "the server does not take the copy of a reply");
                store.filing_refused(reply.id, mailbox).await?;
                Ok(true)
            }
        }
    }
}

/// What a message of this size may take on the slowest line.
fn transfer_time(limits: &ImapLimits, bytes: usize) -> Duration {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    limits.command_timeout + Duration::from_secs(bytes / limits.bytes_per_second_min.max(1))
}
