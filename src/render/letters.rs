//! What each kind of letter hands to its template: values in the reader's language, cleaned of control characters.
//! Knows nothing of formats.

use minijinja::{Error, Value, context};

use super::{
    Frame,
    action::Action,
    article, subject,
    text::{clean_line, clean_text},
    time,
    words::Words,
};
use crate::{
    desk::{
        Digest, DigestLine, EventBrief, FileBrief, Letter, LetterBody, NotificationCause, TicketBrief,
        bundle::BundleItem, commands::chinese_category, sign_off::is_name,
    },
    mail::Address,
};

mod hints;
mod problems;
mod shown;

/// A letter's template, its subject and what the template shows.
pub(super) struct View {
    pub template: &'static str,
    pub subject: String,
    pub values: Value,
}

/// The commands that `#help` lists, with their Chinese names.
const COMMANDS: [(&str, &str); 16] = [
    ("take", "接手"),
    ("assign", "分配"),
    ("category", "分类"),
    ("priority", "优先级"),
    ("wait", "等待"),
    ("resolve", "解决"),
    ("close", "关闭"),
    ("reopen", "重开"),
    ("note", "备注"),
    ("lock", "锁定"),
    ("cc", "抄送"),
    ("requester", "客户"),
    ("merge", "合并"),
    ("article", "文章"),
    ("show", "查看"),
    ("help", "帮助"),
];

/// Filled lines at the end of a reply among which the agent's own name is looked for.
const SIGNATURE_LINES: usize = 8;

/// Columns of a person's name in a subject.
const NAME_COLUMNS: usize = 32;

/// Columns of one reason that has no words of its own: a line of history, not a mail in the mail.
const REASON_COLUMNS: usize = 140;

/// Columns of the subject that a button writes: enough to recognise, short enough for any `mailto:` handler.
const BUTTON_SUBJECT_COLUMNS: usize = 40;

/// Everything that a letter's template shows.
pub(super) fn view(letter: &Letter, frame: &Frame<'_>, words: Words<'_>) -> Result<View, Error> {
    let desk = Writing { letter, frame, words, number: frame.ticket.map(|id| format!("#{id}")) };
    let mut view = desk.body()?;
    let common = context! {
        lang => words.language,
        number => desk.number.as_deref(),
        desk => clean_line(&frame.policy.desk_name),
        mailbox => &frame.mailbox.address,
        official => desk.official(),
    };
    view.values = context! { ..view.values, ..common };
    Ok(view)
}

/// One letter being written.
pub(super) struct Writing<'a> {
    letter: &'a Letter,
    pub(super) frame: &'a Frame<'a>,
    pub(super) words: Words<'a>,
    /// `#1042`.
    number: Option<String>,
}

