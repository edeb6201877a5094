//! The text between labelled lines, and the time that it tells. Places of bytes stay those of the whole text.

use std::ops::Range;

use super::{Findings, Place, Text, candidate::Source, labelled as values, labels::Labelled, time};
use crate::triage::{OccurredAt, words::labels::Label};

/// A line at least so long goes on in the next: programs wrap at 60 to 80 columns.
const WRAPPED_BYTES_MIN: usize = 52;

/// The text in which prose is looked for: labelled values and user agents are blanks, and lines that were wrapped go on.
pub fn without(text: &str, labelled: &[Labelled<'_>], agents: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let is_block = values::is_block(labelled);
    let spans = labelled
        .iter()
        .filter(|l| is_block || is_read(l))
        .map(|l| l.span.clone())
        .chain(agents.iter().cloned());
    for span in spans {
        for byte in bytes.get_mut(span).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    let mut line_start = 0;
    let wrapped: Vec<usize> = memchr::memchr_iter(b'\n', &bytes)
        .filter(|&at| {
            let line = bytes.get(line_start..at).unwrap_or_default().trim_ascii();
            line_start = at + 1;
            let next = bytes.get(at + 1..).and_then(|b| b.first()).copied().unwrap_or(b'\n');
            line.len() >= WRAPPED_BYTES_MIN
                && !line.ends_with(b".")
                && !line.ends_with(":".as_bytes())
                && (next.is_ascii_lowercase()
                    || next >= 0x80
                    || next.is_ascii_digit()
                    || next == b'"'
                    || next == b'(')
        })
        .collect();
    for at in wrapped {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = b' ';
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Whether the value belongs to its label alone, so that no finder of prose looks at it again.
fn is_read(labelled: &Labelled<'_>) -> bool {
    match labelled.label {
        None | Some(Label::Narrative) => false,
        // What the machine is stands in errors as well: `报错：… ，浏览器 Chrome 131`.
        Some(Label::Error) => false,
        Some(Label::OccurredAt) => labelled.value.chars().count() <= if labelled.exact { 70 } else { 30 },
        // Behind `用户：` may stand a sentence.
        Some(Label::Username) => !labelled.value.contains(['，', '。']),
        Some(Label::Ignored) => labelled.value.chars().count() <= 60,
        Some(_) => labelled.exact || labelled.value.chars().count() <= 80,
    }
}

/// The surest time that the text tells; of equals the first.
pub fn occurred_at(text: &Text<'_>, findings: &mut Findings) {
    for when in time::find(text.text, text.language, text.at) {
        let Some(span) = text.text.get(when.start..when.end) else { continue };
        if !is_of_fault(text.text, when.start, when.end) {
            continue;
        }
        let weight = if text.place == Place::Subject { 0.85 } else { 1.0 };
        let (from, to) = when.interval.unzip();
        let value = OccurredAt { text: Some(span.trim().to_owned()), from, to };
        findings.occurred_at.offer(value, text.evidence(Source::Prose, span, when.confidence * weight));
    }
}

/// Whether the words around speak of something else: an invoice, a deadline, a meeting.
fn is_of_fault(text: &str, start: usize, end: usize) -> bool {
    let from = text.ceil_char_boundary(start.saturating_sub(48));
    let to = text.floor_char_boundary((end + 30).min(text.len()));
    let (before, behind) = (text.get(from..start).unwrap_or_default(), text.get(end..to).unwrap_or_default());
    let before = before.rsplit(['\n', '。', '.', ';', '；']).next().unwrap_or(before).to_lowercase();
    let behind =
        behind.split(['\n', '。', '.', ',', '，', ';', '；']).next().unwrap_or(behind).to_lowercase();
    const BEFORE: [&str; 34] = [
        "invoice",
        "due",
        "deadline",
        "expire",
        "renew",
        "subscription",
        "contract",
        "bought",
        "purchased",
        "ordered",
        "joined",
        "rechnung",
        "vertrag",
        "facture",
        "contrat",
        "factura",
        "contrato",
        "fatura",
        "截止",
        "到期",
        "续费",
        "合同",
        "发票",
        "开票",
        "购买",
        "采购",
        "付款",
        "会议",
        "meeting",
        "call on",
        "available on",
        "available at",
        "until",
        "请在",
    ];
    const BEHIND: [&str; 14] = [
        "发的邮件",
        "提交的",
        "到期",
        "截止",
        "之前回复",
        "前回复",
        "会议",
        "invoice",
        "rechnung",
        "前完成",
        "上线",
        "前答复",
        "发票",
        "账单",
    ];
    !BEFORE.iter().any(|w| before.contains(w)) && !BEHIND.iter().any(|w| behind.contains(w))
}
