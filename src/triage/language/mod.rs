//! The language of a text: by its script where that suffices, else statistically where that is reliable, else by words
//! that only one language has. Only what somebody wrote in sentences counts (`prose`). Knows no mail.

mod prose;
mod words;

use std::{collections::BTreeMap, sync::LazyLock};

use whatlang::Lang;

use super::Language;

/// Text looked at; more does not change the result.
const CHARS_MAX: usize = 1_500;
/// Letters of one script below this share of all do not decide.
const SHARE_PERCENT: usize = 20;
/// Votes by which a short text is sure: three words that no neighbour has.
const CLEAR_VOTES: f32 = 2.5;
/// Votes beside which statistics need not be asked: they cost more than all else here.
const ENOUGH_VOTES: f32 = 4.0;
/// Latin words that count in a line that begins with wide letters.
const PASTED_WORDS: usize = 6;
/// Words after which somebody quotes a program.
const HAN_REPORTS: &[&str] =
    &["报错", "報錯", "提示", "显示", "顯示", "返回", "出现", "出現", "日志", "异常"];
/// Text that statistics look at.
const STATISTICS_CHARS_MAX: usize = 600;
/// Letters beyond ASCII that are looked at.
const MARKED_MAX: usize = 120;
/// Words that vote.
const VOTERS_MAX: usize = 200;
/// What a word of the matter weighs beside a function word.
const SUBJECT_WEIGHT: f32 = 0.7;
/// Below this the statistics of a few words say nothing.
const USUAL_CONFIDENCE_MIN: f64 = 0.2;
/// Votes that make a sentence: two words.
const SENTENCE_VOTES: f32 = 1.5;
/// Characters without which hardly a Chinese sentence is built, in both scripts; names of fields and buttons lack them.
const HAN_GRAMMAR: &str = "的了是在我你您们們不没沒有请請吗嗎呢这這那就都也和与與后後无無能会會要被把很为為从從到给給用何怎什如来來";

/// Letters by script.
#[derive(Default)]
struct Scripts {
    han: usize,
    /// Not 0: some of these build sentences.
    han_grammar: usize,
    kana: usize,
    hangul: usize,
    all: usize,
    /// Latin words weigh as much as two ideographs.
    latin_words: usize,
}

/// The language of `text`.
#[must_use]
pub fn of(text: &str) -> Language {
    let text: String = text.chars().take(CHARS_MAX).collect();
    let prose = prose::of(&text);
    let scripts = count(&prose);
    let weight = scripts.han + scripts.kana + scripts.hangul + 2 * scripts.latin_words;
    let shares = |n: usize| n > 0 && n * 100 >= weight * SHARE_PERCENT;
    if shares(scripts.hangul) {
        return sure("ko", scripts.hangul >= 2);
    }
    if shares(scripts.kana + scripts.han) && scripts.kana * 10 >= scripts.kana + scripts.han {
        return sure("ja", scripts.kana >= 2);
    }
    if scripts.all == 0 {
        return Language::default();
    }
    let votes = Votes::of(&prose);
    // Names of fields and buttons in a sentence of another language: "the field 负责人 is empty".
    let only_names = scripts.han_grammar == 0 && scripts.han * 2 < weight && votes.first >= SENTENCE_VOTES;
    if shares(scripts.han) && !only_names {
        return sure("zh", scripts.han >= 2);
    }
    by_letters_and_words(&prose, &votes)
}

