//! Old lists of tickets: a CSV file of another desk, read and compared with what this desk knows, line by line, before anything is
//! made of it.
//!
//! Invariants: what does not fit is told with line, column, value and what was expected; a line that lacks what a ticket needs makes
//! none, the others do; a repetition makes nothing twice. In memory are the file's text and what its lines say, and a file has a
//! limit in bytes and in lines.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::Read,
    path::Path,
};

use anyhow::{Context, Result, bail};
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::list_values::{self as values, Column, Order};
use crate::{
    desk::{self, Facts, ListedTicket, Policy, Priority, State},
    edge,
    intake::ADDRESS_BYTES_MAX,
    store::{ImportBatch, ImportedTicket, Store},
};

/// Text and tickets of such a file take a few times as much memory.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// A short line takes a ticket's room in memory all the same.
const LINES_MAX: u64 = 200_000;
const LINES_AT_ONCE: usize = 500;
/// Misfits that are told one by one; of more, only the number.
const MISFITS_MAX: usize = 10_000;
/// A description that is longer is cut: it stands in the ticket's history.
const DESCRIPTION_CHARS_MAX: usize = 20_000;

/// Something in the file that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// From 1; the heading is line 1 as a rule.
    pub line: u64,
    /// As the file calls it.
    pub column: String,
    pub value: String,
    pub expected: String,
    /// The line makes no ticket; else only this value is left out.
    pub drops_line: bool,
}

/// A file that was read.
#[derive(Debug, Default)]
pub struct Listing {
    pub lines: u64,
    tickets: Vec<Line>,
    /// The first of them.
    pub misfits: Vec<Misfit>,
    pub misfits_all: u64,
    /// Headings that stand for nothing here.
    pub ignored_columns: Vec<String>,
}

/// Address and name.
type Requester = (String, Option<String>);

#[derive(Debug)]
struct Line {
    /// Its number in the old desk, or a hash of the line.
    place: String,
    ticket: ListedTicket,
    requester: Requester,
    at: Timestamp,
}

/// What importing a list has done.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ListSummary {
    pub batch: String,
    pub lines: u64,
    /// Made; in a dry run: that would be made.
    pub tickets: u64,
    /// Of lines that an earlier run of this batch has taken.
    pub taken_before: u64,
    pub dropped_lines: u64,
    /// The first of them.
    pub misfits: Vec<Misfit>,
    pub misfits_all: u64,
    pub ignored_columns: Vec<String>,
    pub dry_run: bool,
}

/// Reads a list. `state` is what a ticket without a state is.
///
/// # Errors
/// A file that cannot be read, is no table, or has no column of addresses.
pub fn read(path: &Path, policy: &Policy, mailbox: &str, batch: &str, state: State) -> Result<Listing> {
    let bytes = bytes_of(path).with_context(|| path.display().to_string())?;
    parse(&decode(bytes), &Reading { policy, mailbox, batch, state, now: edge::now() })
        .with_context(|| path.display().to_string())
}

fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_BYTES_MAX {
        bail!(
            "it is larger than {} MiB: split it into files that begin with the heading",
            FILE_BYTES_MAX >> 20
        );
    }
    Ok(bytes)
}

/// What a line is compared with.
struct Reading<'a> {
    policy: &'a Policy,
    mailbox: &'a str,
    batch: &'a str,
    state: State,
    now: Timestamp,
}

/// Excel writes UTF-8 with a mark, UTF-16 as "Unicode text", and in China GB18030 without a word.
fn decode(mut bytes: Vec<u8>) -> String {
    let encoding = match bytes.as_slice() {
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        text => {
            let mark = if text.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
            bytes.drain(..mark);
            match String::from_utf8(bytes) {
                Ok(text) => return text,
                Err(other) => bytes = other.into_bytes(),
            }
            GB18030
        }
    };
    encoding.decode(&bytes).0.into_owned()
}

/// The sign that stands most often in the heading, outside quotes.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| *sign == byte && !quoted) {
            *count += 1;
        }
    }
    // The first of equals.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(sign, _)| *sign)
}

