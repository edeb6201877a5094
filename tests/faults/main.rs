//! The running daemon against servers that fail: the real binary with a scripted IMAP and a scripted SMTP server, each test
//! with its own. Needs neither root nor installed servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod delivery;
mod folders;
mod identity;
mod life;
mod limits;
mod refused;
mod robots;
mod scene;
mod secrets;
mod sent;
mod servers;
mod storage;
mod tenant;
