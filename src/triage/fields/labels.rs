//! Labelled lines: `Browser: Chrome 126`, tables, headings with their value below, several in a line, and labels within prose.
//!
//! Finds labels and values by their shape and says which fact the label names; what the value is, `facts.rs` says. Knows the words of
//! `words/labels.rs` and no mail.

mod lookup;

use std::ops::Range;

use crate::triage::words::labels::Label;
use lookup::look_up_exactly;
pub use lookup::{look_up, look_up_question};

/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 60;
/// Labelled values of one text.
const FOUND_MAX: usize = 300;
/// Lines below a label that belong to it.
const ITEMS_MAX: usize = 12;

/// A value beside its label.
#[derive(Debug, Clone)]
pub struct Labelled<'a> {
    /// `None`: no label that is known; the shape of the value may tell.
    pub label: Option<Label>,
    pub words: String,
    pub value: &'a str,
    /// Lines of a list below the label.
    pub items: Vec<&'a str>,
    /// The label stands in a list of labels, not only holds a word that tells.
    pub exact: bool,
    /// The label begins its line; otherwise it stands in a sentence, and so does the value.
    pub starts_line: bool,
    /// Bytes of the text, label and value.
    pub span: Range<usize>,
}

/// A line of the text with its place.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Line<'a> {
    /// The part from byte `at` of the line.
    fn from(self, at: usize) -> Line<'a> {
        Line { text: self.text.get(at..).unwrap_or_default(), start: self.start + at }
    }

    fn trimmed(self, edge: impl Fn(char) -> bool) -> Line<'a> {
        let left = self.text.len() - self.text.trim_start_matches(&edge).len();
        let line = self.from(left);
        Line { text: line.text.trim_end_matches(&edge), ..line }
    }

    fn end(self) -> usize {
        self.start + self.text.len()
    }
}

/// All labelled values of `text`, in order.
#[must_use]
pub fn find(text: &str) -> Vec<Labelled<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        lines.push(Line { text: line.trim_end_matches(['\n', '\r']), start });
        start += line.len();
    }
    let mut found: Vec<Labelled<'_>> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if found.len() >= FOUND_MAX {
            break;
        }
        let rest = lines.get(at + 1..).unwrap_or_default();
        let used = table_rows(*line, rest, &mut found).or_else(|| {
            let bare = undecorated(*line);
            heading(bare, rest, &mut found).or_else(|| line_of(bare, rest, &mut found))
        });
        at += 1 + used.unwrap_or(0);
    }
    found
}

