//! A desk of the simulation: a store in memory that gathers the same facts as the real one does, the decision applied, and its
//! letters as the bytes that would leave. Wording is not judged here: the texts are short stand-ins.

mod secrets;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::week::Parcel;
use crate::{
    desk::{
        bounce_mark::BounceMark,
        threading::named_tickets,
        token::{TokenKey, TokenKeys, address_with, subaddress},
        *,
    },
    mail::{self, Address, Class, ReadPolicy, Reading, compose::Outgoing},
    triage::triage,
};

/// A mail that left.
pub struct Left {
    pub at: Timestamp,
    pub kind: &'static str,
    pub ticket: Option<TicketId>,
    pub to: String,
    pub to_agent: bool,
    pub automatic: Option<Automatic>,
    message_id: String,
}

impl Left {
    /// Counted by the limits of FAULTS section 2.
    pub fn counts(&self) -> bool {
        self.automatic.is_some() && !self.to_agent
    }
}

/// How a mail ended.
pub struct Ended {
    pub at: Timestamp,
    pub class: Class,
    pub from: String,
    pub decision: Decision,
    pub ticket: Option<TicketId>,
}

struct Message {
    ticket: TicketId,
    kind: MessageKind,
    at: Timestamp,
    message_id: Option<String>,
    references: Vec<String>,
    text: String,
    author: String,
}

struct Line {
    ticket: TicketId,
    brief: EventBrief,
}

pub struct House {
    pub policy: Policy,
    reading: ReadPolicy,
    keys: TokenKeys,
    people: Vec<PersonFacts>,
    tickets: BTreeMap<TicketId, TicketFacts>,
    messages: Vec<Message>,
    lines: Vec<Line>,
    identities: BTreeMap<String, Option<TicketId>>,
    /// Nonce or Message-ID of the confirmation mail beside it.
    confirmations: Vec<(String, ConfirmationFacts)>,
    /// Mails that did not arrive: row of `left`, for good, people were told, when.
    bounces: Vec<(usize, bool, bool, Timestamp)>,
    /// By agent's address.
    periods: BTreeMap<String, PeriodFacts>,
    /// With the mailbox that they came to, by [`RawId`], from 1 on.
    raws: Vec<(Vec<u8>, String)>,
    pub left: Vec<Left>,
    pub ended: Vec<Ended>,
}

impl House {
    pub fn new(policy: Policy) -> Self {
        let reading = ReadPolicy {
            own_addresses: policy.own_addresses(),
            own_lists: policy.trust.own_lists.clone(),
            desk_id: policy.desk_id.clone(),
        };
        let keys = TokenKeys(vec![TokenKey { id: 1, bytes: policy.desk_id.as_bytes().to_vec() }]);
        let mut house = Self {
            policy,
            reading,
            keys,
            people: Vec::new(),
            tickets: BTreeMap::new(),
            messages: Vec::new(),
            lines: Vec::new(),
            identities: BTreeMap::new(),
            confirmations: Vec::new(),
            bounces: Vec::new(),
            periods: BTreeMap::new(),
            raws: Vec::new(),
            left: Vec::new(),
            ended: Vec::new(),
        };
        for agent in house.policy.agents.clone() {
            house.person(&agent.address, Some(&agent.name));
        }
        house
    }

    /// Whether a server would put this address's mail into one of our mailboxes.
    pub fn owns(&self, address: &str) -> Option<&MailboxPolicy> {
        let mut mailboxes = self.policy.mailboxes.iter();
        mailboxes.find(|m| m.address.eq_ignore_ascii_case(address) || subaddress(m, address).is_some())
    }

    fn person(&mut self, address: &str, name: Option<&str>) -> PersonFacts {
        let address = address.to_lowercase();
        if let Some(known) = self.people.iter().find(|p| p.address == address) {
            let newest = self.tickets.values().rev().find(|t| t.requester.id == known.id);
            return PersonFacts { language: newest.map(|t| t.language.clone()), ..known.clone() };
        }
        let id = PersonId(self.people.len() as i64 + 1);
        let name = name.map(str::to_owned);
        self.people.push(PersonFacts { id, address, name, ..PersonFacts::default() });
        self.people.last().cloned().unwrap()
    }

