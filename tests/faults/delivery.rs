//! A server that does not deliver: nothing is lost, nothing twice, and one message holds up nobody.

use maildesk_lab::{
    desk::DeskOptions,
    scripted_imap::{Misbehave, When},
    scripted_smtp::ScriptedSmtp,
};

use crate::scene::{Scene, address, filled, letter, options, scene};

fn answer(words: &str) -> Misbehave {
    Misbehave::Answer(words.to_owned())
}

fn started(misbehave: Misbehave, when: When) -> Scene {
    let mut scene = scene(filled(6).on("UID FETCH", when, misbehave), ScriptedSmtp::script(), &options());
    scene.desk.start().unwrap();
    scene
}

#[test]
fn a_fetch_that_fails_once_loses_nothing_and_repeats_nothing() {
    // The first FETCH lists sizes, the second brings the mails.
    for (nth, misbehave) in [
        (1, answer("NO [SERVERBUG] not now")),
        (2, answer("NO [SERVERBUG] not now")),
        (2, answer("BAD what?")),
        (2, Misbehave::Drop),
        (2, Misbehave::CutAt(0)),
        (2, Misbehave::CutAt(1)),
        (2, Misbehave::CutAt(700)),
        (2, Misbehave::Omit(3)),
        (2, Misbehave::NilBody(3)),
        (2, Misbehave::Twice(3)),
    ] {
        let scene = started(misbehave.clone(), When::Nth(nth));
        scene.assert_each_once(&[1, 2, 3, 4, 5, 6]);
        assert!(scene.imap.logins() <= 2, "{misbehave:?}: {} logins", scene.imap.logins());
        assert_eq!(scene.desk.quarantine().unwrap().len(), 0, "{misbehave:?}");
        scene.finish();
    }
}

/// One wrong byte of a listing, as a line without TLS may bring it (found by `scripts/sweep`).
#[test]
fn a_garbled_listing_hides_no_mail_for_good() {
    for listed in ["* SEARCH 1 2 3 4 5 16", "* SEARCH  6", "* SEARCH 4 5 6"] {
        let garbled = Misbehave::Instead(format!("{listed}\r\n{{tag}} OK done\r\n").into_bytes());
        let mut scene =
            scene(filled(6).on("UID SEARCH", When::Nth(1), garbled), ScriptedSmtp::script(), &options());
        scene.allow_complaints();
        scene.desk.start().unwrap();
        scene.wait_for_command("IDLE", 1);
        for n in 7..20 {
            scene.imap.deliver(n, &letter(n));
            scene
                .desk
                .wait("it to be taken", || Ok((!scene.to(&address(n)).is_empty()).then_some(())))
                .unwrap();
        }
        scene.assert_each_once(&(1..20).collect::<Vec<_>>());
        scene.desk.wait("0", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(()))).unwrap();
        scene.finish();
    }
}

fn set_aside(when: When) -> Scene {
    let mut scene = started(answer("NO [SERVERBUG] internal error"), when);
    scene.allow_complaints();
    scene.assert_each_once(&[1, 2, 3, 5, 6]);
    // Failures count while others are delivered: clients go on writing.
    for n in 7..20 {
        if !scene.desk.quarantine().unwrap().is_empty() {
            break;
        }
        scene.imap.deliver(n, &letter(n));
        scene.desk.wait("it to be taken", || Ok((!scene.to(&address(n)).is_empty()).then_some(()))).unwrap();
    }
    scene.desk.wait("the quarantine", || Ok((!scene.desk.quarantine()?.is_empty()).then_some(()))).unwrap();
    scene
}

