//! One writer's transaction over a window of mails: per mail a savepoint, gathering, judgement, applying (DESIGN section 1).
//! A mail that cannot be decided on is quarantined inside the same window.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::{info, warn};

use super::{
    Desk, alert,
    dispatch::{Occasion, dispatch},
    gather::{gather, is_nonce, marks},
    judgement::Judgement,
    take::{Prepared, Taken, prepare_one},
};
use crate::{
    desk::{self, Change, Decision, Facts, MailFacts, Outcome, RawId, Release, TicketId, proof},
    edge,
    store::{Application, AppliedMail, Result, StoreError, Window},
};

/// A changed row means gathering again, this often (DESIGN section 1).
const GATHERINGS_MAX: u32 = 5;

/// How one mail of a window ended.
struct Decided {
    raw: RawId,
    outcome: Outcome,
    ticket: Option<TicketId>,
    letters: usize,
    /// Why no acknowledgement leaves.
    no_acknowledgement: Option<String>,
    reason: String,
    /// A held mail that is to be decided again, confirmed.
    release: Option<Release>,
    /// Staff said where a ticket belongs.
    corrected: bool,
}

/// Decides on all mails, in order, in one commit.
///
/// # Errors
/// Only [`StoreError::Temporary`] and [`StoreError::Operator`]: then nothing of the window happened.
pub(super) async fn decide_window(desk: &Desk, mailbox: &str, live: bool, mails: &[Taken]) -> Result<()> {
    let judgement = desk.judgement.load_full();
    let mut window = desk.store.window_of(mailbox).await?;
    let mut quarantined = false;
    let mut decided = Vec::with_capacity(mails.len());
    for taken in mails {
        let mail = match taken {
            Taken::Ready(mail) => mail,
            Taken::Unreadable(raw) => {
                quarantine(&mut window, &judgement, mailbox, *raw, "reading it crashed").await?;
                quarantined = true;
                continue;
            }
        };
        match decide_mail(&mut window, &judgement, mailbox, live, mail).await {
            Ok(one) => {
                if let Some(confirmed) = &one.release {
                    release(desk, &mut window, &judgement, mailbox, live, confirmed, &mut decided).await?;
                }
                decided.push(one);
            }
            Err(why @ (StoreError::Temporary(_) | StoreError::Operator(_))) => return Err(why),
            Err(why @ (StoreError::Conflict(_) | StoreError::Refused(_))) => {
                quarantine(&mut window, &judgement, mailbox, mail.raw, &why.to_string()).await?;
                quarantined = true;
            }
        }
    }
    window.commit().await?;
    for one in &decided {
        one.log(mailbox);
    }
    if decided.iter().any(|d| d.letters > 0) || quarantined {
        desk.outbox_wake.notify_waiters();
    }
    if decided.iter().any(|d| d.corrected) {
        desk.corrected.notify_one();
    }
    desk.timers_wake.notify_one();
    Ok(())
}

/// The action that a confirmation set free, in the same transaction as the confirmation.
async fn release(
    desk: &Desk,
    window: &mut Window,
    judgement: &Judgement,
    mailbox: &str,
    live: bool,
    confirmed: &Release,
    decided: &mut Vec<Decided>,
) -> Result<()> {
    let held = confirmed.held;
    let Some(raw) = window.take_up(held).await? else { return Ok(()) };
    let Some(mut mail) = prepare_one(desk, judgement, held, raw).await else {
        return quarantine(window, judgement, mailbox, held, "reading it crashed").await;
    };
    mail.confirmed = Some(confirmed.action.clone());
    match decide_mail(window, judgement, mailbox, live, &mail).await {
        Ok(one) => decided.push(one),
        Err(why @ (StoreError::Temporary(_) | StoreError::Operator(_))) => return Err(why),
        Err(why) => quarantine(window, judgement, mailbox, held, &why.to_string()).await?,
    }
    Ok(())
}

