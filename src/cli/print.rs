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

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// East Asian Wide and Fullwidth, as far as mail subjects go (Unicode Standard Annex 11).
fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

/// What is being waited for, where a person looks on.
pub(super) fn progress(words: &str) {
    if io::stderr().is_terminal() {
        eprintln!("{words}");
    }
}

/// Lines of at most so many columns, broken at blanks.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if width(line) + 1 + width(word) <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Text for a terminal: lines that are too long are broken at blanks, and go on under their own beginning.
pub(super) fn filled(text: &str, columns: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let rest = line.trim_start_matches([' ', '-']);
        let indent = line.len() - rest.len();
        let begin = line.get(..indent).unwrap_or_default();
        for (at, piece) in wrapped(rest, columns.saturating_sub(indent).max(20)).iter().enumerate() {
            let begin = if at == 0 { begin.to_owned() } else { " ".repeat(indent) };
            out.push_str(format!("{begin}{piece}").trim_end());
            out.push('\n');
        }
    }
    out
}

/// Columns of the terminal, where it tells.
pub(super) fn columns() -> usize {
    const USUAL: usize = 100;
    const LEAST: usize = 60;
    let told = rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
    let told = told.filter(|columns| *columns > 0);
    told.or_else(|| std::env::var("COLUMNS").ok()?.parse().ok()).unwrap_or(USUAL).clamp(LEAST, 120)
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

    #[test]
    fn long_lines_go_on_under_their_own_beginning() {
        let text = "Short.\n  - one two three four five six seven\n\nend";
        assert_eq!(filled(text, 24), "Short.\n  - one two three four\n    five six seven\n\nend\n");
    }
}
