//! How long it takes to find the ticket of a mail in a desk that has many: by the Message-IDs that the mail names, with all that a
//! decision reads of the ticket, and the tickets that may be related to a new mail.
//!
//! ```sh
//! cargo bench --bench threading                        # 10,000 tickets and 50,000 mails of ours, and a tenth of that
//! cargo bench --bench threading -- --store postgres    # on a PostgreSQL of its own
//! cargo bench --bench threading -- --tickets 100000
//! ```
//!
//! Each look-up runs on a window of its own, as for a mail that comes alone; the ratio tells whether the size matters.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use maildesk::{
    desk::{Change, Decision, MessageKind, Outcome, Priority, State, TicketId, TicketRef, related, similar},
    mail::{Address, Reading, compose::Outgoing},
    store::{Application, AppliedMail, FolderKey, Keep, NewOutbox, OutboxKind, Store},
};
use maildesk_lab::postgres::Postgres;

/// What is looked up.
const NAMES: [&str; 4] = [
    "Message-IDs to tickets",
    "and all that is read of the ticket",
    "related tickets",
    "similar resolved tickets",
];
/// Words that mails are about.
const VOCABULARY: usize = 3_000;
/// Mails of ours on each ticket.
const OURS: usize = 5;
const BATCH: usize = 500;

struct Options {
    tickets: usize,
    times: usize,
    postgres: Option<Postgres>,
}

fn main() {
    let options = options();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sizes = [options.tickets / 10, options.tickets];
    let measured = sizes.map(|tickets| runtime.block_on(measure(tickets, &options)));
    for (place, name) in NAMES.iter().enumerate() {
        let [small, large] = &measured;
        println!(
            "{name}: {:.2} times as long in the larger store",
            large[place].as_secs_f64() / small[place].as_secs_f64()
        );
    }
}

fn options() -> Options {
    let mut options = Options { tickets: 10_000, times: 2_000, postgres: None };
    let mut words = std::env::args().skip(1).filter(|a| a != "--bench");
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} wants a value"));
        match word.as_str() {
            "--tickets" => options.tickets = value().parse().unwrap(),
            "--times" => options.times = value().parse().unwrap(),
            "--store" => {
                let on_postgres = value() == "postgres";
                options.postgres = on_postgres.then(|| Postgres::start_in(&std::env::temp_dir()).unwrap());
            }
            other => panic!("{other}: --tickets N, --times N or --store postgres"),
        }
    }
    options
}

fn url(folder: &Path, options: &Options) -> String {
    match &options.postgres {
        Some(cluster) => cluster.database().unwrap(),
        None => format!("sqlite://{}", folder.join("maildesk.db").display()),
    }
}

fn at(seconds: usize) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + i64::try_from(seconds).unwrap()).unwrap()
}

fn id_of_client(ticket: usize) -> String {
    format!("c{ticket}@client{}.test", ticket % 500)
}

/// 128 bits that look drawn, as ours are.
fn id_of_ours(ticket: usize, number: usize) -> String {
    let mixed = (ticket * OURS + number + 1) as u64;
    let (one, other) = (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15), mixed.wrapping_mul(0xc2b2_ae3d_27d4_eb4f));
    format!("{one:016x}{other:016x}@desk.test")
}

fn reading(ticket: usize) -> Reading {
    Reading {
        subject: Some(format!("Export {} fails", ticket % 1_000)),
        base_subject: format!("export {} fails", ticket % 1_000),
        title: format!("Export {} fails", ticket % 1_000),
        text: format!("It says E{:05}X in the log, and ORA-{:05}. {}", ticket, ticket % 97, prose(ticket)),
        ..Reading::default()
    }
}

