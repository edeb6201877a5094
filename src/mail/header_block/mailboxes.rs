//! People as mail programs show them in a pasted header block: not RFC 5322, but `Ann Lee [mailto:ann@a.example]`,
//! `Lee, Ann <ann@a.example>; …`, `ann@a.example<mailto:ann@a.example>`, `Ann Lee (ann@a.example)`, or a name alone.

use crate::mail::{Address, line::is_blank};

/// People read of one field; more are left out.
const PEOPLE_MAX: usize = 2_000;
/// Longest name in quotes, in characters: a quote that closes later does not belong to the one that opens.
const QUOTED_CHARS_MAX: usize = 200;

/// The one person of a `From`: a comma is part of the name. The address is empty where only a name stands.
#[must_use]
pub fn mailbox(value: &str) -> Option<Address> {
    let mut parts = parts(value);
    // Without any address, "Lee, Ann" is one person.
    if parts.iter().all(|p| p.address.is_empty()) {
        let names: Vec<_> = parts.iter().filter(|p| p.comma).map(|p| p.name.as_str()).collect();
        let joined = names.join(", ");
        parts = vec![Part { name: joined, address: String::new(), comma: true }];
    }
    named(parts).into_iter().next()
}

/// The people of a `To` or `Cc`. The address is empty where only a name stands.
#[must_use]
pub fn mailboxes(value: &str) -> Vec<Address> {
    let semicolons = value.contains([';', '；']);
    let mut parts = parts(value);
    if semicolons {
        // Outlook parts people by `;`: then a comma belongs to a name.
        join_names(&mut parts);
    }
    named(parts)
}

#[derive(Debug, Default)]
struct Part {
    name: String,
    address: String,
    /// A comma ends it, or the end of the value.
    comma: bool,
}

/// Names that end in a comma belong to the next name, if that has no address either.
fn join_names(parts: &mut Vec<Part>) {
    let mut out: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts.drain(..) {
        match out.last_mut() {
            Some(last) if last.comma && last.address.is_empty() && !last.name.is_empty() => {
                last.name = format!("{}, {}", last.name, part.name);
                last.address = part.address;
                last.comma = part.comma;
            }
            _ => out.push(part),
        }
    }
    *parts = out;
}

/// Parts to addresses; a name that ends in a comma before a name with an address is its beginning ("Lee, Ann <…>").
fn named(parts: Vec<Part>) -> Vec<Address> {
    let mut out = Vec::new();
    let mut pending: Vec<String> = Vec::new();
    for part in parts {
        let name = shown(&part.name);
        if part.address.is_empty() {
            if let Some(name) = name {
                pending.push(name);
            }
            if !part.comma {
                out.append(&mut alone(&mut pending));
            }
            continue;
        }
        let name = name.filter(|n| !n.eq_ignore_ascii_case(&part.address));
        match name {
            Some(name) if !pending.is_empty() => {
                pending.push(name);
                let joined = std::mem::take(&mut pending).join(", ");
                out.push(Address { name: Some(joined), address: part.address });
            }
            name => {
                out.append(&mut alone(&mut pending));
                out.push(Address { name, address: part.address });
            }
        }
    }
    out.append(&mut alone(&mut pending));
    out
}

fn alone(pending: &mut Vec<String>) -> Vec<Address> {
    pending.drain(..).map(|name| Address { name: Some(name), address: String::new() }).collect()
}

/// A name without the quotes around it.
fn shown(name: &str) -> Option<String> {
    let name = name.trim_matches(|c: char| is_blank(c) || matches!(c, '"' | '\'' | '*' | '‘' | '’' | ','));
    (!name.is_empty()).then(|| name.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn parts(value: &str) -> Vec<Part> {
    let mut out = Vec::new();
    let mut scan = Scan::default();
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '"' | '“' | '„' | '«' => scan.quoted(c, behind),
            '<' | '[' | '(' | '（' | '＜' => scan.bracket(c, behind),
            ';' | '；' => {
                out.push(scan.part(false));
                behind
            }
            ',' | '，' | '、' => {
                let part = scan.part(true);
                out.push(part);
                behind
            }
            c => {
                scan.push(c);
                behind
            }
        };
        if out.len() >= PEOPLE_MAX {
            return out;
        }
    }
    out.push(scan.part(true));
    out.retain(|p| !(p.name.is_empty() && p.address.is_empty()));
    out
}

