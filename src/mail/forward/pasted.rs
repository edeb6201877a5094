//! Forwarded mails in the text: below a divider, a header block, or a line that names sender and date.
//!
//! A header block alone does not tell a forward from a reply: Outlook and QQ Mail put the same one above both. Evidence is,
//! in this order: the words of the divider, the prefix of the subject, and a quoted subject that is not the mail's own.

use super::{Outer, introduction, notes};
use crate::mail::{
    Forwarded,
    divider::{self, Says},
    header_block::{self, Fields, header_line, mailbox, mailboxes, run_together},
    language::Field,
    line::{is_blank, is_colon, is_quote_mark, next_filled, quote_depth, unquoted},
};

/// KMail's rule has 41 dashes.
const CLOSING_RULE_MIN: usize = 36;
/// Lines in which the beginning of a forwarded mail is looked for.
const LINES_SEARCHED: usize = 2_000;
/// Blank lines between a divider and what it announces.
const GAP_MAX: usize = 4;
/// Quoted lines above a quoted block that belong to it.
const INTRODUCTION_LINES_MAX: usize = 2;
/// Outlook 2019 for Mac indents the forwarded mail.
const INDENT: &str = "    ";

/// A forward, and all that its sender wrote: above the forwarded mail and below it.
#[derive(Debug)]
pub struct Found {
    pub forwarded: Forwarded,
    pub own: String,
}

/// What may be the beginning of a forwarded mail.
#[derive(Debug, Default)]
pub struct Candidate {
    /// The first line of its dividers, or of the block.
    pub start: usize,
    pub fields: Fields,
    /// The line where the body begins.
    pub body: usize,
    /// Quote marks before the block.
    pub depth: usize,
    pub says: Option<Says>,
}

/// What to make of a candidate.
enum Verdict {
    Take,
    /// Not this one.
    Pass,
    /// A reply's quote begins here: whatever stands below is part of it.
    Stop,
}

/// The forwarded mail in the text, if this mail is a forward.
#[must_use]
pub fn find(outer: &Outer<'_>, text: &str) -> Option<Found> {
    let lines: Vec<&str> = text.lines().collect();
    for at in 0..lines.len().min(LINES_SEARCHED) {
        let Some(candidate) = candidate(outer, &lines, at) else {
            continue;
        };
        match judge(outer, &lines, &candidate) {
            Verdict::Take => return Some(build(outer, &lines, candidate)),
            Verdict::Pass => {}
            Verdict::Stop => return None,
        }
    }
    None
}

fn candidate(outer: &Outer<'_>, lines: &[&str], at: usize) -> Option<Candidate> {
    let text = unquoted(lines.get(at)?);
    if text.is_empty() {
        return None;
    }
    if header_line(text).is_some_and(|(field, _)| field != Field::Other) {
        return block(lines, at);
    }
    let colon = text.ends_with(is_colon);
    if (divider::is_ruled(text) || colon)
        && let Some(found) = announced(lines, at, text)
    {
        return Some(found);
    }
    let introduces = colon || groupwise(lines.get(at)?).is_some();
    (introduces && outer.forwards()).then(|| introduced(lines, at, at)).flatten()
}

/// A header block, with the dividers above it.
fn block(lines: &[&str], at: usize) -> Option<Candidate> {
    let first = header_block::beginning(lines, at);
    let above = divider::above(lines, first);
    let says = above.map(|(_, says)| says);
    let start = above.map_or(first, |(start, _)| start);
    if let Some(block) = header_block::read(lines, at) {
        return Some(Candidate { start, fields: block.fields, body: block.end, depth: block.depth, says });
    }
    // The sender alone is a block where words announce it.
    let line = lines.get(at).copied().unwrap_or_default();
    let (field, value) = header_line(unquoted(line))?;
    let person = field == Field::From && mailbox(value).is_some();
    (person && says >= Some(Says::Original)).then(|| Candidate {
        start,
        fields: Fields { from: Some(value.to_owned()), ..Fields::default() },
        body: at + 1,
        depth: quote_depth(line),
        says,
    })
}

