//! What a mail says: language, fields, category, priority, what is missing. **Pure**; may import `mail` only.

pub mod articles;
mod builtin;
pub mod category;
mod fields;
pub mod fold;
mod language;
pub mod lexicon;
pub mod needs;
mod prefixes;
mod priority;
pub mod secrets;
pub mod typing;
mod words;

use serde::{Deserialize, Serialize};

pub use category::Model;

use crate::mail::Reading;

/// The built-in category of trouble with the product.
pub const TECHNICAL: &str = "technical";

/// Language of the newly written text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// ISO 639-1, `zh`, `en`; `None` when nothing could be said.
    pub code: Option<String>,
    pub reliable: bool,
}

/// A name with a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    pub name: Option<String>,
    pub version: Option<String>,
}

/// When it happened, as written and as a range of RFC 3339 instants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OccurredAt {
    pub text: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// The facts a client states (SPEC section 5), in the words of the mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields {
    pub username: Option<String>,
    pub organisation: Option<String>,
    pub phone: Option<String>,
    pub app_version: Option<String>,
    pub device: Option<String>,
    pub browser: Option<Product>,
    pub os: Option<Product>,
    pub occurred_at: Option<OccurredAt>,
    pub error_text: Option<String>,
    pub steps_tried: Vec<String>,
    pub expected: Option<String>,
    pub urls: Vec<String>,
}

/// Where a field's value came from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub source: String,
    pub span: String,
    pub confidence: f64,
}

/// A guess at the category.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CategoryGuess {
    pub name: Option<String>,
    /// How likely the guess is right, 0 to 1.
    pub confidence: f64,
    /// Whether the ticket may be filed without a person's word.
    #[serde(default)]
    pub auto: bool,
    /// The words that made it: `account: charged twice`.
    pub reasons: Vec<String>,
    pub ranking: Vec<Ranked>,
}

/// One row of a ranking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    pub name: String,
    pub confidence: f64,
}

/// A guess at the priority.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityGuess {
    pub name: Option<String>,
    pub reasons: Vec<String>,
}

/// What triage found in one mail.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Triage {
    pub language: Language,
    pub fields: Fields,
    pub evidence: std::collections::BTreeMap<String, Evidence>,
    pub missing: Vec<String>,
    pub intent: needs::Intent,
    pub category: CategoryGuess,
    pub priority: PriorityGuess,
}

/// Reads the language out of the new text: by script first (Han, Kana, Hangul), then by `whatlang` where it is reliable;
/// Latin text under about ten words stays unreliable (DESIGN section 4).
#[must_use]
pub fn triage(reading: &Reading) -> Triage {
    triage_with(reading, &Model::default())
}

/// [`triage`] with what the desk's corrections taught.
#[must_use]
pub fn triage_with(reading: &Reading, model: &Model) -> Triage {
    let written = if reading.reply.trim().is_empty() { &reading.text } else { &reading.reply };
    let read = category::Read::of(&reading.title, written);
    let mut category = category::guess(&read, model);
    category.reasons.extend(priority::spam_hints(builtin::lexicon(), &read.folded, &read.hits));
    let priority = priority::guess(builtin::lexicon(), &read.folded, &read.hits);
    let language = read.language;
    let (fields, evidence) = fields::read(reading, language.code.as_deref());
    let mut triage = Triage { language, fields, evidence, category, priority, ..Triage::default() };
    triage.intent = match needs::intent(&reading.title, written) {
        // Who reports a trouble in words that no list has is known by the category.
        needs::Intent::Question if triage.category.name.as_deref() == Some(TECHNICAL) => {
            needs::Intent::Problem
        }
        intent => intent,
    };
    triage.missing = missing(reading, &triage);
    triage
}

/// What a report of trouble lacks; other mails lack nothing. Without a sure guess at the category the mail's own words decide.
fn missing(reading: &Reading, triage: &Triage) -> Vec<String> {
    let is_technical = triage.category.name.as_deref() == Some(TECHNICAL)
        || !triage.category.auto && triage.intent == needs::Intent::Problem;
    if !is_technical {
        return Vec::new();
    }
    let shown = needs::evidence(reading).is_some();
    needs::missing(needs::TECHNICAL, |name| needs::states(&triage.fields, shown, name))
}
