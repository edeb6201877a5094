//! What each answer, cut and stall means for the mail under way.

use std::time::Duration;

use maildesk::smtp::{Connection, Deadlines, SmtpError, Verdict};
use maildesk_lab::scripted_smtp::{Act, ScriptedSmtp, Stage, When};

use super::{MAIL, deadlines, open, server_config};

const FROM: Option<&str> = Some("support@desk.test");
const ANN: &str = "ann@client.test";

#[tokio::test]
async fn mails_go_one_after_the_other_over_one_connection() {
    let server = ScriptedSmtp::script().start().await;
    let mut connection = open(&server).await.unwrap();
    for recipient in [ANN, "bob@client.test", "cyd@client.test"] {
        let verdict = connection.send(FROM, recipient, MAIL).await;
        assert_eq!(verdict, Verdict::Accepted { code: 250, words: "2.0.0 queued".to_owned() });
        assert!(connection.usable());
    }
    assert!(matches!(connection.send(None, ANN, MAIL).await, Verdict::Accepted { .. }));
    connection.quit().await;
    let received = server.wait_for(4).await;
    assert_eq!(received[1].rcpt_to, ["bob@client.test"]);
    assert_eq!(received[1].mail_from, "support@desk.test");
    assert_eq!(received[3].mail_from, "");
    assert!(received.iter().all(|mail| mail.data == MAIL), "not one byte more or less");
    assert_eq!(server.connections(), 1);
    assert_eq!(server.commands().last().unwrap(), "QUIT");
}

#[tokio::test]
async fn refusals_at_each_stage() {
    let table = [
        (Stage::Mail, "451 4.7.1 later", "temporary"),
        (Stage::Mail, "552 5.3.4 too big", "permanent"),
        (Stage::Mail, "553 5.7.1 sender not owned", "operator"),
        (Stage::Rcpt, "450 4.2.0 greylisted", "temporary"),
        (Stage::Rcpt, "550 5.1.1 unknown", "permanent"),
        (Stage::Rcpt, "552 5.2.2 full", "temporary"),
        (Stage::Data, "451 4.3.0 later", "temporary"),
        (Stage::Data, "554 5.7.1 no", "permanent"),
        (Stage::Content, "452 4.3.1 disk", "temporary"),
        (Stage::Content, "554 5.7.1 spam", "permanent"),
        (Stage::Content, "552 5.3.4 too big", "permanent"),
    ];
    for (stage, line, expected) in table {
        let server =
            ScriptedSmtp::script().on(stage, When::Nth(1), Act::Reply(line.to_owned())).start().await;
        let mut connection = open(&server).await.unwrap();
        let verdict = connection.send(FROM, ANN, MAIL).await;
        let (word, code) = match &verdict {
            Verdict::Temporary { code, .. } => ("temporary", *code),
            Verdict::Permanent { code, .. } => ("permanent", *code),
            Verdict::Operator { code, .. } => ("operator", Some(*code)),
            other => panic!("{stage:?} {line}: {other:?}"),
        };
        assert_eq!((word, code), (expected, line[..3].parse().ok()), "{stage:?} {line}");
        assert!(connection.usable(), "a plain refusal leaves the connection in step: {stage:?} {line}");
        assert!(server.received().is_empty());
        let next = connection.send(FROM, ANN, MAIL).await;
        assert!(matches!(next, Verdict::Accepted { .. }), "after {stage:?} {line}: {next:?}");
    }
}

#[tokio::test]
async fn closing_answers_end_the_connection() {
    for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Content] {
        let server = ScriptedSmtp::script().reply(stage, "421 4.3.2 going down").start().await;
        let mut connection = open(&server).await.unwrap();
        let verdict = connection.send(FROM, ANN, MAIL).await;
        assert!(matches!(verdict, Verdict::Temporary { code: Some(421), .. }), "{stage:?}: {verdict:?}");
        assert!(!connection.usable());
    }
}

#[tokio::test]
async fn one_refused_recipient_does_not_touch_the_next_mail() {
    let server = ScriptedSmtp::script().refuse(|recipient| recipient == ANN).start().await;
    let mut connection = open(&server).await.unwrap();
    let refused = connection.send(FROM, ANN, MAIL).await;
    let Verdict::Permanent { code: Some(550), words } = refused else { panic!("{refused:?}") };
    assert!(!words.contains(ANN), "words for log and store hold no address: {words}");
    assert!(matches!(connection.send(FROM, "bob@client.test", MAIL).await, Verdict::Accepted { .. }));
    assert_eq!(server.wait_for(1).await[0].rcpt_to, ["bob@client.test"]);
}

