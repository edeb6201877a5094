//! What staff said of categories, and the texts that it was said of.

use maildesk::desk::{Change, MessageKind};

use crate::house::{Mail, at, changing, each_engine, message};

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
