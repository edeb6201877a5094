//! The body: which parts are the mail's text, and that text, from the better of text and HTML.

use super::{
    attachments::{self, tnef},
    charset::{self, Hint},
    html::{self, Mark},
    structure::{self, Part, Structure},
    transfer,
};

mod calendar;
mod choice;
mod plain;
mod smime;

/// Text kept of one mail; what stands behind is left out, with a warning. The raw message keeps it.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Longest HTML that is read beside a text part that is good by itself: it tells where the quote begins and how the reply
/// looks, which the text tells nearly as well.
const TWIN_BYTES_MAX: usize = 128 * 1024;
/// Where HTML declares its own character set.
const META_BYTES: usize = 2_048;

/// The body's text.
#[derive(Debug, Default)]
pub struct Body {
    /// Lines end in LF; controls other than tab are gone.
    pub text: String,
    /// How each line stood in the HTML; shorter than the text has lines when that was plain.
    pub marks: Vec<Mark>,
    /// The HTML of the body when one section is all of it: the text comes from it, or says the same.
    pub page: Option<html::Page>,
    /// See [`super::Reading::command_text`].
    pub command_text: Option<String>,
    /// Indices of the parts that were used, or whose twin was.
    pub parts: Vec<usize>,
    pub warnings: Vec<String>,
}

/// Text parts that belong together: the branches of one alternative, or a part alone.
#[derive(Debug, Default)]
struct Section {
    alternative: Option<usize>,
    /// Text parts below each child of the alternative, in order.
    branches: Vec<(usize, Vec<usize>)>,
}

/// Reads the body.
#[must_use]
pub fn read(tree: &Structure<'_>) -> Body {
    let hint = hint(tree);
    let mut body = Body::default();
    let mut commands = Commands::default();
    let mut sections = sections(tree, false);
    if sections.is_empty() {
        sections = self::sections(tree, true);
    }
    let single = sections.len() == 1;
    for section in sections {
        body.parts.extend(section.branches.iter().flat_map(|(_, parts)| parts));
        if body.text.len() < TEXT_BYTES_MAX {
            let page = add_section(tree, &section, hint, &mut body, &mut commands);
            body.page = page.filter(|_| single);
        }
    }
    if body.text.trim().is_empty() {
        add_wrapped(tree, &mut body, &mut commands);
    }
    if body.text.len() > TEXT_BYTES_MAX {
        body.text.truncate(body.text.floor_char_boundary(TEXT_BYTES_MAX));
        body.warnings.push("text too long: the rest was left out".to_owned());
    }
    body.warnings.extend(sealed(tree, &body.text));
    body.command_text = commands.text();
    body
}

/// What the mail's text parts and its sender's domain tell about bytes that nobody declared.
#[must_use]
pub fn hint(tree: &Structure<'_>) -> Hint {
    let mut labels = tree.parts.iter().map(|p| p.content_type.param("charset"));
    let label = labels.find(|l| !l.is_empty()).unwrap_or_default();
    let from = tree.parts.first().and_then(|root| root.header.first("From")).map_or(&b""[..], |f| f.value);
    // The bytes are enough: an address is ASCII, and only its ending is asked for.
    let domain = from.iter().rposition(|&b| b == b'@').and_then(|at| from.get(at + 1..)).unwrap_or_default();
    let end = domain.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')));
    let domain = domain.get(..end.unwrap_or(domain.len())).unwrap_or_default();
    Hint::new(label, &String::from_utf8_lossy(domain).to_ascii_lowercase())
}

