//! A decision becomes rows: ticket, message, history, timers, the ledger's outcome, and the facts that it rested on.
//!
//! Invariants: a message gets its outcome once; a ticket changes only from the version that the decision read; events are
//! those of the decision and no others.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Application, AppliedMail, Bounced, Result, StoreError, Window,
    columns::{self, ROWS_AT_ONCE, clean, json, message_id_hash, micros, signed, value_rows},
    engine::{Connection, query, query_as, query_scalar},
    events::{self, Head, NewEvent},
    failure::{Context, unreadable},
    flood::text_hash,
};
use crate::{
    desk::{
        Change, FACTS_VERSION, Matter, MessageKind, PersonId, RawId, State, TicketId, TicketRef, TimerKind,
    },
    mail::Attachment,
};

const CREATE: &str =
    "INSERT INTO ticket (id, mailbox, state, subject, language, category, priority, team, assignee,
        tags, requester_id, requester_proven, linked_to, first_response_at, first_response_due_at, closed_at,
        created_at, updated_at, event_seq, event_hash, facts)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";

/// NULL leaves a column as it is. `closed_at` follows the state: set on closing, kept while the state is left alone.
const CHANGE: &str = "UPDATE ticket SET version = version + 1, updated_at = $3, event_seq = $4, event_hash = $5,
        closed_at = CASE WHEN $6 IS NULL THEN closed_at WHEN $6 = 'closed' THEN $3 ELSE NULL END,
        state = COALESCE($6, state), category = COALESCE($7, category), priority = COALESCE($8, priority),
        team = COALESCE($9, team), assignee = COALESCE($10, assignee),
        requester_proven = COALESCE($11, requester_proven), first_response_at = COALESCE($12, first_response_at),
        facts = COALESCE($13, facts)
    WHERE id = $1 AND version = $2";

/// A mail that was taken in as a note and is decided again after its confirmation keeps its row.
const MESSAGE: &str = "INSERT INTO message (ticket_id, raw_id, kind, author_id, identity, message_id, message_id_hash,
        mail_references, subject, text, received_at, created_at, text_hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (identity) WHERE identity <> '' DO UPDATE SET ticket_id = excluded.ticket_id, kind = excluded.kind,
        author_id = excluded.author_id, text = excluded.text, created_at = excluded.created_at,
        text_hash = excluded.text_hash
        WHERE message.raw_id = excluded.raw_id
    RETURNING id";

/// What the changes say of the ticket's row, the last word winning; `None` leaves a column as it is.
#[derive(Default)]
pub(super) struct Row<'a> {
    pub(super) state: Option<State>,
    pub(super) category: Option<&'a str>,
    pub(super) priority: Option<&'a str>,
    pub(super) team: Option<&'a str>,
    pub(super) assignee: Option<&'a str>,
    pub(super) requester_proven: Option<bool>,
    pub(super) first_response_at: Option<Timestamp>,
    pub(super) facts: Option<&'a Matter>,
    pub(super) events: Vec<NewEvent<'a>>,
}

impl<'a> Row<'a> {
    pub(super) fn of(changes: &'a [Change]) -> Self {
        let mut row = Self::default();
        for change in changes {
            match change {
                Change::Create { category, priority, team, assignee, requester_proven, .. } => {
                    row.category = Some(category.as_deref().unwrap_or_default());
                    row.priority = Some(priority.as_str());
                    row.team = Some(team.as_deref().unwrap_or_default());
                    row.assignee = Some(assignee.as_deref().unwrap_or_default());
                    row.requester_proven = Some(*requester_proven);
                }
                Change::State(state) => row.state = Some(*state),
                Change::Category(category) => row.category = Some(category.as_deref().unwrap_or_default()),
                Change::Priority(priority) => row.priority = Some(priority.as_str()),
                Change::Team(team) => row.team = Some(team.as_deref().unwrap_or_default()),
                Change::Assignee(assignee) => row.assignee = Some(assignee.as_deref().unwrap_or_default()),
                Change::RequesterProven(proven) => row.requester_proven = Some(*proven),
                Change::Facts(matter) => row.facts = Some(matter),
                Change::Requester(_) => row.requester_proven = Some(false),
                Change::FirstResponse(at) => row.first_response_at = Some(*at),
                Change::Event { kind, actor, content } => row.events.push(NewEvent { kind, actor, content }),
                // Rows of their own, written once the ticket is there.
                Change::Message { .. }
                | Change::Forwarded { .. }
                | Change::Participant(_)
                | Change::Join(_)
                | Change::Leave(_)
                | Change::Proposed(_)
                | Change::Marks { .. }
                | Change::Merge { .. }
                | Change::StartTimer { .. }
                | Change::StopTimer(_)
                | Change::UseConfirmation(_)
                | Change::HintConfirmation(_)
                | Change::OpenPeriod { .. }
                | Change::EndPeriod(_)
                | Change::AnswerChallenge { .. }
                | Change::Bounced { .. }
                | Change::Correction { .. }
                | Change::Suppress { .. }
                | Change::Release(_) => {}
            }
        }
        row
    }
}

