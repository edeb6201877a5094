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
    desk::{LetterBody, Policy, Role, TicketId, commands},
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

/// What an agent's reply looks like to the client, by how it ends.
fn reply_that_ends(ending: &str) -> String {
    let (policy, templates, zone) = (sample::policy(), Templates::builtin().unwrap(), TimeZone::UTC);
    let frame = sample::frame(&policy, &zone, Some(TicketId(1042)));
    let (_, letter) = sample::letters("en").into_iter().find(|(name, _)| *name == "reply").unwrap();
    let LetterBody::Reply { agent_name, subject, .. } = letter.body else { panic!("no reply") };
    let text = format!("It works again.\n\n{ending}");
    let body = LetterBody::Reply { agent_name, subject, text, articles: Vec::new() };
    render(&maildesk::desk::Letter { body, ..letter }, &frame, &templates).text
}

#[test]
fn an_agent_who_signs_is_not_signed_again() {
    for ending in [
        "Kind regards\nBob Miller",
        "Best,\nBob",
        "Bob.",
        "— Bob",
        "Cheers\nMiller\n",
        "Bob\nSupport\nExample Ltd\n1 Road\n+49 30",
    ] {
        let text = reply_that_ends(ending);
        assert_eq!((text.matches("Bob").count() + text.matches("\nMiller").count()), 1, "{ending}: {text}");
    }
    for ending in ["Please ask Bob about it.", "Thanks"] {
        assert!(reply_that_ends(ending).contains("\n\nBob Miller\n"), "{ending}");
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

/// Columns in a fixed-width font: Han and full-width punctuation count two.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if matches!(u32::from(c), 0x2e80..=0x9fff | 0xff00..=0xff60) { 2 } else { 1 }).sum()
}

#[test]
fn no_line_of_text_is_wider_than_76_columns_but_a_link() {
    for (name, letter) in everything() {
        for line in letter.text.lines() {
            assert!(columns(line) <= 76 || line.trim().starts_with("https://"), "{name}: {line}");
        }
        assert!(!letter.text.contains("\n\n\n"), "{name}");
        assert!(!letter.subject.contains(['\n', '\r']), "{name}");
    }
}

#[test]
fn html_is_self_contained() {
    for (name, letter) in everything() {
        let html = &letter.html;
        for banned in ["<img", "<form", "url(", "@import", "@font-face", "http://", "<link"] {
            assert!(!html.contains(banned), "{name}: {banned}");
        }
        assert!(html.contains("max-width:640px") && html.contains("prefers-color-scheme: dark"), "{name}");
        let ink = include_str!("../../config/templates/layout.html");
        assert!(
            !ink.contains(": #") && !ink.contains(":#"),
            "colours come from the palette, which is tested for contrast"
        );
    }
}

/// What a reader sees of HTML.
fn visible(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let mut seen = String::new();
    for piece in body.split('<').skip(1) {
        seen.push_str(piece.split_once('>').map_or("", |(_, text)| text));
        seen.push(' ');
    }
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn html_begins_with_what_an_inbox_list_should_show() {
    for (name, letter) in everything() {
        let first: String = letter.text.lines().next().unwrap().chars().take(12).collect();
        let shown = visible(&letter.html).replace("&lt;", "<").replace("&gt;", ">");
        assert!(shown.starts_with(first.trim_end()), "{name}: {first:?} / {shown}");
    }
}

#[test]
fn buttons_write_the_command_and_say_it_as_well() {
    let all = everything();
    let html = &all["notification.en"].html;
    let link = "mailto:support%2Breply@example.com?subject=Re%3A%20%E7%94%98%E7%89%B9%E5%9B%BE%E6%97%A0%E6%B3%95%E5%8A%A0%E8%BD%BD%20%5B%231042%5D&amp;body=%23take";
    let found = html.replace("&#x2f;", "/");
    assert!(found.contains(link) && found.contains("or reply with #take"), "{found}");
    assert!(all["notification.en"].text.contains("  #take "));
}

#[test]
fn what_stands_beside_a_button_can_be_typed() {
    let policy = sample::policy();
    for (language, words) in [("en", "or reply with "), ("zh", "或回复 ")] {
        let all = everything();
        let html = all[&format!("notification.{language}")].html.as_str();
        let typed: Vec<&str> = html.split(words).skip(1).filter_map(|p| p.split('<').next()).collect();
        assert_eq!(typed.len(), 4, "{html}");
        for command in typed {
            let found = commands::parse(command, &policy, Role::Agent);
            assert!(found.problems.is_empty() && found.commands.len() == 1, "{command}: {found:?}");
        }
    }
    assert!(everything()["notification.zh"].html.contains("或回复 #分类 账号<"));
}

#[test]
fn many_categories_are_no_wall_of_buttons_and_what_was_guessed_comes_first() {
    let many = (0..12).map(|n| format!("part {n}")).chain(["technical".to_owned(), "spare parts".to_owned()]);
    let policy = Policy { categories: many.collect(), ..sample::policy() };
    let letter = &all(&policy, &Templates::builtin().unwrap())["notification_doubtful.en"];
    let buttons: Vec<&str> = letter.text.lines().filter(|line| line.starts_with("  #category ")).collect();
    assert_eq!(buttons.len(), 6, "{}", letter.text);
    assert!(buttons[0].contains("spare parts") && buttons[1].contains("technical"), "{buttons:?}");
}

#[test]
fn an_agents_links_can_be_followed_and_a_clients_are_text() {
    let all = everything();
    let link = "<a class=\"link\" href=\"https://help.example.com/en/";
    assert!(all["reply.en"].html.replace("&#x2f;", "/").contains(link), "{}", all["reply.en"].html);
    for (name, letter) in all.iter().filter(|(name, _)| !name.starts_with("reply")) {
        // The operator's own help articles are no client's words.
        let html =
            letter.html.replace("&#x2f;", "/").replace("href=\"https://help.example.com/zh/articles/", "");
        assert!(!html.contains("href=\"http"), "{name}");
    }
}

#[test]
fn clients_learn_which_addresses_are_ours_and_never_read_our_jargon() {
    for (name, letter) in
        everything().iter().filter(|(n, _)| n.starts_with("acknowledgement") || n.starts_with("reply"))
    {
        assert!(letter.text.trim_end().lines().last().unwrap().contains("support@example.com"), "{name}");
        let low = letter.text.to_lowercase();
        for banned in ["ticket", "!", "do not reply", "工单", "！"] {
            assert!(!low.contains(banned), "{name}: {banned}");
        }
    }
}

#[test]
fn an_operators_mistakes_are_all_told_with_file_and_line() {
    let overrides = [
        ("letters/reply.letter", "{{ p(text) }}\n{% if %}"),
        ("en/alert.letter", "{{ lead(title) }}\n{{ nothing_of_this_name }}"),
        ("fr/words.toml", "colon = 5"),
        ("reply.html", ""),
    ];
    let all = overrides.iter().map(|(n, s)| ((*n).to_owned(), (*s).to_owned())).collect();
    let mistakes = Templates::with_overrides(&all).unwrap_err().mistakes;
    for start in ["letters/reply.letter:2: ", "fr/words.toml:1: colon", "reply.html:1: "] {
        assert!(mistakes.iter().any(|m| m.starts_with(start)), "{start} in {mistakes:#?}");
    }
    let undefined = BTreeMap::from([(overrides[1].0.to_owned(), overrides[1].1.to_owned())]);
    let mistakes = Templates::with_overrides(&undefined).unwrap_err().mistakes;
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    assert!(mistakes[0].starts_with("en/alert.letter:2: "), "{mistakes:#?}");
}

#[test]
fn an_operators_letter_and_language_take_the_place_of_the_built_in_ones() {
    let english = include_str!("../../config/templates/en/words.toml");
    let overrides = BTreeMap::from([
        ("fr/words.toml".to_owned(), english.replace("We have your mail", "Votre message est arrivé")),
        ("en/acknowledgement.letter".to_owned(), "{{ lead(\"Mine & yours\") }}".to_owned()),
    ]);
    let templates = Templates::with_overrides(&overrides).unwrap();
    assert_eq!(templates.languages(), ["de", "en", "fr", "zh"]);
    let (policy, zone) = (sample::policy(), TimeZone::UTC);
    let frame = sample::frame(&policy, &zone, Some(TicketId(1042)));
    let french = render(&sample::letters("fr").remove(0).1, &frame, &templates);
    assert!(french.text.starts_with("Votre message est arrivé, number #1042."), "{}", french.text);
    let mine = render(&sample::letters("en").remove(0).1, &frame, &templates);
    assert_eq!(mine.text, "Mine & yours\n");
    assert!(mine.html.contains("Mine &amp; yours"));
}

#[test]
fn html_says_all_that_the_text_says() {
    let bare = |text: &str| {
        text.chars().filter(|c| !c.is_whitespace() && !":：\u{a0}".contains(*c)).collect::<String>()
    };
    for (name, letter) in everything() {
        let html = visible(&letter.html)
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#x2f;", "/")
            .replace("&amp;", "&");
        let html = bare(&html.replace("&quot;", "\"").replace("&#x27;", "'"));
        for block in letter.text.split("\n\n") {
            // Commands are listed in plain text; HTML has a button and its twin for each.
            let is_buttons =
                block.lines().any(|line| line.starts_with("  #category ") || line.starts_with("  #分类 "));
            for line in block.lines().filter(|_| !is_buttons) {
                let line = line.trim_start();
                // What a word of an article leads to: the target of its link.
                if let Some(at) = line.find("https://").filter(|_| name.starts_with("reply_article")) {
                    let link = line.split_at(at).1;
                    assert!(
                        letter.html.replace("&#x2f;", "/").contains(&format!("href=\"{link}\"")),
                        "{name}: {line}"
                    );
                    continue;
                }
                let numbered = line.split_once(". ").filter(|(n, _)| n.len() == 1 && n.parse::<u8>().is_ok());
                let line = bare(line.strip_prefix("- ").or(numbered.map(|(_, rest)| rest)).unwrap_or(line));
                assert!(html.contains(&line), "{name}: {line}");
            }
        }
    }
}
