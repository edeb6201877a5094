//! Who is an agent is proven, not believed (FAULTS section 1).

use maildesk_lab::{
    desk::DeskOptions,
    house::House,
    mailclient::{Draft, Mail, reply_to},
};

use crate::scene::{ALICE, ANN, SUPPORT, Scene, fresh_id, letter, scene};

fn notified(scene: &Scene) -> Mail {
    scene.deliver(
        ANN,
        &letter("Ann <ann@client.test>", "Export fails", "The export to Excel fails with error 500."),
    );
    scene.notification("Export fails")
}

#[test]
fn a_token_without_origin_waits_for_a_confirmation() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let notification = notified(&scene);
    // As Alice's mail would arrive through a server that proves nothing, under a forged proof.
    let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), "Released words.");
    let forged = format!("Authentication-Results: {}; auth=pass smtp.auth={ALICE}\r\n", House::AUTHSERV_ID)
        .into_bytes();
    scene.house.deliver(ALICE, &[&to], &[forged, raw].concat()).unwrap();
    let question = scene
        .inbox(ALICE)
        .wait_for("the confirmation", |m| m.text().contains("Released words.") && m.uid != notification.uid)
        .unwrap();
    assert!(scene.quiet_inbox(ANN).iter().all(|m| !m.contains("Released words.")));
    assert_eq!(scene.desk.outcome("held").unwrap(), 1);

    scene.answer(ALICE, &question, "yes");
    scene.inbox(ANN).wait_for("the released answer", |m| m.text().contains("Released words.")).unwrap();
    let ticket = scene.desk.wait_for_ticket(1, "waiting", |t| t["ticket"]["state"] == "waiting").unwrap();
    assert_eq!(ticket["chain_intact"], true);

    // The nonce is used up: a second answer sends nothing again.
    scene.answer(ALICE, &question, "yes, again");
    scene.desk.wait("the second answer", || Ok((control(&scene) >= 2).then_some(()))).unwrap();
    let sent = scene.quiet_inbox(ANN).iter().filter(|m| m.text().contains("Released words.")).count();
    assert_eq!(sent, 1);
    scene.finish();
}

/// Mails that came in and are neither the client's nor held.
fn control(scene: &Scene) -> u64 {
    let outcomes = scene.desk.status().unwrap()["outcomes"].clone();
    ["control", "ignored", "held", "ticket"]
        .iter()
        .filter_map(|w| outcomes[w].as_u64())
        .sum::<u64>()
        .saturating_sub(2)
}

#[test]
fn a_forged_agent_without_a_token_reaches_nobody() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let notification = notified(&scene);
    let before = scene.quiet_inbox(ANN).len();
    for n in 0..3 {
        let id = notification.header("Message-ID");
        let draft = Draft::new(
            "Alice Chen <alice@desk.test>",
            SUPPORT,
            &fresh_id(),
            "Re: Export fails [#1]",
            "#close\n\nPay here.",
        )
        .header("In-Reply-To", &if n == 0 { id } else { String::from("<nothing@lab.test>") });
        scene.deliver("mallory@other.test", &draft);
    }
    scene.desk.wait("all decided", || Ok((control(&scene) >= 2).then_some(()))).unwrap();
    let got = scene.quiet_inbox(ANN);
    assert_eq!(got.len(), before);
    assert!(got.iter().all(|m| !m.contains("Pay here.")));
    assert_ne!(scene.desk.ticket(1).unwrap()["ticket"]["state"], "closed");
    scene.finish();
}

#[test]
fn a_tampered_token_does_nothing() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let notification = notified(&scene);
    let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), "#close\n\nTampered words.");
    let (local, domain) = to.split_once('@').unwrap();
    let last = if local.ends_with('a') { 'b' } else { 'a' };
    let tampered = format!("{}{last}@{domain}", &local[..local.len() - 1]);
    let raw = String::from_utf8(raw).unwrap().replace(&to, &tampered);
    // Without the thread's Message-IDs, which are a possession of their own.
    let raw: String = raw
        .lines()
        .filter(|l| !l.starts_with("In-Reply-To") && !l.starts_with("References"))
        .fold(String::new(), |all, line| all + line + "\r\n");
    scene.house.submit(ALICE, &[&tampered], raw.as_bytes()).unwrap();
    scene
        .desk
        .wait("decided", || Ok((control(&scene) >= 1 || scene.desk.tickets()?.len() > 1).then_some(())))
        .ok();
    assert!(scene.quiet_inbox(ANN).iter().all(|m| !m.contains("Tampered words.")));
    assert_ne!(scene.desk.ticket(1).unwrap()["ticket"]["state"], "closed");
    scene.finish();
}

#[test]
fn an_attached_notification_is_not_sent_on() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let notification = notified(&scene);
    // As s-nail does with `quote-as-attachment`: the original goes along whole, with its token.
    let to = notification.address("Reply-To");
    let draft = Draft::new(ALICE, &to, &fresh_id(), "Re: Export fails", "Fixed in the next release.")
        .header("In-Reply-To", &notification.header("Message-ID"))
        .file("original.eml", "application/octet-stream", b"kept")
        .message(&notification.raw);
    scene.house.submit(ALICE, &[&to], &draft.bytes()).unwrap();
    let answer =
        scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("Fixed in the next release.")).unwrap();
    assert!(!answer.contains(&to), "an agent's token reached a client");
    assert!(!answer.contains(ALICE), "the agent's address reached a client");
    scene.finish();
}
