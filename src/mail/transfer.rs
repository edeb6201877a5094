//! Content-Transfer-Encodings (RFC 2045): bytes to bytes. Lenient, linear, cannot fail.

use super::attachments::uuencode;

/// Decodes `body` by the name of its encoding; other names and 7bit/8bit/binary give the bytes as they are.
#[must_use]
pub fn decode<'a>(body: &'a [u8], encoding: &str) -> std::borrow::Cow<'a, [u8]> {
    match encoding {
        "base64" if is_no_base64(body) => body.into(),
        "base64" => base64(body).into(),
        "uuencode" => uuencode::decode_body(body).into(),
        "quoted-printable" => quoted_printable(body, false).into(),
        _ => body.into(),
    }
}

/// Whether a body that is declared base64 is plain: scripts copy the field and forget to encode. More than one byte of
/// sixteen in its beginning is none of the alphabet, where line ends count for nothing.
fn is_no_base64(body: &[u8]) -> bool {
    let head = body.get(..2_048).unwrap_or(body).trim_ascii();
    let foreign = |b: &&u8| !matches!(b, b'\r' | b'\n' | b'\t' | b'=') && sextet(**b) == NO_SEXTET;
    let count = head.iter().filter(foreign).count();
    // A line of a mailing list's footer behind a short text is no reason.
    let begins_well = head.iter().take(24).filter(foreign).count() == 0;
    count * 16 > head.len() && !begins_well
}

/// What no base64 character stands for.
const NO_SEXTET: u8 = 255;

/// The six bits that each byte stands for; both alphabets of RFC 4648.
const SEXTETS: [u8; 256] = {
    let mut table = [NO_SEXTET; 256];
    let mut rest = table.as_mut_slice();
    let mut byte = 0_u8;
    while let Some((slot, behind)) = rest.split_first_mut() {
        *slot = match byte {
            c @ b'A'..=b'Z' => c - b'A',
            c @ b'a'..=b'z' => c - b'a' + 26,
            c @ b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => NO_SEXTET,
        };
        rest = behind;
        byte = byte.wrapping_add(1);
    }
    table
};

fn sextet(b: u8) -> u8 {
    SEXTETS.get(usize::from(b)).copied().unwrap_or(NO_SEXTET)
}

/// Base64 with any line ends. After padding further quanta count (some senders concatenate), unless the rest holds
/// characters that no base64 has: a mailing list's footer.
#[must_use]
pub fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    let mut padded_at = None;
    let mut rest = body;
    loop {
        if count == 0 {
            rest = whole_quanta(rest, &mut out);
        }
        let Some((&b, tail)) = rest.split_first() else { break };
        rest = tail;
        match sextet(b) {
            NO_SEXTET if b == b'=' => {
                flush(&mut out, bits, count);
                (bits, count) = (0, 0);
                padded_at.get_or_insert(out.len());
            }
            NO_SEXTET if b.is_ascii_whitespace() => {}
            NO_SEXTET => {
                if let Some(len) = padded_at {
                    out.truncate(len);
                    return out;
                }
            }
            value => {
                bits = bits << 6 | u32::from(value);
                count += 1;
                if count == 4 {
                    out.extend_from_slice(bits.to_be_bytes().get(1..).unwrap_or_default());
                    (bits, count) = (0, 0);
                }
            }
        }
    }
    flush(&mut out, bits, count);
    out
}

/// Decodes as long as four characters stand together: nearly all of an attachment. Returns the rest.
fn whole_quanta<'a>(mut body: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    while let [a, b, c, d, tail @ ..] = body {
        let (a, b, c, d) = (sextet(*a), sextet(*b), sextet(*c), sextet(*d));
        if a | b | c | d > 63 {
            break;
        }
        out.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        body = tail;
    }
    body
}

fn flush(out: &mut Vec<u8>, bits: u32, count: u32) {
    let whole = match count {
        2 => bits >> 4 << 16,
        3 => bits >> 2 << 8,
        _ => return,
    };
    let bytes = whole.to_be_bytes();
    match count {
        2 => out.extend_from_slice(&[(bits >> 4) as u8]),
        _ => out.extend_from_slice(bytes.get(1..3).unwrap_or_default()),
    }
}

