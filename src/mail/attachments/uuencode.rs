//! Files that old programs write into the text itself: `begin 644 name` … `end` (POSIX uuencode, also its base64 form).
//! yEnc (`=ybegin`) stays text: nobody mails it.
//!
//! Invariants: linear; at most [`BLOCKS_MAX`] blocks of one text.

use std::ops::Range;

use crate::mail::{header::line_at, transfer};

/// Blocks taken out of one text; what follows stays text.
const BLOCKS_MAX: usize = 100;

/// Bytes that are filled up for blanks which relays took from the lines' ends, beyond the length of the text: two characters
/// can promise 63 bytes.
const FILLED_BYTES_MAX: usize = 1024 * 1024;

/// One file inside a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Block<'a> {
    pub name: &'a [u8],
    /// Where it stands, from its `begin` line to behind its `end` line.
    pub span: Range<usize>,
    lines: Range<usize>,
    base64: bool,
}

impl Block<'_> {
    /// The file's bytes, out of the text that the block was found in.
    #[must_use]
    pub fn bytes(&self, text: &[u8]) -> Vec<u8> {
        let lines = text.get(self.lines.clone()).unwrap_or_default();
        if self.base64 { transfer::base64(lines) } else { decode_lines(lines) }
    }
}

/// The files that stand in a text.
#[must_use]
pub fn find(text: &[u8]) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    // One search over texts without any, which is nearly all.
    while let Some(found) = memchr::memmem::find(text.get(at..).unwrap_or_default(), b"begin").map(|n| at + n)
    {
        at = found + 5;
        let begins_line = found == 0 || text.get(found - 1) == Some(&b'\n');
        if let Some(block) = begins_line.then(|| block_at(text, found)).flatten() {
            at = block.span.end;
            blocks.push(block);
            if blocks.len() >= BLOCKS_MAX {
                break;
            }
        }
    }
    blocks
}

/// The text without its blocks.
#[must_use]
pub fn without(text: &[u8], blocks: &[Block<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for block in blocks {
        out.extend_from_slice(text.get(at..block.span.start).unwrap_or_default());
        at = block.span.end;
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    out
}

/// A body that is one uuencoded file (`Content-Transfer-Encoding: x-uuencode`), with or without its frame.
#[must_use]
pub fn decode_body(body: &[u8]) -> Vec<u8> {
    match find(body).first() {
        Some(block) => block.bytes(body),
        None => decode_lines(body),
    }
}

fn block_at(text: &[u8], at: usize) -> Option<Block<'_>> {
    let (end, lines_at) = line_at(text, at);
    let rest = text.get(at..end)?.strip_prefix(b"begin")?;
    let (base64, rest) = match rest.strip_prefix(b"-base64") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.strip_prefix(b" ")?;
    let mode_end = rest.iter().position(|b| !(b'0'..=b'7').contains(b))?;
    let name = rest.get(mode_end..)?.strip_prefix(b" ")?.trim_ascii();
    if !(3..=5).contains(&mode_end) || name.is_empty() {
        return None;
    }
    let (lines_end, span_end) =
        if base64 { base64_lines(text, lines_at)? } else { encoded_lines(text, lines_at)? };
    Some(Block { name, span: at..span_end, lines: lines_at..lines_end, base64 })
}

/// Ends of the encoded lines that begin at `at`, and of the block; `None` when not even the first line is one. A block that
/// breaks off ends with its last sound line.
fn encoded_lines(text: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let begin = at;
    while at < text.len() {
        let (end, next) = line_at(text, at);
        let line = text.get(at..end).unwrap_or_default();
        if line.trim_ascii_end() == b"end" {
            return Some((at, next));
        }
        // The empty line before `end` may have lost its blank.
        if !(is_encoded(line) || line.trim_ascii().is_empty()) {
            break;
        }
        at = next;
    }
    (at > begin && is_encoded(text.get(begin..line_at(text, begin).0).unwrap_or_default()))
        .then_some((at, at))
}

/// Whether a line could be one: its first character counts the bytes that the others hold.
fn is_encoded(line: &[u8]) -> bool {
    let Some((&first, rest)) = line.split_first() else { return false };
    let count = usize::from(first.wrapping_sub(0x20) & 0x3f);
    // Relays strip trailing blanks, and some encoders add a check character or two.
    (0x20..=0x60).contains(&first)
        && rest.len() <= count.div_ceil(3) * 4 + 2
        && (count == 0 || !rest.is_empty())
        && rest.iter().all(|b| (0x20..=0x60).contains(b))
}

fn base64_lines(text: &[u8], mut at: usize) -> Option<(usize, usize)> {
    while at < text.len() {
        let (end, next) = line_at(text, at);
        let line = text.get(at..end).unwrap_or_default().trim_ascii_end();
        if line == b"====" {
            return Some((at, next));
        }
        if !line.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')) {
            return None;
        }
        at = next;
    }
    None
}

