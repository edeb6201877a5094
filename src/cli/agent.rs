//! `maildesk agent`: who may do what, what their mail proves, and how their secrets end. The daemon need not be stopped: all of
//! it is rows that it reads and sends.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Common, open, print};
use crate::{
    config::Config,
    daemon,
    desk::{AgentPolicy, AgentProof, MailboxPolicy, PeriodFacts, PersonId, Role, token::address_with},
    edge, intake,
    store::{Challenge, Store},
};

/// How often an answer is looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

#[derive(Debug, Subcommand)]
pub(super) enum Agent {
    /// All agents: role, address at the desk, what their mail last proved.
    List,
    Challenge(Ask),
    /// Make all secret addresses invalid that an agent has received, also the one at the desk.
    Revoke {
        /// The agent's address.
        address: String,
    },
}

/// Send an agent a mail, and say what their answer proves: no ticket changes.
#[derive(Debug, Args)]
pub(super) struct Ask {
    /// The agent's address.
    address: String,
    /// The mailbox that asks, by its name in the config; the first when absent.
    #[arg(long)]
    mailbox: Option<String>,
    /// How many minutes to wait for the answer; with 0 it shows in `agent list`.
    #[arg(long, value_name = "MINUTES", default_value_t = 10)]
    wait: u64,
}

impl Agent {
    pub(super) async fn run(&self, common: &Common) -> Result<()> {
        let (config, store) = open(common).await?;
        match self {
            Self::List => list(common, &config, &store).await,
            Self::Challenge(ask) => ask.run(common, &config, &store).await,
            Self::Revoke { address } => revoke(common, &config, &store, address).await,
        }
    }
}

/// The agent with this address; says who there is.
fn find<'a>(config: &'a Config, address: &str) -> Result<&'a AgentPolicy> {
    config.policy.agent(address).with_context(|| {
        let known: Vec<&str> = config.policy.agents.iter().map(|a| a.address.as_str()).collect();
        format!("there is no agent {address} in the config; there are: {}", known.join(", "))
    })
}

/// A line of `agent list`.
#[derive(Debug, Serialize)]
struct Row<'a> {
    name: &'a str,
    address: &'a str,
    role: Role,
    languages: &'a [String],
    teams: Vec<&'a str>,
    /// One a mailbox that has subaddressing.
    desk_addresses: Vec<String>,
    /// How often their secrets were revoked.
    revocations: u32,
    /// Until then a confirmation lets their mails in without a proof of origin.
    believed_until: Option<jiff::Timestamp>,
    last_challenge: Option<Outcome>,
}

/// What became of a challenge.
#[derive(Debug, Serialize)]
struct Outcome {
    asked_at: jiff::Timestamp,
    answered_at: Option<jiff::Timestamp>,
    proof: Option<AgentProof>,
}

impl From<&Challenge> for Outcome {
    fn from(challenge: &Challenge) -> Self {
        Self {
            asked_at: challenge.asked_at,
            answered_at: challenge.answered_at,
            proof: serde_json::from_str(&challenge.proof).ok(),
        }
    }
}

async fn list(common: &Common, config: &Config, store: &Store) -> Result<()> {
    let policy = &config.policy;
    let staff = people(config, store).await?;
    let (periods, challenges, now) = (store.periods().await?, store.challenges().await?, edge::now());
    let keys = intake::token_keys(config);
    let mut rows = Vec::with_capacity(staff.len());
    for (agent, person, epoch) in staff {
        let mark = keys.mint_desk(person, epoch);
        let mailboxes = policy.mailboxes.iter().filter(|m| !m.subaddressing.is_empty());
        let teams = policy.teams.iter().filter(|team| team.members.contains(&agent.address));
        // An older one that was answered says more than a newer one that waits.
        let own = challenges.iter().filter(|c| c.agent == agent.address);
        let last = own.max_by_key(|c| (!c.proof.is_empty(), c.id)).map(Outcome::from);
        let period: Option<&PeriodFacts> = periods.get(&agent.address);
        rows.push(Row {
            name: &agent.name,
            address: &agent.address,
            role: agent.role,
            languages: &agent.languages,
            teams: teams.map(|team| team.name.as_str()).collect(),
            desk_addresses: mailboxes.map(|mailbox| address_with(mailbox, &mark)).collect(),
            revocations: epoch,
            believed_until: period.and_then(|p| p.open_until(policy.trust.period_seconds, now)),
            last_challenge: last,
        });
    }
    if common.json {
        return print::json(&rows);
    }
    print::text(&rows.iter().map(describe).collect::<Vec<_>>().join("\n"))
}

/// Agents with their person rows, which their secrets name, and how often these were revoked.
async fn people<'a>(config: &'a Config, store: &Store) -> Result<Vec<(&'a AgentPolicy, PersonId, u32)>> {
    let mut window = store.window().await?;
    let mut people = Vec::new();
    for agent in &config.policy.agents {
        let person = window.person(&agent.address, Some(&agent.name), edge::now()).await?;
        people.push((agent, person.id));
    }
    let ids: Vec<PersonId> = people.iter().map(|(_, id)| *id).collect();
    let epochs = window.token_epochs(&ids).await?;
    window.commit().await?;
    let with_epoch = |(agent, id)| (agent, id, epochs.get(&id).copied().unwrap_or_default());
    Ok(people.into_iter().map(with_epoch).collect())
}

