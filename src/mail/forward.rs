//! Forwarded mails: attached as messages, or pasted below a divider. Knows the commonest programs' forms.

use super::{
    Address, Forwarded, addresses, attachments, body, header,
    language::{self, ALL, Field, Prefix},
    structure::{self, Structure},
    words,
};

/// Lines that a pasted header block may have.
const BLOCK_LINES_MAX: usize = 14;

/// The forwarded mail inside, if this mail is a forward.
#[must_use]
pub fn find(subject: &str, text: &str, tree: &Structure<'_>) -> Option<Forwarded> {
    pasted(text, is_forward(subject)).or_else(|| attached(subject, text, tree))
}

fn is_forward(subject: &str) -> bool {
    let lower = subject.trim_start().trim_start_matches('[').to_lowercase();
    let end = lower.find([':', '：', ' ']).unwrap_or(lower.len());
    language::prefix(lower.get(..end).unwrap_or_default()) == Some(Prefix::Forward)
}

/// Where a pasted mail begins: the line of its divider, and the first line of its header block.
fn beginning(lines: &[&str], forward: bool) -> Option<(usize, usize)> {
    let mut rule = None;
    let (mut quoted_before, mut introduced) = (false, false);
    for (at, line) in lines.iter().enumerate().take(2_000) {
        let plain = unquoted(line);
        if plain.is_empty() {
            continue;
        }
        if let Some(divider) = rule.take()
            && is_block(lines, at)
        {
            return Some((divider, at));
        }
        // Below "… wrote:", or inside a quote, a divider belongs to the mail that is quoted.
        let quoted = line.trim_start().starts_with('>');
        let own = forward || !(quoted && (quoted_before || introduced));
        quoted_before |= quoted;
        introduced = plain.ends_with([':', '：']);
        if plain.len() < 200 && own && is_divider(plain, forward) {
            rule = Some(at);
        } else if forward
            && field_of(plain).is_some_and(|(name, _)| language::field(&name) == Some(Field::From))
            && is_block(lines, at)
        {
            return Some((at, at));
        }
    }
    None
}

/// A known divider, or, in a mail whose subject says forward, any rule or introducing line.
fn is_divider(line: &str, forward: bool) -> bool {
    let ruled = line.starts_with(['-', '_', '=']);
    if !(ruled || line.ends_with([':', '：'])) {
        return false;
    }
    let lower = line.to_lowercase();
    let words = lower.trim_matches(['-', '_', '=', ' ', ':', '：']);
    let says = ALL.iter().flat_map(|l| l.forwards).any(|w| words.starts_with(w));
    says || forward && ruled
}

/// A header block begins here: two known lines within the first four.
fn is_block(lines: &[&str], at: usize) -> bool {
    let known = |line: &&&str| {
        field_of(unquoted(line))
            .and_then(|(name, _)| language::field(&name))
            .is_some_and(|field| field != Field::Other)
    };
    let mut next = lines.get(at..).unwrap_or_default().iter().filter(|l| !unquoted(l).is_empty());
    next.next().is_some_and(|l| known(&l)) && next.take(3).any(|l| known(&l))
}

fn pasted(text: &str, forward: bool) -> Option<Forwarded> {
    let lines: Vec<&str> = text.lines().collect();
    let (divider, at) = beginning(&lines, forward)?;
    let depth = quote_depth(lines.get(at).copied().unwrap_or_default());
    let mut forwarded = Forwarded::default();
    let mut next = at;
    let mut blank = false;
    for line in lines.get(at..)?.iter().take(BLOCK_LINES_MAX) {
        let line = unquoted(line);
        if line.is_empty() {
            blank = true;
        } else if !take_field(&mut forwarded, line) {
            // A folded line goes on with the field above; behind a blank line the body begins.
            if blank || !continues(&mut forwarded, line) {
                break;
            }
        } else {
            blank = false;
        }
        next += 1;
    }
    forwarded.comment = joined(lines.get(..divider)?, 0);
    forwarded.body = joined(lines.get(next..).unwrap_or_default(), depth);
    Some(forwarded)
}

/// Takes a line without a name as the end of a subject that was wrapped.
fn continues(forwarded: &mut Forwarded, line: &str) -> bool {
    match &mut forwarded.subject {
        Some(subject) if subject.len() > 50 && forwarded.to.is_empty() => {
            subject.push(' ');
            subject.push_str(line);
            true
        }
        _ => false,
    }
}

fn quote_depth(line: &str) -> usize {
    line.chars().take_while(|c| matches!(c, '>' | ' ')).filter(|c| *c == '>').count()
}

/// A line without its quote marks and emphasis.
fn unquoted(line: &str) -> &str {
    line.trim().trim_start_matches(['>', ' ', '*', '|', '\u{a0}']).trim()
}

