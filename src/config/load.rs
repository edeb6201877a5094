//! From the text of the file to a [`Config`]: the order of sections, and what only shows when they are compared.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use jiff::tz::TimeZone;
use toml::de::DeTable;

use super::MailboxConfig;
use super::{
    Config,
    categories::{self, Categories},
    desk::{self, Trusted},
    errors::{ConfigError, ConfigErrors},
    files::{Disk, Files},
    later,
    mailbox::{self, Surroundings},
    needs,
    people::{self, reject_twins},
    reader::{At, Findings, Section},
    routing, secrets,
};
use crate::desk::{AgentPolicy, MailboxPolicy, Policy};

/// Loads a config file, and the secrets that it names.
///
/// # Errors
/// Every mistake in it, or that it cannot be read.
pub fn load(path: &Path) -> Result<Config, ConfigErrors> {
    let whole = |problem: String| {
        let example = "maildesk run --config /etc/maildesk/maildesk.toml".into();
        ConfigErrors {
            path: path.into(),
            errors: vec![ConfigError { line: 0, key: String::new(), problem, example }],
            notes: Vec::new(),
        }
    };
    let bytes = Disk.read(path).map_err(|why| whole(format!("cannot be read: {why}")))?;
    let text = String::from_utf8(bytes).map_err(|why| {
        let line =
            1 + why.as_bytes().iter().take(why.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count();
        whole(format!("is not text in UTF-8: see line {line}"))
    })?;
    let mut config = parse(&text, path, &Disk)?;
    if let Some(folder) = &config.articles_folder {
        let index =
            needs::load_articles(folder).map_err(|problem| whole(format!("[articles] folder: {problem}")))?;
        Arc::make_mut(&mut config.policy).articles = Arc::new(index);
    }
    Ok(config)
}

/// [`load`] of a text that stands at `path`; all other files come from `files`.
///
/// # Errors
/// Every mistake in it.
pub fn parse(text: &str, path: &Path, files: &dyn Files) -> Result<Config, ConfigErrors> {
    let findings = Findings::new(text);
    let (document, mistakes) = DeTable::parse_recoverable(text);
    for mistake in &mistakes {
        let line = findings.line(&mistake.span().unwrap_or_default());
        findings.error(line, "", format!("not TOML: {}", mistake.message().trim()), "name = \"a text\"");
    }
    // What a syntax error swallowed would look missing: those mistakes would be false.
    let config = if mistakes.is_empty() { read(&findings, document.get_ref(), path, files) } else { None };
    let (errors, notes) = findings.into_parts();
    match config {
        Some(config) if errors.is_empty() => Ok(Config { notes, ..config }),
        _ => Err(ConfigErrors { path: path.into(), errors, notes }),
    }
}

fn read(findings: &Findings<'_>, table: &DeTable<'_>, path: &Path, files: &dyn Files) -> Option<Config> {
    let file = Section::new(findings, String::new(), 1, table);
    let mut around = Surroundings { config: path, files, zone: TimeZone::UTC, teams: &[] };
    let store = desk::store(&file, &around);
    let desk = desk::desk(&file, &around);
    around.zone = TimeZone::get(&desk.zone).unwrap_or(TimeZone::UTC);
    let Categories { names: categories, words: category_words } = categories::read(&file);
    let agents = people::agents(&file);
    let teams = people::teams(&file, &agents, &categories);
    let team_names: Vec<String> = teams.iter().map(|team| team.name.clone()).collect();
    around.teams = &team_names;
    let Trusted { mut trust, internal, resolver } = desk::trust(&file);
    let (operators, alerts_smtp) = desk::alerts(&file, &around);
    let (mailboxes, mailbox_policies) = mailboxes(&file, &around, &agents);
    let own_addresses: Vec<String> = mailbox_policies
        .iter()
        .flat_map(|m| std::iter::once(&m.address).chain(&m.aliases))
        .cloned()
        .collect();
    let forms = people::forms(&file, &agents, &own_addresses);
    let own = || mailbox_policies.iter().map(|mailbox| mailbox.address.clone()).collect();
    let official_addresses = if desk.official_addresses.is_empty() { own() } else { desk.official_addresses };
    if internal {
        trust.internal = domains(own_addresses.iter().chain(&official_addresses));
    }
    let own_facts = needs::own_facts(&file, &categories);
    let policy = Policy {
        desk_name: desk.name,
        desk_id: secrets::desk_id(&desk.secrets),
        default_language: desk.default_language,
        official_addresses,
        zone: desk.zone,
        reopen_seconds: desk.reopen_seconds,
        mailboxes: mailbox_policies,
        rules: routing::rules(&file, &categories, &team_names),
        sla: routing::sla(&file, &categories),
        agents,
        teams,
        needs: needs::of_categories(&file, &own_facts),
        own_facts,
        outages: needs::outages(&file, &around),
        // From files, once all else is right.
        articles: Arc::default(),
        categories,
        category_words,
        category_precision: routing::precision(&file),
        trust,
        forms,
        limits: desk::limits(&file),
        operators,
    };
    let templates_folder = desk::templates(&file, &around);
    let articles_folder = needs::articles_folder(&file, &around);
    later::sections(&file);
    file.finish();
    Some(Config {
        path: path.into(),
        store: store?,
        desk_secrets: desk.secrets,
        mailboxes,
        policy: Arc::new(policy),
        resolver,
        alerts_smtp,
        templates_folder,
        articles_folder,
        notes: Vec::new(),
    })
}

/// The domains of these addresses, lower case, each once.
fn domains<'a>(addresses: impl Iterator<Item = &'a String>) -> Vec<String> {
    let all =
        addresses.filter_map(|address| address.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Reads all `[[mailbox]]`, and compares their names and addresses.
fn mailboxes(
    file: &Section<'_>,
    around: &Surroundings<'_>,
    agents: &[AgentPolicy],
) -> (Vec<MailboxConfig>, Vec<MailboxPolicy>) {
    let field =
        file.required("mailbox", "[[mailbox]]\nname = \"support\"\naddress = \"support@example.com\"");
    let sections = field.sections();
    if field.is_present() && sections.is_empty() {
        field.reject(field.line, "must be at least one section");
    }
    let found: Vec<_> = sections.into_iter().filter_map(|section| mailbox::read(section, around)).collect();
    let names: Vec<_> =
        found.iter().map(|m| At { value: m.policy.name.clone(), line: m.name_line }).collect();
    reject_twins(&field.named("mailbox.name", "name = \"support\""), "the name", &names);
    let addresses: Vec<_> = found.iter().flat_map(|m| m.addresses.iter().cloned()).collect();
    let address = field.named("mailbox.address", "address = \"support@example.com\"");
    reject_twins(&address, "the address", &addresses);
    for own in addresses.iter().filter(|own| agents.iter().any(|agent| agent.address == own.value)) {
        address.reject(
            own.line,
            format!("\"{}\" is also an [[agent]]: mail to the agent would come back as a ticket", own.value),
        );
    }
    found.into_iter().map(|m| (m.config, m.policy)).unzip()
}
