//! Swedish.

use super::Language;

pub const SV: Language = Language {
    code: "sv",
    reply_prefixes: &["sv", "svar", "ang"],
    forward_prefixes: &["vb", "vidarebefordrat", "vid", "vbf"],
    from: &["från", "avsändare"],
    date: &["datum", "skickat", "skickades", "skickat datum"],
    to: &["till", "mottagare", "mottagare till"],
    cc: &["kopia", "kopia till"],
    subject: &["ämne"],
    other: &[
        "svara till",
        "svar till",
        "prioritet",
        "bifogade filer",
        "svarsadress",
        "bilagor",
        "angelägenhetsgrad",
    ],
    attributions: &[
        r"(?i)^(?:den|på|mån|tis|ons|tors?|fre|lör|sön)\b.{6,}\b(?:skrev)\b.{0,200}:$",
        r"(?i)^.{3,200}\sskrev(?:\s(?:den|på)?\s?.{6,60})?\s*:$",
    ],
    originals: &["ursprungligt meddelande", "originalmeddelande"],
    forwards: &[
        "vidarebefordrat meddelande",
        "vidarebefordrat brev",
        "påbörja vidarebefordrat meddelande",
        "vidarebefordrade meddelandet",
        "vidarebefordrat mejl",
        "början på vidarebefordrat meddelande",
        "vidarebefordrad e-post",
        "vidarebefordrat e-postmeddelande",
        "vidarebefordrat av",
        "vidarebefordrat mail",
    ],
    footers: &["skickat från", "skickat med", "hämta outlook"],
    automatic_subjects: &[
        "autosvar",
        "automatiskt svar",
        "frånvaromeddelande",
        "frånvarande",
        "frånvaro:",
        "ej på kontoret",
    ],
    automatic_bodies: &[
        "detta är ett automatiskt svar",
        "detta är ett automatiskt",
        "automatiskt svar",
        "jag är på semester",
        "jag är inte på kontoret",
    ],
};
