//! Words by which automatic replies without proper headers are known. They must stand where a machine puts them, at the
//! beginning of the subject, so that a person who writes about out-of-office replies stays a person.

use super::subject;

/// Beginnings of subjects that only machines write, lower case.
const SUBJECTS: &[&str] = &[
    // en
    "automatic reply:",
    "auto reply:",
    "auto-reply:",
    "autoreply:",
    "auto response:",
    "out of office:",
    "out of office auto",
    "out-of-office:",
    "auto:",
    "automated reply:",
    "vacation reply:",
    "away from my mail",
    // zh, in both scripts
    "自动回复",
    "自動回覆",
    "自动答复",
    "自動回復",
    "自動答覆",
    "[自动回复]",
    "【自动回复】",
    // de, fr, es, pt, it, nl, pl, ru, ja, ko, sv, da, fi
    "automatische antwort:",
    "abwesenheitsnotiz",
    "automatische antwort",
    "réponse automatique",
    "respuesta automática",
    "resposta automática",
    "risposta automatica",
    "automatisch antwoord",
    "odpowiedź automatyczna",
    "autoodpowiedź",
    "автоответ",
    "автоматический ответ",
    "自動返信",
    "자동 회신",
    "부재중 자동 응답",
    "autosvar",
    "automatiskt svar",
    "automaattinen vastaus",
];

/// Words of a body that names itself automatic; they count only where headers hint at a machine.
const BODIES: &[&str] = &[
    "this is an automatic reply",
    "this is an automated response",
    "this is an automated reply",
    "i am out of the office",
    "i am currently out of the office",
    "这是一封自动回复",
    "本邮件为自动回复",
    "我正在休假",
    "ich bin derzeit nicht im büro",
    "dies ist eine automatische antwort",
    "je suis absent",
    "自動返信です",
];

/// Why a mail counts as an automatic reply by its words; `hinted`: its headers suggest a machine.
#[must_use]
pub fn by_words(subject_line: &str, text: &str, hinted: bool) -> Option<String> {
    let lower = subject_line.trim().to_lowercase();
    if let Some(found) = SUBJECTS.iter().find(|s| lower.starts_with(**s)) {
        // "自动回复功能坏了" is about replies; a machine's prefix ends there or is followed by a separator.
        let behind = lower.strip_prefix(*found).unwrap_or_default();
        let separated = found.ends_with([':', '】', ']'])
            || behind.is_empty()
            || behind.trim_start().starts_with([':', '：', '-', '(', '（', '【'])
            || behind.trim_start().starts_with("re:");
        if separated {
            return Some(format!("subject begins with \"{found}\""));
        }
    }
    if !hinted {
        return None;
    }
    let head: String = text.chars().take(600).collect::<String>().to_lowercase();
    let found = BODIES.iter().find(|b| head.contains(**b))?;
    Some(format!("automatic by its words (\"{found}\", subject \"{}\")", subject::base(subject_line)))
}

#[cfg(test)]
mod tests {
    use super::by_words;

    #[test]
    fn machines_by_their_subjects() {
        for s in [
            "Automatic reply: Gantt",
            "自动回复: 甘特图",
            "自动回复",
            "Out of Office: x",
            "Abwesenheitsnotiz",
            "Réponse automatique : x",
        ] {
            assert!(by_words(s, "", false).is_some(), "{s}");
        }
    }

    #[test]
    fn people_who_write_about_replies() {
        for s in [
            "Re: Automatic reply: Gantt",
            "自动回复功能坏了",
            "Out of office settings do not save",
            "Automatic replies are sent twice",
            "Autosvarsfunktion",
        ] {
            assert!(by_words(s, "I am out of the office", false).is_none(), "{s}");
        }
    }
}
