//! The outbox worker over a real store and a scripted server.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use maildesk::{
    config::{After, MailboxConfig, Mode, Sent, ServerConfig, SmtpConfig, Start, Tls},
    desk::{FileRef, OutboxId, RawId},
    edge,
    mail::{Address, compose::Outgoing},
    outbox::{OutboxHealth, OutboxWorker},
    store::{NewOutbox, OutboxBrief, OutboxKind, OutboxState, Store},
};
use maildesk_lab::scripted_smtp::{Act, Received, ScriptedSmtp, Stage, When};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{deadlines, server_config};

const MAILBOX: &str = "support";
const PATIENCE: Duration = Duration::from_secs(60);

/// A store in a folder of its own, and at times a worker on it.
struct Desk {
    store: Store,
    smtp: SmtpConfig,
    wake: Arc<Notify>,
    folder: TempDir,
}

struct Running {
    task: JoinHandle<()>,
    stop: CancellationToken,
    health: mpsc::UnboundedReceiver<OutboxHealth>,
}

impl Running {
    async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
    }

    async fn next_health(&mut self) -> OutboxHealth {
        tokio::time::timeout(PATIENCE, self.health.recv()).await.unwrap().unwrap()
    }
}

impl Desk {
    async fn new(server: &ScriptedSmtp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/desk.db", folder.path().display())).await.unwrap();
        let smtp = SmtpConfig {
            server: server_config(server, Tls::None),
            per_minute: None,
            per_day: None,
            plain_envelope: false,
        };
        Self { store, smtp, wake: Arc::new(Notify::new()), folder }
    }

    /// Another connection to the same store.
    async fn beside(&self) -> SqliteConnection {
        let file = self.folder.path().join("desk.db");
        SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap()
    }

    fn start(&self) -> Running {
        let unused = ServerConfig { host: "127.0.0.1".to_owned(), port: 1, ..self.smtp.server.clone() };
        let mailbox = MailboxConfig {
            name: MAILBOX.to_owned(),
            address: "support@desk.test".to_owned(),
            folders: vec!["INBOX".to_owned()],
            start: Start::Now,
            mode: Mode::Live,
            after: After::Keep,
            sent: Sent::OFF,
            sent_folder: None,
            poll: "* * * * *".to_owned(),
            imap: unused,
            smtp: self.smtp.clone(),
        };
        let (stop, (told, health)) = (CancellationToken::new(), mpsc::unbounded_channel());
        let tell = move |health| drop(told.send(health));
        let worker = OutboxWorker::new(
            self.store.clone(),
            Arc::new(mailbox),
            Arc::clone(&self.wake),
            stop.clone(),
            tell,
        );
        Running { task: tokio::spawn(worker.with_deadlines(deadlines()).run()), stop, health }
    }

    async fn queue(&self, mails: Vec<NewOutbox>) -> Vec<OutboxId> {
        let mut window = self.store.window().await.unwrap();
        let ids = window.enqueue(&mails, edge::now()).await.unwrap();
        window.commit().await.unwrap();
        self.wake.notify_one();
        ids
    }

    async fn row(&self, id: OutboxId) -> OutboxBrief {
        self.store.outbox(None, 1000).await.unwrap().into_iter().find(|row| row.id == id).unwrap()
    }

    /// The row once it is in this state.
    async fn until(&self, id: OutboxId, state: OutboxState) -> OutboxBrief {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let row = self.row(id).await;
                if row.state == state {
                    return row;
                }
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        });
        match waited.await {
            Ok(row) => row,
            Err(_) => panic!("not {state:?}: {:?}", self.row(id).await),
        }
    }

    async fn retry(&self, id: OutboxId) {
        assert!(self.store.outbox_retry(id, edge::now()).await.unwrap());
        self.wake.notify_one();
    }
}

fn mail(n: u32) -> NewOutbox {
    let recipient = format!("client{n}@client.test");
    NewOutbox {
        mailbox: MAILBOX.to_owned(),
        kind: OutboxKind::Reply,
        ticket: None,
        to_agent: false,
        automatic: false,
        mail: Outgoing {
            from: Address { name: Some("Support".to_owned()), address: "support@desk.test".to_owned() },
            to: vec![Address { name: None, address: recipient.clone() }],
            subject: format!("Answer {n}"),
            message_id: format!("{n}@desk.test"),
            date: Timestamp::UNIX_EPOCH,
            text: ".\nHello.\n".to_owned(),
            ..Outgoing::default()
        },
        recipient,
        envelope_from: Some("support@desk.test".to_owned()),
        files: Vec::new(),
        shadow: false,
        confirmation: None,
    }
}