    /// Takes a mail in, as `intake` does, and returns what leaves for it.
    pub fn take(&mut self, bytes: &[u8], mailbox: &str, now: Timestamp) -> Vec<Parcel> {
        self.raws.push((bytes.to_vec(), mailbox.to_owned()));
        self.decide(RawId(self.raws.len() as i64), None, now)
    }

    fn decide(&mut self, raw: RawId, confirmed_action: Option<String>, now: Timestamp) -> Vec<Parcel> {
        let (bytes, mailbox) = self.raws[raw.0 as usize - 1].clone();
        let reading = mail::read(&bytes, &self.reading);
        let confirmed = confirmed_action.is_some();
        let confirmed_action = confirmed_action.unwrap_or_default();
        let facts = MailFacts { raw, confirmed, confirmed_action, ..self.gather(reading, &mailbox, now) };
        let facts = Facts::Mail(Box::new(facts));
        let decision = decide(&facts, &self.policy, now);
        assert_eq!(decision, decide(&facts, &self.policy, now), "the same facts, the same decision");
        let Facts::Mail(facts) = facts else { unreachable!() };
        let ticket = self.apply(&facts, &decision, now);
        let letters = decision.letters.clone();
        let mut sent: Vec<Parcel> =
            letters.iter().map(|letter| self.send(letter, ticket, &mailbox, raw, now)).collect();
        let from = facts.sender.as_ref().map(|s| s.address.clone()).unwrap_or_default();
        self.identities.insert(facts.reading.identity.clone(), ticket);
        let release = decision.release.clone();
        self.ended.push(Ended { at: now, class: facts.reading.class, from, decision, ticket });
        if let Some(release) = release {
            sent.extend(self.decide(release.held, Some(release.action), now));
        }
        sent
    }

    fn gather(&mut self, reading: Reading, mailbox: &str, now: Timestamp) -> MailFacts {
        let sender = reading.from.clone().filter(|f| !f.address.is_empty());
        let sender = sender.map(|from| self.person(&from.address, from.name.as_deref()));
        let policy = self.policy.mailbox(mailbox).cloned().unwrap_or_default();
        let written = reading.to.iter().chain(&reading.cc).map(|a| a.address.clone());
        let recipients: Vec<String> = written.chain(reading.trace.delivered_to.iter().cloned()).collect();
        let mut marks: Vec<&str> = recipients.iter().filter_map(|a| subaddress(&policy, a)).collect();
        marks.dedup();
        let today = (now.as_second() / 86_400) as u16;
        let tokens: Vec<TokenFinding> =
            marks.iter().filter_map(|mark| self.keys.check(mark, today, &BTreeMap::new())).collect();
        let to_address = marks.iter().find_map(|mark| self.keys.check_bounce(mark, today));
        let bounce_address = to_address.is_some();
        let bounce = self.returned(to_address, &reading, today, now);
        let reported = reading.report.as_ref().and_then(|r| r.original_message_id.as_ref());
        let named = reported.into_iter().chain(&reading.in_reply_to).chain(reading.references.iter().rev());
        let threads: Vec<ThreadMatch> = named.flat_map(|id| self.thread(id)).collect();
        let mut tickets = named_tickets(&tokens, &threads);
        if let Some(returned) = bounce.as_ref().and_then(|b| b.ticket) {
            tickets.retain(|t| *t != returned);
            tickets.insert(0, returned);
        }
        let tickets: Vec<TicketFacts> = tickets.into_iter().map(|id| self.ticket(id, now)).collect();
        let triage = triage(&reading);
        let text = if reading.reply.trim().is_empty() { &reading.text } else { &reading.reply };
        let address = sender.as_ref().map(|s| s.address.clone()).unwrap_or_default();
        MailFacts {
            confirmation: self.confirmation(&marks, &reading),
            bounce_address,
            bounce,
            period: self.periods.get(&address).copied(),
            mailbox: mailbox.to_owned(),
            received_at: now,
            triage,
            duplicate_of: self.identities.get(&reading.identity).map(|t| t.unwrap_or_default()),
            tokens,
            threads,
            limits: self.limits(&address, now),
            flood: FloodFacts {
                subject_names_ticket: self.is_marked(&address, &reading),
                ..self.flood(&address, text, &tickets, now)
            },
            tickets,
            sender,
            reading,
            ..MailFacts::default()
        }
    }

