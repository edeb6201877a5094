//! What a mail wants of us: that a trouble ends, that a question is answered, that something is built, that somebody listens.
//! By it the desk decides whether questions help or annoy (SPEC section 8).

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

use super::phrases;

/// Text that is looked at; what somebody wants, they say early.
const CHARS_MAX: usize = 2_000;

/// What a mail wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Something does not work.
    Problem,
    /// How is something done?
    HowTo,
    /// Something new or different in the product.
    Wish,
    /// That we failed them, and that we hear it.
    Complaint,
    Thanks,
    /// Something to be told or done: prices, invoices, changes of an account.
    #[default]
    Question,
}

/// The lists of phrases, in the order of [`Said`].
const LISTS: [&[&str]; 7] = [
    phrases::BREAKDOWN,
    phrases::MALFUNCTION,
    phrases::HOW_TO,
    phrases::WHERE_IS,
    phrases::WISH,
    phrases::COMPLAINT,
    phrases::THANKS,
];

/// All phrases at once; the list of each by its pattern's number.
static PHRASES: LazyLock<(Option<AhoCorasick>, Vec<usize>)> = LazyLock::new(|| {
    let of: Vec<usize> =
        LISTS.iter().enumerate().flat_map(|(list, phrases)| phrases.iter().map(move |_| list)).collect();
    (AhoCorasick::new(LISTS.iter().copied().flatten()).ok(), of)
});

/// Which lists a mail says something of.
fn said(text: &str) -> [bool; LISTS.len()] {
    let mut said = [false; LISTS.len()];
    let (automaton, of) = &*PHRASES;
    // Neighbouring phrases share a blank, so those that overlap count too.
    for found in automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(text)) {
        if let Some(said) = of.get(found.pattern().as_usize()).and_then(|list| said.get_mut(*list)) {
            *said = true;
        }
    }
    said
}

/// What the mail with this subject and new text wants.
#[must_use]
pub fn of(subject: &str, text: &str) -> Intent {
    let [breaks_down, malfunctions, asks_how, asks_where, wishes, complains, thanks] =
        said(&normal(subject, text));
    // "Cannot find where…", "how do I get rid of the error": the first asks how, the second reports a trouble.
    if complains {
        Intent::Complaint
    } else if breaks_down {
        Intent::Problem
    } else if asks_where {
        Intent::HowTo
    } else if wishes {
        Intent::Wish
    } else if asks_how {
        Intent::HowTo
    } else if malfunctions {
        Intent::Problem
    } else if thanks {
        Intent::Thanks
    } else {
        Intent::Question
    }
}

/// Lower case, words of letters and digits with one blank on each side, so that a phrase of Latin words is found by its words
/// and one of Han characters anywhere.
fn normal(subject: &str, text: &str) -> String {
    let mut normal = String::with_capacity(subject.len().saturating_add(text.len()).min(4 * CHARS_MAX));
    normal.push(' ');
    for c in subject.chars().chain(['\n']).chain(text.chars()).take(CHARS_MAX) {
        match c {
            'a'..='z' | '0'..='9' | '\'' | '\u{4e00}'..='\u{9fff}' => normal.push(c),
            '’' => normal.push('\''),
            c if c.is_alphanumeric() => normal.extend(c.to_lowercase()),
            _ if !normal.ends_with(' ') => normal.push(' '),
            _ => {}
        }
    }
    normal.push(' ');
    normal
}
