//! A small desk: one mailbox, two teams, four agents, a client with a ticket.

use jiff::{SignedDuration, Timestamp};

use crate::{
    desk::*,
    mail::{Address, AuthenticationResults, Class, Reading},
};

pub const CLIENT: &str = "lina@huaxia.example";
pub const ALICE: &str = "alice@example.com";
pub const BOB: &str = "bob@example.com";
pub const SUPPORT: &str = "support@example.com";

pub fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

pub fn hours_ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

pub fn policy() -> Policy {
    let agent = |name: &str, address: &str, role, language: &str| AgentPolicy {
        name: name.into(),
        address: address.into(),
        role,
        languages: vec![language.into()],
    };
    let team = |name: &str, category: &str, members: &[&str], lead: Option<&str>| TeamPolicy {
        name: name.into(),
        categories: vec![category.into()],
        members: members.iter().map(|m| (*m).to_owned()).collect(),
        lead: lead.map(str::to_owned),
        ..TeamPolicy::default()
    };
    Policy {
        desk_name: "Example Support".into(),
        default_language: "en".into(),
        mailboxes: vec![MailboxPolicy {
            name: "support".into(),
            address: SUPPORT.into(),
            aliases: vec!["help@example.com".into()],
            subaddressing: "+".into(),
            team: None,
            plain_envelope: false,
        }],
        agents: vec![
            agent("Alice Chen", ALICE, Role::Agent, "zh"),
            agent("Bob Lee", BOB, Role::Lead, "en"),
            agent("Carol Chen", "carol@example.com", Role::Agent, "en"),
            agent("Olga Watch", "olga@example.com", Role::Observer, "en"),
        ],
        teams: vec![
            team("tech", "technical", &[ALICE, BOB], Some(BOB)),
            team("accounts", "account", &["carol@example.com"], None),
        ],
        trust: Trust { authserv_ids: vec!["mx.example.com".into()], own_received: 1, ..Trust::default() },
        operators: vec!["ops@example.com".into()],
        ..Policy::default()
    }
}

pub fn person(id: i64, address: &str) -> PersonFacts {
    PersonFacts { id: PersonId(id), address: address.into(), ..PersonFacts::default() }
}

pub fn client() -> PersonFacts {
    PersonFacts { name: Some("李娜".into()), language: Some("zh".into()), ..person(7, CLIENT) }
}

pub fn ticket(state: State) -> TicketFacts {
    TicketFacts {
        id: TicketId(1042),
        version: 3,
        mailbox: "support".into(),
        state,
        subject: "甘特图无法加载".into(),
        language: "zh".into(),
        category: Some("technical".into()),
        team: Some("tech".into()),
        requester: client(),
        participants: vec![CLIENT.into()],
        created_at: hours_ago(5),
        last_client_message_id: Some("first@huaxia.example".into()),
        ..TicketFacts::default()
    }
}

pub fn address(address: &str) -> Address {
    Address { name: None, address: address.into() }
}

/// A plain mail to support; `proven` by our server's `dmarc=pass`.
pub fn mail(from: &PersonFacts, text: &str, proven: bool) -> MailFacts {
    let domain = from.address.rsplit_once('@').unwrap().1;
    let mut reading = Reading {
        message_id: Some("m1@sender.example".into()),
        subject: Some("Re: 甘特图无法加载 [#1042]".into()),
        base_subject: "甘特图无法加载".into(),
        title: "甘特图无法加载".into(),
        from: Some(address(&from.address)),
        to: vec![address(SUPPORT)],
        text: text.into(),
        reply: text.into(),
        command_text: Some(text.into()),
        class: Class::Human,
        ..Reading::default()
    };
    reading.trace.strict_from = Some(from.address.clone());
    reading.trace.received = 2;
    if proven {
        reading.trace.authentication_results =
            vec![results(0, &format!("mx.example.com; dmarc=pass header.from={domain}"))];
    }
    MailFacts {
        raw: RawId(55),
        mailbox: "support".into(),
        received_at: now(),
        reading,
        sender: Some(from.clone()),
        ..MailFacts::default()
    }
}

pub fn results(received_above: usize, value: &str) -> AuthenticationResults {
    AuthenticationResults { received_above, value: value.into() }
}

pub fn token(purpose: Purpose, ticket: i64, person: i64) -> TokenFinding {
    TokenFinding::Valid(Token {
        purpose,
        ticket: TicketId(ticket),
        person: PersonId(person),
        expires_day: 30_000,
    })
}

