//! `maildesk classify`: judges the method of learning on an operator's own rows, in a model that is thrown away. Needs no config; with
//! `--own` it begins with the categories of one and their words.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Common, print};
use crate::{
    config,
    triage::category::{self, Correction, Model, Read},
};

/// A first line longer than this (in characters) is no subject.
const TITLE_MAX: usize = 200;

#[derive(Debug, Args)]
pub(super) struct Classify {
    /// Rows to learn from, JSON Lines of text, label and lang.
    #[arg(long, value_name = "FILE")]
    learn: PathBuf,
    /// Rows to classify, in order; their labels are not looked at.
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Judge with the categories of the config, their words, and its precision.
    #[arg(long)]
    own: bool,
}

#[derive(Debug, Deserialize)]
struct Row {
    text: String,
    #[serde(default)]
    label: Option<String>,
}

#[derive(Debug, Serialize)]
struct Answer<'a> {
    label: Option<&'a str>,
    confidence: f64,
    auto: bool,
}

impl Classify {
    pub(super) fn run(&self, common: &Common) -> Result<()> {
        let corrections: Vec<Correction> = rows(&self.learn)?
            .into_iter()
            .filter_map(|row| {
                let (title, text) = titled(&row.text);
                let category = row.label.filter(|label| !label.is_empty())?;
                Some(Correction { title: title.to_owned(), text: text.to_owned(), category })
            })
            .collect();
        let test = rows(&self.test)?;
        let untaught =
            if self.own { config::load(&common.config)?.policy.untaught() } else { Model::default() };
        let model = untaught.taught(&corrections);
        for row in &test {
            let (title, text) = titled(&row.text);
            let guess = category::guess(&Read::of(title, text), &model);
            if common.json || !print::is_terminal() {
                let (confidence, auto) = (guess.confidence, guess.auto);
                print::json(&Answer { label: guess.name.as_deref(), confidence, auto })?;
            } else {
                let name = guess.name.unwrap_or_default();
                let filed = if guess.auto { "files" } else { "asks " };
                print::text(&format!("{filed} {:>4.0} %  {name}\n", 100.0 * guess.confidence))?;
            }
        }
        Ok(())
    }
}

/// A text of several lines begins with its subject.
fn titled(text: &str) -> (&str, &str) {
    match text.split_once('\n').map(|(first, rest)| (first.trim(), rest.trim())) {
        Some((first, rest)) if !rest.is_empty() && first.chars().count() <= TITLE_MAX => (first, rest),
        _ => ("", text),
    }
}

fn rows(path: &Path) -> Result<Vec<Row>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let row = |(at, line): (usize, &str)| {
        serde_json::from_str(line).with_context(|| {
            let example = r#"{"text": "…", "label": "…", "lang": "en"}"#;
            format!("{}, line {}: not a row like {example}", path.display(), at + 1)
        })
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(row).collect()
}
