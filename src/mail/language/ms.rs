//! Malay.

use super::{Language, NONE};

pub const MS: Language = Language {
    code: "ms",
    from: &["daripada"],
    date: &["tarikh", "dihantar"],
    to: &["kepada"],
    subject: &["subjek"],
    wrote: &["menulis"],
    wrote_on: &["pada"],
    originals: &["mesej asal"],
    forwards: &["mesej yang dimajukan", "mesej dimajukan"],
    footers: &["dihantar dari", "dihantar daripada"],
    closings: &["salam hormat", "terima kasih", "yang benar"],
    automatic_subjects: &["balasan automatik", "jawapan automatik"],
    automatic_bodies: &["balasan automatik"],
    ..NONE
};
