//! A virtual week: a queue of mails under way, a clock that jumps from one to the next, the houses and robots between which
//! they go, and agents who answer what they are told of.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    house::{House, domain},
    pairs::{Opening, Pair},
    robots::{Working, heading, plain},
};
use crate::{
    desk::{AgentPolicy, MailboxPolicy, Policy, Role, TeamPolicy, Trust},
    mail::{self, ReadPolicy},
};

pub const SUPPORT: &str = "support@desk.example";
pub const SALES: &str = "sales@desk.example";
pub const ALICE: &str = "alice@desk.example";
pub const OTHER: &str = "support@other.example";

/// More steps than any week within the limits has.
const STEPS_MAX: usize = 2_000;

/// A mail under way.
#[derive(Clone)]
pub struct Parcel {
    /// Empty: the null sender.
    pub envelope_from: String,
    pub to: String,
    pub bytes: Vec<u8>,
}

/// What the servers around us are like.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Return-Path and Delivered-To are written.
    pub trace: bool,
    /// Senders are proven.
    pub proven: bool,
    pub subaddressing: bool,
}

pub struct Week {
    pub now: Timestamp,
    pub end: Timestamp,
    /// By time, then by order.
    queue: BTreeMap<(Timestamp, u64), Parcel>,
    order: u64,
    pub ours: House,
    pub other: House,
    pub robots: Vec<Working>,
    strip: &'static [&'static str],
    setting: Setting,
    agent_away: bool,
    agent_replies: u32,
}

fn start() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

/// A desk with two mailboxes and one agent.
pub fn policy(host: &str, agent: &str, subaddressing: bool) -> Policy {
    let mailbox = |name: &str| MailboxPolicy {
        name: name.into(),
        address: format!("{name}@{host}"),
        subaddressing: if subaddressing { "+".into() } else { String::new() },
        ..MailboxPolicy::default()
    };
    Policy {
        desk_name: "Desk".into(),
        desk_id: host.replace('.', ""),
        default_language: "en".into(),
        mailboxes: vec![mailbox("support"), mailbox("sales")],
        agents: vec![AgentPolicy {
            name: "Alice".into(),
            address: agent.into(),
            role: Role::Lead,
            languages: vec!["en".into()],
        }],
        teams: vec![TeamPolicy { name: "all".into(), members: vec![agent.into()], ..TeamPolicy::default() }],
        trust: Trust { authserv_ids: vec![format!("mx.{host}")], own_received: 1, ..Trust::default() },
        operators: vec![format!("ops@{host}")],
        ..Policy::default()
    }
}

impl Week {
    pub fn new(pair: &Pair, setting: Setting) -> Self {
        let now = start();
        Self {
            now,
            end: now + SignedDuration::from_hours(7 * 24),
            queue: BTreeMap::new(),
            order: 0,
            ours: House::new(policy("desk.example", ALICE, setting.subaddressing)),
            other: House::new(policy("other.example", "bob@other.example", setting.subaddressing)),
            robots: pair.robots.iter().map(|r| Working::new(*r)).collect(),
            strip: pair.strip,
            setting,
            agent_away: pair.robots.iter().any(|r| r.address == ALICE),
            agent_replies: 0,
        }
    }

    /// Whether nothing is under way any more.
    pub fn has_ended(&self) -> bool {
        self.queue.is_empty()
    }

    fn post(&mut self, at: Timestamp, parcel: Parcel) {
        self.order += 1;
        self.queue.insert((at, self.order), parcel);
    }

    /// Plays the week out.
    pub fn run(&mut self, pair: &Pair) {
        self.open(pair);
        let mut steps = 0;
        while let Some(((at, _), parcel)) = self.queue.pop_first() {
            if at > self.end {
                self.post(at, parcel);
                return;
            }
            steps += 1;
            assert!(steps < STEPS_MAX, "{}: no end", pair.name);
            self.now = at;
            self.deliver(&parcel);
        }
    }

    fn open(&mut self, pair: &Pair) {
        let first = pair.robots.first().map_or("ann@home.example", |r| r.address);
        let to_us = |from: &str, more: &str, text: &str| {
            let head = heading(from, SUPPORT, pair.subject(), start(), None);
            let id = format!("Message-ID: <first@{}>\r\n", domain(from));
            let bytes = format!("{head}{id}{more}MIME-Version: 1.0\r\n{}", plain(text)).into_bytes();
            Parcel { envelope_from: from.to_owned(), to: SUPPORT.to_owned(), bytes }
        };
        match pair.opening {
            Opening::Person => self.post(start(), to_us(first, "", pair.text())),
            Opening::From(address) => self.post(start(), to_us(address, "", pair.text())),
            Opening::Cc(address) => {
                let person = if pair.robots.is_empty() { first } else { "ann@home.example" };
                let parcel = to_us(person, &format!("Cc: <{address}>\r\n"), pair.text());
                self.post(start(), Parcel { to: address.to_owned(), ..parcel.clone() });
                self.post(start(), parcel);
            }
            // As though somebody had written there under our address.
            Opening::Robot => {
                let head = heading(SUPPORT, first, pair.subject(), start(), None);
                let bytes = format!("{head}Message-ID: <none@elsewhere.example>\r\n\r\n{}", pair.text());
                let parcel =
                    Parcel { envelope_from: SUPPORT.into(), to: first.into(), bytes: bytes.into_bytes() };
                self.post(start(), parcel);
            }
        }
    }

