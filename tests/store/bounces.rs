//! What comes back: found by what a report may name, counted, shown, and the silence that follows from it.

use maildesk::{
    desk::{
        BounceEvidence, BounceFacts, Change, Decision, MessageKind, OutboxId, Outcome, TicketId, TicketRef,
        bounce_mark::BounceMark,
        token::{TokenKey, TokenKeys},
    },
    store::{NewOutbox, OutboxFilter, OutboxKind, SentMail},
};

use crate::house::{House, Mail, at, changing, each_engine, message, outgoing};

const CLIENT: &str = "client@client.example";
const DAY: i64 = 86_400;

async fn returned(house: &House, mail: SentMail<'_>, now: i64) -> Option<BounceFacts> {
    let mut window = house.store.window().await.unwrap();
    window.returned(mail, BounceEvidence::Address, at(now)).await.unwrap()
}

fn bounced(outbox: OutboxId, hard: bool, told: bool) -> Change {
    Change::Bounced {
        outbox,
        evidence: BounceEvidence::Header,
        hard,
        status: "5.1.1".into(),
        diagnostic: "no such user \0".into(),
        told,
    }
}

fn control(changes: Vec<Change>) -> Decision {
    Decision { outcome: Outcome::Control, reason: "a bounce".into(), changes, ..Decision::default() }
}

/// Applies a decision without a mail.
async fn apply(house: &House, changes: Vec<Change>, now: i64) {
    house.decide(None, None, &control(changes), at(now)).await.unwrap();
}

async fn enqueue(house: &House, kind: OutboxKind, ticket: Option<TicketId>, id: &str, now: i64) -> OutboxId {
    let mail = NewOutbox { ticket, ..outgoing(kind, CLIENT, id) };
    house.enqueue(&[mail], at(now)).await[0]
}

#[test]
fn a_mail_is_found_by_its_mark_and_by_its_message_id_and_by_no_other() {
    each_engine(|house| async move {
        let ticket = house.ticket(1, "a").await;
        let keys = TokenKeys(vec![TokenKey { id: 1, bytes: vec![7; 32] }]);
        let mut ids = Vec::new();
        for n in 0..50 {
            ids.push(enqueue(&house, OutboxKind::Reply, Some(ticket), &format!("{n}@desk"), 20).await);
        }
        for (n, id) in ids.iter().enumerate() {
            let name = format!("{n}@desk");
            let Some(BounceMark::Valid(key)) = keys.check_bounce(&keys.mint_bounce(&name, 30_000), 20_000)
            else {
                panic!("{name}");
            };
            for mail in [SentMail::Key(key), SentMail::MessageId(&name)] {
                let found = returned(&house, mail, 21).await.unwrap();
                assert_eq!((found.outbox, found.ticket, found.is_reply), (*id, Some(ticket), true));
            }
            let mut other = key;
            other[7] ^= 1;
            assert!(returned(&house, SentMail::Key(other), 21).await.is_none());
        }
        for key in [[0; 8], [0xff; 8]] {
            assert!(returned(&house, SentMail::Key(key), 21).await.is_none());
        }
        assert!(returned(&house, SentMail::MessageId("a@client.example"), 21).await.is_none(), "a client's");
    });
}

