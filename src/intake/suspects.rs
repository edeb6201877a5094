//! Messages that the server fails to deliver: fetched alone and last, ever more rarely, so that they hold up nobody, and set
//! aside when they go on failing while others are delivered. Remembered across sessions, because such a failure often ends
//! the session. Pure: instants are arguments.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use crate::desk::RawId;

/// At this weight a message is set aside.
const SET_ASIDE: u32 = 12;
/// The server answered, and what it answered is a refusal or not to be believed: three of these are enough.
const REFUSED: u32 = 4;
/// The connection ended over it, which the network does as well.
const CUT: u32 = 1;
const AGAIN_FIRST: Duration = Duration::from_secs(1);
const AGAIN_MAX: Duration = Duration::from_secs(300);
/// Listings cut in a row after which the messages of the portion are listed one by one.
const LISTINGS_CUT_MAX: u32 = 3;

/// Comparisons cut in a row after which a folder is not compared any more.
const COMPARISONS_CUT_MAX: u32 = 3;

/// How a message that was fetched alone failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server answered.
    Refused,
    /// The connection ended.
    Cut,
}

#[derive(Debug)]
struct Suspect {
    weight: u32,
    failures: u32,
    since: Instant,
    due_at: Instant,
}

/// What is remembered of failing messages, by folder and UID.
#[derive(Debug, Default)]
pub struct Suspects {
    known: BTreeMap<(String, u32), Suspect>,
    /// When the server last delivered a message: proof that it is not in trouble as a whole.
    delivered_at: Option<Instant>,
    /// Listings cut in a row, over all folders.
    listings_cut: u32,
    /// Comparisons of known messages that ended the session, in a row, by folder.
    comparisons_cut: BTreeMap<String, u32>,
    /// Undecided messages whose decision failed with the store and not with the process: that attempt does not count.
    excused: BTreeSet<RawId>,
}

impl Suspects {
    /// These failed together, or one of them did: each is to be fetched alone. Known ones stay as they are.
    pub(super) fn suspect(&mut self, folder: &str, uids: &[u32], now: Instant) {
        for uid in uids {
            let fresh = Suspect { weight: 0, failures: 0, since: now, due_at: now };
            self.known.entry((folder.to_owned(), *uid)).or_insert(fresh);
        }
    }

    pub(super) fn holds(&self, folder: &str, uid: u32) -> bool {
        self.known.contains_key(&(folder.to_owned(), uid))
    }

    /// Delivered, gone, or set aside.
    pub(super) fn acquit(&mut self, folder: &str, uids: &[u32]) {
        for uid in uids {
            self.known.remove(&(folder.to_owned(), *uid));
        }
    }

    /// The folder's UIDs mean other messages now.
    pub(super) fn forget_folder(&mut self, folder: &str) {
        self.known.retain(|(name, _), _| name != folder);
    }

    /// The server delivered something.
    pub(super) fn delivered(&mut self, now: Instant) {
        self.delivered_at = Some(now);
    }

    /// The suspects of a folder, ascending.
    pub(super) fn of(&self, folder: &str) -> Vec<u32> {
        self.known.keys().filter(|(name, _)| name == folder).map(|(_, uid)| *uid).collect()
    }

