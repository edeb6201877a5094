//! The checker itself: what is planted is found, and what is right stays unmentioned.

use super::{rules, source::Source};

fn findings(path: &str, text: &str) -> Vec<String> {
    rules::all(&[Source::new(path, &format!("//! Planted.\n{text}"))])
}

#[track_caller]
fn found(path: &str, text: &str, place: &str, words: &str) {
    let findings = findings(path, text);
    assert_eq!(findings.len(), 1, "{text}: {findings:#?}");
    assert!(
        findings[0].starts_with(&format!("{path}:{place}: ")) && findings[0].contains(words),
        "{findings:#?}"
    );
}

#[track_caller]
fn clean(path: &str, text: &str) {
    assert_eq!(findings(path, text), Vec::<String>::new(), "{text}");
}

#[test]
fn imports() {
    found("src/mail/a.rs", "use crate::desk::Facts;\n", "2", "`mail` must not import `desk`");
    found(
        "src/desk/a.rs",
        "use crate::{\n    mail::Reading,\n    store::Store,\n};\n",
        "4",
        "must not import `store`",
    );
    found("src/desk/a.rs", "fn f() { crate::render::letter() }\n", "2", "`render`");
    found("src/desk/a.rs", "use crate::{mail::{a, store}, outbox};\n", "2", "`outbox`");
    found("src/mail/mod.rs", "use super::desk::Facts;\n", "2", "`desk`");
    found("src/mail/a.rs", "use super::super::desk::Facts;\n", "2", "`desk`");
    found("src/config/a.rs", "type A = crate :: net::B;\n", "2", "`net`");
    found("src/daemon/a.rs", "use crate::cli;\n", "2", "`cli`");
    clean("src/desk/a.rs", "use crate::{mail::{store, Reading}, triage::Triage, desk::Facts};\n");
    clean("src/config/a.rs", "mod x; use super::net::Own;\n");
    clean(
        "src/mail/a.rs",
        "// use crate::desk\nconst A: &str = \"crate::desk\"; const B: &str = r#\"\"crate::desk\"#;\n",
    );
    clean("src/mail/a.rs", "#[cfg(test)]\nmod tests {\n    use crate::desk::Facts;\n}\n");
    clean("src/mail/tests.rs", "use crate::desk::Facts;\n");
    clean("src/cli/a.rs", "use crate::{daemon, store, smtp};\n");
}

#[test]
fn purity() {
    for text in
        ["use std::fs;", "use std::{io, fs::File};", "fn f(a: std::net::IpAddr) {}", "use std::{\n env\n};"]
    {
        assert_eq!(findings("src/render/a.rs", text).len(), 1, "{text}");
    }
    for text in [
        "use tokio::time;",
        "use std::time::SystemTime;",
        "use std::time::{Duration, Instant};",
        "fn f() { let a = jiff::Timestamp::now(); }",
        "use std::collections::HashMap;",
        "fn f() { let a: std::collections::HashSet<u8>; }",
        "use rand::Rng;",
        "use async_imap::Client;",
    ] {
        assert_eq!(findings("src/desk/a.rs", text).len(), 1, "{text}");
        assert_eq!(findings("src/jobs/a.rs", text), Vec::<String>::new(), "{text}");
    }
    clean(
        "src/desk/a.rs",
        "fn f(now: Timestamp, operand: u8, my_fs: u8) -> io::fs { '\"'; 'a' /* tokio /* sqlx */ rand */ }\n",
    );
    clean("src/mail/a.rs", "fn f<'a>(text: &'a str) -> &'a str { let c = '\\''; let d = '\"'; text }\n");
}

#[test]
fn sql_and_lints() {
    found("src/intake/a.rs", "\nfn f() { sqlx::query(\"\"); }\n", "3", "only src/store");
    clean("src/store/a.rs", "fn f() { sqlx::query(\"\"); }\n");
    found("src/net/a.rs", "#[allow(clippy::unwrap_used)]\nfn f() {}\n", "2", "`unwrap_used` stays on");
    found("src/net/a.rs", "#![allow(dead_code, reason = \"later\")]\n", "2", "`dead_code` stays on");
    found("src/net/a.rs", "#[expect(clippy::string_slice)]\nfn f() {}\n", "2", "`string_slice` stays on");
    clean("src/net/a.rs", "#[allow(clippy::panic, reason = \"why\")]\nfn f() {}\n");
    clean("src/net/a.rs", "#[cfg(test)]\n#[allow(clippy::unwrap_used)]\nmod tests { fn f() {} }\n");
}

#[test]
fn sizes_and_openings() {
    let long = |lines: usize| format!("fn long(a: [u8; 4]) {{\n{}}}\n", "    step();\n".repeat(lines - 2));
    clean("src/net/a.rs", &long(70));
    found("src/net/a.rs", &long(71), "2", "`long` has 71 lines");
    found("src/net/a.rs", &format!("{}{}", "fn short() {}\n", long(80)), "3", "`long` has 80 lines");
    clean("src/net/a.rs", &format!("trait T {{ fn short(&self);\n{} }}\n", "const A: u8 = 1;\n".repeat(100)));
    clean("src/net/a.rs", &"const A: u8 = 1;\n".repeat(599));
    found("src/net/a.rs", &"const A: u8 = 1;\n".repeat(600), "1", "601 lines");
    let bare = rules::all(&[Source::new("src/net/a.rs", "\nuse std::fs;\n")]);
    assert!(bare.len() == 1 && bare[0].contains("open the file with `//!`"), "{bare:?}");
}
