//! Letters as people receive them: golden files of every kind in every language, and rules that hold for all of them.
//! `MAILDESK_BLESS=1` rewrites the golden files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

use std::{collections::BTreeMap, path::Path};

use jiff::tz::TimeZone;
use maildesk::{
    desk::{LetterBody, Policy, TicketId},
    render::{Rendered, Templates, render, sample},
};

const LANGUAGES: [(&str, &str); 3] =
    [("de", "Europe/Berlin"), ("en", "Europe/Berlin"), ("zh", "Asia/Shanghai")];

/// Every sample letter in every language, under `name.language`.
fn all(policy: &Policy, templates: &Templates) -> BTreeMap<String, Rendered> {
    let mut all = BTreeMap::new();
    for (language, zone) in LANGUAGES {
        let zone = TimeZone::get(zone).unwrap();
        let frame = sample::frame(policy, &zone, Some(TicketId(1042)));
        for (name, letter) in sample::letters(language) {
            all.insert(format!("{name}.{language}"), render(&letter, &frame, templates));
        }
    }
    all
}

fn everything() -> BTreeMap<String, Rendered> {
    all(&sample::policy(), &Templates::builtin().unwrap())
}

#[test]
fn letters_are_as_their_golden_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/render");
    let bless = std::env::var_os("MAILDESK_BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, letter) in everything() {
        let text = format!("Subject: {}\n\n{}", letter.subject, letter.text);
        for (file, content) in [(format!("{name}.txt"), text), (format!("{name}.html"), letter.html)] {
            let path = folder.join(&file);
            if bless {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, content).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != content {
                wrong.push(file);
            }
        }
    }
    assert!(wrong.is_empty(), "differ from their golden files: {wrong:?}");
}

#[test]
fn nothing_of_a_client_is_read_as_html_or_template() {
    for (name, letter) in everything() {
        assert!(!letter.html.contains("<script"), "{name}");
        if name.starts_with("notification") {
            assert!(
                letter
                    .html
                    .contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt; {{ config }} failed &amp; stopped"),
                "{name}"
            );
            assert!(
                letter.text.contains("<script>alert(1)</script> {{ config }} failed & stopped"),
                "{name}"
            );
        }
    }
}

#[test]
fn an_unproven_sender_gets_nothing_of_their_own_text_back() {
    for (name, letter) in everything().iter().filter(|(name, _)| name.starts_with("acknowledgement_unproven"))
    {
        for part in [&letter.subject, &letter.text, &letter.html] {
            assert!(!part.contains("甘特图"), "{name}");
        }
    }
}

#[test]
fn a_letter_with_no_languages_of_its_own_takes_the_default() {
    let (policy, templates, zone) = (sample::policy(), Templates::builtin().unwrap(), TimeZone::UTC);
    let frame = sample::frame(&policy, &zone, Some(TicketId(1042)));
    for (asked, found) in [("pt", "en"), ("zh-Hant", "zh"), ("DE_at", "de")] {
        let (_, letter) = sample::letters(asked).remove(0);
        assert!(matches!(letter.body, LetterBody::Acknowledgement { .. }));
        assert!(
            render(&letter, &frame, &templates).html.contains(&format!("<html lang=\"{found}\">")),
            "{asked}"
        );
    }
}
