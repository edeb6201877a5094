//! Codes in the words of servers: enhanced status (RFC 3463), reply code (RFC 5321), and which of several says most.
//! Knows no server by name.

/// All enhanced status codes in a text, in order: `5.1.1`, but no part of an address or of a version.
fn statuses(text: &str) -> impl Iterator<Item = &str> {
    tokens(text, |b| b.is_ascii_digit() || b == b'.')
        .map(|t| t.trim_end_matches('.'))
        .filter(|t| is_status(t))
}

fn is_status(token: &str) -> bool {
    let mut parts = token.split('.');
    let (class, subject, detail) = (parts.next(), parts.next(), parts.next());
    matches!(class, Some("2" | "4" | "5"))
        && subject.is_some_and(|s| matches!(s.as_bytes(), [b'0'..=b'7']))
        && detail.is_some_and(|d| (1..=3).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()))
        && parts.next().is_none()
}

/// Longest runs of wanted bytes that no letter, slash or `@` touches.
fn tokens(text: &str, wanted: impl Fn(u8) -> bool) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let joins = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'@' | b'_');
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let from = at + bytes.get(at..)?.iter().position(|&b| wanted(b))?;
            let len = bytes.get(from..)?.iter().take_while(|&&b| wanted(b)).count();
            at = from + len;
            let before = from.checked_sub(1).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
            let behind = bytes.get(at).copied().unwrap_or(b' ');
            if !joins(before) && !joins(behind) {
                return text.get(from..at);
            }
        }
    })
}

/// The status code in a text that says most.
#[must_use]
pub fn status(text: &str) -> Option<String> {
    let best = statuses(text).filter(|s| !s.starts_with('2')).take(40).reduce(|a, b| closer(a, b, None));
    best.or_else(|| statuses(text).next()).map(str::to_owned)
}

/// The status of a recipient: what the report states, unless the words of the server that refused are more exact.
#[must_use]
pub fn stated_or_said(stated: Option<&str>, words: &str) -> Option<String> {
    let said = status(words);
    match (stated, said) {
        (Some(stated), Some(said)) => Some(closer(stated, &said, first_digit_of_reply(words)).to_owned()),
        (stated, said) => stated.map(str::to_owned).or(said),
    }
}

/// The one of two codes for the same failure that is closer to its cause. The reporting server states a summary (5.0.0,
/// 5.3.0, 4.4.7 "expired", 5.5.x "the session broke"), the refusing server's own reply names what it had against the mail.
fn closer<'a>(stated: &'a str, said: &'a str, reply: Option<u8>) -> &'a str {
    let class = |code: &str| code.as_bytes().first().copied();
    if class(stated) != class(said) && reply.is_some() {
        if reply == class(stated) {
            return stated;
        }
        if reply == class(said) {
            return said;
        }
    }
    let detail = |code: &'a str| code.split_once('.').map_or("", |(_, d)| d);
    let (a, b) = (detail(stated), detail(said));
    let has_zero = |d: &str| d.starts_with("0.") || d.ends_with(".0");
    let gives_way = match a {
        _ if b == "0.0" => false,
        "0.0" => true,
        _ if has_zero(a) && !has_zero(b) => true,
        "4.7" | "7.0" | "5.1" | "5.2" | "5.4" | "5.5" => true,
        // Sendmail writes 5.1.1 for whatever a server answered to RCPT.
        "1.1" => !b.ends_with(".0") && !b.starts_with("5."),
        "1.3" => b.starts_with("7."),
        _ => a.starts_with("3.") && stated.starts_with('5'),
    };
    if gives_way { said } else { stated }
}

fn first_digit_of_reply(text: &str) -> Option<u8> {
    replies(text).next().and_then(|r| r.as_bytes().first().copied())
}

/// Reply codes of failure in a text, in order.
fn replies(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    tokens(text, |b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'#'))
        .filter_map(|t| {
            let code = t.trim_start_matches('#').get(..3)?;
            let rest = t.trim_start_matches('#').get(3..)?;
            // `550-5.1.1` and `550.` are codes, the 222 of `192.0.2.222` and of `+0900-222` are none.
            (rest.is_empty() || rest == "." || rest.starts_with(['-', '#'])).then_some(code)
        })
        .filter(|t| matches!(t.as_bytes(), [b'4' | b'5', b'0'..=b'5', b'0'..=b'9']))
        // A code leads to words; `[450]` in a bracket of its own or `(500 bytes` leads nowhere.
        .filter(move |t| {
            let end = (t.as_ptr() as usize).saturating_sub(bytes.as_ptr() as usize) + 3;
            !bytes.get(end..).is_some_and(|rest| rest.starts_with(b" bytes") || rest.starts_with(b" seconds"))
        })
}

/// The reply code in a text; `class`: the first digit of the status, whose reply is looked for first.
#[must_use]
pub fn reply(text: &str, status: Option<&str>) -> Option<u16> {
    let class = status.and_then(|s| s.as_bytes().first().copied());
    replies(text)
        .take(40)
        .find(|r| class.is_none() || r.as_bytes().first().copied() == class)
        .or_else(|| replies(text).next())
        .and_then(|r| r.parse().ok())
}

/// The reply code of success, for reports of delivery.
#[must_use]
pub fn reply_of_success(text: &str) -> Option<u16> {
    tokens(text, |b| b.is_ascii_digit()).find(|t| matches!(*t, "250" | "251" | "252"))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_words() {
        for (text, status_wanted, reply_wanted) in [
            ("550 5.1.1 <a@b.org>: x", Some("5.1.1"), Some(550)),
            ("550-5.2.2 full, see x", Some("5.2.2"), Some(550)),
            ("host 10.5.1.1 said no", None, None),
            ("by mx (8.14.4/8.14.4), v5.1.2", None, None),
            ("Internet Mail Service (5.5.2656.59)", None, None),
            ("(#5.2.2)", Some("5.2.2"), None),
            ("Remote host said: 553 sorry", None, Some(553)),
            ("port 2525 of [192.0.2.450]", None, None),
            ("exceeds 500 bytes", None, None),
            ("554 4.4.7 expired.<421 4.4.2 Connection timed out>", Some("4.4.2"), Some(421)),
        ] {
            let found = status(text);
            assert_eq!(found.as_deref(), status_wanted, "{text}");
            assert_eq!(reply(text, found.as_deref()), reply_wanted, "{text}");
        }
    }

    #[test]
    fn the_code_closer_to_the_cause() {
        for (stated, words, want) in [
            ("5.0.0", "550 5.7.1 blocked", "5.7.1"),
            ("5.1.1", "550 5.7.1 blocked", "5.7.1"),
            ("5.1.1", "554 5.5.0 no", "5.1.1"),
            ("5.2.1", "550 5.1.1 unknown", "5.2.1"),
            ("4.4.7", "451 4.7.1 greylisted", "4.7.1"),
            ("4.5.0", "550 5.5.0 refused", "5.5.0"),
            ("5.7.1", "no code at all", "5.7.1"),
        ] {
            assert_eq!(stated_or_said(Some(stated), words).as_deref(), Some(want), "{stated} {words}");
        }
    }
}
