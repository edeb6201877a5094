//! SMTP, the client's side: one connection that we own, one recipient a transaction, and what each answer means. May import
//! `net`, `edge`, `config`; knows nothing of tickets, rows or retries.
//!
//! lettre carries the wire and TLS; its pool is never used, because it hands out a connection whose send was cancelled, and the
//! next mail then hears the answer to the one before.
//!
//! Invariants: a connection that ended a transaction in any doubt says so by [`Connection::usable`] and refuses further mail;
//! every wait has a deadline; a password leaves only over TLS or to loopback; no control character reaches a command.

mod connection;
mod path;
mod verdict;

use std::time::Duration;

pub use connection::Connection;
pub use verdict::Verdict;

/// How long each part of a conversation may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// For the TCP connection.
    pub connect: Duration,
    /// For everything until the first transaction: TCP, TLS, greeting, EHLO, login.
    pub opening: Duration,
    /// For the answer to one command.
    pub command: Duration,
    /// For sending the content and hearing the answer to its final dot; large mails get a second more for every 64 KiB.
    pub content: Duration,
    /// For RSET and QUIT, whose failing costs nothing.
    pub farewell: Duration,
}

impl Default for Deadlines {
    /// RFC 5321 section 4.5.3.2: five minutes a command, ten after the final dot.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            opening: Duration::from_secs(120),
            command: Duration::from_secs(300),
            content: Duration::from_secs(600),
            farewell: Duration::from_secs(2),
        }
    }
}

/// Why there is no connection to send over. Words are the server's, without addresses.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// No connection, or it ended before the login was done.
    #[error("the SMTP server cannot be reached: {0}")]
    Unreachable(String),
    /// The server answered, but takes no mail from us now.
    #[error("the SMTP server does not take us: {code} {words}")]
    Refused { code: u16, words: String },
    /// The server refuses user or password.
    #[error("the SMTP server refuses the login ({0}): check `user` and `password` under [mailbox.smtp]")]
    Login(String),
    /// A setting is wrong, or the server cannot do what it demands.
    #[error("{0}")]
    Setting(String),
}

impl SmtpError {
    /// Only the operator can end this: trying often would be hammering.
    #[must_use]
    pub fn is_operators(&self) -> bool {
        match self {
            Self::Login(_) | Self::Setting(_) => true,
            Self::Unreachable(_) | Self::Refused { .. } => false,
        }
    }
}
