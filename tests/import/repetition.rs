//! Interrupted and repeated, an import ends as if it had not been; with the mail server it shares every mail once.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use maildesk_lab::{process::Group, scripted_imap::ScriptedImap};

use crate::scene::{BINARY, Old, SUPPORT, Scene, mbox, question, scene, scene_with};

/// Conversations of three mails each, in two files: an inbox and a folder of sent mail.
fn correspondence(scene: &Scene, conversations: u32) {
    let (mut inbox, mut sent) = (Vec::new(), Vec::new());
    for n in 0..conversations {
        let client = format!("Client {n} <client{}@acme.test>", n % 97);
        let ids = [format!("q{n}@acme.test"), format!("a{n}@desk.test"), format!("t{n}@acme.test")];
        let first = question(1 + n % 20, &ids[0], &client);
        let body = format!("The export number {n} stays empty.\n\nFrom now on it is urgent.\n");
        inbox.push(Old { body: &body, ..first }.text());
        let reply = Old {
            to: &client,
            answers: &[&ids[0]],
            body: "Please clear the cache.",
            ..question(2 + n % 20, &ids[1], SUPPORT)
        };
        sent.push(reply.text());
        if n % 3 == 0 {
            let thanks = Old {
                answers: &[&ids[0], &ids[1]],
                body: "Still empty.",
                ..question(3 + n % 20, &ids[2], &client)
            };
            inbox.push(thanks.text());
        }
        // The same mail in both files.
        if n % 50 == 0 {
            sent.push(inbox[inbox.len() - 1].clone());
        }
    }
    scene.file("mail/Inbox", mbox(&inbox));
    scene.file("mail/Sent", mbox(&sent));
    scene.file("mail/broken", "From x Mon Jan  1 10:00:00 2024\nnothing: of use\n\n");
}

fn spawn(scene: &Scene, path: &Path) -> Group {
    let mut command = Command::new(BINARY);
    command.arg("--config").arg(scene.desk.config_path()).arg("import").arg(path);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Group::spawn(&mut command).unwrap()
}

/// The paths of the two desks' folders differ and nothing else may.
fn without_folder(scene: &Scene) -> Vec<String> {
    let folder = scene.desk.folder().canonicalize().unwrap().display().to_string();
    scene.rows().into_iter().map(|row| row.replace(&folder, "")).collect()
}

#[test]
fn killed_at_any_moment_and_repeated_it_ends_the_same() {
    let (whole, killed) = (scene(), scene());
    correspondence(&whole, 2500);
    correspondence(&killed, 2500);
    let path = |scene: &Scene| scene.desk.folder().join("old/mail");
    let begun = std::time::Instant::now();
    let summary = whole.import_path(&path(&whole));
    let taken = begun.elapsed();
    assert_eq!(summary["tickets"], 2500, "{summary}");
    assert!(summary["duplicates"].as_u64().unwrap() > 0);
    let mut seed: u64 = 20_260_101;
    let (mut kills, mut partly) = (0, 0);
    while kills < 12 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = taken.mul_f64(0.1 + 0.5 * (seed >> 33) as f64 / (1_u64 << 31) as f64);
        let mut running = spawn(&killed, &path(&killed));
        if let Some(status) = running.wait_at_most(moment) {
            assert!(status.success());
            break;
        }
        running.kill();
        kills += 1;
        let there = killed.desk.run(&["import", "--list", "--json"]).unwrap();
        let list: serde_json::Value = serde_json::from_slice(&there.stdout).unwrap_or_default();
        let items = list[0]["items"].as_u64().unwrap_or_default();
        partly += u32::from(items > 0 && items < summary["mails"].as_u64().unwrap());
    }
    assert!(kills > 1 && partly > 1, "{kills} kills, {partly} of them in the middle (seed 20260101)");
    let last = killed.import_path(&path(&killed));
    assert_eq!(last["interrupted"], false);
    let (expected, found) = (without_folder(&whole), without_folder(&killed));
    for (expected, found) in expected.iter().zip(&found) {
        assert_eq!(found, expected, "after {kills} kills");
    }
    assert_eq!(found.len(), expected.len());
    whole.desk.finish().unwrap();
    killed.desk.finish().unwrap();
}

#[test]
fn what_the_mail_server_brought_is_not_imported_again_and_the_other_way_round() {
    let ids = ["one@acme.test", "two@acme.test", "three@acme.test"];
    let letter = |n: usize| question(1, ids[n], &format!("client{n}@acme.test")).text().replace('\n', "\r\n");
    let imap = ScriptedImap::builder().mail(1, letter(0).as_bytes());
    let mut scene = scene_with(imap);
    scene.desk.start().unwrap();
    scene.desk.wait_for_tickets(1).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    let sent = scene.desk.outbox().unwrap().len();
    // As mailbox files have it: LF, and lines of the file's own.
    let old =
        |n: usize| letter(n).replace("\r\n", "\n").replacen("MIME-Version", "Status: RO\nMIME-Version", 1);
    let file = scene.file("old.mbox", mbox(&[old(0), old(1), old(2)]));
    let summary = scene.import_path(&file);
    assert_eq!((&summary["duplicates"], &summary["tickets"]), (&1.into(), &2.into()), "{summary}");
    // Imported before the server has them.
    scene.imap.deliver(2, letter(1).as_bytes());
    scene.imap.deliver(3, letter(2).as_bytes());
    scene.desk.wait_for_outcome("ignored", 3).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 3);
    assert_eq!(scene.desk.outbox().unwrap().len(), sent, "something was sent for old mail");
    scene.desk.wait("the ledger", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(()))).unwrap();
    assert_eq!(scene.desk.status().unwrap()["unsettled"], 0);
    // A client answers an old mail: a new ticket that continues it, for the old one was closed long ago.
    let answer = Old {
        answers: &[ids[1]],
        body: "It is back again.",
        ..question(1, "four@acme.test", "client1@acme.test")
    };
    scene.imap.deliver_now(4, answer.text().replace('\n', "\r\n").as_bytes());
    scene.desk.wait_for_tickets(4).unwrap();
    scene.desk.finish().unwrap();
}

