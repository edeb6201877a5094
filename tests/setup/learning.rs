//! What `init` learns from its probes, and the config that comes of it.

use std::fs;

use maildesk_lab::{
    desk::{Desk, DeskOptions},
    house::House,
    mailclient::{Draft, ImapBox},
    scripted_imap::{PASSWORD, ScriptedImap},
    scripted_smtp::{Act, ScriptedSmtp, Stage, When},
};

use crate::scene::{
    ALICE, ANN, MAILDESK, Pair, Place, SECRET, SUPPORT, delivered, house, house_options, init, look, mode,
    row, said, value,
};

fn folder_is_empty(house: &House, folder: &str) -> bool {
    let mut opened = ImapBox::open(house.dovecot.ip(), SUPPORT, SECRET, folder).unwrap();
    opened.messages().unwrap().is_empty()
}

/// The first ten minutes of an operator, in one line.
#[test]
fn init_writes_a_config_that_check_accepts_and_removes_its_probes() {
    let Some(house) = house() else { return };
    let place = Place::new(SECRET);
    let made = init(
        &place,
        &house_options(&house),
        &["--agent", "Alice Chen <alice@desk.test>", "--alerts", "ops@desk.test"],
    );
    let words = said(&made);
    assert!(made.status.success(), "{words}");
    assert!(words.contains("maildesk live support") && words.contains("check --online"), "{words}");
    let text = place.config_text();
    assert_eq!(value(&text, "subaddressing").split(' ').next(), Some("\"+\""));
    assert!(value(&text, "mode").starts_with("\"shadow\""), "{text}");
    assert!(value(&text, "authserv_ids").starts_with("[\"mx.desk.test\"]"), "{text}");
    assert!(value(&text, "own_received").starts_with('1'), "{text}");
    assert!(value(&text, "envelope_from").starts_with("\"token\""), "{text}");
    assert!(!text.contains(SECRET));
    for secret in ["desk-secret", "imap-password", "smtp-password"] {
        assert_eq!(mode(&place.path("desk").join(secret)), 0o600, "{secret}");
    }
    assert_eq!(mode(&place.config()), 0o644);
    assert!(folder_is_empty(&house, "INBOX"), "probes are removed");
    let checked = place.run(&["check"]);
    assert!(checked.status.success(), "{}", said(&checked));

    let again = init(&place, &house_options(&house), &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        said(&again).contains("nothing is overwritten") && said(&again).contains("--force"),
        "{}",
        said(&again)
    );
    let secret = fs::read(place.path("desk/desk-secret")).unwrap();
    let forced = init(&place, &house_options(&house), &["--force", "--no-probe", "--mailbox", "help"]);
    assert!(forced.status.success(), "{}", said(&forced));
    assert!(place.config_text().contains("maildesk live help"));
    assert_eq!(
        fs::read(place.path("desk/desk-secret")).unwrap(),
        secret,
        "a desk's secret is never replaced"
    );
}

/// What `init` wrote runs, takes a mail, and is looked over while it runs; no probe becomes a ticket.
#[test]
fn the_desk_that_init_made_runs_and_is_looked_over() {
    let Some(house) = house() else { return };
    let mut desk = Desk::new(MAILDESK, &house, &DeskOptions::default()).unwrap();
    let place = Place::new(SECRET);
    let typed = format!("--password-file={}", place.path("typed").display());
    let mut arguments =
        vec!["init", "--force", "--non-interactive", "--address", SUPPORT, &typed, "--agent", ALICE];
    let options = house_options(&house);
    arguments.extend(options.iter().map(String::as_str));
    let made = desk.run(&arguments).unwrap();
    assert!(made.status.success(), "{}", said(&made));
    desk.start().unwrap();
    // start = "now": what comes before the first look is left alone.
    desk.wait_for_log("the first look", |log| log.contains("folder begun")).unwrap();
    let mail = Draft::new(ANN, SUPPORT, "one@client.test", "Login fails", "I cannot log in since Monday.");
    house.deliver(ANN, &[SUPPORT], &mail.bytes()).unwrap();
    desk.wait_for_tickets(1).unwrap();
    assert_eq!(desk.status().unwrap()["mode"], "shadow");
    let looked = desk.json(&["check", "--online"]).unwrap();
    let rows = looked["rows"].as_array().unwrap();
    for what in [
        "IMAP login",
        "SMTP login",
        "probe",
        "subaddressing",
        "Message-ID",
        "envelope sender",
        "forged results",
    ] {
        assert!(
            row(rows, &format!("support: {what}")).starts_with("pass: "),
            "{}",
            row(rows, &format!("support: {what}"))
        );
    }
    assert!(row(rows, "store").starts_with("pass: "));
    assert_eq!(desk.tickets().unwrap().len(), 1, "a probe is no ticket");
    assert!(desk.outbox().unwrap().iter().all(|mail| mail["state"] == "shadow"));
    desk.finish().unwrap();
}

