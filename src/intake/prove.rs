//! The proof that needs the network: our own check of DKIM signatures (RFC 6376), made only for mails that claim to be an
//! agent's. What the findings are worth is judged in `desk::proof`.
//!
//! `mail-auth` may panic on signatures of odd shape (it unwraps a body hash look-up), so a panic is caught: the mail then
//! proves nothing.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::FutureExt;
use mail_auth::{
    AuthenticatedMessage, DkimResult, Error, MessageAuthenticator, Parameters, ResolverCache, Txt,
    common::{crypto::Algorithm, verify::DomainKey},
    dkim::{DkimError, Signature},
};

use crate::desk::DkimFinding;

/// All DNS look-ups of one mail together.
const DEADLINE: Duration = Duration::from_secs(8);
/// Signatures looked at; more is an attack on our DNS.
const SIGNATURES_MAX: usize = 8;
/// Keys remembered; the cache is emptied when it is full.
const CACHE_MAX: usize = 1000;

/// Checks signatures, and remembers the keys it has looked up for as long as DNS allows.
#[derive(Clone)]
pub struct Prover {
    resolver: MessageAuthenticator,
    cache: Arc<KeyCache>,
}

impl std::fmt::Debug for Prover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prover")
    }
}

#[derive(Default)]
struct KeyCache(Mutex<HashMap<Box<str>, (Txt, Instant)>>);

impl ResolverCache<Box<str>, Txt> for KeyCache {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get(name).filter(|(_, until)| *until > Instant::now()).map(|(key, _)| key.clone())
    }

    fn remove<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name).map(|(key, _)| key)
    }

    fn insert(&self, name: Box<str>, key: Txt, valid_until: Instant) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= CACHE_MAX {
            keys.clear();
        }
        keys.insert(name, (key, valid_until));
    }
}

impl Prover {
    /// A prover that asks this resolver.
    #[must_use]
    pub fn new(resolver: hickory_resolver::TokioResolver) -> Self {
        Self { resolver: MessageAuthenticator(resolver), cache: Arc::default() }
    }

    /// Checks every DKIM signature of a mail. Temporary trouble of the DNS is a finding that did not pass: the agent then
    /// gets a confirmation mail.
    pub async fn dkim(&self, bytes: &[u8]) -> Vec<DkimFinding> {
        let check = AssertUnwindSafe(tokio::time::timeout(DEADLINE, self.check(bytes))).catch_unwind();
        match check.await {
            Ok(Ok(findings)) => findings,
            Ok(Err(_)) | Err(_) => Vec::new(),
        }
    }

    async fn check(&self, bytes: &[u8]) -> Vec<DkimFinding> {
        let Some(message) = AuthenticatedMessage::parse(bytes) else { return Vec::new() };
        if message.dkim_headers.len() > SIGNATURES_MAX {
            return Vec::new();
        }
        let parameters = Parameters::new(&message).with_txt_cache(&*self.cache);
        let mut findings = Vec::new();
        for output in self.resolver.verify_dkim(parameters).await {
            let Some(signature) = output.signature() else { continue };
            let error = match output.result() {
                DkimResult::Pass => None,
                DkimResult::Neutral(why)
                | DkimResult::Fail(why)
                | DkimResult::PermError(why)
                | DkimResult::TempError(why) => Some(why),
                DkimResult::None => continue,
            };
            let key_bits = if error.is_none() { self.rsa_bits(signature).await } else { None };
            findings.push(DkimFinding {
                domain: signature.d.to_lowercase(),
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

    /// Size of the RSA key that just verified: answered from the cache.
    async fn rsa_bits(&self, signature: &Signature) -> Option<u32> {
        if matches!(signature.a, Algorithm::Ed25519Sha256) {
            return None;
        }
        let name = format!("{}._domainkey.{}.", signature.s, signature.d);
        let key = self.resolver.txt_lookup::<DomainKey>(name, Some(&*self.cache)).await.ok()?;
        u32::try_from(key.p.public_key_bits()).ok()
    }
}

fn algorithm_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::RsaSha1 => "rsa-sha1",
        Algorithm::RsaSha256 => "rsa-sha256",
        Algorithm::Ed25519Sha256 => "ed25519-sha256",
    }
}
