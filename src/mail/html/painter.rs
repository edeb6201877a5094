//! Paints lines from the tokenizer's events: breaks, blanks, lists, cells, links, quotes; and beside each line its mark and
//! its piece of clean HTML. What is open is counted, so that nothing looks through the stack for a chunk of text.

use std::convert::Infallible;

use html5gum::{
    Span,
    emitters::callback::{Callback, CallbackEvent},
};

use super::{
    Mark, Page,
    clean::{self, Block, Look, Pieces},
    elements::{is_block, is_void},
    programs::{self, Means},
    style,
};

/// Open elements with an effect that are remembered; further ones have none.
const OPEN_MAX: usize = 64;
/// Longest link that is shown behind its words.
const SHOWN_HREF_BYTES_MAX: usize = 500;
/// What an `hr` becomes.
const RULE: &str = "________________________________";

/// What an element does to the text in it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Effect {
    /// Hidden by a style.
    hide: bool,
    /// Text that is never shown: script, style, title.
    mute: bool,
    pre: bool,
    bold: bool,
    italic: bool,
    code: bool,
    /// A list, numbered or not.
    list: Option<bool>,
    block_quote: bool,
    /// A block quote made with the editor's button.
    cited: bool,
    quote: bool,
    thread: bool,
    signature: bool,
}

#[derive(Debug)]
struct Open {
    name: Vec<u8>,
    effect: Effect,
    /// Elements of the same name that are open inside.
    same: u32,
    /// A thread of which a quote has ended.
    answered: bool,
}

/// How many open elements have each effect.
#[derive(Debug, Default)]
struct Count {
    mute: u32,
    pre: u32,
    bold: u32,
    italic: u32,
    code: u32,
    block_quotes: u32,
    cited: u32,
    quotes: u32,
    threads: u32,
    /// Threads of which a quote has ended.
    answered: u32,
    signatures: u32,
}

impl Count {
    fn add(&mut self, effect: &Effect, by: i32) {
        for (on, count) in [
            (effect.mute || effect.hide, &mut self.mute),
            (effect.pre, &mut self.pre),
            (effect.bold, &mut self.bold),
            (effect.italic, &mut self.italic),
            (effect.code, &mut self.code),
            (effect.block_quote, &mut self.block_quotes),
            (effect.cited, &mut self.cited),
            (effect.quote, &mut self.quotes),
            (effect.thread, &mut self.threads),
            (effect.signature, &mut self.signatures),
        ] {
            if on {
                *count = count.saturating_add_signed(by);
            }
        }
    }
}

#[derive(Debug, Default)]
pub struct Painter {
    text: String,
    marks: Vec<Mark>,
    pieces: Pieces,
    line: String,
    /// Where cells begin in `line`, but for the first.
    cells: Vec<usize>,
    /// The first cell of the row is a heading or bold: a label.
    labelled: bool,
    /// A blank line is wanted before the next text, at this depth of quotes.
    blank_wanted: Option<usize>,
    stack: Vec<Open>,
    count: Count,
    /// Numbers of the next items of the open numbered lists.
    numbers: Vec<u32>,
    /// The line begins an item of a list, numbered or not.
    item: Option<bool>,
    // The start tag that is being read.
    name: Vec<u8>,
    attribute: Vec<u8>,
    effect: Effect,
    divider: bool,
    sign_off: bool,
    cites: bool,
    href: String,
    /// An open link: its address, where its words begin in `line`, and the address for clean HTML.
    link: Option<(String, usize)>,
    safe_link: Option<String>,
    divided: bool,
    structured: bool,
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
                self.cites = false;
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

impl Painter {
    fn attribute(&mut self, value: &[u8]) {
        match self.attribute.as_slice() {
            b"style" => {
                let value = String::from_utf8_lossy(value);
                let style: String =
                    value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
                self.effect.hide |= style::hides(&style);
                self.hides |= style::white_on_white(&style);
                self.sign_off |= style.contains(programs::SIGN_OFF);
                if programs::is_border(&style) {
                    self.means(Means::Divider);
                }
                self.cites |= self.name == b"blockquote" && style.contains("border-left");
                self.effect.bold |= style.contains("font-weight:bold") || style.contains("font-weight:700");
                self.effect.italic |= style.contains("font-style:italic");
            }
            b"class" | b"id" | b"name" => {
                let value = String::from_utf8_lossy(value).to_lowercase();
                let element = String::from_utf8_lossy(&self.name).into_owned();
                for means in value.split_whitespace().filter_map(|w| programs::of_name(w, &element)) {
                    self.means(means);
                }
            }
            b"type" => self.cites |= value.eq_ignore_ascii_case(b"cite"),
            b"cite" => self.cites |= !value.is_empty(),
            b"data-marker" if value == b"__QUOTED_TEXT__" => self.means(Means::Quote), // Zimbra 8 to 10
            b"data-marker" if value.starts_with(b"__SIG_") => self.means(Means::Signature),
            b"data-signature-widget" => self.means(Means::Signature), // Mail.ru
            b"href" => self.href = String::from_utf8_lossy(value).trim().to_owned(),
            _ => {}
        }
    }

