//! Bounces of our own mail and forged agents, through the whole daemon.

use maildesk_lab::{
    house::House,
    mailclient::{Draft, Mail, reply_to},
    scripted_smtp::ScriptedSmtp,
};

use crate::scene::{ALICE, SUPPORT, Scene, address, filled, options, scene};

/// What a server writes at the top of a mail of the domain's own agent.
pub fn proven(raw: &[u8]) -> Vec<u8> {
    let head = format!(
        "Return-Path: <{ALICE}>\r\nAuthentication-Results: {}; dmarc=pass header.from=desk.test; spf=pass smtp.mailfrom={ALICE}\r\n",
        House::AUTHSERV_ID
    );
    [head.as_bytes(), raw].concat()
}

/// A failed delivery of what we sent (RFC 3464), to the address that we sent it from.
fn bounce(of: &Mail, envelope_from: &str, recipient: &str) -> Vec<u8> {
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.lab.test\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {}\r\nFrom: {SUPPORT}\r\nTo: {recipient}\r\nSubject: {}\r\n\r\n--b--\r\n",
        of.header("Message-ID"),
        of.subject()
    );
    let id = format!("bounce.{}@lab.test", of.header("Message-ID").len() + envelope_from.len() + body.len());
    Draft::new("Mail Delivery System <MAILER-DAEMON@lab.test>", envelope_from, &id, "Undelivered Mail", "")
        .header("Return-Path", "<>")
        .header("Auto-Submitted", "auto-replied")
        .content("multipart/report; report-type=delivery-status; boundary=b", body.as_bytes())
        .bytes()
}

/// A ticket of client 1 of which Alice has been told.
fn told() -> (Scene, Mail) {
    let mut scene = scene(filled(1), ScriptedSmtp::script(), &options());
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1]);
    let notification = scene.to(ALICE).remove(0);
    (scene, notification)
}

fn envelope_from(scene: &Scene, recipient: &str, place: usize) -> String {
    let received = scene.smtp.received();
    let mut his = received.into_iter().filter(|m| m.rcpt_to.iter().any(|to| to == recipient));
    his.nth(place).unwrap().mail_from
}

#[test]
fn bounces_of_our_mail_come_to_their_ticket_and_are_not_answered() {
    let (scene, notification) = told();
    let client = address(1);
    let (_, raw) = reply_to(&notification, ALICE, "a1@desk.test", "Please clear the cache.");
    scene.imap.deliver(2, &proven(&raw));
    scene.desk.wait("the answer", || Ok((scene.to(&client).len() == 2).then_some(()))).unwrap();

    let mails = scene.to(&client);
    for (place, mail) in mails.iter().enumerate() {
        let from = envelope_from(&scene, &client, place);
        scene.imap.deliver(10 + u32::try_from(place).unwrap(), &bounce(mail, &from, &client));
    }
    scene.desk.wait_for_outcome_total(4).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 1, "a bounce is no ticket");
    let ticket = scene.desk.ticket(1).unwrap().to_string();
    assert!(ticket.contains("bounce"), "the ticket says so: {ticket}");
    let robots = scene.smtp.received().iter().filter(|m| m.rcpt_to[0].contains("MAILER")).count();
    assert_eq!(robots, 0, "no mail to a robot");
    assert_eq!(scene.to(&client).len(), 2, "no further mail to an address that does not exist");
    scene.finish();
}

#[test]
fn a_forged_agent_reaches_nobody() {
    let (mut scene, notification) = told();
    scene.allow_complaints();
    let client = address(1);
    let (to, raw) = reply_to(&notification, ALICE, "f1@desk.test", "#close\n\nPay at evil.test.");
    let raw = String::from_utf8(raw).unwrap();
    let forged = |from: &str, head: &str, id: &str| {
        let own = raw.replace("f1@desk.test", id);
        let lines: Vec<&str> = own.lines().filter(|l| !l.starts_with("From:")).collect();
        format!("Return-Path: <mallory@evil.test>\r\n{head}{from}\r\n{}\r\n", lines.join("\r\n")).into_bytes()
    };
    let result = format!(
        "Authentication-Results: {}; dmarc=pass header.from=desk.test; spf=pass smtp.mailfrom={ALICE}\r\n",
        House::AUTHSERV_ID
    );
    let hop = "Received: from evil.test by mx.desk.test; Thu, 02 Jul 2026 09:14:00 +0000\r\n";
    let real = format!("From: Alice Chen <{ALICE}>");
    let cases = [
        // The token of an agent's notification, from somebody else.
        forged("From: Mallory <mallory@evil.test>", &result, "f2@evil.test"),
        // The result stands below a line that our own server wrote, so it came from outside.
        forged(&real, &format!("{hop}{result}"), "f3@evil.test"),
        // No result at all.
        forged(&real, "", "f4@evil.test"),
        // Two authors, in two ways.
        forged(&format!("{real}\r\nFrom: mallory@evil.test"), &result, "f5@evil.test"),
        forged(&format!("From: {ALICE}, mallory@evil.test"), &result, "f6@evil.test"),
    ];
    for (n, raw) in (20..).zip(&cases) {
        scene.imap.deliver(n, raw);
    }
    scene.desk.wait_for_outcome_total(6).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    assert!(scene.to(&client).iter().all(|m| !m.contains("evil.test")), "to the client");
    assert_eq!(scene.to("mallory@evil.test").iter().filter(|m| m.contains("export number 1")).count(), 0);
    assert_ne!(scene.desk.ticket(1).unwrap()["ticket"]["state"], "closed", "sent to {to}");

    // The genuine one does what it says.
    let (_, raw) = reply_to(&notification, ALICE, "a2@desk.test", "#close\n\nAll is well now.");
    scene.imap.deliver(30, &proven(&raw));
    scene.desk.wait_for_ticket(1, "closed", |t| t["ticket"]["state"] == "closed").unwrap();
    scene.finish();
}
