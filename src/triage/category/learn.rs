//! Learning from corrections. **Pure**: the same corrections in the same order give the same model. One linear judge a
//! category (support vectors with squared hinge, by dual coordinate descent: C.-J. Hsieh and others, ICML 2008), all
//! categories weighing the same, over [`super::features`]. Where words speak for the categories, built-in ones or the operator's,
//! their judgement is where it starts from.
//!
//! Invariants: what it says of its own quality was measured on corrections that it had not seen; where that is not better
//! than the words alone, it is silent.

use std::collections::BTreeMap;

use super::{
    calibration::{Calibration, Outcome},
    features::{PLACES, Parts, Sparse},
};

/// Under this many corrections nothing is learned where words speak.
pub const CORRECTIONS_MIN: usize = 20;
/// The newest corrections that count: learning takes half a second from 800, some four seconds from all of these.
pub const CORRECTIONS_MAX: usize = 4_000;
/// Categories of one model: it stays under 10 MB.
pub const CATEGORIES_MAX: usize = 16;

const FOLDS: usize = 5;
/// Rounds over all corrections.
const ROUNDS: usize = 40;
/// A round that moves no correction further than this is the last.
const CLOSE: f64 = 0.002;
/// The cost of an error; more fits the corrections closer.
const COST: f64 = 0.08;
/// All categories weigh the same together; a correction of a rare one weighs at most this much.
const RARE_WEIGHT_MAX: f64 = 8.0;
/// Concepts count much where corrections are few, words where they are many.
const CONCEPTS: f64 = 20.0;
const CONCEPTS_LESS: f64 = 0.65;
const CONCEPTS_MOST: f64 = 2.0;

/// A corrected ticket, taken apart.
#[derive(Debug, Clone)]
pub struct Example {
    pub parts: Parts,
    /// How likely each category is by words alone; empty: no words speak for any. Of all examples the same categories.
    pub said: Vec<(String, f64)>,
    /// What a person said.
    pub category: String,
}

/// How good a model is, on corrections that it had not seen.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Quality {
    pub corrections: usize,
    /// The share of right guesses.
    pub right: f64,
    /// The same of words alone; `None` where no words speak for the categories.
    pub words_right: Option<f64>,
    /// The share that it would file by itself, and how much of that was right.
    pub filed: f64,
    pub filed_right: f64,
    /// Whether it speaks: it is better than words alone.
    pub speaks: bool,
    /// Corrections by category.
    pub by_category: BTreeMap<String, usize>,
}

/// What corrections taught.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    pub categories: Vec<String>,
    judges: Judges,
    pub calibration: Calibration,
    pub quality: Quality,
    /// Words speak for the categories: the judges start from what they say.
    pub on_words: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Judges {
    /// How rare each place is; 0: never seen.
    rarity: Vec<f32>,
    concept_scale: f32,
    /// By category, then by place.
    weights: Vec<Vec<f32>>,
}

/// Learns. `None`: too few corrections, or all of one category of which no words speak. `precision` is the share of automatic filing
/// that must be right.
#[must_use]
pub fn learn(examples: &[Example], precision: f64) -> Option<Learned> {
    let newest = examples.get(examples.len().saturating_sub(CORRECTIONS_MAX)..).unwrap_or(examples);
    let mut by_category: BTreeMap<String, usize> = BTreeMap::new();
    for example in newest {
        *by_category.entry(example.category.clone()).or_default() += 1;
    }
    let said: Vec<&String> =
        newest.iter().flat_map(|e| &e.said).map(|(name, _)| name).take(newest.first()?.said.len()).collect();
    let on_words = !said.is_empty() && by_category.keys().all(|name| said.contains(&name));
    // With words also those that nobody was corrected to: the words may say them.
    let names = if on_words { said } else { by_category.keys().collect() };
    let categories = most_corrected(names, &by_category);
    if (on_words && newest.len() < CORRECTIONS_MIN) || categories.len() < 2 {
        return None;
    }
    let rows: Vec<Row<'_>> =
        newest.iter().filter_map(|example| Row::of(example, &categories, on_words)).collect();
    let outcomes = unseen(&rows, &categories);
    let calibration = Calibration::of(&outcomes, categories.len(), precision);
    let quality = quality(&rows, &outcomes, &calibration, on_words, by_category);
    let all: Vec<usize> = (0..rows.len()).collect();
    let judges = Judges::train(&rows, &all, categories.len());
    Some(Learned { judges, calibration, quality, on_words, categories })
}

/// At most [`CATEGORIES_MAX`], those with the most corrections, in the order in which they came.
fn most_corrected(names: Vec<&String>, by_category: &BTreeMap<String, usize>) -> Vec<String> {
    let mut kept = names.clone();
    kept.sort_by_key(|name| std::cmp::Reverse(by_category.get(*name).copied().unwrap_or_default()));
    kept.truncate(CATEGORIES_MAX);
    names.into_iter().filter(|name| kept.contains(name)).cloned().collect()
}

