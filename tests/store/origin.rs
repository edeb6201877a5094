//! What the store remembers of where mail came from.

use jiff::SignedDuration;

use crate::house::{at, each_engine};

fn keys(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_signed_mail_that_comes_again_as_another_is_known() {
    each_engine(|house| async move {
        let mut window = house.store.window().await.unwrap();
        assert!(!window.is_replayed(&keys(&["a", "b"]), "first").await.unwrap());
        window.remember_signed(&keys(&["a", "b"]), "first", at(0)).await.unwrap();
        window.commit().await.unwrap();
        let mut window = house.store.window().await.unwrap();
        for again in [&["a"][..], &["b"], &["x", "b"], &["a", "b"]] {
            assert!(window.is_replayed(&keys(again), "other").await.unwrap(), "{again:?}");
            assert!(
                !window.is_replayed(&keys(again), "first").await.unwrap(),
                "the same mail in another mailbox"
            );
        }
        assert!(!window.is_replayed(&keys(&["c"]), "other").await.unwrap());
        assert!(!window.is_replayed(&[], "other").await.unwrap(), "a mail without a signature");
        window.remember_signed(&[], "other", at(1)).await.unwrap();
        window.remember_signed(&keys(&["b", "c"]), "other", at(1)).await.unwrap();
        assert!(
            !window.is_replayed(&keys(&["a", "b"]), "first").await.unwrap(),
            "the first mail stays the first, so that it may be decided again"
        );
        assert!(window.is_replayed(&keys(&["b"]), "other").await.unwrap());
        assert!(window.is_replayed(&keys(&["c"]), "third").await.unwrap());
    });
}

#[test]
fn signed_mails_are_forgotten_after_ninety_days() {
    each_engine(|house| async move {
        let mut window = house.store.window().await.unwrap();
        window.remember_signed(&keys(&["old"]), "first", at(0)).await.unwrap();
        window.remember_signed(&keys(&["new"]), "second", at(1)).await.unwrap();
        let later = at(0) + SignedDuration::from_hours(90 * 24);
        window.remember_signed(&keys(&["third"]), "third", later).await.unwrap();
        assert!(window.is_replayed(&keys(&["old"]), "other").await.unwrap(), "to the day");
        window
            .remember_signed(&keys(&["fourth"]), "fourth", later + SignedDuration::from_micros(1))
            .await
            .unwrap();
        assert!(!window.is_replayed(&keys(&["old"]), "other").await.unwrap());
        assert!(window.is_replayed(&keys(&["new"]), "other").await.unwrap());
        window.commit().await.unwrap();
        assert_eq!(house.number("SELECT COUNT(*) FROM signed_mail").await, 3);
    });
}

#[test]
fn what_a_probe_showed_holds_for_its_mailbox_and_host_until_the_next() {
    each_engine(|house| async move {
        let holds = async |mailbox: &str, host: &str| {
            let outside = house.store.internal_mark_holds(mailbox, host).await.unwrap();
            let mut window = house.store.window().await.unwrap();
            assert_eq!(window.internal_mark_holds(mailbox, host).await.unwrap(), outside);
            outside
        };
        assert!(!holds("support", "imap.a.test").await, "nothing was probed");
        house.store.set_internal_mark("support", "imap.a.test", true, at(0)).await.unwrap();
        assert!(holds("support", "imap.a.test").await);
        assert!(!holds("support", "imap.b.test").await && !holds("sales", "imap.a.test").await);
        house.store.set_internal_mark("support", "imap.a.test", false, at(1)).await.unwrap();
        assert!(!holds("support", "imap.a.test").await);
        house.store.set_internal_mark("support", "imap.b.test", true, at(2)).await.unwrap();
        assert!(holds("support", "imap.b.test").await && !holds("support", "imap.a.test").await);
    });
}
