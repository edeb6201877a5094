//! Mails of staff: the table of FAULTS section 1 (origin A, possession B), and what a proven agent's mail does.
//!
//! Invariants: without A and B nothing reaches a client and no command works; all or nothing; a quote, an automatic
//! answer or an empty mail never reaches a client.

use jiff::SignedDuration;

use super::{
    AgentPolicy, Change, Decision, Letter, LetterBody, MessageKind, NotificationCause, Outcome, PersonFacts,
    Problem, Purpose, Role, TicketFacts, Token, TokenFinding, articles,
    case::{Case, desk_event},
    client,
    commands::{self, Commands},
    console, forward, loop_guard, notify,
    orders::{self, Work},
    people, period,
    seal::Action,
    show,
    sign_off::is_sign_off,
    threading::{self, Place},
    token::without_tokens,
};
use crate::mail::{Attachment, Class, Reading};

/// How long a confirmation is good (FAULTS section 1).
const CONFIRMATION_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// Why a confirmed mail is asked about again.
pub(super) const CHANGED: &str = "what it would do has changed since you were asked";

/// Inline pictures up to this size in an agent's mail are the logo of a signature; a pasted screenshot is larger.
const LOGO_BYTES_MAX: u64 = 16 << 10;

/// Judges a mail whose From names an agent.
pub(super) fn decide(case: &Case<'_>, agent: &AgentPolicy) -> Decision {
    let reading = &case.facts.reading;
    if reading.class == Class::AutoReply {
        return control("automatic answer of an agent");
    }
    if reading.class != Class::Human || reading.trace.strict_from.as_deref() != Some(&agent.address) {
        return claims_staff(case);
    }
    let own = possession(case, agent);
    if own.is_none()
        && let Place::Leaked(ticket) = leaked(case)
    {
        return client::leaked(case, ticket);
    }
    let at_desk = console::is_own(&case.facts.tokens, case.sender.id);
    if own.is_none() && at_desk && console::orders_something(case) {
        return console::decide(case, agent);
    }
    if case.facts.confirmed
        && let Some(ticket) = own.or_else(|| threading::named(case.facts))
    {
        return confirmed(case, agent, ticket);
    }
    if (case.origin.is_proven() || own.is_some()) && period::locks(case, agent) {
        return period::lock(case, agent, own);
    }
    match (case.origin.is_proven(), own) {
        (true, Some(ticket)) if names_several(case) => {
            ask(case, agent, ticket, "it names several tickets", Vec::new())
        }
        (true, Some(ticket)) => act(case, agent, ticket),
        (true, None) => without_possession(case, agent),
        (false, Some(ticket)) if period::believes(case) && !names_several(case) => act(case, agent, ticket),
        (false, Some(ticket)) => ask(case, agent, ticket, case.origin.words(), Vec::new()),
        (false, None) if at_desk && period::believes(case) => without_possession(case, agent),
        (false, None) => claims_staff(case),
    }
}

/// Done, if it would still do what the confirmation mail showed; else the agent is asked again.
pub(super) fn confirmed(case: &Case<'_>, agent: &AgentPolicy, ticket: &TicketFacts) -> Decision {
    if is_what_was_confirmed(case, agent, ticket) {
        return act(case, agent, ticket);
    }
    ask(case, agent, ticket, CHANGED, Vec::new())
}

/// Whether the mail would do now what the confirmation mail showed.
pub(super) fn is_what_was_confirmed(case: &Case<'_>, agent: &AgentPolicy, ticket: &TicketFacts) -> bool {
    pending(case, agent, ticket).action == case.facts.confirmed_action
}

/// What a held mail would do.
struct Pending {
    /// Command lines as written.
    lines: Vec<String>,
    text: String,
    /// The requester first; empty: nothing leaves.
    recipients: Vec<PersonFacts>,
    /// [`Action::digest`] over all of it.
    action: String,
}

