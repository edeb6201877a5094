//! The whole reading measured: mails and MB a second, a mail's median and 99th percentile, the slowest mail by name, peak memory,
//! and the share that parsing alone (mail-parser on the same bytes) would take.
//!
//! ```sh
//! cargo bench --bench reading                   # the corpus, ordinary mails made here, mails that are made to be expensive
//! cargo bench --bench reading -- --mails DIR    # the corpus, then the .eml files of a folder
//! cargo bench --bench reading -- --rounds 20    # each mail so often; its time is the median of them (7)
//! ```
//!
//! The corpus is found as in `tests/corpus`: `MAILDESK_CORPUS`, default `../shared/corpus`. Whole mails of it are taken as they
//! are, bare bodies in a small mail around them, mailbox files left out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

#[path = "../tests/reading/bombs.rs"]
mod bombs;

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use data_encoding::BASE64_MIME;
use mail_parser::MessageParser;
use maildesk::{
    mail::{ReadPolicy, read},
    triage::{secrets, triage},
};
use serde_json::Value;

/// SPEC: the median ordinary mail takes no longer than this for the whole reading.
const GOAL: Duration = Duration::from_micros(150);
/// Everything in `triage` together on the median ordinary mail takes no longer.
const TRIAGE_GOAL: Duration = Duration::from_micros(150);
/// SPEC section 5: no mail takes longer.
const LONGEST: Duration = Duration::from_secs(2);

struct Mail {
    name: String,
    bytes: Vec<u8>,
}

fn main() {
    let mut folder = None;
    let mut rounds = 7;
    let mut words = std::env::args().skip(1).filter(|a| a != "--bench");
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} wants a value"));
        match word.as_str() {
            "--mails" => folder = Some(PathBuf::from(value())),
            "--rounds" => rounds = value().parse().unwrap(),
            _ => panic!("unknown option {word}"),
        }
    }
    // A caller of `read` gives it such a stack (DESIGN section 1).
    let measuring = std::thread::Builder::new().stack_size(16 << 20).spawn(move || {
        // Tables that are built at the first mail are no mail's cost.
        let first = read(&made_mail(4), &ReadPolicy::default());
        let took = time(1, || drop(black_box(triage(&first))));
        println!("tables and patterns that the first mail waits for: {:.0} ms", milliseconds(took));
        let _ = secrets::find(first.new_text());
        match corpus() {
            Some(mails) => {
                let slowest = measure("corpus", &mails, rounds);
                println!("  slowest mail {}", slowest.name);
                println!("  peak memory of the process {}", peak_memory());
            }
            None => println!("corpus: NOT MEASURED, no corpus found; MAILDESK_CORPUS names its folder"),
        }
        let ordinary = match &folder {
            Some(folder) => mails_of(folder),
            None => (0..1_000).map(|i| Mail { name: format!("made {i}"), bytes: made_mail(i) }).collect(),
        };
        measure("ordinary mails", &ordinary, rounds);
        measure_bombs();
    });
    measuring.unwrap().join().unwrap();
}

/// The median time of so many rounds.
fn time(rounds: usize, mut once: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds.max(1))
        .map(|_| {
            let began = Instant::now();
            once();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// Reads all mails, prints the figures, and gives the slowest.
fn measure<'a>(title: &str, mails: &'a [Mail], rounds: usize) -> &'a Mail {
    let policy = ReadPolicy::default();
    let parser = MessageParser::default();
    let mut parsing = Duration::ZERO;
    let mut times: Vec<(Duration, &Mail)> = mails
        .iter()
        .map(|mail| {
            parsing += time(rounds, || drop(black_box(parser.parse(black_box(&mail.bytes)))));
            let whole = time(rounds, || {
                let reading = read(black_box(&mail.bytes), &policy);
                drop(black_box(triage(&reading)));
            });
            (whole, mail)
        })
        .collect();
    let mut triaging: Vec<Duration> = mails
        .iter()
        .map(|mail| {
            let reading = read(&mail.bytes, &policy);
            time(rounds, || {
                drop(black_box(triage(black_box(&reading))));
                drop(black_box(secrets::find(black_box(reading.new_text()))));
            })
        })
        .collect();
    triaging.sort_unstable();
    times.sort_by_key(|(time, _)| *time);
    let sum: Duration = times.iter().map(|(time, _)| *time).sum();
    let bytes: usize = mails.iter().map(|m| m.bytes.len()).sum();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].0;
    let (slow, slowest) = times[times.len() - 1];
    println!("{title}: {} mails, mean {} bytes", mails.len(), bytes / mails.len());
    println!(
        "  {:.0} mails/s, {:.1} MB/s on one core",
        mails.len() as f64 / sum.as_secs_f64(),
        bytes as f64 / 1e6 / sum.as_secs_f64()
    );
    println!(
        "  a mail: median {:.3} ms ({} the goal of {:.2} ms for ordinary mails), 99th percentile {:.3} ms, slowest {:.3} ms",
        milliseconds(at(0.5)),
        if at(0.5) <= GOAL { "within" } else { "ABOVE" },
        milliseconds(GOAL),
        milliseconds(at(0.99)),
        milliseconds(slow)
    );
    println!(
        "  triage alone: median {:.3} ms ({} the goal of {:.2} ms for ordinary mails), slowest {:.3} ms",
        milliseconds(triaging[triaging.len() / 2]),
        if triaging[triaging.len() / 2] <= TRIAGE_GOAL { "within" } else { "ABOVE" },
        milliseconds(TRIAGE_GOAL),
        milliseconds(triaging[triaging.len() - 1])
    );
    println!(
        "  mail-parser alone takes {:.1} % of the time of the whole reading",
        100.0 * parsing.as_secs_f64() / sum.as_secs_f64()
    );
    slowest
}

