//! Bytes to text by whatever character set is declared, and what to do when the declaration is wrong or missing.
//!
//! Knows no mail structure. Invariant: any bytes and any label give text.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{EUC_JP, Encoding, GB18030, GBK, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

use labels::Decoder;

mod iso2022;
mod labels;
mod seven_bit;
mod single_byte;

/// Bytes that are looked at when a character set is guessed: more does not change the guess.
const GUESS_BYTES_MAX: usize = 16 * 1024;

/// What else a mail tells about the language of bytes that nobody declared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hint {
    /// The character set that another part of the mail declares.
    declared: Option<&'static Encoding>,
    /// Two lower-case letters of the sender's country domain.
    country: Option<[u8; 2]>,
}

impl Hint {
    /// Of the label of a text part and the sender's domain.
    #[must_use]
    pub fn new(label: &str, domain: &str) -> Self {
        let declared = match labels::find(label) {
            // UTF-8 is tried anyway, and UTF-16 stands in no header.
            Some(Decoder::Known(e)) if e != UTF_8 && e.is_ascii_compatible() => Some(e),
            Some(Decoder::Iso2022Jp) => Some(encoding_rs::SHIFT_JIS),
            _ => None,
        };
        let last = domain.rsplit('.').next().unwrap_or_default();
        let country = match *last.as_bytes() {
            [a, b] => Some([a.to_ascii_lowercase(), b.to_ascii_lowercase()]),
            _ => country_of_provider(domain),
        };
        Self { declared, country }
    }
}

/// Providers with a `.com` that serve one country.
fn country_of_provider(domain: &str) -> Option<[u8; 2]> {
    const PROVIDERS: [(&str, [u8; 2]); 22] = [
        ("qq.com", *b"cn"),
        ("foxmail.com", *b"cn"),
        ("163.com", *b"cn"),
        ("126.com", *b"cn"),
        ("188.com", *b"cn"),
        ("yeah.net", *b"cn"),
        ("139.com", *b"cn"),
        ("189.com", *b"cn"),
        ("sina.com", *b"cn"),
        ("sohu.com", *b"cn"),
        ("tom.com", *b"cn"),
        ("21cn.com", *b"cn"),
        ("aliyun.com", *b"cn"),
        ("263.net", *b"cn"),
        ("naver.com", *b"kr"),
        ("hanmail.net", *b"kr"),
        ("daum.net", *b"kr"),
        ("nate.com", *b"kr"),
        ("hinet.net", *b"tw"),
        ("pchome.com", *b"tw"),
        ("nifty.com", *b"jp"),
        ("ukr.net", *b"ua"),
    ];
    let is_of = |known: &str| {
        domain.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    PROVIDERS.iter().find(|(known, _)| is_of(known)).map(|(_, country)| *country)
}

/// Decodes `bytes` labelled `label` (empty: undeclared).
#[must_use]
pub fn decode(bytes: &[u8], label: &str) -> String {
    decode_hinted(bytes, label, Hint::default())
}

/// [`decode`] with what else is known.
#[must_use]
pub fn decode_hinted(bytes: &[u8], label: &str, hint: Hint) -> String {
    let label = label.trim().trim_matches(['"', '\'']);
    if is_wide(bytes) {
        return decode_utf16(bytes, None);
    }
    match labels::find(label) {
        Some(decoder) => decode_declared(bytes, decoder, hint),
        None => decode_undeclared(bytes, hint).into_owned(),
    }
}

/// Whether bytes are UTF-16 whatever their label says: every second one is zero, or nearly.
fn is_wide(bytes: &[u8]) -> bool {
    let head = bytes.get(..512).unwrap_or(bytes);
    let zeros = |at: usize| head.chunks_exact(2).filter(|pair| pair.get(at) == Some(&0)).count();
    head.len() >= 8
        && memchr::memchr(0, head).is_some()
        && (zeros(0) == 0) != (zeros(1) == 0)
        && zeros(0).max(zeros(1)) * 3 > head.len()
}

/// Decodes bytes of a Windows code page (TNEF, RTF).
#[must_use]
pub fn decode_code_page(bytes: &[u8], number: u32) -> String {
    match labels::code_page(number) {
        Some(decoder) => decode_declared(bytes, decoder, Hint::default()),
        None => decode_undeclared(bytes, Hint::default()).into_owned(),
    }
}

/// Whether the label names a character set and the bytes are none of its texts.
#[must_use]
pub fn is_broken(bytes: &[u8], label: &str) -> bool {
    match labels::find(label) {
        Some(Decoder::Known(encoding)) => encoding.decode_without_bom_handling(bytes).1,
        _ => false,
    }
}

fn decode_declared(bytes: &[u8], decoder: Decoder, hint: Hint) -> String {
    match decoder {
        Decoder::Known(encoding) if encoding.is_ascii_compatible() => {
            if bytes.is_ascii() && !bytes.contains(&0x1b) {
                return String::from_utf8_lossy(bytes).into_owned();
            }
            decode_labelled(bytes, encoding, hint)
        }
        Decoder::Known(encoding) => decode_utf16(bytes, Some(encoding)),
        Decoder::Utf16 => decode_utf16(bytes, None),
        Decoder::Utf32 => decode_utf32(bytes),
        Decoder::Page(table) => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => single_byte::decode(bytes, table),
        },
        // 8-bit text behind a 7-bit label is Shift_JIS, EUC or UTF-8; only katakana stand there by right.
        Decoder::Iso2022Jp | Decoder::Iso2022Kr | Decoder::Iso2022Cn | Decoder::Hz | Decoder::Utf7
            if !bytes.is_ascii() && !bytes.contains(&0x1b) =>
        {
            decode_undeclared(bytes, hint).into_owned()
        }
        Decoder::Iso2022Jp => iso2022::decode_jp(bytes),
        Decoder::Iso2022Kr => iso2022::decode_kr(bytes),
        Decoder::Iso2022Cn => iso2022::decode_cn(bytes),
        Decoder::Hz => seven_bit::decode_hz(bytes),
        Decoder::Utf7 => seven_bit::decode_utf7(bytes),
    }
}

