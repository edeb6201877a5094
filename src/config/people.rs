//! `[[agent]]`, `[[form]]` and `[[team]]`: who works here, and on what.

use super::{
    later,
    reader::{At, Field, Section},
    value,
};
use crate::desk::{AgentPolicy, Assign, FormPolicy, FormRequester, Role, TeamPolicy};

/// Records every value that an earlier one already has.
pub fn reject_twins<'v>(field: &Field<'_>, what: &str, values: impl IntoIterator<Item = &'v At<String>>) {
    let mut seen: Vec<&At<String>> = Vec::new();
    for value in values {
        match seen.iter().find(|old| old.value == value.value) {
            Some(old) => {
                field.reject(value.line, format!("{what} \"{}\" is taken, by line {}", value.value, old.line))
            }
            None => seen.push(value),
        }
    }
}

/// Reads all `[[agent]]`.
pub fn agents(file: &Section<'_>) -> Vec<AgentPolicy> {
    let field = file.optional("agent", "[[agent]]\nname = \"Alice Chen\"\naddress = \"alice@example.com\"");
    let roles =
        [("observer", Role::Observer), ("agent", Role::Agent), ("lead", Role::Lead), ("admin", Role::Admin)];
    let mut addresses = Vec::new();
    let mut agents = Vec::new();
    for section in field.sections() {
        let name = section.required("name", "name = \"Alice Chen\"").parse(value::words);
        let address = section.required("address", "address = \"alice@example.com\"").parse(value::address);
        let role = section.optional("role", "role = \"agent\"").parse(|text| value::one_of(text, &roles));
        let languages = section.optional("languages", "languages = [\"en\"]").list(value::language);
        section.finish();
        let Some(address) = address else { continue };
        agents.push(AgentPolicy {
            name: name.map(|name| name.value).unwrap_or_default(),
            address: address.value.clone(),
            role: role.map(|role| role.value).unwrap_or_default(),
            languages: values(languages),
        });
        addresses.push(address);
    }
    let twin = field.named("agent.address", "address = \"alice@example.com\"");
    reject_twins(&twin, "the address", &addresses);
    agents
}

/// Reads all `[[form]]`. A form's address is neither an agent's nor our own: a mail from it has one meaning.
pub fn forms(file: &Section<'_>, agents: &[AgentPolicy], own: &[String]) -> Vec<FormPolicy> {
    let field = file.optional("form", "[[form]]\nfrom = \"noreply@example.com\"\nrequester = \"reply-to\"");
    let sender = |text: &str| {
        let address = value::address(text)?;
        if agents.iter().any(|agent| agent.address == address) {
            return Err(format!("\"{address}\" is an [[agent]]: staff write in their own name"));
        }
        if own.contains(&address) {
            return Err(format!(
                "\"{address}\" is an address of a [[mailbox]]: what it sends is never taken in"
            ));
        }
        Ok(address)
    };
    let (mut forms, mut addresses) = (Vec::new(), Vec::new());
    for section in field.sections() {
        let from = section.required("from", "from = \"noreply@example.com\"").parse(sender);
        let requester = section.required("requester", "requester = \"reply-to\"").parse(form_requester);
        section.finish();
        let (Some(from), Some(requester)) = (from, requester) else { continue };
        forms.push(FormPolicy { from: from.value.clone(), requester: requester.value });
        addresses.push(from);
    }
    reject_twins(&field.named("form.from", "from = \"noreply@example.com\""), "the address", &addresses);
    forms
}

fn form_requester(text: &str) -> Result<FormRequester, String> {
    let bad = || {
        format!("\"{}\" is neither \"reply-to\" nor \"label:WORDS\", as in label:Email", text.escape_debug())
    };
    match text.split_once(':') {
        None if text == "reply-to" => Ok(FormRequester::ReplyTo),
        Some(("label", words)) => {
            let words = words.trim().trim_end_matches([':', '：']).trim();
            if words.is_empty() { Err(bad()) } else { value::words(words).map(FormRequester::Label) }
        }
        _ => Err(bad()),
    }
}

/// Reads all `[[team]]`.
pub fn teams(file: &Section<'_>, agents: &[AgentPolicy], categories: &[String]) -> Vec<TeamPolicy> {
    let field = file.optional("team", "[[team]]\nname = \"tech\"\nmembers = [\"alice@example.com\"]");
    let ways =
        [("none", Assign::None), ("least-loaded", Assign::LeastLoaded), ("round-robin", Assign::RoundRobin)];
    let known: Vec<_> = categories.iter().map(|name| (name.as_str(), name.clone())).collect();
    let agent = |text: &str| {
        let address = value::address(text)?;
        let found = agents.iter().any(|agent| agent.address == address);
        if found { Ok(address) } else { Err(format!("\"{address}\" is no [[agent]] of this file")) }
    };
    let (mut names, mut teams) = (Vec::new(), Vec::new());
    for section in field.sections() {
        let name = section.required("name", "name = \"tech\"").parse(value::words);
        let served = section
            .optional("categories", "categories = [\"technical\"]")
            .list(|text| value::one_of(text, &known));
        let members = section.required("members", "members = [\"alice@example.com\"]").list(agent);
        let lead = section.optional("lead", "lead = \"alice@example.com\"").parse(agent);
        let languages = section.optional("languages", "languages = [\"en\"]").list(value::language);
        let assign =
            section.optional("assign", "assign = \"least-loaded\"").parse(|text| value::one_of(text, &ways));
        later::calendar(&section);
        section.finish();
        let Some(name) = name else { continue };
        teams.push(TeamPolicy {
            name: name.value.clone(),
            categories: values(served),
            members: values(members),
            lead: lead.map(|lead| lead.value),
            languages: values(languages),
            assign: assign.map(|assign| assign.value).unwrap_or_default(),
        });
        names.push(name);
    }
    let twin = field.named("team.name", "name = \"tech\"");
    reject_twins(&twin, "the team", &names);
    teams
}

/// The values without their lines.
pub fn values<T>(found: Vec<At<T>>) -> Vec<T> {
    found.into_iter().map(|at| at.value).collect()
}
