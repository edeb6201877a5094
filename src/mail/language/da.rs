//! Danish.

use super::{Language, NONE};

pub const DA: Language = Language {
    code: "da",
    reply_prefixes: &["sv", "svar"],
    forward_prefixes: &["vs", "vedr", "videresendt", "videresend"],
    from: &["fra", "afsender"],
    date: &["dato", "sendt", "dato sendt"],
    to: &["til", "modtager", "modtagere"],
    cc: &["kopi", "cc", "kopi til"],
    subject: &["emne"],
    other: &["svar til", "prioritet", "vedhæftede filer", "vigtighed", "vedhæftet fil"],
    wrote: &["skrev"],
    wrote_on: &["den"],
    originals: &["oprindelig meddelelse", "original meddelelse", "oprindelig besked", "oprindelig mail"],
    answer_lines: &["over denne linje"],
    forwards: &[
        "videresendt meddelelse",
        "videresendt besked",
        "start på videresendt besked",
        "start på videresendt",
        "videresendt mail",
        "videresendt e-mail",
        "videresendt af",
        "begyndelse på videresendt meddelelse",
    ],
    footers: &["sendt fra min", "sendt fra ", "hent outlook"],
    footer_ends: &[],
    closings: &[
        "med venlig hilsen",
        "venlig hilsen",
        "mange hilsner",
        "bedste hilsner",
        "hilsen",
        "mvh",
        "vh",
        "tak",
        "på forhånd tak",
    ],
    contacts: &["telefon", "tlf", "mobil", "fax", "adresse"],
    disclaimers: &["denne e-mail", "denne mail", "denne besked", "denne meddelelse"],
    confidential: &["fortrolig", "modtager"],
    automatic_subjects: &["autosvar", "automatisk svar", "ikke til stede", "fraværende", "fravær:"],
    automatic_bodies: &[
        "dette er et automatisk svar",
        "automatisk svar",
        "jeg er på ferie",
        "jeg er ikke på kontoret",
    ],
    ..NONE
};