    fn returned(
        &mut self,
        to_address: Option<BounceMark>,
        reading: &Reading,
        today: u16,
        now: Timestamp,
    ) -> Option<BounceFacts> {
        let is_report = matches!(reading.class, Class::Bounce | Class::DeliveryReport | Class::Complaint);
        let report = reading.report.as_ref().filter(|_| is_report);
        let header = report.and_then(|r| self.keys.check_bounce(r.original_mark.as_ref()?, today));
        let is_of = |mark: Option<BounceMark>, left: &Left| {
            mark == self.keys.check_bounce(&self.keys.mint_bounce(&left.message_id, u16::MAX), today)
        };
        let by = |wanted: &dyn Fn(&Left) -> bool, evidence| {
            self.left.iter().position(wanted).map(|row| (row, evidence))
        };
        let id = report.and_then(|r| r.original_message_id.as_ref());
        let (row, evidence) = by(&|l| is_of(to_address, l), BounceEvidence::Address)
            .or_else(|| by(&|l| is_of(header, l), BounceEvidence::Header))
            .or_else(|| by(&|l| Some(&l.message_id) == id, BounceEvidence::MessageId))?;
        let (to, sent_at) = (self.left[row].to.clone(), self.left[row].at);
        let (ticket, kind, to_agent) = (self.left[row].ticket, self.left[row].kind, self.left[row].to_agent);
        let recipient = self.person(&to, None);
        let wrote = self.messages.iter().filter(|m| m.author == to && m.kind == MessageKind::Client);
        let wrote = wrote.map(|m| m.at).max().unwrap_or(Timestamp::MIN).max(hours_before(now, 7 * 24));
        let others = self.bounces.iter().filter(|b| self.left[b.0].to == to);
        let reply = self.messages.iter().rfind(|m| {
            kind == "reply" && Some(m.ticket) == ticket && m.kind == MessageKind::Reply && m.at <= sent_at
        });
        Some(BounceFacts {
            outbox: OutboxId(row as i64),
            evidence,
            ticket,
            is_reply: kind == "reply",
            to_agent,
            recipient,
            author: reply.map(|m| m.author.clone()),
            text: reply.map(|m| m.text.clone()).unwrap_or_default(),
            known: self.bounces.iter().filter(|b| b.0 == row).map(|b| b.1).max(),
            failures_week: others.clone().filter(|b| b.0 != row && b.3 > wrote).count() as u32,
            told_day: others.clone().any(|b| b.2 && b.3 > hours_before(now, 24)),
        })
    }

    /// When a person last wrote on the ticket, up to this instant.
    pub fn last_person(&self, ticket: TicketId, until: Timestamp) -> Option<Timestamp> {
        let people = self.messages.iter().filter(|m| {
            m.ticket == ticket && m.at <= until && matches!(m.kind, MessageKind::Client | MessageKind::Reply)
        });
        people.map(|m| m.at).max()
    }

    fn thread(&self, id: &str) -> Vec<ThreadMatch> {
        let ours = self.left.iter().filter(|l| l.message_id == id);
        let ours = ours.filter_map(|l| {
            Some(ThreadMatch {
                ticket: l.ticket?,
                sent_to: Some(l.to.clone()),
                to_agent: l.to_agent,
                revoked: false,
            })
        });
        let theirs = self.messages.iter().filter(|m| m.message_id.as_deref() == Some(id));
        let theirs =
            theirs.map(|m| ThreadMatch { ticket: m.ticket, sent_to: None, to_agent: false, revoked: false });
        ours.chain(theirs).collect()
    }

    /// The counts of `TICKET_FACTS` in the store.
    fn ticket(&self, id: TicketId, now: Timestamp) -> TicketFacts {
        let mut facts = self.tickets[&id].clone();
        facts.requester = self.people.iter().find(|p| p.id == facts.requester.id).cloned().unwrap();
        let human = self.last_person(id, now).unwrap_or(Timestamp::MIN);
        let sent = self.left.iter().filter(|l| l.ticket == Some(id) && l.counts());
        facts.automatic_hour = sent.clone().filter(|l| l.at > hours_before(now, 1)).count() as u32;
        facts.automatic_row = sent.filter(|l| l.at >= human).count() as u32;
        let history: Vec<_> = self.lines.iter().filter(|l| l.ticket == id).collect();
        facts.history = history.iter().rev().take(3).rev().map(|l| l.brief.clone()).collect();
        if let Some(last) = self.messages.iter().rfind(|m| m.ticket == id && m.kind == MessageKind::Client) {
            facts.last_client_message_id = last.message_id.clone();
            facts.last_client_references = last.references.clone();
            facts.last_client_text = last.text.clone();
            facts.last_client_at = Some(last.at);
        }
        facts
    }

