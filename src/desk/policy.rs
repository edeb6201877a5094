//! What the operator wants, as far as judgement needs it: the part of the config that `decide` reads. Data only.
//! `config/` builds it; SIGHUP replaces it whole.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::triage::{
    Model, TECHNICAL,
    articles::Index,
    category::{OwnWords, PRECISION},
    needs,
};

/// Everything that judgement reads from the config.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// `[desk] name`, the name in front of our address and under our mails.
    pub desk_name: String,
    /// Short stable id of this desk for its loop header: hex of a hash of the secret.
    pub desk_id: String,
    /// ISO 639-1.
    pub default_language: String,
    pub official_addresses: Vec<String>,
    /// IANA zone in which promises to clients are written, `"UTC"` by default.
    pub zone: String,
    /// `[desk] reopen_within`; `None`: [`super::state::REOPEN_WITHIN`], `0`: no closed ticket reopens.
    pub reopen_seconds: Option<i64>,
    pub mailboxes: Vec<MailboxPolicy>,
    pub agents: Vec<AgentPolicy>,
    pub teams: Vec<TeamPolicy>,
    pub rules: Vec<Rule>,
    /// Category names; `technical`, `account`, `business` unless the operator names others.
    pub categories: Vec<String>,
    /// `[[category]] words`.
    pub category_words: Arc<OwnWords>,
    /// What the operator wants of a category's tickets; what is not here has the built-in needs.
    pub needs: BTreeMap<String, CategoryNeeds>,
    pub own_facts: Vec<OwnFact>,
    pub articles: Arc<Index>,
    pub outages: Vec<Outage>,
    /// `[triage] precision`: the share of tickets filed by themselves that must be filed right; `None`: 0.95.
    pub category_precision: Option<f64>,
    pub sla: Vec<SlaPolicy>,
    pub trust: Trust,
    pub forms: Vec<FormPolicy>,
    pub limits: Limits,
    /// `[alerts] to`.
    pub operators: Vec<String>,
}

/// What a ticket of a category needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryNeeds {
    /// Names of facts, in the order in which they are asked for.
    pub needs: Vec<String>,
    /// Questions that one acknowledgement asks at most.
    pub ask_max: u8,
}

/// `[[need]]`: a fact of the operator's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnFact {
    pub category: String,
    pub name: String,
    /// How clients write it at the beginning of a line, and how they are asked for it.
    pub labels: Vec<String>,
}

impl OwnFact {
    /// The label for readers of this language: the first in a script of theirs, else the first.
    #[must_use]
    pub fn label(&self, language: &str) -> Option<&str> {
        let wide = |label: &str| label.chars().any(|c| u32::from(c) >= 0x3041);
        let fits = |label: &&String| wide(label) == WIDE_LANGUAGES.contains(&language);
        self.labels.iter().find(fits).or(self.labels.first()).map(String::as_str)
    }
}

/// Languages whose script has no blanks.
const WIDE_LANGUAGES: [&str; 3] = ["zh", "ja", "ko"];

/// `[[outage]]`: a trouble that is known, so that nobody who writes of it is asked for anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outage {
    /// Any of them in a mail, in any case.
    pub words: Vec<String>,
    /// Until when; `None`: until it is taken out of the config.
    pub until: Option<Timestamp>,
}

/// A support address.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MailboxPolicy {
    pub name: String,
    /// Lower case, as all addresses here.
    pub address: String,
    pub aliases: Vec<String>,
    /// `"+"`, or `""` where the server has none.
    pub subaddressing: String,
    /// Default team of this mailbox.
    pub team: Option<String>,
    /// Mail leaves under the mailbox's own address as envelope sender, because the relay takes no other; bounces
    /// then find their ticket by the Message-ID that they report.
    pub plain_envelope: bool,
}

/// The least role that may use a command grows in this order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Observer,
    #[default]
    Agent,
    Lead,
    Admin,
}

/// One member of staff.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AgentPolicy {
    pub name: String,
    pub address: String,
    pub role: Role,
    /// ISO 639-1, the agent's own first.
    pub languages: Vec<String>,
}

