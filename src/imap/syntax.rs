//! Words on the wire: quoting, folder names, sets of UIDs, dates. Pure.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use super::ImapError;

/// RFC 2683 section 3.2.1.5 advises clients to keep command lines under 1,000 octets.
const SET_BYTES_MAX: usize = 900;

/// A quoted string (RFC 3501 section 9). `what` names the argument in the error; the value itself is never shown.
pub(super) fn quoted(what: &str, value: &str) -> Result<String, ImapError> {
    if value.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Err(ImapError::Operator(format!(
            "{what} contains a line break or NUL, which IMAP cannot carry"
        )));
    }
    if !value.is_ascii() {
        return Err(ImapError::Operator(format!(
            "{what} is not ASCII, which this way of asking cannot carry"
        )));
    }
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for letter in value.chars() {
        if matches!(letter, '"' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
    Ok(out)
}

/// A folder name as a quoted string in modified UTF-7 (RFC 3501 section 5.1.3).
pub(super) fn folder_name(name: &str) -> Result<String, ImapError> {
    if name.is_empty() {
        return Err(ImapError::Operator("a folder name is empty".to_owned()));
    }
    if name.chars().any(char::is_control) {
        return Err(ImapError::Operator("a folder name contains a control character".to_owned()));
    }
    quoted("the folder name", &modified_utf7(name))
}

fn modified_utf7(name: &str) -> String {
    let mut out = String::new();
    let mut shifted: Vec<u8> = Vec::new();
    for letter in name.chars() {
        if matches!(letter, ' '..='~') {
            end_shift(&mut out, &mut shifted);
            out.push(letter);
            if letter == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            shifted.extend(letter.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    end_shift(&mut out, &mut shifted);
    out
}

/// A folder name as people read it, from the wire; `None` when that name would not lead back to the same folder (8-bit
/// names of servers that do not know modified UTF-7, broken shifts).
pub(super) fn readable_name(wire: &str) -> Option<String> {
    let mut name = String::new();
    let mut rest = wire;
    while let Some((plain, shifted)) = rest.split_once('&') {
        name.push_str(plain);
        let (coded, behind) = shifted.split_once('-')?;
        if coded.is_empty() {
            name.push('&');
        } else {
            let bytes = data_encoding::BASE64_NOPAD.decode(coded.replace(',', "/").as_bytes()).ok()?;
            let units: Vec<u16> = bytes
                .chunks(2)
                .map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)))
                .collect();
            name.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = behind;
    }
    name.push_str(rest);
    (modified_utf7(&name) == wire && !name.chars().any(char::is_control)).then_some(name)
}

fn end_shift(out: &mut String, shifted: &mut Vec<u8>) {
    if !shifted.is_empty() {
        out.push('&');
        out.push_str(&data_encoding::BASE64_NOPAD.encode(shifted).replace('/', ","));
        out.push('-');
        shifted.clear();
    }
}

/// UIDs as sets in wire form, ascending and without duplicates; each with the UIDs it covers, at most `count_max` of them.
/// Only numerically adjacent UIDs become a range, so a set never covers a UID that was not asked for.
pub(super) fn uid_sets(uids: &[u32], count_max: usize) -> Vec<(String, Vec<u32>)> {
    let mut sorted: Vec<u32> = uids.iter().copied().filter(|uid| *uid != 0).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut sets: Vec<(String, Vec<u32>)> = Vec::new();
    let mut current = (String::new(), Vec::new());
    for run in runs(&sorted, count_max.max(1)) {
        let (first, last) = (*run.start(), *run.end());
        let text = if first == last { first.to_string() } else { format!("{first}:{last}") };
        let count = usize::try_from(last - first).map_or(usize::MAX, |span| span.saturating_add(1));
        let full = current.0.len() + text.len() >= SET_BYTES_MAX
            || current.1.len().saturating_add(count) > count_max;
        if full && !current.1.is_empty() {
            sets.push(std::mem::take(&mut current));
        }
        if !current.0.is_empty() {
            current.0.push(',');
        }
        current.0.push_str(&text);
        current.1.extend(run);
    }
    if !current.1.is_empty() {
        sets.push(current);
    }
    sets
}

/// Adjacent numbers as ranges of at most `length_max`.
fn runs(sorted: &[u32], length_max: usize) -> Vec<RangeInclusive<u32>> {
    let mut runs: Vec<RangeInclusive<u32>> = Vec::new();
    for &uid in sorted {
        match runs.last_mut() {
            Some(run)
                if run.end().checked_add(1) == Some(uid)
                    && usize::try_from(uid - run.start()).is_ok_and(|span| span < length_max) =>
            {
                *run = *run.start()..=uid;
            }
            _ => runs.push(uid..=uid),
        }
    }
    runs
}

/// INTERNALDATE, `"17-Jul-1996 02:44:25 -0700"`; the day may be padded by a space (RFC 3501 `date-day-fixed`).
pub(super) fn parse_internal_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?.to_timestamp().ok()
}

/// Words of a server, fit for an error or a log: no control characters, no address of a person, at most 200 characters.
pub(super) fn clean_words(words: &str) -> String {
    const LENGTH_MAX: usize = 200;
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LENGTH_MAX).collect();
    line.split_whitespace()
        .map(|word| if word.contains('@') { "(address)" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_escapes_and_refuses_line_breaks() {
        assert_eq!(quoted("x", r#"a"b\c"#).unwrap(), r#""a\"b\\c""#);
        for bad in ["a\rb", "a\nb", "a\0b", "ü"] {
            assert!(
                matches!(quoted("the password", bad), Err(ImapError::Operator(words)) if !words.contains(bad))
            );
        }
    }

    #[test]
    fn folder_names_are_modified_utf7() {
        // The first is the example of RFC 3501 section 5.1.3.
        for (name, wire) in [
            ("~peter/mail/台北/日本語", "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""),
            ("R&D", "\"R&-D\""),
            ("Gelöscht", "\"Gel&APY-scht\""),
            ("😀", "\"&2D3eAA-\""),
        ] {
            assert_eq!(folder_name(name).unwrap(), wire);
            assert_eq!(readable_name(wire.trim_matches('"')).as_deref(), Some(name));
        }
        for bad in ["&", "&-x&", "&!!-", "&AG-", "已发送", "&ZZZZZ-"] {
            assert_eq!(readable_name(bad), None, "{bad}");
        }
        for bad in ["", "a\r\nA1 DELETE INBOX", "a\0", "tab\t"] {
            assert!(folder_name(bad).is_err());
        }
    }

    #[test]
    fn sets_cover_exactly_what_was_asked() {
        assert_eq!(uid_sets(&[9, 1, 2, 3, 3, 0, 7], 100), [("1:3,7,9".to_owned(), vec![1, 2, 3, 7, 9])]);
        assert_eq!(uid_sets(&[], 5), []);
        assert_eq!(uid_sets(&[u32::MAX], 5), [(u32::MAX.to_string(), vec![u32::MAX])]);
    }

    proptest::proptest! {
        #[test]
        fn sets_are_short_bounded_and_complete(uids in proptest::collection::vec(1_u32.., 0..600), count_max in 1_usize..80) {
            let sets = uid_sets(&uids, count_max);
            let mut expected = uids.clone();
            expected.sort_unstable();
            expected.dedup();
            let covered: Vec<u32> = sets.iter().flat_map(|(_, uids)| uids.iter().copied()).collect();
            proptest::prop_assert_eq!(covered, expected);
            for (text, uids) in &sets {
                proptest::prop_assert!(text.len() <= 1000 && uids.len() <= count_max);
            }
        }
    }

    #[test]
    fn internal_dates() {
        let expected: Timestamp = "1996-07-17T09:44:25Z".parse().unwrap();
        assert_eq!(parse_internal_date("17-Jul-1996 02:44:25 -0700"), Some(expected));
        assert_eq!(
            parse_internal_date(" 7-Jul-1996 02:44:25 +0000").map(|t| t.to_string()),
            Some("1996-07-07T02:44:25Z".to_owned())
        );
        assert_eq!(parse_internal_date("yesterday"), None);
    }

    #[test]
    fn server_words_lose_addresses_and_controls() {
        assert_eq!(clean_words("[AUTH] no\u{7} <bob@client.test> here"), "[AUTH] no (address) here");
        assert!(clean_words(&"x".repeat(5000)).len() <= 200);
    }
}
