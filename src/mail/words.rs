//! Header text: unfolding, encoded words (RFC 2047), 8-bit that nobody declared. From raw bytes, so that a character
//! split over two encoded words is whole again. Knows no field by name.

use memchr::memmem;

use super::{
    charset::{self, Hint},
    transfer,
};

/// Longest encoded word that is looked for; RFC 2047 allows 75, senders write whole subjects.
const WORD_BYTES_MAX: usize = 8_192;

/// Decodes unstructured text. Controls (also CR, LF, NUL) become blanks; the result is trimmed.
#[must_use]
pub fn decode(raw: &[u8]) -> String {
    decode_hinted(raw, Hint::default())
}

/// [`decode`], with what the mail tells about undeclared bytes.
#[must_use]
pub fn decode_hinted(raw: &[u8], hint: Hint) -> String {
    let has_words = memmem::find(raw, b"=?").is_some();
    if !has_words {
        if raw.iter().all(|&b| (0x20..0x7f).contains(&b)) && memmem::find(raw, b"~{").is_none() {
            return String::from_utf8_lossy(raw).trim().to_owned();
        }
        return cleaned(&charset::decode_undeclared(raw, hint));
    }
    let text = decode_words(raw, hint);
    // Gateways that take an encoded word for text encode it a second time.
    if text.starts_with("=?") && text.ends_with("?=") {
        let again = decode_words(text.as_bytes(), hint);
        if !again.contains("=?") {
            return again;
        }
    }
    text
}

fn decode_words(raw: &[u8], hint: Hint) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut run = Run::default();
    let mut plain_from = 0;
    let mut at = 0;
    while let Some(found) = memmem::find(raw.get(at..).unwrap_or_default(), b"=?").map(|n| at + n) {
        let Some(word) = encoded_word(raw, found) else {
            at = found + 2;
            continue;
        };
        let between = raw.get(plain_from..found).unwrap_or_default();
        if run.words.is_empty() || !between.iter().all(u8::is_ascii_whitespace) {
            run.flush(&mut out);
            out.push_str(&charset::decode_undeclared(between, hint));
        }
        at = word.end;
        plain_from = at;
        run.push(word, &mut out);
    }
    run.flush(&mut out);
    out.push_str(&charset::decode_undeclared(raw.get(plain_from..).unwrap_or_default(), hint));
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

struct Word<'a> {
    charset: &'a str,
    base64: bool,
    text: &'a [u8],
    end: usize,
}

impl Word<'_> {
    fn bytes(&self) -> Vec<u8> {
        if self.base64 { transfer::base64(self.text) } else { transfer::quoted_printable(self.text, true) }
    }

    /// Characters of its base64 behind the last whole group of four; 0 with padding.
    fn ragged(&self) -> usize {
        if !self.base64 || self.text.contains(&b'=') {
            return 0;
        }
        self.text.iter().filter(|b| !b.is_ascii_whitespace()).count() % 4
    }
}

/// Adjacent words of one character set: their bytes belong together (senders split characters against RFC 2047
/// section 5), and sometimes their base64 does.
#[derive(Default)]
struct Run<'a> {
    words: Vec<Word<'a>>,
}

impl<'a> Run<'a> {
    fn push(&mut self, word: Word<'a>, out: &mut String) {
        let goes_on = self
            .words
            .last()
            .is_none_or(|last| same_charset(last.charset, word.charset) || self.is_cut_before(&word));
        if !goes_on {
            self.flush(out);
        }
        self.words.push(word);
    }

    /// Whether the run ends inside a UTF-8 character that this word, labelled otherwise, goes on with.
    fn is_cut_before(&self, next: &Word<'_>) -> bool {
        let starts_inside = next.bytes().first().is_some_and(|b| (0x80..0xc0).contains(b));
        starts_inside
            && self.words.last().is_some_and(|last| {
                std::str::from_utf8(&last.bytes()).is_err_and(|e| e.error_len().is_none())
            })
    }

    fn flush(&mut self, out: &mut String) {
        let words = std::mem::take(&mut self.words);
        let Some(first) = words.first() else { return };
        let before = words.split_last().map_or(&[][..], |(_, before)| before);
        let mut bytes: Vec<u8> = words.iter().flat_map(Word::bytes).collect();
        if before.iter().any(|w| w.ragged() > 0) && words.iter().all(|w| w.base64) {
            let joined: Vec<u8> = words.iter().flat_map(|w| w.text).copied().collect();
            let joined = transfer::base64(&joined);
            // One character alone stands for no byte: such a word was cut.
            let was_cut = before.iter().any(|w| w.ragged() == 1) || charset::is_broken(&bytes, first.charset);
            if was_cut && !charset::is_broken(&joined, first.charset) {
                bytes = joined;
            }
        }
        out.push_str(&charset::decode(&bytes, first.charset));
    }
}

fn same_charset(a: &str, b: &str) -> bool {
    let letters = |s: &str| {
        s.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>()
    };
    a.eq_ignore_ascii_case(b) || letters(a) == letters(b)
}

/// Where the encoded word that begins at `at` ends, if it is a whole one.
#[must_use]
pub fn word_end(raw: &[u8], at: usize) -> Option<usize> {
    let word = encoded_word(raw, at)?;
    let is_closed = raw.get(..word.end)?.ends_with(b"?=");
    (is_closed && !word.text.iter().any(|b| b.is_ascii_whitespace() || matches!(b, b'<' | b'>')))
        .then_some(word.end)
}

