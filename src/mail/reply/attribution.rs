//! The line that mail programs put above a quoted mail: "On … wrote:". Which words say "wrote" stands in `language`.
//!
//! A line is tried only where it ends like an attribution; then it is joined with those above it, because programs wrap
//! it. An attribution must show a date or an address: a sentence that happens to end in "wrote:" is none.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};
use regex::Regex;

use super::lines::{Line, line};
use crate::mail::{
    header_block::header_line,
    language::ALL,
    line::{digits, is_blank, is_colon, is_direction, is_rule, is_rule_char, without_entities},
};

/// Lines over which mail programs wrap "On … wrote:"; Polymail needs all of them.
pub const JOINED_LINES_MAX: usize = 5;
/// Longest attribution: names, an address and a date.
const ATTRIBUTION_BYTES_MAX: usize = 400;
/// Longest end of one behind its "wrote": a name, an address, a date.
const TAIL_BYTES_MAX: usize = 200;

/// "wrote" in all languages.
static WROTE: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words: Vec<&str> = ALL.iter().flat_map(|language| language.wrote).copied().collect();
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words).ok()
});

/// "on" in all languages.
static ON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words: Vec<&str> = ALL.iter().flat_map(|language| language.wrote_on).copied().collect();
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .start_kind(StartKind::Both)
        .build(words)
        .ok()
});

/// `2016-03-03 17:21 GMT+01:00 Ann Lee`, Gmail until 2018 where it had no words for "wrote".
static GMAIL_DATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\d{4}-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d\d:\d\d \S.{0,120}$").ok());

/// Header lines that may stand between a rule and an attribution.
const HEADER_LINES_MAX: usize = 3;
/// Words of "Quoting Ann Lee <a@b.org>".
const NAMED_WORDS_MAX: usize = 5;
/// What ends a sentence.
const SENTENCE_ENDS: [char; 9] = ['.', '!', '?', '。', '！', '？', '，', ',', '~'];
/// Who writes about writing is no mail program: "On Monday I wrote:".
const PRONOUNS: &[&str] = &[
    "i", "we", "you", "he", "she", "they", "ich", "wir", "sie", "er", "du", "ihr", "je", "j'ai", "nous",
    "vous", "il", "elle", "yo", "eu", "io", "ho", "ik", "wij", "ja", "я", "мы", "вы", "он", "она", "who",
    "it", "and", "also", "just", "only",
];

/// Who tells of others: "On 3 March our partner Ann (a@b.org) wrote:". Display names have none of these.
const OURS: &[&str] = &[
    "our", "unser", "unsere", "unserer", "notre", "nuestro", "nuestra", "nosso", "nossa", "nostro", "nostra",
    "onze", "nasz", "nasza", "наш", "наша",
];

/// The same without an address: "On 3 March your colleague wrote:".
const SOMEBODY: &[&str] = &[
    "colleague",
    "client",
    "customer",
    "kollege",
    "kollegin",
    "kunde",
    "kundin",
    "collègue",
    "cliente",
    "colega",
    "collega",
    "klant",
    "kolega",
    "koleżanka",
    "klient",
    "klientka",
    "коллега",
    "клиент",
    "同事",
    "客户",
    "客戶",
];

/// All attributions outside quote marks, in their order. A line in which a reply stands before one is split.
pub fn find(lines: &mut Vec<Line<'_>>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let from = found.last().map_or(0, |r| r.end);
        if may_end(lines, at)
            && let Some(begin) = beginning(lines, from, at)
        {
            let begin = if let Some(pieces) = glued(lines, begin, at) {
                lines.splice(begin..=begin, pieces);
                at += 1;
                begin + 1
            } else {
                begin
            };
            found.push(with_header_lines(lines, from, begin)..at + 1);
        }
        at += 1;
    }
    found
}

