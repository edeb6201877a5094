//! A store of its own for each scenario, and short ways to the usual rows.

use std::{future::Future, sync::Arc};

use jiff::Timestamp;
use maildesk::{
    desk::{
        Change, Decision, MessageKind, Outcome, PersonFacts, PersonId, Priority, RawId, TicketFacts,
        TicketId, TicketRef,
    },
    mail::{Address, Attachment, compose::Outgoing},
    store::{
        Application, AppliedMail, FolderKey, Keep, NewOutbox, OutboxKind, Result, Store, StoreError, Window,
    },
};
use maildesk_lab::{availability, postgres::Postgres};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// An engine that the contract holds for. A new one is one more line in [`ENGINES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// Runs a scenario on each engine, on a new store.
pub fn each_engine<F, Scenario>(scenario: F)
where
    F: Fn(House) -> Scenario,
    Scenario: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for engine in ENGINES {
        if matches!(engine, Engine::Postgres) && !availability::postgres() {
            continue;
        }
        runtime.block_on(async {
            let house = House::new(engine).await;
            // A scenario that names only `house.store` captures nothing else: the folder must outlive it all the same.
            let folder = Arc::clone(&house.dir);
            scenario(house).await;
            drop(folder);
        });
    }
}

pub struct House {
    pub engine: Engine,
    pub store: Store,
    pub url: String,
    pub dir: Arc<TempDir>,
}

/// How long an event may take to come.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// Seconds after a fixed day.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_600_000 + seconds).unwrap()
}

pub fn key() -> FolderKey {
    FolderKey { mailbox: "support".into(), folder: "INBOX".into(), uid_validity: 7 }
}

pub fn keep(uid: u32) -> Keep {
    Keep {
        uid,
        received_at: at(i64::from(uid)),
        bytes: format!("Subject: {uid}\r\n\r\nhello").into_bytes().into(),
        oversized_bytes: None,
    }
}

/// A mail as reading would describe it.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    pub identity: String,
    pub message_id: Option<String>,
    pub references: Vec<String>,
    pub subject: Option<String>,
    pub attachments: Vec<Attachment>,
}

impl Mail {
    pub fn named(identity: &str) -> Self {
        Self {
            identity: identity.into(),
            message_id: Some(format!("{identity}@client.example")),
            subject: Some(format!("About {identity}")),
            ..Self::default()
        }
    }

    fn applied(&self) -> AppliedMail<'_> {
        AppliedMail {
            identity: &self.identity,
            message_id: self.message_id.as_deref(),
            references: &self.references,
            subject: self.subject.as_deref(),
            attachments: &self.attachments,
            received_at: at(0),
        }
    }
}

pub fn event(kind: &str, content: &str) -> Change {
    Change::Event { kind: kind.into(), actor: "maildesk".into(), content: content.into() }
}

pub fn message(kind: MessageKind, author: PersonId) -> Change {
    Change::Message { kind, author, text: "It does not work.".into() }
}

pub fn create(requester: PersonId) -> Change {
    Change::Create {
        subject: "Login fails".into(),
        requester,
        requester_proven: true,
        language: "en".into(),
        category: Some("technical".into()),
        priority: Priority::High,
        team: Some("tech".into()),
        assignee: None,
        tags: vec!["vip".into()],
        created_at: at(0),
        first_response_due_at: Some(at(3600)),
        linked_to: None,
    }
}

/// A decision that makes a mail a new ticket of this person.
pub fn new_ticket(requester: PersonId) -> Decision {
    Decision {
        outcome: Outcome::Ticket,
        reason: "a new ticket".into(),
        ticket: Some(TicketRef::New),
        changes: vec![
            create(requester),
            message(MessageKind::Client, requester),
            event("created", "by mail"),
        ],
        ..Decision::default()
    }
}

/// A decision that changes a ticket.
pub fn changing(ticket: &TicketFacts, changes: Vec<Change>) -> Decision {
    Decision {
        outcome: Outcome::Ticket,
        reason: "an answer".into(),
        ticket: Some(TicketRef::Existing(ticket.id, ticket.version)),
        changes,
        ..Decision::default()
    }
}

pub fn ignored(reason: &str) -> Decision {
    Decision { outcome: Outcome::Ignored, reason: reason.into(), ..Decision::default() }
}

pub fn held() -> Decision {
    Decision { outcome: Outcome::Held, reason: "waits for a confirmation".into(), ..Decision::default() }
}

