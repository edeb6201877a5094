//! Lithuanian.

use super::{Language, NONE};

pub const LT: Language = Language {
    code: "lt",
    reply_prefixes: &["ats"],
    forward_prefixes: &["pers"],
    from: &["nuo", "siuntėjas"],
    date: &["išsiųsta", "data"],
    to: &["kam", "gavėjas"],
    cc: &["kopija"],
    subject: &["tema"],
    wrote: &["rašė", "parašė"],
    originals: &["originalus laiškas", "pradinis laiškas", "originalus pranešimas"],
    forwards: &["persiųstas laiškas", "persiųstas pranešimas", "persiunčiamas laiškas"],
    footers: &["išsiųsta iš", "siunčiama iš"],
    closings: &["pagarbiai", "su pagarba", "ačiū", "linkėjimai"],
    contacts: &["telefonas", "tel", "mob", "faksas"],
    automatic_subjects: &["automatinis atsakymas"],
    automatic_bodies: &["automatinis atsakymas", "automatinis pranešimas"],
    ..NONE
};
