//! The head of an article's file: `title`, `languages`, `tags`, `url`, `summary` between two lines `---` or `+++`, as the usual
//! tools for static sites write it, in the part of YAML and TOML that such lists need.

use super::{Article, SUMMARY_CHARS_MAX};

pub(super) fn article(name: &str, source: &str) -> Result<Article, String> {
    let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let fence = ["---", "+++"].into_iter().find(|fence| source.starts_with(&format!("{fence}\n")));
    let (head, text) = match fence {
        None => (String::new(), source.as_str()),
        Some(fence) => {
            let rest = source.get(fence.len() + 1..).unwrap_or_default();
            let end = format!("\n{fence}");
            let (head, text) = rest
                .split_once(&end)
                .ok_or_else(|| format!("its head begins with {fence} and does not end with it"))?;
            (head.to_owned(), text)
        }
    };
    let mut article = Article { name: name.to_owned(), text: text.trim().to_owned(), ..Article::default() };
    let mut key = String::new();
    for line in head.lines() {
        if let Some(item) = line.trim_start().strip_prefix("- ") {
            set(&mut article, &key, vec![unquoted(item)]);
        } else if let Some((name, value)) =
            line.split_once([':', '=']).filter(|_| !line.starts_with([' ', '#', '\t']))
        {
            key = name.trim().to_lowercase();
            set(&mut article, &key, values(value.trim()));
        }
    }
    if article.title.is_empty() {
        article.title =
            text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default().trim().to_owned();
    }
    if article.title.is_empty() {
        return Err("it has no title".to_owned());
    }
    if article.summary.is_empty() {
        article.summary = first_paragraph(text);
    }
    Ok(article)
}

fn set(article: &mut Article, key: &str, values: Vec<String>) {
    let first = values.first().cloned().unwrap_or_default();
    match key {
        "title" => article.title = first,
        "url" | "link" => {
            article.url = Some(first).filter(|url| url.starts_with("https://") || url.starts_with("http://"))
        }
        "summary" | "description" => article.summary = first,
        "languages" | "language" | "lang" => {
            let code = |value: &String| value.to_lowercase().split(['-', '_']).next().map(str::to_owned);
            article.languages.extend(values.iter().filter_map(code));
        }
        "tags" | "keywords" => article.tags.extend(values),
        _ => {}
    }
}

/// `[a, "b"]`, `a, b` in brackets only, or one value.
fn values(value: &str) -> Vec<String> {
    let list = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let values: Vec<String> = match list {
        Some(list) => list.split([',', '，']).map(unquoted).collect(),
        None => vec![unquoted(value)],
    };
    values.into_iter().filter(|value| !value.is_empty()).collect()
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inner = ['"', '\'']
        .into_iter()
        .find_map(|mark| value.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)));
    inner.unwrap_or(value).to_owned()
}

fn first_paragraph(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim);
    let mut prose = paragraphs.filter(|p| !p.is_empty() && !p.starts_with(['#', '!', '|', '<', '>', '`']));
    let first = prose.next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let plain: String = first.replace("**", "").replace('`', "");
    match plain.char_indices().nth(SUMMARY_CHARS_MAX) {
        Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or_default().trim_end()),
        None => plain,
    }
}
