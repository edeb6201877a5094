//! Hebrew.

use super::{Language, NONE};

pub const HE: Language = Language {
    code: "he",
    reply_prefixes: &["השב", "תשובה"],
    forward_prefixes: &["הועבר"],
    from: &["מאת"],
    date: &["תאריך", "נשלח"],
    to: &["אל"],
    cc: &["עותק"],
    subject: &["נושא"],
    attributions: &[r"^\u{200f}?(?:בתאריך|ב-).{6,200}(?:מאת|כתב|כתבה).{0,200}:$"],
    originals: &["הודעה מקורית"],
    forwards: &["הודעה שהועברה"],
    footers: &["נשלח מה"],
    automatic_subjects: &["תשובה אוטומטית", "מענה אוטומטי", "מחוץ למשרד"],
    automatic_bodies: &["מענה אוטומטי", "הודעה אוטומטית"],
    ..NONE
};
