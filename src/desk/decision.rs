//! What judgement wants done. Data only: `intake` gives numbers, tokens, nonces and Message-IDs to what needs them, renders
//! the letters and applies everything in one savepoint.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    BounceEvidence, Conversation, EventBrief, Fact, Matter, OutboxId, PersonId, Priority, Purpose, RawId,
    RelatedTicket, SentArticle, Silenced, SimilarTicket, State, TicketId, TimerKind, Unsuitable,
    articles::ArticleName, bundle::BundleItem, digest::Digest,
};
use crate::{mail::Address, triage::secrets::SecretKind};

/// How a message ends (SPEC section 4); `before_start`, gone and quarantined are not decided but found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A message of a ticket.
    Ticket,
    /// Kept until somebody decides.
    Held,
    /// Command, confirmation, bounce.
    Control,
    #[default]
    Ignored,
}

impl Outcome {
    /// The word used in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Held => "held",
            Self::Control => "control",
            Self::Ignored => "ignored",
        }
    }
}

/// The ticket that a change or letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketRef {
    /// The one that this decision creates.
    New,
    /// An existing one, and the version that was read.
    Existing(TicketId, i64),
}

/// Who wrote a message of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// By the requester or a participant.
    Client,
    /// An agent's public reply.
    Reply,
    /// An agent's internal note.
    Note,
    /// A robot's mail or a delivery report on the ticket.
    Report,
}

impl MessageKind {
    /// The word used in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Reply => "reply",
            Self::Note => "note",
            Self::Report => "report",
        }
    }
}

/// One change of the store, applied in order to the decision's ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// First, and only with [`TicketRef::New`].
    Create {
        subject: String,
        requester: PersonId,
        requester_proven: bool,
        language: String,
        category: Option<String>,
        priority: Priority,
        team: Option<String>,
        assignee: Option<String>,
        tags: Vec<String>,
        /// The server's receipt: clocks start here.
        created_at: Timestamp,
        first_response_due_at: Option<Timestamp>,
        /// The closed ticket that this one continues.
        linked_to: Option<TicketId>,
    },
    /// The decided mail becomes a message of the ticket, with its attachments.
    Message {
        kind: MessageKind,
        author: PersonId,
        text: String,
    },
    State(State),
    Category(Option<String>),
    /// A person of staff said where the ticket belongs: the classifier learns from it.
    Correction {
        before: Option<String>,
        category: String,
        by: PersonId,
    },
    Priority(Priority),
    Team(Option<String>),
    Assignee(Option<String>),
    Participant(PersonId),
    /// The person with this address, known or not, becomes a participant.
    Join(Address),
    /// The person with this address (lower case) is a participant no more.
    Leave(String),
    /// The person with this address is the requester from now on, unproven, and a participant.
    Requester(Address),
    /// The agent (address) whose forward names the requester; `None`: somebody acted on it.
    Proposed(Option<String>),
    /// The decided mail brings a client's mail that staff forwarded: a client's message under a Message-ID that the client
    /// does not know, and must not learn.
    Forwarded {
        author: PersonId,
        text: String,
    },
    /// By these a later mail of the same people finds this ticket ([`super::related`]).
    Marks {
        scope: String,
        marks: Vec<i64>,
    },
    /// The ticket is merged into this one, of which `version` was read; `changes` are that one's, in the same commit.
    Merge {
        into: TicketId,
        version: i64,
        changes: Vec<Self>,
    },
    /// Whether the requester's newest mail was proven.
    RequesterProven(bool),
    /// The first public answer left at this instant.
    FirstResponse(Timestamp),
    StartTimer {
        kind: TimerKind,
        due_at: Timestamp,
    },
    StopTimer(TimerKind),
    /// One line of history. `content` may hold addresses and words: it is erasable, the chain is not.
    Event {
        kind: String,
        actor: String,
        content: String,
    },
    /// What is known of the matter from now on, and what was asked: whole, in place of what was there.
    Facts(Matter),
    /// The confirmation with this row id is used up.
    UseConfirmation(i64),
    /// A mail of ours did not arrive. Needs no ticket, as the two below.
    Bounced {
        outbox: OutboxId,
        evidence: BounceEvidence,
        /// The address takes no mail.
        hard: bool,
        /// `5.1.1`; empty where the report has none.
        status: String,
        diagnostic: String,
        /// People are told of it.
        told: bool,
    },
    /// Nothing automatic goes to this person any more.
    Suppress {
        person: PersonId,
        why: String,
    },
    /// Mail goes to this person again, because they wrote.
    Release(PersonId),
    /// Its agent was told that their answer did not say yes.
    HintConfirmation(i64),
    /// Until then this agent's mails need no proof of origin (FAULTS section 1).
    OpenPeriod {
        /// Registered address.
        agent: String,
        until: Timestamp,
        /// The row of the confirmation that opened it.
        confirmation: i64,
    },
    /// The agent with this address ended their period.
    EndPeriod(String),
    /// The challenge with this row id was answered.
    AnswerChallenge {
        id: i64,
        proof: Box<super::AgentProof>,
    },
}

