//! Setting a desk up and looking it over: `maildesk init` and `maildesk check --online` (SPEC section 3).
//!
//! Judgement is pure and apart from effects: `provider`, `discover`, `refusal`, `probe`, `verdicts`, `domain`, `draft` and
//! `report` are tables and functions; `names`, `login`, `errand`, `files` touch the world; `begin`, with `questions` and `learn`, and
//! `online` put them in order.
//! It must not know tickets or letters. May import `config`, `desk`, `mail`, `edge`, `net`, `imap`, `smtp`, `store` and, for
//! the reading thread, the session's limits and the check of signatures, `intake`.
//!
//! Invariants: a password leaves only over a connection that the config would allow, and appears in no text; nothing is
//! written before every question is answered; of the mailbox's mails only probes are touched.

pub mod begin;
mod discover;
mod domain;
mod draft;
mod errand;
mod files;
mod learn;
mod login;
mod mark;
mod names;
pub mod online;
mod probe;
mod provider;
mod questions;
mod refusal;
mod refusals;
pub mod report;
mod verdicts;

/// Why a setup ended early, by who has to act.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The command line lacks something, or says something that cannot be.
    #[error("{0}")]
    WrongUse(String),
    /// A server, a file or an answer stands in the way.
    #[error("{0}")]
    Failed(String),
}

impl Stopped {
    fn failed(words: impl Into<String>) -> Self {
        Self::Failed(words.into())
    }

    fn wrong_use(words: impl Into<String>) -> Self {
        Self::WrongUse(words.into())
    }
}
