//! Reports of every shape, by whole mails.

use crate::mail::{Class, ReadPolicy, Reading, read};

fn of(raw: &str) -> Reading {
    read(raw.as_bytes(), &ReadPolicy::default())
}

const DSN: &str = "From: MAILER-DAEMON@mx.org\nSubject: Undelivered Mail\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.org\n\nFinal-Recipient: rfc822; c@d.org\nAction: ACTION\nStatus: STATUS\nDiagnostic-Code: smtp; CODE\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <m1@desk.example>\n--b--\n";

#[test]
fn standard_report() {
    let r = of(&DSN
        .replace("ACTION", "failed")
        .replace("STATUS", "5.1.1")
        .replace("CODE", "550 5.1.1 no such user"));
    assert_eq!(r.class, Class::Bounce);
    let report = r.report.unwrap();
    assert_eq!(
        (report.hard_bounce, report.category.as_deref(), report.original_message_id.as_deref()),
        (Some(true), Some("address"), Some("m1@desk.example"))
    );
    let one = &report.recipients[0];
    assert_eq!(
        (one.address.as_deref(), one.status.as_deref(), one.smtp_code, one.diagnostic.as_deref()),
        (Some("c@d.org"), Some("5.1.1"), Some(550), Some("550 5.1.1 no such user"))
    );
}

#[test]
fn delays_and_successes() {
    let r = of(&DSN.replace("ACTION", "delayed").replace("STATUS", "4.4.1").replace("CODE", "421 try later"));
    assert_eq!((r.class, r.report.unwrap().hard_bounce), (Class::Bounce, Some(false)));
    let r = of(&DSN.replace("ACTION", "relayed").replace("STATUS", "2.0.0").replace("CODE", "250 ok"));
    assert_eq!((r.class, r.report.unwrap().category), (Class::DeliveryReport, None));
}

#[test]
fn servers_without_a_standard() {
    let qmail = of(
        "Return-Path: <>\nFrom: MAILER-DAEMON@q.org\nSubject: failure notice\n\nHi. This is the qmail-send program at q.org.\n\n<c@d.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <m2@desk.example>\n",
    );
    assert_eq!(qmail.class, Class::Bounce);
    let report = qmail.report.unwrap();
    assert_eq!(
        (
            report.recipients[0].address.as_deref(),
            report.recipients[0].status.as_deref(),
            report.original_message_id.as_deref()
        ),
        (Some("c@d.org"), Some("5.1.1"), Some("m2@desk.example"))
    );
    let exim = of(
        "From: Mail Delivery System <Mailer-Daemon@e.org>\nX-Failed-Recipients: c@d.org\nSubject: Mail delivery failed: returning message to sender\n\nA message could not be delivered.\n\n  c@d.org\n    mailbox is full: retry timeout exceeded\n",
    );
    assert_eq!((exim.class, exim.report.unwrap().category.as_deref()), (Class::Bounce, Some("mailbox_full")));
    let qq = of(
        "From: PostMaster@qq.com\nSubject: =?utf-8?B?57O757uf6YCA5L+h?=\n\n无法发送到 c@d.cn\n收件人邮件地址不存在，邮件无法送达。 550 User not found\n",
    );
    assert_eq!((qq.class, qq.report.unwrap().hard_bounce), (Class::Bounce, Some(true)));
}

#[test]
fn people_who_write_about_bounces() {
    for subject in
        ["Re: Undelivered Mail Returned to Sender", "Undeliverable mail since the upgrade", "退信问题"]
    {
        let r = of(&format!(
            "Return-Path: <a@b.org>\nFrom: A <a@b.org>\nSubject: {subject}\n\nI get 550 5.1.1 user unknown for c@d.org. What to do?\n"
        ));
        assert_eq!((r.class, r.report), (Class::Human, None), "{subject}");
    }
}

/// A report of one of the many programs that follow no standard, and what is to be read from it.
struct Case {
    program: &'static str,
    head: &'static str,
    body: &'static str,
    recipients: &'static [&'static str],
    status: Option<&'static str>,
    category: &'static str,
    hard: bool,
}

const DAEMON: &str = "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nSubject: Undeliverable mail";

