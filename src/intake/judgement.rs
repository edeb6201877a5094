//! The operator's wishes in the forms that the way of a message needs, made once per load of the config.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;
use secrecy::ExposeSecret;

use crate::{
    config::{Config, DeskSecret},
    desk::{
        PersonId, Policy,
        token::{TokenKey, TokenKeys},
    },
    mail::ReadPolicy,
    render::Templates,
    store::{Result, Store},
};

/// Policy, keys and templates that belong together.
#[derive(Debug)]
pub struct Judgement {
    pub policy: Arc<Policy>,
    pub read_policy: ReadPolicy,
    pub keys: TokenKeys,
    pub templates: Templates,
    pub zone: TimeZone,
    /// Agents' and operators' person rows by address, made before the first decision: tokens name them.
    pub staff: BTreeMap<String, PersonId>,
    /// The IMAP host of each mailbox: what a probe showed holds for the one that it was sent to.
    pub hosts: BTreeMap<String, String>,
}

impl Judgement {
    /// Prepares a config for use.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn prepare(config: &Config, templates: Templates, store: &Store) -> Result<Self> {
        let policy = Arc::clone(&config.policy);
        let zone = TimeZone::get(&policy.zone).unwrap_or(TimeZone::UTC);
        let read_policy = read_policy(&policy);
        let mut staff = BTreeMap::new();
        let mut window = store.window().await?;
        let now = crate::edge::now();
        for agent in &policy.agents {
            let person = window.person(&agent.address, Some(&agent.name), now).await?;
            staff.insert(agent.address.clone(), person.id);
        }
        for operator in &policy.operators {
            staff.insert(operator.clone(), window.person(operator, None, now).await?.id);
        }
        window.commit().await?;
        let hosts = config.mailboxes.iter().map(|m| (m.name.clone(), m.imap.host.clone())).collect();
        Ok(Self { keys: token_keys(config), policy, read_policy, templates, zone, staff, hosts })
    }
}

impl Judgement {
    /// For mails of the Sent folder: they are all from our own addresses, and what tells a person from a robot is the rest.
    pub(super) fn sent_read_policy(&self) -> ReadPolicy {
        ReadPolicy { own_addresses: Vec::new(), ..self.read_policy.clone() }
    }
}

/// What reading must know of the desk.
#[must_use]
pub fn read_policy(policy: &Policy) -> ReadPolicy {
    ReadPolicy {
        own_addresses: policy.own_addresses(),
        own_lists: policy.trust.own_lists.clone(),
        desk_id: policy.desk_id.clone(),
    }
}

/// The keys by which secrets in addresses are made and checked.
#[must_use]
pub fn token_keys(config: &Config) -> TokenKeys {
    let key = |secret: &DeskSecret| TokenKey { id: secret.id, bytes: secret.key.expose_secret().to_vec() };
    TokenKeys(config.desk_secrets.iter().map(key).collect())
}
