//! The raw header block: fields as slices of the message, undecoded. Knows nothing of what a field means.
//!
//! Invariants: linear in the input; at most [`FIELDS_MAX`] fields are kept and every value is cut at
//! [`VALUE_BYTES_MAX`], so that nothing behind this module sees unbounded headers.

/// Fields kept of one header block. Real mails carry below 200; a million is an attack (FAULTS section 3).
pub const FIELDS_MAX: usize = 1_000;
/// Bytes kept of one value. A `To` of 1,000 recipients has about 60 kB.
pub const VALUE_BYTES_MAX: usize = 128 * 1024;
/// Lines that may stand before the first field (banner of a gateway, mbox line).
const JUNK_LINES_MAX: usize = 20;
/// Lines without a colon that may stand between two fields: a gateway that lost the blanks of folded lines.
const LOST_FOLDS_MAX: usize = 8;
/// Fields that only a header has: what stands between them is header, too.
const TELLING: [&str; 13] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "received",
    "return-path",
    "reply-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "delivered-to",
];

/// One header field as it stands in the message.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    pub name: &'a [u8],
    /// Behind the colon, still folded.
    pub value: &'a [u8],
    /// Blanks stood before the colon (`From :`), which RFC 5322 section 4.5 calls obsolete and forgers use.
    pub gap: bool,
}

impl Field<'_> {
    /// Whether the field has this name, in any letter case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// A parsed header block.
#[derive(Debug, Default)]
pub struct Header<'a> {
    pub fields: Vec<Field<'a>>,
    /// Offset of the body's first byte in the slice that was parsed.
    pub body_at: usize,
    /// More than [`FIELDS_MAX`] fields, or a value longer than [`VALUE_BYTES_MAX`]: the rest was left out.
    pub cut: bool,
    /// Lines that are no fields stood in the block, or a mark, blanks or blank lines before its first field.
    pub junk: bool,
}

impl<'a> Header<'a> {
    /// The first field of this name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|f| f.is(name))
    }

    /// All fields of this name, in order.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Field<'a>> + 's {
        self.fields.iter().filter(move |f| f.is(name))
    }
}

/// End of the line that begins at `at`: (end of its text, begin of the next line).
#[must_use]
pub fn line_at(bytes: &[u8], at: usize) -> (usize, usize) {
    let rest = bytes.get(at..).unwrap_or_default();
    match memchr::memchr(b'\n', rest) {
        Some(n) => {
            let end = at + n;
            // Two and more CR before the LF come from files that were opened as text on Windows.
            let returns = rest.get(..n).unwrap_or_default().iter().rev().take_while(|b| **b == b'\r').count();
            (end - returns, end + 1)
        }
        None => (bytes.len(), bytes.len()),
    }
}

/// Splits `line` into a field's name, gap flag and offset of the value; `None` when it is no field.
fn field_name(line: &[u8]) -> Option<(&[u8], bool, usize)> {
    let colon = line.iter().take(256).position(|&b| b == b':')?;
    let before = line.get(..colon)?;
    let name = before.trim_ascii_end();
    let sound = !name.is_empty() && name.iter().all(|&b| (33..127).contains(&b));
    sound.then_some((name, name.len() != before.len(), colon + 1))
}

/// Parses the header block at the beginning of `bytes`.
///
/// Lines that are no fields are skipped when a field follows them; otherwise the body begins there, as mail
/// programs do with a missing blank line. Blank lines at the very beginning are skipped when a header follows.
#[must_use]
pub fn parse(bytes: &[u8]) -> Header<'_> {
    let mut header = Header::default();
    let mut at = leading_blanks(bytes);
    let mut junk = 0;
    header.junk = at > 0;
    while at < bytes.len() {
        let (end, next) = line_at(bytes, at);
        let line = bytes.get(at..end).unwrap_or_default();
        if line.is_empty() && !(header.fields.is_empty() && at == 0) {
            at = next;
            break;
        }
        // The first field behind blanks: they were put before the whole mail.
        let indent = if header.fields.is_empty() { line.len() - line.trim_ascii_start().len() } else { 0 };
        match field_name(line.get(indent..).unwrap_or_default()) {
            Some((name, gap, value_at)) => {
                header.junk |= indent > 0;
                let value_from = at + indent + value_at;
                let value_end = fold_end(bytes, end, &mut at, next);
                keep(&mut header, bytes, Field { name, value: &[], gap }, (value_from, value_end));
            }
            None => {
                header.junk |= at != 0 || !line.starts_with(b"From ");
                junk += 1;
                if junk > JUNK_LINES_MAX || !(header.fields.is_empty() || header_goes_on(bytes, next)) {
                    break;
                }
                if line.contains(&b'=') {
                    lost_fold(&mut header, bytes, end);
                }
                at = next;
            }
        }
    }
    header.body_at = if header.fields.is_empty() { 0 } else { at };
    header
}

/// Where a header begins behind a byte order mark and blank lines; 0 when none follows them.
fn leading_blanks(bytes: &[u8]) -> usize {
    let marked = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut at = marked;
    for _ in 0..JUNK_LINES_MAX {
        let (end, next) = line_at(bytes, at);
        let line = bytes.get(at..end).unwrap_or_default();
        if line.is_empty() && next > at {
            at = next;
            continue;
        }
        let is_header = at > marked && (is_telling(line) || line.starts_with(b"From "));
        return if is_header { at } else { marked };
    }
    marked
}