/// The instant `next_at` lies about `minutes` after now.
fn about(next_at: Option<Timestamp>, minutes: i64) -> bool {
    let wait = next_at.unwrap().duration_since(edge::now());
    wait <= SignedDuration::from_mins(minutes) && wait > SignedDuration::from_secs(minutes * 60 - 30)
}

fn recipients(mails: &[Received]) -> Vec<&str> {
    mails.iter().map(|mail| mail.rcpt_to[0].as_str()).collect()
}

#[tokio::test]
async fn queued_mails_leave_in_their_order_over_one_connection() {
    let server = ScriptedSmtp::script().start().await;
    let desk = Desk::new(&server).await;
    let running = desk.start();
    let first = desk.queue(vec![mail(0)]).await;
    desk.until(first[0], OutboxState::Sent).await;
    let ids = desk.queue((1..60).map(mail).collect()).await;
    let received = server.wait_for(60).await;
    for id in &ids {
        let row = desk.until(*id, OutboxState::Sent).await;
        assert_eq!((row.attempts, row.next_at), (1, None));
    }
    running.stop().await;
    let expected: Vec<String> = (0..60).map(|n| format!("client{n}@client.test")).collect();
    assert_eq!(recipients(&received), expected);
    assert_eq!(server.connections(), 1);
    assert_eq!(server.commands().last().unwrap(), "QUIT");
}

#[tokio::test]
async fn a_temporary_refusal_goes_again_by_schedule_and_a_permanent_one_never() {
    let server = ScriptedSmtp::script()
        .on(Stage::Rcpt, When::Nth(1), Act::Reply("450 4.2.0 <client1@client.test> greylisted".to_owned()))
        .refuse(|recipient| recipient == "client2@client.test")
        .start()
        .await;
    let desk = Desk::new(&server).await;
    let running = desk.start();
    let ids = desk.queue(vec![mail(1), mail(2), mail(3)]).await;
    let refused = desk.until(ids[1], OutboxState::Failed).await;
    assert!(refused.detail.starts_with("550 5.1.1") && !refused.detail.contains('@'), "{}", refused.detail);
    let waiting = desk.row(ids[0]).await;
    assert_eq!(waiting.state, OutboxState::Queued);
    assert!(about(waiting.next_at, 1) && !waiting.detail.contains('@'), "{waiting:?}");
    desk.retry(ids[0]).await;
    assert_eq!(desk.until(ids[0], OutboxState::Sent).await.attempts, 2);
    running.stop().await;
    assert_eq!(recipients(&server.received()), ["client3@client.test", "client1@client.test"]);
}

#[tokio::test]
async fn after_a_lost_250_the_same_bytes_go_again() {
    let server = ScriptedSmtp::script().on(Stage::Content, When::Nth(1), Act::KeepAndDrop).start().await;
    let desk = Desk::new(&server).await;
    let running = desk.start();
    let ids = desk.queue(vec![mail(1)]).await;
    let row = desk.until(ids[0], OutboxState::Unknown).await;
    assert!(about(row.next_at, 1), "{row:?}");
    desk.retry(ids[0]).await;
    desk.until(ids[0], OutboxState::Sent).await;
    running.stop().await;
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0], received[1]);
    assert!(String::from_utf8_lossy(&received[0].data).contains("<1@desk.test>"));
}

