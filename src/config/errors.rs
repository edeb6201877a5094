//! What the operator reads when the config is wrong: every mistake, each with line, key, what is wrong and an example of
//! right (SPEC section 14). Knows nothing of TOML.
//!
//! Invariant: no text here ever holds a secret; a value out of a secret file is never quoted.

use std::{fmt, path::PathBuf};

use serde::Serialize;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigError {
    /// Line in the config file, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// Dotted, as `mailbox.imap.port`; empty when the whole file is meant.
    pub key: String,
    /// What is wrong, in words.
    pub problem: String,
    /// What would be right, as it may stand in the file.
    pub example: String,
}

/// All mistakes of one config file, in the order of their lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors {
    pub path: PathBuf,
    /// Never empty.
    pub errors: Vec<ConfigError>,
    /// What is allowed but deserves a look, `line 12: …`.
    pub notes: Vec<String>,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        let count = self.errors.len();
        writeln!(f, "{path}: {count} {}", if count == 1 { "mistake" } else { "mistakes" })?;
        for error in &self.errors {
            write!(f, "\n{path}")?;
            if error.line > 0 {
                write!(f, ":{}", error.line)?;
            }
            if !error.key.is_empty() {
                write!(f, ": {}", error.key)?;
            }
            writeln!(f, ": {}", error.problem)?;
            for (n, line) in error.example.lines().enumerate() {
                writeln!(f, "  {} {line}", if n == 0 { "right:" } else { "      " })?;
            }
        }
        for note in &self.notes {
            writeln!(f, "\nnote: {note}")?;
        }
        Ok(())
    }
}
