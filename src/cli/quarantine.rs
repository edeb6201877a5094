//! `maildesk quarantine`: messages that could not be decided on.

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use super::{Common, open, print};
use crate::{desk::RawId, edge};

const ROWS_MAX: u32 = 1000;

#[derive(Debug, Subcommand)]
pub(super) enum Quarantine {
    /// All of them, with their reasons.
    List,
    /// The raw message.
    Show {
        /// As `quarantine list` shows it.
        message: i64,
    },
    /// Decide on it once more (the running desk does, at its next start or poll).
    Retry {
        /// As `quarantine list` shows it.
        message: i64,
    },
    /// Ignore it for good; the raw message stays.
    Drop {
        /// As `quarantine list` shows it.
        message: i64,
    },
}

impl Quarantine {
    pub(super) async fn run(&self, common: &Common) -> Result<()> {
        let (_, store) = open(common).await?;
        match self {
            Self::List => {
                let rows = store.quarantined(ROWS_MAX).await?;
                if common.json {
                    return print::json(&rows);
                }
                let cells: Vec<Vec<String>> = rows
                    .iter()
                    .map(|row| {
                        vec![
                            row.raw.to_string(),
                            row.mailbox.clone(),
                            format!("{}/{}", row.folder, row.uid),
                            print::instant(row.received_at),
                            row.size_bytes.to_string(),
                            print::cell(&row.reason),
                        ]
                    })
                    .collect();
                print::table(&["MESSAGE", "MAILBOX", "FOLDER/UID", "RECEIVED", "BYTES", "REASON"], &cells)
            }
            Self::Show { message } => {
                let raw = store.raw(RawId(*message)).await?;
                print::bytes(&raw.with_context(|| format!("there is no message {message}"))?.bytes)
            }
            Self::Retry { message } => {
                if !store.quarantine_retry(RawId(*message)).await? {
                    bail!("message {message} is not in quarantine");
                }
                print::text(&format!("message {message} will be decided on again\n"))
            }
            Self::Drop { message } => {
                if !store.quarantine_drop(RawId(*message), edge::now()).await? {
                    bail!("message {message} is not in quarantine");
                }
                print::text(&format!("message {message} is ignored from now on\n"))
            }
        }
    }
}
