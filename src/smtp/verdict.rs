//! What an answer of the server means for the mail. Pure: knows no socket, clock or row.
//!
//! Evidence: RFC 5321 sections 4.2 and 4.3.2 (codes by command), RFC 3463 and RFC 5248 (enhanced codes), RFC 4954 section 6
//! (530, 534, 535, 538), RFC 1870 section 6.1 (552 for size).

/// How the attempt of one mail ended. Words are the server's or ours, without addresses, at most [`WORDS_CHARS_MAX`] long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The server answers for it now.
    Accepted { code: u16, words: String },
    /// Not taken, and later it may be; `code` is `None` when the connection ended before the final dot.
    Temporary { code: Option<u16>, words: String },
    /// Never will be taken; `code` is `None` when we ourselves saw that before sending anything.
    Permanent { code: Option<u16>, words: String },
    /// Refused because of us (sender, login), not because of this mail: later, and the operator must know.
    Operator { code: u16, words: String },
    /// The content was on its way and no answer came: it may have been accepted.
    Unknown { why: String },
    /// The server did not hear of this mail: it can be tried again at once.
    NotTried { why: String },
}

/// Enhanced codes that blame the envelope sender: RFC 3463 section 3.2 (1.7, 1.8), Exchange's SendAsDenied.
const SENDER_CODES: [&str; 4] = ["5.1.7", "5.1.8", "5.7.60", "5.2.252"];
/// Words that do, where the code is a general one: Postfix refuses senders only at RCPT (`smtpd_delay_reject`).
const SENDER_WORDS: [&str; 9] = [
    "sender",
    "mail from",
    "envelope",
    "return-path",
    "reverse-path",
    "send as",
    "sendas",
    "not owned by",
    "authorization user",
];

impl Verdict {
    /// Whether the refusal may be about the envelope sender alone, so that the same mail may pass under another one.
    #[must_use]
    pub fn may_blame_sender(&self) -> bool {
        match self {
            // Of the answers about us all but those to the login stand at MAIL.
            Self::Operator { code, .. } => !matches!(code, 503 | 530 | 534 | 535 | 538),
            Self::Permanent { code: Some(_), words } => {
                let words = words.to_lowercase();
                let first = words.split_whitespace().next().unwrap_or_default();
                SENDER_CODES.contains(&first) || SENDER_WORDS.iter().any(|w| words.contains(w))
            }
            Self::Accepted { .. }
            | Self::Temporary { .. }
            | Self::Permanent { code: None, .. }
            | Self::Unknown { .. }
            | Self::NotTried { .. } => false,
        }
    }
}

/// Where in a transaction the answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// MAIL.
    Sender,
    /// RCPT.
    Recipient,
    /// DATA.
    Data,
    /// After the final dot.
    Content,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Reply {
        code: u16,
        words: String,
    },
    /// The connection was cut, stalled past its deadline, or spoke no SMTP.
    Lost {
        why: String,
    },
}

/// Characters of a server's words that are kept.
pub(super) const WORDS_CHARS_MAX: usize = 300;

/// Judges an answer; `None`: go on with the transaction. `reused`: another mail went over this connection before, so that a
/// connection that ends at MAIL only was idle or used for too long.
pub(super) fn judge(stage: Stage, answer: &Answer, reused: bool) -> Option<Verdict> {
    let (code, words) = match answer {
        Answer::Reply { code, words } => (*code, words.clone()),
        Answer::Lost { why } => return Some(lost(stage, why.clone(), reused)),
    };
    match (stage, code) {
        (Stage::Sender | Stage::Recipient, 200..=299) | (Stage::Data, 354) => None,
        (Stage::Content, 200..=299) => Some(Verdict::Accepted { code, words }),
        (Stage::Sender, 421) if reused => Some(Verdict::NotTried { why: format!("{code} {words}") }),
        (_, 400..=499) => Some(Verdict::Temporary { code: Some(code), words }),
        (_, 500..=599) => Some(refusal(stage, code, words)),
        // An answer that does not fit its command: the two sides are out of step.
        (Stage::Content, _) => Some(Verdict::Unknown { why: format!("answer {code} to the content") }),
        (Stage::Sender | Stage::Recipient | Stage::Data, _) => {
            Some(Verdict::Temporary { code: None, words: format!("answer {code} does not fit the command") })
        }
    }
}

fn lost(stage: Stage, why: String, reused: bool) -> Verdict {
    match stage {
        Stage::Sender if reused => Verdict::NotTried { why },
        Stage::Sender | Stage::Recipient | Stage::Data => Verdict::Temporary { code: None, words: why },
        Stage::Content => Verdict::Unknown { why },
    }
}

/// A 5xx answer: whose fault is it?
fn refusal(stage: Stage, code: u16, words: String) -> Verdict {
    let enhanced = words.split_whitespace().next().unwrap_or_default();
    match (stage, code, enhanced) {
        // Not logged in, or not enough: RFC 4954 section 6; 503 is what servers say to MAIL when they wanted AUTH first.
        (_, 530 | 534 | 535 | 538, _) | (Stage::Sender, 503, _) => Verdict::Operator { code, words },
        // The recipient's mailbox is full: it empties, and RFC 5321 section 4.2.2 calls it "exceeded storage allocation".
        (Stage::Recipient | Stage::Content, 552 | 522, "5.2.2") => {
            Verdict::Temporary { code: Some(code), words }
        }
        // Size, by number (RFC 1870 section 6.1) or by enhanced code (RFC 3463 section 3.4).
        (Stage::Sender, 552, _) | (Stage::Sender, _, "5.3.4" | "5.2.3") => {
            Verdict::Permanent { code: Some(code), words }
        }
        // A refused sender is refused for every mail: `553 sender is not owned by user`, QQ `501 mail from address must be
        // same as authorization user`.
        (Stage::Sender, _, _) => Verdict::Operator { code, words },
        (Stage::Recipient | Stage::Data | Stage::Content, _, _) => {
            Verdict::Permanent { code: Some(code), words }
        }
    }
}

