//! A block whose fields stand on one line, as Outlook's plain text has it (`From: Ann Sent: Monday To: Bob Subject: Invoice`),
//! or even without blanks between them, as Yahoo Mail's:
//! `From: Ann <ann@a.example>To: "Bob" <bob@b.example>Sent: Monday, 2 March 2026, 10:00:00 CETSubject: Invoice`.

use super::{Fields, header_line};
use crate::mail::{
    language::Field,
    line::{is_blank, is_colon},
};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 20;

/// Reads the fields; `None` when the text does not begin with a header line or holds fewer than two.
#[must_use]
pub fn run_together(text: &str) -> Option<Fields> {
    let mut fields = Fields::default();
    let (mut field, value) = header_line::header_line(text)?;
    let mut from = text.len() - value.len();
    while let Some(next) = next_name(text, from, &fields, field) {
        fields.take(field, bare(text.get(from..next.at)?));
        (field, from) = (next.field, next.value);
        // The subject is the last; what looks like a name behind it is part of it.
        if field == Field::Subject {
            break;
        }
    }
    fields.take(field, bare(text.get(from..)?));
    (fields.known() >= 2).then_some(fields)
}

/// A value without the marks of emphasis between it and the names (Gmail's text of Outlook's HTML: `*Sent:* Monday *To:* Bob`).
fn bare(value: &str) -> &str {
    value.trim_matches(|c| c == '*' || is_blank(c))
}

struct Name {
    field: Field,
    /// Where the name begins.
    at: usize,
    /// Where its value begins.
    value: usize,
}

/// The next name of a field that was not seen.
fn next_name(text: &str, from: usize, seen: &Fields, last: Field) -> Option<Name> {
    let rest = text.get(from..)?;
    let mut before = None;
    for (offset, c) in rest.char_indices() {
        let at = from + offset;
        // A name begins with a capital letter, or in a script without case, and a word does not go on there.
        let begins = !c.is_lowercase()
            && c.is_alphabetic()
            && before.is_none_or(|b: char| !b.is_lowercase() || c.is_uppercase());
        let glued = before.is_some_and(|b: char| !(is_blank(b) || b == '*'));
        before = Some(c);
        if begins
            && let Some((field, value)) = name_at(text, at, glued)
            && field != last
            && !seen.has(field)
        {
            return Some(Name { field, at, value });
        }
    }
    None
}

/// A name with its colon, or, glued to what stands before (`CETAssunto x`, Yahoo in Portuguese), with a blank.
fn name_at(text: &str, at: usize, glued: bool) -> Option<(Field, usize)> {
    let rest = text.get(at..)?;
    for (offset, c) in rest.char_indices().take(NAME_CHARS_MAX) {
        let colon = is_colon(c);
        if colon || glued && c == ' ' {
            if let Some(field) = header_line::field(rest.get(..offset)?) {
                let behind = rest.get(offset..)?;
                let value = behind.trim_start_matches(|c| is_blank(c) || is_colon(c));
                return Some((field, at + rest.len() - value.len()));
            }
            if colon {
                return None;
            }
        } else if !(c.is_alphabetic() || matches!(c, ' ' | '\u{a0}' | '-' | '\'' | '(' | ')' | '*')) {
            return None;
        }
    }
    None
}
