//! Agents' replies in the shapes that mail programs give them: what the client gets is what the agent newly wrote, whatever
//! stands around it, and the commands above it are obeyed.

use super::world::*;
use crate::{
    desk::*,
    mail::{ReadPolicy, Reading, read},
};

/// A notification as programs quote it, as text.
const NEWS: &str = "李娜 wrote to support@example.com (#1042).\n\nAnswer by replying to this mail: your words go to 李娜.\n\n\
Client:      李娜 <lina@huaxia.example>\nState:       new\nAssigned to: nobody\n\nNew text:\n\n  升级后甘特图一直空白。\n\n\
Or reply with one of these at the top:\n  #take               Take\n  #category account   File as account\n\n\
You get this because nobody at Example Support has taken #1042 yet; it stops\nonce somebody does.\n";

/// The same as our HTML.
fn news_html() -> String {
    let golden = include_str!("../../../tests/fixtures/render/notification.zh.html");

    let (_, body) = golden.split_once("<body").unwrap();
    body.split_once("</body>").unwrap().0.split_once('>').unwrap().1.to_owned()
}

fn quoted(mark: &str) -> String {
    NEWS.lines().map(|l| format!("{mark}{l}\n")).collect()
}

fn plain(body: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{body}")
}

fn html(body: &str) -> String {
    format!("Content-Type: text/html; charset=utf-8\r\n\r\n{body}")
}

fn both(text: &str, page: &str) -> String {
    format!(
        "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n{}\r\n--x\r\n{}\r\n--x--\r\n",
        plain(text),
        html(page)
    )
}

/// What the desk does with Alice's mail of this body.
fn alice_sends(body: &str) -> Decision {
    let raw = format!("From: Alice Chen <{ALICE}>\r\nSubject: Re: [#1042] x\r\nMIME-Version: 1.0\r\n{body}");
    alice_sends_mail(raw.as_bytes())
}

/// What the desk does with this mail, if Alice sent it.
fn alice_sends_mail(raw: &[u8]) -> Decision {
    let found = read(raw, &ReadPolicy::default());
    let facts = agent_mail(State::Open, "");
    let Reading { text, reply, command_text, attachments, quoted, .. } = found;
    let reading = Reading { text, reply, command_text, attachments, quoted, ..facts.reading };
    decided(MailFacts { reading, ..facts })
}

/// The text that reaches the client.
fn reaches(decision: &Decision) -> Option<String> {
    decision.letters.iter().find_map(|l| match &l.body {
        LetterBody::Reply { text, .. } => Some(text.clone()),
        _ => None,
    })
}

fn takes(decision: &Decision) -> bool {
    decision.changes.contains(&Change::Assignee(Some(ALICE.to_owned())))
}

const OUTLOOK_HEAD: &str = "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><meta name=Generator content=\"Microsoft Word 15\">\
<!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}</style><![endif]--><style><!-- /* Font Definitions */ @font-face {font-family:\"Cambria Math\"; panose-1:2 4 5 3 5 4 6 3 2 4;} \
p.MsoNormal {margin:0cm; font-size:11.0pt;} span.EmailStyle18 {mso-style-type:personal-reply; color:windowtext;} .MsoChpDefault {mso-style-type:export-only; font-size:10.0pt;} \
div.WordSection1 {page:WordSection1;} --></style></head><body lang=EN-US link=\"#0563C1\"><div class=WordSection1>";

fn outlook(lines: &[&str], from: &str, sent: &str, to: &str, subject: &str) -> String {
    let paragraph = |line: &&str| {
        let line = if line.is_empty() { "&nbsp;" } else { line };
        format!(
            "<p class=MsoNormal><span style='mso-fareast-language:EN-US'>{line}<o:p></o:p></span></p>\r\n"
        )
    };
    format!(
        "{OUTLOOK_HEAD}{}<p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>\
         <p class=MsoNormal><b>{from}:</b> Example Support &lt;{SUPPORT}&gt; <br><b>{sent}:</b> Monday, 23 November 2026 10:00<br><b>{to}:</b> Alice Chen &lt;{ALICE}&gt;<br>\
         <b>{subject}:</b> [#1042 technical high] x</p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>{}</div></body></html>",
        lines.iter().map(paragraph).collect::<String>(),
        news_html()
    )
}

