//! Shadow mode: nothing leaves but one digest a day, exactly once, and `live` ends it.

use maildesk::config;
use maildesk_lab::desk::DeskOptions;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::scene::{ANN, LI, SUPPORT, Scene, letter, scene};

const OPS: &str = "bob@desk.test";

/// Past the store: the next digest is due now.
fn make_due(scene: &Scene) {
    let url = config::load(&scene.desk.config_path()).unwrap().store.url;
    let sql = "UPDATE digest SET due_at = 0";
    let rows = tokio::runtime::Runtime::new().unwrap().block_on(async {
        if url.starts_with("sqlite:") {
            let mut store = SqliteConnection::connect(&url).await.unwrap();
            sqlx::query(sql).execute(&mut store).await.unwrap().rows_affected()
        } else {
            let mut store = PgConnection::connect(&url).await.unwrap();
            sqlx::query(sql).execute(&mut store).await.unwrap().rows_affected()
        }
    });
    assert_eq!(rows, 1);
    // The schedule is looked at anew.
    scene.desk.reload();
}

fn digests(scene: &Scene) -> Vec<serde_json::Value> {
    let outbox = scene.desk.outbox().unwrap();
    outbox.into_iter().filter(|mail| mail["kind"] == "digest").collect()
}

#[test]
fn a_day_in_shadow_mode_is_told_once_and_live_ends_it() {
    let alerts = format!("[alerts]\nto = [\"{OPS}\"]\n");
    let options = DeskOptions { mode: "shadow", more: alerts, ..DeskOptions::default() };
    let Some(mut scene) = scene(&options) else { return };
    for (sender, subject) in [(ANN, "Printer on fire"), (LI, "甘特图无法加载")] {
        scene.deliver(sender, &letter(sender, subject, "Please help me with this soon."));
    }
    scene.desk.wait_for_tickets(2).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    make_due(&scene);
    let digest = scene.inbox(OPS).wait_for("the digest", |m| m.subject().contains("not sent")).unwrap();
    let text = digest.text();
    for words in [SUPPORT, "Printer on fire", ANN, "acknowledgement", "maildesk live support", "Came in: 2"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(digest.header("Auto-Submitted"), "auto-generated");

    // A quiet day is not told, nor the same day again after a restart.
    scene.desk.stop().unwrap();
    scene.desk.start().unwrap();
    // The word of readiness after the reload above may still have been unread.
    scene.desk.wait_for_log("ready", |log| log.matches("maildesk is ready").count() >= 2).unwrap();
    make_due(&scene);
    scene.desk.wait_for_log("reloaded", |log| log.matches("reloaded").count() >= 2).unwrap();
    assert_eq!(scene.count_when_quiet(OPS), 1);
    assert_eq!(digests(&scene).len(), 1);
    assert_eq!(scene.count_when_quiet(ANN), 0, "nothing else leaves");

    let live = scene.desk.run(&["live", "support"]).unwrap();
    let words = String::from_utf8(live.stdout).unwrap();
    assert!(
        live.status.success() && words.contains("mails that shadow mode held back stay unsent"),
        "{words}"
    );
    let again = scene.desk.run(&["live", "support"]).unwrap();
    assert!(String::from_utf8(again.stdout).unwrap().contains("live already"));
    // Somebody else: an address gets one acknowledgement in ten minutes, and Ann's was counted.
    const CLIENT: &str = "c@client.test";
    scene.deliver(CLIENT, &letter(CLIENT, "One more", "And here is one more question."));
    let answer = scene.inbox(CLIENT).wait_for("an answer", |m| m.header("From").contains(SUPPORT)).unwrap();
    assert_eq!(answer.header("Auto-Submitted"), "auto-replied");
    assert_eq!(scene.count_when_quiet(ANN), 0, "what was held back stays unsent");
    scene.finish();
}
