//! The line that begins a mail in a mailbox file: `From SENDER DATE`, where the date is that of asctime(3) or of whatever the
//! writer's library made of it.
//!
//! Seen: `Mon Jan  1 10:00:00 2024`, without seconds, with a zone's name or offset before or behind the year (Gmail Takeout:
//! `+0000` before it), `remote from HOST` behind it (RFC 976), RFC 5322's `Mon, 01 Jan 2024 10:00:00 +0100`, ISO 8601.

use jiff::{Timestamp, civil, tz::Offset};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// RFC 5322 section 4.3; other names are taken for UTC.
const ZONES: [(&str, i32); 8] =
    [("edt", -4), ("est", -5), ("cdt", -5), ("cst", -6), ("mdt", -6), ("mst", -7), ("pdt", -7), ("pst", -8)];
const TOKENS_MAX: usize = 40;

/// The instant that the line names. A line without one is hardly a `From ` line.
pub(super) fn date(line: &[u8]) -> Option<Timestamp> {
    let text = String::from_utf8_lossy(line);
    let tokens: Vec<&str> = text.split_ascii_whitespace().skip(1).take(TOKENS_MAX).collect();
    if let Some(at) = tokens.iter().rev().find_map(|token| iso(token)) {
        return Some(at);
    }
    // The sender may hold anything, spaces too: the date begins with the last weekday, or with a day and a month.
    let begin = tokens.iter().rposition(|token| is_name(token, &WEEKDAYS).is_some());
    let tokens = tokens.get(begin.unwrap_or(0)..).unwrap_or_default();
    Parts::of(tokens)?.instant()
}

/// A sender alone, or a lone dash: the writer gave no date.
pub(super) fn is_bare(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    let mut tokens = text.split_ascii_whitespace().skip(1);
    let sender = tokens.next().unwrap_or_default();
    let is_sender = sender.is_empty() || sender == "-" || sender.contains('@') || sender == "MAILER-DAEMON";
    is_sender && tokens.next().is_none()
}

#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<civil::Time>,
    offset_seconds: i32,
}

impl Parts {
    fn of(tokens: &[&str]) -> Option<Self> {
        let mut parts = Self::default();
        for token in tokens {
            let token = token.trim_end_matches(',');
            if let Some(month) = is_name(token, &MONTHS) {
                parts.month = parts.month.or(i8::try_from(month + 1).ok());
            } else if token.contains(':') {
                parts.time = parts.time.or(time(token));
            } else if let Some(offset) = offset(token) {
                parts.offset_seconds = offset;
            } else if let Ok(number) = token.parse::<i16>() {
                parts.number(number, token.len());
            } else if let Some((_, hours)) = ZONES.iter().find(|(name, _)| token.eq_ignore_ascii_case(name)) {
                parts.offset_seconds = hours * 3600;
            }
        }
        parts.time.is_some().then_some(parts)
    }

    fn number(&mut self, number: i16, digits: usize) {
        match (digits, self.day, self.year) {
            (1 | 2, None, _) if (1..=31).contains(&number) => self.day = i8::try_from(number).ok(),
            // Two digits as RFC 5322 section 4.3 reads them.
            (2, Some(_), None) => self.year = Some(if number < 50 { 2000 + number } else { 1900 + number }),
            (4, _, None) if (1970..=2200).contains(&number) => self.year = Some(number),
            _ => {}
        }
    }

    fn instant(&self) -> Option<Timestamp> {
        let date = civil::Date::new(self.year?, self.month?, self.day?).ok()?;
        let offset = Offset::from_seconds(self.offset_seconds).ok()?;
        offset.to_timestamp(date.to_datetime(self.time?)).ok()
    }
}

/// The place of a name of which at least the three letters are written (`Mon`, `Monday`, `Sept`).
fn is_name(token: &str, names: &[&str]) -> Option<usize> {
    let token = token.trim_end_matches([',', '.']);
    let head = token.get(..3)?;
    let is_word = token.len() <= 9 && token.bytes().all(|b| b.is_ascii_alphabetic());
    names.iter().position(|name| head.eq_ignore_ascii_case(name)).filter(|_| is_word)
}

fn time(token: &str) -> Option<civil::Time> {
    let mut numbers = token.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (numbers.next()??, numbers.next()??);
    // A leap second is the second before it.
    let second = numbers.next().unwrap_or(Some(0))?.min(59);
    civil::Time::new(hour, minute, second, 0).ok()
}

fn offset(token: &str) -> Option<i32> {
    let (sign, digits) = match token.as_bytes().first()? {
        b'+' => (1, token.get(1..)?),
        b'-' => (-1, token.get(1..)?),
        _ => return None,
    };
    let number = (digits.len() == 4).then(|| digits.parse::<i32>().ok())??;
    Some(sign * (number / 100 * 3600 + number % 100 * 60))
}

fn iso(token: &str) -> Option<Timestamp> {
    let bytes = token.as_bytes();
    if bytes.get(4) != Some(&b'-') || bytes.get(10) != Some(&b'T') {
        return None;
    }
    token.parse().ok().or_else(|| Offset::UTC.to_timestamp(token.parse().ok()?).ok())
}
