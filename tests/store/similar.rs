//! Resolved tickets that share words with a mail, and the end of old marks.

use jiff::SignedDuration;
use maildesk::desk::{Change, MessageKind, State, TicketId, related, similar};

use super::house::*;

fn words(marks: &[i64]) -> Change {
    Change::Marks { scope: similar::SCOPE.into(), marks: marks.to_vec() }
}

async fn marked(house: &House, uid: u32, marks: &[i64], state: State) -> TicketId {
    let id = house.ticket(uid, &format!("mail {uid}")).await;
    let facts = house.facts(id, at(20)).await;
    let changes = vec![words(marks), Change::State(state)];
    house.decide(None, None, &changing(&facts, changes), at(20 + i64::from(uid))).await.unwrap();
    id
}

async fn found(house: &House, marks: &[i64], seconds: i64) -> Vec<(TicketId, u32, u32, u32)> {
    let mut window = house.store.window().await.unwrap();
    let found = window.similar(marks, at(seconds)).await.unwrap();
    found.into_iter().map(|c| (c.ticket.id, c.shared, c.weight, c.words)).collect()
}

#[test]
fn resolved_tickets_are_found_by_the_words_that_they_share() {
    each_engine(|house| async move {
        let resolved = marked(&house, 1, &[1, 2, 3, -4], State::Resolved).await;
        let closed = marked(&house, 2, &[1, 2], State::Closed).await;
        marked(&house, 3, &[1, 2, 3], State::Open).await;
        marked(&house, 4, &[1, 2, 3], State::Spam).await;
        marked(&house, 5, &[1, 9], State::Resolved).await;
        // A word of one ticket weighs 6, of several 4.
        assert_eq!(found(&house, &[1, 2, 3, 8], 60).await, [(resolved, 3, 12, 4), (closed, 2, 8, 2)]);
        assert_eq!(found(&house, &[8, 7], 60).await, []);
        assert_eq!(found(&house, &[], 60).await, []);
        let later = 60 + similar::SPAN.as_secs();
        assert_eq!(found(&house, &[1, 2, 3], later).await, [], "too long ago");
    });
}

#[test]
fn who_answered_last_and_when_is_told() {
    each_engine(|house| async move {
        let id = marked(&house, 1, &[1, 2], State::Open).await;
        let before = house.facts(id, at(30)).await;
        let mut window = house.store.window().await.unwrap();
        assert_eq!(window.similar(&[1, 2], at(30)).await.unwrap(), []);
        drop(window);
        let raw = house.keep(&[7]).await[0];
        let bob = house.person("bob@example.com").await;
        let reply = vec![message(MessageKind::Reply, bob.id), Change::State(State::Resolved)];
        house.decide(Some(raw), Some(&Mail::named("bobs")), &changing(&before, reply), at(40)).await.unwrap();
        let mut window = house.store.window().await.unwrap();
        let found = window.similar(&[1, 2], at(50)).await.unwrap();
        let ticket = &found[0].ticket;
        assert_eq!((ticket.id, ticket.answered_by.as_deref()), (id, Some("bob@example.com")));
        assert_eq!(ticket.subject, "Login fails");
    });
}

#[test]
fn a_word_of_many_tickets_costs_no_more_and_says_little() {
    each_engine(|house| async move {
        let mut last = TicketId(0);
        for uid in 1..=70 {
            last = marked(&house, uid, &[1, 2], State::Closed).await;
        }
        let found = found(&house, &[1, 2], 200).await;
        assert_eq!(found.len(), 12, "the most that is looked at");
        assert_eq!(found[0], (last, 2, 2, 2), "the newest of what is equal");
    });
}

#[test]
fn marks_that_find_nothing_any_more_go() {
    each_engine(|house| async move {
        let count = || house.number("SELECT COUNT(*) FROM ticket_mark");
        for uid in 1..=3 {
            let id = marked(&house, uid, &[1, 2], State::Closed).await;
            let facts = house.facts(id, at(60)).await;
            let marks = Change::Marks { scope: "client.example".into(), marks: vec![5] };
            house.decide(None, None, &changing(&facts, vec![marks]), at(60)).await.unwrap();
        }
        assert_eq!(count().await, 9);
        assert!(!house.store.prune_marks(at(100)).await.unwrap());
        assert_eq!(count().await, 9, "all of them are good");
        let later = at(60) + related::SPAN;
        assert!(house.store.prune_marks(later).await.unwrap());
        assert!(!house.store.prune_marks(later).await.unwrap());
        assert_eq!(count().await, 6, "those of related tickets are over");
        assert_eq!(found(&house, &[1, 2], 100).await.len(), 3);
        let much_later = at(60) + similar::SPAN + SignedDuration::from_secs(1);
        assert!(house.store.prune_marks(much_later).await.unwrap());
        assert_eq!(count().await, 0);
        assert!(!house.store.prune_marks(much_later).await.unwrap());
    });
}