/// Appends the better of a section's text and HTML; returns the HTML if it was read.
fn add_section(
    tree: &Structure<'_>,
    section: &Section,
    hint: Hint,
    body: &mut Body,
    commands: &mut Commands,
) -> Option<html::Page> {
    let part = |i: &usize| tree.parts.get(*i);
    let has_html = |parts: &[usize]| parts.iter().filter_map(part).any(is_html);
    let is_passed_over = |parts: &[usize]| parts.iter().filter_map(part).all(is_passed_over);
    let text_branch = section.branches.iter().find(|(_, parts)| !has_html(parts) && !is_passed_over(parts));
    let html_branch = section.branches.iter().rfind(|(_, parts)| has_html(parts));
    let text =
        text_branch.map(|(_, parts)| joined(parts.iter().filter_map(part).map(|p| plain::text(p, hint))));
    let text = text.unwrap_or_default();
    let doubtful = choice::is_doubtful(&text);
    let bytes = |parts: &[usize]| parts.iter().filter_map(part).map(|p| p.body.len()).sum::<usize>();
    let page = html_branch
        .filter(|(_, parts)| doubtful || bytes(parts) <= TWIN_BYTES_MAX)
        .map(|(_, parts)| page_of(tree, parts, hint));
    commands.add(&text, page.as_ref());
    if !body.text.is_empty() && !body.text.ends_with('\n') {
        body.text.push('\n');
    }
    match &page {
        Some(page) if doubtful && choice::is_better(page, &text) => add_page(page, body),
        _ => body.text.push_str(&text),
    }
    page
}

fn add_page(page: &html::Page, body: &mut Body) {
    body.marks.resize(body.text.lines().count(), Mark::None);
    body.marks.extend_from_slice(&page.marks);
    body.text.push_str(&page.text);
    if page.cut {
        body.warnings.push("HTML too long: the rest was left out".to_owned());
    }
}

/// A branch with HTML: pages one after the other, and plain parts between them (Apple Mail: text, picture, text). A plain part
/// that is the twin of one of the pages is left out.
fn page_of(tree: &Structure<'_>, parts: &[usize], hint: Hint) -> html::Page {
    let twin = |i: &usize| innermost_alternative(tree, *i);
    let twins: Vec<usize> =
        parts.iter().filter(|i| tree.parts.get(**i).is_some_and(is_html)).filter_map(twin).collect();
    if let [only] = parts
        && let Some(part) = tree.parts.get(*only).filter(|p| is_html(p))
    {
        return html_page(part, hint);
    }
    let mut whole = html::Page::default();
    for (i, part) in parts.iter().filter_map(|i| tree.parts.get(*i).map(|p| (i, p))) {
        let page = if is_html(part) {
            html_page(part, hint)
        } else if twin(i).is_some_and(|a| twins.contains(&a)) && parts.len() > 1 && has_nested(tree, parts) {
            continue;
        } else {
            html::Page::of_text(plain::text(part, hint))
        };
        whole.append(page);
    }
    whole
}

/// Whether the parts stand below different alternatives: one of them is inside the branch.
fn has_nested(tree: &Structure<'_>, parts: &[usize]) -> bool {
    parts.iter().any(|i| innermost_alternative(tree, *i) != outermost_alternative(tree, *i).map(|(a, _)| a))
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    for text in texts {
        if out.is_empty() {
            out = text;
            continue;
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&text);
    }
    out
}

/// A body that stands in no text part: inside S/MIME, inside TNEF, or an invitation without words of its own.
fn add_wrapped(tree: &Structure<'_>, body: &mut Body, commands: &mut Commands) {
    for part in tree.parts.iter().filter(|p| !p.is_container()) {
        let kind = part.content_type.value.as_str();
        if matches!(kind, "application/pkcs7-mime" | "application/x-pkcs7-mime") {
            if let Some(content) = smime::signed_content(&attachments::bytes(part)) {
                let inner = read_inner(&content);
                body.text = inner.text;
                body.marks = inner.marks;
                body.page = inner.page;
            }
        } else if is_tnef(part) {
            let data = attachments::bytes(part);
            if let Some(message) = tnef::read(&data) {
                let page = message.html.as_deref().map(html::to_text).filter(|p| !p.text.trim().is_empty());
                commands.add(message.text.as_deref().unwrap_or_default(), page.as_ref());
                match page {
                    Some(page) => {
                        add_page(&page, body);
                        body.page = Some(page);
                    }
                    None => body.text = message.text.unwrap_or_default(),
                }
            }
        } else if matches!(kind, "text/calendar" | "application/ics") {
            let label = part.content_type.param("charset");
            let calendar =
                charset::decode(&attachments::bytes(part), if label.is_empty() { "utf-8" } else { label });
            body.text = calendar::summary(&calendar).unwrap_or_default();
        }
        if !body.text.trim().is_empty() {
            return;
        }
    }
}