/// A server's words as they may be stored and logged: one line, no addresses, no control characters.
pub(super) fn clean(words: &str) -> String {
    let spaced: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let kept: Vec<&str> = spaced
        .split_whitespace()
        .map(|word| if word.contains(['@', '＠']) { "<address>" } else { word })
        .collect();
    kept.join(" ").chars().take(WORDS_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, words: &str) -> Answer {
        Answer::Reply { code, words: words.to_owned() }
    }

    fn word(verdict: Option<&Verdict>) -> &'static str {
        match verdict {
            None => "go on",
            Some(Verdict::Accepted { .. }) => "accepted",
            Some(Verdict::Temporary { .. }) => "temporary",
            Some(Verdict::Permanent { .. }) => "permanent",
            Some(Verdict::Operator { .. }) => "operator",
            Some(Verdict::Unknown { .. }) => "unknown",
            Some(Verdict::NotTried { .. }) => "not tried",
        }
    }

    #[test]
    fn answers_are_judged_by_stage_code_and_enhanced_code() {
        use Stage::{Content, Data, Recipient, Sender};
        let table = [
            (Sender, 250, "2.1.0 ok", "go on"),
            (Recipient, 251, "will forward", "go on"),
            (Data, 354, "go", "go on"),
            (Content, 250, "2.0.0 queued", "accepted"),
            (Sender, 451, "4.7.1 slow down", "temporary"),
            (Recipient, 450, "4.2.0 greylisted", "temporary"),
            (Recipient, 452, "4.2.2 over quota", "temporary"),
            (Data, 451, "4.3.0", "temporary"),
            (Content, 451, "4.3.0", "temporary"),
            (Content, 421, "4.3.2 going down", "temporary"),
            (Recipient, 550, "5.1.1 no such user", "permanent"),
            (Recipient, 552, "5.2.2 mailbox full", "temporary"),
            (Content, 552, "5.2.2 mailbox full", "temporary"),
            (Content, 552, "5.3.4 too big", "permanent"),
            (Content, 554, "5.7.1 spam", "permanent"),
            (Data, 554, "no valid recipients", "permanent"),
            (Sender, 552, "5.3.4 too big", "permanent"),
            (Sender, 550, "5.2.3 too big", "permanent"),
            (Sender, 553, "5.7.1 not owned by user", "operator"),
            (Sender, 501, "mail from address must be same as authorization user", "operator"),
            (Sender, 503, "AUTH first", "operator"),
            (Recipient, 530, "5.7.0 authentication required", "operator"),
            (Content, 535, "5.7.8", "operator"),
            (Sender, 354, "out of step", "temporary"),
            (Data, 250, "out of step", "temporary"),
            (Content, 354, "out of step", "unknown"),
        ];
        for (stage, code, words, expected) in table {
            let verdict = judge(stage, &reply(code, words), false);
            assert_eq!(word(verdict.as_ref()), expected, "{stage:?} {code} {words}");
        }
    }

    #[test]
    fn a_lost_connection_is_unknown_only_after_the_content_left() {
        let lost = Answer::Lost { why: "cut".to_owned() };
        assert_eq!(word(judge(Stage::Content, &lost, false).as_ref()), "unknown");
        for stage in [Stage::Sender, Stage::Recipient, Stage::Data] {
            assert_eq!(word(judge(stage, &lost, false).as_ref()), "temporary");
        }
    }

    #[test]
    fn a_reused_connection_that_ends_at_mail_did_not_try() {
        assert_eq!(
            word(judge(Stage::Sender, &Answer::Lost { why: String::new() }, true).as_ref()),
            "not tried"
        );
        assert_eq!(word(judge(Stage::Sender, &reply(421, "idle"), true).as_ref()), "not tried");
        assert_eq!(word(judge(Stage::Sender, &reply(421, "idle"), false).as_ref()), "temporary");
    }

    #[test]
    fn a_refusal_that_may_be_about_the_envelope_sender_is_known() {
        use Stage::{Content, Recipient, Sender};
        let table = [
            (Sender, 553, "5.7.1 <address> Sender address rejected: not owned by user", true),
            (Sender, 501, "mail from address must be same as authorization user", true),
            (Sender, 550, "5.1.0 invalid", true),
            (Recipient, 553, "5.7.1 <address> Sender address rejected: not owned by user support", true),
            (Content, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", true),
            (Content, 554, "5.2.252 SendAsDenied; <address> not allowed to send as <address>", true),
            (Recipient, 550, "5.1.1 <address> User unknown", false),
            (Recipient, 450, "4.1.8 Sender address rejected", false),
            (Content, 554, "5.7.1 spam", false),
            (Sender, 530, "5.7.0 authentication required", false),
            (Sender, 503, "AUTH first", false),
            (Content, 250, "2.0.0 queued", false),
        ];
        for (stage, code, words, blames) in table {
            let verdict = judge(stage, &reply(code, words), false);
            assert_eq!(verdict.is_some_and(|v| v.may_blame_sender()), blames, "{stage:?} {code} {words}");
        }
    }

    #[test]
    fn words_lose_addresses_and_control_characters() {
        assert_eq!(clean("5.1.1 <ann@client.test>: user\r\nunknown\u{7}"), "5.1.1 <address> user unknown");
        assert_eq!(clean(&"x".repeat(1000)).chars().count(), WORDS_CHARS_MAX);
    }
}