/// Times each mail that is made to be expensive once.
fn measure_bombs() {
    let mut slowest = (Duration::ZERO, "");
    for bomb in bombs::BOMBS {
        let raw = bomb.mail(bomb.times);
        let took = time(1, || drop(black_box(triage(&read(black_box(&raw), &ReadPolicy::default())))));
        assert!(took <= LONGEST, "{}: {took:?} for {} bytes", bomb.name, raw.len());
        slowest = slowest.max((took, bomb.name));
    }
    println!(
        "attack mails: {} kinds, the slowest {:.0} ms ({}); peak memory of the process {}",
        bombs::BOMBS.len(),
        milliseconds(slowest.0),
        slowest.1,
        peak_memory()
    );
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |l| l.trim().to_owned())
}

fn mails_of(folder: &Path) -> Vec<Mail> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "eml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no .eml files in {}", folder.display());
    files.iter().map(|f| Mail { name: f.display().to_string(), bytes: fs::read(f).unwrap() }).collect()
}

/// The mails of the corpus and of the one beside it.
fn corpus() -> Option<Vec<Mail>> {
    let first = std::env::var_os("MAILDESK_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    let own = first.with_file_name("corpus-own");
    let mut mails = Vec::new();
    for folder in [first, own] {
        let Ok(rows) = fs::read_to_string(folder.join("expected.jsonl")) else { continue };
        for row in rows.lines().map(|l| serde_json::from_str::<Value>(l).expect("a row is JSON")) {
            let data = fs::read(folder.join(row["file"].as_str().unwrap())).expect("its file is there");
            let bytes = match row["input"].as_str().unwrap_or_default() {
                "eml" => data,
                "text" => wrapped("text/plain; charset=utf-8", &data),
                "html" => wrapped("text/html; charset=utf-8", &data),
                "tnef" => wrapped("application/ms-tnef; name=\"winmail.dat\"", &data),
                _ => continue,
            };
            mails.push(Mail { name: row["id"].as_str().unwrap_or_default().to_owned(), bytes });
        }
    }
    (!mails.is_empty()).then_some(mails)
}

fn wrapped(content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: Sender <sender@client.example>\r\nTo: support@desk.example\r\nSubject: Re: your mail\r\n\
         Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    (head + &BASE64_MIME.encode(body)).into_bytes()
}

/// An ordinary support mail in English or Chinese: text and HTML, every third one a follow-up with a quoted mail, every tenth
/// with 100 kB attached.
fn made_mail(i: usize) -> Vec<u8> {
    let (subject, text, wrote) = if i.is_multiple_of(2) {
        (
            "The board stays white",
            "Hello,\r\n\r\nsince the update the board stays white. We cleared the cache and logged in again.\r\n\r\nBrowser: Chrome 126.0\r\nOS: Windows 11\r\n\r\nBest regards\r\n-- \r\nAnna Berg\r\nACME Projects\r\n",
            "On Thu, Jul 2, 2026 at 9:14 AM Support <support@desk.example> wrote:",
        )
    } else {
        (
            "看板一直空白",
            "您好，\r\n\r\n升级以后看板一直空白，什么都保存不了。已清除缓存并重新登录。\r\n\r\n浏览器：Chrome 126.0\r\n操作系统：Windows 11\r\n\r\n谢谢！\r\n--\r\n张伟\r\n华夏科技有限公司\r\n",
            "在 2026年7月2日，Support <support@desk.example> 写道：",
        )
    };
    let mut text = text.to_owned();
    if i.is_multiple_of(3) {
        text.push_str(&format!("\r\n{wrote}\r\n"));
        text.push_str(&"> Please tell us which browser you use and since when you see this.\r\n".repeat(8));
    }
    let html = format!(
        "<html><body><p>{}</p></body></html>",
        text.replace('&', "&amp;").replace('<', "&lt;").replace("\r\n", "<br>\r\n")
    );
    let subject = BASE64_MIME.encode(subject.as_bytes());
    let mut mail = format!(
        "Return-Path: <anna@acme.example>\r\nReceived: from mx.acme.example by mx.desk.example; Thu, 2 Jul 2026 10:00:00 +0000\r\n\
         From: Anna Berg <anna@acme.example>\r\nTo: Support <support@desk.example>\r\nSubject: =?utf-8?B?{}?=\r\n\
         Date: Thu, 2 Jul 2026 10:00:00 +0000\r\nMessage-ID: <made.{i}@acme.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n",
        subject.trim_end()
    );
    for (kind, part) in [("plain", &text), ("html", &html)] {
        mail.push_str(&format!(
            "--a\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            BASE64_MIME.encode(part.as_bytes())
        ));
    }
    mail.push_str("--a--\r\n");
    if i % 10 == 9 {
        let picture: Vec<u8> = b"\x89PNG\r\n\x1a\n"
            .iter()
            .copied()
            .chain((0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8))
            .collect();
        mail.push_str(&format!(
            "--m\r\nContent-Type: image/png; name=board.png\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            BASE64_MIME.encode(&picture)
        ));
    }
    mail.push_str("--m--\r\n");
    mail.into_bytes()
}
