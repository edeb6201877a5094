//! The command line as an operator meets it: exit codes, words, JSON, and the contract of `maildesk inspect` (SPEC
//! sections 3 and 5). Needs no server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

const MAILDESK: &str = env!("CARGO_BIN_EXE_maildesk");

fn maildesk(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(MAILDESK);
    command.current_dir(folder).args(["--config", "maildesk.toml"]).args(arguments).stdin(Stdio::null());
    command.env_remove("CREDENTIALS_DIRECTORY");
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}

/// A folder with a config that is right, and its secrets.
fn desk() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    for (name, secret) in [("desk-secret", "s".repeat(40)), ("password", "pw".to_owned())] {
        let path = folder.path().join(name);
        fs::write(&path, secret).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let store = folder.path().join("maildesk.db");
    let config = format!(
        r#"[store]
url = "sqlite://{}"
[desk]
name = "Example Support"
secret_file = "desk-secret"
[[mailbox]]
name = "support"
address = "support@example.com"
  [mailbox.imap]
  host = "imap.example.com"
  user = "support@example.com"
  password_file = "password"
  [mailbox.smtp]
  host = "smtp.example.com"
[[agent]]
name = "Alice Chen"
address = "alice@example.com"
role = "agent"
"#,
        store.display()
    );
    fs::write(folder.path().join("maildesk.toml"), config).unwrap();
    folder
}

/// Replaces a piece of the config.
fn change(folder: &Path, from: &str, to: &str) {
    let path = folder.join("maildesk.toml");
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.contains(from), "{from}");
    fs::write(&path, before.replacen(from, to, 1)).unwrap();
}

