//! Folders with a purpose of their own: their names as people read them, and the server's marks (RFC 6154).

use maildesk::imap::SpecialFolders;
use maildesk_lab::scripted_imap::{Misbehave, ScriptedImap, When};

use crate::{inbox, limits};

fn some(name: &str) -> Option<String> {
    Some(name.to_owned())
}

#[tokio::test]
async fn marks_are_read() {
    let server =
        ScriptedImap::builder().sent_folder("&XfJZBHQG-").folder("Junk").folder("Trash").start().await;
    let mut session = inbox(&server, &limits()).await;
    let found = session.special_folders().await.unwrap();
    assert_eq!(found, SpecialFolders { sent: some("已处理"), junk: some("Junk"), trash: some("Trash") });
}

#[tokio::test]
async fn names_may_be_literals_and_marks_of_any_case() {
    let answer = b"* LIST (\\HasNoChildren \\jUnK) NIL {4}\r\nA\"B\\\r\n* LIST (\\Noselect \\Trash) \"/\" \"[Gmail]\"\r\n{tag} OK done\r\n";
    let server =
        ScriptedImap::builder().on("LIST", When::Always, Misbehave::Instead(answer.to_vec())).start().await;
    let mut session = inbox(&server, &limits()).await;
    let found = session.special_folders().await.unwrap();
    assert_eq!(found, SpecialFolders { junk: some("A\"B\\"), ..SpecialFolders::default() });
    assert!(!session.is_dead());
}
