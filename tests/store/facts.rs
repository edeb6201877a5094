//! What is known of a ticket's matter, and of its requester from earlier tickets.

use std::collections::BTreeMap;

use maildesk::desk::{Change, Fact, Matter, PersonId, State};

use crate::house::{House, Mail, at, changing, create, each_engine, event, message, new_ticket};
use maildesk::desk::{Decision, MessageKind};

fn fact(value: &str, source: &str) -> Fact {
    Fact { value: value.into(), source: source.into(), confidence: 90, from: None, to: None }
}

fn matter(facts: &[(&str, &str, &str)], asked: &[&str]) -> Matter {
    Matter {
        facts: facts.iter().map(|(name, value, source)| ((*name).to_owned(), fact(value, source))).collect(),
        asked: asked.iter().map(|name| (*name).to_owned()).collect(),
        ..Matter::default()
    }
}

/// A ticket whose first mail told this.
async fn told(house: &House, uid: u32, proven: bool, matter: Matter) -> maildesk::desk::TicketId {
    let raw = house.keep(&[uid]).await[0];
    let client = house.person("client@client.example").await;
    let mut changes = vec![create(client.id), message(MessageKind::Client, client.id), Change::Facts(matter)];
    if !proven {
        changes.push(Change::RequesterProven(false));
    }
    let decision = Decision { changes, ..new_ticket(client.id) };
    let mail = Mail::named(&format!("mail-{uid}"));
    house.decide(Some(raw), Some(&mail), &decision, at(i64::from(uid) * 10)).await.unwrap().unwrap()
}

async fn known(house: &House, person: PersonId, now: i64) -> BTreeMap<String, Fact> {
    let mut window = house.store.window().await.unwrap();
    window.known(person, at(now)).await.unwrap()
}

#[test]
fn a_tickets_facts_are_kept_whole_and_changed_whole() {
    each_engine(|mut house| async move {
        let mut first =
            matter(&[("username", "lina01", "label"), ("steps_tried", "a\nb", "prose")], &["evidence"]);
        first.facts.insert(
            "occurred_at".into(),
            Fact { from: Some(at(1)), to: Some(at(2)), ..fact("昨天", "prose") },
        );
        let id = told(&house, 1, true, first.clone()).await;
        house.reopen().await;
        let ticket = house.facts(id, at(20)).await;
        assert_eq!(ticket.matter, first);
        assert_eq!(house.store.ticket(id).await.unwrap().unwrap().matter, first);

        let second = matter(&[("username", "lina02", "answer")], &["evidence"]);
        let changes = vec![Change::Facts(second.clone()), event("facts", "username")];
        house.decide(None, None, &changing(&ticket, changes), at(30)).await.unwrap();
        let ticket = house.facts(id, at(40)).await;
        assert_eq!(ticket.matter, second);
        // What says nothing of facts leaves them.
        house.decide(None, None, &changing(&ticket, vec![Change::State(State::Open)]), at(50)).await.unwrap();
        assert_eq!(house.facts(id, at(60)).await.matter, second);
        // A ticket from before there were facts, or without any.
        let bare = house.ticket(2, "bare").await;
        assert!(house.facts(bare, at(70)).await.matter.is_empty());
    });
}

#[test]
fn what_proven_tickets_told_is_known_of_their_requester() {
    each_engine(|house| async move {
        let client = house.person("client@client.example").await;
        assert!(known(&house, client.id, 100).await.is_empty());
        told(&house, 1, true, matter(&[("username", "old", "label"), ("os", "Windows 10", "prose")], &[]))
            .await;
        told(
            &house,
            2,
            true,
            matter(&[("username", "lina01", "label"), ("error_text", "500", "prose")], &[]),
        )
        .await;
        told(&house, 3, false, matter(&[("username", "mallory", "label")], &[])).await;
        told(&house, 4, true, matter(&[("username", "from before", "history")], &[])).await;
        let found = known(&house, client.id, 100).await;
        let values: Vec<(&str, &str)> =
            found.iter().map(|(name, fact)| (name.as_str(), fact.value.as_str())).collect();
        assert_eq!(values, [("os", "Windows 10"), ("username", "lina01")]);
        let other = house.person("other@client.example").await;
        assert!(known(&house, other.id, 100).await.is_empty());
        // Half a year later nobody knows.
        assert!(known(&house, client.id, 181 * 86_400).await.is_empty());
    });
}
