//! What leaves: claimed once, never lost.

use maildesk::{
    desk::{BounceEvidence, Change, Decision, FileRef, OutboxId, Outcome, RawId, TicketId},
    mail::compose::Outgoing,
    store::{NewOutbox, OutboxKind, OutboxResult, OutboxState, SentMail, StoreError},
};

use crate::house::{House, at, each_engine, outgoing};

fn reply(message_id: &str) -> NewOutbox {
    outgoing(OutboxKind::Reply, "client@client.example", message_id)
}

fn ended(id: OutboxId, state: OutboxState) -> OutboxResult {
    OutboxResult { id, state, detail: "451 try later".into(), next_at: None }
}

async fn state_of(house: &House, id: OutboxId) -> OutboxState {
    house.store.outbox(None, 100).await.unwrap().into_iter().find(|row| row.id == id).unwrap().state
}

#[test]
fn a_claimed_mail_is_as_it_was_queued() {
    each_engine(|mut house| async move {
        let mail = NewOutbox {
            envelope_from: Some("bounce@example.com".into()),
            files: vec![FileRef { raw: RawId(4), index: 2 }],
            mail: Outgoing {
                subject: "Zero \0 and 附件".into(),
                references: vec!["a@b".into()],
                headers: vec![("Auto-Submitted".into(), "auto-replied".into())],
                html: Some("<p>x</p>".into()),
                date: at(3),
                ..reply("r@desk").mail
            },
            ..reply("r@desk")
        };
        let id = house.enqueue(std::slice::from_ref(&mail), at(5)).await[0];
        house.reopen().await;
        assert_eq!(house.store.next_outbox_at("support").await.unwrap(), Some(at(5)));
        assert!(house.store.claim_outbox("support", 10, at(4)).await.unwrap().is_empty(), "not due");
        assert!(house.store.claim_outbox("sales", 10, at(6)).await.unwrap().is_empty(), "of another mailbox");
        let row = house.store.claim_outbox("support", 10, at(6)).await.unwrap().remove(0);
        assert_eq!((row.id, row.kind, row.attempts, row.first_attempt_at), (id, OutboxKind::Reply, 1, at(6)));
        assert_eq!((row.mail, row.files, row.envelope_from), (mail.mail, mail.files, mail.envelope_from));
        assert!(house.store.claim_outbox("support", 10, at(6)).await.unwrap().is_empty(), "claimed once");
        assert_eq!(house.store.next_outbox_at("support").await.unwrap(), None);
    });
}

#[test]
fn the_most_urgent_leaves_first_then_the_oldest() {
    each_engine(|house| async move {
        let mut queued = Vec::new();
        for kind in OutboxKind::ALL.into_iter().rev() {
            for name in ["a", "b"] {
                let mail = outgoing(kind, "someone@example.com", &format!("{name}{}", kind.as_str()));
                queued.push((kind, house.enqueue(&[mail], at(1)).await[0]));
            }
        }
        queued.sort();
        let mut claimed = Vec::new();
        for limit in [3, 4, 100] {
            claimed.extend(house.store.claim_outbox("support", limit, at(2)).await.unwrap());
        }
        assert_eq!(claimed.iter().map(|row| (row.kind, row.id)).collect::<Vec<_>>(), queued);
        assert_eq!(house.store.attempts_since("support", at(2)).await.unwrap(), 18);
        assert_eq!(house.store.attempts_since("support", at(3)).await.unwrap(), 0);
        assert_eq!(house.store.attempts_since("sales", at(0)).await.unwrap(), 0);
    });
}