#[tokio::test]
async fn cuts_before_the_content_are_temporary_and_after_it_unknown() {
    for stage in [Stage::Mail, Stage::Rcpt, Stage::Data] {
        let server = ScriptedSmtp::script().on(stage, When::Always, Act::Drop).start().await;
        let mut connection = open(&server).await.unwrap();
        let verdict = connection.send(FROM, ANN, MAIL).await;
        assert!(matches!(verdict, Verdict::Temporary { code: None, .. }), "{stage:?}: {verdict:?}");
        assert!(!connection.usable());
    }
    for act in [Act::Drop, Act::KeepAndDrop] {
        let server = ScriptedSmtp::script().on(Stage::Content, When::Always, act).start().await;
        let mut connection = open(&server).await.unwrap();
        let verdict = connection.send(FROM, ANN, MAIL).await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
        assert!(!connection.usable());
    }
}

#[tokio::test]
async fn stalls_end_at_their_deadline() {
    let soon = Duration::from_millis(200);
    for (stage, unknown) in
        [(Stage::Mail, false), (Stage::Rcpt, false), (Stage::Data, false), (Stage::Content, true)]
    {
        let server = ScriptedSmtp::script().on(stage, When::Always, Act::Stall).start().await;
        let hasty = Deadlines { command: soon, content: soon, ..deadlines() };
        let config = server_config(&server, maildesk::config::Tls::None);
        let mut connection = Connection::open(&config, "desk.test", &hasty).await.unwrap();
        let verdict = connection.send(FROM, ANN, MAIL).await;
        assert_eq!(matches!(verdict, Verdict::Unknown { .. }), unknown, "{stage:?}: {verdict:?}");
        assert_eq!(
            matches!(verdict, Verdict::Temporary { code: None, .. }),
            !unknown,
            "{stage:?}: {verdict:?}"
        );
        assert!(!connection.usable());
    }
    for stage in [Stage::Banner, Stage::Ehlo] {
        let server = ScriptedSmtp::script().on(stage, When::Always, Act::Stall).start().await;
        let hasty = Deadlines { opening: soon, ..deadlines() };
        let config = server_config(&server, maildesk::config::Tls::None);
        let why = Connection::open(&config, "desk.test", &hasty).await.unwrap_err();
        assert!(matches!(why, SmtpError::Unreachable(_)), "{stage:?}: {why:?}");
    }
}

#[tokio::test]
async fn an_idle_connection_that_ended_did_not_try_the_mail() {
    for act in [Act::Drop, Act::Reply("421 4.4.2 idle for too long".to_owned())] {
        let server = ScriptedSmtp::script().on(Stage::Mail, When::Nth(2), act).start().await;
        let mut connection = open(&server).await.unwrap();
        assert!(matches!(connection.send(FROM, ANN, MAIL).await, Verdict::Accepted { .. }));
        let verdict = connection.send(FROM, ANN, MAIL).await;
        assert!(matches!(verdict, Verdict::NotTried { .. }), "{verdict:?}");
        assert!(!connection.usable());
    }
}

/// Regression (a trap measured on lettre's pool): the answer to a cancelled send was read as the answer to the next one, and
/// a refused mail counted as sent.
#[tokio::test]
async fn a_refused_mail_after_a_cancelled_send() {
    let server = ScriptedSmtp::script()
        .on(Stage::Content, When::Nth(1), Act::KeepAndStall)
        .refuse(|recipient| recipient == "refused@client.test")
        .start()
        .await;
    let mut connection = open(&server).await.unwrap();
    tokio::select! {
        verdict = connection.send(FROM, ANN, MAIL) => panic!("not cancelled: {verdict:?}"),
        _ = server.wait_for(1) => {}
    }
    assert!(!connection.usable());
    let verdict = connection.send(FROM, "refused@client.test", MAIL).await;
    assert!(matches!(verdict, Verdict::NotTried { .. }), "{verdict:?}");
    let mut fresh = open(&server).await.unwrap();
    let verdict = fresh.send(FROM, "refused@client.test", MAIL).await;
    assert!(matches!(verdict, Verdict::Permanent { code: Some(550), .. }), "{verdict:?}");
}

