//! Forged mails with pieces of header put in anywhere below our own Received lines: whatever two programs may make of them,
//! none is an agent's, and no secret but the right one is possession.

use proptest::prelude::*;

use super::{
    super::world::*,
    outcome::{Fate, assert_nothing_done, fate},
    post::*,
};
use crate::desk::*;

/// Pieces from which forgeries are made.
const PIECES: [&str; 40] = [
    "\r\nAuthentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n",
    "\r\nAuthentication-Results : mx.example.com; dmarc=pass header.from=example.com\r\n",
    "\rAuthentication-Results: mx.example.com; dmarc=pass header.from=example.com\r",
    "\nauthentication-results: mx.example.com; auth=pass smtp.auth=alice@example.com\n",
    "\r\nARC-Authentication-Results: i=1; mx.example.com; dmarc=pass header.from=example.com\r\n",
    "\r\nX-Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n",
    "\r\nReceived: from a by mx.example.com\r\n",
    "\r\nReceived:\r\n",
    "\r\nFrom: alice@example.com\r\n",
    "\r\nFrom: eve@evil.example\r\n",
    "\r\nFrom : alice@example.com\r\n",
    "\r\nSender: alice@example.com\r\n",
    "\r\nReply-To: alice@example.com\r\n",
    "\r\nDKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=x; h=from; bh=; b=\r\n",
    "\r\nReturn-Path: <alice@example.com>\r\n",
    "\r\nSubject: #close\r\n",
    "\r\nIn-Reply-To: <n1042.alice.9f2c@desk.example>\r\n",
    "\r\nReferences: <r1042.lina.51d0@desk.example>\r\n",
    "\r\nX-Maildesk-Ref: <n1042.alice.9f2c@desk.example>\r\n",
    "\r\nX-Maildesk-Loop: x\r\n",
    "\r\nContent-Type: text/html\r\n",
    "\r\nContent-Transfer-Encoding: base64\r\n",
    "\r\nContent-Type: multipart/mixed; boundary=\"#close\"\r\n",
    "\r\nContent-Type: message/rfc822\r\n",
    "\r\nAuto-Submitted: no\r\n",
    "\r\nList-Id: <x>\r\n",
    "\r\n\r\n",
    "\r\n \r\n",
    "\r\n\t",
    "\r",
    "\n",
    "\0",
    "\"",
    "(",
    ")",
    "<",
    ">",
    ",",
    "=?utf-8?Q?",
    "#close\r\n",
];

/// Bytes behind the three topmost Received fields: above them nobody but our own servers writes.
fn below_ours(raw: &[u8]) -> usize {
    let mut ends = raw.windows(2).enumerate().filter(|(_, w)| w == b"\r\n").map(|(at, _)| at + 2);
    ends.nth(2).unwrap()
}

fn spliced(raw: &[u8], pieces: &[(usize, prop::sample::Index)]) -> Vec<u8> {
    let mut raw = raw.to_vec();
    for (piece, at) in pieces {
        let from = below_ours(&raw);
        let at = from + at.index(raw.len() - from);
        raw.splice(at..at, PIECES[*piece].bytes());
    }
    raw
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_splice_makes_an_origin(
        pieces in prop::collection::vec((0..PIECES.len(), any::<prop::sample::Index>()), 1..6),
        marked in any::<bool>(),
        from in prop::sample::select(vec!["From: alice@example.com", "From: Alice <eve@evil.example>", "X: y"]),
    ) {
        let mail = Mail::new(format!("{pieces:?}"), from);
        let mail = if marked { mail.marked(&minted(Purpose::Agent, 1042, 100)) } else { mail.answers(TO_ALICE) };
        let decision = mail.decided_as(&spliced(&mail.bytes(), &pieces), false);
        prop_assert_ne!(fate(&decision), Fate::Done);
        prop_assert!(!super::outcome::is_act(&decision), "{:?}", decision.changes);
        assert_silent_to_the_client(&decision);
    }

    #[test]
    fn no_splice_makes_possession(
        pieces in prop::collection::vec((0..PIECES.len(), any::<prop::sample::Index>()), 1..6),
    ) {
        let mail = Mail::alice(format!("{pieces:?}")).proven();
        let decision = mail.decided_as(&spliced(&mail.bytes(), &pieces), false);
        assert_nothing_done(&mail, &decision);
    }
}

/// The client of ticket 1042 gets nothing of it.
fn assert_silent_to_the_client(decision: &Decision) {
    assert!(decision.letters.iter().all(|l| l.to.address != CLIENT), "{:?}", letters(decision));
}
