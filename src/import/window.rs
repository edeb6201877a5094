//! A window of old mails in one transaction: what all of them need is gathered at once, each is judged in order, and what was
//! decided is written for many together.
//!
//! Invariant: a decision sees what the ones before it did. A mail that rests on something that was decided and is not written yet
//! (its ticket, its identity, the mail that it answers) makes it be written first; so no second account of what a decision does is
//! kept here.

use std::{
    collections::{HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use jiff::Timestamp;

use super::sources::Item;
use crate::{
    desk::{
        self, Change, Decision, Facts, Findings, ImportFacts, MailFacts, Outcome, PersonFacts, Policy, RawId,
        ThreadMatch, TicketFacts, TicketId, TicketRef, form,
        references::{self, Links},
        threading::named_tickets,
    },
    intake::{thread_ids, usable_sender},
    mail::{Address, Class, Reading},
    store::{AppliedMail, ImportBatch, ImportOutcome, ImportedMail, Result, StoreError, Window},
    triage::Triage,
};

/// A mail of a source, read; `None`: reading it crashed.
pub(super) struct ReadItem {
    pub item: Item,
    pub read: Option<(Reading, Triage)>,
}

/// How a mail of the window ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    NewTicket,
    OnTicket,
    Duplicate,
    NoConversation,
    NoSender,
    Other,
    Quarantined,
}

/// One window under judgement.
pub(super) struct Taking<'a> {
    window: &'a mut Window,
    batch: &'a ImportBatch,
    policy: &'a Policy,
    now: Timestamp,
    people: HashMap<String, PersonFacts>,
    /// Mails that were decided, by identity.
    known: HashMap<String, Option<TicketId>>,
    /// By Message-ID.
    threads: HashMap<String, Vec<ThreadMatch>>,
    tickets: HashMap<TicketId, TicketFacts>,
    /// Decided and not written yet.
    pending: Vec<Judged>,
    pending_identities: HashSet<String>,
    pending_ids: HashSet<String>,
    pending_tickets: HashSet<TicketId>,
    ended: Vec<Ended>,
}

struct Judged {
    item: Item,
    reading: Reading,
    decision: std::result::Result<Decision, String>,
    facts_json: String,
    at: Timestamp,
}

/// Decides on all mails; the caller commits.
pub(super) async fn take(
    window: &mut Window,
    batch: &ImportBatch,
    policy: &Policy,
    mails: Vec<ReadItem>,
    now: Timestamp,
) -> Result<Vec<Ended>> {
    let mut taking = Taking {
        window,
        batch,
        policy,
        now,
        people: HashMap::new(),
        known: HashMap::new(),
        threads: HashMap::new(),
        tickets: HashMap::new(),
        pending: Vec::new(),
        pending_identities: HashSet::new(),
        pending_ids: HashSet::new(),
        pending_tickets: HashSet::new(),
        ended: Vec::with_capacity(mails.len()),
    };
    taking.gather(&mails).await?;
    let order = in_order(&mails);
    let mut mails: Vec<Option<ReadItem>> = mails.into_iter().map(Some).collect();
    for place in order {
        if let Some(mail) = mails.get_mut(place).and_then(Option::take) {
            taking.judge(mail).await?;
        }
    }
    taking.write().await?;
    Ok(taking.ended)
}

/// By date, but no answer before its question: a clock was wrong, and the answer would open a ticket of its own.
fn in_order(mails: &[ReadItem]) -> Vec<usize> {
    let links: Vec<Links<'_>> = mails
        .iter()
        .map(|mail| mail.read.as_ref().map(|(reading, _)| Links::from(reading)).unwrap_or_default())
        .collect();
    references::questions_first(&links)
}

