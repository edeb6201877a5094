//! Mails of clients, strangers and robots: which ticket, which letters, which state (SPEC sections 4, 6, 7, 8).

use super::world::*;
use crate::{desk::*, mail::*};

#[test]
fn a_new_mail_makes_a_ticket_an_acknowledgement_and_news_for_the_team() {
    let decision = decided(mail(&client(), "升级后甘特图一直空白", true));
    assert_eq!((decision.outcome, decision.ticket), (Outcome::Ticket, Some(TicketRef::New)));
    assert_eq!(
        letters(&decision),
        ["ack>lina@huaxia.example", "news>alice@example.com", "news>bob@example.com"]
    );
    let Change::Create { subject, requester_proven, language, team, created_at, linked_to, .. } =
        &decision.changes[0]
    else {
        panic!("{:?}", decision.changes)
    };
    assert_eq!((subject.as_str(), *requester_proven, language.as_str()), ("甘特图无法加载", true, "zh"));
    assert_eq!((team.as_deref(), *created_at, *linked_to), (Some("tech"), now(), None));
    assert_eq!(messages(&decision), [(MessageKind::Client, "升级后甘特图一直空白".to_owned())]);
    assert_eq!(event_kinds(&decision), ["created", "acknowledgement"]);
    let ack = &decision.letters[0];
    assert_eq!((ack.reply_purpose, ack.automatic), (Some(Purpose::Client), Some(Automatic::AutoReplied)));
    assert_eq!((ack.in_reply_to.as_deref(), ack.language.as_str()), (Some("m1@sender.example"), "zh"));
    assert_eq!(decision.letters[1].language, "zh");
    assert_eq!(decision.letters[2].language, "en");
    assert!(decision.letters[1..].iter().all(|l| l.reply_purpose == Some(Purpose::Agent)));
}

#[test]
fn an_unproven_sender_gets_nothing_of_their_text_back() {
    let named = PersonFacts { name: Some("Buy gold at evil.example".into()), ..client() };
    let thread = vec!["buy-gold@evil.example".to_owned()];
    let mut facts = mail(&named, "buy gold", false);
    facts.reading.references.clone_from(&thread);
    let decision = decided(facts);
    let LetterBody::Acknowledgement { subject, .. } = &decision.letters[0].body else { panic!() };
    assert_eq!(*subject, None);
    assert_eq!(decision.letters[0].to.name, None);
    assert_eq!(decision.letters[0].references, ["m1@sender.example"]);

    let mut facts = mail(&client(), "help", true);
    facts.reading.references = thread;
    let proven = decided(facts).letters.remove(0);
    assert_eq!((proven.to.name.as_deref(), proven.references.len()), (Some("李娜"), 2));
}

#[test]
fn the_promise_follows_the_target_that_fits_best_and_the_reminder_its_last_fraction() {
    let target = |category: Option<&str>, priority, seconds| SlaTarget {
        category: category.map(str::to_owned),
        priority,
        first_response_seconds: Some(seconds),
    };
    let sla = SlaPolicy {
        plan: "*".into(),
        remind_at: vec![0.5, 0.8],
        targets: vec![
            target(None, None, 10_000),
            target(Some("technical"), None, 5_000),
            target(None, Some(Priority::Urgent), 1_000),
        ],
    };
    let mut facts = mail(&client(), "x", true);
    facts.triage.category.name = Some("technical".into());
    facts.triage.category.auto = true;
    facts.triage.priority.name = Some("urgent".into());
    let decision = decided_by(facts.clone(), &Policy { sla: vec![sla], ..policy() });
    let LetterBody::Acknowledgement { promise, .. } = decision.letters[0].body else { panic!() };
    let later = |seconds| now() + jiff::SignedDuration::from_secs(seconds);
    assert_eq!(promise, Some(later(5_000)));
    let timer = Change::StartTimer { kind: TimerKind::FirstResponse, due_at: later(4_000) };
    assert!(decision.changes.contains(&timer), "{:?}", decision.changes);

    let decision = decided(facts);
    let LetterBody::Acknowledgement { promise, .. } = decision.letters[0].body else { panic!() };
    assert_eq!(promise, None, "no target, no promise");
    let timer = Change::StartTimer { kind: TimerKind::FirstResponse, due_at: later(4 * 3600) };
    assert!(decision.changes.contains(&timer));
}

