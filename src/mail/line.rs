//! One line of a mail's text as it looks to the eye: what in it is blank, its quote marks, rules drawn of dashes.
//!
//! Knows no language and nothing of what lines mean; that is for `header_block`, `divider`, `reply` and `forward`.

use std::borrow::Cow;

/// White space, and what is as invisible: marks of writing direction, what Outlook, QQ Mail and phones leave.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}') || is_direction(c)
}

/// Marks of writing direction, with which Gmail surrounds names in Hebrew and Arabic.
#[must_use]
pub fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The sign before a quoted line; programs in Chinese also write its wide form.
#[must_use]
pub fn is_quote_mark(c: char) -> bool {
    matches!(c, '>' | '＞')
}

/// Colons behind the name of a header line or at the end of an introduction, in any width.
#[must_use]
pub fn is_colon(c: char) -> bool {
    matches!(c, ':' | '：' | '﹕' | '︰')
}

/// Quote marks before a line.
#[must_use]
pub fn quote_depth(line: &str) -> usize {
    line.chars().take_while(|c| is_quote_mark(*c) || is_blank(*c)).filter(|c| is_quote_mark(*c)).count()
}

/// A line without quote marks and the blanks around it.
#[must_use]
pub fn unquoted(line: &str) -> &str {
    line.trim_start_matches(|c| is_quote_mark(c) || is_blank(c)).trim_end_matches(is_blank)
}

/// The first line at or below `from` that holds more than quote marks, of the `within` lines there.
pub fn next_filled<L: AsRef<str>>(lines: &[L], from: usize, within: usize) -> Option<usize> {
    let mut near = lines.get(from..)?.iter().take(within);
    near.position(|l| !unquoted(l.as_ref()).is_empty()).map(|n| from + n)
}

/// What rules around words are drawn of: Proton takes U+2010, Chinese programs U+2014 and U+FF0D.
#[must_use]
pub fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '_' | '=' | '~' | '\u{2010}'
            ..='\u{2015}' | '\u{2500}' | '\u{2501}' | '\u{ff0d}' | '\u{ff1d}' | '\u{ff3f}'
    )
}

/// What rules without words are drawn of: also of signs that elsewhere emphasize words or begin a list.
#[must_use]
pub fn is_rule_char(c: char) -> bool {
    is_dash(c) || matches!(c, '*' | '#' | '+')
}

/// Whether a line is a rule: nothing but dashes, underscores and the like.
#[must_use]
pub fn is_rule(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_rule_char)
}

/// The text with the entities undone that QQ Mail leaves in plain text.
#[must_use]
pub fn without_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .into()
}

/// Number of ASCII digits: what tells a date or a telephone from words.
#[must_use]
pub fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quote_marks_and_blanks() {
        for (line, depth, bare) in [
            ("> > Ann", 2, "Ann"),
            (">>Ann \u{a0}", 2, "Ann"),
            ("＞\u{3000}安", 1, "安"),
            ("\u{feff} Ann > Bob", 0, "Ann > Bob"),
            ("\u{202b}\u{200f}אן\u{202c}", 0, "אן"),
            (" > ", 1, ""),
        ] {
            assert_eq!((quote_depth(line), unquoted(line)), (depth, bare), "{line:?}");
        }
    }

    #[test]
    fn the_next_filled_line_is_near() {
        let lines = ["a", "", "> ", "b"];
        assert_eq!(next_filled(&lines, 1, 3), Some(3));
        assert_eq!(next_filled(&lines, 1, 2), None);
        assert_eq!(next_filled(&lines, 9, 3), None);
    }

    #[test]
    fn rules() {
        for rule in ["-", "----", "____", "‐‐‐‐", "————", "＝＝＝", "***", "-=-=-"] {
            assert!(is_rule(rule), "{rule}");
        }
        for words in ["", "- a", "8<---"] {
            assert!(!is_rule(words), "{words}");
        }
    }
}
