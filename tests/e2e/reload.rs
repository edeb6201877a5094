//! Wrong configs and wrong passwords.

use std::fs;

use maildesk_lab::desk::{Desk, DeskOptions};

use crate::scene::{ANN, BINARY, LI, SUPPORT, Scene, house, letter, scene};

#[test]
fn every_mistake_is_named_and_a_wrong_reload_keeps_the_old_config() {
    let Some(mut scene) = scene(&DeskOptions::default()) else { return };
    let path = scene.desk.config_path();
    let right = fs::read_to_string(&path).unwrap();
    let wrong = right
        .replace("mode = \"live\"", "mode = \"lively\"")
        .replace("poll = \"* * * * *\"", "poll = \"61 * * * *\"");
    fs::write(&path, format!("{wrong}\n[nonsense]\nkey = 1\n")).unwrap();
    let check = scene.desk.run(&["check"]).unwrap();
    let said = String::from_utf8_lossy(&[check.stdout, check.stderr].concat()).into_owned();
    assert_eq!(check.status.code(), Some(1), "{said}");
    for mistake in ["lively", "61", "nonsense"] {
        assert!(said.contains(mistake), "{mistake} is not named: {said}");
    }
    let line = wrong.lines().position(|l| l.contains("lively")).unwrap() + 1;
    assert!(
        said.contains(&format!(":{line}")) || said.contains(&format!("line {line}")),
        "no line {line}: {said}"
    );

    scene.desk.allow("config");
    scene.desk.reload();
    scene.desk.wait_for_log("the refusal", |log| log.contains("the old one stays")).unwrap();
    scene.deliver(ANN, &letter("Ann <ann@client.test>", "Still there", "Are you still there after that?"));
    scene.inbox(ANN).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    assert!(scene.desk.is_running());

    // Right again, and changed: the desk has another name from now on.
    fs::write(&path, right.replace("Example Support", "Renamed Support")).unwrap();
    scene.desk.reload();
    scene.desk.wait_for_log("the reload", |log| log.contains("reloaded")).unwrap();
    scene.deliver(
        LI,
        &letter("Li <li@client.test>", "Who are you now", "Please tell me what you are called now."),
    );
    let ack = scene.inbox(LI).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    assert!(
        ack.header("From").contains("Renamed Support") || ack.text().contains("Renamed Support"),
        "{}",
        ack.text()
    );
    scene.finish();
}

#[test]
fn a_wrong_password_is_reported_once_and_never_hammered() {
    let Some(mut house) = house() else { return };
    let right = house.dovecot.password(SUPPORT);
    let alerts = "[alerts]\nto = [\"bob@desk.test\"]\n".to_owned();
    let mut desk =
        Desk::new(BINARY, &house, &DeskOptions { more: alerts, ..DeskOptions::default() }).unwrap();
    house.dovecot.set_password(SUPPORT, "changed-by-the-provider").unwrap();
    for complaint in ["WARN", "ERROR"] {
        desk.allow(complaint);
    }
    desk.start().unwrap();
    let refused =
        |log: &str| log.lines().filter(|l| l.contains("Password mismatch") && l.contains(SUPPORT)).count();
    desk.wait("a refused login", || Ok((refused(&house.dovecot.log()) > 0).then_some(()))).unwrap();
    desk.wait("trouble in the status", || Ok(desk.status()?["trouble"].is_string().then_some(()))).unwrap();
    let trouble = desk.status().unwrap()["trouble"].clone();
    assert!(!trouble.to_string().contains(&right), "{trouble}");
    let complaints = desk.log().lines().filter(|l| l.contains("WARN") || l.contains("ERROR")).count();
    assert!(complaints <= 2, "said {complaints} times:\n{}", desk.log());
    // One login to read mail, and one to send the alert of that.
    assert!(refused(&house.dovecot.log()) <= 2, "{}", house.dovecot.log());
    assert!(!desk.log().contains(&right), "the password is in the log");

    house.dovecot.set_password(SUPPORT, &right).unwrap();
    // The operator corrected it and says so; without that the next try comes by itself, later.
    desk.reload();
    let scene = Scene { desk, house };
    scene.deliver(ANN, &letter("Ann <ann@client.test>", "After the fix", "Is your mailbox working again?"));
    scene.inbox(ANN).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    // The answer leaves as soon as it is decided; the trouble is over when the whole pass has succeeded.
    scene.desk.wait("its end", || Ok(scene.desk.status()?["trouble"].is_null().then_some(()))).unwrap();
    scene.retry_outbox();
    let alerts = scene.quiet_inbox("bob@desk.test");
    let count = |words: &str| alerts.iter().filter(|m| m.subject().contains(words)).count();
    assert_eq!((count("cannot be read"), count("can be read again")), (1, 1), "the operators are told once");
    scene.finish();
}