impl Writing<'_> {
    /// Whether it is about a ticket.
    pub(super) fn has_number(&self) -> bool {
        self.number.is_some()
    }

    fn body(&self) -> Result<View, Error> {
        match &self.letter.body {
            LetterBody::Acknowledgement { subject, promise, continues, understanding } => {
                let values = context! {
                    promise => promise.map(|at| self.instant(at)).transpose()?,
                    continues => continues.map(|id| format!("#{id}")),
                };
                let values = context! { ..values, ..self.understanding(understanding)? };
                let subject = match subject {
                    Some(subject) => subject::answer(&self.base(subject)?, self.number.as_deref()),
                    None => self.subject("ack", "")?,
                };
                Ok(View { template: "acknowledgement", subject, values })
            }
            LetterBody::Notification { .. } => self.notification(),
            LetterBody::Reply { agent_name, subject, text, articles } => {
                let View { template, subject, values } = self.reply(agent_name, &self.base(subject)?, text);
                let articles: Vec<Value> = articles.iter().map(article::value).collect();
                Ok(View { template, subject, values: context! { articles, ..values } })
            }
            LetterBody::Confirmation { .. } => self.confirmation(),
            LetterBody::Refusal { subject, problems, original } => {
                let problems = problems.iter().map(|p| self.problem(p)).collect::<Result<Vec<_>, _>>()?;
                let values = context! { problems, text => clean_text(original) };
                Ok(View { template: "refusal", subject: self.subject("refuse", subject)?, values })
            }
            LetterBody::Transcript { .. } => self.transcript(),
            LetterBody::Shown { brief, conversation } => self.shown(brief, conversation),
            LetterBody::Reminder { brief, due_at } => self.reminder(brief, *due_at),
            LetterBody::Digest(digest) => self.digest(digest),
            LetterBody::Challenge { .. } => self.challenge(),
            LetterBody::Bundle(items) => self.bundle(items),
            LetterBody::Alert { title, facts, advice } => {
                let rows: Vec<Value> =
                    facts.iter().map(|(name, value)| row(clean_line(name), clean_line(value))).collect();
                let values = context! { title => clean_line(title), advice => clean_text(advice), rows };
                Ok(View { template: "alert", subject: clean_line(title), values })
            }
        }
    }

    fn reply(&self, agent_name: &str, base: &str, text: &str) -> View {
        let (agent, text) = (clean_line(agent_name), clean_text(text));
        // Under "Best, Alice" a second "Alice Chen" reads like a machine's. A company's signature goes on below the name.
        let mut ending =
            text.lines().rev().filter(|l| !l.trim().is_empty()).take(SIGNATURE_LINES).enumerate();
        let is_theirs = |(at, line): (usize, &str)| is_name(line, &agent) || at < 3 && line.contains(&agent);
        let signed = !agent.is_empty() && ending.any(is_theirs);
        View {
            template: "reply",
            subject: subject::answer(base, self.number.as_deref()),
            values: context! { agent, text, signed },
        }
    }

    fn notification(&self) -> Result<View, Error> {
        let LetterBody::Notification {
            cause,
            brief,
            author,
            note,
            text,
            secrets,
            quoted,
            files,
            files_left_out,
            hints,
        } = &self.letter.body
        else {
            return Err(Error::from(minijinja::ErrorKind::InvalidOperation));
        };
        let values = context! {
            cause => cause_key(*cause), text => clean_text(text), quoted, files_left_out,
            author => author.as_ref().map_or_else(|| name_of(&brief.requester), name_and_address),
            address => clean_line(&brief.requester.address),
            note => note.as_deref().map(clean_text),
            returned => matches!(cause, NotificationCause::Unreachable | NotificationCause::Undelivered),
            secrets => self.secrets(secrets)?,
            next => self.next_step(*cause, brief)?,
            unfiled => if hints.masked { None } else { self.unfiled(*cause, brief)? },
            files => files.iter().map(|f| self.file(f)).collect::<Result<Vec<_>, _>>()?,
        };
        let values = context! { ..values, ..self.hints(hints)? };
        let name = super::text::cut(&name_of(&brief.requester), NAME_COLUMNS);
        let subject = format!("{} {} · {name}", self.tag(brief), self.base(&brief.subject)?);
        Ok(View { template: "notification", subject, values: context! { ..values, ..self.brief(brief)? } })
    }

    /// The people to whom a reply goes, in a line.
    fn people(&self, first: Option<&Address>, others: &[Address]) -> Result<Option<String>, Error> {
        let comma = self.words.plain("refuse.list_comma")?;
        let all: Vec<String> = first.into_iter().chain(others).map(name_and_address).collect();
        Ok(Some(all.join(&comma)).filter(|line| !line.is_empty()))
    }

    fn confirmation(&self) -> Result<View, Error> {
        let LetterBody::Confirmation {
            subject,
            actions,
            text,
            recipient,
            also_to,
            reason,
            expires_at,
            period_seconds,
            ..
        } = &self.letter.body
        else {
            return Err(Error::from(minijinja::ErrorKind::InvalidOperation));
        };
        let subject = self.subject("confirm", subject)?;
        let confirm = Action::new(self.words, self.words.plain("buttons.confirm")?, "OK")?;
        let period_end = self.frame.now.checked_add(jiff::SignedDuration::from_secs(*period_seconds));
        let values = context! {
            reason => self.reason(reason)?, text => text.as_deref().map(clean_text),
            recipient => self.people(recipient.as_ref(), also_to)?,
            until => self.instant(*expires_at)?,
            left => time::distance(self.words, self.frame.now, *expires_at)?,
            hours => match period_end {
                Ok(end) if *period_seconds > 0 => Some(time::distance(self.words, self.frame.now, end)?),
                Ok(_) | Err(_) => None,
            },
            done => actions.iter().map(|a| clean_line(a)).collect::<Vec<_>>(),
            actions => vec![confirm.value(self.frame.reply_address, &self.button_subject(&subject))],
        };
        Ok(View { template: "confirmation", subject, values })
    }

    fn transcript(&self) -> Result<View, Error> {
        let LetterBody::Transcript {
            subject,
            done,
            sent_to,
            also_to,
            sent_words,
            unreachable,
            help,
            believed_until,
        } = &self.letter.body
        else {
            return Err(Error::from(minijinja::ErrorKind::InvalidOperation));
        };
        let comma = self.words.plain("done.list_comma")?;
        let done = done.iter().map(|line| {
            let (kind, detail) = line
                .split_once(' ')
                .filter(|(kind, d)| d.contains(" -> ") || d.contains(['#', '@']) || *kind == "article")
                .unwrap_or((line, ""));
            self.step(kind, detail)
        });
        let done = done.collect::<Result<Vec<_>, _>>()?;
        let values = context! {
            help, sent_words, done => done.join(&comma),
            unreachable => unreachable.iter().map(|one| self.silenced(one)).collect::<Result<Vec<_>, _>>()?,
            sent_to => self.people(sent_to.as_ref(), also_to)?,
            believed => believed_until.map(|at| self.instant(at)).transpose()?,
            commands => if *help { self.commands()? } else { Vec::new() },
            desk_address => Some(self.frame.desk_address).filter(|address| *help && !address.is_empty()),
        };
        let is_help_alone = *help && done.is_empty() && sent_to.is_none();
        let subject = self.subject(if is_help_alone { "help" } else { "done" }, subject)?;
        Ok(View { template: "transcript", subject, values })
    }

    fn challenge(&self) -> Result<View, Error> {
        let answer = Action::new(self.words, self.words.plain("buttons.answer")?, "OK")?;
        let subject = self
            .words
            .say("subject.challenge", context! { desk => clean_line(&self.frame.policy.desk_name) })?;
        let values = context! {
            actions => vec![answer.value(self.frame.reply_address, &subject::answer(&subject, None))],
        };
        Ok(View { template: "challenge", subject, values })
    }

    fn reminder(&self, brief: &TicketBrief, due_at: jiff::Timestamp) -> Result<View, Error> {
        let late = due_at <= self.frame.now;
        let values = context! {
            late, when => self.instant(due_at)?, left => time::distance(self.words, self.frame.now, due_at)?,
        };
        let key = if late { "subject.late" } else { "subject.remind" };
        let subject = self
            .words
            .say(key, context! { tag => self.tag(brief), subject => self.base(&brief.subject)? })?;
        Ok(View { template: "reminder", subject, values: context! { ..values, ..self.brief(brief)? } })
    }

    fn bundle(&self, items: &[BundleItem]) -> Result<View, Error> {
        let count = items.len();
        let items = items.iter().map(|item| self.bundled(item)).collect::<Result<Vec<_>, _>>()?;
        let subject = self.words.say("subject.bundle", context! { count })?;
        Ok(View { template: "bundle", subject, values: context! { count, items } })
    }

    /// What the notification said, without its buttons and the line at its foot, which are for itself alone.
    fn bundled(&self, item: &BundleItem) -> Result<Value, Error> {
        let buttons = format!("\n\n{}\n", self.words.plain("buttons.title_text")?);
        let text = item.text.trim_end();
        let (body, _) = text.rsplit_once(&buttons).or_else(|| text.rsplit_once("\n\n")).unwrap_or((text, ""));
        let subject = clean_line(&item.subject);
        let href = Action::answer(&item.reply_address, &subject);
        let label = self.words.plain("buttons.answer")?;
        let button = context! { label, command => "", twin => "", href };
        let address = clean_line(&item.reply_address);
        Ok(context! { subject, text => clean_text(body), address, actions => vec![button] })
    }

    fn digest(&self, digest: &Digest) -> Result<View, Error> {
        let words = self.words;
        let rows = |prefix: &str, counts: &[(String, u64)]| -> Result<Vec<Value>, Error> {
            let name = |word: &str| words.name_or(&format!("digest.{prefix}.{word}"), &clean_line(word));
            counts.iter().map(|(word, count)| Ok(row(name(word)?, count.to_string()))).collect()
        };
        let line = |line: &DigestLine| -> Result<String, Error> {
            let ticket = line.ticket.map(|id| format!("#{id}"));
            let kind = words.name_or(&format!("digest.kind.{}", line.kind), &clean_line(&line.kind))?;
            let subject = super::text::cut(&clean_line(&line.subject), REASON_COLUMNS);
            words.say("digest.line", context! { ticket, kind, subject, to => clean_line(&line.to) })
        };
        let count = digest.held_back_total();
        let shown = u64::try_from(digest.lines.len()).unwrap_or(u64::MAX);
        let mailbox = clean_line(&digest.mailbox);
        let values = context! {
            count, since => self.instant(digest.since)?,
            more => count.saturating_sub(shown),
            arrived_count => digest.arrived.iter().map(|(_, count)| count).sum::<u64>(),
            kinds => rows("kind", &digest.held_back)?,
            arrived => rows("outcome", &digest.arrived)?,
            waiting => rows("wait", &digest.waiting)?,
            lines => digest.lines.iter().map(line).collect::<Result<Vec<_>, _>>()?,
            command => format!("maildesk live {mailbox}"),
        };
        let subject =
            words.say("subject.digest", context! { mailbox => &self.frame.mailbox.address, count })?;
        Ok(View { template: "digest", subject, values })
    }

    /// The values that every letter about a ticket to staff has.
    fn brief(&self, brief: &TicketBrief) -> Result<Value, Error> {
        let actions = self.actions(brief)?;
        Ok(context! {
            who => name_of(&brief.requester),
            assignee => brief.assignee.as_deref().map(|a| self.colleague(a)),
            rows => self.facts(brief)?,
            history => brief.history.iter().map(|e| self.event(e)).collect::<Result<Vec<_>, _>>()?,
            mine => brief.assignee.as_deref().is_some_and(|a| a.eq_ignore_ascii_case(&self.letter.to.address)),
            actions,
        })
    }

    fn facts(&self, brief: &TicketBrief) -> Result<Vec<Value>, Error> {
        let words = self.words;
        let name = |key: &str| words.plain(&format!("fact.{key}"));
        let proof = words.plain(if brief.requester_proven { "proof.yes" } else { "proof.no" })?;
        let mut rows = vec![row(name("client")?, name_and_address(&brief.requester))];
        if let Some(agent) = &brief.proposed_by {
            let who = self.colleague(agent);
            rows.push(row(name("proposed")?, words.say("value.proposed", context! { who })?));
        }
        rows.push(row(name("proof")?, proof));
        if let Some(others) = self.people(None, &brief.others)? {
            rows.push(row(name("others")?, others));
        }
        if let Some(category) = self.category_row(brief)? {
            rows.push(row(name("category")?, category));
        }
        rows.push(row(name("priority")?, words.plain(&format!("priority.{}", brief.priority.as_str()))?));
        rows.push(row(name("state")?, words.plain(&format!("state.{}", brief.state.as_str()))?));
        if let Some(team) = &brief.team {
            rows.push(row(name("team")?, clean_line(team)));
        }
        let assignee = match &brief.assignee {
            Some(address) => self.colleague(address),
            None => words.plain("value.nobody")?,
        };
        rows.push(row(name("assignee")?, assignee));
        rows.extend(self.matter(&brief.matter.facts)?);
        if let Some(missing) = self.missing(brief)? {
            rows.push(row(name("missing")?, missing));
        }
        Ok(rows)
    }

    /// `when` and `left` of an instant.
    fn due(&self, due: jiff::Timestamp) -> Result<Value, Error> {
        Ok(context! { when => self.instant(due)?, left => time::distance(self.words, self.frame.now, due)? })
    }

    /// What the reader of a notification should do.
    fn next_step(&self, cause: NotificationCause, brief: &TicketBrief) -> Result<String, Error> {
        let who = name_of(&brief.requester);
        let key = match (cause, brief.first_response_due_at) {
            (NotificationCause::ClaimsStaff, _) => "notify.next_claims_staff",
            (NotificationCause::Imitates, _) => "notify.next_imitates",
            (NotificationCause::Forwarded, _) => "notify.next_forwarded",
            (NotificationCause::Stranger, _) => "notify.next_stranger",
            (NotificationCause::Unreachable, _) => "notify.next_unreachable",
            (NotificationCause::Undelivered, _) => "notify.next_undelivered",
            (_, None) => "notify.next",
            (_, Some(due)) if due > self.frame.now => "notify.next_due",
            (_, Some(_)) => "notify.next_late",
        };
        let due =
            brief.first_response_due_at.map(|at| self.due(at)).transpose()?.unwrap_or_else(|| context! {});
        self.words.say(key, context! { who, address => clean_line(&brief.requester.address), ..due })
    }

    /// The usual next steps as buttons; none without a ticket.
    fn actions(&self, brief: &TicketBrief) -> Result<Vec<Value>, Error> {
        if self.number.is_none() {
            return Ok(Vec::new());
        }
        let words = self.words;
        let mut actions = Vec::new();
        if !brief.assignee.as_deref().is_some_and(|a| a.eq_ignore_ascii_case(&self.letter.to.address)) {
            actions.push(Action::typed(words, words.plain("buttons.take")?, "#take", self.typed("take"))?);
        }
        let resolve = words.plain("buttons.resolve")?;
        actions.push(Action::typed(words, resolve, "#resolve", self.typed("resolve"))?);
        for category in self.offered(brief) {
            let label = words.say("buttons.category", context! { category => self.category(category)? })?;
            let chinese = Some(category).filter(|_| words.language == "zh").and_then(|c| chinese_category(c));
            let named = chinese.map_or_else(|| clean_line(category), str::to_owned);
            let typed = format!("{} {named}", self.typed("category"));
            actions.push(Action::typed(words, label, &format!("#category {}", clean_line(category)), typed)?);
        }
        let subject = self.button_subject(&brief.subject);
        Ok(actions.iter().map(|a| a.value(self.frame.reply_address, &subject)).collect())
    }

    /// A command as the reader would type it.
    fn typed(&self, command: &str) -> String {
        let chinese =
            COMMANDS.iter().find(|(name, _)| *name == command).map_or(command, |(_, chinese)| chinese);
        format!("#{}", if self.words.language == "zh" { chinese } else { command })
    }

    fn commands(&self) -> Result<Vec<Value>, Error> {
        COMMANDS
            .iter()
            .map(|(command, chinese)| {
                let meaning = self.words.plain(&format!("help.command.{command}"))?;
                let is_chinese = self.words.language == "zh";
                Ok(row(
                    if is_chinese { format!("#{chinese} #{command}") } else { format!("#{command}") },
                    meaning,
                ))
            })
            .collect()
    }

    fn event(&self, event: &EventBrief) -> Result<String, Error> {
        let what = self.step(&event.kind, &event.detail)?;
        Ok(format!("{} · {} · {what}", self.instant(event.at)?, self.colleague(&event.actor)))
    }

    /// One step of a ticket's history in the reader's language; what the language has no word for stays as it is.
    fn step(&self, kind: &str, detail: &str) -> Result<String, Error> {
        let kind_word = self.words.name_or(&format!("event.{kind}"), &clean_line(kind))?;
        let detail = match detail.split_once(" -> ") {
            None if kind == "facts" => self.fact_names(detail)?,
            Some((before, after)) => format!("{} → {}", self.side(kind, before)?, self.side(kind, after)?),
            None => match detail.strip_suffix(" words").and_then(|n| n.parse::<u32>().ok()) {
                Some(words) => self.words.say("value.words", context! { words })?,
                None => self.reason(detail)?,
            },
        };
        match detail.as_str() {
            "" => Ok(kind_word),
            change if change.contains(" → ") => Ok(format!("{kind_word} {change}")),
            remark => self.words.say("value.remark", context! { kind => kind_word, remark }),
        }
    }

    /// One side of a change: `technical` of `category technical -> account`.
    fn side(&self, kind: &str, value: &str) -> Result<String, Error> {
        match kind {
            "assignee" if value == "none" => self.words.plain("value.nobody"),
            "assignee" => Ok(self.colleague(value)),
            _ => self.words.name_or(&format!("{kind}.{value}"), &clean_line(value)),
        }
    }

    /// Reasons of the desk, which come in English, one behind the other.
    fn reason(&self, reasons: &str) -> Result<String, Error> {
        let one = |reason: &str| {
            let as_it_is = super::text::cut(&clean_line(reason), REASON_COLUMNS);
            self.words.name_or(&format!("reason.{reason}"), &as_it_is)
        };
        let all = reasons.split("; ").map(one).collect::<Result<Vec<_>, _>>()?;
        Ok(all.join(&self.words.plain("done.list_comma")?))
    }

    fn instant(&self, at: jiff::Timestamp) -> Result<String, Error> {
        time::instant(self.words, at, self.frame.now, self.frame.zone)
    }

    pub(super) fn category(&self, name: &str) -> Result<String, Error> {
        self.words.name_or(&format!("category.{name}"), &clean_line(name))
    }

    /// `error.log, 34 kB`.
    fn file(&self, file: &FileBrief) -> Result<String, Error> {
        let size = match file.size_bytes {
            bytes @ ..1_000 => format!("{bytes} B"),
            bytes @ ..1_000_000 => format!("{} kB", bytes / 1_000),
            bytes => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
        };
        self.words.say("value.file", context! { name => clean_line(&file.name), size })
    }

    /// A colleague by name where the policy knows one.
    fn colleague(&self, address: &str) -> String {
        clean_line(self.frame.policy.agent(address).map_or(address, |agent| &agent.name))
    }

    fn official(&self) -> String {
        match self.frame.policy.official_addresses.as_slice() {
            [] => self.frame.mailbox.address.clone(),
            all => all.join(", "),
        }
    }

    fn tag(&self, brief: &TicketBrief) -> String {
        subject::tag(self.number.as_deref(), brief.category.as_deref(), brief.priority.as_str())
    }

    /// The client's words, or what stands for them when there are none.
    fn base(&self, subject: &str) -> Result<String, Error> {
        let base = subject::base(subject, self.number.as_deref());
        if base.is_empty() { self.words.plain("no_subject") } else { Ok(base) }
    }

    /// A subject in words; without a ticket its brackets go.
    fn subject(&self, key: &str, subject: &str) -> Result<String, Error> {
        let desk = clean_line(&self.frame.policy.desk_name);
        let number = self.number.as_deref().unwrap_or_default();
        let said = self
            .words
            .say(&format!("subject.{key}"), context! { number, desk, subject => self.base(subject)? })?;
        Ok(said.replace("[]", "").trim().to_owned())
    }

    fn button_subject(&self, subject: &str) -> String {
        let base = super::text::cut(&subject::base(subject, self.number.as_deref()), BUTTON_SUBJECT_COLUMNS);
        subject::answer(&base, self.number.as_deref())
    }
}

pub(super) fn row(name: String, value: String) -> Value {
    context! { name, value }
}

fn cause_key(cause: NotificationCause) -> &'static str {
    match cause {
        NotificationCause::NewTicket => "new_ticket",
        NotificationCause::ClientAnswered => "client_answered",
        NotificationCause::Reopened => "reopened",
        NotificationCause::Assigned => "assigned",
        NotificationCause::ClaimsStaff => "claims_staff",
        NotificationCause::Imitates => "imitates",
        NotificationCause::Forwarded => "forwarded",
        NotificationCause::Stranger => "stranger",
        NotificationCause::Unreachable => "unreachable",
        NotificationCause::Undelivered => "undelivered",
    }
}

/// A command with its mark, whether or not it came with one.
fn hash(command: &str) -> String {
    format!("#{}", clean_line(command).trim_start_matches(['#', '＃']))
}

fn name_of(person: &Address) -> String {
    clean_line(person.name.as_deref().filter(|n| !n.trim().is_empty()).unwrap_or(&person.address))
}

fn name_and_address(person: &Address) -> String {
    let name = name_of(person);
    if name == person.address { name } else { format!("{name} <{}>", clean_line(&person.address)) }
}
