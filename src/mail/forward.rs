//! Forwarded mails: pasted into the text or attached. The outermost is reported; its body keeps those inside it.
//!
//! Knows the text, the subject and the parts, not who wrote to whom. Invariants: a reply that quotes a forward is none;
//! linear; a mail without header lines, rules and attached messages costs one look at each of its lines.

mod attached;
mod introduction;
mod notes;
mod pasted;

use super::{
    language::Prefix,
    line::unquoted,
    reply,
    structure::Structure,
    subject::{self, base},
};
pub use pasted::Found;

/// The forwarded mail inside, if this mail is a forward.
#[must_use]
pub fn find(subject: &str, sender: &str, text: &str, tree: &Structure<'_>) -> Option<Found> {
    let outer = Outer::new(subject, sender, tree);
    pasted::find(&outer, text).or_else(|| attached::find(&outer, text, tree))
}

/// What the mail itself says of being a forward or a reply.
pub struct Outer<'a> {
    subject: &'a str,
    /// The display name of who sent it.
    sender: &'a str,
    prefix: Option<(Prefix, String)>,
    /// A header field names a mail that this one answers. Forwards of some programs (Gmail) have it too.
    answers: bool,
}

impl<'a> Outer<'a> {
    fn new(subject: &'a str, sender: &'a str, tree: &Structure<'_>) -> Self {
        let answers = tree.parts.first().is_some_and(|root| root.header.first("In-Reply-To").is_some());
        Self { subject, sender, prefix: subject::prefix(subject), answers }
    }

    /// The subject begins with a prefix of forwards.
    fn forwards(&self) -> bool {
        matches!(self.prefix, Some((Prefix::Forward, _)))
    }

    /// "VS:" is Danish and Norwegian for a forward and Finnish and Estonian for a reply: the block's language decides.
    fn finnish_reply(&self, lines: &[&str], candidate: &pasted::Candidate) -> bool {
        let vs = matches!(&self.prefix, Some((_, word)) if word == "vs");
        let block = lines.get(candidate.start..candidate.body).unwrap_or_default();
        vs && block.iter().any(|l| unquoted(l).starts_with("Lähettäjä") || unquoted(l).starts_with("Saatja"))
    }

    /// Whether a quoted mail of this subject is not the one that this mail answers.
    fn answers_another(&self, quoted: &str) -> bool {
        let plain = |s: &str| base(s).to_lowercase();
        let (own, quoted) = (plain(self.subject), plain(quoted));
        let same = own.contains(&quoted) || quoted.contains(&own);
        !(self.answers || own.is_empty() || quoted.is_empty() || same)
    }

    /// What the sender says of the forwarded mail in the text above it: that without quotes and a signature.
    fn comment(&self, above: &str) -> Option<String> {
        Some(reply::divide(above, &[], self.sender).reply).filter(|comment| !comment.is_empty())
    }

    /// The subject without the prefix of the forward.
    fn inner_subject(&self) -> Option<String> {
        self.forwards().then(|| subject::without_prefix(self.subject).to_owned())
    }
}

#[cfg(test)]
mod tests;
