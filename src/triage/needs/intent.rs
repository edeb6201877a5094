//! What a mail wants of us: that a trouble ends, that a question is answered, that something is built, that somebody listens.
//! By it the desk decides whether questions help or annoy (SPEC section 8).

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

/// What the mail with this subject and new text wants.
#[must_use]
pub fn of(subject: &str, text: &str) -> Intent {
    let all = normal(&format!("{subject}\n{text}"));
    let says = |list: &[&str]| list.iter().any(|phrase| all.contains(phrase));
    let asks_how = says(phrases::HOW_TO);
    let malfunctions = says(phrases::MALFUNCTION);
    // "Cannot find where…", "how do I get rid of the error": the first asks how, the second reports a trouble.
    if says(phrases::COMPLAINT) {
        Intent::Complaint
    } else if says(phrases::WHERE_IS) && !says(phrases::BREAKDOWN) {
        Intent::HowTo
    } else if says(phrases::WISH) && !says(phrases::BREAKDOWN) {
        Intent::Wish
    } else if malfunctions || says(phrases::BREAKDOWN) {
        if asks_how && !says(phrases::BREAKDOWN) { Intent::HowTo } else { Intent::Problem }
    } else if asks_how {
        Intent::HowTo
    } else if says(phrases::THANKS) {
        Intent::Thanks
    } else {
        Intent::Question
    }
}

/// Lower case, words of letters and digits with one blank on each side, so that a phrase of Latin words is found by its words
/// and one of Han characters anywhere.
fn normal(text: &str) -> String {
    let mut normal = String::from(" ");
    for c in text.chars().take(CHARS_MAX) {
        let c = if c == '’' { '\'' } else { c };
        if c.is_alphanumeric() || c == '\'' {
            normal.extend(c.to_lowercase());
        } else if !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    normal.push(' ');
    normal
}
