//! kill -9 at the N-th system call that writes, syncs, sends or receives, over all threads, before it, in its middle or after
//! it; then the daemon starts again, now and then to be killed again while it recovers, and the oracle is asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use maildesk_lab::{
    desk::{Endpoint, Engine},
    dovecot::Dovecot,
    scripted_smtp::ScriptedSmtp,
    tracer::{Course, Kill, Moment, Plan},
};
use tokio::runtime::Runtime;

use crate::{
    oracle::{self, Expected},
    post::{HANDLED, PASSWORD, Post},
    random::Random,
    record::{self, Look, Progress},
    scenario::{self, Letter},
    seat::{Lines, Seat},
};

/// How long the story may take, trouble and all.
const STORY_MAX: Duration = Duration::from_secs(60);
/// SPEC section 4: a poll is a minute, and IDLE is quicker.
const POLL_MAX: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

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

/// One desk with its servers, and the story so far.
pub struct Stage<'r> {
    pub runtime: &'r Runtime,
    pub seat: Seat,
    pub post: Post,
    pub sink: ScriptedSmtp,
    pub letters: Vec<Letter>,
    /// Mails of the sink that staff has read.
    heard: usize,
}

impl<'r> Stage<'r> {
    /// # Errors
    /// When the servers or the folder cannot be had.
    pub fn new(runtime: &'r Runtime, binary: &Path, engine: Engine, post: Post, after: &'static str) -> Result<Self> {
        let sink = runtime.block_on(ScriptedSmtp::script().start());
        let smtp =
            Endpoint { host: sink.ip.to_string(), port: sink.port, tls: "none", login: None, ca_file: None };
        let lines = Lines { imap: post.endpoint(), smtp, store: String::new(), engine };
        let seat = Seat::new(binary, &lines, &scenario::options(after))?;
        Ok(Self { runtime, seat, post, sink, letters: Vec::new(), heard: 0 })
    }

    /// # Errors
    /// When the mailbox does not take it.
    pub fn deliver(&mut self, letter: Letter) -> Result<()> {
        let uid = u32::try_from(self.letters.len() + 1)?;
        self.post.deliver(uid, &letter.bytes)?;
        self.letters.push(letter);
        Ok(())
    }

    /// Staff answers what it has heard by now.
    ///
    /// # Errors
    /// As [`Stage::deliver`].
    pub fn react(&mut self) -> Result<()> {
        if self.sink.count() <= self.heard {
            return Ok(());
        }
        let received = self.sink.received();
        let news = received.get(self.heard..).unwrap_or_default();
        let known: BTreeSet<String> = self.letters.iter().map(|l| l.key.clone()).collect();
        for letter in scenario::reactions(news, &known) {
            self.deliver(letter)?;
        }
        self.heard = received.len();
        Ok(())
    }

    /// Everybody has written all that there is to write in the story.
    pub fn is_told(&self) -> bool {
        scenario::KEYS.iter().all(|key| self.letters.iter().any(|l| l.key == *key))
    }

