//! A mailbox file to mails: where one ends and the next begins, and what its writer did to lines that begin with `From `.
//! Knows no files: the caller hands in a buffer that begins where the last mail ended, and as much more as is asked for.
//!
//! Four ways of writing are in use (qmail's mbox(5); Raymond Chen's and Jamie Zawinski's descriptions of the mess;
//! RFC 4155 gives the common part): *mboxo* puts `>` before `From `, *mboxrd* before `>`…`>From ` too, *mboxcl* is mboxo
//! with a Content-Length, *mboxcl2* has a Content-Length and quotes nothing. A Content-Length is believed only when it
//! leads to a `From ` line or to the end: mails that were forwarded or edited carry wrong ones.
//!
//! Invariants: no byte is looked at more often than a fixed number of times; whatever the bytes, the mails' ranges do not
//! overlap and the scan ends.

mod from_line;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use jiff::Timestamp;
use memchr::memmem;

use super::header;

/// The first bytes of a file from which its way of quoting is learned.
pub const SAMPLE_BYTES: usize = 512 << 10;
/// A longer line is no `From ` line, and a longer header no header.
const LINE_BYTES_MAX: usize = 2048;
const HEADER_BYTES_MAX: usize = 1 << 20;

/// What stands next in the buffer.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<'b> {
    /// A whole mail without its `From ` line, as it was before it was quoted.
    Mail {
        bytes: Cow<'b, [u8]>,
        /// By its `From ` line.
        at: Option<Timestamp>,
        /// Bytes of the buffer that are done with.
        used: usize,
    },
    /// The end of a mail whose beginning the caller has dropped ([`Splitter::cut`]).
    Rest { used: usize },
    /// Bytes before the first `From ` line.
    Junk { used: usize },
    /// No end in sight: hand in more behind what is there.
    More,
    /// The buffer is empty and nothing follows.
    End,
}

/// What the caller can do when the buffer holds no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// There is more of the file, and room for it.
    More,
    /// There is more, and no room: [`Next::More`] then means that the mail is too large.
    Full,
    /// The file ends with the buffer.
    Nothing,
}

/// Splits one file.
#[derive(Debug, Default)]
pub struct Splitter {
    /// An unquoted `From ` line stood inside a mail whose Content-Length held: this writer quotes nothing.
    quotes_nothing: bool,
    /// Up to here, from the buffer's start, there is no boundary.
    scanned: usize,
    /// Of the mail at the buffer's start, once its header is complete.
    body: Option<Body>,
    /// The mail's beginning was dropped.
    is_cut: bool,
}

#[derive(Debug, Clone, Copy)]
struct Body {
    begin: usize,
    /// Where Content-Length says that it ends.
    promised_end: Option<usize>,
}

/// Whether bytes begin like a mailbox file.
#[must_use]
pub fn is_mbox(bytes: &[u8]) -> bool {
    let begin = bytes.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(bytes.len());
    boundary(bytes, begin, true, false) == Boundary::Yes
}

impl Splitter {
    /// A splitter for the file that begins with `sample` (up to [`SAMPLE_BYTES`]).
    #[must_use]
    pub fn new(sample: &[u8]) -> Self {
        let mut learning = Self::default();
        let mut at = 0;
        while let Some(rest) = sample.get(at..) {
            match learning.next(rest, Behind::Nothing) {
                Next::Mail { used, .. } | Next::Rest { used } | Next::Junk { used } => at += used,
                Next::More | Next::End => break,
            }
        }
        learning.afresh()
    }

