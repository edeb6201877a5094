//! Genuine mail programs on both sides. An agent's server signs what they send, or proves nothing; a client sees what the desk
//! writes. mutt and s-nail are always there; Thunderbird, which is large, where somebody installed it.
//!
//! `MAILDESK_CAPTURE=FOLDER` keeps the agents' mails as they arrived: the fixtures under `tests/fixtures/mail/program` are
//! such mails without the trace of the machine.

use maildesk_lab::{
    availability,
    desk::{DeskOptions, Engine},
    mailclient::Mail,
    postfix::LoginMark,
    program::{Letter, Place, Program, Writer},
};

use crate::{
    ENGINE,
    scene::{ALICE, ANN, LI, SUPPORT, Scene, letter, scene_marking},
};

const QUESTION: &str = "I cannot log in since this morning.";
const ANSWER: &str = "Please reset your password. 已重置。";

/// A desk behind a server that marks mails with a login so. `None`: skip, for want of a program.
fn desk(program: Program, mark: LoginMark) -> Option<Scene> {
    // No mail program knows the store: one engine is enough for the slow one.
    let is_slow = matches!(program, Program::ThunderbirdPlain | Program::ThunderbirdHtml);
    if (is_slow && ENGINE == Engine::Postgres) || !program.is_there() {
        return None;
    }
    if mark == LoginMark::Signature && !availability::program("opendkim") {
        return None;
    }
    scene_marking(&DeskOptions::default(), mark)
}

/// The same with a client's mail, and its notification.
fn notified(program: Program, mark: LoginMark) -> Option<(Scene, Mail)> {
    let scene = desk(program, mark)?;
    scene.submit(ANN, &letter("Ann <ann@client.test>", "Login is refused", QUESTION));
    let notification = scene.notification("Login is refused");
    Some((scene, notification))
}

fn alice(place: Place) -> Writer<'static> {
    let signature = Some("Alice Chen\nExample Support · alice@desk.test");
    Writer { address: ALICE, name: "Alice Chen", signature, place }
}

/// The button of a letter whose body begins so.
fn link(mail: &Mail, body: &str) -> String {
    let html = mail.html().replace("&amp;", "&");
    let mut links = html.split("href=\"").filter_map(|piece| piece.split_once('"')).map(|(link, _)| link);
    let found = links.find(|link| link.starts_with("mailto:") && link.contains(&format!("body={body}")));
    found.unwrap_or_else(|| panic!("no button for {body} in {html}")).to_owned()
}

/// What the client got with these words: alone, without the notification, the orders and the agent's address.
fn got_by_client(scene: &Scene, words: &str, said: &str) -> Mail {
    let got = scene.inbox(ANN).wait_for("the answer", |m| m.text().contains(words));
    let answer = got.unwrap_or_else(|e| panic!("{e}\nthe mail program said:\n{said}"));
    let text = answer.text() + &answer.html();
    for quoted in ["since this morning", "#take", "#resolve", "wrote:"] {
        assert!(!text.contains(quoted), "{quoted} was sent on: {text}");
    }
    assert!(!answer.contains(ALICE) && !text.contains(ALICE), "the agent's address shows: {text}");
    answer
}

fn capture(scene: &Scene, name: &str) {
    let Some(folder) = std::env::var_os("MAILDESK_CAPTURE") else { return };
    let mails = scene.inbox(SUPPORT).messages().unwrap();
    for (n, mail) in mails.iter().filter(|m| m.address("From") == ALICE).enumerate() {
        let path = std::path::Path::new(&folder).join(format!("{name}_{n}.eml"));
        std::fs::write(path, &mail.raw).unwrap();
    }
}

/// Three answers of an agent whose server signs: below the quote, above it with an order, and above it again. None of them
/// is asked about.
fn signed_answers_leave(program: Program) {
    let Some((scene, notification)) = notified(program, LoginMark::Signature) else { return };
    let said = program.answer(&scene.house, &alice(Place::Below), &notification, ANSWER).unwrap();
    let answer = got_by_client(&scene, ANSWER, &said);
    assert!(!answer.text().contains("Example Support\n\nExample"), "{}", answer.text());
    scene.desk.wait_for_ticket(1, "waiting", |t| t["ticket"]["state"] == "waiting").unwrap();
    let arrived = scene.inbox(SUPPORT).wait_for("their mail", |m| m.address("From") == ALICE).unwrap();
    assert!(arrived.header("DKIM-Signature").contains("d=desk.test"), "{:?}", arrived.fields());
    assert_eq!(arrived.headers("Authentication-Results"), [""; 0]);

    scene.answer(ANN, &answer, "It works in Chrome, but not in Edge.");
    let news = scene.inbox(ALICE).wait_for("the news", |m| m.text().contains("not in Edge")).unwrap();
    let text = "#resolve\n\nEdge is repaired as well.\n\n第二行。";
    let said = program.answer(&scene.house, &alice(Place::Above), &news, text).unwrap();
    let answer = got_by_client(&scene, "Edge is repaired as well.", &said);
    assert!(answer.text().contains("第二行。"), "{}", answer.text());
    assert!(!answer.text().contains("not in Edge"), "{}", answer.text());
    scene.desk.wait_for_ticket(1, "resolved", |t| t["ticket"]["state"] == "resolved").unwrap();

    // Orders alone, typed and tapped: nothing leaves, whatever signature the program adds.
    let before = scene.quiet_inbox(ANN).len();
    let writer = alice(Place::Above);
    let said = program.answer(&scene.house, &writer, &notification, "#category account").unwrap();
    let is_filed = |t: &serde_json::Value| t["ticket"]["category"] == "account";
    let filed = scene.desk.wait_for_ticket(1, "filed", is_filed);
    filed.unwrap_or_else(|e| panic!("{e}\nthe mail program said:\n{said}"));
    if program != Program::SNail {
        let said = program.tap(&scene.house, &writer, &link(&notification, "%23take")).unwrap();
        let taken = scene.desk.wait_for_ticket(1, "taken", |t| t["ticket"]["assignee"] == ALICE);
        taken.unwrap_or_else(|e| panic!("{e}\nthe mail program said:\n{said}"));
    }
    assert_eq!(scene.quiet_inbox(ANN).len(), before);
    assert_eq!(scene.desk.outcome("held").unwrap(), 0);
    capture(&scene, &format!("{program:?}"));
    scene.finish();
}