    /// The counts of `LIMITS` in the store.
    fn limits(&self, address: &str, now: Timestamp) -> LimitCounts {
        let count = |wanted: &dyn Fn(&Left) -> bool, hours: i64| {
            let since = hours_before(now, hours);
            self.left.iter().filter(|l| l.at > since && wanted(l)).count() as u32
        };
        let ack = |l: &Left| l.kind == "acknowledgement" && l.counts();
        let ten_minutes = now - SignedDuration::from_mins(10);
        LimitCounts {
            acks_address_10min: count(&|l| ack(l) && l.to == address && l.at > ten_minutes, 1),
            acks_address_day: count(&|l| ack(l) && l.to == address, 24),
            acks_domain_hour: count(&|l| ack(l) && domain(&l.to) == domain(address), 1),
            acks_hour: count(&ack, 1),
            confirmations_hour: count(&|l| l.kind == "confirmation" && l.to == address, 1),
        }
    }

    fn flood(&self, address: &str, text: &str, named: &[TicketFacts], now: Timestamp) -> FloodFacts {
        let since = hours_before(now, 1);
        let lines = |kind: &str, actor: &str| {
            let recent = self.lines.iter().filter(|l| l.brief.at > since && l.brief.kind == kind);
            recent.filter(|l| actor.is_empty() || l.brief.actor == actor).count() as u32
        };
        let staff = self.left.iter().rfind(|l| l.kind == "reply" && l.to == address).map(|l| l.at);
        let acks = self.left.iter().filter(|l| l.kind == "acknowledgement" && l.to == address);
        let mut tickets =
            self.tickets.values().filter(|t| t.requester.address == address && t.created_at > since);
        let on_named = |ticket: TicketId| named.iter().any(|t| t.id == ticket);
        let week = hours_before(now, 7 * 24);
        let repeated = self.messages.iter().filter(|m| m.at > week && m.text == text);
        let same = repeated
            .clone()
            .filter(|m| m.kind == MessageKind::Client && domain(&m.author) == domain(address));
        let own = repeated.filter(|m| {
            matches!(m.kind, MessageKind::Reply | MessageKind::Note)
                && m.author == address
                && on_named(m.ticket)
        });
        let answers = self.left.iter().filter(|l| {
            l.kind == "transcript"
                && l.to == address
                && l.at > hours_before(now, 24)
                && l.ticket.is_some_and(on_named)
        });
        FloodFacts {
            breaker_hour: Some(lines("breaker", "")),
            acks_address_row: acks.filter(|l| staff.is_none_or(|at| l.at > at)).count() as u32,
            tickets_address_hour: tickets.clone().count() as u32,
            folded_address_hour: lines("folded", address),
            newest: tickets.next_back().map(|t| self.ticket(t.id, now)),
            same_text_week: same.count() as u32,
            subject_names_ticket: false,
            own_text_week: own.count() as u32,
            answers_to_staff_day: answers.count() as u32,
        }
    }

    fn is_marked(&self, address: &str, reading: &Reading) -> bool {
        let mark = threading::mark(reading.subject.as_deref().unwrap_or_default());
        let ticket = mark.and_then(|id| self.tickets.get(&id));
        ticket.is_some_and(|t| domain(&t.requester.address) == domain(address))
    }

    fn apply(&mut self, facts: &MailFacts, decision: &Decision, now: Timestamp) -> Option<TicketId> {
        for change in &decision.changes {
            self.change_people(change, now);
        }
        let Some(ticket) = decision.ticket else {
            for change in &decision.changes {
                self.change(TicketId::default(), facts, change, now);
            }
            return None;
        };
        let id = match ticket {
            TicketRef::New => TicketId(1000 + self.tickets.len() as i64 + 1),
            TicketRef::Existing(id, version) => {
                assert_eq!(self.tickets[&id].version, version, "decided on what was read");
                id
            }
        };
        for change in &decision.changes {
            self.change(id, facts, change, now);
        }
        if !decision.changes.is_empty() {
            self.tickets.get_mut(&id).unwrap().version += 1;
        }
        Some(id)
    }

