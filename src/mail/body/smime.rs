//! The mail inside an opaque-signed S/MIME part (RFC 8551 section 3.5.2: `smime-type=signed-data`). Nothing is verified and
//! nothing is decrypted; only the envelope is opened.
//!
//! Invariants: linear; the content is found by its object identifiers, and lengths that leave the input end the reading.

/// `id-data`, 1.2.840.113549.1.7.1, as DER writes it.
const ID_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/// `id-signedData`, 1.2.840.113549.1.7.2.
const ID_SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// The identifier of the outer envelope stands in its first bytes.
const HEAD_BYTES: usize = 64;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;
const EXPLICIT: u8 = 0xa0;

/// The signed content; `None` for anything but signed data with its content inside.
#[must_use]
pub fn signed_content(der: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(der.get(..HEAD_BYTES).unwrap_or(der), ID_SIGNED_DATA)?;
    let at = memchr::memmem::find(der, ID_DATA)?;
    let rest = der.get(at + ID_DATA.len()..)?;
    let (tag, _, rest) = element(rest)?;
    if tag != EXPLICIT {
        return None;
    }
    let (tag, length, rest) = element(rest)?;
    match tag {
        OCTETS => rest.get(..length?).map(<[u8]>::to_vec),
        OCTETS_IN_PIECES => pieces(rest, length),
        _ => None,
    }
}

/// Outlook and OpenSSL stream: the octets come in pieces, up to two zero bytes where no length is given.
fn pieces(mut rest: &[u8], length: Option<usize>) -> Option<Vec<u8>> {
    if let Some(length) = length {
        rest = rest.get(..length)?;
    }
    let mut out = Vec::new();
    while let Some((OCTETS, Some(length), inner)) = element(rest) {
        let (piece, behind) = inner.split_at_checked(length)?;
        out.extend_from_slice(piece);
        rest = behind;
    }
    Some(out)
}

/// Tag, length (`None`: indefinite) and what follows them.
fn element(der: &[u8]) -> Option<(u8, Option<usize>, &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    match first {
        0x80 => Some((tag, None, rest)),
        0..=0x7f => Some((tag, Some(usize::from(first)), rest)),
        _ => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length =
                bytes.iter().try_fold(0_usize, |n, b| n.checked_mul(256)?.checked_add(usize::from(*b)))?;
            Some((tag, Some(length), rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_content_whole_and_in_pieces() {
        let wrap = |content: &[u8]| {
            let mut der = vec![0x30, 0x80];
            der.extend(ID_SIGNED_DATA);
            der.extend([0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0x31, 0x00, 0x30, 0x80]);
            der.extend(ID_DATA);
            der.extend([0xa0, 0x80]);
            der.extend(content);
            der
        };
        assert_eq!(signed_content(&wrap(b"\x04\x03abc")).unwrap(), b"abc");
        assert_eq!(signed_content(&wrap(b"\x04\x81\x03abc")).unwrap(), b"abc");
        assert_eq!(signed_content(&wrap(b"\x24\x80\x04\x02ab\x04\x01c\0\0")).unwrap(), b"abc");
        assert_eq!(signed_content(&wrap(b"\x04\x84\xff\xff\xff\xffabc")), None);
        assert_eq!(signed_content(b"\x30\x03abc"), None);
    }
}
