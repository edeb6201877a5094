//! The provider's limits (SPEC section 8: `per_minute`, `per_day`). Pure. Who goes first is the store's order of claiming.

use std::time::Duration;

use crate::config::SmtpConfig;

/// Rows claimed at once without limits.
pub(super) const CLAIM_MAX: u32 = 50;

/// How often the sliding windows are looked at again while they are full.
const MINUTE_AGAIN: Duration = Duration::from_secs(2);
const DAY_AGAIN: Duration = Duration::from_secs(300);

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
