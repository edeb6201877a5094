//! Where a mailbox's servers may be, and in which order they are tried. Pure: what DNS said is an argument.
//!
//! Order: SRV records (RFC 6186, RFC 8314 section 5.1), the provider of the address, the provider that the MX names, then
//! well-known names. A server that DNS alone names and that lies outside the address's own domain is marked as foreign: DNS
//! can be forged, a certificate only proves the server's own name, and a password is at stake (RFC 6186 section 6).

use super::provider::{self, Place, Provider};
use crate::config::Tls;

/// One SRV record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    /// Without the final dot; empty: the service is decidedly not offered (RFC 2782).
    pub target: String,
}

/// What DNS said of a domain; empty lists where it said nothing.
#[derive(Debug, Clone, Default)]
pub struct Said {
    pub imaps: Vec<Service>,
    pub imap: Vec<Service>,
    pub submissions: Vec<Service>,
    pub submission: Vec<Service>,
    /// Names of mail exchangers, the preferred first.
    pub mx: Vec<String>,
}

/// A server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub place: Place,
    pub source: Source,
    /// Only DNS names it, and it is neither in the address's domain nor a known provider's.
    pub foreign: bool,
}

/// Who says that a server is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Srv,
    Provider,
    /// A guess: it must answer before it is believed.
    WellKnown,
}

/// What was found for an address.
#[derive(Debug)]
pub struct Found {
    pub provider: Option<&'static Provider>,
    pub imap: Vec<Candidate>,
    pub smtp: Vec<Candidate>,
}

/// SRV names to look up, in the order of [`Said`]'s fields.
pub const SERVICES: [&str; 4] = ["_imaps._tcp", "_imap._tcp", "_submissions._tcp", "_submission._tcp"];

/// The servers of an address's domain, the likeliest first.
#[must_use]
pub fn discover(domain: &str, said: &Said) -> Found {
    let by_mx = || said.mx.iter().find_map(|exchange| provider::by_mx(exchange));
    let by_srv = || {
        let targets = said.imaps.iter().chain(&said.submissions).chain(&said.submission);
        targets.map(|service| service.target.as_str()).find_map(provider::by_host)
    };
    let provider = provider::by_domain(domain).or_else(by_mx).or_else(by_srv);
    let mut imap = services(domain, &said.imaps, Tls::Implicit);
    imap.extend(services(domain, &said.imap, Tls::StartTls));
    let mut smtp = services(domain, &said.submissions, Tls::Implicit);
    smtp.extend(services(domain, &said.submission, Tls::StartTls));
    if let Some(provider) = provider {
        imap.push(known(provider.imap()));
        smtp.push(known(provider.smtp()));
    } else {
        imap.extend(guesses(&["imap", "mail"], domain, [(993, Tls::Implicit), (143, Tls::StartTls)]));
        smtp.extend(guesses(&["smtp", "mail"], domain, [(465, Tls::Implicit), (587, Tls::StartTls)]));
    }
    Found { provider, imap: without_twins(imap), smtp: without_twins(smtp) }
}

fn services(domain: &str, said: &[Service], tls: Tls) -> Vec<Candidate> {
    let mut offered: Vec<&Service> =
        said.iter().filter(|s| !matches!(s.target.as_str(), "" | ".") && s.port > 0).collect();
    // Weights share load among many clients (RFC 2782); one client asks the heaviest first.
    offered.sort_by_key(|s| (s.priority, std::cmp::Reverse(s.weight)));
    let candidate = |service: &&Service| Candidate {
        place: Place { host: service.target.to_ascii_lowercase(), port: service.port, tls },
        source: Source::Srv,
        foreign: !is_within(&service.target, domain) && provider::by_host(&service.target).is_none(),
    };
    offered.iter().map(candidate).collect()
}

fn known(place: Place) -> Candidate {
    Candidate { place, source: Source::Provider, foreign: false }
}