    /// The changes that need no ticket.
    fn change_people(&mut self, change: &Change, now: Timestamp) {
        let (id, stops) = match change {
            Change::Bounced { outbox, hard, told, .. } => {
                return self.bounces.push((outbox.0 as usize, *hard, *told, now));
            }
            Change::Suppress { person, .. } => (person, true),
            Change::Release(person) => (person, false),
            _ => return,
        };
        let person = self.people.iter_mut().find(|p| p.id == *id).unwrap();
        person.suppressed = stops;
        if stops {
            person.suppressed_at = Some(now);
        } else {
            person.released_at = Some(now);
        }
    }

    fn change(&mut self, id: TicketId, facts: &MailFacts, change: &Change, now: Timestamp) {
        match change {
            Change::Create { subject, requester, requester_proven, language, created_at, .. } => {
                let requester = self.people.iter().find(|p| p.id == *requester).cloned().unwrap();
                let ticket = TicketFacts {
                    id,
                    mailbox: facts.mailbox.clone(),
                    subject: subject.clone(),
                    language: language.clone(),
                    participants: vec![requester.address.clone()],
                    requester,
                    requester_proven: *requester_proven,
                    created_at: *created_at,
                    ..TicketFacts::default()
                };
                self.tickets.insert(id, ticket);
            }
            Change::Message { kind, text, .. } => self.messages.push(Message {
                ticket: id,
                kind: *kind,
                at: now,
                message_id: facts.reading.message_id.clone(),
                references: facts.reading.references.clone(),
                text: text.clone(),
                author: facts.sender.as_ref().map(|s| s.address.clone()).unwrap_or_default(),
            }),
            Change::Event { kind, actor, content } => self.lines.push(Line {
                ticket: id,
                brief: EventBrief {
                    at: now,
                    actor: actor.clone(),
                    kind: kind.clone(),
                    detail: content.clone(),
                },
            }),
            Change::State(state) => self.tickets.get_mut(&id).unwrap().state = *state,
            Change::RequesterProven(proven) => {
                self.tickets.get_mut(&id).unwrap().requester_proven = *proven;
            }
            Change::FirstResponse(at) => self.tickets.get_mut(&id).unwrap().first_response_at = Some(*at),
            Change::Facts(matter) => self.tickets.get_mut(&id).unwrap().matter = matter.clone(),
            Change::Assignee(who) => self.tickets.get_mut(&id).unwrap().assignee = who.clone(),
            Change::UseConfirmation(id) => self.confirmations[*id as usize].1.used = true,
            Change::HintConfirmation(id) => self.confirmations[*id as usize].1.hinted = true,
            Change::OpenPeriod { agent, until, .. } => {
                self.periods.insert(agent.clone(), PeriodFacts { opened_at: now, until: *until });
            }
            Change::EndPeriod(agent) => {
                self.periods.remove(agent);
            }
            Change::Join(person) => {
                let ticket = self.tickets.get_mut(&id).unwrap();
                if !ticket.participants.contains(&person.address) {
                    ticket.participants.push(person.address.clone());
                    ticket
                        .others
                        .push(PersonFacts { address: person.address.clone(), ..PersonFacts::default() });
                }
            }
            Change::StartTimer { .. } | Change::StopTimer(_) | Change::Marks { .. } => {}
            Change::Bounced { .. }
            | Change::Suppress { .. }
            | Change::Release(_)
            | Change::Correction { .. } => {}
            other => panic!("the simulation does not know {other:?}"),
        }
    }

