//! The contract of the store, run on every engine: what it promises to those who keep mail, decide and send.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod bounces;
mod corrections;
mod digest;
mod facts;
mod gathering;
mod house;
mod importing;
mod leases;
mod ledger;
mod origin;
mod outbox;
mod people;
mod safety;
mod sent;
mod similar;
mod tickets;
mod trust;
