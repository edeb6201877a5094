//! A text as numbers, for learning: its words, pairs of words and pieces of words, hashed, and the concepts of the lexicon,
//! which hold across languages. **Pure**: the same text gives the same numbers on every machine.

use super::born::Shown;
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
const WORDS_MAX: usize = 400;
/// Letters of a piece of a Latin word, least and most.
const PIECE: (usize, usize) = (3, 5);

/// Numbers at places.
pub type Sparse = Vec<(u32, f32)>;

/// What a text holds, before it is weighed by how rare its words are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// Words and pairs of words, dampened counts.
    pub words: Sparse,
    /// Pieces of words, dampened counts.
    pub pieces: Sparse,
    /// Concepts, together at most of length 1.
    pub concepts: Sparse,
}

/// Takes a text apart.
#[must_use]
pub fn parts(folded: &Folded, evidence: &[Shown]) -> Parts {
    let mut words = Vec::new();
    let mut pieces = Vec::new();
    for sentence in &folded.sentences {
        let text = folded.text.get(sentence.from..sentence.to).unwrap_or_default();
        of_sentence(text, &mut words, &mut pieces);
        if words.len() > 2 * WORDS_MAX {
            break;
        }
    }
    Parts { words: counted(words), pieces: counted(pieces), concepts: concepts(evidence) }
}

impl Parts {
    /// One vector: words have length 1 and pieces have length 1, each weighed by `rarity` (0: never seen, left out), concepts
    /// count `concept_scale` times, and a constant stands last.
    #[must_use]
    pub fn vector(&self, rarity: &[f32], concept_scale: f32) -> Sparse {
        let weighed = |numbers: &Sparse| {
            let weigh = |(place, count): &(u32, f32)| {
                let rare = rarity.get(*place as usize).copied().unwrap_or_default();
                (rare > 0.0).then_some((*place, count * rare))
            };
            unit(numbers.iter().filter_map(weigh).collect())
        };
        let mut all = weighed(&self.words);
        all.extend(weighed(&self.pieces));
        all.extend(self.concepts.iter().map(|(place, x)| (*place, x * concept_scale)));
        all.push((CONSTANT, 0.3));
        all
    }
}

fn concepts(evidence: &[Shown]) -> Sparse {
    let length = evidence.iter().map(|s| s.strength * s.strength).sum::<f64>().sqrt().max(1.0);
    let place = |concept: usize| u32::try_from(HASHED + concept).ok().filter(|_| concept < CONCEPTS_MAX);
    let number = |strength: f64| (strength / length) as f32;
    evidence.iter().filter_map(|s| Some((place(s.concept)?, number(s.strength)))).collect()
}

fn of_sentence(text: &str, words: &mut Vec<u32>, pieces: &mut Vec<u32>) {
    let mut before: Option<u32> = None;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        for run in runs(word) {
            if run.chars().next().is_some_and(is_cjk) {
                of_cjk(run, words, pieces);
                before = None;
                continue;
            }
            let hash = hash(0, run);
            words.push(hash);
            if let Some(before) = before.replace(hash) {
                words.push(mixed(before, hash));
            }
            of_word(run, pieces);
        }
    }
}

/// Han and kana have no words that are easy to find: characters, pairs and triples of them stand for words and pieces.
fn of_cjk(run: &str, words: &mut Vec<u32>, pieces: &mut Vec<u32>) {
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    for length in 1..=3 {
        let into = if length == 2 { &mut *words } else { &mut *pieces };
        for ends in starts.windows(length + 1) {
            if let [from, .., to] = ends {
                into.push(hash(3, run.get(*from..*to).unwrap_or_default()));
            }
        }
    }
}

/// Pieces with the word's borders, so that `_car` and `scar` differ.
fn of_word(word: &str, pieces: &mut Vec<u32>) {
    let bordered: Vec<char> = std::iter::once('_').chain(word.chars()).chain(['_']).collect();
    for length in PIECE.0..=PIECE.1 {
        for piece in bordered.windows(length) {
            pieces.push(piece.iter().fold(fnv_begin(1), |hash, c| fnv(hash, u32::from(*c))));
        }
    }
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
fn counted(mut hashes: Vec<u32>) -> Sparse {
    hashes.iter_mut().for_each(|hash| *hash = place(*hash));
    hashes.sort_unstable();
    let mut counted: Sparse = Vec::with_capacity(hashes.len());
    for hash in hashes {
        match counted.last_mut() {
            Some((place, count)) if *place == hash => *count += 1.0,
            _ => counted.push((hash, 1.0)),
        }
    }
    counted.iter_mut().for_each(|(_, count)| *count = 1.0 + count.ln());
    counted
}

fn unit(mut numbers: Sparse) -> Sparse {
    let length = numbers.iter().map(|(_, x)| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        numbers.iter_mut().for_each(|(_, x)| *x /= length);
    }
    numbers
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

fn mixed(before: u32, hash: u32) -> u32 {
    fnv(fnv(fnv_begin(2), before), hash)
}
