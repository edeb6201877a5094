//! What comes back: reports on mails of ours, and whatever else is sent to a bounce address (SPEC section 8, FAULTS section 2).
//!
//! Invariants: nothing that comes back is answered or opens a ticket; a report that names no mail of ours changes nothing; only
//! what was signed for that one mail stops mail to its recipient, and to nobody else; people hear of a mail once.

use jiff::SignedDuration;

use super::{
    BounceEvidence, BounceFacts, Change, Decision, Hints, Letter, LetterBody, MailFacts, MessageKind,
    NotificationCause, Outcome, Policy, RefusedFacts, State, TicketFacts,
    agent::control,
    case::{Case, DESK, desk_event},
    loop_guard, notify, threading,
    token::without_tokens,
};
use crate::mail::{Class, Reading, Report};

/// The line of history of a mail that a person seems to have written to a bounce address, and how often staff hear of such.
const TO_BOUNCE_ADDRESS: &str = "to_bounce_address";
const TOLD_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Characters of a server's words that people are shown.
const WORDS_CHARS_MAX: usize = 300;

/// How a report says that the mail did not arrive.
struct Failure {
    /// The address takes no mail.
    hard: bool,
    /// The report speaks of the mail's own recipient, not of one to whom it was passed on.
    of_recipient: bool,
    status: String,
    diagnostic: String,
}

/// Judges a report on a mail of ours, and a mail to a bounce address; `None`: it is neither.
pub(super) fn decide(facts: &MailFacts, policy: &Policy) -> Option<Decision> {
    let class = facts.reading.class;
    let reports = match class {
        Class::Bounce | Class::DeliveryReport | Class::Complaint => true,
        Class::Human | Class::AutoReply | Class::List | Class::Bulk | Class::OwnAddress => false,
    };
    if !reports {
        // Whoever writes to their own secret address as well is heard there.
        let elsewhere = threading::valid(&facts.tokens).next().is_some() || facts.confirmation.is_some();
        if !facts.bounce_address || elsewhere {
            return None;
        }
    }
    let Some(bounce) = &facts.bounce else {
        return facts
            .bounce_address
            .then(|| control("to a bounce address whose mail is not known, or too old"));
    };
    let none = Report::default();
    let report = facts.reading.report.as_ref().unwrap_or(&none);
    let failure = (class == Class::Bounce).then(|| failure(report, bounce)).flatten();
    Some(match failure {
        Some(failure) => undelivered(facts, policy, bounce, &failure),
        None if class == Class::Human => written(facts, policy, bounce),
        None => noted(facts, bounce),
    })
}

/// `failed 5.1.1 ann@client.example`, for each recipient.
pub(super) fn in_words(reading: &Reading) -> String {
    let recipients = reading.report.iter().flat_map(|r| &r.recipients);
    let lines: Vec<String> = recipients
        .map(|r| {
            let words = [&r.action, &r.status, &r.address];
            words.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
        })
        .collect();
    lines.join("; ")
}

/// Lets mail through again to a sender who shows by this mail that somebody is there.
pub(super) fn release(case: &Case<'_>, decision: &mut Decision) {
    if decision.ticket.is_none() || !loop_guard::releases(case) {
        return;
    }
    decision.changes.push(Change::Release(case.sender.id));
    decision.changes.push(desk_event("released", case.sender.address.clone()));
}

/// A mail that our own server refused, or that was given up: as though it had come back. Its line of history is written.
pub(super) fn refused(facts: &RefusedFacts, policy: &Policy) -> Decision {
    let own_words = || Failure {
        hard: false,
        of_recipient: false,
        status: String::new(),
        diagnostic: facts.why.chars().take(WORDS_CHARS_MAX).collect(),
    };
    let mut failure =
        facts.report.as_ref().and_then(|report| failure(report, &facts.bounce)).unwrap_or_else(own_words);
    if facts.report.is_some() && failure.status.is_empty() {
        // "Other undefined status" (RFC 3463 section 3.1): a server spoke, without a code.
        failure.status = "5.0.0".to_owned();
    }
    let ticket = facts.ticket.as_ref();
    let (changes, letters) = consequences(policy, &facts.bounce, &failure, ticket);
    Decision {
        reason: "a mail of ours did not leave".to_owned(),
        outcome: Outcome::Control,
        ticket: ticket.map(TicketFacts::reference),
        changes,
        letters,
        ..Decision::default()
    }
}

