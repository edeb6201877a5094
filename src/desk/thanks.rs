//! Whether a mail says nothing but thanks (SPEC section 6). Small closed vocabularies: when in doubt it is an answer, since
//! an answer taken for thanks would be lost on a resolved ticket.

/// Words of thanks, lower case, of languages written with blanks.
const THANKS: [&str; 29] = [
    "thanks",
    "thank",
    "thx",
    "ty",
    "cheers",
    "danke",
    "dank",
    "dankeschön",
    "merci",
    "gracias",
    "grazie",
    "obrigado",
    "obrigada",
    "bedankt",
    "dziękuję",
    "спасибо",
    "appreciated",
    "appreciate",
    "감사합니다",
    "thankyou",
    "tack",
    "takk",
    "kiitos",
    "děkuji",
    "děkujeme",
    "teşekkürler",
    "mulțumesc",
    "köszönöm",
    "дякую",
];

/// Words that may stand beside them.
const BESIDE: [&str; 68] = [
    "you",
    "so",
    "very",
    "much",
    "a",
    "lot",
    "many",
    "ok",
    "okay",
    "great",
    "perfect",
    "good",
    "all",
    "again",
    "for",
    "your",
    "the",
    "quick",
    "help",
    "support",
    "it",
    "this",
    "is",
    "we",
    "i",
    "hi",
    "hello",
    "dear",
    "team",
    "vielen",
    "beaucoup",
    "muchas",
    "mille",
    "best",
    "kind",
    "regards",
    "reply",
    "response",
    "everyone",
    "and",
    "schön",
    "herzlichen",
    "für",
    "die",
    "ihre",
    "hilfe",
    "schnelle",
    "hartelijk",
    "dank",
    "u",
    "je",
    "wel",
    "muito",
    "pela",
    "ajuda",
    "por",
    "su",
    "tu",
    "ayuda",
    "pour",
    "votre",
    "aide",
    "bien",
    "bardzo",
    "большое",
    "огромное",
    "så",
    "mycket",
];

/// The same for Chinese and Japanese, longest first within each, cut out of the text.
const PHRASES: [&str; 23] = [
    "非常感谢",
    "ありがとうございます",
    "ありがとうございました",
    "ありがとう",
    "十分感谢",
    "太感谢了",
    "谢谢您",
    "谢谢你",
    "多谢",
    "謝謝您",
    "謝謝你",
    "謝謝",
    "谢谢",
    "感谢",
    "感謝",
    "辛苦了",
    "どうも",
    "好的",
    "收到",
    "了解",
    "您",
    "了",
    "啦",
];
const PHRASES_OF_THANKS: [&str; 8] = ["谢", "謝", "感谢", "感謝", "ありがとう", "多谢", "多謝", "辛苦"];

/// Longer texts say more than thanks.
const CHARS_MAX: usize = 80;

/// Whether `text` is thanks and nothing else.
#[must_use]
pub fn is_only_thanks(text: &str) -> bool {
    if text.chars().take(CHARS_MAX + 1).count() > CHARS_MAX || text.contains(['?', '？']) {
        return false;
    }
    let mut rest = text.to_lowercase();
    let mut thanked = PHRASES_OF_THANKS.iter().any(|p| rest.contains(p));
    for phrase in PHRASES {
        rest = rest.replace(phrase, " ");
    }
    for word in rest.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        if THANKS.contains(&word) {
            thanked = true;
        } else if !BESIDE.contains(&word) {
            return false;
        }
    }
    thanked
}
