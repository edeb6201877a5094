//! Commands of agents: the leading `#` lines of a mail (SPEC section 9). Knows neither tickets nor whether the sender is
//! proven.
//!
//! Invariants: all or nothing, so every problem is collected and one is enough to refuse the mail; Chinese names are
//! equal to English ones; nothing behind the first line that is no command is ever searched.

use super::{
    AgentPolicy, Policy, Priority, Problem, Role, State, TicketId, arguments, people,
    routing::parse_priority, state::Input,
};
use crate::triage::typing::edit_distance;

/// What an agent orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    Take,
    /// The agent's address; `None` takes the ticket from whoever has it.
    Assign(Option<String>),
    Category(String),
    Priority(Priority),
    /// `#wait`, `#resolve`, `#close`, `#reopen`.
    State(Input),
    /// All that follows is internal.
    Note,
    /// Ends the period that a confirmation opened.
    Lock,
    /// Who else gets the replies: addresses, lower case.
    Cc {
        add: Vec<String>,
        remove: Vec<String>,
    },
    /// Whose ticket it is: the address, lower case.
    Requester(String),
    /// `people`: those of this ticket may read what is written on the other one.
    Merge {
        into: TicketId,
        people: bool,
    },
    /// A help article goes to the client: its name as written, which may be empty.
    Article(String),
    /// A ticket is shown to the agent; `None`: the one of the mail.
    Show(Option<TicketId>),
    Help,
}

/// An order with the place it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 1 is the first line of the text.
    pub line: u32,
    /// As written, `#关闭`.
    pub written: String,
    pub order: Order,
}

/// All that stands at the top of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commands {
    pub commands: Vec<Command>,
    pub problems: Vec<Problem>,
    /// The command lines as written, for the confirmation mail.
    pub lines: Vec<String>,
}

impl Commands {
    /// Whether `#note` makes the text internal.
    #[must_use]
    pub fn has_note(&self) -> bool {
        self.commands.iter().any(|c| c.order == Order::Note)
    }
}

/// The verbs, each with its names; the first is the one that is suggested.
const VERBS: [(Verb, &[&str]); 16] = [
    (Verb::Take, &["take", "认领", "接手", "認領"]),
    (Verb::Assign, &["assign", "指派", "分配"]),
    (Verb::Category, &["category", "分类", "分類"]),
    (Verb::Priority, &["priority", "优先级", "優先級"]),
    (Verb::State(Input::Wait), &["wait", "等待"]),
    (Verb::State(Input::Resolve), &["resolve", "解决", "已解决", "解決"]),
    (Verb::State(Input::Close), &["close", "关闭", "關閉"]),
    (Verb::State(Input::Reopen), &["reopen", "open", "重开", "重新打开", "打开", "重開"]),
    (Verb::Note, &["note", "备注", "備註"]),
    (Verb::Lock, &["lock", "锁定", "鎖定"]),
    (Verb::Cc, &["cc", "抄送"]),
    (Verb::Requester, &["requester", "客户", "提交人", "客戶"]),
    (Verb::Merge, &["merge", "合并", "合併"]),
    (Verb::Article, &["article", "文章"]),
    (Verb::Show, &["show", "查看"]),
    (Verb::Help, &["help", "帮助", "幫助"]),
];

const PRIORITIES: [(Priority, &[&str]); 4] = [
    (Priority::Low, &["low", "低"]),
    (Priority::Normal, &["normal", "普通", "一般"]),
    (Priority::High, &["high", "高"]),
    (Priority::Urgent, &["urgent", "紧急", "緊急"]),
];

/// Chinese names of the built-in categories.
const CATEGORIES: [(&str, &[&str]); 3] = [
    ("technical", &["技术", "技術"]),
    ("account", &["账号", "账户", "帳戶"]),
    ("business", &["商务", "商務"]),
];

/// A command that files under a category, as a reader of Chinese or another language would type it: the short form of a built-in one.
#[must_use]
pub fn filing(category: &str, chinese: bool) -> String {
    let built_in = CATEGORIES.iter().any(|(name, _)| *name == category);
    let word = chinese_category(category).filter(|_| chinese).unwrap_or(category);
    match (built_in, chinese) {
        (true, _) => format!("#{word}"),
        (false, true) => format!("#分类 {word}"),
        (false, false) => format!("#category {word}"),
    }
}

