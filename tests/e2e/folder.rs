//! What happens to the mail on the server, which mail counts at the first start, and shadow mode.

use std::time::Duration;

use maildesk_lab::{
    desk::{Desk, DeskOptions},
    mailclient::ImapBox,
};

use crate::scene::{ALICE, ANN, BINARY, LI, SUPPORT, Scene, house, letter, scene};

fn handled(after: &'static str) -> Option<Scene> {
    let scene = scene(&DeskOptions { after, ..DeskOptions::default() })?;
    for (sender, subject) in [(ANN, "First of two"), (LI, "Second of two")] {
        scene.deliver(sender, &letter(sender, subject, "Please have a look at this."));
    }
    scene.desk.wait_for_tickets(2).unwrap();
    Some(scene)
}

fn folder(scene: &Scene, name: &str) -> ImapBox {
    let house = &scene.house.dovecot;
    ImapBox::open(house.ip(), SUPPORT, &house.password(SUPPORT), name).unwrap()
}

#[test]
fn handled_mail_is_kept_and_seen() {
    let Some(scene) = handled("keep") else { return };
    let seen = |m: &maildesk_lab::mailclient::Mail| m.flags.iter().any(|f| f == "\\Seen");
    let mails =
        folder(&scene, "INBOX").wait_until("all seen", |all| all.len() == 2 && all.iter().all(seen)).unwrap();
    assert_eq!(mails.len(), 2);
    scene.finish();
}

#[test]
fn handled_mail_is_moved() {
    let Some(scene) = handled("move:Handled") else { return };
    folder(&scene, "INBOX").wait_until("an empty inbox", <[_]>::is_empty).unwrap();
    let moved = folder(&scene, "Handled").wait_until("both", |all| all.len() == 2).unwrap();
    let mut subjects: Vec<String> = moved.iter().map(|m| m.subject()).collect();
    subjects.sort();
    assert_eq!(subjects, ["First of two", "Second of two"]);
    scene.finish();
}

#[test]
fn handled_mail_is_deleted() {
    let Some(scene) = handled("delete") else { return };
    folder(&scene, "INBOX").wait_until("an empty inbox", <[_]>::is_empty).unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 2);
    scene.finish();
}

#[test]
fn the_first_start_leaves_old_mail_alone() {
    let Some(house) = house() else { return };
    let mut support = house.inbox(SUPPORT).unwrap();
    for n in 0..3 {
        support.append("INBOX", &letter(ANN, &format!("Old {n}"), "I wrote this long ago.").bytes()).unwrap();
    }
    let desk =
        Desk::started(BINARY, &house, &DeskOptions { start: "now", ..DeskOptions::default() }).unwrap();
    let scene = Scene { desk, house };
    // Being ready does not mean that the folder was looked at: new mails come until one is taken in.
    let mut sent = 0;
    while scene.desk.tickets().unwrap().is_empty() {
        assert!(sent < 40, "new mail is not taken in:\n{}", scene.desk.log());
        scene.deliver(LI, &letter(LI, "New", &format!("I write this now, {sent}.")));
        sent += 1;
        let before = std::time::Instant::now();
        while scene.desk.tickets().unwrap().is_empty() && before.elapsed() < Duration::from_secs(2) {}
    }
    scene.desk.wait_until_quiet().unwrap();
    let tickets = scene.desk.tickets().unwrap();
    assert!(tickets.iter().all(|t| t["requester"] == LI), "{tickets:?}");
    assert_eq!(scene.count_when_quiet(ANN), 0);
    let unread = support.messages().unwrap().into_iter().filter(|m| m.subject().starts_with("Old"));
    assert_eq!(unread.filter(|m| !m.flags.contains(&"\\Seen".to_owned())).count(), 3);
    scene.finish();
}

