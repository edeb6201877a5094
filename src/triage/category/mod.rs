//! Which category a mail belongs to (SPEC sections 5 and 7): by the lexicon that is built in, by the operator's words,
//! and by what the desk's own corrections taught. **Pure**: what was learned is an argument.
//!
//! Invariant: every guess names the words that made it.

mod by_lexicon;
pub mod calibration;
mod features;
mod learn;
mod own;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

pub use learn::{CORRECTIONS_MAX, Learned, Quality};
pub use own::OwnWords;

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
/// Words of the operator's that a guess names.
const OWN_REASONS_MAX: usize = 6;

/// What decides beside the lexicon.
#[derive(Debug, Clone)]
pub struct Model {
    /// The categories there are; empty: [`BUILT_IN`], or what corrections name.
    pub categories: Vec<String>,
    /// What the operator says of them.
    pub words: Arc<OwnWords>,
    /// The share of automatic filing that must be right.
    pub precision: f64,
    /// `None`: there were too few corrections.
    pub learned: Option<Learned>,
}

impl Default for Model {
    fn default() -> Self {
        Self { categories: Vec::new(), words: Arc::default(), precision: PRECISION, learned: None }
    }
}

/// The built-in categories, in the order of ties.
pub const BUILT_IN: [&str; 3] = ["technical", "account", "business"];

/// A ticket that a person filed: its subject, its first text, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub title: String,
    pub text: String,
    pub category: String,
}

impl Model {
    /// This desk's model with what corrections teach, the oldest first. Those of categories that there are not say nothing.
    #[must_use]
    pub fn taught(&self, corrections: &[Correction]) -> Self {
        let known = |c: &&Correction| self.categories.is_empty() || self.categories.contains(&c.category);
        let examples: Vec<learn::Example> =
            corrections.iter().filter(known).map(|correction| self.example(correction)).collect();
        Self { learned: learn::learn(&examples, self.precision), ..self.clone() }
    }

    fn example(&self, correction: &Correction) -> learn::Example {
        let read = Read::of(&correction.title, &correction.text);
        let seen = Seen::of(&read, self);
        learn::Example {
            parts: seen.parts(&read),
            said: seen.said.likely,
            category: correction.category.clone(),
        }
    }

    /// The categories there are before anything was learned.
    fn names(&self) -> Vec<&str> {
        if self.categories.is_empty() {
            BUILT_IN.to_vec()
        } else {
            self.categories.iter().map(String::as_str).collect()
        }
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

/// What there is to judge by in a text.
struct Seen<'t> {
    evidence: Vec<by_lexicon::Shown>,
    found: Vec<own::Found<'t>>,
    said: words::Said,
}

impl<'t> Seen<'t> {
    fn of(read: &'t Read, model: &Model) -> Self {
        let evidence = by_lexicon::evidence(lexicon(), &read.folded, &read.hits);
        let found = model.words.find(&read.folded);
        let named: Vec<by_lexicon::Shown> = by_lexicon::matter(lexicon(), &evidence).collect();
        let likely = |evidence: &[by_lexicon::Shown]| by_lexicon::probabilities(lexicon(), evidence);
        let said = words::said(model, likely(&evidence), likely(&named), &found);
        Self { evidence, found, said }
    }

    /// The text as numbers. To learning, the operator's words for a category are a concept like the built-in ones.
    fn parts(&self, read: &Read) -> features::Parts {
        let first = lexicon().concepts.len();
        let own = self.found.iter().enumerate().filter(|(_, found)| found.count > 0.0);
        let own =
            own.map(|(at, found)| by_lexicon::Shown { concept: first + at, strength: found.count, at: None });
        let shown: Vec<by_lexicon::Shown> =
            by_lexicon::matter(lexicon(), &self.evidence).chain(own).collect();
        features::parts(&read.folded, &shown)
    }

