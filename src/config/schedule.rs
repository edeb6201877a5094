//! When a crontab(5) line of five fields is due. Knows no clock: the instant is an argument.
//!
//! The `cron` crate parses; this front gives it crontab(5)'s meaning, because the crate counts Sunday as 1, wants seconds,
//! joins the two day fields with "and", skips the hour that a change of the clock loses and runs twice in the one that it
//! repeats (measured on 0.17).
//!
//! Invariants: each local date-time is due at most once; one that the clock skips is due at the instant of the change.

use std::str::FromStr as _;

use cron::TimeUnitSpec as _;
use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};

/// Days to look ahead: 29 February may be eight years away (2096 to 2104).
const DAYS_AHEAD_MAX: u32 = 3660;

const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A parsed line.
#[derive(Debug, Clone)]
pub struct Schedule {
    fields: cron::Schedule,
    /// Neither day field begins with `*`: one of them is enough (crontab(5)).
    either_day: bool,
}

impl Schedule {
    /// Parses `minute hour day-of-month month day-of-week`.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(format!(
                "\"{}\" has {} fields; a schedule has five: minute hour day month weekday",
                line.escape_debug(),
                fields.len()
            ));
        };
        // The crate also knows `?`, `L` and `@daily`, which crontab(5)'s fields do not.
        if let Some(odd) = line.chars().find(|c| !c.is_ascii_alphanumeric() && !" \t*,-/".contains(*c)) {
            return Err(format!("\"{}\" is no part of a schedule", odd.escape_debug()));
        }
        let translated = format!("0 {minute} {hour} {day} {month} {}", weekdays(weekday)?);
        let fields = cron::Schedule::from_str(&translated)
            .map_err(|_| format!("\"{}\" is not a schedule of crontab(5)", line.escape_debug()))?;
        let schedule = Self { fields, either_day: !day.starts_with('*') && !weekday.starts_with('*') };
        match schedule.next_after(Timestamp::UNIX_EPOCH, &TimeZone::UTC) {
            Some(_) => Ok(schedule),
            None => Err(format!("\"{}\" is a day that never comes", line.escape_debug())),
        }
    }

    /// The first instant after `after` at which the schedule is due in `zone`; `None` when the calendar ends first.
    ///
    /// In the hour that a zone repeats, nothing is due a second time. What must not pause then (a poll) asks in UTC.
    #[must_use]
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let start = zone.to_datetime(after);
        let mut date = start.date();
        for _ in 0..DAYS_AHEAD_MAX {
            if self.has_date(date) {
                let earliest = if date == start.date() { start.time() } else { civil::Time::midnight() };
                let due = self
                    .times_from(earliest)
                    .filter_map(|time| due_at(date.to_datetime(time), zone))
                    .find(|due| *due > after);
                if due.is_some() {
                    return due;
                }
            }
            date = date.checked_add(1.day()).ok()?;
        }
        None
    }

    fn has_date(&self, date: civil::Date) -> bool {
        let number = |n: i8| u32::try_from(n).unwrap_or(0);
        let day = self.fields.days_of_month().includes(number(date.day()));
        let weekday = self.fields.days_of_week().includes(number(date.weekday().to_sunday_one_offset()));
        self.fields.months().includes(number(date.month()))
            && if self.either_day { day || weekday } else { day && weekday }
    }

    /// Times of a day, ascending, from the minute of `earliest`.
    fn times_from(&self, earliest: civil::Time) -> impl Iterator<Item = civil::Time> + '_ {
        let from =
            civil::Time::new(earliest.hour(), earliest.minute(), 0, 0).unwrap_or(civil::Time::midnight());
        let hours = (0_i8..24).filter(|h| u32::try_from(*h).is_ok_and(|h| self.fields.hours().includes(h)));
        let minutes =
            || (0_i8..60).filter(|m| u32::try_from(*m).is_ok_and(|m| self.fields.minutes().includes(m)));
        hours
            .flat_map(move |h| minutes().filter_map(move |m| civil::Time::new(h, m, 0, 0).ok()))
            .filter(move |time| *time >= from)
    }
}

