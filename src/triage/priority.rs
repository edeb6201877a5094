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
        let Some(concept) = lexicon.concepts.get(hit.concept) else { continue };
        let Some(weight) = concept.weights.get(level) else { continue };
        if !seen.contains(&hit.concept) {
            seen.push(hit.concept);
            sum += weight;
            words.extend(folded.text.get(hit.from..hit.to).filter(|_| *weight > 0.0).map(str::to_owned));
        }
    }
    (sum, words)
}
