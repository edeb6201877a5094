//! The proof that needs the network: our own check of DKIM signatures (RFC 6376), of ARC seals (RFC 8617), and of what a
//! domain says of its alignment (RFC 7489). What the findings are worth is judged in `desk::proof`.
//!
//! Invariants: a mail costs a bounded number of look-ups and steps, and one deadline for all of them; what DNS did not say
//! proves nothing. `mail-auth` may panic on signatures of odd shape (it unwraps a body hash look-up), so a panic is caught:
//! the mail then proves nothing.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::{FutureExt, future::join_all};
use mail_auth::{
    AuthenticatedMessage, DkimResult, DnsError, Error, MessageAuthenticator, Parameters, ResolverCache, Txt,
    arc,
    common::{crypto::Algorithm, parse::TxtRecordParser, resolver::UnwrapTxtRecord, verify::DomainKey},
    dkim::DkimError,
    dmarc::{Alignment, Dmarc},
};

use tokio::time::Instant as Deadline;

use crate::desk::{ArcFinding, DkimFinding, DmarcFinding, Findings, proof};

/// Signatures looked at; more is an attack on our DNS.
const SIGNATURES_MAX: usize = 8;
/// Seals looked at, for the same reason. Three forwarders in a row are rare.
const SEALS_MAX: usize = 10;
/// Names at which a DMARC record is looked for: the domain's own, and the highest three above it, among which is the
/// organisational domain (RFC 7489 section 6.6.3).
const DMARC_NAMES_MAX: usize = 4;
/// A header of more bytes is not checked; those of the longest chains of gateways have 50 kB.
const HEADER_BYTES_MAX: usize = 128 << 10;
/// Header fields times signed names: what hashing the header costs.
const HEADER_STEPS_MAX: usize = 1_000_000;
/// Records remembered; the cache is emptied when it is full.
const CACHE_MAX: usize = 1000;
/// How long it is remembered that a name has no record.
const ABSENT_LIFE: Duration = Duration::from_secs(300);
/// How long a name whose servers do not answer is not asked again: mail of such a domain must not cost a deadline each time.
const SILENT_LIFE: Duration = Duration::from_secs(60);

/// What is to be found out about one mail.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry<'a> {
    pub bytes: &'a [u8],
    /// The domain in From, lower case.
    pub from_domain: &'a str,
    /// `[trust] arc_sealers`.
    pub arc_sealers: &'a [String],
    /// For all look-ups together.
    pub deadline: Duration,
}

/// Checks signatures, and remembers what it has looked up for as long as DNS allows.
#[derive(Clone)]
pub struct Prover {
    resolver: MessageAuthenticator,
    cache: Arc<Cache>,
}

impl std::fmt::Debug for Prover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prover")
    }
}

#[derive(Default)]
struct Cache(Mutex<HashMap<Box<str>, (Txt, Instant)>>);

impl ResolverCache<Box<str>, Txt> for Cache {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        records.get(name).filter(|(_, until)| *until > Instant::now()).map(|(record, _)| record.clone())
    }

    fn remove<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name).map(|(record, _)| record)
    }

    fn insert(&self, name: Box<str>, record: Txt, valid_until: Instant) {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if records.len() >= CACHE_MAX {
            records.clear();
        }
        records.insert(name, (record, valid_until));
    }
}

impl Cache {
    /// `mail-auth` remembers answers only. Names as it asks for them: lower case, with the final dot.
    fn remember_failure(&self, name: &str, why: &Error) {
        let life = match why {
            Error::Dns(DnsError::RecordNotFound(_)) => ABSENT_LIFE,
            Error::Dns(DnsError::Resolver(_)) => SILENT_LIFE,
            _ => return,
        };
        let name = name.to_lowercase().into_boxed_str();
        if self.get::<str>(&name).is_none() {
            self.insert(name, Txt::Error(why.clone()), Instant::now() + life);
        }
    }
}

impl Prover {
    /// A prover that asks this resolver.
    #[must_use]
    pub fn new(resolver: hickory_resolver::TokioResolver) -> Self {
        Self { resolver: MessageAuthenticator(resolver), cache: Arc::default() }
    }

