//! Power cuts: the story is told once while every change of the store's files is recorded, with what the world outside had
//! seen by then; then the machine dies at many moments, each with another fate of what was not synced (disk.rs).
//!
//! On each image: SQLite recovers it; what had been acknowledged outwards (a mail that was sent, a mail that was marked on the
//! server) is in it; and a daemon started on it, with the mailbox and the sink as they were, ends with the oracle. SQLite only:
//! PostgreSQL answers for its own disk.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use maildesk_lab::{
    desk::Engine,
    mailclient::Mail,
    scripted_imap::ScriptedImap,
    scripted_smtp::{Received, ScriptedSmtp},
    tracer::{Change, Plan},
};
use tokio::runtime::Runtime;

use crate::{
    disk::{Disk, FATES, Fate},
    post::{AFTER, HANDLED, Lying, Post},
    random::Random,
    record::{self, Record},
    scenario::{self, FILE_BYTES, Letter},
    stage::Stage,
};

/// Images that are cut from one recording.
const IMAGES_A_RECORDING: u64 = 25;
/// A file that makes the write-ahead log longer than the 16 MiB after which SQLite writes it back into the database.
const LARGE_FILE_BYTES: usize = 12 << 20;

/// What to sweep.
#[derive(Debug, Clone)]
pub struct Options {
    pub binary: PathBuf,
    pub images: u64,
    pub seed: u64,
    pub at_once: usize,
    /// Only this one of the images.
    pub only: Option<u64>,
}

/// What the world outside had seen right after a change.
#[derive(Debug, Clone)]
struct Outside {
    taken: usize,
    delivered: usize,
    inbox: Vec<Lying>,
    handled: usize,
}

#[derive(Debug)]
struct Step {
    change: Change,
    outside: Outside,
}

/// The story, told once without any fault.
struct Recording {
    after: &'static str,
    steps: Vec<Step>,
    letters: Vec<Letter>,
    taken: Vec<Received>,
    secret: Vec<u8>,
}

#[derive(Debug, Default)]
struct Tally {
    images: u64,
    unsynced: u64,
    by_fate: BTreeMap<String, u64>,
    failures: Vec<String>,
}

/// Sweeps; true when the oracle held everywhere.
///
/// # Errors
/// When the harness itself cannot go on.
pub fn sweep(options: &Options) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let tally = Mutex::new(Tally::default());
    let begun = Instant::now();
    println!("power: {} images, seed {}", options.images, options.seed);
    for recording in 0..options.images.div_ceil(IMAGES_A_RECORDING) {
        let first = recording * IMAGES_A_RECORDING + 1;
        let last = options.images.min(first + IMAGES_A_RECORDING - 1);
        if options.only.is_some_and(|only| !(first..=last).contains(&only)) {
            continue;
        }
        let recorded = record(&runtime, options, recording)?;
        println!(
            "power: recording {recording}: {} changes, after = {}",
            recorded.steps.len(),
            recorded.after
        );
        let next = AtomicU64::new(first);
        std::thread::scope(|scope| {
            for _ in 0..options.at_once {
                scope.spawn(|| {
                    loop {
                        let image = next.fetch_add(1, Ordering::Relaxed);
                        if image > last {
                            return;
                        }
                        if options.only.is_none_or(|only| only == image)
                            && let Err(why) = try_image(&runtime, options, &recorded, image, &tally)
                        {
                            lock(&tally).failures.push(format!("image {image}: the harness: {why:#}"));
                        }
                    }
                });
            }
        });
    }
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    report(&tally, begun.elapsed());
    Ok(tally.failures.is_empty())
}

fn lock(tally: &Mutex<Tally>) -> std::sync::MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

fn report(tally: &Tally, took: Duration) {
    let fates: Vec<String> = tally.by_fate.iter().map(|(fate, count)| format!("{fate} {count}")).collect();
    println!(
        "power: {} images in {:.0} s, {} of them with changes that were not synced ({}); oracle broken at {}",
        tally.images,
        took.as_secs_f64(),
        tally.unsynced,
        fates.join(", "),
        tally.failures.len()
    );
    for failure in &tally.failures {
        println!("power: FAILED {failure}");
    }
}

