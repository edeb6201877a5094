//! Listing and fetching: each message arrives whole, is proven gone, or is an error; none is lost.

use std::time::{Duration, Instant};

use maildesk::imap::{Fetched, ImapError, ImapLimits, plan_windows};
use maildesk_lab::scripted_imap::{Misbehave, ScriptedImap, When};

use crate::{impatient, inbox, limits, mail, with_mails};

fn uids(messages: &[Fetched]) -> Vec<u32> {
    messages.iter().map(|message| message.uid).collect()
}

async fn all_arrive(server: &ScriptedImap, expected: &[u32]) {
    let mut session = inbox(server, &limits()).await;
    let messages = session.fetch(expected).await.unwrap();
    assert_eq!(uids(&messages), expected);
    for message in messages {
        assert_eq!(message.bytes, mail(message.uid));
        assert_eq!(message.internal_date.to_string(), "2024-11-02T09:00:00Z");
    }
}

#[tokio::test]
async fn the_whole_way() {
    let server = with_mails([3, 5, 9]).mail(11, &[b'x'; 5000]).start().await;
    let limits = ImapLimits { message_bytes_max: 4000, ..limits() };
    let mut session = inbox(&server, &limits).await;
    let uids = session.uids_from(4).await.unwrap();
    assert_eq!(uids, [5, 9, 11]);
    let listed = session.sizes(&uids).await.unwrap();
    assert_eq!(listed[&5].size_bytes, mail(5).len() as u64);
    let plan = plan_windows(&listed, &limits);
    assert_eq!((plan.windows, plan.oversized), (vec![vec![5, 9]], vec![11]));
    assert_eq!(session.fetch(&[5, 9]).await.unwrap()[1].bytes, mail(9));
    let header = session.fetch_header(3, 15).await.unwrap();
    assert_eq!(header.bytes, &mail(3)[..15]);
    assert!(server.mails("INBOX").iter().all(|(_, flags)| flags.is_empty()), "reading marks nothing");
}

#[tokio::test]
async fn the_last_message_is_no_news() {
    for server in [with_mails([3, 5]).start().await, with_mails([3, 5]).without_uid_next().start().await] {
        let mut session = inbox(&server, &limits()).await;
        assert_eq!(session.uids_from(6).await.unwrap(), Vec::<u32>::new());
        assert_eq!(session.uids_from(5).await.unwrap(), [5]);
        server.deliver(8, &mail(8));
        session.noop().await.unwrap();
        assert_eq!(session.uids_from(6).await.unwrap(), [8]);
    }
}

/// A digit too many in a listing would put the mark of what is accounted for behind mail that is still to come.
#[tokio::test]
async fn a_message_that_cannot_be_there_yet_needs_a_second_look() {
    let garbled = Misbehave::Instead(b"* SEARCH 3 15\r\n{tag} OK\r\n".to_vec());
    let server = with_mails([3, 5]).on("UID SEARCH", When::Nth(1), garbled).start().await;
    let mut session = inbox(&server, &limits()).await;
    let doubted = session.uids_from(1).await.unwrap_err();
    assert!(matches!(doubted, ImapError::Doubt { .. }) && session.is_dead(), "{doubted}");
    // One that came since SELECT is there.
    let server = with_mails([3, 5]).start().await;
    let mut session = inbox(&server, &limits()).await;
    server.deliver(8, &mail(8));
    assert_eq!(session.uids_from(1).await.unwrap(), [3, 5, 8]);
}

/// What was garbled on its way to the server: `BODY.PEEK[1]`.
#[tokio::test]
async fn a_part_is_not_taken_for_the_whole() {
    let part = Misbehave::Instead(b"* 1 FETCH (UID 1 BODY[1] {4}\r\nbody)\r\n{tag} OK done\r\n".to_vec());
    let server = with_mails([1]).on("UID FETCH", When::Always, part).start().await;
    let mut session = inbox(&server, &limits()).await;
    assert_eq!(session.fetch(&[1]).await.unwrap_err().culprit(), Some(1));
    assert!(session.fetch_header(1, 1000).await.is_err());
}

