//! The only SQL. One API; SQLite behind it now, PostgreSQL joins it. May import the types of `mail`, `triage`, `desk`, and `edge`.
//!
//! Invariants: a raw message is durable before anything else happens to it; a message has one outcome, applied in one
//! savepoint; events are only ever added.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    desk::{
        ConfirmationFacts, Decision, FileRef, LimitCounts, OutboxId, PersonFacts, RawId, State, ThreadMatch, TicketFacts,
        TicketId, TimerKind,
    },
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

/// A message to keep.
#[derive(Debug, Clone)]
pub struct Keep {
    pub uid: u32,
    pub received_at: Timestamp,
    pub bytes: Vec<u8>,
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
    pub expires_at: Timestamp,
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
    /// Trouble that lasts, in words; `None` when all is well.
    pub trouble: Option<String>,
    pub trouble_since: Option<Timestamp>,
}

/// The store of a desk. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store;

/// A writer's transaction over a window of messages (DESIGN section 1). Dropped without [`Window::commit`]: rolled back.
#[derive(Debug)]
pub struct Window;

#[allow(unused_variables, clippy::unimplemented, clippy::unused_async, missing_docs, reason = "signatures first")]
mod api {
    use super::*;

    impl Store {
        /// Opens (and creates, and migrates) the store; asserts WAL, FULL and foreign keys.
        pub async fn open(url: &str) -> Result<Self> { unimplemented!() }
        /// Waits for running work and closes.
        pub async fn close(&self) {}
        /// Grows when another process wrote (`PRAGMA data_version`).
        pub async fn data_version(&self) -> Result<i64> { unimplemented!() }

        // Modes
        /// The mode of a mailbox; `initial_live` is recorded at the first call. Returns whether it is live.
        pub async fn mode(&self, mailbox: &str, initial_live: bool, now: Timestamp) -> Result<bool> { unimplemented!() }
        pub async fn set_live(&self, mailbox: &str, now: Timestamp) -> Result<()> { unimplemented!() }

        // Folders and ledger
        pub async fn folder(&self, key: &FolderKey) -> Result<Option<FolderState>> { unimplemented!() }
        /// Whether this folder is known under another UIDVALIDITY.
        pub async fn folder_known(&self, mailbox: &str, folder: &str) -> Result<bool> { unimplemented!() }
        pub async fn begin_folder(&self, key: &FolderKey, before_start_through: u32, now: Timestamp) -> Result<FolderState> { unimplemented!() }
        /// Of these UIDs, the ones behind `before_start_through` without a ledger row, ascending.
        pub async fn unaccounted(&self, key: &FolderKey, uids: &[u32]) -> Result<Vec<u32>> { unimplemented!() }
        /// One durable commit: raw bytes and ledger rows. A UID that is already there is left as it is (and gives no id).
        pub async fn keep(&self, key: &FolderKey, window: Vec<Keep>, now: Timestamp) -> Result<Vec<RawId>> { unimplemented!() }
        /// Records UIDs that were gone before they were read.
        pub async fn record_gone(&self, key: &FolderKey, uids: &[u32], now: Timestamp) -> Result<()> { unimplemented!() }
        /// Records UIDs as `before_start` one by one (`start` = a date).
        pub async fn record_before_start(&self, key: &FolderKey, uids: &[u32], now: Timestamp) -> Result<()> { unimplemented!() }
        /// Raises `accounted_through` (never lowers it).
        pub async fn account_through(&self, key: &FolderKey, uid: u32) -> Result<()> { unimplemented!() }
        /// Kept messages without outcome, oldest first.
        pub async fn undecided(&self, mailbox: &str, limit: u32) -> Result<Vec<Undecided>> { unimplemented!() }
        /// Counts a decision begun, in a commit of its own.
        pub async fn count_attempt(&self, raws: &[RawId]) -> Result<()> { unimplemented!() }
        /// UIDs with an outcome that the server was not told of yet.
        pub async fn unsettled(&self, key: &FolderKey, limit: u32) -> Result<Vec<u32>> { unimplemented!() }
        pub async fn settled(&self, key: &FolderKey, uids: &[u32], now: Timestamp) -> Result<()> { unimplemented!() }
        /// Compares the folder's UIDs with the ledger, stores and returns how many are unaccounted for.
        pub async fn reconcile(&self, key: &FolderKey, uids: &[u32], now: Timestamp) -> Result<u64> { unimplemented!() }
        pub async fn raw(&self, raw: RawId) -> Result<Option<RawMessage>> { unimplemented!() }
        /// Records lasting trouble of a mailbox, or its end; returns whether that is news.
        pub async fn set_trouble(&self, mailbox: &str, trouble: Option<&str>, now: Timestamp) -> Result<bool> { unimplemented!() }

        /// Begins a writer's transaction (`BEGIN IMMEDIATE`); waits for the one before.
        pub async fn window(&self) -> Result<Window> { unimplemented!() }