/// Whether a part is TNEF by its first bytes, whatever it is called; nothing else of it is decoded.
fn is_tnef(part: &Part<'_>) -> bool {
    let head = part.body.get(..64).unwrap_or(part.body);
    transfer::decode(head, &part.encoding).starts_with(&tnef::SIGNATURE)
}

/// The text of a mail inside: once, for it is not asked what it wraps itself.
fn read_inner(content: &[u8]) -> Body {
    let tree = structure::parse(content);
    let hint = hint(&tree);
    let mut body = Body::default();
    let sections = sections(&tree, false);
    let single = sections.len() == 1;
    for section in sections {
        let page = add_section(&tree, &section, hint, &mut body, &mut Commands::default());
        body.page = page.filter(|_| single);
    }
    body
}

/// Says what of the mail is signed or encrypted by its parts: nothing of it was checked.
fn sealed(tree: &Structure<'_>, text: &str) -> Option<String> {
    let what = tree.parts.iter().find_map(|part| match part.content_type.value.as_str() {
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
            let is_signed = part.content_type.param("smime-type").eq_ignore_ascii_case("signed-data");
            Some(if is_signed {
                "signed (S/MIME): not verified"
            } else {
                "encrypted (S/MIME): its text cannot be read"
            })
        }
        "multipart/encrypted" | "application/pgp-encrypted" => {
            Some("encrypted (PGP): its text cannot be read")
        }
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
            Some("signed (S/MIME): not verified")
        }
        "application/pgp-signature" => Some("signed (PGP): not verified"),
        _ => None,
    });
    let is_armoured =
        || text.contains("-----BEGIN PGP MESSAGE-----").then_some("encrypted (PGP): its text cannot be read");
    what.or_else(is_armoured).map(str::to_owned)
}

/// The text in which commands may stand.
#[derive(Debug, Default)]
struct Commands {
    plain: String,
    visible: String,
    hides: bool,
}

impl Commands {
    fn add(&mut self, plain: &str, page: Option<&html::Page>) {
        self.plain.push_str(plain);
        if let Some(page) = page {
            self.visible.push_str(&page.text);
            self.hides |= page.hides;
        }
    }

    fn text(self) -> Option<String> {
        if !self.plain.trim().is_empty() {
            return Some(self.plain);
        }
        (!self.hides && !self.visible.trim().is_empty()).then_some(self.visible)
    }
}

/// The mail's text parts. `named`: also those that have a name, in a mail that has no other text.
fn sections(tree: &Structure<'_>, named: bool) -> Vec<Section> {
    let mut out: Vec<Section> = Vec::new();
    for (i, part) in tree.parts.iter().enumerate() {
        if part.is_container() || !is_text(tree, i, part, named) {
            continue;
        }
        let Some((alternative, branch)) = outermost_alternative(tree, i) else {
            out.push(Section { alternative: None, branches: vec![(i, vec![i])] });
            if named {
                break;
            }
            continue;
        };
        let at = out.iter().rposition(|s| s.alternative == Some(alternative));
        let at = at.unwrap_or_else(|| {
            out.push(Section { alternative: Some(alternative), branches: Vec::new() });
            out.len() - 1
        });
        let Some(section) = out.get_mut(at) else { continue };
        match section.branches.iter_mut().find(|(child, _)| *child == branch) {
            Some((_, parts)) => parts.push(i),
            None => section.branches.push((branch, vec![i])),
        }
    }
    out
}

/// The alternative that stands highest above a part, and the child of it that holds the part.
fn outermost_alternative(tree: &Structure<'_>, part: usize) -> Option<(usize, usize)> {
    alternatives(tree, part).last()
}

fn innermost_alternative(tree: &Structure<'_>, part: usize) -> Option<usize> {
    alternatives(tree, part).next().map(|(above, _)| above)
}

/// Alternatives above a part with their children on the way to it, from the inside.
fn alternatives(tree: &Structure<'_>, part: usize) -> impl Iterator<Item = (usize, usize)> {
    ancestors(tree, part).filter(|(above, _)| {
        tree.parts.get(*above).is_some_and(|p| p.content_type.value == "multipart/alternative")
    })
}

