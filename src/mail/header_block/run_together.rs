//! A block whose fields stand on one line without blanks between them, as Yahoo Mail's plain text has it:
//! `From: Ann <ann@a.example>To: "Bob" <bob@b.example>Sent: Monday, 2 March 2026, 10:00:00 CETSubject: Invoice`.

use super::{Fields, line};
use crate::mail::language::Field;

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 20;

/// Reads the fields; `None` when the text does not begin with a header line or holds fewer than three.
#[must_use]
pub fn run_together(text: &str) -> Option<Fields> {
    let mut fields = Fields::default();
    let (mut field, value) = line::header_line(text)?;
    let mut from = text.len() - value.len();
    while let Some(next) = next_name(text, from, &fields, field) {
        fields.take(field, text.get(from..next.at)?);
        (field, from) = (next.field, next.value);
        // The subject is the last; what looks like a name behind it is part of it.
        if field == Field::Subject {
            break;
        }
    }
    fields.take(field, text.get(from..)?);
    (fields.known() >= 3).then_some(fields)
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
        let glued = before.is_some_and(|b: char| !line::is_blank(b));
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
        let colon = matches!(c, ':' | '：');
        if colon || glued && c == ' ' {
            if let Some(field) = line::field(rest.get(..offset)?) {
                let behind = rest.get(offset..)?;
                let value = behind.trim_start_matches(|c: char| line::is_blank(c) || matches!(c, ':' | '：'));
                return Some((field, at + rest.len() - value.len()));
            }
            if colon {
                return None;
            }
        } else if !(c.is_alphabetic() || matches!(c, ' ' | '\u{a0}' | '-' | '\'' | '(' | ')')) {
            return None;
        }
    }
    None
}
