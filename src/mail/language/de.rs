//! German.

use super::Language;

pub const DE: Language = Language {
    code: "de",
    reply_prefixes: &["aw", "antw", "antwort"],
    forward_prefixes: &["wg", "weitergeleitet", "wtr"],
    from: &["von", "absender"],
    date: &["datum", "gesendet", "gesendet am", "zeit"],
    to: &["an", "empfänger"],
    cc: &["kopie", "kopie (cc)", "cc", "blindkopie"],
    subject: &["betreff", "thema"],
    other: &["antwort an", "antworten an", "priorität", "wichtigkeit", "anlagen", "anhänge"],
    attributions: &[
        r"(?i)^(?:am|on)\s.{6,}\bschrieb\b.{0,200}[:：]$",
        r"(?i)^.{3,200}\sschrieb(?:\sam\s.{6,60})?\s*:$",
        // Thunderbird for some locales
        r"(?i)^.{3,200}\shat\s(?:am\s.{6,60}\s)?geschrieben\s*:$",
    ],
    originals: &[
        "ursprüngliche nachricht",
        "originalnachricht",
        "original-nachricht",
        "urspr. nachricht",
        "ursprüngliche mail",
        "antwort nachricht",
        "originaltermin",
    ],
    forwards: &[
        "weitergeleitete nachricht",
        "anfang der weitergeleiteten nachricht",
        "weitergeleitete mail",
        "weitergeleitet von",
        "weitergeleitete e-mail",
        "beginn der weitergeleiteten nachricht",
    ],
    footers: &[
        "von meinem ",
        "gesendet mit ",
        "gesendet von ",
        "gesendet über ",
        "diese nachricht wurde von meinem",
        "holen sie sich outlook",
    ],
    automatic_subjects: &[
        "automatische antwort:",
        "abwesenheitsnotiz",
        "automatische antwort",
        "abwesenheitsbenachrichtigung",
        "abwesenheit:",
    ],
    automatic_bodies: &["ich bin derzeit nicht im büro", "dies ist eine automatische antwort"],
};
