//! Forwarded mails that are attached: as `message/rfc822`, as an `.eml` file that a web mail calls an octet stream, or as
//! Outlook's `.msg`, of which only the name is read.

use super::{Outer, pasted::Found};
use crate::mail::{
    Forwarded, addresses, attachments, body, header,
    structure::{self, Part, Structure},
    words,
};

/// A mail with a mail attached whose text is longer has more to say than "see attached".
const COMMENT_BYTES_MAX: usize = 400;

enum Kind {
    Message,
    /// Outlook's own format (MS-OXMSG); with the name, which is the subject.
    Msg(String),
}

/// The attached mail, if this mail forwards it. Of several the first counts.
#[must_use]
pub fn find(outer: &Outer<'_>, text: &str, tree: &Structure<'_>) -> Option<Found> {
    let root = tree.parts.first()?;
    if matches!(root.content_type.value.as_str(), "multipart/report" | "multipart/digest") {
        return None;
    }
    let mut messages = tree.parts.iter().filter_map(|part| Some((part, kind(part)?)));
    let (part, kind) = messages.next()?;
    let alone = messages.next().is_none();
    if !(outer.forwards() || alone && text.trim().len() < COMMENT_BYTES_MAX) {
        return None;
    }
    let mut forwarded = match kind {
        Kind::Message => message(part),
        Kind::Msg(subject) if outer.forwards() => {
            Forwarded { subject: Some(subject), ..Forwarded::default() }
        }
        Kind::Msg(_) => return None,
    };
    forwarded.comment = outer.comment(text);
    Some(Found { forwarded, own: text.trim().to_owned() })
}

fn kind(part: &Part<'_>) -> Option<Kind> {
    if part.is_message() {
        return Some(Kind::Message);
    }
    let declared = part.content_type.value.as_str();
    if !matches!(declared, "application/octet-stream" | "application/vnd.ms-outlook" | "application/x-msg") {
        return None;
    }
    let name = attachments::raw_name(part)?;
    let (stem, ending) = name.rsplit_once('.')?;
    if ending.eq_ignore_ascii_case("eml") {
        return Some(Kind::Message);
    }
    (ending.eq_ignore_ascii_case("msg") && !stem.is_empty()).then(|| Kind::Msg(stem.to_owned()))
}

fn message(part: &Part<'_>) -> Forwarded {
    let data = attachments::bytes(part);
    let header = header::parse(&data);
    let field = |name: &str| header.first(name).map(|f| words::decode(f.value));
    let list = |name: &str| header.first(name).map(|f| addresses::parse(f.value)).unwrap_or_default();
    let inner = body::read(&structure::parse(&data)).text;
    Forwarded {
        from: list("From").into_iter().next(),
        subject: field("Subject"),
        date: field("Date"),
        to: list("To"),
        cc: list("Cc"),
        comment: None,
        body: (!inner.trim().is_empty()).then(|| inner.trim().to_owned()),
    }
}
