//! Due timers become decisions: the row is marked as fired and the letters are queued in one savepoint, so each fires
//! exactly once, also across restarts.

use tracing::{info, warn};

use super::{
    Desk,
    dispatch::{Occasion, dispatch},
    judgement::Judgement,
    window::judge,
};
use crate::{
    desk::{Facts, TimerFacts},
    edge,
    store::{Application, DueTimer, Result, StoreError, Window},
};

/// Timers of one commit.
const TIMERS_MAX: u32 = 50;

/// Fires what is due. Returns whether there may be more.
///
/// # Errors
/// When the store cannot be read or written; then nothing fired.
pub async fn fire_due_timers(desk: &Desk) -> Result<bool> {
    let now = edge::now();
    let due = desk.store.due_timers(TIMERS_MAX, now).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let judgement = desk.judgement.load_full();
    let mut window = desk.store.window().await?;
    let mut letters = 0;
    for timer in &due {
        window.savepoint().await?;
        match fire(desk, &mut window, &judgement, timer, now).await {
            Ok(count) => {
                window.release().await?;
                letters += count;
                info!(ticket = timer.ticket.0, kind = timer.kind.as_str(), letters = count, "timer fired");
            }
            Err(why @ (StoreError::Temporary(_) | StoreError::Operator(_))) => return Err(why),
            Err(why) => {
                window.rollback().await?;
                warn!(ticket = timer.ticket.0, kind = timer.kind.as_str(), %why, "timer not fired");
            }
        }
    }
    window.commit().await?;
    if letters > 0 {
        desk.outbox_wake.notify_waiters();
    }
    Ok(due.len() >= TIMERS_MAX as usize)
}

async fn fire(
    desk: &Desk,
    window: &mut Window,
    judgement: &Judgement,
    timer: &DueTimer,
    now: jiff::Timestamp,
) -> Result<usize> {
    if !window.fire_timer(timer, now).await? {
        return Ok(0);
    }
    let Some(ticket) = window.ticket_facts(&[timer.ticket], now).await?.pop() else { return Ok(0) };
    let mailbox = ticket.mailbox.clone();
    let Some(policy) = judgement.policy.mailbox(&mailbox) else { return Ok(0) };
    let facts = TimerFacts { kind: timer.kind, due_at: timer.due_at, ticket };
    let facts_json =
        serde_json::to_string(&facts).map_err(|why| StoreError::Refused(format!("facts: {why}")))?;
    let decision = judge(judgement, &Facts::Timer(Box::new(facts)), now)?;
    let application =
        Application { mailbox: &mailbox, raw: None, mail: None, decision: &decision, facts_json, now };
    window.apply(&application).await?;
    let live = desk.is_live(&mailbox);
    let occasion = Occasion {
        judgement,
        mailbox: policy,
        ticket: Some(timer.ticket),
        raw: None,
        nonce: None,
        live,
        now,
    };
    dispatch(window, &occasion, &decision.letters).await?;
    Ok(decision.letters.len())
}
