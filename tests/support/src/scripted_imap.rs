//! A scripted IMAP server: right by default, wrong where a test says so.
//!
//! It keeps a small account in memory, speaks as much of RFC 3501 (with IDLE, MOVE, UIDPLUS, ID) as maildesk needs, records
//! every line it receives, and misbehaves at the n-th occurrence of a command.
//!
//! ```no_run
//! # async fn example() {
//! use maildesk_lab::scripted_imap::{Misbehave, ScriptedImap, When};
//! let server = ScriptedImap::builder()
//!     .mail(7, b"Subject: hello\r\n\r\nworld\r\n")
//!     .on("UID FETCH", When::Nth(1), Misbehave::Answer("NO not now".into()))
//!     .start()
//!     .await;
//! # }
//! ```

mod account;
mod conversation;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use account::{Account, FetchEdit, Mail};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{address::Lease, authority::Authority};

/// The user name that is let in.
pub const USER: &str = "desk";
/// Its password.
pub const PASSWORD: &str = "canary-secret-imap";
const PORT: u16 = 10143;

/// How the server's port is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protection {
    #[default]
    Plain,
    StartTls,
    Implicit,
}

/// At which occurrences of a command, counted over all connections from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Nth(usize),
    Always,
    /// Whenever its set of UIDs contains this one.
    Names(u32),
    /// Whenever it would bring content of this UID's message.
    Brings(u32),
}

impl When {
    fn holds(self, nth: usize, line: &str) -> bool {
        match self {
            Self::Nth(n) => n == nth,
            Self::Always => true,
            Self::Names(uid) => account::names(line, uid),
            Self::Brings(uid) => line.contains("BODY.PEEK[") && account::names(line, uid),
        }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misbehave {
    /// The command is not executed; this is the tagged line, without the tag: `NO words`.
    Answer(String),
    /// The command is not executed; these bytes are sent, `{tag}` replaced.
    Instead(Vec<u8>),
    /// These bytes precede the right answer.
    Before(Vec<u8>),
    /// These bytes follow the right answer in the same write.
    Then(Vec<u8>),
    /// The first bytes of the right answer, then the connection is closed. `CutAt(0)` executes and says nothing.
    CutAt(usize),
    /// The right answer, one byte at a time with this pause after each.
    Drip(Duration),
    /// The right answer, then neither a word nor an ear.
    Deaf,
    /// The command is not executed, and nothing is ever said again; the connection stays open.
    Stall,
    /// The command is not executed; the connection is closed.
    Drop,
    /// FETCH leaves this UID out.
    Omit(u32),
    /// FETCH sends this UID's message twice.
    Twice(u32),
    /// FETCH sends NIL for this UID's message.
    NilBody(u32),
    /// FETCH sends an empty literal for this UID's message.
    EmptyBody(u32),
    /// FETCH sends the first UID's message under the second UID.
    Disguise(u32, u32),
}

#[derive(Debug)]
struct Rule {
    command: String,
    when: When,
    misbehave: Misbehave,
}

#[derive(Debug)]
struct State {
    account: Account,
    rules: Vec<Rule>,
    /// Lines as received, with the tag.
    received: Vec<String>,
    /// Names of commands, in order.
    names: Vec<String>,
}

/// What the server and its connections share.
#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Counts whatever happens, so that tests and IDLE can wait for it.
    happened: watch::Sender<u64>,
    capabilities: String,
    protection: Protection,
    authority: Authority,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bump(&self) {
        self.happened.send_modify(|count| *count += 1);
    }

    /// Records the occurrence of a command and finds what is to go wrong with it.
    fn occurs(&self, name: &str, line: Option<&str>) -> Option<Misbehave> {
        let mut state = self.state();
        state.received.extend(line.map(str::to_owned));
        state.names.push(name.to_owned());
        let nth = state.names.iter().filter(|known| *known == name).count();
        let found = state
            .rules
            .iter()
            .find(|rule| rule.command == name && rule.when.holds(nth, line.unwrap_or_default()));
        let found = found.map(|rule| rule.misbehave.clone());
        drop(state);
        self.bump();
        found
    }
}

/// Sets a server up.
#[derive(Debug)]
pub struct Builder {
    account: Account,
    rules: Vec<Rule>,
    capabilities: String,
    protection: Protection,
}

impl Builder {
    /// A message in INBOX.
    #[must_use]
    pub fn mail(mut self, uid: u32, bytes: &[u8]) -> Self {
        self.account.deliver("INBOX", uid, bytes);
        self
    }

