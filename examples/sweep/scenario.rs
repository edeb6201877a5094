//! The reference story: who writes what to the desk, who answers, and what must come of it. The expectations are written by
//! hand from the contract, never taken from a run.

use std::collections::{BTreeMap, BTreeSet};

use maildesk_lab::{
    desk::{Agent, DeskOptions},
    house::House,
    mailclient::{Draft, Mail, reply_to},
    scripted_smtp::Received,
};

pub const SUPPORT: &str = "support@desk.test";
pub const ALICE: &str = "alice@desk.test";
pub const OPERATOR: &str = "bob@desk.test";
const ANN: &str = "ann@ann.test";
const LINA: &str = "lina@lina.test";
const FRED: &str = "fred@fred.test";
const BROKEN: &str = "bea@bea.test";
const PROBE: &str = "zoe@zoe.test";
/// What only a released answer of the agent may bring to a client.
const CONFIRMED_WORDS: &str = "Please install version 7.2, which reads such files.";
const PROVEN_WORDS: &str = "We have put the charts right.";
/// What must never reach anybody.
const FORGED_WORDS: &str = "Send your password to evil.test.";

/// A mail that was delivered to the desk, and what must become of it.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its own name in the story.
    pub key: String,
    pub bytes: Vec<u8>,
    /// The word of the ledger.
    pub outcome: &'static str,
    /// Whose ticket it is on; `None`: on none.
    pub ticket_of: Option<String>,
}

impl Letter {
    pub fn new(key: &str, bytes: Vec<u8>, outcome: &'static str, ticket_of: Option<&str>) -> Self {
        Self { key: key.to_owned(), bytes, outcome, ticket_of: ticket_of.map(str::to_owned) }
    }
}

/// An outgoing mail that must be sent, by the words of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    pub kind: String,
    pub recipient: String,
    /// Whose ticket it is about.
    pub ticket_of: String,
}

impl Due {
    pub fn new(kind: &str, recipient: &str, ticket_of: &str) -> Self {
        Self { kind: kind.to_owned(), recipient: recipient.to_owned(), ticket_of: ticket_of.to_owned() }
    }
}

/// The desk of the story.
pub fn options(after: &'static str) -> DeskOptions {
    let alice = Agent { name: "Alice Chen", address: ALICE, role: "agent", languages: &["en", "zh"] };
    let more = format!(
        "[alerts]\nto = [\"{OPERATOR}\"]\n[limits]\nacks_per_hour_max = 100000\nacks_per_domain_hour_max = 100000\n\
         answer_age_max = \"100000d\"\n"
    );
    DeskOptions { address: SUPPORT, agents: vec![alice], after, more, ..DeskOptions::default() }
}

fn client(from: &str, id: &str, subject: &str, text: &str) -> Draft {
    let address = from.rsplit_once('<').map_or(from, |(_, rest)| rest.trim_end_matches('>'));
    Draft::new(from, SUPPORT, id, subject, text).header("Return-Path", &format!("<{address}>"))
}

fn letter(key: &str, draft: &Draft, outcome: &'static str, ticket_of: Option<&str>) -> Letter {
    Letter::new(key, draft.bytes(), outcome, ticket_of)
}

/// The usual size of the file.
pub const FILE_BYTES: usize = 8_000;

