//! Lists and groups in front of our own address (`[trust] own_lists`): what they add to a mail does not make it a list's.
//!
//! A list of ours may put its own address into From, because DMARC of the author's domain would refuse the mail otherwise
//! (`Ann via Support <support@…>`, as Google Groups and Mailman write it); the author then stands in another field. Nobody
//! is proven by that. What a list behind ours added, counts.

use super::{Address, ReadPolicy, addresses, class::value, header::Header};

/// Where the author of a mail is written whose From is the list's, the surest first (Google Groups; Mailman).
const AUTHOR_FIELDS: [&str; 3] = ["X-Original-From", "Reply-To", "X-Original-Sender"];

/// Whether a mail came through lists of ours alone: each List-Id is ours, and no other List field stands twice, as where a
/// newsletter went through our list.
pub fn is_through(header: &Header<'_>, policy: &ReadPolicy) -> bool {
    let mut ids =
        header.all("List-Id").map(|field| super::words::decode(field.value).to_lowercase()).peekable();
    if ids.peek().is_none() || !ids.all(|id| is_ours(&id, policy)) {
        return false;
    }
    let mut names: Vec<Vec<u8>> = header
        .fields
        .iter()
        .map(|field| field.name.to_ascii_lowercase())
        .filter(|name| name.starts_with(b"list-") && name.as_slice() != b"list-id")
        .collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() == count
}

fn is_ours(id: &str, policy: &ReadPolicy) -> bool {
    let id = id.rsplit_once('<').map_or(id, |(_, id)| id).trim_end_matches('>').trim();
    policy.own_lists.iter().any(|own| own.trim_matches(['<', '>']).eq_ignore_ascii_case(id))
}

/// The author of a mail to which a list of ours gave its own From; `None` where From is the author's.
pub fn author(header: &Header<'_>, from: Option<&Address>, policy: &ReadPolicy) -> Option<Address> {
    let from = from?;
    if policy.own_lists.is_empty() || !is_through(header, policy) || !is_lists(header, from, policy) {
        return None;
    }
    AUTHOR_FIELDS.iter().find_map(|name| {
        let mut named: Vec<Address> =
            header.all(name).flat_map(|field| addresses::parse(field.value)).collect();
        // Mailman names the list in Reply-To besides the author.
        named.retain(|address| {
            !address.address.is_empty() && !is_own(&address.key(), policy) && address.key() != from.key()
        });
        match named.as_slice() {
            [one] => {
                Some(Address { name: one.name.clone().or_else(|| name_before_via(from)), ..one.clone() })
            }
            _ => None,
        }
    })
}

/// An address of ours, or the one that the list takes mail at.
fn is_lists(header: &Header<'_>, from: &Address, policy: &ReadPolicy) -> bool {
    let key = from.key();
    is_own(&key, policy)
        || value(header, "List-Post").is_some_and(|post| post.contains(&format!("mailto:{key}")))
}

/// With or without something behind a subaddressing mark.
fn is_own(address: &str, policy: &ReadPolicy) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    policy.own_addresses.iter().any(|own| {
        own.rsplit_once('@').is_some_and(|(own_local, own_domain)| {
            let rest = local.strip_prefix(own_local).filter(|_| domain == own_domain);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', '-', '=', '.', '#']))
        })
    })
}

/// `Ann` of `'Ann' via Support`.
fn name_before_via(from: &Address) -> Option<String> {
    let (name, _) = from.name.as_deref()?.split_once(" via ")?;
    let name = name.trim().trim_matches(['\'', '"']).trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{Class, ReadPolicy, Reading, read};

    fn policy() -> ReadPolicy {
        ReadPolicy {
            own_addresses: vec!["support@desk.example".into()],
            own_lists: vec!["support.desk.example".into()],
            desk_id: "ab12".into(),
        }
    }

    const OURS: &str = "List-Id: Support <support.desk.example>\r\nPrecedence: list\r\nList-Post: <mailto:support@desk.example>\r\nList-Unsubscribe: <mailto:x@desk.example>";

    fn reading(headers: &str) -> Reading {
        read(format!("{headers}\r\nSubject: Question\r\n\r\nMy chart is empty.\r\n").as_bytes(), &policy())
    }

    #[test]
    fn what_our_list_adds_does_not_count() {
        let direct = reading(&format!("From: Ann <ann@b.org>\r\n{OURS}"));
        assert_eq!((direct.class, direct.no_automatic_mail), (Class::Human, None));
        assert_eq!(direct.trace.strict_from.as_deref(), Some("ann@b.org"));
        let envelope = "Return-Path: <support-bounces@desk.example>";
        assert_eq!(reading(&format!("From: ann@b.org\r\n{OURS}\r\n{envelope}")).no_automatic_mail, None);
        assert!(reading(&format!("From: ann@b.org\r\n{envelope}")).no_automatic_mail.is_some());
        assert!(
            reading(&format!("From: ann@b.org\r\n{OURS}\r\nReturn-Path: <>")).no_automatic_mail.is_some()
        );
    }

    #[test]
    fn what_others_add_counts() {
        for (headers, class) in [
            ("List-Id: <news.b.org>", Class::List),
            ("List-Id: <news.b.org>\r\nPrecedence: list", Class::List),
            (&format!("{OURS}\r\nList-Id: <news.b.org>") as &str, Class::List),
            (&format!("{OURS}\r\nList-Unsubscribe: <https://news.b.org/u>"), Class::List),
            (&OURS.replace("Precedence: list", "Precedence: bulk"), Class::Bulk),
            (&format!("{OURS}\r\nAuto-Submitted: auto-generated"), Class::AutoReply),
            ("Precedence: list", Class::List),
        ] {
            let read = reading(&format!("From: ann@b.org\r\n{headers}"));
            assert_eq!(read.class, class, "{headers}");
            assert!(read.no_automatic_mail.is_some(), "{headers}");
        }
    }

    #[test]
    fn the_author_behind_our_lists_from_is_found_and_not_proven() {
        let via = "From: \"'Ann Lee' via Support\" <support@desk.example>";
        for fields in [
            "X-Original-From: Ann Lee <ann@b.org>\r\nReply-To: Other <other@b.org>",
            "Reply-To: ann@b.org",
            "Reply-To: Support <support@desk.example>, ann@b.org",
            "X-Original-Sender: ann@b.org",
        ] {
            let read = reading(&format!("{via}\r\n{OURS}\r\n{fields}"));
            let from = read.from.unwrap();
            assert_eq!(
                (from.address.as_str(), from.name.as_deref()),
                ("ann@b.org", Some("Ann Lee")),
                "{fields}"
            );
            assert_eq!((read.class, read.no_automatic_mail), (Class::Human, None), "{fields}");
            assert_eq!(read.trace.strict_from, None);
        }
    }

    #[test]
    fn our_own_mail_stays_our_own() {
        for headers in [
            // No author but ourselves: an agent's reply that came back.
            format!("From: support@desk.example\r\n{OURS}\r\nReply-To: support+abc@desk.example"),
            format!("From: support@desk.example\r\n{OURS}"),
            // Another list, or none.
            "From: support@desk.example\r\nReply-To: ann@b.org".to_owned(),
            "From: support@desk.example\r\nList-Id: <news.b.org>\r\nReply-To: ann@b.org".to_owned(),
            // The desk's own automatic mail.
            format!(
                "From: support@desk.example\r\n{OURS}\r\nReply-To: ann@b.org\r\nX-Maildesk-Loop: ab12 00"
            ),
        ] {
            assert_eq!(reading(&headers).class, Class::OwnAddress, "{headers}");
        }
    }
}
