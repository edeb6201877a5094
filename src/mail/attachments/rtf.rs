//! RTF to the HTML that Exchange wrapped in it (MS-OXRTFEX), or to its text.
//!
//! A tokenizer with a stack of groups, no tree. Invariants: linear; at most [`DEPTH_MAX`] groups are remembered; no
//! picture, object or style leaves a trace.

use std::collections::BTreeMap;

use crate::mail::charset;

const DEPTH_MAX: usize = 1_000;
const FONTS_MAX: usize = 1_000;
/// Where a program says what the RTF is made from.
const HEAD_BYTES: usize = 2_048;

#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    Html(String),
    Text(String),
}

/// Destinations without text, beside those that `\*` marks.
const MUTE: [&str; 17] = [
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "footnote",
    "pntext",
    "listtext",
    "filetbl",
];

/// Words that stand for a character.
const CHARACTERS: [(&str, &str); 17] = [
    ("par", "\n"),
    ("line", "\n"),
    ("sect", "\n"),
    ("page", "\n"),
    ("row", "\n"),
    ("tab", "\t"),
    ("cell", "\t"),
    ("lquote", "‘"),
    ("rquote", "’"),
    ("ldblquote", "“"),
    ("rdblquote", "”"),
    ("bullet", "•"),
    ("endash", "–"),
    ("emdash", "—"),
    ("emspace", "\u{2003}"),
    ("enspace", "\u{2002}"),
    ("zwj", "\u{200d}"),
];

/// Windows character sets of fonts (`\fcharset`) and their code pages.
const FONT_CODE_PAGES: [(i32, u32); 16] = [
    (77, 10_000),
    (128, 932),
    (129, 949),
    (134, 936),
    (136, 950),
    (161, 1253),
    (162, 1254),
    (163, 1258),
    (177, 1255),
    (178, 1256),
    (186, 1257),
    (204, 1251),
    (222, 874),
    (238, 1250),
    (254, 437),
    (255, 850),
];

/// Reads an RTF document.
#[must_use]
pub fn read(rtf: &[u8]) -> Content {
    let head = rtf.get(..HEAD_BYTES).unwrap_or(rtf);
    let is_html = memchr::memmem::find(head, b"\\fromhtml1").is_some();
    let mut reader = Reader { is_html, default_page: 1252, ..Reader::default() };
    reader.run(rtf);
    reader.flush();
    if is_html { Content::Html(reader.out) } else { Content::Text(reader.out) }
}

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    mute: bool,
    /// Inside `{\*\htmltag …}`: HTML as it was.
    tag: bool,
    /// Between `\htmlrtf` and `\htmlrtf0`: RTF for readers that know no HTML.
    rtf_only: bool,
    fonts: bool,
    /// Code page of the font; `None`: the document's.
    page: Option<u32>,
    /// Characters behind each `\u` that stand for readers without Unicode.
    fallbacks: Option<usize>,
}

#[derive(Debug, Default)]
struct Reader {
    is_html: bool,
    default_page: u32,
    out: String,
    /// Bytes of one code page and kind of place, not yet decoded: a character may take two.
    pending: Vec<u8>,
    group: Group,
    stack: Vec<Group>,
    /// Groups that are open beyond [`DEPTH_MAX`].
    deeper: usize,
    fonts: BTreeMap<i32, u32>,
    font: i32,
    /// `\*` came: an unknown destination is to be left out.
    ignorable: bool,
    skip: usize,
    /// The first half of a UTF-16 pair.
    high: Option<u16>,
}

impl Reader {
    fn run(&mut self, rtf: &[u8]) {
        let mut at = 0;
        while let Some(&b) = rtf.get(at) {
            at += 1;
            match b {
                b'{' => self.open(),
                b'}' => self.close(),
                b'\\' => at = self.control(rtf, at),
                b'\r' | b'\n' | 0 => {}
                _ => self.byte(b),
            }
        }
    }

    fn open(&mut self) {
        self.skip = 0;
        if self.stack.len() < DEPTH_MAX {
            self.stack.push(self.group);
        } else {
            self.deeper += 1;
        }
    }

    fn close(&mut self) {
        self.flush();
        self.skip = 0;
        self.ignorable = false;
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(group) = self.stack.pop() {
            self.group = group;
        }
    }

