//! `maildesk client`: the people who write to the desk, as far as mail to them goes.

use anyhow::{Result, bail};
use clap::Subcommand;

use super::{Common, open, print};
use crate::edge;

#[derive(Debug, Subcommand)]
pub(super) enum Client {
    /// Addresses to which nothing is sent, because our mails came back: since when, and why.
    Suppressed,
    /// Send to this address again. A mail that a person writes from it does the same.
    Release {
        /// As `client suppressed` shows it.
        address: String,
    },
}

impl Client {
    pub(super) async fn run(&self, common: &Common) -> Result<()> {
        let (_, store) = open(common).await?;
        match self {
            Self::Suppressed => {
                let rows = store.suppressed().await?;
                if common.json {
                    return print::json(&rows);
                }
                let cells: Vec<Vec<String>> = rows
                    .iter()
                    .map(|row| {
                        vec![
                            print::cell(&row.address),
                            row.since.map_or_else(String::new, print::instant),
                            row.released_at.map_or_else(String::new, print::instant),
                            print::cell(&row.why),
                        ]
                    })
                    .collect();
                print::table(&["ADDRESS", "SINCE", "RELEASED BEFORE", "WHY"], &cells)
            }
            Self::Release { address } => {
                let address = address.trim().to_lowercase();
                match store.release_person(&address, edge::now()).await? {
                    Some(true) => print::text(&format!("mail goes to {address} again\n")),
                    Some(false) => print::text(&format!("mail to {address} was not held back\n")),
                    None => bail!("nobody is known under {address}: see `maildesk client suppressed`"),
                }
            }
        }
    }
}
