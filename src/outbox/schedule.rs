//! When to try again. Pure: instants and durations in, instants and durations out.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Minutes after the first attempt, as mail people expect (RFC 5321 section 4.5.4.1: two attempts in the first hour, then every
/// two or three hours, for four to five days); after the last of these, every twelve hours.
const MINUTES: [i64; 8] = [1, 5, 15, 30, 60, 120, 240, 480];
const THEN_EVERY_HOURS: i64 = 12;
const GIVE_UP_HOURS: i64 = 5 * 24;

/// The next attempt of a mail that was first tried at `first_attempt_at`; `None`: given up, five days have passed.
///
/// Goes by the time that passed and not by the number of attempts, because attempts also count while the server is down.
pub(super) fn next_attempt(first_attempt_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    // A clock that was set back must not hold a mail back: it starts again.
    let passed = now.duration_since(first_attempt_at).max(SignedDuration::ZERO);
    let first_attempt_at = first_attempt_at.min(now);
    let steps = MINUTES.into_iter().map(SignedDuration::from_mins);
    let later =
        (1..=GIVE_UP_HOURS / THEN_EVERY_HOURS).map(|n| SignedDuration::from_hours(n * THEN_EVERY_HOURS));
    let offset = steps.chain(later).find(|offset| *offset > passed)?;
    first_attempt_at.checked_add(offset).ok()
}

/// How long the whole mailbox waits after so many failures in a row (from 1) to get a usable connection.
///
/// `operators`: only the operator can end it (login refused, certificate): trying often would lock the account.
pub(super) fn backoff(failures: u32, operators: bool) -> Duration {
    let (first, most) = if operators { (30, 30 * 60) } else { (1, 60) };
    let doubled = 1_u64.checked_shl(failures.saturating_sub(1).min(16)).unwrap_or(u64::MAX);
    Duration::from_secs(doubled.saturating_mul(first).min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_mins(minutes)).unwrap()
    }

    #[test]
    fn attempts_follow_the_schedule_and_end_after_five_days() {
        let mut minutes = vec![0];
        let mut now = at(0);
        while let Some(next) = next_attempt(at(0), now) {
            minutes.push(next.duration_since(at(0)).as_mins());
            // An attempt takes a little while.
            now = next.checked_add(SignedDuration::from_millis(400)).unwrap();
        }
        let mut expected = vec![0, 1, 5, 15, 30, 60, 120, 240, 480];
        expected.extend((1..=10).map(|n| n * 12 * 60));
        assert_eq!(minutes, expected);
    }

    #[test]
    fn a_daemon_that_slept_goes_on_where_the_time_is() {
        assert_eq!(next_attempt(at(0), at(7)), Some(at(15)));
        assert_eq!(next_attempt(at(0), at(100 * 60)), Some(at(108 * 60)));
        assert_eq!(next_attempt(at(0), at(120 * 60)), None);
    }

    #[test]
    fn a_clock_set_back_does_not_hold_a_mail_for_days() {
        assert_eq!(next_attempt(at(10_000), at(0)), Some(at(1)));
    }

    #[test]
    fn a_refused_login_is_not_hammered() {
        let seconds = |operators| (1..=9).map(|n| backoff(n, operators).as_secs()).collect::<Vec<_>>();
        assert_eq!(seconds(false), [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(seconds(true), [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
        assert_eq!(backoff(u32::MAX, true).as_secs(), 1800);
    }
}
