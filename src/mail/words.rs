//! Header text: unfolding, encoded words (RFC 2047), 8-bit that nobody declared. From raw bytes, so that a character
//! split over two encoded words is whole again. Knows no field by name.

use super::{charset, transfer};

/// Longest encoded word that is looked for; RFC 2047 allows 75, senders write whole subjects.
const WORD_BYTES_MAX: usize = 4_096;

/// Decodes unstructured text. Controls (also CR, LF, NUL) become blanks; the result is trimmed.
#[must_use]
pub fn decode(raw: &[u8]) -> String {
    if raw.iter().all(|&b| (0x20..0x7f).contains(&b)) && !raw.windows(2).any(|w| w == b"=?") {
        return String::from_utf8_lossy(raw).trim().to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut plain_from = 0;
    let mut at = 0;
    while let Some(found) = find(raw, at, b"=?") {
        let Some(word) = encoded_word(raw, found) else {
            at = found + 2;
            continue;
        };
        let between = raw.get(plain_from..found).unwrap_or_default();
        if pending.is_none() || !between.iter().all(u8::is_ascii_whitespace) {
            flush(&mut out, pending.take());
            push_plain(&mut out, between);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(&word.charset) => {
                bytes.extend_from_slice(&word.bytes)
            }
            _ => {
                flush(&mut out, pending.take());
                pending = Some((word.charset, word.bytes));
            }
        }
        at = word.end;
        plain_from = at;
    }
    flush(&mut out, pending);
    push_plain(&mut out, raw.get(plain_from..).unwrap_or_default());
    cleaned(&out)
}

/// Controls to blanks, folds to one blank, trimmed.
#[must_use]
pub fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fold = false;
    for c in text.chars() {
        if matches!(c, '\r' | '\n') {
            fold = true;
        } else if fold && matches!(c, ' ' | '\t') {
            // The blanks behind a fold stand for it.
        } else {
            if fold {
                out.push(' ');
                fold = false;
            }
            out.push(if c.is_control() { ' ' } else { c });
        }
    }
    out.trim().to_owned()
}

struct Word {
    charset: String,
    bytes: Vec<u8>,
    end: usize,
}

fn find(raw: &[u8], from: usize, what: &[u8; 2]) -> Option<usize> {
    raw.get(from..)?.windows(2).position(|w| w == what).map(|n| from + n)
}

/// The encoded word that begins at `at`.
fn encoded_word(raw: &[u8], at: usize) -> Option<Word> {
    let body = raw.get(at + 2..)?;
    let window = body.get(..WORD_BYTES_MAX).unwrap_or(body);
    let name_end = window.iter().take(64).position(|&b| b == b'?')?;
    let charset = std::str::from_utf8(window.get(..name_end)?).ok()?;
    // RFC 2231 section 5: a language may follow the character set.
    let charset = charset.split('*').next().unwrap_or_default().trim();
    if charset.is_empty() || charset.contains(char::is_whitespace) || window.get(name_end + 2) != Some(&b'?')
    {
        return None;
    }
    let text_at = name_end + 3;
    let len = window.get(text_at..)?.windows(2).position(|w| w == b"?=")?;
    let text = window.get(text_at..text_at + len)?;
    let bytes = match window.get(name_end + 1)? {
        b'b' | b'B' => transfer::base64(text),
        b'q' | b'Q' => transfer::quoted_printable(text, true),
        _ => return None,
    };
    Some(Word { charset: charset.to_owned(), bytes, end: at + 2 + text_at + len + 2 })
}

fn flush(out: &mut String, pending: Option<(String, Vec<u8>)>) {
    if let Some((label, bytes)) = pending {
        out.push_str(&charset::decode(&bytes, &label));
    }
}

fn push_plain(out: &mut String, raw: &[u8]) {
    out.push_str(&charset::decode_undeclared(raw));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_split_over_two_words_is_whole() {
        assert_eq!(decode(b"=?utf-8?Q?=E5?=\r\n =?UTF-8?Q?=8D=97?="), "南");
        assert_eq!(decode(b"=?utf-8?Q?=E5=8D?= =?utf-8?Q?=97?= x"), "南 x");
    }

    #[test]
    fn words_between_text_keep_their_blanks() {
        assert_eq!(decode(b"a =?iso-8859-1?q?=FC_b?= c"), "a ü b c");
        assert_eq!(decode(b"=?gb2312?B?uMrM2M28?="), "甘特图");
    }

    #[test]
    fn undeclared_bytes_and_controls() {
        assert_eq!(decode("升级\r\n\t后".as_bytes()), "升级 后");
        assert_eq!(decode(b"a\0b\r\nc"), "a b c");
        assert_eq!(decode(b"=?x?B?"), "=?x?B?");
    }
}
