//! The reply as clean HTML.

use super::super::read;
use crate::mail::html::to_text;

/// The clean HTML of the reply in a page that is the mail's only text.
fn clean(html: &str) -> Option<String> {
    let page = to_text(html);
    read(&page.text, &page.marks, Some(&page), "").reply_html
}

#[test]
fn structure_is_kept() {
    for (html, want) in [
        ("<div>One<br>two</div><div><br></div><div>three</div>", "<p>One<br>two</p><p>three</p>"),
        (
            "<p>See <b>this <i>now</i></b> <a href='https://a.example/?q=1&amp;r=2' style='x' onclick='y'>link</a></p>",
            "<p>See <b>this </b><b><i>now</i></b> <a href=\"https://a.example/?q=1&amp;r=2\">link</a></p>",
        ),
        (
            "<ol><li>one</li><li>two<ul><li>in</li></ul></li></ol>x",
            "<ol><li>one</li><li>two<ul><li>in</li></ul></li></ol><p>x</p>",
        ),
        ("<pre>a &lt; b\n  c</pre>", "<pre>a &lt; b\n  c</pre>"),
        (
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
        ),
        ("<p>Use <code>x &amp; y</code></p>", "<p>Use <code>x &amp; y</code></p>"),
        ("<a href='mailto:a@b.example'>Ann</a>", "<p><a href=\"mailto:a@b.example\">Ann</a></p>"),
    ] {
        assert_eq!(clean(html).as_deref(), Some(want), "{html}");
    }
}

#[test]
fn only_the_reply_and_nothing_unsafe() {
    for (html, want) in [
        (
            "<p>New</p><div class='gmail_quote'>On Mon, 2 Mar 2026, Ann wrote:<blockquote class='gmail_quote'>old</blockquote></div>",
            "<p>New</p>",
        ),
        (
            "<p>New</p><blockquote class='gmail_quote'>cited with a button</blockquote>",
            "<p>New</p><blockquote><p>cited with a button</p></blockquote>",
        ),
        (
            "<p>New</p><blockquote><div>发件人：A</div><div>发送时间：2026-03-02 10:00</div><div>收件人：B</div><div>主题：x</div>old</blockquote>",
            "<p>New</p>",
        ),
        (
            "<p>New</p><script>alert(1)</script><style>p{}</style><img src='https://a.example/x.png'><p hidden>no</p>",
            "<p>New</p>",
        ),
        ("<a href='javascript:alert(1)'>New</a>", "<p>New</p>"),
        ("<a href='data:text/html,x'>New</a>", "<p>New</p>"),
        ("<p onclick='x' class='y' id='z'>&lt;script&gt;New&quot;</p>", "<p>&lt;script&gt;New&quot;</p>"),
        ("<p>New</p><div class='gmail_signature'>Ann<br>ACME</div>", "<p>New</p>"),
        (
            "Cited:<blockquote>a passage</blockquote>New<div>On 2 Mar 2026, at 10:00, Ann &lt;a@b.example&gt; wrote:</div><blockquote type=cite>old</blockquote>",
            "<p>Cited:</p><blockquote><p>a passage</p></blockquote><p>New</p>",
        ),
    ] {
        assert_eq!(clean(html).as_deref(), Some(want), "{html}");
    }
    assert_eq!(clean("<blockquote type=cite>old</blockquote>"), None);
    assert_eq!(read("New.\n", &[], None, "").reply_html, None);
}

#[test]
fn beside_a_text_part() {
    let page = to_text("<p>New <b>words</b></p><div class='yahoo_quoted'>Somebody said<br>old</div>");
    let both = read("New words\n\n> old\n", &[], Some(&page), "");
    assert_eq!(
        (both.reply.as_str(), both.reply_html.as_deref()),
        ("New words", Some("<p>New <b>words</b></p>"))
    );
    // The text has no mark that shows the quote: the HTML has.
    let both = read("New words\nSomebody said\nold\n", &[], Some(&page), "");
    assert_eq!((both.reply.as_str(), both.quoted.as_deref()), ("New words", Some("Somebody said\nold")));
    // Another text altogether is no twin.
    let other = to_text("<p>Please use a program that shows HTML.</p>");
    assert_eq!(read("New words\n", &[], Some(&other), "").reply_html, None);
}

#[test]
fn a_reply_that_was_written_into_the_signature() {
    for (html, want) in [
        (
            "<div><br></div><div id='ms-outlook-mobile-signature'><div>Hi, thank you for the file that you sent me.</div><div>Ann</div></div>",
            "Hi, thank you for the file that you sent me.\nAnn",
        ),
        (
            "<div>Hi,</div><div id='ms-outlook-mobile-signature'><div>Where is the log?</div><div>Ann</div></div>",
            "Hi,\nWhere is the log?\nAnn",
        ),
        ("<div>Thanks.</div><div id='ms-outlook-mobile-signature'><div>Ann</div></div>", "Thanks."),
    ] {
        let page = to_text(html);
        assert_eq!(read(&page.text, &page.marks, Some(&page), "").reply, want, "{html}");
    }
}
