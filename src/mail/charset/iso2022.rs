//! Character sets that switch by escape sequences: ISO-2022-JP as Japanese programs really send it, ISO-2022-KR and
//! ISO-2022-CN. Own, because the decoder of `encoding_rs` follows the WHATWG's narrow form of the first and refuses the others.
//!
//! Each is rewritten into its 8-bit sister (EUC-JP, EUC-KR, GB18030), whose tables hold the vendors' characters. Invariant:
//! one pass, output at most one and a half times the input.

use encoding_rs::{EUC_JP, EUC_KR, GB18030};

/// What the bytes 0x21 to 0x7E stand for at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Single,
    /// JIS X 0201's right half: katakana of half width (`ESC ( I`, which Windows programs send against RFC 1468).
    Kana,
    /// JIS X 0208, with NEC's row 13 and NEC's selection of IBM's characters.
    Kanji,
    /// JIS X 0212 (RFC 2237).
    Supplementary,
}

/// ISO-2022-JP, -JP-1, -JP-2 (its Latin and Greek halves excepted), -JP-3, and Microsoft's CP50220 to 50222.
#[must_use]
pub fn decode_jp(bytes: &[u8]) -> String {
    let mut euc = Vec::with_capacity(bytes.len() + bytes.len() / 2);
    let mut set = Set::Single;
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        if b == 0x1b
            && let Some((next, len)) = jp_escape(rest)
        {
            set = next;
            at += len;
            continue;
        }
        let graphic = |n: usize| rest.get(n).filter(|b| (0x21..=0x7e).contains(*b)).map(|b| b | 0x80);
        at += 1;
        match (set, b) {
            // CP50222 shifts to katakana by SO and SI.
            (Set::Single, 0x0e) => set = Set::Kana,
            (Set::Kana, 0x0f) => set = Set::Single,
            // RFC 1468: a line begins in ASCII; programs that wrap late forget to switch back.
            (_, b'\n') => {
                set = Set::Single;
                euc.push(b);
            }
            (Set::Kana, 0x21..=0x5f) => euc.extend_from_slice(&[0x8e, b | 0x80]),
            // CP50220's 8-bit katakana.
            (Set::Single, 0xa1..=0xdf) => euc.extend_from_slice(&[0x8e, b]),
            (Set::Kanji | Set::Supplementary, 0x21..=0x7e) => {
                let Some(second) = graphic(1) else { continue };
                if set == Set::Supplementary {
                    euc.push(0x8f);
                }
                euc.extend_from_slice(&[b | 0x80, second]);
                at += 1;
            }
            _ => euc.push(b),
        }
    }
    EUC_JP.decode_without_bom_handling(&euc).0.into_owned()
}

/// The set that an escape sequence selects, and its length. Those of JIS X 0213 select the part it shares with 0208.
fn jp_escape(rest: &[u8]) -> Option<(Set, usize)> {
    const ESCAPES: [(&[u8], Set); 14] = [
        (b"\x1b$(D", Set::Supplementary),
        (b"\x1b$(@", Set::Kanji),
        (b"\x1b$(B", Set::Kanji),
        (b"\x1b$(O", Set::Kanji),
        (b"\x1b$(Q", Set::Kanji),
        (b"\x1b&@\x1b$B", Set::Kanji),
        (b"\x1b$@", Set::Kanji),
        (b"\x1b$B", Set::Kanji),
        (b"\x1b(B", Set::Single),
        (b"\x1b(J", Set::Single),
        (b"\x1b(H", Set::Single),
        (b"\x1b(I", Set::Kana),
        (b"\x1b)I", Set::Kana),
        (b"\x1b.A", Set::Single),
    ];
    ESCAPES.iter().find(|(escape, _)| rest.starts_with(escape)).map(|(escape, set)| (*set, escape.len()))
}

/// RFC 1557: `ESC $ ) C` once, then SO and SI around KS X 1001.
#[must_use]
pub fn decode_kr(bytes: &[u8]) -> String {
    EUC_KR.decode_without_bom_handling(&shifted(bytes)).0.into_owned()
}

/// RFC 1922, its GB 2312 part; CNS 11643 planes come out as replacement characters.
#[must_use]
pub fn decode_cn(bytes: &[u8]) -> String {
    GB18030.decode_without_bom_handling(&shifted(bytes)).0.into_owned()
}

/// High bits set between SO and SI, designations left out.
fn shifted(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        at += 1;
        match b {
            0x1b if bytes.get(at) == Some(&b'$') && matches!(bytes.get(at + 1), Some(b')' | b'*' | b'+')) => {
                at += 3;
            }
            0x0e => shifted = true,
            0x0f => shifted = false,
            b'\n' => {
                shifted = false;
                out.push(b);
            }
            0x21..=0x7e if shifted => out.push(b | 0x80),
            _ => out.push(b),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_with_what_vendors_added() {
        for (raw, text) in [
            (&b"\x1b$B%F%9%H\x1b(B ok"[..], "テスト ok"),
            // NEC row 13.
            (b"\x1b$B-!-\"\x1b(B", "①②"),
            (b"\x1b$B-j\x1b(B", "㈱"),
            // NEC's selection of IBM's characters.
            (b"\x1b$B|b\x1b(B", "髙"),
            (b"\x1b(I6\x1b(B", "ｶ"),
            (b"\x0e6\x0f", "ｶ"),
            // Shifted at a line's end and not back.
            (b"\x1b$B%F\nplain", "テ\nplain"),
            (b"\x1b$(D0!\x1b(B", "丂"),
            (b"\x1b$B%", ""),
        ] {
            assert_eq!(decode_jp(raw), text, "{raw:?}");
        }
    }

    #[test]
    fn korean_and_chinese() {
        assert_eq!(decode_kr(b"\x1b$)C\x0eGQ1[\x0f abc"), "한글 abc");
        assert_eq!(decode_cn(b"\x1b$)A\x0eVPND\x0f abc"), "中文 abc");
    }
}
