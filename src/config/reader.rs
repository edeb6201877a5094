//! Reading typed values out of a TOML table while collecting every mistake. Knows no key of maildesk.
//!
//! Invariants: reading never stops at a mistake; a key that nobody asked for is a mistake when its [`Section`] is finished;
//! every finding carries the line of what it is about.

use std::{
    cell::{Cell, RefCell},
    ops::Range,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{errors::ConfigError, value::nearest};

/// What was found so far.
#[derive(Debug)]
pub struct Findings<'a> {
    text: &'a str,
    errors: RefCell<Vec<ConfigError>>,
    notes: RefCell<Vec<(usize, String)>>,
}

impl<'a> Findings<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, errors: RefCell::default(), notes: RefCell::default() }
    }

    /// The line, from 1, of a byte position.
    pub fn line(&self, span: &Range<usize>) -> usize {
        1 + self.text.bytes().take(span.start).filter(|b| *b == b'\n').count()
    }

    pub fn error(&self, line: usize, key: &str, problem: impl Into<String>, example: &str) {
        let error = ConfigError { line, key: key.into(), problem: problem.into(), example: example.into() };
        self.errors.borrow_mut().push(error);
    }

    /// Notes something that is right, but that the operator should know; the same words only once.
    pub fn note(&self, line: usize, words: String) {
        let mut notes = self.notes.borrow_mut();
        if !notes.iter().any(|(_, old)| *old == words) {
            notes.push((line, words));
        }
    }

    /// Errors and notes in the order of their lines.
    pub fn into_parts(self) -> (Vec<ConfigError>, Vec<String>) {
        let (mut errors, mut notes) = (self.errors.into_inner(), self.notes.into_inner());
        errors.sort_by_key(|e| e.line);
        notes.sort_by_key(|(line, _)| *line);
        (errors, notes.into_iter().map(|(line, words)| format!("line {line}: {words}")).collect())
    }
}

/// A value with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    pub value: T,
    pub line: usize,
}

impl<T> At<T> {
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At { value: f(self.value), line: self.line }
    }
}

/// One table of the file.
#[derive(Debug)]
pub struct Section<'a> {
    pub findings: &'a Findings<'a>,
    /// As the operator writes it, `mailbox.imap`; empty for the file itself.
    pub name: String,
    /// Line of the header.
    pub line: usize,
    table: &'a DeTable<'a>,
    /// Keys with an example each.
    asked: RefCell<Vec<(&'static str, &'static str)>>,
}

impl<'a> Section<'a> {
    pub fn new(findings: &'a Findings<'a>, name: String, line: usize, table: &'a DeTable<'a>) -> Self {
        Self { findings, name, line, table, asked: RefCell::default() }
    }

    fn full(&self, key: &str) -> String {
        if self.name.is_empty() { key.into() } else { format!("{}.{key}", self.name) }
    }

    /// A key that may be absent; `example` is one right line.
    pub fn optional(&self, key: &'static str, example: &'static str) -> Field<'a> {
        self.asked.borrow_mut().push((key, example));
        let found = self.table.iter().find(|(name, _)| name.get_ref() == key);
        let line = found.map_or(self.line, |(name, _)| self.findings.line(&name.span()));
        Field {
            findings: self.findings,
            key: self.full(key),
            line,
            value: found.map(|(_, value)| value),
            example,
        }
    }

    /// A key that must be there.
    pub fn required(&self, key: &'static str, example: &'static str) -> Field<'a> {
        let field = self.optional(key, example);
        if field.value.is_none() {
            field.reject(self.line, "is missing");
        }
        field
    }

    /// Ends the reading: what nobody asked for is unknown.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        let known: Vec<&str> = asked.iter().map(|(key, _)| *key).collect();
        let place = if self.name.is_empty() { "this file".into() } else { format!("[{}]", self.name) };
        for name in self.table.keys() {
            let key = name.get_ref().as_ref();
            if known.contains(&key) {
                continue;
            }
            let line = self.findings.line(&name.span());
            let near = nearest(key, &known).and_then(|near| asked.iter().find(|(key, _)| *key == near));
            let (problem, example) = match near {
                Some((near, example)) => {
                    (format!("no such key in {place}; did you mean \"{near}\"?"), (*example).to_owned())
                }
                None => (format!("no such key in {place}"), format!("one of: {}", known.join(", "))),
            };
            self.findings.error(line, &self.full(key), problem, &example);
        }
    }
}

/// One key's place, with its value if it is there.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    pub findings: &'a Findings<'a>,
    pub key: String,
    pub line: usize,
    value: Option<&'a Spanned<DeValue<'a>>>,
    example: &'static str,
}

impl<'a> Field<'a> {
    pub fn is_present(&self) -> bool {
        self.value.is_some()
    }

    /// The same place under another key, for what only shows when sections are compared.
    pub fn named(&self, key: &str, example: &'static str) -> Self {
        Self { key: key.into(), example, ..self.clone() }
    }

