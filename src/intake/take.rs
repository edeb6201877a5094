//! From kept bytes to mails ready for judgement: read on the reading thread, proven where that needs the network.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;

use super::{Desk, judgement::Judgement, prove::Inquiry, reader::ReaderGone};
use crate::{
    desk::{Findings, ImportFacts, Policy, RawId, form, proof},
    edge,
    mail::Reading,
    store::{RawMessage, Undecided},
    triage::Triage,
};

/// DNS look-ups of one window together: fifty forged mails with slow name servers must not hold up the desk. Later mails
/// prove nothing, and a genuine agent among them is asked to confirm.
const DNS_MAX: Duration = Duration::from_secs(20);
/// Of one mail that claims to be an agent's or a form's: a command depends on it.
const STAFF_DNS_MAX: Duration = Duration::from_secs(8);
/// Of one client's mail: what depends on it is how much the acknowledgement says. All of a window are asked at once, so this
/// is what a dead DNS costs each window.
const CLIENT_DNS_MAX: Duration = Duration::from_secs(4);
/// Mails that are asked for at once.
const AT_ONCE: usize = 50;

/// A kept mail, read and proven.
#[derive(Debug)]
pub(super) struct Prepared {
    pub raw: RawId,
    pub received_at: jiff::Timestamp,
    pub reading: Reading,
    pub triage: Triage,
    pub findings: Findings,
    pub oversized_bytes: Option<u64>,
    /// What its agent confirmed.
    pub confirmed: Option<String>,
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
    let findings = prove(desk, &judgement.policy, &mails, &readings).await;
    let mut taken = Vec::with_capacity(mails.len());
    for ((mail, read), findings) in mails.into_iter().zip(readings).zip(findings) {
        let Some((reading, triage)) = read else {
            taken.push(Taken::Unreadable(mail.raw));
            continue;
        };
        taken.push(Taken::Ready(Box::new(Prepared {
            raw: mail.raw,
            received_at: mail.received_at,
            reading,
            triage,
            findings,
            oversized_bytes: mail.oversized_bytes,
            confirmed: None,
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
        findings: Findings::default(),
        oversized_bytes: message.oversized_bytes,
        confirmed: None,
        sent: false,
        imported: None,
    })
}

/// What DNS says of each mail, in their order; many are asked for at once.
async fn prove(
    desk: &Desk,
    policy: &Policy,
    mails: &[KeptMail],
    readings: &[Option<(Reading, Triage)>],
) -> Vec<Findings> {
    let Some(prover) = &desk.prover else { return vec![Findings::default(); mails.len()] };
    let (now, until) = (edge::now(), Instant::now() + DNS_MAX);
    let one = async |mail: &KeptMail, read: &Option<(Reading, Triage)>| {
        let reading = read.as_ref().map(|(reading, _)| reading);
        let asked =
            reading.and_then(|reading| Some((from_domain(reading)?, worth(policy, mail, reading, now)?)));
        let Some((from_domain, deadline)) = asked else { return Findings::default() };
        let deadline = deadline.min(until.saturating_duration_since(Instant::now()));
        if deadline.is_zero() {
            return Findings::default();
        }
        let arc_sealers = &policy.trust.arc_sealers;
        prover.findings(&Inquiry { bytes: &mail.bytes, from_domain, arc_sealers, deadline }).await
    };
    let mut all = Vec::with_capacity(mails.len());
    for (mails, readings) in mails.chunks(AT_ONCE).zip(readings.chunks(AT_ONCE)) {
        all.extend(join_all(mails.iter().zip(readings).map(|(mail, read)| one(mail, read))).await);
    }
    all
}

fn from_domain(reading: &Reading) -> Option<&str> {
    reading.trace.strict_from.as_deref()?.rsplit_once('@').map(|(_, domain)| domain)
}

/// How long DNS may be waited for; `None`: its answers would change nothing. An agent's signatures are checked whatever the
/// trusted server says, since by them a replay is known.
fn worth(policy: &Policy, mail: &KeptMail, reading: &Reading, now: jiff::Timestamp) -> Option<Duration> {
    if mail.sent || mail.imported.is_some() {
        return None;
    }
    let trust = &policy.trust;
    let signed = reading.trace.dkim_signatures > 0;
    let sealed = !trust.arc_sealers.is_empty() && !proof::is_proven_by_results(reading, trust);
    let from = reading.trace.strict_from.as_deref()?;
    if policy.agent(from).is_some() || form::of(reading, policy).is_some() {
        return (signed || sealed).then_some(STAFF_DNS_MAX);
    }
    // Nothing is said to the sender of an old mail, whoever they are.
    let age = now.duration_since(mail.received_at).as_secs();
    let fresh = age <= policy.limits.answer_age_max_seconds;
    let alone = trust.authserv_ids.is_empty();
    (fresh && ((signed && alone) || sealed)).then_some(CLIENT_DNS_MAX)
}