impl Window {
    /// All changes, events, the ledger's outcome and the facts. Returns the ticket's number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`]: the ticket changed since it was read, the confirmation is used up, or a mail of the same
    /// identity is on a ticket already; gather again. [`StoreError::Refused`]: the decision cannot be carried out as it
    /// stands. Else temporary trouble. After an error the caller goes back to the savepoint.
    pub async fn apply(&mut self, application: &Application<'_>) -> Result<Option<TicketId>> {
        let changes = &application.decision.changes;
        let ticket = match application.decision.ticket {
            None => None,
            Some(TicketRef::New) => Some(self.create(application).await?),
            Some(TicketRef::Existing(id, version)) => {
                if !changes.is_empty() {
                    self.change(id, version, changes, application.now).await?;
                }
                Some(id)
            }
        };
        for change in changes {
            self.add(application, ticket, change).await?;
            if let Change::Merge { into, version, changes } = change {
                self.change(*into, *version, changes, application.now).await?;
                for change in changes {
                    self.add(application, Some(*into), change).await?;
                }
            }
        }
        if let Some(raw) = application.raw {
            self.decide(raw, ticket, application).await?;
        }
        self.store_facts(ticket, application).await?;
        Ok(ticket)
    }

    async fn create(&mut self, application: &Application<'_>) -> Result<TicketId> {
        let changes = &application.decision.changes;
        let Some(Change::Create {
            subject,
            requester,
            language,
            tags,
            created_at,
            first_response_due_at,
            linked_to,
            ..
        }) = changes.first()
        else {
            return Err(StoreError::Refused("a new ticket without its creation".into()));
        };
        let number: i64 =
            query_scalar("UPDATE counter SET value = value + 1 WHERE name = 'ticket' RETURNING value")
                .fetch_one(&mut *self.tx)
                .await
                .context("numbering a ticket")?;
        let id = TicketId(number);
        let row = Row::of(changes);
        let chain = events::chain(id, Head::start(), &row.events, application.now);
        let state = row.state.unwrap_or_default();
        query(CREATE)
            .bind(id.0)
            .bind(clean(application.mailbox))
            .bind(state.as_str())
            .bind(clean(subject))
            .bind(clean(language))
            .bind(row.category.map(clean).unwrap_or_default())
            .bind(row.priority.unwrap_or("normal"))
            .bind(row.team.map(clean).unwrap_or_default())
            .bind(row.assignee.map(clean).unwrap_or_default())
            .bind(json(tags)?)
            .bind(requester.0)
            .bind(i64::from(row.requester_proven.unwrap_or_default()))
            .bind(linked_to.map(|linked| linked.0))
            .bind(row.first_response_at.map(micros))
            .bind(first_response_due_at.map(micros))
            .bind((state == State::Closed).then(|| micros(application.now)))
            .bind(micros(*created_at))
            .bind(micros(application.now))
            .bind(chain.head.seq)
            .bind(chain.head.hash.clone())
            .bind(row.facts.map(json).transpose()?.unwrap_or_else(|| "{}".to_owned()))
            .execute(&mut *self.tx)
            .await
            .context("creating a ticket")?;
        chain.insert(&mut self.tx).await?;
        self.add_participant(id, *requester, application.now).await?;
        Ok(id)
    }

