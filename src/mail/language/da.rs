//! Danish.

use super::Language;

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
    attributions: &[
        r"(?i)^(?:den|på|man|tir|ons|tor|fre|lør|søn)\b.{6,}\b(?:skrev)\b.{0,200}:$",
        r"(?i)^.{3,200}\sskrev(?:\s(?:den)?\s?.{6,60})?\s*:$",
    ],
    originals: &["oprindelig meddelelse", "original meddelelse", "oprindelig besked", "oprindelig mail"],
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
    automatic_subjects: &["autosvar", "automatisk svar", "ikke til stede", "fraværende", "fravær:"],
    automatic_bodies: &[
        "dette er et automatisk svar",
        "automatisk svar",
        "jeg er på ferie",
        "jeg er ikke på kontoret",
    ],
};
