//! What single texts of the config mean: addresses, sizes, durations, dates, words out of a set. Pure leaves; every error
//! says what was found and what is wanted.

use std::{net::IpAddr, path::Path};

use jiff::{Timestamp, civil, tz::TimeZone};

/// Any text without control characters, not empty.
pub fn words(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("must not be empty".into());
    }
    any_text(text)
}

/// Any text without control characters.
pub fn any_text(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("must not contain control characters or line breaks".into());
    }
    Ok(text.to_owned())
}

/// A mail address, lower case. Stricter than RFC 5321 section 4.1.2: no quoted local part, since none is ours to choose.
pub fn address(text: &str) -> Result<String, String> {
    let bad = || format!("\"{}\" is not a mail address", text.escape_debug());
    let (local, domain) = text.rsplit_once('@').ok_or_else(bad)?;
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c));
    if !local_ok {
        return Err(bad());
    }
    self::domain(domain).map_err(|_| bad())?;
    Ok(text.to_lowercase())
}

/// A domain, lower case.
pub fn domain(text: &str) -> Result<String, String> {
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    if text.len() > 253 || !text.split('.').all(label_ok) {
        return Err(format!("\"{}\" is not a domain", text.escape_debug()));
    }
    Ok(text.to_lowercase())
}

/// Two letters of ISO 639-1.
pub fn language(text: &str) -> Result<String, String> {
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_lowercase()) {
        return Ok(text.to_owned());
    }
    Err(format!("\"{}\" is not a two-letter language of ISO 639-1", text.escape_debug()))
}

/// A whole number and a unit: `500KiB`, `35MiB`, `1GiB`, `35MB`, `1000B`. In bytes.
pub fn size(text: &str) -> Result<u64, String> {
    let bad = || {
        format!(
            "\"{}\" is not a size: a whole number with B, kB, KiB, MB, MiB, GB or GiB",
            text.escape_debug()
        )
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(bad)?;
    let factor: u64 = match unit.trim() {
        "B" => 1,
        "kB" => 1000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return Err(bad()),
    };
    number.parse::<u64>().ok().and_then(|n| n.checked_mul(factor)).filter(|n| *n > 0).ok_or_else(bad)
}

/// Whole numbers with units, `90s`, `30m`, `2h`, `1d`, `1w`, `1y`, or several in a row, `1d12h`. In seconds.
pub fn duration(text: &str) -> Result<i64, String> {
    let bad =
        || format!("\"{}\" is not a duration: whole numbers with s, m, h, d, w or y", text.escape_debug());
    let (mut total, mut number) = (0_i64, None::<i64>);
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(
                number
                    .unwrap_or(0)
                    .checked_mul(10)
                    .and_then(|n| n.checked_add(digit.into()))
                    .ok_or_else(bad)?,
            );
            continue;
        }
        let seconds = match c {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            'y' => 31_536_000,
            _ => return Err(bad()),
        };
        let part = number.take().and_then(|n| n.checked_mul(seconds)).ok_or_else(bad)?;
        total = total.checked_add(part).ok_or_else(bad)?;
    }
    if number.is_some() || total == 0 { Err(bad()) } else { Ok(total) }
}

/// A zone of the IANA database.
pub fn zone(text: &str) -> Result<String, String> {
    match TimeZone::get(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!("\"{}\" is not a zone of the IANA database", text.escape_debug())),
    }
}

/// A day (its first instant in `zone`) or an instant with offset.
pub fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<civil::Date>().ok()?.to_zoned(zone.clone()).ok().map(|day| day.timestamp()))
}

/// Host names and IP addresses.
pub fn host(text: &str) -> Result<String, String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Ok(ip.to_string());
    }
    domain(text).map_err(|_| {
        format!(
            "\"{}\" is neither a host name nor an IP address (the port has its own key)",
            text.escape_debug()
        )
    })
}

/// Whether a connection to this host cannot leave the machine.
pub fn is_loopback(host: &str) -> bool {
    host.parse::<IpAddr>().map_or(host == "localhost", |ip| ip.is_loopback())
}

/// Socket address, the port may be left out.
pub fn resolver(text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(|ip| (ip, 53).into()))
        .map_err(|_| format!("\"{}\" is not an IP address with an optional port", text.escape_debug()))
}

/// One word of a set: `words` pairs each with its meaning.
pub fn one_of<T: Clone>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(value.clone());
    }
    let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
    let near = nearest(text, &names).map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
    let known =
        if names.is_empty() { "there are none".into() } else { format!("known: {}", names.join(", ")) };
    Err(format!("\"{}\" is unknown here ({known}){near}", text.escape_debug()))
}

/// The folder of a file; "." for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// The known word that is at most a third of its letters away.
pub fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let far = |candidate: &str| distance(word, candidate);
    let best = known.iter().copied().min_by_key(|candidate| far(candidate))?;
    (far(best) <= 1.max(best.chars().count() / 3)).then_some(best)
}

/// Levenshtein's edit distance.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        let mut left = i + 1;
        for ((y, above), diagonal) in b.chars().zip(row.iter().skip(1)).zip(&row) {
            left = (left + 1).min(above + 1).min(diagonal + usize::from(x != y));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in
            [("30m", 1800), ("2h", 7200), ("1d", 86_400), ("1d12h", 129_600), ("90s", 90), ("1y", 31_536_000)]
        {
            assert_eq!(duration(text), Ok(seconds), "{text}");
        }
        for text in
            ["", "5", "h", "0h", "-1h", "1.5h", "1h 30m", "99999999999999999999d", "9999999999999999w"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [("35MiB", 35 << 20), ("1GiB", 1 << 30), ("500kB", 500_000), ("7 B", 7)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "35", "MiB", "0MiB", "35mib", "-1MiB", "99999999999999999999GiB", "9999999999999GiB"]
        {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(address("Alice@Example.COM").as_deref(), Ok("alice@example.com"));
        assert_eq!(address("a+b@localhost").as_deref(), Ok("a+b@localhost"));
        assert!(address("客服@例子.cn").is_ok());
        for text in [
            "",
            "alice",
            "@x",
            "a@",
            "a b@x.com",
            "a@b@c",
            "a..b@x",
            ".a@x",
            "<a@b.c>",
            "a@x\r\nBcc: y@z",
            "a@-x.com",
        ] {
            assert!(address(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn loopback() {
        for host in ["127.0.0.1", "127.9.8.7", "::1", "localhost"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["128.0.0.1", "imap.example.com", "localhost.example.com", "::2"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn near_words() {
        assert_eq!(nearest("pasword_file", &["password_file", "host"]), Some("password_file"));
        assert_eq!(nearest("poll", &["port", "poll"]), Some("poll"));
        assert_eq!(nearest("zzz", &["password_file", "host"]), None);
        assert_eq!(nearest("x", &[]), None);
    }

    #[test]
    fn dates() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(instant("2026-01-02", &zone).unwrap().to_string(), "2026-01-01T16:00:00Z");
        assert_eq!(instant("2026-01-02T00:00:00Z", &zone).unwrap().to_string(), "2026-01-02T00:00:00Z");
        assert_eq!(instant("soon", &zone), None);
    }
}
