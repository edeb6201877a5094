//! The tree of parts (RFC 2046), as a flat list of slices of the message, found in one pass over its lines.
//!
//! This is the guard and the parser in one: `mail-parser` 0.11 builds nested values, and 33,000 nested messages
//! overflow the stack when they are dropped. A flat list cannot. An embedded message is one part here and is
//! read, if at all, by a call of its own.
//!
//! Invariants: linear time; at most [`PARTS_MAX`] parts and [`DEPTH_MAX`] open multiparts; what exceeds them stays
//! inside the last part that was accepted.

use std::cell::OnceCell;

use super::{
    header::{self, Header, line_at},
    params::{self, Structured},
    transfer,
};

/// Parts read of one mail.
pub const PARTS_MAX: usize = 1_000;
/// Multiparts inside multiparts. Real mails have at most six or so.
pub const DEPTH_MAX: usize = 40;
/// Bytes in which the delimiter of a multipart is looked for that names none.
const GUESS_BYTES_MAX: usize = 64 * 1024;
/// Times that a field is looked at which may stand only once.
const REPEATED_MAX: usize = 8;

/// One part of the mail; part 0 is the mail itself.
#[derive(Debug)]
pub struct Part<'a> {
    pub header: Header<'a>,
    pub content_type: Structured,
    pub disposition: Structured,
    /// `base64`, `quoted-printable`, `uuencode`, `8bit`; empty when none of these.
    pub encoding: String,
    /// Raw, as transferred. Of a multipart: its preamble.
    pub body: &'a [u8],
    pub parent: Option<usize>,
    pub children: usize,
    /// See [`Part::text_bytes`].
    decoded: OnceCell<Vec<u8>>,
}

impl Part<'_> {
    /// The decoded bytes, kept for the next who asks: body, identity and files inside a text all do. Not for attachments,
    /// which are large and decoded once.
    pub fn text_bytes(&self) -> &[u8] {
        match self.encoding.as_str() {
            "" | "8bit" => self.body,
            encoding => self.decoded.get_or_init(|| transfer::decode(self.body, encoding).into_owned()),
        }
    }

    /// Whether this part only holds others. A multipart in which no part was found is text.
    #[must_use]
    pub fn is_container(&self) -> bool {
        self.children > 0
    }

    /// Whether this part is a message: declared one, or one by default in a digest (RFC 2046 section 5.1.5).
    #[must_use]
    pub fn is_message(&self) -> bool {
        matches!(self.content_type.value.as_str(), "message/rfc822" | "message/global")
    }
}

/// The parts in order of appearance, and what was odd.
#[derive(Debug, Default)]
pub struct Structure<'a> {
    pub parts: Vec<Part<'a>>,
    pub warnings: Vec<String>,
}

struct Open {
    boundary: Vec<u8>,
    part: usize,
}

/// Splits the message into its parts.
#[must_use]
pub fn parse(bytes: &[u8]) -> Structure<'_> {
    let tree = parse_by(bytes, None);
    let Some(root) = tree.parts.first().filter(|p| !p.is_container() && !p.content_type.boundary.is_empty())
    else {
        return tree;
    };
    // The delimiter was changed on the way, or never was the one that the header names.
    match guessed_boundary(root.body) {
        Some(boundary) if root.content_type.value.starts_with("multipart/") => {
            parse_by(bytes, Some(boundary))
        }
        _ => tree,
    }
}

/// The delimiter that a body without a known one uses: a line of dashes and more, behind which a part's header stands.
fn guessed_boundary(body: &[u8]) -> Option<&[u8]> {
    let body = body.get(..GUESS_BYTES_MAX).unwrap_or(body);
    memchr::memmem::find_iter(body, b"\n--")
        .map(|at| at + 1)
        .chain(body.starts_with(b"--").then_some(0))
        .find_map(|at| {
            let (end, next) = line_at(body, at);
            let boundary = body.get(at + 2..end)?.trim_ascii_end();
            let behind = body.get(next..next + 8)?;
            let is_boundary =
                !boundary.is_empty() && boundary.len() <= 200 && behind.eq_ignore_ascii_case(b"content-");
            is_boundary.then_some(boundary)
        })
}

