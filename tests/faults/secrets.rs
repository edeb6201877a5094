//! What must never show: secrets at any level, clients' words at INFO.

use std::fs;

use maildesk_lab::{
    mailclient::Draft,
    scripted_imap::{self, Misbehave, When},
    scripted_smtp::ScriptedSmtp,
};

use crate::scene::{SUPPORT, Scene, filled, letter, options, scene};

const SMTP_PASSWORD: &str = "canary-secret-smtp";
const DESK_SECRET: &str = "canary-secret-desk-0123456789abcdef-0123456789abcdef";
const CLIENT: &str = "canary-address@canary-client.test";
const SUBJECT: &str = "canarysubject";
const BODY: &str = "canarybody";

fn confidential() -> Vec<u8> {
    let text = format!("The report stays empty. {BODY} is what it says. Please have a look.");
    Draft::new(
        &format!("Canary <{CLIENT}>"),
        SUPPORT,
        "c@canary-client.test",
        &format!("Report {SUBJECT}"),
        &text,
    )
    .header("Return-Path", &format!("<{CLIENT}>"))
    .bytes()
}

/// A desk that takes a confidential mail, with failures on both sides; its log.
fn lived(level: &str) -> (Scene, String) {
    let imap = filled(2)
        .mail(3, &confidential())
        .mail(4, b"From: canary-address@canary-client.test, \x00<<>\r\nSubject: canarysubject \xff\r\n\r\ncanarybody")
        .on("UID FETCH", When::Nth(2), Misbehave::CutAt(900));
    let smtp = ScriptedSmtp::script().login("desk", SMTP_PASSWORD).refuse(|to| to.starts_with("client2@"));
    let mut scene = scene(imap, smtp, &options());
    fs::write(scene.desk.folder().join("desk-secret"), DESK_SECRET).unwrap();
    scene.desk.set_environment("MAILDESK_LOG", level);
    scene.allow_complaints();
    scene.desk.allow("failed");
    scene.desk.start().unwrap();
    scene.desk.wait_for_outcome_total(4).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    assert_eq!(scene.to(CLIENT).len(), 1);
    let log = scene.desk.log();
    (scene, log)
}

#[test]
fn no_secret_shows_at_the_finest_level() {
    let (scene, log) = lived("trace");
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the level was set");
    let pid = scene.desk.pid().unwrap();
    let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    let environment = fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
    for secret in [scripted_imap::PASSWORD, SMTP_PASSWORD, DESK_SECRET] {
        let encoded = data_encoding::BASE64.encode(secret.as_bytes());
        for (place, text) in [("log", &log), ("command line", &command), ("environment", &environment)] {
            assert!(!text.contains(secret) && !text.contains(&encoded), "{secret} stands in the {place}");
        }
    }
    scene.finish();
}

#[test]
fn no_address_subject_or_body_shows_at_the_usual_level() {
    let (scene, log) = lived("info");
    for word in [CLIENT, "canary-address", "canary-client", SUBJECT, BODY, "client1@", "Export"] {
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(word)).collect();
        assert!(lines.is_empty(), "{word}: {lines:#?}");
    }
    scene.finish();
}

#[test]
fn the_folder_of_the_store_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let (scene, _) = lived("info");
    let mut seen = 0;
    for file in fs::read_dir(scene.desk.folder()).unwrap().map(|f| f.unwrap()) {
        if file.file_name().to_string_lossy().starts_with("maildesk.db") {
            seen += 1;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        }
    }
    assert!(seen >= 2, "the database and its log");
    scene.finish();
}

#[test]
fn a_second_daemon_on_the_same_store_is_refused() {
    let mut scene = scene(filled(1), ScriptedSmtp::script(), &options());
    scene.desk.start().unwrap();
    let second = scene.desk.run(&["run"]).unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("another maildesk is running"), "{said}");
    scene.imap.deliver(2, &letter(2));
    scene.assert_each_once(&[1, 2]);
    scene.finish();
}