/// How a team's tickets find an assignee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Assign {
    /// Nobody, until somebody takes it.
    #[default]
    None,
    LeastLoaded,
    RoundRobin,
}

/// A group of agents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TeamPolicy {
    pub name: String,
    pub categories: Vec<String>,
    /// Agents' addresses.
    pub members: Vec<String>,
    pub lead: Option<String>,
    pub languages: Vec<String>,
    pub assign: Assign,
}

/// `[[rule]]`: all conditions named must hold; a list holds when one of it does. The first matching rule wins for each
/// thing that it sets.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    pub senders: Vec<String>,
    pub sender_domains: Vec<String>,
    pub recipients: Vec<String>,
    /// Case-insensitive substrings.
    pub subject_words: Vec<String>,
    pub body_words: Vec<String>,
    /// Compiled by config (linear time, size-limited).
    pub subject_regex: Option<regex::Regex>,
    pub body_regex: Option<regex::Regex>,
    pub languages: Vec<String>,
    /// [`crate::mail::AttachmentKind::as_str`] words.
    pub attachment_kinds: Vec<String>,
    pub category: Option<String>,
    pub priority: Option<Priority>,
    pub team: Option<String>,
    pub tags: Vec<String>,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

/// How urgent a ticket is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
    Urgent,
}

/// `[[sla]]`, as far as the first answer goes; durations in seconds of wall-clock time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SlaPolicy {
    /// `"*"`: clients without a plan.
    pub plan: String,
    /// Fractions of the target, ascending; the first reminder leaves at the last of them.
    pub remind_at: Vec<f64>,
    pub targets: Vec<SlaTarget>,
}

/// One row of an SLA policy; `None` stands for `"*"`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SlaTarget {
    pub category: Option<String>,
    pub priority: Option<Priority>,
    pub first_response_seconds: Option<i64>,
}

/// `[trust]`: what a sender's proof may rest on (FAULTS section 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Trust {
    /// Lower case; `""` stands for a server that writes none. Empty list: no Authentication-Results is believed.
    pub authserv_ids: Vec<String>,
    /// How many Received fields may stand above the trusted Authentication-Results.
    pub own_received: usize,
    pub own_lists: Vec<String>,
    /// Domains, lower case, for which Microsoft 365's mark of internal mail may count as origin (`internal = "m365"`): our own.
    /// Empty: it counts for nobody.
    pub internal: Vec<String>,
    /// Domains, lower case, whose ARC seals are believed.
    pub arc_sealers: Vec<String>,
    /// How long a confirmation opens the period in which possession alone suffices; 0: never.
    pub period_seconds: i64,
}

impl Default for Trust {
    fn default() -> Self {
        Self {
            authserv_ids: Vec::new(),
            own_received: 0,
            own_lists: Vec::new(),
            internal: Vec::new(),
            arc_sealers: Vec::new(),
            period_seconds: 12 * 3600,
        }
    }
}

/// `[[form]]`: a web form that mails in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPolicy {
    /// The form's own address, which must be proven.
    pub from: String,
    pub requester: FormRequester,
}

/// Where the client stands in a form's mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormRequester {
    ReplyTo,
    /// Behind these words at the beginning of a line.
    Label(String),
}

