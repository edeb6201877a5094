//! Why a recipient was not reached: a category of SPEC section 5 and whether trying again is useless (a hard bounce), from
//! the status code, the stage of the session and the words of the servers. The words are data in [`super::reasons`].

use super::{
    Finding,
    reasons::{
        BARRED_STATED, EXPIRED, MAILBOX_FULL, MOVED, NO_ADDRESS_SAID, NO_ADDRESS_STATED, NO_DOMAIN,
        NO_MAIL_SERVICE, NO_WAY, SENDING_LIMIT, SERVER_FULL, TOO_BIG, says_any,
    },
    refusals::REFUSED,
    session::{self, Stage},
};

/// What became of one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No such address or domain, or it moved.
    Address,
    /// The domain takes no mail at all: as final as a wrong address, but no typing error.
    NoMailService,
    MailboxFull,
    TooBig,
    Expired,
    Other,
}

impl Reason {
    /// The word of SPEC section 5.
    #[must_use]
    pub fn category(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::MailboxFull => "mailbox_full",
            Self::TooBig => "too_big",
            Self::Expired => "expired",
            Self::NoMailService | Self::Other => "other",
        }
    }

    /// Whether trying again is useless. A domain may take mail again one day, if its server says so.
    #[must_use]
    pub fn is_final(self, status: Option<&str>, reply: Option<u16>) -> bool {
        let temporary = status.map_or(reply.is_some_and(|r| r < 500), |s| s.starts_with('4'));
        match self {
            Self::Address => true,
            Self::NoMailService => !temporary,
            Self::MailboxFull | Self::TooBig | Self::Expired | Self::Other => false,
        }
    }
}

/// What is known of one recipient besides words.
struct Evidence<'a> {
    status: &'a str,
    reply: Option<u16>,
    stage: Option<Stage>,
}

/// Decides for one recipient, by the refusing server's reply, then the lines about him, then the whole. `own`: everything the
/// reporting server wrote, when it speaks of this one recipient only. `bytes` of each text are searched.
#[must_use]
pub fn of(finding: &Finding, status: Option<&str>, reply: Option<u16>, own: &str, bytes: usize) -> Reason {
    let said = normal(finding.diagnostic.as_deref().unwrap_or_default(), bytes);
    let near = normal(&finding.words, bytes);
    let far = normal(own, bytes);
    let stage = [&said, &near, &far].into_iter().find_map(|text| session::stage(text));
    let evidence = Evidence { status: status.unwrap_or_default(), reply, stage };
    let decided = stated(&far, BARRED_STATED, Reason::Other)
        .or_else(|| by_words(&evidence, &said))
        .or_else(|| by_words(&evidence, &near))
        .or_else(|| stated(&far, NO_ADDRESS_STATED, Reason::Address))
        .or_else(|| by_status(&evidence))
        .or_else(|| by_words(&evidence, &far))
        .or_else(|| evidence.is_expired([&said, &near, &far]).then_some(Reason::Expired));
    match decided {
        Some(reason) => reason,
        None if finding.action.as_deref() == Some("delayed") => Reason::Expired,
        None => Reason::Other,
    }
}

/// Bytes of a text that are searched for a reason: a server gives its own at once, and hundreds of phrases are tried.
const SEARCHED_BYTES_MAX: usize = 8 * 1024;
/// Bytes searched for all recipients together.
const SEARCHED_BYTES_ALL: usize = 256 * 1024;

/// Bytes of each text that are searched when a report has this many recipients.
#[must_use]
pub fn searched_bytes(recipients: usize) -> usize {
    (SEARCHED_BYTES_ALL / recipients.max(1)).min(SEARCHED_BYTES_MAX)
}

/// Lower case, every run of white space one blank.
fn normal(text: &str, bytes: usize) -> String {
    let text = text.get(..text.floor_char_boundary(bytes)).unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word.to_lowercase());
    }
    out.replace('’', "'")
}

fn stated(text: &str, group: &[&str], reason: Reason) -> Option<Reason> {
    says_any(text, group).then_some(reason)
}

/// What words leave no doubt of, the more special first.
fn by_words(e: &Evidence<'_>, text: &str) -> Option<Reason> {
    if text.trim().is_empty() {
        return None;
    }
    let detail = e.detail();
    let has = |group: &[&str]| says_any(text, group);
    if has(SENDING_LIMIT) {
        return Some(Reason::Other);
    }
    if detail == "2.2" || has(MAILBOX_FULL) && !has(SERVER_FULL) {
        return Some(Reason::MailboxFull);
    }
    if matches!(detail, "3.4" | "2.3" | "7.16") || has(TOO_BIG) {
        return Some(Reason::TooBig);
    }
    if detail == "1.6" || has(MOVED) {
        return Some(Reason::Address);
    }
    // 5.1.10 means "null MX" (RFC 7505); Exchange uses it for its own unknown recipients.
    if has(NO_ADDRESS_STATED) {
        return Some(Reason::Address);
    }
    if matches!(detail, "1.10" | "3.2" | "7.27") || has(NO_MAIL_SERVICE) {
        return Some(Reason::NoMailService);
    }
    if has(REFUSED) {
        return Some(Reason::Other);
    }
    if matches!(e.reply, Some(521 | 556)) {
        return Some(Reason::NoMailService);
    }
    if matches!(e.status, "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3") {
        return Some(Reason::Address);
    }
    // Exchange Online: 5.7.5xx bars the recipient, whatever it says of the address.
    if detail.starts_with("7.5") && detail.len() == 5 {
        return Some(Reason::Other);
    }
    if e.stage == Some(Stage::Recipient) && has(NO_ADDRESS_SAID) {
        return Some(Reason::Address);
    }
    // Gmail asks the name system again while its status is 4.x.x.
    if has(NO_WAY) || text.contains("nxdomain") && e.status.starts_with('4') {
        return Some(Reason::Other);
    }
    if has(NO_DOMAIN) && !matches!(detail, "1.7" | "1.8") && e.stage != Some(Stage::Sender) {
        return Some(Reason::Address);
    }
    None
}

/// What the status says where words said nothing (RFC 3463). A temporary one that is no matter of policy or content leaves
/// open why the server gave up.
fn by_status(e: &Evidence<'_>) -> Option<Reason> {
    match e.detail() {
        detail if detail.starts_with("7.") || detail.starts_with("6.") => Some(Reason::Other),
        _ if !e.status.starts_with('5') => None,
        "1.0" | "1.1" | "1.2" | "1.3" | "4.4" => Some(Reason::Address),
        "1.7" | "1.8" | "1.4" | "2.0" | "2.1" | "2.4" | "3.1" | "3.3" | "3.5" | "4.3" | "4.6" => {
            Some(Reason::Other)
        }
        _ => None,
    }
}

impl Evidence<'_> {
    /// Subject and detail of the status.
    fn detail(&self) -> &str {
        self.status.split_once('.').map_or("", |(_, detail)| detail)
    }

    fn is_expired(&self, texts: [&String; 3]) -> bool {
        self.status == "4.4.1" || self.detail() == "4.7" || texts.iter().any(|t| says_any(t, EXPIRED))
    }
}
