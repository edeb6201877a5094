//! Signatures: the `-- ` line of RFC 3676 section 4.3, and the footers that phones add.

use super::Kind;

/// Longest signature behind `-- `.
const SIGNATURE_LINES_MAX: usize = 30;

/// Beginnings of footers that programs add, lower case; each is a whole line near the end.
const FOOTERS: &[&str] = &[
    "sent from my ",
    "sent from yahoo",
    "sent from mail for windows",
    "sent from outlook",
    "sent from samsung",
    "sent via ",
    "sent using ",
    "sent with ",
    "get outlook for",
    "from my iphone",
    "from my android",
    "enviado desde mi",
    "enviado do meu",
    "envoyé de mon",
    "envoyé depuis mon",
    "von meinem ",
    "gesendet mit ",
    "gesendet von ",
    "inviato da ",
    "verzonden vanaf",
    "verstuurd vanaf",
    "verzonden met",
    "wysłane z ",
    "skickat från",
    "sendt fra min",
    "отправлено с ",
    "отправлено из ",
    "发自我的",
    "发自",
    "從我的",
    "从我的",
    "發自我的",
    "來自我的",
    "来自我的",
    "发送自",
    "获取 outlook",
    "iphoneから送信",
    "androidから送信",
    "私のiphoneから",
    "나의 iphone에서 보냄",
    "내 iphone에서 보냄",
];

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
    if !FOOTERS.iter().any(|f| lower.starts_with(f)) {
        return false;
    }
    let len = block_len(kinds, at);
    let behind =
        lines.get(at + 1..at + len).unwrap_or_default().iter().filter(|l| !l.trim().is_empty()).count();
    behind <= 2
}
