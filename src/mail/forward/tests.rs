//! Forwards of many programs and languages, and mails that look like forwards.

use crate::mail::{Forwarded, ReadPolicy, Reading, read};

fn mail(subject: &str, text: &str) -> Reading {
    let raw = format!(
        "From: bob@b.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
    );
    read(raw.as_bytes(), &ReadPolicy::default())
}

fn forwarded(subject: &str, text: &str) -> Forwarded {
    mail(subject, text).forwarded.unwrap_or_else(|| panic!("no forward: {subject} / {text}"))
}

/// Sender, subject, comment and body are found.
fn check(subject: &str, text: &str) {
    let f = forwarded(subject, text);
    let from = f.from.clone().unwrap_or_default();
    assert_eq!(
        (
            from.name.as_deref(),
            from.address.as_str(),
            f.subject.as_deref(),
            f.comment.as_deref(),
            f.body.as_deref()
        ),
        (
            Some("Ann Lee"),
            "ann@a.example",
            Some("Re: Invoice"),
            Some("Please see."),
            Some("First.\n\nSecond.")
        ),
        "{text}"
    );
}

/// A subject line that says forward.
const FORWARD: &str = "Fwd: Re: Invoice";
/// One that says nothing, and is the forwarded mail's, so that only the divider can tell.
const PLAIN: &str = "Invoice";

#[test]
fn dividers_of_programs_and_languages() {
    for divider in [
        // Gmail, Spark, Missive, HubSpot
        "---------- Forwarded message ---------",
        "---------- Mensaje reenviado ---------",
        "---------- Message transféré ---------",
        "---------- Doorgestuurd bericht ---------",
        "---------- Wiadomość przesłana dalej ---------",
        // Apple Mail
        "Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
        "Anfang der weitergeleiteten E-Mail:",
        "Início da mensagem reencaminhada:",
        "Započni proslijeđenu poruku:",
        "Începe mesajul redirecționat:",
        "Начало переадресованного сообщения:",
        "İleti başlangıcı:",
        "Початок листа, що пересилається:",
        "Välitetty viesti alkaa:",
        "转发的邮件：",
        "以下是被转发的邮件：",
        "開始轉寄郵件：",
        "転送されたメッセージ：",
        "전달된 메시지 시작:",
        // Thunderbird, eM Client, Evolution
        "-------- Weitergeleitete Nachricht --------",
        "-------- Preposlaná správa --- Forwarded Message --------",
        "-------- Välitetty viesti / Fwd.Msg --------",
        "-------- İletilen İleti --------",
        "--- Treść przekazanej wiadomości ---",
        "-------- 转发的消息 --------",
        "-------- 轉寄郵件 --------",
        "-------- 전달된 메시지 --------",
        "-------- 転送メッセージ --------",
        "------ Forwarded Message ------",
        // Zoho, Proton Mail, KMail, Gnus, Mutt
        "============ Forwarded message ============",
        "------- Forwarded Message -------",
        "----------  Forwarded Message  ----------",
        "-------------------- Start of forwarded message --------------------",
        "----- Forwarded message from Ann Lee <ann@a.example> -----",
        // The Bat!
        "This is a forwarded message",
        // NetEase, Coremail
        "-------- 转发邮件信息 --------",
        "---------- 转发邮件信息 ----------",
        "---- 转发的邮件 ----",
        // Lotus Notes
        "----- Forwarded by Bob/ACME on 02.03.2026 10:00 -----",
        "----- Weitergeleitet von Bob/ACME am 02.03.2026 10:00 -----",
    ] {
        for block in [
            "From: Ann Lee <ann@a.example>\nDate: Mon, 2 Mar 2026\nSubject: Re: Invoice\nTo: <bob@b.example>\n\n",
            "\nSubject:\tRe: Invoice\nDate:\tMon, 2 Mar 2026\nFrom:\tAnn Lee <ann@a.example>\nTo:\tBob <bob@b.example>\n\n\n",
        ] {
            check(PLAIN, &format!("Please see.\n\n{divider}\n{block}First.\n\nSecond.\n"));
        }
    }
}

