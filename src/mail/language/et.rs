//! Estonian.

use super::{Language, NONE};

pub const ET: Language = Language {
    code: "et",
    reply_prefixes: &["vs", "vastus"],
    forward_prefixes: &["ed", "edasi"],
    from: &["saatja", "kellelt"],
    date: &["kuupäev", "saadetud", "saatmisaeg"],
    to: &["saaja", "kellele", "adressaat"],
    cc: &["koopia"],
    subject: &["teema", "pealkiri"],
    other: &["vasta", "vasta aadressile", "manused"],
    wrote: &["kirjutas"],
    wrote_on: &[],
    originals: &["algne sõnum", "originaalkiri"],
    answer_lines: &[],
    forwards: &[
        "edastatud sõnum",
        "edastatud kiri",
        "edastatud sõnumi algus",
        "edastatud e-kiri",
        "edasisaadetud",
        "edastatud meil",
    ],
    footers: &["saadetud minu", "saadetud "],
    footer_ends: &[],
    closings: &["lugupidamisega", "parimate soovidega", "tervitades", "aitäh", "tänan"],
    contacts: &["telefon", "tel", "mob"],
    disclaimers: &["see kiri", "käesolev"],
    confidential: &["konfidentsiaal", "adressaa"],
    automatic_subjects: &["automaatvastus", "automaatne vastus"],
    automatic_bodies: &["automaatne vastus", "olen puhkusel"],
    ..NONE
};
