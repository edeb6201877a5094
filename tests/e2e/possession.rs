//! The period that a confirmation opens, locking, revocation and challenges, with a real mail server between (FAULTS section 1).

use maildesk_lab::{
    desk::DeskOptions,
    mailclient::{Draft, Mail, reply_to},
};

use crate::scene::{ALICE, ANN, Scene, fresh_id, letter, scene};

fn notified(scene: &Scene, subject: &str) -> Mail {
    scene
        .deliver(ANN, &letter("Ann <ann@client.test>", subject, "The export to Excel fails with error 500."));
    scene.notification(subject)
}

/// An answer as it arrives through a server that proves nothing.
fn answer_unproven(scene: &Scene, mail: &Mail, text: &str) {
    let (to, raw) = reply_to(mail, ALICE, &fresh_id(), text);
    scene.house.deliver(ALICE, &[&to], &raw).unwrap();
}

fn question(scene: &Scene, words: &str) -> Mail {
    let asks = |m: &Mail| m.subject().contains("Please confirm") && m.text().contains(words);
    scene.inbox(ALICE).wait_for("the confirmation", asks).unwrap()
}

fn questions(scene: &Scene) -> usize {
    scene.quiet_inbox(ALICE).iter().filter(|m| m.subject().starts_with("[#1] Please confirm")).count()
}

#[test]
fn a_confirmation_opens_a_period_and_lock_ends_it() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let notification = notified(&scene, "Export fails");
    answer_unproven(&scene, &notification, "First words.");
    let asked = question(&scene, "First words.");
    assert!(asked.text().contains("12 h"), "{}", asked.text());

    // What an autoresponder would say confirms nothing; whoever reads the hint can still answer it.
    scene.answer(ALICE, &asked, "I am out of the office until Monday and read no mail.");
    let hint = scene.inbox(ALICE).wait_for("the hint", |m| m.text().contains("does not say yes")).unwrap();
    assert!(scene.quiet_inbox(ANN).iter().all(|m| !m.contains("First words.")));
    scene.answer(ALICE, &hint, "OK");
    scene.inbox(ANN).wait_for("the released answer", |m| m.text().contains("First words.")).unwrap();

    answer_unproven(&scene, &notification, "Second words.");
    scene.inbox(ANN).wait_for("the believed answer", |m| m.text().contains("Second words.")).unwrap();
    let shown = |m: &Mail| m.text().contains("carried no proof that it is yours");
    scene.inbox(ALICE).wait_for("the transcript", shown).unwrap();
    let list = scene.desk.run(&["agent", "list"]).unwrap();
    assert!(String::from_utf8_lossy(&list.stdout).contains("after a confirmation"), "{list:?}");

    answer_unproven(&scene, &notification, "#lock");
    let locked = |m: &Mail| m.text().contains("hours without questions");
    scene.inbox(ALICE).wait_for("the lock", locked).unwrap();
    assert_eq!(questions(&scene), 1);
    answer_unproven(&scene, &notification, "Third words.");
    question(&scene, "Third words.");
    assert!(scene.quiet_inbox(ANN).iter().all(|m| !m.contains("Third words.")));
    scene.finish();
}

#[test]
fn revoked_secrets_are_no_possession_and_new_notifications_carry_new_ones() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let before = notified(&scene, "Export fails");
    let revoked = scene.desk.run(&["agent", "revoke", ALICE]).unwrap();
    assert!(revoked.status.success(), "{revoked:?}");
    scene.answer(ALICE, &before, "Old words.");
    let asked = question(&scene, "Old words.");
    assert!(asked.text().contains("not valid any more"), "{}", asked.text());
    assert!(scene.quiet_inbox(ANN).iter().all(|m| !m.contains("Old words.")));
    let after = notified(&scene, "Import fails");
    scene.answer(ALICE, &after, "New words.");
    scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("New words.")).unwrap();
    scene.finish();
}