pub fn reference(sent_to: Option<&str>, to_agent: bool) -> ThreadMatch {
    ThreadMatch { ticket: TicketId(1042), sent_to: sent_to.map(str::to_owned), to_agent, revoked: false }
}

/// A client's mail with a good token of theirs, on a ticket in this state.
pub fn answer(state: State, text: &str) -> MailFacts {
    MailFacts {
        tokens: vec![token(Purpose::Client, 1042, 7)],
        tickets: vec![ticket(state)],
        ..mail(&client(), text, true)
    }
}

pub fn alice() -> PersonFacts {
    person(100, ALICE)
}

/// Alice's mail with A and B.
pub fn agent_mail(state: State, text: &str) -> MailFacts {
    MailFacts {
        tokens: vec![token(Purpose::Agent, 1042, 100)],
        threads: vec![reference(Some(ALICE), true)],
        tickets: vec![ticket(state)],
        ..mail(&alice(), text, true)
    }
}

/// The same held mail, decided again after its agent confirmed what they were shown.
pub fn confirmed(facts: MailFacts) -> MailFacts {
    confirmed_by(facts, &policy())
}

pub fn confirmed_by(facts: MailFacts, policy: &Policy) -> MailFacts {
    let asked = decided_by(facts.clone(), policy);
    let confirmed_action = asked.letters.iter().find_map(|l| match &l.body {
        LetterBody::Confirmation { action, .. } => Some(action.clone()),
        _ => None,
    });
    MailFacts { confirmed: true, confirmed_action: confirmed_action.unwrap_or_default(), ..facts }
}

pub fn decided(facts: MailFacts) -> Decision {
    decided_by(facts, &policy())
}

pub fn decided_by(facts: MailFacts, policy: &Policy) -> Decision {
    decide(&Facts::Mail(Box::new(facts)), policy, now())
}

/// `kind>recipient` of each letter, in order.
pub fn letters(decision: &Decision) -> Vec<String> {
    decision.letters.iter().map(|l| format!("{}>{}", kind(&l.body), l.to.address)).collect()
}

fn kind(body: &LetterBody) -> &'static str {
    match body {
        LetterBody::Acknowledgement { .. } => "ack",
        LetterBody::Notification { .. } => "news",
        LetterBody::Reply { .. } => "reply",
        LetterBody::Confirmation { .. } => "confirm",
        LetterBody::Refusal { .. } => "refusal",
        LetterBody::Transcript { .. } => "transcript",
        LetterBody::Shown { .. } => "shown",
        LetterBody::Reminder { .. } => "reminder",
        LetterBody::Alert { .. } => "alert",
        LetterBody::Digest(_) => "digest",
        LetterBody::Challenge { .. } => "challenge",
        LetterBody::Bundle(_) => "bundle",
    }
}

pub fn cause(decision: &Decision) -> Option<NotificationCause> {
    decision.letters.iter().find_map(|l| match &l.body {
        LetterBody::Notification { cause, .. } => Some(*cause),
        _ => None,
    })
}

pub fn problems(decision: &Decision) -> Vec<Problem> {
    let refusal = decision.letters.iter().find_map(|l| match &l.body {
        LetterBody::Refusal { problems, .. } => Some(problems.clone()),
        _ => None,
    });
    refusal.unwrap_or_default()
}

pub fn state_after(decision: &Decision) -> Option<State> {
    decision.changes.iter().find_map(|c| match c {
        Change::State(state) => Some(*state),
        _ => None,
    })
}

pub fn messages(decision: &Decision) -> Vec<(MessageKind, String)> {
    let message = |c: &Change| match c {
        Change::Message { kind, text, .. } => Some((*kind, text.clone())),
        _ => None,
    };
    decision.changes.iter().filter_map(message).collect()
}

pub fn event_kinds(decision: &Decision) -> Vec<&str> {
    fn kind(change: &Change) -> Option<&str> {
        match change {
            Change::Event { kind, .. } => Some(kind),
            _ => None,
        }
    }
    decision.changes.iter().filter_map(kind).collect()
}

/// No letter goes to anybody but staff and operators.
pub fn assert_silent_to_clients(decision: &Decision) {
    let staff: Vec<String> =
        policy().agents.into_iter().map(|a| a.address).chain(policy().operators).collect();
    for letter in &decision.letters {
        assert!(staff.contains(&letter.to.address), "{:?}", letters(decision));
        assert_ne!(letter.reply_purpose, Some(Purpose::Client));
    }
}
