//! What a mail wants (`intent`), which facts it still lacks, and what an answer to our questions says. Knows no ticket and no
//! config: what is needed is an argument.

mod answer;
mod evidence;
mod intent;
mod phrases;

pub use answer::{answers, labelled};
pub use evidence::of as evidence;
pub use intent::{Intent, of as intent};

use super::Fields;

/// What a report of trouble needs, in the order in which it is asked for (SPEC section 5).
pub const TECHNICAL: [&str; 5] = ["username", "environment", "occurred_at", "evidence", "steps_tried"];

/// The fields of which any one tells the environment.
pub const ENVIRONMENT: [&str; 4] = ["browser", "os", "app_version", "device"];

/// The names of `needed` for which `has` knows no fact. Any field of [`ENVIRONMENT`] tells the environment.
pub fn missing<'a>(needed: impl IntoIterator<Item = &'a str>, has: impl Fn(&str) -> bool) -> Vec<String> {
    let is_told =
        |name: &str| has(name) || name == "environment" && ENVIRONMENT.iter().any(|field| has(field));
    needed.into_iter().filter(|name| !is_told(name)).map(str::to_owned).collect()
}

/// Whether the mail itself states a field; `evidence` says whether it brings any.
#[must_use]
pub fn states(fields: &Fields, evidence: bool, name: &str) -> bool {
    match name {
        "username" => fields.username.is_some(),
        "organisation" => fields.organisation.is_some(),
        "phone" => fields.phone.is_some(),
        "app_version" => fields.app_version.is_some(),
        "device" => fields.device.is_some(),
        "browser" => fields.browser.is_some(),
        "os" => fields.os.is_some(),
        "occurred_at" => fields.occurred_at.is_some(),
        "error_text" => fields.error_text.is_some(),
        "steps_tried" => !fields.steps_tried.is_empty(),
        "expected" => fields.expected.is_some(),
        "urls" => !fields.urls.is_empty(),
        "evidence" => evidence,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
