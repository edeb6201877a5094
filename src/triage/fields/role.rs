//! Whose a product is that a text names, and whether it fails or works there: "works on my Mac, but flickers on Windows".
//!
//! A text is cut into clauses; a clause says by its words that something works or names somebody else; what says neither is the place
//! of the fault. Knows the words of `words/roles.rs`.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::products::Mention;
use crate::triage::words::roles::{
    ASKED, BUT, DENIED, ELLIPTIC, ENDED, FITS, MINE, NEGATORS, OTHERS, PAST, SUPPORT, TRIED, WHETHER, WORKS,
};

/// What a mention is to the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Where it happened, as far as the text tells.
    Own,
    /// Where it works, or what is denied.
    Works,
    /// Somebody else's.
    Other,
    /// What was there before.
    Past,
    /// Tried as well, with the same result.
    Tried,
    /// Asked for.
    Asked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Works,
    Ended,
    Other,
    Past,
    Support,
    Tried,
}

struct Signs {
    words: Option<AhoCorasick>,
    meanings: Vec<Sign>,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    let all = [
        (Sign::Works, WORKS),
        (Sign::Ended, ENDED),
        (Sign::Other, OTHERS),
        (Sign::Past, PAST),
        (Sign::Support, SUPPORT),
        (Sign::Tried, TRIED),
    ];
    let (mut words, mut meanings) = (Vec::new(), Vec::new());
    for (sign, list) in all {
        words.extend(list.iter().copied());
        meanings.extend(list.iter().map(|_| sign));
    }
    let words = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(words)
        .ok();
    Signs { words, meanings }
});

/// A clause: bytes of the text, and how it is parted from the one before.
#[derive(Debug, Clone, Copy)]
struct Clause {
    start: usize,
    end: usize,
    begins_sentence: bool,
    is_aside: bool,
}

/// The role of each mention.
#[must_use]
pub fn roles(text: &str, mentions: &[Mention]) -> Vec<Role> {
    if mentions.is_empty() {
        return Vec::new();
    }
    let mut roles = Vec::with_capacity(mentions.len());
    let (mut next, mut last) = (0, 0);
    let mut polarity = Role::Own;
    for clause in clauses_with(mentions, text) {
        if clause.begins_sentence {
            polarity = Role::Own;
        }
        let words = text.get(clause.start..clause.end).unwrap_or_default();
        let here =
            mentions.get(next..).unwrap_or_default().iter().take_while(|m| m.start < clause.end).count();
        let here = mentions.get(next..next + here).unwrap_or_default();
        next += here.len();
        let taken: usize = here.iter().map(|m| m.end.min(clause.end).saturating_sub(m.start)).sum();
        let is_fragment = words.trim().len().saturating_sub(taken) <= 8;
        polarity = said(words, here, clause.start).unwrap_or({
            if is_elliptic(words) {
                if polarity == Role::Works { Role::Own } else { Role::Works }
            } else if let Some(contrary) = flipped(words, polarity).filter(|_| !clause.begins_sentence) {
                contrary
            } else if (clause.is_aside || is_fragment && !is_mine(words)) && !clause.begins_sentence {
                // `I tried to delete the folder (Mac)`: the bracket says where, not that it was tried there as well.
                if clause.is_aside && polarity == Role::Tried { Role::Own } else { polarity }
            } else {
                Role::Own
            }
        });
        // `on iOS today (worked fine)`, `on my Android phone, which worked`: said of the clause before.
        let is_of_last =
            here.is_empty() && !clause.begins_sentence && (clause.is_aside || is_relative(words));
        if is_of_last && polarity == Role::Works {
            let from = roles.len().saturating_sub(last);
            roles.iter_mut().skip(from).for_each(|role| *role = Role::Works);
        }
        last = here.len();
        let is_question = text.get(clause.end..).is_some_and(|t| t.starts_with(['?', '？']));
        if asks_for_support(words, is_question) {
            polarity = Role::Asked;
        }
        roles.extend(here.iter().zip(1..).map(|(m, behind)| {
            if is_denied(text, m) || is_upgraded(text, m, here.get(behind)) {
                Role::Works
            } else if is_left(text, m) {
                Role::Past
            } else {
                polarity
            }
        }));
    }
    roles.resize(mentions.len(), Role::Own);
    roles
}