    /// Plays until the store has nothing to do any more.
    ///
    /// # Errors
    /// When it does not come to that: a mail is stuck or lost.
    pub fn play_to_the_end(&mut self) -> Result<()> {
        let end = Instant::now() + STORY_MAX;
        let mut look = self.runtime.block_on(Look::at(self.seat.url()))?;
        loop {
            self.react()?;
            let progress = self.runtime.block_on(look.progress(self.post.uid_validity()))?;
            if self.is_told() && is_over(progress, self.letters.len()) {
                return self.runtime.block_on(look.end());
            }
            if !self.seat.is_running() {
                bail!("the daemon ended by itself");
            }
            if Instant::now() >= end {
                let keys: Vec<_> = self.letters.iter().map(|l| l.key.as_str()).collect();
                bail!("stuck after {STORY_MAX:?}: {progress:?}, delivered {keys:?}");
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// One more good mail, which must be handled within a poll.
    ///
    /// # Errors
    /// When it is not.
    pub fn probe(&mut self) -> Result<()> {
        self.deliver(scenario::probe())?;
        let end = Instant::now() + POLL_MAX;
        let mut look = self.runtime.block_on(Look::at(self.seat.url()))?;
        while !is_over(self.runtime.block_on(look.progress(self.post.uid_validity()))?, self.letters.len()) {
            if Instant::now() >= end {
                bail!("the next good mail was not handled within a poll");
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        self.runtime.block_on(look.end())
    }

    /// Ends the daemon and asks the oracle.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn judge(&mut self, after: &str) -> Result<Vec<String>> {
        self.seat.kill();
        let record = self.runtime.block_on(record::read(self.seat.url()))?;
        let expected = Expected {
            letters: &self.letters,
            uid_validity: self.post.uid_validity(),
            dues: scenario::dues(),
            tickets: scenario::tickets(),
            ..Expected::default()
        };
        let mut wrong = oracle::judge(&expected, &record, &self.sink.received());
        wrong.extend(self.post.check_settled(after, self.letters.len())?);
        if self.seat.log().contains("panicked at") {
            wrong.push("the daemon panicked".to_owned());
        }
        Ok(wrong)
    }
}

fn is_over(progress: Progress, letters: usize) -> bool {
    let decided = i64::try_from(letters).unwrap_or(i64::MAX);
    progress == Progress { decided, under_way: 0, unsent: 0, ..progress }
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
    let users: Vec<String> = (0..=options.points).map(|n| format!("p{n}@desk.test")).collect();
    let accounts: Vec<(&str, &str)> = users.iter().map(|u| (u.as_str(), PASSWORD)).collect();
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
    let places: Vec<String> = tally.where_killed.iter().map(|(place, count)| format!("{place} {count}")).collect();
    println!("kill: at {}", places.join(", "));
    for failure in &tally.failures {
        println!("kill: FAILED {failure}");
    }
}

/// The story without a kill, counted.
fn reference(runtime: &Runtime, options: &Options, dovecot: &Arc<Dovecot>) -> Result<Course> {
    let post = Post::dovecot(dovecot, "p0@desk.test")?;
    let mut stage = Stage::new(runtime, &options.binary, options.engine, post, "keep")?;
    for letter in scenario::first_letters() {
        stage.deliver(letter)?;
    }
    let files = stage.seat.files();
    stage.seat.start_traced(Plan { files, ..Plan::default() })?;
    wait_until_told(&mut stage)?;
    let course = stage.seat.kill();
    stage.seat.start()?;
    let ended = finish(&mut stage, "keep");
    let wrong = ended.unwrap_or_else(|why| vec![format!("{why:#}")]);
    if !wrong.is_empty() {
        let folder = stage.seat.keep();
        bail!("the oracle does not hold without any fault (see {}):\n{}", folder.display(), wrong.join("\n"));
    }
    Ok(course)
}

/// Plays, seen from outside alone, until everybody has written and every mail that is due has left.
fn wait_until_told(stage: &mut Stage<'_>) -> Result<()> {
    // Of the dues the probe's two come later.
    let due = scenario::dues().len() - 2;
    let end = Instant::now() + STORY_MAX;
    while stage.seat.is_running() {
        stage.react()?;
        if stage.is_told() && stage.sink.count() >= due {
            return Ok(());
        }
        if Instant::now() >= end {
            bail!("the story does not end: {} of {due} mails left", stage.sink.count());
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

fn finish(stage: &mut Stage<'_>, after: &str) -> Result<Vec<String>> {
    stage.play_to_the_end()?;
    stage.probe()?;
    stage.judge(after)
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
    let moved: &'static str = "move:Handled";
    debug_assert_eq!(moved, format!("move:{HANDLED}"));
    let after = random.pick(&["keep", moved, "delete"]).unwrap_or("keep");
    let post = Post::dovecot(dovecot, &format!("p{point}@desk.test"))?;
    let mut stage = Stage::new(runtime, &options.binary, options.engine, post, after)?;
    for letter in scenario::first_letters() {
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
        wait_until_told(&mut stage)?;
        let course = stage.seat.kill();
        words.push(format!("life {life}: call {nth} {moment:?} {:?}", course.killed_at));
        note(tally, life, &course);
    }
    let ended = stage.seat.start().and_then(|()| finish(&mut stage, after));
    let wrong = ended.unwrap_or_else(|why| vec![format!("{why:#}")]);
    let mut tally = lock(tally);
    tally.repeated_mails += (stage.sink.count() as u64).saturating_sub(scenario::dues().len() as u64);
    if !wrong.is_empty() {
        let folder = stage.seat.keep();
        let (seed, words, wrong) = (options.seed, words.join("; "), wrong.join("\n    "));
        tally.failures.push(format!("seed {seed} point {point} ({words}), see {}:\n    {wrong}", folder.display()));
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