    /// What `intake::dispatch` makes of a letter.
    fn send(
        &mut self,
        letter: &Letter,
        ticket: Option<TicketId>,
        mailbox: &str,
        raw: RawId,
        now: Timestamp,
    ) -> Parcel {
        let mailbox = self.policy.mailbox(mailbox).unwrap().clone();
        let host = domain(&mailbox.address);
        let message_id = format!("{:032x}@{host}", self.left.len() as u64 * 0x9e37_79b9 + 1);
        let kind = kind(&letter.body);
        let to_agent = !matches!(kind, "acknowledgement" | "reply");
        let (subject, text) = words(letter, ticket);
        let reply = self.reply_address(letter, &message_id, &mailbox, ticket, raw);
        let outgoing = Outgoing {
            from: Address { name: Some(self.policy.desk_name.clone()), address: mailbox.address.clone() },
            to: vec![letter.to.clone()],
            reply_to: Some(Address { name: None, address: reply.clone() })
                .filter(|a| a.address != mailbox.address),
            subject,
            message_id: message_id.clone(),
            in_reply_to: letter.in_reply_to.clone(),
            references: letter.references.clone(),
            date: now,
            headers: headers(
                letter,
                &message_id,
                &self.keys.mint_bounce(&message_id, u16::MAX),
                to_agent,
                &self.policy.desk_id,
            ),
            html: Some(format!("<p>{}</p>", text.replace('\n', "<br>"))),
            text,
        };
        let mark = self.keys.mint_bounce(&message_id, u16::MAX);
        let envelope_from =
            if mailbox.plain_envelope { mailbox.address.clone() } else { address_with(&mailbox, &mark) };
        let to = letter.to.key();
        let bytes = mail::compose::compose(&outgoing, &[]);
        let automatic = letter.automatic;
        self.left.push(Left { at: now, kind, ticket, to: to.clone(), to_agent, automatic, message_id });
        Parcel { envelope_from, to, bytes }
    }
}

pub fn hours_before(now: Timestamp, hours: i64) -> Timestamp {
    now - SignedDuration::from_hours(hours)
}

pub fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

fn headers(
    letter: &Letter,
    message_id: &str,
    mark: &str,
    to_agent: bool,
    desk_id: &str,
) -> Vec<(String, String)> {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut headers =
        vec![field("X-Maildesk-Ref", &format!("<{message_id}>")), field("X-Maildesk-Bounce", mark)];
    let Some(automatic) = letter.automatic else { return headers };
    let word = if automatic == Automatic::AutoReplied { "auto-replied" } else { "auto-generated" };
    headers.push(field("Auto-Submitted", word));
    let suppressed = if to_agent { "DR, RN, NRN, AutoReply" } else { "All" };
    headers.push(field("X-Auto-Response-Suppress", suppressed));
    headers.push(field("X-Maildesk-Loop", &format!("{desk_id} 0123456789abcdef")));
    headers
}

fn kind(body: &LetterBody) -> &'static str {
    match body {
        LetterBody::Acknowledgement { .. } => "acknowledgement",
        LetterBody::Notification { .. } => "notification",
        LetterBody::Reply { .. } => "reply",
        LetterBody::Confirmation { .. } => "confirmation",
        LetterBody::Challenge { .. } => "challenge",
        LetterBody::Refusal { .. } | LetterBody::Transcript { .. } | LetterBody::Shown { .. } => "transcript",
        LetterBody::Reminder { .. } => "reminder",
        LetterBody::Digest(_) => "digest",
        LetterBody::Bundle(_) => "bundle",
        LetterBody::Alert { .. } => "alert",
    }
}

fn words(letter: &Letter, ticket: Option<TicketId>) -> (String, String) {
    let number = ticket.filter(|_| letter.reply_purpose.is_some()).map(|t| format!(" [#{t}]"));
    let number = number.unwrap_or_default();
    let chinese = letter.language == "zh";
    match &letter.body {
        LetterBody::Acknowledgement { subject, .. } => {
            let neutral = if chinese { "已收到您的来信" } else { "We have your message" };
            let subject = subject.as_ref().map_or(neutral.to_owned(), |s| format!("Re: {s}"));
            let text = if chinese {
                "您好，我们已收到您的来信，会尽快答复您。如有补充，请直接回复本邮件。"
            } else {
                "Hello, your message has arrived and we will answer it soon. To add something, just reply."
            };
            (format!("{subject}{number}"), format!("{text}\n{number}\n"))
        }
        LetterBody::Reply { subject, text, .. } => (format!("Re: {subject}{number}"), text.clone()),
        LetterBody::Notification { brief, text, .. } => (
            format!("{number} {}", brief.subject),
            format!("{}\n\n{text}\n#resolve", brief.requester.address),
        ),
        other => (format!("{}{number}", kind(other)), kind(other).to_owned()),
    }
}
