//! Mails of staff: the table of FAULTS section 1, commands, confirmations, and everybody who only claims to be staff.

use super::world::*;
use crate::{desk::*, mail::*};

#[test]
fn a_and_b_send_the_reply_and_wait() {
    let mut facts = agent_mail(State::New, "Please clear the cache.");
    facts.reading.attachments = vec![
        Attachment { inline: true, size: 900, ..Attachment::default() },
        Attachment { inline: true, size: 90_000, ..Attachment::default() },
        Attachment { size: 5, ..Attachment::default() },
    ];
    let decision = decided(facts);
    assert_eq!(decision.outcome, Outcome::Ticket);
    assert_eq!(letters(&decision), ["reply>lina@huaxia.example", "transcript>alice@example.com"]);
    assert_eq!(messages(&decision), [(MessageKind::Reply, "Please clear the cache.".to_owned())]);
    assert_eq!(state_after(&decision), Some(State::Waiting));
    assert!(decision.changes.contains(&Change::FirstResponse(now())));
    assert!(decision.changes.contains(&Change::StopTimer(TimerKind::FirstResponse)));
    let reply = &decision.letters[0];
    assert_eq!(
        (reply.automatic, reply.reply_purpose, reply.person),
        (None, Some(Purpose::Client), PersonId(7))
    );
    assert_eq!(reply.files.iter().map(|f| f.index).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(reply.in_reply_to.as_deref(), Some("first@huaxia.example"));
    assert_eq!(reply.language, "zh");
    let LetterBody::Transcript { sent_words, sent_to, help, .. } = &decision.letters[1].body else {
        panic!()
    };
    assert_eq!((*sent_words, sent_to.as_ref().unwrap().address.as_str(), *help), (4, CLIENT, false));
}

#[test]
fn a_second_reply_sets_no_first_response() {
    let mut facts = agent_mail(State::Open, "again");
    facts.tickets[0].first_response_at = Some(hours_ago(1));
    let decision = decided(facts);
    assert!(!decision.changes.iter().any(|c| matches!(c, Change::FirstResponse(_) | Change::StopTimer(_))));
}

#[test]
fn commands_alone_send_nothing_to_the_client() {
    let decision = decided(agent_mail(State::New, "#take\n#technical\n#urgent\n"));
    assert_eq!(decision.outcome, Outcome::Control);
    assert!(decision.letters.is_empty(), "{:?}", letters(&decision));
    assert!(decision.changes.contains(&Change::Assignee(Some(ALICE.into()))));
    assert!(decision.changes.contains(&Change::Priority(Priority::Urgent)));
    assert_eq!(state_after(&decision), Some(State::Open));
    assert_eq!(event_kinds(&decision), ["assignee", "priority", "state"]);
}

#[test]
fn refiling_a_ticket_teaches_and_saying_the_same_does_not() {
    let correction = |text: &str| {
        let decision = decided(agent_mail(State::Open, text));
        decision.changes.into_iter().find(|c| matches!(c, Change::Correction { .. }))
    };
    let Some(Change::Correction { before, category, .. }) = correction("#account\n") else { panic!() };
    assert_eq!((before.as_deref(), category.as_str()), (Some("technical"), "account"));
    assert_eq!(correction("#technical\n"), None);
}

#[test]
fn commands_above_a_reply_outrank_its_waiting() {
    for (text, after) in [
        ("#resolve\nDone.", Some(State::Resolved)),
        ("#关闭\n好了", Some(State::Closed)),
        ("#reopen\nWe look again.", None),
        ("＃紧急\n马上看", Some(State::Waiting)),
    ] {
        let decision = decided(agent_mail(State::Open, text));
        assert_eq!(state_after(&decision), after, "{text}");
        let reply = messages(&decision).remove(0);
        assert!(!reply.1.contains(['#', '＃']), "{reply:?}");
    }
}

#[test]
fn a_note_never_leaves() {
    for text in ["#note ask Bob", "#note\nask Bob", "#urgent\n#备注：ask Bob", "#take #note ask Bob"] {
        let decision = decided(agent_mail(State::Open, text));
        assert_silent_to_clients(&decision);
        assert_eq!(messages(&decision), [(MessageKind::Note, "ask Bob".to_owned())], "{text}");
        assert!(!decision.changes.iter().any(|c| matches!(c, Change::FirstResponse(_))));
    }
    let hash = decided(agent_mail(State::Open, "#note see #close\n#resolve"));
    assert_eq!(state_after(&hash), None);
    assert_eq!(messages(&hash)[0].1, "see #close\n#resolve");
}

#[test]
fn refusals_change_nothing_and_send_nothing_to_the_client() {
    let cases = [
        ("#clsoe\nbye", "did_you_mean Some(\"#close\")"),
        ("#urgent\n#frobnicate", "did_you_mean None"),
        ("#close\n#wait", "Contradiction"),
        ("#assign chen", "BadArgument"),
        ("#assign olga", "BadArgument"),
        ("#priority huge", "BadArgument"),
        ("#category nonsense", "BadArgument"),
        ("   \n", "NothingNew"),
        ("#note", "NothingNew"),
    ];
    for (text, expected) in cases {
        let decision = decided(agent_mail(State::Open, text));
        assert_eq!(letters(&decision), ["refusal>alice@example.com"], "{text}");
        let shown = format!("{:?}", problems(&decision)).replace("did_you_mean: ", "did_you_mean ");
        assert!(shown.contains(expected), "{text}: {shown}");
        assert_eq!(event_kinds(&decision), ["refused"]);
        assert_eq!(decision.changes.len(), 1, "{text}");
    }
}

#[test]
fn impossible_orders_are_refused() {
    for (state, text) in [
        (State::Spam, "hello"),
        (State::Merged, "hello"),
        (State::Merged, "#reopen"),
        (State::Closed, "#wait"),
        (State::Closed, "#take"),
    ] {
        let decision = decided(agent_mail(state, text));
        assert!(matches!(problems(&decision)[..], [Problem::WrongState { .. }]), "{state:?} {text}");
        assert_silent_to_clients(&decision);
    }
    let reopened = decided(agent_mail(State::Spam, "#reopen\nSorry for the wait."));
    assert_eq!((state_after(&reopened), messages(&reopened).len()), (Some(State::Open), 1));
}

#[test]
fn hidden_text_and_a_suppressed_client_refuse() {
    let mut hidden = agent_mail(State::Open, "hello");
    hidden.reading.command_text = None;
    assert_eq!(problems(&decided(hidden)), [Problem::HiddenText]);
    let mut gone = agent_mail(State::Open, "hello");
    let requester = &mut gone.tickets[0].requester;
    (requester.suppressed, requester.suppressed_at) = (true, Some(hours_ago(1)));
    requester.suppressed_why = "5.1.1".into();
    let problem =
        Problem::NoRecipient { address: CLIENT.into(), since: Some(hours_ago(1)), why: "5.1.1".into() };
    assert_eq!(problems(&decided(gone)), [problem]);
}

#[test]
fn a_command_below_a_quote_is_neither_obeyed_nor_sent() {
    let mut facts = agent_mail(State::Open, "#close\nbye");
    facts.reading.command_text = Some("> earlier text\n\n#close\nbye".into());
    let decision = decided(facts);
    assert_eq!(problems(&decision), [Problem::BelowQuote { command: "#close".to_owned() }]);
    assert_silent_to_clients(&decision);
}

#[test]
fn an_observer_may_only_ask() {
    let olga = person(103, "olga@example.com");
    let by_olga = |text: &str| {
        decided(MailFacts {
            tokens: vec![token(Purpose::Agent, 1042, 103)],
            tickets: vec![ticket(State::Open)],
            ..mail(&olga, text, true)
        })
    };
    for text in ["#close", "hello client", "#note hm"] {
        assert!(matches!(problems(&by_olga(text))[..], [Problem::NotAllowed { .. }]), "{text}");
    }
    assert_eq!(letters(&by_olga("#help")), ["transcript>olga@example.com"]);
}

#[test]
fn whoever_gets_a_ticket_is_told() {
    let decision = decided(agent_mail(State::Open, "#assign Bob"));
    assert_eq!(letters(&decision), ["news>bob@example.com"]);
    assert_eq!(cause(&decision), Some(NotificationCause::Assigned));
    let decision = decided(agent_mail(State::Open, "#account"));
    assert!(decision.changes.contains(&Change::Team(Some("accounts".into()))));
    assert_eq!(letters(&decision), ["news>carol@example.com"]);
    let mut taken = agent_mail(State::Open, "#assign none");
    taken.tickets[0].assignee = Some(ALICE.into());
    assert!(decided(taken).changes.contains(&Change::Assignee(None)));
}

#[test]
fn files_alone_are_no_reply() {
    let mut facts = agent_mail(State::Open, "");
    facts.reading.attachments = vec![Attachment { size: 5, ..Attachment::default() }];
    assert_eq!(problems(&decided(facts.clone())), [Problem::NothingNew]);
    facts.reading.reply = "#note".into();
    facts.reading.command_text = Some("#note".into());
    assert_eq!(messages(&decided(facts)), [(MessageKind::Note, String::new())]);
}

#[test]
fn secrets_in_a_reply_do_not_leave() {
    let secret = "a2".repeat(23) + "b";
    let decision = decided(agent_mail(State::Open, &format!("write to support+{secret}@example.com")));
    assert_eq!(messages(&decision)[0].1, "write to support@example.com");
    assert!(!serde_json::to_string(&decision.letters).unwrap().contains(&secret));
}

#[test]
fn b_without_a_waits_for_a_confirmation_at_the_registered_address() {
    let mut facts = agent_mail(State::Open, "#resolve\nDone.");
    facts.reading.trace.authentication_results.clear();
    let decision = decided(facts.clone());
    assert_eq!(decision.outcome, Outcome::Held);
    assert_eq!(letters(&decision), ["confirm>alice@example.com"]);
    assert_eq!(decision.letters[0].reply_purpose, Some(Purpose::Confirm));
    let LetterBody::Confirmation { actions, text, recipient, expires_at, .. } = &decision.letters[0].body
    else {
        panic!()
    };
    assert_eq!((actions.as_slice(), text.as_deref()), (&["#resolve".to_owned()][..], Some("Done.")));
    assert_eq!(recipient.as_ref().unwrap().address, CLIENT);
    assert_eq!(*expires_at, now() + jiff::SignedDuration::from_mins(15));
    assert!(messages(&decision).is_empty());

    let over = LimitCounts { confirmations_hour: 3, ..LimitCounts::default() };
    let decision = decided(MailFacts { limits: over, ..facts.clone() });
    assert_eq!((decision.outcome, decision.letters.len()), (Outcome::Held, 0));

    let released = decided(confirmed(facts));
    assert_eq!(letters(&released), ["reply>lina@huaxia.example", "transcript>alice@example.com"]);
    assert_eq!(state_after(&released), Some(State::Resolved));
}

#[test]
fn a_and_b_that_two_mails_could_share_wait_for_a_confirmation() {
    let replayed = MailFacts { replayed: true, ..agent_mail(State::Open, "#close\nbye") };
    let mut repeated = agent_mail(State::Open, "#close\nbye");
    repeated.reading.trace.repeated = true;
    let mut several = agent_mail(State::Open, "#close\nbye");
    several.tokens.push(token(Purpose::Agent, 5, 100));
    several.tickets.push(TicketFacts { id: TicketId(5), ..ticket(State::Open) });
    for facts in [replayed, repeated, several] {
        let decision = decided(facts.clone());
        assert_eq!(
            (decision.outcome, letters(&decision)),
            (Outcome::Held, vec!["confirm>alice@example.com".to_owned()])
        );
        assert_eq!(event_kinds(&decision), ["held"]);
        let released = decided(confirmed(facts));
        assert_eq!(state_after(&released), Some(State::Closed));
    }
    let mut twice = agent_mail(State::Open, "#close");
    twice.tokens.push(token(Purpose::Agent, 1042, 100));
    assert_eq!(state_after(&decided(twice)), Some(State::Closed), "the same ticket twice is one");
}

#[test]
fn a_without_b_is_a_note_and_waits() {
    let facts = MailFacts { tokens: vec![], ..agent_mail(State::Open, "Please clear the cache.") };
    let decision = decided(facts.clone());
    assert_eq!(
        (decision.outcome, letters(&decision)),
        (Outcome::Held, vec!["confirm>alice@example.com".to_owned()])
    );
    assert!(messages(&decision).is_empty(), "a mail becomes a message once: when it is confirmed");
    let Change::Event { kind, content, .. } = &decision.changes[0] else { panic!("{:?}", decision.changes) };
    assert_eq!((kind.as_str(), content.as_str()), ("note", "Please clear the cache."));
    assert_eq!(decided(confirmed(facts)).outcome, Outcome::Ticket);

    let fresh = decided(mail(&alice(), "A client called.", true));
    assert_eq!(fresh.ticket, Some(TicketRef::New));
    assert_eq!(letters(&fresh), ["news>bob@example.com"]);
    assert_eq!(fresh.no_acknowledgement.as_deref(), Some("written by staff"));
}

#[test]
fn without_subaddressing_the_notification_s_message_id_is_possession() {
    let mut policy = policy();
    policy.mailboxes[0].subaddressing = String::new();
    let by = |sent_to: &str, to_agent| {
        let threads = vec![reference(Some(sent_to), to_agent)];
        let facts = MailFacts { tokens: vec![], threads, ..agent_mail(State::Open, "hello") };
        decided_by(facts, &policy)
    };
    assert_eq!(by(ALICE, true).outcome, Outcome::Ticket);
    assert_eq!(by(BOB, true).outcome, Outcome::Held);
    assert_eq!(by(ALICE, false).outcome, Outcome::Held);
}

#[test]
fn forged_agents_do_nothing() {
    let strip = |mut facts: MailFacts| {
        facts.reading.trace.authentication_results.clear();
        facts
    };
    let mut two_from = agent_mail(State::Open, "#close\nGo away");
    two_from.reading.trace.strict_from = None;
    let mut listed = agent_mail(State::Open, "#close\nGo away");
    listed.reading.class = Class::List;
    let assigned_to_alice = |mut facts: MailFacts| {
        facts.tickets[0].assignee = Some(ALICE.into());
        facts
    };
    let told =
        decided(assigned_to_alice(strip(MailFacts { tokens: vec![], ..agent_mail(State::Open, "x") })));
    assert_eq!(letters(&told), ["news>bob@example.com"], "the next in line, not whose name was used");
    let forged: Vec<(&str, MailFacts, Outcome)> = vec![
        ("nothing", strip(mail(&alice(), "#close\nGo away", false)), Outcome::Ticket),
        (
            "reference",
            strip(MailFacts { tokens: vec![], ..agent_mail(State::Open, "#close\nx") }),
            Outcome::Held,
        ),
        ("two From", two_from, Outcome::Held),
        ("a list", listed, Outcome::Held),
        (
            "another agent's token",
            MailFacts {
                tokens: vec![token(Purpose::Agent, 1042, 999)],
                ..agent_mail(State::Open, "#close\nx")
            },
            Outcome::Held,
        ),
        (
            "a client's token",
            strip(MailFacts {
                tokens: vec![token(Purpose::Client, 1042, 7)],
                ..agent_mail(State::Open, "#close")
            }),
            Outcome::Held,
        ),
        (
            "a flipped token",
            strip(MailFacts {
                tokens: vec![TokenFinding::Invalid("forged or altered".into())],
                ..agent_mail(State::Open, "#close")
            }),
            Outcome::Held,
        ),
    ];
    for (name, facts, outcome) in forged {
        let decision = decided(facts);
        assert_eq!(decision.outcome, outcome, "{name}");
        assert_eq!(state_after(&decision), None, "{name}");
        assert_silent_to_clients(&decision);
        assert_eq!(cause(&decision), Some(NotificationCause::ClaimsStaff), "{name}");
        assert!(!messages(&decision).iter().any(|(kind, _)| *kind == MessageKind::Reply), "{name}");
    }
}

#[test]
fn a_leaked_token_alerts_the_lead_else_the_operators() {
    let thief = person(66, "thief@evil.example");
    let facts = MailFacts {
        tokens: vec![token(Purpose::Agent, 1042, 100)],
        tickets: vec![ticket(State::Open)],
        ..mail(&thief, "#close", true)
    };
    let decision = decided(facts.clone());
    assert_eq!(
        (decision.outcome, letters(&decision)),
        (Outcome::Held, vec!["news>bob@example.com".to_owned()])
    );
    let mut leaderless = facts;
    leaderless.tickets[0].team = Some("accounts".into());
    assert_eq!(letters(&decided(leaderless)), ["alert>ops@example.com"]);
}

#[test]
fn a_robot_that_answers_notifications_from_an_unknown_address_ends() {
    let alias = person(66, "a.chen@example.com");
    let mut facts = MailFacts {
        tokens: vec![token(Purpose::Agent, 1042, 100)],
        tickets: vec![ticket(State::Open)],
        ..mail(&alias, "I am away", true)
    };
    let held =
        |at| EventBrief { at, actor: alias.address.clone(), kind: "held".into(), detail: String::new() };
    facts.tickets[0].history = vec![held(hours_ago(2)), held(now())];
    assert_eq!(decided(facts.clone()).letters.len(), 1, "told once in this hour");
    facts.tickets[0].history.push(held(now()));
    let decision = decided(facts.clone());
    assert_eq!((decision.outcome, decision.letters.len()), (Outcome::Held, 0));
    assert_eq!(event_kinds(&decision), ["held"]);
    facts.tickets[0].history.clear();
    facts.reading.class = Class::AutoReply;
    assert!(decided(facts).letters.is_empty());
}

#[test]
fn whoever_left_the_staff_is_a_stranger_with_their_old_token() {
    let mut policy = policy();
    policy.agents.retain(|a| a.address != ALICE);
    let decision =
        decided_by(MailFacts { confirmed: true, ..agent_mail(State::Open, "#close\nbye") }, &policy);
    assert_eq!((decision.outcome, cause(&decision)), (Outcome::Held, Some(NotificationCause::Stranger)));
    assert_eq!(state_after(&decision), None);
}

#[test]
fn an_agent_s_robot_commands_and_confirms_nothing() {
    let mut away = agent_mail(State::Open, "#close\nI am away");
    away.reading.class = Class::AutoReply;
    let decision = decided(away);
    assert_eq!((decision.outcome, decision.changes.len(), decision.letters.len()), (Outcome::Control, 0, 0));
}

#[test]
fn a_confirmation_releases_once_in_time_for_its_agent() {
    let confirmation = ConfirmationFacts {
        id: 4,
        agent: ALICE.into(),
        held: RawId(9),
        action: "a".repeat(64),
        expires_at: now() + jiff::SignedDuration::from_mins(1),
        used: false,
        sealed: true,
        hinted: false,
    };
    let by = |sender: &PersonFacts, confirmation: ConfirmationFacts, class| {
        let mut facts = MailFacts { confirmation: Some(confirmation), ..mail(sender, "ok", false) };
        facts.reading.class = class;
        decided(facts)
    };
    let good = by(&alice(), confirmation.clone(), Class::Human);
    let release = Release { held: RawId(9), action: "a".repeat(64) };
    assert_eq!((good.outcome, good.release), (Outcome::Control, Some(release)));
    let until = now() + jiff::SignedDuration::from_hours(12);
    let opened = Change::OpenPeriod { agent: ALICE.into(), until, confirmation: 4 };
    assert_eq!(good.changes, [Change::UseConfirmation(4), opened]);
    let expired = ConfirmationFacts { expires_at: hours_ago(1), ..confirmation.clone() };
    let used = ConfirmationFacts { used: true, ..confirmation.clone() };
    for bad in [
        by(&alice(), expired, Class::Human),
        by(&alice(), used, Class::Human),
        by(&person(2, BOB), confirmation.clone(), Class::Human),
        by(&client(), confirmation.clone(), Class::Human),
        by(&alice(), confirmation, Class::AutoReply),
    ] {
        assert_eq!((bad.outcome, bad.release, bad.letters.len()), (Outcome::Control, None, 0));
        assert!(bad.changes.is_empty());
    }
}

#[test]
fn whoever_gets_a_ticket_sees_what_the_client_wrote_and_the_colleague_noted() {
    let mut facts = agent_mail(State::Open, "#account\n#note She is on the phone until noon.");
    facts.tickets[0].last_client_text = "Please correct our invoice.".into();
    let decision = decided(facts);
    assert_eq!(letters(&decision), ["news>carol@example.com"]);
    let LetterBody::Notification { note, text, author, .. } = &decision.letters[0].body else { panic!() };
    assert_eq!(note.as_deref(), Some("She is on the phone until noon."));
    assert_eq!((text.as_str(), author), ("Please correct our invoice.", &None));
}

#[test]
fn a_promise_that_was_kept_is_no_deadline_any_more() {
    let promised = |answered: bool| {
        let mut facts = answer(State::Waiting, "It happens again.");
        facts.tickets[0].first_response_due_at = Some(now());
        facts.tickets[0].first_response_at = answered.then(|| hours_ago(1));
        let decision = decided(facts);
        let LetterBody::Notification { brief, .. } = &decision.letters[0].body else { panic!() };
        brief.first_response_due_at
    };
    assert_eq!((promised(false), promised(true)), (Some(now()), None));
}

#[test]
fn staff_learn_who_wrote_where_it_was_not_the_requester() {
    let stranger = person(300, "mallory@other.example");
    let facts = MailFacts {
        threads: vec![reference(Some(CLIENT), false)],
        tickets: vec![ticket(State::Open)],
        ..mail(&stranger, "me too", true)
    };
    let decision = decided(facts);
    assert_eq!(cause(&decision), Some(NotificationCause::Stranger));
    let news = decision.letters.iter().find_map(|l| match &l.body {
        LetterBody::Notification { author, .. } => author.clone(),
        _ => None,
    });
    assert_eq!(news.map(|a| a.address).as_deref(), Some("mallory@other.example"));
}

#[test]
fn whoever_shows_themself_as_staff_or_as_us_is_flagged_to_the_team_and_answered_like_anybody() {
    let named = |name: &str, address: &str| PersonFacts { name: Some(name.into()), ..person(70, address) };
    let by = |sender: &PersonFacts, proven| {
        let mut facts = mail(sender, "please pay", proven);
        facts.reading.from = Some(Address { name: sender.name.clone(), address: sender.address.clone() });
        decided(facts)
    };
    for (name, address, proven) in [
        ("Alice Chen", "alice.chen@mail.example", true),
        ("\"Chen, Alice\"", "ceo@example.com", false),
        ("ALICE  ChEn", "x@mail.example", false),
        ("Аlісе Chen", "x@mail.example", true),
        ("Example Support", "x@mail.example", true),
        ("alice@example.com", "x@mail.example", true),
        ("Support (support＠example.com)", "x@mail.example", true),
        ("", "alice@example.com@mail.example", true),
        ("", "boss@example.com", false),
        ("", "alice@examp1e.com", true),
        ("", "alice@example.com.evil.example", true),
        ("", "alice@ехаmрӏе.com", false),
    ] {
        let decision = by(&named(name, address), proven);
        assert_eq!(cause(&decision), Some(NotificationCause::Imitates), "{name} {address}");
        let LetterBody::Notification { hints, .. } = &decision.letters.last().unwrap().body else { panic!() };
        assert!(hints.warnings[0].starts_with("the sender"), "{name} {address}: staff read why");
        assert!(event_kinds(&decision).contains(&"impersonation"), "{name} {address}");
        assert_eq!((decision.outcome, decision.ticket), (Outcome::Ticket, Some(TicketRef::New)));
    }
    for (name, address, proven) in [
        ("Alice", "x@mail.example", true),
        ("Alice Chan", "x@mail.example", true),
        ("Boss", "boss@example.com", true),
        ("", "alice@sample.com", true),
    ] {
        let decision = by(&named(name, address), proven);
        assert_eq!(cause(&decision), Some(NotificationCause::NewTicket), "{name} {address}");
        assert!(!event_kinds(&decision).contains(&"impersonation"));
    }
    let decision = by(&named("", "alice@ехаmрӏе.com"), false);
    let shown = decision.letters.iter().find_map(|l| match &l.body {
        LetterBody::Notification { brief, .. } => Some(brief.requester.address.as_str()),
        _ => None,
    });
    assert_eq!(shown, Some("alice@xn--m-7sboc8c1a38g.com"), "staff see what it is");
}

#[test]
fn a_desk_at_a_free_mail_provider_owns_nothing_there() {
    let mut policy = policy();
    policy.mailboxes[0].address = "our-desk@gmail.com".into();
    policy.mailboxes[0].aliases.clear();
    let mut facts = mail(&person(70, "somebody@gmail.com"), "help", false);
    facts.reading.to = vec![address("our-desk@gmail.com")];
    assert_eq!(cause(&decided_by(facts, &policy)), Some(NotificationCause::NewTicket));
}
