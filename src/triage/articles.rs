//! Help articles that answer a mail: an index in memory over the operator's files, ranked by BM25 (Robertson and Zaragoza,
//! "The Probabilistic Relevance Framework", 2009), Han and kana in pairs of characters. Knows no folder: sources are an
//! argument.
//!
//! A score says which article is the best and not whether it is any good. So an article is offered only where enough of what
//! its title and tags are about stands in the mail: none is better than a wrong one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use super::{language, typing::edit_distance};

mod front_matter;
pub mod markdown;
mod terms;

use terms::{Term, terms};

/// BM25's saturation and length constants, as its authors recommend them.
const K1: f32 = 1.2;
const B: f32 = 0.6;
/// A word of the title or of the tags counts as often.
const TITLE_WEIGHT: f32 = 4.0;
/// Words of a mail that are looked up; a pasted log would look for everything.
const QUERY_TERMS_MAX: usize = 400;
/// Articles that are offered.
const OFFERED_MAX: usize = 3;
/// Words of the subject matter that must be named at least.
const UNITS_MIN: usize = 2;
/// Share of the title that must be named: offered from the first on, taken as the answer from the second.
const COVERED_MIN: f32 = 0.45;
const ANSWERED_MIN: f32 = 0.85;
/// Beside the best, an article is offered when its score is at least this part of the best one's.
const BESIDE_MIN: f32 = 0.5;
/// Columns of a summary that is made of an article's first paragraph.
const SUMMARY_CHARS_MAX: usize = 240;

/// One help article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// The file's name without its ending: how agents call it.
    pub name: String,
    pub title: String,
    /// ISO 639-1; empty: for everybody.
    pub languages: Vec<String>,
    /// Further words by which clients name its matter.
    pub tags: Vec<String>,
    /// Where people read it.
    pub url: Option<String>,
    /// Its first paragraph, or what the file gives as its summary: what is shown where there is no link.
    pub summary: String,
    /// Markdown, without the front matter.
    pub text: String,
}

impl Article {
    /// An article from a Markdown file with front matter (`title`, `languages`, `tags`, `url`, `summary`).
    ///
    /// # Errors
    /// In words, where it has no title or its front matter does not end.
    pub fn parse(name: &str, source: &str) -> Result<Self, String> {
        front_matter::article(name, source)
    }

    fn speaks(&self, language: &str) -> bool {
        self.languages.is_empty() || self.languages.iter().any(|own| own == language)
    }

    /// The name that its translations share: `export` of `export.zh` and `export-pt_BR`, where it is in that language.
    #[must_use]
    pub fn family(&self) -> &str {
        let ends_in = |language: &String| {
            let low = self.name.to_lowercase();
            let begin = low.rfind(&format!(".{language}")).or_else(|| {
                low.rfind(&format!("-{language}")).or_else(|| low.rfind(&format!("_{language}")))
            })?;
            // Behind the language at most a region.
            let region = low.get(begin + 1 + language.len()..)?;
            let is_region = region.strip_prefix(['-', '_']).is_some_and(|r| (2..=4).contains(&r.len()));
            self.name.get(..begin).filter(|base| !base.is_empty() && (region.is_empty() || is_region))
        };
        self.languages.iter().find_map(ends_in).unwrap_or(&self.name)
    }
}

/// An article that fits a mail.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit<'a> {
    pub article: &'a Article,
    /// Only comparable within one search.
    pub score: f32,
    /// The mail is about this article's matter and hardly anything else: nothing need be asked.
    pub answers: bool,
}

/// An article in all its languages, and how near it is to what was typed.
#[derive(Debug, Default)]
struct Family<'a> {
    is_slip: bool,
    score: f32,
    translations: Vec<&'a Article>,
}

/// All articles, ready to be searched.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Index {
    articles: Vec<Article>,
    /// By term: articles that have it, with its weighted frequency.
    postings: BTreeMap<Term, Vec<(usize, f32)>>,
    /// Weighted length of each article.
    lengths: Vec<f32>,
    /// What each title and its tags are about.
    matters: Vec<Matter>,
}

/// In the order of the words.
#[derive(Debug, Clone, Default, PartialEq)]
struct Matter {
    title: Vec<Term>,
    tags: Vec<Vec<Term>>,
    all: BTreeSet<Term>,
}

