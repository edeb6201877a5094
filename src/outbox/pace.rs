//! The provider's limits (SPEC section 8: `per_minute`, `per_day`). Pure. Who goes first is the store's order of claiming.

use std::time::Duration;

use crate::config::SmtpConfig;

/// Rows claimed at once without limits.
pub(super) const CLAIM_MAX: u32 = 50;

/// How often the sliding windows are looked at again while they are full.
const MINUTE_AGAIN: Duration = Duration::from_secs(2);
const DAY_AGAIN: Duration = Duration::from_secs(300);

/// With a tenth of the day's mails left, notifications become few.
const DAY_TENTHS: u64 = 10;

/// What the limits allow now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// So many attempts.
    Go(u32),
    /// None; look again after this time.
    Wait(Duration),
}

/// Judges by the attempts of the last 60 s and of the last 24 h.
pub(super) fn pace(limits: &SmtpConfig, last_minute: u64, last_day: u64) -> Pace {
    let left = |limit: Option<u32>, used: u64| {
        limit.map_or(u64::from(CLAIM_MAX), |limit| u64::from(limit).saturating_sub(used))
    };
    let (minute, day) = (left(limits.per_minute, last_minute), left(limits.per_day, last_day));
    match u32::try_from(minute.min(day)).unwrap_or(CLAIM_MAX).min(CLAIM_MAX) {
        0 if day == 0 => Pace::Wait(DAY_AGAIN),
        0 => Pace::Wait(MINUTE_AGAIN),
        allowed => Pace::Go(allowed),
    }
}

/// Whether the provider's limit is near: not all that is due can leave now, or little is left of the day.
pub(super) fn is_tight(limits: &SmtpConfig, pace: Pace, last_day: u64, due: u64) -> bool {
    let allowed = match pace {
        Pace::Go(allowed) => u64::from(allowed),
        Pace::Wait(_) => 0,
    };
    let day_ends = limits.per_day.is_some_and(|limit| {
        let limit = u64::from(limit);
        limit.saturating_sub(last_day).saturating_mul(DAY_TENTHS) <= limit
    });
    let has_limit = limits.per_minute.is_some() || limits.per_day.is_some();
    has_limit && (due > allowed || day_ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ServerConfig, Tls};

    fn limits(per_minute: Option<u32>, per_day: Option<u32>) -> SmtpConfig {
        let server = ServerConfig {
            host: String::new(),
            port: 25,
            tls: Tls::None,
            user: String::new(),
            password: String::new().into(),
            ca_file: None,
        };
        SmtpConfig { server, per_minute, per_day, plain_envelope: false }
    }

    #[test]
    fn the_limit_is_near_when_not_all_can_leave_or_the_day_s_mails_end() {
        for (per_minute, per_day, pace, last_day, due, near) in [
            (None, None, Pace::Go(50), 0, 900, false),
            (Some(10), None, Pace::Go(4), 0, 4, false),
            (Some(10), None, Pace::Go(4), 0, 5, true),
            (Some(10), None, Pace::Wait(MINUTE_AGAIN), 0, 1, true),
            (Some(10), None, Pace::Wait(MINUTE_AGAIN), 0, 0, false),
            (None, Some(500), Pace::Go(50), 449, 3, false),
            (None, Some(500), Pace::Go(50), 450, 3, true),
            (None, Some(500), Pace::Wait(DAY_AGAIN), 501, 3, true),
        ] {
            assert_eq!(is_tight(&limits(per_minute, per_day), pace, last_day, due), near);
        }
    }

    #[test]
    fn both_limits_hold() {
        for (per_minute, per_day, minute, day, expected) in [
            (None, None, 9999, 9999, Pace::Go(50)),
            (Some(10), None, 0, 0, Pace::Go(10)),
            (Some(10), None, 7, 7, Pace::Go(3)),
            (Some(10), None, 10, 10, Pace::Wait(MINUTE_AGAIN)),
            (Some(10), None, 11, 11, Pace::Wait(MINUTE_AGAIN)),
            (Some(1000), Some(500), 0, 499, Pace::Go(1)),
            (Some(1000), Some(500), 0, 500, Pace::Wait(DAY_AGAIN)),
            (Some(1), Some(500), 1, 500, Pace::Wait(DAY_AGAIN)),
            (None, Some(500), 500, 100, Pace::Go(50)),
        ] {
            assert_eq!(pace(&limits(per_minute, per_day), minute, day), expected);
        }
    }
}
