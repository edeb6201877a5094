//! From sources to the store: one thread reads the sources, two read the mails, and the windows are decided and written one after
//! the other. Between them are queues of few windows, so that memory is bounded by what is under way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Progress, Summary, Trouble, Wish,
    sources::{Found, Item, Limits, Sources},
    survey::survey,
    window::{Ended, ReadItem, take},
};
use crate::{
    config::Config,
    edge,
    intake::{Reader, read_policy},
    mail::ReadPolicy,
    store::{Alone, ImportBatch, ImportKind, Store, StoreError},
    triage::Model,
};

/// Mails of one commit. Larger windows than those of live mail: nobody waits for the first of them.
const WINDOW_MAILS: usize = 500;
const WINDOW_BYTES: usize = 8 << 20;
/// Windows that wait between two stages.
const QUEUE: usize = 1;
/// Threads that read mails.
const READERS: usize = 2;
/// The room that a running daemon gets between two windows: SQLite's busy handler looks at the lock again after at most 100 ms,
/// mostly sooner (`sqliteDefaultBusyCallback`).
const ROOM: Duration = Duration::from_millis(60);
/// How often it is looked whether a daemon runs.
const LOOK: Duration = Duration::from_secs(2);
/// A store that is locked or full is tried again this often.
const TRIES_MAX: u32 = 5;

/// What an import needs.
#[derive(Debug)]
pub struct Importing<'a> {
    pub config: &'a Config,
    pub store: &'a Store,
    /// Decides on categories, as in the daemon.
    pub model: Arc<Model>,
    pub progress: Progress,
    /// Ends after the window under way.
    pub stop: CancellationToken,
}

impl Importing<'_> {
    fn reader(&self) -> Result<Reader> {
        Reader::start(Arc::clone(&self.model)).context("starting a thread")
    }
}

/// What a window of sources holds.
#[derive(Default)]
struct Portion {
    items: Vec<Item>,
    bytes: usize,
    troubles: Vec<Trouble>,
    passed_over: Vec<&'static str>,
}

/// A window whose mails are read.
#[derive(Default)]
struct ReadPortion {
    mails: Vec<ReadItem>,
    taken_before: u64,
    troubles: Vec<Trouble>,
    passed_over: Vec<&'static str>,
}

/// Imports everything that the wish names.
///
/// # Errors
/// A path that is not there, a batch of that name which is another one, a store that stays unavailable. What was committed before
/// stays; repeating goes on behind it.
pub async fn run(importing: &Importing<'_>, wish: &Wish) -> Result<Summary> {
    let begun = Instant::now();
    let now = edge::now();
    let found = survey(&wish.paths, now)?;
    importing.progress.bytes_total.store(found.bytes, Ordering::Relaxed);
    importing.store.prepare_import().await?;
    let batch = importing.store.begin_import(&wish.mailbox, ImportKind::Mail, &wish.facts, now).await?;
    let mut summary = Summary {
        batch: wish.facts.batch.clone(),
        left_out: found.passed_over.clone(),
        ..Summary::default()
    };
    let policy = &importing.config.policy;
    let limits = Limits {
        message_bytes_max: usize::try_from(policy.limits.message_bytes_max).unwrap_or(usize::MAX),
        now,
    };
    let ended = Arc::new(AtomicBool::new(false));
    let bytes = Arc::clone(&importing.progress.bytes);
    let portions = read_sources(move || Sources::new(found, limits, bytes), Arc::clone(&ended))?;
    let readings = read_mails(importing, &batch, portions)?;
    let written = write(importing, &batch, readings, &mut summary).await;
    ended.store(true, Ordering::Relaxed);
    written?;
    if !summary.interrupted {
        importing.store.end_import(&batch, edge::now()).await?;
    }
    summary.seconds = begun.elapsed().as_secs_f64();
    summary.mails_per_second = summary.mails as f64 / summary.seconds.max(0.001);
    Ok(summary)
}

/// The thread that reads the sources.
fn read_sources(
    sources: impl FnOnce() -> Sources + Send + 'static,
    ended: Arc<AtomicBool>,
) -> Result<mpsc::Receiver<Portion>> {
    let (give, portions) = mpsc::channel(QUEUE);
    thread::Builder::new()
        .name("sources".into())
        .spawn(move || {
            let mut portion = Portion::default();
            let mut sources = sources();
            while let Some(found) = sources.next() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                match found {
                    Found::Mail(item) => {
                        portion.bytes += item.bytes.len();
                        portion.items.push(item);
                    }
                    Found::Trouble(trouble) => portion.troubles.push(trouble),
                    Found::PassedOver(why) => portion.passed_over.push(why),
                }
                let is_full = portion.items.len() >= WINDOW_MAILS
                    || portion.bytes >= WINDOW_BYTES
                    || portion.troubles.len() + portion.passed_over.len() >= WINDOW_MAILS;
                // Nobody takes it any more: the import has failed or was stopped.
                if is_full && give.blocking_send(std::mem::take(&mut portion)).is_err() {
                    return;
                }
            }
            drop(give.blocking_send(portion));
        })
        .context("starting a thread")?;
    Ok(portions)
}