/// The first mail of an agent whose server proves nothing: one question, answered from the same program.
fn unproven_answer_is_asked_about_once(program: Program) {
    let Some((scene, notification)) = notified(program, LoginMark::Nothing) else { return };
    let writer = alice(if program == Program::SNail { Place::Below } else { Place::Above });
    let said = program.answer(&scene.house, &writer, &notification, ANSWER).unwrap();
    let is_question = |m: &Mail| m.uid != notification.uid && m.text().contains(ANSWER);
    let question = scene.inbox(ALICE).wait_for("the question", is_question);
    let question = question.unwrap_or_else(|e| panic!("{e}\nthe mail program said:\n{said}"));
    assert!(scene.quiet_inbox(ANN).iter().all(|m| !m.text().contains(ANSWER)));

    let said = match program {
        Program::Mutt => program.tap(&scene.house, &writer, &link(&question, "")),
        _ => program.answer(&scene.house, &writer, &question, "OK"),
    };
    let said = said.unwrap();
    got_by_client(&scene, ANSWER, &said);
    let ticket = scene.desk.wait_for_ticket(1, "waiting", |t| t["ticket"]["state"] == "waiting").unwrap();
    assert_eq!(ticket["chain_intact"], true);
    assert_eq!(scene.desk.outcome("held").unwrap(), 0, "the mail that was confirmed is held no more");
    let is_answer = |m: &&Mail| m.text().contains(ANSWER);
    assert_eq!(scene.quiet_inbox(ANN).iter().filter(is_answer).count(), 1);
    capture(&scene, &format!("{program:?}_unproven"));
    scene.finish();
}

#[test]
fn mutt_answers_signed() {
    signed_answers_leave(Program::Mutt);
}

#[test]
fn mutt_is_asked_once() {
    unproven_answer_is_asked_about_once(Program::Mutt);
}

#[test]
fn s_nail_answers_signed() {
    signed_answers_leave(Program::SNail);
}

#[test]
fn s_nail_is_asked_once() {
    unproven_answer_is_asked_about_once(Program::SNail);
}

#[test]
fn thunderbird_answers_signed_in_plain_text() {
    signed_answers_leave(Program::ThunderbirdPlain);
}

#[test]
fn thunderbird_answers_signed_in_html() {
    signed_answers_leave(Program::ThunderbirdHtml);
}

#[test]
fn thunderbird_is_asked_once() {
    unproven_answer_is_asked_about_once(Program::ThunderbirdHtml);
}

/// A Chinese client with a screenshot, who answers the acknowledgement from the same program.
#[test]
fn thunderbird_of_a_client() {
    let program = Program::ThunderbirdHtml;
    let Some(scene) = desk(program, LoginMark::Signature) else { return };
    let li =
        Writer { address: LI, name: "李娜", signature: Some("李娜\n华夏科技"), place: Place::Above };
    let first = Letter {
        to: SUPPORT,
        subject: "升级后甘特图一直空白",
        text: "您好：\n\n升级之后甘特图一直空白，换了浏览器也不行，请帮忙看一下。",
        files: &[("截图.png", "image/png", b"\x89PNG\r\n\x1a\n0")],
    };
    program.write(&scene.house, &li, &first).unwrap();
    let ack = scene.inbox(LI).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    assert!(ack.text().contains("来信") && ack.text().contains("#1"), "{}", ack.text());
    let notification = scene.notification("升级后甘特图一直空白");
    assert_eq!(notification.attachments(), ["截图.png"]);
    let text = notification.text();
    let (facts, new) = text.split_once("New text:").unwrap();
    assert!(new.contains("换了浏览器也不行") && !new.contains("华夏科技"), "{text}");
    assert!(facts.contains("华夏科技"), "a signature is no text, but it names an organisation: {text}");

    program.answer(&scene.house, &li, &ack, "补充一下：用户名是 lina01。").unwrap();
    let news = scene.inbox(ALICE).wait_for("the news", |m| m.text().contains("lina01")).unwrap();
    assert!(!news.text().contains("每件事只发一次"), "the acknowledgement was sent on: {}", news.text());
    assert_eq!(scene.desk.tickets().unwrap().len(), 1);

    scene.answer(ALICE, &news, "已修复，请按 https://help.desk.test/gantt 的步骤刷新。");
    let answer = scene.inbox(LI).wait_for("the answer", |m| m.text().contains("已修复")).unwrap();
    assert!(answer.html().replace("&#x2f;", "/").contains("href=\"https://help.desk.test/gantt\""));
    assert_eq!(scene.desk.tickets().unwrap()[0]["language"], "zh");
    if let Some(folder) = std::env::var_os("MAILDESK_CAPTURE") {
        for (name, mail) in [("acknowledgement", &ack), ("notification", &notification), ("answer", &answer)]
        {
            std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), mail.html()).unwrap();
        }
    }
    scene.finish();
}