    /// Reads what follows a backslash at `at`; gives where the text goes on.
    fn control(&mut self, rtf: &[u8], at: usize) -> usize {
        let Some(&first) = rtf.get(at) else { return at };
        if !first.is_ascii_alphabetic() {
            return self.symbol(rtf, at, first);
        }
        let rest = rtf.get(at..).unwrap_or_default();
        let len = rest.iter().take(32).take_while(|b| b.is_ascii_alphabetic()).count();
        let word = std::str::from_utf8(rest.get(..len).unwrap_or_default()).unwrap_or_default();
        let digits = rest.get(len..).unwrap_or_default();
        let digits_len = digits
            .iter()
            .take(11)
            .enumerate()
            .take_while(|(i, b)| b.is_ascii_digit() || *i == 0 && **b == b'-')
            .count();
        let number = digits
            .get(..digits_len)
            .and_then(|d| std::str::from_utf8(d).ok())
            .and_then(|d| d.parse::<i32>().ok());
        let mut next = at + len + digits_len;
        next += usize::from(rtf.get(next) == Some(&b' '));
        if word == "bin" {
            return next.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0)).min(rtf.len());
        }
        self.word(word, number);
        next
    }

    fn symbol(&mut self, rtf: &[u8], at: usize, first: u8) -> usize {
        match first {
            b'\'' => {
                let hex = rtf.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
                if let Some(byte) = hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
                    self.byte(byte);
                    return at + 3;
                }
            }
            b'*' => self.ignorable = true,
            b'~' => self.text("\u{a0}"),
            b'_' => self.text("-"),
            b'\\' | b'{' | b'}' => self.byte(first),
            b'\r' | b'\n' => self.text("\n"),
            _ => {}
        }
        at + 1
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        let was_ignorable = std::mem::take(&mut self.ignorable);
        match word {
            "htmltag" => {
                self.flush();
                self.group.tag = self.is_html;
                self.group.mute = !self.is_html;
            }
            "htmlrtf" => {
                self.flush();
                self.group.rtf_only = self.is_html && number != Some(0);
            }
            "fonttbl" => self.group.fonts = true,
            "f" if self.group.fonts => self.font = number.unwrap_or(0),
            "fcharset" if self.group.fonts => {
                let page = FONT_CODE_PAGES.iter().find(|(set, _)| Some(*set) == number);
                if let Some((_, page)) = page
                    && self.fonts.len() < FONTS_MAX
                {
                    self.fonts.insert(self.font, *page);
                }
            }
            "f" => {
                self.flush();
                self.group.page = self.fonts.get(&number.unwrap_or(0)).copied();
            }
            "plain" => {
                self.flush();
                self.group.page = None;
            }
            "ansicpg" => self.default_page = number.and_then(|n| u32::try_from(n).ok()).unwrap_or(1252),
            "mac" => self.default_page = 10_000,
            "pc" => self.default_page = 437,
            "uc" => self.group.fallbacks = Some(number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1)),
            "u" => self.unicode(number.unwrap_or(0)),
            _ if was_ignorable || MUTE.contains(&word) => self.group.mute = true,
            _ => {
                if let Some((_, text)) = CHARACTERS.iter().find(|(known, _)| *known == word) {
                    self.text(text);
                }
            }
        }
    }

    /// `\u` holds a signed 16-bit unit; those of a pair come one after the other.
    fn unicode(&mut self, number: i32) {
        let unit = u16::try_from(number.rem_euclid(0x1_0000)).unwrap_or_default();
        self.skip = self.group.fallbacks.unwrap_or(1);
        if !self.shows() {
            return;
        }
        self.flush();
        match char::from_u32(u32::from(unit)) {
            Some(c) => self.push(c.encode_utf8(&mut [0; 4])),
            // Half of a pair, kept until its other half comes.
            None if unit < 0xdc00 => self.high = Some(unit),
            None => {
                let pair = [self.high.take().unwrap_or_default(), unit];
                let whole: String = char::decode_utf16(pair).filter_map(Result::ok).collect();
                self.push(&whole);
            }
        }
    }

    fn shows(&self) -> bool {
        let g = &self.group;
        !(g.mute || g.fonts) && (g.tag || !g.rtf_only)
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.shows() {
            self.pending.push(byte);
        }
    }

    fn text(&mut self, text: &str) {
        if self.shows() {
            self.flush();
            self.push(text);
        }
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let text = if bytes.is_ascii() {
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            charset::decode_code_page(&bytes, self.group.page.unwrap_or(self.default_page))
        };
        self.push(&text);
    }

    /// Text between the tags was decoded by who wrapped it.
    fn push(&mut self, text: &str) {
        if !self.is_html || self.group.tag || !text.contains(['<', '>', '&']) {
            self.out.push_str(text);
        } else {
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            self.out.push_str(&escaped);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_comes_out_as_it_went_in() {
        let rtf = br"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f5\fcharset134 SimSun;}}{\*\generator x;}
{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\pard \htmlrtf0 Gr\'fc\'dfe a < b {\f5 \'d6\'d0}{\*\htmltag84 &nbsp;}\u22270?\u-10179?\u-8704?\htmlrtf \par}\htmlrtf0
{\*\htmltag72 </p>}{\*\mhtmltag64 <x>}{\*\htmltag27 </html>}}";
        assert_eq!(read(rtf), Content::Html("<html><p>Grüße a &lt; b 中&nbsp;图😀</p></html>".into()));
    }

    #[test]
    fn rtf_without_html_gives_its_text() {
        let rtf = br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\stylesheet{\s0 Normal;}}{\pict ffd8}\f0 one\tab two\par {\b three} \bullet\bin3 }}{ \{x\}\par}";
        assert_eq!(read(rtf), Content::Text("one\ttwo\nthree • {x}\n".into()));
        let uc = br"{\rtf1\uc2 \u8364 ab\uc0\u8364 c}";
        assert_eq!(read(uc), Content::Text("€€c".into()));
    }

    #[test]
    fn broken_and_deep_rtf_ends() {
        for rtf in [&b"{\\rtf1 \\"[..], b"{\\rtf1 \\'", b"}}}}x", b"{\\rtf1 \\bin99999999 x", b"\\u", b"{\\*"]
        {
            let _ = read(rtf);
        }
        let _ = read(&b"{".repeat(1_000_000));
        let _ = read(&br"\'".repeat(500_000));
    }
}
