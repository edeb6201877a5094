//! Watching: IDLE (RFC 2177), which says when to look. Whatever it says or does not say, the caller looks by itself as well.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{ImapError, Session, answer::Item};

/// Why IDLE ended. After all but `Unsupported`, look for new mail: a push may have been lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// The folder changed.
    Changed,
    /// Nothing was heard for the given time.
    Silence,
    /// The caller's token was cancelled.
    Stopped,
    /// The server has no IDLE, or declined it: only the poll notices mail.
    Unsupported,
}

impl Session {
    /// Waits until the folder changes, at most `max` (5 minutes: a connection that a firewall dropped is never heard of
    /// again, and servers may log out after 30).
    ///
    /// # Errors
    /// When the connection ends, or the server does not end IDLE in time after DONE.
    pub async fn idle(&mut self, max: Duration, stop: &CancellationToken) -> Result<Woken, ImapError> {
        self.selected()?;
        if self.grown {
            return Ok(Woken::Changed);
        }
        if !self.has_idle() {
            return Ok(Woken::Unsupported);
        }
        let mut pending = match self.wire.command_until_continue("IDLE").await? {
            Ok(pending) => pending,
            Err(declined) => {
                self.note_changes(&declined.items);
                self.capabilities.remove("IDLE");
                return Ok(Woken::Unsupported);
            }
        };
        let until = Instant::now() + max;
        let woken = loop {
            if changed(&pending.items) {
                break Woken::Changed;
            }
            let left = until.saturating_duration_since(Instant::now());
            let heard = tokio::select! {
                () = stop.cancelled() => break Woken::Stopped,
                heard = self.wire.next_within(&mut pending, left) => heard?,
            };
            if !heard {
                break Woken::Silence;
            }
        };
        let answer = self.wire.finish(pending, b"DONE\r\n").await?;
        self.note_changes(&answer.items);
        let late = woken == Woken::Silence && changed(&answer.items);
        self.expect_ok("DONE", answer)?;
        Ok(if late { Woken::Changed } else { woken })
    }
}

fn changed(items: &[Item]) -> bool {
    items.iter().any(|item| matches!(item, Item::Exists(_) | Item::Expunged | Item::Fetch(_)))
}
