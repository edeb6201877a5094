//! Category, priority, team and tags of a new ticket (SPEC section 7): explicit rules first, then what triage guessed.
//!
//! Invariant: a guess that is not sure enough to file by itself files nothing; the ticket then waits for a person's word.

use super::{Change, Guess, MailFacts, Policy, Priority, Rule, TeamPolicy, case::desk_event};
use crate::{
    mail::Reading,
    triage::{Ranked, category::words_for},
};

/// Guesses that staff are shown.
const GUESSES: usize = 2;
/// A second guess of less (percent) only confuses.
const SECOND_MIN: u8 = 5;
/// Words that are shown for a guess.
const WORDS: usize = 4;
/// Characters of one of them: a token or a link is no word.
const WORD_CHARS_MAX: usize = 40;

/// Where a new ticket goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    pub category: Option<String>,
    /// No rule said the category: it was guessed, surely enough.
    pub by_guess: bool,
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
    let ruled = fitting.iter().find_map(|r| r.category.clone());
    let guessed =
        triage.category.name.clone().filter(|name| triage.category.auto && policy.has_category(name));
    let by_guess = ruled.is_none() && guessed.is_some();
    let category = ruled.or(guessed);
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
        by_guess,
    }
}

/// What staff are shown of the guess: of a ticket that nothing filed the two best, of one that was filed by its guess that one.
#[must_use]
pub fn guesses(facts: &MailFacts, policy: &Policy, route: &Route) -> Vec<Guess> {
    let is_shown = |row: &&Ranked| match &route.category {
        None => policy.has_category(&row.name),
        Some(filed) => route.by_guess && row.name == *filed,
    };
    let guessed = &facts.triage.category;
    let guess = |row: &Ranked| Guess {
        category: row.name.clone(),
        // 0 to 100 by its making.
        percent: (row.confidence * 100.0).round().clamp(0.0, 100.0) as u8,
        words: words_for(guessed, &row.name)
            .into_iter()
            // What another service sent to prove an address is shown to nobody.
            .filter(|word| !facts.reading.verification && word.chars().count() <= WORD_CHARS_MAX)
            .take(WORDS)
            .map(str::to_owned)
            .collect(),
    };
    let shown = guessed.ranking.iter().filter(is_shown).take(GUESSES).map(guess).enumerate();
    shown.filter(|(at, guess)| *at == 0 || guess.percent >= SECOND_MIN).map(|(_, guess)| guess).collect()
}

/// The line of history that says why a guess filed a ticket, `technical 94 %: crash, error 500`.
pub(super) fn filed(facts: &MailFacts, policy: &Policy, route: &Route) -> Option<Change> {
    let guess = guesses(facts, policy, route).into_iter().next().filter(|_| route.by_guess)?;
    let Guess { category, percent, words } = guess;
    let because = if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) };
    Some(desk_event("filed", format!("{category} {percent} %{because}")))
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