/// Trusts the label unless its decoder meets errors and UTF-8 or a guess does not, or the text cannot be Latin.
fn decode_labelled(bytes: &[u8], encoding: &'static Encoding, hint: Hint) -> String {
    if let Some(text) = escaped(bytes) {
        return text;
    }
    // U+FEFF is the caller's to keep or drop.
    let (text, errors) = encoding.decode_without_bom_handling(bytes);
    if !errors && !is_western(encoding) {
        return text.into_owned();
    }
    if encoding != UTF_8
        && let Some(text) = nearly_utf8(bytes)
    {
        return text.into_owned();
    }
    if !errors {
        if !is_never_latin(bytes) {
            return text.into_owned();
        }
        let better = guess(bytes, Hint { declared: None, ..hint });
        let (other, _, broken) = better.decode(bytes);
        return if broken || is_western(better) { text.into_owned() } else { other.into_owned() };
    }
    if encoding == UTF_8
        && let Some(text) = nearly_utf8(bytes)
    {
        return text.into_owned();
    }
    let better = guess(bytes, Hint { declared: None, ..hint });
    let (other, broken) = better.decode_without_bom_handling(bytes);
    if broken || better == WINDOWS_1252 && encoding != UTF_8 { text.into_owned() } else { other.into_owned() }
}

/// The labels that programs write without thinking.
fn is_western(encoding: &'static Encoding) -> bool {
    encoding == WINDOWS_1252 || encoding == encoding_rs::ISO_8859_15
}

/// Whether bytes behind a Western label cannot be Western: more letters have the high bit than not. European languages stay
/// below a quarter.
fn is_never_latin(bytes: &[u8]) -> bool {
    let head = bytes.get(..GUESS_BYTES_MAX).unwrap_or(bytes);
    let high = head.iter().filter(|b| **b >= 0x80).count();
    let letters = head.iter().filter(|b| b.is_ascii_alphabetic()).count();
    high >= 8 && high > letters
}

/// UTF-8, when all of it or nearly all of it is: a text that was cut inside a character, or holds one foreign byte.
fn nearly_utf8(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(Cow::Borrowed(text));
    }
    let (mut sound, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    (broken * 4 <= sound).then(|| String::from_utf8_lossy(bytes))
}