#[test]
fn what_nothing_filed_is_shown_with_its_two_best_guesses() {
    let mut facts = mail(&client(), "x", true);
    let row = |name: &str, confidence| crate::triage::Ranked { name: name.into(), confidence };
    facts.triage.category.ranking = vec![row("account", 0.62), row("technical", 0.31), row("business", 0.07)];
    facts.triage.category.name = Some("account".into());
    let shown = |facts: MailFacts| {
        let found = decided(facts).letters.into_iter().find_map(|letter| match letter.body {
            LetterBody::Notification { brief, .. } => Some(brief),
            _ => None,
        });
        let brief = found.unwrap();
        let guesses: Vec<(String, u8)> = brief.guesses.into_iter().map(|g| (g.category, g.percent)).collect();
        (brief.category, guesses)
    };
    let two = vec![("account".to_owned(), 62), ("technical".to_owned(), 31)];
    assert_eq!(shown(facts.clone()), (None, two));
    let mut clear = facts.clone();
    clear.triage.category.ranking = vec![row("account", 0.75), row("technical", 0.03)];
    assert_eq!(shown(clear), (None, vec![("account".to_owned(), 75)]), "a second guess that nobody holds");
    facts.triage.category.auto = true;
    assert_eq!(shown(facts), (Some("account".to_owned()), vec![("account".to_owned(), 62)]));
}

#[test]
fn a_ticket_that_a_guess_filed_says_which_words_did() {
    let mut facts = mail(&client(), "x", true);
    facts.triage.category = crate::triage::CategoryGuess {
        name: Some("account".into()),
        confidence: 0.97,
        auto: true,
        reasons: ["learned for account: 席位", "account: refund", "technical: error", "account: 席位"]
            .map(str::to_owned)
            .to_vec(),
        ranking: vec![crate::triage::Ranked { name: "account".into(), confidence: 0.97 }],
    };
    let filed = |facts: &MailFacts, policy: &Policy| {
        decided_by(facts.clone(), policy).changes.into_iter().find_map(|change| match change {
            Change::Event { kind, content, .. } if kind == "filed" => Some(content),
            _ => None,
        })
    };
    assert_eq!(filed(&facts, &policy()).as_deref(), Some("account 97 %: 席位, refund"));
    // A rule needs no reason, and a doubtful guess files nothing.
    let rule = Rule { category: Some("account".into()), ..Rule::default() };
    assert_eq!(filed(&facts, &Policy { rules: vec![rule], ..policy() }), None);
    let doubtful = MailFacts {
        triage: crate::triage::Triage {
            category: crate::triage::CategoryGuess { auto: false, ..facts.triage.category.clone() },
            ..facts.triage.clone()
        },
        ..facts.clone()
    };
    assert_eq!(filed(&doubtful, &policy()), None);
    // What the model knew before a reload may be no category of this desk any more.
    let other = Policy { categories: vec!["delivery".into()], ..policy() };
    assert_eq!(filed(&facts, &other), None);
    let Change::Create { category, .. } = decided_by(facts, &other).changes.remove(0) else { panic!() };
    assert_eq!(category, None);
}

#[test]
fn rules_route_before_guesses_and_weak_guesses_file_nothing() {
    let mut facts = mail(&client(), "Bitte ein ANGEBOT", true);
    facts.triage.category.name = Some("account".into());
    facts.triage.category.confidence = 0.79;
    facts.triage.category.auto = false;
    let created =
        |policy: &Policy, facts: &MailFacts| match decided_by(facts.clone(), policy).changes.remove(0) {
            Change::Create { category, priority, team, tags, .. } => (category, priority, team, tags),
            other => panic!("{other:?}"),
        };
    let plain = created(&policy(), &facts);
    assert_eq!(plain, (None, Priority::Normal, Some("tech".into()), vec![]));
    facts.triage.category.auto = true;
    assert_eq!(created(&policy(), &facts).2.as_deref(), Some("accounts"));
    let ruled = Policy {
        rules: vec![
            Rule {
                sender_domains: vec!["xia.example".into()],
                team: Some("accounts".into()),
                ..Rule::default()
            },
            Rule {
                sender_domains: vec!["huaxia.example".into()],
                body_words: vec!["angebot".into(), "quote".into()],
                category: Some("business".into()),
                tags: vec!["pre-sales".into()],
                ..Rule::default()
            },
            Rule { category: Some("technical".into()), priority: Some(Priority::High), ..Rule::default() },
        ],
        ..policy()
    };
    let expected =
        (Some("business".into()), Priority::High, Some("tech".into()), vec!["pre-sales".to_owned()]);
    assert_eq!(created(&ruled, &facts), expected);
}

