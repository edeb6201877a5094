//! The words by which signatures are known, from `language`, each in one automaton.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

use crate::mail::language::{ALL, Language};

/// Longest footer of a program.
const FOOTER_BYTES_MAX: usize = 160;
/// Stands in a footer of the tables for any words, as in 從我的…傳送.
const ANY: char = '…';

/// An automaton for beginnings of lines; first letters also as capitals, so that nothing is lower-cased but ASCII.
fn beginnings(words: impl Fn(&Language) -> &'static [&'static str]) -> Option<AhoCorasick> {
    let all = ALL.iter().flat_map(|language| words(language)).map(|w| w.split(ANY).next().unwrap_or(w));
    automaton(all.collect())
}

fn automaton(words: Vec<&str>) -> Option<AhoCorasick> {
    let patterns: Vec<String> = words.into_iter().flat_map(|w| [w.to_owned(), capital(w)]).collect();
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .start_kind(StartKind::Both)
        .ascii_case_insensitive(true)
        .build(patterns)
        .ok()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

static FOOTERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| beginnings(|l| l.footers));
static FOOTERS_BY_START: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for footer in ALL.iter().flat_map(|language| language.footers) {
        let start = footer.split(ANY).next().unwrap_or(footer);
        all.entry(start).or_insert_with(Vec::new).push(*footer);
    }
    all
});
static SENDERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| automaton(SENDING_WITH.to_vec()));
static FOOTER_ENDS: LazyLock<Vec<&str>> =
    LazyLock::new(|| ALL.iter().flat_map(|language| language.footer_ends).copied().collect());
/// What a footer names whose verb stands last: makers, devices, programs; before it may stand a word for "my".
const SENDING_WITH: &[&str] = &[
    "iphone",
    "ipad",
    "ios",
    "android",
    "samsung",
    "galaxy",
    "huawei",
    "honor",
    "xiaomi",
    "redmi",
    "oppo",
    "vivo",
    "oneplus",
    "xperia",
    "pixel",
    "nokia",
    "blackberry",
    "windows",
    "outlook",
    "yahoo",
    "gmail",
    "proton",
    "smartphone",
    "나의 ",
    "내 ",
    "제 ",
    "갤럭시",
    "삼성",
    "スマートフォン",
    "スマホ",
    "携帯",
    "auスマート",
    "meinem ",
    "mijn ",
];
/// Longest such footer, and its most words; more are a sentence.
const VERB_LAST_BYTES_MAX: usize = 90;
const VERB_LAST_WORDS_MAX: usize = 6;
static NOTICES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| beginnings(|l| l.disclaimers));
static CONFIDENTIAL: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| beginnings(|l| l.confidential));
static CLOSINGS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| beginnings(|l| l.closings));
static CONTACTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| beginnings(|l| l.contacts));

/// Bytes of the beginning of `text` that is in the automaton.
fn begins(automaton: &LazyLock<Option<AhoCorasick>>, text: &str) -> Option<usize> {
    let automaton = automaton.as_ref()?;
    Some(automaton.find(Input::new(text).anchored(Anchored::Yes))?.end())
}

/// "Sent from my iPhone", also in brackets, as a link, and with a rule before it.
pub fn is_footer(text: &str) -> bool {
    is_footer_line(&spaced(text))
}

/// Apple Mail and Gmail put no-break spaces into their own words.
pub fn spaced(text: &str) -> Cow<'_, str> {
    if text.contains('\u{a0}') { text.replace('\u{a0}', " ").into() } else { text.into() }
}

fn is_footer_line(text: &str) -> bool {
    let bare = text.trim_start_matches(['-', '*', '<', ' ', '(', '[', '_', '—', '>', '\u{a0}']);
    if bare.is_empty() || bare.len() > FOOTER_BYTES_MAX {
        return false;
    }
    // "Get [Outlook for iOS](…)", as Outlook's plain text of a link is.
    let linked = bare.strip_prefix("Get [").map(|rest| format!("Get {rest}"));
    let bare = linked.as_deref().unwrap_or(bare);
    let Some(end) = begins(&FOOTERS, bare) else { return has_verb_last(bare) };
    if is_sentence(bare) {
        return false;
    }
    let start = bare.get(..end).unwrap_or_default().to_lowercase();
    let Some(wanted) = FOOTERS_BY_START.get(start.as_str()) else { return false };
    let closed = closed(bare);
    wanted.iter().any(|w| w.split_once(ANY).is_none_or(|(_, end)| closed.ends_with(end)))
        || has_verb_last(bare)
}