/// What a clause says by its own words. Words inside a product's name say nothing.
fn said(words: &str, mentions: &[Mention], offset: usize) -> Option<Role> {
    let signs = SIGNS.words.as_ref()?;
    let mut found = None;
    for hit in signs.find_iter(words) {
        let at = offset + hit.start();
        if mentions.iter().any(|m| m.start <= at && at < m.end) || !is_word(words, hit.start()) {
            continue;
        }
        let role = match SIGNS.meanings.get(hit.pattern().as_usize())? {
            Sign::Ended => return Some(Role::Own),
            Sign::Works if is_negated(words, hit.start(), hit.end()) => return Some(Role::Own),
            Sign::Works => return Some(Role::Works),
            Sign::Support => return Some(Role::Asked),
            Sign::Other => Role::Other,
            Sign::Past => Role::Past,
            // `I run Linux Mint and when I tried to open it`: what was tried stands behind.
            Sign::Tried if is_leading(words.get(hit.start()..)) && mentions.iter().all(|m| m.start < at) => {
                continue;
            }
            Sign::Tried => Role::Tried,
        };
        found = found.or(Some(role));
    }
    found
}

/// English words before what was tried.
fn is_leading(words: Option<&str>) -> bool {
    let lower = words.and_then(|w| w.get(..w.floor_char_boundary(12))).unwrap_or_default().to_lowercase();
    ["tried", "tested", "switched to", "switching to"].iter().any(|w| lower.starts_with(w))
}

fn is_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|t| t.chars().next_back());
    let first = text.get(at..).and_then(|t| t.chars().next());
    let is_latin = |c: char| c.is_alphabetic() && c < '\u{2e80}';
    !(before.is_some_and(is_latin) && first.is_some_and(is_latin))
}

/// `does not work`, `funktioniert nicht`, `不正常`.
fn is_negated(words: &str, start: usize, end: usize) -> bool {
    let hit = words.get(start..end).unwrap_or_default();
    let is_wide = hit.chars().any(|c| c > '\u{2e80}');
    let from = words.ceil_char_boundary(start.saturating_sub(if is_wide { 9 } else { 22 }));
    let before = words.get(from..start).unwrap_or_default().to_lowercase();
    // What is a negation by itself (`no problem`, 没问题, `kein problem`) is not negated by its own word.
    if is_wide {
        return ["不", "无法", "無法", "没法", "不能", "未能"].iter().any(|n| before.ends_with(n))
            || words.get(end..).is_some_and(|t| t.starts_with("使用不了") || t.starts_with("不了"));
    }
    let behind = words.get(end..).unwrap_or_default();
    let behind = behind.get(..behind.floor_char_boundary(24)).unwrap_or_default().to_lowercase();
    let is_negative = [
        "no ", "not ", "n't ", "kein", "keine", "sin ", "sem ", "without", "aucun", "pas de", "ning",
        "tritt", "ohne", "cannot", "can't", "não", "nicht", "un", "sans",
    ]
    .iter()
    .any(|n| hit.to_ascii_lowercase().starts_with(n));
    let germanic = ["nicht", " pas", " plus", " nie ", " no longer"].iter().any(|n| behind.contains(n));
    let is_there = |n: &&str| {
        before
            .match_indices(*n)
            .any(|(at, _)| is_word(&before, at) || n.starts_with("n'") || n.starts_with("n’"))
    };
    !is_negative && (germanic || NEGATORS.iter().any(is_there))
}

/// `in Chrome nicht`, `in Firefox schon`: the contrary of the clause before, by its last word.
fn flipped(words: &str, polarity: Role) -> Option<Role> {
    let lower = words.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let ends = |list: &[&str]| list.iter().any(|w| lower.ends_with(w));
    match polarity {
        Role::Works
            if ends(&[" nicht", " pas", " no", " não", " not", "doesn't", "不行", "不可以", "不能"]) =>
        {
            Some(Role::Own)
        }
        Role::Own if ends(&[" schon", " does", " oui", " sí", " sim", " si", "可以", "能行"]) => {
            Some(Role::Works)
        }
        _ => None,
    }
}

