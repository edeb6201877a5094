//! The ticket's state machine (SPEC section 2): one exhaustive table. Knows nothing of mails or letters.
//!
//! Invariants: a robot changes no state; every pair of state and input has its own arm, so that a new state or input
//! does not compile until somebody has thought about it.

use jiff::{SignedDuration, Timestamp};

use serde::{Deserialize, Serialize};

use super::{Policy, TicketFacts};

/// `[desk] reopen_within` by default: so long after closing a client's answer reopens; later it opens a new, linked ticket (SPEC
/// section 2).
pub const REOPEN_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 14);

/// Ticket states (SPEC section 2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[default]
    New,
    Open,
    Waiting,
    OnHold,
    Resolved,
    Closed,
    Spam,
    Merged,
}

impl State {
    /// All states, for the property test over all pairs and for parsing.
    pub const ALL: [Self; 8] = [
        Self::New,
        Self::Open,
        Self::Waiting,
        Self::OnHold,
        Self::Resolved,
        Self::Closed,
        Self::Spam,
        Self::Merged,
    ];

    /// The word used in JSON, SQL and mails to agents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::OnHold => "on_hold",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Spam => "spam",
            Self::Merged => "merged",
        }
    }
}

/// What happens to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A client's answer, in time to reopen.
    ClientWrote,
    /// A client's answer so long after closing that it begins something new.
    ClientWroteLate,
    /// Nothing but thanks.
    ClientThanked,
    /// Out of office, delivery report.
    RobotWrote,
    AgentReplied,
    Take,
    Wait,
    Resolve,
    Close,
    Reopen,
    /// Into another ticket.
    Merge,
}

impl Input {
    /// All inputs, for the property test over all pairs.
    pub const ALL: [Self; 11] = [
        Self::ClientWrote,
        Self::ClientWroteLate,
        Self::ClientThanked,
        Self::RobotWrote,
        Self::AgentReplied,
        Self::Take,
        Self::Wait,
        Self::Resolve,
        Self::Close,
        Self::Reopen,
        Self::Merge,
    ];
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Stay,
    To(State),
    /// The ticket stays as it is, and a new one linked to it begins.
    NewLinked,
    /// Refused: the command makes no sense in this state.
    Impossible,
}

impl Step {
    /// The state after this step; `None` when it is impossible.
    #[must_use]
    pub fn after(self, before: State) -> Option<State> {
        match self {
            Self::Stay | Self::NewLinked => Some(before),
            Self::To(state) => Some(state),
            Self::Impossible => None,
        }
    }
}

/// The table.
#[must_use]
pub fn step(state: State, input: Input) -> Step {
    use Input as I;
    use State as S;
    match (state, input) {
        (
            S::New | S::Open | S::Waiting | S::OnHold | S::Resolved | S::Closed | S::Spam | S::Merged,
            I::RobotWrote,
        ) => Step::Stay,
        (S::New | S::Open | S::Waiting | S::OnHold | S::Resolved | S::Closed, I::Merge) => {
            Step::To(S::Merged)
        }
        (S::Spam | S::Merged, I::Merge) => Step::Impossible,
        (S::New, I::ClientWrote | I::ClientWroteLate | I::ClientThanked) => Step::Stay,
        (S::New, I::Take | I::Reopen) => Step::To(S::Open),
        (S::New, I::AgentReplied | I::Wait) => Step::To(S::Waiting),
        (S::New, I::Resolve) => Step::To(S::Resolved),
        (S::New, I::Close) => Step::To(S::Closed),

        (S::Open, I::ClientWrote | I::ClientWroteLate | I::ClientThanked | I::Take | I::Reopen) => Step::Stay,
        (S::Open, I::AgentReplied | I::Wait) => Step::To(S::Waiting),
        (S::Open, I::Resolve) => Step::To(S::Resolved),
        (S::Open, I::Close) => Step::To(S::Closed),

        // Thanks may come with the answer that was waited for: only a resolved ticket is known to need none.
        (S::Waiting, I::ClientWrote | I::ClientWroteLate | I::ClientThanked | I::Reopen) => Step::To(S::Open),
        (S::Waiting, I::AgentReplied | I::Take | I::Wait) => Step::Stay,
        (S::Waiting, I::Resolve) => Step::To(S::Resolved),
        (S::Waiting, I::Close) => Step::To(S::Closed),

        // A third party is waited for, not the client: their mail does not end that.
        (S::OnHold, I::ClientWrote | I::ClientWroteLate | I::ClientThanked | I::Take) => Step::Stay,
        (S::OnHold, I::AgentReplied | I::Wait) => Step::To(S::Waiting),
        (S::OnHold, I::Resolve) => Step::To(S::Resolved),
        (S::OnHold, I::Close) => Step::To(S::Closed),
        (S::OnHold, I::Reopen) => Step::To(S::Open),

        (S::Resolved, I::ClientThanked | I::Take | I::Resolve) => Step::Stay,
        (S::Resolved, I::ClientWrote | I::ClientWroteLate | I::Reopen) => Step::To(S::Open),
        (S::Resolved, I::AgentReplied | I::Wait) => Step::To(S::Waiting),
        (S::Resolved, I::Close) => Step::To(S::Closed),

        (S::Closed, I::ClientThanked | I::Close) => Step::Stay,
        (S::Closed, I::ClientWrote | I::Reopen) => Step::To(S::Open),
        (S::Closed, I::ClientWroteLate) => Step::NewLinked,
        (S::Closed, I::AgentReplied) => Step::To(S::Waiting),
        (S::Closed, I::Take | I::Wait | I::Resolve) => Step::Impossible,

        // What was judged spam gathers silently until an agent reopens it.
        (S::Spam, I::ClientWrote | I::ClientWroteLate | I::ClientThanked | I::Close) => Step::Stay,
        (S::Spam, I::Reopen) => Step::To(S::Open),
        (S::Spam, I::AgentReplied | I::Take | I::Wait | I::Resolve) => Step::Impossible,

        // Nobody looks at a merged ticket any more, so an answer to it must not end there.
        (S::Merged, I::ClientWrote | I::ClientWroteLate) => Step::NewLinked,
        (S::Merged, I::ClientThanked) => Step::Stay,
        (S::Merged, I::AgentReplied | I::Take | I::Wait | I::Resolve | I::Close | I::Reopen) => {
            Step::Impossible
        }
    }
}

/// Which input a client's answer is: late once the ticket has been closed for longer than the policy wants it to reopen.
#[must_use]
pub fn client_input(
    ticket: &TicketFacts,
    only_thanks: bool,
    received_at: Timestamp,
    policy: &Policy,
) -> Input {
    let limit = policy.reopen_seconds.map_or(REOPEN_WITHIN, SignedDuration::from_secs);
    let late = ticket.closed_at.is_some_and(|closed| received_at.duration_since(closed) > limit);
    match (only_thanks, late) {
        (true, _) => Input::ClientThanked,
        (false, true) => Input::ClientWroteLate,
        (false, false) => Input::ClientWrote,
    }
}
