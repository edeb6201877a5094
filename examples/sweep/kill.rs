//! kill -9 at the N-th system call that writes, syncs, sends or receives, over all threads, before it, in its middle or after
//! it; then the daemon starts again, now and then to be killed again while it recovers, and the oracle is asked.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use maildesk_lab::{
    desk::Engine,
    dovecot::Dovecot,
    tracer::{Course, Kill, Moment, Plan},
};
use tokio::runtime::Runtime;

use crate::{
    post::{AFTER, Post, accounts},
    random::Random,
    scenario::{self, FILE_BYTES},
    stage::Stage,
};

/// How much faster the daemon's clock runs: it waits 20 s whether the provider files what was sent before it does so itself.
const HASTE: u32 = 20;

/// What to sweep.
#[derive(Debug, Clone)]
pub struct Options {
    pub binary: std::path::PathBuf,
    pub engine: Engine,
    pub points: u64,
    pub seed: u64,
    pub at_once: usize,
    /// Only this one of the points.
    pub only: Option<u64>,
}

/// What all points together saw.
#[derive(Debug, Default)]
struct Tally {
    killed: u64,
    /// The N-th call never came: the story was over before.
    over_before: u64,
    killed_again: u64,
    repeated_mails: u64,
    where_killed: BTreeMap<String, u64>,
    failures: Vec<String>,
}

/// Sweeps; true when the oracle held everywhere.
///
/// # Errors
/// When the harness itself cannot go on.
pub fn sweep(options: &Options) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let accounts = accounts(options.points);
    let accounts: Vec<(&str, &str)> = accounts.iter().map(|(u, p)| (u.as_str(), p.as_str())).collect();
    let dovecot = Arc::new(Dovecot::start(&accounts).context("starting Dovecot")?);
    let reference = reference(&runtime, options, &dovecot)?;
    println!(
        "kill: a reference run makes {} calls that write, sync, send or receive; {} points, seed {}",
        reference.calls, options.points, options.seed
    );
    let tally = Mutex::new(Tally::default());
    let next = AtomicU64::new(1);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..options.at_once {
            scope.spawn(|| {
                loop {
                    let point = next.fetch_add(1, Ordering::Relaxed);
                    if point > options.points {
                        return;
                    }
                    if options.only.is_some_and(|only| only != point) {
                        continue;
                    }
                    if point.is_multiple_of(100) {
                        eprintln!("kill: at point {point} after {:.0} s", begun.elapsed().as_secs_f64());
                    }
                    let outcome = self::point(&runtime, options, &dovecot, reference.calls, point, &tally);
                    if let Err(why) = outcome {
                        lock(&tally).failures.push(format!("point {point}: the harness: {why:#}"));
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    report(options, &tally, begun.elapsed());
    Ok(tally.failures.is_empty())
}

fn lock(tally: &Mutex<Tally>) -> std::sync::MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

fn report(options: &Options, tally: &Tally, took: Duration) {
    println!(
        "kill: {} points in {:.0} s: {} killed ({} of them again while recovering), {} were over before; {} mails repeated, \
         each as the same bytes; oracle broken at {}",
        options.points,
        took.as_secs_f64(),
        tally.killed,
        tally.killed_again,
        tally.over_before,
        tally.repeated_mails,
        tally.failures.len()
    );
    let places: Vec<String> =
        tally.where_killed.iter().map(|(place, count)| format!("{place} {count}")).collect();
    println!("kill: at {}", places.join(", "));
    for failure in &tally.failures {
        println!("kill: FAILED {failure}");
    }
}

/// The story without a kill, counted.
fn reference(runtime: &Runtime, options: &Options, dovecot: &Arc<Dovecot>) -> Result<Course> {
    let post = Post::dovecot(dovecot, "p0@desk.test")?;
    let mut stage = Stage::new(runtime, &options.binary, options.engine, post, "keep")?;
    stage.seat.hurry(HASTE)?;
    for letter in scenario::first_letters(FILE_BYTES) {
        stage.deliver(letter)?;
    }
    let files = stage.seat.files();
    stage.seat.start_traced(Plan { files, ..Plan::default() })?;
    stage.play_from_outside()?;
    let course = stage.seat.kill();
    stage.seat.start()?;
    let ended = stage.finish("keep");
    let wrong = ended.unwrap_or_else(|why| vec![format!("{why:#}")]);
    if !wrong.is_empty() {
        let folder = stage.seat.keep();
        bail!("the oracle does not hold without any fault (see {}):\n{}", folder.display(), wrong.join("\n"));
    }
    Ok(course)
}

fn point(
    runtime: &Runtime,
    options: &Options,
    dovecot: &Arc<Dovecot>,
    calls: u64,
    point: u64,
    tally: &Mutex<Tally>,
) -> Result<()> {
    let mut random = Random::of_point(options.seed, point);
    let after = random.pick(&AFTER).unwrap_or("keep");
    let post = Post::dovecot(dovecot, &format!("p{point}@desk.test"))?;
    let mut stage = Stage::new(runtime, &options.binary, options.engine, post, after)?;
    stage.seat.hurry(HASTE)?;
    for letter in scenario::first_letters(FILE_BYTES) {
        stage.deliver(letter)?;
    }
    // Points are spread evenly over the course, and lie anywhere within their share of it.
    let share = |n: u64| n * calls / options.points;
    let nth = 1 + share(point - 1) + random.below(share(point).saturating_sub(share(point - 1)).max(1));
    let mut words = vec![format!("after = {after}")];
    let mut lives = vec![nth];
    while lives.len() < 4 && random.one_in(4) {
        lives.push(1 + random.below(calls / 2));
    }
    for (life, nth) in lives.iter().enumerate() {
        let moment = random.pick(&[Moment::Before, Moment::Halfway, Moment::After]).unwrap_or(Moment::After);
        let kill = Some(Kill { nth: *nth, moment });
        let files = stage.seat.files();
        stage.seat.start_traced(Plan { files, kill, recorder: None })?;
        stage.play_from_outside()?;
        let course = stage.seat.kill();
        words.push(format!("life {life}: call {nth} {moment:?} {:?}", course.killed_at));
        note(tally, life, &course);
        stage.ended_recovering += usize::from(life > 0);
    }
    let ended = stage.seat.start().and_then(|()| stage.finish(after));
    let wrong = ended.unwrap_or_else(|why| vec![format!("{why:#}")]);
    let mut tally = lock(tally);
    tally.repeated_mails += (stage.sink.count() as u64).saturating_sub(scenario::dues().len() as u64);
    if !wrong.is_empty() {
        let folder = stage.seat.keep();
        let (seed, words, wrong) = (options.seed, words.join("; "), wrong.join("\n    "));
        tally
            .failures
            .push(format!("seed {seed} point {point} ({words}), see {}:\n    {wrong}", folder.display()));
    }
    Ok(())
}

fn note(tally: &Mutex<Tally>, life: usize, course: &Course) {
    let mut tally = lock(tally);
    let Some(place) = &course.killed_at else {
        tally.over_before += u64::from(life == 0);
        return;
    };
    *tally.where_killed.entry(place.clone()).or_default() += 1;
    if life == 0 {
        tally.killed += 1;
    } else {
        tally.killed_again += 1;
    }
}
