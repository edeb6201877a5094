//! A desk under test: the real binary with a config, its log, and its command line.
//!
//! Invariant: a test that ends with an unexpected warning in the log, or with outgoing mail that is neither sent nor settled,
//! fails, whatever else it asserted.

mod config;

use std::{
    fs, io,
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

pub use config::{Agent, DeskOptions, Endpoint, Engine, MailServers, Scripted, Shared};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Group, pause};

/// How long a condition may take to come true.
const PATIENCE: Duration = Duration::from_secs(60);
/// SPEC section 13: a graceful stop within 10 s.
const STOP_MAX: Duration = Duration::from_secs(10);
/// States in which an outgoing mail may be when a test ends.
const SETTLED: [&str; 3] = ["sent", "shadow", "cancelled"];

/// A desk in a folder of its own. Dropped without [`Desk::finish`]: the same checks, unless the test already failed.
#[derive(Debug)]
pub struct Desk {
    binary: PathBuf,
    folder: TempDir,
    notify: UnixDatagram,
    environment: Vec<(String, String)>,
    process: Option<Group>,
    allowed: Vec<String>,
    finished: bool,
}

impl Desk {
    /// Writes the config; nothing runs yet.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(
        binary: impl Into<PathBuf>,
        servers: &impl MailServers,
        options: &DeskOptions,
    ) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("mk").rand_bytes(5).tempdir()?;
        options.write(folder.path(), servers)?;
        let notify = UnixDatagram::bind(folder.path().join("notify"))?;
        notify.set_read_timeout(Some(Duration::from_millis(100)))?;
        Ok(Self {
            binary: binary.into(),
            folder,
            notify,
            environment: Vec::new(),
            process: None,
            allowed: Vec::new(),
            finished: false,
        })
    }

    /// A desk that runs and said so (`READY=1`).
    ///
    /// # Errors
    /// When it does not become ready, with its log.
    pub fn started(
        binary: impl Into<PathBuf>,
        servers: &impl MailServers,
        options: &DeskOptions,
    ) -> io::Result<Self> {
        let mut desk = Self::new(binary, servers, options)?;
        desk.start()?;
        Ok(desk)
    }

    /// Log lines with WARN or ERROR that contain this text are expected; so is an outbox state of this name.
    pub fn allow(&mut self, text: &str) {
        self.allowed.push(text.to_owned());
    }

    /// A variable of the daemon's environment, for starts from now on.
    pub fn set_environment(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Starts the daemon and waits for its `READY=1` (sd_notify(3)).
    ///
    /// # Errors
    /// When it ends before, or after a minute, with its log.
    pub fn start(&mut self) -> io::Result<()> {
        let log = fs::File::options().create(true).append(true).open(self.log_path())?;
        let mut command = self.command(&["run"]);
        command.env("NOTIFY_SOCKET", self.folder.path().join("notify"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.process = Some(Group::spawn(&mut command)?);
        let end = Instant::now() + PATIENCE;
        while !self.notified("READY=1") {
            let ended = self.process.as_mut().and_then(|p| p.wait_at_most(Duration::ZERO));
            if ended.is_some() || Instant::now() >= end {
                return Err(io::Error::other(format!(
                    "the daemon is not ready ({ended:?}):\n{}",
                    self.log()
                )));
            }
        }
        Ok(())
    }

    /// SIGTERM: must end with exit status 0 within 10 s.
    ///
    /// # Errors
    /// When it does not, with its log.
    pub fn stop(&mut self) -> io::Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        process.signal(libc::SIGTERM);
        match process.wait_at_most(STOP_MAX) {
            Some(status) if status.success() => Ok(()),
            other => Err(io::Error::other(format!("no graceful stop: {other:?}\n{}", self.log()))),
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// SIGKILL at this moment from now, whatever it is doing then; false when it had ended by itself before.
    pub fn kill_after(&mut self, moment: Duration) -> bool {
        let ended = self.process.as_mut().and_then(|p| p.wait_at_most(moment));
        self.kill();
        ended.is_none()
    }

    /// Stands still from now on, in the middle of whatever it does (SIGSTOP).
    pub fn suspend(&self) {
        self.signal(libc::SIGSTOP);
    }

    /// Goes on where it stood (SIGCONT).
    pub fn resume(&self) {
        self.signal(libc::SIGCONT);
    }

    /// Any signal.
    pub fn signal(&self, signal: i32) {
        if let Some(process) = &self.process {
            process.signal(signal);
        }
    }

    /// Waits for its end after a signal; `None`: it goes on after this time.
    pub fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let ended = self.process.as_mut().and_then(|p| p.wait_at_most(limit));
        if ended.is_some() {
            self.process = None;
        }
        ended
    }

    /// SIGHUP: read the config again.
    pub fn reload(&self) {
        self.signal(libc::SIGHUP);
    }

    /// Whether the daemon still runs.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|p| p.wait_at_most(Duration::ZERO).is_none())
    }

    /// The daemon's process id.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Group::id)
    }

    /// The config file, to be changed by tests of `check` and reload.
    #[must_use]
    pub fn config_path(&self) -> PathBuf {
        self.folder.path().join("maildesk.toml")
    }

    /// The desk's folder: config, secrets, store, log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything that all runs of the daemon logged.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log_path()).unwrap_or_default()).into_owned()
    }

    /// Waits until the log satisfies the condition.
    ///
    /// # Errors
    /// After a minute, with the log.
    pub fn wait_for_log(&self, what: &str, condition: impl Fn(&str) -> bool) -> io::Result<()> {
        self.wait(what, || Ok(condition(&self.log()).then_some(())))
    }

    /// Runs a subcommand to its end.
    ///
    /// # Errors
    /// When the binary cannot be run.
    pub fn run(&self, arguments: &[&str]) -> io::Result<Output> {
        self.command(arguments).stdin(Stdio::null()).output()
    }

    /// Runs a subcommand with `--json` and returns what it printed.
    ///
    /// # Errors
    /// When it fails, with what it said, or prints no JSON.
    pub fn json(&self, arguments: &[&str]) -> io::Result<Value> {
        let all: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let output = self.run(&all)?;
        if !output.status.success() {
            let said =
                [&output.stderr, &output.stdout].map(|said| String::from_utf8_lossy(said).into_owned());
            return Err(io::Error::other(format!("{arguments:?}: {} {}", output.status, said.concat())));
        }
        serde_json::from_slice(&output.stdout).map_err(io::Error::other)
    }

    /// `ticket list`, by number.
    ///
    /// # Errors
    /// As [`Desk::json`].
    pub fn tickets(&self) -> io::Result<Vec<Value>> {
        let mut rows = rows(self.json(&["ticket", "list"])?);
        rows.sort_by_key(|row| row["number"].as_i64());
        Ok(rows)
    }

    /// `ticket show`.
    ///
    /// # Errors
    /// As [`Desk::json`].
    pub fn ticket(&self, number: i64) -> io::Result<Value> {
        self.json(&["ticket", "show", &number.to_string()])
    }

    /// `outbox list`.
    ///
    /// # Errors
    /// As [`Desk::json`].
    pub fn outbox(&self) -> io::Result<Vec<Value>> {
        self.json(&["outbox", "list", "--limit", "1000"]).map(rows)
    }

    /// `quarantine list`.
    ///
    /// # Errors
    /// As [`Desk::json`].
    pub fn quarantine(&self) -> io::Result<Vec<Value>> {
        self.json(&["quarantine", "list"]).map(rows)
    }

    /// The only mailbox's part of `status`.
    ///
    /// # Errors
    /// As [`Desk::json`].
    pub fn status(&self) -> io::Result<Value> {
        let status = self.json(&["status"])?;
        let mailboxes = if status.is_array() { &status } else { &status["mailboxes"] };
        Ok(mailboxes[0].clone())
    }

    /// How many messages ended as `outcome`, by the ledger.
    ///
    /// # Errors
    /// As [`Desk::json`].
    pub fn outcome(&self, outcome: &str) -> io::Result<u64> {
        Ok(self.status()?["outcomes"][outcome].as_u64().unwrap_or(0))
    }

    /// How many messages are decided, whatever the outcome.
    ///
    /// # Errors
    /// As [`Desk::json`].
    pub fn outcome_total(&self) -> io::Result<u64> {
        let status = self.status()?;
        let outcomes = status["outcomes"].as_object();
        let decided = outcomes.into_iter().flatten().filter(|(word, _)| *word != "kept");
        Ok(decided.filter_map(|(_, count)| count.as_u64()).sum())
    }

    /// Waits until this many messages are decided.
    ///
    /// # Errors
    /// After a minute, with the ledger and the log.
    pub fn wait_for_outcome_total(&self, count: u64) -> io::Result<()> {
        self.wait(&format!("{count} decided"), || Ok((self.outcome_total()? >= count).then_some(())))
    }

    /// Waits until this many messages ended as `outcome`.
    ///
    /// # Errors
    /// After a minute, with the ledger and the log.
    pub fn wait_for_outcome(&self, outcome: &str, count: u64) -> io::Result<()> {
        self.wait(&format!("{count} × {outcome}"), || Ok((self.outcome(outcome)? >= count).then_some(())))
    }

    /// Waits until there are this many tickets, and returns them.
    ///
    /// # Errors
    /// After a minute, with the log.
    pub fn wait_for_tickets(&self, count: usize) -> io::Result<Vec<Value>> {
        self.wait(&format!("{count} tickets"), || Ok(Some(self.tickets()?).filter(|t| t.len() >= count)))
    }

    /// Waits until a ticket satisfies the condition, and returns it.
    ///
    /// # Errors
    /// After a minute, with the log.
    pub fn wait_for_ticket(
        &self,
        number: i64,
        what: &str,
        condition: impl Fn(&Value) -> bool,
    ) -> io::Result<Value> {
        self.wait(what, || Ok(Some(self.ticket(number)?).filter(|t| condition(t))))
    }

    /// Waits until nothing that came in is undecided and nothing that goes out is under way.
    ///
    /// # Errors
    /// After a minute, with the log.
    pub fn wait_until_quiet(&self) -> io::Result<()> {
        self.wait("quiet", || {
            let status = self.status()?;
            let busy = ["queued", "sending", "unknown"]
                .iter()
                .any(|s| status["outbox"][s].as_u64().unwrap_or(0) > 0);
            let undecided = status["outcomes"]["kept"].as_u64().unwrap_or(0) > 0;
            Ok((!busy && !undecided).then_some(()))
        })
    }

    /// Polls until there is something.
    ///
    /// # Errors
    /// After a minute, with the log; or the condition's own.
    pub fn wait<T>(&self, what: &str, mut condition: impl FnMut() -> io::Result<Option<T>>) -> io::Result<T> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = condition()? {
                return Ok(found);
            }
            if Instant::now() >= end {
                let status = self.status().map_or_else(|e| e.to_string(), |s| s.to_string());
                return Err(io::Error::other(format!("waited in vain for {what}\n{status}\n{}", self.log())));
            }
            pause();
        }
    }

    /// Stops the daemon and makes sure that nothing is wrong and nothing is left over.
    ///
    /// # Errors
    /// What is wrong or left over.
    pub fn finish(mut self) -> io::Result<()> {
        self.verdict()
    }

    fn verdict(&mut self) -> io::Result<()> {
        self.finished = true;
        if self.is_running() {
            self.wait_until_quiet()?;
        }
        self.stop()?;
        let log = self.log();
        let unexpected: Vec<&str> =
            log.lines().filter(|line| is_complaint(line) && !self.is_allowed(line)).collect();
        if !unexpected.is_empty() {
            return Err(io::Error::other(format!("unexpected in the log:\n{}", unexpected.join("\n"))));
        }
        let is_left = |row: &Value| {
            let state = row["state"].as_str().unwrap_or_default();
            !SETTLED.contains(&state) && !self.is_allowed(state)
        };
        let left: Vec<Value> = self.outbox()?.into_iter().filter(is_left).collect();
        if left.is_empty() { Ok(()) } else { Err(io::Error::other(format!("left in the outbox: {left:?}"))) }
    }

    fn is_allowed(&self, text: &str) -> bool {
        self.allowed.iter().any(|a| text.contains(a.as_str()))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--config").arg(self.config_path()).args(arguments).current_dir(self.folder.path());
        // Under systemd the test's own journal would swallow the log.
        command
            .env_remove("JOURNAL_STREAM")
            .env_remove("CREDENTIALS_DIRECTORY")
            .env_remove("RUST_LOG")
            .env("NO_COLOR", "1");
        command
    }

    fn notified(&self, word: &str) -> bool {
        let mut message = [0; 1024];
        let length = self.notify.recv(&mut message).unwrap_or(0);
        message.get(..length).is_some_and(|m| String::from_utf8_lossy(m).lines().any(|line| line == word))
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the desk's log:\n{}", self.log());
        } else if !self.finished
            && let Err(problem) = self.verdict()
        {
            panic!("{problem}");
        }
    }
}

fn is_complaint(line: &str) -> bool {
    // The level is one of the first words, behind the time; an ERROR in a server's quoted words is none.
    line.split_whitespace().take(3).any(|word| word == "WARN" || word == "ERROR")
        || line.contains("panicked at")
}

fn rows(value: Value) -> Vec<Value> {
    match value {
        Value::Array(rows) => rows,
        other => vec![other],
    }
}
