//! The classifier learns from the desk's corrections: at the start, at each reload, and whenever staff refiled a ticket.
//!
//! Invariant: learning waits for nobody and nobody waits for it; until it is done, and where it fails, the model before holds.

use std::time::Duration;

use tokio::task::spawn_blocking;
use tracing::{info, warn};

use super::Desk;
use crate::{
    desk::Policy,
    store::{Result, Store},
    triage::category::{CORRECTIONS_MAX, Model, PRECISION},
};

/// Between two rounds of learning at least: a lead who refiles fifty tickets costs one or two.
const PAUSE: Duration = Duration::from_secs(60);

/// Learns what a store's corrections teach about the categories of a policy. Takes up to two seconds of one processor.
///
/// # Errors
/// When the store cannot be read.
pub async fn learn(store: &Store, policy: &Policy) -> Result<Model> {
    let corrections = store.corrections(u32::try_from(CORRECTIONS_MAX).unwrap_or(u32::MAX)).await?;
    let categories = policy.categories.clone();
    let precision = policy.category_precision.unwrap_or(PRECISION);
    let taught = Model { categories: categories.clone(), precision, learned: None };
    let learned = spawn_blocking(move || Model::learn(&categories, &corrections, precision)).await;
    Ok(learned.unwrap_or_else(|why| {
        warn!(%why, "learning from the corrections crashed");
        taught
    }))
}

/// Teaches the reading thread, now and after each correction, for ever.
pub async fn keep_learning(desk: Desk) {
    loop {
        let policy = desk.judgement.load().policy.clone();
        match learn(&desk.store, &policy).await {
            Ok(model) => {
                if let Some(quality) = model.learned.as_ref().map(|l| &l.quality) {
                    let (corrections, speaks) = (quality.corrections, quality.speaks);
                    info!(corrections, speaks, "the classifier learned");
                }
                desk.reader.teach(model);
            }
            Err(why) => warn!(%why, "the corrections cannot be read; the classifier stays as it is"),
        }
        tokio::time::sleep(PAUSE).await;
        desk.corrected.notified().await;
    }
}
