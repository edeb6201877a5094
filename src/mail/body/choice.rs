//! Which of two forms of one text is the better: the plain part, which people quote and sign in, unless it is none.

use crate::mail::html::Page;

/// A plain part below this many bytes is compared with its HTML twin: "please use an HTML viewer" is no mail.
const SHORT_BYTES: usize = 200;
/// Marks of HTML in a plain part that make it a conversion that failed.
const LEFTOVERS: usize = 3;
/// A plain part of one line this long lost its line ends, if the HTML has some.
const ONE_LINE_BYTES: usize = 500;

/// Whether the plain text could be worse than the HTML: the HTML is read only then.
#[must_use]
pub fn is_doubtful(text: &str) -> bool {
    let text = text.trim();
    text.len() < SHORT_BYTES
        || is_one_line(text)
        || leftovers(text) >= LEFTOVERS
        || broken(text) > 0
        || is_about_html(text)
}

/// Whether the HTML is the better form.
#[must_use]
pub fn is_better(page: &Page, text: &str) -> bool {
    let (text, shown) = (text.trim(), page.text.trim());
    if shown.is_empty() {
        return false;
    }
    let has_words = |s: &str| s.chars().any(char::is_alphanumeric);
    !has_words(text)
        || shown.len() > 10 * text.len() + 400
        || is_about_html(text) && shown.len() > 2 * text.len()
        || is_one_line(text) && shown.lines().count() > 5
        || leftovers(text) >= LEFTOVERS && leftovers(shown) < LEFTOVERS
        || broken(text) > broken(shown)
}

fn is_one_line(text: &str) -> bool {
    text.len() > ONE_LINE_BYTES && !text.contains('\n') && text.contains(' ')
}

/// A notice that there is HTML to see, in whatever language: it is short and names it.
fn is_about_html(text: &str) -> bool {
    text.len() < 2 * SHORT_BYTES && text.to_ascii_lowercase().contains("html")
}

/// Entities and tags that a converter left behind. People write one or two when they speak of HTML.
fn leftovers(text: &str) -> usize {
    const MARKS: [&str; 8] = ["&nbsp;", "&amp;", "&quot;", "<br", "</p>", "</td>", "</div>", "</span>"];
    if !text.contains(['&', '<']) {
        return 0;
    }
    MARKS.iter().map(|mark| text.matches(mark).take(LEFTOVERS).count()).sum()
}

/// Characters that were lost.
fn broken(text: &str) -> usize {
    text.matches('\u{fffd}').take(100).count()
}
