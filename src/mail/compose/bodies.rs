//! Bodies of outgoing mail: quoted-printable for text that is mostly ASCII, base64 for the rest and for files.

use data_encoding::BASE64;

/// A line `--boundary`, or `--boundary--` at the end. The line end before it belongs to it.
pub fn delimiter(out: &mut Vec<u8>, boundary: &str, last: bool) {
    if !out.ends_with(b"\r\n\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"--");
    out.extend_from_slice(boundary.as_bytes());
    out.extend_from_slice(if last { b"--\r\n" } else { b"\r\n" });
}

/// A text part with its header. Its lines stand as they came: whoever wrote the text wrapped it, and `format=flowed` (RFC
/// 3676) would let programs join what was wrapped on purpose, such as aligned facts.
pub fn text(out: &mut Vec<u8>, subtype: &str, text: &str) {
    let lines = lines(text);
    out.extend_from_slice(format!("Content-Type: text/{subtype}; charset=utf-8\r\n").as_bytes());
    let size: usize = lines.iter().map(String::len).sum();
    let high = lines.iter().flat_map(|l| l.bytes()).filter(|b| !b.is_ascii()).count();
    if high * 6 > size {
        base64(out, (lines.join("\r\n") + "\r\n").as_bytes());
    } else {
        out.extend_from_slice(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n");
        for line in &lines {
            quoted_printable(out, line);
        }
    }
}

/// Lines without their ends, whatever these were; controls other than tab become blanks; no blank lines at the end.
fn lines(text: &str) -> Vec<String> {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let clean = |line: &str| {
        line.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect::<String>()
    };
    unified.trim_end_matches('\n').split('\n').map(clean).collect()
}

/// One line as quoted-printable, with its end. A leading dot and `From ` are encoded, so that no transport changes them.
fn quoted_printable(out: &mut Vec<u8>, line: &str) {
    let bytes = line.as_bytes();
    let mut column = 0;
    for (i, &b) in bytes.iter().enumerate() {
        let last = i + 1 == bytes.len();
        let blank_at_end = last && matches!(b, b' ' | b'\t');
        let risky = column == 0
            && (b == b'.' || b == b'F' && line.get(i..).is_some_and(|r| r.starts_with("From ")) || b == b'-');
        let plain = (b == b'\t' || (0x20..0x7f).contains(&b)) && b != b'=' && !blank_at_end && !risky;
        let width = if plain { 1 } else { 3 };
        if column + width > 75 {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        if plain {
            out.push(b);
        } else {
            out.extend_from_slice(format!("={b:02X}").as_bytes());
        }
        column += width;
    }
    out.extend_from_slice(b"\r\n");
}

/// The header of a base64 part and its body in lines of 76.
pub fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(b"Content-Transfer-Encoding: base64\r\n\r\n");
    for chunk in bytes.chunks(57) {
        out.extend_from_slice(BASE64.encode(chunk).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}
