//! The mail that a report returns: where it begins in a text, its Message-ID, to whom it went.

use crate::mail::{
    Address, addresses, attachments, header, ids,
    structure::{Part, Structure},
};

use super::layout;

/// Lines that a server itself may write before the returned mail.
const OWN_LINES_MAX: usize = 500;

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

/// Message-ID of the mail that the report is about: from the returned part, else from header lines in the text.
#[must_use]
pub fn message_id(tree: &Structure<'_>, text: &str) -> Option<String> {
    let of_part = tree.parts.iter().filter(|p| is_returned(p)).find_map(|part| {
        let data = attachments::bytes(part);
        header::parse(data.trim_ascii_start()).first("Message-ID").and_then(|f| ids::one(f.value))
    });
    of_part.or_else(|| in_text(text))
}

fn in_text(text: &str) -> Option<String> {
    let mut lines = text.lines().map(|l| l.trim_start_matches(['>', ' ', '\t', '|']));
    while let Some(line) = lines.next() {
        if line.get(..11).is_some_and(|n| n.eq_ignore_ascii_case("Message-ID:")) {
            let value = line.get(11..).unwrap_or_default();
            let value = if value.trim().is_empty() { lines.next().unwrap_or_default() } else { value };
            if let Some(id) = ids::all(value.as_bytes()).into_iter().next() {
                return Some(id);
            }
        }
    }
    None
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
