//! What an operator brings along from another desk. Data only.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PersonFacts, State};
use crate::desk::Priority;

/// How an old mail is taken in: the operator's word for its batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFacts {
    /// The batch's name.
    pub batch: String,
    /// What a ticket ends as whose last mail is older than `open_since`.
    pub state: State,
    /// Conversations that went on since then are left as they stand; `None`: none is.
    pub open_since: Option<Timestamp>,
}

/// A line of an old list of tickets, in the words of this desk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ListedTicket {
    /// The batch's name.
    pub batch: String,
    pub mailbox: String,
    /// Its number in the old desk.
    pub reference: Option<String>,
    pub subject: String,
    pub requester: PersonFacts,
    pub language: String,
    pub state: State,
    pub priority: Priority,
    pub category: Option<String>,
    pub team: Option<String>,
    /// Agent's address.
    pub assignee: Option<String>,
    pub tags: Vec<String>,
    pub created_at: Timestamp,
    pub description: String,
}
