//! Several daemons on one store: who works a mailbox, and who does not any more.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use maildesk::{
    desk::{Change, TimerKind},
    store::{OutboxKind, OutboxResult, OutboxState, Store, StoreError},
};
use maildesk_lab::postgres::Postgres;

use crate::house::{Engine, Mail, PATIENCE, apply, at, changing, each_engine, ignored, keep, key, outgoing};

const LONG: Duration = Duration::from_secs(600);

fn is_taken_over<T: std::fmt::Debug>(result: Result<T, StoreError>) -> bool {
    matches!(&result, Err(StoreError::Temporary(words)) if words.contains("another daemon"))
}

/// Takes the mailbox as soon as the lease of the one before has run out.
async fn take_over(store: &Store) {
    let taken = async {
        while !store.take_lease("support", LONG).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, taken).await.unwrap();
}

#[test]
fn a_mailbox_has_one_daemon_until_it_is_given_back() {
    each_engine(|house| async move {
        let other = Store::open(&house.url).await.unwrap();
        assert!(house.store.take_lease("support", LONG).await.unwrap());
        assert!(house.store.renew_lease("support", LONG).await.unwrap());
        if house.engine == Engine::Postgres {
            assert!(!other.take_lease("support", LONG).await.unwrap());
            assert!(other.take_lease("sales", LONG).await.unwrap(), "another mailbox is free");
            assert!(house.store.holds("support") && other.holds("sales"));
        }
        let status = house.store.status().await.unwrap();
        let worker = status.iter().find(|s| s.mailbox == "support").and_then(|s| s.worked_by.clone());
        let own = format!("pid {}", std::process::id());
        assert_eq!(worker.is_some_and(|who| who.ends_with(&own)), house.engine == Engine::Postgres);
        house.store.give_lease_back("support").await.unwrap();
        assert!(other.take_lease("support", LONG).await.unwrap());
        assert!(other.holds("support"));
        if house.engine == Engine::Postgres {
            assert!(!house.store.take_lease("support", LONG).await.unwrap());
        }
        other.close().await;
    });
}

#[test]
fn a_daemon_that_is_gone_is_followed_at_once() {
    each_engine(|house| async move {
        let other = Store::open(&house.url).await.unwrap();
        assert!(other.take_lease("support", LONG).await.unwrap());
        // Its sessions end as they do when it is killed; nothing is given back.
        other.close().await;
        take_over(&house.store).await;
    });
}

#[test]
fn daemons_that_start_at_once_make_one_schema() {
    each_engine(|house| async move {
        if house.engine == Engine::Sqlite {
            return;
        }
        for _ in 0..5 {
            let url = Postgres::shared().database().unwrap();
            let opened = futures::future::join_all((0..4).map(|_| Store::open(&url))).await;
            for store in opened {
                store.unwrap().close().await;
            }
        }
    });
}

#[test]
fn a_lost_lease_is_not_taken_again_under_the_work_that_it_was_for() {
    each_engine(|house| async move {
        if house.engine == Engine::Sqlite {
            return;
        }
        house.enqueue(&[outgoing(OutboxKind::Reply, "a@b.example", "one@desk")], at(1)).await;
        assert!(house.store.take_lease("support", Duration::from_millis(50)).await.unwrap());
        let successor = Store::open(&house.url).await.unwrap();
        take_over(&successor).await;
        assert_eq!(successor.claim_outbox("support", 10, at(2)).await.unwrap().len(), 1);
        // It is killed, and the one before wakes: the mailbox is free, and the work of then stays fenced off.
        successor.close().await;
        assert!(!house.store.renew_lease("support", LONG).await.unwrap());
        assert!(!house.store.holds("support"));
        assert!(is_taken_over(house.store.claim_outbox("support", 10, at(3)).await));
        // Whoever begins anew takes it, and finds what was left behind.
        take_over(&house.store).await;
        assert_eq!(house.store.recover_outbox("support", at(4)).await.unwrap(), 1);
    });
}

#[test]
fn a_short_lease_takes_no_mailbox_from_a_long_one() {
    each_engine(|house| async move {
        if house.engine == Engine::Sqlite {
            return;
        }
        assert!(house.store.take_lease("support", LONG).await.unwrap());
        let hasty = Store::open(&house.url).await.unwrap();
        assert!(!hasty.take_lease("support", Duration::from_millis(50)).await.unwrap());
        hasty.close().await;
    });
}

