//! Persian.

use super::{Language, NONE};

pub const FA: Language = Language {
    code: "fa",
    from: &["فرستنده"],
    date: &["تاریخ", "ارسال شده"],
    to: &["گیرنده"],
    cc: &["رونوشت"],
    subject: &["موضوع"],
    wrote: &["نوشت", "نوشته است"],
    originals: &["پیام اصلی"],
    forwards: &["پیام هدایت‌شده", "پیام هدایت شده", "پیام بازارسال شده"],
    footers: &["ارسال شده از", "فرستاده شده از"],
    closings: &["با احترام", "با تشکر", "سپاس"],
    automatic_subjects: &["پاسخ خودکار"],
    automatic_bodies: &["پاسخ خودکار"],
    ..NONE
};
