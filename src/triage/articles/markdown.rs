//! An article's Markdown as blocks and pieces of text: what a mail shows of it, be it plain text or HTML. HTML in the Markdown is
//! left out but for its words, since only `render` makes the HTML of a mail. Must not know colours and widths.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

/// Lists and quotes in one another; what is deeper stands at this depth.
const DEPTH_MAX: usize = 8;
/// Characters of an article in a mail; who wants to read on follows the link.
const CHARS_MAX: usize = 40_000;
/// What stands between the cells of a table's row.
const CELL: &str = " | ";

/// A block of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Heading(Vec<Piece>),
    /// Lines end with `\n` within the pieces.
    Paragraph(Vec<Piece>),
    /// As it stands, its lines and blanks kept.
    Code(String),
    Quote(Vec<Self>),
    List {
        /// The number of its first item; `None`: its items have no numbers.
        first: Option<u64>,
        items: Vec<Vec<Self>>,
    },
}

/// A run of text in one style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub strong: bool,
    pub emphasis: bool,
    pub code: bool,
    /// Where it leads: `https:`, `http:` or `mailto:`.
    pub link: Option<String>,
}

/// Reads Markdown. `title`: a heading at the top that only repeats it is left out. `url`: where people read the article; links that
/// begin with `/` are of its site, other relative ones lead nowhere from a mail.
#[must_use]
pub fn blocks(text: &str, title: &str, url: Option<&str>) -> Vec<Block> {
    let mut builder = Builder { site: url.and_then(site), ..Builder::default() };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        if builder.chars > CHARS_MAX {
            builder.style = Style::default();
            builder.end_text(Block::Paragraph);
            builder.say("…");
            builder.end_text(Block::Paragraph);
            break;
        }
        builder.take(event);
    }
    let mut blocks = builder.finish();
    let repeats = |block: &Block| matches!(block, Block::Heading(pieces) if plain_pieces(pieces) == title);
    if blocks.first().is_some_and(repeats) {
        blocks.remove(0);
    }
    blocks
}

/// The same words as plain text: marks of lists, links on lines of their own below what they stand in.
#[must_use]
pub fn plain(blocks: &[Block]) -> String {
    blocks.iter().map(|block| lines(block).join("\n")).collect::<Vec<_>>().join("\n\n")
}

fn lines(block: &Block) -> Vec<String> {
    match block {
        Block::Heading(pieces) | Block::Paragraph(pieces) => paragraph(pieces),
        Block::Code(code) => code.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect(),
        Block::Quote(inner) => inner.iter().flat_map(lines).map(|line| format!("  {line}")).collect(),
        Block::List { first, items } => {
            let mark = |at: u64| first.map_or_else(|| "- ".to_owned(), |first| format!("{}. ", first + at));
            (0..).zip(items).flat_map(|(at, item)| item_lines(&mark(at), item)).collect()
        }
    }
}

fn item_lines(mark: &str, item: &[Block]) -> Vec<String> {
    let hang = " ".repeat(mark.len());
    let begin = |at: usize| if at == 0 { mark } else { hang.as_str() };
    item.iter().flat_map(lines).enumerate().map(|(at, line)| format!("{}{line}", begin(at))).collect()
}

fn paragraph(pieces: &[Piece]) -> Vec<String> {
    let mut all: Vec<String> = plain_pieces(pieces).lines().map(str::to_owned).collect();
    let hidden: Vec<(&str, &str)> = pieces.iter().filter_map(Piece::hidden_link).collect();
    match hidden.as_slice() {
        [(_, link)] => all.push(format!("  {link}")),
        several => all.extend(several.iter().map(|(text, link)| format!("  {text}: {link}"))),
    }
    all
}

