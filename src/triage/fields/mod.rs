//! The facts that a mail states: who the client is, in what environment it happened, when, with what error, what was tried.
//!
//! Several finders offer values, each with the words it came from and how sure it is; the surest counts. Texts count in this order: what
//! the sender newly wrote, the subject, a forwarded mail, attached texts; headers only complete what the mail says itself. Invariants:
//! any text gives a result, in time linear in the text; nothing is concluded from a sender's address.

mod answers;
mod candidate;
mod contact;
mod environment;
mod fault;
mod labelled;
mod labels;
mod organisation;
mod pattern;
mod products;
mod prose;
mod role;
mod steps;
mod time;
mod user;
mod user_agent;

use std::{borrow::Cow, collections::BTreeMap};

use candidate::{Best, Candidate, Source, evidence};
use time::Moment;

use super::{Evidence, Fields, OccurredAt, Product};
use crate::mail::Reading;

/// Text looked at of each source: of longer ones the beginning and the end.
const TEXT_BYTES_MAX: usize = 24 * 1024;
/// Of attached texts: a log says at its begin what runs where, and at its end what broke.
const ATTACHED_BYTES_MAX: usize = 4 * 1024;
/// Attached texts that are read.
const ATTACHED_MAX: usize = 4;
/// Values kept of a list.
const LIST_MAX: usize = 12;

/// Where a text stands in the mail, and how much its words count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Subject,
    Forwarded,
    Attachment,
}

impl Place {
    fn weight(self) -> f64 {
        match self {
            Self::Body => 1.0,
            Self::Subject => 0.9,
            Self::Forwarded => 0.85,
            Self::Attachment => 0.8,
        }
    }

    fn source(self, otherwise: Source) -> Source {
        if self == Self::Attachment { Source::Attachment } else { otherwise }
    }
}

/// A text with what is needed to read it.
#[derive(Debug, Clone, Copy)]
struct Text<'a> {
    text: &'a str,
    place: Place,
    language: Option<&'a str>,
    at: Moment,
}

impl Text<'_> {
    /// Evidence for a value of this text.
    fn evidence(&self, source: Source, span: &str, confidence: f64) -> Evidence {
        evidence(self.place.source(source), span, confidence * self.place.weight())
    }
}

/// The best of what was found so far.
#[derive(Debug, Default)]
struct Findings {
    username: Best<String>,
    organisation: Best<String>,
    phone: Best<String>,
    app_version: Best<String>,
    device: Best<String>,
    browser: Best<Product>,
    os: Best<Product>,
    occurred_at: Best<OccurredAt>,
    error_text: Best<String>,
    expected: Best<String>,
    steps: Vec<(String, Evidence)>,
    urls: Vec<(String, Evidence)>,
}

impl Findings {
    /// One step or several of one text; steps of a better source replace those of a worse.
    fn offer_steps(&mut self, steps: Vec<(String, Evidence)>) {
        let sure = |steps: &[(String, Evidence)]| steps.first().map_or(0.0, |(_, e)| e.confidence);
        if sure(&steps) > sure(&self.steps) {
            self.steps = steps;
            self.steps.truncate(LIST_MAX);
        }
    }
}

/// Reads the facts of a mail. `language` is that of its new text.
#[must_use]
pub fn read(reading: &Reading, language: Option<&str>) -> (Fields, BTreeMap<String, Evidence>) {
    let at =
        Moment { instant: reading.date, offset_seconds: reading.date_offset_seconds.unwrap_or_default() };
    let mut findings = Findings::default();
    let body = plain(body(reading));
    of_text(&Text { text: &body, place: Place::Body, language, at }, &mut findings);
    if is_answer(reading) && reading.text.contains('>') {
        let whole = plain(&reading.text);
        let text = Text { text: &whole, place: Place::Body, language, at };
        labelled::apply(&text, &answers::find(&whole, &body), &mut findings);
    }
    let title = plain(&reading.title);
    of_text(&Text { text: &title, place: Place::Subject, language, at }, &mut findings);
    if let Some(inner) = reading.forwarded.as_ref().and_then(|f| f.body.as_deref()) {
        let inner = plain(inner);
        of_text(&Text { text: &inner, place: Place::Forwarded, language, at }, &mut findings);
    }
    for attached in reading.attached_texts.iter().take(ATTACHED_MAX) {
        let attached = shortened(attached, ATTACHED_BYTES_MAX);
        let attached = plain(&attached);
        of_text(&Text { text: &attached, place: Place::Attachment, language, at }, &mut findings);
    }
    let signature = plain(reading.signature.as_deref().unwrap_or_default());
    let signature = Text { text: &signature, place: Place::Body, language, at };
    organisation::in_signature(&signature, &mut findings);
    contact::phone_in_signature(&signature, &mut findings);
    environment::by_mailer(reading.mailer.as_deref(), &mut findings);
    finish(findings)
}