/// An example as the judges see it.
struct Row<'a> {
    parts: &'a Parts,
    category: usize,
    /// Where the judges start from, by category.
    start: Vec<f64>,
    /// Whether words alone say it; `None`: none speak for these categories.
    words_right: Option<bool>,
}

impl<'a> Row<'a> {
    fn of(example: &'a Example, categories: &[String], on_words: bool) -> Option<Self> {
        let category = categories.iter().position(|c| *c == example.category)?;
        let start = start(categories, &example.said, on_words);
        // Words that say nothing leave all categories equal: that is no right guess.
        let ours = start.get(category).copied().unwrap_or_default();
        let leads = || start.iter().enumerate().all(|(at, margin)| at == category || *margin < ours);
        let words_right = on_words.then(leads);
        Some(Self { parts: &example.parts, category, start, words_right })
    }
}

/// The judgement of words as margins.
fn start(categories: &[String], said: &[(String, f64)], on_words: bool) -> Vec<f64> {
    let margin = |category: &String| {
        let likely = said.iter().find(|(name, _)| name == category).map_or(0.5, |(_, p)| *p);
        let p = likely.clamp(0.02, 0.98);
        if on_words { 0.6 * (p / (1.0 - p)).ln() } else { 0.0 }
    };
    categories.iter().map(margin).collect()
}

fn first_of(margins: &[f64]) -> Option<usize> {
    let best = margins.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    best.map(|(at, _)| at)
}