#[test]
fn another_user_of_the_database_takes_no_mailbox_from_the_living() {
    each_engine(|house| async move {
        if house.engine == Engine::Sqlite {
            return;
        }
        // PostgreSQL tells a user nothing of another one's session but that it is there.
        house.tamper("CREATE ROLE another_host LOGIN").await;
        house.tamper("GRANT ALL ON SCHEMA public TO another_host").await;
        house.tamper("GRANT ALL ON ALL TABLES IN SCHEMA public TO another_host").await;
        assert!(house.store.take_lease("support", LONG).await.unwrap());
        let other = Store::open(&house.url.replacen("maildesk@", "another_host@", 1)).await.unwrap();
        assert!(!other.take_lease("support", LONG).await.unwrap());
        other.close().await;
    });
}

#[test]
fn a_clock_that_is_ahead_fires_no_timer() {
    each_engine(|house| async move {
        if house.engine == Engine::Sqlite {
            return;
        }
        let from_now = |hours| Timestamp::now().checked_add(SignedDuration::from_hours(hours)).unwrap();
        let (past, later) = (house.ticket(1, "one").await, house.ticket(2, "two").await);
        for (ticket, due_at) in [(past, at(30)), (later, from_now(1))] {
            let facts = house.facts(ticket, at(20)).await;
            let start = Change::StartTimer { kind: TimerKind::FirstResponse, due_at };
            house.decide(None, None, &changing(&facts, vec![start]), at(21)).await.unwrap();
        }
        let due = house.store.due_timers(10, from_now(24)).await.unwrap();
        assert_eq!(due.iter().map(|timer| timer.ticket).collect::<Vec<_>>(), [past]);
    });
}

#[test]
fn whoever_lost_a_mailbox_writes_nothing_for_it() {
    each_engine(|house| async move {
        if house.engine == Engine::Sqlite {
            return;
        }
        let raws = house.keep(&[1, 2]).await;
        house.enqueue(&[outgoing(OutboxKind::Reply, "a@b.example", "one@desk")], at(1)).await;
        assert!(house.store.take_lease("support", Duration::from_millis(50)).await.unwrap());
        let claimed = house.store.claim_outbox("support", 10, at(2)).await.unwrap();
        assert_eq!(claimed.len(), 1);

        let successor = Store::open(&house.url).await.unwrap();
        take_over(&successor).await;
        assert!(!house.store.holds("support"));

        let late = &house.store;
        assert!(is_taken_over(late.keep(&key(), &[keep(3)], at(3)).await));
        assert!(is_taken_over(late.begin_folder(&key(), 0, at(3)).await));
        assert!(is_taken_over(late.record_gone(&key(), &[4], at(3)).await));
        assert!(is_taken_over(late.account_through(&key(), 9).await));
        assert!(is_taken_over(late.count_attempt("support", &raws).await));
        assert!(is_taken_over(late.settled(&key(), &[1], at(3)).await));
        assert!(is_taken_over(late.reconcile(&key(), &[1], at(3)).await));
        assert!(is_taken_over(late.window_of("support").await));
        assert!(is_taken_over(late.claim_outbox("support", 10, at(3)).await));
        assert!(is_taken_over(late.recover_outbox("support", at(3)).await));
        let sent = OutboxResult {
            id: claimed[0].id,
            state: OutboxState::Sent,
            detail: String::new(),
            next_at: None,
        };
        assert!(is_taken_over(late.finish_outbox("support", &[sent], at(3)).await));
        let id = claimed[0].id;
        assert!(is_taken_over(late.begin_filing("support", id).await));
        assert!(is_taken_over(late.filed_by_desk(id, "support", None, at(3)).await));
        assert!(is_taken_over(late.filed_by_provider(id, "support").await));
        assert!(is_taken_over(late.filing_postponed(id, "support").await));
        assert!(is_taken_over(late.filing_refused(id, "support").await));
        assert!(is_taken_over(late.set_trouble("support", Some("no answer"), at(3)).await));
        assert!(is_taken_over(late.set_outbox_trouble("support", Some(("no answer", at(3)))).await));
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger").await, 2);
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger WHERE attempts > 0").await, 0);

        assert_eq!(successor.recover_outbox("support", at(4)).await.unwrap(), 1);
        let again = successor.claim_outbox("support", 10, at(4)).await.unwrap();
        assert_eq!(again[0].mail, claimed[0].mail, "the same mail, to the byte");
        let mut window = successor.window_of("support").await.unwrap();
        apply(&mut window, Some(raws[0]), Some(&Mail::named("a")), &ignored("a robot"), at(5)).await.unwrap();
        window.commit().await.unwrap();
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger WHERE outcome = 'ignored'").await, 1);
        successor.close().await;
    });
}

