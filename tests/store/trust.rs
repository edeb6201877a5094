//! What staff's secrets rest on: sealed confirmations, periods, revocations, challenges.

use maildesk::{
    desk::{
        AgentProof, Change, ConfirmationFacts, Decision, PeriodFacts, PersonId, RawId, Verdict,
        seal::Bound,
        token::{TokenKey, TokenKeys},
    },
    store::{NewConfirmation, NewOutbox, OutboxKind, StoreError, StoredConfirmation, message_id_hash},
};

use crate::house::{House, Mail, apply, at, conflict_on, each_engine, held, ignored, outgoing};

const ALICE: &str = "alice@example.com";

fn keys() -> TokenKeys {
    TokenKeys(vec![TokenKey { id: 1, bytes: vec![5; 32] }])
}

/// A sealed confirmation of Alice's, as dispatch makes it.
fn sealed(held: RawId, nonce: u8, message_id: &str) -> NewConfirmation {
    let (nonce_hash, action) = ([nonce; 32], "a1".repeat(32));
    let bound = Bound {
        nonce_hash: &nonce_hash,
        message_id_hash: &message_id_hash(message_id),
        agent: ALICE,
        held,
        action: &action,
        expires_at: at(900),
    };
    let seal = bound.seal(&keys());
    NewConfirmation { nonce_hash, agent: ALICE.into(), held, action, expires_at: at(900), seal }
}

fn asking(confirmation: NewConfirmation, message_id: &str) -> NewOutbox {
    let mail = outgoing(OutboxKind::Confirmation, ALICE, message_id);
    NewOutbox { confirmation: Some(confirmation), ..mail }
}

/// A held mail and the question about it.
async fn asked(house: &House) -> RawId {
    let raw = house.keep(&[1]).await[0];
    house.decide(Some(raw), Some(&Mail::named("held")), &held(), at(2)).await.unwrap();
    let question = asking(sealed(raw, 7, "confirm@desk"), "confirm@desk");
    house.enqueue(&[outgoing(OutboxKind::Alert, "ops@example.com", "x@desk"), question], at(2)).await;
    raw
}

async fn found(house: &House) -> Option<StoredConfirmation> {
    house.store.window().await.unwrap().confirmation_by_nonce(&[7; 32]).await.unwrap()
}

fn is_sealed(stored: &StoredConfirmation) -> bool {
    let bound = Bound {
        nonce_hash: &stored.nonce_hash,
        message_id_hash: &stored.message_id_hash,
        agent: &stored.facts.agent,
        held: stored.facts.held,
        action: &stored.facts.action,
        expires_at: stored.facts.expires_at,
    };
    bound.is_sealed_by(&stored.seal, &keys())
}

fn doing(changes: Vec<Change>) -> Decision {
    Decision { changes, ..ignored("done") }
}

#[test]
fn a_confirmation_is_used_once() {
    each_engine(|mut house| async move {
        let raw = asked(&house).await;
        house.reopen().await;
        let mut window = house.store.window().await.unwrap();
        let stored = window.confirmation_by_nonce(&[7; 32]).await.unwrap().unwrap();
        assert!(is_sealed(&stored));
        let expected = ConfirmationFacts {
            id: stored.facts.id,
            agent: ALICE.into(),
            held: raw,
            action: "a1".repeat(32),
            expires_at: at(900),
            used: false,
            sealed: false,
            hinted: false,
        };
        assert_eq!(stored.facts, expected);
        assert_eq!(window.confirmation_by_message_id("confirm@desk").await.unwrap().unwrap(), stored);
        assert_eq!(window.confirmation_by_message_id("x@desk").await.unwrap(), None);
        assert_eq!(window.confirmation_by_nonce(&[8; 32]).await.unwrap(), None);

        let hint = doing(vec![Change::HintConfirmation(stored.facts.id)]);
        apply(&mut window, None, None, &hint, at(3)).await.unwrap();
        assert!(window.confirmation_by_nonce(&[7; 32]).await.unwrap().unwrap().facts.hinted);
        let using = doing(vec![Change::UseConfirmation(stored.facts.id)]);
        apply(&mut window, None, None, &using, at(3)).await.unwrap();
        assert!(window.confirmation_by_nonce(&[7; 32]).await.unwrap().unwrap().facts.used);
        conflict_on(apply(&mut window, None, None, &using, at(4)).await);
        drop(window);

        let mut window = house.store.window().await.unwrap();
        window.savepoint().await.unwrap();
        let again = window.enqueue(&[asking(sealed(raw, 7, "again@desk"), "again@desk")], at(5)).await;
        assert!(
            matches!(again, Err(StoreError::Refused(_))),
            "a nonce is used for one confirmation: {again:?}"
        );
        window.rollback().await.unwrap();
        let nowhere = asking(sealed(RawId(77), 9, "other@desk"), "other@desk");
        assert!(matches!(window.enqueue(&[nowhere], at(5)).await, Err(StoreError::Refused(_))));
    });
}

