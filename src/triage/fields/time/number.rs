//! Dates and clocks that begin with a number or a month's name. Knows nothing of other words.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    Clock, Day, Expression, Moment,
    token::{Kind, Token},
};
use crate::triage::words::times::{WORDS, Word};

static MONTHS: LazyLock<BTreeMap<&'static str, i8>> = LazyLock::new(|| {
    let months = WORDS.iter().filter_map(|(word, written)| match word {
        Word::Month(month) => Some((*month, *written)),
        _ => None,
    });
    months.flat_map(|(month, written)| written.iter().map(move |w| (*w, month))).collect()
});

/// Reads on from a byte of the text.
#[derive(Clone, Copy)]
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes the first of the words that stands here, in any letter case of ASCII.
    fn takes(&mut self, words: &[&str]) -> bool {
        let rest = self.rest();
        let hit = words.iter().find(|w| rest.get(..w.len()).is_some_and(|r| r.eq_ignore_ascii_case(w)));
        hit.inspect(|w| self.at += w.len()).is_some()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\u{a0}']).len();
    }

    /// A number of so many digits, or a Chinese numeral.
    fn number(&mut self, digits_max: usize) -> Option<(i32, usize)> {
        let rest = self.rest();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            if digits > digits_max {
                return None;
            }
            let value = rest.get(..digits)?.parse().ok()?;
            self.at += digits;
            return Some((value, digits));
        }
        let len: usize = rest
            .chars()
            .take_while(|c| "〇零一二两兩三四五六七八九十廿".contains(*c))
            .map(char::len_utf8)
            .sum();
        let value = super::token::chinese(rest.get(..len).filter(|t| !t.is_empty())?)?;
        self.at += len;
        Some((i32::try_from(value).ok()?, 0))
    }

    fn month_name(&mut self) -> Option<i8> {
        let rest = self.rest();
        let len: usize = rest.chars().take(12).take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
        let month = *MONTHS.get(rest.get(..len)?.to_lowercase().as_str())?;
        self.at += len;
        if self.rest().starts_with('.') && len <= 5 {
            self.at += 1;
        }
        Some(month)
    }

    /// Whether a letter or digit goes on here.
    fn is_inside(self) -> bool {
        self.rest().starts_with(|c: char| c.is_ascii_alphanumeric())
    }
}

fn small(value: i32) -> i8 {
    i8::try_from(value).unwrap_or(-1)
}

fn day_of(year: i32, month: i32, day: i32) -> Option<Day> {
    let ok = (1..=12).contains(&month) && (1..=31).contains(&day) && (1_990..=2_100).contains(&year);
    ok.then(|| Day::Ymd(i16::try_from(year).unwrap_or(0), small(month), small(day)))
}

fn month_day(month: i32, day: i32) -> Option<Day> {
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| Day::Md(small(month), small(day)))
}

/// The date or clock that begins with the number `token`.
pub fn read(text: &str, token: &Token, at: Moment) -> Option<Expression> {
    let Kind::Number { value, digits } = token.kind else { return None };
    let before = text.get(..token.start).and_then(|t| t.chars().next_back());
    // The middle of an address, a version, a price.
    if before.is_some_and(|c| matches!(c, '.' | ':' | '/' | '-' | '$' | '€' | '¥')) && digits > 0 {
        return None;
    }
    let first = i32::try_from(value).ok()?;
    let reader = Reader { text, at: token.end };
    let e = if digits == 4 || digits == 0 && first >= 1_990 {
        year_first(reader, first)
    } else {
        clock(reader, first, digits).or_else(|| day_first(reader, first, digits, at))
    }?;
    Some(Expression { start: token.start, ..e })
}

/// `2024-03-05`, `2024年3月5日`, `2024/3/5`.
fn year_first(mut r: Reader<'_>, year: i32) -> Option<Expression> {
    r.blanks();
    let sep = r.rest().chars().next().filter(|c| matches!(c, '-' | '/' | '.' | '年'))?;
    r.at += sep.len_utf8();
    r.blanks();
    let (month, month_digits) = r.number(2)?;
    r.blanks();
    if !(r.takes(&["月"])
        || sep != '年' && r.rest().starts_with(sep) && {
            r.at += sep.len_utf8();
            true
        })
    {
        return None;
    }
    r.blanks();
    let (day, day_digits) = r.number(2)?;
    if !r.takes(&["日", "号", "號"]) && r.is_inside() && !r.rest().starts_with('T') {
        return None;
    }
    // `2024.1.7` is a version.
    if sep == '.' && (month_digits != 2 || day_digits != 2)
        || r.rest().starts_with('.') && r.rest().chars().nth(1).is_some_and(|c| c.is_ascii_digit())
    {
        return None;
    }
    Some(Expression { end: r.at, day: Some(day_of(year, month, day)?), ..Expression::default() })
}

fn day_first(r: Reader<'_>, first: i32, digits: usize, at: Moment) -> Option<Expression> {
    chinese_day(r, first).or_else(|| named_month(r, first)).or_else(|| numeric(r, first, digits, at))
}