#[test]
fn who_wrote_the_reply_and_what_it_said_is_known() {
    each_engine(|house| async move {
        let ticket = house.ticket(1, "a").await;
        let alice = house.person("alice@example.com").await;
        let acknowledgement =
            enqueue(&house, OutboxKind::Acknowledgement, Some(ticket), "ack@desk", 10).await;
        let raws = house.keep(&[2, 3]).await;
        let bob = house.person("bob@example.com").await;
        for (n, (raw, author, now)) in [(raws[0], &alice, 20), (raws[1], &bob, 40)].into_iter().enumerate() {
            let facts = house.facts(ticket, at(now)).await;
            let decision = changing(&facts, vec![message(MessageKind::Reply, author.id)]);
            let mail = Mail::named(&format!("reply{n}"));
            house.decide(Some(raw), Some(&mail), &decision, at(now)).await.unwrap();
            enqueue(&house, OutboxKind::Reply, Some(ticket), &format!("r{n}@desk"), now).await;
        }
        for (name, author) in [("r0@desk", "alice@example.com"), ("r1@desk", "bob@example.com")] {
            let found = returned(&house, SentMail::MessageId(name), 50).await.unwrap();
            assert_eq!(found.author.as_deref(), Some(author));
            assert_eq!(found.text, "It does not work.");
            assert_eq!(found.recipient.address, CLIENT);
        }
        let found = returned(&house, SentMail::MessageId("ack@desk"), 50).await.unwrap();
        assert_eq!((found.outbox, found.is_reply, found.author), (acknowledgement, false, None));
        let to_agent = outgoing(OutboxKind::Notification, "alice@example.com", "n@desk");
        house.enqueue(&[to_agent], at(50)).await;
        let found = returned(&house, SentMail::MessageId("n@desk"), 50).await.unwrap();
        assert!(found.to_agent && found.ticket.is_none() && found.recipient.id == alice.id);
    });
}

#[test]
fn failures_are_counted_by_address_until_the_client_writes() {
    each_engine(|house| async move {
        let ticket = house.ticket(1, "a").await;
        let mut ids = Vec::new();
        for n in 0..4 {
            ids.push(enqueue(&house, OutboxKind::Reply, Some(ticket), &format!("{n}@desk"), 20).await);
        }
        // One long ago, one twice, one of another address.
        apply(&house, vec![bounced(ids[0], false, false)], 100).await;
        apply(&house, vec![bounced(ids[1], false, true)], 6 * DAY).await;
        apply(&house, vec![bounced(ids[1], true, false)], 6 * DAY + 5).await;
        let other =
            house.enqueue(&[outgoing(OutboxKind::Reply, "li@client.example", "li@desk")], at(20)).await;
        apply(&house, vec![bounced(other[0], true, true)], 6 * DAY).await;
        let asked = |now| returned(&house, SentMail::MessageId("2@desk"), now);
        let found = asked(6 * DAY + 10).await.unwrap();
        assert_eq!((found.failures_week, found.told_day, found.known), (2, true, None));
        let found = asked(7 * DAY + 3600).await.unwrap();
        assert_eq!((found.failures_week, found.told_day), (1, false));
        let known = returned(&house, SentMail::MessageId("1@desk"), 6 * DAY + 10).await.unwrap();
        assert_eq!((known.failures_week, known.known), (1, Some(true)), "itself not among them");
        let known = returned(&house, SentMail::MessageId("0@desk"), 6 * DAY + 10).await.unwrap();
        assert_eq!(known.known, Some(false));
        // The client writes.
        let raw = house.keep(&[2]).await[0];
        let client = house.person(CLIENT).await;
        let facts = house.facts(ticket, at(6 * DAY + 20)).await;
        let decision = changing(&facts, vec![message(MessageKind::Client, client.id)]);
        house.decide(Some(raw), Some(&Mail::named("b")), &decision, at(6 * DAY + 20)).await.unwrap();
        assert_eq!(asked(6 * DAY + 30).await.unwrap().failures_week, 0);
    });
}

#[test]
fn lists_show_what_came_back() {
    each_engine(|mut house| async move {
        let ids = [
            enqueue(&house, OutboxKind::Reply, None, "a@desk", 1).await,
            enqueue(&house, OutboxKind::Reply, None, "b@desk", 2).await,
        ];
        apply(&house, vec![bounced(ids[0], false, false)], 10).await;
        apply(&house, vec![bounced(ids[0], true, true)], 20).await;
        house.reopen().await;
        let all = house.store.outbox(None, 10).await.unwrap();
        assert_eq!(all.iter().map(|row| row.bounced.is_some()).collect::<Vec<_>>(), [false, true]);
        let shown = all[1].bounced.clone().unwrap();
        assert_eq!((shown.at, shown.hard, shown.status.as_deref()), (at(20), true, Some("5.1.1")));
        assert_eq!(shown.diagnostic, "no such user ");
        let back = house.store.outbox_of(OutboxFilter::Bounced, 10).await.unwrap();
        assert_eq!(back.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[0]]);
        let one = house.store.outbox_of(OutboxFilter::Only(ids[1]), 10).await.unwrap();
        assert_eq!(one.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[1]]);
    });
}

