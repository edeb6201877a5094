//! Greek.

use super::{Language, NONE};

pub const EL: Language = Language {
    code: "el",
    reply_prefixes: &["απ", "σχετ"],
    forward_prefixes: &["πρθ", "πρ"],
    from: &["από"],
    date: &["ημερομηνία", "στάλθηκε"],
    to: &["προς"],
    cc: &["κοιν", "κοιν.", "κοινοποίηση"],
    subject: &["θέμα"],
    attributions: &[r"(?i)^(?:στις|την?|ο|η)\s.{6,}\sέγραψε\s*:$"],
    originals: &["αρχικό μήνυμα"],
    forwards: &["προωθημένο μήνυμα", "μήνυμα που προωθήθηκε"],
    footers: &["στάλθηκε από"],
    automatic_subjects: &["αυτόματη απάντηση", "εκτός γραφείου"],
    automatic_bodies: &["αυτόματη απάντηση", "είμαι εκτός γραφείου"],
    ..NONE
};
