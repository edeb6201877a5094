//! When it happened: expressions of time in prose and beside labels, and the interval that they mean for a mail of a certain instant.
//!
//! Words and numbers become pieces (a date, a part of a day, a clock, a duration ago, a zone), pieces with nothing but connecting
//! words between them one expression. `time/resolve.rs` makes instants of it. Knows the words of `words/times.rs` and no mail.

mod number;
mod resolve;
mod token;

pub use resolve::Moment;
use resolve::Resolved;
use token::{Kind, Token};

use crate::triage::words::times::{Unit, Word};

/// Tokens of one text that are looked at.
const TOKENS_MAX: usize = 4_000;
/// Longest run of connecting words between two pieces, in bytes.
const GAP_BYTES_MAX: usize = 24;

/// A day, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    Ymd(i16, i8, i8),
    /// Without a year: the last such day.
    Md(i8, i8),
    /// Without a month.
    Dom(i8),
    Relative(i64),
    /// The last such day, today included.
    Weekday(i8),
    /// The last such day before today.
    LastWeekday(i8),
    /// Of the week before this one.
    WeekdayBefore(i8),
    LastWeek,
    ThisWeek,
    LastMonth,
}

/// A time of day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clock {
    pub hour: i8,
    pub minute: i8,
    /// Only the hour was said.
    pub is_hour_only: bool,
    /// The half of the day was said.
    pub is_certain: bool,
}

/// Pieces of one expression of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expression {
    pub start: usize,
    pub end: usize,
    pub day: Option<Day>,
    /// Hours from and to, and whether clocks count from noon.
    pub part: Option<(u8, u8, bool)>,
    pub clock: Option<Clock>,
    /// Minutes east of UTC.
    pub zone: Option<i16>,
    pub ago: Option<(i64, Unit)>,
    pub is_now: bool,
    pub is_approximate: bool,
    pub is_since: bool,
    /// It is a limit or lies ahead.
    pub is_limit: bool,
    /// Too little to stand alone: `3/4`, `5日`.
    pub is_weak: bool,
}

/// A time that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct When {
    pub start: usize,
    pub end: usize,
    /// RFC 3339 instants in the zone that was said or the mail's.
    pub interval: Option<(String, String)>,
    /// How much it says, 0 to 1.
    pub confidence: f64,
}

/// All times that `text` tells which are no limits and do not lie ahead, in order. `language` decides words that two languages share.
#[must_use]
pub fn find(text: &str, language: Option<&str>, at: Moment) -> Vec<When> {
    let tokens = token::tokens(text, language, TOKENS_MAX);
    if tokens.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for expression in expressions(text, &tokens, at) {
        if let Some(when) = judged(text, &expression, at) {
            found.push(when);
        }
    }
    found
}

/// The one time that a labelled value tells.
#[must_use]
pub fn in_value(value: &str, language: Option<&str>, at: Moment) -> Option<When> {
    let tokens = token::tokens(value, language, TOKENS_MAX);
    let mut all = expressions(value, &tokens, at);
    let rank = |e: &Expression| {
        i32::from(e.day.is_some()) + i32::from(e.clock.is_some()) + i32::from(e.ago.is_some())
    };
    all.sort_by_key(|e| (std::cmp::Reverse(rank(e)), e.start));
    let best = all.into_iter().next()?;
    let interval = match resolve::interval(&best, at) {
        Resolved::Interval(from, to) => Some((from, to)),
        Resolved::Unknown | Resolved::Ahead => None,
    };
    Some(When { start: best.start, end: best.end, interval, confidence: 0.97 })
}