/// The Chinese name of a built-in category, as it may stand in a command.
#[must_use]
pub fn chinese_category(name: &str) -> Option<&'static str> {
    CATEGORIES.iter().find(|(category, _)| *category == name).and_then(|(_, names)| names.first().copied())
}

const NOBODY: [&str; 4] = ["none", "nobody", "无", "無"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Take,
    Assign,
    Category,
    Priority,
    State(Input),
    Note,
    Lock,
    Cc,
    Requester,
    Merge,
    Article,
    Show,
    Help,
}

/// Reads the commands at the top of `text`; `role` is the sender's.
#[must_use]
pub fn parse(text: &str, policy: &Policy, role: Role) -> Commands {
    let mut found = Commands::default();
    for (line, content) in leading(text).lines {
        found.lines.push(content.to_owned());
        for written in split(content) {
            match read(line, written, policy) {
                Ok(order) => {
                    if role < Role::Agent && !matches!(order, Order::Help | Order::Lock | Order::Show(_)) {
                        found.problems.push(not_allowed(line, name_of(written)));
                    }
                    found.commands.push(Command { line, written: name_of(written).to_owned(), order });
                }
                Err(problem) => found.problems.push(problem),
            }
        }
    }
    found.problems.extend(contradictions(&found.commands));
    found
}

/// The orders at the top of a mail to an agent's address at the desk, each with the ticket that it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AtDesk {
    pub named: Vec<NamedOrder>,
    /// The first order opens a ticket: for whom, as written behind `#requester`.
    pub opens: Option<Opens>,
    /// The text without those numbers and that order: as it would stand in an answer to a notification.
    pub text: String,
}

/// `#requester ADDRESS`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opens {
    pub line: u32,
    pub written: String,
    pub argument: String,
}

/// Names of the order that opens a ticket.
const OPENS: [&str; 4] = ["requester", "客户", "客戶", "提交人"];

/// `#close 12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedOrder {
    pub line: u32,
    /// `#close`.
    pub written: String,
    pub ticket: Option<TicketId>,
    /// It is about no ticket, or about that of the orders before it.
    pub needs_none: bool,
}

/// Reads the tickets out of the orders at the top of `text`. Behind `#note`, which may begin with any number, only `#12` names one.
#[must_use]
pub fn at_desk(text: &str) -> AtDesk {
    let top = leading(text);
    let mut found = AtDesk::default();
    let mut written_lines = 0;
    for (line, content) in top.lines {
        while written_lines + 1 < line {
            found.text.push('\n');
            written_lines += 1;
        }
        let mut pieces: Vec<String> = Vec::new();
        for written in split(content) {
            let (name, argument) = (name_of(written), argument_of(written));
            // `#12` of `#close #12` looks like a command of its own.
            if let (Some(last), Some(ticket)) = (found.named.last_mut(), ticket_number(name))
                && last.line == line
                && last.ticket.is_none()
                && written == name
            {
                last.ticket = Some(ticket);
                continue;
            }
            let plain = name.trim_start_matches(['#', '＃']).to_lowercase();
            let first = found.named.is_empty() && found.opens.is_none();
            if first && OPENS.contains(&plain.as_str()) && !argument.starts_with(|c: char| c.is_ascii_digit())
            {
                let (written, argument) = (name.to_owned(), argument.to_owned());
                found.opens = Some(Opens { line, written, argument });
                continue;
            }
            let verb = verb(&plain);
            let (word, rest) = argument.split_once(char::is_whitespace).unwrap_or((argument, ""));
            let marked = word.starts_with(['#', '＃']);
            let ticket = ticket_number(word).filter(|_| marked || verb != Some(Verb::Note));
            let argument = if ticket.is_some() { rest.trim_start() } else { argument };
            pieces.push(format!("{name} {argument}").trim_end().to_owned());
            let needs_none = matches!(verb, Some(Verb::Help | Verb::Lock));
            found.named.push(NamedOrder { line, written: name.to_owned(), ticket, needs_none });
        }
        found.text.push_str(&pieces.join(" "));
        found.text.push('\n');
        written_lines = line;
    }
    found.text.push_str(top.rest);
    found
}

/// `text` with all that follows its commands as a note.
#[must_use]
pub fn as_note(text: &str) -> String {
    let top = leading(text);
    let lines: Vec<&str> = top.lines.iter().map(|(_, line)| *line).collect();
    if lines.iter().any(|line| split(line).iter().any(|written| is_note(written))) {
        return text.to_owned();
    }
    format!("{}\n#note\n{}", lines.join("\n"), top.rest)
}