/// Subject and header block of programs that say forward in the subject alone.
const BLOCKS: &[(&str, &str)] = &[
    // Outlook for Windows and the web, new Outlook for Mac
    ("FW: Re: Invoice", "From: Ann Lee <ann@a.example>\nSent: Monday\nTo: Bob\nSubject: Re: Invoice\n\n"),
    (
        "WG: Re: Invoice",
        "________________________________\nVon: Ann Lee <ann@a.example>\nGesendet: Montag\nAn: Bob\nBetreff: Re: Invoice\n\n",
    ),
    (
        "TR: Re: Invoice",
        "De : Ann Lee <ann@a.example>\nDate : lundi\nÀ : Bob\nCc : c@c.example\nObjet : Re: Invoice\n",
    ),
    (
        "RV: Re: Invoice",
        "De: Ann Lee <ann@a.example>\nEnviado el: lunes\nPara: Bob\nCC: c@c.example\nAsunto: Re: Invoice\n\n",
    ),
    ("I: Re: Invoice", "Da: Ann Lee <ann@a.example>\nInviato: lunedì\nA: Bob\nOggetto: Re: Invoice\n\n"),
    (
        "ENC: Re: Invoice",
        "De: Ann Lee <ann@a.example>\nEnviada em: segunda\nPara: Bob\nAssunto: Re: Invoice\n\n",
    ),
    (
        "PD: Re: Invoice",
        "Od: Ann Lee <ann@a.example>\nData: poniedziałek\nDo: Bob\nDW: c@c.example\nTemat: Re: Invoice\n",
    ),
    ("VB: Re: Invoice", "Från: Ann Lee <ann@a.example>\nSkickat: måndag\nTill: Bob\nÄmne: Re: Invoice\n\n"),
    ("VS: Re: Invoice", "Fra: Ann Lee <ann@a.example>\nSendt: mandag\nTil: Bob\nEmne: Re: Invoice\n\n"),
    (
        "VL: Re: Invoice",
        "Lähettäjä: Ann Lee <ann@a.example>\nLähetetty: maanantai\nVastaanottaja: Bob\nAihe: Re: Invoice\n\n",
    ),
    (
        "Továbbítás: Re: Invoice",
        "Feladó: Ann Lee <ann@a.example>\nElküldve: hétfő\nCímzett: Bob\nMásolatot kap: C\nTárgy: Re: Invoice\n\n",
    ),
    (
        "İLT: Re: Invoice",
        "Kimden: Ann Lee <ann@a.example>\nGönderildi: Pazartesi\nKime: Bob\nBilgi: C\nKonu: Re: Invoice\n\n",
    ),
    (
        "Redir.: Re: Invoice",
        "De la: Ann Lee <ann@a.example>\nTrimis: luni\nCătre: Bob\nSubiect: Re: Invoice\n\n",
    ),
    ("Videresend: Re: Invoice", "Fra: Ann Lee <ann@a.example>\nDato: mandag\nTil: Bob\nEmne: Re: Invoice\n"),
    (
        "FW: Re: Invoice",
        "От: Ann Lee <ann@a.example>\nОтправлено: понедельник\nКому: Bob\nТема: Re: Invoice\n\n",
    ),
    (
        "转发: Re: Invoice",
        "发件人: Ann Lee <ann@a.example>\n发送时间: 2026年3月2日 10:00\n收件人: Bob\n抄送: C\n主题: Re: Invoice\n\n",
    ),
    (
        "轉寄: Re: Invoice",
        "寄件者: Ann Lee <ann@a.example>\n寄件日期: 2026年3月2日\n收件者: Bob\n副本: C\n主旨: Re: Invoice\n\n",
    ),
    (
        "転送: Re: Invoice",
        "差出人: Ann Lee <ann@a.example>\n送信日時: 2026年3月2日\n宛先: Bob\n件名: Re: Invoice\n\n",
    ),
    (
        "전달: Re: Invoice",
        "보낸 사람: Ann Lee <ann@a.example>\n보낸 날짜: 2026년 3월 2일\n받는 사람: Bob\n제목: Re: Invoice\n\n",
    ),
    // QQ Mail, Exmail, WeCom
    (
        "转发：Re: Invoice",
        "------------------&nbsp;原始邮件&nbsp;------------------\n发件人:&nbsp;\"Ann Lee\"<ann@a.example>;\n发送时间:&nbsp;2026年3月2日(星期一) 上午10:00\n收件人:&nbsp;\"Bob\"<bob@b.example>;\n\n主题:&nbsp;Re: Invoice\n\n\n",
    ),
    // DingTalk and Aliyun
    (
        "转发：Re: Invoice",
        "------------------------------------------------------------------\n发件人：Ann Lee <ann@a.example>\n发送时间：2026年3月2日(星期一) 10:00\n收件人：Bob <bob@b.example>\n主　题：Re: Invoice\n\n",
    ),
    // 139
    (
        "转发：Re: Invoice",
        "----邮件原文----\n发件人：Ann Lee <ann@a.example>\n收件人：Bob <bob@b.example>\n抄 送：(无)\n发送时间：2026-03-02 10:00:00\n主 题：Re: Invoice\n\n",
    ),
    // Sina
    (
        "转发：Re: Invoice",
        "----- 原始邮件 -----\n发件人：Ann Lee <ann@a.example>\n收件人：bob@b.example\n主题：Re: Invoice\n日期：2026年03月02日 10点00分\n\n",
    ),
    // Foxmail
    (
        "转发: Re: Invoice",
        " \n发件人： Ann Lee <ann@a.example>\n发送时间： 2026-03-02 10:00\n收件人： Bob\n主题： Re: Invoice\n",
    ),
    // Samsung, K-9, Roundcube, Fastmail, AOL, GMX, T-Online, Libero, Daum, Naver
    (
        "Fwd: Re: Invoice",
        "-------- Original message --------\nFrom: Ann Lee <ann@a.example>\nDate: 02/03/2026 10:00 (GMT+01:00)\nTo: bob@b.example\nSubject: Re: Invoice\n\n",
    ),
    (
        "Fwd: Re: Invoice",
        "-------- Originalnachricht --------\nBetreff: Re: Invoice\nDatum: 02.03.2026 10:00\nVon: Ann Lee <ann@a.example>\nAn: bob@b.example\n\n",
    ),
    (
        "Fw: Re: Invoice",
        "Gesendet: Montag, 02. März 2026 um 10:00 Uhr\nVon: \"Ann Lee\" <ann@a.example>\nAn: bob@b.example\nBetreff: Re: Invoice\n\n",
    ),
    (
        "Fwd: Re: Invoice",
        "----Messaggio originale----\nDa: Ann Lee <ann@a.example>\nData: 02/03/2026 10.00\nA: <bob@b.example>\nOgg: Re: Invoice\n\n",
    ),
    (
        "FW: Re: Invoice",
        "--------- 원본 메일 ---------\n보낸사람 : Ann Lee <ann@a.example>\n받는사람 : bob@b.example\n날짜 : 2026년 3월 2일\n제목 : Re: Invoice\n\n",
    ),
    (
        "[FW] Re: Invoice",
        "-----Original Message-----\nFrom: \"Ann Lee\"<ann@a.example>\nTo: <bob@b.example>\nCc:\nSent: 2026-03-02 (월) 10:00:00 (UTC+09:00)\nSubject: Re: Invoice\n\n",
    ),
    // Becky!
    (
        "Fw: Re: Invoice",
        "Forwarded by Bob <bob@b.example>\n----------------------- Original Message -----------------------\n From:    Ann Lee <ann@a.example>\n To:      bob@b.example\n Date:    Mon, 02 Mar 2026\n Subject: Re: Invoice\n----\n\n",
    ),
    // IONOS, Orange
    (
        "Fwd: Re: Invoice",
        "> ---------- Original Message ----------\n> From: Ann Lee <ann@a.example>\n> To: Bob\n> Date: 02/03/2026\n> Subject: Re: Invoice\n>  \n>  \n",
    ),
    (
        "Fwd: Re: Invoice",
        "> Message du 02/03/26 10:00\n> De : \"Ann Lee\" <ann@a.example>\n> A : bob@b.example\n> Copie à : \n> Objet : Re: Invoice\n> \n",
    ),
    // Yahoo
    (
        "Fw: Re: Invoice",
        "  ----- Przekazana wiadomość ----- Od: Ann Lee <ann@a.example>Do: \"bob@b.example\" <bob@b.example>Dw: C <c@c.example>Wysłano: poniedziałek, 2 marca 2026 10:00:00 CETTemat: Re: Invoice\n ",
    ),
    (
        "Fw: Re: Invoice",
        "  ----- Пересылаемое сообщение ----- От: Ann Lee <ann@a.example>Кому: \"bob@b.example\" <bob@b.example>Отправлено: понедельник, 2 марта 2026 г., 10:00:00 GMT+3Тема: Re: Invoice\n ",
    ),
    (
        "Fw: Re: Invoice",
        "  ----- İletilmiş Mesaj ----- Kimden: Ann Lee <ann@a.example>Kime: \"bob@b.example\" <bob@b.example>Gönderilen: 2 Mart 2026 Pazartesi 10:00:00 GMT+3Konu: Re: Invoice\n ",
    ),
    // Outlook's rule and first line run together
    (
        "FW: Re: Invoice",
        "________________________________ From: Ann Lee <ann@a.example>\nSent: Monday\nTo: Bob\nSubject: Re: Invoice\n\n",
    ),
];

