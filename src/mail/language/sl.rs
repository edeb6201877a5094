//! Slovenian.

use super::{Language, NONE};

pub const SL: Language = Language {
    code: "sl",
    from: &["pošiljatelj"],
    date: &["poslano"],
    to: &["prejemnik", "komu"],
    cc: &["kp"],
    subject: &["zadeva"],
    wrote: &["je napisal", "je napisala", "je napisal/-a", "je pisal", "je pisala"],
    wrote_on: &["dne"],
    originals: &["izvirno sporočilo"],
    forwards: &["posredovano sporočilo", "začetek posredovanega sporočila"],
    footers: &["poslano z ", "poslano iz "],
    closings: &["lep pozdrav", "lepo pozdravljeni", "s spoštovanjem", "hvala"],
    automatic_subjects: &["samodejni odgovor"],
    automatic_bodies: &["samodejni odgovor", "samodejno sporočilo"],
    ..NONE
};