#[test]
fn a_takeover_waits_for_a_window_under_way_and_not_for_ever() {
    each_engine(|house| async move {
        if house.engine == Engine::Sqlite {
            return;
        }
        let lease = Duration::from_secs(2);
        let options =
            maildesk::store::StoreOptions { lease, ..maildesk::store::StoreOptions::new(&house.url) };
        let sleeper = Store::open_with(&options).await.unwrap();
        let raw = house.keep(&[1]).await[0];
        assert!(sleeper.take_lease("support", lease).await.unwrap());
        let mut window = sleeper.window_of("support").await.unwrap();
        apply(&mut window, Some(raw), None, &ignored("a robot"), at(2)).await.unwrap();

        // The sleeper does nothing more, in the middle of its transaction: the server ends it, and the mailbox is free.
        let successor = Store::open_with(&options).await.unwrap();
        take_over(&successor).await;
        let mut next = successor.window_of("support").await.unwrap();
        apply(&mut next, Some(raw), None, &ignored("judged by the successor"), at(3)).await.unwrap();
        next.commit().await.unwrap();

        assert!(
            matches!(window.commit().await, Err(StoreError::Temporary(_))),
            "what it had begun never happened"
        );
        let judged = "SELECT COUNT(*) FROM ledger WHERE reason = 'judged by the successor'";
        assert_eq!(house.number(judged).await, 1);
        sleeper.close().await;
        successor.close().await;
    });
}

#[test]
fn two_daemons_claim_no_mail_and_number_no_ticket_twice() {
    each_engine(|house| async move {
        let other = Store::open(&house.url).await.unwrap();
        let mails: Vec<_> = (0..60)
            .map(|n| outgoing(OutboxKind::Notification, "alice@example.com", &format!("{n}@desk")))
            .collect();
        house.enqueue(&mails, at(1)).await;
        let claim = |store: Store| async move {
            let mut ids = Vec::new();
            loop {
                let rows = store.claim_outbox("support", 7, at(2)).await.unwrap();
                if rows.is_empty() {
                    return ids;
                }
                ids.extend(rows.into_iter().map(|row| row.id));
            }
        };
        let (mut mine, theirs) =
            tokio::join!(tokio::spawn(claim(house.store.clone())), tokio::spawn(claim(other.clone())));
        let mine = mine.as_mut().unwrap();
        mine.extend(theirs.unwrap());
        mine.sort_unstable();
        mine.dedup();
        assert_eq!(mine.len(), 60);

        let raws = house.keep(&(1..=40).collect::<Vec<_>>()).await;
        let client = house.person("client@client.example").await;
        let decide = |store: Store, raws: Vec<_>| async move {
            for raw in raws {
                let mut window = store.window().await.unwrap();
                let decision = crate::house::new_ticket(client.id);
                let mail = Mail::named(&format!("mail{raw}"));
                apply(&mut window, Some(raw), Some(&mail), &decision, at(3)).await.unwrap();
                window.commit().await.unwrap();
            }
        };
        let (a, b) = raws.split_at(20);
        let (a, b) = tokio::join!(
            tokio::spawn(decide(house.store.clone(), a.to_vec())),
            tokio::spawn(decide(other.clone(), b.to_vec()))
        );
        a.and(b).unwrap();
        assert_eq!(house.number("SELECT COUNT(*) FROM ticket").await, 40);
        assert_eq!(house.number("SELECT MAX(id) FROM ticket").await, 40, "no gap");
        other.close().await;
    });
}
