//! Dropped windows, tampering, other processes, other versions.

use maildesk::store::{Alone, OutboxKind, Schema, Store, StoreError, StoreOptions};

use crate::house::{
    Engine, Mail, PATIENCE, apply, at, changing, each_engine, event, ignored, keep, key, new_ticket, outgoing,
};

#[test]
fn a_dropped_window_never_happened_and_the_next_one_works() {
    each_engine(|house| async move {
        let raw = house.keep(&[1]).await[0];
        let client = house.person("client@client.example").await;
        for inside_a_savepoint in [false, true] {
            let mut window = house.store.window().await.unwrap();
            if inside_a_savepoint {
                window.savepoint().await.unwrap();
            }
            apply(&mut window, Some(raw), Some(&Mail::named("a")), &new_ticket(client.id), at(2))
                .await
                .unwrap();
            drop(window);
            let mut window = house.store.window().await.unwrap();
            assert_eq!(window.duplicate("a", maildesk::desk::RawId(9)).await.unwrap(), None);
            window.commit().await.unwrap();
            assert_eq!(house.number("SELECT COUNT(*) FROM ticket").await, 0);
        }
        house.decide(Some(raw), Some(&Mail::named("a")), &new_ticket(client.id), at(3)).await.unwrap();
        assert_eq!(house.number("SELECT COUNT(*) FROM ticket").await, 1);
    });
}

#[test]
fn a_window_whose_task_ends_in_the_middle_frees_the_store() {
    each_engine(|house| async move {
        house.keep(&[1]).await;
        let store = house.store.clone();
        let (began, wait) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            let mut window = store.window().await.unwrap();
            window.person("a@b.example", None, at(0)).await.unwrap();
            began.send(()).unwrap();
            std::future::pending::<()>().await;
        });
        wait.await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        house.keep(&[2]).await;
        assert_eq!(house.number("SELECT COUNT(*) FROM person").await, 0);
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger").await, 2);
    });
}

#[test]
fn a_damaged_history_shows() {
    for tampering in [
        "UPDATE event SET content = 'closed by nobody' WHERE seq = 2",
        "UPDATE event SET actor = 'mallory' WHERE seq = 2",
        "UPDATE event SET kind = 'opened' WHERE seq = 2",
        "UPDATE event SET at = at + 1 WHERE seq = 2",
        "DELETE FROM event WHERE seq = 2",
        "DELETE FROM event WHERE seq = 3",
        "DELETE FROM event WHERE seq = 1",
        "UPDATE event SET seq = 4 WHERE seq = 3",
        "UPDATE event SET hash = prev_hash WHERE seq = 3",
    ] {
        each_engine(|house| async move {
            let id = house.ticket(1, "one").await;
            let facts = house.facts(id, at(20)).await;
            let changes = vec![event("state", "closed"), event("tag", "vip")];
            house.decide(None, None, &changing(&facts, changes), at(21)).await.unwrap();
            assert!(house.store.ticket(id).await.unwrap().unwrap().chain_intact);
            assert!(house.tamper(tampering).await > 0);
            assert!(!house.store.ticket(id).await.unwrap().unwrap().chain_intact, "{tampering}");
        });
    }
}

#[test]
fn an_erased_history_still_agrees() {
    each_engine(|house| async move {
        let id = house.ticket(1, "one").await;
        house.tamper("UPDATE event SET actor = '', content = '', salt = SUBSTR(salt, 1, 0)").await;
        let detail = house.store.ticket(id).await.unwrap().unwrap();
        assert!(detail.chain_intact);
        assert_eq!(detail.events[0].detail, "");
    });
}

#[test]
fn two_stores_on_one_database_see_each_other() {
    each_engine(|house| async move {
        let other = Store::open(&house.url).await.unwrap();
        let mut changes = house.store.changes().await.unwrap();
        other.set_live("support", at(1)).await.unwrap();
        tokio::time::timeout(PATIENCE, changes.next()).await.expect("the other one is heard").unwrap();
        house.keep(&[1]).await;
        house.enqueue(&[outgoing(OutboxKind::Alert, "ops@example.com", "own@desk")], at(1)).await;
        let own = tokio::time::timeout(std::time::Duration::from_secs(1), changes.next()).await;
        assert!(own.is_err(), "what it wrote itself is no news");

        let (mine, theirs) = tokio::join!(
            async {
                for uid in (10..60).step_by(2) {
                    house.store.keep(&key(), &[keep(uid), keep(uid + 1)], at(2)).await.unwrap();
                }
            },
            async {
                for uid in (11..61).step_by(2) {
                    other.keep(&key(), &[keep(uid), keep(uid + 1)], at(2)).await.unwrap();
                }
            }
        );
        assert_eq!((mine, theirs), ((), ()));
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger").await, 52);
        assert_eq!(house.number("SELECT COUNT(*) FROM raw_message").await, 52);
        other.close().await;
    });
}