#[test]
fn blocks_below_a_subject_that_says_forward() {
    for (subject, block) in BLOCKS {
        let quoted = block.starts_with("> ");
        let body = if quoted { "> First.\n>\n> Second.\n" } else { "First.\n\nSecond.\n" };
        check(subject, &format!("Please see.\n\n{block}{body}"));
    }
}

#[test]
fn forwards_without_a_block() {
    for line in [
        "On 28/10/2021 12:46, \"Ann Lee\" <ann@a.example> wrote:",
        "Op 28/10/2021 12:46 heeft Ann Lee <ann@a.example> geschreven:",
        "28/10/2021, 12:46 používateľ Ann Lee (<ann@a.example>) napísal:",
    ] {
        check(
            "FW: Re: Invoice",
            &format!("Please see.\n\n\u{feff}{line}\n\n    First.\n    \n    Second.\n"),
        );
    }
    // GroupWise
    let f = forwarded(FORWARD, "Please see.\n\n>>> Ann Lee <ann@a.example> 3/2/2026 10:00 AM >>>\nFirst.\n");
    assert_eq!(
        (f.from.unwrap_or_default().address.as_str(), f.comment.as_deref(), f.body.as_deref()),
        ("ann@a.example", Some("Please see."), Some("First."))
    );
    // Yandex Mail
    let f = forwarded(
        FORWARD,
        "См. ниже.\n\n-------- Пересылаемое сообщение --------\n02.03.2026, 10:00, \"Ann Lee\" <ann@a.example>:\n\nFirst.\n\n-------- Конец пересылаемого сообщения --------\n\nBob\n",
    );
    assert_eq!(
        (f.from.unwrap_or_default().address.as_str(), f.subject.as_deref(), f.body.as_deref()),
        ("ann@a.example", Some("Re: Invoice"), Some("First."))
    );
    let f = forwarded(
        FORWARD,
        "-------- Пересылаемое сообщение --------\nКому: Bob (bob@b.example);\nТема: Invoice;\n02.03.2026, 10:00, \"Ann Lee\" <ann@a.example>:\n\nFirst.\n",
    );
    assert_eq!(
        (f.from.unwrap_or_default().address.as_str(), f.body.as_deref()),
        ("ann@a.example", Some("First."))
    );
}