#[test]
fn a_confirmation_that_was_altered_in_one_column_is_not_sealed_any_more() {
    each_engine(|house| async move {
        let raw = asked(&house).await;
        let other = house.keep(&[2]).await[0];
        assert_eq!(other.0, raw.0 + 1);
        assert!(is_sealed(&found(&house).await.unwrap()));
        for (alter, undo) in [
            (
                "UPDATE confirmation SET agent = 'bob@example.com'",
                "UPDATE confirmation SET agent = 'alice@example.com'",
            ),
            (
                "UPDATE confirmation SET held_raw_id = held_raw_id + 1",
                "UPDATE confirmation SET held_raw_id = held_raw_id - 1",
            ),
            (
                "UPDATE confirmation SET outbox_id = outbox_id - 1",
                "UPDATE confirmation SET outbox_id = outbox_id + 1",
            ),
            (
                "UPDATE confirmation SET expires_at = expires_at + 1",
                "UPDATE confirmation SET expires_at = expires_at - 1",
            ),
            (
                "UPDATE confirmation SET action = 'b' || SUBSTR(action, 2)",
                "UPDATE confirmation SET action = 'a' || SUBSTR(action, 2)",
            ),
        ] {
            assert_eq!(house.tamper(alter).await, 1);
            assert!(!is_sealed(&found(&house).await.unwrap()), "{alter}");
            house.tamper(undo).await;
            assert!(is_sealed(&found(&house).await.unwrap()), "{undo}");
        }
    });
}

#[test]
fn a_period_is_opened_by_a_confirmation_renewed_by_the_next_and_ended() {
    each_engine(|house| async move {
        asked(&house).await;
        let id = found(&house).await.unwrap().facts.id;
        let open = |until| {
            doing(vec![Change::OpenPeriod { agent: ALICE.into(), until: at(until), confirmation: id }])
        };
        let period = |house: House| async move {
            (house.store.window().await.unwrap().period(ALICE).await.unwrap(), house)
        };
        let (none, house) = period(house).await;
        assert_eq!(none, None);
        house.decide(None, None, &open(100), at(10)).await.unwrap();
        house.decide(None, None, &open(200), at(20)).await.unwrap();
        let (renewed, house) = period(house).await;
        assert_eq!(renewed, Some(PeriodFacts { opened_at: at(20), until: at(200) }));
        assert_eq!(
            house.store.periods().await.unwrap().into_iter().collect::<Vec<_>>(),
            [(ALICE.to_owned(), PeriodFacts { opened_at: at(20), until: at(200) })]
        );
        let end = doing(vec![Change::EndPeriod(ALICE.into())]);
        house.decide(None, None, &end, at(30)).await.unwrap();
        house.decide(None, None, &end, at(31)).await.unwrap();
        let (ended, house) = period(house).await;
        assert_eq!(ended, None);
        assert!(house.store.periods().await.unwrap().is_empty());
        house.decide(None, None, &open(300), at(40)).await.unwrap();
        let (again, _house) = period(house).await;
        assert_eq!(again, Some(PeriodFacts { opened_at: at(40), until: at(300) }));
    });
}

