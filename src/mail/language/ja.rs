//! Japanese.

use super::Language;

pub const JA: Language = Language {
    code: "ja",
    reply_prefixes: &["返信", "返"],
    forward_prefixes: &["転送", "転"],
    from: &["差出人", "送信者", "送信元", "from", "差出人名", "発信者"],
    date: &["日時", "送信日時", "送信日", "日付", "受信日時", "送信時刻", "送信日付"],
    to: &["宛先", "受信者", "送信先", "受取人", "宛て先"],
    cc: &["cc", "写し"],
    subject: &["件名", "題名"],
    other: &["返信先", "添付ファイル", "重要度", "添付", "優先度", "返信アドレス"],
    attributions: &[
        r"^.{4,200}(?:のメール|のメッセージ|wrote|書きました|さんは書きました|が書きました|のコメント)\s*[:：]$",
    ],
    originals: &["元のメッセージ", "元のメール", "返信元メッセージ", "オリジナルメッセージ"],
    forwards: &[
        "転送",
        "転送メッセージ",
        "転送されたメッセージ",
        "転送されたメール",
        "転送元メッセージ",
        "以下は転送",
        "以下のメールを転送",
        "forwarded",
    ],
    footers: &[
        "iphoneから送信",
        "ipadから送信",
        "androidから送信",
        "私のiphoneから",
        "スマートフォンから送信",
        "outlook for",
        "windows 用メール",
        "xperiaから送信",
        "galaxyから送信",
        "docomoから",
    ],
    automatic_subjects: &["自動返信", "自動応答", "不在通知"],
    automatic_bodies: &["自動返信です"],
};
