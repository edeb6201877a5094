//! Gathering on the writer's transaction: everything that a decision on one mail reads.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{judgement::Judgement, take::Prepared};
use crate::{
    desk::{
        BounceEvidence, BounceFacts, ChallengeFacts, ConfirmationFacts, Fact, FloodFacts, LimitCounts,
        MERGES_MAX, MailFacts, MailboxPolicy, PersonId, RelatedTicket, SimilarTicket, TicketFacts, TicketId,
        bounce_mark::BounceMark,
        commands, console, form, forward, opening, proof, related,
        seal::Bound,
        similar,
        threading::{self, challenge_token, named_tickets},
        token::{NONCE_CHARS, claimed_person, subaddress},
    },
    mail::{Address, Class, Reading},
    store::{Result, SentMail, Window},
};

/// Message-IDs looked up for one mail: In-Reply-To and the newest of References.
const THREAD_IDS_MAX: usize = 30;
/// Earlier mails of ours among which a confirmation is looked for.
const ANSWERED_MAX: usize = 5;
/// A longer address is none (RFC 5321 section 4.5.3.1.3: a path has 256 octets, its brackets among them).
pub const ADDRESS_BYTES_MAX: usize = 254;
/// Tickets and people that an agent's commands may name.
const NAMED_MAX: usize = 5;
const NAMED_PEOPLE_MAX: usize = 20;
/// Recipient addresses searched for tokens.
const RECIPIENTS_MAX: usize = 100;

/// The facts about `mail`, as the store knows them now.
pub(super) async fn gather(
    window: &mut Window,
    judgement: &Judgement,
    mailbox: &str,
    mail: &Prepared,
    now: jiff::Timestamp,
) -> Result<MailFacts> {
    let reading = &mail.reading;
    let mut facts = MailFacts {
        raw: mail.raw,
        mailbox: mailbox.to_owned(),
        received_at: mail.received_at,
        oversized_bytes: mail.oversized_bytes,
        findings: mail.findings.clone(),
        confirmed: mail.confirmed.is_some(),
        confirmed_action: mail.confirmed.clone().unwrap_or_default(),
        sent: mail.sent,
        imported: mail.imported.clone(),
        ..MailFacts::default()
    };
    author(window, judgement, mail, &mut facts, now).await?;
    // What an old mail was once allowed to do says nothing today.
    if mail.imported.is_none()
        && let Some(policy) = judgement.policy.mailbox(mailbox)
    {
        secrets(window, judgement, policy, reading, &mut facts, now).await?;
        if !mail.sent {
            bounced(window, judgement, policy, reading, &mut facts, now).await?;
        }
    }
    conversation(window, judgement, mail, &mut facts).await?;
    let tickets = tickets_named(&facts, reading);
    facts.tickets = tickets_of(window, judgement, &facts, reading, tickets, now).await?;
    if let Some(named) = shown(judgement, &facts, reading)
        && let Some(ticket) = named.or(facts.tickets.first().map(|ticket| ticket.id))
    {
        facts.shown = Some(window.conversation(ticket).await?);
    }
    facts.limits = limits(window, &facts, now).await?;
    if mail.imported.is_none() && !mail.sent {
        facts.known = known(window, judgement, &facts, now).await?;
        facts.flood = flood(window, judgement, mail, &facts, now).await?;
        others(window, judgement, reading, &mut facts, now).await?;
    }
    Ok(facts)
}

/// Whether the mail is there already, who it is from, and what the store knows of that.
async fn author(
    window: &mut Window,
    judgement: &Judgement,
    mail: &Prepared,
    facts: &mut MailFacts,
    now: jiff::Timestamp,
) -> Result<()> {
    let reading = &mail.reading;
    if mail.confirmed.is_none()
        && let Some(first) = window.duplicate(&reading.identity, mail.raw).await?
    {
        facts.duplicate_of = Some(first.unwrap_or_default());
    }
    if let Some(from) = usable_sender(reading) {
        facts.sender = Some(window.person(&from.key(), from.name.as_deref(), now).await?);
    }
    if mail.sent {
        let ids: Vec<String> = reading.message_id.iter().chain(&reading.trace.reference).cloned().collect();
        facts.own_mail = window.is_own_mail(&ids).await?;
    } else {
        origin(window, judgement, mail, facts).await?;
    }
    if !mail.sent
        && !facts.replayed
        && let Some(client) = form::requester(reading, &facts.findings, &judgement.policy)
    {
        let person = window.person(&client.key(), client.name.as_deref(), now).await?;
        facts.form_requester = Some(person);
    }
    Ok(())
}

