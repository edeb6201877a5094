//! What is cut below the reply, and what stays.

use super::divide;

/// Display name, text, reply, signature.
const SIGNATURES: &[(&str, &str, &str, Option<&str>)] = &[
    ("", "New.\n\n-- \nA B\nACME", "New.", Some("--\nA B\nACME")),
    ("", "New.\n\n--\nA B\nTel. 123", "New.", Some("--\nA B\nTel. 123")),
    ("", "New.\n\n__\nA B\n+49 30 1234567", "New.", Some("__\nA B\n+49 30 1234567")),
    ("", "New.\n\n--Ann", "New.", Some("--Ann")),
    ("", "New.\n\nSent from my iPhone", "New.", Some("Sent from my iPhone")),
    (
        "",
        "New.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>",
        "New.",
        Some("Get Outlook for iOS<https://aka.ms/o0ukef>"),
    ),
    ("", "New.\n\n发自我的iPhone", "New.", Some("发自我的iPhone")),
    ("", "New.\n\n發自我的 iPhone", "New.", Some("發自我的 iPhone")),
    ("", "New.\n\n从我的 iPhone 发送", "New.", Some("从我的 iPhone 发送")),
    ("", "New.\n\n來自我的 iPhone", "New.", Some("來自我的 iPhone")),
    ("", "New.\n\n发自我的小米手机", "New.", Some("发自我的小米手机")),
    ("", "New.\n\n来自企业微信", "New.", Some("来自企业微信")),
    ("", "New.\n\n发自网易邮箱大师", "New.", Some("发自网易邮箱大师")),
    ("", "New.\n\nVon meinem iPhone gesendet", "New.", Some("Von meinem iPhone gesendet")),
    ("", "New.\n\nEnvoyé de mon iPhone", "New.", Some("Envoyé de mon iPhone")),
    ("", "New.\n\nEnviado desde mi iPhone", "New.", Some("Enviado desde mi iPhone")),
    ("", "New.\n\nEnviado do meu iPhone", "New.", Some("Enviado do meu iPhone")),
    ("", "New.\n\nInviato da iPhone", "New.", Some("Inviato da iPhone")),
    ("", "New.\n\nVerstuurd vanaf mijn iPhone", "New.", Some("Verstuurd vanaf mijn iPhone")),
    ("", "New.\n\nWysłane z iPhone’a", "New.", Some("Wysłane z iPhone’a")),
    ("", "New.\n\nОтправлено с iPhone", "New.", Some("Отправлено с iPhone")),
    ("", "New.\n\niPhoneから送信", "New.", Some("iPhoneから送信")),
    ("", "New.\n\n나의 iPhone에서 보냄", "New.", Some("나의 iPhone에서 보냄")),
    (
        "",
        "New.\n\nSamsung Galaxy 스마트폰에서 보냈습니다.",
        "New.",
        Some("Samsung Galaxy 스마트폰에서 보냈습니다."),
    ),
    ("", "New.\n\nGalaxy cihazımdan gönderildi", "New.", Some("Galaxy cihazımdan gönderildi")),
    (
        "",
        "New.\n\niOS için Outlook'u edinin<https://aka.ms/o0ukef>",
        "New.",
        Some("iOS için Outlook'u edinin<https://aka.ms/o0ukef>"),
    ),
    (
        "",
        "New.\n\nOutlook für Android<https://aka.ms/x> beziehen",
        "New.",
        Some("Outlook für Android<https://aka.ms/x> beziehen"),
    ),
    ("", "New.\n\nYahoo!メール - iPhoneアプリから送信", "New.", Some("Yahoo!メール - iPhoneアプリから送信")),
    ("", "iPhone에서는 안 보냄, 왜죠?", "iPhone에서는 안 보냄, 왜죠?", None),
    ("", "我在 iPhone 上试了\n还是无法发送", "我在 iPhone 上试了\n还是无法发送", None),
    (
        "",
        "可以了。\n\n李安 敬上\n\n某某股份有限公司 資訊處\nTEL: 02-5550-0100",
        "可以了。\n\n李安 敬上",
        Some("李安 敬上\n\n某某股份有限公司 資訊處\nTEL: 02-5550-0100"),
    ),
    ("", "New.\n\nEnvoyé de\u{a0}mon\u{a0}iPhone", "New.", Some("Envoyé de\u{a0}mon\u{a0}iPhone")),
    ("", "New.\n\nส่งจาก iPhone ของฉัน", "New.", Some("ส่งจาก iPhone ของฉัน")),
    (
        "",
        "Neu.\n\n<https://www.avg.com/>\nVirenfrei.www.avg.com",
        "Neu.",
        Some("<https://www.avg.com/>\nVirenfrei.www.avg.com"),
    ),
    (
        "",
        "Neu.\n\nMit freundlichen Grüßen / Best regards\n\nAnn Lee\nLee GmbH\nTel.: +49 30 000",
        "Neu.\n\nMit freundlichen Grüßen / Best regards\n\nAnn Lee",
        Some("Mit freundlichen Grüßen / Best regards\n\nAnn Lee\nLee GmbH\nTel.: +49 30 000"),
    ),
    (
        "Ann Lee",
        "Please change it to\n\nAnn Lee\nLee Ltd\n\non the invoice, thank you.",
        "Please change it to\n\nAnn Lee\nLee Ltd\n\non the invoice, thank you.",
        None,
    ),
    ("", "New.\n\nSkickat från min iPhone", "New.", Some("Skickat från min iPhone")),
    ("", "New.\n\nAnn Lee\nvia mobile", "New.\n\nAnn Lee", Some("Ann Lee\nvia mobile")),
    ("", "New.\n\nBest regards,\nAnn", "New.\n\nBest regards,\nAnn", Some("Best regards,\nAnn")),
    (
        "",
        "New.\n\nBest regards,\nAnn Lee\nHead of Sales\nACME Ltd\nPhone: +1 555 0100",
        "New.\n\nBest regards,\nAnn Lee",
        Some("Best regards,\nAnn Lee\nHead of Sales\nACME Ltd\nPhone: +1 555 0100"),
    ),
    (
        "Ann Lee",
        "New.\n\nAnn Lee\nACME | Support\nMobile +1 555 010 0199",
        "New.\n\nAnn Lee",
        Some("Ann Lee\nACME | Support\nMobile +1 555 010 0199"),
    ),
    (
        "林晓雯",
        "已补充。\n\n林晓雯\n浩然设计院 信息中心\n电话：010-5550-0132",
        "已补充。\n\n林晓雯",
        Some("林晓雯\n浩然设计院 信息中心\n电话：010-5550-0132"),
    ),
    (
        "",
        "合同编号是 7。\n\n王芳\n华夏科技有限公司 采购部\n手机：199-0000-0017\n邮箱：wf@huaxia.example",
        "合同编号是 7。\n\n王芳",
        Some("王芳\n华夏科技有限公司 采购部\n手机：199-0000-0017\n邮箱：wf@huaxia.example"),
    ),
    (
        "",
        "Die Nummer ist 7.\n\nMit freundlichen Grüßen\nJens Krüger\nWerk GmbH · Sitz Kassel · HRB 00000",
        "Die Nummer ist 7.\n\nMit freundlichen Grüßen\nJens Krüger",
        Some("Mit freundlichen Grüßen\nJens Krüger\nWerk GmbH · Sitz Kassel · HRB 00000"),
    ),
    (
        "",
        "New.\n\nThis e-mail and any attachments are confidential and intended solely for the addressee.",
        "New.",
        Some("This e-mail and any attachments are confidential and intended solely for the addressee."),
    ),
    (
        "",
        "New.\n\n---\nThis email has been checked for viruses by an antivirus program.\nhttps://antivirus.example",
        "New.",
        Some(
            "---\nThis email has been checked for viruses by an antivirus program.\nhttps://antivirus.example",
        ),
    ),
    (
        "",
        "好的。\n\n本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的收件人。",
        "好的。",
        Some("本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的收件人。"),
    ),
    (
        "",
        "New.\n\n_______________________________________________\nusers mailing list\nusers@lists.example\nhttps://lists.example/users",
        "New.",
        Some(
            "_______________________________________________\nusers mailing list\nusers@lists.example\nhttps://lists.example/users",
        ),
    ),
];

