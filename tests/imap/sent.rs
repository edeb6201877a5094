//! The folder of sent mail: found, glanced at, filled.

use maildesk::imap::{Filed, FolderGlance};
use maildesk_lab::scripted_imap::{Misbehave, ScriptedImap, When};

use crate::{inbox, limits, mail, open, with_mails};

#[tokio::test]
async fn the_folder_of_sent_mail_is_found_by_its_mark_else_by_its_name() {
    let marked = ScriptedImap::builder().folder("Sent").sent_folder("Archive/2026").start().await;
    assert_eq!(
        open(&marked, &limits()).await.unwrap().sent_folder().await.unwrap().as_deref(),
        Some("Archive/2026")
    );
    // NetEase and QQ: 已发送, in modified UTF-7.
    let named = ScriptedImap::builder().folder("Drafts").folder("&XfJT0ZAB-").start().await;
    let mut session = open(&named, &limits()).await.unwrap();
    assert_eq!(session.sent_folder().await.unwrap().as_deref(), Some("已发送"));
    session.select("已发送").await.unwrap();
    let none = ScriptedImap::builder().folder("Orders").start().await;
    assert_eq!(open(&none, &limits()).await.unwrap().sent_folder().await.unwrap(), None);
}

#[tokio::test]
async fn a_mark_that_only_the_extended_list_shows_is_found() {
    let plain = b"* LIST () \"/\" INBOX\r\n* LIST () \"/\" {4}\r\nLots\r\n{tag} OK done\r\n".to_vec();
    let server = ScriptedImap::builder()
        .capabilities("IMAP4rev1 IDLE SPECIAL-USE")
        .sent_folder("Lots")
        .on("LIST", When::Nth(1), Misbehave::Instead(plain))
        .start()
        .await;
    let mut session = open(&server, &limits()).await.unwrap();
    assert_eq!(session.sent_folder().await.unwrap().as_deref(), Some("Lots"));
    assert_eq!(server.count("LIST"), 2);
}

#[tokio::test]
async fn what_cannot_be_opened_or_named_is_no_folder() {
    let lines = b"* LIST (\\Noselect \\Sent) \"/\" Sent\r\n* LIST (\\NonExistent) \"/\" \"Sent Items\"\r\n* LIST () NIL \"Sent Mess&ages\"\r\n{tag} OK done\r\n";
    let server =
        ScriptedImap::builder().on("LIST", When::Always, Misbehave::Instead(lines.to_vec())).start().await;
    assert_eq!(open(&server, &limits()).await.unwrap().sent_folder().await.unwrap(), None);
    let refusing = ScriptedImap::builder()
        .on("LIST", When::Always, Misbehave::Answer("NO not now".into()))
        .start()
        .await;
    let mut session = open(&refusing, &limits()).await.unwrap();
    assert_eq!(session.sent_folder().await.unwrap(), None);
    assert!(!session.is_dead());
}

#[tokio::test]
async fn a_glance_tells_of_a_folder_that_is_not_open() {
    let server = with_mails([1, 2]).sent_folder("Sent").mail_in("Sent", 9, &mail(9)).start().await;
    let mut session = inbox(&server, &limits()).await;
    let glance = FolderGlance { uid_validity: Some(1), uid_next: Some(10) };
    assert_eq!(session.glance("Sent").await.unwrap(), Some(glance));
    assert_eq!(session.glance("Absent").await.unwrap(), None);
    assert!(session.is_open("INBOX") && !session.is_dead());
    let silent = with_mails([1]).sent_folder("Sent").without_uid_next().start().await;
    let glance = inbox(&silent, &limits()).await.glance("Sent").await.unwrap();
    assert_eq!(glance, Some(FolderGlance { uid_validity: Some(1), uid_next: None }));
}

#[tokio::test]
async fn a_message_is_filed_as_it_is_and_found_by_its_id() {
    let server = with_mails([1]).sent_folder("Sent").start().await;
    let mut session = open(&server, &limits()).await.unwrap();
    let message = mail(7);
    assert_eq!(session.append("Sent", &message).await.unwrap(), Filed::Done(Some((1, 1))));
    assert_eq!(server.contents("Sent"), std::slice::from_ref(&message));
    assert_eq!(server.mails("Sent")[0].1, ["\\Seen"]);
    session.select("Sent").await.unwrap();
    assert_eq!(session.holds_message_id("7@client.test").await.unwrap(), Some(true));
    assert_eq!(session.holds_message_id("8@client.test").await.unwrap(), Some(false));
    assert!(session.holds_message_id("a\r\nb").await.is_err() && !session.is_dead());
    let fields = session.header_fields(&[1, 2], "MESSAGE-ID SUBJECT").await.unwrap();
    let text = String::from_utf8_lossy(&fields[&1]).into_owned();
    assert!(fields.len() == 1 && text.contains("Message-ID: <7@") && text.contains("Subject:"), "{text}");
}

#[tokio::test]
async fn a_refused_copy_leaves_the_session_whole() {
    for (answer, passes) in [("NO [UNAVAILABLE] later", true), ("NO [OVERQUOTA] full", false)] {
        let server = with_mails([1])
            .sent_folder("Sent")
            .on("APPEND", When::Always, Misbehave::Answer(answer.into()))
            .start()
            .await;
        let mut session = inbox(&server, &limits()).await;
        let filed = session.append("Sent", &mail(7)).await.unwrap();
        assert!(matches!(filed, Filed::Refused { passes: p, .. } if p == passes), "{filed:?}");
        session.noop().await.unwrap();
    }
    let server = with_mails([1]).start().await;
    let filed = inbox(&server, &limits()).await.append("Absent", &mail(7)).await.unwrap();
    assert!(
        matches!(&filed, Filed::Refused { words, passes: false } if words.contains("TRYCREATE")),
        "{filed:?}"
    );
}

#[tokio::test]
async fn a_search_that_the_server_declines_says_nothing() {
    for answer in ["NO cannot search", "BAD what is HEADER"] {
        let server =
            with_mails([1]).on("UID SEARCH", When::Always, Misbehave::Answer(answer.into())).start().await;
        let mut session = inbox(&server, &limits()).await;
        assert_eq!(session.holds_message_id("1@client.test").await.unwrap(), None);
        assert!(!session.is_dead());
    }
}

#[tokio::test]
async fn a_cut_while_filing_is_an_error() {
    let server =
        with_mails([1]).sent_folder("Sent").on("APPENDED", When::Nth(1), Misbehave::CutAt(0)).start().await;
    let mut session = inbox(&server, &limits()).await;
    assert!(session.append("Sent", &mail(7)).await.is_err() && session.is_dead());
    assert_eq!(server.contents("Sent").len(), 1, "the server has it all the same");
}
