//! An SMTP server that does what a test says, and otherwise takes everything, fast enough to be the sink of a benchmark.
//!
//! It answers in order and flushes when it has nothing more to read, so pipelining (RFC 2920) works. It knows nothing of the
//! inside of maildesk.

mod session;

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use session::serve;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::TlsAcceptor;

use crate::{address::Lease, authority::Authority};

/// Where the script can interfere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    Banner,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// After the final dot.
    Content,
    Rset,
    Quit,
}

/// Which occurrences of a stage, counted from 1 over all connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Always,
    Nth(u32),
    From(u32),
    UpTo(u32),
}

impl When {
    fn holds(self, n: u32) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(at) => n == at,
            Self::From(at) => n >= at,
            Self::UpTo(at) => n <= at,
        }
    }
}

/// What happens instead of the usual answer.
#[derive(Debug, Clone)]
pub enum Act {
    /// This line (without its end) is said. Any other than 2xx or 3xx refuses.
    Reply(String),
    /// The connection ends without a word.
    Drop,
    /// Nothing is said any more; the connection stays.
    Stall,
    /// [`Stage::Content`]: the mail is kept, and the connection ends without a word.
    KeepAndDrop,
    /// [`Stage::Content`]: the mail is kept, and nothing is said any more.
    KeepAndStall,
}

/// A mail that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Between the angle brackets; empty for the null sender.
    pub mail_from: String,
    pub rcpt_to: Vec<String>,
    /// Dots undone, without the final one.
    pub data: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Protection {
    #[default]
    None,
    Implicit,
    StartTls,
}

type Predicate = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// The script, to be written before [`Script::start`].
#[derive(Default)]
pub struct Script {
    protection: Protection,
    login: Option<(String, String)>,
    size: Option<usize>,
    utf8: bool,
    acts: Vec<(Stage, When, Act)>,
    refused: Option<Predicate>,
    count_only: bool,
}

impl Script {
    /// TLS from the first byte.
    #[must_use]
    pub fn implicit_tls(mut self) -> Self {
        self.protection = Protection::Implicit;
        self
    }

    /// Plain, with STARTTLS offered.
    #[must_use]
    pub fn starttls(mut self) -> Self {
        self.protection = Protection::StartTls;
        self
    }

    /// MAIL needs a login; PLAIN and LOGIN are offered (under STARTTLS: only after it).
    #[must_use]
    pub fn login(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Offers SIZE, and refuses larger mails after the dot.
    #[must_use]
    pub fn size(mut self, bytes: usize) -> Self {
        self.size = Some(bytes);
        self
    }

    /// Offers SMTPUTF8.
    #[must_use]
    pub fn utf8(mut self) -> Self {
        self.utf8 = true;
        self
    }

    /// The first act that fits an occurrence is done.
    #[must_use]
    pub fn on(mut self, stage: Stage, when: When, act: Act) -> Self {
        self.acts.push((stage, when, act));
        self
    }

    /// Says this line at every occurrence.
    #[must_use]
    pub fn reply(self, stage: Stage, line: &str) -> Self {
        self.on(stage, When::Always, Act::Reply(line.to_owned()))
    }

    /// Refuses recipients (`550 5.1.1`).
    #[must_use]
    pub fn refuse(mut self, recipient: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.refused = Some(Box::new(recipient));
        self
    }

    /// Mails are counted but not kept: for benchmarks.
    #[must_use]
    pub fn count_only(mut self) -> Self {
        self.count_only = true;
        self
    }

    /// Listens on an address of its own.
    ///
    /// # Panics
    /// When it cannot listen.
    pub async fn start(self) -> ScriptedSmtp {
        let lease = Lease::new();
        let authority = Authority::new(IpAddr::V4(lease.ip));
        let listener = TcpListener::bind((lease.ip, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = authority.acceptor();
        let heard = Arc::new(Heard {
            count: watch::channel(0).0,
            lines: watch::channel(0).0,
            notes: Mutex::default(),
        });
        let login = self.login.clone();
        let shared = Arc::new(Shared { script: self, acceptor, heard: Arc::clone(&heard) });
        let task = tokio::spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                shared.heard.notes().connections += 1;
                while sessions.try_join_next().is_some() {}
                sessions.spawn(async move { serve(stream, &shared).await });
            }
        });
        ScriptedSmtp { ip: lease.ip, port, login, authority, heard, task, _lease: lease }
    }
}

/// A running server; it ends when dropped.
pub struct ScriptedSmtp {
    pub ip: Ipv4Addr,
    pub port: u16,
    /// User and password that it wants, if any.
    pub login: Option<(String, String)>,
    /// Its root, for `ca_file`.
    pub authority: Authority,
    heard: Arc<Heard>,
    task: JoinHandle<()>,
    _lease: Lease,
}

impl Drop for ScriptedSmtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ScriptedSmtp {
    /// An empty script: everything is taken.
    #[must_use]
    pub fn script() -> Script {
        Script::default()
    }

    /// The mails taken so far.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.heard.notes().received.clone()
    }

    /// How many mails were taken so far.
    #[must_use]
    pub fn count(&self) -> usize {
        *self.heard.count.borrow()
    }

    /// Waits until so many mails were taken, and returns them.
    ///
    /// # Panics
    /// When they do not come within a minute.
    pub async fn wait_for(&self, mails: usize) -> Vec<Received> {
        let mut count = self.heard.count.subscribe();
        let arrived = tokio::time::timeout(Duration::from_secs(60), count.wait_for(|n| *n >= mails)).await;
        assert!(arrived.is_ok(), "{} of {mails} mails within a minute", self.count());
        self.received()
    }

    /// Connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.heard.notes().connections
    }

    /// Every command line heard, of all connections in the order of their arrival.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        self.heard.notes().commands.clone()
    }

    /// Waits until a command line that starts so was heard so many times.
    ///
    /// # Panics
    /// When that does not happen within a minute.
    pub async fn wait_for_command(&self, start: &str, times: usize) {
        let heard = || self.commands().iter().filter(|line| line.starts_with(start)).count();
        let mut lines = self.heard.lines.subscribe();
        let waited =
            tokio::time::timeout(Duration::from_secs(60), lines.wait_for(|_| heard() >= times)).await;
        assert!(waited.is_ok(), "{start} was heard {} times", heard());
    }
}

#[derive(Default)]
struct Notes {
    received: Vec<Received>,
    commands: Vec<String>,
    connections: usize,
    occurrences: HashMap<Stage, u32>,
}

struct Heard {
    /// Mails taken.
    count: watch::Sender<usize>,
    /// Grows with every command line.
    lines: watch::Sender<usize>,
    notes: Mutex<Notes>,
}

impl Heard {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Shared {
    script: Script,
    acceptor: TlsAcceptor,
    heard: Arc<Heard>,
}

impl Shared {
    /// What the script says about this occurrence of a stage.
    fn act(&self, stage: Stage) -> Option<Act> {
        if self.script.acts.is_empty() {
            return None;
        }
        let mut notes = self.heard.notes();
        let n = notes.occurrences.entry(stage).or_default();
        *n += 1;
        let fits = |(at, when, _): &&(Stage, When, Act)| *at == stage && when.holds(*n);
        self.script.acts.iter().find(fits).map(|(_, _, act)| act.clone())
    }

    fn keep(&self, mail: Received) {
        if !self.script.count_only {
            self.heard.notes().received.push(mail);
        }
        self.heard.count.send_modify(|n| *n += 1);
    }
}
