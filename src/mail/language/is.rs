//! Icelandic.

use super::{Language, NONE};

pub const IS: Language = Language {
    code: "is",
    reply_prefixes: &["svar"],
    forward_prefixes: &["fs", "áframsent"],
    date: &["dagsetning"],
    cc: &["afrit"],
    subject: &["efni"],
    wrote: &["skrifaði"],
    wrote_on: &["þann"],
    originals: &["upprunaleg skilaboð"],
    forwards: &["áframsend skilaboð"],
    footers: &["sent úr"],
    closings: &["kveðja", "með kveðju", "bestu kveðjur", "takk"],
    contacts: &["sími", "gsm", "fax"],
    disclaimers: &["þessi tölvupóstur", "þetta skeyti"],
    confidential: &["trúnað", "viðtakand"],
    automatic_subjects: &["sjálfvirkt svar"],
    automatic_bodies: &["sjálfvirkt svar"],
    ..NONE
};
