//! What of a text is somebody's own sentences: without logs, code, links, addresses and quoted words of a screen, which are
//! in the language of a program and not of the writer.

/// Lines longer than this are looked at no further than here.
const LINE_CHARS_MAX: usize = 600;
/// Quotation marks that open, with what closes them; words of a screen stand between.
const QUOTES: &[(char, char)] = &[
    ('"', '"'),
    ('“', '”'),
    ('„', '“'),
    ('「', '」'),
    ('『', '』'),
    ('《', '》'),
    ('«', '»'),
    ('`', '`'),
    ('【', '】'),
];
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
    let sentences = words(&unquoted(&written.join("\n")));
    if sentences.chars().filter(|c| c.is_alphabetic()).count() >= 8 {
        return sentences;
    }
    let with_quotes = words(&written.join("\n"));
    if with_quotes.is_empty() { words(text) } else { with_quotes }
}

/// A line that a program wrote.
fn is_machine(line: &str) -> bool {
    let line: String = line.trim().chars().take(LINE_CHARS_MAX).collect::<String>().to_lowercase();
    let wide =
        line.chars().any(|c| matches!(u32::from(c), 0x3040..=0x30ff | 0x4e00..=0x9fff | 0xac00..=0xd7af));
    if wide {
        return false;
    }
    if line.contains("mozilla/5.0") || MACHINE_STARTS.iter().any(|start| line.starts_with(start)) {
        return true;
    }
    let starts_as_clock =
        line.trim_start_matches('[').chars().take(4).filter(char::is_ascii_digit).count() == 4;
    let (mut letters, mut marks) = (0_usize, 0_usize);
    for c in line.chars() {
        letters += usize::from(c.is_alphabetic());
        marks += usize::from("{}()[];=<>|/\\_:\"$&*#".contains(c) || c.is_ascii_digit());
    }
    starts_as_clock && marks >= 4 || marks > 4 && marks * 3 > letters
}

/// The text without what stands between quotation marks.
fn unquoted(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (_, after) = rest.split_at_checked(c.len_utf8()).unwrap_or((rest, ""));
        let close = QUOTES.iter().find(|(open, _)| *open == c).map(|(_, close)| *close);
        let quoted = close.and_then(|close| {
            let end = after.char_indices().take(QUOTED_CHARS_MAX).find(|(_, c)| *c == close || *c == '\n')?;
            (end.1 == close).then_some(end.0 + close.len_utf8())
        });
        match quoted {
            Some(end) => {
                kept.push(' ');
                rest = after.get(end..).unwrap_or_default();
            }
            None => {
                kept.push(c);
                rest = after;
            }
        }
    }
    kept
}

/// Words that are no addresses, links, paths, names in code or numbers; lines stay lines.
fn words(text: &str) -> String {
    let is_word = |w: &&str| {
        !w.contains(['@', '/', '\\', '_', '<', '>', '=', '#', '{', '}', '|'])
            && (!w.bytes().any(|b| b.is_ascii_digit()) || !w.is_ascii())
    };
    let line = |line: &str| line.split_whitespace().filter(is_word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
