//! Wakes when the next timer row is due; the rows, not this task, are the schedule.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    edge::{self, Pulse},
    intake::{Desk, fire_due_timers},
};

/// The wall clock may jump, so it is asked at least this often.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
const WORK_MAX: Duration = Duration::from_secs(120);

pub(super) async fn run(desk: Desk, pulse: Pulse, stop: CancellationToken) {
    let mut failed = false;
    while !stop.is_cancelled() {
        pulse.expect_within(LOOK_AGAIN + WORK_MAX);
        let fired = fire_due_timers(&desk).await;
        let wait = match &fired {
            Ok(true) => continue,
            Ok(false) => until_next(&desk).await,
            Err(_) => LOOK_AGAIN,
        };
        let failed_before = std::mem::replace(&mut failed, fired.is_err());
        match fired {
            // That it goes on is not repeated.
            Err(why) if !failed_before => warn!(%why, "timers could not fire; trying again"),
            Ok(_) if failed_before => info!("timers fire again"),
            Ok(_) | Err(_) => {}
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = desk.timers_wake.notified() => {}
            () = stop.cancelled() => {}
        }
    }
    pulse.rest();
}

async fn until_next(desk: &Desk) -> Duration {
    match desk.store.next_timer_at().await {
        Ok(Some(at)) => {
            Duration::try_from(at.duration_since(edge::now())).unwrap_or(Duration::ZERO).min(LOOK_AGAIN)
        }
        Ok(None) | Err(_) => LOOK_AGAIN,
    }
}
