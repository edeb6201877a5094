//! Answers that stand below the questions they answer: `> Which browser do you use?` and under it `Firefox 143`. The question is quoted,
//! so it is no text of the sender's; it only says what the line below it is.

use std::collections::BTreeSet;

use super::labels::{Labelled, look_up_question};
use crate::triage::words::labels::Label;

/// Lines below one question that belong to its answer.
const LINES_MAX: usize = 3;
/// A longer line tells a story, in which the other finders look.
const LINE_CHARS_MAX: usize = 160;
/// Questions of one mail.
const ANSWERS_MAX: usize = 12;
/// What leads to the value, lower case.
const LEADS: &[&str] = &[
    "it is ",
    "it's ",
    "that is ",
    "that's ",
    "this is ",
    "i use ",
    "i am on ",
    "i'm on ",
    "we use ",
    "we are ",
    "my user name is ",
    "my username is ",
    "my login is ",
    "es ist ",
    "das ist ",
    "ich nutze ",
    "ich verwende ",
    "wir sind ",
    "c'est ",
    "c’est ",
    "j'utilise ",
    "nous sommes ",
    "es ",
    "uso ",
    "utilizo ",
    "somos ",
    "é ",
    "uso o ",
    "是",
    "我的是",
    "我用的是",
    "用的是",
    "我们是",
];

/// The answers of a mail's whole text. `own` is what its sender newly wrote: signatures below the last question are no answers.
pub fn find<'a>(text: &'a str, own: &str) -> Vec<Labelled<'a>> {
    let own: BTreeSet<&str> = own.lines().map(str::trim).collect();
    let mut found = Vec::new();
    let mut question = None;
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim).chain([">"]) {
        let quoted = line.strip_prefix(['>', '＞']);
        match quoted {
            None if own.contains(line) && !line.is_empty() => lines.push(line),
            None => {}
            Some(_) => {
                let asked: Option<&str> = question.take();
                found.extend(asked.and_then(|asked| answer(asked, &lines)));
                lines.clear();
                if found.len() >= ANSWERS_MAX {
                    break;
                }
            }
        }
        question = quoted.map(|q| q.trim_start_matches(['>', ' '])).filter(|q| !q.is_empty()).or(question);
    }
    found
}

fn answer<'a>(question: &str, lines: &[&'a str]) -> Option<Labelled<'a>> {
    let lines: Vec<&str> =
        lines.iter().copied().take(LINES_MAX).filter(|l| l.chars().count() <= LINE_CHARS_MAX).collect();
    let first = without_lead(lines.first()?);
    let label = look_up_question(question)?;
    let is_one_word = !first.contains(char::is_whitespace) && first.chars().count() >= 3;
    let is_name = first.starts_with(|c: char| {
        c.is_uppercase() || c > '\u{2e80}' || c.is_ascii_digit() || c == '+' || c == '('
    });
    match label {
        Label::Narrative | Label::Ignored | Label::Url | Label::Error => return None,
        Label::Username if !is_one_word => return None,
        Label::Organisation | Label::Phone if !is_name => return None,
        _ => {}
    }
    let items = if matches!(label, Label::Tried | Label::Environment) { lines } else { Vec::new() };
    Some(Labelled {
        label: Some(label),
        words: question.to_owned(),
        value: first,
        items,
        exact: false,
        starts_line: true,
        span: 0..0,
    })
}

fn without_lead(line: &str) -> &str {
    let rest = LEADS.iter().find_map(|lead| {
        line.get(..lead.len()).filter(|l| l.to_lowercase() == **lead).and(line.get(lead.len()..))
    });
    rest.unwrap_or(line).trim().trim_end_matches(['.', '。'])
}
