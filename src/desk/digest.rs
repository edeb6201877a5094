//! What a day of a mailbox in shadow mode is told by. Data only.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::TicketId;

/// A day of a mailbox in shadow mode (SPEC section 4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// The mailbox's name in the config.
    pub mailbox: String,
    /// What happened from this instant on is told.
    pub since: Timestamp,
    /// Mails that would have left, by kind (the word of the outbox).
    pub held_back: Vec<(String, u64)>,
    /// The newest of them, the newest first.
    pub lines: Vec<DigestLine>,
    /// Messages that came in, by outcome (the word of the ledger).
    pub arrived: Vec<(String, u64)>,
    /// What waits for people now: open tickets by state, `held` and `quarantined` messages.
    pub waiting: Vec<(String, u64)>,
}

/// A mail that would have left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestLine {
    /// The word of the outbox.
    pub kind: String,
    pub ticket: Option<TicketId>,
    pub to: String,
    pub subject: String,
}

impl Digest {
    /// How many mails would have left.
    #[must_use]
    pub fn held_back_total(&self) -> u64 {
        self.held_back.iter().map(|(_, count)| count).sum()
    }

    /// Nothing came in and nothing would have left: there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held_back.is_empty() && self.arrived.is_empty()
    }
}
