//! Windows and what a decision becomes.

use maildesk::{
    desk::{Change, Decision, MessageKind, Priority, State, TicketId, TicketRef, TimerKind},
    mail::{Attachment, AttachmentKind},
    store::{DueTimer, StoreError, TicketFilter},
};

use crate::house::{
    Mail, apply, at, changing, conflict_on, create, each_engine, event, held, ignored, message, new_ticket,
};

#[test]
fn a_ticket_is_there_with_everything_after_reopening() {
    each_engine(|mut house| async move {
        let raw = house.keep(&[1]).await[0];
        let client = house.person("client@client.example").await;
        let log = Attachment {
            name: "app.log".into(),
            original_name: Some("../app.log".into()),
            content_type: "text/plain".into(),
            detected_type: None,
            size: 12,
            sha256: "ab".repeat(32),
            inline: false,
            kind: AttachmentKind::Log,
            of_desk: false,
        };
        let picture = Attachment { name: "a.png".into(), inline: true, ..log.clone() };
        let mail = Mail { attachments: vec![log.clone(), picture.clone()], ..Mail::named("one") };
        let id = house.decide(Some(raw), Some(&mail), &new_ticket(client.id), at(10)).await.unwrap().unwrap();
        house.reopen().await;

        let detail = house.store.ticket(id).await.unwrap().unwrap();
        assert_eq!(detail.ticket.number, TicketId(1));
        assert_eq!(detail.ticket.state, State::New);
        assert_eq!((detail.ticket.priority.as_str(), detail.ticket.assignee.as_deref()), ("high", None));
        assert_eq!(
            (detail.ticket.category.as_deref(), detail.ticket.team.as_deref()),
            (Some("technical"), Some("tech"))
        );
        assert_eq!((detail.ticket.created_at, detail.ticket.updated_at), (at(0), at(10)));
        assert_eq!(detail.participants, ["client@client.example"]);
        assert_eq!(detail.first_response_due_at, Some(at(3600)));
        assert_eq!(detail.messages.len(), 1);
        let message = &detail.messages[0];
        assert_eq!((message.raw, message.kind.as_str(), message.delivery), (Some(raw), "client", None));
        assert_eq!(message.message_id.as_deref(), Some("one@client.example"));
        assert_eq!(message.attachments, [log, picture]);
        assert_eq!(detail.events.len(), 1);
        assert_eq!((detail.events[0].seq, detail.events[0].detail.as_str()), (1, "by mail"));
        assert!(detail.chain_intact);
        assert!(house.store.ticket(TicketId(99)).await.unwrap().is_none());
        assert!(house.store.undecided("support", 10).await.unwrap().is_empty());
    });
}

#[test]
fn a_message_that_is_rolled_back_leaves_the_others_and_no_gap_in_the_numbers() {
    each_engine(|house| async move {
        let raws = house.keep(&[1, 2, 3]).await;
        let client = house.person("client@client.example").await;
        let mut window = house.store.window().await.unwrap();
        let mut numbers = Vec::new();
        for (raw, identity) in raws.iter().zip(["a", "b", "c"]) {
            window.savepoint().await.unwrap();
            let mail = Mail::named(identity);
            numbers.push(
                apply(&mut window, Some(*raw), Some(&mail), &new_ticket(client.id), at(5)).await.unwrap(),
            );
            if identity == "b" {
                window.rollback().await.unwrap();
                window.quarantine(*raw, "its reader crashed", at(5)).await.unwrap();
            } else {
                window.release().await.unwrap();
            }
        }
        window.commit().await.unwrap();
        assert_eq!(numbers, [Some(TicketId(1)), Some(TicketId(2)), Some(TicketId(2))]);
        let status = house.store.status().await.unwrap().remove(0);
        assert_eq!(status.outcomes.get("ticket"), Some(&2));
        assert_eq!(status.outcomes.get("quarantined"), Some(&1));
        assert_eq!(house.number("SELECT COUNT(*) FROM message").await, 2);
    });
}

