//! What of a text is somebody's own sentences: without logs, code, links, addresses and quoted words of a screen, which are
//! in the language of a program and not of the writer.

use super::beginning;

/// Lines longer than this are looked at no further than here.
const LINE_CHARS_MAX: usize = 600;
/// Characters that a quotation has at most: a stray mark takes no paragraph along.
const QUOTED_CHARS_MAX: usize = 160;
/// How lines of a program's output begin, lower case.
const MACHINE_STARTS: &[&str] = &[
    "at ",
    "file \"",
    "traceback",
    "caused by",
    "exception",
    "error:",
    "warn",
    "info ",
    "debug",
    "uncaught ",
    "mozilla/",
    "http",
    "get ",
    "post ",
    "put ",
    "patch ",
    "delete ",
    "curl ",
    "$ ",
    "> ",
    "{",
    "}",
    "<",
    "//",
    "#!",
    "fatal",
    "stack",
];

/// The sentences of `text`; when next to nothing would be left, its words as they are.
pub(super) fn of(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let written: Vec<&str> = lines().filter(|line| !is_machine(line)).collect();
    let written = written.join("\n");
    let sentences = words(&unquoted(&written));
    if sentences.chars().filter(|c| c.is_alphabetic()).nth(7).is_some() {
        return sentences;
    }
    let with_quotes = words(&written);
    if with_quotes.is_empty() { words(text) } else { with_quotes }
}

/// A line that a program wrote.
fn is_machine(line: &str) -> bool {
    let line = beginning(line.trim(), LINE_CHARS_MAX);
    let (mut letters, mut marks) = (0_usize, 0_usize);
    for c in line.chars() {
        // Programs write no Han, kana or Hangul.
        if matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}') {
            return false;
        }
        letters += usize::from(c.is_alphabetic());
        marks += usize::from(is_mark(c));
    }
    let starts_with = |start: &&str| {
        line.as_bytes().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    let starts_as_clock =
        || line.trim_start_matches('[').chars().take(4).filter(char::is_ascii_digit).count() == 4;
    marks > 4 && marks * 3 > letters
        || marks >= 4 && starts_as_clock()
        || MACHINE_STARTS.iter().any(starts_with)
        || line.contains('/') && line.to_lowercase().contains("mozilla/5.0")
}

/// What is frequent in code and logs.
fn is_mark(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '{' | '}' | '(' | ')' | '[' | ']' | ';' | '=' | '<' | '>' | '|' | '/' | '\\' | '_')
        || matches!(c, ':' | '"' | '$' | '&' | '*' | '#')
}

/// What closes a quotation that this mark opens; words of a screen stand between.
fn closing(open: char) -> Option<char> {
    Some(match open {
        '"' | '`' => open,
        '“' => '”',
        '„' => '“',
        '「' => '」',
        '『' => '』',
        '《' => '》',
        '«' => '»',
        '【' => '】',
        _ => return None,
    })
}

/// The text without what stands between quotation marks.
fn unquoted(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, open, close)) = rest.char_indices().find_map(|(at, c)| Some((at, c, closing(c)?))) {
        let after = rest.get(at + open.len_utf8()..).unwrap_or_default();
        let end = after.char_indices().take(QUOTED_CHARS_MAX).find(|(_, c)| *c == close || *c == '\n');
        match end.filter(|(_, c)| *c == close) {
            Some((end, _)) => {
                kept.push_str(rest.get(..at).unwrap_or_default());
                kept.push(' ');
                rest = after.get(end + close.len_utf8()..).unwrap_or_default();
            }
            None => {
                kept.push_str(rest.get(..at + open.len_utf8()).unwrap_or_default());
                rest = after;
            }
        }
    }
    kept.push_str(rest);
    kept
}

/// Words that are no addresses, links, paths, names in code or numbers; lines stay lines.
fn words(text: &str) -> String {
    let is_code =
        |b: u8| matches!(b, b'@' | b'/' | b'\\' | b'_' | b'<' | b'>' | b'=' | b'#' | b'{' | b'}' | b'|');
    let is_word =
        |w: &&str| !(w.bytes().any(is_code) || w.is_ascii() && w.bytes().any(|b| b.is_ascii_digit()));
    let mut words = String::with_capacity(text.len());
    for line in text.lines() {
        let mut between = if words.is_empty() { "" } else { "\n" };
        for word in line.split_whitespace().filter(is_word) {
            words.push_str(between);
            words.push_str(word);
            between = " ";
        }
    }
    words
}
