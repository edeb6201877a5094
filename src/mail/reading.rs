//! What reading a mail yields: the shape that `maildesk inspect --json` prints (SPEC section 5), and the trace of the
//! mail's way that judgement needs. Data only.

use serde::{Deserialize, Serialize};

/// What the reader is told about the desk. Addresses are lower-case.
#[derive(Debug, Clone, Default)]
pub struct ReadPolicy {
    /// Our own addresses and aliases: a mail from one of them has class `own_address`.
    pub own_addresses: Vec<String>,
    /// List-Ids whose headers do not make a mail a list mail (`[trust] own_lists`).
    pub own_lists: Vec<String>,
    /// Our desk id: a loop header that names it makes the class `own_address`.
    pub desk_id: String,
}

/// A display name with an address, both decoded and free of control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Decoded display name, if there is one.
    pub name: Option<String>,
    /// The address as written; compare with [`Address::key`].
    pub address: String,
}

impl Address {
    /// The form by which addresses are compared and stored: lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// The part behind the last `@`, lower case; empty when there is none.
    #[must_use]
    pub fn domain(&self) -> String {
        self.address.rsplit_once('@').map(|(_, d)| d.to_lowercase()).unwrap_or_default()
    }
}

/// What kind of sender wrote this mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A person.
    #[default]
    Human,
    /// Out of office, acknowledgement of another desk.
    AutoReply,
    /// Delivery failed or is delayed.
    Bounce,
    /// Success reports and read receipts.
    DeliveryReport,
    /// Abuse feedback report (RFC 5965).
    Complaint,
    /// Mailing list.
    List,
    /// Precedence bulk or junk.
    Bulk,
    /// From one of our own addresses or with our own loop header.
    OwnAddress,
}

/// One recipient of a delivery report (RFC 3464).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRecipient {
    pub address: Option<String>,
    /// `failed`, `delayed`, `delivered`, `relayed`, `expanded`.
    pub action: Option<String>,
    /// Enhanced status code, `5.1.1`.
    pub status: Option<String>,
    pub smtp_code: Option<u16>,
    pub diagnostic: Option<String>,
}

/// A delivery report's content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub recipients: Vec<ReportRecipient>,
    pub original_message_id: Option<String>,
    /// The returned mail's X-Maildesk-Ref: the Message-ID under which a desk sent it.
    #[serde(skip)]
    pub original_reference: Option<String>,
    /// The returned mail's X-Maildesk-Bounce, of whatever desk, unjudged.
    #[serde(skip)]
    pub original_mark: Option<String>,
    pub hard_bounce: Option<bool>,
    /// `address`, `mailbox_full`, `expired`, `too_big`, `other`.
    pub category: Option<String>,
}

/// A forwarded mail found inside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarded {
    pub from: Option<Address>,
    pub subject: Option<String>,
    pub date: Option<String>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub comment: Option<String>,
    pub body: Option<String>,
}

/// What an attachment is good for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    Screenshot,
    Log,
    Document,
    Archive,
    Audio,
    Message,
    Calendar,
    #[default]
    Other,
}

impl AttachmentKind {
    /// The word used in JSON, SQL and config.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Screenshot => "screenshot",
            Self::Log => "log",
            Self::Document => "document",
            Self::Archive => "archive",
            Self::Audio => "audio",
            Self::Message => "message",
            Self::Calendar => "calendar",
            Self::Other => "other",
        }
    }
}

/// An attachment's description; its content is read again from the raw message by [`crate::mail::attachment`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Cleaned for storage and display.
    pub name: String,
    /// As in the mail, decoded.
    pub original_name: Option<String>,
    pub content_type: String,
    pub detected_type: Option<String>,
    /// Decoded bytes.
    pub size: u64,
    /// Hex SHA-256 of the decoded bytes.
    pub sha256: String,
    pub inline: bool,
    pub kind: AttachmentKind,
    /// A mail of a desk like ours: one of our notifications holds the desk's own history and a secret.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_desk: bool,
}

/// A file that the mail links to (QQ 超大附件, Drive); never fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudFile {
    pub name: Option<String>,
    pub url: String,
    pub size: Option<String>,
    pub expires: Option<String>,
}

/// One Authentication-Results field (RFC 8601), unjudged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationResults {
    /// Received fields that stand above this one.
    pub received_above: usize,
    /// The unfolded value.
    pub value: String,
}

