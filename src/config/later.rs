//! Sections and keys that SPEC section 15 names and this version does not use yet. They are known and their form is
//! checked, so that a config written today is right tomorrow; they have no effect, so they are never silent.

use super::{
    reader::{Field, Section},
    schedule::Schedule,
    value,
};

/// The form of a key.
enum Form {
    Text(fn(&str) -> Result<(), String>),
    Texts(fn(&str) -> Result<(), String>),
    Table,
}

use Form::{Table, Text, Texts};

struct Later {
    section: &'static str,
    /// `[[…]]`.
    is_list: bool,
    /// Each with an example of right.
    keys: &'static [(&'static str, Form, &'static str)],
}

const SECTIONS: [Later; 7] = [
    Later {
        section: "calendar",
        is_list: true,
        keys: &[
            ("name", Text(words), "name = \"shanghai\""),
            ("zone", Text(zone), "zone = \"Asia/Shanghai\""),
            ("hours", Table, "hours = { mon-fri = \"09:00-18:00\" }"),
            ("holidays_file", Text(words), "holidays_file = \"cn-2026.toml\""),
        ],
    },
    Later {
        section: "follow_up",
        is_list: false,
        keys: &[
            ("remind_after", Text(duration), "remind_after = \"3d\""),
            ("close_after", Text(duration), "close_after = \"7d\""),
        ],
    },
    Later {
        section: "report",
        is_list: false,
        keys: &[
            ("weekly", Text(schedule), "weekly = \"0 8 * * MON\""),
            ("to", Texts(address), "to = [\"bob@example.com\"]"),
        ],
    },
    Later { section: "clients", is_list: false, keys: &[("file", Text(words), "file = \"clients.csv\"")] },
    Later {
        section: "webhook",
        is_list: true,
        keys: &[
            ("url_file", Text(words), "url_file = \"dingtalk-url\""),
            ("kind", Text(words), "kind = \"json\""),
            ("on", Texts(words), "on = [\"ticket.new\"]"),
        ],
    },
    Later {
        section: "retention",
        is_list: false,
        keys: &[("raw", Text(duration), "raw = \"1y\""), ("tickets", Text(duration), "tickets = \"6y\"")],
    },
    Later {
        section: "http",
        is_list: false,
        keys: &[("listen", Text(words), "listen = \"127.0.0.1:9090\"")],
    },
];

fn words(text: &str) -> Result<(), String> {
    value::words(text).map(drop)
}

fn address(text: &str) -> Result<(), String> {
    value::address(text).map(drop)
}

fn duration(text: &str) -> Result<(), String> {
    value::duration(text).map(drop)
}

fn zone(text: &str) -> Result<(), String> {
    value::zone(text).map(drop)
}

fn schedule(text: &str) -> Result<(), String> {
    Schedule::parse(text).map(drop)
}

/// Notes a key, if it is there, whose form the caller has checked.
pub fn note(field: &Field<'_>) {
    if field.is_present() {
        field.findings.note(field.line, format!("{} is known, but not used by this version", field.key));
    }
}

/// The `calendar` of a team or an SLA policy.
pub fn calendar(section: &Section<'_>) {
    let field = section.optional("calendar", "calendar = \"shanghai\"");
    field.parse(value::words);
    note(&field);
}

/// Reads what is for later at the top of the file.
pub fn sections(file: &Section<'_>) {
    for Later { section: name, is_list, keys } in &SECTIONS {
        let field = file.optional(name, "a section as in maildesk.example.toml");
        note(&field);
        let found = if *is_list { field.sections() } else { field.section().into_iter().collect() };
        for section in found {
            for (key, form, example) in *keys {
                let field = section.optional(key, example);
                match form {
                    Text(check) => drop(field.parse(check)),
                    Texts(check) => drop(field.list(check)),
                    Table => drop(field.section()),
                }
            }
            section.finish();
        }
    }
}
