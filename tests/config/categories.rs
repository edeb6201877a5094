//! Categories of the operator's own, and the words that speak for them.

use maildesk::triage::category::{Read, guess};

use super::{SMALLEST, parse};

const SHOP: &str = r#"
[triage]
precision = 0.9
[[category]]
name = "delivery"
words = ["Parcel", "where is ~ order", "快递", "快遞"]
needs = ["organisation"]
[[category]]
name = "account"
built_in = false
words = ["IBAN"]
[[category]]
name = "garden"
[[team]]
name = "post"
categories = ["delivery"]
members = []
"#;

#[test]
fn an_operators_categories_are_guessed_by_their_words() {
    let policy = parse(&format!("{SMALLEST}{SHOP}")).unwrap_or_else(|errors| panic!("{errors}")).policy;
    assert_eq!(policy.categories, ["delivery", "account", "garden"]);
    let model = policy.untaught();
    assert_eq!((model.precision, model.categories.len()), (0.9, 3));
    let name = |text: &str| guess(&Read::of("", text), &model).name;
    assert_eq!(name("where is my order?").as_deref(), Some("delivery"));
    assert_eq!(name("快遞到了嗎").as_deref(), Some("delivery"));
    assert_eq!(name("my iban changed").as_deref(), Some("account"));
    assert_eq!(
        name("We were charged twice, please refund our invoice."),
        None,
        "account is another thing here"
    );
    // Without any block the built-in ones and their words.
    let usual = parse(SMALLEST).unwrap().policy;
    let usual_guess = guess(&Read::of("", "We were charged twice, please refund."), &usual.untaught());
    assert_eq!(usual_guess.name.as_deref(), Some("account"));
    assert_ne!(*usual, *policy);
}

#[test]
fn mistakes_in_words_are_all_named_with_their_lines() {
    let more = r#"[[category]]
name = "delivery"
words = ["parcel", "", "…", "x", 5]
[[category]]
name = "returns"
words = ["refund", "Parcel_"]
[[category]]
name = "empty"
words = []
[[category]]
name = "garden"
words = "roses"
built_in = false
[[category]]
name = "technical"
built_in = "no"
[[rule]]
when = { body_words = "x" }
set = { category = "delivry" }
"#;
    let first = SMALLEST.lines().count() + 1;
    let errors = parse(&format!("{SMALLEST}{more}")).unwrap_err();
    let found: Vec<(usize, String)> =
        errors.errors.iter().map(|e| (e.line - first, e.problem.clone())).collect();
    let wanted = [
        (2, "must not be empty"),
        (2, "has no letter to look for"),
        (2, "is one letter"),
        (2, "must be a text in quotes"),
        (5, "is a word of \"delivery\" already, by line"),
        (8, "must name a word at least"),
        (11, "must be a list of texts"),
        (12, "the program has no words for \"garden\""),
        (15, "must be true or false"),
        (18, "did you mean \"delivery\"?"),
    ];
    for (line, part) in wanted {
        assert!(
            found.iter().any(|(at, problem)| *at == line && problem.contains(part)),
            "{line} {part}: {found:#?}"
        );
    }
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    assert!(errors.errors.iter().all(|e| !e.example.is_empty()));
}
