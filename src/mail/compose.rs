//! Composing outgoing mail: deterministic, so that a retry is the same bytes (RFC 5322, 2045, 2047, 2231).
//!
//! Invariants: header injection is impossible, because every string is cleaned before it is used; no line is longer than 998
//! octets; no bare CR or LF; all is 7-bit.

mod bodies;
mod headers;

use serde::{Deserialize, Serialize};

use sha2::{Digest, Sha256};

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

/// References kept: the first and the last ones, by which threads are found (RFC 5322 section 3.6.4 sets no limit, relays
/// and programs do).
const REFERENCES_MAX: usize = 20;

/// The mail as CRLF bytes, every line at most 998 octets, bodies quoted-printable or base64 (never 8bit), bare CR or LF
/// impossible. CR, LF, NUL and other control characters in any string are replaced by a blank before use. Boundaries
/// come from the Message-ID, so the same input gives the same bytes.
#[must_use]
pub fn compose(mail: &Outgoing, files: &[OutgoingFile<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(
        4_096 + mail.text.len() * 2 + files.iter().map(|f| f.bytes.len() * 3 / 2).sum::<usize>(),
    );
    write_header(&mut out, mail);
    let boundary = |level: &str| {
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(format!("{level}:{}", mail.message_id)));
        format!("=_{}", hash.get(..32).unwrap_or_default())
    };
    let (mixed, alternative) = (boundary("mixed"), boundary("alternative"));
    if files.is_empty() {
        write_texts(&mut out, mail, &alternative);
        return out;
    }
    headers::parameters(&mut out, "Content-Type", "multipart/mixed", &[("boundary", &mixed)]);
    out.extend_from_slice(b"\r\n");
    bodies::delimiter(&mut out, &mixed, false);
    write_texts(&mut out, mail, &alternative);
    for file in files {
        bodies::delimiter(&mut out, &mixed, false);
        write_file(&mut out, file);
    }
    bodies::delimiter(&mut out, &mixed, true);
    out
}

fn write_header(out: &mut Vec<u8>, mail: &Outgoing) {
    headers::unstructured(out, "Date", &headers::date(mail.date));
    headers::addresses(out, "From", std::slice::from_ref(&mail.from));
    headers::addresses(out, "To", &mail.to);
    if let Some(reply_to) = &mail.reply_to {
        headers::addresses(out, "Reply-To", std::slice::from_ref(reply_to));
    }
    headers::unstructured(out, "Subject", &mail.subject);
    headers::ids(out, "Message-ID", std::slice::from_ref(&mail.message_id));
    headers::ids(out, "In-Reply-To", mail.in_reply_to.as_slice());
    headers::ids(out, "References", &bounded(&mail.references));
    out.extend_from_slice(b"MIME-Version: 1.0\r\n");
    for (name, value) in &mail.headers {
        let name: String = name.chars().filter(|c| c.is_ascii_graphic() && *c != ':').collect();
        if !name.is_empty() {
            headers::unstructured(out, &name, value);
        }
    }
}

/// The first reference and the last ones.
fn bounded(references: &[String]) -> Vec<String> {
    let skipped = references.len().saturating_sub(REFERENCES_MAX - 1).max(1);
    let last = references.iter().skip(skipped);
    references.first().into_iter().chain(last).cloned().collect()
}

/// The text, with its HTML twin beside it when there is one.
fn write_texts(out: &mut Vec<u8>, mail: &Outgoing, boundary: &str) {
    let Some(html) = &mail.html else {
        return bodies::text(out, "plain", &mail.text);
    };
    headers::parameters(out, "Content-Type", "multipart/alternative", &[("boundary", boundary)]);
    out.extend_from_slice(b"\r\n");
    bodies::delimiter(out, boundary, false);
    bodies::text(out, "plain", &mail.text);
    bodies::delimiter(out, boundary, false);
    bodies::text(out, "html", html);
    bodies::delimiter(out, boundary, true);
}

fn write_file(out: &mut Vec<u8>, file: &OutgoingFile<'_>) {
    let name = headers::cleaned(&file.name);
    // A composite type would be parsed by the receiver (RFC 2046 section 5.2.1 forbids base64 there).
    let sound = file.content_type.split('/').count() == 2
        && file.content_type.bytes().all(|b| b.is_ascii_alphanumeric() || b"/+-._".contains(&b))
        && !file.content_type.starts_with("message/")
        && !file.content_type.starts_with("multipart/")
        && file.content_type.len() <= 100;
    let content_type = if sound { file.content_type.as_str() } else { "application/octet-stream" };
    headers::parameters(out, "Content-Type", content_type, &[("name", &name)]);
    headers::parameters(out, "Content-Disposition", "attachment", &[("filename", &name)]);
    bodies::base64(out, file.bytes);
}

#[cfg(test)]
mod tests;
