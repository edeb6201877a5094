use jiff::{SignedDuration, Timestamp};

use super::world::*;
use crate::{
    desk::*,
    mail::Class,
    triage::{Evidence, Product},
};

fn import(open_since: Option<Timestamp>) -> ImportFacts {
    ImportFacts { batch: "old".into(), state: State::Closed, open_since }
}

/// An old mail of this person that answers the imported ticket, which is in this state.
fn old(from: &PersonFacts, state: State, text: &str) -> MailFacts {
    MailFacts {
        threads: vec![reference(None, false)],
        tickets: vec![TicketFacts { imported: true, ..ticket(state) }],
        imported: Some(import(None)),
        ..mail(from, text, false)
    }
}

fn desk() -> PersonFacts {
    person(9, SUPPORT)
}

/// Our own mail to this address.
fn sent(to: &str) -> MailFacts {
    let mut facts = old(&desk(), State::Closed, "Please clear the cache.");
    facts.reading.class = Class::OwnAddress;
    facts.reading.to = vec![address(to)];
    facts
}

#[test]
fn nothing_leaves_and_no_clock_starts_whoever_wrote() {
    let people = [client(), alice(), desk(), person(50, "stranger@elsewhere.example")];
    for from in &people {
        for class in
            [Class::Human, Class::AutoReply, Class::List, Class::Bulk, Class::Bounce, Class::OwnAddress]
        {
            for state in State::ALL {
                for known in [true, false] {
                    let mut facts = old(from, state, "#close\nIt is still empty.");
                    facts.reading.class = class;
                    if !known {
                        (facts.threads, facts.tickets) = (Vec::new(), Vec::new());
                    }
                    let decision = decided(facts);
                    assert_eq!(letters(&decision), Vec::<String>::new(), "{from:?} {class:?} {state:?}");
                    let clock = |c: &Change| matches!(c, Change::StartTimer { .. } | Change::StopTimer(_));
                    assert!(!decision.changes.iter().any(clock));
                }
            }
        }
    }
}

#[test]
fn our_own_old_answer_is_an_answer() {
    let decision = decided(sent(CLIENT));
    assert_eq!(messages(&decision), [(MessageKind::Reply, "Please clear the cache.".to_owned())]);
    assert!(decision.changes.contains(&Change::FirstResponse(now())));
    // To a third party it is none of the client's business.
    assert_eq!(messages(&decided(sent("dev@vendor.example")))[0].0, MessageKind::Note);
    let mut automatic = sent(CLIENT);
    automatic.reading.no_automatic_mail = Some("Auto-Submitted: auto-replied".into());
    let decision = decided(automatic);
    assert_eq!(messages(&decision)[0].0, MessageKind::Report);
    assert!(!decision.changes.iter().any(|c| matches!(c, Change::FirstResponse(_))));
    let stray = MailFacts { threads: Vec::new(), tickets: Vec::new(), ..sent(CLIENT) };
    let decision = decided(stray);
    assert_eq!((decision.outcome, decision.reason.as_str()), (Outcome::Ignored, imported::NO_CONVERSATION));
    assert_eq!(decided(MailFacts { own_mail: true, ..sent(CLIENT) }).outcome, Outcome::Ignored);
    // The same mail without an import is what it was.
    assert_eq!(decided(MailFacts { imported: None, ..sent(CLIENT) }).reason, "own_address");
}

#[test]
fn a_conversation_is_one_ticket_however_long_its_pauses() {
    let mut facts = old(&client(), State::Closed, "It is empty again.");
    facts.tickets[0].closed_at = Some(now() - SignedDuration::from_hours(24 * 400));
    assert!(matches!(decided(facts).ticket, Some(TicketRef::Existing(..))));
    // A colleague on Cc belongs to it, and does not become a participant.
    let colleague = decided(old(&person(50, "boss@huaxia.example"), State::Closed, "Me too."));
    assert_eq!((colleague.outcome, messages(&colleague)[0].0), (Outcome::Ticket, MessageKind::Client));
    assert!(!colleague.changes.iter().any(|c| matches!(c, Change::Participant(_))));
}