    /// Checks a mail's signatures and, where the operator named sealers, its seals. Temporary trouble of the DNS is a finding
    /// that did not pass: an agent then gets a confirmation mail.
    pub async fn findings(&self, inquiry: &Inquiry<'_>) -> Findings {
        let until = Deadline::now() + inquiry.deadline;
        let mut findings = Findings::default();
        let parsed = catch_unwind(|| AuthenticatedMessage::parse(inquiry.bytes).filter(is_bounded));
        let Ok(Some(message)) = parsed else { return findings };
        self.fetch(&message, inquiry.arc_sealers, until).await;
        findings.dkim = in_time(until, self.dkim(&message)).await.unwrap_or_default();
        if findings.dkim.iter().any(|finding| proof::depends_on_dmarc(finding, inquiry.from_domain)) {
            findings.dmarc = self.dmarc(inquiry.from_domain, until).await;
        }
        findings.arc = in_time(until, self.arc(&message, inquiry.arc_sealers)).await.flatten();
        findings
    }

    /// Looks up all keys at once, so that one slow domain costs the others nothing. What did not come in time is remembered as
    /// silent; the checks that follow find everything remembered.
    async fn fetch(&self, message: &AuthenticatedMessage<'_>, sealers: &[String], until: Deadline) {
        let mut names: Vec<String> = Vec::new();
        if message.dkim_headers.len() <= SIGNATURES_MAX {
            names.extend(message.dkim_headers.iter().map(|s| key_name(&s.header.s, &s.header.d)));
        }
        if newest_seal(message, sealers).is_some() {
            names.extend(message.as_headers.iter().map(|s| key_name(&s.header.s, &s.header.d)));
            names.extend(message.ams_headers.last().map(|s| key_name(&s.header.s, &s.header.d)));
        }
        names.sort_unstable();
        names.dedup();
        join_all(names.iter().map(|name| self.record::<DomainKey>(name, until))).await;
    }

    async fn record<T: TxtRecordParser + Into<Txt> + UnwrapTxtRecord>(
        &self,
        name: &str,
        until: Deadline,
    ) -> Result<Arc<T>, Error> {
        let asked = in_time(until, self.resolver.txt_lookup::<T>(name, Some(&*self.cache))).await;
        let answer =
            asked.unwrap_or_else(|| Err(Error::Dns(DnsError::Resolver("no answer in time".to_owned()))));
        if let Err(why) = &answer {
            self.cache.remember_failure(name, why);
        }
        answer
    }

    async fn dkim(&self, message: &AuthenticatedMessage<'_>) -> Vec<DkimFinding> {
        if message.dkim_headers.len() > SIGNATURES_MAX {
            return Vec::new();
        }
        let parameters = Parameters::new(message).with_txt_cache(&*self.cache);
        let mut findings = Vec::new();
        for output in self.resolver.verify_dkim(parameters).await {
            let Some(signature) = output.signature() else { continue };
            let Some(error) = judged(output.result()) else { continue };
            let key = key_name(&signature.s, &signature.d);
            let key_bits = if error.is_none() { self.rsa_bits(signature.a, &key).await } else { None };
            findings.push(DkimFinding {
                domain: signature.d.to_lowercase(),
                selector: signature.s.clone(),
                passed: error.is_none(),
                failure: error.map(ToString::to_string),
                algorithm: algorithm_name(signature.a).to_owned(),
                key_bits,
                body_length_limited: signature.l > 0,
                signed_headers: signature.h.iter().map(|h| h.to_lowercase()).collect(),
                body_hash: data_encoding::BASE64.encode(&signature.bh),
                expired: error == Some(&Error::Dkim(DkimError::SignatureExpired)),
            });
        }
        findings
    }

    /// The whole chain, when its newest seal is by one of these. A chain with a field that cannot be read is none.
    async fn arc(&self, message: &AuthenticatedMessage<'_>, sealers: &[String]) -> Option<ArcFinding> {
        let seal = newest_seal(message, sealers)?;
        let signed = &message.ams_headers.last()?.header;
        let results = message.aar_headers.last()?.value;
        let parameters = Parameters::new(message).with_txt_cache(&*self.cache);
        let output = self.resolver.verify_arc(parameters).await;
        let error = judged(output.result())?;
        let passed = error.is_none();
        let bits = async |algorithm, key: String| {
            if passed { self.rsa_bits(algorithm, &key).await } else { None }
        };
        Some(ArcFinding {
            sealer: seal.d.to_lowercase(),
            algorithm: algorithm_name(seal.a).to_owned(),
            key_bits: bits(seal.a, key_name(&seal.s, &seal.d)).await,
            signature: DkimFinding {
                domain: signed.d.to_lowercase(),
                selector: signed.s.clone(),
                passed,
                failure: error.map(ToString::to_string),
                algorithm: algorithm_name(signed.a).to_owned(),
                key_bits: bits(signed.a, key_name(&signed.s, &signed.d)).await,
                body_length_limited: signed.l > 0,
                signed_headers: signed.h.iter().map(|h| h.to_lowercase()).collect(),
                body_hash: data_encoding::BASE64.encode(&signed.bh),
                expired: error == Some(&Error::Arc(arc::ArcError::SignatureExpired)),
            },
            results: String::from_utf8_lossy(results).into_owned(),
        })
    }