#[test]
fn notifications_that_wait_become_one_mail_or_stay_as_they_are() {
    each_engine(|house| async move {
        let ticket = house.ticket(1, "a").await;
        let news = |n: u32, to: &str| NewOutbox {
            ticket: Some(ticket),
            ..outgoing(OutboxKind::Notification, to, &format!("{n}.{to}"))
        };
        let alice = "alice@example.com";
        let with_file = NewOutbox { files: vec![FileRef { raw: RawId(4), index: 2 }], ..news(7, alice) };
        let reminder = NewOutbox { kind: OutboxKind::Reminder, ..news(8, alice) };
        let tried = house.enqueue(&[news(0, alice)], at(1)).await[0];
        house.store.claim_outbox("support", 10, at(2)).await.unwrap();
        let later = OutboxResult { next_at: Some(at(3)), ..ended(tried, OutboxState::Queued) };
        house.store.finish_outbox("support", &[later], at(3)).await.unwrap();
        let mails =
            [news(1, alice), with_file, news(2, alice), reminder, news(3, alice), news(4, "bob@example.com")];
        let ids = house.enqueue(&mails, at(5)).await;
        assert_eq!(house.store.due_outbox("support", at(4)).await.unwrap(), 1);
        assert_eq!(house.store.due_outbox("support", at(5)).await.unwrap(), 7);
        let recipients = |least, now| house.store.bundle_recipients("support", least, at(now));
        assert_eq!(recipients(3, 6).await.unwrap(), [alice]);
        assert_eq!(recipients(1, 6).await.unwrap(), [alice, "bob@example.com"]);
        assert!(recipients(4, 6).await.unwrap().is_empty() && recipients(1, 4).await.unwrap().is_empty());

        let mut window = house.store.window().await.unwrap();
        let waiting = window.foldable("support", alice, at(6)).await.unwrap();
        let foldable: Vec<_> = waiting.iter().map(|mail| mail.id).collect();
        assert_eq!(foldable, [ids[0], ids[2], ids[4]], "with no file, never tried");
        assert_eq!(waiting[0].mail.message_id, format!("1.{alice}"));
        let bundle = NewOutbox { ticket: None, ..news(9, alice) };
        let into = window.enqueue(std::slice::from_ref(&bundle), at(6)).await.unwrap()[0];
        // One that left meanwhile undoes the whole.
        assert!(matches!(window.fold(&[ids[0], tried], into, at(6)).await, Err(StoreError::Refused(_))));
        drop(window);
        assert_eq!(state_of(&house, ids[0]).await, OutboxState::Queued);

        let mut window = house.store.window().await.unwrap();
        let into = window.enqueue(&[bundle], at(6)).await.unwrap()[0];
        window.fold(&foldable, into, at(6)).await.unwrap();
        window.commit().await.unwrap();
        for id in foldable {
            assert_eq!(state_of(&house, id).await, OutboxState::Cancelled);
        }
        assert!(recipients(1, 7).await.unwrap().iter().all(|to| to != alice), "a bundle is not bundled");
        let mut window = house.store.window().await.unwrap();
        let names = |n: u32| [format!("{n}.{alice}"), "x@y".to_owned()];
        for (n, to, answers) in [(9, alice, true), (9, "bob@example.com", false), (1, alice, false)] {
            assert_eq!(window.answers_bundle(&names(n), to).await.unwrap(), answers, "{n} {to}");
        }
        drop(window);
        let left: Vec<_> = house.store.claim_outbox("support", 10, at(7)).await.unwrap();
        assert!(left.iter().any(|row| row.id == into) && left.len() == 5, "{left:?}");
    });
}

#[test]
fn mails_that_failed_are_judged_once() {
    each_engine(|house| async move {
        let ticket = house.ticket(1, "a").await;
        let ids = house
            .enqueue(&[NewOutbox { ticket: Some(ticket), ..reply("a@desk") }, reply("b@desk")], at(20))
            .await;
        house.store.claim_outbox("support", 10, at(21)).await.unwrap();
        let results = [ended(ids[0], OutboxState::Failed), ended(ids[1], OutboxState::Sent)];
        house.store.finish_outbox("support", &results, at(22)).await.unwrap();
        let mut window = house.store.window().await.unwrap();
        assert!(window.failed_mails("support", at(22), 10).await.unwrap().is_empty(), "long ago");
        assert!(window.failed_mails("sales", at(0), 10).await.unwrap().is_empty());
        let failed = window.failed_mails("support", at(0), 10).await.unwrap();
        assert_eq!(failed.iter().map(|mail| mail.detail.as_str()).collect::<Vec<_>>(), ["451 try later"]);
        let found =
            window.returned(SentMail::Hash(&failed[0].hash), BounceEvidence::Server, at(23)).await.unwrap();
        assert_eq!(found.unwrap().outbox, ids[0]);
        drop(window);
        let noted = Change::Bounced {
            outbox: ids[0],
            evidence: BounceEvidence::Server,
            hard: false,
            status: String::new(),
            diagnostic: "451 try later".into(),
            told: true,
        };
        let decision = Decision { outcome: Outcome::Control, changes: vec![noted], ..Decision::default() };
        house.decide(None, None, &decision, at(24)).await.unwrap();
        let mut window = house.store.window().await.unwrap();
        assert!(window.failed_mails("support", at(0), 10).await.unwrap().is_empty());
        let other =
            window.returned(SentMail::MessageId("b@desk"), BounceEvidence::Address, at(25)).await.unwrap();
        assert_eq!(other.unwrap().failures_week, 0, "no server spoke of the address");
        drop(window);
        assert!(house.store.outbox(None, 10).await.unwrap().iter().all(|row| row.bounced.is_none()));
    });
}