#[test]
fn tables_and_marks() {
    // NetEase Mail Master as text
    check(
        "转发：Re: Invoice",
        "Please see.\n\n\n---- 转发的邮件 ----\n| 发件人 | Ann Lee<ann@a.example> |\n| 发送日期 | 2026年03月02日 10:00 |\n| 收件人 | bob@b.example |\n| 主题 | Re: Invoice |\nFirst.\n\nSecond.\n",
    );
    // Thunderbird's table as its HTML becomes text
    check(
        FORWARD,
        "Please see.\n\n-------- 转发的消息 --------\n主题 Re: Invoice\n日期 Mon, 2 Mar 2026\n发件人 Ann Lee <ann@a.example>\n收件人 bob@b.example\n\nFirst.\n\nSecond.\n",
    );
    // Proton Mail and Missive mark the mail, MailMate all but wrapped lines
    check(
        PLAIN,
        "Please see.\n\n------- Forwarded Message -------\nFrom: Ann Lee <ann@a.example>\nDate: On Monday\nSubject: Re: Invoice\nTo: bob@b.example\n\n> First.\n>\n> Second.\n",
    );
    let f = forwarded(
        PLAIN,
        "Forwarded message:\n\n> From: Ann <ann@a.example>\n> Subject: x\n> Date: Monday\n>\n> A long line that\nwas wrapped\n>\n> End.\n\nBelow.\n",
    );
    assert_eq!((f.comment, f.body.as_deref()), (None, Some("A long line that\nwas wrapped\n\nEnd.")));
}

