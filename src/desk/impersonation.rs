//! Senders who show themselves as staff or as us without being either: the name of an agent, an address of ours where the
//! name belongs, our own domain without proof, a domain that looks like ours. A flag for people, and no proof of anything.
//!
//! Invariants: it changes nothing but what the team is told; honest clients may share a name with an agent and are still
//! answered; addresses of free mail providers are nobody's own domain.

use std::{borrow::Cow, collections::BTreeSet};

use super::{Policy, case::Case};
use crate::mail::{Address, has_homograph, skeleton};

/// Providers where anybody gets an address: a desk may have its mailbox there, and so may its clients.
pub(super) const FREE_MAIL: [&str; 40] = [
    "126.com",
    "139.com",
    "163.com",
    "189.cn",
    "21cn.com",
    "aliyun.com",
    "aol.com",
    "foxmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "seznam.cz",
    "sina.cn",
    "sina.com",
    "sohu.com",
    "t-online.de",
    "web.de",
    "wp.pl",
    "yahoo.com",
    "yandex.ru",
    "yeah.net",
];

/// What is deceptive about the sender, in words without addresses; `None` for honest people and for staff, who are judged
/// by their proof.
pub(super) fn sign(case: &Case<'_>) -> Option<&'static str> {
    let policy = case.policy;
    if policy.agent(&case.sender.address).is_some() {
        return None;
    }
    let from = case.facts.reading.from.as_ref().filter(|from| from.key() == case.sender.address);
    let name = from.and_then(|f| f.name.as_deref()).or(case.sender.name.as_deref()).unwrap_or_default();
    let (local, domain) = case.sender.address.rsplit_once('@').unwrap_or_default();
    let domains = own_domains(policy);
    let name = folded(name);
    // Sendmail once routed `alice%example.com@relay` (RFC 1123 section 5.2.16).
    let shown = |text: &str| domains.iter().any(|own| text.replace('%', "@").contains(&format!("@{own}")));
    if is_name_of_ours(policy, &name) {
        Some("the sender's name is one of ours, the address is not")
    } else if shown(&name) || shown(&skeleton(local)) {
        Some("the sender shows an address of ours and has another")
    } else if domains.contains(domain) {
        (!case.origin.is_proven()).then_some("the sender claims our domain, unproven")
    } else {
        domains.iter().any(|own| looks_like(domain, own)).then_some("the sender's domain looks like ours")
    }
}

/// The domains of our mailboxes and official addresses, lower case.
fn own_domains(policy: &Policy) -> BTreeSet<String> {
    let ours = policy.own_addresses();
    let all = ours.iter().chain(&policy.official_addresses);
    let domains = all.filter_map(|a| a.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
    domains.filter(|domain| !FREE_MAIL.contains(&domain.as_str())).collect()
}

/// A name of one short word is everybody's: only full names, and the desk's, are ours.
fn is_name_of_ours(policy: &Policy, name: &str) -> bool {
    let names = policy.agents.iter().map(|agent| &agent.name).chain([&policy.desk_name]);
    let mut full = names.map(|own| folded(own)).filter(|own| own.contains(' ') || !own.is_ascii());
    full.any(|own| own == name)
}

/// A name as people compare it: by its looks, blanks and marks aside.
fn folded(name: &str) -> String {
    let looks = skeleton(name).replace('\u{ff20}', "@");
    looks
        .split(|c: char| c.is_whitespace() || "\"'(),".contains(c))
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a domain is made to be taken for `own`: the same to the eye, or ours with something behind it.
fn looks_like(domain: &str, own: &str) -> bool {
    let shown = readable(domain);
    let behind = shown.strip_prefix(own).is_some_and(|rest| rest.starts_with(['.', '-']));
    let hyphened = own.replace('.', "-");
    let glued = shown.strip_prefix(&hyphened).is_some_and(|rest| rest.starts_with(['.', '-']));
    behind || glued || (looks(&shown) == looks(own) && !is_below(domain, own))
}

/// A sub-domain of ours is ours.
fn is_below(domain: &str, own: &str) -> bool {
    domain.strip_suffix(own).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

/// In Unicode, whichever way it was written (RFC 5891).
fn readable(domain: &str) -> String {
    if domain.contains("xn--") { idna::domain_to_unicode(domain).0 } else { domain.to_lowercase() }
}

/// What an eye makes of a domain: `examp1e`, `exarnple`, `éxample` and Cyrillic letters look like `example`.
fn looks(domain: &str) -> String {
    let mut text = skeleton(domain).replace("rn", "m").replace("vv", "w").replace("cl", "d");
    text = text.chars().map(bare).collect();
    text.replace('0', "o").replace(['1', 'i'], "l").replace('5', "s")
}

/// A Latin letter without the accent that small print hides.
fn bare(c: char) -> char {
    const ACCENTED: [(&str, char); 12] = [
        ("àáâãäåāăąạ", 'a'),
        ("çćĉċč", 'c'),
        ("ďđḍ", 'd'),
        ("èéêëēĕėęěẹ", 'e'),
        ("ĝğġģ", 'g'),
        ("ìíîïĩīĭįıị", 'i'),
        ("ķ", 'k'),
        ("ĺļľŀłḷ", 'l'),
        ("ñńņňṇ", 'n'),
        ("òóôõöøōŏőọơ", 'o'),
        ("śŝşšṣș", 's'),
        ("ùúûüũūŭůűųụư", 'u'),
    ];
    if c.is_ascii() {
        c
    } else {
        ACCENTED.iter().find(|(all, _)| all.contains(c)).map_or(c, |(_, plain)| *plain)
    }
}

/// An address as staff see it: a domain in letters that pass for Latin ones stands in its ASCII form, `xn--…` (RFC 5890),
/// which looks like nothing else.
pub(super) fn shown(address: Address) -> Address {
    let Some((local, domain)) = address.address.rsplit_once('@') else { return address };
    let passes = |label: &str| !label.is_ascii() && (has_homograph(label) || skeleton(label).is_ascii());
    if !domain.split('.').any(passes) {
        return address;
    }
    let ascii = idna::domain_to_ascii(domain).map_or(Cow::Borrowed(domain), Cow::Owned);
    Address { address: format!("{local}@{ascii}"), ..address }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_that_look_like_ours() {
        let own = "example.com";
        for domain in [
            "examp1e.com",
            "exarnple.com",
            "EXAMPLE.com.evil.net",
            "example.com-login.net",
            "example-com.net",
            "ехаmрӏе.com",
            "éxample.com",
            "xn--xample-9ua.com",
            "examplе.com",
        ] {
            assert!(looks_like(&domain.to_lowercase(), own), "{domain}");
        }
        for domain in
            ["example.com", "mail.example.com", "example.org", "sample.com", "huaxia.example", "例.com", ""]
        {
            assert!(!looks_like(domain, own), "{domain}");
        }
    }

    #[test]
    fn addresses_are_shown_without_letters_that_pass_for_others() {
        let shown = |address: &str| shown(Address { name: None, address: address.into() }).address;
        assert_eq!(shown("a@ехаmрӏе.com"), "a@xn--m-7sboc8c1a38g.com");
        for honest in ["a@example.com", "a@müller.example", "a@例え.example", "a@пример.example", "nobody"]
        {
            assert_eq!(shown(honest), honest);
        }
    }
}