#[test]
fn attempts_end_as_they_ended() {
    each_engine(|mut house| async move {
        let mails: Vec<NewOutbox> = (0..4).map(|n| reply(&format!("{n}@desk"))).collect();
        let ids = house.enqueue(&mails, at(1)).await;
        house.store.claim_outbox("support", 10, at(2)).await.unwrap();
        let later = OutboxResult { next_at: Some(at(60)), ..ended(ids[1], OutboxState::Queued) };
        let unsure = OutboxResult { next_at: Some(at(90)), ..ended(ids[2], OutboxState::Unknown) };
        let results = [ended(ids[0], OutboxState::Sent), later, unsure, ended(ids[3], OutboxState::Failed)];
        house.store.finish_outbox("support", &results, at(3)).await.unwrap();
        house.reopen().await;
        let rows = house.store.outbox(None, 10).await.unwrap();
        let states: Vec<OutboxState> = rows.iter().rev().map(|row| row.state).collect();
        assert_eq!(
            states,
            [OutboxState::Sent, OutboxState::Queued, OutboxState::Unknown, OutboxState::Failed]
        );
        assert_eq!(
            (rows[3].subject.as_str(), rows[3].detail.as_str()),
            ("We have your mail", "451 try later")
        );
        assert_eq!(house.store.outbox(Some(OutboxState::Sent), 10).await.unwrap().len(), 1);
        assert_eq!(house.store.next_outbox_at("support").await.unwrap(), Some(at(60)));
        let again = house.store.claim_outbox("support", 10, at(100)).await.unwrap();
        assert_eq!(
            again.iter().map(|row| (row.id, row.attempts, row.first_attempt_at)).collect::<Vec<_>>(),
            [(ids[1], 2, at(2)), (ids[2], 2, at(2))],
            "unknown ones are tried again, and the first attempt is remembered"
        );
        assert_eq!(house.store.attempts_since("support", at(0)).await.unwrap(), 6);
        // A late word on a mail that is not being sent changes nothing.
        house.store.finish_outbox("support", &[ended(ids[0], OutboxState::Failed)], at(101)).await.unwrap();
        assert_eq!(state_of(&house, ids[0]).await, OutboxState::Sent);
    });
}

#[test]
fn what_a_dead_process_was_sending_is_unknown() {
    each_engine(|mut house| async move {
        let ids = house.enqueue(&[reply("1@desk"), reply("2@desk")], at(1)).await;
        house.store.claim_outbox("support", 1, at(2)).await.unwrap();
        house.reopen().await;
        assert_eq!(house.store.recover_outbox("sales", at(10)).await.unwrap(), 0);
        assert_eq!(house.store.recover_outbox("support", at(10)).await.unwrap(), 1);
        assert_eq!(house.store.recover_outbox("support", at(10)).await.unwrap(), 0);
        assert_eq!(state_of(&house, ids[0]).await, OutboxState::Unknown);
        let rows = house.store.claim_outbox("support", 10, at(10)).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.attempts).collect::<Vec<_>>(), [2, 1]);
    });
}

#[test]
fn a_failed_delivery_is_noted_on_its_ticket() {
    each_engine(|house| async move {
        let ticket = house.ticket(1, "one").await;
        let version = house.facts(ticket, at(11)).await.version;
        let id = house.enqueue(&[NewOutbox { ticket: Some(ticket), ..reply("r@desk") }], at(11)).await[0];
        house.store.claim_outbox("support", 10, at(12)).await.unwrap();
        let gone = OutboxResult { detail: "550 no such user".into(), ..ended(id, OutboxState::Failed) };
        house.store.finish_outbox("support", &[gone], at(13)).await.unwrap();
        let detail = house.store.ticket(ticket).await.unwrap().unwrap();
        let last = detail.events.last().unwrap();
        assert_eq!(
            (last.kind.as_str(), last.actor.as_str(), last.at),
            ("delivery_failed", "maildesk", at(13))
        );
        assert!(last.detail.contains("550 no such user"));
        assert!(detail.chain_intact);
        assert_eq!(house.facts(ticket, at(14)).await.version, version + 1);
        let sent = detail.messages.last().unwrap();
        assert_eq!((sent.kind.as_str(), sent.delivery), ("reply", Some(OutboxState::Failed)));
        assert_eq!(sent.recipient.as_deref(), Some("client@client.example"));
    });
}