/// `boundary`: the root's, where its header names none or another.
fn parse_by<'a>(bytes: &'a [u8], boundary: Option<&[u8]>) -> Structure<'a> {
    let mut tree = Structure::default();
    let mut stack: Vec<Open> = Vec::new();
    let mut at = begin_part(bytes, 0, None, &mut tree, &mut stack);
    if let (Some(boundary), Some(open)) = (boundary, stack.first_mut()) {
        open.boundary = boundary.to_vec();
        tree.warnings.push("the parts stand behind other boundaries than the header names".to_owned());
    }
    let mut current = Some(0_usize);
    let mut body_at = at;
    let mut full = false;
    while at < bytes.len() && !stack.is_empty() {
        let (end, next) = line_at(bytes, at);
        let line = bytes.get(at..end).unwrap_or_default();
        let Some((level, closes)) = delimiter(line, &stack) else {
            at = next;
            continue;
        };
        if let Some(part) = current.take() {
            close(&mut tree, part, bytes, body_at, at);
        }
        stack.truncate(if closes { level } else { level + 1 });
        at = next;
        if closes {
            continue;
        }
        if tree.parts.len() >= PARTS_MAX {
            full = true;
            break;
        }
        let parent = stack.last().map(|o| o.part);
        current = Some(tree.parts.len());
        at = begin_part(bytes, next, parent, &mut tree, &mut stack);
        body_at = at;
    }
    if let Some(part) = current {
        close(&mut tree, part, bytes, body_at, bytes.len());
    }
    if full {
        tree.warnings.push(format!("more than {PARTS_MAX} parts: the rest was left out"));
    }
    if tree.parts.iter().any(|p| p.header.cut) {
        tree.warnings.push("header too large: the rest was left out".to_owned());
    }
    tree
}

/// Reads a part's header at `at`; gives the offset of its body. A multipart is opened.
fn begin_part<'a>(
    bytes: &'a [u8],
    at: usize,
    parent: Option<usize>,
    tree: &mut Structure<'a>,
    stack: &mut Vec<Open>,
) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    // A part may have no header at all: a blank line comes first.
    let header = match rest {
        [b'\n', ..] if parent.is_some() => Header { body_at: 1, ..Header::default() },
        [b'\r', b'\n', ..] if parent.is_some() => Header { body_at: 2, ..Header::default() },
        [b'\r', b'\r', b'\n', ..] if parent.is_some() => Header { body_at: 3, ..Header::default() },
        _ => header::parse(rest),
    };
    let body_at = at + header.body_at;
    let content_type = content_type(&header, parent.and_then(|p| tree.parts.get(p)));
    let index = tree.parts.len();
    if let Some(parent) = parent.and_then(|p| tree.parts.get_mut(p)) {
        parent.children += 1;
    }
    let mut boundary = content_type.boundary.clone();
    if boundary.is_empty() && content_type.value.starts_with("multipart/") {
        let guessed = guessed_boundary(bytes.get(body_at..).unwrap_or_default());
        boundary = guessed.unwrap_or_default().to_vec();
    }
    if content_type.value.starts_with("multipart/") && !boundary.is_empty() {
        if stack.len() < DEPTH_MAX {
            stack.push(Open { boundary, part: index });
        } else {
            tree.warnings.push(format!("parts nested deeper than {DEPTH_MAX}: left as they are"));
        }
    }
    let encoding = transfer_encoding(&header);
    let body = bytes.get(body_at..).unwrap_or_default();
    let disposition = disposition(&header);
    tree.parts.push(Part {
        header,
        content_type,
        disposition,
        encoding,
        body,
        parent,
        children: 0,
        decoded: OnceCell::new(),
    });
    body_at
}

