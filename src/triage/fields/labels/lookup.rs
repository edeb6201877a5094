//! What a label's words name: by the list of labels, without what stands before them in any language, else by a word that tells.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::triage::{
    prefixes::Prefixes,
    words::labels::{BEFORE, HEADS, LABELS, Label},
};

/// Longest question, in bytes.
const QUESTION_BYTES_MAX: usize = 300;
/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 60;

/// All labels, and by their numbers what they name.
static KNOWN: LazyLock<(Prefixes, Vec<Label>)> = LazyLock::new(|| {
    let all = || LABELS.iter().flat_map(|(label, words)| words.iter().map(|w| (*w, *label)));
    let words = Prefixes::new(all().map(|(word, _)| word.to_owned()).collect());
    let mut labels = vec![Label::Ignored; words.len()];
    for (word, label) in all() {
        if let Some(place) = words.find(word).and_then(|number| labels.get_mut(number)) {
            *place = label;
        }
    }
    (words, labels)
});

/// What a label names, and whether it is one of the known labels; `None` for words that are none.
#[must_use]
pub fn look_up(words: &str) -> Option<(Label, bool)> {
    let bare = bare(words)?;
    let without = without_determiners(&bare);
    exactly(&bare, without)
        .map(|label| (label, true))
        .or_else(|| by_head(without).map(|label| (label, false)))
}

/// What words name that are a known label as a whole.
#[must_use]
pub fn look_up_exactly(words: &str) -> Option<Label> {
    let bare = bare(words)?;
    exactly(&bare, without_determiners(&bare))
}

/// What a question asks for: `Which user name do you sign in with?`. One for several parts of the environment asks for all of it.
#[must_use]
pub fn look_up_question(words: &str) -> Option<Label> {
    if words.len() > QUESTION_BYTES_MAX {
        return None;
    }
    let edge = |c: char| !c.is_alphanumeric();
    let words =
        words.split(['(', '（']).next()?.trim_matches(|c| edge(c) || c.is_ascii_digit()).to_lowercase();
    let mut labels: Vec<(usize, Label)> = heads_in(&words).collect();
    labels.sort_by_key(|(order, _)| *order);
    let is_machine =
        |label: &Label| matches!(label, Label::Browser | Label::Os | Label::AppVersion | Label::Device);
    let mut machine: Vec<Label> = labels.iter().map(|(_, label)| *label).filter(is_machine).collect();
    machine.dedup();
    match (exactly(&words, without_determiners(&words)), machine.as_slice()) {
        (Some(label), _) => Some(label),
        (None, [_, _, ..]) => Some(Label::Environment),
        (None, _) => labels.first().map(|(_, label)| *label),
    }
}

fn exactly(bare: &str, without: &str) -> Option<Label> {
    let (words, labels) = &*KNOWN;
    let known = |text: &str| labels.get(words.find(text)?).copied();
    known(bare).or_else(|| if without.len() < bare.len() { known(without) } else { None }).or_else(|| {
        // `用 户 名`, `公　司`: blanks that align labels.
        let is_wide = !without.is_ascii() && without.contains(char::is_whitespace);
        let close = is_wide.then(|| without.chars().filter(|c| !c.is_whitespace()).collect::<String>());
        close.and_then(|c| known(&c))
    })
}

