//! Words by which automatic replies without proper headers are known. They must stand where a machine puts them, at the
//! beginning of the subject, so that a person who writes about out-of-office replies stays a person.

use super::{language::ALL, subject};

/// Why a mail counts as an automatic reply by its words; `hinted`: its headers suggest a machine.
#[must_use]
pub fn by_words(subject_line: &str, text: &str, hinted: bool) -> Option<String> {
    let lower = subject_line.trim().to_lowercase();
    if let Some(found) = ALL.iter().flat_map(|l| l.automatic_subjects).find(|s| lower.starts_with(**s)) {
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
    let found = ALL.iter().flat_map(|l| l.automatic_bodies).find(|b| head.contains(**b))?;
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
