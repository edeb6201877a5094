//! The daily digest of shadow mode (SPEC section 4): one mail a day to the operators of what would have left. Its schedule is
//! a row of the store, moved on in the transaction that queues the mail, so that a day is told exactly once.

use jiff::Timestamp;
use tracing::info;

use super::{
    Desk,
    alert::to_operators,
    dispatch::{Occasion, dispatch},
    judgement::Judgement,
};
use crate::{
    config::schedule::Schedule,
    desk::LetterBody,
    edge,
    store::{DigestSchedule, Result, StoreError},
};

/// When the digest is written, in the desk's zone: read before the day's work.
const DAILY: &str = "0 8 * * *";

/// Tells what is due, and gives mailboxes that are new in shadow mode their first day. Returns when to look again; `None`:
/// no mailbox is in shadow mode.
///
/// # Errors
/// When the store cannot be read or written; then nothing was told that is not told again.
pub async fn send_due_digests(desk: &Desk) -> Result<Option<Timestamp>> {
    let judgement = desk.judgement.load_full();
    let in_shadow: Vec<&str> = judgement
        .policy
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.name.as_str())
        .filter(|mailbox| !desk.is_live(mailbox))
        .collect();
    if in_shadow.is_empty() {
        return Ok(None);
    }
    let now = edge::now();
    let known = desk.store.digests().await?;
    let mut next: Option<Timestamp> = None;
    for mailbox in in_shadow {
        let due_at = match known.iter().find(|digest| digest.mailbox == mailbox) {
            Some(digest) if digest.due_at <= now => tell(desk, &judgement, digest, now).await?,
            Some(digest) => digest.due_at,
            None => begin(desk, &judgement, mailbox, now).await?,
        };
        next = Some(next.map_or(due_at, |known| known.min(due_at)));
    }
    Ok(next)
}

async fn begin(desk: &Desk, judgement: &Judgement, mailbox: &str, now: Timestamp) -> Result<Timestamp> {
    let due_at = next_morning(judgement, now)?;
    let mut window = desk.store.window().await?;
    window.begin_digest(mailbox, due_at, now).await?;
    window.commit().await?;
    Ok(due_at)
}

async fn tell(desk: &Desk, judgement: &Judgement, due: &DigestSchedule, now: Timestamp) -> Result<Timestamp> {
    let next = next_morning(judgement, now)?;
    let Some(policy) = judgement.policy.mailbox(&due.mailbox) else { return Ok(next) };
    let mut window = desk.store.window().await?;
    if !window.take_digest(due, next, now).await? {
        return Ok(next);
    }
    let digest = window.digest(&due.mailbox, due.told_until, now).await?;
    let is_quiet = digest.is_empty();
    let letters = to_operators(judgement, &LetterBody::Digest(digest));
    if !is_quiet && !letters.is_empty() {
        // As an alert it leaves in shadow mode, too: it goes to the operators alone.
        let occasion =
            Occasion { judgement, mailbox: policy, ticket: None, raw: None, nonce: None, live: true, now };
        dispatch(&mut window, &occasion, &letters).await?;
        window.commit().await?;
        info!(mailbox = due.mailbox, "the daily digest of shadow mode is written");
        desk.outbox_wake.notify_waiters();
        return Ok(next);
    }
    window.commit().await?;
    Ok(next)
}

fn next_morning(judgement: &Judgement, now: Timestamp) -> Result<Timestamp> {
    let schedule = Schedule::parse(DAILY).map_err(StoreError::Operator)?;
    schedule
        .next_after(now, &judgement.zone)
        .ok_or_else(|| StoreError::Refused("the calendar ends before the next digest".to_owned()))
}
