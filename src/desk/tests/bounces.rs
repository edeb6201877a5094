//! What comes back: marks of bounce addresses, reports on our mails, robots that answer a bounce address, addresses that take no
//! mail any more.

use std::collections::BTreeMap;

use super::world::*;
use crate::{
    desk::{
        bounce_mark::{BOUNCE_CHARS, BounceMark},
        token::{TOKEN_CHARS, TokenKey, TokenKeys, without_tokens},
        *,
    },
    mail::{Class, Report, ReportRecipient},
};

const ID: &str = "0123456789abcdef0123456789abcdef@example.com";

fn keys() -> TokenKeys {
    TokenKeys(vec![TokenKey { id: 2, bytes: vec![9; 32] }, TokenKey { id: 1, bytes: vec![5; 32] }])
}

#[test]
fn a_mark_is_read_back_through_its_last_day_and_names_its_mail() {
    let text = keys().mint_bounce(ID, 20_000);
    assert_eq!(text.len(), BOUNCE_CHARS);
    const { assert!(BOUNCE_CHARS <= TOKEN_CHARS, "the config makes room for tokens") };
    let Some(BounceMark::Valid(mail)) = keys().check_bounce(&text, 20_000) else { panic!("{text}") };
    assert_eq!(keys().check_bounce(&text, 20_001), Some(BounceMark::Expired));
    let other = keys().mint_bounce("ff@example.com", 20_000);
    assert_ne!(keys().check_bounce(&other, 1), Some(BounceMark::Valid(mail)));
    assert_eq!(TokenKeys(vec![]).mint_bounce(ID, 1), "");
}

#[test]
fn no_single_bit_of_a_mark_can_change() {
    let text = keys().mint_bounce(ID, 20_000);
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert_eq!(keys().check_bounce(&changed, 1), None, "{at} {bit}");
        }
    }
    let bytes = data_encoding::BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let changed = data_encoding::BASE32_NOPAD.encode(&changed).to_ascii_lowercase();
        assert_eq!(keys().check_bounce(&changed, 1), None, "{bit}");
    }
}

#[test]
fn marks_and_tokens_are_never_taken_for_each_other() {
    let mark = keys().mint_bounce(ID, 20_000);
    assert_eq!(keys().check(&mark, 1, &BTreeMap::new()), None);
    for padded in [format!("{mark}aa"), format!("aa{mark}")] {
        assert!(
            !matches!(keys().check(&padded, 1, &BTreeMap::new()), Some(TokenFinding::Valid(_))),
            "{padded}"
        );
    }
    for purpose in [Purpose::Client, Purpose::Agent] {
        let token = Token { purpose, ticket: TicketId(1042), person: PersonId(77), expires_day: 20_000 };
        let token = keys().mint(&token, 0);
        let (head, tail) = (token.split_at(BOUNCE_CHARS).0, token.split_at(TOKEN_CHARS - BOUNCE_CHARS).1);
        for cut in [token.as_str(), head, tail] {
            assert_eq!(keys().check_bounce(cut, 1), None, "{cut}");
        }
    }
    assert_eq!(keys().check_bounce(&mark.to_ascii_uppercase(), 1), None, "as we wrote it, or not at all");
    let others = TokenKeys(vec![TokenKey { id: 2, bytes: vec![8; 32] }]);
    assert_eq!(others.check_bounce(&mark, 1), None, "another desk's");
    let old = TokenKeys(vec![TokenKey { id: 1, bytes: vec![5; 32] }]).mint_bounce(ID, 20_000);
    assert!(matches!(keys().check_bounce(&old, 1), Some(BounceMark::Valid(_))), "keys rotate");
    assert_eq!(without_tokens(&format!("to support+{mark}@example.com.")), "to support@example.com.");
}

/// A reply to the client that came back to its signed address.
fn returned() -> BounceFacts {
    BounceFacts {
        outbox: OutboxId(31),
        evidence: BounceEvidence::Address,
        ticket: Some(TicketId(1042)),
        is_reply: true,
        to_agent: false,
        recipient: client(),
        author: Some(BOB.into()),
        text: "Please reload the page.".into(),
        known: None,
        failures_week: 0,
        told_day: false,
    }
}

