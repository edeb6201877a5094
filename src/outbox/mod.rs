//! What leaves: one worker a mailbox claims due rows, sends each over the connection it keeps, and writes down how that ended.
//! May import `smtp`, `net`, `store`, `mail` (composing), `edge`, `config`; knows nothing of why a mail is sent.
//!
//! Invariants: an attempt is committed before it is made; a row is `Sent` only after the server took it; what may have been
//! taken is `Unknown` and goes again as the same bytes under the same Message-ID; while the server is down no row is claimed,
//! so an outage uses up nobody's attempts; no log line at INFO or above holds an address, a subject or words of a mail.

mod attempt;
mod delivery;
mod letter;
mod pace;
mod schedule;
mod worker;

use std::sync::Arc;

pub use letter::{LetterError, bytes as letter_bytes};

use futures::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
pub use worker::OutboxWorker;

use crate::{
    config::MailboxConfig,
    edge::Pulse,
    store::{Result, Store},
};

/// Whether mail leaves, told whenever it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxHealth {
    Well,
    /// No address in `words`. `operators`: only the operator can end it (login, certificate, refused sender).
    Trouble {
        words: String,
        operators: bool,
        since: Timestamp,
    },
}

/// Who knows what mails mean: asked by the outbox, which does not. Errors are the store's, and the question is asked again.
pub trait Office: Send + Sync {
    /// Mails failed for good, or may have before: people are to hear of them. Returns whether there may be more.
    fn mails_failed(&self) -> BoxFuture<'_, Result<bool>>;
    /// The provider's limit is near: of the notifications that wait fewer mails are to be made.
    fn limit_is_near(&self) -> BoxFuture<'_, Result<()>>;
}

/// Runs the outbox of one mailbox until `stop`: then the transaction under way is finished (for at most 8 s), its result is
/// written, and rows that were claimed but not tried are queued again.
///
/// `wake`: told when a row was queued. `pulse`: rests when this ends. `health`: called at each change, never twice with the same state.
pub async fn run<H>(
    store: Store,
    mailbox: Arc<MailboxConfig>,
    wake: Arc<Notify>,
    pulse: Pulse,
    stop: CancellationToken,
    health: H,
    office: Arc<dyn Office>,
) where
    H: Fn(OutboxHealth) + Send + Sync,
{
    OutboxWorker::new(store, mailbox, wake, stop, health).with_pulse(pulse).with_office(office).run().await;
}
