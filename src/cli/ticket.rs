//! `maildesk ticket`: the desk from the shell.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use super::{Common, open, outbox::word, print};
use crate::{
    desk::{State, TicketId},
    mail,
    store::{MessageRow, Store, TicketDetail, TicketFilter},
};

#[derive(Debug, Subcommand)]
pub(super) enum Ticket {
    /// Tickets, the newest first.
    List(Filter),
    /// One ticket with its people, messages and history.
    Show {
        /// The ticket's number, without `#`.
        number: i64,
    },
    /// Everything that was said on a ticket, in order.
    Transcript {
        /// The ticket's number, without `#`.
        number: i64,
    },
    /// Write an attachment to a file.
    Attachment(Attachment),
}

#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Only these states (may be repeated): new, open, waiting, on_hold, resolved, closed, spam, merged.
    #[arg(long)]
    state: Vec<String>,
    /// Only this category.
    #[arg(long)]
    category: Option<String>,
    /// Only this team, by its name in the config.
    #[arg(long)]
    team: Option<String>,
    /// An agent's address.
    #[arg(long)]
    assignee: Option<String>,
    /// A client's address.
    #[arg(long)]
    requester: Option<String>,
    /// Rows at most.
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

#[derive(Debug, Args)]
pub(super) struct Attachment {
    /// The ticket's number, without `#`.
    number: i64,
    /// Which one: its place in `ticket show`, from 1.
    place: usize,
    /// Where to write it; standard output when absent.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

impl Ticket {
    pub(super) async fn run(&self, common: &Common) -> Result<()> {
        let (_, store) = open(common).await?;
        match self {
            Self::List(filter) => filter.list(common, &store).await,
            Self::Show { number } => {
                let detail = find(&store, *number).await?;
                if common.json { print::json(&detail) } else { print::text(&describe(&detail)) }
            }
            Self::Transcript { number } => {
                let detail = find(&store, *number).await?;
                if common.json { print::json(&detail.messages) } else { print::text(&transcript(&detail)) }
            }
            Self::Attachment(attachment) => attachment.write(&store).await,
        }
    }
}

async fn find(store: &Store, number: i64) -> Result<TicketDetail> {
    store.ticket(TicketId(number)).await?.with_context(|| format!("there is no ticket #{number}"))
}

impl Filter {
    async fn list(&self, common: &Common, store: &Store) -> Result<()> {
        let states = self.state.iter().map(|s| parse_state(s)).collect::<Result<Vec<_>>>()?;
        let lower = |text: &Option<String>| text.as_ref().map(|t| t.to_lowercase());
        let filter = TicketFilter {
            states,
            category: self.category.clone(),
            team: self.team.clone(),
            assignee: lower(&self.assignee),
            requester: lower(&self.requester),
            limit: self.limit,
        };
        let rows = store.tickets(&filter).await?;
        if common.json {
            return print::json(&rows);
        }
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                vec![
                    format!("#{}", row.number),
                    row.state.as_str().to_owned(),
                    row.category.clone().unwrap_or_else(|| "triage".to_owned()),
                    row.priority.clone(),
                    row.assignee.clone().unwrap_or_default(),
                    print::cell(&row.requester),
                    row.messages.to_string(),
                    print::cell(&row.subject),
                ]
            })
            .collect();
        print::table(
            &["TICKET", "STATE", "CATEGORY", "PRIORITY", "ASSIGNEE", "REQUESTER", "MESSAGES", "SUBJECT"],
            &cells,
        )
    }
}

fn parse_state(word: &str) -> Result<State> {
    let known = State::ALL.iter().find(|state| state.as_str() == word);
    known.copied().with_context(|| {
        let words: Vec<&str> = State::ALL.iter().map(|state| state.as_str()).collect();
        format!("`{word}` is no state: {}", words.join(", "))
    })
}

