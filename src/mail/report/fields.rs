//! The first shape of report: the fields of RFC 3464, in a part of their own or laid open in a text. A block of fields
//! speaks of one recipient; some programs leave out the blank lines between the blocks.

use crate::mail::{attachments, structure::Structure, words};

use super::Finding;

/// The recipients of all status parts; `None` when there is no such part.
#[must_use]
pub fn of_parts(tree: &Structure<'_>) -> Option<Vec<Finding>> {
    let mut found = None;
    for part in &tree.parts {
        if matches!(
            part.content_type.value.as_str(),
            "message/delivery-status" | "message/global-delivery-status" | "message/xdelivery-status"
        ) {
            let data = attachments::bytes(part);
            let text = String::from_utf8_lossy(&data);
            found.get_or_insert_with(Vec::new).extend(of_lines(text.lines()));
        }
    }
    found
}

/// One block in the making.
#[derive(Default)]
struct Block {
    final_recipient: Option<String>,
    original_recipient: Option<String>,
    actual_recipient: Option<String>,
    action: Option<String>,
    status: Option<String>,
    diagnostic: Option<String>,
}

/// The fields that matter here, lower case.
const NAMES: &[&str] = &[
    "reporting-mta",
    "final-recipient",
    "original-recipient",
    // Sendmail 8.8 and later: where an alias led.
    "x-actual-recipient",
    "action",
    "status",
    "diagnostic-code",
];

/// The recipients in lines of fields; other lines between them are ignored.
#[must_use]
pub fn of_lines<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut block = Block::default();
    let mut reporter = None;
    let mut open: Option<(&'static str, String)> = None;
    for line in lines.chain(std::iter::once("")) {
        let quoted = unmarked(line);
        if let Some((_, value)) = &mut open
            && quoted.starts_with([' ', '\t'])
            && !quoted.trim().is_empty()
        {
            value.push(' ');
            value.push_str(quoted.trim());
            continue;
        }
        if let Some((name, value)) = open.take() {
            take(&mut block, &mut reporter, name, &value, &mut out);
        }
        open = field(quoted);
        if quoted.trim().is_empty() {
            finish(&mut block, reporter.as_deref(), &mut out);
        }
        if out.len() >= super::RECIPIENTS_MAX {
            break;
        }
    }
    out
}

/// A line without the marks of a quoted report. Blanks that fold a field stay, other than in `line::unquoted`.
fn unmarked(line: &str) -> &str {
    let bare = line.trim_start_matches(['>', '|']);
    if bare.len() < line.len() { bare.strip_prefix(' ').unwrap_or(bare) } else { line }
}

fn field(line: &str) -> Option<(&'static str, String)> {
    let (name, value) = line.split_once(':').filter(|(n, _)| n.len() <= 20)?;
    let name = name.trim_end();
    NAMES.iter().find(|n| name.eq_ignore_ascii_case(n)).map(|n| (*n, value.trim().to_owned()))
}

fn take(block: &mut Block, reporter: &mut Option<String>, name: &str, value: &str, out: &mut Vec<Finding>) {
    let again = match name {
        "final-recipient" => block.final_recipient.is_some(),
        "action" => block.action.is_some(),
        _ => false,
    };
    if again {
        finish(block, reporter.as_deref(), out);
    }
    let value = words::decode(value.as_bytes());
    match name {
        "reporting-mta" => *reporter = typed(&value),
        "final-recipient" => block.final_recipient = typed(&value),
        "original-recipient" => block.original_recipient = typed(&value),
        "x-actual-recipient" => block.actual_recipient = typed(&value),
        "action" => block.action = action(&value),
        "status" => {
            let code = super::codes::status(&value);
            // PMDF puts its reason behind the code: `5.0.0 (recipient reached disk quota)`.
            let reason = value.split_once('(').map(|(_, r)| r.trim_end_matches(')').trim().to_owned());
            block.diagnostic = block.diagnostic.take().or(reason.filter(|r| r.contains(' ')));
            block.status = code;
        }
        "diagnostic-code" => block.diagnostic = Some(diagnostic(&value)),
        _ => {}
    }
}

/// A report's own vocabulary (RFC 3464 section 2.3.3) and the words that programs write for it.
fn action(value: &str) -> Option<String> {
    let word = value.split(|c: char| !c.is_ascii_alphabetic()).find(|w| !w.is_empty())?.to_ascii_lowercase();
    let standard = match word.as_str() {
        // Postfix writes `deliverable` when it is asked to verify an address (sendmail -bv).
        "deliverable" | "delivered" | "success" | "succeeded" => "delivered",
        "relayed" => "relayed",
        "expanded" => "expanded",
        "delayed" | "delay" | "deferred" => "delayed",
        _ => "failed",
    };
    Some(standard.to_owned())
}