    fn means(&mut self, means: Means) {
        match means {
            Means::Quote => self.effect.quote = true,
            Means::Thread => self.effect.thread = true,
            Means::Cite if self.count.threads == 0 => {
                self.effect.cited = true;
                return;
            }
            Means::Cite => self.effect.quote = true,
            Means::Divider => self.divider = true,
            Means::Signature => self.effect.signature = true,
        }
        self.structured |= means != Means::Signature;
    }

    fn start(&mut self, self_closing: bool) {
        let name = std::mem::take(&mut self.name);
        // Outlook on the web hides its style sheet, and pictures carry no words.
        self.hides |= self.effect.hide && !matches!(name.as_slice(), b"style" | b"script" | b"img");
        self.effects_of(&name);
        self.before(&name);
        if name == b"a" {
            self.open_link();
        }
        if is_void(&name) || self_closing && !is_block(&name) {
            self.name = name;
            return;
        }
        if self.effect != Effect::default() && !self_closing && self.stack.len() < OPEN_MAX {
            self.count.add(&self.effect, 1);
            if let Some(numbered) = self.effect.list {
                self.numbers.push(u32::from(numbered));
            }
            self.stack.push(Open {
                name,
                effect: std::mem::take(&mut self.effect),
                same: 0,
                answered: false,
            });
        } else {
            if let Some(open) = self.stack.iter_mut().rev().find(|o| o.name == name) {
                open.same = open.same.saturating_add(u32::from(!self_closing));
            }
            self.name = name;
        }
    }

    fn effects_of(&mut self, name: &[u8]) {
        match name {
            b"blockquote" => {
                self.effect.block_quote = true;
                self.effect.quote |= self.cites;
                self.structured |= self.cites;
            }
            b"pre" | b"textarea" => self.effect.pre = true,
            b"ul" => self.effect.list = Some(false),
            b"ol" => self.effect.list = Some(true),
            b"b" | b"strong" | b"th" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                self.effect.bold = true
            }
            b"i" | b"em" => self.effect.italic = true,
            b"code" | b"tt" | b"kbd" | b"samp" => self.effect.code = true,
            b"script" | b"style" | b"title" | b"noscript" | b"template" | b"object" => {
                self.effect.mute = true
            }
            b"includetail" => {
                if let Some(means) = programs::of_element("includetail") {
                    self.means(means);
                }
            }
            _ => {}
        }
    }