/// Yandex names the addressees and the subject below a rule, directly above the attribution.
fn with_header_lines(lines: &[Line<'_>], from: usize, begin: usize) -> usize {
    let above = lines.get(from..begin).unwrap_or_default();
    let fields =
        above.iter().rev().take(HEADER_LINES_MAX).take_while(|l| header_line(l.text).is_some()).count();
    let rule = begin.checked_sub(fields + 1).and_then(|at| lines.get(at));
    match rule {
        Some(line) if fields > 0 && is_rule(line.text) && from + fields < begin => begin - fields - 1,
        _ => begin,
    }
}

/// The cheap test before lines are joined.
fn may_end(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    if line.mark.is_quote() || line.is_blank() || line.text.len() > ATTRIBUTION_BYTES_MAX {
        return false;
    }
    let text = line.text.trim_end_matches(['*', ' ', '_']);
    if line.quoted {
        // The end of an address that was wrapped before its `>`.
        return matches!(text.as_bytes(), [b'>', rest @ ..] if rest.len() < 30 && rest.ends_with(b":") && !rest.starts_with(b">"));
    }
    match text.chars().next_back() {
        Some(':' | '：') => true,
        // Zoho's is wrapped before "wrote ---".
        Some(c) if is_rule_char(c) => {
            text.starts_with(is_rule_char) && text.len() > 20
                || text.len() < 60 && ends_in_wrote(text.trim_end_matches(|c| is_rule_char(c) || is_blank(c)))
        }
        Some(c) => {
            let dated = text.bytes().any(|b| b.is_ascii_digit());
            dated && (text.contains("GMT") || c.is_alphabetic() && ends_in_wrote(text))
                || text.ends_with('>') && dated
                || c.is_alphabetic() && text.len() < 30 && ends_in_wrote(text)
        }
        None => false,
    }
}

fn ends_in_wrote(text: &str) -> bool {
    let from = text.char_indices().rev().nth(16).map_or(0, |(i, _)| i);
    let tail = text.get(from..).unwrap_or_default();
    ALL.iter().flat_map(|language| language.wrote).any(|w| tail.ends_with(w))
}

/// The first line of the attribution that ends at `end`, not above `from`.
fn beginning(lines: &[Line<'_>], from: usize, end: usize) -> Option<usize> {
    let below = lines.get(end + 1..).unwrap_or_default().iter().filter(|l| !l.is_blank());
    let followed = below.take(3).any(|l| l.quoted || l.mark.is_quote());
    let mut joined = String::new();
    let mut found = None;
    let lowest = (end + 1).saturating_sub(JOINED_LINES_MAX + 2).max(from);
    let mut filled = 0;
    for at in (lowest..=end).rev() {
        let line = lines.get(at)?;
        if line.is_blank() {
            // Polymail has a blank line inside; nothing else has, so the address must still be open.
            if !joined.starts_with(['<', '>', 'm']) {
                break;
            }
            continue;
        }
        if at < end
            && (line.quoted || line.mark.is_quote() || line.text.len() + joined.len() > ATTRIBUTION_BYTES_MAX)
        {
            break;
        }
        if found.is_some() && !begins(line.text) && !is_incomplete(&joined) && !goes_on(line.text, &joined) {
            break;
        }
        filled += 1;
        if filled > JOINED_LINES_MAX {
            break;
        }
        if !joined.is_empty() {
            joined.insert(0, ' ');
        }
        joined.insert_str(0, line.text.trim_matches('*'));
        if is_attribution(&joined, followed) {
            let above = at.checked_sub(1).filter(|n| *n >= from).and_then(|n| lines.get(n));
            let complete =
                begins(line.text) && !above.is_some_and(|l| goes_on(l.text, &joined)) || at == lowest;
            found = Some(at);
            if complete {
                break;
            }
        } else if found.is_some() {
            break;
        }
    }
    found
}

/// Whether the line above names the sender alone, and the date stands in the next: Gmail wraps Chinese attributions there.
fn names_first(above: &str, joined: &str) -> bool {
    let above = above.trim_end_matches(['於', '于', '在', ' ']);
    let dated = joined.starts_with(|c: char| c.is_ascii_digit())
        || behind_on(joined)
            .is_some_and(|rest| !joined.is_ascii() && rest.starts_with(|c: char| c.is_ascii_digit()));
    dated
        && !joined.contains('@')
        && above.len() < 120
        && above.ends_with('>')
        && above.contains(" <")
        && above.contains('@')
}

/// Whether the line above an attribution that shows a time alone has the address and the date: it was wrapped between them.
fn goes_on(above: &str, joined: &str) -> bool {
    if names_first(above, joined) {
        return true;
    }
    !joined.contains('@')
        && digits(joined) <= 6
        && above.contains('@')
        && digits_outside_address(above) >= 4
        && !above.ends_with(['.', '!', '?', ':', '。', '：', '？', '！'])
}

/// Whether only the end of an attribution is joined so far: "a écrit :", or the address.
fn is_incomplete(joined: &str) -> bool {
    joined.starts_with(|c: char| c.is_lowercase() || matches!(c, '<' | '>' | '(' | '['))
        || joined.chars().count() < 8
}

/// Whether a line begins an attribution by itself: "on" with a date, or a date.
fn begins(text: &str) -> bool {
    let lower = text
        .get(..text.char_indices().nth(60).map_or(text.len(), |(i, _)| i))
        .unwrap_or_default()
        .to_lowercase();
    let lower = lower.trim_start_matches(|c| is_rule_char(c) || is_blank(c) || c == '"');
    match behind_on(lower) {
        Some(rest) => dated_soon(rest),
        None => dated_soon(lower) && !lower.starts_with(['<', '(']),
    }
}

/// What follows "on" at the beginning of a lower-case text.
fn behind_on(lower: &str) -> Option<&str> {
    let automaton = WROTE.as_ref().and(ON.as_ref())?;
    let found = automaton.find(Input::new(lower).anchored(Anchored::Yes))?;
    let rest = lower.get(found.end()..)?;
    let word_ends =
        rest.starts_with([' ', '\u{a0}', ':', ',']) || rest.starts_with(|c: char| c.is_ascii_digit());
    (word_ends || !lower.is_ascii() && !rest.starts_with(char::is_alphabetic))
        .then(|| rest.trim_start_matches(is_blank))
}

/// A digit within the first three words.
fn dated_soon(text: &str) -> bool {
    text.split(is_blank).filter(|w| !w.is_empty()).take(3).any(|w| w.bytes().any(|b| b.is_ascii_digit()))
}

/// Judges joined lines. `followed`: a marked quote stands below.
fn is_attribution(joined: &str, followed: bool) -> bool {
    if joined.len() < 8 || opens_sentence(joined) {
        return false;
    }
    let spaced = joined.chars().filter(|c| !is_direction(*c)).map(|c| if c == '\u{a0}' { ' ' } else { c });
    let lower: String = spaced.flat_map(char::to_lowercase).collect();
    let lower = without_entities(&lower);
    let text = lower.trim_matches(|c: char| is_blank(c) || c == '*');
    joined.contains("GMT")
        && GMAIL_DATE.as_ref().is_some_and(|re| re.is_match(joined.trim_end_matches([' ', ':'])))
        || by_address(text, followed)
        || by_word(text, followed)
}

/// A wrapped address is not closed yet: more lines are needed.
fn opens_sentence(joined: &str) -> bool {
    let opened = joined.bytes().filter(|b| *b == b'<').count();
    let closed = joined.bytes().filter(|b| *b == b'>').count();
    closed > opened
}

/// A date, a name, an address and a colon: Gmail and Yandex in languages without "wrote", Tuta's "… by a@b.org:".
fn by_address(text: &str, followed: bool) -> bool {
    let Some(body) = text.strip_suffix(is_colon).map(|t| t.trim_end_matches(is_blank)) else {
        // German and Japanese Gmail of 2012 to 2018 left out the colon behind a bracketed address.
        return text.ends_with('>')
            && text.starts_with(|c: char| c.is_ascii_digit())
            && digits_outside_address(text) >= 6
            && text
                .split(is_blank)
                .next()
                .is_some_and(|w| w.matches(['/', '-', '.', '年', '.']).count() >= 2 || w.len() > 8);
    };
    let bare = body.trim_end_matches(['>', ')', ']', '"', ',']);
    let last = bare.rsplit([' ', '<', '(', '\u{a0}', '[']).next().unwrap_or_default();
    let addressed = last.contains('@') && last.contains('.') && !last.contains("//");
    let start = behind_on(text).unwrap_or(text);
    if let Some((_, behind)) = body.rsplit_once('>')
        && in_words_of_any_language(start, body, behind)
    {
        return true;
    }
    if followed && body.ends_with('>') && body.split(is_blank).count() <= NAMED_WORDS_MAX && addressed {
        // Horde: "Quoting Ann <a@b.org>:"
        return true;
    }
    // `* Ann Lee <a@b.org> [2026-03-02 10:00:00 +0100]:`, what many set in Mutt
    if let Some((name, date)) = body.strip_suffix(']').and_then(|t| t.rsplit_once('['))
        && name.trim_end_matches(is_blank).ends_with('>')
        && name.contains('@')
        && digits_outside_address(date) >= 8
    {
        return true;
    }
    addressed
        && dated_soon(start)
        && digits_outside_address(body) >= 5
        && (text.contains(':') && times(body) || body.ends_with('>'))
}

/// A date, an address in brackets, and behind it a few words that nobody taught us: "wrote" in Thai, Persian, Latvian.
fn in_words_of_any_language(start: &str, body: &str, behind: &str) -> bool {
    let words = behind.trim_matches([')', ' ', ',', '*']);
    let few = !words.is_empty() && words.chars().count() <= 30 && words.split(is_blank).count() <= 3;
    few && body.contains('@')
        && start.split(is_blank).take(5).any(|w| w.bytes().any(|b| b.is_ascii_digit()))
        && digits_outside_address(body) >= 6
        && !words.contains(['.', '!', '?', '@'])
        && !words.bytes().any(|b| b.is_ascii_digit())
}

/// A time or a full date.
fn times(text: &str) -> bool {
    text.match_indices([':', '.', '时', '時', '시'])
        .any(|(at, _)| text.get(..at).is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit())))
}

