//! The language of a text: by its script where that suffices, else statistically where that is reliable, else by words
//! that only one language has. Only what somebody wrote in sentences counts (`prose`). Knows no mail.

mod prose;
mod words;

use std::sync::LazyLock;

use whatlang::Lang;

use super::{Language, prefixes::Prefixes};

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
    /// Some of these build sentences.
    has_han_grammar: bool,
    kana: usize,
    hangul: usize,
    has_letters: bool,
    /// Latin words weigh as much as two ideographs.
    latin_words: usize,
}

/// The language of `text`.
#[must_use]
pub fn of(text: &str) -> Language {
    let prose = prose::of(beginning(text, CHARS_MAX));
    let scripts = count(&prose);
    let weight = scripts.han + scripts.kana + scripts.hangul + 2 * scripts.latin_words;
    let shares = |n: usize| n > 0 && n * 100 >= weight * SHARE_PERCENT;
    if shares(scripts.hangul) {
        return sure("ko", scripts.hangul >= 2);
    }
    if shares(scripts.kana + scripts.han) && scripts.kana * 10 >= scripts.kana + scripts.han {
        return sure("ja", scripts.kana >= 2);
    }
    if !scripts.has_letters {
        return Language::default();
    }
    // Names of fields and buttons in a sentence of another language: "the field 负责人 is empty".
    let may_be_names = !scripts.has_han_grammar && scripts.han * 2 < weight;
    if shares(scripts.han) && !may_be_names {
        return sure("zh", scripts.han >= 2);
    }
    let votes = Votes::of(&prose);
    if shares(scripts.han) && votes.first < SENTENCE_VOTES {
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
    let prose = beginning(prose, STATISTICS_CHARS_MAX);
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

/// Words, and by their numbers the languages that have them.
#[derive(Default)]
struct Lexicon {
    words: Prefixes,
    languages: Vec<Languages>,
}

/// Places in [`words::WORDS`] of the languages that have a word.
#[derive(Debug, Clone, Default)]
struct Languages {
    /// As a function word.
    function: Vec<usize>,
    /// As one of what mails are about.
    subject: Vec<usize>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let all = words::WORDS.iter().chain(words::SUBJECTS);
    let words = Prefixes::new(all.flat_map(|(_, list)| list.split_whitespace()).map(str::to_owned).collect());
    let mut lexicon = Lexicon { languages: vec![Languages::default(); words.len()], words };
    lexicon.add(words::WORDS, |languages| &mut languages.function);
    lexicon.add(words::SUBJECTS, |languages| &mut languages.subject);
    lexicon
});

impl Lexicon {
    fn add(&mut self, lists: &[(&str, &str)], of: impl Fn(&mut Languages) -> &mut Vec<usize>) {
        for (code, list) in lists {
            let Some(at) = words::WORDS.iter().position(|(known, _)| known == code) else { continue };
            for number in list.split_whitespace().filter_map(|word| self.words.find(word)) {
                if let Some(known) =
                    self.languages.get_mut(number).map(&of).filter(|known| !known.contains(&at))
                {
                    known.push(at);
                }
            }
        }
    }

    fn get(&self, word: &str) -> Option<&Languages> {
        self.languages.get(self.words.find(word)?)
    }
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
            let whole = LEXICON.get(word);
            // "l'erreur", "d'accès": what stands before the apostrophe is French or Italian by the rest.
            let bare = word.rsplit_once('\'').and_then(|(_, bare)| LEXICON.get(bare));
            let known = |of: fn(&Languages) -> &Vec<usize>| {
                [whole, bare].into_iter().flatten().map(of).find(|found| !found.is_empty())
            };
            for (found, weight) in [(known(|l| &l.function), 1.0), (known(|l| &l.subject), SUBJECT_WEIGHT)] {
                let Some(found) = found else { continue };
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

/// At most so many characters of the text.
fn beginning(text: &str, chars_max: usize) -> &str {
    let end = text.char_indices().nth(chars_max).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}

fn count(text: &str) -> Scripts {
    let mut scripts = Scripts::default();
    for line in text.lines() {
        let mut words = 0;
        let mut in_word = false;
        let mut first_letter = None;
        for c in line.chars() {
            let latin = c.is_ascii_alphabetic();
            words += usize::from(latin && !in_word);
            in_word = latin;
            if first_letter.is_none() && c.is_alphabetic() {
                first_letter = Some(c);
            }
            match c {
                '\0'..'\u{1100}' => continue,
                '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => {
                    scripts.han += 1;
                }
                '\u{3041}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => {
                    scripts.kana += 1
                }
                '\u{ac00}'..='\u{d7af}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' => {
                    scripts.hangul += 1;
                }
                _ => {}
            }
            scripts.has_han_grammar = scripts.has_han_grammar || HAN_GRAMMAR.contains(c);
        }
        // Who begins a line in Chinese and goes on in English pastes what a program said.
        let begins_wide = first_letter.is_some_and(|c| u32::from(c) >= 0x3041);
        scripts.latin_words += if begins_wide { words.min(PASTED_WORDS) } else { words };
        scripts.has_letters |= first_letter.is_some();
        if !scripts.has_han_grammar && scripts.han > 0 {
            scripts.has_han_grammar = HAN_REPORTS.iter().any(|report| line.contains(report));
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
