//! What a decision gets to know.

use maildesk::{
    desk::{LimitCounts, MessageKind, ThreadMatch, TicketId},
    store::{FolderKey, NewOutbox, OutboxKind},
};

use crate::house::{
    Mail, apply, at, changing, each_engine, event, ignored, keep, key, message, new_ticket, outgoing,
};

#[test]
fn people_are_one_row_an_address() {
    each_engine(|house| async move {
        let mut window = house.store.window().await.unwrap();
        let first = window.person("ann@client.example", None, at(0)).await.unwrap();
        let named = window.person("ann@client.example", Some("Ann\0a"), at(1)).await.unwrap();
        let renamed = window.person("ann@client.example", Some("Eve"), at(2)).await.unwrap();
        let other = window.person("bob@client.example", Some("Bob"), at(2)).await.unwrap();
        window.commit().await.unwrap();
        assert_eq!((first.id, first.name.as_deref()), (named.id, None));
        assert_eq!((named.name.as_deref(), renamed.name.as_deref()), (Some("Anna"), Some("Anna")));
        assert_ne!(other.id, first.id);
        assert_eq!((first.language.as_deref(), first.suppressed), (None, false));
        house.ticket(1, "one").await;
        let client = house.person("client@client.example").await;
        assert_eq!(client.language.as_deref(), Some("en"), "of their newest ticket");
    });
}

#[test]
fn duplicates_are_earlier_decided_mails_of_the_same_identity() {
    each_engine(|house| async move {
        let raws = house.keep(&[1, 2, 3]).await;
        let mut window = house.store.window().await.unwrap();
        assert_eq!(window.duplicate("same", raws[1]).await.unwrap(), None);
        apply(&mut window, Some(raws[0]), Some(&Mail::named("same")), &ignored("a robot"), at(2))
            .await
            .unwrap();
        assert_eq!(window.duplicate("same", raws[1]).await.unwrap(), Some(None));
        assert_eq!(window.duplicate("same", raws[0]).await.unwrap(), None, "not of itself");
        assert_eq!(window.duplicate("", raws[1]).await.unwrap(), None);
        assert_eq!(window.duplicates(&["same", "other"]).await.unwrap(), [("same".to_owned(), None)].into());
        let client = window.person("client@client.example", None, at(2)).await.unwrap();
        let ticket =
            apply(&mut window, Some(raws[1]), Some(&Mail::named("same")), &new_ticket(client.id), at(3))
                .await
                .unwrap();
        assert_eq!(
            window.duplicate("same", raws[2]).await.unwrap(),
            Some(ticket),
            "the ticket before nothing"
        );
    });
}

/// One Message-ID that came to several of our addresses (SPEC section 4).
#[test]
fn one_mail_in_two_mailboxes_is_one_ticket_whichever_window_it_comes_in() {
    each_engine(|house| async move {
        let first = house.keep(&[1]).await[0];
        let sales = FolderKey { mailbox: "sales".into(), ..key() };
        house.store.begin_folder(&sales, 0, at(0)).await.unwrap();
        let kept = house.store.keep(&sales, &[keep(1), keep(2)], at(1)).await.unwrap();
        let [(_, copy), (_, squatter)] = kept[..] else { panic!("{kept:?}") };
        let mut window = house.store.window_of("support").await.unwrap();
        let client = window.person("client@client.example", None, at(2)).await.unwrap();
        let mail = Mail::named("same");
        let ticket =
            apply(&mut window, Some(first), Some(&mail), &new_ticket(client.id), at(3)).await.unwrap();
        assert_eq!(window.duplicate("same", copy).await.unwrap(), Some(ticket), "in the same window");
        window.commit().await.unwrap();
        let mut window = house.store.window_of("sales").await.unwrap();
        assert_eq!(window.duplicate("same", copy).await.unwrap(), Some(ticket), "and in another mailbox's");
        // Another mail under the same Message-ID is another mail.
        let other = Mail { message_id: mail.message_id.clone(), ..Mail::named("another") };
        assert_eq!(window.duplicate("another", squatter).await.unwrap(), None);
        let second =
            apply(&mut window, Some(squatter), Some(&other), &new_ticket(client.id), at(4)).await.unwrap();
        assert_ne!(second, ticket);
        let threads = window.threads(&[mail.message_id.unwrap()]).await.unwrap();
        assert_eq!(threads.len(), 2, "both are found by it");
    });
}

/// The first mail can go, with the batch that brought it.
#[test]
fn a_duplicate_of_what_is_gone_is_nobodys_first() {
    each_engine(|house| async move {
        let raws = house.keep(&[1, 2]).await;
        let mut window = house.store.window().await.unwrap();
        let copy = ignored("the same mail was taken before: #9");
        apply(&mut window, Some(raws[0]), Some(&Mail::named("same")), &copy, at(2)).await.unwrap();
        assert_eq!(window.duplicate("same", raws[1]).await.unwrap(), None);
        assert!(window.duplicates(&["same"]).await.unwrap().is_empty());
    });
}

