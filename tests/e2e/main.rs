//! End to end: the real binary with a real Dovecot and a real Postfix, each test with its own.
//!
//! Every test ends with [`scene::Scene::finish`]: the daemon stops in time, its log holds no unexpected warning, and nothing is
//! left in the outbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

/// The same scenes run on the other engine in `tests/e2e_postgres`.
const ENGINE: maildesk_lab::desk::Engine = maildesk_lab::desk::Engine::Sqlite;

mod articles;
mod bounces;
mod broken;
mod categories;
mod crash;
mod dialogue;
mod facts;
mod folder;
mod forms;
mod people;
mod possession;
mod programs;
mod proof;
mod reload;
mod robots;
mod scene;
mod sent;
mod shadow;
mod signed;
