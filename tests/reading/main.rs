//! Golden readings: each `.eml` below `tests/fixtures/mail` with the `.json` beside it. `MAILDESK_BLESS=1` rewrites these;
//! read the difference before committing it.
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
use serde_json::json;

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

#[test]
fn every_fixture_reads_as_blessed() {
    let mut found = Vec::new();
    mails(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail"), &mut found);
    found.sort();
    assert!(found.len() >= 20, "only {} fixtures", found.len());
    let mut wrong = Vec::new();
    for path in found {
        let is = golden(&std::fs::read(&path).unwrap());
        let beside = path.with_extension("json");
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
    for folder in ["legit", "zh", "agent", "bounce", "autoreply"] {
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
