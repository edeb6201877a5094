//! The command lines at the top of a mail (SPEC section 9).

use super::world::policy;
use crate::desk::{
    Policy, Priority, Problem, Role,
    commands::{Order, parse, same_commands, text_after},
    state::Input,
};

fn orders(text: &str) -> Vec<Order> {
    let found = parse(text, &policy(), Role::Agent);
    assert_eq!(found.problems, [], "{text}");
    found.commands.into_iter().map(|c| c.order).collect()
}

#[test]
fn chinese_names_are_equal() {
    for (english, chinese) in [
        ("#take", "#认领"),
        ("#take", "＃接手"),
        ("#assign bob", "#指派 Bob"),
        ("#assign none", "#指派：无"),
        ("#category account", "#分类 账户"),
        ("#technical", "#技术"),
        ("#priority high", "#优先级：高"),
        ("#urgent", "#紧急"),
        ("#wait", "#等待"),
        ("#resolve", "#解决"),
        ("#close", "#关闭"),
        ("#reopen", "#重开"),
        ("#open", "#打开"),
        ("#note x", "#备注 x"),
        ("#article login", "#文章 login"),
        ("#show 12", "#查看 #12"),
        ("#help", "#帮助"),
    ] {
        assert_eq!(orders(english), orders(chinese), "{english}");
        assert_eq!(orders(english).len(), 1);
    }
}

#[test]
fn only_the_top_is_searched() {
    let state = |i| Order::State(i);
    assert_eq!(
        orders("\n  \r\n#Close\r\n\r\n#urgent\nhello\n#wait"),
        [state(Input::Close), Order::Priority(Priority::Urgent)]
    );
    assert_eq!(orders("hello\n#close"), []);
    assert_eq!(orders("> #close"), []);
    assert_eq!(orders("\\#close"), []);
    assert_eq!(orders("#take #urgent"), [Order::Take, Order::Priority(Priority::Urgent)]);
    assert_eq!(orders("\u{feff}#take"), [Order::Take]);
    assert_eq!(orders("\u{200b}\n\u{200b}#take"), [Order::Take]);
}

#[test]
fn the_text_is_what_follows() {
    for (text, expected) in [
        ("#close\n\nhello\n#wait", "hello\n#wait"),
        ("\\#1 is broken\n  indented", "#1 is broken\n  indented"),
        ("#note one\ntwo", "one\ntwo"),
        ("#take\r\nhello\r\nyou", "hello\nyou"),
        ("#take", ""),
        ("", ""),
    ] {
        assert_eq!(text_after(text), expected, "{text}");
    }
    assert!(same_commands("\n#take\nx", "#take\ny"));
    assert!(!same_commands("x\n#take", "#take"));
}

#[test]
fn a_near_miss_is_suggested_and_nonsense_is_not() {
    for (written, meant) in [
        ("#clsoe", Some("#close")),
        ("#closed", Some("#close")),
        ("#resolv", Some("#resolve")),
        ("#tkae", Some("#take")),
        ("#urgnet", Some("#urgent")),
        ("#关 闭", Some("#关闭")),
        ("#1042", None),
        ("#supercalifragilistic", None),
        ("#", None),
    ] {
        let found = parse(written, &policy(), Role::Agent);
        let Some(Problem::UnknownCommand { line: 1, did_you_mean, .. }) = found.problems.first() else {
            panic!("{written}: {found:?}")
        };
        assert_eq!(did_you_mean.as_deref(), meant, "{written}");
    }
}

#[test]
fn names_resolve_by_address_local_part_and_name() {
    for (name, address) in [
        ("bob@example.com", "bob@example.com"),
        ("BOB", "bob@example.com"),
        ("bob lee", "bob@example.com"),
        ("carol", "carol@example.com"),
        ("Lee", "bob@example.com"),
    ] {
        assert_eq!(orders(&format!("#assign {name}")), [Order::Assign(Some(address.into()))], "{name}");
    }
    let ambiguous = parse("#assign Chen", &policy(), Role::Agent).problems;
    let [Problem::BadArgument { allowed, .. }] = ambiguous.as_slice() else { panic!("{ambiguous:?}") };
    assert_eq!(allowed, &["alice@example.com", "carol@example.com"]);
}

#[test]
fn the_operator_s_own_categories_are_commands() {
    let own = Policy { categories: vec!["Hardware".into()], ..policy() };
    let found = parse("#hardware", &own, Role::Agent);
    assert_eq!(found.commands[0].order, Order::Category("Hardware".into()));
    assert!(matches!(parse("#technical", &own, Role::Agent).problems[..], [Problem::UnknownCommand { .. }]));
}

#[test]
fn a_chinese_name_of_an_operator_s_own_category_is_that_category() {
    let own = Policy { categories: vec!["商务".into(), "技术".into(), "account".into()], ..policy() };
    for (text, category) in
        [("#商务", "商务"), ("#分类 技术", "技术"), ("#账号", "account"), ("#account", "account")]
    {
        let found = parse(text, &own, Role::Agent);
        assert!(found.problems.is_empty(), "{text}: {found:?}");
        assert_eq!(found.commands[0].order, Order::Category(category.into()), "{text}");
    }
}

#[test]
fn what_letters_tell_to_type_files_a_ticket() {
    let own =
        Policy { categories: ["technical", "spare parts", "close"].map(String::from).to_vec(), ..policy() };
    for category in &own.categories {
        for chinese in [false, true] {
            let text = super::super::commands::filing(category, chinese);
            let found = parse(&text, &own, Role::Agent);
            assert_eq!(found.commands[0].order, Order::Category(category.clone()), "{text}: {found:?}");
        }
    }
}

#[test]
fn contradictions_name_both() {
    let found = parse("#close\n#urgent\n#wait", &policy(), Role::Agent).problems;
    let expected = Problem::Contradiction { line: 3, command: "#wait".into(), other: "#close".into() };
    assert_eq!(found, [expected]);
    assert_eq!(parse("#close\n#close", &policy(), Role::Agent).problems, []);
}
