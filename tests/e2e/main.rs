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

mod broken;
mod crash;
mod dialogue;
mod folder;
mod programs;
mod proof;
mod reload;
mod robots;
mod scene;
