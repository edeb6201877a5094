//! `maildesk check`: reads the whole config and reports every error at once.

use anyhow::{Result, bail};
use serde::Serialize;

use super::{Common, print};
use crate::{
    config::{self, Config, ConfigError, ConfigErrors},
    render::Templates,
};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    usable: bool,
    errors: &'a [ConfigError],
    notes: &'a [String],
}

pub(super) fn run(common: &Common) -> Result<()> {
    let path = common.config.display();
    match config::load(&common.config) {
        Ok(config) => accept(common, &config),
        Err(errors) => {
            refuse(common, &errors)?;
            bail!("{path} is not usable as it is");
        }
    }
}

fn accept(common: &Common, config: &Config) -> Result<()> {
    if let Some(folder) = &config.templates_folder {
        Templates::with_overrides(&config::template_files(folder)?)?;
    }
    if common.json {
        return print::json(&Verdict { usable: true, errors: &[], notes: &config.notes });
    }
    let notes: String = config.notes.iter().map(|note| format!("note: {note}\n")).collect();
    print::text(&format!("{notes}{}: everything is in order\n", common.config.display()))
}

fn refuse(common: &Common, wrong: &ConfigErrors) -> Result<()> {
    if common.json {
        return print::json(&Verdict { usable: false, errors: &wrong.errors, notes: &wrong.notes });
    }
    print::text(&format!("{wrong}\n"))
}
