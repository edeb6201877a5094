//! Slovak.

use super::{Language, NONE};

pub const SK: Language = Language {
    code: "sk",
    reply_prefixes: &["odpoveď", "odp"],
    forward_prefixes: &["prep", "posl"],
    from: &["od", "od koho", "odosielateľ"],
    date: &["dátum", "odoslané", "odoslal"],
    to: &["komu", "pre", "príjemca"],
    cc: &["kópia", "kópia pre"],
    subject: &["predmet", "vec"],
    other: &["odpovedať", "odpoveď pre", "odpovedať-pre", "odpovedať na", "dôležitosť", "prílohy"],
    wrote: &["napísal", "napísala", "napísal(a)"],
    wrote_on: &["dňa"],
    before_names: &[
        // Outlook 2019 for Mac
        "používateľ",
    ],
    originals: &["pôvodná správa"],
    answer_lines: &[],
    forwards: &[
        "preposlaná správa",
        "začiatok preposlanej správy",
        "začiatok preposielanej správy",
        "preposlaný e-mail",
        "preposielaná správa",
        "preposlaný mail",
        "odovzdaná správa",
    ],
    footers: &["odoslané z ", "odoslané zo ", "získajte outlook"],
    footer_ends: &[],
    closings: &["s pozdravom", "so srdečným pozdravom", "ďakujem", "vďaka", "pekný deň"],
    contacts: &["telefón", "tel", "mobil", "fax", "adresa"],
    disclaimers: &["táto správa", "tento e-mail", "tento email"],
    confidential: &["dôvern", "adresát", "určen"],
    automatic_subjects: &["automatická odpoveď", "mimo kancelárie", "neprítomnosť"],
    automatic_bodies: &["automatická odpoveď", "som na dovolenke"],
    ..NONE
};
