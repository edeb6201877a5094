//! `Content-Type` and `Content-Disposition`: a value and its parameters, with RFC 2231 pieces and the encoded words that
//! many programs put into quotes against RFC 2047. Knows no parameter by name.

use std::{borrow::Cow, collections::BTreeMap};

use super::{charset, words};

/// Parameters read of one field.
const PARAMS_MAX: usize = 64;

/// A parsed structured field.
#[derive(Debug, Clone, Default)]
pub struct Structured {
    /// Lower case, `text/plain`.
    pub value: String,
    /// Lower-case names, decoded values.
    pub params: BTreeMap<String, String>,
    /// The parameter `boundary` as it stands, undecoded: it is compared with bytes.
    pub boundary: Vec<u8>,
}

impl Structured {
    /// A parameter's value, `""` when there is none.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }
}

/// One piece of a parameter: number in a row of continuations, raw bytes, percent-encoded or not.
struct Piece {
    number: u32,
    extended: bool,
    raw: Vec<u8>,
}

/// Parses a field's raw value.
#[must_use]
pub fn parse(raw: &[u8]) -> Structured {
    // Quotes and backslashes occur inside the characters of East Asian sets. A boundary must stay as it is.
    let decoded = if charset::is_utf8(raw) || raw.starts_with(b"multipart") {
        Cow::Borrowed("")
    } else {
        charset::decode_undeclared(raw, charset::Hint::default())
    };
    let mut sections = split(if decoded.is_empty() { raw } else { decoded.as_bytes() });
    let first = if sections.is_empty() { Vec::new() } else { sections.remove(0) };
    let value = strip_comments(&first);
    let value = value.trim_ascii();
    // `multipart/mixed boundary=x`: the semicolon is missing; `Content-Type: charset=x`: the value is.
    let value_end = value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len());
    let (mut value, behind) = value.split_at_checked(value_end).unwrap_or((value, b""));
    if behind.contains(&b'=') {
        sections.insert(0, behind.to_vec());
    }
    if value.contains(&b'=') && !value.contains(&b'/') {
        sections.insert(0, value.to_vec());
        value = b"";
    }
    let mut pieces: BTreeMap<String, Vec<Piece>> = BTreeMap::new();
    for section in sections.into_iter().take(PARAMS_MAX) {
        let Some(eq) = section.iter().position(|&b| b == b'=') else { continue };
        let (name, rest) = section.split_at(eq);
        let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
        let raw = value_of(&name, rest.get(1..).unwrap_or_default().trim_ascii());
        let (name, extended) = name.strip_suffix('*').map_or((name.as_str(), false), |n| (n, true));
        let (base, number) = match name.split_once('*') {
            Some((base, number)) => (base, number.trim_matches('*').parse().unwrap_or(0)),
            None => (name, 0),
        };
        pieces.entry(base.to_owned()).or_default().push(Piece { number, extended, raw });
    }
    let boundary = pieces.get_mut("boundary").map(|pieces| {
        pieces.sort_by_key(|p| p.number);
        pieces.iter().flat_map(|p| p.raw.iter().copied()).collect()
    });
    let params = pieces.into_iter().map(|(name, pieces)| (name, join(pieces))).collect();
    // The value is shown as the attachment's type: no NUL or escape of it reaches a store or a terminal.
    let value: String = String::from_utf8_lossy(value).chars().filter(|c| !c.is_control()).collect();
    let value = value.trim_matches(['"', '\'', ',', ' ']).to_ascii_lowercase();
    Structured { value, params, boundary: boundary.unwrap_or_default() }
}

/// Splits at semicolons outside quotes, and behind a closing quote where the semicolon is missing. A quote that never
/// closes is no quote.
fn split(raw: &[u8]) -> Vec<Vec<u8>> {
    let unclosed = unclosed_quote(raw);
    let mut out = vec![Vec::new()];
    let (mut quoted, mut escaped, mut closed) = (false, false, false);
    for (at, &b) in raw.iter().enumerate() {
        let begins = !quoted && (b == b';' || closed && !b.is_ascii_whitespace() && b != b'"');
        if begins {
            if out.len() > PARAMS_MAX {
                break;
            }
            out.push(Vec::new());
            closed = false;
            if b == b';' {
                continue;
            }
        }
        if escaped {
            escaped = false;
        } else if quoted && b == b'\\' {
            escaped = true;
        } else if b == b'"' && Some(at) != unclosed {
            closed = quoted;
            quoted = !quoted;
        }
        if let Some(last) = out.last_mut() {
            last.push(b);
        }
    }
    out
}