fn report(action: &str, status: &str, address: &str, hard: bool) -> Report {
    let recipient = ReportRecipient {
        address: Some(address.into()),
        action: Some(action.into()),
        status: Some(status.into()),
        smtp_code: None,
        diagnostic: Some(format!("smtp; 550 {status} said the server")),
    };
    Report { recipients: vec![recipient], hard_bounce: Some(hard), ..Report::default() }
}

fn bounced_by(bounce: BounceFacts, report: Report) -> MailFacts {
    let daemon = person(9, "mailer-daemon@huaxia.example");
    let mut facts = MailFacts {
        bounce_address: bounce.evidence == BounceEvidence::Address,
        bounce: Some(bounce),
        tickets: vec![ticket(State::Waiting)],
        ..mail(&daemon, "user unknown", false)
    };
    facts.reading.class = Class::Bounce;
    facts.reading.report = Some(report);
    facts
}

fn hard() -> Report {
    report("failed", "5.1.1", CLIENT, true)
}

fn suppressed(decision: &Decision) -> bool {
    decision.changes.iter().any(|c| matches!(c, Change::Suppress { person, .. } if *person == client().id))
}

fn noted(decision: &Decision) -> Option<(bool, bool)> {
    decision.changes.iter().find_map(|c| match c {
        Change::Bounced { outbox: OutboxId(31), hard, told, .. } => Some((*hard, *told)),
        _ => None,
    })
}

#[test]
fn a_reply_that_bounced_for_good_is_told_and_stops_mail_to_the_client() {
    let decision = decided(bounced_by(returned(), hard()));
    assert_eq!(letters(&decision), [format!("news>{BOB}")], "its author, while nobody has the ticket");
    assert_eq!(cause(&decision), Some(NotificationCause::Unreachable));
    assert_eq!(decision.outcome, Outcome::Control);
    assert_eq!(event_kinds(&decision), ["bounce", "suppressed"]);
    assert_eq!((noted(&decision), suppressed(&decision)), (Some((true, true)), true));
    assert_eq!(messages(&decision)[0].0, MessageKind::Report);
    assert_silent_to_clients(&decision);
    let LetterBody::Notification { note, text, .. } = &decision.letters[0].body else { panic!() };
    assert_eq!(note.as_deref(), Some("smtp; 550 5.1.1 said the server"));
    assert_eq!(text, "Please reload the page.");

    let mut taken = bounced_by(returned(), hard());
    taken.tickets[0].assignee = Some(ALICE.into());
    assert_eq!(letters(&decided(taken)), [format!("news>{ALICE}")], "who has the ticket");
    let nobody = BounceFacts { author: Some("left@example.com".into()), ..returned() };
    let told = letters(&decided(bounced_by(nobody, hard())));
    assert_eq!(told, [format!("news>{ALICE}"), format!("news>{BOB}")], "else the team");
}

