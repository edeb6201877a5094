//! One mailbox over one IMAP session: what is new is taken in windows, settled, and then watched by IDLE besides the cron
//! poll. Ends only with an error or when told to stop; the supervisor reconnects.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::{
    Desk,
    folder::LISTED_AT_ONCE,
    sent::SentFolder,
    suspects::Suspects,
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
pub(super) const WORK_MAX: Duration = Duration::from_secs(180);
/// A mail whose decision was begun this often without an end is quarantined (DESIGN section 1).
const ATTEMPTS_MAX: u32 = 2;
/// Folders with more messages are compared with the ledger once an hour instead of at every poll.
pub(super) const RECONCILE_MESSAGES_MAX: u32 = 20_000;
const RECONCILE_RARELY: Duration = Duration::from_secs(3600);
const SETTLE_MAX: u32 = 1000;
const UNDECIDED_MAX: u32 = 50;
/// Refused listings in one pass, more than finding five messages among 500 takes, that are the server's trouble.
const REFUSED_LISTINGS_MAX: u32 = 100;

/// Why a mailbox is not served any more.
#[derive(Debug, thiserror::Error)]
pub enum Serving {
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// The connection ended over one message that has failed before; everything else is taken.
    #[error(transparent)]
    Message(ImapError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Reader(#[from] super::reader::ReaderGone),
}

pub(super) type Result<T> = std::result::Result<T, Serving>;

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
    pub(super) desk: &'a Desk,
    pub(super) config: &'a MailboxConfig,
    poll: Schedule,
    pub(super) limits: ImapLimits,
    pub(super) session: Session,
    pub(super) pulse: &'a Pulse,
    pub(super) suspects: &'a mut Suspects,
    pub(super) sent: &'a mut SentFolder,
    /// How many messages each folder held when it was last compared in this session.
    pub(super) counts: BTreeMap<String, u32>,
    /// UIDNEXT of each folder when it was last looked through.
    looked_to: BTreeMap<String, u32>,
    /// When each folder was last compared with the ledger.
    reconciled: BTreeMap<String, Instant>,
    /// What went wrong in this pass without ending the session: the rest of the pass is done first.
    put_off: Option<ImapError>,
    /// A folder could be opened in this pass.
    any_opened: bool,
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
        suspects: &'a mut Suspects,
        sent: &'a mut SentFolder,
    ) -> Result<Self> {
        sent.begin_session();
        let limits = imap_limits(&desk.judgement.load().policy.limits);
        let poll = Schedule::parse(&config.poll).map_err(StoreError::Operator)?;
        Ok(Self {
            desk,
            config,
            poll,
            limits,
            session,
            pulse,
            suspects,
            sent,
            counts: BTreeMap::new(),
            looked_to: BTreeMap::new(),
            any_opened: false,
            reconciled: BTreeMap::new(),
            put_off: None,
        })
    }

    /// Takes everything that is there, or as much as there is until `stop`. Gives the operator's trouble with a part of the
    /// mailbox (a folder is missing), where the others go on.
    ///
    /// # Errors
    /// Whatever ended the service; the session must not be used any more.
    pub async fn pass(&mut self, stop: &CancellationToken) -> Result<Option<ImapError>> {
        self.any_opened = false;
        self.finish_undecided().await?;
        for folder in &self.config.folders {
            match self.take_folder(folder, stop).await {
                Err(Serving::Imap(why)) => self.put_off(why)?,
                other => other?,
            }
        }
        self.take_suspects(stop).await?;
        if self.put_off.as_ref().is_none_or(ImapError::needs_operator) {
            let looked = self.look_at_sent(stop).await;
            self.sent.note_end(&self.config.name, looked.is_err() && self.session.is_dead());
            match looked {
                Err(Serving::Imap(why)) => self.put_off(why)?,
                other => other?,
            }
        }
        match self.put_off.take() {
            Some(why) if !(why.needs_operator() && self.any_opened) => Err(why.into()),
            partly => Ok(partly),
        }
    }

    /// While the session lives, trouble with one folder or with marking mail does not hold up the others.
    fn put_off(&mut self, why: ImapError) -> Result<()> {
        if self.session.is_dead() {
            return Err(why.into());
        }
        self.put_off.get_or_insert(why);
        Ok(())
    }

    pub(super) fn key(&self, folder: &str, uid_validity: u32) -> FolderKey {
        FolderKey { mailbox: self.config.name.clone(), folder: folder.to_owned(), uid_validity }
    }

