//! Two daemons on one PostgreSQL and one mailbox, while one of them is killed, stopped past its lease and woken again, or cut
//! off from the database, also so that what it had said arrives much later. After each round everything that was written is
//! handled once; then the oracle is asked.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use maildesk_lab::{
    desk::{DeskOptions, Endpoint, Engine},
    mailclient::Draft,
    postgres::Postgres,
    proxy::{Proxy, Server},
    scripted_imap::ScriptedImap,
    scripted_smtp::ScriptedSmtp,
};
use tokio::runtime::Runtime;

use crate::{
    oracle::{self, Expected},
    post::{AFTER, HANDLED, Post},
    random::Random,
    record::{self, Look},
    scenario::{self, ALICE, Due, Letter, SUPPORT},
    seat::{Lines, Seat},
};

/// The shortest that the config allows.
const LEASE: &str = "lease = \"2s\"";
const LEASE_MILLIS: u64 = 2000;
/// Rounds of one pair before the oracle is asked, at most, and pairs at least.
const ROUNDS_A_PAIR: u64 = 25;
const PAIRS_MIN: u64 = 4;
/// How long everything may take to be handled after a round's trouble.
const ROUND_MAX: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// What to sweep.
#[derive(Debug, Clone)]
pub struct Options {
    pub binary: PathBuf,
    pub rounds: u64,
    pub seed: u64,
    pub at_once: usize,
    /// Only this one of the pairs.
    pub only: Option<u64>,
}

impl Options {
    fn rounds_a_pair(&self) -> u64 {
        self.rounds.div_ceil(PAIRS_MIN).clamp(1, ROUNDS_A_PAIR)
    }
}

/// What happens to one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// SIGKILL, and a new start.
    Killed,
    /// SIGSTOP, past the lease, SIGCONT.
    Stopped,
    /// Its connections to the database end, and new ones hear nothing until past the lease.
    CutOff,
    /// Its bytes to and from the database arrive past the lease.
    Delayed,
    /// SIGSTOP, past the lease; then the other one, which works the mailbox by now, is killed in the middle of it, and this one
    /// is woken: twice the mailbox changes hands between two of its renewals.
    StoppedAndFollowed,
}

const TROUBLES: [Trouble; 5] =
    [Trouble::Killed, Trouble::Stopped, Trouble::CutOff, Trouble::Delayed, Trouble::StoppedAndFollowed];

#[derive(Debug, Default)]
struct Tally {
    rounds: u64,
    takeovers: i64,
    repeated_mails: u64,
    by_trouble: BTreeMap<String, u64>,
    failures: Vec<String>,
}