#[test]
fn the_operator_retries_and_cancels() {
    each_engine(|house| async move {
        let ids = house.enqueue(&[reply("1@desk"), reply("2@desk"), reply("3@desk")], at(1)).await;
        house.store.claim_outbox("support", 1, at(2)).await.unwrap();
        assert!(!house.store.outbox_retry(ids[0], at(3)).await.unwrap(), "it is being sent");
        assert!(!house.store.outbox_cancel(ids[0], at(3)).await.unwrap(), "it is being sent");
        house.store.finish_outbox("support", &[ended(ids[0], OutboxState::Failed)], at(3)).await.unwrap();
        assert!(house.store.outbox_retry(ids[0], at(50)).await.unwrap());
        assert!(house.store.outbox_cancel(ids[1], at(50)).await.unwrap());
        assert!(!house.store.outbox_cancel(ids[1], at(50)).await.unwrap());
        assert!(!house.store.outbox_retry(ids[1], at(50)).await.unwrap());
        assert!(!house.store.outbox_retry(OutboxId(99), at(50)).await.unwrap());
        assert_eq!(house.tamper("UPDATE outbox SET state = 'held', next_at = NULL WHERE id = 3").await, 1);
        let rows = house.store.claim_outbox("support", 10, at(51)).await.unwrap();
        assert_eq!(
            rows.iter().map(|row| (row.id, row.attempts, row.first_attempt_at)).collect::<Vec<_>>(),
            [(ids[0], 2, at(51))],
            "the days of patience begin anew, and the held one waits"
        );
        assert!(house.store.outbox_retry(ids[2], at(60)).await.unwrap());
        assert_eq!(house.store.claim_outbox("support", 10, at(60)).await.unwrap()[0].id, ids[2]);
    });
}

#[test]
fn shadow_mail_stands_there_and_never_leaves() {
    each_engine(|house| async move {
        let id = house.enqueue(&[NewOutbox { shadow: true, ..reply("1@desk") }], at(1)).await[0];
        assert!(house.store.claim_outbox("support", 10, at(100)).await.unwrap().is_empty());
        assert_eq!(house.store.next_outbox_at("support").await.unwrap(), None);
        assert!(!house.store.outbox_retry(id, at(100)).await.unwrap());
        assert_eq!(state_of(&house, id).await, OutboxState::Shadow);
        let stored = house.store.outbox_mail(id).await.unwrap().unwrap();
        assert_eq!((stored.attempts, stored.first_attempt_at), (0, at(1)));
        assert!(house.store.outbox_mail(OutboxId(9)).await.unwrap().is_none());
        assert_eq!(house.store.status().await.unwrap()[0].outbox.get("shadow"), Some(&1));
    });
}

#[test]
fn mail_on_an_unknown_ticket_is_refused() {
    each_engine(|house| async move {
        let mut window = house.store.window().await.unwrap();
        window.savepoint().await.unwrap();
        let mail = NewOutbox { ticket: Some(TicketId(5)), ..reply("1@desk") };
        assert!(matches!(window.enqueue(&[mail], at(1)).await, Err(StoreError::Refused(_))));
        window.rollback().await.unwrap();
        assert!(window.enqueue(&[], at(1)).await.unwrap().is_empty());
        window.enqueue(&[reply("2@desk")], at(1)).await.unwrap();
        window.commit().await.unwrap();
        assert_eq!(house.store.outbox(None, 10).await.unwrap().len(), 1);
    });
}

#[test]
fn a_row_that_cannot_be_read_fails_alone() {
    each_engine(|house| async move {
        let ticket = house.ticket(1, "a").await;
        let damaged = NewOutbox { ticket: Some(ticket), ..reply("damaged@desk") };
        let ids = house.enqueue(&[damaged, reply("whole@desk")], at(20)).await;
        house.tamper("UPDATE outbox SET mail = '{}' WHERE id = (SELECT MIN(id) FROM outbox)").await;
        let claimed = house.store.claim_outbox("support", 10, at(21)).await.unwrap();
        assert_eq!(claimed.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[1]]);
        assert_eq!(state_of(&house, ids[0]).await, OutboxState::Failed);
        let all = house.store.outbox(None, 10).await.unwrap();
        let said = all.iter().find(|row| row.id == ids[0]).unwrap();
        assert!(said.detail.contains("unreadable"), "{said:?}");
        let detail = house.store.ticket(ticket).await.unwrap().unwrap();
        assert!(detail.events.iter().any(|event| event.kind == "delivery_failed"), "{:?}", detail.events);
        assert!(detail.chain_intact);
    });
}
