//! Every rule of FAULTS section 2 keeps the ticket and stops the acknowledgement.

use super::world::*;
use crate::{desk::*, mail::Class};

/// Each row: the mail makes its ticket, and no acknowledgement leaves, for this reason.
#[test]
fn every_rule_suppresses_the_acknowledgement_and_keeps_the_ticket() {
    type Spoil = fn(&mut MailFacts);
    let rows: Vec<(&str, Spoil)> = vec![
        ("Auto-Submitted: auto-generated", |f| {
            f.reading.no_automatic_mail = Some("Auto-Submitted: auto-generated".into());
        }),
        ("not written by a person", |f| f.reading.class = Class::Bulk),
        ("not written by a person", |f| f.reading.class = Class::List),
        ("not written by a person", |f| f.reading.class = Class::AutoReply),
        ("none that mail can be sent to", |f| {
            f.sender.as_mut().unwrap().address = "lina@huaxia.example\"".into()
        }),
        ("none that mail can be sent to", |f| f.sender.as_mut().unwrap().address = "lina@huaxia".into()),
        ("From holds no address", |f| f.reading.trace.stand_in = true),
        ("our address is not among", |f| f.reading.to = vec![address("someone@else.example")]),
        ("more than 50 Received", |f| f.reading.trace.received = 51),
        ("DMARC failed", |f| {
            f.reading.trace.authentication_results =
                vec![results(1, "mx.example.com; dmarc=fail (p=REJECT) header.from=huaxia.example")];
        }),
        ("bounced before", |f| f.sender.as_mut().unwrap().suppressed = true),
        ("older than 24 h", |f| f.received_at = hours_ago(25)),
        ("1 acknowledgements to this address in 10 minutes", |f| f.limits.acks_address_10min = 1),
        ("5 acknowledgements to this address in a day", |f| f.limits.acks_address_day = 5),
        ("60 acknowledgements to this domain", |f| f.limits.acks_domain_hour = 60),
        ("200 acknowledgements in an hour", |f| f.limits.acks_hour = 200),
    ];
    for (reason, spoil) in rows {
        let mut facts = mail(&client(), "x", true);
        spoil(&mut facts);
        let decision = decided(facts);
        assert_eq!((decision.outcome, decision.ticket), (Outcome::Ticket, Some(TicketRef::New)), "{reason}");
        assert_silent_to_clients(&decision);
        let why = decision.no_acknowledgement.clone().unwrap_or_default();
        assert!(why.contains(reason), "{why} / {reason}");
        assert!(event_kinds(&decision).contains(&"acknowledgement_suppressed"));
        assert_eq!(decision.letters.len(), 2, "the team is told all the same");
    }
}

#[test]
fn our_address_counts_wherever_it_stands() {
    let spoils: [fn(&mut MailFacts); 3] = [
        |f| f.reading.cc = vec![address("HELP@example.com")],
        |f| f.reading.cc = vec![address("support+abc@example.com")],
        |f| f.reading.trace.delivered_to = vec![SUPPORT.into()],
    ];
    for spoil in spoils {
        let mut facts = mail(&client(), "x", true);
        facts.reading.to.clear();
        spoil(&mut facts);
        assert_eq!(decided(facts).no_acknowledgement, None);
    }
}

#[test]
fn a_held_stranger_counts_against_the_ticket_s_limits() {
    let spoils: [fn(&mut TicketFacts); 2] = [|t| t.automatic_hour = 1, |t| t.automatic_row = 10];
    for spoil in spoils {
        let mut facts = MailFacts {
            threads: vec![reference(Some(CLIENT), false)],
            tickets: vec![ticket(State::Open)],
            ..mail(&person(8, "x@y.example"), "hi", false)
        };
        spoil(&mut facts.tickets[0]);
        let decision = decided(facts);
        assert_eq!(decision.outcome, Outcome::Held);
        assert_silent_to_clients(&decision);
        assert!(decision.no_acknowledgement.is_some());
    }
}

#[test]
fn an_oversized_mail_makes_a_ticket_and_is_acknowledged() {
    let facts = MailFacts { oversized_bytes: Some(40 << 20), ..mail(&client(), "", true) };
    let decision = decided(facts);
    assert_eq!(letters(&decision)[0], format!("ack>{CLIENT}"));
    assert!(event_kinds(&decision).contains(&"oversized"));
}
