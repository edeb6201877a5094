//! What a client tells is understood, what is missing is asked for once, the answer fills it, and the agent sees all of it.

use maildesk_lab::{desk::DeskOptions, mailclient::Mail};

use crate::scene::{ALICE, LI, SUPPORT, letter, scene};

fn ack(mails: &Mail) -> bool {
    mails.address("From") == SUPPORT
}

#[test]
fn a_client_is_asked_for_the_other_half_and_answers() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let text = "您好，\n升级后甘特图一直空白，打不开。\n浏览器：Chrome 126\n操作系统：Windows 11\n登录密码：Lina2026!\n请帮忙看一下。";
    scene.submit(LI, &letter("李娜 <li@client.test>", "甘特图打不开", text));
    let ack = scene.inbox(LI).wait_for("the acknowledgement", ack).unwrap();
    let said = ack.text();
    // The half that was told is shown, the other is asked for in the client's language, numbered.
    assert!(said.contains("Chrome 126") && said.contains("Windows 11"), "{said}");
    assert!(said.contains("1. 您登录时使用的用户名"), "{said}");
    assert!(said.contains("密码") && !said.contains("Lina2026"), "{said}");
    assert!(ack.html().contains("<ol"), "{}", ack.html());

    let notification = scene.notification("甘特图打不开");
    let told = notification.text();
    assert!(told.contains("Chrome 126") && told.contains("Windows 11"), "{told}");
    assert!(!told.contains("Lina2026") && told.contains("••••••"), "{told}");

    scene.answer(LI, &ack, "1. lina01\n2. 昨天下午三点左右\n3. 没有");
    let news = scene.inbox(ALICE).wait_for("the news", |m| m.text().contains("lina01")).unwrap();
    let facts = news.text();
    assert!(facts.contains("Chrome 126") && facts.contains("昨天下午三点左右"), "{facts}");
    let ticket = scene.desk.ticket(1).unwrap();
    assert_eq!(ticket["matter"]["facts"]["username"]["value"], "lina01", "{ticket}");
    assert_eq!(ticket["matter"]["asked"].as_array().map(Vec::len), Some(3), "{ticket}");
    assert!(ticket["events"].as_array().unwrap().iter().any(|e| e["kind"] == "facts"), "{ticket}");

    // What was told once is known, and is not asked again.
    scene.submit(
        LI,
        &letter("李娜 <li@client.test>", "看板报错", "您好，今天打开看板报错，页面白屏，请帮忙。"),
    );
    scene.desk.wait_for_tickets(2).unwrap();
    let news = scene.notification("看板报错");
    assert!(news.text().contains("lina01"), "{}", news.text());
    scene.finish();
}