fn guesses(names: &[&str], domain: &str, ports: [(u16, Tls); 2]) -> Vec<Candidate> {
    ports
        .iter()
        .flat_map(|(port, tls)| {
            names.iter().map(|name| Candidate {
                place: Place { host: format!("{name}.{domain}"), port: *port, tls: *tls },
                source: Source::WellKnown,
                foreign: false,
            })
        })
        .collect()
}

fn is_within(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), domain.to_ascii_lowercase());
    host == domain || host.strip_suffix(&domain).is_some_and(|head| head.ends_with('.'))
}

fn without_twins(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if kept.iter().all(|known| known.place != candidate.place) {
            kept.push(candidate);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(priority: u16, weight: u16, port: u16, target: &str) -> Service {
        Service { priority, weight, port, target: target.to_owned() }
    }

    fn shown(candidates: &[Candidate]) -> Vec<String> {
        let tls = |tls| match tls {
            Tls::Implicit => "tls",
            Tls::StartTls => "starttls",
            Tls::None => "none",
        };
        let foreign = |c: &Candidate| if c.foreign { " foreign" } else { "" };
        candidates
            .iter()
            .map(|c| format!("{}:{} {}{}", c.place.host, c.place.port, tls(c.place.tls), foreign(c)))
            .collect()
    }

    #[test]
    fn srv_comes_first_by_priority_then_weight() {
        let said = Said {
            imaps: vec![service(10, 1, 993, "b.acme.example"), service(0, 1, 993, "A.acme.example")],
            imap: vec![service(0, 5, 143, "old.acme.example"), service(0, 9, 143, "new.acme.example")],
            submissions: vec![service(0, 1, 465, "mx.hoster.example")],
            submission: vec![service(0, 0, 0, "")],
            ..Said::default()
        };
        let found = discover("acme.example", &said);
        assert_eq!(
            shown(&found.imap)[..4],
            [
                "a.acme.example:993 tls",
                "b.acme.example:993 tls",
                "new.acme.example:143 starttls",
                "old.acme.example:143 starttls"
            ]
        );
        assert_eq!(
            shown(&found.smtp)[..2],
            ["mx.hoster.example:465 tls foreign", "smtp.acme.example:465 tls"]
        );
    }

    #[test]
    fn a_provider_is_known_by_its_addresses_and_by_mx() {
        let found = discover("163.com", &Said::default());
        assert_eq!(shown(&found.imap), ["imap.163.com:993 tls"]);
        assert_eq!(shown(&found.smtp), ["smtp.163.com:465 tls"]);
        let mx = vec!["acme-example.mail.protection.outlook.com".to_owned()];
        let found = discover("acme.example", &Said { mx, ..Said::default() });
        assert_eq!(found.provider.map(|p| p.name), Some("Microsoft 365"));
        assert_eq!(shown(&found.smtp), ["smtp.office365.com:587 starttls"]);
    }

    #[test]
    fn a_providers_server_named_by_srv_is_not_foreign() {
        let said = Said { imaps: vec![service(0, 1, 993, "imap.gmail.com")], ..Said::default() };
        let found = discover("acme.example", &said);
        assert_eq!(found.provider.map(|p| p.name), Some("Google"));
        assert_eq!(shown(&found.imap), ["imap.gmail.com:993 tls"]);
    }

    #[test]
    fn without_any_word_of_dns_there_are_guesses() {
        let found = discover("acme.example", &Said::default());
        assert_eq!(
            shown(&found.imap),
            [
                "imap.acme.example:993 tls",
                "mail.acme.example:993 tls",
                "imap.acme.example:143 starttls",
                "mail.acme.example:143 starttls"
            ]
        );
        assert_eq!(shown(&found.smtp)[..2], ["smtp.acme.example:465 tls", "mail.acme.example:465 tls"]);
        assert!(found.imap.iter().all(|c| c.source == Source::WellKnown));
    }

    #[test]
    fn a_neighbour_by_name_is_foreign() {
        assert!(is_within("imap.acme.example", "ACME.example") && is_within("acme.example", "acme.example"));
        assert!(!is_within("evilacme.example", "acme.example"));
    }
}