/// What a divider announces that is no ordinary block: fields in the divider's own line, a table without colons, the form of
/// Lotus Notes, a line that names sender and date.
fn announced(lines: &[&str], at: usize, text: &str) -> Option<Candidate> {
    let (says, rest) = divider::read(text)?;
    let depth = quote_depth(lines.get(at)?);
    if !rest.is_empty() {
        return same_line(lines, at, rest).map(|(fields, body)| {
            let (start, says) = divider::above(lines, at).map_or((at, says), |(s, more)| (s, says.max(more)));
            Candidate { start, fields, body, depth, says: Some(says) }
        });
    }
    if says != Says::Forwarded {
        return None;
    }
    let next = next_filled(lines, at + 1, GAP_MAX + 1)?;
    if header_line(unquoted(lines.get(next)?)).is_some_and(|(field, _)| field != Field::Other) {
        // An ordinary block, or what Yandex Mail writes: recipient and subject, then a line with sender and date.
        let block = header_block::read(lines, next).filter(|b| b.fields.from.is_none())?;
        let mut found = introduced(lines, at, block.end)?;
        found.fields = Fields { from: found.fields.from, date: found.fields.date, ..block.fields };
        return Some(found);
    }
    if let Some(block) = header_block::read_table(lines, next) {
        let says = Some(says);
        return Some(Candidate {
            start: at,
            fields: block.fields,
            body: block.end,
            depth: block.depth,
            says,
        });
    }
    introduced(lines, at, next).or_else(|| {
        let (fields, body) = notes::read(lines, at, next)?;
        Some(Candidate { start: at, fields, body, depth, says: Some(says) })
    })
}

/// Fields behind a divider in its own line: all of them (Yahoo Mail), or the first of a block (Outlook's rule).
fn same_line(lines: &[&str], at: usize, rest: &str) -> Option<(Fields, usize)> {
    if let Some(fields) = run_together(rest).filter(|f| f.known() >= 3) {
        return Some((fields, at + 1));
    }
    let (field, value) = header_line(rest).filter(|(f, _)| *f == Field::From)?;
    let block = header_block::read(lines, at + 1).filter(|b| !b.fields.has(field))?;
    Some((Fields { from: Some(value.to_owned()), ..block.fields }, block.end))
}

/// `>>> Ann Lee <ann@a.example> 3/2/2026 10:00 AM >>>` as a line of the form that other programs write.
fn groupwise(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix(">>>")?.strip_suffix(">>>")?.trim();
    (!inner.is_empty() && !inner.starts_with('>')).then(|| format!("{inner}:"))
}

/// A mail below the line at `at` that names its sender and date.
fn introduced(lines: &[&str], start: usize, at: usize) -> Option<Candidate> {
    let line = lines.get(at)?;
    let groupwise = groupwise(line);
    let found = introduction::read(groupwise.as_deref().unwrap_or(line))?;
    let address = &found.from.address;
    let from = found.from.name.map_or_else(|| address.clone(), |name| format!("\"{name}\" <{address}>"));
    let depth = if groupwise.is_some() { 0 } else { quote_depth(line) };
    let says = (start < at).then_some(Says::Forwarded);
    let fields = Fields { from: Some(from), date: found.date, ..Fields::default() };
    Some(Candidate { start, fields, body: at + 1, depth, says })
}

