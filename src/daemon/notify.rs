//! What systemd is told (sd_notify(3)), and the watchdog: fed only while every worker keeps its word.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sd_notify::NotifyState;
use tracing::{error, warn};

use crate::edge::Pulse;

/// Feeds systemd's watchdog, if there is one.
pub(super) struct Watchdog {
    pulses: Arc<Mutex<Vec<Pulse>>>,
}

impl Watchdog {
    /// Starts feeding at half the interval that systemd asks for.
    pub(super) fn start() -> Self {
        let pulses: Arc<Mutex<Vec<Pulse>>> = Arc::default();
        if let Some(interval) = sd_notify::watchdog_enabled() {
            tokio::spawn(feed(Arc::clone(&pulses), interval / 2));
        }
        Self { pulses }
    }

    /// The workers that must be alive from now on.
    pub(super) fn watch(&self, pulses: Vec<Pulse>) {
        *self.pulses.lock().unwrap_or_else(PoisonError::into_inner) = pulses;
    }
}

async fn feed(pulses: Arc<Mutex<Vec<Pulse>>>, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    loop {
        ticks.tick().await;
        let overdue =
            pulses.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|p| p.is_overdue()).count();
        if overdue > 0 {
            error!(overdue, "workers hang: the watchdog is not fed");
            continue;
        }
        tell(&[NotifyState::Watchdog]);
    }
}

pub(super) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

pub(super) fn reloading() {
    let now = NotifyState::monotonic_usec_now();
    match now {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(why) = sd_notify::notify(states) {
        warn!(%why, "systemd could not be told");
    }
}
