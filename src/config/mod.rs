//! The one TOML file (SPEC section 15): loading, every mistake at once with its line, and the typed result. May import
//! the types of `desk` and `triage`.
//!
//! Invariants: a [`Config`] passed every check; nothing in the file is silently ignored (unknown is a mistake, not yet used
//! is a note); no secret is ever shown. Only `files` asks the machine, so that all else is tested without one.

mod categories;
mod desk;
mod errors;
mod files;
mod later;
mod load;
mod mailbox;
mod needs;
mod people;
mod reader;
mod reload;
mod routing;
pub mod schedule;
mod secrets;
mod templates;
mod value;

pub use desk::url_has_password;
pub use errors::{ConfigError, ConfigErrors};
pub use files::Files;
pub use load::{load, parse};
pub use reload::diff_needing_restart;
pub use secrets::desk_id_of;
pub use templates::template_files;
pub use value::{
    address as parse_address, host as parse_host, resolver as parse_resolver, zone as parse_zone,
};

use std::{path::PathBuf, sync::Arc, time::Duration};

use secrecy::SecretString;

use crate::desk::Policy;

/// A config that passed every check.
#[derive(Debug, Clone)]
pub struct Config {
    pub path: PathBuf,
    pub store: StoreConfig,
    /// Keys for tokens, from `[desk] secret_file`: the newest first; at least 32 bytes each.
    pub desk_secrets: Vec<DeskSecret>,
    pub mailboxes: Vec<MailboxConfig>,
    /// The part that judgement reads.
    pub policy: Arc<Policy>,
    /// `[trust] resolver`: a DNS server to ask instead of the system's.
    pub resolver: Option<std::net::SocketAddr>,
    /// Second route for alerts, `[alerts.smtp]`.
    pub alerts_smtp: Option<SmtpConfig>,
    /// `[templates] folder`: the operator's own texts, in place of the built-in ones.
    pub templates_folder: Option<PathBuf>,
    /// `[articles] folder`: help articles, which stand in the policy.
    pub articles_folder: Option<PathBuf>,
    /// Right but not used by this version, in words, with their lines: shown by `check`.
    pub notes: Vec<String>,
}

/// One key of the desk: its id (one line of the secret file each) and bytes.
#[derive(Debug, Clone)]
pub struct DeskSecret {
    pub id: u8,
    pub key: secrecy::SecretSlice<u8>,
}

/// `[store]`.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// `sqlite:///path` or `sqlite://relative`, or `postgres://…`.
    pub url: String,
    /// `password_file`, for PostgreSQL.
    pub password: Option<SecretString>,
    /// How long a daemon that fell silent keeps its mailboxes, where several share a PostgreSQL.
    pub lease: Duration,
}

/// Which of the mails that are already there count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Now,
    All,
    /// Received at or after this instant.
    Since(jiff::Timestamp),
}

/// Whether mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Shadow,
    Live,
}

/// What happens to a message on the server once it is safely ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum After {
    /// Flagged `\Seen`, left in place.
    #[default]
    Keep,
    Move(String),
    Delete,
}

/// What is done with the folder of sent mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Answers that people sent from the mailbox are taken in.
    pub watch: bool,
    /// Replies that the provider does not file are filed there.
    pub fill: bool,
}

impl Sent {
    pub const AUTO: Self = Self { watch: true, fill: true };
    pub const OFF: Self = Self { watch: false, fill: false };
}

/// `[[mailbox]]`: how it is reached. What judgement needs of it is in [`crate::desk::MailboxPolicy`].
#[derive(Debug, Clone)]
pub struct MailboxConfig {
    pub name: String,
    pub address: String,
    pub folders: Vec<String>,
    pub start: Start,
    pub mode: Mode,
    pub after: After,
    pub sent: Sent,
    /// The folder of sent mail, as people read its name; `None`: it is looked for.
    pub sent_folder: Option<String>,
    /// Five-field crontab(5) line, already checked.
    pub poll: String,
    pub imap: ServerConfig,
    pub smtp: SmtpConfig,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tls {
    #[default]
    Implicit,
    /// Mandatory: a server without it is refused.
    StartTls,
    /// Loopback only.
    None,
}

/// A server and the login to it.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub user: String,
    /// Empty user and password: no login (SMTP only).
    pub password: SecretString,
    /// PEM file of further trusted roots.
    pub ca_file: Option<PathBuf>,
}

/// `[mailbox.smtp]`.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    pub server: ServerConfig,
    pub per_minute: Option<u32>,
    pub per_day: Option<u32>,
    /// `envelope_from = "address"`: the relay takes only the mailbox's own address as envelope sender.
    pub plain_envelope: bool,
}
