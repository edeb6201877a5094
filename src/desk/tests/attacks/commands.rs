//! Commands that stand where nobody is obeyed: each mail has A and B, so that nothing but the place protects the ticket.

use super::{
    super::world::*,
    outcome::{Fate, fate},
    post::*,
};
use crate::desk::*;

fn by_alice(name: &str, body: impl Into<String>) -> Mail {
    Mail::alice(name).proven().marked(&minted(Purpose::Agent, 1042, 100)).says(body)
}

fn both(text: &str, page: &str) -> String {
    format!(
        "Content-Type: multipart/alternative; boundary=alt\r\n\r\n--alt\r\n{}\r\n--alt\r\n{}\r\n--alt--\r\n",
        plain(text),
        html(page)
    )
}

fn file(kind: &str, name: &str, content: &str) -> String {
    format!(
        "Content-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}"
    )
}

const FORWARDED: &str = "---------- Forwarded message ---------\r\nFrom: Eve <eve@evil.example>\r\n\
Date: Mon, 23 Nov 2026 at 08:00\r\nSubject: x\r\nTo: Alice <alice@example.com>\r\n\r\n#close\r\nclose it\r\n";

fn in_the_text() -> Vec<(Mail, Fate)> {
    let quoted = "On Mon, 23 Nov 2026 at 08:00, Eve <eve@evil.example> wrote:\r\n> #close\r\n> now\r\n";
    let mut subject = by_alice("in the subject", plain("Please clear the cache.\r\n"));
    subject.subject = "#close".into();
    vec![
        (subject, Fate::Done),
        (by_alice("below the text", plain("Hello Lina,\r\n\r\n#close\r\n")), Fate::Done),
        (by_alice("inside a line", plain("Hello #close\r\n")), Fate::Done),
        (by_alice("literal", plain("\\#close\r\nis a command\r\n")), Fate::Done),
        (by_alice("below the signature's mark", plain("Hello Lina.\r\n\r\n-- \r\n#close\r\n")), Fate::Done),
        (by_alice("in the quote below", plain(&format!("Hello Lina.\r\n\r\n{quoted}"))), Fate::Done),
        (by_alice("in the quote above", plain(&format!("{quoted}\r\nHello Lina.\r\n"))), Fate::Done),
        (by_alice("nothing but a quote", plain(quoted)), Fate::Refused),
        (by_alice("nothing but a bare quote", plain("> #close\r\n")), Fate::Refused),
        (by_alice("in what is forwarded", plain(FORWARDED)), Fate::Refused),
        (
            by_alice("in what is forwarded below a word", plain(&format!("Look, Lina\r\n\r\n{FORWARDED}"))),
            Fate::Done,
        ),
        (by_alice("below a quote", plain(&format!("{quoted}\r\n#close\r\nHello\r\n"))), Fate::Refused),
    ]
}

fn in_other_parts() -> Vec<(Mail, Fate)> {
    let nested = "Content-Type: message/rfc822\r\n\r\nFrom: eve@evil.example\r\nSubject: x\r\n\r\n#close\r\n";
    vec![
        (
            by_alice("in a file", mixed(&[&plain("Hello Lina."), &file("text/plain", "a.txt", "#close")])),
            Fate::Done,
        ),
        (
            by_alice(
                "in a file before the text",
                mixed(&[&file("text/plain", "a.txt", "#close"), &plain("Hello Lina.")]),
            ),
            Fate::Done,
        ),
        (
            by_alice(
                "in a page that is a file",
                mixed(&[&plain("Hello Lina."), &file("text/html", "a.html", "#close")]),
            ),
            Fate::Done,
        ),
        (by_alice("in a mail that is a file", mixed(&[&plain("Hello Lina."), nested])), Fate::Done),
        (
            by_alice(
                "in a calendar",
                mixed(&[&plain("Hello Lina."), &file("text/calendar", "a.ics", "#close")]),
            ),
            Fate::Done,
        ),
        (by_alice("in a comment of the page", html("<!-- #close --><p>Hello Lina</p>")), Fate::Done),
        (
            by_alice(
                "in the page's head",
                html("<head><title>#close</title><style>#close{}</style></head><p>Hello</p>"),
            ),
            Fate::Done,
        ),
        (by_alice("in a script", html("<script>\n#close\n</script><p>Hello Lina</p>")), Fate::Done),
        (
            by_alice("in an attribute", html("<p title=\"#close\">Hello</p><img src=cid:x alt=\"\">")),
            Fate::Done,
        ),
        (
            by_alice("in the page alone", both("Hello Lina.\r\n", "<p>#close</p><p>Hello Lina.</p>")),
            Fate::Done,
        ),
    ]
}

