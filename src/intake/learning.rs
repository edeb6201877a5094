//! The classifier learns from the desk's corrections: before the first mail is read, at each reload, and whenever staff refiled a
//! ticket.
//!
//! Invariant: while the desk works nobody waits for learning; until it is done, and where it fails, the model before holds.

use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tracing::{info, warn};

use super::Desk;
use crate::{
    desk::Policy,
    store::{Result, Store},
    triage::category::{CORRECTIONS_MAX, Model},
};

/// Learning has at most this part of one processor: a lead who refiles fifty tickets costs a few rounds.
const PAUSE_PER_WORK: u32 = 10;
/// A round follows a correction within this time in any case, and not at once, since corrections come in rows.
const PAUSE_MAX: Duration = Duration::from_secs(60);
const PAUSE_MIN: Duration = Duration::from_secs(1);

/// The model of a policy with what a store's corrections teach: what the daemon, an import and `inspect` judge by. Takes some four
/// seconds of one processor at most.
///
/// # Errors
/// When the store cannot be read.
pub async fn learn(store: &Store, policy: &Policy) -> Result<Model> {
    let corrections = store.corrections(u32::try_from(CORRECTIONS_MAX).unwrap_or(u32::MAX)).await?;
    let untaught = policy.untaught();
    let learning = untaught.clone();
    Ok(spawn_blocking(move || learning.taught(&corrections)).await.unwrap_or_else(|why| {
        warn!(%why, "learning from the corrections crashed");
        untaught
    }))
}

/// What the reading thread was last taught from: the number of the newest correction; `None`: that could not be read.
pub type TaughtFrom = Option<i64>;

/// Teaches the reading thread what the policy in force and all corrections say.
pub async fn teach(desk: &Desk) -> TaughtFrom {
    let policy = desk.judgement.load().policy.clone();
    // Asked first: a correction that comes meanwhile is learned from twice rather than not at all.
    let newest = desk.store.newest_correction().await;
    match learn(&desk.store, &policy).await {
        Ok(model) => {
            if let Some(quality) = model.learned.as_ref().map(|l| &l.quality) {
                let (corrections, speaks) = (quality.corrections, quality.speaks);
                info!(corrections, speaks, "the classifier learned");
            }
            desk.reader.teach(model);
            newest.ok()
        }
        Err(why) => {
            warn!(%why, "the corrections cannot be read; the classifier stays as it is");
            None
        }
    }
}

/// Teaches the reading thread after each correction, for ever.
pub async fn keep_learning(desk: Desk, mut taught: TaughtFrom) {
    loop {
        desk.corrected.notified().await;
        // Other processes tell of any change.
        match desk.store.newest_correction().await {
            Ok(newest) if Some(newest) == taught => continue,
            Ok(_) | Err(_) => {}
        }
        let begun = Instant::now();
        taught = teach(&desk).await;
        let pause = begun.elapsed().saturating_mul(PAUSE_PER_WORK);
        tokio::time::sleep(pause.clamp(PAUSE_MIN, PAUSE_MAX)).await;
    }
}