#[test]
fn an_answer_lands_on_its_ticket_and_moves_it() {
    use State::{Closed, New, OnHold, Open, Resolved, Spam, Waiting};
    for (before, after) in [
        (New, None),
        (Open, None),
        (Waiting, Some(Open)),
        (OnHold, None),
        (Resolved, Some(Open)),
        (Closed, Some(Open)),
        (Spam, None),
    ] {
        let mut facts = answer(before, "Chrome 126, Windows 11");
        facts.tickets[0].closed_at = (before == Closed).then(|| hours_ago(24 * 13));
        let decision = decided(facts);
        assert_eq!(decision.ticket, Some(TicketRef::Existing(TicketId(1042), 3)));
        assert_eq!(state_after(&decision), after, "{before:?}");
        let cause_expected = match before {
            Resolved | Closed => Some(NotificationCause::Reopened),
            Spam => None,
            _ => Some(NotificationCause::ClientAnswered),
        };
        assert_eq!(cause(&decision), cause_expected, "{before:?}");
        assert_silent_to_clients(&decision);
    }
}

#[test]
fn an_answer_long_after_closing_begins_a_linked_ticket() {
    let mut facts = answer(State::Closed, "es geht wieder nicht");
    facts.tickets[0].closed_at = Some(hours_ago(24 * 15));
    let decision = decided(facts);
    assert_eq!(decision.ticket, Some(TicketRef::New));
    assert!(matches!(decision.changes[0], Change::Create { linked_to: Some(TicketId(1042)), .. }));
    assert!(matches!(
        decision.letters[0].body,
        LetterBody::Acknowledgement { continues: Some(TicketId(1042)), .. }
    ));
    assert_eq!(decided(answer(State::Merged, "and?")).ticket, Some(TicketRef::New));
}

#[test]
fn thanks_on_a_resolved_ticket_is_recorded_and_disturbs_nobody() {
    for thanks in [
        "Thanks!",
        "谢谢",
        "好的，谢谢您！",
        "Thank you very much for your quick help.",
        "Vielen Dank",
        "収到ありがとう",
    ] {
        let decision = decided(answer(State::Resolved, thanks));
        let quiet = decision.letters.is_empty() && state_after(&decision).is_none();
        assert_eq!(quiet, !thanks.contains('収'), "{thanks}");
        assert_eq!(messages(&decision).len(), 1);
    }
    for more in [
        "Thanks, but it still fails",
        "谢谢，还是不行",
        "thanks?",
        "ok",
        "Thank you. When will it be released",
    ] {
        assert_eq!(state_after(&decided(answer(State::Resolved, more))), Some(State::Open), "{more}");
    }
    assert_eq!(state_after(&decided(answer(State::Waiting, "thanks"))), Some(State::Open));
    let mut with_file = answer(State::Resolved, "thanks");
    with_file.reading.attachments.push(Attachment::default());
    assert_eq!(state_after(&decided(with_file)), Some(State::Open));
}

#[test]
fn an_assignee_alone_is_told_and_small_files_go_along() {
    let mut facts = answer(State::Open, "log attached");
    facts.tickets[0].assignee = Some(ALICE.into());
    facts.reading.attachments =
        vec![Attachment { name: "a.log".into(), size: 10 << 20, ..Attachment::default() }];
    let decision = decided(facts.clone());
    assert_eq!(letters(&decision), ["news>alice@example.com"]);
    assert_eq!(decision.letters[0].files, [FileRef { raw: RawId(55), index: 0 }]);
    facts.reading.attachments[0].size += 1;
    let decision = decided(facts);
    assert!(decision.letters[0].files.is_empty());
    assert!(matches!(&decision.letters[0].body,
        LetterBody::Notification { files_left_out: true, files, .. } if files.len() == 1));
}

#[test]
fn a_reference_counts_only_for_those_on_the_ticket() {
    let facts = MailFacts {
        tokens: vec![],
        threads: vec![reference(Some(CLIENT), false)],
        ..answer(State::Open, "x")
    };
    assert_eq!(decided(facts).outcome, Outcome::Ticket);
    let colleague = person(8, "wang@huaxia.example");
    for tokens in [vec![], vec![token(Purpose::Client, 1042, 7)]] {
        let facts = MailFacts {
            tokens,
            threads: vec![reference(Some(CLIENT), false)],
            tickets: vec![ticket(State::Waiting)],
            ..mail(&colleague, "I answer for her", true)
        };
        let decision = decided(facts);
        assert_eq!(decision.outcome, Outcome::Held);
        assert_eq!((cause(&decision), state_after(&decision)), (Some(NotificationCause::Stranger), None));
        assert!(messages(&decision).is_empty());
        let ack = decision.letters.last().unwrap();
        assert_eq!(ack.to.address, "wang@huaxia.example");
        assert_eq!(ack.reply_purpose, None, "no token: answering must not make them part of the ticket");
        let neutral = LetterBody::Acknowledgement {
            subject: None,
            promise: None,
            continues: None,
            understanding: Understanding::default(),
        };
        assert_eq!(ack.body, neutral);
    }
}

