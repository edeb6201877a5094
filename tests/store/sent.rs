//! Folders that begin again, and what is known of the Sent folder.

use std::collections::BTreeMap;

use maildesk::{
    desk::OutboxId,
    store::{Beginning, Filer, FolderKey, FolderState, OutboxKind, OutboxResult, OutboxState},
};

use crate::house::{House, at, each_engine, ignored, keep, key, outgoing};

fn sent_key() -> FolderKey {
    FolderKey { folder: "Sent".into(), ..key() }
}

/// A reply that left.
async fn sent_reply(house: &House, message_id: &str) -> OutboxId {
    let id = house.enqueue(&[outgoing(OutboxKind::Reply, "ann@client.example", message_id)], at(1)).await[0];
    house.store.claim_outbox("support", 10, at(2)).await.unwrap();
    let done = OutboxResult { id, state: OutboxState::Sent, detail: String::new(), next_at: None };
    house.store.finish_outbox("support", &[done], at(3)).await.unwrap();
    id
}

async fn unfiled(house: &House) -> Vec<(OutboxId, bool)> {
    let rows = house.store.unfiled("support", at(0), 10).await.unwrap();
    rows.into_iter().map(|row| (row.id, row.tried)).collect()
}

fn seen(uid: u32, ids: &[&str]) -> BTreeMap<u32, Vec<String>> {
    [(uid, ids.iter().map(|id| (*id).to_owned()).collect())].into()
}

#[test]
fn a_folder_begins_together_with_what_was_there_before_or_not_at_all() {
    each_engine(|house| async move {
        let beginning = Beginning { through: 0, old: vec![1, 2, 5], is_sent: false };
        let state = house.store.begin_folder(&key(), beginning.clone(), at(0)).await.unwrap();
        assert_eq!(state, FolderState { before_start_through: 0, accounted_through: 0 });
        assert_eq!(house.store.unaccounted(&key(), &[1, 2, 3, 4, 5, 6]).await.unwrap(), [3, 4, 6]);
        // A second beginning (another daemon, a repetition) changes nothing.
        let more = Beginning { through: 9, old: vec![6], is_sent: true };
        assert_eq!(house.store.begin_folder(&key(), more, at(1)).await.unwrap(), state);
        assert_eq!(house.store.unaccounted(&key(), &[3, 4, 6]).await.unwrap(), [3, 4, 6]);
    });
}

#[test]
fn a_renumbered_folder_begins_again_and_keeps_what_was_decided() {
    each_engine(|house| async move {
        let raws = house.keep(&[1, 2, 3]).await;
        house.decide(Some(raws[0]), None, &ignored("nothing"), at(5)).await.unwrap();
        house.store.account_through(&key(), 3).await.unwrap();
        for round in 1..=2_u32 {
            let beginning = Beginning { old: vec![1], ..Beginning::default() };
            let state = house.store.renumber_folder(&key(), beginning, at(10)).await.unwrap();
            assert_eq!(state, FolderState { before_start_through: 0, accounted_through: 0 });
            assert_eq!(house.store.unaccounted(&key(), &[1, 2, 3, 4]).await.unwrap(), [2, 3, 4]);
            assert!(house.store.unsettled(&key(), 10).await.unwrap().is_empty());
            let kept = house.store.keep(&key(), &[keep(2)], at(11)).await.unwrap();
            assert_eq!(kept.len(), 1, "the UID means another message now");
            let rows = house.number("SELECT COUNT(*) FROM ledger").await;
            assert_eq!(rows, 3 + 2 * i64::from(round), "no row is lost");
        }
        // What was undecided is decided all the same.
        assert_eq!(house.store.undecided("support", 10).await.unwrap().len(), 2 + 2);
        let status = house.store.status().await.unwrap().remove(0);
        assert_eq!(
            (status.unsettled, status.outcomes["ignored"], status.outcomes["before_start"]),
            (0, 1, 2)
        );
        assert_eq!(house.store.folder_begun_at("support", "INBOX").await.unwrap(), Some(at(0)));
        let known: Vec<u32> =
            house.store.newest_known(&key(), 10).await.unwrap().iter().map(|known| known.uid).collect();
        assert_eq!(known, [2]);
    });
}

