//! `maildesk import`: old mail and old lists of tickets. Nothing is sent; the store may be that of a running desk.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::{Common, open_store, print};
use crate::{
    config::{self, Config},
    desk::{ImportFacts, State},
    edge,
    import::{self, Importing, Progress, Summary, Trouble, Wish, list},
    intake::learn,
    store::{ImportKind, Store, UndoPlan},
};

/// Troubles and misfits shown one by one to a person; --json has more.
const SHOWN_MAX: usize = 20;
/// Without a terminal, a line of progress this often.
const LINE_EVERY: Duration = Duration::from_secs(10);
const BAR_EVERY: Duration = Duration::from_millis(100);
const NAME_CHARS_MAX: usize = 64;

/// Bring in old mail, or a list of old tickets. Nothing is ever sent for it.
///
/// PATH is a mailbox file (mbox of any kind, also gzip'd), a Maildir, a single mail (.eml), or a folder of these, in any depth; what
/// a file is shows from its content. Export the Inbox and the Sent folder of your old desk and name both in one command: mails are
/// taken in the order of their dates, so that questions and your old answers become one ticket. Deleted mails, drafts and spam are
/// passed over, and so are folders named Trash, Drafts, Junk and the like, unless PATH names them.
///
/// Imported tickets are closed (--state), with the dates of their mails; no clock starts for them. With --open-since DATE,
/// conversations that went on since then stay as they stand: new, open or waiting. A client who answers an imported mail later gets
/// a new ticket that is linked to the old one, or, within 14 days, the old one again.
///
/// An import can be interrupted at any moment (Ctrl-C, kill, power cut): the same command goes on where it was. Mail that the desk
/// has already, from the mail server or another import, is recognised by its content and makes nothing twice.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Import {
    /// Mailbox files, Maildirs, mails, folders.
    #[arg(value_name = "PATH", required_unless_present_any = ["tickets", "list", "undo"])]
    paths: Vec<PathBuf>,
    /// The mailbox that the mail belongs to, by its name in the config; may be left out when there is only one.
    #[arg(long, value_name = "NAME")]
    mailbox: Option<String>,
    /// A name for what is imported, to repeat or undo it by; the first PATH's name when left out.
    #[arg(long, value_name = "NAME")]
    batch: Option<String>,
    /// What an old ticket ends as: closed, resolved or open.
    #[arg(long, value_name = "STATE", default_value = "closed")]
    state: String,
    /// Conversations with a mail since this day (YYYY-MM-DD) stay as they stand.
    #[arg(long, value_name = "DATE")]
    open_since: Option<String>,
    /// Send nothing; always so.
    #[arg(long)]
    no_mail: bool,
    /// A list of old tickets (CSV with a heading) instead of mail.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "list", "undo", "open_since"])]
    tickets: Option<PathBuf>,
    /// With --tickets: only say what would not fit, line by line. Exit status 1 when something does not.
    #[arg(long)]
    dry_run: bool,
    /// Show the batches that were imported.
    #[arg(long, conflicts_with_all = ["paths", "undo"])]
    list: bool,
    /// Take a batch back: what it made and nothing else. Without --yes only says what would go.
    #[arg(long, value_name = "BATCH", conflicts_with = "paths")]
    undo: Option<String>,
    /// With --undo: do it.
    #[arg(long)]
    yes: bool,
}

impl Import {
    pub(super) async fn run(&self, common: &Common) -> Result<()> {
        // clap forgives a missing partner where another argument conflicts with it.
        if self.dry_run && self.tickets.is_none() {
            bail!("--dry-run belongs to --tickets FILE");
        }
        if self.yes && self.undo.is_none() {
            bail!("--yes belongs to --undo BATCH");
        }
        let config = config::load(&common.config)?;
        // What a dry run says needs no store.
        if let (Some(file), true) = (&self.tickets, self.dry_run) {
            let (mailbox, facts) = (self.mailbox(&config)?, self.facts(&config, file)?);
            let listing = list::read(file, &config.policy, &mailbox, &facts.batch, facts.state)?;
            let summary = listing.summary(&facts.batch);
            show_list(common, &summary)?;
            if !summary.misfits.is_empty() {
                bail!("{} values of the list do not fit", summary.misfits_all);
            }
            return Ok(());
        }
        let store = open_store(&config.store).await.context("opening the store")?;
        match (&self.undo, &self.tickets) {
            _ if self.list => show_batches(common, &store).await,
            (Some(batch), _) => self.undo(common, &store, batch).await,
            (None, Some(file)) => self.tickets(common, &config, &store, file).await,
            (None, None) => self.mail(common, &config, &store).await,
        }
    }

