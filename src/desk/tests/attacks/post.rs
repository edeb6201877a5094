//! A mail in pieces, its bytes, and a stand-in for the store from which intake gathers.

use std::{cell::Cell, collections::BTreeMap};

use sha2::{Digest, Sha256};

use super::super::world::*;
use crate::{
    desk::{
        threading::named_tickets,
        token::{NONCE_CHARS, TokenKey, TokenKeys, subaddress},
        *,
    },
    mail::{ReadPolicy, Reading, read},
};

pub const EVE: &str = "eve@evil.example";
pub const WANG: &str = "wang@chongqing.example";
/// Message-IDs that the store knows.
pub const TO_ALICE: &str = "n1042.alice.9f2c@desk.example";
pub const TO_BOB: &str = "n1042.bob.77aa@desk.example";
pub const TO_CLIENT: &str = "r1042.lina.51d0@desk.example";
pub const FROM_CLIENT: &str = "first@huaxia.example";
pub const CONFIRMATION: &str = "c1042.alice.e001@desk.example";
/// The nonce of the confirmation that waits for Alice.
pub const NONCE: &str = "cabcdefghijklmnopqrstuvwxyz";
/// Words that only staff may read.
pub const HISTORY: &str = "history-for-staff-alone";
/// A word of the mail itself: it goes back to nobody who is not proven.
pub const CANARY: &str = "zanzibar";

/// Received fields of a mail, so that every position of FAULTS section 3 exists.
const RECEIVED: usize = 22;

thread_local! {
    static JUDGED: Cell<usize> = const { Cell::new(0) };
}

/// Mails judged by this test, so that a table that shrinks is noticed.
pub fn judged() -> usize {
    JUDGED.get()
}

/// A mail in pieces.
#[derive(Debug, Clone)]
pub struct Mail {
    pub name: String,
    /// Whole fields, without the last line end.
    pub from: String,
    /// Authentication-Results, each with the number of Received fields above it.
    pub results: Vec<(usize, String)>,
    /// What our own checks found.
    pub findings: Findings,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub references: Vec<String>,
    /// Further fields, each with its line end.
    pub more: String,
    pub subject: String,
    /// From the MIME fields on.
    pub body: String,
    pub replayed: bool,
    pub policy: Policy,
}

impl Mail {
    pub fn new(name: impl Into<String>, from: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            from: from.into(),
            results: Vec::new(),
            findings: Findings::default(),
            to: vec![SUPPORT.to_owned()],
            cc: Vec::new(),
            references: Vec::new(),
            more: String::new(),
            subject: format!("Re: [#1042] {CANARY}"),
            body: plain(&format!("#close\r\nPay to {CANARY} at evil.example.\r\n")),
            replayed: false,
            policy: policy(),
        }
    }

    /// From Alice as her program writes it.
    pub fn alice(name: impl Into<String>) -> Self {
        Self::new(name, format!("From: Alice Chen <{ALICE}>"))
    }

    pub fn proven(self) -> Self {
        self.result(0, "mx.example.com; dmarc=pass header.from=example.com")
    }

    pub fn result(mut self, position: usize, value: impl Into<String>) -> Self {
        self.results.push((position, value.into()));
        self
    }

    pub fn sealed(mut self, arc: ArcFinding) -> Self {
        self.findings.arc = Some(arc);
        self
    }

    pub fn signed(mut self, finding: DkimFinding) -> Self {
        self.findings.dkim.push(finding);
        self
    }

    /// To the address with this behind the mark.
    pub fn marked(mut self, mark: &str) -> Self {
        self.to = vec![format!("support+{mark}@example.com")];
        self
    }

    pub fn answers(mut self, id: &str) -> Self {
        self.references.push(id.to_owned());
        self
    }

    pub fn field(mut self, line: &str) -> Self {
        self.more += line;
        self.more += "\r\n";
        self
    }

    pub fn says(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// At a desk whose server has no subaddressing.
    pub fn without_marks(mut self) -> Self {
        self.policy.mailboxes[0].subaddressing = String::new();
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut raw = String::new();
        for position in 0..=RECEIVED {
            for (_, value) in self.results.iter().filter(|(at, _)| *at == position) {
                raw += &format!("Authentication-Results: {value}\r\n");
            }
            if position < RECEIVED {
                raw += &format!(
                    "Received: from h{position}.example by mx{position}.example; Mon, 23 Nov 2026 08:59:00 +0000\r\n"
                );
            }
        }
        raw += &format!("{}\r\n", self.from);
        for (name, list) in [("To", &self.to), ("Cc", &self.cc)] {
            if !list.is_empty() {
                raw += &format!("{name}: {}\r\n", list.join(",\r\n "));
            }
        }
        let bracketed: Vec<String> = self.references.iter().map(|id| format!("<{id}>")).collect();
        if let Some(last) = bracketed.last() {
            raw += &format!("In-Reply-To: {last}\r\nReferences: {}\r\n", bracketed.join("\r\n "));
        }
        raw += &format!(
            "Message-ID: <m1@sender.example>\r\nDate: Mon, 23 Nov 2026 08:58:00 +0000\r\nSubject: {}\r\n{}MIME-Version: 1.0\r\n{}",
            self.subject, self.more, self.body
        );
        raw.into_bytes()
    }

    pub fn decided(&self) -> Decision {
        self.decided_as(&self.bytes(), false)
    }

    /// The same after its agent confirmed it.
    pub fn confirmed(&self) -> Decision {
        self.decided_as(&self.bytes(), true)
    }

    /// Bytes that were altered on the way.
    pub fn decided_as(&self, raw: &[u8], confirmed: bool) -> Decision {
        JUDGED.set(judged() + 1);
        let facts = gather(raw, &self.findings, &self.policy, self.replayed);
        decided_by(if confirmed { confirmed_by(facts, &self.policy) } else { facts }, &self.policy)
    }
}

