//! Address fields (RFC 5322 section 3.4): a lenient reading for display, and a strict one for proof. Knows nothing of who
//! may do what.

use std::borrow::Cow;

use super::{
    Address,
    charset::{self, Hint},
    header::Header,
    words,
};

/// Addresses read of one field; more are left out.
const ADDRESSES_MAX: usize = 2_000;

/// Reads an address list leniently: groups are flattened, `;` separates too (Outlook), a name without an address is
/// left out.
#[must_use]
pub fn parse(raw: &[u8]) -> Vec<Address> {
    parse_hinted(raw, Hint::default())
}

/// [`parse`], with what the mail tells about undeclared bytes in names.
#[must_use]
pub fn parse_hinted(raw: &[u8], hint: Hint) -> Vec<Address> {
    // Quotes, brackets and backslashes occur inside the characters of East Asian sets.
    let plain = charset::is_utf8(raw);
    let decoded = if plain { Cow::Borrowed("") } else { charset::decode_undeclared(raw, hint) };
    let raw = if plain { raw } else { decoded.as_bytes() };
    split(raw).into_iter().take(ADDRESSES_MAX).filter_map(|m| mailbox(m, hint)).collect()
}

/// The display name of a field that holds a name, but no address.
#[must_use]
pub fn name_alone(raw: &[u8], hint: Hint) -> Option<String> {
    let open = top_level(raw, b'<').unwrap_or(raw.len());
    name_of(raw.get(..open)?, hint)
}

/// Slices between separators outside quotes, comments, encoded words and angle brackets, and behind each bracket that closes
/// where another opens. A quote that never closes is no quote.
fn split(raw: &[u8]) -> Vec<&[u8]> {
    let quotes_close = quotes_close(raw);
    let mut out = Vec::new();
    let (mut from, mut comment, mut quoted, mut escaped, mut angle) = (0, 0_u32, false, false, false);
    let mut closed_at = None;
    let mut word_until = 0;
    let last_semicolon = memchr::memrchr(b';', raw);
    for (i, &b) in raw.iter().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        if i < word_until {
            continue;
        }
        match b {
            b'\\' if quoted || comment > 0 => escaped = true,
            b'"' if comment == 0 && quotes_close => quoted = !quoted,
            _ if quoted => {}
            b'(' => comment += 1,
            b')' => comment = comment.saturating_sub(1),
            _ if comment > 0 => {}
            // Commas that a program left bare inside an encoded word.
            b'=' if !angle && raw.get(i + 1) == Some(&b'?') => {
                word_until = words::word_end(raw, i).unwrap_or(i);
            }
            b'<' => {
                angle = true;
                if let Some(end) = closed_at.take() {
                    out.push(raw.get(from..end).unwrap_or_default());
                    from = end;
                }
            }
            b'>' if angle => {
                angle = false;
                closed_at = Some(i + 1);
            }
            b',' | b';' if !angle => {
                out.push(raw.get(from..i).unwrap_or_default());
                from = i + 1;
                closed_at = None;
            }
            // A group's name ends here and its members follow, up to a semicolon; elsewhere it is part of a bare name.
            b':' if !angle && is_group(raw, i, last_semicolon) => {
                from = i + 1;
                closed_at = None;
            }
            _ => {}
        }
    }
    out.push(raw.get(from..).unwrap_or_default());
    out
}

/// Whether the colon at `at` ends a group's name: a semicolon follows (`last`: where the last one stands), or nothing at all.
fn is_group(raw: &[u8], at: usize, last: Option<usize>) -> bool {
    last.is_some_and(|last| last > at)
        || raw.get(at + 1..).is_some_and(|behind| behind.trim_ascii_start().is_empty())
}

fn mailbox(raw: &[u8], hint: Hint) -> Option<Address> {
    let raw = raw.trim_ascii();
    match top_level(raw, b'<') {
        Some(open) => angled_mailbox(raw, open, hint),
        None => bare_mailbox(raw, hint),
    }
}

/// `Name <a@b>`, its `<` at `open`.
fn angled_mailbox(raw: &[u8], open: usize, hint: Hint) -> Option<Address> {
    let inner = raw.get(open + 1..).unwrap_or_default();
    let end = inner.iter().position(|&b| b == b'>').unwrap_or(inner.len());
    let inner = inner.get(..end).unwrap_or_default();
    // RFC 5322 section 4.4: a route stands before the address.
    let at = inner.iter().position(|&b| b == b':').filter(|_| inner.starts_with(b"@")).map_or(0, |n| n + 1);
    let address = words::decode(inner.get(at..).unwrap_or_default());
    let address = address.trim().strip_prefix("mailto:").unwrap_or(&address);
    let name = name_of(raw.get(..open).unwrap_or_default(), hint);
    sound(address, name.clone()).or_else(|| {
        // `ann@x.org <>`, `"ann@x.org" <Ann>`: the address stands where the name belongs.
        let name = name?;
        let is_address = !name.contains(char::is_whitespace) && !address.contains('@');
        is_address.then(|| sound(&name, None))?
    })
}