    /// What the nearest record says that stands at the domain or above it. The public suffix list is not asked: a registry
    /// publishes no policy for its customers.
    async fn dmarc(&self, domain: &str, until: Deadline) -> DmarcFinding {
        for name in dmarc_names(domain) {
            match self.record::<Dmarc>(&name, until).await {
                Ok(record) => {
                    return DmarcFinding::Published { strict: record.adkim == Alignment::Strict };
                }
                Err(Error::Dns(DnsError::RecordNotFound(_) | DnsError::InvalidRecordType)) => {}
                Err(_) => return DmarcFinding::NoAnswer,
            }
        }
        DmarcFinding::Absent
    }

    /// Size of the RSA key that just verified: answered from the cache.
    async fn rsa_bits(&self, algorithm: Algorithm, key: &str) -> Option<u32> {
        if matches!(algorithm, Algorithm::Ed25519Sha256) {
            return None;
        }
        let key = self.resolver.txt_lookup::<DomainKey>(key, Some(&*self.cache)).await.ok()?;
        u32::try_from(key.p.public_key_bits()).ok()
    }
}

/// The newest seal, when it is by one of these.
fn newest_seal<'m>(message: &'m AuthenticatedMessage<'_>, sealers: &[String]) -> Option<&'m arc::Seal> {
    let seal = &message.as_headers.last()?.header;
    let is_named = sealers.iter().any(|name| name.eq_ignore_ascii_case(&seal.d));
    (is_named && !message.has_arc_errors && message.as_headers.len() <= SEALS_MAX).then_some(seal)
}

/// What came in time, without a panic.
async fn in_time<T>(until: Deadline, check: impl Future<Output = T>) -> Option<T> {
    let check = AssertUnwindSafe(tokio::time::timeout_at(until, check)).catch_unwind();
    check.await.ok()?.ok()
}

/// Hashing the header takes its fields times the names in `h=`, both of which a sender chooses.
fn is_bounded(message: &AuthenticatedMessage<'_>) -> bool {
    let by_dkim = message.dkim_headers.iter().map(|signature| signature.header.h.len());
    let by_arc = message.ams_headers.iter().map(|signature| signature.header.h.len());
    let names: usize = by_dkim.chain(by_arc).sum();
    message.body_offset() <= HEADER_BYTES_MAX
        && names.saturating_mul(message.headers.len()) <= HEADER_STEPS_MAX
}

fn key_name(selector: &str, domain: &str) -> String {
    format!("{selector}._domainkey.{domain}.").to_lowercase()
}

fn dmarc_names(domain: &str) -> Vec<String> {
    let labels: Vec<&str> = domain.split('.').collect();
    // A record of a top-level domain is nobody's.
    let above = labels.len().saturating_sub(1);
    let skipped = above.saturating_sub(DMARC_NAMES_MAX);
    let starts = (0..above).filter(|from| *from == 0 || *from > skipped);
    starts.filter_map(|from| labels.get(from..)).map(|rest| format!("_dmarc.{}.", rest.join("."))).collect()
}

/// Why a signature did not pass: `Some(None)`, it did; `None`: there is none.
fn judged(result: &DkimResult) -> Option<Option<&Error>> {
    match result {
        DkimResult::Pass => Some(None),
        DkimResult::Neutral(why)
        | DkimResult::Fail(why)
        | DkimResult::PermError(why)
        | DkimResult::TempError(why) => Some(Some(why)),
        DkimResult::None => None,
    }
}

fn algorithm_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::RsaSha1 => "rsa-sha1",
        Algorithm::RsaSha256 => "rsa-sha256",
        Algorithm::Ed25519Sha256 => "ed25519-sha256",
    }
}

#[cfg(test)]
mod tests;
