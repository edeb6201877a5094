//! Secret tokens in addresses (FAULTS section 1 B): version, key id, purpose, ticket, person, expiry and a 128-bit
//! HMAC-SHA256, as lower-case base32. Knows no clock: the day is an argument.
//!
//! Invariants: comparison takes constant time; no change of a token's text is accepted, not even one that spells the
//! same bytes another way; a token of an earlier epoch of its person is forged.

use std::collections::BTreeMap;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{MailboxPolicy, PersonId, Purpose, TicketId, Token, TokenFinding, bounce_mark::BOUNCE_CHARS};

/// Characters of a token in an address; with `local part + subaddressing` at most 64 octets (RFC 5321 section 4.5.3.1.1).
pub const TOKEN_CHARS: usize = 47;

/// Characters of a confirmation's nonce in an address: `c` and 128 random bits in lower-case base32.
pub const NONCE_CHARS: usize = 27;

const VERSION: u8 = 1;
/// version and purpose, key id, ticket (5), person (4), expiry day (2)
const CLAIM_BYTES: usize = 13;
const HMAC_BYTES: usize = 16;

/// A key by which tokens are made and checked.
#[derive(Clone)]
pub struct TokenKey {
    pub id: u8,
    pub bytes: Vec<u8>,
}

/// Keys, the newest first: new tokens are made with it, old tokens are checked with the key that they name.
#[derive(Clone)]
pub struct TokenKeys(pub Vec<TokenKey>);

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenKeys({})", self.0.len())
    }
}

impl TokenKeys {
    /// The token's text, [`TOKEN_CHARS`] characters; `epoch`: how often the person's secrets were revoked. Empty, and so
    /// never accepted, without a key, for [`Purpose::Confirm`], and for a ticket above 2^40 or a person above 2^32.
    #[must_use]
    pub fn mint(&self, token: &Token, epoch: u32) -> String {
        self.0.first().and_then(|key| minted(key, token, epoch)).unwrap_or_default()
    }

    /// The address of an agent at the desk, as a token that lasts until it is revoked: always the same text, so that it can
    /// stand in an address book.
    #[must_use]
    pub fn mint_desk(&self, person: PersonId, epoch: u32) -> String {
        let token =
            Token { purpose: Purpose::Desk, ticket: TicketId::default(), person, expires_day: u16::MAX };
        self.mint(&token, epoch)
    }

    /// Judges a text found behind the subaddressing mark; `None` when it does not look like a token at all.
    /// `today`: days since 1970-01-01 UTC; `epochs`: how often secrets of [`claimed_person`]s were revoked, where they were.
    #[must_use]
    pub fn check(&self, text: &str, today: u16, epochs: &BTreeMap<PersonId, u32>) -> Option<TokenFinding> {
        if !looks_like_token(text) {
            return None;
        }
        Some(match self.judge(text, today, epochs) {
            Ok(token) => TokenFinding::Valid(token),
            Err(why) => TokenFinding::Invalid(why.to_owned()),
        })
    }

    fn judge(&self, text: &str, today: u16, epochs: &BTreeMap<PersonId, u32>) -> Result<Token, &'static str> {
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err("upper case");
        }
        let bytes =
            BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).map_err(|_| "not canonical base32")?;
        let (claim, tag) = bytes.split_first_chunk::<CLAIM_BYTES>().ok_or("too short")?;
        let [head, key_id, t0, t1, t2, t3, t4, p0, p1, p2, p3, d0, d1] = *claim;
        let key = self.0.iter().find(|k| k.id == key_id).ok_or("unknown key")?;
        let person = PersonId(i64::from(u32::from_be_bytes([p0, p1, p2, p3])));
        let epoch = epochs.get(&person).copied().unwrap_or_default();
        authenticator(key, claim, epoch)
            .ok_or("unusable key")?
            .verify_truncated_left(tag)
            .map_err(|_| "forged or altered")?;
        if head >> 4 != VERSION {
            return Err("unknown version");
        }
        let token = Token {
            purpose: purpose_of(head & 0x0f).ok_or("unknown purpose")?,
            ticket: TicketId(i64::from_be_bytes([0, 0, 0, t0, t1, t2, t3, t4])),
            person,
            expires_day: u16::from_be_bytes([d0, d1]),
        };
        if today > token.expires_day { Err("expired") } else { Ok(token) }
    }
}

fn looks_like_token(text: &str) -> bool {
    let alphabet = |b: u8| b.is_ascii_alphabetic() || (b'2'..=b'7').contains(&b);
    text.len() == TOKEN_CHARS && text.bytes().all(alphabet)
}

