//! The only SQL. One API, SQLite and PostgreSQL behind it (`engine`). May import the types of `mail`, `triage`, `desk`, and `edge`.
//!
//! Must not know: IMAP, SMTP, templates, how a mail is read or judged.
//!
//! Invariants: a raw message is durable before anything else happens to it; a message has one outcome, applied in one
//! savepoint; events are only ever added; a promise is kept on disk (`synchronous = FULL`) before a function returns.
//!
//! Statements are written for both engines: numbered parameters, `ON CONFLICT`, `RETURNING`, instants as microseconds in
//! 64 bits, truth values as 0 and 1, JSON as text, and no U+0000 in any text, which PostgreSQL refuses.

mod alone;
mod apply;
mod bounce;
mod bundle;
mod changes;
mod columns;
mod corrections;
mod digest;
mod engine;
mod events;
mod failure;
mod flood;
mod folders;
mod gather;
mod import;
mod lease;
mod ledger;
mod listing;
mod mailboxes;
mod open;
mod origin;
mod outbox;
mod people;
mod quarantine;
mod rows;
mod sent;
mod similar;
mod ticket_view;
mod timers;
mod trust;
mod window;

use std::{sync::Arc, time::Duration};

pub use alone::Alone;
pub use bounce::{Bounced, FailedMail, SentMail, SuppressedRow};
pub use bundle::Waiting;
pub use changes::Changes;
pub use columns::message_id_hash;
pub use digest::DigestSchedule;
pub use engine::Schema;
pub use import::{
    FOLDER_PREFIX, ImportBatch, ImportKind, ImportOutcome, ImportRow, ImportedMail, ImportedTicket,
    KeptTicket, UndoPlan,
};
pub use listing::OutboxFilter;
pub use trust::{Challenge, StoredConfirmation};

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    desk::{Decision, FileRef, ImportFacts, Matter, OutboxId, RawId, State, TicketId, TimerKind},
    mail::{Attachment, compose::Outgoing},
};

/// What can go wrong, by who acts (DESIGN section 5).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Wait and try again: locked, disk full, I/O error.
    #[error("the store is not available: {0}")]
    Temporary(String),
    /// The operator must act; says what.
    #[error("{0}")]
    Operator(String),
    /// A row changed since it was read: gather again.
    #[error("ticket #{0} changed meanwhile")]
    Conflict(TicketId),
    /// This statement can never work with this data: the message is to be quarantined.
    #[error("the store refuses this: {0}")]
    Refused(String),
}

/// Shorthand.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A folder at one UIDVALIDITY.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FolderKey {
    /// The mailbox's name in the config.
    pub mailbox: String,
    pub folder: String,
    pub uid_validity: u32,
}

/// What is recorded of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderState {
    /// UIDs up to this one were there before the start (0: none).
    pub before_start_through: u32,
    /// Every UID up to this one has its outcome or is kept: the search may begin behind it.
    pub accounted_through: u32,
}

/// How a folder begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beginning {
    /// UIDs up to this one were there before the start.
    pub through: u32,
    /// And these one by one.
    pub old: Vec<u32>,
    /// It holds what was sent, not what came.
    pub is_sent: bool,
}

impl From<u32> for Beginning {
    fn from(through: u32) -> Self {
        Self { through, ..Self::default() }
    }
}

/// A message of a folder that is kept: what its UID meant when it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownUid {
    pub uid: u32,
    pub raw: RawId,
    pub received_at: Timestamp,
    /// On the server.
    pub size_bytes: u64,
}

/// A message to keep.
#[derive(Debug, Clone)]
pub struct Keep {
    pub uid: u32,
    pub received_at: Timestamp,
    /// Shared with the reading that follows.
    pub bytes: Arc<Vec<u8>>,
    /// The server's size when `bytes` are the header only.
    pub oversized_bytes: Option<u64>,
}

/// A kept message that has no outcome yet.
#[derive(Debug, Clone)]
pub struct Undecided {
    pub raw: RawId,
    pub received_at: Timestamp,
    pub bytes: Vec<u8>,
    pub oversized_bytes: Option<u64>,
    /// Decisions begun before this one: 2 and more means quarantine.
    pub attempts: u32,
    /// It lay in the folder of sent mail.
    pub is_sent: bool,
    /// It was imported, and put into quarantine then.
    pub imported: Option<ImportFacts>,
}

/// A raw message.
#[derive(Debug, Clone)]
pub struct RawMessage {
    pub mailbox: String,
    pub received_at: Timestamp,
    pub bytes: Vec<u8>,
    pub oversized_bytes: Option<u64>,
}

