//! Mails of those who are not proven to be staff: new tickets, answers, strangers, robots, reports (SPEC sections 4, 6, 8).
//!
//! Invariants: every mail of a person ends on a ticket or held, never lost; a stranger learns nothing of a ticket; at
//! most one acknowledgement a new ticket.

use jiff::SignedDuration;

use super::{
    Change, Decision, Letter, LetterBody, Matter, MessageKind, NotificationCause, Outcome, Purpose, State,
    TicketBrief, TicketFacts, TicketId, TicketRef, TimerKind, Understanding, asking, bounce,
    case::{Case, desk_event},
    impersonation, joining, loop_guard, notify, people, related, routing, similar, sla,
    state::{self, Step},
    thanks,
    threading::{self, Place},
};
use crate::mail::{Address, Class};

/// Judges a mail whose sender is not staff.
pub(super) fn decide(case: &Case<'_>) -> Decision {
    let mut decision = placed(case);
    bounce::release(case, &mut decision);
    decision
}

fn placed(case: &Case<'_>) -> Decision {
    match threading::place(case.facts, case.sender) {
        Place::On(ticket) => match doubt(case, ticket) {
            Some(reason) => held(case, ticket, NotificationCause::Stranger, reason),
            None => answer(case, ticket),
        },
        Place::Stranger(ticket) => stranger(case, ticket),
        Place::Leaked(ticket) => leaked(case, ticket),
        Place::New => new_or_folded(case, NotificationCause::NewTicket),
    }
}