/// `program, header, body, recipients, status, category, hard`.
#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { program: "Exim, two recipients", head: "From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Mail delivery failed: returning message to sender",
        body: "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ann@client.example\n    SMTP error from remote mail server after RCPT TO:<ann@client.example>:\n    host mx.client.example [192.0.2.7]: 550 5.1.1 unknown user\n  bob@client.example\n    mailbox is full: retry timeout exceeded\n\n------ This is a copy of the message, including all the headers. ------\n\nTo: ann@client.example\n",
        recipients: &["ann@client.example", "bob@client.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "Exim, delay", head: "From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Warning: message 1abc delayed 24 hours",
        body: "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.\n\nThe address to which the message has not yet been delivered is:\n\n  ann@client.example\n    Delay reason: Connection timed out\n\nNo action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals.\n",
        recipients: &["ann@client.example"], status: None, category: "expired", hard: false },
    Case { program: "smail 3", head: "From: <MAILER-DAEMON@old.example>\nSubject: mail failed, returning to sender",
        body: "|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n ann@client.example ... unknown host\n|------------------------- Message text follows: ------------------------|\nTo: ann@client.example\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "T-Online", head: "From: Mail Delivery System <Mailer-Daemon@provider.example>\nSubject: mail failed, returning to sender",
        body: "|------------------------- Failed addresses follow: ---------------------|\n <ann@client.example>\n   552 5.2.2 <ann@client.example> Quota exceeded (mailbox for user is full)\n\n|------------------------- Message header follows: ----------------------|\nReceived: from x\n",
        recipients: &["ann@client.example"], status: Some("5.2.2"), category: "mailbox_full", hard: false },
    Case { program: "MDaemon", head: "From: \"MDaemon at mx.example\" <MDaemon@mx.example>\nSubject: Permanent Delivery Failure",
        body: "The following data may be used to determine why your message could not be delivered.\n\nYour message has encountered delivery problems\n\nThe following addresses did NOT receive a copy of your message:\n\n> ann@client.example - User unknown (permanent error)\n\n--- Session Transcript ---\n Parsing message\n>>> RCPT To:<ann@client.example>\n<<< 550 no such user\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "GroupWise", head: "From: Mailer-Daemon@gw.example\nSubject: Message status - undeliverable",
        body: "The message that you sent was undeliverable to the following:\n\tann@client.example (user not found)\n\nPossibly truncated original message follows:\n\nTo: ann@client.example\n",
        recipients: &["ann@client.example"], status: None, category: "other", hard: false },
    Case { program: "Domino", head: "From: Postmaster@domino.example\nReturn-Path: <>\nSubject: DELIVERY FAILURE: User ann (ann@client.example) not listed in Domino Directory",
        body: "Your message\n\n  Subject: TM-2031\n\nwas not delivered to:\n\n  ann@client.example\n\nbecause:\n\n  User ann (ann@client.example) not listed in Domino Directory\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "Notes 4", head: "From: <Postmaster@notes.example>\nReturn-Path: <>\nSubject: Undeliverable message",
        body: "------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\nann@client.example\n\n------- Returned Message --------\n\nTo: ann@client.example\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "Exchange 5.5", head: "From: System Administrator <postmaster@client.example>\nSubject: Undeliverable: TM-2031\nX-MS-Embedded-Report:",
        body: "Your message\n\n  To:      ann@client.example\n  Subject: TM-2031\n  Sent:    Mon, 4 Mar 2024 10:02:00 +0100\n\ndid not reach the following recipient(s):\n\nann@client.example on Mon, 4 Mar 2024 10:02:05 +0100\n    The recipient name is not recognized\n\tMSEXCH:IMS:CLIENT:SITE:EX1 0 (000C05A6) Unknown Recipient\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "Exchange 2003, de", head: "From: postmaster@client.example\nReturn-Path: <>\nSubject: Unzustellbar: TM-2031",
        body: "Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.\n\n      Betreff: TM-2031\n      Gesendet am: 04.03.2024 10:02\n\nFolgende(r) Empfänger konnte(n) nicht erreicht werden:\n\n      ann@client.example am 04.03.2024 10:03\n            Das E-Mail-Konto ist in der Organisation nicht vorhanden.\n            <mx.client.example #5.1.1>\n",
        recipients: &["ann@client.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "Office 365 without parts", head: "From: Microsoft Outlook <MicrosoftExchange0123456789@client.example>\nReturn-Path: <>\nSubject: Undeliverable: TM-2031",
        body: "Your message to ann@client.example couldn't be delivered.\n\nann wasn't found at client.example.\n\nOriginal Message Details\nRecipient Address: ann@client.example\n\nError Details\nReported error: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ann@client.example not found by SMTP address lookup\n",
        recipients: &["ann@client.example"], status: Some("5.1.10"), category: "address", hard: true },
    Case { program: "Gmail until 2016", head: "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)",
        body: "Delivery to the following recipient failed permanently:\n\n     ann@client.example\n\nTechnical details of permanent failure: \nGoogle tried to deliver your message, but it was rejected by the server for the recipient domain client.example by mx.client.example. [192.0.2.9].\n\nThe error that the other server returned was:\n552 5.2.2 Mailbox full\n\n----- Original message -----\n\nTo: ann@client.example\n",
        recipients: &["ann@client.example"], status: Some("5.2.2"), category: "mailbox_full", hard: false },
    Case { program: "Gmail since 2016, German", head: "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nReturn-Path: <>\nSubject: Delivery Status Notification (Failure)",
        body: "\n** Adresse nicht gefunden **\n\nIhre Nachricht wurde nicht an ann@client.example zugestellt, weil die Adresse nicht gefunden wurde.\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "Yahoo", head: "From: MAILER-DAEMON@yahoo.example\nSubject: Failure Notice",
        body: "Sorry, we were unable to deliver your message to the following address.\n\n<ann@client.example>:\n554: delivery error: dd This user doesn't have a client.example account (ann@client.example) [0] - mta1.client.example\n\n--- Below this line is a copy of the message.\n\nTo: ann@client.example\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "IMail", head: "From: \"Postmaster\" <postmaster@imail.example>\nSubject: Undeliverable Mail\nX-Mailer: <SMTP32 v8.22>",
        body: "User mailbox exceeds allowed size: ann@client.example\n\nOriginal message follows.\n\nTo: ann@client.example\n",
        recipients: &["ann@client.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "XMail", head: "From: \"XMail PostMaster\" <postmaster@xmail.example>\nReturn-Path: <>\nSubject: Error sending message [1709.xmail.example] from [xmail.example]",
        body: "[<00>] XMail bounce: Rcpt=[ann@client.example];Error=[550 5.1.1 ann@client.example: unknown user]\n\n[<01>] Error sending message [1709.xmail.example] from [xmail.example].\n\n[<02>] The reason of the delivery failure was:\n\n550 5.1.1 unknown user\n",
        recipients: &["ann@client.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "MailEnable", head: "From: \"postmaster@me.example\" <postmaster@me.example>\nReturn-Path: <>\nSubject: Message Delivery Failure",
        body: "MailEnable: Message delivery has failed.\n\nMessage could not be delivered to some recipients.\nThe following recipient(s) could not be reached:\n\n\tRecipient: [SMTP:ann@client.example]\n\tReason: Remote SMTP Server Returned: 550 5.7.1 Message rejected as spam\n",
        recipients: &["ann@client.example"], status: Some("5.7.1"), category: "other", hard: false },
    Case { program: "MailMarshal", head: "From: postmaster@marshal.example\nReturn-Path: <>\nSubject: Undeliverable Mail: \"TM-2031\"",
        body: "Your message:\n   From:    support@desk.example\n   Subject: TM-2031\n\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected:\n    ann@client.example\n\nAdditional Information\n======================\n\n",
        recipients: &["ann@client.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "InterScan", head: "From: imss@gate.example\nReturn-Path: <>\nSubject: Mail could not be delivered",
        body: "****** Message from InterScan Messaging Security Suite ******\n\nSent <<< RCPT TO:<ann@client.example>\nReceived >>> 550 unknown user.\n\nUnable to deliver message to <ann@client.example>.\n\n************************     End of message     **********************\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "Cisco IronPort", head: "From: \"Mail Delivery System\" <MAILER-DAEMON@ip.example>\nSubject: Delivery Status Notification (Failure)",
        body: "The following message to <ann@client.example> was undeliverable.\nThe reason for the problem:\n5.1.0 - Unknown address error 550-'5.1.1 no such mailbox'\n",
        recipients: &["ann@client.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "Courier", head: "From: \"Courier mail server at mx.example\" <@>\nSubject: NOTICE: mail delivery status.",
        body: "This is a delivery status notification from mx.example,\nrunning the Courier mail server, version 1.0.\n\n---------------------------------------------------------------------------\n\n                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<ann@client.example>:\n   mx.client.example [192.0.2.7]:\n>>> RCPT TO:<ann@client.example>\n<<< 550 No such user here\n\n---------------------------------------------------------------------------\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "Zoho", head: "From: mailer-daemon@mail.zoho.example\nSubject: Undelivered Mail Returned to Sender\nX-ZohoMail: Z",
        body: "This message was created automatically by mail delivery software.\nA message that you sent could not be delivered to one or more of its recipients. This is a permanent error. \n\n[Status: Error, Address: <ann@client.example>, ResponseCode 421, , Host not reachable.]\n",
        recipients: &["ann@client.example"], status: None, category: "expired", hard: false },
    Case { program: "EZweb", head: "From: Postmaster@ezweb.example\nReturn-Path: <MAILER-DAEMON>\nSubject: Mail System Error - Returned Mail",
        body: "Each of the following recipients was rejected by a remote\nmail server.\n\n    Recipient: <ann@client.example>\n    >>> RCPT TO:<ann@client.example>\n    <<< 550 <ann@client.example>: User unknown\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "KDDI", head: "From: no-reply@.dion.example\nReturn-Path: <>\nSubject: Failure notice",
        body: "Your mail sent on: Mon, 4 Mar 2024 10:02:00 +0900\n    Could not be delivered to: <ann@client.example>\n    As their mailbox is full.\n",
        recipients: &["ann@client.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "a carrier that hides its filter", head: "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender",
        body: "This is the mail system at host mx.example.\n\n<ann@carrier.example>: host mx.carrier.example[192.0.2.5] said: 550 Unknown user\n    ann@carrier.example (in reply to end of DATA command)\n",
        recipients: &["ann@carrier.example"], status: None, category: "other", hard: false },
    Case { program: "qmail, queue too long", head: "From: MAILER-DAEMON@q.example\nSubject: failure notice",
        body: "Hi. This is the qmail-send program at q.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ann@client.example>:\nCNAME lookup failed temporarily. (#4.4.3)\nI'm not going to try again; this message has been in the queue too long.\n\n--- Below this line is a copy of the message.\n\n",
        recipients: &["ann@client.example"], status: Some("4.4.3"), category: "expired", hard: false },
    Case { program: "AOL", head: DAEMON,
        body: "Your mail to the following recipients could not be delivered because they are not accepting mail from support@desk.example:\n\tann@aol.example\n",
        recipients: &["ann@aol.example"], status: None, category: "other", hard: false },
    Case { program: "QQ", head: "From: PostMaster@qq.com\nReturn-Path: <>\nSubject: 系统退信/Systems bounce",
        body: "抱歉，您的邮件被退回来了……\n\n收件人：ann@client.example\n\n退信原因：\n收件人邮件地址（ann@client.example）不存在，邮件无法送达。\nhost mx.client.example said: 550 Mailbox not found.\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "Exmail, frequency", head: "From: PostMaster <postmaster@client.example>\nReturn-Path: <>\nSubject: 系统退信",
        body: "你的邮件没有送达以下收件人：\n\nann@client.example\n\n原因：550 Domain frequency limited\n",
        recipients: &["ann@client.example"], status: None, category: "other", hard: false },
    Case { program: "NetEase", head: "From: Postmaster@163.com\nReturn-Path: <>\nSubject: 系统退信",
        body: "抱歉，您的邮件被退回来了……\n原邮件信息：\n时　间：2024-03-05 14:20:00\n主　题：TM-2031\n收件人：ann@client.example\n退信原因：\n收件人邮箱空间已满，无法接收邮件。\n",
        recipients: &["ann@client.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "Aliyun", head: "From: postmaster@client.example\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: 邮件投递失败通知",
        body: "您的邮件无法投递。\n失败收件人：ann@client.example\n失败原因：554 Reject by behaviour spam at Rcpt State(Connection IP address:192.0.2.1)\n",
        recipients: &["ann@client.example"], status: None, category: "other", hard: false },
    Case { program: "Coremail", head: "From: <postmaster@client.example>\nReturn-Path: <>\nSubject: 系统退信/The email is returned",
        body: "您的邮件被退回，以下收件人投递失败\n收件人/To: ann@client.example\n退信原因/Bounce reason: 550 User not found: ann@client.example 对方帐号不存在\n",
        recipients: &["ann@client.example"], status: None, category: "address", hard: true },
    Case { program: "Sina", head: "From: MAILER-DAEMON@sina.example\nSubject: 系统退信",
        body: "很遗憾，您的邮件未能发送成功。\n\n<ann@client.example>:\n对方服务器拒绝，邮件超过大小限制 552 message size exceeds fixed limit\n",
        recipients: &["ann@client.example"], status: None, category: "too_big", hard: false },
    Case { program: "139", head: "From: postmaster@139.example\nReturn-Path: <>\nSubject: 退信通知",
        body: "尊敬的用户，您发给 ann@client.example 的邮件投递失败。\n原因：多次尝试连接对方服务器超时。\n",
        recipients: &["ann@client.example"], status: None, category: "expired", hard: false },
    Case { program: "an MTA with lists in asterisks", head: "From: Postmaster <postmaster@mx.example>\nSubject: Delivery failure",
        body: "*** here is your list of failed recipients ***\n\n<ann@c.example> 550 user unknown\n\n*** here is your returned mail ***\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
    Case { program: "newmail.ru", head: "From: MAILER-DAEMON@mx.example\nSubject: failure notice",
        body: "This is the machine generated message from mail service.\n\n<ann@c.example>:\nno such user\n\n--- Below the next line is a copy of the message.\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
    Case { program: "USA.NET", head: "From: MAILER-DAEMON@mx.example\nSubject: Mail Delivery Problem",
        body: "Intended recipient:  ann@c.example\nUser mailbox full\n\n--------RETURNED MAIL FOLLOWS--------\n",
        recipients: &["ann@c.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "HotPOP", head: "From: Postmaster <postmaster@mx.example>\nSubject: Undeliverable mail",
        body: "Undeliverable Address:  ann@c.example\nReason: over quota\n\nOriginal message attached\n",
        recipients: &["ann@c.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "Demon", head: "From: MAILER-DAEMON@mx.example\nSubject: Mail delivery failed",
        body: "This message was created automatically by mail delivery software.\n\nYour mail addressed to 'ann@c.example' could not be delivered\n\n---- START OF RETURNED MESSAGE ----\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
    Case { program: "Prodigy", head: "From: MAILER-DAEMON@mx.example\nSubject: Returned mail",
        body: "User's mailbox is full:\n  <ann@c.example>\n\nUnable to deliver mail.\n",
        recipients: &["ann@c.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "Microsoft SMTPSVC", head: "From: Postmaster <postmaster@mx.example>\nSubject: Delivery failure",
        body: "The email below could not be delivered to the following user:\n\n<ann@c.example>\n\nOld message:\nTo: x\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
    Case { program: "Yahoo for providers", head: "From: MAILER-DAEMON@sbc.example\nSubject: Delivery failure",
        body: "Unable to deliver message to the following address(es).\n\n<ann@c.example>:\nSorry, your message to ann@c.example cannot be delivered. This account is over quota.\n\n--- Original message follows.\n",
        recipients: &["ann@c.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "1&1, RCPT", head: "From: Mail Delivery System <mailer-daemon@k.example>\nSubject: Mail delivery failed: returning message to sender",
        body: "This message was created automatically by mail delivery software.\n\nA message that you have sent could not be delivered to one or more\nrecipients. This is a permanent error. The following address(es)\nfailed:\n\n  ann@c.example:\n    SMTP error from remote server after RCPT command:\n    host mx: 550 no such user\n\n--- The header of the original message is following. ---\n",
        recipients: &["ann@c.example"], status: None, category: "address", hard: true },
    Case { program: "1&1, size", head: "From: \"Mail Delivery System\" <mailer-daemon@k.example>\nSubject: Mail delivery failed: returning message to sender",
        body: "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to\none or more of its recipients. The following addresses\nfailed:\n\n<ann@c.example>\n\nFor the following reason:\n\nMail size limit exceeded. For explanation visit\nhttp://postmaster.1and1.com/en/error-messages?ip=%1s\n\n--- The header of the original message is following. ---\n",
        recipients: &["ann@c.example"], status: None, category: "too_big", hard: false },
    Case { program: "Exchange 2000 without parts", head: "From: Postmaster <postmaster@mx.example>\nSubject: Delivery Status Notification (Failure)",
        body: "This is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients failed.\n\n       ann@c.example\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
    Case { program: "MessageSwitch", head: "From: Postmaster <postmaster@mx.example>\nSubject: Delivery warning",
        body: "Your message to:\n  ann@c.example\nhas been delayed.\nThis is just a warning, you do not need to take any action.\n",
        recipients: &["ann@c.example"], status: None, category: "expired", hard: false },
    Case { program: "Netscape Messaging Server", head: "From: MAILER-DAEMON@mx.example\nSubject: Returned Mail",
        body: "This Message was undeliverable due to the following reason:\n\nThe following destination addresses were unknown (please check\nthe addresses and re-mail the message):\n\nSMTP <ann@c.example>\n\nPlease reply to Postmaster@mx.example if you feel this message to be in error.\n",
        recipients: &["ann@c.example"], status: None, category: "address", hard: true },
    Case { program: "phquery", head: "From: Mail Delivery Subsystem <MAILER-DAEMON@y.example>\nSubject: Returned mail - nameserver error report",
        body: "--------Message not delivered to the following:\n\n        ann@c.example    No matches to nameserver query\n\n--------Error Detail (phquery V4.4):\n\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
    Case { program: "MMDF, waiting", head: "From: Memo Distribution <mmdf@m.example>\nSubject: Waiting mail (msg.aa)",
        body: "After 3 days (72 hours), your message has not yet been\nfully delivered. Attempts to deliver the message will continue.\n\n        ann@c.example: not yet delivered\n",
        recipients: &["ann@c.example"], status: None, category: "expired", hard: false },
    Case { program: "MMDF, failed", head: "From: Mail Delivery Subsystem <postmaster@m.example>\nSubject: Failed mail (msg.aa)",
        body: "Your message could not be delivered to\n'ann@c.example' for the following\nreason:  ' Unknown user name in \"ann@c.example\"'\n\n    Your message follows:\n\nTo: x@y\n",
        recipients: &["ann@c.example"], status: None, category: "address", hard: true },
    Case { program: "PP (X.400)", head: "From: X.400 Administrator <postmaster@x.example>\nSubject: Delivery Report (failure) for ann@c.example",
        body: "------------------------------ Start of body part 1\n\nThis report relates to your message: Subject: x, To: \"Ann\"\n        of Mon, 4 Mar 2024\n\nYour message was not delivered to   ann@c.example\n        for the following reason:\n        Recipient's mailbox unknown\n",
        recipients: &["ann@c.example"], status: None, category: "address", hard: true },
    Case { program: "Sendmail 8.6", head: "From: Mail Delivery Subsystem <MAILER-DAEMON>\nSubject: Returned mail: Host unknown (Name server: c.example: host not found)",
        body: "The original message was received at Mon\nfrom localhost\n\n   ----- The following addresses had permanent fatal errors -----\n<ann@c.example>\n\n   ----- Transcript of session follows -----\n550 <ann@c.example>... Host unknown (Name server: c.example: host not found)\n\n   ----- Original message follows -----\n\nTo: ann@c.example\n",
        recipients: &["ann@c.example"], status: None, category: "address", hard: true },
    Case { program: "Postfix before 2.0", head: "From: MAILER-DAEMON@p.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender",
        body: "This is the Postfix program at host p.example.\n\n                        The Postfix program\n\n<ann@c.example>: Host or domain name not found. Name service error\n    for name=c.example type=A: Host not found\n\n<bob@c.example> (expanded from <list@c.example>): unknown user: \"bob\"\n",
        recipients: &["ann@c.example", "bob@c.example"], status: None, category: "address", hard: true },
    Case { program: "SurgeMail", head: "From: \"Mail Delivery Subsystem\" <mailer-daemon@s.example>\nSubject: Returned mail: user unknown",
        body: "Your message cannot be delivered to the following recipients:\n\nRecipient: ann@c.example\nReason: 550 user unknown\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
    Case { program: "SendGrid", head: "From: MAILER-DAEMON@sendgrid.example\nSubject: Undelivered Mail Returned to Sender",
        body: "This is an automatically generated message from SendGrid.\n\nI'm sorry to have to tell you that your message was not able to be delivered to one of its intended recipients.\n\nIf you require assistance with this, please contact SendGrid support.\n\nshironeko:000000:<ann@c.example> : 192.0.2.250 : mx.example:[192.0.2.153] : 550 5.1.1 <ann@c.example>... User Unknown  in RCPT TO\n",
        recipients: &["ann@c.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "Mailgun", head: "From: Mail Delivery System <mailer-daemon@mailgun.example>\nSubject: Undelivered Mail",
        body: "Message to ann@c.example could not be delivered.\n\n550 5.1.1 unknown user\n",
        recipients: &["ann@c.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "Barracuda", head: "From: Barracuda <postmaster@b.example>\nReturn-Path: <>\nSubject: **Message you sent blocked by our bulk email filter**",
        body: "Your message to: ann@c.example\nwas blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:\n\nSubject: x\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
    Case { program: "MailFoundry", head: "From: Postmaster <postmaster@mx.example>\nReturn-Path: <>\nSubject: Message delivery has failed",
        body: "This is a MIME encapsulated message.\n\nUnable to deliver message to: <ann@c.example>\nDelivery failed for the following reason:\nServer mx.c.example[192.0.2.2] failed with: 550 <ann@c.example> No such user here\n\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
    Case { program: "an MTA that counts errors", head: "From: Postmaster <postmaster@mx.example>\nReturn-Path: <>\nSubject: There was an error sending your mail",
        body: "We had trouble delivering your message. Full details follow:\n\nSubject: 'x'\nDate: 'Mon'\n\n1 error(s):\n\nSMTP Server <mta2.c.example> rejected recipient <ann@c.example> \n  (Error following RCPT command). It responded as follows: [550 5.1.1 User unknown]\n",
        recipients: &["ann@c.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "Mimecast", head: "From: Postmaster <postmaster@mx.example>\nReturn-Path: <>\nSubject: [Postmaster] Email Delivery Failure",
        body: "This is a system-generated message to inform you that your email could not\nbe delivered to one or more recipients. Details of the email and the error are as follows:\n\nAn email that you attempted to send to the following address could not be delivered:\n-- ann@c.example\nThe problem appears to be :\n-- Recipient email address is possibly incorrect\nAdditional information follows :\n-- 5.4.1 Recipient address rejected: Access denied.\n",
        recipients: &["ann@c.example"], status: Some("5.4.1"), category: "address", hard: true },
    Case { program: "Gmail, Japanese", head: "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)",
        body: "\n** アドレスが見つかりません **\n\nメールは ann@c.example に配信されませんでした。アドレスが見つからないか、メールを受信できません。\n\n応答: 550 5.1.1 x\n",
        recipients: &["ann@c.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "Exchange 2010, French", head: "From: Microsoft Outlook <MicrosoftExchange01@c.example>\nReturn-Path: <>\nSubject: Non remis : TM",
        body: "Échec de la remise pour ces destinataires ou groupes :\n\nann@c.example (ann@c.example)\nL'adresse de courrier que vous avez entrée est introuvable.\n\nInformations de diagnostic pour les administrateurs :\nServeur de génération : mx.c.example\nann@c.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
        recipients: &["ann@c.example"], status: Some("5.1.1"), category: "address", hard: true },
    Case { program: "a Japanese carrier", head: "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail",
        body: "次のメールアドレスに送信できませんでした。\n\nann@docomo.example\n\n宛先のメールアドレスは存在しません。\n",
        recipients: &["ann@docomo.example"], status: None, category: "address", hard: true },
    Case { program: "a Japanese carrier, English", head: "From: postmaster@softbank.example\nReturn-Path: <>\nSubject: Mail System Error - Returned Mail",
        body: "Your message was not delivered to ann@s.example\n550 Invalid recipient: <ann@s.example>\n",
        recipients: &["ann@s.example"], status: None, category: "other", hard: false },
    Case { program: "Naver", head: "From: mailer-daemon@naver.example\nReturn-Path: <>\nSubject: [메일 전송 실패] TM",
        body: "메일 전송에 실패하였습니다.\n\n받는 사람: ann@c.example\n실패 사유: 존재하지 않는 메일 계정입니다.\n",
        recipients: &["ann@c.example"], status: None, category: "address", hard: true },
    Case { program: "Daum", head: "From: postmaster@daum.example\nReturn-Path: <>\nSubject: [반송] TM",
        body: "메일이 반송되었습니다.\n수신자: ann@c.example\n사유: 메일함 용량 초과\n",
        recipients: &["ann@c.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "a Brazilian host", head: "From: postmaster@c.example\nReturn-Path: <>\nSubject: Falha na entrega da mensagem",
        body: "Sua mensagem não pôde ser entregue a:\n\nann@c.example\n\nCaixa de correio cheia\n",
        recipients: &["ann@c.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "a Polish host", head: "From: postmaster@c.example\nReturn-Path: <>\nSubject: Zwrot poczty: TM",
        body: "Wiadomość nie została dostarczona do: ann@c.example\nPowód: skrzynka odbiorcy jest przepełniona\n",
        recipients: &["ann@c.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "a Dutch host", head: "From: postmaster@c.example\nReturn-Path: <>\nSubject: Bericht niet bezorgd",
        body: "Uw bericht aan ann@c.example kon niet worden bezorgd: postvak is vol\n",
        recipients: &["ann@c.example"], status: None, category: "mailbox_full", hard: false },
    Case { program: "a Turkish host", head: "From: postmaster@c.example\nReturn-Path: <>\nSubject: İleti teslim edilemedi",
        body: "İletiniz şu alıcıya teslim edilemedi: ann@c.example\n",
        recipients: &["ann@c.example"], status: None, category: "other", hard: false },
];

#[test]
fn programs_of_many_kinds() {
    let mut wrong = Vec::new();
    for case in CASES {
        let r = of(&format!(
            "{}\nTo: support@desk.example\nContent-Type: text/plain; charset=utf-8\n\n{}",
            case.head, case.body
        ));
        let report = r.report.unwrap_or_default();
        let found: Vec<&str> = report.recipients.iter().filter_map(|r| r.address.as_deref()).collect();
        let status = report.recipients.first().and_then(|r| r.status.as_deref());
        let got = (r.class, &found[..], status, report.category.as_deref(), report.hard_bounce);
        let want = (Class::Bounce, case.recipients, case.status, Some(case.category), Some(case.hard));
        if got != want {
            wrong.push(format!("{}: {got:?} ({})", case.program, r.class_reason));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_action_of_texts() {
    for (words, action) in [
        (
            "Delivery Status Notification (Delay)\n\nTHIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n     a@b.org\n",
            "delayed",
        ),
        (
            "Returned mail: x\n\n----- The following addresses had permanent fatal errors -----\n<a@b.org>\n",
            "failed",
        ),
        (
            "Delivery status notification: success\n\n    This is the MAILER-DAEMON.\n\n    Your message was successfully delivered to these recipients.\n\na@b.org: 250 2.0.0 ok\n",
            "delivered",
        ),
    ] {
        let r = of(&format!("From: MAILER-DAEMON@mx.org\nSubject: {words}"));
        let report = r.report.unwrap();
        assert_eq!(report.recipients[0].action.as_deref(), Some(action), "{words}");
        assert_eq!(r.class == Class::DeliveryReport, action == "delivered");
    }
}

/// Evidence of which mail came back: in the part that returns it, below a line of the server's own, folded; and none that is no
/// word, or that stands above the returned mail as a field of the report itself.
#[test]
fn the_marks_of_the_returned_mail() {
    let ours =
        "X-Maildesk-Ref: <m1@desk.example>\nX-Maildesk-Bounce: abc234\nMessage-ID: <rewritten@relay.org>\n";
    let part = DSN
        .replace("Message-ID: <m1@desk.example>\n", ours)
        .replace("ACTION", "failed")
        .replace("STATUS", "5.1.1")
        .replace("CODE", "550 no");
    let qmail = |header: &str| {
        format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@q.org\nSubject: failure notice\n\nHi. This is the qmail-send program at q.org.\n\n<c@d.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{header}"
        )
    };
    for (raw, mark) in [
        (part.clone(), Some("abc234")),
        (qmail(ours), Some("abc234")),
        (qmail(&ours.replace("Bounce: ", "Bounce:\n ")), Some("abc234")),
        (qmail(&ours.replace("abc234", "abc 234")), None),
        (qmail(&ours.replace("abc234", &"a".repeat(101))), None),
        (qmail("Message-ID: <rewritten@relay.org>\nX-Maildesk-Ref: <m1@desk.example>\n"), None),
        (format!("X-Maildesk-Bounce: zzz999\n{}", part.replace("X-Maildesk-Bounce: abc234\n", "")), None),
    ] {
        let report = of(&raw).report.unwrap();
        assert_eq!(report.original_mark.as_deref(), mark, "{raw}");
        assert_eq!(report.original_reference.as_deref(), Some("m1@desk.example"), "{raw}");
        assert_eq!(report.original_message_id.as_deref(), Some("rewritten@relay.org"), "{raw}");
        assert!(!serde_json::to_string(&report).unwrap().contains("abc234"), "no part of what inspect shows");
    }
}

#[test]
fn refusals_in_the_session_are_read_like_reports() {
    for (words, hard, category) in [
        ("550 5.1.1 <address> User unknown", true, "address"),
        ("550 no such user here", true, "address"),
        ("552 5.2.2 mailbox full", false, "mailbox_full"),
        ("552 5.3.4 message too big", false, "too_big"),
        ("554 5.7.1 Message rejected as spam", false, "other"),
        ("550", false, "other"),
        ("", false, "other"),
    ] {
        let report = crate::mail::of_refusal(words);
        assert_eq!((report.hard_bounce, report.category.as_deref()), (Some(hard), Some(category)), "{words}");
        assert_eq!(report.recipients.len(), 1);
    }
}

#[test]
fn a_report_inside_a_report() {
    let inner = DSN.replace("ACTION", "failed").replace("STATUS", "5.1.1").replace("CODE", "550 no");
    let r = of(&format!(
        "From: postmaster@gate.org\nSubject: Returned mail: User unknown\nReturn-Path: <>\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nThe original message was received at Mon\n\n--o\nContent-Type: message/rfc822\n\n{inner}\n--o--\n"
    ));
    assert_eq!(r.class, Class::Bounce);
    assert_eq!(r.report.unwrap().recipients[0].address.as_deref(), Some("c@d.org"));
}

#[test]
fn hostile_reports_end() {
    let many: String =
        (0..5_000).map(|i| format!("<u{i}@d.org>:\n550 no such user here, mailbox\n")).collect();
    let long =
        format!("From: MAILER-DAEMON@x.org\nSubject: failure notice\n\n{}", "mailbox ".repeat(200_000));
    for raw in [format!("From: MAILER-DAEMON@x.org\nSubject: failure notice\n\n{many}"), long] {
        let r = of(&raw);
        assert!(r.report.unwrap().recipients.len() <= super::RECIPIENTS_MAX);
    }
}
