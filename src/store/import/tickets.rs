//! The tickets that a window of old mail makes and changes: a few statements for all of them.
//!
//! Invariants: numbers are given in the order of the mails; a ticket changes only from the version that the decision read; what
//! only live mail may do to a ticket (timers, confirmations, refiling) is refused, never left out.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use crate::{
    desk::{Change, Decision, PersonId, State, TicketId, TicketRef},
    store::{
        Result, StoreError, Window,
        apply::Row,
        columns::{clean, json, micros, parameters},
        engine::{Value, query_as, query_scalar},
        events::{self, Chain, Head},
        failure::{Context, unreadable},
        people, rows, similar,
    },
};

const TICKET: (&str, usize) = (
    "ticket (id, mailbox, state, subject, language, category, priority, team, assignee, tags, requester_id,
        requester_proven, linked_to, first_response_at, first_response_due_at, closed_at, created_at, updated_at,
        event_seq, event_hash, facts)",
    21,
);
/// As `CHANGE` of a live mail, for many tickets: both engines call the columns of VALUES `column1` and so on.
const CHANGE: (&str, usize) = (
    "UPDATE ticket SET version = version + 1, updated_at = v.column3, event_seq = v.column4, event_hash = v.column5,
        closed_at = CASE WHEN v.column6 IS NULL THEN closed_at WHEN v.column6 = 'closed' THEN v.column3 ELSE NULL END,
        state = COALESCE(v.column6, state), assignee = COALESCE(v.column7, assignee),
        first_response_at = COALESCE(v.column8, first_response_at), facts = COALESCE(v.column9, facts)
     FROM",
    9,
);

/// Tickets of one statement with numbered parameters, whose cost grows with the square of their number.
const TICKETS_AT_ONCE: usize = 100;

/// What becomes of one ticket.
pub(super) struct Touched {
    pub(super) ticket: TicketId,
    pub(super) made: bool,
    pub(super) version: i64,
    /// It was there, and had the version before.
    pub(super) raised: bool,
}

impl Window {
    /// Makes and changes the tickets of these decisions.
    pub(super) async fn touch(
        &mut self,
        mailbox: &str,
        decisions: &[(&Decision, Timestamp)],
        now: Timestamp,
    ) -> Result<Vec<Option<Touched>>> {
        // What only live mail does must not be left out silently.
        let foreign = |change: &Change| {
            matches!(change, Change::StartTimer { .. } | Change::StopTimer(_) | Change::UseConfirmation(_))
        };
        if decisions.iter().any(|(decision, _)| decision.changes.iter().any(foreign)) {
            return Err(StoreError::Refused("an old mail that starts or stops something".into()));
        }
        let is_new = |decision: &Decision| decision.ticket == Some(TicketRef::New);
        let new = decisions.iter().filter(|(decision, _)| is_new(decision)).count();
        let mut number = self.numbers(new).await?;
        let heads = self.heads(decisions).await?;
        let (mut made, mut changed, mut participants, mut marks, mut chains) =
            (vec![], vec![], vec![], vec![], vec![]);
        let mut touched = Vec::with_capacity(decisions.len());
        for (decision, at) in decisions {
            touched.push(match decision.ticket {
                None => None,
                Some(TicketRef::New) => {
                    number += 1;
                    let ticket = TicketId(number);
                    let new = NewTicket::of(ticket, &decision.changes, *at)?;
                    participants.extend(new.participants(*at));
                    marks.extend(new.marks(*at, now));
                    made.extend(new.values(mailbox, *at)?);
                    chains.push(new.chain);
                    Some(Touched { ticket, made: true, version: 1, raised: false })
                }
                Some(TicketRef::Existing(ticket, version)) if decision.changes.is_empty() => {
                    Some(Touched { ticket, made: false, version, raised: false })
                }
                Some(TicketRef::Existing(ticket, version)) => {
                    let head = heads.get(&ticket.0).filter(|(stored, _)| *stored == version);
                    let (_, head) = head.ok_or(StoreError::Conflict(ticket))?;
                    let row = Row::of(&decision.changes);
                    let chain = events::chain(ticket, head.clone(), &row.events, *at);
                    changed.extend(change_values(ticket, version, &row, &chain, *at)?);
                    chains.push(chain);
                    Some(Touched { ticket, made: false, version: version + 1, raised: true })
                }
            });
        }
        rows::insert(&mut self.tx, TICKET, "", made, "creating tickets").await?;
        let expected = changed.len() / CHANGE.1;
        let behind = "AS v WHERE ticket.id = v.column1 AND ticket.version = v.column2";
        let done = rows::update(&mut self.tx, CHANGE, behind, changed, "changing tickets").await?;
        if usize::try_from(done) != Ok(expected) {
            return Err(StoreError::Conflict(TicketId::default()));
        }
        let into = ("participant (ticket_id, person_id, position, added_at)", 4);
        rows::insert(&mut self.tx, into, "", participants, "adding participants").await?;
        rows::insert(&mut self.tx, people::MARK, "ON CONFLICT DO NOTHING", marks, "marking tickets").await?;
        events::insert(&mut self.tx, chains).await?;
        Ok(touched)
    }