impl Taking<'_> {
    /// Everything that the mails of the window name.
    async fn gather(&mut self, mails: &[ReadItem]) -> Result<()> {
        let readings = || mails.iter().filter_map(|mail| mail.read.as_ref().map(|(reading, _)| reading));
        let identities: Vec<&str> =
            readings().map(|r| r.identity.as_str()).filter(|identity| !identity.is_empty()).collect();
        self.known = self.window.duplicates(&identities).await?;
        let people: Vec<(String, Option<String>)> = readings()
            .flat_map(|r| {
                usable_sender(r).cloned().into_iter().chain(form::requester(
                    r,
                    &Findings::default(),
                    self.policy,
                ))
            })
            .map(|person| (person.key(), person.name))
            .collect();
        self.people = self.window.people(self.batch, &people, self.now).await?;
        let own = readings().filter(|r| r.class == Class::OwnAddress).flat_map(own_ids).cloned();
        let mut ids: Vec<String> = readings().flat_map(thread_ids).chain(own).collect();
        ids.sort_unstable();
        ids.dedup();
        self.threads = self.window.threads_of(&ids).await?;
        let mut named: Vec<TicketId> =
            readings().flat_map(|r| named_tickets(&[], &self.matches(r))).collect();
        named.sort_unstable();
        named.dedup();
        self.fetch(&named).await
    }

    fn matches(&self, reading: &Reading) -> Vec<ThreadMatch> {
        let ids = thread_ids(reading);
        ids.iter().filter_map(|id| self.threads.get(id)).flatten().cloned().collect()
    }

    async fn fetch(&mut self, tickets: &[TicketId]) -> Result<()> {
        let found = self.window.imported_tickets(tickets, self.now).await?;
        self.tickets.extend(found.into_iter().map(|ticket| (ticket.id, ticket)));
        Ok(())
    }

    async fn judge(&mut self, mail: ReadItem) -> Result<()> {
        let ReadItem { item, read } = mail;
        let Some((reading, triage)) = read else {
            let reason = Err("reading it crashed".to_owned());
            let at = self.now;
            let reading = Reading::default();
            self.pending.push(Judged { item, reading, decision: reason, facts_json: String::new(), at });
            return Ok(());
        };
        if self.rests_on_pending(&reading) {
            self.write().await?;
        }
        let threads = self.matches(&reading);
        let named = named_tickets(&[], &threads);
        if named.iter().any(|ticket| self.pending_tickets.contains(ticket)) {
            self.write().await?;
        }
        let missing: Vec<TicketId> =
            named.iter().copied().filter(|ticket| !self.tickets.contains_key(ticket)).collect();
        if !missing.is_empty() {
            self.fetch(&missing).await?;
        }
        let mut facts = self.facts(&item, &reading, threads, &named);
        let facts_json = serde_json::to_string(&facts)
            .map_err(|why| StoreError::Refused(format!("its facts cannot be stored: {why}")))?;
        (facts.reading, facts.triage) = (reading, triage);
        let at = if facts.tickets.iter().all(|ticket| ticket.imported) { item.received_at } else { self.now };
        let facts = Facts::Mail(Box::new(facts));
        let decision = catch_unwind(AssertUnwindSafe(|| desk::decide(&facts, self.policy, at)))
            .map_err(|_| "deciding on it crashed".to_owned());
        let Facts::Mail(facts) = facts else { return Ok(()) };
        let reading = facts.reading;
        if let Ok(decision) = &decision {
            self.note(decision, &reading);
        }
        self.pending.push(Judged { item, reading, decision, facts_json, at });
        Ok(())
    }

    fn facts(
        &self,
        item: &Item,
        reading: &Reading,
        threads: Vec<ThreadMatch>,
        named: &[TicketId],
    ) -> MailFacts {
        let person = |address: &Address| self.people.get(&address.key()).cloned();
        MailFacts {
            raw: RawId::default(),
            mailbox: self.batch.folder.mailbox.clone(),
            received_at: item.received_at,
            oversized_bytes: item.oversized_bytes,
            duplicate_of: self.known.get(&reading.identity).map(|ticket| ticket.unwrap_or_default()),
            sender: usable_sender(reading).and_then(person),
            form_requester: form::requester(reading, &Findings::default(), self.policy)
                .as_ref()
                .and_then(person),
            own_mail: own_ids(reading)
                .filter_map(|id| self.threads.get(id))
                .flatten()
                .any(|found| found.sent_to.is_some()),
            threads,
            tickets: named.iter().filter_map(|id| self.tickets.get(id)).cloned().collect(),
            imported: Some(ImportFacts::clone(&self.batch.facts)),
            ..MailFacts::default()
        }
    }

    fn rests_on_pending(&self, reading: &Reading) -> bool {
        self.pending_identities.contains(&reading.identity)
            || thread_ids(reading).iter().any(|id| self.pending_ids.contains(id))
    }

    /// What later mails of the window must know of this one.
    fn note(&mut self, decision: &Decision, reading: &Reading) {
        if decision.outcome == Outcome::Ignored {
            return;
        }
        self.pending_identities.insert(reading.identity.clone());
        if let (Some(_), Some(id)) = (decision.ticket, &reading.message_id) {
            self.pending_ids.insert(id.clone());
        }
        match decision.ticket {
            Some(TicketRef::Existing(ticket, _)) => {
                self.pending_tickets.insert(ticket);
            }
            Some(TicketRef::New) => {
                // The language of a person is that of their newest ticket.
                if let Some(Change::Create { language, requester, .. }) = decision.changes.first()
                    && let Some(person) = self.people.values_mut().find(|person| person.id == *requester)
                {
                    person.language = Some(language.clone()).filter(|language| !language.is_empty());
                }
            }
            None => {}
        }
    }

    /// Writes what is decided.
    async fn write(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        let mails: Vec<ImportedMail<'_>> =
            pending.iter().filter(|judged| judged.is_taken()).map(Judged::imported).collect();
        let mut tickets = self.window.import(self.batch, &mails, self.now).await?.into_iter();
        drop(mails);
        for judged in pending {
            let ticket = if judged.is_taken() { tickets.next().flatten() } else { None };
            self.ended.push(judged.ended());
            let Ok(decision) = judged.decision else { continue };
            if decision.outcome == Outcome::Ignored {
                continue;
            }
            self.known.insert(judged.reading.identity, ticket);
            let is_message = decision.changes.iter().any(|change| matches!(change, Change::Message { .. }));
            if let (Some(ticket), Some(id), true) = (ticket, judged.reading.message_id, is_message) {
                let found = ThreadMatch { ticket, sent_to: None, to_agent: false, revoked: false };
                self.threads.entry(id).or_default().push(found);
            }
        }
        for ticket in self.pending_tickets.drain() {
            self.tickets.remove(&ticket);
        }
        self.pending_identities.clear();
        self.pending_ids.clear();
        Ok(())
    }
}

