//! How the texts of reports are laid out, as data: what stands before a failed address and before the returned mail, and how
//! a server says whether it gave up. All lower case.

/// Beginnings of lines (without quote marks, dashes and blanks) from which on the returned mail stands.
pub const RETURNED: &[&str] = &[
    "below this line is a copy", // qmail
    "this is a copy of",         // Exim
    "original message",          // Yahoo, Gmail, IMail, and others
    "unsent message",            // Sendmail 5
    "enclosed are the original",
    "message headers follow", // DragonFly Mail Agent
    "message header follows", // Gmail, smail
    "message header",
    "below is a copy of the original message", // OpenSMTPD
    "returned message",                        // Notes
    "returned mail ---",
    "undelivered message",
    "failed message",
    "header of the original message", // 1&1, GMX
    "here is your returned mail",
    "below the next line is a copy", // newmail.ru
    "start of returned message",
    "old message:", // Microsoft SMTPSVC
    "original message attached",
    "original message headers",
    "the header and top",
    "the first 50 lines of your original message",
    "end of message",       // InterScan
    "message text follows", // smail
    "the header of the original",
    "a copy of the original message below this line", // EarthLink
    "here is a copy of the first part of the message",
    "the attachment contains the original mail headers",
    "the body of the message is",
    "included is a copy of the message header", // MX Logic
    "your message reads",
    "message text follows",
    "message details:", // Verizon
    "received: ",
    "received:from",
    "return-path: ",
    "original mail info", // m-FILTER
    "en-têtes de message d'origine",
    "intestazioni originali del messaggio",
    "ursprungshuvuden",
    "ursprüngliche nachrichtenkopfzeilen",
    "encabezados de mensaje originales",
    "原始邮件头",
    "原邮件内容",
];

/// What stands at the beginning of a line before a failed address.
pub const LABELS: &[&str] = &[
    "recipient address:", // PMDF, Sun Messaging Server, Exchange
    "original address:",  // PMDF
    "recipient:",         // KDDI EZweb, Cisco
    "failed recipient:",
    "intended recipient:",
    "undeliverable address:",
    "undeliverable to ",                  // IMail
    "unknown user:",                      // IMail
    "unknown host:",                      // IMail
    "user mailbox exceeds allowed size:", // IMail
    "invalid final delivery userid:",     // IMail
    "mailbox is full:",
    "user's mailbox is full:", // Prodigy
    "delivery failed",         // IMail: `Delivery failed 20 attempts: a@b`
    "error-for:",              // LSMTP
    "failed addresses:",
    "address:",
    "收件人：",
    "收件人:",
    "收件人/to",
    "失败收件人",
    "收件地址",
    "宛先：",
    "宛先:",
    "받는 사람:", // Naver
    "받는사람:",
    "수신자:",
];

/// What stands inside a sentence before a failed address.
pub const SENTENCES: &[&str] = &[
    "delivering your mail to <",    // DragonFly Mail Agent
    "could not be delivered to: <", // KDDI
    "could not be delivered to:",
    "could not be delivered to",
    "unable to deliver message to", // InterScan
    "unable to deliver your message to",
    "unable to deliver mail to",
    "failed to deliver to",
    "rejected recipient <",
    "returned permanent errors:",
    "wasn't delivered to", // Gmail
    "was not delivered to",
    "has been delayed to",
    "did not reach",
    "your message to",
    "you sent mail to",
    "message to <",
    "quota violation for",   // Sun Messaging Server
    "sorry your message to", // Yahoo
    "addressed to",
    "无法发送到", // QQ
    "发送到",
    "未能送达",
    "teslim edilemedi:",
    "bericht aan ",
    "dostarczona do:",
    "dostarczona do",
];

/// Servers that will go on trying say so.
pub const STILL_TRYING: &[&str] = &[
    "will be retried",
    "will continue to try",
    "warning message only",
    "warning only",
    "delivery attempts will continue",
    "will keep trying",
    "has been delayed",
    "is delayed",
    "not need to resend",
    "not need to re-send",
    "temporary failure report",
    "继续尝试",
    "繼續嘗試",
];

/// Subjects of reports that are only warnings.
pub const SUBJECTS_OF_DELAYS: &[&str] =
    &["delayed", "still being retried", "warning: could not send", "(delay)", "延迟", "verzögert", "retard"];

/// Servers that succeeded say so.
pub const DELIVERED: &[&str] = &[
    "your message was successfully delivered",
    "has been successfully delivered",
    "was successfully delivered to",
    "your message was relayed to", // OpenSMTPD
    "was successfully relayed to",
    "已成功送达",
    "已成功投递",
];

/// Servers that gave up say so, whatever else they say.
pub const GAVE_UP: &[&str] = &[
    "giving up",
    "i've given up",
    "not going to try again",
    "permanent",
    "has expired",
    "message expired",
    "no further",
    "could not be delivered to",
    "will be deleted from queue",
    "returned to sender",
    "returning message",
    "was aborted",
];

/// Whether a line names the sender, not a recipient.
#[must_use]
pub fn names_sender(lower: &str) -> bool {
    [
        "mail from",
        "from:",
        "message-id",
        "in-reply-to",
        "references",
        "from <",
        "sender:",
        "sender address",
        "reply-to",
        "发件人",
        "contact ",
    ]
    .iter()
    .any(|w| lower.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_lower_case() {
        for table in [RETURNED, LABELS, SENTENCES, STILL_TRYING, SUBJECTS_OF_DELAYS, DELIVERED, GAVE_UP] {
            for words in table {
                assert_eq!(&words.to_lowercase(), words);
            }
        }
    }
}