fn outlook_web(lines: &[&str]) -> String {
    let line = |line: &&str| {
        let line = if line.is_empty() { "<br>" } else { line };
        format!(
            "<div class=\"elementToProof\" style=\"font-family: Aptos, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);\">{line}</div>"
        )
    };
    format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"><style type=\"text/css\" style=\"display:none;\"> P {{margin-top:0;margin-bottom:0;}} </style></head>\
         <body dir=\"ltr\">{}<div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri, sans-serif\" style=\"font-size:11pt\" color=\"#000000\">\
         <b>From:</b> Example Support &lt;{SUPPORT}&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Alice<br><b>Subject:</b> x</font><div>&nbsp;</div></div>{}</body></html>",
        lines.iter().map(line).collect::<String>(),
        news_html()
    )
}

fn gmail(text: &str) -> String {
    let lines = text.replace('\n', "<br>");
    both(
        &format!(
            "{text}\n\nOn Mon, Nov 23, 2026 at 9:00 AM Example Support <\nsupport+ckzqaaaaaaaqaaaaaj@example.com> wrote:\n\n{}",
            quoted("> ")
        ),
        &format!(
            "<div dir=\"ltr\">{lines}</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On Mon, Nov 23, 2026 at 9:00 AM Example Support &lt;<a href=\"mailto:{SUPPORT}\">{SUPPORT}</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex\">{}</blockquote></div>",
            news_html()
        ),
    )
}

fn apple(text: &str) -> String {
    let lines: String =
        text.lines().map(|l| format!("<div>{}</div>", if l.is_empty() { "<br>" } else { l })).collect();
    both(
        &format!(
            "{text}\n\n> On 23 Nov 2026, at 10:00, Example Support <{SUPPORT}> wrote:\n> \n{}",
            quoted("> ")
        ),
        &format!(
            "<html><head></head><body style=\"overflow-wrap: break-word; -webkit-nbsp-mode: space;\">{lines}<br id=\"lineBreakAtBeginningOfMessage\"><div><br><blockquote type=\"cite\"><div>On 23 Nov 2026, at 10:00, Example Support &lt;{SUPPORT}&gt; wrote:</div><br class=\"Apple-interchange-newline\"><div>{}</div></blockquote></div></body></html>",
            news_html()
        ),
    )
}

fn divs(text: &str) -> String {
    text.lines().map(|l| format!("<div>{}</div>", if l.is_empty() { "<br>" } else { l })).collect()
}

fn qq(text: &str) -> String {
    format!(
        "{}<div><br></div><div style=\"font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;\">------------------&nbsp;原始邮件&nbsp;------------------</div>\
         <div style=\"font-size: 12px;background:#efefef;padding:8px;\"><div><b>发件人:</b>&nbsp;\"Example Support\" &lt;{SUPPORT}&gt;;</div><div><b>发送时间:</b>&nbsp;2026年11月23日(星期一) 上午10:00</div>\
         <div><b>收件人:</b>&nbsp;\"Alice\"&lt;{ALICE}&gt;;</div><div><b>主题:</b>&nbsp;[#1042] x</div></div><div><br></div>{}",
        divs(text),
        news_html()
    )
}

/// QQ Mail leaves entities in its plain part.
fn qq_plain(text: &str) -> String {
    format!(
        "{text}\n\n\n------------------&nbsp;Original&nbsp;------------------\nFrom: &nbsp;\"Example Support\"<{SUPPORT}&gt;;\nDate: &nbsp;Mon, Nov 23, 2026 10:00 AM\nTo: &nbsp;\"Alice\"<{ALICE}&gt;;\nSubject: &nbsp;[#1042] x\n\n&nbsp;\n\n{NEWS}"
    )
}

fn foxmail(text: &str) -> String {
    format!(
        "<html><head><meta http-equiv=\"content-type\" content=\"text/html; charset=UTF-8\"><style>body {{ line-height: 1.5; }}blockquote {{ margin-top: 0px; margin-bottom: 0px; margin-left: 0.5em; }}body {{ font-size: 14px; color: rgb(0, 0, 0); }}</style></head><body>{}\
         <div><br></div><hr style=\"width: 210px; height: 1px;\" color=\"#b5c4df\" size=\"1\" align=\"left\"><div><span><div style=\"MARGIN: 10px; FONT-FAMILY: verdana; FONT-SIZE: 10pt\"><div>Alice Chen</div></div></span></div>\
         <blockquote style=\"margin-Top: 0px; margin-Bottom: 0px; margin-Left: 0.5em\"><div>&nbsp;</div><div style=\"border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm\"><div style=\"PADDING-RIGHT: 8px; PADDING-LEFT: 8px; FONT-SIZE: 12px;BACKGROUND: #efefef;\">\
         <div><b>发件人：</b>&nbsp;<a href=\"mailto:{SUPPORT}\">Example Support</a></div><div><b>发送时间：</b>&nbsp;2026-11-23&nbsp;10:00</div><div><b>收件人：</b>&nbsp;<a href=\"mailto:{ALICE}\">Alice</a></div><div><b>主题：</b>&nbsp;[#1042] x</div></div></div><div>{}</div></blockquote></body></html>",
        divs(text),
        news_html()
    )
}

