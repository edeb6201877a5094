//! People's own words that look like what programs write.

use super::reply;

#[test]
fn stays_whole() {
    let mut wrong = Vec::new();
    for text in [
        "On the page I wrote: hello",
        "On Monday I wrote:\nthe text that you asked for",
        "On 3 May 2025 we wrote:\nplease change the plan, and nothing happened.",
        "From: the menu I chose Export",
        "I wrote:\nthe text",
        "Route of the export:\nFrom: Munich\nTo: Berlin\nIt takes an hour.",
        "Please fill in:\n\nTo: who should get it\nSubject: what it is about\n\nThat is what the form says.",
        "Date: 3 May\nTime: 10:00\nVersion: 4",
        "昨天王工写道：这个字段不能为空。\n但是页面上并没有校验，能否加上？",
        "他在邮件里写道：\n系统会在周五升级。\n请问属实吗？",
        "主题：导出失败\n版本：4.12\n浏览器：Chrome",
        "Der Kollege schrieb mir gestern:\nes geht nicht.\nWarum?",
        "The log says\n----------\nerror 5\n----------\nand then it stops.",
        "Please see:\n\n```\n> SELECT 1;\nFrom: x\n```\nthanks",
        "C> is the prompt that I see.",
        "My colleague (ann@lee.example) writes:\nthe button is grey.",
        "On 3 March our partner Tom (tom@lee.example) wrote:\nthe export hangs.\nWhy?",
        "Dnia 2 marca 2026 kolega napisał:\ndziała.\n\nAle nie działa.",
        "Op 2 maart 2026 schreef uw collega:\nhet werkt.\n\nMaar nee.",
        "Sincerely, it does not work.\n\nCall me at +44 20 5550 1234.",
        "Our client (info@lee.example) wrote on 2 March 2026:\n\nI cannot log in.\n\nCan you help him?",
        "Please answer by 05.03.2026 14:20 to bob@lee.example: it is urgent.",
        "The original message was lost.",
        "Original message\nwas the title of the dialog.",
        "Contact: ann@lee.example\nFrom: her I have the file.\nSee below.",
    ] {
        let got = reply(text);
        if got != text {
            wrong.push(format!("{text:?}: {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
