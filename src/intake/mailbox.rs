//! One mailbox over one IMAP session: what is new is taken in windows, settled, and then watched by IDLE besides the cron
//! poll. Ends only with an error or when told to stop; the supervisor reconnects.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::{
    Desk,
    take::{KeptMail, prepare},
    window::{decide_window, quarantine},
};
use crate::{
    config::{MailboxConfig, Start, schedule::Schedule},
    desk::{Limits, RawId},
    edge::{self, Pulse},
    imap::{ImapError, ImapLimits, Listed, Session, Woken, plan_windows},
    store::{FolderKey, FolderState, Keep, StoreError},
};

/// IDLE is begun anew after this silence (RFC 2177 allows 29 min; dead connections are found sooner).
const IDLE_MAX: Duration = Duration::from_secs(300);
/// Longest time between two signs of life of the worker: one command's deadline and the work on one window.
const WORK_MAX: Duration = Duration::from_secs(180);
/// A mail whose decision was begun this often without an end is quarantined (DESIGN section 1).
const ATTEMPTS_MAX: u32 = 2;
/// Folders with more messages are compared with the ledger once an hour instead of at every poll.
const RECONCILE_MESSAGES_MAX: u32 = 20_000;
const RECONCILE_RARELY: Duration = Duration::from_secs(3600);
const SETTLE_MAX: u32 = 1000;
const UNDECIDED_MAX: u32 = 50;

/// Why a mailbox is not served any more.
#[derive(Debug, thiserror::Error)]
pub enum Serving {
    #[error(transparent)]
    Imap(#[from] ImapError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Reader(#[from] super::reader::ReaderGone),
}

type Result<T> = std::result::Result<T, Serving>;

/// The limits of a session, as the operator sets them.
#[must_use]
pub fn imap_limits(limits: &Limits) -> ImapLimits {
    ImapLimits {
        message_bytes_max: limits.message_bytes_max,
        window_messages_max: limits.window_messages_max,
        ..ImapLimits::default()
    }
}

/// A mailbox served over one session.
pub struct Service<'a> {
    desk: &'a Desk,
    config: &'a MailboxConfig,
    poll: Schedule,
    limits: ImapLimits,
    session: Session,
    pulse: &'a Pulse,
    /// When each folder was last compared with the ledger.
    reconciled: BTreeMap<String, std::time::Instant>,
}

impl<'a> Service<'a> {
    /// Begins to serve over a fresh session.
    ///
    /// # Errors
    /// When the poll line is wrong, which `config` has ruled out.
    pub fn begin(
        desk: &'a Desk,
        config: &'a MailboxConfig,
        session: Session,
        pulse: &'a Pulse,
    ) -> Result<Self> {
        let limits = imap_limits(&desk.judgement.load().policy.limits);
        let poll = Schedule::parse(&config.poll).map_err(StoreError::Operator)?;
        Ok(Self { desk, config, poll, limits, session, pulse, reconciled: BTreeMap::new() })
    }

    /// Takes everything that is there, or as much as there is until `stop`.
    ///
    /// # Errors
    /// Whatever ended the service; the session must not be used any more.
    pub async fn pass(&mut self, stop: &CancellationToken) -> Result<()> {
        self.finish_undecided().await?;
        for folder in &self.config.folders {
            self.take_folder(folder, stop).await?;
        }
        Ok(())
    }