    async fn mail(&self, common: &Common, config: &Config, store: &Store) -> Result<()> {
        let first = self.paths.first().context("name what to import")?;
        let (mailbox, facts) = (self.mailbox(config)?, self.facts(config, first)?);
        let wish = Wish { paths: self.paths.clone(), mailbox, facts };
        let importing = Importing {
            config,
            store,
            model: Arc::new(learn(store, &config.policy).await.context("reading what the desk learned")?),
            progress: Progress::default(),
            stop: CancellationToken::new(),
        };
        let stop = importing.stop.clone();
        let interrupt = tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        });
        let shown = tokio::spawn(show_progress(importing.progress.clone(), print::is_terminal_error()));
        let done = import::run(&importing, &wish).await;
        shown.abort();
        interrupt.abort();
        // The bar is cleared by its own drop.
        let _ = shown.await;
        let summary = done?;
        if common.json {
            print::json(&summary)?
        } else {
            print::text(&describe(&summary))?
        }
        if summary.interrupted {
            bail!("interrupted: the same command goes on from here");
        }
        Ok(())
    }

    async fn tickets(&self, common: &Common, config: &Config, store: &Store, file: &Path) -> Result<()> {
        let (mailbox, facts) = (self.mailbox(config)?, self.facts(config, file)?);
        let listing = list::read(file, &config.policy, &mailbox, &facts.batch, facts.state)?;
        let batch = store.begin_import(&mailbox, ImportKind::Tickets, &facts, edge::now()).await?;
        let summary = list::import(store, &batch, &config.policy, listing).await?;
        store.end_import(&batch, edge::now()).await?;
        show_list(common, &summary)
    }

    async fn undo(&self, common: &Common, store: &Store, batch: &str) -> Result<()> {
        let plan = store.plan_undo(batch).await?;
        if self.yes {
            while store.undo_import(batch, edge::now()).await? {}
        }
        if common.json {
            #[derive(Serialize)]
            struct Undone<'a> {
                #[serde(flatten)]
                plan: &'a UndoPlan,
                done: bool,
            }
            return print::json(&Undone { plan: &plan, done: self.yes });
        }
        print::text(&describe_undo(&plan, self.yes))
    }

    fn mailbox(&self, config: &Config) -> Result<String> {
        let names: Vec<&str> = config.mailboxes.iter().map(|mailbox| mailbox.name.as_str()).collect();
        match (&self.mailbox, names.as_slice()) {
            (Some(name), _) if names.contains(&name.as_str()) => Ok(name.clone()),
            (Some(name), _) => {
                bail!("there is no mailbox `{name}` in the config; there are: {}", names.join(", "))
            }
            (None, [only]) => Ok((*only).to_owned()),
            (None, _) => {
                bail!("say which mailbox it belongs to, with --mailbox; there are: {}", names.join(", "))
            }
        }
    }

    fn facts(&self, config: &Config, path: &Path) -> Result<ImportFacts> {
        let state = match self.state.as_str() {
            "closed" => State::Closed,
            "resolved" => State::Resolved,
            "open" => State::Open,
            other => bail!("--state {other}: old tickets end as closed, resolved or open"),
        };
        let zone = TimeZone::get(&config.policy.zone).unwrap_or(TimeZone::UTC);
        let open_since = self.open_since.as_deref().map(|day| instant(day, &zone)).transpose()?;
        // `.` and `..` have a name of their own elsewhere.
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let stem = || whole.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let batch = match &self.batch {
            Some(name) => name.trim().to_owned(),
            None => {
                stem().unwrap_or_default().chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect()
            }
        };
        if batch.is_empty() || batch.chars().count() > NAME_CHARS_MAX || batch.chars().any(char::is_control) {
            bail!("--batch: a name of 1 to {NAME_CHARS_MAX} characters, like `zendesk-2026`");
        }
        Ok(ImportFacts { batch, state, open_since })
    }
}

fn instant(day: &str, zone: &TimeZone) -> Result<Timestamp> {
    let date: civil::Date =
        day.parse().ok().with_context(|| format!("--open-since {day}: a day like 2026-01-31"))?;
    Ok(zone.to_timestamp(date.to_datetime(civil::Time::midnight()))?)
}

/// A bar on a terminal, a line now and then elsewhere. Ends when it is aborted.
async fn show_progress(progress: Progress, is_terminal: bool) {
    let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    if !is_terminal {
        loop {
            tokio::time::sleep(LINE_EVERY).await;
            let (done, total) = (get(&progress.bytes), get(&progress.bytes_total));
            let percent = done.saturating_mul(100) / total.max(1);
            eprintln!("{percent} %, {} mails, {} tickets", get(&progress.mails), get(&progress.tickets));
        }
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let template = "{bar:30} {percent:>3} %  {bytes}/{total_bytes}  {msg}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let _cleared = ClearedAtEnd(&bar);
    loop {
        bar.set_length(get(&progress.bytes_total));
        bar.set_position(get(&progress.bytes));
        bar.set_message(format!("{} mails, {} tickets", get(&progress.mails), get(&progress.tickets)));
        tokio::time::sleep(BAR_EVERY).await;
    }
}

struct ClearedAtEnd<'a>(&'a ProgressBar);

