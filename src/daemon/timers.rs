//! Wakes when the next timer or digest row is due; the rows, not this task, are the schedule.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::{
    edge::{self, Pulse},
    intake::{Desk, TIDY_EVERY, fire_due_timers, send_due_digests, tidy},
    store::StoreError,
};

/// The wall clock may jump, so it is asked at least this often.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
const LOOK_AGAIN_SOON: Duration = Duration::from_millis(100);
const WORK_MAX: Duration = Duration::from_secs(120);

pub(super) async fn run(desk: Desk, pulse: Pulse, stop: CancellationToken) {
    let mut failed = false;
    let mut tidied: Option<Instant> = None;
    while !stop.is_cancelled() {
        pulse.expect_within(LOOK_AGAIN + WORK_MAX);
        let fired = fire(&desk).await;
        let wait = match &fired {
            Ok((true, _)) => continue,
            Ok((false, digest)) => {
                tidy_at_times(&desk, &mut tidied).await;
                until_next(&desk).await.min(until(*digest))
            }
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

/// Whether more timers may be due, and when the next digest is.
async fn fire(desk: &Desk) -> Result<(bool, Option<Timestamp>), StoreError> {
    let more = fire_due_timers(desk).await?;
    Ok((more, if more { None } else { send_due_digests(desk).await? }))
}

/// Once a day, and after a start. What fails is tried again with the next timers.
async fn tidy_at_times(desk: &Desk, tidied: &mut Option<Instant>) {
    if tidied.is_some_and(|at| at.elapsed() < TIDY_EVERY) {
        return;
    }
    match tidy(desk).await {
        Ok(false) => *tidied = Some(Instant::now()),
        Ok(true) => {}
        Err(why) => debug!(%why, "old marks stay for now"),
    }
}

async fn until_next(desk: &Desk) -> Duration {
    desk.store.next_timer_at().await.map_or(LOOK_AGAIN, until)
}

fn until(at: Option<Timestamp>) -> Duration {
    at.map_or(LOOK_AGAIN, |at| {
        let wait = Duration::try_from(at.duration_since(edge::now())).unwrap_or(Duration::ZERO);
        // What is due by our clock alone is not due yet by the database's.
        wait.clamp(LOOK_AGAIN_SOON, LOOK_AGAIN)
    })
}