    /// A splitter for the same file, from any of its mails.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self { quotes_nothing: self.quotes_nothing, ..Self::default() }
    }

    /// What stands at the beginning of `buffer`.
    pub fn next<'b>(&mut self, buffer: &'b [u8], behind: Behind) -> Next<'b> {
        let more = behind != Behind::Nothing;
        if buffer.is_empty() {
            return if more { Next::More } else { Next::End };
        }
        if self.is_cut {
            return self.rest(buffer, more);
        }
        let Some(first) = line_end(buffer, 0) else {
            return if more && buffer.len() < LINE_BYTES_MAX { Next::More } else { self.junk(buffer, more) };
        };
        if !buffer.starts_with(b"From ") {
            return self.junk(buffer, more);
        }
        let begin = behind_quoted_envelope(buffer, first);
        if let Some(next) = self.promised(buffer, begin, behind) {
            return next;
        }
        let (end, used) = match self.find(buffer, begin, more) {
            Found::At(at) => (at, at),
            Found::Nowhere => (buffer.len(), buffer.len()),
            Found::Unsure => return Next::More,
        };
        let mail = without_last_blank_line(buffer.get(begin..end).unwrap_or_default());
        self.mail(buffer, unquoted(mail, Quoting::Any), used)
    }

    /// The mail at the buffer's start is too large: the caller drops this many of its first bytes.
    pub fn cut(&mut self, dropped: usize) {
        self.is_cut = true;
        self.body = None;
        self.scanned = self.scanned.saturating_sub(dropped);
    }

    fn rest<'b>(&mut self, buffer: &'b [u8], more: bool) -> Next<'b> {
        let used = match self.find(buffer, 0, more) {
            Found::At(at) => at,
            Found::Nowhere => buffer.len(),
            Found::Unsure => return Next::More,
        };
        *self = self.afresh();
        Next::Rest { used }
    }

    fn junk<'b>(&mut self, buffer: &'b [u8], more: bool) -> Next<'b> {
        let used = match self.find(buffer, 0, more) {
            Found::At(at) => at,
            Found::Nowhere => buffer.len(),
            Found::Unsure if buffer.len() > HEADER_BYTES_MAX => self.scanned.max(1),
            Found::Unsure => return Next::More,
        };
        self.scanned = 0;
        Next::Junk { used }
    }

    fn mail<'b>(&mut self, buffer: &[u8], bytes: Cow<'b, [u8]>, used: usize) -> Next<'b> {
        self.scanned = 0;
        self.body = None;
        let line = buffer.get(..line_end(buffer, 0).unwrap_or(buffer.len())).unwrap_or_default();
        Next::Mail { bytes, at: from_line::date(line), used }
    }

    /// The mail, or the wish for more, where Content-Length tells its end.
    fn promised<'b>(&mut self, buffer: &'b [u8], begin: usize, behind: Behind) -> Option<Next<'b>> {
        let more = behind != Behind::Nothing;
        if self.body.is_none() {
            self.body = find_body(buffer, begin);
        }
        let end = self.body?.promised_end?;
        if end > buffer.len() {
            return (behind == Behind::More).then_some(Next::More);
        }
        let next = behind_line_ends(buffer, end);
        let is_end = next >= buffer.len();
        if is_end && more {
            return Some(Next::More);
        }
        let verdict = if is_end { Boundary::Yes } else { boundary(buffer, next, true, more) };
        match verdict {
            Boundary::Unsure => Some(Next::More),
            Boundary::No => {
                self.body = self.body.map(|body| Body { promised_end: None, ..body });
                None
            }
            Boundary::Yes => {
                let mail = buffer.get(begin..end).unwrap_or_default();
                let body = self.body.and_then(|body| buffer.get(body.begin..end)).unwrap_or_default();
                self.quotes_nothing |= memmem::find(body, b"\nFrom ").is_some();
                let bytes =
                    if self.quotes_nothing { Cow::Borrowed(mail) } else { unquoted(mail, Quoting::One) };
                Some(self.mail(buffer, bytes, next))
            }
        }
    }

    /// The next `From ` line behind `begin`.
    fn find(&mut self, buffer: &[u8], begin: usize, more: bool) -> Found {
        let mut at = self.scanned.max(begin).saturating_sub(1);
        while let Some(found) = buffer.get(at..).and_then(|rest| memmem::find(rest, b"\nFrom ")) {
            let line = at + found + 1;
            let blank = is_behind_blank_line(buffer, line);
            match boundary(buffer, line, blank, more) {
                Boundary::Yes => return Found::At(line),
                Boundary::Unsure => {
                    self.scanned = line;
                    return Found::Unsure;
                }
                Boundary::No => at = line,
            }
        }
        self.scanned = buffer.len().saturating_sub(b"\nFrom ".len()).max(begin);
        if more { Found::Unsure } else { Found::Nowhere }
    }
}