/// `None`: the report knows of no failure yet (a warning of delay).
fn failure(report: &Report, bounce: &BounceFacts) -> Option<Failure> {
    let failed = || {
        let is_over = |action: &str| matches!(action, "delayed" | "delivered" | "relayed" | "expanded");
        report.recipients.iter().filter(move |r| !r.action.as_deref().is_some_and(is_over))
    };
    let is_recipient = |address: &str| address.trim().eq_ignore_ascii_case(&bounce.recipient.address);
    let own = failed().find(|r| r.address.as_deref().is_some_and(is_recipient));
    let first = own.or_else(|| failed().next());
    if first.is_none() && !report.recipients.is_empty() {
        return None;
    }
    let diagnostic = first.and_then(|r| r.diagnostic.clone()).unwrap_or_default();
    Some(Failure {
        hard: report.hard_bounce == Some(true),
        of_recipient: own.is_some() || failed().all(|r| r.address.is_none()),
        status: first.and_then(|r| r.status.clone()).unwrap_or_default(),
        diagnostic: without_tokens(&diagnostic).chars().take(WORDS_CHARS_MAX).collect(),
    })
}

impl Failure {
    /// One line for people.
    fn words(&self) -> String {
        let said = self.diagnostic.split_whitespace().collect::<Vec<_>>().join(" ");
        match (self.status.as_str(), said.as_str()) {
            ("", "") => String::new(),
            ("", said) => said.to_owned(),
            (status, said) if said.contains(status) => said.to_owned(),
            (status, "") => status.to_owned(),
            (status, said) => format!("{status} {said}"),
        }
    }
}

/// What is no failure of the mail: a warning, a receipt, an out-of-office answer, a challenge. Kept on the ticket, for nobody's
/// attention; of staff's programs only the line of history, since each notification would bring one.
fn noted(facts: &MailFacts, bounce: &BounceFacts) -> Decision {
    let reading = &facts.reading;
    let (kind, detail) = match reading.class {
        Class::Bounce => ("delayed", in_words(reading)),
        Class::DeliveryReport | Class::Complaint => ("delivery_report", in_words(reading)),
        Class::Human => (TO_BOUNCE_ADDRESS, String::new()),
        Class::AutoReply | Class::List | Class::Bulk | Class::OwnAddress => {
            ("automatic_answer", format!("to the bounce address: {}", reading.class_reason))
        }
    };
    let reason = match reading.class {
        Class::Bounce | Class::DeliveryReport | Class::Complaint => "report on a mail of ours",
        _ => "to a bounce address",
    };
    match ticket_of(facts, bounce) {
        Some(ticket) => Decision {
            ticket: Some(ticket.reference()),
            changes: kept(facts)
                .filter(|_| !bounce.to_agent)
                .into_iter()
                .chain([event(facts, kind, detail)])
                .collect(),
            ..control(reason)
        },
        None => control(reason),
    }
}

/// What seems to be a person's, sent to the bounce address and nowhere else. Some robots write like people, and answer where bounces
/// go, so that it opens nothing and is not answered; whoever looks after the ticket sees it, once a day of one sender.
fn written(facts: &MailFacts, policy: &Policy, bounce: &BounceFacts) -> Decision {
    let noted = noted(facts, bounce);
    let (Some(ticket), Some(sender)) = (ticket_of(facts, bounce), &facts.sender) else { return noted };
    if bounce.to_agent || policy.agent(&sender.address).is_some() {
        return noted;
    }
    let since = facts.received_at.checked_sub(TOLD_EVERY).unwrap_or(facts.received_at);
    let before = |event: &super::EventBrief| {
        event.kind == TO_BOUNCE_ADDRESS && event.actor == sender.address && event.at > since
    };
    let is_told = ticket.state == State::Spam || ticket.history.iter().any(before);
    let case = Case::new(facts, policy, sender, facts.received_at);
    let on_ticket = threading::is_on(ticket, sender);
    let cause = if on_ticket { NotificationCause::ClientAnswered } else { NotificationCause::Stranger };
    let staff = notify::responsible(policy, ticket.assignee.as_deref(), ticket.team.as_deref(), None);
    let letters = if is_told {
        Vec::new()
    } else {
        notify::notifications(&case, &staff, cause, &notify::brief(ticket))
    };
    Decision { letters, reason: "a person's mail to a bounce address".to_owned(), ..noted }
}

/// A mail that did not arrive.
fn undelivered(facts: &MailFacts, policy: &Policy, bounce: &BounceFacts, failure: &Failure) -> Decision {
    let ticket = ticket_of(facts, bounce);
    let mut changes = Vec::new();
    if ticket.is_some() {
        changes.extend(kept(facts));
        changes.push(event(facts, "bounce", in_words(&facts.reading)));
    }
    let (more, letters) = consequences(policy, bounce, failure, ticket);
    changes.extend(more);
    Decision {
        outcome: Outcome::Control,
        reason: if failure.hard { "a mail of ours bounced for good" } else { "a mail of ours bounced" }
            .to_owned(),
        ticket: ticket.map(TicketFacts::reference),
        changes,
        letters,
        ..Decision::default()
    }
}

