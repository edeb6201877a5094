//! Dividers and blocks of header lines.

use super::{divide, reply};

const BLOCKS: &[(&str, &str)] = &[
    ("Outlook", "-----Original Message-----\nFrom: A\n\nold"),
    (
        "Outlook 2003",
        "-----Original Message-----\nFrom: Ann Lee [mailto:ann@lee.example] \nSent: Monday, March 02, 2026 10:00 AM\nTo: B\nSubject: x\n\nold",
    ),
    ("Outlook 2016", "From: A <a@b.example>\nSent: Monday\nTo: B\nSubject: x\n\nold"),
    ("Outlook 2016, blank lines", "From: A <a@b.example>\n\nSent: Monday\n\nTo: B\n\nSubject: x\n\nold"),
    ("Outlook web", "________________________________\nFrom: A\nSent: x\n\nold"),
    (
        "Outlook web, one line",
        "________________________________ From: A <a@b.example> Sent: 2 March 2026 To: B Subject: x\nold",
    ),
    ("one line, bold", "*From:* a@b.example *Sent:* Monday *To:* c@d.example *Subject:* x\nold"),
    ("one line, German", "Von: a@b.example Gesendet: Montag An: c@d.example Betreff: x\nold"),
    (
        "addressees over many lines",
        "From: A\nTo: b@b.example, c@c.example,\nd@d.example, e@e.example,\nf@f.example, g@g.example,\nh@h.example, i@i.example,\nj@j.example, k@k.example,\nl@l.example\nSent: Monday\nSubject: x\n\nold",
    ),
    ("values below their names", "From:\nA <a@b.example>\nSent:\nMonday\nTo:\nB\nSubject:\nx\n\nold"),
    (
        "a header's further fields first",
        "Importance: High\nFrom: A <a@b.example>\nDate: Monday\nTo: B\n\nold",
    ),
    (
        "a header as its source",
        "Received: from a.example\n by b.example; Monday\nFrom: A <a@b.example>\nX-Mailer: y\nSubject: x\n\nold",
    ),
    ("two languages", "发件人/From: A <a@b.example>\n日期/Date: Monday\n收件人/To: B\n\nold"),
    ("a forward's divider", "Begin forwarded message:\n\nFrom: A <a@b.example>\nDate: Monday\n\nold"),
    ("one line", "From: a@b.example Sent: Monday To: c@d.example Subject: x\nold"),
    ("bold", "*From:* A <a@b.example>\n*Sent:* Monday\n*To:* B\n*Subject:* x\n\nold"),
    ("bold, colon outside", "*From*: A <a@b.example>\n*Date*: Monday\n*To*: B\n\nold"),
    (
        "Hotmail",
        "Date: Mon, 2 Mar 2026 10:00:00 +0000\nFrom: a@b.example\nTo: c@d.example\nSubject: x\n\nold",
    ),
    (
        "Hotmail, subject first",
        "Subject: x\nFrom: a@b.example\nDate: Mon, 2 Mar 2026\nTo: c@d.example\n\nold",
    ),
    ("Outlook de", "Von: A\nGesendet: Montag, 2. März 2026\nAn: B\nBetreff: y\n\nold"),
    ("Outlook fr", "De : A <a@b.example>\nEnvoyé : lundi 2 mars 2026\nÀ : B\nObjet : x\n\nold"),
    ("Outlook es", "De: A <a@b.example>\nEnviado: lunes, 2 de marzo de 2026\nPara: B\nAsunto: x\n\nold"),
    (
        "Outlook pt",
        "De: A <a@b.example>\nEnviada em: segunda-feira, 2 de março de 2026\nPara: B\nAssunto: x\n\nold",
    ),
    ("Outlook it", "Da: A <a@b.example>\nInviato: lunedì 2 marzo 2026\nA: B\nOggetto: x\n\nold"),
    ("Outlook nl", "Van: A <a@b.example>\nVerzonden: maandag 2 maart 2026\nAan: B\nOnderwerp: x\n\nold"),
    ("Outlook pl", "Od: A <a@b.example>\nWysłano: poniedziałek, 2 marca 2026\nDo: B\nTemat: x\n\nold"),
    ("Outlook ru", "От: A <a@b.example>\nОтправлено: понедельник, 2 марта 2026 г.\nКому: B\nТема: x\n\nold"),
    ("Outlook ja", "差出人: A <a@b.example>\n送信日時: 2026年3月2日\n宛先: B\n件名: x\n\nold"),
    ("Outlook ko", "보낸 사람: A <a@b.example>\n보낸 날짜: 2026년 3월 2일\n받는 사람: B\n제목: x\n\nold"),
    ("Outlook zh", "发件人：A\n发送时间：2026年3月2日\n收件人：B\n主题：x\n\nold"),
    ("Outlook zh_TW", "寄件者: A <a@b.example>\n寄件日期: 2026年3月2日\n收件者: B\n主旨: x\n\nold"),
    ("Outlook sv", "Från: A <a@b.example>\nSkickat: den 2 mars 2026\nTill: B\nÄmne: x\n\nold"),
    ("Outlook da", "Fra: A <a@b.example>\nSendt: 2. marts 2026\nTil: B\nEmne: x\n\nold"),
    (
        "Outlook fi",
        "Lähettäjä: A <a@b.example>\nLähetetty: maanantai 2. maaliskuuta 2026\nVastaanottaja: B\nAihe: x\n\nold",
    ),
    ("Outlook cs", "Od: A <a@b.example>\nOdesláno: pondělí 2. března 2026\nKomu: B\nPředmět: x\n\nold"),
    ("Outlook tr", "Kimden: A <a@b.example>\nGönderildi: 2 Mart 2026\nKime: B\nKonu: x\n\nold"),
    (
        "QQ Mail",
        "------------------ 原始邮件 ------------------\n发件人: \"A\"<a@b.example>;\n发送时间: 2026年3月2日(星期一) 上午10:00\n收件人: \"B\";\n主题: x\n\nold",
    ),
    (
        "QQ Mail, entities",
        "------------------&nbsp;Original&nbsp;------------------\nFrom: &nbsp;\"A\"<a@b.example>;\nDate: &nbsp;Mon\n\nold",
    ),
    (
        "QQ Mail, new editor",
        "         原始邮件\n         \n       \n发件人：A<a@b.example>\n发件时间：2026年3月2日 10:00\n收件人：B\n主题：x\n\nold",
    ),
    ("Foxmail", "发件人： A\n发送时间： 2026-03-02 10:00\n收件人： B\n主题： x\nold"),
    ("Foxmail en", "From: A\nDate: 2026-03-02 10:00\nTo: B\nSubject: x\nold"),
    (
        "Mail Master",
        "---- 回复的原邮件 ----\n| 发件人 | A<a@b.example> |\n| 发送日期 | 2026年3月2日 10:00 |\n| 收件人 | B<b@c.example> |\n| 主题 | x |\nold",
    ),
    (
        "Mail Master en",
        "---- Replied Message ----\n| From | A<a@b.example> |\n| Date | 03/02/2026 10:00 |\n| To | B<b@c.example> |\nold",
    ),
    (
        "Aliyun",
        "------------------------------------------------------------------\n发件人：A<a@b.example>\n发送时间：2026年3月2日(星期一) 10:00\n收件人：B\n主　题：x\n\nold",
    ),
    (
        "139",
        "----邮件原文----\n发件人：A <a@b.example>\n收件人：B\n发送时间：2026-03-02 10:00\n主题：x\n\nold",
    ),
    (
        "Sina",
        "----- 原始邮件 -----\n发件人：A <a@b.example>\n收件人：B\n主题：x\n日期：2026年03月02日\n\nold",
    ),
    ("Feishu", "发件人：A<a@b.example>\n日期：2026年3月2日 (周一) 10:00\n主题：x\n收件人：B\n\nold"),
    (
        "Naver",
        "-----Original Message-----\nFrom: \"A\"<a@b.example>\nTo: <b@c.example>\nCc: \nSent: 2026-03-02 (월) 10:00:00\n\nold",
    ),
    (
        "Samsung",
        "-------- Original message --------\nFrom: A <a@b.example>\nDate: 02/03/2026 10:00 (GMT+01:00)\nTo: B\nSubject: x\n\nold",
    ),
    (
        "Samsung de",
        "-------- Ursprüngliche Nachricht --------\nVon: A <a@b.example>\nDatum: 02.03.26 10:00\n\nold",
    ),
    ("Proton 2016", "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, 2 March 2026, A wrote:\n\nold"),
    (
        "Orange",
        "====\n\nMessage du : 02/03/2026 10:00\nDe : \"A \" <a@b.example>\nA : c@d.example\nCopie à : \nSujet : x\n\nold",
    ),
    (
        "GMX",
        "Gesendet: Montag, 2. März 2026 um 10:00 Uhr\nVon: \"A\" <a@b.example>\nAn: b@c.example\nBetreff: x\nold",
    ),
    (
        "Zimbra",
        "----- Original Message -----\nFrom: \"A\" <a@b.example>\nTo: b@c.example\nSent: Monday, March 2, 2026 10:00:00 AM\nSubject: x\n\nold",
    ),
    (
        "Zimbra fr",
        "----- Mail original -----\nDe: \"A\" <a@b.example>\nÀ: b@c.example\nEnvoyé: Lundi 2 Mars 2026 10:00:00\nObjet: x\n\nold",
    ),
    ("Lotus Notes", "From:\tA/Org\nTo:\tB\nDate:\t02.03.2026 10:00\nSubject:\tx\n\nold"),
    ("a language unknown", "----- Ursprungligi Post -----\nFrom: A <a@b.example>\nTo: B\n\nold"),
    ("Zendesk", "##- Please type your reply above this line -##\n\nold"),
    ("GroupWise", ">>> Ann Lee <ann@lee.example> 02.03.2026 10:00 >>>\n\nold"),
];

