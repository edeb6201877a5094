//! IDLE: noticed at once, and never trusted.

use std::time::Duration;

use maildesk::{
    config::After,
    imap::{ImapError, Woken},
};
use maildesk_lab::scripted_imap::{Misbehave, ScriptedImap, When};
use tokio_util::sync::CancellationToken;

use crate::{impatient, inbox, limits, mail, with_mails};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_new_message_wakes_at_once_and_the_session_goes_on() {
    let server = with_mails([1]).start().await;
    let mut session = inbox(&server, &limits()).await;
    let stop = CancellationToken::new();
    let arrival = async {
        server.wait_for("IDLE", 1).await;
        server.deliver(2, &mail(2));
    };
    let (woken, ()) = tokio::join!(session.idle(LONG, &stop), arrival);
    assert_eq!(woken.unwrap(), Woken::Changed);
    assert_eq!(session.uids_from(2).await.unwrap(), [2]);
}

/// A server tells of a message once. Told between two commands, IDLE is too late to hear of it.
#[tokio::test]
async fn a_message_that_came_while_others_were_moved_away_is_not_slept_over() {
    let news = Misbehave::Then(b"* 1 EXISTS\r\n".to_vec());
    let server = with_mails([1, 2]).folder("Done").on("UID MOVE", When::Always, news).start().await;
    let mut session = inbox(&server, &limits()).await;
    session.settle(&[1, 2], &After::Move("Done".to_owned())).await.unwrap();
    session.uids_from(1).await.unwrap();
    assert_eq!(session.idle(LONG, &CancellationToken::new()).await.unwrap(), Woken::Changed);
    assert_eq!(server.count("IDLE"), 0, "it knows already");
}

#[tokio::test]
async fn silence_and_stop_end_it_in_order() {
    let server = with_mails([1]).start().await;
    let mut session = inbox(&server, &limits()).await;
    let stop = CancellationToken::new();
    assert_eq!(session.idle(SHORT, &stop).await.unwrap(), Woken::Silence);
    let stopping = async {
        server.wait_for("IDLE", 2).await;
        stop.cancel();
    };
    let (woken, ()) = tokio::join!(session.idle(LONG, &stop), stopping);
    assert_eq!(woken.unwrap(), Woken::Stopped);
    session.noop().await.unwrap();
}

#[tokio::test]
async fn a_server_without_idle_is_polled() {
    for answer in ["NO not now", "BAD what"] {
        let server = with_mails([1]).on("IDLE", When::Always, Misbehave::Answer(answer.into())).start().await;
        let mut session = inbox(&server, &limits()).await;
        assert_eq!(session.idle(LONG, &CancellationToken::new()).await.unwrap(), Woken::Unsupported);
        assert!(!session.has_idle(), "it is not asked again");
        session.noop().await.unwrap();
    }
    let server = ScriptedImap::builder().capabilities("IMAP4rev1").start().await;
    let mut session = inbox(&server, &limits()).await;
    assert_eq!(session.idle(LONG, &CancellationToken::new()).await.unwrap(), Woken::Unsupported);
    assert_eq!(server.count("IDLE"), 0);
}

#[tokio::test]
async fn the_end_of_the_connection_is_an_error() {
    for trick in [Misbehave::CutAt(usize::MAX), Misbehave::CutAt(3), Misbehave::Drop] {
        let server = with_mails([1]).on("IDLE", When::Always, trick.clone()).start().await;
        let mut session = inbox(&server, &limits()).await;
        let failed = session.idle(LONG, &CancellationToken::new()).await.unwrap_err();
        assert!(matches!(failed, ImapError::Temporary(_)), "{trick:?}: {failed}");
        assert!(session.is_dead());
    }
}

#[tokio::test]
async fn a_dead_connection_is_found_out_after_done() {
    for trick in [Misbehave::Deaf, Misbehave::Stall] {
        let server = with_mails([1]).on("IDLE", When::Always, trick).start().await;
        let mut session = inbox(&server, &impatient()).await;
        let failed = session.idle(SHORT, &CancellationToken::new()).await.unwrap_err();
        assert!(matches!(failed, ImapError::Temporary(_)), "{failed}");
        assert!(session.is_dead());
    }
}
