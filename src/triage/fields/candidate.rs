//! Values that were found, and which of them counts: the one that is surest, and of equals the first. Knows no language.

use crate::triage::Evidence;

/// A value with the words it came from.
#[derive(Debug, Clone)]
pub struct Candidate<T> {
    pub value: T,
    pub evidence: Evidence,
}

/// The surest candidate so far.
#[derive(Debug)]
pub struct Best<T>(Option<Candidate<T>>);

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Best<T> {
    /// Takes the value when it is surer than what there is.
    pub fn offer(&mut self, value: T, evidence: Evidence) {
        if self.confidence() < evidence.confidence {
            self.0 = Some(Candidate { value, evidence });
        }
    }

    /// 0 when there is nothing.
    pub fn confidence(&self) -> f64 {
        self.0.as_ref().map_or(0.0, |c| c.evidence.confidence)
    }

    pub fn get(&self) -> Option<&Candidate<T>> {
        self.0.as_ref()
    }

    pub fn get_mut(&mut self) -> Option<&mut Candidate<T>> {
        self.0.as_mut()
    }

    pub fn take(self) -> Option<Candidate<T>> {
        self.0
    }
}

/// Where a value came from: the words of SPEC section 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Label,
    Prose,
    UserAgent,
    Header,
    Attachment,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Prose => "prose",
            Self::UserAgent => "user_agent",
            Self::Header => "header",
            Self::Attachment => "attachment",
        }
    }
}

/// Characters of a span that evidence keeps.
const SPAN_CHARS_MAX: usize = 300;

/// Evidence for a value.
pub fn evidence(source: Source, span: &str, confidence: f64) -> Evidence {
    let span = span.trim();
    let end = span.char_indices().nth(SPAN_CHARS_MAX).map_or(span.len(), |(at, _)| at);
    let span = span.get(..end).unwrap_or(span).to_owned();
    Evidence { source: source.as_str().to_owned(), span, confidence: (confidence * 100.0).round() / 100.0 }
}