/// Whose token a text says it is, before it is known to be one: so that their epoch can be looked up.
#[must_use]
pub fn claimed_person(text: &str) -> Option<PersonId> {
    let bytes = looks_like_token(text).then(|| BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()));
    let bytes = bytes?.ok()?;
    let [_, _, _, _, _, _, _, p0, p1, p2, p3, _, _] = *bytes.first_chunk::<CLAIM_BYTES>()?;
    Some(PersonId(i64::from(u32::from_be_bytes([p0, p1, p2, p3]))))
}

fn minted(key: &TokenKey, token: &Token, epoch: u32) -> Option<String> {
    let [0, 0, 0, t0, t1, t2, t3, t4] = token.ticket.0.to_be_bytes() else { return None };
    let [p0, p1, p2, p3] = u32::try_from(token.person.0).ok()?.to_be_bytes();
    let [d0, d1] = token.expires_day.to_be_bytes();
    let head = (VERSION << 4) | purpose_nibble(token.purpose)?;
    let claim = [head, key.id, t0, t1, t2, t3, t4, p0, p1, p2, p3, d0, d1];
    let tag = authenticator(key, &claim, epoch)?.finalize().into_bytes();
    let mut bytes = claim.to_vec();
    bytes.extend(tag.iter().take(HMAC_BYTES));
    Some(BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
}

/// The epoch stands in no token: it would cost octets of the local part. 0 adds nothing, so that tokens made before there
/// were epochs are good.
fn authenticator(key: &TokenKey, claim: &[u8; CLAIM_BYTES], epoch: u32) -> Option<Hmac<Sha256>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key.bytes).ok()?;
    mac.update(claim);
    if epoch > 0 {
        mac.update(&epoch.to_be_bytes());
    }
    Some(mac)
}

fn purpose_nibble(purpose: Purpose) -> Option<u8> {
    match purpose {
        Purpose::Client => Some(1),
        Purpose::Agent => Some(2),
        Purpose::Confirm => None,
        // 3 is a bounce address (`bounce_mark`).
        Purpose::Desk => Some(4),
        Purpose::Challenge => Some(5),
    }
}

fn purpose_of(nibble: u8) -> Option<Purpose> {
    match nibble {
        1 => Some(Purpose::Client),
        2 => Some(Purpose::Agent),
        4 => Some(Purpose::Desk),
        5 => Some(Purpose::Challenge),
        _ => None,
    }
}

/// The text behind the subaddressing mark when `address` is this mailbox's address or alias with something behind it.
/// Local part and domain compare in any case; the text is returned as written.
#[must_use]
pub fn subaddress<'a>(mailbox: &MailboxPolicy, address: &'a str) -> Option<&'a str> {
    if mailbox.subaddressing.is_empty() {
        return None;
    }
    let (local, domain) = address.rsplit_once('@')?;
    std::iter::once(&mailbox.address).chain(&mailbox.aliases).find_map(|own| {
        let (own_local, own_domain) = own.rsplit_once('@')?;
        if !own_domain.eq_ignore_ascii_case(domain) {
            return None;
        }
        let (base, rest) = local.split_at_checked(own_local.len())?;
        let text = rest.strip_prefix(mailbox.subaddressing.as_str())?;
        (base.eq_ignore_ascii_case(own_local) && !text.is_empty()).then_some(text)
    })
}

/// The mailbox's address with a token or nonce behind the subaddressing mark; the plain address where there is no mark.
#[must_use]
pub fn address_with(mailbox: &MailboxPolicy, token: &str) -> String {
    match mailbox.address.rsplit_once('@') {
        Some((local, domain)) if !mailbox.subaddressing.is_empty() && !token.is_empty() => {
            format!("{local}{}{token}@{domain}", mailbox.subaddressing)
        }
        _ => mailbox.address.clone(),
    }
}

/// `text` without anything that looks like one of our tokens, nonces or bounce marks: they are secrets of whoever received them, and
/// a quote must not hand them on (FAULTS section 1).
#[must_use]
pub fn without_tokens(text: &str) -> String {
    let is_base32 = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_base32) {
        let (before, from) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let end = from.find(|c| !is_base32(c)).unwrap_or(from.len());
        let (run, after) = from.split_at_checked(end).unwrap_or((from, ""));
        let nonce = run.len() == NONCE_CHARS && run.starts_with('c') && after.starts_with('@');
        if run.len() == TOKEN_CHARS || run.len() == BOUNCE_CHARS || nonce {
            out.push_str(before.strip_suffix('+').unwrap_or(before));
        } else {
            out.push_str(before);
            out.push_str(run);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