/// Lower case, without decoration and remarks in parentheses.
fn bare(words: &str) -> Option<String> {
    // Longer ones are sentences, and most lines are.
    if words.len() > 3 * LABEL_CHARS_MAX {
        return None;
    }
    let outside = match words.find(['(', '（', '[']) {
        Some(at) if at > 0 => words.get(..at).unwrap_or(words),
        _ => words,
    };
    let edge = |c: char| c.is_whitespace() || is_decoration(c) || matches!(c, '?' | '？' | ':' | '：' | '.');
    let trimmed = outside.trim_matches(edge);
    if trimmed.is_empty() || trimmed.chars().nth(LABEL_CHARS_MAX).is_some() {
        return None;
    }
    let lower = trimmed.to_lowercase();
    let is_plain = |pair: &[u8]| !matches!(pair, b"  " | [b'\t', _] | [0xe3, 0x80]);
    if lower.as_bytes().windows(2).all(is_plain) {
        return Some(lower);
    }
    Some(lower.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn is_decoration(c: char) -> bool {
    matches!(
        c,
        '*' | '_'
            | '`'
            | '#'
            | '"'
            | '\''
            | '“'
            | '”'
            | '【'
            | '】'
            | '「'
            | '」'
            | '『'
            | '』'
            | '['
            | ']'
            | '<'
            | '>'
            | '《'
            | '》'
            | '●'
            | '•'
            | '◆'
            | '■'
            | '□'
            | '▪'
            | '◇'
            | '○'
            | '★'
            | '※'
            | '·'
            | '-'
            | '–'
            | '—'
            | '|'
    )
}

/// Words before a label by whether they are in Latin letters, which end with a blank or an apostrophe.
static DETERMINERS: LazyLock<(Prefixes, Vec<&'static str>)> = LazyLock::new(|| {
    let (wide, latin): (Vec<&str>, Vec<&str>) =
        BEFORE.iter().partition(|w| w.chars().any(|c| c > '\u{2e80}'));
    (Prefixes::new(latin.into_iter().map(str::to_owned).collect()), wide)
});

fn without_determiners(mut words: &str) -> &str {
    let (latin, wide) = &*DETERMINERS;
    for _ in 0..3 {
        let rest = if words.starts_with(|c: char| c > '\u{2e80}') {
            wide.iter().find_map(|w| words.strip_prefix(w))
        } else {
            // One word, or two or three: `what is your`.
            let ends = words.char_indices().filter(|(_, c)| matches!(c, ' ' | '\'' | '’')).take(3);
            let ends =
                ends.map(|(at, c)| if c == ' ' { (at, at) } else { (at + c.len_utf8(), at + c.len_utf8()) });
            ends.filter_map(|(word, rest)| latin.find(words.get(..word)?).and_then(|_| words.get(rest..)))
                .last()
        };
        match rest.map(str::trim_start).filter(|r| !r.is_empty()) {
            Some(rest) => words = rest,
            None => break,
        }
    }
    words
}

/// All heads at once, each with its place in the order of `HEADS`.
type Heads = (Option<AhoCorasick>, Vec<(usize, Label)>);

static HEAD_WORDS: LazyLock<Heads> = LazyLock::new(|| {
    let all = HEADS
        .iter()
        .enumerate()
        .flat_map(|(order, (label, words))| words.iter().map(move |w| (*w, order, *label)));
    let (words, meanings): (Vec<&str>, Vec<(usize, Label)>) =
        all.map(|(w, order, label)| (w, (order, label))).unzip();
    (AhoCorasick::new(words).ok(), meanings)
});

/// A label of few words that holds one that tells.
fn by_head(words: &str) -> Option<Label> {
    let wide = words.chars().filter(|c| *c > '\u{2e80}').count();
    if wide > 12 || wide == 0 && words.split_whitespace().count() > 5 {
        return None;
    }
    heads_in(words).min_by_key(|(order, _)| *order).map(|(_, label)| label)
}

/// The words that tell, each with its place in the order of `HEADS`.
fn heads_in(words: &str) -> impl Iterator<Item = (usize, Label)> {
    let (heads, meanings) = &*HEAD_WORDS;
    let is_letter = |c: char| c.is_alphanumeric() && c < '\u{2e80}';
    let found = heads.iter().flat_map(move |heads| heads.find_overlapping_iter(words)).filter(move |m| {
        let before = words.get(..m.start()).and_then(|t| t.chars().next_back());
        let after = words.get(m.end()..).and_then(|t| t.chars().next());
        let starts = words.get(m.start()..).and_then(|t| t.chars().next());
        !(starts.is_some_and(is_letter) && (before.is_some_and(is_letter) || after.is_some_and(is_letter)))
    });
    found.filter_map(|m| meanings.get(m.pattern().as_usize()).copied())
}
