//! Vacation programs and autoresponders of people.

use super::{
    super::robots::{Answers, Body, Robot, Sender, Subject, To},
    AUTO, AWAY, EN_AWAY, EXCHANGE, KNOWN, Pair, REPEATS, STRANGER, ZH_BUSY, pair, zh,
};

pub const VACATIONS: &[Pair] = &[
    pair(
        "Exchange automatic reply",
        KNOWN,
        &[Robot {
            headers: EXCHANGE,
            subject: Subject::Before("Automatic reply: "),
            null_envelope: true,
            ..AWAY
        }],
    ),
    pair(
        "Exchange, gateway strips the headers",
        KNOWN,
        &[Robot { headers: "", subject: Subject::Before("Automatic reply: "), ..AWAY }],
    ),
    zh(
        "Exchange 自动回复",
        KNOWN,
        &[Robot {
            headers: EXCHANGE,
            subject: Subject::Before("自动回复: "),
            body: Body::Same(ZH_BUSY),
            ..AWAY
        }],
    ),
    pair(
        "Gmail vacation",
        KNOWN,
        &[Robot {
            headers: "Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\nX-Autoreply: yes\r\n",
            answers: Answers::PeopleOncePerDays(4),
            null_envelope: true,
            ..AWAY
        }],
    ),
    zh(
        "QQ 自动回复",
        KNOWN,
        &[Robot {
            address: "10001@qq.example",
            headers: "X-QQ-STYLE: 1\r\n",
            subject: Subject::Before("自动回复:"),
            body: Body::Same(ZH_BUSY),
            ..AWAY
        }],
    ),
    zh(
        "163 自动回复, once a day",
        KNOWN,
        &[Robot {
            address: "wang@163.example",
            headers: "",
            answers: Answers::OncePerDays(1),
            subject: Subject::Before("自动回复:"),
            body: Body::Same(ZH_BUSY),
            ..AWAY
        }],
    ),
    zh(
        "126 自动回复, Re and no threads",
        KNOWN,
        &[Robot {
            address: "wang@126.example",
            headers: "",
            threads: false,
            to: To::From,
            minutes: 12,
            body: Body::Same(ZH_BUSY),
            ..AWAY
        }],
    ),
    zh(
        "Exmail 自动回复",
        KNOWN,
        &[Robot {
            address: "li@corp.example",
            headers: "X-QQ-MIME: TCMime\r\n",
            subject: Subject::Before("自动回复："),
            body: Body::Same(ZH_BUSY),
            ..AWAY
        }],
    ),
    zh(
        "Aliyun 自动回复, threads kept",
        KNOWN,
        &[Robot { address: "li@ali.example", headers: "", minutes: 30, body: Body::Same(ZH_BUSY), ..AWAY }],
    ),
    pair(
        "sieve vacation (RFC 5230)",
        KNOWN,
        &[Robot {
            headers: AUTO,
            answers: Answers::PeopleOncePerDays(7),
            null_envelope: true,
            subject: Subject::Before("Auto: "),
            ..AWAY
        }],
    ),
    pair(
        "sieve vacation to the envelope address",
        KNOWN,
        &[Robot { to: To::Envelope, answers: Answers::OncePerDays(1), null_envelope: true, ..AWAY }],
    ),
    pair(
        "vacation(1)",
        KNOWN,
        &[Robot {
            headers: "Precedence: bulk\r\n",
            answers: Answers::OncePerDays(7),
            subject: Subject::Before("away from my mail: "),
            threads: false,
            ..AWAY
        }],
    ),
    pair(
        "procmail recipe, X-Loop of its own",
        KNOWN,
        &[Robot { headers: "X-Loop: li.wei@client.example\r\n", ..AWAY }],
    ),
    pair(
        "procmail recipe without any header",
        KNOWN,
        &[Robot { headers: "", threads: false, to: To::From, minutes: 11, ..AWAY }],
    ),
    pair(
        "procmail recipe without any header, twice a day",
        KNOWN,
        &[Robot { headers: "", threads: false, to: To::From, minutes: 720, ..AWAY }],
    ),
    pair(
        "procmail recipe without any header, a subject of its own",
        REPEATS,
        &[Robot {
            headers: "",
            subject: Subject::Fixed("Your mail"),
            threads: false,
            to: To::From,
            minutes: 11,
            ..AWAY
        }],
    ),
    zh(
        "自动回复 under a subject of its own, twice a day",
        REPEATS,
        &[Robot {
            headers: "",
            subject: Subject::Fixed("您的来信"),
            threads: false,
            to: To::From,
            minutes: 720,
            body: Body::Same(ZH_BUSY),
            ..AWAY
        }],
    ),
    pair(
        "another address each time, no threads, a subject of its own",
        REPEATS,
        &[Robot {
            headers: "",
            from: Sender::Varying,
            subject: Subject::Fixed("Your mail"),
            threads: false,
            to: To::From,
            minutes: 2,
            ..AWAY
        }],
    ),
    pair(
        "Lotus Notes agent",
        KNOWN,
        &[Robot {
            headers: "X-Mailer: Lotus Notes\r\n",
            subject: Subject::Fixed("Li Wei is out of the office"),
            ..AWAY
        }],
    ),
    pair(
        "cPanel autoresponder",
        KNOWN,
        &[Robot {
            headers: "X-Autorespond: Re: x\r\nPrecedence: auto_reply\r\nX-Precedence: auto_reply\r\n",
            ..AWAY
        }],
    ),
    pair(
        "autoresponder with Date 1970",
        KNOWN,
        &[Robot { date: Some("Thu, 01 Jan 1970 00:00:00 +0000"), ..AWAY }],
    ),
    pair(
        "unmarked autoresponder with Date 2038",
        KNOWN,
        &[Robot {
            headers: "",
            date: Some("Tue, 19 Jan 2038 03:14:08 +0000"),
            threads: false,
            to: To::From,
            minutes: 12,
            ..AWAY
        }],
    ),
    zh(
        "unmarked autoresponder with no sane Date",
        KNOWN,
        &[Robot {
            headers: "",
            date: Some("2026年11月23日 上午"),
            threads: false,
            to: To::From,
            minutes: 12,
            body: Body::Same(ZH_BUSY),
            ..AWAY
        }],
    ),
    pair(
        "autoresponder with another address each time, threads kept",
        STRANGER,
        &[Robot { headers: "", from: Sender::Varying, minutes: 70, ..AWAY }],
    ),
    pair(
        "the same, numbers in its text",
        STRANGER,
        &[Robot { headers: "", from: Sender::Varying, minutes: 70, body: Body::Numbered(EN_AWAY), ..AWAY }],
    ),
    pair(
        "another address each time, no threads",
        KNOWN,
        &[Robot { headers: "", from: Sender::Varying, threads: false, to: To::From, minutes: 2, ..AWAY }],
    ),
    pair(
        "autoresponder under a colleague's address",
        STRANGER,
        &[Robot { headers: "", from: Sender::Other("assistant@client.example"), minutes: 70, ..AWAY }],
    ),
    pair(
        "the client's two autoresponders answer each other's",
        2 * REPEATS,
        &[
            Robot {
                headers: "",
                from: Sender::Other("zhao@second.example"),
                threads: false,
                to: To::From,
                minutes: 12,
                ..AWAY
            },
            Robot {
                address: "zhao@second.example",
                headers: "",
                from: Sender::Other("li.wei@client.example"),
                threads: false,
                to: To::From,
                minutes: 12,
                ..AWAY
            },
        ],
    ),
];
