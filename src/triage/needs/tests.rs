//! What mails want, what they lack, and how answers are read.

mod mails;

use super::{Intent, answers, evidence, intent, labelled, missing};
use crate::mail::{Attachment, AttachmentKind, CloudFile, Reading};

#[test]
fn intents_in_seven_languages() {
    for (text, wanted) in [
        ("甘特图打不开，一直白屏", Intent::Problem),
        ("你们的软件用不了了，快点解决！！", Intent::Problem),
        ("登录提示密码错误，密码确定没有改过", Intent::Problem),
        ("调用 PATCH /v2/tasks 批量更新超过 100 条时返回 500", Intent::Problem),
        ("Nothing works since this morning. Please fix it asap.", Intent::Problem),
        ("I can't sign in", Intent::Problem),
        ("Exported PDFs are garbled on Windows", Intent::Problem),
        ("How can I get rid of the error E-4012?", Intent::Problem),
        ("Seit heute lädt das Gantt-Diagramm nicht mehr", Intent::Problem),
        ("Je ne peux plus me connecter depuis hier soir", Intent::Problem),
        ("No puedo iniciar sesión, aparece un error", Intent::Problem),
        ("O aplicativo trava ao abrir o quadro", Intent::Problem),
        ("ボードが表示されません", Intent::Problem),
        ("怎么把任务导出成 Excel？", Intent::HowTo),
        ("请问如何邀请外部成员", Intent::HowTo),
        ("How do I export a board to PDF?", Intent::HowTo),
        ("I don't know how to change my avatar", Intent::HowTo),
        ("Wie kann ich einen Kalender abonnieren?", Intent::HowTo),
        ("Comment ajouter un membre à un projet ?", Intent::HowTo),
        ("¿Cómo puedo archivar un tablero?", Intent::HowTo),
        ("Como faço para arquivar um quadro?", Intent::HowTo),
        ("ボードをPDFに書き出す方法を教えてください", Intent::HowTo),
        ("建议增加夜间模式", Intent::Wish),
        ("It would be great if boards had a dark mode", Intent::Wish),
        ("Ein dunkles Design wäre schön", Intent::Wish),
        ("Ce serait bien d'avoir un mode sombre", Intent::Wish),
        ("Sería genial tener un modo oscuro", Intent::Wish),
        ("Seria ótimo ter um modo escuro", Intent::Wish),
        ("ダークモードを追加してほしいです", Intent::Wish),
        ("我要投诉，一周了没人回复", Intent::Complaint),
        ("This is unacceptable, nobody answers my mails", Intent::Complaint),
        ("Hiermit möchte ich mich beschweren", Intent::Complaint),
        ("谢谢，辛苦了", Intent::Thanks),
        ("Thank you so much", Intent::Thanks),
        ("请给一份 80 用户的报价", Intent::Question),
        ("Please move our billing date to the 1st", Intent::Question),
        ("", Intent::Question),
    ] {
        assert_eq!(intent("", text), wanted, "{text}");
    }
}

fn file(name: &str, kind: AttachmentKind, inline: bool, size: u64) -> Attachment {
    Attachment { name: name.into(), kind, inline, size, ..Attachment::default() }
}

fn with(attachments: Vec<Attachment>, text: &str) -> Reading {
    Reading { attachments, reply: text.into(), text: text.into(), ..Reading::default() }
}

