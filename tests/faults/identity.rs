//! The same mail again: under another UIDVALIDITY, or dragged out and back.

use maildesk::store::{FolderKey, Keep, Store};
use maildesk_lab::{desk::DeskOptions, scripted_imap::ScriptedImap, scripted_smtp::ScriptedSmtp};

use crate::{
    scene::{address, filled, letter, options, scene},
    servers::with_sales,
};

#[test]
fn a_folder_numbered_anew_makes_no_ticket_twice() {
    let mut scene = scene(filled(4), ScriptedSmtp::script(), &options());
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1, 2, 3, 4]);
    scene.imap.set_uid_validity(77);
    scene.imap.deliver(5, &letter(5));
    scene.desk.reload();
    scene.desk.wait("the fifth", || Ok((!scene.to(&address(5)).is_empty()).then_some(()))).unwrap();
    scene.assert_each_once(&[1, 2, 3, 4, 5]);
    scene.desk.wait("the ledger", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(()))).unwrap();
    scene.finish();
}

#[test]
fn a_folder_numbered_anew_does_not_bring_up_what_was_there_before_the_start() {
    let options = DeskOptions { start: "now", ..options() };
    let mut scene = scene(filled(4), ScriptedSmtp::script(), &options);
    scene.desk.start().unwrap();
    scene.wait_for_command("IDLE", 1);
    scene.imap.set_uid_validity(77);
    scene.desk.reload();
    scene.desk.wait_for_log("the folder begun anew", |log| log.matches("folder begun").count() >= 2).unwrap();
    scene.wait_for_command("IDLE", 2);
    assert_eq!(scene.desk.tickets().unwrap().len(), 0, "{}", scene.desk.log());
    scene.imap.deliver_now(5, &letter(5));
    scene.assert_each_once(&[5]);
    scene.finish();
}

#[test]
fn a_mail_dragged_out_and_back_is_the_same_mail() {
    // Written once: a letter made a second later has another Date and is another mail.
    let dragged = letter(1);
    let imap = ScriptedImap::builder().mail(1, &dragged).mail(2, &letter(2));
    let mut scene = scene(imap, ScriptedSmtp::script(), &options());
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1, 2]);
    // In this order the server has news for IDLE.
    scene.imap.deliver(3, &dragged);
    scene.imap.remove(1);
    scene.desk.wait_for_outcome_total(3).unwrap();
    scene.assert_each_once(&[1, 2]);
    scene.desk.wait("the ledger", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(()))).unwrap();
    scene.finish();
}

#[test]
fn a_mail_dragged_away_while_it_was_kept_and_not_decided_is_one_ticket() {
    let dragged = letter(1);
    // The daemon was killed between keeping and deciding, and a person dragged the mail out and back before the restart.
    let imap = ScriptedImap::builder().mail(2, &dragged);
    let mut scene = scene(imap, ScriptedSmtp::script(), &options());
    let url = format!("sqlite://{}", scene.desk.folder().join("maildesk.db").display());
    scene.runtime.block_on(async {
        let store = Store::open(&url).await.unwrap();
        let key = FolderKey { mailbox: "support".into(), folder: "INBOX".into(), uid_validity: 1 };
        let now = jiff::Timestamp::now();
        store.begin_folder(&key, 0, now).await.unwrap();
        let kept = Keep { uid: 1, received_at: now, bytes: dragged.into(), oversized_bytes: None };
        store.keep(&key, &[kept], now).await.unwrap();
        store.close().await;
    });
    scene.desk.start().unwrap();
    scene.desk.wait_for_outcome_total(2).unwrap();
    scene.assert_each_once(&[1]);
    assert_eq!((scene.desk.outcome("ticket").unwrap(), scene.desk.outcome("ignored").unwrap()), (1, 1));
    scene.desk.wait("the ledger", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(()))).unwrap();
    scene.finish();
}

#[test]
fn one_message_id_at_two_addresses_is_one_ticket() {
    let mail = letter(1);
    let imap = ScriptedImap::builder().mail(1, &mail);
    let mut scene = scene(imap, ScriptedSmtp::script(), &options());
    // The copy came another way, and another mail has taken its Message-ID.
    let copy =
        [b"Received: from elsewhere by mx.desk.test; Mon, 2 Nov 2026 10:00:00 +0000\r\n", &*mail].concat();
    let id = "letter.1@client1.test";
    let squatter = String::from_utf8(letter(2)).unwrap().replace("letter.2@client2.test", id).into_bytes();
    let (sales, smtp) = scene.runtime.block_on(async {
        let sales = ScriptedImap::builder().mail(1, &copy).mail(2, &squatter);
        (sales.start().await, ScriptedSmtp::script().start().await)
    });
    with_sales(&scene, &sales, &smtp);
    scene.desk.start().unwrap();
    scene.desk.wait_for_tickets(2).unwrap();
    scene.desk.wait("all decided", || Ok((decided(&scene) == 3).then_some(()))).unwrap();
    let mut requesters: Vec<String> =
        scene.desk.tickets().unwrap().iter().map(|t| t["requester"].as_str().unwrap().to_owned()).collect();
    requesters.sort();
    assert_eq!(requesters, [address(1), address(2)]);
    scene.finish();
}

/// Mails with an outcome, in all mailboxes.
fn decided(scene: &crate::scene::Scene) -> u64 {
    let all = scene.desk.json(&["status"]).unwrap();
    let outcomes = all.as_array().unwrap().iter().filter_map(|mailbox| mailbox["outcomes"].as_object());
    outcomes.flat_map(|o| o.values()).filter_map(serde_json::Value::as_u64).sum()
}
