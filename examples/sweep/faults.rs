//! Faults at every byte of an IMAP and of an SMTP session: the line is cut, reset, stalled, garbled, or carries single bytes,
//! at an offset of either direction.
//!
//! Sessions run one after another within the life of a daemon: mail arrives while the line is held back, the next session
//! meets its fault, and the one after that is good and must bring everything in order. A life ends with the oracle.
//!
//! The daemon's deadlines are its own (60 s of silence, 5 min for an answer of SMTP, a minute to the next attempt): its clock
//! runs [`HASTE`] times as fast (faketime(1)).
//!
//! Garbled bytes: what cannot be noticed by anybody on a line without TLS is no fault of the desk (`oracle::Excuses`). So mail
//! stays on the server in lives that garble: a garbled UID in a command that moves or deletes takes away another mail.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
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
    mailclient::Draft,
    proxy::{Direction, Fault, Plan, Proxy, Server, Session},
    scripted_imap::ScriptedImap,
    scripted_smtp::ScriptedSmtp,
};
use tokio::runtime::Runtime;

use crate::{
    oracle::{self, Excuses, Expected},
    post::{AFTER, HANDLED, Post, accounts},
    random::Random,
    record::{self, Look},
    scenario::{self, ALICE, Due, Letter, SUPPORT},
    seat::{Lines, Seat},
};

/// How much faster the daemon's clock runs.
const HASTE: u32 = 100;
/// Sessions with a fault in one life of a daemon, at most.
const SESSIONS_A_LIFE: u64 = 50;
/// Lives of different kinds (IMAP or SMTP, garbling or not), so many at least.
const KINDS: u64 = 4;
/// How long one session with its aftermath may take.
const SESSION_MAX: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(4);

/// Which line is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Imap,
    Smtp,
}

/// What to sweep.
#[derive(Debug, Clone)]
pub struct Options {
    pub binary: PathBuf,
    pub engine: Engine,
    pub sessions: u64,
    pub seed: u64,
    pub at_once: usize,
    /// Only this one of the lives.
    pub only: Option<u64>,
}

impl Options {
    fn sessions_a_life(&self) -> u64 {
        self.sessions.div_ceil(KINDS).clamp(1, SESSIONS_A_LIFE)
    }
}

/// What all lives together saw.
#[derive(Debug, Default)]
struct Tally {
    sessions: u64,
    struck: u64,
    by_kind: BTreeMap<String, u64>,
    repeated_mails: u64,
    failures: Vec<String>,
}

