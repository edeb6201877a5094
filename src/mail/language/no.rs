//! Norwegian.

use super::{Language, NONE};

pub const NO: Language = Language {
    code: "no",
    reply_prefixes: &["sv", "svar"],
    forward_prefixes: &["vs", "videresendt", "videresend"],
    from: &["fra", "avsender"],
    date: &["dato", "sendt", "dato sendt", "sendt dato"],
    to: &["til", "mottaker", "mottakere"],
    cc: &["kopi", "kopi til"],
    subject: &["emne"],
    other: &["svar til", "prioritet", "vedlegg", "viktighet", "prioritering"],
    wrote: &["skrev"],
    wrote_on: &["den"],
    originals: &["opprinnelig melding", "original melding"],
    answer_lines: &["over denne linjen", "over denne linja"],
    forwards: &[
        "videresendt melding",
        "start på videresendt",
        "start på videresendt melding",
        "videresendt e-post",
        "begynnelse på videresendt melding",
        "videresendt e-postmelding",
        "videresendt av",
    ],
    footers: &["sendt fra min", "sendt fra ", "skaff deg outlook"],
    footer_ends: &[],
    closings: &[
        "med vennlig hilsen",
        "vennlig hilsen",
        "beste hilsen",
        "hilsen",
        "mvh",
        "vh",
        "takk",
        "på forhånd takk",
        "med hilsen",
    ],
    contacts: &["telefon", "tlf", "mobil", "faks", "adresse"],
    disclaimers: &["denne e-posten", "denne meldingen", "denne e-post"],
    confidential: &["konfidensiell", "mottaker"],
    automatic_subjects: &["automatisk svar", "fraværsmelding", "autosvar", "fravær:"],
    automatic_bodies: &["automatisk svar", "jeg er på ferie", "jeg er ikke på kontoret"],
    ..NONE
};
