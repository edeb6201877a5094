//! Lists, gateways, redirects, and our own agents' programs.

use super::{
    super::{
        robots::{Act, Answers, BLIND, Body, Robot, Sender, Subject, To},
        week::ALICE,
    },
    AWAY, DAILY, DESK, EN_AWAY, EXCHANGE, KNOWN, Opening, Pair, REPEATS, ZH_BUSY, opened, pair, zh,
};

pub const WAYS: &[Pair] = &[
    pair("mailbox redirected to us", KNOWN, &[Robot { act: Act::Redirect, ..BLIND }]),
    opened(
        "redirect of a client's colleague",
        KNOWN,
        Opening::Cc("li.wei@client.example"),
        &[Robot { act: Act::Redirect, ..BLIND }],
    ),
    pair("mailbox forwarded to us as new mails", KNOWN, &[Robot { act: Act::Forward, minutes: 20, ..BLIND }]),
    pair(
        "mailbox forwarded to us under a subject of its own",
        KNOWN,
        &[Robot { act: Act::Forward, subject: Subject::Fixed("Fwd: from my phone"), minutes: 20, ..BLIND }],
    ),
    zh("mailbox forwarded to us twice a day", KNOWN, &[Robot { act: Act::Forward, minutes: 720, ..BLIND }]),
    opened(
        "mailing list that we are a member of",
        KNOWN,
        Opening::Cc("users@list.example"),
        &[Robot { address: "users@list.example", act: Act::Distribute { own_from: false }, ..BLIND }],
    ),
    opened(
        "mailing list that writes From anew (DMARC)",
        KNOWN,
        Opening::Cc("users@list.example"),
        &[Robot { address: "users@list.example", act: Act::Distribute { own_from: true }, ..BLIND }],
    ),
    pair(
        "a list server is the requester",
        KNOWN,
        &[Robot { address: "users@list.example", act: Act::Distribute { own_from: true }, ..BLIND }],
    ),
    opened(
        "list server's help text",
        0,
        Opening::Robot,
        &[Robot {
            address: "users-request@list.example",
            headers: "Precedence: bulk\r\n",
            subject: Subject::Fixed("The results of your email commands"),
            ..BLIND
        }],
    ),
    opened(
        "list server, hold for moderation, unmarked",
        0,
        Opening::Robot,
        &[Robot {
            address: "users@list.example",
            from: Sender::Other("users-owner@list.example"),
            subject: Subject::Fixed("Your message to Users awaits moderator approval"),
            ..BLIND
        }],
    ),
    pair(
        "mail-to-SMS gateway",
        REPEATS,
        &[Robot {
            address: "13800000000@sms.example",
            subject: Subject::Fixed("SMS"),
            threads: false,
            to: To::From,
            minutes: 15,
            body: Body::Same("Message could not be shown in full. Reply STOP to end."),
            ..BLIND
        }],
    ),
    zh(
        "短信网关, no subject",
        DAILY,
        &[Robot {
            address: "13800000000@sms.example",
            subject: Subject::Fixed(""),
            threads: false,
            to: To::From,
            minutes: 200,
            body: Body::Numbered("短信已送达"),
            ..BLIND
        }],
    ),
    pair(
        "challenge-response, marked (TMDA)",
        KNOWN,
        &[Robot {
            headers: "Precedence: bulk\r\nAuto-Submitted: auto-replied\r\n",
            answers: Answers::OncePerDays(7),
            from: Sender::Other("li.wei-confirm@client.example"),
            body: Body::Same("Please confirm your message by replying to this one."),
            ..BLIND
        }],
    ),
    pair(
        "challenge-response, unmarked",
        KNOWN,
        &[Robot {
            from: Sender::Other("confirm@client.example"),
            threads: false,
            to: To::From,
            minutes: 61,
            body: Body::Numbered("Please confirm your message by replying to this one."),
            ..BLIND
        }],
    ),
    opened(
        "robot and we on one mail, it answers both",
        KNOWN,
        Opening::Cc("support@vendor.example"),
        &[Robot { to: To::From, ..DESK }],
    ),
    opened(
        "a monitoring robot's mail",
        0,
        Opening::Robot,
        &[Robot {
            address: "nagios@client.example",
            headers: "Auto-Submitted: auto-generated\r\n",
            subject: Subject::Fixed("PROBLEM: host down"),
            ..BLIND
        }],
    ),
    opened(
        "agent out of office, marked",
        KNOWN,
        Opening::From("ann@home.example"),
        &[Robot { address: ALICE, headers: EXCHANGE, ..AWAY }],
    ),
    opened(
        "agent out of office, unmarked",
        KNOWN,
        Opening::From("ann@home.example"),
        &[Robot { address: ALICE, headers: "", ..AWAY }],
    ),
    opened(
        "agent and client both blind and unmarked",
        KNOWN,
        Opening::Person,
        &[
            Robot { headers: "", minutes: 30, ..AWAY },
            Robot { address: ALICE, headers: "", minutes: 30, ..AWAY },
        ],
    ),
    opened(
        "agent out of office, unmarked, every half hour",
        KNOWN,
        Opening::From("ann@home.example"),
        &[Robot { address: ALICE, headers: "", minutes: 30, ..AWAY }],
    ),
    opened(
        "agent out of office, unmarked, quotes us",
        KNOWN,
        Opening::From("ann@home.example"),
        &[Robot { address: ALICE, headers: "", body: Body::Quoting(EN_AWAY), minutes: 3, ..AWAY }],
    ),
    Pair {
        chinese: true,
        ..opened(
            "agent's 自动回复, a subject of its own, to the plain address",
            KNOWN,
            Opening::From("ann@home.example"),
            &[Robot {
                address: ALICE,
                headers: "",
                to: To::From,
                threads: false,
                subject: Subject::Fixed("您的来信"),
                body: Body::Same(ZH_BUSY),
                minutes: 3,
                ..AWAY
            }],
        )
    },
    opened(
        "agent's redirect to the desk itself",
        KNOWN,
        Opening::From("ann@home.example"),
        &[Robot { address: ALICE, act: Act::Redirect, ..BLIND }],
    ),
    opened(
        "agent's forward to the desk itself",
        KNOWN,
        Opening::From("ann@home.example"),
        &[Robot { address: ALICE, act: Act::Forward, minutes: 3, ..BLIND }],
    ),
];
