//! What clients are asked for and offered: needs of categories, facts of the operator's own, outages, help articles.

use maildesk::config;

use super::{PASSWORD, SMALLEST, parse};

#[test]
fn what_clients_are_asked_for_is_the_operators_word() {
    let more = r#"
[[category]]
name = "technical"
needs = ["evidence", "username"]
[[category]]
name = "account"
needs = ["invoice_title", "organisation"]
ask_max = 1
[[category]]
name = "business"
[[need]]
category = "account"
name = "invoice_title"
labels = ["invoice title", "发票抬头"]
[[need]]
category = "business"
name = "seats"
labels = ["seats"]
[[outage]]
words = ["gantt", "甘特图"]
until = "2026-12-01"
[[outage]]
words = "login"
"#;
    let policy = parse(&format!("{SMALLEST}{more}")).unwrap_or_else(|errors| panic!("{errors}")).policy;
    let needs = |category| policy.needs_of(category).map(|needs| (needs.needs.join(" "), needs.ask_max));
    assert_eq!(needs("technical"), Some(("evidence username".to_owned(), 3)));
    assert_eq!(needs("account"), Some(("invoice_title organisation".to_owned(), 1)));
    assert_eq!(needs("business"), Some(("seats".to_owned(), 3)));
    assert_eq!(needs("other"), None);
    assert_eq!(policy.outages.len(), 2);
    assert_eq!(policy.outages[0].until, "2026-12-01T00:00:00Z".parse().ok());
    assert_eq!(policy.outages[1].words, ["login"]);
    let usual = parse(SMALLEST).unwrap().policy;
    let technical = usual.needs_of("technical").unwrap();
    assert_eq!(
        (technical.needs.join(" "), technical.ask_max),
        (maildesk::triage::needs::TECHNICAL.join(" "), 3)
    );
    assert_eq!(usual.needs_of("account"), None);
}

#[test]
fn mistakes_in_what_is_asked_are_named() {
    let more = r#"
[[category]]
name = "technical"
needs = ["usernam", "invoice_title"]
ask_max = 11
[[need]]
category = "acount"
name = "Invoice title"
labels = []
[[need]]
category = "technical"
name = "username"
labels = ["x"]
[[outage]]
words = ["x"]
until = "soon"
[articles]
folder = "nowhere"
"#;
    let errors = parse(&format!("{SMALLEST}{more}")).unwrap_err().to_string();
    for part in [
        "usernam",
        "invoice_title",
        "ask_max",
        "acount",
        "Invoice title",
        "a fact that mails are read for",
        "soon",
        "nowhere",
    ] {
        assert!(errors.contains(part), "{part} in {errors}");
    }
}

#[test]
fn articles_are_read_from_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir_all(folder.path().join("articles/zh")).unwrap();
    put("articles/zh/gantt.md", "---\ntitle: 甘特图空白时的处理办法\nlanguages: [zh]\n---\n请刷新。");
    put("articles/reset.md", "# How to reset your password\n\nClick.");
    put("articles/picture.png", "no article");
    put("desk-secret", "0123456789abcdef0123456789abcdef\n");
    put("imap-password", PASSWORD);
    put("maildesk.toml", &format!("{SMALLEST}[articles]\nfolder = \"articles\"\n"));
    let config =
        config::load(&folder.path().join("maildesk.toml")).unwrap_or_else(|errors| panic!("{errors}"));
    let articles = &config.policy.articles;
    assert_eq!(articles.articles().iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["reset", "gantt"]);
    assert_eq!(articles.search("", "甘特图空白", "zh").len(), 1);
    put("articles/bad.md", "no title");
    let errors = config::load(&folder.path().join("maildesk.toml")).unwrap_err().to_string();
    assert!(errors.contains("bad.md") && errors.contains("no title"), "{errors}");
}