/// The first well-formed Content-Type; the default where there is none (RFC 2045 section 5.2, RFC 2046 section 5.1.5).
fn content_type(header: &Header<'_>, parent: Option<&Part<'_>>) -> Structured {
    let mut fields = header.all("Content-Type").map(|f| params::parse(f.value)).take(REPEATED_MAX);
    let first = fields.next();
    let is_sound = |s: &Structured| {
        let sides = s.value.split_once('/');
        sides.is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty())
    };
    let found = first.filter(is_sound).or_else(|| fields.find(is_sound));
    if let Some(found) = found {
        return found;
    }
    let mut broken = header.first("Content-Type").map(|f| params::parse(f.value)).unwrap_or_default();
    let is_named = !broken.param("name").is_empty();
    broken.value = match broken.value.as_str() {
        "html" | "text-html" => "text/html",
        // A name with an ending tells more than a type that is none.
        other if is_named && !matches!(other, "text" | "plain") => "application/octet-stream",
        "" if parent.is_some_and(|p| p.content_type.value == "multipart/digest") => "message/rfc822",
        _ => "text/plain",
    }
    .to_owned();
    broken
}

/// The Content-Disposition that names a file, else the first: gateways add a second one.
fn disposition(header: &Header<'_>) -> Structured {
    let mut all: Vec<Structured> =
        header.all("Content-Disposition").map(|f| params::parse(f.value)).take(REPEATED_MAX).collect();
    let at = all.iter().position(|d| !d.param("filename").is_empty()).unwrap_or(0);
    if at < all.len() { all.swap_remove(at) } else { Structured::default() }
}

/// The encoding by its plain name, whatever else the field holds: `"base64"`, `base64;`, `Quoted Printable`, `8-bit`.
fn transfer_encoding(header: &Header<'_>) -> String {
    let letters = |f: &header::Field<'_>| -> String {
        let value = f.value.split(|b| matches!(b, b';' | b',' | b'(')).next().unwrap_or_default();
        value
            .iter()
            .filter(|b| b.is_ascii_alphanumeric())
            .take(40)
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect()
    };
    let known = |name: String| match name.as_str() {
        "base64" | "b64" | "xbase64" => Some("base64"),
        "quotedprintable" | "qp" | "quoteprintable" | "xquotedprintable" => Some("quoted-printable"),
        "uuencode" | "xuuencode" | "uue" | "xuue" | "uuencoded" => Some("uuencode"),
        "7bit" | "8bit" | "binary" => Some("8bit"),
        _ => None,
    };
    header
        .all("Content-Transfer-Encoding")
        .take(REPEATED_MAX)
        .find_map(|f| known(letters(f)))
        .unwrap_or_default()
        .to_owned()
}

/// The innermost open multipart that this line delimits, and whether it ends it.
fn delimiter(line: &[u8], stack: &[Open]) -> Option<(usize, bool)> {
    let rest = line.strip_prefix(b"--")?;
    stack.iter().enumerate().rev().find_map(|(level, open)| {
        let behind = rest.strip_prefix(open.boundary.as_slice())?.trim_ascii_end();
        match behind {
            b"" => Some((level, false)),
            b"--" => Some((level, true)),
            _ => None,
        }
    })
}

