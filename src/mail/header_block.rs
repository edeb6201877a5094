//! The block of header lines (`From: … Date: … To: … Subject: …`) that mail programs paste above a forwarded or quoted
//! mail: finds it at a line and reads it, in every language of `language`.
//!
//! Knows lines of text and nothing of what the mail is; whether the mail below is a forward or a quote is judged by `forward`
//! and `reply`. Invariants: a block reads at most [`LINES_MAX`] lines; nothing is written for a line that is no header line.

mod header_line;
mod mailboxes;
mod run_together;

pub use header_line::header_line;
pub use mailboxes::{mailbox, mailboxes};
pub use run_together::run_together;

use super::{
    language::Field,
    line::{is_blank, quote_depth, unquoted, without_entities},
    words,
};

/// Lines of a block: a mail to many people has a long `To`.
const LINES_MAX: usize = 60;
/// Blank lines that may stand between two header lines (old BlackBerry, text made of HTML tables).
const BLANKS_MAX: usize = 2;
/// Lines over which one field may be folded before the next header line.
const FOLDS_MAX: usize = 20;
/// Bytes kept of one value: 1,000 recipients with their names.
const VALUE_BYTES_MAX: usize = 64 * 1024;
/// Programs that wrap text do so near this column (RFC 3676 section 4.2: 78; Gmail 76, Thunderbird 72).
const WRAP_COLUMNS: std::ops::Range<usize> = 68..82;

/// The values of a block, as written.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Fields {
    pub from: Option<String>,
    pub date: Option<String>,
    pub to: Option<String>,
    pub cc: Option<String>,
    pub subject: Option<String>,
}

impl Fields {
    fn slot(&mut self, field: Field) -> Option<&mut Option<String>> {
        match field {
            Field::From => Some(&mut self.from),
            Field::Date => Some(&mut self.date),
            Field::To => Some(&mut self.to),
            Field::Cc => Some(&mut self.cc),
            Field::Subject => Some(&mut self.subject),
            Field::Other => None,
        }
    }

    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        match field {
            Field::From => self.from.is_some(),
            Field::Date => self.date.is_some(),
            Field::To => self.to.is_some(),
            Field::Cc => self.cc.is_some(),
            Field::Subject => self.subject.is_some(),
            Field::Other => false,
        }
    }

    /// Number of different fields that were found.
    #[must_use]
    pub fn known(&self) -> usize {
        [Field::From, Field::Date, Field::To, Field::Cc, Field::Subject]
            .into_iter()
            .filter(|f| self.has(*f))
            .count()
    }

    /// Whether one of the values has this sign.
    #[must_use]
    pub fn holds(&self, sign: char) -> bool {
        let values = [&self.from, &self.date, &self.to, &self.cc, &self.subject];
        values.into_iter().flatten().any(|value| value.contains(sign))
    }

    /// Takes a value, unless the field has one: a second Cc (or Bcc) joins the first, of two dates the first counts.
    fn take(&mut self, field: Field, value: &str) {
        let value = cleaned(value);
        match self.slot(field) {
            Some(slot @ None) => *slot = Some(value),
            Some(Some(have)) if field == Field::Cc => {
                have.push_str("; ");
                have.push_str(&value);
            }
            _ => {}
        }
    }

    fn extend(&mut self, field: Field, more: &str) {
        if let Some(Some(have)) = self.slot(field) {
            let more = cleaned(more);
            if have.len() + more.len() < VALUE_BYTES_MAX {
                if !have.is_empty() {
                    have.push(' ');
                }
                have.push_str(&more);
            }
        }
    }

    fn value(&mut self, field: Field) -> &str {
        self.slot(field).and_then(|s| s.as_deref()).unwrap_or_default()
    }
}