fn judged(text: &str, e: &Expression, at: Moment) -> Option<When> {
    let interval = match resolve::interval(e, at) {
        Resolved::Interval(from, to) => Some((from, to)),
        Resolved::Unknown => None,
        Resolved::Ahead => return None,
    };
    let says_when = e.day.is_some()
        || e.ago.is_some()
        || e.is_now
        || e.clock.is_some_and(|_| e.is_since || e.is_approximate)
        || e.clock.is_some_and(|c| !c.is_hour_only || c.is_certain || e.part.is_some())
        || e.part.is_some() && e.is_since && text.get(e.start..e.end).is_some_and(|t| t.len() > 6);
    if e.is_limit || !says_when || e.is_weak && e.clock.is_none() && e.part.is_none() && !e.is_since {
        return None;
    }
    let mut confidence: f64 = 0.62;
    if e.clock.is_some() || e.ago.is_some() || e.is_now {
        confidence += 0.1;
    }
    if e.part.is_some() {
        confidence += 0.06;
    }
    if e.is_since {
        confidence += 0.08;
    }
    if matches!(e.day, Some(Day::Relative(0))) && e.clock.is_none() && e.part.is_none() && !e.is_since {
        confidence -= 0.12;
    }
    if e.day.is_none() && e.clock.is_some() && !e.is_since {
        confidence -= 0.08;
    }
    Some(When { start: e.start, end: e.end, interval, confidence })
}

/// Pieces, joined where only connecting words part them.
fn expressions(text: &str, tokens: &[Token], at: Moment) -> Vec<Expression> {
    let mut pieces: Vec<Expression> = Vec::new();
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        if pieces.last().is_some_and(|p| token.start < p.end) {
            i += 1;
            continue;
        }
        if let Some((piece, used)) = piece(text, tokens, i, at) {
            pieces.push(piece);
            i += used;
        } else {
            i += 1;
        }
    }
    let mut joined: Vec<Expression> = Vec::new();
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if fits(text, last, &piece) => {
                let between = |t: &&Token| t.start >= last.end && t.end <= piece.start;
                let words = tokens
                    .iter()
                    .skip(tokens.partition_point(|t| t.start < last.end))
                    .take(6)
                    .filter(between);
                for token in words {
                    last.is_approximate |= matches!(token.kind, Kind::Word(Word::Approx));
                    last.is_since |= matches!(token.kind, Kind::Word(Word::Since));
                }
                join(last, &piece);
            }
            _ => joined.push(piece),
        }
    }
    for e in &mut joined {
        surroundings(text, tokens, e);
    }
    joined
}

/// Whether two pieces are one expression.
fn fits(text: &str, a: &Expression, b: &Expression) -> bool {
    let clash = a.day.is_some()
        && b.day.is_some()
        && !matches!((a.day, b.day), (Some(Day::Weekday(_)), Some(_)) | (Some(_), Some(Day::Weekday(_))))
        || a.clock.is_some() && b.clock.is_some()
        || a.ago.is_some()
        || b.ago.is_some()
        || a.part.is_some() && b.part.is_some()
        || a.is_now
        || b.is_now
        || b.zone.is_some() && a.clock.is_none() && b.clock.is_none();
    let gap = text.get(a.end..b.start).unwrap_or_default();
    !clash && gap.len() <= GAP_BYTES_MAX && token::is_link(gap)
}

fn join(a: &mut Expression, b: &Expression) {
    // `Monday, 18 March`: the date says more than its weekday.
    a.day = match (a.day, b.day) {
        (Some(Day::Weekday(_)), Some(day)) => Some(day),
        (day, other) => day.or(other),
    };
    a.part = a.part.or(b.part);
    a.clock = a.clock.or(b.clock);
    a.zone = a.zone.or(b.zone);
    a.is_approximate |= b.is_approximate;
    a.is_since |= b.is_since;
    a.is_weak &= b.is_weak;
    a.is_limit |= b.is_limit;
    a.end = b.end;
}

