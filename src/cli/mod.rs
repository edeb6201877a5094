//! The command line: one file a subcommand. Exit 0 done, 1 failed, 2 wrong use or a wrong config, which no second try mends
//! (systemd's unit relies on it); errors say what was wrong, where, and what to do (SPEC section 3).

mod agent;
mod check;
mod classify;
mod client;
mod import;
mod init;
mod inspect;
mod live;
mod log;
mod outbox;
mod print;
mod quarantine;
mod status;
mod ticket;
mod train;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::{
    config::{self, Config, ConfigErrors},
    daemon,
    intake::open_store,
    setup::Stopped,
    store::Store,
};

/// As clap's own for wrong arguments.
const WRONG_USE: u8 = 2;

/// The ticket desk whose only interface is email.
#[derive(Debug, Parser)]
#[command(name = "maildesk", version)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Common {
    /// The config file.
    #[arg(long, global = true, value_name = "FILE", default_value = "/etc/maildesk/maildesk.toml")]
    config: PathBuf,
    /// Print JSON where there is something to print.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set a desk up: find the servers, try them, learn by probe mails, and write a commented config in shadow mode.
    Init(Box<init::Init>),
    /// Run the desk.
    Run,
    /// Read the whole config and report every error at once.
    Check(check::Check),
    /// Show what the desk would read in these mails, changing nothing.
    Inspect(inspect::Inspect),
    Import(import::Import),
    /// Try how well the classifier learns from rows of your own; changes nothing.
    Classify(classify::Classify),
    /// Show what the classifier learned from this desk's refiled tickets, and how good it is.
    Train(train::Train),
    /// End shadow mode: from now on mail leaves.
    Live(live::Live),
    /// Tickets.
    #[command(subcommand)]
    Ticket(ticket::Ticket),
    /// Who may do what, and what their mail proves.
    #[command(subcommand)]
    Agent(agent::Agent),
    /// The people who write to the desk: to whom nothing is sent any more, and letting mail through again.
    #[command(subcommand)]
    Client(client::Client),
    /// Outgoing mail: what waits, what failed and why.
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// Messages that could not be decided on.
    #[command(subcommand)]
    Quarantine(quarantine::Quarantine),
    /// The health of the desk.
    Status,
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("maildesk: {why:#}");
            let is_wrong_use = why.is::<ConfigErrors>()
                || matches!(why.downcast_ref::<Stopped>(), Some(Stopped::WrongUse(_)));
            if is_wrong_use { ExitCode::from(WRONG_USE) } else { ExitCode::FAILURE }
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    match &cli.command {
        Command::Run => {
            log::start()?;
            runtime()?.block_on(daemon::run(&cli.common.config))
        }
        Command::Init(init) => init.run(&cli.common),
        Command::Check(check) => check.run(&cli.common),
        Command::Inspect(inspect) => runtime()?.block_on(inspect.run(&cli.common)),
        Command::Classify(classify) => classify.run(&cli.common),
        Command::Train(train) => runtime()?.block_on(train.run(&cli.common)),
        Command::Import(import) => runtime()?.block_on(import.run(&cli.common)),
        Command::Live(live) => runtime()?.block_on(live.run(&cli.common)),
        Command::Ticket(ticket) => runtime()?.block_on(ticket.run(&cli.common)),
        Command::Agent(agent) => runtime()?.block_on(agent.run(&cli.common)),
        Command::Client(client) => runtime()?.block_on(client.run(&cli.common)),
        Command::Outbox(outbox) => runtime()?.block_on(outbox.run(&cli.common)),
        Command::Quarantine(quarantine) => runtime()?.block_on(quarantine.run(&cli.common)),
        Command::Status => runtime()?.block_on(status::run(&cli.common)),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("starting the runtime")
}

/// The config and its store, for the subcommands that look into it.
async fn open(common: &Common) -> Result<(Config, Store)> {
    let config = config::load(&common.config)?;
    let store = open_store(&config.store).await.context("opening the store")?;
    Ok((config, store))
}
