//! Dutch.

use super::Language;

pub const NL: Language = Language {
    code: "nl",
    reply_prefixes: &["antw", "betr"],
    forward_prefixes: &["doorst", "dst", "doorgestuurd"],
    from: &["van", "afzender"],
    date: &["datum", "verzonden", "verzonden op"],
    to: &["aan", "naar", "ontvanger"],
    cc: &["cc", "kopie"],
    subject: &["onderwerp"],
    other: &["antwoord aan", "urgentie", "bijlagen"],
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
    ],
    footers: &[
        "verzonden vanaf",
        "verstuurd vanaf",
        "verzonden met",
        "verstuurd met",
        "verzonden via",
        "outlook voor",
    ],
    automatic_subjects: &[
        "automatisch antwoord",
        "afwezig:",
        "niet aanwezig:",
        "afwezigheidsbericht",
        "automatische reactie",
        "automatische beantwoording",
        "afwezigheidsmelding",
        "niet op kantoor",
        "buiten kantoor",
    ],
    automatic_bodies: &[
        "dit is een automatisch antwoord",
        "dit is een automatisch",
        "dit bericht is automatisch",
        "automatisch antwoord",
        "ik ben momenteel niet",
        "ik ben afwezig",
        "ik ben op vakantie",
        "ik ben niet op kantoor",
    ],
};