/// The text is gone through once for each question: what all dates of a column together tell must be known before the first is understood.
fn parse(text: &str, reading: &Reading<'_>) -> Result<Listing> {
    let delimiter = delimiter(text);
    let reader = || ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let headings = reader().headers().context("it has no heading")?.clone();
    let mut columns: BTreeMap<Column, usize> = BTreeMap::new();
    let mut listing = Listing::default();
    for (place, heading) in headings.iter().enumerate() {
        match values::column(heading).filter(|column| !columns.contains_key(column)) {
            Some(column) => {
                columns.insert(column, place);
            }
            None => listing.ignored_columns.push(heading.to_owned()),
        }
    }
    if !columns.contains_key(&Column::Requester) {
        bail!(
            "no column holds the requesters' addresses: name one `requester`, `email` or 客户邮箱; the headings are: {}",
            headings.iter().collect::<Vec<_>>().join(", ")
        );
    }
    let records = || reader().into_records().filter(|record| !is_blank(record));
    listing.lines = u64::try_from(records().count()).unwrap_or(u64::MAX);
    if listing.lines > LINES_MAX {
        bail!("it has more than {LINES_MAX} lines: split it into files that begin with the heading");
    }
    let value = |record: csv::Result<StringRecord>, place| Some(record.ok()?.get(place)?.to_owned());
    let orders = [Column::Created, Column::Updated, Column::Closed]
        .into_iter()
        .filter_map(|column| {
            let place = *columns.get(&column)?;
            Some((column, values::order(records().filter_map(|record| value(record, place)))))
        })
        .collect();
    let zone = TimeZone::get(&reading.policy.zone).unwrap_or(TimeZone::UTC);
    let table = Table { headings: &headings, columns, orders, zone, reading };
    table.read(records(), &mut listing);
    Ok(listing)
}

fn is_blank(record: &csv::Result<StringRecord>) -> bool {
    record.as_ref().is_ok_and(|record| record.iter().all(|value| value.trim().is_empty()))
}

/// The columns of a file, and what all its lines together tell.
struct Table<'a> {
    headings: &'a StringRecord,
    columns: BTreeMap<Column, usize>,
    orders: BTreeMap<Column, Order>,
    zone: TimeZone,
    reading: &'a Reading<'a>,
}

/// One line under examination.
struct Examined<'a> {
    table: &'a Table<'a>,
    record: &'a StringRecord,
    line: u64,
    misfits: Vec<Misfit>,
}

