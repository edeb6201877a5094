//! From kept bytes to mails ready for judgement: read on the reading thread, proven where that needs the network.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Desk, judgement::Judgement, reader::ReaderGone};
use crate::{
    desk::{DkimFinding, ImportFacts, Policy, RawId, form},
    mail::Reading,
    store::{RawMessage, Undecided},
    triage::Triage,
};

/// DNS look-ups of one window together: fifty forged mails with slow name servers must not hold up the desk. Later mails
/// prove nothing, and a genuine agent among them is asked to confirm.
const DNS_MAX: Duration = Duration::from_secs(20);

/// A kept mail, read and proven.
#[derive(Debug)]
pub(super) struct Prepared {
    pub raw: RawId,
    pub received_at: jiff::Timestamp,
    pub reading: Reading,
    pub triage: Triage,
    pub dkim: Vec<DkimFinding>,
    pub oversized_bytes: Option<u64>,
    /// Its agent confirmed it.
    pub confirmed: bool,
    /// It lay in the folder of sent mail.
    pub sent: bool,
    /// It is old mail that an operator brought along, taken out of quarantine.
    pub imported: Option<ImportFacts>,
}

/// What came of preparing a kept mail.
#[derive(Debug)]
pub(super) enum Taken {
    Ready(Box<Prepared>),
    /// Reading it crashed.
    Unreadable(RawId),
}

/// A kept mail before it is read.
#[derive(Debug)]
pub(super) struct KeptMail {
    pub raw: RawId,
    pub received_at: jiff::Timestamp,
    pub bytes: Arc<Vec<u8>>,
    pub oversized_bytes: Option<u64>,
    /// It lay in the folder of sent mail.
    pub sent: bool,
    pub imported: Option<ImportFacts>,
}

impl From<Undecided> for KeptMail {
    fn from(row: Undecided) -> Self {
        Self {
            raw: row.raw,
            received_at: row.received_at,
            bytes: Arc::new(row.bytes),
            oversized_bytes: row.oversized_bytes,
            sent: row.is_sent,
            imported: row.imported,
        }
    }
}

/// Reads and proves mails of one folder, in order.
///
/// # Errors
/// [`ReaderGone`] while the process ends.
pub(super) async fn prepare(
    desk: &Desk,
    judgement: &Judgement,
    mails: Vec<KeptMail>,
) -> Result<Vec<Taken>, ReaderGone> {
    let bytes = mails.iter().map(|m| Arc::clone(&m.bytes)).collect();
    let sent = mails.iter().any(|m| m.sent);
    let policy = if sent { judgement.sent_read_policy() } else { judgement.read_policy.clone() };
    let readings = desk.reader.read(bytes, policy).await?;
    let ask_until = Instant::now() + DNS_MAX;
    let mut taken = Vec::with_capacity(mails.len());
    for (mail, read) in mails.into_iter().zip(readings) {
        let Some((reading, triage)) = read else {
            taken.push(Taken::Unreadable(mail.raw));
            continue;
        };
        let dkim = match &desk.prover {
            Some(prover)
                if is_worth_proving(&judgement.policy, &reading)
                    && !mail.sent
                    && Instant::now() < ask_until =>
            {
                prover.dkim(&mail.bytes).await
            }
            Some(_) | None => Vec::new(),
        };
        taken.push(Taken::Ready(Box::new(Prepared {
            raw: mail.raw,
            received_at: mail.received_at,
            reading,
            triage,
            dkim,
            oversized_bytes: mail.oversized_bytes,
            confirmed: false,
            sent: mail.sent,
            imported: mail.imported,
        })));
    }
    Ok(taken)
}

/// Prepares one mail that was held, while the writer's transaction is open: without network, since it is already confirmed.
pub(super) async fn prepare_one(
    desk: &Desk,
    judgement: &Judgement,
    raw: RawId,
    message: RawMessage,
) -> Option<Prepared> {
    let bytes = vec![Arc::new(message.bytes)];
    let (reading, triage) = desk.reader.read(bytes, judgement.read_policy.clone()).await.ok()?.pop()??;
    Some(Prepared {
        raw,
        received_at: message.received_at,
        reading,
        triage,
        dkim: Vec::new(),
        oversized_bytes: message.oversized_bytes,
        confirmed: false,
        sent: false,
        imported: None,
    })
}

/// Only a mail whose one sender is an agent's or a form's address is worth DNS look-ups.
fn is_worth_proving(policy: &Policy, reading: &Reading) -> bool {
    let claims_agent =
        || reading.trace.strict_from.as_deref().is_some_and(|from| policy.agent(from).is_some());
    reading.trace.dkim_signatures > 0 && (claims_agent() || form::of(reading, policy).is_some())
}