/// The mail of ours that came back.
async fn bounced(
    window: &mut Window,
    judgement: &Judgement,
    policy: &MailboxPolicy,
    reading: &Reading,
    facts: &mut MailFacts,
    now: jiff::Timestamp,
) -> Result<()> {
    let (marks, today) = (marks(policy, reading), days_since_epoch(now));
    let to_address = marks.iter().find_map(|mark| judgement.keys.check_bounce(mark, today));
    facts.bounce_address = to_address.is_some();
    facts.bounce = returned(window, judgement, to_address, reading, now).await?;
    Ok(())
}

/// The tickets that the mail names: by what came back, by its secrets and references, by orders at the desk.
fn tickets_named(facts: &MailFacts, reading: &Reading) -> Vec<TicketId> {
    let mut tickets = named_tickets(&facts.tokens, &facts.threads);
    if let Some(returned) = facts.bounce.as_ref().and_then(|bounce| bounce.ticket) {
        tickets.retain(|ticket| *ticket != returned);
        tickets.insert(0, returned);
    }
    if let Some(sender) = &facts.sender {
        for ticket in console::tickets(&facts.tokens, sender.id, reading) {
            if !tickets.contains(&ticket) {
                tickets.push(ticket);
            }
        }
    }
    tickets
}

/// The mails that it answers or refers to; of an agent's that answers none of them, the bundle that it may answer.
async fn conversation(
    window: &mut Window,
    judgement: &Judgement,
    mail: &Prepared,
    facts: &mut MailFacts,
) -> Result<()> {
    let ids = thread_ids(&mail.reading);
    if !ids.is_empty() {
        facts.threads = window.threads(&ids).await?;
    }
    if let Some(agent) = facts.sender.as_ref().and_then(|sender| judgement.policy.agent(&sender.address))
        && facts.threads.is_empty()
        && mail.imported.is_none()
    {
        facts.answers_bundle = window.answers_bundle(&ids, &agent.address).await?;
    }
    Ok(())
}

/// Whose mail this one brings, and which tickets it may belong to.
async fn others(
    window: &mut Window,
    judgement: &Judgement,
    reading: &Reading,
    facts: &mut MailFacts,
    now: jiff::Timestamp,
) -> Result<()> {
    if let Some(author) = forward::author(reading, &judgement.policy) {
        let person = window.person(&author.key(), author.name.as_deref(), now).await?;
        facts.forwarded_author = Some(person);
    }
    if facts.tickets.is_empty() {
        facts.related = related_tickets(window, facts, reading, now).await?;
        facts.similar = similar_tickets(window, facts, reading, now).await?;
    }
    Ok(())
}

/// What the store knows of the mail's origin: whether its signed words came before, and what a probe showed of a mark in it.
async fn origin(
    window: &mut Window,
    judgement: &Judgement,
    mail: &Prepared,
    facts: &mut MailFacts,
) -> Result<()> {
    let reading = &mail.reading;
    let keys = proof::replay_keys(reading, &facts.findings);
    facts.replayed = window.is_replayed(&keys, &reading.identity).await?;
    let marked = !judgement.policy.trust.internal.is_empty() && !reading.trace.exchange.auth_as.is_empty();
    if marked && let Some(host) = judgement.hosts.get(&facts.mailbox) {
        facts.findings.mark_holds = window.internal_mark_holds(&facts.mailbox, host).await?;
    }
    Ok(())
}