/// What [`Window::apply`] needs beside the decision.
#[derive(Debug)]
pub struct Application<'a> {
    pub mailbox: &'a str,
    /// `None` for timers.
    pub raw: Option<RawId>,
    /// [`crate::mail::Reading::identity`], Message-ID, subject and attachments of the mail.
    pub mail: Option<AppliedMail<'a>>,
    pub decision: &'a Decision,
    /// Stored form of the facts.
    pub facts_json: String,
    pub now: Timestamp,
}

/// The parts of a reading that become rows.
#[derive(Debug)]
pub struct AppliedMail<'a> {
    pub identity: &'a str,
    pub message_id: Option<&'a str>,
    pub references: &'a [String],
    pub subject: Option<&'a str>,
    pub attachments: &'a [Attachment],
    pub received_at: Timestamp,
}

/// Kinds of outgoing mail, in the order of their priority at provider limits (SPEC section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxKind {
    Confirmation,
    Reply,
    Acknowledgement,
    Notification,
    Transcript,
    Reminder,
    Alert,
    /// A day of shadow mode.
    Digest,
    /// Asks an agent to answer, so that their proof can be looked at.
    Challenge,
}

/// Where an outgoing mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    Queued,
    /// An attempt was written down and is under way.
    Sending,
    Sent,
    /// Refused for good, or given up after five days.
    Failed,
    /// The connection or the process ended while the server could have accepted it; tried again with the same bytes.
    Unknown,
    /// Decided in shadow mode: never sent.
    Shadow,
    /// Waits for the operator.
    Held,
    Cancelled,
}

/// An outgoing mail to be queued.
#[derive(Debug, Clone)]
pub struct NewOutbox {
    pub mailbox: String,
    pub kind: OutboxKind,
    pub ticket: Option<TicketId>,
    /// To staff or operators: not counted against the limits for clients.
    pub to_agent: bool,
    /// `Auto-Submitted` other than `no`.
    pub automatic: bool,
    /// Lower case; one recipient a row.
    pub recipient: String,
    /// `None` is the null sender `<>`.
    pub envelope_from: Option<String>,
    pub mail: Outgoing,
    pub files: Vec<FileRef>,
    /// Shadow mode: [`OutboxState::Shadow`] instead of queued.
    pub shadow: bool,
    /// For a confirmation: the row that it opens.
    pub confirmation: Option<NewConfirmation>,
}

/// A confirmation to be opened with its mail.
#[derive(Debug, Clone)]
pub struct NewConfirmation {
    /// SHA-256 of the nonce.
    pub nonce_hash: [u8; 32],
    pub agent: String,
    pub held: RawId,
    /// What its mail shows ([`crate::desk::seal::Action`]).
    pub action: String,
    pub expires_at: Timestamp,
    /// [`crate::desk::seal::Bound::seal`] of all of it.
    pub seal: Vec<u8>,
}

/// A claimed row, its attempt already counted.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    pub id: OutboxId,
    pub kind: OutboxKind,
    pub ticket: Option<TicketId>,
    pub recipient: String,
    pub envelope_from: Option<String>,
    pub mail: Outgoing,
    pub files: Vec<FileRef>,
    /// Including this one.
    pub attempts: u32,
    pub first_attempt_at: Timestamp,
}

/// Who puts a copy of what leaves into the Sent folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filer {
    #[default]
    Unknown,
    /// The provider, of whatever its SMTP server takes.
    Provider,
    Desk,
}

/// A reply that left and lies in no Sent folder, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfiled {
    pub id: OutboxId,
    pub sent_at: Timestamp,
    /// The desk began to file it: a copy that is found is the desk's.
    pub tried: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub struct OutboxResult {
    pub id: OutboxId,
    /// `Sent`, `Failed`, `Queued` (temporary refusal) or `Unknown`.
    pub state: OutboxState,
    /// The server's words or ours, without addresses.
    pub detail: String,
    /// When to try again, for `Queued` and `Unknown`.
    pub next_at: Option<Timestamp>,
}

/// A due timer with what its decision needs.
#[derive(Debug, Clone)]
pub struct DueTimer {
    pub ticket: TicketId,
    pub kind: TimerKind,
    pub due_at: Timestamp,
}

/// A row of `maildesk ticket list`.
#[derive(Debug, Clone, Serialize)]
pub struct TicketRow {
    pub number: TicketId,
    pub state: State,
    pub priority: String,
    pub category: Option<String>,
    pub team: Option<String>,
    pub assignee: Option<String>,
    pub requester: String,
    pub subject: String,
    pub language: String,
    pub mailbox: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub messages: u32,
}

/// Filters of `maildesk ticket list`; all that are set must hold.
#[derive(Debug, Clone, Default)]
pub struct TicketFilter {
    pub states: Vec<State>,
    pub category: Option<String>,
    pub team: Option<String>,
    pub assignee: Option<String>,
    pub requester: Option<String>,
    pub limit: u32,
}