        // Outbox
        /// Claims due rows (`Queued`, `Unknown`) of a mailbox by priority, then age: `Sending`, attempt counted, one commit.
        pub async fn claim_outbox(&self, mailbox: &str, limit: u32, now: Timestamp) -> Result<Vec<OutboxRow>> { unimplemented!() }
        /// Writes down how attempts ended, one commit. A `Failed` row gets an event on its ticket.
        pub async fn finish_outbox(&self, results: &[OutboxResult], now: Timestamp) -> Result<()> { unimplemented!() }
        /// At start: rows left `Sending` by a process that ended become `Unknown`, due now. Returns their number.
        pub async fn recover_outbox(&self, mailbox: &str, now: Timestamp) -> Result<u64> { unimplemented!() }
        /// When the next row of this mailbox is due.
        pub async fn next_outbox_at(&self, mailbox: &str) -> Result<Option<Timestamp>> { unimplemented!() }
        /// Attempts of this mailbox since then, for `per_minute` and `per_day`.
        pub async fn attempts_since(&self, mailbox: &str, since: Timestamp) -> Result<u64> { unimplemented!() }

        // Timers
        pub async fn next_timer_at(&self) -> Result<Option<Timestamp>> { unimplemented!() }
        pub async fn due_timers(&self, limit: u32, now: Timestamp) -> Result<Vec<DueTimer>> { unimplemented!() }

        // For the command line
        pub async fn tickets(&self, filter: &TicketFilter) -> Result<Vec<TicketRow>> { unimplemented!() }
        pub async fn ticket(&self, id: TicketId) -> Result<Option<TicketDetail>> { unimplemented!() }
        pub async fn outbox(&self, state: Option<OutboxState>, limit: u32) -> Result<Vec<OutboxBrief>> { unimplemented!() }
        pub async fn outbox_mail(&self, id: OutboxId) -> Result<Option<OutboxRow>> { unimplemented!() }
        /// `Failed`, `Held`, `Queued` and `Unknown` rows become due now; false when it is in no such state.
        pub async fn outbox_retry(&self, id: OutboxId, now: Timestamp) -> Result<bool> { unimplemented!() }
        pub async fn outbox_cancel(&self, id: OutboxId, now: Timestamp) -> Result<bool> { unimplemented!() }
        pub async fn quarantined(&self, limit: u32) -> Result<Vec<QuarantineRow>> { unimplemented!() }
        /// Back to undecided with no attempts counted.
        pub async fn quarantine_retry(&self, raw: RawId) -> Result<bool> { unimplemented!() }
        /// Becomes `ignored`, with the reason that an operator dropped it.
        pub async fn quarantine_drop(&self, raw: RawId, now: Timestamp) -> Result<bool> { unimplemented!() }
        pub async fn status(&self) -> Result<Vec<MailboxStatus>> { unimplemented!() }
    }

    impl Window {
        pub async fn savepoint(&mut self) -> Result<()> { unimplemented!() }
        pub async fn release(&mut self) -> Result<()> { unimplemented!() }
        /// Back to the savepoint, which ends.
        pub async fn rollback(&mut self) -> Result<()> { unimplemented!() }
        pub async fn commit(self) -> Result<()> { unimplemented!() }

        // Gathering
        /// Finds or makes the person with this address (lower case); `name` fills an empty one.
        pub async fn person(&mut self, address: &str, name: Option<&str>, now: Timestamp) -> Result<PersonFacts> { unimplemented!() }
        /// The ticket of an earlier decided mail of the same identity; `Some(None)`: that mail is on no ticket.
        pub async fn duplicate(&mut self, identity: &str, raw: RawId) -> Result<Option<Option<TicketId>>> { unimplemented!() }
        /// Stored messages, ours and received, with these Message-IDs, in the order of `ids`.
        pub async fn threads(&mut self, ids: &[String]) -> Result<Vec<ThreadMatch>> { unimplemented!() }
        /// In the order of `ids`; unknown ones are left out.
        pub async fn ticket_facts(&mut self, ids: &[TicketId], now: Timestamp) -> Result<Vec<TicketFacts>> { unimplemented!() }
        pub async fn limits(&mut self, address: &str, domain: &str, now: Timestamp) -> Result<LimitCounts> { unimplemented!() }
        pub async fn confirmation_by_nonce(&mut self, nonce_hash: &[u8; 32]) -> Result<Option<ConfirmationFacts>> { unimplemented!() }
        /// Without subaddressing: by the Message-ID of the confirmation mail.
        pub async fn confirmation_by_message_id(&mut self, message_id: &str) -> Result<Option<ConfirmationFacts>> { unimplemented!() }
        /// The timer is marked as fired; false when it no longer is due (fired or stopped meanwhile).
        pub async fn fire_timer(&mut self, timer: &DueTimer, now: Timestamp) -> Result<bool> { unimplemented!() }

        // Applying
        /// All changes, events, the ledger's outcome and the facts. Returns the ticket's number.
        pub async fn apply(&mut self, application: &Application<'_>) -> Result<Option<TicketId>> { unimplemented!() }
        pub async fn enqueue(&mut self, mails: &[NewOutbox], now: Timestamp) -> Result<Vec<OutboxId>> { unimplemented!() }
        pub async fn quarantine(&mut self, raw: RawId, reason: &str, now: Timestamp) -> Result<()> { unimplemented!() }
        /// A held mail is taken up again (confirmed): its ledger row is undecided until the next `apply`.
        pub async fn take_up(&mut self, raw: RawId) -> Result<Option<RawMessage>> { unimplemented!() }
    }
}
