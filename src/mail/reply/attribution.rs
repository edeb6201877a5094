//! The lines that mail programs put above a quoted mail: "On … wrote:", blocks of header lines, dividers. Their words stand
//! in `language`.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::language::{self, ALL, Field};

/// Longest attribution: a name, an address and a date.
const ATTRIBUTION_BYTES_MAX: usize = 400;

/// "On … wrote:" on one line, in all languages.
static WROTE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    // The tables are constants and a test compiles every row, so that none is ever dropped here.
    ALL.iter().flat_map(|language| language.attributions).filter_map(|row| Regex::new(row).ok()).collect()
});

/// How many lines from `at` make an attribution; `None` when none does.
#[must_use]
pub fn wrote(lines: &[&str], at: usize, joined_max: usize) -> Option<usize> {
    let mut joined = String::new();
    for (count, line) in lines.get(at..)?.iter().take(joined_max).enumerate() {
        let line = line.trim().trim_matches('*').trim();
        if line.is_empty() || line.starts_with('>') || joined.len() + line.len() > ATTRIBUTION_BYTES_MAX {
            return None;
        }
        if count > 0 {
            joined.push(' ');
        }
        joined.push_str(line);
        if may_end(line) && evident(&joined) && WROTE.iter().any(|re| re.is_match(&joined)) {
            return Some(count + 1);
        }
        if count == 0 && !may_begin(line) {
            return None;
        }
    }
    None
}

/// An attribution names a date or an address: a sentence that happens to end in "wrote:" does not.
fn evident(joined: &str) -> bool {
    joined.contains('@')
        || joined.bytes().filter(u8::is_ascii_digit).count() >= 3
        || joined.split(',').count() > 2
}

/// Cheap test before the patterns run.
fn may_end(line: &str) -> bool {
    line.ends_with([':', '：'])
        || ["wrote", "道", "到", "écrit", "escribió", "escreveu", "scritto", "작성"]
            .iter()
            .any(|w| line.ends_with(w))
}

/// Whether an attribution that goes on in the next line may begin so.
fn may_begin(line: &str) -> bool {
    let digits = line.bytes().any(|b| b.is_ascii_digit());
    digits
        || line.contains('@')
        || line.split_whitespace().next().is_some_and(|w| {
            ["On", "Am", "Le", "El", "Em", "Il", "Op", "W", "Den", "在", "Dne", "At"].contains(&w)
        })
}

/// Whether the line at `at` is a divider or the first of a block of header lines.
#[must_use]
pub fn divider(lines: &[&str], at: usize) -> Option<usize> {
    let line = lines.get(at)?.trim().trim_matches('*').trim();
    if line.starts_with(['-', '_', '=']) && !line.ends_with(" wrote ----") {
        if line.len() <= 200 && is_ruled_divider(line) {
            return Some(1);
        }
        let rule = line.len() >= 5 && line.bytes().all(|b| matches!(b, b'-' | b'_' | b'='));
        let next = next_filled(lines, at + 1)?;
        return (rule && header_block(lines, next)).then_some(1);
    }
    header_block(lines, at).then_some(1)
}

/// `-----Original Message-----`, and `____ From:` on one line as Outlook's plain text has it.
fn is_ruled_divider(line: &str) -> bool {
    let words = line.trim_start_matches(['-', '_', '=']);
    let rule = line.len() - words.len();
    if rule < 2 {
        return false;
    }
    // QQ Mail leaves entities in its plain text.
    let words = words.replace("&nbsp;", " ").trim().to_lowercase();
    let end = words.find(['-', '_', '=']).unwrap_or(words.len());
    let (words, closing) = words.split_at_checked(end).unwrap_or((&words, ""));
    let words = words.trim();
    let known = ALL.iter().any(|language| language.originals.contains(&words));
    known && closing.len() >= 2
        || rule >= 20
            && words.find([':', '：']).is_some_and(|at| is_from(words.get(..at).unwrap_or_default()))
}

fn is_from(name: &str) -> bool {
    language::field(name.trim()) == Some(Field::From)
}

fn next_filled(lines: &[&str], from: usize) -> Option<usize> {
    lines.get(from..)?.iter().take(3).position(|l| !l.trim().is_empty()).map(|n| from + n)
}

/// The name of a header line such as `*From:* A`, lower case.
fn header_name(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches(['*', '|', ' ', '\u{a0}']);
    let at = line.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?.0;
    let name = line.get(..at)?.trim().trim_matches('*').trim();
    Some(name.chars().filter(|c| !matches!(c, '\u{3000}' | '\u{a0}')).flat_map(char::to_lowercase).collect())
}

/// A sender line and two further header lines within the next few.
fn header_block(lines: &[&str], at: usize) -> bool {
    let Some(first) = lines.get(at).and_then(|l| header_name(l)) else { return false };
    let Some(first) = language::field(&first) else { return false };
    let sender = first == Field::From;
    let mut senders = usize::from(sender);
    let mut others = usize::from(!sender);
    for line in lines.get(at + 1..).unwrap_or_default().iter().take(8) {
        match header_name(line).and_then(|name| language::field(&name)) {
            Some(Field::From) => senders += 1,
            Some(_) => others += 1,
            None if line.trim().is_empty() && senders + others >= 3 => break,
            None => {}
        }
    }
    senders >= 1 && others >= if sender { 1 } else { 2 } && senders + others >= 2
}