/// Asked for clients alone: an agent's machine is nobody's matter.
async fn known(
    window: &mut Window,
    judgement: &Judgement,
    facts: &MailFacts,
    now: jiff::Timestamp,
) -> Result<BTreeMap<String, Fact>> {
    let client = facts.sender.as_ref().filter(|sender| judgement.policy.agent(&sender.address).is_none());
    match client {
        Some(client) => window.known(client.id, now).await,
        None => Ok(BTreeMap::new()),
    }
}

/// The tickets that the mail names, those that an agent's commands name, and those into which any of them was merged.
async fn tickets_of(
    window: &mut Window,
    judgement: &Judgement,
    facts: &MailFacts,
    reading: &Reading,
    mut wanted: Vec<TicketId>,
    now: jiff::Timestamp,
) -> Result<Vec<TicketFacts>> {
    if facts.sender.as_ref().is_some_and(|sender| judgement.policy.agent(&sender.address).is_some()) {
        let text = reading.command_text.as_deref().unwrap_or_default();
        // At the desk the first number is the ticket that is merged.
        let named = [commands::other_tickets(text), commands::other_tickets(&commands::at_desk(text).text)];
        wanted.extend(named.into_iter().flatten().take(NAMED_MAX));
    }
    let mut tickets: Vec<TicketFacts> = Vec::new();
    for _ in 0..MERGES_MAX {
        wanted.retain(|id| tickets.iter().all(|ticket| ticket.id != *id));
        if wanted.is_empty() {
            break;
        }
        let found = window.ticket_facts(&wanted, now).await?;
        wanted = found.iter().filter_map(|ticket| ticket.merged_into).collect();
        tickets.extend(found);
    }
    Ok(tickets)
}

/// The ticket that an agent wants to see; within, `None`: that of the mail.
fn shown(judgement: &Judgement, facts: &MailFacts, reading: &Reading) -> Option<Option<TicketId>> {
    let sender = facts.sender.as_ref().filter(|_| facts.imported.is_none())?;
    judgement.policy.agent(&sender.address)?;
    commands::shows(reading.command_text.as_deref()?)
}

/// What a mail that names no ticket may belong to.
async fn related_tickets(
    window: &mut Window,
    facts: &MailFacts,
    reading: &Reading,
    now: jiff::Timestamp,
) -> Result<Vec<RelatedTicket>> {
    let client = facts.form_requester.as_ref().or(facts.forwarded_author.as_ref());
    let Some(client) = client.or(facts.sender.as_ref()).filter(|_| reading.class == Class::Human) else {
        return Ok(Vec::new());
    };
    let marks = related::marks(reading);
    let found = window.marked(&related::scope(&client.address), &marks, now).await?;
    let named = threading::mark(reading.subject.as_deref().unwrap_or_default());
    window.subjects(&related::best(named, &marks, &reading.base_subject, &found)).await
}

/// Resolved tickets, of whoever they are, that are like a mail that names none.
async fn similar_tickets(
    window: &mut Window,
    facts: &MailFacts,
    reading: &Reading,
    now: jiff::Timestamp,
) -> Result<Vec<SimilarTicket>> {
    let marks = if reading.class == Class::Human { similar::marks(reading) } else { Vec::new() };
    let known: Vec<TicketId> = facts.related.iter().map(|ticket| ticket.id).collect();
    Ok(similar::best(marks.len(), window.similar(&marks, now).await?, &known))
}

/// Counted like the limits: for whoever would be answered.
async fn flood(
    window: &mut Window,
    judgement: &Judgement,
    mail: &Prepared,
    facts: &MailFacts,
    now: jiff::Timestamp,
) -> Result<FloodFacts> {
    let Some(sender) = facts.form_requester.as_ref().or(facts.sender.as_ref()) else {
        return Ok(FloodFacts::default());
    };
    let (mut flood, newest) = window.flood(sender, mail.reading.new_text(), now).await?;
    let is_full = flood.tickets_address_hour >= judgement.policy.limits.tickets_per_address_hour_max;
    if let Some(newest) = newest.filter(|_| is_full) {
        flood.newest = window.ticket_facts(&[newest], now).await?.pop();
    }
    if let Some(named) = threading::mark(mail.reading.subject.as_deref().unwrap_or_default())
        && let Some(requester) = window.requester_address(named).await?
    {
        flood.subject_names_ticket = domain(&requester) == domain(&sender.address);
    }
    if judgement.policy.agent(&sender.address).is_some() {
        let tickets: Vec<TicketId> = facts.tickets.iter().map(|ticket| ticket.id).collect();
        (flood.own_text_week, flood.answers_to_staff_day) =
            window.agent_flood(sender, &tickets, mail.reading.new_text(), now).await?;
    }
    Ok(flood)
}

