//! Who wrote: people against every kind of machine, by whole mails.

use crate::mail::{Class, ReadPolicy, read};

fn policy() -> ReadPolicy {
    ReadPolicy {
        own_addresses: vec!["support@desk.example".into()],
        own_lists: vec!["help.desk.example".into()],
        desk_id: "ab12".into(),
    }
}

fn class(headers: &str) -> (Class, Option<String>) {
    let r = read(
        format!("{headers}\r\nSubject: Question\r\n\r\nHello, my chart is empty.\r\n").as_bytes(),
        &policy(),
    );
    (r.class, r.no_automatic_mail)
}

#[test]
fn header_rules_each() {
    for (header, want) in [
        ("Return-Path: <>", Class::Human),
        ("Auto-Submitted: auto-replied", Class::AutoReply),
        ("Auto-Submitted: auto-generated (x)", Class::AutoReply),
        ("List-Id: <x.y>", Class::List),
        ("List-Unsubscribe: <mailto:x@y>", Class::List),
        ("Precedence: bulk", Class::Bulk),
        ("Precedence: junk", Class::Bulk),
        ("Precedence: list", Class::List),
        ("Precedence: auto_reply", Class::AutoReply),
        ("X-Auto-Response-Suppress: All", Class::Human),
        ("X-Autoreply: yes", Class::AutoReply),
        ("X-Autorespond: x", Class::AutoReply),
        ("X-Maildesk-Loop: 9f00", Class::Human),
        ("X-Maildesk-Loop: v1 ab12 sig", Class::OwnAddress),
        ("X-Loop: support@desk.example", Class::Human),
        ("X-Loop: Desk <Support@Desk.example>; filter", Class::Human),
    ] {
        let (class, forbidden) = class(&format!("From: a@b.org\r\n{header}"));
        assert_eq!(class, want, "{header}");
        assert!(forbidden.is_some(), "{header}");
    }
    for local in [
        "MAILER-DAEMON",
        "postmaster",
        "no-reply",
        "noreply+1",
        "do_not_reply",
        "owner-x",
        "x-request",
        "listserv",
        "majordomo",
    ] {
        assert!(class(&format!("From: {local}@b.org")).1.is_some(), "{local}");
    }
    assert_eq!(class("From: support@desk.example").0, Class::OwnAddress);
}

#[test]
fn people_may_be_answered() {
    for header in [
        "From: info@b.org",
        "From: a@b.org\r\nAuto-Submitted: no",
        "From: a@b.org\r\nList-Id: Help <help.desk.example>\r\nPrecedence: list",
        "From: requester@b.org\r\nPrecedence: normal",
        "From: a@b.org\r\nX-Loop: 1",
        "From: a@b.org\r\nX-Loop: support@desk.example.org",
    ] {
        assert_eq!(class(header), (Class::Human, None), "{header}");
    }
}

fn judged(raw: &str) -> (Class, String) {
    let r = read(raw.as_bytes(), &policy());
    (r.class, r.class_reason)
}

const BOUNCE_TEXT: &str = "This is the mail system at host mx.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n<ann@client.example>: host mx.client.example[192.0.2.7] said: 550 5.1.1 User unknown (in reply to RCPT TO command)\n";

