//! The weighted lexicon: concepts, each with its words in many languages, found in one pass over a folded text. **Pure**;
//! knows nothing of tickets. The words are data, in `config/lexicon/*.toml`.
//!
//! Notation of a word: it begins where a word begins and may go on (`refund` finds *refunded*); `_` at the end asks for
//! the end of the word, `*` at the beginning allows the middle of one (German compounds), `#` is a digit; `~` stands for up to
//! [`GAP_BYTES_MAX`] bytes of the same sentence. CJK words stand anywhere. Words under `en_only` count in English alone.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    fold::{Folded, fold_words, is_cjk},
    prefixes::Prefixes,
};

/// The most that `~` bridges.
const GAP_BYTES_MAX: usize = 36;
/// Hits of one text; a text that has more says nothing new.
const HITS_MAX: usize = 1_000;

/// What a lexicon file holds.
#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    concept: Vec<Written>,
}

#[derive(Debug, Deserialize)]
struct Written {
    name: String,
    /// A longer word of this concept hides the shorter words of others that lie within it.
    #[serde(default)]
    covers: bool,
    #[serde(default)]
    weights: BTreeMap<String, f64>,
    /// Language → words.
    #[serde(flatten)]
    words: BTreeMap<String, Vec<String>>,
}

/// A thing that texts speak of.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    pub name: String,
    pub covers: bool,
    /// It has words; otherwise it is read from a mail's form.
    pub words: bool,
    /// What it speaks for, and how strongly.
    pub weights: BTreeMap<String, f64>,
}

/// Where a concept's word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Index of [`Lexicon::concepts`].
    pub concept: usize,
    /// Index of [`Folded::sentences`].
    pub sentence: usize,
    /// Bytes of [`Folded::text`], from and to.
    pub from: usize,
    pub to: usize,
}

/// Built once from its files.
#[derive(Debug, Default)]
pub struct Lexicon {
    pub concepts: Vec<Concept>,
    /// The concepts' places by their names.
    places: BTreeMap<String, usize>,
    pieces: Prefixes,
    /// By piece: what it is part of.
    uses: Vec<Vec<Use>>,
    /// Characters by which pieces begin that may stand within a word.
    inside: Vec<char>,
    /// By word: its concept, and the language where it counts.
    words: Vec<Word>,
    languages: Vec<String>,
}

#[derive(Debug)]
struct Word {
    concept: usize,
    pieces: usize,
    /// Index of `languages`; `None` counts in any.
    language: Option<usize>,
    /// Of Han or kana: what a mail in German quotes counts as well.
    han: bool,
}

#[derive(Debug)]
struct Use {
    word: usize,
    /// Which piece of the word it is.
    place: usize,
    word_start: bool,
    word_end: bool,
}

/// A lexicon file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    #[error("the lexicon is no TOML of concepts: {0}")]
    Toml(#[from] toml::de::Error),
}

impl Lexicon {
    /// Builds the lexicon of several files, in order.
    ///
    /// # Errors
    /// [`LexiconError`], with the place in the file.
    pub fn parse(files: &[&str]) -> Result<Self, LexiconError> {
        let mut building = Building::new();
        for file in files {
            let file: File = toml::from_str(file)?;
            file.concept.into_iter().for_each(|concept| building.concept(concept));
        }
        Ok(building.build())
    }

    /// A lexicon of an operator's words, one concept a list. They count in any language; where words of several lists stand one
    /// within the other, the longest counts.
    #[must_use]
    pub fn of_words<'w>(lists: impl IntoIterator<Item = (&'w str, &'w [String])>) -> Self {
        let mut building = Building::new();
        for (concept, (name, words)) in lists.into_iter().enumerate() {
            words.iter().for_each(|word| building.word(concept, "en", word));
            building.concepts.push(Concept {
                name: name.to_owned(),
                covers: true,
                words: true,
                weights: BTreeMap::new(),
            });
        }
        building.build()
    }

    /// Finds all words, in the order of their ends. With a reliable `language` that the lexicon has, words of other languages
    /// do not count (English ones always do: it is everywhere; Chinese and Japanese ones are silent in each other only).
    #[must_use]
    pub fn find(&self, folded: &Folded, language: Option<&str>) -> Vec<Hit> {
        // Chinese and Japanese share letters, not words: 請 is "please" in one and half of "invoice" in the other.
        let in_han = matches!(language, Some("zh" | "ja"));
        let language = language.and_then(|code| self.languages.iter().position(|l| l == code));
        // By word of several pieces: where it began, how far it came, in which sentence.
        let mut begun: BTreeMap<usize, (usize, usize, usize)> = BTreeMap::new();
        let mut hits = Vec::new();
        let mut sentences = folded.sentences.iter().enumerate().peekable();
        for found in self.pieces_of(&folded.text) {
            while sentences.peek().is_some_and(|(_, s)| s.to < found.end) {
                sentences.next();
            }
            let Some((sentence, _)) = sentences.peek().copied() else { break };
            for used in self.uses.get(found.piece).into_iter().flatten() {
                let Some(word) = self.words.get(used.word) else { continue };
                let speaks = word.language.is_none()
                    || language.is_none()
                    || word.language == language
                    || word.han && !in_han;
                if !speaks || !stands(&folded.text, found.start, found.end, used) {
                    continue;
                }
                let goes_on = |(_, to, within): &(usize, usize, usize)| {
                    *within == sentence && *to <= found.start && found.start - to <= GAP_BYTES_MAX
                };
                let from = match used.place {
                    0 => found.start,
                    _ => match begun.get(&used.word).filter(|state| goes_on(state)) {
                        Some((from, ..)) => *from,
                        None => continue,
                    },
                };
                if used.place + 1 == word.pieces {
                    hits.push(Hit { concept: word.concept, sentence, from, to: found.end });
                } else {
                    begun.insert(used.word, (from, found.end, sentence));
                }
            }
            if hits.len() >= HITS_MAX {
                break;
            }
        }
        self.uncovered(hits)
    }

    /// All pieces that stand in a text, in the order of their ends, of equals the longest first.
    fn pieces_of(&self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        let mut before = ' ';
        for (start, c) in text.char_indices() {
            // But for a few, Latin pieces begin where words do.
            let may_begin = c > ' ' && !is_letter(before) || is_cjk(c) || self.inside.contains(&c);
            before = c;
            if may_begin {
                let begun = self.pieces.of(text.get(start..).unwrap_or_default());
                found.extend(begun.map(|(piece, length)| Found { end: start + length, start, piece }));
            }
        }
        found.sort_unstable();
        found
    }

    /// The place of a concept by its name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Without what lies within a longer word of a covering concept.
    fn uncovered(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        let covers = |hit: &Hit| self.concepts.get(hit.concept).is_some_and(|c| c.covers);
        let covering: Vec<Hit> = hits.iter().filter(|h| covers(h)).copied().collect();
        if !covering.is_empty() {
            hits.retain(|h| {
                !covering.iter().any(|c| c.concept != h.concept && c.from <= h.from && h.to <= c.to)
            });
        }
        hits
    }
}

