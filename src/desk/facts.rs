//! What a decision rests on: gathered by `intake` on the writer's transaction, stored beside the raw message, never
//! changed afterwards. Data only.

mod imports;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Conversation, Fact, Findings, Matter, Priority, RelatedTicket, SimilarTicket, State};
use crate::{
    mail::{Class, Reading, Report},
    triage::Triage,
};

pub use imports::{ImportFacts, ListedTicket};

/// Version of the stored form of [`Facts`].
pub const FACTS_VERSION: u32 = 1;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
id!(
    /// A ticket's number, as people see it (`#1042`).
    TicketId
);
id!(
    /// A person known by one address: client, participant or agent.
    PersonId
);
id!(
    /// A raw message kept in the store.
    RawId
);
id!(
    /// A row of the outbox.
    OutboxId
);

impl Priority {
    /// The word used in JSON, SQL and mails to agents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// What a secret token in an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Given to a client or participant: their answers belong to the ticket.
    Client,
    /// Given to one agent in a notification: possession for FAULTS section 1 B.
    Agent,
    /// Given to one agent in a confirmation mail: not a token but a random nonce of [`super::token::NONCE_CHARS`]
    /// characters, looked up by its hash.
    Confirm,
    /// One agent's own address at the desk, of no ticket: possession for orders that name their ticket, and for opening
    /// tickets.
    Desk,
    /// Given to one agent in a challenge; in place of a ticket it names the challenge.
    Challenge,
}

/// What a valid token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub purpose: Purpose,
    /// 0 for [`Purpose::Desk`], the challenge's row id for [`Purpose::Challenge`].
    pub ticket: TicketId,
    pub person: PersonId,
    /// Days since 1970-01-01 UTC; the token is good through that day.
    pub expires_day: u16,
}

/// A token found in a recipient address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFinding {
    /// Its HMAC is ours and it has not expired.
    Valid(Token),
    /// It looks like a token, and is not one (forged, altered, expired, key gone).
    Invalid(String),
}

/// A person as the store knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonFacts {
    pub id: PersonId,
    /// Lower case.
    pub address: String,
    pub name: Option<String>,
    /// Language of their earlier mails.
    pub language: Option<String>,
    /// No automatic mail goes there any more: our mails came back.
    pub suppressed: bool,
    /// Since when that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed_at: Option<Timestamp>,
    /// What the mail server said, in one line; empty where nothing is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suppressed_why: String,
    /// When mail to them was last let through again because they wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
}

/// One line of a ticket's history for people to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventBrief {
    pub at: Timestamp,
    /// Agent's or client's address, or `maildesk`.
    pub actor: String,
    pub kind: String,
    /// `category technical -> account`.
    pub detail: String,
}

/// A ticket as the decision sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketFacts {
    pub id: TicketId,
    /// Grows with each change; named in the decision, checked on apply.
    pub version: i64,
    pub mailbox: String,
    pub state: State,
    pub subject: String,
    pub language: String,
    pub category: Option<String>,
    pub priority: Priority,
    pub team: Option<String>,
    /// Agent's address.
    pub assignee: Option<String>,
    pub tags: Vec<String>,
    pub requester: PersonFacts,
    /// Whether the requester's newest mail was proven to come from their domain.
    pub requester_proven: bool,
    /// Addresses of all who are on the ticket, requester first.
    pub participants: Vec<String>,
    /// Those of them besides the requester, in the order in which they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<PersonFacts>,
    /// The agent (address) whose forwarded mail named the requester, as long as nobody acted on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<String>,
    /// The ticket that took this one in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<TicketId>,
    pub created_at: Timestamp,
    pub first_response_at: Option<Timestamp>,
    pub first_response_due_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// Message-ID and References of the newest client mail, for threading our answer under it.
    pub last_client_message_id: Option<String>,
    pub last_client_references: Vec<String>,
    /// What it newly said, cut to a length that fits a mail; for a colleague who gets the ticket.
    #[serde(default)]
    pub last_client_text: String,
    /// When the mail server received the newest client mail.
    #[serde(default)]
    pub last_client_at: Option<Timestamp>,
    /// Automatic mails to non-agents on this ticket in the last hour.
    pub automatic_hour: u32,
    /// Automatic mails to non-agents on this ticket since the last human message.
    pub automatic_row: u32,
    /// Newest last, at most three.
    pub history: Vec<EventBrief>,
    /// What is known of it, and what was asked.
    #[serde(default, skip_serializing_if = "Matter::is_empty")]
    pub matter: Matter,
    /// An import made it, and nothing but imports has touched it; only gathered for imported mail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
}