/// A message of a ticket, for show and transcript.
#[derive(Debug, Clone, Serialize)]
pub struct MessageRow {
    pub raw: Option<RawId>,
    /// [`crate::desk::MessageKind::as_str`], or the [`OutboxKind`] word of an outgoing mail.
    pub kind: String,
    pub author: String,
    pub author_name: Option<String>,
    pub recipient: Option<String>,
    pub subject: Option<String>,
    pub message_id: Option<String>,
    pub text: String,
    pub at: Timestamp,
    /// State of the outgoing mail; `None` for mail that came in.
    pub delivery: Option<OutboxState>,
    pub attachments: Vec<Attachment>,
}

/// A history line with its place in the chain.
#[derive(Debug, Clone, Serialize)]
pub struct EventRow {
    pub seq: u32,
    pub at: Timestamp,
    pub actor: String,
    pub kind: String,
    pub detail: String,
    /// Hex.
    pub hash: String,
}

/// A ticket with everything on it.
#[derive(Debug, Clone, Serialize)]
pub struct TicketDetail {
    pub ticket: TicketRow,
    pub participants: Vec<String>,
    pub first_response_at: Option<Timestamp>,
    pub first_response_due_at: Option<Timestamp>,
    /// What is known of it, and what was asked.
    pub matter: Matter,
    pub messages: Vec<MessageRow>,
    pub events: Vec<EventRow>,
    /// The event chain was recomputed and agrees.
    pub chain_intact: bool,
}

/// A row of `maildesk outbox list`.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxBrief {
    pub id: OutboxId,
    pub mailbox: String,
    pub kind: OutboxKind,
    pub ticket: Option<TicketId>,
    pub recipient: String,
    pub subject: String,
    pub state: OutboxState,
    pub attempts: u32,
    pub next_at: Option<Timestamp>,
    pub detail: String,
    /// It came back after it had left.
    pub bounced: Option<Bounced>,
    pub created_at: Timestamp,
}

/// A row of `maildesk quarantine list`.
#[derive(Debug, Clone, Serialize)]
pub struct QuarantineRow {
    pub raw: RawId,
    pub mailbox: String,
    pub folder: String,
    pub uid: u32,
    pub reason: String,
    pub size_bytes: u64,
    pub received_at: Timestamp,
}

/// One mailbox in `maildesk status`.
#[derive(Debug, Clone, Serialize)]
pub struct MailboxStatus {
    pub mailbox: String,
    /// `shadow` or `live`, as the store says; `None` before the first start.
    pub mode: Option<String>,
    /// Ledger rows by outcome word; `kept` are those that are not decided yet.
    pub outcomes: std::collections::BTreeMap<String, u64>,
    pub unsettled: u64,
    /// Found by the last reconciliation; must be 0.
    pub unaccounted: Option<u64>,
    pub reconciled_at: Option<Timestamp>,
    /// Outbox rows by state word.
    pub outbox: std::collections::BTreeMap<String, u64>,
    /// Trouble with taking mail in that lasts, in words; `None` when all is well.
    pub trouble: Option<String>,
    pub trouble_since: Option<Timestamp>,
    /// The same for what leaves.
    pub outbox_trouble: Option<String>,
    pub outbox_trouble_since: Option<Timestamp>,
    /// Where several daemons may share the store: host and process of the one that works the mailbox now.
    pub worked_by: Option<String>,
}

/// The store of a desk. Cheap to clone.
///
/// Writers queue for one connection. Whoever holds a [`Window`] therefore calls no other writing function of the store
/// before the window has ended: it would wait for itself, until the wait is over and gives [`StoreError::Temporary`].
#[derive(Debug, Clone)]
pub struct Store {
    /// SQLite: one connection, since there is one writer at a time, and waiting in a queue is fairer than its busy loop.
    writer: engine::Pool,
    /// SQLite: a few connections that cannot write. PostgreSQL: the same pool as `writer`.
    readers: engine::Pool,
    leases: Arc<lease::Leases>,
}

/// Where a store is, and how it is shared.
#[derive(Debug, Clone)]
pub struct StoreOptions<'a> {
    /// `sqlite://` and the path of a file, or `postgres://user@host/database`.
    pub url: &'a str,
    /// For PostgreSQL, when the URL has none.
    pub password: Option<&'a SecretString>,
    /// How long a daemon that fell silent keeps its mailboxes on PostgreSQL.
    pub lease: Duration,
}

impl<'a> StoreOptions<'a> {
    /// The usual options for this URL.
    #[must_use]
    pub const fn new(url: &'a str) -> Self {
        Self { url, password: None, lease: Duration::from_secs(30) }
    }
}

/// A writer's transaction over a window of messages (DESIGN section 1). Dropped without [`Window::commit`]: rolled back.
#[derive(Debug)]
pub struct Window {
    tx: engine::Transaction,
    /// Who tells the others of what they should look at.
    leases: Arc<lease::Leases>,
    /// There is something for them to look at.
    news: bool,
}
