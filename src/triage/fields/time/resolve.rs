//! From an expression to two instants, seen from the mail's own. The clock is the one that was said, else the Date field's: people
//! write the time of where they are.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
    tz::Offset,
};

use super::{Clock, Day, Expression};
use crate::triage::words::times::Unit;

/// Minutes on either side of what is only about right.
const ABOUT_MINUTES: i64 = 30;
/// A mail's clock may be a little slow, and dates near midnight belong to another zone.
const AHEAD_HOURS: i64 = 26;

/// When a mail was written, as far as that is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moment {
    pub instant: Option<Timestamp>,
    /// Seconds east of UTC.
    pub offset_seconds: i32,
}

impl Moment {
    /// Whether the sender's clock stands where months are written first.
    #[must_use]
    pub fn is_american(self) -> bool {
        (-10 * 3_600..=-4 * 3_600).contains(&self.offset_seconds)
    }

    /// Likewise, for dates without a year.
    #[must_use]
    pub fn is_east_asian(self) -> bool {
        (8 * 3_600..=9 * 3_600).contains(&self.offset_seconds)
    }
}

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// RFC 3339.
    Interval(String, String),
    /// No date is known to count from, or there is no such day.
    Unknown,
    /// It had not come yet.
    Ahead,
}

/// The interval that an expression means.
pub fn interval(e: &Expression, at: Moment) -> Resolved {
    let seconds = e.zone.map_or(at.offset_seconds, |minutes| i32::from(minutes) * 60);
    let offset = Offset::from_seconds(seconds).unwrap_or(Offset::UTC);
    let Some(instant) = at.instant.or_else(|| absolute(e, offset)) else { return Resolved::Unknown };
    let now = offset.to_datetime(instant);
    let Some((from, to)) = local(e, now) else { return Resolved::Unknown };
    let (Ok(from), Ok(mut to)) = (offset.to_timestamp(from), offset.to_timestamp(to)) else {
        return Resolved::Unknown;
    };
    if at.instant.is_some() {
        if from > instant.checked_add(AHEAD_HOURS.hours()).unwrap_or(instant) {
            return Resolved::Ahead;
        }
        if e.is_since && from <= instant || e.clock.is_none() && from <= instant && to > instant {
            to = instant;
        }
    }
    let show = |t: Timestamp| t.display_with_offset(offset).to_string();
    Resolved::Interval(show(from), show(to))
}

/// A date with its year needs no other to count from.
fn absolute(e: &Expression, offset: Offset) -> Option<Timestamp> {
    let Some(Day::Ymd(year, month, day)) = e.day else { return None };
    offset.to_timestamp(Date::new(year, month, day).ok()?.at(23, 59, 0, 0)).ok()
}

fn local(e: &Expression, now: DateTime) -> Option<(DateTime, DateTime)> {
    if e.is_now {
        return Some((now.checked_sub(15.minutes()).ok()?, now));
    }
    if let Some((count, unit)) = e.ago {
        return ago(count, unit, e.is_approximate, now);
    }
    let (first, last) = days(e.day, e.clock.is_some() || e.part.is_some(), now)?;
    if let Some(clock) = e.clock {
        return at_clock(clock, e, first, now);
    }
    if let Some((from, to, _)) = e.part {
        let hour = |h: u8| first.at(0, 0, 0, 0).checked_add(i64::from(h).hours()).ok();
        return Some((hour(from)?, hour(to)?));
    }
    Some((first.at(0, 0, 0, 0), last.checked_add(1.day()).ok()?.at(0, 0, 0, 0)))
}

