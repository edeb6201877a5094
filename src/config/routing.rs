//! `[[rule]]` and `[[sla]]`: what is decided about a ticket from its first mail on.

use regex::{Regex, RegexBuilder};

use super::{
    later,
    people::{reject_twins, values},
    reader::{Field, Section},
    value,
};
use crate::desk::{Priority, Rule, SlaPolicy, SlaTarget};

/// Bytes of one compiled regex: a pattern such as `(.{1000}){1000}` must not eat the memory of the desk.
const REGEX_BYTES_MAX: usize = 1 << 20;

const PRIORITIES: [(&str, Priority); 4] = [
    ("low", Priority::Low),
    ("normal", Priority::Normal),
    ("high", Priority::High),
    ("urgent", Priority::Urgent),
];

/// Words of [`Rule::attachment_kinds`].
const ATTACHMENT_KINDS: [&str; 8] =
    ["screenshot", "log", "document", "archive", "audio", "message", "calendar", "other"];

/// Reads all `[[rule]]`, in their order.
pub fn rules(file: &Section<'_>, categories: &[String], teams: &[String]) -> Vec<Rule> {
    let field = file
        .optional("rule", "[[rule]]\nwhen = { sender_domain = \"acme.com\" }\nset = { team = \"sales\" }");
    let rule = |section: Section<'_>| {
        let when = section.required("when", "when = { sender_domain = \"acme.com\" }").section();
        let set = section.required("set", "set = { team = \"sales\" }").section();
        section.finish();
        apply(set?, conditions(when?), categories, teams)
    };
    field.sections().into_iter().filter_map(rule).collect()
}

fn conditions(when: Section<'_>) -> Rule {
    let kinds = ATTACHMENT_KINDS.map(|kind| (kind, kind.to_owned()));
    let domain = |text: &str| value::domain(text.strip_prefix('@').unwrap_or(text));
    let found = Rule {
        senders: values(when.optional("sender", "sender = \"bob@acme.com\"").one_or_more(value::address)),
        sender_domains: values(
            when.optional("sender_domain", "sender_domain = \"acme.com\"").one_or_more(domain),
        ),
        recipients: values(
            when.optional("recipient", "recipient = \"sales@example.com\"").one_or_more(value::address),
        ),
        subject_words: values(
            when.optional("subject_words", "subject_words = [\"quote\"]").one_or_more(value::words),
        ),
        body_words: values(
            when.optional("body_words", "body_words = [\"quote\", \"报价\"]").one_or_more(value::words),
        ),
        subject_regex: when
            .optional("subject_regex", r#"subject_regex = '^\[ops\]'"#)
            .parse(regex)
            .map(|r| r.value),
        body_regex: when
            .optional("body_regex", r#"body_regex = 'error \d{4}'"#)
            .parse(regex)
            .map(|r| r.value),
        languages: values(when.optional("language", "language = [\"zh\"]").one_or_more(value::language)),
        attachment_kinds: values(
            when.optional("has_attachment", "has_attachment = \"log\"")
                .one_or_more(|text| value::one_of(text, &kinds)),
        ),
        ..Rule::default()
    };
    let plan = when.optional("plan", "plan = \"gold\"");
    plan.one_or_more(value::words);
    later::note(&plan);
    when.finish();
    found
}

fn apply(set: Section<'_>, conditions: Rule, categories: &[String], teams: &[String]) -> Option<Rule> {
    let category = set.optional("category", "category = \"business\"");
    let category = category.parse(|text| value::one_of(text, &names(categories)));
    let priority =
        set.optional("priority", "priority = \"high\"").parse(|text| value::one_of(text, &PRIORITIES));
    let team = set.optional("team", "team = \"sales\"").parse(|text| value::one_of(text, &names(teams)));
    let tags = set.optional("tags", "tags = [\"pre-sales\"]").one_or_more(value::words);
    set.finish();
    Some(Rule {
        category: category.map(|category| category.value),
        priority: priority.map(|priority| priority.value),
        team: team.map(|team| team.value),
        tags: values(tags),
        ..conditions
    })
}

fn names(known: &[String]) -> Vec<(&str, String)> {
    known.iter().map(|name| (name.as_str(), name.clone())).collect()
}

fn regex(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text).size_limit(REGEX_BYTES_MAX).dfa_size_limit(REGEX_BYTES_MAX).build().map_err(
        |why| match why {
            regex::Error::CompiledTooBig(limit) => {
                format!("the regex needs more than {limit} bytes when compiled")
            }
            _ => format!(
                "not a regex: {}",
                why.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ")
            ),
        },
    )
}

/// Reads all `[[sla]]`.
pub fn sla(file: &Section<'_>, categories: &[String]) -> Vec<SlaPolicy> {
    let field = file.optional("sla", "[[sla]]\nplan = \"*\"\ntargets = [ { first_response = \"1d\" } ]");
    let (mut plans, mut policies) = (Vec::new(), Vec::new());
    for section in field.sections() {
        let plan = section.required("plan", "plan = \"*\"").parse(value::words);
        later::calendar(&section);
        let remind_at = remind_at(&section.optional("remind_at", "remind_at = [0.5, 0.8]"));
        let targets = section.required("targets", "targets = [ { first_response = \"1d\" } ]").sections();
        let targets = targets.into_iter().map(|target| sla_target(target, categories)).collect();
        section.finish();
        let Some(plan) = plan else { continue };
        policies.push(SlaPolicy { plan: plan.value.clone(), remind_at, targets });
        plans.push(plan);
    }
    reject_twins(&field.named("sla.plan", "plan = \"*\""), "the plan", &plans);
    policies
}

/// Reads `[triage]`: the share of tickets filed by themselves that must be filed right.
pub fn precision(file: &Section<'_>) -> Option<f64> {
    let triage = file.optional("triage", "[triage]\nprecision = 0.95").section()?;
    let field = triage.optional("precision", "precision = 0.95");
    let found = field.number();
    triage.finish();
    let found = found?;
    if (0.5..1.0).contains(&found.value) {
        return Some(found.value);
    }
    field.reject(found.line, format!("{} is not a share between 0.5 and 0.999", found.value));
    None
}

/// Fractions of the target, ascending.
fn remind_at(field: &Field<'_>) -> Vec<f64> {
    let found = field.numbers();
    for fraction in &found {
        if !(fraction.value > 0.0 && fraction.value <= 1.0) {
            field.reject(
                fraction.line,
                format!("{} is not a part of the target between 0 and 1", fraction.value),
            );
        }
    }
    if !found.is_sorted_by(|a, b| a.value < b.value) {
        field.reject(field.line, "must ascend");
    }
    values(found)
}

fn sla_target(section: Section<'_>, categories: &[String]) -> SlaTarget {
    let any = |text: &str| text == "*";
    let category = section
        .optional("category", "category = \"*\"")
        .parse(|text| if any(text) { Ok(None) } else { value::one_of(text, &names(categories)).map(Some) });
    let priority = section
        .optional("priority", "priority = \"*\"")
        .parse(|text| if any(text) { Ok(None) } else { value::one_of(text, &PRIORITIES).map(Some) });
    let first = section.optional("first_response", "first_response = \"1d\"").parse(value::duration);
    for key in ["next_response", "resolution"] {
        let field = section.optional(key, "resolution = \"5d\"");
        if field.parse(value::duration).is_some() {
            later::note(&field);
        }
    }
    section.finish();
    SlaTarget {
        category: category.and_then(|category| category.value),
        priority: priority.and_then(|priority| priority.value),
        first_response_seconds: first.map(|first| first.value),
    }
}
