//! Judges reading by the mail corpus and the corpus of our own mails beside it, where they are at hand: `MAILDESK_CORPUS` names the
//! folder of the first (default `../shared/corpus`). The judge is the corpus' own program, so that there is one judgement; here are
//! the bars. Without corpus or python3 it skips itself loudly: `tests/reading` covers the same ground in small.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

/// Says that a test judged nothing, past the test runner, which shows nothing of what a passing test prints.
macro_rules! skipped {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let words = format!($($words)*);
        std::io::stderr().write_all(format!("SKIPPED, this proves nothing: {words}\n").as_bytes()).unwrap();
    }};
}

mod nlp;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use maildesk::{
    desk::references::{Links, conversations},
    mail::{ReadPolicy, Reading, read},
};
use serde_json::Value;

/// What the judge calls it, and the share of its rows in percent that must pass.
type Bar = (&'static str, u64);

const BARS: &[Bar] = &[
    ("parse", 98),
    // Three of the five expect their text files with the line ends of a checkout (LF) in place of the original's (CRLF): a file
    // is kept as it was sent.
    ("tnef", 40),
    ("subject", 100),
    ("class: robots seen", 99),
    ("class: human kept", 100),
    ("bounce details", 92),
    ("reply", 88),
    ("reply (html)", 85),
    ("forward", 95),
];
const BARS_OWN: &[Bar] = &[("reply", 95), ("forward", 95), ("class", 98)];

fn mails_of(mbox: &[u8]) -> Vec<Vec<u8>> {
    let mut mails: Vec<Vec<u8>> = Vec::new();
    for line in mbox.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(b"From ") {
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            mail.extend_from_slice(line);
        }
    }
    mails
}

/// The mails of an mbox by their conversations, as `desk::references` finds them, against a row of kind `thread`; numbers count
/// from 1. The corpus' judge leaves these rows to the program's own tests.
fn is_threaded(mails: &[Reading], expect: &Value) -> bool {
    let links: Vec<Links<'_>> = mails.iter().map(Links::from).collect();
    let placed = conversations(&links);
    let at = |number: &Value| number.as_u64().and_then(|n| usize::try_from(n).ok()?.checked_sub(1)).unwrap();
    let conversation = |number: &Value| placed[at(number)].conversation;
    let groups = |name: &str| expect[name].as_array().cloned().unwrap_or_default();
    let same = |group: &Value| {
        let numbers = group.as_array().unwrap();
        numbers.iter().all(|number| conversation(number) == conversation(&numbers[0]))
    };
    let parents = expect["parents"].as_object().cloned().unwrap_or_default();
    let is_parent = |(child, parent): (&String, &Value)| {
        let child: u64 = child.parse().unwrap();
        placed[at(&child.into())].parent == Some(at(parent))
    };
    placed.len() == mails.len()
        && groups("same_thread").iter().all(same)
        && groups("different_thread").iter().all(|group| !same(group))
        && parents.iter().all(is_parent)
}

#[test]
fn conversations_are_found_as_others_find_them() {
    let Some(corpus) = corpus() else { return };
    let rows = std::fs::read_to_string(corpus.join("expected.jsonl")).unwrap();
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (mut wrong, mut count) = (Vec::new(), 0);
    for row in rows.filter(|row| row["kind"] == "thread") {
        let bytes = std::fs::read(corpus.join(row["file"].as_str().unwrap())).unwrap();
        let mails: Vec<Reading> =
            mails_of(&bytes).iter().map(|mail| read(mail, &ReadPolicy::default())).collect();
        count += 1;
        if !is_threaded(&mails, &row["expect"]) {
            wrong.push(row["id"].as_str().unwrap().to_owned());
        }
    }
    println!("  {:22} {:4} of {count:4}", "thread", count - wrong.len());
    assert!(count > 0 && wrong.is_empty(), "{wrong:?}");
}

/// Runs the judge whose folder is its first argument. Its `judge_forward` takes the people of `to` and `cc` for objects, and some
/// rows give them as plain addresses: without this it ends at the first of these with an exception.
const JUDGE: &str = "import sys; sys.path.insert(0, sys.argv.pop(1)); import score; addr = score.addr
score.addr = lambda person: addr({'address': person} if isinstance(person, str) else person)
score.main()";

fn judge(folder: &Path, corpus: &Path, options: &[&str]) -> Output {
    let judged = Command::new("python3")
        .args(["-c", JUDGE])
        .arg(folder)
        .args(["--maildesk", env!("CARGO_BIN_EXE_maildesk"), "--corpus"])
        .arg(corpus)
        .args(options)
        .output()
        .unwrap();
    assert!(judged.status.success(), "the judge: {}", String::from_utf8_lossy(&judged.stderr));
    judged
}

/// Prints the table of one corpus and gives what is below its bars, with rows that fail.
fn below(folder: &Path, corpus: &Path, bars: &[Bar]) -> Vec<String> {
    let score: Value =
        serde_json::from_slice(&judge(folder, corpus, &["--json"]).stdout).expect("the score is JSON");
    println!("{}", corpus.display());
    for (kind, counts) in score.as_object().unwrap() {
        if let (Some(pass), Some(of)) = (counts["pass"].as_u64(), counts["of"].as_u64()) {
            println!("  {kind:22} {pass:4} of {of:4}  {:5.1} %", 100.0 * pass as f64 / of as f64);
        }
    }
    let mut found = Vec::new();
    for (kind, bar) in bars {
        let (pass, of) = (score[kind]["pass"].as_u64().unwrap(), score[kind]["of"].as_u64().unwrap());
        if pass * 100 < of * bar {
            found.push(format!("{kind}: {pass} of {of} is below {bar} %"));
        }
    }
    if !found.is_empty() {
        let rows = judge(folder, corpus, &["--failures", "20"]).stdout;
        found.push(String::from_utf8_lossy(&rows).into_owned());
    }
    found
}

fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("MAILDESK_CORPUS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    if !corpus.join("score.py").exists() {
        skipped!("no mail corpus at {}; set MAILDESK_CORPUS", corpus.display());
        return None;
    }
    Some(corpus)
}

fn has_python() -> bool {
    let has = Command::new("python3").arg("--version").output().is_ok();
    if !has {
        skipped!("python3, which runs the judges, is not installed");
    }
    has
}

#[test]
fn the_corpora_are_read_at_least_this_well() {
    let Some(corpus) = corpus() else { return };
    if !has_python() {
        return;
    }
    let mut found = below(&corpus, &corpus, BARS);
    let own = corpus.with_file_name("corpus-own");
    if own.exists() {
        found.extend(below(&corpus, &own, BARS_OWN));
    } else {
        skipped!("no corpus of our own mails at {}", own.display());
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