#[test]
fn a_challenge_says_what_an_answer_proves_and_changes_no_ticket() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let last = || {
        let list = scene.desk.run(&["agent", "list", "--json"]).unwrap();
        let rows: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
        rows.as_array().unwrap().iter().find(|r| r["address"] == ALICE).unwrap()["last_challenge"].clone()
    };
    let ask = |n: usize| {
        let asked = scene.desk.run(&["agent", "challenge", ALICE, "--wait", "0"]).unwrap();
        assert!(asked.status.success(), "{asked:?}");
        let is_challenge = |m: &&Mail| m.subject().contains("please answer this mail");
        let all = scene
            .inbox(ALICE)
            .wait_until("the challenge", |all| all.iter().filter(is_challenge).count() == n)
            .unwrap();
        all.into_iter().rev().find(|m| m.subject().contains("please answer this mail")).unwrap()
    };
    let challenge = ask(1);
    scene.answer(ALICE, &challenge, "OK");
    scene.desk.wait("the answer", || Ok((last()["answered_at"].is_string()).then_some(()))).unwrap();
    let proof = last()["proof"].clone();
    assert_eq!((&proof["by"], &proof["possession"]), (&"submission".into(), &true.into()), "{proof}");
    assert_eq!(proof["verdict"], "done");

    let challenge = ask(2);
    answer_unproven(&scene, &challenge, "OK");
    scene.desk.wait("the second", || Ok((last()["proof"]["origin"] == false).then_some(()))).unwrap();
    assert_eq!(
        (&last()["proof"]["possession"], &last()["proof"]["verdict"]),
        (&true.into(), &"asked".into())
    );

    // Without the secret address, as a program does that ignores Reply-To.
    let challenge = ask(3);
    let to = challenge.address("From");
    let draft = Draft::new(ALICE, &to, &fresh_id(), "Re: please answer this mail", "OK")
        .header("In-Reply-To", &challenge.header("Message-ID"));
    scene.house.submit(ALICE, &[&to], &draft.bytes()).unwrap();
    scene.desk.wait("the third", || Ok((last()["proof"]["possession"] == false).then_some(()))).unwrap();
    assert_eq!(last()["proof"]["verdict"], "noted_and_asked");
    assert!(scene.desk.tickets().unwrap().is_empty(), "an answer touches no ticket");
    scene.finish();
}

/// Alice's own address at the desk, as the operator sees it.
fn desk_address(scene: &Scene) -> String {
    let list = scene.desk.run(&["agent", "list", "--json"]).unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let row = rows.as_array().unwrap().iter().find(|r| r["address"] == ALICE).unwrap();
    row["desk_addresses"][0].as_str().unwrap().to_owned()
}

fn order(scene: &Scene, to: &str, text: &str) {
    let draft = Draft::new(ALICE, to, &fresh_id(), "An order", text);
    scene.house.submit(ALICE, &[to], &draft.bytes()).unwrap();
}

#[test]
fn an_agent_orders_at_their_own_address_until_it_is_revoked() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    notified(&scene, "Export fails");
    let address = desk_address(&scene);
    order(&scene, &address, "#take 1\n#note #1 Asked the developers.");
    scene.desk.wait_for_ticket(1, "taken", |t| t["ticket"]["assignee"] == ALICE).unwrap();
    scene.inbox(ALICE).wait_for("the transcript", |m| m.subject().contains("Done")).unwrap();

    order(&scene, &address, "#help");
    let help = scene.inbox(ALICE).wait_for("the help", |m| m.text().contains("#priority")).unwrap();
    assert!(help.text().contains(&address), "{}", help.text());

    order(&scene, &address, "#close 7");
    scene.inbox(ALICE).wait_for("the refusal", |m| m.text().contains("no such ticket")).unwrap();

    order(&scene, &address, "#requester ann@client.test\n\nAs promised: it is fixed.");
    let first = scene.inbox(ANN).wait_for("the first mail", |m| m.text().contains("As promised")).unwrap();
    assert!(!first.contains(&address) && !first.text().contains("#requester"), "{}", first.text());
    scene.answer(ANN, &first, "Thank you, it works.");
    scene.inbox(ALICE).wait_for("her answer", |m| m.text().contains("it works")).unwrap();

    // As anybody could write who read the address somewhere.
    let draft = Draft::new(ALICE, &address, &fresh_id(), "An order", "#close 1");
    scene.house.deliver(ALICE, &[&address], &draft.bytes()).unwrap();
    question(&scene, "#close");
    assert!(scene.desk.run(&["agent", "revoke", ALICE]).unwrap().status.success());
    assert_ne!(desk_address(&scene), address);
    order(&scene, &address, "#close 1");
    scene.desk.wait_for_tickets(3).unwrap();
    assert_ne!(scene.desk.ticket(1).unwrap()["ticket"]["state"], "closed");
    order(&scene, &desk_address(&scene), "#close 1");
    scene.desk.wait_for_ticket(1, "closed", |t| t["ticket"]["state"] == "closed").unwrap();
    scene.finish();
}