    /// Waits for something new: IDLE on the first folder, and the poll in any case.
    ///
    /// # Errors
    /// As [`Service::pass`].
    pub async fn watch(&mut self, stop: &CancellationToken) -> Result<()> {
        let wait = self.until_next_look();
        if self.open_first().await? {
            return Ok(());
        }
        self.pulse.expect_within(wait + WORK_MAX);
        let called = self.desk.intake_wake.notified();
        if self.session.has_idle() {
            // IDLE must not be dropped half-way, so it is asked to end.
            let end = stop.child_token();
            let mut idle = pin!(self.session.idle(wait, &end));
            let woken = tokio::select! {
                woken = &mut idle => woken?,
                () = called => {
                    end.cancel();
                    idle.await?;
                    return Ok(());
                }
            };
            match woken {
                Woken::Changed | Woken::Silence | Woken::Stopped => return Ok(()),
                Woken::Unsupported => debug!(mailbox = self.config.name, "no IDLE here: polling only"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(self.session.noop().await?),
            () = stop.cancelled() => Ok(()),
        }
    }

    /// The first of the folders that can be opened is the one that is watched. True when mail came into it while another one
    /// was open: opening it anew tells of that, and IDLE does not.
    async fn open_first(&mut self) -> Result<bool> {
        // Opened a moment ago, with all that came since noted.
        if let [only] = self.config.folders.as_slice()
            && self.session.is_open(only)
        {
            return Ok(false);
        }
        let mut missing = None;
        for folder in &self.config.folders {
            match self.session.select(folder).await {
                Err(why @ ImapError::Operator(_)) => missing = Some(why),
                other => return Ok(other?.uid_next > self.looked_to.get(folder).copied()),
            }
        }
        missing.map_or(Ok(false), |why| Err(why.into()))
    }

    /// Until the poll, or until a message that failed may be tried again.
    fn until_next_look(&self) -> Duration {
        let now = edge::now();
        let wait = match self.poll.next_after(now, &TimeZone::UTC) {
            Some(at) => Duration::try_from(at.duration_since(now)).unwrap_or(IDLE_MAX).min(IDLE_MAX),
            None => IDLE_MAX,
        };
        let due = self.suspects.next_due().into_iter().chain(self.sent.due_at()).min();
        due.map_or(wait, |due| wait.min(due.saturating_duration_since(Instant::now())))
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
                let excused = self.suspects.take_excuse(raw);
                if row.attempts >= ATTEMPTS_MAX && !excused {
                    let judgement = self.desk.judgement.load_full();
                    let mut window = self.desk.store.window_of(&self.config.name).await?;
                    let reason = "the program ended twice while deciding on it";
                    quarantine(&mut window, &judgement, &self.config.name, raw, reason).await?;
                    window.commit().await?;
                    self.desk.outbox_wake.notify_waiters();
                    continue;
                }
                if !excused {
                    self.desk.store.count_attempt(&self.config.name, &[raw]).await?;
                }
                let decided = self.decide(vec![row.into()]).await;
                if matches!(decided, Err(Serving::Store(_))) {
                    self.suspects.excuse(raw);
                }
                decided?;
            }
        }
    }

    /// Takes everything new of one folder. Interrupted by `stop`, the rest waits for the next session.
    pub(super) async fn take_folder(&mut self, folder: &str, stop: &CancellationToken) -> Result<()> {
        self.pulse.expect_within(WORK_MAX);
        let Look { key, first, there, exists } = self.look(folder).await?;
        self.any_opened = true;
        let new = self.desk.store.unaccounted(&key, &there).await?;
        if !new.is_empty() {
            self.take_new(&key, &new, stop).await?;
        }
        if stop.is_cancelled() {
            return Ok(());
        }
        self.account(&key, &there, first, exists).await
    }

    /// Opens a folder and lists what lies behind what is accounted for.
    pub(super) async fn look(&mut self, folder: &str) -> Result<Look> {
        let selected = self.session.select(folder).await?;
        if let Some(next) = selected.uid_next {
            self.looked_to.insert(folder.to_owned(), next);
        }
        let key = self.key(folder, selected.uid_validity);
        let known = self.desk.store.folder(&key).await?;
        let is_new = known.is_none();
        let state = match known {
            Some(state) => state,
            None => self.begin_folder(&key, selected.uid_next).await?,
        };
        let behind =
            |state: FolderState| state.accounted_through.max(state.before_start_through).saturating_add(1);
        let mut first = behind(state);
        let mut there = self.session.uids_from(first).await?;
        if !is_new && self.is_renumbered(&key, &state, &selected, &there).await? {
            first = behind(self.begin_anew(&key, &selected).await?);
            there = self.session.uids_from(first).await?;
        }
        Ok(Look { key, first, there, exists: selected.exists })
    }

