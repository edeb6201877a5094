//! Divides a body into what its sender newly wrote, the quoted mails and the signature. Cut text is kept, never lost.
//!
//! Knows lines of text, how they stood in the HTML, and the sender's display name. The order of trust: what the mail
//! program's HTML says (marks), then quote marks, then the lines that programs write above a quote (`attribution`,
//! `block`), last what a signature looks like (`signature`).
//!
//! What a reader would expect where that leaves little:
//! - Below an attribution without quote marks, or a block of header lines, all is quoted. Where an attribution has nothing
//!   above it and quote marks follow only further down, it alone is taken away (people who delete the marks).
//! - A divider of the HTML with nothing above divides nothing, and a signature with nothing above is the reply: a mail never
//!   becomes empty by a guess.
//! - A mail that is only a quote (an answer by attachment) has an empty reply; who needs words then takes the whole text.
//! - A closing with a name ("Best regards, Ann") is courtesy of the reply: it stays there, and is part of `signature` as
//!   well. What is cut is what follows it: the company, the telephone, the notice.
//!
//! Invariants: linear (joins of at most [`attribution::JOINED_LINES_MAX`] lines, patterns without backtracking).

mod attribution;
mod block;
mod lines;
mod quotes;
mod rich;
mod signature;

use super::{
    html::{Mark, Page},
    line::is_blank,
};
use lines::{Kind, Line};

/// A body, divided.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Division {
    pub reply: String,
    pub reply_html: Option<String>,
    pub quoted: Option<String>,
    pub signature: Option<String>,
}

/// Divides the text of a body. `page` is the mail's HTML, which the text may or may not come from.
#[must_use]
pub fn read(text: &str, marks: &[Mark], page: Option<&Page>, sender: &str) -> Division {
    let Some(page) = page else { return divide(text, marks, sender) };
    if page.text == text {
        let lines = divided(text, marks, sender);
        return Division { reply_html: rich::html(page, &lines), ..division(&lines) };
    }
    let plain = divide(text, marks, sender);
    let lines = divided(&page.text, &page.marks, sender);
    let rich = division(&lines);
    if rich.reply.is_empty() || !(same_words(&plain.reply, &rich.reply) || page.structured) {
        return plain;
    }
    let reply_html = rich::html(page, &lines);
    if same_words(&plain.reply, &rich.reply) {
        return Division { reply_html, ..plain };
    }
    // The program's own elements tell better where the quote begins than words do.
    Division { reply_html, ..rich }
}

/// Divides a text.
#[must_use]
pub fn divide(text: &str, marks: &[Mark], sender: &str) -> Division {
    division(&divided(text, marks, sender))
}

fn divided<'a>(text: &'a str, marks: &[Mark], sender: &str) -> Vec<Line<'a>> {
    let mut lines = lines::split(text, marks);
    quotes::mark(&mut lines);
    signature::mark(&mut lines, sender);
    lines
}

fn division(lines: &[Line<'_>]) -> Division {
    Division {
        reply: gather(lines, |l| l.kind == Kind::New).unwrap_or_default(),
        reply_html: None,
        quoted: gather(lines, |l| l.kind == Kind::Quoted),
        signature: gather(lines, |l| l.kind == Kind::Signature || l.closing),
    }
}

fn gather(lines: &[Line<'_>], wanted: impl Fn(&Line<'_>) -> bool) -> Option<String> {
    let mut out = String::new();
    let mut gap = false;
    for line in lines {
        if !wanted(line) {
            gap |= !out.is_empty();
            continue;
        }
        if gap && line.is_blank() {
            continue;
        }
        if std::mem::take(&mut gap) && !out.ends_with("\n\n") {
            out.push('\n');
        }
        out.push_str(line.shown().trim_end());
        out.push('\n');
    }
    let trimmed = out.trim_matches(is_blank);
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// Whether two texts say the same, whatever their spacing, marks of lists and links.
fn same_words(a: &str, b: &str) -> bool {
    let letters = |c: &char| c.is_alphanumeric();
    a == b || a.chars().filter(letters).eq(b.chars().filter(letters))
}

#[cfg(test)]
mod tests;