/// Without quote marks, bullets, numbers and marks of headings before the line.
fn undecorated(line: Line<'_>) -> Line<'_> {
    let mut line = line.trimmed(|c| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'));
    for _ in 0..4 {
        let shorter = line.trimmed(|c| c.is_whitespace()).text;
        let stripped = shorter.trim_start_matches(|c: char| {
            matches!(
                c,
                '>' | '＞'
                    | '•'
                    | '●'
                    | '·'
                    | '▪'
                    | '◦'
                    | '‣'
                    | '○'
                    | '◆'
                    | '◇'
                    | '■'
                    | '□'
                    | '★'
                    | '※'
                    | '►'
                    | '→'
                    | '#'
                    | '+'
                    | '–'
                    | '—'
                    | '✓'
                    | '✔'
                    | '・'
                    | '▶'
                    | '➤'
                    | '◎'
                    | '☑'
                    | '☐'
                    | '‧'
            )
        });
        let stripped =
            stripped.strip_prefix("- ").or_else(|| stripped.strip_prefix("* ")).unwrap_or(stripped);
        let stripped =
            stripped.strip_prefix("[ ]").or_else(|| stripped.strip_prefix("[x]")).unwrap_or(stripped);
        let stripped = unnumbered(stripped);
        let stripped = stripped.trim_start();
        if stripped.len() == line.text.len() {
            break;
        }
        let cut = line.text.len() - stripped.len();
        line = line.from(cut.min(line.text.len()));
        line.text = line.text.trim_end();
    }
    line
}

/// `1.`, `2)`, `（3）`, `4、`, `①` before an item.
fn unnumbered(text: &str) -> &str {
    let inner = text.strip_prefix(['(', '（']).unwrap_or(text);
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits) {
        let rest = inner.get(digits..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix([')', '）', '、', '．']) {
            return after.trim_start();
        }
        if let Some(after) = rest.strip_prefix('.')
            && !after.starts_with(|c: char| c.is_ascii_digit())
        {
            return after.trim_start();
        }
    }
    text.strip_prefix(|c: char| ('①'..='⑳').contains(&c)).map_or(text, str::trim_start)
}

/// Rows of a table: `label | value`, or a row of labels with a row of values below.
fn table_rows<'a>(line: Line<'a>, rest: &[Line<'a>], found: &mut Vec<Labelled<'a>>) -> Option<usize> {
    let cells = cells(line)?;
    let known: Vec<Option<(Label, bool)>> = cells.iter().map(|c| look_up(c.text)).collect();
    let is_header = cells.len() >= 2
        && known.iter().filter(|k| k.is_some_and(|(_, exact)| exact)).count() * 3 >= cells.len() * 2;
    if is_header {
        let is_rule =
            |l: &Line<'_>| l.text.chars().all(|c| matches!(c, '-' | '|' | ':' | '+' | '=' | ' ' | '\t'));
        let skipped = rest.iter().take_while(|l| is_rule(l)).count().min(2);
        let values = rest.get(skipped).and_then(|l| self::cells(*l));
        if let Some(values) =
            values.filter(|v| v.len() == cells.len() && v.iter().any(|c| look_up(c.text).is_none()))
        {
            for ((cell, known), value) in cells.iter().zip(&known).zip(&values) {
                let Some((label, exact)) = known else { continue };
                let span = value.start..value.end();
                found.push(simple(Some((*label, *exact)), cell.text, value.text, span, true));
            }
            return Some(skipped + 1);
        }
    }
    match (cells.as_slice(), known.as_slice()) {
        ([label, value], [known @ Some(_), _]) => {
            found.push(simple(*known, label.text, value.text, label.start..value.end(), true));
            Some(0)
        }
        // Label, value, label, value in one row.
        ([_, _, _, _], [Some(_), None, Some(_), None])
        | ([_, _, _, _], [Some(_), _, Some((_, true)), None]) => {
            for (pair, known) in cells.chunks(2).zip(known.chunks(2)) {
                if let ([label, value], [known, _]) = (pair, known) {
                    found.push(simple(*known, label.text, value.text, label.start..value.end(), true));
                }
            }
            Some(0)
        }
        // `Username - ann | Company - Acme`: labelled values side by side.
        _ => side_by_side(&cells, found),
    }
}

/// Cells that hold a label and its value each.
fn side_by_side<'a>(cells: &[Line<'a>], found: &mut Vec<Labelled<'a>>) -> Option<usize> {
    let is_labelled =
        |c: &Line<'a>| label_of(*c).is_some_and(|(known, ..)| known.is_some_and(|(_, exact)| exact));
    if cells.iter().filter(|c| is_labelled(c)).count() < 2 {
        return None;
    }
    for cell in cells {
        line_of(*cell, &[], found);
    }
    Some(0)
}

fn simple<'a>(
    known: Option<(Label, bool)>,
    words: &str,
    value: &'a str,
    span: Range<usize>,
    starts_line: bool,
) -> Labelled<'a> {
    Labelled {
        label: known.map(|(label, _)| label),
        exact: known.is_some_and(|(_, exact)| exact),
        words: words.trim().to_owned(),
        value: plain_value(value),
        items: Vec::new(),
        starts_line,
        span,
    }
}

/// A value without the marks of emphasis around it.
fn plain_value(value: &str) -> &str {
    let value = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'));
    let value =
        value.trim_start_matches("**").trim_start_matches("__").trim_end_matches("**").trim_end_matches("__");
    let value = value.strip_prefix('`').and_then(|v| v.strip_suffix('`')).unwrap_or(value);
    value.trim()
}