/// The lines without `depth` quote marks, trimmed; `None` when nothing is left.
fn joined(lines: &[&str], depth: usize) -> Option<String> {
    let bare = |line: &str| {
        let mut rest: &str = line;
        for _ in 0..depth {
            let trimmed = rest.trim_start_matches(' ');
            rest = trimmed.strip_prefix('>').unwrap_or(rest);
        }
        (if depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest }).to_owned()
    };
    let text = lines.iter().map(|l| bare(l)).collect::<Vec<_>>().join("\n");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Name, lower case, and value of a line of a header block.
fn field_of(line: &str) -> Option<(String, &str)> {
    let (at, colon) = line.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?;
    let name = line.get(..at)?.trim_matches(['*', ' ', '\u{a0}']).to_lowercase();
    let value = line.get(at + colon.len_utf8()..)?.trim_matches(['*', ' ', '\u{a0}']);
    Some((name, value))
}

/// Reads one line of a pasted header block.
fn take_field(forwarded: &mut Forwarded, line: &str) -> bool {
    let Some((name, value)) = field_of(line) else { return false };
    match language::field(&name) {
        Some(Field::From) => forwarded.from = person(value),
        Some(Field::Subject) => forwarded.subject = Some(value.to_owned()),
        Some(Field::Date) => forwarded.date = Some(value.to_owned()),
        Some(Field::To) => forwarded.to = addresses::parse(plain(value).as_bytes()),
        Some(Field::Cc) => forwarded.cc = addresses::parse(plain(value).as_bytes()),
        Some(Field::Other) => {}
        None => return false,
    }
    true
}

/// `A [mailto:a@b]` and `A <mailto:a@b>` as Outlook pastes them.
fn plain(value: &str) -> String {
    value.replace("[mailto:", "<").replace("<mailto:", "<").replace(']', ">")
}

fn person(value: &str) -> Option<Address> {
    let plain = plain(value);
    addresses::parse(plain.as_bytes()).into_iter().next().or_else(|| {
        let name = value.trim_matches(['"', ' ']);
        (!name.is_empty()).then(|| Address { name: Some(name.to_owned()), address: String::new() })
    })
}

/// A message attached to a mail that says little else.
fn attached(subject: &str, text: &str, tree: &Structure<'_>) -> Option<Forwarded> {
    let root = tree.parts.first()?;
    if matches!(root.content_type.value.as_str(), "multipart/report" | "multipart/digest") {
        return None;
    }
    let mut messages = tree.parts.iter().filter(|p| p.content_type.value == "message/rfc822");
    let part = messages.next()?;
    let named = is_forward(subject);
    if messages.next().is_some() || !(named || text.trim().len() < 400) {
        return None;
    }
    let data = attachments::bytes(part);
    let header = header::parse(&data);
    let field = |name: &str| header.first(name).map(|f| words::decode(f.value));
    let list = |name: &str| header.first(name).map(|f| addresses::parse(f.value)).unwrap_or_default();
    let inner = body::read(&structure::parse(&data)).text;
    Some(Forwarded {
        from: list("From").into_iter().next(),
        subject: field("Subject"),
        date: field("Date"),
        to: list("To"),
        cc: list("Cc"),
        comment: (!text.trim().is_empty()).then(|| text.trim().to_owned()),
        body: (!inner.trim().is_empty()).then(|| inner.trim().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use crate::mail::{ReadPolicy, read};

    #[test]
    fn pasted_by_gmail() {
        let r = read(b"From: a@b.org\nSubject: Fwd: x\n\nPlease see.\n\n---------- Forwarded message ---------\nFrom: C D <c@d.org>\nDate: Mon, 2 Mar 2026\nSubject: x\nTo: <a@b.org>\n\nold text\n", &ReadPolicy::default());
        let f = r.forwarded.unwrap();
        assert_eq!(
            (f.from.unwrap().address.as_str(), f.subject.as_deref(), f.comment.as_deref(), f.body.as_deref()),
            ("c@d.org", Some("x"), Some("Please see."), Some("old text"))
        );
        assert_eq!(r.reply, "Please see.");
    }

    #[test]
    fn a_forward_inside_a_quote_is_a_quote() {
        let r = read(
            b"From: a@b.org\nSubject: Re: x\n\nYes.\n\nOn Mon, 2 Mar 2026, S <s@d.org> wrote:\n> ---------- Forwarded message ---------\n> From: C <c@d.org>\n> Subject: x\n>\n> old\n",
            &ReadPolicy::default(),
        );
        assert_eq!((r.forwarded, r.reply.as_str()), (None, "Yes."));
    }

    #[test]
    fn attached_as_a_message() {
        let r = read(b"From: a@b.org\nSubject: Fwd: x\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nsee\n--m\nContent-Type: message/rfc822\n\nFrom: c@d.org\nSubject: y\n\ninner\n--m--\n", &ReadPolicy::default());
        let f = r.forwarded.unwrap();
        assert_eq!((f.from.unwrap().address.as_str(), f.body.as_deref()), ("c@d.org", Some("inner")));
    }
}
