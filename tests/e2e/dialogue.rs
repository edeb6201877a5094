//! The main job: a client writes, an agent answers from a mail program, the client answers back; commands.

use maildesk_lab::{desk::DeskOptions, mailclient::Mail};

use crate::scene::{ALICE, ANN, LI, SUPPORT, Scene, letter, scene};

/// Nothing of an agent but the name may reach a client.
fn assert_hides_agent(mail: &Mail) {
    assert_eq!(mail.address("From"), SUPPORT);
    assert!(!mail.contains(ALICE), "the agent's address shows");
    let text = mail.text() + &mail.html();
    assert!(!text.contains(ALICE), "the agent's address shows");
}

/// Client's mail and the acknowledgement and notification that follow.
fn opened(scene: &Scene) -> (Mail, Mail) {
    let first = letter(
        "Ann Lee <ann@client.test>",
        "Gantt chart stays empty",
        "The Gantt chart is blank since today.\n",
    );
    scene.submit(ANN, &first);
    let ack = scene.inbox(ANN).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    let original = Mail::new(first.bytes());
    assert_eq!(ack.header("In-Reply-To"), original.header("Message-ID"));
    assert!(ack.header("References").contains(&original.header("Message-ID")));
    (ack, scene.notification("Gantt chart stays empty"))
}

#[test]
fn a_client_is_answered_and_answers() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let (ack, notification) = opened(&scene);
    assert_eq!(ack.header("Auto-Submitted"), "auto-replied");
    assert!(ack.text().contains("#1") && ack.subject().contains("#1"), "{}", ack.text());
    assert_hides_agent(&ack);
    assert_eq!(notification.header("Auto-Submitted"), "auto-generated");
    assert!(notification.text().contains("The Gantt chart is blank since today."), "{}", notification.text());
    assert!(notification.subject().contains("#1"), "{}", notification.subject());
    let token = notification.address("Reply-To");
    assert!(token.starts_with("support+") && token.ends_with("@desk.test"), "{token}");

    scene.answer(ALICE, &notification, "Please clear the cache and try again.");
    let is_answer = |m: &Mail| m.text().contains("Please clear the cache and try again.");
    let answer = scene.inbox(ANN).wait_for("the answer", is_answer).unwrap();
    assert_hides_agent(&answer);
    assert!(answer.header("From").contains("Alice Chen"), "{}", answer.header("From"));
    assert_eq!(answer.header("Auto-Submitted"), "");
    assert!(answer.subject().starts_with("Re: Gantt chart stays empty"), "{}", answer.subject());
    assert!(!answer.contains(&token), "an agent's token reached a client");
    assert!(!answer.text().contains("is blank since today"), "the notification was sent on");
    let ticket = scene.desk.wait_for_ticket(1, "waiting", |t| t["ticket"]["state"] == "waiting").unwrap();
    assert!(ticket["first_response_at"].is_string(), "{ticket}");

    scene.answer(ANN, &answer, "It works now in Chrome, but not in Edge.");
    let news = scene.inbox(ALICE).wait_for("the news", |m| m.text().contains("but not in Edge")).unwrap();
    assert!(!news.text().contains("Earlier") || news.text().contains("left out"), "{}", news.text());
    let ticket = scene.desk.wait_for_ticket(1, "open", |t| t["ticket"]["state"] == "open").unwrap();
    assert_eq!(ticket["ticket"]["requester"], ANN);
    assert_eq!(ticket["chain_intact"], true);
    assert_eq!(scene.desk.tickets().unwrap().len(), 1);
    scene.finish();
}

#[test]
fn a_chinese_client_gets_chinese() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let text = "您好，升级之后甘特图一直空白，换了浏览器也不行，请帮忙看一下。谢谢！";
    let draft = letter("李娜 <li@client.test>", "升级后甘特图无法加载", text).file(
        "截图.png",
        "image/png",
        b"\x89PNG\r\n\x1a\n0",
    );
    scene.submit(LI, &draft);
    let ack = scene.inbox(LI).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    assert!(ack.text().contains("来信") && ack.text().contains("#1"), "{}", ack.text());
    assert!(ack.html().contains("lang=\"zh"), "{}", ack.html());
    let notification = scene.notification("升级后甘特图无法加载");
    assert!(notification.text().contains("换了浏览器也不行"), "{}", notification.text());
    assert_eq!(notification.attachments(), ["截图.png"]);
    scene.answer(ALICE, &notification, "已修复，请刷新页面后再试。");
    let answer = scene.inbox(LI).wait_for("the answer", |m| m.text().contains("已修复")).unwrap();
    assert!(answer.subject().contains("升级后甘特图无法加载"), "{}", answer.subject());
    assert_eq!(scene.desk.tickets().unwrap()[0]["language"], "zh");
    scene.finish();
}

#[test]
fn commands_change_the_ticket_and_mistakes_change_nothing() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let (_, notification) = opened(&scene);
    scene.answer(ALICE, &notification, "#clsoe\n\nThis must not leave.");
    let refusal = scene.inbox(ALICE).wait_for("the refusal", |m| m.text().contains("#clsoe")).unwrap();
    assert!(refusal.text().contains("#close"), "{}", refusal.text());
    assert!(refusal.text().contains("This must not leave."), "{}", refusal.text());
    assert_eq!(scene.desk.ticket(1).unwrap()["ticket"]["state"], "new");

    scene.answer(ALICE, &notification, "#take\n#account\n#urgent\n#note\nInvoice department asked.");
    let ticket = scene.desk.wait_for_ticket(1, "taken", |t| t["ticket"]["assignee"] == ALICE).unwrap();
    assert_eq!(ticket["ticket"]["category"], "account");
    assert_eq!(ticket["ticket"]["priority"], "urgent");

    scene.answer(ALICE, &notification, "#resolve\n\nSolved on our side.");
    scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("Solved on our side.")).unwrap();
    scene.desk.wait_for_ticket(1, "resolved", |t| t["ticket"]["state"] == "resolved").unwrap();
    let got = scene.quiet_inbox(ANN);
    assert_eq!(got.len(), 2, "{:?}", got.iter().map(Mail::subject).collect::<Vec<_>>());
    assert!(!got.iter().any(|m| m.contains("must not leave") || m.text().contains("Invoice department")));
    scene.finish();
}

#[test]
fn one_mail_to_two_of_our_addresses_or_twice_is_one_ticket() {
    let options = DeskOptions { aliases: vec!["bob@desk.test".to_owned()], ..DeskOptions::default() };
    let Some(scene) = scene(&options) else { return };
    let draft = letter("Ann <ann@client.test>", "Once only", "Please count me once.");
    for _ in 0..3 {
        scene.deliver(ANN, &draft);
    }
    scene.deliver(LI, &letter("Li <li@client.test>", "Another", "I am another one."));
    let tickets = scene.desk.wait_for_tickets(2).unwrap();
    scene.desk.wait("four outcomes", || Ok((total(&scene) == 4).then_some(()))).unwrap();
    assert_eq!(tickets.len(), 2);
    assert_eq!(scene.count_when_quiet(ANN), 1);
    scene.finish();
}

fn total(scene: &Scene) -> u64 {
    let status = scene.desk.status().unwrap();
    let outcomes = status["outcomes"].as_object().unwrap();
    outcomes.iter().filter(|(word, _)| *word != "kept").filter_map(|(_, n)| n.as_u64()).sum()
}