fn foxmail_plain(text: &str) -> String {
    format!(
        "{text}\n\n\n\nAlice Chen\n \n发件人： Example Support\n发送时间： 2026-11-23 10:00\n收件人： Alice\n主题： [#1042] x\n{NEWS}"
    )
}

/// Each program's way to answer with this text.
fn programs(text: &str) -> Vec<(&'static str, String)> {
    let lines: Vec<&str> = text.lines().collect();
    vec![
        ("Outlook", html(&outlook(&lines, "From", "Sent", "To", "Subject"))),
        ("Outlook in German", html(&outlook(&lines, "Von", "Gesendet", "An", "Betreff"))),
        ("Outlook in Chinese", html(&outlook(&lines, "发件人", "发送时间", "收件人", "主题"))),
        (
            "Outlook plain",
            plain(&format!(
                "{text}\n\nFrom: Example Support <{SUPPORT}>\nSent: Monday, 23 November 2026 10:00\nTo: Alice Chen <{ALICE}>\nSubject: [#1042] x\n\n{NEWS}"
            )),
        ),
        ("Outlook web", html(&outlook_web(&lines))),
        ("Gmail", gmail(text)),
        ("Apple Mail", apple(text)),
        (
            "iPhone",
            plain(&format!(
                "{text}\n\nSent from my iPhone\n\n> On 23 Nov 2026, at 10:00, Example Support <{SUPPORT}> wrote:\n> \n{}",
                quoted("> ")
            )),
        ),
        (
            "Thunderbird",
            plain(&format!("{text}\n\nOn 23/11/2026 10:00, Example Support wrote:\n{}", quoted("> "))),
        ),
        (
            "Thunderbird in German",
            plain(&format!("{text}\n\nAm 23.11.26 um 10:00 schrieb Example Support:\n{}", quoted("> "))),
        ),
        ("QQ Mail", html(&qq(text))),
        ("QQ Mail plain", plain(&qq_plain(text))),
        ("Foxmail", html(&foxmail(text))),
        ("Foxmail with both", both(&foxmail_plain(text), &foxmail(text))),
        (
            "NetEase",
            plain(&format!(
                "{text}\n\n\n\n\nAt 2026-11-23 10:00:00, \"Example Support\" <{SUPPORT}> wrote:\n\n{}",
                quoted(">")
            )),
        ),
        (
            "NetEase in Chinese",
            plain(&format!(
                "{text}\n\n\n\n\n在 2026-11-23 10:00:00，\"Example Support\" <{SUPPORT}> 写道：\n\n{}",
                quoted(">")
            )),
        ),
        (
            "NetEase app",
            plain(&format!(
                "{text}\n\n\n---- 回复的原邮件 ----\n发件人\tExample Support<{SUPPORT}>\n发送日期\t2026年11月23日 10:00\n收件人\tAlice<{ALICE}>\n主题\t[#1042] x\n{NEWS}"
            )),
        ),
        (
            "Yahoo",
            plain(&format!(
                " {text}\n\n    On Monday, November 23, 2026 at 10:00:00 AM GMT, Example Support <{SUPPORT}> wrote:  \n \n {NEWS}"
            )),
        ),
        (
            "with a signature",
            plain(&format!(
                "{text}\n\n-- \nAlice Chen\nExample Ltd, Tel. +49 30 1234\n\nOn 23/11/2026 10:00, Example Support wrote:\n{}",
                quoted("> ")
            )),
        ),
    ]
}

