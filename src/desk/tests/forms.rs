//! Web forms: the client stands in the mail, and nothing is proven of them.

use super::world::*;
use crate::{desk::*, mail::*};

const FORM: &str = "noreply@example.com";
const ANN: &str = "ann@client.example";

fn with_forms() -> Policy {
    let form = FormPolicy { from: FORM.into(), requester: FormRequester::ReplyTo };
    let label =
        FormPolicy { from: "web@example.com".into(), requester: FormRequester::Label("Email".into()) };
    Policy { forms: vec![form, label], ..policy() }
}

/// A form's mail as read: a robot by its headers.
fn form_mail(proven: bool) -> MailFacts {
    let mut facts =
        mail(&person(60, FORM), "Name: Ann\nEmail: ann@client.example\nThe chart stays empty.", proven);
    facts.reading.reply_to = vec![Address { name: Some("Ann".into()), address: ANN.into() }];
    facts.reading.class = Class::AutoReply;
    facts.reading.no_automatic_mail = Some("local part noreply".into());
    facts
}

/// As gathered.
fn gathered(mut facts: MailFacts, policy: &Policy) -> MailFacts {
    let named = form::requester(&facts.reading, &facts.findings, policy);
    facts.form_requester = named.map(|a| PersonFacts { name: a.name.clone(), ..person(61, &a.key()) });
    facts
}

fn judged(facts: MailFacts) -> Decision {
    let policy = with_forms();
    decided_by(gathered(facts, &policy), &policy)
}

fn requester(decision: &Decision) -> (PersonId, bool) {
    match &decision.changes[0] {
        Change::Create { requester, requester_proven, .. } => (*requester, *requester_proven),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_proven_form_makes_a_ticket_of_the_client_who_is_answered_and_not_proven() {
    let decision = judged(form_mail(true));
    assert_eq!(requester(&decision), (PersonId(61), false));
    assert_eq!(
        letters(&decision),
        ["ack>ann@client.example", "news>alice@example.com", "news>bob@example.com"]
    );
    let LetterBody::Acknowledgement { subject, .. } = &decision.letters[0].body else { panic!() };
    assert_eq!(*subject, None, "nothing of the text goes back");
    assert_eq!(event_kinds(&decision), ["created", "acknowledgement", "form"]);
}

#[test]
fn a_label_names_the_client_too() {
    let mut facts = form_mail(true);
    facts.sender = Some(person(60, "web@example.com"));
    facts.reading.trace.strict_from = Some("web@example.com".into());
    facts.reading.reply_to.clear();
    assert_eq!(requester(&judged(facts)).0, PersonId(61));
}

#[test]
fn a_forged_form_is_any_mail() {
    for facts in [form_mail(false), {
        // Proven, but for another domain.
        let mut facts = form_mail(false);
        facts.reading.trace.authentication_results =
            vec![results(0, "mx.example.com; dmarc=pass header.from=evil.example")];
        facts
    }] {
        let decision = judged(facts);
        assert_eq!(requester(&decision), (PersonId(60), false));
        assert_silent_to_clients(&decision);
        assert_eq!(decision.no_acknowledgement.as_deref(), Some("local part noreply"));
    }
}

#[test]
fn a_form_that_names_staff_or_us_makes_nobody_staff() {
    let mut facts = form_mail(true);
    facts.reading.reply_to = vec![address("Alice@example.com")];
    facts.reading.reply = "#close\n\nPay at evil.example".into();
    facts.tokens = vec![token(Purpose::Agent, 1042, 61)];
    facts.threads = vec![reference(Some(ALICE), true)];
    facts.tickets = vec![ticket(State::Open)];
    let decision = judged(facts);
    assert_eq!(decision.ticket, Some(TicketRef::New));
    assert_eq!(cause(&decision), Some(NotificationCause::ClaimsStaff));
    assert!(event_kinds(&decision).contains(&"claims_staff"));
    assert_silent_to_clients(&decision);
    assert_eq!(decision.no_acknowledgement.as_deref(), Some("claims to be staff, unproven"));

    for own in [SUPPORT, "support+abc@example.com", "help@example.com", FORM] {
        let mut facts = form_mail(true);
        facts.reading.reply_to = vec![address(own)];
        let decision = judged(facts);
        assert_eq!(requester(&decision).0, PersonId(60), "{own}: a form without a client is any mail");
        assert_silent_to_clients(&decision);
    }
}

#[test]
fn whoever_fills_in_a_form_gets_nowhere_but_to_a_new_ticket() {
    let mut facts = form_mail(true);
    facts.threads = vec![reference(None, false)];
    facts.tickets = vec![ticket(State::Open)];
    facts.tickets[0].participants.push(ANN.into());
    assert_eq!(judged(facts).ticket, Some(TicketRef::New));
}

#[test]
fn rules_see_the_form_and_the_client() {
    let rule = |sender: &str, domain: &str, tag: &str| Rule {
        senders: vec![sender.to_owned()].into_iter().filter(|s| !s.is_empty()).collect(),
        sender_domains: vec![domain.to_owned()].into_iter().filter(|d| !d.is_empty()).collect(),
        tags: vec![tag.into()],
        ..Rule::default()
    };
    for (sender, domain, fits) in
        [(FORM, "", true), (ANN, "", true), ("", "client.example", true), ("bob@client.example", "", false)]
    {
        let policy = Policy { rules: vec![rule(sender, domain, "hit")], ..with_forms() };
        let decision = decided_by(gathered(form_mail(true), &policy), &policy);
        let Change::Create { tags, .. } = &decision.changes[0] else { panic!() };
        assert_eq!(!tags.is_empty(), fits, "{sender}{domain}");
    }
}

#[test]
fn the_limits_hold_for_forms() {
    let mut facts = form_mail(true);
    facts.limits.acks_address_10min = 1;
    let decision = judged(facts);
    assert!(decision.no_acknowledgement.unwrap().contains("in 10 minutes"));
    let mut facts = form_mail(true);
    facts.reading.reply_to = vec![address("no-reply@victim.example")];
    assert_eq!(judged(facts).no_acknowledgement.as_deref(), Some("local part no-reply"));
}

#[test]
fn several_addresses_or_none_name_nobody() {
    for reply_to in
        [vec![], vec![address(ANN), address("other@client.example")], vec![address("not an address")]]
    {
        let mut facts = form_mail(true);
        facts.reading.reply_to = reply_to;
        assert_eq!(requester(&judged(facts)).0, PersonId(60));
    }
}

#[test]
fn a_report_is_no_form() {
    let mut facts = form_mail(true);
    facts.reading.class = Class::Bounce;
    assert_eq!(judged(facts).outcome, Outcome::Control);
}
