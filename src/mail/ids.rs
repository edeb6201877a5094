//! Message-IDs: `<…>` in fields that people and programs fill with much else (RFC 5322 section 3.6.4).

use super::deception::is_hidden;

/// Ids read of one field.
const IDS_MAX: usize = 500;
/// Longest id that is kept; longer ones are attacks (FAULTS section 4) and would match nothing.
const ID_BYTES_MAX: usize = 998;

/// All ids of a field, without brackets, in order.
#[must_use]
pub fn all(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut out = Vec::new();
    let mut rest = text.as_ref();
    while let Some((_, after)) = rest.split_once('<') {
        let Some((id, behind)) = after.split_once('>') else { break };
        rest = behind;
        out.extend(kept(id));
        if out.len() >= IDS_MAX {
            break;
        }
    }
    if out.is_empty() {
        out.extend(text.split_whitespace().filter(|w| w.contains('@')).filter_map(kept).take(IDS_MAX));
    }
    out
}

/// The first id of a field; a value without brackets counts as a whole.
#[must_use]
pub fn one(raw: &[u8]) -> Option<String> {
    all(raw).into_iter().next().or_else(|| kept(&String::from_utf8_lossy(raw)))
}

fn kept(id: &str) -> Option<String> {
    let id: String = id.chars().filter(|&c| !c.is_whitespace() && !is_hidden(c)).collect();
    let id = id.trim_matches(|c| c == '<' || c == '>');
    (!id.is_empty() && id.len() <= ID_BYTES_MAX).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_broken_and_long_ids() {
        assert_eq!(all(b"<a@b>\r\n\t<c @d> junk <e>"), ["a@b", "c@d", "e"]);
        assert_eq!(all("<\u{202e}a\0@b\u{200b}>".as_bytes()), ["a@b"]);
        assert_eq!(one(b"no-brackets@x").as_deref(), Some("no-brackets@x"));
        assert_eq!(one(format!("<{}@x>", "a".repeat(10_000)).as_bytes()), None);
    }
}