/// `smtp; 550 no` without its type. `X-Unix; 75` keeps it: a program failed, no server (Sendmail, Postfix).
fn diagnostic(value: &str) -> String {
    match value.split_once(';') {
        Some((kind, text)) if kind.trim().eq_ignore_ascii_case("x-unix") => {
            format!("X-Unix; {}", text.trim())
        }
        Some((kind, text)) if !kind.contains(' ') => text.trim().to_owned(),
        _ => value.trim().to_owned(),
    }
}

/// `rfc822; a@b` without its type, brackets and quotes.
fn typed(value: &str) -> Option<String> {
    let (kind, address) = value.split_once(';').unwrap_or(("", value));
    let address = address.trim().trim_matches(|c: char| matches!(c, '<' | '>' | '"' | ' ' | ';'));
    let address = address.split_whitespace().next().unwrap_or_default().trim_matches(['<', '>']);
    let address =
        if kind.trim().eq_ignore_ascii_case("utf-8") { unhexed(address) } else { address.to_owned() };
    (!address.is_empty() && address.len() <= 320).then_some(address)
}

/// `\x{4E2D}` is one character (RFC 6533 section 3).
fn unhexed(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some((before, behind)) = rest.split_once("\\x{") {
        out.push_str(before);
        let (hex, after) = behind.split_once('}').unwrap_or((behind, ""));
        out.extend(u32::from_str_radix(hex, 16).ok().and_then(char::from_u32));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn finish(block: &mut Block, reporter: Option<&str>, out: &mut Vec<Finding>) {
    let block = std::mem::take(block);
    if block.final_recipient.is_none()
        && block.original_recipient.is_none()
        && (block.action.is_none() || block.status.is_none())
    {
        return;
    }
    let address = address(&block, reporter);
    out.push(Finding {
        address,
        action: block.action,
        status: block.status,
        diagnostic: block.diagnostic.filter(|d| !d.is_empty()),
        ..Finding::default()
    });
}

/// The final recipient is the one that failed. Where its form is internal (a pipe, a name without a domain, a mailbox at
/// the reporting machine itself), the original one is the address that anybody knows.
fn address(block: &Block, reporter: Option<&str>) -> Option<String> {
    let public = |a: &&String| {
        a.rsplit_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !reporter.is_some_and(|r| r.eq_ignore_ascii_case(domain))
        })
    };
    let order = [&block.final_recipient, &block.original_recipient, &block.actual_recipient];
    let known = order.iter().filter_map(|a| a.as_ref());
    let address = known.clone().find(public).or_else(|| known.clone().find(|a| a.contains('@')));
    address.or_else(|| known.clone().next()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<String> {
        of_lines(text.lines()).into_iter().filter_map(|f| f.address).collect()
    }

    #[test]
    fn blocks_with_and_without_blank_lines() {
        let blank = "Reporting-MTA: dns; mx.org\n\nFinal-Recipient: rfc822; a@b.org\nAction: failed\nStatus: 5.1.1\n\nAction: failed\nFinal-Recipient: rfc822;c@d.org\nStatus: 5.2.2\n";
        assert_eq!(addresses(blank), ["a@b.org", "c@d.org"]);
        assert_eq!(addresses(&blank.replace("\n\n", "\n")), ["a@b.org", "c@d.org"]);
        assert_eq!(addresses("Dear all,\nnothing failed.\n"), [] as [&str; 0]);
    }

    #[test]
    fn internal_final_recipients() {
        for (fields, want) in [
            ("Final-Recipient: rfc822; a@b.org\nOriginal-Recipient: rfc822; x@y.org", "a@b.org"),
            ("Final-Recipient: rfc822; a@ims-ms-daemon\nOriginal-Recipient: rfc822; x@y.org", "x@y.org"),
            ("Final-Recipient: x-local; |/bin/f\nX-Actual-Recipient: rfc822; x@y.org", "x@y.org"),
            (
                "Reporting-MTA: dns; be1.y.org\n\nFinal-Recipient: rfc822; m1.5@be1.y.org\nOriginal-Recipient: rfc822; x@y.org",
                "x@y.org",
            ),
            ("Final-Recipient: utf-8; \\x{4E2D}@y.org", "中@y.org"),
            ("Final-Recipient: LOCAL;<user1>", "user1"),
        ] {
            assert_eq!(addresses(fields), [want], "{fields}");
        }
    }

    #[test]
    fn folded_and_quoted_fields() {
        let found = of_lines(
            "> Final-Recipient: RFC822; a@b.org\n> Action: failed (bad)\n> Diagnostic-Code: SMTP; 550\n>  no such user\n".lines(),
        );
        assert_eq!(found.len(), 1);
        let one = &found[0];
        assert_eq!(
            (one.action.as_deref(), one.diagnostic.as_deref()),
            (Some("failed"), Some("550 no such user"))
        );
    }
}
