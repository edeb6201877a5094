//! What was looked at, how it is, and what to do: the rows that `check --online` and `init` show. Pure.

use serde::Serialize;

/// How a row ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    /// The desk works; something is weaker or unknown.
    Warn,
    /// The desk does not work, or is not safe.
    Fail,
}

impl Verdict {
    /// As the table shows it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What was looked at: `support: imap login`.
    pub what: String,
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do; empty for a pass.
    pub todo: String,
}

/// All rows of one run, in the order in which they were found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    pub rows: Vec<Row>,
}

impl Report {
    /// A row that is as it should be.
    pub fn pass(&mut self, what: impl Into<String>, found: impl Into<String>) {
        self.add(what, Verdict::Pass, found, "");
    }

    /// A row that deserves a look.
    pub fn warn(&mut self, what: impl Into<String>, found: impl Into<String>, todo: impl Into<String>) {
        self.add(what, Verdict::Warn, found, todo);
    }

    /// A row that must be mended.
    pub fn fail(&mut self, what: impl Into<String>, found: impl Into<String>, todo: impl Into<String>) {
        self.add(what, Verdict::Fail, found, todo);
    }

    fn add(
        &mut self,
        what: impl Into<String>,
        verdict: Verdict,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) {
        self.rows.push(Row { what: what.into(), verdict, found: found.into(), todo: todo.into() });
    }

    /// How many rows ended so.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows.iter().filter(|row| row.verdict == verdict).count()
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.count(Verdict::Fail) == 0
    }
}