/// QQ Mail leaves entities in its plain text; mail read by a program that did not decode it has encoded words.
fn cleaned(value: &str) -> String {
    let value = value.get(..value.floor_char_boundary(VALUE_BYTES_MAX)).unwrap_or_default();
    let mut out = without_entities(value).into_owned();
    if out.contains("=?") && out.contains("?=") {
        out = words::decode(out.as_bytes());
    }
    out.trim_matches(is_blank).to_owned()
}

/// A block that was found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Block {
    pub fields: Fields,
    /// The line behind the block.
    pub end: usize,
    /// Quote marks before its lines.
    pub depth: usize,
}

/// Reads the block whose first line is at `at`; `None` when that is no header line, or one alone. All fields may stand in that
/// line (Outlook's plain text).
#[must_use]
pub fn read<L: AsRef<str>>(lines: &[L], at: usize) -> Option<Block> {
    let first = lines.get(at)?.as_ref();
    header_line(unquoted(first)).filter(|(field, _)| *field != Field::Other)?;
    read_with(lines, at, header_line::of_any_header).or_else(|| in_one_line(first, at))
}

/// Where the block at `at` begins: its further fields (`Importance`, a server's `Received`) may stand above it.
#[must_use]
pub fn beginning<L: AsRef<str>>(lines: &[L], at: usize) -> usize {
    let above = lines.get(at.saturating_sub(LINES_MAX)..at).unwrap_or_default();
    let run = above.iter().rev().take_while(|l| is_further(l.as_ref())).count();
    let is_field =
        |n: &usize| lines.get(*n).is_some_and(|l| header_line::of_any_header(unquoted(l.as_ref())).is_some());
    (at.saturating_sub(run)..at).find(is_field).unwrap_or(at)
}

/// The block that begins at `at` as [`beginning`] says: below further fields, or at once.
#[must_use]
pub fn read_whole<L: AsRef<str>>(lines: &[L], at: usize) -> Option<Block> {
    let further = lines.get(at..)?.iter().take(LINES_MAX).take_while(|l| is_further(l.as_ref())).count();
    read(lines, at + further).filter(|_| beginning(lines, at + further) <= at)
}

/// A further field, or what of one is folded (RFC 5322 section 2.2.3: behind a blank).
fn is_further(line: &str) -> bool {
    match header_line::of_any_header(unquoted(line)) {
        Some((field, _)) => field == Field::Other,
        None => line.starts_with([' ', '\t']) && !unquoted(line).is_empty(),
    }
}

/// A block whose fields all stand in the line at `at`. Two are enough where one of them shows an address.
fn in_one_line(line: &str, at: usize) -> Option<Block> {
    let fields = run_together(unquoted(line)).filter(|f| f.known() >= 3 || f.holds('@'))?;
    Some(Block { fields, end: at + 1, depth: quote_depth(line) })
}

/// As [`read`], where names and values are cells of a table without colons (Thunderbird and NetEase Mail Master in HTML):
/// only below a divider that says what follows.
#[must_use]
pub fn read_table<L: AsRef<str>>(lines: &[L], at: usize) -> Option<Block> {
    read_with(lines, at, |text| header_line(text).or_else(|| header_line::cells(text)))
}

type ReadLine = fn(&str) -> Option<(Field, &str)>;

fn read_with<L: AsRef<str>>(lines: &[L], at: usize, read_line: ReadLine) -> Option<Block> {
    let first = lines.get(at)?.as_ref();
    let (field, value) = read_line(unquoted(first)).filter(|(f, _)| *f != Field::Other)?;
    let mut reader =
        Reader { lines, read_line, fields: Fields::default(), last: field, below: value.is_empty() };
    reader.fields.take(field, value);
    let depth = quote_depth(first);
    let mut end = at + 1;
    let mut blanks = 0;
    for next in at + 1..lines.len().min(at + LINES_MAX) {
        let line = lines.get(next)?.as_ref();
        let text = unquoted(line);
        if text.is_empty() {
            blanks += 1;
            if blanks > BLANKS_MAX {
                break;
            }
            continue;
        }
        let taken = match read_line(text) {
            Some((field, value)) => reader.header(field, value, blanks),
            None => {
                (blanks == 0 || reader.awaits_value())
                    && quote_depth(line) == depth
                    && reader.folded(next, line)
            }
        };
        if !taken {
            break;
        }
        end = next + 1;
        blanks = 0;
    }
    (reader.fields.known() >= 2).then_some(Block { fields: reader.fields, end, depth })
}

