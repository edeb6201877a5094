//! Norwegian.

use super::Language;

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
    attributions: &[
        r"(?i)^(?:den|på|man\.?|tir\.?|ons\.?|tor\.?|fre\.?|lør\.?|søn\.?)\b.{6,}\b(?:skrev)\b.{0,200}:$",
    ],
    originals: &["opprinnelig melding", "original melding"],
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
    automatic_subjects: &["automatisk svar", "fraværsmelding", "autosvar", "fravær:"],
    automatic_bodies: &["automatisk svar", "jeg er på ferie", "jeg er ikke på kontoret"],
};