#[test]
fn cut_below_the_reply() {
    let mut wrong = Vec::new();
    for (sender, text, reply, signature) in SIGNATURES {
        for below in
            ["", "\n\nOn Mon, 2 Mar 2026, X wrote:\n> old", "\n\n-----Original Message-----\nFrom: X\n\nold"]
        {
            let d = divide(&format!("{text}{below}"), &[], sender);
            if (d.reply.as_str(), d.signature.as_deref(), d.quoted.is_some())
                != (*reply, *signature, !below.is_empty())
            {
                wrong.push(format!("{text:?}: {:?} {:?}", d.reply, d.signature));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn people_who_write_such_words() {
    for text in [
        "The mail was sent from my iPhone, but it has no picture.\nWhat can I do about it?\nAnd where is the log?\nPlease tell me.",
        "Sent from my iPhone it fails.\nFrom the web it works.\nI tried both twice.\nWhat now?",
        "从我的电脑登录就可以，从手机不行。",
        "Sent from my desk, where it is easier than on the phone.",
        "Galaxy S23, Android 14",
        "Best regards to your team!\n\nThe export fails since Monday. Which log do you need?",
        "This message appears:\n\nConfidential mode is off",
        "本邮件中的报价以盖章件为准，这一点法务已确认。",
        "Hello,\n\nthe facts:\n\nUsername: ann\nPhone: +1 555 0100\nVersion: 2.1",
        "Thanks,\nAnn\n\nUsername: ann.lee\nVersion: 2.1 on Windows 11\nError: E-17",
        "Part one is done.\n----------\nPart two fails with an error that I cannot read. Why?",
        "Steps:\n--\nopen the menu and choose Export, then wait for the message to appear on the screen.\n\nWhat is wrong?",
        "Please ask our administrator:\n\nAnn Lee\nACME Ltd\nPhone: +1 555 0100\nann@acme.example",
        "The new seat is for:\n\n王芳\n手机：199-0000-0017",
        "Thanks!",
        "谢谢！",
        "a -- b",
    ] {
        assert_eq!(divide(text, &[], "Ann Lee").reply, text);
    }
}

#[test]
fn nothing_but_a_signature() {
    let d = divide("-- \nAnn Lee\nACME\n\nOn Mon, 2 Mar 2026, X wrote:\n> old", &[], "");
    assert_eq!((d.reply.as_str(), d.signature.as_deref()), ("", Some("--\nAnn Lee\nACME")));
}
