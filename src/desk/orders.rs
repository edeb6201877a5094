//! What a proven agent's mail changes and sends. Called only behind the proof of `agent`.
//!
//! Invariants: planned wholly before anything is changed; commands alone send nothing to the client.

use crate::triage::secrets;

use super::{
    AgentPolicy, Change, Decision, FileRef, Hints, Letter, LetterBody, MessageKind, NotificationCause,
    Outcome, PersonFacts, Priority, Problem, Purpose, SentArticle, Silenced, State, TicketBrief, TicketFacts,
    TicketId, TimerKind, articles,
    case::Case,
    commands::{Command, Commands, Order, wrong_state},
    impersonation, merge, notify, people, period, routing,
    state::{self, Input},
    threading,
};
use crate::mail::Address;

/// An agent's mail, understood and possible.
#[derive(Debug)]
pub(super) struct Work {
    commands: Vec<Command>,
    /// What the text becomes; `None`: there is none, or it only accompanies `#help`.
    kind: Option<MessageKind>,
    text: String,
    articles: Vec<SentArticle>,
    files: Vec<FileRef>,
    after: State,
}

impl Work {
    /// A ticket that somebody opens is theirs, unless they say whose.
    pub(super) fn taken_unless_assigned(mut self) -> Self {
        let says = |c: &Command| matches!(c.order, Order::Take | Order::Assign(_));
        if !self.commands.iter().any(says) {
            self.commands.push(Command { line: 0, written: "#take".to_owned(), order: Order::Take });
        }
        self
    }

    /// The text goes to the client.
    pub(super) fn is_public(&self) -> bool {
        self.kind == Some(MessageKind::Reply)
    }

    /// What is sent or kept, with the articles.
    fn whole_text(&self) -> String {
        articles::with_text(&self.text, &self.articles)
    }
}

/// Checks each order against the ticket's state.
///
/// # Errors
/// The orders that are not possible from it.
pub(super) fn plan(
    case: &Case<'_>,
    ticket: &TicketFacts,
    found: Commands,
    kind: Option<MessageKind>,
    text: String,
    files: Vec<FileRef>,
) -> Result<Work, Vec<Problem>> {
    let public = kind == Some(MessageKind::Reply);
    let before = ticket.state;
    let mut after = before;
    let mut problems = people::problems(ticket, &found.commands);
    problems.extend(merge::problems(case.facts, ticket, &found.commands, public));
    problems.extend(articles::problems(case.policy, ticket, &found.commands));
    let mut named = false;
    for command in &found.commands {
        let input = match command.order {
            Order::State(input) => {
                named = true;
                input
            }
            Order::Merge { .. } => {
                named = true;
                Input::Merge
            }
            Order::Take => Input::Take,
            Order::Assign(_)
            | Order::Category(_)
            | Order::Priority(_)
            | Order::Cc { .. }
            | Order::Requester(_)
            | Order::Note
            | Order::Article(_)
            | Order::Show(_)
            | Order::Lock
            | Order::Help => continue,
        };
        match state::step(after, input).after(after) {
            Some(state) => after = state,
            None => problems.push(wrong_state(command.line, &command.written, before)),
        }
    }
    if public && problems.is_empty() {
        match state::step(after, Input::AgentReplied).after(after) {
            // A named state outranks the reply's `waiting`.
            Some(_) if named => {}
            Some(state) => after = state,
            None => problems.push(wrong_state(0, "reply", before)),
        }
    }
    if problems.is_empty() {
        let articles = articles::named(case.policy, ticket, &found.commands);
        Ok(Work { commands: found.commands, kind, text, articles, files, after })
    } else {
        Err(problems)
    }
}

