//! Supervision of one mailbox's outbox: keeps its worker alive, and writes down for `maildesk status` when mail does not leave.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::{
    config::MailboxConfig,
    edge::Pulse,
    intake::Desk,
    outbox::{self, OutboxHealth},
    store::Store,
};

/// After a crash of the worker.
const CRASH_DELAY: Duration = Duration::from_secs(5);

pub(super) async fn supervise(
    desk: Desk,
    mailbox: Arc<MailboxConfig>,
    pulse: Pulse,
    stop: CancellationToken,
) {
    let (health, changes) = watch::channel(OutboxHealth::Well);
    let recording = tokio::spawn(record(desk.store.clone(), mailbox.name.clone(), changes));
    while !stop.is_cancelled() {
        let work = outbox::run(
            desk.store.clone(),
            Arc::clone(&mailbox),
            Arc::clone(&desk.outbox_wake),
            pulse.clone(),
            stop.clone(),
            |now| drop(health.send(now)),
        );
        if AssertUnwindSafe(work).catch_unwind().await.is_ok() {
            break;
        }
        pulse.rest();
        error!(mailbox = mailbox.name, "the outbox worker crashed; it starts again");
        tokio::select! {
            () = tokio::time::sleep(CRASH_DELAY) => {}
            () = stop.cancelled() => {}
        }
    }
    drop(health);
    // Ends by itself now that nobody tells of health any more.
    drop(recording.await);
}

/// A trouble of the last run is over until it shows again, so the first thing written is how it stands now.
async fn record(store: Store, mailbox: String, mut changes: watch::Receiver<OutboxHealth>) {
    loop {
        let health = changes.borrow_and_update().clone();
        let trouble = match &health {
            OutboxHealth::Well => None,
            OutboxHealth::Trouble { words, since, .. } => Some((words.as_str(), *since)),
        };
        if let Err(why) = store.set_outbox_trouble(&mailbox, trouble).await {
            warn!(mailbox, %why, "the outbox's trouble could not be written down");
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}
