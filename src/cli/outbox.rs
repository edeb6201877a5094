//! `maildesk outbox`: what waits, what failed and why.

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use super::{Common, open, print};
use crate::{
    desk::OutboxId,
    edge,
    store::{OutboxState, Store},
};

const ROWS_MAX: u32 = 1000;

#[derive(Debug, Subcommand)]
pub(super) enum Outbox {
    /// Outgoing mails, the newest first.
    List {
        /// Only this state: queued, sending, sent, failed, unknown, shadow, held, cancelled.
        #[arg(long)]
        state: Option<String>,
        /// Rows at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// One outgoing mail, as it leaves (without its files).
    Show {
        /// As `outbox list` shows it.
        id: i64,
    },
    /// Send it now.
    Retry {
        /// As `outbox list` shows it.
        id: i64,
    },
    /// Never send it.
    Cancel {
        /// As `outbox list` shows it.
        id: i64,
    },
}

impl Outbox {
    pub(super) async fn run(&self, common: &Common) -> Result<()> {
        let (_, store) = open(common).await?;
        match self {
            Self::List { state, limit } => list(common, &store, state.as_deref(), *limit).await,
            Self::Show { id } => show(common, &store, OutboxId(*id)).await,
            Self::Retry { id } => {
                there_is(&store, *id).await?;
                if !store.outbox_retry(OutboxId(*id), edge::now()).await? {
                    bail!("mail {id} is not one that waits or failed: see `maildesk outbox list`");
                }
                print::text(&format!("mail {id} is due now\n"))
            }
            Self::Cancel { id } => {
                there_is(&store, *id).await?;
                if !store.outbox_cancel(OutboxId(*id), edge::now()).await? {
                    bail!("mail {id} cannot be cancelled: it has left, or is leaving");
                }
                print::text(&format!("mail {id} is cancelled\n"))
            }
        }
    }
}

async fn list(common: &Common, store: &Store, state: Option<&str>, limit: u32) -> Result<()> {
    let state = state.map(parse_state).transpose()?;
    let rows = store.outbox(state, limit.min(ROWS_MAX)).await?;
    if common.json {
        return print::json(&rows);
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.id.to_string(),
                word(&row.state),
                word(&row.kind),
                row.ticket.map_or_else(String::new, |t| format!("#{t}")),
                print::cell(&row.recipient),
                row.attempts.to_string(),
                row.next_at.map_or_else(String::new, print::instant),
                print::cell(&row.detail),
            ]
        })
        .collect();
    print::table(&["ID", "STATE", "KIND", "TICKET", "TO", "TRIES", "NEXT", "DETAIL"], &cells)
}

async fn there_is(store: &Store, id: i64) -> Result<()> {
    let row = store.outbox_mail(OutboxId(id)).await?;
    row.map(|_| ()).with_context(|| format!("there is no outgoing mail {id}"))
}

async fn show(common: &Common, store: &Store, id: OutboxId) -> Result<()> {
    let row = store.outbox_mail(id).await?.with_context(|| format!("there is no outgoing mail {id}"))?;
    if common.json {
        return print::json(&row.mail);
    }
    print::bytes(&crate::mail::compose::compose(&row.mail, &[]))
}

fn parse_state(word: &str) -> Result<OutboxState> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok().with_context(|| {
        format!("`{word}` is no state: queued, sending, sent, failed, unknown, shadow, held, cancelled")
    })
}

/// The word of a state or kind, as JSON has it.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
