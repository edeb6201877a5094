//! What an acknowledgement shows of what was understood, asks for, and offers (SPEC section 8). Knows nothing of wording.
//!
//! Invariants: nothing is asked that is known, nothing twice, at most what the category allows; nothing at all of somebody
//! who asks how, wishes, complains, writes of an outage that is known, or is answered by an article; only the proven see
//! what was understood.

use super::{ArticleBrief, Ask, CategoryNeeds, Understanding, case::Case, matter::Matter};
use crate::triage::{TECHNICAL, needs::Intent, secrets};

/// What the acknowledgement of a new ticket says beside its number and promise. `category` is what the ticket is filed under.
pub(super) fn understanding(case: &Case<'_>, category: Option<&str>, matter: &Matter) -> Understanding {
    let language = case.language();
    let text = case.text();
    let known_outage = is_known_outage(case);
    let subject = case.subject();
    let hits = if known_outage { Vec::new() } else { case.policy.articles.search(&subject, &text, language) };
    let is_answered = hits.iter().any(|hit| hit.answers);
    let welcome = match case.facts.triage.intent {
        Intent::Problem | Intent::Question => {
            !known_outage && !is_answered && case.facts.oversized_bytes.is_none()
        }
        Intent::HowTo | Intent::Wish | Intent::Complaint | Intent::Thanks => false,
    };
    let asks = if welcome { asks(case, category, matter) } else { Vec::new() };
    let articles = hits.into_iter().map(|hit| ArticleBrief {
        title: hit.article.title.clone(),
        url: hit.article.url.clone(),
        summary: hit.article.summary.clone(),
    });
    Understanding {
        facts: if case.origin.is_proven() { matter.facts.clone() } else { Default::default() },
        asks: asks.into_iter().map(|name| ask(case, name, language)).collect(),
        articles: articles.collect(),
        secrets: secrets::kinds(&format!("{}\n{text}", case.facts.reading.title)),
        known_outage,
    }
}

/// What the ticket's category needs. A report of trouble that is filed nowhere yet is asked as the technical ones are: whoever
/// files it has the facts at hand.
fn asks(case: &Case<'_>, category: Option<&str>, matter: &Matter) -> Vec<String> {
    let categories = &case.policy.categories;
    let is_problem = case.facts.triage.intent == Intent::Problem
        && (categories.is_empty() || categories.iter().any(|name| name == TECHNICAL));
    let guessed = case.facts.triage.category.name.as_deref();
    let category = category.or(guessed).or(is_problem.then_some(TECHNICAL));
    let Some(CategoryNeeds { needs, ask_max }) = category.and_then(|name| case.policy.needs_of(name)) else {
        return Vec::new();
    };
    let mut missing = matter.missing(&needs);
    missing.truncate(usize::from(ask_max));
    missing
}

fn ask(case: &Case<'_>, name: String, language: &str) -> Ask {
    let own = case.policy.own_facts.iter().find(|own| own.name == name);
    Ask {
        label: own.map(|own| own.label(language).map_or_else(|| name.replace('_', " "), str::to_owned)),
        name,
    }
}

/// Whether the mail is about an outage of the operator's `[[outage]]` that still lasts.
fn is_known_outage(case: &Case<'_>) -> bool {
    let lasting =
        case.policy.outages.iter().filter(|outage| outage.until.is_none_or(|until| case.now < until));
    let mut words = lasting.flat_map(|outage| &outage.words).peekable();
    if words.peek().is_none() {
        return false;
    }
    let text = format!("{}\n{}", case.subject(), case.text()).to_lowercase();
    words.any(|word| says(&text, &word.to_lowercase()))
}

/// Whether a word of the text begins so: `gantt` in `Ganttdiagramm`, and no `api` in `rapid`.
fn says(text: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && c < '\u{2e80}');
    let begins = |at: usize| !is_letter(text.get(..at).and_then(|t| t.chars().next_back()));
    !word.is_empty() && text.match_indices(word).any(|(at, _)| begins(at) || !is_letter(word.chars().next()))
}
