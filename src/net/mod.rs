//! Connections, TLS and name resolution: what IMAP, SMTP and the proof of senders stand on.
//!
//! It knows servers and certificates, and nothing of the protocols spoken over them. Invariants: the cryptography provider is
//! named (never the process default, which any dependency could set first); an unencrypted connection is handed out only when
//! its peer is this machine; every wait has a deadline; no error text holds a secret or a person's address.
//! May import `edge`, `config`.

mod connect;
mod dns;
pub mod records;
mod tls;

pub use connect::{Stream, connect};
pub use dns::resolver;
pub use tls::client_config;

/// Why a server was not reached, by who has to act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// Passes by itself: refused, unreachable, timed out, name not resolved now. Try again later.
    #[error("{0}")]
    Temporary(String),
    /// Stays until a person changes something: certificate not trusted, unreadable `ca_file`, plain text beyond this machine.
    #[error("{0}")]
    Operator(String),
}