struct Reader<'a, L> {
    lines: &'a [L],
    read_line: ReadLine,
    fields: Fields,
    last: Field,
    /// Values stand in the line below their name.
    below: bool,
}

impl<L: AsRef<str>> Reader<'_, L> {
    /// Takes a header line; not one that begins another block or belongs to the body.
    fn header(&mut self, field: Field, value: &str, blanks: usize) -> bool {
        let seen = self.fields.has(field);
        let again = seen && !matches!(field, Field::Cc | Field::Date);
        // Behind a blank line only a field that the block still lacks goes on with it.
        if again || blanks > 0 && (seen || self.complete() || field == Field::Other) {
            return false;
        }
        self.fields.take(field, value);
        self.last = field;
        true
    }

    /// Names and values stand in lines of their own, and the last name has no value yet.
    fn awaits_value(&mut self) -> bool {
        self.below && self.last != Field::Other && self.fields.value(self.last).is_empty()
    }

    fn complete(&self) -> bool {
        let f = &self.fields;
        f.from.is_some() && f.date.is_some() && f.to.is_some() && f.subject.is_some()
    }

    /// Takes a line without a name that goes on with the field above.
    fn folded(&mut self, at: usize, line: &str) -> bool {
        let last = self.last;
        if last == Field::Other && line.starts_with([' ', '\t']) {
            return true;
        }
        let text = unquoted(line);
        let value = self.fields.value(last);
        let open =
            value.trim_end().ends_with([',', ';', '，', '；']) && matches!(last, Field::To | Field::Cc);
        let goes_on = self.awaits_value()
            || open
            || self.unclosed(text)
            || self.header_follows(at)
            || self.wrapped(at, text);
        if goes_on {
            self.fields.extend(last, text);
        }
        goes_on
    }

    /// An address that was cut, or parted from its name: `Ann Lee` and `<ann@a.example>` in the next line.
    fn unclosed(&mut self, text: &str) -> bool {
        let people = matches!(self.last, Field::From | Field::To | Field::Cc);
        let value = self.fields.value(self.last);
        let parted = text.starts_with('<') && text.contains('@') && !value.ends_with(['>', ',', ';']);
        people && !value.is_empty() && (parted || value.rfind('<') > value.rfind('>'))
    }

    /// A header line that the block lacks stands below, with no blank line between.
    fn header_follows(&self, at: usize) -> bool {
        let below = self.lines.get(at + 1..).unwrap_or_default().iter().take(FOLDS_MAX);
        for line in below {
            let text = unquoted(line.as_ref());
            if text.is_empty() {
                return false;
            }
            if let Some((field, _)) = (self.read_line)(text) {
                return field != Field::Other && !self.fields.has(field);
            }
        }
        false
    }

    /// The line above is as long as a program makes it that wraps, and a blank line or a header line follows.
    fn wrapped(&self, at: usize, text: &str) -> bool {
        let above = at.checked_sub(1).and_then(|n| self.lines.get(n)).map_or("", |l| l.as_ref());
        let width = above.trim_end().chars().count();
        let word = text.split(' ').next().unwrap_or_default().chars().count();
        if width >= WRAP_COLUMNS.end || width + 1 + word < WRAP_COLUMNS.start || word == 0 {
            return false;
        }
        self.lines.get(at + 1).is_none_or(|next| {
            let next = unquoted(next.as_ref());
            next.is_empty() || (self.read_line)(next).is_some()
        })
    }
}

#[cfg(test)]
mod tests;
