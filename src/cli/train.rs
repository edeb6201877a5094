//! `maildesk train`: what the desk's own corrections teach its classifier, measured. A running daemon learns by itself after
//! each correction; this shows how good that is.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::{Common, open, print};
use crate::{intake::learn, triage::category::Quality};

#[derive(Debug, Args)]
pub(super) struct Train {}

#[derive(Debug, Serialize)]
struct Trained {
    /// `null`: too few corrections, or all of one category.
    quality: Option<Quality>,
}

impl Train {
    pub(super) async fn run(&self, common: &Common) -> Result<()> {
        let (config, store) = open(common).await?;
        let model = learn(&store, &config.policy).await?;
        let quality = model.learned.map(|learned| learned.quality);
        if common.json {
            return print::json(&Trained { quality });
        }
        let Some(quality) = quality else {
            return print::text(
                "nothing learned yet: too few tickets were refiled, or all into one category; the words of the categories decide\n",
            );
        };
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let words = quality
            .words_right
            .map_or_else(String::new, |share| format!(", the words alone {}", percent(share)));
        let speaks = if quality.speaks { "speaks" } else { "stays silent: it is not better than the words" };
        let by_category: Vec<String> =
            quality.by_category.iter().map(|(name, count)| format!("{name} {count}")).collect();
        print::text(&format!(
            "corrections    {} ({})\nright          {}{words}, on tickets it had not seen\nby itself      {} of the tickets, {} of them right\nthe model      {speaks}\n",
            quality.corrections,
            by_category.join(", "),
            percent(quality.right),
            percent(quality.filed),
            percent(quality.filed_right),
        ))
    }
}
