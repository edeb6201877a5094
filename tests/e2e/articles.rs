//! A help article that an agent sends, and the resolved ticket that the next one like it points to.

use std::fs;

use maildesk_lab::desk::{Desk, DeskOptions};

use crate::scene::{ALICE, ANN, BINARY, LI, SUPPORT, Scene, house, letter};

const ENGLISH: &str =
    "---\ntitle: When the Gantt chart stays blank\nlanguages: [en]\n---\nClear the cache.\n";
const CHINESE: &str = "---\ntitle: 甘特图空白时的处理办法\nlanguages: [zh]\nurl: https://help.desk.test/zh/charts\n---\n\
                       1. 清除**缓存**\n2. 再看[步骤](/zh/steps)\n";

#[test]
fn an_agent_sends_an_article_and_the_next_ticket_like_it_points_to_the_first() {
    let Some(house) = house() else { return };
    let options =
        DeskOptions { more: "[articles]\nfolder = \"articles\"\n".into(), ..DeskOptions::default() };
    let mut desk = Desk::new(BINARY, &house, &options).unwrap();
    let folder = desk.folder().join("articles");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("charts.en.md"), ENGLISH).unwrap();
    fs::write(folder.join("charts.zh.md"), CHINESE).unwrap();
    desk.start().unwrap();
    let scene = Scene { desk, house };

    let text = "您好，\n升级后甘特图一直空白，页面打不开，请帮忙看一下。";
    scene.submit(LI, &letter("李娜 <li@client.test>", "甘特图打不开", text));
    let notification = scene.notification("甘特图打不开");
    assert!(!notification.text().contains("Resolved before"), "{}", notification.text());
    // Whoever names none is told which there are.
    scene.answer(ALICE, &notification, "#article");
    let told = scene.inbox(ALICE).wait_for("the list", |m| m.text().contains("Nothing was done")).unwrap();
    let list = told.text().replace('\n', " ");
    assert!(list.contains("charts (甘特图空"), "{list}");

    scene.answer(ALICE, &notification, "#article charts\n#resolve\n\n您好，请按下面的步骤操作。");
    let from_desk = |m: &maildesk_lab::mailclient::Mail| m.address("From") == SUPPORT;
    let article = scene
        .inbox(LI)
        .wait_for("the article", |m| from_desk(m) && m.text().contains("请按下面的步骤操作"))
        .unwrap();
    let (said, html) = (article.text(), article.html());
    assert!(said.contains("甘特图空白时的处理办法") && said.contains("1. 清除缓存"), "{said}");
    assert!(said.contains("https://help.desk.test/zh/steps"), "{said}");
    assert!(html.contains("<ol") && html.contains("清除<strong"), "{html}");
    assert!(!said.contains("#article") && !html.contains(ALICE), "{said}");
    let ticket = scene.desk.wait_for_ticket(1, "resolved", |t| t["ticket"]["state"] == "resolved").unwrap();
    assert!(ticket["first_response_at"].is_string(), "{ticket}");
    let kept = ticket["messages"].as_array().unwrap().iter().find(|m| m["kind"] == "reply").unwrap();
    assert!(kept["text"].as_str().unwrap().contains("清除缓存"), "{kept}");

    // Another client with the same trouble: the team sees what was done, the client nothing of it.
    let again = "您好，看板旁边的甘特图空白，升级后就打不开了。";
    scene.submit(ANN, &letter("Ann Lee <ann@client.test>", "图表空白", again));
    let second_mail = scene.notification("图表空白");
    let second = second_mail.text();
    assert!(second.contains("Resolved before") && second.contains("#1 甘特图打不开: Alice Chen"), "{second}");
    scene.answer(ALICE, &second_mail, "#show 1");
    let shown = scene.inbox(ALICE).wait_for("the first ticket", |m| m.text().contains("This is #1")).unwrap();
    assert!(shown.text().contains("页面打不开") && shown.text().contains("清除缓存"), "{}", shown.text());
    assert!(shown.text().contains("your words go to 李娜"), "{}", shown.text());
    for mail in scene.quiet_inbox(ANN) {
        assert!(!mail.contains("甘特图打不开") && !mail.text().contains("#1 "), "{}", mail.text());
    }
    scene.finish();
}
