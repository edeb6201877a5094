//! The worker's loop: when to look, whether a connection is there, how long to wait.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    select,
    sync::{Notify, futures::Notified},
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{
    Office, OutboxHealth,
    pace::{CLAIM_MAX, Pace, is_tight, pace},
    schedule::backoff,
};
use crate::{
    config::MailboxConfig,
    edge::{self, Pulse},
    smtp::{Connection, Deadlines},
    store::{Result, Store, StoreError},
};

/// An idle connection is kept so long for the next mail: opening one costs several round trips.
const IDLE: Duration = Duration::from_secs(10);
/// The longest sleep: a clock that jumped, or a row made due by another process, is seen then at the latest.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// The shortest sleep while rows are due but none can be claimed.
const LOOK_AGAIN_SOON: Duration = Duration::from_millis(100);
/// The longest work on the store between two signs of life: several calls may each wait a minute for their turn.
const STORE_MAX: Duration = Duration::from_secs(300);
/// Bytes a second of the slowest server ([`Deadlines::content`]).
const SLOWEST_BYTES: usize = 64 << 10;
/// After an error of the store.
pub(super) const STORE_AGAIN: Duration = Duration::from_secs(2);

/// The outbox of one mailbox. [`super::run`] is the usual way in.
pub struct OutboxWorker<H> {
    pub(super) store: Store,
    pub(super) mailbox: Arc<MailboxConfig>,
    wake: Arc<Notify>,
    pub(super) stop: CancellationToken,
    health: H,
    deadlines: Deadlines,
    pulse: Pulse,
    pub(super) connection: Option<Connection>,
    /// Connections in a row that ended in doubt without a mail taken.
    pub(super) barren: u32,
    trouble: Option<Trouble>,
    /// Since when, and how, the server refuses our sender: the null sender and the mailbox's own are told apart, because
    /// many relays take only one of them.
    refused_senders: [Option<(Timestamp, String)>; 2],
    /// Until then mail leaves under the mailbox's plain address: the server refused another envelope sender.
    pub(super) plain_until: Option<Timestamp>,
    office: Option<Arc<dyn Office>>,
    /// Mails failed of which the office does not know.
    pub(super) failures: bool,
    told: OutboxHealth,
    store_failed: bool,
}

/// No usable connection can be had: the whole mailbox waits.
struct Trouble {
    words: String,
    operators: bool,
    since: Timestamp,
    failures: u32,
    again_at: Instant,
}

/// What to do after a round.
enum Next {
    Now,
    After(Duration),
}

impl<H: Fn(OutboxHealth) + Send + Sync> OutboxWorker<H> {
    /// A worker with the usual deadlines.
    pub fn new(
        store: Store,
        mailbox: Arc<MailboxConfig>,
        wake: Arc<Notify>,
        stop: CancellationToken,
        health: H,
    ) -> Self {
        Self {
            store,
            mailbox,
            wake,
            stop,
            health,
            deadlines: Deadlines::default(),
            pulse: Pulse::default(),
            connection: None,
            barren: 0,
            trouble: None,
            refused_senders: [None, None],
            plain_until: None,
            office: None,
            failures: true,
            told: OutboxHealth::Well,
            store_failed: false,
        }
    }

    /// The same with other deadlines for the conversation.
    #[must_use]
    pub fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// The same with signs of life for the watchdog.
    #[must_use]
    pub fn with_pulse(mut self, pulse: Pulse) -> Self {
        self.pulse = pulse;
        self
    }

    /// The same with somebody to ask.
    #[must_use]
    pub fn with_office(mut self, office: Arc<dyn Office>) -> Self {
        self.office = Some(office);
        self
    }

    /// Works until `stop`.
    pub async fn run(mut self) {
        self.recover().await;
        self.recall_sender().await;
        while !self.stop.is_cancelled() {
            self.pulse.expect_within(LOOK_AGAIN + STORE_MAX);
            let wake = Arc::clone(&self.wake);
            let mut woken = pin!(wake.notified());
            // From here on no call is missed, also not one during the round.
            woken.as_mut().enable();
            let next = match self.round().await {
                Ok(next) => {
                    self.store_failed = false;
                    next
                }
                Err(why) => {
                    self.note_store_error(&why);
                    // A commit whose answer was lost may have happened: what it claimed is in nobody's hands.
                    self.recover().await;
                    Next::After(STORE_AGAIN)
                }
            };
            if let Next::After(wait) = next {
                self.wait(woken, wait).await;
            }
        }
        if let Some(connection) = self.connection.take() {
            connection.quit().await;
        }
        self.pulse.rest();
    }

