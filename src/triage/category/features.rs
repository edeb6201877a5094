//! A text as numbers, for learning: its words and pieces of words, hashed, the early ones counting more, and the concepts of the lexicon,
//! which hold across languages. **Pure**: the same text gives the same numbers on every machine.

use super::by_lexicon::Shown;
use crate::triage::fold::{Folded, is_cjk};

/// Hashed places of words and pieces.
pub const HASHED: usize = 1 << 17;
/// Places after them: one for each concept.
pub const CONCEPTS_MAX: usize = 256;
/// The constant's place.
const CONSTANT: u32 = (HASHED + CONCEPTS_MAX) as u32;
/// All places.
pub const PLACES: usize = HASHED + CONCEPTS_MAX + 1;

/// Words of a text that are looked at: learning and judging stay within a fraction of a millisecond.
const WORDS_MAX: usize = 200;
/// A word after so many others counts half, after twice as many a third: what is wanted stands in the subject and the first
/// sentences, and is said again there; signatures, disclaimers and quoted mails come last.
const HALF_AFTER: f32 = 12.0;
/// Letters of a piece of a Latin word, least and most.
const PIECE: (usize, usize) = (3, 5);

/// Numbers at places.
pub type Sparse = Vec<(u32, f32)>;

/// What a text holds, before it is weighed by how rare its words are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// Words, and pairs of CJK characters; dampened counts, early ones more.
    pub words: Sparse,
    /// Pieces of words, the same.
    pub pieces: Sparse,
    /// Concepts by how strongly they show, early ones more.
    pub concepts: Sparse,
}

/// Takes a text apart.
#[must_use]
pub fn parts(folded: &Folded, evidence: &[Shown]) -> Parts {
    let mut counts = Counts::default();
    for sentence in &folded.sentences {
        counts.add(sentence.from, folded.text.get(sentence.from..sentence.to).unwrap_or_default());
    }
    let concepts = evidence.iter().filter_map(|shown| counts.concept(shown)).collect();
    Parts { words: counted(counts.words), pieces: counted(counts.pieces), concepts }
}

impl Parts {
    /// One vector: words have length 1, pieces have length 1, concepts have length `concepts`; each number is weighed by `rarity`
    /// (0: never seen, left out). A constant stands last.
    #[must_use]
    pub fn vector(&self, rarity: &[f32], concepts: f32) -> Sparse {
        let mut all = Vec::with_capacity(self.words.len() + self.pieces.len() + self.concepts.len() + 1);
        for (numbers, length) in [(&self.words, 1.0), (&self.pieces, 1.0), (&self.concepts, concepts)] {
            add_weighed(&mut all, numbers, rarity, length);
        }
        all.push((CONSTANT, 0.3));
        all
    }
}

fn add_weighed(all: &mut Sparse, numbers: &Sparse, rarity: &[f32], length: f32) {
    let from = all.len();
    let mut squares = 0.0_f32;
    for (place, number) in numbers {
        let rare = rarity.get(*place as usize).copied().unwrap_or_default();
        if rare > 0.0 {
            squares += (number * rare).powi(2);
            all.push((*place, number * rare));
        }
    }
    let scale = length / squares.sqrt().max(f32::MIN_POSITIVE);
    all.iter_mut().skip(from).for_each(|(_, number)| *number *= scale);
}

/// Places, each with how much it counts.
#[derive(Default)]
struct Counts {
    words: Vec<(u32, f32)>,
    pieces: Vec<(u32, f32)>,
    /// Words that stood before; a CJK character is half a word.
    after: f32,
    /// Bytes of the text where a word or a CJK character begins, each with the words before it.
    begins: Vec<(usize, f32)>,
}

impl Counts {
    /// `at`: the byte where the sentence begins.
    fn add(&mut self, at: usize, sentence: &str) {
        let mut at = at;
        for word in sentence.split(' ') {
            if self.after > WORDS_MAX as f32 {
                return;
            }
            let mut within = at;
            for run in runs(word) {
                if run.chars().next().is_some_and(is_cjk) {
                    self.add_cjk(within, run);
                } else {
                    self.begins.push((within, self.after));
                    let counts = early(self.after);
                    self.words.push((place(hash(0, run)), counts));
                    self.add_pieces(run, counts);
                    self.after += 1.0;
                }
                within += run.len();
            }
            at += word.len() + 1;
        }
    }

