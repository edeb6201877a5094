//! The running desk: start, supervision, reload, systemd. May import everything but `cli`.
//!
//! Invariants: one broken mailbox does not stop another; a wrong config at reload leaves the old one; stopping takes at
//! most 10 s.

mod lease;
mod mailbox;
mod notify;
mod outgoing;
mod timers;

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use arc_swap::ArcSwap;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use self::lease::Shift;
use crate::{
    config::{self, Config, MailboxConfig},
    edge::{self, Pulse},
    intake::{Desk, Judgement, Prover, Reader, TaughtFrom, alert, keep_learning, open_store, teach},
    net,
    render::Templates,
    store::{self, Alone, Changes},
};

/// All work must have ended this long after the word to stop (SPEC section 13).
const DRAIN_MAX: Duration = Duration::from_secs(9);
/// How often modes are looked at without word of a change.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// After trouble with hearing of other processes' changes.
const LISTEN_AGAIN: Duration = Duration::from_secs(2);

/// Runs the desk until SIGTERM or SIGINT.
///
/// # Errors
/// When the config, the store or the templates are unusable at start.
pub async fn run(path: &Path) -> Result<()> {
    let config = config::load(path)?;
    for note in &config.notes {
        warn!(note, "config");
    }
    let _alone = Alone::claim(&config.store.url)?;
    let desk = open(&config).await?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    desk.refresh_modes(&shared(&config)).await?;
    // What waited for the start is judged by what was learned before it.
    let mut running = Running::start(&desk, &config, teach(&desk).await);
    note_left_behind(&desk, &config).await;
    note_mark(&desk, &config).await;
    let watchdog = notify::Watchdog::start();
    watchdog.watch(running.pulses.clone());
    notify::ready(&running.summary());
    info!(mailboxes = config.mailboxes.len(), version = env!("CARGO_PKG_VERSION"), "maildesk is ready");
    let mut current = config;
    loop {
        tokio::select! {
            _ = hangup.recv() => match reload(path, &desk, &current).await {
                Ok(new) => {
                    notify::reloading();
                    running.stop().await;
                    running = Running::start(&desk, &new, teach(&desk).await);
                    note_left_behind(&desk, &new).await;
                    watchdog.watch(running.pulses.clone());
                    notify::ready(&running.summary());
                    current = new;
                    info!(mailboxes = current.mailboxes.len(), "reloaded");
                }
                Err(why) => refuse_reload(&desk, &current, &why).await,
            },
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    notify::stopping();
    info!("stopping");
    running.stop().await;
    desk.store.close().await;
    info!("stopped");
    Ok(())
}

async fn open(config: &Config) -> Result<Desk> {
    let store = open_store(&config.store).await.context("opening the store")?;
    let judgement = Judgement::prepare(config, templates(config)?, &store).await?;
    let prover = match net::resolver(config.resolver) {
        Ok(resolver) => Some(Prover::new(resolver)),
        Err(why) => {
            warn!(%why, "no name server: DKIM signatures cannot be checked");
            None
        }
    };
    Ok(Desk {
        store,
        judgement: Arc::new(ArcSwap::from_pointee(judgement)),
        reader: Reader::start(Arc::new(config.policy.untaught())).context("starting the reading thread")?,
        prover,
        live: Arc::default(),
        outbox_wake: Arc::default(),
        intake_wake: Arc::default(),
        timers_wake: Arc::default(),
        corrected: Arc::default(),
    })
}

/// The built-in templates, with the operator's own in place of theirs.
///
/// # Errors
/// When a file cannot be read or holds a mistake.
pub fn templates(config: &Config) -> Result<Templates> {
    let overrides = match &config.templates_folder {
        Some(folder) => {
            config::template_files(folder).with_context(|| format!("reading {}", folder.display()))?
        }
        None => std::collections::BTreeMap::new(),
    };
    Ok(Templates::with_overrides(&overrides)?)
}

/// Loads the config anew. Everything that can fail is tried before anything changes.
async fn reload(path: &Path, desk: &Desk, current: &Config) -> Result<Config> {
    let new = config::load(path)?;
    for what in config::diff_needing_restart(current, &new) {
        warn!(what, "takes effect only at the next start");
    }
    let judgement = Judgement::prepare(&new, templates(&new)?, &desk.store).await?;
    desk.refresh_modes(&shared(&new)).await?;
    desk.judgement.store(Arc::new(judgement));
    Ok(new)
}

fn shared(config: &Config) -> Vec<Arc<MailboxConfig>> {
    config.mailboxes.iter().cloned().map(Arc::new).collect()
}

async fn refuse_reload(desk: &Desk, current: &Config, why: &anyhow::Error) {
    error!("the new config is wrong, the old one stays: {why:#}");
    let alert = alert::Alert {
        title: "The new config was refused, the old one stays in force".to_owned(),
        facts: vec![("What is wrong".to_owned(), format!("{why:#}"))],
        advice: "Correct the file, try it with `maildesk check`, and reload again.".to_owned(),
    };
    let Some(mailbox) = current.mailboxes.first() else { return };
    if let Err(why) = alert::send(desk, &mailbox.name, &alert).await {
        error!(%why, "the operators could not be told");
    }
}

/// Says where the config believes a mark that no probe showed to be safe: it counts for nobody then.
async fn note_mark(desk: &Desk, config: &Config) {
    if config.policy.trust.internal.is_empty() {
        return;
    }
    for mailbox in &config.mailboxes {
        match desk.store.internal_mark_holds(&mailbox.name, &mailbox.imap.host).await {
            Ok(true) => {}
            Ok(false) => warn!(
                mailbox = mailbox.name,
                "[trust] internal counts for nobody yet: run maildesk check --online"
            ),
            Err(why) => warn!(%why, "what a probe showed cannot be read"),
        }
    }
}

/// Rows belong to a mailbox by its name: under another name nobody works on them.
async fn note_left_behind(desk: &Desk, config: &Config) {
    let Ok(known) = desk.store.status().await else { return };
    for status in known.iter().filter(|s| config.mailboxes.iter().all(|m| m.name != s.mailbox)) {
        let count = |of: &std::collections::BTreeMap<String, u64>, word| of.get(word).copied().unwrap_or(0);
        let unsent = count(&status.outbox, "queued") + count(&status.outbox, "unknown");
        let undecided = count(&status.outcomes, "kept");
        if unsent + undecided > 0 {
            warn!(
                mailbox = status.mailbox,
                unsent,
                undecided,
                "the config does not name this mailbox any more, and what waits in it goes on waiting: name it again, \
                 or cancel with `maildesk outbox cancel`"
            );
        }
    }
}

/// The tasks of one config: replaced as a whole at reload.
struct Running {
    stop: CancellationToken,
    tasks: JoinSet<()>,
    pulses: Vec<Pulse>,
    mailboxes: usize,
}

impl Running {
    fn start(desk: &Desk, config: &Config, taught: TaughtFrom) -> Self {
        let mailboxes = shared(config);
        let mut running = Self {
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
            pulses: Vec::new(),
            mailboxes: mailboxes.len(),
        };
        for mailbox in &mailboxes {
            let shift = Shift {
                desk: desk.clone(),
                mailbox: Arc::clone(mailbox),
                lease: config.store.lease,
                taking: running.pulse(),
                sending: running.pulse(),
                stop: running.stop.clone(),
            };
            running.tasks.spawn(shift.run());
        }
        let pulse = running.pulse();
        running.tasks.spawn(timers::run(desk.clone(), pulse, running.stop.clone()));
        running.tasks.spawn(watch_foreign_changes(desk.clone(), mailboxes, running.stop.clone()));
        let learning = keep_learning(desk.clone(), taught);
        let stop = running.stop.clone();
        running.tasks.spawn(async move { stop.run_until_cancelled(learning).await.unwrap_or_default() });
        running
    }

    fn pulse(&mut self) -> Pulse {
        let pulse = Pulse::default();
        self.pulses.push(pulse.clone());
        pulse
    }

    fn summary(&self) -> String {
        format!("serving {} mailbox{}", self.mailboxes, if self.mailboxes == 1 { "" } else { "es" })
    }

    /// Lets work under way end; what has not ended by then is given up: the store knows where it stood.
    async fn stop(&mut self) {
        self.stop.cancel();
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_MAX, drained).await.is_err() {
            warn!("some work did not end in time and is given up");
            self.tasks.shutdown().await;
        }
    }
}

/// The command line works on the same store, and other daemons may: their changes (live, retry, cancel, a reminder of a
/// mailbox that is worked here) wake this one.
async fn watch_foreign_changes(desk: Desk, mailboxes: Vec<Arc<MailboxConfig>>, stop: CancellationToken) {
    let mut changes = None;
    while !stop.is_cancelled() {
        let heard = tokio::select! {
            heard = next_change(&desk, &mut changes) => heard,
            // A word may be lost, with a connection that nobody ended; modes are looked at nowhere else.
            () = tokio::time::sleep(LOOK_AGAIN) => Ok(()),
            () = stop.cancelled() => return,
        };
        let refreshed = match heard {
            Ok(()) => desk.refresh_modes(&mailboxes).await,
            Err(why) => Err(why),
        };
        if let Err(why) = refreshed {
            debug!(%why, "changes of other processes could not be looked at; trying again");
            changes = None;
            tokio::select! {
                () = tokio::time::sleep(LISTEN_AGAIN) => {}
                () = stop.cancelled() => return,
            }
        }
        desk.intake_wake.notify_waiters();
        desk.outbox_wake.notify_waiters();
        desk.timers_wake.notify_one();
        desk.corrected.notify_one();
    }
}

/// Whoever begins to listen may have missed something: that counts as a change.
async fn next_change(desk: &Desk, changes: &mut Option<Changes>) -> store::Result<()> {
    match changes {
        Some(changes) => changes.next().await,
        None => {
            *changes = Some(desk.store.changes().await?);
            Ok(())
        }
    }
}

/// Now and then, for jitter: a number in 0..1.
fn jitter() -> f64 {
    f64::from(u16::from_be_bytes(edge::random())) / f64::from(u16::MAX)
}