/// The part behind the last `@`; empty when there is none.
fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The mail of ours that came back: by the address that it came to; for a report also by what it returns, the signed first.
async fn returned(
    window: &mut Window,
    judgement: &Judgement,
    to_address: Option<BounceMark>,
    reading: &Reading,
    now: jiff::Timestamp,
) -> Result<Option<BounceFacts>> {
    if let Some(BounceMark::Valid(key)) = to_address
        && let Some(found) = window.returned(SentMail::Key(key), BounceEvidence::Address, now).await?
    {
        return Ok(Some(found));
    }
    let reports = matches!(reading.class, Class::Bounce | Class::DeliveryReport | Class::Complaint);
    let Some(report) = reading.report.as_ref().filter(|_| reports) else { return Ok(None) };
    let today = days_since_epoch(now);
    if let Some(mark) = &report.original_mark
        && let Some(BounceMark::Valid(key)) = judgement.keys.check_bounce(mark, today)
        && let Some(found) = window.returned(SentMail::Key(key), BounceEvidence::Header, now).await?
    {
        return Ok(Some(found));
    }
    for id in report.original_message_id.iter().chain(&report.original_reference) {
        let found = window.returned(SentMail::MessageId(id), BounceEvidence::MessageId, now).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// What stands behind the subaddressing mark in the addresses that the mail was sent to.
pub(super) fn marks<'a>(policy: &MailboxPolicy, reading: &'a Reading) -> Vec<&'a str> {
    let written = reading.to.iter().chain(&reading.cc).map(|a| a.address.as_str());
    let delivered = reading.trace.delivered_to.iter().map(String::as_str);
    let mut marks = Vec::new();
    for address in written.chain(delivered).take(RECIPIENTS_MAX) {
        if let Some(mark) = subaddress(policy, address)
            && !marks.contains(&mark)
        {
            marks.push(mark);
        }
    }
    marks
}

/// What the mail knows that only one person received: tokens, the answer to a confirmation or challenge, an agent's period.
async fn secrets(
    window: &mut Window,
    judgement: &Judgement,
    policy: &MailboxPolicy,
    reading: &Reading,
    facts: &mut MailFacts,
    now: jiff::Timestamp,
) -> Result<()> {
    let marks = marks(policy, reading);
    let people: Vec<PersonId> = marks.iter().filter_map(|mark| claimed_person(mark)).collect();
    let epochs = if people.is_empty() { BTreeMap::new() } else { window.token_epochs(&people).await? };
    let today = days_since_epoch(now);
    facts.tokens = marks.iter().filter_map(|mark| judgement.keys.check(mark, today, &epochs)).collect();
    let agent = facts.sender.as_ref().and_then(|sender| judgement.policy.agent(&sender.address));
    let answered = answered_ids(policy, reading, agent.is_some());
    facts.confirmation = confirmation(window, judgement, &marks, &answered).await?;
    facts.challenge = challenge(window, policy, reading, facts, agent.is_some()).await?;
    if let Some(sender) = &facts.sender
        && let Some(client) = opening::client_address(&facts.tokens, sender.id, reading, &judgement.policy)
    {
        facts.named_client = Some(window.person(&client, None, now).await?);
    }
    if agent.is_some() {
        let text = reading.command_text.as_deref().unwrap_or_default();
        facts.silenced = window.silenced(&commands::people_named(text, NAMED_PEOPLE_MAX)).await?;
    }
    if let Some(agent) = agent {
        facts.period = window.period(&agent.address).await?;
    }
    Ok(())
}

