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
        let page = html.repeat(400_000 / html.len());
        let began = std::time::Instant::now();
        let page = to_text(&page);
        assert!(began.elapsed().as_secs() < 10, "{html:?} took {:?}", began.elapsed());
        assert_eq!(page.text.lines().count(), page.marks.len(), "{html:?}");
    }
}
