//! Whether an answer to a confirmation mail says yes. Knows the agent's words, not the mail.
//!
//! Invariant: only a closed vocabulary says yes, in the first line that was newly written. An autoresponder without any mark
//! of one answers in prose, and an empty answer says nothing: neither confirms.

/// What says yes, lower case, without marks. The first is what the button of the confirmation mail writes.
const YES: [&str; 83] = [
    "ok",
    "okay",
    "okey",
    "okidoki",
    "k",
    "yes",
    "yes please",
    "yep",
    "yeah",
    "y",
    "sure",
    "confirm",
    "confirmed",
    "i confirm",
    "approve",
    "approved",
    "agreed",
    "correct",
    "send",
    "send it",
    "please send",
    "please send it",
    "yes send it",
    "go",
    "go ahead",
    "please go ahead",
    "do it",
    "that was me",
    "it was me",
    "yes it was me",
    "yes that was me",
    "确认",
    "確認",
    "确定",
    "確定",
    "确认发送",
    "確認發送",
    "是",
    "是的",
    "可以",
    "可以的",
    "好",
    "好的",
    "行",
    "同意",
    "没问题",
    "沒問題",
    "对",
    "對",
    "发送",
    "發送",
    "发吧",
    "是我",
    "是我本人",
    "ja",
    "ja bitte",
    "jawohl",
    "bestätigt",
    "bestätige",
    "ich bestätige",
    "einverstanden",
    "senden",
    "passt",
    "oui",
    "d accord",
    "confirmer",
    "je confirme",
    "si",
    "sí",
    "sì",
    "vale",
    "confirmo",
    "confermo",
    "sim",
    "akkoord",
    "tak",
    "potwierdzam",
    "да",
    "ок",
    "подтверждаю",
    "はい",
    "네",
    "예",
];

/// Words that take a yes back where they follow it in the same paragraph.
const BUT: [&str; 21] = [
    "no", "not", "don", "dont", "never", "wait", "stop", "cancel", "but", "nicht", "nein", "kein", "aber",
    "warte", "stopp", "non", "pas", "pero", "mais", "не", "but,",
];

/// The same in languages that are written without blanks.
const BUT_WITHIN: [&str; 9] = ["不", "别", "別", "勿", "但", "等", "取消", "ない", "待"];

/// Whether `text`, the newly written part of an answer, says yes.
#[must_use]
pub fn is_consent(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    let Some(first) = lines.next() else { return false };
    says_yes(first) && !lines.take_while(|line| !line.is_empty()).any(takes_back)
}

fn says_yes(line: &str) -> bool {
    if line.contains(['?', '？', '¿']) || line.starts_with('>') {
        return false;
    }
    let words = words(line);
    let thumb = words.is_empty() && line.contains('👍');
    thumb || YES.contains(&words.join(" ").as_str())
}

/// What programs put below the word, a name or an advertisement, takes nothing back.
fn takes_back(line: &str) -> bool {
    words(line).iter().any(|word| BUT.contains(&word.as_str()))
        || BUT_WITHIN.iter().any(|piece| line.contains(piece))
}

/// Full-width letters of Chinese keyboards count as their plain ones.
fn words(line: &str) -> Vec<String> {
    let plain = |c: char| match u32::from(c) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let line = line.chars().map(plain).collect::<String>().to_lowercase();
    line.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{YES, is_consent};

    #[test]
    fn a_yes_in_any_hand_confirms() {
        for word in YES {
            assert!(is_consent(word), "{word}");
        }
        for text in [
            "OK",
            "Ok.",
            "ＯＫ",
            "\n\n  OK!  \n",
            "Yes, please.",
            "确认。",
            "好的！",
            "👍",
            "OK 👍",
            "OK\n\nAlice Chen\nSupport · Example Ltd\nIf you are not the intended recipient, do not read this.",
            "OK\nAlice",
            "ok\nGet Outlook for iOS",
            "D'accord",
            "Ja, bitte!",
            "Да",
        ] {
            assert!(is_consent(text), "{text}");
        }
    }

    #[test]
    fn prose_questions_silence_and_second_thoughts_do_not() {
        for text in [
            "",
            "  \n\n",
            "> ok",
            "ok?",
            "可以吗？",
            "No",
            "不可以",
            "Please do not send this.",
            "OK, but change the price first",
            "ok\nwait, not yet",
            "好的\n先别发",
            "I am out of the office until Monday.",
            "Thank you for your mail. I will answer when I am back.",
            "Yes, we received your message and will get back to you.",
            "您好，您的来信已收到。",
            "Ich bin bis Montag nicht im Büro.",
            "Somebody, probably you, wrote on #1042 from your address",
            "Confirm: mailto:support@example.com?body=OK",
            "Automatic reply: OK",
            "👎",
            "!",
        ] {
            assert!(!is_consent(text), "{text}");
        }
    }
}
