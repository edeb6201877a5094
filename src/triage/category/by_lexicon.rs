//! The judgement by the lexicon alone: a linear model over its concepts. The weights stand with the words; they were set
//! by hand and then fitted, held near to that, on tickets of our own in seven languages.

use crate::triage::{
    category::BUILT_IN,
    fold::Folded,
    lexicon::{Hit, Lexicon},
};

/// From this confidence on a guess files by itself: on tickets of topics and wordings that the weights were not fitted on,
/// at least 95 % of such guesses were right.
pub const AUTO_MIN: f64 = 0.75;
/// The weights are sure of themselves; this makes the confidence as sure as they were found right on unseen tickets.
const TEMPERATURE: f64 = 0.6;
/// A word of the subject counts half as much again.
const TITLE_MORE: f64 = 0.5;
/// Each doubling of a concept's words adds this, three times at most.
const DOUBLING: f64 = 0.25;
const DOUBLINGS_MAX: f64 = 3.0;
/// Words that a guess names.
const REASONS_MAX: usize = 6;

/// How strongly a concept shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// Index of [`Lexicon::concepts`].
    pub concept: usize,
    pub strength: f64,
    /// Byte of the folded text where it first shows; `None`: it is read from the form of the whole.
    pub at: Option<usize>,
}

/// Concepts so named tell how a mail is put, not what of: they are no reasons to show to people.
const FORM: &str = "form_";

/// The concepts of a text, ascending, with those that are read from its form: `form_question`, `form_statement`,
/// `form_wordless` and `form_always`.
pub fn evidence(lexicon: &Lexicon, folded: &Folded, hits: &[Hit]) -> Vec<Shown> {
    let mut sorted: Vec<&Hit> = hits.iter().collect();
    sorted.sort_by_key(|h| (h.concept, h.from, std::cmp::Reverse(h.to)));
    let mut shown: Vec<(Shown, u32)> = Vec::new();
    for hits in sorted.chunk_by(|a, b| a.concept == b.concept) {
        let Some(concept) = hits.first().map(|h| h.concept).filter(|c| speaks(lexicon, *c)) else { continue };
        let titled = |h: &&Hit| folded.sentences.get(h.sentence).is_some_and(|s| s.title);
        let strength = if hits.iter().any(titled) { 1.0 + TITLE_MORE } else { 1.0 };
        let (mut count, mut covered_to) = (0, 0);
        for hit in hits {
            // One place is one word, however many patterns find it.
            count += u32::from(count == 0 || hit.from >= covered_to);
            covered_to = covered_to.max(hit.to);
        }
        shown.push((Shown { concept, strength, at: hits.first().map(|h| h.from) }, count));
    }
    let weighs = |concept: usize| lexicon.concepts.get(concept).is_some_and(|c| !c.weights.is_empty());
    let wordless = !shown.iter().any(|(s, _)| weighs(s.concept));
    let mut evidence: Vec<Shown> = shown
        .into_iter()
        .map(|(s, count)| {
            let more = DOUBLING * f64::from(count).log2().min(DOUBLINGS_MAX);
            Shown { strength: s.strength + more, ..s }
        })
        .collect();
    let has = |name: &str, all: &[Shown]| {
        lexicon.position(name).is_some_and(|concept| all.iter().any(|s| s.concept == concept))
    };
    let question = folded.sentences.iter().any(|s| s.question);
    // Who writes in a hurry asks without a mark: "how do i stop this".
    let asks = ["please", "wish", "form_how_do_i"].iter().any(|name| has(name, &evidence));
    let statement = !question && !asks;
    let forms = [
        ("form_question", question),
        ("form_statement", statement),
        ("form_wordless", wordless),
        ("form_always", true),
    ];
    for (name, holds) in forms {
        if let Some(concept) = lexicon.position(name).filter(|_| holds) {
            evidence.push(Shown { concept, strength: 1.0, at: None });
        }
    }
    evidence
}

/// The evidence without the small words that tell how a mail is put: the learned model sees all words itself.
pub fn matter(lexicon: &Lexicon, evidence: &[Shown]) -> impl Iterator<Item = Shown> {
    let small =
        |shown: &Shown| lexicon.concepts.get(shown.concept).is_some_and(|c| c.words && of_form(&c.name));
    evidence.iter().copied().filter(move |shown| !small(shown))
}

fn of_form(name: &str) -> bool {
    name.starts_with(FORM)
}

fn speaks(lexicon: &Lexicon, concept: usize) -> bool {
    // Concepts of priority and spam say nothing of the category; those without weights speak to what was learned.
    lexicon.concepts.get(concept).is_some_and(|c| {
        c.weights.is_empty() || BUILT_IN.iter().any(|category| c.weights.contains_key(*category))
    })
}

fn weight(lexicon: &Lexicon, shown: &Shown, category: &str) -> f64 {
    let weights = lexicon.concepts.get(shown.concept).map(|c| &c.weights);
    shown.strength * weights.and_then(|w| w.get(category)).copied().unwrap_or_default()
}

/// The sums of weights, in the order of [`BUILT_IN`].
pub fn sums(lexicon: &Lexicon, evidence: &[Shown]) -> [f64; 3] {
    BUILT_IN.map(|category| evidence.iter().map(|shown| weight(lexicon, shown, category)).sum())
}

/// How likely each category of [`BUILT_IN`] is.
pub fn probabilities(lexicon: &Lexicon, evidence: &[Shown]) -> [f64; 3] {
    let sums = sums(lexicon, evidence).map(|sum| sum * TEMPERATURE);
    let most = sums.iter().copied().fold(f64::MIN, f64::max);
    let parts = sums.map(|sum| (sum - most).exp());
    let total: f64 = parts.iter().sum();
    parts.map(|part| part / total)
}

/// The words that weighed most, each behind the category that it spoke for.
pub fn reasons<'t>(
    lexicon: &Lexicon,
    folded: &'t Folded,
    hits: &[Hit],
    evidence: &[Shown],
) -> Vec<(&'static str, &'t str)> {
    let mut said: Vec<(f64, &'static str, &str)> = Vec::new();
    let told = |shown: &&Shown| lexicon.concepts.get(shown.concept).is_some_and(|c| !of_form(&c.name));
    for shown in evidence.iter().filter(told) {
        let weights = BUILT_IN.map(|category| (weight(lexicon, shown, category), category));
        let mean = weights.iter().map(|(w, _)| w).sum::<f64>() / 3.0;
        let Some((most, category)) = weights.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
        let words = hits.iter().filter(|h| h.concept == shown.concept);
        let longest = words.max_by_key(|h| (h.to - h.from, std::cmp::Reverse(h.from)));
        let word = longest.and_then(|h| folded.text.get(h.from..h.to));
        // `不`, `您`: they weigh, and tell nobody anything.
        if let Some(word) = word.filter(|word| most > 0.0 && word.chars().nth(1).is_some()) {
            said.push((most - mean, category, word));
        }
    }
    said.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut reasons = Vec::new();
    for (_, category, word) in said {
        if reasons.len() < REASONS_MAX && !reasons.contains(&(category, word)) {
            reasons.push((category, word));
        }
    }
    reasons
}
