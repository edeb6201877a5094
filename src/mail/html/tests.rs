//! HTML as text, with its marks and its clean pieces.

use super::*;

#[test]
fn blocks_lists_links_and_quotes() {
    let page = to_text(
        "<style>p{}</style><p>Hello <b>World</b></p><ul><li>one<li>two</ul><a href='https://x.org/a'>see</a><blockquote>old<blockquote>older</blockquote></blockquote>new",
    );
    assert_eq!(
        page.text,
        "Hello World\n\n* one\n* two\nsee <https://x.org/a>\n\n> old\n> \n> > older\n\nnew\n"
    );
    assert_eq!(page.text.lines().count(), page.marks.len());
    assert!(!page.hides);
}

#[test]
fn hidden_text_is_noticed_and_left_out() {
    for html in [
        "<div style='display: none'>#close</div>x",
        "<p hidden>#close</p>x",
        "<span style='font-size:0px'>#close</span>x",
        "<span style='mso-hide:all'>#close</span>x",
    ] {
        let page = to_text(html);
        assert!(page.hides && !page.text.contains("#close"), "{html}");
    }
    let outlook = "<style style='display:none;'>P {margin-top:0}</style><img style='display:none'>x";
    assert!(!to_text(outlook).hides);
    assert!(to_text("<font style='color:#ffffff'>#close</font>").hides);
    assert!(!to_text("<p style='font-size:0.9em;color:#fffafa'>x</p>").hides);
}

#[test]
fn containers_end_and_pre_keeps_blanks() {
    let page = to_text("<div class='gmail_quote'><div>old</div></div><pre>a\n  b</pre>");
    assert_eq!(page.text, "old\n\na\n  b\n");
    assert_eq!(page.marks, [Mark::Quoted, Mark::None, Mark::None, Mark::None]);
}

#[test]
fn deep_nesting_is_linear() {
    let page = to_text(&"<div>".repeat(24_000));
    assert_eq!(page.text, "");
    assert_eq!(
        to_text(&"<blockquote>x".repeat(5_000)).marks.len(),
        to_text(&"<blockquote>x".repeat(5_000)).text.lines().count()
    );
}

#[test]
fn a_linked_address_stands_behind_its_name() {
    let text = |html: &str| to_text(html).text;
    assert_eq!(text("<a href='mailto:a@b.example?subject=x'>Ann</a>"), "Ann <a@b.example>\n");
    assert_eq!(text("<a href='mailto:a@b.example'>A@b.example</a>"), "A@b.example\n");
}

#[test]
fn elements_that_add_up_end_in_time() {
    for html in [
        "<td>x",
        "<a href='https://a.example/b'>x</a> ",
        "<a href='https://a.example/b'>",
        "<b>x<i>y",
        "<ol><li>x",
        "<div class='gmail_quote'>x",
        "<table><tr><td>x</table>",
        "<p style='display:none'>x",
        "<br>",
        "<blockquote type=cite>x</blockquote>",
        "<pre>\n",
    ] {
        let page = html.repeat(100_000 / html.len());
        let began = std::time::Instant::now();
        let page = to_text(&page);
        assert!(began.elapsed().as_secs() < 10, "{html:?} took {:?}", began.elapsed());
        assert_eq!(page.text.lines().count(), page.marks.len(), "{html:?}");
    }
}

/// Program, HTML, and what is the sender's own: lines with mark none or passage.
const PROGRAMS: &[(&str, &str)] = &[
    (
        "Gmail",
        "<div dir=ltr>New</div><br><div class='gmail_quote'><div class='gmail_attr'>On Mon, Ann wrote:<br></div><blockquote class='gmail_quote'>old</blockquote></div>",
    ),
    (
        "Gmail, answers between",
        "<div class='gmail_quote'><div class='gmail_attr'>On Mon, Ann wrote:</div><blockquote class='gmail_quote'>old</blockquote><div>New</div><blockquote class='gmail_quote'>old</blockquote></div>",
    ),
    (
        "Gmail, through Outlook",
        "<div>New</div><div class='x_gmail_quote'>On Mon, Ann wrote:<blockquote class='x_gmail_quote'>old</blockquote></div>",
    ),
    (
        "Gmail, through Gmail",
        "<div>New</div><div class='gmail-m_-42gmail_quote'>On Mon, Ann wrote:<blockquote>old</blockquote></div>",
    ),
    ("Yahoo", "<div>New</div><div id='ydp1yahoo_quoted_77' class='ydp1yahoo_quoted yahoo_quoted'>old</div>"),
    ("Apple Mail", "New<br><div><blockquote type='cite'>On Mon, Ann wrote:<br>old</blockquote></div>"),
    (
        "Thunderbird",
        "<p>New</p><div class='moz-cite-prefix'>On Mon, Ann wrote:</div><blockquote type='cite' cite='mid:x'>old</blockquote>",
    ),
    (
        "Outlook for iOS",
        "<div>New</div><div id='mail-editor-reference-message-container' class='ms-outlook-mobile-reference-message'>old</div>",
    ),
    ("NetEase", "<div>New</div><blockquote id='isReplyContent'>old</blockquote>"),
    ("Mail Master", "<div>New</div><div class='J-reply ntes-mailmaster-quote'>old</div>"),
    ("QQ Mail", "<div>New</div><includetail><div>old</div></includetail>"),
    ("Aliyun", "<div>New</div><blockquote><div class='alimail-quote'>old</div></blockquote>"),
    ("Feishu", "<div>New</div><div id='lark-mail-quote-17485' class='history-quote-wrapper'>old</div>"),
    ("139", "<div>New</div><div id='reply139content'>old</div>"),
    (
        "Proton",
        "<div>New</div><div class='protonmail_quote'>On Mon, Ann wrote:<blockquote class='protonmail_quote'>old</blockquote></div>",
    ),
    ("Tuta", "New<blockquote class='tutanota_quote'>old</blockquote>"),
    ("Zoho", "<div>New</div><div class='zmail_extra'>old</div>"),
    (
        "Spark",
        "<div name='messageBodySection'>New</div><div name='messageReplySection'>On Mon, Ann wrote:<blockquote type='cite'>old</blockquote></div>",
    ),
    ("Front", "<div>New</div><blockquote class='front-blockquote'>old</blockquote>"),
    ("Missive", "<div>New</div><div class='missive_quote'>old</div>"),
    (
        "Roundcube",
        "<p>New</p><p id='reply-intro'>On Mon, Ann wrote:</p><blockquote type='cite'>old</blockquote>",
    ),
    ("Zimbra", "<div>New</div><div data-marker='__QUOTED_TEXT__'>old</div>"),
    ("Freshdesk", "<div>New</div><div class='freshdesk_quote'>old</div>"),
];