/// Where the last quote stands if it opens and none closes it.
fn unclosed_quote(raw: &[u8]) -> Option<usize> {
    let (mut open, mut escaped) = (None, false);
    for (at, &b) in raw.iter().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if open.is_some() => escaped = true,
            b'"' if open.is_some() => open = None,
            b'"' => open = Some(at),
            _ => {}
        }
    }
    open
}

fn strip_comments(raw: &[u8]) -> Vec<u8> {
    let mut depth = 0_u32;
    raw.iter()
        .copied()
        .filter(|b| match b {
            b'(' => {
                depth += 1;
                false
            }
            b')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

/// A parameter's value without its quotes. Those that hold one token end at a blank, where a comment begins; names are often
/// written with blanks and without quotes.
fn value_of(name: &str, raw: &[u8]) -> Vec<u8> {
    let is_token = matches!(name, "charset" | "boundary" | "format" | "delsp" | "method" | "report-type");
    if is_token && !raw.starts_with(b"\"") {
        let end = raw.iter().position(u8::is_ascii_whitespace).unwrap_or(raw.len());
        return raw.get(..end).unwrap_or_default().to_vec();
    }
    unquote(raw)
}

fn unquote(raw: &[u8]) -> Vec<u8> {
    let Some(inner) = raw.strip_prefix(b"\"") else {
        return raw.to_vec();
    };
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(b) = bytes.next() {
        match b {
            // Only quote and backslash are unescaped: Windows paths come unescaped.
            b'\\' => match bytes.next() {
                Some(next @ (b'"' | b'\\')) => out.push(next),
                Some(next) => out.extend_from_slice(&[b, next]),
                None => out.push(b),
            },
            b'"' => break,
            _ => out.push(b),
        }
    }
    out
}

/// The extended form wins over a plain one, which is its fallback in ASCII (RFC 6266 section 4.3); a plain one that stands
/// first and holds encoded words is none. Pieces join in order of their numbers (RFC 2231 section 3).
fn join(mut pieces: Vec<Piece>) -> String {
    let is_continued = pieces.iter().any(|p| p.number > 0);
    if pieces.iter().any(|p| p.extended) && !is_continued {
        let is_whole = pieces.first().is_some_and(|p| !p.extended && has_word(&p.raw));
        pieces.retain(|p| p.extended != is_whole);
    }
    pieces.sort_by_key(|p| p.number);
    pieces.dedup_by_key(|p| p.number);
    if !pieces.iter().any(|p| p.extended) {
        let raw: Vec<u8> = pieces.into_iter().flat_map(|p| p.raw).collect();
        return unescaped(words::decode(&raw));
    }
    let mut label = String::new();
    let mut out = String::new();
    let mut bytes = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let mut raw = piece.raw.as_slice();
        if i == 0 && piece.extended {
            let mut quotes = raw.splitn(3, |&b| b == b'\'');
            if let (Some(set), Some(_), Some(rest)) = (quotes.next(), quotes.next(), quotes.next()) {
                label = String::from_utf8_lossy(set).into_owned();
                raw = rest;
            }
        }
        let decoded = if piece.extended { percent(raw) } else { raw.to_vec() };
        // Programs that know half of both standards put encoded words into RFC 2231 pieces.
        if has_word(&decoded) {
            out.push_str(&charset::decode(&std::mem::take(&mut bytes), &label));
            out.push_str(&words::decode(&decoded));
        } else {
            bytes.extend(decoded);
        }
    }
    out.push_str(&charset::decode(&bytes, &label));
    words::cleaned(&out)
}

fn has_word(raw: &[u8]) -> bool {
    memchr::memmem::find(raw, b"=?").is_some_and(|at| words::word_end(raw, at).is_some())
}

/// A plain value in which a web mailer left URL escapes of UTF-8 (`%E6%97%A5.txt`).
fn unescaped(text: String) -> String {
    if !text.is_ascii() || text.matches('%').count() < 2 {
        return text;
    }
    match String::from_utf8(percent(text.as_bytes())) {
        Ok(decoded) if !decoded.is_ascii() => words::cleaned(&decoded),
        _ => text,
    }
}

/// Undoes percent-encoding; what is none stays.
#[must_use]
pub fn percent(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(&b) = raw.get(at) {
        let hex = raw.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
        match hex.filter(|_| b == b'%').and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(b);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_quoted_and_words() {
        let p = parse(b"Text/Plain (c); charset=\"utf-8\"; name=\"=?utf-8?B?5pel5b+XLmxvZw==?=\"");
        assert_eq!(
            (p.value.as_str(), p.param("charset"), p.param("name")),
            ("text/plain", "utf-8", "日志.log")
        );
        assert_eq!(parse(b"x/y; boundary=\"a;b\\\"c\"").param("boundary"), "a;b\"c");
    }

    #[test]
    fn what_programs_leave_out() {
        for (raw, value, name, wanted) in [
            ("multipart/mixed boundary=\"b c\"", "multipart/mixed", "boundary", "b c"),
            ("text/plain; charset=us-ascii (Plain text)", "text/plain", "charset", "us-ascii"),
            ("application/pdf; name=Invoice_(30 2).pdf", "application/pdf", "name", "Invoice_(30 2).pdf"),
            ("text/plain; name=\"a.txt; charset=utf-8", "text/plain", "charset", "utf-8"),
            ("text/plain; name=\"a.txt", "text/plain", "name", "a.txt"),
            ("text/plain; name=\"a\"\r\n charset=x", "text/plain", "charset", "x"),
            ("; name=\"a.pdf\"", "", "name", "a.pdf"),
            ("charset=utf-8", "", "charset", "utf-8"),
            ("text/html;iso-8859-1", "text/html", "charset", ""),
            ("x/y; name=a.pdf; name=b.pdf", "x/y", "name", "a.pdf"),
            ("attachment; filename=\"C:\\temp\\a.txt\"", "attachment", "filename", "C:\\temp\\a.txt"),
        ] {
            let p = parse(raw.as_bytes());
            assert_eq!((p.value.as_str(), p.param(name)), (value, wanted), "{raw}");
        }
    }

    #[test]
    fn a_boundary_is_never_decoded() {
        for boundary in [&b"=?utf-8?Q?a?="[..], "µ".as_bytes(), b"\xb5"] {
            let raw = [b"multipart/mixed; boundary=\"", boundary, b"\""].concat();
            assert_eq!(parse(&raw).boundary, boundary);
        }
        assert_eq!(parse(b"x/y; boundary*1=b; boundary*0=a").boundary, b"ab");
    }

    #[test]
    fn names_in_every_mixture() {
        for (raw, wanted) in [
            ("filename*=%E6%97%A5.txt", "日.txt"),
            ("filename=\"%E6%97%A5.txt\"", "日.txt"),
            ("filename=\"100%25 a.txt\"", "100%25 a.txt"),
            ("filename*0=\"=?utf-8?B?5pel\"; filename*1=\"?=.txt\"", "日.txt"),
            ("filename*0*=utf-8''=?utf-8?B?5pel?=; filename*1*=%E6%97%A5.txt", "日日.txt"),
            ("filename*1=\"b.txt\"; filename*0=\"a\"", "ab.txt"),
            ("filename=\"=?utf-8?B?5pel?=\"; filename*=utf-8''other", "日"),
            ("filename=\"fallback\"; filename*=utf-8''%E6%97%A5", "日"),
            ("filename=\"=?utf-8?Q?=E6=97?= =?utf-8?Q?=A5.txt?=\"", "日.txt"),
            ("filename*0*=euc-kr''%C7%D1%B1; filename*1*=%B9.pdf", "한국.pdf"),
        ] {
            assert_eq!(parse(format!("attachment; {raw}").as_bytes()).param("filename"), wanted, "{raw}");
        }
        let gbk = encoding_rs::GB18030.encode("日志.zip").0;
        let raw = [b"attachment; filename=\"", gbk.as_ref(), b"\""].concat();
        assert_eq!(parse(&raw).param("filename"), "日志.zip");
        let jis = b"attachment; filename=\"\x1b$B%F%9%H\x1b(B.txt\"; size=3";
        assert_eq!((parse(jis).param("filename"), parse(jis).param("size")), ("テスト.txt", "3"));
    }

    #[test]
    fn the_value_holds_no_controls() {
        assert_eq!(parse(b"text/\0pl\x1bain\r\n; name=a").value, "text/plain");
    }

    #[test]
    fn rfc2231_pieces() {
        let p =
            parse(b"attachment; filename*0*=UTF-8''%E6%97; filename*1*=%A5%E5%BF%97; filename*2=\".zip\"");
        assert_eq!(p.param("filename"), "日志.zip");
        let p = parse(b"attachment; filename=\"x.zip\"; filename*=gb2312''%C8%D5.zip");
        assert_eq!(p.param("filename"), "日.zip");
    }
}