fn cells(line: Line<'_>) -> Option<Vec<Line<'_>>> {
    let separator = ['|', '｜', '│', '\t'].into_iter().find(|s| {
        let text = line.text.trim();
        text.contains(*s)
    })?;
    let line = line.trimmed(|c| c.is_whitespace() || c == separator);
    let mut cells = Vec::new();
    let mut at = 0;
    for piece in line.text.split(separator) {
        let cell = Line { text: piece, start: line.start + at }.trimmed(char::is_whitespace);
        at += piece.len() + separator.len_utf8();
        if !cell.text.is_empty() || separator != '\t' {
            cells.push(cell);
        }
    }
    let is_tab_label = |l: &Line<'_>| l.text.ends_with([':', '：']);
    if cells.len() < 2 || cells.len() > 12 || separator == '\t' && cells.first().is_some_and(is_tab_label) {
        return None;
    }
    Some(cells)
}

/// A label alone on its line; its value stands below.
fn heading<'a>(line: Line<'a>, rest: &[Line<'a>], found: &mut Vec<Labelled<'a>>) -> Option<usize> {
    let text = line.text.trim_matches(|c: char| matches!(c, '*' | '_') || c.is_whitespace());
    let ends_so = text.ends_with([':', '：', '?', '？', '】', ']']);
    let words = text.trim_end_matches([':', '：', '?', '？']).trim_end_matches(['*', '_']);
    let blank = rest.iter().take(2).take_while(|l| l.text.trim().is_empty()).count();
    if blank > 1 || blank >= rest.len() || words.contains([':', '：', '=']) {
        return None;
    }
    let (label, exact) = if ends_so { look_up(words)? } else { (look_up_exactly(words)?, true) };
    if matches!(label, Label::Narrative | Label::Ignored) {
        return None;
    }
    let is_list = matches!(label, Label::Tried | Label::Error | Label::Expected | Label::Environment);
    let mut items = Vec::new();
    let mut end = line.end();
    for below in rest.get(blank..).unwrap_or_default().iter().take(if is_list { ITEMS_MAX } else { 1 }) {
        let item = undecorated(*below);
        if item.text.is_empty()
            || label_of(item).is_some_and(|(known, ..)| known.is_some_and(|(_, exact)| exact))
        {
            break;
        }
        if look_up(item.text).is_some_and(|(_, exact)| exact) && item.text.chars().count() < 24 {
            break;
        }
        items.push(plain_value(item.text));
        end = below.end();
    }
    let value = *items.first()?;
    // A heading without a colon needs a value that is short, or it is a word of a sentence.
    if !ends_so && blank == 0 && value.chars().count() > 60 && !is_list {
        return None;
    }
    let used = blank + items.len();
    found.push(Labelled {
        label: Some(label),
        words: words.to_owned(),
        value,
        items: if is_list { items } else { Vec::new() },
        exact,
        starts_line: true,
        span: line.start..end,
    });
    Some(used)
}

/// What a line's label names, the label's words, and where the value begins.
type Head<'a> = (Option<(Label, bool)>, &'a str, usize);

/// The label that begins a line.
fn label_of(line: Line<'_>) -> Option<Head<'_>> {
    let text = line.text;
    if let Some(rest) = text.strip_prefix(['【', '[', '「'])
        && let Some(end) = rest.find(['】', ']', '」'])
    {
        let words = rest.get(..end)?;
        let open = text.len() - rest.len();
        let after = rest.get(end..)?.chars().next()?.len_utf8();
        let value_at = open + end + after;
        let colon = text.get(value_at..)?.trim_start_matches([' ', ':', '：']);
        if let Some(known) = look_up(words).filter(|(_, exact)| *exact) {
            return Some((Some(known), words, text.len() - colon.len()));
        }
    }
    let is_mark =
        |c: char| matches!(c, ':' | '：' | '﹕' | '︰' | '=' | '→' | '＝' | '?' | '？' | '-' | '–' | '—');
    let marks = text.char_indices().take(LABEL_CHARS_MAX + 8).filter(|(_, c)| is_mark(*c));
    for (at, c) in marks {
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        let words = text.get(..at).unwrap_or_default();
        let is_separator = match c {
            ':' => {
                let in_time = ends_in_digit(words) && after.starts_with(|c: char| c.is_ascii_digit());
                !after.starts_with("//") && !in_time
            }
            '?' | '？' => !after.trim().is_empty(),
            '-' | '–' | '—' => words.ends_with(' ') && after.starts_with([' ', '>']),
            _ => true,
        };
        if !is_separator {
            if c == ':' {
                return None;
            }
            continue;
        }
        let soft = matches!(c, '-' | '–' | '—' | '=' | '→' | '＝');
        let known = if soft { look_up_exactly(words).map(|label| (label, true)) } else { look_up(words) };
        let soft = soft || matches!(c, '?' | '？');
        if soft && !known.is_some_and(|(_, exact)| exact || matches!(c, '?' | '？')) {
            // `App - Android: 5.2`: the colon may come.
            continue;
        }
        let skipped = after.len() - after.trim_start_matches([' ', ':', '：', '>', '*', '_']).len();
        // `We rotated it. Organisation: X`: the label begins behind the sentence.
        let has_stop =
            words.contains(['。', '！', '，', '；']) || words.contains(". ") || words.contains(", ");
        let is_code =
            words.contains(['.', '_', '/', '\\', '(', '=', '"', '“', '{']) && !words.contains(['（']);
        let is_question = !matches!(c, '?' | '？') || after.trim().chars().count() <= 80;
        let known = known.filter(|(_, exact)| *exact || !has_stop && !is_code && is_question);
        let is_short = words.split_whitespace().count() <= 7;
        return (is_short && !words.trim().is_empty()).then_some((known, words, at + c.len_utf8() + skipped));
    }
    None
}

fn ends_in_digit(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit())
}