fn is_elliptic(words: &str) -> bool {
    let lower = words.trim_start_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    let bare = ["but ", "and ", "aber ", "mais ", "pero ", "mas ", "und ", "et ", "y ", "e ", "though "]
        .iter()
        .find_map(|w| lower.strip_prefix(w))
        .unwrap_or(&lower);
    ELLIPTIC.iter().any(|w| bare.starts_with(w) && bare.get(w.len()..).is_some_and(|t| t.starts_with(' ')))
}

/// `同事的正常，我是 Windows`, `fine on her Mac, mine is Windows`.
fn is_mine(words: &str) -> bool {
    let words = words.trim_start().to_lowercase();
    let first = words.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    MINE.iter().any(|w| first == *w || !w.is_ascii() && first.starts_with(w))
}

/// `which worked`, `wo es geht`.
fn is_relative(words: &str) -> bool {
    let first = words.split_whitespace().next().unwrap_or_default().to_lowercase();
    ["which", "where", "wo", "où", "donde", "onde"].contains(&first.as_str())
}

/// `Do you support Safari?`, `支持鸿蒙吗`, `Are you using Windows?`.
fn asks_for_support(words: &str, is_question: bool) -> bool {
    let has = |list: &[&str]| list.iter().any(|w| words.contains(w));
    has(FITS) && has(WHETHER) || is_question && has(ASKED)
}

/// `from Windows 10 to Windows 11`: what is left behind.
fn is_left(text: &str, mention: &Mention) -> bool {
    let from = text.ceil_char_boundary(mention.start.saturating_sub(12));
    let before = text.get(from..mention.start).unwrap_or_default().trim_end().to_lowercase();
    let after = text.get(mention.end..).unwrap_or_default();
    let after = after.trim_start_matches([' ', '系', '统']);
    ["from", "von", "de", "desde", "从", "由", "do"].iter().any(|w| before.ends_with(w))
        && ["to ", "auf ", "zu ", "à ", "vers ", "a ", "para ", "到", "升", "换成", "换到", "改", "更新"]
            .iter()
            .any(|w| after.starts_with(w))
        && !after.split([',', '.', '\n']).next().is_some_and(|rest| {
            rest.get(3..8).is_some_and(|t| t.trim_start().starts_with(|c: char| c.is_ascii_digit()))
        })
}

/// `I upgraded Windows 10 to Windows 11`: the first is gone.
fn is_upgraded(text: &str, mention: &Mention, next: Option<&Mention>) -> bool {
    next.filter(|n| n.name == mention.name && n.kind == mention.kind).is_some_and(|next| {
        let between = text.get(mention.end..next.start).unwrap_or_default().trim();
        ["to", "auf", "vers", "à", "a", "para", "到", "升级到", "升到"].contains(&between)
    })
}

/// `not Chrome`, `不是 Chrome`.
fn is_denied(text: &str, mention: &Mention) -> bool {
    let from = text.ceil_char_boundary(mention.start.saturating_sub(24));
    let before = text.get(from..mention.start).unwrap_or_default().to_lowercase();
    let before = before.trim_end_matches([' ', '"', '“', '(', '（']);
    let before =
        [" on", " the", " a", " an", " any"].iter().find_map(|w| before.strip_suffix(w)).unwrap_or(before);
    DENIED.iter().any(|w| {
        before
            .strip_suffix(w)
            .is_some_and(|rest| !w.is_ascii() || rest.is_empty() || rest.ends_with([' ', ',', '(']))
    })
}

static BUTS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(BUT).ok());

/// The clauses of those sentences that name something: what the others say is no matter.
fn clauses_with(mentions: &[Mention], text: &str) -> Vec<Clause> {
    let mut next = mentions.iter().peekable();
    let clauses = clauses(text);
    let named = clauses.chunk_by(|_, next| !next.begins_sentence).filter(|sentence| {
        let end = sentence.last().map_or(0, |clause| clause.end);
        std::iter::from_fn(|| next.next_if(|mention| mention.start < end)).count() > 0
    });
    named.flatten().copied().collect()
}

