//! `#merge`, and where answers to a merged ticket go (SPEC section 6).

use super::world::*;
use crate::desk::*;

const WEI: &str = "wei@huaxia.example";

/// Ticket 977, of the same client or another.
fn other(requester: PersonFacts, state: State) -> TicketFacts {
    TicketFacts {
        id: TicketId(977),
        version: 8,
        participants: vec![requester.address.clone()],
        requester,
        ..ticket(state)
    }
}

fn merge(text: &str, into: Option<TicketFacts>) -> MailFacts {
    let mut facts = agent_mail(State::Open, text);
    facts.tickets.extend(into);
    facts
}

fn merged(decision: &Decision) -> Option<(i64, i64, Vec<Change>)> {
    decision.changes.iter().find_map(|change| match change {
        Change::Merge { into, version, changes } => Some((into.0, *version, changes.clone())),
        _ => None,
    })
}

#[test]
fn a_ticket_of_the_same_client_is_merged() {
    for text in ["#merge 977", "#merge #977", "#合并 977", "#merge: #977\n#note\nthe same"] {
        let decision = decided(merge(text, Some(other(client(), State::Waiting))));
        let (into, version, changes) = merged(&decision).expect(text);
        assert_eq!((into, version), (977, 8));
        assert_eq!(state_after(&decision), Some(State::Merged));
        assert!(changes.contains(&Change::State(State::Open)), "the client waits there now");
        assert!(!changes.iter().any(|c| matches!(c, Change::Join(_))));
        assert!(decision.changes.contains(&Change::StopTimer(TimerKind::FirstResponse)));
        assert_silent_to_clients(&decision);
    }
}

#[test]
fn what_cannot_be_merged_is_refused_whole() {
    let wei = || person(9, WEI);
    for (text, into, reason) in [
        ("#merge 977", None, Unsuitable::NoTicket),
        ("#merge 1042", None, Unsuitable::Itself),
        ("#merge 977", Some(other(client(), State::Merged)), Unsuitable::Gone),
        ("#merge 977", Some(other(client(), State::Spam)), Unsuitable::Gone),
        ("#merge 977", Some(other(wei(), State::Open)), Unsuitable::OtherPeople),
        ("#merge 977\n\nIt works again.", Some(other(client(), State::Open)), Unsuitable::ReplyBesides),
    ] {
        let decision = decided(merge(text, into));
        let found = problems(&decision);
        assert!(
            matches!(found[..], [Problem::Unsuitable { reason: r, .. }] if r == reason),
            "{text}: {found:?}"
        );
        assert_eq!((merged(&decision), state_after(&decision)), (None, None), "{text}");
    }
    let gone = decided(merge("#merge 977", Some(other(client(), State::Open))));
    assert!(merged(&gone).is_some());
    let mut from_spam = merge("#merge 977", Some(other(client(), State::Open)));
    from_spam.tickets[0].state = State::Spam;
    assert!(matches!(problems(&decided(from_spam))[..], [Problem::WrongState { .. }]));
    let two = decided(merge("#merge 977\n#close", Some(other(client(), State::Open))));
    assert!(matches!(problems(&two)[..], [Problem::Contradiction { .. }]));
}

#[test]
fn people_come_along_only_when_the_agent_says_so() {
    let decision = decided(merge("#merge 977 +cc", Some(other(person(9, WEI), State::Resolved))));
    let (_, _, changes) = merged(&decision).unwrap();
    assert!(changes.iter().any(|c| matches!(c, Change::Join(p) if p.address == CLIENT)));
    assert!(changes.contains(&Change::State(State::Open)));
}

/// The client answers on the merged ticket 1042; 977 took it in.
fn answer_to_merged(into: TicketFacts) -> MailFacts {
    let mut facts = answer(State::Merged, "any news?");
    facts.tickets[0].merged_into = Some(into.id);
    facts.tickets.push(into);
    facts
}

#[test]
fn answers_to_a_merged_ticket_lead_to_the_other() {
    let decision = decided(answer_to_merged(other(client(), State::Waiting)));
    assert_eq!(decision.ticket, Some(TicketRef::Existing(TicketId(977), 8)));
    assert_eq!(state_after(&decision), Some(State::Open));
    let mut by_reference = answer_to_merged(other(client(), State::Waiting));
    by_reference.tokens.clear();
    by_reference.threads = vec![reference(Some(CLIENT), false)];
    assert_eq!(decided(by_reference).ticket, Some(TicketRef::Existing(TicketId(977), 8)));
}

