//! The daily digest of shadow mode: a day is told once.

use maildesk::{
    desk::TicketId,
    store::{NewOutbox, OutboxKind},
};

use crate::house::{Mail, apply, at, each_engine, ignored, keep, key, new_ticket, outgoing};

#[test]
fn a_day_is_taken_once_and_told_from_where_the_last_ended() {
    each_engine(|mut house| async move {
        let mut window = house.store.window().await.unwrap();
        assert!(window.begin_digest("support", at(100), at(0)).await.unwrap());
        assert!(!window.begin_digest("support", at(999), at(5)).await.unwrap(), "it has one");
        window.commit().await.unwrap();
        house.reopen().await;
        let due = house.store.digests().await.unwrap().remove(0);
        assert_eq!((due.mailbox.as_str(), due.due_at, due.told_until), ("support", at(100), at(0)));
        let mut window = house.store.window().await.unwrap();
        assert!(!window.take_digest(&due, at(200), at(99)).await.unwrap(), "not due yet");
        assert!(window.take_digest(&due, at(200), at(101)).await.unwrap());
        assert!(!window.take_digest(&due, at(200), at(101)).await.unwrap(), "somebody took it");
        window.commit().await.unwrap();
        let next = house.store.digests().await.unwrap().remove(0);
        assert_eq!((next.due_at, next.told_until), (at(200), at(101)));
        house.store.set_live("support", at(102)).await.unwrap();
        assert!(house.store.digests().await.unwrap().is_empty());
    });
}

#[test]
fn it_tells_what_came_in_what_was_held_back_and_what_waits() {
    each_engine(|mut house| async move {
        house.store.begin_folder(&key(), 0, at(0)).await.unwrap();
        let raws = house.store.keep(&key(), &[keep(1), keep(2)], at(10)).await.unwrap();
        let mut window = house.store.window().await.unwrap();
        let person = window.person("ann@client.example", None, at(10)).await.unwrap().id;
        let decided = new_ticket(person);
        apply(&mut window, Some(raws[0].1), Some(&Mail::named("one")), &decided, at(11)).await.unwrap();
        apply(&mut window, Some(raws[1].1), Some(&Mail::named("two")), &ignored("own_address"), at(12))
            .await
            .unwrap();
        window.commit().await.unwrap();
        let shadow = |kind, id: &str| NewOutbox {
            shadow: true,
            ticket: Some(TicketId(1)),
            ..outgoing(kind, "ann@client.example", id)
        };
        house.enqueue(&[shadow(OutboxKind::Acknowledgement, "old@desk")], at(5)).await;
        house
            .enqueue(
                &[shadow(OutboxKind::Notification, "b@desk"), shadow(OutboxKind::Acknowledgement, "a@desk")],
                at(13),
            )
            .await;
        house.enqueue(&[outgoing(OutboxKind::Alert, "ops@example.com", "alert@desk")], at(13)).await;
        house.reopen().await;
        let mut window = house.store.window().await.unwrap();
        let digest = window.digest("support", at(9), at(20)).await.unwrap();
        let pairs = |counts: &[(String, u64)]| -> Vec<String> {
            counts.iter().map(|(word, count)| format!("{word} {count}")).collect()
        };
        assert_eq!(pairs(&digest.held_back), ["acknowledgement 1", "notification 1"]);
        assert_eq!(pairs(&digest.arrived), ["ignored 1", "ticket 1"]);
        assert_eq!(pairs(&digest.waiting), ["new 1"]);
        let first = &digest.lines[0];
        assert_eq!((first.kind.as_str(), first.ticket), ("acknowledgement", Some(TicketId(1))));
        assert_eq!((first.to.as_str(), first.subject.as_str()), ("ann@client.example", "We have your mail"));
        assert_eq!(digest.lines.len(), 2);
        assert!(window.digest("support", at(20), at(30)).await.unwrap().is_empty(), "a quiet day");
        assert!(window.digest("sales", at(0), at(30)).await.unwrap().is_empty(), "of another mailbox");
        window.commit().await.unwrap();
        let ignored = house.store.ignored_since("support", at(11)).await.unwrap();
        assert_eq!(ignored, [keep(2).bytes.to_vec()]);
        assert!(house.store.ignored_since("support", at(13)).await.unwrap().is_empty());
    });
}
