//! How soon to connect and to log in again. Pure: instants and jitter are arguments.
//!
//! Providers lock accounts and block addresses that knock too often; a refused password does not become right by repeating.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

const RECONNECT_FIRST: Duration = Duration::from_secs(1);
const RECONNECT_MAX: Duration = Duration::from_secs(300);

const LOGINS_MAX: usize = 10;
const LOGINS_PERIOD: Duration = Duration::from_secs(300);
const REFUSED_FIRST: Duration = Duration::from_secs(30);
const REFUSED_MAX: Duration = Duration::from_secs(1800);

/// The pause before the next connection: none before the first (`failures` 0), then 1 s doubling up to 5 min, of which
/// `jitter` (0.0..=1.0, from the edge) takes away up to half, so that many mailboxes do not return in step.
#[must_use]
pub fn reconnect_delay(failures: u32, jitter: f64) -> Duration {
    let Some(doublings) = failures.checked_sub(1) else { return Duration::ZERO };
    let full = RECONNECT_FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(RECONNECT_MAX);
    let kept = if jitter.is_finite() { 1.0 - jitter.clamp(0.0, 1.0) / 2.0 } else { 1.0 };
    full.mul_f64(kept)
}

/// At most 10 logins in 5 minutes; after a refused one the next waits 30 s, doubling with each further refusal to 30 min.
/// One for each account. The instants are monotonic and given by the caller.
#[derive(Debug, Default)]
pub struct LoginLimiter {
    attempts: VecDeque<Instant>,
    refusals: u32,
    not_before: Option<Instant>,
}

impl LoginLimiter {
    /// How long to wait until a login is allowed; zero when it is now. Changes nothing.
    #[must_use]
    pub fn wait(&self, now: Instant) -> Duration {
        let refused = self.not_before.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        let oldest = self.attempts.len().checked_sub(LOGINS_MAX).and_then(|index| self.attempts.get(index));
        let crowded =
            oldest.map_or(Duration::ZERO, |at| (*at + LOGINS_PERIOD).saturating_duration_since(now));
        refused.max(crowded)
    }

    /// A login is about to be tried: counted before it is made.
    pub fn attempt(&mut self, now: Instant) {
        self.attempts.push_back(now);
        while self.attempts.len() > LOGINS_MAX {
            self.attempts.pop_front();
        }
    }

    /// The server refused it ([`super::ImapError::login_refused`]).
    pub fn refused(&mut self, now: Instant) {
        let pause = REFUSED_FIRST.saturating_mul(2_u32.saturating_pow(self.refusals)).min(REFUSED_MAX);
        self.refusals = self.refusals.saturating_add(1);
        self.not_before = Some(now + pause);
    }

    /// It succeeded, or the operator changed the password: refusals are forgotten, the count in 5 minutes is not.
    pub const fn accepted(&mut self) {
        self.refusals = 0;
        self.not_before = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_to_five_minutes_and_jitter_halves_it_at_most() {
        let seconds: Vec<f64> = (0..12).map(|n| reconnect_delay(n, 0.0).as_secs_f64()).collect();
        assert_eq!(seconds, [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0, 300.0]);
        assert_eq!(reconnect_delay(u32::MAX, 1.0), Duration::from_secs(150));
        assert_eq!(reconnect_delay(3, f64::NAN), Duration::from_secs(4));
        assert_eq!(reconnect_delay(3, 9.0), Duration::from_secs(2));
    }

    #[test]
    fn a_refused_login_waits_longer_each_time() {
        let mut limiter = LoginLimiter::default();
        let mut now = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..9 {
            limiter.attempt(now);
            limiter.refused(now);
            let wait = limiter.wait(now);
            waits.push(wait.as_secs());
            now += wait;
            assert_eq!(limiter.wait(now), Duration::ZERO);
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
        limiter.refused(now);
        limiter.accepted();
        assert_eq!(limiter.wait(now), Duration::ZERO);
    }

    #[test]
    fn ten_logins_in_five_minutes() {
        let mut limiter = LoginLimiter::default();
        let start = Instant::now();
        for n in 0..10 {
            let now = start + Duration::from_secs(n);
            assert_eq!(limiter.wait(now), Duration::ZERO);
            limiter.attempt(now);
            limiter.accepted();
        }
        assert_eq!(limiter.wait(start + Duration::from_secs(10)), Duration::from_secs(290));
        assert_eq!(limiter.wait(start + Duration::from_secs(300)), Duration::ZERO);
    }
}