/// Seven-bit text whose escapes say what it is, whatever its label says.
fn escaped(bytes: &[u8]) -> Option<String> {
    memchr::memchr(0x1b, bytes)?;
    if memmem::find(bytes, b"\x1b$)C").is_some() {
        return Some(iso2022::decode_kr(bytes));
    }
    if memmem::find(bytes, b"\x1b$)A").is_some() {
        return Some(iso2022::decode_cn(bytes));
    }
    let japanese = [&b"\x1b$B"[..], b"\x1b$@", b"\x1b$(", b"\x1b(I", b"\x1b(J"];
    japanese.iter().any(|e| memmem::find(bytes, e).is_some()).then(|| iso2022::decode_jp(bytes))
}

/// Whether bytes are UTF-8 (or ASCII) and switch to nothing else by an escape.
#[must_use]
pub fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok() && memchr::memchr(0x1b, bytes).is_none()
}

/// UTF-8 when it is valid, else what the escapes, the hint or the bytes themselves tell.
#[must_use]
pub fn decode_undeclared(bytes: &[u8], hint: Hint) -> Cow<'_, str> {
    if let Some(text) = escaped(bytes) {
        return Cow::Owned(text);
    }
    if let Some(text) = nearly_utf8(bytes) {
        return match &text {
            Cow::Borrowed(plain) if seven_bit::is_hz(plain.as_bytes()) => {
                Cow::Owned(seven_bit::decode_hz(bytes))
            }
            _ => text,
        };
    }
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes {
        return Cow::Owned(decode_utf16(bytes, None));
    }
    if let Some(encoding) = hint.declared {
        let (text, broken) = encoding.decode_without_bom_handling(bytes);
        let is_wrong = broken || is_western(encoding) && is_never_latin(bytes);
        if !is_wrong {
            return text;
        }
    }
    guess(bytes, hint).decode_without_bom_handling(bytes).0
}

/// A short GBK word scores like Latin letters; the hint `cn` decides for GBK only when all 8-bit bytes stand in pairs,
/// as European accents hardly do.
fn guess(bytes: &[u8], hint: Hint) -> &'static Encoding {
    let head = bytes.get(..GUESS_BYTES_MAX).unwrap_or(bytes);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, true);
    let country = hint.country.as_ref().map(<[u8; 2]>::as_slice);
    let found = detector.guess(country, Utf8Detection::Deny);
    if found.is_single_byte() && hint.country.is_none() && high_bytes_pair(head) {
        let chinese = detector.guess(Some(b"cn"), Utf8Detection::Deny);
        if !chinese.is_single_byte() {
            return widest(chinese);
        }
    }
    widest(found)
}

/// GB18030 for GBK, and no decoder that swallows text by its escapes.
fn widest(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK {
        GB18030
    } else if encoding == ISO_2022_JP {
        EUC_JP
    } else {
        encoding
    }
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

/// A byte order mark decides, then where the zero bytes stand; text without any is no UTF-16.
fn decode_utf16(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
    let marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let zeros = |at: usize| bytes.chunks_exact(2).take(4_096).filter(|pair| pair.get(at) == Some(&0)).count();
    let (high, low) = (zeros(0), zeros(1));
    if !marked
        && high + low == 0
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    let encoding = match (declared, high, low) {
        // A label and content that contradict each other: four of five of the zeros decide.
        (Some(declared), high, low) if low > 4 * high + 4 && declared == UTF_16BE => UTF_16LE,
        (Some(declared), high, low) if high > 4 * low + 4 && declared == UTF_16LE => UTF_16BE,
        (Some(declared), ..) => declared,
        (None, high, low) if low > high => UTF_16LE,
        // RFC 2781 section 4.3.
        (None, ..) => UTF_16BE,
    };
    encoding.decode(bytes).0.into_owned()
}

fn decode_utf32(bytes: &[u8]) -> String {
    let big = match bytes {
        [0, 0, 0xfe, 0xff, ..] => true,
        [0xff, 0xfe, 0, 0, ..] => false,
        _ => {
            bytes.chunks_exact(4).take(1_024).filter(|unit| unit.first() == Some(&0)).count() * 2
                > bytes.len().min(4_096) / 4
        }
    };
    let unit = |four: &[u8]| {
        let four = <[u8; 4]>::try_from(four).unwrap_or_default();
        let code = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
        char::from_u32(code).unwrap_or('\u{fffd}')
    };
    bytes.chunks_exact(4).map(unit).filter(|c| *c != '\u{feff}').collect()
}

#[cfg(test)]
mod tests;