fn pending(case: &Case<'_>, agent: &AgentPolicy, ticket: &TicketFacts) -> Pending {
    let reading = &case.facts.reading;
    let found = commands::parse(reading.command_text.as_deref().unwrap_or_default(), case.policy, agent.role);
    let text = new_text(reading, agent);
    let articles = articles::named(case.policy, ticket, &found.commands);
    let says = !text.is_empty() || !articles.is_empty();
    let public = says && !found.has_note();
    let recipients =
        if public { people::recipients(ticket, &found.commands, &case.facts.silenced) } else { Vec::new() };
    let mut action = Action::default();
    action.add("agent", &agent.address);
    action.add("ticket", &ticket.id.to_string());
    action.add("mailbox", &ticket.mailbox);
    action.add("requester", &ticket.requester.address);
    for to in &recipients {
        action.add("to", &to.address);
    }
    for command in &found.commands {
        action.add("command", &format!("{:?}", command.order));
    }
    for line in &found.lines {
        action.add("line", line);
    }
    action.add("text", &text);
    for article in &articles {
        action.add("article", &article.plain());
    }
    for file in &reading.attachments {
        action.add("file", &format!("{} {}", file.sha256, file.name));
    }
    let text = articles::with_text(&text, &articles);
    Pending { lines: found.lines, text, recipients, action: action.digest() }
}

/// A mail that ends here and touches nothing.
pub(super) fn control(reason: &str) -> Decision {
    Decision { outcome: Outcome::Control, reason: reason.to_owned(), ..Decision::default() }
}

/// B: the ticket whose secret this agent alone received.
fn possession<'a>(case: &Case<'a>, agent: &AgentPolicy) -> Option<&'a TicketFacts> {
    let by_token = threading::valid(&case.facts.tokens)
        .find(|t| t.purpose == Purpose::Agent && t.person == case.sender.id)
        .and_then(|t| case.facts.ticket(t.ticket));
    let without_marks = case.mailbox.is_some_and(|m| m.subaddressing.is_empty());
    let by_reference = || {
        let sent_to_agent = |sent_to: Option<&str>| sent_to == Some(agent.address.as_str());
        let threads = case.facts.threads.iter();
        let mine = threads
            .filter(|_| without_marks)
            .find(|t| t.to_agent && !t.revoked && sent_to_agent(t.sent_to.as_deref()));
        mine.and_then(|t| case.facts.ticket(t.ticket))
    };
    by_token.or_else(by_reference)
}

/// Whether the agent's own tokens lead to more than one ticket: which one is meant is for them to say.
fn names_several(case: &Case<'_>) -> bool {
    let own = |t: &&Token| t.purpose == Purpose::Agent && t.person == case.sender.id;
    let mut tickets = threading::valid(&case.facts.tokens).filter(own).map(|t| t.ticket);
    tickets.next().is_some_and(|first| tickets.any(|other| other != first))
}

/// Another agent's token in this agent's mail.
fn leaked<'a>(case: &Case<'a>) -> Place<'a> {
    let others = threading::valid(&case.facts.tokens).filter(|t| t.purpose == Purpose::Agent);
    others.filter_map(|t| case.facts.ticket(t.ticket)).next().map_or(Place::New, Place::Leaked)
}

/// Neither A nor B, or a From that cannot be an agent's: an ordinary untrusted mail, flagged.
pub(super) fn claims_staff(case: &Case<'_>) -> Decision {
    let place = threading::place(case.facts, case.sender);
    match (place, threading::named(case.facts)) {
        (Place::Leaked(ticket), _) => client::leaked(case, ticket),
        (_, Some(ticket)) => {
            client::held(case, ticket, NotificationCause::ClaimsStaff, "claims to be staff, unproven")
        }
        (_, None) => {
            let mut decision = client::new_or_folded(case, NotificationCause::ClaimsStaff);
            decision.changes.push(case.event("claims_staff", case.origin.words()));
            decision
        }
    }
}

