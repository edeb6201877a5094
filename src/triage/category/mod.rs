//! Which category a mail belongs to (SPEC sections 5 and 7): by the lexicon that the program is born with, and by what the
//! desk's own corrections taught. **Pure**: what was learned is an argument.
//!
//! Invariant: every guess names the words that made it.

mod born;
pub mod calibration;
mod features;
mod learn;
#[cfg(test)]
mod tests;

pub use learn::{CORRECTIONS_MAX, Learned, Quality};

use super::{
    CategoryGuess, Language, Ranked,
    builtin::lexicon,
    fold::{Folded, fold},
    language,
    lexicon::{Hit, Lexicon},
};

/// The share of automatic filing that must be right where the operator says nothing.
pub const PRECISION: f64 = 0.95;
/// Words that the learned model names.
const REASONS_MAX: usize = 4;

/// What decides beside the lexicon.
#[derive(Debug, Clone)]
pub struct Model {
    /// The categories there are; empty: [`BORN`].
    pub categories: Vec<String>,
    /// The share of automatic filing that must be right.
    pub precision: f64,
    /// `None`: there were too few corrections.
    pub learned: Option<Learned>,
}

impl Default for Model {
    fn default() -> Self {
        Self { categories: Vec::new(), precision: PRECISION, learned: None }
    }
}

/// The categories that the program is born with, in the order of ties.
pub const BORN: [&str; 3] = ["technical", "account", "business"];

/// A ticket that a person filed: its subject, its first text, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub title: String,
    pub text: String,
    pub category: String,
}

impl Model {
    /// Learns from corrections, the oldest first. Those of categories that there are not say nothing.
    #[must_use]
    pub fn learn(categories: &[String], corrections: &[Correction], precision: f64) -> Self {
        let known = |c: &&Correction| categories.is_empty() || categories.contains(&c.category);
        let examples: Vec<learn::Example> = corrections.iter().filter(known).map(example).collect();
        let learned = learn::learn(&examples, categories, precision);
        Self { categories: categories.to_vec(), precision, learned }
    }
}

fn example(correction: &Correction) -> learn::Example {
    let read = Read::of(&correction.title, &correction.text);
    let evidence = born::evidence(lexicon(), &read.folded, &read.hits);
    learn::Example {
        parts: features::parts(&read.folded, &evidence),
        born: born::probabilities(lexicon(), &evidence),
        category: correction.category.clone(),
    }
}

/// A text folded, with its language and the lexicon's words in it.
pub struct Read {
    pub language: Language,
    pub folded: Folded,
    pub hits: Vec<Hit>,
}

impl Read {
    /// Reads a subject and a body. The language is the body's; a body that says nothing of it leaves it to the subject, which
    /// is never reliable.
    #[must_use]
    pub fn of(title: &str, body: &str) -> Self {
        let mut language = language::of(body);
        if language.code.is_none() {
            language = Language { reliable: false, ..language::of(title) };
        }
        let folded = fold(title, body);
        let hits = lexicon().find(&folded, language.code.as_deref().filter(|_| language.reliable));
        Self { language, folded, hits }
    }
}

/// Guesses the category of what was read.
#[must_use]
pub fn guess(read: &Read, model: &Model) -> CategoryGuess {
    let evidence = born::evidence(lexicon(), &read.folded, &read.hits);
    let probabilities = born::probabilities(lexicon(), &evidence);
    let by_lexicon = || guess_by_lexicon(read, model, &evidence, probabilities);
    let Some(learned) = model.learned.as_ref().filter(|l| l.quality.speaks) else { return by_lexicon() };
    let parts = features::parts(&read.folded, &evidence);
    let (ranked, files) = learned.rank(&parts, &probabilities);
    let Some((name, confidence)) = ranked.first().cloned() else { return by_lexicon() };
    // Where corrections are too few to promise anything, both must agree.
    let agrees = || {
        let born = by_lexicon();
        learned.on_lexicon && born.auto && born.name.as_ref() == Some(&name)
    };
    let auto = if learned.calibration.can_file() { files } else { agrees() };
    let mut reasons = learned_reasons(learned, read, &name);
    reasons.extend(born::reasons(lexicon(), &read.folded, &read.hits, &evidence));
    let row = |(name, likely): (String, f64)| Ranked { name, confidence: rounded(likely) };
    CategoryGuess {
        auto,
        reasons,
        confidence: rounded(confidence),
        ranking: ranked.into_iter().map(row).collect(),
        name: Some(name),
    }
}

fn guess_by_lexicon(
    read: &Read,
    model: &Model,
    evidence: &[born::Shown],
    probabilities: [f64; 3],
) -> CategoryGuess {
    let exists = |name: &str| model.categories.is_empty() || model.categories.iter().any(|c| c == name);
    let mut ranking: Vec<Ranked> = BORN
        .iter()
        .zip(probabilities)
        .filter(|(name, _)| exists(name))
        .map(|(name, confidence)| Ranked { name: (*name).to_owned(), confidence: rounded(confidence) })
        .collect();
    ranking.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let Some(best) = ranking.first().cloned() else { return CategoryGuess::default() };
    // Among categories of the operator's own the lexicon's may be too wide: a person files until corrections say more.
    let own = model.categories.iter().any(|c| !BORN.contains(&c.as_str()));
    CategoryGuess {
        auto: !own && best.confidence >= born::AUTO_MIN + (model.precision - PRECISION),
        reasons: born::reasons(lexicon(), &read.folded, &read.hits, evidence),
        name: Some(best.name),
        confidence: best.confidence,
        ranking,
    }
}

/// The words of a text that the learned model knows best for a category: `learned: badge`.
fn learned_reasons(learned: &Learned, read: &Read, category: &str) -> Vec<String> {
    let mut said: Vec<(f64, &str)> = features::words(&read.folded)
        .into_iter()
        .map(|(place, word)| (learned.weight_of(place, category), word))
        .filter(|(weight, word)| *weight > 0.05 && word.chars().count() > 1)
        .collect();
    said.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    said.dedup_by(|a, b| a.1 == b.1);
    said.into_iter().take(REASONS_MAX).map(|(_, word)| format!("learned for {category}: {word}")).collect()
}

/// Four digits: the same mail gives the same JSON on every machine.
fn rounded(confidence: f64) -> f64 {
    (confidence * 10_000.0).round() / 10_000.0
}

/// The concepts that a text shows, by name and strength: what weights are fitted on.
#[must_use]
pub fn evidence_of(lexicon: &Lexicon, folded: &Folded, hits: &[Hit]) -> Vec<(String, f64)> {
    let shown = born::evidence(lexicon, folded, hits);
    shown.iter().filter_map(|s| Some((lexicon.concepts.get(s.concept)?.name.clone(), s.strength))).collect()
}
