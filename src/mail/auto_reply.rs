//! Automatic replies by their words, for those whose headers do not say so (QQ, NetEase, old Exchange behind gateways).
//! The words are data, one place a language ([`super::language`]). They count where a machine puts them: at an end of the
//! subject, or at the beginning of a body that a machine sent. A person who writes *about* automatic replies stays one.

use super::{language::ALL, subject};

/// What else is known of the sender.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints {
    /// A header or address that only machines have.
    pub machine: bool,
    /// The mail answers another one (In-Reply-To, References).
    pub answers: bool,
}

/// How far into a body a machine names itself.
const START_CHARS: usize = 600;
/// An answer that begins by calling itself automatic does so at once.
const BEGINNING_CHARS: usize = 60;

/// Longest Chinese, Japanese or Korean word for such a reply that is no sentence.
const NOUN_CHARS_MAX: usize = 5;

/// The root of "automatic" in the languages whose replies name themselves.
const ROOTS: &[&str] = &[
    "auto",
    "otomat",
    "автомат",
    "自动",
    "自動",
    "자동",
    "αυτόματ",
    "אוטומט",
    "تلقائي",
    "tự động",
    "sjálfvirk",
];

/// Why a mail counts as an automatic reply by its words.
#[must_use]
pub fn by_words(subject_line: &str, text: &str, hints: Hints) -> Option<String> {
    let start: String = text.chars().take(START_CHARS).collect::<String>().to_lowercase();
    if let Some((found, language)) = automatic_subject(&subject_line.trim().to_lowercase())
        && (hints.machine
            || hints.answers
            || !(asks(&start) || is_about(found, &subject_line.trim().to_lowercase(), &start)))
    {
        return Some(format!("subject says \"{found}\" ({language})"));
    }
    let mut bodies = ALL.iter().flat_map(|l| l.automatic_bodies);
    let found = if hints.machine {
        bodies.find(|b| start.contains(**b))?
    } else if hints.answers && !asks(&start) {
        let beginning: String =
            start.trim_start_matches(['[', '【', '*', '-', ' ', '#']).chars().take(BEGINNING_CHARS).collect();
        bodies.find(|b| ROOTS.iter().any(|r| b.contains(r)) && names_itself(&beginning, b))?
    } else {
        return None;
    };
    Some(format!("automatic by its words (\"{found}\", subject \"{}\")", subject::base(subject_line)))
}

/// "【自动回复】您好" names itself; "自动回复已收到，请人工处理" speaks of one. Longer words are whole sentences.
fn names_itself(beginning: &str, words: &str) -> bool {
    let noun = !words.is_ascii() && words.chars().count() <= NOUN_CHARS_MAX;
    beginning.strip_prefix(words).is_some_and(|rest| !(noun && rest.starts_with(char::is_alphanumeric)))
}

/// The words by which a subject names itself automatic (`Automatic reply: Gantt`, `休假通知（自动回复）`), and their language.
fn automatic_subject(lower: &str) -> Option<(&'static str, &'static str)> {
    let pairs = [('(', ')'), ('（', '）'), ('[', ']'), ('【', '】')];
    let bracketed = pairs.into_iter().find_map(|(open, close)| Some((lower.strip_suffix(close)?, open)));
    let ends = |word: &str| {
        bracketed.is_some_and(|(inner, open)| inner.strip_suffix(word).is_some_and(|l| l.ends_with(open)))
    };
    ALL.iter().find_map(|language| {
        let mut words = language.automatic_subjects.iter();
        let found = words.find(|word| begins(lower, word) || ends(word))?;
        Some((*found, language.code))
    })
}

/// "自动回复功能坏了" is about replies; a machine's prefix ends there or is followed by a separator.
fn begins(lower: &str, word: &str) -> bool {
    let Some(behind) = lower.strip_prefix(word) else { return false };
    let behind = behind.trim_start();
    word.ends_with([':', '】', ']', ')', '）'])
        || behind.is_empty()
        || behind.starts_with([':', '：', '(', '（', '【'])
        || behind.starts_with("- ")
        || behind.starts_with("re:")
}