#[tokio::test]
async fn an_outage_delays_the_mailbox_and_burns_no_attempt() {
    let server = ScriptedSmtp::script()
        .on(Stage::Banner, When::Nth(1), Act::Reply("421 busy".to_owned()))
        .start()
        .await;
    let desk = Desk::new(&server).await;
    let mut running = desk.start();
    let ids = desk.queue(vec![mail(1), mail(2)]).await;
    let trouble = running.next_health().await;
    assert!(matches!(trouble, OutboxHealth::Trouble { operators: false, .. }), "{trouble:?}");
    assert_eq!(running.next_health().await, OutboxHealth::Well);
    for id in ids {
        assert_eq!(desk.until(id, OutboxState::Sent).await.attempts, 1);
    }
    running.stop().await;
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_refused_login_leaves_the_rows_alone() {
    let server = ScriptedSmtp::script().login("desk", "right").start().await;
    let mut desk = Desk::new(&server).await;
    desk.smtp.server.user = "desk".to_owned();
    desk.smtp.server.password = "mistyped".to_owned().into();
    let mut running = desk.start();
    let ids = desk.queue(vec![mail(1)]).await;
    let trouble = running.next_health().await;
    let OutboxHealth::Trouble { words, operators: true, .. } = trouble else { panic!("{trouble:?}") };
    assert!(words.contains("login") && !words.contains("mistyped"), "{words}");
    running.stop().await;
    let row = desk.row(ids[0]).await;
    assert_eq!((row.state, row.attempts), (OutboxState::Queued, 0));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_refused_null_sender_holds_up_no_other_mail() {
    let server = ScriptedSmtp::script()
        .on(Stage::Mail, When::Nth(1), Act::Reply("553 5.7.1 null sender refused".to_owned()))
        .start()
        .await;
    let desk = Desk::new(&server).await;
    let mut running = desk.start();
    let ids = desk.queue(vec![NewOutbox { envelope_from: None, ..mail(1) }, mail(2)]).await;
    desk.until(ids[1], OutboxState::Sent).await;
    assert!(matches!(running.next_health().await, OutboxHealth::Trouble { operators: true, .. }));
    assert_eq!(desk.row(ids[0]).await.state, OutboxState::Queued);
    desk.retry(ids[0]).await;
    desk.until(ids[0], OutboxState::Sent).await;
    assert_eq!(running.next_health().await, OutboxHealth::Well);
    running.stop().await;
}

#[tokio::test]
async fn a_kept_connection_that_ended_is_opened_anew_at_once() {
    let server = ScriptedSmtp::script().on(Stage::Mail, When::Nth(2), Act::Drop).start().await;
    let desk = Desk::new(&server).await;
    let running = desk.start();
    for n in 1..=2 {
        let ids = desk.queue(vec![mail(n)]).await;
        assert_eq!(desk.until(ids[0], OutboxState::Sent).await.attempts, 1);
    }
    running.stop().await;
    assert_eq!((server.connections(), server.count()), (2, 2));
}

#[tokio::test]
async fn what_a_dead_process_left_behind_goes_again() {
    let server = ScriptedSmtp::script().start().await;
    let desk = Desk::new(&server).await;
    let ids = desk.queue(vec![mail(1)]).await;
    assert_eq!(desk.store.claim_outbox(MAILBOX, 50, edge::now()).await.unwrap().len(), 1);
    assert_eq!(desk.row(ids[0]).await.state, OutboxState::Sending);
    let running = desk.start();
    assert_eq!(desk.until(ids[0], OutboxState::Sent).await.attempts, 2);
    running.stop().await;
}

#[tokio::test]
async fn what_a_failed_round_may_have_claimed_goes_again() {
    let server = ScriptedSmtp::script().start().await;
    let desk = Desk::new(&server).await;
    let mut beside = desk.beside().await;
    let running = desk.start();
    // Nothing can be claimed. The first mail is as a commit whose answer was lost leaves it, the second makes rounds fail.
    sqlx::query("ALTER TABLE outbox_attempt RENAME TO away").execute(&mut beside).await.unwrap();
    let first = desk.queue(vec![mail(1)]).await[0];
    sqlx::query("UPDATE outbox SET state = 'sending'").execute(&mut beside).await.unwrap();
    let second = desk.queue(vec![mail(2)]).await[0];
    desk.until(first, OutboxState::Unknown).await;
    sqlx::query("ALTER TABLE away RENAME TO outbox_attempt").execute(&mut beside).await.unwrap();
    desk.until(first, OutboxState::Sent).await;
    desk.until(second, OutboxState::Sent).await;
    running.stop().await;
}

#[tokio::test]
async fn a_stop_finishes_what_is_under_way_and_gives_back_the_rest() {
    let server = ScriptedSmtp::script().on(Stage::Content, When::Nth(1), Act::KeepAndStall).start().await;
    let desk = Desk::new(&server).await;
    let ids = desk.queue(vec![mail(1), mail(2), mail(3)]).await;
    let running = desk.start();
    server.wait_for(1).await;
    running.stop().await;
    assert_eq!(desk.row(ids[0]).await.state, OutboxState::Unknown);
    for id in &ids[1..] {
        let row = desk.row(*id).await;
        assert_eq!(row.state, OutboxState::Queued);
        assert!(row.next_at.is_none_or(|at| at <= edge::now()), "due at once: {row:?}");
    }
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn limits_of_the_provider_hold() {
    let server = ScriptedSmtp::script().start().await;
    let mut desk = Desk::new(&server).await;
    desk.smtp.per_minute = Some(3);
    let ids = desk.queue((0..5).map(mail).collect()).await;
    let running = desk.start();
    server.wait_for(3).await;
    desk.until(ids[2], OutboxState::Sent).await;
    running.stop().await;
    assert_eq!(server.count(), 3);
    assert_eq!(desk.row(ids[3]).await.attempts, 0);
    assert_eq!(desk.row(ids[4]).await.attempts, 0);
}

#[tokio::test]
async fn a_mail_whose_file_is_gone_does_not_leave_without_it() {
    let server = ScriptedSmtp::script().start().await;
    let desk = Desk::new(&server).await;
    let running = desk.start();
    let files = vec![FileRef { raw: RawId(4711), index: 0 }];
    let ids = desk.queue(vec![NewOutbox { files, ..mail(1) }, mail(2)]).await;
    let row = desk.until(ids[0], OutboxState::Failed).await;
    assert!(row.detail.contains("4711"), "{}", row.detail);
    desk.until(ids[1], OutboxState::Sent).await;
    running.stop().await;
    assert_eq!(recipients(&server.received()), ["client2@client.test"]);
}

/// Refused at MAIL or, as Postfix does, at RCPT: the mail leaves at once under the mailbox's own address, and so do those after
/// it, also after a restart.
#[tokio::test]
async fn a_server_that_takes_no_bounce_address_gets_the_plain_one() {
    let words = "553 5.7.1 <support+x@desk.test>: Sender address rejected: not owned by user support";
    for stage in [Stage::Mail, Stage::Rcpt] {
        let server =
            ScriptedSmtp::script().on(stage, When::Nth(1), Act::Reply(words.to_owned())).start().await;
        let desk = Desk::new(&server).await;
        let marked = |n| NewOutbox { envelope_from: Some("support+mark@desk.test".to_owned()), ..mail(n) };
        let mut running = desk.start();
        let ids = desk.queue(vec![marked(1), marked(2)]).await;
        for id in ids {
            assert_eq!(desk.until(id, OutboxState::Sent).await.attempts, 1);
        }
        assert!(running.health.try_recv().is_err(), "that is no trouble");
        running.stop().await;
        let again = desk.start();
        let ids = desk.queue(vec![marked(3)]).await;
        desk.until(ids[0], OutboxState::Sent).await;
        again.stop().await;
        let senders: Vec<String> = server.received().into_iter().map(|mail| mail.mail_from).collect();
        assert_eq!(senders, ["support@desk.test"; 3], "{stage:?}");
        let mails = server.commands().into_iter().filter(|line| line.starts_with("MAIL")).count();
        assert_eq!(mails, 4, "the mark was tried once");
    }
}

#[tokio::test]
async fn a_refusal_of_the_mail_itself_is_not_blamed_on_the_bounce_address() {
    let server = ScriptedSmtp::script()
        .on(Stage::Content, When::UpTo(2), Act::Reply("550 5.7.1 sender is not welcome".to_owned()))
        .start()
        .await;
    let desk = Desk::new(&server).await;
    let marked = |n| NewOutbox { envelope_from: Some("support+mark@desk.test".to_owned()), ..mail(n) };
    let running = desk.start();
    let ids = desk.queue(vec![marked(1), marked(2)]).await;
    desk.until(ids[0], OutboxState::Failed).await;
    desk.until(ids[1], OutboxState::Sent).await;
    running.stop().await;
    assert_eq!(server.received()[0].mail_from, "support+mark@desk.test");
}

/// SPEC section 8: confirmations first, then replies, acknowledgements, notifications, and what can wait.
#[tokio::test]
async fn what_is_urgent_leaves_first_when_the_provider_limits_us() {
    let server = ScriptedSmtp::script().start().await;
    let mut desk = Desk::new(&server).await;
    desk.smtp.per_minute = Some(4);
    let kinds = [
        OutboxKind::Alert,
        OutboxKind::Notification,
        OutboxKind::Acknowledgement,
        OutboxKind::Reply,
        OutboxKind::Confirmation,
    ];
    let mails = (0..).zip(kinds).map(|(n, kind)| NewOutbox { kind, ..mail(n) }).collect();
    desk.queue(mails).await;
    let running = desk.start();
    let received = server.wait_for(4).await;
    running.stop().await;
    assert_eq!(
        recipients(&received),
        ["client4@client.test", "client3@client.test", "client2@client.test", "client1@client.test"]
    );
    assert_eq!(server.count(), 4);
}