#[test]
fn a_revocation_ends_all_that_a_person_received_until_then() {
    each_engine(|house| async move {
        asked(&house).await;
        let ticket = house.ticket(2, "client").await;
        let (alice, bob) = (house.person(ALICE).await, house.person("bob@example.com").await);
        let id = found(&house).await.unwrap().facts.id;
        let open = Change::OpenPeriod { agent: ALICE.into(), until: at(900), confirmation: id };
        house.decide(None, None, &doing(vec![open]), at(10)).await.unwrap();
        let news = |to: &str, message_id: &str| NewOutbox {
            ticket: Some(ticket),
            ..outgoing(OutboxKind::Notification, to, message_id)
        };
        house.enqueue(&[news(ALICE, "a1@desk"), news("bob@example.com", "b1@desk")], at(11)).await;
        let mut window = house.store.window().await.unwrap();
        let challenge = window.begin_challenge(ALICE, at(12)).await.unwrap();
        let people = [alice.id, bob.id, PersonId(4711)];
        assert!(window.token_epochs(&people).await.unwrap().is_empty());
        assert_eq!(window.revoke(alice.id, ALICE, at(20)).await.unwrap(), 1);
        assert_eq!(window.revoke(alice.id, ALICE, at(21)).await.unwrap(), 2);
        let epochs = window.token_epochs(&people).await.unwrap();
        assert_eq!(epochs.into_iter().collect::<Vec<_>>(), [(alice.id, 2)]);
        assert_eq!(window.period(ALICE).await.unwrap(), None);
        assert!(window.challenge(challenge).await.unwrap().unwrap().answered);
        window.commit().await.unwrap();
        assert!(found(&house).await.unwrap().facts.used, "its nonce may have leaked with the rest");
        house.enqueue(&[news(ALICE, "a2@desk")], at(22)).await;
        let ids = ["a1@desk", "b1@desk", "a2@desk"].map(str::to_owned);
        let threads = house.store.window().await.unwrap().threads(&ids).await.unwrap();
        assert_eq!(threads.iter().map(|t| t.revoked).collect::<Vec<_>>(), [true, false, false]);
    });
}

#[test]
fn a_challenge_is_found_by_its_number_and_its_mail_and_answered_once() {
    each_engine(|house| async move {
        let mut window = house.store.window().await.unwrap();
        let id = window.begin_challenge(ALICE, at(1)).await.unwrap();
        let mail =
            window.enqueue(&[outgoing(OutboxKind::Challenge, ALICE, "ask@desk")], at(1)).await.unwrap()[0];
        window.challenge_asked_by(id, mail).await.unwrap();
        assert!(matches!(window.challenge_asked_by(id + 1, mail).await, Err(StoreError::Refused(_))));
        let by_number = window.challenge(id).await.unwrap().unwrap();
        assert_eq!((by_number.id, by_number.agent.as_str(), by_number.answered), (id, ALICE, false));
        assert!(by_number.possession);
        let by_mail = window.challenge_by_message_id("ask@desk").await.unwrap().unwrap();
        assert_eq!((by_mail.id, by_mail.possession), (id, false));
        assert_eq!(window.challenge_by_message_id("other@desk").await.unwrap(), None);
        assert_eq!(window.challenge(id + 1).await.unwrap(), None);
        window.commit().await.unwrap();

        let found = AgentProof {
            from: ALICE.into(),
            origin: true,
            by: "dmarc".into(),
            signature: None,
            disowned: false,
            possession: true,
            verdict: Verdict::Done,
        };
        let answer = doing(vec![Change::AnswerChallenge { id, proof: Box::new(found.clone()) }]);
        house.decide(None, None, &answer, at(5)).await.unwrap();
        conflict_on(house.decide(None, None, &answer, at(6)).await);
        let stored = house.store.challenge(id).await.unwrap().unwrap();
        assert_eq!((stored.asked_at, stored.answered_at), (at(1), Some(at(5))));
        assert_eq!(serde_json::from_str::<AgentProof>(&stored.proof).unwrap(), found);
        let mut window = house.store.window().await.unwrap();
        let newer = window.begin_challenge(ALICE, at(9)).await.unwrap();
        window.commit().await.unwrap();
        let ids: Vec<i64> = house.store.challenges().await.unwrap().iter().map(|c| c.id).collect();
        assert_eq!(ids, [id, newer], "the last that was answered, and the last");
    });
}
