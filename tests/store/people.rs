//! Who is on a ticket and whose it is, merged tickets, related ones, and the same text from one domain.

use jiff::SignedDuration;
use maildesk::{
    desk::{Change, MessageKind, PersonId, RelatedTicket, State, TicketId},
    mail::Address,
};

use super::house::*;

fn person(address: &str) -> Address {
    Address { name: Some("Wei".into()), address: address.into() }
}

#[test]
fn people_come_and_go_by_their_address() {
    each_engine(|house| async move {
        let id = house.ticket(1, "one").await;
        let before = house.facts(id, at(20)).await;
        assert_eq!((before.others.len(), before.proposed_by.clone()), (0, None));
        let join = |address: &str| Change::Join(person(address));
        let changes = vec![
            join("Wei@client.example"),
            join("boss@client.example"),
            join("wei@client.example"),
            Change::Proposed(Some("alice@example.com".into())),
        ];
        house.decide(None, None, &changing(&before, changes), at(20)).await.unwrap();
        let after = house.facts(id, at(20)).await;
        assert_eq!(
            after.participants,
            ["client@client.example", "wei@client.example", "boss@client.example"]
        );
        assert_eq!(
            after.others.iter().map(|p| p.address.as_str()).collect::<Vec<_>>(),
            after.participants[1..]
        );
        assert_eq!(after.others[0].name.as_deref(), Some("Wei"));
        assert_eq!(after.proposed_by.as_deref(), Some("alice@example.com"));

        let changes = vec![
            Change::Leave("client@client.example".into()),
            Change::Requester(person("boss@client.example")),
            Change::Leave("nobody@client.example".into()),
        ];
        house.decide(None, None, &changing(&after, changes), at(21)).await.unwrap();
        let changed = house.facts(id, at(22)).await;
        assert_eq!(
            changed.participants,
            ["boss@client.example", "wei@client.example"],
            "the requester first"
        );
        assert_eq!(
            (changed.requester.address.as_str(), changed.requester_proven),
            ("boss@client.example", false)
        );
        assert_eq!((changed.proposed_by, changed.version), (None, after.version + 1));
    });
}

#[test]
fn a_ticket_is_merged_with_both_as_they_were_read() {
    each_engine(|house| async move {
        let (one, two) = (house.ticket(1, "one").await, house.ticket(2, "two").await);
        let (from, into) = (house.facts(one, at(20)).await, house.facts(two, at(20)).await);
        let merge = |version| {
            let inner = vec![
                event("merged", "#1"),
                Change::State(State::Open),
                Change::Join(person("wei@client.example")),
            ];
            vec![
                event("merged_into", "#2"),
                Change::State(State::Merged),
                Change::Merge { into: into.id, version, changes: inner },
            ]
        };
        let stale = house.decide(None, None, &changing(&from, merge(into.version - 1)), at(21)).await;
        assert_eq!(conflict_on(stale), two);
        assert_eq!(house.facts(one, at(21)).await, from, "all or nothing");
        house.decide(None, None, &changing(&from, merge(into.version)), at(21)).await.unwrap();
        let (gone, left) = (house.facts(one, at(22)).await, house.facts(two, at(22)).await);
        assert_eq!((gone.state, gone.merged_into), (State::Merged, Some(two)));
        assert_eq!((left.state, left.version, left.merged_into), (State::Open, into.version + 1, None));
        assert_eq!(left.participants, ["client@client.example", "wei@client.example"]);
        assert_eq!(left.history.last().unwrap().kind, "merged");
        for id in [one, two] {
            assert!(house.store.ticket(id).await.unwrap().unwrap().chain_intact);
        }
    });
}

#[test]
fn a_forwarded_mail_is_found_by_its_message_id_and_shows_it_to_nobody() {
    each_engine(|house| async move {
        let raw = house.keep(&[1]).await[0];
        let client = house.person("client@client.example").await;
        let mut decision = new_ticket(client.id);
        decision.changes[1] = Change::Forwarded { author: client.id, text: "It does not work.".into() };
        let mut mail = Mail::named("alices");
        mail.references = vec!["inner@example.com".into()];
        let id = house.decide(Some(raw), Some(&mail), &decision, at(10)).await.unwrap().unwrap();
        let facts = house.facts(id, at(20)).await;
        assert_eq!((facts.last_client_message_id, facts.last_client_references), (None, vec![]));
        assert_eq!(facts.last_client_text, "It does not work.");
        let mut window = house.store.window().await.unwrap();
        let threads = window.threads(&["alices@client.example".into()]).await.unwrap();
        assert_eq!(threads.iter().map(|t| t.ticket).collect::<Vec<_>>(), [id]);
    });
}

