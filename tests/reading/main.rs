//! Readings of the mails below `tests/fixtures/mail`. Beside each `NAME.eml` stands what must be read in it: `NAME.toml` holds facts
//! that a person wrote (a part of what `inspect --json` prints), `NAME.json` the whole reading, which `MAILDESK_BLESS=1` rewrites;
//! read the difference before committing it.
//!
//! A mail program that writes in a way of its own takes two files here: the mail, shortened and with invented people, and its
//! facts, for instance `class = "human"` and `reply = "…"`. `"absent"` says that there is no such thing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod attacks;
mod bombs;
mod cost;

use std::path::{Path, PathBuf};

use maildesk::{
    mail::{ReadPolicy, attachment, read},
    triage::triage,
};
use serde_json::{Value, json};

fn mails(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the fixtures are there") {
        let path = entry.unwrap().path();
        if path.is_dir() {
            mails(&path, found);
        } else if path.extension().is_some_and(|e| e == "eml") {
            found.push(path);
        }
    }
}

fn policy() -> ReadPolicy {
    ReadPolicy {
        own_addresses: vec!["support@desk.example".into()],
        own_lists: Vec::new(),
        desk_id: "fixture".into(),
    }
}

/// The reading, and what of it `inspect` leaves out.
fn golden(raw: &[u8]) -> String {
    let reading = read(raw, &policy());
    let shown = json!({
        "reading": reading, "language": triage(&reading).language, "command_text": reading.command_text, "trace": reading.trace,
    });
    serde_json::to_string_pretty(&shown).unwrap() + "\n"
}

/// Facts that the reading does not agree with.
fn misread(raw: &[u8], facts: &str) -> Vec<String> {
    let facts: Value = toml::from_str(facts).expect("the facts are TOML");
    let reading = read(raw, &policy());
    let mut is = serde_json::to_value(&reading).unwrap();
    is["language"] = json!(triage(&reading).language.code);
    let mut wrong = Vec::new();
    disagree("", &facts, &is, &mut wrong);
    wrong
}

fn disagree(place: &str, want: &Value, is: &Value, wrong: &mut Vec<String>) {
    match (want, is) {
        (Value::Object(want), Value::Object(is)) => {
            for (key, want) in want {
                disagree(&format!("{place}.{key}"), want, is.get(key).unwrap_or(&Value::Null), wrong);
            }
        }
        (Value::Array(want), Value::Array(is)) if want.len() == is.len() => {
            for (n, (want, is)) in want.iter().zip(is).enumerate() {
                disagree(&format!("{place}[{n}]"), want, is, wrong);
            }
        }
        (Value::String(want), Value::Null) if want == "absent" => {}
        _ if want == is => {}
        _ => wrong.push(format!("{place} is {is}, not {want}")),
    }
}

#[test]
fn every_fixture_reads_as_its_facts_say() {
    let mut found = Vec::new();
    mails(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail"), &mut found);
    found.sort();
    assert!(found.len() >= 50, "only {} fixtures", found.len());
    let mut wrong = Vec::new();
    for path in found {
        let raw = std::fs::read(&path).unwrap();
        let (facts, beside) = (path.with_extension("toml"), path.with_extension("json"));
        if let Ok(facts) = std::fs::read_to_string(&facts) {
            wrong.extend(misread(&raw, &facts).into_iter().map(|w| format!("{}: {w}", path.display())));
            continue;
        }
        let is = golden(&raw);
        if std::env::var_os("MAILDESK_BLESS").is_some() {
            std::fs::write(&beside, &is).unwrap();
        } else if std::fs::read_to_string(&beside).unwrap_or_default() != is {
            wrong.push(format!("{}: now\n{is}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn legitimate_mails_cause_no_warnings() {
    for folder in [
        "legit",
        "zh",
        "agent",
        "bounce",
        "autoreply",
        "reply",
        "program",
        "forward",
        "robot",
        "files",
        "charset",
    ] {
        let mut found = Vec::new();
        mails(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail").join(folder), &mut found);
        for path in found {
            let reading = read(&std::fs::read(&path).unwrap(), &policy());
            assert_eq!(reading.warnings, Vec::<String>::new(), "{}", path.display());
        }
    }
}

#[test]
fn every_attachment_can_be_read_again() {
    let raw =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail/malformed/names.eml"))
            .unwrap();
    let reading = read(&raw, &policy());
    let names: Vec<_> = reading.attachments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["passwd", "invoicefdp.exe", "_con.txt"]);
    assert_eq!(reading.warnings.len(), 3);
    for (i, a) in reading.attachments.iter().enumerate() {
        assert_eq!(attachment(&raw, i).unwrap().len() as u64, a.size);
    }
}
