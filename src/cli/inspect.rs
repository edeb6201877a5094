//! `maildesk inspect`: what the desk would read in a mail, as SPEC section 5 lays down. Changes nothing, needs no config.

use std::{
    fs,
    io::{self, Read},
    path::PathBuf,
};

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;

use super::{Common, print};
use crate::{
    config,
    desk::{
        Findings, Trust,
        authentication::{Authentication, authentication},
    },
    intake::read_once,
    mail::{ReadPolicy, Reading},
    triage::Triage,
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
    pub(super) fn run(&self, common: &Common) -> Result<()> {
        let (policy, trust) = desk_of(common);
        for file in &self.files {
            let bytes = read_file(file).with_context(|| format!("reading {}", file.display()))?;
            let (reading, triage) = read_once(bytes, policy.clone())?;
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

/// The desk's own addresses and trusted servers, where a config can be read; a mail can be inspected without.
fn desk_of(common: &Common) -> (ReadPolicy, Trust) {
    match config::load(&common.config) {
        Ok(config) => {
            let policy = ReadPolicy {
                own_addresses: config.policy.own_addresses(),
                own_lists: config.policy.trust.own_lists.clone(),
                desk_id: config.policy.desk_id.clone(),
            };
            (policy, config.policy.trust.clone())
        }
        Err(_) => (ReadPolicy::default(), Trust::default()),
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
