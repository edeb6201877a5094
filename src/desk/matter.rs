//! What is known of a ticket's matter: the facts that the client told, by name, and what they were asked for.
//!
//! Facts of a mail are merged into the ticket's: a gap is filled by whatever says something, a value that is there gives way
//! only to a firmer word. Invariants: no secret stands in a fact; nothing of one person's earlier tickets reaches another's.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{MailFacts, Policy};
use crate::triage::{Evidence, Product, needs, secrets};

/// Characters of a value: a whole paragraph is no value.
const VALUE_CHARS_MAX: usize = 300;
/// Steps that are kept.
const STEPS_MAX: usize = 10;
/// Sources in which somebody names the field and its value: they correct what was understood before.
const FIRM: [&str; 4] = ["label", "user_agent", ANSWER, "agent"];
/// Sources that only fill gaps: they give way to anything that the mail itself says.
const LOOSE: [&str; 2] = [HISTORY, "header"];
/// The source of what stands in an answer to our questions.
const ANSWER: &str = "answer";
/// The source of what earlier tickets of the same person tell.
const HISTORY: &str = "history";
/// What stays true of a person from ticket to ticket.
const LASTING: [&str; 6] = ["username", "organisation", "browser", "os", "app_version", "device"];

/// One fact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// For people to read, in the client's words; steps stand on lines of their own.
    pub value: String,
    /// The words of [`Evidence::source`], `answer`, `history`.
    pub source: String,
    /// Percent.
    pub confidence: u8,
    /// Of a time: what it is resolved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

impl Fact {
    /// How firm its source is: 2 where somebody names the field and its value, 0 where it only fills a gap.
    pub(super) fn rank(&self) -> u8 {
        let source = self.source.as_str();
        if FIRM.contains(&source) { 2 } else { u8::from(!LOOSE.contains(&source)) }
    }

    /// Told by an earlier ticket of the same person.
    #[must_use]
    pub fn is_from_history(&self) -> bool {
        self.source == HISTORY
    }
}

/// What is known of a ticket's matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Matter {
    /// By the names of SPEC section 5 (`browser`, `occurred_at`), of [`needs::TECHNICAL`], or of the operator's `[[need]]`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Fact>,
    /// What the client was asked for, in the order of the questions. Nothing is asked twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<String>,
    /// What clients of tickets that were merged into this one were asked for there, besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asked_elsewhere: Vec<String>,
}

impl Matter {
    /// What a mail says; `asked` are the questions that it may answer.
    #[must_use]
    pub fn of(mail: &MailFacts, policy: &Policy, asked: &[String]) -> Self {
        let mut matter = Self::default();
        matter.read_fields(mail);
        if let Some(shown) = needs::evidence(&mail.reading) {
            matter.put("evidence", shown.to_owned(), "attachment", 100);
        }
        let text = mail.reading.new_text();
        for need in &policy.own_facts {
            if let Some(value) = needs::labelled(text, &need.labels) {
                matter.put(&need.name, value, "label", 95);
            }
        }
        for (name, value) in needs::answers(text, asked) {
            // What the fields made of the same words says more: a browser and its version, a time and its instants.
            if matter.is_told(&name) {
                if let Some(fact) = matter.facts.get_mut(&name) {
                    ANSWER.clone_into(&mut fact.source);
                }
            } else if name != "evidence" {
                matter.put(&name, value, ANSWER, 90);
            }
        }
        matter
    }

