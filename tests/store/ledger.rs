//! Keeping mail, and the account of every UID.

use maildesk::store::{FolderKey, FolderState, Keep, StoreError};

use crate::house::{Mail, at, each_engine, held, ignored, keep, key, new_ticket};

#[test]
fn kept_bytes_survive_reopening() {
    each_engine(|mut house| async move {
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        house.store.begin_folder(&key(), 3, at(0)).await.unwrap();
        let window =
            vec![Keep { uid: 4, received_at: at(9), bytes: bytes.clone().into(), oversized_bytes: Some(99) }];
        let raw = house.store.keep(&key(), &window, at(10)).await.unwrap()[0].1;
        house.reopen().await;
        let stored = house.store.raw(raw).await.unwrap().unwrap();
        assert_eq!(
            (stored.mailbox.as_str(), stored.received_at, stored.oversized_bytes),
            ("support", at(9), Some(99))
        );
        assert!(stored.bytes == bytes);
        assert_eq!(
            house.store.folder(&key()).await.unwrap(),
            Some(FolderState { before_start_through: 3, accounted_through: 3 })
        );
    });
}

#[test]
fn a_uid_is_kept_once() {
    each_engine(|house| async move {
        assert_eq!(house.keep(&[1, 2]).await.len(), 2);
        assert_eq!(house.keep(&[2, 3, 3]).await.len(), 1);
        assert_eq!(house.number("SELECT COUNT(*) FROM raw_message").await, 3);
        let undecided = house.store.undecided("support", 10).await.unwrap();
        assert_eq!(undecided.iter().map(|mail| mail.received_at).collect::<Vec<_>>(), [at(1), at(2), at(3)]);
        assert_eq!(undecided[0].bytes, *keep(1).bytes);
        assert_eq!(house.store.undecided("support", 2).await.unwrap().len(), 2);
        assert!(house.store.undecided("sales", 10).await.unwrap().is_empty());
    });
}

