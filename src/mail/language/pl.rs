//! Polish.

use super::Language;

pub const PL: Language = Language {
    code: "pl",
    reply_prefixes: &["odp"],
    forward_prefixes: &["pd", "pdl", "przek", "przekazanie", "fwd"],
    from: &["od", "nadawca"],
    date: &["data", "wysłano", "data wysłania", "wysłane", "wysłany", "otrzymano"],
    to: &["do", "dla", "odbiorca", "adresat", "odbiorcy"],
    cc: &["dw", "kopia", "do wiadomości", "cc"],
    subject: &["temat"],
    other: &[
        "odpowiedz do",
        "odpowiedź do",
        "ważność",
        "odpowiedź-do",
        "priorytet",
        "załączniki",
        "załącznik",
    ],
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
        "przekazany e-mail",
        "wiadomość przekierowana",
        "przesłana wiadomość",
        "przekazywana wiadomość",
        "przekierowana wiadomość",
        "wiadomość przesłana dalej",
    ],
    footers: &["wysłane z ", "wysłano z ", "pobierz outlook"],
    automatic_subjects: &["odpowiedź automatyczna", "autoodpowiedź", "automatyczna odpowiedź"],
    automatic_bodies: &["to jest automatyczna odpowiedź"],
};
