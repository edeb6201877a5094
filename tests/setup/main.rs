//! `maildesk init` and `maildesk check --online` as an operator meets them: with real Dovecot and Postfix, and with scripted
//! servers that refuse in the words of the large providers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod asking;
mod learning;
mod looking;
mod refusing;
mod scene;
