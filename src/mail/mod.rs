//! Bytes to mail, and mail to bytes. **Pure**: knows no network, file, clock, randomness, ticket or policy of the desk.
//!
//! Invariants: [`read`] cannot fail and cannot panic; everything odd about a mail is a warning in the
//! [`Reading`]. Composing the same [`compose::Outgoing`] twice gives the same bytes.

pub mod compose;
pub mod reading;

pub use reading::*;

/// Reads one mail: any bytes give a [`Reading`], within 2 s and 256 MiB (SPEC section 5).
#[must_use]
pub fn read(bytes: &[u8], policy: &ReadPolicy) -> Reading {
    let _ = (bytes, policy);
    Reading::default()
}

/// The decoded bytes of the attachment at `index` of [`Reading::attachments`], read again from the raw message.
#[must_use]
pub fn attachment(bytes: &[u8], index: usize) -> Option<Vec<u8>> {
    let _ = (bytes, index);
    None
}
