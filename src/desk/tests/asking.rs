//! What clients are asked for, what they are shown and offered, and what their answers fill.

use std::{collections::BTreeMap, sync::Arc};

use super::world::*;
use crate::{
    desk::*,
    mail::{Attachment, AttachmentKind},
    triage::{
        Evidence, Fields, OccurredAt, Product,
        articles::{Article, Index},
        needs::Intent,
        secrets::SecretKind,
    },
};

fn trouble(text: &str, proven: bool) -> MailFacts {
    let mut facts = mail(&client(), text, proven);
    facts.triage.intent = Intent::Problem;
    facts.triage.category.name = Some("technical".into());
    facts.triage.category.confidence = 0.97;
    facts
}

fn with_fields(mut facts: MailFacts) -> MailFacts {
    let product =
        |name: &str, version: &str| Product { name: Some(name.into()), version: Some(version.into()) };
    facts.triage.fields = Fields {
        browser: Some(product("Chrome", "126")),
        os: Some(product("Windows", "11")),
        occurred_at: Some(OccurredAt {
            text: Some("昨天下午三点左右".into()),
            from: Some("2026-11-22T06:30:00Z".into()),
            to: Some("2026-11-22T07:30:00Z".into()),
        }),
        steps_tried: vec!["清除缓存".into(), "重新登录".into()],
        ..Fields::default()
    };
    facts.triage.evidence = BTreeMap::from([(
        "browser".to_owned(),
        Evidence { source: "prose".into(), span: String::new(), confidence: 0.9 },
    )]);
    facts
}