#[test]
fn a_mail_in_quarantine_is_not_taken_again_under_another_uid() {
    each_engine(|house| async move {
        let raws = house.keep(&[1, 2]).await;
        let mut window = house.store.window().await.unwrap();
        window.quarantine(raws[0], "reading it crashed", at(2)).await.unwrap();
        window.commit().await.unwrap();
        let anew = FolderKey { uid_validity: 8, ..key() };
        house.store.begin_folder(&anew, 0, at(3)).await.unwrap();
        let again = [1, 2].map(|n| maildesk::store::Keep { uid: 10 + n, ..keep(n) });
        let kept = house.store.keep(&anew, &again, at(4)).await.unwrap();
        assert_eq!(kept.iter().map(|(uid, _)| *uid).collect::<Vec<_>>(), [12]);
        assert!(house.store.unaccounted(&anew, &[11, 12]).await.unwrap().is_empty());
        assert!(house.store.unsettled(&anew, 10).await.unwrap().is_empty(), "it stays untouched");
        assert_eq!(house.store.quarantined(10).await.unwrap().len(), 1);
        // Taken out of quarantine, it is a mail like others.
        house.store.quarantine_retry(raws[0]).await.unwrap();
        let third = [maildesk::store::Keep { uid: 13, ..keep(1) }];
        assert_eq!(house.store.keep(&anew, &third, at(5)).await.unwrap().len(), 1);
    });
}

#[test]
fn the_newest_known_messages_come_with_what_they_were() {
    each_engine(|house| async move {
        house.keep(&[4, 9, 7]).await;
        house.store.record_gone(&key(), &[11], at(1)).await.unwrap();
        let known = house.store.newest_known(&key(), 2).await.unwrap();
        let facts: Vec<_> = known.iter().map(|k| (k.uid, k.received_at, k.size_bytes)).collect();
        let size = |uid| u64::try_from(keep(uid).bytes.len()).unwrap();
        assert_eq!(facts, [(9, at(9), size(9)), (7, at(7), size(7))]);
    });
}

#[test]
fn our_own_mail_in_the_sent_folder_gets_its_row_without_a_copy() {
    each_engine(|house| async move {
        house.store.begin_folder(&sent_key(), Beginning { is_sent: true, ..0.into() }, at(0)).await.unwrap();
        let id = sent_reply(&house, "reply@desk").await;
        assert_eq!(unfiled(&house).await, [(id, false)]);
        let mut messages = seen(1, &["person@desk"]);
        messages.extend(seen(2, &["rewritten@relay", "reply@desk"]));
        messages.extend(seen(3, &[]));
        assert_eq!(house.store.account_own_mail(&sent_key(), &messages, at(5)).await.unwrap(), [2]);
        assert_eq!(house.store.unaccounted(&sent_key(), &[1, 2, 3]).await.unwrap(), [1, 3]);
        assert!(unfiled(&house).await.is_empty(), "somebody filed it");
        assert_eq!(house.store.filer("support").await.unwrap(), Filer::Provider);
        let status = house.store.status().await.unwrap().remove(0);
        assert_eq!((status.unsettled, status.outcomes["ignored"]), (0, 1));
        let mut window = house.store.window().await.unwrap();
        assert!(window.is_own_mail(&["x@y".into(), "reply@desk".into()]).await.unwrap());
        assert!(
            !window.is_own_mail(&["x@y".into()]).await.unwrap() && !window.is_own_mail(&[]).await.unwrap()
        );
    });
}

