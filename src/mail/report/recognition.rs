//! Whether a mail without a status part is a report at all. One sign never suffices: people write about bounces, paste them
//! and forward them, and a postmaster is a person too.

use crate::mail::{Reading, class::robot_local_part, header::Header, structure::Structure, words};

use super::{layout, original, signs};

/// How far into the text a server speaks.
const START_CHARS: usize = 3_000;

/// What the header tells of the sender.
struct Sender {
    /// A mail system by its own name, or no address at all.
    daemon: bool,
    /// A role that programs use, and people.
    role: bool,
    /// `Return-Path: <>`, or an answer of a machine.
    null: bool,
    /// Written with a program of people.
    person: bool,
}

/// Whether the mail is a report by who sent it and what it says.
#[must_use]
pub fn is_report(tree: &Structure<'_>, reading: &Reading, text: &str) -> bool {
    let Some(root) = tree.parts.first() else {
        return false;
    };
    if root.header.first("X-Failed-Recipients").is_some() {
        return true;
    }
    let sender = sender(&root.header, reading);
    let is_multipart_report = root.content_type.value == "multipart/report"
        || root.content_type.param("report-type").eq_ignore_ascii_case("delivery-status");
    let subject = subject(reading);
    // Most mails end here, before any text is searched.
    if !(sender.daemon
        || sender.role
        || sender.null
        || is_multipart_report
        || subject.of_server
        || subject.says)
    {
        return false;
    }
    let returned = tree.parts.iter().any(original::is_returned);
    let start: String = text.chars().take(START_CHARS).collect::<String>().to_lowercase();
    let says = |table: &[&str]| table.iter().any(|w| start.contains(w));
    let opening = says(signs::OPENINGS);
    let known_subject = subject.of_server || subject.says;
    if is_multipart_report && (sender.daemon || sender.null || known_subject || returned || opening) {
        return true;
    }
    if sender.daemon || sender.null && sender.role {
        return known_subject || opening || !subject.other && says(signs::WORDS);
    }
    if sender.null {
        return subject.of_server
            || known_subject && (says(signs::WORDS) || returned)
            || opening && !subject.other;
    }
    // A role may be a person who shows us a report: he begins with words of his own.
    if sender.role {
        let speaks =
            speaks_as_server(&start, FIRST_LINES) || subject.of_server && speaks_as_server(&start, LINES);
        return speaks && !subject.other && (known_subject || !sender.person);
    }
    // Anybody's address: a gateway whose name says nothing.
    known_subject && !sender.person && speaks_as_server(&start, HEADING_LINES)
}

/// Whether a person sent a status part on: with a program of people, in a mail that is no report of its own.
#[must_use]
pub fn is_from_person(tree: &Structure<'_>, reading: &Reading) -> bool {
    let Some(root) = tree.parts.first() else {
        return false;
    };
    let sender = sender(&root.header, reading);
    root.content_type.value != "multipart/report"
        && !(sender.daemon || sender.role || sender.null)
        && (sender.person || subject(reading).replied)
}

fn sender(header: &Header<'_>, reading: &Reading) -> Sender {
    let raw = header.first("From").map(|f| words::decode(f.value).to_lowercase()).unwrap_or_default();
    let shown = match &reading.from {
        Some(from) => format!("{} {}", from.name.as_deref().unwrap_or_default(), from.address).to_lowercase(),
        None => raw,
    };
    let has = |table: &[&str]| table.iter().any(|w| shown.contains(w));
    let null_from = reading.from.is_none() && header.first("From").is_some();
    let auto = header
        .first("Auto-Submitted")
        .is_some_and(|f| f.value.to_ascii_lowercase().starts_with(b"auto-replied"));
    let program = ["X-Mailer", "User-Agent"]
        .iter()
        .find_map(|n| header.first(n))
        .map(|f| words::decode(f.value).to_lowercase());
    Sender {
        daemon: null_from || has(signs::DAEMONS),
        role: has(signs::ROLES)
            || reading.from.as_ref().is_some_and(|f| robot_local_part(&f.address).is_some()),
        null: reading.trace.return_path.as_deref() == Some("") || auto,
        person: program.is_some_and(|p| signs::PEOPLES_PROGRAMS.iter().any(|w| p.starts_with(w))),
    }
}

struct Subject {
    /// Begins as only servers begin one.
    of_server: bool,
    says: bool,
    /// Of other machine mail.
    other: bool,
    replied: bool,
}

fn subject(reading: &Reading) -> Subject {
    let subject = reading.subject.as_deref().unwrap_or_default().trim().to_lowercase();
    let replied = ["re:", "fwd:", "fw:", "aw:", "wg:", "回复", "转发", "答复", "tr:", "rv:", "i:", "vs:"]
        .iter()
        .any(|p| subject.starts_with(p));
    // Some servers put their words behind the subject they answer: `RE: offer : non remis (delivery failed)`.
    let appended = replied
        && subject.ends_with(')')
        && subject.rsplit('(').next().is_some_and(|last| signs::SUBJECTS.iter().any(|s| last.contains(s)));
    Subject {
        of_server: !replied && signs::SUBJECTS_OF_SERVERS.iter().any(|s| subject.starts_with(s)),
        says: appended || !replied && signs::SUBJECTS.iter().any(|s| subject.contains(s)),
        other: signs::OTHER_SUBJECTS.iter().any(|s| subject.contains(s)),
        replied: replied && !appended,
    }
}

/// Lines in which a server has said who it is, behind a heading or leftovers of MIME; and those that come before when it
/// writes in another language first.
const HEADING_LINES: usize = 2;
const FIRST_LINES: usize = 6;
const LINES: usize = 30;

/// Whether one of the first lines begins with a program's sentence, or the first names an address behind a label, and
/// nobody introduces it: "Hello, we get this:".
fn speaks_as_server(start: &str, lines: usize) -> bool {
    let bare = |l: &'_ str| l.trim_start_matches([' ', '\t', '-', '*', '=', '#', '|']).trim_end().to_owned();
    let lines: Vec<String> = start.lines().map(bare).filter(|l| !l.is_empty()).take(lines).collect();
    let labelled = |l: &String| l.contains('@') && layout::LABELS.iter().any(|w| l.starts_with(w));
    if lines.first().is_some_and(labelled) {
        return true;
    }
    let opening = lines.iter().position(|l| signs::OPENINGS.iter().any(|o| l.starts_with(o)));
    opening.is_some_and(|at| {
        let before = lines.get(..at).unwrap_or_default();
        let introduced = before.last().is_some_and(|l| l.ends_with([':', '：', ',', '，']))
            || before.iter().any(|l| l.contains(['?', '？']));
        !introduced && !before.first().is_some_and(|l| greets(l))
    })
}

/// A person addresses a person: a short line that ends in a comma or the like.
fn greets(line: &str) -> bool {
    line.chars().count() < 50 && line.ends_with([',', '，', '!', '！', '、'])
        || ["您好", "你好", "hello", "dear ", "hi ", "hi,"].iter().any(|g| line.starts_with(g))
}