/// What stands right before and behind an expression changes what it means.
fn surroundings(text: &str, tokens: &[Token], e: &mut Expression) {
    let first = tokens.partition_point(|t| t.start < e.start);
    for token in tokens.get(..first).unwrap_or_default().iter().rev().take(4) {
        let gap = text.get(token.end..e.start).unwrap_or_default();
        if !gap.chars().all(|c| c == ' ' || c == '\u{a0}') {
            break;
        }
        match token.kind {
            Kind::Word(Word::Since) => {
                (e.is_since, e.start) = (true, token.start);
                break;
            }
            Kind::Word(Word::Approx) => (e.is_approximate, e.start) = (true, token.start),
            Kind::Word(Word::Link) => e.start = token.start,
            Kind::Word(Word::Until | Word::Next) => e.is_limit = true,
            Kind::Word(_) | Kind::Number { .. } => break,
        }
    }
    let behind = tokens.partition_point(|t| t.start < e.end);
    for token in tokens.get(behind..).unwrap_or_default().iter().take(3) {
        let gap = text.get(e.end..token.start).unwrap_or("x");
        let wide = text.get(token.start..token.end).is_some_and(|w| !w.is_ascii());
        if !gap.chars().all(|c| c == ' ') || !wide {
            break;
        }
        match token.kind {
            Kind::Word(Word::Since) => (e.is_since, e.end) = (true, token.end),
            Kind::Word(Word::Approx) => (e.is_approximate, e.end) = (true, token.end),
            // `周五前`, `3月1日之前`.
            Kind::Word(Word::Ago) if e.ago.is_none() => e.is_limit = true,
            Kind::Word(_) | Kind::Number { .. } => break,
        }
    }
    let after = text.get(e.end..).unwrap_or_default().trim_start();
    if ["まで", "到期", "截止", "之内", "以内", "以前", "までに"].iter().any(|w| after.starts_with(w))
    {
        e.is_limit = true;
    }
}

/// The piece that begins with token `i`, and the tokens it took.
fn piece(text: &str, tokens: &[Token], i: usize, at: Moment) -> Option<(Expression, usize)> {
    let token = tokens.get(i)?;
    let next = tokens.get(i + 1).filter(|n| is_close(text, token, n));
    let whole =
        |e: Expression, used: usize, end: usize| Some((Expression { start: token.start, end, ..e }, used));
    match token.kind {
        Kind::Number { .. } => ago(text, tokens, i, None).or_else(|| {
            let e = number::read(text, token, at)?;
            let used = tokens.iter().skip(i).take_while(|t| t.start < e.end).count().max(1);
            Some((e, used))
        }),
        Kind::Word(Word::Day(days)) => whole(
            Expression {
                day: Some(Day::Relative(i64::from(days))),
                is_limit: days > 0,
                ..Expression::default()
            },
            1,
            token.end,
        ),
        Kind::Word(Word::DayPart(days, from, to, pm)) => {
            let day = Some(Day::Relative(i64::from(days)));
            whole(Expression { day, part: Some((from, to, pm)), ..Expression::default() }, 1, token.end)
        }
        Kind::Word(Word::Part(from, to, pm)) => {
            whole(Expression { part: Some((from, to, pm)), ..Expression::default() }, 1, token.end)
        }
        Kind::Word(Word::Now) => whole(Expression { is_now: true, ..Expression::default() }, 1, token.end),
        Kind::Word(Word::Zone(minutes)) => {
            let (minutes, end) = number::zone_shift(text, token.end, minutes);
            whole(Expression { zone: Some(minutes), ..Expression::default() }, 1, end)
        }
        Kind::Word(Word::Weekday(day)) => {
            // `lundi dernier`, `el lunes pasado`.
            let after = next.filter(|n| matches!(n.kind, Kind::Word(Word::Last)) && is_latin(text, n));
            let day = if after.is_some() { Day::LastWeekday(day) } else { Day::Weekday(day) };
            let end = after.map_or(token.end, |n| n.end);
            whole(
                Expression { day: Some(day), ..Expression::default() },
                1 + usize::from(after.is_some()),
                end,
            )
        }
        Kind::Word(Word::Month(month)) => number::after_month(text, token, month).map(|e| (e, 1)),
        Kind::Word(Word::Last | Word::This) => modified(text, tokens, i),
        Kind::Word(Word::Unit(unit)) => {
            // `la semaine dernière`, `先週` stands with Last.
            let after = next.filter(|n| matches!(n.kind, Kind::Word(Word::Last)))?;
            let day = last_unit(unit)?;
            whole(Expression { day: Some(day), ..Expression::default() }, 2, after.end)
        }
        Kind::Word(Word::AgoBefore | Word::Since) => {
            let (e, used) = ago(text, tokens, i + 1, Some(token))?;
            Some((e, used + 1))
        }
        Kind::Word(Word::Number(_)) => ago(text, tokens, i, None),
        Kind::Word(Word::Next) => {
            let next = next.filter(|n| matches!(n.kind, Kind::Word(Word::Weekday(_) | Word::Unit(_))))?;
            whole(
                Expression { day: Some(Day::Relative(7)), is_limit: true, ..Expression::default() },
                2,
                next.end,
            )
        }
        Kind::Word(Word::Ago | Word::Approx | Word::Link | Word::Until) => None,
    }
}

