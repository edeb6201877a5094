//! An SMTP server that does what a test says, and otherwise takes everything, fast enough to be the sink of a benchmark.
//!
//! It answers in order and flushes when it has nothing more to read, so pipelining (RFC 2920) works. It knows nothing of the
//! inside of maildesk.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
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
}

impl When {
    fn holds(self, n: u32) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(at) => n == at,
            Self::From(at) => n >= at,
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
        ScriptedSmtp { ip: lease.ip, port, authority, heard, task, _lease: lease }
    }
}

/// A running server; it ends when dropped.
pub struct ScriptedSmtp {
    pub ip: Ipv4Addr,
    pub port: u16,
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

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// Why a session ends.
enum End {
    Closed,
    StartTls,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

async fn serve(stream: TcpStream, shared: &Shared) {
    drop(stream.set_nodelay(true));
    if shared.script.protection == Protection::Implicit {
        if let Ok(mut stream) = shared.acceptor.accept(stream).await {
            drop(Session::new(&mut stream, shared, true).run(true).await);
        }
        return;
    }
    let mut stream = stream;
    if let Err(End::StartTls) = Session::new(&mut stream, shared, false).run(true).await
        && let Ok(mut stream) = shared.acceptor.accept(stream).await
    {
        drop(Session::new(&mut stream, shared, true).run(false).await);
    }
}

struct Session<'a> {
    wire: BufReader<&'a mut dyn Wire>,
    out: Vec<u8>,
    shared: &'a Shared,
    protected: bool,
    logged_in: bool,
    mail: Option<Received>,
}

impl<'a> Session<'a> {
    fn new(wire: &'a mut dyn Wire, shared: &'a Shared, protected: bool) -> Self {
        let logged_in = shared.script.login.is_none();
        Self { wire: BufReader::new(wire), out: Vec::new(), shared, protected, logged_in, mail: None }
    }

