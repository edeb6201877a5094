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
    wrote: &["كتب", "كتبت"],
    wrote_on: &["في", "بتاريخ"],
    originals: &["الرسالة الأصلية"],
    forwards: &["رسالة معاد توجيهها", "رسالة محولة"],
    footers: &["نُشر من", "مرسل من", "أرسلت من", "أُرسلت من", "تم الإرسال من"],
    closings: &["مع تحياتي", "تحياتي", "شكرا", "شكراً", "مع أطيب التحيات"],
    contacts: &["هاتف", "جوال", "فاكس"],
    disclaimers: &["هذه الرسالة", "تحتوي هذه"],
    confidential: &["سري", "المرسل إليه"],
    automatic_subjects: &["رد تلقائي", "خارج المكتب"],
    automatic_bodies: &["رد تلقائي", "هذه رسالة تلقائية"],
    ..NONE
};
