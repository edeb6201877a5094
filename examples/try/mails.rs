//! A dozen mails as clients of a help desk send them: well written, half written, by robots, and broken.

use maildesk_lab::mailclient::Draft;

/// What a mail must lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A ticket and an acknowledgement that contains this text.
    Acknowledged(&'static str),
    /// It must be accounted for, and nobody may get an automatic mail for it.
    Silence,
}

/// One mail to the desk.
pub struct Sample {
    /// What is special about it.
    pub what: &'static str,
    /// The account that writes; it also receives the answers.
    pub sender: &'static str,
    /// Whether it comes through the sender's login, which proves them.
    pub proven: bool,
    /// `""` is the null sender.
    pub envelope_from: &'static str,
    pub raw: Vec<u8>,
    pub wanted: Wanted,
}

/// The mails, in the order in which they are sent.
pub fn samples(desk: &str) -> Vec<Sample> {
    people(desk).into_iter().chain(more_people(desk)).chain(robots(desk)).collect()
}

fn person(
    what: &'static str,
    sender: &'static str,
    proven: bool,
    raw: Vec<u8>,
    words: &'static str,
) -> Sample {
    Sample { what, sender, proven, envelope_from: sender, raw, wanted: Wanted::Acknowledged(words) }
}

fn people(desk: &str) -> Vec<Sample> {
    let ann = "Hello,\n\nsince the update this morning the Gantt chart of our project stays empty. I use Chrome 126 on \
               Windows 11, my user name is ann.lee, and I already cleared the cache.\n\nKind regards\nAnn Lee\n";
    let li = "您好，\n\n升级之后甘特图一直空白，截图见附件。用户名：lina01，浏览器 Chrome 126，系统 Windows 11，昨天下午三点左右开始。\n\
              已经清除缓存并重新登录，没有效果。\n\n李娜\n华夏科技\n";
    let log = "2026-11-23 09:14:02 ERROR sync: HTTP 502 from /api/v2/sync\n2026-11-23 09:14:07 ERROR sync: giving up\n";
    let draft = |from: &str, id: &str, subject: &str, text: &str| Draft::new(from, desk, id, subject, text);
    vec![
        person(
            "English, proven",
            "ann@client.test",
            true,
            draft("Ann Lee <ann@client.test>", "ann.1@client.test", "Gantt chart stays empty", ann).bytes(),
            "We have your mail",
        ),
        person(
            "Chinese with a screenshot",
            "lina@client.test",
            true,
            draft("李娜 <lina@client.test>", "lina.1@client.test", "升级后甘特图无法加载", li)
                .file("截图 2026-11-23.png", "image/png", PNG)
                .bytes(),
            "来信",
        ),
        person(
            "with a log file",
            "ben@client.test",
            false,
            draft(
                "Ben <ben@client.test>",
                "ben.1@client.test",
                "Sync error 502",
                "Sync fails all the time, the log is attached.\n",
            )
            .file("sync.log", "text/plain", log.as_bytes())
            .bytes(),
            "We have your mail",
        ),
    ]
}

fn more_people(desk: &str) -> Vec<Sample> {
    let html = "<html><body><p>Hi team,</p><p>we are <b>400 people</b> and would like a quote for the yearly plan.</p>\
                <div style=\"color:gray\">Carl Moe<br>Acme Corp.</div></body></html>";
    let (wang, _, _) = encoding_rs::GB18030
        .encode("我们的发票抬头写错了，请重新开具。公司名称：东方软件有限公司。谢谢！\r\n王伟\r\n");
    let dieter = "Guten Tag,\n\nich kann mich seit heute Morgen nicht mehr anmelden, obwohl das Kennwort stimmt. Können Sie mir \
                  bitte helfen?\n\nMit freundlichen Grüßen\nDieter Groß\n";
    let draft = |from: &str, id: &str, subject: &str, text: &str| Draft::new(from, desk, id, subject, text);
    vec![
        person(
            "HTML only",
            "carl@client.test",
            false,
            draft("Carl Moe <carl@client.test>", "carl.1@client.test", "Quote for 400 users", "")
                .content("text/html; charset=utf-8", html.as_bytes())
                .bytes(),
            "We have your mail",
        ),
        person(
            "GB18030 behind a gb2312 label",
            "wang@client.test",
            false,
            draft("王伟 <wang@client.test>", "wang.1@client.test", "发票抬头更正", "")
                .content("text/plain; charset=gb2312", &wang)
                .bytes(),
            "来信",
        ),
        person(
            "German",
            "dieter@client.test",
            false,
            draft(
                "Dieter Groß <dieter@client.test>",
                "dieter.1@client.test",
                "Anmeldung nicht möglich",
                dieter,
            )
            .bytes(),
            "#",
        ),
    ]
}

fn robot(what: &'static str, envelope_from: &'static str, raw: Vec<u8>) -> Sample {
    Sample { what, sender: "robots@client.test", proven: false, envelope_from, raw, wanted: Wanted::Silence }
}

fn robots(desk: &str) -> Vec<Sample> {
    let robots = "robots@client.test";
    let draft = |from: &str, id: &str, subject: &str| {
        Draft::new(from, desk, id, subject, "I am away until Monday.\n")
    };
    let broken = b"From: =?gb2312?B?????= <robots@client.test\r\nSubject: =?utf-8?Q?=ZZ\r\nContent-Type: multipart/mixed\r\n\
                   Precedence: junk\r\n\r\n--\xff\xfe\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!";
    vec![
        robot(
            "an out-of-office answer",
            robots,
            draft("Eve <robots@client.test>", "eve.1@client.test", "Automatic reply: away")
                .header("Auto-Submitted", "auto-replied")
                .bytes(),
        ),
        robot(
            "a delivery report",
            "",
            draft("MAILER-DAEMON@client.test", "dsn.1@client.test", "Undelivered Mail Returned to Sender")
                .content(
                    "multipart/report; report-type=delivery-status; boundary=b",
                    DELIVERY_REPORT.as_bytes(),
                )
                .bytes(),
        ),
        robot(
            "a newsletter",
            robots,
            draft("News <robots@client.test>", "news.1@client.test", "Our autumn offers")
                .header("List-Unsubscribe", "<mailto:off@client.test>")
                .header("Precedence", "bulk")
                .bytes(),
        ),
        robot("a broken mail", robots, broken.to_vec()),
    ]
}

const DELIVERY_REPORT: &str = "--b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n--b\r\n\
    Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.client.test\r\n\r\n\
    Final-Recipient: rfc822; gone@client.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n";

/// One grey pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\nIDATx\x9cc\xa8\0\0\0\x82\0\x81\
    \x77\xcd\x72\xb6\0\0\0\0IEND\xaeB\x60\x82";
