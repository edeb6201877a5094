//! Signatures: the `-- ` line of RFC 3676 section 4.3, and the footers that phones add.

use super::Kind;
use crate::mail::language::ALL;

/// Longest signature behind `-- `.
const SIGNATURE_LINES_MAX: usize = 30;

/// Marks signature lines among the new ones.
pub fn mark(lines: &[&str], kinds: &mut [Kind]) {
    let end = kinds.iter().rposition(|k| *k == Kind::New).map_or(0, |n| n + 1);
    let mut at = 0;
    while at < end {
        let line = lines.get(at).copied().unwrap_or_default();
        if kinds.get(at) == Some(&Kind::New) && (is_separator(line) || is_footer(line, lines, kinds, at)) {
            let len = block_len(kinds, at);
            if len <= SIGNATURE_LINES_MAX {
                for slot in kinds.get_mut(at..at + len).unwrap_or_default() {
                    *slot = Kind::Signature;
                }
            }
            at += len.max(1);
        } else {
            at += 1;
        }
    }
}

/// New lines from `at` to the next quoted one.
fn block_len(kinds: &[Kind], at: usize) -> usize {
    kinds.get(at..).unwrap_or_default().iter().take_while(|k| **k == Kind::New).count()
}

/// `-- `, and `--` by those whose server trims lines.
fn is_separator(line: &str) -> bool {
    matches!(line.trim_end_matches('\r'), "-- " | "--" | "--\u{a0}" | "— " | "—")
}

/// A program's footer: at most two filled lines stand behind it before the end or the quote.
fn is_footer(line: &str, lines: &[&str], kinds: &[Kind], at: usize) -> bool {
    let trimmed = line.trim().trim_start_matches(['-', '*', '<', ' ', '(']);
    if trimmed.len() > 160 || trimmed.is_empty() {
        return false;
    }
    let lower = trimmed.to_lowercase();
    if !ALL.iter().flat_map(|language| language.footers).any(|f| lower.starts_with(f)) {
        return false;
    }
    let len = block_len(kinds, at);
    let behind =
        lines.get(at + 1..at + len).unwrap_or_default().iter().filter(|l| !l.trim().is_empty()).count();
    behind <= 2
}
