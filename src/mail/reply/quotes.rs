//! Which lines are quoted. Knows marks, quote marks, and what `attribution` and `block` find; no language.

use std::ops::Range;

use super::{
    attribution, block,
    lines::{Kind, Line, set},
};
use crate::mail::{
    html::Mark,
    language::ALL,
    line::{is_rule, is_rule_char},
};

/// Longest line above which helpdesks want the answer.
const ANSWER_LINE_BYTES_MAX: usize = 160;
/// Longest piece of code between lines of backticks.
const CODE_LINES_MAX: usize = 400;
/// From this width on a quoted line may have been wrapped by a program that forgot to mark the rest.
const WRAPPED_CHARS: usize = 60;

/// Marks the quoted lines.
pub fn mark(lines: &mut Vec<Line<'_>>) {
    let attributions = attribution::find(lines);
    keep_own_passages(lines, &attributions);
    walk(lines, &attributions);
    drop_rules(lines);
}

fn walk(lines: &mut [Line<'_>], attributions: &[Range<usize>]) {
    let mut next = attributions.iter().peekable();
    let last_marked = lines.iter().rposition(|l| l.quoted || l.mark.is_quote());
    let mut at = 0;
    let mut something_before = false;
    while let Some(line) = lines.get(at) {
        while next.next_if(|r| r.start < at).is_some() {}
        if line.mark == Mark::Divider && something_before {
            return set(lines, at..lines.len(), Kind::Quoted);
        }
        if block::is_groupwise(line.text) && something_before {
            return set(lines, at..lines.len(), Kind::Quoted);
        } else if line.mark.is_quote() || line.quoted && next.peek().is_none_or(|r| r.start != at) {
            set(lines, at..at + 1, Kind::Quoted);
            at += 1;
        } else if line.is_blank() {
            at += 1;
        } else if let Some(end) = fence_end(lines, at) {
            something_before = true;
            at = end;
        } else if let Some(range) = next.next_if(|r| r.start == at).cloned() {
            set(lines, range.clone(), Kind::Quoted);
            at = range.end;
            if !is_marked(lines, at) && (something_before || last_marked.is_none_or(|n| n < at)) {
                return set(lines, at..lines.len(), Kind::Quoted);
            }
        } else if is_answer_line(line.text) {
            // Nothing above it: the answer was written below.
            let end = if something_before { lines.len() } else { at + 1 };
            set(lines, at..end, Kind::Quoted);
            at = end;
        } else if let Some(begin) = block::beginning(lines, at) {
            return set(lines, begin..lines.len(), Kind::Quoted);
        } else if is_wrapped_quote(lines, at) {
            set(lines, at..at + 1, Kind::Quoted);
            at += 1;
        } else {
            something_before = true;
            at += 1;
        }
    }
}

/// `##- Please type your reply above this line -##`, as Zendesk, Jira and other helpdesks write above their letters.
fn is_answer_line(text: &str) -> bool {
    let inner = text.trim_matches(|c: char| is_rule_char(c) || c == ' ');
    let ruled = text.starts_with(is_rule_char) && text.ends_with(is_rule_char);
    if !ruled || inner.is_empty() || text.len() > ANSWER_LINE_BYTES_MAX {
        return false;
    }
    let lower = inner.to_lowercase().replace('\u{a0}', " ");
    ALL.iter().flat_map(|language| language.answer_lines).any(|words| lower.contains(words))
}

/// Behind the end of a piece of code that begins at `at` between lines of backticks: nothing in it is a quote.
fn fence_end(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let fence = |l: &Line<'_>| l.text.starts_with("```");
    if !lines.get(at).is_some_and(fence) {
        return None;
    }
    let rest = lines.get(at + 1..)?.iter().take(CODE_LINES_MAX);
    rest.clone().position(fence).map(|n| at + n + 2)
}

/// Whether the next filled line at or below `at` is marked as quoted.
fn is_marked(lines: &[Line<'_>], at: usize) -> bool {
    let rest = lines.get(at..).unwrap_or_default();
    // Apple Mail and Thunderbird leave blank lines, and lists a name, between the attribution and the quote.
    let next = rest.iter().filter(|l| !l.is_blank()).take(1).any(|l| l.quoted || l.mark.is_quote());
    next || rest.is_empty()
}

/// The rest of a quoted line that was wrapped without a mark: between quoted lines, without a blank line around it.
fn is_wrapped_quote(lines: &[Line<'_>], at: usize) -> bool {
    let Some(above) = at.checked_sub(1).and_then(|n| lines.get(n)) else { return false };
    let (Some(line), Some(below)) = (lines.get(at), lines.get(at + 1)) else { return false };
    if !(above.quoted && above.kind == Kind::Quoted && below.quoted) {
        return false;
    }
    let address = above.text.rsplit(' ').next().is_some_and(|w| w.contains("://"));
    if address && !line.text.contains(' ') {
        return true;
    }
    let long = above.text.chars().count() >= WRAPPED_CHARS;
    let goes_on = line.text.starts_with(|c: char| c.is_lowercase() || c == '_');
    // A sentence that ended above may be followed by an answer, unless that answer is a few words of no sentence.
    long && goes_on && !above.text.ends_with(['?', '!', ':', '？', '！', '：'])
}

/// A plain block quote of HTML above the program's own quote is a passage that the sender cites; without another quote it is
/// taken for one.
fn keep_own_passages(lines: &mut [Line<'_>], attributions: &[Range<usize>]) {
    if !lines.iter().any(|l| l.mark == Mark::Passage) {
        return;
    }
    let marked = lines.iter().position(|l| matches!(l.mark, Mark::Quoted | Mark::Divider));
    let first = attributions.first().map(|r| r.start).into_iter().chain(marked).min();
    let own = first.unwrap_or(0);
    for (at, line) in lines.iter_mut().enumerate() {
        if line.mark == Mark::Passage && at >= own {
            line.mark = Mark::Quoted;
        }
    }
}

/// Rules between the reply and what follows it are no words of the sender.
fn drop_rules(lines: &mut [Line<'_>]) {
    let mut end_of_reply = true;
    for line in lines.iter_mut().rev() {
        match line.kind {
            Kind::New if line.is_blank() => {}
            // U+1425 is what Streak and Mailtrack leave of their tracking picture.
            Kind::New
                if end_of_reply
                    && (is_rule(line.text) || line.text == "\u{1427}" || line.text == "\u{1425}") =>
            {
                line.kind = Kind::Quoted;
            }
            Kind::New => end_of_reply = false,
            _ => end_of_reply = true,
        }
    }
}
