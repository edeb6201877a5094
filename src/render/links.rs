//! Addresses of web pages in what an agent wrote, so that a client can follow them: many programs make no links in HTML.
//! The text of a link is its address, never anything else.

/// A piece of a line, and whether it is an address.
pub(super) type Piece<'t> = (&'t str, bool);

/// Splits a line into addresses and what stands between them.
pub(super) fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some((before, address, after)) = next(rest) {
        found.push((before, false));
        found.push((address, true));
        rest = after;
    }
    found.push((rest, false));
    found.retain(|(piece, _)| !piece.is_empty());
    found
}

/// The first address with what stands before and behind it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find("http")?;
        let (before, tail) = text.split_at_checked(at)?;
        let length = length_of(tail);
        if length > 0 && !before.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            let (address, after) = tail.split_at_checked(length)?;
            return Some((before, address, after));
        }
        from = at + "http".len();
    }
}

/// Bytes of the address at the start; 0 when there is none. It ends at the first character that no address has (RFC 3986
/// section 2), Chinese ones among them, and leaves out the marks of a sentence.
fn length_of(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return 0 };
    if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return 0;
    }
    let is_outside = |c: char| !c.is_ascii_graphic() || "<>\"`{}|\\^".contains(c);
    let end = text.find(is_outside).unwrap_or(text.len());
    let mut address = text.get(..end).unwrap_or("");
    loop {
        let opened =
            |open: char, close: char| address.matches(open).count() >= address.matches(close).count();
        match address.chars().next_back() {
            Some('.' | ',' | ':' | ';' | '!' | '?' | '\'') => {}
            Some(')') if !opened('(', ')') => {}
            Some(']') if !opened('[', ']') => {}
            _ => return address.len(),
        }
        address = address.get(..address.len() - 1).unwrap_or("");
    }
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn addresses_end_where_people_end_them() {
        for (line, addresses) in [
            ("see https://a.example/b?c=d&e#f.", &["https://a.example/b?c=d&e#f"][..]),
            ("请看https://a.example/步骤，谢谢", &["https://a.example/"]),
            ("（https://a.example/b）、http://c.example", &["https://a.example/b", "http://c.example"]),
            (
                "(https://a.example/x_(y)) [https://b.example]",
                &["https://a.example/x_(y)", "https://b.example"],
            ),
            ("<https://a.example/>, \"https://b.example\"", &["https://a.example/", "https://b.example"]),
            ("https://https://a.example", &["https://https://a.example"]),
            ("xhttps://a.example httpx http:// https://. javascript:alert(1) mailto:a@b.example", &[]),
            ("", &[]),
        ] {
            let found: Vec<&str> = pieces(line).into_iter().filter(|(_, is)| *is).map(|(a, _)| a).collect();
            assert_eq!(found, addresses, "{line}");
            assert_eq!(pieces(line).into_iter().map(|(piece, _)| piece).collect::<String>(), line);
        }
    }
}
