//! The rules. Each finding says file, line and what to do.

use super::source::{Source, item_end};

/// Who may import whom (ARCHITECTURE.md, the table of folders). A folder may always import itself.
pub const MAY_IMPORT: [(&str, &[&str]); 16] = [
    ("mail", &[]),
    ("triage", &["mail"]),
    ("desk", &["mail", "triage"]),
    ("render", &["mail", "triage", "desk"]),
    ("config", &["desk", "triage"]),
    ("edge", &[]),
    ("net", &["edge", "config"]),
    ("store", &["mail", "triage", "desk", "edge"]),
    ("imap", &["net", "edge", "config", "mail"]),
    ("smtp", &["net", "edge", "config", "mail"]),
    // `mail` and `desk` for the types of an outbox row, `config` for the provider's limits.
    ("outbox", &["smtp", "net", "store", "render", "edge", "config", "mail", "desk"]),
    // `outbox` to wake it.
    ("intake", &["imap", "store", "mail", "triage", "desk", "render", "net", "edge", "config", "outbox"]),
    // `intake` for the reading thread, the limits of a session and the check of signatures.
    ("setup", &["imap", "store", "mail", "desk", "net", "edge", "config", "intake", "smtp"]),
    // `intake` for the reading thread and what leads to a conversation.
    ("import", &["intake", "store", "mail", "triage", "desk", "edge", "config"]),
    (
        "daemon",
        &[
            "imap", "store", "mail", "triage", "desk", "render", "net", "edge", "config", "outbox", "intake",
            "smtp",
        ],
    ),
    (
        "cli",
        &[
            "imap", "store", "mail", "triage", "desk", "render", "net", "edge", "config", "outbox", "intake",
            "smtp", "daemon", "setup", "import",
        ],
    ),
];

/// Folders that know no network, file, clock or randomness.
const PURE: [&str; 4] = ["mail", "triage", "desk", "render"];

/// Words that no pure folder may name, and what to do instead.
const IMPURE: [(&str, &str); 12] = [
    ("tokio", "do the waiting in intake or outbox"),
    ("sqlx", "hand the rows in as Facts"),
    ("lettre", "compose bytes with what mail/ has"),
    ("async_imap", "hand the bytes in"),
    ("SystemTime", "take `now` as an argument"),
    ("Instant", "take `now` as an argument"),
    ("getrandom", "take ids and tokens as arguments"),
    ("rand", "take ids and tokens as arguments"),
    ("HashMap", "use BTreeMap: its order is the same in every run"),
    ("HashSet", "use BTreeSet: its order is the same in every run"),
    ("now()", "take `now` as an argument"),
    ("println!", "return what is to be shown"),
];

/// Modules of std that no pure folder may name.
const IMPURE_STD: [&str; 4] = ["fs", "net", "env", "process"];

/// Lints that nobody may switch off outside tests.
const LINTS: [&str; 6] =
    ["unwrap_used", "expect_used", "indexing_slicing", "string_slice", "dead_code", "unsafe_code"];

const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 600;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "helper", "manager", "common"];

/// Everything that is wrong, as `file:line: what to do`.
pub fn all(sources: &[Source]) -> Vec<String> {
    let rules = [imports, purity, sql, lints, names, module_docs, sizes];
    sources.iter().flat_map(|source| rules.iter().flat_map(|rule| rule(source))).collect()
}

fn finding(source: &Source, at: usize, words: &str) -> String {
    format!("{}:{}: {words}", source.path, source.line(at))
}

fn imports(source: &Source) -> Vec<String> {
    let Some(folder) = source.folder() else { return Vec::new() };
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == folder) else { return Vec::new() };
    let mut roots = heads(&source.code, "crate");
    // In `src/mail/mod.rs`, `super` is the crate; deeper, `super::super` is.
    let above = if source.path == format!("src/{folder}/mod.rs") { "super" } else { "super::super" };
    roots.extend(heads(&source.code, above));
    roots
        .into_iter()
        .filter(|(_, name)| MAY_IMPORT.iter().any(|(known, _)| known == name))
        .filter(|(_, name)| name != folder && !allowed.contains(&name.as_str()))
        .map(|(at, name)| {
            let allowed = if allowed.is_empty() { "nothing".into() } else { allowed.join(", ") };
            let words = format!(
                "`{folder}` must not import `{name}` (it may import {allowed}): move the code to a folder that may, or hand \
                 the value in"
            );
            finding(source, at, &words)
        })
        .collect()
}