/// The instant of a local date-time: the first of two, or the change of the clock that skips it.
fn due_at(local: civil::DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    if !matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        return ambiguous.earlier().ok();
    }
    // "Compatible" reads a skipped time with the offset before the change, which gives an instant at or after it.
    let behind = ambiguous.compatible().ok()?;
    let mut changes = zone.preceding(behind.checked_add(1.nanosecond()).ok()?);
    Some(changes.next()?.timestamp())
}

/// crontab(5)'s weekday field (0 and 7 are Sunday, or names) as a list in the crate's numbers (1 is Sunday).
fn weekdays(field: &str) -> Result<String, String> {
    if field == "*" {
        return Ok(field.into());
    }
    let bad = || {
        format!("\"{}\" is not a weekday: 0 to 7 (0 and 7 are Sunday) or SUN to SAT", field.escape_debug())
    };
    let mut days = [false; 7];
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok().filter(|n| *n > 0).ok_or_else(bad)?),
            None => (part, 1),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (0, 6),
            Some((first, last)) => (weekday(first).ok_or_else(bad)?, weekday(last).ok_or_else(bad)?),
            // A step needs a range (crontab(5)).
            None if step > 1 => return Err(bad()),
            None => (weekday(range).ok_or_else(bad)?, weekday(range).ok_or_else(bad)?),
        };
        // `FRI-SUN`: a Sunday at the end of a range is the one behind Saturday.
        let last = if last == 0 && first > 0 { 7 } else { last };
        if first > last {
            return Err(bad());
        }
        for day in (first..=last).step_by(step) {
            if let Some(due) = days.get_mut(day % 7) {
                *due = true;
            }
        }
    }
    let numbers: Vec<String> =
        days.iter().zip(1..).filter(|(due, _)| **due).map(|(_, n): (_, u8)| n.to_string()).collect();
    Ok(numbers.join(","))
}

