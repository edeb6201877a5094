//! `maildesk outbox`: what waits, what failed and why.

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use super::{Common, open, print};
use crate::{
    desk::OutboxId,
    edge,
    store::{Bounced, OutboxFilter, Store},
};

const ROWS_MAX: u32 = 1000;
/// The word for a mail that left and came back, beside the states.
const BOUNCED: &str = "bounced";

#[derive(Debug, Subcommand)]
pub(super) enum Outbox {
    /// Outgoing mails, the newest first.
    List {
        /// Only this state: queued, sending, sent, failed, unknown, shadow, held, cancelled; or bounced: what left and came
        /// back.
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
    let filter = state.map_or(Ok(OutboxFilter::All), parse_filter)?;
    let rows = store.outbox_of(filter, limit.min(ROWS_MAX)).await?;
    if common.json {
        return print::json(&rows);
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.id.to_string(),
                if row.bounced.is_some() { BOUNCED.to_owned() } else { word(&row.state) },
                word(&row.kind),
                row.ticket.map_or_else(String::new, |t| format!("#{t}")),
                print::cell(&row.recipient),
                row.attempts.to_string(),
                row.next_at.map_or_else(String::new, print::instant),
                print::cell(&row.bounced.as_ref().map_or_else(|| row.detail.clone(), in_words)),
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
    let brief = store.outbox_of(OutboxFilter::Only(id), 1).await?.pop();
    let bounced = brief.and_then(|brief| brief.bounced);
    if common.json {
        let mut mail = serde_json::to_value(&row.mail)?;
        if let Some(fields) = mail.as_object_mut() {
            fields.insert(BOUNCED.to_owned(), serde_json::to_value(&bounced)?);
        }
        return print::json(&mail);
    }
    if let Some(bounced) = &bounced {
        // Beside the mail, whose bytes may go on into another program.
        eprintln!("maildesk: mail {id} came back on {}: {}", print::instant(bounced.at), in_words(bounced));
    }
    print::bytes(&crate::mail::compose::compose(&row.mail, &[]))
}

/// `for good: 5.1.1 no such user`.
fn in_words(bounced: &Bounced) -> String {
    let kind = if bounced.hard { "for good" } else { "for now" };
    let status = bounced.status.as_deref().unwrap_or_default();
    let said = [status, bounced.diagnostic.as_str()].join(" ");
    match said.trim() {
        "" => kind.to_owned(),
        said => format!("{kind}: {said}"),
    }
}

fn parse_filter(word: &str) -> Result<OutboxFilter> {
    if word == BOUNCED {
        return Ok(OutboxFilter::Bounced);
    }
    let state = serde_json::from_value(serde_json::Value::String(word.to_owned())).ok();
    state.map(OutboxFilter::State).with_context(|| {
        format!(
            "`{word}` is no state: queued, sending, sent, failed, unknown, shadow, held, cancelled, bounced"
        )
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
