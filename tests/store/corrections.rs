//! What staff said of categories, and the texts that it was said of.

use maildesk::{
    desk::{Change, MessageKind, PersonId, State, TicketId},
    store::Store,
};

use crate::{
    house::{House, Mail, PATIENCE, at, changing, each_engine, message},
    importing::old_ticket,
};

async fn refile(house: &House, ticket: TicketId, category: &str, by: PersonId, second: i64) {
    let facts = house.facts(ticket, at(second)).await;
    let said = vec![
        Change::Category(Some(category.to_owned())),
        Change::Correction { before: facts.category.clone(), category: category.to_owned(), by },
    ];
    house.decide(None, None, &changing(&facts, said), at(second)).await.unwrap();
}

async fn taught(house: &House) -> Vec<String> {
    house.store.corrections(10).await.unwrap().into_iter().map(|c| c.category).collect()
}

#[test]
fn corrections_come_with_the_clients_first_text_the_newest_of_a_ticket_alone() {
    each_engine(|house| async move {
        let agent = house.person("alice@example.com").await;
        let (first, second) = (house.ticket(1, "one").await, house.ticket(2, "two").await);
        house.ticket(3, "never refiled").await;
        let say = |before: Option<&str>, category: &str| {
            vec![
                Change::Category(Some(category.to_owned())),
                Change::Correction {
                    before: before.map(str::to_owned),
                    category: category.to_owned(),
                    by: agent.id,
                },
            ]
        };
        for (ticket, before, category, second) in [
            (first, None, "account", 20),
            (second, Some("technical"), "business", 21),
            (first, Some("account"), "technical", 22),
        ] {
            let facts = house.facts(ticket, at(second)).await;
            house.decide(None, None, &changing(&facts, say(before, category)), at(second)).await.unwrap();
        }
        // A later mail of the client is not what was judged.
        let raw = house.keep(&[4]).await[0];
        let facts = house.facts(second, at(23)).await;
        let more = changing(&facts, vec![message(MessageKind::Client, facts.requester.id)]);
        house.decide(Some(raw), Some(&Mail::named("more")), &more, at(23)).await.unwrap();

        let found = house.store.corrections(10).await.unwrap();
        let categories: Vec<&str> = found.iter().map(|c| c.category.as_str()).collect();
        assert_eq!(categories, ["business", "technical"], "in the order in which they were said last");
        assert!(found.iter().all(|c| !c.title.is_empty() && !c.text.is_empty()), "{found:?}");
        assert_eq!(house.store.corrections(1).await.unwrap(), found[1..], "the newest");
        assert_eq!(house.number("SELECT COUNT(*) FROM correction").await, 3, "nothing is overwritten");
        assert_eq!(house.number("SELECT COUNT(*) FROM correction WHERE was = ''").await, 1);
        assert_eq!(house.facts(first, at(30)).await.category.as_deref(), Some("technical"));
    });
}

#[test]
fn what_was_erased_or_is_spam_teaches_no_more() {
    each_engine(|house| async move {
        assert_eq!(house.store.newest_correction().await.unwrap(), 0);
        let agent = house.person("alice@example.com").await.id;
        let (first, second) = (house.ticket(1, "one").await, house.ticket(2, "two").await);
        refile(&house, first, "account", agent, 20).await;
        refile(&house, second, "business", agent, 21).await;
        assert_eq!(taught(&house).await, ["account", "business"]);
        let newest = house.store.newest_correction().await.unwrap();
        assert!(newest > 0);
        let facts = house.facts(first, at(22)).await;
        let spam = changing(&facts, vec![Change::State(State::Spam)]);
        house.decide(None, None, &spam, at(22)).await.unwrap();
        assert_eq!(taught(&house).await, ["business"]);
        let facts = house.facts(first, at(23)).await;
        house.decide(None, None, &changing(&facts, vec![Change::State(State::Open)]), at(23)).await.unwrap();
        assert_eq!(taught(&house).await, ["account", "business"]);
        // Somebody is forgotten: their words are gone, and what was said of them teaches nothing.
        house.tamper("UPDATE message SET text = ''").await;
        house.tamper("UPDATE ticket SET subject = ''").await;
        assert_eq!(taught(&house).await, [""; 0]);
        assert_eq!(house.store.newest_correction().await.unwrap(), newest);
    });
}

#[test]
fn an_imported_ticket_that_was_refiled_teaches_and_stays_through_the_undo_of_its_batch() {
    each_engine(|house| async move {
        let agent = house.person("alice@example.com").await.id;
        let (kept, gone) = (old_ticket(&house, "old", "a@0").await, old_ticket(&house, "old", "a@1").await);
        refile(&house, kept, "account", agent, 150).await;
        assert_eq!(taught(&house).await, ["account"]);
        while house.store.undo_import("old", at(200)).await.unwrap() {}
        assert!(house.store.ticket(gone).await.unwrap().is_none());
        assert!(house.store.ticket(kept).await.unwrap().is_some());
        assert_eq!(taught(&house).await, ["account"]);
        refile(&house, kept, "technical", agent, 250).await;
        assert_eq!(taught(&house).await, ["technical"], "the later word of the same ticket counts alone");
    });
}

#[test]
fn other_daemons_on_the_store_hear_of_a_correction() {
    each_engine(|house| async move {
        let agent = house.person("alice@example.com").await.id;
        let ticket = house.ticket(1, "one").await;
        let other = Store::open(&house.url).await.unwrap();
        let before = other.newest_correction().await.unwrap();
        let mut changes = other.changes().await.unwrap();
        refile(&house, ticket, "account", agent, 20).await;
        tokio::time::timeout(PATIENCE, changes.next()).await.expect("it is heard").unwrap();
        assert!(other.newest_correction().await.unwrap() > before);
        // Whoever listens holds a connection of the store's.
        drop(changes);
        other.close().await;
    });
}
