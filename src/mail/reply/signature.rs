//! Which of the new lines are a signature: below `-- ` (RFC 3676 section 4.3) and other rules, the footers of phones and
//! programs, the lines of a name card, companies' notices, the footers of lists.
//!
//! Invariant: a sentence is never taken for a signature. Lines of a card follow a closing or the sender's name, each of them
//! is short, and one holds a telephone, an address or the like; labelled facts ("Version: 2.1") end a card.

mod card;
mod words;

use std::ops::Range;

use super::lines::{Kind, Line, filled, set};
use crate::mail::{
    html::Mark,
    line::{is_rule, is_rule_char},
};

/// Longest signature behind `-- `.
const SIGNATURE_LINES_MAX: usize = 30;
/// Shortest notice of a company, behind its first words.
const NOTICE_BYTES_MIN: usize = 40;
/// Longest notice of a company.
const NOTICE_LINES_MAX: usize = 40;
/// Filled lines that may stand behind a program's footer: an advertisement, a name.
const BEHIND_FOOTER_MAX: usize = 2;

/// Marks signature lines among the new ones.
pub fn mark(lines: &mut [Line<'_>], sender: &str) {
    take_marked(lines);
    let mut at = 0;
    let mut something_before = false;
    while at < lines.len() {
        let run = run_at(lines, at);
        if run.is_empty() {
            at += 1;
            continue;
        }
        at = run.end;
        let end_of_words = mark_run(lines, run.clone(), something_before);
        card::mark(lines, run.start..end_of_words, sender);
        something_before |=
            lines.get(run.start..end_of_words).unwrap_or_default().iter().any(|l| !l.is_blank());
    }
}

/// The lines that the HTML calls a signature, unless the reply was written into it: on phones the caret may stand there.
fn take_marked(lines: &mut [Line<'_>]) {
    let marked = |l: &Line<'_>| l.kind == Kind::New && l.mark == Mark::Signature;
    let Some(first) = lines.iter().position(marked) else { return };
    let outside = lines.iter().any(|l| l.kind == Kind::New && l.mark != Mark::Signature && !l.is_blank());
    let end = lines.iter().rposition(marked).map_or(first, |n| n + 1);
    let asks =
        lines.get(first..end).unwrap_or_default().iter().any(|l| marked(l) && l.text.ends_with(['?', '？']));
    if asks || !outside && !card::is_card(lines, first..end, true) {
        return;
    }
    for line in lines.iter_mut().filter(|l| l.kind == Kind::New && l.mark == Mark::Signature) {
        line.kind = Kind::Signature;
    }
}

/// The new lines from `at` to the next quoted one.
fn run_at(lines: &[Line<'_>], at: usize) -> Range<usize> {
    let len = lines.get(at..).unwrap_or_default().iter().take_while(|l| l.kind == Kind::New).count();
    at..at + len
}

/// Marks what is a signature by its first line; returns where the words before it end.
fn mark_run(lines: &mut [Line<'_>], run: Range<usize>, something_before: bool) -> usize {
    let mut words = something_before;
    for at in run.clone() {
        let Some(line) = lines.get(at) else { break };
        if line.is_blank() {
            continue;
        }
        let rest = at..run.end;
        let found = if words {
            is_separated(lines, &rest) || is_notice(lines, &rest) || is_list_footer(lines, &rest)
        } else {
            // An answer by attachment has nothing but its signature.
            line.text == "--" && card::is_card(lines, at + 1..run.end, true)
        };
        let found = found || is_footer(lines, &rest);
        if found {
            // The name that stands above "via mobile" is seen as closing by `card`.
            let begin = with_rule_above(lines, &run, at);
            set(lines, begin..run.end, Kind::Signature);
            return begin;
        }
        words = true;
    }
    run.end
}

/// A rule above a footer or notice belongs to it.
fn with_rule_above(lines: &[Line<'_>], run: &Range<usize>, at: usize) -> usize {
    let above = lines.get(run.start..at).unwrap_or_default();
    let filled = above.iter().rposition(|l| !l.is_blank());
    match filled.and_then(|n| Some((n, above.get(n)?))) {
        // AVG and Avast link a picture above their words.
        Some((n, line)) if n > 0 && (is_rule(line.text) || is_link(line.text)) => run.start + n,
        _ => at,
    }
}

fn is_link(text: &str) -> bool {
    text.starts_with("<http") && text.ends_with('>') && !text.contains(' ')
}

/// A separator, and below it what a signature may be.
fn is_separated(lines: &[Line<'_>], rest: &Range<usize>) -> bool {
    let Some(line) = lines.get(rest.start) else { return false };
    if line.text.starts_with(char::is_alphanumeric) {
        return false;
    }
    let below = filled(lines, rest.start + 1..rest.end);
    match line.text {
        // Programs that trim lines leave no blank behind the dashes; then a question below is a person's, who drew a rule.
        "--" | "—" | "––" | "－－" => {
            if below > SIGNATURE_LINES_MAX {
                return false;
            }
            let exact = line.raw.ends_with(' ');
            let asks =
                lines.get(rest.clone()).unwrap_or_default().iter().any(|l| l.text.ends_with(['?', '？']));
            return exact || !asks;
        }
        // Programs that trim lines, and people who draw the separator longer.
        "__" | "---" | "——" | "***" | "* * *" => {
            return below <= 12 && card::is_card(lines, rest.start + 1..rest.end, true);
        }
        _ => {}
    }
    if let Some(name) =
        line.text.strip_prefix("--").filter(|n| card::is_name(n.trim()) && !n.starts_with('-'))
    {
        // `--Ann`
        let capital = name.trim().starts_with(|c: char| c.is_uppercase() || !c.is_ascii());
        return capital && (below == 0 || below <= 8 && card::is_card(lines, rest.start + 1..rest.end, true));
    }
    let rule = is_rule(line.text) && line.text.chars().count() >= 4 || words::ends_without_words(line.text);
    if !rule {
        return false;
    }
    let underscores = line.text.starts_with(['_', '—']) && below <= 3;
    below == 0 || card::is_card(lines, rest.start + 1..rest.end, underscores)
}

/// A program's footer, with at most [`BEHIND_FOOTER_MAX`] other lines behind it.
fn is_footer(lines: &[Line<'_>], rest: &Range<usize>) -> bool {
    let Some(line) = lines.get(rest.start) else { return false };
    if !words::is_footer(line.text) {
        return false;
    }
    let behind = lines.get(rest.start + 1..rest.end).unwrap_or_default();
    let mut strange =
        behind.iter().filter(|l| !(l.is_blank() || words::is_footer(l.text) || is_rule(l.text)));
    strange.nth(BEHIND_FOOTER_MAX).is_none() || card::is_card(lines, rest.start + 1..rest.end, false)
}

/// "This e-mail is confidential …": a beginning and, in the same paragraph, what it is about.
fn is_notice(lines: &[Line<'_>], rest: &Range<usize>) -> bool {
    let Some(line) = lines.get(rest.start) else { return false };
    let text = line.text.trim_start_matches(|c: char| is_rule_char(c) || c == ' ');
    let Some(rest_of_line) = words::behind_notice(text) else { return false };
    if filled(lines, rest.clone()) > NOTICE_LINES_MAX {
        return false;
    }
    let paragraph =
        lines.get(rest.start + 1..rest.end).unwrap_or_default().iter().take_while(|l| !l.is_blank());
    let mut bytes = 0;
    let mut confidential = false;
    for text in std::iter::once(rest_of_line).chain(paragraph.map(|l| l.text)) {
        bytes += text.len();
        confidential |= words::is_confidential(text);
    }
    confidential && bytes >= NOTICE_BYTES_MIN
}

/// Mailman's rule with the list's name and address below it.
fn is_list_footer(lines: &[Line<'_>], rest: &Range<usize>) -> bool {
    let Some(line) = lines.get(rest.start) else { return false };
    let underscored = line.text.len() >= 2 && line.text.bytes().all(|b| b == b'_');
    underscored
        && filled(lines, rest.clone()) <= 8
        && lines.get(rest.clone()).unwrap_or_default().iter().any(|l| {
            l.text.contains("://") || l.text.contains("mailing list") || l.text.contains("unsubscribe")
        })
}