/// Sweeps; true when the oracle held everywhere.
///
/// # Errors
/// When the harness itself cannot go on.
pub fn sweep(options: &Options) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let lives = options.sessions.div_ceil(options.sessions_a_life());
    let accounts = accounts(lives);
    let accounts: Vec<(&str, &str)> = accounts.iter().map(|(u, p)| (u.as_str(), p.as_str())).collect();
    let dovecot = Arc::new(Dovecot::start(&accounts).context("starting Dovecot")?);
    println!("faults: {} sessions in {lives} lives of a daemon, seed {}", options.sessions, options.seed);
    let tally = Mutex::new(Tally::default());
    let next = AtomicU64::new(1);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..options.at_once {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number > lives {
                        return;
                    }
                    if number.is_multiple_of(10) {
                        eprintln!("faults: at life {number} after {:.0} s", begun.elapsed().as_secs_f64());
                    }
                    if options.only.is_none_or(|only| only == number) {
                        let life = Life::new(&runtime, options, &dovecot, number);
                        let lived = life.and_then(|mut life| life.live(&tally));
                        if let Err(why) = lived {
                            lock(&tally).failures.push(format!("life {number}: the harness: {why:#}"));
                        }
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
    println!(
        "faults: {} sessions in {:.0} s, {} met their fault; {} mails repeated; oracle broken in {} lives",
        tally.sessions,
        took.as_secs_f64(),
        tally.struck,
        tally.repeated_mails,
        tally.failures.len()
    );
    let kinds: Vec<String> = tally.by_kind.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    println!("faults: {}", kinds.join(", "));
    for failure in &tally.failures {
        println!("faults: FAILED {failure}");
    }
}

/// One life of a daemon.
struct Life<'r> {
    runtime: &'r Runtime,
    options: &'r Options,
    number: u64,
    random: Random,
    line: Line,
    garbling: bool,
    after: &'static str,
    seat: Seat,
    post: Post,
    proxy: Proxy,
    sink: ScriptedSmtp,
    letters: Vec<Letter>,
    dues: Vec<Due>,
    tickets: BTreeMap<String, (usize, Option<&'static str>)>,
    excuses: Excuses,
    /// Bytes of a session without a fault, each way.
    length: Session,
    plans: Vec<String>,
}

impl<'r> Life<'r> {
    fn new(runtime: &'r Runtime, options: &'r Options, dovecot: &Arc<Dovecot>, number: u64) -> Result<Self> {
        let mut random = Random::of_point(options.seed, number);
        let line = if number.is_multiple_of(2) { Line::Smtp } else { Line::Imap };
        let garbling = number / 2 % 2 == 1;
        let after = if garbling { "keep" } else { random.pick(&AFTER).unwrap_or("keep") };
        let post = match line {
            Line::Imap => Post::dovecot(dovecot, &format!("p{number}@desk.test"))?,
            // Where IMAP is not at fault the scripted server notices mail soonest.
            Line::Smtp => Post::Scripted(runtime.block_on(ScriptedImap::builder().folder(HANDLED).start())),
        };
        let sink = runtime.block_on(ScriptedSmtp::script().start());
        let smtp =
            Endpoint { host: sink.ip.to_string(), port: sink.port, tls: "none", login: None, ca_file: None };
        let mut lines = Lines { imap: post.endpoint(), smtp, store: String::new(), engine: options.engine };
        let swept = match line {
            Line::Imap => &mut lines.imap,
            Line::Smtp => &mut lines.smtp,
        };
        let server = SocketAddr::from((swept.host.parse::<Ipv4Addr>()?, swept.port));
        let proxy = runtime.block_on(Proxy::start(Server::At(server)));
        (swept.host, swept.port) = (proxy.ip().to_string(), proxy.port());
        let mut seat = Seat::new(&options.binary, &lines, &scenario::options(after))?;
        seat.hurry(HASTE)?;
        Ok(Self {
            runtime,
            options,
            number,
            random,
            line,
            garbling,
            after,
            seat,
            post,
            proxy,
            sink,
            letters: Vec::new(),
            dues: Vec::new(),
            tickets: BTreeMap::new(),
            excuses: Excuses::default(),
            length: Session::default(),
            plans: Vec::new(),
        })
    }

    fn live(&mut self, tally: &Mutex<Tally>) -> Result<()> {
        let outcome = self.all_sessions(tally).and_then(|()| self.judge());
        let wrong = outcome.unwrap_or_else(|why| vec![format!("{why:#}")]);
        let mut tally = lock(tally);
        tally.repeated_mails += (self.sink.count() as u64).saturating_sub(self.dues.len() as u64);
        if wrong.is_empty() {
            return Ok(());
        }
        let (seed, number, folder) = (self.options.seed, self.number, self.seat.keep());
        let plans = self.plans.join("\n      ");
        tally.failures.push(format!(
            "seed {seed} life {number} ({:?}, after = {}), see {}:\n    {}\n    its sessions:\n      {plans}",
            self.line,
            self.after,
            folder.display(),
            wrong.join("\n    ")
        ));
        Ok(())
    }

    fn all_sessions(&mut self, tally: &Mutex<Tally>) -> Result<()> {
        // The first session is good, and its length is the measure.
        self.proxy.hold();
        self.write(0)?;
        self.proxy.release();
        self.seat.start()?;
        let mut look = self.runtime.block_on(Look::at(self.seat.url()))?;
        self.wait(&mut look).context("the session without a fault")?;
        self.length = self.proxy.sessions().last().copied().unwrap_or_default();
        let a_life = self.options.sessions_a_life();
        let share = self.options.sessions.min(self.number * a_life) - (self.number - 1) * a_life;
        for n in 1..=share {
            let plan = self.plan(n, share);
            self.plans.push(format!("{n}: {plan:?}"));
            self.session(&mut look, n, plan).with_context(|| format!("session {n}: {plan:?}"))?;
            let mut tally = lock(tally);
            tally.sessions += 1;
            tally.struck +=
                u64::from(self.proxy.sessions().iter().rev().any(|s| s.plan == Some(plan) && s.struck));
            let kind = format!("{:?} {:?} {}", self.line, plan.direction, word(plan.fault));
            *tally.by_kind.entry(kind).or_default() += 1;
        }
        self.runtime.block_on(look.end())?;
        self.good_end()
    }

    /// Offsets are spread over the whole session, and lie anywhere within their share of it.
    fn plan(&mut self, n: u64, of: u64) -> Plan {
        let random = &mut self.random;
        let to_server = match self.line {
            // What the server says is more, and decides more.
            Line::Imap => random.one_in(3),
            Line::Smtp => random.one_in(2),
        };
        let direction = if to_server { Direction::ToServer } else { Direction::ToClient };
        let length = self.length.bytes(direction);
        let from = length * (n - 1) / of;
        let offset = from + random.below((length * n / of).saturating_sub(from).max(1));
        let second = Duration::from_secs(1) / HASTE;
        let flip = 1 << random.below(8);
        let byte = u8::try_from(random.below(256)).unwrap_or(0);
        let faults = if self.garbling {
            [
                Fault::Flip(flip),
                Fault::Flip(flip),
                Fault::Flip(1),
                Fault::Insert(byte),
                Fault::Insert(b'1'),
                Fault::Omit,
            ]
        } else {
            let slow = Fault::Drip { bytes: 12, pause: second * 30 };
            let single = Fault::Drip { bytes: 200, pause: Duration::ZERO };
            [Fault::Cut, Fault::Reset, Fault::Stall, Fault::Mute, single, slow]
        };
        let fault = random.pick(&faults).unwrap_or(Fault::Cut);
        Plan { direction, offset, fault }
    }

    fn session(&mut self, look: &mut Look, n: u64, plan: Plan) -> Result<()> {
        let validity = self.post.uid_validity();
        let rows_before = self.runtime.block_on(look.progress(validity))?.outgoing;
        let (letters_before, taken_before) = (self.letters.len(), self.sink.count());
        self.proxy.hold();
        self.proxy.end_all();
        self.proxy.forget_plans();
        self.write(n)?;
        self.proxy.plan(plan);
        self.proxy.release();
        self.wait(look)?;
        if plan.fault.garbles() {
            let rows_after = self.runtime.block_on(look.progress(validity))?.outgoing;
            match (self.line, plan.direction) {
                (Line::Imap, Direction::ToClient) => {
                    let uids = letters_before + 1..=self.letters.len();
                    self.excuses.fetched_garbled.extend(uids.filter_map(|uid| i64::try_from(uid).ok()));
                    self.excuses.other_validities = true;
                }
                (Line::Imap, Direction::ToServer) => {}
                (Line::Smtp, direction) => {
                    self.excuses.rows.extend(rows_before + 1..=rows_after);
                    if direction == Direction::ToServer {
                        self.excuses.mails.extend(taken_before..self.sink.count());
                    }
                }
            }
        }
        Ok(())
    }

    /// Mail of one client, and now and then of a robot.
    fn write(&mut self, n: u64) -> Result<()> {
        let client = format!("c{n}@client{n}.test");
        let draft = Draft::new(
            &format!("Client {n} <{client}>"),
            SUPPORT,
            &format!("letter.{n}@client{n}.test"),
            &format!("Export {n} is empty"),
            &format!("The export number {n} stays empty since this morning. Please have a look."),
        )
        .header("Return-Path", &format!("<{client}>"));
        self.deliver(Letter::new(&format!("letter {n}"), draft.bytes(), "ticket", Some(&client)))?;
        self.dues.push(Due::new("acknowledgement", &client, &client));
        self.dues.push(Due::new("notification", ALICE, &client));
        self.tickets.insert(client, (1, None));
        if n % 4 == 3 {
            let robot = format!("r{n}@robots.test");
            let draft = Draft::new(
                &robot,
                SUPPORT,
                &format!("robot.{n}@robots.test"),
                "Automatic reply",
                "I am away.",
            )
            .header("Return-Path", &format!("<{robot}>"))
            .header("Auto-Submitted", "auto-replied");
            self.deliver(Letter::new(&format!("robot {n}"), draft.bytes(), "ticket", Some(&robot)))?;
            self.dues.push(Due::new("notification", ALICE, &robot));
            self.tickets.insert(robot, (1, None));
        }
        Ok(())
    }

    fn deliver(&mut self, letter: Letter) -> Result<()> {
        self.post.deliver(u32::try_from(self.letters.len() + 1)?, &letter.bytes)?;
        self.letters.push(letter);
        Ok(())
    }

    /// Until everything that was written is decided, settled and answered.
    fn wait(&mut self, look: &mut Look) -> Result<()> {
        let end = Instant::now() + SESSION_MAX;
        let letters = i64::try_from(self.letters.len())?;
        loop {
            let progress = self.runtime.block_on(look.progress(self.post.uid_validity()))?;
            if progress.decided >= letters && progress.under_way == 0 && progress.unsent == 0 {
                return Ok(());
            }
            if !self.seat.is_running() {
                bail!("the daemon ended by itself");
            }
            if Instant::now() >= end {
                bail!("stuck after {SESSION_MAX:?}: {letters} letters, {progress:?}");
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// A last session without a fault, so that whatever the last fault left is put in order.
    fn good_end(&mut self) -> Result<()> {
        let mut look = self.runtime.block_on(Look::at(self.seat.url()))?;
        for n in 1..=2 {
            self.proxy.hold();
            self.proxy.end_all();
            self.proxy.forget_plans();
            self.write(1_000_000 + 2 * n + 1)?;
            self.proxy.release();
            self.wait(&mut look).context("the last session, without a fault")?;
        }
        self.runtime.block_on(look.end())
    }

    fn judge(&mut self) -> Result<Vec<String>> {
        self.seat.kill();
        let record = self.runtime.block_on(record::read(self.seat.url()))?;
        let expected = Expected {
            letters: &self.letters,
            uid_validity: self.post.uid_validity(),
            dues: self.dues.clone(),
            besides: &["alert", "reminder"],
            tickets: self.tickets.clone(),
            excuses: std::mem::take(&mut self.excuses),
        };
        let mut wrong = oracle::judge(&expected, &record, &self.sink.received());
        if !self.garbling {
            wrong.extend(self.post.check_settled(self.after, self.letters.len())?);
        }
        if self.seat.log().contains("panicked at") {
            wrong.push("the daemon panicked".to_owned());
        }
        Ok(wrong)
    }
}

fn word(fault: Fault) -> &'static str {
    match fault {
        Fault::Cut => "cut",
        Fault::Reset => "reset",
        Fault::Stall => "stall",
        Fault::Mute => "mute",
        Fault::Flip(_) => "flip",
        Fault::Insert(_) => "insert",
        Fault::Omit => "omit",
        Fault::Drip { pause, .. } if pause.is_zero() => "single bytes",
        Fault::Drip { .. } => "a byte in 30 s",
    }
}
