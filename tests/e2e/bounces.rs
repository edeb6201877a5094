//! Our mails come back (SPEC section 8): real reports of a real Postfix about an address that does not exist.

use maildesk_lab::{desk::DeskOptions, mailclient::Mail};
use serde_json::Value;

use crate::scene::{ALICE, SUPPORT, Scene, letter, scene};

/// Postfix takes mail for it, and Dovecot has no such mailbox.
const GONE: &str = "gone@client.test";

fn rows<'a>(outbox: &'a [Value], kind: &str, to: &str) -> Vec<&'a Value> {
    outbox.iter().filter(|row| row["kind"] == kind && row["recipient"] == to).collect()
}

fn suppressed(scene: &Scene) -> Vec<String> {
    let rows = scene.desk.json(&["client", "suppressed"]).unwrap();
    rows.as_array().unwrap().iter().map(|row| row["address"].as_str().unwrap().to_owned()).collect()
}

fn said(scene: &Scene, arguments: &[&str]) -> String {
    let output = scene.desk.run(arguments).unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn has_event(ticket: &Value, kind: &str, count: usize) -> bool {
    ticket["events"].as_array().is_some_and(|all| all.iter().filter(|e| e["kind"] == kind).count() >= count)
}

fn write(scene: &Scene, subject: &str) {
    scene.deliver(GONE, &letter("Gone <gone@client.test>", subject, "My project is gone, please help me."));
}

/// The client is refused, the agent is told, mail stops; the client writes again, and it goes on.
fn a_reply_comes_back(subaddressing: &'static str) {
    let more = "[limits]\nacks_per_hour_max = 0\n".to_owned();
    let Some(scene) = scene(&DeskOptions { subaddressing, more, ..DeskOptions::default() }) else { return };
    write(&scene, "Nobody is here");
    let notification = scene.notification("Nobody is here");
    scene.answer(ALICE, &notification, "Please reload the page.");
    let is_told = |m: &Mail| m.address("From") == SUPPORT && m.text().contains("did not reach");
    let told = scene.inbox(ALICE).wait_for("the word that it came back", is_told).unwrap();
    assert!(
        told.text().contains("Please reload the page.") && told.text().contains("5.1.1"),
        "{}",
        told.text()
    );
    let ticket = scene.desk.wait_for_ticket(1, "suppressed", |t| has_event(t, "suppressed", 1)).unwrap();
    assert!(has_event(&ticket, "bounce", 1), "{ticket}");
    assert_eq!(suppressed(&scene), [GONE]);
    let outbox = scene.desk.outbox().unwrap();
    let reply = rows(&outbox, "reply", GONE)[0];
    assert_eq!(
        (reply["bounced"]["hard"].as_bool(), reply["bounced"]["status"].as_str()),
        (Some(true), Some("5.1.1"))
    );

    scene.answer(ALICE, &told, "Are you there?");
    let is_refusal =
        |m: &Mail| m.text().contains("maildesk client release") && m.text().contains("Are you there?");
    scene.inbox(ALICE).wait_for("the refusal", is_refusal).unwrap();
    assert_eq!(rows(&scene.desk.outbox().unwrap(), "reply", GONE).len(), 1, "nothing more leaves");

    write(&scene, "I am here again");
    scene.desk.wait_for_tickets(2).unwrap();
    scene.desk.wait_for_ticket(2, "released", |t| has_event(t, "released", 1)).unwrap();
    let notification = scene.notification("I am here again");
    scene.answer(ALICE, &notification, "Then please reload the page.");
    scene.desk.wait_for_ticket(2, "bounced again", |t| has_event(t, "suppressed", 1)).unwrap();
    // No ticket of the mailer daemon, and nobody answered it.
    assert_eq!(scene.desk.tickets().unwrap().len(), 2);
    scene.desk.wait_until_quiet().unwrap();
    let outbox = scene.desk.outbox().unwrap();
    assert!(outbox.iter().all(|row| row["recipient"] == GONE || row["recipient"] == ALICE), "{outbox:?}");
    scene.finish();
}

#[test]
fn a_reply_to_an_address_that_is_gone_comes_back_to_its_agent() {
    a_reply_comes_back("+");
}

#[test]
fn without_subaddresses_the_returned_header_tells() {
    a_reply_comes_back("");
}

#[test]
fn an_acknowledgement_that_bounces_rings_for_nobody_and_an_operator_lets_mail_through() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    write(&scene, "A forged sender");
    scene.desk.wait_for_tickets(1).unwrap();
    let ticket = scene.desk.wait_for_ticket(1, "suppressed", |t| has_event(t, "suppressed", 1)).unwrap();
    assert!(has_event(&ticket, "bounce", 1), "{ticket}");
    scene.desk.wait_until_quiet().unwrap();
    let outbox = scene.desk.outbox().unwrap();
    assert_eq!(rows(&outbox, "notification", ALICE).len(), 1, "of the ticket alone: {outbox:?}");
    let list = said(&scene, &["outbox", "list", "--state", "bounced"]);
    assert!(list.contains("acknowledgement") && list.contains("for good"), "{list}");
    let said = said(&scene, &["client", "release", "Gone@Client.Test"]);
    assert!(said.contains(GONE), "{said}");
    assert!(suppressed(&scene).is_empty());
    let ticket = scene.desk.ticket(1).unwrap();
    assert!(has_event(&ticket, "released", 1) && ticket["chain_intact"] == true, "{ticket}");
    scene.finish();
}
