//! `Content-Type` and `Content-Disposition`: a value and its parameters, with RFC 2231 pieces and the encoded words that
//! many programs put into quotes against RFC 2047. Knows no parameter by name.

use std::collections::BTreeMap;

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
    let mut sections = split(raw).into_iter();
    let value = sections.next().unwrap_or_default();
    let value = strip_comments(&value);
    let mut pieces: BTreeMap<String, Vec<Piece>> = BTreeMap::new();
    for section in sections.take(PARAMS_MAX) {
        let Some(eq) = section.iter().position(|&b| b == b'=') else { continue };
        let (name, rest) = section.split_at(eq);
        let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
        let raw = unquote(rest.get(1..).unwrap_or_default().trim_ascii());
        let (name, extended) = name.strip_suffix('*').map_or((name.as_str(), false), |n| (n, true));
        let (base, number) = match name.split_once('*') {
            Some((base, number)) => (base, number.parse().unwrap_or(0)),
            None => (name, 0),
        };
        pieces.entry(base.to_owned()).or_default().push(Piece { number, extended, raw });
    }
    let params = pieces.into_iter().map(|(name, pieces)| (name, join(pieces))).collect();
    // The value is shown as the attachment's type: no NUL or escape of it reaches a store or a terminal.
    let value: String = String::from_utf8_lossy(&value).chars().filter(|c| !c.is_control()).collect();
    Structured { value: value.trim().to_ascii_lowercase(), params }
}

/// Splits at semicolons outside quotes.
fn split(raw: &[u8]) -> Vec<Vec<u8>> {
    let mut out = vec![Vec::new()];
    let (mut quoted, mut escaped) = (false, false);
    for &b in raw {
        if b == b';' && !quoted {
            if out.len() > PARAMS_MAX {
                break;
            }
            out.push(Vec::new());
            continue;
        }
        if escaped {
            escaped = false;
        } else if quoted && b == b'\\' {
            escaped = true;
        } else if b == b'"' {
            quoted = !quoted;
        }
        if let Some(last) = out.last_mut() {
            last.push(b);
        }
    }
    out
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

/// RFC 2231 section 4.1: the extended form wins over the plain one; pieces join in order of their numbers.
fn join(mut pieces: Vec<Piece>) -> String {
    if pieces.iter().any(|p| p.extended) {
        let continued = pieces.iter().any(|p| p.number > 0);
        if !continued {
            pieces.retain(|p| p.extended);
        }
    }
    pieces.sort_by_key(|p| p.number);
    pieces.dedup_by_key(|p| p.number);
    if !pieces.iter().any(|p| p.extended) {
        let raw: Vec<u8> = pieces.into_iter().flat_map(|p| p.raw).collect();
        return words::decode(&raw);
    }
    let mut label = String::new();
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
        if piece.extended { bytes.extend(percent(raw)) } else { bytes.extend_from_slice(raw) }
    }
    words::cleaned(&charset::decode(&bytes, &label))
}

fn percent(raw: &[u8]) -> Vec<u8> {
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