/// What lies in the mailbox when the desk is started first. `file_bytes`: the size of the file that one of them brings.
pub fn first_letters(file_bytes: usize) -> Vec<Letter> {
    let ann = client(
        "Ann Archer <ann@ann.test>",
        "1@ann.test",
        "The export stays empty",
        "Since this morning the export to Excel stays empty. I use Chrome 126 on Windows 11.",
    );
    let follow = client(
        "Ann Archer <ann@ann.test>",
        "2@ann.test",
        "Re: The export stays empty",
        "It fails for Bob too.",
    )
    .header("In-Reply-To", "<1@ann.test>")
    .header("References", "<1@ann.test>");
    let lina = client(
        "李娜 <lina@lina.test>",
        "1@lina.test",
        "升级后甘特图一直空白",
        "您好，\n\n今天早上升级以后甘特图一直是空白的，请尽快处理。\n\n谢谢",
    );
    let fred = client(
        "Fred Foster <fred@fred.test>",
        "1@fred.test",
        "Import refuses this file",
        "The import refuses the attached file.",
    )
    .file("plan.csv", "text/csv", "id;name\r\n1;Plan\r\n".repeat(file_bytes / 17).as_bytes());
    let away =
        client("Rob <rob@robots.test>", "1@robots.test", "Automatic reply: hello", "I am out of the office.")
            .header("Auto-Submitted", "auto-replied");
    let digest = client("List <list@robots.test>", "2@robots.test", "Digest 17", "News of the week.")
        .header("List-Id", "<news.robots.test>")
        .header("Precedence", "list");
    let forged = client(
        "Alice Chen <alice@desk.test>",
        "forged@evil.test",
        "Re: The export stays empty [#1]",
        &format!("#close\n\n{FORGED_WORDS}"),
    );
    let mut letters = vec![
        letter("ann", &ann, "ticket", Some(ANN)),
        letter("lina", &lina, "ticket", Some(LINA)),
        letter("follow", &follow, "ticket", Some(ANN)),
        letter("away", &away, "ticket", Some("rob@robots.test")),
        letter("digest", &digest, "ticket", Some("list@robots.test")),
        Letter::new("report", report(), "control", None),
        Letter::new("broken", broken(), "ticket", Some(BROKEN)),
        letter("fred", &fred, "ticket", Some(FRED)),
        letter("forged", &forged, "ticket", Some(ALICE)),
    ];
    // The same mail over another way: its trace differs, it is the same mail.
    let again =
        [b"Received: from elsewhere by mx.desk.test; Mon, 2 Nov 2026 10:00:00 +0000\r\n", &*ann.bytes()]
            .concat();
    letters.push(Letter::new("again", again, "ignored", Some(ANN)));
    letters
}

/// A delivery report about a mail that the desk never sent.
fn report() -> Vec<u8> {
    let body = "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n\
        --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.robots.test\r\n\r\n\
        Final-Recipient: rfc822; gone@robots.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n";
    Draft::new(
        "Mail Delivery System <mailer-daemon@robots.test>",
        SUPPORT,
        "3@robots.test",
        "Undelivered Mail",
        "",
    )
    .header("Return-Path", "<>")
    .header("Auto-Submitted", "auto-replied")
    .content("multipart/report; report-type=delivery-status; boundary=b", body.as_bytes())
    .bytes()
}

/// Undeclared 8-bit bytes, a NUL, a bare CR, and a multipart that never ends.
fn broken() -> Vec<u8> {
    b"Return-Path: <bea@bea.test>\r\nFrom: Bea <bea@bea.test>\r\nTo: support@desk.test\r\nSubject: \xc4\xe3\xba\xc3 broken\r\n\
      Date: Mon, 32 Foo 2026 25:61:00\r\nMessage-ID: <1@bea.test>\r\nContent-Type: multipart/mixed; boundary=\"x\r\n\r\n--x\r\n\
      Content-Type: text/plain; charset=nonsense\r\n\r\nIt does not start. \xff\xfe\x01 Please\rhelp.\r\n--y\r\n"
        .to_vec()
}

/// A good mail after all the trouble.
pub fn probe() -> Letter {
    let draft =
        client("Zoe Zimmer <zoe@zoe.test>", "1@zoe.test", "One more thing", "Where do I change my password?");
    letter("probe", &draft, "ticket", Some(PROBE))
}

