//! The text of a plain part: flowed lines joined (RFC 3676), enriched text bared (RFC 1896), files inside it and the armour of
//! PGP left out. Knows no other part.

use crate::mail::{
    attachments::uuencode,
    charset::{self, Hint},
    structure::Part,
};

/// Decoded text of a plain part.
#[must_use]
pub fn text(part: &Part<'_>, hint: Hint) -> String {
    let bytes = part.text_bytes();
    let blocks = uuencode::find(bytes);
    let label = part.content_type.param("charset");
    let decoded = if blocks.is_empty() {
        charset::decode_hinted(bytes, label, hint)
    } else {
        charset::decode_hinted(&uuencode::without(bytes, &blocks), label, hint)
    };
    let text = without_armour(tidy(&decoded));
    match part.content_type.value.as_str() {
        "text/enriched" | "text/richtext" => bared(&text),
        _ if part.content_type.param("format").eq_ignore_ascii_case("flowed") => {
            unflow(&text, part.content_type.param("delsp").eq_ignore_ascii_case("yes"))
        }
        _ => text,
    }
}

/// LF line ends, no controls but tab, no byte order mark.
fn tidy(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let mut out = String::with_capacity(text.len());
    // U+0080 to U+009F all begin with 0xC2, and hardly anything else in mail does but accents.
    let is_plain = |b: u8| b >= 0x20 && b != 0x7f && b != 0xc2 || b == b'\t';
    for line in text.split_inclusive('\n') {
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        // Two and more CR before the LF come from files that were opened as text on Windows.
        let content = if end.is_empty() { content } else { content.trim_end_matches('\r') };
        if content.bytes().all(is_plain) {
            out.push_str(content);
        } else {
            out.extend(content.chars().filter_map(|c| match c {
                '\r' => Some('\n'),
                '\t' => Some('\t'),
                c => (!c.is_control()).then_some(c),
            }));
        }
        out.push_str(end);
    }
    out
}

/// RFC 3676 section 4: a line that ends in a blank goes on in the next one of the same quote depth.
fn unflow(text: &str, delete_blank: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|&b| b == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let stuffed = content.starts_with(' ');
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        let goes_on = open == Some(depth) && !signature;
        if !goes_on {
            if open.is_some() {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 && stuffed {
                out.push(' ');
            }
        }
        let flows = content.ends_with(' ') && !signature;
        let kept = if flows && delete_blank { content.strip_suffix(' ').unwrap_or(content) } else { content };
        out.push_str(kept);
        open = flows.then_some(depth);
        if !flows {
            out.push('\n');
        }
    }
    out
}

/// RFC 1896: commands in angle brackets go, `<<` is one bracket, a single line end is a blank and each further one a line
/// end.
fn bared(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut parameter = false;
    while let Some(at) = rest.find(['<', '\n']) {
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        if !parameter {
            out.push_str(before);
        }
        if let Some(lines) = behind.strip_prefix('\n') {
            let more = lines.bytes().take_while(|b| *b == b'\n').count();
            out.push_str(&if more == 0 { " ".to_owned() } else { "\n".repeat(more) });
            rest = lines.get(more..).unwrap_or_default();
        } else if let Some(literal) = behind.strip_prefix("<<") {
            out.push('<');
            rest = literal;
        } else {
            let Some((command, behind)) = behind.split_once('>').filter(|(c, _)| c.len() <= 60) else {
                out.push('<');
                rest = behind.get(1..).unwrap_or_default();
                continue;
            };
            match command.to_ascii_lowercase().as_str() {
                "<param" => parameter = true,
                "</param" => parameter = false,
                "<nl" => out.push('\n'),
                _ => {}
            }
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";

/// The text that a clear-signed message (RFC 4880 section 7) shows; other text as it is.
fn without_armour(text: String) -> String {
    let Some((before, signed)) = text.split_once(SIGNED) else { return text };
    let Some((signed, behind)) = signed.split_once(SIGNATURE) else { return text };
    // The armour's own header ends with a blank line.
    let signed = signed.split_once("\n\n").map_or(signed, |(_, s)| s);
    let mut out = before.to_owned();
    for line in signed.lines() {
        out.push_str(line.strip_prefix("- ").unwrap_or(line));
        out.push('\n');
    }
    let behind = behind.split_once("-----END PGP SIGNATURE-----").map_or("", |(_, b)| b);
    out.push_str(behind.trim_start_matches('\n'));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::structure;

    fn text_of(raw: &str) -> String {
        text(structure::parse(raw.as_bytes()).parts.first().unwrap(), Hint::default())
    }

    #[test]
    fn flowed_lines_join_and_quotes_keep_their_depth() {
        for (parameters, body, wanted) in [
            ("", "one \ntwo\n> a \n> b\n-- \nme\n", "one two\n> a b\n-- \nme\n"),
            ("; delsp=yes", "中 \n文\n", "中文\n"),
            ("", " >no quote\n", ">no quote\n"),
            ("", "> a \n>> b\n", "> a \n>> b\n"),
        ] {
            assert_eq!(
                text_of(&format!("Content-Type: text/plain; format=flowed{parameters}\n\n{body}")),
                wanted
            );
        }
    }

    #[test]
    fn enriched_text_is_bared() {
        let raw = "Content-Type: text/enriched\n\n<bold>Hi</bold> <color><param>red</param>you</color>,\nall <<3\n\n\nBye";
        assert_eq!(text_of(raw), "Hi you, all <3\n\nBye");
    }

    #[test]
    fn signed_text_loses_its_armour() {
        let raw = "From: a@b\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n- -- \nAnn\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n\nlist footer";
        assert_eq!(text_of(raw), "Hello\n-- \nAnn\nlist footer");
    }

    #[test]
    fn line_ends_of_every_kind() {
        assert_eq!(tidy("a\r\nb\rc\nd\0e\u{85}f\u{feff}"), "a\nb\nc\ndef\u{feff}");
        assert_eq!(tidy("\u{feff}ü\n"), "ü\n");
    }
}
