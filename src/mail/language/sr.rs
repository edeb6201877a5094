//! Serbian in both scripts.

use super::{Language, NONE};

pub const SR: Language = Language {
    code: "sr",
    from: &["пошиљалац", "pošiljalac", "шаље"],
    date: &["датум", "послато", "време"],
    to: &["за", "прима", "коме", "прималац", "primalac"],
    cc: &["копија"],
    subject: &["наслов", "предмет"],
    wrote: &[
        "је написао",
        "је написала",
        "је написао/ла",
        "је написао(ла)",
        "је писао",
        "je napisao",
        "je napisala",
    ],
    wrote_on: &["дана", "dana"],
    originals: &["оригинална порука", "изворна порука"],
    forwards: &["прослеђена порука", "prosleđena poruka", "почетак прослеђене поруке"],
    footers: &["послато са", "послато из"],
    closings: &["поздрав", "срдачан поздрав", "с поштовањем", "хвала", "srdačan pozdrav"],
    automatic_subjects: &["аутоматски одговор", "automatski odgovor"],
    automatic_bodies: &["аутоматски одговор"],
    ..NONE
};