/// Each example judged by judges that did not see it.
fn unseen(rows: &[Row<'_>], categories: &[String]) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(rows.len());
    for fold in 0..FOLDS {
        let part = |out: bool| (0..rows.len()).filter(move |at| (scattered(*at) % FOLDS == fold) == out);
        let seen: Vec<usize> = part(false).collect();
        let judges = Judges::train(rows, &seen, categories.len());
        for row in part(true).filter_map(|at| rows.get(at)) {
            let margins = judges.margins(row.parts, &row.start);
            let guess = first_of(&margins).unwrap_or_default();
            outcomes.push(Outcome {
                sureness: sureness(&margins),
                guess,
                right: guess == row.category,
                words_right: row.words_right,
            });
        }
    }
    outcomes
}

/// Corrections that follow each other are often alike: folds take them in no order.
fn scattered(at: usize) -> usize {
    (at.wrapping_mul(0x9e37_79b9) >> 8) & 0xffff
}

/// How far the best stands above the second.
fn sureness(margins: &[f64]) -> f64 {
    let mut sorted = margins.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    match sorted.as_slice() {
        [first, second, ..] => first - second + 0.3 * first,
        _ => 0.0,
    }
}

fn quality(
    rows: &[Row<'_>],
    outcomes: &[Outcome],
    calibration: &Calibration,
    on_words: bool,
    by_category: BTreeMap<String, usize>,
) -> Quality {
    let share = |count: usize, of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 };
    let right = outcomes.iter().filter(|o| o.right).count();
    let by_words = outcomes.iter().filter(|o| o.words_right == Some(true)).count();
    let apart = outcomes.iter().filter(|o| o.words_right.is_some_and(|w| w != o.right)).count();
    let filed: Vec<&Outcome> = outcomes.iter().filter(|o| calibration.files(o.sureness, o.guess)).collect();
    // Better by more than chance alone would often give.
    let better = right as f64 - by_words as f64 >= 1.0 + 0.5 * (apart as f64).sqrt();
    Quality {
        corrections: rows.len(),
        right: share(right, outcomes.len()),
        words_right: on_words.then(|| share(by_words, outcomes.len())),
        filed: share(filed.len(), outcomes.len()),
        filed_right: share(filed.iter().filter(|o| o.right).count(), filed.len()),
        speaks: !on_words || better,
        by_category,
    }
}

impl Learned {
    /// The categories, the likeliest first, each with how likely it is; and whether the first may be filed.
    #[must_use]
    pub fn rank(&self, parts: &Parts, said: &[(String, f64)]) -> (Vec<(String, f64)>, bool) {
        let start = start(&self.categories, said, self.on_words);
        let margins = self.judges.margins(parts, &start);
        let sureness = sureness(&margins);
        let guess = first_of(&margins).unwrap_or_default();
        let confidence = self.calibration.confidence(sureness, guess);
        let others: f64 =
            margins.iter().enumerate().filter(|(at, _)| *at != guess).map(|(_, m)| m.exp()).sum();
        let mut ranked: Vec<(String, f64)> = self
            .categories
            .iter()
            .zip(&margins)
            .enumerate()
            .map(|(at, (name, margin))| {
                let likely = if at == guess {
                    confidence
                } else {
                    (1.0 - confidence) * margin.exp() / others.max(1e-9)
                };
                (name.clone(), likely)
            })
            .collect();
        // The best stays first although a second of few may look likelier than a doubtful first.
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        let first = self.categories.get(guess);
        if let Some(at) = ranked.iter().position(|(name, _)| Some(name) == first) {
            let best = ranked.remove(at);
            ranked.insert(0, best);
        }
        (ranked, self.calibration.files(sureness, guess))
    }

    /// How strongly the hashed word speaks for a category, against the mean of all.
    #[must_use]
    pub fn weight_of(&self, place: u32, category: &str) -> f64 {
        let at = self.categories.iter().position(|c| c == category);
        let weight = |weights: &Vec<f32>| f64::from(weights.get(place as usize).copied().unwrap_or_default());
        let all: Vec<f64> = self.judges.weights.iter().map(weight).collect();
        let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
        at.and_then(|at| all.get(at)).map_or(0.0, |w| w - mean)
    }
}

impl Judges {
    fn train(rows: &[Row<'_>], seen: &[usize], categories: usize) -> Self {
        let rows: Vec<&Row<'_>> = seen.iter().filter_map(|at| rows.get(*at)).collect();
        let rarity = rarity(&rows);
        let many = (rows.len().max(1) as f64).powf(CONCEPTS_LESS);
        let concept_scale = (CONCEPTS / many).min(CONCEPTS_MOST) as f32;
        let vectors: Vec<Sparse> = rows.iter().map(|row| row.parts.vector(&rarity, concept_scale)).collect();
        let costs = costs(&rows, categories);
        let weights = (0..categories).map(|category| judge(&rows, &vectors, &costs, category)).collect();
        Self { rarity, concept_scale, weights }
    }

    fn margins(&self, parts: &Parts, start: &[f64]) -> Vec<f64> {
        let vector = parts.vector(&self.rarity, self.concept_scale);
        self.weights.iter().zip(start).map(|(weights, start)| start + dot(weights, &vector)).collect()
    }
}

/// As inverse document frequency, smoothed.
fn rarity(rows: &[&Row<'_>]) -> Vec<f32> {
    let mut seen = vec![0.0_f32; PLACES];
    for row in rows {
        let parts = row.parts;
        for (place, _) in parts.words.iter().chain(&parts.pieces).chain(&parts.concepts) {
            if let Some(count) = seen.get_mut(*place as usize) {
                *count += 1.0;
            }
        }
    }
    let all = 1.0 + rows.len() as f32;
    seen.iter_mut()
        .filter(|count| **count > 0.0)
        .for_each(|count| *count = (all / (1.0 + *count)).ln().max(0.0) + 1.0);
    seen
}

fn dot(weights: &[f32], vector: &Sparse) -> f64 {
    let product = |(place, x): &(u32, f32)| weights.get(*place as usize).copied().unwrap_or_default() * x;
    f64::from(vector.iter().map(product).sum::<f32>())
}

/// What a miss of each row costs. Each category costs the same together, in its own judge and in those of the others: staff
/// want the rare ones found too.
fn costs(rows: &[&Row<'_>], categories: usize) -> Vec<f64> {
    let mut many = vec![0_usize; categories];
    for row in rows {
        if let Some(count) = many.get_mut(row.category) {
            *count += 1;
        }
    }
    let cost = |row: &&Row<'_>| {
        let ours = many.get(row.category).copied().unwrap_or_default().max(1);
        COST * (rows.len() as f64 / (categories as f64 * ours as f64)).min(RARE_WEIGHT_MAX)
    };
    rows.iter().map(cost).collect()
}

/// One category against all others.
fn judge(rows: &[&Row<'_>], vectors: &[Sparse], costs: &[f64], category: usize) -> Vec<f32> {
    let mut weights = vec![0.0_f32; PLACES];
    let mut alphas = vec![0.0_f64; rows.len()];
    let lengths: Vec<f64> =
        vectors.iter().map(|v| f64::from(v.iter().map(|(_, x)| x * x).sum::<f32>())).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| (scattered(*at), *at));
    for _ in 0..ROUNDS {
        let mut most = 0.0_f64;
        for &at in &order {
            let (Some(row), Some(vector), Some(cost), Some(alpha), Some(length)) =
                (rows.get(at), vectors.get(at), costs.get(at), alphas.get_mut(at), lengths.get(at))
            else {
                continue;
            };
            let sign = if row.category == category { 1.0 } else { -1.0 };
            let slack = 1.0 / (2.0 * cost);
            let start = row.start.get(category).copied().unwrap_or_default();
            let gradient = sign * (dot(&weights, vector) + start) - 1.0 + slack * *alpha;
            let step = (*alpha - gradient / (length + slack)).max(0.0) - *alpha;
            most = most.max(step.abs());
            if step != 0.0 {
                *alpha += step;
                let step = (step * sign) as f32;
                for (place, x) in vector {
                    if let Some(weight) = weights.get_mut(*place as usize) {
                        *weight += step * x;
                    }
                }
            }
        }
        if most < CLOSE {
            break;
        }
    }
    weights
}
