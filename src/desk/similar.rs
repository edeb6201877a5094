//! Resolved tickets whose matter is like that of a new one, of whoever they are: what was answered before may answer again. For staff
//! alone; no client is ever shown any of it. `related` finds what the same people wrote.
//!
//! Must not know: the store. It makes short marks of the words of a mail, by which the store finds others through the index of
//! `related`'s marks, and judges what was found.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Change, TicketId, case::Case, related};
use crate::{
    mail::Reading,
    triage::{articles, secrets},
};

/// The scope of these marks: everybody's. No address and no domain is empty.
pub const SCOPE: &str = "";
/// How far back is looked: what answered a matter two years ago is about another product.
pub const SPAN: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
/// Tickets that one notification names.
const SHOWN_MAX: usize = 3;
/// Words of one mail, those of its subject first.
const WORDS_MAX: usize = 16;
/// Characters of the text in which they are looked for; a pasted log says little of what is wanted.
const TEXT_CHARS: usize = 4_000;
/// Words that both must have.
const SHARED_MIN: u32 = 2;
/// What a word weighs that hardly any other ticket has; see [`Candidate::weight`].
pub const WEIGHT_MAX: u32 = 6;
/// Share of the words of the shorter mail, by their weight, that both must have. Of questions to a bank of 77 kinds (Banking77, 2,487
/// stored, 400 asked) six of seven tickets that were shown then were of the very same kind.
const SHARE_MIN: f64 = 0.15;
/// A mail of fewer words counts as having these: two words alone make no two mails alike.
const WORDS_MIN: u32 = 5;

/// A resolved ticket that may tell how this one is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimilarTicket {
    pub id: TicketId,
    pub subject: String,
    /// The address of who answered it last; `None`: nobody did.
    pub answered_by: Option<String>,
    /// When that was, or else when the ticket began.
    pub at: Timestamp,
}

/// What the store found, with what it is judged by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidate {
    pub ticket: SimilarTicket,
    /// Words of the mail that it has.
    pub shared: u32,
    /// The sum of what each of them weighs: 1 where many tickets have it, [`WEIGHT_MAX`] where hardly any has.
    pub weight: u32,
    /// Words that it has at all.
    pub words: u32,
}

/// The marks of a mail's words; empty where it says nothing of any matter.
#[must_use]
pub fn marks(reading: &Reading) -> Vec<i64> {
    // What another service sent to prove an address is no matter of anybody's.
    if reading.verification {
        return Vec::new();
    }
    let forwarded = reading.forwarded.as_ref().and_then(|forwarded| forwarded.body.as_deref());
    let text = forwarded.unwrap_or_else(|| reading.new_text());
    let end = text.char_indices().nth(TEXT_CHARS).map_or(text.len(), |(at, _)| at);
    let words = articles::words(&reading.title, &secrets::mask(text.get(..end).unwrap_or(text)));
    let mut marks: Vec<i64> = Vec::new();
    for word in words {
        let mark = related::mark("word", &word);
        if marks.len() < WORDS_MAX && !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    marks
}

/// The change by which later mails find the new ticket of this mail.
pub(super) fn change(case: &Case<'_>) -> Option<Change> {
    let marks = marks(&case.facts.reading);
    (!marks.is_empty()).then(|| Change::Marks { scope: SCOPE.to_owned(), marks })
}

/// The tickets that are worth a look, the likest first. `words`: how many the mail has; `known`: what is shown as related anyway.
#[must_use]
pub fn best(words: usize, found: Vec<Candidate>, known: &[TicketId]) -> Vec<SimilarTicket> {
    let words = u32::try_from(words).unwrap_or(u32::MAX);
    let share = |candidate: &Candidate| {
        let whole = words.min(candidate.words).max(WORDS_MIN);
        f64::from(candidate.weight) / f64::from(whole * WEIGHT_MAX)
    };
    let mut likest: Vec<(f64, SimilarTicket)> = found
        .into_iter()
        .filter(|candidate| candidate.shared >= SHARED_MIN && !known.contains(&candidate.ticket.id))
        .map(|candidate| (share(&candidate), candidate.ticket))
        .filter(|(share, _)| *share >= SHARE_MIN)
        .collect();
    likest.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(b.id.cmp(&a.id)));
    likest.into_iter().take(SHOWN_MAX).map(|(_, ticket)| ticket).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(title: &str, text: &str) -> Reading {
        Reading { title: title.into(), text: text.into(), reply: text.into(), ..Reading::default() }
    }

    #[test]
    fn marks_are_of_words_that_say_something_each_once() {
        let one = marks(&reading("Export fails", "Dear team, the export to PDF is failing. The export!"));
        let other = marks(&reading("exports failing", "PDF"));
        assert!(other.iter().filter(|mark| one.contains(mark)).count() >= 2, "{one:?} {other:?}");
        assert!(marks(&reading("", "12 345")).is_empty());
        let name = |n: u32| char::from_u32(u32::from('a') + n % 26).unwrap();
        let long: String =
            (0..500).map(|n| format!("The {0}{0}{1}k is gone. ", name(n), name(n / 26))).collect();
        assert_eq!(marks(&reading("Export", &long)).len(), WORDS_MAX);
        assert!(marks(&Reading { verification: true, ..reading("Export fails", "now") }).is_empty());
        let (zh, again) = (marks(&reading("甘特图空白", "")), marks(&reading("打开甘特图是空白", "")));
        assert!(zh.iter().filter(|mark| again.contains(mark)).count() >= 2);
        assert!(zh.iter().all(|mark| !related::marks(&reading("甘特图空白", "")).contains(mark)));
    }

    fn candidate(id: i64, shared: u32, weight: u32, words: u32) -> Candidate {
        let ticket = SimilarTicket { id: TicketId(id), ..SimilarTicket::default() };
        Candidate { ticket, shared, weight, words }
    }

    #[test]
    fn only_what_shares_enough_is_shown_three_at_most() {
        let ids = |found: Vec<Candidate>, known: &[i64]| -> Vec<i64> {
            let known: Vec<TicketId> = known.iter().map(|id| TicketId(*id)).collect();
            best(10, found, &known).into_iter().map(|ticket| ticket.id.0).collect()
        };
        assert_eq!(ids(vec![candidate(1, 4, 20, 10)], &[]), [1]);
        assert_eq!(ids(vec![candidate(1, 4, 20, 10)], &[1]), [0; 0], "it is related already");
        assert_eq!(ids(vec![candidate(1, 1, 6, 3)], &[]), [0; 0], "one word");
        assert_eq!(ids(vec![candidate(1, 4, 4, 10)], &[]), [0; 0], "words that everybody has");
        assert_eq!(ids(vec![candidate(1, 2, 3, 2)], &[]), [0; 0], "two words that many have");
        let many = (1..=6).map(|n| candidate(n, 3, 12 + u32::try_from(n % 3).unwrap(), 10)).collect();
        assert_eq!(ids(many, &[]), [5, 2, 4], "the likest, then the newest");
    }
}