/// Turns the plan into changes and letters.
pub(super) fn carry_out(case: &Case<'_>, agent: &AgentPolicy, ticket: &TicketFacts, work: Work) -> Decision {
    let mut done = Done {
        case,
        agent,
        ticket,
        changes: Vec::new(),
        lines: Vec::new(),
        letters: Vec::new(),
        brief: TicketBrief { state: work.after, ..notify::brief(ticket) },
        recipients: people::recipients(ticket, &work.commands, &case.facts.silenced),
        unreachable: people::unreachable(ticket, &work.commands, &case.facts.silenced),
    };
    for command in &work.commands {
        done.people(&command.order);
    }
    done.keep_text(&work);
    for command in &work.commands {
        done.order(&command.order);
    }
    let public = work.kind == Some(MessageKind::Reply);
    done.state(work.after, public);
    done.tell_new_owners(&work);
    let help = work.commands.iter().any(|c| c.order == Order::Help);
    let locked = work.commands.iter().any(|c| c.order == Order::Lock);
    // What was believed without a proof is shown to whose name it carries.
    let names_people = work.commands.iter().any(|c| matches!(c.order, Order::Cc { .. }));
    let unheard = names_people && !done.unreachable.is_empty();
    if public || help || locked || unheard || is_at_desk(case) || period::believed_until(case).is_some() {
        done.transcript(&work, help);
    }
    Decision {
        outcome: if work.kind.is_some() { Outcome::Ticket } else { Outcome::Control },
        reason: if public { "an agent's reply" } else { "an agent's orders" }.to_owned(),
        ticket: Some(ticket.reference()),
        changes: done.changes,
        letters: done.letters,
        ..Decision::default()
    }
}

/// There is no notification beside it that would show what became of it.
fn is_at_desk(case: &Case<'_>) -> bool {
    threading::desk_token(&case.facts.tokens).is_some()
}

struct Done<'c, 'a> {
    case: &'c Case<'a>,
    agent: &'c AgentPolicy,
    ticket: &'c TicketFacts,
    changes: Vec<Change>,
    /// In words, for the transcript.
    lines: Vec<String>,
    letters: Vec<Letter>,
    brief: TicketBrief,
    /// Of a reply: the requester first.
    recipients: Vec<PersonFacts>,
    /// Those on the ticket who get nothing.
    unreachable: Vec<PersonFacts>,
}

impl Done<'_, '_> {
    fn keep_text(&mut self, work: &Work) {
        let Some(kind) = work.kind else { return };
        let author = self.case.sender.id;
        let text = work.whole_text();
        let count = words(&text);
        self.changes.push(Change::Message { kind, author, text });
        self.changes.push(self.case.event(kind.as_str(), format!("{count} words")));
        for article in &work.articles {
            self.changes.push(self.case.event("article", &article.name));
            self.lines.push(format!("article {}", article.name));
        }
        if kind == MessageKind::Reply {
            let replies: Vec<Letter> =
                self.recipients.iter().map(|person| self.reply(work, person)).collect();
            self.letters.extend(replies);
            if self.ticket.proposed_by.is_some() {
                self.changes.push(Change::Proposed(None));
            }
        }
    }

    /// One mail a person: each has a token of their own, and none learns another's.
    fn reply(&self, work: &Work, to: &PersonFacts) -> Letter {
        let ticket = self.ticket;
        let answered = ticket.last_client_message_id.as_ref();
        Letter {
            to: notify::address_of(to),
            person: to.id,
            language: if ticket.language.is_empty() {
                &self.case.policy.default_language
            } else {
                &ticket.language
            }
            .clone(),
            reply_purpose: Some(Purpose::Client),
            automatic: None,
            in_reply_to: answered.cloned(),
            references: notify::chain(&ticket.last_client_references, answered),
            files: work.files.clone(),
            body: LetterBody::Reply {
                agent_name: self.agent.name.clone(),
                subject: ticket.subject.clone(),
                text: self.without_own_address(&work.text),
                articles: work.articles.clone(),
            },
        }
    }

    /// Programs put signatures into the text, some without a mark; the agent's own address in them stays behind
    /// (SPEC section 8), and the client finds the one that answers.
    fn without_own_address(&self, text: &str) -> String {
        let desk = self.case.mailbox.map_or("", |mailbox| mailbox.address.as_str());
        with_other_address(text, &self.agent.address, desk)
    }

    fn order(&mut self, order: &Order) {
        match order {
            Order::Take => self.assign(Some(self.agent.address.clone())),
            Order::Assign(address) => self.assign(address.clone()),
            Order::Category(name) => self.category(name),
            Order::Priority(priority) => self.priority(*priority),
            Order::Lock => {
                self.changes.push(Change::EndPeriod(self.agent.address.clone()));
                self.record("period", "open", "ended");
            }
            Order::Merge { into, people } => self.merge(*into, *people),
            // Carried out before the reply, or together with it, once.
            Order::Cc { .. }
            | Order::Requester(_)
            | Order::State(_)
            | Order::Note
            | Order::Article(_)
            | Order::Show(_)
            | Order::Help => {}
        }
    }

