//! Domains that sign their mail (RFC 6376) and forwarders that seal it (RFC 8617), with keys in a DNS of the house.

use data_encoding::BASE64;
use mail_auth::{
    ArcOutput, AuthenticatedMessage, AuthenticationResults, DmarcOutput, DmarcResult, Error,
    arc::ArcSealer,
    common::{
        crypto::{DkimKey, Ed25519Key, RsaKey, Sha256},
        headers::HeaderWriter,
    },
    dkim::DkimSigner,
};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, pem::PemObject};

use crate::dns::Dns;

/// What an ordinary server signs.
pub const USUAL: [&str; 6] = ["From", "To", "Subject", "Date", "Message-ID", "In-Reply-To"];

const RSA_2048: &[u8] = include_bytes!("../../fixtures/dkim/rsa2048.pem");

/// The kind of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// PKCS #8, made for this signer.
    Ed25519(Vec<u8>),
    Rsa2048,
}

/// A domain with a key under the selector `s1`.
#[derive(Debug, Clone)]
pub struct Signer {
    pub domain: String,
    pub key: Key,
}

/// How a signature differs from an ordinary one.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    pub headers: &'static [&'static str],
    /// `l=`.
    pub body_length: bool,
    /// Seconds that it is valid; 0: for ever.
    pub expires: u64,
}

impl Default for Manner {
    fn default() -> Self {
        Self { headers: &USUAL, body_length: false, expires: 0 }
    }
}

impl Signer {
    const SELECTOR: &str = "s1";

    /// A domain with a new key, which its DNS publishes.
    ///
    /// # Panics
    /// When the machine has no randomness.
    #[must_use]
    pub fn published(domain: &str, dns: &Dns) -> Self {
        let signer =
            Self { domain: domain.to_owned(), key: Key::Ed25519(Ed25519Key::generate_pkcs8().unwrap()) };
        signer.publish(dns);
        signer
    }

    /// The same with a key of a kind.
    #[must_use]
    pub fn with_key(domain: &str, key: Key, dns: &Dns) -> Self {
        let signer = Self { domain: domain.to_owned(), key };
        signer.publish(dns);
        signer
    }

    /// Where its key stands in DNS.
    #[must_use]
    pub fn key_name(&self) -> String {
        format!("{}._domainkey.{}", Self::SELECTOR, self.domain)
    }

    /// Publishes the key.
    ///
    /// # Panics
    /// When the key is none.
    pub fn publish(&self, dns: &Dns) {
        let (kind, public) = match &self.key {
            Key::Ed25519(private) => ("ed25519", Ed25519Key::from_pkcs8_der(private).unwrap().public_key()),
            Key::Rsa2048 => ("rsa", rsa(RSA_2048).public_key()),
        };
        dns.set_txt(&self.key_name(), &format!("v=DKIM1; k={kind}; p={}", BASE64.encode(&public)));
    }

    fn private(&self) -> DkimKey {
        match &self.key {
            Key::Ed25519(private) => Ed25519Key::from_pkcs8_der(private).unwrap().into(),
            Key::Rsa2048 => rsa(RSA_2048).into(),
        }
    }

    /// The mail with an ordinary signature above it.
    #[must_use]
    pub fn sign(&self, raw: &[u8]) -> Vec<u8> {
        self.sign_as(raw, &Manner::default())
    }

    /// The mail with such a signature above it.
    ///
    /// # Panics
    /// When the mail has none of the headers.
    #[must_use]
    pub fn sign_as(&self, raw: &[u8], manner: &Manner) -> Vec<u8> {
        let signature = DkimSigner::from_key(self.private())
            .domain(&self.domain)
            .selector(Self::SELECTOR)
            .headers(manner.headers.iter().copied())
            .body_length(manner.body_length)
            .expiration(manner.expires)
            .sign(raw)
            .unwrap();
        [signature.to_header().as_bytes(), raw].concat()
    }

    /// The mail as a forwarder passes it on: sealed, with what it found of DMARC for this domain. `before`: what verifying the
    /// mail's seals said; none stands in it when it is the default.
    ///
    /// # Panics
    /// When the mail is none.
    #[must_use]
    pub fn seal_onto(&self, raw: &[u8], before: &ArcOutput<'_>, from_domain: &str, passed: bool) -> Vec<u8> {
        let result = if passed { DmarcResult::Pass } else { DmarcResult::Fail(Error::NotAligned) };
        let dmarc = DmarcOutput::new(from_domain.to_owned()).with_dkim_result(result);
        let host = format!("mx.{}", self.domain);
        let results = AuthenticationResults::new(&host).with_dmarc_result(&dmarc);
        let message = AuthenticatedMessage::parse(raw).unwrap();
        let set = ArcSealer::from_key(self.private())
            .domain(self.domain.clone())
            .selector(Self::SELECTOR)
            .headers(USUAL)
            .seal(&message, &results, before)
            .unwrap();
        [set.to_header().as_bytes(), raw].concat()
    }

    /// The first seal of a mail.
    #[must_use]
    pub fn seal(&self, raw: &[u8], from_domain: &str, passed: bool) -> Vec<u8> {
        self.seal_onto(raw, &ArcOutput::default(), from_domain, passed)
    }
}

fn rsa(pem: &[u8]) -> RsaKey<Sha256> {
    let der = PrivatePkcs1KeyDer::from_pem_slice(pem).unwrap();
    RsaKey::from_key_der(PrivateKeyDer::Pkcs1(der)).unwrap()
}