#[derive(Debug, Default)]
struct Scan {
    text: String,
    address: String,
    /// A name in brackets behind an address: `ann@a.example (Ann)`.
    comment: String,
}

impl Scan {
    /// What stands behind an address (`on behalf of …`, `代表 …`) is not the person's.
    fn push(&mut self, c: char) {
        if self.address.is_empty() {
            self.text.push(c);
        }
    }

    fn quoted<'a>(&mut self, open: char, rest: &'a str) -> &'a str {
        let closes: &[char] = match open {
            '«' => &['»'],
            _ => &['"', '”', '“'],
        };
        match rest.char_indices().take(QUOTED_CHARS_MAX).find(|(_, c)| closes.contains(c)) {
            Some((end, close)) => {
                let inner = rest.get(..end).unwrap_or_default();
                if self.address.is_empty() {
                    self.text.push_str(inner);
                }
                rest.get(end + close.len_utf8()..).unwrap_or_default()
            }
            None => rest,
        }
    }

    fn bracket<'a>(&mut self, open: char, rest: &'a str) -> &'a str {
        let close = match open {
            '<' => '>',
            '[' => ']',
            '(' => ')',
            '（' => '）',
            _ => '＞',
        };
        let mut depth = 1_u32;
        let end = rest.char_indices().find(|(_, c)| {
            depth += u32::from(*c == open);
            depth -= u32::from(*c == close);
            depth == 0
        });
        let (end, len) = end.map_or((rest.len(), 0), |(at, c)| (at, c.len_utf8()));
        let inner = rest.get(..end).unwrap_or_default();
        let found = address(inner);
        if let Some(found) = found {
            if self.address.is_empty() {
                self.address = found;
            }
        } else if matches!(open, '(' | '（') && bare(&self.text).is_some() {
            self.comment = inner.to_owned();
        } else if self.address.is_empty() && !matches!(open, '<' | '＜') {
            self.text.push(open);
            self.text.push_str(inner);
            self.text.push(close);
        }
        rest.get(end + len..).unwrap_or_default()
    }

    fn part(&mut self, comma: bool) -> Part {
        let scan = std::mem::take(self);
        if !scan.address.is_empty() {
            return Part { name: scan.text, address: scan.address, comma };
        }
        match bare(&scan.text) {
            Some((name, address)) => {
                let name = if scan.comment.is_empty() { name } else { scan.comment };
                Part { name, address, comma }
            }
            None => Part { name: scan.text.trim_matches(is_blank).to_owned(), address: String::new(), comma },
        }
    }
}

/// The address in a pair of brackets: without `mailto:` and a second copy of itself.
fn address(inner: &str) -> Option<String> {
    let inner = inner.trim_matches(|c: char| is_blank(c) || "<>[]\"'".contains(c));
    let lower = inner.get(..7).is_some_and(|p| p.eq_ignore_ascii_case("mailto:"));
    let inner = if lower { inner.get(7..).unwrap_or_default() } else { inner };
    let end = inner.find(['<', '[', '?', '>', ']', '(']).unwrap_or(inner.len());
    let plain = inner.get(..end).unwrap_or_default().trim_matches(is_blank);
    is_address(plain).then(|| plain.to_owned())
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !text.contains(is_blank)
    })
}

/// An address that stands without brackets, and the words beside it.
fn bare(text: &str) -> Option<(String, String)> {
    if !text.contains('@') {
        return None;
    }
    let found = text.split(is_blank).find_map(|word| Some((word, address(word)?)))?;
    let name = text.replacen(found.0, "", 1);
    Some((name.trim_matches(is_blank).to_owned(), found.1))
}