/// A subject of the words alone, and a text that speaks of them without being such a reply: "自动回复" – "自动回复关不掉".
fn is_about(word: &str, subject: &str, start: &str) -> bool {
    subject == word
        && start.contains(word)
        && !ALL.iter().flat_map(|l| l.automatic_bodies).any(|b| start.contains(b) && b.len() > word.len())
}

/// Whether the text asks something: machines that are away do not.
fn asks(start: &str) -> bool {
    ["?", "？", "请问", "如何", "怎么", "怎样", "吗", "能否", "是否可以"].iter().any(|w| start.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALONE: Hints = Hints { machine: false, answers: false };
    const ANSWER: Hints = Hints { machine: false, answers: true };
    const MACHINE: Hints = Hints { machine: true, answers: false };

    #[test]
    fn machines_by_their_subjects() {
        for s in [
            "Automatic reply: Gantt",
            "Out of Office: x",
            "Out of Office AutoReply: x",
            "自动回复: 甘特图",
            "自动回复",
            "休假通知（自动回复）",
            "自動回覆: 權限",
            "Abwesenheitsnotiz",
            "Abwesend: x",
            "Réponse automatique : x",
            "Respuesta automática: x",
            "Resposta automática: x",
            "Risposta automatica: x",
            "Automatisch antwoord: x",
            "Odpowiedź automatyczna: x",
            "Автоответ: x",
            "自動応答: x",
            "부재중 자동 회신: x",
            "Otomatik Yanıt: x",
            "Autosvar: x",
            "Automatická odpověď: x",
            "[Request received] your question",
        ] {
            assert!(by_words(s, "Ich bin am 3. wieder da.", ALONE).is_some(), "{s}");
        }
    }

    #[test]
    fn machines_by_their_bodies() {
        for (text, hints) in [
            ("I am out of the office until Monday.", MACHINE),
            ("您好，我正在出差，邮件查看不及时。", MACHINE),
            ("【自动回复】我正在参加招标会。", ANSWER),
            ("This is an automatic reply. We will answer soon.", ANSWER),
            ("Dies ist eine automatische Antwort.", ANSWER),
        ] {
            assert!(by_words("Re: Gantt", text, hints).is_some(), "{text}");
        }
    }

    #[test]
    fn the_words_alone_in_the_subject() {
        for (subject, text, automatic) in [
            ("自动回复", "自动回复关不掉", false),
            ("Out of office", "Your calendar ignores my out of office.", false),
            ("Out of office", "I am out of the office until Monday.", true),
            ("自动回复", "您好，邮件已收到。", true),
        ] {
            assert_eq!(by_words(subject, text, ALONE).is_some(), automatic, "{subject}: {text}");
        }
    }

    #[test]
    fn people_who_write_about_replies() {
        for (subject, text) in [
            ("Re: Automatic reply: Gantt", "Thanks, then I wait until he is back."),
            ("自动回复功能坏了", "开启之后没有反应。"),
            ("自动回复：怎么关闭", "请问在哪里可以关闭？"),
            (
                "Out of office settings do not save",
                "I am out of the office next week and the switch stays off.",
            ),
            ("Automatic replies are sent twice", "Clients get \"This is an automatic reply\" twice."),
            ("Automatic reply: is there one?", "Does your desk send one? We never got it."),
            ("Autosvarsfunktion", "Den fungerar inte."),
            ("Abwesenheit eintragen", "Wo trage ich sie ein?"),
            ("Vacation calendar", "I am on vacation from Monday; who can approve meanwhile?"),
            ("Re: Ticket", "自动回复已收到，请尽快人工处理。"),
            ("Re: Ticket", "Please reply soon, I will be out of the office from Friday."),
            ("Re: Ticket", "Automatic replies do not reach us any more."),
        ] {
            for hints in [ALONE, ANSWER] {
                let about_itself = hints == ANSWER
                    && (subject.starts_with("Automatic reply:") || subject.starts_with("自动回复："));
                if !about_itself {
                    assert_eq!(by_words(subject, text, hints), None, "{subject}");
                }
            }
        }
    }
}