#[test]
fn mails_without_identity_are_no_duplicates() {
    each_engine(|house| async move {
        let raws = house.keep(&[1, 2]).await;
        let client = house.person("client@client.example").await;
        for raw in raws {
            house.decide(Some(raw), Some(&Mail::default()), &new_ticket(client.id), at(2)).await.unwrap();
        }
        assert_eq!(house.number("SELECT COUNT(*) FROM message").await, 2);
        let mut window = house.store.window().await.unwrap();
        assert!(window.threads(&[String::new()]).await.unwrap().is_empty(), "no Message-ID is no thread");
    });
}

#[test]
fn threads_are_found_among_ours_and_received() {
    each_engine(|house| async move {
        let (first, second) = (house.ticket(1, "one").await, house.ticket(2, "two").await);
        let on = |ticket, mail: NewOutbox| NewOutbox { ticket: Some(ticket), ..mail };
        house
            .enqueue(
                &[
                    on(first, outgoing(OutboxKind::Acknowledgement, "client@client.example", "ack@desk")),
                    on(second, outgoing(OutboxKind::Notification, "alice@example.com", "note@desk")),
                    outgoing(OutboxKind::Alert, "ops@example.com", "alert@desk"),
                ],
                at(11),
            )
            .await;
        let mut window = house.store.window().await.unwrap();
        let ids =
            ["nothing@x", "note@desk", "one@client.example", "alert@desk", "ack@desk"].map(str::to_owned);
        let found = window.threads(&ids).await.unwrap();
        let expected = [
            ThreadMatch {
                ticket: second,
                sent_to: Some("alice@example.com".into()),
                to_agent: true,
                revoked: false,
            },
            ThreadMatch { ticket: first, sent_to: None, to_agent: false, revoked: false },
            ThreadMatch {
                ticket: first,
                sent_to: Some("client@client.example".into()),
                to_agent: false,
                revoked: false,
            },
        ];
        assert_eq!(found, expected);
        assert!(window.threads(&[]).await.unwrap().is_empty());
    });
}

#[test]
fn message_ids_of_any_size_and_kind_thread() {
    each_engine(|house| async move {
        let long = "x".repeat(10_240);
        let odd = "a\0b\u{202e}\u{10ffff}\u{feff}@é".to_owned();
        let client = house.person("client@client.example").await;
        for (uid, id) in [(1, &long), (2, &odd)] {
            let raw = house.keep(&[uid]).await[0];
            let mail = Mail {
                identity: format!("i{uid}"),
                message_id: Some(id.clone()),
                references: vec![odd.clone(), "b\0c".into()],
                subject: Some("\0Help\0".into()),
                ..Mail::default()
            };
            house.decide(Some(raw), Some(&mail), &new_ticket(client.id), at(3)).await.unwrap();
        }
        let mut window = house.store.window().await.unwrap();
        let found = window.threads(&[long.clone(), odd.clone()]).await.unwrap();
        assert_eq!(found.iter().map(|found| found.ticket).collect::<Vec<_>>(), [TicketId(1), TicketId(2)]);
        let facts = window.ticket_facts(&[TicketId(1)], at(4)).await.unwrap().remove(0);
        assert_eq!(facts.last_client_message_id, Some(long));
        assert_eq!(facts.last_client_references, [odd, "b\0c".to_owned()]);
        drop(window);
        let detail = house.store.ticket(TicketId(2)).await.unwrap().unwrap();
        assert_eq!(detail.messages[0].subject.as_deref(), Some("Help"));
    });
}

#[test]
fn tickets_come_in_the_order_asked() {
    each_engine(|house| async move {
        let (first, second) = (house.ticket(1, "one").await, house.ticket(2, "two").await);
        let mut window = house.store.window().await.unwrap();
        let ids = [second, TicketId(50), first];
        let facts = window.ticket_facts(&ids, at(20)).await.unwrap();
        assert_eq!(facts.iter().map(|facts| facts.id).collect::<Vec<_>>(), [second, first]);
        assert_eq!(facts[0].last_client_message_id.as_deref(), Some("two@client.example"));
        assert!(!facts[0].last_client_text.is_empty(), "whoever gets the ticket sees what the client wrote");
        assert_eq!(facts[0].requester.address, "client@client.example");
        assert!(window.ticket_facts(&[], at(20)).await.unwrap().is_empty());
    });
}

