//! From the verdict on an attempt to what is written into its row. Pure.

use jiff::Timestamp;

use super::schedule::next_attempt;
use crate::{
    smtp::Verdict,
    store::{OutboxResult, OutboxRow, OutboxState},
};

/// What becomes of a row after an attempt.
pub(super) fn result(row: &OutboxRow, verdict: &Verdict, now: Timestamp) -> OutboxResult {
    let (state, detail) = match verdict {
        Verdict::Accepted { code, words } => return ended(row, OutboxState::Sent, format!("{code} {words}")),
        Verdict::Permanent { code, words } => return ended(row, OutboxState::Failed, coded(*code, words)),
        Verdict::Temporary { code, words } => (OutboxState::Queued, coded(*code, words)),
        Verdict::Operator { code, words } => {
            (OutboxState::Queued, format!("{code} {words} (about the sender or the login, not the mail)"))
        }
        Verdict::Unknown { why } => (OutboxState::Unknown, format!("it may have been accepted: {why}")),
        Verdict::NotTried { why } => return returned(row, now, why.clone()),
    };
    match next_attempt(row.first_attempt_at, now) {
        Some(next_at) => OutboxResult { id: row.id, state, detail, next_at: Some(next_at) },
        None => ended(row, OutboxState::Failed, format!("given up after five days: {detail}")),
    }
}

/// A row that the server did not hear of: queued again for `next_at`.
pub(super) fn returned(row: &OutboxRow, next_at: Timestamp, detail: String) -> OutboxResult {
    OutboxResult { id: row.id, state: OutboxState::Queued, detail, next_at: Some(next_at) }
}

/// A row that can never leave.
pub(super) fn failed(row: &OutboxRow, detail: String) -> OutboxResult {
    ended(row, OutboxState::Failed, detail)
}

fn ended(row: &OutboxRow, state: OutboxState, detail: String) -> OutboxResult {
    OutboxResult { id: row.id, state, detail, next_at: None }
}

fn coded(code: Option<u16>, words: &str) -> String {
    code.map_or_else(|| words.to_owned(), |code| format!("{code} {words}"))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{desk::OutboxId, mail::compose::Outgoing, store::OutboxKind};

    fn row(first_attempt_at: Timestamp) -> OutboxRow {
        OutboxRow {
            id: OutboxId(7),
            kind: OutboxKind::Reply,
            ticket: None,
            recipient: "ann@client.test".to_owned(),
            envelope_from: None,
            mail: Outgoing::default(),
            files: Vec::new(),
            attempts: 1,
            first_attempt_at,
        }
    }

    fn stated(verdict: &Verdict, passed: SignedDuration) -> (OutboxState, Option<SignedDuration>) {
        let now = Timestamp::UNIX_EPOCH.checked_add(passed).unwrap();
        let result = result(&row(Timestamp::UNIX_EPOCH), verdict, now);
        assert_eq!(result.id, OutboxId(7));
        (result.state, result.next_at.map(|at| at.duration_since(now)))
    }

    #[test]
    fn each_verdict_has_its_state() {
        let words = String::new;
        let minute = Some(SignedDuration::from_mins(1));
        let start = SignedDuration::ZERO;
        assert_eq!(
            stated(&Verdict::Accepted { code: 250, words: words() }, start),
            (OutboxState::Sent, None)
        );
        assert_eq!(
            stated(&Verdict::Permanent { code: Some(550), words: words() }, start),
            (OutboxState::Failed, None)
        );
        assert_eq!(
            stated(&Verdict::Temporary { code: Some(450), words: words() }, start),
            (OutboxState::Queued, minute)
        );
        assert_eq!(
            stated(&Verdict::Operator { code: 553, words: words() }, start),
            (OutboxState::Queued, minute)
        );
        assert_eq!(stated(&Verdict::Unknown { why: words() }, start), (OutboxState::Unknown, minute));
        assert_eq!(
            stated(&Verdict::NotTried { why: words() }, start),
            (OutboxState::Queued, Some(SignedDuration::ZERO))
        );
    }

    #[test]
    fn after_five_days_only_what_was_not_tried_goes_on() {
        let late = SignedDuration::from_hours(121);
        assert_eq!(
            stated(&Verdict::Temporary { code: None, words: String::new() }, late),
            (OutboxState::Failed, None)
        );
        assert_eq!(stated(&Verdict::Unknown { why: String::new() }, late), (OutboxState::Failed, None));
        assert_eq!(stated(&Verdict::NotTried { why: String::new() }, late).0, OutboxState::Queued);
    }
}
