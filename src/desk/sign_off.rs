//! A text that is nothing but a sign-off: what mail programs put below a command that a button wrote. Knows the agent's
//! name, not the mail.
//!
//! Invariant: a text with one line that is neither a closing phrase nor stands below the agent's own name is no sign-off, so
//! nothing that somebody wrote is kept from the client.

/// Lines of a longest sign-off: name, position, company, street, phone, web, and a claim.
const LINES_MAX: usize = 10;

/// Closing phrases, lower case, without punctuation.
const CLOSINGS: [&str; 27] = [
    "best",
    "best regards",
    "best wishes",
    "kind regards",
    "warm regards",
    "regards",
    "cheers",
    "yours",
    "yours sincerely",
    "sincerely",
    "mit freundlichen grüßen",
    "mit freundlichem gruß",
    "freundliche grüße",
    "viele grüße",
    "beste grüße",
    "liebe grüße",
    "gruß",
    "grüße",
    "mfg",
    "vg",
    "cordialement",
    "saludos",
    "祝好",
    "此致",
    "敬礼",
    "此致敬礼",
    "顺祝商祺",
];

/// Whether a line is a person's name, whole or a part of it: `Alice Chen`, `Alice`, `— Alice`.
#[must_use]
pub fn is_name(line: &str, name: &str) -> bool {
    let line = bare(line);
    !line.is_empty() && (line == name || name.split_whitespace().any(|part| part == line))
}

/// Whether a text is closing phrases and the agent's name with what stands below it, and nothing else.
#[must_use]
pub fn is_sign_off(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !bare(line).is_empty()).collect();
    let is_closing = |line: &&&str| CLOSINGS.contains(&bare(line).to_lowercase().as_str());
    let closings = lines.iter().take_while(is_closing).count();
    let below = lines.get(closings..).unwrap_or_default();
    match below.first() {
        None => true,
        Some(first) => lines.len() <= LINES_MAX && is_name(first, name),
    }
}

/// A line without the blanks and marks around its words.
fn bare(line: &str) -> &str {
    let is_mark = |c: char| c.is_whitespace() || ",.!-–—_*，。！~".contains(c);
    line.trim_matches(is_mark)
}

#[cfg(test)]
mod tests {
    use super::is_sign_off;

    #[test]
    fn a_sign_off_is_told_from_an_answer() {
        let alice = |text| is_sign_off(text, "Alice Chen");
        for text in [
            "",
            "Alice",
            "Alice Chen",
            "Kind regards,\nAlice",
            "Best\n\nAlice Chen\nSupport · Example Ltd\n+49 30 1234",
            "祝好！\nAlice Chen",
            "--\nAlice Chen",
            "Mit freundlichen Grüßen",
        ] {
            assert!(alice(text), "{text}");
        }
        for text in [
            "Done.\nAlice",
            "Thanks\nAlice",
            "Hi Alice",
            "Alice Chen will call you.",
            "Bob",
            "Best\nwhat is your user name?",
            "好的\nAlice",
            "Alice\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10",
        ] {
            assert!(!alice(text), "{text}");
        }
    }
}