fn decode_lines(lines: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(lines.len() / 4 * 3);
    let mut at = 0;
    let filled_max = lines.len() + FILLED_BYTES_MAX;
    while at < lines.len() {
        let (end, next) = line_at(lines, at);
        let line = lines.get(at..end).unwrap_or_default();
        at = next;
        let Some((&first, data)) = line.split_first() else { continue };
        let count = usize::from(first.wrapping_sub(0x20) & 0x3f);
        // A line may promise more than it holds; what blanks it lost is filled up, within reason.
        let held = data.len().div_ceil(4) * 3;
        let until = out.len() + if out.len() > filled_max { count.min(held) } else { count };
        let six = |b: Option<&u8>| b.map_or(0, |b| b.wrapping_sub(0x20) & 0x3f);
        let mut quad = data.chunks(4);
        while out.len() < until {
            let four = quad.next().unwrap_or_default();
            let (a, b, c, d) = (six(four.first()), six(four.get(1)), six(four.get(2)), six(four.get(3)));
            out.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        }
        out.truncate(until);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &[u8] =
        b"Please see the file.\r\n\r\nbegin 644 note a.txt\r\n,:&5L;&\\L('=O<FQD\r\n`\r\nend\r\n\r\nRegards\r\n";

    #[test]
    fn a_block_is_taken_out_of_its_text() {
        let blocks = find(NOTE);
        assert_eq!(blocks.len(), 1);
        assert_eq!((blocks[0].name, blocks[0].bytes(NOTE)), (&b"note a.txt"[..], b"hello, world".to_vec()));
        assert_eq!(without(NOTE, &blocks), b"Please see the file.\r\n\r\n\r\nRegards\r\n");
        assert_eq!(decode_body(NOTE), b"hello, world");
        assert_eq!(decode_body(b",:&5L;&\\L('=O<FQD\n`\n"), b"hello, world");
    }

    #[test]
    fn stripped_blanks_missing_ends_and_base64() {
        // Three zero bytes whose blanks a relay took away, and no end.
        let cut = b"begin 600 z\n#\n";
        assert!(find(cut).is_empty());
        let cut = b"begin 600 z\n#     \n#  \n";
        assert_eq!(find(cut)[0].bytes(cut), [0; 6]);
        let plain = b"begin-base64 644 a\naGk=\n====\nrest";
        assert_eq!((find(plain)[0].bytes(plain), find(plain)[0].span.end), (b"hi".to_vec(), 29));
    }

    #[test]
    fn prose_and_yenc_are_no_files() {
        for text in [
            "begin 2024 with a plan\nand more words\n",
            "begin 644 times\nthen stop\n",
            "We begin 644 a\n#86)C\nend\n",
            "=ybegin line=128 size=3 name=a\nabc\n=yend size=3\n",
            "begin 644 \n#86)C\nend\n",
        ] {
            assert!(find(text.as_bytes()).is_empty(), "{text}");
        }
        assert!(decode_body(&b"_\n".repeat(1_000_000)).len() < 2_000_000 + FILLED_BYTES_MAX + 100);
        let many = b"begin 644 a\n#86)C\n`\nend\n".repeat(1_000);
        assert_eq!(find(&many).len(), BLOCKS_MAX);
    }
}
