//! The decisions on a window of old mail become rows: each table is written once, in the order of the mails.
//!
//! Invariants: as for a live mail (`store/apply`): a message gets its outcome once, a ticket changes only from the version that
//! the decision read, events are those of the decision. Of what is ignored no bytes are kept: its original stays where it was.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;

use super::{ImportBatch, tickets::Touched};
use crate::{
    desk::{Change, Decision, FACTS_VERSION, Outcome, TicketId},
    store::{
        AppliedMail, Result, StoreError, Window,
        columns::{clean, json, message_id_hash, micros, signed},
        engine::{Value, query_scalar},
        failure::Context,
        rows::{self, place_key},
    },
};

const RAW: (&str, usize) =
    ("raw_message (mailbox, received_at, size_bytes, oversized_bytes, kept_at, bytes)", 6);
const MESSAGE: (&str, usize) = (
    "message (ticket_id, raw_id, kind, author_id, identity, message_id, message_id_hash, mail_references, subject, text,
        received_at, created_at)",
    12,
);
const ATTACHMENT: (&str, usize) = (
    "attachment (message_row, position, name, original_name, content_type, detected_type, size_bytes, sha256, inline,
        kind)",
    10,
);
const LEDGER: (&str, usize) = (
    "ledger (mailbox, folder, uid_validity, uid, raw_id, oversized, outcome, reason, ticket_id, recorded_at, decided_at,
        settled_at)",
    12,
);
const FACTS: (&str, usize) = ("facts (raw_id, ticket_id, version, identity, facts, decision, decided_at)", 7);

const RAISE: (&str, usize) = ("UPDATE import_ticket SET version = v.column2 FROM", 2);

/// How an old mail ended.
#[derive(Debug, Clone, Copy)]
pub enum ImportOutcome<'a> {
    Decided(&'a Decision),
    /// It is kept in quarantine, for this reason.
    Quarantined(&'a str),
}

/// An old mail with what was decided on it.
#[derive(Debug)]
pub struct ImportedMail<'a> {
    /// Where it stood: a file, and the offset in it.
    pub place: &'a str,
    pub bytes: Arc<Vec<u8>>,
    /// Its size, when `bytes` are only its header.
    pub oversized_bytes: Option<u64>,
    pub outcome: ImportOutcome<'a>,
    pub mail: AppliedMail<'a>,
    /// Stored form of the facts; the message's row id is not in it.
    pub facts_json: String,
    /// Of what it does to its ticket: the mail's own date, or now where others have worked on the ticket.
    pub at: Timestamp,
}

/// A line of an old list with what was decided on it.
#[derive(Debug)]
pub struct ImportedTicket<'a> {
    pub place: &'a str,
    pub decision: &'a Decision,
    pub facts_json: String,
    /// When the ticket changed last.
    pub at: Timestamp,
}

