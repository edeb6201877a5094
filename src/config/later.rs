//! Sections and keys that SPEC section 15 names and this version does not use yet. They are known, so they are never a
//! mistake; they have no effect, so they are never silent.

use super::reader::{Field, Section};

/// Sections with the keys that they may have.
const SECTIONS: [(&str, &[&str]); 10] = [
    ("form", &["from", "requester"]),
    ("calendar", &["name", "zone", "hours", "holidays_file"]),
    ("follow_up", &["remind_after", "close_after"]),
    ("report", &["weekly", "to"]),
    ("clients", &["file"]),
    ("need", &["category", "name", "labels"]),
    ("articles", &["folder"]),
    ("webhook", &["url_file", "kind", "on"]),
    ("retention", &["raw", "tickets"]),
    ("http", &["listen"]),
];

/// Sections that are lists, `[[…]]`.
const LISTS: [&str; 4] = ["form", "calendar", "need", "webhook"];

/// Notes a key of which only the type is looked at; `words`: its possible values, any when empty.
pub fn note(field: &Field<'_>, words: &[&str]) {
    if !field.is_present() {
        return;
    }
    if !words.is_empty() {
        let pairs: Vec<_> = words.iter().map(|word| (*word, ())).collect();
        if field.parse(|text| super::value::one_of(text, &pairs)).is_none() {
            return;
        }
    }
    field.findings.note(field.line, format!("{} is known, but not used by this version", field.key));
}

/// Reads what is for later at the top of the file.
pub fn sections(file: &Section<'_>) {
    for (name, keys) in SECTIONS {
        let list = LISTS.contains(&name);
        let field = file.optional(name, if list { "[[name]]" } else { "[name]" });
        let found = if list { field.sections() } else { field.section().into_iter().collect() };
        for section in found {
            for key in keys {
                section.optional(key, "");
            }
            section.finish();
        }
        note(&field, &[]);
    }
}
