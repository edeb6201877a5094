//! `maildesk live MAILBOX`: ends shadow mode.

use anyhow::{Result, bail};
use clap::Args;

use super::{Common, open, print};
use crate::edge;

#[derive(Debug, Args)]
pub(super) struct Live {
    /// The mailbox's name in the config.
    mailbox: String,
}

impl Live {
    pub(super) async fn run(&self, common: &Common) -> Result<()> {
        let (config, store) = open(common).await?;
        if !config.mailboxes.iter().any(|m| m.name == self.mailbox) {
            let names: Vec<&str> = config.mailboxes.iter().map(|m| m.name.as_str()).collect();
            bail!("there is no mailbox `{}` in the config; there are: {}", self.mailbox, names.join(", "));
        }
        store.set_live(&self.mailbox, edge::now()).await?;
        print::text(&format!(
            "{} is live: mail leaves from now on; what shadow mode held back stays unsent\n",
            self.mailbox
        ))
    }
}