/// Each row: who is told, whether the row is noted as bounced (for good), whether mail to the client stops.
#[test]
fn what_a_report_does_depends_on_what_it_shows() {
    type Row = (&'static str, BounceFacts, Report, usize, Option<bool>, bool);
    let acknowledgement = || BounceFacts { is_reply: false, author: None, ..returned() };
    let rows: Vec<Row> = vec![
        ("an acknowledgement to a forged sender", acknowledgement(), hard(), 0, Some(true), true),
        (
            "by the returned header",
            BounceFacts { evidence: BounceEvidence::Header, ..returned() },
            hard(),
            1,
            Some(true),
            true,
        ),
        (
            "by a Message-ID, which others know",
            BounceFacts { evidence: BounceEvidence::MessageId, ..returned() },
            hard(),
            1,
            Some(true),
            false,
        ),
        (
            "somebody to whom the client passes mail on",
            returned(),
            report("failed", "5.1.1", "old@elsewhere.example", true),
            1,
            Some(true),
            false,
        ),
        (
            "the case of letters",
            returned(),
            report("failed", "5.1.1", "LiNa@Huaxia.Example", true),
            1,
            Some(true),
            true,
        ),
        ("a full mailbox", returned(), report("failed", "5.2.2", CLIENT, false), 1, Some(false), false),
        (
            "an acknowledgement to a full mailbox",
            acknowledgement(),
            report("failed", "5.2.2", CLIENT, false),
            0,
            Some(false),
            false,
        ),
        (
            "a full mailbox, the third in a week",
            BounceFacts { failures_week: 2, ..returned() },
            report("failed", "5.2.2", CLIENT, false),
            1,
            Some(false),
            true,
        ),
        ("a second report", BounceFacts { known: Some(true), ..returned() }, hard(), 0, None, false),
        ("for good after all", BounceFacts { known: Some(false), ..returned() }, hard(), 1, Some(true), true),
        ("a warning of delay", returned(), report("delayed", "4.4.1", CLIENT, false), 0, None, false),
    ];
    for (what, bounce, report, told, hard, stops) in rows {
        let decision = decided(bounced_by(bounce, report));
        assert_eq!(decision.letters.len(), told, "{what}");
        assert_eq!(noted(&decision).map(|(hard, _)| hard), hard, "{what}");
        assert_eq!(suppressed(&decision), stops, "{what}");
        assert_eq!(decision.outcome, Outcome::Control, "{what}");
        assert!(decision.ticket.is_some() && !event_kinds(&decision).is_empty(), "{what}");
        assert_silent_to_clients(&decision);
    }
}

#[test]
fn a_report_that_names_no_mail_of_ours_changes_nothing() {
    for class in [Class::Bounce, Class::DeliveryReport, Class::Complaint] {
        let mut facts = bounced_by(returned(), hard());
        (facts.bounce, facts.bounce_address, facts.reading.class) = (None, false, class);
        // It names a ticket by what anybody may know.
        facts.threads = vec![reference(Some(CLIENT), false), reference(None, false)];
        let decision = decided(facts);
        assert_eq!((decision.outcome, decision.ticket), (Outcome::Control, None));
        assert!(decision.changes.is_empty() && decision.letters.is_empty());
    }
}

#[test]
fn nothing_that_comes_to_a_bounce_address_is_answered_or_opens_a_ticket() {
    let senders = [client(), person(9, "verify@antispam.example"), alice()];
    let classes = [Class::Human, Class::AutoReply, Class::List, Class::Bulk, Class::Bounce];
    for sender in senders {
        for class in classes {
            for known in [true, false] {
                let mut facts = mail(&sender, "To deliver your mail, click here.", true);
                facts.reading.class = class;
                facts.bounce_address = true;
                facts.bounce = known.then(returned);
                facts.tickets = vec![ticket(State::Waiting)];
                let decision = decided(facts);
                assert_eq!(decision.outcome, Outcome::Control, "{class:?} {known}");
                assert!(
                    decision.letters.iter().all(|l| l.to.address != sender.address || class == Class::Bounce)
                );
                assert_eq!((decision.ticket.is_some(), state_after(&decision)), (known, None), "{class:?}");
                assert_eq!(messages(&decision).len(), usize::from(known), "kept on the ticket");
                if class != Class::Bounce {
                    let is_told = class == Class::Human && known && sender.address != ALICE;
                    assert_eq!(decision.letters.is_empty(), !is_told, "{class:?}");
                    assert!(!suppressed(&decision), "{class:?}");
                    assert_silent_to_clients(&decision);
                }
            }
        }
    }
}

#[test]
fn what_a_person_writes_to_a_bounce_address_is_told_to_the_team_once_a_day() {
    let written = |sender: &PersonFacts| MailFacts {
        bounce_address: true,
        bounce: Some(returned()),
        tickets: vec![ticket(State::Waiting)],
        ..mail(sender, "It works again.", true)
    };
    let decision = decided(written(&client()));
    assert_eq!(letters(&decision), ["news>alice@example.com", "news>bob@example.com"]);
    assert_eq!(cause(&decision), Some(NotificationCause::ClientAnswered));
    assert_eq!(cause(&decided(written(&person(50, "wei@other.example")))), Some(NotificationCause::Stranger));
    assert_eq!((decision.outcome, state_after(&decision)), (Outcome::Control, None), "it may be a robot's");
    assert_eq!(event_kinds(&decision), ["to_bounce_address"]);
    let mut again = written(&client());
    let told = |hours| EventBrief {
        at: hours_ago(hours),
        actor: CLIENT.into(),
        kind: "to_bounce_address".into(),
        detail: String::new(),
    };
    again.tickets[0].history = vec![told(23)];
    assert_eq!(letters(&decided(again.clone())), [""; 0]);
    again.tickets[0].history = vec![told(25)];
    assert_eq!(letters(&decided(again)).len(), 2);
}

#[test]
fn whoever_writes_to_their_own_address_as_well_is_heard() {
    let facts =
        MailFacts { bounce_address: true, bounce: Some(returned()), ..answer(State::Waiting, "here it is") };
    let decision = decided(facts);
    assert_eq!((decision.outcome, state_after(&decision)), (Outcome::Ticket, Some(State::Open)));
}

#[test]
fn a_report_without_a_sender_counts_all_the_same() {
    let mut facts = bounced_by(returned(), hard());
    facts.sender = None;
    let decision = decided(facts);
    assert_eq!((event_kinds(&decision), suppressed(&decision)), (vec!["bounce", "suppressed"], true));
    assert!(messages(&decision).is_empty());
}

#[test]
fn mail_to_staff_that_comes_back_is_told_to_the_operators_once_a_day_and_suppresses_nobody() {
    let to_alice = || BounceFacts {
        is_reply: false,
        to_agent: true,
        author: None,
        recipient: alice(),
        failures_week: 50,
        ..returned()
    };
    let report = || report("failed", "5.1.1", ALICE, true);
    let decision = decided(bounced_by(to_alice(), report()));
    assert_eq!(letters(&decision), ["alert>ops@example.com"]);
    assert!(!decision.changes.iter().any(|c| matches!(c, Change::Suppress { .. })));
    assert!(messages(&decision).len() == 1);
    let again = decided(bounced_by(BounceFacts { told_day: true, ..to_alice() }, report()));
    assert_eq!((again.letters.len(), noted(&again)), (0, Some((true, false))));
    // An alert to the operator comes back: nobody is left to tell.
    let operator = BounceFacts { recipient: person(3, "ops@example.com"), ticket: None, ..to_alice() };
    let decision = decided(bounced_by(operator, report()));
    assert_eq!((decision.letters.len(), decision.ticket, noted(&decision)), (0, None, Some((true, false))));
    // An agent who is a client of the desk too is no client to be silenced.
    let reply = BounceFacts { recipient: alice(), ..returned() };
    let decision = decided(bounced_by(reply, report()));
    assert!(!decision.changes.iter().any(|c| matches!(c, Change::Suppress { .. })));
}

/// Each row: what kept the mail from leaving, whether the agent is told, whether mail to the client stops.
#[test]
fn a_mail_that_our_own_server_refuses_is_as_one_that_came_back() {
    let rows = [
        (Some("550 5.1.1 <address> User unknown"), 0, true, NotificationCause::Unreachable),
        (Some("550 no such user here"), 0, true, NotificationCause::Unreachable),
        (Some("554 5.7.1 Message rejected as spam"), 0, false, NotificationCause::Undelivered),
        (Some("554 5.7.1 Message rejected as spam"), 2, true, NotificationCause::Unreachable),
        (Some("552 5.3.4 too big"), 0, false, NotificationCause::Undelivered),
        // Nothing that says anything of the recipient, however often.
        (None, 9, false, NotificationCause::Undelivered),
    ];
    for (words, failures_week, stops, expected) in rows {
        let refused = RefusedFacts {
            bounce: BounceFacts { evidence: BounceEvidence::Server, failures_week, ..returned() },
            ticket: Some(ticket(State::Waiting)),
            report: words.map(crate::mail::of_refusal),
            why: words.unwrap_or("given up after five days: no answer within 300 s").into(),
        };
        let decision = decide(&Facts::Refused(Box::new(refused)), &policy(), now());
        assert_eq!(letters(&decision), [format!("news>{BOB}")], "{words:?}");
        assert_eq!((cause(&decision), suppressed(&decision)), (Some(expected), stops), "{words:?}");
        assert!(noted(&decision).is_some() && messages(&decision).is_empty());
        assert!(!event_kinds(&decision).contains(&"bounce"), "its line of history is there already");
        let LetterBody::Notification { note, .. } = &decision.letters[0].body else { panic!() };
        assert!(note.as_deref().is_some_and(|n| n.contains(words.unwrap_or("five days"))), "{note:?}");
    }
}

#[test]
fn a_bundle_goes_to_its_agent_and_answers_to_it_to_no_ticket() {
    let item =
        BundleItem { subject: "s".into(), text: "t".into(), reply_address: "support+x@example.com".into() };
    let policy = policy();
    let letter = bundle::letter(&policy.agents[0], &policy, vec![item.clone()]);
    assert_eq!((letter.to.address.as_str(), letter.language.as_str()), (ALICE, "zh"));
    assert_eq!((letter.reply_purpose, letter.automatic), (None, Some(Automatic::AutoGenerated)));
    assert_eq!(letter.body, LetterBody::Bundle(vec![item]));
}

#[test]
fn an_answer_to_a_whole_bundle_is_refused_and_not_lost_in_a_new_ticket() {
    let facts = MailFacts { answers_bundle: true, ..mail(&alice(), "Please clear the cache.", true) };
    let decision = decided(facts.clone());
    assert_eq!(letters(&decision), [format!("refusal>{ALICE}")]);
    assert_eq!((problems(&decision), decision.ticket), (vec![Problem::AnswersBundle], None));
    assert_eq!((decision.outcome, decision.changes.len()), (Outcome::Control, 0));
    // Whoever writes to the address of one of them is understood.
    let one = MailFacts { answers_bundle: true, ..agent_mail(State::Open, "Please clear the cache.") };
    assert_eq!(letters(&decided(one)), [format!("reply>{CLIENT}"), format!("transcript>{ALICE}")]);
    let forged = MailFacts { answers_bundle: true, ..mail(&alice(), "x", false) };
    assert!(!letters(&decided(forged)).contains(&format!("refusal>{ALICE}")), "not for a forged one");
}

fn silenced(released_hours: Option<i64>) -> PersonFacts {
    PersonFacts {
        suppressed: true,
        suppressed_at: Some(hours_ago(2)),
        suppressed_why: "5.1.1 no such user".into(),
        released_at: released_hours.map(hours_ago),
        ..client()
    }
}

fn released(decision: &Decision) -> bool {
    decision.changes.contains(&Change::Release(client().id))
}

#[test]
fn a_person_who_writes_from_a_silenced_address_is_answered_again_once_a_day() {
    for (last, good) in [(None, true), (Some(23), false), (Some(25), true)] {
        let decision = decided(mail(&silenced(last), "Why do you not answer?", true));
        assert_eq!(released(&decision), good, "{last:?}");
        assert_eq!(decision.no_acknowledgement.is_none(), good, "{last:?}");
        assert_eq!(event_kinds(&decision).contains(&"released"), good);
        assert_eq!(decision.ticket, Some(TicketRef::New), "the ticket is made in any case");
    }
    let mut answer = answer(State::Waiting, "I am back.");
    answer.sender = Some(silenced(None));
    assert!(released(&decided(answer)));
    // Written within the second in which our mail came back: its arrival is known to the second only.
    let mut at_once = mail(&silenced(None), "Why do you not answer?", true);
    at_once.received_at = hours_ago(2);
    let bounced_at = at_once.received_at + jiff::SignedDuration::from_millis(60);
    at_once.sender = Some(PersonFacts { suppressed_at: Some(bounced_at), ..silenced(None) });
    assert!(released(&decided(at_once)));
}

#[test]
fn no_robot_and_no_old_mail_releases_an_address() {
    type Spoil = fn(&mut MailFacts);
    let rows: Vec<(&str, Spoil)> = vec![
        ("an out-of-office answer", |f| f.reading.class = Class::AutoReply),
        ("a list", |f| f.reading.class = Class::List),
        ("marked automatic", |f| f.reading.no_automatic_mail = Some("Precedence: bulk".into())),
        ("sent before it bounced", |f| f.received_at = hours_ago(3)),
        ("disowned by its domain", |f| {
            f.reading.trace.authentication_results =
                vec![results(1, "mx.example.com; dmarc=fail (p=REJECT) header.from=huaxia.example")];
        }),
        ("under Reply-To", |f| f.reading.trace.stand_in = true),
        ("an answer to our own subject without a thread", |f| f.flood.subject_names_ticket = true),
        ("the same words for the third time", |f| {
            f.reading.reply = "Your message was received and will be read on Monday.".into();
            f.flood.same_text_week = 2;
        }),
    ];
    for (what, spoil) in rows {
        let mut facts = mail(&silenced(None), "x", true);
        spoil(&mut facts);
        let decision = decided(facts);
        assert!(!released(&decision), "{what}");
        assert_silent_to_clients(&decision);
    }
}