/// A mailbox without angle brackets: `a@b (Name)`, `Name a@b`, or all of it inside one encoded word.
fn bare_mailbox(raw: &[u8], hint: Hint) -> Option<Address> {
    let comment_at = top_level(raw, b'(').unwrap_or(raw.len());
    let (address, comment) = raw.split_at_checked(comment_at).unwrap_or((raw, b""));
    let name = name_of(comment, hint);
    let text = words::decode_hinted(address, hint);
    if address.starts_with(b"=?")
        && text.contains('@')
        && let Some(open) = top_level(text.as_bytes(), b'<')
    {
        return angled_mailbox(text.as_bytes(), open, hint);
    }
    let text = text.rsplit_once(':').filter(|(_, t)| t.contains('@')).map_or(text.as_str(), |(_, t)| t);
    let is_address = |word: &&str| {
        word.trim_matches(['<', '>', '"', '\'', '[', ']', ','])
            .split_once('@')
            .is_some_and(|(l, d)| !l.is_empty() && !d.is_empty())
    };
    let mut with_at = text.split_whitespace().filter(is_address);
    if let (Some(word), None) = (with_at.next(), with_at.next())
        && text.contains(char::is_whitespace)
        && !text.starts_with('"')
    {
        let others: Vec<&str> = text.split_whitespace().filter(|w| *w != word).collect();
        let name = name.or_else(|| name_of(others.join(" ").as_bytes(), hint));
        return sound(word.trim_matches(['[', ']', ',']), name);
    }
    sound(text, name)
}

/// The mailbox, if `address` is one: two sides of an `@`.
fn sound(address: &str, name: Option<String>) -> Option<Address> {
    let address: String = address.chars().filter(|c| !c.is_whitespace()).collect();
    let address = address.trim_matches(['<', '>']);
    let address = unwrapped(address, '"').or_else(|| unwrapped(address, '\'')).unwrap_or(address);
    let (local, domain) = address.rsplit_once('@')?;
    let local = plain_local(local);
    let sound = !local.is_empty() && !domain.is_empty();
    sound.then(|| Address { name, address: format!("{local}@{domain}") })
}

/// What stands between two of these marks.
fn unwrapped(text: &str, mark: char) -> Option<&str> {
    text.strip_prefix(mark)?.strip_suffix(mark)
}

/// The left side of an address without quotes that it does not need (RFC 5321 section 4.1.2: `"ann"@x` and `ann@x` are
/// one mailbox) and without marks that stand alone, which relays leave behind when they mend a broken field (Postfix makes
/// `"<ann"@x` of `<ann@x`).
fn plain_local(local: &str) -> &str {
    let bare = local.trim_matches(['"', '<', '>']);
    let needs_quotes = bare.starts_with('.')
        || bare.ends_with('.')
        || bare.contains("..")
        || bare.contains(|c: char| c.is_whitespace() || "()<>[]:;@\\,\"".contains(c));
    if needs_quotes && unwrapped(local, '"').is_some() { local } else { bare }
}

/// Whether each quote that opens closes again; an escaped one does neither.
fn quotes_close(raw: &[u8]) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for &b in raw {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
    }
    !quoted
}

/// First position of `what` outside quotes.
fn top_level(raw: &[u8], what: u8) -> Option<usize> {
    let quotes_close = quotes_close(raw);
    let (mut quoted, mut escaped) = (false, false);
    for (i, &b) in raw.iter().enumerate() {
        if escaped {
            escaped = false;
        } else if b == b'\\' && quoted {
            escaped = true;
        } else if b == b'"' && quotes_close {
            quoted = !quoted;
        } else if b == what && !quoted {
            return Some(i);
        }
    }
    None
}

