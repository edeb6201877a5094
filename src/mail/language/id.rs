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
    wrote: &["menulis"],
    wrote_on: &["pada"],
    originals: &["pesan asli"],
    forwards: &["pesan terusan", "pesan yang diteruskan"],
    footers: &["dikirim dari"],
    closings: &["hormat saya", "hormat kami", "salam", "terima kasih", "salam hormat"],
    contacts: &["telepon", "telp", "hp", "faks", "alamat"],
    disclaimers: &["email ini", "pesan ini"],
    confidential: &["rahasia", "penerima"],
    automatic_subjects: &["balasan otomatis", "di luar kantor"],
    automatic_bodies: &["balasan otomatis", "pesan otomatis"],
    ..NONE
};
