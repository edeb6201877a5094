//! Secrets that clients send by mistake: passwords beside their labels, keys and tokens of well-known services, private keys,
//! card, bank and identity numbers. Knows no mail and no letters: text in, places out.
//!
//! Precision comes first: an error code, a commit, an order or telephone number that is taken for a secret costs an agent
//! the fact that they need. So numbers count only with their check digits right, and words only beside a label.

mod numbers;
mod passwords;
mod tokens;

use std::ops::Range;

/// What a secret is; the words of letters are under `secret.` in the tables of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    Password,
    /// A key or token by which a program signs in.
    Token,
    PrivateKey,
    Card,
    /// A bank account (IBAN).
    Account,
    /// Number of an identity card or of social security.
    Identity,
}

impl SecretKind {
    /// The word of the tables of words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Token => "token",
            Self::PrivateKey => "private_key",
            Self::Card => "card",
            Self::Account => "account",
            Self::Identity => "identity",
        }
    }
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    pub kind: SecretKind,
    /// Bytes of the text, at character boundaries.
    pub span: Range<usize>,
}

/// Text beyond this is not searched: letters cut it long before.
const BYTES_MAX: usize = 256 << 10;
/// What stands in a secret's place.
const MASK: &str = "••••••";

/// The secrets of a text, in their order; none overlaps another.
#[must_use]
pub fn find(text: &str) -> Vec<Secret> {
    let end = (0..=BYTES_MAX.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let text = text.get(..end).unwrap_or_default();
    if text.chars().any(is_wide) {
        let (narrow, places) = narrowed(text);
        let place = |at: usize| places.get(at).copied().unwrap_or(text.len());
        let spans = find_narrow(&narrow).into_iter();
        return spans.map(|s| Secret { span: place(s.span.start)..place(s.span.end), ..s }).collect();
    }
    find_narrow(text)
}

/// Letters, digits and marks of passwords in full width, as Chinese and Japanese keyboards write them.
fn is_wide(c: char) -> bool {
    matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＠' | '＿' | '＃' | '＊' | '＆' | '％' | '＄' | '－' | '＋')
}

/// The text with such characters in ASCII, and of each of its bytes the place in `text`.
fn narrowed(text: &str) -> (String, Vec<usize>) {
    let (mut narrow, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for (at, c) in text.char_indices() {
        let plain = if is_wide(c) { char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c) } else { c };
        narrow.push(plain);
        places.extend((0..plain.len_utf8()).map(|_| at));
    }
    (narrow, places)
}

fn find_narrow(text: &str) -> Vec<Secret> {
    let mut found = tokens::find(text);
    found.extend(passwords::find(text));
    found.extend(numbers::find(text));
    // Of two that overlap, the one that begins first and reaches farther.
    found.sort_by(|a, b| a.span.start.cmp(&b.span.start).then(b.span.end.cmp(&a.span.end)));
    let mut end = 0;
    found.retain(|secret| {
        let is_free = secret.span.start >= end;
        end = end.max(secret.span.end);
        is_free
    });
    found
}

/// The kinds that a text holds, each once.
#[must_use]
pub fn kinds(text: &str) -> Vec<SecretKind> {
    let mut kinds: Vec<SecretKind> = find(text).into_iter().map(|secret| secret.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The text with its secrets hidden. Of a card and of a bank account the last four characters stay, by which people tell
/// theirs apart.
#[must_use]
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for secret in find(text) {
        masked.push_str(text.get(from..secret.span.start).unwrap_or_default());
        masked.push_str(MASK);
        let hidden = text.get(secret.span.clone()).unwrap_or_default();
        if matches!(secret.kind, SecretKind::Card | SecretKind::Account) {
            let last = hidden.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
            masked.push_str(hidden.get(last..).unwrap_or_default());
        }
        from = secret.span.end;
    }
    masked.push_str(text.get(from..).unwrap_or_default());
    masked
}

/// Whether a letter or digit, of whatever script that has no blanks, stands right before (`at` = start) or behind.
fn is_word_char(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether the span stands alone: neither side goes on with a letter, digit or underscore.
fn stands_alone(text: &str, span: &Range<usize>) -> bool {
    let before = text.get(..span.start).and_then(|head| head.chars().next_back());
    let after = text.get(span.end..).and_then(|tail| tail.chars().next());
    !is_word_char(before) && !is_word_char(after)
}

/// The characters right before a place, lower case, at most `chars_max`, of the same line.
fn before(text: &str, at: usize, chars_max: usize) -> String {
    let head = text.get(..at).unwrap_or_default();
    let near = head.char_indices().rev().take(chars_max).take_while(|(_, c)| *c != '\n');
    let from = near.last().map_or(head.len(), |(from, _)| from);
    head.get(from..).unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests;
