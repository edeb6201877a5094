//! The lines of a body as the division sees them. Knows no language.

use crate::mail::{
    html::Mark,
    line::{is_blank, is_quote_mark},
};

/// Lines that are looked at one by one; the rest of a longer text is the last of them.
const LINES_MAX: usize = 50_000;
/// Lines of a range that are counted: no signature has more.
const COUNTED_LINES_MAX: usize = 200;

/// Whose words a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    New,
    Quoted,
    Signature,
}

/// One line.
#[derive(Debug)]
pub struct Line<'a> {
    /// As in the text.
    pub raw: &'a str,
    /// Without blanks around it.
    pub text: &'a str,
    pub mark: Mark,
    /// Begins with `>` or its fullwidth form.
    pub quoted: bool,
    pub kind: Kind,
    /// A closing or a name below it that stays in the reply.
    pub closing: bool,
    /// Which line of the text this is, or is a piece of.
    pub at: usize,
}

impl AsRef<str> for Line<'_> {
    fn as_ref(&self) -> &str {
        self.shown()
    }
}

impl Line<'_> {
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    fn is_cited(&self) -> bool {
        matches!(self.mark, Mark::Passage | Mark::Cited)
    }

    /// A passage that the sender quotes from elsewhere is shown without the mark that HTML's indent became.
    pub fn shown(&self) -> &str {
        if self.is_cited() { self.text.trim_start_matches(['>', ' ']) } else { self.raw }
    }
}

/// Splits a text. A line in which a reply and an attribution stand together becomes two.
pub fn split<'a>(text: &'a str, marks: &[Mark]) -> Vec<Line<'a>> {
    let mut out = Vec::with_capacity(text.len() / 32 + 4);
    let mut rest = text;
    while !rest.is_empty() {
        let at = out.len();
        let (raw, next) = match rest.split_once('\n') {
            Some(pair) if at < LINES_MAX => pair,
            _ => (rest, ""),
        };
        rest = next;
        out.push(line(raw, marks.get(at).copied().unwrap_or_default(), at));
    }
    out
}

/// One line from its text.
pub fn line(raw: &str, mark: Mark, at: usize) -> Line<'_> {
    let mut text = raw.trim_matches(is_blank);
    let cited = matches!(mark, Mark::Passage | Mark::Cited);
    if cited {
        text = text.trim_start_matches(['>', ' ']);
    }
    let quoted = !cited && text.starts_with(is_quote_mark);
    Line { raw, text, mark, quoted, kind: Kind::New, closing: false, at }
}

/// Filled lines of a range: counted only as far as any rule asks, so that asking at each line stays linear.
pub fn filled(lines: &[Line<'_>], range: std::ops::Range<usize>) -> usize {
    if range.len() > COUNTED_LINES_MAX {
        return COUNTED_LINES_MAX;
    }
    lines.get(range).unwrap_or_default().iter().filter(|l| !l.is_blank()).count()
}

/// Marks a range of lines as `kind`.
pub fn set(lines: &mut [Line<'_>], range: std::ops::Range<usize>, kind: Kind) {
    let end = range.end.min(lines.len());
    for line in lines.get_mut(range.start..end).unwrap_or_default() {
        line.kind = kind;
    }
}
