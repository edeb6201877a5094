//! Turkish.

use super::Language;

pub const TR: Language = Language {
    code: "tr",
    reply_prefixes: &["ynt", "yan", "cvp"],
    forward_prefixes: &["ilt", "i̇lt", "ilet", "yönlendir"],
    from: &["kimden", "gönderen", "gonderen"],
    date: &["tarih", "gönderildi", "gönderilme tarihi", "gönderme tarihi", "gönderilen", "gönderim tarihi"],
    to: &["kime", "alıcı", "alıcılar"],
    cc: &["bilgi", "cc"],
    subject: &["konu"],
    other: &["yanıt adresi", "yanıtla", "önem", "ekler", "öncelik"],
    attributions: &[r"(?i)^.{6,}\s(?:tarihinde|şunu yazdı|yazdı|şöyle yazdı)\b.{0,200}:?$"],
    originals: &["özgün ileti", "orijinal mesaj", "özgün mesaj", "orijinal ileti"],
    forwards: &[
        "yönlendirilen ileti",
        "iletilen ileti",
        "i̇letilen ileti",
        "iletilen mesaj",
        "i̇letilen mesaj",
        "i̇letilmiş mesaj",
        "yönlendirilmiş mesaj",
        "i̇leti başlangıcı",
        "iletinin başlangıcı",
        "yönlendirilmiş ileti",
        "iletilmiş mesaj",
        "iletilmiş ileti",
        "yönlendirilen mesaj",
        "i̇letilen e-posta",
        "iletilen e-posta",
    ],
    footers: &[
        "iphone'umdan gönderildi",
        "iphone’umdan gönderildi",
        "ipad'imden gönderildi",
        "ipad’imden gönderildi",
        "android'den gönderildi",
        "outlook'u edinin",
    ],
    automatic_subjects: &["otomatik yanıt", "otomatik cevap", "ofis dışında"],
    automatic_bodies: &["bu otomatik bir", "otomatik yanıt", "ofis dışındayım", "izindeyim"],
};
