//! Delivery reports: from mail to recipients with status, reply code, words and a reason. Knows nothing of our outbox.
//!
//! Reports have few shapes, however many programs write them: fields (RFC 3464), JSON, and texts that list recipients with
//! reasons or copy the SMTP session. `fields`, `notice`, `listing` and `session` read one shape each and know no program;
//! what programs say is data, in `signs` (how a report is known) and `reasons` (why it was refused).
//!
//! Invariants: linear in the text; at most [`RECIPIENTS_MAX`] recipients.

mod codes;
mod fields;
mod layout;
mod listing;
mod notice;
mod original;
mod reason;
mod reasons;
mod recognition;
mod refusals;
mod session;
mod signs;

use super::{Reading, Report, ReportRecipient, addresses, attachments, structure, structure::Structure};
use reason::Reason;

/// Recipients kept of one report.
const RECIPIENTS_MAX: usize = 1_000;
/// Characters kept of one recipient's words.
const DIAGNOSTIC_CHARS_MAX: usize = 1_000;
/// How far into its text a server says what became of the mail.
const OUTCOME_BYTES_MAX: usize = 6_000;
/// Gateways wrap a report into one of their own; nobody wraps twice.
const WRAPPED_MAX: usize = 5;

/// What one shape of report says of one recipient.
#[derive(Debug, Clone, Default)]
struct Finding {
    address: Option<String>,
    action: Option<String>,
    /// As a field states it.
    status: Option<String>,
    /// The refusing server's words, as a field gives them.
    diagnostic: Option<String>,
    /// The lines of the text that speak of this recipient.
    words: String,
}

impl Finding {
    fn append(&mut self, words: &str) {
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        self.words.push_str(words);
    }

    fn is_for(&self, address: &str) -> bool {
        self.address.as_deref().is_some_and(|a| a.eq_ignore_ascii_case(address))
    }
}

/// Reads the report that a mail holds, if it is one.
#[must_use]
pub fn read(tree: &Structure<'_>, reading: &Reading, text: &str) -> Option<Report> {
    if let Some(notice) = notice::read(text) {
        let marks = original::Marks { message_id: notice.message_id, ..original::marks(tree, "") };
        return Some(report(notice.recipients, marks, "", reading));
    }
    let stated = fields::of_parts(tree).filter(|_| !recognition::is_from_person(tree, reading));
    if stated.is_none() && !recognition::is_report(tree, reading, text) {
        return None;
    }
    let own = original::own_lines(text);
    let marks = original::marks(tree, text);
    let findings = findings(stated.unwrap_or_default(), tree, reading, text, &own);
    Some(report(findings, marks, &own.join("\n"), reading))
}

/// What a server said when it refused a mail in the middle of the session, as though it had reported it: `550 5.1.1 no such
/// user`.
#[must_use]
pub fn of_refusal(words: &str) -> Report {
    let finding = Finding {
        action: Some("failed".to_owned()),
        diagnostic: Some(words.to_owned()),
        // As Postfix says it: where in the session words like "no such user" were said tells what they mean.
        words: "(in reply to RCPT TO command)".to_owned(),
        ..Finding::default()
    };
    let outcome = Outcome { delivered: false, still_trying: false, gave_up: true };
    let (recipient, reason) = judged(finding, "", &outcome, reason::searched_bytes(1));
    let is_final = reason.is_final(recipient.status.as_deref(), recipient.smtp_code);
    Report {
        recipients: vec![recipient],
        hard_bounce: Some(is_final),
        category: Some(reason.category().to_owned()),
        ..Report::default()
    }
}

/// Whether a text is a sending service's notice of a complaint.
#[must_use]
pub fn is_complaint(text: &str) -> bool {
    notice::read(text).is_some_and(|n| n.complaint)
}

/// The recipients by the most exact shape the report has, each with what the other shapes add.
fn findings(
    stated: Vec<Finding>,
    tree: &Structure<'_>,
    reading: &Reading,
    text: &str,
    own: &[&str],
) -> Vec<Finding> {
    let stated = or_else(stated, || fields::of_lines(text.lines().take(2_000)));
    let stated = or_else(stated, || wrapped(tree));
    let listed = listing::read(own);
    if has_address(&stated) {
        return stated.into_iter().map(|f| with_words(f, &listed)).collect();
    }
    let named = named_in_header(tree, &listed);
    let found = [named, listed, session::read(own)].into_iter().find(|f| has_address(f));
    let found = found.or_else(|| {
        let known: Vec<String> = reading.to.iter().chain(&reading.cc).map(|a| a.address.clone()).collect();
        listing::any(own, &known).map(|f| vec![f])
    });
    let found = found.unwrap_or_else(|| {
        let to = original::recipients(tree, text).into_iter();
        to.map(|a| Finding { address: Some(a.address), ..Finding::default() }).collect()
    });
    // A block of fields without an address still has action and status.
    let common = stated.into_iter().next().unwrap_or_default();
    if found.is_empty() {
        return Vec::from_iter(common.action.is_some().then_some(common));
    }
    found
        .into_iter()
        .map(|f| Finding {
            action: f.action.or_else(|| common.action.clone()),
            status: f.status.or_else(|| common.status.clone()),
            diagnostic: f.diagnostic.or_else(|| common.diagnostic.clone()),
            ..f
        })
        .collect()
}

fn has_address(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.address.is_some())
}

fn or_else(findings: Vec<Finding>, other: impl FnOnce() -> Vec<Finding>) -> Vec<Finding> {
    if has_address(&findings) {
        return findings;
    }
    let others = other();
    if has_address(&others) { others } else { findings }
}

/// What the text says of the same recipient.
fn with_words(mut finding: Finding, listed: &[Finding]) -> Finding {
    let same = listed.iter().find(|l| finding.address.as_deref().is_some_and(|a| l.is_for(a)));
    if let Some(same) = same {
        finding.append(&same.words);
    }
    finding
}

