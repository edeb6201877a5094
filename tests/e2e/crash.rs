//! Stopping and dying: nothing lost, nothing twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use maildesk_lab::{
    desk::{Desk, DeskOptions},
    mailclient::Mail,
};

use crate::scene::{ALICE, BINARY, SUPPORT, Scene, house, letter, scene};

/// The limits of a desk that answers a burst: the test is about crashes, not about floods.
const GENEROUS: &str =
    "[limits]\nacks_per_hour_max = 1000\nacks_per_domain_hour_max = 1000\nsame_text_per_week_max = 1000\n";

fn client(n: usize) -> String {
    format!("c+{n}@client.test")
}

fn write(scene: &Scene, numbers: std::ops::Range<usize>) {
    for n in numbers {
        let sender = client(n);
        scene.deliver(
            &sender,
            &letter(&sender, &format!("Case number {n} of many"), "Please have a look at my problem."),
        );
    }
}

/// Message-IDs by (recipient, subject), of the mails from the desk in an inbox.
fn received(mails: &[Mail]) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut ids: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for mail in mails.iter().filter(|m| m.address("From") == SUPPORT) {
        ids.entry((mail.address("To"), mail.subject())).or_default().insert(mail.header("Message-ID"));
    }
    ids
}

fn assert_exactly_once(scene: &Scene, count: usize) {
    let tickets = scene.desk.wait_for_tickets(count).unwrap();
    let requesters: BTreeSet<_> =
        tickets.iter().map(|t| t["requester"].as_str().unwrap().to_owned()).collect();
    assert_eq!((tickets.len(), requesters.len()), (count, count), "a ticket is missing or twice");
    let acks = received(&scene.quiet_inbox("c@client.test"));
    assert_eq!(acks.len(), count, "an acknowledgement is missing or twice: {acks:?}");
    assert!(acks.values().all(|ids| ids.len() == 1), "two different mails: {acks:?}");
    let notifications = received(&scene.quiet_inbox(ALICE));
    assert_eq!(notifications.len(), count, "a notification is missing: {notifications:?}");
    assert!(notifications.values().all(|ids| ids.len() == 1), "two different mails: {notifications:?}");
    let status = scene.desk.status().unwrap();
    assert_eq!(status["outcomes"]["ticket"], count, "{status}");
}

#[test]
fn a_stop_in_the_middle_drains_and_the_next_start_goes_on() {
    let options = DeskOptions { more: GENEROUS.to_owned(), ..DeskOptions::default() };
    let Some(mut scene) = scene(&options) else { return };
    write(&scene, 0..10);
    scene.desk.wait_for_tickets(1).unwrap();
    scene.desk.stop().unwrap();
    write(&scene, 10..20);
    scene.desk.start().unwrap();
    assert_exactly_once(&scene, 20);
    scene.finish();
}

#[test]
fn killed_at_random_moments_every_mail_is_answered_once() {
    const MAILS: usize = 60;
    const SEED: u64 = 20_261_123;
    let options = DeskOptions { more: GENEROUS.to_owned(), ..DeskOptions::default() };
    let Some(house) = house() else { return };
    let mut scene = Scene { desk: Desk::new(BINARY, &house, &options).unwrap(), house };
    // What a crash may leave to be said: that work is taken up again.
    scene.desk.allow("attempts without an end were found");
    let mut random = SEED;
    for round in 0..12 {
        scene.desk.start().unwrap();
        write(&scene, round * MAILS / 12..(round + 1) * MAILS / 12);
        // Knuth's MMIX generator; the upper bits are the good ones.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = Duration::from_millis((random >> 33) % 900);
        // Two ends over one mail put it into quarantine (SPEC section 4): on a slow machine two kills in a row would be those.
        if round % 2 == 1 {
            scene.desk.wait_for_tickets((round + 1) * MAILS / 12).unwrap();
        }
        assert!(scene.desk.kill_after(moment), "it ended by itself (seed {SEED}):\n{}", scene.desk.log());
    }
    scene.desk.start().unwrap();
    assert_exactly_once(&scene, MAILS);
    scene.finish();
}

#[test]
fn servers_that_go_away_come_back() {
    let Some(mut scene) = scene(&DeskOptions::default()) else { return };
    scene.deliver(
        "c+before@client.test",
        &letter("c+before@client.test", "Before", "Please have a look at this."),
    );
    scene.desk.wait_for_tickets(1).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    // The desk may complain of both servers, and must go on by itself.
    for complaint in ["WARN", "ERROR"] {
        scene.desk.allow(complaint);
    }
    scene.house.dovecot.kick(SUPPORT).unwrap();
    scene.house.postfix.stop();
    let mut support = scene.inbox(SUPPORT);
    support
        .append(
            "INBOX",
            &letter("c+during@client.test", "During", "Please have a look at this as well.").bytes(),
        )
        .unwrap();
    scene.desk.wait_for_tickets(2).unwrap();
    scene.house.postfix.run(&scene.house.dovecot).unwrap();
    scene.retry_outbox();
    let mut inbox = scene.inbox("c@client.test");
    inbox.wait_until("both acknowledgements", |all| received(all).len() == 2).unwrap();
    scene.finish();
}