/// Why a mail is not believed to be from somebody on the ticket, where nothing puts it there but an address that anybody can
/// write and a Message-ID that others may have seen.
fn doubt(case: &Case<'_>, ticket: &TicketFacts) -> Option<&'static str> {
    let secret = threading::valid(&case.facts.tokens)
        .filter(|t| t.purpose == Purpose::Client && t.person == case.sender.id)
        .any(|t| case.facts.standing(t.ticket).is_some_and(|led| led.id == ticket.id));
    let reading = &case.facts.reading;
    if secret || reading.class != Class::Human {
        return None;
    }
    // Mail of a requester whose mail never was proven may always fail, on the way through a list or a forwarder.
    let known = ticket.requester.id != case.sender.id || ticket.requester_proven;
    if reading.trace.stand_in {
        Some("only its Reply-To or Sender is somebody on the ticket")
    } else {
        (case.origin.dmarc_refused() && known)
            .then_some("claims to be somebody on the ticket, and fails the DMARC policy of their domain")
    }
}

/// A web form's mail: always a new ticket, since whoever fills in a form can name anybody. One that names staff, or an
/// agent, is flagged like any mail that claims to be theirs.
pub(super) fn by_form(case: &Case<'_>) -> Decision {
    let claims = case.policy.agent(&case.sender.address).is_some();
    let cause = if claims { NotificationCause::ClaimsStaff } else { NotificationCause::NewTicket };
    let mut decision = new_or_folded(case, cause);
    let form = case.facts.sender.as_ref().map(|form| form.address.clone()).unwrap_or_default();
    decision.changes.push(desk_event("form", form));
    if claims {
        decision.changes.push(case.event("claims_staff", case.origin.words()));
    }
    decision
}

/// A mail of somebody who is on the ticket.
fn answer(case: &Case<'_>, ticket: &TicketFacts) -> Decision {
    if case.facts.reading.class == Class::AutoReply {
        return robot(case, ticket);
    }
    let only_thanks = case.facts.reading.attachments.is_empty() && thanks::is_only_thanks(&case.text());
    let input = state::client_input(ticket, only_thanks, case.facts.received_at, case.policy);
    let step = state::step(ticket.state, input);
    if step == Step::NewLinked {
        return new_ticket(case, Some(ticket.id), NotificationCause::NewTicket);
    }
    let after = step.after(ticket.state).unwrap_or(ticket.state);
    let mut changes =
        vec![message(case, MessageKind::Client), case.event("client_message", case.origin.words())];
    if after != ticket.state {
        changes.push(Change::State(after));
        changes.push(desk_event("state", format!("{} -> {}", ticket.state.as_str(), after.as_str())));
    }
    let proven = case.origin.is_proven();
    let by_requester = ticket.requester.id == case.sender.id;
    if by_requester && ticket.requester_proven != proven {
        changes.push(Change::RequesterProven(proven));
    }
    if by_requester && ticket.proposed_by.is_some() {
        changes.push(Change::Proposed(None));
    }
    let people = people::take_in(case, Some(ticket));
    changes.extend(people.changes);
    let done = matches!(ticket.state, State::Resolved | State::Closed);
    if done && after == State::Open && ticket.first_response_at.is_none() {
        let clock = sla::first_response(case.policy, ticket.category.as_deref(), ticket.priority, case.now);
        changes.push(Change::StartTimer { kind: TimerKind::FirstResponse, due_at: clock.remind_at });
    }
    let mut matter = ticket.matter.clone();
    let told = matter.add(stated(case, joining::asked(case.facts, ticket)), may_correct(case, ticket));
    if !told.is_empty() {
        changes.push(Change::Facts(matter.clone()));
        changes.push(desk_event("facts", told.join(", ")));
    }
    let silent = ticket.state == State::Spam || (only_thanks && after == ticket.state);
    let letters = if silent { Vec::new() } else { tell(case, ticket, after, done, people.others, matter) };
    Decision {
        outcome: Outcome::Ticket,
        reason: if silent { "recorded without news" } else { "answer on a ticket" }.to_owned(),
        ticket: Some(ticket.reference()),
        changes,
        letters,
        ..Decision::default()
    }
}

fn tell(
    case: &Case<'_>,
    ticket: &TicketFacts,
    after: State,
    reopened: bool,
    others: Vec<Address>,
    matter: Matter,
) -> Vec<Letter> {
    let cause = if reopened { NotificationCause::Reopened } else { NotificationCause::ClientAnswered };
    let brief = TicketBrief { state: after, others, matter, ..notify::brief(ticket) };
    let author = Some(case.sender.address.as_str());
    let staff = notify::responsible(case.policy, ticket.assignee.as_deref(), ticket.team.as_deref(), author);
    notify::notifications(case, &staff, cause, &brief)
}

/// An out-of-office answer: recorded, changes nothing, tells nobody.
fn robot(case: &Case<'_>, ticket: &TicketFacts) -> Decision {
    Decision {
        outcome: Outcome::Ticket,
        reason: "automatic answer on a ticket".to_owned(),
        ticket: Some(ticket.reference()),
        changes: vec![
            message(case, MessageKind::Report),
            case.event("automatic_answer", case.facts.reading.class_reason.clone()),
        ],
        ..Decision::default()
    }
}

/// A delivery report, read receipt or complaint that names no mail of ours by anything signed: noted where it came to a
/// person's secret address, and otherwise nothing, since anybody can write one.
pub(super) fn report(case: &Case<'_>) -> Decision {
    let by_token = threading::valid(&case.facts.tokens).find_map(|token| case.facts.ticket(token.ticket));
    let Some(ticket) = by_token else {
        return Decision {
            outcome: Outcome::Control,
            reason: "report on no mail of ours".to_owned(),
            ..Decision::default()
        };
    };
    let word = if case.facts.reading.class == Class::Bounce { "bounce" } else { "delivery_report" };
    Decision {
        outcome: Outcome::Control,
        reason: "report to a secret address of ours".to_owned(),
        ticket: Some(ticket.reference()),
        changes: vec![
            message(case, MessageKind::Report),
            case.event(word, bounce::in_words(&case.facts.reading)),
        ],
        ..Decision::default()
    }
}

/// Somebody who is not on the ticket knows a reference or a client's token: held for an agent's decision.
fn stranger(case: &Case<'_>, ticket: &TicketFacts) -> Decision {
    let mut decision = held(case, ticket, NotificationCause::Stranger, "somebody who is not on the ticket");
    match loop_guard::may_answer(case, Some(ticket)) {
        // Neutral: without a token they do not become part of the ticket by answering it.
        Ok(()) => decision.letters.push(notify::acknowledgement(
            case,
            None,
            LetterBody::Acknowledgement {
                subject: None,
                promise: None,
                continues: None,
                understanding: Understanding::default(),
            },
        )),
        Err(refused) => suppress(case, &mut decision, refused),
    }
    decision
}

/// A mail that names a ticket and may not touch it: held, staff told.
pub(super) fn held(
    case: &Case<'_>,
    ticket: &TicketFacts,
    cause: NotificationCause,
    reason: &str,
) -> Decision {
    let author = Some(case.sender.address.as_str());
    let staff = notify::responsible(case.policy, ticket.assignee.as_deref(), ticket.team.as_deref(), author);
    let quiet = was_told(case, ticket);
    let flag = impersonation::sign(case);
    let cause = if flag.is_some() { NotificationCause::Imitates } else { cause };
    Decision {
        outcome: Outcome::Held,
        reason: reason.to_owned(),
        ticket: Some(ticket.reference()),
        changes: std::iter::once(case.event("held", format!("{reason}; {}", case.origin.words())))
            .chain(flag.map(|flag| desk_event("impersonation", flag)))
            .chain(masking(case))
            .collect(),
        letters: if quiet {
            Vec::new()
        } else {
            notify::notifications(case, &staff, cause, &notify::brief(ticket))
        },
        ..Decision::default()
    }
}

/// Whether staff need not hear of one more held mail: of a robot, or of a sender of whom they were told twice within the
/// hour and nothing else happened. An autoresponder that answers notifications from an unknown address ends there.
fn was_told(case: &Case<'_>, ticket: &TicketFacts) -> bool {
    let since = case.now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(case.now);
    let before =
        ticket.history.iter().filter(|e| e.kind == "held" && e.actor == case.sender.address && e.at >= since);
    case.facts.reading.class == Class::AutoReply || before.count() >= 2
}

/// A token that only one agent received, used by another sender: the lead is alerted, else the operators.
pub(super) fn leaked(case: &Case<'_>, ticket: &TicketFacts) -> Decision {
    let reason = "an agent's token was used by another sender";
    let mut decision = held(case, ticket, NotificationCause::ClaimsStaff, reason);
    let lead = notify::lead(case.policy, ticket.team.as_deref()).filter(|l| l.address != case.sender.address);
    let alerts = match lead {
        Some(lead) => {
            notify::notifications(case, &[lead], NotificationCause::ClaimsStaff, &notify::brief(ticket))
        }
        None => alert(
            case,
            "A secret address of an agent was used by somebody else",
            vec![("ticket", format!("#{}", ticket.id)), ("sender", notify::shown(case.sender).address)],
            "The mail is held and nothing was done. Ask the agent whether they passed a notification on.",
        ),
    };
    if !alerts.is_empty() && !was_told(case, ticket) {
        decision.letters = alerts;
    }
    decision
}

/// An agent's own address at the desk in somebody else's mail: the mail is what it is without it, and the operators are told.
/// Not of every mail of a conversation that goes on.
pub(super) fn with_leaked_desk_address(case: &Case<'_>, mut decision: Decision) -> Decision {
    let foreign = threading::desk_token(&case.facts.tokens).filter(|token| token.person != case.sender.id);
    let is_first = decision.outcome == Outcome::Held || decision.ticket == Some(TicketRef::New);
    if foreign.is_none() || !is_first || case.facts.reading.class != Class::Human {
        return decision;
    }
    decision.changes.push(desk_event("leaked", "an agent's own address was used by another sender"));
    decision.letters.extend(alert(
        case,
        "An agent's own address at the desk was used by somebody else",
        vec![("sender", notify::shown(case.sender).address)],
        "Nothing was done on its strength. Find out whose it is with maildesk agent list, and make it invalid with maildesk agent \
         revoke.",
    ));
    decision
}

/// The same alert to every operator.
pub(super) fn alert(case: &Case<'_>, title: &str, facts: Vec<(&str, String)>, advice: &str) -> Vec<Letter> {
    let body = LetterBody::Alert {
        title: title.to_owned(),
        facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        advice: advice.to_owned(),
    };
    notify::to_operators(case.policy, &body)
}

/// A new ticket of somebody outside, or one more mail of a flood of such.
pub(super) fn new_or_folded(case: &Case<'_>, cause: NotificationCause) -> Decision {
    match loop_guard::fold_into(case) {
        Some(ticket) => fold(case, ticket),
        None => new_ticket(case, None, cause),
    }
}

/// A mail that would have been one ticket too many of its address: kept on the newest of them. Staff hear of the first such
/// mail in an hour, nobody of the others; no state changes, since a flood answers nothing.
fn fold(case: &Case<'_>, ticket: &TicketFacts) -> Decision {
    let why = "a flood of new tickets from one address folds into one";
    let staff = notify::responsible(
        case.policy,
        ticket.assignee.as_deref(),
        ticket.team.as_deref(),
        Some(case.sender.address.as_str()),
    );
    let body = LetterBody::Alert {
        title: "Many new tickets from one address".to_owned(),
        facts: vec![
            ("ticket".to_owned(), format!("#{}", ticket.id)),
            ("sender".to_owned(), case.sender.address.clone()),
        ],
        advice:
            "What else comes from there within the hour is kept on this ticket, without a word to anybody."
                .to_owned(),
    };
    let quiet = case.facts.flood.folded_address_hour > 0 || ticket.state == State::Spam;
    let staff = staff.into_iter().filter(|_| !quiet);
    Decision {
        outcome: Outcome::Ticket,
        reason: why.to_owned(),
        ticket: Some(ticket.reference()),
        changes: vec![
            message(case, MessageKind::Client),
            case.event("folded", case.origin.words()),
            desk_event("acknowledgement_suppressed", why),
        ]
        .into_iter()
        .chain(masking(case))
        .collect(),
        letters: staff.map(|agent| notify::to_staff(agent, case.policy, body.clone())).collect(),
        no_acknowledgement: Some(why.to_owned()),
        ..Decision::default()
    }
}

/// A new ticket, for whoever wrote it.
pub(super) fn new_ticket(case: &Case<'_>, continues: Option<TicketId>, cause: NotificationCause) -> Decision {
    let Opened { mut decision, brief, clock, matter, understanding } = opened(case, continues);
    let told = match impersonation::sign(case) {
        Some(_) => NotificationCause::Imitates,
        None => cause,
    };
    let author = Some(case.sender.address.as_str());
    let staff = notify::responsible(case.policy, None, brief.team.as_deref(), author);
    decision.letters = notify::notifications(case, &staff, told, &brief);
    acknowledge(case, &mut decision, continues, clock, cause, matter, understanding);
    decision
}

/// The rows of a new ticket, told to nobody yet.
pub(super) struct Opened {
    pub decision: Decision,
    pub brief: TicketBrief,
    clock: sla::FirstResponse,
    /// Not among the changes yet: an acknowledgement adds what it asks for.
    pub matter: Matter,
    understanding: Understanding,
}

pub(super) fn opened(case: &Case<'_>, continues: Option<TicketId>) -> Opened {
    let (facts, policy) = (case.facts, case.policy);
    let language = case.language();
    let route = routing::route(facts, policy, language);
    let clock_from = |start| sla::first_response(policy, route.category.as_deref(), route.priority, start);
    let clock = clock_from(facts.received_at);
    // Old mail (a long outage, `start = "all"`): the team hears of it now, so it is not reminded of it in the same minute.
    let remind_at = if clock.remind_at > case.now { clock.remind_at } else { clock_from(case.now).remind_at };
    let proven = case.origin.is_proven();
    let matter = matter(case);
    let people = people::take_in(case, None);
    let brief = TicketBrief {
        subject: case.subject(),
        state: State::New,
        category: route.category.clone(),
        priority: route.priority,
        team: route.team.clone(),
        assignee: None,
        requester: notify::shown(case.sender),
        requester_proven: proven,
        proposed_by: None,
        others: people.others,
        first_response_due_at: clock.due_at,
        history: Vec::new(),
        matter: matter.clone(),
        guesses: routing::guesses(facts, policy, &route),
    };
    let understanding = asking::understanding(case, route.category.as_deref(), &matter);
    let filed = routing::filed(facts, policy, &route);
    let create = Change::Create {
        subject: brief.subject.clone(),
        requester: case.sender.id,
        requester_proven: proven,
        language: language.to_owned(),
        category: route.category,
        priority: route.priority,
        team: route.team,
        assignee: None,
        tags: route.tags,
        created_at: facts.received_at,
        first_response_due_at: clock.due_at,
        linked_to: continues,
    };
    let timer = Change::StartTimer { kind: TimerKind::FirstResponse, due_at: remind_at };
    let mut changes =
        vec![create, message(case, MessageKind::Client), case.event("created", case.origin.words()), timer];
    changes.extend(filed);
    if let Some(bytes) = facts.oversized_bytes {
        changes.push(desk_event("oversized", format!("{bytes} bytes; the mail stays on the server")));
    }
    changes.extend(impersonation::sign(case).map(|flag| desk_event("impersonation", flag)));
    changes.extend(masking(case));
    changes.extend(people.changes);
    changes.extend(related::change(case));
    changes.extend(similar::change(case));
    let decision = Decision {
        outcome: Outcome::Ticket,
        reason: "new ticket".to_owned(),
        ticket: Some(TicketRef::New),
        changes,
        ..Decision::default()
    };
    Opened { decision, brief, clock, matter, understanding }
}

/// The line of history that says why codes and links are not to be seen.
fn masking(case: &Case<'_>) -> Option<Change> {
    let why = "another service verifies an address or resets a password: codes and links are masked";
    case.facts.reading.verification.then(|| desk_event("masked", why))
}

/// Whether the mail may correct what is known of a ticket: its requester's may, but whoever writes in the name of one that was proven,
/// and proves nothing, corrects nothing.
pub(super) fn may_correct(case: &Case<'_>, ticket: &TicketFacts) -> bool {
    ticket.requester.id == case.sender.id && (case.origin.is_proven() || !ticket.requester_proven)
}

/// What the mail states. What another service sent to prove an address states nothing of anybody: its links and codes are no facts.
pub(super) fn stated(case: &Case<'_>, asked: &[String]) -> Matter {
    if case.facts.reading.verification {
        return Matter::default();
    }
    Matter::of(case.facts, case.policy, asked)
}

/// What the first mail of a ticket says, and what is known of its sender. Who is not proven may be anybody: their words are
/// kept, and what is known of the address they write from is left out.
fn matter(case: &Case<'_>) -> Matter {
    let mut matter = stated(case, &[]);
    if case.origin.is_proven() {
        matter.fill(&case.facts.known);
    }
    matter
}

fn acknowledge(
    case: &Case<'_>,
    decision: &mut Decision,
    continues: Option<TicketId>,
    clock: sla::FirstResponse,
    cause: NotificationCause,
    mut matter: Matter,
    understanding: Understanding,
) {
    let allowed = if case.policy.agent(&case.sender.address).is_some() {
        let claims = cause == NotificationCause::ClaimsStaff;
        let why = if claims { "claims to be staff, unproven" } else { "written by staff" };
        Err(loop_guard::Refused::Rule(why.to_owned()))
    } else {
        loop_guard::may_answer(case, None)
    };
    match allowed {
        Ok(()) => {
            // Nothing of the sender's text goes back to an unproven sender (FAULTS section 3, mail bomb).
            let subject = case.origin.is_proven().then(|| case.subject());
            matter.asked = understanding.asks.iter().map(|ask| ask.name.clone()).collect();
            let body =
                LetterBody::Acknowledgement { subject, promise: clock.due_at, continues, understanding };
            decision.letters.insert(0, notify::acknowledgement(case, Some(Purpose::Client), body));
            decision.changes.push(desk_event("acknowledgement", case.sender.address.clone()));
        }
        Err(refused) => suppress(case, decision, refused),
    }
    if !matter.is_empty() {
        decision.changes.push(Change::Facts(matter));
    }
}

fn suppress(case: &Case<'_>, decision: &mut Decision, refused: loop_guard::Refused) {
    let why = match refused {
        loop_guard::Refused::Rule(why) => why,
        loop_guard::Refused::Breaker { why, first } => {
            decision.changes.push(desk_event("breaker", why.clone()));
            if first {
                decision.letters.extend(alert(
                    case,
                    "Acknowledgements are held back: too many in an hour",
                    vec![("limit an hour", case.policy.limits.acks_per_hour_max.to_string())],
                    "Every mail makes its ticket. Acknowledgements begin again by themselves once fewer than that are \
                     asked for in an hour; none is sent later. Look for a flood in the newest tickets.",
                ));
            }
            why
        }
    };
    decision.changes.push(desk_event("acknowledgement_suppressed", why.clone()));
    decision.no_acknowledgement = Some(why);
}

fn message(case: &Case<'_>, kind: MessageKind) -> Change {
    let (author, text) = (case.sender.id, case.text().into_owned());
    match case.forwarded {
        Some(_) => Change::Forwarded { author, text },
        None => Change::Message { kind, author, text },
    }
}