/// Exim, Gmail, Sun: `X-Failed-Recipients`.
fn named_in_header(tree: &Structure<'_>, listed: &[Finding]) -> Vec<Finding> {
    let Some(root) = tree.parts.first() else {
        return Vec::new();
    };
    let named = root.header.all("X-Failed-Recipients").flat_map(|f| addresses::parse(f.value));
    let findings = named.map(|a| Finding { address: Some(a.address), ..Finding::default() });
    findings.take(RECIPIENTS_MAX).map(|f| with_words(f, listed)).collect()
}

/// The fields of a report inside this one: virus scanners and gateways pass one on as a message of their own.
fn wrapped(tree: &Structure<'_>) -> Vec<Finding> {
    let inner = tree.parts.iter().filter(|p| p.is_message()).take(WRAPPED_MAX);
    let found = inner.filter_map(|part| {
        let data = attachments::bytes(part);
        fields::of_parts(&structure::parse(data.trim_ascii_start()))
    });
    found.flatten().take(RECIPIENTS_MAX).collect()
}

fn report(mut findings: Vec<Finding>, marks: original::Marks, own: &str, reading: &Reading) -> Report {
    findings.truncate(RECIPIENTS_MAX);
    let alone = findings.len() <= 1;
    let outcome = Outcome::of(own, reading);
    let searched = reason::searched_bytes(findings.len());
    let mut reasons = Vec::with_capacity(findings.len());
    let mut recipients = Vec::with_capacity(findings.len());
    for finding in findings {
        let (recipient, reason) = judged(finding, if alone { own } else { "" }, &outcome, searched);
        let delayed = recipient.action.as_deref() == Some("delayed");
        reasons.push((reason, !delayed && reason.is_final(recipient.status.as_deref(), recipient.smtp_code)));
        recipients.push(recipient);
    }
    let delivered = !recipients.is_empty() && recipients.iter().all(is_delivered);
    // The first recipient speaks for all, unless nothing is known of him.
    let leading = reasons.iter().find(|(r, _)| *r != Reason::Other).or(reasons.first()).copied();
    let (reason, is_final) = leading.unwrap_or((Reason::Other, false));
    Report {
        recipients,
        original_message_id: marks.message_id,
        original_reference: marks.reference,
        original_mark: marks.bounce,
        hard_bounce: (!delivered).then_some(is_final),
        category: (!delivered).then(|| reason.category().to_owned()),
    }
}

fn is_delivered(recipient: &ReportRecipient) -> bool {
    matches!(recipient.action.as_deref(), Some("delivered" | "relayed" | "expanded"))
}

/// One recipient's codes, action and reason. `around` is all that the server wrote, when he is the only one.
fn judged(finding: Finding, around: &str, outcome: &Outcome, searched: usize) -> (ReportRecipient, Reason) {
    let diagnostic = finding.diagnostic.clone().unwrap_or_default();
    let mut status = codes::stated_or_said(finding.status.as_deref(), &diagnostic);
    // The server's own reply is complete; without one the text may know more.
    let mut complete = codes::status(&diagnostic).is_some();
    for words in [finding.words.as_str(), around] {
        let vague = status.as_deref().is_none_or(|s| s.ends_with(".0.0"));
        if vague && !complete || status.as_deref() == Some("4.4.7") {
            status = codes::stated_or_said(status.as_deref(), words);
            complete = codes::status(words).is_some();
        }
    }
    let delivered = matches!(finding.action.as_deref(), Some("delivered" | "relayed" | "expanded"));
    let texts = [diagnostic.as_str(), finding.words.as_str(), around];
    let reply = texts.iter().find_map(|t| {
        if delivered { codes::reply_of_success(t) } else { codes::reply(t, status.as_deref()) }
    });
    let action = finding.action.clone().unwrap_or_else(|| outcome.action(status.as_deref()).to_owned());
    let finding = Finding { action: Some(action), ..finding };
    let reason = reason::of(&finding, status.as_deref(), reply, around, searched);
    let shown = Some(diagnostic).filter(|d| !d.is_empty()).or_else(|| Some(finding.words.clone()));
    let recipient = ReportRecipient {
        address: finding.address,
        action: finding.action,
        status,
        smtp_code: reply,
        diagnostic: shown.filter(|d| !d.is_empty()).map(|d| d.chars().take(DIAGNOSTIC_CHARS_MAX).collect()),
    };
    (recipient, reason)
}

/// What a text without fields says became of the mail.
struct Outcome {
    delivered: bool,
    still_trying: bool,
    gave_up: bool,
}

impl Outcome {
    fn of(own: &str, reading: &Reading) -> Self {
        let start = own.get(..own.floor_char_boundary(OUTCOME_BYTES_MAX)).unwrap_or(own).to_lowercase();
        let subject = reading.subject.as_deref().unwrap_or_default().to_lowercase();
        let says = |table: &[&str]| table.iter().any(|w| start.contains(w));
        Self {
            delivered: says(layout::DELIVERED),
            still_trying: says(layout::STILL_TRYING)
                || layout::SUBJECTS_OF_DELAYS.iter().any(|w| subject.contains(w)),
            gave_up: says(layout::GAVE_UP),
        }
    }

    /// In the words of RFC 3464 section 2.3.3.
    fn action(&self, status: Option<&str>) -> &'static str {
        let class = status.and_then(|s| s.chars().next());
        match class {
            None | Some('2') if self.delivered => "delivered",
            _ if self.gave_up => "failed",
            Some('4') => "delayed",
            _ if self.still_trying => "delayed",
            _ => "failed",
        }
    }
}

#[cfg(test)]
mod tests;