/// A mail to be written. Everything a template needs is in `body`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    pub to: Address,
    /// The recipient's person row, for the token. 0 for staff and operators: the row is found by the address of `to`.
    pub person: PersonId,
    /// ISO 639-1; the nearest complete template set is used.
    pub language: String,
    /// Reply-To gets a token of this purpose. `None` on an acknowledgement: the mail is held, so that neither a token
    /// nor the ticket's number goes to its sender.
    pub reply_purpose: Option<Purpose>,
    /// `auto-replied`, `auto-generated`; `None` for an agent's reply.
    pub automatic: Option<Automatic>,
    /// Threading: the client's newest Message-ID and what that referred to.
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    /// Attachments that go along, by their place in the raw message's [`crate::mail::Reading::attachments`].
    pub files: Vec<FileRef>,
    pub body: LetterBody,
}

/// An attachment of a stored raw message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    pub raw: RawId,
    pub index: u32,
}

/// RFC 3834 section 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Automatic {
    AutoReplied,
    AutoGenerated,
}

/// A file as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileBrief {
    pub name: String,
    pub size_bytes: u64,
}

/// A ticket in brief, for staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketBrief {
    pub subject: String,
    pub state: State,
    pub category: Option<String>,
    pub priority: Priority,
    pub team: Option<String>,
    pub assignee: Option<String>,
    pub requester: Address,
    pub requester_proven: bool,
    /// The agent (address) whose forward names the requester, as long as nobody acted on it.
    pub proposed_by: Option<String>,
    /// Participants besides the requester: replies go to them too.
    pub others: Vec<Address>,
    pub first_response_due_at: Option<Timestamp>,
    pub history: Vec<EventBrief>,
    #[serde(default)]
    pub matter: Matter,
    /// Where no category was sure enough: the likeliest, the first first. Of a ticket that was filed by a guess: that one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guesses: Vec<Guess>,
}

/// A category that a ticket may belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    pub category: String,
    pub percent: u8,
    /// The words of the mail that spoke for it, the most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

/// What staff should know besides a mail's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// People whom the mail names and who are not on the ticket: nothing goes to them until somebody adds them.
    pub cc: Vec<Address>,
    /// Tickets that may be about the same, best first.
    pub related: Vec<RelatedTicket>,
    /// Resolved tickets that are like it, the likest first.
    pub similar: Vec<SimilarTicket>,
    /// What is odd or deceptive about the mail, in the desk's English.
    pub warnings: Vec<String>,
    /// It verifies an address or resets a password of another service: its codes and links are masked.
    pub masked: bool,
}

/// Why staff are told of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationCause {
    NewTicket,
    ClientAnswered,
    Reopened,
    Assigned,
    /// A mail claims to be from staff and is not proven.
    ClaimsStaff,
    /// The sender only looks like staff or like us.
    Imitates,
    /// A member of staff forwarded a client's mail.
    Forwarded,
    /// Somebody who is not on the ticket wrote to it.
    Stranger,
    /// An answer came back, and the client's address takes no mail.
    Unreachable,
    /// An answer came back for another reason.
    Undelivered,
}

/// What was wrong with an agent's mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    UnknownCommand {
        line: u32,
        command: String,
        did_you_mean: Option<String>,
    },
    BadArgument {
        line: u32,
        command: String,
        argument: String,
        allowed: Vec<String>,
    },
    NotAllowed {
        line: u32,
        command: String,
        least_role: String,
    },
    /// The transition is not possible from this state.
    WrongState {
        line: u32,
        command: String,
        state: String,
    },
    /// Two commands contradict each other.
    Contradiction {
        line: u32,
        command: String,
        other: String,
    },
    /// A command that stands below the quote: it is neither obeyed nor sent to the client.
    BelowQuote {
        command: String,
    },
    /// Nothing new was written, or only the quoted notification.
    NothingNew,
    /// Hidden text in an HTML-only mail.
    HiddenText,
    /// The client's address takes no mail: ours came back.
    NoRecipient {
        address: String,
        since: Option<Timestamp>,
        /// The mail server's words.
        why: String,
    },
    /// The mail answers several notifications at once, so that nobody knows which ticket is meant.
    AnswersBundle,
    /// The text holds one of our notifications, which is not for the client.
    QuotedNotification,
    /// The answer to a confirmation mail does not say yes.
    NoConsent,
    /// At the desk an order names its ticket, as in `#close 12`.
    NameTicket {
        line: u32,
        command: String,
    },
    UnknownTicket {
        line: u32,
        command: String,
        ticket: TicketId,
    },
    /// One mail, one ticket.
    SeveralTickets {
        line: u32,
        command: String,
        first: TicketId,
        ticket: TicketId,
    },
    /// Text at the desk that is no note.
    TextForNobody,
    /// No help article has this name; empty: none was named.
    NoArticle {
        line: u32,
        command: String,
        argument: String,
        /// Those that there are, the nearest first.
        articles: Vec<ArticleName>,
        /// How many more there are.
        more: u32,
    },
    /// The command is understood, and this person or ticket does not fit it.
    Unsuitable {
        line: u32,
        command: String,
        /// The address, or the ticket's number.
        argument: String,
        reason: Unsuitable,
    },
}

