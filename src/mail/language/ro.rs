//! Romanian.

use super::{Language, NONE};

pub const RO: Language = Language {
    code: "ro",
    reply_prefixes: &["răsp", "ref"],
    forward_prefixes: &["redir", "redirecționat", "fw", "redirecţionat", "retr"],
    from: &["de la", "expeditor", "de", "expeditorul"],
    date: &["dată", "data", "trimis", "trimis la", "data trimiterii", "dată trimitere", "trimisă"],
    to: &["către", "catre", "la", "destinatarul", "destinatar", "destinatari"],
    cc: &["cc", "copie"],
    subject: &["subiect", "subiectul"],
    other: &["răspuns către", "răspunde la", "importanță", "atașamente"],
    wrote: &["a scris"],
    wrote_on: &["pe", "în", "la", "în data de"],
    originals: &["mesaj original", "mesajul original", "mesajul inițial"],
    forwards: &[
        "mesaj redirecționat",
        "începutul mesajului redirecționat",
        "mesaj redirectionat",
        "mesaj transmis mai departe",
        "începe mesajul redirecționat",
        "mesaj redirecţionat",
        "începe mesajul redirecţionat",
        "începutul mesajului redirecţionat",
        "mesaj transmis",
        "mesaj retransmis",
        "e-mail redirecționat",
    ],
    footers: &["trimis de pe", "trimis din", "obțineți outlook"],
    footer_ends: &[],
    closings: &[
        "cu stimă",
        "cu stima",
        "cu respect",
        "mulțumesc",
        "multumesc",
        "o zi bună",
        "toate cele bune",
        "cu drag",
    ],
    contacts: &["telefon", "tel", "mobil", "fax", "adresa"],
    disclaimers: &["acest mesaj", "acest e-mail", "acest email"],
    confidential: &["confiden", "destinatar"],
    automatic_subjects: &["răspuns automat", "raspuns automat", "absență de la birou"],
    automatic_bodies: &["acesta este un răspuns automat", "răspuns automat", "sunt în concediu"],
    ..NONE
};