#[test]
fn a_desk_at_work_and_an_import_leave_each_other_room() {
    let mut scene = scene();
    correspondence(&scene, 600);
    scene.desk.start().unwrap();
    let mut importing = spawn(&scene, &scene.desk.folder().join("old/mail"));
    let mut uid = 0;
    while importing.wait_at_most(Duration::from_millis(200)).is_none() {
        uid += 1;
        let letter = question(1, &format!("live{uid}@live.test"), &format!("live{uid}@live.test")).text();
        scene.imap.deliver_now(uid, letter.replace('\n', "\r\n").as_bytes());
    }
    let tickets = || scene.rows().iter().filter(|row| row.starts_with("ticket ")).count();
    scene.desk.wait("all tickets", || Ok((tickets() >= 600 + uid as usize).then_some(()))).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    assert_eq!(tickets(), 600 + uid as usize);
    assert!(uid > 1, "the import was over before mail came");
    scene.desk.finish().unwrap();
}

#[test]
fn a_batch_is_repeated_as_it_was_begun() {
    let scene = scene();
    correspondence(&scene, 5);
    let path = scene.desk.folder().join("old/mail");
    let path = path.to_str().unwrap();
    assert_eq!(scene.import(&[path, "--batch", "b"])["tickets"], 5);
    let before = scene.rows();
    let again = scene.import(&[path, "--batch", "b"]);
    assert_eq!((&again["mails"], &again["tickets"]), (&0.into(), &0.into()));
    assert_eq!(scene.rows(), before);
    let (good, words) = scene.said(&["import", path, "--batch", "b", "--state", "open"]);
    assert!(!good && words.contains("begun with --state closed"), "{words}");
    // Under another name everything is there already.
    let other = scene.import(&[path, "--batch", "c"]);
    assert_eq!((&other["tickets"], &other["added"]), (&0.into(), &0.into()), "{other}");
    assert_eq!(other["duplicates"], other["mails"]);
    let list = scene.import(&["--list"]);
    assert_eq!(
        (&list[0]["batch"], &list[1]["batch"], &list[1]["tickets_made"]),
        (&"c".into(), &"b".into(), &5.into())
    );
    scene.desk.finish().unwrap();
}

#[test]
fn an_answer_is_taken_once_its_question_is_there() {
    let scene = scene();
    let answer = Old {
        to: "c1@acme.test",
        answers: &["q@acme.test"],
        body: "Please clear the cache.",
        ..question(2, "a@desk.test", SUPPORT)
    };
    let sent = scene.file("Sent.mbox", mbox(&[answer.text()]));
    let inbox = scene.file("In.mbox", mbox(&[question(1, "q@acme.test", "c1@acme.test").text()]));
    let (sent, inbox) = (sent.to_str().unwrap(), inbox.to_str().unwrap());
    let alone = scene.import(&[sent, "--batch", "old"]);
    assert_eq!((&alone["without_conversation"], &alone["tickets"]), (&1.into(), &0.into()), "{alone}");
    let both = scene.import(&[inbox, sent, "--batch", "old"]);
    assert_eq!(
        (&both["tickets"], &both["added"], &both["taken_before"]),
        (&1.into(), &1.into(), &0.into()),
        "{both}"
    );
    assert_eq!(scene.kinds(1), ["client", "reply"]);
    let again = scene.import(&[inbox, sent, "--batch", "old"]);
    assert_eq!((&again["mails"], &again["taken_before"]), (&0.into(), &2.into()), "{again}");
    scene.desk.finish().unwrap();
}

#[test]
fn a_batch_from_a_deep_folder_is_repeated_too() {
    let scene = scene();
    let folder = vec!["x".repeat(240); 6].join("/");
    let mails: Vec<String> =
        (1..=3).map(|n| question(n, &format!("m{n}@acme.test"), &format!("c{n}@acme.test")).text()).collect();
    scene.file(&format!("{folder}/Inbox"), mbox(&mails[..2]));
    let old = scene.desk.folder().join("old");
    assert_eq!(scene.import(&[old.to_str().unwrap(), "--batch", "deep"])["tickets"], 2);
    scene.file(&format!("{folder}/three.eml"), &mails[2]);
    let again = scene.import(&[old.to_str().unwrap(), "--batch", "deep"]);
    assert_eq!((&again["taken_before"], &again["tickets"]), (&2.into(), &1.into()), "{again}");
    scene.desk.finish().unwrap();
}