/// An outgoing mail.
pub fn outgoing(kind: OutboxKind, recipient: &str, message_id: &str) -> NewOutbox {
    NewOutbox {
        mailbox: "support".into(),
        kind,
        ticket: None,
        to_agent: !matches!(kind, OutboxKind::Reply | OutboxKind::Acknowledgement),
        automatic: kind != OutboxKind::Reply,
        recipient: recipient.into(),
        envelope_from: None,
        mail: Outgoing {
            from: Address { name: Some("Support".into()), address: "support@example.com".into() },
            to: vec![Address { name: None, address: recipient.into() }],
            subject: "We have your mail".into(),
            message_id: message_id.into(),
            text: "Thank you.".into(),
            ..Outgoing::default()
        },
        files: Vec::new(),
        shadow: false,
        confirmation: None,
    }
}

/// Applies in this window.
pub async fn apply(
    window: &mut Window,
    raw: Option<RawId>,
    mail: Option<&Mail>,
    decision: &Decision,
    now: Timestamp,
) -> Result<Option<TicketId>> {
    window
        .apply(&Application {
            mailbox: "support",
            raw,
            mail: mail.map(Mail::applied),
            decision,
            facts_json: "{\"mail\":{}}".into(),
            now,
        })
        .await
}

pub fn conflict_on(result: Result<Option<TicketId>>) -> TicketId {
    match result {
        Err(StoreError::Conflict(ticket)) => ticket,
        other => panic!("no conflict: {other:?}"),
    }
}

impl House {
    async fn new(engine: Engine) -> Self {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let url = match engine {
            Engine::Sqlite => format!("sqlite://{}", dir.path().join("maildesk.db").display()),
            Engine::Postgres => Postgres::shared().database().unwrap(),
        };
        let store = Store::open(&url).await.unwrap();
        Self { engine, store, url, dir }
    }

    /// Closes, and opens what is on the disk.
    pub async fn reopen(&mut self) {
        self.store.close().await;
        self.store = Store::open(&self.url).await.unwrap();
    }

    /// Somebody else at the same data, past the store.
    pub async fn tamper(&self, sql: &'static str) -> u64 {
        match self.engine {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut connection).await.unwrap();
                let done = sqlx::query(sql).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                done.rows_affected()
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(&self.url).await.unwrap();
                // Foreign keys are triggers, which a replica does not run.
                sqlx::query("SET session_replication_role = replica").execute(&mut connection).await.unwrap();
                let done = sqlx::query(sql).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                done.rows_affected()
            }
        }
    }

    /// One number, read past the store.
    pub async fn number(&self, sql: &'static str) -> i64 {
        match self.engine {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
        }
    }

    /// Begins the folder and keeps these UIDs.
    pub async fn keep(&self, uids: &[u32]) -> Vec<RawId> {
        self.store.begin_folder(&key(), 0, at(0)).await.unwrap();
        let window: Vec<Keep> = uids.iter().copied().map(keep).collect();
        self.store.keep(&key(), &window, at(1)).await.unwrap().into_iter().map(|(_, raw)| raw).collect()
    }

    pub async fn person(&self, address: &str) -> PersonFacts {
        let mut window = self.store.window().await.unwrap();
        let person = window.person(address, None, at(0)).await.unwrap();
        window.commit().await.unwrap();
        person
    }

    /// Applies a decision in a window of its own.
    pub async fn decide(
        &self,
        raw: Option<RawId>,
        mail: Option<&Mail>,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Option<TicketId>> {
        let mut window = self.store.window().await.unwrap();
        let ticket = apply(&mut window, raw, mail, decision, now).await?;
        window.commit().await.unwrap();
        Ok(ticket)
    }

    /// A ticket of `client@client.example`, made from the mail with this UID.
    pub async fn ticket(&self, uid: u32, identity: &str) -> TicketId {
        let raw = self.keep(&[uid]).await[0];
        let client = self.person("client@client.example").await;
        self.decide(Some(raw), Some(&Mail::named(identity)), &new_ticket(client.id), at(10))
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn facts(&self, ticket: TicketId, now: Timestamp) -> TicketFacts {
        let mut window = self.store.window().await.unwrap();
        window.ticket_facts(&[ticket], now).await.unwrap().remove(0)
    }

    pub async fn enqueue(&self, mails: &[NewOutbox], now: Timestamp) -> Vec<maildesk::desk::OutboxId> {
        let mut window = self.store.window().await.unwrap();
        let ids = window.enqueue(mails, now).await.unwrap();
        window.commit().await.unwrap();
        ids
    }
}
