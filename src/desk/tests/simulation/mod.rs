//! Two robots that mail each other: the desk against other programs over a virtual week, in real bytes. `-- --nocapture`
//! prints what each side sent.

mod combinations;
mod floods;
mod house;
mod pairs;
mod robots;
mod week;

use jiff::SignedDuration;

use self::{
    house::{House, domain},
    pairs::{DESKS, Pair, REPORTS, VACATIONS, WAYS},
    week::{Setting, Week},
};
use crate::{
    desk::{Automatic, Limits, Outcome},
    mail::Class,
};

/// Servers that write traces and prove senders, and such that do not.
const SETTINGS: [Setting; 5] = [
    Setting { trace: true, proven: true, subaddressing: true },
    Setting { trace: true, proven: false, subaddressing: true },
    Setting { trace: false, proven: false, subaddressing: true },
    Setting { trace: true, proven: true, subaddressing: false },
    Setting { trace: false, proven: true, subaddressing: false },
];

#[derive(Default)]
struct Tally {
    ours: usize,
    to_staff: usize,
    replies: usize,
    theirs: usize,
    taken: usize,
    hours: i64,
}

#[test]
fn every_pair_ends_within_its_limits() {
    let pairs: Vec<&Pair> = [DESKS, VACATIONS, REPORTS, WAYS].into_iter().flatten().collect();
    assert!(pairs.len() >= 50, "{}", pairs.len());
    println!(
        "{:>4} {:>4} {:>7} {:>5} {:>6} {:>5}  pair",
        "ours", "max", "replies", "staff", "theirs", "taken"
    );
    let mut wrong = Vec::new();
    for pair in pairs {
        let mut most = Tally::default();
        for setting in SETTINGS {
            let mut week = Week::new(pair, setting);
            let began = week.now;
            week.run(pair);
            if let Err(why) = judge(pair, &week) {
                wrong.push(format!("{} {setting:?}: {why}", pair.name));
            }
            let theirs = week.robots.iter().map(|r| r.sent as usize).sum::<usize>()
                + week.other.left.iter().filter(|l| l.counts()).count();
            most.ours = most.ours.max(week.ours.left.iter().filter(|l| l.counts()).count());
            most.to_staff = most.to_staff.max(week.ours.left.iter().filter(|l| l.to_agent).count());
            most.replies = most.replies.max(replies(&week));
            most.theirs = most.theirs.max(theirs);
            most.taken = most.taken.max(week.ours.ended.len());
            most.hours = most.hours.max(week.now.duration_since(began).as_hours());
        }
        let Tally { ours, replies, to_staff, theirs, taken, hours } = most;
        println!(
            "{ours:>4} {:>4} {replies:>7} {to_staff:>5} {theirs:>6} {taken:>5}  {} ({hours} h)",
            pair.ours_max, pair.name
        );
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

fn judge(pair: &Pair, week: &Week) -> Result<(), String> {
    let sent = week.ours.left.iter().filter(|l| l.counts()).count();
    if sent > pair.ours_max as usize {
        return Err(format!("{sent} automatic mails, {} at most", pair.ours_max));
    }
    // The agent's two, or the words of an autoresponder that nothing gives away.
    if replies(week) > 2 {
        return Err(format!("{} replies", replies(week)));
    }
    if !week.has_ended() {
        return Err("mails are under way after the week".to_owned());
    }
    for house in [&week.ours, &week.other] {
        limits_hold(house)?;
        every_mail_is_accounted_for(house)?;
    }
    // The other desk acknowledges each of our agent's two replies, and what it is copied on.
    let back = week.other.left.iter().filter(|l| l.counts() && domain(&l.to) == "desk.example").count();
    if back > pair.ours_max.max(2) as usize { Err(format!("{back} mails of the other desk")) } else { Ok(()) }
}

/// What goes to several people on a ticket is one.
fn replies(week: &Week) -> usize {
    let mut replies: Vec<_> =
        week.ours.left.iter().filter(|l| l.kind == "reply").map(|l| (l.ticket, l.at)).collect();
    replies.dedup();
    replies.len()
}

/// FAULTS section 2, counted over all that left, at each mail that did.
fn limits_hold(house: &House) -> Result<(), String> {
    let limits = Limits::default();
    let automatic: Vec<_> = house.left.iter().filter(|l| l.counts()).collect();
    for (i, mail) in automatic.iter().enumerate() {
        let within = |minutes: i64, same: &dyn Fn(&house::Left) -> bool| {
            let since = mail.at - SignedDuration::from_mins(minutes);
            automatic.iter().take(i + 1).filter(|l| l.at > since && same(l)).count() as u32
        };
        let to = |l: &house::Left| l.to == mail.to;
        let rows = [
            ("an address in 10 min", within(10, &to), limits.acks_per_address_10min_max),
            ("an address in a day", within(24 * 60, &to), limits.acks_per_address_day_max),
            (
                "a domain in an hour",
                within(60, &|l| domain(&l.to) == domain(&mail.to)),
                limits.acks_per_domain_hour_max,
            ),
            (
                "a ticket in an hour",
                within(60, &|l| l.ticket == mail.ticket),
                limits.automatic_per_ticket_hour_max,
            ),
            ("all in an hour", within(60, &|_| true), limits.acks_per_hour_max),
        ];
        if let Some((what, count, max)) = rows.iter().find(|(_, count, max)| count > max) {
            return Err(format!("{count} to {what}, {max} at most"));
        }
        let people = house.ended.iter().filter(|e| e.at <= mail.at && e.class == Class::Human).count();
        let replied = automatic.iter().take(i + 1).filter(|l| l.automatic == Some(Automatic::AutoReplied));
        if replied.count() > people {
            return Err("more answers than mails of people".to_owned());
        }
    }
    for mail in &automatic {
        let Some(ticket) = mail.ticket else { continue };
        let since = house.last_person(ticket, mail.at);
        let row = automatic.iter().filter(|l| l.ticket == mail.ticket && l.at <= mail.at);
        let row = row.filter(|l| since.is_none_or(|at| l.at >= at)).count();
        if row > limits.automatic_per_ticket_row_max as usize {
            return Err(format!("{row} on a ticket without a person between"));
        }
    }
    Ok(())
}

fn every_mail_is_accounted_for(house: &House) -> Result<(), String> {
    for ended in &house.ended {
        let decision = &ended.decision;
        let good = match decision.outcome {
            Outcome::Ticket => ended.ticket.is_some(),
            Outcome::Held | Outcome::Control | Outcome::Ignored => !decision.reason.is_empty(),
        };
        let opens = decision.changes.iter().any(|c| matches!(c, crate::desk::Change::Create { .. }));
        let acknowledged = decision.letters.iter().any(|l| l.to.key() == ended.from);
        if !good || (opens && acknowledged == decision.no_acknowledgement.is_some()) {
            return Err(format!("a mail of {} ended without a word: {decision:?}", ended.from));
        }
    }
    Ok(())
}