/// Cuts at punctuation and at words that say the contrary follows.
fn clauses(text: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let (mut start, mut begins_sentence, mut is_aside) = (0, true, false);
    let mut cut = |at: usize, next: usize, sentence: bool, aside: bool| {
        if at > start || sentence {
            clauses.push(Clause { start, end: at, begins_sentence, is_aside });
            start = next;
            begins_sentence = sentence;
            is_aside = aside;
        }
    };
    let mut contraries = BUTS.iter().flat_map(|w| w.find_iter(text)).map(|m| m.start()).peekable();
    for (at, c) in text.char_indices() {
        while contraries.next_if(|b| *b <= at).is_some() {
            cut(at, at, false, false);
        }
        let next = at + c.len_utf8();
        let after = text.get(next..).unwrap_or_default();
        match c {
            '。' | '！' | '？' | '!' | '?' | '\n' => cut(at, next, true, false),
            '.' if after.starts_with([' ', '\n']) || after.is_empty() => cut(at, next, true, false),
            ',' if after.starts_with(|c: char| c.is_ascii_digit()) => {}
            ';' | '；' | '，' | ',' | ':' | '：' | '—' | '–' => cut(at, next, false, false),
            // In Japanese it ends a clause behind a verb, and parts a list behind a noun.
            '、' if text.get(..at).is_some_and(|t| t.ends_with(['が', 'て', 'ば', 'し', 'ど', 'で'])) =>
            {
                cut(at, next, false, false);
            }
            '(' | '（' => cut(at, next, false, true),
            ')' | '）' => cut(at, next, false, false),
            _ => {}
        }
    }
    cut(text.len(), text.len(), true, false);
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::fields::products;

    fn own(text: &str) -> String {
        let mentions = products::find(text);
        let roles = roles(text, &mentions);
        let own = mentions.iter().zip(roles).filter(|(_, r)| *r == Role::Own);
        own.map(|(m, _)| text.get(m.start..m.end).unwrap().trim().to_owned()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn where_it_fails_and_where_it_works() {
        for (text, wanted) in [
            (
                "the timeline works fine on my Mac OS, but it flickers on Windows 10 with Edge 122.",
                "Windows 10; Edge 122",
            ),
            (
                "在我自己的 MacBook 上导出正常，但是在会议室的 Windows 10 电脑（Edge 122）上全是乱码",
                "Windows 10; Edge 122",
            ),
            ("不是 Chrome 的问题，我换 Chrome 试过没有事，只有 Firefox 115 打不开", "Firefox 115"),
            ("I am still on Firefox 122, not 123. Windows 11.", "Firefox 122; Windows 11"),
            ("Works in Firefox 120 and Edge 119 but not in Chrome 126", "Chrome 126"),
            ("It crashes in Chrome 126, not in Firefox", "Chrome 126"),
            ("Chrome 126 does not work, Firefox is fine", "Chrome 126"),
            ("In Firefox funktioniert es, in Chrome 126 nicht", "Chrome 126"),
            ("In Chrome 126 funktioniert es nicht, in Firefox schon", "Chrome 126"),
            ("Sous Firefox ça marche, mais sous Chrome 122 la page reste vide", "Chrome 122"),
            ("En Firefox funciona, pero en Chrome 122 no carga", "Chrome 122"),
            ("Firefoxでは問題ありませんが、Chrome 126では表示されません", "Chrome 126"),
            ("同事的 Mac OS 没问题，我的 Windows 11 不行", "Windows 11"),
            ("Do you support HarmonyOS?", ""),
            ("It only works in Safari, Chrome 126 shows a blank page", "Chrome 126"),
            ("My colleague on Ubuntu sees it too. I use Windows 11.", "Windows 11"),
        ] {
            assert_eq!(own(text), wanted, "{text}");
        }
    }
}
