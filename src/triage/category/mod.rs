//! Which category a mail belongs to (SPEC sections 5 and 7): by the lexicon that the program is born with, and by what the
//! desk's own corrections taught. **Pure**: what was learned is an argument.
//!
//! Invariant: every guess names the words that made it.

mod born;

pub use born::evidence;

use super::{
    CategoryGuess, Ranked,
    fold::Folded,
    lexicon::{Hit, Lexicon},
};

/// What decides beside the lexicon.
#[derive(Debug, Clone, Default)]
pub struct Model {}

/// The categories that the program is born with, in the order of ties.
pub const BORN: [&str; 3] = ["technical", "account", "business"];

/// Guesses the category of a folded mail with its hits.
#[must_use]
pub fn guess(lexicon: &Lexicon, folded: &Folded, hits: &[Hit], _model: &Model) -> CategoryGuess {
    let evidence = born::evidence(lexicon, folded, hits);
    let probabilities = born::probabilities(lexicon, &evidence);
    let mut ranking: Vec<Ranked> = BORN
        .iter()
        .zip(probabilities)
        .map(|(name, confidence)| Ranked { name: (*name).to_owned(), confidence: rounded(confidence) })
        .collect();
    ranking.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let Some(best) = ranking.first().cloned() else { return CategoryGuess::default() };
    CategoryGuess {
        auto: best.confidence >= born::AUTO_MIN,
        reasons: born::reasons(lexicon, folded, hits, &evidence),
        name: Some(best.name),
        confidence: best.confidence,
        ranking,
    }
}

/// Four digits: the same mail gives the same JSON on every machine.
fn rounded(confidence: f64) -> f64 {
    (confidence * 10_000.0).round() / 10_000.0
}