/// The encoded word that begins at `at`. Lenient: blanks around the encoding's letter, and no end at the field's end.
fn encoded_word(raw: &[u8], at: usize) -> Option<Word<'_>> {
    let body = raw.get(at + 2..)?;
    let window = body.get(..WORD_BYTES_MAX).unwrap_or(body);
    let name_end = window.iter().take(64).position(|&b| b == b'?')?;
    let charset = std::str::from_utf8(window.get(..name_end)?).ok()?;
    // RFC 2231 section 5: a language may follow the character set.
    let charset = charset.split('*').next().unwrap_or_default().trim();
    if charset.is_empty() || charset.contains(|c: char| c.is_whitespace() || c.is_control() || c == '=') {
        return None;
    }
    let behind = window.get(name_end + 1..)?;
    let letter_end = behind.iter().take(8).position(|&b| b == b'?')?;
    let base64 = match behind.get(..letter_end)?.trim_ascii() {
        b"b" | b"B" => true,
        b"q" | b"Q" => false,
        _ => return None,
    };
    let text_at = name_end + 1 + letter_end + 1;
    let text = window.get(text_at..)?;
    let (len, closed) = match end_of_text(text, base64) {
        Some(len) => (len, 2),
        None => (unclosed(text, body.len() == window.len())?, 0),
    };
    let shown = text.get(..len)?;
    let shown = if closed == 0 { shown.strip_suffix(b"?").unwrap_or(shown) } else { shown };
    Some(Word { charset, base64, text: shown, end: at + 2 + text_at + len + closed })
}

fn end_of_text(text: &[u8], base64: bool) -> Option<usize> {
    let len = memmem::find(text, b"?=")?;
    if base64 {
        return Some(len);
    }
    // A question mark that the sender left bare before an encoded character: `=?utf-8?Q?why?=3F?=`.
    let rest = text.get(len + 2..).unwrap_or_default();
    let is_hex = rest.len() >= 2 && rest.iter().take(2).all(u8::is_ascii_hexdigit);
    let further = || {
        let next = memmem::find(rest, b"?=")?;
        let inner = rest.get(..next)?;
        let is_one_word = !inner.iter().any(u8::is_ascii_whitespace) && memmem::find(inner, b"=?").is_none();
        is_one_word.then_some(len + 2 + next)
    };
    Some(if is_hex { further().unwrap_or(len) } else { len })
}

/// A word that the field's end cuts: all of the rest, when it is one word.
fn unclosed(text: &[u8], is_rest_of_field: bool) -> Option<usize> {
    let is_cut = is_rest_of_field
        && text.len() > 1
        && !text.iter().any(|b| b.is_ascii_whitespace() || matches!(b, b'<' | b'>' | b'"'));
    is_cut.then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_split_over_two_words_is_whole() {
        for raw in [
            "=?utf-8?Q?=E5?=\r\n =?UTF-8?Q?=8D=97?=",
            // base64 that was cut without regard to its groups of four
            "=?utf-8?B?5Y2?= =?utf-8?B?X?=",
            "=?utf-8?B?5?= =?utf-8?B?Y2X?=",
            // one character under two labels
            "=?utf-8?Q?=E5=8D?= =?UTF8?Q?=97?=",
            "=?utf-8?Q?=E5=8D?= =?us-ascii?Q?=97?=",
            // encoded twice by a gateway
            "=?us-ascii?Q?=3D=3Futf-8=3FB=3F5Y2X=3F=3D?=",
            "=?UTF-8? B?5Y2X?=",
            "=?utf-8*zh?B?5Y2X?=",
            "=?utf-8?B?5Y2X",
            "=?utf-8?B?5Y2X?",
        ] {
            assert_eq!(decode(raw.as_bytes()), "南", "{raw}");
        }
        assert_eq!(decode(b"=?utf-8?Q?=E5=8D?= =?utf-8?Q?=97?= x"), "南 x");
        // Two words that each lack their padding are two words all the same.
        assert_eq!(decode(b"=?utf-8?B?5Y2X5Q?= =?utf-8?B?jZc?="), "南南");
        assert_eq!(decode(b"=?utf-8?B?YQ?= =?utf-8?B?Yg?="), "ab");
    }

    #[test]
    fn words_between_text_keep_their_blanks() {
        assert_eq!(decode(b"a =?iso-8859-1?q?=FC_b?= c"), "a ü b c");
        assert_eq!(decode(b"=?gb2312?B?uMrM2M28?="), "甘特图");
        assert_eq!(decode(b"=?utf-8?Q?why?=3F no"), "why3F no");
        assert_eq!(decode(b"=?utf-8?Q?a b=C3=BC?=x"), "a büx");
        assert_eq!(decode(b"=?utf-8?Q?why?=3F_no?="), "why?? no");
    }

    #[test]
    fn undeclared_bytes_and_controls() {
        assert_eq!(decode("升级\r\n\t后".as_bytes()), "升级 后");
        assert_eq!(decode(b"a\0b\r\nc"), "a b c");
        assert_eq!(decode(b"=?x?B?"), "=?x?B?");
        assert_eq!(decode(b"\x1b$B%F%9%H\x1b(B"), "テスト");
        let koi8 = encoding_rs::KOI8_R.encode("Привет").0;
        assert_eq!(decode_hinted(&koi8, Hint::new("koi8-r", "example.com")), "Привет");
    }
}
