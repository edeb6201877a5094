//! What an agent is asked to confirm, to the last word, and the seal of the row that waits for their answer (FAULTS section 1).
//! Knows no clock and no store.
//!
//! Invariants: two mails that would do different things have different digests; a row that was altered in any single field
//! has no valid seal; comparison takes constant time.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    RawId,
    token::{TokenKey, TokenKeys},
};

/// What keys of seals are derived for: no token's HMAC is ever a seal's.
const PURPOSE: &[u8] = b"maildesk seal of a confirmation, 1";

/// All that a held mail would do, piece by piece: the ticket, its recipients, commands as they are understood, words, files.
#[derive(Debug, Clone, Default)]
pub struct Action(Sha256);

impl Action {
    /// One more piece. Its length goes along, so that pieces cannot flow into each other.
    pub fn add(&mut self, name: &str, piece: &str) {
        for part in [name, piece] {
            self.0.update((part.len() as u64).to_be_bytes());
            self.0.update(part);
        }
    }

    /// 64 hex digits.
    #[must_use]
    pub fn digest(self) -> String {
        HEXLOWER.encode(&self.0.finalize())
    }
}

/// What a confirmation's row binds together.
#[derive(Debug, Clone, Copy)]
pub struct Bound<'a> {
    /// SHA-256 of the nonce.
    pub nonce_hash: &'a [u8],
    /// SHA-256 of the confirmation mail's Message-ID: it is the secret where a mailbox has no subaddressing.
    pub message_id_hash: &'a [u8],
    /// The agent's registered address.
    pub agent: &'a str,
    pub held: RawId,
    /// [`Action::digest`].
    pub action: &'a str,
    pub expires_at: Timestamp,
}

impl Bound<'_> {
    /// The seal: the key's id and an HMAC-SHA256. Empty, and so never valid, without a key.
    #[must_use]
    pub fn seal(&self, keys: &TokenKeys) -> Vec<u8> {
        let Some(key) = keys.0.first() else { return Vec::new() };
        let Some(mac) = self.mac(key) else { return Vec::new() };
        std::iter::once(key.id).chain(mac.finalize().into_bytes()).collect()
    }

    /// Whether this is the seal of just this row, by a key that is still listed.
    #[must_use]
    pub fn is_sealed_by(&self, seal: &[u8], keys: &TokenKeys) -> bool {
        let Some((id, tag)) = seal.split_first() else { return false };
        let Some(key) = keys.0.iter().find(|key| key.id == *id) else { return false };
        self.mac(key).is_some_and(|mac| mac.verify_slice(tag).is_ok())
    }

    fn mac(&self, key: &TokenKey) -> Option<Hmac<Sha256>> {
        let mut derive = <Hmac<Sha256> as KeyInit>::new_from_slice(&key.bytes).ok()?;
        derive.update(PURPOSE);
        let derived = derive.finalize().into_bytes();
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&derived).ok()?;
        // As the store keeps it.
        let expires_at = self.expires_at.as_microsecond().to_be_bytes();
        let held = self.held.0.to_be_bytes();
        let pieces: [&[u8]; 6] = [
            self.nonce_hash,
            self.message_id_hash,
            self.agent.as_bytes(),
            &held,
            self.action.as_bytes(),
            &expires_at,
        ];
        for piece in pieces {
            mac.update(&(piece.len() as u64).to_be_bytes());
            mac.update(piece);
        }
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> TokenKeys {
        TokenKeys(vec![TokenKey { id: 2, bytes: vec![9; 32] }, TokenKey { id: 1, bytes: vec![5; 32] }])
    }

    const NONCE: [u8; 32] = [7; 32];
    const MAIL: [u8; 32] = [8; 32];
    const ACTION: &str = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

    fn bound<'a>() -> Bound<'a> {
        Bound {
            nonce_hash: &NONCE,
            message_id_hash: &MAIL,
            agent: "alice@example.com",
            held: RawId(54),
            action: ACTION,
            expires_at: Timestamp::constant(1_795_420_800, 0),
        }
    }

    fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        (0..bytes.len() * 8).map(|bit| {
            let mut changed = bytes.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            changed
        })
    }

    #[test]
    fn no_bit_of_any_field_can_change() {
        let seal = bound().seal(&keys());
        assert_eq!(seal.len(), 33);
        assert!(bound().is_sealed_by(&seal, &keys()));
        let refused = |changed: Bound<'_>| assert!(!changed.is_sealed_by(&seal, &keys()), "{changed:?}");
        for changed in flips(&NONCE) {
            refused(Bound { nonce_hash: &changed, ..bound() });
        }
        for changed in flips(&MAIL) {
            refused(Bound { message_id_hash: &changed, ..bound() });
        }
        for field in ["agent", "action"] {
            let text = if field == "agent" { bound().agent } else { ACTION };
            for changed in flips(text.as_bytes()).filter_map(|bytes| String::from_utf8(bytes).ok()) {
                refused(match field {
                    "agent" => Bound { agent: &changed, ..bound() },
                    _ => Bound { action: &changed, ..bound() },
                });
            }
        }
        for bit in 0..64 {
            refused(Bound { held: RawId(54 ^ (1 << bit)), ..bound() });
        }
        let micros = bound().expires_at.as_microsecond();
        for bit in 0..58 {
            let Ok(expires_at) = Timestamp::from_microsecond(micros ^ (1 << bit)) else { continue };
            refused(Bound { expires_at, ..bound() });
        }
        for changed in flips(&seal) {
            assert!(!bound().is_sealed_by(&changed, &keys()));
        }
        for cut in 0..seal.len() {
            assert!(!bound().is_sealed_by(&seal[..cut], &keys()), "{cut}");
        }
        // What one field loses, the next does not win.
        refused(Bound { agent: "alice@example.co", action: &format!("m{ACTION}"), ..bound() });
    }

    #[test]
    fn a_seal_lives_as_long_as_its_key_is_listed_and_is_no_token_s_hmac() {
        let seal = bound().seal(&keys());
        let rotated =
            TokenKeys(vec![TokenKey { id: 3, bytes: vec![4; 32] }, TokenKey { id: 2, bytes: vec![9; 32] }]);
        assert!(bound().is_sealed_by(&seal, &rotated));
        let gone = TokenKeys(vec![TokenKey { id: 3, bytes: vec![4; 32] }]);
        let reused = TokenKeys(vec![TokenKey { id: 2, bytes: vec![6; 32] }]);
        for keys in [gone, reused, TokenKeys(Vec::new())] {
            assert!(!bound().is_sealed_by(&seal, &keys));
        }
        assert!(bound().seal(&TokenKeys(Vec::new())).is_empty());
    }

    #[test]
    fn pieces_of_an_action_do_not_flow_into_each_other() {
        let digest = |pieces: &[(&str, &str)]| {
            let mut action = Action::default();
            for (name, piece) in pieces {
                action.add(name, piece);
            }
            action.digest()
        };
        let all = [
            digest(&[]),
            digest(&[("text", "a")]),
            digest(&[("text", "b")]),
            digest(&[("command", "a")]),
            digest(&[("text", "a"), ("text", "")]),
            digest(&[("text", ""), ("text", "a")]),
            digest(&[("texta", "")]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 64);
            assert!(!all[at + 1..].contains(one), "{at}");
        }
    }
}
