//! Romanian.

use super::Language;

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
    attributions: &[r"(?i)^(?:pe|în|la|în\sdata\sde)\s.{6,}\sa\sscris\s*:$", r"(?i)^.{6,200}\sa\sscris\s*:$"],
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
    automatic_subjects: &["răspuns automat", "raspuns automat", "absență de la birou"],
    automatic_bodies: &["acesta este un răspuns automat", "răspuns automat", "sunt în concediu"],
};