/// The names under which the outbox knows a mail that this desk sent itself; a relay may have given it another Message-ID.
fn own_ids(reading: &Reading) -> impl Iterator<Item = &String> {
    reading.message_id.iter().chain(&reading.trace.reference)
}

impl Judged {
    /// Of an answer whose question is not here, nothing is written: once that one is imported, the same command takes the answer.
    fn is_taken(&self) -> bool {
        self.ended() != Ended::NoConversation
    }

    fn imported(&self) -> ImportedMail<'_> {
        let reading = &self.reading;
        ImportedMail {
            place: &self.item.place,
            bytes: Arc::clone(&self.item.bytes),
            oversized_bytes: self.item.oversized_bytes,
            outcome: match &self.decision {
                Ok(decision) => ImportOutcome::Decided(decision),
                Err(reason) => ImportOutcome::Quarantined(reason),
            },
            mail: AppliedMail {
                identity: &reading.identity,
                message_id: reading.message_id.as_deref(),
                references: &reading.references,
                subject: reading.subject.as_deref(),
                attachments: &reading.attachments,
                received_at: self.item.received_at,
            },
            facts_json: self.facts_json.clone(),
            at: self.at,
        }
    }

    fn ended(&self) -> Ended {
        let Ok(decision) = &self.decision else { return Ended::Quarantined };
        match (decision.outcome, decision.ticket) {
            (Outcome::Ignored, _) if decision.reason == desk::imported::NO_CONVERSATION => {
                Ended::NoConversation
            }
            (Outcome::Ignored, _) if decision.reason == desk::imported::NO_SENDER => Ended::NoSender,
            (Outcome::Ignored, _) => Ended::Duplicate,
            (_, Some(TicketRef::New)) => Ended::NewTicket,
            (Outcome::Ticket | Outcome::Control, Some(TicketRef::Existing(..))) => Ended::OnTicket,
            (Outcome::Held | Outcome::Control | Outcome::Ticket, _) => Ended::Other,
        }
    }
}
