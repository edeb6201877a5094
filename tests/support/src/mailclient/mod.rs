//! What a person's mail program does, for tests: looking into mailboxes and sending mail. Blocking and small; every wait has a
//! deadline and polls a condition.

mod draft;
mod imap;
mod mail;
mod smtp;

pub use draft::Draft;
pub use imap::ImapBox;
pub use mail::{Mail, reply_to};
pub use smtp::Submission;
pub(crate) use smtp::base64;
