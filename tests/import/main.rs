//! Old mail and old lists brought in by the real binary: all kinds of files, conversations, repetition after kill -9, duplicates
//! with the mail server, undo.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod commits;
mod conversations;
mod formats;
mod lists;
mod repetition;
mod scene;
mod undo;