    /// Records a mistake about this key.
    pub fn reject(&self, line: usize, problem: impl Into<String>) {
        self.findings.error(line, &self.key, problem, self.example);
    }

    fn wrong_type(&self, wanted: &str, found: &Spanned<DeValue<'_>>) {
        let line = self.findings.line(&found.span());
        self.reject(line, format!("must be {wanted}, not {}", kind(found.get_ref())));
    }

    /// A text, which `parse` turns into what is meant; its error completes "…: ".
    pub fn parse<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Option<At<T>> {
        let value = self.value?;
        self.parse_one(value, &parse)
    }

    fn parse_one<T>(
        &self,
        value: &Spanned<DeValue<'_>>,
        parse: &impl Fn(&str) -> Result<T, String>,
    ) -> Option<At<T>> {
        let line = self.findings.line(&value.span());
        // A date may stand without quotes.
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(instant) => instant.to_string(),
            _ => {
                self.wrong_type("a text in quotes", value);
                return None;
            }
        };
        parse(&text).map_err(|problem| self.reject(line, problem)).ok().map(|value| At { value, line })
    }

    /// A list of texts; every wrong one is its own mistake. Absent: empty.
    pub fn list<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Vec<At<T>> {
        match self.value.map(|v| (v, v.get_ref())) {
            None => Vec::new(),
            Some((_, DeValue::Array(rows))) => {
                rows.iter().filter_map(|row| self.parse_one(row, &parse)).collect()
            }
            Some((value, _)) => {
                self.wrong_type("a list of texts", value);
                Vec::new()
            }
        }
    }

    /// One text or a list of them.
    pub fn one_or_more<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Vec<At<T>> {
        match self.value.map(Spanned::get_ref) {
            Some(DeValue::Array(_)) | None => self.list(parse),
            Some(_) => self.parse(parse).into_iter().collect(),
        }
    }

    /// A whole number within the range.
    pub fn integer<T: TryFrom<i64>>(&self, range: std::ops::RangeInclusive<i64>) -> Option<At<T>> {
        let value = self.value?;
        let line = self.findings.line(&value.span());
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong_type(&wanted, value);
            return None;
        };
        let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok().filter(|n| range.contains(n));
        let Some(value) = parsed.and_then(|n| T::try_from(n).ok()) else {
            self.reject(line, format!("must be {wanted}, not {number}"));
            return None;
        };
        Some(At { value, line })
    }

    /// A list of numbers.
    pub fn numbers(&self) -> Vec<At<f64>> {
        let Some(value) = self.value else { return Vec::new() };
        let DeValue::Array(rows) = value.get_ref() else {
            self.wrong_type("a list of numbers", value);
            return Vec::new();
        };
        let wrong = Cell::new(false);
        let found: Vec<_> = rows
            .iter()
            .filter_map(|row| {
                let number = match row.get_ref() {
                    DeValue::Float(number) => number.as_str().parse().ok(),
                    DeValue::Integer(number) => number.as_str().parse().ok(),
                    _ => None,
                };
                if number.is_none() {
                    wrong.set(true);
                    self.wrong_type("a list of numbers", row);
                }
                number.map(|value| At { value, line: self.findings.line(&row.span()) })
            })
            .collect();
        if wrong.get() { Vec::new() } else { found }
    }

    /// One number, whole or not.
    pub fn number(&self) -> Option<At<f64>> {
        let value = self.value?;
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str().parse().ok(),
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_type("a number", value);
        }
        number.map(|value| At { value, line: self.line })
    }

    /// `true` or `false`.
    pub fn flag(&self) -> Option<bool> {
        let value = self.value?;
        let DeValue::Boolean(flag) = value.get_ref() else {
            self.wrong_type("true or false, without quotes", value);
            return None;
        };
        Some(*flag)
    }

    /// A list with nothing in it.
    pub fn is_empty_list(&self) -> bool {
        matches!(self.value.map(Spanned::get_ref), Some(DeValue::Array(rows)) if rows.is_empty())
    }

    /// A table in it.
    pub fn section(&self) -> Option<Section<'a>> {
        let value = self.value?;
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(&format!("a section, [{}]", self.key), value);
            return None;
        };
        Some(Section::new(self.findings, self.key.clone(), self.line, table))
    }

    /// A list of tables. Absent: empty.
    pub fn sections(&self) -> Vec<Section<'a>> {
        let Some(value) = self.value else { return Vec::new() };
        let DeValue::Array(rows) = value.get_ref() else {
            self.wrong_type(&format!("one or more sections with double brackets, [[{}]]", self.key), value);
            return Vec::new();
        };
        let section = |row: &'a Spanned<DeValue<'a>>| match row.get_ref() {
            DeValue::Table(table) => {
                let line = self.findings.line(&row.span());
                Some(Section::new(self.findings, self.key.clone(), line, table))
            }
            _ => {
                self.wrong_type("a section", row);
                None
            }
        };
        rows.iter().filter_map(section).collect()
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}