#[test]
fn what_goes_on_stays_as_it_stands() {
    let since = |facts: MailFacts| MailFacts { imported: Some(import(Some(hours_ago(1)))), ..facts };
    let answered = |state| state_after(&decided(since(old(&client(), state, "It is empty again."))));
    assert_eq!(answered(State::Closed), Some(State::Open));
    assert_eq!(answered(State::Waiting), Some(State::Open));
    assert_eq!(state_after(&decided(since(sent(CLIENT)))), Some(State::Waiting));
    let new = MailFacts { threads: vec![], tickets: vec![], ..old(&client(), State::New, "Hello") };
    assert_eq!(state_after(&decided(since(new.clone()))), Some(State::New));
    assert_eq!(state_after(&decided(new)), Some(State::Closed));
    // A mail that comes after a newer one changes nothing.
    let mut late = since(old(&client(), State::Waiting, "It is empty again."));
    late.tickets[0].history = vec![EventBrief {
        at: now() + SignedDuration::from_hours(1),
        actor: SUPPORT.into(),
        kind: "reply".into(),
        detail: String::new(),
    }];
    assert_eq!(state_after(&decided(late)), None);
}

#[test]
fn a_ticket_on_which_others_work_is_only_added_to() {
    let worked_on = |mut facts: MailFacts| {
        facts.tickets[0].imported = false;
        decided(facts)
    };
    for decision in [worked_on(old(&client(), State::Open, "Hello")), worked_on(sent(CLIENT))] {
        assert_eq!(decision.outcome, Outcome::Ticket);
        assert_eq!((decision.changes.len(), state_after(&decision)), (2, None));
    }
    let stranger = worked_on(old(&person(50, "stranger@elsewhere.example"), State::Open, "Hello"));
    assert_eq!((stranger.outcome, messages(&stranger).len()), (Outcome::Held, 0));
}

fn with_browser(mut facts: MailFacts, name: &str, source: &str) -> MailFacts {
    facts.triage.fields.browser = Some(Product { name: Some(name.into()), version: None });
    let evidence = Evidence { source: source.into(), span: String::new(), confidence: 0.9 };
    facts.triage.evidence.insert("browser".into(), evidence);
    facts
}

fn browser(decision: &Decision) -> Option<String> {
    decision.changes.iter().find_map(|change| match change {
        Change::Facts(matter) => matter.facts.get("browser").map(|fact| fact.value.clone()),
        _ => None,
    })
}

#[test]
fn an_imported_ticket_has_its_facts_and_its_marks() {
    let new = || MailFacts {
        threads: vec![],
        tickets: vec![],
        ..old(&client(), State::New, "The chart is blank since ERR_X12345")
    };
    let decision = decided(with_browser(new(), "Chrome", "prose"));
    assert_eq!(browser(&decision).as_deref(), Some("Chrome"));
    let scopes: Vec<&str> = decision
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Marks { scope, .. } => Some(scope.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(scopes, ["huaxia.example", similar::SCOPE]);
    assert_eq!(letters(&decision), [""; 0]);
    // What is known of its sender today was not so then.
    let known = Fact { value: "Firefox".into(), source: "label".into(), ..Fact::default() };
    let mut later = new();
    later.known = [("browser".to_owned(), known)].into();
    assert_eq!(browser(&decided(later)), None);
    // Later mails of the conversation add to it; our own answers do not, nor do old mails to a ticket on which others work.
    let answer = |state| old(&client(), state, "It is in Firefox.");
    assert_eq!(
        browser(&decided(with_browser(answer(State::Open), "Firefox", "label"))).as_deref(),
        Some("Firefox")
    );
    assert_eq!(browser(&decided(with_browser(sent(CLIENT), "Firefox", "label"))), None);
    let mut worked_on = with_browser(answer(State::Open), "Firefox", "label");
    worked_on.tickets[0].imported = false;
    assert_eq!(browser(&decided(worked_on)), None);
}