    /// Who is on the ticket, before anything is sent to them.
    fn people(&mut self, order: &Order) {
        match order {
            Order::Requester(address) if *address != self.ticket.requester.address => {
                let person = Address { name: None, address: address.clone() };
                self.record("requester", &self.ticket.requester.address, address);
                // Whose ticket it never was reads nothing of it.
                self.changes.push(Change::Leave(self.ticket.requester.address.clone()));
                self.changes.push(Change::Requester(person.clone()));
                self.brief.requester = impersonation::shown(person);
                (self.brief.requester_proven, self.brief.proposed_by) = (false, None);
            }
            Order::Requester(_) if self.ticket.proposed_by.is_some() => {
                self.changes.push(Change::Proposed(None));
                self.brief.proposed_by = None;
            }
            Order::Cc { add, remove } => {
                let is_on = |address: &String| self.ticket.participants.contains(address);
                let add: Vec<&String> = add.iter().filter(|address| !is_on(address)).collect();
                let words = add.iter().map(|a| format!("+{a}")).chain(remove.iter().map(|a| format!("-{a}")));
                let words: Vec<String> = words.collect();
                if words.is_empty() {
                    return;
                }
                self.changes.push(self.case.event("cc", words.join(" ")));
                self.lines.push(format!("cc {}", words.join(" ")));
                self.changes.extend(remove.iter().cloned().map(Change::Leave));
                let person = |address: &String| Address { name: None, address: address.clone() };
                self.changes.extend(add.into_iter().map(|address| Change::Join(person(address))));
            }
            _ => {}
        }
    }

    fn merge(&mut self, into: TicketId, people: bool) {
        let event = |kind: &str, content: String| self.case.event(kind, content);
        let change = merge::change(self.case.facts, self.ticket, into, people, event);
        self.changes.push(self.case.event("merged_into", format!("#{into}")));
        self.lines.push(format!("merged_into #{into}"));
        self.changes.extend(change);
        self.changes.push(Change::StopTimer(TimerKind::FirstResponse));
    }

    fn record(&mut self, kind: &str, before: &str, after: &str) {
        self.changes.push(self.case.event(kind, format!("{before} -> {after}")));
        self.lines.push(format!("{kind} {before} -> {after}"));
    }

    fn assign(&mut self, address: Option<String>) {
        if address == self.ticket.assignee {
            return;
        }
        let (before, after) =
            (self.ticket.assignee.as_deref().unwrap_or("none"), address.as_deref().unwrap_or("none"));
        self.record("assignee", before, after);
        self.brief.assignee.clone_from(&address);
        self.changes.push(Change::Assignee(address));
    }

    fn category(&mut self, name: &str) {
        if self.ticket.category.as_deref() == Some(name) {
            return;
        }
        self.record("category", self.ticket.category.as_deref().unwrap_or("none"), name);
        self.brief.category = Some(name.to_owned());
        self.changes.push(Change::Category(Some(name.to_owned())));
        self.changes.push(Change::Correction {
            before: self.ticket.category.clone(),
            category: name.to_owned(),
            by: self.case.sender.id,
        });
        let team = routing::team_of_category(self.case.policy, name, &self.ticket.language);
        if let Some(team) = team.filter(|t| self.ticket.team.as_deref() != Some(&t.name)) {
            self.record("team", self.ticket.team.as_deref().unwrap_or("none"), &team.name);
            self.brief.team = Some(team.name.clone());
            self.changes.push(Change::Team(Some(team.name.clone())));
        }
    }

    fn priority(&mut self, priority: Priority) {
        if self.ticket.priority == priority {
            return;
        }
        self.record("priority", self.ticket.priority.as_str(), priority.as_str());
        self.brief.priority = priority;
        self.changes.push(Change::Priority(priority));
    }

    fn state(&mut self, after: State, public: bool) {
        if after != self.ticket.state {
            self.record("state", self.ticket.state.as_str(), after.as_str());
            self.changes.push(Change::State(after));
        }
        let unanswered = self.ticket.first_response_at.is_none();
        if public && unanswered {
            self.changes.push(Change::FirstResponse(self.case.now));
        }
        let ended = matches!(after, State::Resolved | State::Closed) && after != self.ticket.state;
        if unanswered && (public || ended) {
            self.changes.push(Change::StopTimer(TimerKind::FirstResponse));
        }
    }