#[tokio::test]
async fn an_empty_folder_has_nothing() {
    let server = ScriptedImap::builder().without_uid_next().start().await;
    let mut session = inbox(&server, &limits()).await;
    assert_eq!(session.uids_from(1).await.unwrap(), Vec::<u32>::new());
    assert_eq!(session.sizes(&[]).await.unwrap().len(), 0);
    assert_eq!(session.fetch(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn a_large_folder_is_searched_in_spans() {
    let server =
        (1..=6_000).fold(ScriptedImap::builder(), |builder, uid| builder.mail(uid * 3, b"x")).start().await;
    let mut session = inbox(&server, &limits()).await;
    let found = session.uids_from(1).await.unwrap();
    assert_eq!(found, (1..=6_000).map(|uid| uid * 3).collect::<Vec<_>>());
    assert_eq!(server.count("UID SEARCH"), 4);
}

#[tokio::test]
async fn a_refusal_or_a_cut_is_an_error_and_a_fresh_session_gets_all() {
    for (trick, dead) in [
        (Misbehave::Answer("NO [SERVERBUG] try later".into()), false),
        (Misbehave::Answer("BAD what".into()), true),
        (Misbehave::Drop, true),
        (Misbehave::Instead(b"* BYE going down\r\n{tag} OK done\r\n".to_vec()), true),
        (Misbehave::Instead(b"{tag} OK nothing\r\n".to_vec()), true),
        (Misbehave::Instead(b"A9999 OK not yours\r\n".to_vec()), true),
        (Misbehave::Instead(b"* 1 FETCH (UID 1 BODY[] {5}\r\nhello) garbage\r\n{tag} OK\r\n".to_vec()), true),
        (Misbehave::Instead(b"* 1 FETCH (UID 1 INTERNALDATE NIL)\r\n{tag} OK\r\n".to_vec()), true),
        (Misbehave::Instead("{tag} NO [ALERT]über\r\n".as_bytes().to_vec()), true),
    ] {
        let server = with_mails(1..=3).on("UID FETCH", When::Nth(1), trick.clone()).start().await;
        let mut session = inbox(&server, &limits()).await;
        assert!(session.fetch(&[1, 2, 3]).await.is_err(), "{trick:?}");
        assert_eq!(session.is_dead(), dead, "{trick:?}");
        assert_eq!(session.noop().await.is_err(), dead, "{trick:?}");
        all_arrive(&server, &[1, 2, 3]).await;
    }
}

#[tokio::test]
async fn a_cut_at_any_byte_loses_nothing() {
    let server = with_mails(1..=2).start().await;
    let mut cuts = 0;
    loop {
        server.on("UID FETCH", When::Nth(server.count("UID FETCH") + 1), Misbehave::CutAt(cuts));
        let mut session = inbox(&server, &limits()).await;
        match session.fetch(&[1, 2]).await {
            Err(_) => assert!(session.is_dead(), "cut at byte {cuts}"),
            Ok(messages) => {
                assert_eq!(
                    messages.iter().map(|message| message.bytes.clone()).collect::<Vec<_>>(),
                    [mail(1), mail(2)]
                );
                break;
            }
        }
        cuts += 1;
    }
    // It succeeds only when not one byte is missing.
    let bodies = mail(1).len() + mail(2).len();
    assert!(cuts > bodies + 100, "every byte of both answers was tried: {cuts}");
    all_arrive(&server, &[1, 2]).await;
}

#[tokio::test]
async fn a_huge_literal_is_refused_before_memory_is_taken() {
    for announcement in [
        "* 1 FETCH (UID 1 BODY[] {500000000}\r\nx",
        "* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\nx",
        "* LIST () \"/\" {500000000}\r\nx",
    ] {
        let server = with_mails([1])
            .on("UID FETCH", When::Nth(1), Misbehave::Instead(announcement.into()))
            .start()
            .await;
        let mut session = inbox(&server, &limits()).await;
        let began = Instant::now();
        let failed = session.fetch(&[1]).await.unwrap_err();
        assert!(matches!(failed, ImapError::TooLarge { announced_bytes: 500_000_000.., .. }), "{failed}");
        assert!(began.elapsed() < Duration::from_secs(5), "it does not wait for the deadline");
        all_arrive(&server, &[1]).await;
    }
}

#[tokio::test]
async fn floods_deep_lists_and_endless_lines_end_at_once() {
    let deep = format!("* 1 FETCH (BODYSTRUCTURE {}\r\n", "(".repeat(60_000));
    for flood in [b"* 1 EXISTS\r\n".repeat(50_000), vec![b'x'; 1 << 20], deep.into_bytes()] {
        let server = with_mails([1]).on("UID FETCH", When::Nth(1), Misbehave::Before(flood)).start().await;
        let mut session = inbox(&server, &limits()).await;
        let failed = session.fetch(&[1]).await.unwrap_err();
        assert!(matches!(failed, ImapError::Doubt { .. }), "{failed}");
        all_arrive(&server, &[1]).await;
    }
}

#[tokio::test]
async fn each_falsified_answer_names_its_message() {
    for (trick, culprit) in [
        (Misbehave::Omit(2), Some(2)),
        (Misbehave::Twice(2), Some(2)),
        (Misbehave::NilBody(2), Some(2)),
        (Misbehave::EmptyBody(2), Some(2)),
        (Misbehave::Disguise(2, 3), Some(3)),
        (Misbehave::Disguise(2, 77), None),
        (Misbehave::Before(b"* 9 FETCH (BODY[] {2}\r\nhi)\r\n".to_vec()), None),
    ] {
        let server = with_mails(1..=3).on("UID FETCH", When::Nth(1), trick.clone()).start().await;
        let mut session = inbox(&server, &limits()).await;
        let failed = session.fetch(&[1, 2, 3]).await.unwrap_err();
        assert!(matches!(failed, ImapError::Doubt { .. }), "{trick:?}: {failed}");
        assert_eq!(failed.culprit(), culprit, "{trick:?}");
        assert!(session.is_dead());
        all_arrive(&server, &[1, 2, 3]).await;
    }
}

#[tokio::test]
async fn sizes_left_out_are_doubted_too() {
    let server = with_mails(1..=3).on("UID FETCH", When::Nth(1), Misbehave::Omit(2)).start().await;
    let failed = inbox(&server, &limits()).await.sizes(&[1, 2, 3]).await.unwrap_err();
    assert_eq!(failed.culprit(), Some(2));
}

#[tokio::test]
async fn a_message_that_somebody_expunged_is_gone() {
    let server = with_mails(1..=3).start().await;
    let mut session = inbox(&server, &limits()).await;
    assert_eq!(session.uids_from(1).await.unwrap(), [1, 2, 3]);
    server.remove(2);
    assert_eq!(session.sizes(&[1, 2, 3]).await.unwrap().into_keys().collect::<Vec<_>>(), [1, 3]);
    assert_eq!(uids(&session.fetch(&[1, 2, 3]).await.unwrap()), [1, 3]);
}

#[tokio::test]
async fn what_nobody_asked_for_is_passed_over() {
    let noise = "* 2 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (7))\r\n* 7 EXISTS\r\n* 1 RECENT\r\n\
                 * OK still here\r\n* ESEARCH (TAG \"x\") UID ALL 1:3\r\n* XNEWS {4}\r\n* A\r and more\r\n* VANISHED 9\r\n";
    let server =
        with_mails(1..=3).on("UID FETCH", When::Always, Misbehave::Before(noise.into())).start().await;
    all_arrive(&server, &[1, 2, 3]).await;
}

#[tokio::test]
async fn a_search_without_a_result_is_not_an_empty_one() {
    for trick in [
        Misbehave::Instead(b"{tag} OK done\r\n".to_vec()),
        Misbehave::Instead(b"* ESEARCH (TAG \"{tag}\") UID ALL 1:3\r\n{tag} OK done\r\n".to_vec()),
        Misbehave::Answer("NO later".into()),
        Misbehave::Answer("BAD what".into()),
    ] {
        let server = with_mails(1..=3).on("UID SEARCH", When::Nth(1), trick.clone()).start().await;
        assert!(inbox(&server, &limits()).await.uids_from(1).await.is_err(), "{trick:?}");
        assert_eq!(inbox(&server, &limits()).await.uids_from(1).await.unwrap(), [1, 2, 3]);
    }
}

#[tokio::test]
async fn a_stall_meets_its_deadline() {
    for trick in [Misbehave::Stall, Misbehave::Instead(b"* 1 FETCH (UID 1 BODY[] {50}\r\nbegun".to_vec())] {
        let server = with_mails([1]).on("UID FETCH", When::Nth(1), trick).start().await;
        // A stretch for the transfer is added for each 35 MiB; a small limit keeps the wait short.
        let limits = ImapLimits { message_bytes_max: 1000, window_bytes_max: 1000, ..impatient() };
        let mut session = inbox(&server, &limits).await;
        assert!(matches!(session.fetch(&[1]).await.unwrap_err(), ImapError::Temporary(_)));
        assert!(session.is_dead());
        all_arrive(&server, &[1]).await;
    }
}

#[tokio::test]
async fn a_slow_line_is_waited_for_and_a_dripping_one_is_not() {
    let drip = |pause| Misbehave::Drip(Duration::from_millis(pause));
    let server = with_mails([1]).on("UID FETCH", When::Nth(1), drip(1)).start().await;
    let patient =
        ImapLimits { bytes_per_second_min: 20, response_timeout: Duration::from_millis(100), ..limits() };
    let mut session = inbox(&server, &patient).await;
    assert_eq!(session.fetch(&[1]).await.unwrap()[0].bytes, mail(1));

    let server = with_mails([1]).on("UID FETCH", When::Nth(1), drip(40)).start().await;
    let strict =
        ImapLimits { bytes_per_second_min: 1000, response_timeout: Duration::from_millis(100), ..limits() };
    let failed = inbox(&server, &strict).await.fetch(&[1]).await.unwrap_err();
    assert!(matches!(failed, ImapError::Temporary(_)), "{failed}");
    all_arrive(&server, &[1]).await;
}

#[tokio::test]
async fn a_large_message_arrives_whole() {
    let large: Vec<u8> = (0..24_u32 << 20).map(|at| (at % 251) as u8).collect();
    let server = ScriptedImap::builder().mail(1, &large).start().await;
    let mut session = inbox(&server, &ImapLimits::default()).await;
    assert!(session.fetch(&[1]).await.unwrap()[0].bytes == large);
}

#[tokio::test]
async fn a_call_that_was_dropped_half_way_leaves_no_leftovers() {
    let server = with_mails([1]).on("UID FETCH", When::Nth(1), Misbehave::Stall).start().await;
    let mut session = inbox(&server, &limits()).await;
    tokio::select! {
        _ = session.fetch(&[1]) => panic!("it stalls"),
        () = server.wait_for("UID FETCH", 1) => {}
    }
    assert!(session.is_dead() && session.noop().await.is_err());
}

#[tokio::test]
async fn a_changed_uid_validity_is_told() {
    let server = with_mails([1]).start().await;
    let mut session = inbox(&server, &limits()).await;
    assert_eq!(session.select("INBOX").await.unwrap().uid_validity, 1);
    server.set_uid_validity(2);
    let selected = session.select("INBOX").await.unwrap();
    assert_eq!(
        (selected.uid_validity, selected.uid_next, selected.exists, selected.read_only),
        (2, Some(2), 1, false)
    );
}
