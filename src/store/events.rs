//! A ticket's history: a chain of salted hashes, only ever added to.
//!
//! `content_hash = SHA-256(salt ‖ actor ‖ 0x00 ‖ content)` and `hash = SHA-256(prev ‖ ticket ‖ seq ‖ at ‖ kind ‖
//! content_hash)`, numbers as eight bytes, big-endian; the first `prev` is 32 zero bytes. Actor, content and salt can be
//! emptied (a person is forgotten): the chain of hashes still agrees, and nobody can guess what stood there.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::{
    EventRow, Result,
    columns::{clean, count_u32, instant, micros, parameters},
    engine::{Connection, Value, query_as},
    failure::Context,
    rows,
};
use crate::{
    desk::{EventBrief, TicketId},
    edge,
};

/// Events that a decision sees of a ticket.
const BRIEF: i64 = 3;
const SALT_BYTES: usize = 16;

/// The newest link of a ticket's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) seq: i64,
    pub(super) hash: Vec<u8>,
}

impl Head {
    /// Of a ticket without events.
    pub(super) fn start() -> Self {
        Self { seq: 0, hash: vec![0; 32] }
    }
}

/// A line to be added.
pub(super) struct NewEvent<'a> {
    pub(super) kind: &'a str,
    pub(super) actor: &'a str,
    pub(super) content: &'a str,
}

/// A stored line.
#[derive(sqlx::FromRow)]
struct Link {
    seq: i64,
    at: i64,
    kind: String,
    content_hash: Vec<u8>,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
    actor: String,
    content: String,
    salt: Vec<u8>,
}

impl Link {
    /// The line that follows `head`.
    fn behind(head: &Head, ticket: TicketId, at: i64, event: &NewEvent<'_>) -> Self {
        let salt = edge::random::<SALT_BYTES>().to_vec();
        let (kind, actor, content) = (clean(event.kind), clean(event.actor), clean(event.content));
        let content_hash = hash_content(&salt, &actor, &content);
        let mut link = Self {
            seq: head.seq + 1,
            at,
            kind,
            content_hash,
            prev_hash: head.hash.clone(),
            hash: Vec::new(),
            actor,
            content,
            salt,
        };
        link.hash = link.chained(ticket);
        link
    }

    fn chained(&self, ticket: TicketId) -> Vec<u8> {
        Sha256::new()
            .chain_update(&self.prev_hash)
            .chain_update(ticket.0.to_be_bytes())
            .chain_update(self.seq.to_be_bytes())
            .chain_update(self.at.to_be_bytes())
            .chain_update(self.kind.as_bytes())
            .chain_update(&self.content_hash)
            .finalize()
            .to_vec()
    }

    fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash.clone() }
    }

    fn erased(&self) -> bool {
        self.salt.is_empty() && self.content.is_empty() && self.actor.is_empty()
    }

    fn follows(&self, head: &Head, ticket: TicketId) -> bool {
        self.seq == head.seq + 1
            && self.prev_hash == head.hash
            && self.hash == self.chained(ticket)
            && (self.erased() || self.content_hash == hash_content(&self.salt, &self.actor, &self.content))
    }
}

fn hash_content(salt: &[u8], actor: &str, content: &str) -> Vec<u8> {
    Sha256::new()
        .chain_update(salt)
        .chain_update(actor.as_bytes())
        .chain_update([0])
        .chain_update(content.as_bytes())
        .finalize()
        .to_vec()
}

/// Lines that follow a head, made but not yet written.
pub(super) struct Chain {
    ticket: TicketId,
    links: Vec<Link>,
    /// What the ticket's row says once they are written.
    pub(super) head: Head,
}

/// Links `events` behind `head`.
pub(super) fn chain(ticket: TicketId, head: Head, events: &[NewEvent<'_>], now: Timestamp) -> Chain {
    let mut chain = Chain { ticket, links: Vec::with_capacity(events.len()), head };
    for event in events {
        let link = Link::behind(&chain.head, ticket, micros(now), event);
        chain.head = link.head();
        chain.links.push(link);
    }
    chain
}

impl Chain {
    /// Writes the lines. The caller writes [`Chain::head`] into the ticket's row.
    pub(super) async fn insert(self, connection: &mut Connection) -> Result<()> {
        insert(connection, vec![self]).await
    }
}

/// Writes the lines of several tickets; see [`Chain::insert`].
pub(super) async fn insert(connection: &mut Connection, chains: Vec<Chain>) -> Result<()> {
    let values = chains
        .into_iter()
        .flat_map(|chain| chain.links.into_iter().map(move |link| (chain.ticket, link)))
        .flat_map(|(ticket, link)| {
            [
                Value::from(ticket.0),
                Value::from(link.seq),
                Value::from(link.at),
                Value::from(link.kind),
                Value::from(link.content_hash),
                Value::from(link.prev_hash),
                Value::from(link.hash),
                Value::from(link.actor),
                Value::from(link.content),
                Value::from(link.salt),
            ]
        })
        .collect();
    let into = ("event (ticket_id, seq, at, kind, content_hash, prev_hash, hash, actor, content, salt)", 10);
    rows::insert(connection, into, "", values, "adding to a ticket's history").await
}

/// The last lines of each of these tickets, oldest first.
pub(super) async fn newest(
    connection: &mut Connection,
    tickets: &[i64],
) -> Result<Vec<(TicketId, EventBrief)>> {
    let sql = format!(
        "SELECT e.ticket_id, e.at, e.actor, e.kind, e.content FROM ticket t
         JOIN event e ON e.ticket_id = t.id AND e.seq > t.event_seq - $1
         WHERE t.id IN ({}) ORDER BY e.ticket_id, e.seq",
        parameters(2, tickets.len())
    );
    let mut query = query_as(AssertSqlSafe(sql)).bind(BRIEF);
    for ticket in tickets {
        query = query.bind(*ticket);
    }
    let rows: Vec<(i64, i64, String, String, String)> =
        query.fetch_all(connection).await.context("reading a ticket's history")?;
    rows.into_iter()
        .map(|(ticket, at, actor, kind, detail)| {
            Ok((TicketId(ticket), EventBrief { at: instant(at)?, actor, kind, detail }))
        })
        .collect()
}

/// All lines of a ticket, and whether the chain holds from its start to `head`.
pub(super) async fn all(
    connection: &mut Connection,
    ticket: TicketId,
    head: &Head,
) -> Result<(Vec<EventRow>, bool)> {
    let links: Vec<Link> = query_as(
        "SELECT seq, at, kind, content_hash, prev_hash, hash, actor, content, salt FROM event
         WHERE ticket_id = $1 ORDER BY seq",
    )
    .bind(ticket.0)
    .fetch_all(connection)
    .await
    .context("reading a ticket's history")?;
    let mut last = Head::start();
    let mut intact = true;
    for link in &links {
        intact &= link.follows(&last, ticket);
        last = link.head();
    }
    intact &= last == *head;
    let rows = links
        .into_iter()
        .map(|link| {
            Ok(EventRow {
                seq: count_u32(link.seq),
                at: instant(link.at)?,
                actor: link.actor,
                kind: link.kind,
                detail: link.content,
                hash: data_encoding::HEXLOWER.encode(&link.hash),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok((rows, intact))
}