    fn read_fields(&mut self, mail: &MailFacts) {
        let fields = &mail.triage.fields;
        let evidence = &mail.triage.evidence;
        let texts = [
            ("username", &fields.username),
            ("organisation", &fields.organisation),
            ("phone", &fields.phone),
            ("app_version", &fields.app_version),
            ("device", &fields.device),
            ("error_text", &fields.error_text),
            ("expected", &fields.expected),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                self.put_with(name, value.clone(), evidence.get(name));
            }
        }
        for (name, product) in [("browser", &fields.browser), ("os", &fields.os)] {
            if let Some(value) = product.as_ref().and_then(shown_product) {
                self.put_with(name, value, evidence.get(name));
            }
        }
        if let Some(time) = &fields.occurred_at {
            let value = time.text.clone().or_else(|| time.from.clone()).unwrap_or_default();
            self.put_with("occurred_at", value, evidence.get("occurred_at"));
            if let Some(fact) = self.facts.get_mut("occurred_at") {
                let instant = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
                (fact.from, fact.to) = (instant(&time.from), instant(&time.to));
            }
        }
        if !fields.steps_tried.is_empty() {
            let steps: Vec<&str> = fields.steps_tried.iter().map(String::as_str).take(STEPS_MAX).collect();
            self.put_with("steps_tried", steps.join("\n"), evidence.get("steps_tried"));
        }
    }

    fn put_with(&mut self, name: &str, value: String, evidence: Option<&Evidence>) {
        let source = evidence.map_or("prose", |evidence| evidence.source.as_str());
        self.put(name, value, source, evidence.map_or(50, |evidence| percent(evidence.confidence)));
    }

    fn put(&mut self, name: &str, value: String, source: &str, confidence: u8) {
        let value: String = secrets::mask(value.trim()).chars().take(VALUE_CHARS_MAX).collect();
        if !value.is_empty() {
            let fact = Fact { value, source: source.to_owned(), confidence, from: None, to: None };
            self.facts.insert(name.to_owned(), fact);
        }
    }

    /// Whether something is known under this name; any part of the environment tells it.
    #[must_use]
    pub fn is_told(&self, name: &str) -> bool {
        needs::missing([name], |name| self.facts.contains_key(name)).is_empty()
    }

    /// The names of `needed` of which nothing is known.
    #[must_use]
    pub fn missing(&self, needed: &[String]) -> Vec<String> {
        needs::missing(needed.iter().map(String::as_str), |name| self.facts.contains_key(name))
    }

    /// Adds what a later mail says, and gives the names of what is new or different. A mail of the requester's corrects, one
    /// of another person's only fills gaps: their user name is not the requester's.
    pub fn add(&mut self, later: Self, by_requester: bool) -> Vec<String> {
        let mut changed = Vec::new();
        for (name, fact) in later.facts {
            let merged = match self.facts.get(&name) {
                None => Some(fact),
                Some(old) if name == "steps_tried" => with_steps(old, &fact),
                Some(old) => {
                    let is_firmer =
                        LOOSE.contains(&old.source.as_str()) || FIRM.contains(&fact.source.as_str());
                    let replaces = by_requester && is_firmer;
                    Some(fact).filter(|fact| replaces && fact.value != old.value)
                }
            };
            if let Some(fact) = merged {
                self.facts.insert(name.clone(), fact);
                changed.push(name);
            }
        }
        changed
    }

    /// Fills gaps with what stayed true of the same person. A mail that names any part of its environment speaks of another
    /// machine than the earlier ones for all we know.
    pub fn fill(&mut self, known: &BTreeMap<String, Fact>) {
        let named = needs::ENVIRONMENT.iter().any(|name| self.facts.contains_key(*name));
        for name in LASTING {
            let of_machine = needs::ENVIRONMENT.contains(&name);
            if let Some(fact) = known.get(name).filter(|_| !(named && of_machine)) {
                let fact = Fact { source: HISTORY.to_owned(), ..fact.clone() };
                self.facts.entry(name.to_owned()).or_insert(fact);
            }
        }
    }

    /// What is lasting in the matters of a person's earlier tickets, the newest first.
    #[must_use]
    pub fn lasting(earlier: &[Self]) -> BTreeMap<String, Fact> {
        let mut known = BTreeMap::new();
        for matter in earlier {
            let facts = LASTING.iter().filter_map(|name| matter.facts.get_key_value(*name));
            for (name, fact) in facts.filter(|(_, fact)| !LOOSE.contains(&fact.source.as_str())) {
                known.entry(name.clone()).or_insert_with(|| fact.clone());
            }
        }
        known
    }

    /// All that anybody was asked for on this ticket, or on one that was merged into it.
    pub fn all_asked(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().chain(&self.asked_elsewhere).map(String::as_str)
    }

    /// Nothing is known and nothing was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub(super) fn with_steps(old: &Fact, new: &Fact) -> Option<Fact> {
    let mut steps: Vec<&str> = old.value.lines().collect();
    let before = steps.len();
    for step in new.value.lines() {
        if !steps.contains(&step) && steps.len() < STEPS_MAX {
            steps.push(step);
        }
    }
    (steps.len() > before).then(|| Fact { value: steps.join("\n"), ..old.clone() })
}

fn shown_product(product: &Product) -> Option<String> {
    let parts: Vec<&str> =
        [&product.name, &product.version].into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
fn percent(confidence: f64) -> u8 {
    (confidence.clamp(0.0, 1.0) * 100.0).round() as u8
}