    /// Whoever gets the ticket by this mail learns of it: the new assignee, or the new team while nobody has it.
    fn tell_new_owners(&mut self, work: &Work) {
        let moved = self.brief.team != self.ticket.team || self.brief.assignee.is_some();
        let same = self.brief.assignee == self.ticket.assignee && self.brief.team == self.ticket.team;
        let own = self.brief.assignee.as_ref() == Some(&self.agent.address);
        if same || own || !moved {
            return;
        }
        let (assignee, team) = (self.brief.assignee.as_deref(), self.brief.team.as_deref());
        let staff = notify::responsible(self.case.policy, assignee, team, Some(&self.agent.address));
        let body = LetterBody::Notification {
            cause: NotificationCause::Assigned,
            brief: self.brief.clone(),
            author: None,
            note: (work.kind == Some(MessageKind::Note)).then(|| work.text.clone()).filter(|n| !n.is_empty()),
            text: notify::for_staff(&self.ticket.last_client_text),
            secrets: secrets::kinds(&self.ticket.last_client_text),
            quoted: false,
            files: Vec::new(),
            files_left_out: false,
            hints: Hints::default(),
        };
        let letters = staff.into_iter().map(|agent| notify::to_staff(agent, self.case.policy, body.clone()));
        self.letters.extend(letters);
    }

    fn transcript(&mut self, work: &Work, help: bool) {
        let public = work.kind == Some(MessageKind::Reply);
        let body = LetterBody::Transcript {
            subject: self.ticket.subject.clone(),
            done: std::mem::take(&mut self.lines),
            sent_to: self.recipients.first().filter(|_| public).map(notify::address_of),
            also_to: self.recipients.iter().skip(1).filter(|_| public).map(notify::address_of).collect(),
            sent_words: if public { words(&work.whole_text()) } else { 0 },
            unreachable: if help { Vec::new() } else { self.unreachable.iter().map(Silenced::of).collect() },
            help,
            believed_until: period::believed_until(self.case),
        };
        self.letters.push(notify::answer_to_staff(self.case, self.agent, body));
    }
}

/// `text` with the one address in place of the other, whatever its case; an address that only ends or begins like it
/// (`x.alice@…`, `…@desk.test.example`) is another one.
fn with_other_address(text: &str, own: &str, other: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || "-_+%".contains(c);
    let ends_before = |c: Option<char>| c.is_none_or(|c| !is_part(c) && c != '.');
    // A full stop ends a sentence as well.
    let begins_after = |rest: &str| {
        let mut chars = rest.chars();
        chars.next().is_none_or(|c| !is_part(c) && (c != '.' || !chars.next().is_some_and(is_part)))
    };
    let (lower, own) = (text.to_ascii_lowercase(), own.to_ascii_lowercase());
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, found) in lower.match_indices(&own).filter(|_| !own.is_empty()) {
        let end = at + found.len();
        let (before, after) = (lower.get(..at).unwrap_or(""), lower.get(end..).unwrap_or(""));
        if ends_before(before.chars().next_back()) && begins_after(after) {
            out.push_str(text.get(copied..at).unwrap_or(""));
            out.push_str(other);
            copied = end;
        }
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    out
}

/// Words as people count them: runs between blanks, and each Han or Kana character by itself.
pub(super) fn words(text: &str) -> u32 {
    let is_cjk =
        |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
    let cjk = text.chars().filter(|c| is_cjk(*c)).count();
    let runs =
        text.split(|c: char| c.is_whitespace() || is_cjk(c)).filter(|w| w.chars().any(char::is_alphanumeric));
    u32::try_from(cjk + runs.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::with_other_address;

    #[test]
    fn only_the_agents_own_address_is_replaced() {
        let (alice, support) = ("alice@desk.test", "support@desk.test");
        for (text, wanted) in [
            ("Mail: Alice@Desk.TEST", "Mail: support@desk.test"),
            ("请写信到 alice@desk.test。", "请写信到 support@desk.test。"),
            ("<alice@desk.test>, or alice@desk.test.", "<support@desk.test>, or support@desk.test."),
            ("mailto:alice@desk.test?subject=x", "mailto:support@desk.test?subject=x"),
            ("malice@desk.test x.alice@desk.test", "malice@desk.test x.alice@desk.test"),
            ("alice@desk.test.example alice@desk.tests", "alice@desk.test.example alice@desk.tests"),
            ("İ alice@desk.test", "İ support@desk.test"),
            ("", ""),
        ] {
            assert_eq!(with_other_address(text, alice, support), wanted);
        }
        assert_eq!(with_other_address("x", "", support), "x");
    }
}