/// Sweeps; true when the oracle held everywhere.
///
/// # Errors
/// When the harness itself cannot go on.
pub fn sweep(options: &Options) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let pairs = options.rounds.div_ceil(options.rounds_a_pair());
    println!("pair: {} rounds of {pairs} pairs of daemons, seed {}", options.rounds, options.seed);
    let tally = Mutex::new(Tally::default());
    let next = AtomicU64::new(1);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..options.at_once {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number > pairs {
                        return;
                    }
                    if options.only.is_none_or(|only| only == number)
                        && let Err(why) =
                            Pair::new(&runtime, options, number).and_then(|mut p| p.play(&tally))
                    {
                        lock(&tally).failures.push(format!("pair {number}: the harness: {why:#}"));
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    report(&tally, begun.elapsed());
    Ok(tally.failures.is_empty())
}

fn lock(tally: &Mutex<Tally>) -> std::sync::MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

fn report(tally: &Tally, took: Duration) {
    let troubles: Vec<String> = tally.by_trouble.iter().map(|(t, count)| format!("{t} {count}")).collect();
    println!(
        "pair: {} rounds in {:.0} s ({}), the mailbox changed hands {} times; {} mails repeated, each as the same bytes; oracle \
         broken for {} pairs",
        tally.rounds,
        took.as_secs_f64(),
        troubles.join(", "),
        tally.takeovers,
        tally.repeated_mails,
        tally.failures.len()
    );
    for failure in &tally.failures {
        println!("pair: FAILED {failure}");
    }
}

struct Pair<'r> {
    runtime: &'r Runtime,
    options: &'r Options,
    number: u64,
    random: Random,
    after: &'static str,
    /// The database, reached directly.
    url: String,
    seats: [Seat; 2],
    lines: [Proxy; 2],
    post: Post,
    sink: ScriptedSmtp,
    letters: Vec<Letter>,
    dues: Vec<Due>,
    tickets: BTreeMap<String, (usize, Option<&'static str>)>,
    rounds: Vec<String>,
}

impl<'r> Pair<'r> {
    fn new(runtime: &'r Runtime, options: &'r Options, number: u64) -> Result<Self> {
        let mut random = Random::of_point(options.seed, number);
        let after = random.pick(&AFTER).unwrap_or("keep");
        let url = Postgres::shared().database()?;
        let (post, sink) = runtime.block_on(async {
            let imap = ScriptedImap::builder().folder(HANDLED).start().await;
            (Post::Scripted(imap), ScriptedSmtp::script().start().await)
        });
        let smtp =
            Endpoint { host: sink.ip.to_string(), port: sink.port, tls: "none", login: None, ca_file: None };
        let desk = DeskOptions { store: LEASE, ..scenario::options(after) };
        let seat = |line: &Proxy| -> Result<Seat> {
            let store = through(&url, line)?;
            let lines = Lines { imap: post.endpoint(), smtp: smtp.clone(), store, engine: Engine::Postgres };
            Seat::new(&options.binary, &lines, &desk)
        };
        let line = || -> Result<Proxy> {
            let socket = socket_folder(&url)?.join(".s.PGSQL.5432");
            Ok(runtime.block_on(Proxy::start(Server::Named(socket))))
        };
        let lines = [line()?, line()?];
        let [first, second] = &lines;
        let seats = [seat(first)?, seat(second)?];
        // One desk: each understands the tokens of the other.
        let [a, b] = &seats;
        fs::copy(a.path().join("desk-secret"), b.path().join("desk-secret"))?;
        Ok(Self {
            runtime,
            options,
            number,
            random,
            after,
            url,
            seats,
            lines,
            post,
            sink,
            letters: Vec::new(),
            dues: Vec::new(),
            tickets: BTreeMap::new(),
            rounds: Vec::new(),
        })
    }

    fn play(&mut self, tally: &Mutex<Tally>) -> Result<()> {
        let outcome = self.all_rounds(tally).and_then(|()| self.judge(tally));
        let wrong = outcome.unwrap_or_else(|why| vec![format!("{why:#}")]);
        let mut tally = lock(tally);
        tally.repeated_mails += (self.sink.count() as u64).saturating_sub(self.dues.len() as u64);
        if !wrong.is_empty() {
            let [a, b] = &mut self.seats;
            tally.failures.push(format!(
                "seed {} pair {} (after = {}), see {} and {}, {}:\n    {}\n    its rounds:\n      {}",
                self.options.seed,
                self.number,
                self.after,
                a.keep().display(),
                b.keep().display(),
                self.url,
                wrong.join("\n    "),
                self.rounds.join("\n      ")
            ));
        }
        Ok(())
    }

    fn all_rounds(&mut self, tally: &Mutex<Tally>) -> Result<()> {
        for seat in &mut self.seats {
            seat.start()?;
        }
        let a_pair = self.options.rounds_a_pair();
        let share = self.options.rounds.min(self.number * a_pair) - (self.number - 1) * a_pair;
        for n in 1..=share {
            let trouble = self.random.pick(&TROUBLES).unwrap_or(Trouble::Killed);
            self.round(n, trouble).with_context(|| format!("round {n}: {trouble:?}"))?;
            let mut tally = lock(tally);
            tally.rounds += 1;
            *tally.by_trouble.entry(format!("{trouble:?}")).or_default() += 1;
        }
        Ok(())
    }

    fn round(&mut self, n: u64, trouble: Trouble) -> Result<()> {
        // Who holds the mailbox has more to lose; the other one must not be disturbed by its own trouble either.
        let holder = self.holder();
        let victim = if self.random.one_in(4) { 1 - holder } else { holder };
        let delay = Duration::from_micros(self.random.below(80_000));
        let length = Duration::from_millis(LEASE_MILLIS + 200 + self.random.below(LEASE_MILLIS));
        self.rounds.push(format!("{n}: {trouble:?} daemon {victim} (holder {holder}) after {delay:?}"));
        let before = self.random.below(4);
        for letter in 0..=before {
            self.write(n * 10 + letter)?;
        }
        std::thread::sleep(delay);
        let (Some(seat), Some(line)) = (self.seats.get_mut(victim), self.lines.get(victim)) else {
            bail!("there are two daemons");
        };
        match trouble {
            Trouble::Killed => drop(seat.kill()),
            Trouble::Stopped | Trouble::StoppedAndFollowed => seat.signal(SIGSTOP),
            Trouble::CutOff => {
                line.hold();
                line.end_all();
            }
            Trouble::Delayed => line.freeze(),
        }
        // Mail goes on coming, for whoever is there.
        self.write(n * 10 + 9)?;
        if trouble != Trouble::Killed {
            // The fault itself lasts so long.
            std::thread::sleep(length);
        }
        if trouble == Trouble::StoppedAndFollowed {
            self.write(n * 10 + 8)?;
            std::thread::sleep(delay);
            let successor = self.seats.get_mut(1 - victim).context("there are two daemons")?;
            drop(successor.kill());
        }
        let (Some(seat), Some(line)) = (self.seats.get_mut(victim), self.lines.get(victim)) else {
            bail!("there are two daemons");
        };
        match trouble {
            Trouble::Killed => seat.start()?,
            Trouble::Stopped | Trouble::StoppedAndFollowed => seat.signal(SIGCONT),
            Trouble::CutOff => line.release(),
            Trouble::Delayed => line.thaw(),
        }
        if trouble == Trouble::StoppedAndFollowed {
            self.seats.get_mut(1 - victim).context("there are two daemons")?.start()?;
        }
        self.wait()
    }

    /// Which of the two worked the mailbox last, by their logs; the first when nobody did.
    fn holder(&self) -> usize {
        let last = |seat: &Seat| seat.log().lines().rev().find(|l| l.contains("decided")).map(str::to_owned);
        let [a, b] = &self.seats;
        // Lines begin with their instant.
        usize::from(last(b) > last(a))
    }

    /// Mail of one client, and now and then of a robot.
    fn write(&mut self, n: u64) -> Result<()> {
        let robot = n % 10 == 3;
        let sender = if robot { format!("r{n}@robots.test") } else { format!("c{n}@client{n}.test") };
        let id = format!("letter.{n}@lab.test");
        let draft = Draft::new(
            &sender,
            SUPPORT,
            &id,
            &format!("Export {n} is empty"),
            "Since this morning it is empty.",
        )
        .header("Return-Path", &format!("<{sender}>"));
        let draft = if robot { draft.header("Auto-Submitted", "auto-replied") } else { draft };
        let letter = Letter::new(&format!("letter {n}"), draft.bytes(), "ticket", Some(&sender));
        self.post.deliver(u32::try_from(self.letters.len() + 1)?, &letter.bytes)?;
        self.letters.push(letter);
        if !robot {
            self.dues.push(Due::new("acknowledgement", &sender, &sender));
        }
        self.dues.push(Due::new("notification", ALICE, &sender));
        self.tickets.insert(sender, (1, None));
        Ok(())
    }

    fn wait(&mut self) -> Result<()> {
        let end = Instant::now() + ROUND_MAX;
        let letters = i64::try_from(self.letters.len())?;
        let mut look = self.runtime.block_on(Look::at(&self.url))?;
        loop {
            let progress = self.runtime.block_on(look.progress(self.post.uid_validity()))?;
            if progress.decided >= letters && progress.under_way == 0 && progress.unsent == 0 {
                return self.runtime.block_on(look.end());
            }
            if let Some(dead) = self.seats.iter_mut().position(|seat| !seat.is_running()) {
                bail!("daemon {dead} ended by itself");
            }
            if Instant::now() >= end {
                bail!("stuck after {ROUND_MAX:?}: {letters} letters, {progress:?}");
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    fn judge(&mut self, tally: &Mutex<Tally>) -> Result<Vec<String>> {
        let tokens = Postgres::shared().sql(&self.url, "SELECT max(token) - 1 FROM mailbox_lease")?;
        lock(tally).takeovers += tokens.parse::<i64>().unwrap_or(0);
        self.seats.iter_mut().for_each(|seat| drop(seat.kill()));
        let record = self.runtime.block_on(record::read(&self.url))?;
        let expected = Expected {
            letters: &self.letters,
            uid_validity: self.post.uid_validity(),
            dues: self.dues.clone(),
            besides: &["alert", "reminder"],
            tickets: self.tickets.clone(),
            ..Expected::default()
        };
        let mut wrong = oracle::judge(&expected, &record, &self.sink.received());
        wrong.extend(self.post.check_settled(self.after, self.letters.len())?);
        if self.seats.iter().any(|seat| seat.log().contains("panicked at")) {
            wrong.push("a daemon panicked".to_owned());
        }
        Ok(wrong)
    }
}

/// Linux's numbers, the same on all its machines (signal(7)) but for a few that nobody runs a desk on.
const SIGSTOP: i32 = 19;
const SIGCONT: i32 = 18;

fn socket_folder(url: &str) -> Result<PathBuf> {
    let (_, folder) = url.split_once("?host=").context("the test house's URL names a socket's folder")?;
    Ok(PathBuf::from(folder))
}

/// The same database through a proxy.
fn through(url: &str, line: &Proxy) -> Result<String> {
    let name =
        url.split('?').next().and_then(|url| url.rsplit('/').next()).context("a database has a name")?;
    Ok(format!("postgres://maildesk@{}:{}/{name}?sslmode=disable", line.ip(), line.port()))
}