#[tokio::test]
async fn an_address_cannot_smuggle_commands() {
    let server = ScriptedSmtp::script().start().await;
    let mut connection = open(&server).await.unwrap();
    let before = server.commands();
    for evil in ["a@b.test>\r\nRCPT TO:<c@d.test", "a@b.test\n", "a\0@b.test", "a@b.test> NOTIFY=NEVER"] {
        assert!(matches!(connection.send(FROM, evil, MAIL).await, Verdict::Permanent { code: None, .. }));
        assert!(matches!(
            connection.send(Some(evil), ANN, MAIL).await,
            Verdict::Permanent { code: None, .. }
        ));
    }
    assert_eq!(server.commands(), before, "nothing of it was said");
    assert!(matches!(connection.send(FROM, ANN, MAIL).await, Verdict::Accepted { .. }));
    assert_eq!(server.wait_for(1).await.len(), 1);
}

#[tokio::test]
async fn dots_arrive_as_they_were_written() {
    let server = ScriptedSmtp::script().start().await;
    let mut connection = open(&server).await.unwrap();
    let mails: [&[u8]; 4] = [
        b"A: b\r\n\r\n.\r\n",
        b"A: b\r\n\r\n..\r\n.x\r\n\r\n.\r\n.\r\n",
        b".A: b\r\n\r\nend.\r\n",
        b"A: b\r\n\r\n\r\n\r\n",
    ];
    for mail in mails {
        assert!(matches!(connection.send(FROM, ANN, mail).await, Verdict::Accepted { .. }));
    }
    let received = server.wait_for(4).await;
    for (mail, got) in mails.iter().zip(&received) {
        assert_eq!(got.data, *mail);
    }
}

#[tokio::test]
async fn eight_bit_bytes_and_bare_line_ends_never_leave() {
    let server = ScriptedSmtp::script().start().await;
    let mut connection = open(&server).await.unwrap();
    for bytes in
        ["A: ü\r\n\r\n".as_bytes(), b"A: b\r\n\r\na\n.\r\nMAIL FROM:<x@y.test>\r\n", b"A: \xff\r\n\r\n"]
    {
        assert!(matches!(connection.send(FROM, ANN, bytes).await, Verdict::Permanent { code: None, .. }));
    }
    assert!(connection.usable());
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn foreign_domains_become_ascii_and_foreign_local_parts_need_the_extension() {
    let server = ScriptedSmtp::script().start().await;
    let mut connection = open(&server).await.unwrap();
    assert!(matches!(connection.send(FROM, "info@bücher.test", MAIL).await, Verdict::Accepted { .. }));
    assert_eq!(server.wait_for(1).await[0].rcpt_to, ["info@xn--bcher-kva.test"]);
    assert!(matches!(
        connection.send(FROM, "张三@client.test", MAIL).await,
        Verdict::Permanent { code: None, .. }
    ));
    assert!(connection.usable());

    let server = ScriptedSmtp::script().utf8().start().await;
    let mut connection = open(&server).await.unwrap();
    assert!(matches!(connection.send(FROM, "张三@client.test", MAIL).await, Verdict::Accepted { .. }));
    assert_eq!(server.wait_for(1).await[0].rcpt_to, ["张三@client.test"]);
    assert!(
        server.commands().iter().any(|line| line.starts_with("MAIL FROM") && line.ends_with(" SMTPUTF8"))
    );
}

#[tokio::test]
async fn a_mail_over_the_servers_size_is_not_even_begun() {
    let server = ScriptedSmtp::script().size(100).start().await;
    let mut connection = open(&server).await.unwrap();
    let large = [MAIL, &b"x".repeat(100)].concat();
    assert!(matches!(connection.send(FROM, ANN, &large).await, Verdict::Permanent { code: None, .. }));
    assert!(matches!(connection.send(FROM, ANN, MAIL).await, Verdict::Accepted { .. }));
    let said: Vec<String> = server.commands().into_iter().filter(|line| line.starts_with("MAIL")).collect();
    assert_eq!(said, [format!("MAIL FROM:<support@desk.test> SIZE={}", MAIL.len())]);
}

#[tokio::test]
async fn refused_greetings_say_why() {
    for (stage, line) in
        [(Stage::Banner, "554 5.7.1 blocked"), (Stage::Banner, "421 busy"), (Stage::Ehlo, "550 no")]
    {
        let server = ScriptedSmtp::script().reply(stage, line).start().await;
        let why = open(&server).await.unwrap_err();
        let SmtpError::Refused { code, .. } = why else { panic!("{line}: {why:?}") };
        assert_eq!(Some(code), line[..3].parse().ok());
    }
    let gone = ScriptedSmtp::script().on(Stage::Banner, When::Always, Act::Drop).start().await;
    assert!(matches!(open(&gone).await, Err(SmtpError::Unreachable(_))));
}