pub fn plain(text: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}")
}

pub fn html(page: &str) -> String {
    format!("Content-Type: text/html; charset=utf-8\r\n\r\n{page}")
}

pub fn mixed(parts: &[&str]) -> String {
    let parts: String = parts.iter().map(|part| format!("--edge\r\n{part}\r\n")).collect();
    format!("Content-Type: multipart/mixed; boundary=edge\r\n\r\n{parts}--edge--\r\n")
}

/// A full, strong signature of the desk's own domain.
pub fn signature() -> DkimFinding {
    DkimFinding {
        domain: "example.com".into(),
        passed: true,
        algorithm: "rsa-sha256".into(),
        key_bits: Some(2048),
        signed_headers: ["from", "to", "subject", "date", "message-id"].map(str::to_owned).to_vec(),
        body_hash: "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=".into(),
        ..DkimFinding::default()
    }
}

pub fn keys() -> TokenKeys {
    TokenKeys(vec![TokenKey { id: 2, bytes: vec![9; 32] }, TokenKey { id: 1, bytes: vec![5; 32] }])
}

/// The day of [`now`].
pub fn today() -> u16 {
    u16::try_from(now().as_second() / 86_400).unwrap()
}

pub fn minted(purpose: Purpose, ticket: i64, person: i64) -> String {
    minted_until(purpose, ticket, person, today() + 30)
}

pub fn minted_until(purpose: Purpose, ticket: i64, person: i64, expires_day: u16) -> String {
    keys().mint(&Token { purpose, ticket: TicketId(ticket), person: PersonId(person), expires_day }, 0)
}

/// A token of a key that the operator took out of the secret file.
pub fn revoked(person: i64) -> String {
    let token = Token {
        purpose: Purpose::Agent,
        ticket: TicketId(1042),
        person: PersonId(person),
        expires_day: today() + 30,
    };
    TokenKeys(vec![TokenKey { id: 3, bytes: vec![7; 32] }]).mint(&token, 0)
}

fn known_person(address: &str, name: Option<&str>) -> PersonFacts {
    let id = match address {
        CLIENT => 7,
        WANG => 8,
        ALICE => 100,
        BOB => 101,
        "carol@example.com" => 102,
        "olga@example.com" => 103,
        _ => 900,
    };
    PersonFacts { name: name.map(str::to_owned), ..person(id, address) }
}

