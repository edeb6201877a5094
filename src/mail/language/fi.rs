//! Finnish.

use super::{Language, NONE};

pub const FI: Language = Language {
    code: "fi",
    reply_prefixes: &["vs", "vast"],
    forward_prefixes: &["vl", "ed", "välitetty", "edelleen"],
    from: &["lähettäjä"],
    date: &["päivämäärä", "pvm", "päiväys", "lähetetty", "lähetysaika"],
    to: &["vastaanottaja", "vastaanottajat"],
    cc: &["kopio", "kopiot"],
    subject: &["aihe"],
    other: &["vastaa", "vastausosoite", "tärkeys", "vastaus", "liitteet", "prioriteetti"],
    wrote: &["kirjoitti", "kirjoittaa"],
    wrote_on: &[],
    before_names: &["klo"],
    originals: &["alkuperäinen viesti"],
    answer_lines: &["tämän rivin yläpuolelle"],
    forwards: &[
        "edelleenlähetetty viesti",
        "välitetty viesti",
        "välitetyn viestin alku",
        "edelleen lähetetty viesti",
        "välitetyn viestin",
        "edelleenlähetetty sähköposti",
        "välitetty sähköposti",
        "lähetetty edelleen",
    ],
    footers: &["lähetetty ", "hanki outlook"],
    footer_ends: &[],
    closings: &[
        "ystävällisin terveisin",
        "terveisin",
        "parhain terveisin",
        "yt",
        "t",
        "kiitos",
        "kiitos etukäteen",
    ],
    contacts: &["puh", "puhelin", "gsm", "matkapuhelin", "faksi"],
    disclaimers: &["tämä viesti", "tämä sähköposti"],
    confidential: &["luottamuksel", "vastaanottaj"],
    automatic_subjects: &["automaattinen vastaus", "poissaoloviesti", "poissaoloilmoitus", "poissa:"],
    automatic_bodies: &["automaattinen vastaus", "olen lomalla", "olen poissa toimistolta"],
    ..NONE
};
