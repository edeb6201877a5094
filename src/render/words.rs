//! The words of one language: a TOML table of small templates, and a way to say them. Knows nothing of letters.

use std::collections::BTreeMap;

use minijinja::{Environment, Error, Value, context};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// One entry of a table of words.
pub(super) struct Word {
    /// `notify.new_ticket`; entries of a list end with their place, `time.months.0`.
    pub key: String,
    pub source: String,
    /// 1-based line of the value in the table's file.
    pub line: usize,
}

/// Flattens a table of words. An error is its line and what is wrong.
pub(super) fn parse_words(source: &str) -> Result<Vec<Word>, (usize, String)> {
    let table = DeTable::parse(source).map_err(|e| {
        let start = e.span().map_or(0, |span| span.start);
        (line_of(source, start), e.message().to_owned())
    })?;
    let mut words = Vec::new();
    flatten_table(source, "", table.get_ref(), &mut words)?;
    Ok(words)
}

fn flatten_table(
    source: &str,
    key: &str,
    table: &DeTable<'_>,
    words: &mut Vec<Word>,
) -> Result<(), (usize, String)> {
    table.iter().try_for_each(|(name, value)| {
        let below =
            if key.is_empty() { name.get_ref().to_string() } else { format!("{key}.{}", name.get_ref()) };
        flatten(source, below, value, words)
    })
}

fn flatten(
    source: &str,
    key: String,
    value: &Spanned<DeValue<'_>>,
    words: &mut Vec<Word>,
) -> Result<(), (usize, String)> {
    let line = line_of(source, value.span().start);
    match value.get_ref() {
        DeValue::String(text) => {
            words.push(Word { key, source: text.to_string(), line });
            Ok(())
        }
        DeValue::Table(table) => flatten_table(source, &key, table, words),
        DeValue::Array(list) => {
            list.iter().enumerate().try_for_each(|(i, v)| flatten(source, format!("{key}.{i}"), v, words))
        }
        _ => Err((line, format!("{key} must be a text"))),
    }
}

fn line_of(source: &str, offset: usize) -> usize {
    source.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

/// The name under which a word's template is compiled.
pub(super) fn template_name(language: &str, key: &str) -> String {
    format!("{language}/words.toml#{key}")
}

/// Says words in one language.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub env: &'a Environment<'a>,
    pub language: &'a str,
    /// Words without places, by the name of their template: said without running one.
    pub fixed: &'a BTreeMap<String, String>,
}

impl Words<'_> {
    /// The word with this key, its places filled from `values`.
    pub(super) fn say(&self, key: &str, values: Value) -> Result<String, Error> {
        say(self.env, self.language, key, values)
    }

    /// A word without places.
    pub(super) fn plain(&self, key: &str) -> Result<String, Error> {
        match self.fixed.get(&template_name(self.language, key)) {
            Some(word) => Ok(word.clone()),
            None => self.say(key, context! {}),
        }
    }

    /// A name that the language may have a word for (`category.technical`, `zone.Asia/Shanghai`); else the fallback.
    pub(super) fn name_or(&self, key: &str, fallback: &str) -> Result<String, Error> {
        Ok(self.fixed.get(&template_name(self.language, key)).map_or(fallback, String::as_str).to_owned())
    }
}

/// The word with this key in a language, its places filled from `values`.
pub(super) fn say(env: &Environment<'_>, language: &str, key: &str, values: Value) -> Result<String, Error> {
    let said = env.get_template(&template_name(language, key))?.render(values)?;
    Ok(if said.contains(SPACE_BESIDE_HAN) { settle_spaces(&said) } else { said })
}

/// Stands for a blank that is wanted only between Han and Latin (private use, so no text from outside means it).
const SPACE_BESIDE_HAN: char = '\u{e000}';

/// A value on its way into a Chinese sentence: `{{ who|han }}` asks for a blank on each side that is not Han.
pub(super) fn space_beside_han(value: &str) -> String {
    let is_narrow = |c: Option<char>| c.is_some_and(|c| c.is_ascii() || c.is_alphabetic() && width_of(c) < 2);
    let before = if is_narrow(value.chars().next()) { SPACE_BESIDE_HAN.to_string() } else { String::new() };
    let after =
        if is_narrow(value.chars().next_back()) { SPACE_BESIDE_HAN.to_string() } else { String::new() };
    format!("{before}{value}{after}")
}

fn width_of(c: char) -> usize {
    super::text::width(c.encode_utf8(&mut [0; 4]))
}

/// Keeps the wanted blanks except at the ends and beside punctuation or another blank.
fn settle_spaces(said: &str) -> String {
    let needs_none =
        |c: Option<char>| c.is_none_or(|c| c == ' ' || "，。、；：？！（）《》「」“”".contains(c));
    let mut settled = String::with_capacity(said.len());
    let mut rest = said.chars().peekable();
    while let Some(c) = rest.next() {
        if c != SPACE_BESIDE_HAN {
            settled.push(c);
        } else if !needs_none(settled.chars().next_back()) && !needs_none(rest.peek().copied()) {
            settled.push(' ');
        }
    }
    settled
}