    /// Waits for something new: IDLE on the first folder, and the poll in any case.
    ///
    /// # Errors
    /// As [`Service::pass`].
    pub async fn watch(&mut self, stop: &CancellationToken) -> Result<()> {
        let now = edge::now();
        let wait = match self.poll.next_after(now, &TimeZone::UTC) {
            Some(at) => Duration::try_from(at.duration_since(now)).unwrap_or(IDLE_MAX).min(IDLE_MAX),
            None => IDLE_MAX,
        };
        if self.config.folders.len() > 1
            && let Some(first) = self.config.folders.first()
        {
            self.session.select(first).await?;
        }
        self.pulse.expect_within(wait + WORK_MAX);
        if self.session.has_idle() {
            match self.session.idle(wait, stop).await? {
                Woken::Changed | Woken::Silence | Woken::Stopped => return Ok(()),
                Woken::Unsupported => debug!(mailbox = self.config.name, "no IDLE here: polling only"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(self.session.noop().await?),
            () = stop.cancelled() => Ok(()),
        }
    }

    /// Says goodbye to the server.
    pub async fn end(self) {
        self.session.logout().await;
    }

    /// Mails that were kept by a process that ended before they were decided, or that an operator took out of quarantine: counted in a commit of their own, then taken
    /// one by one, so that a mail that kills the process is found.
    async fn finish_undecided(&mut self) -> Result<()> {
        loop {
            let rows = self.desk.store.undecided(&self.config.name, UNDECIDED_MAX).await?;
            if rows.is_empty() {
                return Ok(());
            }
            info!(
                mailbox = self.config.name,
                messages = rows.len(),
                "deciding what was kept before the start"
            );
            for row in rows {
                self.pulse.expect_within(WORK_MAX);
                let raw = row.raw;
                if row.attempts >= ATTEMPTS_MAX {
                    let judgement = self.desk.judgement.load_full();
                    let mut window = self.desk.store.window().await?;
                    let reason = "the program ended twice while deciding on it";
                    quarantine(&mut window, &judgement, &self.config.name, raw, reason).await?;
                    window.commit().await?;
                    continue;
                }
                self.desk.store.count_attempt(&[raw]).await?;
                self.decide(vec![row.into()]).await?;
            }
        }
    }

    /// Takes everything new of one folder. Interrupted by `stop`, the rest waits for the next session.
    async fn take_folder(&mut self, folder: &str, stop: &CancellationToken) -> Result<()> {
        self.pulse.expect_within(WORK_MAX);
        let selected = self.session.select(folder).await?;
        let key = FolderKey {
            mailbox: self.config.name.clone(),
            folder: folder.to_owned(),
            uid_validity: selected.uid_validity,
        };
        let state = match self.desk.store.folder(&key).await? {
            Some(state) => state,
            None => self.begin_folder(&key, selected.uid_next).await?,
        };
        let first = state.accounted_through.max(state.before_start_through).saturating_add(1);
        let there = self.session.uids_from(first).await?;
        let new = self.desk.store.unaccounted(&key, &there).await?;
        if !new.is_empty() {
            self.take_new(&key, &new, stop).await?;
        }
        if stop.is_cancelled() {
            return Ok(());
        }
        let last = there.last().copied().unwrap_or(first.saturating_sub(1));
        self.desk.store.account_through(&key, last).await?;
        self.settle(&key).await?;
        self.reconcile(&key, selected.exists, last).await
    }

    /// The first look at a folder: what is there already counts only when the operator said so. A folder that is known under
    /// another UIDVALIDITY is taken whole: what we had before is recognised by its identity.
    async fn begin_folder(&mut self, key: &FolderKey, uid_next: Option<u32>) -> Result<FolderState> {
        let store = &self.desk.store;
        let known = store.folder_known(&key.mailbox, &key.folder).await?;
        let through = match self.config.start {
            Start::Now if !known => match uid_next {
                Some(next) => next.saturating_sub(1),
                None => self.session.uids_from(1).await?.last().copied().unwrap_or(0),
            },
            Start::Now | Start::All | Start::Since(_) => 0,
        };
        info!(mailbox = key.mailbox, folder = key.folder, before_start_through = through, "folder begun");
        Ok(store.begin_folder(key, through, edge::now()).await?)
    }

    async fn take_new(&mut self, key: &FolderKey, uids: &[u32], stop: &CancellationToken) -> Result<()> {
        let now = edge::now();
        let mut listed = self.session.sizes(uids).await?;
        let gone: Vec<u32> = uids.iter().copied().filter(|uid| !listed.contains_key(uid)).collect();
        self.desk.store.record_gone(key, &gone, now).await?;
        if let Start::Since(since) = self.config.start {
            let old: Vec<u32> =
                listed.iter().filter(|(_, l)| l.internal_date < since).map(|(uid, _)| *uid).collect();
            self.desk.store.record_before_start(key, &old, now).await?;
            listed.retain(|_, l| l.internal_date >= since);
        }
        let plan = plan_windows(&listed, &self.limits);
        for window in &plan.windows {
            if stop.is_cancelled() {
                return Ok(());
            }
            self.take_window(key, window).await?;
        }
        for uid in &plan.oversized {
            if let Some(size) = listed.get(uid) {
                self.take_oversized(key, *uid, size).await?;
            }
        }
        Ok(())
    }

    async fn take_window(&mut self, key: &FolderKey, uids: &[u32]) -> Result<()> {
        self.pulse.expect_within(WORK_MAX);
        let fetched = self.session.fetch(uids).await?;
        let gone: Vec<u32> =
            uids.iter().copied().filter(|uid| !fetched.iter().any(|f| f.uid == *uid)).collect();
        if !gone.is_empty() {
            self.desk.store.record_gone(key, &gone, edge::now()).await?;
        }
        let keep = fetched
            .into_iter()
            .map(|f| Keep {
                uid: f.uid,
                received_at: f.internal_date,
                bytes: Arc::new(f.bytes),
                oversized_bytes: None,
            })
            .collect();
        self.keep_and_decide(key, keep).await
    }

    /// Only the header of a mail that is too large is taken; the original stays on the server.
    async fn take_oversized(&mut self, key: &FolderKey, uid: u32, listed: &Listed) -> Result<()> {
        self.pulse.expect_within(WORK_MAX);
        let fetched = self.session.fetch_header(uid, self.limits.header_bytes_max).await?;
        warn!(
            mailbox = key.mailbox,
            uid,
            size_bytes = listed.size_bytes,
            "too large: only its header is taken"
        );
        let keep = Keep {
            uid,
            received_at: fetched.internal_date,
            bytes: Arc::new(fetched.bytes),
            oversized_bytes: Some(listed.size_bytes),
        };
        self.keep_and_decide(key, vec![keep]).await
    }

    async fn keep_and_decide(&mut self, key: &FolderKey, keep: Vec<Keep>) -> Result<()> {
        let uids: Vec<u32> = keep.iter().map(|k| k.uid).collect();
        let raws: BTreeMap<u32, RawId> =
            self.desk.store.keep(key, &keep, edge::now()).await?.into_iter().collect();
        let mails = keep
            .into_iter()
            .filter_map(|k| {
                Some(KeptMail {
                    raw: *raws.get(&k.uid)?,
                    received_at: k.received_at,
                    bytes: k.bytes,
                    oversized_bytes: k.oversized_bytes,
                })
            })
            .collect();
        self.decide(mails).await?;
        debug!(mailbox = key.mailbox, messages = uids.len(), "window decided");
        self.settle_uids(key, &uids).await
    }

    async fn decide(&self, mails: Vec<KeptMail>) -> Result<()> {
        let judgement = self.desk.judgement.load_full();
        let prepared = prepare(self.desk, &judgement, mails).await?;
        let name = &self.config.name;
        decide_window(self.desk, name, self.desk.is_live(name), &prepared).await?;
        Ok(())
    }

    /// Tells the server of outcomes that it was not told of yet (a cut connection, a restart).
    async fn settle(&mut self, key: &FolderKey) -> Result<()> {
        loop {
            let uids = self.desk.store.unsettled(key, SETTLE_MAX).await?;
            if uids.is_empty() {
                return Ok(());
            }
            self.settle_uids(key, &uids).await?;
        }
    }

    async fn settle_uids(&mut self, key: &FolderKey, uids: &[u32]) -> Result<()> {
        self.pulse.expect_within(WORK_MAX);
        self.session.settle(uids, &self.config.after).await?;
        self.desk.store.settled(key, uids, edge::now()).await?;
        Ok(())
    }

    /// Compares the folder with the ledger, as far as it was taken (`last`): the difference must be zero (SPEC section 4).
    async fn reconcile(&mut self, key: &FolderKey, exists: u32, last: u32) -> Result<()> {
        let recent = self.reconciled.get(&key.folder).is_some_and(|at| at.elapsed() < RECONCILE_RARELY);
        if exists > RECONCILE_MESSAGES_MAX && recent {
            return Ok(());
        }
        let mut there = self.session.uids_from(1).await?;
        there.retain(|uid| *uid <= last);
        let missing = self.desk.store.reconcile(key, &there, edge::now()).await?;
        if missing > 0 {
            warn!(mailbox = key.mailbox, folder = key.folder, missing, "messages are unaccounted for");
        }
        self.reconciled.insert(key.folder.clone(), std::time::Instant::now());
        Ok(())
    }
}
