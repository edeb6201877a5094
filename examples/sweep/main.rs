//! Sweeps of faults over the real daemon, with one oracle (oracle.rs): `scripts/sweep` runs them all.
//!
//! ```sh
//! cargo build --release && cargo run --release --example sweep -- kill --points 1000 --seed 1 --engine sqlite
//! ```
//!
//! Exit status 0: the oracle held everywhere. Else each failing point is named with its seed, so that it can be run alone
//! (`--only`), and its folder is kept.

#![allow(clippy::print_stdout, reason = "its purpose is to print")]

mod disk;
mod faults;
mod kill;
mod oracle;
mod pair;
mod post;
mod power;
mod random;
mod record;
mod scenario;
mod seat;
mod stage;

use std::{env, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use maildesk_lab::desk::Engine;

const USAGE: &str =
    "usage: sweep kill [--points N] | faults [--sessions N] | power [--images N] | pair [--rounds N]
  [--seed N] [--engine sqlite|postgres] [--at-once N] [--only POINT] [--maildesk PROGRAM]";

struct Arguments {
    what: String,
    binary: PathBuf,
    engine: Engine,
    /// Points, sessions, images or rounds.
    count: Option<u64>,
    seed: u64,
    at_once: usize,
    only: Option<u64>,
}

fn arguments() -> Result<Arguments> {
    let mut words = env::args().skip(1);
    let what = words.next().context(USAGE)?;
    // Examples are built into a folder beside the program.
    let beside = env::current_exe()?.parent().and_then(|p| p.parent()).map(|p| p.join("maildesk"));
    let mut arguments = Arguments {
        what,
        binary: beside.unwrap_or_else(|| PathBuf::from("maildesk")),
        engine: Engine::Sqlite,
        count: None,
        seed: 1,
        at_once: 4,
        only: None,
    };
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} wants a value\n{USAGE}"))?;
        match (word.as_str(), arguments.what.as_str()) {
            ("--points", "kill")
            | ("--sessions", "faults")
            | ("--images", "power")
            | ("--rounds", "pair") => {
                arguments.count = Some(value.parse().context(word)?);
            }
            ("--seed", _) => arguments.seed = value.parse().context(word)?,
            ("--at-once", _) => arguments.at_once = value.parse().context(word)?,
            ("--only", _) => arguments.only = Some(value.parse().context(word)?),
            ("--maildesk", _) => arguments.binary = value.into(),
            ("--engine", _) if value == "sqlite" => arguments.engine = Engine::Sqlite,
            ("--engine", _) if value == "postgres" => arguments.engine = Engine::Postgres,
            _ => bail!("{word} {value}?\n{USAGE}"),
        }
    }
    Ok(arguments)
}

fn main() -> Result<ExitCode> {
    let Arguments { what, binary, engine, count, seed, at_once, only } = arguments()?;
    let held = match what.as_str() {
        "kill" => {
            kill::sweep(&kill::Options { binary, engine, points: count.unwrap_or(20), seed, at_once, only })?
        }
        "faults" => {
            let sessions = count.unwrap_or(100);
            faults::sweep(&faults::Options { binary, engine, sessions, seed, at_once, only })?
        }
        "power" => {
            power::sweep(&power::Options { binary, images: count.unwrap_or(10), seed, at_once, only })?
        }
        "pair" => pair::sweep(&pair::Options { binary, rounds: count.unwrap_or(4), seed, at_once, only })?,
        _ => bail!(USAGE),
    };
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