#[test]
fn a_message_that_is_refused_for_ever_is_set_aside_and_taken_when_the_operator_says_so() {
    for when in [When::Brings(4), When::Names(4)] {
        let scene = set_aside(when);
        let rows = scene.desk.quarantine().unwrap();
        assert_eq!((rows.len(), &rows[0]["uid"]), (1, &4.into()), "{rows:?}");
        assert!(rows[0]["reason"].as_str().unwrap().contains("does not deliver"), "{rows:?}");
        scene.wait_for_alert("quarantined");
        assert_eq!(scene.imap.logins(), 1, "the session lives, so nobody logs in again");
        assert_eq!(scene.alerts("quarantined"), 1);
        assert_eq!(scene.alerts("cannot be read"), 0, "the mailbox can be read");
        assert!(scene.imap.mails("INBOX").iter().any(|(uid, flags)| *uid == 4 && flags.is_empty()));

        scene.imap.behave();
        let raw = rows[0]["raw"].to_string();
        assert!(scene.desk.run(&["quarantine", "retry", &raw]).unwrap().status.success());
        scene
            .desk
            .wait("its acknowledgement", || Ok((!scene.to(&address(4)).is_empty()).then_some(())))
            .unwrap();
        scene
            .desk
            .wait("the ledger", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(())))
            .unwrap();
        assert_eq!(scene.desk.quarantine().unwrap().len(), 0);
        scene.finish();
    }
}

#[test]
fn a_message_over_which_the_connection_ends_holds_up_nobody() {
    let mut scene = started(Misbehave::CutAt(40), When::Brings(4));
    scene.allow_complaints();
    scene.assert_each_once(&[1, 2, 3, 5, 6]);
    for n in 7..10 {
        scene.imap.deliver(n, &letter(n));
        scene.desk.wait("it to be taken", || Ok((!scene.to(&address(n)).is_empty()).then_some(()))).unwrap();
    }
    assert!(scene.imap.logins() <= 10, "{} logins", scene.imap.logins());
    assert!(scene.desk.status().unwrap()["trouble"].is_null(), "{}", scene.desk.log());
    assert_eq!(scene.alerts("cannot be read"), 0);
    scene.imap.behave();
    scene.desk.wait("the sixth", || Ok((!scene.to(&address(4)).is_empty()).then_some(()))).unwrap();
    assert_eq!(scene.desk.quarantine().unwrap().len(), 0);
    scene.finish();
}

#[test]
fn a_server_that_delivers_nothing_sets_nothing_aside() {
    let mut scene = started(answer("NO [UNAVAILABLE] the backend is down"), When::Always);
    scene.allow_complaints();
    scene.wait_for_command("UID FETCH", 12);
    scene.imap.behave();
    scene.assert_each_once(&[1, 2, 3, 4, 5, 6]);
    assert_eq!(scene.desk.quarantine().unwrap().len(), 0);
    scene.finish();
}

#[test]
fn of_an_oversized_mail_the_header_becomes_a_ticket_and_the_original_stays() {
    for after in ["keep", "delete", "move:Done"] {
        let limits = "[limits]\nmessage_bytes_max = \"64KiB\"\nanswer_age_max = \"10000d\"\n".to_owned();
        let options = DeskOptions { after, more: limits, ..DeskOptions::default() };
        let large = crate::scene::draft(2).file("dump.bin", "application/octet-stream", &[7; 80_000]);
        let imap = filled(1).folder("Done").mail(2, &large.bytes()).mail(3, &letter(3));
        let mut scene = scene(imap, ScriptedSmtp::script(), &options);
        scene.allow_complaints();
        scene.desk.start().unwrap();
        scene.assert_each_once(&[1, 2, 3]);
        let left: Vec<u32> = scene.imap.mails("INBOX").iter().map(|(uid, _)| *uid).collect();
        let expected: &[u32] = if after == "keep" { &[1, 2, 3] } else { &[2] };
        assert_eq!(left, expected, "{after}");
        let untouched = scene.imap.mails("INBOX").iter().any(|(uid, flags)| *uid == 2 && flags.is_empty());
        assert!(untouched, "{after}");
        scene.finish();
    }
}

#[test]
fn a_missing_target_folder_is_trouble_and_holds_up_no_mail() {
    let options = DeskOptions { after: "move:Nowhere", ..options() };
    let mut scene = scene(filled(3), ScriptedSmtp::script(), &options);
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1, 2, 3]);
    scene.desk.wait("trouble", || Ok(scene.desk.status()?["trouble"].is_string().then_some(()))).unwrap();
    assert!(scene.desk.status().unwrap()["trouble"].as_str().unwrap().contains("Nowhere"));
    scene.wait_for_alert("cannot be read");
    scene.finish();
}