#[test]
fn wrong_use_is_2_failure_is_1_done_is_0() {
    let desk = desk();
    for (arguments, code, words) in [
        (&["check"][..], 0, "everything is in order"),
        (&["status"], 0, ""),
        (&["ticket", "list"], 0, "TICKET"),
        (&["ticket", "show", "999"], 1, "there is no ticket #999"),
        (&["ticket", "list", "--state", "opne"], 1, "`opne` is no state: new, open"),
        (&["outbox", "retry", "999"], 1, "there is no outgoing mail 999"),
        (&["outbox", "cancel", "999"], 1, "there is no outgoing mail 999"),
        (&["quarantine", "retry", "999"], 1, "message 999 is not in quarantine"),
        (&["live", "nosuch"], 1, "there is no mailbox `nosuch` in the config; there are: support"),
        (&["agent", "list"], 0, "Alice Chen <alice@example.com>, agent"),
        (
            &["agent", "revoke", "bob@example.com"],
            1,
            "there is no agent bob@example.com in the config; there are: alice@",
        ),
        (&["agent", "challenge", "bob@example.com"], 1, "there is no agent bob@example.com in the config"),
        (
            &["agent", "challenge", "alice@example.com", "--mailbox", "x"],
            1,
            "there is no mailbox `x` in the config",
        ),
        (&["agent", "challenge", "alice@example.com", "--wait", "soon"], 2, "invalid value 'soon'"),
        (&["inspect", "nosuch.eml"], 1, "reading nosuch.eml: No such file"),
        (&["inspect", "."], 1, "reading .: Is a directory"),
        (&["ticket", "show", "abc"], 2, "invalid value 'abc'"),
        (&["frob"], 2, "unrecognized subcommand"),
        (&[], 2, "Usage: maildesk"),
    ] {
        let output = maildesk(desk.path(), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
    }
}

/// systemd's unit does not start a desk again that exits with 2.
#[test]
fn a_wrong_config_is_wrong_use_but_for_check_which_did_its_work() {
    let desk = desk();
    change(desk.path(), "role = \"agent\"", "role = \"boss\"");
    for (arguments, code) in [(&["run"][..], 2), (&["status"], 2), (&["check"], 1), (&["check", "--json"], 1)]
    {
        let output = maildesk(desk.path(), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("boss"), "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn check_names_five_mistakes_at_once_with_lines_and_remedies_and_notes_an_open_secret() {
    use std::os::unix::fs::PermissionsExt;
    let desk = desk();
    fs::set_permissions(desk.path().join("desk-secret"), fs::Permissions::from_mode(0o644)).unwrap();
    change(desk.path(), "role = \"agent\"", "role = \"boss\"");
    change(desk.path(), "name = \"Example Support\"", "name = 5");
    change(desk.path(), "host = \"imap.example.com\"", "host = \"imap.example.com\"\n  tls = \"none\"");
    change(desk.path(), "password_file = \"password\"", "password_file = \"nosuch\"");
    change(
        desk.path(),
        "address = \"support@example.com\"",
        "address = \"support@example.com\"\npoll = \"61 * * * *\"",
    );
    let output = maildesk(desk.path(), &["check", "--json"]).output().unwrap();
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdict["usable"], false);
    let errors = verdict["errors"].as_array().unwrap();
    let found: Vec<(&str, u64)> =
        errors.iter().map(|e| (e["key"].as_str().unwrap(), e["line"].as_u64().unwrap())).collect();
    let wanted = [
        ("desk.name", 4),
        ("mailbox.poll", 9),
        ("mailbox.imap.tls", 12),
        ("mailbox.imap.password_file", 14),
        ("agent.role", 20),
    ];
    assert_eq!(found, wanted, "{verdict}");
    assert!(errors.iter().all(|e| !e["example"].as_str().unwrap().is_empty()), "{verdict}");
    assert!(verdict["notes"][0].as_str().unwrap().contains("chmod 600"), "{verdict}");
    let output = maildesk(desk.path(), &["check"]).output().unwrap();
    for (key, line) in wanted {
        assert!(said(&output).contains(&format!("maildesk.toml:{line}: {key}: ")), "{}", said(&output));
    }
}

const MAIL: &str = "From: \"Ann Lee\" <ann@client.test>\r\nTo: support@example.com\r\nSubject: Re: Help\r\n\
    Date: Mon, 23 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@client.test>\r\n\r\nIt fails.\r\n\r\n-- \r\nAnn\r\n";

/// What stands in SPEC section 5, and nothing of it under another name.
fn assert_has_the_shape(found: &Value) {
    let has = |value: &Value, keys: &str| {
        for key in keys.split_whitespace() {
            assert!(value.get(key).is_some(), "`{key}` is missing in {value}");
        }
    };
    has(
        found,
        "message_id date subject base_subject from to cc reply_to in_reply_to references class class_reason report text \
         reply reply_html signature quoted forwarded attachments cloud_files language fields evidence missing category \
         priority authentication warnings",
    );
    has(&found["language"], "code reliable");
    has(
        &found["fields"],
        "username organisation phone app_version device browser os occurred_at error_text steps_tried expected urls",
    );
    has(&found["category"], "name confidence reasons ranking");
    has(&found["priority"], "name reasons");
    has(&found["authentication"], "dmarc dkim spf source aligned");
    let class = found["class"].as_str().unwrap();
    let classes = "human auto_reply bounce delivery_report complaint list bulk own_address";
    assert!(classes.split(' ').any(|c| c == class), "{class}");
    for list in ["to", "cc", "reply_to", "references", "attachments", "cloud_files", "missing", "warnings"] {
        assert!(found[list].is_array(), "{list}");
    }
}

fn inspect(folder: &Path, name: &str, raw: &[u8]) -> Value {
    fs::write(folder.join(name), raw).unwrap();
    let output = maildesk(folder, &["inspect", name, "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn inspect_prints_every_key_of_its_contract() {
    let folder = tempfile::tempdir().unwrap();
    let person = inspect(folder.path(), "person.eml", MAIL.as_bytes());
    assert_has_the_shape(&person);
    assert_eq!(person["from"]["name"], "Ann Lee");
    assert_eq!((person["reply"].as_str(), person["class"].as_str()), (Some("It fails."), Some("human")));
    let file = "Subject: x\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n";
    let file = inspect(folder.path(), "file.eml", file.as_bytes());
    assert_has_the_shape(&file);
    for key in ["name", "original_name", "content_type", "detected_type", "size", "sha256", "inline", "kind"]
    {
        assert!(file["attachments"][0].get(key).is_some(), "{key}: {file}");
    }
    let bounce = "From: MAILER-DAEMON@x.test\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
        --b\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.test\r\n\r\n\
        Final-Recipient: rfc822; gone@x.test\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 gone\r\n\r\n--b--\r\n";
    let bounce = inspect(folder.path(), "bounce.eml", bounce.as_bytes());
    assert_has_the_shape(&bounce);
    for key in ["recipients", "original_message_id", "hard_bounce", "category"] {
        assert!(bounce["report"].get(key).is_some(), "{key}: {bounce}");
    }
    for key in ["address", "action", "status", "smtp_code", "diagnostic"] {
        assert!(bounce["report"]["recipients"][0].get(key).is_some(), "{key}: {bounce}");
    }
    for (name, raw) in [("empty.eml", &b""[..]), ("noise.eml", b"\xff\xfe\0=?utf-8?"), ("one.eml", b"\n")] {
        assert_has_the_shape(&inspect(folder.path(), name, raw));
    }
}

#[test]
fn inspect_reads_standard_input_and_several_mails() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.eml"), MAIL).unwrap();
    let mut command = maildesk(folder.path(), &["inspect", "a.eml", "-", "--json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"Subject: from a pipe\r\n\r\nx").unwrap();
    let output = child.wait_with_output().unwrap();
    let subjects: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["subject"].clone())
        .collect();
    assert_eq!(subjects, ["Re: Help", "from a pipe"]);
}

#[test]
fn inspect_and_classify_judge_by_the_words_of_a_config() {
    let desk = desk();
    let own = "[[category]]\nname = \"delivery\"\nwords = [\"parcel\", \"快递\"]\n[[category]]\nname = \"returns\"\n";
    let path = desk.path().join("maildesk.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + own).unwrap();
    let mail =
        "From: ann@client.test\r\nSubject: x\r\n\r\nThe invoice for my parcel is wrong, please refund.\r\n";
    let found = inspect(desk.path(), "parcel.eml", mail.as_bytes());
    assert_eq!(found["category"]["name"], "delivery", "{found}");
    assert_eq!(found["category"]["reasons"][0], "delivery: parcel", "{found}");
    assert_eq!(
        found["category"]["ranking"].as_array().unwrap().len(),
        2,
        "the built-in ones are left out: {found}"
    );
    assert!(!desk.path().join("maildesk.db").exists(), "no store is made");
    fs::write(desk.path().join("rows"), "{\"text\": \"我的快遞呢\", \"label\": \"\", \"lang\": \"zh\"}\n")
        .unwrap();
    fs::write(desk.path().join("none"), "").unwrap();
    let classify = |more: &[&str]| -> Value {
        let arguments = [&["classify", "--learn", "none", "--test", "rows", "--json"], more].concat();
        let output = maildesk(desk.path(), &arguments).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(classify(&["--own"])["label"], "delivery");
    assert_ne!(classify(&[])["label"], "delivery", "without --own no config counts");
}

/// `maildesk … | head`: the reader has seen enough, and nothing failed.
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{MAIL}{}", "a line of text\r\n".repeat(20_000));
    fs::write(folder.path().join("long.eml"), long).unwrap();
    let mut command = maildesk(folder.path(), &["inspect", "long.eml", "long.eml"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}: {}", output.status, said(&output));
}

fn json(desk: &tempfile::TempDir, arguments: &[&str]) -> Value {
    let output = maildesk(desk.path(), arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_agent_s_address_at_the_desk_stays_the_same_until_it_is_revoked() {
    let desk = desk();
    change(
        desk.path(),
        "address = \"support@example.com\"",
        "address = \"support@example.com\"\nsubaddressing = \"+\"",
    );
    let address = || json(&desk, &["agent", "list"])[0]["desk_addresses"][0].as_str().unwrap().to_owned();
    let first = address();
    assert!(first.starts_with("support+") && first.ends_with("@example.com") && first.len() == 67, "{first}");
    assert_eq!(address(), first);
    let output = maildesk(desk.path(), &["agent", "list"]).output().unwrap();
    assert!(said(&output).contains(&first), "{}", said(&output));
    assert_eq!(json(&desk, &["agent", "revoke", "Alice@example.com"])["revocations"], 1);
    let second = address();
    assert_ne!(second, first);
    let row = &json(&desk, &["agent", "list"])[0];
    assert_eq!((&row["revocations"], &row["last_challenge"]), (&Value::from(1), &Value::Null));
    let output = maildesk(desk.path(), &["agent", "revoke", "alice@example.com"]).output().unwrap();
    assert!(said(&output).contains("are invalid"), "{}", said(&output));
    // Another key makes another address, and while the old one is listed both are good.
    let path = desk.path().join("desk-secret");
    let old = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{}\n{old}", "n".repeat(40))).unwrap();
    assert_ne!(address(), second);
}

#[test]
fn a_challenge_is_queued_and_waits_in_the_list() {
    let desk = desk();
    let asked =
        maildesk(desk.path(), &["agent", "challenge", "alice@example.com", "--wait", "0"]).output().unwrap();
    assert!(asked.status.success() && said(&asked).contains("the running desk sends"), "{}", said(&asked));
    let rows = json(&desk, &["outbox", "list"]);
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["recipient"]),
        (&Value::from("challenge"), &Value::from("alice@example.com"))
    );
    assert_eq!(rows[0]["state"], "queued", "in shadow mode as well: an operator asked for it");
    let last = json(&desk, &["agent", "list"])[0]["last_challenge"].clone();
    assert!(last["asked_at"].is_string() && last["answered_at"].is_null(), "{last}");
    let output = maildesk(desk.path(), &["agent", "list"]).output().unwrap();
    assert!(said(&output).contains("no answer yet"), "{}", said(&output));
}
