//! Words and numbers of a text that speak of time, in order. Knows nothing of what they mean together.

use std::{collections::BTreeSet, sync::LazyLock};

use aho_corasick::AhoCorasick;

use crate::triage::words::times::{WORDS, Word};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Word(Word),
    /// A number with as many digits; Chinese numerals have none.
    Number {
        value: u32,
        digits: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
}

struct Lexicon {
    words: Option<AhoCorasick>,
    meanings: Vec<(Word, &'static str)>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let meanings: Vec<(Word, &'static str)> =
        WORDS.iter().flat_map(|(word, written)| written.iter().map(|w| (*word, *w))).collect();
    let words =
        AhoCorasick::builder().ascii_case_insensitive(true).build(meanings.iter().map(|(_, w)| *w)).ok();
    Lexicon { words, meanings }
});

/// Words that may stand between the pieces of one expression.
static LINKS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let is_link = |w: &Word| matches!(w, Word::Link | Word::Approx | Word::Since | Word::This);
    WORDS.iter().filter(|(word, _)| is_link(word)).flat_map(|(_, written)| written.iter().copied()).collect()
});

/// Words that mean a time in one language only and something ordinary in another: the language that must not be, else must be, the text's.
fn is_of_language(written: &str, language: Option<&str>) -> bool {
    match written {
        "hier" => language == Some("fr"),
        "segunda" | "terça" | "quarta" | "quinta" => language == Some("pt"),
        "mar" | "set" | "out" | "dez" | "abr" | "fev" => matches!(language, Some("es" | "pt" | "de") | None),
        "früh" | "nacht" | "abend" => language == Some("de"),
        "per" | "dia" | "tag" => language != Some("en"),
        _ => true,
    }
}

/// The tokens of `text`, at most `max`; none overlap.
#[must_use]
pub fn tokens(text: &str, language: Option<&str>, max: usize) -> Vec<Token> {
    let Some(words) = &LEXICON.words else { return Vec::new() };
    let mut all: Vec<Token> = numbers(text).take(max).collect();
    let mut has_anchor = !all.is_empty();
    // Overlapping, for the longest word may end within another: `desde o` in `desde ontem`.
    for found in words.find_overlapping_iter(text) {
        if all.len() >= 4 * max {
            break;
        }
        let Some((word, written)) = LEXICON.meanings.get(found.pattern().as_usize()) else { continue };
        if !is_whole(text, found.start(), found.end()) || !is_of_language(written, language) {
            continue;
        }
        has_anchor |= !matches!(
            word,
            Word::Link | Word::Approx | Word::Since | Word::Until | Word::Number(_) | Word::This
        );
        all.push(Token { start: found.start(), end: found.end(), kind: Kind::Word(*word) });
    }
    if !has_anchor {
        return Vec::new();
    }
    // Stable: of a number and a word of the same letters the number counts.
    all.sort_by_key(|t| (t.start, std::cmp::Reverse(t.end)));
    let mut tokens: Vec<Token> = Vec::with_capacity(all.len().min(max));
    for token in all {
        if tokens.len() < max && tokens.last().is_none_or(|last| token.start >= last.end) {
            tokens.push(token);
        }
    }
    tokens
}

/// Whether no letter of the word's own script goes on before or behind it. `3pm` and `14h` may follow a digit.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let word = text.get(start..end).unwrap_or_default();
    let is_letter = |c: char| c.is_alphabetic() && c < '\u{2e80}';
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    let after = text.get(end..).and_then(|t| t.chars().next());
    let starts_so = word.chars().next().is_some_and(is_letter);
    let ends_so = word.chars().next_back().is_some_and(is_letter);
    let glued = before.is_some_and(|c| {
        is_letter(c)
            || matches!(c, '_' | '@' | '-' | '.') && !text.get(..start).is_some_and(|t| t.ends_with(". "))
    });
    let goes_on = after.is_some_and(|c| is_letter(c) || matches!(c, '_' | '@'));
    !(starts_so && glued || ends_so && goes_on)
}

/// Numbers in digits, and Chinese numerals before a unit of time.
fn numbers(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(from..)?;
            let at = rest.find(|c: char| c.is_ascii_digit() || numeral(c).is_some())?;
            let start = from + at;
            let run = rest.get(at..)?;
            let first = run.chars().next()?;
            if first.is_ascii_digit() {
                let digits = run.bytes().take_while(u8::is_ascii_digit).count();
                from = start + digits;
                let before = text.get(..start).and_then(|t| t.chars().next_back());
                let glued = before
                    .is_some_and(|c| c.is_ascii_alphabetic() && c != 'T' || matches!(c, '_' | '#' | '@'));
                if digits <= 8 && !glued {
                    let value = run.get(..digits)?.parse().ok()?;
                    return Some(Token { start, end: from, kind: Kind::Number { value, digits } });
                }
            } else {
                let len: usize = run.chars().take_while(|c| numeral(*c).is_some()).map(char::len_utf8).sum();
                from = start + len;
                let after = run.get(len..).and_then(|t| t.chars().next());
                let counts = after.is_some_and(|c| "月日号號点點时時分天周小个個年刻半年".contains(c));
                if counts && let Some(value) = run.get(..len).and_then(chinese) {
                    return Some(Token { start, end: from, kind: Kind::Number { value, digits: 0 } });
                }
            }
        }
    })
}

fn numeral(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' => 0,
        '一' => 1,
        '二' | '两' | '兩' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '廿' => 20,
        _ => return None,
    })
}

/// `十二` is 12, `二十三` 23, `二〇二四` 2024.
#[must_use]
pub fn chinese(text: &str) -> Option<u32> {
    if text.chars().count() > 6 {
        return None;
    }
    if !text.contains(['十', '廿']) {
        return text.chars().try_fold(0u32, |n, c| Some(n * 10 + numeral(c)?));
    }
    let (tens, ones) = text.split_once(['十', '廿'])?;
    let unit = if text.contains('廿') { 20 } else { 10 };
    let tens = if tens.is_empty() { 1 } else { chinese(tens)? };
    let ones = if ones.is_empty() { 0 } else { chinese(ones)? };
    (tens < 10 && ones < 10).then_some(tens * unit + ones)
}

/// Whether a gap between two pieces holds nothing but connecting words and signs.
#[must_use]
pub fn is_link(gap: &str) -> bool {
    let rest = gap.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, ',' | '，' | '(' | '（' | ')' | '）' | '@' | '-' | '–' | '、' | '/' | '|')
    });
    if rest.is_empty() || rest == "T" {
        return gap.matches('\n').count() == 0;
    }
    if gap.contains('\n') {
        return false;
    }
    let links = |word: &str| LINKS.contains(word);
    let lower = rest.to_lowercase();
    links(&lower) || lower.split([' ', ',']).filter(|w| !w.is_empty()).all(links)
}