/// The task that has the mails read, without those that an earlier run has taken.
fn read_mails(
    importing: &Importing<'_>,
    batch: &ImportBatch,
    mut portions: mpsc::Receiver<Portion>,
) -> Result<mpsc::Receiver<Result<ReadPortion>>> {
    let readers: Vec<Reader> = (0..READERS).map(|_| importing.reader()).collect::<Result<_>>()?;
    let (store, batch) = (importing.store.clone(), batch.clone());
    let policy = read_policy(&importing.config.policy);
    let (give, readings) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        while let Some(portion) = portions.recv().await {
            let read = read_portion(&store, &batch, &policy, &readers, portion).await;
            let failed = read.is_err();
            if give.send(read).await.is_err() || failed {
                return;
            }
        }
    });
    Ok(readings)
}

async fn read_portion(
    store: &Store,
    batch: &ImportBatch,
    policy: &ReadPolicy,
    readers: &[Reader],
    portion: Portion,
) -> Result<ReadPortion> {
    let Portion { mut items, troubles, passed_over, .. } = portion;
    let mut taken_before = 0;
    if batch.resumed {
        let places: Vec<&str> = items.iter().map(|item| item.place.as_str()).collect();
        let mut taken = store.taken_places(batch, &places).await?.into_iter();
        let all = items.len();
        items.retain(|_| !taken.next().unwrap_or_default());
        taken_before = u64::try_from(all - items.len()).unwrap_or_default();
    }
    let mails = read_items(readers, policy, items).await?;
    Ok(ReadPortion { mails, taken_before, troubles, passed_over })
}

/// Reads mails on all threads, in order.
async fn read_items(readers: &[Reader], policy: &ReadPolicy, items: Vec<Item>) -> Result<Vec<ReadItem>> {
    let share = items.len().div_ceil(readers.len().max(1)).max(1);
    let jobs = items.chunks(share).zip(readers).map(|(items, reader)| {
        reader.read(items.iter().map(|item| Arc::clone(&item.bytes)).collect(), policy.clone())
    });
    let read = futures::future::try_join_all(jobs).await.map_err(|why| anyhow!("{why}"))?;
    Ok(items
        .into_iter()
        .zip(read.into_iter().flatten())
        .map(|(item, read)| ReadItem { item, read })
        .collect())
}

/// Decides on the windows and writes them.
async fn write(
    importing: &Importing<'_>,
    batch: &ImportBatch,
    mut readings: mpsc::Receiver<Result<ReadPortion>>,
    summary: &mut Summary,
) -> Result<()> {
    let mut looked = Instant::now();
    let mut daemon_runs = Alone::is_claimed(&importing.config.store.url);
    while let Some(portion) = readings.recv().await {
        let portion = portion?;
        summary.taken_before += portion.taken_before;
        portion.troubles.into_iter().for_each(|trouble| summary.trouble(trouble));
        for why in portion.passed_over {
            *summary.passed_over.entry(why.to_owned()).or_default() += 1;
        }
        let mails = portion.mails;
        let places: Vec<String> = mails.iter().map(|mail| mail.item.place.clone()).collect();
        let ended = write_window(importing, batch, mails).await?;
        Progress::add(&importing.progress.mails, u64::try_from(ended.len()).unwrap_or_default());
        for (ended, place) in ended.into_iter().zip(places) {
            count(importing, summary, ended, place);
        }
        if importing.stop.is_cancelled() {
            summary.interrupted = true;
            return Ok(());
        }
        if looked.elapsed() > LOOK {
            looked = Instant::now();
            daemon_runs = Alone::is_claimed(&importing.config.store.url);
        }
        if daemon_runs {
            tokio::time::sleep(ROOM).await;
        }
    }
    Ok(())
}

fn count(importing: &Importing<'_>, summary: &mut Summary, ended: Ended, place: String) {
    summary.mails += 1;
    match ended {
        Ended::NewTicket => {
            summary.tickets += 1;
            Progress::add(&importing.progress.tickets, 1);
        }
        Ended::OnTicket => summary.added += 1,
        Ended::Duplicate => summary.duplicates += 1,
        Ended::NoConversation => summary.without_conversation += 1,
        Ended::NoSender => {
            summary.trouble(Trouble { place, why: "no usable sender".to_owned() });
        }
        Ended::Other => summary.other += 1,
        Ended::Quarantined => {
            summary.quarantined += 1;
            summary.trouble(Trouble {
                place,
                why: "kept in quarantine: reading or judging it crashed".to_owned(),
            });
        }
    }
}