    async fn run(&mut self, banner: bool) -> Result<(), End> {
        if banner && self.allowed(Stage::Banner).await? {
            self.say("220 sink.test ESMTP");
        }
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => self.ehlo().await?,
                "STARTTLS" => self.starttls().await?,
                "AUTH" => self.auth(rest).await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    self.mail = None;
                    if self.allowed(Stage::Rset).await? {
                        self.say("250 2.0.0 ok");
                    }
                }
                "NOOP" => self.say("250 2.0.0 ok"),
                "QUIT" => {
                    if self.allowed(Stage::Quit).await? {
                        self.say("221 2.0.0 bye");
                    }
                    self.flush().await?;
                    return Ok(());
                }
                _ => self.say("502 5.5.2 what?"),
            }
        }
    }

    fn say(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    async fn flush(&mut self) -> Result<(), End> {
        self.wire.get_mut().write_all(&self.out).await?;
        self.wire.get_mut().flush().await?;
        self.out.clear();
        Ok(())
    }

    /// The next line without its end; answers are sent before waiting for it.
    async fn raw_line(&mut self) -> Result<Vec<u8>, End> {
        if self.wire.buffer().is_empty() {
            self.flush().await?;
        }
        let mut line = Vec::new();
        if self.wire.read_until(b'\n', &mut line).await? == 0 {
            return Err(End::Closed);
        }
        Ok(line)
    }

    async fn line(&mut self) -> Result<String, End> {
        let line = String::from_utf8_lossy(&self.raw_line().await?).trim_end().to_owned();
        if !self.shared.script.count_only {
            self.shared.heard.notes().commands.push(line.clone());
            self.shared.heard.lines.send_modify(|n| *n += 1);
        }
        Ok(line)
    }

    /// Does what the script says; true: go on as usual.
    async fn allowed(&mut self, stage: Stage) -> Result<bool, End> {
        match self.shared.act(stage) {
            None => Ok(true),
            Some(Act::Reply(line)) => {
                self.say(&line);
                Ok(false)
            }
            Some(Act::Drop | Act::KeepAndDrop) => Err(End::Closed),
            Some(Act::Stall | Act::KeepAndStall) => self.stall().await,
        }
    }

    /// Says nothing more until the other side ends.
    async fn stall(&mut self) -> Result<bool, End> {
        loop {
            drop(self.raw_line().await?);
        }
    }

    async fn ehlo(&mut self) -> Result<(), End> {
        if !self.allowed(Stage::Ehlo).await? {
            return Ok(());
        }
        self.mail = None;
        self.say("250-sink.test");
        self.say("250-PIPELINING");
        self.say("250-8BITMIME");
        if self.shared.script.utf8 {
            self.say("250-SMTPUTF8");
        }
        if let Some(size) = self.shared.script.size {
            self.say(&format!("250-SIZE {size}"));
        }
        let starttls = self.shared.script.protection == Protection::StartTls && !self.protected;
        if starttls {
            self.say("250-STARTTLS");
        } else if self.shared.script.login.is_some() {
            self.say("250-AUTH PLAIN LOGIN");
        }
        self.say("250 ENHANCEDSTATUSCODES");
        Ok(())
    }

    /// A scripted answer that begins with 220 is followed by TLS all the same: what else it says was injected in plain.
    async fn starttls(&mut self) -> Result<(), End> {
        match self.shared.act(Stage::StartTls) {
            None => self.say("220 2.0.0 go ahead"),
            Some(Act::Reply(lines)) if lines.starts_with("220") => self.say(&lines),
            Some(Act::Reply(line)) => {
                self.say(&line);
                return Ok(());
            }
            Some(Act::Drop | Act::KeepAndDrop) => return Err(End::Closed),
            Some(Act::Stall | Act::KeepAndStall) => drop(self.stall().await?),
        }
        self.flush().await?;
        Err(End::StartTls)
    }

    async fn auth(&mut self, rest: &str) -> Result<(), End> {
        if !self.allowed(Stage::Auth).await? {
            return Ok(());
        }
        let Some((user, password)) = &self.shared.script.login else {
            self.say("503 5.5.1 no AUTH here");
            return Ok(());
        };
        let given = match rest.split_once(' ') {
            Some((mechanism, initial)) if mechanism.eq_ignore_ascii_case("PLAIN") => vec![initial.to_owned()],
            _ => {
                self.say("334 VXNlcm5hbWU6");
                let user = self.line().await?;
                self.say("334 UGFzc3dvcmQ6");
                vec![user, self.line().await?]
            }
        };
        let plain = base64(format!("\0{user}\0{password}").as_bytes());
        let wanted = [vec![plain], vec![base64(user.as_bytes()), base64(password.as_bytes())]];
        self.logged_in = wanted.contains(&given);
        self.say(if self.logged_in { "235 2.7.0 welcome" } else { "535 5.7.8 wrong user or password" });
        Ok(())
    }

    async fn mail(&mut self, rest: &str) -> Result<(), End> {
        if !self.allowed(Stage::Mail).await? {
            return Ok(());
        }
        if !self.logged_in {
            self.say("530 5.7.0 authentication required");
        } else if self.mail.is_some() {
            self.say("503 5.5.1 nested MAIL");
        } else {
            self.mail = Some(Received { mail_from: bracketed(rest), rcpt_to: Vec::new(), data: Vec::new() });
            self.say("250 2.1.0 ok");
        }
        Ok(())
    }

    async fn rcpt(&mut self, rest: &str) -> Result<(), End> {
        if !self.allowed(Stage::Rcpt).await? {
            return Ok(());
        }
        let recipient = bracketed(rest);
        let refused = self.shared.script.refused.as_ref().is_some_and(|refuses| refuses(&recipient));
        match &mut self.mail {
            None => self.say("503 5.5.1 MAIL first"),
            Some(_) if refused => self.say(&format!("550 5.1.1 <{recipient}>: no such user")),
            Some(mail) => {
                mail.rcpt_to.push(recipient);
                self.say("250 2.1.5 ok");
            }
        }
        Ok(())
    }

    async fn data(&mut self) -> Result<(), End> {
        if !self.allowed(Stage::Data).await? {
            return Ok(());
        }
        let Some(mut mail) = self.mail.take().filter(|mail| !mail.rcpt_to.is_empty()) else {
            self.say("554 5.5.1 no valid recipients");
            return Ok(());
        };
        self.say("354 go");
        loop {
            let line = self.raw_line().await?;
            if line == b".\r\n" {
                break;
            }
            mail.data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let too_large = self.shared.script.size.is_some_and(|size| size > 0 && mail.data.len() > size);
        match self.shared.act(Stage::Content) {
            None if too_large => self.say("552 5.3.4 too large"),
            None => {
                self.shared.keep(mail);
                self.say("250 2.0.0 queued");
            }
            Some(Act::Reply(line)) => {
                if line.starts_with('2') {
                    self.shared.keep(mail);
                }
                self.say(&line);
            }
            Some(Act::Drop) => return Err(End::Closed),
            Some(Act::Stall) => drop(self.stall().await?),
            Some(Act::KeepAndDrop) => {
                self.shared.keep(mail);
                return Err(End::Closed);
            }
            Some(Act::KeepAndStall) => {
                self.shared.keep(mail);
                self.stall().await?;
            }
        }
        Ok(())
    }
}

/// The text between the first angle brackets.
fn bracketed(text: &str) -> String {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(path, _)| path.to_owned())
}

/// RFC 4648 section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let index = (bits >> (18 - 6 * place)) & 63;
            text.push(if place > chunk.len() { '=' } else { char::from(ALPHABET[index as usize]) });
        }
    }
    text
}
