//! Address fields (RFC 5322 section 3.4): a lenient reading for display, and a strict one for proof. Knows nothing of who
//! may do what.

use super::{Address, header::Header, words};

/// Addresses read of one field; more are left out.
const ADDRESSES_MAX: usize = 2_000;

/// Reads an address list leniently: groups are flattened, `;` separates too (Outlook), a name without an address is
/// left out.
#[must_use]
pub fn parse(raw: &[u8]) -> Vec<Address> {
    split(raw).into_iter().take(ADDRESSES_MAX).filter_map(mailbox).collect()
}

/// Slices between separators outside quotes, comments and angle brackets. A quote that never closes is no quote.
fn split(raw: &[u8]) -> Vec<&[u8]> {
    let quotes_close = quotes_close(raw);
    let mut out = Vec::new();
    let (mut from, mut comment, mut quoted, mut escaped, mut angle) = (0, 0_u32, false, false, false);
    for (i, &b) in raw.iter().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        match b {
            b'\\' if quoted || comment > 0 => escaped = true,
            b'"' if comment == 0 && quotes_close => quoted = !quoted,
            _ if quoted => {}
            b'(' => comment += 1,
            b')' => comment = comment.saturating_sub(1),
            _ if comment > 0 => {}
            b'<' => angle = true,
            b'>' => angle = false,
            b',' | b';' if !angle => {
                out.push(raw.get(from..i).unwrap_or_default());
                from = i + 1;
            }
            // A group's name ends here; its members follow.
            b':' if !angle => from = i + 1,
            _ => {}
        }
    }
    out.push(raw.get(from..).unwrap_or_default());
    out
}

fn mailbox(raw: &[u8]) -> Option<Address> {
    let raw = raw.trim_ascii();
    let open = top_level(raw, b'<');
    let (name, address) = match open {
        Some(open) => {
            let inner = raw.get(open + 1..).unwrap_or_default();
            let end = inner.iter().position(|&b| b == b'>').unwrap_or(inner.len());
            let inner = inner.get(..end).unwrap_or_default();
            // RFC 5322 section 4.4: a route stands before the address.
            let at = inner
                .iter()
                .position(|&b| b == b':')
                .filter(|_| inner.starts_with(b"@"))
                .map_or(0, |n| n + 1);
            (name_of(raw.get(..open).unwrap_or_default()), inner.get(at..).unwrap_or_default())
        }
        None => {
            let comment_at = top_level(raw, b'(').unwrap_or(raw.len());
            let (address, comment) = raw.split_at_checked(comment_at).unwrap_or((raw, b""));
            (name_of(comment), address)
        }
    };
    let address: String = words::decode(address).chars().filter(|c| !c.is_whitespace()).collect();
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
fn name_of(raw: &[u8]) -> Option<String> {
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
    let name = words::decode(&plain);
    let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    (!name.is_empty()).then(|| name.to_owned())
}

/// The one plain address of the one From field, lower case; `None` for anything that two programs could read
/// differently (FAULTS section 3).
#[must_use]
pub fn strict_from(header: &Header<'_>) -> Option<String> {
    let mut fields = header.all("From");
    let field = fields.next()?;
    if fields.next().is_some() || field.gap || header.cut {
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
    fn lists_groups_comments_and_quotes() {
        let list = parse(b"\"Doe, John\" <j@x.org>, team: a@b.c, B <b@b.c>;, c@d.e (Carl C)");
        let shown: Vec<_> =
            list.iter().map(|a| (a.name.as_deref().unwrap_or(""), a.address.as_str())).collect();
        assert_eq!(shown, [("Doe, John", "j@x.org"), ("", "a@b.c"), ("B", "b@b.c"), ("Carl C", "c@d.e")]);
        assert!(parse(b"undisclosed-recipients:;").is_empty());
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
