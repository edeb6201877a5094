//! A help article within a letter: its blocks as HTML by `parts/article.html`, which writes one block at a time, or as plain text.
//! Knows no Markdown.

use minijinja::{Error, ErrorKind, State, Value, context, value::Object};

use super::{
    blocks,
    text::{clean_line, clean_text},
};
use crate::{
    desk::SentArticle,
    triage::articles::markdown::{Block, Piece},
};

/// An article on its way through a template.
#[derive(Debug)]
struct Shown {
    title: String,
    url: Option<String>,
    blocks: Vec<Block>,
    plain: String,
}

impl Object for Shown {}

/// What a letter's template gives to `article(…)`.
pub(super) fn value(article: &SentArticle) -> Value {
    Value::from_object(Shown {
        title: clean_line(&article.title),
        url: article.url.as_deref().map(clean_line),
        blocks: article.blocks(),
        plain: clean_text(&article.plain()),
    })
}

/// Writes it in the format of the running template.
pub(super) fn place(state: &State<'_, '_>, value: &Value) -> Result<Value, Error> {
    let Some(shown) = value.downcast_object_ref::<Shown>() else {
        return Err(Error::new(ErrorKind::InvalidOperation, "an article is needed here"));
    };
    let inner = if is_html(state) { all(state, &shown.blocks)? } else { Value::UNDEFINED };
    let values = context! { kind => "article", title => &shown.title, url => &shown.url, inner };
    blocks::place(state, "article", values, || shown.plain.clone())
}

fn is_html(state: &State<'_, '_>) -> bool {
    matches!(state.auto_escape(), minijinja::AutoEscape::Html)
}

fn all(state: &State<'_, '_>, blocks: &[Block]) -> Result<Value, Error> {
    let html = blocks.iter().map(|block| one(state, block)).collect::<Result<String, Error>>()?;
    Ok(Value::from_safe_string(html))
}

/// The reader of Markdown bounds how deep blocks stand in one another.
fn one(state: &State<'_, '_>, block: &Block) -> Result<String, Error> {
    let values = match block {
        Block::Heading(pieces) => context! { kind => "heading", lines => lines(pieces) },
        Block::Paragraph(pieces) => context! { kind => "paragraph", lines => lines(pieces) },
        Block::Code(code) => {
            let code: Vec<String> = clean_text(code).lines().map(str::to_owned).collect();
            context! { kind => "code", code => blocks::html_lines(&code) }
        }
        Block::Quote(inner) => context! { kind => "quote", inner => all(state, inner)? },
        Block::List { first, items } => {
            let items = items.iter().map(|item| all(state, item)).collect::<Result<Vec<_>, _>>()?;
            context! { kind => "list", first, items }
        }
    };
    state.get_template("parts/article.html")?.render(values)
}

/// Lines of pieces; each has its own style.
fn lines(pieces: &[Piece]) -> Vec<Vec<Value>> {
    let mut lines: Vec<Vec<Value>> = vec![Vec::new()];
    for piece in pieces {
        for (at, text) in piece.text.split('\n').enumerate() {
            if at > 0 {
                lines.push(Vec::new());
            }
            // `clean_text` takes the blanks off the end, which stand before the next piece.
            let text = text.replace(|c: char| c.is_control(), " ");
            let Piece { strong, emphasis, code, link, .. } = piece;
            if let Some(line) = lines.last_mut().filter(|_| !text.is_empty()) {
                line.push(context! { text, strong, emphasis, code, link });
            }
        }
    }
    lines
}
