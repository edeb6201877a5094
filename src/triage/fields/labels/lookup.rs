//! What a label's words name: by the list of labels, without what stands before them in any language, else by a word that tells.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::triage::words::labels::{BEFORE, HEADS, LABELS, Label};

/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 60;

static KNOWN: LazyLock<BTreeMap<&'static str, Label>> =
    LazyLock::new(|| LABELS.iter().flat_map(|(label, words)| words.iter().map(|w| (*w, *label))).collect());

/// What a label names, and whether it is one of the known labels; `None` for words that are none.
#[must_use]
pub fn look_up(words: &str) -> Option<(Label, bool)> {
    let bare = bare(words);
    if bare.is_empty() || bare.chars().count() > LABEL_CHARS_MAX {
        return None;
    }
    let exact = |text: &str| KNOWN.get(text).copied();
    if let Some(label) = exact(&bare) {
        return Some((label, true));
    }
    let without = without_determiners(&bare);
    if let Some(label) = exact(without) {
        return Some((label, true));
    }
    // `用 户 名`, `公　司`: blanks that align labels.
    if !without.is_ascii() {
        let close: String = without.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some(label) = exact(&close) {
            return Some((label, true));
        }
    }
    by_head(without).map(|label| (label, false))
}

/// Lower case, without decoration and remarks in parentheses.
fn bare(words: &str) -> String {
    let outside = match words.find(['(', '（', '[']) {
        Some(at) if at > 0 => words.get(..at).unwrap_or(words),
        _ => words,
    };
    let edge = |c: char| c.is_whitespace() || is_decoration(c) || matches!(c, '?' | '？' | ':' | '：' | '.');
    let lower = outside.trim_matches(edge).to_lowercase();
    let mut out = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
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

fn without_determiners(mut words: &str) -> &str {
    for _ in 0..3 {
        let shorter = BEFORE.iter().find_map(|before| {
            let rest = words.strip_prefix(before)?;
            let is_whole = !before.is_ascii() && before.chars().any(|c| c > '\u{2e80}')
                || rest.starts_with(' ')
                || before.ends_with(['\'', '’']);
            let rest = rest.trim_start();
            (is_whole && !rest.is_empty()).then_some(rest)
        });
        match shorter {
            Some(rest) => words = rest,
            None => break,
        }
    }
    words
}

/// A label of few words that holds one that tells.
fn by_head(words: &str) -> Option<Label> {
    let wide = words.chars().filter(|c| *c > '\u{2e80}').count();
    let latin: Vec<&str> =
        words.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|w| !w.is_empty()).collect();
    if wide > 12 || wide == 0 && latin.len() > 5 {
        return None;
    }
    HEADS.iter().find_map(|(label, heads)| {
        let holds = |head: &str| {
            if head.contains([' ', '-']) || head.chars().any(|c| c > '\u{2e80}') {
                words.contains(head)
            } else {
                latin.contains(&head)
            }
        };
        heads.iter().any(|h| holds(h)).then_some(*label)
    })
}