    /// A conversation about so many bytes is about to begin: by its own deadlines it may take long.
    pub(super) fn expect_conversation(&self, bytes: usize) {
        let Deadlines { opening, command, content, farewell, .. } = self.deadlines;
        let transfer = Duration::from_secs(u64::try_from(bytes / SLOWEST_BYTES).unwrap_or(u64::MAX));
        self.pulse.expect_within(opening + command * 3 + content + farewell * 2 + transfer + STORE_MAX);
    }

    /// Only the store is worked with now.
    pub(super) fn expect_store(&self) {
        self.pulse.expect_within(STORE_MAX);
    }

    /// Rows that were left behind in the middle of an attempt: by a process that ended, or by a round that failed.
    async fn recover(&mut self) {
        while !self.stop.is_cancelled() {
            self.expect_store();
            match self.store.recover_outbox(&self.mailbox.name, edge::now()).await {
                Ok(0) => return,
                Ok(rows) => {
                    warn!(mailbox = %self.mailbox.name, rows, "attempts without an end were found: they go again as the same bytes");
                    return;
                }
                Err(why) => {
                    self.note_store_error(&why);
                    select! { () = self.stop.cancelled() => {} () = sleep(STORE_AGAIN) => {} }
                }
            }
        }
    }

    /// Whether the server was found to take no bounce addresses. Should the store not say, it is found out once more.
    async fn recall_sender(&mut self) {
        self.expect_store();
        match self.store.plain_sender_until(&self.mailbox.name).await {
            Ok(until) => self.plain_until = until,
            Err(why) => self.note_store_error(&why),
        }
    }

    /// Claims and sends once.
    async fn round(&mut self) -> Result<Next> {
        if let Some(office) = self.office.clone().filter(|_| self.failures) {
            self.expect_store();
            self.failures = office.mails_failed().await?;
        }
        if let Some(wait) = self.backing_off() {
            return Ok(Next::After(wait));
        }
        let limit = match self.pace(edge::now()).await? {
            Pace::Go(limit) => limit,
            Pace::Wait(wait) => return Ok(Next::After(wait)),
        };
        // Connected before anything is claimed: an outage then leaves the rows as they are.
        if !self.connection.as_ref().is_some_and(Connection::usable) {
            if let Some(wait) = self.until_due().await? {
                return Ok(Next::After(wait));
            }
            self.expect_conversation(0);
            if !self.connect().await {
                return Ok(Next::Now);
            }
            self.expect_store();
        }
        let rows = self.store.claim_outbox(&self.mailbox.name, limit, edge::now()).await?;
        if rows.is_empty() {
            let wait = self.until_due().await?.unwrap_or_default();
            return Ok(Next::After(wait.max(LOOK_AGAIN_SOON)));
        }
        self.deliver(rows).await;
        Ok(Next::Now)
    }

    async fn pace(&self, now: Timestamp) -> Result<Pace> {
        let limits = &self.mailbox.smtp;
        let (mut last_minute, mut last_day) = (0, 0);
        if limits.per_minute.is_some() {
            last_minute =
                self.store.attempts_since(&self.mailbox.name, before(now, Duration::from_secs(60))).await?;
        }
        if limits.per_day.is_some() {
            last_day = self
                .store
                .attempts_since(&self.mailbox.name, before(now, Duration::from_secs(86_400)))
                .await?;
        }
        if limits.per_minute.is_none() && limits.per_day.is_none() {
            return Ok(Pace::Go(CLAIM_MAX));
        }
        let pace = pace(limits, last_minute, last_day);
        if let Some(office) = &self.office
            && is_tight(limits, pace, last_day, self.store.due_outbox(&self.mailbox.name, now).await?)
        {
            office.limit_is_near().await?;
        }
        Ok(pace)
    }

    /// How long until a row is due; `None`: one is due now.
    async fn until_due(&self) -> Result<Option<Duration>> {
        let Some(due_at) = self.store.next_outbox_at(&self.mailbox.name).await? else {
            return Ok(Some(LOOK_AGAIN));
        };
        let wait = due_at.duration_since(edge::now());
        Ok(if wait.is_positive() { Some(wait.unsigned_abs()) } else { None })
    }

