//! The templates that are part of the program, so that a desk works without a template folder.

macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../config/templates/", $name)))),*]
    };
}

/// Name in the template folder, and source.
pub(super) const FILES: &[(&str, &str)] = embed![
    "de/words.toml",
    "en/words.toml",
    "layout.html",
    "letters/acknowledgement.letter",
    "letters/alert.letter",
    "letters/challenge.letter",
    "letters/bundle.letter",
    "letters/confirmation.letter",
    "letters/digest.letter",
    "letters/notification.letter",
    "letters/refusal.letter",
    "letters/reminder.letter",
    "letters/reply.letter",
    "letters/shown.letter",
    "letters/transcript.letter",
    "parts/article.html",
    "parts/buttons.html",
    "parts/facts.html",
    "parts/foot.html",
    "parts/lead.html",
    "parts/links.html",
    "parts/list.html",
    "parts/numbered.html",
    "parts/p.html",
    "parts/quote.html",
    "parts/said.html",
    "zh/words.toml",
];
