//! Name cards: the closing, the name, and the company and telephone lines below them.

use std::ops::Range;

use super::words;
use crate::mail::{
    line::{digits, is_blank, is_colon, is_rule},
    reply::lines::{Kind, Line, filled, set},
};

/// Filled lines of a card; longer ones are no cards.
const CARD_LINES_MAX: usize = 16;
/// Lines of a card, blank ones and rules among them.
const CARD_LOOK_MAX: usize = 200;
/// Longest line of a card, in characters of width one.
const CARD_CHARS_MAX: usize = 90;
/// Longest line that may be a name.
const NAME_CHARS_MAX: usize = 40;

/// Longest name with a closing behind it.
const SIGNED_CHARS_MAX: usize = 16;

/// Marks the card at the end of a run of new lines. Closing and name stay in the reply.
pub fn mark(lines: &mut [Line<'_>], run: Range<usize>, sender: &str) {
    let Some(head) = head(lines, &run, sender) else { return };
    let below = head.end..run.end;
    if is_card(lines, below.clone(), false) {
        set(lines, below, Kind::Signature);
    } else if filled(lines, below) > 0 || head_is_closing_alone(lines, &head, run.end) {
        return;
    }
    for line in lines.get_mut(head).unwrap_or_default() {
        line.closing = true;
    }
}

/// "Thanks!" at the end is a word of the reply and no signature.
fn head_is_closing_alone(lines: &[Line<'_>], head: &Range<usize>, end: usize) -> bool {
    let signed = lines.get(end).is_some_and(|l| l.kind == Kind::Signature);
    !signed && head.len() == 1 && lines.get(head.start).is_some_and(|l| words::is_closing(l.text))
}

/// Closing and name: the last closing line, or the last line that is the sender's name, within reach of the run's end.
fn head(lines: &[Line<'_>], run: &Range<usize>, sender: &str) -> Option<Range<usize>> {
    let mut seen = 0;
    let mut name = None;
    for at in run.clone().rev() {
        let line = lines.get(at)?;
        if line.is_blank() {
            continue;
        }
        seen += 1;
        if seen > CARD_LINES_MAX + 3 {
            break;
        }
        if is_signed(line.text) {
            return Some(at..at + 1);
        }
        let spaced = words::spaced(line.text);
        let closing = words::closing_end(&spaced);
        if let Some(rest) = closing
            && (rest.is_empty() || is_name(rest))
        {
            let end = if rest.is_empty() { name_below(lines, at + 1, run.end, sender) } else { at + 1 };
            return Some(at..end);
        }
        if name.is_none() && is_sender(line.text, sender) {
            name = Some(at);
        }
    }
    if let Some(at) = name.filter(|at| *at > run.start && !is_introduced(lines, run, *at)) {
        return Some(at..at + 1);
    }
    above_footer(lines, run).or_else(|| strangers_name(lines, run))
}

/// A name with the closing behind it, as Chinese and Korean have it: 李安 敬上, 이안 드림.
fn is_signed(text: &str) -> bool {
    text.chars().count() <= SIGNED_CHARS_MAX
        && text.rsplit_once(is_blank).is_some_and(|(name, closing)| {
            !closing.is_ascii() && is_name(name) && !name.is_ascii() && words::is_closing(closing)
        })
}

/// "Please ask:" stands above.
fn is_introduced(lines: &[Line<'_>], run: &Range<usize>, at: usize) -> bool {
    let above = lines.get(run.start..at).unwrap_or_default().iter().rev().find(|l| !l.is_blank());
    above.is_some_and(|l| l.text.ends_with(is_colon))
}

/// A name that nothing else shows to be the sender's, above a full card: three lines, two of them a telephone, an address or
/// the like. Where the line above introduces it ("please ask:"), it is what the sender has to say.
fn strangers_name(lines: &[Line<'_>], run: &Range<usize>) -> Option<Range<usize>> {
    let from = run.end.saturating_sub(CARD_LINES_MAX).max(run.start);
    let mut at = run.end;
    while at > from + 1 {
        at -= 1;
        let line = lines.get(at)?;
        if !line.is_blank() && lines.get(at - 1)?.is_blank() && is_name(line.text) {
            let below = lines.get(at + 1..run.end)?;
            let contacts = below.iter().filter(|l| is_contact(l.text)).count();
            let full = contacts >= 2 && filled(lines, at + 1..run.end) >= 3;
            return (full && !is_introduced(lines, run, at) && is_card(lines, at + 1..run.end, false))
                .then_some(at..at + 1);
        }
    }
    None
}

/// A name alone above a program's footer: "Ann Lee / via mobile".
fn above_footer(lines: &[Line<'_>], run: &Range<usize>) -> Option<Range<usize>> {
    let footer = lines.get(run.end).filter(|l| l.kind == Kind::Signature)?;
    let at = run.end.checked_sub(1).filter(|at| *at > run.start)?;
    let parted = lines.get(at - 1)?.is_blank();
    let line = lines.get(at)?;
    let named =
        line.text.split(' ').count() >= 2 && line.text.split(' ').all(|w| w.starts_with(char::is_uppercase));
    (parted && named && is_name(line.text) && words::is_footer(footer.text)).then_some(at..at + 1)
}

/// Where closing and name end: the name is the next line when it looks like one.
fn name_below(lines: &[Line<'_>], from: usize, end: usize, sender: &str) -> usize {
    let next = (from..end).find(|at| lines.get(*at).is_some_and(|l| !l.is_blank()));
    match next.and_then(|at| Some((at, lines.get(at)?))) {
        Some((at, line)) if is_sender(line.text, sender) || is_name(line.text) => at + 1,
        _ => from,
    }
}

/// A few words without the marks of a sentence or of a telephone.
pub fn is_name(text: &str) -> bool {
    let chars = text.chars().count();
    let ends = text.ends_with(['?', '!', ':', ';', '？', '！', '：', '。']);
    chars > 1
        && chars <= NAME_CHARS_MAX
        && text.split(is_blank).count() <= 5
        && !ends
        && !text.contains(['@', '|', '<', '/'])
        && !text.bytes().any(|b| b.is_ascii_digit())
        && text.contains(char::is_alphabetic)
}

/// Whether the line is the display name, in whatever order, or a part of it that is a name by itself.
fn is_sender(text: &str, sender: &str) -> bool {
    if sender.is_empty() || text.chars().count() > NAME_CHARS_MAX || text.is_empty() {
        return false;
    }
    let lower = text.trim_matches(['-', '*', '~', '—', ' ', ',', '.']).to_lowercase();
    let sender = sender.to_lowercase();
    if lower == sender {
        return true;
    }
    let parts = |s: &str| {
        s.split([' ', ',', '\u{a0}', '.']).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let of_sender = parts(&sender);
    let words = parts(&lower);
    !words.is_empty()
        && words.iter().all(|w| of_sender.contains(w))
        && words.iter().any(|w| w.chars().count() > 1)
}

/// Whether all lines of a range can stand on a card and, unless `trusted`, one of them must: a telephone, an address.
pub fn is_card(lines: &[Line<'_>], range: Range<usize>, trusted: bool) -> bool {
    if range.len() > CARD_LOOK_MAX {
        return false;
    }
    let mut count = 0;
    let mut contacts = 0;
    for line in lines.get(range).unwrap_or_default() {
        if line.is_blank() || is_rule(line.text) {
            continue;
        }
        count += 1;
        let contact = is_contact(line.text);
        contacts += usize::from(contact);
        let footer = words::is_footer(line.text);
        if !(contact || footer || is_short(line.text)) || count > CARD_LINES_MAX {
            // A notice may end a card.
            return contacts > 0 && words::behind_notice(line.text).is_some_and(words::is_confidential);
        }
    }
    count > 0 && (contacts > 0 || trusted)
}

/// A telephone, an e-mail address, a web page, a register, a labelled line of a card.
fn is_contact(text: &str) -> bool {
    if text.chars().count() > CARD_CHARS_MAX + 30 {
        return false;
    }
    let words_of_it = text.split(is_blank).filter(|w| !w.is_empty()).count();
    words::contact_label(text)
        || is_telephone(text)
        || words_of_it <= 6 && (text.contains('@') || text.contains("www.") || text.contains("://"))
        || has_company(text)
}

/// At least seven digits, and hardly anything else.
fn is_telephone(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (7..=30).contains(&digits(text))
        && letters <= 12
        && !text.contains([':', '：'])
        && text.bytes().filter(|b| *b == b'.').count() <= 5
}

/// Legal forms and registers that stand in signatures.
fn has_company(text: &str) -> bool {
    const FORMS: &[&str] = &[
        "GmbH",
        " AG",
        "HRB ",
        " Ltd",
        " LLC",
        " Inc",
        " S.A.",
        " S.r.l",
        " SARL",
        " SAS",
        " B.V.",
        " N.V.",
        "Sp. z o.o",
        " Oy",
        " AB",
        " A/S",
        "ООО ",
        "株式会社",
        "有限公司",
        "有限责任公司",
        "集团",
        "주식회사",
        "研究院",
        "设计院",
        "事务所",
        " Co.",
        " Corp",
    ];
    text.chars().count() <= CARD_CHARS_MAX
        && !text.ends_with(['.', '。', '?', '？', '!', '！', ':', '：'])
            | text.ends_with("Inc.")
            | text.ends_with("Co.")
        && FORMS.iter().any(|form| text.contains(form))
}

/// Short and no sentence: a name, a title, a company, a street.
fn is_short(text: &str) -> bool {
    let width: usize = text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum();
    let goes_on = text.starts_with(char::is_lowercase) && text.split(is_blank).count() >= 4;
    let sentence = text.ends_with(['?', '!', ';', '？', '！', '。', '；'])
        || text.ends_with('.') && (width > 30 || goes_on);
    let labelled = text.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：')).is_some();
    let clauses = text.contains(['，', '。']) && width > 24;
    width <= 60
        && !sentence
        && !labelled
        && !clauses
        && !text.starts_with(['#', '•', '-', '{', '}', '<', '$', '`'])
        && (!text.starts_with('*') || text.ends_with('*'))
}
