//! Chinese and Unicode in seven bits: HZ (RFC 1843) and UTF-7 (RFC 2152). Linear.

use encoding_rs::{GB18030, UTF_16BE};

use crate::mail::transfer;

/// Whether ASCII text is HZ that nobody declared: shifted stretches of pairs, all of them closed.
#[must_use]
pub fn is_hz(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut found = false;
    while let Some(at) = memchr::memmem::find(rest, b"~{") {
        let inner = rest.get(at + 2..).unwrap_or_default();
        let Some(end) = memchr::memmem::find(inner, b"~}") else { return false };
        let pairs = inner.get(..end).unwrap_or_default();
        let first = |pair: &[u8]| pair.first().is_some_and(|b| (0x21..=0x77).contains(b));
        let is_text = end > 0
            && end % 2 == 0
            && pairs.iter().all(|b| (0x21..=0x7e).contains(b))
            && pairs.chunks(2).all(first);
        if !is_text {
            return false;
        }
        found = true;
        rest = inner.get(end + 2..).unwrap_or_default();
    }
    found
}

/// RFC 1843: `~{` … `~}` holds GB2312 with the high bits off.
#[must_use]
pub fn decode_hz(bytes: &[u8]) -> String {
    let mut gb = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes.iter().copied().peekable();
    while let Some(b) = rest.next() {
        match (b, rest.peek()) {
            (b'~', Some(b'{')) => {
                shifted = true;
                rest.next();
            }
            (b'~', Some(b'}')) => {
                shifted = false;
                rest.next();
            }
            (b'~', Some(b'~')) if !shifted => {
                gb.push(b'~');
                rest.next();
            }
            (b'~', Some(b'\n')) if !shifted => {
                rest.next();
            }
            (b'\n', _) => {
                shifted = false;
                gb.push(b);
            }
            (0x21..=0x7e, _) if shifted => gb.push(b | 0x80),
            _ => gb.push(b),
        }
    }
    GB18030.decode_without_bom_handling(&gb).0.into_owned()
}

/// RFC 2152: `+` base64 of UTF-16BE `-`.
#[must_use]
pub fn decode_utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        at += 1;
        if b != b'+' {
            out.push(if b.is_ascii() { char::from(b) } else { '\u{fffd}' });
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).count();
        if len == 0 {
            out.push('+');
        } else {
            let units = transfer::base64(rest.get(..len).unwrap_or_default());
            let whole = units.get(..units.len() & !1).unwrap_or_default();
            out.push_str(&UTF_16BE.decode_without_bom_handling(whole).0);
        }
        at += len;
        at += usize::from(bytes.get(at) == Some(&b'-'));
    }
    out
}