/// A display name: quotes and escapes undone, words decoded; brackets of a comment dropped.
fn name_of(raw: &[u8], hint: Hint) -> Option<String> {
    let raw = raw.trim_ascii();
    let raw = raw.strip_prefix(b"(").map_or(raw, |r| r.strip_suffix(b")").unwrap_or(r));
    let mut plain = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter().copied().peekable();
    while let Some(b) = bytes.next() {
        match b {
            b'"' => {}
            b'\\' if matches!(bytes.peek(), Some(b'"' | b'\\' | b'(' | b')')) => plain.extend(bytes.next()),
            _ => plain.push(b),
        }
    }
    let name = words::decode_hinted(&plain, hint);
    let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    (!name.is_empty()).then(|| name.to_owned())
}

/// The one plain address of the one From field, lower case; `None` for anything that two programs could read
/// differently (FAULTS section 3).
#[must_use]
pub fn strict_from(header: &Header<'_>) -> Option<String> {
    let mut fields = header.all("From");
    let field = fields.next()?;
    if fields.next().is_some() || field.gap || header.cut || header.junk {
        return None;
    }
    let value = unfold(field.value)?;
    match value.strip_suffix('>') {
        None => plain_address(&value),
        Some(rest) => {
            let (phrase, address) = rest.rsplit_once('<')?;
            let address = plain_address(address)?;
            plain_phrase(phrase.trim(), &address).then_some(address)
        }
    }
}

/// The field on one line; `None` when it holds a control other than proper folds, or 8-bit bytes outside a name.
fn unfold(raw: &[u8]) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let text = std::str::from_utf8(raw).ok()?;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {}
            '\t' => out.push(' '),
            c if c.is_control() => return None,
            c => out.push(c),
        }
    }
    Some(out.trim().to_owned())
}

/// `dot-atom@domain` and nothing else.
fn plain_address(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    let dotted = |s: &str, ok: &dyn Fn(u8) -> bool| {
        !s.is_empty() && s.split('.').all(|label| !label.is_empty() && label.bytes().all(ok))
    };
    let host = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let sound = text.len() <= 254
        && local.len() <= 64
        && !local.contains("=?")
        && dotted(local, &atom)
        && dotted(domain, &host)
        && domain.contains('.');
    sound.then(|| text.to_ascii_lowercase())
}

