//! `maildesk check`: reads the whole config and reports every error at once; with `--online` it looks at the servers, the
//! DNS and the store as well.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;

use super::{Common, print, runtime};
use crate::{
    config::{self, Config, ConfigError, ConfigErrors},
    render::Templates,
    setup::{
        online::{Online, look},
        report::{Report, Row, Verdict},
    },
};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Look at the servers as well: logins, folders, DNS, the store, and probe mails that the mailbox sends to itself.
    #[arg(long)]
    online: bool,
    /// With --online: send no probe mails.
    #[arg(long, requires = "online")]
    no_probe: bool,
    /// With --online: how many seconds a probe mail is waited for.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    probe_wait: u64,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    usable: bool,
    errors: &'a [ConfigError],
    notes: &'a [String],
    /// Of `--online`.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<&'a [Row]>,
}

impl Check {
    pub(super) fn run(&self, common: &Common) -> Result<()> {
        let path = common.config.display();
        match config::load(&common.config) {
            Ok(config) => self.accept(common, &config),
            Err(errors) => {
                refuse(common, &errors)?;
                bail!("{path} is not usable as it is");
            }
        }
    }

    fn accept(&self, common: &Common, config: &Config) -> Result<()> {
        if let Some(folder) = &config.templates_folder {
            Templates::with_overrides(&config::template_files(folder)?)?;
        }
        if self.online {
            return self.look(common, config);
        }
        if common.json {
            let notes = notes_offline(config);
            return print::json(&Shown { usable: true, errors: &[], notes: &notes, rows: None });
        }
        let path = common.config.display();
        print::text(&format!(
            "{}{path}: everything is in order\n(the servers were not asked: --online does)\n",
            lines(&notes_offline(config))
        ))
    }

    fn look(&self, common: &Common, config: &Config) -> Result<()> {
        let online = Online { probe: !self.no_probe, wait: Duration::from_secs(self.probe_wait) };
        let report = runtime()?.block_on(look(config, online, &|words| print::progress(words)));
        if common.json {
            let rows = Some(report.rows.as_slice());
            print::json(&Shown { usable: report.is_usable(), errors: &[], notes: &config.notes, rows })?;
        } else {
            print::text(&format!("{}{}", lines(&config.notes), table(&report, print::columns())))?;
        }
        if !report.is_usable() {
            bail!("{} of {} rows failed", report.count(Verdict::Fail), report.rows.len());
        }
        Ok(())
    }
}

fn lines(notes: &[String]) -> String {
    notes.iter().map(|note| format!("note: {note}\n")).collect()
}

/// With what only a look at the servers and the store can tell.
fn notes_offline(config: &Config) -> Vec<String> {
    let mut notes = config.notes.clone();
    if !config.policy.trust.internal.is_empty() {
        notes.push(
            "trust.internal counts once a probe showed that mail from outside cannot carry the mark: --online tries that"
                .to_owned(),
        );
    }
    notes
}

fn refuse(common: &Common, wrong: &ConfigErrors) -> Result<()> {
    if common.json {
        return print::json(&Shown { usable: false, errors: &wrong.errors, notes: &wrong.notes, rows: None });
    }
    print::text(&format!("{wrong}\n"))
}

/// Verdict, what was looked at, what was found, and beneath it what to do.
fn table(report: &Report, width: usize) -> String {
    let widest = report.rows.iter().map(|row| print::width(&row.what)).max().unwrap_or(0);
    let indent = "FAIL  ".len() + widest + 2;
    let room = width.saturating_sub(indent).max(30);
    let mut out = String::new();
    for row in &report.rows {
        let padding = " ".repeat(widest - print::width(&row.what));
        let mut begin = format!("{}  {}{padding}  ", row.verdict.word(), row.what);
        let todo = (!row.todo.is_empty()).then(|| format!("→ {}", row.todo));
        for paragraph in std::iter::once(row.found.clone()).chain(todo) {
            for line in print::wrapped(&paragraph, room) {
                out.push_str(format!("{begin}{line}").trim_end());
                out.push('\n');
                begin = " ".repeat(indent);
            }
        }
    }
    let count = |verdict| report.count(verdict);
    out.push_str(&format!(
        "\n{} passed, {} to look at, {} failed\n",
        count(Verdict::Pass),
        count(Verdict::Warn),
        count(Verdict::Fail)
    ));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_line_up_and_say_what_to_do() {
        let mut report = Report::default();
        report.pass("store", "opened");
        report.fail(
            "support: IMAP login",
            "the server refuses the login",
            "Make an app password and use it in place of the account's own one.",
        );
        let shown = table(&report, 61);
        assert_eq!(
            shown,
            "pass  store                opened\n\
             FAIL  support: IMAP login  the server refuses the login\n\
             \x20                          → Make an app password and use it\n\
             \x20                          in place of the account's own one.\n\
             \n1 passed, 0 to look at, 1 failed\n"
        );
    }
}
