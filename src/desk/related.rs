//! What a new ticket may have to do with earlier ones (SPEC section 6): the same subject, or the same error code, from the same
//! people. A hint for staff, which decides no ticket and is shown to no client.
//!
//! Must not know: tickets, or the store. It makes short marks of a mail, by which the store finds others with the same marks
//! through an index, and puts what was found in order.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Change, TicketId, case::Case, impersonation::FREE_MAIL};
use crate::mail::Reading;

/// A ticket that may be about the same thing. For staff alone, and it decides nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedTicket {
    pub id: TicketId,
    pub subject: String,
}

/// Tickets that one notification names.
pub const SHOWN_MAX: usize = 3;
/// How far back is looked.
pub const SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Codes taken of one mail.
const CODES_MAX: usize = 16;
/// Characters of the text that are searched for codes.
const TEXT_CHARS: usize = 20_000;
/// A code in more tickets of the same people than this tells none of them apart: a product's version, a phone number.
const COMMON: usize = 5;
/// Subjects shorter than this say nothing (`hi`, `?`).
const SUBJECT_BYTES: usize = 6;

/// Whose tickets are looked through: all of a domain, of a free mail provider those of one address.
#[must_use]
pub fn scope(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    if domain.is_empty() || FREE_MAIL.contains(&domain) { address.to_owned() } else { domain.to_owned() }
}

/// The marks of a mail: of its subject first, where that says something, then of the codes in it.
#[must_use]
pub fn marks(reading: &Reading) -> Vec<i64> {
    let subject = Some(reading.base_subject.as_str()).filter(|subject| subject.len() >= SUBJECT_BYTES);
    let mut marks: Vec<i64> = subject.map(|subject| mark("subject", subject)).into_iter().collect();
    let text = reading.new_text();
    let end = text.char_indices().nth(TEXT_CHARS).map_or(text.len(), |(at, _)| at);
    let title = reading.subject.as_deref().unwrap_or_default();
    for code in codes(title).chain(codes(text.get(..end).unwrap_or(text))) {
        let mark = mark("code", &code.to_lowercase());
        if marks.len() > CODES_MAX {
            break;
        }
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    marks
}

/// The change by which later mails find the new ticket of this mail.
pub(super) fn change(case: &Case<'_>) -> Option<Change> {
    let reading = &case.facts.reading;
    let marks = if reading.verification { Vec::new() } else { marks(reading) };
    (!marks.is_empty()).then(|| Change::Marks { scope: scope(&case.sender.address), marks })
}

/// The best of what was found: first the ticket that the subject names (`named`), then those with the same subject, then those
/// that share most codes. `found`: a mark and a ticket that has it, newest first; `marks`: those of the mail.
#[must_use]
pub fn best(
    named: Option<TicketId>,
    marks: &[i64],
    subject: &str,
    found: &[(i64, TicketId)],
) -> Vec<TicketId> {
    let of_subject = marks.first().filter(|first| **first == mark("subject", subject));
    let mut tickets_of: BTreeMap<i64, usize> = BTreeMap::new();
    for (mark, _) in found {
        *tickets_of.entry(*mark).or_default() += 1;
    }
    let rare = |mark: &i64| tickets_of.get(mark).is_some_and(|tickets| *tickets <= COMMON);
    let mut shared: BTreeMap<TicketId, usize> = BTreeMap::new();
    for (mark, ticket) in found.iter().filter(|(mark, _)| Some(mark) != of_subject && rare(mark)) {
        *shared.entry(*ticket).or_default() += usize::from(marks.contains(mark));
    }
    let mut by_codes: Vec<(usize, TicketId)> =
        shared.into_iter().map(|(ticket, count)| (count, ticket)).collect();
    by_codes.sort_by(|one, other| other.cmp(one));
    let same_subject = found.iter().filter(|(mark, _)| Some(mark) == of_subject).map(|(_, ticket)| *ticket);
    let mut best = Vec::new();
    for ticket in named.into_iter().chain(same_subject).chain(by_codes.into_iter().map(|(_, ticket)| ticket))
    {
        if best.len() < SHOWN_MAX && !best.contains(&ticket) {
            best.push(ticket);
        }
    }
    best
}

/// A short hash, which two words share by chance once in many desks.
pub(super) fn mark(kind: &str, word: &str) -> i64 {
    let hash = Sha256::new().chain_update(kind).chain_update([0]).chain_update(word).finalize();
    let mut bytes = [0; 8];
    for (byte, of_hash) in bytes.iter_mut().zip(hash) {
        *byte = of_hash;
    }
    i64::from_be_bytes(bytes)
}

/// Words that people copy and nobody writes: `ERR_CONNECTION_RESET`, `0x80070005`, `ORA-00942`, `INV-2026-0815`. Plain numbers are
/// dates and telephones as well.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    words.map(|word| word.trim_matches(['-', '_'])).filter(|word| is_code(word))
}

