//! Never an automatic mail to a robot (FAULTS section 2), and never a mail lost because a robot wrote it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use maildesk_lab::{
    desk::{Agent, Desk, DeskOptions},
    mailclient::{Draft, Mail, reply_to},
};

use crate::scene::{ANN, BINARY, OTHER_DESK, SUPPORT, Scene, fresh_id, letter, scene};

const DELIVERY_REPORT: &str = "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n\
    --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.client.test\r\n\r\n\
    Final-Recipient: rfc822; gone@client.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n";

/// (envelope sender, mail), each from a robot of its own kind.
fn robots() -> Vec<(&'static str, Draft)> {
    let plain = |from: &str, subject: &str| letter(from, subject, "I am out of the office until Monday.");
    let robot = |n: u32| format!("c+robot{n}@client.test");
    let report = "multipart/report; report-type=delivery-status; boundary=b";
    vec![
        (
            "c@client.test",
            plain(&robot(1), "Automatic reply: hello").header("Auto-Submitted", "auto-replied"),
        ),
        ("", plain(&robot(2), "Null sender")),
        ("c@client.test", plain(&robot(3), "[list] Digest").header("List-Id", "<list.client.test>")),
        ("c@client.test", plain(&robot(4), "Bulk").header("Precedence", "bulk")),
        ("c@client.test", plain("noreply@client.test", "From nobody")),
        ("c@client.test", plain(&robot(5), "Suppressed").header("X-Auto-Response-Suppress", "All")),
        ("", plain("MAILER-DAEMON@client.test", "Undelivered").content(report, DELIVERY_REPORT.as_bytes())),
        ("c@client.test", plain(SUPPORT, "From our own address")),
        ("c@client.test", plain(&robot(6), "Not to us").header("To", "others@client.test")),
    ]
}

fn acknowledgements(scene: &Scene) -> usize {
    scene.desk.outbox().unwrap().iter().filter(|row| row["kind"] == "acknowledgement").count()
}

#[test]
fn robots_get_no_answer_and_lose_no_mail() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let robots = robots();
    let count = robots.len() as u64;
    for (sender, draft) in &robots {
        scene.deliver(sender, draft);
    }
    scene.deliver(ANN, &letter("Ann <ann@client.test>", "A person at last", "Can you help me please?"));
    scene.inbox(ANN).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    let status = scene.desk.status().unwrap();
    let decided: u64 =
        ["ticket", "control", "held", "ignored"].iter().filter_map(|w| status["outcomes"][w].as_u64()).sum();
    assert_eq!(decided, count + 1, "{status}");
    let rows = scene.desk.outbox().unwrap();
    let to_robot = |row: &serde_json::Value| {
        let recipient = row["recipient"].as_str().unwrap();
        recipient.contains("robot") || recipient.contains("noreply") || recipient.contains("mailer-daemon")
    };
    // "Not to us" was delivered to us all the same (Delivered-To names us): the others are robots beyond doubt.
    let answered: Vec<_> =
        rows.iter().filter(|r| to_robot(r) && !r["recipient"].as_str().unwrap().contains("robot6")).collect();
    assert!(answered.is_empty(), "{answered:?}");
    assert!(rows.iter().all(|r| r["recipient"] != SUPPORT), "{rows:?}");
    scene.finish();
}

/// A responder without manners: answers everything, from the client's address, with no header that says so.
fn responder(scene: &Scene, headers: &[(&str, &str)]) -> usize {
    let stop = Arc::new(AtomicBool::new(false));
    thread::scope(|threads| {
        threads.spawn(|| {
            let mut answered = 0;
            let mut inbox = scene.inbox(ANN);
            while !stop.load(Ordering::SeqCst) {
                let mails = inbox.messages().unwrap();
                for mail in mails.iter().skip(answered) {
                    answered += 1;
                    if mail.header("From") == "probe@other.test" {
                        continue;
                    }
                    let (_, raw) = reply_to(mail, ANN, &fresh_id(), "I am on holiday and read no mail.");
                    let header: String = headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
                    scene.house.deliver(ANN, &[SUPPORT], &[header.as_bytes(), &raw].concat()).unwrap();
                }
                thread::yield_now();
            }
        });
        scene.deliver(
            ANN,
            &letter("Ann <ann@client.test>", "Holiday soon", "Please look at my report before Friday."),
        );
        // The first mail, and at least the answer to its acknowledgement.
        let decided = || -> u64 {
            let outcomes = scene.desk.status().unwrap()["outcomes"].clone();
            ["ticket", "control", "held", "ignored"].iter().filter_map(|w| outcomes[w].as_u64()).sum()
        };
        scene.desk.wait("the responder's answer", || Ok((decided() >= 2).then_some(()))).unwrap();
        let count = scene.count_when_quiet(ANN);
        stop.store(true, Ordering::SeqCst);
        count
    })
}

#[test]
fn a_vacation_responder_gets_one_mail() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    assert_eq!(responder(&scene, &[("Auto-Submitted", "auto-replied"), ("Precedence", "bulk")]), 1);
    assert_eq!(acknowledgements(&scene), 1);
    scene.finish();
}

#[test]
fn a_responder_without_headers_gets_one_mail() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    assert_eq!(responder(&scene, &[]), 1);
    assert_eq!(acknowledgements(&scene), 1);
    scene.finish();
}

#[test]
fn two_desks_end_after_one_mail_each() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let bob = Agent { name: "Bob", address: "bob@desk.test", role: "agent", languages: &["en"] };
    let options = DeskOptions { address: OTHER_DESK, agents: vec![bob], ..DeskOptions::default() };
    let other = Desk::started(BINARY, &scene.house, &options).unwrap();
    // As if a person at the other desk wrote from its shared address: the spark of a loop.
    scene.deliver(
        OTHER_DESK,
        &letter("Other Desk <help@other.test>", "Joint project", "Could we talk about the joint project?"),
    );
    scene.desk.wait_for_tickets(1).unwrap();
    // Its acknowledgement arrives at the other desk and is decided there.
    let acknowledged = acknowledgements(&scene) as u64;
    if acknowledged > 0 {
        other
            .wait("the acknowledgement", || {
                Ok((other.status()?["outcomes"].as_object().is_some_and(|o| !o.is_empty())).then_some(()))
            })
            .unwrap();
    }
    scene.desk.wait_until_quiet().unwrap();
    other.wait_until_quiet().unwrap();
    let automatic =
        |desk: &Desk| desk.outbox().unwrap().iter().filter(|r| r["kind"] == "acknowledgement").count();
    assert!(automatic(&scene.desk) <= 1, "{:?}", scene.desk.outbox().unwrap());
    assert_eq!(automatic(&other), 0, "{:?}", other.outbox().unwrap());
    let from_other = |m: &Mail| m.address("From") == OTHER_DESK && !m.subject().contains("Joint project");
    assert!(scene.quiet_inbox(SUPPORT).iter().all(|m| !from_other(m)));
    other.finish().unwrap();
    scene.finish();
}