/// A label with its value on one line, and more of them behind.
fn line_of<'a>(line: Line<'a>, rest: &[Line<'a>], found: &mut Vec<Labelled<'a>>) -> Option<usize> {
    let Some((known, words, at)) =
        label_of(line).filter(|(known, words, _)| known.is_some() || words.chars().count() <= 40)
    else {
        inline(line, found);
        return None;
    };
    let value = line.from(at);
    // A sentence that happens to have a colon may hold labels further on.
    if known.is_none() {
        if !words.contains(['。', '，', '.', ',']) {
            found.push(simple(known, words, value.text, line.start..line.end(), true));
        }
        inline(line, found);
        return None;
    }
    if known.is_some_and(|(label, _)| label == Label::Narrative) {
        inline(value, found);
        return None;
    }
    let (own, more) = split_off(value);
    if own.text.trim().is_empty() && more.is_none() {
        return below(line, words, known, rest, found);
    }
    let mut labelled = simple(known, words, own.text, line.start..own.end(), true);
    let used = continued(&mut labelled, rest);
    found.push(labelled);
    if let Some(more) = more {
        line_of(more, &[], found);
    }
    Some(used)
}

/// The value of a label whose line ends with it.
fn below<'a>(
    line: Line<'a>,
    words: &'a str,
    known: Option<(Label, bool)>,
    rest: &[Line<'a>],
    found: &mut Vec<Labelled<'a>>,
) -> Option<usize> {
    let heading_line = Line { text: words, start: line.start };
    let (label, exact) = known?;
    if matches!(label, Label::Narrative | Label::Ignored) || !exact && rest.is_empty() {
        return None;
    }
    let with_colon = Line { text: line.text, ..heading_line };
    heading(with_colon, rest, found)
}

/// Steps and errors go on in the lines below when those are items of a list.
fn continued<'a>(labelled: &mut Labelled<'a>, rest: &[Line<'a>]) -> usize {
    if labelled.label != Some(Label::Tried) {
        return 0;
    }
    let is_item = |l: &&Line<'_>| {
        let text = l.text.trim_start();
        text.starts_with(['-', '*', '•', '·', '+', '①', '②', '③', '④', '⑤'])
            || unnumbered(text).len() < text.len()
            || l.text.starts_with([' ', '\t']) && !text.is_empty()
    };
    let below: Vec<&Line<'a>> = rest
        .iter()
        .take(ITEMS_MAX)
        .take_while(is_item)
        .take_while(|l| {
            label_of(undecorated(**l)).is_none_or(|(known, ..)| !known.is_some_and(|(_, exact)| exact))
        })
        .collect();
    if below.is_empty() {
        return 0;
    }
    labelled.items.push(labelled.value);
    labelled.items.extend(below.iter().map(|l| plain_value(undecorated(**l).text)));
    if let Some(last) = below.last() {
        labelled.span.end = last.end();
    }
    below.len()
}