    /// Those that may be fetched again now, the least suspected first: the guilty one does not hold up the others.
    pub(super) fn due(&self, folder: &str, now: Instant) -> Vec<u32> {
        let mut due: Vec<(u32, u32)> = self
            .known
            .iter()
            .filter(|((name, _), suspect)| name == folder && suspect.due_at <= now)
            .map(|((_, uid), suspect)| (suspect.failures, *uid))
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, uid)| uid).collect()
    }

    /// When the next one may be fetched again.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.known.values().map(|suspect| suspect.due_at).min()
    }

    /// It failed alone. Whether it is time to set it aside: failures count only when the server delivered another message
    /// meanwhile, so that a server in trouble sets nothing aside.
    pub(super) fn blame(&mut self, folder: &str, uid: u32, failure: Failure, now: Instant) -> bool {
        self.suspect(folder, &[uid], now);
        let delivered_at = self.delivered_at;
        let Some(suspect) = self.known.get_mut(&(folder.to_owned(), uid)) else { return false };
        let pause = AGAIN_FIRST.saturating_mul(2_u32.saturating_pow(suspect.failures)).min(AGAIN_MAX);
        suspect.failures = suspect.failures.saturating_add(1);
        suspect.due_at = now + pause;
        if delivered_at.is_some_and(|at| at >= suspect.since) {
            suspect.weight += match failure {
                Failure::Refused => REFUSED,
                Failure::Cut => CUT,
            };
        }
        suspect.weight >= SET_ASIDE
    }

    /// A listing was cut. Whether that happened so often that its messages are to be listed one by one.
    pub(super) fn listing_cut(&mut self) -> bool {
        self.listings_cut = self.listings_cut.saturating_add(1);
        self.listings_cut >= LISTINGS_CUT_MAX
    }

    /// A listing came whole.
    pub(super) const fn listed(&mut self) {
        self.listings_cut = 0;
    }

    /// Comparing what a folder's UIDs mean ended the session.
    pub(super) fn comparison_cut(&mut self, folder: &str) {
        let cuts = self.comparisons_cut.entry(folder.to_owned()).or_default();
        *cuts = cuts.saturating_add(1);
    }

    /// It came to an end.
    pub(super) fn compared(&mut self, folder: &str) {
        self.comparisons_cut.remove(folder);
    }

    /// Whether it ended the session so often that new mail must not wait for it any more.
    pub(super) fn is_incomparable(&self, folder: &str) -> bool {
        self.comparisons_cut.get(folder).is_some_and(|cuts| *cuts >= COMPARISONS_CUT_MAX)
    }

    /// The decision failed with the store.
    pub(super) fn excuse(&mut self, raw: RawId) {
        self.excused.insert(raw);
    }

    /// Whether the last attempt on it does not count; asked once an attempt.
    pub(super) fn take_excuse(&mut self, raw: RawId) -> bool {
        self.excused.remove(&raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_window_is_searched_for_the_one_that_fails() {
        let (mut suspects, now) = (Suspects::default(), Instant::now());
        suspects.suspect("INBOX", &[1, 2, 3], now);
        assert!(suspects.holds("INBOX", 2) && !suspects.holds("Other", 2));
        assert_eq!(suspects.due("INBOX", now), [1, 2, 3]);
        suspects.blame("INBOX", 1, Failure::Cut, now);
        assert_eq!(suspects.due("INBOX", now), [2, 3]);
        let later = now + Duration::from_secs(1);
        assert_eq!(suspects.due("INBOX", later), [2, 3, 1], "the guilty one last");
        suspects.acquit("INBOX", &[2, 3]);
        assert_eq!((suspects.of("INBOX"), suspects.next_due()), (vec![1], Some(later)));
        suspects.forget_folder("INBOX");
        assert_eq!(suspects.next_due(), None);
    }

    fn failures_until_set_aside(failure: Failure, others_are_delivered: bool) -> Option<(u32, Duration)> {
        let (mut suspects, start) = (Suspects::default(), Instant::now());
        let mut now = start;
        for n in 1..=40 {
            if suspects.blame("INBOX", 7, failure, now) {
                return Some((n, now - start));
            }
            now = suspects.next_due().unwrap();
            if others_are_delivered {
                suspects.delivered(now);
            }
        }
        None
    }

    #[test]
    fn a_refused_message_is_set_aside_sooner_than_one_over_which_the_connection_ended() {
        let after = |failure| failures_until_set_aside(failure, true);
        assert_eq!(after(Failure::Refused), Some((4, Duration::from_secs(1 + 2 + 4))));
        let (failures, passed) = after(Failure::Cut).unwrap();
        assert!(failures == 13 && passed > Duration::from_secs(1200), "{failures} {passed:?}");
    }

    #[test]
    fn a_server_that_delivers_nothing_is_in_trouble_and_nothing_is_set_aside() {
        assert_eq!(failures_until_set_aside(Failure::Refused, false), None);
    }

    #[test]
    fn a_listing_is_taken_apart_after_three_cuts_in_a_row() {
        let mut suspects = Suspects::default();
        assert!(!suspects.listing_cut() && !suspects.listing_cut());
        suspects.listed();
        assert!(!suspects.listing_cut() && !suspects.listing_cut() && suspects.listing_cut());
    }
}