/// `3月5日`, `3 月 5 号`, `5号`.
fn chinese_day(mut r: Reader<'_>, first: i32) -> Option<Expression> {
    r.blanks();
    if r.takes(&["月"]) {
        r.blanks();
        let (day, _) = r.number(2)?;
        r.blanks();
        let _ = r.takes(&["日", "号", "號"]);
        return Some(Expression { end: r.at, day: Some(month_day(first, day)?), ..Expression::default() });
    }
    if r.takes(&["号", "號", "日"])
        && (1..=31).contains(&first)
        && !r.rest().starts_with(['楼', '线', '机', '間'])
    {
        let day = Some(Day::Dom(small(first)));
        return Some(Expression { end: r.at, day, is_weak: true, ..Expression::default() });
    }
    None
}

/// `5 March 2024`, `5. März`, `5th of March`, `5 de marzo de 2024`.
fn named_month(mut r: Reader<'_>, day: i32) -> Option<Expression> {
    let _ = r.takes(&["st", "nd", "rd", "th", "er", "º", "."]);
    r.blanks();
    if r.takes(&["of ", "de ", "do "]) {
        r.blanks();
    }
    let month = r.month_name()?;
    let day = month_day(i32::from(month), day)?;
    let (day, end) = with_year(r, day);
    Some(Expression { end, day: Some(day), ..Expression::default() })
}

/// The year that may follow a day and month.
fn with_year(mut r: Reader<'_>, day: Day) -> (Day, usize) {
    let end = r.at;
    let _ = r.takes(&[","]);
    r.blanks();
    if r.takes(&["de ", "del "]) {
        r.blanks();
    }
    let Day::Md(month, date) = day else { return (day, end) };
    match r.number(4) {
        Some((year, 4)) => {
            day_of(year, i32::from(month), i32::from(date)).map_or((day, end), |day| (day, r.at))
        }
        _ => (day, end),
    }
}

/// `March 19`, `March 19th, 2024`, `19` being read here.
pub fn after_month(text: &str, token: &Token, month: i8) -> Option<Expression> {
    let mut r = Reader { text, at: token.end };
    r.blanks();
    let (day, digits) = r.number(2)?;
    if digits == 0 {
        return None;
    }
    let _ = r.takes(&["st", "nd", "rd", "th"]);
    if r.is_inside() || r.rest().starts_with(':') {
        return None;
    }
    let day = month_day(i32::from(month), day)?;
    let (day, end) = with_year(r, day);
    Some(Expression { start: token.start, end, day: Some(day), ..Expression::default() })
}

/// `05.03.2024`, `5/3/2024`, `5.3.`, `3/5`.
fn numeric(mut r: Reader<'_>, first: i32, digits: usize, at: Moment) -> Option<Expression> {
    let sep = r.rest().chars().next().filter(|c| matches!(c, '.' | '/' | '-'))?;
    r.at += 1;
    let (second, second_digits) = r.number(2)?;
    if second_digits == 0 || digits == 0 {
        return None;
    }
    let mut year = None;
    if r.rest().starts_with(sep) {
        let mut ahead = r;
        ahead.at += 1;
        match ahead.number(4) {
            Some((found, 4)) => (year, r) = (Some(found), ahead),
            Some((found, 2)) if sep != '-' && digits == 2 && second_digits == 2 => {
                (year, r) = (Some(2_000 + found), ahead);
            }
            Some(_) => return None,
            None if sep == '.' => r = ahead,
            None => return None,
        }
        if r.is_inside()
            || r.rest().starts_with('.')
                && year.is_some()
                && r.rest().chars().nth(1).is_some_and(|c| c.is_ascii_digit())
        {
            return None;
        }
    } else if sep != '/' || r.is_inside() || r.rest().starts_with(['.', '%']) {
        return None;
    }
    // Where the month stands first, in America; elsewhere only when it cannot be otherwise.
    let is_month_first = sep != '.'
        && (second > 12
            || first <= 12 && (at.is_american() || year.is_none() && sep == '/' && at.is_east_asian()));
    let (month, day) = if is_month_first { (first, second) } else { (second, first) };
    let (day, is_weak) = match year {
        Some(year) => (day_of(year, month, day)?, false),
        None => (month_day(month, day)?, true),
    };
    Some(Expression { end: r.at, day: Some(day), is_weak, ..Expression::default() })
}