/// What the staff does when it hears of something: each once, however often it hears of it.
pub fn reactions(heard: &[Received], delivered: &BTreeSet<String>) -> Vec<Letter> {
    let mut letters = Vec::new();
    let mut add = |key: &str, outcome, ticket_of, bytes: Vec<u8>| {
        if !delivered.contains(key) && !letters.iter().any(|l: &Letter| l.key == key) {
            letters.push(Letter::new(key, bytes, outcome, ticket_of));
        }
    };
    for mail in heard.iter().filter(|m| m.rcpt_to.iter().any(|to| to == ALICE)) {
        let mail = Mail::new(mail.data.clone());
        let text = mail.text();
        if text.contains(CONFIRMED_WORDS) {
            let (_, raw) = reply_to(&mail, ALICE, "confirm@desk.test", "yes");
            add("confirm", "control", None, raw);
        } else if mail.subject().contains("Import refuses this file") {
            let (_, raw) = reply_to(&mail, ALICE, "unproven@desk.test", CONFIRMED_WORDS);
            add("unproven", "ticket", Some(FRED), raw);
        } else if mail.subject().contains("甘特图") {
            let (_, raw) = reply_to(&mail, ALICE, "proven@desk.test", &format!("#resolve\n\n{PROVEN_WORDS}"));
            let proof = format!(
                "Authentication-Results: {}; dmarc=pass header.from=desk.test\r\n",
                House::AUTHSERV_ID
            );
            add("proven", "ticket", Some(LINA), [proof.into_bytes(), raw].concat());
        }
    }
    letters
}

/// Everything that the whole story, with its probe, sends: no more and no less.
pub fn dues() -> Vec<Due> {
    let mut dues = Vec::new();
    for requester in [ANN, LINA, FRED, BROKEN, PROBE] {
        dues.push(Due::new("acknowledgement", requester, requester));
    }
    for requester in [ANN, LINA, FRED, BROKEN, PROBE, "rob@robots.test", "list@robots.test"] {
        dues.push(Due::new("notification", ALICE, requester));
    }
    // Of Ann's second mail.
    dues.push(Due::new("notification", ALICE, ANN));
    dues.push(Due::new("confirmation", ALICE, FRED));
    for client in [LINA, FRED] {
        dues.push(Due::new("reply", client, client));
        // What was done at her word.
        dues.push(Due::new("transcript", ALICE, client));
    }
    dues.sort();
    dues
}

/// How many tickets each requester has at the end, and the state of those that somebody worked on.
pub fn tickets() -> BTreeMap<String, (usize, Option<&'static str>)> {
    let tickets = [
        (ANN, (1, None)),
        (LINA, (1, Some("resolved"))),
        (FRED, (1, Some("waiting"))),
        (BROKEN, (1, None)),
        (PROBE, (1, None)),
        ("rob@robots.test", (1, None)),
        ("list@robots.test", (1, None)),
        (ALICE, (1, None)),
    ];
    tickets.into_iter().map(|(requester, wanted)| (requester.to_owned(), wanted)).collect()
}

/// While Ann's first mail was set aside the others went on: her second one answered nothing that was known, and her first one's
/// twin was the first of the two to be taken.
pub fn without_the_first(
    letters: &mut [Letter],
    tickets: &mut BTreeMap<String, (usize, Option<&'static str>)>,
) {
    for letter in letters.iter_mut() {
        match letter.key.as_str() {
            "ann" => letter.outcome = "ignored",
            "again" => letter.outcome = "ticket",
            _ => {}
        }
    }
    tickets.insert(ANN.to_owned(), (2, None));
}

/// Keys of all letters of the story but the probe.
pub const KEYS: [&str; 13] = [
    "ann", "lina", "follow", "away", "digest", "report", "broken", "fred", "forged", "again", "proven",
    "unproven", "confirm",
];

/// Words that must not stand in any mail to anybody but staff, and to whom agents' words may go.
pub fn unauthorised(mail: &Received) -> Option<String> {
    let content = Mail::new(mail.data.clone());
    let text = content.text();
    let to_staff = mail.rcpt_to.iter().all(|to| to == ALICE || to == OPERATOR);
    if to_staff {
        return None;
    }
    let only = |words: &str, whose: &str| {
        (text.contains(words) && mail.rcpt_to != [whose])
            .then(|| format!("{words:?} went to {:?}", mail.rcpt_to))
    };
    let robots = mail.rcpt_to.iter().find(|to| to.ends_with("@robots.test"));
    robots
        .map(|robot| format!("a mail to the robot {robot}"))
        .or_else(|| text.contains(FORGED_WORDS).then(|| "a forged agent's words were sent".to_owned()))
        .or_else(|| only(CONFIRMED_WORDS, FRED))
        .or_else(|| only(PROVEN_WORDS, LINA))
}
