//! `maildesk inspect`: what the desk would read in a mail, as SPEC section 5 lays down. Changes nothing, needs no config; with one it
//! reads and judges as the daemon of that desk does, with what its store has learned.

use std::{
    fs,
    io::{self, Read},
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;

use super::{Common, print};
use crate::{
    config::{self, Config},
    desk::{
        Findings, Trust,
        authentication::{Authentication, authentication},
    },
    intake::{judge_once, learn, open_store, read_policy, store_options},
    mail::{ReadPolicy, Reading},
    store::{self, Schema, Store},
    triage::{Model, Triage},
};

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// Mails to read; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// The JSON object of one mail.
#[derive(Debug, Serialize)]
struct Inspection {
    #[serde(flatten)]
    reading: Reading,
    #[serde(flatten)]
    triage: Triage,
    authentication: Authentication,
}

impl Inspect {
    pub(super) async fn run(&self, common: &Common) -> Result<()> {
        let (policy, trust, model) = desk_of(common).await;
        for file in &self.files {
            let bytes = read_file(file).with_context(|| format!("reading {}", file.display()))?;
            let (reading, triage) = judge_once(bytes, policy.clone(), Arc::clone(&model))?;
            let authentication = authentication(&reading, &Findings::default(), &trust);
            let inspection = Inspection { reading, triage, authentication };
            if common.json || !print::is_terminal() {
                print::json(&inspection)?;
            } else {
                print::text(&format!("{}\n", serde_json::to_string_pretty(&inspection)?))?;
            }
        }
        Ok(())
    }
}

/// The desk's own addresses, trusted servers and categories, where a config can be read; a mail can be inspected without.
async fn desk_of(common: &Common) -> (ReadPolicy, Trust, Arc<Model>) {
    match config::load(&common.config) {
        Ok(config) => {
            let model = model(&config).await;
            (read_policy(&config.policy), config.policy.trust.clone(), Arc::new(model))
        }
        Err(_) => Default::default(),
    }
}

/// What the desk judges categories by. A store that cannot be looked into only costs what was learned from corrections.
async fn model(config: &Config) -> Model {
    let learned = async {
        let store = store_to_look_into(config).await?;
        match store {
            Some(store) => learn(&store, &config.policy).await.map(Some),
            None => Ok(None),
        }
    };
    match learned.await {
        Ok(Some(model)) => model,
        Ok(None) => config.policy.untaught(),
        Err(why) => {
            eprintln!("maildesk: judging without what the desk has learned: {why}");
            config.policy.untaught()
        }
    }
}

/// The store, where it can be opened without making or migrating it.
async fn store_to_look_into(config: &Config) -> store::Result<Option<Store>> {
    match Store::schema(&store_options(&config.store)).await? {
        Schema::Missing | Schema::Older => Ok(None),
        Schema::Reached => open_store(&config.store).await.map(Some),
    }
}

fn read_file(file: &PathBuf) -> io::Result<Vec<u8>> {
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(file)
}