/// Whether a mark looks like a confirmation's nonce.
pub(super) fn is_nonce(mark: &str) -> bool {
    mark.len() == NONCE_CHARS && mark.starts_with('c')
}

/// Message-IDs by which a confirmation is known where there is no subaddressing. An agent may answer the hint that followed,
/// which refers to it.
fn answered_ids<'a>(policy: &MailboxPolicy, reading: &'a Reading, is_agent: bool) -> Vec<&'a str> {
    if !policy.subaddressing.is_empty() {
        return Vec::new();
    }
    let newest = reading.in_reply_to.first().into_iter();
    let earlier = reading.references.iter().rev().take(ANSWERED_MAX).filter(|_| is_agent);
    newest.chain(earlier).map(String::as_str).collect()
}

/// The confirmation that the mail answers: by the nonce in its address, or, without subaddressing, by what it replies to.
async fn confirmation(
    window: &mut Window,
    judgement: &Judgement,
    marks: &[&str],
    answered: &[&str],
) -> Result<Option<ConfirmationFacts>> {
    let mut found = None;
    for mark in marks.iter().filter(|mark| is_nonce(mark)) {
        let hash: [u8; 32] = Sha256::digest(mark.as_bytes()).into();
        found = window.confirmation_by_nonce(&hash).await?;
        if found.is_some() {
            break;
        }
    }
    for id in answered {
        if found.is_some() {
            break;
        }
        found = window.confirmation_by_message_id(id).await?;
    }
    Ok(found.map(|stored| {
        let facts = stored.facts;
        let bound = Bound {
            nonce_hash: &stored.nonce_hash,
            message_id_hash: &stored.message_id_hash,
            agent: &facts.agent,
            held: facts.held,
            action: &facts.action,
            expires_at: facts.expires_at,
        };
        let sealed = bound.is_sealed_by(&stored.seal, &judgement.keys);
        ConfirmationFacts { sealed, ..facts }
    }))
}

/// The challenge that the mail answers: by its token, else by its mail's Message-ID, which is possession only where there is
/// no subaddressing.
async fn challenge(
    window: &mut Window,
    policy: &MailboxPolicy,
    reading: &Reading,
    facts: &MailFacts,
    is_agent: bool,
) -> Result<Option<ChallengeFacts>> {
    if let Some(token) = challenge_token(&facts.tokens) {
        return window.challenge(token.ticket.0).await;
    }
    let Some(id) = reading.in_reply_to.first().filter(|_| is_agent || policy.subaddressing.is_empty()) else {
        return Ok(None);
    };
    let found = window.challenge_by_message_id(id).await?;
    Ok(found.map(|found| ChallengeFacts { possession: policy.subaddressing.is_empty(), ..found }))
}

/// The sender, if their address can be one.
#[must_use]
pub fn usable_sender(reading: &Reading) -> Option<&Address> {
    reading.from.as_ref().filter(|from| (1..=ADDRESS_BYTES_MAX).contains(&from.address.len()))
}

/// The Message-IDs that lead to the mail's conversation, the most telling first.
#[must_use]
pub fn thread_ids(reading: &Reading) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    // A bounce of a reply names our mail only inside its report (RFC 3464).
    let reported = reading.report.as_ref().and_then(|report| report.original_message_id.as_ref());
    for id in reported.into_iter().chain(&reading.in_reply_to).chain(reading.references.iter().rev()) {
        if ids.len() >= THREAD_IDS_MAX {
            break;
        }
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids
}

/// The counts are needed only where something automatic may leave: a mail that starts a ticket, or an agent's.
async fn limits(window: &mut Window, facts: &MailFacts, now: jiff::Timestamp) -> Result<LimitCounts> {
    let Some(sender) = facts.form_requester.as_ref().or(facts.sender.as_ref()) else {
        return Ok(LimitCounts::default());
    };
    window.limits(&sender.address, domain(&sender.address), now).await
}

fn days_since_epoch(now: jiff::Timestamp) -> u16 {
    u16::try_from(now.as_second() / 86_400).unwrap_or(u16::MAX)
}