    /// Sleeps, and ends a connection that stays idle.
    async fn wait(&mut self, mut woken: Pin<&mut Notified<'_>>, wait: Duration) {
        let (now, stop) = (Instant::now(), self.stop.clone());
        let (until, idle_until) = (now + wait.min(LOOK_AGAIN), now + IDLE);
        loop {
            select! {
                () = stop.cancelled() => return,
                () = woken.as_mut() => return,
                () = sleep_until(until) => return,
                () = sleep_until(idle_until), if self.connection.is_some() => {
                    if let Some(connection) = self.connection.take() {
                        connection.quit().await;
                    }
                }
            }
        }
    }

    /// Makes sure of a usable connection; false: trouble was noted, or the worker is to stop.
    pub(super) async fn connect(&mut self) -> bool {
        if self.connection.as_ref().is_some_and(Connection::usable) {
            return true;
        }
        let mailbox = Arc::clone(&self.mailbox);
        let hello = mailbox.address.rsplit('@').next().unwrap_or_default();
        let opened = select! {
            opened = Connection::open(&mailbox.smtp.server, hello, &self.deadlines) => opened,
            () = self.stop.cancelled() => return false,
        };
        match opened {
            Ok(connection) => self.connection = Some(connection),
            Err(why) => self.back_off(&why.to_string(), why.is_operators()),
        }
        self.connection.is_some()
    }

    /// How long the mailbox still waits after trouble.
    pub(super) fn backing_off(&self) -> Option<Duration> {
        let again_at = self.trouble.as_ref()?.again_at;
        Some(again_at.saturating_duration_since(Instant::now())).filter(|wait| !wait.is_zero())
    }

    /// Notes trouble that concerns every mail: said once in the log, then only in the health.
    pub(super) fn back_off(&mut self, words: &str, operators: bool) {
        let before = self.trouble.take();
        let failures = before.as_ref().map_or(0, |trouble| trouble.failures).saturating_add(1);
        let since = before.as_ref().map_or_else(edge::now, |trouble| trouble.since);
        if before.is_none_or(|trouble| trouble.words != words) {
            warn!(mailbox = %self.mailbox.name, operators, "mail cannot leave: {words}");
        }
        let again_at = Instant::now() + backoff(failures, operators);
        self.trouble = Some(Trouble { words: words.to_owned(), operators, since, failures, again_at });
        self.tell();
    }

    /// The server answers mails again.
    pub(super) fn recovered(&mut self) {
        self.barren = 0;
        if self.trouble.take().is_some() {
            info!(mailbox = %self.mailbox.name, "mail leaves again");
            self.tell();
        }
    }

    /// Notes whether the server takes our sender (`null`: the sender `<>`); `None`: it does.
    pub(super) fn note_sender(&mut self, null: bool, refused: Option<String>) {
        let [own_sender, null_sender] = &mut self.refused_senders;
        let noted = if null { null_sender } else { own_sender };
        match (noted.is_some(), refused) {
            (false, Some(words)) => {
                warn!(mailbox = %self.mailbox.name, null_sender = null, "the SMTP server refuses our sender: {words}");
                *noted = Some((edge::now(), words));
            }
            (true, None) => {
                info!(mailbox = %self.mailbox.name, null_sender = null, "the SMTP server takes our sender again");
                *noted = None;
            }
            (true, Some(_)) | (false, None) => return,
        }
        self.tell();
    }

    fn tell(&mut self) {
        let refused = self.refused_senders.iter().flatten().next();
        let health = match (&self.trouble, refused) {
            (Some(Trouble { words, operators, since, .. }), _) => {
                OutboxHealth::Trouble { words: words.clone(), operators: *operators, since: *since }
            }
            (None, Some((since, words))) => OutboxHealth::Trouble {
                words: format!("the SMTP server refuses our sender: {words}"),
                operators: true,
                since: *since,
            },
            (None, None) => OutboxHealth::Well,
        };
        if self.told != health {
            self.told = health.clone();
            (self.health)(health);
        }
    }

    pub(super) fn note_store_error(&mut self, why: &StoreError) {
        if !self.store_failed {
            error!(mailbox = %self.mailbox.name, "the outbox cannot use the store: {why}");
        }
        self.store_failed = true;
    }
}

fn before(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_sub(span).unwrap_or(Timestamp::MIN)
}