impl Window {
    /// All rows of these mails, which name each ticket that existed before at most once. Gives the ticket of each.
    ///
    /// # Errors
    /// [`StoreError::Conflict`]: a ticket changed since it was read. [`StoreError::Refused`]: a place was taken before, or a
    /// decision cannot be carried out. Then nothing of the window must be committed.
    pub async fn import(
        &mut self,
        batch: &ImportBatch,
        mails: &[ImportedMail<'_>],
        now: Timestamp,
    ) -> Result<Vec<Option<TicketId>>> {
        let raws = self.keep_imported(batch, mails, now).await?;
        let decisions: Vec<(&Decision, Timestamp)> = mails
            .iter()
            .filter_map(|mail| match mail.outcome {
                ImportOutcome::Decided(decision) => Some((decision, mail.at)),
                ImportOutcome::Quarantined(_) => None,
            })
            .collect();
        let touched = self.touch(&batch.folder.mailbox, &decisions, now).await?;
        let mut touched_in_order = touched.iter();
        let tickets: Vec<Option<TicketId>> = mails
            .iter()
            .map(|mail| match mail.outcome {
                ImportOutcome::Decided(_) => touched_in_order.next()?.as_ref().map(|touched| touched.ticket),
                ImportOutcome::Quarantined(_) => None,
            })
            .collect();
        self.add_messages(mails, &tickets, &raws).await?;
        let first = self.next_uid(batch).await?;
        self.record_imported(batch, mails, &tickets, &raws, first, now).await?;
        self.store_imported_facts(mails, &tickets, &raws, now).await?;
        let items = mails.iter().map(|mail| mail.place).zip(first..).collect();
        self.mark(batch, items, &touched).await?;
        Ok(tickets)
    }

    /// The same for lines of an old list, which bring no mail.
    ///
    /// # Errors
    /// As [`Window::import`].
    pub async fn import_tickets(
        &mut self,
        batch: &ImportBatch,
        lines: &[ImportedTicket<'_>],
        now: Timestamp,
    ) -> Result<Vec<TicketId>> {
        let decisions: Vec<(&Decision, Timestamp)> =
            lines.iter().map(|line| (line.decision, line.at)).collect();
        let touched = self.touch(&batch.folder.mailbox, &decisions, now).await?;
        let tickets: Vec<TicketId> = touched.iter().flatten().map(|touched| touched.ticket).collect();
        let mut values = Vec::with_capacity(lines.len() * FACTS.1);
        for (line, ticket) in lines.iter().zip(&tickets) {
            values.extend([
                Value::from(None::<i64>),
                Value::from(ticket.0),
                Value::from(i64::from(FACTS_VERSION)),
                Value::from(""),
                Value::from(clean(&line.facts_json)),
                Value::from(json(line.decision)?),
                Value::from(micros(now)),
            ]);
        }
        rows::insert(&mut self.tx, FACTS, "", values, "storing facts").await?;
        let items = lines.iter().zip(&tickets).map(|(line, ticket)| (line.place, ticket.0)).collect();
        self.mark(batch, items, &touched).await?;
        Ok(tickets)
    }

    /// The bytes of all mails that are not ignored; the row ids in the order of the mails.
    async fn keep_imported(
        &mut self,
        batch: &ImportBatch,
        mails: &[ImportedMail<'_>],
        now: Timestamp,
    ) -> Result<Vec<Option<i64>>> {
        let kept = || mails.iter().filter(|mail| is_kept(mail));
        let size = |mail: &ImportedMail<'_>| i64::try_from(mail.bytes.len()).unwrap_or(i64::MAX);
        let values = kept()
            .flat_map(|mail| {
                [
                    Value::from(clean(&batch.folder.mailbox)),
                    Value::from(micros(mail.mail.received_at)),
                    Value::from(size(mail)),
                    Value::from(mail.oversized_bytes.map(signed)),
                    Value::from(micros(now)),
                    Value::from(Arc::clone(&mail.bytes)),
                ]
            })
            .collect();
        let doing = "keeping raw messages";
        let mut given: Vec<(i64, i64)> =
            rows::insert_returning(&mut self.tx, RAW, "RETURNING id, size_bytes", values, doing).await?;
        // Both engines number the rows of one statement in their order, and neither promises it: so the sizes are compared.
        given.sort_unstable();
        if !given.iter().map(|(_, bytes)| *bytes).eq(kept().map(size)) {
            return Err(StoreError::Temporary("the engine numbered raw messages out of order".into()));
        }
        let mut ids = given.into_iter().map(|(id, _)| id);
        Ok(mails.iter().map(|mail| if is_kept(mail) { ids.next() } else { None }).collect())
    }

    async fn add_messages(
        &mut self,
        mails: &[ImportedMail<'_>],
        tickets: &[Option<TicketId>],
        raws: &[Option<i64>],
    ) -> Result<()> {
        let mut values = Vec::new();
        let mut attachments: HashMap<i64, &ImportedMail<'_>> = HashMap::new();
        for ((mail, ticket), raw) in mails.iter().zip(tickets).zip(raws) {
            let (ImportOutcome::Decided(decision), Some(ticket), Some(raw)) = (mail.outcome, ticket, raw)
            else {
                continue;
            };
            for change in &decision.changes {
                let Change::Message { kind, author, text } = change else { continue };
                let id = mail.mail.message_id.unwrap_or_default();
                values.extend([
                    Value::from(ticket.0),
                    Value::from(*raw),
                    Value::from(kind.as_str()),
                    Value::from(author.0),
                    Value::from(clean(mail.mail.identity)),
                    Value::from(clean(id)),
                    Value::from(if id.is_empty() { Vec::new() } else { message_id_hash(id) }),
                    Value::from(json(&mail.mail.references)?),
                    Value::from(mail.mail.subject.map(clean)),
                    Value::from(clean(text)),
                    Value::from(micros(mail.mail.received_at)),
                    Value::from(micros(mail.at)),
                ]);
                if !mail.mail.attachments.is_empty() {
                    attachments.insert(*raw, mail);
                }
            }
        }
        let doing = "adding messages";
        let given: Vec<(i64, i64)> =
            rows::insert_returning(&mut self.tx, MESSAGE, "RETURNING id, raw_id", values, doing).await?;
        let values = given
            .iter()
            .filter_map(|(message, raw)| Some((*message, attachments.get(raw)?)))
            .flat_map(|(message, mail)| attachment_values(message, mail))
            .collect();
        rows::insert(&mut self.tx, ATTACHMENT, "", values, "adding attachments").await
    }

    async fn next_uid(&mut self, batch: &ImportBatch) -> Result<i64> {
        let last: Option<i64> = query_scalar(
            "SELECT MAX(uid) FROM ledger WHERE mailbox = $1 AND folder = $2 AND uid_validity = $3",
        )
        .bind(clean(&batch.folder.mailbox))
        .bind(clean(&batch.folder.folder))
        .bind(i64::from(batch.folder.uid_validity))
        .fetch_one(&mut *self.tx)
        .await
        .context("reading the ledger")?;
        Ok(last.unwrap_or_default() + 1)
    }

    async fn record_imported(
        &mut self,
        batch: &ImportBatch,
        mails: &[ImportedMail<'_>],
        tickets: &[Option<TicketId>],
        raws: &[Option<i64>],
        first: i64,
        now: Timestamp,
    ) -> Result<()> {
        let values = mails
            .iter()
            .zip(tickets)
            .zip(raws)
            .zip(first..)
            .flat_map(|(((mail, ticket), raw), uid)| {
                let (outcome, reason, first) = match mail.outcome {
                    ImportOutcome::Decided(decision) => {
                        (decision.outcome.as_str(), decision.reason.as_str(), decision.duplicate_of)
                    }
                    ImportOutcome::Quarantined(reason) => ("quarantined", reason, None),
                };
                [
                    Value::from(clean(&batch.folder.mailbox)),
                    Value::from(clean(&batch.folder.folder)),
                    Value::from(i64::from(batch.folder.uid_validity)),
                    Value::from(uid),
                    Value::from(*raw),
                    Value::from(i64::from(mail.oversized_bytes.is_some())),
                    Value::from(outcome),
                    Value::from(clean(reason)),
                    Value::from(ticket.or(first).map(|ticket| ticket.0)),
                    Value::from(micros(now)),
                    Value::from(micros(now)),
                    Value::from(micros(now)),
                ]
            })
            .collect();
        rows::insert(&mut self.tx, LEDGER, "", values, "writing the ledger").await
    }

    async fn store_imported_facts(
        &mut self,
        mails: &[ImportedMail<'_>],
        tickets: &[Option<TicketId>],
        raws: &[Option<i64>],
        now: Timestamp,
    ) -> Result<()> {
        let mut values = Vec::with_capacity(mails.len() * FACTS.1);
        for ((mail, ticket), raw) in mails.iter().zip(tickets).zip(raws) {
            let (ImportOutcome::Decided(decision), Some(raw)) = (mail.outcome, raw) else { continue };
            values.extend([
                Value::from(*raw),
                Value::from(ticket.map(|ticket| ticket.0)),
                Value::from(i64::from(FACTS_VERSION)),
                Value::from(clean(mail.mail.identity)),
                Value::from(clean(&mail.facts_json)),
                Value::from(json(decision)?),
                Value::from(micros(now)),
            ]);
        }
        rows::insert(&mut self.tx, FACTS, "", values, "storing facts").await
    }

    /// What the batch must know to be repeated and undone: each place with its UID, or with the number of its ticket.
    async fn mark(
        &mut self,
        batch: &ImportBatch,
        items: Vec<(&str, i64)>,
        touched: &[Option<Touched>],
    ) -> Result<()> {
        let items = items
            .into_iter()
            .flat_map(|(place, uid)| [Value::from(batch.id), Value::from(place_key(place)), Value::from(uid)])
            .collect();
        let into = ("import_item (batch_id, place, uid)", 3);
        rows::insert(&mut self.tx, into, "", items, "noting where mail was imported from").await?;
        let raised = touched
            .iter()
            .flatten()
            .filter(|touched| touched.raised)
            .flat_map(|touched| [Value::from(touched.ticket.0), Value::from(touched.version)])
            .collect();
        self.raise_marks(raised).await?;
        let tickets = touched
            .iter()
            .flatten()
            .flat_map(|touched| {
                [
                    Value::from(batch.id),
                    Value::from(touched.ticket.0),
                    Value::from(i64::from(touched.made)),
                    Value::from(touched.version),
                ]
            })
            .collect();
        // The row that is there was raised, if nothing but imports happened since.
        let behind = "ON CONFLICT (batch_id, ticket_id) DO NOTHING";
        let into = ("import_ticket (batch_id, ticket_id, made, version)", 4);
        rows::insert(&mut self.tx, into, behind, tickets, "noting what an import touched").await
    }

    /// Tickets, each with the version that an import or an undo gave it: whoever knew them by the version before knows this one.
    /// So a batch sees what anybody else did, and not what other batches do.
    pub(super) async fn raise_marks(&mut self, raised: Vec<Value<'_>>) -> Result<()> {
        let behind =
            "AS v WHERE import_ticket.ticket_id = v.column1 AND import_ticket.version = v.column2 - 1";
        rows::update(&mut self.tx, RAISE, behind, raised, "noting what an import touched").await.map(|_| ())
    }
}

/// What is ignored is not kept: a duplicate is there already.
fn is_kept(mail: &ImportedMail<'_>) -> bool {
    match mail.outcome {
        ImportOutcome::Decided(decision) => decision.outcome != Outcome::Ignored,
        ImportOutcome::Quarantined(_) => true,
    }
}

fn attachment_values<'v>(message: i64, mail: &ImportedMail<'_>) -> Vec<Value<'v>> {
    let files = mail.mail.attachments.iter().zip(0_i64..);
    files
        .flat_map(|(file, position)| {
            [
                Value::from(message),
                Value::from(position),
                Value::from(clean(&file.name)),
                Value::from(file.original_name.as_deref().map(clean)),
                Value::from(clean(&file.content_type)),
                Value::from(file.detected_type.as_deref().map(clean)),
                Value::from(signed(file.size)),
                Value::from(clean(&file.sha256)),
                Value::from(i64::from(file.inline)),
                Value::from(file.kind.as_str()),
            ]
        })
        .collect()
}