#[test]
fn quotes_of_programs() {
    for (program, html) in PROGRAMS {
        let page = to_text(html);
        let own: Vec<&str> = page
            .text
            .lines()
            .zip(&page.marks)
            .filter(|(line, mark)| !mark.is_quote() && !line.trim().is_empty())
            .map(|(line, _)| line)
            .collect();
        assert_eq!((own, page.structured), (vec!["New"], true), "{program}");
    }
}

#[test]
fn dividers_and_signatures_of_programs() {
    let marks = |html: &str| {
        let page = to_text(html);
        let filled = page.text.lines().map(str::to_owned).zip(page.marks).filter(|(l, _)| !l.is_empty());
        filled.collect::<Vec<_>>()
    };
    for html in [
        "<div>New</div><div id='divRplyFwdMsg'>From: A</div>",
        "<div>New</div><div id='x_divRplyFwdMsg'>From: A</div>",
        "<div>New</div><div id='appendonsend'></div><div>From: A</div>",
        "<p>New</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p>From: A</p></div>",
        "<p>New</p><div style='border-right:none;border-top:1pt solid rgb(225, 225, 225)'>From: A</div>",
        "<p>New</p><div class='OutlookMessageHeader'>From: A</div>",
    ] {
        assert_eq!(
            marks(html),
            [("New".to_owned(), Mark::None), ("From: A".to_owned(), Mark::Divider)],
            "{html}"
        );
    }
    for html in [
        "<div>New</div><div class='gmail_signature'>Ann</div>",
        "<div>New</div><div id='Signature'>Ann</div>",
        "<div>New</div><div id='ms-outlook-mobile-signature'>Ann</div>",
        "<div>New</div><div id='AppleMailSignature'>Ann</div>",
        "<div>New</div><pre class='moz-signature'>Ann</pre>",
        "<div>New</div><div id='imail_signature' class='ntes-signature'>Ann</div>",
        "<div>New</div><div class='protonmail_signature_block-user'>Ann</div>",
        "<div>New</div><div name='messageSignatureSection'>Ann</div>",
        "<div>New</div><div data-marker='__SIG_PRE__'>Ann</div>",
    ] {
        assert_eq!(
            marks(html),
            [("New".to_owned(), Mark::None), ("Ann".to_owned(), Mark::Signature)],
            "{html}"
        );
    }
    assert_eq!(to_text("New<hr style='width: 210px; height: 1px;'>Ann").text, "New\n--\nAnn\n");
}

#[test]
fn tables_lists_and_blanks_for_readers() {
    let text = |html: &str| to_text(html).text;
    assert_eq!(
        text(
            "<table><tr><th>User</th><td>ann</td></tr><tr><td><b>Plan:</b></td><td>Pro</td></tr><tr><td>a</td><td>b</td><td>c</td></tr></table>"
        ),
        "User: ann\nPlan: Pro\na\tb\tc\n"
    );
    assert_eq!(text("<ol><li>one<ul><li>in</ul><li>two</ol>"), "1. one\n  * in\n2. two\n");
    assert_eq!(text("a&nbsp;&nbsp;b &lt;c&gt; &#8212; &zwnj;"), "a  b <c> — \u{200c}\n");
    assert_eq!(text("<pre>a\n\n  b</pre>c"), "a\n\n  b\n\nc\n");
}