#[test]
fn changes_show_and_the_version_grows() {
    each_engine(|house| async move {
        let id = house.ticket(1, "one").await;
        let before = house.facts(id, at(20)).await;
        let raw = house.keep(&[2]).await[0];
        let agent = house.person("alice@example.com").await;
        let decision = changing(
            &before,
            vec![
                message(MessageKind::Reply, agent.id),
                Change::State(State::Closed),
                Change::Category(None),
                Change::Priority(Priority::Low),
                Change::Team(Some("sales".into())),
                Change::Assignee(Some("alice@example.com".into())),
                Change::Participant(agent.id),
                Change::Participant(agent.id),
                Change::RequesterProven(false),
                Change::FirstResponse(at(21)),
                event("state", "new -> closed"),
                event("category", "technical -> none"),
                event("assignee", "none -> alice"),
            ],
        );
        house.decide(Some(raw), Some(&Mail::named("two")), &decision, at(22)).await.unwrap();
        let after = house.facts(id, at(30)).await;
        assert_eq!(after.version, before.version + 1);
        assert_eq!(
            (after.state, after.priority, after.category.as_deref()),
            (State::Closed, Priority::Low, None)
        );
        assert_eq!(
            (after.team.as_deref(), after.assignee.as_deref()),
            (Some("sales"), Some("alice@example.com"))
        );
        assert_eq!((after.closed_at, after.first_response_at), (Some(at(22)), Some(at(21))));
        assert!(!after.requester_proven);
        assert_eq!(after.participants, ["client@client.example", "alice@example.com"]);
        assert_eq!(after.tags, ["vip"]);
        assert_eq!(after.last_client_message_id.as_deref(), Some("one@client.example"));
        let kinds: Vec<&str> = after.history.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["state", "category", "assignee"], "the newest three, the last one last");

        let reopen = changing(&after, vec![Change::State(State::Open)]);
        house.decide(None, None, &reopen, at(40)).await.unwrap();
        let reopened = house.facts(id, at(41)).await;
        assert_eq!((reopened.state, reopened.closed_at), (State::Open, None));
        assert_eq!(reopened.assignee.as_deref(), Some("alice@example.com"), "what is not named stays");
        assert!(house.store.ticket(id).await.unwrap().unwrap().chain_intact);
    });
}

#[test]
fn a_stale_version_conflicts_and_changes_nothing() {
    each_engine(|house| async move {
        let id = house.ticket(1, "one").await;
        let facts = house.facts(id, at(20)).await;
        let close = changing(&facts, vec![Change::State(State::Closed), event("state", "closed")]);
        house.decide(None, None, &close, at(21)).await.unwrap();
        let open = changing(&facts, vec![Change::State(State::Open), event("state", "open")]);
        assert_eq!(conflict_on(house.decide(None, None, &open, at(22)).await), id);
        let detail = house.store.ticket(id).await.unwrap().unwrap();
        assert_eq!((detail.ticket.state, detail.events.len()), (State::Closed, 2));
        let unknown = Decision { ticket: Some(TicketRef::Existing(TicketId(77), 1)), ..close };
        assert_eq!(conflict_on(house.decide(None, None, &unknown, at(23)).await), TicketId(77));
    });
}

#[test]
fn a_second_mail_of_an_identity_conflicts_with_the_first_ticket() {
    each_engine(|house| async move {
        let first = house.ticket(1, "same").await;
        let raw = house.keep(&[2]).await[0];
        let client = house.person("client@client.example").await;
        let mut window = house.store.window().await.unwrap();
        window.savepoint().await.unwrap();
        let second =
            apply(&mut window, Some(raw), Some(&Mail::named("same")), &new_ticket(client.id), at(20)).await;
        assert_eq!(conflict_on(second), first);
        window.rollback().await.unwrap();
        window.savepoint().await.unwrap();
        assert_eq!(window.duplicate("same", raw).await.unwrap(), Some(Some(first)));
        let decision = Decision {
            ticket: Some(TicketRef::Existing(first, 1)),
            ..ignored("the same mail by another way")
        };
        apply(&mut window, Some(raw), Some(&Mail::named("same")), &decision, at(20)).await.unwrap();
        window.release().await.unwrap();
        window.commit().await.unwrap();
        assert_eq!(house.number("SELECT COUNT(*) FROM ticket").await, 1);
        assert_eq!(house.number("SELECT ticket_id FROM ledger WHERE uid = 2").await, first.0);
        assert_eq!(house.facts(first, at(21)).await.version, 1, "an ignored duplicate changes no ticket");
    });
}

