//! The second shape of report: a text that names the recipients, each with its reason behind it: qmail, Postfix, Exim,
//! Sendmail, Courier, Exchange 5.5, Notes, GMX, Gmail and most others. Programs differ only in what stands before the
//! address: nothing, a label or a sentence.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::class::robot_local_part;

use super::{Finding, RECIPIENTS_MAX, layout};

/// Lines that are searched; reports begin with what failed.
const LINES_MAX: usize = 400;
/// Lines and bytes of one reason.
const REASON_LINES_MAX: usize = 30;
const REASON_BYTES_MAX: usize = 2_000;

static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?:"[^"@\s]{1,64}"|[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64})@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+"#,
    )
    .ok()
});

/// The recipients that the server's own lines name, each with the lines behind it.
#[must_use]
pub fn read(lines: &[&str]) -> Vec<Finding> {
    let lines = lines.get(..LINES_MAX).unwrap_or(lines);
    for opener in [labelled, leading, in_sentence] {
        let starts: Vec<(usize, String)> =
            (0..lines.len()).filter_map(|at| opener(lines, at).map(|address| (at, address))).collect();
        if !starts.is_empty() {
            return collect(lines, &starts);
        }
    }
    Vec::new()
}

fn collect(lines: &[&str], starts: &[(usize, String)]) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for (n, (at, address)) in starts.iter().enumerate().take(RECIPIENTS_MAX) {
        let end = starts.get(n + 1).map_or(lines.len(), |(next, _)| *next);
        let reason = paragraph(lines.get(*at..end).unwrap_or_default());
        let known =
            out.iter_mut().find(|f| f.address.as_deref().is_some_and(|a| a.eq_ignore_ascii_case(address)));
        match known {
            Some(known) => known.append(&reason),
            None => out.push(Finding { address: Some(address.clone()), words: reason, ..Finding::default() }),
        }
    }
    out
}

fn paragraph(lines: &[&str]) -> String {
    let mut out = String::new();
    for line in lines.iter().take(REASON_LINES_MAX) {
        let line = line.trim();
        // A new heading of Sendmail and its kin begins another subject, but its transcript is the reason.
        if out.len() + line.len() > REASON_BYTES_MAX {
            break;
        }
        if !line.is_empty() {
            out.push_str(line);
            out.push(' ');
        }
    }
    out.trim_end().to_owned()
}

/// `Recipient address: a@b` and other labels; the address may stand in the next line.
fn labelled(lines: &[&str], at: usize) -> Option<String> {
    let line = lines.get(at)?.trim_start_matches([' ', '\t', '*', '-', '[', '>', '·', '•']);
    let lower = line.get(..line.len().min(160)).map_or_else(|| line.to_lowercase(), str::to_lowercase);
    let label = layout::LABELS.iter().find(|l| lower.starts_with(**l))?;
    let rest = line.get(label.len()..).unwrap_or(line);
    let behind = rest.trim_start();
    if behind.is_empty() {
        return leading(lines, at + 1);
    }
    first(rest).filter(|a| is_recipient(a))
}

/// An address with which a line begins, bare or behind a reply code.
fn leading(lines: &[&str], at: usize) -> Option<String> {
    let line = lines.get(at)?;
    // The dialogue is another shape; its addresses are also the sender's.
    if line.trim_start().starts_with("<<<") || line.trim_start().starts_with(">>>") {
        return None;
    }
    let mut bare =
        line.trim_start_matches([' ', '\t', '<', '*', '"', '\'', '-', '(', '•', '·', '|', '>', '[']);
    // Sendmail 5 to 8: `550 <a@b>... User unknown`; qmail's kin: `To: <a@b>:`.
    if let Some(rest) = bare.get(3..).filter(|_| bare.bytes().take(3).all(|b| b.is_ascii_digit())) {
        let rest =
            rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | ' ' | '#'));
        bare = rest.strip_prefix('<').filter(|_| rest.contains(">...")).unwrap_or(bare);
    }
    let bare = ["mailto:", "To: <", "To:<", "smtp:", "SMTP:"]
        .iter()
        .find_map(|p| bare.strip_prefix(p))
        .unwrap_or(bare);
    let found = ADDRESS.as_ref()?.find(bare).filter(|m| m.start() == 0)?;
    let behind = bare.get(found.end()..).unwrap_or_default();
    // `a@b, c@d wrote` or a header's list is no list of failures, nor is a line of a log with a second address first.
    let address = found.as_str().trim_matches(['\'', '.']);
    // The failed address may be a robot's, where the line gives no other sense.
    let alone = matches!(behind.trim(), "" | ":" | ">" | ">:");
    (!behind.starts_with('@') && (alone || is_recipient(address))).then(|| address.to_owned())
}

/// `There was an error delivering your mail to <a@b>.` and other sentences.
fn in_sentence(lines: &[&str], at: usize) -> Option<String> {
    let line = lines.get(at)?;
    let lower = line.to_lowercase();
    layout::SENTENCES.iter().find_map(|s| {
        let from = lower.find(s)?;
        let rest = if lower.len() == line.len() { line.get(from + s.len()..)? } else { line };
        let next = || lines.get(at + 1..)?.iter().find(|l| !l.trim().is_empty()).and_then(|l| first(l));
        first(rest).or_else(next).filter(|a| is_recipient(a))
    })
}

/// The first address in a text.
#[must_use]
pub fn first(text: &str) -> Option<String> {
    // X.400 addresses carry the real one: `c=US;a= ;p=X;dda:SMTP=A@B.ORG;`.
    let text = text.find("SMTP=").and_then(|at| text.get(at + 5..)).unwrap_or(text);
    ADDRESS.as_ref()?.find(text).map(|m| m.as_str().trim_matches(['\'', '.']).to_owned())
}

/// The only addresses left when no line names a recipient in a known way: those of neither robots nor `known` people.
#[must_use]
pub fn any(lines: &[&str], known: &[String]) -> Option<Finding> {
    let lines = lines.get(..LINES_MAX).unwrap_or(lines);
    lines.iter().enumerate().find_map(|(at, line)| {
        if layout::names_sender(&line.to_lowercase()) {
            return None;
        }
        let address = ADDRESS
            .as_ref()?
            .find_iter(line)
            .map(|m| m.as_str().trim_matches(['\'', '.']))
            .find(|a| is_recipient(a) && !known.iter().any(|k| k.eq_ignore_ascii_case(a)))?;
        let words = paragraph(lines.get(at..).unwrap_or_default());
        Some(Finding { address: Some(address.to_owned()), words, ..Finding::default() })
    })
}

fn is_recipient(address: &str) -> bool {
    robot_local_part(address).is_none() || address.to_ascii_lowercase().starts_with("no-reply@")
}
