//! Croatian, and Serbian and Slovenian where they write the same.

use super::{Language, NONE};

pub const HR: Language = Language {
    code: "hr",
    reply_prefixes: &["odg"],
    forward_prefixes: &["proslijeđeno", "pros", "prosl", "proslijeđena", "prosleđeno"],
    from: &["od", "šalje", "pošiljatelj"],
    date: &["datum", "poslano", "poslato", "dana"],
    to: &["prima", "za", "primatelj", "kome", "primatelji"],
    cc: &["kopija", "kopija za", "cc"],
    subject: &["predmet", "naslov", "zadeva"],
    other: &["odgovori na", "važnost", "prilozi", "prioritet"],
    wrote: &["napisao", "napisala", "je napisao", "napisao/la", "napisao je", "napisala je", "pisao", "piše"],
    wrote_on: &["dana", "dne"],
    originals: &["izvorna poruka", "originalna poruka", "izvirno sporočilo"],
    forwards: &[
        "proslijeđena poruka",
        "započni proslijeđenu poruku",
        "prosleđena poruka",
        "posredovano sporočilo",
        "početak proslijeđene poruke",
        "proslijeđeni e-mail",
        "prosleđeni mejl",
        "proslijeđena e-poruka",
    ],
    footers: &["poslano s ", "poslano sa ", "poslano iz ", "poslato sa "],
    closings: &[
        "s poštovanjem",
        "srdačan pozdrav",
        "lijep pozdrav",
        "lp",
        "pozdrav",
        "hvala",
        "s spoštovanjem",
        "lep pozdrav",
        "hvala unaprijed",
    ],
    contacts: &["telefon", "tel", "mob", "mobitel", "fax", "gsm"],
    disclaimers: &["ova poruka", "ovaj e-mail", "to sporočilo"],
    confidential: &["povjerljiv", "primatelj", "zaupn", "naslovnik"],
    automatic_subjects: &["automatski odgovor", "samodejni odgovor", "izvan ureda"],
    automatic_bodies: &["automatski odgovor"],
    ..NONE
};
