//! Taking mail from an IMAP server without losing any of it.
//!
//! One task owns a [`Session`]. Of async-imap only the codec is used (`Client`, `read_response`), because its
//! conveniences turn a NO, a BAD or a cut connection into an empty success. Ours are the `guard` under the codec, the
//! collector in `wire`, and the comparison of the UIDs asked for with those received in `fetch`.
//!
//! Invariants: every wait has a deadline; what the server announces is refused before memory is taken for it; after any
//! doubt, and after a call that was dropped half-way, the session is dead and every later call errs; a message counts as gone
//! only when a second look says so; nothing here changes the server but [`Session::settle`] and [`Session::append`].
//!
//! It must not know tickets, the store, or what a mail says. May import `net`, `edge`, `config`, `mail` (types).

mod answer;
mod backoff;
mod error;
mod fetch;
mod filing;
mod folders;
mod guard;
mod open;
mod session;
mod settle;
mod syntax;
mod watch;
mod windows;
mod wire;

use std::time::Duration;

pub use backoff::{LoginLimiter, reconnect_delay};
pub use error::ImapError;
pub use fetch::{Fetched, Listed};
pub use filing::Filed;
pub use folders::{FolderGlance, SpecialFolders};
pub use session::{Selected, Session};
pub use watch::Woken;
pub use windows::{Windows, plan_windows};

/// Log targets to cap at WARN in code, whatever the operator asks for: at TRACE they print mails.
/// (The password never passes through them: commands are written past the codec.)
pub const QUIET_TARGETS: [&str; 2] = ["async_imap", "imap_proto"];

/// Every limit of a session in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImapLimits {
    /// A message above this is oversized: only its header is fetched. SPEC section 4: 35 MiB.
    pub message_bytes_max: u64,
    /// Messages in a window.
    pub window_messages_max: usize,
    /// Bytes in a window; a single larger message is a window of its own.
    pub window_bytes_max: u64,
    /// Header bytes fetched of an oversized message.
    pub header_bytes_max: u64,
    /// Resolving, connecting and TLS together.
    pub connect_timeout: Duration,
    /// Silence, or less than `bytes_per_second_min`, for so long means that the server has stalled.
    pub response_timeout: Duration,
    /// One command with all its responses, besides the time that its bytes may take at `bytes_per_second_min`.
    pub command_timeout: Duration,
    /// The slowest server that is still waited for.
    pub bytes_per_second_min: u64,
    /// A goodbye, after which the connection is dropped.
    pub logout_timeout: Duration,
}

impl Default for ImapLimits {
    fn default() -> Self {
        Self {
            message_bytes_max: 35 << 20,
            window_messages_max: 50,
            window_bytes_max: 8 << 20,
            header_bytes_max: 256 << 10,
            connect_timeout: Duration::from_secs(30),
            response_timeout: Duration::from_secs(60),
            command_timeout: Duration::from_secs(180),
            bytes_per_second_min: 16 << 10,
            logout_timeout: Duration::from_secs(5),
        }
    }
}
