//! Words that an operator gives their categories (`[[category]] words`), in the notation of [`crate::triage::lexicon`]. **Pure**.
//!
//! Invariant: they are looked for as the built-in ones are, in the same folded text, so that case, width, accents and traditional
//! characters do not matter.

use std::collections::{BTreeMap, BTreeSet};

use crate::triage::{
    fold::{Folded, fold_words, is_cjk},
    lexicon::{Hit, Lexicon},
};

/// A Latin word of up to so many letters finds itself alone: "api" is not in "apiary".
const SHORT: usize = 3;
/// A word of the subject counts half as much again.
const TITLE_MORE: f64 = 0.5;

/// What an operator says of their categories.
#[derive(Debug, Default)]
pub struct OwnWords {
    /// By category, as written. One concept of the lexicon each, in this order.
    words: BTreeMap<String, Vec<String>>,
    /// Categories with a built-in name and a meaning of their own: the built-in words say nothing of them.
    redefined: BTreeSet<String>,
    lexicon: Lexicon,
}

impl PartialEq for OwnWords {
    fn eq(&self, other: &Self) -> bool {
        (&self.words, &self.redefined) == (&other.words, &other.redefined)
    }
}

/// What was found of one category's words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found<'t> {
    /// As they stand in the folded text, the longest first, each once.
    pub words: Vec<&'t str>,
    /// How many, one of the subject counting more.
    pub count: f64,
}

impl OwnWords {
    /// Makes them ready to be looked for.
    #[must_use]
    pub fn new(words: BTreeMap<String, Vec<String>>, redefined: BTreeSet<String>) -> Self {
        let ended: Vec<(&str, Vec<String>)> = words
            .iter()
            .map(|(name, words)| (name.as_str(), words.iter().map(|w| ended(w)).collect()))
            .collect();
        let lexicon = Lexicon::of_words(ended.iter().map(|(name, words)| (*name, words.as_slice())));
        Self { words, redefined, lexicon }
    }

    /// A word as it is compared: two that fold to the same are one. Empty: nothing of it can be found in a text.
    #[must_use]
    pub fn folded(word: &str) -> String {
        let pieces: Vec<String> = word.split('~').map(fold_words).filter(|piece| !piece.is_empty()).collect();
        pieces.join(" ~ ")
    }

    /// Whether the category has words of the operator's.
    #[must_use]
    pub fn has(&self, category: &str) -> bool {
        self.words.get(category).is_some_and(|words| !words.is_empty())
    }

    /// Whether a category of a built-in name means what it does in the program.
    #[must_use]
    pub fn keeps_built_in(&self, category: &str) -> bool {
        !self.redefined.contains(category)
    }

    /// The categories with words, in the order of [`OwnWords::find`].
    pub fn categories(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    /// What a text holds of each category's words, in the order of [`OwnWords::categories`].
    #[must_use]
    pub fn find<'t>(&self, folded: &'t Folded) -> Vec<Found<'t>> {
        let hits = if self.words.is_empty() { Vec::new() } else { self.lexicon.find(folded, None) };
        (0..self.words.len()).map(|concept| found(folded, &hits, concept)).collect()
    }
}

/// The words of one category. One that stands within a longer one is no second word.
fn found<'t>(folded: &'t Folded, hits: &[Hit], concept: usize) -> Found<'t> {
    let mut ours: Vec<&Hit> = hits.iter().filter(|hit| hit.concept == concept).collect();
    ours.sort_by_key(|hit| (std::cmp::Reverse(hit.to - hit.from), hit.from));
    let mut counted: Vec<&Hit> = Vec::new();
    for hit in ours {
        if !counted.iter().any(|longer| longer.from <= hit.from && hit.to <= longer.to) {
            counted.push(hit);
        }
    }
    let mut all: Vec<(&str, f64)> = Vec::new();
    for hit in counted {
        let title = folded.sentences.get(hit.sentence).is_some_and(|sentence| sentence.title);
        let counts = if title { 1.0 + TITLE_MORE } else { 1.0 };
        let Some(word) = folded.text.get(hit.from..hit.to) else { continue };
        match all.iter_mut().find(|(known, _)| *known == word) {
            Some((_, most)) => *most = most.max(counts),
            None => all.push((word, counts)),
        }
    }
    let count = all.iter().map(|(_, counts)| counts).sum();
    Found { words: all.into_iter().map(|(word, _)| word).collect(), count }
}

/// A short Latin word asks for its end.
fn ended(word: &str) -> String {
    let folded = fold_words(word);
    let is_marked = word.contains(['~', '*']) || word.ends_with('_');
    let is_short = folded.chars().count() <= SHORT && !folded.chars().any(is_cjk);
    if is_short && !is_marked { format!("{word}_") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::fold::fold;

    fn words(lists: &[(&str, &[&str])]) -> OwnWords {
        let list = |words: &&[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let words = lists.iter().map(|(name, words)| ((*name).to_owned(), list(words))).collect();
        OwnWords::new(words, BTreeSet::new())
    }

    fn found(own: &OwnWords, title: &str, text: &str) -> Vec<(Vec<String>, f64)> {
        let folded = fold(title, text);
        let found = own.find(&folded);
        found.into_iter().map(|f| (f.words.into_iter().map(str::to_owned).collect(), f.count)).collect()
    }

    #[test]
    fn words_are_found_whatever_their_case_width_accents_and_script() {
        let own = words(&[("delivery", &["Parcel", "快递", "livraison retardée", "order ~ late"])]);
        for (text, word) in [
            ("WHERE ARE MY PARCELS?", "parcel"),
            ("我的快遞到哪裡了", "快递"),
            ("Ｐａｒｃｅｌ lost", "parcel"),
            ("la Livraison retardee", "livraison retardee"),
            ("My order of Monday is late.", "order of monday is late"),
        ] {
            assert_eq!(found(&own, "", text), [(vec![word.to_owned()], 1.0)], "{text}");
        }
        assert_eq!(found(&own, "", "My order. You are late."), [(vec![], 0.0)], "of one sentence");
    }

    #[test]
    fn short_words_stand_alone() {
        let own = words(&[("api", &["api", "rest*", "sso_", "票"])]);
        assert_eq!(found(&own, "", "The apiary has no ssol"), [(vec![], 0.0)]);
        assert_eq!(found(&own, "", "The API and SSO")[0].0, ["api", "sso"]);
        assert_eq!(found(&own, "", "请开发票")[0].0, ["票"]);
    }

    #[test]
    fn one_place_is_one_word_and_the_longest_list_word_has_it() {
        let own = words(&[("orders", &["order", "purchase order", "buy"]), ("forms", &["order form"])]);
        let shown = found(&own, "Purchase order", "order order, where is the order form? I want to buy.");
        assert_eq!(shown[1], (vec!["purchase order".to_owned(), "order".to_owned(), "buy".to_owned()], 3.5));
        assert_eq!(shown[0], (vec!["order form".to_owned()], 1.0));
    }

    #[test]
    fn what_folds_to_the_same_is_the_same() {
        assert_eq!(OwnWords::folded(" Réfund_ "), OwnWords::folded("refund"));
        assert_eq!(OwnWords::folded("報價"), OwnWords::folded("报价"));
        assert_eq!(OwnWords::folded("order~late"), OwnWords::folded("Order ~ late"));
        assert_eq!(OwnWords::folded("~ … !"), "");
    }
}
