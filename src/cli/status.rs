//! `maildesk status`: mailboxes, outbox, quarantine, reconciliation.

use anyhow::Result;

use super::{Common, open, print};
use crate::store::MailboxStatus;

pub(super) async fn run(common: &Common) -> Result<()> {
    let (_, store) = open(common).await?;
    let status = store.status().await?;
    if common.json {
        return print::json(&status);
    }
    for mailbox in &status {
        print::text(&describe(mailbox))?;
    }
    Ok(())
}

fn describe(mailbox: &MailboxStatus) -> String {
    let counts = |map: &std::collections::BTreeMap<String, u64>| {
        let parts: Vec<String> = map.iter().map(|(word, count)| format!("{word} {count}")).collect();
        if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
    };
    let reconciled = match (mailbox.unaccounted, mailbox.reconciled_at) {
        (Some(missing), Some(at)) => format!("{missing} unaccounted for, at {}", print::instant(at)),
        _ => "not compared yet".to_owned(),
    };
    let trouble = |words: &Option<String>, since: Option<jiff::Timestamp>| match (words, since) {
        (Some(words), Some(since)) => format!("{words} (since {})", print::instant(since)),
        _ => "none".to_owned(),
    };
    let reading = trouble(&mailbox.trouble, mailbox.trouble_since);
    let sending = trouble(&mailbox.outbox_trouble, mailbox.outbox_trouble_since);
    let worked_by =
        mailbox.worked_by.as_ref().map(|who| format!("\n  worked by       {who}")).unwrap_or_default();
    format!(
        "{} ({}){worked_by}\n  messages        {}\n  not settled     {}\n  reconciliation  {reconciled}\n  outbox          {}\n  trouble         {reading}\n  outbox trouble  {sending}\n",
        mailbox.mailbox,
        mailbox.mode.as_deref().unwrap_or("not started yet"),
        counts(&mailbox.outcomes),
        mailbox.unsettled,
        counts(&mailbox.outbox),
    )
}