#[test]
fn what_the_sender_wrote_below_is_part_of_the_reply() {
    let r = mail(
        PLAIN,
        "Above.\n\nBegin forwarded message:\n\n> From: Ann <ann@a.example>\n> Subject: x\n>\n> Text.\n\nBelow.\n",
    );
    assert_eq!(r.reply, "Above.\n\nBelow.");
    assert_eq!(r.forwarded.unwrap().comment.as_deref(), Some("Above."));
}

#[test]
fn lines_around_the_body_are_not_part_of_it() {
    for (before, after) in [
        ("============ Forwarded message ============\n\n", ""),
        (
            "===8<==============Original message text===============\n",
            "===8<===========End of original message text===========\n\n-- \nBob\n",
        ),
        ("", "\n----- End forwarded message -----\n\n-- \nBob\n"),
        // KMail; Mutt with fields that no table knows
        ("\n", "\n-----------------------------------------\n"),
        ("User-Agent: Mutt/2.2\nX-Loop: 1\n\n", ""),
        ("\n\n", "\n-------------------- End of forwarded message --------------------\n"),
    ] {
        check(
            PLAIN,
            &format!(
                "Please see.\n\n---- Forwarded message ----\nFrom: Ann Lee <ann@a.example>\nTo: bob@b.example\nSubject: Re: Invoice\n{before}First.\n\nSecond.\n{after}"
            ),
        );
    }
}

#[test]
fn the_outermost_of_nested_forwards_counts() {
    let f = forwarded(
        FORWARD,
        "---------- Forwarded message ---------\nFrom: Ann <ann@a.example>\nSubject: Fwd: x\n\n---------- Forwarded message ---------\nFrom: Eve <eve@e.example>\nSubject: x\n\nText.\n",
    );
    let body = f.body.unwrap();
    assert!(body.starts_with("---------- Forwarded message") && body.ends_with("Text."), "{body}");
    assert_eq!((f.subject.as_deref(), f.comment), (Some("Fwd: x"), None));
}

/// Outlook's plain text of a rule and a block, as one line.
#[test]
fn blocks_in_one_line() {
    for (divider, from) in [
        ("________________________________ ", "From"),
        ("", "From"),
        ("----- Weitergeleitete Nachricht -----\n", "Von"),
    ] {
        let names = if from == "Von" { ["Gesendet", "An", "Betreff"] } else { ["Sent", "To", "Subject"] };
        let [sent, to, subject] = names;
        let block =
            format!("{from}: Ann <ann@a.example> {sent}: 2 March 2026 {to}: b@b.example {subject}: x");
        let f = forwarded("Fwd: x", &format!("See.\n\n{divider}{block}\n\nText."));
        assert_eq!(
            (
                f.from.unwrap().address.as_str(),
                f.date.as_deref(),
                f.to.len(),
                f.comment.as_deref(),
                f.body.as_deref()
            ),
            ("ann@a.example", Some("2 March 2026"), 1, Some("See."), Some("Text.")),
            "{divider}"
        );
    }
}

/// Thunderbird with "View, Headers, All", and Mutt without `weed`.
#[test]
fn whole_headers() {
    let header = "Return-Path: <ann@a.example>\nReceived: from a.example\n\tby b.example; Mon, 2 Mar 2026\nX-Mailer: y\nFrom: Ann <ann@a.example>\nMIME-Version: 1.0\nTo: b@b.example\nSubject: x\nDate: Mon, 2 Mar 2026 10:00:00 +0000";
    for divider in ["", "-------- Forwarded Message --------\n", "----- Forwarded message from Ann -----\n\n"]
    {
        let f = forwarded("Fwd: x", &format!("See.\n\n{divider}{header}\n\nText."));
        assert_eq!(
            (f.comment.as_deref(), f.date.as_deref(), f.body.as_deref()),
            (Some("See."), Some("Mon, 2 Mar 2026 10:00:00 +0000"), Some("Text.")),
            "{divider}"
        );
    }
}