fn describe(row: &Row<'_>) -> String {
    let fact = |name: &str, value: &str| format!("  {name:<16}{value}\n");
    let role = format!("{:?}", row.role).to_lowercase();
    let mut out = format!("{} <{}>, {role}\n", print::cell(row.name), row.address);
    if !row.teams.is_empty() {
        out += &fact("teams", &row.teams.join(", "));
    }
    for address in &row.desk_addresses {
        out += &fact("desk address", address);
    }
    if row.desk_addresses.is_empty() {
        out += &fact("desk address", "none: no mailbox has subaddressing");
    }
    if let Some(until) = row.believed_until {
        out += &fact("no questions", &format!("until {}, after a confirmation", print::instant(until)));
    }
    match &row.last_challenge {
        None => out += &fact("proof", &format!("unknown: maildesk agent challenge {}", row.address)),
        Some(Outcome { answered_at: Some(at), proof: Some(proof), .. }) => {
            out += &fact("proof", &format!("{}: {}", print::instant(*at), summary(proof)));
        }
        Some(Outcome { answered_at: None, asked_at, .. }) => {
            out += &fact("proof", &format!("asked {}, no answer yet", print::instant(*asked_at)));
        }
        Some(Outcome { answered_at: Some(_), .. }) => out += &fact("proof", "the challenge was revoked"),
    }
    out
}

/// One line of what an answer proved.
fn summary(proof: &AgentProof) -> String {
    let origin =
        if proof.origin { format!("origin by {}", proof.by) } else { format!("no origin ({})", proof.by) };
    let possession = if proof.possession { "secret address used" } else { "secret address missing" };
    format!("{origin}, {possession}; {}", proof.verdict.words())
}

impl Ask {
    async fn run(&self, common: &Common, config: &Config, store: &Store) -> Result<()> {
        let agent = find(config, &self.address)?;
        let mailbox = self.mailbox(config)?;
        let templates = daemon::templates(config)?;
        let judgement = intake::Judgement::prepare(config, templates, store).await?;
        let id = intake::challenge(store, &judgement, mailbox, agent).await?;
        if self.wait == 0 {
            return print::text(&format!(
                "the running desk sends {} a mail to answer; `maildesk agent list` shows what the answer proves\n",
                agent.address
            ));
        }
        print::progress(&format!("{} is asked to answer; waiting for {} min", agent.address, self.wait));
        let until = Instant::now() + Duration::from_secs(self.wait.saturating_mul(60));
        while Instant::now() < until {
            let asked = store.challenge(id).await?.context("the challenge is gone")?;
            if asked.answered_at.is_some() {
                return told(common, agent, &asked);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        bail!(
            "{} did not answer within {} min; a later answer shows in `maildesk agent list`, and whether the mail left in \
             `maildesk outbox list`",
            agent.address,
            self.wait
        )
    }

    fn mailbox<'a>(&self, config: &'a Config) -> Result<&'a MailboxPolicy> {
        let mailboxes = &config.policy.mailboxes;
        match &self.mailbox {
            None => mailboxes.first().context("the config has no mailbox"),
            Some(name) => config.policy.mailbox(name).with_context(|| {
                let known: Vec<&str> = mailboxes.iter().map(|m| m.name.as_str()).collect();
                format!("there is no mailbox `{name}` in the config; there are: {}", known.join(", "))
            }),
        }
    }
}

fn told(common: &Common, agent: &AgentPolicy, asked: &Challenge) -> Result<()> {
    let outcome = Outcome::from(asked);
    if common.json {
        return print::json(&outcome);
    }
    let Some(proof) = outcome.proof else { bail!("the secrets of {} were revoked meanwhile", agent.address) };
    print::text(&report(&proof))
}

fn report(proof: &AgentProof) -> String {
    let fact = |name: &str, value: &str| format!("  {name:<16}{value}\n");
    let mut out = format!("answered from {}\n", print::cell(&proof.from));
    out +=
        &fact("origin", &if proof.origin { proof.by.clone() } else { format!("not proven: {}", proof.by) });
    if let Some(signature) = &proof.signature {
        let bits = signature.key_bits.map(|bits| format!(", {bits} bits")).unwrap_or_default();
        let key = format!("{}._domainkey.{}", signature.selector, signature.domain);
        out += &fact("signature", &print::cell(&format!("{}{bits}, key at {key}", signature.algorithm)));
    }
    if proof.disowned {
        out += &fact("disowned", "DMARC failed, and the domain asks to refuse such mail");
    }
    out += &fact(
        "possession",
        if proof.possession {
            "yes: it came to the secret address"
        } else {
            "no: the answer went to another address"
        },
    );
    out + &fact("so", proof.verdict.words())
}

async fn revoke(common: &Common, config: &Config, store: &Store, address: &str) -> Result<()> {
    let agent = find(config, address)?;
    let now = edge::now();
    let mut window = store.window().await?;
    let person = window.person(&agent.address, Some(&agent.name), now).await?;
    let revocations = window.revoke(person.id, &agent.address, now).await?;
    window.commit().await?;
    if common.json {
        return print::json(&serde_json::json!({ "address": agent.address, "revocations": revocations }));
    }
    print::text(&format!(
        "The secret addresses of {} are invalid: those in notifications that they have, the one at the desk, and\n\
         confirmations that wait. What is sent from now on carries new ones; `maildesk agent list` shows the new address at\n\
         the desk. An answer to an older notification waits until they confirm it.\n",
        agent.address
    ))
}
