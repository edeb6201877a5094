//! Work on one mailbox while this daemon holds its lease: what is taken in and what leaves begin with the lease and end with
//! it. Where the store has one daemon only (SQLite), the lease is always ours.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::{mailbox, outgoing};
use crate::{config::MailboxConfig, edge::Pulse, intake::Desk};

/// The longest pause between two questions whether another daemon has let go of a mailbox.
const ASK_AGAIN_MAX: Duration = Duration::from_secs(5);

/// The longest pause between two renewals. When our session ends by itself (the server was restarted), another daemon may take
/// the mailbox at once, and we hear of it here.
const RENEW_MAX: Duration = Duration::from_secs(10);

/// A mailbox to be worked, with the signs of life of its two workers.
pub(super) struct Shift {
    pub desk: Desk,
    pub mailbox: Arc<MailboxConfig>,
    pub lease: Duration,
    pub taking: Pulse,
    pub sending: Pulse,
    pub stop: CancellationToken,
}

impl Shift {
    /// Runs until `stop`.
    pub(super) async fn run(self) {
        let mut waiting = false;
        while !self.stop.is_cancelled() {
            match self.desk.store.take_lease(&self.mailbox.name, self.lease).await {
                Ok(true) => {
                    waiting = false;
                    self.work().await;
                    continue;
                }
                Ok(false) if !waiting => {
                    info!(mailbox = self.mailbox.name, "another daemon works this mailbox; standing by");
                    waiting = true;
                }
                Ok(false) => {}
                Err(why) => debug!(mailbox = self.mailbox.name, %why, "the mailbox could not be taken"),
            }
            tokio::select! {
                () = tokio::time::sleep(ASK_AGAIN_MAX.min(self.lease / 3)) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// Works until told to stop or until the lease is lost, and renews it as long as anything still works.
    async fn work(&self) {
        let term = self.stop.child_token();
        let (desk, mailbox) = (&self.desk, &self.mailbox);
        let mut workers = JoinSet::new();
        workers.spawn(mailbox::supervise(
            desk.clone(),
            Arc::clone(mailbox),
            self.taking.clone(),
            term.clone(),
        ));
        workers.spawn(outgoing::supervise(
            desk.clone(),
            Arc::clone(mailbox),
            self.sending.clone(),
            term.clone(),
        ));
        loop {
            tokio::select! {
                ended = workers.join_next() => if ended.is_none() { break },
                () = tokio::time::sleep(RENEW_MAX.min(self.lease / 3)) => self.renew(&term).await,
            }
        }
        if let Err(why) = desk.store.give_lease_back(&mailbox.name).await {
            debug!(mailbox = mailbox.name, %why, "the mailbox could not be given back; its lease runs out");
        }
    }

    async fn renew(&self, term: &CancellationToken) {
        let store = &self.desk.store;
        match store.renew_lease(&self.mailbox.name, self.lease).await {
            Ok(true) => {}
            // The store may be away for a moment: only time tells.
            Err(_) if store.holds(&self.mailbox.name) => {}
            Ok(false) | Err(_) => {
                if !term.is_cancelled() {
                    warn!(
                        mailbox = self.mailbox.name,
                        "the lease on the mailbox is lost; its work ends here"
                    );
                }
                term.cancel();
            }
        }
    }
}
