//! Protection of the connection, and the login.

use maildesk::{
    config::{ServerConfig, Tls},
    smtp::{Connection, SmtpError, Verdict},
};
use maildesk_lab::scripted_smtp::{Act, ScriptedSmtp, Stage, When};

use super::{MAIL, ca_file, deadlines, server_config};

const SECRET: &str = "correct horse";

fn with_login(config: ServerConfig, password: &str) -> ServerConfig {
    ServerConfig { user: "desk".to_owned(), password: password.to_owned().into(), ..config }
}

async fn open(config: &ServerConfig) -> Result<Connection, SmtpError> {
    Connection::open(config, "desk.test", &deadlines()).await
}

/// No command line, decoded or not, holds the password.
fn heard_no_password(server: &ScriptedSmtp) -> bool {
    server.commands().iter().all(|line| !line.starts_with("AUTH") && !line.contains(SECRET))
}

#[tokio::test]
async fn implicit_tls_and_starttls_carry_login_and_mail() {
    for tls in [Tls::Implicit, Tls::StartTls] {
        let script = ScriptedSmtp::script().login("desk", SECRET);
        let script = if tls == Tls::Implicit { script.implicit_tls() } else { script.starttls() };
        let server = script.start().await;
        let ca = ca_file(&server);
        let mut config = with_login(server_config(&server, tls), SECRET);
        config.ca_file = Some(ca.path().to_owned());
        let mut connection = open(&config).await.unwrap();
        let verdict = connection.send(None, "ann@client.test", MAIL).await;
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{tls:?}: {verdict:?}");
        assert_eq!(server.wait_for(1).await[0].data, MAIL);
    }
}

#[tokio::test]
async fn a_certificate_without_a_trusted_root_is_the_operators() {
    for tls in [Tls::Implicit, Tls::StartTls] {
        let script = ScriptedSmtp::script().login("desk", SECRET);
        let script = if tls == Tls::Implicit { script.implicit_tls() } else { script.starttls() };
        let (server, other) = (script.start().await, ScriptedSmtp::script().start().await);
        let foreign = ca_file(&other);
        let mut config = with_login(server_config(&server, tls), SECRET);
        config.ca_file = Some(foreign.path().to_owned());
        let why = open(&config).await.unwrap_err();
        assert!(matches!(&why, SmtpError::Setting(words) if words.contains("ca_file")), "{tls:?}: {why:?}");
        assert!(heard_no_password(&server));
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_said() {
    let server = ScriptedSmtp::script().login("desk", SECRET).start().await;
    let ca = ca_file(&server);
    let mut config = with_login(server_config(&server, Tls::StartTls), SECRET);
    config.ca_file = Some(ca.path().to_owned());
    let why = open(&config).await.unwrap_err();
    assert!(matches!(&why, SmtpError::Setting(words) if words.contains("STARTTLS")), "{why:?}");
    assert!(heard_no_password(&server));
    assert!(!server.commands().iter().any(|line| line.starts_with("MAIL")));
}

#[tokio::test]
async fn plain_is_for_loopback_only() {
    let config = ServerConfig {
        host: "192.0.2.1".to_owned(),
        port: 25,
        tls: Tls::None,
        user: String::new(),
        password: String::new().into(),
        ca_file: None,
    };
    assert!(matches!(open(&config).await, Err(SmtpError::Setting(_))));
}

#[tokio::test]
async fn a_refused_login_is_the_operators() {
    let server = ScriptedSmtp::script().login("desk", SECRET).start().await;
    let mistyped = "horse correct";
    let why = open(&with_login(server_config(&server, Tls::None), mistyped)).await.unwrap_err();
    assert!(matches!(why, SmtpError::Login(_)) && why.is_operators(), "{why:?}");
    assert!(!why.to_string().contains(mistyped), "{why}");
    assert!(open(&with_login(server_config(&server, Tls::None), SECRET)).await.is_ok());
}

#[tokio::test]
async fn a_login_that_fails_for_now_is_not_the_operators() {
    let server = ScriptedSmtp::script()
        .login("desk", SECRET)
        .on(Stage::Auth, When::Always, Act::Reply("454 4.7.0 directory is down".to_owned()))
        .start()
        .await;
    let why = open(&with_login(server_config(&server, Tls::None), SECRET)).await.unwrap_err();
    assert!(matches!(why, SmtpError::Refused { code: 454, .. }) && !why.is_operators(), "{why:?}");
}

#[tokio::test]
async fn a_server_without_auth_is_a_wrong_setting() {
    let server = ScriptedSmtp::script().start().await;
    let why = open(&with_login(server_config(&server, Tls::None), SECRET)).await.unwrap_err();
    assert!(matches!(why, SmtpError::Setting(_)), "{why:?}");
    assert!(heard_no_password(&server));
}

#[tokio::test]
async fn a_server_that_wants_a_login_says_so_at_mail() {
    let server = ScriptedSmtp::script().login("desk", SECRET).start().await;
    let mut connection = open(&server_config(&server, Tls::None)).await.unwrap();
    let verdict = connection.send(None, "ann@client.test", MAIL).await;
    assert!(matches!(verdict, Verdict::Operator { code: 530, .. }), "{verdict:?}");
}

/// RFC 3207 section 6: an answer injected before the encryption is read behind it, and every answer then is taken for the one
/// to the command after. Exact codes end that before a mail counts as sent.
#[tokio::test]
async fn an_answer_injected_before_tls_never_makes_a_mail_count_as_sent() {
    let injected = Act::Reply("220 go\r\n250 injected".to_owned());
    let server = ScriptedSmtp::script().starttls().on(Stage::StartTls, When::Always, injected).start().await;
    let ca = ca_file(&server);
    let mut config = server_config(&server, Tls::StartTls);
    config.ca_file = Some(ca.path().to_owned());
    let mut connection = open(&config).await.unwrap();
    let verdict = connection.send(None, "ann@client.test", MAIL).await;
    assert!(matches!(verdict, Verdict::Temporary { code: None, .. }), "{verdict:?}");
    assert!(!connection.usable());
    let why = open(&with_login(config, SECRET)).await.unwrap_err();
    assert!(matches!(why, SmtpError::Unreachable(_) | SmtpError::Setting(_)), "{why:?}");
    assert_eq!(server.count(), 0);
}
