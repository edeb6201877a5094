//! One desk in a folder of its own: its config, its process, its store.

use std::{
    fs, io,
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use maildesk_lab::{
    desk::{DeskOptions, Endpoint, Engine, MailServers},
    house::House,
    postgres::Postgres,
    process::Group,
    tracer::{Course, Plan, Traced},
};
use tempfile::TempDir;

/// From exec to READY=1: recovery of the store included.
const READY_MAX: Duration = Duration::from_secs(60);
const STOP_MAX: Duration = Duration::from_secs(10);
/// The library of faketime(1), by the folder of Debian's architectures.
const FAKETIME: &str = "faketime/libfaketimeMT.so.1";

/// What the desk is told of: its servers, and its store where it shares one.
#[derive(Debug, Clone)]
pub struct Lines {
    pub imap: Endpoint,
    pub smtp: Endpoint,
    /// `[store] url`; empty: one of its own on this engine.
    pub store: String,
    pub engine: Engine,
}

impl MailServers for Lines {
    fn imap(&self, _address: &str) -> Endpoint {
        self.imap.clone()
    }

    fn smtp(&self, _address: &str) -> Endpoint {
        self.smtp.clone()
    }

    fn trust(&self) -> String {
        // What stands at the top of a delivered mail was written by the mailbox's own server. Nobody asks a name server:
        // DKIM is not swept, and a query that leaves the machine would make runs differ.
        format!("authserv_ids = [\"{}\"]\nown_received = 0\nresolver = \"127.0.0.1:9\"", House::AUTHSERV_ID)
    }

    fn store(&self, folder: &Path) -> io::Result<String> {
        if self.store.is_empty() { self.engine.store(folder) } else { Ok(self.store.clone()) }
    }
}

/// A clock that runs faster.
struct Haste {
    library: PathBuf,
    factor: u32,
    since: Instant,
}

impl Haste {
    /// A life begins where the clock stands by now: it must not jump back.
    fn environment(&self) -> [(&'static str, String); 2] {
        let ahead = self.since.elapsed().as_secs_f64() * f64::from(self.factor.saturating_sub(1));
        let clock = format!("+{ahead:.3} x{}", self.factor);
        [("LD_PRELOAD", self.library.to_string_lossy().into_owned()), ("FAKETIME", clock)]
    }
}

enum Process {
    Free(Group),
    Traced(Traced),
}

/// A desk.
pub struct Seat {
    binary: PathBuf,
    folder: Option<TempDir>,
    path: PathBuf,
    url: String,
    notify: UnixDatagram,
    haste: Option<Haste>,
    process: Option<Process>,
}

impl Seat {
    /// Writes the config; nothing runs yet.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(binary: &Path, lines: &Lines, options: &DeskOptions) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("sw").rand_bytes(6).tempdir()?;
        let path = folder.path().to_owned();
        let url = lines.store(&path)?;
        options.write(&path, &Lines { store: url.clone(), ..lines.clone() })?;
        let notify = UnixDatagram::bind(path.join("notify"))?;
        notify.set_read_timeout(Some(Duration::from_millis(100)))?;
        Ok(Self {
            binary: binary.to_owned(),
            folder: Some(folder),
            path,
            url,
            notify,
            haste: None,
            process: None,
        })
    }

    /// The store, as the config names it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Throws the database away. A thousand of them would fill the memory that they lie in.
    fn drop_database(&self) {
        if self.url.starts_with("postgres:") {
            let name = self.url.split('?').next().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
            let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            // What stays costs memory alone.
            drop(Postgres::shared().sql("/postgres", &statement));
        }
    }

    /// The first part of the names of the store's files, where the engine has files of its own.
    pub fn files(&self) -> PathBuf {
        self.path.join("maildesk.db")
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The daemon's clock runs so many times as fast from now on, through all its lives.
    ///
    /// # Errors
    /// When faketime is not installed.
    pub fn hurry(&mut self, factor: u32) -> Result<()> {
        let folders = fs::read_dir("/usr/lib")?;
        let library = folders.flatten().map(|folder| folder.path().join(FAKETIME)).find(|path| path.exists());
        let library = library.context("no libfaketimeMT.so.1 below /usr/lib: faketime is not installed")?;
        self.haste = Some(Haste { library, factor, since: Instant::now() });
        Ok(())
    }

    /// Starts the daemon under the tracer and returns at once: it may never become ready.
    ///
    /// # Errors
    /// When it cannot be started or followed.
    pub fn start_traced(&mut self, plan: Plan) -> Result<()> {
        let command = self.command()?;
        self.process = Some(Process::Traced(Traced::spawn(command, plan)?));
        Ok(())
    }

    /// Starts the daemon and waits for its `READY=1`.
    ///
    /// # Errors
    /// When it ends before, or does not become ready.
    pub fn start(&mut self) -> Result<()> {
        self.forget_notices();
        let mut command = self.command()?;
        self.process = Some(Process::Free(Group::spawn(&mut command)?));
        let end = Instant::now() + READY_MAX;
        while !self.is_ready() {
            if !self.is_running() {
                bail!("the daemon ended before it was ready");
            }
            if Instant::now() >= end {
                bail!("the daemon is not ready after {READY_MAX:?}");
            }
        }
        Ok(())
    }

    /// Whether the daemon lives.
    pub fn is_running(&mut self) -> bool {
        match &mut self.process {
            Some(Process::Free(group)) => group.wait_at_most(Duration::ZERO).is_none(),
            Some(Process::Traced(traced)) => !traced.has_ended(),
            None => false,
        }
    }

    /// SIGKILL, unless it has ended; how it went, when it was traced.
    pub fn kill(&mut self) -> Course {
        match self.process.take() {
            Some(Process::Traced(traced)) => traced.end(),
            // Dropped: killed.
            Some(Process::Free(_)) | None => Course::default(),
        }
    }

    /// SIGTERM, and waits for its end.
    ///
    /// # Errors
    /// When it does not end in time (SPEC section 13).
    pub fn stop(&mut self) -> Result<()> {
        match &self.process {
            Some(Process::Free(group)) => group.terminate(),
            Some(Process::Traced(traced)) => traced.terminate(),
            None => return Ok(()),
        }
        let end = Instant::now() + STOP_MAX;
        while self.is_running() {
            if Instant::now() >= end {
                bail!("no end within {STOP_MAX:?} of SIGTERM");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        self.kill();
        Ok(())
    }

    /// Runs a subcommand to its end.
    ///
    /// # Errors
    /// When it fails, with what it said.
    pub fn run(&self, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(&self.binary);
        command.arg("--config").arg(self.path.join("maildesk.toml")).args(arguments).stdin(Stdio::null());
        let output = command.output()?;
        if !output.status.success() {
            bail!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    /// Any signal, to a daemon that is not traced.
    pub fn signal(&self, signal: i32) {
        if let Some(Process::Free(group)) = &self.process {
            group.signal(signal);
        }
    }

    /// Everything that it logged.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.path.join("log")).unwrap_or_default()).into_owned()
    }

    /// Keeps the folder for looking; its path.
    pub fn keep(&mut self) -> PathBuf {
        if let Some(folder) = self.folder.take() {
            return folder.keep();
        }
        self.path.clone()
    }

    fn command(&self) -> Result<Command> {
        let log = fs::File::options().create(true).append(true).open(self.path.join("log"))?;
        let mut command = Command::new(&self.binary);
        command.arg("--config").arg(self.path.join("maildesk.toml")).arg("run").current_dir(&self.path);
        command
            .env_remove("JOURNAL_STREAM")
            .env_remove("CREDENTIALS_DIRECTORY")
            .env_remove("RUST_LOG")
            .env("NO_COLOR", "1")
            .env("NOTIFY_SOCKET", self.path.join("notify"))
            .envs(self.haste.iter().flat_map(Haste::environment))
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("opening the log")?)
            .stderr(log);
        Ok(command)
    }

    /// What an earlier daemon said before it was killed.
    fn forget_notices(&self) {
        let mut message = [0; 1024];
        if self.notify.set_nonblocking(true).is_ok() {
            while self.notify.recv(&mut message).is_ok() {}
        }
        let _again = self.notify.set_nonblocking(false);
    }

    fn is_ready(&self) -> bool {
        let mut message = [0; 1024];
        let heard: io::Result<usize> = self.notify.recv(&mut message);
        let text = heard.ok().and_then(|length| message.get(..length)).unwrap_or_default();
        String::from_utf8_lossy(text).lines().any(|line| line == "READY=1")
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.kill();
        if self.folder.is_some() {
            self.drop_database();
        }
    }
}
