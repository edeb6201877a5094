//! What holds for every mail, state and text.

use proptest::prelude::*;

use super::world::*;
use crate::{
    desk::{
        state::{Input, Step, step},
        *,
    },
    mail::Class,
};

#[test]
fn every_pair_of_state_and_input_keeps_the_machine_s_promises() {
    for state in State::ALL {
        assert_eq!(step(state, Input::RobotWrote), Step::Stay, "{state:?}: a robot changes nothing");
        for input in Input::ALL {
            let next = step(state, input);
            assert_ne!(next, Step::To(state), "{state:?} {input:?}: staying has its own name");
            assert_eq!(next, step(state, input));
            let by_client =
                matches!(input, Input::ClientWrote | Input::ClientWroteLate | Input::ClientThanked);
            if by_client {
                assert_ne!(next, Step::Impossible, "{state:?}: a client's mail is never refused");
                assert!(
                    matches!(next, Step::Stay | Step::NewLinked | Step::To(State::Open)),
                    "{state:?} {input:?}"
                );
            }
            if next == Step::NewLinked {
                assert!(by_client && matches!(state, State::Closed | State::Merged));
            }
            assert!(!matches!(next, Step::To(State::New | State::Spam)), "{state:?} {input:?}");
            assert!(next != Step::To(State::Merged) || input == Input::Merge, "{state:?} {input:?}");
        }
        assert_ne!(
            step(state, Input::ClientWrote).after(state),
            Some(State::Closed),
            "an answer never ends unseen"
        );
    }
}

fn classes() -> impl Strategy<Value = Class> {
    prop::sample::select(vec![
        Class::Human,
        Class::Human,
        Class::AutoReply,
        Class::Bounce,
        Class::DeliveryReport,
        Class::Complaint,
        Class::List,
        Class::Bulk,
        Class::OwnAddress,
    ])
}

fn senders() -> impl Strategy<Value = Option<PersonFacts>> {
    prop::sample::select(vec![Some(client()), Some(alice()), Some(person(8, "x@evil.example")), None])
}

fn tokens() -> impl Strategy<Value = Vec<TokenFinding>> {
    let one = prop::sample::select(vec![
        token(Purpose::Client, 1042, 7),
        token(Purpose::Agent, 1042, 100),
        token(Purpose::Agent, 1042, 999),
        token(Purpose::Client, 5, 7),
        TokenFinding::Invalid("expired".into()),
    ]);
    prop::collection::vec(one, 0..3)
}

prop_compose! {
    fn floods()(
        counts in prop::collection::vec(prop::sample::select(vec![0_u32, 1, 2, 9, 10, 200]), 6),
        breaker in any::<bool>(),
        newest in prop::option::of(prop::sample::select(State::ALL.to_vec())),
        subject_names_ticket in any::<bool>(),
    ) -> FloodFacts {
        FloodFacts {
            breaker_hour: breaker.then_some(counts[0]),
            acks_address_row: counts[1],
            tickets_address_hour: counts[2],
            folded_address_hour: counts[3],
            newest: newest.map(ticket),
            same_text_week: counts[4],
            subject_names_ticket,
            own_text_week: counts[5],
            answers_to_staff_day: counts[0],
        }
    }
}

prop_compose! {
    fn mails()(
        flood in prop_oneof![Just(FloodFacts::default()), floods()],
        acks_hour in prop::sample::select(vec![0_u32, 199, 200]),
        sender in senders(),
        class in classes(),
        proven in any::<bool>(),
        strict in any::<bool>(),
        tokens in tokens(),
        threaded in any::<bool>(),
        confirmed in prop::bool::weighted(0.1),
        state in prop::sample::select(State::ALL.to_vec()),
        text in "(#[a-z]{0,7}\n|#close\n|#note |＃关闭\n)?[ -~\n谢好#]{0,60}",
    ) -> MailFacts {
        let from = sender.clone().unwrap_or_else(|| person(0, "nobody@nowhere.example"));
        let mut facts = mail(&from, &text, proven);
        facts.reading.class = class;
        if !strict {
            facts.reading.trace.strict_from = None;
        }
        let threads = if threaded { vec![reference(Some(ALICE), true)] } else { vec![] };
        facts.limits.acks_hour = acks_hour;
        MailFacts { sender, tokens, threads, confirmed, flood, tickets: vec![ticket(state)], ..facts }
    }
}

