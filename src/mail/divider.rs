//! The line above (or around) a quoted or forwarded mail: a rule, words between rules, or words with a colon.
//!
//! Knows lines, and that a header block may stand in one; the words of each language stand in `language`. Whether the mail
//! below is a quote or a forward is judged by `reply` and `forward`. Invariant: linear in the line, whatever it holds.

use super::{
    header_block::header_line,
    language::{ALL, Language},
    line::{is_blank, is_colon, is_dash, is_rule, is_rule_char, unquoted, without_entities},
};

/// Longest divider: the words, their rules, and a name and a date (Lotus Notes).
const BYTES_MAX: usize = 240;
/// Filled lines above a header block in which its divider may stand: words, and a rule above or below them (Becky!, Gnus).
const LINES_ABOVE: usize = 3;
/// Shortest rule: Foxmail's `<hr>` is `-- ` in text.
const RULE_CHARS_MIN: usize = 2;
/// Shortest rules around words that frame them beyond doubt, both counted together.
const FRAME_CHARS_MIN: usize = 4;
/// Shortest rule that may stand directly before a header line: Outlook's `<hr>` in text.
const RULE_BEFORE_HEADER_MIN: usize = 10;

/// What a divider says of the mail below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// A rule without words, or with words that no table knows.
    Nothing,
    /// "Original Message": a quote or a forward.
    Original,
    Forwarded,
}

/// Whether a line can be a rule or words between rules.
#[must_use]
pub fn is_ruled(text: &str) -> bool {
    text.chars().take_while(|c| is_dash(*c)).count() >= RULE_CHARS_MIN
}

/// Whether the rules around a line's words are so long that nobody begins a list or an option of a program with them.
#[must_use]
pub fn is_framed(text: &str) -> bool {
    let left = text.chars().take_while(|c| is_rule_char(*c)).count();
    left > 0 && left + text.chars().rev().take_while(|c| is_rule_char(*c)).count() >= FRAME_CHARS_MIN
}

/// Whether the line is a rule without words, which may have gaps.
#[must_use]
pub fn is_rule_alone(text: &str) -> bool {
    text.chars().nth(RULE_CHARS_MIN - 1).is_some()
        && text.split(is_blank).all(|piece| piece.is_empty() || is_rule(piece))
}

/// The words of a divider, lower case, and what stands behind its second rule (Yahoo Mail goes on in the same line).
fn words(text: &str) -> Option<(String, &str)> {
    let ruled = is_ruled(text);
    let inner = text.trim_start_matches(|c| is_rule_char(c) || is_blank(c) || matches!(c, '8' | '<' | '|'));
    let (inner, rest) = match ruled.then(|| closing_rule(inner)).flatten() {
        Some((end, rest)) => (inner.get(..end)?, inner.get(rest..)?),
        None => (inner, ""),
    };
    (inner.len() <= BYTES_MAX).then(|| {
        let lower = without_entities(inner).to_lowercase();
        let bare = lower.trim_matches(|c| {
            is_rule_char(c) || is_colon(c) || is_blank(c) || matches!(c, '.' | '。' | '>' | '<' | '|')
        });
        (bare.replace('\u{a0}', " "), rest.trim_start())
    })
}

/// Where the words end and where the text behind the second rule begins. A dash inside the words is none.
fn closing_rule(text: &str) -> Option<(usize, usize)> {
    let mut run = 0_usize;
    let mut from = 0;
    for (at, c) in text.char_indices().take(BYTES_MAX) {
        if is_dash(c) {
            if run == 0 {
                from = at;
            }
            run += 1;
        } else if run >= 4 {
            return Some((from, at));
        } else {
            run = 0;
        }
    }
    (run >= RULE_CHARS_MIN).then_some((from, text.len()))
}

/// What a line says as a divider, and what stands behind it in the same line; `None` when it is no divider.
#[must_use]
pub fn read(text: &str) -> Option<(Says, &str)> {
    let ruled = is_ruled(text);
    if ruled && let Some(rest) = header_behind_rule(text) {
        return Some((Says::Nothing, rest));
    }
    if text.len() > BYTES_MAX && !ruled {
        return None;
    }
    let (words, rest) = words(text)?;
    if words.is_empty() {
        return is_rule_alone(text).then_some((Says::Nothing, ""));
    }
    // Becky!: "Forwarded by Bob <bob@b.example>" above a rule.
    let framed = ruled || text.ends_with(is_colon) || text.ends_with('>') && text.contains('@');
    let known = |list: fn(&Language) -> &'static [&'static str]| {
        ALL.iter().flat_map(|l| list(l)).any(|w| if framed { words.starts_with(w) } else { words == **w })
    };
    if known(|l| l.forwards) {
        Some((Says::Forwarded, rest))
    } else if ALL.iter().flat_map(|l| l.originals).any(|w| words == *w) {
        Some((Says::Original, rest))
    } else {
        ruled.then_some((Says::Nothing, rest))
    }
}

