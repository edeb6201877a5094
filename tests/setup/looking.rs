//! `check --online`: the table, what it looks at, and what it says to do.

use std::fs;

use maildesk_lab::{
    desk::{Desk, DeskOptions},
    house::House,
    scripted_imap::{PASSWORD, ScriptedImap},
    scripted_smtp::ScriptedSmtp,
    sign::{Key, Signer},
};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use crate::scene::{MAILDESK, Pair, Place, delivered, house, init, look, row, said};

fn desk(house: &House, options: &DeskOptions) -> Desk {
    Desk::new(MAILDESK, house, options).unwrap()
}

fn rows(desk: &Desk, more: &[&str]) -> Vec<serde_json::Value> {
    let arguments: Vec<&str> = ["check", "--online", "--json"].iter().chain(more).copied().collect();
    let output = desk.run(&arguments).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    json["rows"].as_array().unwrap().clone()
}

#[test]
fn the_table_is_for_people() {
    let Some(house) = house() else { return };
    let desk = desk(&house, &DeskOptions::default());
    let output = desk.run(&["check", "--online"]).unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let verdicts: Vec<&str> = text.lines().filter_map(|line| line.split("  ").next()).collect();
    assert!(
        verdicts.contains(&"pass") && verdicts.contains(&"WARN") && !verdicts.contains(&"FAIL"),
        "{text}"
    );
    assert!(
        text.contains("support: forged results") && text.contains("→ Publish a TXT record at desk.test"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.chars().count() <= 110), "{text}");
    let store = text.lines().find(|line| line.contains("store")).unwrap();
    assert!(store.contains("not there yet"), "a check makes no store: {store}");
    assert!(!desk.folder().join("maildesk.db").exists());
}

#[test]
fn domains_are_judged_by_what_dns_says() {
    let Some(house) = house() else { return };
    let desk = desk(&house, &DeskOptions::default());
    let before = rows(&desk, &["--no-probe"]);
    assert!(row(&before, "desk.test: SPF").starts_with("warn: desk.test publishes no SPF record"));
    assert!(row(&before, "desk.test: DMARC").contains("_dmarc.desk.test"));
    assert!(row(&before, "desk.test: DKIM").starts_with("warn: "));
    assert!(row(&before, "agents at desk.test").starts_with("warn: "));
    assert!(before.iter().all(|row| row["what"] != "support: probe"), "--no-probe sends none");
    house.dns.set_txt("desk.test", "v=spf1 mx -all");
    house.dns.set_txt("_dmarc.desk.test", "v=DMARC1; p=quarantine");
    house.dns.set_txt("mail._domainkey.desk.test", "v=DKIM1; k=rsa; p=MIIB");
    let short = rows(&desk, &["--no-probe"]);
    let short = row(&short, "desk.test: DKIM");
    assert!(short.starts_with("warn: ") && short.contains("2048 bits"), "{short}");
    drop(Signer::with_key("desk.test", Key::Rsa2048, &house.dns));
    let after = rows(&desk, &["--no-probe"]);
    for what in ["desk.test: SPF", "desk.test: DMARC", "desk.test: DKIM", "agents at desk.test"] {
        assert!(row(&after, what).starts_with("pass: "), "{}", row(&after, what));
    }
    house.dns.set_txt("desk.test", "v=spf1 +all");
    let output = desk.run(&["check", "--online", "--no-probe"]).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("whole world"), "{}", said(&output));
}

#[test]
fn folders_and_logins_that_are_wrong_are_told_with_their_remedy() {
    let Some(mut house) = house() else { return };
    let desk = desk(&house, &DeskOptions { after: "move:Nowhere", ..DeskOptions::default() });
    let found = rows(&desk, &["--no-probe"]);
    let folder = row(&found, "support: folder Nowhere");
    assert!(folder.starts_with("fail: ") && folder.contains("Make the folder"), "{folder}");
    assert!(row(&found, "support: folder INBOX").starts_with("pass: "));
    assert!(row(&found, "support: sent mail").contains("Sent"), "{}", row(&found, "support: sent mail"));
    house.dovecot.set_password("support@desk.test", "another").unwrap();
    let output = desk.run(&["check", "--online"]).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let words = said(&output);
    assert!(
        words.contains("support: IMAP login") && words.contains("User name or password is wrong"),
        "{words}"
    );
    assert!(!words.contains("support: probe"), "without a login there is no probe");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_little_is_described() {
    let imap = ScriptedImap::builder().capabilities("IMAP4rev1").folder("Done").start().await;
    let pair = Pair::new(imap, ScriptedSmtp::script().start().await).relay(|mail| Some(delivered(mail)));
    let options = pair.options();
    let (passed, rows) = tokio::task::spawn_blocking(move || {
        let place = Place::new(PASSWORD);
        let made = init(&place, &options, &["--no-probe"]);
        assert!(made.status.success(), "{}", said(&made));
        let text = place.config_text().replace("after = \"keep\"", "after = \"move:Done\"");
        fs::write(place.config(), text).unwrap();
        look(&place, &["--probe-wait", "3"])
    })
    .await
    .unwrap();
    assert!(passed, "{rows:#?}");
    assert!(row(&rows, "support: push (IDLE)").starts_with("warn: the server has no IDLE"));
    assert!(row(&rows, "support: removing mail").contains("neither MOVE nor UIDPLUS"));
    assert!(row(&rows, "support: sent mail").starts_with("warn: "));
    assert!(row(&rows, "support: subaddressing").contains("Set subaddressing"));
    let left = pair.imap.mails("INBOX");
    assert!(left.iter().all(|(_, flags)| flags.iter().any(|flag| flag == "\\Deleted")), "{left:?}");
}

/// A newer program's check would shut older daemons out of the store that they share.
#[test]
fn a_look_at_an_older_store_migrates_nothing() {
    let Some(house) = house() else { return };
    let desk = desk(&house, &DeskOptions::default());
    assert!(desk.tickets().unwrap().is_empty(), "the store is made");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let on_store = |sql: &'static str| {
        let options = SqliteConnectOptions::new().filename(desk.folder().join("maildesk.db"));
        runtime.block_on(async {
            let mut connection = options.connect().await.unwrap();
            let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap().len();
            connection.close().await.unwrap();
            rows
        })
    };
    on_store("CREATE TABLE newest AS SELECT * FROM _sqlx_migrations WHERE version = 5");
    on_store("DELETE FROM _sqlx_migrations WHERE version = 5");
    let before = on_store("SELECT version FROM _sqlx_migrations");
    let shown = row(&rows(&desk, &["--no-probe"]), "store");
    assert!(shown.starts_with("warn: ") && shown.contains("The next `maildesk run`"), "{shown}");
    assert_eq!(on_store("SELECT version FROM _sqlx_migrations"), before);
    on_store("INSERT INTO _sqlx_migrations SELECT * FROM newest");
}