fn digits_outside_address(text: &str) -> usize {
    text.split(is_blank).filter(|w| !w.contains('@')).map(digits).sum()
}

/// "wrote" with what must stand around it.
fn by_word(text: &str, followed: bool) -> bool {
    let Some(automaton) = WROTE.as_ref() else { return false };
    automaton.find_iter(text).any(|found| {
        let before = text.get(..found.start()).unwrap_or_default();
        let behind = text.get(found.end()..).unwrap_or_default();
        let spaced = text.get(found.range()).is_some_and(|w| !is_wide(w));
        let own_word = !spaced || !before.ends_with(|c: char| c.is_alphanumeric());
        own_word && !behind.starts_with(char::is_alphabetic) && ends_well(before, behind, followed)
    })
}

fn is_wide(word: &str) -> bool {
    word.chars().any(|c| c >= '\u{3000}')
}

fn ends_well(before: &str, behind: &str, followed: bool) -> bool {
    let tail = behind.trim_matches(is_blank).trim_end_matches(['*', ' ']);
    if tail.len() > TAIL_BYTES_MAX {
        return false;
    }
    let whole_digits = digits_outside_address(before) + digits_outside_address(tail);
    let addressed = before.contains('@') || tail.contains('@');
    let ruled =
        tail.chars().count() >= 2 && tail.chars().all(is_rule_char) && before.starts_with(is_rule_char);
    let on = behind_on(before.trim_start_matches(|c| is_rule_char(c) || is_blank(c))).is_some_and(dated_soon);
    let on_word = behind_on(before).is_some();
    let dated = whole_digits >= 3;
    if ruled {
        return addressed || dated;
    }
    if tail.is_empty() {
        // No colon: only with everything else that an attribution has.
        return dated && (followed || on && addressed);
    }
    if !tail.ends_with(is_colon) || by_pronoun(before, tail) && !followed {
        return false;
    }
    // Gnus writes no date: then only the quote below tells it from "My colleague <a@b.org> writes:".
    addressed && (dated || followed || on_word || before.starts_with(is_rule_char))
        || dated && (on || begins(before) || followed || tail.len() > 4)
        || followed && before.len() < 120
}