#[test]
fn whoever_stayed_behind_is_held() {
    let decision = decided(answer_to_merged(other(person(9, WEI), State::Waiting)));
    assert_eq!((decision.outcome, cause(&decision)), (Outcome::Held, Some(NotificationCause::Stranger)));
    assert_silent_to_strangers(&decision);
}

/// Whoever is not on the ticket hears nothing of it but that their mail came.
fn assert_silent_to_strangers(decision: &Decision) {
    for letter in decision.letters.iter().filter(|l| l.to.address == CLIENT) {
        assert_eq!(letter.reply_purpose, None);
    }
}

#[test]
fn an_agent_answers_the_merged_ticket_nowhere() {
    let mut facts = agent_mail(State::Merged, "It works again.");
    facts.tickets[0].merged_into = Some(TicketId(977));
    facts.tickets.push(other(person(9, WEI), State::Open));
    let decision = decided(facts);
    assert!(matches!(problems(&decision)[..], [Problem::WrongState { .. }]));
    assert_silent_to_clients(&decision);
}

#[test]
fn merges_that_go_round_end() {
    let mut facts = answer_to_merged(other(client(), State::Merged));
    facts.tickets[1].merged_into = Some(TicketId(1042));
    assert!(facts.standing(TicketId(1042)).is_some());
    assert_eq!(decided(facts).outcome, Outcome::Ticket, "kept, wherever");
}

#[test]
fn tickets_are_named_by_commands_alone() {
    let named = |text| commands::other_tickets(text).into_iter().map(|id| id.0).collect::<Vec<_>>();
    assert_eq!(named("#merge 977\n#take"), [977]);
    assert_eq!(named("#take #merge #977"), [977]);
    assert_eq!(named("hello\n#merge 977"), [0; 0]);
    assert_eq!(named("#note #merge 977"), [0; 0]);
}

fn fact(value: &str, source: &str, confidence: u8) -> Fact {
    Fact { value: value.into(), source: source.into(), confidence, ..Fact::default() }
}

fn knowing(ticket: TicketFacts, facts: &[(&str, Fact)], asked: &[&str]) -> TicketFacts {
    let facts = facts.iter().map(|(name, fact)| ((*name).to_owned(), fact.clone())).collect();
    let asked = asked.iter().map(|name| (*name).to_owned()).collect();
    TicketFacts { matter: Matter { facts, asked, ..Matter::default() }, ..ticket }
}

/// What ticket 977 knows after it took in 1042.
fn known_after(merged: TicketFacts, into: TicketFacts) -> Option<Matter> {
    let mut facts = agent_mail(State::Open, "#merge 977 +cc");
    facts.tickets = vec![merged, into];
    let (_, _, changes) = merged_changes(&decided(facts));
    changes.into_iter().find_map(|change| match change {
        Change::Facts(matter) => Some(matter),
        _ => None,
    })
}

fn merged_changes(decision: &Decision) -> (i64, i64, Vec<Change>) {
    merged(decision).unwrap_or_else(|| panic!("{:?}", problems(decision)))
}

fn values(matter: &Matter) -> Vec<(&str, &str)> {
    matter.facts.iter().map(|(name, fact)| (name.as_str(), fact.value.as_str())).collect()
}

