//! Labels that mean another charset, texts that say none, ISO 2022.

use encoding_rs::{BIG5, EUC_KR, KOI8_R, SHIFT_JIS, WINDOWS_1251};

use super::*;

fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    encoding.encode(text).0.into_owned()
}

#[test]
fn gb18030_behind_a_gb2312_label() {
    let bytes = encoded(GB18030, "朱镕基 𠮷 甘特图");
    for label in ["gb2312", "GBK", "x-gbk", "\"gb2312\"", "cp936"] {
        assert_eq!(decode(&bytes, label), "朱镕基 𠮷 甘特图", "{label}");
    }
}

#[test]
fn undeclared_short_gbk_and_latin() {
    assert_eq!(decode(&encoded(GB18030, "甘特图无法加载"), ""), "甘特图无法加载");
    let latin = "Grüße aus München, schöne Woche";
    assert_eq!(decode(&encoded(WINDOWS_1252, latin), "us-ascii"), latin);
}

#[test]
fn a_wrong_label_is_noticed() {
    assert_eq!(decode("升级".as_bytes(), "iso-8859-1"), "升级");
    assert_eq!(decode("升级到".as_bytes(), "gb2312"), "升级到");
    let chinese = "系统升级以后无法登录，请尽快处理，谢谢";
    assert_eq!(decode(&encoded(GB18030, chinese), "iso-8859-1"), chinese);
    assert_eq!(decode(&encoded(GB18030, chinese), "utf-8"), chinese);
    let russian = "Здравствуйте, после обновления не открывается диаграмма";
    assert_eq!(decode(&encoded(KOI8_R, russian), "iso-8859-1"), russian);
    // Accents and a Chinese quotation mark do not make a text anything else.
    assert_eq!(decode(b"caf\xe9 \xa1\xb0What an evening\xa1\xb1", "iso-8859-1"), "café ¡°What an evening¡±");
    // UTF-8 that was cut inside a character.
    let cut = "升级以后无法登录";
    assert_eq!(decode(cut.as_bytes().get(..23).unwrap(), "utf-8"), "升级以后无法登\u{fffd}");
}

#[test]
fn hints_decide_where_bytes_alone_do_not() {
    let cyrillic = encoded(WINDOWS_1251, "Привет");
    assert_eq!(decode_hinted(&cyrillic, "", Hint::new("", "mail.example.ru")), "Привет");
    let big5 = encoded(BIG5, "問題");
    assert_eq!(decode_hinted(&big5, "", Hint::new("", "example.com.tw")), "問題");
    assert_eq!(decode_hinted(&big5, "", Hint::new("big5", "example.com")), "問題");
    let korean = encoded(EUC_KR, "문의 드립니다");
    assert_eq!(decode_hinted(&korean, "", Hint::new("", "naver.com")), "문의 드립니다");
    let japanese = encoded(SHIFT_JIS, "お問い合わせ");
    assert_eq!(decode_hinted(&japanese, "", Hint::new("iso-2022-jp", "example.com")), "お問い合わせ");
}

#[test]
fn seven_bit_sets() {
    assert_eq!(decode(b"a~{<:Ky2;S{~}.~~", "HZ-GB-2312"), "a己所不欲.~");
    assert_eq!(decode(b"~{<:Ky2;S{~}", ""), "己所不欲");
    assert_eq!(decode(b"~{ not ~} hz", ""), "~{ not ~} hz");
    assert_eq!(decode(b"Hi Mom -+Jjo--!", "utf-7"), "Hi Mom -\u{263A}-!");
    for label in ["ISO-2022-JP", "", "us-ascii", "utf-8", "iso-8859-1"] {
        assert_eq!(decode(b"\x1b$B%F%9%H\x1b(B", label), "テスト", "{label}");
    }
    assert_eq!(
        decode(&encoded(SHIFT_JIS, "テストです。確認してください"), "iso-2022-jp"),
        "テストです。確認してください"
    );
}

#[test]
fn wide_sets_with_and_without_marks() {
    let wide = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    for (bytes, label) in [
        (wide("\u{feff}ab 图", true), "utf-16"),
        (wide("\u{feff}ab 图", false), "utf-16"),
        (wide("ab 图", false), "utf-16"),
        (wide("ab 图", true), "utf-16"),
        (wide("ab 图", false), "utf-16le"),
        (wide("\u{feff}ab 图", true), ""),
        (b"ab \xe5\x9b\xbe".to_vec(), "utf-16"),
        ("ab 图".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(), "utf-32"),
        ("\u{feff}ab 图".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(), "utf-32le"),
    ] {
        assert_eq!(decode(&bytes, label), "ab 图", "{label} {bytes:?}");
    }
}

#[test]
fn wide_text_behind_another_label() {
    let wide: Vec<u8> = "Hello, world".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for label in ["utf-8", "us-ascii", "", "iso-8859-1"] {
        assert_eq!(decode(&wide, label), "Hello, world", "{label}");
    }
    assert_eq!(decode(b"a\0b and more text", "utf-8"), "a\0b and more text");
}

#[test]
fn code_pages_of_dos() {
    assert_eq!(decode(b"\x81ber", "cp850"), "über");
    assert_eq!(decode_code_page(b"\x81ber", 437), "über");
    assert_eq!(decode_code_page(&encoded(GB18030, "图"), 936), "图");
}
