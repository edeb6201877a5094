//! Why a person or a ticket does not fit a command. Words only: who judges it are `people` and `merge`.

use serde::{Deserialize, Serialize};

/// Why a person or ticket does not fit a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsuitable {
    /// No address that mail can be sent to.
    NoAddress,
    /// One of the desk's own addresses.
    Ours,
    /// A member of staff: mails to clients and to staff never mix.
    Staff,
    /// An address that nobody reads.
    Robot,
    /// The requester is on the ticket in any case.
    Requester,
    /// Not on the ticket.
    NotOn,
    /// More people than a ticket takes.
    TooMany,
    /// No such ticket.
    NoTicket,
    /// The ticket itself.
    Itself,
    /// It is merged already, or spam.
    Gone,
    /// The requesters differ, and nobody said that both may read the answers.
    OtherPeople,
    /// A merged ticket takes no reply.
    ReplyBesides,
    /// More help articles than one mail takes.
    TooManyArticles,
}

impl Unsuitable {
    /// The word by which templates name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoAddress => "no_address",
            Self::Ours => "ours",
            Self::Staff => "staff",
            Self::Robot => "robot",
            Self::Requester => "requester",
            Self::NotOn => "not_on",
            Self::TooMany => "too_many",
            Self::NoTicket => "no_ticket",
            Self::Itself => "itself",
            Self::Gone => "gone",
            Self::OtherPeople => "other_people",
            Self::ReplyBesides => "reply_besides",
            Self::TooManyArticles => "too_many_articles",
        }
    }
}