#[test]
fn a_window_keeps_other_processes_waiting_and_loses_nothing() {
    each_engine(|house| async move {
        let raw = house.keep(&[1]).await[0];
        let other = Store::open(&house.url).await.unwrap();
        let mut window = house.store.window().await.unwrap();
        let waiting = tokio::spawn(async move {
            let kept = other.keep(&key(), &[keep(2)], at(2)).await;
            other.close().await;
            kept
        });
        apply(&mut window, Some(raw), None, &ignored("a robot"), at(2)).await.unwrap();
        window.commit().await.unwrap();
        assert_eq!(waiting.await.unwrap().unwrap().len(), 1);
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger").await, 2);
    });
}

#[test]
fn a_newer_schema_is_refused_with_what_to_do() {
    each_engine(|house| async move {
        house
            .tamper(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 9000, 'future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
            )
            .await;
        match Store::open(&house.url).await {
            Err(StoreError::Operator(words)) => {
                assert!(words.contains("newer maildesk") && words.contains("9000"), "{words}");
            }
            other => panic!("{other:?}"),
        }
    });
}

/// A look at a store must not shut out the older daemons that work with it.
#[test]
fn a_look_at_the_schema_changes_nothing() {
    each_engine(|house| async move {
        let options = StoreOptions::new(&house.url);
        assert_eq!(Store::schema(&options).await.unwrap(), Schema::Reached);
        house.tamper("DELETE FROM _sqlx_migrations WHERE version = 5").await;
        for _ in 0..2 {
            assert_eq!(Store::schema(&options).await.unwrap(), Schema::Older);
        }
        house.tamper("DROP TABLE _sqlx_migrations").await;
        assert_eq!(Store::schema(&options).await.unwrap(), Schema::Missing);
        let nowhere = format!("sqlite://{}/none.db", house.dir.path().display());
        let refused = Store::schema(&StoreOptions::new(&nowhere)).await;
        assert!(matches!(refused, Err(StoreError::Operator(_))), "{refused:?}");
        assert!(!house.dir.path().join("none.db").exists());
    });
}

#[test]
fn places_that_cannot_hold_a_store_are_the_operators_matter() {
    each_engine(|house| async move {
        let missing = format!("sqlite://{}/no/such/directory/desk.db", house.dir.path().display());
        let text = house.dir.path().join("letter.txt");
        std::fs::write(&text, "not a database, but long enough to be looked at as one".repeat(100)).unwrap();
        for url in
            [missing, format!("sqlite://{}", text.display()), "sqlite::memory:".into(), "mysql://x".into()]
        {
            let refused = Store::open(&url).await;
            assert!(matches!(refused, Err(StoreError::Operator(_))), "{url}: {refused:?}");
        }
        if house.engine == Engine::Postgres {
            let missing = house.url.replace("localhost/desk", "localhost/nodesk");
            let refused = Store::open(&missing).await;
            assert!(
                matches!(&refused, Err(StoreError::Operator(words)) if words.contains("createdb")),
                "{refused:?}"
            );
        }
    });
}

#[test]
fn a_file_has_one_daemon_and_no_other_readers() {
    each_engine(|house| async move {
        if house.engine == Engine::Postgres {
            return;
        }
        let alone = Alone::claim(&house.url).unwrap();
        let second = Alone::claim(&house.url);
        assert!(matches!(&second, Err(StoreError::Operator(words)) if words.contains("another maildesk")));
        drop(alone);
        Alone::claim(&house.url).unwrap();
        house.keep(&[1]).await;
        for file in std::fs::read_dir(house.dir.path()).unwrap() {
            let file = file.unwrap();
            let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600, "{}", file.path().display());
        }
    });
}