/// Tells the story in two lives, each ended in order, so that cuts fall into starts, work, write-backs and ends.
fn record(runtime: &Runtime, options: &Options, number: u64) -> Result<Recording> {
    let mut random = Random::of_point(options.seed, number);
    let after = random.pick(&AFTER).unwrap_or("keep");
    let file_bytes = if number % 2 == 1 { LARGE_FILE_BYTES } else { FILE_BYTES };
    let server = runtime.block_on(ScriptedImap::builder().folder(HANDLED).start());
    let mut stage = Stage::new(runtime, &options.binary, Engine::Sqlite, Post::Scripted(server), after)?;
    for letter in scenario::first_letters(file_bytes) {
        stage.deliver(letter)?;
    }
    let steps: Arc<Mutex<Vec<Step>>> = Arc::default();
    let begin = |stage: &mut Stage<'_>| {
        let recorder = recorder(&steps, &stage.post, &stage.sink, &stage.delivered);
        let files = stage.seat.files();
        stage.seat.start_traced(Plan { files, kill: None, recorder: Some(recorder) })
    };
    begin(&mut stage)?;
    let first_life = usize::try_from(1 + random.below(8))?;
    let end = Instant::now() + Duration::from_secs(60);
    while stage.sink.count() < first_life {
        if Instant::now() >= end || !stage.seat.is_running() {
            bail!("the first life sends nothing:\n{}", stage.seat.log());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    stage.seat.stop()?;
    begin(&mut stage)?;
    stage.play_from_outside()?;
    stage.seat.stop()?;
    let secret = fs::read(stage.seat.path().join("desk-secret"))?;
    let taken = stage.received();
    let letters = std::mem::take(&mut stage.letters);
    drop(stage);
    let steps = std::mem::take(&mut *steps.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Recording { after, steps, letters, taken, secret })
}

/// The daemon waits while its change is noted: whatever it caused before is in what is seen now, and what it will cause by this
/// change is not.
fn recorder(
    steps: &Arc<Mutex<Vec<Step>>>,
    post: &Arc<Post>,
    sink: &Arc<ScriptedSmtp>,
    delivered: &Arc<AtomicUsize>,
) -> Box<dyn FnMut(Change) + Send> {
    let (steps, post) = (Arc::clone(steps), Arc::clone(post));
    let (sink, delivered) = (Arc::clone(sink), Arc::clone(delivered));
    Box::new(move |change| {
        let inbox = post.lying("INBOX").unwrap_or_default();
        let highest = inbox.iter().map(|mail| mail.uid).max().unwrap_or(0);
        let outside = Outside {
            taken: sink.count(),
            delivered: delivered.load(Ordering::SeqCst).max(usize::try_from(highest).unwrap_or(0)),
            inbox,
            handled: post.lying(HANDLED).unwrap_or_default().len(),
        };
        steps.lock().unwrap_or_else(PoisonError::into_inner).push(Step { change, outside });
    })
}

fn try_image(
    runtime: &Runtime,
    options: &Options,
    recording: &Recording,
    image: u64,
    tally: &Mutex<Tally>,
) -> Result<()> {
    let mut random = Random::of_point(options.seed ^ 0xd15c, image);
    let at = moment(recording, &mut random);
    let fate = random.pick(&FATES).unwrap_or(Fate::Lost);
    let mut disk = Disk::default();
    recording.steps.iter().take(at + 1).for_each(|step| disk.apply(&step.change));
    let files = disk.cut(fate, &mut random);
    let step = recording.steps.get(at).context("no such step")?;
    let mut stage = restored(runtime, options, recording, &step.outside)?;
    let mut wrong = acknowledged(runtime, recording, &step.outside, &files)
        .unwrap_or_else(|why| vec![format!("{why:#}")]);
    for (name, bytes) in &files {
        fs::write(stage.seat.path().join(name), bytes)?;
    }
    let ended = stage.seat.start().and_then(|()| stage.finish(recording.after));
    wrong.extend(ended.unwrap_or_else(|why| vec![format!("{why:#}")]));
    let mut tally = lock(tally);
    tally.images += 1;
    tally.unsynced += u64::from(!disk.is_synced());
    *tally.by_fate.entry(format!("{fate:?}")).or_default() += 1;
    if !wrong.is_empty() {
        let folder = stage.seat.keep();
        for (name, bytes) in &files {
            fs::write(folder.join(format!("image-{name}")), bytes)?;
        }
        tally.failures.push(format!(
            "seed {} image {image} (after change {at}, {}, {fate:?}, after = {}), see {}:\n    {}",
            options.seed,
            brief(&step.change),
            recording.after,
            folder.display(),
            wrong.join("\n    ")
        ));
    }
    Ok(())
}

/// Anywhere, but every second time within a few changes of one that is no write into the log: there the order matters.
fn moment(recording: &Recording, random: &mut Random) -> usize {
    let count = recording.steps.len();
    let anywhere = usize::try_from(random.below(count as u64)).unwrap_or(0);
    let is_turn = |step: &Step| !matches!(&step.change, Change::Write { path, .. } if path.to_string_lossy().ends_with("-wal"));
    let turns: Vec<usize> =
        recording.steps.iter().enumerate().filter(|(_, step)| is_turn(step)).map(|(at, _)| at).collect();
    let near = random.pick(&turns).map(|turn| turn + usize::try_from(random.below(4)).unwrap_or(0));
    match near {
        Some(near) if random.one_in(2) => near.saturating_sub(2).min(count.saturating_sub(1)),
        _ => anywhere,
    }
}

/// The stage as it was, without its store.
fn restored<'r>(
    runtime: &'r Runtime,
    options: &Options,
    recording: &Recording,
    outside: &Outside,
) -> Result<Stage<'r>> {
    let mut builder = ScriptedImap::builder().folder(HANDLED);
    for mail in &outside.inbox {
        let letter = usize::try_from(mail.uid)?.checked_sub(1).and_then(|at| recording.letters.get(at));
        let flags: Vec<&str> = mail.flags.iter().map(String::as_str).collect();
        builder = builder.lying("INBOX", mail.uid, &flags, &letter.context("an unknown mail")?.bytes);
    }
    for uid in 1..=u32::try_from(outside.handled)? {
        builder = builder.lying(HANDLED, uid, &[], b"Subject: settled\r\n\r\n");
    }
    let server = runtime.block_on(builder.start());
    server.set_uid_next(u32::try_from(outside.delivered + 1)?);
    let post = Post::Scripted(server);
    let mut stage = Stage::new(runtime, &options.binary, Engine::Sqlite, post, recording.after)?;
    fs::write(stage.seat.path().join("desk-secret"), &recording.secret)?;
    stage.letters = recording.letters.iter().take(outside.delivered).cloned().collect();
    stage.history = recording.taken.iter().take(outside.taken).cloned().collect();
    Ok(stage)
}