    pub(super) async fn change(
        &mut self,
        id: TicketId,
        version: i64,
        changes: &[Change],
        now: Timestamp,
    ) -> Result<()> {
        let row = Row::of(changes);
        let (stored, head) = read_head(&mut self.tx, id).await?.ok_or(StoreError::Conflict(id))?;
        if stored != version {
            return Err(StoreError::Conflict(id));
        }
        let chain = events::chain(id, head, &row.events, now);
        let done = query(CHANGE)
            .bind(id.0)
            .bind(version)
            .bind(micros(now))
            .bind(chain.head.seq)
            .bind(chain.head.hash.clone())
            .bind(row.state.map(State::as_str))
            .bind(row.category.map(clean))
            .bind(row.priority)
            .bind(row.team.map(clean))
            .bind(row.assignee.map(clean))
            .bind(row.requester_proven.map(i64::from))
            .bind(row.first_response_at.map(micros))
            .bind(row.facts.map(json).transpose()?)
            .execute(&mut *self.tx)
            .await
            .context("changing a ticket")?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict(id));
        }
        chain.insert(&mut self.tx).await
    }

    /// The changes that are rows of their own.
    async fn add(
        &mut self,
        application: &Application<'_>,
        ticket: Option<TicketId>,
        change: &Change,
    ) -> Result<()> {
        let now = application.now;
        let on = || ticket.ok_or_else(|| StoreError::Refused("a change of a ticket without a ticket".into()));
        match change {
            Change::Message { kind, author, text } => {
                self.add_message(application, on()?, *kind, *author, text, true).await
            }
            Change::Forwarded { author, text } => {
                self.add_message(application, on()?, MessageKind::Client, *author, text, false).await
            }
            Change::Join(_) | Change::Leave(_) | Change::Requester(_) | Change::Proposed(_) => {
                self.change_people(on()?, change, now).await
            }
            Change::Marks { scope, marks } => self.add_marks(on()?, scope, marks, now).await,
            Change::Merge { into, .. } => self.set_merged(on()?, *into).await,
            Change::Participant(person) => self.add_participant(on()?, *person, now).await,
            Change::StartTimer { kind, due_at } => self.start_timer(on()?, *kind, *due_at).await,
            Change::StopTimer(kind) => self.stop_timer(on()?, *kind, now).await,
            Change::UseConfirmation(id) => self.use_confirmation(*id, ticket, now).await,
            Change::HintConfirmation(id) => self.hint_confirmation(*id, now).await,
            Change::OpenPeriod { agent, until, confirmation } => {
                self.open_period(agent, *until, *confirmation, now).await
            }
            Change::EndPeriod(agent) => self.end_period(agent, now).await,
            Change::AnswerChallenge { id, proof } => self.answer_challenge(*id, &json(proof)?, now).await,
            Change::Bounced { outbox, evidence, hard, status, diagnostic, told } => {
                let status = Some(status.clone()).filter(|status| !status.is_empty());
                let bounced = Bounced { at: now, hard: *hard, status, diagnostic: diagnostic.clone() };
                self.add_bounce(*outbox, application.raw, *evidence, &bounced, *told).await
            }
            Change::Correction { before, category, by } => {
                self.add_correction(on()?, before.as_deref(), category, *by, now).await
            }
            Change::Suppress { person, why } => self.suppress(*person, why, now).await,
            Change::Release(person) => self.let_through(*person, now).await,
            Change::Create { .. }
            | Change::State(_)
            | Change::Category(_)
            | Change::Priority(_)
            | Change::Team(_)
            | Change::Assignee(_)
            | Change::RequesterProven(_)
            | Change::FirstResponse(_)
            | Change::Facts(_)
            | Change::Event { .. } => on().map(|_| ()),
        }
    }

    /// `shown`: the author knows the mail's Message-ID and references, so that answers may name them. By its hash it is found in
    /// any case.
    async fn add_message(
        &mut self,
        application: &Application<'_>,
        ticket: TicketId,
        kind: MessageKind,
        author: PersonId,
        text: &str,
        shown: bool,
    ) -> Result<()> {
        let (Some(raw), Some(mail)) = (application.raw, &application.mail) else {
            return Err(StoreError::Refused("a message of a ticket without its mail".into()));
        };
        let message_id = mail.message_id.unwrap_or_default();
        let row: Option<i64> = query_scalar(MESSAGE)
            .bind(ticket.0)
            .bind(raw.0)
            .bind(kind.as_str())
            .bind(author.0)
            .bind(clean(mail.identity))
            .bind(if shown { clean(message_id) } else { String::new() })
            .bind(if message_id.is_empty() { Vec::new() } else { message_id_hash(message_id) })
            .bind(if shown { json(&mail.references)? } else { "[]".to_owned() })
            .bind(mail.subject.map(clean))
            .bind(clean(text))
            .bind(micros(mail.received_at))
            .bind(micros(application.now))
            .bind(if kind == MessageKind::Client { text_hash(text) } else { None })
            .fetch_optional(&mut *self.tx)
            .await
            .context("adding a message")?;
        match row {
            Some(row) => insert_attachments(&mut self.tx, row, mail.attachments).await,
            None => Err(StoreError::Conflict(self.ticket_of_identity(mail).await?)),
        }
    }

    async fn ticket_of_identity(&mut self, mail: &AppliedMail<'_>) -> Result<TicketId> {
        query_scalar("SELECT ticket_id FROM message WHERE identity = $1 AND identity <> ''")
            .bind(clean(mail.identity))
            .fetch_one(&mut *self.tx)
            .await
            .map(TicketId)
            .context("looking for the first mail of an identity")
    }

    async fn start_timer(&mut self, ticket: TicketId, kind: TimerKind, due_at: Timestamp) -> Result<()> {
        self.news = true;
        query(
            "INSERT INTO timer (ticket_id, kind, due_at, state) VALUES ($1, $2, $3, 'waiting')
             ON CONFLICT (ticket_id, kind) DO UPDATE SET due_at = excluded.due_at, state = 'waiting', ended_at = NULL",
        )
        .bind(ticket.0)
        .bind(kind.as_str())
        .bind(micros(due_at))
        .execute(&mut *self.tx)
        .await
        .context("starting a timer")
        .map(|_| ())
    }

    async fn stop_timer(&mut self, ticket: TicketId, kind: TimerKind, now: Timestamp) -> Result<()> {
        query(
            "UPDATE timer SET state = 'stopped', ended_at = $3
             WHERE ticket_id = $1 AND kind = $2 AND state = 'waiting'",
        )
        .bind(ticket.0)
        .bind(kind.as_str())
        .bind(micros(now))
        .execute(&mut *self.tx)
        .await
        .context("stopping a timer")
        .map(|_| ())
    }

    async fn decide(
        &mut self,
        raw: RawId,
        ticket: Option<TicketId>,
        application: &Application<'_>,
    ) -> Result<()> {
        let done = query(
            "UPDATE ledger SET outcome = $2, reason = $3, ticket_id = $4, decided_at = $5
             WHERE raw_id = $1 AND outcome = 'kept'",
        )
        .bind(raw.0)
        .bind(application.decision.outcome.as_str())
        .bind(clean(&application.decision.reason))
        .bind(ticket.or(application.decision.duplicate_of).map(|ticket| ticket.0))
        .bind(micros(application.now))
        .execute(&mut *self.tx)
        .await
        .context("recording an outcome")?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Refused(format!(
                "raw message {raw} has its outcome already, or is not kept"
            )));
        }
        Ok(())
    }

    async fn store_facts(&mut self, ticket: Option<TicketId>, application: &Application<'_>) -> Result<()> {
        query(
            "INSERT INTO facts (raw_id, ticket_id, version, identity, facts, decision, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(application.raw.map(|raw| raw.0))
        .bind(ticket.map(|ticket| ticket.0))
        .bind(i64::from(FACTS_VERSION))
        .bind(application.mail.as_ref().map(|mail| clean(mail.identity)).unwrap_or_default())
        .bind(clean(&application.facts_json))
        .bind(json(application.decision)?)
        .bind(micros(application.now))
        .execute(&mut *self.tx)
        .await
        .context("storing facts")
        .map(|_| ())
    }
}

