//! The scenes of `tests/e2e` with the desks on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

const ENGINE: maildesk_lab::desk::Engine = maildesk_lab::desk::Engine::Postgres;

#[path = "../e2e/broken.rs"]
mod broken;
#[path = "../e2e/crash.rs"]
mod crash;
#[path = "../e2e/dialogue.rs"]
mod dialogue;
#[path = "../e2e/folder.rs"]
mod folder;
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
