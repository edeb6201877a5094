//! How values stand in columns: instants, words of enums, JSON, hashes, text without U+0000, lists of parameters.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{OutboxKind, OutboxState, Result, failure};
use crate::{
    desk::{MessageKind, Priority, State, TimerKind},
    mail::AttachmentKind,
    store::failure::Context,
};

/// Rows a multi-row INSERT has at most: 24 columns stay under the 32,766 parameters of SQLite.
pub(super) const ROWS_AT_ONCE: usize = 500;

/// Ids that one `IN` list holds at most.
pub(super) const IDS_AT_ONCE: usize = 1000;

/// Text as both engines take it: PostgreSQL refuses U+0000.
pub(super) fn clean(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text.to_owned() }
}

/// Microseconds since 1970-01-01 UTC.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// The instant of a column.
pub(super) fn instant(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| failure::unreadable("an instant out of range"))
}

/// The instant of a column that may be NULL.
pub(super) fn instant_or_none(micros: Option<i64>) -> Result<Option<Timestamp>> {
    micros.map(instant).transpose()
}

/// An empty text stands for nothing.
pub(super) fn some_text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// JSON for a column. U+0000 inside strings is written as an escape, so nothing is lost there.
pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).context("writing JSON")
}

/// JSON from a column.
pub(super) fn parse_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).context(what)
}

/// The key under which a Message-ID is found: it may be 10 kB long, and an index row of PostgreSQL holds 2,704 bytes.
#[must_use]
pub fn message_id_hash(message_id: &str) -> Vec<u8> {
    Sha256::digest(clean(message_id).as_bytes()).to_vec()
}

/// A count as the API gives it.
pub(super) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

/// A count as the API gives it, where 32 bits are enough.
pub(super) fn count_u32(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

/// A number that the API holds unsigned.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A UID or UIDVALIDITY from a column.
pub(super) fn uid(value: i64) -> Result<u32> {
    u32::try_from(value).map_err(|_| failure::unreadable("a UID out of range"))
}

/// `$first,$first+1,…`: a list of parameters.
pub(super) fn parameters(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}

/// `($1,$2),($3,$4)`: the VALUES of a multi-row INSERT.
pub(super) fn value_rows(rows: usize, columns: usize) -> String {
    (0..rows).map(|row| format!("({})", parameters(row * columns + 1, columns))).collect::<Vec<_>>().join(",")
}

/// One of the words that an enum stands for.
fn parse_word<T: Copy>(all: &[T], as_str: fn(T) -> &'static str, word: &str, what: &str) -> Result<T> {
    all.iter()
        .copied()
        .find(|value| as_str(*value) == word)
        .ok_or_else(|| failure::unreadable(&format!("an unknown {what}")))
}

pub(super) fn parse_state(word: &str) -> Result<State> {
    parse_word(&State::ALL, State::as_str, word, "ticket state")
}

pub(super) fn parse_priority(word: &str) -> Result<Priority> {
    let all = [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent];
    parse_word(&all, Priority::as_str, word, "priority")
}

pub(super) fn parse_timer_kind(word: &str) -> Result<TimerKind> {
    parse_word(&[TimerKind::FirstResponse], TimerKind::as_str, word, "kind of timer")
}

pub(super) fn parse_message_kind(word: &str) -> Result<MessageKind> {
    let all = [MessageKind::Client, MessageKind::Reply, MessageKind::Note, MessageKind::Report];
    parse_word(&all, MessageKind::as_str, word, "kind of message")
}

pub(super) fn parse_attachment_kind(word: &str) -> Result<AttachmentKind> {
    let all = [
        AttachmentKind::Screenshot,
        AttachmentKind::Log,
        AttachmentKind::Document,
        AttachmentKind::Archive,
        AttachmentKind::Audio,
        AttachmentKind::Message,
        AttachmentKind::Calendar,
        AttachmentKind::Other,
    ];
    parse_word(&all, AttachmentKind::as_str, word, "kind of attachment")
}

pub(super) fn parse_outbox_kind(word: &str) -> Result<OutboxKind> {
    parse_word(&OutboxKind::ALL, OutboxKind::as_str, word, "kind of outgoing mail")
}

pub(super) fn parse_outbox_state(word: &str) -> Result<OutboxState> {
    parse_word(&OutboxState::ALL, OutboxState::as_str, word, "state of an outgoing mail")
}

impl OutboxKind {
    /// All kinds, the most urgent first.
    pub const ALL: [Self; 9] = [
        Self::Confirmation,
        Self::Reply,
        Self::Acknowledgement,
        Self::Notification,
        Self::Transcript,
        Self::Reminder,
        Self::Alert,
        Self::Digest,
        Self::Challenge,
    ];

    /// The word used in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Challenge => "challenge",
            Self::Reply => "reply",
            Self::Acknowledgement => "acknowledgement",
            Self::Notification => "notification",
            Self::Transcript => "transcript",
            Self::Reminder => "reminder",
            Self::Alert => "alert",
            Self::Digest => "digest",
        }
    }

    /// The place in the queue: the smaller goes first.
    pub(super) fn priority(self) -> i64 {
        match self {
            Self::Confirmation => 0,
            Self::Reply => 1,
            Self::Acknowledgement => 2,
            Self::Notification => 3,
            Self::Transcript => 4,
            Self::Reminder => 5,
            Self::Alert => 6,
            Self::Digest => 7,
            Self::Challenge => 8,
        }
    }
}

impl OutboxState {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Failed,
        Self::Unknown,
        Self::Shadow,
        Self::Held,
        Self::Cancelled,
    ];

    /// The word used in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Shadow => "shadow",
            Self::Held => "held",
            Self::Cancelled => "cancelled",
        }
    }
}
