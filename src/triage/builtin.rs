//! The lexicon that is built into the program. **Pure**: its words are part of the program.

use std::sync::LazyLock;

use super::lexicon::{Lexicon, LexiconError};

const FILES: [&str; 7] = [
    include_str!("../../config/lexicon/technical.toml"),
    include_str!("../../config/lexicon/account.toml"),
    include_str!("../../config/lexicon/business.toml"),
    include_str!("../../config/lexicon/request.toml"),
    include_str!("../../config/lexicon/topics.toml"),
    include_str!("../../config/lexicon/priority.toml"),
    include_str!("../../config/lexicon/subjects.toml"),
];

/// A file that cannot be read leaves no words, and so no guess; a test reads them all.
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| parse().unwrap_or_default());

fn parse() -> Result<Lexicon, LexiconError> {
    Lexicon::parse(&FILES)
}

/// Built at its first use.
#[must_use]
pub fn lexicon() -> &'static Lexicon {
    &LEXICON
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_every_weight_is_known() {
        let lexicon = parse().unwrap();
        let known = ["technical", "account", "business", "urgent", "high", "low", "spam"];
        for concept in &lexicon.concepts {
            for (speaks_for, weight) in &concept.weights {
                assert!(known.contains(&speaks_for.as_str()), "{}: {speaks_for}", concept.name);
                assert!(weight.abs() < 5.0, "{}: {weight}", concept.name);
            }
        }
        let mut names: Vec<_> = lexicon.concepts.iter().map(|c| &c.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), lexicon.concepts.len(), "a concept stands twice");
    }
}