/// `[limits]`: FAULTS section 2, all in the store, all configurable.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    pub message_bytes_max: u64,
    /// Messages taken in one transaction.
    pub window_messages_max: usize,
    pub acks_per_address_10min_max: u32,
    pub acks_per_address_day_max: u32,
    pub automatic_per_ticket_hour_max: u32,
    /// Automatic mails on one ticket without a human message between.
    pub automatic_per_ticket_row_max: u32,
    pub acks_per_domain_hour_max: u32,
    /// All together; from there on the breaker holds them back until fewer are asked for.
    pub acks_per_hour_max: u32,
    /// Acknowledgements to one address without an answer of staff between.
    pub acks_per_address_row_max: u32,
    /// Earlier mails with the same text from one domain in a week; another one is a robot's.
    pub same_text_per_week_max: u32,
    /// New tickets from one address in an hour; what comes above folds into the newest.
    pub tickets_per_address_hour_max: u32,
    /// Mails of one kind that a timer sends on one ticket without a person between: late, reminder, closing.
    pub scheduled_per_ticket_row_max: u32,
    /// Mails that timers send to one address in a day.
    pub scheduled_per_address_day_max: u32,
    pub confirmations_per_hour_max: u32,
    /// Mails to one address that came back in a week, whatever the reason, until nothing automatic goes there any more.
    pub bounces_per_address_week_max: u32,
    /// Transcripts and refusals to one agent on one ticket in a day: their own autoresponder must not be answered for ever.
    pub answers_to_staff_per_ticket_day_max: u32,
    /// Received fields above which nothing automatic is sent.
    pub received_max: usize,
    /// Older than this at arrival (seconds): never answered automatically.
    pub answer_age_max_seconds: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes_max: 35 << 20,
            window_messages_max: 50,
            acks_per_address_10min_max: 1,
            acks_per_address_day_max: 5,
            automatic_per_ticket_hour_max: 1,
            automatic_per_ticket_row_max: 10,
            acks_per_domain_hour_max: 60,
            acks_per_hour_max: 200,
            acks_per_address_row_max: 10,
            same_text_per_week_max: 2,
            tickets_per_address_hour_max: 20,
            scheduled_per_ticket_row_max: 1,
            scheduled_per_address_day_max: 3,
            confirmations_per_hour_max: 3,
            bounces_per_address_week_max: 3,
            answers_to_staff_per_ticket_day_max: 10,
            received_max: 50,
            answer_age_max_seconds: 86_400,
        }
    }
}

/// Questions of one acknowledgement, unless the operator says otherwise (SPEC section 8).
pub const ASK_MAX: u8 = 3;

impl Policy {
    /// What decides on a mail's category before anything was learned from corrections.
    #[must_use]
    pub fn untaught(&self) -> Model {
        Model {
            categories: self.categories.clone(),
            words: Arc::clone(&self.category_words),
            precision: self.category_precision.unwrap_or(PRECISION),
            learned: None,
        }
    }

    /// What tickets of this category need; `None`: nothing is asked of them. An operator's own facts come last.
    #[must_use]
    pub fn needs_of(&self, category: &str) -> Option<CategoryNeeds> {
        let built_in = || CategoryNeeds {
            needs: if category == TECHNICAL {
                needs::TECHNICAL.map(str::to_owned).to_vec()
            } else {
                Vec::new()
            },
            ask_max: ASK_MAX,
        };
        let mut all = self.needs.get(category).cloned().unwrap_or_else(built_in);
        for own in self.own_facts.iter().filter(|own| own.category == category) {
            if !all.needs.contains(&own.name) {
                all.needs.push(own.name.clone());
            }
        }
        Some(all).filter(|all| !all.needs.is_empty())
    }

    /// Whether there is such a category.
    #[must_use]
    pub fn has_category(&self, name: &str) -> bool {
        self.categories.is_empty() || self.categories.iter().any(|category| category == name)
    }

    /// The mailbox with this name.
    #[must_use]
    pub fn mailbox(&self, name: &str) -> Option<&MailboxPolicy> {
        self.mailboxes.iter().find(|m| m.name == name)
    }

    /// The agent with this address (any case).
    #[must_use]
    pub fn agent(&self, address: &str) -> Option<&AgentPolicy> {
        let key = address.to_lowercase();
        self.agents.iter().find(|a| a.address == key)
    }

    /// The team with this name.
    #[must_use]
    pub fn team(&self, name: &str) -> Option<&TeamPolicy> {
        self.teams.iter().find(|t| t.name == name)
    }

    /// All of our own addresses and aliases, lower case.
    #[must_use]
    pub fn own_addresses(&self) -> Vec<String> {
        self.mailboxes.iter().flat_map(|m| std::iter::once(&m.address).chain(&m.aliases)).cloned().collect()
    }
}
