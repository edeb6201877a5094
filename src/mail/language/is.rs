//! Icelandic.

use super::{Language, NONE};

pub const IS: Language = Language {
    code: "is",
    reply_prefixes: &["svar"],
    forward_prefixes: &["fs", "áframsent"],
    date: &["dagsetning"],
    cc: &["afrit"],
    subject: &["efni"],
    attributions: &[r"(?i)^.{6,}\sskrifaði\b.{0,200}:$"],
    originals: &["upprunaleg skilaboð"],
    forwards: &["áframsend skilaboð"],
    footers: &["sent úr"],
    automatic_subjects: &["sjálfvirkt svar"],
    automatic_bodies: &["sjálfvirkt svar"],
    ..NONE
};