/// What the sender newly wrote. In a mail that answers nothing, lines behind `>` are the sender's own.
fn body(reading: &Reading) -> &str {
    if reading.forwarded.is_some() || is_answer(reading) {
        return &reading.reply;
    }
    match &reading.quoted {
        Some(quoted) if quoted.lines().all(|l| l.trim().is_empty() || l.trim_start().starts_with('>')) => {
            &reading.text
        }
        Some(_) => &reading.reply,
        None => reading.new_text(),
    }
}

fn is_answer(reading: &Reading) -> bool {
    !(reading.in_reply_to.is_empty() && reading.references.is_empty())
}

/// Full-width letters and digits become those of ASCII, so that `Ｃｈｒｏｍｅ　１２０` reads like any other; marks that nobody sees (of
/// direction, of places where a line may break), which come along when text is pasted, are dropped; long texts lose their middle.
fn plain(text: &str) -> Cow<'_, str> {
    let text = shortened(text, TEXT_BYTES_MAX);
    let is_wide = |c: char| {
        c >= '\u{a0}'
            && matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '．' | '＠' | '＿' | '－' | '\u{a0}')
    };
    let is_unseen = |c: char| {
        c >= '\u{ad}'
            && matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if text.is_ascii() || !text.chars().any(|c| is_wide(c) || is_unseen(c)) {
        return text;
    }
    let half = |c: char| match c {
        '\u{a0}' => ' ',
        c if is_wide(c) => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        c => c,
    };
    Cow::Owned(text.chars().filter(|c| !is_unseen(*c)).map(half).collect())
}

/// A long text without its middle.
fn shortened(text: &str, bytes_max: usize) -> Cow<'_, str> {
    if text.len() <= bytes_max {
        return Cow::Borrowed(text);
    }
    let head = text.get(..text.floor_char_boundary(bytes_max * 3 / 4)).unwrap_or_default();
    let tail = text.get(text.ceil_char_boundary(text.len() - bytes_max / 4)..).unwrap_or_default();
    Cow::Owned(format!("{head}\n\n{tail}"))
}

/// Everything that one text says.
fn of_text(text: &Text<'_>, findings: &mut Findings) {
    if text.text.trim().is_empty() {
        return;
    }
    let labelled = labels::find(text.text);
    let agents = environment::user_agents(text, findings);
    labelled::apply(text, &labelled, findings);
    let prose = prose::without(text.text, &labelled, &agents);
    let text = Text { text: &prose, ..*text };
    environment::in_prose(&text, findings);
    user::in_prose(&text, findings);
    organisation::in_prose(&text, findings);
    fault::in_prose(&text, findings);
    if text.place != Place::Attachment {
        prose::occurred_at(&text, findings);
        steps::in_prose(&text, findings);
        contact::urls(&text, findings);
    }
}

/// The result with its evidence.
fn finish(findings: Findings) -> (Fields, BTreeMap<String, Evidence>) {
    let mut all = BTreeMap::new();
    let mut fields = Fields::default();
    {
        let mut text = |best: Best<String>, name: &str, place: &mut Option<String>| {
            if let Some(Candidate { value, evidence }) = best.take() {
                *place = Some(value);
                all.insert(name.to_owned(), evidence);
            }
        };
        text(findings.username, "username", &mut fields.username);
        text(findings.organisation, "organisation", &mut fields.organisation);
        text(findings.phone, "phone", &mut fields.phone);
        text(findings.app_version, "app_version", &mut fields.app_version);
        text(findings.device, "device", &mut fields.device);
        text(findings.error_text, "error_text", &mut fields.error_text);
        text(findings.expected, "expected", &mut fields.expected);
    }
    let mut product = |best: Best<Product>, name: &str| {
        let Candidate { value, evidence } = best.take()?;
        all.insert(name.to_owned(), evidence);
        Some(value)
    };
    fields.browser = product(findings.browser, "browser");
    fields.os = product(findings.os, "os");
    if let Some(Candidate { value, evidence }) = findings.occurred_at.take() {
        fields.occurred_at = Some(value);
        all.insert("occurred_at".to_owned(), evidence);
    }
    if let Some((_, evidence)) = findings.steps.first() {
        let mut evidence = evidence.clone();
        evidence.span = findings.steps.iter().map(|(s, _)| s.as_str()).collect::<Vec<_>>().join("; ");
        all.insert("steps_tried".to_owned(), evidence);
    }
    fields.steps_tried = findings.steps.into_iter().map(|(step, _)| step).collect();
    if let Some((_, evidence)) = findings.urls.first() {
        all.insert("urls".to_owned(), evidence.clone());
    }
    fields.urls = findings.urls.into_iter().map(|(url, _)| url).collect();
    (fields, all)
}

#[cfg(test)]
mod tests;
