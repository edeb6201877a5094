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
    /// Lines that are no fields stood in the block.
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
    match rest.iter().position(|&b| b == b'\n') {
        Some(n) => {
            let end = at + n;
            let bare = if n > 0 && rest.get(n - 1) == Some(&b'\r') { end - 1 } else { end };
            (bare, end + 1)
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
/// programs do with a missing blank line.
#[must_use]
pub fn parse(bytes: &[u8]) -> Header<'_> {
    let mut header = Header::default();
    let mut at = 0;
    let mut junk = 0;
    while at < bytes.len() {
        let (end, next) = line_at(bytes, at);
        let line = bytes.get(at..end).unwrap_or_default();
        if line.is_empty() && !(header.fields.is_empty() && at == 0) {
            at = next;
            break;
        }
        match field_name(line) {
            Some((name, gap, value_at)) => {
                let value_end = fold_end(bytes, end, &mut at, next);
                keep(
                    &mut header,
                    bytes,
                    Field { name, value: &[], gap },
                    (at_of(line, bytes) + value_at, value_end),
                );
            }
            None => {
                header.junk |= at != 0 || !line.starts_with(b"From ");
                junk += 1;
                let more = bytes.get(next..).unwrap_or_default();
                let (following, _) = line_at(more, 0);
                let goes_on = field_name(more.get(..following).unwrap_or_default()).is_some();
                if junk > JUNK_LINES_MAX || (!header.fields.is_empty() && !goes_on) {
                    break;
                }
                at = next;
            }
        }
    }
    header.body_at = if header.fields.is_empty() { 0 } else { at };
    header
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