fn plain_pieces(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

impl Piece {
    /// Its text and where it leads, unless the text says so itself.
    fn hidden_link(&self) -> Option<(&str, &str)> {
        let link = self.link.as_deref()?;
        let shown = link.strip_prefix("mailto:").unwrap_or(link);
        (self.text.trim() != shown).then_some((self.text.trim(), shown))
    }
}

/// `https://help.example.com` of `https://help.example.com/en/page`.
fn site(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    Some(format!("{scheme}://{host}"))
}

#[derive(Debug, Default)]
struct Style {
    strong: usize,
    emphasis: usize,
    /// Of each link and picture that is open; `None`: it leads nowhere.
    links: Vec<Option<String>>,
}

/// What is open around the text.
enum Frame {
    Quote(Vec<Block>),
    Item(Vec<Block>),
    List { first: Option<u64>, items: Vec<Vec<Block>> },
}

#[derive(Default)]
struct Builder {
    site: Option<String>,
    done: Vec<Block>,
    frames: Vec<Frame>,
    /// Of each quote, list and item that is open, whether it has a frame.
    framed: Vec<bool>,
    pieces: Vec<Piece>,
    code: Option<String>,
    style: Style,
    chars: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => {
                    code.push_str(&text);
                    self.chars += text.len();
                }
                None => self.say(&text),
            },
            Event::Code(text) => self.push(&text, true),
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => self.say("\n"),
            Event::InlineHtml(html) if html.starts_with("<br") => self.say("\n"),
            Event::Html(html) => self.words_of_html(&html),
            Event::Rule => self.end_text(Block::Paragraph),
            Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::BlockQuote(_) => self.open(1, || Frame::Quote(Vec::new())),
            // An item needs a frame of its own.
            Tag::List(first) => self.open(2, || Frame::List { first, items: Vec::new() }),
            Tag::Item => {
                let in_list = matches!(self.frames.last(), Some(Frame::List { .. }));
                self.open(if in_list { 1 } else { DEPTH_MAX + 1 }, || Frame::Item(Vec::new()));
            }
            Tag::CodeBlock(_) => {
                self.end_text(Block::Paragraph);
                self.code = Some(String::new());
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::Table(_) | Tag::HtmlBlock => {
                self.end_text(Block::Paragraph)
            }
            Tag::TableHead => self.style.strong += 1,
            Tag::TableRow => self.say("\n"),
            Tag::TableCell => {
                let begins = self.pieces.last().is_none_or(|piece| piece.text.ends_with('\n'));
                self.say(if begins { "" } else { CELL });
            }
            Tag::Strong => self.style.strong += 1,
            Tag::Emphasis => self.style.emphasis += 1,
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => {
                self.style.links.push(Some(format!("mailto:{dest_url}")))
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let link = self.leads_to(&dest_url);
                self.style.links.push(link);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => self.close(),
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                if !code.trim().is_empty() {
                    self.put(Block::Code(code.trim_end().to_owned()));
                }
            }
            TagEnd::Heading(_) => self.end_text(Block::Heading),
            TagEnd::Paragraph | TagEnd::Table | TagEnd::HtmlBlock => self.end_text(Block::Paragraph),
            TagEnd::TableHead | TagEnd::Strong => {
                self.style.strong = self.style.strong.saturating_sub(1);
            }
            TagEnd::Emphasis => self.style.emphasis = self.style.emphasis.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => {
                self.style.links.pop();
            }
            _ => {}
        }
    }

    fn leads_to(&self, target: &CowStr<'_>) -> Option<String> {
        let target = target.trim();
        if ["https://", "http://", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
            return Some(target.to_owned());
        }
        let of_site = target.starts_with('/') && !target.starts_with("//");
        self.site.as_ref().filter(|_| of_site).map(|site| format!("{site}{target}"))
    }

    /// `needs`: frames that must fit, this one among them.
    fn open(&mut self, needs: usize, frame: impl FnOnce() -> Frame) {
        self.end_text(Block::Paragraph);
        let fits = self.frames.len() + needs <= DEPTH_MAX;
        self.framed.push(fits);
        if fits {
            self.frames.push(frame());
        }
    }

    fn close(&mut self) {
        self.end_text(Block::Paragraph);
        if self.framed.pop() != Some(true) {
            return;
        }
        match self.frames.pop() {
            Some(Frame::Quote(blocks)) if !blocks.is_empty() => self.put(Block::Quote(blocks)),
            Some(Frame::List { first, items }) if !items.is_empty() => self.put(Block::List { first, items }),
            Some(Frame::Item(blocks)) if !blocks.is_empty() => {
                if let Some(Frame::List { items, .. }) = self.frames.last_mut() {
                    items.push(blocks);
                }
            }
            Some(Frame::Quote(_) | Frame::List { .. } | Frame::Item(_)) | None => {}
        }
    }

    fn put(&mut self, block: Block) {
        match self.frames.last_mut() {
            Some(Frame::Quote(blocks) | Frame::Item(blocks)) => blocks.push(block),
            Some(Frame::List { items, .. }) => items.push(vec![block]),
            None => self.done.push(block),
        }
    }

    /// Ends a run of text; an item of a short list has no paragraph of its own.
    fn end_text(&mut self, block: impl FnOnce(Vec<Piece>) -> Block) {
        let mut pieces = std::mem::take(&mut self.pieces);
        if let Some(last) = pieces.last_mut() {
            last.text.truncate(last.text.trim_end().len());
        }
        pieces.retain(|piece| !piece.text.is_empty());
        if !plain_pieces(&pieces).trim().is_empty() {
            self.put(block(pieces));
        }
    }

    fn say(&mut self, text: &str) {
        self.push(text, false);
    }

    fn push(&mut self, text: &str, code: bool) {
        self.chars += text.len();
        let piece = Piece {
            text: text.to_owned(),
            strong: self.style.strong > 0,
            emphasis: self.style.emphasis > 0,
            code,
            link: self.style.links.last().cloned().flatten(),
        };
        match self.pieces.last_mut() {
            Some(last) if is_same_style(last, &piece) => last.text.push_str(text),
            _ => self.pieces.push(piece),
        }
    }

    /// Where a line ends in the file stands a blank, but none between characters that have none between their words.
    fn soft_break(&mut self) {
        let wide = |c: char| u32::from(c) >= 0x2e80;
        let before = self.pieces.last().and_then(|piece| piece.text.chars().next_back());
        if !before.is_some_and(wide) {
            self.say(" ");
        }
    }

    /// What stands outside of tags. A script, a style or a comment has no words.
    fn words_of_html(&mut self, html: &str) {
        let low = html.trim_start().to_lowercase();
        if ["<script", "<style", "<!--"].iter().any(|tag| low.starts_with(tag)) {
            return;
        }
        let outside = html.split('<').enumerate().filter_map(|(at, piece)| match at {
            0 => Some(piece),
            _ => piece.split_once('>').map(|(_, text)| text),
        });
        let words: String = outside.collect();
        self.say(words.trim_end());
    }

    /// All that is open is closed.
    fn finish(mut self) -> Vec<Block> {
        while !self.framed.is_empty() {
            self.close();
        }
        self.end_text(Block::Paragraph);
        self.done
    }
}

