//! What nobody can find any more goes, a little at a time, so that nothing waits for it.

use std::time::Duration;

use super::Desk;
use crate::{edge, store::Result};

/// How often it is looked for.
pub const TIDY_EVERY: Duration = Duration::from_secs(24 * 3600);
/// Commits of one look; the rest goes at the next.
const STEPS_MAX: usize = 50;

/// Takes out the marks of tickets that are too old to be found by them. Returns whether there may be more.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn tidy(desk: &Desk) -> Result<bool> {
    for _ in 0..STEPS_MAX {
        if !desk.store.prune_marks(edge::now()).await? {
            return Ok(false);
        }
    }
    Ok(true)
}
