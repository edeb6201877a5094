//! Buttons: `mailto:` links that write a command for the agent, each with its typed twin (RFC 6068).

use minijinja::{Error, Value, context};

use super::words::Words;

/// One step that an agent can take by one tap.
pub(super) struct Action {
    pub label: String,
    /// What the mail begins with, `#take`.
    pub command: String,
    /// The same as the reader would type it, `#接手`.
    pub typed: String,
    /// The words beside the button.
    pub twin: String,
}

impl Action {
    /// A button that writes `command`.
    pub(super) fn new(words: Words<'_>, label: String, command: &str) -> Result<Self, Error> {
        Self::typed(words, label, command, command.to_owned())
    }

    /// A button whose command the reader would type in another way.
    pub(super) fn typed(
        words: Words<'_>,
        label: String,
        command: &str,
        typed: String,
    ) -> Result<Self, Error> {
        let twin = words.say("buttons.twin", context! { command => &typed })?;
        Ok(Self { label, command: command.to_owned(), typed, twin })
    }

    /// A link that begins an answer, with nothing in it.
    pub(super) fn answer(reply_address: &str, subject: &str) -> String {
        format!("mailto:{}?subject={}", percent(reply_address, "@"), percent(&format!("Re: {subject}"), ""))
    }

    /// The action as templates see it.
    pub(super) fn value(&self, reply_address: &str, subject: &str) -> Value {
        let href = format!(
            "mailto:{}?subject={}&body={}",
            percent(reply_address, "@"),
            percent(subject, ""),
            percent(&self.command, "")
        );
        context! { label => &self.label, command => &self.typed, twin => &self.twin, href }
    }
}

/// Percent-encodes all but unreserved characters (RFC 6068 section 2) and those in `kept`. `+` is encoded too: some
/// programs read it as a blank, and reply addresses carry one.
fn percent(text: &str, kept: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || kept.contains(c) {
            encoded.push(c);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