impl Drop for ClearedAtEnd<'_> {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn describe(summary: &Summary) -> String {
    let mut out = format!("batch `{}`\n", summary.batch);
    let mut line = |count: u64, what: &str| out += &format!("{count:>9}  {what}\n");
    line(summary.mails, "mails read");
    line(summary.tickets, "tickets made");
    line(summary.added, "mails added to tickets");
    let mut unless_none = |count: u64, what: &str| {
        if count > 0 {
            line(count, what);
        }
    };
    unless_none(summary.taken_before, "mails taken by an earlier run of this batch");
    unless_none(summary.duplicates, "duplicates: the same mail was there already");
    unless_none(
        summary.without_conversation,
        "mails of our own that answer nothing known: not taken; import them again with, or after, what they answer",
    );
    unless_none(summary.other, "reports on mail that is not here, and mails that are held");
    for (why, count) in &summary.passed_over {
        unless_none(*count, &format!("passed over: {why}"));
    }
    unless_none(summary.quarantined, "kept in quarantine (maildesk quarantine list)");
    unless_none(summary.unreadable, "unreadable");
    out += &format!("{:>9.1}  seconds, {:.0} mails a second\n", summary.seconds, summary.mails_per_second);
    out += &troubles("unreadable", &summary.troubles, summary.unreadable);
    out + &troubles("left out", &summary.left_out, u64::try_from(summary.left_out.len()).unwrap_or_default())
}

fn troubles(what: &str, troubles: &[Trouble], all: u64) -> String {
    let mut out = String::new();
    for trouble in troubles.iter().take(SHOWN_MAX) {
        out += &format!("{what}: {}: {}\n", printable(&trouble.place), printable(&trouble.why));
    }
    let shown = u64::try_from(troubles.len().min(SHOWN_MAX)).unwrap_or_default();
    if all > shown {
        out += &format!("{what}: and {} more (--json names more of them)\n", all - shown);
    }
    out
}

/// Names of files must not drive the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn show_list(common: &Common, summary: &list::ListSummary) -> Result<()> {
    if common.json {
        return print::json(summary);
    }
    let made = if summary.dry_run { "tickets would be made" } else { "tickets made" };
    let mut out =
        format!("batch `{}`\n{:>9}  lines\n{:>9}  {made}\n", summary.batch, summary.lines, summary.tickets);
    if summary.taken_before > 0 {
        out += &format!("{:>9}  taken by an earlier run of this batch\n", summary.taken_before);
    }
    if summary.dropped_lines > 0 {
        out += &format!("{:>9}  lines that make no ticket, see below\n", summary.dropped_lines);
    }
    if !summary.ignored_columns.is_empty() {
        let columns: Vec<String> = summary.ignored_columns.iter().map(|name| printable(name)).collect();
        out += &format!("columns without a use here: {}\n", columns.join(", "));
    }
    let shown = if summary.dry_run { usize::MAX } else { SHOWN_MAX };
    for misfit in summary.misfits.iter().take(shown) {
        let end = if misfit.drops_line { "no ticket" } else { "left out" };
        out += &format!(
            "line {}: {} `{}`: expected {} ({end})\n",
            misfit.line,
            printable(&misfit.column),
            printable(&misfit.value),
            misfit.expected
        );
    }
    let shown = u64::try_from(shown.min(summary.misfits.len())).unwrap_or(u64::MAX);
    match summary.misfits_all.saturating_sub(shown) {
        0 => {}
        more if summary.dry_run => out += &format!("and {more} more\n"),
        more => out += &format!("and {more} more: --dry-run shows them\n"),
    }
    print::text(&out)
}

async fn show_batches(common: &Common, store: &Store) -> Result<()> {
    let rows = store.imports().await?;
    if common.json {
        return print::json(&rows);
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                print::cell(&row.batch),
                row.mailbox.clone(),
                row.kind.clone(),
                print::instant(row.begun_at),
                row.ended_at.map_or_else(|| "not at its end".to_owned(), print::instant),
                row.items.to_string(),
                row.tickets_made.to_string(),
                row.tickets_touched.to_string(),
            ]
        })
        .collect();
    print::table(&["BATCH", "MAILBOX", "KIND", "BEGUN", "ENDED", "MAILS", "TICKETS", "ADDED TO"], &cells)
}

fn describe_undo(plan: &UndoPlan, done: bool) -> String {
    let go = if done { "went" } else { "would go" };
    let mut out = format!("batch `{}`\n", plan.batch);
    out += &format!("{:>9}  tickets {go}\n{:>9}  mails or lines {go}\n", plan.tickets, plan.items);
    if plan.tickets_relieved > 0 {
        out +=
            &format!("{:>9}  tickets of others only lose the mails of this batch\n", plan.tickets_relieved);
    }
    if !plan.kept.is_empty() {
        out += &format!(
            "{:>9}  tickets stay as they are, since something happened on them, or the same mail came from elsewhere too:\n",
            plan.kept.len()
        );
    }
    for kept in &plan.kept {
        out += &format!("           #{} {}\n", kept.ticket, print::cell(&kept.subject));
    }
    if !done {
        out += &format!("nothing was changed; `maildesk import --undo {} --yes` does it\n", plan.batch);
    }
    out
}
