//! The pairs, as data. Headers and words are those of the programs named; addresses are invented.

mod desks;
mod reports;
mod vacations;
mod ways;

pub use self::{desks::DESKS, reports::REPORTS, vacations::VACATIONS, ways::WAYS};
use super::robots::{BLIND, Body, Robot, Subject, To};

/// How the conversation begins.
#[derive(Clone, Copy)]
pub enum Opening {
    /// The person whose mail the first robot answers writes to us.
    Person,
    /// Somebody else does.
    From(&'static str),
    /// A person writes to us with a copy to this address.
    Cc(&'static str),
    /// The robot itself does, answering a mail that it took for ours.
    Robot,
}

pub struct Pair {
    pub name: &'static str,
    pub opening: Opening,
    pub chinese: bool,
    pub robots: &'static [Robot],
    /// Header fields that a gateway removes from all that the desks send.
    pub strip: &'static [&'static str],
    /// Automatic mails of ours to non-agents in the whole week, at most.
    pub ours_max: u32,
}

impl Pair {
    pub fn subject(&self) -> &'static str {
        if self.chinese { "甘特图打不开" } else { "The chart does not open" }
    }

    pub fn text(&self) -> &'static str {
        if self.chinese {
            "您好，从今天早上开始甘特图就打不开了，请帮忙看一下。"
        } else {
            "Since this morning the chart does not open any more. What can we do about it?"
        }
    }
}

/// A machine that shows what it is, or only keeps the thread or our subject: the person's mail before it was acknowledged,
/// the machine's is not.
const KNOWN: u32 = 1;
/// One that shows nothing and repeats its words under a subject of its own: once after the person's mail, twice after that.
const REPEATS: u32 = 3;
/// One that is not on the ticket and shows nothing: two on the ticket, and again after each of staff's two replies.
const STRANGER: u32 = 6;
/// One that has a new subject and new words each time, and answers within the hour: five a day to an address, on each of
/// the days on which staff wrote to it.
const DAILY: u32 = 15;
/// The same, and slow: ten in a row, and again after each of staff's two replies.
const ROWS: u32 = 30;

const AUTO: &str = "Auto-Submitted: auto-replied\r\n";
const EXCHANGE: &str = "X-Auto-Response-Suppress: All\r\nAuto-Submitted: auto-generated\r\n";
const ZH_BUSY: &str = "您好，您的邮件我已收到，会尽快回复您，祝工作顺利，生活愉快。";
const EN_AWAY: &str = "I am out of the office until Monday and will read your message then.";
const EN_TICKET: &str =
    "Thank you for contacting us. Your request was registered and a colleague will answer.";
const ZH_TICKET: &str = "尊敬的客户，您的工单已创建，客服人员会在一个工作日内与您联系，请勿重复提交。";

const fn pair(name: &'static str, ours_max: u32, robots: &'static [Robot]) -> Pair {
    Pair { name, opening: Opening::Person, chinese: false, robots, strip: &[], ours_max }
}

const fn zh(name: &'static str, ours_max: u32, robots: &'static [Robot]) -> Pair {
    Pair { chinese: true, ..pair(name, ours_max, robots) }
}

const fn opened(name: &'static str, ours_max: u32, opening: Opening, robots: &'static [Robot]) -> Pair {
    Pair { opening, ..pair(name, ours_max, robots) }
}

/// A robot that marks itself, at a service address.
const DESK: Robot =
    Robot { address: "support@vendor.example", headers: AUTO, body: Body::Same(EN_TICKET), ..BLIND };
/// A person's program that is away.
const AWAY: Robot = Robot { headers: AUTO, body: Body::Same(EN_AWAY), ..BLIND };
/// What answers a stripped or unmarked desk: a new number each time, a new thread, the plain From.
const HIDDEN: Robot = Robot {
    address: "support@vendor.example",
    subject: Subject::Numbered("REQ"),
    threads: false,
    to: To::From,
    body: Body::Numbered(EN_TICKET),
    ..BLIND
};
