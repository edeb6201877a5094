//! Mails in seven languages whose facts are known (`tests/fixtures/fields/stated.txt`): counts what is found, and what is found wrongly.
//! A block is `### language`, the text, and `=> field=value; …`; a field that is not named there is not stated.

use super::{facts, show};
use crate::triage::Fields;

const MAILS: &str = include_str!("../../../../tests/fixtures/fields/stated.txt");
/// Shares of the values found that are right, and of those stated that are found.
const PRECISION_MIN: f64 = 0.97;
const RECALL_MIN: f64 = 0.96;

struct Case {
    language: String,
    text: String,
    stated: Vec<(String, String)>,
}

fn cases() -> Vec<Case> {
    let blocks = MAILS.split("### ").filter(|b| !b.trim().is_empty());
    let case = |block: &str| {
        let (language, rest) = block.split_once('\n').unwrap();
        let (text, stated) = rest.rsplit_once("\n=>").unwrap();
        let pair = |p: &str| p.split_once('=').map(|(k, v)| (k.trim().to_owned(), v.to_owned()));
        Case {
            language: language.trim().to_owned(),
            text: text.to_owned(),
            stated: stated.trim().split("; ").filter_map(pair).collect(),
        }
    };
    blocks.map(case).collect()
}

/// What a mail's fields are, under the names of the cases.
fn found(f: &Fields) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let mut add = |name, value: Option<String>| all.extend(value.map(|v| (name, v)));
    add("username", f.username.clone());
    add("organisation", f.organisation.clone());
    add("app", f.app_version.clone());
    add("device", f.device.clone());
    add("error", f.error_text.clone());
    add("expected", f.expected.clone());
    add("browser", f.browser.as_ref().map(|p| show(Some(p))));
    add("os", f.os.as_ref().map(|p| show(Some(p))));
    add("when", f.occurred_at.as_ref().and_then(|w| w.text.clone()));
    all.extend(f.steps_tried.iter().map(|s| ("steps", s.clone())));
    all
}

/// The same passage, cut a little longer or shorter.
fn alike(a: &str, b: &str) -> bool {
    let bare = |t: &str| t.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (a, b) = (bare(a), bare(b));
    let (long, short) = (a.len().max(b.len()), a.len().min(b.len()));
    (a.contains(&b) || b.contains(&a)) && long <= 3 * short
}

#[test]
fn what_mails_state_is_found() {
    let (mut right, mut reported, mut expected) = (0, 0, 0);
    let mut wrong = String::new();
    for case in cases() {
        let mut left = found(&facts(&case.text, &case.language));
        reported += left.iter().filter(|(name, _)| *name != "phone").count();
        for (name, value) in &case.stated {
            if name == "phone" {
                continue;
            }
            let values: Vec<&str> = if name == "steps" { value.split('|').collect() } else { vec![value] };
            for value in values {
                expected += 1;
                let at = left.iter().position(|(n, v)| n == name && alike(v, value));
                match at {
                    Some(at) => {
                        left.remove(at);
                        right += 1;
                    }
                    None => wrong += &format!("{name} {value:?} missed: {}\n", case.text),
                }
            }
        }
        left.iter()
            .for_each(|(name, value)| wrong += &format!("{name} {value:?} not stated: {}\n", case.text));
    }
    let share = |n: usize| f64::from(right) / n as f64;
    let (precision, recall) = (share(reported), share(expected));
    assert!(expected > 500, "only {expected} values");
    assert!(
        precision >= PRECISION_MIN && recall >= RECALL_MIN,
        "precision {precision:.3}, recall {recall:.3}\n{wrong}"
    );
}