impl Index {
    /// Builds the index.
    #[must_use]
    pub fn build(articles: Vec<Article>) -> Self {
        let mut index = Self::default();
        for (at, article) in articles.iter().enumerate() {
            let mut counts: BTreeMap<Term, f32> = BTreeMap::new();
            let title: Vec<Term> = terms(&article.title).collect();
            let tags: Vec<Vec<Term>> = article.tags.iter().map(|tag| terms(tag).collect()).collect();
            for term in title.iter().chain(tags.iter().flatten()) {
                *counts.entry(term.clone()).or_default() += TITLE_WEIGHT;
            }
            for term in terms(&article.text) {
                *counts.entry(term).or_default() += 1.0;
            }
            index.lengths.push(counts.values().sum());
            for (term, count) in counts {
                index.postings.entry(term).or_default().push((at, count));
            }
            let all = title
                .iter()
                .chain(tags.iter().flatten())
                .filter(|term| **term != Term::Break)
                .cloned()
                .collect();
            index.matters.push(Matter { title, tags, all });
        }
        index.articles = articles;
        index
    }

    /// Every article, in the order of their names.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The article of this name or title, in any case. Where it is there in several languages (files of one name in several folders, or
    /// `export.en` and `export.zh`), in the first of `languages` that there is, else in any. Who names a translation gets it.
    #[must_use]
    pub fn named(&self, name: &str, languages: &[&str]) -> Option<&Article> {
        let name = name.to_lowercase();
        let exact = |article: &&Article| article.name.to_lowercase() == name;
        let translation = self.articles.iter().filter(exact).find(|article| article.family() != article.name);
        let family = |article: &&Article| {
            exact(article) || article.family().to_lowercase() == name || article.title.to_lowercase() == name
        };
        translation.or_else(|| in_languages(self.articles.iter().filter(family), languages))
    }

    /// At most `max` articles, one for all translations: first those whose name is `words` but for a slip of typing, then those
    /// that have most to do with `words`.
    #[must_use]
    pub fn nearest(&self, words: &str, languages: &[&str], max: usize) -> Vec<&Article> {
        let query: Vec<Term> = terms(&words.replace(['-', '_', '.'], " ")).take(QUERY_TERMS_MAX).collect();
        let scores = self.scores(&query);
        let typed = words.trim().to_lowercase();
        let mut families: BTreeMap<String, Family<'_>> = BTreeMap::new();
        for (at, article) in self.articles.iter().enumerate() {
            let name = article.family().to_lowercase();
            let is_slip = is_slip(&typed, &name) || is_slip(&typed, &article.name.to_lowercase());
            let family = families.entry(name).or_default();
            family.is_slip |= is_slip;
            family.score = family.score.max(scores.get(&at).copied().unwrap_or_default());
            family.translations.push(article);
        }
        let mut families: Vec<Family<'_>> = families.into_values().collect();
        // Stable: what is equally near stands by its name.
        families.sort_by(|a, b| b.is_slip.cmp(&a.is_slip).then(b.score.total_cmp(&a.score)));
        families.into_iter().take(max).filter_map(|f| in_languages(f.translations, languages)).collect()
    }

    /// How many articles there are, translations counted once.
    #[must_use]
    pub fn count(&self) -> usize {
        self.articles.iter().map(|article| article.family().to_lowercase()).collect::<BTreeSet<_>>().len()
    }