#[test]
fn shadow_sends_nothing_until_live() {
    let Some(scene) = scene(&DeskOptions { mode: "shadow", ..DeskOptions::default() }) else { return };
    scene.deliver(
        ANN,
        &letter("Ann <ann@client.test>", "In the shadow", "Nobody should answer this by mail."),
    );
    scene.desk.wait_for_tickets(1).unwrap();
    assert_eq!(scene.count_when_quiet(ANN), 0);
    assert_eq!(scene.count_when_quiet(ALICE), 0);
    let rows = scene.desk.outbox().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|r| r["state"] == "shadow"), "{rows:?}");
    let live = scene.desk.run(&["live", "support"]).unwrap();
    assert!(live.status.success(), "{}", String::from_utf8_lossy(&live.stderr));
    scene.desk.wait("live", || Ok((scene.desk.status()?["mode"] == "live").then_some(()))).unwrap();
    // The daemon learns of it by the store's data version: within its next look, not at once.
    let mut n = 0;
    while scene.desk.outbox().unwrap().iter().all(|r| r["state"] == "shadow") {
        assert!(n < 40, "still in the shadow:\n{}", scene.desk.log());
        let sender = format!("c+live{n}@client.test");
        scene.deliver(&sender, &letter(&sender, "In the light", &format!("Please answer number {n}.")));
        n += 1;
        scene.desk.wait_for_tickets(1 + n).unwrap();
    }
    scene.inbox("c@client.test").wait_for("an acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    assert_eq!(scene.count_when_quiet(ANN), 0);
    scene.finish();
}

/// Deletes what Dovecot knows of UIDs: it numbers the folder anew under another UIDVALIDITY (FAULTS section 4).
fn number_anew(scene: &mut Scene) {
    scene.house.dovecot.stop();
    scene.house.dovecot.forget_uids(SUPPORT).unwrap();
    scene.house.dovecot.run().unwrap();
}

#[test]
fn a_folder_numbered_anew_brings_nothing_twice_and_loses_nothing() {
    for start in ["all", "now", "2026-01-31"] {
        let Some(house) = house() else { return };
        let mut support = house.inbox(SUPPORT).unwrap();
        support.append("INBOX", &letter(ANN, "Before", "I wrote this long ago.").bytes()).unwrap();
        drop(support);
        let options = DeskOptions { start, ..DeskOptions::default() };
        let mut scene = Scene { desk: Desk::started(BINARY, &house, &options).unwrap(), house };
        // Kicked out, and killed in the middle.
        for word in ["WARN", "ERROR"] {
            scene.desk.allow(word);
        }
        scene.desk.wait_for_log("the first look", |log| log.contains("folder begun")).unwrap();
        // The server's dates have whole seconds: what is to count as new comes in a later one.
        let begun = jiff::Timestamp::now().as_second();
        scene
            .desk
            .wait("the next second", || Ok((jiff::Timestamp::now().as_second() > begun).then_some(())))
            .unwrap();
        scene.deliver("c+1@client.test", &letter("c+1@client.test", "First", "Please look at this."));
        let early = if start == "now" { 0 } else { 1 };
        scene.desk.wait_for_tickets(early + 1).unwrap();
        scene.desk.wait_until_quiet().unwrap();
        let begun = scene.desk.log().matches("folder=\"INBOX\"").count();
        number_anew(&mut scene);
        scene.deliver("c+2@client.test", &letter("c+2@client.test", "Second", "Please look at that."));
        let again = |log: &str| log.matches("folder=\"INBOX\"").count() > begun;
        scene.desk.wait_for_log("the second beginning", again).unwrap();
        scene.desk.kill();
        scene.desk.start().unwrap();
        let tickets = scene.desk.wait_for_tickets(early + 2).unwrap();
        scene
            .desk
            .wait("the ledger", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(())))
            .unwrap();
        scene.desk.wait_until_quiet().unwrap();
        assert_eq!(tickets.len(), early + 2, "{start}: {tickets:?}");
        assert_eq!(scene.desk.tickets().unwrap().len(), early + 2, "{start}");
        // Postfix tries again what it could not deliver while Dovecot was away.
        let is_ours = |m: &maildesk_lab::mailclient::Mail| m.address("From") == SUPPORT;
        let mut inbox = scene.inbox("c@client.test");
        inbox
            .wait_until("the acknowledgements", |all| all.iter().filter(|m| is_ours(m)).count() >= 2)
            .unwrap();
        // The kill may repeat a mail, and then only the same one.
        let acks = scene.quiet_inbox("c@client.test").into_iter().filter(is_ours);
        let ids: std::collections::BTreeSet<String> = acks.map(|m| m.header("Message-ID")).collect();
        assert_eq!(ids.len(), 2, "{start}: one acknowledgement each");
        scene.finish();
    }
}