/// The image by itself: sound, and nothing is missing of what the world has seen.
fn acknowledged(
    runtime: &Runtime,
    recording: &Recording,
    outside: &Outside,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<String>> {
    let folder = tempfile::tempdir()?;
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes)?;
    }
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("maildesk.db").display());
    let record = runtime.block_on(record::read_image(&url))?;
    let Some(Record { ledger, outbox, damage, .. }) = record else {
        let seen = outside.taken > 0 || outside.inbox.len() < outside.delivered;
        return Ok(if seen {
            vec!["the store is gone, and mail was taken or sent".to_owned()]
        } else {
            Vec::new()
        });
    };
    let mut wrong: Vec<String> = damage.into_iter().map(|d| format!("the image is damaged: {d}")).collect();
    for mail in recording.taken.iter().take(outside.taken) {
        let id = Mail::new(mail.data.clone()).header("Message-ID");
        let row = outbox.iter().find(|row| row.message_id() == id.trim_matches(['<', '>']));
        if !row.is_some_and(|row| row.attempts > 0 && row.state != "queued") {
            wrong.push(format!("{id} was sent, and the image says {:?}", row.map(|row| &row.state)));
        }
    }
    for (uid, letter) in (1..).zip(recording.letters.iter().take(outside.delivered)) {
        let lies = outside.inbox.iter().find(|mail| mail.uid == uid);
        if lies.is_some_and(|mail| mail.flags.is_empty()) {
            continue;
        }
        let row = ledger.iter().find(|row| row.uid == i64::from(uid));
        if !row.is_some_and(|row| row.outcome != "kept" && row.bytes.as_deref() == Some(&letter.bytes)) {
            wrong.push(format!(
                "{} is settled, and the image says {:?}",
                letter.key,
                row.map(|row| &row.outcome)
            ));
        }
    }
    Ok(wrong)
}

fn brief(change: &Change) -> String {
    let name = |path: &std::path::Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match change {
        Change::Create(path) => format!("create {}", name(path)),
        Change::Write { path, offset, bytes } => format!("write {} {offset}+{}", name(path), bytes.len()),
        Change::Truncate { path, length } => format!("truncate {} {length}", name(path)),
        Change::Sync(path) => format!("sync {}", name(path)),
        Change::Remove(path) => format!("remove {}", name(path)),
        Change::Rename { from, to } => format!("rename {} {}", name(from), name(to)),
    }
}
