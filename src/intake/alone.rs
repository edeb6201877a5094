//! Taking the messages that failed in company one by one, after everything else of a pass (see `suspects`).

use std::{sync::Arc, time::Instant};

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    mailbox::{Result, Service, Serving},
    suspects::Failure,
    window::quarantine,
};
use crate::{
    edge,
    imap::ImapError,
    store::{FolderKey, Keep},
};

/// Refusals in a row in one pass that are the server's trouble and not the messages'.
const REFUSALS_MAX: u32 = 5;

impl Service<'_> {
    /// Fetches each suspect that is due, folder by folder.
    ///
    /// # Errors
    /// [`Serving::Message`] when the connection ended over one of them; all that is not suspected was taken before.
    pub(super) async fn take_suspects(&mut self, stop: &CancellationToken) -> Result<()> {
        let sent = self.sent.name().map(str::to_owned);
        for folder in self.config.folders.iter().chain(&sent) {
            let due = self.suspects.due(folder, Instant::now());
            if due.is_empty() || stop.is_cancelled() {
                continue;
            }
            let selected = self.session.select(folder).await?;
            let key = self.key(folder, selected.uid_validity);
            let open = self.desk.store.unaccounted(&key, &due).await?;
            let (open, closed): (Vec<u32>, Vec<u32>) = due.into_iter().partition(|uid| open.contains(uid));
            self.suspects.acquit(folder, &closed);
            let mut refusals = 0;
            for uid in open {
                if stop.is_cancelled() {
                    return Ok(());
                }
                match self.take_alone(&key, uid).await {
                    Ok(()) => refusals = 0,
                    Err(Serving::Imap(why)) => {
                        self.not_delivered(&key, uid, &why).await?;
                        refusals += 1;
                        if self.session.is_dead() {
                            return Err(Serving::Message(why));
                        }
                        if refusals >= REFUSALS_MAX {
                            return Err(why.into());
                        }
                    }
                    Err(why) => return Err(why),
                }
            }
        }
        Ok(())
    }

    async fn take_alone(&mut self, key: &FolderKey, uid: u32) -> Result<()> {
        let listed = self.session.sizes(&[uid]).await?;
        let Some(size) = listed.get(&uid) else {
            self.desk.store.record_gone(key, &[uid], edge::now()).await?;
            self.suspects.acquit(&key.folder, &[uid]);
            return Ok(());
        };
        if size.size_bytes > self.limits.message_bytes_max {
            self.take_oversized(key, uid, size).await
        } else {
            self.take_window(key, &[uid], size.size_bytes).await
        }
    }

    /// One message that the server never delivers is set aside: it is quarantined without its content, stays on the
    /// server, and nobody waits for it any more.
    async fn not_delivered(&mut self, key: &FolderKey, uid: u32, why: &ImapError) -> Result<()> {
        let answered = !self.session.is_dead() || why.culprit() == Some(uid);
        let failure = if answered { Failure::Refused } else { Failure::Cut };
        if !self.suspects.blame(&key.folder, uid, failure, Instant::now()) {
            info!(mailbox = key.mailbox, folder = key.folder, uid, %why, "not delivered; trying again later");
            return Ok(());
        }
        warn!(mailbox = key.mailbox, folder = key.folder, uid, "the server does not deliver a message");
        let now = edge::now();
        let placeholder = Keep { uid, received_at: now, bytes: Arc::default(), oversized_bytes: Some(0) };
        let judgement = self.desk.judgement.load_full();
        let reason = format!("the server does not deliver it: {why}");
        for (_, raw) in self.desk.store.keep(key, &[placeholder], now).await? {
            let mut window = self.desk.store.window_of(&key.mailbox).await?;
            quarantine(&mut window, &judgement, &key.mailbox, raw, &reason).await?;
            window.commit().await?;
            self.desk.outbox_wake.notify_waiters();
        }
        self.suspects.acquit(&key.folder, &[uid]);
        Ok(())
    }
}
