//! Bytes to text by whatever character set is declared, and what to do when the declaration is wrong or missing.
//!
//! Knows no mail structure. Invariant: any bytes and any label give text.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

/// Bytes that are looked at when a character set is guessed: more does not change the guess.
const GUESS_BYTES_MAX: usize = 16 * 1024;

/// Decodes `bytes` labelled `label` (empty: undeclared).
#[must_use]
pub fn decode(bytes: &[u8], label: &str) -> String {
    let label = label.trim().trim_matches(|c| c == '"' || c == '\'').to_ascii_lowercase();
    match label.as_str() {
        "hz-gb-2312" | "hz" => return decode_hz(bytes),
        "utf-7" | "unicode-1-1-utf-7" | "unicode-2-0-utf-7" => return decode_utf7(bytes),
        _ => {}
    }
    // An ISO-2022-JP text is 7-bit; everything else that is ASCII needs no decoder.
    if !label.starts_with("iso-2022") && !label.starts_with("utf-16") && bytes.is_ascii() {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    match encoding_of(&label) {
        Some(encoding) => decode_labelled(bytes, encoding),
        None => decode_undeclared(bytes).into_owned(),
    }
}

/// The encoding behind a label; `None` for ASCII, unknown and empty labels.
fn encoding_of(label: &str) -> Option<&'static Encoding> {
    match label {
        "" | "us-ascii" | "ascii" | "ansi_x3.4-1968" | "unknown-8bit" | "default" | "default_charset"
        | "x-unknown" => None,
        "gb2312" | "gbk" | "gb_2312-80" | "cp936" | "ms936" | "windows-936" | "euc-cn" | "x-gbk" => {
            Some(GB18030)
        }
        "cp932" | "ms932" | "windows-932" => Encoding::for_label(b"shift_jis"),
        "cp949" | "ks_c_5601" | "ms949" => Encoding::for_label(b"euc-kr"),
        "cp950" | "big5-eten" => Encoding::for_label(b"big5"),
        "utf-16" => Encoding::for_label(b"utf-16be"),
        "iso-2022-jp-ms" | "iso-2022-jp-1" | "iso-2022-jp-2" => Encoding::for_label(b"iso-2022-jp"),
        _ => Encoding::for_label_no_replacement(label.as_bytes())
            .or_else(|| Encoding::for_label_no_replacement(label.replace('_', "-").as_bytes())),
    }
}

/// Trusts the label unless its decoder meets errors and UTF-8 or a guess does not.
fn decode_labelled(bytes: &[u8], encoding: &'static Encoding) -> String {
    // Only UTF-16 needs its byte order mark; elsewhere U+FEFF is the caller's to keep or drop.
    let (text, errors) = if encoding.is_ascii_compatible() {
        encoding.decode_without_bom_handling(bytes)
    } else {
        let (text, _, errors) = encoding.decode(bytes);
        (text, errors)
    };
    if !errors && encoding != WINDOWS_1252 {
        return text.into_owned();
    }
    if encoding != UTF_8
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    if !errors {
        return text.into_owned();
    }
    let guess = guess(bytes);
    let (better, _, still) = guess.decode(bytes);
    if still || guess == WINDOWS_1252 { text.into_owned() } else { better.into_owned() }
}

/// UTF-8 when it is valid, else the best guess.
#[must_use]
pub fn decode_undeclared(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => guess(bytes).decode_without_bom_handling(bytes).0,
    }
}

/// A short GBK word scores like Latin letters; the hint `cn` decides for GBK only when all 8-bit bytes stand in pairs,
/// as European accents hardly do.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let head = bytes.get(..GUESS_BYTES_MAX).unwrap_or(bytes);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(head, true);
    let plain = detector.guess(None, Utf8Detection::Allow);
    if plain.is_single_byte() && high_bytes_pair(head) {
        let chinese = detector.guess(Some(b"cn"), Utf8Detection::Allow);
        if !chinese.is_single_byte() {
            return if chinese == UTF_8 { plain } else { chinese };
        }
    }
    if plain == encoding_rs::GBK { GB18030 } else { plain }
}

fn high_bytes_pair(bytes: &[u8]) -> bool {
    let mut run = 0_usize;
    let mut pairs = 0_usize;
    for &b in bytes {
        if b >= 0x80 {
            run += 1;
        } else {
            if run % 2 == 1 {
                return false;
            }
            pairs += run / 2;
            run = 0;
        }
    }
    pairs + run / 2 >= 2
}

/// RFC 1843: `~{` … `~}` holds GB2312 with the high bits off.
fn decode_hz(bytes: &[u8]) -> String {
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
fn decode_utf7(bytes: &[u8]) -> String {
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
            let units = super::transfer::base64(rest.get(..len).unwrap_or_default());
            let (text, _) = encoding_rs::UTF_16BE
                .decode_without_bom_handling(units.get(..units.len() & !1).unwrap_or_default());
            out.push_str(&text);
        }
        at += len;
        at += usize::from(bytes.get(at) == Some(&b'-'));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gb18030_behind_a_gb2312_label() {
        let (bytes, _, _) = GB18030.encode("朱镕基 𠮷 甘特图");
        assert_eq!(decode(&bytes, "gb2312"), "朱镕基 𠮷 甘特图");
    }

    #[test]
    fn undeclared_short_gbk_and_latin() {
        let (bytes, _, _) = GB18030.encode("甘特图无法加载");
        assert_eq!(decode(&bytes, ""), "甘特图无法加载");
        let (latin, _, _) = WINDOWS_1252.encode("Grüße aus München, schöne Woche");
        assert_eq!(decode(&latin, "us-ascii"), "Grüße aus München, schöne Woche");
    }

    #[test]
    fn utf8_behind_a_latin_label() {
        assert_eq!(decode("升级".as_bytes(), "iso-8859-1"), "升级");
    }

    #[test]
    fn hz_and_utf7() {
        assert_eq!(decode(b"a~{<:Ky2;S{~}.~~", "HZ-GB-2312"), "a己所不欲.~");
        assert_eq!(decode(b"Hi Mom -+Jjo--!", "utf-7"), "Hi Mom -\u{263A}-!");
    }

    #[test]
    fn iso_2022_jp() {
        assert_eq!(decode(b"\x1b$B%F%9%H\x1b(B", "ISO-2022-JP"), "テスト");
    }
}
