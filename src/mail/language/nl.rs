//! Dutch.

use super::Language;

pub const NL: Language = Language {
    code: "nl",
    reply_prefixes: &["antw", "betr"],
    forward_prefixes: &["doorst", "dst", "doorgestuurd", "dw", "doorg"],
    from: &["van", "afzender"],
    date: &["datum", "verzonden", "verzonden op", "ontvangen"],
    to: &["aan", "naar", "ontvanger", "ontvangers"],
    cc: &["cc", "kopie", "kopie aan"],
    subject: &["onderwerp"],
    other: &[
        "antwoord aan",
        "urgentie",
        "bijlagen",
        "beantwoorden aan",
        "antwoordadres",
        "prioriteit",
        "bijlage",
        "belang",
    ],
    attributions: &[
        r"(?i)^op\s.{6,}\s(?:schreef|heeft)\b.{0,200}:$",
        r"(?i)^.{3,200}\sschreef(?:\sop\s.{6,60})?\s*:$",
    ],
    originals: &["oorspronkelijk bericht", "origineel bericht", "oorspronkelijke bericht"],
    forwards: &[
        "doorgestuurd bericht",
        "begin doorgestuurd bericht",
        "doorgestuurde bericht",
        "begin van doorgestuurd bericht",
        "doorgestuurd door",
        "doorgezonden bericht",
        "begin van het doorgestuurde bericht",
        "doorgestuurde e-mail",
        "doorgestuurde mail",
    ],
    footers: &[
        "verzonden vanaf",
        "verstuurd vanaf",
        "verzonden met",
        "verstuurd met",
        "verzonden via",
        "outlook voor",
    ],
    automatic_subjects: &["automatisch antwoord", "afwezig:", "niet aanwezig:", "afwezigheidsbericht"],
    automatic_bodies: &["dit is een automatisch antwoord"],
};