#[test]
fn signatures_above_are_not_the_comment() {
    let block = "Begin forwarded message:\n\n> From: Ann <ann@a.example>\n> Subject: x\n>\n> Text.\n";
    for (above, comment) in [
        ("Please see.\n\nSent from my iPhone\n\n", Some("Please see.")),
        ("发自我的iPhone\n\n", None),
        ("Please see.\n\n-- \nBob\nACME\n\n", Some("Please see.")),
        ("Please see.\n\nBob\nACME\n\n", Some("Please see.\n\nBob\nACME")),
        (
            "Please see.\n\nBest regards,\nBob\nACME GmbH\nTel. +49 30 1234567\n\n",
            Some("Please see.\n\nBest regards,\nBob"),
        ),
        ("请看。\n\n從我的手機傳送\n\n", Some("请看。")),
    ] {
        assert_eq!(forwarded(PLAIN, &format!("{above}{block}")).comment.as_deref(), comment, "{above}");
    }
}

#[test]
fn recipients() {
    let f = forwarded(
        FORWARD,
        "From: Ann\nSent: Monday\nTo: Poe, Bob <bob@b.example>; eve@e.example<mailto:eve@e.example>\nCc: 李安；王二 <w@w.example>\nSubject: x\n\nText.\n",
    );
    let list = |people: &[crate::mail::Address]| -> Vec<String> {
        people.iter().map(|a| format!("{}/{}", a.name.as_deref().unwrap_or_default(), a.address)).collect()
    };
    assert_eq!(list(&f.to), ["Poe, Bob/bob@b.example", "/eve@e.example"]);
    assert_eq!(list(&f.cc), ["李安/", "王二/w@w.example"]);
    assert_eq!(f.from.unwrap().name.as_deref(), Some("Ann"));
}

#[test]
fn another_mail_pasted_without_a_word_of_forwarding() {
    let block = "From: Ann <ann@a.example>\nDate: Monday\nTo: bob@b.example\nSubject: Invoice\n\nText.\n";
    assert!(mail("Re: another thing", &format!("See:\n\n{block}")).forwarded.is_some());
    // The subject is the mail's own: the block is the quote of a reply.
    for subject in ["Re: Invoice", "Re: [#12] Invoice", "RE: invoice", "Invoice", ""] {
        assert_eq!(mail(subject, &format!("See:\n\n{block}")).forwarded, None, "{subject}");
    }
    // A header field says that this mail answers one.
    let raw = format!(
        "From: b@b.example\nSubject: Re: another thing\nIn-Reply-To: <1@a.example>\n\nSee:\n\n{block}"
    );
    assert_eq!(read(raw.as_bytes(), &ReadPolicy::default()).forwarded, None);
}

#[test]
fn no_forwards() {
    let forward = "---------- Forwarded message ---------\nFrom: C <c@c.example>\nSubject: x\n\nold\n";
    let marked: String = forward.lines().map(|l| format!("> {l}\n")).collect();
    for (subject, text) in [
        // A reply whose quote holds a forward
        ("Re: x", format!("Yes.\n\nOn Mon, 2 Mar 2026, Sam <s@d.example> wrote:\n{marked}")),
        ("Re: x", format!("Yes.\n\nOn Mon, 2 Mar 2026, Sam <s@d.example> wrote:\n> See:\n>\n{marked}")),
        ("Re: x", format!("Yes.\n\nOn 2 Mar 2026 10:00, \"Sam\" <s@d.example> wrote:\n\nSee:\n\n{forward}")),
        ("RE: x", format!("Yes.\n\nFrom: Sam <s@d.example>\nSent: Monday\nTo: Bob\nSubject: FW: x\n\nSee:\n\n{forward}")),
        ("回复：x", "好\n\n------------------ 原始邮件 ------------------\n发件人: \"Sam\"<s@d.example>;\n发送时间: 2026年3月2日\n主题: x\n\n旧".to_owned()),
        // "VS:" of a Finnish reply
        ("VS: x", "Kyllä.\n\nLähettäjä: Sam <s@d.example>\nLähetetty: maanantai\nVastaanottaja: Bob\nAihe: x\n\nvanha\n".to_owned()),
        // The words alone
        ("Fwd is broken", "Forwarded message:\n\nis all that I see. From: nobody.\n".to_owned()),
        ("转发按钮", "通知“转发邮件信息”这个按钮：\n不能用。\n".to_owned()),
        ("Fwd: notes", "Here are my notes.\n\nDate: Friday\n\nBye\n".to_owned()),
        ("Fwd: plans", "From: my side there is nothing.\nTo: be clear, I agree.\n".to_owned()),
        ("List Digest, Vol 1", "Topics\n\nMessage: 1\nDate: Mon\nFrom: C <c@c.example>\nTo: l@l.example\nSubject: a\n\nold\n".to_owned()),
        ("Problem", "Date: 2 March\nTime: 10:00\nSubject: Login fails\n\nPlease help.\n".to_owned()),
    ] {
        assert_eq!(mail(subject, &text).forwarded, None, "{subject}\n{text}");
    }
}

