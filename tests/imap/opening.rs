//! Connecting and logging in: no secret reaches anybody who should not have it.

use maildesk::config::Tls;
use maildesk::imap::{ImapError, ImapLimits, Session};
use maildesk_lab::scripted_imap::{Misbehave, Protection, ScriptedImap, When};

use crate::{config, impatient, limits, open};

fn ca_file(server: &ScriptedImap) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, server.ca_pem()).unwrap();
    (folder, path)
}

#[tokio::test]
async fn each_protection_logs_in_names_itself_and_leaves() {
    for (protection, tls) in [
        (Protection::Plain, Tls::None),
        (Protection::StartTls, Tls::StartTls),
        (Protection::Implicit, Tls::Implicit),
    ] {
        let server = ScriptedImap::builder().protection(protection).start().await;
        let (_folder, ca) = ca_file(&server);
        let session = Session::open(&config(&server, tls, Some(ca)), &limits()).await.unwrap();
        assert!(session.has_idle() && session.removes_exactly());
        session.logout().await;
        assert_eq!(
            (server.logins(), server.count("ID"), server.count("LOGOUT")),
            (1, 1, 1),
            "{protection:?}"
        );
    }
}

#[tokio::test]
async fn an_untrusted_certificate_is_the_operators_matter_and_gets_no_secret() {
    for (protection, tls) in [(Protection::StartTls, Tls::StartTls), (Protection::Implicit, Tls::Implicit)] {
        let server = ScriptedImap::builder().protection(protection).start().await;
        let other = ScriptedImap::builder().start().await;
        let (_folder, wrong_ca) = ca_file(&other);
        let failed = Session::open(&config(&server, tls, Some(wrong_ca)), &limits()).await.unwrap_err();
        assert!(matches!(&failed, ImapError::Operator(words) if words.contains("certificate")), "{failed}");
        assert!(!server.knows_the_secret());
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = ScriptedImap::builder().protection(Protection::Implicit).start().await;
    let (_folder, ca) = ca_file(&server);
    let mut config = config(&server, Tls::Implicit, Some(ca));
    // Another loopback address leads to the same machine but is not in the certificate.
    let elsewhere = ScriptedImap::builder().protection(Protection::Implicit).start().await;
    config.host = elsewhere.ip().to_string();
    let failed = Session::open(&config, &limits()).await.unwrap_err();
    assert!(matches!(failed, ImapError::Operator(_)), "{failed}");
    assert!(!elsewhere.knows_the_secret());
}

#[tokio::test]
async fn tls_cannot_be_talked_away() {
    let tricks = [
        ("GREETING", Misbehave::Answer("PREAUTH welcome back".into())),
        ("STARTTLS", Misbehave::Answer("NO what is that".into())),
        ("STARTTLS", Misbehave::Answer("BAD what is that".into())),
        ("STARTTLS", Misbehave::Then(b"* OK injected\r\n".to_vec())),
        ("STARTTLS", Misbehave::Then(b"{tag} OK injected\r\n".to_vec())),
        ("STARTTLS", Misbehave::Instead(b"{tag} OK but plain text follows\r\n* OK hello\r\n".to_vec())),
        ("STARTTLS", Misbehave::Drop),
    ];
    for (command, trick) in tricks {
        let server = ScriptedImap::builder()
            .protection(Protection::StartTls)
            .on(command, When::Always, trick.clone())
            .start()
            .await;
        let (_folder, ca) = ca_file(&server);
        let opened = Session::open(&config(&server, Tls::StartTls, Some(ca)), &limits()).await;
        assert!(opened.is_err(), "{trick:?}");
        assert!(!server.knows_the_secret(), "{trick:?}");
    }
}

#[tokio::test]
async fn greetings_that_are_none() {
    for (trick, doubt) in [
        (Misbehave::Answer("BYE too many connections".into()), false),
        (Misbehave::Drop, false),
        (Misbehave::Stall, false),
        (Misbehave::Instead(b"220 mail.test ESMTP\r\n".to_vec()), true),
        (Misbehave::Instead(b"A1 OK hello\r\n".to_vec()), true),
        (Misbehave::Instead(vec![b'x'; 200_000]), true),
        (Misbehave::Instead(b"\xff\x00\x01\r\n".to_vec()), true),
    ] {
        let server = ScriptedImap::builder().on("GREETING", When::Always, trick.clone()).start().await;
        let failed = open(&server, &impatient()).await.unwrap_err();
        assert_eq!(matches!(failed, ImapError::Doubt { .. }), doubt, "{trick:?}: {failed}");
        assert!(!server.knows_the_secret());
    }
}

#[tokio::test]
async fn a_refused_login_is_told_apart_from_a_busy_server() {
    let refused =
        |words: &str| ScriptedImap::builder().on("LOGIN", When::Always, Misbehave::Answer(words.into()));
    let server = refused("NO [AUTHENTICATIONFAILED] wrong password for desk@client.test").start().await;
    let failed = open(&server, &limits()).await.unwrap_err();
    let ImapError::Login { server_words } = &failed else { panic!("{failed}") };
    assert!(failed.login_refused() && failed.needs_operator());
    assert!(server_words.contains("wrong password") && !server_words.contains("client.test"));
    assert_eq!(server.logins(), 1);

    let server = refused("NO [UNAVAILABLE] the directory is down").start().await;
    assert!(matches!(open(&server, &limits()).await.unwrap_err(), ImapError::Temporary(_)));
}

#[tokio::test]
async fn login_disabled_means_authenticate_plain() {
    for (capabilities, line) in [
        ("IMAP4rev1 LOGINDISABLED AUTH=PLAIN", "AUTHENTICATE PLAIN"),
        ("IMAP4rev1 LOGINDISABLED AUTH=PLAIN SASL-IR", "AUTHENTICATE PLAIN AGRlc2sAY2FuYXJ5LXNlY3JldC1pbWFw"),
    ] {
        let server = ScriptedImap::builder().capabilities(capabilities).start().await;
        open(&server, &limits()).await.unwrap();
        assert!(server.commands().iter().any(|command| command == line), "{:?}", server.commands());
    }
    let server = ScriptedImap::builder().capabilities("IMAP4rev1 LOGINDISABLED").start().await;
    assert!(matches!(open(&server, &limits()).await.unwrap_err(), ImapError::Operator(_)));
    assert!(!server.knows_the_secret());
}

#[tokio::test]
async fn nothing_can_be_smuggled_into_a_command() {
    let server = ScriptedImap::builder().start().await;
    let mut forged = config(&server, Tls::None, None);
    forged.user = "desk\r\nA9 DELETE INBOX".to_owned();
    assert!(matches!(Session::open(&forged, &limits()).await.unwrap_err(), ImapError::Operator(_)));
    let mut session = open(&server, &limits()).await.unwrap();
    for folder in ["INBOX\r\nA9 DELETE INBOX", "a\nb", "a\0b", ""] {
        assert!(matches!(session.select(folder).await.unwrap_err(), ImapError::Operator(_)), "{folder:?}");
    }
    session.select("INBOX").await.expect("a refused argument leaves the session whole");
    assert!(server.commands().iter().all(|command| !command.contains("DELETE")));
}

#[tokio::test]
async fn plain_text_leaves_this_machine_never() {
    let server = ScriptedImap::builder().start().await;
    let mut outside = config(&server, Tls::None, None);
    // TEST-NET-1 (RFC 5737): refused before a packet is sent.
    outside.host = "192.0.2.1".to_owned();
    let failed = Session::open(&outside, &limits()).await.unwrap_err();
    assert!(matches!(&failed, ImapError::Operator(words) if words.contains("this machine")), "{failed}");
}

#[tokio::test]
async fn nobody_listens() {
    let server = ScriptedImap::builder().start().await;
    let mut nobody = config(&server, Tls::None, None);
    nobody.port = 1;
    assert!(matches!(
        Session::open(&nobody, &ImapLimits::default()).await.unwrap_err(),
        ImapError::Temporary(_)
    ));
}

#[tokio::test]
async fn folders_that_do_not_open() {
    let server = ScriptedImap::builder()
        .on("SELECT", When::Nth(2), Misbehave::Answer("NO [UNAVAILABLE] later".into()))
        .on("SELECT", When::Nth(3), Misbehave::Instead(b"{tag} OK [READ-WRITE] \r\n".to_vec()))
        .start()
        .await;
    let mut session = open(&server, &limits()).await.unwrap();
    assert!(matches!(session.select("Absent").await.unwrap_err(), ImapError::Operator(_)));
    assert!(matches!(session.select("INBOX").await.unwrap_err(), ImapError::Temporary(_)));
    assert!(!session.is_dead());
    assert!(matches!(session.select("INBOX").await.unwrap_err(), ImapError::Doubt { .. }));
    assert!(session.is_dead());
}
