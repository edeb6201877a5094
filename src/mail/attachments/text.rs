//! The text of attached logs, reports and notes, as much of it as triage looks at. Knows nothing of what such a text says.

use super::File;
use crate::mail::{
    Attachment, AttachmentKind,
    charset::{self, Hint},
};

/// Of a long file the end counts as well: a crash report begins with its environment, a log ends with the fault.
const END_SHARE: usize = 4;

/// The decoded text of a log or plain text file, at most `bytes_max` of it; `None` for other files and when nothing may be kept.
#[must_use]
pub fn of(file: &File<'_>, described: &Attachment, hint: Hint, bytes_max: usize) -> Option<String> {
    let is_plain = described.detected_type.as_deref() == Some("text/plain");
    let is_text = match described.kind {
        AttachmentKind::Log => {
            described.detected_type.as_deref().is_none_or(|t| t.contains("text") || t.contains("json"))
        }
        AttachmentKind::Document => is_plain,
        _ => false,
    };
    if !is_text || file.data.is_empty() || bytes_max < 256 {
        return None;
    }
    let data: &[u8] = &file.data;
    if data.starts_with(b"\xff\xfe") || data.starts_with(b"\xfe\xff") {
        let text = charset::decode_hinted(data.get(..bytes_max & !1).unwrap_or(data), "utf-16", hint);
        return Some(cut(text, bytes_max));
    }
    let text = if data.len() <= bytes_max {
        charset::decode_undeclared(data, hint).into_owned()
    } else {
        let end = bytes_max / END_SHARE;
        let head = data.get(..bytes_max - end).unwrap_or_default();
        let tail = data.get(data.len() - end..).unwrap_or_default();
        let whole_lines = |piece: &[u8], at: Option<usize>, is_head: bool| {
            let at = at.unwrap_or(if is_head { piece.len() } else { 0 });
            let piece = if is_head { piece.get(..at) } else { piece.get(at..) };
            charset::decode_undeclared(piece.unwrap_or_default(), hint).into_owned()
        };
        let mut text = whole_lines(head, memchr::memrchr(b'\n', head), true);
        text.push_str("\n\n");
        text.push_str(&whole_lines(tail, memchr::memchr(b'\n', tail), false));
        text
    };
    Some(cut(text, bytes_max))
}

/// Decoding may lengthen a text.
fn cut(mut text: String, bytes_max: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes_max));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(data: &[u8], kind: AttachmentKind, detected: &str, max: usize) -> Option<String> {
        let file = File { data: data.into(), ..File::default() };
        let described =
            Attachment { kind, detected_type: Some(detected.to_owned()), ..Attachment::default() };
        of(&file, &described, Hint::default(), max)
    }

    #[test]
    fn logs_and_notes_are_read_and_nothing_else() {
        let log = "2026-01-01 错误".as_bytes();
        assert_eq!(text(log, AttachmentKind::Log, "text/x-log", 1_000).as_deref(), Some("2026-01-01 错误"));
        assert_eq!(text(b"a note", AttachmentKind::Document, "text/plain", 1_000).as_deref(), Some("a note"));
        assert_eq!(text(b"%PDF", AttachmentKind::Document, "application/pdf", 1_000), None);
        assert_eq!(text(b"a note", AttachmentKind::Document, "text/plain", 100), None);
    }

    #[test]
    fn a_long_log_keeps_its_beginning_and_its_end() {
        let mut log = String::from("Version 5.2\n");
        (0..1_000).for_each(|i| log.push_str(&format!("line {i}\n")));
        log.push_str("TypeError\n");
        let kept = text(log.as_bytes(), AttachmentKind::Log, "text/x-log", 1_024).unwrap();
        assert!(kept.len() <= 1_024 && kept.starts_with("Version 5.2\n") && kept.ends_with("TypeError\n"));
        assert!(kept.contains("\n\n"));
    }
}