    /// A message in any folder.
    #[must_use]
    pub fn mail_in(mut self, folder: &str, uid: u32, bytes: &[u8]) -> Self {
        self.account.deliver(folder, uid, bytes);
        self
    }

    /// A message that came just now, with these flags, in any folder.
    #[must_use]
    pub fn lying(mut self, folder: &str, uid: u32, flags: &[&str], bytes: &[u8]) -> Self {
        self.account.deliver_at(folder, uid, bytes, &internal_date(SystemTime::now()));
        let mails = self.account.folders.entry(folder.to_owned()).or_default();
        for mail in mails.iter_mut().filter(|mail| mail.uid == uid) {
            mail.flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        }
        self
    }

    /// One more folder, as named on the wire.
    #[must_use]
    pub fn folder(mut self, name: &str) -> Self {
        self.account.folders.entry(name.to_owned()).or_default();
        self
    }

    /// A folder that the server marks as the one of sent mail.
    #[must_use]
    pub fn sent_folder(mut self, name: &str) -> Self {
        self.account.sent = Some(name.to_owned());
        self.folder(name)
    }

    /// What CAPABILITY lists; by default IDLE, MOVE, UIDPLUS, ID.
    #[must_use]
    pub fn capabilities(mut self, list: &str) -> Self {
        list.clone_into(&mut self.capabilities);
        self
    }

    #[must_use]
    pub const fn protection(mut self, protection: Protection) -> Self {
        self.protection = protection;
        self
    }

    /// SELECT does not tell UIDNEXT.
    #[must_use]
    pub const fn without_uid_next(mut self) -> Self {
        self.account.tells_uid_next = false;
        self
    }

    /// SELECT opens folders read-only.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.account.read_only = true;
        self
    }

    /// What goes wrong. `command` is upper case and with `UID` where it has one; `GREETING` is the connection itself.
    #[must_use]
    pub fn on(mut self, command: &str, when: When, misbehave: Misbehave) -> Self {
        self.rules.push(Rule { command: command.to_owned(), when, misbehave });
        self
    }

    /// Starts it on an address of its own.
    ///
    /// # Panics
    /// When the address cannot be bound.
    pub async fn start(self) -> ScriptedImap {
        let lease = Lease::new();
        let listener = TcpListener::bind((lease.ip, PORT)).await.expect("a leased address is free");
        let authority = Authority::new(IpAddr::V4(lease.ip));
        let state =
            State { account: self.account, rules: self.rules, received: Vec::new(), names: Vec::new() };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            happened: watch::Sender::new(0),
            capabilities: self.capabilities,
            protection: self.protection,
            authority,
        });
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // As real servers do: else Nagle's algorithm adds 40 ms to every answer of two writes.
                drop(stream.set_nodelay(true));
                tokio::spawn(conversation::serve(Arc::clone(&serving), stream));
            }
        });
        ScriptedImap { lease, shared, task }
    }
}