fn nibble(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// Quoted-printable; `word`: the Q encoding of header words, where `_` is a blank (RFC 2047 section 4.2). A `=` that
/// begins nothing stays.
#[must_use]
pub fn quoted_printable(body: &[u8], word: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    // What is plain is copied by the run: up to the next escape or line end.
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        let found = if word { memchr::memchr2(b'=', b'_', rest) } else { memchr::memchr2(b'=', b'\n', rest) };
        let run = rest.get(..found.unwrap_or(rest.len())).unwrap_or_default();
        at += run.len() + 1;
        match found.and_then(|n| rest.get(n)) {
            Some(b'=') => {
                out.extend_from_slice(run);
                at = escape(body, at, &mut out);
            }
            Some(b'_') => {
                out.extend_from_slice(run);
                out.push(b' ');
            }
            Some(end) => {
                let returns = run.ends_with(b"\r");
                out.extend_from_slice(without_blanks(run.strip_suffix(b"\r").unwrap_or(run)));
                if returns {
                    out.push(b'\r');
                }
                out.push(*end);
            }
            None => out.extend_from_slice(run),
        }
    }
    out
}

/// Decodes what follows a `=` at `at`; gives where the text goes on.
fn escape(body: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let high = body.get(at).copied().and_then(nibble);
    let low = body.get(at + 1).copied().and_then(nibble);
    if let (Some(high), Some(low)) = (high, low) {
        out.push(high << 4 | low);
        return at + 2;
    }
    soft_break(body, at).unwrap_or_else(|| {
        out.push(b'=');
        at
    })
}

/// Blanks at the end of a line were added in transport (RFC 2045 section 6.7, rule 3).
fn without_blanks(run: &[u8]) -> &[u8] {
    let blanks = run.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
    run.get(..run.len() - blanks).unwrap_or(run)
}

/// Where the line behind a soft break at `at` begins; blanks may stand before its end.
fn soft_break(body: &[u8], at: usize) -> Option<usize> {
    let rest = body.get(at..)?;
    let blanks = rest.iter().take(80).take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    match rest.get(blanks) {
        Some(b'\n') => Some(at + blanks + 1),
        None => Some(at + blanks),
        Some(_) => rest.iter().take(blanks).position(|&b| b == b'\r').map(|n| at + n + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_all_lengths_and_a_footer() {
        assert_eq!(base64(b"TQ=="), b"M");
        assert_eq!(base64(b"TWE="), b"Ma");
        assert_eq!(base64(b"TWFu\r\nTWE"), b"ManMa");
        assert_eq!(base64(b"TWE=\r\n____\r\nlist <x>"), b"Ma");
        let long = base64(&b"TWFu".repeat(40).chunks(76).collect::<Vec<_>>().join(&b"\r\n"[..]));
        assert_eq!(long, b"Man".repeat(40));
    }

    #[test]
    fn text_that_only_says_it_is_base64() {
        assert_eq!(decode(b"Hello, this is plain text.", "base64").as_ref(), b"Hello, this is plain text.");
        assert_eq!(decode(b"aGVs\r\nbG8=\r\n", "base64").as_ref(), b"hello");
        assert_eq!(decode(b",:&5L;&\\L('=O<FQD\n`\n", "uuencode").as_ref(), b"hello, world");
    }

    #[test]
    fn quoted_printable_line_ends() {
        for (raw, text) in [
            (&b"a \t\r\nb"[..], &b"a\r\nb"[..]),
            (b"a =\r\nb=20\r\n", b"a b \r\n"),
            (b"=C3=A4=", b"\xc3\xa4"),
            (b"=\n=\n", b""),
            (b"x=3Dy==z", b"x=y==z"),
            (b"end ", b"end "),
        ] {
            assert_eq!(quoted_printable(raw, false), text, "{raw:?}");
        }
    }

    #[test]
    fn quoted_printable_soft_breaks_and_blanks() {
        assert_eq!(quoted_printable(b"a=3D b  \r\nc=\r\nd= \r\ne=", false), b"a= b\r\ncde");
        assert_eq!(quoted_printable(b"=E5=8D_x=zz", true), b"\xe5\x8d x=zz");
    }
}
