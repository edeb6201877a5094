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
    wrote: &["כתב", "כתבה", "מאת"],
    wrote_on: &["בתאריך", "ב-"],
    originals: &["הודעה מקורית"],
    forwards: &["הודעה שהועברה"],
    footers: &["נשלח מה"],
    closings: &["בברכה", "תודה", "תודה רבה", "בכבוד רב"],
    contacts: &["טל", "טלפון", "נייד", "פקס"],
    disclaimers: &["הודעה זו", "מייל זה"],
    confidential: &["סודי", "חסוי", "הנמען"],
    automatic_subjects: &["תשובה אוטומטית", "מענה אוטומטי", "מחוץ למשרד"],
    automatic_bodies: &["מענה אוטומטי", "הודעה אוטומטית"],
    ..NONE
};