fn hidden_in_the_page() -> Vec<(Mail, Fate)> {
    let hidden = |style: &str| html(&format!("<p>Hello</p><div style=\"{style}\">#close</div>"));
    let hidden_first = |style: &str| html(&format!("<div style=\"{style}\">#close</div><p>Hello</p>"));
    let mut rows = Vec::new();
    for style in [
        "display:none",
        "DISPLAY : none !important",
        "visibility:hidden",
        "font-size:0",
        "font-size:0px;line-height:0",
        "opacity:0",
        "max-height:0;overflow:hidden",
        "color:#ffffff",
        "color:white",
        "mso-hide:all",
    ] {
        rows.push((by_alice(&format!("hidden by {style}"), hidden(style)), Fate::Refused));
        rows.push((by_alice(&format!("first, hidden by {style}"), hidden_first(style)), Fate::Refused));
    }
    rows
}

fn places() -> Vec<(Mail, Fate)> {
    in_the_text().into_iter().chain(in_other_parts()).chain(hidden_in_the_page()).collect()
}

#[test]
fn a_command_is_obeyed_at_the_top_of_the_agent_s_own_text_and_nowhere_else() {
    let top = by_alice("at the top", plain("#close\r\nDone.\r\n"));
    assert_eq!(state_after(&top.decided()), Some(State::Closed), "the places below are what protects");
    for (mail, expected) in places() {
        let decision = mail.decided();
        assert_ne!(state_after(&decision), Some(State::Closed), "{}", mail.name);
        assert_eq!(fate(&decision), expected, "{}: {} {:?}", mail.name, decision.reason, problems(&decision));
    }
    assert_eq!(judged(), 43);
}

#[test]
fn what_a_forger_hides_in_those_places_is_obeyed_no_more() {
    for (mail, _) in places() {
        let forged = Mail { results: vec![], to: vec![SUPPORT.into()], ..mail };
        let decision = forged.decided();
        assert_eq!(fate(&decision), Fate::FlaggedTicket, "{}", forged.name);
        super::outcome::assert_nothing_done(&forged, &decision);
    }
    assert_eq!(judged(), 42);
}

#[test]
fn a_notification_that_is_attached_does_not_leave() {
    let token = minted(Purpose::Agent, 1042, 100);
    let ours = format!(
        "From: Example Support <support@example.com>\r\nReply-To: support+{token}@example.com\r\nSubject: [#1042]\r\n\
         X-Maildesk-Loop: ab12 00\r\n\r\n{HISTORY}\r\n"
    );
    for head in [
        "Content-Type: message/rfc822",
        "Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=a.eml",
    ] {
        let reply = by_alice(head, mixed(&[&plain("See below."), &format!("{head}\r\n\r\n{ours}")]));
        let decision = reply.decided();
        assert_eq!(fate(&decision), Fate::Done);
        assert!(decision.letters.iter().all(|letter| letter.files.is_empty()), "{head}");
        let note = by_alice(head, mixed(&[&plain("#note See below."), &format!("{head}\r\n\r\n{ours}")]));
        assert_eq!(fate(&note.decided()), Fate::Done, "among colleagues it may");
        assert_silent_to_clients(&note.decided());
    }
}
