//! A mail's way and its identity: what its headers tell about where it came from. Evidence only; judged in `desk`.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{
    Attachment, AuthenticationResults, ExchangeMarks, Trace, addresses,
    header::{Field, Header},
    ids,
    structure::Structure,
    words,
};

/// Authentication-Results kept; the trusted one stands on top.
const RESULTS_MAX: usize = 50;

/// Fields of one kind that are kept; the second already is a contradiction.
const EXCHANGE_MAX: usize = 5;

/// Bytes of an attached mail that are searched for the mark of a desk.
const DESK_MARK_BYTES_MAX: usize = 512 * 1024;

/// Fields whose second copy a signature need not cover.
const ONCE: [&str; 4] = ["Subject", "Date", "Content-Type", "Content-Transfer-Encoding"];

/// Reads the trace fields.
#[must_use]
pub fn read(header: &Header<'_>) -> Trace {
    let repeated = ONCE.iter().any(|name| header.all(name).nth(1).is_some());
    let mut trace = Trace { strict_from: addresses::strict_from(header), repeated, ..Trace::default() };
    for field in &header.fields {
        if field.is("Received") {
            trace.received += 1;
        } else if field.is("DKIM-Signature") {
            trace.dkim_signatures += 1;
        } else if field.is("Authentication-Results") {
            if trace.authentication_results.len() < RESULTS_MAX {
                let value = words::cleaned(&String::from_utf8_lossy(field.value));
                trace
                    .authentication_results
                    .push(AuthenticationResults { received_above: trace.received, value });
            }
        } else if field.is("Return-Path") {
            trace.return_path.get_or_insert_with(|| return_path(field.value));
        } else if ["Delivered-To", "X-Original-To", "Envelope-To"].iter().any(|n| field.is(n)) {
            for address in addresses::parse(field.value) {
                let key = address.key();
                if !trace.delivered_to.contains(&key) && trace.delivered_to.len() < RESULTS_MAX {
                    trace.delivered_to.push(key);
                }
            }
        } else if let Some(list) = exchange_list(&mut trace.exchange, field) {
            if list.len() < EXCHANGE_MAX {
                // No server writes `AuthAs :`, and one that strips the field may not know that spelling.
                let value = if field.gap { &[][..] } else { field.value };
                list.push(words::cleaned(String::from_utf8_lossy(value).trim()));
            }
        } else if field.is("X-Maildesk-Loop") {
            trace.loop_header.get_or_insert_with(|| words::decode(field.value));
        } else if field.is("X-Maildesk-Ref") {
            trace.reference = trace.reference.take().or_else(|| ids::one(field.value));
        }
    }
    trace
}

fn exchange_list<'t>(marks: &'t mut ExchangeMarks, field: &Field<'_>) -> Option<&'t mut Vec<String>> {
    if field.is("X-MS-Exchange-Organization-AuthAs") {
        Some(&mut marks.auth_as)
    } else if field.is("X-MS-Exchange-Organization-AuthSource") {
        Some(&mut marks.auth_source)
    } else if field.is("X-MS-Exchange-Organization-AuthMechanism") {
        Some(&mut marks.mechanism)
    } else if field.is("X-MS-Exchange-Organization-MessageDirectionality") {
        Some(&mut marks.direction)
    } else if field.is("X-MS-Exchange-CrossTenant-AuthAs") {
        Some(&mut marks.cross_tenant)
    } else {
        None
    }
}

/// Whether an attached mail is one that a desk like ours sent. Its mark is looked for in the bytes, since Outlook's own format
/// (`.msg`) holds the header as one piece of text, in one or two bytes a character.
#[must_use]
pub fn is_of_a_desk(mail: &[u8]) -> bool {
    let head = mail.get(..DESK_MARK_BYTES_MAX).unwrap_or(mail);
    let narrow = b"X-Maildesk-Loop:";
    let wide: Vec<u8> = narrow.iter().flat_map(|&b| [b, 0]).collect();
    memchr::memmem::find(head, narrow).is_some() || memchr::memmem::find(head, &wide).is_some()
}

fn return_path(raw: &[u8]) -> String {
    let text = words::decode(raw);
    text.trim_matches(|c| c == '<' || c == '>' || c == ' ').to_owned()
}

