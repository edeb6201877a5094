//! How urgent a mail is, by its words, and what in it looks like an offer nobody asked for. **Pure**.
//!
//! Invariants: shouting alone (capitals, exclamation marks) raises nothing; a spam hint is a reason to read and drops nothing.

use super::{
    PriorityGuess,
    fold::Folded,
    lexicon::{Hit, Lexicon},
};

/// Words that a guess names.
const REASONS_MAX: usize = 5;
/// A level is reached by one plain word of it, or by two weak ones.
const REACHED: f64 = 1.0;
/// Hints that must come together before they are told.
const SPAM_REACHED: f64 = 2.0;

/// Guesses the priority.
#[must_use]
pub fn guess(lexicon: &Lexicon, folded: &Folded, hits: &[Hit]) -> PriorityGuess {
    let (urgent, urgent_words) = heard(lexicon, folded, hits, "urgent");
    let (high, high_words) = heard(lexicon, folded, hits, "high");
    let (low, low_words) = heard(lexicon, folded, hits, "low");
    let told = |name: &str, words: Vec<String>| PriorityGuess {
        name: Some(name.to_owned()),
        reasons: words.into_iter().map(|word| format!("{name}: {word}")).take(REASONS_MAX).collect(),
    };
    if urgent >= REACHED {
        told("urgent", urgent_words)
    } else if high + urgent >= REACHED {
        told("high", high_words.into_iter().chain(urgent_words).collect())
    } else if low >= REACHED && high + urgent <= 0.0 {
        told("low", low_words)
    } else {
        PriorityGuess { name: Some("normal".to_owned()), reasons: Vec::new() }
    }
}

/// What looks like an offer that nobody asked for; empty for nearly every mail.
#[must_use]
pub fn spam_hints(lexicon: &Lexicon, folded: &Folded, hits: &[Hit]) -> Vec<String> {
    let (spam, words) = heard(lexicon, folded, hits, "spam");
    if spam < SPAM_REACHED {
        return Vec::new();
    }
    words.into_iter().map(|word| format!("spam? {word}")).take(REASONS_MAX).collect()
}

/// The weight of a level, each concept once, and the words that made it.
fn heard(lexicon: &Lexicon, folded: &Folded, hits: &[Hit], level: &str) -> (f64, Vec<String>) {
    let (mut sum, mut words, mut seen) = (0.0, Vec::new(), Vec::new());
    for hit in hits {
        if seen.contains(&hit.concept) {
            continue;
        }
        seen.push(hit.concept);
        let Some(concept) = lexicon.concepts.get(hit.concept) else { continue };
        if let Some(weight) = concept.weights.get(level) {
            sum += weight;
            words.extend(folded.text.get(hit.from..hit.to).filter(|_| *weight > 0.0).map(str::to_owned));
        }
    }
    (sum, words)
}

#[cfg(test)]
mod tests {
    use crate::triage::{Triage, triage};

    fn read(title: &str, text: &str) -> Triage {
        triage(&crate::mail::Reading { title: title.to_owned(), text: text.to_owned(), ..Default::default() })
    }

    #[test]
    fn outages_and_lost_data_are_urgent_in_every_language() {
        for text in [
            "Nobody can log in since 9, the whole company is waiting.",
            "我们全公司都登录不上去，业务中断了。",
            "Seit heute früh kann die gesamte Firma nicht arbeiten, Totalausfall.",
            "Nadie puede entrar, está todo caído.",
            "Panne générale : personne ne peut travailler.",
            "Ninguém consegue entrar, caiu tudo.",
            "全社でログインできず、業務が止まっています。",
            "All our projects are gone!",
            "昨晚开始数据全没了",
        ] {
            let triage = read("", text);
            assert_eq!(triage.priority.name.as_deref(), Some("urgent"), "{text}");
            assert!(!triage.priority.reasons.is_empty(), "{text}");
        }
    }

    #[test]
    fn pressing_words_deadlines_and_several_people_raise_and_wishes_lower() {
        for (text, level) in [
            ("Please answer as soon as possible, the export fails.", "high"),
            ("报表导不出来，客户在等，今天必须交。", "high"),
            ("Mehrere Kollegen sehen die Karten nicht.", "high"),
            ("至急ご確認ください。", "high"),
            ("It would be nice to have a darker theme, no rush.", "low"),
            ("建议增加导出为图片的功能，不着急。", "low"),
            ("Sería genial tener una vista semanal, sin prisa.", "low"),
            ("The export button does nothing.", "normal"),
            ("导出按钮点了没反应。", "normal"),
        ] {
            assert_eq!(read("", text).priority.name.as_deref(), Some(level), "{text}");
        }
    }

    #[test]
    fn shouting_alone_raises_nothing() {
        let plain = read("Export", "The export button does nothing.");
        let loud = read("EXPORT!!!", "THE EXPORT BUTTON DOES NOTHING!!!!!!");
        assert_eq!(plain.priority, loud.priority);
    }

    #[test]
    fn offers_nobody_asked_for_are_hinted_at_and_support_mail_is_not() {
        let offer = read(
            "Rank your website",
            "We offer SEO services and backlinks to get you on the first page of Google.",
        );
        assert!(
            offer.category.reasons.iter().any(|r| r.starts_with("spam?")),
            "{:?}",
            offer.category.reasons
        );
        let ticket = read("Login", "I cannot log in, please help. To unsubscribe click here.");
        assert!(
            !ticket.category.reasons.iter().any(|r| r.starts_with("spam?")),
            "{:?}",
            ticket.category.reasons
        );
    }
}