    /// Version and newest event of the tickets that these decisions change.
    async fn heads(&mut self, decisions: &[(&Decision, Timestamp)]) -> Result<HashMap<i64, (i64, Head)>> {
        let ids: Vec<i64> = decisions
            .iter()
            .filter_map(|(decision, _)| match decision.ticket {
                Some(TicketRef::Existing(ticket, _)) => Some(ticket.0),
                Some(TicketRef::New) | None => None,
            })
            .collect();
        let mut heads = HashMap::new();
        for piece in ids.chunks(TICKETS_AT_ONCE) {
            let sql = format!(
                "SELECT id, version, event_seq, event_hash FROM ticket WHERE id IN ({})",
                parameters(1, piece.len())
            );
            let mut query = query_as::<(i64, i64, i64, Vec<u8>)>(AssertSqlSafe(sql));
            for id in piece {
                query = query.bind(*id);
            }
            let found = query.fetch_all(&mut *self.tx).await.context("reading tickets' versions")?;
            heads.extend(
                found.into_iter().map(|(id, version, seq, hash)| (id, (version, Head { seq, hash }))),
            );
        }
        Ok(heads)
    }

    /// The number behind which `count` numbers are free.
    async fn numbers(&mut self, count: usize) -> Result<i64> {
        if count == 0 {
            return Ok(0);
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let last: i64 =
            query_scalar("UPDATE counter SET value = value + $1 WHERE name = 'ticket' RETURNING value")
                .bind(count)
                .fetch_one(&mut *self.tx)
                .await
                .context("numbering tickets")?;
        Ok(last - count)
    }
}

/// What an old mail changes of a ticket that is there.
fn change_values<'v>(
    ticket: TicketId,
    version: i64,
    row: &Row<'_>,
    chain: &Chain,
    at: Timestamp,
) -> Result<[Value<'v>; CHANGE.1]> {
    // Decisions on old mail leave the rest alone; one that does not must not be half carried out.
    if row.category.is_some()
        || row.priority.is_some()
        || row.team.is_some()
        || row.requester_proven.is_some()
    {
        return Err(StoreError::Refused("an old mail that refiles its ticket".into()));
    }
    Ok([
        Value::from(ticket.0),
        Value::from(version),
        Value::from(micros(at)),
        Value::from(chain.head.seq),
        Value::from(chain.head.hash.clone()),
        Value::from(row.state.map(State::as_str)),
        Value::from(row.assignee.map(clean)),
        Value::from(row.first_response_at.map(micros)),
        Value::from(row.facts.map(json).transpose()?),
    ])
}

/// A ticket that a decision makes, before it is written.
struct NewTicket<'a> {
    id: TicketId,
    create: &'a Change,
    changes: &'a [Change],
    row: Row<'a>,
    people: Vec<PersonId>,
    chain: Chain,
}

impl<'a> NewTicket<'a> {
    fn of(id: TicketId, changes: &'a [Change], at: Timestamp) -> Result<Self> {
        let (Some(create), row) = (changes.first(), Row::of(changes)) else {
            return Err(StoreError::Refused("a new ticket without its creation".into()));
        };
        let mut people = Vec::new();
        for change in changes {
            if let Change::Create { requester: person, .. } | Change::Participant(person) = change
                && !people.contains(person)
            {
                people.push(*person);
            }
        }
        let chain = events::chain(id, Head::start(), &row.events, at);
        Ok(Self { id, create, changes, row, people, chain })
    }

    fn participants<'v>(&self, at: Timestamp) -> Vec<Value<'v>> {
        let people = self.people.iter().zip(0_i64..);
        people
            .flat_map(|(person, position)| {
                [
                    Value::from(self.id.0),
                    Value::from(person.0),
                    Value::from(position),
                    Value::from(micros(at)),
                ]
            })
            .collect()
    }

    /// Those by which a later mail still finds it.
    fn marks<'v>(&self, at: Timestamp, now: Timestamp) -> Vec<Value<'v>> {
        let mut values = Vec::new();
        for change in self.changes {
            if let Change::Marks { scope, marks } = change
                && similar::can_be_found(scope, at, now)
            {
                values.extend(marks.iter().flat_map(|mark| people::mark_values(self.id, scope, *mark, at)));
            }
        }
        values
    }

    fn values<'v>(&self, mailbox: &str, at: Timestamp) -> Result<[Value<'v>; TICKET.1]> {
        let Change::Create {
            subject,
            requester,
            language,
            tags,
            created_at,
            first_response_due_at,
            linked_to,
            ..
        } = self.create
        else {
            return Err(unreadable("a new ticket without its creation"));
        };
        let row = &self.row;
        let state = row.state.unwrap_or_default();
        Ok([
            Value::from(self.id.0),
            Value::from(clean(mailbox)),
            Value::from(state.as_str()),
            Value::from(clean(subject)),
            Value::from(clean(language)),
            Value::from(row.category.map(clean).unwrap_or_default()),
            Value::from(row.priority.unwrap_or("normal").to_owned()),
            Value::from(row.team.map(clean).unwrap_or_default()),
            Value::from(row.assignee.map(clean).unwrap_or_default()),
            Value::from(json(tags)?),
            Value::from(requester.0),
            Value::from(i64::from(row.requester_proven.unwrap_or_default())),
            Value::from(linked_to.map(|linked| linked.0)),
            Value::from(row.first_response_at.map(micros)),
            Value::from(first_response_due_at.map(micros)),
            Value::from((state == State::Closed).then(|| micros(at))),
            Value::from(micros(*created_at)),
            Value::from(micros(at)),
            Value::from(self.chain.head.seq),
            Value::from(self.chain.head.hash.clone()),
            Value::from(row.facts.map(json).transpose()?.unwrap_or_else(|| "{}".to_owned())),
        ])
    }
}
