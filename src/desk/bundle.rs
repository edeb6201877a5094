//! Several notifications to one agent as one mail, where the provider's limit is near (SPEC section 8).
//!
//! Invariant: each of them keeps the secret address by which the agent answers it.

use serde::{Deserialize, Serialize};

use super::{AgentPolicy, Letter, LetterBody, Policy, notify};

/// A notification inside a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleItem {
    /// As the notification alone would have had it, and so its text.
    pub subject: String,
    pub text: String,
    /// Where an answer goes, token included.
    pub reply_address: String,
}

/// The letter; answers to it as a whole go to no ticket.
#[must_use]
pub fn letter(agent: &AgentPolicy, policy: &Policy, items: Vec<BundleItem>) -> Letter {
    Letter { reply_purpose: None, ..notify::to_staff(agent, policy, LetterBody::Bundle(items)) }
}