#[test]
fn a_held_note_is_taken_up_and_becomes_the_reply_that_it_is() {
    each_engine(|house| async move {
        let id = house.ticket(1, "one").await;
        let raw = house.keep(&[2]).await[0];
        let agent = house.person("alice@example.com").await;
        let mail = Mail::named("by-alice");
        let facts = house.facts(id, at(20)).await;
        let note = Decision {
            ticket: Some(TicketRef::Existing(id, facts.version)),
            changes: vec![message(MessageKind::Note, agent.id)],
            ..held()
        };
        house.decide(Some(raw), Some(&mail), &note, at(20)).await.unwrap();
        assert!(house.store.undecided("support", 10).await.unwrap().is_empty());

        let mut window = house.store.window().await.unwrap();
        let taken = window.take_up(raw).await.unwrap().unwrap();
        assert_eq!(taken.mailbox, "support");
        assert!(window.take_up(raw).await.unwrap().is_none(), "taken up once");
        let facts = window.ticket_facts(&[id], at(21)).await.unwrap().remove(0);
        let reply = changing(&facts, vec![message(MessageKind::Reply, agent.id)]);
        apply(&mut window, Some(raw), Some(&mail), &reply, at(21)).await.unwrap();
        window.commit().await.unwrap();
        let detail = house.store.ticket(id).await.unwrap().unwrap();
        let kinds: Vec<&str> = detail.messages.iter().map(|message| message.kind.as_str()).collect();
        assert_eq!(kinds, ["client", "reply"]);
        assert_eq!(house.number("SELECT COUNT(*) FROM facts WHERE raw_id = 2").await, 2);
        assert_eq!(house.number("SELECT COUNT(*) FROM ledger WHERE outcome = 'ticket'").await, 2);
    });
}

#[test]
fn decisions_that_make_no_sense_are_refused() {
    each_engine(|house| async move {
        let raws = house.keep(&[1, 2, 3]).await;
        let client = house.person("client@client.example").await;
        let without_creation =
            Decision { ticket: Some(TicketRef::New), changes: vec![event("a", "b")], ..Decision::default() };
        let without_ticket = Decision { changes: vec![Change::State(State::Open)], ..Decision::default() };
        let without_mail = new_ticket(client.id);
        let mut unknown_person = new_ticket(client.id);
        unknown_person.changes[0] = create(maildesk::desk::PersonId(999));
        for (raw, mail, decision) in [
            (Some(raws[0]), None, without_creation),
            (Some(raws[1]), None, without_ticket),
            (None, None, without_mail),
            (Some(raws[2]), Some(Mail::named("x")), unknown_person),
        ] {
            let refused = house.decide(raw, mail.as_ref(), &decision, at(5)).await;
            assert!(matches!(refused, Err(StoreError::Refused(_))), "{decision:?}: {refused:?}");
        }
        assert_eq!(house.number("SELECT COUNT(*) FROM ticket").await, 0);
        assert_eq!(house.store.undecided("support", 10).await.unwrap().len(), 3);
    });
}

#[test]
fn tickets_are_listed_by_filter() {
    each_engine(|house| async move {
        let (first, second) = (house.ticket(1, "one").await, house.ticket(2, "two").await);
        let facts = house.facts(first, at(20)).await;
        let change = changing(
            &facts,
            vec![
                Change::State(State::Waiting),
                Change::Team(Some("sales".into())),
                Change::Assignee(Some("bob@example.com".into())),
            ],
        );
        house.decide(None, None, &change, at(21)).await.unwrap();
        let list = |filter: TicketFilter| {
            let store = house.store.clone();
            async move {
                store.tickets(&filter).await.unwrap().into_iter().map(|row| row.number).collect::<Vec<_>>()
            }
        };
        let all = TicketFilter::default();
        assert_eq!(list(all.clone()).await, [second, first]);
        assert_eq!(list(TicketFilter { limit: 1, ..all.clone() }).await, [second]);
        assert_eq!(
            list(TicketFilter { states: vec![State::Waiting, State::Open], ..all.clone() }).await,
            [first]
        );
        assert_eq!(list(TicketFilter { team: Some("tech".into()), ..all.clone() }).await, [second]);
        let narrow = TicketFilter {
            states: vec![State::Waiting],
            category: Some("technical".into()),
            team: Some("sales".into()),
            assignee: Some("bob@example.com".into()),
            requester: Some("client@client.example".into()),
            limit: 5,
        };
        assert_eq!(list(narrow).await, [first]);
        assert!(list(TicketFilter { requester: Some("x@y.example".into()), ..all }).await.is_empty());
    });
}