/// One window, one commit; again when the store was not available, mail by mail when it refuses one of them.
async fn write_window(
    importing: &Importing<'_>,
    batch: &ImportBatch,
    mails: Vec<ReadItem>,
) -> Result<Vec<Ended>> {
    if mails.is_empty() {
        return Ok(Vec::new());
    }
    let items: Vec<Item> = mails.iter().map(|mail| mail.item.clone()).collect();
    match write_once(importing, batch, mails).await {
        Ok(ended) => Ok(ended),
        Err(Unwritten { why: StoreError::Operator(why), .. }) => Err(anyhow!(why)),
        Err(Unwritten { why: StoreError::Temporary(_), ended }) => {
            write_again(importing, batch, items, ended).await
        }
        Err(Unwritten { why: StoreError::Conflict(_) | StoreError::Refused(_), .. }) => {
            one_by_one(importing, batch, items).await
        }
    }
}

/// A window that was not written, as far as is known.
struct Unwritten {
    why: StoreError,
    /// How its mails ended if only the answer to the commit was lost; empty: it was not asked for.
    ended: Vec<Ended>,
}

impl From<StoreError> for Unwritten {
    fn from(why: StoreError) -> Self {
        Self { why, ended: Vec::new() }
    }
}

async fn write_once(
    importing: &Importing<'_>,
    batch: &ImportBatch,
    mails: Vec<ReadItem>,
) -> std::result::Result<Vec<Ended>, Unwritten> {
    let mut window = importing.store.window().await?;
    let ended = take(&mut window, batch, &importing.config.policy, mails, edge::now()).await?;
    match window.commit().await {
        Ok(()) => Ok(ended),
        Err(why) => Err(Unwritten { why, ended }),
    }
}

/// The store was not available: the window is written now, or was.
async fn write_again(
    importing: &Importing<'_>,
    batch: &ImportBatch,
    items: Vec<Item>,
    mut unanswered: Vec<Ended>,
) -> Result<Vec<Ended>> {
    let (reader, policy) = (importing.reader()?, read_policy(&importing.config.policy));
    let places: Vec<&str> = items.iter().map(|item| item.place.as_str()).collect();
    let mut tries = 0;
    loop {
        tries += 1;
        tokio::time::sleep(Duration::from_secs(u64::from(tries))).await;
        // A server that commits and then falls silent has taken all of it (PostgreSQL, also at a failover).
        let taken = importing.store.taken_places(batch, &places).await;
        if !unanswered.is_empty() && taken.is_ok_and(|taken| taken.contains(&true)) {
            return Ok(unanswered);
        }
        let mails = read_items(std::slice::from_ref(&reader), &policy, items.clone()).await?;
        match write_once(importing, batch, mails).await {
            Ok(ended) => return Ok(ended),
            Err(Unwritten { why: StoreError::Temporary(_), ended }) if tries < TRIES_MAX => {
                if !ended.is_empty() {
                    unanswered = ended;
                }
            }
            Err(unwritten) => return Err(unwritten.why).context("the same command goes on from here"),
        }
    }
}

/// The mail that the store refuses is put into quarantine, the others are taken.
async fn one_by_one(importing: &Importing<'_>, batch: &ImportBatch, items: Vec<Item>) -> Result<Vec<Ended>> {
    let (reader, policy) = (importing.reader()?, read_policy(&importing.config.policy));
    let places: Vec<&str> = items.iter().map(|item| item.place.as_str()).collect();
    if importing.store.taken_places(batch, &places).await?.contains(&true) {
        return Err(anyhow!(
            "another import into batch `{}` is under way: wait for its end, or give this one another name with --batch",
            batch.facts.batch
        ));
    }
    let mut ended = Vec::with_capacity(items.len());
    for item in items {
        let mails = read_items(std::slice::from_ref(&reader), &policy, vec![item.clone()]).await?;
        match write_once(importing, batch, mails).await {
            Ok(one) => ended.extend(one),
            Err(Unwritten { why: StoreError::Conflict(_) | StoreError::Refused(_), .. }) => {
                let unread = vec![ReadItem { item, read: None }];
                ended.extend(write_once(importing, batch, unread).await.map_err(|unwritten| unwritten.why)?);
            }
            Err(unwritten) => return Err(unwritten.why.into()),
        }
    }
    Ok(ended)
}