#[test]
fn a_number_in_the_subject_leads_nowhere() {
    let facts = MailFacts { tickets: vec![], ..mail(&client(), "see [#1042]", true) };
    assert_eq!(decided(facts).ticket, Some(TicketRef::New));
}

#[test]
fn a_token_that_is_not_ours_leads_nowhere() {
    let facts = MailFacts {
        tokens: vec![TokenFinding::Invalid("forged or altered".into())],
        tickets: vec![],
        ..mail(&client(), "x", true)
    };
    assert_eq!(decided(facts).ticket, Some(TicketRef::New));
}

#[test]
fn proof_is_kept_up_to_date() {
    let decision = decided(answer(State::Open, "x"));
    assert!(decision.changes.contains(&Change::RequesterProven(true)));
}

#[test]
fn reports_and_robots_change_nothing_and_tell_no_client() {
    let mut bounce = answer(State::Waiting, "undeliverable");
    bounce.reading.class = Class::Bounce;
    let decision = decided(bounce);
    assert_eq!((decision.outcome, state_after(&decision)), (Outcome::Control, None));
    assert_eq!(messages(&decision)[0].0, MessageKind::Report);
    assert_silent_to_clients(&decision);

    let mut lost = mail(&client(), "undeliverable", false);
    lost.reading.class = Class::Complaint;
    let decision = decided(lost);
    assert_eq!((decision.outcome, decision.letters.len(), decision.ticket), (Outcome::Control, 0, None));

    let mut away = answer(State::Resolved, "I am away");
    away.reading.class = Class::AutoReply;
    let decision = decided(away);
    assert_eq!((decision.outcome, state_after(&decision)), (Outcome::Ticket, None));
    assert!(decision.letters.is_empty());
    assert_eq!(messages(&decision)[0].0, MessageKind::Report);
}

#[test]
fn references_stay_bounded_and_keep_the_first_and_the_newest() {
    let mut facts = mail(&client(), "x", true);
    facts.reading.references = (0..50).map(|n| format!("r{n}@x")).collect();
    let chain = decided(facts).letters.remove(0).references;
    assert_eq!((chain.len(), chain[0].as_str(), chain[1].as_str()), (20, "r0@x", "r32@x"));
    assert_eq!(chain.last().unwrap(), "m1@sender.example");
}

#[test]
fn a_person_under_another_address_than_the_proven_one_is_unproven() {
    let mut facts = mail(&client(), "x", true);
    facts.sender = Some(person(3, "other@huaxia.example"));
    assert!(matches!(decided(facts).changes[0], Change::Create { requester_proven: false, .. }));
}

#[test]
fn own_mail_and_second_copies_are_ignored() {
    for address in [SUPPORT, "help@example.com", "Support+abc@example.com"] {
        let decision = decided(mail(&person(1, address), "x", true));
        assert_eq!((decision.outcome, decision.reason.as_str()), (Outcome::Ignored, "own_address"));
    }
    let mut own = mail(&client(), "x", true);
    own.reading.class = Class::OwnAddress;
    assert_eq!(decided(own).outcome, Outcome::Ignored);
    let copy = MailFacts { duplicate_of: Some(TicketId(7)), ..mail(&client(), "x", true) };
    let decision = decided(copy);
    assert_eq!((decision.outcome, decision.letters.len(), decision.changes.len()), (Outcome::Ignored, 0, 0));
}

#[test]
fn a_mail_without_a_sender_is_held_and_operators_told() {
    let facts = MailFacts { sender: None, ..mail(&client(), "x", false) };
    let decision = decided(facts);
    assert_eq!(
        (decision.outcome, letters(&decision)),
        (Outcome::Held, vec!["alert>ops@example.com".to_owned()])
    );
}

#[test]
fn a_timer_reminds_whoever_should_answer_and_nobody_once_answered() {
    let timer = |ticket: TicketFacts| {
        let facts = TimerFacts { kind: TimerKind::FirstResponse, due_at: now(), ticket };
        decide(&Facts::Timer(Box::new(facts)), &policy(), now())
    };
    assert_eq!(
        letters(&timer(ticket(State::New))),
        ["reminder>alice@example.com", "reminder>bob@example.com"]
    );
    let taken = TicketFacts { assignee: Some(BOB.into()), ..ticket(State::Open) };
    assert_eq!(letters(&timer(taken)), ["reminder>bob@example.com"]);
    let answered = TicketFacts { first_response_at: Some(now()), ..ticket(State::Open) };
    assert!(timer(answered).letters.is_empty());
    for state in [State::Waiting, State::OnHold, State::Resolved, State::Closed, State::Spam, State::Merged] {
        assert!(timer(ticket(state)).letters.is_empty(), "{state:?}");
    }
}
