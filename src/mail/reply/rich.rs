//! The reply as clean HTML: the pieces that `html` made of each line, put together again in the order of the reply.

use super::lines::{Kind, Line};
use crate::mail::html::{Page, Sheet};

/// Longest clean HTML; a longer reply has text alone.
const HTML_BYTES_MAX: usize = 256 * 1024;

/// The new lines of a page as clean HTML; `None` when there are none or they are too long.
pub fn html(page: &Page, lines: &[Line<'_>]) -> Option<String> {
    let mut sheet = Sheet::default();
    let mut gap = false;
    for line in lines {
        if line.kind != Kind::New {
            gap = true;
            continue;
        }
        sheet.add(&page.pieces, line.at, std::mem::take(&mut gap));
        if sheet.len() > HTML_BYTES_MAX {
            return None;
        }
    }
    sheet.finish()
}
