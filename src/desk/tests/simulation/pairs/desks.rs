//! Other desks and their acknowledgements.

use super::{
    super::{
        robots::{Answers, Body, Robot, Sender, Subject},
        week::{OTHER, SALES},
    },
    DAILY, DESK, EN_TICKET, HIDDEN, KNOWN, Opening, Pair, REPEATS, ROWS, ZH_TICKET, opened, pair, zh,
};

pub const DESKS: &[Pair] = &[
    opened("maildesk, its agent wrote first", KNOWN, Opening::From(OTHER), &[]),
    opened("two maildesks on one mail (Cc)", KNOWN, Opening::Cc(OTHER), &[]),
    opened("our two mailboxes on one mail (Cc)", KNOWN, Opening::Cc(SALES), &[]),
    opened("one of our mailboxes writes to the other", 0, Opening::From(SALES), &[]),
    Pair {
        strip: &["auto-submitted", "x-auto-response-suppress", "x-maildesk-loop", "x-maildesk-ref"],
        ..opened("maildesk behind a gateway that strips headers", KNOWN, Opening::From(OTHER), &[])
    },
    Pair {
        strip: &[
            "auto-submitted",
            "x-auto-response-suppress",
            "x-maildesk-loop",
            "x-maildesk-ref",
            "in-reply-to",
            "references",
            "reply-to",
        ],
        chinese: true,
        ..opened("the same, threads stripped too", KNOWN, Opening::From(OTHER), &[])
    },
    pair(
        "OTRS acknowledgement",
        KNOWN,
        &[Robot {
            headers: "X-Powered-BY: OTRS\r\nPrecedence: bulk\r\nAuto-Submitted: auto-replied\r\nX-OTRS-Loop: yes\r\n",
            subject: Subject::Numbered("Ticket#2026"),
            ..DESK
        }],
    ),
    pair("OTRS, headers stripped", KNOWN, &[Robot { subject: Subject::Numbered("Ticket#2026"), ..HIDDEN }]),
    pair(
        "Zammad auto reply",
        KNOWN,
        &[Robot {
            headers: "X-Loop: yes\r\nPrecedence: bulk\r\nAuto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n",
            answers: Answers::People,
            ..DESK
        }],
    ),
    pair(
        "Request Tracker autoreply",
        KNOWN,
        &[Robot {
            headers: "Precedence: bulk\r\nX-RT-Loop-Prevention: vendor\r\nAuto-Submitted: auto-replied\r\n",
            subject: Subject::Before("[vendor #77] AutoReply: "),
            ..DESK
        }],
    ),
    pair(
        "Zendesk acknowledgement",
        KNOWN,
        &[Robot {
            headers: "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nX-Mailer: Zendesk Mailer\r\n",
            subject: Subject::Before("[Request received] "),
            ..DESK
        }],
    ),
    pair(
        "Zendesk, blind and unmarked but for its subject",
        KNOWN,
        &[Robot { headers: "", subject: Subject::Before("[Request received] "), ..DESK }],
    ),
    pair(
        "Freshdesk acknowledgement",
        KNOWN,
        &[Robot {
            headers: "Auto-Submitted: auto-generated\r\nX-Autoreply: true\r\n",
            subject: Subject::Fixed("Ticket Received - The chart"),
            ..DESK
        }],
    ),
    pair(
        "Freshdesk, no headers, threads kept",
        KNOWN,
        &[Robot { headers: "", subject: Subject::Numbered("#"), ..DESK }],
    ),
    pair(
        "Jira Service Management",
        KNOWN,
        &[Robot {
            headers: "Auto-Submitted: auto-generated\r\nPrecedence: bulk\r\nX-JIRA-FingerPrint: 1f\r\n",
            from: Sender::Other("jira@vendor.example"),
            subject: Subject::Numbered("JIRA"),
            ..DESK
        }],
    ),
    pair("Jira-like, no headers, no threads, at once", KNOWN, &[HIDDEN]),
    pair(
        "Jira-like, a new subject, every quarter of an hour",
        DAILY,
        &[Robot { minutes: 15, subject: Subject::Fixed("Request received by our team"), ..HIDDEN }],
    ),
    pair(
        "Jira-like, a new subject, every thirteen hours",
        ROWS,
        &[Robot { minutes: 13 * 60, subject: Subject::Fixed("Request received by our team"), ..HIDDEN }],
    ),
    zh(
        "工单系统, no headers, no threads",
        KNOWN,
        &[Robot { minutes: 11, body: Body::Numbered(ZH_TICKET), ..HIDDEN }],
    ),
    zh(
        "工单系统, the same words each time",
        KNOWN,
        &[Robot { minutes: 11, body: Body::Same(ZH_TICKET), ..HIDDEN }],
    ),
    zh(
        "工单系统, the same words under a new subject",
        REPEATS,
        &[Robot {
            minutes: 11,
            subject: Subject::Fixed("您的工单已受理"),
            body: Body::Same(ZH_TICKET),
            ..HIDDEN
        }],
    ),
    zh(
        "工单系统, new words under a new subject",
        DAILY,
        &[Robot {
            minutes: 11,
            subject: Subject::Fixed("您的工单已受理"),
            body: Body::Numbered(ZH_TICKET),
            ..HIDDEN
        }],
    ),
    zh("工单系统, marked", KNOWN, &[Robot { body: Body::Same(ZH_TICKET), ..DESK }]),
    pair(
        "osTicket, marks of its own only",
        KNOWN,
        &[Robot {
            headers: "X-Autoreply: yes\r\nX-Auto-Response-Suppress: DR, RN, OOF, AutoReply\r\n",
            ..DESK
        }],
    ),
    pair(
        "a desk that answers as no-reply",
        KNOWN,
        &[Robot { headers: "", from: Sender::Other("no-reply@vendor.example"), threads: false, ..DESK }],
    ),
    zh(
        "a desk that answers as noreply, threads kept",
        KNOWN,
        &[Robot {
            headers: "",
            from: Sender::Other("noreply@vendor.example"),
            body: Body::Same(ZH_TICKET),
            ..DESK
        }],
    ),
    pair(
        "a desk that quotes us",
        KNOWN,
        &[Robot { headers: "", body: Body::Quoting(EN_TICKET), minutes: 90, ..DESK }],
    ),
    pair(
        "a desk that quotes us, no threads",
        KNOWN,
        &[Robot { body: Body::Quoting(EN_TICKET), minutes: 90, ..HIDDEN }],
    ),
];
