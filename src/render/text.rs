//! Plain text: display width, filling to columns, aligned facts. Knows nothing of letters or languages.
//!
//! Invariant: no line is wider than [`WIDTH`] unless a single unbreakable word (a link) is.

/// Columns of a line of text (RFC 3676 section 4.2 asks for at most 78).
pub(super) const WIDTH: usize = 76;

/// Separates blocks while a letter is put together; [`clean_text`] keeps it out of everything from outside.
pub(super) const BLOCK_END: char = '\u{1e}';

/// Columns that one character takes in a fixed-width font (Unicode Standard Annex 11, W and F count two).
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036f | 0x200b..=0x200f | 0x2060 | 0xfe00..=0xfe0f | 0xfeff => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0x4dbf
        | 0x4e00..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Characters that may not begin a line (GB/T 15834, JIS X 4051).
fn is_closing(c: char) -> bool {
    "，。、；：？！）》」』】〉〕”’…—·%％～".contains(c)
}

/// Characters that may not end a line.
fn is_opening(c: char) -> bool {
    "（《「『【〈〔“‘".contains(c)
}

/// A piece that is never broken, and how many blanks stand before it.
struct Piece {
    gap: usize,
    text: String,
}

/// Cuts a line where it may be broken: at blanks, and beside wide characters.
fn pieces(line: &str) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::new();
    let mut gap = 0;
    let mut last: Option<char> = None;
    for c in line.chars() {
        if c == ' ' {
            gap += 1;
            last = None;
            continue;
        }
        let joins = match last {
            None => false,
            Some(before) => {
                is_closing(c)
                    || is_opening(before)
                    || (columns(c) < 2 && columns(before) < 2 && !is_opening(c))
            }
        };
        match all.last_mut() {
            Some(piece) if joins => piece.text.push(c),
            _ => all.push(Piece { gap: std::mem::take(&mut gap), text: c.to_string() }),
        }
        last = Some(c);
    }
    all
}

/// Breaks one line so that each is at most `width_max` columns; following lines begin with `hang` blanks.
pub(super) fn fill(line: &str, width_max: usize, hang: usize) -> Vec<String> {
    let line = line.trim_end();
    if width(line) <= width_max {
        return vec![line.to_owned()];
    }
    let mut lines = Vec::new();
    let mut current = String::new();
    let mut used = 0;
    let mut is_empty = true;
    for piece in pieces(line) {
        let wide = width(&piece.text);
        if !is_empty && used + piece.gap + wide > width_max {
            lines.push(std::mem::replace(&mut current, " ".repeat(hang)));
            used = hang;
        } else {
            current.push_str(&" ".repeat(piece.gap));
            used += piece.gap;
        }
        current.push_str(&piece.text);
        used += wide;
        is_empty = false;
    }
    lines.push(current);
    lines
}

/// Fills every line of a block; a line's own indentation, and that of a list mark, is kept on the lines that follow it.
pub(super) fn fill_block(block: &str) -> String {
    let mut lines = Vec::new();
    for line in block.lines() {
        let indent = line.chars().take_while(|c| *c == ' ').count();
        let is_numbered =
            line.split_once(". ").is_some_and(|(n, _)| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()));
        let mark = if line.trim_start().starts_with("- ") {
            2
        } else if is_numbered {
            3
        } else {
            0
        };
        lines.extend(fill(line, WIDTH, (indent + mark).min(WIDTH / 2)));
    }
    lines.join("\n")
}

/// Aligned `Name: value` lines; the names with their colon are padded to the widest.
pub(super) fn facts(rows: &[(String, String)], colon: &str, indent: usize) -> String {
    let colon_end = colon.trim_end();
    let names: Vec<usize> = rows.iter().map(|(name, _)| width(name) + width(colon_end)).collect();
    let column = indent + names.iter().max().copied().unwrap_or(0) + 1;
    let mut lines = Vec::new();
    for ((name, value), wide) in rows.iter().zip(names) {
        let padding = " ".repeat(column - indent - wide);
        let line = format!("{}{name}{colon_end}{padding}{value}", " ".repeat(indent));
        lines.extend(fill(&line, WIDTH, column));
    }
    lines.join("\n")
}

/// Puts blocks one below the other with one blank line between.
pub(super) fn join_blocks(raw: &str) -> String {
    let blocks: Vec<String> = raw
        .split(BLOCK_END)
        .map(|b| b.trim_matches('\n').trim_end())
        .filter(|b| !b.is_empty())
        .map(fill_block)
        .collect();
    let mut text = blocks.join("\n\n");
    text.push('\n');
    text
}

/// A text from outside, fit to be shown: no control characters, and none that turn the direction of what follows, so
/// that a mail cannot dress up the lines around it (Unicode Technical Report 36 section 2.5).
pub(super) fn clean_text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' => clean.push('\n'),
            '\t' => clean.push_str("    "),
            '\r' => clean.push('\n'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            '\u{2028}' | '\u{2029}' => clean.push('\n'),
            c if c.is_control() => clean.push(' '),
            c => clean.push(c),
        }
    }
    clean.trim_matches('\n').trim_end().to_owned()
}

/// The same on one line, blanks run together.
pub(super) fn clean_line(text: &str) -> String {
    clean_text(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `width_max` columns, cut at a character boundary and marked with an ellipsis.
pub(super) fn cut(text: &str, width_max: usize) -> String {
    if width(text) <= width_max {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += columns(c);
        if used >= width_max {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{clean_line, clean_text, cut, facts, fill, is_closing, is_opening, width};

    #[test]
    fn han_breaks_anywhere_but_not_before_closing_or_after_opening_punctuation() {
        let line =
            "我们已收到您的来信，（编号）请直接回复本邮件补充以下两项，能帮助我们更快找到原因。".repeat(4);
        for columns in 8..40 {
            let lines = fill(&line, columns, 0);
            assert_eq!(lines.concat(), line);
            for line in &lines {
                assert!(width(line) <= columns + 4, "{columns}: {line}");
                assert!(!line.starts_with(is_closing) && !line.ends_with(is_opening), "{columns}: {line}");
            }
        }
    }

    #[test]
    fn latin_breaks_at_blanks_only_and_links_stay_whole() {
        let link = format!("https://example.com/{}", "a".repeat(90));
        assert_eq!(
            fill(&format!("see {link} for it"), 20, 2),
            ["see".to_owned(), format!("  {link}"), "  for it".to_owned()]
        );
    }

    #[test]
    fn facts_are_aligned_by_columns_not_characters() {
        let rows = [("客户".to_owned(), "李娜".to_owned()), ("OS".to_owned(), "11".to_owned())];
        assert_eq!(facts(&rows, "：", 0), "客户： 李娜\nOS：   11");
    }

    #[test]
    fn control_characters_and_direction_marks_do_not_get_through() {
        assert_eq!(clean_text("a\u{1e}b\r\nc\u{202e}d\u{0}"), "a b\ncd");
        assert_eq!(clean_line("a\r\nBcc: x\t y"), "a Bcc: x y");
    }

    #[test]
    fn cutting_leaves_room_for_the_ellipsis() {
        assert_eq!(cut("甘特图无法", 7), "甘特图…");
        assert_eq!(cut("short", 7), "short");
    }
}
