//! The scenes of `tests/e2e` with the desks on PostgreSQL, and what only PostgreSQL has: a server that goes away, and several
//! daemons (`cluster`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

const ENGINE: maildesk_lab::desk::Engine = maildesk_lab::desk::Engine::Postgres;

#[path = "../e2e/articles.rs"]
mod articles;
#[path = "../e2e/bounces.rs"]
mod bounces;
#[path = "../e2e/broken.rs"]
mod broken;
#[path = "../e2e/categories.rs"]
mod categories;
mod cluster;
#[path = "../e2e/crash.rs"]
mod crash;
#[path = "../e2e/dialogue.rs"]
mod dialogue;
#[path = "../e2e/facts.rs"]
mod facts;
#[path = "../e2e/folder.rs"]
mod folder;
#[path = "../e2e/forms.rs"]
mod forms;
#[path = "../e2e/people.rs"]
mod people;
#[path = "../e2e/possession.rs"]
mod possession;
#[path = "../e2e/programs.rs"]
mod programs;
#[path = "../e2e/proof.rs"]
mod proof;
#[path = "../e2e/reload.rs"]
mod reload;
#[path = "../e2e/robots.rs"]
mod robots;
#[path = "../e2e/scene.rs"]
mod scene;
#[path = "../e2e/sent.rs"]
mod sent;
#[path = "../e2e/shadow.rs"]
mod shadow;
#[path = "../e2e/signed.rs"]
mod signed;
