//! Messages that the server fails to deliver: fetched alone and last, so that they hold up nobody, and set aside when they go
//! on failing. Remembered across sessions, because such a failure often ends the session.

use std::collections::BTreeMap;

use crate::imap::ImapError;

/// At this weight a message is set aside.
const SET_ASIDE: u32 = 12;
/// The server answered, and what it answered is a refusal or not to be believed: three of these are enough.
const ANSWERED: u32 = 4;
/// The connection ended over it, which the network does as well.
const CUT: u32 = 1;

/// Weights by folder and UID.
#[derive(Debug, Default)]
pub struct Suspects(BTreeMap<(String, u32), u32>);

impl Suspects {
    pub(super) fn holds(&self, folder: &str, uid: u32) -> bool {
        self.0.contains_key(&(folder.to_owned(), uid))
    }

    pub(super) fn acquit(&mut self, folder: &str, uids: &[u32]) {
        for uid in uids {
            self.0.remove(&(folder.to_owned(), *uid));
        }
    }

    /// A FETCH of these UIDs failed. Returns the message to set aside, if it is time.
    pub(super) fn blame(&mut self, folder: &str, uids: &[u32], why: &ImapError, cut: bool) -> Option<u32> {
        let culprit = why.culprit().or(if let [alone] = uids { Some(*alone) } else { None });
        let Some(uid) = culprit else {
            // Which one it was is found by fetching each alone.
            for uid in uids {
                self.0.entry((folder.to_owned(), *uid)).or_default();
            }
            return None;
        };
        let answered = why.culprit().is_some() || !cut;
        let weight = self.0.entry((folder.to_owned(), uid)).or_default();
        *weight += if answered { ANSWERED } else { CUT };
        (*weight >= SET_ASIDE).then_some(uid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut() -> ImapError {
        ImapError::Temporary("the connection ended".into())
    }

    #[test]
    fn a_failed_window_is_searched_for_the_one_that_fails() {
        let mut suspects = Suspects::default();
        assert_eq!(suspects.blame("INBOX", &[1, 2, 3], &cut(), true), None);
        assert!(suspects.holds("INBOX", 2) && !suspects.holds("Other", 2));
        suspects.acquit("INBOX", &[1, 3]);
        assert!(!suspects.holds("INBOX", 1) && suspects.holds("INBOX", 2));
    }

    #[test]
    fn a_refused_message_is_set_aside_sooner_than_one_over_which_the_connection_ended() {
        let failures = |cut_each: bool| {
            let mut suspects = Suspects::default();
            (1..=20).find(|_| suspects.blame("INBOX", &[7], &cut(), cut_each) == Some(7))
        };
        assert_eq!(failures(false), Some(3));
        assert_eq!(failures(true), Some(12));
    }
}