#[test]
fn acknowledgements_are_counted_by_address_domain_and_time() {
    each_engine(|house| async move {
        let ack = |to: &str, id: &str| outgoing(OutboxKind::Acknowledgement, to, id);
        let day = 24 * 3600;
        house.enqueue(&[ack("a@one.example", "1")], at(0)).await;
        house.enqueue(&[ack("a@one.example", "2"), ack("b@one.example", "3")], at(day - 3000)).await;
        let shadow = NewOutbox { shadow: true, ..ack("a@one.example", "4") };
        let by_hand = NewOutbox { automatic: false, ..ack("a@one.example", "5") };
        let to_agent = NewOutbox { to_agent: true, ..ack("a@one.example", "6") };
        let reply = outgoing(OutboxKind::Reply, "a@one.example", "7");
        let asked = outgoing(OutboxKind::Confirmation, "a@one.example", "8");
        let elsewhere = ack("a@two.example", "9");
        house.enqueue(&[shadow, by_hand, to_agent, reply, asked, elsewhere], at(day - 60)).await;
        let mut window = house.store.window().await.unwrap();
        let counts = window.limits("a@one.example", "one.example", at(day)).await.unwrap();
        let expected = LimitCounts {
            acks_address_10min: 1,
            acks_address_day: 2,
            acks_domain_hour: 3,
            acks_hour: 4,
            confirmations_hour: 1,
        };
        assert_eq!(counts, expected, "the one of a day ago is out, that of shadow mode is in");
        let just_before = window.limits("a@one.example", "one.example", at(day - 1)).await.unwrap();
        assert_eq!(just_before.acks_address_day, 3);
        let unknown = window.limits("z@z.example", "z.example", at(day)).await.unwrap();
        assert_eq!((unknown.acks_address_day, unknown.acks_domain_hour, unknown.acks_hour), (0, 0, 4));
    });
}

#[test]
fn automatic_mail_of_a_ticket_is_counted_until_a_person_writes() {
    each_engine(|house| async move {
        let id = house.ticket(1, "one").await;
        let automatic = |name: &str| NewOutbox {
            ticket: Some(id),
            ..outgoing(OutboxKind::Acknowledgement, "client@client.example", name)
        };
        let notification =
            NewOutbox { ticket: Some(id), ..outgoing(OutboxKind::Notification, "alice@example.com", "n") };
        house.enqueue(&[automatic("1"), notification], at(10)).await;
        house.enqueue(&[automatic("2")], at(3000)).await;
        let facts = house.facts(id, at(3700)).await;
        assert_eq!((facts.automatic_hour, facts.automatic_row), (1, 2));

        let raws = house.keep(&[2, 3]).await;
        let client = house.person("client@client.example").await;
        let note = changing(&facts, vec![message(MessageKind::Note, client.id)]);
        house.decide(Some(raws[0]), Some(&Mail::named("note")), &note, at(3800)).await.unwrap();
        let facts = house.facts(id, at(3800)).await;
        assert_eq!(facts.automatic_row, 2, "a note is not an answer");
        let answer = changing(&facts, vec![message(MessageKind::Client, client.id)]);
        house.decide(Some(raws[1]), Some(&Mail::named("answer")), &answer, at(3900)).await.unwrap();
        let facts = house.facts(id, at(3900)).await;
        assert_eq!((facts.automatic_hour, facts.automatic_row), (1, 0));
    });
}

#[test]
fn floods_are_counted_by_person_and_hour() {
    each_engine(|house| async move {
        let (old, one) = (house.ticket(1, "one").await, house.ticket(2, "two").await);
        let client = house.person("client@client.example").await;
        let other = house.person("bob@client.example").await;
        let ack = |n| outgoing(OutboxKind::Acknowledgement, "client@client.example", &format!("{n}@desk"));
        house.enqueue(&[ack(1)], at(15)).await;
        let facts = house.facts(old, at(20)).await;
        let reply = message(MessageKind::Reply, other.id);
        let changes = vec![reply, event("breaker", "limit"), event("folded", "unproven")];
        let raw = house.keep(&[3]).await[0];
        house
            .decide(Some(raw), Some(&Mail::named("three")), &changing(&facts, changes), at(20))
            .await
            .unwrap();
        house.enqueue(&[ack(2), ack(3)], at(30)).await;

        let mut window = house.store.window().await.unwrap();
        let (flood, newest) = window.flood(&client, "", at(100)).await.unwrap();
        assert_eq!(newest, Some(one));
        assert_eq!((flood.tickets_address_hour, flood.folded_address_hour), (2, 1));
        assert_eq!(flood.acks_address_row, 2, "since staff last answered");
        assert_eq!(flood.breaker_hour, Some(1));
        let (later, newest) = window.flood(&client, "", at(2 * 3600)).await.unwrap();
        assert_eq!((later.tickets_address_hour, later.folded_address_hour, newest), (0, 0, None));
        assert_eq!((later.breaker_hour, later.acks_address_row), (Some(0), 2));

        assert_eq!(window.requester_address(one).await.unwrap().as_deref(), Some("client@client.example"));
        assert_eq!(window.requester_address(TicketId(99)).await.unwrap(), None);
        let (text, tickets) = ("It does not work.", [old, one]);
        assert_eq!(window.agent_flood(&other, &tickets, text, at(100)).await.unwrap(), (1, 0));
        assert_eq!(window.agent_flood(&other, &tickets, "Else", at(100)).await.unwrap(), (0, 0));
        assert_eq!(window.agent_flood(&other, &[], text, at(100)).await.unwrap(), (0, 0));
    });
}
