//! What DNS says of a domain, gathered for `discover` and `domain`. Effects only; no answer is no finding.

use hickory_resolver::TokioResolver;

use super::{
    discover::{SERVICES, Said, Service},
    domain::{self, DkimKey, Dmarc},
};
use crate::net::records::{self, NoAnswer, SrvRecord};

/// The servers that a domain names; what DNS does not answer is as if it named none.
pub async fn said(resolver: &TokioResolver, domain: &str) -> Said {
    let service = |record: SrvRecord| Service {
        priority: record.priority,
        weight: record.weight,
        port: record.port,
        target: record.target,
    };
    let ask = async |name: &str| -> Vec<Service> {
        let found = records::srv(resolver, &format!("{name}.{domain}")).await.unwrap_or_default();
        found.into_iter().map(service).collect()
    };
    let [imaps, imap, submissions, submission] = SERVICES;
    Said {
        imaps: ask(imaps).await,
        imap: ask(imap).await,
        submissions: ask(submissions).await,
        submission: ask(submission).await,
        mx: records::mx(resolver, domain).await.unwrap_or_default(),
    }
}

/// The DMARC policy for a domain: its own, else that of a parent.
///
/// # Errors
/// When DNS does not answer.
pub async fn dmarc(resolver: &TokioResolver, domain: &str) -> Result<Dmarc, NoAnswer> {
    for name in domain::dmarc_names(domain) {
        match domain::dmarc(&records::txt(resolver, &name).await?) {
            Dmarc::Absent => {}
            found => return Ok(found),
        }
    }
    Ok(Dmarc::Absent)
}

/// The best key that a domain publishes under one of these selectors, with the selector.
///
/// # Errors
/// When DNS does not answer.
pub async fn dkim_selector(
    resolver: &TokioResolver,
    domain: &str,
    selectors: &[&'static str],
) -> Result<Option<(&'static str, DkimKey)>, NoAnswer> {
    let mut best = None;
    for selector in selectors {
        let name = format!("{selector}._domainkey.{domain}");
        let records = records::txt(resolver, &name).await?;
        match records.iter().map(|record| domain::dkim_key(record)).max() {
            Some(DkimKey::Strong) => return Ok(Some((selector, DkimKey::Strong))),
            Some(DkimKey::Short) => best = best.or(Some((*selector, DkimKey::Short))),
            Some(DkimKey::None) | None => {}
        }
    }
    Ok(best)
}