/// Whether a display name is free of everything that could be taken for another address.
fn plain_phrase(phrase: &str, address: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    for c in phrase.chars() {
        if escaped {
            escaped = false;
        } else if quoted && c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if !quoted && matches!(c, ',' | ';' | ':' | '<' | '>' | '(' | ')' | '[' | ']' | '@' | '\\') {
            return false;
        }
    }
    let shown = words::decode(phrase.replace(['"', '\\'], "").as_bytes());
    let shows_address = shown.contains(['@', '＠', '﹫', '<', '>']);
    !quoted && !escaped && (!shows_address || shown.eq_ignore_ascii_case(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::header;

    fn strict(raw: &str) -> Option<String> {
        strict_from(&header::parse(format!("{raw}\r\nTo: x@y.z\r\n\r\n").as_bytes()))
    }

    #[test]
    fn what_looks_like_an_encoded_word_and_is_none_is_read_once() {
        // `<` inside quotes: without an angle bracket of its own, and the same again when decoded.
        for raw in [
            "=?\"<ann@x.org>\"",
            "=?utf-8?Q?=3D=3F=22=3Cann=40x.org=3E=22?=",
            "=?ut\r\r-8?Q?=C3?=\"<a@b.c>\"B,x",
        ] {
            let _ = parse(raw.as_bytes());
        }
        assert_eq!(parse(b"=?utf-8?Q?Ann_=3Cann=40x.org=3E?=")[0].address, "ann@x.org");
    }

    #[test]
    fn lists_groups_comments_and_quotes() {
        let list = parse(b"\"Doe, John\" <j@x.org>, team: a@b.c, B <b@b.c>;, c@d.e (Carl C)");
        let shown: Vec<_> =
            list.iter().map(|a| (a.name.as_deref().unwrap_or(""), a.address.as_str())).collect();
        assert_eq!(shown, [("Doe, John", "j@x.org"), ("", "a@b.c"), ("B", "b@b.c"), ("Carl C", "c@d.e")]);
        assert!(parse(b"undisclosed-recipients:;").is_empty());
    }

    #[test]
    fn fields_that_programs_break() {
        for (raw, wanted) in [
            ("Ann <a@x.org> Bob <b@x.org>", vec![("Ann", "a@x.org"), ("Bob", "b@x.org")]),
            ("re:Store <s@x.org>", vec![("re:Store", "s@x.org")]),
            ("=?utf-8?Q?Doe,_Ann?= <a@x.org>", vec![("Doe, Ann", "a@x.org")]),
            ("=?utf-8?Q?Ann_=3Ca=40x.org=3E?=", vec![("Ann", "a@x.org")]),
            ("a@x.org (=?utf-8?B?5p2O5aic?=)", vec![("李娜", "a@x.org")]),
            ("Ann Doe a@x.org", vec![("Ann Doe", "a@x.org")]),
            ("\"a@x.org\" <>", vec![("", "a@x.org")]),
            ("Ann <mailto:a@x.org>", vec![("Ann", "a@x.org")]),
            ("a @ x.org", vec![("", "a@x.org")]),
            ("Ann <a@x.org", vec![("Ann", "a@x.org")]),
            ("all: a@x.org", vec![("", "a@x.org")]),
            ("[??????]", vec![]),
            ("\"Ann\" <>", vec![]),
        ] {
            let list = parse(raw.as_bytes());
            let shown: Vec<_> =
                list.iter().map(|a| (a.name.as_deref().unwrap_or(""), a.address.as_str())).collect();
            assert_eq!(shown, wanted, "{raw}");
        }
        let jis = b"\"\x1b$B;vL36I\x1b(B\" <a@x.org>, \x1b$B\"<(,\x1b(B <b@x.org>";
        let list = parse(jis);
        assert_eq!(
            (list.len(), list[0].name.as_deref(), list[1].address.as_str()),
            (2, Some("事務局"), "b@x.org")
        );
        // A character whose last byte is a backslash.
        let gbk =
            [b"\"".as_slice(), &encoding_rs::GB18030.encode("许乗").0, b"\" <a@qq.com>, b@qq.com"].concat();
        assert_eq!(parse(&gbk).len(), 2);
        assert_eq!(name_alone(b"\"Ann D\" <>", Hint::default()).as_deref(), Some("Ann D"));
    }

    #[test]
    fn quotes_stay_only_where_an_address_needs_them() {
        for (raw, address) in [
            ("\"ann\"@x.org", "ann@x.org"),
            ("ann\"@x.org", "ann@x.org"),
            ("\"<ann\"@x.org", "ann@x.org"),
            ("<\"ann\"@x.org>", "ann@x.org"),
            ("\"ann@x.org\"", "ann@x.org"),
            ("'ann@x.org'", "ann@x.org"),
            ("<\"a,b\"@x.org>", "\"a,b\"@x.org"),
            ("o'hara@x.org", "o'hara@x.org"),
        ] {
            assert_eq!(parse(raw.as_bytes())[0].address, address, "{raw}");
        }
        assert!(parse(b"\"\"@x.org").is_empty());
    }

    #[test]
    fn encoded_and_raw_names() {
        assert_eq!(parse("=?gb2312?B?wO7EyA==?= <l@h.cn>".as_bytes())[0].name.as_deref(), Some("李娜"));
        assert_eq!(parse("李娜 <l@h.cn>".as_bytes())[0].name.as_deref(), Some("李娜"));
        assert_eq!(parse(b"\"open <l@h.cn>")[0].address, "l@h.cn");
        assert_eq!(parse(b"\"a: \\\"b\" <l@h.cn>")[0].name.as_deref(), Some("a: \"b"));
    }

    #[test]
    fn strict_accepts_only_what_is_unambiguous() {
        for good in [
            "From: a@b.com",
            "From: A B <A@b.com>",
            "From: \"B, A\" <a@b.com>",
            "From: =?utf-8?B?5p2O5aic?= <a@b.com>",
            "From: \"a@b.com\" <a@b.com>",
            "from:\r\n <a@b.com>",
        ] {
            assert_eq!(strict(good).as_deref(), Some("a@b.com"), "{good}");
        }
        for bad in [
            "From: a@b.com, c@d.com",
            "From: a@b.com\r\nFrom: c@d.com",
            "From : a@b.com",
            "From: g: a@b.com;",
            "From: <@r.com:a@b.com>",
            "From: a@b.com\0",
            "From: a(x)@b.com",
            "From: a@b.com (A)",
            "From: =?utf-8?Q?a=40b.com?= <c@d.com>",
            "From: =?utf-8?Q?a=40b.com?=",
            "From: \"boss@b.com\" <a@b.com>",
            "From: x <c@d.com> <a@b.com>",
            "From: ü@b.com",
            "From: \"a\"@b.com",
            "From: a@localhost",
            "Subject: x",
            "From: \"x <a@b.com>",
            "From: <a@b.com",
            "From: a@b.com@c.com",
        ] {
            assert_eq!(strict(bad), None, "{bad}");
        }
    }
}
