//! Servers that refuse or are away: the others work, it is said once, and its end once.

use std::fs;

use maildesk_lab::{
    desk::{Agent, DeskOptions, Scripted},
    scripted_imap::{Misbehave, ScriptedImap, When},
    scripted_smtp::{Act, ScriptedSmtp, Stage, When as SmtpWhen},
};

use crate::scene::{Scene, address, filled, letter, options, scene};

const REFUSAL: &str = "NO [AUTHENTICATIONFAILED] wrong password";

/// A second mailbox `sales` on servers of its own, written before the first, so that nothing goes by the order.
pub fn with_sales(scene: &Scene, imap: &ScriptedImap, smtp: &ScriptedSmtp) {
    let sales = DeskOptions { address: "sales@desk.test", ..options() };
    let table = sales.mailbox("sales", scene.desk.folder(), &Scripted { imap, smtp }).unwrap();
    let path = scene.desk.config_path();
    let config = fs::read_to_string(&path).unwrap();
    fs::write(&path, config.replacen("[[mailbox]]", &format!("{table}\n[[mailbox]]"), 1)).unwrap();
}

fn status(scene: &Scene, mailbox: &str) -> serde_json::Value {
    let all = scene.desk.json(&["status"]).unwrap();
    all.as_array().unwrap().iter().find(|m| m["mailbox"] == mailbox).cloned().unwrap_or_default()
}

#[test]
fn one_refusing_server_does_not_stop_the_other_mailbox() {
    let mut scene = scene(filled(3), ScriptedSmtp::script(), &options());
    let (imap, smtp) = scene.runtime.block_on(async {
        let refusing = Misbehave::Answer("NO [NONEXISTENT] no such folder".to_owned());
        let imap = ScriptedImap::builder().on("SELECT", When::Always, refusing).mail(1, &letter(9));
        (imap.start().await, ScriptedSmtp::script().start().await)
    });
    with_sales(&scene, &imap, &smtp);
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.desk.wait("trouble", || Ok(status(&scene, "sales")["trouble"].is_string().then_some(()))).unwrap();
    scene.assert_each_once(&[1, 2, 3]);
    assert!(status(&scene, "support")["trouble"].is_null());
    imap.behave();
    scene.desk.wait("its mail", || Ok((smtp.count() >= 4).then_some(()))).unwrap();
    assert!(status(&scene, "sales")["trouble"].is_null());
    let subjects: Vec<String> = smtp
        .received()
        .into_iter()
        .filter(|m| m.rcpt_to == ["bob@desk.test"])
        .map(|m| maildesk_lab::mailclient::Mail::new(m.data).subject())
        .collect();
    let told = |words: &str| subjects.iter().filter(|s| s.contains(words)).count();
    assert_eq!((told("cannot be read"), told("can be read again")), (1, 1), "{subjects:?}");
    scene.finish();
}

#[test]
fn a_wrong_password_is_tried_seldom_and_told_once() {
    let imap = filled(2).on("LOGIN", When::Always, Misbehave::Answer(REFUSAL.to_owned()));
    let mut scene = scene(imap, ScriptedSmtp::script(), &options());
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.wait_for_alert("cannot be read");
    let trouble = scene.desk.status().unwrap()["trouble"].clone();
    assert!(trouble.as_str().unwrap().contains("refuses the login"), "{trouble}");
    // A reload is the operator's word that something changed: one more try, no second alert.
    scene.desk.reload();
    scene.wait_for_command("LOGIN", 2);
    scene.desk.wait_for_log("the reload", |log| log.contains("reloaded")).unwrap();
    assert_eq!(scene.imap.logins(), 2);
    scene.imap.behave();
    scene.desk.reload();
    scene.assert_each_once(&[1, 2]);
    scene.wait_for_alert("can be read again");
    assert_eq!(scene.imap.logins(), 3);
    assert_eq!((scene.alerts("cannot be read"), scene.alerts("can be read again")), (1, 1));
    scene.finish();
}

#[test]
fn while_no_mail_can_leave_mail_is_taken_and_the_status_says_so() {
    let smtp = ScriptedSmtp::script().on(
        Stage::Banner,
        SmtpWhen::UpTo(3),
        Act::Reply("421 4.3.2 service not available".to_owned()),
    );
    let mut scene = scene(filled(4), smtp, &options());
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene
        .desk
        .wait("trouble", || Ok(status(&scene, "support")["outbox_trouble"].is_string().then_some(())))
        .unwrap();
    scene.desk.wait_for_tickets(4).unwrap();
    assert!(status(&scene, "support")["trouble"].is_null());
    scene.assert_each_once(&[1, 2, 3, 4]);
    scene
        .desk
        .wait("its end", || Ok(status(&scene, "support")["outbox_trouble"].is_null().then_some(())))
        .unwrap();
    let said = scene.desk.log().lines().filter(|l| l.contains("mail cannot leave")).count();
    assert_eq!(said, 1, "{}", scene.desk.log());
    scene.finish();
}

#[test]
fn while_no_mail_can_be_read_mail_leaves() {
    let agents = vec![
        Agent { name: "Alice Chen", address: "alice@desk.test", role: "agent", languages: &["en"] },
        Agent { name: "Zoe", address: "zoe@desk.test", role: "agent", languages: &["en"] },
    ];
    // The first session takes the mails and ends; then nobody is let in for a while.
    let bye = |n| (When::Nth(n), Misbehave::Instead(b"* BYE overloaded\r\n".to_vec()));
    let mut imap = filled(3).on("IDLE", When::Nth(1), Misbehave::Drop);
    for n in 2..=4 {
        let (when, misbehave) = bye(n);
        imap = imap.on("GREETING", when, misbehave);
    }
    let smtp = ScriptedSmtp::script().on(
        Stage::Content,
        SmtpWhen::Nth(1),
        Act::Reply("451 4.3.0 try again later".to_owned()),
    );
    let mut scene = scene(imap, smtp, &DeskOptions { agents, ..options() });
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.wait_for_command("GREETING", 4);
    // Three tickets, each acknowledged and told to two agents; one of the nine waits a minute.
    scene.desk.wait("mails", || Ok((scene.smtp.count() >= 8).then_some(()))).unwrap();
    scene.imap.deliver(4, &letter(4));
    scene.desk.wait("the fourth", || Ok((!scene.to(&address(4)).is_empty()).then_some(()))).unwrap();
    let ends = || {
        let (begun, ended) = (scene.alerts("cannot be read"), scene.alerts("can be read again"));
        Ok((begun == ended).then_some(()))
    };
    scene.desk.wait("an end told for every beginning", ends).unwrap();
    for row in scene.desk.outbox().unwrap().iter().filter(|r| r["state"] != "sent") {
        scene.desk.run(&["outbox", "retry", &row["id"].to_string()]).unwrap();
    }
    scene.finish();
}