/// People who look like machines: each is a mail that a desk really gets. `BOUNCE` stands for a whole report, `QUOTED` for
/// one with quote marks.
const PEOPLE: &[(&str, &str)] = &[
    (
        "From: Jo <jo@client.example>\nSubject: Undelivered Mail Returned to Sender",
        "Hello,\n\nthis came back when I wrote to you:\n\nBOUNCE",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Re: Undelivered Mail Returned to Sender\nIn-Reply-To: <x@y.example>",
        "It still happens.\n\nQUOTED",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Fwd: Undelivered Mail Returned to Sender",
        "FYI, what is wrong here?\n\n-------- Forwarded Message --------\nSubject: Undelivered Mail Returned to Sender\nFrom: MAILER-DAEMON@mx.example\nTo: jo@client.example\n\nBOUNCE",
    ),
    (
        "From: IT <admin@client.example>\nSubject: Undeliverable mail since the update",
        "Dear support,\n\nour users get this:\n\nBOUNCE",
    ),
    (
        "From: Administrator <administrator@client.example>\nSubject: Mail delivery failed for the weekly report",
        "The report by mail did not arrive this week. User unknown, says our log: 550 5.1.1.",
    ),
    (
        "From: Postmaster of Client <postmaster@client.example>\nSubject: Your mails are rejected",
        "Your server is on a block list, we reject your mails with 550 5.7.1. Please fix the SPF record.",
    ),
    (
        "From: Postmaster <postmaster@client.example>\nSubject: Delivery failure of your invoices",
        "Good morning,\n\nall your invoices were not delivered: recipient rejected. Could you resend them?",
    ),
    (
        "From: Info <info@client.example>\nSubject: Delivery status of our order 4711",
        "When will it be delivered? The parcel could not be delivered yesterday.",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: 系统退信",
        "我发给你们销售的邮件被退信了，退信原因：对方邮箱空间已满。请问怎么办？",
    ),
    (
        "From: 管理员 <admin@client.example>\nSubject: 退信通知功能",
        "请问能否关闭退信通知？无法发送到 ann@client.example 的提示太多了。",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Out of office: how do I set it up?",
        "I looked in the settings but there is no switch. Is there one?",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Automatic replies",
        "I am out of the office until Monday, and my automatic reply was sent to the whole team.",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Re: TM-12\nIn-Reply-To: <x@y.example>\nX-Auto-Response-Suppress: OOF",
        "I am on vacation from Friday, please answer before.",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: 自动回复：能否按语言设置",
        "请问自动回复能否按客户语言分别设置？",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Abwesenheitsnotiz einrichten",
        "Wo stelle ich die Abwesenheitsnotiz ein? Ich bin ab Montag im Urlaub.",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Read receipts\nDisposition-Notification-To: jo@client.example\nReturn-Receipt-To: jo@client.example",
        "Your message was read on Monday, says the board. Wrong time zone?",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Question\nPrecedence: first-class\nX-Priority: 1 (Highest)\nImportance: high\nX-MSMail-Priority: High",
        "Why is my board empty?",
    ),
    (
        "From: Web form <noreply@partner.example>\nReply-To: Jo <jo@client.example>\nSubject: Contact form",
        "We would like a demo for 30 people.\n\n(Please do not reply to this email.)",
    ),
    (
        "From: Web form <no-reply@partner.example>\nSubject: New message from your site",
        "Name: Jo Client\nEmail: jo@client.example\nMessage: we would like a demo.",
    ),
    (
        "From: 官网 <noreply@partner.example>\nSubject: 在线留言",
        "姓名：王小明\n邮箱：wang@client.example\n留言：想了解价格。",
    ),
    ("From: Noel Reply <n.reply@client.example>\nSubject: Login", "I cannot log in."),
    (
        "From: Support <support@client.example>\nSubject: [Ticket 4711] Your answer",
        "Our client asks whether the export works again.",
    ),
    (
        "From: Scanner <scanner@client.example>\nSubject: Scanned document",
        "Signed contract, see the attachment. Regards, Jo",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: unsubscribe",
        "Please take me off the weekly mail, I can't find the switch.",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Spam complaint about message from your system\nX-Mailer: Foxmail 7.2",
        "Our filter flags your notifications.",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Weekly newsletter: can we stop it?\nX-Mailer: Apple Mail (2.3654)",
        "It fills our inbox.",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Mailbox full\nX-Mailer: QQMail 2.x",
        "我的邮箱已满，收不到你们的通知。",
    ),
    ("From: Jo <jo@client.example>\nAuto-Submitted: no\nSubject: Question", "Is the API down?"),
    ("Return-Path: <>\nFrom: Jo <jo@client.example>\nSubject: Question", "Is the API down?"),
    (
        "From: Jo <jo@client.example>\nSubject: Returned mail: what happened to my export?",
        "I sent the export by mail and it came back. Why?",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: {\"notificationType\":\"Bounce\"}",
        "{\"error\": 500, \"path\": \"/api/boards\"}\nThis is what the API answers.",
    ),
    (
        "From: Site <wordpress@partner.example>\nReply-To: jo@client.example\nAuto-Submitted: auto-generated\nPrecedence: bulk\nSubject: Contact form",
        "Name: Jo\nE-Mail: jo@client.example\nMessage: a demo, please.",
    ),
    (
        "From: Jo <jo@client.example>\nSubject: Re: [TM-12] Offer\nIn-Reply-To: <x@desk.example>\nList-Unsubscribe: <https://crm.example/u/1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Thanks, we take 30 seats.",
    ),
];

/// The same with reports as parts.
const PEOPLE_WITH_PARTS: &[&str] = &[
    "From: Jo <jo@client.example>\nSubject: Fwd: Undelivered Mail Returned to Sender\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee attached, please help.\n--b\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=i\n\n--i\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ann@client.example\nAction: failed\nStatus: 5.1.1\n\n--i--\n--b--\n",
    "From: Jo <jo@client.example>\nSubject: FW: Undeliverable: Offer\nX-Mailer: Microsoft Outlook 16.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWhy does this come back?\n--b\nContent-Type: message/delivery-status; name=details.txt\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ann@client.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n",
];

#[test]
fn people_stay_people() {
    let quoted: String = BOUNCE_TEXT.lines().map(|l| format!("> {l}\n")).collect();
    let written = PEOPLE.iter().map(|(head, body)| {
        let body = body.replace("BOUNCE", BOUNCE_TEXT).replace("QUOTED", &quoted);
        format!("{head}\nTo: support@desk.example\nMessage-ID: <p@client.example>\nContent-Type: text/plain; charset=utf-8\n\n{body}\n")
    });
    let mut taken = Vec::new();
    for mail in written.chain(PEOPLE_WITH_PARTS.iter().map(|m| (*m).to_owned())) {
        let (class, why) = judged(&mail);
        if class != Class::Human {
            let subject = mail.lines().find(|l| l.starts_with("Subject")).unwrap_or_default();
            taken.push(format!("{class:?} ({why}): {subject}"));
        }
    }
    assert!(taken.is_empty(), "{}", taken.join("\n"));
}

#[test]
fn machines_by_their_marks() {
    for (mail, want) in [
        ("From: Shop <no-reply@shop.example>\nSubject: Your code\n\n123456 is your code.\n", Class::Bulk),
        (
            "From: Jira <jira@client.example>\nX-JIRA-FingerPrint: ab\nSubject: (X-1) x\n\nAnn commented.\n",
            Class::Bulk,
        ),
        ("From: News <news@shop.example>\nX-Mailer: phpList v3\nSubject: Sale\n\n30 % off\n", Class::Bulk),
        (
            "From: Ann <ann@client.example>\nX-FC-MachineGenerated: true\nSubject: Re: x\n\nAway.\n",
            Class::AutoReply,
        ),
        (
            "From: Ann <ann@client.example>\nX-Precedence: auto_reply\nSubject: Re: x\n\nAway.\n",
            Class::AutoReply,
        ),
        (
            "From: Ann <ann@client.example>\nX-Auto-Response-Suppress: All\nSubject: Away\n\nI am out of the office until Monday.\n",
            Class::AutoReply,
        ),
        (
            "From: Ann <ann@client.example>\nSubject: Read: Gantt\n\nYour message\n\nSubject: Gantt\n\nwas read on Monday.\n",
            Class::DeliveryReport,
        ),
        ("From: staff@hotmail.com\nSubject: complaint about message from 192.0.2.1\n\n\n", Class::Complaint),
        (
            "From: abuse@provider.example\nSubject: Abuse report\n\nThis is an email abuse report for an email message received from IP 192.0.2.1\n",
            Class::Complaint,
        ),
        (
            "From: a@b.example\nAuto-Submitted: auto-replied\nX-Apple-Unsubscribe: true\nSubject: unsubscribe\n\nApple Mail sent this.\n",
            Class::Complaint,
        ),
        (
            "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n{\"notificationType\":\"Complaint\",\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"a@b.org\"}]},\"mail\":{}}\n",
            Class::Complaint,
        ),
        (
            "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n{\"notificationType\":\"Delivery\",\"delivery\":{\"recipients\":[\"a@b.org\"]},\"mail\":{}}\n",
            Class::DeliveryReport,
        ),
    ] {
        let (class, why) = judged(mail);
        assert_eq!(class, want, "{why}: {mail}");
    }
}