/// A desk that deletes what it took is faster than the look into the mailbox: the probe is found in its store.
#[test]
fn a_probe_that_a_running_desk_took_away_is_found_all_the_same() {
    let Some(house) = house() else { return };
    for after in ["delete", "move:Handled"] {
        let desk = Desk::started(MAILDESK, &house, &DeskOptions { after, ..DeskOptions::default() }).unwrap();
        let looked = desk.json(&["check", "--online", "--probe-wait", "60"]).unwrap();
        let rows = looked["rows"].as_array().unwrap();
        for what in ["support: probe", "support: subaddressing", "support: forged results"] {
            assert!(row(rows, what).starts_with("pass: "), "{after}: {}", row(rows, what));
        }
        assert!(desk.tickets().unwrap().is_empty());
        assert!(folder_is_empty(&house, "INBOX") && folder_is_empty(&house, "Handled"), "{after}");
        desk.finish().unwrap();
    }
}

/// For relays that take no other sender: bounces then find their ticket by the Message-ID that they report.
#[test]
fn automatic_mail_may_leave_under_the_plain_address() {
    let Some(house) = house() else { return };
    let mut desk = Desk::new(MAILDESK, &house, &DeskOptions::default()).unwrap();
    let text = fs::read_to_string(desk.config_path()).unwrap();
    let plain = text.replace("[mailbox.smtp]\n", "[mailbox.smtp]\n  envelope_from = \"address\"\n");
    fs::write(desk.config_path(), plain).unwrap();
    desk.start().unwrap();
    let mail = Draft::new(ANN, SUPPORT, "one@client.test", "Login fails", "I cannot log in since Monday.");
    house.deliver(ANN, &[SUPPORT], &mail.bytes()).unwrap();
    let answer =
        house.inbox(ANN).unwrap().wait_for("an answer", |m| m.contains("We have your mail")).unwrap();
    assert_eq!(answer.header("Return-Path"), format!("<{SUPPORT}>"));
    assert!(answer.header("Reply-To").contains("support+"), "answers still come to the secret address");
    let ghost = "ghost@client.test";
    let mail =
        Draft::new(ghost, SUPPORT, "two@client.test", "No such person", "Nobody is behind this address.");
    house.deliver(ghost, &[SUPPORT], &mail.bytes()).unwrap();
    desk.wait_for_tickets(2).unwrap();
    desk.wait_for_outcome("control", 1).unwrap();
    let ticket = desk.tickets().unwrap().into_iter().find(|t| t["requester"] == ghost).unwrap();
    let shown = desk.ticket(ticket["number"].as_i64().unwrap()).unwrap();
    assert!(shown["events"].to_string().contains("bounce"), "{shown}");
    desk.finish().unwrap();
}

fn pair(smtp: ScriptedSmtp) -> Pair {
    tokio::runtime::Handle::current();
    Pair::new(futures_block(ScriptedImap::builder().start()), smtp)
}

fn futures_block<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

/// Runs `init` beside the scripted servers.
async fn made(pair: &Pair, more: &'static [&'static str]) -> (Place, String) {
    let place = Place::new(PASSWORD);
    let options = pair.options();
    let (place, made) = tokio::task::spawn_blocking(move || {
        let wait: &[&str] = if more.contains(&"--probe-wait") { &[] } else { &["--probe-wait", "3"] };
        let all: Vec<&str> = wait.iter().chain(more).copied().collect();
        let made = init(&place, &options, &all);
        (place, made)
    })
    .await
    .unwrap();
    assert!(made.status.success(), "{}", said(&made));
    (place, said(&made))
}

