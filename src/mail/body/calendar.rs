//! A mail that is nothing but an invitation, in words: what a calendar part (RFC 5545, RFC 5546) says. Linear, bounded.

/// Lines read of one calendar.
const LINES_MAX: usize = 2_000;
/// Longest value shown.
const VALUE_CHARS_MAX: usize = 500;

/// The lines that tell what, when, where and by whom; `None` when it is no calendar.
#[must_use]
pub fn summary(calendar: &str) -> Option<String> {
    if !calendar.trim_start().get(..15)?.eq_ignore_ascii_case("BEGIN:VCALENDAR") {
        return None;
    }
    let unfolded = calendar.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let mut found: [Option<String>; 7] = Default::default();
    let mut in_event = false;
    for line in unfolded.lines().take(LINES_MAX) {
        let Some((name, value)) = property(line) else { continue };
        match (name.as_str(), value.to_ascii_uppercase().as_str()) {
            ("BEGIN", "VEVENT" | "VTODO") => in_event = true,
            // A time zone has a DTSTART of its own, an alarm a description.
            ("BEGIN", _) => in_event = false,
            ("END", "VALARM") => in_event = true,
            _ => {}
        }
        let Some(at) = SHOWN.iter().position(|(known, _)| *known == name) else { continue };
        if let Some(slot) = found.get_mut(at).filter(|_| in_event || name == "METHOD") {
            slot.get_or_insert_with(|| shown(&name, &value));
        }
    }
    let mut out = String::new();
    for ((_, label), value) in SHOWN.iter().zip(found) {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            out.push_str(&format!("{label}: {value}\n"));
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Properties in the order in which they are shown, with their labels.
const SHOWN: [(&str, &str); 7] = [
    ("METHOD", "METHOD"),
    ("SUMMARY", "SUMMARY"),
    ("DTSTART", "DTSTART"),
    ("DTEND", "DTEND"),
    ("LOCATION", "LOCATION"),
    ("ORGANIZER", "ORGANIZER"),
    ("DESCRIPTION", "DESCRIPTION"),
];

/// Name and value of a content line; parameters are left out, but the time zone of a date stays with it.
fn property(line: &str) -> Option<(String, String)> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    let (head, value) = line.split_at_checked(colon?.0)?;
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    let value = value.get(1..)?.trim();
    let zone = parameters.split(';').find_map(|p| p.strip_prefix("TZID="));
    let value = zone.map_or_else(|| value.to_owned(), |z| format!("{value} {}", z.trim_matches('"')));
    Some((name.to_ascii_uppercase(), value))
}

fn shown(name: &str, value: &str) -> String {
    let text = value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";");
    let text = text.replace("\\\\", "\\");
    let text = match name {
        "DTSTART" | "DTEND" => date(&text),
        "ORGANIZER" => text.replace("mailto:", "").replace("MAILTO:", ""),
        _ => text,
    };
    text.trim().chars().take(VALUE_CHARS_MAX).collect()
}

/// `20260302T100000Z` with its parts set apart; anything else as it is.
fn date(text: &str) -> String {
    let (stamp, zone) = text.split_once(' ').unwrap_or((text, ""));
    let is_stamp = stamp.len() >= 8 && stamp.bytes().take(8).all(|b| b.is_ascii_digit()) && stamp.is_ascii();
    if !is_stamp {
        return text.to_owned();
    }
    let part = |from: usize, to: usize| stamp.get(from..to).unwrap_or_default();
    let mut out = format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8));
    if stamp.len() >= 13 {
        out.push_str(&format!(" {}:{}", part(9, 11), part(11, 13)));
    }
    let zone = if stamp.ends_with('Z') { "UTC" } else { zone };
    if !zone.is_empty() {
        out.push_str(&format!(" {zone}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_in_words() {
        let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nDTSTART:16010101T000000\r\nEND:VTIMEZONE\r\n\
            BEGIN:VEVENT\r\nORGANIZER;CN=\"Ann: B\":mailto:ann@x.example\r\nSUMMARY:Plan\\, and\r\n  more\r\n\
            DTSTART;TZID=Asia/Shanghai:20260302T100000\r\nDTEND:20260302T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(
            summary(calendar).unwrap(),
            "METHOD: REQUEST\nSUMMARY: Plan, and more\nDTSTART: 2026-03-02 10:00 Asia/Shanghai\nDTEND: 2026-03-02 11:00 UTC\nORGANIZER: ann@x.example\n"
        );
        assert_eq!(summary("SUMMARY:x"), None);
        assert_eq!(summary("BEGIN:VCALENDAR"), None);
    }
}
