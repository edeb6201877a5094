//! What the store remembers of where mail came from.

use jiff::SignedDuration;
use maildesk::{
    desk::MessageKind,
    store::{NewConfirmation, NewOutbox, OutboxKind},
};

use crate::house::{Mail, at, changing, each_engine, held, message, outgoing};

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

#[test]
fn an_agent_s_newest_mail_is_the_last_that_was_done_or_asked_about() {
    each_engine(|house| async move {
        let newest = async |address: &str| {
            let found = house.store.newest_of_agent(address).await.unwrap();
            found.map(|(at, bytes, facts)| {
                assert_eq!(facts, "{\"mail\":{}}");
                (at, String::from_utf8(bytes).unwrap().lines().next().unwrap_or_default().to_owned())
            })
        };
        let ticket = house.ticket(1, "one").await;
        let alice = house.person("alice@example.com").await;
        assert_eq!(newest("alice@example.com").await, None);
        let raws = house.keep(&[2, 3]).await;
        let facts = house.facts(ticket, at(20)).await;
        let reply = changing(&facts, vec![message(MessageKind::Reply, alice.id)]);
        house.decide(Some(raws[0]), Some(&Mail::named("reply")), &reply, at(20)).await.unwrap();
        assert_eq!(newest("alice@example.com").await, Some((at(20), "Subject: 2".to_owned())));
        house.decide(Some(raws[1]), Some(&Mail::named("held")), &held(), at(30)).await.unwrap();
        let question = NewConfirmation {
            nonce_hash: [7; 32],
            agent: "alice@example.com".into(),
            held: raws[1],
            action: "reply".into(),
            seal: [0; 32].to_vec(),
            expires_at: at(1000),
        };
        let mail = outgoing(OutboxKind::Confirmation, "alice@example.com", "question@desk");
        house.enqueue(&[NewOutbox { confirmation: Some(question), ..mail }], at(30)).await;
        assert_eq!(newest("alice@example.com").await, Some((at(30), "Subject: 3".to_owned())));
        assert_eq!(newest("client@client.example").await, None, "a client's mail is none");
    });
}
