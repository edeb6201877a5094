//! The language of a text: by its script where that suffices, else statistically where that is reliable, else by words
//! that only one language has. Knows no mail.

use whatlang::Lang;

use super::Language;

/// Text looked at; more does not change the result.
const CHARS_MAX: usize = 4_000;
/// Letters of one script below this share of all do not decide.
const SHARE_PERCENT: usize = 20;

/// Frequent words that hardly occur in the other languages, by code. Ties say nothing.
const STOP_WORDS: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "the", "is", "and", "you", "my", "please", "cannot", "hello", "thanks", "thank", "not", "how",
            "with", "this", "for", "can", "have", "when", "i", "we", "dear", "hi", "your", "it", "still",
            "does",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "das", "und", "ist", "nicht", "ich", "wir", "bitte", "hallo", "danke", "mit",
            "ein", "eine", "für", "auf", "kann", "guten", "wie", "sehr", "beim", "seit",
        ],
    ),
    (
        "fr",
        &[
            "le", "la", "les", "et", "est", "je", "nous", "vous", "bonjour", "merci", "pas", "une", "avec",
            "pour", "dans", "mon", "notre", "ne", "plus", "s'il",
        ],
    ),
    (
        "es",
        &[
            "el", "los", "las", "y", "es", "hola", "gracias", "por", "favor", "para", "con", "mi", "una",
            "puedo", "buenos", "días", "está", "cómo", "desde",
        ],
    ),
    (
        "pt",
        &[
            "o", "os", "não", "olá", "obrigado", "obrigada", "uma", "com", "você", "meu", "minha", "está",
            "bom", "dia", "consigo", "em", "ao", "desde",
        ],
    ),
    (
        "it",
        &[
            "il",
            "gli",
            "di",
            "è",
            "ciao",
            "grazie",
            "buongiorno",
            "non",
            "una",
            "con",
            "per",
            "sono",
            "mio",
            "posso",
            "della",
            "come",
        ],
    ),
    (
        "nl",
        &[
            "het",
            "een",
            "en",
            "niet",
            "ik",
            "wij",
            "dank",
            "met",
            "voor",
            "van",
            "kan",
            "beste",
            "mijn",
            "graag",
            "goedemorgen",
            "naar",
        ],
    ),
    (
        "pl",
        &[
            "nie",
            "jest",
            "dzień",
            "dobry",
            "proszę",
            "dziękuję",
            "się",
            "na",
            "jak",
            "mogę",
            "cześć",
            "witam",
            "od",
        ],
    ),
];

/// Letters by script.
#[derive(Default)]
struct Scripts {
    han: usize,
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
    let scripts = count(&text);
    let weight = scripts.han + scripts.kana + scripts.hangul + 2 * scripts.latin_words;
    let shares = |n: usize| n > 0 && n * 100 >= weight * SHARE_PERCENT;
    if shares(scripts.hangul) {
        return sure("ko", scripts.hangul >= 2);
    }
    if shares(scripts.kana + scripts.han) && scripts.kana * 10 >= scripts.kana + scripts.han {
        return sure("ja", scripts.kana >= 2);
    }
    if shares(scripts.han) {
        return sure("zh", scripts.han >= 2);
    }
    if scripts.all == 0 {
        return Language::default();
    }
    let prose = prose(&text);
    let info = whatlang::detect(&prose);
    if let Some(code) = info
        .as_ref()
        .filter(|i| i.is_reliable() && prose.split_whitespace().count() >= 10)
        .and_then(|i| code(i.lang()))
    {
        return sure(code, true);
    }
    let cyrillic = info.as_ref().filter(|i| i.script() == whatlang::Script::Cyrillic);
    let by_words = match cyrillic {
        Some(info) => by_letters(&prose).or_else(|| code(info.lang())),
        None => by_stop_words(&prose),
    };
    Language { code: by_words.map(str::to_owned), reliable: false }
}

fn sure(code: &str, reliable: bool) -> Language {
    Language { code: Some(code.to_owned()), reliable }
}

fn count(text: &str) -> Scripts {
    let mut scripts = Scripts::default();
    let mut in_word = false;
    for c in text.chars() {
        match c {
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => scripts.han += 1,
            '\u{3041}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => scripts.kana += 1,
            '\u{ac00}'..='\u{d7af}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' => {
                scripts.hangul += 1
            }
            _ => {}
        }
        let latin = c.is_ascii_alphabetic();
        scripts.latin_words += usize::from(latin && !in_word);
        in_word = latin;
        scripts.all += usize::from(c.is_alphabetic());
    }
    scripts
}

/// The text without addresses, links, paths and numbers, which are of no language.
fn prose(text: &str) -> String {
    let word = |w: &&str| {
        !w.contains(['@', '/', '\\', '_', '<', '>', '=', '#']) && !w.bytes().any(|b| b.is_ascii_digit())
    };
    text.split_whitespace().filter(word).collect::<Vec<_>>().join(" ")
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

fn by_stop_words(prose: &str) -> Option<&'static str> {
    let lower = prose.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    let mut counts: Vec<(usize, &'static str)> = STOP_WORDS
        .iter()
        .map(|(code, stop)| (words.iter().filter(|w| stop.contains(w)).count(), *code))
        .collect();
    counts.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    match counts.as_slice() {
        [(first, code), (second, _), ..] if first > second => Some(*code),
        _ => None,
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
mod tests {
    use super::of;

    fn is(text: &str, code: &str, reliable: bool) {
        let l = of(text);
        assert_eq!((l.code.as_deref(), l.reliable), (Some(code), reliable), "{text}");
    }

    #[test]
    fn scripts_decide() {
        is("甘特图无法加载", "zh", true);
        is("升级到 Chrome 126 以后甘特图一直空白", "zh", true);
        is("ガントチャートが表示されません", "ja", true);
        is("간트 차트가 로드되지 않습니다", "ko", true);
        assert_eq!(of("После обновления мы не видим диаграммы").code.as_deref(), Some("ru"));
    }

    #[test]
    fn short_latin_text_is_never_reliable() {
        is("The chart is empty", "en", false);
        is("Bitte um Hilfe, das geht nicht", "de", false);
        assert_eq!(of("OK").code, None);
        assert_eq!(of("").code, None);
        is(
            "We upgraded yesterday and since then the chart does not load in any browser we have tried so far.",
            "en",
            true,
        );
    }
}