/// A running server; dropping it ends it.
#[derive(Debug)]
pub struct ScriptedImap {
    lease: Lease,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl ScriptedImap {
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            account: Account::new(),
            rules: Vec::new(),
            capabilities: "IMAP4rev1 ID IDLE MOVE UIDPLUS".to_owned(),
            protection: Protection::Plain,
        }
    }

    #[must_use]
    pub const fn ip(&self) -> Ipv4Addr {
        self.lease.ip
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        PORT
    }

    /// The root that signed its certificate, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.shared.authority.ca_pem
    }

    /// One more thing to go wrong from now on; occurrences count from the start.
    pub fn on(&self, command: &str, when: When, misbehave: Misbehave) {
        self.shared.state().rules.push(Rule { command: command.to_owned(), when, misbehave });
    }

    /// From now on all goes right.
    pub fn behave(&self) {
        self.shared.state().rules.clear();
    }

    /// Puts a message into INBOX and tells those in IDLE.
    pub fn deliver(&self, uid: u32, bytes: &[u8]) {
        self.shared.state().account.deliver("INBOX", uid, bytes);
        self.shared.bump();
    }

    /// Puts a message into any folder, now, under the next UID.
    pub fn append(&self, folder: &str, bytes: &[u8]) {
        let received = internal_date(SystemTime::now());
        let mut state = self.shared.state();
        let uid = state.account.append(folder, "", bytes).1;
        let uid: u32 = uid.split([' ', ']']).nth(3).and_then(|uid| uid.parse().ok()).unwrap_or(0);
        for mail in state.account.folders.get_mut(folder).into_iter().flatten().filter(|mail| mail.uid == uid)
        {
            mail.received.clone_from(&received);
        }
        drop(state);
        self.shared.bump();
    }

    /// The same with this moment as the date of its arrival.
    pub fn deliver_now(&self, uid: u32, bytes: &[u8]) {
        let received = internal_date(SystemTime::now());
        self.shared.state().account.deliver_at("INBOX", uid, bytes, &received);
        self.shared.bump();
    }

    /// Takes a message out of INBOX without a word.
    pub fn remove(&self, uid: u32) {
        self.shared
            .state()
            .account
            .folders
            .entry("INBOX".to_owned())
            .or_default()
            .retain(|mail| mail.uid != uid);
    }

    /// One more folder, as named on the wire.
    pub fn add_folder(&self, name: &str) {
        self.shared.state().account.folders.entry(name.to_owned()).or_default();
    }

    /// A folder goes away with what is in it.
    pub fn remove_folder(&self, name: &str) {
        self.shared.state().account.folders.remove(name);
    }

    /// Messages of a folder, as they lie there.
    #[must_use]
    pub fn contents(&self, folder: &str) -> Vec<Vec<u8>> {
        let state = self.shared.state();
        state.account.folders.get(folder).into_iter().flatten().map(|mail| mail.bytes.clone()).collect()
    }

    /// From now on UIDNEXT is at least this.
    pub fn set_uid_next(&self, value: u32) {
        self.shared.state().account.uid_next = value;
    }

    /// From now on SELECT tells another UIDVALIDITY.
    pub fn set_uid_validity(&self, value: u32) {
        self.shared.state().account.uid_validity = value;
    }

    /// UIDs and flags of a folder.
    #[must_use]
    pub fn mails(&self, folder: &str) -> Vec<(u32, Vec<String>)> {
        let state = self.shared.state();
        let mails = state.account.folders.get(folder);
        let shown = |mail: &Mail| (mail.uid, mail.flags.iter().cloned().collect());
        mails.map(|mails| mails.iter().map(shown).collect()).unwrap_or_default()
    }

    /// The lines received so far, without their tags.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        let state = self.shared.state();
        state
            .received
            .iter()
            .map(|line| line.split_once(' ').map_or(line.as_str(), |(_, rest)| rest).to_owned())
            .collect()
    }

    /// How often a command was given (its name as in [`Builder::on`]).
    #[must_use]
    pub fn count(&self, command: &str) -> usize {
        self.shared.state().names.iter().filter(|name| *name == command).count()
    }

    /// How many logins were tried.
    #[must_use]
    pub fn logins(&self) -> usize {
        self.count("LOGIN") + self.count("AUTHENTICATE")
    }

    /// Whether the password was received, in any form.
    #[must_use]
    pub fn knows_the_secret(&self) -> bool {
        self.logins() > 0 || self.shared.state().received.iter().any(|line| line.contains(PASSWORD))
    }

    /// Waits until a command was given so many times.
    pub async fn wait_for(&self, command: &str, times: usize) {
        let mut happened = self.shared.happened.subscribe();
        while self.count(command) < times {
            if happened.changed().await.is_err() {
                return;
            }
        }
    }
}

/// RFC 3501 `date-time`, in UTC.
fn internal_date(at: SystemTime) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = at.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let at = mail_parser::DateTime::from_timestamp(i64::try_from(seconds).unwrap_or(0));
    let month = MONTHS[usize::from(at.month.clamp(1, 12)) - 1];
    format!("{:2}-{month}-{} {:02}:{:02}:{:02} +0000", at.day, at.year, at.hour, at.minute, at.second)
}

impl Drop for ScriptedImap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Misbehave {
    fn fetch_edit(&self) -> Option<FetchEdit> {
        match *self {
            Self::Omit(uid) => Some(FetchEdit::Omit(uid)),
            Self::Twice(uid) => Some(FetchEdit::Twice(uid)),
            Self::NilBody(uid) => Some(FetchEdit::NilBody(uid)),
            Self::EmptyBody(uid) => Some(FetchEdit::EmptyBody(uid)),
            Self::Disguise(uid, says) => Some(FetchEdit::Disguise(uid, says)),
            Self::Answer(_)
            | Self::Instead(_)
            | Self::Before(_)
            | Self::Then(_)
            | Self::CutAt(_)
            | Self::Drip(_)
            | Self::Deaf
            | Self::Stall
            | Self::Drop => None,
        }
    }
}
