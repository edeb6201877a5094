//! Secrets altered on their way: every bit of a token's address, of a nonce, of a Message-ID that is one, and every field of
//! a confirmation, from the bytes of the mail to the decision.

use super::{
    super::world::*,
    outcome::{Fate, assert_nothing_done, fate},
    post::*,
};
use crate::desk::{
    token::{TokenKey, TokenKeys},
    *,
};

/// The mail with each single bit of `part` changed, wherever it stands.
fn altered(raw: &[u8], part: &str) -> Vec<Vec<u8>> {
    let found: Vec<usize> = raw
        .windows(part.len())
        .enumerate()
        .filter(|(_, w)| *w == part.as_bytes())
        .map(|(at, _)| at)
        .collect();
    assert!(!found.is_empty(), "{part}");
    let mut all = Vec::new();
    for bit in 0..part.len() * 8 {
        let mut changed = raw.to_vec();
        for at in &found {
            changed[at + bit / 8] ^= 1 << (bit % 8);
        }
        all.push(changed);
    }
    all
}

#[test]
fn no_bit_of_a_token_can_change_on_its_way() {
    let own = minted(Purpose::Agent, 1042, 100);
    let mail = Mail::alice("token").proven().marked(&own);
    assert_eq!(fate(&mail.decided()), Fate::Done);
    let changed = altered(&mail.bytes(), &own);
    assert_eq!(changed.len(), 47 * 8);
    for raw in changed {
        let decision = mail.decided_as(&raw, false);
        assert_nothing_done(&mail, &decision);
        assert!(!letters(&decision).iter().any(|l| l.starts_with("confirm")), "it is no possession at all");
    }
    assert_eq!(judged(), 377);
}

#[test]
fn no_bit_of_a_client_s_token_leads_to_their_ticket() {
    let own = minted(Purpose::Client, 1042, 7);
    let mail = Mail::new("client", format!("From: {CLIENT}")).marked(&own).says(plain("It stays empty.\r\n"));
    assert_eq!(fate(&mail.decided()), Fate::Answer);
    for raw in altered(&mail.bytes(), &own) {
        let decision = mail.decided_as(&raw, false);
        assert!(!matches!(decision.ticket, Some(TicketRef::Existing(..))), "{:?}", decision.ticket);
    }
    assert_eq!(judged(), 377);
}

#[test]
fn no_bit_of_a_message_id_can_change_where_it_is_the_secret() {
    let mail = Mail::alice("reference").proven().answers(TO_ALICE).without_marks();
    assert_eq!(fate(&mail.decided()), Fate::Done);
    for raw in altered(&mail.bytes(), TO_ALICE) {
        assert_nothing_done(&mail, &mail.decided_as(&raw, false));
    }
    assert_eq!(judged(), 233);
}

#[test]
fn no_bit_of_the_agent_s_address_can_change() {
    let mail = Mail::alice("address").proven().marked(&minted(Purpose::Agent, 1042, 100));
    for raw in altered(&mail.bytes(), ALICE) {
        // The letter case of an address tells nobody apart.
        let same = String::from_utf8_lossy(&raw).to_lowercase().contains(&format!("<{ALICE}>"));
        if !same {
            assert_nothing_done(&mail, &mail.decided_as(&raw, false));
        }
    }
    assert_eq!(judged(), 121);
}

fn released() -> Option<Release> {
    Some(Release { held: waiting().held, action: waiting().action })
}