#[test]
fn keeping_in_a_folder_that_was_not_begun_is_refused_and_keeps_nothing() {
    each_engine(|house| async move {
        let refused = house.store.keep(&key(), &[keep(1)], at(1)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
        assert_eq!(house.number("SELECT COUNT(*) FROM raw_message").await, 0);
    });
}

#[test]
fn unaccounted_are_those_behind_the_start_without_a_row() {
    each_engine(|house| async move {
        house.store.begin_folder(&key(), 10, at(0)).await.unwrap();
        house.store.keep(&key(), &[keep(11), keep(14)], at(1)).await.unwrap();
        house.store.record_gone(&key(), &[12], at(1)).await.unwrap();
        house.store.record_before_start(&key(), &[13], at(1)).await.unwrap();
        let uids = [16, 15, 14, 13, 12, 11, 10, 1, 16];
        assert_eq!(house.store.unaccounted(&key(), &uids).await.unwrap(), [15, 16]);
        let many: Vec<u32> = (1..=5000).collect();
        assert_eq!(house.store.unaccounted(&key(), &many).await.unwrap().len(), 4986);
        // A second word on a UID changes nothing.
        house.store.record_gone(&key(), &[11], at(2)).await.unwrap();
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger WHERE outcome = 'kept'").await, 2);
    });
}

#[test]
fn the_account_only_rises() {
    each_engine(|house| async move {
        house.store.begin_folder(&key(), 5, at(0)).await.unwrap();
        for (through, expected) in [(9, 9), (7, 9), (u32::MAX, u32::MAX)] {
            house.store.account_through(&key(), through).await.unwrap();
            let state = house.store.folder(&key()).await.unwrap().unwrap();
            assert_eq!((state.before_start_through, state.accounted_through), (5, expected));
        }
        let again = house.store.begin_folder(&key(), 400, at(1)).await.unwrap();
        assert_eq!(again.before_start_through, 5, "a folder begins once");
    });
}

#[test]
fn another_uidvalidity_is_another_folder() {
    each_engine(|house| async move {
        house.keep(&[1]).await;
        let renewed = FolderKey { uid_validity: 8, ..key() };
        assert_eq!(house.store.folder(&renewed).await.unwrap(), None);
        assert!(house.store.folder_begun_at("support", "INBOX").await.unwrap().is_some());
        assert_eq!(house.store.folder_begun_at("support", "Sent").await.unwrap(), None);
        house.store.begin_folder(&renewed, 0, at(2)).await.unwrap();
        assert_eq!(house.store.unaccounted(&renewed, &[1]).await.unwrap(), [1]);
    });
}

#[test]
fn attempts_are_counted_durably() {
    each_engine(|mut house| async move {
        let raws = house.keep(&[1, 2]).await;
        house.store.count_attempt("support", &raws).await.unwrap();
        house.store.count_attempt("support", &raws[..1]).await.unwrap();
        house.reopen().await;
        let undecided = house.store.undecided("support", 10).await.unwrap();
        assert_eq!(undecided.iter().map(|mail| mail.attempts).collect::<Vec<_>>(), [2, 1]);
    });
}

#[test]
fn the_server_is_told_of_outcomes_but_not_of_what_it_must_keep() {
    each_engine(|house| async move {
        let raws = house.keep(&[1, 2, 3, 4]).await;
        let client = house.person("client@client.example").await;
        house.decide(Some(raws[0]), None, &ignored("a robot"), at(2)).await.unwrap();
        house.decide(Some(raws[1]), Some(&Mail::named("b")), &new_ticket(client.id), at(2)).await.unwrap();
        house.decide(Some(raws[2]), None, &held(), at(2)).await.unwrap();
        let mut window = house.store.window().await.unwrap();
        window.quarantine(raws[3], "crashed its reader", at(2)).await.unwrap();
        window.commit().await.unwrap();
        let header = Keep { oversized_bytes: Some(1 << 30), ..keep(5) };
        let oversized = house.store.keep(&key(), &[header], at(3)).await.unwrap()[0].1;
        house.decide(Some(oversized), Some(&Mail::named("c")), &new_ticket(client.id), at(3)).await.unwrap();

        assert_eq!(house.store.unsettled(&key(), 10).await.unwrap(), [1, 2, 3]);
        assert_eq!(house.store.unsettled(&key(), 2).await.unwrap(), [1, 2]);
        house.store.settled(&key(), &[1, 3], at(4)).await.unwrap();
        assert_eq!(house.store.unsettled(&key(), 10).await.unwrap(), [2]);
        let status = house.store.status().await.unwrap();
        assert_eq!(status[0].unsettled, 1);
    });
}

#[test]
fn an_outcome_is_given_once() {
    each_engine(|house| async move {
        let raw = house.keep(&[1]).await[0];
        house.decide(Some(raw), None, &ignored("a robot"), at(2)).await.unwrap();
        let again = house.decide(Some(raw), None, &held(), at(3)).await;
        assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger WHERE outcome = 'ignored'").await, 1);
        assert_eq!(house.number("SELECT COUNT(*) FROM facts").await, 1);
    });
}

#[test]
fn what_is_missing_behind_the_mark_is_looked_for_again() {
    each_engine(|house| async move {
        house.keep(&[1, 2, 5]).await;
        house.store.account_through(&key(), 5).await.unwrap();
        house.store.reconcile(&key(), &[1, 2, 3, 5], at(5)).await.unwrap();
        let state = house.store.folder(&key()).await.unwrap().unwrap();
        assert_eq!(state.accounted_through, 2);
        house.store.reconcile(&key(), &[1, 2, 5, 7], at(6)).await.unwrap();
        let state = house.store.folder(&key()).await.unwrap().unwrap();
        assert_eq!(state.accounted_through, 2, "it is never raised");
    });
}

#[test]
fn reconciliation_counts_what_is_missing() {
    each_engine(|house| async move {
        house.keep(&[1, 2]).await;
        assert_eq!(house.store.status().await.unwrap()[0].unaccounted, None);
        assert_eq!(house.store.reconcile(&key(), &[1, 2, 3, 4], at(5)).await.unwrap(), 2);
        let status = house.store.status().await.unwrap().remove(0);
        assert_eq!((status.unaccounted, status.reconciled_at), (Some(2), Some(at(5))));
        house.store.record_gone(&key(), &[3, 4], at(6)).await.unwrap();
        assert_eq!(house.store.reconcile(&key(), &[1, 2, 3, 4], at(7)).await.unwrap(), 0);
        let status = house.store.status().await.unwrap().remove(0);
        assert_eq!((status.unaccounted, status.reconciled_at), (Some(0), Some(at(7))));
        assert_eq!(status.outcomes.get("kept"), Some(&2));
        assert_eq!(status.outcomes.get("gone"), Some(&2));
    });
}

#[test]
fn quarantine_gives_back_and_drops() {
    each_engine(|house| async move {
        let raws = house.keep(&[1, 2]).await;
        house.store.count_attempt("support", &raws).await.unwrap();
        let mut window = house.store.window().await.unwrap();
        window.quarantine(raws[0], "crashed twice", at(2)).await.unwrap();
        window.quarantine(raws[1], "crashed twice", at(2)).await.unwrap();
        window.commit().await.unwrap();
        let rows = house.store.quarantined(10).await.unwrap();
        assert_eq!(
            rows.iter().map(|row| (row.raw, row.uid)).collect::<Vec<_>>(),
            [(raws[0], 1), (raws[1], 2)]
        );
        assert_eq!((rows[0].reason.as_str(), rows[0].size_bytes), ("crashed twice", 19));
        assert!(house.store.undecided("support", 10).await.unwrap().is_empty());

        assert!(house.store.quarantine_retry(raws[0]).await.unwrap());
        assert!(!house.store.quarantine_retry(raws[0]).await.unwrap());
        let undecided = house.store.undecided("support", 10).await.unwrap();
        assert_eq!((undecided.len(), undecided[0].attempts), (1, 0));

        assert!(house.store.quarantine_drop(raws[1], at(3)).await.unwrap());
        assert!(!house.store.quarantine_drop(raws[1], at(3)).await.unwrap());
        assert!(house.store.quarantined(10).await.unwrap().is_empty());
        assert_eq!(house.store.unsettled(&key(), 10).await.unwrap(), [2]);
    });
}

#[test]
fn modes_are_remembered_from_the_first_start() {
    each_engine(|mut house| async move {
        assert!(!house.store.mode("support", false, at(0)).await.unwrap());
        assert!(!house.store.mode("support", true, at(1)).await.unwrap(), "the config speaks once");
        assert!(house.store.mode("sales", true, at(1)).await.unwrap());
        house.store.set_live("support", at(2)).await.unwrap();
        house.reopen().await;
        assert!(house.store.mode("support", false, at(3)).await.unwrap());
        let status = house.store.status().await.unwrap();
        assert_eq!(status.iter().map(|row| row.mailbox.as_str()).collect::<Vec<_>>(), ["sales", "support"]);
        assert_eq!(status[1].mode.as_deref(), Some("live"));
    });
}

#[test]
fn trouble_is_news_when_it_begins_and_when_it_ends() {
    each_engine(|mut house| async move {
        assert!(!house.store.set_trouble("support", None, at(0)).await.unwrap());
        assert!(house.store.set_trouble("support", Some("login refused"), at(1)).await.unwrap());
        house.reopen().await;
        assert!(!house.store.set_trouble("support", Some("login refused"), at(2)).await.unwrap());
        assert!(!house.store.set_trouble("support", Some("no answer"), at(3)).await.unwrap());
        let status = house.store.status().await.unwrap().remove(0);
        assert_eq!((status.trouble.as_deref(), status.trouble_since), (Some("no answer"), Some(at(1))));
        assert_eq!(status.mode, None);
        assert!(house.store.set_trouble("support", None, at(4)).await.unwrap());
        assert!(!house.store.set_trouble("support", None, at(5)).await.unwrap());
        assert_eq!(house.store.status().await.unwrap().remove(0).trouble_since, None);
        // Trouble before the first start of a mailbox leaves its mode to that start.
        assert!(house.store.mode("support", true, at(6)).await.unwrap());
    });
}

#[test]
fn trouble_with_what_leaves_is_told_apart() {
    each_engine(|house| async move {
        let store = &house.store;
        store.set_outbox_trouble("support", Some(("the relay refuses the login", at(5)))).await.unwrap();
        let status = &store.status().await.unwrap()[0];
        assert_eq!(status.outbox_trouble.as_deref(), Some("the relay refuses the login"));
        assert_eq!((status.outbox_trouble_since, &status.trouble), (Some(at(5)), &None));
        store.set_outbox_trouble("support", None).await.unwrap();
        let status = &store.status().await.unwrap()[0];
        assert_eq!((&status.outbox_trouble, status.outbox_trouble_since), (&None, None));
    });
}
