//! The mark in a bounce address (FAULTS section 2): which of our mails came back, signed. Knows no clock: the day is an argument.
//!
//! It names a mail by the first bytes of its Message-ID's hash, so that it can be made before the mail has a row. Invariants: it
//! is no token and never becomes one (other length, other purpose, a key use of its own); comparison takes constant time; no
//! change of its text is accepted, not even one that spells the same bytes another way.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::token::{TokenKey, TokenKeys};

/// Characters of a mark in an address; fewer than a token has, so it fits wherever one does.
pub const BOUNCE_CHARS: usize = 45;

/// Bytes of the hash of a Message-ID that a mark names.
pub const MAIL_KEY_BYTES: usize = 8;

/// Version 1 and the purpose after those of tokens.
const HEAD: u8 = (1 << 4) | 3;
/// Head, key id, mail (8), expiry day (2).
const CLAIM_BYTES: usize = 2 + MAIL_KEY_BYTES + 2;
const HMAC_BYTES: usize = 16;
/// Under the same key as a token's, nothing that is signed here can be signed there.
const USE: &[u8] = b"maildesk bounce address 1\0";

/// The first bytes of the SHA-256 of a Message-ID.
pub type MailKey = [u8; MAIL_KEY_BYTES];

/// A mark that we made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BounceMark {
    Valid(MailKey),
    /// Too old to act upon; what comes there is no news for people all the same.
    Expired,
}

impl TokenKeys {
    /// The mark of the mail with this Message-ID, [`BOUNCE_CHARS`] characters; empty without a key. Good through
    /// `expires_day` (days since 1970-01-01 UTC).
    #[must_use]
    pub fn mint_bounce(&self, message_id: &str, expires_day: u16) -> String {
        self.0.first().and_then(|key| minted(key, message_id, expires_day)).unwrap_or_default()
    }

    /// Judges a text; `None`: no mark of ours, or altered.
    #[must_use]
    pub fn check_bounce(&self, text: &str, today: u16) -> Option<BounceMark> {
        if text.len() != BOUNCE_CHARS || text.bytes().any(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
        let (claim, tag) = bytes.split_first_chunk::<CLAIM_BYTES>()?;
        let [head, key_id, mail @ .., d0, d1] = *claim;
        let key = self.0.iter().find(|key| key.id == key_id)?;
        authenticator(key, claim)?.verify_truncated_left(tag).ok()?;
        if head != HEAD || tag.len() != HMAC_BYTES {
            return None;
        }
        Some(if u16::from_be_bytes([d0, d1]) < today { BounceMark::Expired } else { BounceMark::Valid(mail) })
    }
}

fn minted(key: &TokenKey, message_id: &str, expires_day: u16) -> Option<String> {
    let mut claim = vec![HEAD, key.id];
    claim.extend(Sha256::digest(message_id.as_bytes()).iter().take(MAIL_KEY_BYTES));
    claim.extend(expires_day.to_be_bytes());
    let tag = authenticator(key, &claim)?.finalize().into_bytes();
    claim.extend(tag.iter().take(HMAC_BYTES));
    Some(BASE32_NOPAD.encode(&claim).to_ascii_lowercase())
}

fn authenticator(key: &TokenKey, claim: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key.bytes).ok()?;
    mac.update(USE);
    mac.update(claim);
    Some(mac)
}
