//! Words and names by which triage knows things, language by language. Data only; what they mean is decided where they are used.

pub mod labels;
pub mod logins;
pub mod organisations;
pub mod products;
pub mod roles;
pub mod times;
