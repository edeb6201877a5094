//! The house proves itself: what the tests of maildesk take for granted about Dovecot and Postfix is checked here.

use std::io;

use maildesk_lab::{
    availability,
    house::House,
    mailclient::{ImapBox, Mail, Submission, reply_to},
    postfix::Postfix,
};

const USERS: [(&str, &str); 3] =
    [("support@desk.test", "pw-support"), ("alice@desk.test", "pw-alice"), ("li@client.test", "pw-li")];

fn mail(id: &str, header: &str, body: &str) -> Vec<u8> {
    format!(
        "{header}From: Alice <alice@desk.test>\r\nTo: support@desk.test\r\nSubject: =?utf-8?B?55SY54m55Zu+?=\r\n\
         Message-ID: <{id}@lab.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

fn is_ours(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("Authentication-Results") && value.starts_with(House::AUTHSERV_ID)
}

#[test]
fn mail_arrives_with_subaddress_dots_and_characters() -> io::Result<()> {
    if !availability::real_servers() {
        return Ok(());
    }
    let house = House::start(&USERS)?;
    house.deliver("li@client.test", &["support+abc234@desk.test"], &mail("a", "", "甘特图\r\n.\r\n..x"))?;
    let got = house.inbox("support@desk.test")?.wait_for("the mail", |_| true)?;
    assert_eq!(got.subject(), "甘特图");
    assert_eq!(got.text().trim_end(), "甘特图\n.\n..x");
    assert_eq!(got.address("Delivered-To"), "support+abc234@desk.test");
    assert!(!got.flags.contains(&"\\Seen".to_owned()), "{:?}", got.flags);
    Ok(())
}

#[test]
fn a_login_is_proven_above_our_received_lines_and_a_forgery_is_not() -> io::Result<()> {
    if !availability::real_servers() {
        return Ok(());
    }
    let forged =
        format!("Authentication-Results: {}; auth=pass smtp.auth=alice@desk.test\r\n", House::AUTHSERV_ID);
    for strip in [true, false] {
        let house = House::start_with(&USERS, strip)?;
        let mut inbox = house.inbox("support@desk.test")?;
        house.submit("alice@desk.test", &["support@desk.test"], &mail("genuine", "", "x"))?;
        let got = inbox.wait_for("the genuine mail", |m| m.contains("<genuine@"))?;
        assert_eq!(got.received_above(is_ours), Some(House::OWN_RECEIVED), "{:?}", got.fields());
        house.deliver("alice@desk.test", &["support@desk.test"], &mail("forged", &forged, "x"))?;
        let got = inbox.wait_for("the forged mail", |m| m.contains("<forged@"))?;
        let expected = (!strip).then_some(House::OWN_RECEIVED + 1);
        assert_eq!(got.received_above(is_ours), expected, "{:?}", got.fields());
        // Even somebody with a login cannot put one above the filter's.
        let bob = forged.replace("alice", "bob");
        house.submit("alice@desk.test", &["support@desk.test"], &mail("inside", &bob, "x"))?;
        let got = inbox.wait_for("the inside forgery", |m| m.contains("<inside@"))?;
        let ours = got.headers("Authentication-Results");
        assert!(ours.first().is_some_and(|v| v.ends_with("smtp.auth=alice@desk.test")), "{ours:?}");
    }
    Ok(())
}

#[test]
fn logins_need_the_password_and_submission_needs_a_login() -> io::Result<()> {
    if !availability::real_servers() {
        return Ok(());
    }
    let mut house = House::start(&USERS)?;
    let ip = house.dovecot.ip();
    let mut session = Submission::implicit_tls(ip, Postfix::SUBMISSIONS, &house.ca_file())?;
    let refused = session.login("alice@desk.test", "wrong").unwrap_err().to_string();
    assert!(refused.starts_with("535"), "{refused}");
    let refused = session.send("alice@desk.test", &["support@desk.test"], b"x").unwrap_err().to_string();
    assert!(refused.starts_with('5'), "{refused}");
    assert!(ImapBox::open(ip, "alice@desk.test", "wrong", "INBOX").is_err());
    house.dovecot.set_password("alice@desk.test", "fresh")?;
    assert!(ImapBox::open(ip, "alice@desk.test", "pw-alice", "INBOX").is_err());
    drop(house.inbox("alice@desk.test")?);
    house.dovecot.stop();
    assert!(house.inbox("alice@desk.test").is_err());
    house.dovecot.run()?;
    drop(house.inbox("alice@desk.test")?);
    Ok(())
}

#[test]
fn an_answer_threads_and_quotes() {
    let raw = "From: Desk <support@desk.test>\r\nReply-To: support+tok@desk.test\r\nSubject: Hi\r\nMessage-ID: <2@x>\r\n\
               References: <1@x>\r\n\r\nline\r\n";
    let (to, answer) = reply_to(&Mail::new(raw.as_bytes().to_vec()), "Li <li@client.test>", "3@x", "New.");
    let answer = Mail::new(answer);
    assert_eq!(to, "support+tok@desk.test");
    assert_eq!(answer.header("In-Reply-To"), "<2@x>");
    assert_eq!(answer.header("References"), "<1@x> <2@x>");
    assert!(
        answer.text().starts_with("New.\n\nOn ") && answer.text().ends_with("> line\n"),
        "{}",
        answer.text()
    );
}
