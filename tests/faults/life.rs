//! Reloading and stopping in awkward moments.

use std::{
    collections::BTreeSet,
    fs,
    time::{Duration, Instant},
};

use maildesk_lab::{
    desk::{DeskOptions, Scripted},
    scripted_imap::{Misbehave, ScriptedImap, When},
    scripted_smtp::{Act, ScriptedSmtp, Stage, When as SmtpWhen},
};

use crate::scene::{Scene, address, filled, letter, options, scene};

/// SIGTERM; it must end in time and well.
fn assert_ends_in_time(scene: &mut Scene) {
    let begun = Instant::now();
    scene.desk.signal(15);
    let ended = scene.desk.ended_within(Duration::from_secs(10));
    assert!(
        ended.is_some_and(|s| s.success()),
        "{ended:?} after {:?}\n{}",
        begun.elapsed(),
        scene.desk.log()
    );
}

#[test]
fn mailboxes_come_and_go_at_a_reload() {
    let mut scene = scene(filled(2), ScriptedSmtp::script(), &options());
    scene.allow_complaints();
    let (imap, smtp) = scene.runtime.block_on(async {
        (ScriptedImap::builder().mail(1, &letter(11)).start().await, ScriptedSmtp::script().start().await)
    });
    let path = scene.desk.config_path();
    let one = fs::read_to_string(&path).unwrap();
    let sales = DeskOptions { address: "sales@desk.test", ..options() };
    let sales = sales.mailbox("sales", scene.desk.folder(), &Scripted { imap: &imap, smtp: &smtp }).unwrap();
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1, 2]);

    let reload = |config: &str, times: usize| {
        fs::write(&path, config).unwrap();
        scene.desk.reload();
        let reloaded = |log: &str| log.matches("reloaded").count() >= times;
        scene.desk.wait_for_log("the reload", reloaded).unwrap();
    };
    let two = one.replacen("[[mailbox]]", &format!("{sales}\n[[mailbox]]"), 1);
    reload(&two, 1);
    scene.desk.wait("the new mailbox's mail", || Ok((smtp.count() >= 2).then_some(()))).unwrap();

    reload(&one, 2);
    imap.deliver(2, &letter(12));
    scene.imap.deliver(3, &letter(3));
    scene.desk.wait("the other goes on", || Ok((!scene.to(&address(3)).is_empty()).then_some(()))).unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 4, "a removed mailbox is left alone");

    // Under another name the same account is begun anew, and what was taken before is recognised.
    reload(&one.replace("name = \"support\"", "name = \"helpdesk\""), 3);
    scene.imap.deliver(4, &letter(4));
    scene.desk.wait("the renamed one", || Ok((!scene.to(&address(4)).is_empty()).then_some(()))).unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 5);
    for n in 1..=4 {
        assert_eq!(scene.to(&address(n)).len(), 1, "letter {n}");
    }

    reload(&two, 4);
    scene.desk.wait("what came meanwhile", || Ok((smtp.count() >= 4).then_some(()))).unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 6);
    scene.finish();
}

#[test]
fn a_stop_during_a_stalled_fetch_takes_seconds_and_loses_nothing() {
    let imap = filled(3).on("UID FETCH", When::Nth(2), Misbehave::Stall);
    let mut scene = scene(imap, ScriptedSmtp::script(), &options());
    scene.desk.start().unwrap();
    scene.wait_for_command("UID FETCH", 2);
    assert_ends_in_time(&mut scene);
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1, 2, 3]);
    scene.finish();
}

#[test]
fn a_stop_while_a_final_dot_is_unanswered_repeats_the_same_mail() {
    let smtp = ScriptedSmtp::script().on(Stage::Content, SmtpWhen::Nth(1), Act::KeepAndStall);
    let mut scene = scene(filled(1), smtp, &options());
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.runtime.block_on(scene.smtp.wait_for(1));
    // Twice, as an impatient operator does.
    scene.desk.signal(15);
    assert_ends_in_time(&mut scene);
    scene.desk.start().unwrap();
    scene
        .desk
        .wait("the repetition", || {
            // The operator's word instead of the minutes of the schedule.
            for row in scene.desk.outbox()?.iter().filter(|r| r["state"] == "unknown") {
                scene.desk.run(&["outbox", "retry", &row["id"].to_string()])?;
            }
            Ok((scene.smtp.count() >= 3).then_some(()))
        })
        .unwrap();
    scene.desk.wait_until_quiet().unwrap();
    let all = scene.smtp.received();
    let ids: BTreeSet<String> = all
        .iter()
        .map(|m| maildesk_lab::mailclient::Mail::new(m.data.clone()).header("Message-ID"))
        .collect();
    assert_eq!((all.len(), ids.len()), (3, 2), "one acknowledgement, one notification, one of them repeated");
    scene.finish();
}