/// A stored message that the mail answers or refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadMatch {
    pub ticket: TicketId,
    /// Lower-case recipient when the referred mail is one of ours; `None` when it came in.
    pub sent_to: Option<String>,
    /// One of ours that was a notification, transcript or reminder to an agent.
    pub to_agent: bool,
    /// Their secrets were revoked since: knowing its Message-ID is no possession any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
}

/// What a report names our mail by, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceEvidence {
    /// It came to the signed address that was the mail's envelope sender.
    Address,
    /// It returns our signed header.
    Header,
    /// It returns our Message-ID, which whoever saw the conversation knows.
    MessageId,
    /// Our own server refused it, or gave up.
    Server,
}

impl BounceEvidence {
    /// The word used in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Header => "header",
            Self::MessageId => "message_id",
            Self::Server => "server",
        }
    }
}

/// The mail of ours that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BounceFacts {
    pub outbox: OutboxId,
    pub evidence: BounceEvidence,
    pub ticket: Option<TicketId>,
    /// An agent's words to a client.
    pub is_reply: bool,
    /// To staff or operators.
    pub to_agent: bool,
    pub recipient: PersonFacts,
    /// Who wrote the reply.
    pub author: Option<String>,
    /// What the reply said.
    pub text: String,
    /// A failure of this mail is known already; `Some(true)`: for good.
    pub known: Option<bool>,
    /// Other mails to the recipient that came back in the last seven days, since they last wrote.
    pub failures_week: u32,
    /// People were told in the last day that mail to this recipient comes back.
    pub told_day: bool,
}

/// The confirmation that a mail answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationFacts {
    /// Row id of the confirmation.
    pub id: i64,
    /// Agent's registered address.
    pub agent: String,
    /// The held mail whose action it releases.
    pub held: RawId,
    /// The exact action that its mail showed ([`super::seal::Action::digest`]).
    #[serde(default)]
    pub action: String,
    pub expires_at: Timestamp,
    pub used: bool,
    /// Whether the row is as it was written: its seal was checked with the desk's keys.
    #[serde(default)]
    pub sealed: bool,
    /// Somebody was told once that their answer did not say yes.
    #[serde(default)]
    pub hinted: bool,
}

/// The time after a confirmation in which possession alone suffices (FAULTS section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodFacts {
    pub opened_at: Timestamp,
    pub until: Timestamp,
}

/// The challenge that a mail answers: a mail that asks an agent to answer, so that their proof can be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeFacts {
    /// Row id of the challenge.
    pub id: i64,
    /// Agent's registered address.
    pub agent: String,
    pub answered: bool,
    /// It was found by the secret that only this agent received, and not by a Message-ID beside which a token should stand.
    pub possession: bool,
}

/// Automatic mails counted by the store for the limits of FAULTS section 2, to non-agents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitCounts {
    pub acks_address_10min: u32,
    pub acks_address_day: u32,
    pub acks_domain_hour: u32,
    pub acks_hour: u32,
    /// Confirmations to this sender's registered address in the last hour.
    pub confirmations_hour: u32,
}

/// What a flood or a loop looks like in the store; `loop_guard` judges it. Everything zero: nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FloodFacts {
    /// Acknowledgements that the breaker alone refused in the last hour: lines of history of kind `breaker`. `None`: not
    /// counted, so that nobody is told.
    pub breaker_hour: Option<u32>,
    /// Acknowledgements to this address since staff last wrote there.
    pub acks_address_row: u32,
    /// Tickets that mails of this address opened in the last hour.
    pub tickets_address_hour: u32,
    /// Mails of this address that were folded into a ticket in the last hour: lines of history of kind `folded`.
    pub folded_address_hour: u32,
    /// The newest of those tickets.
    pub newest: Option<TicketFacts>,
    /// Clients' messages of the last seven days from this domain, on any ticket, with the same new text.
    pub same_text_week: u32,
    /// The subject carries our mark (`threading::mark`) of a ticket whose requester is of this domain.
    pub subject_names_ticket: bool,
    /// Of an agent's mail: their replies and notes on the tickets that it names, of the last seven days, with the same new
    /// text; this mail itself not among them.
    pub own_text_week: u32,
    /// Of an agent's mail: transcripts and refusals to them on the tickets that it names, in the last day.
    pub answers_to_staff_day: u32,
}

