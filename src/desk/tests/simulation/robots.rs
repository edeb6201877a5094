//! The other side: programs that answer mail, as data, and how such a program answers. What they write are real bytes.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use jiff::{SignedDuration, Timestamp};

use super::{house::domain, week::Parcel};
use crate::mail::{self, ReadPolicy, Reading};

/// What it answers to.
#[derive(Clone, Copy, PartialEq)]
pub enum Answers {
    /// To whatever comes, blind to every header.
    Everything,
    /// RFC 3834: not to automatic mail, lists or the null sender.
    People,
    /// To whatever comes, but once in so many days to a sender.
    OncePerDays(i64),
    /// Both.
    PeopleOncePerDays(i64),
}

/// What it does with the mail that it answers.
#[derive(Clone, Copy, PartialEq)]
pub enum Act {
    Answer,
    /// Sends it on to us untouched (`.forward`, a rule "redirect").
    Redirect,
    /// Sends it on to us as a mail of its own.
    Forward,
    /// Distributes it to its members, of whom we are one.
    Distribute {
        own_from: bool,
    },
}

/// Whose name stands in From.
#[derive(Clone, Copy, PartialEq)]
pub enum Sender {
    Person,
    /// Another one for each mail.
    Varying,
    Other(&'static str),
}

#[derive(Clone, Copy, PartialEq)]
pub enum To {
    /// Where answers are wanted.
    Answers,
    From,
    Envelope,
}

/// What becomes of our subject.
#[derive(Clone, Copy, PartialEq)]
pub enum Subject {
    Keep,
    Before(&'static str),
    Fixed(&'static str),
    /// `[REQ-17] ` of its own before ours.
    Numbered(&'static str),
}

#[derive(Clone, Copy, PartialEq)]
pub enum Body {
    /// The same each time.
    Same(&'static str),
    /// With a number of its own in it.
    Numbered(&'static str),
    /// The same, above a quote of ours.
    Quoting(&'static str),
    /// RFC 3464; `failed` or `delayed`.
    Report(&'static str),
    /// RFC 8098.
    Receipt,
}

#[derive(Clone, Copy)]
pub struct Robot {
    pub address: &'static str,
    pub answers: Answers,
    pub act: Act,
    /// Fields that it sets, each with its line end.
    pub headers: &'static str,
    pub from: Sender,
    pub null_envelope: bool,
    pub to: To,
    pub subject: Subject,
    /// In-Reply-To and References.
    pub threads: bool,
    pub body: Body,
    pub minutes: i64,
    /// In place of the right Date.
    pub date: Option<&'static str>,
}

/// Answers everybody at once, under a person's address, with no sign of a machine at all.
pub const BLIND: Robot = Robot {
    address: "li.wei@client.example",
    answers: Answers::Everything,
    act: Act::Answer,
    headers: "",
    from: Sender::Person,
    null_envelope: false,
    to: To::Answers,
    subject: Subject::Before("Re: "),
    threads: true,
    body: Body::Same("Thank you for your message. We have received it and will come back to you."),
    minutes: 1,
    date: None,
};

/// A program that is at work, with what it remembers.
pub struct Working {
    pub robot: Robot,
    pub sent: u32,
    answered: BTreeMap<String, Timestamp>,
}

impl Working {
    pub fn new(robot: Robot) -> Self {
        Self { robot, sent: 0, answered: BTreeMap::new() }
    }

    /// What it sends for a mail, and when.
    pub fn take(&mut self, parcel: &Parcel, support: &str, now: Timestamp) -> Option<(Timestamp, Parcel)> {
        let reading = mail::read(&parcel.bytes, &ReadPolicy::default());
        if !self.hears(parcel, &reading, now) {
            return None;
        }
        let at = now + SignedDuration::from_mins(self.robot.minutes);
        let to = match self.robot.to {
            To::Envelope => parcel.envelope_from.clone(),
            To::From => reading.from.as_ref().map(|f| f.address.clone()).unwrap_or_default(),
            To::Answers => reading
                .reply_to
                .first()
                .or(reading.from.as_ref())
                .map(|f| f.address.clone())
                .unwrap_or_default(),
        };
        if to.is_empty() {
            return None;
        }
        self.sent += 1;
        let answer = match self.robot.act {
            Act::Answer => self.answer(parcel, &reading, &to, at),
            Act::Redirect => self.redirect(parcel, support),
            Act::Forward => self.forward(&reading, support, at),
            Act::Distribute { own_from } => self.distribute(parcel, own_from, support),
        };
        Some((at, answer))
    }

    fn hears(&mut self, parcel: &Parcel, reading: &Reading, now: Timestamp) -> bool {
        let text = String::from_utf8_lossy(&parcel.bytes).to_lowercase();
        let header = text.split("\r\n\r\n").next().unwrap_or_default();
        let marks =
            ["\nauto-submitted: auto", "\nx-auto-response-suppress: all", "\nprecedence: ", "\nlist-id: "];
        let automatic = parcel.envelope_from.is_empty() || marks.iter().any(|m| header.contains(m));
        let from = reading.from.as_ref().map(|f| f.address.clone()).unwrap_or_default();
        let days = match self.robot.answers {
            Answers::Everything => return true,
            Answers::People => return !automatic,
            Answers::PeopleOncePerDays(_) if automatic => return false,
            Answers::OncePerDays(days) | Answers::PeopleOncePerDays(days) => days,
        };
        let wait = SignedDuration::from_hours(24 * days);
        if self.answered.get(&from).is_some_and(|last| now.duration_since(*last) < wait) {
            return false;
        }
        self.answered.insert(from, now);
        true
    }

    fn sender(&self) -> String {
        let (local, host) = self.robot.address.rsplit_once('@').unwrap();
        match self.robot.from {
            Sender::Person => self.robot.address.to_owned(),
            Sender::Varying => format!("{local}.{}@{host}", self.sent),
            Sender::Other(address) => address.to_owned(),
        }
    }

    fn answer(&self, parcel: &Parcel, reading: &Reading, to: &str, at: Timestamp) -> Parcel {
        let robot = &self.robot;
        let n = self.sent;
        let from = self.sender();
        let ours = reading.subject.clone().unwrap_or_default();
        let subject = match robot.subject {
            Subject::Keep => ours,
            Subject::Before(prefix) => format!("{prefix}{ours}"),
            Subject::Fixed(subject) => subject.to_owned(),
            Subject::Numbered(prefix) => format!("[{prefix}-{n}] {ours}"),
        };
        let mut head = heading(&from, to, &subject, at, robot.date);
        head += &format!("Message-ID: <{n}.{}@{}>\r\n", at.as_second(), domain(&from));
        if let Some(id) = reading.message_id.as_ref().filter(|_| robot.threads) {
            let earlier: String = reading.references.iter().map(|r| format!("<{r}> ")).collect();
            head += &format!("In-Reply-To: <{id}>\r\nReferences: {earlier}<{id}>\r\n");
        }
        head += robot.headers;
        let body = match robot.body {
            Body::Same(text) => plain(text),
            Body::Numbered(text) => plain(&format!("{text} ({n}-{})", n * 7919)),
            Body::Quoting(text) => plain(&quoting(text, reading)),
            Body::Report(action) => report(action, parcel, robot.address),
            Body::Receipt => receipt(parcel, reading, robot.address),
        };
        let bytes = format!("{head}MIME-Version: 1.0\r\n{body}").into_bytes();
        let envelope_from = if robot.null_envelope { String::new() } else { from };
        Parcel { envelope_from, to: to.to_owned(), bytes }
    }

    fn redirect(&self, parcel: &Parcel, support: &str) -> Parcel {
        let address = self.robot.address;
        let mut bytes =
            format!("Received: by mx.{}; redirected\r\nDelivered-To: {address}\r\n", domain(address));
        bytes += &String::from_utf8_lossy(&parcel.bytes);
        Parcel {
            envelope_from: parcel.envelope_from.clone(),
            to: support.to_owned(),
            bytes: bytes.into_bytes(),
        }
    }

    fn forward(&self, reading: &Reading, support: &str, at: Timestamp) -> Parcel {
        let from = self.sender();
        let subject = match self.robot.subject {
            Subject::Fixed(subject) => subject.to_owned(),
            _ => format!("Fwd: {}", reading.subject.clone().unwrap_or_default()),
        };
        let sender = reading.from.as_ref().map(|f| f.address.clone()).unwrap_or_default();
        let text = format!(
            "---------- Forwarded message ---------\r\nFrom: {sender}\r\nDate: {at}\r\nSubject: {}\r\nTo: {from}\r\n\r\n{}",
            reading.subject.clone().unwrap_or_default(),
            reading.text,
        );
        let head = heading(&from, support, &subject, at, None);
        let id = format!("Message-ID: <f{}@{}>\r\n", self.sent, domain(&from));
        let bytes = format!("{head}{id}MIME-Version: 1.0\r\n{}", plain(&text)).into_bytes();
        Parcel { envelope_from: from, to: support.to_owned(), bytes }
    }

    fn distribute(&self, parcel: &Parcel, own_from: bool, support: &str) -> Parcel {
        let list = self.robot.address;
        let text = String::from_utf8_lossy(&parcel.bytes).into_owned();
        let text = if own_from {
            let lines = text.split("\r\n").map(|l| {
                if l.starts_with("From:") { format!("From: Users via list <{list}>") } else { l.to_owned() }
            });
            lines.collect::<Vec<_>>().join("\r\n")
        } else {
            text
        };
        let bytes = format!("List-Id: Users <{}>\r\nPrecedence: list\r\n{text}", domain(list)).into_bytes();
        Parcel { envelope_from: format!("users-bounces@{}", domain(list)), to: support.to_owned(), bytes }
    }
}

/// From, To, Subject and Date.
pub fn heading(from: &str, to: &str, subject: &str, at: Timestamp, date: Option<&str>) -> String {
    let right = at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let subject = if subject.is_ascii() {
        subject.to_owned()
    } else {
        format!("=?utf-8?B?{}?=", BASE64.encode(subject.as_bytes()))
    };
    format!("From: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: {}\r\n", date.unwrap_or(&right))
}

/// The rest of a mail of one plain part.
pub fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    format!("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n")
}

fn quoting(text: &str, reading: &Reading) -> String {
    let from = reading.from.as_ref().map(|f| f.address.clone()).unwrap_or_default();
    let quote: String = reading.text.lines().map(|l| format!("> {l}\n")).collect();
    format!("{text}\n\nOn Mon, 23 Nov 2026 at 10:00, <{from}> wrote:\n{quote}")
}

/// Header of the mail that a report is about.
fn returned(parcel: &Parcel) -> String {
    let text = String::from_utf8_lossy(&parcel.bytes).into_owned();
    text.split("\r\n\r\n").next().unwrap_or_default().to_owned()
}

fn report(action: &str, parcel: &Parcel, address: &str) -> String {
    let status = if action == "failed" { "5.1.1" } else { "4.4.1" };
    format!(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\n\r\n\
         This is the mail system. Your message could not be delivered yet or at all.\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.{}\r\n\r\n\
         Final-Recipient: rfc822; {}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 {status} no such user\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{}\r\n--b--\r\n",
        domain(address),
        parcel.to,
        returned(parcel),
    )
}

fn receipt(parcel: &Parcel, reading: &Reading, address: &str) -> String {
    format!(
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=\"b\"\r\n\r\n--b\r\n\r\n\
         Your message was read.\r\n\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nOriginal-Message-ID: <{}>\r\n\
         Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{}\r\n--b--\r\n",
        reading.message_id.clone().unwrap_or_default(),
        returned(parcel),
    )
}
