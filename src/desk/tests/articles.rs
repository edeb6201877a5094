//! `#article`: a help article as an agent's reply (SPEC section 9).

use std::sync::Arc;

use super::world::*;
use crate::{
    desk::*,
    triage::articles::{Article, Index},
};

fn shelf() -> Policy {
    let article = |name: &str, head: &str, text: &str| {
        Article::parse(name, &format!("---\n{head}\n---\n{text}\n")).unwrap()
    };
    let articles = vec![
        article("charts.en", "title: When the chart is blank\nlanguages: [en]", "Clear the **cache**."),
        article(
            "charts.zh",
            "title: 甘特图空白时的处理办法\nlanguages: [zh]\nurl: https://help.example.com/zh/charts",
            "请先清除[缓存](https://help.example.com/zh/cache)。",
        ),
        article("invoices", "title: Where your invoices are\nlanguages: [en]", "Under Billing."),
        article("login", "title: Signing in\nlanguages: [en]\ntags: [password]", "Reset it."),
    ];
    Policy { articles: Arc::new(Index::build(articles)), ..policy() }
}

fn ordered(text: &str) -> Decision {
    decided_by(agent_mail(State::Open, text), &shelf())
}

fn sent(decision: &Decision) -> (String, Vec<String>) {
    let found = decision.letters.iter().find_map(|letter| match &letter.body {
        LetterBody::Reply { text, articles, .. } => {
            Some((text.clone(), articles.iter().map(|article| article.name.clone()).collect()))
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no reply: {:?}", letters(decision)))
}

fn kept(decision: &Decision) -> String {
    let [(MessageKind::Reply, text)] = &messages(decision)[..] else { panic!("{:?}", messages(decision)) };
    text.clone()
}

#[test]
fn an_article_alone_is_the_agent_s_reply_in_the_client_s_language() {
    for text in [
        "#article charts",
        "#文章 Charts",
        "#article: charts\n\n-- \nAlice Chen",
        "#article 甘特图空白时的处理办法",
    ] {
        let decision = ordered(text);
        assert_eq!(letters(&decision), [format!("reply>{CLIENT}"), format!("transcript>{ALICE}")], "{text}");
        assert_eq!(sent(&decision), (String::new(), vec!["charts.zh".to_owned()]), "{text}");
        let kept = kept(&decision);
        assert_eq!(
            kept,
            "甘特图空白时的处理办法\n\n请先清除缓存。\n  https://help.example.com/zh/cache\n\nhttps://help.example.com/zh/charts"
        );
        assert_eq!(state_after(&decision), Some(State::Waiting));
        assert!(decision.changes.contains(&Change::FirstResponse(now())));
        assert!(decision.changes.contains(&Change::StopTimer(TimerKind::FirstResponse)));
        assert_eq!(event_kinds(&decision), ["reply", "article", "state"]);
    }
    // Who names a translation gets it, and a language that no file has gets what there is.
    assert_eq!(sent(&ordered("#article charts.en")).1, ["charts.en"]);
    assert_eq!(sent(&ordered("#article invoices")).1, ["invoices"]);
}

#[test]
fn words_and_other_orders_stand_beside_it() {
    let decision = ordered("#article charts\n#resolve\n\n您好，请看下面的文章。");
    assert_eq!(sent(&decision), ("您好，请看下面的文章。".to_owned(), vec!["charts.zh".to_owned()]));
    assert!(kept(&decision).starts_with("您好，请看下面的文章。\n\n甘特图空白时的处理办法\n\n"));
    assert_eq!(state_after(&decision), Some(State::Resolved));
    let two = ordered("#article charts #article invoices #article charts");
    assert_eq!(sent(&two).1, ["charts.zh", "invoices"], "each once");
    let Some(LetterBody::Transcript { done, sent_words, .. }) = two.letters.last().map(|l| &l.body) else {
        panic!()
    };
    assert_eq!(done[..2], ["article charts.zh", "article invoices"]);
    assert!(*sent_words > 10);
}

fn named(decision: &Decision) -> Vec<String> {
    let [Problem::NoArticle { articles, .. }] = &problems(decision)[..] else {
        panic!("{:?}", problems(decision))
    };
    articles.iter().map(|article| article.name.clone()).collect()
}

#[test]
fn who_names_none_is_told_which_there_are() {
    // To what the client wrote, then by name.
    let mut alone = agent_mail(State::Open, "#article");
    alone.tickets[0].last_client_text = "我的甘特图空白，没有内容".into();
    let decision = decided_by(alone, &shelf());
    assert_eq!(named(&decision), ["charts", "invoices", "login"]);
    assert_silent_to_clients(&decision);
    assert!(messages(&decision).is_empty() && state_after(&decision).is_none());
    // To what was typed.
    assert_eq!(named(&ordered("#article invioces"))[0], "invoices");
    assert_eq!(named(&ordered("#article password reset"))[0], "login");
    assert_eq!(named(&ordered("#article log\n\nPlease read this."))[0], "login");
    let nothing = decided(agent_mail(State::Open, "#article charts"));
    assert_eq!(named(&nothing), [""; 0], "the operator has none");
}

#[test]
fn it_stands_beside_nothing_that_keeps_the_mail_inside() {
    for text in ["#article charts\n#note\nfor Bob", "#article charts\n#help", "#note see #article charts"] {
        let decision = ordered(text);
        assert_silent_to_clients(&decision);
        let reply = decision.letters.iter().any(|l| matches!(l.body, LetterBody::Reply { .. }));
        assert!(!reply, "{text}");
    }
    assert!(matches!(problems(&ordered("#article charts\n#note\nx"))[..], [Problem::Contradiction { .. }]));
    let many = ordered("#article charts.en\n#article charts.zh\n#article invoices\n#article login");
    assert!(matches!(
        problems(&many)[..],
        [Problem::Unsuitable { reason: Unsuitable::TooManyArticles, line: 4, .. }]
    ));
    let merge = ordered("#article charts\n#merge 1042");
    assert!(matches!(problems(&merge)[..], [Problem::Unsuitable { reason: Unsuitable::Itself, .. }]));
}

#[test]
fn nobody_but_a_proven_agent_sends_one() {
    let policy = shelf();
    let unproven = MailFacts {
        reading: mail(&alice(), "#article charts", false).reading,
        ..agent_mail(State::Open, "")
    };
    let asked = decided_by(unproven.clone(), &policy);
    assert_eq!(letters(&asked), [format!("confirm>{ALICE}")]);
    let LetterBody::Confirmation { text, recipient, .. } = &asked.letters[0].body else { panic!() };
    assert!(text.as_ref().is_some_and(|text| text.starts_with("甘特图空白时的处理办法")), "{text:?}");
    assert_eq!(recipient.as_ref().map(|to| to.address.as_str()), Some(CLIENT));
    let done = decided_by(confirmed_by(unproven.clone(), &policy), &policy);
    assert_eq!(sent(&done).1, ["charts.zh"]);
    // What was confirmed is what leaves: an article that changed meanwhile is asked about again.
    let rewritten = Policy {
        articles: Arc::new(Index::build(
            policy
                .articles
                .articles()
                .iter()
                .cloned()
                .map(|article| Article { text: "Pay here.".into(), ..article })
                .collect(),
        )),
        ..shelf()
    };
    let again = decided_by(confirmed_by(unproven, &policy), &rewritten);
    assert_eq!(letters(&again), [format!("confirm>{ALICE}")]);
    let client = decided_by(answer(State::Open, "#article charts"), &policy);
    assert!(client.letters.iter().all(|l| !matches!(l.body, LetterBody::Reply { .. })));
    let mut observer = agent_mail(State::Open, "#article charts");
    let olga = person(100, "olga@example.com");
    observer.reading = mail(&olga, "#article charts", true).reading;
    observer.sender = Some(olga);
    assert!(matches!(problems(&decided_by(observer, &policy))[..], [Problem::NotAllowed { .. }, ..]));
}

#[test]
fn at_the_desk_it_names_its_ticket_and_may_open_one() {
    let console = |text: &str| MailFacts {
        tokens: vec![token(Purpose::Desk, 0, 100)],
        tickets: vec![ticket(State::Open)],
        ..mail(&alice(), text, true)
    };
    assert_eq!(sent(&decided_by(console("#article 1042 charts"), &shelf())).1, ["charts.zh"]);
    assert!(matches!(
        problems(&decided_by(console("#article charts"), &shelf()))[..],
        [Problem::NameTicket { .. }]
    ));
    let mut opening = console("#requester lina@huaxia.example\n#article charts");
    opening.named_client = Some(client());
    let opened = decided_by(opening, &shelf());
    assert_eq!((opened.ticket, sent(&opened).1), (Some(TicketRef::New), vec!["charts.zh".to_owned()]));
}
