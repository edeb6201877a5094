//! Clean HTML: what the painter saw of each line, as pieces of a few safe elements, and a sheet on which pieces are put
//! together. Knows no mail program.
//!
//! Invariants: a piece is balanced by itself; text is escaped; the only attribute is `href` with http, https or mailto;
//! there is no image, style, script or class. So any selection of lines in any order is safe and well formed.

use std::ops::Range;

/// Longest address of a link.
const HREF_BYTES_MAX: usize = 2_000;

/// How the text of a chunk looks.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Look {
    pub bold: bool,
    pub italic: bool,
    pub code: bool,
    /// The address of a link around it, if that is safe.
    pub href: Option<String>,
}

/// In what a line stands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Lists that are open.
    pub lists: u8,
    /// The line begins an item, of a numbered list or not.
    pub item: Option<bool>,
    pub numbered: bool,
    pub pre: bool,
    /// The line is a row of cells.
    pub row: bool,
    /// Block quotes that are open.
    pub quotes: u8,
}

/// The pieces of a page's lines.
#[derive(Debug, Default)]
pub struct Pieces {
    html: String,
    lines: Vec<(Range<usize>, Block)>,
    from: usize,
    look: Option<Look>,
}

impl Pieces {
    /// Text of the line that is being painted.
    pub fn text(&mut self, text: &str, look: &Look) {
        if text.is_empty() {
            return;
        }
        if self.look.as_ref() == Some(look) {
            self.html.truncate(self.html.len() - closing_len(look));
        } else {
            open(&mut self.html, look);
        }
        escape(&mut self.html, text);
        close(&mut self.html, look);
        self.look = Some(look.clone());
    }

    /// The next cell of a row begins.
    pub fn cell(&mut self) {
        self.html.push_str("</td><td>");
        self.look = None;
    }

    /// The line was empty after all.
    pub fn forget(&mut self) {
        self.html.truncate(self.from);
        self.look = None;
    }

    /// An empty line was put before the one that is being painted.
    pub fn blank_before(&mut self) {
        self.lines.push((self.from..self.from, Block::default()));
    }

    /// A line of plain text.
    pub fn plain_line(&mut self, text: &str) {
        self.text(text, &Look::default());
        self.line(Block::default());
    }

    /// Puts other pieces below these.
    pub fn append(&mut self, other: Self) {
        let from = self.html.len();
        self.html.push_str(&other.html);
        self.lines.extend(other.lines.into_iter().map(|(r, block)| (from + r.start..from + r.end, block)));
        self.from = self.html.len();
        self.look = None;
    }

    /// The line ends.
    pub fn line(&mut self, block: Block) {
        self.lines.push((self.from..self.html.len(), block));
        self.from = self.html.len();
        self.look = None;
    }
}

fn open(out: &mut String, look: &Look) {
    if let Some(href) = &look.href {
        out.push_str("<a href=\"");
        escape(out, href);
        out.push_str("\">");
    }
    for (on, tag) in [(look.bold, "<b>"), (look.italic, "<i>"), (look.code, "<code>")] {
        if on {
            out.push_str(tag);
        }
    }
}

fn close(out: &mut String, look: &Look) {
    for (on, tag) in
        [(look.code, "</code>"), (look.italic, "</i>"), (look.bold, "</b>"), (look.href.is_some(), "</a>")]
    {
        if on {
            out.push_str(tag);
        }
    }
}

fn closing_len(look: &Look) -> usize {
    usize::from(look.code) * 7
        + usize::from(look.italic) * 4
        + usize::from(look.bold) * 4
        + usize::from(look.href.is_some()) * 4
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => out.push(c),
        }
    }
}

/// An address that a link of clean HTML may have.
pub fn safe_href(href: &str) -> Option<String> {
    let lower = href.get(..8).unwrap_or(href).to_ascii_lowercase();
    let known = ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
    (known && href.len() <= HREF_BYTES_MAX && !href.contains(char::is_control)).then(|| href.to_owned())
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    Paragraph,
    Pre,
    Table,
    List,
}

/// HTML that is put together from lines of a page.
#[derive(Debug, Default)]
pub struct Sheet {
    out: String,
    open: Open,
    /// For each open list, whether it is numbered.
    lists: Vec<bool>,
    quotes: u8,
}

impl Sheet {
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Adds the line at `at`; `gap`: something between it and the line before was left out.
    pub fn add(&mut self, pieces: &Pieces, at: usize, gap: bool) {
        let Some((range, block)) = pieces.lines.get(at) else { return };
        let html = pieces.html.get(range.clone()).unwrap_or_default();
        if gap || block.quotes != self.quotes {
            self.close();
        }
        if html.is_empty() {
            match self.open {
                Open::Pre if block.pre => self.out.push('\n'),
                Open::List => {}
                _ => self.close(),
            }
            return;
        }
        self.quote(block.quotes);
        if block.pre {
            self.begin(Open::Pre, "<pre>", "\n");
        } else if block.row {
            self.begin(Open::Table, "<table>", "");
            self.out.push_str("<tr><td>");
            self.out.push_str(html);
            self.out.push_str("</td></tr>");
            return;
        } else if block.lists > 0 {
            self.item(block);
        } else {
            self.begin(Open::Paragraph, "<p>", "<br>");
        }
        self.out.push_str(html);
    }

    fn begin(&mut self, block: Open, tag: &str, between: &str) {
        if self.open == block {
            self.out.push_str(between);
        } else {
            self.close();
            self.open = block;
            self.out.push_str(tag);
        }
    }

    fn item(&mut self, block: &Block) {
        if self.open != Open::List {
            self.close();
            self.open = Open::List;
        }
        let Some(numbered) = block.item.or_else(|| self.lists.is_empty().then_some(block.numbered)) else {
            return self.out.push_str("<br>");
        };
        let depth = usize::from(block.lists);
        while self.lists.len() > depth {
            self.end_list();
        }
        if self.lists.len() == depth {
            if self.lists.last() == Some(&numbered) {
                self.out.push_str("</li>");
            } else {
                self.end_list();
            }
        }
        while self.lists.len() < depth {
            self.out.push_str(if numbered { "<ol>" } else { "<ul>" });
            self.lists.push(numbered);
            if self.lists.len() < depth {
                self.out.push_str("<li>");
            }
        }
        self.out.push_str("<li>");
    }

    fn end_list(&mut self) {
        if let Some(numbered) = self.lists.pop() {
            self.out.push_str(if numbered { "</li></ol>" } else { "</li></ul>" });
        }
    }

    fn close(&mut self) {
        match self.open {
            Open::Nothing => {}
            Open::Paragraph => self.out.push_str("</p>"),
            Open::Pre => self.out.push_str("</pre>"),
            Open::Table => self.out.push_str("</table>"),
            Open::List => {
                while !self.lists.is_empty() {
                    self.end_list();
                }
            }
        }
        self.open = Open::Nothing;
    }

    fn quote(&mut self, depth: u8) {
        while self.quotes < depth {
            self.out.push_str("<blockquote>");
            self.quotes += 1;
        }
        while self.quotes > depth {
            self.out.push_str("</blockquote>");
            self.quotes -= 1;
        }
    }

    /// The HTML; `None` when nothing was added.
    pub fn finish(mut self) -> Option<String> {
        self.close();
        self.quote(0);
        (!self.out.is_empty()).then_some(self.out)
    }
}