fn judge(outer: &Outer<'_>, lines: &[&str], c: &Candidate) -> Verdict {
    // Without a divider "From" and "To" may begin two sentences.
    let f = &c.fields;
    let apart = c.says.is_some() || f.date.is_some() || f.subject.is_some() || c.body == c.start + 1;
    let evident = f.known() >= 3 || f.from.is_some() && apart;
    if c.says == Some(Says::Forwarded) {
        return match (evident, outer.forwards() || own(lines, c.start)) {
            (true, true) => Verdict::Take,
            (true, false) if c.depth == 0 => Verdict::Stop,
            _ => Verdict::Pass,
        };
    }
    if !evident {
        return Verdict::Pass;
    }
    if outer.forwards() && !outer.finnish_reply(lines, c) {
        return Verdict::Take;
    }
    if another_mail(outer, lines, c) {
        return Verdict::Take;
    }
    // The quote of a reply, unless it is marked as one: then new text may stand below.
    let real = c.fields.from.is_some() && (c.fields.date.is_some() || c.says == Some(Says::Original));
    if real && c.depth == 0 { Verdict::Stop } else { Verdict::Pass }
}

/// Whether a block without a word of forwarding shows a mail that this one does not answer: its subject is another, no header
/// field makes this mail an answer, and the sender wrote something above or a divider stands there.
fn another_mail(outer: &Outer<'_>, lines: &[&str], c: &Candidate) -> bool {
    let Some(subject) = c.fields.subject.as_deref() else {
        return false;
    };
    let sender = c.fields.from.as_deref().and_then(mailbox).is_some_and(|a| !a.address.is_empty());
    // A digest's "Message: 1" stands directly above (RFC 1153); a program that forwards leaves a line blank.
    let mut above = lines.iter().take(c.start).rev();
    let below_blank = above.next().is_some_and(|l| unquoted(l).is_empty());
    let apart = c.says.is_some() || below_blank && above.any(|l| !unquoted(l).is_empty());
    let whole = c.fields.date.is_some() || c.says == Some(Says::Original) && c.fields.known() >= 3;
    sender && apart && whole && outer.answers_another(subject) && own(lines, c.start)
}

/// Whether what begins at this line was put there by the sender, and not by the one whose mail is quoted.
fn own(lines: &[&str], start: usize) -> bool {
    let quoted = quote_depth(lines.get(start).copied().unwrap_or_default()) > 0;
    if quoted {
        let above = lines.iter().take(start).rev().find(|l| !unquoted(l).is_empty());
        return above.is_none_or(|l| quote_depth(l) == 0 && !unquoted(l).ends_with(is_colon));
    }
    // Below an attribution that is not followed by quote marks all is quoted.
    (0..start).all(|at| {
        let next = lines.get(at + 1..).unwrap_or_default().iter().find(|l| !unquoted(l).is_empty());
        next.is_some_and(|l| quote_depth(l) > 0) || !attributes(lines, at)
    })
}

/// Whether the line, or it and the one above, names sender and date of a quoted mail.
fn attributes(lines: &[&str], at: usize) -> bool {
    let line = lines.get(at).copied().unwrap_or_default();
    let above = at.checked_sub(1).and_then(|i| lines.get(i)).copied().unwrap_or_default();
    unquoted(line).ends_with(is_colon)
        && (introduction::read(line).is_some() || introduction::read(&format!("{above} {line}")).is_some())
}

fn build(outer: &Outer<'_>, lines: &[&str], c: Candidate) -> Found {
    let above = lines.get(..quote_start(lines, c.start)).unwrap_or_default();
    let (body, below) = body(lines.get(c.body..).unwrap_or_default(), c.depth);
    let above = text(above.iter().copied());
    let comment = above.as_deref().and_then(|above| outer.comment(above));
    let own = [above, below].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    let people = |value: Option<String>| value.as_deref().map(mailboxes).unwrap_or_default();
    let forwarded = Forwarded {
        from: c.fields.from.as_deref().and_then(mailbox),
        // Where the program shows no subject, the mail's own is that of the forwarded one.
        subject: c.fields.subject.or_else(|| outer.inner_subject()).filter(|s| !s.is_empty()),
        date: c.fields.date.filter(|d| !d.is_empty()),
        to: people(c.fields.to),
        cc: people(c.fields.cc),
        comment,
        body,
    };
    Found { forwarded, own }
}

