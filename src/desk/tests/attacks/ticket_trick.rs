//! Mails of other services that prove an address or reset a password, sent to the desk so that somebody may read them there
//! ("Ticket Trick"): no code and no link of theirs reaches anybody but the operator's raw mail.

use super::{outcome::*, post::*, strangers::passed};
use crate::desk::tests::world::*;

const SECRETS: [&str; 4] = ["482913", "QWE-RTY", "8f2e0c1b7a9d", "/confirm"];

/// Each with the codes and links of [`SECRETS`].
const SERVICES: [(&str, &str, &str); 10] = [
    ("feedback@slack.test", "Slack confirmation code: QWE-RTY", "Confirm your email address with QWE-RTY."),
    ("no-reply@slack.test", "Sign in to Slack", "Sign in to Slack: https://slack.test/confirm/8f2e0c1b7a9d"),
    ("noreply@git.test", "Please verify your email address", "https://git.test/confirm?t=8f2e0c1b7a9d"),
    ("security@idp.test", "482913 is your verification code", "Your verification code is 482913."),
    (
        "account@cloud.test",
        "Reset your password",
        "Choose a new password: https://cloud.test/confirm?t=8f2e0c1b7a9d",
    ),
    ("hello@notes.test", "Ihr Einmalcode", "Ihr Einmalcode lautet 482913"),
    ("info@cn.test", "【示例】验证码", "您的验证码：482913，请勿告诉他人。"),
    (
        "team@work.test",
        "Accept invitation",
        "Ann has invited you. Accept invitation: https://work.test/confirm/8f2e0c1b7a9d",
    ),
    ("support@fr.test", "Votre code", "Votre code de vérification est 482913"),
    ("anna@service.test", "Your sign-in code 482913", "Your sign-in code is 482913"),
];

fn assert_masked(mail: &Mail) {
    let decision = mail.decided();
    let written = serde_json::to_string(&decision).unwrap();
    for secret in SECRETS {
        assert!(!written.contains(secret), "{}: {secret} in {written}", mail.name);
    }
    assert_silent_to_clients(&decision);
    assert!(event_kinds(&decision).contains(&"masked"), "{}", mail.name);
    assert!(!is_act(&decision), "{}", mail.name);
    let told = decision.letters.iter().any(|l| {
        matches!(&l.body, crate::desk::LetterBody::Notification { hints, files, .. } if hints.masked && files.is_empty())
    });
    assert!(told, "{}: staff hear why", mail.name);
}

#[test]
fn nothing_of_them_is_shown_to_anybody() {
    let (linas, alices) =
        (minted(crate::desk::Purpose::Client, 1042, 7), minted(crate::desk::Purpose::Agent, 1042, 100));
    for (from, subject, text) in SERVICES {
        for proven in [true, false] {
            let mail = Mail::new(from, format!("From: {from}"));
            let mut mail = if proven { mail.result(0, passed(from)) } else { mail }.says(plain(text));
            mail.subject = subject.to_owned();
            // To the plain address: a new ticket, of which nobody outside hears.
            assert_masked(&mail);
            // To the address of somebody's ticket, which the attacker gave the service as theirs.
            assert_masked(&mail.clone().marked(&linas));
            assert_masked(&mail.clone().marked(&alices));
            // With the attacker on copy.
            assert_masked(&mail.field("Cc: eve@evil.example"));
        }
    }
}