fn weekday(text: &str) -> Option<usize> {
    let named = WEEKDAYS.iter().position(|name| name.eq_ignore_ascii_case(text));
    named.or_else(|| text.parse().ok().filter(|n| *n <= 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The next instants, in the zone.
    fn due(line: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let (schedule, zone) = (Schedule::parse(line).unwrap(), TimeZone::get(zone).unwrap());
        let mut now: Timestamp = after.parse().unwrap();
        let mut found = Vec::new();
        for _ in 0..count {
            now = schedule.next_after(now, &zone).unwrap();
            found.push(now.to_zoned(zone.clone()).strftime("%a %F %H:%M %:z").to_string());
        }
        found
    }

    #[test]
    fn every_minute() {
        assert_eq!(
            due("* * * * *", "UTC", "2026-01-01T00:00:00Z", 2),
            ["Thu 2026-01-01 00:01 +00:00", "Thu 2026-01-01 00:02 +00:00"]
        );
        assert_eq!(due("* * * * *", "UTC", "2026-12-31T23:59:59.5Z", 1), ["Fri 2027-01-01 00:00 +00:00"]);
    }

    #[test]
    fn weekday_numbers_and_names_are_those_of_crontab() {
        let monday = ["Mon 2026-01-05 08:00 +00:00", "Mon 2026-01-12 08:00 +00:00"];
        for line in ["0 8 * * MON", "0 8 * * mon", "0 8 * * 1", "0 8 * * 1-1"] {
            assert_eq!(due(line, "UTC", "2026-01-01T00:00:00Z", 2), monday, "{line}");
        }
        for line in ["0 0 * * 0", "0 0 * * 7", "0 0 * * SUN"] {
            assert_eq!(
                due(line, "UTC", "2026-01-01T00:00:00Z", 1),
                ["Sun 2026-01-04 00:00 +00:00"],
                "{line}"
            );
        }
        for line in ["0 0 * * 5-7", "0 0 * * FRI-SUN", "0 0 * * 5,6,0"] {
            let days: Vec<_> = due(line, "UTC", "2026-01-01T00:00:00Z", 4)
                .iter()
                .map(|d| d.chars().take(3).collect::<String>())
                .collect();
            assert_eq!(days, ["Fri", "Sat", "Sun", "Fri"], "{line}");
        }
    }

    #[test]
    fn one_of_two_restricted_day_fields_is_enough() {
        let days = due("0 0 13 * 5", "UTC", "2026-02-01T00:00:00Z", 5);
        let expected =
            ["Fri 2026-02-06", "Fri 2026-02-13", "Fri 2026-02-20", "Fri 2026-02-27", "Fri 2026-03-06"];
        assert_eq!(days.iter().map(|d| d.chars().take(14).collect::<String>()).collect::<Vec<_>>(), expected);
        assert_eq!(due("0 0 13 * 5", "UTC", "2026-04-11T00:00:00Z", 1), ["Mon 2026-04-13 00:00 +00:00"]);
        // Begins with a star, so both must hold.
        assert_eq!(
            due("0 0 */2 * MON", "UTC", "2026-01-01T00:00:00Z", 2),
            ["Mon 2026-01-05 00:00 +00:00", "Mon 2026-01-19 00:00 +00:00"]
        );
    }

    #[test]
    fn steps_lists_ranges() {
        let hours: Vec<_> = due("*/20 9-17/4 * * *", "UTC", "2026-01-01T09:30:00Z", 4)
            .iter()
            .map(|d| d.chars().skip(15).take(5).collect::<String>())
            .collect();
        assert_eq!(hours, ["09:40", "13:00", "13:20", "13:40"]);
        assert_eq!(due("5,10 0 29 2 *", "UTC", "2025-01-01T00:00:00Z", 1), ["Tue 2028-02-29 00:05 +00:00"]);
        assert_eq!(due("0 0 29 feb *", "UTC", "2096-03-01T00:00:00Z", 1), ["Fri 2104-02-29 00:00 +00:00"]);
    }

    #[test]
    fn the_lost_hour_runs_right_after_it() {
        // Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
        assert_eq!(
            due("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
            ["Sun 2026-03-29 03:00 +02:00", "Mon 2026-03-30 02:30 +02:00"]
        );
        assert_eq!(
            due("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", 2),
            ["Sun 2026-03-29 03:00 +02:00", "Sun 2026-03-29 03:30 +02:00"]
        );
        // New York, 8 March 2026: 02:00 becomes 03:00 at 07:00 UTC.
        assert_eq!(
            due("15 2 8 3 *", "America/New_York", "2026-03-01T00:00:00Z", 1),
            ["Sun 2026-03-08 03:00 -04:00"]
        );
    }

    #[test]
    fn the_repeated_hour_runs_once() {
        // Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
        assert_eq!(
            due("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            ["Sun 2026-10-25 02:30 +02:00", "Mon 2026-10-26 02:30 +01:00"]
        );
        assert_eq!(
            due("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:15:00Z", 2),
            ["Sun 2026-10-25 02:30 +02:00", "Sun 2026-10-25 03:00 +01:00"]
        );
        // New York, 1 November 2026: 02:00 becomes 01:00 at 06:00 UTC.
        assert_eq!(
            due("30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z", 2),
            ["Sun 2026-11-01 01:30 -04:00", "Mon 2026-11-02 01:30 -05:00"]
        );
    }

    #[test]
    fn a_lost_day_runs_at_its_end() {
        // Samoa had no 30 December 2011.
        assert_eq!(
            due("0 12 30 12 *", "Pacific/Apia", "2011-12-29T12:00:00Z", 1),
            ["Sat 2011-12-31 00:00 +14:00"]
        );
    }

    #[test]
    fn wrong_lines() {
        for line in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 8",
            "@daily",
            "? * * * *",
            "0 0 30 2 *",
            "* * * * 1/2",
            "* * * * 5-1",
            "* * * * */0",
            "* * L * *",
            "a * * * *",
        ] {
            assert!(Schedule::parse(line).is_err(), "{line}");
        }
    }
}