fn by_pronoun(before: &str, tail: &str) -> bool {
    if before.split(is_blank).any(|w| OURS.contains(&w)) {
        return true;
    }
    let last = before.trim_end_matches(is_blank).rsplit(is_blank).next().unwrap_or_default();
    let next = tail.split(is_blank).next().unwrap_or_default().trim_end_matches(':');
    let somebody = |text: &str| text.split(is_blank).any(|w| SOMEBODY.contains(&w.trim_end_matches(':')));
    !before.contains('@')
        && !tail.contains('@')
        && (PRONOUNS.contains(&last) || PRONOUNS.contains(&next) || somebody(before) || somebody(tail))
}

/// `Thanks. On Wed, Apr 4, 2012, a@b.org wrote:`: the reply and the attribution as two lines.
fn glued<'a>(lines: &[Line<'a>], begin: usize, end: usize) -> Option<[Line<'a>; 2]> {
    let whole = lines.get(begin)?;
    if begins(whole.text) {
        return None;
    }
    let lower = whole.text.to_lowercase();
    if lower.len() != whole.text.len() {
        return None;
    }
    let automaton = ON.as_ref()?;
    for found in automaton.find_iter(&lower) {
        let before = lower.get(..found.start())?;
        let own_word = before.ends_with(|c: char| !c.is_alphanumeric());
        let dated = behind_on(lower.get(found.start()..)?).is_some_and(dated_soon);
        // "Ann <a@b.org> on Monday wrote:" has its name first.
        if !own_word || !dated || before.contains(['@', '<', '(']) {
            continue;
        }
        // Chinese puts the name first: "Ann Lee 於 2026/3/2 寫道:". Only a sentence parts it from the date.
        let named = !lower.get(found.range())?.is_ascii();
        if named && before.ends_with(is_blank) && !before.trim_end_matches(is_blank).ends_with(SENTENCE_ENDS)
        {
            continue;
        }
        let rest = whole.text.get(found.start()..)?;
        let mut joined = rest.to_owned();
        for line in lines.get(begin + 1..=end).unwrap_or_default() {
            joined.push(' ');
            joined.push_str(line.text);
        }
        if is_attribution(&joined, false) {
            let words = whole.text.get(..found.start())?.trim_end_matches(|c| is_rule_char(c) || is_blank(c));
            return Some([line(words, whole.mark, whole.at), line(rest, whole.mark, whole.at)]);
        }
    }
    None
}
