//! Sweeps of faults over the real daemon, with one oracle (oracle.rs): `scripts/sweep` runs them all.
//!
//! ```sh
//! cargo build --release && cargo run --release --example sweep -- kill --points 1000 --seed 1 --engine sqlite
//! ```
//!
//! Exit status 0: the oracle held everywhere. Else each failing point is named with its seed, so that it can be run alone
//! (`--only`), and its folder is kept.

#![allow(clippy::print_stdout, reason = "its purpose is to print")]

mod kill;
mod oracle;
mod post;
mod random;
mod record;
mod scenario;
mod seat;

use std::{env, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use maildesk_lab::desk::Engine;

const USAGE: &str = "usage: sweep kill [--points N] [--seed N] [--engine sqlite|postgres] [--at-once N] [--only POINT] [--maildesk PROGRAM]";

fn main() -> Result<ExitCode> {
    let mut words = env::args().skip(1);
    let what = words.next().context(USAGE)?;
    // Examples are built into a folder beside the program.
    let beside = env::current_exe()?.parent().and_then(|p| p.parent()).map(|p| p.join("maildesk"));
    let mut options = kill::Options {
        binary: beside.unwrap_or_else(|| PathBuf::from("maildesk")),
        engine: Engine::Sqlite,
        points: 20,
        seed: 1,
        at_once: 4,
        only: None,
    };
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} wants a value\n{USAGE}"))?;
        match word.as_str() {
            "--points" => options.points = value.parse().context("--points")?,
            "--seed" => options.seed = value.parse().context("--seed")?,
            "--at-once" => options.at_once = value.parse().context("--at-once")?,
            "--only" => options.only = Some(value.parse().context("--only")?),
            "--maildesk" => options.binary = value.into(),
            "--engine" if value == "sqlite" => options.engine = Engine::Sqlite,
            "--engine" if value == "postgres" => options.engine = Engine::Postgres,
            _ => bail!("{word} {value}?\n{USAGE}"),
        }
    }
    let held = match what.as_str() {
        "kill" => kill::sweep(&options)?,
        _ => bail!(USAGE),
    };
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