#[test]
fn programs_and_languages() {
    let mut wrong = Vec::new();
    for (program, block) in BLOCKS {
        let d = divide(&format!("New.\n\n{block}"), &[], "");
        if d.reply != "New." || !d.quoted.as_deref().unwrap_or_default().ends_with("old") {
            wrong.push(format!("{program}: {:?}", d.reply));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What people write themselves with labels, rules and headings.
#[test]
fn no_blocks() {
    for text in [
        "From: the menu\nTo: the list\nthe export stops.",
        "Please change my address.\nFrom: ann@a.example\nTo: ann@b.example",
        "Please change my address.\nFrom: ann@a.example To: ann@b.example",
        "Time: 10:00\nAttachments: none\nIt fails.",
        "---- Original price and new price ----\n10 and 12",
        "--original\nis the option I used",
        "----- Steps -----\nTime: now\nclick Save",
        "Original message:\nnothing was shown",
        "** From: x **\nis the line that is shown",
    ] {
        assert_eq!(reply(text), text);
    }
}

#[test]
fn nested_and_alone() {
    let nested = "New.\n\nFrom: A <a@b.example>\nSent: Monday\nTo: B\nSubject: x\n\nold\n\n-----Original Message-----\nFrom: C\n\nolder\n> x";
    assert_eq!(reply(nested), "New.");
    assert_eq!(reply("From: A <a@b.example>\nSent: Monday\nTo: B\nSubject: x\n\nold"), "");
}
