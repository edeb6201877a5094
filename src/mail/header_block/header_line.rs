//! One line of a header block: its name and its value, without its quote marks.

use std::borrow::Cow;

use crate::mail::{
    language::{self, Field},
    line::{is_blank, is_colon},
};

/// Longest name of a header line, in characters: "Odpowiedź-do", "보내는 사람", "发件人 / From".
const NAME_CHARS_MAX: usize = 28;
/// Longest run of words that is tried as a name where no colon ends it.
const NAME_WORDS_MAX: usize = 3;

/// Names of further fields of a message, with which programs show a whole header (Thunderbird, Mutt, reports of servers).
const FURTHER_FIELDS: &[&str] = &[
    "delivered-to",
    "disposition-notification-to",
    "domainkey-signature",
    "envelope-to",
    "errors-to",
    "feedback-id",
    "in-reply-to",
    "precedence",
    "received",
    "references",
    "user-agent",
];
/// Beginnings of the names of such fields.
const FURTHER_FIELDS_BEGIN: &[&str] = &[
    "arc-",
    "authentication-",
    "content-",
    "dkim-",
    "list-",
    "mime-",
    "received-",
    "resent-",
    "thread-",
    "x-",
];
/// Beginnings of what a server writes into `Received` (RFC 5321 section 4.4; qmail).
const TRACES: &[&str] = &["from ", "by ", "("];
/// Longest name of such a field: `X-MS-Exchange-CrossTenant-OriginalArrivalTime` and its like.
const FURTHER_NAME_BYTES_MAX: usize = 76;

/// Marks of emphasis, and borders of a table that became text.
fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '|' | '│') || is_blank(c)
}

/// Field and value of a line such as `From: Ann`, `*Von:* Ann`, `发件人：Ann`, `| 发件人 | Ann |`, without its quote marks.
#[must_use]
pub fn header_line(text: &str) -> Option<(Field, &str)> {
    let text = text.trim_start_matches(is_mark);
    let stop = text
        .char_indices()
        .take(NAME_CHARS_MAX)
        .find(|(_, c)| is_colon(*c) || matches!(c, '|' | '│' | '@' | '<' | '"' | '!' | '?' | '。' | '，'))?;
    let (at, mark) = stop;
    if !(is_colon(mark) || matches!(mark, '|' | '│')) {
        return None;
    }
    let field = field(text.get(..at)?)?;
    Some((field, value(text.get(at + mark.len_utf8()..)?)))
}

/// As [`header_line`], also for the fields of a whole header that programs show nobody who did not ask for them.
#[must_use]
pub fn of_any_header(text: &str) -> Option<(Field, &str)> {
    match header_line(text) {
        // "Received: Monday 10:00" is a date; a server's trace is none.
        Some((Field::Date, value)) if TRACES.iter().any(|t| value.starts_with(t)) => {
            Some((Field::Other, value))
        }
        found => found.or_else(|| further_field(text)),
    }
}

fn further_field(text: &str) -> Option<(Field, &str)> {
    let (name, value) = text.split_once(':').filter(|(name, _)| name.len() <= FURTHER_NAME_BYTES_MAX)?;
    let begins = |word: &&str| name.get(..word.len()).is_some_and(|n| n.eq_ignore_ascii_case(word));
    let known = FURTHER_FIELDS.iter().any(|word| name.eq_ignore_ascii_case(word))
        || FURTHER_FIELDS_BEGIN.iter().any(begins);
    (known && name.bytes().all(|b| b.is_ascii_graphic())).then_some((Field::Other, value))
}

/// Field and value where a blank or a tab alone parts them: `Subject Sync is slow`.
#[must_use]
pub fn cells(text: &str) -> Option<(Field, &str)> {
    let text = text.trim_start_matches(is_mark);
    let ends = text.char_indices().take(NAME_CHARS_MAX).filter(|(_, c)| is_blank(*c));
    let ends: Vec<usize> = ends.map(|(at, _)| at).take(NAME_WORDS_MAX).collect();
    ends.iter().rev().find_map(|at| Some((field(text.get(..*at)?)?, value(text.get(*at..)?))))
}

fn value(text: &str) -> &str {
    let text = text.trim_start_matches(|c| is_mark(c) || is_colon(c));
    text.trim_end_matches(|c| matches!(c, '|' | '│') || is_blank(c))
}

/// The field of a name as it stands in a mail: any case, spaced out (`主　题`), in two languages (`发件人/From`).
pub fn field(name: &str) -> Option<Field> {
    let name = name.trim_matches(is_mark);
    if name.is_empty() || name.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let plain = plain(name);
    language::field(&plain).or_else(|| {
        let (first, second) = plain.split_once(['/', '(', '（'])?;
        let second = second.trim_end_matches([')', '）']);
        language::field(first.trim()).or_else(|| language::field(second.trim()))
    })
}

/// Lower case; no blanks between Chinese characters, one elsewhere.
fn plain(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|b| b.is_ascii_lowercase()) {
        return name.into();
    }
    let han = name.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            c if is_blank(c) && (han || out.ends_with(' ')) => {}
            c if is_blank(c) => out.push(' '),
            '’' => out.push('\''),
            c => out.extend(c.to_lowercase()),
        }
    }
    out.into()
}
