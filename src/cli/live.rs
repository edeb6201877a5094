//! `maildesk live MAILBOX`: ends shadow mode. A running daemon notices by itself, since it watches the store.

use anyhow::{Result, bail};
use clap::Args;

use super::{Common, open, print};
use crate::{edge, store::Store};

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
        let before = self.before(&store).await?;
        if before.live {
            return print::text(&format!("{} is live already: nothing was changed\n", self.mailbox));
        }
        store.set_live(&self.mailbox, edge::now()).await?;
        print::text(&self.told(&before))
    }

    async fn before(&self, store: &Store) -> Result<Before> {
        let status = store.status().await?.into_iter().find(|status| status.mailbox == self.mailbox);
        let Some(status) = status else { return Ok(Before::default()) };
        Ok(Before {
            live: status.mode.as_deref() == Some("live"),
            held_back: status.outbox.get("shadow").copied().unwrap_or(0),
        })
    }

    fn told(&self, before: &Before) -> String {
        let name = &self.mailbox;
        let held_back = match before.held_back {
            0 => "Shadow mode held nothing back.".to_owned(),
            1 => "One mail that shadow mode held back stays unsent.".to_owned(),
            count => format!("{count} mails that shadow mode held back stay unsent."),
        };
        let look =
            if before.held_back == 0 { "" } else { " See them with `maildesk outbox list --state shadow`." };
        format!(
            "{name} is live: mail leaves from now on. {held_back}{look}\n\
             A running maildesk knows it within a second. Clients who wrote during shadow mode have had no answer: see\n\
             `maildesk ticket list --state new --state open`.\n\
             In the config, mode = \"shadow\" counts only for a mailbox that the store does not know yet; write \"live\" there \
             as well.\n"
        )
    }
}

/// How the mailbox stood.
#[derive(Default)]
struct Before {
    live: bool,
    held_back: u64,
}