#[test]
fn what_was_tried_before_a_crash_is_ours_when_it_is_found() {
    each_engine(|mut house| async move {
        house.store.begin_folder(&sent_key(), Beginning { is_sent: true, ..0.into() }, at(0)).await.unwrap();
        let id = sent_reply(&house, "reply@desk").await;
        let row = house.store.begin_filing("support", id).await.unwrap().unwrap();
        assert_eq!(row.mail.message_id, "reply@desk");
        house.reopen().await;
        assert_eq!(unfiled(&house).await, [(id, true)]);
        let found = seen(8, &["reply@desk"]);
        house.store.account_own_mail(&sent_key(), &found, at(5)).await.unwrap();
        assert!(unfiled(&house).await.is_empty());
        assert_eq!(house.store.filer("support").await.unwrap(), Filer::Unknown, "nothing is learned from it");
        assert!(house.store.begin_filing("support", id).await.unwrap().is_none());
    });
}

#[test]
fn what_the_desk_knows_of_a_thread_and_what_it_leaves_alone() {
    each_engine(|house| async move {
        house.store.begin_folder(&sent_key(), Beginning { is_sent: true, ..0.into() }, at(0)).await.unwrap();
        house.ticket(1, "first").await;
        for (ids, known) in
            [(vec![], false), (vec!["x@y"], false), (vec!["x@y", "first@client.example"], true)]
        {
            let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
            assert_eq!(house.store.knows_any(&ids).await.unwrap(), known, "{ids:?}");
        }
        house.store.account_strangers(&sent_key(), &[5, 6], "none of ours", at(1)).await.unwrap();
        assert_eq!(house.store.unaccounted(&sent_key(), &[4, 5, 6]).await.unwrap(), [4]);
        assert!(house.store.unsettled(&sent_key(), 10).await.unwrap().is_empty());
        assert_eq!(house.number("SELECT COUNT(*) FROM raw_message").await, 1);
    });
}

#[test]
fn who_files_is_learned_and_what_is_refused_is_not_tried_again() {
    each_engine(|house| async move {
        house.store.begin_folder(&sent_key(), Beginning { is_sent: true, ..0.into() }, at(0)).await.unwrap();
        let ids = [
            sent_reply(&house, "a@desk").await,
            sent_reply(&house, "b@desk").await,
            sent_reply(&house, "c@desk").await,
        ];
        assert_eq!(house.store.filer("support").await.unwrap(), Filer::Unknown);
        let place = sent_key();
        house.store.begin_filing("support", ids[0]).await.unwrap();
        house.store.filed_by_desk(ids[0], "support", Some((&place, 4)), at(6)).await.unwrap();
        assert_eq!(house.store.filer("support").await.unwrap(), Filer::Desk);
        assert_eq!(house.store.unaccounted(&sent_key(), &[4]).await.unwrap(), Vec::<u32>::new());
        house.store.filed_by_provider(ids[1], "support").await.unwrap();
        assert_eq!(house.store.filer("support").await.unwrap(), Filer::Provider);
        house.store.begin_filing("support", ids[2]).await.unwrap();
        house.store.filing_postponed(ids[2], "support").await.unwrap();
        assert_eq!(unfiled(&house).await, [(ids[2], false)]);
        house.store.filing_refused(ids[2], "support").await.unwrap();
        assert!(unfiled(&house).await.is_empty());
        assert!(house.store.unfiled("support", at(0), 10).await.unwrap().is_empty());
    });
}

#[test]
fn only_replies_that_left_lately_are_to_be_filed() {
    each_engine(|house| async move {
        let id = sent_reply(&house, "a@desk").await;
        house.enqueue(&[outgoing(OutboxKind::Reply, "ann@client.example", "queued@desk")], at(4)).await;
        let ack = house
            .enqueue(&[outgoing(OutboxKind::Acknowledgement, "ann@client.example", "ack@desk")], at(1))
            .await[0];
        let done = OutboxResult { id: ack, state: OutboxState::Sent, detail: String::new(), next_at: None };
        house.store.claim_outbox("support", 10, at(3)).await.unwrap();
        house.store.finish_outbox("support", &[done], at(3)).await.unwrap();
        assert_eq!(unfiled(&house).await, [(id, false)]);
        assert!(house.store.unfiled("support", at(4), 10).await.unwrap().is_empty());
        assert!(house.store.unfiled("sales", at(0), 10).await.unwrap().is_empty());
    });
}
