//! Bounces, warnings and receipts.

use super::{
    super::robots::{Answers, BLIND, Body, Robot, Sender, Subject, To},
    AUTO, KNOWN, Opening, Pair, STRANGER, opened, pair, zh,
};

pub const REPORTS: &[Pair] = &[
    pair(
        "bounce at once",
        KNOWN,
        &[Robot {
            from: Sender::Other("MAILER-DAEMON@client.example"),
            null_envelope: true,
            to: To::Envelope,
            threads: false,
            subject: Subject::Fixed("Undelivered Mail Returned to Sender"),
            body: Body::Report("failed"),
            headers: AUTO,
            ..BLIND
        }],
    ),
    pair(
        "bounce after five hours",
        KNOWN,
        &[Robot {
            from: Sender::Other("MAILER-DAEMON@client.example"),
            null_envelope: true,
            to: To::Envelope,
            threads: false,
            subject: Subject::Fixed("Undelivered Mail Returned to Sender"),
            body: Body::Report("failed"),
            minutes: 300,
            ..BLIND
        }],
    ),
    pair(
        "warning of delay",
        KNOWN,
        &[Robot {
            from: Sender::Other("postmaster@client.example"),
            null_envelope: true,
            to: To::Envelope,
            threads: false,
            subject: Subject::Fixed("Delayed Mail (still being retried)"),
            body: Body::Report("delayed"),
            minutes: 240,
            ..BLIND
        }],
    ),
    opened(
        "bounce of a mail forged in our name",
        0,
        Opening::Robot,
        &[Robot {
            from: Sender::Other("MAILER-DAEMON@client.example"),
            null_envelope: true,
            to: To::Envelope,
            threads: false,
            subject: Subject::Fixed("Returned mail: see transcript for details"),
            body: Body::Report("failed"),
            ..BLIND
        }],
    ),
    opened(
        "bounce with a sender, which bounces back",
        0,
        Opening::Robot,
        &[Robot {
            from: Sender::Other("postmaster@client.example"),
            to: To::Envelope,
            threads: false,
            subject: Subject::Fixed("failure notice"),
            body: Body::Report("failed"),
            ..BLIND
        }],
    ),
    pair(
        "challenge to whoever stands in the envelope",
        STRANGER,
        &[Robot {
            from: Sender::Other("verify@client.example"),
            to: To::Envelope,
            threads: false,
            subject: Subject::Fixed("Please confirm your message"),
            body: Body::Numbered("To deliver your mail to li.wei@client.example, answer this one."),
            ..BLIND
        }],
    ),
    pair(
        "every mail bounces after a while, and its warning comes first",
        KNOWN,
        &[Robot {
            from: Sender::Other("MAILER-DAEMON@client.example"),
            null_envelope: true,
            to: To::From,
            threads: false,
            subject: Subject::Fixed("Undelivered Mail Returned to Sender"),
            body: Body::Report("failed"),
            minutes: 30,
            ..BLIND
        }],
    ),
    zh(
        "退信 as words from postmaster",
        KNOWN,
        &[Robot {
            from: Sender::Other("postmaster@client.example"),
            to: To::From,
            threads: false,
            subject: Subject::Fixed("系统退信"),
            body: Body::Same("抱歉，您的邮件被退回来了……收件人邮箱地址不存在，邮件无法送达。"),
            ..BLIND
        }],
    ),
    pair(
        "read receipt (RFC 8098)",
        KNOWN,
        &[Robot {
            subject: Subject::Before("Read: "),
            body: Body::Receipt,
            answers: Answers::Everything,
            threads: false,
            ..BLIND
        }],
    ),
    zh(
        "已读回执",
        KNOWN,
        &[Robot { subject: Subject::Before("已读: "), body: Body::Receipt, threads: false, ..BLIND }],
    ),
];