async fn looked(place: Place) -> (bool, Vec<serde_json::Value>) {
    tokio::task::spawn_blocking(move || look(&place, &["--probe-wait", "3"])).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_without_subaddressing_gets_none() {
    let smtp = ScriptedSmtp::script().refuse(|to| to.contains(['+', '-'])).start().await;
    let pair = pair(smtp).relay(|mail| Some(delivered(mail)));
    let (place, words) = made(&pair, &[]).await;
    assert!(value(&place.config_text(), "subaddressing").starts_with("\"\""), "{}", place.config_text());
    assert!(words.contains("Subaddresses do not arrive"), "{words}");
    assert!(pair.imap.mails("INBOX").is_empty(), "probes are removed");
    // Somebody who switches it on all the same is told.
    let text = place.config_text().replace("subaddressing = \"\"", "subaddressing = \"+\"");
    fs::write(place.config(), text).unwrap();
    let (passed, rows) = looked(place).await;
    assert!(!passed);
    let row = row(&rows, "support: subaddressing");
    assert!(row.starts_with("fail: mail to address+probe did not arrive (550"), "{row}");
    assert!(row.contains("subaddressing = \"\""), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_mark_is_found() {
    let smtp = ScriptedSmtp::script().refuse(|to| to.contains('+')).start().await;
    let pair = pair(smtp).relay(|mail| Some(delivered(mail)));
    let (place, words) = made(&pair, &[]).await;
    assert!(value(&place.config_text(), "subaddressing").starts_with("\"-\""), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_rewrites_message_ids_is_noticed() {
    let smtp = ScriptedSmtp::script().start().await;
    let pair = pair(smtp).relay(|mail| {
        let text = String::from_utf8(delivered(mail)).unwrap();
        Some(text.replace(".probe@desk.test>", ".rewritten@relay.test>").into_bytes())
    });
    let (place, words) = made(&pair, &[]).await;
    assert!(words.contains("The relay rewrites Message-IDs"), "{words}");
    assert!(pair.imap.mails("INBOX").is_empty(), "known by the other header, they are removed");
    let (_, rows) = looked(place).await;
    assert!(row(&rows, "support: Message-ID").starts_with("warn: the relay rewrites it"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_refuses_or_replaces_envelope_senders_gets_plain_ones() {
    // QQ's words, at the fourth MAIL: the probe with a subaddress as sender.
    let refusal = "501 Mail from address must be same as authorization user";
    let smtp = ScriptedSmtp::script().on(Stage::Mail, When::Nth(4), Act::Reply(refusal.to_owned()));
    let pair_ = pair(smtp.start().await).relay(|mail| Some(delivered(mail)));
    let (place, words) = made(&pair_, &[]).await;
    assert!(value(&place.config_text(), "envelope_from").starts_with("\"address\""), "{words}");
    assert!(words.contains("only the mailbox's own address as envelope sender"), "{words}");

    let smtp = ScriptedSmtp::script().start().await;
    let pair_ = pair(smtp).relay(|mail| {
        let own = String::from_utf8(delivered(mail)).unwrap();
        let (_, rest) = own.split_once("\r\n").unwrap();
        Some(format!("Return-Path: <bounces@relay.test>\r\n{rest}").into_bytes())
    });
    let (place, words) = made(&pair_, &[]).await;
    assert!(value(&place.config_text(), "envelope_from").starts_with("\"address\""), "{words}");
    let token = place.config_text().replace("envelope_from = \"address\"", "envelope_from = \"token\"");
    fs::write(place.config(), token).unwrap();
    let (_, rows) = looked(place).await;
    let row = row(&rows, "support: envelope sender");
    assert!(row.starts_with("warn: the relay replaces it by bounces@relay.test"), "{row}");
    assert!(row.contains("envelope_from = \"address\""), "{row}");
}

/// A server that writes its own results on top and strips nothing, or that writes none at all.
#[tokio::test(flavor = "multi_thread")]
async fn forged_results_are_outranked_or_never_believed() {
    let own = "Authentication-Results: mx.own.test; auth=pass\r\n";
    let smtp = ScriptedSmtp::script().start().await;
    let pair_ = pair(smtp).relay(move |mail| Some([own.as_bytes(), &delivered(mail)].concat()));
    let (place, words) = made(&pair_, &[]).await;
    let text = place.config_text();
    assert!(value(&text, "authserv_ids").starts_with("[\"mx.own.test\"]"), "{words}\n{text}");
    assert!(value(&text, "own_received").starts_with('0'), "{text}");
    let (_, rows) = looked(place).await;
    assert!(
        row(&rows, "support: forged results")
            .starts_with("pass: a forged Authentication-Results stayed, below 1")
    );

    // One that writes none, with a config that believes its name under one Received line.
    let smtp = ScriptedSmtp::script().start().await;
    let pair_ = pair(smtp).relay(|mail| Some(delivered(mail)));
    let (place, words) = made(&pair_, &[]).await;
    assert!(words.contains("No server was seen to write Authentication-Results"), "{words}");
    let text = place
        .config_text()
        .replace("[trust]\n", "[trust]\nauthserv_ids = [\"mx.own.test\"]\nown_received = 1\n");
    fs::write(place.config(), text).unwrap();
    let (passed, rows) = looked(place).await;
    let row = row(&rows, "support: forged results");
    assert!(!passed && row.starts_with("fail: a forged Authentication-Results was believed"), "{row}");
    assert!(row.contains("RFC 8601"), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_never_comes_leaves_careful_defaults() {
    let smtp = ScriptedSmtp::script().start().await;
    let pair = pair(smtp).relay(|_| None);
    let (place, words) = made(&pair, &["--probe-wait", "1"]).await;
    assert!(words.contains("not seen in the mailbox in time"), "{words}");
    assert!(value(&place.config_text(), "subaddressing").starts_with("\"\""), "{words}");
    let (passed, rows) = looked(place).await;
    assert!(!passed && row(&rows, "support: probe").contains("--probe-wait"));
}

/// Somebody else's mail in the mailbox is neither taken for a probe nor removed.
#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_mail_is_left_alone() {
    let smtp = ScriptedSmtp::script().start().await;
    let pair = pair(smtp).relay(|mail| Some(delivered(mail)));
    pair.imap.deliver(
        1,
        b"Subject: maildesk probe 0123\r\nMessage-ID: <old@x.test>\r\n\r\nan older one of another errand\r\n",
    );
    let imap = std::sync::Arc::clone(&pair.imap);
    let smtp = std::sync::Arc::clone(&pair.smtp);
    tokio::spawn(async move {
        let mails = smtp.wait_for(1).await;
        let nonce = String::from_utf8_lossy(&mails[0].data).into_owned();
        let nonce =
            nonce.split("maildesk probe ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        // A person who answers the probe, and one who quotes it.
        imap.deliver(5000, format!("Subject: Re: maildesk probe {nonce}\r\nIn-Reply-To: <{nonce}.probe@desk.test>\r\n\r\nwhat is this?\r\n").as_bytes());
        imap.deliver(5001, format!("Subject: strange\r\n\r\n> maildesk probe {nonce}\r\n").as_bytes());
    });
    made(&pair, &[]).await;
    let left: Vec<u32> = pair.imap.mails("INBOX").into_iter().map(|(uid, _)| uid).collect();
    assert_eq!(left, [1, 5000, 5001]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stores_password_stands_in_a_file_of_its_own() {
    let pair = Pair::new(ScriptedImap::builder().start().await, ScriptedSmtp::script().start().await);
    let options = pair.options();
    let place = Place::new(PASSWORD);
    fs::write(place.path("store"), "pw-store-7Qz\n").unwrap();
    tokio::task::spawn_blocking(move || {
        let store = place.path("store").display().to_string();
        let store = [
            "--no-probe",
            "--store",
            "postgres://desk@db.test/desk",
            "--store-password-file",
            store.as_str(),
        ];
        let made = init(&place, &options, &store);
        assert!(made.status.success() && !said(&made).contains("pw-store"), "{}", said(&made));
        let text = place.config_text();
        assert!(
            text.contains("url = \"postgres://desk@db.test/desk\"\npassword_file = \"store-password\""),
            "{text}"
        );
        assert!(!text.contains("pw-store"), "{text}");
        let file = place.path("desk/store-password");
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), mode(&file)), ("pw-store-7Qz\n", 0o600));
        let checked = place.run(&["check"]);
        assert!(checked.status.success(), "{}", said(&checked));
        // What is there stays, as all passwords do.
        fs::remove_file(place.config()).unwrap();
        let again = init(&place, &options, &store);
        assert!(said(&again).contains("store-password"), "{}", said(&again));
    })
    .await
    .unwrap();
}
