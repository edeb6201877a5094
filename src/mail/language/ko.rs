//! Korean.

use super::Language;

pub const KO: Language = Language {
    code: "ko",
    reply_prefixes: &["답장", "회신"],
    forward_prefixes: &["전달"],
    from: &["보낸 사람", "보낸사람", "발신", "발신자", "보내는 사람", "발송자"],
    date: &["날짜", "보낸 날짜", "보낸날짜", "보낸 시간", "일시", "보낸시간"],
    to: &["받는 사람", "받는사람", "수신", "수신자", "받는 이"],
    cc: &["참조"],
    subject: &["제목"],
    other: &["첨부", "답장 받는 사람"],
    attributions: &[r"^.{4,200}(?:님이|이|가)\s?(?:작성|썼습니다|쓴 글).{0,5}[:：]?$"],
    originals: &["원문", "원본 메시지", "원본 메일", "회신 원문", "original message"],
    forwards: &["전달된 메일", "전달된 메시지", "전달한 메일", "전달 메시지", "전달된 이메일"],
    footers: &[
        "나의 iphone에서 보냄",
        "내 iphone에서 보냄",
        "내 ipad에서 보냄",
        "iphone에서 보냄",
        "android에서 보냄",
        "삼성 갤럭시",
        "갤럭시에서 보",
        "outlook for",
        "내 galaxy에서 보냄",
    ],
    automatic_subjects: &["자동 회신", "부재중 자동 응답", "자동 응답", "자동응답", "부재중"],
    automatic_bodies: &["자동 회신입니다"],
};
