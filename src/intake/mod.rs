//! The way of one message: keep, read, prove, decide, settle (DESIGN section 1). Glue only: what a mail means is judged in
//! `desk`, how it is written down in `store`, how it is spoken of in `render`.
//!
//! Invariants: nothing is read before it is durably kept; no transaction is open across network work; a message that
//! cannot be decided on is quarantined and the next one proceeds.

pub mod alert;
mod alone;
mod bundle;
mod challenge;
mod digest;
mod dispatch;
mod folder;
mod gather;
mod judgement;
mod learning;
mod mailbox;
mod prove;
mod reader;
mod refused;
mod sent;
mod suspects;
mod take;
mod tidy;
mod timers;
mod window;

pub use bundle::bundle_notifications;
pub use challenge::challenge;
pub use digest::send_due_digests;
pub use gather::{ADDRESS_BYTES_MAX, thread_ids, usable_sender};
pub use judgement::{Judgement, read_policy, token_keys};
pub use learning::{TaughtFrom, keep_learning, learn, teach};
pub use mailbox::{Service, Serving, imap_limits};
pub use prove::{Inquiry, Prover};
pub use reader::{Reader, judge_once, read_once};
pub use refused::judge_refused;
pub use sent::SentFolder;
pub use suspects::Suspects;
pub use tidy::{TIDY_EVERY, tidy};
pub use timers::fire_due_timers;

use std::{collections::BTreeSet, sync::Arc};

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use crate::{
    config::{MailboxConfig, Mode, StoreConfig},
    edge,
    store::{Result, Store, StoreOptions},
};

/// Opens the store that a config names.
///
/// # Errors
/// As [`Store::open`].
pub async fn open_store(config: &StoreConfig) -> Result<Store> {
    Store::open_with(&store_options(config)).await
}

/// Where the store of a config is.
#[must_use]
pub fn store_options(config: &StoreConfig) -> StoreOptions<'_> {
    StoreOptions { url: &config.url, password: config.password.as_ref(), lease: config.lease }
}

/// What all parts of a running desk share. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    pub store: Store,
    /// Replaced whole at reload.
    pub judgement: Arc<ArcSwap<Judgement>>,
    pub reader: Reader,
    /// Our own DKIM check; `None`: there is no name server to ask, so DKIM proves nobody.
    pub prover: Option<Prover>,
    /// Names of the mailboxes that have left shadow mode, as the store says.
    pub live: Arc<ArcSwap<BTreeSet<String>>>,
    /// New rows are in the outbox.
    pub outbox_wake: Arc<Notify>,
    /// Mail may be waiting that no server tells of: another process changed the store.
    pub intake_wake: Arc<Notify>,
    /// New timers are in the store.
    pub timers_wake: Arc<Notify>,
    /// Staff refiled a ticket.
    pub corrected: Arc<Notify>,
}

impl Desk {
    /// Looks up which mailboxes are live. A mailbox that the store does not know yet begins as its config says.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn refresh_modes(&self, mailboxes: &[Arc<MailboxConfig>]) -> Result<()> {
        let mut live = BTreeSet::new();
        for mailbox in mailboxes {
            if self.store.mode(&mailbox.name, mailbox.mode == Mode::Live, edge::now()).await? {
                live.insert(mailbox.name.clone());
            }
        }
        self.live.store(Arc::new(live));
        Ok(())
    }

    fn is_live(&self, mailbox: &str) -> bool {
        self.live.load().contains(mailbox)
    }
}