/// Alice's answer to the confirmation mail, and the same where the server has no marks.
fn answers() -> [(Mail, &'static str); 2] {
    let mail = Mail::alice("confirmation").says(plain("ok\r\n"));
    [(mail.clone().marked(NONCE), NONCE), (mail.answers(CONFIRMATION).without_marks(), CONFIRMATION)]
}

#[test]
fn a_confirmation_releases_what_it_was_asked_for() {
    for (mail, _) in answers() {
        let decision = mail.decided();
        assert_eq!((decision.outcome, decision.release), (Outcome::Control, released()));
        assert_eq!(decision.changes.first(), Some(&Change::UseConfirmation(waiting().id)));
    }
    assert_eq!(judged(), 2);
}

#[test]
fn no_bit_of_a_confirmation_can_change_on_its_way() {
    for (mail, secret) in answers() {
        for part in [secret, ALICE] {
            for raw in altered(&mail.bytes(), part) {
                let decision = mail.decided_as(&raw, false);
                let same = part == ALICE
                    && String::from_utf8_lossy(&raw).to_lowercase().contains(&format!("<{ALICE}>"));
                assert_eq!(decision.release, released().filter(|_| same), "{part}");
                if !same {
                    assert!(!decision.changes.contains(&Change::UseConfirmation(waiting().id)));
                    super::outcome::assert_nothing_done(&mail, &decision);
                }
            }
        }
    }
    assert_eq!(judged(), 720);
}

#[test]
fn every_field_of_a_confirmation_is_checked() {
    let (mail, _) = answers()[0].clone();
    let release_of = |confirmation: ConfirmationFacts, spoil: fn(&mut MailFacts), policy: &Policy| {
        let mut facts = gather(&mail.bytes(), &Findings::default(), policy, false);
        facts.confirmation = Some(confirmation);
        spoil(&mut facts);
        decided_by(facts, policy).release
    };
    let keep: fn(&mut MailFacts) = |_| {};
    assert_eq!(release_of(waiting(), keep, &policy()), released());
    for bit in 0..ALICE.len() * 8 {
        let mut agent = waiting().agent.into_bytes();
        agent[bit / 8] ^= 1 << (bit % 8);
        let Ok(agent) = String::from_utf8(agent) else { continue };
        assert_eq!(
            release_of(ConfirmationFacts { agent: agent.clone(), ..waiting() }, keep, &policy()),
            None,
            "{agent}"
        );
    }
    for agent in [BOB, CLIENT, ""] {
        assert_eq!(release_of(ConfirmationFacts { agent: agent.into(), ..waiting() }, keep, &policy()), None);
    }
    assert_eq!(release_of(ConfirmationFacts { used: true, ..waiting() }, keep, &policy()), None);
    let second = jiff::SignedDuration::from_secs(1);
    for (expires_at, good) in
        [(now(), true), (now() - second, false), (hours_ago(24), false), (jiff::Timestamp::MIN, false)]
    {
        let found = release_of(ConfirmationFacts { expires_at, ..waiting() }, keep, &policy());
        assert_eq!(found.is_some(), good, "{expires_at}");
    }
    let robots: [fn(&mut MailFacts); 4] = [
        |f| f.reading.class = crate::mail::Class::AutoReply,
        |f| f.reading.class = crate::mail::Class::List,
        |f| f.reading.class = crate::mail::Class::Bounce,
        |f| f.reading.trace.strict_from = None,
    ];
    for spoil in robots {
        assert_eq!(release_of(waiting(), spoil, &policy()), None);
    }
    let mut without = policy();
    without.agents.retain(|a| a.address != ALICE);
    assert_eq!(release_of(waiting(), keep, &without), None, "left the staff");
}

#[test]
fn only_the_registered_address_confirms() {
    for (mail, _) in answers() {
        for (shape, from, seen) in super::forged::SHAPES {
            let mail = Mail { name: shape.into(), from: from.into(), ..mail.clone() };
            let decision = mail.decided();
            let expected = (seen == super::forged::Seen::Agent).then(released).flatten();
            assert_eq!(decision.release, expected, "{shape}");
        }
        for field in
            ["Auto-Submitted: auto-replied", "List-Id: <x.example>", "Precedence: bulk", "X-Autoreply: yes"]
        {
            let decision = mail.clone().field(field).decided();
            assert_eq!((&decision.release, fate(&decision)), (&None, Fate::Control), "{field}");
        }
    }
    assert_eq!(judged(), 116);
}

fn at_desk() -> Mail {
    Mail::alice("desk").marked(&keys().mint_desk(PersonId(100), 0)).says(plain("#close 1042\r\n"))
}

#[test]
fn no_bit_of_an_address_at_the_desk_can_change_on_its_way() {
    let own = keys().mint_desk(PersonId(100), 0);
    let mail = at_desk().proven();
    assert_eq!(fate(&mail.decided()), Fate::Done);
    for raw in altered(&mail.bytes(), &own) {
        assert_nothing_done(&mail, &mail.decided_as(&raw, false));
    }
    assert_eq!(judged(), 377);
}

#[test]
fn an_address_at_the_desk_is_one_agent_s_and_alone_it_is_not_enough() {
    assert_eq!(fate(&at_desk().decided()), Fate::Asked, "B without A");
    let mine = at_desk().proven();
    for person in [101, 102, 103, 900, 7] {
        let other = mine.clone().marked(&keys().mint_desk(PersonId(person), 0));
        assert_nothing_done(&other, &other.decided());
        assert!(letters(&other.decided()).contains(&"alert>ops@example.com".to_owned()), "{person}");
    }
    for epoch in 1..4 {
        let old = mine.clone().marked(&keys().mint_desk(PersonId(100), epoch));
        assert_nothing_done(&old, &old.decided());
    }
    let gone = TokenKeys(vec![TokenKey { id: 3, bytes: vec![7; 32] }]).mint_desk(PersonId(100), 0);
    let key_gone = mine.clone().marked(&gone);
    assert_nothing_done(&key_gone, &key_gone.decided());
    let mut left = mine.clone();
    left.policy.agents.retain(|a| a.address != ALICE);
    assert_nothing_done(&left, &left.decided());
    for (shape, from, seen) in super::forged::SHAPES {
        let mail = Mail { name: shape.into(), from: from.into(), ..mine.clone() };
        if seen != super::forged::Seen::Agent {
            assert_nothing_done(&mail, &mail.decided());
        }
    }
    for field in ["Auto-Submitted: auto-replied", "List-Id: <x.example>", "Precedence: bulk"] {
        let mail = mine.clone().field(field);
        assert_nothing_done(&mail, &mail.decided());
    }
}
