//! `[[category]] needs`, `[[need]]`, `[[outage]]` and `[articles]`: what clients are asked for, and what they are offered.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{files, mailbox::Surroundings, people::values, reader::Section, value};
use crate::{
    desk::{ASK_MAX, CategoryNeeds, Outage, OwnFact},
    triage::{
        articles::{Article, Index},
        needs::{ENVIRONMENT, TECHNICAL},
    },
};

/// Facts that mails are read for and no category needs by itself.
const FURTHER_FACTS: [&str; 4] = ["organisation", "phone", "error_text", "expected"];
/// A help article is a page of text; anything larger is not one.
const ARTICLE_BYTES_MAX: u64 = 256 << 10;
/// Articles of one desk, and folders in folders.
const ARTICLES_MAX: usize = 5_000;
const DEPTH_MAX: usize = 4;

/// Reads all `[[need]]`.
pub fn own_facts(file: &Section<'_>, categories: &[String]) -> Vec<OwnFact> {
    let known: Vec<(&str, String)> = categories.iter().map(|name| (name.as_str(), name.clone())).collect();
    let example = "[[need]]\ncategory = \"account\"\nname = \"invoice_title\"\nlabels = [\"invoice title\"]";
    let mut facts: Vec<OwnFact> = Vec::new();
    for section in file.optional("need", example).sections() {
        let category = section.required("category", "category = \"account\"");
        let category = category.parse(|text| value::one_of(text, &known));
        let name_field = section.required("name", "name = \"invoice_title\"");
        let name = name_field.parse(name);
        let labels =
            section.required("labels", "labels = [\"invoice title\", \"发票抬头\"]").list(value::words);
        section.finish();
        let (Some(category), Some(name)) = (category, name) else { continue };
        if facts.iter().any(|fact| fact.name == name.value && fact.category == category.value) {
            name_field.reject(name.line, format!("\"{}\" is needed by another [[need]] already", name.value));
            continue;
        }
        facts.push(OwnFact { category: category.value, name: name.value, labels: values(labels) });
    }
    facts
}

/// A name as it stands in lists and in the store.
fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if built_in().any(|name| name == text) {
        return Err(format!(
            "\"{text}\" is a fact that mails are read for anyway: name it in [[category]] needs"
        ));
    }
    match text.chars().all(fits) && (1..=40).contains(&text.len()) {
        true => Ok(text.to_owned()),
        false => Err(format!("\"{}\" is not a name of small letters, digits and _", text.escape_debug())),
    }
}

fn built_in() -> impl Iterator<Item = &'static str> {
    TECHNICAL.into_iter().chain(ENVIRONMENT).chain(FURTHER_FACTS)
}

/// Reads `needs` and `ask_max` of all `[[category]]`; their other keys are read elsewhere.
pub fn of_categories(file: &Section<'_>, own: &[OwnFact]) -> BTreeMap<String, CategoryNeeds> {
    let mut needs = BTreeMap::new();
    for section in file.optional("category", "[[category]]\nname = \"technical\"").sections() {
        let Some(category) =
            section.optional("name", "name = \"technical\"").parse(|text| Ok(text.to_owned()))
        else {
            continue;
        };
        let mut known: Vec<(&str, String)> = Vec::new();
        known.extend(built_in().map(|name| (name, name.to_owned())));
        let of_category = own.iter().filter(|fact| fact.category == category.value);
        known.extend(of_category.map(|fact| (fact.name.as_str(), fact.name.clone())));
        let field = section.optional("needs", "needs = [\"username\", \"environment\"]");
        let named = values(field.list(|text| value::one_of(text, &known)));
        let ask_max = section.optional("ask_max", "ask_max = 3").integer::<u8>(0..=10).map(|at| at.value);
        if field.is_present() || ask_max.is_some() {
            let usual: &[&str] = if category.value == crate::triage::TECHNICAL { &TECHNICAL } else { &[] };
            let usual = || usual.iter().map(|name| (*name).to_owned()).collect();
            let needed = if field.is_present() { named } else { usual() };
            let ask_max = ask_max.unwrap_or(ASK_MAX);
            needs.insert(category.value, CategoryNeeds { needs: needed, ask_max });
        }
    }
    needs
}

/// Reads all `[[outage]]`.
pub fn outages(file: &Section<'_>, around: &Surroundings<'_>) -> Vec<Outage> {
    let field = file
        .optional("outage", "[[outage]]\nwords = [\"gantt\", \"甘特图\"]\nuntil = \"2026-12-01T08:00:00Z\"");
    let outage = |section: Section<'_>| {
        let words =
            values(section.required("words", "words = [\"gantt\", \"甘特图\"]").one_or_more(value::words));
        let until = section.optional("until", "until = \"2026-12-01T08:00:00Z\"").parse(|text| {
            value::instant(text, &around.zone).ok_or_else(|| {
                format!("\"{}\" is neither a day nor an instant with its offset", text.escape_debug())
            })
        });
        section.finish();
        Outage { words, until: until.map(|at| at.value) }
    };
    field.sections().into_iter().map(outage).collect()
}

/// Reads `[articles]`: the folder.
pub fn articles_folder(file: &Section<'_>, around: &Surroundings<'_>) -> Option<PathBuf> {
    let section = file.optional("articles", "[articles]\nfolder = \"articles\"").section()?;
    files::folder(section, "folder = \"articles\"", around)
}

/// Every article below a folder (`*.md`), in the order of their names.
///
/// # Errors
/// In words: the file or folder, and what is wrong with it.
pub fn load_articles(folder: &Path) -> Result<Index, String> {
    let said = |path: &Path, why: String| format!("{}: {why}", path.display());
    let mut files = Vec::new();
    collect(folder, DEPTH_MAX, &mut files).map_err(|why| said(folder, why.to_string()))?;
    files.sort();
    let mut articles = Vec::with_capacity(files.len());
    for path in files {
        let source = fs::read_to_string(&path).map_err(|why| said(&path, why.to_string()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        articles.push(Article::parse(&name, &source).map_err(|why| said(&path, why))?);
    }
    Ok(Index::build(articles))
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let meta = fs::metadata(&path)?;
        if meta.is_dir() && depth > 0 {
            collect(&path, depth - 1, files)?;
        } else if meta.is_file() && path.extension().is_some_and(|ending| ending == "md") {
            if meta.len() > ARTICLE_BYTES_MAX {
                return Err(io::Error::other(format!("{} is too large for an article", path.display())));
            }
            if files.len() >= ARTICLES_MAX {
                return Err(io::Error::other(format!("more than {ARTICLES_MAX} articles")));
            }
            files.push(path);
        }
    }
    Ok(())
}
