//! `[[category]]`: which there are, and the words that speak for them. What they need of a client is read in `needs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    people::{reject_twins, values},
    reader::{At, Field, Section},
    value,
};
use crate::triage::category::{BUILT_IN, OwnWords};

/// The categories of a desk.
#[derive(Debug, Default)]
pub struct Categories {
    pub names: Vec<String>,
    pub words: Arc<OwnWords>,
}

/// A word as it is compared, and the category that has it.
type Known = (String, At<String>);

/// Reads all `[[category]]`; the built-in ones when there are none.
pub fn read(file: &Section<'_>) -> Categories {
    let field = file.optional("category", "[[category]]\nname = \"technical\"");
    let (mut names, mut words, mut redefined) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    let mut known: Vec<Known> = Vec::new();
    for section in field.sections() {
        let name = section.required("name", "name = \"technical\"").parse(value::words);
        let word_field = section.optional("words", "words = [\"refund\", \"退款\"]");
        let found = word_field.list(word);
        if word_field.is_present() && word_field.is_empty_list() {
            word_field.reject(
                word_field.line,
                "must name a word at least; without this key only corrections teach it",
            );
        }
        let built_in = section.optional("built_in", "built_in = false");
        let is_redefined = built_in.flag().is_some_and(|keeps| !keeps);
        section.optional("needs", "needs = [\"username\", \"environment\"]");
        section.optional("ask_max", "ask_max = 3");
        section.finish();
        let Some(name) = name else { continue };
        if built_in.is_present() && !BUILT_IN.contains(&name.value.as_str()) {
            built_in.reject(
                built_in.line,
                format!("the program has no words for \"{}\", only for {}", name.value, BUILT_IN.join(", ")),
            );
        }
        reject_shared(&word_field, &name.value, &found, &mut known);
        if is_redefined {
            redefined.insert(name.value.clone());
        }
        if !found.is_empty() {
            words.insert(name.value.clone(), values(found));
        }
        names.push(name);
    }
    let twin = field.named("category.name", "name = \"technical\"");
    reject_twins(&twin, "the category", &names);
    Categories {
        names: if field.is_present() { values(names) } else { BUILT_IN.map(String::from).to_vec() },
        words: Arc::new(OwnWords::new(words, redefined)),
    }
}

/// A word or phrase that can be found in a text.
fn word(text: &str) -> Result<String, String> {
    let text = value::words(text)?;
    let folded = OwnWords::folded(&text);
    let mut letters = folded.chars().filter(|c| c.is_alphanumeric());
    match (letters.next(), letters.next()) {
        (None, _) => Err(format!("\"{}\" has no letter to look for", text.escape_debug())),
        (Some(one), None) if one.is_ascii() => {
            Err(format!("\"{}\" is one letter, which stands in any mail", text.escape_debug()))
        }
        _ => Ok(text),
    }
}

/// A word that speaks for two categories speaks for none.
fn reject_shared(field: &Field<'_>, category: &str, words: &[At<String>], known: &mut Vec<Known>) {
    for word in words {
        let folded = OwnWords::folded(&word.value);
        match known.iter().find(|(other, of)| *other == folded && of.value != category) {
            Some((_, of)) => field.reject(
                word.line,
                format!("\"{}\" is a word of \"{}\" already, by line {}", word.value, of.value, of.line),
            ),
            None => known.push((folded, At { value: category.to_owned(), line: word.line })),
        }
    }
}