/// `12` or `#12`.
fn ticket_number(word: &str) -> Option<TicketId> {
    let digits = word.strip_prefix(['#', '＃']).unwrap_or(word);
    let short = (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| short).map(TicketId)
}

/// What `#show` names; the outer `None`: something else stands there.
fn show(argument: &str) -> Option<Option<TicketId>> {
    if argument.is_empty() { Some(None) } else { ticket_number(argument).map(Some) }
}

/// What an observer is told.
#[must_use]
pub fn not_allowed(line: u32, command: &str) -> Problem {
    Problem::NotAllowed { line, command: command.to_owned(), least_role: "agent".to_owned() }
}

/// The text that follows the commands, `\#` at the beginning of a line read as `#`. What `#note` carries on its own line
/// comes first.
#[must_use]
pub fn text_after(text: &str) -> String {
    let top = leading(text);
    let mut out = String::with_capacity(text.len());
    if let Some((_, last)) = top.lines.last()
        && let Some(note) = split(last).last().filter(|w| is_note(w))
    {
        out.push_str(argument_of(note));
        out.push('\n');
    }
    for line in top.rest.lines() {
        // Where a program drew a table or a picture, gaps stay that nobody typed.
        if line.trim().is_empty() && out.ends_with("\n\n") {
            continue;
        }
        let literal = line.strip_prefix("\\#").or_else(|| line.strip_prefix("\\＃"));
        match literal {
            Some(rest) => {
                out.push('#');
                out.push_str(rest);
            }
            None => out.push_str(line.trim_end()),
        }
        out.push('\n');
    }
    out.trim().to_owned()
}

/// Whether two texts begin with the same command lines.
#[must_use]
pub fn same_commands(one: &str, other: &str) -> bool {
    let lines = |text| leading(text).lines.into_iter().map(|(_, l)| l.split_whitespace().collect::<String>());
    lines(one).eq(lines(other))
}

struct Leading<'a> {
    lines: Vec<(u32, &'a str)>,
    rest: &'a str,
}

fn leading(text: &str) -> Leading<'_> {
    let mut lines = Vec::new();
    let mut rest = text;
    let mut number = 0u32;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let content = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'));
        number += 1;
        if content.is_empty() {
            rest = after;
            continue;
        }
        if !content.starts_with(['#', '＃']) {
            break;
        }
        lines.push((number, content));
        rest = after;
        if split(content).last().is_some_and(|w| is_note(w)) {
            break;
        }
    }
    Leading { lines, rest }
}

/// `#take #urgent` are two commands; behind `#note` a `#` is text.
fn split(line: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = Vec::new();
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        // `#merge #12` is one command.
        let number =
            line.get(at..).is_some_and(|rest| rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit()));
        if matches!(c, '#' | '＃') && before.is_whitespace() && (!number || starts.is_empty()) {
            starts.push(at);
            if is_note(line.get(at..).unwrap_or_default()) {
                break;
            }
        }
        before = c;
    }
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(line.len()));
    starts.iter().zip(ends).filter_map(|(start, end)| line.get(*start..end)).map(str::trim).collect()
}

/// `#category` of `#category account`.
fn name_of(written: &str) -> &str {
    let end = written.find(|c: char| c.is_whitespace() || matches!(c, ':' | '：')).unwrap_or(written.len());
    written.get(..end).unwrap_or(written)
}

/// `account` of `#category: account`.
fn argument_of(written: &str) -> &str {
    let rest = written.get(name_of(written).len()..).unwrap_or_default();
    rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：')).trim_end()
}

fn is_note(written: &str) -> bool {
    let name = name_of(written).trim_start_matches(['#', '＃']).to_lowercase();
    verb(&name) == Some(Verb::Note)
}

fn verb(name: &str) -> Option<Verb> {
    VERBS.iter().find(|(_, names)| names.contains(&name)).map(|(verb, _)| *verb)
}

