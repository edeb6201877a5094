//! Signs of life of a worker: it says by when it will speak again. The watchdog is fed only while nobody is overdue.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// One worker's deadline on the monotonic clock. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pulse {
    start: Instant,
    /// Milliseconds after `start`; `u64::MAX`: rests.
    deadline: Arc<AtomicU64>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { start: Instant::now(), deadline: Arc::new(AtomicU64::new(u64::MAX)) }
    }
}

impl Pulse {
    /// The worker speaks again within this time, or it hangs.
    pub fn expect_within(&self, time: Duration) {
        let deadline = self.start.elapsed().saturating_add(time);
        self.deadline.store(u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The worker has ended or waits for nothing in particular.
    pub fn rest(&self) {
        self.deadline.store(u64::MAX, Ordering::Relaxed);
    }

    /// Whether the worker should have spoken by now.
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        u128::from(self.deadline.load(Ordering::Relaxed)) < self.start.elapsed().as_millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_overdue_only_past_its_own_word() {
        let pulse = Pulse::default();
        assert!(!pulse.is_overdue(), "a resting worker owes nothing");
        pulse.expect_within(Duration::from_secs(3600));
        assert!(!pulse.is_overdue());
        pulse.expect_within(Duration::ZERO);
        while !pulse.is_overdue() {
            std::hint::spin_loop();
        }
        pulse.rest();
        assert!(!pulse.is_overdue());
    }
}