/// The mail's way and origin as its headers tell them: evidence for `desk`, not judged here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// `Some("")` is the null sender `<>`; `None`: no Return-Path field.
    pub return_path: Option<String>,
    /// Number of Received fields.
    pub received: usize,
    /// Delivered-To, X-Original-To, Envelope-To: lower-case addresses.
    pub delivered_to: Vec<String>,
    pub authentication_results: Vec<AuthenticationResults>,
    /// Number of DKIM-Signature fields.
    pub dkim_signatures: usize,
    /// The one From address (lower case) when there is exactly one From field holding exactly one plain
    /// `addr-spec`: no group, list, route, NUL, encoded address or `From :` (FAULTS section 3). Only such a mail
    /// can be an agent's.
    pub strict_from: Option<String>,
    /// A field that may stand once (RFC 5322 section 3.6) stands twice: of Subject, Date and the two that say how the body is
    /// read. A signature covers the lowest one, programs show the topmost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
    /// From holds no address, and [`Reading::from`] is whom Reply-To or Sender name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stand_in: bool,
    /// Value of our loop header `X-Maildesk-Loop`, of whatever desk.
    pub loop_header: Option<String>,
    /// What an Exchange organisation wrote of how the mail came to it.
    #[serde(default, skip_serializing_if = "ExchangeMarks::is_nothing")]
    pub exchange: ExchangeMarks,
    /// The Message-ID under which the desk sent this mail: some relays write another one (X-Maildesk-Ref).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The fields in which Exchange says how a mail came to it, each value as it stands there, at most five of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExchangeMarks {
    /// X-MS-Exchange-Organization-AuthAs: `Internal` for what was submitted inside, `Anonymous` for mail from outside.
    pub auth_as: Vec<String>,
    /// X-MS-Exchange-Organization-AuthSource: the server that says so.
    pub auth_source: Vec<String>,
    /// X-MS-Exchange-Organization-AuthMechanism: how the sender logged in.
    pub mechanism: Vec<String>,
    /// X-MS-Exchange-Organization-MessageDirectionality: `Originating` or `Incoming`.
    pub direction: Vec<String>,
    /// X-MS-Exchange-CrossTenant-AuthAs. It crosses borders: mail of another tenant carries its own.
    pub cross_tenant: Vec<String>,
}

impl ExchangeMarks {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Text of attachments that is kept for triage.
pub const ATTACHED_TEXT_BYTES_MAX: usize = 64 * 1024;

/// Everything read from one mail.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Without angle brackets, as are `in_reply_to` and `references`.
    pub message_id: Option<String>,
    /// RFC 3339 instant of the Date field.
    pub date: Option<jiff::Timestamp>,
    /// The zone in which the Date field tells it, in seconds east of UTC: where the sender's clock stands.
    #[serde(skip)]
    pub date_offset_seconds: Option<i32>,
    pub subject: Option<String>,
    /// Subject without reply and forward prefixes in any language and without `[#123]`, in the form in which subjects are
    /// compared: letter case folded, as RFC 5256 section 2.1 has it.
    pub base_subject: String,
    /// The same as its writer wrote it.
    #[serde(skip)]
    pub title: String,
    pub from: Option<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub reply_to: Vec<Address>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    pub class: Class,
    pub class_reason: String,
    /// The first header rule of FAULTS section 2 that forbids an automatic answer to this mail, in words
    /// (`"Auto-Submitted: auto-replied"`); `None` when the headers allow one. Rules that need the desk
    /// (own recipient addresses, DMARC, limits) are judged in `desk`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_automatic_mail: Option<String>,
    pub report: Option<Report>,
    pub text: String,
    pub reply: String,
    pub reply_html: Option<String>,
    pub signature: Option<String>,
    pub quoted: Option<String>,
    pub forwarded: Option<Forwarded>,
    pub attachments: Vec<Attachment>,
    /// The beginnings and ends of attached texts (logs, reports, notes), in the order of the mail; all together at most
    /// [`ATTACHED_TEXT_BYTES_MAX`].
    #[serde(skip)]
    pub attached_texts: Vec<String>,
    /// The program that wrote the mail, as X-Mailer or User-Agent name it.
    #[serde(skip)]
    pub mailer: Option<String>,
    pub cloud_files: Vec<CloudFile>,
    /// The text that holds commands: the text/plain part alone, else visible text of the HTML; `None` for HTML with
    /// hidden text, which is never searched for commands.
    #[serde(skip)]
    pub command_text: Option<String>,
    #[serde(skip)]
    pub trace: Trace,
    /// Hex SHA-256 over From, Date, Subject, Message-ID and the decoded parts: the same mail by another way has the same
    /// identity (SPEC section 4).
    #[serde(skip)]
    pub identity: String,
    /// Another service proves an address by it or resets a password: the codes and links in it act for whoever reads them.
    #[serde(skip)]
    pub verification: bool,
    pub warnings: Vec<String>,
}

impl Reading {
    /// What the sender newly wrote; the whole text when nothing of it could be told apart as new.
    #[must_use]
    pub fn new_text(&self) -> &str {
        if self.reply.trim().is_empty() { &self.text } else { &self.reply }
    }
}