/// Parts a value from a further label on the same line.
fn split_off(value: Line<'_>) -> (Line<'_>, Option<Line<'_>>) {
    for (at, c) in value.text.char_indices() {
        if !matches!(c, ':' | '：' | '=') {
            continue;
        }
        let before = value.text.get(..at).unwrap_or_default();
        let after = value.text.get(at + c.len_utf8()..).unwrap_or_default();
        if after.starts_with("//") {
            continue;
        }
        if let Some(begin) = label_start(before) {
            let own = Line { text: before.get(..begin).unwrap_or_default(), start: value.start };
            let own = own.trimmed(|c| {
                c.is_whitespace() || matches!(c, ',' | '，' | ';' | '；' | '。' | '|' | '、' | '/')
            });
            return (own, Some(value.from(begin)));
        }
    }
    (value, None)
}

/// Where the known label begins that ends `before`: behind a comma or the like, a wide gap, or as the last word or two.
fn label_start(before: &str) -> Option<usize> {
    // `10:20`: no label ends with a digit.
    if before.ends_with(|c: char| c.is_ascii_digit()) && !before.contains(['(', '（', '[']) {
        return None;
    }
    let tail_from = before.ceil_char_boundary(before.len().saturating_sub(90));
    let tail = before.get(tail_from..)?;
    let is_boundary = |c: char| {
        matches!(
            c,
            ',' | '，' | ';' | '；' | '。' | '|' | '/' | '、' | '\u{3000}' | '\t' | '!' | '！' | '）' | ')'
        )
    };
    let strong = tail
        .rfind(is_boundary)
        .map_or(0, |at| at + tail.get(at..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8));
    let blanks = tail.bytes().enumerate().skip(strong).filter(|(_, b)| *b == b' ').map(|(at, _)| at + 1);
    let skipped = blanks.clone().count().saturating_sub(3);
    std::iter::once(strong).chain(blanks.skip(skipped)).find_map(|start| {
        let words = tail.get(start..)?.trim();
        let is_whole = start > 0 || tail_from == 0;
        let (label, exact) = look_up(words).filter(|_| is_whole && !words.is_empty())?;
        // A word in the middle of a sentence is a label only when it looks like the begin of something.
        let first = words.chars().next().unwrap_or(' ');
        if start > strong && (label == Label::Url || first.is_lowercase()) {
            return None;
        }
        let begins = start + (tail.get(start..)?.len() - tail.get(start..)?.trim_start().len());
        // A value of its own must stand before it, and the label must be one.
        (exact && tail_from + begins > 0).then_some(tail_from + begins)
    })
}

/// Labels within a sentence: `…也一样。帐号：yichun`.
fn inline<'a>(line: Line<'a>, found: &mut Vec<Labelled<'a>>) {
    let mut line = line;
    for _ in 0..8 {
        let (_, Some(more)) = split_off(line) else { return };
        let Some((Some((label, true)), words, at)) = label_of(more) else { return };
        let value = more.from(at);
        let (own, next) = split_off(value);
        let own = sentence(own);
        // Of a name in a sentence no more than up to the comma.
        let own = match own.text.find(['，', ',']) {
            Some(at) if matches!(label, Label::Username | Label::Organisation | Label::Phone) => {
                Line { text: own.text.get(..at).unwrap_or_default(), ..own }
            }
            _ => own,
        };
        if label != Label::Narrative && label != Label::Ignored {
            found.push(simple(Some((label, true)), words, own.text, more.start..own.end(), false));
        }
        match next {
            Some(_) => line = value,
            None => return,
        }
    }
}

/// Up to the end of the sentence.
fn sentence(line: Line<'_>) -> Line<'_> {
    let stop = line.text.char_indices().find(|(at, c)| {
        let after = line.text.get(at + c.len_utf8()..).unwrap_or_default();
        matches!(c, '。' | '！' | '；' | ';') || *c == '.' && (after.starts_with(' ') || after.is_empty())
    });
    match stop {
        Some((at, _)) if at > 0 => Line { text: line.text.get(..at).unwrap_or_default(), start: line.start },
        _ => line,
    }
}

#[cfg(test)]
mod tests;
