//! Letters in words: subject, plain text and HTML of every mail that the desk writes. **Pure**; may import `mail`,
//! `triage` and `desk`. Knows nothing of SMTP, of the store and of where templates come from: they are an argument.
//!
//! Invariants: rendering cannot fail (a template's mistake falls back to plain built-in words); the same arguments give
//! the same bytes; nothing of a value is ever read as a template or as HTML; text and HTML say the same.

mod action;
mod article;
mod blocks;
mod builtin;
mod filing;
mod letters;
mod links;
mod matter;
mod palette;
mod plain;
pub mod sample;
mod subject;
mod templates;
mod text;
mod time;
mod words;

use jiff::{Timestamp, tz::TimeZone};
use minijinja::{Error, context};

pub use self::templates::{RenderError, Templates};
use crate::desk::{self, Letter, TicketId};

/// A letter, ready to be composed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// One line, not yet encoded.
    pub subject: String,
    /// Lines end with `\n`; at most 76 columns, longer only where a single word (a link) is.
    pub text: String,
    /// A whole document.
    pub html: String,
}

/// What a letter stands in: everything that is not in the letter itself.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    pub policy: &'a desk::Policy,
    /// The mailbox that the letter leaves from.
    pub mailbox: &'a desk::MailboxPolicy,
    pub ticket: Option<TicketId>,
    /// Where answers to this letter go, token included: for `mailto:` buttons.
    pub reply_address: &'a str,
    /// The agent's own address at the desk, for letters that tell it; else empty.
    pub desk_address: &'a str,
    /// In which times are written.
    pub zone: &'a TimeZone,
    pub now: Timestamp,
}

/// Writes a letter in the nearest language that there is. When a template fails, the letter leaves in plain built-in
/// English rather than not at all; [`Templates::with_overrides`] finds such templates at start.
#[must_use]
pub fn render(letter: &Letter, frame: &Frame<'_>, templates: &Templates) -> Rendered {
    try_render(letter, frame, templates).unwrap_or_else(|_| plain::render(letter, frame))
}

fn try_render(letter: &Letter, frame: &Frame<'_>, templates: &Templates) -> Result<Rendered, Error> {
    let language = templates.nearest(&letter.language, &frame.policy.default_language);
    let words = templates.words(language);
    let view = letters::view(letter, frame, words)?;
    let text = templates.run_letter(language, view.template, "txt", view.values.clone())?;
    let body = templates.run_letter(language, view.template, "html", view.values)?;
    let body = minijinja::Value::from_safe_string(body);
    let html = templates
        .env
        .get_template("layout.html")?
        .render(context! { lang => language, subject => &view.subject, body })?;
    Ok(Rendered { subject: view.subject, text: text::join_blocks(&text), html })
}
