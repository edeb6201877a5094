//! Supervision of one mailbox's outbox: keeps its worker alive, and writes down for `maildesk status` when mail does not leave.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error};

use crate::{
    config::MailboxConfig,
    edge::Pulse,
    intake::{self, Desk},
    outbox::{self, Office, OutboxHealth},
    store::Result,
};

/// After a crash of the worker.
const CRASH_DELAY: Duration = Duration::from_secs(5);

/// What a mailbox's outbox asks is answered by `intake`.
struct Judges {
    desk: Desk,
    mailbox: String,
}

impl Office for Judges {
    fn mails_failed(&self) -> BoxFuture<'_, Result<bool>> {
        intake::judge_refused(&self.desk, &self.mailbox).boxed()
    }

    fn limit_is_near(&self) -> BoxFuture<'_, Result<()>> {
        intake::bundle_notifications(&self.desk, &self.mailbox).boxed()
    }
}

/// Runs until `stop`.
pub(super) async fn supervise(
    desk: Desk,
    mailbox: Arc<MailboxConfig>,
    pulse: Pulse,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        let (tell, heard) = watch::channel(OutboxHealth::Well);
        let work = outbox::run(
            desk.store.clone(),
            Arc::clone(&mailbox),
            Arc::clone(&desk.outbox_wake),
            pulse.clone(),
            stop.clone(),
            move |health| drop(tell.send_replace(health)),
            Arc::new(Judges { desk: desk.clone(), mailbox: mailbox.name.clone() }),
        );
        let work = AssertUnwindSafe(work).catch_unwind();
        if tokio::join!(work, note_health(&desk, &mailbox.name, heard)).0.is_ok() {
            return;
        }
        pulse.rest();
        error!(mailbox = mailbox.name, "the outbox worker crashed; it starts again");
        tokio::select! {
            () = tokio::time::sleep(CRASH_DELAY) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Writes down whether mail can leave, until the worker ends. Trouble of the last run is over until it shows again.
async fn note_health(desk: &Desk, mailbox: &str, mut heard: watch::Receiver<OutboxHealth>) {
    loop {
        let health = heard.borrow_and_update().clone();
        let trouble = match &health {
            OutboxHealth::Well => None,
            OutboxHealth::Trouble { words, since, .. } => Some((words.as_str(), *since)),
        };
        if let Err(why) = desk.store.set_outbox_trouble(mailbox, trouble).await {
            debug!(mailbox, %why, "the health of the outbox could not be written down");
        }
        if heard.changed().await.is_err() {
            return;
        }
    }
}
