//! All judgement of the desk. **Pure**; may import `mail` and `triage`. Time, ids and tokens are arguments.
//!
//! Invariant: the same [`Facts`], [`Policy`] and instant give the same [`Decision`], byte for byte.

pub mod decision;
pub mod facts;
pub mod policy;
pub mod token;

pub use decision::*;
pub use facts::*;
pub use policy::*;

/// Judges one mail or timer.
#[must_use]
pub fn decide(facts: &Facts, policy: &Policy, now: jiff::Timestamp) -> Decision {
    let _ = (facts, policy, now);
    Decision::default()
}
