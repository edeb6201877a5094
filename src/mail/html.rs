//! HTML to text on a streaming tokenizer: no tree is built, so nesting costs nothing (120 kB of nested `div` took tree
//! builders 16 s). Knows what marks a quote in mail programs' HTML, but not what to do with it.
//!
//! Invariants: linear; at most [`INPUT_BYTES_MAX`] are read; nothing is fetched; script and style yield no text.

use std::convert::Infallible;

use html5gum::{
    Span, Tokenizer,
    emitters::callback::{Callback, CallbackEmitter, CallbackEvent},
};

/// HTML read of one part. What stands behind is left out, with a warning of the caller.
pub const INPUT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Open elements with an effect that are remembered; further ones have none.
const OPEN_MAX: usize = 64;

/// How a line of the text stood in the HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    #[default]
    None,
    /// Inside an element in which a mail program puts the quoted mail.
    Quoted,
    /// A mail program's border above the quoted mail: all below is quoted.
    Divider,
}

/// The text of an HTML part.
#[derive(Debug, Default)]
pub struct Page {
    /// Lines of block quotes begin with `> `.
    pub text: String,
    /// One for each line of `text`.
    pub marks: Vec<Mark>,
    /// Something is hidden from the reader's eye.
    pub hides: bool,
    /// The input was longer than [`INPUT_BYTES_MAX`].
    pub cut: bool,
}

/// Converts HTML to text.
#[must_use]
pub fn to_text(html: &str) -> Page {
    let mut end = html.len().min(INPUT_BYTES_MAX);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let mut painter = Painter::default();
    {
        let mut emitter = CallbackEmitter::new(&mut painter);
        emitter.naively_switch_states(true);
        // The reader of a string cannot fail.
        let _ = Tokenizer::new_with_emitter(html.get(..end).unwrap_or_default(), emitter).finish();
    }
    painter.page(end < html.len())
}

#[derive(Debug, Default, Clone, Copy)]
struct Effect {
    hide: bool,
    quote: bool,
    contains: bool,
    pre: bool,
    list: bool,
    /// Text that is never shown: script, style, title.
    mute: bool,
}

#[derive(Debug)]
struct Open {
    name: Vec<u8>,
    effect: Effect,
    /// Elements of the same name that are open inside.
    same: u32,
}

#[derive(Debug, Default)]
struct Painter {
    text: String,
    marks: Vec<Mark>,
    line: String,
    /// A blank line is wanted before the next text, at this depth of quotes.
    blank_wanted: Option<usize>,
    stack: Vec<Open>,
    name: Vec<u8>,
    attribute: Vec<u8>,
    effect: Effect,
    divider: bool,
    /// The element is as wide as the rule that Foxmail draws above a signature.
    sign_off: bool,
    href: String,
    link: Option<(String, usize)>,
    divided: bool,
    hides: bool,
}

impl Callback<Infallible, ()> for &mut Painter {
    fn handle_event(&mut self, event: CallbackEvent<'_>, _span: Span<()>) -> Option<Infallible> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.name.clear();
                self.name.extend_from_slice(name);
                self.effect = Effect::default();
                self.divider = false;
                self.sign_off = false;
                self.href.clear();
                self.attribute.clear();
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute.clear();
                self.attribute.extend_from_slice(name);
                if name == b"hidden" {
                    self.effect.hide = true;
                }
            }
            CallbackEvent::AttributeValue { value } => self.attribute(value),
            CallbackEvent::CloseStartTag { self_closing } => self.start(self_closing),
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } => self.string(&String::from_utf8_lossy(value)),
            _ => {}
        }
        None
    }
}

/// Classes and ids of elements that hold the quoted mail.
const CONTAINERS: &[&str] = &[
    "gmail_quote",
    "yahoo_quoted",
    "moz-cite-prefix",
    "isreplycontent",
    "ntes-mailmaster-quote",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "lark-mail-quote",
    "qm_quote",
    "mail_quote",
    "mail-editor-reference-message-container",
    "apple-mail-quote",
    "freebirdformviewer",
];
/// Classes and ids of elements above the quoted mail.
const DIVIDERS: &[&str] = &[
    "divrplyfwdmsg",
    "appendonsend",
    "olk_src_body_section",
    "reply-intro",
    "stopspelling",
    "mac_outlook_header",
    "divtagdefaultwrapper-quote",
];

impl Painter {
    fn attribute(&mut self, value: &[u8]) {
        let value = String::from_utf8_lossy(value);
        match self.attribute.as_slice() {
            b"style" => {
                let style: String =
                    value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
                self.effect.hide |= hides(&style);
                self.hides |= white_on_white(&style);
                self.sign_off |= style.contains("width:210px");
                self.divider |=
                    style.contains("border-top:solid#e1e1e1") || style.contains("border-top:solid#b5c4df");
            }
            b"class" | b"id" => {
                let value = value.to_lowercase();
                let mut words = value.split_whitespace();
                self.effect.contains |= words.clone().any(|w| CONTAINERS.contains(&w));
                self.divider |= words.any(|w| DIVIDERS.contains(&w));
            }
            b"href" => self.href = value.trim().to_owned(),
            _ => {}
        }
    }