enum Found {
    At(usize),
    Nowhere,
    Unsure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Boundary {
    Yes,
    No,
    /// The lines are not complete.
    Unsure,
}

/// Whether a mail begins at `at`. Two witnesses out of three, and the line behind is always one of them: a date in the `From `
/// line, a blank line above it, a header field below. So neither a sentence that begins with "From" nor a writer that left out
/// the blank line splits or joins mails.
fn boundary(buffer: &[u8], at: usize, blank_above: bool, more: bool) -> Boundary {
    let rest = buffer.get(at..).unwrap_or_default();
    if !rest.starts_with(b"From ") {
        let is_cut = more && rest.len() < b"From ".len() && b"From ".starts_with(rest);
        return if is_cut { Boundary::Unsure } else { Boundary::No };
    }
    let Some(next) = line_end(rest, 0) else {
        return if more && rest.len() < LINE_BYTES_MAX { Boundary::Unsure } else { Boundary::No };
    };
    let line = rest.get(..next).unwrap_or_default();
    let dated = from_line::date(line).is_some();
    if next > LINE_BYTES_MAX || !(dated || (blank_above && from_line::is_bare(line))) {
        return Boundary::No;
    }
    let below = rest.get(behind_quoted_envelope(rest, next)..).unwrap_or_default();
    let Some(end) = line_end(below, 0) else {
        return if more && below.len() < LINE_BYTES_MAX { Boundary::Unsure } else { is_field(below).into() };
    };
    is_field(below.get(..end).unwrap_or_default()).into()
}

impl From<bool> for Boundary {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// `Name: …`, the first line of a header.
fn is_field(line: &[u8]) -> bool {
    let colon = line.iter().take(128).position(|&b| b == b':').unwrap_or(0);
    let name = line.get(..colon).unwrap_or_default();
    !name.is_empty() && name.iter().all(|&b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// Programs that got a mail with a `From ` line of its own quoted that line into the header (`>From `, RFC 976).
fn behind_quoted_envelope(buffer: &[u8], mut at: usize) -> usize {
    while buffer.get(at..).is_some_and(|rest| rest.starts_with(b">From ")) {
        let Some(end) = line_end(buffer, at) else { break };
        at = end;
    }
    at
}

/// Where the header ends and what it promises; `None` while it is not complete.
fn find_body(buffer: &[u8], begin: usize) -> Option<Body> {
    let head = buffer.get(begin..).unwrap_or_default();
    let head = head.get(..HEADER_BYTES_MAX.min(head.len())).unwrap_or_default();
    let bare = memmem::find(head, b"\n\n").map(|at| at + 2);
    let with_returns = memmem::find(head.get(..bare.unwrap_or(head.len()))?, b"\r\n\r\n").map(|at| at + 4);
    let length = with_returns.or(bare)?;
    // A mail that ends in its header, or has none at all: the blank line is the next one's.
    let with_line_end = buffer.get(begin.saturating_sub(1)..begin + length)?;
    if memmem::find(with_line_end, b"\nFrom ").is_some() {
        return None;
    }
    let fields = header::parse(head.get(..length)?);
    let promised = fields.first("Content-Length").and_then(|field| {
        let digits = std::str::from_utf8(field.value).ok()?.trim();
        digits.parse::<usize>().ok()
    });
    let begin = begin + length;
    Some(Body { begin, promised_end: promised.and_then(|bytes| begin.checked_add(bytes)) })
}

/// Behind the line that begins at `at`; `None`: it has no end.
fn line_end(buffer: &[u8], at: usize) -> Option<usize> {
    let rest = buffer.get(at..)?;
    memchr::memchr(b'\n', rest).map(|end| at + end + 1)
}

/// Behind the blank lines that a writer puts after a mail.
fn behind_line_ends(buffer: &[u8], at: usize) -> usize {
    let rest = buffer.get(at..).unwrap_or_default();
    at + rest.iter().take(8).take_while(|b| matches!(b, b'\r' | b'\n')).count()
}

fn is_behind_blank_line(buffer: &[u8], line: usize) -> bool {
    let above = buffer.get(..line).unwrap_or_default();
    above.ends_with(b"\n\n") || above.ends_with(b"\n\r\n") || above == b"\n" || above == b"\r\n"
}

/// The blank line between mails belongs to neither.
fn without_last_blank_line(mail: &[u8]) -> &[u8] {
    match mail {
        [rest @ .., b'\r', b'\n'] if rest.ends_with(b"\n") => rest,
        [rest @ .., b'\n'] if rest.ends_with(b"\n") => rest,
        _ => mail,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// Only lines that begin with `From ` were quoted (mboxo, mboxcl).
    One,
    /// Lines that were quoted before were quoted once more (mboxrd). An mboxo file differs in these alone, and there
    /// the more common origin of `>>From ` is a writer that does so.
    Any,
}

/// Takes the `>` away that the writer put before `From `.
fn unquoted(mail: &[u8], quoting: Quoting) -> Cow<'_, [u8]> {
    let mut out: Vec<u8> = Vec::new();
    let mut kept = 0;
    for at in memmem::find_iter(mail, b">From ") {
        let marks = mail.get(..=at).unwrap_or_default().iter().rev().take_while(|b| **b == b'>').count();
        let begin = at + 1 - marks;
        let starts_line = begin == 0 || mail.get(begin - 1) == Some(&b'\n');
        if starts_line && (marks == 1 || quoting == Quoting::Any) {
            out.extend_from_slice(mail.get(kept..begin).unwrap_or_default());
            kept = begin + 1;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(mail);
    }
    out.extend_from_slice(mail.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}
