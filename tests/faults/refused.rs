//! Our own server refuses a mail for good: people hear of it as of one that comes back.

use maildesk_lab::{
    desk::DeskOptions,
    mailclient::reply_to,
    scripted_smtp::{Act, ScriptedSmtp, Stage, When},
};

use crate::{
    robots::proven,
    scene::{ALICE, Scene, address, filled, scene},
};

/// No acknowledgement leaves, so that the first mail to a client is an agent's.
pub fn without_acknowledgements() -> DeskOptions {
    let more = "[limits]\nacks_per_hour_max = 0\nanswer_age_max = \"10000d\"\n";
    DeskOptions { more: more.to_owned(), ..DeskOptions::default() }
}

fn suppressed(scene: &Scene) -> usize {
    scene.desk.json(&["client", "suppressed"]).unwrap().as_array().unwrap().len()
}

/// Alice's answer to the first client, which the server does not take; what she then hears of it.
fn answered(refusal: &str, client_is_gone: bool) -> Scene {
    let smtp = ScriptedSmtp::script().on(Stage::Rcpt, When::Nth(2), Act::Reply(refusal.to_owned()));
    let mut scene = scene(filled(1), smtp, &without_acknowledgements());
    scene.allow_complaints();
    scene.desk.allow("failed");
    scene.desk.start().unwrap();
    scene.desk.wait("the notification", || Ok((!scene.to(ALICE).is_empty()).then_some(()))).unwrap();
    let (_, raw) = reply_to(&scene.to(ALICE)[0], ALICE, "a1@desk.test", "Please clear the cache.");
    scene.imap.deliver(2, &proven(&raw));
    let is_told = || scene.to(ALICE).into_iter().find(|m| m.text().contains("did not reach"));
    let told = scene.desk.wait("the word that it did not leave", || Ok(is_told())).unwrap();
    assert!(told.text().contains("Please clear the cache."), "{}", told.text());
    assert_eq!(told.text().contains("client release"), client_is_gone, "{}", told.text());
    scene
}

#[test]
fn an_answer_to_an_unknown_address_is_told_to_its_agent_and_mail_stops() {
    let scene = answered("550 5.1.1 User unknown", true);
    assert_eq!(suppressed(&scene), 1);
    let rows = scene.desk.outbox().unwrap();
    let reply = rows.iter().find(|row| row["kind"] == "reply").unwrap();
    assert_eq!(
        (reply["state"].as_str(), reply["recipient"].as_str()),
        (Some("failed"), Some(address(1).as_str()))
    );
    assert!(reply["bounced"].is_null(), "it never left: {reply}");
    // Once: also after a restart.
    scene.desk.wait_until_quiet().unwrap();
    let told = scene.to(ALICE).len();
    let mut scene = scene;
    scene.desk.stop().unwrap();
    scene.desk.start().unwrap();
    scene.desk.wait_until_quiet().unwrap();
    assert_eq!(scene.to(ALICE).len(), told);
    scene.finish();
}

#[test]
fn an_answer_that_a_filter_refuses_is_told_and_stops_nothing() {
    let scene = answered("554 5.7.1 Message rejected as spam", false);
    assert_eq!(suppressed(&scene), 0);
    scene.finish();
}
