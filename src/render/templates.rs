//! The compiled templates of all languages: loading, and every mistake at once. Knows nothing of what letters hold.

use std::collections::BTreeMap;

use minijinja::{Environment, Error, Value};

use super::{
    blocks, builtin, sample,
    words::{self, Words},
};

/// Everything that is wrong with a set of templates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", mistakes.join("\n"))]
pub struct RenderError {
    /// `en/words.toml:12: …`, one line each.
    pub mistakes: Vec<String>,
}

/// Compiled once, all languages.
#[derive(Debug, Clone)]
pub struct Templates {
    pub(super) env: Environment<'static>,
    languages: Vec<String>,
    /// Where each word's template begins in its file.
    lines: BTreeMap<String, usize>,
    fixed: BTreeMap<String, String>,
}

/// The language whose words say what must be there.
const REFERENCE_LANGUAGE: &str = "en";

impl Templates {
    /// The templates that are part of the program.
    pub fn builtin() -> Result<Self, RenderError> {
        Self::with_overrides(&BTreeMap::new())
    }

    /// The built-in templates with some files replaced or added, named as in the template folder: `layout.html`,
    /// `letters/reply.letter`, `parts/facts.html`, `en/words.toml`; `en/reply.letter` is a letter for one language only, and
    /// `fr/words.toml` adds a language. Each is compiled and every letter rendered once in every language.
    pub fn with_overrides(overrides: &BTreeMap<String, String>) -> Result<Self, RenderError> {
        let mut files: BTreeMap<&str, &str> = builtin::FILES.iter().copied().collect();
        files.extend(overrides.iter().map(|(name, source)| (name.as_str(), source.as_str())));
        let mut loading = Loading {
            env: blocks::environment(),
            keys: BTreeMap::new(),
            lines: BTreeMap::new(),
            fixed: BTreeMap::new(),
            mistakes: Vec::new(),
        };
        for (name, source) in files {
            loading.load(name, source);
        }
        loading.compare_languages();
        let languages = loading.keys.into_keys().collect();
        let templates = Self { env: loading.env, languages, lines: loading.lines, fixed: loading.fixed };
        let mut mistakes = loading.mistakes;
        if mistakes.is_empty() {
            mistakes = sample::try_all(&templates);
        }
        if mistakes.is_empty() { Ok(templates) } else { Err(RenderError { mistakes }) }
    }

    /// The languages with words, ISO 639-1, ascending.
    #[must_use]
    pub fn languages(&self) -> Vec<&str> {
        self.languages.iter().map(String::as_str).collect()
    }

    /// The language nearest to the one asked for: itself, without region and script, the default, English.
    pub(super) fn nearest(&self, asked: &str, default: &str) -> &str {
        let primary = asked.split(['-', '_']).next().unwrap_or(asked).to_lowercase();
        [primary.as_str(), default, REFERENCE_LANGUAGE]
            .iter()
            .find_map(|wanted| self.languages.iter().find(|have| have == wanted))
            .map_or(REFERENCE_LANGUAGE, String::as_str)
    }

    /// The words of one of [`Self::languages`].
    pub(super) fn words<'a>(&'a self, language: &'a str) -> Words<'a> {
        Words { env: &self.env, language, fixed: &self.fixed }
    }

    /// Runs a letter's template in one format (`txt`, `html`); the language's own letter comes before the common one.
    pub(super) fn run_letter(
        &self,
        language: &str,
        letter: &str,
        format: &str,
        view: Value,
    ) -> Result<String, Error> {
        self.env
            .get_template(&format!("{language}/{letter}.letter.{format}"))
            .or_else(|_| self.env.get_template(&format!("letters/{letter}.letter.{format}")))?
            .render(view)
    }
}

/// Templates while they are compiled, and what was found wrong so far.
struct Loading {
    env: Environment<'static>,
    /// Keys of words by language.
    keys: BTreeMap<String, Vec<String>>,
    lines: BTreeMap<String, usize>,
    fixed: BTreeMap<String, String>,
    mistakes: Vec<String>,
}

impl Loading {
    fn load(&mut self, name: &str, source: &str) {
        let is_known = builtin::FILES.iter().any(|(known, _)| *known == name);
        match name.split_once('/') {
            Some((language, "words.toml")) => self.load_words(name, language, source),
            Some((_, letter))
                if is_known
                    || builtin::FILES
                        .iter()
                        .any(|(known, _)| known.strip_prefix("letters/") == Some(letter)) =>
            {
                if letter.ends_with(".letter") {
                    self.add(name, &format!("{name}.txt"), source, 1);
                    self.add(name, &format!("{name}.html"), source, 1);
                } else {
                    self.add(name, name, source, 1);
                }
            }
            None if is_known => self.add(name, name, source, 1),
            _ => self.mistakes.push(format!("{name}:1: no template has this name")),
        }
    }

    fn load_words(&mut self, name: &str, language: &str, source: &str) {
        match words::parse_words(source) {
            Ok(all) => {
                for word in &all {
                    let template = words::template_name(language, &word.key);
                    self.add(name, &template, &word.source, word.line);
                    if !word.source.contains('{') {
                        self.fixed.insert(template.clone(), word.source.clone());
                    }
                    self.lines.insert(template, word.line);
                }
                self.keys.insert(language.to_owned(), all.into_iter().map(|w| w.key).collect());
            }
            Err((line, what)) => self.mistakes.push(format!("{name}:{line}: {what}")),
        }
    }

    /// `line_first`: the line of the file at which the source begins.
    fn add(&mut self, file: &str, name: &str, source: &str, line_first: usize) {
        if let Err(e) = self.env.add_template_owned(name.to_owned(), source.to_owned()) {
            let line = line_first + e.line().unwrap_or(1) - 1;
            let mistake = format!("{file}:{line}: {}", in_words(&e));
            if !self.mistakes.contains(&mistake) {
                self.mistakes.push(mistake);
            }
        }
    }

    /// Every language must have every word that English has; names of zones are each language's own.
    fn compare_languages(&mut self) {
        let Some(reference) = self.keys.get(REFERENCE_LANGUAGE) else { return };
        for (language, keys) in &self.keys {
            for key in reference.iter().filter(|k| !k.starts_with("zone.") && !keys.contains(k)) {
                self.mistakes.push(format!("{language}/words.toml:1: {key} is missing"));
            }
        }
    }
}

/// `en/words.toml:12: …` for an error of rendering.
pub(super) fn position(templates: &Templates, error: &Error) -> String {
    let name = error.name().unwrap_or_default();
    let line = templates.lines.get(name).copied().unwrap_or(1) + error.line().unwrap_or(1) - 1;
    let file = name.split('#').next().unwrap_or(name);
    let file = file
        .strip_suffix(".txt")
        .or_else(|| file.strip_suffix(".letter.html").map(|_| file.trim_end_matches(".html")))
        .unwrap_or(file);
    format!("{file}:{line}: {}", in_words(error))
}

/// A template's error without its position, which is said in front of it.
fn in_words(error: &Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}
