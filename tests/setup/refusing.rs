//! Servers that refuse, in the words of the large providers: what it means and what to do is said, nothing is written, and
//! no secret is shown.

use maildesk_lab::{
    scripted_imap::{Builder, Misbehave, PASSWORD, Protection, ScriptedImap, When},
    scripted_smtp::{self, Act, Script, ScriptedSmtp, Stage},
};

use crate::scene::{Pair, Place, delivered, init, said};

struct Refusal {
    imap: Builder,
    smtp: Script,
    /// All of them are said.
    words: &'static [&'static str],
    /// How often a password was offered at most: an account locks after a few.
    logins_max: usize,
}

fn imap_says(command: &str, answer: &str) -> Builder {
    ScriptedImap::builder().on(command, When::Always, Misbehave::Answer(answer.to_owned()))
}

fn by_imap(imap: Builder, words: &'static [&'static str]) -> Refusal {
    Refusal { imap, smtp: ScriptedSmtp::script(), words, logins_max: 1 }
}

fn by_smtp(smtp: Script, words: &'static [&'static str]) -> Refusal {
    Refusal { imap: ScriptedImap::builder(), smtp, words, logins_max: 8 }
}

fn says(stage: Stage, line: &str) -> Script {
    let login = ScriptedSmtp::script().login("desk", PASSWORD);
    login.on(stage, scripted_smtp::When::Always, Act::Reply(line.to_owned()))
}

fn refusals() -> Vec<Refusal> {
    vec![
        by_imap(
            imap_says(
                "LOGIN",
                "NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
            ),
            &["Google wants an app password", "myaccount.google.com/apppasswords"],
        ),
        by_imap(
            imap_says(
                "LOGIN",
                "NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page.",
            ),
            &["IMAP is switched off for this account", "enable IMAP"],
        ),
        by_imap(
            imap_says(
                "LOGIN",
                "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy. More information at https://open.work.weixin.qq.com/help2/pc/18637",
            ),
            &["IMAP switched off", "客户端专用密码", "wait half an hour"],
        ),
        by_imap(
            imap_says("SELECT", "NO SELECT Unsafe Login. Please contact kefu@188.com for help"),
            &["unsafe login", "authorization code (授权码)", "switch IMAP/SMTP off and on again"],
        ),
        by_imap(
            imap_says("LOGIN", "NO [LIMIT] Too many login failures, account is temporarily locked"),
            &["locked or throttled", "Wait half an hour before the next try"],
        ),
        by_imap(
            imap_says(
                "LOGIN",
                "NO [ALERT] Please log in via your web browser: http://support.google.com/mail/accounts/bin/answer.py?answer=78754 (Failure)",
            ),
            &["login in a web browser first", "Log in once at the web page"],
        ),
        by_imap(
            imap_says("LOGIN", "NO [AUTHENTICATIONFAILED] Authentication failed."),
            &["User name or password is wrong"],
        ),
        Refusal {
            logins_max: 0,
            ..by_imap(
                ScriptedImap::builder().capabilities("IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2"),
                &["Login by password is switched off on this server", "OAuth 2.0"],
            )
        },
        by_smtp(
            says(
                Stage::Auth,
                "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [AM0PR01CA0001.prod.outlook.com]",
            ),
            &["basic authentication) is switched off", "OAuth 2.0", "a mailbox elsewhere"],
        ),
        by_smtp(
            says(
                Stage::Auth,
                "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
            ),
            &["Authenticated SMTP is switched off", "Manage email apps"],
        ),
        by_smtp(
            says(
                Stage::Auth,
                "535 Login Fail. Please enter your authorization code to login. More information in http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=28&&no=1001256",
            ),
            &["QQ wants an authorization code", "授权码"],
        ),
        by_smtp(
            says(
                Stage::Mail,
                "553 5.7.1 <support@desk.test>: Sender address rejected: not owned by user desk",
            ),
            &["may not send as the support address", "as the mailbox itself"],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_explained_and_nothing_is_written() {
    for refusal in refusals() {
        let pair = Pair::new(refusal.imap.start().await, refusal.smtp.start().await)
            .relay(|mail| Some(delivered(mail)));
        let (place, options) = (Place::new(PASSWORD), pair.options());
        let (place, output) = tokio::task::spawn_blocking(move || {
            let output = init(&place, &options, &["--probe-wait", "2"]);
            (place, output)
        })
        .await
        .unwrap();
        let words = said(&output);
        assert_eq!(output.status.code(), Some(1), "{words}");
        for expected in refusal.words {
            assert!(words.contains(expected), "{expected:?} is not in: {words}");
        }
        assert!(words.contains("Nothing was written"), "{words}");
        assert!(place.is_untouched(), "{words}");
        assert!(pair.imap.logins() <= refusal.logins_max, "{} logins: {words}", pair.imap.logins());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_goes_to_a_server_whose_certificate_is_not_trusted() {
    let imap = ScriptedImap::builder().protection(Protection::Implicit).start().await;
    let pair = Pair::new(imap, ScriptedSmtp::script().start().await);
    let options: Vec<String> =
        pair.options().into_iter().map(|o| o.replace("--imap-tls=none", "--imap-tls=implicit")).collect();
    let place = Place::new(PASSWORD);
    let output = tokio::task::spawn_blocking(move || init(&place, &options, &[])).await.unwrap();
    let words = said(&output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("certificate is not trusted") && words.contains("--ca-file"), "{words}");
    assert!(!pair.imap.knows_the_secret());
}

#[test]
fn what_is_missing_is_named_with_its_option() {
    let place = Place::new("x");
    for (arguments, words) in [
        (&["init", "--non-interactive"][..], "--address"),
        (&["init", "--non-interactive", "--address", "nobody"], "not a mail address"),
        (
            &[
                "init",
                "--non-interactive",
                "--address",
                "a@desk.test",
                "--imap-host",
                "127.0.0.1",
                "--smtp-host",
                "127.0.0.1",
            ],
            "--password-file FILE",
        ),
        (&["init", "--imap-port", "993"], "--imap-host"),
        (
            &[
                "init",
                "--non-interactive",
                "--address",
                "a@desk.test",
                "--store",
                "postgres://desk:hunter2@db.test/desk",
            ],
            "--store-password-file FILE",
        ),
        (
            &["init", "--store", "sqlite:///x.db", "--store-password-file", "typed"],
            "belongs to --store postgres://",
        ),
        (&["init", "--store-password-file", "typed"], "--store <URL>"),
        (&["check", "--no-probe"], "--online"),
    ] {
        let output = place.run(arguments);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert!(!said.contains("hunter2"), "a password is shown: {said}");
    }
    assert!(place.is_untouched());
}
