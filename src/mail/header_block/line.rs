//! One line of a header block: its quote marks, its name, its value.

use std::borrow::Cow;

use crate::mail::language::{self, Field};

/// Longest name of a header line, in characters: "Odpowiedź-do", "보내는 사람", "发件人 / From".
const NAME_CHARS_MAX: usize = 28;
/// Longest run of words that is tried as a name where no colon ends it.
const NAME_WORDS_MAX: usize = 3;

/// White space, and what is as invisible.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
}

/// Quote marks before a line.
#[must_use]
pub fn depth(line: &str) -> usize {
    line.chars()
        .take_while(|c| matches!(c, '>' | '＞') || is_blank(*c))
        .filter(|c| matches!(c, '>' | '＞'))
        .count()
}

/// A line without quote marks and the blanks around it.
#[must_use]
pub fn content(line: &str) -> &str {
    line.trim_start_matches(|c| matches!(c, '>' | '＞') || is_blank(c)).trim_end_matches(is_blank)
}

fn is_colon(c: char) -> bool {
    matches!(c, ':' | '：' | '﹕' | '︰')
}

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
