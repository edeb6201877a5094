//! Estonian.

use super::Language;

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
    attributions: &[r"(?i)^.{6,200}\s(?:kirjutas)(?:\s.{6,60})?\s*:$"],
    originals: &["algne sõnum", "originaalkiri"],
    forwards: &[
        "edastatud sõnum",
        "edastatud kiri",
        "edastatud sõnumi algus",
        "edastatud e-kiri",
        "edasisaadetud",
        "edastatud meil",
    ],
    footers: &["saadetud minu", "saadetud "],
    automatic_subjects: &["automaatvastus", "automaatne vastus"],
    automatic_bodies: &["automaatne vastus", "olen puhkusel"],
};