impl Attachment {
    async fn write(&self, store: &Store) -> Result<()> {
        let detail = find(store, self.number).await?;
        let files = detail.messages.iter().flat_map(|message| {
            message.attachments.iter().enumerate().map(move |(index, file)| (message, index, file))
        });
        let place = self.place.checked_sub(1).context("places count from 1")?;
        let Some((message, index, file)) = files.clone().nth(place) else {
            bail!("ticket #{} has no attachment {}; it has {}", self.number, self.place, files.count());
        };
        let raw = message.raw.context("that attachment went out with a mail of ours")?;
        let raw = store.raw(raw).await?.context("the raw message is gone")?;
        let bytes =
            mail::attachment(&raw.bytes, index).context("the raw message no longer holds this attachment")?;
        match &self.output {
            Some(path) => {
                fs::write(path, &bytes).with_context(|| format!("writing {}", path.display()))?;
                print::text(&format!(
                    "{} ({} bytes) is in {}\n",
                    print::cell(&file.name),
                    bytes.len(),
                    path.display()
                ))
            }
            None => print::bytes(&bytes),
        }
    }
}

fn describe(detail: &TicketDetail) -> String {
    let ticket = &detail.ticket;
    let fact = |name: &str, value: &str| format!("  {name:<16}{value}\n");
    let mut out = format!("#{} {}\n", ticket.number, print::cell(&ticket.subject));
    out += &fact("state", ticket.state.as_str());
    out += &fact("category", ticket.category.as_deref().unwrap_or("triage"));
    out += &fact("priority", &ticket.priority);
    out += &fact("team", ticket.team.as_deref().unwrap_or("none"));
    out += &fact("assignee", ticket.assignee.as_deref().unwrap_or("nobody"));
    out += &fact("requester", &print::cell(&ticket.requester));
    out += &fact("participants", &detail.participants.join(", "));
    out += &fact("language", &ticket.language);
    out += &fact("created", &print::instant(ticket.created_at));
    if let Some(due) = detail.first_response_due_at {
        out += &fact("answer due", &print::instant(due));
    }
    if let Some(at) = detail.first_response_at {
        out += &fact("first answer", &print::instant(at));
    }
    out += &fact(
        "history",
        if detail.chain_intact { "unaltered" } else { "ALTERED: the chain of events is broken" },
    );
    out += &facts(detail);
    out += "\nMessages\n";
    let mut place = 0;
    for message in &detail.messages {
        out += &format!(
            "  {}  {:<16}{}\n",
            print::instant(message.at),
            message.kind,
            print::cell(&message.author)
        );
        for file in &message.attachments {
            place += 1;
            out += &format!(
                "    [{place}] {} ({}, {} bytes)\n",
                print::cell(&file.name),
                file.content_type,
                file.size
            );
        }
    }
    out += "\nHistory\n";
    for event in &detail.events {
        out += &format!(
            "  {}  {:<24}{:<28}{}\n",
            print::instant(event.at),
            event.kind,
            print::cell(&event.actor),
            print::cell(&event.detail)
        );
    }
    out
}

/// What is known of the matter, each with where it comes from, and what the client was asked for.
fn facts(detail: &TicketDetail) -> String {
    let matter = &detail.matter;
    let mut out = String::new();
    if matter.facts.is_empty() && matter.asked.is_empty() {
        return out;
    }
    out += "\nFacts\n";
    for (name, fact) in &matter.facts {
        let value = fact.value.lines().collect::<Vec<_>>().join("; ");
        out += &format!("  {name:<16}{} ({})\n", print::cell(&value), fact.source);
    }
    let asked: Vec<&str> = matter.all_asked().collect();
    if !asked.is_empty() {
        out += &format!("  {:<16}{}\n", "asked for", asked.join(", "));
    }
    out
}

fn transcript(detail: &TicketDetail) -> String {
    let mut out = format!("#{} {}\n", detail.ticket.number, print::cell(&detail.ticket.subject));
    for message in &detail.messages {
        out += &format!("\n{}\n", heading(message));
        for line in message.text.lines() {
            // A mail's own control characters must not drive the terminal.
            let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
            out += format!("    {line}").trim_end();
            out.push('\n');
        }
    }
    out
}

fn heading(message: &MessageRow) -> String {
    let delivery = message.delivery.as_ref().map(|state| format!(" ({})", word(state))).unwrap_or_default();
    let recipient = message.recipient.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
    format!(
        "{}  {} by {}{recipient}{delivery}",
        print::instant(message.at),
        message.kind,
        print::cell(&message.author)
    )
}
