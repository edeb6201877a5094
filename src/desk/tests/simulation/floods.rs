//! Floods: many senders, one sender, one domain. Every mail is kept; what leaves stays within the limits, and nothing leaves
//! later.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    house::House,
    limits_hold,
    robots::{heading, plain},
    week::{self, SUPPORT},
};
use crate::{desk::Outcome, mail, mail::ReadPolicy};

const BAIT: &str = "cheap pills at pills.example";

struct Flood {
    house: House,
    now: Timestamp,
    sent: u32,
    /// Bytes of what left to others than staff and operators.
    out: Vec<Vec<u8>>,
}

impl Flood {
    fn new() -> Self {
        let house = House::new(week::policy("desk.example", week::ALICE, true));
        Self { house, now: "2026-11-23T09:00:00Z".parse().unwrap(), sent: 0, out: Vec::new() }
    }

    /// Mails of these senders, one after the other.
    fn pour(&mut self, every_seconds: i64, senders: impl Iterator<Item = String>) {
        for from in senders {
            self.now += SignedDuration::from_secs(every_seconds);
            self.sent += 1;
            let n = self.sent;
            let head = heading(&from, SUPPORT, &format!("{BAIT} {n}"), self.now, None);
            let text = plain(&format!("{BAIT}, only today, number {n}. Look at it now."));
            let mail = format!("{head}Message-ID: <{n}@flood.example>\r\nMIME-Version: 1.0\r\n{text}");
            let letters = self.house.take(mail.as_bytes(), "support", self.now);
            self.out
                .extend(letters.into_iter().filter(|l| !l.to.ends_with("@desk.example")).map(|l| l.bytes));
        }
    }

    fn count(&self, kind: &str) -> usize {
        self.house.left.iter().filter(|l| l.kind == kind).count()
    }

    fn tickets(&self) -> usize {
        self.house.ended.iter().filter_map(|e| e.ticket).collect::<BTreeSet<_>>().len()
    }

    fn all_is_kept(&self) {
        assert!(self.house.ended.iter().all(|e| e.decision.outcome == Outcome::Ticket && e.ticket.is_some()));
        assert_eq!(self.house.ended.len() as u32, self.sent);
        limits_hold(&self.house).unwrap();
    }
}

fn forged(from: u32, count: u32) -> impl Iterator<Item = String> {
    (from..from + count).map(|n| format!("victim@forged{n}.example"))
}

#[test]
fn a_mail_bomb_of_forged_senders_opens_the_breaker_once() {
    let mut flood = Flood::new();
    flood.pour(6, forged(0, 1_200));
    assert_eq!(flood.count("acknowledgement"), 200, "none trickles out as the hour moves on");
    assert_eq!(flood.count("alert"), 1, "the operators hear of it once");
    assert_eq!(flood.tickets(), 1_200);
    for bytes in &flood.out {
        let sent = mail::read(bytes, &ReadPolicy::default());
        let words = format!("{}{}", sent.subject.unwrap_or_default(), sent.text);
        assert!(!words.contains("pills"), "nothing of the attacker's words goes to anybody: {words}");
    }
    // As the last hour holds fewer and fewer, it closes by itself, and sends nothing that it held back.
    flood.now += SignedDuration::from_mins(59);
    flood.pour(1, std::iter::once("ann@home.example".to_owned()));
    assert_eq!(flood.count("acknowledgement"), 201);
    assert_eq!(flood.house.left.last().map(|l| l.to.as_str()), Some(week::ALICE));
    let newest = flood.house.left.iter().rfind(|l| l.kind == "acknowledgement").map(|l| l.to.clone());
    assert_eq!(newest.as_deref(), Some("ann@home.example"));
    flood.now += SignedDuration::from_hours(5);
    flood.pour(6, forged(5_000, 300));
    assert_eq!(flood.count("alert"), 2, "another flood is news");
    assert_eq!(flood.count("acknowledgement"), 401);
    flood.all_is_kept();
}

#[test]
fn a_flood_from_one_address_folds() {
    let mut flood = Flood::new();
    flood.pour(10, std::iter::repeat_n("printer@client.example".to_owned(), 300));
    assert_eq!(flood.tickets(), 20);
    assert_eq!(flood.count("notification"), 20, "staff hear of each ticket, not of each mail");
    assert_eq!(flood.count("alert"), 1, "and once that there are more");
    assert!(flood.count("acknowledgement") <= 5);
    flood.all_is_kept();
    // An hour later it is a client like others.
    flood.now += SignedDuration::from_hours(2);
    flood.pour(10, std::iter::once("printer@client.example".to_owned()));
    assert_eq!(flood.tickets(), 21);
}

#[test]
fn a_domain_gets_no_more_than_its_share() {
    let mut flood = Flood::new();
    flood.pour(20, (0..170).map(|n| format!("user{n}@client.example")));
    assert_eq!(flood.count("acknowledgement"), 60);
    assert_eq!(flood.count("alert"), 0);
    assert_eq!(flood.tickets(), 170);
    flood.all_is_kept();
}