impl Table<'_> {
    fn read(&self, records: impl Iterator<Item = csv::Result<StringRecord>>, listing: &mut Listing) {
        let mut numbers: HashMap<String, u64> = HashMap::new();
        let mut twins: HashMap<String, u32> = HashMap::new();
        for record in records {
            let record = match record {
                Ok(record) => record,
                Err(why) => {
                    let line = why.position().map_or(0, csv::Position::line);
                    let expected = format!("a line of the table ({why})");
                    let (column, value) = (String::new(), String::new());
                    listing.misfit(Misfit { line, column, value, expected, drops_line: true });
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let mut examined = Examined { table: self, record: &record, line, misfits: Vec::new() };
            let number = examined.value(Column::Number).to_owned();
            if number.chars().any(char::is_control) {
                examined.misfit(Column::Number, "a number without control characters", true);
            }
            if !number.is_empty()
                && let Some(first) = numbers.insert(number.clone(), line)
            {
                examined.misfit(
                    Column::Number,
                    &format!("a number of its own: line {first} has it too"),
                    true,
                );
            }
            let ticket = examined.ticket();
            if let Some((ticket, requester, at)) =
                ticket.filter(|_| !examined.misfits.iter().any(|m| m.drops_line))
            {
                let place = if number.is_empty() {
                    let whole: Vec<&str> = record.iter().collect();
                    let hash =
                        data_encoding::HEXLOWER.encode(&Sha256::digest(whole.join("\u{1f}").as_bytes()));
                    let twin = twins.entry(hash.clone()).or_default();
                    *twin += 1;
                    format!("line:{hash}:{twin}")
                } else {
                    format!("number:{number}")
                };
                listing.tickets.push(Line { place, ticket, requester, at });
            }
            examined.misfits.into_iter().for_each(|misfit| listing.misfit(misfit));
        }
    }
}

impl Examined<'_> {
    fn value(&self, column: Column) -> &str {
        let place = self.table.columns.get(&column);
        place.and_then(|place| self.record.get(*place)).unwrap_or_default().trim()
    }

    fn misfit(&mut self, column: Column, expected: &str, drops_line: bool) {
        let heading = self.table.columns.get(&column).and_then(|place| self.table.headings.get(*place));
        self.misfits.push(Misfit {
            line: self.line,
            column: heading.unwrap_or_default().to_owned(),
            value: self.value(column).chars().take(80).collect(),
            expected: expected.to_owned(),
            drops_line,
        });
    }

    fn ticket(&mut self) -> Option<(ListedTicket, Requester, Timestamp)> {
        let requester = self.requester();
        let reading = self.table.reading;
        let state = self.state();
        let created = self.date(Column::Created);
        let closed = self.date(Column::Closed);
        let updated = self.date(Column::Updated);
        let created_at = created.or(updated).or(closed).unwrap_or(reading.now);
        let done = matches!(state, State::Closed | State::Resolved);
        let at = closed.filter(|_| done).or(updated).unwrap_or(created_at).max(created_at);
        let number = Some(self.value(Column::Number).to_owned()).filter(|number| !number.is_empty());
        let mut tags: Vec<String> = self
            .value(Column::Tags)
            .split([',', ';', '|', '、', '，', '；'])
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect();
        tags.extend(number.as_ref().map(|number| format!("was:{number}")));
        let category = self.category();
        let ticket = ListedTicket {
            batch: reading.batch.to_owned(),
            mailbox: reading.mailbox.to_owned(),
            reference: number,
            subject: self.value(Column::Subject).to_owned(),
            requester: desk::PersonFacts::default(),
            language: self.language(),
            state,
            priority: self.priority(),
            team: self.team(category.as_deref()),
            category,
            assignee: self.assignee(),
            tags,
            created_at,
            description: self.value(Column::Description).chars().take(DESCRIPTION_CHARS_MAX).collect(),
        };
        Some((ticket, requester?, at))
    }

    fn requester(&mut self) -> Option<Requester> {
        let value = self.value(Column::Requester).to_owned();
        let is_sign = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '(' | ')' | '"');
        let address =
            value.split(is_sign).map(|word| word.strip_prefix("mailto:").unwrap_or(word)).find(|word| {
                word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
            });
        let Some(address) = address else {
            self.misfit(Column::Requester, "an address like li@example.com", true);
            return None;
        };
        // As live mail: what is longer is no address (RFC 5321 section 4.5.3.1.3), and no key of a database index.
        if address.len() > ADDRESS_BYTES_MAX || address.chars().any(char::is_control) {
            let expected =
                format!("an address of at most {ADDRESS_BYTES_MAX} bytes and without control characters");
            self.misfit(Column::Requester, &expected, true);
            return None;
        }
        let written = value.split('<').next().unwrap_or_default().trim().trim_matches('"').to_owned();
        let name = [self.value(Column::RequesterName).to_owned(), written]
            .into_iter()
            .find(|name| !name.is_empty() && !name.contains('@'));
        Some((address.to_lowercase(), name))
    }

    fn state(&mut self) -> State {
        let word = self.value(Column::State);
        if word.is_empty() {
            return self.table.reading.state;
        }
        let known = values::state(word);
        if known.is_none() {
            self.misfit(
                Column::State,
                &format!("one of {} (or 新建, 处理中, 已解决, 已关闭 …)", values::states()),
                true,
            );
        }
        known.unwrap_or_default()
    }

    fn priority(&mut self) -> Priority {
        let word = self.value(Column::Priority);
        if word.is_empty() {
            return Priority::Normal;
        }
        let known = values::priority(word);
        if known.is_none() {
            self.misfit(
                Column::Priority,
                "low, normal, high or urgent (低, 普通, 高, 紧急); normal is taken",
                false,
            );
        }
        known.unwrap_or_default()
    }

    fn category(&mut self) -> Option<String> {
        let own = &self.table.reading.policy.categories;
        let word = self.value(Column::Category);
        let known = values::category(word, own).cloned();
        if known.is_none() && !word.is_empty() {
            self.misfit(Column::Category, &format!("one of {}; none is taken", own.join(", ")), false);
        }
        known
    }

    fn team(&mut self, category: Option<&str>) -> Option<String> {
        let policy = self.table.reading.policy;
        let word = self.value(Column::Team).to_lowercase();
        let named = policy.teams.iter().find(|team| team.name.to_lowercase() == word);
        let names: Vec<&str> = policy.teams.iter().map(|team| team.name.as_str()).collect();
        if named.is_none() && !word.is_empty() {
            self.misfit(
                Column::Team,
                &format!("one of {}; the category's team is taken", names.join(", ")),
                false,
            );
        }
        let by_category = || desk::routing::team_of_category(policy, category?, &policy.default_language);
        named.or_else(by_category).or(policy.teams.first()).map(|team| team.name.clone())
    }

    fn assignee(&mut self) -> Option<String> {
        let policy = self.table.reading.policy;
        let word = self.value(Column::Assignee).to_lowercase();
        let known = policy
            .agents
            .iter()
            .find(|agent| word.contains(&agent.address) || agent.name.to_lowercase() == word);
        if known.is_none() && !word.is_empty() {
            self.misfit(
                Column::Assignee,
                "the name or address of an [[agent]] of the config; nobody is taken",
                false,
            );
        }
        known.map(|agent| agent.address.clone())
    }

    fn language(&self) -> String {
        let word = self.value(Column::Language).to_lowercase();
        let code: String = word.chars().take_while(char::is_ascii_alphabetic).collect();
        if code.len() == 2 { code } else { self.table.reading.policy.default_language.clone() }
    }

    fn date(&mut self, column: Column) -> Option<Timestamp> {
        let text = self.value(column);
        if text.is_empty() {
            return None;
        }
        let order = self.table.orders.get(&column).copied().unwrap_or(Order::Unknown);
        let at = values::date(text, order, &self.table.zone);
        if at.is_none() {
            let unclear = order == Order::Unknown && text.contains('/');
            let why =
                if unclear { ": no date of this column tells whether the day stands first" } else { "" };
            self.misfit(
                column,
                &format!("a date like 2026-01-31 or 2026-01-31 14:30{why}"),
                column == Column::Created,
            );
        }
        at.filter(|at| *at <= self.table.reading.now)
    }
}

