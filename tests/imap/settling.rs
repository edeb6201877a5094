//! Settling: only what was named is touched, and a repetition does no harm.

use maildesk::{config::After, imap::ImapError};
use maildesk_lab::scripted_imap::{Misbehave, When};

use crate::{inbox, limits, with_mails};

fn uids(mails: &[(u32, Vec<String>)]) -> Vec<u32> {
    mails.iter().map(|(uid, _)| *uid).collect()
}

#[tokio::test]
async fn keep_flags_move_moves_delete_deletes() {
    let server = with_mails(1..=6).folder("Done").start().await;
    let mut session = inbox(&server, &limits()).await;
    session.settle(&[1, 2, 3], &After::Keep).await.unwrap();
    session.settle(&[2, 3], &After::Move("Done".to_owned())).await.unwrap();
    session.settle(&[6], &After::Delete).await.unwrap();
    assert_eq!(uids(&server.mails("INBOX")), [1, 4, 5]);
    assert_eq!(server.mails("INBOX")[0].1, ["\\Seen"]);
    assert!(server.mails("INBOX")[1].1.is_empty());
    assert_eq!(server.mails("Done").len(), 2);
    assert!(server.commands().iter().any(|line| line == "UID STORE 1:3 +FLAGS.SILENT (\\Seen)"));
    session.settle(&[2, 3, 6], &After::Delete).await.expect("what is gone is no error");
}

#[tokio::test]
async fn a_folder_in_any_script() {
    let server = with_mails([1]).folder("&XfJZBHQG-").start().await;
    let mut session = inbox(&server, &limits()).await;
    session.settle(&[1], &After::Move("已处理".to_owned())).await.unwrap();
    assert_eq!(server.mails("&XfJZBHQG-").len(), 1);
}

#[tokio::test]
async fn without_move_it_is_copy_and_uid_expunge() {
    let server = with_mails(1..=3).folder("Done").capabilities("IMAP4rev1 UIDPLUS").start().await;
    let mut session = inbox(&server, &limits()).await;
    // Another client's flag: a plain EXPUNGE would remove its message.
    session.settle(&[3], &After::Keep).await.unwrap();
    session.settle(&[1, 2], &After::Move("Done".to_owned())).await.unwrap();
    assert_eq!(uids(&server.mails("INBOX")), [3]);
    assert_eq!(server.mails("Done").len(), 2);
    assert_eq!(server.count("EXPUNGE"), 0);
}

#[tokio::test]
async fn a_move_that_is_advertised_but_unknown_falls_back() {
    let server = with_mails([1])
        .folder("Done")
        .on("UID MOVE", When::Always, Misbehave::Answer("BAD unknown".into()))
        .start()
        .await;
    let mut session = inbox(&server, &limits()).await;
    session.settle(&[1], &After::Move("Done".to_owned())).await.unwrap();
    assert_eq!((server.mails("INBOX").len(), server.mails("Done").len()), (0, 1));
}

#[tokio::test]
async fn what_somebody_else_removed_meanwhile_does_not_hold_up_the_rest() {
    let gone = "NO [EXPUNGEISSUED] Some of the requested messages no longer exist.";
    let server = with_mails([1])
        .folder("Done")
        .on("UID MOVE", When::Nth(1), Misbehave::Answer(gone.into()))
        .start()
        .await;
    let mut session = inbox(&server, &limits()).await;
    session.settle(&[1, 2], &After::Move("Done".to_owned())).await.unwrap();
    assert_eq!((server.mails("INBOX").len(), server.mails("Done").len()), (0, 1));
}

#[tokio::test]
async fn without_uidplus_nothing_is_expunged() {
    let server = with_mails(1..=2).folder("Done").capabilities("IMAP4rev1").start().await;
    let mut session = inbox(&server, &limits()).await;
    assert!(!session.removes_exactly());
    session.settle(&[1], &After::Move("Done".to_owned())).await.unwrap();
    session.settle(&[1], &After::Move("Done".to_owned())).await.unwrap();
    assert_eq!(server.mails("INBOX")[0], (1, vec!["\\Deleted".to_owned()]));
    assert_eq!(server.mails("Done").len(), 1, "the repetition copies nothing anew");
    assert_eq!(server.count("EXPUNGE") + server.count("UID EXPUNGE"), 0);
}

#[tokio::test]
async fn a_cut_after_the_copy_loses_nothing() {
    let server = with_mails([1])
        .folder("Done")
        .capabilities("IMAP4rev1 UIDPLUS")
        .on("UID COPY", When::Nth(1), Misbehave::CutAt(0))
        .start()
        .await;
    let done = After::Move("Done".to_owned());
    assert!(inbox(&server, &limits()).await.settle(&[1], &done).await.is_err());
    assert_eq!(server.mails("INBOX").len(), 1);
    inbox(&server, &limits()).await.settle(&[1], &done).await.unwrap();
    assert_eq!(server.mails("INBOX").len(), 0);
    assert!(!server.mails("Done").is_empty());
}

#[tokio::test]
async fn what_the_operator_must_repair_is_said() {
    let server = with_mails([1]).start().await;
    let mut session = inbox(&server, &limits()).await;
    let failed = session.settle(&[1], &After::Move("Absent".to_owned())).await.unwrap_err();
    assert!(matches!(&failed, ImapError::Operator(words) if words.contains("Absent")), "{failed}");
    assert!(!session.is_dead());

    let server = with_mails([1]).read_only().start().await;
    let failed = inbox(&server, &limits()).await.settle(&[1], &After::Keep).await.unwrap_err();
    assert!(matches!(&failed, ImapError::Operator(words) if words.contains("read-only")), "{failed}");
    assert_eq!(server.count("UID STORE"), 0);
}

#[tokio::test]
async fn a_refused_mark_is_an_error() {
    for (trick, dead) in [(Misbehave::Answer("NO later".into()), false), (Misbehave::CutAt(3), true)] {
        let server = with_mails([1]).on("UID STORE", When::Nth(1), trick).start().await;
        let mut session = inbox(&server, &limits()).await;
        assert!(session.settle(&[1], &After::Keep).await.is_err());
        assert_eq!(session.is_dead(), dead);
    }
}
