//! A thousand further robots, made of every habit that one can have: they end too, whatever they are.

use jiff::SignedDuration;

use super::{
    SETTINGS, every_mail_is_accounted_for, limits_hold,
    pairs::{Opening, Pair},
    replies,
    robots::{Act, Answers, BLIND, Body, Robot, Sender, Subject, To},
    week::Week,
};

const ACTS: [Act; 3] = [Act::Answer, Act::Answer, Act::Forward];
const ANSWERS: [Answers; 4] =
    [Answers::Everything, Answers::People, Answers::OncePerDays(1), Answers::PeopleOncePerDays(4)];
const HEADERS: [&str; 6] = [
    "",
    "",
    "Auto-Submitted: auto-replied\r\n",
    "Precedence: bulk\r\n",
    "X-Loop: yes\r\n",
    "X-Autoreply: yes\r\n",
];
const SENDERS: [Sender; 4] = [
    Sender::Person,
    Sender::Varying,
    Sender::Other("no-reply@client.example"),
    Sender::Other("colleague@client.example"),
];
const RECIPIENTS: [To; 3] = [To::Answers, To::From, To::Envelope];
const SUBJECTS: [Subject; 5] = [
    Subject::Keep,
    Subject::Before("Re: "),
    Subject::Before("自动回复: "),
    Subject::Numbered("REQ"),
    Subject::Fixed("您的来信"),
];
const BODIES: [Body; 5] = [
    Body::Same("您好，您的邮件我已收到，会尽快回复您，祝工作顺利，生活愉快。"),
    Body::Numbered("Thank you, your request was registered under this number"),
    Body::Quoting("I am out of the office until Monday and will read your message then."),
    Body::Report("failed"),
    Body::Receipt,
];
const MINUTES: [i64; 7] = [0, 1, 11, 61, 300, 720, 1_441];
const DATES: [Option<&str>; 3] = [None, Some("Thu, 01 Jan 1970 00:00:00 +0000"), Some("gestern")];

/// Which choice a robot's number means, for one habit after the other.
struct Number(u64);

impl Number {
    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let chosen = choices[(self.0 % choices.len() as u64) as usize];
        self.0 /= choices.len() as u64;
        chosen
    }
}

fn robot(number: u64) -> (Robot, bool) {
    // Spread over all combinations: an odd multiplier and a shift.
    let mut n = Number((number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20);
    let robot = Robot {
        act: n.pick(&ACTS),
        answers: n.pick(&ANSWERS),
        headers: n.pick(&HEADERS),
        from: n.pick(&SENDERS),
        null_envelope: n.pick(&[false, true]),
        to: n.pick(&RECIPIENTS),
        subject: n.pick(&SUBJECTS),
        threads: n.pick(&[false, true]),
        body: n.pick(&BODIES),
        minutes: n.pick(&MINUTES),
        date: n.pick(&DATES),
        ..BLIND
    };
    (robot, n.pick(&[false, true]))
}

/// A new address, subject and words each time, and no thread: nobody can tell that from a crowd of people.
fn is_a_crowd(robot: &Robot) -> bool {
    robot.from == Sender::Varying
        && !robot.threads
        && robot.headers.len() < 15
        && matches!(robot.subject, Subject::Fixed(_))
        && matches!(robot.body, Body::Numbered(_) | Body::Quoting(_))
}

#[test]
fn a_thousand_robots_end() {
    let (mut most, mut sum, mut played) = (0, 0, 0);
    let robots = (0..).map(robot).filter(|(robot, _)| !is_a_crowd(robot)).take(1_000);
    for (i, (robot, chinese)) in robots.enumerate() {
        let robots: &'static [Robot] = Box::leak(Box::new([robot]));
        let pair = Pair { name: "made", opening: Opening::Person, chinese, robots, strip: &[], ours_max: 30 };
        let mut week = Week::new(&pair, SETTINGS[i % SETTINGS.len()]);
        // The slowest need longer than a week.
        week.end = week.now + SignedDuration::from_hours(24 * 30);
        week.run(&pair);
        let sent = week.ours.left.iter().filter(|l| l.counts()).count();
        assert!(sent <= 30, "{i}: {sent}");
        assert!(week.has_ended(), "{i}: under way after a month");
        assert!(replies(&week) <= 2, "{i}");
        limits_hold(&week.ours).and_then(|()| every_mail_is_accounted_for(&week.ours)).unwrap();
        most = most.max(sent);
        sum += sent;
        played += 1;
    }
    println!("{played} pairs, {sum} automatic mails of ours, at most {most} in one");
}

#[test]
fn a_crowd_is_held_by_the_limit_of_its_domain() {
    let crowd = Robot {
        from: Sender::Varying,
        threads: false,
        to: To::From,
        subject: Subject::Fixed("Your mail"),
        body: Body::Numbered("A new text each time"),
        minutes: 0,
        ..BLIND
    };
    let robots: &'static [Robot] = Box::leak(Box::new([crowd]));
    let pair =
        Pair { name: "crowd", opening: Opening::Person, chinese: false, robots, strip: &[], ours_max: 0 };
    let mut week = Week::new(&pair, SETTINGS[0]);
    week.run(&pair);
    limits_hold(&week.ours).unwrap();
    assert!(week.has_ended(), "an answer that the limit refuses is the last");
}