    fn open_link(&mut self) {
        self.safe_link = clean::safe_href(&self.href);
        if self.href.starts_with("http") {
            self.link = Some((std::mem::take(&mut self.href), self.line.len()));
        } else if let Some(mailbox) = self.href.strip_prefix("mailto:") {
            // Foxmail and DingTalk show the people of a quoted header block by name and link the address.
            let address = mailbox.split('?').next().unwrap_or_default();
            self.link = Some((address.to_owned(), self.line.len()));
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
                if self.divider {
                    self.divided = true;
                    self.divider = false;
                }
                self.line.push_str(if self.sign_off { "-- " } else { RULE });
                self.finish_line();
            }
            b"li" => self.begin_item(),
            b"td" | b"th" => self.begin_cell(name == b"th"),
            _ if is_block(name) => self.finish_line(),
            _ => {}
        }
        if self.divider {
            self.finish_line();
            self.divided = true;
        }
        if self.effect.quote || self.effect.thread || self.effect.signature {
            self.finish_line();
        }
    }

    fn begin_item(&mut self) {
        self.finish_line();
        for _ in 1..self.numbers.len() {
            self.line.push_str("  ");
        }
        match self.numbers.last_mut() {
            Some(n) if *n > 0 => {
                self.line.push_str(&format!("{n}. "));
                *n = n.saturating_add(1);
                self.item = Some(true);
            }
            _ => {
                self.line.push_str("* ");
                self.item = Some(false);
            }
        }
    }

    /// A further cell of the row: where it begins is remembered, since what parts them depends on their number.
    fn begin_cell(&mut self, heading: bool) {
        if self.muted() {
            return;
        }
        if self.line.trim().is_empty() {
            self.labelled = heading;
        } else if self.cells.last() != Some(&self.line.len()) {
            self.cells.push(self.line.len());
            self.pieces.cell();
        }
    }

    fn end(&mut self, name: &[u8]) {
        if is_block(name)
            || matches!(name, b"p" | b"blockquote" | b"pre" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6")
        {
            self.finish_line();
        }
        if matches!(name, b"p" | b"blockquote" | b"pre" | b"h1" | b"h2" | b"h3") {
            self.want_blank();
        }
        if name == b"a" {
            self.close_link();
        }
        let Some(at) = self.stack.iter().rposition(|o| o.name == name) else { return };
        match self.stack.get_mut(at) {
            Some(open) if open.same > 0 => open.same -= 1,
            _ => self.close(at),
        }
    }

    /// Closes the open elements from `at` on.
    fn close(&mut self, at: usize) {
        let inline = |e: &Effect| {
            let Effect { bold, italic, code, .. } = *e;
            *e == Effect { bold, italic, code, ..Effect::default() }
        };
        if !self.stack.get(at..).unwrap_or_default().iter().all(|o| inline(&o.effect)) {
            self.finish_line();
        }
        while self.stack.len() > at {
            let Some(open) = self.stack.pop() else { break };
            self.count.add(&open.effect, -1);
            self.count.answered = self.count.answered.saturating_sub(u32::from(open.answered));
            if open.effect.list.is_some() {
                self.numbers.pop();
            }
            if open.effect.block_quote {
                // What stands behind a quote of a thread is the sender's answer.
                if let Some(thread) = self.stack.iter_mut().rev().find(|o| o.effect.thread && !o.answered) {
                    thread.answered = true;
                    self.count.answered = self.count.answered.saturating_add(1);
                }
            }
        }
    }

    fn close_link(&mut self) {
        self.safe_link = None;
        let Some((url, from)) = self.link.take() else { return };
        let shown = self.line.get(from..).unwrap_or_default().trim();
        let bare = |s: &str| {
            s.trim_start_matches("https://")
                .trim_start_matches("http://")
                .trim_end_matches('/')
                .to_lowercase()
        };
        let says_more = !shown.is_empty() && !bare(&url).starts_with(&bare(shown));
        if says_more && url.len() <= SHOWN_HREF_BYTES_MAX && !self.muted() {
            self.line.push_str(&format!(" <{url}>"));
        }
    }

    fn muted(&self) -> bool {
        self.count.mute > 0
    }

    fn string(&mut self, value: &str) {
        if self.muted() {
            if self.stack.iter().any(|o| o.name == b"style") {
                let style: String =
                    value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
                self.hides |= style::hides(&style);
            }
            return;
        }
        let pre = self.count.pre > 0;
        let mut from = self.line.len();
        for c in value.chars() {
            match c {
                '\n' if pre => {
                    self.record(from);
                    self.newline();
                    from = 0;
                }
                '\r' if pre => {}
                ' ' | '\t' | '\n' | '\r' | '\u{c}' if !pre => {
                    if !self.line.is_empty() && !self.line.ends_with(' ') {
                        self.line.push(' ');
                    }
                }
                '\u{a0}' => self.line.push(' '),
                '\0' => {}
                c => self.line.push(c),
            }
        }
        self.record(from);
    }

    /// Hands what was added to the line since `from` to the clean HTML.
    fn record(&mut self, from: usize) {
        let look = Look {
            bold: self.count.bold > 0,
            italic: self.count.italic > 0,
            code: self.count.code > 0 && self.count.pre == 0,
            href: self.safe_link.clone(),
        };
        if self.cells.is_empty() && from == 0 {
            self.labelled |= look.bold;
        }
        self.pieces.text(self.line.get(from..).unwrap_or_default(), &look);
    }

    /// Ends the line if it holds anything.
    fn finish_line(&mut self) {
        if self.line.trim().is_empty() {
            self.line.clear();
            self.cells.clear();
            self.pieces.forget();
        } else {
            self.newline();
        }
    }

    /// Ends the line, empty or not.
    fn newline(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        let row = self.part_cells(&mut line);
        if let Some(depth) = self.blank_wanted.take()
            && !self.text.ends_with("\n\n")
        {
            // The blank line has no clean HTML: that of this line waits.
            self.push_line("", depth.min(self.depth()));
            self.pieces.blank_before();
        }
        self.push_line(line.trim_end(), self.depth());
        let count = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        let quotes =
            if matches!(self.mark_here(), Mark::Passage | Mark::Cited) { count(self.depth()) } else { 0 };
        self.pieces.line(Block {
            lists: count(self.numbers.len()),
            item: self.item.take(),
            numbered: self.numbers.last().is_some_and(|n| *n > 0),
            pre: self.count.pre > 0,
            row,
            quotes,
        });
        line.clear();
        self.line = line;
    }

    /// Puts between the cells of a row what a reader of plain text needs: a colon behind a label, else a tab.
    fn part_cells(&mut self, line: &mut String) -> bool {
        let cells = std::mem::take(&mut self.cells);
        let labelled = std::mem::take(&mut self.labelled);
        if cells.is_empty() {
            return false;
        }
        let mut parted = String::with_capacity(line.len() + 2 * cells.len());
        let mut from = 0;
        for at in &cells {
            let cell = line.get(from..*at).unwrap_or_default();
            let label = cell.trim();
            let ends_so = label.ends_with([':', '：']);
            let between = match cells.len() {
                1 if ends_so => " ",
                1 if labelled && !label.is_empty() && !label.ends_with('?') => ": ",
                _ => "\t",
            };
            parted.push_str(cell.trim_end());
            parted.push_str(between);
            from = *at;
        }
        parted.push_str(line.get(from..).unwrap_or_default());
        *line = parted;
        true
    }

    fn want_blank(&mut self) {
        if !self.text.is_empty() {
            let depth = self.depth();
            self.blank_wanted = Some(self.blank_wanted.map_or(depth, |d| d.min(depth)));
        }
    }

    /// Block quotes that are open.
    fn depth(&self) -> usize {
        self.count.block_quotes as usize
    }

    fn mark_here(&self) -> Mark {
        if self.count.quotes > 0 || self.count.threads > self.count.answered {
            Mark::Quoted
        } else if self.count.signatures > 0 {
            Mark::Signature
        } else if self.count.block_quotes > 0 {
            if self.count.cited > 0 { Mark::Cited } else { Mark::Passage }
        } else {
            Mark::None
        }
    }

    fn push_line(&mut self, line: &str, depth: usize) {
        for _ in 0..depth {
            self.text.push_str("> ");
        }
        self.text.push_str(line);
        self.text.push('\n');
        let mark = if self.divided && !line.is_empty() {
            self.divided = false;
            Mark::Divider
        } else {
            self.mark_here()
        };
        self.marks.push(mark);
    }

    pub fn page(mut self, cut: bool) -> Page {
        self.finish_line();
        Page {
            text: self.text,
            marks: self.marks,
            pieces: self.pieces,
            structured: self.structured,
            hides: self.hides,
            cut,
        }
    }
}