    /// The square root of what a word counts there: a concept is right late more often than a word is.
    fn concept(&self, shown: &Shown) -> Option<(u32, f32)> {
        let place = u32::try_from(HASHED + shown.concept).ok().filter(|_| shown.concept < CONCEPTS_MAX)?;
        let after = shown.at.map_or(HALF_AFTER, |at| {
            let next = self.begins.partition_point(|(begins, _)| *begins <= at);
            next.checked_sub(1).and_then(|before| self.begins.get(before)).map_or(0.0, |(_, after)| *after)
        });
        Some((place, shown.strength as f32 * early(after).sqrt()))
    }

    /// Han and kana have no words that are easy to find: characters, pairs and triples of them stand for words and pieces.
    fn add_cjk(&mut self, at: usize, run: &str) {
        for (from, _) in run.char_indices() {
            let rest = run.get(from..).unwrap_or_default();
            self.begins.push((at + from, self.after));
            let counts = early(self.after);
            let ends = rest.char_indices().map(|(end, c)| end + c.len_utf8()).take(3);
            for (before, end) in ends.enumerate() {
                let place = place(hash(3, rest.get(..end).unwrap_or_default()));
                let into = if before == 1 { &mut self.words } else { &mut self.pieces };
                into.push((place, counts));
            }
            self.after += 0.5;
        }
    }

    /// Pieces with the word's borders, so that `_car` and `scar` differ.
    fn add_pieces(&mut self, word: &str, counts: f32) {
        let bordered: Vec<char> = std::iter::once('_').chain(word.chars()).chain(['_']).collect();
        for length in PIECE.0..=PIECE.1 {
            for piece in bordered.windows(length) {
                let hash = piece.iter().fold(fnv_begin(1), |hash, c| fnv(hash, u32::from(*c)));
                self.pieces.push((place(hash), counts));
            }
        }
    }
}

/// How much a word counts after so many others.
fn early(after: f32) -> f32 {
    1.0 / (1.0 + after / HALF_AFTER)
}

/// The word cut where CJK begins or ends.
fn runs(word: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let kind = is_cjk(first);
        let end = rest.char_indices().find(|(_, c)| is_cjk(*c) != kind).map_or(rest.len(), |(at, _)| at);
        let Some((run, after)) = rest.split_at_checked(end) else { break };
        runs.push(run);
        rest = after;
    }
    runs
}

/// The words of a text with their places, to tell what a judgement rests on.
#[must_use]
pub fn words(folded: &Folded) -> Vec<(u32, &str)> {
    let runs = folded.text.split([' ', '\n']).flat_map(runs);
    let mut words = Vec::new();
    for run in runs.take(WORDS_MAX) {
        if run.chars().next().is_some_and(is_cjk) {
            let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
            for ends in starts.windows(3) {
                if let [from, _, to] = ends
                    && let Some(pair) = run.get(*from..*to)
                {
                    words.push((place(hash(3, pair)), pair));
                }
            }
        } else {
            words.push((place(hash(0, run)), run));
        }
    }
    words
}

fn place(hash: u32) -> u32 {
    (hash ^ (hash >> 16)) % HASHED as u32
}

/// Counts, dampened: the tenth time says little more than the third.
fn counted(mut counts: Vec<(u32, f32)>) -> Sparse {
    counts.sort_by_key(|(place, _)| *place);
    let mut counted: Sparse = Vec::with_capacity(counts.len());
    for (place, more) in counts {
        match counted.last_mut() {
            Some((before, count)) if *before == place => *count += more,
            _ => counted.push((place, more)),
        }
    }
    counted.iter_mut().for_each(|(_, count)| *count = count.ln_1p());
    counted
}

/// FNV-1a over characters: stable, quick, and spread enough after a fold of its halves.
fn hash(kind: u32, text: &str) -> u32 {
    text.chars().fold(fnv_begin(kind), |hash, c| fnv(hash, u32::from(c)))
}

fn fnv_begin(kind: u32) -> u32 {
    fnv(0x811c_9dc5, kind)
}

fn fnv(hash: u32, value: u32) -> u32 {
    let hash = (hash ^ (value & 0xff)).wrapping_mul(0x0100_0193);
    let hash = (hash ^ ((value >> 8) & 0xff)).wrapping_mul(0x0100_0193);
    (hash ^ (value >> 16)).wrapping_mul(0x0100_0193)
}
