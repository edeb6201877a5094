//! What the edge found out about a mail's origin beyond its own bytes, stored with the facts; what it is worth is judged in
//! `proof`. Data only.

use serde::{Deserialize, Serialize};

/// A DKIM signature as checked by the edge; judged in `desk::proof`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DkimFinding {
    pub domain: String,
    /// `s=`.
    #[serde(default)]
    pub selector: String,
    pub passed: bool,
    /// Why it did not pass.
    pub failure: Option<String>,
    /// `a=`: `rsa-sha256`, `ed25519-sha256`.
    pub algorithm: String,
    /// RSA modulus bits; `None` for Ed25519 or when the key was not found.
    pub key_bits: Option<u32>,
    /// `l=` present.
    pub body_length_limited: bool,
    /// `h=`, lower case.
    pub signed_headers: Vec<String>,
    /// `bh=`, base64: by it a replay is recognised.
    #[serde(default)]
    pub body_hash: String,
    pub expired: bool,
}

/// A chain of ARC seals (RFC 8617) whose newest is by a sealer that the operator named, as checked by the edge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArcFinding {
    /// `d=` of the newest seal, lower case.
    pub sealer: String,
    /// `a=` of that seal, and bits of its RSA key.
    pub algorithm: String,
    pub key_bits: Option<u32>,
    /// The newest ARC-Message-Signature; it passed when the whole chain verifies.
    pub signature: DkimFinding,
    /// The newest ARC-Authentication-Results: what the sealer found when the mail came to it.
    pub results: String,
}

/// What the domain in From says of its mail's signatures (RFC 7489), where that was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DmarcFinding {
    /// No signature stood there whose alignment depends on it.
    #[default]
    NotAsked,
    /// DNS did not answer in time.
    NoAnswer,
    Absent,
    /// `strict`: `adkim=s`.
    Published {
        strict: bool,
    },
}

/// What was found out about a mail's origin beyond its own bytes; judged in `desk::proof`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// Of our own DKIM check; empty when none was made.
    pub dkim: Vec<DkimFinding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arc: Option<ArcFinding>,
    #[serde(skip_serializing_if = "DmarcFinding::is_not_asked")]
    pub dmarc: DmarcFinding,
    /// A probe showed that mail from outside cannot carry the provider's mark of internal mail to this mailbox.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mark_holds: bool,
}

impl DmarcFinding {
    fn is_not_asked(&self) -> bool {
        *self == Self::NotAsked
    }
}

impl From<Vec<DkimFinding>> for Findings {
    fn from(dkim: Vec<DkimFinding>) -> Self {
        Self { dkim, ..Self::default() }
    }
}
