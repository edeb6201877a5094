//! Mails that never left (our own server refused them, or five days passed) are judged like those that come back.

use jiff::SignedDuration;
use tracing::{info, warn};

use super::{
    Desk,
    dispatch::{Occasion, dispatch},
    judgement::Judgement,
    window::judge,
};
use crate::{
    desk::{BounceEvidence, Facts, RefusedFacts},
    edge, mail,
    store::{Application, FailedMail, Result, SentMail, StoreError, Window},
};

/// What failed longer ago is told no more: an upgrade must not ring for a year.
const SINCE: SignedDuration = SignedDuration::from_hours(48);
/// Mails of one commit.
const MAILS_MAX: u32 = 50;

/// Judges the mails of a mailbox that failed, in one commit. Returns whether there may be more.
///
/// # Errors
/// When the store cannot be read or written; then nothing of it happened.
pub async fn judge_refused(desk: &Desk, mailbox: &str) -> Result<bool> {
    let judgement = desk.judgement.load_full();
    let now = edge::now();
    let mut window = desk.store.window_of(mailbox).await?;
    let failed = window
        .failed_mails(mailbox, now.checked_sub(SINCE).unwrap_or(jiff::Timestamp::MIN), MAILS_MAX)
        .await?;
    let mut letters = 0;
    for mail in &failed {
        window.savepoint().await?;
        match judge_one(&mut window, &judgement, mailbox, mail, desk.is_live(mailbox), now).await {
            Ok(count) => {
                window.release().await?;
                letters += count;
            }
            Err(why @ (StoreError::Temporary(_) | StoreError::Operator(_))) => return Err(why),
            Err(why) => {
                window.rollback().await?;
                warn!(mailbox, %why, "a mail that failed was not judged");
            }
        }
    }
    if failed.is_empty() {
        return Ok(false);
    }
    window.commit().await?;
    info!(mailbox, mails = failed.len(), letters, "mails that failed were judged");
    if letters > 0 {
        desk.outbox_wake.notify_waiters();
    }
    Ok(failed.len() >= MAILS_MAX as usize)
}

async fn judge_one(
    window: &mut Window,
    judgement: &Judgement,
    mailbox: &str,
    failed: &FailedMail,
    live: bool,
    now: jiff::Timestamp,
) -> Result<usize> {
    let Some(policy) = judgement.policy.mailbox(mailbox) else { return Ok(0) };
    let mail = window.returned(SentMail::Hash(&failed.hash), BounceEvidence::Server, now).await?;
    let Some(bounce) = mail else { return Ok(0) };
    let ticket = match bounce.ticket {
        Some(ticket) => window.ticket_facts(&[ticket], now).await?.pop(),
        None => None,
    };
    let ticket_id = ticket.as_ref().map(|ticket| ticket.id);
    let report = is_refusal(&failed.detail).then(|| mail::of_refusal(&failed.detail));
    let facts = RefusedFacts { bounce, ticket, report, why: failed.detail.clone() };
    let facts_json =
        serde_json::to_string(&facts).map_err(|why| StoreError::Refused(format!("facts: {why}")))?;
    let decision = judge(judgement, &Facts::Refused(Box::new(facts)), now)?;
    let application = Application { mailbox, raw: None, mail: None, decision: &decision, facts_json, now };
    window.apply(&application).await?;
    let occasion =
        Occasion { judgement, mailbox: policy, ticket: ticket_id, raw: None, nonce: None, live, now };
    dispatch(window, &occasion, &decision.letters).await?;
    Ok(decision.letters.len())
}

/// Whether a server refused this one mail for good (RFC 5321 section 4.2.1), so that its words are about the recipient.
fn is_refusal(detail: &str) -> bool {
    detail.split(' ').next().is_some_and(|code| {
        code.len() == 3 && code.starts_with('5') && code.bytes().all(|b| b.is_ascii_digit())
    })
}