    /// Everything of a listing has its row, but for what is still to be fetched alone.
    pub(super) async fn account(
        &mut self,
        key: &FolderKey,
        there: &[u32],
        first: u32,
        exists: u32,
    ) -> Result<()> {
        let last = there.last().copied().unwrap_or(first.saturating_sub(1));
        let failing = self.suspects.of(&key.folder).first().map_or(last, |uid| uid.saturating_sub(1));
        self.desk.store.account_through(key, last.min(failing)).await?;
        self.settle(key).await?;
        self.reconcile(key, exists, last).await
    }

    pub(super) async fn take_new(
        &mut self,
        key: &FolderKey,
        uids: &[u32],
        stop: &CancellationToken,
    ) -> Result<()> {
        let unsuspected: Vec<u32> =
            uids.iter().copied().filter(|uid| !self.suspects.holds(&key.folder, *uid)).collect();
        let mut listed = self.list(key, &unsuspected).await?;
        if let Start::Since(since) = self.config.start
            && !self.is_sent(&key.folder)
        {
            let old: Vec<u32> =
                listed.iter().filter(|(_, l)| l.internal_date < since).map(|(uid, _)| *uid).collect();
            self.desk.store.record_before_start(key, &old, edge::now()).await?;
            listed.retain(|_, l| l.internal_date >= since);
        }
        let plan = plan_windows(&listed, &self.limits);
        for window in &plan.windows {
            if stop.is_cancelled() {
                return Ok(());
            }
            let bytes = window.iter().filter_map(|uid| listed.get(uid)).map(|l| l.size_bytes).sum();
            let taken = self.take_window(key, window, bytes).await;
            self.search_if_failed(key, window, taken)?;
        }
        for uid in &plan.oversized {
            if let Some(size) = listed.get(uid) {
                let taken = self.take_oversized(key, *uid, size).await;
                self.search_if_failed(key, &[*uid], taken)?;
            }
        }
        Ok(())
    }

    /// Sizes and dates. Messages that the server refuses to list are found by halving, and suspected.
    async fn list(&mut self, key: &FolderKey, uids: &[u32]) -> Result<BTreeMap<u32, Listed>> {
        let (mut listed, mut refusals) = (BTreeMap::new(), 0);
        let mut portions: Vec<&[u32]> = uids.chunks(LISTED_AT_ONCE).rev().collect();
        while let Some(portion) = portions.pop() {
            self.pulse.expect_within(WORK_MAX);
            match self.session.sizes(portion).await {
                Ok(found) => {
                    let gone: Vec<u32> =
                        portion.iter().copied().filter(|uid| !found.contains_key(uid)).collect();
                    self.desk.store.record_gone(key, &gone, edge::now()).await?;
                    listed.extend(found);
                }
                Err(why) if self.session.is_dead() => {
                    if why.culprit().is_some() || self.suspects.listing_cut() {
                        self.suspects.suspect(&key.folder, blamed(&why, portion), Instant::now());
                    }
                    return Err(why.into());
                }
                Err(why) if refusals >= REFUSED_LISTINGS_MAX => return Err(why.into()),
                Err(_) => {
                    refusals += 1;
                    match portion.split_at(portion.len() / 2) {
                        ([], alone) => self.suspects.suspect(&key.folder, alone, Instant::now()),
                        (left, right) => portions.extend([right, left]),
                    }
                }
            }
        }
        self.suspects.listed();
        Ok(listed)
    }

    /// Messages that the server did not deliver together are fetched one by one after everything else.
    fn search_if_failed(&mut self, key: &FolderKey, uids: &[u32], taken: Result<()>) -> Result<()> {
        let Err(Serving::Imap(why)) = taken else { return taken };
        self.suspects.suspect(&key.folder, blamed(&why, uids), Instant::now());
        if self.session.is_dead() { Err(why.into()) } else { Ok(()) }
    }