fn read(line: u32, written: &str, policy: &Policy) -> Result<Order, Problem> {
    let shown = name_of(written);
    let argument = argument_of(written);
    let name = shown.trim_start_matches(['#', '＃']).to_lowercase();
    let bad = |allowed: Vec<String>| Problem::BadArgument {
        line,
        command: shown.to_owned(),
        argument: argument.to_owned(),
        allowed,
    };
    let alone = |order| if argument.is_empty() { Ok(order) } else { Err(bad(Vec::new())) };
    match verb(&name) {
        Some(Verb::Take) => alone(Order::Take),
        Some(Verb::Lock) => alone(Order::Lock),
        Some(Verb::State(input)) => alone(Order::State(input)),
        Some(Verb::Help) => Ok(Order::Help),
        Some(Verb::Note) => Ok(Order::Note),
        Some(Verb::Article) => Ok(Order::Article(argument.to_owned())),
        Some(Verb::Show) => show(argument).map(Order::Show).ok_or_else(|| bad(vec!["N".to_owned()])),
        Some(Verb::Cc) => arguments::people(argument).map_or_else(
            || Err(bad(vec!["+ADDRESS".to_owned(), "-ADDRESS".to_owned()])),
            |(add, remove)| suitable(line, shown, &add, policy).map(|()| Order::Cc { add, remove }),
        ),
        Some(Verb::Requester) => match arguments::address(argument) {
            Some(address) => suitable(line, shown, std::slice::from_ref(&address), policy)
                .map(|()| Order::Requester(address)),
            None => Err(bad(vec!["ADDRESS".to_owned()])),
        },
        Some(Verb::Merge) => arguments::merge(argument)
            .map(|(into, people)| Order::Merge { into, people })
            .ok_or_else(|| bad(vec!["N".to_owned(), "N +cc".to_owned()])),
        Some(Verb::Assign) => assignee(argument, policy).map(Order::Assign).map_err(bad),
        Some(Verb::Category) => category(argument, policy)
            .map(Order::Category)
            .ok_or_else(|| bad(category_names(policy).map(str::to_owned).collect())),
        Some(Verb::Priority) => priority(argument)
            .map(Order::Priority)
            .ok_or_else(|| bad(PRIORITIES.iter().map(|(p, _)| p.as_str().to_owned()).collect())),
        None => match (category(&name, policy), priority(&name)) {
            (Some(category), _) => alone(Order::Category(category)),
            (None, Some(priority)) => alone(Order::Priority(priority)),
            (None, None) => Err(Problem::UnknownCommand {
                line,
                command: shown.to_owned(),
                did_you_mean: did_you_mean(&name, policy),
            }),
        },
    }
}

/// Whether these addresses may stand for clients.
fn suitable(line: u32, command: &str, addresses: &[String], policy: &Policy) -> Result<(), Problem> {
    let unfit =
        |address: &String| people::unsuitable(policy, address).map(|reason| (address.clone(), reason));
    match addresses.iter().find_map(unfit) {
        Some((argument, reason)) => {
            Err(Problem::Unsuitable { line, command: command.to_owned(), argument, reason })
        }
        None => Ok(()),
    }
}

/// The commands at the top of a text, with what stands behind each.
fn written(text: &str) -> impl Iterator<Item = (Verb, &str)> {
    let written = leading(text).lines.into_iter().flat_map(|(_, line)| split(line));
    written.filter_map(|written| {
        let name = name_of(written).trim_start_matches(['#', '＃']).to_lowercase();
        Some((verb(&name)?, argument_of(written)))
    })
}

/// The tickets that the commands at the top of a text name besides their own: what they are is read before they are judged.
#[must_use]
pub fn other_tickets(text: &str) -> Vec<TicketId> {
    let named = written(text).filter_map(|(verb, argument)| match verb {
        Verb::Merge => arguments::merge(argument).map(|(into, _)| into),
        Verb::Show => show(argument).flatten(),
        _ => None,
    });
    named.collect()
}

/// Whether a ticket is to be shown, and which; the inner `None`: the one of the mail.
#[must_use]
pub fn shows(text: &str) -> Option<Option<TicketId>> {
    written(text).find(|(verb, _)| *verb == Verb::Show).and_then(|(_, argument)| show(argument))
}

/// The people whom the commands at the top of a text would put on a ticket, at most `max`: whether mail reaches them is read before it
/// is judged.
#[must_use]
pub fn people_named(text: &str, max: usize) -> Vec<String> {
    let named = written(text).flat_map(|(verb, argument)| match verb {
        Verb::Cc => arguments::people(argument).map(|(add, _)| add).unwrap_or_default(),
        Verb::Requester => arguments::address(argument).into_iter().collect(),
        _ => Vec::new(),
    });
    named.take(max).collect()
}

