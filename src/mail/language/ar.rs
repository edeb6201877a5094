//! Arabic.

use super::{Language, NONE};

pub const AR: Language = Language {
    code: "ar",
    reply_prefixes: &["رد"],
    forward_prefixes: &["إعادة توجيه"],
    from: &["من"],
    date: &["التاريخ", "تم الإرسال", "تاريخ الإرسال"],
    to: &["إلى"],
    cc: &["نسخة", "نسخة إلى"],
    subject: &["الموضوع"],
    attributions: &[r"^.{6,200}(?:كتب|كتبت).{0,200}[:：]$"],
    originals: &["الرسالة الأصلية"],
    forwards: &["رسالة معاد توجيهها", "رسالة محولة"],
    footers: &["أُرسلت من", "تم الإرسال من"],
    automatic_subjects: &["رد تلقائي", "خارج المكتب"],
    automatic_bodies: &["رد تلقائي", "هذه رسالة تلقائية"],
    ..NONE
};
