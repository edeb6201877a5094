//! maildesk: the ticket desk whose only interface is email.
//!
//! The folders below are the house that ARCHITECTURE.md describes. `mail`, `triage`, `desk` and `render` are
//! pure: no network, no file, no clock, no randomness. `tests/architecture/` holds them to it.

pub mod cli;
pub mod config;
pub mod daemon;
pub mod desk;
pub mod edge;
pub mod imap;
pub mod import;
pub mod intake;
pub mod mail;
pub mod net;
pub mod outbox;
pub mod render;
pub mod setup;
pub mod smtp;
pub mod store;
pub mod triage;