fn category_names(policy: &Policy) -> impl Iterator<Item = &str> {
    let built_in = CATEGORIES.iter().filter(|_| policy.categories.is_empty()).map(|(name, _)| *name);
    policy.categories.iter().map(String::as_str).chain(built_in)
}

fn category(word: &str, policy: &Policy) -> Option<String> {
    let word = word.to_lowercase();
    let named = |wanted: &str| category_names(policy).find(|name| name.to_lowercase() == wanted);
    // A category of the operator's own may have a name that is Chinese for a built-in one.
    let translated = || {
        CATEGORIES.iter().find(|(_, names)| names.contains(&word.as_str())).and_then(|(name, _)| named(name))
    };
    named(&word).or_else(translated).map(str::to_owned)
}

fn priority(word: &str) -> Option<Priority> {
    let chinese = || PRIORITIES.iter().find(|(_, names)| names.contains(&word)).map(|(p, _)| *p);
    parse_priority(word).or_else(chinese)
}

/// The address of the one agent that is meant; else the candidates.
fn assignee(argument: &str, policy: &Policy) -> Result<Option<String>, Vec<String>> {
    let wanted = argument.to_lowercase();
    if NOBODY.contains(&wanted.as_str()) {
        return Ok(None);
    }
    let able = || policy.agents.iter().filter(|a| a.role >= Role::Agent);
    let local = |a: &AgentPolicy| a.address.split_once('@').is_some_and(|(local, _)| local == wanted);
    let full_name = |a: &AgentPolicy| a.name.to_lowercase() == wanted;
    let first_name = |a: &AgentPolicy| a.name.to_lowercase().split_whitespace().any(|part| part == wanted);
    let ways: [&dyn Fn(&AgentPolicy) -> bool; 4] =
        [&|a| a.address == wanted, &full_name, &local, &first_name];
    for way in ways {
        let fitting: Vec<&AgentPolicy> = able().filter(|a| way(a)).collect();
        match fitting.as_slice() {
            [] => {}
            [one] => return Ok(Some(one.address.clone())),
            several => return Err(several.iter().map(|a| a.address.clone()).collect()),
        }
    }
    Err(able().map(|a| a.address.clone()).collect())
}

/// Orders that set the same thing.
fn slot(order: &Order) -> u8 {
    match order {
        Order::Take | Order::Assign(_) => 0,
        Order::Category(_) => 1,
        Order::Priority(_) => 2,
        Order::State(_) => 3,
        Order::Note => 4,
        Order::Help => 5,
        Order::Lock => 6,
        Order::Merge { .. } => 3,
        Order::Cc { .. } => 7,
        Order::Requester(_) => 8,
        Order::Article(_) => 9,
        Order::Show(_) => 10,
    }
}

/// What an article goes out as is one reply: nothing that makes the mail internal or an inquiry stands beside it.
fn contradict(one: &Order, other: &Order) -> bool {
    match (one, other) {
        (Order::Article(_), Order::Article(_)) => false,
        (Order::Article(_), Order::Note | Order::Help) | (Order::Note | Order::Help, Order::Article(_)) => {
            true
        }
        _ => slot(one) == slot(other) && one != other,
    }
}

fn contradictions(commands: &[Command]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, later) in commands.iter().enumerate() {
        let earlier = commands.iter().take(at).find(|c| contradict(&c.order, &later.order));
        if let Some(earlier) = earlier {
            problems.push(Problem::Contradiction {
                line: later.line,
                command: later.written.clone(),
                other: earlier.written.clone(),
            });
        }
    }
    problems
}

fn did_you_mean(name: &str, policy: &Policy) -> Option<String> {
    let names = VERBS
        .iter()
        .flat_map(|(_, names)| names.iter().copied())
        .chain(category_names(policy))
        .chain(PRIORITIES.iter().flat_map(|(_, names)| names.iter().copied()));
    // One slip in short words, two in longer ones: beyond that a suggestion only confuses.
    let slips = if name.chars().count() <= 3 { 1 } else { 2 };
    let nearest = names.map(|n| (edit_distance(name, n), n)).min_by_key(|(distance, _)| *distance)?;
    (nearest.0 <= slips && nearest.0 < nearest.1.chars().count()).then(|| format!("#{}", nearest.1))
}

/// A state in the words of a command's refusal.
#[must_use]
pub(super) fn wrong_state(line: u32, command: &str, state: State) -> Problem {
    Problem::WrongState { line, command: command.to_owned(), state: state.as_str().to_owned() }
}