#[test]
fn files_and_pasted_logs_show_the_trouble() {
    use AttachmentKind::{Archive, Document, Log, Other, Screenshot};
    for (reading, shown) in [
        (with(vec![file("a.png", Screenshot, false, 100)], ""), Some("screenshot")),
        (with(vec![file("image001.png", Screenshot, true, 90_000)], ""), Some("screenshot")),
        (with(vec![file("console.log", Log, false, 10)], ""), Some("log")),
        (with(vec![file("问题截图.docx", Document, false, 10)], ""), Some("file")),
        (with(vec![file("logs.zip", Archive, false, 10)], ""), Some("file")),
        (with(vec![file("logo.png", Screenshot, true, 2_000)], ""), None),
        (with(vec![file("app-log_2026.zip", Archive, false, 10)], ""), Some("file")),
        (with(vec![file("Catalog 2026.pdf", Document, false, 10)], ""), None),
        (with(vec![file("backlog.zip", Archive, false, 10)], ""), None),
        (with(vec![file("rows.csv", Other, false, 10)], "stops at row 512"), None),
        (with(vec![file("开票资料.pdf", Document, false, 10)], ""), None),
        (
            with(
                vec![],
                "It stops:\n\nTraceback (most recent call last):\n  File \"sync.py\", line 41, in push",
            ),
            Some("pasted"),
        ),
        (with(vec![], "返回：\n{\"error\":\"batch too large\"}"), Some("pasted")),
        (with(vec![], "see\n2026-11-20 10:00:01 ERROR [main] disk full"), Some("pasted")),
        (with(vec![], "GET /v2/boards 500\nPOST /v2/boards 500"), Some("pasted")),
        (with(vec![], "返回体 {\"error\":\"batch too large\"}。昨晚开始的"), None),
        (with(vec![], "Error: Failed to fetch chart data (E-4012)\nTried: cleared cookies"), None),
        (
            with(
                vec![],
                "My user agent is:\nMozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0",
            ),
            None,
        ),
        (with(vec![], "发生时间：2026-11-20 10:05"), None),
    ] {
        assert_eq!(evidence(&reading), shown, "{:?} {}", reading.attachments, reading.text);
    }
    let cloud = |name: &str| Reading {
        cloud_files: vec![CloudFile { name: Some(name.into()), ..CloudFile::default() }],
        ..Reading::default()
    };
    assert_eq!(evidence(&cloud("录屏.mp4")), Some("link"));
    assert_eq!(evidence(&cloud("任务数据.xlsx")), None);
}

fn asked(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn pairs(found: &[(String, String)]) -> Vec<(&str, &str)> {
    found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn numbered_and_bare_answers_fill_what_was_asked() {
    let three = asked(&["username", "environment", "evidence"]);
    for (text, expected) in [
        (
            "您好，\n1. lina01\n2. Chrome 126，Windows 11\n3. 见附件\n谢谢",
            vec![("username", "lina01"), ("environment", "Chrome 126，Windows 11")],
        ),
        (
            "1、您登录时使用的用户名：lina01\n2、安卓手机",
            vec![("username", "lina01"), ("environment", "安卓手机")],
        ),
        ("1) kim\n2) none\n", vec![("username", "kim")]),
        ("① lina01\n③ 没有", vec![("username", "lina01")]),
        ("1.\nlina01\n2.\nEdge", vec![("username", "lina01"), ("environment", "Edge")]),
        ("2. Firefox\n1. lina01", vec![]),
        ("7. lina01", vec![]),
        ("My user name is lina01 and I use Chrome.", vec![]),
        (
            "lina01\nChrome 126 on Windows\nattached",
            vec![("username", "lina01"), ("environment", "Chrome 126 on Windows")],
        ),
        ("Hello there\nit is Chrome\nand Windows", vec![]),
        ("10:30 it was\n1.5 GB", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(pairs(&answers(text, &three)), expected, "{text}");
    }
    assert_eq!(pairs(&answers("lina01", &asked(&["username"]))), [("username", "lina01")]);
    assert!(answers("thanks", &asked(&["username"])).is_empty());
    assert!(answers("we do not know", &asked(&["username"])).is_empty());
    assert_eq!(
        pairs(&answers("1. 昨天 15:00 左右", &asked(&["occurred_at"]))),
        [("occurred_at", "昨天 15:00 左右")]
    );
}

#[test]
fn an_operators_labels_are_found_at_the_beginning_of_lines() {
    let labels = asked(&["invoice title", "发票抬头"]);
    assert_eq!(
        labelled("您好\n发票抬头：青禾信息技术有限公司。\n谢谢", &labels).as_deref(),
        Some("青禾信息技术有限公司")
    );
    assert_eq!(
        labelled("- **Invoice  Title**: Laguna Yachts srl", &labels).as_deref(),
        Some("Laguna Yachts srl")
    );
    assert_eq!(labelled("2. 发票抬头: A", &labels).as_deref(), Some("A"));
    assert_eq!(labelled("the invoice title is wrong: see", &labels), None);
    assert_eq!(labelled("发票抬头：", &labels), None);
}

#[test]
fn any_field_of_the_environment_tells_it() {
    let told = |known: &'static [&str]| missing(super::TECHNICAL, move |name| known.contains(&name));
    assert_eq!(told(&[]), ["username", "environment", "occurred_at", "evidence", "steps_tried"]);
    assert_eq!(told(&["device", "evidence"]), ["username", "occurred_at", "steps_tried"]);
    assert_eq!(
        told(&["environment", "username", "occurred_at", "evidence", "steps_tried"]),
        Vec::<String>::new()
    );
}
