//! Folders that change under the desk: numbered a second time, missing, several.

use maildesk_lab::{
    desk::DeskOptions,
    scripted_imap::{Builder, Misbehave, ScriptedImap, When},
    scripted_smtp::ScriptedSmtp,
};

use crate::scene::{Scene, address, filled, letter, options, scene};

const RESTORED: &str = "counts from an earlier point";

/// The server was set back: these UIDs mean nothing any more.
fn set_back(scene: &Scene, uids: &[u32]) {
    for uid in uids {
        scene.imap.remove(*uid);
    }
}

fn assert_nothing_unaccounted(scene: &Scene) {
    scene.desk.wait("the ledger", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(()))).unwrap();
}

/// A desk that has taken five letters.
fn five(imap: Builder, start: &'static str) -> Scene {
    let mut scene = scene(imap, ScriptedSmtp::script(), &DeskOptions { start, ..options() });
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1, 2, 3, 4, 5]);
    scene
}

#[test]
fn uids_given_again_after_a_restore_are_noticed_by_uidnext() {
    let scene = five(filled(5), "all");
    set_back(&scene, &[4, 5]);
    scene.desk.reload();
    scene.wait_for_alert(RESTORED);
    scene.imap.deliver(4, &letter(6));
    scene.assert_each_once(&[1, 2, 3, 4, 5, 6]);
    assert_nothing_unaccounted(&scene);
    assert_eq!(scene.alerts(RESTORED), 1);
    scene.finish();
}

#[test]
fn uids_given_again_while_the_desk_was_down_are_noticed_by_their_headers() {
    for imap in [filled(5), filled(5).without_uid_next()] {
        let mut scene = five(imap, "all");
        scene.desk.stop().unwrap();
        set_back(&scene, &[4, 5]);
        for (uid, n) in [(4, 6), (5, 7), (6, 8)] {
            scene.imap.deliver(uid, &letter(n));
        }
        scene.desk.start().unwrap();
        scene.assert_each_once(&[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_nothing_unaccounted(&scene);
        assert_eq!(scene.alerts(RESTORED), 1);
        scene.finish();
    }
}

#[test]
fn without_uidnext_a_mail_that_hides_behind_a_known_uid_is_noticed_by_the_count() {
    let scene = five(filled(5).without_uid_next(), "all");
    set_back(&scene, &[5]);
    let idles = scene.imap.count("IDLE");
    scene.desk.reload();
    scene.wait_for_command("IDLE", idles + 1);
    assert_eq!(scene.alerts(RESTORED), 0, "a mail that was deleted is no restore");
    scene.imap.deliver(5, &letter(6));
    scene.assert_each_once(&[1, 2, 3, 4, 5, 6]);
    assert_nothing_unaccounted(&scene);
    assert_eq!(scene.alerts(RESTORED), 1);
    scene.finish();
}

#[test]
fn what_was_there_before_the_start_stays_there_after_a_restore() {
    let options = DeskOptions { start: "now", ..options() };
    let mut scene = scene(filled(4), ScriptedSmtp::script(), &options);
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.wait_for_command("IDLE", 1);
    scene.imap.deliver_now(5, &letter(5));
    scene.assert_each_once(&[5]);
    scene.desk.stop().unwrap();
    set_back(&scene, &[5]);
    scene.desk.start().unwrap();
    scene.wait_for_alert(RESTORED);
    scene.imap.deliver_now(5, &letter(6));
    scene.assert_each_once(&[5, 6]);
    assert_nothing_unaccounted(&scene);
    scene.finish();
}

#[test]
fn new_mail_does_not_wait_for_an_old_one_that_cannot_be_shown() {
    for trick in [Misbehave::Answer("NO cannot".into()), Misbehave::Drop] {
        let mut scene = five(filled(5), "all");
        scene.desk.stop().unwrap();
        scene.imap.on("UID FETCH", When::Names(5), trick);
        scene.imap.deliver(6, &letter(6));
        scene.desk.start().unwrap();
        scene.assert_each_once(&[1, 2, 3, 4, 5, 6]);
        scene.finish();
    }
}

#[test]
fn mails_deleted_by_people_are_no_restore() {
    let scene = five(filled(5), "all");
    set_back(&scene, &[1, 3, 5]);
    scene.imap.set_uid_next(6);
    let idles = scene.imap.count("IDLE");
    scene.desk.reload();
    scene.wait_for_command("IDLE", idles + 1);
    scene.imap.deliver(6, &letter(6));
    scene.assert_each_once(&[1, 2, 3, 4, 5, 6]);
    assert_eq!(scene.alerts(RESTORED), 0);
    scene.finish();
}

#[test]
fn a_missing_folder_is_named_once_and_the_others_go_on() {
    let options = DeskOptions { folders: vec!["INBOX", "Orders"], ..options() };
    let mut scene = scene(filled(1), ScriptedSmtp::script(), &options);
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.wait_for_alert("A part of support@desk.test cannot be read");
    let trouble = scene.desk.status().unwrap()["trouble"].clone();
    assert!(trouble.as_str().unwrap().contains("Orders"), "{trouble}");
    for n in 2..=4 {
        scene.imap.deliver(n, &letter(n));
        let known: Vec<u32> = (1..=n).collect();
        scene.assert_each_once(&known);
    }
    assert_eq!(scene.imap.logins(), 1, "the connection is kept");
    scene.imap.add_folder("Orders");
    scene.imap.append("Orders", &letter(5));
    scene.imap.deliver(6, &letter(6));
    scene.assert_each_once(&[1, 2, 3, 4, 5, 6]);
    scene.wait_for_alert("can be read again");
    assert_eq!((scene.alerts("cannot be read"), scene.alerts("can be read again")), (1, 1));
    scene.finish();
}

#[test]
fn a_first_folder_that_is_renamed_does_not_hold_up_the_second() {
    let options = DeskOptions { folders: vec!["Orders", "INBOX"], ..options() };
    let mut scene = scene(filled(1).folder("Orders"), ScriptedSmtp::script(), &options);
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1]);
    scene.imap.remove_folder("Orders");
    scene.imap.deliver(2, &letter(2));
    scene.desk.reload();
    scene.wait_for_alert("A part of");
    // The one that is there is watched.
    scene.imap.deliver(3, &letter(3));
    scene.assert_each_once(&[1, 2, 3]);
    scene.finish();
}

#[test]
fn a_mail_moved_between_two_watched_folders_is_one_ticket() {
    let options = DeskOptions { folders: vec!["INBOX", "Orders"], ..options() };
    let moved = letter(1);
    let imap = ScriptedImap::builder().mail(1, &moved).folder("Orders");
    let mut scene = scene(imap, ScriptedSmtp::script(), &options);
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1]);
    scene.imap.append("Orders", &moved);
    scene.imap.remove(1);
    scene.imap.deliver(2, &letter(2));
    scene.desk.wait_for_outcome_total(3).unwrap();
    scene.assert_each_once(&[1, 2]);
    assert_eq!(scene.desk.outcome("ignored").unwrap(), 1);
    assert_nothing_unaccounted(&scene);
    assert!(!scene.to(&address(1)).is_empty());
    scene.finish();
}
