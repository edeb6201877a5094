//! Latvian. The name of its sender line, "No", is a number in other languages and is left out.

use super::{Language, NONE};

pub const LV: Language = Language {
    code: "lv",
    reply_prefixes: &["atb"],
    forward_prefixes: &["pārs"],
    from: &["sūtītājs"],
    date: &["datums", "nosūtīts", "sūtīts"],
    to: &["kam", "adresāts", "saņēmējs"],
    cc: &["kopija"],
    subject: &["temats", "tēma", "priekšmets"],
    wrote: &["rakstīja", "uzrakstīja"],
    originals: &["sākotnējais ziņojums", "oriģinālais ziņojums", "sākotnējā vēstule"],
    forwards: &["pārsūtīta vēstule", "pārsūtīts ziņojums", "pārsūtītā vēstule", "pārsūtītais ziņojums"],
    footers: &["nosūtīts no", "sūtīts no"],
    closings: &["ar cieņu", "paldies"],
    contacts: &["tālrunis", "tālr", "mob", "fakss"],
    automatic_subjects: &["automātiskā atbilde", "automātiska atbilde"],
    automatic_bodies: &["automātiska atbilde"],
    ..NONE
};