/// `________ From: Ann <ann@a.example>` as Outlook's plain text of a rule and a block has it.
fn header_behind_rule(text: &str) -> Option<&str> {
    let mut dashes = text.chars().take_while(|c| is_dash(*c));
    dashes.nth(RULE_BEFORE_HEADER_MIN - 1)?;
    let rest = text.trim_start_matches(is_dash).trim_start_matches(is_blank);
    header_line(rest).map(|_| rest)
}

/// The dividers directly above the line at `at`: where the first of them stands and the most that one of them says.
#[must_use]
pub fn above(lines: &[&str], at: usize) -> Option<(usize, Says)> {
    let mut found: Option<(usize, Says)> = None;
    let mut filled = 0;
    for line in (0..at).rev() {
        let text = unquoted(lines.get(line).copied().unwrap_or_default());
        if text.is_empty() {
            continue;
        }
        filled += 1;
        let Some((says, _)) = read(text).filter(|_| filled <= LINES_ABOVE) else {
            break;
        };
        found = Some((line, found.map_or(says, |(_, s)| s.max(says))));
    }
    found
}

/// Whether the line ends a forwarded mail.
#[must_use]
pub fn ends(text: &str) -> bool {
    rules_begin(text, |language| language.forward_ends)
}

/// Whether the line only parts the header block from the body: a rule, The Bat!'s `8<` line, Zoho's second divider.
#[must_use]
pub fn parts_body(text: &str) -> bool {
    is_rule_alone(text)
        || rules_begin(text, |language| language.body_follows)
        || is_ruled(text) && read(text) == Some((Says::Forwarded, ""))
}

/// Whether the words between the rules of a line begin with one of a list.
fn rules_begin(text: &str, list: fn(&Language) -> &'static [&'static str]) -> bool {
    is_ruled(text)
        && words(text)
            .is_some_and(|(words, _)| ALL.iter().flat_map(|l| list(l)).any(|w| words.starts_with(w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dividers() {
        for (line, says, rest) in [
            ("---------- Forwarded message ---------", Some(Says::Forwarded), ""),
            ("Begin forwarded message:", Some(Says::Forwarded), ""),
            ("Début\u{a0}du message\u{a0}transféré\u{a0}:", Some(Says::Forwarded), ""),
            ("*Begin forwarded message:*", Some(Says::Forwarded), ""),
            ("This is a forwarded message", Some(Says::Forwarded), ""),
            ("-------- Preposlaná správa --- Forwarded Message --------", Some(Says::Forwarded), ""),
            ("-------- Välitetty viesti / Fwd.Msg --------", Some(Says::Forwarded), ""),
            ("----- Forwarded Message ----- From: A", Some(Says::Forwarded), "From: A"),
            ("----- Forwarded by A B/ACME on 02.03.2026 10:00 -----", Some(Says::Forwarded), ""),
            ("============ Forwarded message ============", Some(Says::Forwarded), ""),
            ("--------- 转发邮件信息 ---------", Some(Says::Forwarded), ""),
            ("以下是被转发的邮件：", Some(Says::Forwarded), ""),
            ("轉寄郵件：", Some(Says::Forwarded), ""),
            ("-----Original Message-----", Some(Says::Original), ""),
            ("##- Please type your reply above this line -##", Some(Says::Original), ""),
            ("‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐", Some(Says::Original), ""),
            ("---- Original price and new price ----", Some(Says::Nothing), ""),
            ("________________ From: A <a@b.example>", Some(Says::Nothing), "From: A <a@b.example>"),
            ("* * * * *", Some(Says::Nothing), ""),
            ("------------------&nbsp;原始邮件&nbsp;------------------", Some(Says::Original), ""),
            ("原始邮件", Some(Says::Original), ""),
            ("________________________________", Some(Says::Nothing), ""),
            ("--", Some(Says::Nothing), ""),
            ("Please see below.", None, ""),
            ("I forwarded message two:", None, ""),
        ] {
            assert_eq!(read(line), says.map(|s| (s, rest)), "{line}");
        }
    }

    #[test]
    fn ends_and_lines_before_the_body() {
        assert!(ends("----- End forwarded message -----"));
        assert!(ends("===8<===========End of original message text==========="));
        assert!(!ends("----- Forwarded message -----"));
        assert!(parts_body("===8<==============Original message text==============="));
        assert!(parts_body("============ Forwarded message ============"));
        assert!(!parts_body("-----Original Message-----"));
    }

    #[test]
    fn the_dividers_above_a_block() {
        let lines = ["Hello", "", "Forwarded by Ann", "------ Original Message ------", "From: A"];
        assert_eq!(above(&lines, 4), Some((3, Says::Original)));
        let lines = ["Hello", "", "---------------", "转发邮件：", "", "From: A"];
        assert_eq!(above(&lines, 5), Some((2, Says::Forwarded)));
        assert_eq!(above(&["Hello", "From: A"], 1), None);
    }
}