/// Latin and Cyrillic text. Statistics and words check each other; either alone is only a guess, unless there is much of it.
fn by_letters_and_words(prose: &str, votes: &Votes) -> Language {
    let clear = votes.first >= CLEAR_VOTES && votes.first >= 2.0 * votes.second;
    if let Some(code) = votes.code.filter(|_| clear && votes.first >= ENOUGH_VOTES) {
        return sure(code, true);
    }
    let prose: &str = prose
        .char_indices()
        .nth(STATISTICS_CHARS_MAX)
        .map_or(prose, |(end, _)| prose.split_at_checked(end).map_or(prose, |(head, _)| head));
    let info = whatlang::detect(prose);
    let statistical = info.as_ref().and_then(|i| code(i.lang()));
    let cyrillic = info.as_ref().filter(|i| i.script() == whatlang::Script::Cyrillic);
    if let Some(info) = cyrillic {
        let by_letter = by_letters(prose);
        return Language {
            code: by_letter.or_else(|| code(info.lang())).map(str::to_owned),
            reliable: by_letter.is_some() && prose.split_whitespace().count() >= 4 || info.is_reliable(),
        };
    }
    let is_long = prose.split_whitespace().count() >= 10;
    let is_known = |code: &str| words::WORDS.iter().any(|(known, _)| *known == code);
    match (statistical, votes.code) {
        (Some(code), Some(voted)) if code == voted => sure(code, is_long || clear),
        (_, Some(voted)) if clear => sure(voted, true),
        // No list of ours: Greek, Hebrew, Thai, and Latin languages that few clients write.
        (Some(code), None)
            if info.as_ref().is_some_and(whatlang::Info::is_reliable) && (is_long || !is_known(code)) =>
        {
            sure(code, true)
        }
        (_, Some(voted)) => sure(voted, false),
        (_, None) => Language { code: usual(prose).map(str::to_owned), reliable: false },
    }
}

/// The likeliest of the languages that most clients write; nothing for one word.
fn usual(prose: &str) -> Option<&'static str> {
    let usual = vec![Lang::Eng, Lang::Deu, Lang::Fra, Lang::Spa, Lang::Por, Lang::Ita, Lang::Nld];
    let is_text = prose.split_whitespace().count() >= 3;
    let info = whatlang::Detector::with_allowlist(usual).detect(prose).filter(|_| is_text)?;
    code(info.lang()).filter(|_| info.confidence() >= USUAL_CONFIDENCE_MIN)
}

/// How strongly words and letters speak for the first and for the second language.
#[derive(Debug, Default)]
struct Votes {
    /// `None`: nothing spoke, or two alike.
    code: Option<&'static str>,
    first: f32,
    second: f32,
}

/// Places in [`words::WORDS`] of the languages that have a word.
type Lexicon = BTreeMap<&'static str, Vec<usize>>;

/// Function words.
static WORDS: LazyLock<Lexicon> = LazyLock::new(|| lexicon(words::WORDS));
/// What mails are about.
static SUBJECTS: LazyLock<Lexicon> = LazyLock::new(|| lexicon(words::SUBJECTS));