/// Gives a part its body: the line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1).
fn close<'a>(tree: &mut Structure<'a>, part: usize, bytes: &'a [u8], from: usize, to: usize) {
    let body = bytes.get(from..to).unwrap_or_default();
    let body = if to < bytes.len() {
        body.strip_suffix(b"\r\n").or_else(|| body.strip_suffix(b"\n")).unwrap_or(body)
    } else {
        body
    };
    if let Some(part) = tree.parts.get_mut(part) {
        part.body = body;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIXED: &[u8] = b"From: a@b\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\npre\r\n--m\r\nContent-Type: multipart/alternative; boundary=ma\r\n\r\n--ma\r\n\r\nplain\r\n--ma\r\nContent-Type: text/html\r\n\r\n<p>\r\n--ma--\r\n--m\r\nContent-Type: x/y\r\n\r\ndata\r\n--m--\r\n";

    #[test]
    fn nested_multiparts() {
        let tree = parse(MIXED);
        let shown: Vec<_> =
            tree.parts.iter().map(|p| (p.content_type.value.as_str(), p.body, p.parent)).collect();
        assert_eq!(shown[2], ("text/plain", &b"plain"[..], Some(1)));
        assert_eq!(shown[3], ("text/html", &b"<p>"[..], Some(1)));
        assert_eq!(shown[4], ("x/y", &b"data"[..], Some(0)));
        assert_eq!(shown.len(), 5);
    }

    #[test]
    fn unterminated_multipart_keeps_its_text() {
        let tree = parse(b"Content-Type: multipart/mixed; boundary=m\n\n--m\n\ntext that ends");
        assert_eq!(tree.parts[1].body, b"text that ends");
        let tree = parse(b"Content-Type: multipart/mixed; boundary=m\n\nno delimiter at all");
        assert!(!tree.parts[0].is_container());
        assert_eq!(tree.parts[0].body, b"no delimiter at all");
    }

    #[test]
    fn a_boundary_that_is_missing_or_wrong_is_found_in_the_body() {
        for parameter in ["", "; boundary=other", "; boundary=\"=?utf-8?Q?x?=\""] {
            let raw = format!(
                "Content-Type: multipart/mixed{parameter}\n\npreamble\n-- \nx\n--real\nContent-Type: text/plain\n\none\n--real\n\ntwo\n--real--\n"
            );
            let tree = parse(raw.as_bytes());
            let bodies: Vec<_> = tree.parts.iter().skip(1).map(|p| p.body).collect();
            assert_eq!(bodies, [b"one", b"two"], "{parameter}");
        }
        let odd = "Content-Type: multipart/mixed; boundary=\"bad-µ\"\n\n--bad-µ\n\nx\n";
        assert_eq!(parse(odd.as_bytes()).parts.len(), 2);
    }

    #[test]
    fn fields_that_stand_twice_and_types_that_are_none() {
        for (head, kind, disposition, encoding) in [
            ("Content-Type: text\nContent-Type: text/html", "text/html", "", ""),
            ("Content-Type: pdf; name=a.pdf", "application/octet-stream", "", ""),
            ("Content-Type: ; name=a.pdf", "application/octet-stream", "", ""),
            ("Content-Type: html", "text/html", "", ""),
            ("Content-Type: charset=utf-8", "text/plain", "", ""),
            (
                "Content-Disposition: inline\nContent-Disposition: attachment; filename=a.txt",
                "text/plain",
                "attachment",
                "",
            ),
            ("Content-Transfer-Encoding: \"base64\";", "text/plain", "", "base64"),
            ("Content-Transfer-Encoding: Quoted Printable (x)", "text/plain", "", "quoted-printable"),
            ("Content-Transfer-Encoding: x-uue", "text/plain", "", "uuencode"),
            ("Content-Transfer-Encoding: 8-bit\nContent-Transfer-Encoding: base64", "text/plain", "", "8bit"),
        ] {
            let raw = format!("{head}\n\nx");
            let tree = parse(raw.as_bytes());
            let part = &tree.parts[0];
            assert_eq!(
                (part.content_type.value.as_str(), part.disposition.value.as_str(), part.encoding.as_str()),
                (kind, disposition, encoding),
                "{head}"
            );
        }
    }

    #[test]
    fn a_million_parts_and_deep_nesting_end() {
        let mut mail = b"Content-Type: multipart/mixed; boundary=m\n\n".to_vec();
        mail.extend(b"--m\n\nx\n".repeat(1_000_000));
        assert_eq!(parse(&mail).parts.len(), PARTS_MAX);
        let mut deep = Vec::new();
        for i in 0..33_000 {
            deep.extend(format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n").bytes());
        }
        let tree = parse(&deep);
        assert_eq!(tree.parts.len(), DEPTH_MAX + 1);
        assert!(!tree.warnings.is_empty());
    }
}