fn known_ticket(id: TicketId) -> Option<TicketFacts> {
    let history = |at| EventBrief { at, actor: ALICE.into(), kind: "note".into(), detail: HISTORY.into() };
    let mut found =
        TicketFacts { history: vec![history(hours_ago(3))], requester_proven: true, ..ticket(State::Open) };
    found.last_client_text = HISTORY.to_owned();
    if id == TicketId(5) {
        found = TicketFacts {
            id,
            requester: person(8, WANG),
            participants: vec![WANG.into()],
            subject: "发票".into(),
            ..found
        };
    }
    (id == TicketId(5) || id == TicketId(1042)).then_some(found)
}

fn known_thread(id: &str) -> Option<ThreadMatch> {
    match id {
        TO_ALICE => Some(reference(Some(ALICE), true)),
        TO_BOB => Some(reference(Some(BOB), true)),
        TO_CLIENT => Some(reference(Some(CLIENT), false)),
        FROM_CLIENT => Some(reference(None, false)),
        _ => None,
    }
}

/// The one confirmation that waits: Alice's, of the held mail 54.
pub fn waiting() -> ConfirmationFacts {
    ConfirmationFacts {
        id: 4,
        agent: ALICE.into(),
        held: RawId(54),
        action: "a".repeat(64),
        expires_at: now() + jiff::SignedDuration::from_mins(15),
        used: false,
        sealed: true,
        hinted: false,
    }
}

fn confirmation(policy: &Policy, marks: &[&str], reading: &Reading) -> Option<ConfirmationFacts> {
    let stored: [u8; 32] = Sha256::digest(NONCE.as_bytes()).into();
    let hash = |mark: &str| -> [u8; 32] { Sha256::digest(mark.as_bytes()).into() };
    let by_nonce = marks.iter().any(|m| m.len() == NONCE_CHARS && m.starts_with('c') && hash(m) == stored);
    let plain = policy.mailboxes[0].subaddressing.is_empty();
    let by_id = plain && reading.in_reply_to.first().is_some_and(|id| id == CONFIRMATION);
    (by_nonce || by_id).then(waiting)
}

/// As intake gathers.
pub fn gather(raw: &[u8], findings: &Findings, policy: &Policy, replayed: bool) -> MailFacts {
    let own_addresses = policy.own_addresses();
    let reading = read(
        raw,
        &ReadPolicy { own_addresses, own_lists: policy.trust.own_lists.clone(), ..ReadPolicy::default() },
    );
    let mailbox = &policy.mailboxes[0];
    let written = reading.to.iter().chain(&reading.cc).map(|a| a.address.as_str());
    let delivered = reading.trace.delivered_to.iter().map(String::as_str);
    let marks: Vec<&str> = written.chain(delivered).filter_map(|a| subaddress(mailbox, a)).collect();
    let tokens: Vec<TokenFinding> =
        marks.iter().filter_map(|m| keys().check(m, today(), &BTreeMap::new())).collect();
    let confirmation = confirmation(policy, &marks, &reading);
    let reported = reading.report.iter().filter_map(|r| r.original_message_id.as_ref());
    let ids = reported.chain(&reading.in_reply_to).chain(reading.references.iter().rev());
    let threads: Vec<ThreadMatch> = ids.filter_map(|id| known_thread(id)).collect();
    let from = reading.from.as_ref().filter(|from| (1..=254).contains(&from.address.len()));
    let sender = from.map(|from| known_person(&from.key(), from.name.as_deref()));
    let ordered = sender.iter().flat_map(|sender| console::tickets(&tokens, sender.id, &reading));
    let mut named = named_tickets(&tokens, &threads);
    named.extend(ordered);
    named.dedup();
    let tickets = named.into_iter().filter_map(known_ticket).collect();
    let client = sender.as_ref().and_then(|s| opening::client_address(&tokens, s.id, &reading, policy));
    MailFacts {
        named_client: client.map(|client| known_person(&client, None)),
        raw: RawId(55),
        mailbox: mailbox.name.clone(),
        received_at: now(),
        findings: findings.clone(),
        replayed,
        sender,
        tokens,
        confirmation,
        threads,
        tickets,
        reading,
        ..MailFacts::default()
    }
}