fn is_latin(text: &str, token: &Token) -> bool {
    text.get(token.start..token.end).is_some_and(|w| w.chars().all(|c| c < '\u{2e80}'))
}

/// Whether only blanks part two tokens.
fn is_close(text: &str, a: &Token, b: &Token) -> bool {
    text.get(a.end..b.start)
        .is_some_and(|gap| gap.len() <= 2 && gap.chars().all(|c| c == ' ' || c == '\u{a0}'))
}

fn last_unit(unit: Unit) -> Option<Day> {
    match unit {
        Unit::Week => Some(Day::LastWeek),
        Unit::Month => Some(Day::LastMonth),
        Unit::Day | Unit::Hour | Unit::Minute => None,
    }
}

/// `last Friday`, `上周五`, `last week`, `this week`.
fn modified(text: &str, tokens: &[Token], i: usize) -> Option<(Expression, usize)> {
    let token = tokens.get(i)?;
    let next = tokens.get(i + 1).filter(|n| is_close(text, token, n))?;
    let is_last = matches!(token.kind, Kind::Word(Word::Last));
    let wide = !is_latin(text, token);
    let day = match next.kind {
        Kind::Word(Word::Weekday(day)) if is_last && wide => Day::WeekdayBefore(day),
        Kind::Word(Word::Weekday(day)) if is_last => Day::LastWeekday(day),
        Kind::Word(Word::Weekday(day)) => Day::Weekday(day),
        Kind::Word(Word::Unit(unit)) if is_last => last_unit(unit)?,
        Kind::Word(Word::Unit(Unit::Week)) => Day::ThisWeek,
        _ => return None,
    };
    Some((Expression { start: token.start, end: next.end, day: Some(day), ..Expression::default() }, 2))
}

/// A duration ago: `2 hours ago`, `vor zwei Tagen`, `两天前`, `seit 3 Wochen`. `before` is the word that says so in front.
fn ago(text: &str, tokens: &[Token], i: usize, before: Option<&Token>) -> Option<(Expression, usize)> {
    let number = tokens.get(i)?;
    if before.is_some_and(|b| !is_close(text, b, number)) {
        return None;
    }
    let count = match number.kind {
        Kind::Number { value, .. } => i64::from(value),
        Kind::Word(Word::Number(n)) => i64::from(n),
        _ => return None,
    };
    let unit = tokens.get(i + 1).filter(|u| is_close(text, number, u))?;
    let Kind::Word(Word::Unit(unit_word)) = unit.kind else { return None };
    // `三月` is March, `三个月` a time.
    if text.get(unit.start..unit.end) == Some("月") {
        return None;
    }
    // `一个月前`, `2 days ago`, `3日前から`; between them may stand `多`.
    let behind = tokens.get(i + 2).filter(|a| is_close(text, unit, a));
    let ago = behind.filter(|a| matches!(a.kind, Kind::Word(Word::Ago)));
    let now = text.get(unit.end..).is_some_and(|t| t.trim_start().starts_with('了'));
    if ago.is_none() && before.is_none() && !now || count > 400 {
        return None;
    }
    let is_since = before.is_some_and(|b| matches!(b.kind, Kind::Word(Word::Since))) || now;
    let start = before.map_or(number.start, |b| b.start);
    let end = ago.map_or(unit.end, |a| a.end);
    let e = Expression { start, end, ago: Some((count, unit_word)), is_since, ..Expression::default() };
    Some((e, 2 + usize::from(ago.is_some())))
}

#[cfg(test)]
mod tests;
