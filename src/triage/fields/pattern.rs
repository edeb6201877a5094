//! Fixed regular expressions, compiled at first use. `regex` matches in time linear in the text.
//!
//! Edges of words and digits are those of ASCII: with those of Unicode `regex` leaves its automata on the first letter that is not ASCII,
//! which made a Chinese mail ten times as slow as an English one.

use std::sync::OnceLock;

use regex::{CaptureMatches, Captures, Match, Matches, Regex};

/// A pattern that stands in the source. One that does not compile matches nothing, and fails every test that uses it.
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    fn get(&self) -> Option<&Regex> {
        let compile = || {
            let ascii = self.text.replace(r"\b", r"(?-u:\b)").replace(r"\d", r"[0-9]");
            let compiled = Regex::new(&ascii);
            debug_assert!(compiled.is_ok(), "{compiled:?}");
            compiled.ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }

    pub fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.get()?.find(text)
    }

    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.get()?.captures(text)
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.get().is_some_and(|r| r.is_match(text))
    }

    pub fn find_iter<'r, 't>(&'r self, text: &'t str) -> impl Iterator<Item = Match<'t>> + use<'r, 't> {
        self.get().map(|r| -> Matches<'r, 't> { r.find_iter(text) }).into_iter().flatten()
    }

    pub fn captures_iter<'r, 't>(
        &'r self,
        text: &'t str,
    ) -> impl Iterator<Item = Captures<'t>> + use<'r, 't> {
        self.get().map(|r| -> CaptureMatches<'r, 't> { r.captures_iter(text) }).into_iter().flatten()
    }
}