    /// The words that spoke, each with its category: `delivery: parcel`; those of categories that there are not say nothing.
    fn reasons(&self, read: &Read, model: &Model) -> Vec<String> {
        let mut found: Vec<(&str, &own::Found<'_>)> = model.words.categories().zip(&self.found).collect();
        found.sort_by(|a, b| b.1.count.total_cmp(&a.1.count));
        let own = found
            .into_iter()
            .flat_map(|(name, found)| found.words.iter().map(move |word| reason(name, word)));
        let mut reasons: Vec<String> = own.take(OWN_REASONS_MAX).collect();
        for (name, word) in by_lexicon::reasons(lexicon(), &read.folded, &read.hits, &self.evidence) {
            let counts = model.names().contains(&name) && model.words.keeps_built_in(name);
            let reason = reason(name, word);
            if counts && !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons
    }
}

/// Guesses the category of what was read.
#[must_use]
pub fn guess(read: &Read, model: &Model) -> CategoryGuess {
    let seen = Seen::of(read, model);
    let by_words = || guess_by_words(&seen, read, model);
    let Some(learned) = model.learned.as_ref().filter(|l| l.quality.speaks) else { return by_words() };
    let (ranked, files) = learned.rank(&seen.parts(read), &seen.said.likely);
    let Some((name, confidence)) = ranked.first().cloned() else { return by_words() };
    // Where corrections are too few to promise anything, both must agree.
    let agrees = || {
        let words = by_words();
        learned.on_words && words.auto && words.name.as_ref() == Some(&name)
    };
    let auto = if learned.calibration.can_file() { files } else { agrees() };
    let mut reasons = learned_reasons(learned, read, &name);
    reasons.extend(seen.reasons(read, model));
    CategoryGuess { auto, reasons, confidence: rounded(confidence), ranking: rows(ranked), name: Some(name) }
}

/// Where nothing in the text spoke, there is no guess: chance has no opinion.
fn guess_by_words(seen: &Seen<'_>, read: &Read, model: &Model) -> CategoryGuess {
    let ranked = seen.said.ranked();
    let Some((name, confidence)) = ranked.first().cloned().filter(|_| seen.said.spoke) else {
        return CategoryGuess::default();
    };
    CategoryGuess {
        auto: words::files(model, &name, confidence, &seen.found),
        reasons: seen.reasons(read, model),
        confidence: rounded(confidence),
        ranking: rows(ranked),
        name: Some(name),
    }
}

fn rows(ranked: Vec<(String, f64)>) -> Vec<Ranked> {
    let row = |(name, likely): (String, f64)| Ranked { name, confidence: rounded(likely) };
    ranked.into_iter().map(row).collect()
}

fn reason(category: &str, word: &str) -> String {
    format!("{category}: {word}")
}

fn learned_reason(category: &str, word: &str) -> String {
    format!("learned for {category}: {word}")
}

/// The words of a guess that spoke for this category, the most telling first, each once.
#[must_use]
pub fn words_for<'g>(guess: &'g CategoryGuess, category: &str) -> Vec<&'g str> {
    let (plain, learned) = (reason(category, ""), learned_reason(category, ""));
    let word = |reason: &'g String| reason.strip_prefix(&plain).or_else(|| reason.strip_prefix(&learned));
    let mut words: Vec<&str> = Vec::new();
    for word in guess.reasons.iter().filter_map(word) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
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
    said.into_iter().take(REASONS_MAX).map(|(_, word)| learned_reason(category, word)).collect()
}

/// Four digits: the same mail gives the same JSON on every machine.
fn rounded(confidence: f64) -> f64 {
    (confidence * 10_000.0).round() / 10_000.0
}

/// The concepts that a text shows, by name and strength: what weights are fitted on.
#[must_use]
pub fn evidence_of(lexicon: &Lexicon, folded: &Folded, hits: &[Hit]) -> Vec<(String, f64)> {
    let shown = by_lexicon::evidence(lexicon, folded, hits);
    shown.iter().filter_map(|s| Some((lexicon.concepts.get(s.concept)?.name.clone(), s.strength))).collect()
}