#[test]
fn the_client_gets_what_was_newly_written() {
    let words = "Hi 李娜,\n\nplease clear the cache. 请刷新页面。\n\\#1 is the first step.";
    let wanted = "Hi 李娜,\n\nplease clear the cache. 请刷新页面。\n#1 is the first step.";
    let mut wrong = Vec::new();
    for (top, obeyed) in [("", false), ("#take\n\n", true), ("＃接手\n", true)] {
        for (program, body) in programs(&format!("{top}{words}")) {
            let decision = alice_sends(&body);
            let got = reaches(&decision).unwrap_or_else(|| format!("nothing: {:?}", problems(&decision)));
            // Programs put a sign-off of their own below; between the lines, blank ones may differ.
            let squeezed = |t: &str| {
                t.lines()
                    .map(str::trim)
                    .filter(|l| !l.is_empty() && *l != "Alice Chen" && !l.starts_with("___"))
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            if squeezed(&got) != squeezed(wanted) || takes(&decision) != obeyed {
                wrong.push(format!("{program} {top:?}: {got:?}"));
            }
            if got.contains("\n\n\n") || got.contains('\u{a0}') {
                wrong.push(format!("{program} {top:?}: gaps in {got:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn commands_alone_send_nothing() {
    let mut wrong = Vec::new();
    for top in ["#take", "＃接手", "#take\n#urgent"] {
        for (program, body) in programs(top) {
            let decision = alice_sends(&body);
            if let Some(sent) = reaches(&decision) {
                wrong.push(format!("{program} {top:?}: sends {sent:?}"));
            } else if !takes(&decision) {
                wrong.push(format!("{program} {top:?}: {:?}", problems(&decision)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_empty_reply_sends_nothing() {
    let mut wrong = Vec::new();
    for (program, body) in programs("") {
        let decision = alice_sends(&body);
        if let Some(sent) = reaches(&decision) {
            wrong.push(format!("{program}: sends {sent:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A program that nobody taught us: the desk's history must not reach the client.
#[test]
fn a_notification_that_is_not_recognised_as_quoted_reaches_nobody() {
    let twin = NEWS.replace("#take               Take", "#resolve            Resolve");
    let decision = alice_sends(&plain(&format!("Please reload.\n\n*** previous mail ***\n{twin}")));
    assert_eq!((reaches(&decision), problems(&decision)), (None, vec![Problem::QuotedNotification]));
    assert_silent_to_clients(&decision);
    let decision = alice_sends(&plain(&format!("#note\nPlease reload.\n\n*** previous mail ***\n{twin}")));
    assert_eq!(problems(&decision), []);
}

/// Mails as they left the programs themselves; `tests/e2e/programs.rs` makes them.
#[test]
fn genuine_programs_are_understood() {
    macro_rules! mail {
        ($name:literal) => {
            (
                $name,
                include_bytes!(concat!("../../../tests/fixtures/mail/program/", $name, ".eml")).as_slice(),
            )
        };
    }
    let (below, above) = ("Please reset your password. 已重置。", "Edge is repaired as well.\n\n第二行。");
    let signed = "Edge is repaired as well.\n\n第二行。\n\nAlice Chen";
    let cases = [
        (mail!("mutt_below"), Some(below), &[][..]),
        (mail!("mutt_above"), Some(above), &["resolve"]),
        (mail!("mutt_link"), None, &["take"]),
        (mail!("s_nail_below"), Some(below), &[]),
        (mail!("s_nail_above"), Some(above), &["resolve"]),
        (mail!("s_nail_order"), None, &["account"]),
        (mail!("thunderbird_html_below"), Some(below), &[]),
        (mail!("thunderbird_html_above"), Some(above), &["resolve"]),
        (mail!("thunderbird_html_link"), None, &["take"]),
        (mail!("thunderbird_plain_below"), Some(below), &[]),
        (mail!("thunderbird_plain_above"), Some(signed), &["resolve"]),
        (mail!("thunderbird_plain_link"), None, &["take"]),
    ];
    let mut wrong = Vec::new();
    for ((name, raw), words, orders) in cases {
        let decision = alice_sends_mail(raw);
        let got = reaches(&decision);
        let obeyed = |order: &&str| match *order {
            "take" => takes(&decision),
            "resolve" => decision.changes.contains(&Change::State(State::Resolved)),
            _ => decision.changes.contains(&Change::Category(Some("account".to_owned()))),
        };
        if got.as_deref() != words || !orders.iter().all(obeyed) || !problems(&decision).is_empty() {
            wrong.push(format!("{name}: {got:?} {:?} {:?}", problems(&decision), decision.changes));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
