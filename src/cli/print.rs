//! Output for people and programs.
//!
//! Invariant: a reader that has seen enough (`| head`) is no failure.

use std::io::{self, IsTerminal, Write};

use anyhow::Result;
use serde::Serialize;

/// One JSON value on one line.
pub(super) fn json<T: Serialize>(value: &T) -> Result<()> {
    text(&format!("{}\n", serde_json::to_string(value)?))
}

/// Text as it is.
pub(super) fn text(text: &str) -> Result<()> {
    bytes(text.as_bytes())
}

/// Bytes as they are.
pub(super) fn bytes(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Rows under their headings, columns aligned by display width (Han counts two).
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) -> Result<()> {
    let mut widths: Vec<usize> = headings.iter().map(|h| width(h)).collect();
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    let mut out = String::new();
    line(&mut out, &widths, headings.iter().copied());
    for row in rows {
        line(&mut out, &widths, row.iter().map(String::as_str));
    }
    text(&out)
}

fn line<'a>(out: &mut String, widths: &[usize], cells: impl Iterator<Item = &'a str>) {
    let start = out.len();
    for (cell, widest) in cells.zip(widths) {
        if out.len() > start {
            out.push_str("  ");
        }
        out.push_str(cell);
        out.extend(std::iter::repeat_n(' ', widest.saturating_sub(width(cell))));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// East Asian Wide and Fullwidth, as far as mail subjects go (Unicode Standard Annex 11).
fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

/// An instant for people: UTC to the second.
pub(super) fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Cells must not break lines or colour a terminal.
pub(super) fn cell(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect()
}

/// Whether a person looks at the output.
pub(super) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether a person looks at what is said beside the output.
pub(super) fn is_terminal_error() -> bool {
    io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_under_han_words() {
        let mut out = String::new();
        let widths = [4, 3];
        line(&mut out, &widths, ["中文", "abc"].into_iter());
        line(&mut out, &widths, ["ab", "c"].into_iter());
        assert_eq!(out, "中文  abc\nab    c\n");
    }
}
