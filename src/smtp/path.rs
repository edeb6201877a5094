//! An address as it stands between angle brackets in MAIL and RCPT (RFC 5321 section 4.1.2). Pure.
//!
//! Invariant: a [`Path`] can end neither its brackets nor its line.

/// A checked address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    pub text: String,
    /// The local part is not ASCII: only a server with SMTPUTF8 (RFC 6531) takes it.
    pub needs_utf8: bool,
}

/// Octets of a local part, of a whole path without its brackets (RFC 5321 section 4.5.3.1).
const LOCAL_OCTETS_MAX: usize = 64;
const PATH_OCTETS_MAX: usize = 254;

/// Checks an address; its domain becomes ASCII (IDNA).
///
/// # Errors
/// Why it can never be sent, in words without the address.
pub(super) fn parse_path(address: &str) -> Result<Path, String> {
    if address.chars().any(|c| c.is_control() || matches!(c, '<' | '>' | '\u{2028}' | '\u{2029}')) {
        return Err("the address holds control characters or angle brackets".to_owned());
    }
    let Some((local, domain)) = address.rsplit_once('@') else {
        return Err("the address has no @".to_owned());
    };
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    if local.is_empty() || (!quoted && local.chars().any(|c| c.is_whitespace() || c == '"' || c == '@')) {
        return Err("the address has no valid local part".to_owned());
    }
    let domain = parse_domain(domain)?;
    let text = format!("{local}@{domain}");
    if local.len() > LOCAL_OCTETS_MAX || text.len() > PATH_OCTETS_MAX {
        return Err("the address is too long".to_owned());
    }
    Ok(Path { needs_utf8: !text.is_ascii(), text })
}

/// The domain in ASCII; an address literal `[…]` stays as it is.
fn parse_domain(domain: &str) -> Result<String, String> {
    let literal = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(inner) = literal
        && inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-'))
    {
        return Ok(domain.to_owned());
    }
    match idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::URL) {
        Ok(ascii) if !ascii.is_empty() => Ok(ascii.into_owned()),
        Ok(_) | Err(_) => Err("the address has no valid domain".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_stay_as_they_are() {
        for address in [
            "ann@client.test",
            "a.b+c=d@sub.client.test",
            "\"a b\"@client.test",
            "root@[127.0.0.1]",
            "x@[IPv6:::1]",
        ] {
            assert_eq!(parse_path(address), Ok(Path { text: address.to_owned(), needs_utf8: false }));
        }
    }

    #[test]
    fn a_foreign_domain_becomes_ascii_and_a_foreign_local_part_needs_the_extension() {
        assert_eq!(
            parse_path("info@bücher.test"),
            Ok(Path { text: "info@xn--bcher-kva.test".to_owned(), needs_utf8: false })
        );
        assert_eq!(
            parse_path("张三@例子.test"),
            Ok(Path { text: "张三@xn--fsqu00a.test".to_owned(), needs_utf8: true })
        );
    }

    #[test]
    fn nothing_can_end_the_line_or_the_brackets() {
        for address in [
            "a@b.test\r\nRCPT TO:<c@d.test>",
            "a\n@b.test",
            "a\0@b.test",
            "a@b.test> SIZE=1",
            "\"a\r\n\"@b.test",
            "a b@c.test",
            "a@b c.test",
            "a@",
            "@b.test",
            "nobody",
            "",
            "a@[1.2.3.4\u{2028}]",
        ] {
            assert!(parse_path(address).is_err(), "{address:?}");
        }
        assert!(parse_path(&format!("{}@b.test", "a".repeat(65))).is_err());
    }
}