/// A without B: a note on the ticket that it refers to, and a question whether commands and reply are meant; else a ticket.
fn without_possession(case: &Case<'_>, agent: &AgentPolicy) -> Decision {
    if case.facts.answers_bundle {
        return refuse(case, agent, None, vec![Problem::AnswersBundle]);
    }
    let Some(ticket) = threading::named(case.facts) else {
        if let Some(client) = forward::client(case.facts, agent) {
            // At the agent's own address possession is shown as well.
            let proposed = !console::is_own(&case.facts.tokens, case.sender.id);
            return forward::open(case, agent, client, proposed);
        }
        let mut decision = client::new_ticket(case, None, NotificationCause::NewTicket);
        decision.changes.push(case.event("staff", "opened by a mail of staff"));
        return decision;
    };
    // As a line of history: the mail itself becomes a message of the ticket once, when it is confirmed.
    let note = case.event("note", without_tokens(case.facts.reading.reply.trim()));
    let invalid = case.facts.tokens.iter().any(|t| matches!(t, TokenFinding::Invalid(_)));
    let reason =
        if invalid { "its secret address is not valid any more" } else { "it came without a secret address" };
    ask(case, agent, ticket, reason, vec![note])
}

/// Held until the agent confirms from the registered address.
pub(super) fn ask(
    case: &Case<'_>,
    agent: &AgentPolicy,
    ticket: &TicketFacts,
    reason: &str,
    mut changes: Vec<Change>,
) -> Decision {
    let pending = pending(case, agent, ticket);
    changes.push(case.event("held", reason));
    let held = Decision {
        outcome: Outcome::Held,
        reason: format!("an agent's mail waits for a confirmation: {reason}"),
        ticket: Some(ticket.reference()),
        changes,
        ..Decision::default()
    };
    if pending.lines.is_empty() && pending.text.is_empty() {
        return Decision { reason: "an agent's mail with nothing new".to_owned(), ..held };
    }
    if case.facts.limits.confirmations_hour >= case.policy.limits.confirmations_per_hour_max {
        return Decision { reason: "limit of confirmations in an hour".to_owned(), ..held };
    }
    let body = LetterBody::Confirmation {
        subject: ticket.subject.clone(),
        actions: pending.lines,
        recipient: pending.recipients.first().map(notify::address_of),
        also_to: pending.recipients.iter().skip(1).map(notify::address_of).collect(),
        text: Some(pending.text).filter(|text| !text.is_empty()),
        reason: reason.to_owned(),
        expires_at: case.now.checked_add(CONFIRMATION_LIFE).unwrap_or(case.now),
        action: pending.action,
        period_seconds: case.policy.trust.period_seconds,
    };
    let letter =
        Letter { reply_purpose: Some(Purpose::Confirm), ..notify::answer_to_staff(case, agent, body) };
    Decision { letters: vec![letter], ..held }
}

/// A and B: does what the mail says, or refuses all of it.
pub(super) fn act(case: &Case<'_>, agent: &AgentPolicy, ticket: &TicketFacts) -> Decision {
    let mut decision = shown(case, agent, ticket).unwrap_or_else(|| match understand(case, agent, ticket) {
        Ok(work) => orders::carry_out(case, agent, ticket, work),
        Err(problems) => refuse(case, agent, Some(ticket), problems),
    });
    let answers = decision.letters.len();
    if loop_guard::is_answered_enough(case) {
        decision.letters.retain(|l| {
            !matches!(
                l.body,
                LetterBody::Refusal { .. } | LetterBody::Transcript { .. } | LetterBody::Shown { .. }
            )
        });
    }
    if decision.letters.len() < answers {
        decision
            .changes
            .push(desk_event("answer_suppressed", "limit of answers to staff on a ticket in a day"));
    }
    decision
}

/// The answer to `#show`; `None`: the mail asks for none, or is not understood.
fn shown(case: &Case<'_>, agent: &AgentPolicy, ticket: &TicketFacts) -> Option<Decision> {
    let reading = &case.facts.reading;
    let found = commands::parse(reading.command_text.as_deref()?, case.policy, agent.role);
    show::asked(&found.commands).filter(|_| found.problems.is_empty())?;
    Some(show::decide(case, agent, ticket, &found, &new_text(reading, agent)))
}