/// Marks a mail as quarantined and tells the operators once.
pub(super) async fn quarantine(
    window: &mut Window,
    judgement: &Judgement,
    mailbox: &str,
    raw: RawId,
    reason: &str,
) -> Result<()> {
    warn!(mailbox, raw = raw.0, reason, "a message is quarantined");
    let now = edge::now();
    window.quarantine(raw, reason, now).await?;
    alert::quarantined(window, judgement, mailbox, raw, reason, now).await
}

async fn decide_mail(
    window: &mut Window,
    judgement: &Judgement,
    mailbox: &str,
    live: bool,
    mail: &Prepared,
) -> Result<Decided> {
    let mut gatherings = 0;
    loop {
        gatherings += 1;
        window.savepoint().await?;
        match decide_once(window, judgement, mailbox, live, mail).await {
            Ok(one) => {
                window.release().await?;
                return Ok(one);
            }
            Err(StoreError::Conflict(_)) if gatherings < GATHERINGS_MAX => window.rollback().await?,
            Err(why) => {
                window.rollback().await?;
                return Err(why);
            }
        }
    }
}

async fn decide_once(
    window: &mut Window,
    judgement: &Judgement,
    mailbox: &str,
    live: bool,
    mail: &Prepared,
) -> Result<Decided> {
    // What an old mail does, it did then.
    let now = if mail.imported.is_some() { mail.received_at } else { edge::now() };
    let mut facts = gather(window, judgement, mailbox, mail, now).await?;
    // Stored without reading and triage, which replay makes anew from the raw message.
    let facts_json = stored_form(&facts)?;
    facts.reading = mail.reading.clone();
    facts.triage = mail.triage.clone();
    let facts = Facts::Mail(Box::new(facts));
    let decision = judge(judgement, &facts, now)?;
    let reading = &mail.reading;
    let application = Application {
        mailbox,
        raw: Some(mail.raw),
        mail: Some(AppliedMail {
            identity: &reading.identity,
            message_id: reading.message_id.as_deref(),
            references: &reading.references,
            subject: reading.subject.as_deref(),
            attachments: &reading.attachments,
            received_at: mail.received_at,
        }),
        decision: &decision,
        facts_json,
        now,
    };
    let ticket = window.apply(&application).await?;
    let keys = proof::replay_keys(reading, &mail.findings);
    window.remember_signed(&keys, &reading.identity, now).await?;
    if let Some(policy) = judgement.policy.mailbox(mailbox) {
        let nonce = marks(policy, reading).into_iter().find(|mark| is_nonce(mark));
        let occasion = Occasion { judgement, mailbox: policy, ticket, raw: Some(mail.raw), nonce, live, now };
        dispatch(window, &occasion, &decision.letters).await?;
    }
    Ok(Decided::new(mail.raw, ticket, decision))
}

/// Judgement is ours and pure; should it crash all the same, the mail is quarantined and the desk goes on.
pub(super) fn judge(judgement: &Judgement, facts: &Facts, now: jiff::Timestamp) -> Result<Decision> {
    catch_unwind(AssertUnwindSafe(|| desk::decide(facts, &judgement.policy, now)))
        .map_err(|_| StoreError::Refused("deciding on it crashed".into()))
}

fn stored_form(facts: &MailFacts) -> Result<String> {
    serde_json::to_string(facts)
        .map_err(|why| StoreError::Refused(format!("its facts cannot be stored: {why}")))
}

impl Decided {
    fn new(raw: RawId, ticket: Option<TicketId>, decision: Decision) -> Self {
        Self {
            raw,
            outcome: decision.outcome,
            ticket,
            letters: decision.letters.len(),
            corrected: decision.changes.iter().any(|c| matches!(c, Change::Correction { .. })),
            no_acknowledgement: decision.no_acknowledgement,
            reason: decision.reason,
            release: decision.release,
        }
    }

    fn log(&self, mailbox: &str) {
        info!(
            mailbox,
            raw = self.raw.0,
            outcome = self.outcome.as_str(),
            ticket = self.ticket.map(|t| t.0),
            letters = self.letters,
            no_acknowledgement = self.no_acknowledgement.as_deref(),
            reason = self.reason,
            "decided"
        );
    }
}