fn lexicon(lists: &[(&str, &'static str)]) -> Lexicon {
    let mut lexicon = Lexicon::new();
    for (code, list) in lists {
        let Some(at) = words::WORDS.iter().position(|(known, _)| known == code) else { continue };
        for word in list.split_whitespace() {
            let languages = lexicon.entry(word).or_default();
            if !languages.contains(&at) {
                languages.push(at);
            }
        }
    }
    lexicon
}

impl Votes {
    fn of(prose: &str) -> Self {
        let mut scores = vec![0.0_f32; words::WORDS.len()];
        let lower = prose.to_lowercase().replace('’', "'");
        for word in lower
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .filter(|w| !w.is_empty())
            .take(VOTERS_MAX)
        {
            // "l'erreur", "d'accès": what stands before the apostrophe is French or Italian by the rest.
            let bare = word.rsplit('\'').next().unwrap_or(word);
            for (lexicon, weight) in [(&*WORDS, 1.0), (&*SUBJECTS, SUBJECT_WEIGHT)] {
                let found =
                    lexicon.get(word).or_else(|| lexicon.get(bare)).map(Vec::as_slice).unwrap_or_default();
                let shared = f32::from(u16::try_from(found.len()).unwrap_or(u16::MAX)).sqrt();
                for at in found {
                    if let Some(score) = scores.get_mut(*at) {
                        *score += weight / shared;
                    }
                }
            }
        }
        let marked: Vec<char> =
            lower.chars().filter(|c| ('\u{80}'..'\u{2000}').contains(c)).take(MARKED_MAX).collect();
        for (code, letters) in words::LETTERS {
            let hits = marked.iter().filter(|c| letters.contains(**c)).take(4).count();
            let at = words::WORDS.iter().position(|(known, _)| known == code).filter(|_| hits > 0);
            if let Some(score) = at.and_then(|at| scores.get_mut(at)) {
                *score += 0.6 * f32::from(u8::try_from(hits).unwrap_or_default());
            }
        }
        Self::from_scores(&scores)
    }

    fn from_scores(scores: &[f32]) -> Self {
        let mut ranked: Vec<(f32, &'static str)> =
            scores.iter().copied().zip(words::WORDS.iter().map(|(code, _)| *code)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        match ranked.as_slice() {
            [(first, code), (second, _), ..] if *first > 0.0 => {
                Self { code: (first > second).then_some(*code), first: *first, second: *second }
            }
            _ => Self::default(),
        }
    }
}

/// What of a text is somebody's own sentences, without logs, code, links and quotations.
#[must_use]
pub fn prose(text: &str) -> String {
    prose::of(text)
}

/// Words of every language that say nothing of a matter.
pub fn function_words() -> impl Iterator<Item = &'static str> {
    words::WORDS.iter().flat_map(|(_, list)| list.split_whitespace())
}

fn sure(code: &str, reliable: bool) -> Language {
    Language { code: Some(code.to_owned()), reliable }
}

fn count(text: &str) -> Scripts {
    let mut scripts = Scripts::default();
    for line in text.lines() {
        let mut words = 0;
        let mut in_word = false;
        for c in line.chars() {
            match c {
                '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => {
                    scripts.han += 1
                }
                '\u{3041}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => {
                    scripts.kana += 1
                }
                '\u{ac00}'..='\u{d7af}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' => {
                    scripts.hangul += 1;
                }
                _ => {}
            }
            let may_build = scripts.han_grammar == 0 && u32::from(c) >= 0x3400;
            scripts.han_grammar += usize::from(may_build && HAN_GRAMMAR.contains(c));
            let latin = c.is_ascii_alphabetic();
            words += usize::from(latin && !in_word);
            in_word = latin;
            scripts.all += usize::from(c.is_alphabetic());
        }
        // Who begins a line in Chinese and goes on in English pastes what a program said.
        let begins_wide = line.chars().find(|c| c.is_alphabetic()).is_some_and(|c| u32::from(c) >= 0x3041);
        scripts.latin_words += if begins_wide { words.min(PASTED_WORDS) } else { words };
        if scripts.han_grammar == 0 && scripts.han > 0 {
            scripts.han_grammar += usize::from(HAN_REPORTS.iter().any(|report| line.contains(report)));
        }
    }
    scripts
}

/// Cyrillic letters that one language has and its neighbours lack.
fn by_letters(prose: &str) -> Option<&'static str> {
    let has = |letters: &[char]| prose.contains(letters);
    if has(&['ў', 'Ў']) {
        Some("be")
    } else if has(&['ї', 'Ї', 'є', 'Є', 'ґ', 'Ґ']) {
        Some("uk")
    } else {
        has(&['ы', 'Ы', 'э', 'Э', 'ё', 'Ё']).then_some("ru")
    }
}

fn code(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Cmn => "zh",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "no",
        Lang::Fin => "fi",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Bul => "bg",
        Lang::Srp => "sr",
        Lang::Hrv => "hr",
        Lang::Slv => "sl",
        Lang::Ell => "el",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Tha => "th",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Pes => "fa",
        Lang::Hin => "hi",
        Lang::Cat => "ca",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Bel => "be",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
