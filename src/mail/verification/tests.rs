//! Mails of services in several languages, and mails of people about them.

use super::*;
use crate::mail::{ReadPolicy, Reading, read};

fn reading(from: &str, subject: &str, extra: &str, text: &str) -> Reading {
    let mail = format!(
        "From: {from}\r\nTo: support@desk.example\r\nSubject: {subject}\r\nMessage-ID: <a@b.example>\r\n{extra}\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    read(mail.as_bytes(), &ReadPolicy::default())
}

#[test]
fn mails_of_services_are_known() {
    for (from, subject, extra, text) in [
        (
            "Slack <feedback@slack.test>",
            "Slack confirmation code: QWE-RTY",
            "",
            "Confirm your email address\n\nQWE-RTY",
        ),
        (
            "no-reply@git.test",
            "[Git] Please verify your email address.",
            "",
            "https://git.test/users/x/emails/1/confirm_verification/8a7b6c5d",
        ),
        (
            "Zoom <no-reply@zoom.test>",
            "Reset your password",
            "",
            "Click https://zoom.test/reset?code=AbCdEf to choose a new password.",
        ),
        (
            "security@accounts.test",
            "G-482913 is your verification code",
            "Auto-Submitted: auto-generated\r\n",
            "G-482913",
        ),
        ("Anna <anna@service.test>", "Your login code", "Precedence: bulk\r\n", "Your login code is 4821"),
        ("noreply@cn.test", "【示例】邮箱验证", "", "您的验证码是：938271，10分钟内有效。"),
        ("account@cn.test", "重置密码", "", "请点击链接重置密码：https://cn.test/pwd/reset?t=8f2e0c1b7a"),
        (
            "noreply@de.test",
            "Bitte bestätigen",
            "",
            "Bitte bestätigen Sie Ihre E-Mail-Adresse: https://de.test/optin/AbC123",
        ),
        ("ne-pas-repondre@fr.test", "Votre code", "", "Votre code de vérification : 482 913\n\n482913"),
        ("info@es.test", "Hola", "", "Tu código de verificación es 482913."),
        ("info@ru.test", "Код", "", "Ваш код подтверждения: 482913"),
        ("info@jp.test", "お知らせ", "", "確認コード：482913"),
        (
            "team@notes.test",
            "Join",
            "",
            "Ann has invited you to the workspace. Accept invitation: https://notes.test/invite/x1",
        ),
        ("hi@plain.test", "Your verification code", "", "Your verification code is\n\n1 2 3 4 5 6\n"),
    ] {
        assert!(reading(from, subject, extra, text).verification, "{from}: {subject}");
    }
}

#[test]
fn mails_of_people_are_none() {
    for (from, subject, extra, text) in [
        (
            "li@client.test",
            "No verification code",
            "",
            "I never get the verification code by mail. What can I do?",
        ),
        (
            "li@client.test",
            "收不到验证码",
            "",
            "我一直收不到验证码，请帮忙看看。手机 13800138000，时间 2026-11-20 15:00。",
        ),
        (
            "li@client.test",
            "Password",
            "",
            "Please reset my account, the page https://app.test/login says error 4012.",
        ),
        (
            "li@client.test",
            "Re: Reset your password",
            "In-Reply-To: <x@desk.example>\r\n",
            "Reset your password does not work: https://app.test/reset?token=abc",
        ),
        (
            "info@client.test",
            "Order 482913",
            "",
            "Please tell us when order 482913 arrives, see https://shop.test/orders",
        ),
        ("support@client.test", "Question", "", "Where do I find the verification code?"),
        ("li@client.test", "Rechnung", "", "Bitte senden Sie die Rechnung RE-2026-0815 an uns."),
        ("noreply@shop.test", "Your order", "", "Order 482913 was shipped: https://shop.test/track/482913"),
    ] {
        assert!(!reading(from, subject, extra, text).verification, "{from}: {subject}");
    }
}

#[test]
fn codes_and_links_are_masked_and_words_stay() {
    for (text, shown) in [
        ("Your code is 482913.", "Your code is ••••."),
        ("Your code is 482-913!", "Your code is ••••!"),
        ("G-482913 is your code", "•••• is your code"),
        ("验证码：938271，10分钟内有效", "验证码：••••，10分钟内有效"),
        ("Open https://a:b@x.test/verify?t=abc now", "Open https://x.test/•••• now"),
        ("(https://x.test/r/1)", "(https://x.test/••••)"),
        ("Hello\n\nfresh-maple-river-stone\n\nThanks", "Hello\n\n••••\n\nThanks"),
        ("1 2 3 4 5 6\n", "••••\n"),
        ("xkqjzv", "••••"),
        ("Dear all, this is fine.", "Dear all, this is fine."),
        ("", ""),
    ] {
        assert_eq!(masked(text), shown, "{text}");
    }
}

#[test]
fn whatever_is_masked_stays_masked() {
    let once = masked("A https://x.test/a 482913 and QWE-RTY at http://y.test");
    assert_eq!(masked(&once), once);
    assert!(!once.contains("482913") && !once.contains("QWE"));
}