fn is_code(word: &str) -> bool {
    let count = |is: fn(&u8) -> bool| word.bytes().filter(is).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let mixed = digits >= 3 && upper + lower >= 1;
    let constant = upper >= 6 && lower == 0 && word.contains('_');
    (6..=64).contains(&word.len()) && (mixed || constant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(subject: &str, text: &str) -> Reading {
        Reading {
            subject: Some(subject.into()),
            base_subject: subject.to_lowercase(),
            text: text.into(),
            ..Reading::default()
        }
    }

    #[test]
    fn codes_are_told_from_words_and_numbers() {
        let found: Vec<&str> = codes(
            "Seit 14:30 ERR_CONNECTION_RESET, error 0x80070005 (ORA-00942); Rechnung INV-2026-0815, Tel. +86 138 0013 8000, \
             Chrome 126 on Windows-11, 甘特图 E4012X9, thread-pool, READ ME, v2.1",
        )
        .collect();
        assert_eq!(found, ["ERR_CONNECTION_RESET", "0x80070005", "ORA-00942", "INV-2026-0815", "E4012X9"]);
    }

    #[test]
    fn marks_are_few_and_the_same_for_the_same_words() {
        let one = marks(&reading("Export fails", "It says ORA-00942 today"));
        let other = marks(&reading("Export fails", "again: ora-00942"));
        assert_eq!((one.len(), &one), (2, &other));
        assert!(marks(&reading("hi", "thanks")).is_empty());
        let many: String = (0..100).map(|n| format!("E{n:04}X ")).collect();
        assert_eq!(marks(&reading("Export fails", &many)).len(), CODES_MAX + 1);
    }

    #[test]
    fn free_mail_is_nobodys_domain() {
        assert_eq!(scope("a@acme.example"), "acme.example");
        assert_eq!(scope("a@qq.com"), "a@qq.com");
        assert_eq!(scope("nobody"), "nobody");
    }

    #[test]
    fn what_is_named_comes_first_then_subjects_then_codes() {
        let marks = marks(&reading("export fails", "ORA-00942 and E4012X9 and E4013X9"));
        let [subject, first, second, common] = marks.as_slice() else { panic!("{marks:?}") };
        let mut found = vec![
            (*first, TicketId(7)),
            (*second, TicketId(7)),
            (*first, TicketId(9)),
            (*subject, TicketId(4)),
        ];
        assert_eq!(best(None, &marks, "export fails", &found), [4, 7, 9].map(TicketId));
        assert_eq!(best(Some(TicketId(2)), &marks, "export fails", &found), [2, 4, 7].map(TicketId));
        found.retain(|(mark, _)| mark != subject);
        found.extend((20..30).map(|id| (*common, TicketId(id))));
        assert_eq!(
            best(None, &marks, "export fails", &found),
            [7, 9].map(TicketId),
            "a common code says nothing"
        );
        assert!(best(None, &marks, "export fails", &[]).is_empty());
    }
}
