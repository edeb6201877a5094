//! Blocks of header lines and dividers above a quoted mail. Their words stand in `language`.

use super::lines::{Line, is_rule, is_rule_char};
use crate::mail::language::{self, ALL, Field};

/// Lines of a block that are looked at: addressees may fill several.
const BLOCK_LINES_MAX: usize = 9;
/// Longest divider with words.
const DIVIDER_BYTES_MAX: usize = 200;

/// Whether the line at `at` begins a quoted mail without marks: a divider, or a block of header lines with what stands
/// directly above it.
pub fn divides(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    let text = line.text;
    if text.starts_with(is_rule_char) && !text.starts_with("**") {
        if is_rule(text) {
            return next_filled(lines, at + 1)
                .is_some_and(|next| is_block(lines, next, true) || is_named(lines, next));
        }
        if let Some(divides) = ruled_divider(lines, at) {
            return divides;
        }
    }
    is_block(lines, at, false) || is_named(lines, at)
}

/// `>>> Ann Lee <a@b.org> 05.03.2024 14:20 >>>`, GroupWise; the mail below has no marks.
pub fn is_groupwise(text: &str) -> bool {
    text.starts_with(">>>")
        && text.len() > 12
        && text.len() < DIVIDER_BYTES_MAX
        && (text.ends_with(">>>") || text.contains(" >>> "))
        && text.bytes().filter(u8::is_ascii_digit).count() >= 6
}

/// `-----Original Message-----`, and `____ From:` on one line as Outlook's plain text has it.
fn ruled_divider(lines: &[Line<'_>], at: usize) -> Option<bool> {
    let text = lines.get(at)?.text;
    if text.len() > DIVIDER_BYTES_MAX * 4 {
        return Some(false);
    }
    let inner = text.trim_start_matches(is_rule_char);
    let rule = text.get(..text.len() - inner.len())?.chars().count();
    if rule < 2 {
        return None;
    }
    let words = inner.trim_end_matches(is_rule_char);
    let closed = inner.len() > words.len() || rule >= 4;
    // QQ Mail leaves entities in its plain text.
    let words = words.replace("&nbsp;", " ").replace('\u{a0}', " ").trim().to_lowercase();
    if closed && is_original(&words) {
        return Some(true);
    }
    if rule >= 10 && header_field(inner).is_some_and(|f| f == Field::From) {
        return Some(true);
    }
    // Whatever words it has, in whatever language: a header block follows.
    let closed = closed && words.len() <= 80;
    Some(closed && next_filled(lines, at + 1).is_some_and(|next| is_block(lines, next, true)))
}

fn is_original(words: &str) -> bool {
    !words.is_empty() && ALL.iter().any(|language| language.originals.contains(&words))
}

/// "Original message" without rules, as QQ Mail's new editor writes it, above a block of header lines.
fn is_named(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    line.text.len() <= 60
        && next_filled(lines, at + 1).is_some_and(|next| is_block(lines, next, true))
        && is_original(&line.text.trim_matches(['*', ' ', ':', '：']).to_lowercase())
}

fn next_filled(lines: &[Line<'_>], from: usize) -> Option<usize> {
    lines.get(from..)?.iter().take(5).position(|l| !l.is_blank()).map(|n| from + n)
}

/// What a header line such as `*From:* A`, `发 件 人：甲` or `| Von | A |` names.
fn header_field(text: &str) -> Option<Field> {
    named_value(text).map(|(field, _)| field)
}

fn named_value(text: &str) -> Option<(Field, &str)> {
    let table = text.starts_with('|');
    let bare = text.trim_start_matches(['*', '|', ' ', '\u{a0}', '_']);
    let (at, colon) =
        bare.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：') || table && *c == '|')?;
    let name = bare.get(..at)?.trim_matches(['*', ' ', '\u{a0}', '\t', '_']);
    if name.is_empty() {
        return None;
    }
    let value = bare.get(at + colon.len_utf8()..)?;
    let lower: String = if name.is_ascii() {
        name.to_ascii_lowercase()
    } else {
        // Aliyun and NetEase set the names of two characters wide apart.
        let wide = name.chars().any(|c| ('\u{3000}'..'\u{a000}').contains(&c));
        name.chars()
            .filter(|c| !(wide && matches!(c, '\u{3000}' | '\u{a0}' | ' ')))
            .flat_map(char::to_lowercase)
            .collect()
    };
    language::field(&lower).map(|field| (field, value))
}

/// A block of header lines begins here: a sender and enough else that nobody's own labelled facts are taken for one.
/// `announced`: below a rule or divider less is enough.
fn is_block(lines: &[Line<'_>], at: usize, announced: bool) -> bool {
    let Some(line) = lines.get(at) else { return false };
    let Some((first, value)) = named_value(line.text) else { return false };
    if first == Field::From && one_line(value) {
        return true;
    }
    let mut seen = Seen::default();
    seen.take(first, value);
    let mut strange = 0;
    for line in lines.get(at + 1..).unwrap_or_default().iter().take(BLOCK_LINES_MAX) {
        match named_value(line.text) {
            Some((field, value)) => seen.take(field, value),
            None if line.is_blank() && seen.enough() => break,
            None if line.is_blank() => {}
            None => strange += 1,
        }
        if strange > 4 {
            break;
        }
    }
    if announced { seen.from && seen.fields >= 2 || seen.fields >= 3 } else { seen.enough() }
}

#[derive(Debug, Default)]
struct Seen {
    from: bool,
    date: bool,
    addressed: bool,
    address: bool,
    fields: usize,
}

impl Seen {
    fn take(&mut self, field: Field, value: &str) {
        self.from |= field == Field::From;
        self.date |= field == Field::Date;
        self.addressed |= matches!(field, Field::To | Field::Subject | Field::Cc);
        self.address |= value.contains('@');
        self.fields += 1;
    }

    fn enough(&self) -> bool {
        self.from && self.fields >= 2 && (self.address || self.date && self.addressed && self.fields >= 3)
    }
}

/// `From: a@b.org Sent: Monday To: …` on one line.
fn one_line(value: &str) -> bool {
    if value.len() < 12 || value.len() > 800 || !value.contains([':', '：']) {
        return false;
    }
    let lower = value.to_lowercase();
    let says = |names: &[&str]| {
        names.iter().any(|name| {
            lower.match_indices(name).any(|(at, _)| {
                let before = lower.get(..at).unwrap_or_default();
                let behind = lower.get(at + name.len()..).unwrap_or_default().trim_start_matches(['*', ' ']);
                at > 0 && before.ends_with([' ', '*', '\u{a0}']) && behind.starts_with([':', '：'])
            })
        })
    };
    let others = ALL
        .iter()
        .map(|l| usize::from(says(l.date)) + usize::from(says(l.to)) + usize::from(says(l.subject)))
        .max()
        .unwrap_or(0);
    others >= 2 || others == 1 && value.contains('@')
}