/// Where the quote begins whose first lines announce the block in words that no table knows (Orange: `> Message du 02/03/26`).
fn quote_start(lines: &[&str], start: usize) -> usize {
    let quoted = |l: &&&str| quote_depth(l) > 0;
    if lines.get(start).is_none_or(|l| quote_depth(l) == 0) {
        return start;
    }
    let run = lines.iter().take(start).rev().take(INTRODUCTION_LINES_MAX + 1).take_while(quoted).count();
    if run > INTRODUCTION_LINES_MAX { start } else { start - run }
}

/// The forwarded mail's text and what the sender wrote below it.
fn body(lines: &[&str], depth: usize) -> (Option<String>, Option<String>) {
    let (mail, below) = lines.split_at_checked(quote_end(lines, depth)).unwrap_or((lines, &[]));
    let ended = mail.iter().rposition(|l| divider::ends(unquoted(l)));
    let (mail, behind) = mail.split_at_checked(ended.unwrap_or(mail.len())).unwrap_or((mail, &[]));
    let mail = mail.get(body_start(mail)..body_end(mail)).unwrap_or_default();
    let mut filled = mail.iter().filter(|l| !unquoted(l).is_empty()).peekable();
    // Missive, Proton Mail and Zoho mark the mail but not its block.
    let marked = filled.peek().is_some() && filled.all(|l| quote_depth(l) > 0);
    let marks = if depth > 0 { depth } else { usize::from(marked) };
    let shown: Vec<&str> = mail.iter().map(|l| unmarked(l, marks)).collect();
    let indented = shown.iter().all(|l| l.starts_with(INDENT) || l.trim().is_empty());
    let shown = shown.into_iter().map(|l| if indented { l.strip_prefix(INDENT).unwrap_or("") } else { l });
    let behind = behind.get(1..).unwrap_or_default();
    (text(shown), text(behind.iter().chain(below).copied()))
}

/// A quote ends with its last marked line; unmarked ones between are lines that a program wrapped.
fn quote_end(lines: &[&str], depth: usize) -> usize {
    let last = lines.iter().rposition(|l| quote_depth(l) > 0);
    let Some(last) = last.filter(|_| depth > 0) else { return lines.len() };
    let behind = lines.get(last + 1..).unwrap_or_default();
    last + 1 + behind.iter().take_while(|l| !unquoted(l).is_empty()).count()
}

/// The first line behind a line that only parts block and body. A rule above a nested block is part of the body.
fn body_start(mail: &[&str]) -> usize {
    let mut filled = mail.iter().enumerate().filter(|(_, l)| !unquoted(l).is_empty());
    let Some((first, line)) = filled.next() else { return 0 };
    let mut nested = || filled.next().is_some_and(|(at, _)| header_block::read(mail, at).is_some());
    if divider::parts_body(unquoted(line)) && !nested() { first + 1 } else { first }
}

/// Before the long rule with which KMail closes a forwarded mail.
fn body_end(mail: &[&str]) -> usize {
    let last = mail.iter().rposition(|l| !unquoted(l).is_empty());
    let rule = |at: &usize| {
        mail.get(*at).is_some_and(|l| l.len() >= CLOSING_RULE_MIN && l.bytes().all(|b| b == b'-'))
    };
    last.filter(rule).unwrap_or(mail.len())
}

/// A line without its first `marks` quote marks.
fn unmarked(line: &str, marks: usize) -> &str {
    let mut rest = line;
    for _ in 0..marks {
        match rest.trim_start_matches(is_blank).strip_prefix(is_quote_mark) {
            Some(behind) => rest = behind,
            None => return rest,
        }
    }
    if marks > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest }
}

/// The lines without the blank ones around them; `None` when nothing is left.
fn text<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut out = String::new();
    for line in lines {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    let trimmed = out.trim_matches(is_blank);
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}
