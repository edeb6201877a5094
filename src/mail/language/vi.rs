//! Vietnamese.

use super::{Language, NONE};

pub const VI: Language = Language {
    code: "vi",
    reply_prefixes: &["trl"],
    forward_prefixes: &["chuyển tiếp", "ctiếp"],
    from: &["từ", "người gửi"],
    date: &["ngày", "đã gửi", "ngày gửi"],
    to: &["đến", "tới", "người nhận"],
    cc: &["cc", "bản sao"],
    subject: &["chủ đề", "tiêu đề"],
    wrote: &["đã viết"],
    wrote_on: &["vào", "lúc"],
    originals: &["thư gốc", "tin nhắn gốc"],
    forwards: &["thư đã chuyển tiếp", "thư chuyển tiếp", "tin nhắn được chuyển tiếp"],
    footers: &["được gửi từ", "đã gửi từ ", "gửi từ "],
    closings: &["trân trọng", "thân", "thân mến", "cảm ơn", "xin cảm ơn", "trân trọng cảm ơn"],
    contacts: &["điện thoại", "đt", "sđt", "fax", "địa chỉ"],
    disclaimers: &["email này", "thư này"],
    confidential: &["bảo mật", "người nhận"],
    automatic_subjects: &["trả lời tự động", "thư trả lời tự động", "vắng mặt"],
    automatic_bodies: &["trả lời tự động", "tin nhắn tự động"],
    ..NONE
};
