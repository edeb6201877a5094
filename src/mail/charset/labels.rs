//! The names under which mail programs declare character sets, and which decoder each means. Data, and one lookup.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, IBM866, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, UTF_8, UTF_16BE,
    UTF_16LE, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254,
    WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};

use super::single_byte as pages;

/// What decodes a declared character set.
#[derive(Debug, Clone, Copy)]
pub enum Decoder {
    Known(&'static Encoding),
    /// A code page that only we have.
    Page(&'static str),
    Iso2022Jp,
    Iso2022Kr,
    Iso2022Cn,
    Hz,
    Utf7,
    /// Byte order as the mark or the content tells.
    Utf16,
    Utf32,
}

/// Names that declare nothing: placeholders of programs that did not know, and ASCII, which holds no 8-bit bytes.
const UNDECLARED: [&str; 14] = [
    "",
    "ascii",
    "usascii",
    "ansix341968",
    "ansix341986",
    "iso646us",
    "unknown8bit",
    "default",
    "defaultcharset",
    "unknown",
    "none",
    "binary",
    "7bit",
    "8bit",
];

/// Names beside those of the WHATWG's list, lower case, letters and digits only, without a leading `x` or `cs`.
const NAMES: [(&str, Decoder); 58] = [
    // zh: GB18030 contains GBK contains GB 2312, and programs write any name over any of them.
    ("gb2312", Decoder::Known(GB18030)),
    ("gb231280", Decoder::Known(GB18030)),
    ("gbk", Decoder::Known(GB18030)),
    ("gb180302000", Decoder::Known(GB18030)),
    ("gb180302022", Decoder::Known(GB18030)),
    ("gb", Decoder::Known(GB18030)),
    ("cngb", Decoder::Known(GB18030)),
    ("euccn", Decoder::Known(GB18030)),
    ("eucgb2312cn", Decoder::Known(GB18030)),
    ("chinese", Decoder::Known(GB18030)),
    ("zhcn", Decoder::Known(GB18030)),
    ("big5eten", Decoder::Known(BIG5)),
    ("big5hkscs", Decoder::Known(BIG5)),
    ("hkscsbig5", Decoder::Known(BIG5)),
    ("xbig5", Decoder::Known(BIG5)),
    ("cnbig5", Decoder::Known(BIG5)),
    ("zhtw", Decoder::Known(BIG5)),
    ("hz", Decoder::Hz),
    ("hzgb2312", Decoder::Hz),
    ("iso2022cn", Decoder::Iso2022Cn),
    ("iso2022cnext", Decoder::Iso2022Cn),
    // ja
    ("iso2022jp", Decoder::Iso2022Jp),
    ("iso2022jp1", Decoder::Iso2022Jp),
    ("iso2022jp2", Decoder::Iso2022Jp),
    ("iso2022jp3", Decoder::Iso2022Jp),
    ("iso2022jp2004", Decoder::Iso2022Jp),
    ("iso2022jpms", Decoder::Iso2022Jp),
    ("jis", Decoder::Iso2022Jp),
    ("jis7", Decoder::Iso2022Jp),
    ("sjis", Decoder::Known(SHIFT_JIS)),
    ("shiftjis", Decoder::Known(SHIFT_JIS)),
    ("shiftjisms", Decoder::Known(SHIFT_JIS)),
    ("mskanji", Decoder::Known(SHIFT_JIS)),
    ("windows31j", Decoder::Known(SHIFT_JIS)),
    ("ujis", Decoder::Known(EUC_JP)),
    ("eucjpms", Decoder::Known(EUC_JP)),
    // ko
    ("iso2022kr", Decoder::Iso2022Kr),
    ("ksc5601", Decoder::Known(EUC_KR)),
    ("ksc56011987", Decoder::Known(EUC_KR)),
    ("kscx1001", Decoder::Known(EUC_KR)),
    ("uhc", Decoder::Known(EUC_KR)),
    // Unicode
    ("utf7", Decoder::Utf7),
    ("unicode11utf7", Decoder::Utf7),
    ("unicode20utf7", Decoder::Utf7),
    ("utf8", Decoder::Known(UTF_8)),
    ("utf8mb4", Decoder::Known(UTF_8)),
    ("utf8sig", Decoder::Known(UTF_8)),
    ("utf16", Decoder::Utf16),
    ("unicode", Decoder::Utf16),
    ("ucs2", Decoder::Utf16),
    ("iso10646ucs2", Decoder::Utf16),
    ("utf32", Decoder::Utf32),
    ("utf32le", Decoder::Utf32),
    ("utf32be", Decoder::Utf32),
    ("ucs4", Decoder::Utf32),
    // the rest
    ("koi8t", Decoder::Page(pages::KOI8_T)),
    ("hproman8", Decoder::Page(pages::HP_ROMAN8)),
    ("roman8", Decoder::Page(pages::HP_ROMAN8)),
];

/// Microsoft's and IBM's code page numbers, as in `cp1251`, `windows-1251`, `IBM437`, `dos-866` and in TNEF.
const CODE_PAGES: [(u32, Decoder); 61] = [
    (437, Decoder::Page(pages::CP437)),
    (737, Decoder::Page(pages::CP737)),
    (775, Decoder::Page(pages::CP775)),
    (850, Decoder::Page(pages::CP850)),
    (852, Decoder::Page(pages::CP852)),
    (855, Decoder::Page(pages::CP855)),
    (857, Decoder::Page(pages::CP857)),
    (858, Decoder::Page(pages::CP858)),
    (860, Decoder::Page(pages::CP860)),
    (861, Decoder::Page(pages::CP861)),
    (862, Decoder::Page(pages::CP862)),
    (863, Decoder::Page(pages::CP863)),
    (865, Decoder::Page(pages::CP865)),
    (866, Decoder::Known(IBM866)),
    (869, Decoder::Page(pages::CP869)),
    (874, Decoder::Known(WINDOWS_874)),
    (932, Decoder::Known(SHIFT_JIS)),
    (936, Decoder::Known(GB18030)),
    (943, Decoder::Known(SHIFT_JIS)),
    (949, Decoder::Known(EUC_KR)),
    (950, Decoder::Known(BIG5)),
    (951, Decoder::Known(BIG5)),
    (1125, Decoder::Page(pages::CP1125)),
    (1200, Decoder::Known(UTF_16LE)),
    (1201, Decoder::Known(UTF_16BE)),
    (1250, Decoder::Known(WINDOWS_1250)),
    (1251, Decoder::Known(WINDOWS_1251)),
    (1252, Decoder::Known(WINDOWS_1252)),
    (1253, Decoder::Known(WINDOWS_1253)),
    (1254, Decoder::Known(WINDOWS_1254)),
    (1255, Decoder::Known(WINDOWS_1255)),
    (1256, Decoder::Known(WINDOWS_1256)),
    (1257, Decoder::Known(WINDOWS_1257)),
    (1258, Decoder::Known(WINDOWS_1258)),
    (1386, Decoder::Known(GB18030)),
    (10_000, Decoder::Known(MACINTOSH)),
    (10_001, Decoder::Known(SHIFT_JIS)),
    (10_002, Decoder::Known(BIG5)),
    (10_003, Decoder::Known(EUC_KR)),
    (10_006, Decoder::Page(pages::MAC_GREEK)),
    (10_007, Decoder::Known(X_MAC_CYRILLIC)),
    (10_008, Decoder::Known(GB18030)),
    (10_029, Decoder::Page(pages::MAC_CENTRAL_EUROPE)),
    (10_079, Decoder::Page(pages::MAC_ICELAND)),
    (10_081, Decoder::Page(pages::MAC_TURKISH)),
    (12_000, Decoder::Utf32),
    (12_001, Decoder::Utf32),
    (20_866, Decoder::Known(KOI8_R)),
    (20_936, Decoder::Known(GB18030)),
    (20_949, Decoder::Known(EUC_KR)),
    (21_866, Decoder::Known(KOI8_U)),
    (50_220, Decoder::Iso2022Jp),
    (50_221, Decoder::Iso2022Jp),
    (50_222, Decoder::Iso2022Jp),
    (50_225, Decoder::Iso2022Kr),
    (51_932, Decoder::Known(EUC_JP)),
    (51_936, Decoder::Known(GB18030)),
    (51_949, Decoder::Known(EUC_KR)),
    (52_936, Decoder::Hz),
    (54_936, Decoder::Known(GB18030)),
    (65_001, Decoder::Known(UTF_8)),
];

/// The regional character sets of the old Macintosh by their names without `mac`.
const MACINTOSH_NAMES: [(&str, Decoder); 8] = [
    ("", Decoder::Known(MACINTOSH)),
    ("roman", Decoder::Known(MACINTOSH)),
    ("cyrillic", Decoder::Known(X_MAC_CYRILLIC)),
    ("ukrainian", Decoder::Known(X_MAC_CYRILLIC)),
    ("ce", Decoder::Page(pages::MAC_CENTRAL_EUROPE)),
    ("greek", Decoder::Page(pages::MAC_GREEK)),
    ("turkish", Decoder::Page(pages::MAC_TURKISH)),
    ("iceland", Decoder::Page(pages::MAC_ICELAND)),
];

/// The decoder of a code page number.
#[must_use]
pub fn code_page(number: u32) -> Option<Decoder> {
    if let Some((_, decoder)) = CODE_PAGES.iter().find(|(n, _)| *n == number) {
        return Some(*decoder);
    }
    // 28591 to 28606 are the parts of ISO 8859.
    let part = number.checked_sub(28_590).filter(|part| (1..=16).contains(part))?;
    Encoding::for_label_no_replacement(format!("iso-8859-{part}").as_bytes()).map(Decoder::Known)
}

/// The decoder behind a label; `None` when it declares nothing that we know.
#[must_use]
pub fn find(label: &str) -> Option<Decoder> {
    // The bulk of all mail, before anything is allocated.
    if label.eq_ignore_ascii_case("utf-8") {
        return Some(Decoder::Known(UTF_8));
    }
    let mut name: String =
        label.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    name.truncate(64);
    if UNDECLARED.contains(&name.as_str()) {
        return None;
    }
    let bare = name.strip_prefix("cs").or_else(|| name.strip_prefix('x')).unwrap_or(&name);
    let listed = |n: &str| NAMES.iter().find(|(known, _)| *known == n).map(|(_, decoder)| *decoder);
    listed(bare).or_else(|| listed(&name)).or_else(|| whatwg(label)).or_else(|| by_number(bare)).or_else(
        || {
            let region = bare.strip_prefix("mac")?;
            MACINTOSH_NAMES.iter().find(|(known, _)| *known == region).map(|(_, decoder)| *decoder)
        },
    )
}

fn whatwg(label: &str) -> Option<Decoder> {
    let label = label.trim();
    Encoding::for_label_no_replacement(label.as_bytes())
        .or_else(|| {
            // `iso8859_15`, `ISO_8859-2:1987`, `windows_1251`.
            let label = label.split(':').next().unwrap_or_default().replace('_', "-").to_ascii_lowercase();
            Encoding::for_label_no_replacement(label.as_bytes())
        })
        .map(Decoder::Known)
}

/// `cp850`, `ibm-437`, `windows1251`, `win-1251`, `dos866`, `ms936`, `8859-1`, `iso88592`, `latin1`.
fn by_number(bare: &str) -> Option<Decoder> {
    let at = bare.find(|c: char| c.is_ascii_digit())?;
    let (word, digits) = bare.split_at_checked(at)?;
    let is_page =
        matches!(word, "cp" | "ibm" | "windows" | "win" | "dos" | "ms" | "codepage" | "oem" | "ansi" | "");
    let page = || digits.parse().ok().and_then(code_page);
    if let Some(found) = is_page.then(page).flatten() {
        return Some(found);
    }
    let part = matches!(word, "iso" | "").then(|| digits.strip_prefix("8859"))??;
    let digits: String = part.chars().take_while(char::is_ascii_digit).take(2).collect();
    Encoding::for_label_no_replacement(format!("iso-8859-{digits}").as_bytes()).map(Decoder::Known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_programs_write_them() {
        for (label, encoding) in [
            ("GBK", "gb18030"),
            ("x-gbk", "gb18030"),
            ("gb_2312-80", "gb18030"),
            ("csgb2312", "gb18030"),
            ("x-x-big5", "Big5"),
            ("Big5-HKSCS", "Big5"),
            ("cp936", "gb18030"),
            ("KS_C_5601-1987", "EUC-KR"),
            ("windows-949", "EUC-KR"),
            ("x-sjis", "Shift_JIS"),
            ("windows-31j", "Shift_JIS"),
            ("iso8859_15", "ISO-8859-15"),
            ("ISO_8859-2:1987", "ISO-8859-2"),
            ("iso88591", "windows-1252"),
            ("8859-7", "ISO-8859-7"),
            ("latin1", "windows-1252"),
            ("Win-1251", "windows-1251"),
            ("cp-1250", "windows-1250"),
            ("utf8", "UTF-8"),
            ("UTF_8", "UTF-8"),
            ("CP65001", "UTF-8"),
            ("x-mac-roman", "macintosh"),
            ("x-mac-cyrillic", "x-mac-cyrillic"),
            ("koi8-ru", "KOI8-U"),
            ("dos-866", "IBM866"),
            ("TIS-620", "windows-874"),
            ("windows-28592", "ISO-8859-2"),
        ] {
            match find(label) {
                Some(Decoder::Known(known)) => assert_eq!(known.name(), encoding, "{label}"),
                other => panic!("{label}: {other:?}"),
            }
        }
        for label in ["", "us-ascii", "unknown-8bit", "x-unknown", "no such thing", "DEFAULT_CHARSET"] {
            assert!(find(label).is_none(), "{label}");
        }
        assert!(matches!(find("IBM850"), Some(Decoder::Page(_))));
        assert!(matches!(find("x-mac-ce"), Some(Decoder::Page(_))));
        assert!(matches!(find("csISO2022JP"), Some(Decoder::Iso2022Jp)));
    }
}