proptest! {
    // Seeds of failures are for the failure message, not for files beside the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_facts_give_the_same_decision(facts in mails()) {
        let one = serde_json::to_string(&decided(facts.clone())).unwrap();
        prop_assert_eq!(one, serde_json::to_string(&decided(facts)).unwrap());
    }

    #[test]
    fn nobody_but_a_proven_agent_writes_to_a_client(facts in mails()) {
        let decision = decided(facts.clone());
        let replies = decision.letters.iter().filter(|l| matches!(l.body, LetterBody::Reply { .. })).count();
        let from_agent = facts.reading.trace.strict_from.as_deref() == Some(ALICE);
        let own = facts.tokens.contains(&token(Purpose::Agent, 1042, 100));
        let proven = !facts.reading.trace.authentication_results.is_empty();
        if !(from_agent && facts.reading.class == Class::Human && (facts.confirmed || (own && proven))) {
            prop_assert_eq!(replies, 0);
        }
        prop_assert!(replies <= 1);
    }

    #[test]
    fn a_robot_gets_no_mail_and_a_person_is_never_lost(facts in mails()) {
        let decision = decided(facts.clone());
        let to_sender = decision.letters.iter().any(|l| facts.sender.as_ref().is_some_and(|s| s.address == l.to.address));
        if facts.reading.class != Class::Human {
            prop_assert!(!to_sender);
        } else {
            prop_assert_ne!(decision.outcome, Outcome::Ignored);
        }
        let creates = decision.changes.iter().filter(|c| matches!(c, Change::Create { .. })).count();
        prop_assert_eq!(creates, usize::from(decision.ticket == Some(TicketRef::New)));
        let acks = decision.letters.iter().filter(|l| matches!(l.body, LetterBody::Acknowledgement { .. })).count();
        prop_assert!(acks <= 1);
    }

    #[test]
    fn answers_to_others_than_staff_are_no_more_than_mails_of_people(facts in mails()) {
        let decision = decided(facts.clone());
        let staff = |l: &&Letter| policy().agent(&l.to.address).is_some() || policy().operators.contains(&l.to.address);
        let automatic = decision.letters.iter().filter(|l| l.automatic.is_some() && !staff(l)).count();
        prop_assert!(automatic <= usize::from(facts.reading.class == Class::Human));
        // What is held back starts nothing that could send it later.
        let later = decision.changes.iter().filter(|c| {
            matches!(c, Change::StartTimer { kind, .. } if *kind != TimerKind::FirstResponse)
        });
        prop_assert_eq!(later.count(), 0);
        if decision.no_acknowledgement.is_some() {
            prop_assert_eq!(automatic, 0);
        }
    }

    #[test]
    fn any_text_is_parsed(text in "\\PC{0,80}") {
        let found = commands::parse(&text, &policy(), Role::Agent);
        let _ = (commands::text_after(&text), token::without_tokens(&text), thanks::is_only_thanks(&text));
        prop_assert!(found.commands.len() + found.problems.len() <= text.chars().count());
    }

    #[test]
    fn any_results_field_is_read(value in "[ -~\\\\\"();=.]{0,120}") {
        let mut facts = mail(&client(), "x", false);
        facts.reading.trace.authentication_results = vec![results(0, &value)];
        prop_assert!(!proof::origin(&facts.reading, &Findings::default(), &policy().trust).is_proven());
    }
}