    fn start(&mut self, self_closing: bool) {
        let name = std::mem::take(&mut self.name);
        // Outlook on the web hides its style sheet, and pictures carry no words.
        self.hides |= self.effect.hide && !matches!(name.as_slice(), b"style" | b"script" | b"img");
        self.before(&name);
        match name.as_slice() {
            b"blockquote" => self.effect.quote = true,
            b"pre" | b"textarea" => self.effect.pre = true,
            b"ul" | b"ol" => self.effect.list = true,
            b"script" | b"style" | b"title" | b"noscript" | b"template" | b"object" => {
                self.effect.mute = true
            }
            b"a" if self.href.starts_with("http") => {
                self.link = Some((std::mem::take(&mut self.href), self.line.len()))
            }
            // Foxmail and DingTalk show the people of a quoted header block by name and link the address.
            b"a" if self.href.starts_with("mailto:") => {
                let address = self.href.trim_start_matches("mailto:").split('?').next().unwrap_or_default();
                self.link = Some((address.to_owned(), self.line.len()));
            }
            b"img" | b"br" | b"hr" | b"input" | b"meta" | b"link" => {
                self.name = name;
                return;
            }
            _ => {}
        }
        let e = self.effect;
        let matters = e.hide || e.quote || e.contains || e.pre || e.list || e.mute;
        if matters && !self_closing && self.stack.len() < OPEN_MAX {
            self.stack.push(Open { name, effect: e, same: 0 });
        } else {
            if let Some(open) = self.stack.iter_mut().rev().find(|o| o.name == name) {
                open.same = open.same.saturating_add(u32::from(!self_closing));
            }
            self.name = name;
        }
    }

    /// Line breaks that an element's beginning makes.
    fn before(&mut self, name: &[u8]) {
        match name {
            b"br" => self.newline(),
            b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"ul" | b"ol" | b"table"
            | b"blockquote" | b"pre" => {
                self.finish_line();
                if !matches!(name, b"ul" | b"ol" | b"table") {
                    self.want_blank();
                }
            }
            b"hr" => {
                self.finish_line();
                self.line.push_str(if self.sign_off { "-- " } else { "________________________________" });
                self.finish_line();
            }
            b"li" => {
                self.finish_line();
                self.line.push_str("* ");
            }
            b"td" | b"th" if !self.line.trim().is_empty() => self.line.push(' '),
            b"td" | b"th" => {}
            _ if is_block(name) => self.finish_line(),
            _ => {}
        }
        if self.divider {
            self.finish_line();
            self.divided = true;
        }
        if self.effect.contains {
            self.finish_line();
        }
    }

    fn end(&mut self, name: &[u8]) {
        if is_block(name)
            || matches!(name, b"p" | b"blockquote" | b"pre" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6")
        {
            self.finish_line();
        }
        if matches!(name, b"p" | b"blockquote" | b"h1" | b"h2" | b"h3") {
            self.want_blank();
        }
        if name == b"a"
            && let Some((url, from)) = self.link.take()
        {
            let shown = self.line.get(from..).unwrap_or_default().trim();
            let bare = |s: &str| {
                s.trim_start_matches("https://")
                    .trim_start_matches("http://")
                    .trim_end_matches('/')
                    .to_lowercase()
            };
            if !shown.is_empty() && !bare(&url).starts_with(&bare(shown)) && url.len() <= 500 && !self.muted()
            {
                self.line.push_str(&format!(" <{url}>"));
            }
        }
        let Some(at) = self.stack.iter().rposition(|o| o.name == name) else { return };
        match self.stack.get_mut(at) {
            Some(open) if open.same > 0 => open.same -= 1,
            _ => {
                self.finish_line();
                self.stack.truncate(at);
            }
        }
    }

    fn muted(&self) -> bool {
        self.stack.iter().any(|o| o.effect.mute || o.effect.hide)
    }

    fn string(&mut self, value: &str) {
        if self.muted() {
            if self.stack.iter().any(|o| o.name == b"style") {
                let style: String =
                    value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
                self.hides |= hides(&style);
            }
            return;
        }
        let pre = self.stack.iter().any(|o| o.effect.pre);
        for c in value.chars() {
            match c {
                '\n' if pre => self.newline(),
                '\r' if pre => {}
                ' ' | '\t' | '\n' | '\r' | '\u{c}' if !pre => {
                    if !self.line.is_empty() && !self.line.ends_with(' ') {
                        self.line.push(' ');
                    }
                }
                '\0' => {}
                c => self.line.push(c),
            }
        }
    }

    /// Ends the line if it holds anything.
    fn finish_line(&mut self) {
        if self.line.trim().is_empty() {
            self.line.clear();
        } else {
            self.newline();
        }
    }

    /// Ends the line, empty or not.
    fn newline(&mut self) {
        let line = std::mem::take(&mut self.line);
        if let Some(depth) = self.blank_wanted.take()
            && !self.text.ends_with("\n\n")
        {
            self.push_line("", depth.min(self.depth()));
        }
        self.push_line(line.trim_end(), self.depth());
        self.line = line;
        self.line.clear();
    }

    fn want_blank(&mut self) {
        if !self.text.is_empty() {
            let depth = self.depth();
            self.blank_wanted = Some(self.blank_wanted.map_or(depth, |d| d.min(depth)));
        }
    }

    /// Block quotes that are open.
    fn depth(&self) -> usize {
        self.stack.iter().filter(|o| o.effect.quote).count()
    }

    fn push_line(&mut self, line: &str, depth: usize) {
        let contained = self.stack.iter().any(|o| o.effect.contains);
        for _ in 0..depth {
            self.text.push_str("> ");
        }
        self.text.push_str(line);
        self.text.push('\n');
        let mark = if self.divided && !line.is_empty() {
            self.divided = false;
            Mark::Divider
        } else if contained {
            Mark::Quoted
        } else {
            Mark::None
        };
        self.marks.push(mark);
    }

    fn page(mut self, cut: bool) -> Page {
        self.finish_line();
        Page { text: self.text, marks: self.marks, hides: self.hides, cut }
    }
}

fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"div"
            | b"tr"
            | b"table"
            | b"ul"
            | b"ol"
            | b"li"
            | b"dl"
            | b"dt"
            | b"dd"
            | b"section"
            | b"article"
            | b"header"
            | b"footer"
            | b"center"
            | b"body"
            | b"head"
            | b"form"
            | b"address"
            | b"fieldset"
            | b"main"
            | b"includetail"
            | b"caption"
    )
}