#[test]
fn facts_of_both_tickets_are_joined_and_the_older_word_wins_only_where_it_is_surer() {
    // 1042 began five hours ago, 977 later or earlier.
    let into = |hours: i64, facts: &[(&str, Fact)]| {
        knowing(
            TicketFacts { created_at: hours_ago(hours), ..other(client(), State::Open) },
            facts,
            &["evidence"],
        )
    };
    let merged = |facts: &[(&str, Fact)]| knowing(ticket(State::Open), facts, &["username", "evidence"]);
    let (chrome, firefox) = (fact("Chrome 126", "prose", 80), fact("Firefox 130", "prose", 80));
    let joined = known_after(
        merged(&[("browser", chrome.clone()), ("username", fact("lina01", "label", 95))]),
        into(2, &[("browser", firefox.clone()), ("steps_tried", fact("cache", "prose", 70))]),
    )
    .unwrap();
    assert_eq!(
        values(&joined),
        [("browser", "Firefox 130"), ("steps_tried", "cache"), ("username", "lina01")]
    );
    assert_eq!(
        (joined.asked, joined.asked_elsewhere),
        (vec!["evidence".to_owned()], vec!["username".to_owned()])
    );
    for (older, newer, expected) in [
        (chrome.clone(), firefox.clone(), "Firefox 130"),
        (fact("Chrome 126", "label", 90), firefox.clone(), "Chrome 126"),
        (fact("Chrome 126", "history", 90), firefox.clone(), "Firefox 130"),
        (chrome.clone(), fact("Firefox 130", "header", 90), "Chrome 126"),
        (fact("Chrome 126", "prose", 95), fact("Firefox 130", "prose", 50), "Chrome 126"),
        (fact("Chrome 126", "prose", 95), fact("Firefox 130", "answer", 50), "Firefox 130"),
    ] {
        let browser = |matter: Option<Matter>, own: &Fact| {
            matter.map_or_else(|| own.value.clone(), |matter| matter.facts["browser"].value.clone())
        };
        let of = |fact: &Fact| [("browser", fact.clone())];
        let into_newer = known_after(merged(&of(&older)), into(2, &of(&newer)));
        assert_eq!(browser(into_newer, &newer), expected, "{older:?} {newer:?}");
        let into_older = known_after(merged(&of(&newer)), into(9, &of(&older)));
        assert_eq!(browser(into_older, &older), expected, "{older:?} {newer:?}");
    }
    let same = known_after(knowing(ticket(State::Open), &[], &[]), into(2, &[("browser", chrome)]));
    assert_eq!(same, None, "nothing new");
}

#[test]
fn another_person_s_words_fill_gaps_and_what_is_known_of_them_stays_theirs() {
    let wei = |facts: &[(&str, Fact)]| knowing(other(person(9, WEI), State::Open), facts, &[]);
    let of_client = [
        ("browser", fact("Chrome 126", "label", 95)),
        ("os", fact("Windows 11", "prose", 80)),
        ("username", fact("lina01", "history", 90)),
    ];
    let joined = known_after(
        knowing(ticket(State::Open), &of_client, &[]),
        wei(&[("browser", fact("Firefox 130", "prose", 60))]),
    );
    assert_eq!(values(&joined.unwrap()), [("browser", "Firefox 130"), ("os", "Windows 11")]);
    // What nobody proved corrects nothing that was proven.
    let proven = TicketFacts { requester_proven: true, ..other(client(), State::Open) };
    let proven = knowing(proven, &[("browser", fact("Firefox 130", "prose", 60))], &[]);
    let forged = knowing(ticket(State::Open), &[("browser", fact("Chrome 126", "label", 95))], &[]);
    assert_eq!(known_after(forged, proven), None);
}

#[test]
fn an_answer_to_the_merged_ticket_s_questions_answers_those() {
    let mut facts = answer(State::Merged, "1. lina01\n2. Chrome 126");
    let into = TicketFacts { merged_into: None, ..other(client(), State::Waiting) };
    facts.tickets = vec![
        knowing(
            TicketFacts { merged_into: Some(TicketId(977)), ..ticket(State::Merged) },
            &[],
            &["username", "browser"],
        ),
        knowing(into, &[], &["occurred_at", "evidence"]),
    ];
    let told = |facts: MailFacts| {
        let decision = decided(facts);
        let matter = decision.changes.iter().find_map(|change| match change {
            Change::Facts(matter) => Some(matter.clone()),
            _ => None,
        });
        (decision.ticket, matter.unwrap_or_default())
    };
    let (ticket, matter) = told(facts.clone());
    assert_eq!(ticket, Some(TicketRef::Existing(TicketId(977), 8)));
    assert_eq!(values(&matter), [("browser", "Chrome 126"), ("username", "lina01")]);
    // What answers the ticket's own questions answers these.
    facts.tokens = vec![token(Purpose::Client, 977, 7)];
    let (_, matter) = told(facts);
    assert_eq!(values(&matter), [("occurred_at", "lina01")], "by their own numbers");
}