    /// `bytes`: of all of them together, as listed.
    pub(super) async fn take_window(&mut self, key: &FolderKey, uids: &[u32], bytes: u64) -> Result<()> {
        let transfer = Duration::from_secs(bytes.saturating_mul(2) / self.limits.bytes_per_second_min.max(1));
        self.pulse.expect_within(WORK_MAX + self.limits.command_timeout + transfer);
        let fetched = self.session.fetch(uids).await?;
        self.pulse.expect_within(WORK_MAX);
        self.suspects.acquit(&key.folder, uids);
        self.suspects.delivered(Instant::now());
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
    pub(super) async fn take_oversized(&mut self, key: &FolderKey, uid: u32, listed: &Listed) -> Result<()> {
        self.pulse.expect_within(WORK_MAX);
        let fetched = self.session.fetch_header(uid, self.limits.header_bytes_max).await?;
        self.suspects.acquit(&key.folder, &[uid]);
        self.suspects.delivered(Instant::now());
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
        let messages = keep.len();
        let raws: BTreeMap<u32, RawId> =
            self.desk.store.keep(key, &keep, edge::now()).await?.into_iter().collect();
        let sent = self.is_sent(&key.folder);
        let mails = keep
            .into_iter()
            .filter_map(|k| {
                Some(KeptMail {
                    raw: *raws.get(&k.uid)?,
                    received_at: k.received_at,
                    bytes: k.bytes,
                    oversized_bytes: k.oversized_bytes,
                    sent,
                    imported: None,
                })
            })
            .collect();
        self.decide(mails).await?;
        debug!(mailbox = key.mailbox, messages, "window decided");
        if self.put_off.is_some() {
            return Ok(());
        }
        match self.settle(key).await {
            // A target folder that is missing must not hold up the mail.
            Err(Serving::Imap(why)) => self.put_off(why),
            other => other,
        }
    }

    async fn decide(&self, mails: Vec<KeptMail>) -> Result<()> {
        let judgement = self.desk.judgement.load_full();
        let prepared = prepare(self.desk, &judgement, mails).await?;
        let name = &self.config.name;
        decide_window(self.desk, name, self.desk.is_live(name), &prepared).await?;
        Ok(())
    }

    /// Tells the server of outcomes that it was not told of yet. Which those are, only the ledger says: the originals of
    /// quarantined and of oversized mails stay untouched.
    async fn settle(&mut self, key: &FolderKey) -> Result<()> {
        loop {
            let uids = self.desk.store.unsettled(key, SETTLE_MAX).await?;
            if uids.is_empty() {
                return Ok(());
            }
            self.pulse.expect_within(WORK_MAX);
            // What people sent is theirs.
            if !self.is_sent(&key.folder) {
                self.session.settle(&uids, &self.config.after).await?;
            }
            self.desk.store.settled(key, &uids, edge::now()).await?;
        }
    }

    /// Compares the folder with the ledger, as far as it was taken (`last`): the difference must be zero (SPEC section 4).
    async fn reconcile(&mut self, key: &FolderKey, exists: u32, last: u32) -> Result<()> {
        let recent = self.reconciled.get(&key.folder).is_some_and(|at| at.elapsed() < RECONCILE_RARELY);
        if exists > RECONCILE_MESSAGES_MAX && recent {
            return Ok(());
        }
        let mut there = self.session.uids_from(1).await?;
        self.counts.insert(key.folder.clone(), u32::try_from(there.len()).unwrap_or(u32::MAX));
        there.retain(|uid| *uid <= last);
        let missing = self.desk.store.reconcile(key, &there, edge::now()).await?;
        let failing = u64::try_from(self.suspects.of(&key.folder).len()).unwrap_or(u64::MAX);
        if missing > failing {
            warn!(mailbox = key.mailbox, folder = key.folder, missing, "messages are unaccounted for");
        }
        self.reconciled.insert(key.folder.clone(), Instant::now());
        Ok(())
    }
}

/// A folder as it was when it was opened.
pub(super) struct Look {
    pub key: FolderKey,
    /// The first UID behind what is accounted for.
    pub first: u32,
    /// The UIDs from there on, ascending.
    pub there: Vec<u32>,
    pub exists: u32,
}

/// The message that the server itself named, else all of them.
fn blamed<'u>(why: &ImapError, uids: &'u [u32]) -> &'u [u32] {
    let named = why.culprit().and_then(|culprit| uids.iter().position(|uid| *uid == culprit));
    named.and_then(|at| uids.get(at..=at)).unwrap_or(uids)
}