fn attached(subject: &str, text: &str, part: &str) -> Option<Forwarded> {
    let raw = format!(
        "From: b@b.example\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\n{text}\n--m\n{part}\n--m--\n"
    );
    read(raw.as_bytes(), &ReadPolicy::default()).forwarded
}

#[test]
fn attached_mails() {
    let inner = "From: Ann <ann@a.example>\nTo: b@b.example\nSubject: y\n\ninner\n";
    for part in [
        format!("Content-Type: message/rfc822\n\n{inner}"),
        format!("Content-Type: message/rfc822; name=\"y.eml\"\nContent-Disposition: attachment\n\n{inner}"),
        format!("Content-Type: application/octet-stream; name=\"y.eml\"\n\n{inner}"),
    ] {
        let f = attached("Fwd: y", "see", &part).unwrap();
        assert_eq!(
            (f.from.unwrap().address.as_str(), f.comment.as_deref(), f.body.as_deref(), f.to.len()),
            ("ann@a.example", Some("see"), Some("inner"), 1)
        );
    }
    let digest =
        format!("Content-Type: multipart/digest; boundary=d\n\n--d\n\n{inner}\n--d\n\n{inner}\n--d--");
    assert_eq!(attached("Fwd: two", "see", &digest).unwrap().subject.as_deref(), Some("y"));
    let part = format!("Content-Type: message/rfc822\n\n{inner}");
    let signed = attached("Fwd: y", "see\n\n-- \nBob", &part).unwrap();
    assert_eq!(signed.comment.as_deref(), Some("see"));
    assert!(attached("see this", "what is it?", &part).is_some());
    assert!(attached("Fwd: two", "see", &format!("{part}\n--m\n{part}")).is_some());
    assert_eq!(attached("evidence", &"a long report ".repeat(40), &part), None);
    let msg = "Content-Type: application/vnd.ms-outlook; name=\"Invoice 7.msg\"\nContent-Transfer-Encoding: base64\n\n0M8R4KGxGuE=";
    assert_eq!(attached("FW: Invoice 7", "see", msg).unwrap().subject.as_deref(), Some("Invoice 7"));
    assert_eq!(attached("Invoice", "see", msg), None);
}

proptest::proptest! {
    /// Whatever stands in a mail, it is read.
    #[test]
    fn any_text_ends(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "From: ", "Subject: ", "To: ", "Date: ", "发件人：", "主　题：", "\n", "\n\n", "> ", "----- ", "Forwarded Message", " -----",
        "Begin forwarded message:", "-----Original Message-----", "Ann <a@b.example>", "<mailto:", "[", "(", "«", "\"", ",", ";", "@",
        "On 2026-03-02 10:00, \"A\" <a@b.example> wrote:", "CETAssunto ", "&nbsp;", "İ", "=?", "| To |", "End forwarded message",
    ]), 0..60)) {
        let r = mail("Fwd: x", &pieces.concat());
        proptest::prop_assert!(!r.warnings.iter().any(|w| w.contains("crashed")), "{:?}", r.warnings);
    }
}
