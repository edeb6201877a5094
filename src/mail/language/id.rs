//! Indonesian.

use super::{Language, NONE};

pub const ID: Language = Language {
    code: "id",
    reply_prefixes: &["bls", "balas"],
    forward_prefixes: &["trs", "terusan"],
    from: &["dari"],
    date: &["tanggal", "dikirim"],
    to: &["kepada", "ke"],
    subject: &["subjek", "perihal"],
    attributions: &[r"(?i)^pada\s.{6,}\smenulis\s*:$"],
    originals: &["pesan asli"],
    forwards: &["pesan terusan", "pesan yang diteruskan"],
    footers: &["dikirim dari"],
    automatic_subjects: &["balasan otomatis", "di luar kantor"],
    automatic_bodies: &["balasan otomatis", "pesan otomatis"],
    ..NONE
};
