//! Instants and durations in words: absolute, with weekday and zone (MAILS rule 4).

use jiff::{Timestamp, tz::TimeZone};
use minijinja::{Error, context};

use super::words::Words;

/// `Tuesday 24 November, 10:00 (Berlin)`; the year only when it is not the current one.
pub(super) fn instant(
    words: Words<'_>,
    at: Timestamp,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<String, Error> {
    let there = at.to_zoned(zone.clone());
    let weekday = words.plain(&format!("time.weekdays.{}", there.weekday().to_monday_zero_offset()))?;
    let month = words.plain(&format!("time.months.{}", there.month() - 1))?;
    let year = (there.year() != now.to_zoned(zone.clone()).year()).then(|| there.year());
    let clock = format!("{:02}:{:02}", there.hour(), there.minute());
    let zone_name = zone_name(words, zone, at)?;
    words.say("time.instant", context! { weekday, month, year, clock, day => there.day(), zone => zone_name })
}

/// `Tuesday 24 November`; the year only when it is not the current one.
pub(super) fn day(words: Words<'_>, at: Timestamp, now: Timestamp, zone: &TimeZone) -> Result<String, Error> {
    let there = at.to_zoned(zone.clone());
    let weekday = words.plain(&format!("time.weekdays.{}", there.weekday().to_monday_zero_offset()))?;
    let month = words.plain(&format!("time.months.{}", there.month() - 1))?;
    let year = (there.year() != now.to_zoned(zone.clone()).year()).then(|| there.year());
    words.say("time.day", context! { weekday, month, year, day => there.day() })
}

/// The language's own name for the zone, else its city, else its offset.
fn zone_name(words: Words<'_>, zone: &TimeZone, at: Timestamp) -> Result<String, Error> {
    match zone.iana_name() {
        Some(iana) => {
            let city = iana.rsplit('/').next().unwrap_or(iana).replace('_', " ");
            words.name_or(&format!("zone.{iana}"), &city)
        }
        None if *zone == TimeZone::UTC => Ok("UTC".to_owned()),
        None => Ok(format!("UTC{}", zone.to_offset(at))),
    }
}

/// How long from one instant to another, whichever is the earlier: `24 min`, `2 h 10 min`, `3 days`.
pub(super) fn distance(words: Words<'_>, from: Timestamp, to: Timestamp) -> Result<String, Error> {
    let all_minutes = from.duration_until(to).unsigned_abs().as_secs() / 60;
    let (hours, minutes) = (all_minutes / 60, all_minutes % 60);
    let key = match (hours, minutes) {
        (0, _) => "time.minutes",
        (48.., _) => "time.days",
        (_, 0) => "time.hours",
        _ => "time.hours_minutes",
    };
    words.say(key, context! { hours, minutes, days => (hours + 12) / 24 })
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::{distance, instant};
    use crate::render::Templates;

    fn said(language: &str, zone: &str, at: &str) -> Option<String> {
        let templates = Templates::builtin().ok()?;
        let words = templates.words(language);
        let now: Timestamp = "2026-11-23T08:00:00Z".parse().ok()?;
        instant(words, at.parse().ok()?, now, &TimeZone::get(zone).ok()?).ok()
    }

    #[test]
    fn instants_name_weekday_and_zone() {
        let at = "2026-11-24T09:00:00Z";
        for (language, zone, expected) in [
            ("en", "Europe/Berlin", "Tuesday 24 November, 10:00 (Berlin)"),
            ("de", "Europe/Berlin", "Dienstag, 24. November, 10:00 Uhr (Berlin)"),
            ("zh", "Asia/Shanghai", "11 月 24 日（周二）17:00（北京时间）"),
            ("zh", "America/Sao_Paulo", "11 月 24 日（周二）06:00（Sao Paulo）"),
            ("en", "UTC", "Tuesday 24 November, 09:00 (UTC)"),
        ] {
            assert_eq!(said(language, zone, at).as_deref(), Some(expected));
        }
    }

    #[test]
    fn another_year_is_named() {
        assert_eq!(
            said("en", "UTC", "2027-01-01T00:30:00Z").as_deref(),
            Some("Friday 1 January 2027, 00:30 (UTC)")
        );
    }

    #[test]
    fn distances_are_short() {
        let templates = Templates::builtin().ok();
        let words = templates.as_ref().map(|t| t.words("en"));
        for (seconds, expected) in
            [(59, "0 min"), (1440, "24 min"), (7200, "2 h"), (-7800, "2 h 10 min"), (259_200, "3 days")]
        {
            let to = Timestamp::from_second(seconds).ok();
            let said = words.zip(to).and_then(|(w, to)| distance(w, Timestamp::UNIX_EPOCH, to).ok());
            assert_eq!(said.as_deref(), Some(expected));
        }
    }
}