fn purity(source: &Source) -> Vec<String> {
    let Some(folder) = source.folder().filter(|folder| PURE.contains(folder)) else { return Vec::new() };
    let words = IMPURE.iter().flat_map(|(word, remedy)| {
        words_at(&source.code, word).into_iter().map(move |at| {
            finding(source, at, &format!("`{folder}` is pure and must not name `{word}`: {remedy}"))
        })
    });
    let std = heads(&source.code, "std").into_iter().filter(|(_, name)| IMPURE_STD.contains(&name.as_str()));
    let std = std.map(|(at, name)| {
        finding(source, at, &format!("`{folder}` is pure and must not name `std::{name}`: hand the value in"))
    });
    words.chain(std).collect()
}

fn sql(source: &Source) -> Vec<String> {
    if source.folder() == Some("store") {
        return Vec::new();
    }
    let at = words_at(&source.code, "sqlx");
    at.into_iter()
        .map(|at| finding(source, at, "only src/store has SQL: give `Store` or `Window` a function"))
        .collect()
}

fn lints(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    for opening in ["allow(", "expect("] {
        // Only attributes: `expect(` is also a method.
        for (at, _) in source.code.match_indices(&format!("[{opening}")) {
            let list = source.code[at..].split(']').next().unwrap_or_default();
            let found = LINTS.iter().filter(|lint| !words_at(list, lint).is_empty());
            findings.extend(found.map(|lint| {
                finding(
                    source,
                    at,
                    &format!("`{lint}` stays on outside tests: handle the case, or remove the code"),
                )
            }));
        }
    }
    findings
}

fn names(source: &Source) -> Vec<String> {
    let words = source.path.split(['/', '.', '_']);
    let empty = words.filter(|word| EMPTY_NAMES.contains(word));
    empty
        .map(|word| finding(source, 0, &format!("`{word}` names no idea: call the file by what it knows")))
        .collect()
}

fn module_docs(source: &Source) -> Vec<String> {
    let first = source.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // The names of tests say what they are about.
    if first.starts_with("//!") || source.is_test {
        return Vec::new();
    }
    vec![finding(source, 0, "open the file with `//!`: its purpose, what it must not know, its invariants")]
}

fn sizes(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let mut findings = Vec::new();
    if lines > FILE_LINES_MAX {
        findings.push(finding(
            source,
            0,
            &format!("{lines} lines; at most {FILE_LINES_MAX}: split it into one idea each"),
        ));
    }
    for at in words_at(&source.code, "fn") {
        let name: String = source.code[at + 2..].trim_start().chars().take_while(|c| is_word(*c)).collect();
        // `fn(…)` is a type.
        if name.is_empty() {
            continue;
        }
        let length = source.line(item_end(&source.code, at)) - source.line(at) + 1;
        if length > FUNCTION_LINES_MAX {
            let words =
                format!("`{name}` has {length} lines; at most {FUNCTION_LINES_MAX}: move its leaves out");
            findings.push(finding(source, at, &words));
        }
    }
    findings
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where `word` stands by itself.
fn words_at(code: &str, word: &str) -> Vec<usize> {
    let alone = |at: &usize| {
        let before = code[..*at].chars().next_back().is_some_and(is_word);
        let last = word.chars().next_back().is_some_and(is_word);
        let behind = code[at + word.len()..].chars().next().is_some_and(is_word);
        !(before || last && behind)
    };
    code.match_indices(word).map(|(at, _)| at).filter(alone).collect()
}

/// The names right behind `root::`, also in braces over several lines, with their positions.
fn heads(code: &str, root: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in words_at(code, root) {
        // `std` of `other::std` is no root.
        let is_inner = code[..at].trim_end().ends_with("::");
        let rest = code[at + root.len()..].trim_start();
        let Some(tree) = rest.strip_prefix("::").map(str::trim_start) else { continue };
        if is_inner {
            continue;
        }
        let begin = code.len() - tree.len();
        if tree.starts_with('{') {
            branches(code, begin, &mut found)
        } else {
            push_name(code, begin, &mut found)
        }
    }
    found
}

/// The first names of each branch of the use tree whose `{` is at `begin`.
fn branches(code: &str, begin: usize, found: &mut Vec<(usize, String)>) {
    let (mut depth, mut fresh) = (0, false);
    for (at, c) in code[begin..].char_indices() {
        match c {
            '{' => {
                depth += 1;
                fresh = depth == 1;
            }
            '}' => depth -= 1,
            ',' => fresh = depth == 1,
            c if fresh && is_word(c) => {
                push_name(code, begin + at, found);
                fresh = false;
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

fn push_name(code: &str, begin: usize, found: &mut Vec<(usize, String)>) {
    let name: String = code[begin..].chars().take_while(|c| is_word(*c)).collect();
    if !name.is_empty() {
        found.push((begin, name));
    }
}
