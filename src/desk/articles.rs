//! `#article NAME`: an agent sends a help article to the client (SPEC section 9). It leaves as their public reply, below what they
//! wrote themselves, if anything.
//!
//! Invariants: nothing leaves under this name but what the operator's folder holds; a name that is not sure sends nothing.

use serde::{Deserialize, Serialize};

use super::{
    Policy, Problem, TicketFacts, Unsuitable,
    commands::{Command, Order},
};
use crate::triage::articles::{
    Article,
    markdown::{self, Block},
};

/// Articles of one mail: more is a reading list.
const ARTICLES_MAX: usize = 3;
/// Articles that a refusal names.
const NAMED_MAX: usize = 8;

/// A help article on its way to a client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentArticle {
    pub name: String,
    pub title: String,
    /// Where people read it.
    pub url: Option<String>,
    /// Markdown.
    pub text: String,
}

impl SentArticle {
    fn of(article: &Article) -> Self {
        Self {
            name: article.name.clone(),
            title: article.title.clone(),
            url: article.url.clone(),
            text: article.text.clone(),
        }
    }

    /// What stands below its title.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        markdown::blocks(&self.text, &self.title, self.url.as_deref())
    }

    /// Title, text and link as plain text.
    #[must_use]
    pub fn plain(&self) -> String {
        let parts = [Some(self.title.clone()), Some(markdown::plain(&self.blocks())), self.url.clone()];
        let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        parts.join("\n\n")
    }
}

/// An article that there is, for an agent who named none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleName {
    pub name: String,
    pub title: String,
}

/// The articles that the orders name, each once, in the client's language where there is a translation.
pub(super) fn named(policy: &Policy, ticket: &TicketFacts, orders: &[Command]) -> Vec<SentArticle> {
    let languages = languages(policy, ticket);
    let mut articles: Vec<SentArticle> = Vec::new();
    for (_, name) in orders.iter().filter_map(article_of) {
        if let Some(article) = policy.articles.named(name, &languages)
            && articles.iter().all(|known| known.name != article.name || known.title != article.title)
        {
            articles.push(SentArticle::of(article));
        }
    }
    articles
}

/// What of the orders names no article, with those that there are: the nearest first, to what was typed or else to what the client
/// wrote.
pub(super) fn problems(policy: &Policy, ticket: &TicketFacts, orders: &[Command]) -> Vec<Problem> {
    let languages = languages(policy, ticket);
    let wanted: Vec<(&Command, &str)> = orders.iter().filter_map(article_of).collect();
    let mut problems = Vec::new();
    for (command, name) in &wanted {
        if policy.articles.named(name, &languages).is_some() {
            continue;
        }
        let of_client = format!("{} {}", ticket.subject, ticket.last_client_text);
        let words = if name.is_empty() { &of_client } else { *name };
        let nearest = policy.articles.nearest(words, &languages, NAMED_MAX);
        let more = policy.articles.count().saturating_sub(nearest.len());
        problems.push(Problem::NoArticle {
            line: command.line,
            command: command.written.clone(),
            argument: (*name).to_owned(),
            articles: nearest
                .into_iter()
                // The name that gives every client their translation.
                .map(|article| ArticleName {
                    name: article.family().to_owned(),
                    title: article.title.clone(),
                })
                .collect(),
            more: u32::try_from(more).unwrap_or(u32::MAX),
        });
    }
    if let Some((command, _)) = wanted.get(ARTICLES_MAX) {
        problems.push(Problem::Unsuitable {
            line: command.line,
            command: command.written.clone(),
            argument: ARTICLES_MAX.to_string(),
            reason: Unsuitable::TooManyArticles,
        });
    }
    problems
}

/// Whether an article is ordered, be there such a one or not.
pub(super) fn are_ordered(orders: &[Command]) -> bool {
    orders.iter().any(|command| article_of(command).is_some())
}

/// What the client reads, and what is kept: the agent's words, then the articles.
pub(super) fn with_text(text: &str, articles: &[SentArticle]) -> String {
    let own = Some(text.to_owned()).filter(|text| !text.is_empty());
    own.into_iter().chain(articles.iter().map(SentArticle::plain)).collect::<Vec<_>>().join("\n\n")
}

fn article_of(command: &Command) -> Option<(&Command, &str)> {
    match &command.order {
        Order::Article(name) => Some((command, name)),
        _ => None,
    }
}

fn languages<'a>(policy: &'a Policy, ticket: &'a TicketFacts) -> [&'a str; 3] {
    [&ticket.language, &policy.default_language, "en"]
}