/// What holds a part, with the child of each on the way to it.
fn ancestors(tree: &Structure<'_>, part: usize) -> impl Iterator<Item = (usize, usize)> {
    let parent = |i: usize| tree.parts.get(i).and_then(|p| p.parent).map(|above| (above, i));
    std::iter::successors(parent(part), move |(above, _)| parent(*above))
}

/// A part whose text is body: not attached, not named, no resource of a page. A multipart in which no part was found counts
/// as text.
fn is_text(tree: &Structure<'_>, i: usize, part: &Part<'_>, named: bool) -> bool {
    let kind = part.content_type.value.as_str();
    let text = matches!(
        kind,
        "text/plain" | "text/html" | "text/enriched" | "text/richtext" | "text" | "text/markdown"
    ) || kind.starts_with("multipart/")
        || is_passed_over(part);
    text && part.disposition.value != "attachment"
        && (named || attachments::raw_name(part).is_none())
        && !is_resource(tree, i, part)
}

/// Whether a part of a multipart/related is not its root (RFC 2387): HTML that a frame shows, text that the page refers to.
fn is_resource(tree: &Structure<'_>, i: usize, part: &Part<'_>) -> bool {
    let is_referred = || is_html(part) || part.header.first("Content-ID").is_some();
    ancestors(tree, i).any(|(above, child)| {
        tree.parts.get(above).is_some_and(|p| p.content_type.value == "multipart/related")
            && root_of(tree, above) != Some(child)
            && is_referred()
    })
}

/// The root of a multipart/related: what `start` names, else the first part.
fn root_of(tree: &Structure<'_>, related: usize) -> Option<usize> {
    let start = tree.parts.get(related)?.content_type.param("start").trim_matches(['<', '>', ' ']);
    let children = || tree.parts.iter().enumerate().filter(|(_, p)| p.parent == Some(related));
    let is_named = |p: &Part<'_>| {
        let id = p.header.first("Content-ID").map_or(&b""[..], |f| f.value).trim_ascii();
        let id = id.strip_prefix(b"<").unwrap_or(id);
        id.strip_suffix(b">").unwrap_or(id) == start.as_bytes()
    };
    let named = children().find(|(_, p)| !start.is_empty() && is_named(p));
    named.or_else(|| children().next()).map(|(i, _)| i)
}

/// Further alternatives, for watches and AMP: neither the text nor a file.
fn is_passed_over(part: &Part<'_>) -> bool {
    matches!(part.content_type.value.as_str(), "text/x-amp-html" | "text/watch-html")
}

/// HTML by its type, or by its beginning where no type is given.
fn is_html(part: &Part<'_>) -> bool {
    match part.content_type.value.as_str() {
        "text/html" => true,
        "text/plain" if part.header.first("Content-Type").is_none() => {
            let begin: Vec<u8> =
                part.body.trim_ascii_start().iter().take(14).map(u8::to_ascii_lowercase).collect();
            begin.starts_with(b"<html") || begin.starts_with(b"<!doctype html")
        }
        _ => false,
    }
}

fn html_page(part: &Part<'_>, hint: Hint) -> html::Page {
    let bytes = part.text_bytes();
    let label = part.content_type.param("charset");
    let meta =
        if label.is_empty() || label.eq_ignore_ascii_case("us-ascii") { meta_charset(bytes) } else { None };
    html::to_text(&charset::decode_hinted(bytes, meta.as_deref().unwrap_or(label), hint))
}

/// `<meta charset=…>`, or the same inside `http-equiv`.
fn meta_charset(html: &[u8]) -> Option<String> {
    let head = html.get(..META_BYTES).unwrap_or(html).to_ascii_lowercase();
    memchr::memmem::find(&head, b"<meta")?;
    let at = memchr::memmem::find(&head, b"charset=")? + 8;
    let label = head.get(at..)?.iter().skip_while(|b| matches!(b, b'"' | b'\''));
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.');
    Some(label.take_while(is_part).map(|b| char::from(*b)).collect())
}

#[cfg(test)]
mod tests;