fn ago(count: i64, unit: Unit, about: bool, now: DateTime) -> Option<(DateTime, DateTime)> {
    let whole_day = |date: Date| Some((date.at(0, 0, 0, 0), date.checked_add(1.day()).ok()?.at(0, 0, 0, 0)));
    match unit {
        Unit::Minute => {
            let margin = (count / 4).max(2);
            let then = now.checked_sub(count.minutes()).ok()?;
            Some((then.checked_sub(margin.minutes()).ok()?, then.checked_add(margin.minutes()).ok()?))
        }
        Unit::Hour => {
            let margin = if about { 45 } else { ABOUT_MINUTES };
            let then = now.checked_sub(count.hours()).ok()?;
            Some((then.checked_sub(margin.minutes()).ok()?, then.checked_add(margin.minutes()).ok()?))
        }
        Unit::Day => whole_day(now.date().checked_sub(count.days()).ok()?),
        Unit::Week => whole_day(now.date().checked_sub((count * 7).days()).ok()?),
        Unit::Month => whole_day(now.date().checked_sub(count.months()).ok()?),
    }
}

/// The first and the last day that are meant.
fn days(day: Option<Day>, has_time: bool, now: DateTime) -> Option<(Date, Date)> {
    let today = now.date();
    let weekday = i64::from(today.weekday().to_monday_one_offset());
    let back = |days: i64| today.checked_sub(days.days()).ok();
    let one = |date: Date| Some((date, date));
    match day {
        None if has_time => one(today),
        None => None,
        Some(Day::Ymd(year, month, day)) => one(Date::new(year, month, day).ok()?),
        Some(Day::Md(month, day)) => {
            let this = Date::new(today.year(), month, day).ok();
            let is_past = |d: &Date| *d <= today.checked_add(1.day()).unwrap_or(today);
            let that = || Date::new(today.year() - 1, month, day).ok();
            // A day some weeks ahead is meant ahead; only around the turn of the year it was last year.
            match this {
                Some(date) if is_past(&date) => one(date),
                Some(date) if date.duration_since(today).as_hours() < 24 * 120 => one(date),
                _ => one(that()?),
            }
        }
        Some(Day::Dom(day)) => {
            let month = if day <= today.day() { today } else { today.checked_sub(1.month()).ok()? };
            one(Date::new(month.year(), month.month(), day).ok()?)
        }
        Some(Day::Relative(days)) => one(today.checked_add(days.days()).ok()?),
        Some(Day::Weekday(day)) => one(back((weekday - i64::from(day)).rem_euclid(7))?),
        Some(Day::LastWeekday(day)) => one(back((weekday - i64::from(day) - 1).rem_euclid(7) + 1)?),
        Some(Day::WeekdayBefore(day)) => one(back(weekday - i64::from(day) + 7)?),
        Some(Day::LastWeek) => Some((back(weekday + 6)?, back(weekday)?)),
        Some(Day::ThisWeek) => Some((back(weekday - 1)?, today)),
        Some(Day::LastMonth) => {
            let last = today.first_of_month().checked_sub(1.day()).ok()?;
            Some((last.first_of_month(), last))
        }
    }
}

fn at_clock(clock: Clock, e: &Expression, date: Date, now: DateTime) -> Option<(DateTime, DateTime)> {
    let mut hour = clock.hour;
    if let Some((from, _, pm)) = e.part
        && pm
        && hour < 12
        && !(from == 11 && hour >= 10)
    {
        hour += 12;
    }
    if hour == 12 && e.part.is_some_and(|(from, to, _)| from == 0 && to <= 6) {
        hour = 0;
    }
    let midnight = hour == 24 || hour == 12 && e.part.is_some_and(|(from, _, _)| from == 18);
    let time = Time::new(if midnight { 0 } else { hour }, clock.minute, 0, 0).ok()?;
    let mut then = DateTime::from_parts(date, time);
    if midnight {
        then = then.checked_add(1.day()).ok()?;
    }
    // A clock alone that has not come yet was yesterday's.
    if e.day.is_none() && then > now.checked_add(15.minutes()).ok()? {
        then = then.checked_sub(1.day()).ok()?;
    }
    if e.is_approximate {
        return Some((
            then.checked_sub(ABOUT_MINUTES.minutes()).ok()?,
            then.checked_add(ABOUT_MINUTES.minutes()).ok()?,
        ));
    }
    let length = if clock.is_hour_only { 60 } else { 1 };
    Some((then, then.checked_add(length.minutes()).ok()?))
}