/// An incoming mail with everything known about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MailFacts {
    pub raw: RawId,
    /// Name of the mailbox that it came to.
    pub mailbox: String,
    /// INTERNALDATE.
    pub received_at: Timestamp,
    /// Read again from the raw message on replay.
    #[serde(skip)]
    pub reading: Reading,
    #[serde(skip)]
    pub triage: Triage,
    /// The server's size when only the header was taken because the mail is too large.
    pub oversized_bytes: Option<u64>,
    #[serde(flatten)]
    pub findings: Findings,
    /// Another mail with one of the same [`super::proof::replay_keys`] came before: the same signed words under another
    /// Message-ID or to other recipients.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// `None`: the mail has no usable From.
    pub sender: Option<PersonFacts>,
    /// A mail of the same identity is already there (another mailbox, another folder, dragged out and back).
    pub duplicate_of: Option<TicketId>,
    /// Tokens in recipient addresses, in the order To, Cc, Delivered-To.
    pub tokens: Vec<TokenFinding>,
    pub confirmation: Option<ConfirmationFacts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<ChallengeFacts>,
    /// It came to a bounce address of ours, which may be too old to act upon.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bounce_address: bool,
    /// The mail of ours that it is about; `None`: none that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounce: Option<BounceFacts>,
    /// Of an agent's mail: it answers a bundle of notifications as a whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answers_bundle: bool,
    /// By In-Reply-To first, then References from the last to the first.
    pub threads: Vec<ThreadMatch>,
    /// The tickets that `bounce`, `tokens` and `threads` name, in that order, at most six.
    pub tickets: Vec<TicketFacts>,
    pub limits: LimitCounts,
    /// Of the form's client where a form sent it, else of the sender.
    #[serde(default, skip_serializing_if = "FloodFacts::is_nothing")]
    pub flood: FloodFacts,
    /// What the earlier tickets of whoever wrote it tell of them; only of tickets whose sender was proven.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub known: BTreeMap<String, Fact>,
    /// This held mail is decided again because its agent confirmed it.
    pub confirmed: bool,
    /// What they confirmed ([`super::seal::Action::digest`]); empty when nothing was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub confirmed_action: String,
    /// Of an agent's mail: their period, unless they locked it. It may be over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodFacts>,
    /// It lay in the mailbox's folder of sent mail.
    #[serde(default)]
    pub sent: bool,
    /// Of a mail in that folder, or an imported one: it is one that the desk sent.
    #[serde(default)]
    pub own_mail: bool,
    /// Who stands in a mail that a web form is proven to have sent.
    #[serde(default)]
    pub form_requester: Option<PersonFacts>,
    /// For whom a mail at an agent's own address opens a ticket ([`super::opening::client_address`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_client: Option<PersonFacts>,
    /// Of an agent's mail: the people whom its orders name and whose addresses take no mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silenced: Vec<PersonFacts>,
    /// Of an agent's mail that asks to see a ticket: what was said on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Conversation>,
    /// Who wrote the mail that a member of staff forwards, as far as the text tells ([`super::forward::author`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded_author: Option<PersonFacts>,
    /// Of a mail that names no ticket: what it may belong to, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedTicket>,
    /// Of a mail that names no ticket: resolved ones that are like it, the likest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<SimilarTicket>,
    /// It is old mail that an operator brought along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<ImportFacts>,
}

/// A timer that is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerFacts {
    pub kind: TimerKind,
    pub due_at: Timestamp,
    pub ticket: TicketFacts,
}

/// A mail of ours that never left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefusedFacts {
    pub bounce: BounceFacts,
    pub ticket: Option<TicketFacts>,
    /// What a server said of it; `None`: no server refused this mail for good.
    pub report: Option<Report>,
    /// Why it did not leave, in words without addresses.
    pub why: String,
}

/// What a timer row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// Remind the team before the first answer is late.
    FirstResponse,
}

impl TimerKind {
    /// The word used in SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
        }
    }
}

/// What is to be decided on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facts {
    Mail(Box<MailFacts>),
    Timer(Box<TimerFacts>),
    Refused(Box<RefusedFacts>),
    Listed(Box<ListedTicket>),
}

impl FloodFacts {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl MailFacts {
    /// Whether a person wrote it, as far as the mail itself tells.
    #[must_use]
    pub fn is_human(&self) -> bool {
        self.reading.class == Class::Human
    }

    /// The gathered ticket with this number.
    #[must_use]
    pub fn ticket(&self, id: TicketId) -> Option<&TicketFacts> {
        self.tickets.iter().find(|t| t.id == id)
    }
}