/// A held mail that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    pub held: RawId,
    /// What was confirmed: it is done only if that is still what the mail would do.
    pub action: String,
}

/// What an acknowledgement says beside its number and promise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Understanding {
    /// What was understood; empty for unproven senders.
    pub facts: BTreeMap<String, Fact>,
    /// What is asked for, in this order.
    pub asks: Vec<Ask>,
    /// Help articles that fit, the best first.
    pub articles: Vec<ArticleBrief>,
    /// What was sent by mistake and is hidden from the team's mails.
    pub secrets: Vec<SecretKind>,
    /// The trouble is known, and its end is worked on.
    pub known_outage: bool,
}

/// One question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The fact's name.
    pub name: String,
    /// What it is called, where the operator named it; else the tables of words have it.
    pub label: Option<String>,
}

/// A help article as a letter shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleBrief {
    pub title: String,
    pub url: Option<String>,
    /// Shown where there is no link.
    pub summary: String,
}

/// The kinds of mail, each with what its template shows.
#[expect(clippy::large_enum_variant, reason = "a decision has a handful of letters, each moved once")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterBody {
    /// To a client: we have your mail.
    Acknowledgement {
        /// The client's subject; `None` for unproven senders, who get nothing of their own text back.
        subject: Option<String>,
        /// The instant by which somebody answers.
        promise: Option<Timestamp>,
        /// The ticket that was closed before and that this one continues.
        continues: Option<TicketId>,
        #[serde(default)]
        understanding: Understanding,
    },
    /// To an agent.
    Notification {
        cause: NotificationCause,
        brief: TicketBrief,
        /// Who wrote, where it was not the requester.
        author: Option<Address>,
        /// What the colleague who handed the ticket over noted with it.
        note: Option<String>,
        /// The client's newly written text; of a ticket that is handed over, the newest that there is.
        text: String,
        /// What was hidden in it.
        #[serde(default)]
        secrets: Vec<SecretKind>,
        quoted: bool,
        files: Vec<FileBrief>,
        /// A file list that is not sent along because it is too large.
        files_left_out: bool,
        #[serde(default)]
        hints: Hints,
    },
    /// An agent's words to a client.
    Reply {
        agent_name: String,
        subject: String,
        /// Empty where the articles are all that is sent.
        text: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        articles: Vec<SentArticle>,
    },
    /// To an agent's registered address: a mail in your name waits.
    Confirmation {
        subject: String,
        /// Commands in words, `category account`.
        actions: Vec<String>,
        /// The reply that would be sent.
        text: Option<String>,
        recipient: Option<Address>,
        /// The others on the ticket, who would get it too.
        #[serde(default)]
        also_to: Vec<Address>,
        reason: String,
        expires_at: Timestamp,
        /// Digest of all that it would do ([`super::seal::Action`]): bound to the answer, shown to nobody.
        action: String,
        /// How long after it mails of this agent with a secret address need no other proof; 0: not at all.
        period_seconds: i64,
    },
    /// To an agent: nothing was done.
    Refusal { subject: String, problems: Vec<Problem>, original: String },
    /// To an agent: what was done, or an answer to `#help`.
    Transcript {
        subject: String,
        done: Vec<String>,
        sent_to: Option<Address>,
        /// The others on the ticket, each of whom got a mail of their own.
        #[serde(default)]
        also_to: Vec<Address>,
        sent_words: u32,
        /// People on the ticket whose addresses take no mail.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unreachable: Vec<Silenced>,
        help: bool,
        /// The mail had no proof of origin and was believed because of an earlier confirmation, until then.
        believed_until: Option<Timestamp>,
    },
    /// To an agent who asked to see it: a ticket with what was said on it.
    Shown { brief: TicketBrief, conversation: Conversation },
    /// To an agent: please answer, so that we see what your mail proves.
    Challenge {
        /// Row id of the challenge.
        id: i64,
    },
    /// To an agent: the first answer is due.
    Reminder { brief: TicketBrief, due_at: Timestamp },
    /// To an agent: several notifications in one mail.
    Bundle(Vec<BundleItem>),
    /// To an operator, once a day while a mailbox is in shadow mode: what would have left.
    Digest(Digest),
    /// To an operator.
    Alert { title: String, facts: Vec<(String, String)>, advice: String },
}

/// The whole decision on one message or timer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub outcome: Outcome,
    /// For the ledger and the log: no addresses, no words of the mail.
    pub reason: String,
    pub ticket: Option<TicketRef>,
    pub changes: Vec<Change>,
    pub letters: Vec<Letter>,
    /// Why no acknowledgement leaves, when one might be expected (FAULTS section 2).
    pub no_acknowledgement: Option<String>,
    /// The held mail that is decided again, now confirmed.
    pub release: Option<Release>,
    /// The ticket of the first mail, where this one is ignored as its duplicate: it rests on that ticket without being on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<TicketId>,
}