/// Lower case, without what ends a line: a link as Outlook's plain text has it, a full stop.
fn closed(text: &str) -> String {
    let linked = text.strip_suffix('>').and_then(|t| t.rsplit_once("<http"));
    let text = linked.map_or(text, |(before, _)| before);
    text.trim_end_matches(['.', '。', ' ', ')', ']', '>', '!', '！']).to_lowercase()
}

/// `iPhone'dan gönderildi`, `Galaxy에서 보냄`, `Outlook für Android<https://…> beziehen`.
fn has_verb_last(text: &str) -> bool {
    if text.len() > VERB_LAST_BYTES_MAX
        || begins(&SENDERS, text).is_none()
        || text.contains([',', '，', '、', '?', '？'])
    {
        return false;
    }
    let lower = closed(text);
    let ends = FOOTER_ENDS.iter().any(|end| lower.ends_with(end));
    ends && lower.split(' ').count() <= VERB_LAST_WORDS_MAX
}

/// "Sent from my desk, it is easier there." is no footer; "Sent from my phone, please excuse typos." is one.
fn is_sentence(text: &str) -> bool {
    const EXCUSES: &[&str] =
        &["excuse", "pardon", "typo", "brief", "brevity", "sorry", "forgive", "short", "mistake", "://"];
    let lower = text.to_lowercase();
    text.contains([',', ';', '，'])
        && text.ends_with(['.', '!', '?', '。', '！', '？'])
        && !EXCUSES.iter().any(|w| lower.contains(w))
}

/// What follows the words with which a company's notice begins.
pub fn behind_notice(text: &str) -> Option<&str> {
    text.get(begins(&NOTICES, text)?..)
}

/// A word that only such notices hold.
pub fn is_confidential(text: &str) -> bool {
    CONFIDENTIAL.as_ref().is_some_and(|automaton| automaton.is_match(text))
}

/// "Best regards," and the like, alone on a line or with a name behind a comma.
pub fn is_closing(text: &str) -> bool {
    closing_end(&spaced(text)).is_some_and(|rest| rest.is_empty())
}

/// "Best regards, Ann" on one line: what stands behind the closing.
pub fn closing_end(text: &str) -> Option<&str> {
    let rest = behind_closing(text)?;
    // "Mit freundlichen Grüßen / Best regards"
    let second = rest.trim_start().strip_prefix(['/', '|']).map(str::trim_start);
    second.and_then(behind_closing).and_then(name_behind).or_else(|| name_behind(rest))
}

fn behind_closing(text: &str) -> Option<&str> {
    let rest = text.get(begins(&CLOSINGS, text)?..)?;
    (!rest.starts_with(char::is_alphanumeric)).then_some(rest)
}

fn name_behind(rest: &str) -> Option<&str> {
    // "Thanks Ann", but not "Thanks for the help".
    if rest.starts_with([' ', '\u{a0}']) && rest.split(' ').any(|w| w.starts_with(char::is_lowercase)) {
        return None;
    }
    let rest = rest.trim_matches([
        ',', '.', '!', '，', '。', '！', '~', '～', ' ', '-', '–', '—', ';', '、', '\u{a0}', ':', ')',
    ]);
    // "Sincerely, it does not work."
    let sentence = rest.starts_with(|c: char| c.is_ascii_lowercase()) && rest.split(' ').count() >= 3;
    (!sentence).then_some(rest)
}

/// A line with a telephone, an address or the like, by its label: "Tel: …", "手机：…".
pub fn contact_label(text: &str) -> bool {
    let bare = text.trim_start_matches(['|', ' ', '*', '\u{a0}', '[', '(', '+']);
    let Some(end) = begins(&CONTACTS, bare) else { return false };
    let rest = bare.get(end..).unwrap_or_default();
    rest.trim_start_matches([' ', '\u{a0}', '\t', '\u{3000}', '.', '*', ')'])
        .starts_with([':', '：', '|', '/', '+', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '（'])
        || rest.starts_with('.') && rest.len() > 4
}

/// Rules that are drawn of letters or mixed signs.
pub fn ends_without_words(text: &str) -> bool {
    text.len() >= 3
        && text
            .bytes()
            .all(|b| matches!(b, b'-' | b'_' | b'=' | b'*' | b'#' | b'~' | b'+' | b'.' | b' ' | b':' | b'|'))
}
