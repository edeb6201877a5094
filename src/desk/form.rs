//! Web forms that mail in (`[[form]]`, SPEC section 4): the sender is the web site's own address, and the client stands in
//! Reply-To or in a labelled line.
//!
//! Invariants: only a mail that is proven to come from the form's address is a form's; whoever stands in it is never proven
//! by that, so never an agent, and gets nothing of the text back.

use super::{Findings, FormPolicy, FormRequester, MailFacts, Policy, loop_guard, proof};
use crate::mail::{Address, Class, Reading};

/// Lines that are searched for the label; a client's free text stands below the form's own lines.
const LINES_MAX: usize = 500;

/// Whom a form's mail is from; `None`: it is no form's, is not proven to be, or names nobody.
#[must_use]
pub fn requester(reading: &Reading, findings: &Findings, policy: &Policy) -> Option<Address> {
    let form = of(reading, policy)?;
    if !proof::origin(reading, findings, &policy.trust).is_proven() {
        return None;
    }
    let named = match &form.requester {
        FormRequester::ReplyTo => match reading.reply_to.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        FormRequester::Label(label) => labelled(&reading.text, label),
    };
    named.filter(|client| {
        is_usable(&client.address)
            && client.key() != form.from
            && !loop_guard::is_own(policy, &client.address)
    })
}

/// The form whose address is in From. Reports on mail are never a form's.
#[must_use]
pub fn of<'a>(reading: &Reading, policy: &'a Policy) -> Option<&'a FormPolicy> {
    if matches!(reading.class, Class::Bounce | Class::DeliveryReport | Class::Complaint | Class::OwnAddress) {
        return None;
    }
    let from = reading.trace.strict_from.as_deref()?;
    policy.forms.iter().find(|form| form.from == from)
}

/// Whether this mail is a form's with a client in it, as gathered.
pub(super) fn is_form(facts: &MailFacts) -> bool {
    facts.form_requester.is_some()
}

/// The address behind `Email:` at the beginning of a line, or on the next line where that one is empty (tables).
fn labelled(text: &str, label: &str) -> Option<Address> {
    let label = label.to_lowercase();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES_MAX).peekable();
    while let Some(line) = lines.next() {
        let Some(rest) = behind_label(line, &label) else { continue };
        let rest = if rest.is_empty() { lines.peek().copied().unwrap_or_default() } else { rest };
        if let Some(address) = first_address(rest) {
            return Some(Address { name: None, address });
        }
    }
    None
}

/// What stands behind the label; a letter directly behind it makes it another word (`Emails:`).
fn behind_label<'l>(line: &'l str, label: &str) -> Option<&'l str> {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut rest = line.chars();
    for wanted in label.chars() {
        rest.next().filter(|c| c.to_lowercase().eq([wanted]))?;
    }
    let rest = rest.as_str();
    let mark = rest.trim_start_matches(['*', '_', ' ', '\t', '|']);
    match mark.chars().next() {
        None => Some(""),
        Some(':' | '：' | '=') => {
            Some(mark.trim_start_matches([':', '：', '=', '*', '_', '|', ' ', '\t', '\u{3000}']).trim())
        }
        Some(_) if mark.len() < rest.len() => Some(mark.trim()),
        Some(_) => None,
    }
}

fn first_address(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || "<>()[]\"'|,;，；（）".contains(c));
    let mut found = words.map(|word| {
        let word = word.trim_end_matches(['.', '。', ':']);
        word.get(..7)
            .filter(|head| head.eq_ignore_ascii_case("mailto:"))
            .map_or(word, |_| word.get(7..).unwrap_or_default())
    });
    found.find(|word| is_usable(word)).map(str::to_owned)
}

/// Strict: the address comes from a stranger, and goes into an envelope.
pub(super) fn is_usable(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let plain = |c: char| c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
    let label_ok = |label: &str| {
        !label.is_empty() && label.len() <= 63 && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(plain)
        && domain.contains('.')
        && domain.len() <= 253
        && domain.split('.').all(label_ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_stands_in_many_ways() {
        for (text, label) in [
            ("Name: Ann\nEmail: ann@client.test\nMessage: hi", "Email"),
            ("E-Mail：<ann@client.test>", "e-mail"),
            ("邮箱：ann@client.test", "邮箱"),
            ("Email\nann@client.test\nMessage", "Email"),
            ("Name\tAnn\nEmail\tann@client.test", "Email"),
            ("*Email*: mailto:ann@client.test", "Email"),
            ("| Email | ann@client.test |", "Email"),
            ("Emails: other@x.test\nEmail: ann@client.test.", "Email"),
            ("EMAIL = ann@client.test", "Email"),
        ] {
            assert_eq!(
                labelled(text, label).map(|a| a.address).as_deref(),
                Some("ann@client.test"),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_first_line_counts_and_what_is_no_address_does_not() {
        let text = "Email: ann@client.test\nMessage: hello\nEmail: victim@bank.test";
        assert_eq!(labelled(text, "Email").map(|a| a.address).as_deref(), Some("ann@client.test"));
        for text in [
            "",
            "Email:",
            "Email: nobody",
            "Email: @x.test",
            "Email: a..b@x.test",
            "My Email: a@x.test",
            "Emailed a@x.test",
        ] {
            assert_eq!(labelled(text, "Email"), None, "{text:?}");
        }
        assert!(!is_usable("a@x\r\nBcc: y@z.test") && !is_usable("a b@x.test") && !is_usable("a@localhost"));
    }
}
