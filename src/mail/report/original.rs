//! The mail that a report returns: where it begins in a text, its Message-ID, to whom it went.

use crate::mail::{
    Address, addresses, attachments, header, ids,
    structure::{Part, Structure},
};

use super::layout;

/// Lines that a server itself may write before the returned mail.
const OWN_LINES_MAX: usize = 500;
/// A mark of ours is one word and shorter.
const WORD_BYTES_MAX: usize = 100;

/// Parts that hold the returned mail or its header.
#[must_use]
pub fn is_returned(part: &Part<'_>) -> bool {
    matches!(
        part.content_type.value.as_str(),
        "message/rfc822"
            | "text/rfc822-headers"
            | "message/global"
            | "message/global-headers"
            | "text/rfc822"
            | "message/rfc822-headers"
    )
}

/// The lines before the returned mail: the server's own words.
#[must_use]
pub fn own_lines(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for line in text.lines().take(OWN_LINES_MAX) {
        let bare = line.trim_start_matches(['>', ' ', '\t', '|', '=', '-', '*']);
        let lower: String = bare.chars().take(80).collect::<String>().to_lowercase();
        // Exchange Online goes on with the recipient's address and the error under this heading.
        let goes_on = lower.starts_with("original message details");
        // A report may begin with a heading that elsewhere begins the returned mail.
        if layout::RETURNED.iter().any(|r| lower.starts_with(r)) && !out.is_empty() && !goes_on {
            break;
        }
        out.push(line);
    }
    out
}

/// What tells which mail the report is about: from the returned part, else from header lines in the text.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    pub message_id: Option<String>,
    /// X-Maildesk-Ref: the Message-ID before a relay wrote another one.
    pub reference: Option<String>,
    /// X-Maildesk-Bounce, unjudged.
    pub bounce: Option<String>,
}

/// Reads them.
#[must_use]
pub fn marks(tree: &Structure<'_>, text: &str) -> Marks {
    let mut marks = Marks::default();
    for part in tree.parts.iter().filter(|p| is_returned(p)) {
        let data = attachments::bytes(part);
        let header = header::parse(data.trim_ascii_start());
        let value = |name: &str| header.first(name).map(|f| f.value);
        marks.message_id = marks.message_id.or_else(|| value("Message-ID").and_then(ids::one));
        marks.reference = marks.reference.or_else(|| value("X-Maildesk-Ref").and_then(ids::one));
        marks.bounce = marks.bounce.or_else(|| value("X-Maildesk-Bounce").and_then(word));
    }
    let mut lines = text.lines().map(|l| l.trim_start_matches(['>', ' ', '\t', '|']));
    while let Some(line) = lines.next() {
        if marks.message_id.is_none() {
            marks.message_id = value(line, "Message-ID", &mut lines).and_then(first_id);
        }
        if marks.reference.is_none() {
            marks.reference = value(line, "X-Maildesk-Ref", &mut lines).and_then(first_id);
        }
        if marks.bounce.is_none() {
            marks.bounce = value(line, "X-Maildesk-Bounce", &mut lines).and_then(|v| word(v.as_bytes()));
        }
    }
    marks
}

/// The value of a header line in a text, or of the line below it, where the name stands alone.
fn value<'a>(line: &'a str, name: &str, below: &mut impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let named = line.get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name));
    let value = line.get(name.len()..).filter(|_| named)?.strip_prefix(':')?;
    Some(if value.trim().is_empty() { below.next().unwrap_or_default() } else { value })
}

fn first_id(value: &str) -> Option<String> {
    ids::all(value.as_bytes()).into_iter().next()
}

fn word(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?.trim();
    let is_word =
        !text.is_empty() && text.len() <= WORD_BYTES_MAX && text.bytes().all(|b| b.is_ascii_alphanumeric());
    is_word.then(|| text.to_owned())
}

/// The recipients of the returned mail: the last resort when the report names none.
#[must_use]
pub fn recipients(tree: &Structure<'_>, text: &str) -> Vec<Address> {
    for part in tree.parts.iter().filter(|p| is_returned(p)) {
        let data = attachments::bytes(part);
        let found = to(&header::parse(data.trim_ascii_start()));
        if !found.is_empty() {
            return found;
        }
    }
    let own = own_lines(text).len();
    let returned: Vec<&str> = text.lines().skip(own).map(str::trim_start).take(200).collect();
    for line in &returned {
        let value = ["To:", "X-Receiver:", "RCPT TO:"].iter().find_map(|n| {
            line.get(..n.len()).filter(|l| l.eq_ignore_ascii_case(n)).and_then(|l| line.get(l.len()..))
        });
        let found = value.map(|v| addresses::parse(v.as_bytes())).unwrap_or_default();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn to(header: &header::Header<'_>) -> Vec<Address> {
    header.all("To").flat_map(|f| addresses::parse(f.value)).collect()
}