/// `14:20`, `2:20 pm`, `2pm`, `14 Uhr 30`, `14h20`, `3点半`, `9時頃`.
fn clock(r: Reader<'_>, hour: i32, digits: usize) -> Option<Expression> {
    if !(0..=24).contains(&hour) || digits > 2 {
        return None;
    }
    let (mut minute, mut is_hour_only, mut r) = (0, false, r);
    let start = r;
    if r.takes(&[":", "："]) {
        let (m, 2) = r.number(2)? else { return None };
        minute = m;
        let mut seconds = r;
        if seconds.takes(&[":"]) {
            match seconds.number(2) {
                Some((_, 2)) => r = seconds,
                _ => return None,
            }
            let mut fraction = r;
            if fraction.takes(&[".", ","]) && fraction.number(9).is_some() {
                r = fraction;
            }
        }
        if r.rest().starts_with(':') {
            return None;
        }
    } else if let Some((m, after)) = wide_clock(r) {
        (minute, r) = (m.unwrap_or(0), after);
        is_hour_only = m.is_none();
    } else if let Some((m, after)) = latin_clock(r) {
        (minute, r) = (m.unwrap_or(0), after);
        is_hour_only = m.is_none();
    } else {
        is_hour_only = true;
    }
    let mut half = r;
    half.blanks();
    let is_pm = if half.takes(&["pm", "p.m.", "p. m."]) {
        Some(true)
    } else if half.takes(&["am", "a.m.", "a. m."]) && !half.rest().starts_with(|c: char| c.is_alphabetic()) {
        Some(false)
    } else {
        None
    };
    if is_pm.is_some() && !half.is_inside() {
        r = half;
    } else if r.at == start.at || r.is_inside() && !r.rest().starts_with(['Z', 'z']) {
        return None;
    }
    if !(0..60).contains(&minute) || is_pm.is_some() && !(1..=12).contains(&hour) && hour > 12 {
        return None;
    }
    let hour = match is_pm {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    let is_certain = is_pm.is_some() || hour > 12 || hour == 0 || !is_hour_only && digits == 2;
    let clock = Clock { hour: small(hour), minute: small(minute), is_hour_only, is_certain };
    let (zone, end) = offset_behind(r);
    Some(Expression { end, clock: Some(clock), zone, ..Expression::default() })
}

/// Behind the hour: `点`, `点半`, `点一刻`, `点20分`, `時30分`. The minute is `None` when only the hour is said.
fn wide_clock(mut r: Reader<'_>) -> Option<(Option<i32>, Reader<'_>)> {
    r.blanks();
    let is_point = r.takes(&["点钟", "點鐘", "点", "點"]);
    if !is_point && !r.takes(&["时", "時"]) || r.rest().starts_with(['间', '間', '候']) {
        return None;
    }
    if r.takes(&["半"]) {
        return Some((Some(30), r));
    }
    if r.takes(&["一刻"]) {
        return Some((Some(15), r));
    }
    if r.takes(&["三刻"]) {
        return Some((Some(45), r));
    }
    let mut ahead = r;
    ahead.blanks();
    if let Some((minute, _)) = ahead.number(2) {
        let is_said = ahead.takes(&["分"]);
        if is_said || is_point && !ahead.is_inside() && ahead.at - r.at <= 6 {
            return Some((Some(minute), ahead));
        }
    }
    let _ = r.takes(&["多", "整", "过后", "过"]);
    Some((None, r))
}

/// `14 Uhr 30`, `14.30 Uhr`, `14h20`, `14 h`, `14 heures`.
fn latin_clock(r: Reader<'_>) -> Option<(Option<i32>, Reader<'_>)> {
    let mut dotted = r;
    if dotted.takes(&["."]) {
        let (minute, 2) = dotted.number(2)? else { return None };
        dotted.blanks();
        return dotted.takes(&["uhr", "h"]).then_some((Some(minute), dotted));
    }
    let mut r = r;
    r.blanks();
    if !r.takes(&["uhr", "heures", "h"]) {
        return None;
    }
    let mut ahead = r;
    ahead.blanks();
    if let Some((minute, 2)) = ahead.number(2)
        && !ahead.is_inside()
    {
        return Some((Some(minute), ahead));
    }
    (!r.is_inside()).then_some((None, r))
}

/// `Z`, `+08:00`, `(+0800)` behind a clock.
fn offset_behind(r: Reader<'_>) -> (Option<i16>, usize) {
    let mut ahead = r;
    if ahead.takes(&["Z"]) && !ahead.is_inside() {
        return (Some(0), ahead.at);
    }
    ahead.blanks();
    let _ = ahead.takes(&["("]);
    match shift(&mut ahead) {
        Some((minutes, 2..)) => {
            let _ = ahead.takes(&[")"]);
            (Some(minutes), ahead.at)
        }
        _ => (None, r.at),
    }
}

/// `+8`, `-0500`, `+05:30`: minutes and the digits of the hour.
fn shift(r: &mut Reader<'_>) -> Option<(i16, usize)> {
    let east = r.takes(&["+"]);
    if !east && !r.takes(&["-", "−"]) {
        return None;
    }
    let (number, digits) = r.number(4)?;
    let minutes = match digits {
        3 | 4 => number / 100 * 60 + number % 100,
        _ => {
            let mut ahead = *r;
            let more = if ahead.takes(&[":"]) { ahead.number(2) } else { None };
            let extra = more.map_or(0, |(m, _)| m);
            if more.is_some() {
                *r = ahead;
            }
            number * 60 + extra
        }
    };
    let minutes = i16::try_from(minutes).ok().filter(|m| *m <= 14 * 60)?;
    Some((if east { minutes } else { -minutes }, digits))
}

/// `UTC+8`: the shift behind a zone's name.
pub fn zone_shift(text: &str, end: usize, minutes: i16) -> (i16, usize) {
    let mut r = Reader { text, at: end };
    match shift(&mut r) {
        Some((more, _)) => (minutes + more, r.at),
        None => (minutes, end),
    }
}