/// What a failure changes, and who hears of it.
fn consequences(
    policy: &Policy,
    bounce: &BounceFacts,
    failure: &Failure,
    ticket: Option<&TicketFacts>,
) -> (Vec<Change>, Vec<Letter>) {
    let is_news = bounce.known.is_none() || (failure.hard && bounce.known == Some(false));
    if !is_news {
        return (Vec::new(), Vec::new());
    }
    let suppresses = suppresses(policy, bounce, failure);
    let letters = told(policy, bounce, failure, ticket, suppresses);
    let mut changes = vec![Change::Bounced {
        outbox: bounce.outbox,
        evidence: bounce.evidence,
        hard: failure.hard,
        status: failure.status.clone(),
        diagnostic: failure.diagnostic.clone(),
        told: !letters.is_empty(),
    }];
    if suppresses {
        changes.push(Change::Suppress { person: bounce.recipient.id, why: failure.words() });
        if ticket.is_some() {
            changes.push(desk_event("suppressed", bounce.recipient.address.clone()));
        }
    }
    (changes, letters)
}

/// Whether nothing automatic goes to the recipient any more. A Message-ID alone is known to everybody on the conversation; a
/// report on somebody to whom the recipient passes mail on says little of the recipient; staff would miss what they must know.
fn suppresses(policy: &Policy, bounce: &BounceFacts, failure: &Failure) -> bool {
    let is_signed = match bounce.evidence {
        BounceEvidence::Address | BounceEvidence::Header => true,
        // Without a status no server spoke of the recipient.
        BounceEvidence::Server => !failure.status.is_empty(),
        BounceEvidence::MessageId => false,
    };
    let is_staff = bounce.to_agent || policy.agent(&bounce.recipient.address).is_some();
    let often = bounce.failures_week.saturating_add(1) >= policy.limits.bounces_per_address_week_max;
    is_signed
        && !is_staff
        && !bounce.recipient.suppressed
        && ((failure.hard && failure.of_recipient) || often)
}

/// Who hears of it: of an answer to a client whoever looks after the ticket; of mail to staff the operators, once a day. Nobody
/// of an acknowledgement: forged senders would ring for each.
fn told(
    policy: &Policy,
    bounce: &BounceFacts,
    failure: &Failure,
    ticket: Option<&TicketFacts>,
    suppresses: bool,
) -> Vec<Letter> {
    if bounce.to_agent {
        return if bounce.told_day { Vec::new() } else { told_operators(policy, bounce, failure) };
    }
    let Some(ticket) = ticket.filter(|_| bounce.is_reply) else { return Vec::new() };
    let cause = if suppresses || bounce.recipient.suppressed {
        NotificationCause::Unreachable
    } else {
        NotificationCause::Undelivered
    };
    let assignee = ticket.assignee.as_deref().filter(|a| policy.agent(a).is_some());
    let first = assignee.or(bounce.author.as_deref());
    let staff = notify::responsible(policy, first, ticket.team.as_deref(), None);
    let mut brief = notify::brief(ticket);
    brief.requester = notify::shown(&bounce.recipient);
    let body = LetterBody::Notification {
        cause,
        brief,
        author: None,
        note: Some(failure.words()).filter(|words| !words.is_empty()),
        text: without_tokens(&bounce.text),
        secrets: Vec::new(),
        quoted: false,
        files: Vec::new(),
        files_left_out: false,
        hints: Hints::default(),
    };
    staff.into_iter().map(|agent| notify::to_staff(agent, policy, body.clone())).collect()
}

fn told_operators(policy: &Policy, bounce: &BounceFacts, failure: &Failure) -> Vec<Letter> {
    let address = &bounce.recipient.address;
    let body = LetterBody::Alert {
        title: "Mail to a member of staff comes back".to_owned(),
        facts: vec![
            ("address".to_owned(), address.clone()),
            ("the mail server said".to_owned(), failure.words()),
        ],
        advice: "They do not hear of their tickets. Correct the address in the config, or have the mailbox repaired. \
                 This is said once a day while it lasts."
            .to_owned(),
    };
    // Not to the address that takes no mail.
    notify::to_operators(policy, &body).into_iter().filter(|letter| letter.to.key() != *address).collect()
}

fn ticket_of<'a>(facts: &'a MailFacts, bounce: &BounceFacts) -> Option<&'a TicketFacts> {
    facts.ticket(bounce.ticket?)
}

/// The mail as a message of the ticket; a report without a usable From has no author.
fn kept(facts: &MailFacts) -> Option<Change> {
    let sender = facts.sender.as_ref()?;
    let text = facts.reading.new_text().to_owned();
    Some(Change::Message { kind: MessageKind::Report, author: sender.id, text })
}

fn event(facts: &MailFacts, kind: &str, content: String) -> Change {
    let actor = facts.sender.as_ref().map_or(DESK, |sender| sender.address.as_str());
    Change::Event { kind: kind.to_owned(), actor: actor.to_owned(), content }
}
