//! A forwarded mail without a header block, below one line that names its sender and date: Outlook 2019 for Mac
//! (`On 28/10/2021 12:46, "Ann Lee" <ann@a.example> wrote:`), Yandex Mail, and whatever else quotes where it forwards.

use crate::mail::{
    Address,
    header_block::mailbox,
    language::ALL,
    line::{digits, is_colon, unquoted},
};

/// Longest such line.
const BYTES_MAX: usize = 400;
/// Digits of a date and a time, at the least.
const DIGITS_MIN: usize = 4;

/// The sender and the date that the line names.
#[derive(Debug, PartialEq, Eq)]
pub struct Introduction {
    pub from: Address,
    pub date: Option<String>,
}

/// Reads the line, if it ends in a colon and holds an address in brackets and a date.
#[must_use]
pub fn read(line: &str) -> Option<Introduction> {
    let text = unquoted(line);
    if text.len() > BYTES_MAX || !text.ends_with(is_colon) || !text.contains('@') {
        return None;
    }
    let open = text.find(['<', '[', '(', '（'])?;
    let (before, rest) = text.split_at_checked(open)?;
    let close = rest.rfind(['>', ']', ')', '）'])?;
    let (bracket, after) = rest.split_at_checked(close)?;
    let close = after.chars().next()?;
    let from = mailbox(&format!("{bracket}{close}")).filter(|a| !a.address.is_empty())?;
    let after = after.get(close.len_utf8()..)?;
    let (date, name) = if digits(after) >= DIGITS_MIN { (after, before) } else { split(before)? };
    let name = name.trim_matches(|c: char| c.is_whitespace() || "\"'„”“«»,".contains(c));
    let name = (!name.is_empty() && !name.eq_ignore_ascii_case(&from.address)).then(|| name.to_owned());
    Some(Introduction { from: Address { name, ..from }, date: dated(date) })
}

/// Date and name where both stand before the address.
fn split(before: &str) -> Option<(&str, &str)> {
    let trimmed = before.trim_end();
    // A name in quotes is the surest.
    if let Some(inner) = trimmed.strip_suffix(['"', '”', '»', '“'])
        && let Some(at) = inner.rfind(['"', '„', '«', '“'])
    {
        return Some((before.get(..at)?, before.get(at..)?)).filter(|(d, _)| digits(d) >= DIGITS_MIN);
    }
    let last = before.rfind(|c: char| c.is_ascii_digit())?;
    let (date, mut name) = before.split_at_checked(last + 1)?;
    // What is left of the time ("12:46 PM", "10:00:00 +0100"), and words between it and the name.
    loop {
        name =
            name.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | ')' | '，'));
        let word = name.split_whitespace().next().unwrap_or_default();
        let lower = word.to_lowercase();
        let bare = lower.trim_end_matches(',');
        if word.is_empty() || !ALL.iter().any(|language| language.before_names.contains(&bare)) {
            break;
        }
        name = name.get(word.len()..)?;
    }
    (digits(date) >= DIGITS_MIN).then_some((date, name))
}

/// From the first digit to the last: the words around them are the language's.
fn dated(text: &str) -> Option<String> {
    let digit = |c: char| c.is_ascii_digit();
    let (first, last) = (text.find(digit)?, text.rfind(digit)?);
    Some(text.get(first..=last)?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_languages() {
        for line in [
            "Dne 28/10/2021 12:46, Ann Lee <ann@a.example> napsal(a):",
            "D. 28/10/2021 12:46 skrev \"Ann Lee\" <ann@a.example>:",
            "Am 28/10/2021 12:46 schrieb \"Ann Lee\" <ann@a.example>:",
            "On 28/10/2021 12:46, \"Ann Lee\" <ann@a.example> wrote:",
            "Le 28/10/2021 12:46, « Ann Lee » <ann@a.example> a écrit :",
            "Ann Lee <ann@a.example> kirjoitti 28/10/2021 12:46:",
            "28/10/2021 12:46 időpontban Ann Lee (<ann@a.example>) ezt írta:",
            "Op 28/10/2021 12:46 heeft Ann Lee <ann@a.example> geschreven:",
            "Ann Lee <ann@a.example> skrev følgende den 28/10/2021 12:46:",
            "Dnia 28/10/2021 12:46 użytkownik „Ann Lee” <ann@a.example> napisał:",
            "28/10/2021 12:46 пользователь \"Ann Lee\" <ann@a.example> написал:",
            "28/10/2021 12:46 používateľ Ann Lee (<ann@a.example>) napísal:",
            "\"Ann Lee\" <ann@a.example>, 28/10/2021 12:46 tarihinde şunu yazdı:",
            "28/10/2021 12:46, \"Ann Lee\" <ann@a.example>:",
            "> On 28/10/2021 12:46 PM, Ann Lee [ann@a.example] wrote:",
        ] {
            let got = read(line).unwrap();
            assert_eq!(
                (got.from.name.as_deref(), got.from.address.as_str(), got.date.unwrap().get(..10)),
                (Some("Ann Lee"), "ann@a.example", Some("28/10/2021")),
                "{line}"
            );
        }
    }

    #[test]
    fn sentences_are_none() {
        for line in
            ["Write to Ann <ann@a.example>:", "On 28/10/2021 we saw this:", "a@b.example 1234:", "(a@b"]
        {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
