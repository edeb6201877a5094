//! Category, priority, team and tags of a new ticket (SPEC section 7): explicit rules first, then what triage guessed.
//!
//! Invariant: a guess that is not sure enough to file by itself files nothing; the ticket then waits for a person's word.

use super::{Guess, MailFacts, Policy, Priority, Rule, TeamPolicy};
use crate::{mail::Reading, triage::Ranked};

/// Guesses that staff are shown.
const GUESSES: usize = 2;

/// Where a new ticket goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    pub category: Option<String>,
    pub priority: Priority,
    pub team: Option<String>,
    pub tags: Vec<String>,
}

/// Routes a new ticket. `language` is that of the client.
#[must_use]
pub fn route(facts: &MailFacts, policy: &Policy, language: &str) -> Route {
    let words = Words::default();
    let fitting: Vec<&Rule> =
        policy.rules.iter().filter(|rule| fits(rule, facts, language, &words)).collect();
    let triage = &facts.triage;
    let guessed = || triage.category.name.clone().filter(|_| triage.category.auto);
    let category = fitting.iter().find_map(|r| r.category.clone()).or_else(guessed);
    let guessed_priority = || triage.priority.name.as_deref().and_then(parse_priority);
    let mailbox_team = || policy.mailbox(&facts.mailbox).and_then(|m| m.team.clone());
    let by_category = || category.as_deref().and_then(|c| team_of_category(policy, c, language));
    Route {
        priority: fitting.iter().find_map(|r| r.priority).or_else(guessed_priority).unwrap_or_default(),
        team: fitting
            .iter()
            .find_map(|r| r.team.clone())
            .or_else(|| by_category().map(|t| t.name.clone()))
            .or_else(mailbox_team)
            .or_else(|| policy.teams.first().map(|t| t.name.clone())),
        tags: fitting.iter().map(|r| &r.tags).find(|t| !t.is_empty()).cloned().unwrap_or_default(),
        category,
    }
}

/// The two best guesses of a ticket that nothing filed.
#[must_use]
pub fn guesses(facts: &MailFacts, route: &Route) -> Vec<Guess> {
    let ranking = facts.triage.category.ranking.iter().filter(|_| route.category.is_none());
    let guess = |row: &Ranked| Guess {
        category: row.name.clone(),
        // 0 to 100 by its making.
        percent: (row.confidence * 100.0).round().clamp(0.0, 100.0) as u8,
    };
    ranking.take(GUESSES).map(guess).collect()
}

/// The team that works on a category: one that speaks the language before one that takes any.
#[must_use]
pub fn team_of_category<'a>(policy: &'a Policy, category: &str, language: &str) -> Option<&'a TeamPolicy> {
    let mut teams = policy.teams.iter().filter(|t| t.categories.iter().any(|c| c == category));
    let first = teams.clone().next();
    let speaks = |t: &&TeamPolicy| t.languages.is_empty() || t.languages.iter().any(|l| l == language);
    teams.find(speaks).or(first)
}

/// The priority with this word, in any case.
#[must_use]
pub fn parse_priority(word: &str) -> Option<Priority> {
    [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent]
        .into_iter()
        .find(|p| p.as_str().eq_ignore_ascii_case(word))
}

/// Lower-case text, made once and only when a rule asks for words.
#[derive(Default)]
struct Words {
    subject: std::cell::OnceCell<String>,
    body: std::cell::OnceCell<String>,
}

impl Words {
    fn subject(&self, reading: &Reading) -> &str {
        self.subject.get_or_init(|| reading.subject.as_deref().unwrap_or_default().to_lowercase())
    }

    fn body(&self, reading: &Reading) -> &str {
        self.body.get_or_init(|| reading.text.to_lowercase())
    }
}

fn fits(rule: &Rule, facts: &MailFacts, language: &str, words: &Words) -> bool {
    let reading = &facts.reading;
    // Of a web form's mail both count: the form, and who stands in it.
    let senders: Vec<&str> =
        facts.sender.iter().chain(&facts.form_requester).map(|s| s.address.as_str()).collect();
    let any =
        |list: &[String], holds: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|x| holds(x));
    let recipients = || {
        let named = reading.to.iter().chain(&reading.cc).map(|a| a.address.as_str());
        named.chain(reading.trace.delivered_to.iter().map(String::as_str))
    };
    let is_domain = |domain: &str, d: &str| {
        let parent = domain.len().checked_sub(d.len()).and_then(|at| domain.split_at_checked(at));
        parent.is_some_and(|(head, tail)| {
            tail.eq_ignore_ascii_case(d) && (head.is_empty() || head.ends_with('.'))
        })
    };
    let domains = || senders.iter().map(|sender| sender.rsplit_once('@').map_or("", |(_, d)| d));
    any(&rule.senders, &|s| senders.iter().any(|sender| s.eq_ignore_ascii_case(sender)))
        && any(&rule.sender_domains, &|d| domains().any(|domain| is_domain(domain, d)))
        && any(&rule.recipients, &|r| recipients().any(|to| to.eq_ignore_ascii_case(r)))
        && any(&rule.languages, &|l| l.eq_ignore_ascii_case(language))
        && any(&rule.attachment_kinds, &|k| reading.attachments.iter().any(|a| a.kind.as_str() == k))
        && any(&rule.subject_words, &|w| words.subject(reading).contains(&w.to_lowercase()))
        && any(&rule.body_words, &|w| words.body(reading).contains(&w.to_lowercase()))
        && rule
            .subject_regex
            .as_ref()
            .is_none_or(|r| r.is_match(reading.subject.as_deref().unwrap_or_default()))
        && rule.body_regex.as_ref().is_none_or(|r| r.is_match(&reading.text))
}