#[test]
fn an_address_is_silenced_let_through_and_its_history_says_so() {
    each_engine(|house| async move {
        let ticket = house.ticket(1, "a").await;
        let client = house.person(CLIENT).await;
        assert_eq!((client.suppressed, client.suppressed_at, client.released_at), (false, None, None));
        let suppress = |why: &str| Change::Suppress { person: client.id, why: why.into() };
        apply(&house, vec![suppress("5.1.1 no such user")], 100).await;
        // Known once: a second report does not make it younger.
        apply(&house, vec![suppress("another")], 200).await;
        for person in [house.person(CLIENT).await, house.facts(ticket, at(201)).await.requester] {
            assert!(person.suppressed);
            assert_eq!(person.suppressed_at, Some(at(100)));
            assert_eq!(person.suppressed_why, "5.1.1 no such user");
        }
        let rows = house.store.suppressed().await.unwrap();
        assert_eq!((rows.len(), rows[0].address.as_str(), rows[0].since), (1, CLIENT, Some(at(100))));

        let facts = house.facts(ticket, at(300)).await;
        let decision = changing(&facts, vec![Change::Release(client.id)]);
        house.decide(None, None, &decision, at(300)).await.unwrap();
        let person = house.person(CLIENT).await;
        assert_eq!(
            (person.suppressed, person.suppressed_at, person.released_at),
            (false, None, Some(at(300)))
        );
        assert!(house.store.suppressed().await.unwrap().is_empty());

        apply(&house, vec![suppress("again")], 400).await;
        assert_eq!(house.person(CLIENT).await.released_at, Some(at(300)), "the last time stays known");
        assert_eq!(house.store.release_person(CLIENT, at(500)).await.unwrap(), Some(true));
        assert_eq!(house.store.release_person(CLIENT, at(500)).await.unwrap(), Some(false));
        assert_eq!(house.store.release_person("nobody@client.example", at(500)).await.unwrap(), None);
        let person = house.person(CLIENT).await;
        assert_eq!((person.suppressed, person.released_at), (false, None), "an operator's word counts anew");
        let detail = house.store.ticket(ticket).await.unwrap().unwrap();
        let last = detail.events.last().unwrap();
        assert_eq!((last.kind.as_str(), last.at), ("released", at(500)));
        assert!(detail.chain_intact);
        assert_eq!(house.facts(ticket, at(501)).await.version, facts.version + 2);
    });
}

#[test]
fn a_bounce_of_a_ticket_s_mail_and_its_history_are_one_commit() {
    each_engine(|house| async move {
        let ticket = house.ticket(1, "a").await;
        let id = enqueue(&house, OutboxKind::Reply, Some(ticket), "a@desk", 20).await;
        let stale = Decision {
            ticket: Some(TicketRef::Existing(ticket, 77)),
            ..control(vec![crate::house::event("bounce", "5.1.1"), bounced(id, true, true)])
        };
        crate::house::conflict_on(house.decide(None, None, &stale, at(30)).await);
        assert!(house.store.outbox_of(OutboxFilter::Bounced, 10).await.unwrap().is_empty());
        let version = house.facts(ticket, at(31)).await.version;
        let good = Decision { ticket: Some(TicketRef::Existing(ticket, version)), ..stale };
        house.decide(None, None, &good, at(32)).await.unwrap();
        assert_eq!(house.store.outbox_of(OutboxFilter::Bounced, 10).await.unwrap().len(), 1);
    });
}

#[test]
fn what_a_server_takes_as_sender_is_remembered_by_mailbox() {
    each_engine(|mut house| async move {
        assert_eq!(house.store.plain_sender_until("support").await.unwrap(), None);
        house.store.set_plain_sender("support", at(100)).await.unwrap();
        house.store.set_plain_sender("support", at(200)).await.unwrap();
        house.reopen().await;
        assert_eq!(house.store.plain_sender_until("support").await.unwrap(), Some(at(200)));
        assert_eq!(house.store.plain_sender_until("sales").await.unwrap(), None);
    });
}