/// A ticket's version and the head of its history; `None`: no such ticket.
pub(super) async fn read_head(connection: &mut Connection, ticket: TicketId) -> Result<Option<(i64, Head)>> {
    let row: Option<(i64, i64, Vec<u8>)> =
        query_as("SELECT version, event_seq, event_hash FROM ticket WHERE id = $1")
            .bind(ticket.0)
            .fetch_optional(connection)
            .await
            .context("reading a ticket's version")?;
    row.map(|(version, seq, hash)| {
        if hash.len() == 32 {
            Ok((version, Head { seq, hash }))
        } else {
            Err(unreadable("a hash of a wrong length"))
        }
    })
    .transpose()
}

/// A message's attachments, once: the message may have its row already.
async fn insert_attachments(
    connection: &mut Connection,
    message: i64,
    attachments: &[Attachment],
) -> Result<()> {
    let mut position = 0_i64;
    for piece in attachments.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO attachment (message_row, position, name, original_name, content_type, detected_type,
                 size_bytes, sha256, inline, kind)
             VALUES {} ON CONFLICT (message_row, position) DO NOTHING",
            value_rows(piece.len(), 10)
        );
        let mut query = query(AssertSqlSafe(sql));
        for attachment in piece {
            query = query
                .bind(message)
                .bind(position)
                .bind(columns::clean(&attachment.name))
                .bind(attachment.original_name.as_deref().map(clean))
                .bind(clean(&attachment.content_type))
                .bind(attachment.detected_type.as_deref().map(clean))
                .bind(signed(attachment.size))
                .bind(clean(&attachment.sha256))
                .bind(i64::from(attachment.inline))
                .bind(attachment.kind.as_str());
            position += 1;
        }
        query.execute(&mut *connection).await.context("adding attachments")?;
    }
    Ok(())
}