/// Whether a style (lower case, no blanks) hides its element.
fn hides(style: &str) -> bool {
    let zero = |property: &str| {
        style.match_indices(property).any(|(at, _)| {
            let value = style.get(at + property.len()..).unwrap_or_default();
            let number: String = value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            number.parse::<f32>().is_ok_and(|n| n == 0.0)
        })
    };
    style.contains("display:none")
        || style.contains("visibility:hidden")
        || style.contains("mso-hide:all")
        || zero("font-size:")
        || zero("opacity:")
        || zero("max-height:")
}

/// White letters without a background of their own.
fn white_on_white(style: &str) -> bool {
    let white = |value: &str| {
        ["#fff;", "#ffffff", "white", "rgb(255,255,255)"].iter().any(|w| value.starts_with(w))
            || value == "#fff"
    };
    !style.contains("background") && style.split(';').any(|d| d.strip_prefix("color:").is_some_and(white))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_lists_links_and_quotes() {
        let page = to_text(
            "<style>p{}</style><p>Hello <b>World</b></p><ul><li>one<li>two</ul><a href='https://x.org/a'>see</a><blockquote>old<blockquote>older</blockquote></blockquote>new",
        );
        assert_eq!(
            page.text,
            "Hello World\n\n* one\n* two\nsee <https://x.org/a>\n\n> old\n> \n> > older\n\nnew\n"
        );
        assert_eq!(page.text.lines().count(), page.marks.len());
        assert!(!page.hides);
    }

    #[test]
    fn a_linked_address_stands_behind_its_name() {
        let text = |html: &str| to_text(html).text;
        assert_eq!(text("<a href='mailto:a@b.example?subject=x'>Ann</a>"), "Ann <a@b.example>\n");
        assert_eq!(text("<a href='mailto:a@b.example'>A@b.example</a>"), "A@b.example\n");
    }

    #[test]
    fn hidden_text_is_noticed_and_left_out() {
        for html in [
            "<div style='display: none'>#close</div>x",
            "<p hidden>#close</p>x",
            "<span style='font-size:0px'>#close</span>x",
            "<span style='mso-hide:all'>#close</span>x",
        ] {
            let page = to_text(html);
            assert!(page.hides && !page.text.contains("#close"), "{html}");
        }
        let outlook = "<style style='display:none;'>P {margin-top:0}</style><img style='display:none'>x";
        assert!(!to_text(outlook).hides);
        assert!(to_text("<font style='color:#ffffff'>#close</font>").hides);
        assert!(!to_text("<p style='font-size:0.9em;color:#fffafa'>x</p>").hides);
    }

    #[test]
    fn containers_end_and_pre_keeps_blanks() {
        let page = to_text("<div class='gmail_quote'><div>old</div></div><pre>a\n  b</pre>");
        assert_eq!(page.text, "old\n\na\n  b\n");
        assert_eq!(page.marks, [Mark::Quoted, Mark::None, Mark::None, Mark::None]);
    }

    #[test]
    fn deep_nesting_is_linear() {
        let page = to_text(&"<div>".repeat(24_000));
        assert_eq!(page.text, "");
        assert_eq!(
            to_text(&"<blockquote>x".repeat(5_000)).marks.len(),
            to_text(&"<blockquote>x".repeat(5_000)).text.lines().count()
        );
    }
}
