//! The facts of a ticket's matter in words: what was understood, what is asked for, what is missing. Part of `letters`.

use std::collections::BTreeMap;

use minijinja::{Error, Value, context};

use super::{
    letters::{Writing, row},
    text::{clean_line, cut},
    time,
};
use crate::{
    desk::{ArticleBrief, Ask, Fact, TicketBrief, Understanding},
    triage::secrets::SecretKind,
};

/// The facts that letters show, in this order; an operator's own ones follow.
const SHOWN: [&str; 12] = [
    "username",
    "organisation",
    "phone",
    "browser",
    "os",
    "app_version",
    "device",
    "environment",
    "occurred_at",
    "error_text",
    "steps_tried",
    "expected",
];
/// Columns of one value: a table is for looking up.
const VALUE_COLUMNS: usize = 160;
/// A longer time has no clock: "since Tuesday".
const CLOCK_HOURS_MAX: i64 = 6;

impl Writing<'_> {
    /// What an acknowledgement says of its mail.
    pub(super) fn understanding(&self, understanding: &Understanding) -> Result<Value, Error> {
        let asks = understanding.asks.iter().map(|ask| self.ask(ask)).collect::<Result<Vec<_>, _>>()?;
        Ok(context! {
            asks,
            rows => self.matter(&understanding.facts)?,
            articles => understanding.articles.iter().map(article).collect::<Vec<_>>(),
            secrets => self.secrets(&understanding.secrets)?,
            known_outage => understanding.known_outage,
        })
    }

    /// A question, with an example of a good answer where the language has one.
    fn ask(&self, ask: &Ask) -> Result<String, Error> {
        match &ask.label {
            Some(label) => Ok(clean_line(label)),
            None => self.words.name_or(&format!("ask.{}", ask.name), &self.fact_name(&ask.name)?),
        }
    }

    /// Rows of a table of facts.
    pub(super) fn matter(&self, facts: &BTreeMap<String, Fact>) -> Result<Vec<Value>, Error> {
        let built_in = SHOWN.iter().filter_map(|name| facts.get_key_value(*name));
        let own = facts
            .iter()
            .filter(|(name, _)| !SHOWN.contains(&name.as_str()) && *name != "evidence" && *name != "urls");
        built_in
            .chain(own)
            .map(|(name, fact)| Ok(row(self.fact_name(name)?, self.fact_value(fact)?)))
            .collect()
    }

    /// Names of facts as an event lists them, in words.
    pub(super) fn fact_names(&self, names: &str) -> Result<String, Error> {
        let names = names.split(", ").map(|name| self.fact_name(name)).collect::<Result<Vec<_>, _>>()?;
        Ok(names.join(&self.words.plain("value.list_comma")?))
    }

    fn fact_name(&self, name: &str) -> Result<String, Error> {
        if let Some(own) = self.frame.policy.own_facts.iter().find(|own| own.name == name) {
            return Ok(clean_line(own.label(self.words.language).unwrap_or(name)));
        }
        self.words.name_or(&format!("fact.{name}"), &clean_line(&name.replace('_', " ")))
    }

    fn fact_value(&self, fact: &Fact) -> Result<String, Error> {
        let comma = self.words.plain("done.list_comma")?;
        let lines: Vec<String> = fact.value.lines().map(clean_line).filter(|line| !line.is_empty()).collect();
        let mut value = cut(&lines.join(&comma), VALUE_COLUMNS);
        if let (Some(from), Some(to)) = (fact.from, fact.to) {
            let hours = from.duration_until(to).as_hours().abs();
            let middle = from.saturating_add(from.duration_until(to) / 2).unwrap_or(from);
            let instant = if hours <= CLOCK_HOURS_MAX {
                time::instant(self.words, middle, self.frame.now, self.frame.zone)?
            } else {
                time::day(self.words, from, self.frame.now, self.frame.zone)?
            };
            if !value.contains(&instant) {
                value = self.words.say("value.when", context! { text => value, at => instant })?;
            }
        }
        if fact.is_from_history() {
            let remark = self.words.plain("value.history")?;
            value = self.words.say("value.remark", context! { kind => value, remark })?;
        }
        Ok(value)
    }

    /// What the ticket's category needs and nobody told yet, on one line; `None`: nothing.
    pub(super) fn missing(&self, brief: &TicketBrief) -> Result<Option<String>, Error> {
        let needs = brief.category.as_deref().and_then(|category| self.frame.policy.needs_of(category));
        let needed = needs
            .map(|needs| needs.needs)
            .unwrap_or_else(|| brief.matter.all_asked().map(str::to_owned).collect());
        let missing = brief.matter.missing(&needed);
        let names = missing.iter().map(|name| self.fact_name(name)).collect::<Result<Vec<_>, _>>()?;
        let comma = self.words.plain("value.list_comma")?;
        Ok((!names.is_empty()).then(|| names.join(&comma)))
    }

    /// Kinds of secrets on one line; empty: there are none.
    pub(super) fn secrets(&self, kinds: &[SecretKind]) -> Result<String, Error> {
        let names = kinds.iter().map(|kind| self.words.plain(&format!("secret.{}", kind.as_str())));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let comma = self.words.plain("value.list_comma")?;
        Ok(match names.as_slice() {
            [firsts @ .., last] if !firsts.is_empty() => {
                format!("{}{}{last}", firsts.join(&comma), self.words.plain("value.list_and")?)
            }
            _ => names.concat(),
        })
    }
}

fn article(article: &ArticleBrief) -> Value {
    context! {
        title => clean_line(&article.title),
        url => article.url.as_deref().map(clean_line),
        summary => clean_line(&article.summary),
    }
}