/// A piece where it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    end: usize,
    start: usize,
    piece: usize,
}

/// A letter of a script that parts its words.
fn is_letter(c: char) -> bool {
    !is_cjk(c) && c.is_alphanumeric()
}

/// Whether a piece stands at the borders of words that it asks for.
fn stands(text: &str, from: usize, to: usize, used: &Use) -> bool {
    let before = || text.get(..from).and_then(|t| t.chars().next_back());
    let after = || text.get(to..).and_then(|t| t.chars().next());
    (!used.word_start || !before().is_some_and(is_letter))
        && (!used.word_end || !after().is_some_and(is_letter))
}

#[derive(Default)]
struct Building {
    concepts: Vec<Concept>,
    words: Vec<Word>,
    languages: Vec<String>,
    pieces: Vec<(String, Use)>,
    inside: Vec<char>,
}

impl Building {
    fn new() -> Self {
        Self { languages: vec!["en".to_owned()], ..Self::default() }
    }

    fn concept(&mut self, written: Written) {
        let concept = self.concepts.len();
        for (language, words) in &written.words {
            for word in words {
                if word.contains('#') {
                    for digit in '0'..='9' {
                        let inside = if word.starts_with('#') { "*" } else { "" };
                        self.word(
                            concept,
                            language,
                            &format!("{inside}{}", word.replace('#', &digit.to_string())),
                        );
                    }
                } else {
                    self.word(concept, language, word);
                }
            }
        }
        let words = !written.words.is_empty();
        self.concepts.push(Concept {
            name: written.name,
            covers: written.covers,
            words,
            weights: written.weights,
        });
    }

    fn word(&mut self, concept: usize, language: &str, written: &str) {
        let pieces: Vec<&str> = written.split('~').map(str::trim).filter(|p| !p.is_empty()).collect();
        let cjk = written.chars().any(is_cjk);
        // English words count everywhere, but for those that mean something else elsewhere.
        let only = language.strip_suffix("_only");
        let language = (only.is_some() || language != "en").then(|| {
            let language = only.unwrap_or(language);
            self.languages.iter().position(|l| l == language).unwrap_or_else(|| {
                self.languages.push(language.to_owned());
                self.languages.len() - 1
            })
        });
        let word = self.words.len();
        let last = pieces.len().saturating_sub(1);
        for (place, piece) in pieces.iter().enumerate() {
            let inside = piece.starts_with('*');
            let folded = fold_words(piece);
            // "add ~ seat" must not begin in "address".
            let short = place < last && !cjk && folded.len() < 4;
            let word_end = piece.ends_with('_') || short;
            let Some(first) = folded.chars().next() else { continue };
            let word_start = !inside && !is_cjk(first);
            if inside && !self.inside.contains(&first) {
                self.inside.push(first);
            }
            self.pieces.push((folded, Use { word, place, word_start, word_end }));
        }
        self.words.push(Word { concept, pieces: pieces.len(), language, han: cjk });
    }

    fn build(mut self) -> Lexicon {
        // Stable: what a piece is part of stays in the order of the files.
        self.pieces.sort_by(|a, b| a.0.cmp(&b.0));
        let (mut pieces, mut uses) = (Vec::<String>::new(), Vec::<Vec<Use>>::new());
        for (piece, used) in self.pieces {
            match (pieces.last(), uses.last_mut()) {
                (Some(last), Some(uses)) if *last == piece => uses.push(used),
                _ => {
                    pieces.push(piece);
                    uses.push(vec![used]);
                }
            }
        }
        let places = self.concepts.iter().enumerate().map(|(place, c)| (c.name.clone(), place)).collect();
        Lexicon {
            concepts: self.concepts,
            places,
            pieces: Prefixes::new(pieces),
            uses,
            inside: self.inside,
            words: self.words,
            languages: self.languages,
        }
    }
}
