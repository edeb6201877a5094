//! What can go wrong with an IMAP server, by who has to act.

use crate::net::NetError;

/// Why a call failed. After [`ImapError::Doubt`] and [`ImapError::TooLarge`], and after a cut, the session is dead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImapError {
    /// Passes by itself: cut, stall, refused for now. Connect again after [`super::reconnect_delay`].
    #[error("{0}")]
    Temporary(String),
    /// The server refuses the login. Trying again soon may lock the account: ask [`super::LoginLimiter`].
    #[error("the IMAP server refuses the login: {server_words}")]
    Login { server_words: String },
    /// Stays until a person changes something: folder missing, read-only, certificate, STARTTLS missing.
    #[error("{0}")]
    Operator(String),
    /// The server broke the protocol, so nothing of its answer is believed.
    #[error("the IMAP server's answer is not believed: {reason}")]
    Doubt {
        reason: String,
        /// The message that it concerns, where one is known: fetch it alone, and set it aside when that fails too.
        uid: Option<u32>,
    },
    /// The server announced more bytes than this command may bring; none of them was read.
    #[error("the IMAP server announced {announced_bytes} bytes where at most {allowed_bytes} were expected")]
    TooLarge { announced_bytes: u64, allowed_bytes: u64 },
}

impl ImapError {
    pub(super) fn doubt(reason: impl Into<String>) -> Self {
        Self::Doubt { reason: reason.into(), uid: None }
    }

    pub(super) fn doubt_about(uid: u32, reason: impl Into<String>) -> Self {
        Self::Doubt { reason: reason.into(), uid: Some(uid) }
    }

    /// Whether the server refused user and password.
    #[must_use]
    pub const fn login_refused(&self) -> bool {
        matches!(self, Self::Login { .. })
    }

    /// Whether a person has to act before it can succeed.
    #[must_use]
    pub const fn needs_operator(&self) -> bool {
        matches!(self, Self::Login { .. } | Self::Operator(_))
    }

    /// The message that could not be delivered, where one is known.
    #[must_use]
    pub const fn culprit(&self) -> Option<u32> {
        match self {
            Self::Doubt { uid, .. } => *uid,
            Self::Temporary(_) | Self::Login { .. } | Self::Operator(_) | Self::TooLarge { .. } => None,
        }
    }
}

impl From<NetError> for ImapError {
    fn from(why: NetError) -> Self {
        match why {
            NetError::Temporary(words) => Self::Temporary(words),
            NetError::Operator(words) => Self::Operator(words),
        }
    }
}