/// Whether the line is a field that nothing but a header has.
fn is_telling(line: &[u8]) -> bool {
    field_name(line).is_some_and(|(name, ..)| TELLING.iter().any(|t| name.eq_ignore_ascii_case(t.as_bytes())))
}

/// Whether a field follows at `at`: any in the next line, a telling one before the next blank line.
fn header_goes_on(bytes: &[u8], mut at: usize) -> bool {
    for n in 0..LOST_FOLDS_MAX {
        let (end, next) = line_at(bytes, at);
        let line = bytes.get(at..end).unwrap_or_default();
        if line.is_empty() {
            return false;
        }
        if n == 0 && field_name(line).is_some() || is_telling(line) {
            return true;
        }
        at = next;
    }
    false
}

/// `name="x.zip"` on a line of its own: the field before it goes on, though the blank of its fold was lost.
fn lost_fold<'a>(header: &mut Header<'a>, bytes: &'a [u8], end: usize) {
    let Some(last) = header.fields.last_mut().filter(|f| f.value.ends_with(b";")) else { return };
    let from = at_of(last.value, bytes);
    last.value = bytes.get(from..end.min(from + VALUE_BYTES_MAX)).unwrap_or_default().trim_ascii();
}

/// Offset of `line` inside `bytes`; both are slices of one buffer.
fn at_of(line: &[u8], bytes: &[u8]) -> usize {
    (line.as_ptr() as usize).saturating_sub(bytes.as_ptr() as usize)
}

/// Walks over the continuation lines behind a line that ends at `end`; leaves `at` at the next field's line.
fn fold_end(bytes: &[u8], mut end: usize, at: &mut usize, mut next: usize) -> usize {
    while matches!(bytes.get(next), Some(b' ' | b'\t')) {
        let (line_end, following) = line_at(bytes, next);
        // A line of blanks only ends the block for many servers; RFC 5322 section 4.2 lets it stand as a fold.
        end = line_end;
        next = following;
        if following >= bytes.len() {
            break;
        }
    }
    *at = next;
    end
}

fn keep<'a>(header: &mut Header<'a>, bytes: &'a [u8], mut field: Field<'a>, span: (usize, usize)) {
    if header.fields.len() >= FIELDS_MAX {
        header.cut = true;
        return;
    }
    let end = span.1.min(span.0 + VALUE_BYTES_MAX);
    header.cut |= end < span.1;
    field.value = bytes.get(span.0..end).unwrap_or_default().trim_ascii();
    header.fields.push(field);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_folds_and_body() {
        let h = parse(b"From: a@b\r\nSubject: one\r\n two\r\nFrom : x\r\n\r\nbody");
        assert_eq!(h.fields.len(), 3);
        assert_eq!(h.first("subject").unwrap().value, b"one\r\n two");
        assert!(h.fields[2].gap);
        assert_eq!(h.body_at, 43);
    }

    #[test]
    fn junk_before_and_inside_is_skipped() {
        let h = parse(b"From x Mon\nFrom: a@b\n*** banner ***\nTo: c@d\n\nx");
        assert_eq!(h.fields.len(), 2);
        assert!(h.junk);
    }

    #[test]
    fn what_stands_before_the_header() {
        for raw in [
            "\n\nFrom: a@b\nTo: c@d\n\nx",
            "\u{feff}From: a@b\r\nTo: c@d\r\n\r\nx",
            " From: a@b\nTo: c@d\n\nx",
            ">From z Mon Jan  1 10:00:00 2024\nFrom: a@b\nTo: c@d\n\nx",
            "---- banner ----\nReceived: by x\nby y with ESMTP\nfor z;\nThu, 2 Aug 2018 16:58 +0200\nFrom: a@b\nTo: c@d\n\nx",
            "From: a@b\r\r\nTo: c@d\r\r\n\r\r\nx",
        ] {
            let h = parse(raw.as_bytes());
            assert_eq!(h.first("From").map(|f| f.value), Some(&b"a@b"[..]), "{raw}");
            assert_eq!(h.first("To").map(|f| f.value), Some(&b"c@d"[..]), "{raw}");
            assert_eq!(raw.as_bytes().get(h.body_at..), Some(&b"x"[..]), "{raw}");
        }
    }

    #[test]
    fn a_fold_without_its_blank_goes_on() {
        let h = parse(b"Content-Type: a/b; x=1;\nname=\"c.zip\"\nTo: c@d\n\nx");
        assert_eq!(h.first("Content-Type").unwrap().value, b"a/b; x=1;\nname=\"c.zip\"");
    }

    #[test]
    fn a_body_without_a_blank_line_before_it_is_kept() {
        let raw = b"From: a@b\nSubject: x\nHello there,\nplease help.\n\nTo: nobody";
        assert!(parse(raw).body_at == 21, "{}", parse(raw).body_at);
    }

    #[test]
    fn text_without_header_is_body() {
        let h = parse(b"just words\nand more\n");
        assert_eq!((h.fields.len(), h.body_at), (0, 0));
    }

    #[test]
    fn a_million_fields_are_cut() {
        let raw = b"X: y\n".repeat(1_000_000);
        let h = parse(&raw);
        assert_eq!(h.fields.len(), FIELDS_MAX);
        assert!(h.cut);
    }
}