/// See [`super::Reading::identity`]. Every piece is preceded by its length, so that no two mails run together.
/// Files enter by their hashes, which are known already.
#[must_use]
pub fn identity(header: &Header<'_>, tree: &Structure<'_>, bodies: &[usize], files: &[Attachment]) -> String {
    let mut hash = Sha256::new();
    let mut add = |piece: &[u8]| {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece);
    };
    for name in ["From", "Date", "Subject", "Message-ID"] {
        let value = header.first(name).map(|f| words::decode(f.value)).unwrap_or_default();
        add(value.as_bytes());
    }
    for part in bodies.iter().filter_map(|i| tree.parts.get(*i)) {
        // Relays add or drop line ends at the end of a body, and rewrite the others.
        let bytes: Vec<u8> =
            part.text_bytes().trim_ascii_end().iter().copied().filter(|&b| b != b'\r').collect();
        add(&bytes);
    }
    for file in files {
        add(file.sha256.as_bytes());
    }
    HEXLOWER.encode(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use crate::mail::{ReadPolicy, read};

    #[test]
    fn positions_and_null_sender() {
        let r = read(b"Return-Path: <>\nReceived: a\nAuthentication-Results: mx;\n dmarc=pass\nReceived: b\nAuthentication-Results: forged\nDelivered-To: A@b.org\nFrom: a@b.org\n\nx", &ReadPolicy::default());
        assert_eq!(r.trace.return_path.as_deref(), Some(""));
        assert_eq!(r.trace.received, 2);
        let above: Vec<_> =
            r.trace.authentication_results.iter().map(|a| (a.received_above, a.value.as_str())).collect();
        assert_eq!(above, [(1, "mx; dmarc=pass"), (2, "forged")]);
        assert_eq!(r.trace.delivered_to, ["a@b.org"]);
    }

    #[test]
    fn mails_of_a_desk_that_are_attached() {
        let attached = |head: &str, content: &[u8]| {
            let mut raw = format!(
                "From: a@b.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nsee\n--x\n{head}\n\n"
            )
            .into_bytes();
            raw.extend_from_slice(content);
            raw.extend_from_slice(b"\n--x--\n");
            read(&raw, &ReadPolicy::default()).attachments.iter().any(|a| a.of_desk)
        };
        let ours = b"From: s@d.org\nSubject: [#1]\nX-Maildesk-Loop: ab12 00\n\n#take";
        let wide: Vec<u8> = ours.iter().flat_map(|&b| [b, 0]).collect();
        let named =
            "Content-Type: application/octet-stream; name=a.eml\nContent-Disposition: attachment; filename=";
        assert!(attached("Content-Type: message/rfc822", ours));
        assert!(attached(&format!("{named}a.eml"), ours));
        assert!(attached(&format!("{named}a.msg"), &wide));
        assert!(!attached("Content-Type: message/rfc822", b"From: c@d.org\nSubject: x\n\nhello"));
        assert!(!attached(&format!("{named}a.log"), ours));
    }

    #[test]
    fn fields_that_stand_twice() {
        let repeated = |header: &str| {
            read(format!("From: a@b.org\n{header}\n\nx").as_bytes(), &ReadPolicy::default()).trace.repeated
        };
        for header in
            ["Subject: a\nsubject: b", "Date: x\nTo: c@d\nDate: y", "Content-Type: a/b\nContent-Type : c/d"]
        {
            assert!(repeated(header), "{header}");
        }
        assert!(!repeated("Subject: a\nDate: x\nReceived: a\nReceived: b\nTo: c@d\nTo: e@f"));
    }

    #[test]
    fn another_way_is_the_same_identity() {
        let read = |s: &str| read(s.as_bytes(), &ReadPolicy::default()).identity;
        let one = read("From: a@b.org\nSubject: =?utf-8?Q?=C3=BC?=\nMessage-ID: <1>\n\nbody\n");
        assert_eq!(
            one,
            read(
                "Received: x\nFrom: a@b.org\nSubject: \u{fc}\nMessage-ID: <1>\nContent-Transfer-Encoding: base64\n\nYm9keQ==\n"
            )
        );
        assert_ne!(one, read("From: a@b.org\nSubject: =?utf-8?Q?=C3=BC?=\nMessage-ID: <1>\n\nother\n"));
    }
}
