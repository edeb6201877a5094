//! Vietnamese.

use super::{Language, NONE};

pub const VI: Language = Language {
    code: "vi",
    reply_prefixes: &["trl"],
    forward_prefixes: &["ctiếp"],
    from: &["từ", "người gửi"],
    date: &["ngày", "đã gửi", "ngày gửi"],
    to: &["đến", "tới", "người nhận"],
    cc: &["cc", "bản sao"],
    subject: &["chủ đề", "tiêu đề"],
    attributions: &[r"(?i)^.{6,}\sđã\sviết\b.{0,100}:?$"],
    originals: &["thư gốc", "tin nhắn gốc"],
    forwards: &["thư đã chuyển tiếp", "thư chuyển tiếp", "tin nhắn được chuyển tiếp"],
    footers: &["đã gửi từ ", "gửi từ "],
    automatic_subjects: &["trả lời tự động", "thư trả lời tự động", "vắng mặt"],
    automatic_bodies: &["trả lời tự động", "tin nhắn tự động"],
    ..NONE
};