    /// The articles in `language` that fit a mail, the best first, at most three; usually none.
    #[must_use]
    pub fn search(&self, subject: &str, text: &str, language: &str) -> Vec<Hit<'_>> {
        if self.articles.is_empty() {
            return Vec::new();
        }
        let query: Vec<Term> = terms(subject)
            .chain([Term::Break])
            .chain(terms(&language::prose(text)))
            .take(QUERY_TERMS_MAX)
            .collect();
        let mut hits: Vec<Hit<'_>> = self
            .scores(&query)
            .into_iter()
            .filter_map(|(at, score)| self.hit(at, score, &query, language))
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.article.name.cmp(&b.article.name)));
        let best = hits.first().map_or(0.0, |hit| hit.score);
        hits.retain(|hit| hit.score >= best * BESIDE_MIN);
        hits.truncate(OFFERED_MAX);
        hits
    }

    fn scores(&self, query: &[Term]) -> BTreeMap<usize, f32> {
        let mean = self.lengths.iter().sum::<f32>() / number(self.lengths.len()).max(1.0);
        let mut scores = BTreeMap::new();
        for term in query.iter().collect::<BTreeSet<_>>() {
            for (at, count) in self.postings.get(term).into_iter().flatten() {
                let length = self.lengths.get(*at).copied().unwrap_or(mean) / mean.max(1.0);
                let saturated = count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length));
                *scores.entry(*at).or_default() += self.weight(term) * saturated;
            }
        }
        scores
    }

    /// How rare a term is among the articles; one that is in none says most.
    fn weight(&self, term: &Term) -> f32 {
        let having = number(self.postings.get(term).map_or(0, Vec::len));
        let all = number(self.articles.len());
        (1.0 + (all - having + 0.5) / (having + 0.5)).ln()
    }

    fn hit(&self, at: usize, score: f32, query: &[Term], language: &str) -> Option<Hit<'_>> {
        let article = self.articles.get(at).filter(|article| article.speaks(language))?;
        let matter = self.matters.get(at)?;
        let asked: BTreeSet<&Term> = query.iter().collect();
        let (named, whole) = named_and_whole(&matter.title, &asked);
        // A tag stands for words of the title; it counts when all of it is named.
        let by_tags: usize = matter
            .tags
            .iter()
            .map(|tag| named_and_whole(tag, &asked))
            .filter(|(n, all)| n == all)
            .map(|(n, _)| n)
            .sum();
        let covered = number(named.max(by_tags).min(whole)) / number(whole.max(1));
        let units = units(query, &matter.all);
        let fits = units >= UNITS_MIN && covered >= COVERED_MIN;
        fits.then_some(Hit { article, score, answers: covered >= ANSWERED_MIN && units > UNITS_MIN })
    }
}

/// Characters of a phrase that `asked` names, and all: a word counts as two characters, since words of Han have as many.
fn named_and_whole(phrase: &[Term], asked: &BTreeSet<&Term>) -> (usize, usize) {
    let (mut named, mut whole) = (0, 0);
    // Whether the pair before was named, and so the first character of the next one.
    let mut before: Option<bool> = None;
    for term in phrase {
        let is_named = asked.contains(term);
        match term {
            Term::Break => before = None,
            Term::Word(_) => {
                before = None;
                whole += 2;
                named += if is_named { 2 } else { 0 };
            }
            Term::Pair(_) => {
                let (characters, fresh) = match before {
                    None => (2, 2),
                    Some(true) => (1, 1),
                    Some(false) => (1, 2),
                };
                whole += characters;
                named += if is_named { fresh } else { 0 };
                before = Some(is_named);
            }
        }
    }
    (named, whole)
}

/// How many separate words of the matter the query names: a run of pairs of characters counts by its characters, so that the
/// two pairs of one word of three characters are one word.
fn units(query: &[Term], matter: &BTreeSet<Term>) -> usize {
    let mut seen: BTreeSet<&Term> = BTreeSet::new();
    let (mut units, mut run) = (0, 0_usize);
    let ended = |run: usize| run.div_ceil(2);
    for term in query {
        let is_new = matter.contains(term) && seen.insert(term);
        match term {
            Term::Pair(_) if is_new => run += 1,
            Term::Pair(_) | Term::Break => {
                units += ended(run);
                run = 0;
            }
            Term::Word(_) => {
                units += ended(run) + usize::from(is_new);
                run = 0;
            }
        }
    }
    units + ended(run)
}

/// The words of a mail that say what it is about, in their order, those of the subject first: stems, and pairs of characters where
/// there are no blanks.
#[must_use]
pub fn words(subject: &str, text: &str) -> Vec<String> {
    let prose = language::prose(text);
    let all = terms(subject).chain(terms(&prose));
    all.filter_map(|term| match term {
        Term::Word(word) | Term::Pair(word) => Some(word),
        Term::Break => None,
    })
    .collect()
}

fn in_languages<'a>(all: impl IntoIterator<Item = &'a Article>, languages: &[&str]) -> Option<&'a Article> {
    let all: Vec<&Article> = all.into_iter().collect();
    let spoken = languages.iter().find_map(|language| all.iter().find(|article| article.speaks(language)));
    spoken.or(all.first()).copied()
}

/// The one begins like the other, or they differ by two letters at most.
fn is_slip(typed: &str, name: &str) -> bool {
    let length = typed.chars().count();
    length >= 3 && (name.starts_with(typed) || edit_distance(typed, name) <= if length <= 4 { 1 } else { 2 })
}

/// Counts of articles and terms are small.
fn number(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// Words that say nothing of a matter, of all languages.
static EMPTY_WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let further = "problem issue error question support team fehler frage erreur question error problema erro pregunta guide guía \
                   anleitung tutorial faq";
    language::function_words().chain(further.split_whitespace()).map(terms::stem).collect()
});

#[cfg(test)]
mod tests;
