//! Polish.

use super::Language;

pub const PL: Language = Language {
    code: "pl",
    reply_prefixes: &["odp"],
    forward_prefixes: &["pd", "pdl", "przek"],
    from: &["od", "nadawca"],
    date: &["data", "wysłano", "data wysłania", "wysłane"],
    to: &["do", "dla", "odbiorca", "adresat"],
    cc: &["dw", "kopia", "do wiadomości", "cc"],
    subject: &["temat"],
    other: &["odpowiedz do", "odpowiedź do", "ważność"],
    attributions: &[
        r"(?i)^(?:w\s+dniu|dnia|pon\.|wt\.|śr\.|czw\.|pt\.|sob\.|niedz\.)\s?.{6,}\s(?:napisa[łl]\(?a?\)?|pisze)\b.{0,200}:?$",
        r"(?i)^.{3,200}\snapisa[łl]\(?a?\)?(?:\sw\sdniu\s.{6,60})?\s*:$",
    ],
    originals: &["wiadomość oryginalna", "oryginalna wiadomość", "wiadomość pierwotna"],
    forwards: &[
        "przekazana wiadomość",
        "treść przekazanej wiadomości",
        "początek przekazywanej wiadomości",
        "wiadomość przekazana",
        "przesłana dalej wiadomość",
        "początek przekazanej wiadomości",
    ],
    footers: &["wysłane z ", "wysłano z ", "pobierz outlook"],
    automatic_subjects: &[
        "odpowiedź automatyczna",
        "autoodpowiedź",
        "automatyczna odpowiedź",
        "autoresponder",
        "poza biurem",
        "nieobecność w biurze",
        "nieobecność:",
    ],
    automatic_bodies: &[
        "to jest automatyczna odpowiedź",
        "wiadomość wygenerowana automatycznie",
        "automatyczna odpowiedź",
        "jestem na urlopie",
        "przebywam na urlopie",
        "jestem nieobecn",
    ],
};