impl Listing {
    fn misfit(&mut self, misfit: Misfit) {
        self.misfits_all += 1;
        if self.misfits.len() < MISFITS_MAX {
            self.misfits.push(misfit);
        }
    }

    /// What importing would do.
    #[must_use]
    pub fn summary(&self, batch: &str) -> ListSummary {
        let tickets = u64::try_from(self.tickets.len()).unwrap_or(u64::MAX);
        ListSummary {
            batch: batch.to_owned(),
            lines: self.lines,
            tickets,
            taken_before: 0,
            dropped_lines: self.lines.saturating_sub(tickets),
            misfits: self.misfits.clone(),
            misfits_all: self.misfits_all,
            ignored_columns: self.ignored_columns.clone(),
            dry_run: true,
        }
    }
}

/// Makes the tickets of a list.
///
/// # Errors
/// When the store is not available; what was committed stays, and repeating goes on behind it.
pub async fn import(
    store: &Store,
    batch: &ImportBatch,
    policy: &Policy,
    listing: Listing,
) -> Result<ListSummary> {
    let mut summary = ListSummary { tickets: 0, dry_run: false, ..listing.summary(&batch.facts.batch) };
    let mut lines = listing.tickets;
    while !lines.is_empty() {
        let rest = lines.split_off(LINES_AT_ONCE.min(lines.len()));
        let mut portion = std::mem::replace(&mut lines, rest);
        let places: Vec<&str> = portion.iter().map(|line| line.place.as_str()).collect();
        let mut taken = store.taken_places(batch, &places).await?.into_iter();
        let all = portion.len();
        portion.retain(|_| !taken.next().unwrap_or_default());
        summary.taken_before += u64::try_from(all - portion.len()).unwrap_or_default();
        summary.tickets += make(store, batch, policy, portion).await?;
    }
    Ok(summary)
}

async fn make(store: &Store, batch: &ImportBatch, policy: &Policy, lines: Vec<Line>) -> Result<u64> {
    if lines.is_empty() {
        return Ok(0);
    }
    let now = edge::now();
    let mut window = store.window().await?;
    let requesters: Vec<Requester> = lines.iter().map(|line| line.requester.clone()).collect();
    let people = window.people(batch, &requesters, now).await?;
    let mut decided = Vec::with_capacity(lines.len());
    for mut line in lines {
        let person = people.get(&line.requester.0).cloned();
        line.ticket.requester = person.context("a requester has no row")?;
        let facts = Facts::Listed(Box::new(line.ticket));
        let facts_json = serde_json::to_string(&facts)?;
        decided.push((line.place, desk::decide(&facts, policy, line.at), facts_json, line.at));
    }
    let tickets: Vec<ImportedTicket<'_>> = decided
        .iter()
        .map(|(place, decision, facts_json, at)| ImportedTicket {
            place,
            decision,
            facts_json: facts_json.clone(),
            at: *at,
        })
        .collect();
    let made = window.import_tickets(batch, &tickets, now).await?;
    window.commit().await?;
    Ok(u64::try_from(made.len()).unwrap_or_default())
}
