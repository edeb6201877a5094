//! The functions that letters are put together from.
//!
//! A letter is one file for both formats: it calls `lead`, `p`, `facts` and so on, which write plain text or HTML as the
//! format demands, so that both always say the same. Its words come from `t("key", …)`, plain text in the reader's
//! language; HTML escapes them when they are placed, never before, and values are never templates themselves.

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, Value, context,
    value::{Kwargs, ValueKind},
};

use super::{article, links, palette, text, words};

/// An environment with the functions of letters, still without templates.
pub(super) fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(
        |name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None },
    );
    env.add_global("light", palette::LIGHT.value());
    env.add_global("dark", palette::DARK.value());
    env.add_global("fonts", Value::from_safe_string(palette::FONTS.to_owned()));
    env.add_filter("han", |text: String| words::space_beside_han(&text));
    env.add_function("t", |state: &State<'_, '_>, key: String, values: Kwargs| {
        say_here(state, &key, Value::from(values))
    });
    env.add_function("lead", |state: &State<'_, '_>, text: String| {
        place(state, "lead", context! { text => &text }, || text.clone())
    });
    env.add_function("p", |state: &State<'_, '_>, text: Value| {
        let lines = lines_of(&text)?;
        place(state, "p", context! { lines => html_lines(&lines) }, || lines.join("\n"))
    });
    env.add_function("said", |state: &State<'_, '_>, words: String| {
        let lines: Vec<String> = words.lines().map(str::to_owned).collect();
        let pieces = |line: &String| -> Vec<Value> {
            links::pieces(line).into_iter().map(|(text, link)| context! { text, link }).collect()
        };
        let shown: Vec<Vec<Value>> = html_lines(&lines).iter().map(pieces).collect();
        place(state, "said", context! { lines => shown }, || lines.join("\n"))
    });
    env.add_function("list", |state: &State<'_, '_>, title: String, items: Value| {
        let lines = lines_of(&items)?;
        place(state, "list", context! { title => &title, lines => lines.clone() }, || {
            format!("{title}\n{}", bullets(&lines))
        })
    });
    env.add_function("numbered", |state: &State<'_, '_>, title: String, items: Value| {
        let lines = lines_of(&items)?;
        place(state, "numbered", context! { title => &title, lines => lines.clone() }, || {
            let numbered = (1..).zip(&lines).map(|(number, line): (usize, _)| format!("{number}. {line}"));
            format!("{title}\n{}", numbered.collect::<Vec<_>>().join("\n"))
        })
    });
    env.add_function("links", links);
    env.add_function("article", |state: &State<'_, '_>, shown: Value| article::place(state, &shown));
    env.add_function("foot", |state: &State<'_, '_>, text: Value| {
        let lines = lines_of(&text)?;
        place(state, "foot", context! { lines => lines.clone() }, || lines.join("\n"))
    });
    env.add_function("facts", |state: &State<'_, '_>, rows: Value| {
        let pairs = pairs_of(&rows, "name", "value")?;
        let colon = say_here(state, "colon", context! {})?;
        place(state, "facts", context! { rows }, || text::facts(&pairs, &colon, 0))
    });
    env.add_function("quote", quote);
    env.add_function("buttons", buttons);
    env
}

/// `quote(title, text)`: words of somebody else, kept as they were.
fn quote(state: &State<'_, '_>, title: String, words: String) -> Result<Value, Error> {
    let lines: Vec<String> = words.lines().map(str::to_owned).collect();
    place(state, "quote", context! { title => &title, lines => html_lines(&lines) }, || {
        let indented: Vec<String> =
            lines.iter().map(|line| format!("  {line}").trim_end().to_owned()).collect();
        format!("{title}\n\n{}", indented.join("\n"))
    })
}

/// `links(title, items)`: titles with their links on lines of their own, or with what stands for a link where there is none.
fn links(state: &State<'_, '_>, title: String, items: Value) -> Result<Value, Error> {
    let mut lines = Vec::new();
    for item in items.try_iter()? {
        lines.push(format!("- {}", item.get_attr("title")?));
        let url = item.get_attr("url")?;
        let below = if url.is_none() { item.get_attr("summary")? } else { url };
        if !below.to_string().is_empty() {
            lines.push(format!("  {below}"));
        }
    }
    place(state, "links", context! { title => &title, items }, || format!("{title}\n{}", lines.join("\n")))
}

/// `buttons(title, title_text, actions)`: steps by one tap; in plain text, where nothing can be tapped, the commands with
/// what they do, or nothing at all when `title_text` is none.
fn buttons(
    state: &State<'_, '_>,
    title: String,
    title_text: Option<String>,
    actions: Value,
) -> Result<Value, Error> {
    let pairs = pairs_of(&actions, "command", "label")?;
    place(state, "buttons", context! { title, actions }, || match title_text {
        Some(title_text) => format!("{title_text}\n{}", text::facts(&pairs, "", 2)),
        None => String::new(),
    })
}

/// Writes a block in the format of the running template.
pub(super) fn place(
    state: &State<'_, '_>,
    part: &str,
    values: Value,
    as_text: impl FnOnce() -> String,
) -> Result<Value, Error> {
    if matches!(state.auto_escape(), AutoEscape::Html) {
        let html = state.get_template(&format!("parts/{part}.html"))?.render(values)?;
        Ok(Value::from_safe_string(html))
    } else {
        let mut block = as_text();
        block.push(text::BLOCK_END);
        Ok(Value::from(block))
    }
}

/// Leading blanks would vanish in HTML; code and logs need them.
pub(super) fn html_lines(lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .map(|line| {
            let rest = line.trim_start_matches(' ');
            format!("{}{rest}", "\u{a0}".repeat(line.len() - rest.len()))
        })
        .collect()
}

fn bullets(lines: &[String]) -> String {
    lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

/// A text's lines, or a list of texts.
fn lines_of(value: &Value) -> Result<Vec<String>, Error> {
    if value.kind() == ValueKind::Seq {
        return Ok(value.try_iter()?.map(|item| item.to_string()).collect());
    }
    match value.as_str() {
        Some(text) => Ok(text.lines().map(str::to_owned).collect()),
        None => Err(Error::new(ErrorKind::InvalidOperation, "a text or a list of texts is needed here")),
    }
}

fn pairs_of(rows: &Value, first: &str, second: &str) -> Result<Vec<(String, String)>, Error> {
    rows.try_iter()?
        .map(|row| Ok((row.get_attr(first)?.to_string(), row.get_attr(second)?.to_string())))
        .collect()
}

/// Says words in the language of the running template.
fn say_here(state: &State<'_, '_>, key: &str, values: Value) -> Result<String, Error> {
    let language = state.lookup("lang").unwrap_or_default();
    words::say(state.env(), language.as_str().unwrap_or_default(), key, values)
}