#[test]
fn a_timer_fires_once_also_after_reopening() {
    each_engine(|mut house| async move {
        let id = house.ticket(1, "one").await;
        let facts = house.facts(id, at(20)).await;
        let start = |due_at| Change::StartTimer { kind: TimerKind::FirstResponse, due_at };
        house.decide(None, None, &changing(&facts, vec![start(at(100))]), at(21)).await.unwrap();
        house.reopen().await;
        assert_eq!(house.store.next_timer_at().await.unwrap(), Some(at(100)));
        assert!(house.store.due_timers(10, at(99)).await.unwrap().is_empty());
        let due = house.store.due_timers(10, at(100)).await.unwrap().remove(0);
        assert_eq!((due.ticket, due.due_at), (id, at(100)));

        let mut window = house.store.window().await.unwrap();
        let other = DueTimer { due_at: at(90), ..due.clone() };
        assert!(!window.fire_timer(&other, at(100)).await.unwrap(), "it was set anew meanwhile");
        assert!(!window.fire_timer(&due, at(99)).await.unwrap(), "not before its time");
        assert!(window.fire_timer(&due, at(101)).await.unwrap());
        assert!(!window.fire_timer(&due, at(101)).await.unwrap());
        window.commit().await.unwrap();
        house.reopen().await;
        assert!(house.store.due_timers(10, at(200)).await.unwrap().is_empty());
        assert_eq!(house.store.next_timer_at().await.unwrap(), None);
        let mut window = house.store.window().await.unwrap();
        assert!(!window.fire_timer(&due, at(200)).await.unwrap());
        drop(window);

        // A decision about a timer has no raw message, and its facts are stored all the same.
        let facts = house.facts(id, at(210)).await;
        house.decide(None, None, &changing(&facts, vec![start(at(300))]), at(210)).await.unwrap();
        let facts = house.facts(id, at(211)).await;
        let stop = Change::StopTimer(TimerKind::FirstResponse);
        house.decide(None, None, &changing(&facts, vec![stop]), at(211)).await.unwrap();
        assert!(house.store.due_timers(10, at(400)).await.unwrap().is_empty());
        assert_eq!(house.number("SELECT COUNT(*) FROM facts WHERE raw_id IS NULL").await, 3);
    });
}

#[test]
fn what_was_said_on_a_ticket_is_its_first_message_and_the_newest() {
    each_engine(|house| async move {
        let id = house.ticket(1, "one").await;
        let client = house.person("client@client.example").await;
        for n in 2..=24 {
            let raw = house.keep(&[n]).await[0];
            let before = house.facts(id, at(60)).await;
            let text = if n == 24 { "甘".repeat(4_001) } else { format!("message {n}") };
            let said = Change::Message { kind: MessageKind::Reply, author: client.id, text };
            let mail = Mail::named(&format!("mail {n}"));
            house.decide(Some(raw), Some(&mail), &changing(&before, vec![said]), at(60)).await.unwrap();
        }
        let mut window = house.store.window().await.unwrap();
        let conversation = window.conversation(id).await.unwrap();
        assert_eq!((conversation.ticket, conversation.said.len(), conversation.left_out), (id, 20, 4));
        let [first, second, .., last] = conversation.said.as_slice() else { panic!() };
        assert_eq!((first.kind, first.by.address.as_str()), (MessageKind::Client, "client@client.example"));
        assert_eq!((first.cut, second.text.as_str()), (false, "message 6"));
        assert_eq!((last.cut, last.text.chars().count()), (true, 4_000));
        let none = window.conversation(maildesk::desk::TicketId(99)).await.unwrap();
        assert!(none.said.is_empty() && none.left_out == 0);
    });
}
