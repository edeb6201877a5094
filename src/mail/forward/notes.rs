//! The form of Lotus Notes below "Forwarded by … on …": sender and date stand on lines of their own, without names, above
//! `To:`, `cc:` and `Subject:`; in version 6 and later sometimes as an ordinary block.

use crate::mail::{
    divider,
    header_block::{self, Fields, header_line},
    language::Field,
    line::{digits, unquoted},
};

/// Filled lines of sender, date and "Please respond to …".
const PREFACE_LINES_MAX: usize = 6;

/// The fields and the line where the body begins, for a divider at `at` below which the first filled line is `next`.
#[must_use]
pub fn read(lines: &[&str], at: usize, next: usize) -> Option<(Fields, usize)> {
    let mut preface = Vec::new();
    for (offset, line) in lines.get(next..)?.iter().take(4 * PREFACE_LINES_MAX).enumerate() {
        let text = unquoted(line);
        if text.is_empty() {
            continue;
        }
        if header_line(text).is_some_and(|(field, _)| field != Field::Other) {
            let block = header_block::read(lines, next + offset)?;
            let mut fields = block.fields;
            if fields.from.is_none() {
                let (from, date) = sender(&preface)?;
                fields.from = Some(from);
                fields.date = fields.date.or(date);
            }
            return (fields.to.is_some() || fields.subject.is_some()).then_some((fields, block.end));
        }
        // The divider goes on in the next line where the program wrapped it.
        let divides = next + offset == at + 1 && text.ends_with("--");
        if !divides && !divider::is_rule_alone(text) {
            preface.push(text);
        }
        if preface.len() > PREFACE_LINES_MAX {
            return None;
        }
    }
    None
}

/// The name, and the date behind it ("Ann Lee on 03/02/2026 10:00:00 AM") or in the line below.
fn sender(preface: &[&str]) -> Option<(String, Option<String>)> {
    let first = preface.first()?;
    let date = preface.get(1).filter(|l| digits(l) >= 4).map(|l| (*l).to_owned());
    match first.split_once(" on ").filter(|(_, date)| digits(date) >= 4) {
        Some((name, date)) => Some((name.trim().to_owned(), Some(date.trim().to_owned()))),
        None => Some(((*first).to_owned(), date)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sender_and_date_without_names() {
        for text in [
            "--- Forwarded by Bob/ACME on 03/02/2026 10:00 AM ---\n\nAnn Lee\n03/01/2026 09:00 AM\nTo: Bob/ACME@ACME\ncc: \nSubject: Maps\n\nbody",
            "--- Forwarded by Bob/ACME on 03/02/2026 \n10:00 AM ---\n\n\nAnn Lee on 03/01/2026 09:00 AM\nTo: Bob/ACME@ACME\ncc: \nSubject: Maps\n\nbody",
        ] {
            let lines: Vec<&str> = text.lines().collect();
            let next = 1 + lines[1..].iter().position(|l| !l.is_empty()).unwrap();
            let (fields, end) = read(&lines, 0, next).unwrap();
            assert_eq!(
                (fields.from.as_deref(), fields.date.as_deref(), fields.subject.as_deref(), lines[end + 1]),
                (Some("Ann Lee"), Some("03/01/2026 09:00 AM"), Some("Maps"), "body")
            );
        }
    }
}