fn understanding(decision: &Decision) -> Understanding {
    let found = decision.letters.iter().find_map(|letter| match &letter.body {
        LetterBody::Acknowledgement { understanding, .. } => Some(understanding.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no acknowledgement: {:?}", letters(decision)))
}

fn asked(decision: &Decision) -> Vec<String> {
    understanding(decision).asks.into_iter().map(|ask| ask.name).collect()
}

fn stored(decision: &Decision) -> Option<Matter> {
    decision.changes.iter().find_map(|change| match change {
        Change::Facts(matter) => Some(matter.clone()),
        _ => None,
    })
}

fn known(matter: &Matter) -> Vec<(&str, &str, &str)> {
    matter
        .facts
        .iter()
        .map(|(name, fact)| (name.as_str(), fact.value.as_str(), fact.source.as_str()))
        .collect()
}

#[test]
fn only_what_is_missing_is_asked_for_and_three_things_at_most() {
    assert_eq!(
        asked(&decided(trouble("用不了了，快点解决！！", true))),
        ["username", "environment", "occurred_at"]
    );
    let decision = decided(with_fields(trouble("甘特图一直空白", true)));
    assert_eq!(asked(&decision), ["username", "evidence"]);
    let matter = stored(&decision).unwrap();
    assert_eq!(matter.asked, ["username", "evidence"]);
    assert_eq!(
        known(&matter),
        [
            ("browser", "Chrome 126", "prose"),
            ("occurred_at", "昨天下午三点左右", "prose"),
            ("os", "Windows 11", "prose"),
            ("steps_tried", "清除缓存\n重新登录", "prose"),
        ]
    );
    assert_eq!(matter.facts["browser"].confidence, 90);
    assert_eq!(matter.facts["occurred_at"].from, "2026-11-22T06:30:00Z".parse().ok());
    let mut shown = with_fields(trouble("甘特图一直空白", true));
    shown.reading.attachments =
        vec![Attachment { name: "a.png".into(), kind: AttachmentKind::Screenshot, ..Attachment::default() }];
    shown.triage.fields.username = Some("lina01".into());
    assert!(asked(&decided(shown)).is_empty());
}

#[test]
fn the_unproven_are_asked_and_shown_nothing() {
    let decision = decided(with_fields(trouble("甘特图一直空白", false)));
    let said = understanding(&decision);
    assert_eq!(said.asks.len(), 2);
    assert!(said.facts.is_empty());
    let proven = understanding(&decided(with_fields(trouble("甘特图一直空白", true))));
    assert_eq!(proven.facts.len(), 4);
}

#[test]
fn who_asks_how_wishes_or_complains_is_asked_for_nothing() {
    for intent in [Intent::HowTo, Intent::Wish, Intent::Complaint, Intent::Thanks] {
        let mut facts = trouble("x", true);
        facts.triage.intent = intent;
        let decision = decided(facts);
        assert!(asked(&decision).is_empty(), "{intent:?}");
        assert_eq!(stored(&decision), None);
    }
    // Mails of other categories need nothing, unless the operator says so.
    let mut invoice = trouble("请开发票", true);
    invoice.triage.category.name = Some("account".into());
    invoice.triage.intent = Intent::Question;
    assert!(asked(&decided(invoice)).is_empty());
}

#[test]
fn a_trouble_that_is_filed_nowhere_is_asked_as_the_technical_ones() {
    let mut unsure = trouble("用不了", true);
    unsure.triage.category = Default::default();
    let decision = decided(unsure);
    assert_eq!(asked(&decision).len(), 3);
}

#[test]
fn operators_name_their_own_facts_and_how_many_are_asked() {
    let mut policy = policy();
    policy.own_facts = vec![OwnFact {
        category: "account".into(),
        name: "invoice_title".into(),
        labels: vec!["invoice title".into(), "发票抬头".into()],
    }];
    policy.needs.insert(
        "technical".into(),
        CategoryNeeds { needs: vec!["evidence".into(), "username".into()], ask_max: 1 },
    );
    let invoice = |text: &str| {
        let mut facts = trouble(text, true);
        facts.triage.category.name = Some("account".into());
        facts.triage.intent = Intent::Question;
        facts
    };
    let decision = decided_by(invoice("请开 2 月份的发票"), &policy);
    let ask = Ask { name: "invoice_title".into(), label: Some("发票抬头".into()) };
    assert_eq!(understanding(&decision).asks, [ask]);
    let decision = decided_by(invoice("请开发票\n发票抬头：青禾信息技术有限公司"), &policy);
    assert!(asked(&decision).is_empty());
    assert_eq!(known(&stored(&decision).unwrap()), [("invoice_title", "青禾信息技术有限公司", "label")]);
    assert_eq!(asked(&decided_by(trouble("用不了", true), &policy)), ["evidence"]);
}

#[test]
fn a_known_outage_is_said_and_nothing_is_asked() {
    let mut policy = policy();
    let outage = |until| Outage { words: vec!["Gantt".into(), "甘特图".into()], until };
    policy.outages = vec![outage(Some(hours_ago(-1)))];
    let said = understanding(&decided_by(trouble("甘特图打不开", true), &policy));
    assert!(said.known_outage && said.asks.is_empty());
    policy.outages = vec![outage(Some(hours_ago(1)))];
    let said = understanding(&decided_by(trouble("甘特图打不开", true), &policy));
    assert!(!said.known_outage && !said.asks.is_empty());
    policy.outages = vec![Outage { words: vec!["api".into()], until: None }];
    for (text, wanted) in [("Rapid changes break the board", false), ("Your API-Server is down", true)] {
        assert_eq!(understanding(&decided_by(trouble(text, true), &policy)).known_outage, wanted, "{text}");
    }
}

#[test]
fn articles_are_offered_and_one_that_answers_ends_the_questions() {
    let mut policy = policy();
    let article = |name: &str, title: &str| Article {
        name: name.into(),
        title: title.into(),
        languages: vec!["zh".into()],
        url: Some(format!("https://help.example.com/{name}")),
        ..Article::default()
    };
    policy.articles = Arc::new(Index::build(vec![
        article("gantt", "甘特图空白时的处理办法"),
        article("export", "导出任务到 Excel 表格"),
    ]));
    let mut facts = trouble("升级后甘特图白屏，页面空白", true);
    facts.reading.title = "图表".into();
    let decision = decided_by(facts, &policy);
    let titles: Vec<String> =
        understanding(&decision).articles.into_iter().map(|article| article.title).collect();
    assert_eq!(titles, ["甘特图空白时的处理办法"]);
    let mut exact = trouble("导出任务到 Excel 表格失败", true);
    exact.reading.title = "导出任务到 Excel 表格".into();
    let decision = decided_by(exact, &policy);
    assert!(asked(&decision).is_empty());
    assert_eq!(understanding(&decision).articles.len(), 1);
}

#[test]
fn answers_fill_the_ticket_and_the_team_sees_it() {
    let mut facts = answer(State::Open, "您好，\n1. lina01\n2. 没有\n谢谢");
    facts.tickets[0].matter =
        Matter { asked: vec!["username".into(), "evidence".into()], ..Matter::default() };
    let decision = decided(facts);
    let matter = stored(&decision).unwrap();
    assert_eq!(known(&matter), [("username", "lina01", "answer")]);
    assert_eq!(matter.asked, ["username", "evidence"]);
    assert!(event_kinds(&decision).contains(&"facts"));
    let LetterBody::Notification { brief, .. } = &decision.letters[0].body else { panic!() };
    assert_eq!(brief.matter, matter);
    assert!(!letters(&decision).iter().any(|letter| letter.starts_with("ack")));
    // In sentences, as the fields find it, and with a file.
    let mut facts = answer(State::Waiting, "我的用户名是 lina01，截图见附件");
    facts.triage.fields.username = Some("lina01".into());
    facts.reading.attachments =
        vec![Attachment { name: "a.png".into(), kind: AttachmentKind::Screenshot, ..Attachment::default() }];
    let matter = stored(&decided(facts)).unwrap();
    assert_eq!(known(&matter), [("evidence", "screenshot", "attachment"), ("username", "lina01", "prose")]);
}

#[test]
fn a_later_word_corrects_only_where_it_is_firm() {
    let fact =
        |value: &str, source: &str| Fact { value: value.into(), source: source.into(), ..Fact::default() };
    let before = || Matter {
        facts: BTreeMap::from([
            ("browser".to_owned(), fact("Chrome 126", "prose")),
            ("username".to_owned(), fact("old", "history")),
            ("steps_tried".to_owned(), fact("清除缓存", "prose")),
        ]),
        ..Matter::default()
    };
    let later = |source: &str| Matter {
        facts: BTreeMap::from([
            ("browser".to_owned(), fact("Firefox 123", source)),
            ("username".to_owned(), fact("lina01", "prose")),
            ("steps_tried".to_owned(), fact("清除缓存\n换浏览器", "prose")),
            ("os".to_owned(), fact("Windows 11", "prose")),
        ]),
        ..Matter::default()
    };
    for (source, by_requester, browser, username) in [
        ("prose", true, "Chrome 126", "lina01"),
        ("label", true, "Firefox 123", "lina01"),
        // What is known of the requester is not another's to change.
        ("label", false, "Chrome 126", "old"),
    ] {
        let mut matter = before();
        matter.add(later(source), by_requester);
        let values: Vec<&str> = matter.facts.values().map(|fact| fact.value.as_str()).collect();
        assert_eq!(
            values,
            [browser, "Windows 11", "清除缓存\n换浏览器", username],
            "{source} {by_requester}"
        );
    }
}

#[test]
fn who_proves_nothing_corrects_nothing_of_a_proven_client() {
    for (was_proven, is_proven, wanted) in
        [(true, true, "mallory"), (true, false, "lina01"), (false, false, "mallory")]
    {
        let mut facts = answer(State::Open, "Username: mallory");
        facts.tickets[0].requester_proven = was_proven;
        facts.tickets[0].matter.facts.insert(
            "username".to_owned(),
            Fact { value: "lina01".into(), source: "label".into(), ..Fact::default() },
        );
        facts.triage.fields.username = Some("mallory".into());
        facts.triage.evidence.insert(
            "username".to_owned(),
            Evidence { source: "label".into(), span: String::new(), confidence: 0.97 },
        );
        if !is_proven {
            facts.reading.trace.authentication_results.clear();
        }
        let decision = decided(facts);
        let username = stored(&decision).map_or("lina01".to_owned(), |m| m.facts["username"].value.clone());
        assert_eq!(username, wanted, "{was_proven} {is_proven}");
    }
}

#[test]
fn what_is_known_of_a_proven_client_is_not_asked_again() {
    let fact = |value: &str| Fact { value: value.into(), source: "label".into(), ..Fact::default() };
    let earlier = Matter {
        facts: BTreeMap::from([
            ("username".to_owned(), fact("lina01")),
            ("os".to_owned(), fact("Windows 11")),
            ("occurred_at".to_owned(), fact("昨天")),
        ]),
        ..Matter::default()
    };
    let lasting = Matter::lasting(std::slice::from_ref(&earlier));
    assert_eq!(lasting.keys().collect::<Vec<_>>(), ["os", "username"]);
    let facts = |proven| MailFacts { known: lasting.clone(), ..trouble("用不了", proven) };
    let decision = decided(facts(true));
    assert_eq!(asked(&decision), ["occurred_at", "evidence", "steps_tried"]);
    assert_eq!(
        known(&stored(&decision).unwrap()),
        [("os", "Windows 11", "history"), ("username", "lina01", "history")]
    );
    // Anybody can write somebody's address: nothing of theirs is taken over.
    assert_eq!(asked(&decided(facts(false))), ["username", "environment", "occurred_at"]);
    // Another machine than the one that is known.
    let mut other = facts(true);
    other.triage.fields.device = Some("iPad Air".into());
    assert!(!stored(&decided(other)).unwrap().facts.contains_key("os"));
}

#[test]
fn secrets_do_not_reach_the_team_and_are_pointed_out() {
    let text = "用户名：lina 密码：Lina2026!，登录不上";
    let mut facts = trouble(text, true);
    facts.triage.fields.error_text = Some("密码：Lina2026! 错误".into());
    facts.reading.title = "登录 密码：Lina2026!".into();
    let decision = decided(facts);
    assert_eq!(understanding(&decision).secrets, [SecretKind::Password]);
    let mut told = 0;
    for letter in &decision.letters {
        if let LetterBody::Notification { text, secrets, brief, .. } = &letter.body {
            assert!(text.contains("用户名：lina 密码：••••••，登录不上"), "{text}");
            assert_eq!(secrets, &[SecretKind::Password]);
            assert!(
                !format!("{brief:?}").contains("Lina2026") && brief.subject.contains("登录"),
                "{brief:?}"
            );
            told += 1;
        }
    }
    assert_eq!(told, 2);
    // The message itself is kept as it came.
    assert_eq!(messages(&decision), [(MessageKind::Client, text.to_owned())]);
}

#[test]
fn nothing_is_asked_where_nothing_is_acknowledged() {
    let mut robot = trouble("用不了", true);
    robot.reading.no_automatic_mail = Some("Precedence: bulk".into());
    let decision = decided(robot);
    assert!(!letters(&decision).iter().any(|letter| letter.starts_with("ack")));
    assert_eq!(stored(&decision), None);
}
