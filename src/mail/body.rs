//! The body: which parts are the mail's text, and that text, from the better of text and HTML.

use super::{
    attachments, charset,
    html::{self, Mark},
    structure::{Part, Structure},
};

/// Text kept of one mail; what stands behind is left out, with a warning. The raw message keeps it.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// A plain part below this many bytes is compared with its HTML twin: "please use an HTML viewer" is no mail.
const PLAIN_DOUBTED_BYTES: usize = 200;

/// The body's text.
#[derive(Debug, Default)]
pub struct Body {
    /// Lines end in LF; controls other than tab are gone.
    pub text: String,
    /// How each line stood in the HTML; shorter than the text has lines when that was plain.
    pub marks: Vec<Mark>,
    /// See [`super::Reading::command_text`].
    pub command_text: Option<String>,
    /// Indices of the parts that were used, or whose twin was.
    pub parts: Vec<usize>,
    pub warnings: Vec<String>,
}

/// Text parts that belong together: the alternatives of one multipart, or a part alone.
#[derive(Debug, Default)]
struct Section {
    alternative: Option<usize>,
    plain: Option<usize>,
    html: Option<usize>,
}

/// Reads the body.
#[must_use]
pub fn read(tree: &Structure<'_>) -> Body {
    let mut body = Body::default();
    let mut commands = Commands::default();
    for section in sections(tree) {
        body.parts.extend(section.plain.into_iter().chain(section.html));
        if body.text.len() >= TEXT_BYTES_MAX {
            continue;
        }
        let plain = section.plain.and_then(|i| tree.parts.get(i)).map(plain_text).unwrap_or_default();
        let doubted = plain.trim().len() < PLAIN_DOUBTED_BYTES;
        let page = section.html.filter(|_| doubted).and_then(|i| tree.parts.get(i)).map(html_page);
        commands.add(&plain, page.as_ref());
        let page =
            page.filter(|p| plain.trim().is_empty() || p.text.trim().len() > 10 * plain.trim().len() + 400);
        if !body.text.is_empty() && !body.text.ends_with('\n') {
            body.text.push('\n');
        }
        match page {
            Some(page) => {
                body.marks.resize(body.text.lines().count(), Mark::None);
                body.marks.extend(page.marks);
                body.text.push_str(&page.text);
                if page.cut {
                    body.warnings.push("HTML too long: the rest was left out".to_owned());
                }
            }
            None => body.text.push_str(&plain),
        }
    }
    if body.text.len() > TEXT_BYTES_MAX {
        let end = (0..=TEXT_BYTES_MAX).rev().find(|&i| body.text.is_char_boundary(i)).unwrap_or(0);
        body.text.truncate(end);
        body.warnings.push("text too long: the rest was left out".to_owned());
    }
    body.command_text = commands.text();
    body
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

fn sections(tree: &Structure<'_>) -> Vec<Section> {
    let mut out: Vec<Section> = Vec::new();
    for (i, part) in tree.parts.iter().enumerate() {
        if part.is_container() || !is_text(part) {
            continue;
        }
        let html = part.content_type.value == "text/html";
        let alternative = alternative_above(tree, part);
        let slot = alternative.and_then(|a| out.iter_mut().find(|s| s.alternative == Some(a)));
        let free = slot.filter(|s| if html { s.html.is_none() } else { s.plain.is_none() });
        match free {
            Some(section) if html => section.html = Some(i),
            Some(section) => section.plain = Some(i),
            None => out.push(Section { alternative, plain: (!html).then_some(i), html: html.then_some(i) }),
        }
    }
    out
}

fn alternative_above(tree: &Structure<'_>, part: &Part<'_>) -> Option<usize> {
    let mut above = part.parent;
    while let Some(i) = above {
        let parent = tree.parts.get(i)?;
        if parent.content_type.value == "multipart/alternative" {
            return Some(i);
        }
        above = parent.parent;
    }
    None
}

/// A part whose text is body: not attached, not named. A multipart in which no part was found counts as text.
fn is_text(part: &Part<'_>) -> bool {
    let kind = part.content_type.value.as_str();
    let text = matches!(kind, "text/plain" | "text/html" | "text/enriched" | "text" | "text/markdown")
        || kind.starts_with("multipart/");
    text && part.disposition.value != "attachment" && attachments::raw_name(part).is_none()
}

/// Decoded text of a plain part, flowed lines joined.
#[must_use]
pub fn plain_text(part: &Part<'_>) -> String {
    let bytes = attachments::bytes(part);
    let text = tidy(&charset::decode(&bytes, part.content_type.param("charset")));
    if part.content_type.param("format").eq_ignore_ascii_case("flowed") {
        return unflow(&text, part.content_type.param("delsp").eq_ignore_ascii_case("yes"));
    }
    text
}

fn html_page(part: &Part<'_>) -> html::Page {
    let bytes = attachments::bytes(part);
    html::to_text(&charset::decode(&bytes, part.content_type.param("charset")))
}

/// LF line ends, no controls but tab, no byte order mark.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// RFC 3676 section 4: a line that ends in a blank goes on in the next one of the same quote depth.
fn unflow(text: &str, delete_blank: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|&b| b == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let stuffed = content.starts_with(' ');
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        let goes_on = open == Some(depth) && !signature;
        if !goes_on {
            if open.is_some() {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 && stuffed {
                out.push(' ');
            }
        }
        let flows = content.ends_with(' ') && !signature;
        let kept = if flows && delete_blank { content.strip_suffix(' ').unwrap_or(content) } else { content };
        out.push_str(kept);
        open = flows.then_some(depth);
        if !flows {
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::structure;

    fn body(raw: &str) -> Body {
        read(&structure::parse(raw.as_bytes()))
    }

    #[test]
    fn flowed_lines_join_and_quotes_keep_their_depth() {
        let b = body("Content-Type: text/plain; format=flowed\n\none \ntwo\n> a \n> b\n-- \nme\n");
        assert_eq!(b.text, "one two\n> a b\n-- \nme\n");
    }

    #[test]
    fn html_is_taken_when_there_is_no_text() {
        let b = body(
            "Content-Type: multipart/alternative; boundary=x\n\n--x\n\n\n--x\nContent-Type: text/html\n\n<b>hi</b>\n--x--\n",
        );
        assert_eq!((b.text.as_str(), b.command_text.as_deref(), b.parts.len()), ("hi\n", Some("hi\n"), 2));
    }

    #[test]
    fn commands_are_never_read_from_html_with_hidden_text() {
        assert_eq!(body("Content-Type: text/html\n\n<p style='display:none'>x</p>#close").command_text, None);
        let both = "Content-Type: multipart/alternative; boundary=x\n\n--x\n\n#take\n--x\nContent-Type: text/html\n\n<p hidden>#close</p>\n--x--\n";
        assert_eq!(body(both).command_text.as_deref(), Some("#take"));
    }
}