    fn deliver(&mut self, parcel: &Parcel) {
        let now = self.now;
        let soon = now + SignedDuration::from_secs(20);
        for other in [false, true] {
            let house = if other { &self.other } else { &self.ours };
            let Some(mailbox) = house.owns(&parcel.to).map(|m| m.name.clone()) else { continue };
            let bytes = self.with_trace(parcel);
            let house = if other { &mut self.other } else { &mut self.ours };
            let letters = house.take(&bytes, &mailbox, now);
            for letter in letters {
                let letter = Parcel { bytes: self.stripped(&letter.bytes), ..letter };
                self.post(soon, letter);
            }
            return;
        }
        let host = domain(&parcel.to).to_owned();
        let local = |robot: &Working| robot.robot.address == parcel.to;
        let exact = self.robots.iter().position(local);
        // Every address of a robot's domain is its own, but for those of staff.
        let robot = exact.or_else(|| {
            self.robots.iter().position(|r| domain(r.robot.address) == host && r.robot.address != ALICE)
        });
        if let Some(robot) = robot {
            if let Some((at, answer)) = self.robots[robot].take(parcel, SUPPORT, now) {
                self.post(at, answer);
            }
        } else if parcel.to == ALICE && !self.agent_away {
            self.agent(parcel);
        }
    }

    /// Alice answers the first ticket that she hears of after two hours, and again after three days.
    fn agent(&mut self, parcel: &Parcel) {
        let reading = mail::read(&parcel.bytes, &ReadPolicy::default());
        if self.agent_replies > 0 || !reading.text.contains("#resolve") {
            return;
        }
        self.agent_replies += 1;
        let to = reading.reply_to.first().or(reading.from.as_ref()).map(|a| a.address.clone()).unwrap();
        let id = reading.message_id.unwrap_or_default();
        for (n, hours) in [(1, 2), (2, 74)] {
            let at = self.now + SignedDuration::from_hours(hours);
            let head = heading(ALICE, &to, "Re: your question", at, None);
            let text = format!("Please try step {n} of the manual and tell me what you see.");
            let bytes = format!(
                "{head}Message-ID: <agent{n}@desk.example>\r\nIn-Reply-To: <{id}>\r\nMIME-Version: 1.0\r\n{}",
                plain(&text)
            );
            self.post(at, Parcel { envelope_from: ALICE.into(), to: to.clone(), bytes: bytes.into_bytes() });
        }
    }

    fn with_trace(&self, parcel: &Parcel) -> Vec<u8> {
        let reading = mail::read(&parcel.bytes, &ReadPolicy::default());
        let from = reading.from.map(|f| f.domain()).unwrap_or_default();
        let host = domain(&parcel.to);
        let mut bytes = String::new();
        if self.setting.trace {
            bytes += &format!("Return-Path: <{}>\r\nDelivered-To: {}\r\n", parcel.envelope_from, parcel.to);
        }
        let staff = from == "desk.example";
        if self.setting.proven || (staff && !self.agent_away) {
            bytes += &format!("Authentication-Results: mx.{host}; dmarc=pass header.from={from}\r\n");
        }
        bytes += &format!("Received: from relay.example by mx.{host}; {}\r\n", self.now);
        let mut all = bytes.into_bytes();
        all.extend_from_slice(&parcel.bytes);
        all
    }

    /// What a gateway leaves of a mail's header.
    fn stripped(&self, bytes: &[u8]) -> Vec<u8> {
        if self.strip.is_empty() {
            return bytes.to_vec();
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let (mut kept, mut dropping) = (Vec::new(), false);
        for line in head.split("\r\n") {
            if !line.starts_with([' ', '\t']) {
                let name = line.split(':').next().unwrap_or_default().to_lowercase();
                dropping = self.strip.contains(&name.as_str());
            }
            if !dropping {
                kept.push(line);
            }
        }
        format!("{}\r\n\r\n{body}", kept.join("\r\n")).into_bytes()
    }
}
