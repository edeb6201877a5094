//! Text as terms of a search: words without their endings, and pairs of characters where there are no blanks.

use super::EMPTY_WORDS;

/// What a search compares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Term {
    Word(String),
    /// Two neighbouring Han or kana characters.
    Pair(String),
    /// A run of such characters ends here; matches nothing.
    Break,
}

/// Pairs that are in every mail, and say of none what it is about.
const EMPTY_PAIRS: &[&str] = &[
    "怎么", "么办", "如何", "什么", "方法", "办法", "处理", "解决", "问题", "我们", "你们", "您好", "请问",
    "可以", "不能", "无法", "没有", "一个", "这个", "那个", "时候", "之后", "以后", "现在", "还是", "已经",
    "出现", "提示", "显示", "使用", "功能", "系统", "软件", "谢谢", "帮忙", "麻烦", "一直", "一下", "为什",
    "么会", "能否", "是否", "怎样", "時候", "問題", "方式", "お願", "願い", "いた", "たし", "しま", "ます",
    "です", "した", "して", "ない", "から", "まし", "せん", "くだ", "ださ", "さい", "てい", "いる", "する",
    "ませ", "方は", "ので", "こと", "とき", "には", "では",
];
/// Characters that join words and are part of hardly any.
const JOINING: &str = "的了是在和与與及或时吗嗎呢吧把被也都就很我你您们們";
/// Endings that inflection adds in the Latin languages of clients, the longest first; what is left has four letters at least.
const ENDINGS: &[&str] = &[
    "ungen", "ations", "ation", "ings", "ing", "ung", "ies", "ées", "ed", "es", "en", "er", "ão", "ón", "s",
    "e", "n", "o", "a",
];
const STEM_CHARS_MIN: usize = 4;

/// The terms of a text, in its order.
pub(super) fn terms(text: &str) -> impl Iterator<Item = Term> {
    let mut terms = Vec::new();
    let mut word = String::new();
    let mut wide: Vec<char> = Vec::new();
    for c in text.chars().map(folded).chain([' ']) {
        if is_wide(c) {
            end_word(&mut word, &mut terms);
            wide.push(c);
        } else {
            end_run(&mut wide, &mut terms);
            if c.is_alphanumeric() {
                word.extend(c.to_lowercase());
            } else {
                end_word(&mut word, &mut terms);
            }
        }
    }
    terms.into_iter()
}

/// Full-width Latin as Latin (what NFKC does to it), accents off.
fn folded(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        'á' | 'à' | 'â' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'û' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        c => c,
    }
}

fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x3041..=0x3096 | 0x30a1..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

fn end_word(word: &mut String, terms: &mut Vec<Term>) {
    let stem = stem(word);
    // Numbers are versions, dates and tickets; a single letter is a list's mark.
    let says_nothing =
        stem.chars().count() < 2 || stem.chars().all(|c| c.is_ascii_digit()) || EMPTY_WORDS.contains(&stem);
    if !says_nothing {
        terms.push(Term::Word(stem));
    }
    word.clear();
}

fn end_run(run: &mut Vec<char>, terms: &mut Vec<Term>) {
    let mut rest = run.as_slice();
    let mut last: Option<char> = None;
    while let [c, after @ ..] = rest {
        let pair: String = rest.iter().take(2).collect();
        let is_empty_pair = EMPTY_PAIRS.contains(&pair.as_str());
        if is_empty_pair || JOINING.contains(*c) {
            terms.push(Term::Break);
            last = None;
            rest = if is_empty_pair { after.get(1..).unwrap_or_default() } else { after };
            continue;
        }
        terms.extend(last.map(|last| Term::Pair([last, *c].iter().collect())));
        last = Some(*c);
        rest = after;
    }
    if !run.is_empty() {
        terms.push(Term::Break);
    }
    run.clear();
}

/// A word without its ending.
pub(super) fn stem(word: &str) -> String {
    let word: String = word.to_lowercase().chars().map(folded).collect();
    let cut = ENDINGS
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.chars().count() >= STEM_CHARS_MIN));
    cut.unwrap_or(&word).to_owned()
}
