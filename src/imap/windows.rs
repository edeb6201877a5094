//! The arithmetic of taking in: which UIDs to ask for, and in what portions. Pure.

use std::collections::BTreeMap;

use super::{ImapLimits, Listed};

/// UIDs of one SEARCH at first: its answer stays near 50 kB. (The codec parses a growing line again with each piece that
/// arrives, so long answers cost quadratic time.)
pub(super) const SEARCH_SPAN_FIRST: u32 = 5_000;
/// UIDs of one SEARCH after empty ones, so that a sparse folder is crossed in thousands of commands, not millions.
const SEARCH_SPAN_MAX: u32 = 80_000;

/// The portions in which messages are fetched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Windows {
    /// Ascending; together with `oversized` each listed UID exactly once.
    pub windows: Vec<Vec<u32>>,
    /// Above `message_bytes_max`: header only.
    pub oversized: Vec<u32>,
}

/// Portions of at most `window_messages_max` messages and `window_bytes_max` bytes; a message that alone is larger is a
/// window of its own.
#[must_use]
pub fn plan_windows(listed: &BTreeMap<u32, Listed>, limits: &ImapLimits) -> Windows {
    let mut plan = Windows::default();
    let mut window: Vec<u32> = Vec::new();
    let mut bytes: u64 = 0;
    for (&uid, message) in listed {
        if message.size_bytes > limits.message_bytes_max {
            plan.oversized.push(uid);
            continue;
        }
        let full = window.len() >= limits.window_messages_max.max(1)
            || bytes.saturating_add(message.size_bytes) > limits.window_bytes_max;
        if full && !window.is_empty() {
            plan.windows.push(std::mem::take(&mut window));
            bytes = 0;
        }
        window.push(uid);
        bytes = bytes.saturating_add(message.size_bytes);
    }
    if !window.is_empty() {
        plan.windows.push(window);
    }
    plan
}

/// The next UIDs to search, `first..=last`; `None` for `last` means `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SearchSpan {
    pub first: u32,
    pub last: Option<u32>,
}

/// Walks a folder's UIDs in spans, ascending.
#[derive(Debug)]
pub(super) struct SearchWalk {
    next: Option<u32>,
    highest: u32,
    whole: bool,
    span: u32,
}

impl SearchWalk {
    /// From `first` up to `highest`, the highest UID that is known to exist. A folder of at most [`SEARCH_SPAN_FIRST`]
    /// messages is asked for at once, however far its UIDs lie apart.
    pub(super) const fn new(first: u32, highest: u32, exists: u32) -> Self {
        let next = if first == 0 { 1 } else { first };
        Self { next: Some(next), highest, whole: exists <= SEARCH_SPAN_FIRST, span: SEARCH_SPAN_FIRST }
    }

    /// The next span, or `None` at the end.
    pub(super) fn next_span(&self) -> Option<SearchSpan> {
        let first = self.next?;
        let last = first.checked_add(self.span - 1).filter(|last| !self.whole && *last < self.highest);
        Some(SearchSpan { first, last })
    }

    /// The span was answered with `found` UIDs.
    pub(super) fn answered(&mut self, span: SearchSpan, found: usize) {
        self.next = span.last.and_then(|last| last.checked_add(1));
        self.span =
            if found == 0 { (self.span.saturating_mul(4)).min(SEARCH_SPAN_MAX) } else { SEARCH_SPAN_FIRST };
    }
}

impl SearchSpan {
    /// Of an answer, what was asked for, ascending, each once. `n:*` means "the last message" when `n` is beyond it
    /// (RFC 3501 section 9, `seq-range`), so an old UID can come back.
    pub(super) fn only_asked(self, mut uids: Vec<u32>) -> Vec<u32> {
        uids.retain(|uid| *uid >= self.first && self.last.is_none_or(|last| *uid <= last));
        uids.sort_unstable();
        uids.dedup();
        uids
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn listed(sizes: &[u64]) -> BTreeMap<u32, Listed> {
        let message = |size_bytes| Listed { size_bytes, internal_date: Timestamp::UNIX_EPOCH };
        (1..).zip(sizes.iter().map(|size| message(*size))).collect()
    }

    fn limits() -> ImapLimits {
        ImapLimits {
            message_bytes_max: 100,
            window_messages_max: 3,
            window_bytes_max: 50,
            ..ImapLimits::default()
        }
    }

    #[test]
    fn windows_by_count_by_bytes_and_oversized() {
        let plan = plan_windows(&listed(&[1, 1, 1, 1, 40, 40, 90, 101, 5]), &limits());
        assert_eq!(plan.windows, [vec![1, 2, 3], vec![4, 5], vec![6], vec![7], vec![9]]);
        assert_eq!(plan.oversized, [8]);
        assert_eq!(plan_windows(&BTreeMap::new(), &limits()), Windows::default());
    }

    proptest::proptest! {
        #[test]
        fn each_message_is_planned_once_within_the_limits(sizes in proptest::collection::vec(0_u64..150, 0..200)) {
            let listed = listed(&sizes);
            let plan = plan_windows(&listed, &limits());
            let mut all: Vec<u32> = plan.windows.iter().flatten().chain(&plan.oversized).copied().collect();
            all.sort_unstable();
            proptest::prop_assert_eq!(all, listed.keys().copied().collect::<Vec<_>>());
            for window in &plan.windows {
                let bytes: u64 = window.iter().map(|uid| listed[uid].size_bytes).sum();
                proptest::prop_assert!(window.len() <= 3 && (bytes <= 50 || window.len() == 1));
            }
        }

        #[test]
        fn a_walk_covers_every_uid_once_and_ends(first in 0_u32.., highest in 1_u32.., exists in 0_u32..10_000, busy: bool) {
            // From near the top, so that the case stays short.
            let first = first.max(highest.saturating_sub(2_000_000));
            let mut walk = SearchWalk::new(first, highest, exists);
            let mut expected_first = first.max(1);
            loop {
                let Some(span) = walk.next_span() else { panic!("it ended before the open span") };
                proptest::prop_assert_eq!(span.first, expected_first);
                walk.answered(span, usize::from(busy));
                let Some(last) = span.last else { break };
                proptest::prop_assert!(last >= span.first && last < highest);
                expected_first = last + 1;
            }
            proptest::prop_assert_eq!(walk.next_span(), None);
        }
    }

    #[test]
    fn a_star_beyond_the_end_brings_no_old_message() {
        let span = SearchSpan { first: 11, last: None };
        assert_eq!(span.only_asked(vec![10]), Vec::<u32>::new());
        assert_eq!(span.only_asked(vec![13, 11, 13, 4]), [11, 13]);
        assert_eq!(SearchSpan { first: 2, last: Some(4) }.only_asked(vec![1, 2, 4, 5]), [2, 4]);
    }
}
