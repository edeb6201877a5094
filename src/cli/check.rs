//! `maildesk check`: reads the whole config and reports every error at once.

use std::path::Path;

use anyhow::{Result, bail};

use super::print;
use crate::{config, render::Templates};

pub(super) fn run(path: &Path) -> Result<()> {
    let config = match config::load(path) {
        Ok(config) => config,
        Err(errors) => {
            print::text(&format!("{errors}\n"))?;
            bail!("{} is not usable as it is", path.display());
        }
    };
    if let Some(folder) = &config.templates_folder {
        Templates::with_overrides(&config::template_files(folder)?)?;
    }
    for note in &config.notes {
        print::text(&format!("note: {note}\n"))?;
    }
    print::text(&format!("{}: everything is in order\n", path.display()))
}
