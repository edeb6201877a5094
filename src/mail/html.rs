//! HTML to text and to clean HTML on a streaming tokenizer: no tree is built, so nesting costs nothing (120 kB of nested
//! `div` took tree builders 16 s). Knows what marks a quote or a signature in mail programs' HTML (`programs`), but not what
//! to do with it.
//!
//! Invariants: linear; at most [`INPUT_BYTES_MAX`] are read; nothing is fetched; script, style and what is hidden yield no
//! text; each line of the text has one mark and one piece of clean HTML.

mod clean;
mod elements;
mod painter;
mod programs;
mod style;

use html5gum::{Tokenizer, emitters::callback::CallbackEmitter};

pub use clean::{Pieces, Sheet};
use painter::Painter;

/// HTML read of one part. What stands behind is left out, with a warning of the caller.
pub const INPUT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How a line of the text stood in the HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    #[default]
    None,
    /// Inside an element in which a mail program puts the quoted mail.
    Quoted,
    /// Inside a block quote that may be a quoted mail or a passage that the sender cites.
    Passage,
    /// Inside a block quote that the sender made with the editor's button.
    Cited,
    /// The first line below a mail program's border above the quoted mail: all below is quoted.
    Divider,
    /// Inside an element in which a mail program puts the signature.
    Signature,
}

impl Mark {
    /// Whether the line is of a quoted mail for certain.
    pub fn is_quote(self) -> bool {
        self == Self::Quoted
    }
}

/// The text of an HTML part.
#[derive(Debug, Default)]
pub struct Page {
    /// Lines of block quotes begin with `> `.
    pub text: String,
    /// One for each line of `text`.
    pub marks: Vec<Mark>,
    /// Clean HTML of each line of `text`.
    pub pieces: Pieces,
    /// An element was met that only a mail program puts around or above a quoted mail.
    pub structured: bool,
    /// Something is hidden from the reader's eye.
    pub hides: bool,
    /// The input was longer than [`INPUT_BYTES_MAX`].
    pub cut: bool,
}

impl Page {
    /// A text that is no HTML, between pages.
    #[must_use]
    pub fn of_text(text: String) -> Self {
        let mut pieces = Pieces::default();
        for line in text.lines() {
            pieces.plain_line(line);
        }
        Self { marks: vec![Mark::None; text.lines().count()], text, pieces, ..Self::default() }
    }

    /// Puts another page below this one.
    pub fn append(&mut self, page: Self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.marks.extend(page.marks);
        self.text.push_str(&page.text);
        self.pieces.append(page.pieces);
        self.structured |= page.structured;
        self.hides |= page.hides;
        self.cut |= page.cut;
    }
}

/// Converts HTML to text.
#[must_use]
pub fn to_text(html: &str) -> Page {
    let end = html.floor_char_boundary(INPUT_BYTES_MAX);
    let mut painter = Painter::default();
    {
        let mut emitter = CallbackEmitter::new(&mut painter);
        emitter.naively_switch_states(true);
        // The reader of a string cannot fail.
        let _ = Tokenizer::new_with_emitter(html.get(..end).unwrap_or_default(), emitter).finish();
    }
    painter.page(end < html.len())
}

#[cfg(test)]
mod tests;