pub(super) fn understand(
    case: &Case<'_>,
    agent: &AgentPolicy,
    ticket: &TicketFacts,
) -> Result<Work, Vec<Problem>> {
    let reading = &case.facts.reading;
    let found = match &reading.command_text {
        Some(text) => commands::parse(text, case.policy, agent.role),
        None if reading.reply.trim().is_empty() => Commands::default(),
        None => return Err(vec![Problem::HiddenText]),
    };
    if !found.problems.is_empty() {
        return Err(found.problems);
    }
    // A `#` line that tops the new text but not the mail (below a quote) is neither obeyed nor sent to the client.
    let top = commands::parse(&reading.reply, case.policy, agent.role);
    if !top.lines.is_empty()
        && !commands::same_commands(reading.command_text.as_deref().unwrap_or_default(), &reading.reply)
    {
        let command = top.lines.into_iter().next().unwrap_or_default();
        return Err(vec![Problem::BelowQuote { command }]);
    }
    let text = new_text(reading, agent);
    // Their autoresponder, which answers each notification in the same words.
    if found.commands.is_empty() && case.facts.flood.own_text_week > 0 && !text.is_empty() {
        return Err(vec![Problem::NothingNew]);
    }
    // A notification that a program attaches when it quotes is for colleagues alone.
    let leaves = |a: &Attachment| found.has_note() || !a.of_desk;
    let files = notify::files(case, |a| !(a.inline && a.size <= LOGO_BYTES_MAX) && leaves(a));
    let asks_help = found.commands.iter().any(|c| c.order == commands::Order::Help);
    let kind = match (found.has_note(), text.is_empty()) {
        _ if asks_help => None,
        (true, _) => Some(MessageKind::Note),
        (false, false) => Some(MessageKind::Reply),
        (false, true) => articles::are_ordered(&found.commands).then_some(MessageKind::Reply),
    };
    let empty_note = found.has_note() && text.is_empty() && files.is_empty();
    if empty_note || (kind.is_none() && found.commands.is_empty()) {
        return Err(vec![Problem::NothingNew]);
    }
    if agent.role < Role::Agent && kind.is_some() {
        return Err(vec![commands::not_allowed(0, "reply")]);
    }
    let recipients = people::recipients(ticket, &found.commands, &case.facts.silenced);
    if kind == Some(MessageKind::Reply)
        && let Some(requester) = recipients.first().filter(|person| person.suppressed)
    {
        return Err(vec![Problem::NoRecipient {
            address: requester.address.clone(),
            since: requester.suppressed_at,
            why: requester.suppressed_why.clone(),
        }]);
    }
    if kind == Some(MessageKind::Reply) && holds_notification(&text, ticket) {
        return Err(vec![Problem::QuotedNotification]);
    }
    orders::plan(case, ticket, found, kind, text, files)
}

/// What the agent wrote below the commands. A sign-off alone is nothing: mail programs put one below a button's command.
pub(super) fn new_text(reading: &Reading, agent: &AgentPolicy) -> String {
    let text = without_tokens(&commands::text_after(&reading.reply));
    if is_sign_off(&text, &agent.name) { String::new() } else { text }
}

/// Whether a program quoted our notification in a way that was not recognised: it holds the history, which is the desk's
/// own. Each has the requester's address and the twin of the button that resolves.
fn holds_notification(text: &str, ticket: &TicketFacts) -> bool {
    ["#resolve", "#解决"].iter().any(|twin| text.contains(twin))
        && text.to_lowercase().contains(&ticket.requester.address)
}

pub(super) fn refuse(
    case: &Case<'_>,
    agent: &AgentPolicy,
    ticket: Option<&TicketFacts>,
    problems: Vec<Problem>,
) -> Decision {
    let reading = &case.facts.reading;
    let body = LetterBody::Refusal {
        subject: ticket.map_or_else(|| case.subject(), |ticket| ticket.subject.clone()),
        problems,
        original: without_tokens(if reading.reply.trim().is_empty() {
            &reading.text
        } else {
            &reading.reply
        }),
    };
    Decision {
        outcome: Outcome::Control,
        reason: "an agent's mail was refused".to_owned(),
        ticket: ticket.map(TicketFacts::reference),
        changes: ticket
            .map(|_| case.event("refused", "nothing was done and nothing was sent"))
            .into_iter()
            .collect(),
        letters: vec![notify::answer_to_staff(case, agent, body)],
        ..Decision::default()
    }
}