/// Thirty words, a few of them in most mails and most of them in few, as words are (Zipf).
fn prose(ticket: usize) -> String {
    let word = |n: usize| {
        let drawn = (ticket * 31 + n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let rank = VOCABULARY * VOCABULARY / (1 + drawn % (VOCABULARY * VOCABULARY));
        let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
        format!("{}{}{}k", letter(rank), letter(rank / 26), letter(rank / 676))
    };
    (0..30).map(word).collect::<Vec<_>>().join(" ")
}

fn decision(ticket: usize, requester: maildesk::desk::PersonId, address: &str) -> Decision {
    let create = Change::Create {
        subject: format!("Export {} fails", ticket % 1_000),
        requester,
        requester_proven: true,
        language: "en".into(),
        category: Some("technical".into()),
        priority: Priority::Normal,
        team: None,
        assignee: None,
        tags: Vec::new(),
        created_at: at(ticket),
        first_response_due_at: None,
        linked_to: None,
    };
    let event =
        |kind: &str| Change::Event { kind: kind.into(), actor: "maildesk".into(), content: String::new() };
    let reading = reading(ticket);
    Decision {
        outcome: Outcome::Ticket,
        ticket: Some(TicketRef::New),
        changes: vec![
            create,
            Change::Message { kind: MessageKind::Client, author: requester, text: reading.text.clone() },
            Change::State(if ticket.is_multiple_of(10) { State::Open } else { State::Resolved }),
            Change::Marks { scope: related::scope(address), marks: related::marks(&reading) },
            Change::Marks { scope: similar::SCOPE.into(), marks: similar::marks(&reading) },
            event("created"),
            event("acknowledgement"),
            event("reply"),
        ],
        ..Decision::default()
    }
}

fn ours(ticket: TicketId, number: usize, place: usize, client: &str) -> NewOutbox {
    let kinds = [OutboxKind::Acknowledgement, OutboxKind::Notification, OutboxKind::Reply];
    let kind = kinds[number % kinds.len()];
    NewOutbox {
        mailbox: "support".into(),
        kind,
        ticket: Some(ticket),
        to_agent: kind == OutboxKind::Notification,
        automatic: kind != OutboxKind::Reply,
        recipient: client.to_owned(),
        envelope_from: None,
        mail: Outgoing {
            from: Address { name: None, address: "support@desk.test".into() },
            to: vec![Address { name: None, address: client.to_owned() }],
            message_id: id_of_ours(place, number),
            text: "Thank you for your mail; we look into it.".into(),
            ..Outgoing::default()
        },
        files: Vec::new(),
        shadow: true,
        confirmation: None,
    }
}

async fn fill(store: &Store, tickets: usize) {
    let key = FolderKey { mailbox: "support".into(), folder: "INBOX".into(), uid_validity: 1 };
    store.begin_folder(&key, 0, at(0)).await.unwrap();
    for begin in (0..tickets).step_by(BATCH) {
        let places: Vec<usize> = (begin..tickets.min(begin + BATCH)).collect();
        let keep = |place: &usize| Keep {
            uid: u32::try_from(*place).unwrap() + 1,
            received_at: at(*place),
            bytes: format!("Message-ID: <{}>\r\n\r\nhello", id_of_client(*place)).into_bytes().into(),
            oversized_bytes: None,
        };
        let kept = store.keep(&key, &places.iter().map(keep).collect::<Vec<_>>(), at(begin)).await.unwrap();
        let mut window = store.window().await.unwrap();
        let mut mails = Vec::new();
        for (place, (_, raw)) in places.iter().zip(kept) {
            let address = format!("person{}@client{}.test", place % 5_000, place % 500);
            let person = window.person(&address, None, at(*place)).await.unwrap();
            let decision = decision(*place, person.id, &address);
            let (identity, message_id) = (format!("identity {place}"), id_of_client(*place));
            let application = Application {
                mailbox: "support",
                raw: Some(raw),
                mail: Some(AppliedMail {
                    identity: &identity,
                    message_id: Some(&message_id),
                    references: &[],
                    subject: None,
                    attachments: &[],
                    received_at: at(*place),
                }),
                decision: &decision,
                facts_json: "{}".into(),
                now: at(*place),
            };
            let ticket = window.apply(&application).await.unwrap().unwrap();
            mails.extend((0..OURS).map(|number| ours(ticket, number, *place, &address)));
        }
        window.enqueue(&mails, at(begin)).await.unwrap();
        window.commit().await.unwrap();
    }
}

/// Median of the look-ups.
async fn measure(tickets: usize, options: &Options) -> [Duration; 4] {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&url(folder.path(), options)).await.unwrap();
    let began = Instant::now();
    fill(&store, tickets).await;
    println!(
        "{tickets} tickets, {} mails of ours, filled in {:.1} s",
        tickets * OURS,
        began.elapsed().as_secs_f64()
    );
    let mut times = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for n in 0..options.times {
        let place = n.wrapping_mul(7_919) % tickets;
        // As a long thread has them: what is unknown, a client's and one of ours last.
        let mut ids: Vec<String> = (0..8).map(|i| format!("unknown{i}.{n}@elsewhere.test")).collect();
        ids.extend([id_of_client(place), id_of_ours(place, n % OURS)]);
        let mut window = store.window().await.unwrap();
        let began = Instant::now();
        let threads = window.threads(&ids).await.unwrap();
        times[0].push(began.elapsed());
        assert_eq!(threads.len(), 2);
        let facts = window.ticket_facts(&[threads[0].ticket], at(tickets)).await.unwrap();
        times[1].push(began.elapsed());
        assert_eq!(facts.len(), 1);
        let reading = reading(place);
        let began = Instant::now();
        let (scope, marks) = (format!("client{}.test", place % 500), related::marks(&reading));
        let found = window.marked(&scope, &marks, at(tickets)).await.unwrap();
        let best = related::best(None, &marks, &reading.base_subject, &found);
        assert!(!window.subjects(&best).await.unwrap().is_empty());
        times[2].push(began.elapsed());
        let began = Instant::now();
        let marks = similar::marks(&reading);
        let found = window.similar(&marks, at(tickets)).await.unwrap();
        assert!(similar::best(marks.len(), found, &best).len() <= 3);
        times[3].push(began.elapsed());
        drop(window);
    }
    times
        .map(|mut of| {
            of.sort();
            of
        })
        .iter()
        .zip(NAMES)
        .map(|(of, name)| {
            let (median, late) = (of[of.len() / 2], of[of.len() * 99 / 100]);
            println!(
                "  {name}: {:.3} ms (median), {:.3} ms (99th of 100)",
                median.as_secs_f64() * 1e3,
                late.as_secs_f64() * 1e3
            );
            median
        })
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}
