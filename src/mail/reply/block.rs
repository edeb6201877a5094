//! Which dividers and header blocks begin a quoted mail without quote marks. Both are read by the modules that forwards share;
//! here stands only how sure they must be that nobody's own labelled facts or headings are taken for a quote.

use super::lines::Line;
use crate::mail::{
    divider::{self, Says},
    header_block::{self, header_line},
    language::Field,
    line::{digits, is_rule, next_filled},
};

/// Blank lines between a divider and its block.
const GAP_MAX: usize = 4;
/// Longest divider that no rules frame, as QQ Mail's new editor writes it.
const BARE_DIVIDER_BYTES_MAX: usize = 60;
/// Longest divider of GroupWise.
const GROUPWISE_BYTES_MAX: usize = 200;

/// Where the quoted mail without marks begins whose divider or header block stands at `at`.
pub fn beginning(lines: &[Line<'_>], at: usize) -> Option<usize> {
    if divides(lines, at) {
        return Some(at);
    }
    is_block(lines, at).then(|| header_block::beginning(lines, at))
}

/// Whether the line is a divider of quotes, or one with a header block below.
fn divides(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    if is_rule(line.text) {
        is_announced(lines, at)
    } else if divider::is_framed(line.text) {
        match divider::read(line.text) {
            Some((Says::Original, "")) => true,
            Some((_, rest)) if is_from(rest) => true,
            // Whatever words it has, in whatever language: a header block follows.
            Some(_) => is_announced(lines, at),
            None => false,
        }
    } else {
        line.text.len() <= BARE_DIVIDER_BYTES_MAX
            && next_filled(lines, at + 1, GAP_MAX + 1)
                .is_some_and(|next| header_block::read(lines, next).is_some())
            && divider::read(line.text).is_some_and(|(says, _)| says >= Says::Original)
    }
}

/// `>>> Ann Lee <a@b.org> 05.03.2024 14:20 >>>`, GroupWise; the mail below has no marks.
pub fn is_groupwise(text: &str) -> bool {
    text.starts_with(">>>")
        && text.len() > 12
        && text.len() < GROUPWISE_BYTES_MAX
        && (text.ends_with(">>>") || text.contains(" >>> "))
        && digits(text) >= 6
}

fn is_from(text: &str) -> bool {
    header_line(text).is_some_and(|(field, _)| field == Field::From)
}

/// A header block stands below the divider at `at`: then a sender is enough, or three fields.
fn is_announced(lines: &[Line<'_>], at: usize) -> bool {
    let block =
        next_filled(lines, at + 1, GAP_MAX + 1).and_then(|next| header_block::read_whole(lines, next));
    block.is_some_and(|b| b.fields.from.is_some() || b.fields.known() >= 3)
}

/// A header block begins here that nothing announces: a sender and enough else. "From" and "To" alone are what people write
/// who want something changed or moved; every program shows the date or the subject.
fn is_block(lines: &[Line<'_>], at: usize) -> bool {
    let Some(fields) = header_block::read(lines, at).map(|b| b.fields) else { return false };
    let addressed = fields.to.is_some() || fields.subject.is_some() || fields.cc.is_some();
    let shown = fields.date.is_some() || fields.subject.is_some();
    fields.from.is_some() && (fields.holds('@') && shown || fields.date.is_some() && addressed)
}