#[test]
fn related_tickets_are_found_by_marks_within_their_scope_and_time() {
    each_engine(|house| async move {
        let tickets =
            [house.ticket(1, "one").await, house.ticket(2, "two").await, house.ticket(3, "three").await];
        for (n, id) in tickets.iter().enumerate() {
            let facts = house.facts(*id, at(20)).await;
            let marks = vec![Change::Marks { scope: "client.example".into(), marks: vec![7, -8, n as i64] }];
            house.decide(None, None, &changing(&facts, marks), at(20 + n as i64)).await.unwrap();
        }
        let mut window = house.store.window().await.unwrap();
        let found = window.marked("client.example", &[7, 1], at(60)).await.unwrap();
        assert_eq!(found.len(), 4);
        assert_eq!(found[0], (7, tickets[2]), "the newest first");
        assert!(found.contains(&(1, tickets[1])));
        assert_eq!(window.marked("other.example", &[7], at(60)).await.unwrap(), []);
        assert_eq!(window.marked("client.example", &[], at(60)).await.unwrap(), []);
        let later = at(20) + SignedDuration::from_hours(31 * 24);
        assert_eq!(window.marked("client.example", &[7], later).await.unwrap(), []);
        let subjects = window.subjects(&[tickets[2], TicketId(99), tickets[0]]).await.unwrap();
        let named = |id| RelatedTicket { id, subject: "Login fails".into() };
        assert_eq!(subjects, [named(tickets[2]), named(tickets[0])]);
        drop(window);
        let spam = house.facts(tickets[0], at(30)).await;
        house.decide(None, None, &changing(&spam, vec![Change::State(State::Spam)]), at(31)).await.unwrap();
        let mut window = house.store.window().await.unwrap();
        assert_eq!(window.subjects(&[tickets[0]]).await.unwrap(), []);
    });
}

#[test]
fn the_same_text_of_a_domain_is_counted_for_a_week() {
    each_engine(|house| async move {
        const TEXT: &str = "Your request has been received and will be handled soon.";
        let said = |author: PersonId, kind, text: &str| Change::Message { kind, author, text: text.into() };
        let id = house.ticket(1, "one").await;
        let (ann, bob) = (house.person("ann@robots.example").await, house.person("bob@robots.example").await);
        let elsewhere = house.person("ann@notrobots.example").await;
        let rows = [
            (2, said(ann.id, MessageKind::Client, TEXT)),
            (3, said(bob.id, MessageKind::Client, &TEXT.replace(' ', "\n "))),
            (4, said(elsewhere.id, MessageKind::Client, TEXT)),
            (5, said(ann.id, MessageKind::Report, TEXT)),
            (6, said(ann.id, MessageKind::Client, "another text, which is as long as the others")),
            (7, said(ann.id, MessageKind::Client, "short")),
        ];
        for (uid, change) in rows {
            let raw = house.keep(&[uid]).await[0];
            let facts = house.facts(id, at(20)).await;
            let mail = Mail::named(&format!("mail{uid}"));
            house.decide(Some(raw), Some(&mail), &changing(&facts, vec![change]), at(20)).await.unwrap();
        }
        let mut window = house.store.window().await.unwrap();
        for (text, now, count) in [
            (TEXT, at(100), 2),
            ("short", at(100), 0),
            ("", at(100), 0),
            (TEXT, at(100) + SignedDuration::from_hours(8 * 24), 0),
        ] {
            let (flood, _) = window.flood(&bob, text, now).await.unwrap();
            assert_eq!(flood.same_text_week, count, "{text}");
        }
    });
}

#[test]
fn whose_address_takes_no_mail_is_known_by_it() {
    each_engine(|house| async move {
        let id = house.ticket(1, "one").await;
        let wei = house.person("wei@client.example").await;
        house.person("li@client.example").await;
        let before = house.facts(id, at(20)).await;
        let changes = vec![
            Change::Join(person("wei@client.example")),
            Change::Suppress { person: wei.id, why: "550 User unknown".into() },
        ];
        house.decide(None, None, &changing(&before, changes), at(30)).await.unwrap();
        let asked = ["wei@client.example", "li@client.example", "nobody@client.example"].map(str::to_owned);
        let mut window = house.store.window().await.unwrap();
        let silenced = window.silenced(&asked).await.unwrap();
        assert_eq!(silenced.len(), 1);
        let told = |p: &maildesk::desk::PersonFacts| {
            (p.address.clone(), p.suppressed, p.suppressed_at, p.suppressed_why.clone())
        };
        let expected = ("wei@client.example".to_owned(), true, Some(at(30)), "550 User unknown".to_owned());
        assert_eq!(told(&silenced[0]), expected);
        assert_eq!(window.silenced(&[]).await.unwrap(), []);
        drop(window);
        assert_eq!(told(&house.facts(id, at(40)).await.others[0]), expected, "on the ticket as well");
    });
}
