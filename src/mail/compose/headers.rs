//! Header fields of outgoing mail: cleaned, encoded, folded at 76 columns where they can be and below 998 octets always.

use data_encoding::BASE64;

use crate::mail::Address;

/// Columns at which a line is folded.
const FOLD_AT: usize = 76;
/// Bytes of text in one encoded word: with `=?utf-8?B?` and `?=` 72 columns (RFC 2047 section 2 allows 75).
const WORD_BYTES_MAX: usize = 42;
/// A field's text longer than this is cut: nobody reads it, and servers refuse it.
const TEXT_BYTES_MAX: usize = 4_000;
/// An id or address is one line that cannot be folded.
const TOKEN_BYTES_MAX: usize = 900;

/// Controls become blanks.
#[must_use]
pub fn cleaned(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

/// Cut at a character's boundary.
fn shortened(text: &str, bytes_max: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes_max)).unwrap_or_default()
}

/// `Mon, 02 Mar 2026 10:00:00 +0000`.
#[must_use]
pub fn date(at: jiff::Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// A line that is being folded.
struct Line<'a> {
    out: &'a mut Vec<u8>,
    column: usize,
}

impl<'a> Line<'a> {
    fn begin(out: &'a mut Vec<u8>, name: &str) -> Self {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        Line { out, column: name.len() + 1 }
    }

    /// Adds a blank or a fold, and the token.
    fn token(&mut self, token: &str) {
        if self.column + 1 + token.len() > FOLD_AT && self.column > 20 {
            self.out.extend_from_slice(b"\r\n ");
            self.column = 1;
        } else {
            self.out.push(b' ');
            self.column += 1;
        }
        self.out.extend_from_slice(token.as_bytes());
        self.column += token.len();
    }

    fn end(self) {
        self.out.extend_from_slice(b"\r\n");
    }
}

/// A field of free text.
pub fn unstructured(out: &mut Vec<u8>, name: &str, text: &str) {
    let text = cleaned(text);
    let text = shortened(text.trim(), TEXT_BYTES_MAX);
    let mut line = Line::begin(out, name);
    if is_plain(text) {
        for word in text.split(' ') {
            line.token(word);
        }
    } else {
        for word in encoded_words(text) {
            line.token(&word);
        }
    }
    line.end();
}

/// Text that needs no encoding: ASCII, single blanks, words that fit a line, nothing that looks encoded.
fn is_plain(text: &str) -> bool {
    text.is_ascii()
        && !text.contains("=?")
        && !text.contains("  ")
        && text.split(' ').all(|w| w.len() <= FOLD_AT - 2)
}

/// RFC 2047 words; a character is never split over two.
fn encoded_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut piece = String::new();
    for c in text.chars() {
        if piece.len() + c.len_utf8() > WORD_BYTES_MAX {
            words.push(word(&piece));
            piece.clear();
        }
        piece.push(c);
    }
    if !piece.is_empty() {
        words.push(word(&piece));
    }
    words
}

fn word(piece: &str) -> String {
    format!("=?utf-8?B?{}?=", BASE64.encode(piece.as_bytes()))
}

/// A field of addresses. An address that cannot stand in a header (blanks, brackets, too long) is left out.
pub fn addresses(out: &mut Vec<u8>, name: &str, list: &[Address]) {
    let tokens: Vec<Vec<String>> = list.iter().filter_map(mailbox).collect();
    if tokens.is_empty() {
        return;
    }
    let mut line = Line::begin(out, name);
    let count = tokens.len();
    for (i, mailbox) in tokens.into_iter().enumerate() {
        let last = mailbox.len().saturating_sub(1);
        for (j, mut token) in mailbox.into_iter().enumerate() {
            if j == last && i + 1 < count {
                token.push(',');
            }
            line.token(&token);
        }
    }
    line.end();
}

fn mailbox(person: &Address) -> Option<Vec<String>> {
    let address = person.address.trim();
    let sound = address.contains('@')
        && address.is_ascii()
        && address.len() <= 320
        && !address
            .bytes()
            .any(|b| b.is_ascii_control() || b.is_ascii_whitespace() || b"<>,;:()[]\\\"".contains(&b));
    if !sound {
        return None;
    }
    let name = cleaned(person.name.as_deref().unwrap_or_default());
    let name = shortened(name.trim(), 300);
    if name.is_empty() {
        return Some(vec![address.to_owned()]);
    }
    let mut tokens = display_name(name);
    tokens.push(format!("<{address}>"));
    Some(tokens)
}

/// A name as atoms, as a quoted string, or encoded.
fn display_name(name: &str) -> Vec<String> {
    let atoms = |c: char| c.is_ascii_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
    if !is_plain(name) || name.len() > 60 {
        return encoded_words(name);
    }
    if name.chars().all(atoms) {
        return name.split(' ').map(str::to_owned).collect();
    }
    vec![format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))]
}

/// A field of Message-IDs; none are written without the field. Ids that cannot stand in a header are left out.
pub fn ids(out: &mut Vec<u8>, name: &str, list: &[String]) {
    let sound: Vec<&String> = list.iter().filter(|id| is_id(id)).collect();
    if sound.is_empty() {
        return;
    }
    let mut line = Line::begin(out, name);
    for id in sound {
        line.token(&format!("<{id}>"));
    }
    line.end();
}

fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= TOKEN_BYTES_MAX
        && id.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>')
}

/// A structured field with parameters: quoted when they are plain, by RFC 2231 otherwise.
pub fn parameters(out: &mut Vec<u8>, name: &str, value: &str, params: &[(&str, &str)]) {
    let mut line = Line::begin(out, name);
    let written: Vec<String> = params.iter().flat_map(|(name, value)| parameter(name, value)).collect();
    let end = |i: usize| if i < written.len() { ";" } else { "" };
    line.token(&format!("{value}{}", end(0)));
    for (i, token) in written.iter().enumerate() {
        line.token(&format!("{token}{}", end(i + 1)));
    }
    line.end();
}

fn parameter(name: &str, value: &str) -> Vec<String> {
    let value = shortened(value, 600);
    let plain = value.len() <= 50
        && value.bytes().all(|b| (b.is_ascii_graphic() || b == b' ') && b != b'"' && b != b'\\' && b != b'%')
        && !value.contains("=?")
        && value == value.trim();
    if plain {
        return vec![format!("{name}=\"{value}\"")];
    }
    let mut pieces: Vec<String> = vec!["utf-8''".to_owned()];
    for byte in value.bytes() {
        let safe = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let written = if safe { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        if pieces.last().is_some_and(|p| p.len() + written.len() > 54) {
            pieces.push(String::new());
        }
        if let Some(last) = pieces.last_mut() {
            last.push_str(&written);
        }
    }
    if let [only] = pieces.as_slice() {
        return vec![format!("{name}*={only}")];
    }
    pieces.iter().enumerate().map(|(i, piece)| format!("{name}*{i}*={piece}")).collect()
}