#[test]
fn killed_while_folders_are_numbered_anew_nothing_is_lost_and_nothing_comes_up() {
    const ROUNDS: u64 = 6;
    const SEED: u64 = 20_261_125;
    let Some(house) = house() else { return };
    let mut support = house.inbox(SUPPORT).unwrap();
    for n in 0..5 {
        support.append("INBOX", &letter(ANN, &format!("Old {n}"), "I wrote this long ago.").bytes()).unwrap();
    }
    drop(support);
    let options = DeskOptions { start: "now", ..DeskOptions::default() };
    let mut scene = Scene { desk: Desk::started(BINARY, &house, &options).unwrap(), house };
    for word in ["WARN", "ERROR"] {
        scene.desk.allow(word);
    }
    scene.desk.wait_for_log("the first look", |log| log.contains("folder begun")).unwrap();
    let begun = jiff::Timestamp::now().as_second();
    scene
        .desk
        .wait("the next second", || Ok((jiff::Timestamp::now().as_second() > begun).then_some(())))
        .unwrap();
    let mut random = SEED;
    for round in 1..=ROUNDS {
        let sender = format!("c+{round}@client.test");
        scene.deliver(&sender, &letter(&sender, &format!("Case {round}"), "Please look at this."));
        number_anew(&mut scene);
        // Knuth's MMIX generator; the upper bits are the good ones.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        assert!(scene.desk.kill_after(Duration::from_millis((random >> 33) % 400)), "seed {SEED}");
        scene.desk.start().unwrap();
    }
    let count = usize::try_from(ROUNDS).unwrap();
    let tickets = scene.desk.wait_for_tickets(count).unwrap();
    scene.desk.wait("the ledger", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(()))).unwrap();
    scene.retry_outbox();
    scene.desk.wait_until_quiet().unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), count, "seed {SEED}: {tickets:?}");
    assert!(tickets.iter().all(|t| t["requester"] != ANN), "seed {SEED}: old mail came up");
    scene.finish();
}

#[test]
fn a_mail_dragged_out_and_back_is_one_ticket_with_one_acknowledgement() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    scene.deliver(ANN, &letter("Ann <ann@client.test>", "Dragged", "Please have a look at this."));
    scene.desk.wait_for_tickets(1).unwrap();
    scene.inbox(ANN).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    let mut inbox = folder(&scene, "INBOX");
    let uid = inbox.wait_for("it", |m| m.subject() == "Dragged").unwrap().uid;
    inbox.move_to(uid, "Handled").unwrap();
    let mut handled = folder(&scene, "Handled");
    let away = handled.wait_for("it", |m| m.subject() == "Dragged").unwrap().uid;
    handled.move_to(away, "INBOX").unwrap();
    scene.desk.wait_for_outcome("ignored", 1).unwrap();
    assert_ne!(inbox.wait_for("it", |m| m.subject() == "Dragged").unwrap().uid, uid);
    assert_eq!(scene.desk.tickets().unwrap().len(), 1);
    assert_eq!(scene.count_when_quiet(ANN), 1);
    assert!(scene.desk.log().contains("the same mail was taken before: #1"), "{}", scene.desk.log());
    scene.finish();
}

#[test]
fn each_of_several_folders_is_watched_and_a_mail_may_move_between_them() {
    let options = DeskOptions { folders: vec!["INBOX", "Handled"], ..DeskOptions::default() };
    let Some(scene) = scene(&options) else { return };
    let mut inbox = folder(&scene, "INBOX");
    inbox.append("Handled", &letter(ANN, "In the second", "Please have a look at this.").bytes()).unwrap();
    scene.deliver(LI, &letter(LI, "In the first", "Please have a look at that."));
    scene.desk.wait_for_tickets(2).unwrap();
    let uid = inbox.wait_for("it", |m| m.subject() == "In the first").unwrap().uid;
    inbox.move_to(uid, "Handled").unwrap();
    scene.desk.wait_for_outcome("ignored", 1).unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 2);
    let seen = |m: &maildesk_lab::mailclient::Mail| m.flags.iter().any(|f| f == "\\Seen");
    folder(&scene, "Handled").wait_until("both seen", |all| all.len() == 2 && all.iter().all(seen)).unwrap();
    scene.finish();
}