fn is_same_style(one: &Piece, other: &Piece) -> bool {
    (one.strong, one.emphasis, one.code, &one.link) == (other.strong, other.emphasis, other.code, &other.link)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(markdown: &str) -> String {
        plain(&blocks(markdown, "Title", Some("https://help.example.com/en/page?x=1")))
    }

    #[test]
    fn plain_text_keeps_lists_code_and_links() {
        let shown = text_of(
            "# Title\n\nOpen **Settings**, then *Charts*.\nSee [the steps](https://a.example/x).\n\n\
             1. Choose `Export`\n2. Pick one:\n   - CSV\n   - [JSON](/json)\n\n```sh\nrun --all\n  now\n```\n\n> Mind the gap.\n",
        );
        assert_eq!(
            shown,
            "Open Settings, then Charts. See the steps.\n  https://a.example/x\n\n1. Choose Export\n2. Pick one:\n   - CSV\n   \
             - JSON\n       https://help.example.com/json\n\n    run --all\n      now\n\n  Mind the gap."
        );
    }

    #[test]
    fn several_links_of_a_paragraph_are_told_apart_and_an_address_is_not_said_twice() {
        assert_eq!(
            text_of(
                "[One](https://a.example) or [two](mailto:b@a.example), <https://c.example>, <d@a.example>."
            ),
            "One or two, https://c.example, d@a.example.\n  One: https://a.example\n  two: b@a.example"
        );
    }

    #[test]
    fn links_lead_to_the_web_or_nowhere() {
        for target in
            ["javascript:alert(1)", "data:text/html,x", "other.md", "//evil.example/x", "file:///etc"]
        {
            let all = blocks(&format!("[x]({target})"), "", Some("https://a.example/b"));
            assert!(matches!(&all[..], [Block::Paragraph(p)] if p[0].link.is_none()), "{target}: {all:?}");
        }
    }

    #[test]
    fn html_leaves_its_words_and_nothing_else() {
        assert_eq!(
            text_of("<div class=\"x\">Words</div>\n\nPress <kbd>F5</kbd>.<br>Wait."),
            "Words\n\nPress F5.\nWait."
        );
        assert_eq!(text_of("<script>alert(1)</script>\n\n<!-- note -->\n\nText"), "Text");
        assert_eq!(
            text_of("![a chart](https://a.example/chart.png)"),
            "a chart\n  https://a.example/chart.png"
        );
    }

    #[test]
    fn tables_are_rows_and_chinese_lines_have_no_blank_between() {
        assert_eq!(text_of("| Plan | Seats |\n|---|---|\n| Pro | 50 |\n"), "Plan | Seats\nPro | 50");
        assert_eq!(text_of("打开设置，\n再打开图表。"), "打开设置，再打开图表。");
    }

    #[test]
    fn what_is_deep_or_long_ends() {
        let deep = blocks(&format!("{} x", ">".repeat(2_000)), "", None);
        let mut depth = 0;
        let mut inner = deep.as_slice();
        while let [Block::Quote(next)] = inner {
            depth += 1;
            inner = next;
        }
        assert!((1..=DEPTH_MAX).contains(&depth), "{depth}");
        let lists: String = (0..40).map(|n| format!("{}- item\n", " ".repeat(2 * n))).collect();
        assert_eq!(plain(&blocks(&lists, "", None)).matches("item").count(), 40);
        let long = text_of(&"A paragraph of a very long article.\n\n".repeat(20_000));
        assert!(long.len() < CHARS_MAX * 2 && long.ends_with("\n\n…"), "{}", long.len());
    }
}
