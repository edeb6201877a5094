//! The connection is cut at each byte of each answer on the whole way of a message.

use maildesk::{
    config::After,
    imap::{Fetched, ImapError},
};
use maildesk_lab::scripted_imap::{Misbehave, ScriptedImap, When};

use crate::{limits, mail, open, with_mails};

/// All that is done to take two messages in.
async fn journey(server: &ScriptedImap) -> Result<Vec<Fetched>, ImapError> {
    let mut session = open(server, &limits()).await?;
    session.select("INBOX").await?;
    let uids = session.uids_from(1).await?;
    let listed = session.sizes(&uids).await?;
    let uids: Vec<u32> = listed.into_keys().collect();
    let messages = session.fetch(&uids).await?;
    session.settle(&uids, &After::Keep).await?;
    Ok(messages)
}

async fn cut_everywhere(commands: &[&str], offsets: std::ops::Range<usize>) {
    let server = with_mails(1..=2).start().await;
    for command in commands {
        for offset in offsets.clone() {
            let next = server.count(command) + 1;
            server.on(command, When::Nth(next), Misbehave::CutAt(offset));
            let cut = journey(&server).await;
            assert!(matches!(cut, Err(ImapError::Temporary(_))), "{command} cut at byte {offset}: {cut:?}");
        }
        let messages = journey(&server).await.unwrap();
        assert_eq!(
            messages.into_iter().map(|message| message.bytes).collect::<Vec<_>>(),
            [mail(1), mail(2)],
            "{command}"
        );
    }
}

// Offsets beyond an answer's end cut right after it, which the next command must notice.
#[tokio::test]
async fn before_a_folder_is_open() {
    cut_everywhere(&["GREETING", "CAPABILITY", "LOGIN", "ID"], 0..80).await;
}

#[tokio::test]
async fn in_listing() {
    cut_everywhere(&["SELECT", "UID SEARCH", "UID FETCH"], 0..220).await;
}

#[tokio::test]
async fn in_settling() {
    cut_everywhere(&["UID STORE"], 0.."M0009 OK STORE done\r\n".len() - 1).await;
}
